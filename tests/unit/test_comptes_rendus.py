"""The compte rendu financier of a subsidised fiche: asked, read, checked, written. Figures worked out on paper."""

from __future__ import annotations

import re
import zipfile
from decimal import Decimal as D

import pytest
from openpyxl import load_workbook

from cls_workbook import forms
from cls_workbook.cli.commands import main
from cls_workbook.definition.authoring import authoring_workbook
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.domain.accounts.account_plan import ACCOUNTS, CHARGES, COLUMNS, GIFTS, PRODUITS, USES
from cls_workbook.domain.accounts.compte_rendu import CompteRendu, shares
from cls_workbook.domain.asked.compte_rendu_questions import HOURS
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.forms.examples import make_answers
from cls_workbook.forms.layout import height
from cls_workbook.french import amount_fr
from cls_workbook.office.comptes_rendus.statement_page import Line, Statement, workbook
from cls_workbook.pipeline import single_returns
from cls_workbook.pipeline.statement_files import statements
from cls_workbook.tables.statement_table import STATEMENTS
from cls_workbook.workbook import writer
from cls_workbook.workbook.writer import to_bytes
from tests.support import small_comptes_rendus as by_hand
from tests.support.dropped_returns import drop_retour, plan_of
from tests.support.small_contrat import definition
from tests.support.xlsx_lint import lint

YEAR = 2025
KEY = "compte_rendu/repartition/cle_de_repartition"
GAP = {"1.2/compte_rendu/60/prevision": D(4000), "1.2/compte_rendu/64/prevision": D(8000)}
# What is answered otherwise than in the return that holds together.
VARIANTS = {
    "juste": {},
    "charges": {"1.2/compte_rendu/60/prevision": D(3000)},
    "financeurs": {"1.2/financement/01/engage": D(12000)},
    "ressources": {"1.1/compte_rendu/70/realisation": D(5000)},
    "nature": {"1.1/compte_rendu/870/realisation": None},
    "cout": {f"1.2/depenses/{post}": None for post in ("personnel", "achats", "autres")}
    | {KEY: HOURS, "1.1/compte_rendu/heures": D(3), "1.2/compte_rendu/heures": D(1)},
    "sans-cle": {KEY: None},
    "sans-heures": {KEY: HOURS},
    "refus": {KEY: "au jugé", "1.2/compte_rendu/60/prevision": "trois mille"},
    # planned as 4 000 + 8 000 + 2 000, realised as 2 000 + 10 000 + 2 000: beyond a tenth of 14 000
    "ecart": GAP,
    "explique": GAP | {"1.2/compte_rendu/explication": "Un poste pourvu plus tôt, des achats reportés."},
    "base": {"compte_rendu/repartition/base": D(39999)},
}


@pytest.fixture(scope="module")
def contrat(tmp_path_factory):
    """The contract, and its file."""
    folder = tmp_path_factory.mktemp("contrat")
    return by_hand.contrat(folder), str(folder / "subventions.toml")


@pytest.fixture(scope="module")
def folder(tmp_path_factory, contrat):
    folder = tmp_path_factory.mktemp("retours")
    for nom, own in VARIANTS.items():
        drop_retour(folder, contrat[0], "asso", by_hand.ANSWERS | own, f"{nom}.xlsx")
    return folder


@pytest.fixture(scope="module")
def told(contrat, folder):
    """Variant → what is said of its comptes rendus: [(code, fiche, cells, found)]."""
    found = {nom: [] for nom in VARIANTS}
    for a in single_returns.controler([str(folder)], contrat[1]):
        if a.code.startswith(("COMPTE_RENDU", "CHARGES_INDIRECTES")):
            found[a.file.removesuffix(".xlsx")].append((a.code, a.fiche, a.cells, a.found.replace("\u00a0", " ")))
    return found


@pytest.fixture(scope="module")
def written(contrat, folder, tmp_path_factory):
    """Variant, fiche → the sheet that is written."""
    sheets = {}
    for variant in ("juste", "charges"):
        out = tmp_path_factory.mktemp("comptes-rendus")
        arguments = [str(folder / f"{variant}.xlsx"), "--contrat", contrat[1], "--annee", str(YEAR)]
        assert main(["compte-rendu", *arguments, "--sortie", str(out)]) == 0
        for file in out.iterdir():
            sheets[variant, file.stem.removeprefix("compte-rendu-2025-asso-")] = load_workbook(file).active
    return sheets


def amounts(sheet):
    """« 60 » (or a label) → (planned, realised), each time it stands at the left of a row, or in its middle."""
    rows: dict[str, list] = {}
    for row in sheet.iter_rows(values_only=True):
        for start in (0, 4):
            if row[start] not in (None, ""):
                rows.setdefault(row[start].partition(" ·")[0], []).append(row[start + 1 : start + 3])
    return rows


def cells_of(contrat, *keys):
    places = {p.cle: p.cell for p in plan_of(contrat[0], "asso").input_places()}
    return tuple(places[cle] for cle in keys)


# --- sharing --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("amount", "keys", "base", "parts"),
    [
        # three quarters, one quarter
        ("6000", {"1.1": "30000", "1.2": "10000"}, None, {"1.1": "4500", "1.2": "1500"}),
        # the structure does other things: 10 and 20 of 100 hours
        ("1000", {"1.1": "10", "1.2": "20"}, "100", {"1.1": "100", "1.2": "200"}),
        # 50.005 goes up; what is left makes the whole, to the cent
        ("100.01", {"1.1": "1", "1.2": "1"}, None, {"1.1": "50.01", "1.2": "50.00"}),
        # thirds: 33.33, then 66.67 less 33.33, then the rest
        ("100", {"a": "7", "b": "7", "c": "7"}, None, {"a": "33.33", "b": "33.34", "c": "33.33"}),
        # a fiche without hours has no part
        ("90", {"1.1": "9", "1.2": None}, None, {"1.1": "90"}),
        (None, {"1.1": "9"}, None, {}),
        ("90", {"1.1": None}, None, {}),
    ],
)
def test_indirect_charges_are_shared_to_the_cent(amount, keys, base, parts):
    exact = {fiche: key and D(key) for fiche, key in keys.items()}
    shared = shares(amount and D(amount), exact, base and D(base))
    assert shared == {fiche: D(part) for fiche, part in parts.items()}


# --- what holds together --------------------------------------------------------------------------------------------


def test_two_fiches_that_share_indirect_charges_and_balance_say_nothing(told):
    assert told["juste"] == []


def test_the_forms_show_the_figures_worked_out_by_hand(written):
    first, second = amounts(written["juste", "1-1"]), amounts(written["juste", "1-2"])
    fixed, financial = (
        "Charges indirectes\u00a0: charges fixes de fonctionnement",
        "Charges indirectes\u00a0: frais financiers",
    )
    # achats 8 000 - 1 500 - 500; autres 6 000 - 300 - 4 500 - 75; own resources 4 000 - 1 000
    realised = {n: first[n][0][1] for n in ("60", "61", "62", "63", "64", "65", fixed, financial, "70", "74", "75")}
    assert realised == {
        **{"60": 6000, "61": 1500, "62": 500, "63": 300, "64": 30000, "65": 1125, fixed: 4500, financial: 75},
        **{"70": 1000, "74": 40000, "75": 3000},
    }
    assert first["dont Agence"] == [(24000, 25000)] and first["dont Ville"] == [(15000, 15000)]
    assert (
        first["Total des charges"] == first["Total des produits"] == [(39500, 44000)]
        and first["Total"] == [(1200, 2000)] * 2
    )
    assert (second["65"][0][1], second[fixed][0][1], second[financial][0][1]) == (475, 1500, 25)
    assert second["Total des charges"] == second["Total des produits"] == [(14000, 14000)]


def test_the_form_says_in_words_what_was_done_and_is_to_be_signed(written):
    texts = " ".join(str(c.value) for row in written["juste", "1-1"].iter_rows() for c in row if c.value)
    for said in (
        "1. Bilan qualitatif",
        "Les actions prévues ont eu lieu",
        "Une séance de plus que prévu.",
        "6 100 € à répartir selon : part des salaires ; part de cette fiche : 4 575 € (30 000).",
        "La subvention de 25 000 € (Agence) représente 56,8 % du total des produits.",
        "Je soussigné(e)",
    ):
        assert said in texts.replace("\u00a0", " ")


# --- what does not --------------------------------------------------------------------------------------------------


def test_charges_that_are_not_the_produits_are_told_where_they_were_typed(told, contrat):
    # planned: 3 000 + 10 000 + 2 000, against 14 000
    cells = cells_of(contrat, *(f"1.2/compte_rendu/{n}/prevision" for n in (60, 64, 65)))
    found = "charges : 15 000 € ; produits : 14 000 € ; écart : 1 000 €"
    assert told["charges"] == [("COMPTE_RENDU_NON_EQUILIBRE", "1.2", cells, found)]


def test_what_the_fiche_is_told_of_its_funders_is_not_told_twice(told):
    assert told["financeurs"] == []


def test_a_detail_beyond_what_the_fiche_says_is_told(told, contrat):
    # 70 is 5 000 where the fiche says 4 000 of resources of its own
    cells = cells_of(contrat, "1.1/compte_rendu/70/realisation")
    found = "comptes 70, 73, 76, 77, 78, 79 : 1 000 € de plus que sur la fiche (compte 75)"
    assert told["ressources"] == [("COMPTE_RENDU_DETAIL_SUPERIEUR", "1.1", cells, found)]


def test_contributions_in_kind_that_are_not_their_uses_are_told(told, contrat):
    # 1 200 + 800 used; 1 200 given
    cells = cells_of(contrat, "1.1/compte_rendu/861/realisation", "1.1/compte_rendu/864/realisation")
    found = "emplois (86) : 2 000 € ; contributions volontaires (87) : 1 200 € ; écart : 800 €"
    assert told["nature"] == [("COMPTE_RENDU_CONTRIBUTIONS_DIFFERENTES", "1.1", cells, found)]


def test_a_cost_that_is_not_detailed_is_told(told, contrat):
    # of 1.2, nothing but its cost; by the hours, it still has a quarter of 6 100
    found = "charges : 1 525 € ; coût total de la fiche : 14 000 €"
    cells = cells_of(contrat, "1.2/compte_rendu/61/realisation")
    assert ("COMPTE_RENDU_DIFFERENT_DU_COUT", "1.2", cells, found) in told["cout"]


@pytest.mark.parametrize(
    ("variant", "said"),
    [
        ("sans-cle", "sans clé de répartition"),
        ("sans-heures", "rien ne la mesure"),
        ("base", "plus que le total de la structure"),
    ],
)
def test_indirect_charges_that_cannot_be_shared_out_are_told_at_their_key(told, contrat, variant, said):
    code, fiche, cells, found = told[variant][0]
    assert (code, fiche, cells) == ("CHARGES_INDIRECTES_NON_REPARTIES", "", cells_of(contrat, KEY))
    assert said in found


def test_a_large_gap_that_nothing_explains_is_told_where_it_is_to_be_explained(told, contrat):
    cells = cells_of(contrat, "1.2/compte_rendu/explication")
    found = "achats et services (60 à 62) : 2 000 € pour 4 000 € prévus ; personnel (64) : 10 000 € pour 8 000 € prévus"
    assert told["ecart"] == [("COMPTE_RENDU_ECART_INEXPLIQUE", "1.2", cells, found)]
    assert told["explique"] == []


def test_the_contract_says_how_large_a_gap_is_to_be_explained(folder, tmp_path):
    patient = by_hand.SUBSIDISED.replace("[contrat]\n", "[contrat]\necart_a_expliquer = 0.15\n", 1)
    by_hand.contrat(tmp_path, patient)
    # 2 000 is less than fifteen per cent of 14 000
    found = single_returns.controler([str(folder / "ecart.xlsx")], str(tmp_path / "subventions.toml"))
    assert "COMPTE_RENDU_ECART_INEXPLIQUE" not in {a.code for a in found}


@pytest.mark.parametrize(
    ("realised", "gaps"),
    [
        # of 90: each post holds, the whole does not; to the very tenth is not beyond
        ({"60": 38, "64": 38, "65": 38}, [("total des charges", 90, 114)]),
        ({"60": 39, "64": 30, "65": 30}, []),
        ({"60": 40, "64": 30, "65": 29}, [("achats et services (60 à 62)", 30, 40)]),
        # what was planned as purchases and paid as fees is no gap
        ({"60": 0, "62": 30, "64": 30, "indirectes_fixes": 30}, []),
        ({}, []),
    ],
)
def test_gaps_are_those_of_the_posts_against_the_budget(realised, gaps):
    planned = {"60": 30, "64": 30, "65": 30}
    amounts = {column: {a.numero: None for a in ACCOUNTS} for column in COLUMNS}
    for column, said in zip(COLUMNS, (planned, realised), strict=True):
        amounts[column] |= {n: D(v) for n, v in said.items()}
    assert CompteRendu(amounts).gaps(D("0.1")) == [(nom, D(p), D(r)) for nom, p, r in gaps]


def test_what_reading_refused_is_told_once(told):
    assert told["refus"] == []


def test_what_does_not_balance_is_written_and_says_so_at_its_total(written):
    sheet = written["charges", "1-2"]
    total = next(row for row in sheet.iter_rows() if row[0].value == "Total des charges")
    alert = sheet.cell(total[0].row + 1, 1).value.replace("\u00a0", " ")
    assert alert == "À corriger, en prévision : charges et produits diffèrent de 1 000 €."
    coloured = [cell.fill.fgColor.rgb for cell in total]
    assert coloured[1] == coloured[5] != coloured[2]


# --- where nothing is asked -----------------------------------------------------------------------------------------


def test_a_structure_without_subsidised_fiche_has_no_such_sheet_and_is_not_asked_for_it(tmp_path):
    only_second = by_hand.SUBSIDISED.replace(
        'compte_rendu = true\nporteurs = ["asso", "ville"]', 'porteurs = ["asso", "ville"]'
    )
    contrat = by_hand.contrat(tmp_path, only_second)
    nom = drop_retour(tmp_path, contrat, "ville")
    assert "Compte rendu" not in load_workbook(tmp_path / nom).sheetnames
    assert "Compte rendu" in [s.nom for s in plan_of(contrat, "asso").workbook.worksheets]
    assert single_returns.controler([str(tmp_path / nom)], str(tmp_path / "subventions.toml")) == []


def test_a_contract_that_asks_for_none_refuses_to_write_any(tmp_path, capsys):
    arguments = ["compte-rendu", str(tmp_path), "--contrat", str(definition(tmp_path)), "--annee", str(YEAR)]
    assert main([*arguments, "--sortie", str(tmp_path / "out")]) == 2
    assert "Compte rendu financier ?" in capsys.readouterr().err.replace("\u00a0", " ")
    assert not (tmp_path / "out").exists()


def test_the_accounts_are_those_of_the_public_form():
    def numbers(section):
        return [a.numero for a in ACCOUNTS if a.section == section]

    assert numbers(CHARGES) == [str(n) for n in range(60, 70)]
    assert numbers(PRODUITS) == ["70", "73", "74", "75", "76", "77", "78", "79"]
    assert (numbers(USES), numbers(GIFTS)) == (["860", "861", "862", "864"], ["870", "871", "875"])


def test_what_the_fiche_tells_is_not_asked_again(contrat):
    asked = {p.cle for p in forms.plan(contrat[0], YEAR).input_places() if p.bloc == "compte_rendu"}
    realised = {cle.split("/")[2] for cle in asked if cle.startswith("1.1/") and cle.endswith("/realisation")}
    assert realised & {"60", "64", "65", "74", "75", "871"} == set()
    assert "1.1/compte_rendu/74/prevision" not in asked


def test_what_a_contract_leaves_out_of_its_fiches_is_typed_there(tmp_path):
    without = by_hand.SUBSIDISED.replace(
        'agence = "agence"\n', 'agence = "agence"\nnon_demandes = ["postes", "prevu"]\n', 1
    )
    asked = {p.cle for p in forms.plan(by_hand.contrat(tmp_path, without), YEAR).input_places()}
    for account, column in (("60", "realisation"), ("64", "realisation"), ("65", "realisation"), ("74", "prevision")):
        assert f"1.1/compte_rendu/{account}/{column}" in asked
    assert "1.1/compte_rendu/74/realisation" not in asked


def test_the_workbook_that_describes_a_contract_says_which_fiches_and_a_revision_from_which_year(tmp_path, contrat):
    writer.write(authoring_workbook.workbook(contrat[0]), tmp_path / "description.xlsx")
    imported = importer(tmp_path / "description.xlsx").contrat
    assert [f.numero for f in imported.fiches if f.compte_rendu] == ["1.1", "1.2"]
    asked = 'revisions = [{ objet = "fiche", cible = "2.1", champ = "compte_rendu", valeur = "oui", depuis = 2026 }]\n'
    later = by_hand.contrat(tmp_path, asked + by_hand.SUBSIDISED)
    assert [in_year(later, year).par_fiche["2.1"].compte_rendu for year in (2025, 2026)] == [False, True]


# --- large, and empty -----------------------------------------------------------------------------------------------

LONG = "Aller vers les habitants éloignés du soin " * 5  # some 200 characters


def test_sixty_fiches_with_long_titles_stand_on_one_sheet_and_no_row_is_cut(tmp_path):
    fiche = '[[fiches]]\nnumero = "9.{0}"\ntitre = "{1}"\naxe = "1"\ncompte_rendu = true\nporteurs = ["asso"]\n'
    many = by_hand.SUBSIDISED + "\n" + "\n".join(fiche.format(n, LONG.strip()) for n in range(60))
    sheet = plan_of(by_hand.contrat(tmp_path, many), "asso").workbook.worksheets[-3]
    assert sheet.nom == "Compte rendu"
    titles = [c for c in sheet.cells if isinstance(c.valeur, str) and LONG.strip() in c.valeur]
    assert len(titles) == 60 and all(sheet.heights[c.line] >= 34 for c in titles)  # two lines each
    assert max(sheet.heights.values()) <= 409


@pytest.mark.parametrize("blank", [True, False])
def test_a_form_shows_all_of_what_it_holds(blank):
    amount = None if blank else D("999999999.99")
    drawn = CompteRendu({column: {a.numero: amount for a in ACCOUNTS} for column in COLUMNS})
    said = [] if blank else [(LONG, LONG * 9 + "x" * 300)] * 3
    funders = [] if blank else [Line(f"dont {LONG}", amount, amount)] * 30
    book = workbook(Statement("Compte rendu", said, said, drawn, funders, said, LONG))
    assert lint(to_bytes(book)) == []
    sheet = book.worksheets[0]
    assert max(sheet.heights.values()) <= 409
    merged = {(m.line, m.column): m.last_column for m in sheet.merges}
    for cell in (c for c in sheet.cells if isinstance(c.valeur, str)):
        wide = sum(sheet.widths[c] for c in range(cell.column, merged.get(cell[:2], cell.column) + 1))
        assert sheet.heights[cell.line] >= min(height(cell.valeur, wide, 10, size=9), 409), cell
    longest = max((len(amount_fr(c.valeur)) for c in sheet.cells if isinstance(c.valeur, D)), default=0)
    assert sheet.widths[2] > longest


def test_a_return_without_money_has_no_form(tmp_path, contrat, capsys):
    blank = {
        cle: None for cle in examples_of(contrat) if cle.split("/")[1] in ("financement", "compte_rendu", "depenses")
    }
    drop_retour(tmp_path, contrat[0], "asso", blank)
    arguments = [str(tmp_path / "asso.xlsx"), "--contrat", contrat[1], "--annee", str(YEAR), "--sortie", str(tmp_path)]
    main(["compte-rendu", *arguments])
    assert "Aucun compte rendu financier à écrire" in capsys.readouterr().out
    assert [f.name for f in tmp_path.iterdir()] == ["asso.xlsx"]


def examples_of(contrat):
    return make_answers(plan_of(contrat[0], "asso"), seed="asso")


def test_what_is_typed_there_stays_with_the_coordinator(tmp_path, contrat, folder):
    (tmp_path / "r").mkdir()
    (tmp_path / "r/asso.xlsx").write_bytes((folder / "charges.xlsx").read_bytes())
    book, copy = str(tmp_path / "C.xlsx"), str(tmp_path / "S.xlsx")
    definition = ["--contrat", contrat[1]]
    main(["consolider", str(tmp_path / "r"), *definition, "--annee", str(YEAR), "--sortie", book])
    main(["synthese", book, *definition, "--sortie", copy])
    held = load_workbook(book)
    rows = [dict(zip(STATEMENTS.titles, r, strict=True)) for r in held["Comptes rendus"].iter_rows(2, values_only=True)]
    of = {(r["Fiche"], r["Compte"] or r["Libellé"]): r for r in rows}
    seen = [of["1.1", n] for n in ("60", "61", "871")]
    columns = ("Structure", "Partie", "Prévision", "Réalisation", "Origine", "Cellule")
    gifts, purchases = "contributions volontaires en nature", cells_of(contrat, "1.1/compte_rendu/60/prevision")[0]
    fees = cells_of(contrat, "1.1/compte_rendu/61/realisation")[0]
    assert [tuple(r[c] for c in columns) for r in seen] == [
        ("Association", "charges", 6500, 6000, "repris de la fiche", purchases),
        ("Association", "charges", None, 1500, "saisi", fees),
        ("Association", gifts, 1200, 1200, "repris de la fiche", None),
    ]
    assert sum(r["Réalisation"] or 0 for r in rows if r["Partie"].startswith("charges")) == 44000 + 14000
    consolidated, returned = (statements([source], contrat[1], YEAR) for source in (book, str(tmp_path / "r")))
    assert consolidated.contents == returned.contents != {}
    assert [(a.code, a.cells) for a in consolidated.anomalies] == [(a.code, a.cells) for a in returned.anomalies]
    answers = [r for r in held["Réponses"].iter_rows(values_only=True) if r[4] == "compte_rendu"]
    assert (YEAR, "1.1", "Association", None, "compte_rendu", "realisation", "61", 1500) in [r[:8] for r in answers]
    with zipfile.ZipFile(copy) as parts:
        whole = b"".join(parts.read(n) for n in parts.namelist()).decode(errors="replace")
    assert not re.search("compte_rendu|COMPTE_RENDU|Comptes rendus|Une séance de plus", whole)
