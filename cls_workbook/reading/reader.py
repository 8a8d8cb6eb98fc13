"""A returned file → what was typed in it, as typed, each value with its key, its sheet and its cell.

Judges no value and loses none: what cannot be placed becomes an anomaly. Never raises on what a file contains.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from pathlib import Path

from cls_workbook.anomalies import Anomalie
from cls_workbook.contract import rappels
from cls_workbook.contract.model import Contrat
from cls_workbook.entry.layout import FEUILLE_LISTES, MARQUE, SEPARATEUR_DE_FICHES
from cls_workbook.errors import Refus
from cls_workbook.francais import plier
from cls_workbook.reading import constats_de_lecture as constats
from cls_workbook.reading.archive import TAILLE_MAX
from cls_workbook.reading.classeur import Classeur, Grille
from cls_workbook.reading.colonnes import cles
from cls_workbook.reading.constats_de_lecture import Lieu
from cls_workbook.reading.feuille_lue import FeuilleLue
from cls_workbook.reading.gabarit import Saisie
from cls_workbook.reading.libres import Rappels
from cls_workbook.reading.reperage import feuille_en_place, lire_feuille
from cls_workbook.reading.reperes import ACCUEIL, CONTRATS_GARDES, IDENTIFICATION, Modele, modele_de
from cls_workbook.reading.restitution import restituer
from cls_workbook.xlsx.sheets import adresse

__all__ = ["Retour", "Saisie", "lire"]

ANNOTATIONS = "annotations"  # a sheet whose keys begin so was added by us to a copy: it is not an answer
_ANNEE = re.compile("(?:19|20)[0-9]{2}")
RESSEMBLANCE = 0.5  # share of a sheet's texts that must be ours for the sheet to be ours


@dataclass(frozen=True, slots=True)
class Retour:
    """One file as read. ``feuilles``: group (``accueil`` or fiche) → name of its sheet.

    ``contrat``, ``annee``, ``modele``, ``structure``, ``fiches``: what the file says it is ("" or 0 where it does not).
    ``deplacements``: key → cell, for inputs that stand elsewhere than planned. ``entamees``: fiches in which
    something was typed, even if none of it could be taken.
    """

    fichier: str
    chemin: str
    sha256: str
    contrat: str = ""
    annee: int = 0
    modele: str = ""
    structure: str = ""
    fiches: tuple[str, ...] = ()
    saisies: tuple[Saisie, ...] = ()
    anomalies: tuple[Anomalie, ...] = ()
    feuilles: dict[str, str] = field(default_factory=dict)
    deplacements: dict[str, str] = field(default_factory=dict)
    entamees: tuple[str, ...] = ()
    reprises: frozenset[str] = frozenset()  # fingerprints of what was filled in beforehand

    def __getstate__(self) -> list:
        """For another process: the inputs column by column, five times as fast as one by one."""
        return [tuple(zip(*valeur, strict=True)) if nom == "saisies" else valeur for nom, valeur in ((nom, getattr(self, nom)) for nom in self.__slots__)]

    def __setstate__(self, etat: list) -> None:
        for nom, valeur in zip(self.__slots__, etat, strict=True):
            object.__setattr__(self, nom, tuple(map(Saisie._make, zip(*valeur, strict=True))) if nom == "saisies" else valeur)


def lire(chemin: str | os.PathLike, contrats: Callable[[str], Contrat], fichier: str | None = None) -> Retour:
    """Reads one return. ``contrats``: identifier → contract, may raise Refus; asked once per process and identifier.

    ``fichier``: the name that anomalies give to the file (default: its own). Unreadable files give a Retour without
    answers and one blocking anomaly. Give a module's function as ``contrats`` to read in several processes.
    """
    chemin = Path(chemin)
    return lire_contenu(contenu_de(chemin), str(chemin), contrats, fichier or chemin.name)


def contenu_de(chemin: Path) -> bytes | OSError:
    """The bytes of a file, no more than are needed to refuse it; or why they cannot be had."""
    try:
        with chemin.open("rb") as flux:
            # A film among the returns does not fill the memory.
            return flux.read() if os.fstat(flux.fileno()).st_size <= TAILLE_MAX else flux.read(TAILLE_MAX + 1)
    except OSError as faute:
        return faute


def lire_contenu(contenu: bytes | OSError, chemin: str, contrats: Callable[[str], Contrat], fichier: str) -> Retour:
    """Reads one return, whose bytes (see ``contenu_de``) may come from another machine. As ``lire`` otherwise."""
    if isinstance(contenu, OSError):
        trouve = "Le fichier est introuvable." if isinstance(contenu, FileNotFoundError) else f"Le fichier ne peut pas être ouvert ({contenu.strerror})."
        a_faire = "Vérifiez son emplacement et vos droits ; fermez-le s’il est ouvert ailleurs."
        return Retour(fichier, chemin, "", anomalies=(constats.illisible(fichier, trouve, a_faire),))
    vide = Retour(fichier, chemin, hashlib.sha256(contenu).hexdigest() if len(contenu) <= TAILLE_MAX else "")
    try:
        return _Lecteur(vide, contrats).lire(contenu)
    except Refus as refus:
        a_faire = " ".join(refus.details) or "Renvoyez le classeur d’origine, rempli."
        return _avec(vide, anomalies=(constats.illisible(fichier, str(refus), a_faire),))


@lru_cache(maxsize=CONTRATS_GARDES)
def _contrat(contrats: Callable[[str], Contrat], identifiant: str) -> Contrat:
    return contrats(identifiant)


def _avec(retour: Retour, **valeurs) -> Retour:
    return Retour(**{nom: getattr(retour, nom) for nom in Retour.__slots__} | valeurs)


class _Feuille:
    """A sheet of the file. ``annonce``: what its first cell says that it is about; ``saisies``: its inputs, if it is that, as sent."""

    def __init__(self, grille: Grille):
        self.grille = grille
        premiere = grille.valeurs.get(b"A1", "")
        self.annonce = premiere[1:].partition("/")[0] if isinstance(premiere, str) and premiere[:1] == MARQUE else ""
        self.saisies: list[Saisie] | None = None

    @cached_property
    def reperes(self) -> tuple[int, list[tuple[int, str]]]:
        """Column of the keys, [(row, key)]."""
        return cles(self.grille)

    @cached_property
    def groupe(self) -> str:
        """What most of its keys are about; "" if it has none."""
        comptes = Counter(cle.partition("/")[0] for _, cle in self.reperes[1]).most_common(1)
        return comptes[0][0] if comptes else ""


class _Lecteur:
    def __init__(self, vide: Retour, contrats: Callable[[str], Contrat]):
        self.vide, self.contrats, self.fichier = vide, contrats, vide.fichier
        self.anomalies: list[Anomalie] = []

    def lire(self, contenu: bytes) -> Retour:
        # The choices of our lists are left out: nobody answers there.
        feuilles = [_Feuille(grille) for grille in Classeur(contenu).grilles(sauf=FEUILLE_LISTES) if not _est_un_cache(grille.nom)]
        premieres = [f for f in feuilles if f.annonce in ("", IDENTIFICATION)]
        identite = self._identite(_faits(premieres) or _faits(feuilles))
        modele = modele_de(_contrat(self.contrats, identite["contrat"]), identite["annee"])
        for feuille in feuilles:
            if feuille not in premieres and feuille.annonce in modele.gabarits:
                feuille.saisies = modele.gabarits[feuille.annonce].saisies(feuille.grille, identite["rappels"])
        # A sheet that came back as sent has the keys that it was sent with; those of the others may contradict.
        autres = [f for f in feuilles if f.saisies is None]
        if len(autres) > len(premieres) and (relue := self._identite(_faits(autres))) != identite:
            identite, modele = relue, modele_de(_contrat(self.contrats, relue["contrat"]), relue["annee"])
            for feuille in feuilles:
                feuille.saisies = None
        groupes = [f for f in feuilles if f.saisies is not None or f.groupe not in ("", IDENTIFICATION, ANNOTATIONS)]
        return self._retour(identite, modele, groupes, [f.grille for f in autres if not f.groupe])

    def _identite(self, faits: dict[str, list]) -> dict:
        """What the file says it is. Refus if it says nothing, or two things."""
        if not faits:
            raise Refus(
                "Ce n’est pas un classeur de suivi : sa feuille d’identification (masquée) est absente.",
                ("Renvoyez le classeur d’origine entier, rempli, sans en extraire de feuille.",),
            )
        textes = {nom: {str(v).strip() for v in valeurs} for nom, valeurs in faits.items()}
        annees = {v.partition(".")[0] for v in textes.get("annee", ())}
        if len(textes.get("contrat", ())) != 1 or len(annees) != 1 or not _ANNEE.fullmatch(next(iter(annees))):
            raise Refus(
                "La feuille d’identification (masquée) a été modifiée : le contrat et l’année ne s’y lisent plus.",
                ("Reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",),
            )
        if len(reunies := sorted(textes.get("structure", ()))) > 1:
            raise Refus(
                f"Le fichier réunit plusieurs retours : {constats.cites(s or 'le classeur général' for s in reunies)}.",
                ("Renvoyez chaque classeur dans son propre fichier, sans y ajouter les feuilles d’un autre.",),
            )
        un = {nom: next(iter(valeurs)) for nom, valeurs in sorted(textes.items()) if len(valeurs) == 1}
        return {
            "contrat": un["contrat"], "annee": int(next(iter(annees))), "modele": un.get("modele", ""),
            "structure": un.get("structure", ""), "rappels": rappels.lire(un.get("rappels", "").splitlines()), "reprises": frozenset(un.get("reprises", "").split()), "fiches": tuple(f for f in un.get("fiches", "").split(SEPARATEUR_DE_FICHES) if f),
        }  # fmt: skip

    def _retour(self, identite: dict, modele: Modele, groupes: list[_Feuille], sans_cle: list[Grille]) -> Retour:
        absentes = self._autre_version(identite, modele, groupes)
        meme_version = absentes is None
        if meme_version:
            self._rendre_les_reperes(groupes, sans_cle, modele)
        connues = [f for f in groupes if f.saisies is not None or self._connue(f.groupe, f.grille.nom, modele)]
        imprimes = identite.pop("rappels")
        lues = [self._feuille(f, modele, meme_version, imprimes) for f in connues]
        retenues = self._sans_doubles(lues)
        sans_reperes = self._feuilles_sans_cle(sans_cle, modele)
        self._absentes(identite, retenues, sans_reperes, modele)
        if absentes is not None:
            reprises = {"Accueil" if g == ACCUEIL else g: len(f.saisies) for g, f in retenues.items()}
            self.anomalies.insert(0, constats.autre_version(Lieu(self.fichier), identite["modele"], reprises, absentes))
        return _avec(
            self.vide, **identite,
            saisies=tuple(s for f in retenues.values() for s in f.saisies),
            anomalies=tuple(constats.borner(self.anomalies)),
            feuilles={g: f.nom for g, f in retenues.items()},
            deplacements={c: a for f in retenues.values() for c, a in f.deplacements.items()},
            entamees=tuple(g for g, f in retenues.items() if f.refusees and g != ACCUEIL),
        )  # fmt: skip

    def _feuille(self, feuille: _Feuille, modele: Modele, meme_version: bool, imprimes: Rappels | None) -> FeuilleLue:
        if feuille.saisies is not None and meme_version:
            return feuille_en_place(feuille.grille, feuille.saisies, modele, self.fichier, feuille.annonce)
        return lire_feuille(feuille.grille, *feuille.reperes, modele, self.fichier, feuille.groupe, meme_version, imprimes)

    def _autre_version(self, identite: dict, modele: Modele, groupes: list[_Feuille]) -> list[str] | None:
        """None if the workbook was made from this very contract; otherwise the questions that it lacks."""
        presentes = {f.annonce if f.saisies is not None else f.groupe for f in groupes}
        fiches = identite["fiches"] or tuple(presentes - {ACCUEIL})
        if not identite["modele"] or identite["modele"] == modele.version(fiches):
            return None
        reperes = {cle for f in groupes for _, cle in f.reperes[1]}
        return [
            a.etiquette or a.places[0].libelle
            for g in modele.groupes
            if g in presentes
            for a in (modele.rangees[c] for c in modele.groupes[g])
            if a.places and a.cle not in reperes and a.prefixe not in modele.extensibles
        ]

    def _rendre_les_reperes(self, groupes: list[_Feuille], sans_cle: list[Grille], modele: Modele) -> None:
        """Sheets of ours whose keys were all erased or deleted, but where everything printed is in place: read all the same."""
        for grille in list(sans_cle):
            groupe = _groupe_ressemblant(_textes_de(grille), modele)
            if groupe not in modele.groupes:
                continue
            for colonne in (0, -1):
                rendus = restituer(grille.lignes, colonne, (), [modele.rangees[c] for c in modele.groupes[groupe]], modele.textes[groupe])
                # The title says which fiche it is: two fiches may ask the same questions.
                if rendus and rendus[0][1] == modele.groupes[groupe][0] and len(rendus) > len(modele.groupes[groupe]) / 2:
                    groupes.append(feuille := _Feuille(grille))
                    feuille.reperes, feuille.groupe = (colonne, []), groupe
                    sans_cle.remove(grille)
                    break

    def _connue(self, groupe: str, nom: str, modele: Modele) -> bool:
        if groupe in modele.groupes:
            return True
        self.anomalies.append(constats.fiche_inconnue(Lieu(self.fichier, nom, groupe)))
        return False

    def _sans_doubles(self, lues: list[FeuilleLue]) -> dict[str, FeuilleLue]:
        """One sheet per group. A blank or identical copy is nothing; two different answers are both refused."""
        retenues: dict[str, FeuilleLue] = {}
        for feuille in lues:
            premiere = retenues.setdefault(feuille.groupe, feuille)
            if premiere is feuille or feuille.vide:
                continue
            if premiere.vide:
                retenues[feuille.groupe] = feuille
            elif differences := _differences(premiere, feuille):
                lieu = Lieu(self.fichier, feuille.nom, "" if feuille.groupe == ACCUEIL else feuille.groupe)
                self.anomalies.append(constats.feuille_en_double(lieu, premiere.nom, differences))
        for feuille in retenues.values():
            self.anomalies += feuille.anomalies
        return retenues

    def _feuilles_sans_cle(self, feuilles: list[Grille], modele: Modele) -> set[str]:
        """Sheets without keys: ours (Sommaire, lists), the partner's own, or a fiche that lost its keys (returned)."""
        perdues = set()
        for grille in feuilles:
            textes = _textes_de(grille)
            groupe = _groupe_ressemblant(textes, modele)
            if groupe in modele.annexes:
                connus, visible = modele.annexes[groupe]
                inconnus = {v for v in textes - connus if plier(v) not in connus and not v.isspace()} if visible else set()
                self.anomalies += self._hors_cadre(grille, inconnus) if inconnus else []
            elif groupe:
                perdues.add(groupe)
                lieu = Lieu(self.fichier, grille.nom, "" if groupe == ACCUEIL else groupe)
                self.anomalies.append(constats.feuille_absente(lieu, "repères", sans_reperes=True))
            elif remplies := sum(1 for v in grille.valeurs.values() if v != ""):
                self.anomalies.append(constats.feuille_du_partenaire(Lieu(self.fichier, grille.nom), remplies))
        return perdues

    def _hors_cadre(self, grille: Grille, inconnus: set[str]) -> list[Anomalie]:
        """What was written on the Sommaire; its states are formulas, unless the sheet was saved « values only »."""
        speciales = grille.speciales
        trouvees = [
            (adresse(i + 1, j + 1), v)
            for i, ligne in enumerate(grille.lignes)
            for j, v in enumerate(ligne)
            if v in inconnus and speciales and (i, j) not in speciales
        ]
        return constats.hors_cadre(Lieu(self.fichier, grille.nom), trouvees)

    def _absentes(self, identite: dict, retenues: dict[str, FeuilleLue], perdues: set[str], modele: Modele) -> None:
        """Sheets that were deleted. From the general workbook, a fiche that concerns another structure may be."""
        attendues = (ACCUEIL, *(identite["fiches"] if identite["structure"] else ()))
        for groupe in attendues:
            if groupe in modele.groupes and groupe not in retenues and groupe not in perdues:
                quoi = "feuille Accueil" if groupe == ACCUEIL else f"feuille de la fiche {groupe}"
                lieu = Lieu(self.fichier, "", "" if groupe == ACCUEIL else groupe)
                self.anomalies.append(constats.feuille_absente(lieu, quoi, sans_reperes=False))


def _faits(feuilles: list[_Feuille]) -> dict[str, list]:
    """What the sheets say that the file is: name → values."""
    faits: dict[str, list] = {}
    for feuille in feuilles:
        colonne, reperes = feuille.reperes
        for i, cle in reperes:
            if cle.startswith(f"{IDENTIFICATION}/"):
                nom = cle.partition("/")[2]
                faits.setdefault(nom, []).append(_fait(feuille.grille.lignes[i], colonne, nom))
    return faits


def _est_un_cache(nom: str) -> bool:
    """LibreOffice keeps what an external link last showed in a sheet of its own: « 'file:///…'#Listes »."""
    return nom.startswith("'") and "'#" in nom


def _fait(ligne: list, colonne: int, nom: str) -> object:
    """The value at the right of its printed name; all of them, one a line, of what may take several cells."""
    j = ligne.index(nom) if nom in ligne else colonne + 1
    if nom == "rappels":
        return "\n".join(v for v in ligne[j + 1 :] if isinstance(v, str) and v)
    return ligne[j + 1] if j + 1 < len(ligne) else ""


def _differences(premiere: FeuilleLue, seconde: FeuilleLue) -> list[str]:
    """« C12 : 40 et 45 », for each input that two sheets of the same fiche answer differently."""
    gauche, droite = ({s.cle: s for s in f.saisies} for f in (premiere, seconde))
    differences = []
    for cle in dict.fromkeys((*gauche, *droite)):
        a, b = gauche.get(cle), droite.get(cle)
        if a is None or b is None or a.brut != b.brut:
            lus = " et ".join(constats.en_texte(s.brut) if s else "rien" for s in (a, b))
            differences.append(f"{(a or b).cellule} : {lus}")  # type: ignore[union-attr]
    return differences


def _textes_de(grille: Grille) -> set[str]:
    return {v for v in grille.valeurs.values() if type(v) is str and v}


def _groupe_ressemblant(textes: set[str], modele: Modele) -> str:
    """The sheet of ours (name of an annex, ``accueil`` or fiche) that most of these texts were printed on, or ""."""
    if len(textes) < 3:
        return ""
    annexes = {nom: connus for nom, (connus, _) in modele.annexes.items()}
    for candidats in (annexes, modele.textes):
        nom = max(candidats, key=lambda nom: len(textes & candidats[nom]))
        if len(textes & candidats[nom]) >= RESSEMBLANCE * len(textes):
            return nom
    return ""
