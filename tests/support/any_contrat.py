"""Any contract that a definition may write: every field of the model, whatever its type, odd texts among them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import cache
from typing import NamedTuple

from hypothesis import strategies as st

from cls_workbook.domain import lifetime, model, questions, rules
from cls_workbook.domain.announced import contrat_parts
from cls_workbook.domain.announced.bodies import Instance
from cls_workbook.domain.announced.evaluations import EVALUATION_KINDS, Evaluation
from cls_workbook.domain.announced.money_lines import LINE_STATES, PrintedLine
from cls_workbook.domain.asked import left_out
from cls_workbook.domain.definition_keys import build, changed, keys_of
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.placed import place_model
from cls_workbook.domain.themes import shipped_themes
from cls_workbook.french import fold

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
    (Evaluation, "sorte"): EVALUATION_KINDS,
    (model.Structure, "statut_juridique"): ("public", "privé"),
    (contrat_parts.Signatory, "role"): ("copilote", "signataire"),
    (contrat_parts.Nature, "niveau"): model.LEVELS,
    (model.FicheFinancement, "montant_etat"): model.AMOUNT_STATES,
    (model.Indicateur, "type"): model.INDICATEUR_TYPES,
    (rules.Complement, "type"): ("entier", "decimal", "montant", "texte"),
    (model.Mesure, "type"): model.MESURE_TYPES,
    (model.Mesure, "agregation"): model.AGGREGATIONS,
    (model.Mesure, "calcul"): tuple(model.CALCULS),
    (rules.Rule, "type"): rules.RULE_TYPES,
    (rules.Rule, "base"): rules.SUBSIDY_BASES,
    (rules.Rule, "plafond_par"): rules.CAP_SCOPES,
    (contrat_parts.ContratInconsistency, "gravite"): ("à confirmer", "information"),
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
    return st.lists(strategy, max_size=maximum, unique_by=lambda o: fold(cle(o))).map(tuple)


ASCII = st.characters(max_codepoint=127)  # without it, hypothesis tries every character there is
NUMERO = st.from_regex(r"[A-C]?\.?[1-9](\.[1-9]0?)?( bis)?", fullmatch=True, alphabet=ASCII)
CODE = st.from_regex(r"[a-z]{2,8}(-[0-9]{1,3})?", fullmatch=True, alphabet=ASCII)


COMPLEMENTS = {key: None for key in keys_of(rules.Rule) if key.startswith("complement")} | {"modele": None}


class Named(NamedTuple):
    """What the rest of a contract calls by name."""

    decisions: tuple[lifetime.Decision, ...]
    axes: tuple[model.Axe, ...]
    structures: tuple[model.Structure, ...]
    communes: tuple[place_model.Commune, ...]
    financeurs: tuple[contrat_parts.Financeur, ...]
    themes: tuple[contrat_parts.Theme, ...]
    priorites: tuple[contrat_parts.Theme, ...]
    fiches: tuple[model.Fiche, ...] = ()

    @property
    def quoted(self) -> dict[str, list[str]]:
        """Key → the decisions that it may name."""
        return dict.fromkeys(("decision", "decision_fin"), [d.id for d in self.decisions])

    @property
    def structure_ids(self) -> list[str]:
        return [s.id for s in self.structures]

    @property
    def financeur_ids(self) -> list[str]:
        return [f.id for f in self.financeurs]

    @property
    def axe_numbers(self) -> list[str]:
        return [a.numero for a in self.axes]

    @property
    def fiche_numbers(self) -> list[str]:
        return [f.numero for f in self.fiches]


@st.composite
def contrats(draw_value):
    """Contracts whose names lead to one thing each; everything else is any value of its field's type."""
    named = draw_value(_named())
    regles = draw_value(_regles(named))
    plain = draw_value(st.fixed_dictionaries(_head() | _who(named) | _what_names_others(named) | _own_words()))
    return build(Contrat, plain | named._asdict() | {"regles": regles})


def _by_folded(objects, name):
    """Of those that are called the same, capitals apart, the last."""
    return tuple({name(o).casefold(): o for o in objects}.values())


@st.composite
def _named(draw_value) -> Named:
    decisions = draw_value(distinct(objet(lifetime.Decision), lambda d: d.id, 2))
    quoted = dict.fromkeys(("decision", "decision_fin"), [d.id for d in decisions])
    axes = draw_value(distinct(objet(model.Axe, quoted, numero=NUMERO, parent=st.none()), lambda a: a.numero))
    axes = tuple(changed(a, parent=axes[rank // 2].numero) if rank else a for rank, a in enumerate(axes))
    any_structure = objet(model.Structure, quoted, id=CODE, alias=(), nom_complet=None)
    structures = _by_folded(draw_value(distinct(any_structure, lambda s: s.id)), lambda s: s.nom)
    any_commune = objet(place_model.Commune, quoted, code_insee=st.sampled_from(("01004", "2A004", "97411")))
    communes = _by_folded(draw_value(distinct(any_commune, lambda c: c.code_insee, 3)), lambda c: c.nom)
    its_own = quoted | {"structure": [s.id for s in structures]}
    financeurs = draw_value(distinct(objet(contrat_parts.Financeur, its_own, id=CODE), lambda f: f.id))
    themes, priorites = (draw_value(distinct(objet(contrat_parts.Theme, id=CODE), lambda t: t.id, 3)) for _ in range(2))
    named = Named(decisions, axes, structures, communes, financeurs, themes, priorites)
    return named._replace(fiches=draw_value(_fiches(named))) if axes else named


@st.composite
def _regles(draw_value, named: Named):
    mesures = dict.fromkeys(rules.MESURE_KEYS, [m.id for f in named.fiches for m in f.mesures])
    funders = dict.fromkeys(("financeur", "financeurs"), named.financeur_ids)
    names = named.quoted | {"fiche": named.fiche_numbers} | funders | mesures
    regles = []
    for rule in draw_value(st.lists(objet(rules.Rule, names, **COMPLEMENTS), max_size=3)):
        theirs = [c.id for f in named.fiches if f.numero == rule.fiche for c in f.complements]
        regles.append(changed(rule, complement_cout=theirs[0]) if theirs else rule)
    return tuple(regles)


def _head():
    """What a contract says of itself."""
    years = st.lists(st.integers(2000, 2060), min_size=1, max_size=6, unique=True)
    amendments = st.lists(st.sampled_from(lifetime.CHANGES_NEEDING_AVENANT), min_size=1, unique=True)
    return {
        "id": CODE,
        **dict.fromkeys(("titre", "nom_court", "territoire", "type"), TEXT),
        **dict.fromkeys(("contact", "deliberation"), st.none() | TEXT),
        "annees": years.map(sorted).map(tuple),
        "maquette": st.none() | NUMBER,
        "seuil_petits_effectifs": st.integers(0, 50),
        "actions_annoncees": st.none() | st.integers(0, 90),
        "debut_annee": st.sampled_from(("01-01", "09-01", "12-31")),
        "avenant_requis": amendments.map(tuple),
    }


def _who(named: Named):
    some_structure = st.sampled_from([None, *named.structure_ids])
    return dict.fromkeys(("coordination", "agence", "repondant_noyau"), some_structure)


def _what_names_others(named: Named):
    """The parts that name structures, communes, fiches, funders; none of those that have nothing to name."""
    quoted, numbers, nothing = named.quoted, named.fiche_numbers, st.just(())
    quarter = objet(place_model.Qpv, quoted | {"commune": [c.nom for c in named.communes]})
    announced = objet(contrat_parts.ActionToProgramme, quoted | {"axe": named.axe_numbers, "devient": numbers})
    envelope = objet(contrat_parts.Enveloppe, quoted | {"financeur": named.financeur_ids})
    revisions = st.lists(_revision(numbers, named.structure_ids), max_size=2).map(tuple) if numbers else nothing
    return {
        "signataires": distinct(
            objet(contrat_parts.Signatory, quoted | {"structure": named.structure_ids}), lambda s: s.nom
        ),
        "qpv": distinct(quarter, lambda q: q.nom) if named.communes else nothing,
        "instances": distinct(objet(Instance, {"fiches": numbers}), lambda i: i.nom),
        "a_programmer": distinct(announced, lambda a: a.titre) if named.axes else nothing,
        "enveloppes": st.lists(envelope, max_size=3).map(tuple),
        "revisions": revisions,
    }


def _own_words():
    """Its natures, its lists, what it is to be judged by."""
    lists = objet(questions.ChoiceLists).filter(lambda v: all(getattr(v, c.name) for c in dataclasses.fields(v)))
    return {
        "evaluations": distinct(objet(Evaluation), lambda e: f"{e.sorte} {e.annee}"),
        "natures": distinct(objet(contrat_parts.Nature, id=CODE), lambda n: n.id),
        "evolution": objet(lifetime.EvolutionThresholds),
        "a_confirmer": distinct(objet(contrat_parts.ContratInconsistency), lambda c: c.code),
        "listes": lists,
    }


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


@st.composite
def _fiches(draw_value, named: Named):
    subjects = [*shipped_themes(), *(t.id for t in named.themes)]
    priorites = [p.id for p in named.priorites]
    names = named.quoted | {"themes": subjects, "theme": subjects, "priorites": priorites}
    numbers = draw_value(st.lists(NUMERO, max_size=3, unique_by=str.casefold))
    return tuple(
        draw_value(_fiche(named, names, numero, [n for n in numbers if n != numero], f"{rank}"))
        for rank, numero in enumerate(numbers, 1)
    )


@st.composite
def _fiche(draw_value, named: Named, names, numero: str, others: Sequence[str], rank: str):
    axes, ids, funders = named.axe_numbers, named.structure_ids, {"financeur": named.financeur_ids}
    any_volet = objet(model.Volet, names | {"porteurs": ids}, id=CODE)
    volets = _by_folded(draw_value(distinct(any_volet, lambda v: v.id, 2)), lambda v: v.nom)
    of_here = names | {"volet": [v.id for v in volets], "autres_fiches": others}
    indicateurs = draw_value(_indicateurs(names, of_here, rank))
    printed = objet(PrintedLine, funders, nature=st.none(), etat=st.sampled_from(LINE_STATES))
    return draw_value(
        objet(
            model.Fiche,
            names | {"axe": axes, "autres_axes": axes, "porteurs": ids},
            numero=numero,
            axe=st.sampled_from([None, *axes]),
            volets=volets,
            indicateurs=indicateurs,
            complements=draw_value(distinct(objet(rules.Complement, id=CODE), lambda c: c.id, 2)),
            financement=draw_value(objet(model.FicheFinancement, {"cofinanceurs": named.financeur_ids})),
            lignes=draw_value(st.lists(printed, max_size=2).map(tuple)),
        )
    )


@st.composite
def _indicateurs(draw_value, names, of_here, fiche: str):
    indicateurs = []
    for rank in range(draw_value(st.integers(0, 3))):
        theirs = [objet(model.Mesure, names, id=f"m{fiche}-{rank}-{i}") for i in range(draw_value(st.integers(0, 3)))]
        mesures = tuple(map(draw_value, theirs))
        indicateurs.append(draw_value(objet(model.Indicateur, of_here, id=f"i{fiche}-{rank}", mesures=mesures)))
    return tuple(indicateurs)
