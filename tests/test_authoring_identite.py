"""A contract written in the authoring workbook and read back is the same contract."""

from __future__ import annotations

import dataclasses
from datetime import date
from decimal import Decimal
from functools import cache

import pytest
from authoring_for_tests import PLACE, livre, sans_apparat
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from cls_workbook.authoring.assemblage import Assemblage
from cls_workbook.authoring.classeur import classeur
from cls_workbook.authoring.importation import importer
from cls_workbook.authoring.liste_ecrite import joindre, separer
from cls_workbook.authoring.tables import ouvrir
from cls_workbook.contract import load, model, parse, shipped, vie
from cls_workbook.contract.champs import champs_de
from cls_workbook.contract.ecriture import ecrire
from cls_workbook.contract.model import Contrat
from cls_workbook.contract.themes import themes_livres
from cls_workbook.xlsx import writer


def relu(contrat: Contrat, chemin) -> Contrat:
    """Written, read, put together; without the verification, which an odd contract would not pass."""
    writer.write(sans_apparat(classeur(contrat, place=2)), chemin)
    assemblage = Assemblage(ouvrir(chemin))
    assert [str(f) for f in assemblage.fautes] == []
    return assemblage.contrat


@pytest.mark.parametrize("identifiant", shipped())
def test_a_shipped_contract_makes_the_trip_without_loss(identifiant, tmp_path):
    contrat = load(identifiant)
    importe = importer(livre(identifiant, tmp_path / "contrat.xlsx"))
    assert importe.contrat == contrat
    (tmp_path / "contrat.toml").write_text(importe.texte, encoding="utf-8")
    assert load(tmp_path / "contrat.toml") == contrat


@pytest.mark.parametrize("identifiant", shipped())
def test_a_definition_written_again_is_the_same(identifiant):
    contrat = load(identifiant)
    assert parse(ecrire(contrat), "essai") == contrat


def test_a_theme_that_ships_told_again_by_a_contract_makes_the_trip(tmp_path):
    themes = tuple(model.Theme(*theme) for theme in list(themes_livres().items())[:2])
    contrat = dataclasses.replace(load("besancon-2016-2018"), themes=(model.Theme("prevention-2", "Prévention"), *themes))
    assert relu(contrat, tmp_path / "themes.xlsx") == contrat


# The rule of a department that ships: what a definition writes itself prevails, even where it says « no » or « nothing ».
def test_a_rule_made_from_one_that_ships_makes_the_trip(tmp_path):
    texte = ecrire(load("besancon-2016-2018")) + """
[[regles]]
modele = "mayenne-animateur"
plafond_annuel = 8000
hors_maquette = false
conditions = []

[[regles]]
modele = "mayenne-animateur"
id = "autre"
"""
    contrat = parse(texte, "essai")
    assert [(r.hors_maquette, len(r.conditions)) for r in contrat.regles] == [(False, 0), (True, 3)]
    assert parse(ecrire(contrat), "essai") == contrat
    assert relu(contrat, tmp_path / "regles.xlsx") == contrat


def test_a_contract_with_awkward_content_makes_the_trip(tmp_path):
    """60 fiches, odd numbers, long titles equal in their beginnings, 80 structures, overseas codes, an axe without fiche."""
    structures = tuple(model.Structure(f"s-{n}", f"Association n° {n} de l’Île d’Yeu/Noirmoutier") for n in range(1, 81))
    titre = "Aller vers les personnes éloignées du soin : l’été / l’hiver, à domicile ou « hors les murs » — " * 2
    mesures = [model.Mesure(f"A.3-I{n:02}", f"Nombre n° {n}", "entier", "FLUX") for n in range(1, 61)]
    indicateurs = tuple(model.Indicateur(m.id, m.libelle, "compte", (m,)) for m in mesures)
    fiches = tuple(
        model.Fiche("A.3 bis" if n == 1 else f"{n // 10}.{n}", f"{titre}{n}"[:200], "1", (structures[n].id,), indicateurs=indicateurs if n == 1 else ()) for n in range(1, 61)
    )
    communes = tuple(model.Commune(code, f"Commune {code}") for code in ("97411", "2A004", "01004"))
    contrat = Contrat("iles-2025", "Îles", "Îles", (2025,), "Îles", debut_annee="09-01", axes=(model.Axe("1", "Un"), model.Axe("2", "Vide")),
                      structures=structures, communes=communes, fiches=fiches)  # fmt: skip
    writer.write(classeur(contrat, PLACE), tmp_path / "iles.xlsx")
    assert importer(tmp_path / "iles.xlsx").contrat == contrat


# --- Any contract ---------------------------------------------------------------------------------------------------

ODDITES = ("=1+1", "1.10", "01/02", "-3", "oui", "1,5", "2024-2028", "Le « Tilleul » ; n° 2", '"cité"', "<r>a</r>", "vrai", "§modele/axes", "a ; b", "l’été, à 9 h\nau plus", "_x0041_", "0012")
TEXTE = st.text(st.characters(exclude_categories=("C", "Z", "M"), include_characters=" ;\"'"), min_size=1, max_size=30).map(str.strip).filter(bool) | st.sampled_from(ODDITES)
NOMBRE = st.integers(0, 10**9).map(Decimal) | st.integers(0, 10**8).map(lambda n: Decimal(n) / 1000) | st.sampled_from((Decimal("0.265"), Decimal("0.1")))
ANNEE = st.none() | st.integers(2000, 2060)


def _valeur(classe: type, champ: str, type_: type, noms: tuple[str, ...] | None):
    """A strategy for one field: what it names exists (``noms``), what it chooses is in its list."""
    if noms is not None:
        return st.sampled_from(noms) if noms else None
    if (liste := CHOIX.get((classe, champ))) is not None:
        return st.sampled_from(liste)
    if champ in ("taux", "quote_part", "points"):
        return st.integers(0, 1000).map(lambda n: Decimal(n) / 1000)
    if champ == "part":
        return st.integers(0, 10_000).map(lambda n: Decimal(n) / 1000)
    if champ in ("depuis", "jusque", "annee"):
        return st.integers(2000, 2060)
    return {str: TEXTE, int: st.integers(0, 10**6), Decimal: NOMBRE, bool: st.booleans(), date: st.dates(date(2000, 1, 1), date(2099, 12, 31))}[type_]


@cache
def _champ(classe: type, nom: str, noms: tuple[str, ...] | None):
    """The same, with its default and as many as the model says; None where it can only be left out. Strategies are dear to make."""
    type_, liste, obligatoire = champs_de(classe)[nom]
    un = None if dataclasses.is_dataclass(type_) else _valeur(classe, nom, type_, noms)
    if un is None:
        return None
    plusieurs = st.lists(un, max_size=6, unique=True).map(tuple) if liste else un
    defaut = next(c.default for c in dataclasses.fields(classe) if c.name == nom)
    return plusieurs if obligatoire else st.just(defaut) | plusieurs


CHOIX = {
    (model.Structure, "statut_juridique"): ("public", "privé"), (model.Signataire, "role"): ("copilote", "signataire"),
    (model.Nature, "niveau"): model.NIVEAUX, (model.FinancementFiche, "montant_etat"): model.ETATS_DU_MONTANT,
    (model.Indicateur, "type"): model.TYPES_D_INDICATEUR, (model.Complement, "type"): ("entier", "decimal", "montant", "texte"),
    (model.Mesure, "type"): model.TYPES_DE_MESURE, (model.Mesure, "agregation"): model.AGREGATIONS,
    (model.Regle, "type"): model.TYPES_DE_REGLE, (model.Regle, "base"): model.BASES_D_AIDE, (model.Regle, "plafond_par"): model.PLAFONDS_PAR,
    (model.Constat, "gravite"): ("à confirmer", "information"), (vie.Decision, "instance"): vie.INSTANCES_DE_DECISION,
    (Contrat, "avenant_requis"): vie.CHANGEMENTS_A_AVENANT,
}  # fmt: skip


def objet(classe: type, renvois: dict[str, list[str]] | None = None, **fixes):
    """Any object of a class of the model, derived from its fields; ``fixes``: values or strategies that replace the derived one."""
    noms = {champ: tuple(ids) for champ, ids in (renvois or {}).items()}
    champs = {nom: _champ(classe, nom, noms.get(nom)) for nom in champs_de(classe) if nom not in fixes}
    champs |= {nom: v if isinstance(v, st.SearchStrategy) else st.just(v) for nom, v in fixes.items()}
    champs = {nom: v for nom, v in champs.items() if v is not None}
    return st.builds(classe, **champs)


def distincts(strategie, cle, maximum=4):
    """Objects no two of which could be taken for one another."""
    from cls_workbook.francais import plier

    return st.lists(strategie, max_size=maximum, unique_by=lambda o: plier(cle(o))).map(tuple)


ASCII = st.characters(max_codepoint=127)  # without it, hypothesis tries every character there is
NUMERO = st.from_regex(r"[A-C]?\.?[1-9](\.[1-9]0?)?( bis)?", fullmatch=True, alphabet=ASCII)
CODE = st.from_regex(r"[a-z]{2,8}(-[0-9]{1,3})?", fullmatch=True, alphabet=ASCII)


@st.composite
def contrats(tirer):
    """Contracts whose names lead to one thing each; everything else is any value of its field's type."""
    decisions = tirer(distincts(objet(vie.Decision), lambda d: d.id, 2))
    cites = {"decision": [d.id for d in decisions], "decision_fin": [d.id for d in decisions]}
    axes = tirer(distincts(objet(model.Axe, cites, numero=NUMERO), lambda a: a.numero))
    structures = tirer(distincts(objet(model.Structure, cites, id=CODE, alias=(), nom_complet=None), lambda s: s.id))
    structures = tuple({s.nom.casefold(): s for s in structures}.values())
    ids = [s.id for s in structures]
    communes = tirer(distincts(objet(model.Commune, cites, code_insee=st.sampled_from(("01004", "2A004", "97411"))), lambda c: c.nom, 3))
    financeurs = tirer(distincts(objet(model.Financeur, cites | {"structure": ids}, id=CODE), lambda f: f.id))
    f_ids = [f.id for f in financeurs]
    themes, priorites = (tirer(distincts(objet(model.Theme, id=CODE), lambda t: t.id, 3)) for _ in range(2))
    sujets = {"themes": [*themes_livres(), *(t.id for t in themes)], "priorites": [p.id for p in priorites]}
    fiches = tirer(_fiches(cites | sujets | {"theme": sujets["themes"]}, [a.numero for a in axes], ids, f_ids)) if axes else ()
    numeros = [f.numero for f in fiches]
    mesures = [m.id for f in fiches for m in f.mesures]
    regles = []
    for regle in tirer(st.lists(objet(model.Regle, cites | {"fiche": numeros, "financeur": f_ids, "financeurs": f_ids} | dict.fromkeys(MESURES, mesures), **COMPLEMENTS), max_size=3)):
        leurs = [c.id for f in fiches if f.numero == regle.fiche for c in f.complements]
        regles.append(dataclasses.replace(regle, complement_cout=leurs[0]) if leurs else regle)
    return Contrat(**tirer(st.fixed_dictionaries({
        "id": CODE, "titre": TEXTE, "nom_court": TEXTE, "territoire": TEXTE, "type": TEXTE, "contact": st.none() | TEXTE, "deliberation": st.none() | TEXTE,
        "annees": st.lists(st.integers(2000, 2060), min_size=1, max_size=6, unique=True).map(sorted).map(tuple),
        "maquette": st.none() | NOMBRE, "seuil_petits_effectifs": st.integers(0, 50), "actions_annoncees": st.none() | st.integers(0, 90),
        "debut_annee": st.sampled_from(("01-01", "09-01", "12-31")), "coordination": st.sampled_from([None, *ids]), "agence": st.sampled_from([None, *ids]),
        "avenant_requis": st.lists(st.sampled_from(vie.CHANGEMENTS_A_AVENANT), min_size=1, unique=True).map(tuple),
        "signataires": distincts(objet(model.Signataire, cites | {"structure": ids}), lambda s: s.nom),
        "qpv": distincts(objet(model.Qpv, cites | {"commune": [c.nom for c in communes]}), lambda q: q.nom) if communes else st.just(()),
        "instances": distincts(objet(model.Instance), lambda i: i.nom), "natures": distincts(objet(model.Nature, id=CODE), lambda n: n.id),
        "a_programmer": distincts(objet(model.ActionAProgrammer, cites | {"axe": [a.numero for a in axes], "devient": numeros}), lambda a: a.titre) if axes else st.just(()),
        "enveloppes": st.lists(objet(model.Enveloppe, cites | {"financeur": f_ids}), max_size=3).map(tuple),
        "evolution": objet(vie.SeuilsEvolution), "a_confirmer": distincts(objet(model.Constat), lambda c: c.code), "listes": objet(model.Listes).filter(lambda v: all(getattr(v, c.name) for c in dataclasses.fields(v))),
        "revisions": st.lists(_revision(numeros, ids), max_size=2).map(tuple) if numeros else st.just(()),
    }))
        , themes=themes, priorites=priorites, decisions=decisions, axes=axes, structures=structures, communes=communes, financeurs=financeurs, fiches=fiches, regles=tuple(regles))  # fmt: skip


def _revision(numeros, ids):
    """One that can be applied: of a fiche that is there, to a value of the field's type."""
    valeurs = {"titre": TEXTE, "montant": st.sampled_from((None, "180 000,50", "12")), "porteurs": st.sampled_from((" ; ".join(ids) or None, ";".join(ids) or None))}
    return st.sampled_from(sorted(valeurs)).flatmap(
        lambda champ: st.builds(vie.Revision, depuis=st.integers(2001, 2060), objet=st.just("fiche"), champ=st.just(champ), cible=st.sampled_from(numeros), valeur=valeurs[champ])
    )


MESURES = [c.name for c in dataclasses.fields(model.Regle) if c.name.startswith("mesure")]
COMPLEMENTS = {c.name: None for c in dataclasses.fields(model.Regle) if c.name.startswith("complement")} | {"modele": None}


@st.composite
def _fiches(tirer, cites, axes, ids, financeurs):
    fiches, pris = [], 0
    numeros = tirer(st.lists(NUMERO, max_size=3, unique_by=str.casefold))
    for numero in numeros:
        volets = tirer(distincts(objet(model.Volet, cites | {"porteurs": ids}, id=CODE), lambda v: v.id, 2))
        volets = tuple({v.nom.casefold(): v for v in volets}.values())
        indicateurs = []
        for _ in range(tirer(st.integers(0, 3))):
            pris += 1
            mesures = tuple(tirer(objet(model.Mesure, cites, id=f"m{pris}-{i}")) for i in range(tirer(st.integers(0, 3))))
            indicateurs.append(tirer(objet(model.Indicateur, cites | {"volet": [v.id for v in volets]}, id=f"i{pris}", mesures=mesures)))
        complements = tirer(distincts(objet(model.Complement, id=CODE), lambda c: c.id, 2))
        argent = tirer(objet(model.FinancementFiche, {"cofinanceurs": financeurs}))
        fiches.append(tirer(objet(
            model.Fiche, cites | {"axe": axes, "porteurs": ids}, numero=numero, axe=st.sampled_from(axes), volets=volets, indicateurs=tuple(indicateurs),
            complements=complements, financement=argent,
        )))  # fmt: skip
    return tuple(fiches)


@given(contrats())
@settings(max_examples=10, derandomize=True, database=None, deadline=None, phases=(Phase.explicit, Phase.generate), suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much])
def test_any_contract_comes_back_as_it_was(tmp_path_factory, contrat):
    assert parse(ecrire(contrat), "essai") == contrat
    assert relu(contrat, tmp_path_factory.getbasetemp() / "quelconque.xlsx") == contrat


@given(st.lists(TEXTE, max_size=5))
@settings(derandomize=True, database=None, deadline=None)
def test_items_put_in_one_cell_come_back_one_by_one(items):
    assert list(separer(joindre(items))) == items


