"""Small counts hidden in what leaves: 1 to ``seuil`` persons may let someone be recognised.

0 hides nothing and stays; a blank stays blank. Pure: frames in, frames out; nothing is masked in the coordinator's own tables.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from cls_workbook.contract.model import Contrat
from cls_workbook.contract.petits_effectifs import petit, taux_identifiant
from cls_workbook.francais import NBSP
from cls_workbook.summaries.agregation import SEPARATEUR

MASQUE = "masqué"
DEDUIT = f"{MASQUE} (il donnerait un petit effectif par différence)"
Termes = tuple[object, object]  # numerator and denominator of a rate, None where not known
_ADDITIVES = ("FLUX", "PERSONNES", "ENTITES", "STOCK")
_N = rf"(\d[\d {NBSP}]*)"
_COMPTES_DITS = re.compile(rf"entre {_N} et {_N}|\(total des déclarations{NBSP}?: ?{_N}\)|total des déclarations{NBSP}: {_N}")


def masquer_ventilations(contrat: Contrat, ventilations: pd.DataFrame) -> pd.DataFrame:
    """The frame of ``activity.ventilations`` with a column ``masque`` (bool); masked rows have no figure left. For whoever would
    publish a breakdown: nothing that the tool writes for others does.

    Only the measures marked ``petits_effectifs``. Where the total would give a masked figure away, the next smallest
    category is masked too (secondary masking), so that the total can stay.
    """
    resultat = ventilations.copy()
    resultat["masque"] = False
    for mesure_id, lignes in ventilations.groupby("mesure", sort=False):
        if contrat.par_mesure[mesure_id][2].petits_effectifs:
            seuil = contrat.seuil_petits_effectifs
            caches = a_masquer(list(lignes["effectif"]), seuil) | _taux_a_masquer(list(lignes["numerateur"]), list(lignes["denominateur"]), seuil)
            resultat.loc[lignes.index[sorted(caches)], "masque"] = True
    for colonne in ("effectif", "numerateur", "denominateur"):
        gardes = [None if masque else n for n, masque in zip(resultat[colonne], resultat["masque"], strict=True)]
        resultat[colonne] = pd.Series(gardes, index=resultat.index, dtype=object)
    return resultat


def a_masquer(effectifs: list[int | None], seuil: int) -> set[int]:
    """The ranks to mask in one breakdown, beside its total (which is masked too where ``total_a_masquer``)."""
    caches = {rang for rang, n in enumerate(effectifs) if petit(n, seuil)}
    if petit(sum(n or 0 for n in effectifs), seuil) and len(caches) < seuil:
        return caches  # no total is shown to subtract from, and it could be any number up to the threshold
    # Counts above the threshold first: a zero that disappears would leave the small count readable.
    reserve = sorted((r for r, n in enumerate(effectifs) if n is not None and r not in caches), key=lambda r: (effectifs[r] == 0, effectifs[r]))
    while caches and reserve and _se_deduit([effectifs[r] for r in sorted(caches)], seuil):
        caches.add(reserve.pop(0))
    return caches


def total_a_masquer(effectifs: list[int | None], seuil: int) -> bool:
    """Must the total of a breakdown go too? It is small; or nothing is left to hide counts behind, and it gives them away."""
    connus = [n for n in effectifs if n is not None]
    if petit(sum(connus), seuil):
        return True
    if not connus or len(a_masquer(effectifs, seuil)) < len(connus):
        return False
    return _se_deduit(connus, seuil)


def _se_deduit(caches: list[int], seuil: int) -> bool:
    """Does the total minus what is shown give the masked counts? One count alone; or all at a bound of 1..seuil."""
    if len(caches) == 1:
        return True
    return all(n == 1 for n in caches) or all(n == seuil for n in caches)


def _taux_a_masquer(numerateurs: list, denominateurs: list, seuil: int) -> set[int]:
    """The ranks to mask in a breakdown of rates; never one alone, which the overall rate would give away."""
    caches = {rang for rang, termes in enumerate(zip(numerateurs, denominateurs, strict=True)) if taux_identifiant(*termes, seuil)}
    autres = [rang for rang, bas in enumerate(denominateurs) if bas is not None and rang not in caches]
    if len(caches) == 1 and autres:
        caches.add(min(autres, key=lambda rang: denominateurs[rang]))
    return caches


def masquer_indicateurs(contrat: Contrat, indicateurs: pd.DataFrame, passees: Mapping[str, Termes] | None = None) -> pd.DataFrame:
    """The table ``Indicateurs`` with the small counts of ``petits_effectifs`` measures left out; Réserve says so.

    Neither do those leave that would give them away: where the measures of an indicator add up to one of them, another part goes,
    or the total (secondary masking); last year's rate goes unless it is known to speak of many. ``passees``: measure → last year's terms.
    """
    lignes = indicateurs.to_dict("records")
    autour = set().union(*(_deduisibles(contrat, [li for li in lignes if li["Indicateur"] == i]) for i in dict.fromkeys(li["Indicateur"] for li in lignes)))
    masquees = [_masquee(contrat, ligne, (passees or {}).get(ligne["Mesure"], (None, None)), ligne["Mesure"] in autour) for ligne in lignes]
    return pd.DataFrame([[li[c] for c in indicateurs.columns] for li in masquees], columns=indicateurs.columns, dtype=object)


def _deduisibles(contrat: Contrat, lignes: list[dict]) -> set[str]:
    """Of the measures of one indicator, those to mask because the largest is the sum of the others, some of which are small."""
    comptes = [li for li in lignes if li["Agrégation"] in _ADDITIVES and isinstance(li["Valeur"], (int, Decimal))]
    if len({li["Unité"] for li in comptes}) != 1 or not any(_sensible(contrat, li["Mesure"]) for li in comptes):
        return set()
    *parts, total = sorted(comptes, key=lambda li: li["Valeur"])
    effectifs, seuil = [li["Valeur"] for li in parts], contrat.seuil_petits_effectifs
    if not parts or sum(effectifs) != total["Valeur"] or not any(petit(li["Valeur"], seuil) and _sensible(contrat, li["Mesure"]) for li in comptes):
        return set()
    caches = {parts[rang]["Mesure"] for rang in a_masquer(effectifs, seuil)}
    return caches | ({total["Mesure"]} if total_a_masquer(effectifs, seuil) else set())


def _sensible(contrat: Contrat, mesure: str) -> bool:
    return contrat.par_mesure[mesure][2].petits_effectifs


def _masquee(contrat: Contrat, ligne: dict, passes: Termes, deduisible: bool) -> dict:
    mesure, seuil = contrat.par_mesure[ligne["Mesure"]][2], contrat.seuil_petits_effectifs
    if not mesure.petits_effectifs and not deduisible:
        return ligne
    masquee = dict(ligne)
    if mesure.agregation in ("RATIO", "SATISFACTION"):
        if taux_identifiant(ligne["Numérateur"], ligne["Dénominateur"], seuil):
            masquee |= {"Valeur": None, "Numérateur": None, "Dénominateur": None}
        if None in passes or taux_identifiant(*passes, seuil):
            masquee["Valeur n-1"] = None
    else:
        masquee |= {colonne: None for colonne in ("Valeur", "Valeur n-1") if deduisible or petit(ligne[colonne], seuil)}
    tues = [_sans_petit_nombre(r, seuil) for r in str(ligne["Réserve"]).split(SEPARATEUR)] if ligne["Réserve"] else []
    masquee["Réserve"] = SEPARATEUR.join(tues) or None
    if any(masquee[c] != ligne[c] for c in ("Valeur", "Valeur n-1", "Numérateur", "Dénominateur")):
        masquee["Réserve"] = SEPARATEUR.join(filter(None, (masquee["Réserve"], DEDUIT if deduisible and not petit(ligne["Valeur"], seuil) else f"{MASQUE} (effectif de 1 à {seuil})")))
    return masquee


def _sans_petit_nombre(reserve: str, seuil: int) -> str:
    """A reserve that gives counts (« entre 3 et 5 », « total des déclarations : 7 ») without them, if one is small."""
    comptes = _COMPTES_DITS.search(reserve)
    if comptes is None or not any(petit(int(re.sub(r"\D", "", n)), seuil) for n in comptes.groups() if n):
        return reserve
    return reserve[: comptes.start()].rstrip(f" :({NBSP}")
