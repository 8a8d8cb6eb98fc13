"""A sheet that the partner added: a document of its own, unless it goes on with one of our tables."""

from __future__ import annotations

import re
from collections.abc import Sequence, Set

from cls_workbook.anomalies import A_CONFIRMER, INFORMATION, Anomalie, Place
from cls_workbook.french import fold
from cls_workbook.reading.cells.accepted_input import Understood
from cls_workbook.reading.cells.parse_values import is_blank, understand
from cls_workbook.reading.cells.shown import QUOTED_MAX, as_text
from cls_workbook.reading.locating.told import anomalie
from cls_workbook.reading.locating.workbook_model import WorkbookModel
from cls_workbook.reading.opening.grids import Grid
from cls_workbook.reading.reading_checks import TypedElsewhere
from cls_workbook.workbook.description import address

CELLS_MAX = 200  # pointed at on one sheet
ROWS_QUOTED = 2  # of a document that only lies there
_AMOUNT = re.compile(r"[0-9] ?(?:k|m)?(?:€|eur\b|euros?\b)", re.IGNORECASE)  # « 12 k€ », « 1 200 euros »
NATURE_MIN = 8  # letters of a name of nature that may be cut short: « maquette »
_HEADERS = ("financeur", "nature", "prevu", "engage", "verse", "montant")


def added_sheet(location: Place, grid: Grid, modele: WorkbookModel) -> Anomalie | None:
    """None if it is blank."""
    filled = sum(not is_blank(v) for v in grid.values.values())
    if not filled:
        return None
    found = f"une feuille qui ne vient pas du modèle ({filled} cellule{'s' * (filled > 1)} remplie{'s' * (filled > 1)})"
    rows = _funding_lines(grid.lines, _natures(modele))
    if not rows:
        told = [line for line in grid.lines if any(not is_blank(v) for v in line)][:ROWS_QUOTED]
        remedy = (
            "rien, si cette feuille est un document de travail : elle n’est pas lue. Sinon, reportez-en les réponses."
        )
        found = f"{found} : {', '.join(map(_quoted, told))}"
        return anomalie(
            INFORMATION, TypedElsewhere, location, (), "feuille ajoutée", found, "les feuilles du modèle", remedy
        )
    how_many = "une ligne" if len(rows) == 1 else f"{len(rows)} lignes"
    return anomalie(
        A_CONFIRMER,
        TypedElsewhere,
        location,
        [address(i + 1, j + 1) for i, line in rows for j, v in enumerate(line) if not is_blank(v)][:CELLS_MAX],
        "feuille ajoutée",
        f"{found}, avec ce qui semble {how_many} de financement : "
        + ", ".join(_quoted(line) for _, line in rows[:QUOTED_MAX]),
        "les lignes de financement dans le tableau de la fiche (il peut être continué sous sa dernière ligne)",
        "reportez ces lignes dans le tableau de leur fiche si elles n’y sont pas déjà ; cette feuille n’est pas lue.",
    )


def _quoted(line: Sequence[object]) -> str:
    return f"« {' | '.join(as_text(v) for v in line if not is_blank(v))} »"


def _natures(modele: WorkbookModel) -> Set[str]:
    natures = (p.choix for p in modele.places.values() if (p.bloc, p.champ) == ("financement", "nature"))
    return {_singular(c) for choix in natures for c in choix}


def _singular(text: str) -> str:
    return " ".join(word.removesuffix("s") for word in fold(text).split())


def _funding_lines(lines: Sequence[Sequence[object]], natures: Set[str]) -> list[tuple[int, Sequence[object]]]:
    """(row, what it holds) of the rows that name a nature of funding, and an amount; of those that name something, and
    an amount, after two headers of our tables of funding, or beside « € »."""
    found, headers = [], 0
    for i, line in enumerate(lines):
        texts = [v for v in line if isinstance(v, str) and not is_blank(v) and len(v) <= 200]
        named = {_singular(v) for v in texts if len(v) >= NATURE_MIN}
        written = any(_AMOUNT.search(v) for v in texts)
        amount = written or any(isinstance(understand(v, "montant"), Understood) for v in line)
        has_nature = any(nature.startswith(word) for nature in natures for word in named)
        if amount and (written or has_nature or (headers > 1 and texts)):
            found.append((i, line))
        headers += sum(fold(v).startswith(_HEADERS) for v in texts)
    return found
