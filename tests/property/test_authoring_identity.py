"""A contract written in the authoring workbook and read back is the same contract."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cls_workbook.definition import load, parse, shipped
from cls_workbook.definition.authoring.authoring_workbook import workbook
from cls_workbook.definition.authoring.written_list import join, split
from cls_workbook.definition.importing.assembly import Assembly
from cls_workbook.definition.importing.authored_tables import open_up
from cls_workbook.definition.importing.definition_import import importer
from cls_workbook.definition.toml_writer import write
from cls_workbook.domain import lifetime, model, questions, rules
from cls_workbook.domain.announced.evaluations import EVALUATION_KINDS
from cls_workbook.domain.announced.money_lines import LINE_STATES, PrintedLine
from cls_workbook.domain.asked import left_out
from cls_workbook.domain.definition_keys import build, changed, keys_of
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.themes import shipped_themes
from cls_workbook.workbook import writer
from tests.support.authoring_typist import ROOM, opened_book, without_trimmings


def read_back(contrat: Contrat, path) -> Contrat:
    """Written, read, put together; without the verification, which an odd contract would not pass."""
    writer.write(without_trimmings(workbook(contrat, place=2)), path)
    assembly = Assembly(open_up(path))
    assert [str(f) for f in assembly.faults] == []
    return assembly.contrat


@pytest.mark.parametrize("identifier", shipped())
def test_a_shipped_contract_makes_the_trip_without_loss(identifier, tmp_path):
    contrat = load(identifier)
    imported = importer(opened_book(identifier, tmp_path / "contrat.xlsx"))
    assert imported.contrat == contrat
    (tmp_path / "contrat.toml").write_text(imported.texte, encoding="utf-8")
    assert load(tmp_path / "contrat.toml") == contrat


@pytest.mark.parametrize("identifier", shipped())
def test_a_definition_written_again_is_the_same(identifier):
    contrat = load(identifier)
    assert parse(write(contrat), "essai") == contrat


def test_a_theme_that_ships_told_again_by_a_contract_makes_the_trip(tmp_path):
    themes = tuple(model.Theme(*theme) for theme in list(shipped_themes().items())[:2])
    contrat = dataclasses.replace(
        load("besancon-2016-2018"), themes=(model.Theme("prevention-2", "Prévention"), *themes)
    )
    assert read_back(contrat, tmp_path / "themes.xlsx") == contrat


# The rule of a department that ships: what a definition writes itself prevails, even where it says « no », « nothing »
# or zero.
def test_a_rule_made_from_one_that_ships_makes_the_trip(tmp_path):
    texte = (
        write(load("besancon-2016-2018"))
        + """
[[regles]]
modele = "mayenne-animateur"
plafond_annuel = 8000
hors_maquette = false
conditions = []

[[regles]]
modele = "mayenne-animateur"
id = "autre"
plafond_annuel = 0
"""
    )
    contrat = parse(texte, "essai")
    said = [(r.hors_maquette, len(r.conditions), r.caps.plafond_annuel) for r in contrat.regles]
    assert said == [(False, 0, 8000), (True, 6, 0)]
    assert parse(write(contrat), "essai") == contrat
    assert read_back(contrat, tmp_path / "regles.xlsx") == contrat


def test_a_contract_with_awkward_content_makes_the_trip(tmp_path):
    """60 fiches, odd numbers, long titles equal in their beginnings, 80 structures, overseas codes,
    an axe without fiche.
    """
    structures = tuple(
        model.Structure(f"s-{n}", f"Association n° {n} de l’Île d’Yeu/Noirmoutier") for n in range(1, 81)
    )
    titre = "Aller vers les personnes éloignées du soin : l’été / l’hiver, à domicile ou « hors les murs » — " * 2
    mesures = [model.Mesure(f"A.3-I{n:02}", f"Nombre n° {n}", "entier", "FLUX") for n in range(1, 61)]
    indicateurs = tuple(model.Indicateur(m.id, m.libelle, "compte", (m,)) for m in mesures)
    fiches = tuple(
        model.Fiche(
            "A.3 bis" if n == 1 else f"{n // 10}.{n}",
            f"{titre}{n}"[:200],
            "1",
            (structures[n].id,),
            indicateurs=indicateurs if n == 1 else (),
        )
        for n in range(1, 61)
    )
    communes = tuple(model.Commune(code, f"Commune {code}") for code in ("97411", "2A004", "01004"))
    contrat = Contrat(
        "iles-2025",
        "Îles",
        "Îles",
        (2025,),
        "Îles",
        debut_annee="09-01",
        axes=(model.Axe("1", "Un"), model.Axe("2", "Vide")),
        structures=structures,
        communes=communes,
        fiches=fiches,
    )
    writer.write(workbook(contrat, ROOM), tmp_path / "iles.xlsx")
    assert importer(tmp_path / "iles.xlsx").contrat == contrat


# --- Any contract ---------------------------------------------------------------------------------------------------

ODDITES = (
    "=1+1",
    "1.10",
    "01/02",
    "-3",
    "oui",
    "1,5",
    "2024-2028",
    "Le « Tilleul » ; n° 2",
    '"cité"',
    "<r>a</r>",
    "vrai",
    "§modele/axes",
    "a ; b",
    "l’été, à 9 h\nau plus",
    "_x0041_",
    "0012",
)
TEXT = st.text(
    st.characters(exclude_categories=("C", "Z", "M"), include_characters=" ;\"'"), min_size=1, max_size=30
).map(str.strip).filter(bool) | st.sampled_from(ODDITES)
NUMBER = (
    st.integers(0, 10**9).map(Decimal)
    | st.integers(0, 10**8).map(lambda n: Decimal(n) / 1000)
    | st.sampled_from((Decimal("0.265"), Decimal("0.1")))
)
YEAR = st.none() | st.integers(2000, 2060)


def _value(class_: type, champ: str, type_: type, names: tuple[str, ...] | None):
    """A strategy for one field: what it names exists (``names``), what it chooses is in its list."""
    if names is not None:
        return st.sampled_from(names) if names else None
    if (listing := CHOICES.get((class_, champ))) is not None:
        return st.sampled_from(listing)
    if champ in ("taux", "quote_part", "points"):
        return st.integers(0, 1000).map(lambda n: Decimal(n) / 1000)
    if champ == "part":
        return st.integers(0, 10_000).map(lambda n: Decimal(n) / 1000)
    if champ in ("depuis", "jusque", "annee"):
        return st.integers(2000, 2060)
    return {
        str: TEXT,
        int: st.integers(0, 10**6),
        Decimal: NUMBER,
        bool: st.booleans(),
        date: st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    }[type_]


@cache
def _field(class_: type, nom: str, names: tuple[str, ...] | None):
    """The same, with its default and as many as the model says; None where it can only be left out.

    Strategies are dear to make.
    """
    key = keys_of(class_)[nom]
    one = None if dataclasses.is_dataclass(key.type) else _value(class_, nom, key.type, names)
    if one is None:
        return None
    several = st.lists(one, max_size=6, unique=True).map(tuple) if key.is_list else one
    return several if key.obligatoire else st.just(key.default) | several


CHOICES = {
    (model.Evaluation, "sorte"): EVALUATION_KINDS,
    (model.Structure, "statut_juridique"): ("public", "privé"),
    (model.Signatory, "role"): ("copilote", "signataire"),
    (model.Nature, "niveau"): model.LEVELS,
    (model.FicheFinancement, "montant_etat"): model.AMOUNT_STATES,
    (model.Indicateur, "type"): model.INDICATEUR_TYPES,
    (rules.Complement, "type"): ("entier", "decimal", "montant", "texte"),
    (model.Mesure, "type"): model.MESURE_TYPES,
    (model.Mesure, "agregation"): model.AGGREGATIONS,
    (model.Mesure, "calcul"): tuple(model.CALCULS),
    (rules.Rule, "type"): rules.RULE_TYPES,
    (rules.Rule, "base"): rules.SUBSIDY_BASES,
    (rules.Rule, "plafond_par"): rules.CAP_SCOPES,
    (model.ContratInconsistency, "gravite"): ("à confirmer", "information"),
    (lifetime.Decision, "instance"): lifetime.DECISION_INSTANCES,
    (Contrat, "avenant_requis"): lifetime.CHANGES_NEEDING_AVENANT,
    (Contrat, "non_demandes"): tuple(left_out.QUESTIONS),
    (model.Fiche, "non_demandes"): tuple(left_out.QUESTIONS),
    (model.Fiche, "demandes"): tuple(left_out.QUESTIONS),
}


def objet(class_: type, cross_references: dict[str, list[str]] | None = None, **fixed):
    """Any object of a class of the model, derived from its fields; ``fixed``:
    values or strategies that replace the derived one.
    """
    names = {champ: tuple(ids) for champ, ids in (cross_references or {}).items()}
    input_fields = {nom: _field(class_, nom, names.get(nom)) for nom in keys_of(class_) if nom not in fixed}
    input_fields |= {nom: v if isinstance(v, st.SearchStrategy) else st.just(v) for nom, v in fixed.items()}
    input_fields = {nom: v for nom, v in input_fields.items() if v is not None}
    return st.fixed_dictionaries(input_fields).map(lambda values: build(class_, values))


def distinct(strategy, cle, maximum=4):
    """Objects no two of which could be taken for one another."""
    from cls_workbook.french import fold

    return st.lists(strategy, max_size=maximum, unique_by=lambda o: fold(cle(o))).map(tuple)


ASCII = st.characters(max_codepoint=127)  # without it, hypothesis tries every character there is
NUMERO = st.from_regex(r"[A-C]?\.?[1-9](\.[1-9]0?)?( bis)?", fullmatch=True, alphabet=ASCII)
CODE = st.from_regex(r"[a-z]{2,8}(-[0-9]{1,3})?", fullmatch=True, alphabet=ASCII)


@st.composite
def contrats(draw_value):
    """Contracts whose names lead to one thing each; everything else is any value of its field's type."""
    decisions = draw_value(distinct(objet(lifetime.Decision), lambda d: d.id, 2))
    quoted = {"decision": [d.id for d in decisions], "decision_fin": [d.id for d in decisions]}
    axes = draw_value(distinct(objet(model.Axe, quoted, numero=NUMERO, parent=st.none()), lambda a: a.numero))
    axes = tuple(changed(a, parent=axes[rank // 2].numero) if rank else a for rank, a in enumerate(axes))
    structures = draw_value(
        distinct(objet(model.Structure, quoted, id=CODE, alias=(), nom_complet=None), lambda s: s.id)
    )
    structures = tuple({s.nom.casefold(): s for s in structures}.values())
    ids = [s.id for s in structures]
    communes = draw_value(
        distinct(
            objet(model.Commune, quoted, code_insee=st.sampled_from(("01004", "2A004", "97411"))),
            lambda c: c.code_insee,  # a commune is known by it
            3,
        )
    )
    communes = tuple({c.nom.casefold(): c for c in communes}.values())
    financeurs = draw_value(distinct(objet(model.Financeur, quoted | {"structure": ids}, id=CODE), lambda f: f.id))
    f_ids = [f.id for f in financeurs]
    themes, priorites = (draw_value(distinct(objet(model.Theme, id=CODE), lambda t: t.id, 3)) for _ in range(2))
    subjects = {"themes": [*shipped_themes(), *(t.id for t in themes)], "priorites": [p.id for p in priorites]}
    fiches = (
        draw_value(_fiches(quoted | subjects | {"theme": subjects["themes"]}, [a.numero for a in axes], ids, f_ids))
        if axes
        else ()
    )
    numbers = [f.numero for f in fiches]
    mesures = [m.id for f in fiches for m in f.mesures]
    regles = []
    for rule in draw_value(
        st.lists(
            objet(
                rules.Rule,
                quoted | {"fiche": numbers, "financeur": f_ids, "financeurs": f_ids} | dict.fromkeys(MESURES, mesures),
                **COMPLEMENTS,
            ),
            max_size=3,
        )
    ):
        theirs = [c.id for f in fiches if f.numero == rule.fiche for c in f.complements]
        regles.append(changed(rule, complement_cout=theirs[0]) if theirs else rule)
    return Contrat(
        **draw_value(
            st.fixed_dictionaries(
                {
                    "id": CODE,
                    "titre": TEXT,
                    "nom_court": TEXT,
                    "territoire": TEXT,
                    "type": TEXT,
                    "contact": st.none() | TEXT,
                    "deliberation": st.none() | TEXT,
                    "annees": st.lists(st.integers(2000, 2060), min_size=1, max_size=6, unique=True)
                    .map(sorted)
                    .map(tuple),
                    "maquette": st.none() | NUMBER,
                    "seuil_petits_effectifs": st.integers(0, 50),
                    "actions_annoncees": st.none() | st.integers(0, 90),
                    "debut_annee": st.sampled_from(("01-01", "09-01", "12-31")),
                    "coordination": st.sampled_from([None, *ids]),
                    "agence": st.sampled_from([None, *ids]),
                    "repondant_noyau": st.sampled_from([None, *ids]),
                    "avenant_requis": st.lists(
                        st.sampled_from(lifetime.CHANGES_NEEDING_AVENANT), min_size=1, unique=True
                    ).map(tuple),
                    "signataires": distinct(objet(model.Signatory, quoted | {"structure": ids}), lambda s: s.nom),
                    "qpv": distinct(objet(model.Qpv, quoted | {"commune": [c.nom for c in communes]}), lambda q: q.nom)
                    if communes
                    else st.just(()),
                    "instances": distinct(objet(model.Instance, {"fiches": numbers}), lambda i: i.nom),
                    "evaluations": distinct(objet(model.Evaluation), lambda e: f"{e.sorte} {e.annee}"),
                    "natures": distinct(objet(model.Nature, id=CODE), lambda n: n.id),
                    "a_programmer": distinct(
                        objet(model.ActionToProgramme, quoted | {"axe": [a.numero for a in axes], "devient": numbers}),
                        lambda a: a.titre,
                    )
                    if axes
                    else st.just(()),
                    "enveloppes": st.lists(objet(model.Enveloppe, quoted | {"financeur": f_ids}), max_size=3).map(
                        tuple
                    ),
                    "evolution": objet(lifetime.EvolutionThresholds),
                    "a_confirmer": distinct(objet(model.ContratInconsistency), lambda c: c.code),
                    "listes": objet(questions.ChoiceLists).filter(
                        lambda v: all(getattr(v, c.name) for c in dataclasses.fields(v))
                    ),
                    "revisions": st.lists(_revision(numbers, ids), max_size=2).map(tuple) if numbers else st.just(()),
                }
            )
        ),
        themes=themes,
        priorites=priorites,
        decisions=decisions,
        axes=axes,
        structures=structures,
        communes=communes,
        financeurs=financeurs,
        fiches=fiches,
        regles=tuple(regles),
    )


def _revision(numbers, ids):
    """One that can be applied: of a fiche that is there, to a value of the field's type."""
    values = {
        "titre": TEXT,
        "montant": st.sampled_from((None, "180 000,50", "12")),
        "porteurs": st.sampled_from((" ; ".join(ids) or None, ";".join(ids) or None)),
    }
    return st.sampled_from(sorted(values)).flatmap(
        lambda champ: st.builds(
            lifetime.Revision,
            depuis=st.integers(2001, 2060),
            objet=st.just("fiche"),
            champ=st.just(champ),
            cible=st.sampled_from(numbers),
            valeur=values[champ],
        )
    )


MESURES = list(rules.MESURE_KEYS)
COMPLEMENTS = {key: None for key in keys_of(rules.Rule) if key.startswith("complement")} | {"modele": None}


@st.composite
def _fiches(draw_value, quoted, axes, ids, financeurs):
    fiches, taken = [], 0
    numbers = draw_value(st.lists(NUMERO, max_size=3, unique_by=str.casefold))
    for numero in numbers:
        volets = draw_value(distinct(objet(model.Volet, quoted | {"porteurs": ids}, id=CODE), lambda v: v.id, 2))
        volets = tuple({v.nom.casefold(): v for v in volets}.values())
        indicateurs = []
        for _ in range(draw_value(st.integers(0, 3))):
            taken += 1
            mesures = tuple(
                draw_value(objet(model.Mesure, quoted, id=f"m{taken}-{i}"))
                for i in range(draw_value(st.integers(0, 3)))
            )
            indicateurs.append(
                draw_value(
                    objet(
                        model.Indicateur,
                        quoted
                        | {"volet": [v.id for v in volets], "autres_fiches": [n for n in numbers if n != numero]},
                        id=f"i{taken}",
                        mesures=mesures,
                    )
                )
            )
        complements = draw_value(distinct(objet(rules.Complement, id=CODE), lambda c: c.id, 2))
        money = draw_value(objet(model.FicheFinancement, {"cofinanceurs": financeurs}))
        printed = objet(PrintedLine, {"financeur": financeurs}, nature=st.none(), etat=st.sampled_from(LINE_STATES))
        fiches.append(
            draw_value(
                objet(
                    model.Fiche,
                    quoted | {"axe": axes, "autres_axes": axes, "porteurs": ids},
                    numero=numero,
                    axe=st.sampled_from([None, *axes]),
                    volets=volets,
                    indicateurs=tuple(indicateurs),
                    complements=complements,
                    financement=money,
                    lignes=draw_value(st.lists(printed, max_size=2).map(tuple)),
                )
            )
        )
    return tuple(fiches)


@given(contrats())
@settings(
    max_examples=6,
    derandomize=True,
    database=None,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much],
)
def test_any_contract_comes_back_as_it_was(tmp_path_factory, contrat):
    assert parse(write(contrat), "essai") == contrat
    assert read_back(contrat, tmp_path_factory.getbasetemp() / "quelconque.xlsx") == contrat


@given(st.lists(TEXT, max_size=5))
@settings(derandomize=True, database=None, deadline=None)
def test_items_put_in_one_cell_come_back_one_by_one(items):
    assert list(split(join(items))) == items
