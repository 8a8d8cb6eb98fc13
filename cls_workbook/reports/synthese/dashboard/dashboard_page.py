"""The first page drawn: title, three sentences, a light a fiche, persons and places, money, trends, decisions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from cls_workbook.anomalies import BLOCKING
from cls_workbook.domain.announced.bodies import deciding
from cls_workbook.domain.wording import of_payer
from cls_workbook.french import amount_fr, how_many, typography
from cls_workbook.reports.synthese.dashboard import dashboard_figures as figures
from cls_workbook.reports.synthese.dashboard.expected_decisions import decisions
from cls_workbook.reports.synthese.dashboard.fiche_lights import light
from cls_workbook.reports.synthese.dashboard.leading_sentences import sentences
from cls_workbook.reports.synthese.synthese_pieces import (
    CENTRED,
    MUTED,
    PAGE_HEIGHT,
    STRONG,
    UNITS,
    Board,
    Card,
    PrintedColumn,
    PrintedTable,
)
from cls_workbook.reports.synthese.synthese_portrait import Portrait, by_axe
from cls_workbook.reports.synthese.text_heights import abridged, height, text_line_count
from cls_workbook.workbook.description import ChartSeries

AXE_WIDTH, LIGHT_WIDTHS, TO_PROGRAMME_WIDTH = 8, (3, 4, 5), 4
HALF = UNITS // 2
LEAST_LINE, LINE = 12.5, 15.0  # points of the rows that both halves share
BAR_LINES, DECISION_LENGTH = 5, 175
PLACE_CARDS = 3
NAMES_SHOWN = 3


def dashboard(board: Board, portrait: Portrait) -> None:
    """Everything of the first page, below the banner and the title."""
    asked = decisions(portrait)
    for sentence in sentences(portrait, asked):
        board.row(height(sentence, UNITS - 5, minimum=18), (UNITS, sentence, "note"))
    _lights(board, portrait)
    board.empty(5)
    board.cards(_cards(portrait))
    board.empty(5)
    _halves(board, portrait, asked)


# --- A light a fiche --------------------------------------------------------------------------------------------------


def _lights(board: Board, portrait: Portrait) -> None:
    groups = [g for g in by_axe(portrait.contrat) if g.fiches or g.a_programmer]
    if not groups:
        return
    board.empty(5)
    board.row(18, (UNITS, f"Le programme {portrait.year_label()}, fiche par fiche", "bloc"))
    lit = {f.numero: light(portrait, f) for group in groups for f in group.fiches}
    words = [f"{numero} · {found.word}" for numero, found in lit.items()]
    wide = next((w for w in LIGHT_WIDTHS if all(text_line_count(text, w, bold=True) == 1 for text in words)), 3)
    for group in groups:
        cells = [(wide, f"{f.numero} · {lit[f.numero].word}", lit[f.numero].role) for f in group.fiches]
        if group.a_programmer:
            cells.append((TO_PROGRAMME_WIDTH, f"{len(group.a_programmer)} à programmer", "etat_neutre"))
        _axe_lights(board, group.titre, cells, (UNITS - AXE_WIDTH - 1) // wide)


def _axe_lights(board: Board, titre: str, cells: Sequence[tuple[int, str, str]], per_row: int) -> None:
    rows = [cells[start : start + per_row] for start in range(0, len(cells), per_row)]
    for rank, row in enumerate(rows):
        label = titre if rank == 0 else None
        points = max(height(text, wide, bold=True) for wide, text, _ in (*row, (AXE_WIDTH, label, STRONG)))
        lights = ((wide, text, f"{role}:petit_centre") for wide, text, role in row)
        board.row(points, (AXE_WIDTH, label, STRONG), *lights)


# --- Persons, places, returns -----------------------------------------------------------------------------------------


def _cards(portrait: Portrait) -> list[Card]:
    people = figures.people(portrait)
    received, expected = portrait.result.received_and_expected()
    twice = " ; qui est venu à deux actions y est deux fois" if people.fiches > 1 else ""
    counted = f"comptées sur {how_many(people.fiches, 'fiche')}{twice}" if people.fiches else "non comptées"
    cards = [
        Card("Personnes touchées", people.total, "cle_entier", counted),
        *_place_cards(portrait),
        Card("Retours reçus", received, "cle_entier", _rests_on(portrait, received, expected)),
    ]
    return [c._replace(note=typography(c.note)) for c in cards]


def _place_cards(portrait: Portrait) -> Iterator[Card]:
    """A card a kind; below the last one, what is known of those for which there is no room."""
    places = figures.places(portrait)
    others = [p.in_words for p in places[PLACE_CARDS:] if p.in_words]
    for rank, place in enumerate(places[:PLACE_CARDS], 1):
        word, beside = place.kind.word, others if rank == PLACE_CARDS else []
        note = " ; ".join([f"sur {place.of}", *beside])
        yield Card(f"{word.title} {word.touched(2)}", place.number, "cle_entier", note)


def _rests_on(portrait: Portrait, received: int, expected: int) -> str:
    """How far the figures rest on returns received."""
    said = [f"sur {expected} attendus{portrait.result.set_aside()}"]
    said += figures.lacking(portrait, NAMES_SHOWN)
    if refused := portrait.result.alerts(BLOCKING):
        said.append(f"{how_many(refused, 'valeur')} à corriger, hors des chiffres")
    return " ; ".join(said)


# --- Money and trends on the left, decisions on the right -------------------------------------------------------------


def _halves(board: Board, portrait: Portrait, asked: list[str]) -> None:
    trends, maquette = figures.trends(portrait), figures.maquette(portrait)
    bar = BAR_LINES + 2 if _has_bar(maquette) else 0
    lines = max(min(12, 2 * max(1, len(asked))), bar + 3 + len(trends))
    line = min(LINE, (PAGE_HEIGHT - board.top - 18) / lines)
    if line < LEAST_LINE:
        line = LINE
        board.keep_together(18 + LINE * lines)
    left = f"La maquette {of_payer(portrait.contrat)}, depuis le début"
    board.row(18, (HALF, left, "bloc"), (HALF, f"Décisions attendues {deciding(portrait.contrat).of_the}", "bloc"))
    top = board.line
    for _ in range(lines):
        board.advance(line)
    end, board.line = board.line, top
    _money(board, maquette, BAR_LINES * line)
    _trends(board, portrait, trends)
    board.line = top
    _decisions(board, asked, lines)
    board.line = end


def _money(board: Board, maquette: figures.Maquette, bar: float) -> None:
    """One bar as long as the maquette: paid, engaged and not yet paid, the rest."""
    board.place(0, HALF, _maquette_sentence(maquette), MUTED, lines=2)
    board.line += 2
    if not _has_bar(maquette):
        return
    columns = (
        PrintedColumn("", 6, STRONG),
        PrintedColumn("Versé", 4, CENTRED),
        PrintedColumn("Engagé, à verser", 4, CENTRED),
        PrintedColumn("Ni l’un ni l’autre", 4, CENTRED),
    )
    amounts = (maquette.paid_of_it, maquette.to_pay, max(maquette.left or 0, 0))
    _side_by_side(board, [(c.unites, c.titre or None, "entete:petit_centre") for c in columns])
    figures_ = [(c.unites, amount, "dense:montant_rond_cale") for c, amount in zip(columns[1:], amounts, strict=True)]
    _side_by_side(board, [(columns[0].unites, "Maquette", STRONG), *figures_], advance=0)
    drawn = PrintedTable(board.sheet.nom, columns, board.line, board.line)
    bars: list[ChartSeries] = drawn.bars(("axe3", "axe2", "gris"))
    board.line += 1
    said = f"Une barre : {_maquette_sentence(maquette)}"
    board.chart(0, HALF, bar, "barres", "", bars, said, "montant_rond", True, False)
    board.line += BAR_LINES


def _maquette_sentence(maquette: figures.Maquette) -> str:
    """« Maquette 346 350 € ; engagé 57 369 € (17 %) ; versé 60 369 € (17 %). »"""
    if maquette.total is None and maquette.engaged is None and maquette.paid is None:
        return "Aucun montant n’est connu."
    said = [f"Maquette {amount_fr(maquette.total)}" if maquette.total is not None else "Sans montant au contrat"]
    shares = maquette.share_engaged(0), maquette.share_paid()
    for word, amount, share in zip(("engagé", "versé"), (maquette.engaged, maquette.paid), shares, strict=True):
        known = f"{amount_fr(amount)}{share and f' ({share})'}" if amount is not None else "non connu"
        said.append(f"{word} {known}")
    if maquette.left is not None and maquette.left < 0:
        said.append("au-delà de la maquette")
    if 0 < maquette.known < maquette.funded:
        said.append(f"engagement connu pour {maquette.known} des {maquette.funded} fiches dotées")
    return typography(" ; ".join(said) + ".")


def _trends(board: Board, portrait: Portrait, trends: Sequence[figures.Trend]) -> None:
    """Last year's figures beside this year's, and how they moved; this year's alone where last year is not known."""
    if not trends:
        return
    compared, figure = any(t.before is not None for t in trends), "entete:petit_centre"
    head = "D’une année à l’autre" if compared else "L’année"
    widths = (7, 3, 3, 5) if compared else (13, 0, 5, 0)
    names = (head, portrait.year_label(-1), portrait.year_label(), None)
    _columns(board, widths, names, ("entete", figure, figure, figure))
    for trend in trends:
        style = f"dense:{trend.format}_cale"
        values = (trend.libelle, trend.before, trend.now, trend.change or trend.basis or None)
        _columns(board, widths, values, (STRONG, style, style, CENTRED))


def _columns(board: Board, widths: Sequence[int], values: Sequence[object], styles: Sequence[str]) -> None:
    """One row of cells; a column without width is left out."""
    _side_by_side(board, [cell for cell in zip(widths, values, styles, strict=True) if cell[0]])


def _has_bar(maquette: figures.Maquette) -> bool:
    return bool(maquette.total) and maquette.engaged is not None


def _side_by_side(board: Board, cells: Iterable[tuple[int, object, str]], advance: int = 1) -> None:
    """Cells from the left on rows that are already there."""
    board.place_all(cells)
    board.line += advance


def _decisions(board: Board, asked: list[str], lines: int) -> None:
    """Two rows a decision; what does not fit is counted."""
    room = lines // 2
    shown = asked if len(asked) <= room else asked[: room - 1]
    texts = [f"{rank}. {abridged(text, DECISION_LENGTH)}." for rank, text in enumerate(shown, 1)]
    if more := len(asked) - len(shown):
        texts.append(f"Et {more} de plus, au fil des fiches et des réserves.")
    for text in texts or ["Aucune."]:
        board.place(HALF, HALF, text, "dense", lines=2)
        board.line += 2
