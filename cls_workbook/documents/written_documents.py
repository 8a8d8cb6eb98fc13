"""The documents as files: a consolidation is read back, what it says is put down as Word or as slides.

Nothing is written unless all of it could be.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar
from zipfile import BadZipFile

from cls_workbook.documents.same_package import as_document, repacked
from cls_workbook.errors import Refusal
from cls_workbook.french import NBSP
from cls_workbook.reports.agency.ars_copy import read_back
from cls_workbook.reports.agency.libreoffice_conversion import require_odt, to_odt
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.workbook.saving import save

Written = TypeVar("Written")
_LACKING = (
    "Le bilan et la présentation demandent deux bibliothèques de plus : installez-les par "
    "« pip install cls-workbook[documents] »."
)
DOCX, ODT = "docx", "odt"


def write_bilan(
    consolidation: str | Path | Result,
    output: str | Path,
    contrat: str | Path | None = None,
    modele: str | Path | None = None,
    format_: str = DOCX,
) -> Path:
    """Writes the annual report at ``output``; its path. ``consolidation``: its file, or what it says; ``modele``: a
    Word file whose headers, footers and styles are kept; ``format_``: docx, or odt, which needs LibreOffice.

    Refusal if ``consolidation`` is no consolidation, if ``modele`` is no Word file, if a library is missing; then
    nothing is written.
    """
    try:
        from cls_workbook.documents.word_file import WordFile
    except ImportError as missing:
        raise Refusal(_LACKING) from missing
    from cls_workbook.documents.bilan_content import bilan, titre

    if format_ == ODT:
        require_odt()
    portrait = _portrait(consolidation, contrat)
    result = portrait.result
    whole = f"{titre(portrait)} — {result.contrat.titre}"
    footer = f"{result.contrat.nom_court} · {titre(portrait).lower()} · {result.etat.lower()}"
    written = _opened(modele, "un document Word (.docx)", lambda content: WordFile(whole, footer, result.day, content))
    written.add(bilan(portrait))
    content = repacked(written.to_bytes())
    save(to_odt(content) if format_ == ODT else content, output)
    return Path(output)


def write_presentation(
    consolidation: str | Path | Result,
    output: str | Path,
    contrat: str | Path | None = None,
    modele: str | Path | None = None,
) -> Path:
    """Writes the slides for the COPIL at ``output``; its path. ``modele``: a PowerPoint file whose look and slides are
    kept. Refusal as ``write_bilan``."""
    try:
        from cls_workbook.documents.slides_file import SlidesFile
    except ImportError as missing:
        raise Refusal(_LACKING) from missing
    from cls_workbook.documents.presentation_content import presentation, under_the_title

    portrait = _portrait(consolidation, contrat)
    result = portrait.result
    titre = f"{result.contrat.nom_court} : le comité de pilotage {portrait.year_label()}"
    written = _opened(modele, "une présentation PowerPoint (.pptx)", lambda c: SlidesFile(titre, result.day, c))
    written.cover(result.contrat.nom_court, under_the_title(portrait))
    written.add(presentation(portrait))
    save(repacked(written.to_bytes()), output)
    return Path(output)


def _portrait(consolidation: str | Path | Result, contrat: str | Path | None) -> Portrait:
    """What the consolidation says, small counts masked and persons taken out."""
    if isinstance(consolidation, Result):
        return Portrait(consolidation)
    return Portrait(read_back(consolidation, contrat))


def _opened(modele: str | Path | None, kind: str, make: Callable[[bytes | None], Written]) -> Written:
    """The file under way, in the template if there is one. Refusal if that is not of its kind."""
    if modele is None:
        return make(None)
    try:
        return make(as_document(Path(modele).read_bytes()))
    except OSError as fault:
        raise Refusal(f"Le modèle «{NBSP}{modele}{NBSP}» est introuvable ou illisible.") from fault
    except (ValueError, KeyError, BadZipFile, SyntaxError) as fault:
        raise Refusal(
            f"Le modèle «{NBSP}{modele}{NBSP}» n’est pas {kind} que l’on puisse remplir. Enregistrez-le sous ce "
            f"format, puis recommencez."
        ) from fault
