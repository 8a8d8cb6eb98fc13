"""The charte: readable, told apart, complete, and the same names everywhere."""

from __future__ import annotations

import itertools

import pytest

from cls_workbook.workbook import look

EXPECTED_ROLES = """titre sous_titre bloc bloc_optionnel entete entete_saisie libelle libelle_fort repere saisie
saisie_optionnelle interdit calcul total aide note alerte bon lien cle cellule cellule_alt chiffre_cle
chiffre_cle_libelle carte axe1 axe2 axe3 axe4 axe5 axe6 axe7 axe8 gravite_bloquant gravite_a_confirmer
gravite_information etat_bon etat_attention etat_mauvais etat_neutre etat_encours"""


def test_the_roles_that_sheets_use_exist():
    assert set(EXPECTED_ROLES.split()) <= set(look.charte()["roles"])


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    # Black on white is 21 by definition; #767676 on white is the known limit grey of WCAG (4.54).
    [("#000000", "#FFFFFF", 21.0), ("#FFFFFF", "#FFFFFF", 1.0), ("#767676", "#FFFFFF", 4.54)],
)
def test_contrast_is_the_one_of_wcag(first, second, expected):
    assert look.contrast(first, second) == pytest.approx(expected, abs=0.005)
    assert look.contrast(second, first) == look.contrast(first, second)


@pytest.mark.parametrize("role", look.charte()["roles"])
def test_every_role_can_be_read(role):
    style = look.style(role)
    text, fill = style.get("font_color", look.color("encre")), style.get("bg_color", look.color("blanc"))
    assert look.contrast(text, fill) >= 4.5


@pytest.mark.parametrize("nom", [n for n in look.charte()["conditionnels"] if n != "masque"])
def test_every_conditional_style_can_be_read(nom):
    assert look.contrast(look.dxf(nom)["font_color"], look.dxf(nom)["bg_color"]) >= 4.5


def test_a_masked_cell_shows_nothing():
    assert look.dxf("masque")["num_format"] == ";;;"


def _lab(color: str) -> tuple[float, float, float]:
    """CIE L*a*b* of an sRGB colour, white point D65."""
    r, v, b = (
        c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4
        for c in (int(color[i : i + 2], 16) / 255 for i in (1, 3, 5))
    )
    xyz = (
        (0.4124 * r + 0.3576 * v + 0.1805 * b) / 0.9505,
        0.2126 * r + 0.7152 * v + 0.0722 * b,
        (0.0193 * r + 0.1192 * v + 0.9505 * b) / 1.089,
    )
    x, y, z = (t ** (1 / 3) if t > 0.008856 else 7.787 * t + 16 / 116 for t in xyz)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def test_two_axes_are_never_taken_for_one_another():
    colors = [look.color(f"axe{i}") for i in range(1, 9)]
    for first, second in itertools.combinations(colors, 2):
        gap = sum((a - b) ** 2 for a, b in zip(_lab(first), _lab(second), strict=True)) ** 0.5
        assert gap > 20, (first, second)


def test_an_axe_keeps_the_same_text_size_and_takes_black_or_white_as_reads_best():
    assert look.style("axe1")["font_color"] == look.color("blanc")
    assert look.style("axe2")["font_color"] == look.color("encre")
    assert look.style("axe2")["font_size"] == look.style("axe1")["font_size"]


def test_only_inputs_are_unlocked():
    open_items = {role for role in look.charte()["roles"] if not look.style(role)["locked"]}
    assert open_items == {"saisie", "saisie_optionnelle"}
    for nom in look.charte()["formats"]:
        assert look.style(f"saisie:{nom}")["locked"] is False
        assert look.style(f"calcul:{nom}")["locked"] is True


@pytest.mark.parametrize(
    ("style", "expected"),
    [
        ("saisie:code", "@"),
        ("saisie:entier", "#,##0"),
        ("saisie:decimal", "#,##0.0#"),
        ("total:montant", '#,##0.00\\ "€"'),
        ("cellule:montant_rond", '#,##0\\ "€"'),
        ("repere:taux", "0.0\\ %"),
        ("saisie:date", "dd/mm/yyyy"),
    ],
)
def test_a_format_sets_how_a_number_shows(style, expected):
    assert look.style(style)["num_format"] == expected


def test_a_format_changes_the_number_and_not_the_colours():
    bare_workbook, with_changes = look.style("saisie"), look.style("saisie:montant")
    assert {cle: with_changes[cle] for cle in ("bg_color", "font_color", "border")} == {
        cle: bare_workbook[cle] for cle in ("bg_color", "font_color", "border")
    }


def test_what_is_optional_or_forbidden_is_not_said_by_colour_alone():
    assert look.style("saisie_optionnelle")["border"] != look.style("saisie")["border"]
    assert look.style("bloc_optionnel")["italic"] and not look.style("bloc").get("italic")
    assert look.style("interdit")["pattern"] > 1


def test_one_font_everywhere():
    assert {look.style(role)["font_name"] for role in look.charte()["roles"]} == {look.font()[0]}


@pytest.mark.parametrize(
    ("call_made", "nom", "word"),
    [
        (look.style, "saisi", "rôle « saisi »"),
        (look.style, "saisie:euros", "format « euros »"),
        (look.style, "saisie:", "format «  »"),
        (look.dxf, "vide", "style conditionnel « vide »"),
        (look.color, "rose", "couleur « rose »"),
    ],
)
def test_an_unknown_name_is_refused_by_its_name(call_made, nom, word):
    with pytest.raises(KeyError, match="absent de la charte") as fault:
        call_made(nom)
    assert word in str(fault.value).replace("\\xa0", " ").replace("\xa0", " ")


def test_the_foot_of_a_page_keeps_an_ampersand_and_a_leading_figure():
    footer = look.page_footer("2026 & suite")
    assert "2026 && suite" in footer
    assert footer.endswith("Page &P / &N")
    # The figure follows the six digits of a colour, not a size.
    assert f"&K{look.color('encre_douce')[1:]}2026" in footer
