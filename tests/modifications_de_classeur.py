"""What partners do to a whole workbook: its sheets, copies of them, other returns put in it. Played by both programs.

A ``Livre`` is told gestures as a ``Page`` is. The workbook is the one of a structure, that answers for two fiches.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import dataclass, replace

import openpyxl
from gestes import Geste, Page, Zone
from joueurs import ParLibreOffice, ParOpenpyxl, cellule, en_serie, plage
from libreoffice import Document
from modifications import VALEUR

ACCUEIL, SOMMAIRE, FICHE, AUTRE_FICHE, LISTES, IDENTITE = "Accueil", "Sommaire", "FA 1.1", "FA 2.1", "Listes", "_identification"
TOUTES = (ACCUEIL, SOMMAIRE, FICHE, AUTRE_FICHE, LISTES, IDENTITE)


@dataclass(frozen=True)
class ModificationDeClasseur:
    """``codes``: every anomaly that the reading of the file gives. ``signalees``: how many typed values they point at, -1 for all.

    ``lente``: LibreOffice writes a million rows of it in .xlsx, which is tried by hand only.
    """

    nom: str
    faire: Callable[[Livre], None]
    codes: frozenset[str]
    signalees: int
    lente: bool = False


DE_CLASSEUR: list[ModificationDeClasseur] = []


def modification(nom: str, *codes: str, signalees: int = 0, lente: bool = False):
    def inscrire(faire):
        DE_CLASSEUR.append(ModificationDeClasseur(nom, faire, frozenset(codes), signalees, lente))
        return faire

    return inscrire


class Livre:
    """Where every typed value of a workbook stands. ``pages``: name of a sheet → its values."""

    def __init__(self, pages: dict[str, Page], autres: dict[str, Page]):
        self.pages, self.autres, self.gestes = pages, autres, []

    def _noter(self, nom: str, *arguments: object) -> None:
        self.gestes.append(Geste(nom, arguments))

    def renommer(self, ancien: str, nouveau: str) -> None:
        self._noter("renommer", ancien, nouveau)
        if ancien in self.pages:
            self.pages[nouveau] = self.pages.pop(ancien)
            self.pages[nouveau].nom = nouveau

    def deplacer_feuille(self, nom: str, position: int) -> None:
        self._noter("deplacer_feuille", nom, position)

    def supprimer_feuille(self, nom: str) -> None:
        self._noter("supprimer_feuille", nom)
        self.pages.pop(nom, None)

    def montrer_feuille(self, nom: str, visible: bool) -> None:
        self._noter("montrer_feuille", nom, visible)

    def copier_feuille(self, nom: str, nouveau: str) -> None:
        self._noter("copier_feuille", nom, nouveau)
        self.pages[nouveau] = copie = copy.copy(self.pages[nom])
        copie.nom, copie.gestes = nouveau, []
        copie.dues = {p: replace(d, copie=True) for p, d in copie.dues.items()}

    def ajouter_feuille(self, nom: str) -> Page:
        self._noter("ajouter_feuille", nom)
        self.pages[nom] = page = copy.copy(self.pages[ACCUEIL])
        page.nom, page.gestes, page.dues = nom, [], {}
        return page

    def coller_en_valeurs(self) -> None:
        self._noter("coller_en_valeurs")

    def nouveau_classeur(self, feuilles: tuple[str, ...], valeurs_seules: bool = False) -> None:
        self._noter("nouveau_classeur", feuilles, valeurs_seules)

    def importer(self, feuille: str, nom: str) -> None:
        """A sheet of another structure's return."""
        self._noter("importer", feuille, nom)
        if feuille in self.autres:
            self.pages[nom] = page = copy.copy(self.autres[feuille])
            page.nom, page.gestes = nom, []

    def copier_entre(self, de: str, zone: Zone, vers: str, place: tuple[int, int]) -> None:
        self._noter("copier_entre", de, zone, vers, place)
        bas = place[0] - zone.haut
        arrivee = Zone(*place, zone.bas + bas, zone.droite)
        restent = {p: d for p, d in self.pages[vers].dues.items() if not arrivee.contient(p)}
        venues = {(p[0] + bas, p[1]): replace(d, copie=True) for p, d in self.pages[de].dues.items() if zone.contient(p)}
        self.pages[vers].dues = restent | venues

    def proteger(self, mot_de_passe: str) -> None:
        self._noter("proteger", mot_de_passe)

    def ecrire(self, feuille: str, ligne: int, colonne: int, brut: object, cle: str = "") -> None:
        self._noter("page", feuille, Geste("ecrire", (ligne, colonne, brut)))
        self.pages[feuille].ecrire(ligne, colonne, brut, cle=cle)


class LivreParOpenpyxl:
    """``ouvrir_l_autre``: opens the other return, when a gesture needs it."""

    def __init__(self, livre: openpyxl.Workbook, ouvrir_l_autre: Callable[[], openpyxl.Workbook]):
        self.livre, self.ouvrir_l_autre = livre, ouvrir_l_autre
        self.autre: openpyxl.Workbook | None = None

    def jouer(self, gestes: list[Geste]) -> openpyxl.Workbook:
        for geste in gestes:
            getattr(self, geste.nom)(*geste.arguments)
        return self.livre

    def page(self, feuille: str, geste: Geste) -> None:
        ParOpenpyxl(self.livre[feuille]).jouer([geste])

    def renommer(self, ancien: str, nouveau: str) -> None:
        feuille = self.livre[ancien]
        feuille.title = f"{nouveau}~"  # openpyxl adds a figure to a name that differs by its case only
        feuille.title = nouveau

    def deplacer_feuille(self, nom: str, position: int) -> None:
        self.livre.move_sheet(nom, position - self.livre.sheetnames.index(nom))

    def supprimer_feuille(self, nom: str) -> None:
        del self.livre[nom]

    def montrer_feuille(self, nom: str, visible: bool) -> None:
        self.livre[nom].sheet_state = "visible" if visible else "hidden"

    def copier_feuille(self, nom: str, nouveau: str) -> None:
        self.livre.copy_worksheet(self.livre[nom]).title = nouveau

    def ajouter_feuille(self, nom: str) -> None:
        self.livre.create_sheet(nom, 0)

    def coller_en_valeurs(self) -> None:
        for feuille in self.livre:
            for ligne in feuille.iter_rows():
                for case in ligne:
                    if case.data_type == "f":
                        case.value = _affichee(case.value)

    def nouveau_classeur(self, feuilles: tuple[str, ...], valeurs_seules: bool) -> None:
        neuf = openpyxl.Workbook()
        del neuf[neuf.sheetnames[0]]
        for nom in feuilles:
            self._recopier(self.livre[nom], neuf.create_sheet(nom), valeurs_seules)
        self.livre = neuf

    def _recopier(self, source, cible, valeurs_seules: bool = False) -> None:
        for ligne in source.iter_rows():
            for case in ligne:
                if case.value is None:
                    continue
                nouvelle = cible.cell(case.row, case.column)
                calcul = valeurs_seules and case.data_type == "f"
                nouvelle.value = _affichee(case.value) if calcul else en_serie(case.value) if valeurs_seules and case.is_date else case.value
                if not valeurs_seules:
                    nouvelle.number_format = case.number_format

    def importer(self, feuille: str, nom: str) -> None:
        self.autre = self.autre or self.ouvrir_l_autre()
        self._recopier(self.autre[feuille], self.livre.create_sheet(nom))

    def copier_entre(self, de: str, zone: Zone, vers: str, place: tuple[int, int]) -> None:
        joueur = ParOpenpyxl(self.livre[vers])
        joueur._sans_fusions()
        joueur._poser(zone, ParOpenpyxl(self.livre[de])._valeurs(zone), place)

    def proteger(self, mot_de_passe: str) -> None:
        self.livre.security = openpyxl.workbook.protection.WorkbookProtection(workbookPassword=mot_de_passe, lockStructure=True)
        for feuille in self.livre:
            feuille.protection.set_password(mot_de_passe)
            feuille.protection.enable()


def _affichee(formule: str) -> object:
    """What a formula of ours may show."""
    return "rempli" if "rempli" in formule else 0


class LivreParLibreOffice:
    """``ouvrir_l_autre``: opens the other return, when a gesture needs it. ``ouverts``: what is to be closed."""

    def __init__(self, document: Document, ouvrir_l_autre: Callable[[], Document]):
        self.document, self.ouvrir_l_autre = document, ouvrir_l_autre
        self.autre: Document | None = None
        self.ouverts: list[Document] = []

    def jouer(self, gestes: list[Geste]):
        for feuille in self.document.protected_sheets():
            self.document.unprotect(feuille)
        for geste in gestes:
            getattr(self, geste.nom)(*geste.arguments)
        return self.document

    def page(self, feuille: str, geste: Geste) -> None:
        ParLibreOffice(self.document, feuille).jouer([geste])

    def renommer(self, ancien: str, nouveau: str) -> None:
        self.document.rename_sheet(ancien, f"{nouveau}~")
        self.document.rename_sheet(f"{nouveau}~", nouveau)

    def deplacer_feuille(self, nom: str, position: int) -> None:
        self.document.move_sheet(nom, position)

    def supprimer_feuille(self, nom: str) -> None:
        self.document.delete_sheet(nom)

    def montrer_feuille(self, nom: str, visible: bool) -> None:
        self.document.show_sheet(nom, visible)

    def copier_feuille(self, nom: str, nouveau: str) -> None:
        self.document.copy_sheet(nom, nouveau, len(self.document.sheets()))

    def ajouter_feuille(self, nom: str) -> None:
        self.document.add_sheet(nom)

    def coller_en_valeurs(self) -> None:
        for feuille in self.document.sheets():
            self.document.freeze(feuille)

    def nouveau_classeur(self, feuilles: tuple[str, ...], valeurs_seules: bool) -> None:
        extraire = self.document.extract_values if valeurs_seules else self.document.extract
        self.document = extraire(*feuilles)
        self.ouverts.append(self.document)

    def importer(self, feuille: str, nom: str) -> None:
        if self.autre is None:
            self.autre = self.ouvrir_l_autre()
            self.ouverts.append(self.autre)
        self.document.import_sheet(self.autre, feuille, nom)

    def copier_entre(self, de: str, zone: Zone, vers: str, place: tuple[int, int]) -> None:
        # A paste by hand undoes the merged cells that it covers; this order does not.
        self.document.unmerge(vers, plage(Zone(*place, place[0] + zone.bas - zone.haut, place[1] + zone.droite - zone.gauche)))
        self.document.copy_across(de, plage(zone), vers, cellule(*place))

    def proteger(self, mot_de_passe: str) -> None:
        for feuille in self.document.sheets():
            self.document.protect(feuille, mot_de_passe)
        self.document.protect("", mot_de_passe)


# --- the edits --------------------------------------------------------------------------------------------------------


@modification("renommer toutes les feuilles")
def renommer(livre: Livre) -> None:
    for ancien, nouveau in ((FICHE, "Notre fiche"), (AUTRE_FICHE, "Feuil2"), (ACCUEIL, "Qui répond"), (SOMMAIRE, "Table"), (LISTES, "choix"), (IDENTITE, "id")):
        livre.renommer(ancien, nouveau)


@modification("noms de feuilles dans une autre casse")
def casse(livre: Livre) -> None:
    for nom in (FICHE, ACCUEIL, SOMMAIRE, LISTES):
        livre.renommer(nom, nom.upper() if nom == ACCUEIL else nom.lower())


@modification("réordonner les feuilles")
def reordonner(livre: Livre) -> None:
    livre.deplacer_feuille(AUTRE_FICHE, 0)
    livre.deplacer_feuille(IDENTITE, 1)
    livre.deplacer_feuille(ACCUEIL, 3)


@modification("masquer des feuilles, montrer les feuilles masquées")
def masquer(livre: Livre) -> None:
    livre.montrer_feuille(AUTRE_FICHE, False)
    livre.montrer_feuille(SOMMAIRE, False)
    livre.montrer_feuille(LISTES, True)
    livre.montrer_feuille(IDENTITE, True)


@modification("copier une feuille telle quelle")
def copier(livre: Livre) -> None:
    livre.copier_feuille(FICHE, "FA 1.1 (2)")


@modification("copier une feuille et modifier la copie", "ANCRES_EN_DESACCORD", signalees=310)
def copier_et_modifier(livre: Livre) -> None:
    livre.copier_feuille(FICHE, "FA 1.1 (2)")
    ligne, colonne = livre.pages[FICHE].place("mesures/1.1-I01/valeur")
    livre.ecrire("FA 1.1 (2)", ligne, colonne, 4242, cle="1.1/mesures/1.1-I01/valeur")


@modification("supprimer le sommaire et les listes")
def supprimer_le_sommaire(livre: Livre) -> None:
    livre.supprimer_feuille(SOMMAIRE)
    livre.supprimer_feuille(LISTES)


@modification("supprimer la feuille Accueil", "CELLULE_INTROUVABLE")
def supprimer_l_accueil(livre: Livre) -> None:
    livre.supprimer_feuille(ACCUEIL)


@modification("supprimer la feuille d’une fiche", "CELLULE_INTROUVABLE")
def supprimer_une_fiche(livre: Livre) -> None:
    livre.supprimer_feuille(AUTRE_FICHE)


@modification("supprimer la feuille masquée d’identification", "FICHIER_ILLISIBLE", signalees=-1)
def supprimer_l_identification(livre: Livre) -> None:
    livre.supprimer_feuille(IDENTITE)


@modification("ajouter ses propres feuilles", "SAISIE_HORS_CADRE", signalees=2)
def ses_feuilles(livre: Livre) -> None:
    livre.ajouter_feuille("Brouillon")
    livre.ecrire("Brouillon", 2, 2, "Total des séances")
    livre.ecrire("Brouillon", 3, 3, 128)


@modification("tout coller en valeurs", "PREREMPLI_MODIFIE")
def coller_en_valeurs(livre: Livre) -> None:
    livre.coller_en_valeurs()


@modification("copier toutes les feuilles dans un nouveau classeur")
def nouveau_classeur(livre: Livre) -> None:
    livre.nouveau_classeur(TOUTES)


@modification("coller les valeurs de toutes les feuilles dans un nouveau classeur", "PREREMPLI_MODIFIE")
def valeurs_dans_un_nouveau_classeur(livre: Livre) -> None:
    livre.nouveau_classeur(TOUTES, valeurs_seules=True)


@modification("copier dans un nouveau classeur les seules feuilles visibles", "FICHIER_ILLISIBLE", signalees=-1)
def feuilles_visibles(livre: Livre) -> None:
    livre.nouveau_classeur((ACCUEIL, SOMMAIRE, FICHE, AUTRE_FICHE))


@modification("coller une ligne d’une fiche sur la feuille d’une autre", "ANCRES_EN_DESACCORD", "CELLULE_INTROUVABLE", signalees=5)
def ligne_d_une_autre_fiche(livre: Livre) -> None:
    rang = livre.pages[FICHE].ligne("mesures/1.1-I01/valeur")
    livre.copier_entre(FICHE, Zone(rang, 1, rang, 11), AUTRE_FICHE, (livre.pages[AUTRE_FICHE].ligne("mesures/2.1-I01/valeur"), 1))


@modification("coller toute une feuille par-dessus une autre", "CELLULE_INTROUVABLE")
def feuille_sur_une_autre(livre: Livre) -> None:
    livre.copier_entre(FICHE, Zone(1, 1, 140, 11), AUTRE_FICHE, (1, 1))


@modification("réunir deux retours dans un même fichier", "FICHIER_ILLISIBLE", signalees=-1)
def deux_retours(livre: Livre) -> None:
    for nom in (ACCUEIL, FICHE, AUTRE_FICHE, IDENTITE):
        livre.importer(nom, f"{nom} (2)")


@modification("coller dans un retour la fiche d’un autre", "ANCRES_EN_DESACCORD", signalees=310)
def fiche_d_un_autre(livre: Livre) -> None:
    livre.importer(FICHE, "FA 1.1 (2)")


@modification("protéger les feuilles et le classeur par un mot de passe")
def proteger(livre: Livre) -> None:
    livre.proteger("secret")


@modification("un caractère égaré dans la dernière cellule de la feuille", "FICHIER_ILLISIBLE", signalees=-1, lente=True)
def bout_du_monde(livre: Livre) -> None:
    livre.ecrire(FICHE, 1_048_576, VALEUR, "z")
