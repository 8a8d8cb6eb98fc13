"""The annotated copy of a return: what is wrong, where it is wrong, to be corrected and sent back as it is."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any, NamedTuple

from cls_workbook.anomalies import Anomalie, sort_out
from cls_workbook.domain.model import Contrat
from cls_workbook.french import typography
from cls_workbook.reading.locating.retour import Retour

if TYPE_CHECKING:
    from cls_workbook.office.annotation.anomaly_list_sheet import UnderstoodRow

SUFFIX = "-annote"
_NAME_BYTES = 255
ODS = (
    "Votre retour est un .ods : cette copie est un .xlsx, refait sur le modèle de l’année avec vos "
    "réponses. Corrigez celui-ci ; vos feuilles et notes ajoutées n’y sont pas."
)
REMADE = (
    "Votre fichier ne pouvait pas être annoté tel quel : cette copie est refaite sur le modèle de l’année "
    "avec vos réponses."
)


class AnnotatedCopy(NamedTuple):
    """``extension``: .xlsx or .xlsm. ``remade_because``: why the copy is not the very file that came ("" if it is)."""

    content: bytes
    extension: str
    remade_because: str


def annotate(
    retour: Retour,
    contrat: Contrat,
    anomalies: Sequence[Anomalie],
    addresses: Mapping[str, tuple[str, str]],
    normalisations: Iterable[Mapping[str, Any]] = (),
) -> AnnotatedCopy:
    """The annotated copy of a return that could be read, made from the bytes that it was read from. ``retour``: read
    with its content kept. ``addresses``: key of an input → (sheet, cell) in the return. ``normalisations``: what was
    understood as something else than typed (rows of ``typed_frames.NORMALISATIONS``)."""
    from cls_workbook.office.annotation.annotated_copy import WorkingCopy
    from cls_workbook.office.annotation.anomaly_list_sheet import as_understood
    from cls_workbook.office.annotation.returned_package import UnusualArchive

    content, file = retour.content, PurePosixPath(retour.file).name
    anomalies = sort_out(list(anomalies))
    understood = as_understood(normalisations)
    is_ods = b"opendocument" in content[:200]
    if not is_ods:
        try:
            file_copy = WorkingCopy(content)
            answers = ((s.sheet, s.cell, s.raw) for s in retour.saisies if isinstance(s.raw, str))
            content = file_copy.annotate(file, anomalies, understood=understood, answers=answers)
            return AnnotatedCopy(content, ".xlsm" if file_copy.macros else ".xlsx", "")
        except UnusualArchive:
            pass  # written by a program of its own kind: the answers are carried over instead
    why = typography(ODS if is_ods else REMADE)
    return AnnotatedCopy(_remade_copy(retour, contrat, file, anomalies, addresses, why, understood), ".xlsx", why)


def _remade_copy(
    retour: Retour,
    contrat: Contrat,
    file: str,
    anomalies: Sequence[Anomalie],
    addresses: Mapping[str, tuple[str, str]],
    why: str,
    understood: Sequence[UnderstoodRow],
) -> bytes:
    from cls_workbook.office.annotation.annotated_copy import WorkingCopy
    from cls_workbook.office.annotation.redrawn_return import remake
    from cls_workbook.reading.locating.expected_row import groupe_of

    carried_over = remake(retour, contrat)
    keys = {location: cle for cle, location in addresses.items()}
    displaced = {groupe_of(cle) for cle in retour.moved_inputs}
    in_place = {nom for groupe, nom in retour.worksheets.items() if groupe not in displaced} & carried_over.worksheets

    def where(sheet: str, cell: str) -> tuple[str, str] | None:
        if (cle := keys.get((sheet, cell), "")) in carried_over.places:
            return carried_over.places[cle]
        return (sheet, cell) if sheet in in_place else None  # a label, a computed cell

    remarks = (why, *carried_over.lost)
    return WorkingCopy(carried_over.content).annotate(file, anomalies, where, remarks, understood)


def copy_name(retour: Retour, extension: str) -> PurePosixPath:
    """Where the copy goes in the folder of copies: as the return, marked as a copy."""
    origin = PurePosixPath(retour.file)
    if origin.is_absolute() or ".." in origin.parts or Path(retour.file).is_absolute():
        origin = PurePosixPath(Path(retour.file).name)
    base = origin.stem if origin.stem.endswith(SUFFIX) else f"{origin.stem}{SUFFIX}"
    return origin.with_name(_short_enough(base, extension))


def _short_enough(base: str, extension: str) -> str:
    """A name that file systems take (255 bytes), with room for a number behind it."""
    room = _NAME_BYTES - len(extension) - len("-9999")
    if len(os.fsencode(base)) > room:
        base = os.fsencode(base.removesuffix(SUFFIX))[: room - len(SUFFIX)].decode(errors="ignore") + SUFFIX
    return base + extension
