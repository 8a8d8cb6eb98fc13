"""What a zip is: a workbook of Excel, one of LibreOffice, or something else, told by its name."""

from __future__ import annotations

from cls_workbook.errors import Refusal
from cls_workbook.reading.cells.shown import quoted
from cls_workbook.reading.opening.xlsx_directory import ROOT_RELATIONS, ambiguous, workbook_part
from cls_workbook.reading.opening.zip_parts import SEND_ORIGINAL, UNPACK, ZipParts

ODS_CONTENT = "content.xml"
_MANIFEST, _MIMETYPE = "META-INF/manifest.xml", "mimetype"


def main_part(parts: ZipParts) -> str:
    """The part that says which sheets there are: ``content.xml`` of an .ods, or the workbook of an .xlsx. Refusal if it
    is neither, or both."""
    xlsx = workbook_part(parts[ROOT_RELATIONS])
    is_xlsx, is_ods = xlsx in parts and xlsx.endswith(".xml") and not xlsx.startswith("word/"), _is_ods(parts)
    if is_xlsx and is_ods:
        raise ambiguous("il contient deux classeurs")
    if is_xlsx or is_ods:
        return xlsx if is_xlsx else ODS_CONTENT
    if xlsx.endswith(".bin") or "xl/workbook.bin" in parts:
        raise Refusal(
            "Le fichier est au format binaire d’Excel (.xlsb).",
            ("Ouvrez-le, enregistrez-le au format .xlsx, puis renvoyez-le.",),
        )
    if "word/document.xml" in parts:
        raise Refusal("Le fichier est un document Word.", (SEND_ORIGINAL,))
    if inside := parts.workbooks():
        raise Refusal(f"Le fichier est une archive, qui contient {quoted(inside)}.", (UNPACK,))
    raise Refusal(
        "Le fichier est une archive ou un document qui n’est pas un classeur, quelle que soit son extension.",
        (SEND_ORIGINAL,),
    )


def _is_ods(parts: ZipParts) -> bool:
    if ODS_CONTENT not in parts:
        return False
    if b"encryption-data" in parts[_MANIFEST]:
        raise Refusal(
            "Le classeur est protégé par un mot de passe à l’ouverture.",
            ("Enregistrez-le sans mot de passe, puis renvoyez-le.",),
        )
    return _MIMETYPE not in parts or b"spreadsheet" in parts[_MIMETYPE]
