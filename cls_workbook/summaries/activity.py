"""What a campaign adds up to: indicators, breakdowns, progress, governance, territory. Frames in, frames out.

How answers make one figure is in ``agregation``. No figure is ever added across fiches.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import groupby
from operator import itemgetter
from typing import TYPE_CHECKING

import pandas as pd

from cls_workbook.contract.model import Contrat, Fiche, Indicateur, Mesure
from cls_workbook.francais import NBSP, plier
from cls_workbook.reading.cahier import Cahier
from cls_workbook.reading.vues import colonnes, somme
from cls_workbook.summaries.agregation import (
    NON_DISPONIBLE,
    SANS_OBJET,
    SEPARATEUR,
    Reponse,
    Resultat,
    agreger,
    cle_entite,
    depend_du_detail,
    moins_avance,
    sur_les_annees,
)
from cls_workbook.summaries.consolidation import Cle, appariement, cles_attendues, nom_affiche

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


def indicateurs(contrat: Contrat, valeurs: pd.DataFrame | Cahier, prevus: pd.DataFrame, precedent: Mapping[str, object] | None = None) -> pd.DataFrame:
    """The table ``Indicateurs``: one row per measure, in the contract's order.

    ``valeurs``: what is left once refused values are set aside (``consolidation.retenir``). ``prevus``: the frame of
    ``consolidation.attendus``. ``precedent``: measure → last year's value. Rates are shares (0.265 for 26,5 %).
    A return counts as received for a measure when it gave the figure, or said « sans objet ».
    """
    campagne = _Campagne(contrat, valeurs, prevus)
    anciennes = precedent or {}
    lignes = []
    for mesure_id, (fiche, indicateur, mesure) in contrat.par_mesure.items():
        reponses = campagne.reponses(mesure_id, depend_du_detail(mesure))
        resultat = agreger(contrat, mesure, reponses.values())
        couverture, manques = campagne.couverture(fiche, indicateur, reponses, resultat)
        lignes.append((
            fiche.numero, fiche.axe, indicateur.id, mesure_id, mesure.libelle, resultat.unite or mesure.unite, mesure.agregation,
            mesure.valeur_initiale, anciennes.get(mesure_id), resultat.valeur, resultat.numerateur, resultat.denominateur,
            couverture.recus, couverture.attendus, couverture.texte, SEPARATEUR.join((*resultat.reserves, *manques)) or None,
        ))  # fmt: skip
    return _cadre(lignes, INDICATEURS)


class _Campagne:
    """The returns of a campaign, found by fiche and measure. A return is (fichier, structure, volet)."""

    def __init__(self, contrat: Contrat, valeurs: pd.DataFrame | Cahier, prevus: pd.DataFrame):
        self.contrat = contrat
        self.prevus: dict[str, set[Cle]] = {}
        self.groupes = set(prevus.loc[prevus["groupe"], "fiche"])
        for cle in cles_attendues(contrat, prevus):
            self.prevus.setdefault(cle[0], set()).add(cle)
        self.valeurs = Cahier.de(valeurs)
        self.retours = self.valeurs.une_fois("retours", lambda: _retours(self.valeurs, appariement(contrat, prevus)), contrat, prevus)

    def reponses(self, mesure: str, detaillees: bool = True) -> dict[tuple, Reponse]:
        """Return → what it says of this measure, for the returns that say something of it. ``detaillees``: with their breakdowns."""
        saisies = self.valeurs.lignes(lambda c: c.mesure == mesure, "fichier", "structure", "volet", "champ", "ligne", "modalite", "valeur")
        return {retour: self._reponse(retour, siennes, detaillees) for retour, siennes in groupby(saisies, key=itemgetter(0, 1, 2))}

    def _reponse(self, retour: tuple, saisies: Iterable[tuple], detaillees: bool) -> Reponse:
        champs: dict[str, object] = {}
        lignes: dict[str, dict[str, object]] = {}
        for _, _, _, champ, rangee, modalite, valeur in saisies:
            if rangee and not detaillees:
                continue
            if rangee:
                ligne = lignes.setdefault(rangee, {})
                ligne[champ] = valeur
                if modalite and "nom" not in ligne and champ != "nom":
                    ligne.setdefault("modalite", modalite)  # a printed row: its label is not typed
            else:
                champs[champ] = valeur
        return Reponse(nom_affiche(self.contrat, retour[1]), champs, tuple(lignes[cle] for cle in sorted(lignes)))

    def couverture(self, fiche: Fiche, indicateur: Indicateur, reponses: Mapping[tuple, Reponse], resultat: Resultat) -> tuple[Couverture, list[str]]:
        """What the figure rests on, and what must be said of the returns that are not in it.

        An indicator of one volet is asked of the porteurs of that volet only.
        """
        comptees = set(resultat.comptees)
        repondu = {retour for retour, r in reponses.items() if r in comptees}
        sans_objet = {retour for retour, r in reponses.items() if retour not in repondu and r.a_le_statut(SANS_OBJET)}
        indisponibles = {retour for retour, r in reponses.items() if retour not in repondu and r.a_le_statut(NON_DISPONIBLE)}
        rendus = {r for r in self.retours.get(fiche.numero, ()) if fiche.concerne(indicateur, r[2])}
        muets = len(rendus - (repondu | sans_objet | indisponibles))
        reserves = [f"{len(qui)} {mot}" for qui, mot in ((indisponibles, NON_DISPONIBLE), (sans_objet, SANS_OBJET)) if qui]
        if muets:
            reserves.append(f"{muets} retour{'s' * (muets > 1)} sans valeur retenue")
        contredits = sum(reponses[r].statut in (plier(NON_DISPONIBLE), plier(SANS_OBJET)) for r in repondu)
        if contredits:
            reserves.append(f"{contredits} valeur{'s' * (contredits > 1)} malgré un statut qui dit qu’il n’y en a pas")
        en_plus = [r for r in repondu if self.retours[fiche.numero][r] is None] if fiche.numero not in self.groupes else []
        if en_plus:
            noms = ", ".join(sorted(nom_affiche(self.contrat, r[1]) for r in en_plus))
            reserves.append(f"compte {len(en_plus)} retour{'s' * (len(en_plus) > 1)} non attendu{'s' * (len(en_plus) > 1)} ({noms})")
        prevus = {cle for cle in self.prevus.get(fiche.numero, ()) if fiche.concerne(indicateur, cle[2])}
        return self.compter(fiche.numero, prevus, repondu | sans_objet, bool(rendus)), reserves

    def compter(self, fiche: str, prevus: set[Cle], repondu: set[tuple], rendu: bool) -> Couverture:
        """``prevus``: the returns that are asked; ``repondu``: those that gave it; ``rendu``: has any of the fiche come in?"""
        cles = {self.retours[fiche][retour] for retour in repondu}
        if fiche in self.groupes or not prevus:
            recus, attendus = len(repondu), None
        else:
            recus, attendus = len(cles & prevus), len(prevus)
        sur = f"({recus} sur {'?' if attendus is None else attendus})"
        if not repondu:
            return Couverture(recus, attendus, f"{'aucune valeur' if rendu else 'aucun retour'} {sur}")
        return Couverture(recus, attendus, f"{'complet' if recus == attendus else 'partiel'} {sur}")


def _retours(cahier: Cahier, trouver: Callable[[str, str, str], Cle | None]) -> dict[str, dict[tuple, Cle | None]]:
    """Fiche → the returns that say something of it, and which expected return each is."""
    retours: dict[str, dict[tuple, Cle | None]] = {}
    for fiche, fichier, structure, volet in cahier.distincts("fiche", "fichier", "structure", "volet"):
        retours.setdefault(fiche, {})[fichier, structure, volet] = trouver(fiche, structure, volet)
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
    groupes: dict[str, list[tuple[Reponse, Mapping]]] = {}
    ecrites: dict[str, str] = {plier(m): m for m in mesure.modalites}
    for reponse in reponses:
        for ligne in reponse.lignes:
            if mesure.ventilation or ligne.get("effectif") is not None:
                modalite = str(ligne.get("modalite") or NON_PRECISEE)
                ecrites.setdefault(plier(modalite), modalite)
                groupes.setdefault(plier(modalite), []).append((reponse, ligne))
    detail = {}
    for cle in sorted(groupes, key=list(ecrites).index):
        noms = {cle_entite(contrat, mesure, str(li["nom"])) for _, li in groupes[cle] if li.get("nom")}
        declarants = {r for r, li in groupes[cle] if li.get("effectif") is not None}
        entites = mesure.agregation in ("ENTITES", "STOCK")
        effectif = len(noms) if noms else None if entites and len(declarants) > 1 else somme(li.get("effectif") for _, li in groupes[cle])
        paires = [(li["numerateur"], li["denominateur"]) for _, li in groupes[cle] if None not in (li.get("numerateur"), li.get("denominateur"))]
        detail[ecrites[cle]] = (effectif, somme(n for n, _ in paires), somme(d for _, d in paires))
    return detail


# --- Progress -------------------------------------------------------------------------------------------------------


def avancement(contrat: Contrat, valeurs: pd.DataFrame | Cahier, prevus: pd.DataFrame) -> pd.DataFrame:
    """One row per fiche: état and réalisation (the least advanced of the porteurs; None without answer).

    ``detail``: « structure : état, réalisation » for each where porteurs disagree. « Réalisée » holds only if all say
    so; « Rien de programmé » only if none had anything to do.
    """
    campagne, dits = _Campagne(contrat, valeurs, prevus), {}
    for fiche, champ, valeur, *retour in campagne.valeurs.lignes(lambda c: c.bloc == "avancement", "fiche", "champ", "valeur", "fichier", "structure", "volet"):
        dits.setdefault(fiche, {}).setdefault(tuple(retour), {})[champ] = valeur
    lignes = []
    for fiche in contrat.fiches:
        siens = dits.get(fiche.numero, {})
        etats = {r: c["etat"] for r, c in siens.items() if "etat" in c}
        faits = {r: c["realisation"] for r, c in siens.items() if "realisation" in c}
        en_desaccord = any(len({plier(mot) for mot in mots.values()}) > 1 for mots in (etats, faits))
        parlants = [r for r in siens if r in etats or r in faits]
        detail = "\n".join(_dit(contrat, r, etats.get(r), faits.get(r)) for r in parlants) if en_desaccord else None
        couverture = campagne.compter(fiche.numero, campagne.prevus.get(fiche.numero, set()), set(etats), fiche.numero in campagne.retours)
        lignes.append((
            fiche.numero, fiche.axe, fiche.titre, _etat(contrat, etats), _realisation(contrat, faits), detail,
            couverture.recus, couverture.attendus, couverture.texte,
        ))  # fmt: skip
    return _cadre(lignes, AVANCEMENT)


def _dit(contrat: Contrat, retour: tuple, etat: str | None, fait: str | None) -> str:
    _, structure, volet = retour
    qui = nom_affiche(contrat, structure) + (f" ({volet})" if volet else "")
    return f"{qui}{NBSP}: " + ", ".join(mot for mot in (etat, fait) if mot)


def _etat(contrat: Contrat, etats: Mapping[tuple, str]) -> str | None:
    # Reported or given up come after « Réalisée » in the list, yet nothing is done while one porteur says so.
    echelle = sorted(contrat.listes.etats, key=lambda e: plier(e) == REALISEE)
    return moins_avance(echelle, etats.values()) if etats else None


def _realisation(contrat: Contrat, faits: Mapping[tuple, str]) -> str | None:
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
