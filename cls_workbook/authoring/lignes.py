"""A contract → the rows of each sheet, in the words of a coordinator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from cls_workbook.authoring import choix, liste_ecrite, revisions
from cls_workbook.authoring.repertoire import Repertoire, du_contrat
from cls_workbook.authoring.rubriques import Colonne, Rubrique
from cls_workbook.authoring.tout import RUBRIQUES
from cls_workbook.contract.model import Contrat, Fiche, Indicateur, Theme
from cls_workbook.contract.modeles_de_regle import fournis
from cls_workbook.contract.themes import themes_livres
from cls_workbook.contract.vie import Revision

RIEN = '""'  # a list with nothing in it, where a blank cell would mean something else
Valeur = str | int | Decimal | date | None
Ligne = dict[str, Valeur]  # key of a column → what its cell shows


def lignes(contrat: Contrat) -> dict[str, list[Ligne]]:
    """Sheet (name of its rubrique) → its rows, in the order of the contract."""
    repertoire = du_contrat(contrat)
    return {r.nom: list(_lignes(r, contrat, repertoire)) for r in RUBRIQUES}


def _lignes(rubrique: Rubrique, contrat: Contrat, repertoire: Repertoire) -> Iterator[Ligne]:
    if rubrique.formulaire:
        yield _ligne(rubrique, contrat, repertoire) | _ligne(rubrique, contrat.evolution, repertoire, partie="evolution")
    elif rubrique.nom == "listes":
        colonnes = [(case.cle, getattr(contrat.listes, case.colonne.champ)) for case in rubrique.cases]
        for rang in range(max(len(valeurs) for _, valeurs in colonnes)):
            yield {cle: valeurs[rang] for cle, valeurs in colonnes if rang < len(valeurs)}
    elif rubrique.nom == "revisions":
        for revision in contrat.revisions:
            yield _revision(rubrique, revision, repertoire, contrat)
    elif rubrique.nom == "indicateurs":
        for fiche in contrat.fiches:
            for indicateur in fiche.indicateurs:
                yield from _indicateur(rubrique, fiche, indicateur, repertoire)
    elif rubrique.parent:
        for fiche in contrat.fiches:
            dedans = getattr(fiche, rubrique.parent)
            for objet in dedans if isinstance(dedans, tuple) else (dedans,):
                yield _ligne(rubrique, objet, repertoire, fiche.numero)
    else:
        # The themes that ship come first: drop-downs offer one zone, and one sees what need not be added.
        fournis_ = (Theme(*t) for t in themes_livres().items()) if rubrique.nom == "themes" else ()
        for objet in (*fournis_, *getattr(contrat, rubrique.nom)):
            yield _ligne(rubrique, objet, repertoire)


def _ligne(rubrique: Rubrique, objet, repertoire: Repertoire, fiche: str = "", partie: str = "") -> Ligne:
    """The cells of one object; ``fiche``: the one that holds it."""
    dedans = fiche or getattr(objet, "fiche", None) or (objet.numero if isinstance(objet, Fiche) else "")
    ligne: Ligne = {}
    du_modele = fournis(getattr(objet, "modele", None))
    for colonne in rubrique.colonnes:
        if colonne.partie == partie and not rubrique.est_parent(colonne):
            valeur = getattr(objet, colonne.champ)
            ligne |= _cellules(rubrique, colonne, valeur, repertoire, dedans)
            if colonne.champ in du_modele and valeur in (False, ()):
                # a blank would mean what the rule that ships says
                ligne[rubrique.case(colonne.champ, partie).cle] = choix.NON if valeur is False else RIEN
    return _avec_fiche(rubrique, fiche) | ligne


def _avec_fiche(rubrique: Rubrique, fiche: str) -> Ligne:
    return {rubrique.cases[0].cle: fiche} if rubrique.parent else {}


def _indicateur(rubrique: Rubrique, fiche: Fiche, indicateur: Indicateur, repertoire: Repertoire) -> Iterator[Ligne]:
    """One row a measure; the indicator's own cells are on the first, its id on each."""
    propre = _ligne(rubrique, indicateur, repertoire, fiche.numero)
    cle_id = rubrique.case("id").cle
    for rang, mesure in enumerate(indicateur.mesures):
        debut = propre if rang == 0 else {**_avec_fiche(rubrique, fiche.numero), cle_id: indicateur.id}
        yield debut | _ligne(rubrique, mesure, repertoire, fiche.numero, "mesures")
    if not indicateur.mesures:
        yield propre


def _revision(rubrique: Rubrique, revision: Revision, repertoire: Repertoire, contrat: Contrat) -> Ligne:
    return _ligne(rubrique, revision, repertoire) | {
        rubrique.case("cible").cle: revisions.cible_ecrite(revision, repertoire),
        rubrique.case("champ").cle: revisions.champ_ecrit(revision),
        rubrique.case("valeur").cle: revisions.valeur_ecrite(revision, repertoire, contrat),
    }


def _cellules(rubrique: Rubrique, colonne: Colonne, valeur, repertoire: Repertoire, fiche: str) -> Ligne:
    cases = [c for c in rubrique.cases if c.colonne is colonne]
    if not isinstance(valeur, tuple):
        return {cases[0].cle: _ecrit(rubrique, colonne, valeur, repertoire, fiche)}
    items = [str(_ecrit(rubrique, colonne, v, repertoire, fiche)) for v in valeur]
    if colonne.champ == "annees":
        return {cases[0].cle: annees_ecrites(valeur)}
    premiers, suite = items[: colonne.cases], items[colonne.cases :]
    return dict(zip((c.cle for c in cases), premiers, strict=False)) | ({cases[-1].cle: liste_ecrite.joindre(suite)} if suite else {})


def _ecrit(rubrique: Rubrique, colonne: Colonne, valeur, repertoire: Repertoire, fiche: str) -> Valeur:
    if valeur is None:
        return None
    if isinstance(valeur, bool):
        return None if valeur == rubrique.defaut(colonne) else (choix.OUI if valeur else choix.NON)
    if colonne.renvoi:
        return repertoire.afficher(colonne.renvoi, valeur, fiche)
    if colonne.choix:
        return choix.mots(colonne.choix, valeur)
    if colonne.format == "jour_mois":
        return jour_mois(valeur)
    if isinstance(valeur, Decimal):
        return nombre(valeur)
    return valeur


def nombre(valeur: Decimal) -> Decimal | str:
    """The number, or its digits as a text where a cell would not keep them all."""
    return valeur if Decimal(f"{float(valeur):.15g}") == valeur else f"{valeur:f}".replace(".", ",")


def annees_ecrites(annees: tuple[int, ...]) -> str | None:
    """« 2024-2028 », or « 2024 ; 2026 » where years are missing."""
    if len(annees) > 1 and annees == tuple(range(annees[0], annees[-1] + 1)):
        return f"{annees[0]}-{annees[-1]}"
    return " ; ".join(map(str, annees)) or None


def jour_mois(texte: str) -> str:
    """« 09-01 » → « 01/09 »; anything else as it is."""
    trouve = re.fullmatch(r"(\d\d)-(\d\d)", texte)
    return f"{trouve.group(2)}/{trouve.group(1)}" if trouve else texte
