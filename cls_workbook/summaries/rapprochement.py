"""The sum of what returns say, and the total that was consolidated: every difference told, to the cent.

The sums are made again here, from the cells, without the functions that consolidate: what they do not explain is an error.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

import numpy as np
import pandas as pd

from cls_workbook.anomalies import BLOQUANT, Anomalie
from cls_workbook.contract.model import Contrat, Mesure
from cls_workbook.francais import montant_fr, nombre_fr, plier, typographie
from cls_workbook.reading.vues import colonnes, rangs_par, somme
from cls_workbook.summaries.agregation import ESTIME, SEPARATEUR, cle_entite
from cls_workbook.summaries.consolidation import Exclusions
from cls_workbook.summaries.funding import lignes_de_financement

RAPPROCHEMENT = (
    "Objet", "Fiche", "Mesure", "Colonne", "Libellé", "Valeurs saisies", "Somme des retours", "Refusées", "Remplacées", "Écartées", "Mises à part",
    "Total consolidé", "Écart inexpliqué", "Explication",
)  # fmt: skip
RETENUE, REFUSEE, REMPLACEE, ECARTEE = "retenue", "refusée", "remplacée", "écartée"
INDICATEUR, FINANCEMENT, DEPENSE = "indicateur", "financement", "dépense"
MONTANTS = {"prevu": "Prévu", "engage": "Engagé", "verse": "Versé"}
_CENTIME = Decimal("0.01")
_ADDITIVES = ("FLUX", "PERSONNES", "STOCK", "ENTITES")
_COMPTEES = {"MOYENNE": "moyenne", "JALON": "jalon", "TEXTE": "texte", "UNION": "modalite"}
_TERMES = {"RATIO": (("numerateur", "Numérateur"), ("denominateur", "Dénominateur")), "SATISFACTION": (("satisfaits", "Numérateur"), ("repondants", "Dénominateur"))}
_POSTES = ("personnel", "achats", "autres")
# What is added, and what says how far it may be.
_CHAMPS = frozenset((
    "valeur", "effectif", "statut", "double_compte", "nom", *_COMPTEES.values(), *(champ for termes in _TERMES.values() for champ, _ in termes)
))  # fmt: skip


class Valeur(NamedTuple):
    """One typed value: the return that it comes from, its row in a breakdown ("" if none), and what became of it."""

    retour: tuple
    champ: str
    ligne: str
    valeur: object
    classe: str


@dataclass
class Ligne:
    """One line of the table. ``apart``: (amount, why) of what was retained and is not in the total all the same."""

    objet: str
    fiche: str | None
    mesure: str | None
    colonne: str
    libelle: str
    parts: dict[str, object] = field(default_factory=dict)  # class → sum
    nombre: int = 0
    apart: list[tuple[object, str]] = field(default_factory=list)
    total: object = None
    notes: list[str] = field(default_factory=list)
    argent: bool = False

    def rangee(self) -> tuple:
        sommes = [self.parts.get(c) for c in (REFUSEE, REMPLACEE, ECARTEE)]
        dite, mise_a_part = somme(self.parts.values()), somme(v for v, _ in self.apart)
        ecart = (dite or 0) - sum(v or 0 for v in (*sommes, mise_a_part, self.total))
        return (
            self.objet, self.fiche, self.mesure, self.colonne, self.libelle, self.nombre, dite, *sommes, mise_a_part, self.total, ecart,
            self._explication(sommes, dite, ecart),
        )  # fmt: skip

    def _explication(self, sommes: Sequence, dite: object, ecart: object) -> str:
        motifs = ("refusé (feuille Anomalies)", "remplacé par une correction", "écarté (retours en double ou rejetés)")
        mots = [f"{mot} : {self._dit(v)}" for v, mot in (*zip(sommes, motifs, strict=True), *self.apart) if v]
        mots += self.notes
        if ecart:
            mots.insert(0, f"écart de {self._dit(ecart)} que rien n’explique")
        if not mots:
            mots = ["aucune valeur"] if dite is None else ["la somme des retours est le total"]
        return typographie(SEPARATEUR.join(mots))

    def _dit(self, valeur: object) -> str:
        return montant_fr(valeur) if self.argent else nombre_fr(valeur)


def rapprochement(
    contrat: Contrat,
    lot,
    anomalies: Sequence[Anomalie],
    remplacees: Iterable[tuple[str, str]],
    indicateurs: pd.DataFrame,
    par_fiche: pd.DataFrame,
    par_financeur: pd.DataFrame,
) -> pd.DataFrame:
    """The table ``Rapprochement``: one row per measure and term, per fiche and amount, per amount for the whole contract.

    ``lot``: all that was typed (``frames.Lot``). The other frames: what was consolidated. Missing sums are None.
    """
    classes = _classes(lot.valeurs, anomalies, set(remplacees))
    illisibles = _illisibles(lot, contrat, anomalies)
    lignes = [*_mesures(contrat, lot.valeurs, classes, indicateurs, illisibles), *_argent(contrat, lot.valeurs, classes, par_fiche, par_financeur, illisibles)]
    return pd.DataFrame([ligne.rangee() for ligne in lignes], columns=list(RAPPROCHEMENT), dtype=object)


def inexpliques(table: pd.DataFrame) -> list[Anomalie]:
    """One anomaly for each line whose difference is not explained: an error of the program, never of a return."""
    return [
        Anomalie(
            BLOQUANT, "ECART_INEXPLIQUE", "", fiche=r["Fiche"] or "", champ=f"{r['Libellé']} — {r['Colonne']}",
            trouve=typographie(f"écart de {nombre_fr(r['Écart inexpliqué'])} entre la somme des retours et le total"), attendu="un écart nul",
            a_faire="ne diffusez pas ce chiffre, et signalez-le à la personne qui a installé l’outil.",
        )
        for r in table.to_dict("records") if r["Écart inexpliqué"]
    ]  # fmt: skip


def _classes(valeurs: pd.DataFrame, anomalies: Sequence[Anomalie], remplacees: set[tuple[str, str]]) -> np.ndarray:
    """What became of each value."""
    exclus = Exclusions(anomalies)

    def classe(fichier: str, fiche: str, feuille: str, cellule: str) -> str:
        if (fichier, fiche) in remplacees:
            return REMPLACEE
        if exclus.retour(fichier, fiche):
            return ECARTEE
        return REFUSEE if (fichier, feuille, cellule) in exclus.cellules else RETENUE

    classes = np.full(len(valeurs), RETENUE, dtype=object)
    en_cause = np.flatnonzero(valeurs["fichier"].isin(exclus.concernes))
    classes[en_cause] = [classe(*place) for place in colonnes(valeurs.iloc[en_cause], "fichier", "fiche", "feuille", "cellule")]
    return classes


def _lues(valeurs: pd.DataFrame, classes: np.ndarray, rangs: Sequence[int] | np.ndarray) -> list[Valeur]:
    fichiers, structures, volets, *reste = (valeurs[nom].array[rangs].to_numpy(object) for nom in ("fichier", "structure", "volet", "champ", "ligne", "valeur"))
    return list(map(Valeur, zip(fichiers, structures, volets, strict=True), *reste, classes[rangs]))


def _illisibles(lot, contrat: Contrat, anomalies: Sequence[Anomalie]) -> Counter[tuple[str, str]]:
    """(measure, or fiche of a funding line, champ) → inputs whose content could not be read as a number."""
    comptes: Counter[tuple[str, str]] = Counter()
    adresses = lot.adresses(contrat)
    concernees = [a for a in anomalies if a.gravite == BLOQUANT and a.cellules and a.fichier in adresses]
    fichiers = {a.fichier for a in concernees}
    lues = set(colonnes(lot.valeurs[lot.valeurs["fichier"].isin(fichiers)], "fichier", "feuille", "cellule"))
    cles: dict[str, dict[tuple[str, str], str]] = {}
    for a in concernees:
        for cellule in a.cellules:
            if (a.fichier, a.feuille, cellule) in lues:
                continue
            siennes = cles.setdefault(a.fichier, {lieu: cle for cle, lieu in adresses[a.fichier].items()})
            morceaux = siennes.get((a.feuille, cellule), "").split("/")
            if len(morceaux) > 2:
                comptes[morceaux[0] if morceaux[1] in ("financement", "depenses") else morceaux[2], morceaux[-1]] += 1
    return comptes


def _sommes(valeurs: Iterable[Valeur]) -> tuple[dict[str, object], int]:
    """(class → sum of what is known, how many values)."""
    parts: dict[str, object] = {}
    nombre = 0
    for v in valeurs:
        parts[v.classe] = parts.get(v.classe, 0) + v.valeur
        nombre += 1
    return parts, nombre


def _dire_les_illisibles(nombre: int) -> list[str]:
    return [f"{nombre} saisie{'s' * (nombre > 1)} illisible{'s' * (nombre > 1)}, sans montant connu"] if nombre else []


# --- measures -------------------------------------------------------------------------------------------------------


def _mesures(contrat: Contrat, valeurs: pd.DataFrame, classes: np.ndarray, indicateurs: pd.DataFrame, illisibles: Counter) -> Iterator[Ligne]:
    par_mesure = rangs_par(valeurs["mesure"], valeurs["champ"].isin(_CHAMPS))
    consolides = {r["Mesure"]: r for r in indicateurs.to_dict("records")}
    for id_, (fiche, _, mesure) in contrat.par_mesure.items():
        siennes, ligne = _lues(valeurs, classes, par_mesure.get(id_, [])), consolides.get(id_, {})
        faites = _additive if mesure.agregation in _ADDITIVES else _termes if mesure.agregation in _TERMES else _comptee
        for faite in faites(contrat, mesure, siennes, ligne, lambda colonne, m=mesure, f=fiche.numero: Ligne(INDICATEUR, f, m.id, colonne, m.libelle)):
            champs = {"valeur", "effectif"} if mesure.agregation in _ADDITIVES else {c for c, t in _TERMES.get(mesure.agregation, ()) if t == faite.colonne}
            faite.notes += _dire_les_illisibles(sum(illisibles[id_, c] for c in champs))
            yield faite


def _additive(contrat: Contrat, mesure: Mesure, valeurs: list[Valeur], consolide: Mapping, ouvrir: Callable[[str], Ligne]) -> Iterator[Ligne]:
    ligne = ouvrir("Valeur")
    ventilee = mesure.type == "ventilation"
    chiffres = [v for v in valeurs if v.champ == ("effectif" if ventilee else "valeur") and bool(v.ligne) == ventilee]
    ligne.parts, ligne.nombre = _sommes(chiffres)
    ligne.total = consolide.get("Valeur")
    retenus = [v for v in chiffres if v.classe == RETENUE]
    if mesure.agregation in ("STOCK", "ENTITES"):
        ligne.apart += _doubles_comptes(contrat, mesure, valeurs, retenus)
    estimes = {v.retour for v in valeurs if v.champ == "statut" and v.classe == RETENUE and plier(str(v.valeur)) == plier(ESTIME)}
    if estime := sum(v.valeur for v in retenus if v.retour in estimes):
        ligne.notes.append(f"dont {nombre_fr(estime)} estimé")
    if mesure.agregation == "PERSONNES" and ligne.total is not None:
        surs = {v.retour for v in valeurs if v.champ == "double_compte" and v.classe == RETENUE and plier(str(v.valeur)) == "oui"}
        if doute := sum(v.valeur for v in retenus if v.retour not in surs):
            ligne.notes.append(f"dont {nombre_fr(doute)} sans garantie contre le double compte")
    yield ligne


def _doubles_comptes(contrat: Contrat, mesure: Mesure, valeurs: list[Valeur], retenus: list[Valeur]) -> list[tuple[object, str]]:
    """What several returns count of the same entities: known where all are named; else no total holds."""
    comptes: dict[tuple, object] = {}
    for v in retenus:
        comptes[v.retour] = comptes.get(v.retour, 0) + v.valeur
    if len(comptes) < 2:
        return []
    noms: dict[tuple, set[str]] = {retour: set() for retour in comptes}
    for v in valeurs:
        if v.champ == "nom" and v.classe == RETENUE and v.retour in noms:
            noms[v.retour].add(cle_entite(contrat, mesure, str(v.valeur)))
    dit = sum(comptes.values())
    if any(len(noms[r]) != n for r, n in comptes.items()):
        return [(dit, f"sans total, faute de pouvoir dédoublonner (entre {nombre_fr(max(comptes.values()))} et {nombre_fr(dit)})")]
    return [(dit - len(set().union(*noms.values())), "déclaré par plusieurs structures, compté une fois")]


def _termes(contrat: Contrat, mesure: Mesure, valeurs: list[Valeur], consolide: Mapping, ouvrir: Callable[[str], Ligne]) -> Iterator[Ligne]:
    """The terms of a rate. A return that gives none in all is read in its breakdown."""
    champs = _TERMES[mesure.agregation]
    entiers = {v.retour for v in valeurs if not v.ligne and v.champ in ("numerateur", "denominateur")}
    tenus = {v.retour for v in valeurs if not v.ligne and v.champ in ("numerateur", "denominateur") and v.classe == RETENUE}
    fixe = mesure.denominateur
    for champ, colonne in champs:
        if fixe is not None and colonne == "Dénominateur":
            continue  # the contract's: no return says it
        ligne = ouvrir(colonne)
        dits = [v for v in valeurs if v.champ == champ and (not v.ligne or v.retour not in entiers)]
        ligne.parts, ligne.nombre = _sommes(dits)
        ligne.total = consolide.get(colonne)
        autres = {(v.retour, v.ligne) for v in valeurs if v.champ in {c for c, _ in champs} - {champ} and v.classe == RETENUE}
        if fixe is None:
            seuls = [v.valeur for v in dits if v.classe == RETENUE and (v.retour, v.ligne) not in autres]
            ligne.apart.append((somme(seuls), "sans l’autre terme du taux"))
        detail = [v.valeur for v in valeurs if v.champ == champ and v.ligne and v.classe == RETENUE and v.retour in entiers - tenus and (v.retour, v.ligne) in autres]
        if detail:
            ligne.parts[RETENUE] = ligne.parts.get(RETENUE, 0) + sum(detail)
            ligne.notes.append(f"{nombre_fr(sum(detail))} lu dans le détail, à la place d’un total refusé")
        reste = (ligne.parts.get(RETENUE) or 0) - sum(v or 0 for v, _ in ligne.apart)
        if ligne.total is None and reste:
            ligne.apart.append((reste, "sans total, car les échelles diffèrent ou ne sont pas précisées"))
        yield ligne


def _comptee(_: Contrat, mesure: Mesure, valeurs: list[Valeur], consolide: Mapping, ouvrir: Callable[[str], Ligne]) -> Iterator[Ligne]:
    """What is no sum (a mean, a state, a text): how many answers were given, and how many were retained."""
    ligne = ouvrir("Réponses")
    dites = [Valeur(v.retour, v.champ, v.ligne, 1, v.classe) for v in valeurs if v.champ == _COMPTEES[mesure.agregation]]
    ligne.parts, ligne.nombre = _sommes(dites)
    ligne.total = ligne.parts.get(RETENUE)
    if ligne.total and consolide.get("Valeur") is None:
        ligne.notes.append("réponses qui ne font pas une seule valeur")
    yield ligne


# --- money ----------------------------------------------------------------------------------------------------------


def _argent(contrat: Contrat, valeurs: pd.DataFrame, classes: np.ndarray, par_fiche: pd.DataFrame, par_financeur: pd.DataFrame, illisibles: Counter) -> Iterator[Ligne]:
    """Fiche by fiche, so that the lines of a thousand returns are never there at once; what they make together comes first."""
    lues, depenses = (rangs_par(valeurs["fiche"], valeurs["bloc"] == bloc) for bloc in ("financement", "depenses"))
    montants = rangs_par(valeurs["fiche"], (valeurs["bloc"] == "financement") & valeurs["champ"].isin(MONTANTS))
    ensemble = {c: Ligne(FINANCEMENT, None, None, colonne, "Tous financeurs", total=somme(par_financeur[colonne]), argent=True) for c, colonne in MONTANTS.items()}
    consolides = {r["Fiche"]: r for r in par_fiche.to_dict("records")}
    des_fiches: list[Ligne] = []
    for fiche in dict.fromkeys((*(f for f in consolides if f in contrat.par_fiche), *lues)):
        siennes = _lues(valeurs, classes, montants.get(fiche, []))
        for champ, ligne in ensemble.items():
            parts, nombre = _sommes(v for v in siennes if v.champ == champ)
            ligne.parts = {c: ligne.parts.get(c, 0) + parts.get(c, 0) for c in ligne.parts | parts}
            ligne.nombre += nombre
        if fiche in consolides:
            gardees = valeurs.iloc[[r for r in lues.get(fiche, ()) if classes[r] == RETENUE]]
            niveaux: dict[str | None, list[dict]] = {}
            for li in lignes_de_financement(contrat, gardees):
                niveaux.setdefault(li["niveau"], []).append(li)
            des_fiches += _argent_de_la_fiche(consolides[fiche], siennes, _lues(valeurs, classes, depenses.get(fiche, [])), niveaux, illisibles)
    for champ, ligne in ensemble.items():
        ligne.notes += _dire_les_illisibles(sum(n for (_, c), n in illisibles.items() if c == champ))
        yield _au_centime(ligne)
    yield from des_fiches


def _argent_de_la_fiche(consolide: Mapping, lues: list[Valeur], depenses: list[Valeur], niveaux: Mapping, illisibles: Counter) -> Iterator[Ligne]:
    fiche = consolide["Fiche"]
    for champ, colonne, ailleurs in (("engage", "Engagé", ("ARS hors maquette", "Cofinancements", "Valorisation")), ("verse", "Versé", ())):
        ligne = Ligne(FINANCEMENT, fiche, None, colonne, "Toutes natures" if ailleurs else "Maquette", argent=True)
        ligne.parts, ligne.nombre = _sommes(v for v in lues if v.champ == champ)
        ligne.total = somme(consolide[c] for c in (colonne, *ailleurs))
        ligne.apart.append((somme(li[champ] for li in niveaux.get(None, ())), "sans nature, donc dans aucun sous-total"))
        if not ailleurs:
            autres = [li[champ] for niveau, siennes in niveaux.items() if niveau not in (None, "maquette") for li in siennes]
            ligne.apart.append((somme(autres), "autres natures que la maquette"))
        ligne.notes += _dire_les_illisibles(illisibles[fiche, champ])
        yield _au_centime(ligne)
    yield _au_centime(_cout(fiche, consolide["Coût réalisé"], depenses, illisibles))


def _cout(fiche: str, total: object, depenses: list[Valeur], illisibles: Counter) -> Ligne:
    """The cost that returns say: their total; where one gives none, the sum of its posts."""
    ligne = Ligne(DEPENSE, fiche, None, "Coût réalisé", "Dépenses de l’année", total=total, argent=True)
    entiers = {v.retour for v in depenses if v.champ == "total"}
    tenus = {v.retour for v in depenses if v.champ == "total" and v.classe == RETENUE}
    ligne.parts, ligne.nombre = _sommes(v for v in depenses if v.champ == "total" or (v.champ in _POSTES and v.retour not in entiers))
    postes = [v.valeur for v in depenses if v.champ in _POSTES and v.classe == RETENUE and v.retour in entiers - tenus]
    if postes:
        ligne.parts[RETENUE] = ligne.parts.get(RETENUE, 0) + sum(postes)
        ligne.notes.append(f"{montant_fr(sum(postes))} pris dans les postes, à la place d’un total refusé")
    ligne.notes += _dire_les_illisibles(illisibles[fiche, "total"])
    return ligne


def _au_centime(ligne: Ligne) -> Ligne:
    """Totals are rounded once, at the end: what it moves is told."""
    ligne.parts = {c: Decimal(v) for c, v in ligne.parts.items()}
    retenu = sum(v for c, v in ligne.parts.items() if c == RETENUE) - sum(v or 0 for v, _ in ligne.apart)
    arrondi = retenu.quantize(_CENTIME, rounding=ROUND_HALF_UP) if isinstance(retenu, Decimal) else retenu
    if retenu != arrondi:
        ligne.apart.append((retenu - arrondi, "arrondi au centime"))
    return ligne
