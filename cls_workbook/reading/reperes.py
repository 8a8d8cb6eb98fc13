"""What a reader expects to find in the workbook of a contract and a year: keyed rows, printed texts, locked facts.

Compiled once per process from the plan that drew the workbook; the drawing itself is then forgotten.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

from cls_workbook import entry
from cls_workbook.contract.model import Contrat
from cls_workbook.entry.layout import A_REMPLIR, REMPLI, Emplacement, PlanFeuille
from cls_workbook.entry.layout import MEMOIRE as COLONNE_MEMOIRE
from cls_workbook.francais import plier
from cls_workbook.reading.gabarit import Gabarit
from cls_workbook.reading.libres import MEMOIRE, NOMBRE, TEXTE, Libre
from cls_workbook.xlsx.sheets import Cellule, Formule, Lien

ACCUEIL, IDENTIFICATION = "accueil", "identification"
INFORMATIONS = "accueil/information/"  # rows whose text depends on the campaign
CONTRATS_GARDES = 8


@dataclass(frozen=True, slots=True)
class Attendue:
    """A keyed row as it was sent out; columns count from 1.

    ``textes``: what is printed. ``faits``: locked values that must come back unchanged. ``calculs``: formulas, of which
    ``suivi`` (0: none) only says « rempli »; ``compte``: the row counts among the answers expected.
    ``libres``: its columns whose locked content the contract alone does not tell.
    """

    cle: str
    prefixe: str  # the key of the table, or of the form, that the row is part of
    numero: int
    role: str
    etiquette: str
    colonne_etiquette: int
    places: tuple[Emplacement, ...]
    textes: dict[int, str]
    faits: dict[int, object]
    calculs: frozenset[int]
    suivi: int
    compte: bool
    libres: dict[int, Libre]

    @property
    def par_entete(self) -> bool:
        return bool(self.places) and self.places[0].ancre == "entete"


class Comptee(NamedTuple):
    """An answer expected. ``demandees``: keys of the inputs that make it; ``statut``: of the one that says why not; ``detail``: of its breakdown."""

    mesure: str
    demandees: tuple[str, ...]
    statut: str
    detail: str

    @classmethod
    def de(cls, attendue: Attendue) -> Comptee:
        mesure = next((p.mesure for p in attendue.places if p.mesure), "")
        demandees = tuple(p.cle for p in attendue.places if p.obligatoire)
        return cls(mesure, demandees, f"{attendue.cle}/statut", attendue.cle.replace("/mesures/", "/ventilations/"))


class Modele:
    """The expected rows by key, and the printed texts of each sheet.

    ``extensibles``: prefix of a table that may grow → its first row; ``cases``: prefixes of lists of names to tick.
    """

    def __init__(self, contrat: Contrat, annee: int):
        plan = entry.plan(contrat, annee)
        self.contrat, self.annee = contrat, annee
        self.rangees: dict[str, Attendue] = {}
        self.groupes: dict[str, tuple[str, ...]] = {}
        self.textes: dict[str, frozenset[str]] = {}
        self.ambigus: dict[str, frozenset[str]] = {}  # printed texts of a sheet that are also choices of one of its inputs
        self.comptees: dict[str, list[Comptee]] = {}
        self.gabarits: dict[str, Gabarit] = {}
        self.extensibles: dict[str, Attendue] = {}
        self.entetes: dict[str, Attendue] = {}
        for feuille in plan.feuilles:
            self._compiler(feuille)
        dessinees = {f.feuille.nom for f in plan.feuilles}
        self.annexes = {f.nom: (_textes(f.cellules), f.etat == "visible") for f in plan.classeur.feuilles if f.nom not in dessinees}
        self.cases = {a.prefixe for a in self.rangees.values() if a.places and not a.par_entete and not a.etiquette}
        self.places = {p.cle: p for a in self.rangees.values() for p in a.places}
        self._empreintes: dict[tuple[str, ...], str] = {}
        self.compris: dict[tuple, object] = {}  # (key of an input, kind, what was typed) → what it means (``typage``)

    def _compiler(self, feuille: PlanFeuille) -> None:
        par_ligne: dict[int, list[Cellule]] = {}
        for cellule in feuille.feuille.cellules:
            par_ligne.setdefault(cellule.ligne, []).append(cellule)
        for cle, rangee in feuille.rangees.items():
            self.rangees[cle] = attendue = _attendue(cle, rangee, par_ligne.get(rangee.numero, []))
            if rangee.role == "entete":
                self.entetes[attendue.prefixe] = attendue
            if attendue.prefixe in feuille.extensibles and attendue.places:
                self.extensibles.setdefault(attendue.prefixe, attendue)
        groupe = next(iter(feuille.rangees)).partition("/")[0]
        self.groupes[groupe] = tuple(feuille.rangees)
        self.textes[groupe] = _textes(feuille.feuille.cellules)
        siennes = [self.rangees[cle] for cle in feuille.rangees]
        self.ambigus[groupe] = self.textes[groupe] & {choix for a in siennes for p in a.places for choix in p.choix}
        self.comptees[groupe] = [Comptee.de(a) for a in siennes if a.compte]
        libres = {(a.numero, colonne): libre for a in siennes for colonne, libre in a.libres.items()}
        self.gabarits[groupe] = Gabarit(feuille, siennes, libres)

    def place(self, cle: str) -> Emplacement | None:
        """The input of that key; for a row that a partner added to a table, the input of its first row."""
        connue = self.places.get(cle)
        if connue is None:
            rangee, _, champ = cle.rpartition("/")
            modele = self.extensibles.get(rangee.rpartition("/")[0])
            connue = next((p for p in modele.places if p.champ == champ), None) if modele else None
        return connue

    def version(self, fiches: tuple[str, ...]) -> str:
        """The version that a workbook with these fiches bears, when it was made from this very contract."""
        if fiches not in self._empreintes:
            groupes = (ACCUEIL, *(g for g in self.groupes if g in fiches))
            self._empreintes[fiches] = entry.version((p for g in groupes for c in self.groupes[g] for p in self.rangees[c].places), self.annee)
        return self._empreintes[fiches]


def _attendue(cle: str, rangee, cellules: list[Cellule]) -> Attendue:
    textes: dict[int, str] = {}
    suivi, compte, libres = 0, False, {}
    for _, colonne, valeur, style in cellules:
        if isinstance(valeur, (str, Lien)) and colonne > 1:
            textes[colonne] = valeur if isinstance(valeur, str) else valeur.texte
        elif isinstance(valeur, Formule) and f'"{REMPLI}"' in valeur.texte and "COUNTIF" not in valeur.texte:
            suivi, compte = colonne, valeur.valeur in (REMPLI, A_REMPLIR)
        if colonne == rangee.rappel:
            # what the contract says of it is the beginning of what the campaign prints there; of its informations, it says nothing
            nature = NOMBRE if style.startswith("repere:") and style != "repere:texte" else TEXTE
            libres[colonne] = Libre(cle, nature, "" if valeur is None or cle.startswith(INFORMATIONS) else str(valeur))
        elif valeur is None and colonne == COLONNE_MEMOIRE:
            libres[colonne] = Libre(cle, MEMOIRE)
    saisies = {p.colonne for p in rangee.emplacements}
    return Attendue(
        cle, cle.rpartition("/")[0], rangee.numero, rangee.role, rangee.etiquette, rangee.colonne_etiquette, tuple(rangee.emplacements),
        {c: t for c, t in textes.items() if c not in saisies and c != rangee.rappel}, dict(rangee.reperes), frozenset(rangee.calculs), suivi, compte,
        libres,
    )  # fmt: skip


def _textes(cellules: Iterable[Cellule]) -> frozenset[str]:
    """Every printed text, as printed and folded."""
    imprimes = {c.valeur if isinstance(c.valeur, str) else c.valeur.texte for c in cellules if isinstance(c.valeur, (str, Lien))}
    return frozenset(imprimes | {plier(t) for t in imprimes})


_modeles: dict[tuple[int, int], tuple[Contrat, Modele]] = {}


def modele_de(contrat: Contrat, annee: int) -> Modele:
    """The ``Modele`` of this contract and year, compiled once (a tenth of a second)."""
    # By identity: hashing a whole contract would take longer than reading a return. Kept alive, so that its id stays its own.
    contrat = contrat.en(annee)
    cle = id(contrat), annee
    if cle not in _modeles:
        # The same contract may come again as another object, sent by another process.
        connu = next((m for c, m in _modeles.values() if m.annee == annee and c == contrat), None)
        if len(_modeles) >= CONTRATS_GARDES:
            _modeles.pop(next(iter(_modeles)))
        _modeles[cle] = contrat, connu or Modele(contrat, annee)
    return _modeles[cle][1]
