"""The agency's copies and consolidation workbooks of a region, read; what cannot be read costs its file, and no more.

Every row keeps its place: contract, file, sheet and cells.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cls_workbook import contract
from cls_workbook.contract.model import Contrat
from cls_workbook.errors import Refus
from cls_workbook.results import ars_copy, descriptions, donnees, donnees_decrites, relecture
from cls_workbook.results.colonnes import TableDecrite
from cls_workbook.results.donnees_lues import AutreVersion, tables_de_donnees
from cls_workbook.results.relecture import Feuilles, TableLue

SYNTHESE, CONSOLIDATION = "synthèse", "consolidation"
ILLISIBLE, ETRANGER, AUTRE_VERSION, INCOMPLET = "illisible", "autre classeur", "autre version", "incomplet"
RETENU, DOUBLON, IDENTIQUE = "retenu", "doublon", "copie identique"
_EXTENSIONS = (".xlsx", ".xlsm", ".ods")

# (table, rank of the row, titles) → (sheet, cells)
Placeur = Callable[[TableDecrite, int, Sequence[str]], tuple[str, str]]


@dataclass(frozen=True)
class Copie:
    """One contract and year. ``lignes``: the « Données … » tables, masked, whatever the file was."""

    fichier: str
    empreinte: str
    genre: str
    lignes: Mapping[TableDecrite, list[dict[str, object]]]
    placer: Placeur

    @property
    def contrat(self) -> dict[str, object]:
        """The record of the contract: see ``donnees_decrites.CONTRAT``."""
        return self.lignes[donnees_decrites.CONTRAT][0]

    @property
    def cle(self) -> tuple[str, int]:
        return str(self.contrat["Contrat"]), int(self.contrat["Année"])

    def ou(self, table: TableDecrite, rang: int, titres: Sequence[str]) -> dict[str, object]:
        """Where these figures of a row stand."""
        feuille, cellules = self.placer(table, rang, titres)
        return {"Fichier": self.fichier, "Feuille": feuille, "Cellule": cellules}


@dataclass(frozen=True)
class Ecart:
    """A file that brought nothing, and why (a French sentence); what it said of itself, as far as it could be read."""

    fichier: str
    statut: str
    raison: str
    contrat: str | None = None
    annee: int | None = None
    empreinte: str | None = None


def fichiers_dans(sources: Iterable[str | Path], sauf: Path) -> dict[str, Path]:
    """Name to show → file: those given, and the workbooks of the folders given; ``sauf`` (what is being written) apart.

    Refus if a source does not exist, or if there is nothing to read.
    """
    trouves: dict[str, Path] = {}
    for source in map(Path, sources):
        if source.is_dir():
            dedans = sorted(p for p in source.rglob("*") if p.is_file() and p.suffix.lower() in _EXTENSIONS and not _de_service(p.relative_to(source)))
            candidats = [(p.relative_to(source).as_posix(), p) for p in dedans]
        elif source.is_file():
            candidats = [(source.name, source)]
        else:
            raise Refus(f"« {source} » n’existe pas : indiquez une synthèse, ou le dossier qui contient les synthèses.")
        for nom, chemin in candidats:
            if chemin.resolve() != sauf.resolve() and chemin.resolve() not in {p.resolve() for p in trouves.values()}:
                trouves[nom if nom not in trouves else str(chemin)] = chemin
    if not trouves:
        raise Refus("Aucun classeur à lire : déposez les synthèses reçues dans le dossier indiqué, puis recommencez.")
    return dict(sorted(trouves.items()))


def _de_service(chemin: Path) -> bool:
    return any(part.startswith((".", "~$")) for part in chemin.parts)


def lire(fichiers: Mapping[str, Path], definitions: Mapping[str, Contrat]) -> Iterator[Copie | Ecart]:
    """Each file, in order. ``definitions``: contract id → definition, for the consolidations of contracts that do not ship."""
    from tqdm import tqdm

    for nom, chemin in tqdm(fichiers.items(), desc="Lecture", unit=" classeur", delay=1, leave=False, disable=None):
        yield _lire(nom, chemin, definitions)


def _lire(nom: str, chemin: Path, definitions: Mapping[str, Contrat]) -> Copie | Ecart:
    try:
        feuilles, empreinte = relecture.ouvrir(chemin), hashlib.sha256(chemin.read_bytes()).hexdigest()
    except (Refus, OSError) as refus:
        return Ecart(nom, ILLISIBLE, str(refus).replace(str(chemin), nom))
    try:
        if relecture.a_la_table(feuilles, donnees_decrites.CONTRAT):
            return _synthese(nom, chemin, empreinte, feuilles)
        if relecture.a_la_table(feuilles, descriptions.REPERES):
            return _consolidation(nom, chemin, empreinte, feuilles, definitions)
    except Refus as refus:
        statut = AUTRE_VERSION if isinstance(refus, AutreVersion) else INCOMPLET
        contrat, annee = _annonce(feuilles)
        return Ecart(nom, statut, str(refus).replace(str(chemin), nom), contrat, annee, empreinte)
    return Ecart(nom, ETRANGER, f"« {nom} » n’est ni une synthèse pour l’ARS, ni une consolidation de cette version.", empreinte=empreinte)


def _annonce(feuilles: Feuilles) -> tuple[str | None, int | None]:
    """The contract and year that a set-aside workbook says it is of, as far as they can be made out."""
    identites = (descriptions.REPERES.feuille, donnees_decrites.CONTRAT.feuille)
    dits = {str(ligne[i]).lower(): ligne[i + 1] for nom in identites for ligne in feuilles.get(nom, ()) for i in range(len(ligne) - 1)}
    contrat, annee = dits.get("contrat"), dits.get("année")
    return contrat if isinstance(contrat, str) else None, int(annee) if isinstance(annee, (int, float)) else None


# --- An agency's copy -------------------------------------------------------------------------------------------------


def _synthese(nom: str, chemin: Path, empreinte: str, feuilles: Feuilles) -> Copie:
    tables = tables_de_donnees(chemin, feuilles)

    def placer(table: TableDecrite, rang: int, titres: Sequence[str]) -> tuple[str, str]:
        return tables[table].feuille, tables[table].cellules(rang, titres)

    return Copie(nom, empreinte, SYNTHESE, {t: lue.lignes for t, lue in tables.items()}, placer)


# --- A consolidation workbook -----------------------------------------------------------------------------------------

# Where the figures of a data table stand in a consolidation: the table, and what tells its rows apart.
_ORIGINES: dict[TableDecrite, tuple[TableDecrite, tuple[str, ...]]] = {
    donnees_decrites.FINANCEMENT: (descriptions.FINANCEMENT_FICHES, ("Fiche",)),
    donnees_decrites.FINANCEURS: (descriptions.FINANCEMENT_FINANCEURS, ("Financeur", "Nature")),
    donnees_decrites.POSTES: (descriptions.FINANCEMENT_FICHES, ("Fiche",)),
    donnees_decrites.MESURES: (descriptions.INDICATEURS, ("Mesure",)),
    donnees_decrites.RETOURS: (descriptions.RETOURS, ("Fiche", "Structure", "Volet")),
}
_DANS_LES_POSTES = {"Dépense réalisée": "Coût réalisé", "Aide engagée": "ARS hors maquette"}


def _consolidation(nom: str, chemin: Path, empreinte: str, feuilles: Feuilles, definitions: Mapping[str, Contrat]) -> Copie:
    """Masked here, as the agency's copy would be."""
    reperes = relecture.table(chemin, feuilles, descriptions.REPERES)
    identifiant = next((str(r["Valeur"]) for r in reperes.lignes if (r["Rubrique"], r["Champ"]) == ("Identification", "contrat")), "")
    resultat = ars_copy.relire(chemin, definitions.get(identifiant))
    tables = {origine: relecture.table(chemin, feuilles, origine) for origine, _ in _ORIGINES.values()}
    lignes = donnees.lignes_par_table(resultat)

    def placer(table: TableDecrite, rang: int, titres: Sequence[str]) -> tuple[str, str]:
        if table not in _ORIGINES:
            return _dans_les_reperes(reperes, table, lignes[table][rang])
        origine, cle = _ORIGINES[table]
        lue, voulue = tables[origine], lignes[table][rang]
        ici = next((r for r, ligne in enumerate(lue.lignes) if all(ligne[c] == voulue[c] for c in cle)), None)
        connus = [t for t in (_DANS_LES_POSTES.get(t, t) for t in titres) if t in origine.titres] or [cle[0]]
        return lue.feuille, "" if ici is None else lue.cellules(ici, connus)

    return Copie(nom, empreinte, CONSOLIDATION, lignes, placer)


def _dans_les_reperes(reperes: TableLue, table: TableDecrite, ligne: Mapping[str, object]) -> tuple[str, str]:
    """The state of a fiche has its row there; the rest is the sheet as a whole, or the contract's definition."""
    if table is donnees_decrites.THEMES:
        return "définition du contrat", ""
    for rang, repere in enumerate(reperes.lignes):
        if table is donnees_decrites.FICHES and (repere["Rubrique"], repere["Objet"], repere["Champ"]) == ("Avancement", ligne["Fiche"], "etat"):
            return reperes.feuille, reperes.cellules(rang, ["Valeur"])
    return reperes.feuille, ""


def definitions(references: Iterable[str | Path]) -> dict[str, Contrat]:
    """Contract id → definition. Refus if one cannot be read."""
    lues = [contract.load(r) for r in references]
    return {c.id: c for c in lues}


# --- Which ones count -------------------------------------------------------------------------------------------------


def choisir(lues: Iterable[Copie | Ecart]) -> tuple[list[Copie], list[Ecart]]:
    """One copy a contract and year: the last consolidated, validated rather than provisional; the others are set aside.

    Two that differ and were made the same day in the same state: neither counts, for nothing says which is right.
    Contracts in alphabetical order, years in order.
    """
    groupes: dict[tuple[str, int], list[Copie]] = {}
    ecarts: list[Ecart] = []
    for lue in lues:
        if isinstance(lue, Ecart):
            ecarts.append(lue)
        else:
            groupes.setdefault(lue.cle, []).append(lue)
    retenues = []
    for cle in sorted(groupes):
        retenue, ecartees = _la_derniere(groupes[cle])
        retenues += [retenue] if retenue else []
        ecarts += ecartees
    return retenues, sorted(ecarts, key=lambda e: e.fichier)


def _la_derniere(copies: list[Copie]) -> tuple[Copie | None, list[Ecart]]:
    def rang(copie: Copie) -> tuple:
        return copie.contrat["Consolidé le"], copie.contrat["État"] == donnees_decrites.VALIDE

    plus_haut = max(map(rang, copies))
    premieres = [c for c in copies if rang(c) == plus_haut]
    retenue = premieres[0] if all(_figures(c) == _figures(premieres[0]) for c in premieres[1:]) else None
    ecarts = []
    for copie in copies:
        if copie is retenue:
            continue
        contrat, annee = copie.cle
        if rang(copie) < plus_haut:
            statut, raison = DOUBLON, f"Une version plus récente, ou validée, de ce contrat pour {annee} est retenue : « {premieres[0].fichier} »."
        elif retenue is None:
            autres = ", ".join(f"« {c.fichier} »" for c in premieres if c is not copie)
            statut, raison = DOUBLON, f"{autres} dit autre chose du même contrat, de la même année et du même jour : aucune n’est retenue. Demandez laquelle fait foi."
        else:
            statut, raison = IDENTIQUE, f"Les mêmes chiffres que « {premieres[0].fichier} », qui est retenue."
        ecarts.append(Ecart(copie.fichier, statut, raison, contrat, annee, copie.empreinte))
    return retenue, ecarts


def _figures(copie: Copie) -> list:
    """What a copy says, to the digits that a workbook keeps: a consolidation and the copy made of it say the same."""
    return [[tuple(_lisible(v) for v in ligne.values()) for ligne in copie.lignes[table]] for table in donnees_decrites.TABLES]


def _lisible(valeur: object) -> object:
    return f"{float(valeur):.12g}" if isinstance(valeur, (int, float, Decimal)) else valeur
