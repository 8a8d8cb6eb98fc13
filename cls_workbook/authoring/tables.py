"""A filled workbook (.xlsx, .ods) → its sheets as rows of cells, found by their keys and headers wherever they moved."""

from __future__ import annotations

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from cls_workbook.authoring.constat import Constat, Lieu
from cls_workbook.authoring.feuilles import CHOIX, MARQUE, MODE_D_EMPLOI, TITRES_DES_REPERES
from cls_workbook.authoring.guide import AIDE, VERIFICATION
from cls_workbook.authoring.rubriques import Case, Rubrique
from cls_workbook.authoring.tout import RUBRIQUES
from cls_workbook.errors import Refus
from cls_workbook.francais import enumere, plier, typographie
from cls_workbook.reading import classeur as lecteur
from cls_workbook.reading.saisie import est_vide
from cls_workbook.xlsx.sheets import adresse

NOS_FEUILLES = {plier(n) for n in (MODE_D_EMPLOI, AIDE, VERIFICATION, CHOIX)}
RESSEMBLANCE = 0.6  # share of the headers that makes a row the headers of a sheet that has lost its keys
ERREUR = object()  # what a cell in error holds


@dataclass
class Table:
    """``colonnes``: key of a column → its rank, from 0. ``lignes``: (row, from 0; key → raw value), blank rows left out."""

    rubrique: Rubrique
    feuille: str = ""
    ordre: int = 0
    entete: int = 0
    colonnes: dict[str, int] = field(default_factory=dict)
    lignes: list[tuple[int, dict[str, object]]] = field(default_factory=list)
    places: dict[str, tuple[int, int]] = field(default_factory=dict)  # of the form: key → row and column of its answer

    def lieu(self, ligne: int, cle: str) -> Lieu:
        """The cell of a column in a row; the row itself where the column is gone."""
        case = next((c for c in self.rubrique.cases if c.cle == cle), None)
        if self.rubrique.formulaire and cle in self.places:
            ligne, colonne = self.places[cle]
        else:
            colonne = self.colonnes.get(cle, min(self.colonnes.values(), default=0))
        return Lieu((self.ordre, ligne, colonne), self.feuille or self.rubrique.feuille, adresse(ligne + 1, colonne + 1), case.titre if case else "")

    @property
    def entiere(self) -> Lieu:
        return Lieu((self.ordre, -1, 0), self.feuille or self.rubrique.feuille)


@dataclass
class Classeur:
    tables: dict[str, Table]
    fautes: list[Constat]
    informations: list[str]


def ouvrir(chemin: str | PathLike) -> Classeur:
    """Refus if the file cannot be read, or is no description of a contract."""
    try:
        lu = lecteur.Classeur(Path(chemin).read_bytes())
    except OSError as erreur:
        raise Refus(f"Le classeur « {chemin} » ne peut pas être lu ({erreur.strerror or erreur}).") from erreur
    except Refus as refus:
        details = [d.replace("puis renvoyez-le", "puis recommencez").replace("Renvoyez le classeur d’origine, rempli,", "Reprenez le classeur d’origine,") for d in refus.details]
        raise Refus(f"Le classeur « {chemin} » ne peut pas être lu. {refus}", details) from refus
    lecture = _Lecture(lu)
    if not any(t.feuille for t in lecture.classeur.tables.values()):
        raise Refus(typographie(f"« {chemin} » n’est pas un classeur de description : fabriquez-en un avec « contrat modele », et remplissez-le."))
    return lecture.classeur


class _Lecture:
    def __init__(self, lu: lecteur.Classeur):
        self.classeur = Classeur({r.nom: Table(r) for r in RUBRIQUES}, [], [])
        for ordre, grille in enumerate(lu.grilles(sauf=CHOIX)):
            self._feuille(ordre, grille)
        for table in self.classeur.tables.values():
            if not table.feuille and table.rubrique.formulaire:
                self._faute(table.entiere, "cette feuille est introuvable.", "reprenez le classeur d’origine, ou fabriquez-en un avec « contrat modele ».")

    def _faute(self, lieu: Lieu, message: str, remede: str) -> None:
        self.classeur.fautes.append(Constat(lieu, message, remede))

    def _feuille(self, ordre: int, grille: lecteur.Grille) -> None:
        nom, lignes = grille.nom, grille.lignes
        trouvee = _reperer(nom, lignes)
        if trouvee is None:
            remplies = sum(1 for ligne in lignes for v in ligne if not est_vide(v))
            if remplies and plier(nom) not in NOS_FEUILLES and not any(isinstance(v, str) and v.startswith(MARQUE) for ligne in lignes for v in ligne):
                self.classeur.informations.append(typographie(f"feuille « {nom} » : elle n’est pas du modèle, elle n’a pas été lue."))
            return
        rubrique, entete = trouvee
        table = self.classeur.tables[rubrique.nom]
        if table.feuille:
            lieu = Lieu((ordre, -1, 0), nom)
            self._faute(lieu, f"elle double la feuille « {table.feuille} ».", "supprimez l’une des deux.")
            return
        table.feuille, table.ordre, table.entete = nom, ordre, entete
        (self._formulaire if rubrique.formulaire else self._table)(table, grille)

    # --- a sheet of rows ---

    def _table(self, table: Table, grille: lecteur.Grille) -> None:
        self._colonnes(table, grille.lignes)
        for i in range(table.entete + 1, len(grille.lignes)):
            bruts = {cle: v for cle, j in table.colonnes.items() if not est_vide(v := self._valeur(grille, i, j))}
            if bruts:
                table.lignes.append((i, bruts))
                for cle in [c for c, v in bruts.items() if v is ERREUR]:
                    self._faute(table.lieu(i, cle), "cette formule est en erreur, ou n’a jamais été calculée.", "remplacez-la par sa valeur.")
        for case in table.rubrique.cases:
            if table.lignes and case.cle not in table.colonnes and table.rubrique.obligatoire(case.colonne) and case.rang <= 1 and not case.cle.endswith(".suite"):
                lieu = Lieu((table.ordre, table.entete, 0), table.feuille, adresse(table.entete + 1, 1))
                self._faute(lieu, f"la colonne « {case.titre} » est introuvable.", "rétablissez son titre dans la ligne d’en-têtes.")

    def _valeur(self, grille: lecteur.Grille, ligne: int, colonne: int) -> object:
        brut = _cellule(grille.lignes, ligne, colonne)
        speciale = grille.speciales.get((ligne, colonne))
        if speciale and (speciale.erreur or (speciale.formule is not None and est_vide(brut))):
            return ERREUR if speciale.erreur else ""
        return brut

    def _colonnes(self, table: Table, lignes: list[list]) -> None:
        """Each column by its header, else by its hidden key; what is neither is the coordinator's own."""
        titres = {plier(c.titre): c for c in table.rubrique.cases}
        calculees = {plier(t) for t in TITRES_DES_REPERES.values()}
        cles = _cles_de_colonnes(lignes, table.entete, table.rubrique)
        for j, imprime in enumerate(lignes[table.entete]):
            texte = _titre(imprime) if isinstance(imprime, str) and not imprime.startswith(MARQUE) else ""
            par_titre, par_cle = titres.get(texte), cles.get(j)
            case = par_titre or par_cle
            if case is None:
                if texte and texte not in calculees and any(not est_vide(_cellule(lignes, i, j)) for i in range(table.entete + 1, len(lignes))):
                    self.classeur.informations.append(typographie(f"feuille « {table.feuille} » : la colonne « {imprime} » n’est pas du modèle, elle n’a pas été lue."))
            elif case.cle in table.colonnes:
                lieu = Lieu((table.ordre, table.entete, j), table.feuille, adresse(table.entete + 1, j + 1), case.titre)
                self._faute(lieu, f"cette colonne est là deux fois (aussi en {adresse(table.entete + 1, table.colonnes[case.cle] + 1)}).", "gardez-en une seule.")
            elif par_titre and par_cle and par_titre.cle != par_cle.cle and par_cle.cle not in {titres[p].cle for v in lignes[table.entete] if (p := _titre(v)) in titres}:
                lieu = Lieu((table.ordre, table.entete, j), table.feuille, adresse(table.entete + 1, j + 1), par_titre.titre)
                self._faute(lieu, f"cette colonne était celle de « {par_cle.titre} ».", "rétablissez son titre, ou déplacez la colonne entière.")
            else:
                table.colonnes[case.cle] = j

    # --- the form ---

    def _formulaire(self, table: Table, grille: lecteur.Grille) -> None:
        bruts: dict[str, object] = {}
        for case in table.rubrique.cases:
            place = _question(grille.lignes, case)
            if place is None:
                continue
            table.places[case.cle] = place
            brut = self._valeur(grille, *place)
            if brut is ERREUR:
                self._faute(table.lieu(place[0], case.cle), "cette formule est en erreur, ou n’a jamais été calculée.", "remplacez-la par sa valeur.")
            if not est_vide(brut):
                bruts[case.cle] = brut
        perdues = [c.titre for c in table.rubrique.cases if c.cle not in table.places]
        if perdues:
            self._faute(table.entiere, f"questions introuvables : {enumere(perdues)}.", "rétablissez leur libellé, ou reprenez la feuille d’origine.")
        table.lignes.append((0, bruts))


def _reperer(nom: str, lignes: list[list]) -> tuple[Rubrique, int] | None:
    """The rubrique of a sheet and its row of headers (0 for the form): by its key, else by its headers."""
    cles = [(i, v[len(MARQUE) :]) for i, ligne in enumerate(lignes) for v in ligne if isinstance(v, str) and v.startswith(MARQUE)]
    for i, cle in cles:  # the first one: below the headers, a text may only look like a key
        for rubrique in RUBRIQUES:
            if cle == rubrique.nom or (rubrique.formulaire and cle.startswith(f"{rubrique.nom}.")):
                return rubrique, 0 if rubrique.formulaire else i
    return None if plier(nom) in NOS_FEUILLES else _par_les_titres(nom, lignes)


def _par_les_titres(nom: str, lignes: list[list]) -> tuple[Rubrique, int] | None:
    """The rubrique whose headers a sheet without keys bears: that of its name, else the one that most of them are of."""
    imprimes = [{_titre(v) for v in ligne if isinstance(v, str)} for ligne in lignes]
    candidats: list[tuple[tuple[bool, int], Rubrique, int]] = []
    for rubrique in RUBRIQUES:
        titres = {plier(c.titre) for c in rubrique.cases}
        candidates = [set().union(*imprimes)] if rubrique.formulaire else imprimes
        communs = [(len(titres & ligne), i) for i, ligne in enumerate(candidates)]
        nombre, rang = max(communs, key=lambda c: (c[0], -c[1]), default=(0, 0))
        if nombre >= RESSEMBLANCE * len(titres):
            candidats.append(((plier(nom) == plier(rubrique.feuille), nombre), rubrique, rang))
    if not candidats:
        return None
    _, rubrique, rang = max(candidats, key=lambda c: c[0])
    return rubrique, rang


def _titre(imprime: object) -> str:
    """A header as it is compared: without its star."""
    return plier(str(imprime).replace("*", ""))


def _cles_de_colonnes(lignes: list[list], entete: int, rubrique: Rubrique) -> dict[int, Case]:
    """Rank of a column → what its hidden key, above the headers, says that it is."""
    cases = {f"{MARQUE}{c.cle}": c for c in rubrique.cases}
    return {j: cases[v] for ligne in lignes[:entete] for j, v in enumerate(ligne) if isinstance(v, str) and v in cases}


def _question(lignes: list[list], case: Case) -> tuple[int, int] | None:
    """Row and column of an answer: at the right of its label; else two columns after its key."""
    titre, cle = plier(case.titre), f"{MARQUE}{case.cle}"
    par_cle = next(((i, j) for i, ligne in enumerate(lignes) for j, v in enumerate(ligne) if v == cle), None)
    for i, ligne in enumerate(lignes):
        if par_cle is not None and i != par_cle[0]:
            continue
        for j, v in enumerate(ligne):
            if isinstance(v, str) and _titre(v) == titre:
                return i, j + 1
    return (par_cle[0], par_cle[1] + 2) if par_cle else None


def _cellule(lignes: list[list], ligne: int, colonne: int) -> object:
    rangee = lignes[ligne] if ligne < len(lignes) else []
    return rangee[colonne] if colonne < len(rangee) else ""


