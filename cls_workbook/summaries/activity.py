"""What a campaign adds up to: indicators, breakdowns, progress, governance, territory. Frames in, frames out.

How answers make one figure is in ``agregation``. No figure is ever added across fiches.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from cls_workbook.contract.model import Contrat, Fiche, Indicateur, Mesure
from cls_workbook.francais import NBSP, liste, plier
from cls_workbook.reading.cahier import Cahier
from cls_workbook.reading.vues import colonnes, somme
from cls_workbook.summaries.agregation import (
    CHAMPS,
    NON_DISPONIBLE,
    SANS_OBJET,
    SEPARATEUR,
    Detail,
    Reponse,
    Resultat,
    agreger,
    cle_entite,
    complete,
    depend_du_detail,
    moins_avance,
    sur_les_annees,
)
from cls_workbook.summaries.consolidation import Attendus, nom_affiche

if TYPE_CHECKING:
    from cls_workbook.pilotage import Reunion

__all__ = ["avancement", "gouvernance", "indicateurs", "par_axe", "sur_les_annees", "taux_de_realisation", "territoire", "ventilations"]

INDICATEURS = (
    "Fiche", "Axe", "Indicateur", "Mesure", "Libellé", "Unité", "Agrégation", "Valeur initiale", "Valeur n-1", "Valeur",
    "Numérateur", "Dénominateur", "Retours reçus", "Retours attendus", "Couverture", "Réserve",
)  # fmt: skip
VENTILATIONS = ("fiche", "mesure", "modalite", "effectif", "numerateur", "denominateur")
AVANCEMENT = ("fiche", "axe", "titre", "etat", "realisation", "detail", "recus", "attendus", "couverture")
PAR_AXE = ("axe", "titre", "etat", "fiches")
GOUVERNANCE = ("Instance", "Minimum par an", "Réunions tenues", "Conviés", "Présents", "Taux de participation", "Réserve")
TERRITOIRE = ("type", "code", "nom", "fiches", "numeros")

NON_PRECISEE = "non précisée"
A_PROGRAMMER, SANS_RETOUR = "à programmer", "sans retour"
TOTALE, PARTIELLE, RIEN, REALISEE = "totale", "partielle", "rien de programme", "realisee"  # folded, as ``plier`` does


# --- Indicators -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Couverture:
    """How many returns a figure rests on. ``attendus`` None: unknown (a group without named members)."""

    recus: int
    attendus: int | None
    texte: str


def indicateurs(contrat: Contrat, valeurs: pd.DataFrame | Cahier, prevus: pd.DataFrame | Attendus, precedent: Mapping[str, object] | None = None) -> pd.DataFrame:
    """The table ``Indicateurs``: one row per measure, in the contract's order.

    ``valeurs``: what is left once refused values are set aside (``consolidation.retenir``). ``prevus``: the frame of
    ``consolidation.attendus``, or its ``Attendus``. ``precedent``: measure → last year's value. Rates are shares (0.265 for 26,5 %).
    A return counts as received for a measure when it gave the figure, or said « sans objet ».
    """
    campagne, anciennes = _Campagne(contrat, valeurs, prevus), precedent or {}
    lignes = [_indicateur(campagne, *contrat.par_mesure[id_], anciennes.get(id_)) for id_ in contrat.par_mesure]
    return _cadre(lignes, INDICATEURS)


def _indicateur(campagne: _Campagne, fiche: Fiche, indicateur: Indicateur, mesure: Mesure, ancienne: object) -> tuple:
    """The line of one measure; what returns say of it is let go before those of the next one are taken up."""
    reponses = campagne.reponses(mesure.id, depend_du_detail(mesure))
    resultat = agreger(campagne.contrat, mesure, reponses.values())
    couverture, manques = campagne.couverture(fiche, indicateur, reponses, resultat)
    return (
        fiche.numero, fiche.axe, indicateur.id, mesure.id, mesure.libelle, resultat.unite or mesure.unite, mesure.agregation,
        mesure.valeur_initiale, ancienne, resultat.valeur, resultat.numerateur, resultat.denominateur,
        couverture.recus, couverture.attendus, couverture.texte, SEPARATEUR.join((*resultat.reserves, *manques)) or None,
    )  # fmt: skip


class _Retours(NamedTuple):
    """Of one fiche: fichier → the rank of the expected return that it is (None: of none); ``volets``: of those that answer for one."""

    rangs: dict[str, int | None]
    volets: dict[str, str]


class _Campagne:
    """The returns of a campaign, found by fiche and measure: fichier → what it says there."""

    def __init__(self, contrat: Contrat, valeurs: pd.DataFrame | Cahier, prevus: pd.DataFrame | Attendus):
        self.contrat = contrat
        self.valeurs, self.prevus = Cahier.de(valeurs), Attendus.de(contrat, prevus)
        self.retours = self.valeurs.une_fois("retours", lambda: _retours(self.valeurs, self.prevus), contrat, prevus)

    def reponses(self, mesure: str, detaillees: bool = True) -> dict[str, Reponse]:
        """Return → what it says of this measure, for the returns that say something of it. ``detaillees``: with their breakdowns."""
        saisies = self.valeurs.lignes(lambda c: c.mesure == mesure, "fichier", "structure", "champ", "ligne", "modalite", "valeur", champs=CHAMPS)
        connus: dict[str, Detail] = {}  # the same rows come back from many returns: one object for all
        return {fichier: self._reponse(structure, siennes, detaillees, connus) for (fichier, structure), siennes in groupby(saisies, key=itemgetter(0, 1))}

    def _reponse(self, structure: str, saisies: Iterable[tuple], detaillees: bool, connus: dict[str, Detail]) -> Reponse:
        champs: dict[str, object] = {}
        lignes: dict[str, dict[str, object]] = {}
        for _, _, champ, rangee, modalite, valeur in saisies:
            if rangee and not detaillees:
                continue
            if rangee:
                ligne = lignes.setdefault(rangee, {})
                ligne[champ] = valeur
                if modalite and "nom" not in ligne and champ != "nom":
                    ligne.setdefault("modalite", modalite)  # a printed row: its label is not typed
            else:
                champs[champ] = valeur
        details = (Detail(*map(lignes[cle].get, Detail._fields)) for cle in sorted(lignes))
        return Reponse(nom_affiche(self.contrat, structure), champs, tuple(connus.setdefault(repr(detail), detail) for detail in details))

    def couverture(self, fiche: Fiche, indicateur: Indicateur, reponses: Mapping[str, Reponse], resultat: Resultat) -> tuple[Couverture, list[str]]:
        """What the figure rests on, and what must be said of the returns that are not in it.

        An indicator of one volet is asked of the porteurs of that volet only.
        """
        rangs, volets = self.retours[fiche.numero]
        repondu, indisponibles, sans_objet = _partager(reponses, resultat.comptees)
        parlants = [*repondu, *indisponibles, *sans_objet]
        rendus, comptes = (sum(fiche.concerne(indicateur, volets.get(r, "")) for r in siens) for siens in (rangs, parlants))
        muets = rendus - comptes
        reserves = [f"{len(qui)} {mot}" for qui, mot in ((indisponibles, NON_DISPONIBLE), (sans_objet, SANS_OBJET)) if qui]
        if muets:
            reserves.append(f"{muets} retour{'s' * (muets > 1)} sans valeur retenue")
        contredits = sum(reponses[r].statut in (plier(NON_DISPONIBLE), plier(SANS_OBJET)) for r in repondu)
        if contredits:
            reserves.append(f"{contredits} valeur{'s' * (contredits > 1)} malgré un statut qui dit qu’il n’y en a pas")
        en_plus = sorted(reponses[r].structure for r in repondu if rangs[r] is None) if fiche.numero not in self.prevus.groupes else []
        if en_plus:
            reserves.append(f"compte {len(en_plus)} retour{'s' * (len(en_plus) > 1)} non attendu{'s' * (len(en_plus) > 1)} ({liste(en_plus)})")
        prevus = [rang for rang in self.prevus.de_la_fiche(fiche.numero) if fiche.concerne(indicateur, self.prevus.volets[rang])]
        return self.compter(fiche.numero, prevus, [*repondu, *sans_objet], bool(rendus)), reserves

    def compter(self, fiche: str, prevus: Sequence[int], repondu: Collection[str], rendu: bool) -> Couverture:
        """``prevus``: the returns that are asked; ``repondu``: those that gave it; ``rendu``: has any of the fiche come in?"""
        if fiche in self.prevus.groupes or not prevus:
            recus, attendus = len(repondu), None
        else:
            donnes = np.zeros(len(self.prevus.volets) + 1, dtype=bool)  # by rank; the last is of those that were not expected
            donnes[[-1 if rang is None else rang for rang in map(self.retours[fiche].rangs.get, repondu)]] = True
            recus, attendus = int(donnes[prevus].sum()), len(prevus)
        sur = f"({recus} sur {'?' if attendus is None else attendus})"
        if not repondu:
            return Couverture(recus, attendus, f"{'aucune valeur' if rendu else 'aucun retour'} {sur}")
        return Couverture(recus, attendus, f"{'complet' if recus == attendus else 'partiel'} {sur}")


def _partager(reponses: Mapping[str, Reponse], comptees: Iterable[Reponse]) -> tuple[list[str], list[str], list[str]]:
    """The returns that are in a figure (``comptees``: their answers); of the others, those that have none to give, or none to be asked."""
    dedans, repondu, indisponibles, sans_objet = set(comptees), [], [], []
    for retour, reponse in reponses.items():
        if reponse in dedans:
            repondu.append(retour)
        elif reponse.a_le_statut(SANS_OBJET):
            sans_objet.append(retour)
        elif reponse.a_le_statut(NON_DISPONIBLE):
            indisponibles.append(retour)
    return repondu, indisponibles, sans_objet


def _retours(cahier: Cahier, prevus: Attendus) -> Mapping[str, _Retours]:
    """Fiche → the returns that say something of it."""
    retours: dict[str, _Retours] = defaultdict(lambda: _Retours({}, {}))
    for fiche, fichier, structure, volet in cahier.distincts("fiche", "fichier", "structure", "volet"):
        rangs, volets = retours[fiche]
        rangs[fichier] = prevus.trouver(fiche, structure, volet)
        if volet:
            volets[fichier] = volet
    return retours


# --- Breakdowns -----------------------------------------------------------------------------------------------------


def ventilations(contrat: Contrat, valeurs: pd.DataFrame | Cahier) -> pd.DataFrame:
    """The consolidated breakdowns: fiche, mesure, modalite, effectif, numerateur, denominateur (None where not asked).

    Modalités in the contract's order, then as they first appear. Entities are counted by distinct name; where several
    structures give numbers of entities without names, effectif is None: adding them would count some twice.
    """
    campagne = _Campagne(contrat, valeurs, _aucun_prevu())
    lignes = []
    for mesure_id, (fiche, _, mesure) in contrat.par_mesure.items():
        if mesure.type == "liste":
            continue
        detail = _detail(contrat, mesure, list(campagne.reponses(mesure_id).values()))
        lignes += [(fiche.numero, mesure_id, modalite, *nombres) for modalite, nombres in detail.items()]
    return _cadre(lignes, VENTILATIONS)


def _aucun_prevu() -> pd.DataFrame:
    return pd.DataFrame({"fiche": [], "structure": [], "volet": [], "groupe": []}).astype({"groupe": bool})


def _detail(contrat: Contrat, mesure: Mesure, reponses: list[Reponse]) -> dict[str, tuple]:
    """Modalité → (effectif, numérateur, dénominateur)."""
    groupes: dict[str, list[tuple[Reponse, Detail]]] = {}
    ecrites: dict[str, str] = {plier(m): m for m in mesure.modalites}
    for reponse in reponses:
        for ligne in reponse.lignes:
            if mesure.ventilation or ligne.effectif is not None:
                modalite = str(ligne.modalite or NON_PRECISEE)
                ecrites.setdefault(plier(modalite), modalite)
                groupes.setdefault(plier(modalite), []).append((reponse, ligne))
    detail = {}
    for cle in sorted(groupes, key=list(ecrites).index):
        noms = {cle_entite(contrat, mesure, str(li.nom)) for _, li in groupes[cle] if li.nom}
        declarants = {r for r, li in groupes[cle] if li.effectif is not None}
        entites = mesure.agregation in ("ENTITES", "STOCK")
        effectif = len(noms) if noms else None if entites and len(declarants) > 1 else somme(li.effectif for _, li in groupes[cle])
        paires = [(li.numerateur, li.denominateur) for _, li in groupes[cle] if complete(li)]
        detail[ecrites[cle]] = (effectif, somme(n for n, _ in paires), somme(d for _, d in paires))
    return detail


# --- Progress -------------------------------------------------------------------------------------------------------


def avancement(contrat: Contrat, valeurs: pd.DataFrame | Cahier, prevus: pd.DataFrame | Attendus) -> pd.DataFrame:
    """One row per fiche: état and réalisation (the least advanced of the porteurs; None without answer).

    ``detail``: « structure : état, réalisation » for each where porteurs disagree. « Réalisée » holds only if all say
    so; « Rien de programmé » only if none had anything to do.
    """
    campagne, lignes = _Campagne(contrat, valeurs, prevus), []
    for fiche in contrat.fiches:
        rangs, volets = campagne.retours[fiche.numero]
        dits = campagne.valeurs.lignes(lambda c, ici=fiche.numero: c.bloc == "avancement" and c.fiche == ici, "fichier", "structure", "champ", "valeur", champs=("etat", "realisation"))
        etats, faits, structures = {}, {}, {}
        for fichier, structure, champ, valeur in dits:
            (etats if champ == "etat" else faits)[fichier] = valeur
            structures[fichier] = structure
        en_desaccord = any(len({plier(mot) for mot in mots.values()}) > 1 for mots in (etats, faits))
        phrases = (_dit(nom_affiche(contrat, qui), volets.get(r, ""), etats.get(r), faits.get(r)) for r, qui in structures.items())
        detail = "\n".join(phrases) if en_desaccord else None
        couverture = campagne.compter(fiche.numero, list(campagne.prevus.de_la_fiche(fiche.numero)), etats.keys(), bool(rangs))
        lignes.append((
            fiche.numero, fiche.axe, fiche.titre, _etat(contrat, etats), _realisation(contrat, faits), detail,
            couverture.recus, couverture.attendus, couverture.texte,
        ))  # fmt: skip
    return _cadre(lignes, AVANCEMENT)


def _dit(structure: str, volet: str, etat: str | None, fait: str | None) -> str:
    qui = f"{structure} ({volet})" if volet else structure
    return f"{qui}{NBSP}: " + ", ".join(mot for mot in (etat, fait) if mot)


def _etat(contrat: Contrat, etats: Mapping[str, str]) -> str | None:
    # Reported or given up come after « Réalisée » in the list, yet nothing is done while one porteur says so.
    echelle = sorted(contrat.listes.etats, key=lambda e: plier(e) == REALISEE)
    return moins_avance(echelle, etats.values()) if etats else None


def _realisation(contrat: Contrat, faits: Mapping[str, str]) -> str | None:
    programmes = [f for f in faits.values() if plier(f) != RIEN]
    echelle = [r for r in reversed(contrat.listes.realisations) if plier(r) != RIEN]
    return moins_avance(echelle, programmes) if programmes else next(iter(faits.values()), None)


@dataclass(frozen=True, slots=True)
class TauxDeRealisation:
    """``strict`` = totales / programmées; ``large`` = (totales + partielles) / programmées; None if nothing was programmed."""

    totales: int
    partielles: int
    programmees: int
    sans_reponse: int

    @property
    def strict(self) -> Decimal | None:
        return Decimal(self.totales) / self.programmees if self.programmees else None

    @property
    def large(self) -> Decimal | None:
        return Decimal(self.totales + self.partielles) / self.programmees if self.programmees else None


def taux_de_realisation(contrat: Contrat, suivi: pd.DataFrame, porteur: str | None = None) -> TauxDeRealisation:
    """Over the fiches of ``avancement`` that had something programmed; ``porteur``: only those this structure id answers for."""
    voulues = [f.numero for f in contrat.fiches if porteur is None or porteur in (p for p, _ in f.repondants())]
    return compter_les_realisations(suivi.loc[suivi["fiche"].isin(voulues), "realisation"])


def compter_les_realisations(mots: Iterable[str | None]) -> TauxDeRealisation:
    """The rates over words as the list of réalisations has them; None: no answer."""
    dites = [None if r is None else plier(r) for r in mots]
    compte = Counter(dites)
    return TauxDeRealisation(compte[TOTALE], compte[PARTIELLE], len(dites) - compte[None] - compte[RIEN], compte[None])


def par_axe(contrat: Contrat, suivi: pd.DataFrame) -> pd.DataFrame:
    """axe, titre, etat, fiches: how many fiches of each axe are in each état, « sans retour » and « à programmer » included."""
    etats = Counter((axe, etat or SANS_RETOUR) for axe, etat in zip(suivi["axe"], suivi["etat"], strict=True))
    etats.update((action.axe, A_PROGRAMMER) for action in contrat.a_programmer)
    ordre = (*contrat.listes.etats, SANS_RETOUR, A_PROGRAMMER)
    lignes = [(axe.numero, axe.titre, etat, etats[axe.numero, etat]) for axe in contrat.axes for etat in ordre if etats[axe.numero, etat]]
    return _cadre(lignes, PAR_AXE)


# --- Governance and territory ---------------------------------------------------------------------------------------


def gouvernance(contrat: Contrat, reunions: Sequence[Reunion] = ()) -> pd.DataFrame:
    """One row per instance. The rate is Σ présents / Σ conviés (structures) over the meetings that give both.

    Without any meeting nothing is known; once one is listed, an instance without meetings has met 0 times.
    """
    lignes = []
    for instance in contrat.instances:
        if not reunions:
            lignes.append((instance.nom, instance.minimum_par_an, None, None, None, None, "réunions non renseignées"))
            continue
        tenues = [r for r in reunions if plier(r.instance) == plier(instance.nom)]
        completes = [r for r in tenues if r.convies is not None and r.presents is not None]
        convies, presents = somme(r.convies for r in completes), somme(r.presents for r in completes)
        reserves = [f"sous le minimum ({len(tenues)} sur {instance.minimum_par_an})"] * (len(tenues) < instance.minimum_par_an)
        if len(completes) < len(tenues):
            reserves.append(f"participation connue pour {len(completes)} réunion{'s' * (len(completes) > 1)} sur {len(tenues)}")
        taux = Decimal(presents) / Decimal(convies) if convies else None
        lignes.append((instance.nom, instance.minimum_par_an, len(tenues), convies, presents, taux, SEPARATEUR.join(reserves) or None))
    return _cadre(lignes, GOUVERNANCE)


def territoire(contrat: Contrat, valeurs: pd.DataFrame | Cahier) -> pd.DataFrame:
    """The communes and QPV that at least one return says it reached: type, code, nom, fiches (how many), numeros.

    In the contract's order; one that the contract does not know comes last, as it was given.
    """
    touches: dict[tuple[str, str], set[str]] = {}
    for champ, ligne, fiche in _cochees(valeurs):
        touches.setdefault((champ, ligne), set()).add(fiche)
    noms = {("commune", c.code_insee): c.nom for c in contrat.communes} | {("qpv", q.nom): q.nom for q in contrat.qpv}
    ordre = {cle: rang for rang, cle in enumerate(noms)}
    numeros = [f.numero for f in contrat.fiches]
    lignes = []
    for cle in sorted(touches, key=lambda c: (ordre.get(c, len(ordre)), c)):
        type_, code = cle
        siennes = [n for n in numeros if n in touches[cle]]
        lignes.append((type_, code if type_ == "commune" else None, noms.get(cle, code), len(siennes), SEPARATEUR.join(siennes)))
    return _cadre(lignes, TERRITOIRE)


def _cochees(valeurs: pd.DataFrame | Cahier) -> Iterable[tuple[str, str, str]]:
    """(champ, ligne, fiche) of what was ticked."""
    if isinstance(valeurs, Cahier):
        return valeurs.distincts("champ", "ligne", "fiche", voulu=lambda c: c.bloc == "territoire")
    return colonnes(valeurs[valeurs["bloc"] == "territoire"], "champ", "ligne", "fiche")


def _cadre(lignes: list[tuple], colonnes: tuple[str, ...]) -> pd.DataFrame:
    """Object columns: an int stays an int, a Decimal exact, and a missing value None."""
    return pd.DataFrame(lignes, columns=list(colonnes), dtype=object)
