"""The money in the Synthèse: maquette, post of coordination, then what is outside; never one total for all of it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from cls_workbook.domain.model import Fiche
from cls_workbook.domain.subsidies import relative_gap
from cls_workbook.domain.wording import agency_name, nature_name, of_payer, printed_lines
from cls_workbook.french import NBSP, amount_fr, how_many, typography
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.synthese.coordination_posts import fiches_with_post, posts
from cls_workbook.reports.synthese.left_to_pay import left_by_financeur
from cls_workbook.reports.synthese.synthese_pieces import (
    AMOUNT,
    BLANK_TOTAL,
    MUTED,
    RATE,
    STRONG,
    STRONG_CENTRED,
    UNITS,
    Board,
    PrintedColumn,
    StyledBox,
    rows_of,
    total_row,
    without_empty,
)
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.reports.synthese.text_heights import abridged
from cls_workbook.summaries.balances import remainders as remaining
from cls_workbook.summaries.funding import of_the_post
from cls_workbook.summaries.funding_rules import OBSERVED
from cls_workbook.summaries.value_tables import as_frame
from cls_workbook.summaries.what_counts import MONEY
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records

Section = Callable[[Board, Portrait], None]
MAX_FINANCEURS, LABELLED_FINANCEURS, LISTED_FINANCEURS = 8, 4, 20
HALF = UNITS // 2
LINE = 12.5  # points of an amount among many
BEYOND = "au-delà de 100 %"
# What is printed where the contract gives no amount: the states stay distinct.
AMOUNT_STATES = {
    "non_determine": "non déterminé",
    "a_definir": "à définir",
    "regle": "selon une règle",
    "vide": "laissé vide",
    "absente": "non inscrit au contrat",
}
DECLARATIONS = (
    "Ces montants sont déclarés par les porteurs : « engagé » est ce qui leur a été attribué ou notifié pour l’année "
    "par une convention ou une décision ; « versé », ce qu’ils ont reçu dans l’année, de quelque année que soit la "
    "décision."
)
_SUMS = ("Contrat", "Programmé", "Engagé", "Versé", "Écart engagé - programmé", "Écart engagé - programmé (%)")


def money(board: Board, portrait: Portrait) -> Sequence[Section]:
    """Draws the maquette; gives what comes after it, in whichever order: the posts of coordination, what each funder
    brought."""
    if not portrait.contrat.actions and not len(as_frame(portrait.result.tables.financements)):
        board.band("Financement")
        board.note("Ce contrat ne décrit aucun financement, et aucun retour n’en donne.")
        return ()
    _maquette(board, portrait)
    return (_posts, _subtotals)


# --- The maquette -----------------------------------------------------------------------------------------------------


def _maquette(board: Board, portrait: Portrait) -> None:
    annee = portrait.year_label()
    board.band(f"Financement : la maquette {of_payer(portrait.contrat)}", following=150)
    amount_gap, share_gap = "dense:montant_signe_cale", "dense:taux_signe_cale"
    columns = (
        PrintedColumn("N°", 2, STRONG_CENTRED),
        PrintedColumn("Fiche", 11),
        PrintedColumn("Contrat (toute la durée)", 3, AMOUNT),
        PrintedColumn(f"Programmé {annee}", 3, AMOUNT),
        PrintedColumn(f"Engagé {annee}", 3, AMOUNT),
        PrintedColumn(f"Versé {annee}", 3, AMOUNT),
        PrintedColumn("Écart engagé − programmé", 3, amount_gap),
        PrintedColumn("en %", 2, share_gap),
        PrintedColumn("Reste à engager", 3, AMOUNT),
        PrintedColumn("Reste à verser", 3, AMOUNT),
    )
    posts = fiches_with_post(portrait)
    others = [fiche for fiche in portrait.contrat.actions if fiche not in posts]
    lines = [_maquette_row(portrait, fiche) for fiche in others if _has_maquette(portrait, fiche)]
    total = next(iter(frame_records(portrait.result.summaries.totaux)), {})
    remainders = (portrait.left_to_engage.montant, portrait.left_to_pay.montant)
    sums = [BLANK_TOTAL, "Total de la maquette", *map(total.get, _SUMS), *remainders]
    board.sheet_table(*without_empty(columns, [*lines, total_row(columns, sums)]))
    if without := [_without_amount(fiche) for fiche in others if not _has_maquette(portrait, fiche)]:
        board.note(typography(f"Sans montant au contrat ni crédit de la maquette : {', '.join(without)}."))
    board.note(DECLARATIONS)
    board.sentences_in_two_columns(_notes_on_maquette(portrait, total, [f.numero for f in posts]), MUTED)
    _printed(board, portrait)
    _rates(board, portrait)
    left_by_financeur(board, remaining.by_financeur(portrait.contrat, portrait.history))
    own = tuple(f"Fiche {f.numero}{NBSP}:" for f in posts)
    if autres := [e for e in _explications(portrait) if not own or not e.startswith(own)]:
        board.sous_titre("Ce que disent les règles de financement")
        board.sentences_in_two_columns([f"• {e}" for e in autres])


def _explications(portrait: Portrait) -> list[str]:
    """What the rules make of the figures; a rate beyond 100 % is in the table of rates, with what it rests on."""
    shown = tuple(f"Fiche {f.numero}{NBSP}: {OBSERVED}" for f in portrait.contrat.actions)
    return [e for e in portrait.result.notes.explications if not shown or not e.startswith(shown)]


def _printed(board: Board, portrait: Portrait) -> None:
    """What the contract prints of each funder, fiche after fiche."""
    contrat = portrait.contrat
    said = [
        f"• Fiche {fiche.numero}{NBSP}: {f'{NBSP}; '.join(lines)}."
        for fiche in contrat.actions
        if (lines := printed_lines(contrat, fiche))
    ]
    if said:
        board.sous_titre("Ce que le contrat prévoit, financeur par financeur")
        board.sentences(said)


def _notes_on_maquette(portrait: Portrait, total: Row, posts: list[str]) -> list[str]:
    """What the amounts do not rest on."""
    notes = []
    if total.get("Réserve"):
        notes.append(str(total["Réserve"]))
    notes += [r.removeprefix(MONEY) for r in portrait.result.notes.reserves if r.startswith(MONEY)]
    for what, remainder in (("engager", portrait.left_to_engage), ("verser", portrait.left_to_pay)):
        if remainder.reserve:
            notes.append(f"Reste à {what} : {remainder.reserve}.")
    if posts:
        notes.append(f"Le poste de coordination (fiche {', '.join(posts)}) est en plus de la maquette : voir plus bas.")
    return [typography(n[0].upper() + n[1:]) for n in notes]


def _has_maquette(portrait: Portrait, fiche: Fiche) -> bool:
    row = portrait.money.get(fiche.numero, {})
    columns = ("Montant contrat", "Programmé", "Engagé", "Versé", "Reste à engager", "Reste à verser")
    return any(row.get(column) is not None for column in columns)


def _without_amount(fiche: Fiche) -> str:
    """« 1.1 (non déterminé) »."""
    state = AMOUNT_STATES.get(fiche.financement.montant_etat)
    return f"{fiche.numero} ({state})" if state else fiche.numero


def _maquette_row(portrait: Portrait, fiche: Fiche) -> list[object]:
    a = defaultdict(lambda: None, portrait.money.get(fiche.numero, {}))
    montant: object = a["Montant contrat"]
    if montant is None:
        montant = StyledBox(AMOUNT_STATES.get(fiche.financement.montant_etat), "dense_doux:droite")
    programme, engage, verse = a["Programmé"], a["Engagé"], a["Versé"]
    remainders = (a["Reste à engager"], a["Reste à verser"])
    return [fiche.numero, fiche.titre, montant, programme, engage, verse, *_gap(programme, engage), *remainders]


def _rates(board: Board, portrait: Portrait) -> None:
    """The part of its cost that the agency attributes to each fiche, beside what it rests on."""
    annee, who = portrait.year_label(), agency_name(portrait.contrat)
    columns = (
        PrintedColumn("N°", 2, STRONG_CENTRED),
        PrintedColumn("Fiche", 14),
        PrintedColumn("Taux prévu", 3, RATE),
        PrintedColumn("Taux constaté", 3, RATE),
        PrintedColumn("sur", 4),
        PrintedColumn(f"Attribué {annee}", 3, AMOUNT),
        PrintedColumn(f"Coût {annee}", 3, AMOUNT),
        PrintedColumn("À noter", 4),
    )
    rows = []
    for fiche in portrait.contrat.actions:
        taux, on = portrait.money.get(fiche.numero, {}).get("Taux constaté"), portrait.rates.get(fiche.numero, {})
        prevu = fiche.financement.taux if fiche.financement.taux_pur else None
        if taux is not None or prevu is not None:
            known = taux is not None
            terms = (on.get("attribue"), on.get("cout")) if known else (None, None)
            word = StyledBox(BEYOND, STRONG) if taux is not None and taux > 1 else None
            rows.append([fiche.numero, fiche.titre, prevu, taux, portrait.rate_extent(fiche.numero), *terms, word])
    if rows:
        beyond = any(row[-1] for row in rows)
        board.sous_titre("Le taux constaté")
        board.sheet_table(*without_empty(columns, rows))
        board.note(
            typography(
                f"Taux constaté : attribué par {who} en {annee} / coût de {annee}, sur les seuls retours qui donnent "
                f"les deux. Il ne se compare qu’à un taux d’intervention inscrit au contrat"
                f"{f'{NBSP}; au-delà de 100 %, il est à vérifier' if beyond else ''}."
            )
        )


def _gap(depuis: Decimal | None, to: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """(difference in euros, share of the first amount); None where one of the two is not known."""
    if depuis is None or to is None:
        return None, None
    return to - depuis, relative_gap(depuis, to)


# --- The post of coordination -----------------------------------------------------------------------------------------


def _posts(board: Board, portrait: Portrait) -> None:
    """What each post cost, what the rule allows, what was engaged and paid, and the rule in a sentence."""
    fiches = fiches_with_post(portrait)
    if not fiches:
        return
    board.band("Financement : le poste de coordination, en plus de la maquette", following=110)
    columns = (
        PrintedColumn("N°", 2, STRONG_CENTRED, "Fiche"),
        PrintedColumn("Règle du contrat", 9, of="Règle"),
        PrintedColumn("Dépense éligible", 4, AMOUNT, "Dépense éligible"),
        PrintedColumn("ETP", 2, "dense:decimal_cale", "ETP"),
        PrintedColumn("Mois", 2, "dense:decimal_cale", "Mois"),
        PrintedColumn("ETPT", 2, "dense:decimal_cale", "ETPT"),
        PrintedColumn("Aide possible", 4, AMOUNT, "Aide possible"),
        PrintedColumn("Aide engagée", 4, AMOUNT, "Aide engagée"),
        PrintedColumn("Aide versée", 4, AMOUNT, "Aide versée"),
        PrintedColumn("Aide / dépense", 3, RATE, "Aide / dépense"),
    )
    board.sheet_table(*without_empty(columns, rows_of(columns, posts(portrait))))
    starts = tuple(f"Fiche {f.numero}{NBSP}:" for f in fiches)
    board.sentences([f"• {e}" for e in _explications(portrait) if e.startswith(starts)])


# --- Charts -----------------------------------------------------------------------------------------------------------


def _subtotals(board: Board, portrait: Portrait) -> None:
    """What was engaged by nature, then by funder; beside them, the chart that reads the funders."""
    annee = portrait.year_label()
    totaux = frame_records(portrait.result.summaries.totaux)
    # What the maquette does not rest on stands under its own table.
    natures = [
        [r["Sous-total"], r["Engagé"], r["Réserve"] if rank else None]
        for rank, r in enumerate(totaux)
        if r["Engagé"] is not None
    ]
    rows = [
        [" — ".join(t for t in (r["Financeur"], r["Nature"]) if t) or "non précisé", r["Engagé"], r["Versé"]]
        for r in frame_records(portrait.result.tables.par_financeur)
        if r["Engagé"] is not None
    ]
    rows.sort(key=lambda r: -r[1])
    shown = min(len(rows), MAX_FINANCEURS)
    chart = max(110.0, 60.0 + shown * 26 if shown <= LABELLED_FINANCEURS else 40.0 + shown * 18) if rows else 0.0
    listed = rows[:LISTED_FINANCEURS]
    board.band(f"Qui finance quoi en {annee}", following=max(chart, 36.0 + LINE * (len(natures) + len(listed))))
    if not natures:
        return board.note(f"Aucun montant engagé en {annee} n’est connu.")
    top = board.line
    columns = [
        PrintedColumn("Nature", 7, STRONG),
        PrintedColumn(f"Engagé {annee}", 4, AMOUNT),
        PrintedColumn("À noter", 7, MUTED),
    ]
    board.sheet_table(*without_empty(columns, natures), may_split=False, least=LINE)
    if rows:
        board.empty(3)
        _funders(board, annee, listed, rows[:shown], top, chart)
    board.note(" ".join(_notes_on_natures(portrait, len(listed))))


def _funders(
    board: Board, annee: str, listed: list[list[Any]], shown: list[list[Any]], top: int, points: float
) -> None:
    amounts = (PrintedColumn(f"{word} {annee}", 4, AMOUNT) for word in ("Engagé", "Versé"))
    columns = [PrintedColumn("Financeur et nature", 10, STRONG), *amounts]
    drawn = board.sheet_table(columns, listed, may_split=False, least=LINE)
    titre = "Engagé et versé par financeur" + (f" ({len(shown)} premiers)" if len(listed) > len(shown) else "")
    said = "engagé et versé par financeur et nature. "
    said += " ; ".join(f"{n} {amount_fr(m)} engagés" for n, m, _ in shown[:3])
    bars = drawn.part(0, len(shown)).bars(("accent", "axe2"))
    end, board.line = board.line, top
    alt_text = abridged(f"Barres : {said}.", 400)
    labelled = len(shown) <= LABELLED_FINANCEURS  # beyond, the labels of one funder would cover the next one's
    board.chart(HALF + 1, HALF - 1, points, "barres", titre, bars, alt_text, "montant_rond", data_labels=labelled)
    board.line = end
    board.complete(top, points)


def _notes_on_natures(portrait: Portrait, listed: int) -> Iterator[str]:
    """What the natures hold, and what is not listed."""
    yield "Les natures ne s’additionnent pas."
    outside = nature_name(portrait.contrat, "hors_maquette")
    aid = total_of(portrait.money.get(f.numero, {}).get("ARS hors maquette") for f in fiches_with_post(portrait))
    if aid:
        yield typography(f"« {outside} », par financeur : {of_the_post(aid)}.")
    if autres := len(portrait.result.tables.par_financeur) - listed:
        plural = "s" * (autres > 1)
        yield f"{how_many(autres, 'ligne')} de plus, plus petite{plural} ou sans montant engagé, dans la consolidation."
