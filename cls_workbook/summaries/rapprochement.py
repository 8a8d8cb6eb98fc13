"""The sum of what returns say, and the total that was consolidated: every difference told, to the cent.

The sums are made again here, from the cells, without the functions that consolidate: what they do not explain is an error. Only which
funding lines are of which nature is taken from those: a sum set apart by mistake would be missing from the total, or twice in it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import ROUND_HALF_UP, Decimal
from itertools import groupby
from operator import itemgetter
from typing import NamedTuple

import numpy as np
import pandas as pd

from cls_workbook.anomalies import BLOQUANT, Anomalie
from cls_workbook.contract.model import Contrat, Mesure
from cls_workbook.francais import montant_fr, nombre_fr, plier, typographie
from cls_workbook.reading.cahier import Cahier
from cls_workbook.reading.vues import colonnes, somme
from cls_workbook.summaries.agregation import ESTIME, SEPARATEUR, cle_entite
from cls_workbook.summaries.consolidation import Exclusions

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
_CHAMPS = ("valeur", "effectif", "statut", "double_compte", "nom", *_COMPTEES.values(), *(champ for termes in _TERMES.values() for champ, _ in termes))
_LIEU = ("fichier", "fiche", "feuille", "cellule")
_NUMEROS = {champ: numero for numero, champ in enumerate(_CHAMPS)}


class Valeurs(NamedTuple):
    """Typed values: the return that each comes from and its row in a breakdown (numbers; negative: none), and what became of it."""

    retours: np.ndarray
    lignes: np.ndarray
    champs: np.ndarray
    contenus: np.ndarray
    classes: np.ndarray

    def ou(self, masque: np.ndarray) -> Valeurs:
        return Valeurs(*(colonne[masque] for colonne in self))

    def de(self, *champs: str) -> Valeurs:
        return self.ou(np.isin(self.champs, [_NUMEROS[champ] for champ in champs]))

    @property
    def retenues(self) -> Valeurs:
        return self.ou(self.classes == RETENUE)

    @property
    def rangees(self) -> np.ndarray:
        """What tells the row of a return from all others."""
        return (self.retours.astype(np.int64) << 32) + self.lignes

    @property
    def somme(self) -> object:
        return somme(self.contenus)

    def sommes(self) -> tuple[dict[str, object], int]:
        """(class → sum, how many values)."""
        return {classe: sum(self.contenus[self.classes == classe]) for classe in set(self.classes)}, len(self.contenus)


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
    lignes: Sequence[Mapping[str, object]] = (),
) -> pd.DataFrame:
    """The table ``Rapprochement``: one row per measure and term, per fiche and amount, per amount for the whole contract.

    ``lot``: all that was typed (``frames.Lot``). The other frames: what was consolidated; ``lignes``: the funding lines that count
    (``funding.lignes_de_financement``). Missing sums are None.
    """
    saisies = _Saisies(Cahier.de(lot.valeurs), Exclusions(anomalies), set(remplacees))
    illisibles = _illisibles(lot, contrat, anomalies)
    dites = [*_mesures(contrat, saisies, indicateurs, illisibles), *_argent(contrat, saisies, par_fiche, par_financeur, lignes, illisibles)]
    return pd.DataFrame([ligne.rangee() for ligne in dites], columns=list(RAPPROCHEMENT), dtype=object)


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


_AUCUNE = Valeurs(*(np.zeros(0, dtype=type_) for type_ in (int, int, int, object, object)))


class _Saisies(NamedTuple):
    """All that was typed, and what the anomalies refuse."""

    cahier: Cahier
    exclus: Exclusions
    remplacees: set[tuple[str, str]]

    def classe(self, fichier: str, fiche: str, feuille: str, cellule: str) -> str:
        """What became of a value."""
        if fichier not in self.exclus.concernes:
            return RETENUE
        if (fichier, fiche) in self.remplacees:
            return REMPLACEE
        if self.exclus.retour(fichier, fiche):
            return ECARTEE
        return REFUSEE if (fichier, feuille, cellule) in self.exclus.cellules else RETENUE

    def du_bloc(self, bloc: str, champs: Collection[str]) -> Iterator[tuple[str, str, str, object, str]]:
        """(fichier, fiche, champ, value, class) of what was typed there."""
        for fichier, fiche, feuille, cellule, champ, contenu in self.cahier.lignes(lambda c: c.bloc == bloc, *_LIEU, "champ", "valeur", champs=champs):
            yield fichier, fiche, champ, contenu, self.classe(fichier, fiche, feuille, cellule)

    def de_la_mesure(self, mesure: str, champs: Collection[str]) -> Valeurs:
        """What is added up, or says how far it may be."""
        if not self.cahier.dit(lambda c: c.mesure == mesure):
            return _AUCUNE
        cadre = self.cahier.lire(lambda c: c.mesure == mesure, (*_LIEU, "champ", "ligne", "valeur"), champs)
        classes = np.empty(len(cadre), dtype=object)
        classes.fill(RETENUE)  # the word itself: ``np.full`` would make one for each
        if self.exclus.concernes:
            en_cause = np.flatnonzero(cadre["fichier"].isin(self.exclus.concernes))
            classes[en_cause] = [self.classe(*place) for place in colonnes(cadre.iloc[en_cause], *_LIEU)]
        dits, lignes = cadre["champ"].array, cadre["ligne"].array
        dits = np.array([_NUMEROS.get(mot, -1) for mot in dits.categories], dtype=np.int8)[dits.codes]
        lignes = np.array([n if mot else -1 for n, mot in enumerate(lignes.categories)], dtype=np.int32)[lignes.codes]
        return Valeurs(cadre["fichier"].array.codes, lignes, dits, cadre["valeur"].to_numpy(), classes)


def _illisibles(lot, contrat: Contrat, anomalies: Sequence[Anomalie]) -> Counter[tuple[str, str]]:
    """(measure, or fiche of a funding line, champ) → inputs whose content could not be read as a number."""
    comptes: Counter[tuple[str, str]] = Counter()
    adresses = lot.adresses(contrat)
    concernees = [a for a in anomalies if a.gravite == BLOQUANT and a.cellules and a.fichier in adresses]
    fichiers = {a.fichier for a in concernees}
    lues = set(colonnes(Cahier.de(lot.valeurs).des_fichiers(fichiers), "fichier", "feuille", "cellule"))
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


def _dire_les_illisibles(nombre: int) -> list[str]:
    return [f"{nombre} saisie{'s' * (nombre > 1)} illisible{'s' * (nombre > 1)}, sans montant connu"] if nombre else []


# --- measures -------------------------------------------------------------------------------------------------------


def _mesures(contrat: Contrat, saisies: _Saisies, indicateurs: pd.DataFrame, illisibles: Counter) -> Iterator[Ligne]:
    consolides = {r["Mesure"]: r for r in indicateurs.to_dict("records")}
    for fiche, _, mesure in contrat.par_mesure.values():
        for faite in _de_la_mesure(contrat, saisies, fiche.numero, mesure, consolides.get(mesure.id, {})):
            champs = {"valeur", "effectif"} if mesure.agregation in _ADDITIVES else {c for c, t in _TERMES.get(mesure.agregation, ()) if t == faite.colonne}
            faite.notes += _dire_les_illisibles(sum(illisibles[mesure.id, c] for c in champs))
            yield faite


def _de_la_mesure(contrat: Contrat, saisies: _Saisies, fiche: str, mesure: Mesure, consolide: Mapping) -> list[Ligne]:
    """Its lines; what returns say of it is let go with them."""

    def ouvrir(colonne: str) -> Ligne:
        return Ligne(INDICATEUR, fiche, mesure.id, colonne, mesure.libelle)

    if mesure.agregation in _ADDITIVES:
        faire, champs = _additive, ("effectif" if mesure.type == "ventilation" else "valeur", "statut", "double_compte", "nom")
    elif mesure.agregation in _TERMES:
        faire, champs = _termes, tuple(champ for champ, _ in _TERMES[mesure.agregation])
    else:
        faire, champs = _comptee, (_COMPTEES[mesure.agregation],)
    return list(faire(contrat, mesure, saisies.de_la_mesure(mesure.id, champs), consolide, ouvrir))


def _additive(contrat: Contrat, mesure: Mesure, valeurs: Valeurs, consolide: Mapping, ouvrir: Callable[[str], Ligne]) -> Iterator[Ligne]:
    ligne = ouvrir("Valeur")
    ventilee = mesure.type == "ventilation"
    chiffres = valeurs.de("effectif" if ventilee else "valeur")
    chiffres = chiffres.ou((chiffres.lignes >= 0) == ventilee)
    ligne.parts, ligne.nombre = chiffres.sommes()
    ligne.total = consolide.get("Valeur")
    retenus = chiffres.retenues
    if mesure.agregation in ("STOCK", "ENTITES"):
        ligne.apart += _doubles_comptes(contrat, mesure, valeurs, retenus)
    if estime := sum(retenus.contenus[_disant(retenus, valeurs.de("statut"), plier(ESTIME))]):
        ligne.notes.append(f"dont {nombre_fr(estime)} estimé")
    doute = sum(retenus.contenus[~_disant(retenus, valeurs.de("double_compte"), "oui")]) if mesure.agregation == "PERSONNES" else 0
    if doute and ligne.total is not None:
        ligne.notes.append(f"dont {nombre_fr(doute)} sans garantie contre le double compte")
    yield ligne


def _disant(chiffres: Valeurs, dites: Valeurs, mot: str) -> np.ndarray:
    """Does the return of each figure say this word (folded) among ``dites``?"""
    retenues = dites.retenues
    return np.isin(chiffres.retours, [r for r, contenu in zip(retenues.retours, retenues.contenus, strict=True) if plier(str(contenu)) == mot])


def _doubles_comptes(contrat: Contrat, mesure: Mesure, valeurs: Valeurs, retenus: Valeurs) -> list[tuple[object, str]]:
    """What several returns count of the same entities: known where all are named; else no total holds."""
    comptes: dict[int, object] = {}
    for retour, contenu in zip(map(int, retenus.retours), retenus.contenus, strict=True):
        comptes[retour] = comptes.get(retour, 0) + contenu
    if len(comptes) < 2:
        return []
    nommees, tous, nombres = valeurs.de("nom").retenues, set(), dict.fromkeys(comptes, 0)
    for retour, siens in groupby(zip(map(int, nommees.retours), nommees.contenus, strict=True), key=itemgetter(0)):
        if retour in nombres:
            noms = {cle_entite(contrat, mesure, str(contenu)) for _, contenu in siens}
            nombres[retour] = len(noms)
            tous |= noms
    dit = sum(comptes.values())
    if nombres != comptes:
        return [(dit, f"sans total, faute de pouvoir dédoublonner (entre {nombre_fr(max(comptes.values()))} et {nombre_fr(dit)})")]
    return [(dit - len(tous), "déclaré par plusieurs structures, compté une fois")]


def _termes(contrat: Contrat, mesure: Mesure, valeurs: Valeurs, consolide: Mapping, ouvrir: Callable[[str], Ligne]) -> Iterator[Ligne]:
    """The terms of a rate. A return that gives none in all is read in its breakdown."""
    champs = _TERMES[mesure.agregation]
    en_tout = valeurs.ou(valeurs.lignes < 0).de("numerateur", "denominateur")
    detaillees = ~np.isin(valeurs.retours, en_tout.retours)  # the returns that give no term in all
    refusees = ~detaillees & ~np.isin(valeurs.retours, en_tout.retenues.retours)  # those whose terms in all are all refused
    fixe = mesure.denominateur
    for champ, colonne in champs:
        if fixe is not None and colonne == "Dénominateur":
            continue  # the contract's: no return says it
        ligne = ouvrir(colonne)
        dits = valeurs.ou((valeurs.lignes < 0) | detaillees).de(champ)
        ligne.parts, ligne.nombre = dits.sommes()
        ligne.total = consolide.get(colonne)
        autres = valeurs.de(*(c for c, _ in champs if c != champ)).retenues.rangees
        if fixe is None:
            retenus = dits.retenues
            ligne.apart.append((retenus.ou(~np.isin(retenus.rangees, autres)).somme, "sans l’autre terme du taux"))
        detail = valeurs.ou((valeurs.lignes >= 0) & refusees).de(champ).retenues
        detail = detail.ou(np.isin(detail.rangees, autres)).somme
        if detail is not None:
            ligne.parts[RETENUE] = ligne.parts.get(RETENUE, 0) + detail
            ligne.notes.append(f"{nombre_fr(detail)} lu dans le détail, à la place d’un total refusé")
        reste = (ligne.parts.get(RETENUE) or 0) - sum(v or 0 for v, _ in ligne.apart)
        if ligne.total is None and reste:
            ligne.apart.append((reste, "sans total, car les échelles diffèrent ou ne sont pas précisées"))
        yield ligne


def _comptee(_: Contrat, mesure: Mesure, valeurs: Valeurs, consolide: Mapping, ouvrir: Callable[[str], Ligne]) -> Iterator[Ligne]:
    """What is no sum (a mean, a state, a text): how many answers were given, and how many were retained."""
    ligne = ouvrir("Réponses")
    dites = valeurs.de(_COMPTEES[mesure.agregation])
    ligne.parts, ligne.nombre = dict(Counter(dites.classes)), len(dites.classes)
    ligne.total = ligne.parts.get(RETENUE)
    if ligne.total and consolide.get("Valeur") is None:
        ligne.notes.append("réponses qui ne font pas une seule valeur")
    yield ligne


# --- money ----------------------------------------------------------------------------------------------------------


class Somme(NamedTuple):
    """Of one amount of a fiche. ``parts``: class → EUR; ``detail``: what was taken from the posts, in the place of totals that were refused."""

    parts: dict[str, object]
    nombre: int
    detail: object = None


def _argent(contrat: Contrat, saisies: _Saisies, par_fiche: pd.DataFrame, par_financeur: pd.DataFrame, lignes: Sequence[Mapping], illisibles: Counter) -> Iterator[Ligne]:
    """What all fiches make together comes first."""
    montants, couts = _montants(saisies), _couts(saisies)
    for champ, colonne in MONTANTS.items():
        ligne = Ligne(FINANCEMENT, None, None, colonne, "Tous financeurs", total=somme(par_financeur[colonne]), argent=True)
        for parts, nombre, _ in (s for (_, c), s in montants.items() if c == champ):
            ligne.parts = {c: ligne.parts.get(c, 0) + parts.get(c, 0) for c in ligne.parts | parts}
            ligne.nombre += nombre
        ligne.notes += _dire_les_illisibles(sum(n for (_, c), n in illisibles.items() if c == champ))
        yield _au_centime(ligne)
    for consolide in par_fiche.to_dict("records"):
        if (fiche := consolide["Fiche"]) in contrat.par_fiche:
            siennes = [li for li in lignes if li["fiche"] == fiche]
            yield from _argent_de_la_fiche(consolide, {c: montants.get((fiche, c), Somme({}, 0)) for c in MONTANTS}, siennes, illisibles)
            yield _au_centime(_cout(fiche, consolide["Coût réalisé"], couts.get(fiche, Somme({}, 0)), illisibles))


def _montants(saisies: _Saisies) -> dict[tuple[str, str], Somme]:
    """(fiche, champ) → its sum over all funding lines, made batch after batch."""
    parts: dict[tuple[str, str], dict[str, object]] = {}
    nombres: Counter[tuple[str, str]] = Counter()
    for _, fiche, champ, contenu, classe in saisies.du_bloc("financement", MONTANTS):
        siennes = parts.setdefault((fiche, champ), {})
        siennes[classe] = siennes.get(classe, 0) + contenu
        nombres[fiche, champ] += 1
    return {cle: Somme(siennes, nombres[cle]) for cle, siennes in parts.items()}


def _couts(saisies: _Saisies) -> dict[str, Somme]:
    """Fiche → the cost that returns say: their total; where one gives none, the sum of its posts. What a return says stands together."""
    couts: dict[str, Somme] = {}
    for (_, fiche), siennes in groupby(saisies.du_bloc("depenses", ("total", *_POSTES)), key=itemgetter(0, 1)):
        dites = [(champ == "total", contenu, classe) for _, _, champ, contenu, classe in siennes]
        totaux = [classe for en_tout, _, classe in dites if en_tout]
        parts, nombre, detail = couts.get(fiche, Somme({}, 0))
        for en_tout, contenu, classe in dites:
            if en_tout or not totaux:
                parts[classe] = parts.get(classe, 0) + contenu
                nombre += 1
            elif classe == RETENUE and RETENUE not in totaux:
                parts[RETENUE] = parts.get(RETENUE, 0) + contenu
                detail = somme((detail, contenu))
        couts[fiche] = Somme(parts, nombre, detail)
    return couts


def _argent_de_la_fiche(consolide: Mapping, montants: Mapping[str, Somme], lignes: Sequence[Mapping], illisibles: Counter) -> Iterator[Ligne]:
    fiche = consolide["Fiche"]
    for champ, colonne, ailleurs in (("engage", "Engagé", ("ARS hors maquette", "Cofinancements", "Valorisation")), ("verse", "Versé", ())):
        ligne = Ligne(FINANCEMENT, fiche, None, colonne, "Toutes natures" if ailleurs else "Maquette", argent=True)
        ligne.parts, ligne.nombre, _ = montants[champ]
        ligne.total = somme(consolide[c] for c in (colonne, *ailleurs))
        ligne.apart.append((somme(li[champ] for li in lignes if li["niveau"] is None), "sans nature, donc dans aucun sous-total"))
        if not ailleurs:
            ligne.apart.append((somme(li[champ] for li in lignes if li["niveau"] not in (None, "maquette")), "autres natures que la maquette"))
        ligne.notes += _dire_les_illisibles(illisibles[fiche, champ])
        yield _au_centime(ligne)


def _cout(fiche: str, total: object, cout: Somme, illisibles: Counter) -> Ligne:
    ligne = Ligne(DEPENSE, fiche, None, "Coût réalisé", "Dépenses de l’année", total=total, argent=True)
    ligne.parts, ligne.nombre, detail = cout
    if detail is not None:
        ligne.notes.append(f"{montant_fr(detail)} pris dans les postes, à la place d’un total refusé")
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
