"""The sheets added to an annotated copy: the list of anomalies, and a hidden register of the colours that were there.

Their rows bear keys that begin with ``annotations/``: reading leaves them alone when the copy comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, GRAVITIES, INFORMATION, Anomalie
from cls_workbook.forms.layout import MARK, height
from cls_workbook.french import typography
from cls_workbook.reading.beside.annotation_lists import ANNOTATIONS, FILLS, TEXTS, digests
from cls_workbook.reading.locating.workbook_model import printed_text
from cls_workbook.workbook.description import CellRange, Link, PrintSetup, Sheet, reference

NAME, REGISTER = "Anomalies", "_annotations"
PREFIX = f"{MARK}{ANNOTATIONS}/"
TITLES = ("N°", "Gravité", "Feuille", "Cellule", "Question", "Trouvé", "Attendu", "À faire")
WIDTHS = (4.0, 5.0, 12.0, 16.0, 11.0, 34.0, 38.0, 32.0, 46.0)
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
ALL_RIGHT = ("Ce fichier peut être gardé tel quel.",)
MAX_CITED, MAX_TEXT = 6, 1500
DIGESTS_MAX = 1_000  # in one cell
B, LAST_COLUMN = 2, 9

# (sheet, cell) of an anomaly → where it is in the copy, or None
Locator = Callable[[str, str], tuple[str, str] | None]
_NAME_IN_FOOTER = 80  # characters; Excel takes 255 for all of it


def sheet(file: str, anomalies: Sequence[Anomalie], where: Locator, remarks: Iterable[str], nom: str) -> Sheet:
    """The first sheet of the copy: what to do, then one row an anomaly, each with a link to its first cell."""
    color = "rouge" if any(a.gravite != INFORMATION for a in anomalies) else "vert"
    page = Sheet(nom, widths=dict(enumerate(WIDTHS, 1)), hidden_columns=(1,), tab_color=color)
    line = _header(page, file, anomalies, remarks)
    page.frozen_at = (line, 0)
    for column, titre in enumerate(TITLES, B):
        page.write(line, column, titre, "entete")
    page.heights[line] = 22
    short = file if len(file) <= _NAME_IN_FOOTER else f"{file[:_NAME_IN_FOOTER]}…"
    page.print_setup = PrintSetup(repeated_rows=(line, line), left_footer=f"Anomalies · {short}")
    for rank, anomalie in enumerate(anomalies, 1):
        _row(page, line + rank, rank, anomalie, where)
    for numero in range(1, line + len(anomalies) + 1):
        page.write(numero, 1, f"{PREFIX}{numero}", "cle")
    page.cells = sorted(page.cells, key=lambda c: c[:2])
    return page


def _header(page: Sheet, file: str, anomalies: Sequence[Anomalie], remarks: Iterable[str]) -> int:
    """Title, advice, what the colours mean; returns the row of the headers."""
    counts = {g: sum(a.gravite == g for a in anomalies) for g in GRAVITIES}
    shares = [f"{n} {g}{'s' if n > 1 and g != A_CONFIRMER else ''}" for g, n in counts.items() if n]
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


def _row(page: Sheet, line: int, rank: int, anomalie: Anomalie, where: Locator) -> None:
    texts = [_abridged(t) for t in (anomalie.champ, anomalie.found, anomalie.expected, anomalie.remedy)]
    content = (rank, anomalie.gravite, anomalie.sheet or "tout le fichier", cells(anomalie, where), *texts)
    styles = ("cellule:centre", STYLES[anomalie.gravite], "libelle", "lien", *["libelle"] * 4)
    for column, (valeur, style) in enumerate(zip(content, styles, strict=True), B):
        page.write(line, column, valeur or None, style if isinstance(valeur, Link) or style != "lien" else "libelle")
    measured = zip((anomalie.sheet, *texts), (WIDTHS[3], *WIDTHS[5:]), strict=True)
    page.heights[line] = max(20.0, *(height(t, w) for t, w in measured))


def cells(anomalie: Anomalie, where: Locator) -> str | Link:
    """The addresses, as a link to the first one that the copy has."""
    cited = ", ".join(anomalie.cells[:MAX_CITED])
    remaining = len(anomalie.cells) - MAX_CITED
    texte = cited + (f" et {remaining} autre{'s' * (remaining > 1)}" if remaining > 0 else "")
    location = next((location for c in anomalie.cells if (location := where(anomalie.sheet, c))), None)
    if location is None:
        return texte
    sheet_name = reference(location[0], CellRange(1, 1, 1, 1)).rpartition("!")[0]
    return Link(f"internal:{sheet_name}!{location[1]}", texte, "Aller à la cellule")


def commentaire(anomalies: Sequence[Anomalie]) -> str:
    """What the comment of a cell says of the anomalies found there."""
    pieces = []
    for a in anomalies:
        facts = (("Trouvé", a.found), ("Attendu", a.expected), ("À faire", a.remedy))
        lines = [f"{word} : {_abridged(texte, 300)}" for word, texte in facts if texte]
        head = a.gravite.upper() + (f" — {a.champ}" if a.champ else "")
        pieces.append(typography("\n".join([head, *lines])))
    return "\n\n".join(pieces)


def _abridged(texte: str, length: int = MAX_TEXT) -> str:
    return texte if len(texte) <= length else texte[: length - 1] + "…"


def register(fills: Iterable[tuple[str, str, str, str]], listed: Sheet, nom: str) -> Sheet:
    """(sheet, cell, key of the row, background that was there): what it takes to give the colours back; and to tell
    what was typed since on the list."""
    page = Sheet(nom, etat="tres_masquee")
    rows: list[tuple[str, ...]] = [(FILLS, *fill) for fill in fills] or [(FILLS,)]
    shown = [c.valeur for c in listed.cells if c.column > 1 and c.valeur is not None]
    words = sorted(set(digests(printed_text(valeur) or valeur for valeur in shown)))
    rows += [(TEXTS, " ".join(words[i : i + DIGESTS_MAX])) for i in range(0, len(words), DIGESTS_MAX)]
    for line, (kept, *texts) in enumerate(rows, 1):
        for column, texte in enumerate((f"{PREFIX}{kept}", *texts), 1):
            page.write(line, column, texte or None, "cle")
    return page
