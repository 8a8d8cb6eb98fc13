"""The dictionary of a campaign: every input cell of its workbook, as a table for other programs and for people."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from os import PathLike

from cls_workbook import csv_texts
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.targets import target_in_words, targets_in
from cls_workbook.errors import Refusal
from cls_workbook.forms.layout import InputPlace
from cls_workbook.forms.year_workbook import WorkbookPlan
from cls_workbook.workbook.description import CellRange, ExcelTable, PrintSetup, Sheet, Workbook

COLUMNS = (
    "cle",
    "fiche",
    "bloc",
    "mesure",
    "champ",
    "libelle",
    "type",
    "unite",
    "choix",
    "min",
    "max",
    "obligatoire",
    "feuille",
    "cellule",
    "structures",
)
WIDTHS = (40, 8, 15, 12, 18, 70, 11, 20, 44, 8, 16, 12, 13, 10, 44)
FIGURES = ("valeur", "numerateur", "moyenne", "satisfaits")  # the input of a measure that its target stands beside
TICK = ["x"]  # what ticks a box
FORMATS = ("json", "csv", "xlsx")
SEPARATOR = " | "  # between choices, and between structures, where a cell holds several


@dataclass(frozen=True)
class Listing:
    """What a list is called, the names of its columns and their widths in characters."""

    titre: str
    columns: tuple[str, ...]
    widths: tuple[int, ...]


INPUTS = Listing("Dictionnaire des saisies", COLUMNS, WIDTHS)
Members = Mapping[str | tuple[str, str], Sequence[str]]


def dictionnaire(plan: WorkbookPlan, membres: Members | None = None) -> list[dict[str, object]]:
    """One dict per input cell, in the order of the workbook, with the names of ``COLUMNS``.

    ``fiche`` and ``mesure`` are "" where there is none, ``unite``, ``min`` and ``max`` None. ``max`` of a texte or a
    code is its greatest length. The label of a measure's figure says its target. ``structures``: ids of those that may
    answer; a group stands as its named ``membres`` (group id → names; (group id, fiche) → those of one fiche), else as
    its own id.
    """
    contrat = plan.contrat
    par_fiche = {f.numero: _structures(contrat, f, membres or {}) for f in contrat.fiches}
    if plan.respondent:
        par_fiche = dict.fromkeys(par_fiche, [plan.respondent.id])
    everything = list(dict.fromkeys(s for structures in par_fiche.values() for s in structures))
    wanted = {
        m: target_in_words(c, contrat.by_mesure[m][2], contrat) for m, c in targets_in(contrat, plan.annee).items()
    }
    return [
        _entry(
            place,
            par_fiche.get(place.fiche, everything),
            wanted.get(place.mesure, "") if place.champ in FIGURES and not place.modalite else "",
        )
        for place in plan.input_places()
    ]


def _structures(contrat: Contrat, fiche: Fiche, membres: Members) -> list[str]:
    """Ids of those that may answer for a fiche, each once; a named member without id stands as its name."""
    ids: list[str] = []
    for porteur, _ in fiche.repondants():
        known = contrat.by_structure.get(porteur)
        named = membres.get((porteur, fiche.numero), membres.get(porteur, ())) if known and known.groupe else ()
        ids += [contrat.identify(nom) or nom for nom in named] or [porteur]
    return list(dict.fromkeys(ids))


def _entry(place: InputPlace, structures: list[str], target: str) -> dict[str, object]:
    values = (
        place.cle,
        place.fiche,
        place.bloc,
        place.mesure,
        place.champ,
        " — ".join(filter(None, (" ".join(place.libelle.split()), target))),
        place.type,
        place.unite,
        list(place.choix) or TICK * (place.type == "case"),
        _number(place.minimum),
        _number(place.length if place.type in ("texte", "code") else place.maximum),
        place.obligatoire,
        place.sheet,
        place.cell,
        list(structures),
    )
    return dict(zip(COLUMNS, values, strict=True))


def _number(valeur: Decimal | int | None) -> int | float | None:
    if isinstance(valeur, Decimal):
        return int(valeur) if valeur == valeur.to_integral_value() else float(valeur)
    return valeur


# --- Files ----------------------------------------------------------------------------------------------------------


def write(
    lines: Iterable[Mapping[str, object]],
    format: str,
    output: str | PathLike[str] | None = None,
    listing: Listing = INPUTS,
) -> None:
    """Write a dictionary, or another ``listing``, to the file ``output``, or to the standard output.

    json: a list of objects, UTF-8. csv: for a French Excel, hence UTF-8 with a byte order mark, semicolons and decimal
    commas. xlsx: one Excel table. Refusal for an unknown format, an xlsx without file, or a file it cannot write.
    """
    if format not in FORMATS:
        raise Refusal(f"Le format « {format} » est inconnu. Formats possibles : {', '.join(FORMATS)}.")
    if format == "xlsx" and output is None:
        raise Refusal("Un classeur ne s’affiche pas à l’écran : indiquez le fichier à écrire avec --sortie.")
    content = _content(list(lines), format, listing)
    if output is None:
        _show(content)
        return
    # XlsxWriter is not needed to print a text.
    from cls_workbook.workbook.saving import save

    save(content, output)


def _show(content: bytes) -> None:
    """The bytes as they are: a console's own encoding may lack our letters. A stream of texts takes a text."""
    stream = getattr(sys.stdout, "buffer", None)
    if stream is None:
        sys.stdout.write(content.decode())
        return
    sys.stdout.flush()
    stream.write(content)
    stream.flush()


def _content(lines: list[Mapping[str, object]], format: str, listing: Listing) -> bytes:
    if format == "json":
        return (json.dumps(lines, ensure_ascii=False, indent=1) + "\n").encode()
    if format == "csv":
        return _csv(lines, listing.columns).encode("utf-8-sig")
    from cls_workbook.workbook.writer import to_bytes

    return to_bytes(_workbook(lines, listing))


def _csv(lines: Iterable[Mapping[str, object]], columns: Sequence[str]) -> str:
    texte = io.StringIO()
    csv_texts.write(texte, columns, ([_csv_cell(line[nom]) for nom in columns] for line in lines), delimiter=";")
    return texte.getvalue()


def _csv_cell(valeur: object) -> str:
    if isinstance(valeur, float):
        return str(valeur).replace(".", ",")
    texte = _as_shown(valeur)
    if isinstance(texte, str):
        return csv_texts.neutralized(texte)
    return "" if texte is None else str(texte)


def _as_shown(valeur: object) -> object:
    """A value as one cell shows it."""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    return SEPARATOR.join(map(str, valeur)) if isinstance(valeur, list) else valeur


def _workbook(lines: Sequence[Mapping[str, object]], listing: Listing) -> Workbook:
    """One sheet, one table; texts are written as texts, so nothing in it can be computed."""
    sheet = Sheet("Dictionnaire", widths=dict(enumerate(listing.widths, 1)), frozen_at=(1, 1), selection=(2, 1))
    for column, nom in enumerate(listing.columns, 1):
        sheet.write(1, column, nom, "entete")
    sheet.heights[1] = 24
    for numero, line in enumerate(lines, 2):
        style = "cellule" if numero % 2 == 0 else "cellule_alt"
        for column, nom in enumerate(listing.columns, 1):
            valeur = _as_shown(line[nom])
            sheet.write(numero, column, valeur, f"{style}:droite" if isinstance(valeur, (int, float)) else style)
    whole = CellRange(1, 1, len(lines) + 1, len(listing.columns))
    sheet.sheet_tables.append(ExcelTable("Dictionnaire", whole, listing.columns))
    sheet.print_setup = PrintSetup(repeated_rows=(1, 1), zone=whole, left_footer=listing.titre)
    return Workbook([sheet], listing.titre)
