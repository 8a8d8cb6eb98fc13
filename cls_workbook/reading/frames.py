"""Cells as typed → typed, tidy frames; every reinterpretation written down; what cannot be typed, an anomaly.

The frames are built once for all the returns. Wide views of them: ``large`` (``vues``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT, Anomalie
from cls_workbook.contract.model import Contrat, Fiche
from cls_workbook.contract.reprises import empreinte, est_repris
from cls_workbook.entry.layout import Emplacement
from cls_workbook.francais import typographie
from cls_workbook.reading import constats_de_lecture as constats
from cls_workbook.reading.reader import Retour
from cls_workbook.reading.reperage import Saisie
from cls_workbook.reading.reperes import ACCUEIL, Attendue, Modele, modele_de
from cls_workbook.reading.saisie import Comprise, Incomprise, comprendre
from cls_workbook.reading.vues import large

__all__ = ["Adresses", "Lot", "hors_campagne", "large", "typer"]

VALEURS = (
    "annee", "fichier", "feuille", "cellule", "fiche", "structure", "volet", "bloc", "mesure", "champ", "ligne", "modalite",
    "type", "valeur",
)  # fmt: skip
RETOURS = (
    "fichier", "sha256", "annee", "contrat", "modele", "structure", "volet", "fiche", "feuille", "champs_renseignes",
    "champs_attendus",
)  # fmt: skip
NORMALISATIONS = ("Fichier", "Feuille", "Cellule", "Champ", "Saisi", "Retenu", "Règle")
STRUCTURE = "accueil/reponse/structure"
A_CONFIRMER_SEULEMENT = ("TEXTE_TROP_LONG",)  # the value is kept: it only has to be confirmed


class Adresses(Mapping[str, tuple[str, str]]):
    """Key of an input → (sheet, cell) in one return, blank inputs included; added rows too. Built when asked."""

    def __init__(self, retour: Retour, modele: Modele):
        self._feuilles, self._deplacements, self._modele = retour.feuilles, retour.deplacements, modele

    def __getitem__(self, cle: str) -> tuple[str, str]:
        feuille = self._feuilles[cle.partition("/")[0]]
        return feuille, self._deplacements[cle] if cle in self._deplacements else self._modele.places[cle].cellule

    def __iter__(self) -> Iterator[str]:
        for groupe in self._feuilles:
            yield from (p.cle for c in self._modele.groupes[groupe] for p in self._modele.rangees[c].places)
        yield from (cle for cle in self._deplacements if cle not in self._modele.places)

    def __len__(self) -> int:
        return sum(1 for _ in self)


@dataclass(frozen=True, eq=False)
class Lot:
    """What several returns say. Columns of ``valeurs`` and ``retours``: ``VALEURS``, ``RETOURS``.

    ``normalisations``: one row per typed value that was understood as another (Saisi: text, Retenu: typed). ``anomalies``: of reading and of typing,
    with the structure that answers. ``adresses``: file → key of an input → (sheet, cell).
    """

    valeurs: pd.DataFrame
    retours: pd.DataFrame
    normalisations: pd.DataFrame
    anomalies: list[Anomalie] = field(default_factory=list)
    adresses: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)


def typer(retours: Iterable[Retour], contrat: Contrat) -> Lot:
    """Types every value of the returns of ``contrat``; those of another contract only bring their anomalies."""
    valeurs: list[tuple] = []
    lignes: list[tuple] = []
    normalisations: list[tuple] = []
    anomalies: list[Anomalie] = []
    adresses: dict[str, Adresses] = {}
    for retour in retours:
        if retour.contrat != contrat.id:
            anomalies += retour.anomalies
            continue
        modele = modele_de(contrat, retour.annee)
        adresses[retour.fichier] = Adresses(retour, modele)
        lecture = _Typage(retour, modele)
        lecture.typer(valeurs, normalisations)
        lignes += lecture.lignes()
        anomalies += lecture.anomalies
        if not (lecture.repondues or any(a.gravite == BLOQUANT for a in lecture.anomalies)):
            anomalies.append(constats.retour_vide(retour.fichier))
    return Lot(_frame(valeurs, VALEURS), _frame(lignes, RETOURS), _frame(normalisations, NORMALISATIONS), anomalies, adresses)


def hors_campagne(retour: Retour, contrat: Contrat, annee: int) -> list[Anomalie]:
    """A blocking anomaly if the return is of another contract or year than the campaign; the whole file is refused."""
    if not retour.contrat:
        return []  # unreadable: already said
    if retour.contrat != contrat.id:
        return [constats.hors_campagne(retour.fichier, "contrat", f"un classeur du contrat « {retour.contrat} »", f"le contrat « {contrat.id} »")]
    if retour.annee != annee:
        return [constats.hors_campagne(retour.fichier, "année", f"un classeur de l’année {retour.annee}", f"l’année {annee}")]
    return []


def _frame(lignes: list[tuple], colonnes: tuple[str, ...]) -> pd.DataFrame:
    """Object columns (a missing value stays None, an int stays an int), but for whole numbers."""
    frame = pd.DataFrame(lignes, columns=list(colonnes), dtype=object)
    return frame.astype({c: int for c in ("annee", "champs_renseignes", "champs_attendus") if c in colonnes})


class _Typage:
    """One return."""

    def __init__(self, retour: Retour, modele: Modele):
        self.retour, self.modele, self.contrat = retour, modele, modele.contrat
        self.anomalies: list[Anomalie] = []
        self.places = {s.cle: p for s in retour.saisies if (p := modele.place(s.cle)) is not None}
        self.bruts = {s.cle: s.brut for s in retour.saisies}
        self.detaillees = {s.cle.rpartition("/")[0].rpartition("/")[0] for s in retour.saisies if "/ventilations/" in s.cle}
        self.structure = self._structure()
        self.volets = {numero: self._volet(fiche) for numero, fiche in self.contrat.par_fiche.items() if numero in retour.feuilles}
        self.repondues = self._repondues()
        # A blank workbook that comes back answers nothing: nobody needs to know who sent it.
        if not self.structure and self.repondues:
            self.anomalies.append(self._structure_inconnue())

    def typer(self, valeurs: list[tuple], normalisations: list[tuple]) -> None:
        """Appends the rows of the typed values and of what was reinterpreted."""
        ecrites = self._modalites_ecrites()
        lignes_intactes = self._lignes_intactes()
        fichier, annee, repondues = self.retour.fichier, self.retour.annee, {"", *self.repondues}
        for saisie in self.retour.saisies:
            place = self.places.get(saisie.cle)
            if place is None or place.fiche not in repondues or saisie.cle.rpartition("/")[0] in lignes_intactes:
                continue
            compris = _comprendre(saisie, place)
            if isinstance(compris, Incomprise):
                self.anomalies.append(self._incomprise(saisie, place, compris))
                compris = None if compris.valeur is None else Comprise(compris.valeur)
            if compris is None:
                continue
            if compris.regle:
                normalisations.append((
                    fichier, saisie.feuille, saisie.cellule, place.libelle, constats.en_texte(saisie.brut),
                    compris.valeur, compris.regle,
                ))  # fmt: skip
            modalite = place.modalite or (ecrites.get(saisie.cle.rpartition("/")[0], "") if ecrites else "")
            valeurs.append((
                annee, fichier, saisie.feuille, saisie.cellule, place.fiche, self.structure,
                self.volets.get(place.fiche, ""), place.bloc, place.mesure, place.champ, saisie.ligne, modalite, place.type,
                compris.valeur,
            ))  # fmt: skip
        self.anomalies[:0] = [replace(a, structure=self.structure) for a in self.retour.anomalies]

    def lignes(self) -> list[tuple]:
        """One row of ``retours`` per fiche answered."""
        r = self.retour
        return [
            (r.fichier, r.sha256, r.annee, r.contrat, r.modele, self.structure, self.volets.get(f, ""), f, r.feuilles[f], *self._comptes(f))
            for f in self.repondues
        ]

    # --- who answers, for what ---

    def _structure(self) -> str:
        """Id of the structure chosen on Accueil, else its name as typed; if blank, the one the workbook was made for."""
        typee = self.bruts.get(STRUCTURE)
        if typee is None:
            return self.retour.structure
        nom = " ".join(str(typee).split())
        return self.contrat.identifier(nom) or nom

    def _volet(self, fiche: Fiche) -> str:
        """The volet chosen; if blank, the only one that this structure has on the fiche; else ""."""
        brut = self.bruts.get(f"{fiche.numero}/reponse/volet")
        if brut is not None:
            compris = comprendre(brut, "liste", (v.nom for v in fiche.volets))
            return compris.valeur if isinstance(compris, Comprise) else ""
        siens = [v.nom for v in fiche.volets if self.structure in v.porteurs]
        return siens[0] if len(siens) == 1 else ""

    def _repondues(self) -> list[str]:
        """Fiches in which something was typed; what the workbook came with (a volet, last year's partners) is no answer."""
        entamees = set(self.retour.entamees)
        for saisie in self.retour.saisies:
            place = self.places.get(saisie.cle)
            if place is None or self._tel_quel(saisie, place):
                continue  # as it was sent
            if place.fiche and (place.champ != "volet" or not self.retour.structure):
                entamees.add(place.fiche)
        return [numero for numero in self.contrat.par_fiche if numero in entamees and numero in self.retour.feuilles]

    def _tel_quel(self, saisie: Saisie, place: Emplacement) -> bool:
        """Does the input hold what was taken up from last year, unchanged?"""
        return est_repris(place.bloc, place.champ) and empreinte(saisie.cle, saisie.brut) in self.retour.reprises

    def _lignes_intactes(self) -> set[str]:
        """Funding lines that hold last year's funder and nothing of this year: they say nothing."""
        if not self.retour.reprises:
            return set()
        lignes: dict[str, bool] = {}
        for saisie in self.retour.saisies:
            place = self.places.get(saisie.cle)
            if place is not None and place.bloc == "financement":
                rangee = saisie.cle.rpartition("/")[0]
                lignes[rangee] = lignes.get(rangee, True) and self._tel_quel(saisie, place)
        return {rangee for rangee, intacte in lignes.items() if intacte}

    def _modalites_ecrites(self) -> dict[str, str]:
        """Row of a breakdown → what names it: its category as typed, else the name."""
        noms: dict[str, dict[str, str]] = {}
        for saisie in self.retour.saisies:
            place = self.places.get(saisie.cle)
            if place is not None and place.bloc == "ventilations" and place.champ in ("modalite", "nom"):
                compris = _comprendre(saisie, place)
                if isinstance(compris, Comprise):
                    noms.setdefault(saisie.cle.rpartition("/")[0], {})[place.champ] = compris.valeur
        return {rangee: n.get("modalite") or n["nom"] for rangee, n in noms.items()}

    # --- how much is filled in ---

    def _comptes(self, fiche: str) -> tuple[int, int]:
        """(answers given, answers expected) on a fiche, counted as its last column counts them."""
        attendues = [a for a in self.modele.comptees[fiche] if self._demandee(a)]
        return sum(1 for a in attendues if self._remplie(a)), len(attendues)

    def _demandee(self, attendue: Attendue) -> bool:
        """Not what belongs to another volet than the one answered for."""
        mesure = next((p.mesure for p in attendue.places if p.mesure), "")
        if not mesure:
            return True
        fiche, indicateur, _ = self.contrat.par_mesure[mesure]
        return fiche.concerne(indicateur, self.volets.get(fiche.numero, ""))

    def _remplie(self, attendue: Attendue) -> bool:
        demandees = [p.cle for p in attendue.places if p.obligatoire]
        if demandees and all(cle in self.bruts for cle in demandees):
            return True
        if self.bruts.get(f"{attendue.cle}/statut") in self.contrat.listes.statuts[2:]:
            return True
        # A measure made of its breakdown has no figure of its own.
        return not demandees and attendue.cle.replace("/mesures/", "/ventilations/") in self.detaillees

    # --- anomalies ---

    def _incomprise(self, saisie: Saisie, place: Emplacement, faute: Incomprise) -> Anomalie:
        gravite = A_CONFIRMER if faute.code in A_CONFIRMER_SEULEMENT else BLOQUANT
        return Anomalie(
            gravite, faute.code, self.retour.fichier, saisie.feuille, (saisie.cellule,), place.fiche, self.structure, place.libelle,
            typographie(f"« {constats.en_texte(saisie.brut)} »"), typographie(faute.attendu), typographie(faute.a_faire),
        )  # fmt: skip

    def _structure_inconnue(self) -> Anomalie:
        feuille = self.retour.feuilles.get(ACCUEIL, "")
        cellule = self.retour.deplacements.get(STRUCTURE, self.modele.places[STRUCTURE].cellule)
        return Anomalie(
            BLOQUANT, "STRUCTURE_INCONNUE", self.retour.fichier, feuille, (cellule,) if feuille else (),
            champ=self.modele.places[STRUCTURE].libelle, trouve="une cellule vide", attendu="le nom de la structure qui répond",
            a_faire="choisissez votre structure sur la feuille Accueil, puis renvoyez le classeur.", refuse_fichier=True,
        )  # fmt: skip


def _comprendre(saisie: Saisie, place: Emplacement) -> Comprise | Incomprise | None:
    compris = comprendre(saisie.brut, place.type, place.choix, place.minimum, place.maximum, place.longueur, place.unite)
    if isinstance(compris, Incomprise) and compris.code == "CHOIX_INCONNU" and not place.stricte:
        return comprendre(saisie.brut, "texte", longueur=place.longueur)  # the list only proposes
    return compris
