"""What a click starts from: the open workbook read whole, what its Accueil says, the contract,
the folder of the returns.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path, PureWindowsPath
from typing import TYPE_CHECKING

from cls_workbook.button import open_content
from cls_workbook.button.excel_patience import Patience
from cls_workbook.definition.toml_reader import load_sound, shipped
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal, system_reason
from cls_workbook.office.coordinator import home_rows
from cls_workbook.office.coordinator.home_rows import CellPosition
from cls_workbook.pipeline.way_out import verify_year
from cls_workbook.reading.opening.open_sheets import WorkbookRows
from cls_workbook.redrawing.standing_sheet import StandingSheet
from cls_workbook.redrawing.value_forms import as_written

if TYPE_CHECKING:
    import xlwings

    from cls_workbook.pilotage import Pilotage


@dataclass(frozen=True)
class OpenWorkbook:
    """The workbook as it was when the button was clicked. ``path``: where it lies on this computer, None if nobody
    knows. ``patience``: with an Excel that is busy, during this click."""

    book: xlwings.Book
    contents: Mapping[str, StandingSheet]
    accueil: StandingSheet
    places: Mapping[str, CellPosition]
    path: Path | None
    patience: Patience

    def told(self, nom: str) -> str:
        """What a case of Accueil says, as text; "" if blank or lost."""
        place = self.places.get(nom)
        valeur = self.accueil.valeur(*place) if place else ""
        return str(int(valeur)) if isinstance(valeur, float) and valeur.is_integer() else str(valeur).strip()

    def own_file(self, subject: str, otherwise: str = "puis recommencez") -> Path:
        """Where the workbook lies. Refusal if nobody knows; ``subject``: what needs it, « … du classeur »."""
        if self.path is None:
            raise Refusal(
                f"{subject} du classeur, qui n’a pas d’emplacement connu sur ce poste (jamais enregistré, ou ouvert "
                f"depuis OneDrive ou SharePoint). Enregistrez-le dans un dossier de l’ordinateur, {otherwise}."
            )
        return self.path

    def write(self, nom: str, valeur: object) -> None:
        """Puts a value in a case of Accueil; nothing if the case is lost."""
        if place := self.places.get(nom):
            cell = self.book.sheets[self.accueil.nom].range(place.cell)
            self.patience(setattr, cell, "value", as_written(valeur))

    def worksheets(self, tables: frozenset[str] = frozenset()) -> WorkbookRows:
        """The sheets as ``pilotage`` reads them, without those that hold one of ``tables``: what is there was typed by
        partners."""
        return WorkbookRows(
            self.book.name, {nom: c.lines for nom, c in self.contents.items() if not tables & c.tables.keys()}
        )


@dataclass(frozen=True)
class OpenCampagne:
    """What Accueil says, understood."""

    contrat: Contrat
    annee: int
    folder: Path
    precedent: Path | None
    pilotage: Pilotage


def open_up(book: xlwings.Book) -> OpenWorkbook:
    """Refusal if the workbook is not a coordinator's."""
    patience = Patience()
    contents = open_content.read(book, patience)
    for content in contents.values():
        if places := home_rows.find(content.lines):
            return OpenWorkbook(book, contents, content, places, placement(book), patience)
    raise Refusal(
        "Ce classeur n’est pas celui de la coordination : sa feuille « Accueil » est introuvable. "
        "Ouvrez le classeur fabriqué par la commande « coordonner »."
    )


def placement(book: xlwings.Book) -> Path | None:
    """The file of the workbook on this computer; None if it was never saved, or lies where no local path leads."""
    try:
        nom = book.fullname
    except Exception:  # xlwings has no one exception for a OneDrive or SharePoint address that it cannot follow
        return None
    return Path(nom) if absolute(nom) and Path(nom).exists() else None


def absolute(path: str) -> bool:
    return Path(path).is_absolute() or PureWindowsPath(path).is_absolute()


def campagne(opened: OpenWorkbook, tables: frozenset[str]) -> OpenCampagne:
    """Refusal, naming the cell, if what Accueil says cannot be used. ``tables``: those that the tool writes."""
    from cls_workbook import pilotage as coordination

    contrat = contrat_of(opened)
    annee = opened.told("annee")
    if not annee.isdigit():
        raise Refusal(
            f"{_location(opened, 'annee')} : « {annee} » n’est pas une année. Rétablissez-la, puis recommencez."
        )
    verify_year(contrat, int(annee))
    contrat, folder = in_year(contrat, int(annee)), retours_folder(opened)
    saisies = coordination.read(opened.worksheets(tables), contrat, int(annee))
    return OpenCampagne(contrat, int(annee), folder, _previous(opened), saisies)


def contrat_of(opened: OpenWorkbook) -> Contrat:
    """The definition that Accueil names: a shipped id, or a file (from the workbook's folder, unless its path is
    whole)."""
    reference, identifier = opened.told("contrat"), opened.told("identifiant")
    reference = reference or identifier
    if not reference:
        raise Refusal(
            f"{_location(opened, 'contrat')} : le contrat n’est pas dit. Écrivez son identifiant, "
            "ou le chemin de sa définition."
        )
    if reference not in shipped() and not absolute(reference) and opened.path:
        reference = str(opened.path.parent / reference)
    contrat = load_sound(reference)
    if identifier and contrat.id != identifier:
        raise Refusal(
            f"{_location(opened, 'contrat')} : cette définition est celle du contrat « {contrat.id} », "
            f"le classeur est celui de « {identifier} ». "
            "Indiquez la définition de ce contrat-ci."
        )
    return contrat


def retours_folder(opened: OpenWorkbook) -> Path:
    """The folder that Accueil names, which exists and can be read. Refusal otherwise."""
    folder = _from_workbook(opened, "dossier", opened.told("dossier") or home_rows.DEFAULT_FOLDER)
    where = _location(opened, "dossier")
    if not folder.exists():
        raise Refusal(
            f"{where} : le dossier des retours « {folder} » n’existe pas. "
            "Créez-le et déposez-y les retours, ou indiquez le bon dossier."
        )
    if not folder.is_dir():
        raise Refusal(f"{where} : « {folder} » est un fichier. Indiquez le dossier qui contient les retours.")
    try:
        os.listdir(folder)
    except OSError as error:
        raise Refusal(
            f"{where} : le dossier des retours « {folder} » ne peut pas être lu "
            f"({system_reason(error)}). Vérifiez vos droits sur ce dossier, ou indiquez-en un autre."
        ) from error
    return folder


def _previous(opened: OpenWorkbook) -> Path | None:
    told = opened.told("precedent")
    if not told:
        return None
    file = _from_workbook(opened, "precedent", told)
    if not file.is_file():
        raise Refusal(
            f"{_location(opened, 'precedent')} : « {file} » est introuvable. "
            "Indiquez la consolidation de l’an dernier, ou videz la cellule."
        )
    return file


def _from_workbook(opened: OpenWorkbook, nom: str, told: str) -> Path:
    if absolute(told):
        return Path(told)
    subject = f"{_location(opened, nom)} : « {told} » part du dossier"
    return opened.own_file(subject, "ou écrivez ici un chemin complet").parent / told


def _location(opened: OpenWorkbook, nom: str) -> str:
    place = opened.places.get(nom)
    return f"Feuille « {opened.accueil.nom} »" + (f", cellule {place.cell}" if place else "")
