"""A returned file, sheet by sheet: values as stored, and which cells hold a formula or an error.

A sheet of the usual shape is read by ``feuille_xml``; any other, and every .ods, by calamine. Both say the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Set
from functools import cached_property, lru_cache
from io import BytesIO
from typing import NamedTuple
from xml.parsers import expat

from python_calamine import CalamineError, CalamineWorkbook, SheetTypeEnum, SheetVisibleEnum

from cls_workbook.errors import Refus
from cls_workbook.reading.archive import REFAIRE, Parties
from cls_workbook.reading.feuille_xml import Contenu, contenu, textes_partages
from cls_workbook.reading.formats_de_date import formats_de_date
from cls_workbook.reading.formules import Speciale, SpecialesOds, SpecialesXlsx, analyser, formule, place, refuser_si_trop_etendue
from cls_workbook.reading.pourcentages import Pourcentage, formats_de_pourcentage
from cls_workbook.xlsx.sheets import adresse


class Grille:
    """One sheet. ``valeurs``: what its cells hold, by address (b"C14"), blanks left out; ``speciales``: (row, column), from 0,
    of each cell that holds a formula or an error → its formula (None: an error without formula) and whether it is in error."""

    def __init__(self, nom: str, lue: Contenu):
        self.nom, self._lue = nom, lue
        self.valeurs: Mapping[bytes, object] = lue.valeurs

    @property
    def formules_ecrites(self) -> Mapping[bytes, bytes] | None:
        """Address → formula, as the XML writes it; None where it is not known so."""
        return self._lue.formules

    @property
    def formulees(self) -> Set[bytes]:
        """The addresses of ``speciales``."""
        return self._lue.formules.keys() | self._lue.erreurs if self._lue.erreurs else self._lue.formules.keys()

    @cached_property
    def lignes(self) -> list[list]:
        """The rows from A1, blanks as "". Refus if something stands too far."""
        refuser_si_trop_etendue(self.nom, *_etendue({*self.valeurs, *self._lue.formules}))
        hauteur, largeur = _etendue(self.valeurs)
        lignes: list[list] = [[""] * largeur for _ in range(hauteur)]
        for repere, valeur in self.valeurs.items():
            i, j = place(repere)
            lignes[i][j] = valeur
        return lignes

    @cached_property
    def speciales(self) -> Mapping[tuple[int, int], Speciale]:
        formules, erreurs = self._lue.formules, self._lue.erreurs
        return {place(r): Speciale(formule(formules[r]) if r in formules else None, r in erreurs) for r in self.formulees}


def _etendue(reperes: Iterable[bytes]) -> tuple[int, int]:
    places = [place(repere) for repere in reperes]
    return (1 + max(i for i, _ in places), 1 + max(j for _, j in places)) if places else (0, 0)


class GrilleDeCalamine(Grille):
    """The same, where only calamine reads the values."""

    def __init__(self, nom: str, lignes: list[list], tableur: SpecialesXlsx | SpecialesOds):
        self.nom, self.lignes, self._tableur = nom, lignes, tableur

    @cached_property
    def valeurs(self) -> Mapping[bytes, object]:
        return {_repere(i, j): v for i, ligne in enumerate(self.lignes) for j, v in enumerate(ligne) if v != ""}

    @property
    def formules_ecrites(self) -> None:
        return None

    @property
    def formulees(self) -> Set[bytes]:
        return {_repere(i, j) for i, j in self.speciales}

    @cached_property
    def speciales(self) -> Mapping[tuple[int, int], Speciale]:
        return self._tableur.speciales(self.nom)


@lru_cache(maxsize=20_000)
def _repere(i: int, j: int) -> bytes:
    return adresse(i + 1, j + 1).encode()


class Classeur:
    """An opened file. Refus (with the remedy as detail) if it cannot or must not be read."""

    def __init__(self, octets: bytes):
        self._parties = Parties(octets)
        self._plan = None if "content.xml" in self._parties else _plan(self._parties["xl/workbook.xml"], self._parties["xl/_rels/workbook.xml.rels"])

    def grilles(self, sauf: str = "") -> Iterator[Grille]:
        """Each worksheet, in the order of the tabs. ``sauf``: a sheet to leave out if it is hidden."""
        usuel = self._usuel()
        for nom, cachee, partie in self._feuilles if usuel is None else self._plan.feuilles:
            if nom == sauf and cachee:
                continue
            lue = contenu(self._parties[partie], *usuel) if usuel else None
            yield self._de_calamine(nom) if lue is None else Grille(nom, lue)

    def _usuel(self):
        """(shared texts, formats of dates) of a file of which every sheet may be read here; else None."""
        if self._plan is None or not self._plan.usuel:
            return None
        textes, formats = textes_partages(self._parties["xl/sharedStrings.xml"]), formats_de_date(self._parties["xl/styles.xml"])
        return None if textes is None or formats is None else (textes, formats)

    # --- calamine ---

    @cached_property
    def _calamine(self) -> CalamineWorkbook:
        self._parties.eprouver()
        self._tableur.verifier()
        try:
            return CalamineWorkbook.from_filelike(BytesIO(self._parties.contenu))
        except (CalamineError, OSError, ValueError) as faute:
            raise Refus("Le fichier est abîmé : le classeur ne s’ouvre pas.", (REFAIRE,)) from faute

    @cached_property
    def _tableur(self) -> SpecialesXlsx | SpecialesOds:
        if self._plan is None:
            return SpecialesOds(self._parties["content.xml"])
        return SpecialesXlsx({f.nom: self._parties[f.partie] for f in self._plan.feuilles}, formats_de_pourcentage(self._parties["xl/styles.xml"]))

    @property
    def _feuilles(self) -> list[Feuille]:
        trouvees = [f for f in self._calamine.sheets_metadata if f.typ == SheetTypeEnum.WorkSheet]
        return [Feuille(f.name, f.visible != SheetVisibleEnum.Visible, "") for f in trouvees]

    def _de_calamine(self, nom: str) -> Grille:
        try:
            lignes = self._calamine.get_sheet_by_name(nom).to_python(skip_empty_area=False)
        except (CalamineError, OSError, ValueError, OverflowError) as faute:
            raise Refus(f"Le fichier est abîmé : la feuille « {nom} » ne se lit pas.", (REFAIRE,)) from faute
        for i, j in self._tableur.pourcentages(nom):
            if i < len(lignes) and j < len(lignes[i]) and isinstance(lignes[i][j], float):
                lignes[i][j] = Pourcentage(lignes[i][j])
        return GrilleDeCalamine(nom, lignes, self._tableur)


# --- The sheets of an .xlsx -----------------------------------------------------------------------------------------


class Feuille(NamedTuple):
    nom: str
    cachee: bool
    partie: str


class Plan(NamedTuple):
    """``usuel``: worksheets only, parts under their usual names, days counted from 1900."""

    feuilles: tuple[Feuille, ...]
    usuel: bool


_USUELLES = {"sharedStrings": "xl/sharedStrings.xml", "styles": "xl/styles.xml"}


@lru_cache(maxsize=64)
def _plan(classeur: bytes, relations: bytes) -> Plan:
    """The sheets that ``xl/workbook.xml`` names, with their parts. Refus if it is no XML."""
    cibles: dict[str, tuple[str, str]] = {}
    for balise, attributs in _balises(relations) if relations else ():
        if balise == "Relationship":
            cible, nature = attributs.get("Target", ""), attributs.get("Type", "").rpartition("/")[2]
            cibles[attributs.get("Id", "")] = nature, cible.lstrip("/") if cible.startswith("/") else f"xl/{cible}"
    usuel = all(_USUELLES.get(nature, partie) == partie for nature, partie in cibles.values())
    feuilles = []
    for balise, attributs in _balises(classeur):
        if balise == "sheet":
            relation = next((v for k, v in attributs.items() if k.rpartition("}")[2] == "id" and "}" in k), "")
            nature, partie = cibles.get(relation, ("", ""))
            usuel = usuel and nature == "worksheet"
            feuilles.append(Feuille(attributs.get("name", ""), attributs.get("state", "visible") != "visible", partie))
        elif balise == "workbookPr":
            usuel = usuel and attributs.get("date1904", "0") in ("0", "false")
    return Plan(tuple(feuilles), usuel and len({f.nom for f in feuilles}) == len(feuilles))


def _balises(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """(local name, attributes) of every element."""
    trouvees: list[tuple[str, dict[str, str]]] = []
    lecteur = expat.ParserCreate(namespace_separator="}")
    lecteur.StartElementHandler = lambda nom, attributs: trouvees.append((nom.rpartition("}")[2], attributs))
    analyser(lecteur, xml)
    return trouvees
