"""What Excel refuses, cuts or silently repairs, said before a file is written. Knows no library."""

from __future__ import annotations

import re
from collections import Counter
from itertools import takewhile

from cls_workbook.xlsx.sheets import (
    COLONNES_MAX,
    INVITE_MAX,
    LIGNES_MAX,
    NOM_DE_FEUILLE_MAX,
    TITRE_MAX,
    Classeur,
    Feuille,
    Plage,
    Rangees,
    Tableau,
    Validation,
    adresse,
)

FORMULE_MAX, PIED_MAX, LISTE_MAX, LARGEUR_MAX, HAUTEUR_MAX = 8_192, 255, 255, 255, 409
_NOM_VALIDE = re.compile(r"[^\W\d][\w.]{0,254}")
# A name that reads as an address: AB12, R1C1 (and L1C1, its French form).
_COMME_UNE_ADRESSE = re.compile(r"[A-Za-z]{1,3}\d+|[RrLl]\d*[Cc]?\d*|[Cc]\d*")
# VBA: a letter, then letters, digits or underscores; 31 characters for a module. ASCII, whatever the code page.
_NOM_DE_CODE = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,30}")
CODE_DU_CLASSEUR = "ThisWorkbook"
_TYPES_DE_VALIDATION = ("liste", "entier", "decimal", "montant", "date", "texte", "libre")
ENTIER_EXACT = 10**15  # beyond, Excel rounds
_INTERDIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_CIBLES = ("internal:", "external:", "mailto:", "https://", "http://")


def sans_interdit(texte: str) -> str:
    """The text with line ends as Excel has them, and every character that XML forbids shown as ``\\ufffd``."""
    return _INTERDIT.sub("\ufffd", texte.replace("\r\n", "\n").replace("\r", "\n"))


def unites(texte: str) -> int:
    """Length of a text as Excel counts it (UTF-16 units: an emoji counts for two)."""
    return len(texte) if texte.isascii() else len(texte.encode("utf-16-le", "surrogatepass")) // 2


def controler(classeur: Classeur) -> None:
    """ValueError, naming the place, at the first thing that Excel could not hold."""
    noms = [feuille.nom for feuille in classeur.feuilles]
    _noms_de_feuilles(noms)
    if not any(feuille.etat == "visible" for feuille in classeur.feuilles):
        raise ValueError("un classeur doit avoir au moins une feuille visible")
    if classeur.feuille_active is not None:
        actives = [feuille for feuille in classeur.feuilles if feuille.nom == classeur.feuille_active]
        if not actives or actives[0].etat != "visible":
            raise ValueError(f"la feuille à ouvrir « {classeur.feuille_active} » n'existe pas ou est masquée")
    for nom, (feuille, plage) in classeur.noms.items():
        nom_valide(nom)
        if feuille not in noms:
            raise ValueError(f"le nom « {nom} » désigne une feuille absente, « {feuille} »")
        _plage(plage, f"nom « {nom} »")
    _macros(classeur)
    _uniques(list(classeur.noms) + [t.nom for f in classeur.feuilles for t in f.tableaux], "nom")
    for feuille in classeur.feuilles:
        _feuille(feuille, noms)


def _macros(classeur: Classeur) -> None:
    """A code name for each sheet, none twice; buttons only where there are macros, each calling one by its name."""
    codes = [feuille.nom_de_code for feuille in classeur.feuilles]
    if classeur.macros is not None:
        _uniques([CODE_DU_CLASSEUR, *codes], "nom de code")
        codes += [bouton.macro for feuille in classeur.feuilles for bouton in feuille.boutons]
        for code in codes:
            if not _NOM_DE_CODE.fullmatch(code):
                raise ValueError(f"« {code} » ne peut pas être un nom de module ou de macro")
    elif any(feuille.boutons for feuille in classeur.feuilles):
        raise ValueError("un bouton dans un classeur sans macro")


def nom_valide(nom: str) -> None:
    """ValueError unless Excel takes ``nom`` as the name of a range or a table."""
    if not _NOM_VALIDE.fullmatch(nom) or _COMME_UNE_ADRESSE.fullmatch(nom):
        raise ValueError(f"« {nom} » ne peut pas être un nom défini dans Excel")


def _noms_de_feuilles(noms: list[str]) -> None:
    for nom in noms:
        if not nom.strip() or unites(nom) > NOM_DE_FEUILLE_MAX:
            raise ValueError(f"nom de feuille « {nom} » : 1 à {NOM_DE_FEUILLE_MAX} caractères")
        if re.search(r"[:\\/?*\[\]\x00-\x1f]", nom) or nom.startswith("'") or nom.endswith("'"):
            raise ValueError(f"nom de feuille « {nom} » : un caractère n'est pas permis")
        if nom.casefold() == "history":
            raise ValueError("nom de feuille « History » : Excel se le réserve")
    _uniques(noms, "nom de feuille")


def _uniques(noms: list[str], quoi: str) -> None:
    vus: set[str] = set()
    for nom in noms:
        if nom.casefold() in vus:
            raise ValueError(f"{quoi} « {nom} » donné deux fois")
        vus.add(nom.casefold())


def _plage(plage: Plage, ou: str) -> None:
    lignes_ok = 1 <= plage.ligne <= plage.ligne_fin <= LIGNES_MAX
    if not lignes_ok or not 1 <= plage.colonne <= plage.colonne_fin <= COLONNES_MAX:
        raise ValueError(f"{ou} : la plage {tuple(plage)} n'existe pas dans Excel")


def _feuille(feuille: Feuille, noms: list[str]) -> None:
    ou = f"feuille « {feuille.nom} »"
    if feuille.etat not in ("visible", "masquee", "tres_masquee"):
        raise ValueError(f"{ou} : état « {feuille.etat} » inconnu")
    if any(not 0 <= largeur <= LARGEUR_MAX for largeur in feuille.largeurs.values()):
        raise ValueError(f"{ou} : une largeur de colonne est hors de 0 à {LARGEUR_MAX}")
    if any(not 0 <= hauteur <= HAUTEUR_MAX for hauteur in feuille.hauteurs.values()):
        raise ValueError(f"{ou} : une hauteur de ligne est hors de 0 à {HAUTEUR_MAX}")
    if unites(feuille.impression.pied_gauche) > PIED_MAX - 80:
        raise ValueError(f"{ou} : pied de page trop long")
    _cellules(feuille, ou)
    for validation in feuille.validations:
        _validation(validation, ou)
    for regle in feuille.mises_en_forme:
        _plage(regle.plage, ou)
        _formule(regle.formule, ou)
    for rang, tableau in enumerate(feuille.tableaux):
        _tableau(tableau, feuille, ou)
        if any(_se_touchent(tableau.plage, autre.plage) for autre in feuille.tableaux[:rang]):
            raise ValueError(f"{ou} : le tableau « {tableau.nom} » en touche un autre")
    for graphique in feuille.graphiques:
        for serie in graphique.series:
            for cible, plage in (serie.categories, serie.valeurs):
                if cible not in noms:
                    raise ValueError(f"{ou} : un graphique montre une feuille absente, « {cible} »")
                _plage(plage, ou)


def _cellules(feuille: Feuille, ou: str) -> None:
    """Merges that overlap or hide a value; a value written over another. What a cell holds is looked at as it is written."""
    couvertes: set[tuple[int, int]] = set()
    origines: set[tuple[int, int]] = set()
    for plage in feuille.fusions:
        _plage(plage, ou)
        if plage[:2] == plage[2:]:
            raise ValueError(f"{ou} : {plage.a1()} est une cellule seule, elle ne se fusionne pas")
        places = {(i, j) for i in range(plage[0], plage[2] + 1) for j in range(plage[1], plage[3] + 1)}
        if not places.isdisjoint(couvertes):
            raise ValueError(f"{ou} : la fusion {plage.a1()} en recouvre une autre")
        couvertes |= places
        origines.add(plage[:2])
    couvertes -= origines
    # The cells of whole rows are each at a place of their own: looking would make them all.
    if couvertes or not isinstance(feuille.cellules, Rangees):
        _places([cellule[:2] for cellule in feuille.cellules if cellule[2] is not None], couvertes, bool(feuille.tableaux), ou)


def _places(pleines: list[tuple[int, int]], couvertes: set[tuple[int, int]], sans_doute: bool, ou: str) -> None:
    """Each value at a place of its own, which shows. ``sans_doute``: they come from one frame, each once."""
    if not couvertes.isdisjoint(pleines):
        raise ValueError(f"{ou} : {adresse(*next(p for p in pleines if p in couvertes))} a une valeur cachée par une fusion")
    if not sans_doute and len(set(pleines)) < len(pleines):
        (place, _), *_ = Counter(pleines).most_common(1)
        raise ValueError(f"{ou} : {adresse(*place)} est écrite deux fois")


def formule_permise(texte: str) -> None:
    """ValueError unless a cell, or a conditional format, can hold this formula."""
    if not texte or texte.startswith("=") or len(texte) > FORMULE_MAX // 2 and unites(texte) > FORMULE_MAX:
        raise ValueError(f"formule vide, trop longue ou commençant par « = » : {texte[:60]}")


def lien_permis(cible: str) -> None:
    """ValueError if a link leads where Excel knows no way."""
    if not cible.startswith(_CIBLES):
        raise ValueError(f"lien de nature inconnue « {cible} »")


def _formule(texte: str, ou: str) -> None:
    try:
        formule_permise(texte)
    except ValueError as faute:
        raise ValueError(f"{ou} : {faute}") from faute


def _validation(validation: Validation, ou: str) -> None:
    if not validation.plages:
        raise ValueError(f"{ou} : une validation sans plage")
    for plage in validation.plages:
        _plage(plage, ou)
    ou = f"{ou}, validation de {validation.plages[0].a1()}"
    if validation.type not in _TYPES_DE_VALIDATION:
        raise ValueError(f"{ou} : type « {validation.type} » inconnu")
    for texte, limite in (
        (validation.titre, TITRE_MAX),
        (validation.titre_erreur, TITRE_MAX),
        (validation.invite, INVITE_MAX),
        (validation.erreur, INVITE_MAX),
    ):
        if len(texte) > limite // 2 and unites(texte) > limite:
            raise ValueError(f"{ou} : {unites(texte)} caractères pour {limite} au plus : « {texte} »")
    if validation.type == "liste":
        _source(validation.source, ou)


def _source(source: str | tuple[str, ...] | None, ou: str) -> None:
    """A list's choices: a formula, or texts short enough and without the comma that parts them."""
    if not source:
        raise ValueError(f"{ou} : une liste sans choix")
    if isinstance(source, str):
        if not source.startswith("=") or source.startswith("=="):
            raise ValueError(f"{ou} : la source d'une liste est une formule, « = » compris")
    elif unites(",".join(source)) > LISTE_MAX or any("," in choix or '"' in choix for choix in source):
        raise ValueError(f"{ou} : liste de plus de {LISTE_MAX} caractères ou contenant une virgule ou un guillemet")


def _tableau(tableau: Tableau, feuille: Feuille, ou: str) -> None:
    """Headers of a table: one a column, all different, equal to the cells of its first row; no merge inside."""
    ou = f"{ou}, tableau « {tableau.nom} »"
    nom_valide(tableau.nom)
    _plage(tableau.plage, ou)
    ligne, colonne, ligne_fin, colonne_fin = tableau.plage
    if len(tableau.colonnes) != colonne_fin - colonne + 1:
        raise ValueError(f"{ou} : {len(tableau.colonnes)} en-têtes pour {colonne_fin - colonne + 1} colonnes")
    if any(not nom or "\n" in nom or "\r" in nom or unites(nom) > 255 for nom in tableau.colonnes):
        raise ValueError(f"{ou} : un en-tête est vide, trop long ou sur deux lignes")
    _uniques(list(tableau.colonnes), f"{ou} : en-tête")
    cellules = feuille.cellules
    if isinstance(cellules, Rangees):
        cellules = takewhile(lambda c: c.ligne <= ligne, cellules)
    ecrits = {c.colonne: c.valeur for c in cellules if c.ligne == ligne}
    for i, nom in enumerate(tableau.colonnes):
        if ecrits.get(colonne + i, nom) != nom:
            raise ValueError(f"{ou} : l'en-tête {adresse(ligne, colonne + i)} devrait être « {nom} »")
    for fusion in feuille.fusions:
        if _se_touchent(tableau.plage, fusion):
            raise ValueError(f"{ou} : la fusion {fusion.a1()} le touche")


def _se_touchent(tableau: Plage, autre: Plage) -> bool:
    """Whether a range meets a table; a table has a second row even when empty."""
    lignes = autre.ligne <= max(tableau.ligne_fin, tableau.ligne + 1) and tableau.ligne <= autre.ligne_fin
    return lignes and autre.colonne <= tableau.colonne_fin and tableau.colonne <= autre.colonne_fin
