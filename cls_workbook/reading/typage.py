"""One return → its values typed, each with who says it of what; what cannot be typed, an anomaly.

Knows no frame: a return is typed in whichever process read it.
"""

from __future__ import annotations

from dataclasses import replace

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT, Anomalie
from cls_workbook.contract.model import Fiche
from cls_workbook.contract.reprises import empreinte, est_repris
from cls_workbook.entry.layout import Emplacement
from cls_workbook.francais import typographie
from cls_workbook.reading import constats_de_lecture as constats
from cls_workbook.reading.reader import Retour
from cls_workbook.reading.releve import Releve
from cls_workbook.reading.reperage import Saisie
from cls_workbook.reading.reperes import ACCUEIL, Comptee, Modele
from cls_workbook.reading.saisie import Comprise, Incomprise, comprendre

STRUCTURE = "accueil/reponse/structure"
COMPRIS_MAX = 5_000  # words remembered
A_CONFIRMER_SEULEMENT = ("TEXTE_TROP_LONG",)  # the value is kept: it only has to be confirmed


class Typage:
    """One return."""

    def __init__(self, retour: Retour, modele: Modele):
        self.retour, self.modele, self.contrat = retour, modele, modele.contrat
        self.anomalies: list[Anomalie] = []
        places = modele.places
        self.placees = [(saisie, place) for saisie in retour.saisies if (place := places.get(saisie.cle) or modele.place(saisie.cle)) is not None]
        self.bruts = {s.cle: s.brut for s in retour.saisies}
        self.ventilees = [(saisie, place) for saisie, place in self.placees if place.bloc == "ventilations"]
        self.detaillees = {_rangee(_rangee(saisie.cle)) for saisie, _ in self.ventilees}
        self.structure = self._structure()
        self.volets = {numero: self._volet(fiche) for numero, fiche in self.contrat.par_fiche.items() if numero in retour.feuilles}
        self.repondues = self._repondues()
        # A blank workbook that comes back answers nothing: nobody needs to know who sent it.
        if not self.structure and self.repondues:
            self.anomalies.append(self._structure_inconnue())

    def typer(self, releve: Releve, normalisations: list[tuple]) -> None:
        """Notes the typed values, and appends the rows of what was reinterpreted."""
        ecrites, intactes, deplacements = self._modalites_ecrites(), self._lignes_intactes(), self.retour.deplacements
        repondues, ecarts, ici = {"", *self.repondues}, releve.ecarts, None
        for saisie, place in self.placees:
            cle, feuille, cellule, brut, ligne = saisie
            if place.fiche not in repondues or (intactes and _rangee(cle) in intactes):
                continue
            compris = self._comprendre(brut, place)
            if compris.__class__ is Incomprise:
                self.anomalies.append(self._incomprise(saisie, place, compris))
                compris = None if compris.valeur is None else Comprise(compris.valeur)
            if compris is None:
                continue
            valeur, regle = compris
            if regle:
                normalisations.append((self.retour.fichier, feuille, cellule, place.libelle, constats.en_texte(brut), valeur, regle))
            if feuille is not ici:
                ici = feuille
                releve.ouvrir(self.retour.annee, self.retour.fichier, feuille, self.structure, self.volets.get(place.fiche, ""))
            if cle in deplacements:
                ecarts["cellule"][len(releve)] = deplacements[cle]
            if ligne != place.ligne:  # of a row that the partner added
                ecarts["ligne"][len(releve)] = ligne
            if ecrites and not place.modalite and (modalite := ecrites.get(_rangee(cle))):
                ecarts["modalite"][len(releve)] = modalite
            releve.noter(place, valeur)
        self.anomalies[:0] = [replace(a, structure=self.structure) for a in self.retour.anomalies]

    def _comprendre(self, brut: object, place: Emplacement) -> Comprise | Incomprise | None:
        """What was typed, understood. The same word in the same input means the same in every return: it is worked out once."""
        connus, cle = self.modele.compris, (place.cle, brut.__class__, brut)
        if (compris := connus.get(cle)) is None:
            compris = comprendre(brut, place.type, place.choix, place.minimum, place.maximum, place.longueur, place.unite)
            if isinstance(compris, Incomprise) and compris.code == "CHOIX_INCONNU" and not place.stricte:
                compris = comprendre(brut, "texte", longueur=place.longueur)  # the list only proposes
            if len(connus) >= COMPRIS_MAX:
                connus.clear()
            connus[cle] = compris
        return compris

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
        entamees, preremplie = set(self.retour.entamees), bool(self.retour.structure)
        for saisie, place in self.placees:
            if place.fiche and place.fiche not in entamees and not (preremplie and place.champ == "volet") and not self._tel_quel(saisie, place):
                entamees.add(place.fiche)
        return [numero for numero in self.contrat.par_fiche if numero in entamees and numero in self.retour.feuilles]

    def _tel_quel(self, saisie: Saisie, place: Emplacement) -> bool:
        """Does the input hold what was taken up from last year, unchanged?"""
        reprises = self.retour.reprises
        return bool(reprises) and est_repris(place.bloc, place.champ) and empreinte(saisie.cle, saisie.brut) in reprises

    def _lignes_intactes(self) -> set[str]:
        """Funding lines that hold last year's funder and nothing of this year: they say nothing."""
        lignes: dict[str, bool] = {}
        for saisie, place in self.placees if self.retour.reprises else ():
            if place.bloc == "financement":
                rangee = _rangee(saisie.cle)
                lignes[rangee] = lignes.get(rangee, True) and self._tel_quel(saisie, place)
        return {rangee for rangee, intacte in lignes.items() if intacte}

    def _modalites_ecrites(self) -> dict[str, str]:
        """Row of a breakdown → what names it: its category as typed, else the name."""
        noms: dict[str, dict[str, str]] = {}
        for saisie, place in self.ventilees:
            if place.champ in ("modalite", "nom"):
                compris = self._comprendre(saisie.brut, place)
                if isinstance(compris, Comprise):
                    noms.setdefault(_rangee(saisie.cle), {})[place.champ] = compris.valeur
        return {rangee: n.get("modalite") or n["nom"] for rangee, n in noms.items()}

    # --- how much is filled in ---

    def _comptes(self, fiche: str) -> tuple[int, int]:
        """(answers given, answers expected) on a fiche, counted as its last column counts them."""
        attendues = [a for a in self.modele.comptees[fiche] if self._demandee(a)]
        return sum(1 for a in attendues if self._remplie(a)), len(attendues)

    def _demandee(self, comptee: Comptee) -> bool:
        """Not what belongs to another volet than the one answered for."""
        if not comptee.mesure:
            return True
        fiche, indicateur, _ = self.contrat.par_mesure[comptee.mesure]
        return fiche.concerne(indicateur, self.volets.get(fiche.numero, ""))

    def _remplie(self, comptee: Comptee) -> bool:
        if comptee.demandees and all(map(self.bruts.__contains__, comptee.demandees)):
            return True
        if self.bruts.get(comptee.statut) in self.contrat.listes.statuts[2:]:
            return True
        # A measure made of its breakdown has no figure of its own.
        return not comptee.demandees and comptee.detail in self.detaillees

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


def _rangee(cle: str) -> str:
    """The key of the row that an input stands in."""
    return cle.rpartition("/")[0]
