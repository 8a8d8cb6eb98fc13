"""The sheets added to an annotated copy: the list of anomalies, and a hidden register of the colours that were there.

Their rows bear keys that begin with ``annotations/``: reading leaves them alone when the copy comes back.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, NamedTuple, TypeVar

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, GRAVITIES, INFORMATION, Anomalie, counted
from cls_workbook.forms.layout import MARK, height
from cls_workbook.french import typography
from cls_workbook.reading.beside.annotation_lists import ANNOTATIONS, FILLS, NOTES, TEXTS, digests
from cls_workbook.reading.cells.shown import as_text
from cls_workbook.reading.locating.workbook_model import printed_text
from cls_workbook.reading.opening.special_cells import place
from cls_workbook.workbook.description import CellRange, Link, PrintSetup, Sheet, reference

NAME, REGISTER = "Anomalies", "_annotations"
PREFIX = f"{MARK}{ANNOTATIONS}/"
TITLES = ("N°", "Gravité", "Feuille", "Cellule", "Question", "Trouvé", "Attendu", "À faire")
WIDTHS = (4.0, 5.0, 12.0, 13.0, 11.0, 28.0, 28.0, 26.0, 34.0)
STYLES = {BLOCKING: "gravite_bloquant", A_CONFIRMER: "gravite_a_confirmer", INFORMATION: "gravite_information"}
COLORS = {BLOCKING: "annote_bloquant", A_CONFIRMER: "annote_a_confirmer", INFORMATION: "annote_information"}
MEANINGS = {
    BLOCKING: "À corriger : tant que ce n’est pas fait, cette valeur n’entre dans aucun total.",
    A_CONFIRMER: "Corrigez ; ou, si c’est juste, laissez et dites-le à la coordination.",
    INFORMATION: "Bon à savoir : rien à faire.",
}
ADVICE = (
    "Un clic dans la colonne « Cellule » mène à la case : elle est colorée, et son commentaire dit quoi faire.",
    "Corrigez sur place, enregistrez, puis renvoyez ce fichier tel quel : couleurs, commentaires et cette feuille n’y "
    "gênent rien.",
)
UNDERSTOOD = "Rien, si c’est bien cela\u00a0; sinon, corrigez la case."
_SEND_BACK = re.compile(r",? puis renvoyez(?:-le| le classeur| le fichier)(?=\.)")
ALL_RIGHT = ("Ce fichier peut être gardé tel quel.",)
MAX_CITED, MAX_TEXT = 6, 1500
DIGESTS_MAX = 1_000  # in one cell
B = 2

# (sheet, cell) of an anomaly → where it is in the copy, or None
Locator = Callable[[str, str], tuple[str, str] | None]
_NAME_IN_FOOTER = 80  # characters; Excel takes 255 for all of it


Listed = TypeVar("Listed", bound="Anomalie | UnderstoodRow")


def down_the_sheets(rows: Iterable[Listed], worksheets: Iterable[str]) -> list[Listed]:
    """As one meets them: what is about the whole file, then sheet after sheet (``worksheets``), from top to bottom."""
    ranks = {nom: rank for rank, nom in enumerate(worksheets)}

    def met(row: Listed) -> tuple[int, tuple[int, int]]:
        first = min(map(_place, row.cells), default=(0, 0))
        return ranks.get(row.sheet, -1), first

    return sorted(rows, key=met)


def _place(cell: str) -> tuple[int, int]:
    row, column = place(cell.encode())
    return row, column


class UnderstoodRow(NamedTuple):
    """A row of the list that is no anomaly: what was typed, and what it was taken for."""

    sheet: str
    cells: tuple[str, ...]
    champ: str
    found: str
    expected: str
    remedy: str = UNDERSTOOD
    gravite: str = INFORMATION


def as_understood(normalisations: Iterable[Mapping[str, Any]]) -> list[UnderstoodRow]:
    """What was typed in words and kept as a number or a date, for a row of the list each: « 8 sorties » → 8."""
    return [
        UnderstoodRow(
            n["Feuille"],
            (n["Cellule"],),
            n["Champ"],
            typography(f"« {n['Saisi']} »"),
            typography(f"compris : {as_text(n['Retenu'])}"),
        )
        for n in normalisations
        if not isinstance(n["Retenu"], str) and any(map(str.isalpha, str(n["Saisi"])))
    ]


def sheet(
    file: str,
    anomalies: Sequence[Anomalie],
    where: Locator,
    remarks: Iterable[str],
    nom: str,
    understood: Sequence[UnderstoodRow] = (),
) -> Sheet:
    """The first sheet of the copy: what to do, then one row an anomaly, each with a link to its first cell; then what
    was ``understood`` as something else than typed."""
    color = "rouge" if any(a.gravite != INFORMATION for a in anomalies) else "vert"
    page = Sheet(nom, widths=dict(enumerate(WIDTHS, 1)), hidden_columns=(1,), tab_color=color)
    line = _header(page, file, anomalies, remarks)
    page.frozen_at = (line, 0)
    for column, titre in enumerate(TITLES, B):
        page.write(line, column, titre, "entete:lisible")
    page.heights[line] = 22
    short = file if len(file) <= _NAME_IN_FOOTER else f"{file[:_NAME_IN_FOOTER]}…"
    page.print_setup = PrintSetup(repeated_rows=(line, line), left_footer=f"Anomalies · {short}")
    rows: list[Anomalie | UnderstoodRow] = [*anomalies, *understood]
    for rank, anomalie in enumerate(rows, 1):
        _row(page, line + rank, rank, anomalie, where)
    for numero in range(1, line + len(rows) + 1):
        page.write(numero, 1, f"{PREFIX}{numero}", "cle")
    page.cells = sorted(page.cells, key=lambda c: c[:2])
    return page


def _header(page: Sheet, file: str, anomalies: Sequence[Anomalie], remarks: Iterable[str]) -> int:
    """Title, advice, what the colours mean; returns the row of the headers."""
    counts = {g: sum(a.gravite == g for a in anomalies) for g in GRAVITIES}
    shares = [counted(n, g) for g, n in counts.items() if n]
    to_review = counts[BLOCKING] + counts[A_CONFIRMER]
    titre = "Anomalies à corriger" if to_review else "Rien à corriger" if anomalies else "Aucune anomalie"
    page.write(1, B, titre, "titre")
    page.heights[1] = 34
    page.write(2, B, typography(f"{file} : {' · '.join(shares) or 'rien à corriger'}"), "sous_titre")
    page.heights[2] = 22
    line = 3
    for tip in (*(ADVICE if anomalies else ALL_RIGHT), *remarks):
        page.write(line, B, typography(tip), "page")
        page.heights[line] = 18
        line += 1
    for gravite in (g for g in GRAVITIES if counts[g]):
        page.merges.append(CellRange(line, B, line, B + 1))
        page.write(line, B, gravite, COLORS[gravite])
        page.write(line, B + 1, None, COLORS[gravite])
        page.write(line, B + 2, typography(MEANINGS[gravite]), "aide_ligne:retrait")
        page.heights[line] = 18
        line += 1
    page.heights[line] = 8
    return line + 1


def _row(page: Sheet, line: int, rank: int, anomalie: Anomalie | UnderstoodRow, where: Locator) -> None:
    remedy = without_sending_back(anomalie.remedy)
    texts = [_abridged(t) for t in (anomalie.champ, anomalie.found, anomalie.expected, remedy)]
    content = (rank, anomalie.gravite, anomalie.sheet or "tout le fichier", cells(anomalie, where), *texts)
    styles = ("cellule:centre", STYLES[anomalie.gravite], "libelle", "lien", *["libelle"] * 4)
    for column, (valeur, style) in enumerate(zip(content, styles, strict=True), B):
        page.write(line, column, valeur or None, style if isinstance(valeur, Link) or style != "lien" else "libelle")
    measured = zip((anomalie.sheet, *texts), (WIDTHS[3], *WIDTHS[5:]), strict=True)
    page.heights[line] = max(20.0, *(height(t, w) for t, w in measured))


def cells(anomalie: Anomalie | UnderstoodRow, where: Locator) -> str | Link:
    """The addresses, as a link to the first one that the copy has."""
    cell_ranges = side_by_side(anomalie.cells)
    remaining = len(cell_ranges) - MAX_CITED
    texte = ", ".join(cell_ranges[:MAX_CITED])
    texte += f" et {remaining} autre{'s' * (remaining > 1)}" if remaining > 0 else ""
    location = next((location for c in anomalie.cells if (location := where(anomalie.sheet, c))), None)
    if location is None:
        return texte
    sheet_name = reference(location[0], CellRange(1, 1, 1, 1)).rpartition("!")[0]
    return Link(f"internal:{sheet_name}!{location[1]}", texte, "Aller à la cellule")


def side_by_side(cells: Iterable[str]) -> list[str]:
    """Addresses, those of cells that follow each other down a column or along a row as one: « D14:D18 »."""
    runs: list[list[tuple[int, int]]] = []
    for here in dict.fromkeys(map(_place, cells)):
        run = runs[-1] if runs else []
        step = _step(run[-1], here) if run else (0, 0)
        if step in ((1, 0), (0, 1)) and (len(run) == 1 or step == _step(run[-2], run[-1])):
            run.append(here)
        else:
            runs.append([here])
    return [CellRange(*(n + 1 for n in run[0]), *(n + 1 for n in run[-1])).a1() for run in runs]


def _step(one: tuple[int, int], other: tuple[int, int]) -> tuple[int, int]:
    return other[0] - one[0], other[1] - one[1]


def without_sending_back(remedy: str) -> str:
    """What to do at a cell; to send the workbook back is said once, above the list."""
    return _SEND_BACK.sub("", remedy)


def commentaire(anomalies: Sequence[Anomalie]) -> str:
    """What the comment of a cell says of the anomalies found there."""
    pieces = []
    for a in anomalies:
        facts = (("Trouvé", a.found), ("Attendu", a.expected), ("À faire", without_sending_back(a.remedy)))
        lines = [f"{word} : {_abridged(texte, 300)}" for word, texte in facts if texte]
        head = a.gravite.upper() + (f" — {a.champ}" if a.champ else "")
        pieces.append(typography("\n".join([head, *lines])))
    return "\n\n".join(pieces)


def _abridged(texte: str, length: int = MAX_TEXT) -> str:
    return texte if len(texte) <= length else texte[: length - 1] + "…"


def register(fills: Iterable[tuple[str, str, str, str]], comments: Iterable[str], listed: Sheet, nom: str) -> Sheet:
    """(sheet, cell, key of the row, background that was there): what it takes to give the colours back; and to tell
    what was typed since on the list, or in the comments."""
    page = Sheet(nom, etat="tres_masquee")
    rows: list[tuple[str, ...]] = [(FILLS, *fill) for fill in fills] or [(FILLS,)]
    shown = [c.valeur for c in listed.cells if c.column > 1 and c.valeur is not None]
    rows += _digest_rows(TEXTS, (printed_text(valeur) or valeur for valeur in shown))
    rows += _digest_rows(NOTES, (line.strip() for comment in comments for line in comment.splitlines() if line.strip()))
    for line, (kept, *texts) in enumerate(rows, 1):
        for column, texte in enumerate((f"{PREFIX}{kept}", *texts), 1):
            page.write(line, column, texte or None, "cle")
    return page


def _digest_rows(kind: str, values: Iterable[object]) -> list[tuple[str, ...]]:
    words = sorted(set(digests(values)))
    return [(kind, " ".join(words[i : i + DIGESTS_MAX])) for i in range(0, len(words), DIGESTS_MAX)]
