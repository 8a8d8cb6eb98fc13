"""Functions for the coordinator's own sheets (``=cls_ecart(B2;C2)``): doors to the pure functions, where the UDF server runs.

A blank gives a blank, never 0. What cannot be computed is said in French in the cell. A computer without the UDF server
shows #NOM? in the cells that call these, and nothing else changes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache

import xlwings as xw

from cls_workbook.contract.definition import load
from cls_workbook.contract.model import Contrat
from cls_workbook.contract.regles import ecart_de_parite, ecart_relatif, part_de_poste
from cls_workbook.errors import Refus
from cls_workbook.francais import enumere, montant_fr, plier, typographie

VIDE = ""  # None would show as 0


def _en_francais(fonction: Callable) -> Callable:
    """What cannot be computed is the text of the cell."""

    @functools.wraps(fonction)
    def dite(*arguments):
        try:
            resultat = fonction(*arguments)
        except Refus as refus:
            return typographie(f"#{refus}")
        return VIDE if resultat is None else float(resultat) if isinstance(resultat, Decimal) else resultat

    return dite


@xw.func
@xw.arg("depense", doc="Dépense de l’année pour le poste, en euros (salaire chargé).")
@xw.arg("etp", doc="Temps de travail du poste, en ETP. Vide : non connu, toute la dépense compte.")
@xw.arg("fiche", doc="Numéro de la fiche qui porte le poste, en texte : \"5.1\".")
@xw.arg("contrat", doc="Identifiant du contrat, ou chemin de sa définition.")
@_en_francais
def cls_part_de_poste(depense, etp, fiche, contrat):
    """Part d’un poste que le contrat laisse financer, en euros : taux, plafond annuel, ETP minimum et maximum de la fiche."""
    depense, etp, numero = _nombre(depense, "la dépense"), _nombre(etp, "l’ETP"), _texte(fiche)
    if depense is None or not numero:
        return None
    if depense < 0:
        raise Refus("la dépense est négative")
    regles = _contrat(_texte(contrat)).regles_de(numero, "poste")
    if not regles:
        raise Refus(f"la fiche « {numero} » n’a pas de règle de poste dans ce contrat")
    return part_de_poste(regles[0], depense, etp)


@xw.func
@xw.arg("realisations", ndim=2, doc="Plage des réalisations, une par fiche : Totale, Partielle, Nulle, Rien de programmé.")
@xw.arg("large", doc="VRAI : les réalisations partielles comptent aussi. Vide ou FAUX : les totales seulement.")
@_en_francais
def cls_taux_de_realisation(realisations, large=None):
    """Taux de réalisation : fiches réalisées / fiches où quelque chose était programmé. Une fiche sans réponse ne compte pas."""
    from cls_workbook.contract.model import Listes
    from cls_workbook.summaries.activity import compter_les_realisations

    mots = [_texte(v) or None for rangee in realisations for v in rangee]
    connus = {plier(r) for r in Listes().realisations}
    if inconnus := [m for m in mots if m and plier(m) not in connus]:
        raise Refus(f"réalisation inconnue : {enumere(inconnus[:1])} ; au choix : {', '.join(Listes().realisations)}")
    taux = compter_les_realisations(mots)
    return taux.large if large is True else taux.strict


@xw.func
@xw.arg("depuis", doc="Le montant ou le nombre de départ (prévu, programmé, année précédente).")
@xw.arg("vers", doc="Le montant ou le nombre d’arrivée (engagé, versé, année en cours).")
@_en_francais
def cls_ecart(depuis, vers):
    """Écart en % : (arrivée - départ) / départ. À montrer au format pourcentage. Vide si l’un des deux n’est pas connu."""
    depart, arrivee = _nombre(depuis, "le départ"), _nombre(vers, "l’arrivée")
    if depart is not None and arrivee is not None and not depart:
        raise Refus("le départ est nul : un écart en % n’a pas de sens")
    return ecart_relatif(depart, arrivee)


@xw.func
@xw.arg("montants", ndim=2, doc="Plage des montants, un par financeur tenu à la parité, en euros.")
@xw.arg("tolerance", doc="Écart admis, en euros. Vide : un centime.")
@_en_francais
def cls_parite(montants, tolerance=None):
    """« respectée », ou l’écart entre le plus grand et le plus petit des montants. Vide tant qu’un financeur n’a rien dit."""
    connus = [_nombre(v, "un montant") for rangee in montants for v in rangee]
    if len(connus) < 2:
        raise Refus("la parité compare deux montants au moins")
    ecart, admis = ecart_de_parite(connus), _nombre(tolerance, "la tolérance")
    if ecart is None:
        return None
    return "respectée" if ecart <= (Decimal("0.01") if admis is None else admis) else typographie(f"non respectée : écart de {montant_fr(ecart)}")


# --- What a cell gives ---------------------------------------------------------------------------------------------------


def _nombre(valeur: object, quoi: str) -> Decimal | None:
    """A figure as exact Decimal; None for a blank. Refus for anything else, a text that looks like a figure included."""
    if valeur is None or (isinstance(valeur, str) and not valeur.strip()):
        return None
    if isinstance(valeur, (int, float)) and not isinstance(valeur, bool):
        try:
            return Decimal(repr(valeur)) if valeur == valeur else None
        except InvalidOperation:
            pass
    raise Refus(f"{quoi} n’est pas un nombre : {enumere([str(valeur)])}")


def _texte(valeur: object) -> str:
    """A cell as text; a number of fiche that Excel took for a figure (5.1) as it is written."""
    return "" if valeur is None else str(valeur).strip()


@cache
def _contrat(reference: str) -> Contrat:
    if not reference:
        raise Refus("le contrat n’est pas dit : donnez son identifiant")
    return load(reference)
