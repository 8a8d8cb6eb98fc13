"""Each fiche in the Synthèse, in one block: what was done, its key measures, its money, then what its porteurs say."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import zip_longest
from typing import NamedTuple

from cls_workbook.domain.announced.bodies import deciding
from cls_workbook.domain.entry_questions import NEXT_YEAR, QUOTED, in_synthese
from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.domain.wording import TRANSVERSAL, axe_name, nature_name, payer
from cls_workbook.french import NBSP, number_fr, rate_fr, typography
from cls_workbook.reports.synthese.dashboard.fiche_lights import light
from cls_workbook.reports.synthese.synthese_pieces import AMOUNT, CENTRED, MUTED, UNITS, Board
from cls_workbook.reports.synthese.synthese_portrait import (
    AS_TEXT,
    AxeGroup,
    Portrait,
    Testimony,
    appearance,
    by_axe,
    speaker,
)
from cls_workbook.reports.synthese.synthese_targets import aims
from cls_workbook.reports.synthese.synthese_values import value_style
from cls_workbook.reports.synthese.text_heights import abridged, height, pieces, text_line_count
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.expected import displayed_name
from cls_workbook.summaries.masking import MASKED
from cls_workbook.summaries.progress import WITHOUT_RETOUR

MESURE_TEXT_LENGTH = 260  # characters of a measure in words; the rest is in Indicateurs
FIGURE_WIDTH, TARGET_WIDTH, MONEY_WIDTH, AMOUNT_WIDTH = 2, 6, 16, 3
TITLE_WIDTH, PORTEURS_WIDTH, REALISATION_WIDTH = 14, 10, 6
LEAST_WIDTH, MOST_OF_A_HEADING = 5, 8  # of a column of text; that its heading asks
DONE, GAPS = "realisations", "ecarts"
DONE_HEADING = "Ce qui a été réalisé"
ORDER = ("leviers", "freins", GAPS, "perspectives")  # what helps, what hinders, what comes next
LINE = 12.5  # points of a measure, or of an amount
IN_THE_CONTRAT = "Seuls les objectifs sont rappelés : le contrat dit les résultats attendus de chaque fiche."
Amount = tuple[str, object]  # what it is, euros


def fiches(board: Board, portrait: Portrait, most_blank: float, whole: bool) -> None:
    """A block per active fiche under the band of its axe, then the actions to programme in one sentence.

    ``most_blank``: points that a page may leave so as not to cut a fiche; ``whole``: whether all that the contract
    wants of it is recalled.
    """
    board.band(f"Les fiches en {portrait.year_label()}", following=130)
    groups = by_axe(portrait.contrat)
    if not any(g.fiches or g.a_programmer for g in groups):
        return board.note("Ce contrat ne décrit aucune fiche : il n’y a rien à suivre action par action.")
    for group in groups:
        if not (group.fiches or group.a_programmer or group.elsewhere):
            board.sentences([typography(f"{group.titre} : aucune fiche.")])
            continue
        blocks = [_FicheBlock(portrait, fiche, whole) for fiche in group.fiches]
        may_be_cut = board.left > most_blank
        _axe_band(board, portrait, group.rank, group.titre, blocks[0].kept(may_be_cut) if blocks else LINE)
        for rank, block in enumerate(blocks):  # the first is kept with its band
            if rank and board.keep_together(block.kept(board.left > most_blank)):
                _axe_band(board, portrait, group.rank, f"{group.titre} (suite)", 0)
            block.draw(board)
        board.sentences(_beside_the_fiches(portrait, group))
    board.note(_legend(portrait) + ("" if whole else f" {IN_THE_CONTRAT}"))


def _beside_the_fiches(portrait: Portrait, group: AxeGroup) -> Iterator[str]:
    """The actions to programme, and the fiches of other axes that serve this one too."""
    if group.a_programmer:
        yield typography(f"À programmer, encore sans fiche : {' ; '.join(group.a_programmer)}.")
    for fiche in group.elsewhere:
        axe = portrait.contrat.by_axe.get(fiche.axe or "")
        yield f"{fiche.numero} · {fiche.titre} (voir {axe_name(axe) if axe else TRANSVERSAL})"


def _legend(portrait: Portrait) -> str:
    first = portrait.annee <= min(portrait.contrat.annees)
    following = (
        ""
        if portrait.has_previous or first
        else f" La consolidation de {portrait.year_label(-1)} n’a pas été fournie : sa colonne n’est pas montrée."
    )
    return typography(
        "Un numéro entre crochets renvoie aux réserves, en fin de document. Une case vide veut dire « non connu », "
        f"jamais zéro.{following}"
    )


class _Columns(NamedTuple):
    """Of the measures: year before (None where nothing is known of it), year."""

    before: str | None
    now: str

    @property
    def label_width(self) -> int:
        return UNITS - MONEY_WIDTH - TARGET_WIDTH - FIGURE_WIDTH * (2 if self.before else 1)

    @property
    def text_width(self) -> int:
        """Of a measure in words: over its years and its target."""
        return UNITS - MONEY_WIDTH - self.label_width


def _columns(portrait: Portrait) -> _Columns:
    return _Columns(portrait.year_label(-1) if portrait.has_previous else None, portrait.year_label())


def _axe_band(board: Board, portrait: Portrait, rank: int, titre: str, following: float) -> None:
    """The axe, over the labels of the measures; beside it, the headers of their figures, if the contract has any, and
    of the money."""
    role = f"axe{(rank - 1) % 8 + 1}" if rank else "bloc"
    columns, small = _columns(portrait), f"{role}:petit_centre"
    of_figures = [
        *((FIGURE_WIDTH, annee, small) for annee in columns if annee),
        (TARGET_WIDTH, "Cible, départ" if portrait.targets else "Départ", small),
    ]
    wide = columns.label_width
    if not portrait.has_mesures:
        wide, of_figures = UNITS - MONEY_WIDTH, []
    points = max(18.0, height(titre, wide - 2, bold=True))
    board.keep_together(points + following)
    board.row(points, (wide, titre, role), *of_figures, (MONEY_WIDTH, f"Argent de {columns.now}", small))


class _FicheBlock:
    """A fiche: its name and state; what the contract wants; its measures beside its money; what was done and what its
    porteurs say."""

    def __init__(self, portrait: Portrait, fiche: Fiche, whole: bool):
        self.portrait, self.fiche, self.columns = portrait, fiche, _columns(portrait)
        shared = portrait.shared_mesures(fiche)
        self.mesures = portrait.key_mesures(fiche) + [m for _, m in shared]
        self.labels = [portrait.libelle(fiche, m) for m in portrait.key_mesures(fiche)]
        self.labels += [f"{portrait.libelle(own, m)}, comptée à la fiche {own.numero}" for own, m in shared]
        self.money = _in_two_columns(list(_money_lines(portrait, fiche)))
        self.heights = self._heights()
        self.said = _SaidTexts(list(_said(portrait, fiche)))
        self.porteurs, self.aims = portrait.porteurs(fiche), aims(fiche, whole)

    def kept(self, may_be_cut: bool) -> float:
        """Points that stay on one page: all of it, or only what comes before the texts where it may be cut."""
        before = self._name_height() + height(self.aims, UNITS) * bool(self.aims) + sum(self.heights)
        return before if may_be_cut else before + self.said.kept

    def draw(self, board: Board) -> None:
        self._draw_name(board)
        if self.aims:
            board.note(self.aims)
        self._draw_facts(board)
        self.said.draw(board, self.fiche.numero)

    # --- its name ---

    def _name_height(self) -> float:
        titre, porteurs, done = self.fiche.titre, self.porteurs, self.portrait.realisation(self.fiche)
        texts = ((titre, TITLE_WIDTH), (porteurs, PORTEURS_WIDTH), (done, REALISATION_WIDTH))
        return max(LINE + 2, *(height(t, wide, bold=True) for t, wide in texts))

    def _draw_name(self, board: Board) -> None:
        lit, etat = light(self.portrait, self.fiche), self.portrait.etat(self.fiche)
        role, _ = appearance(self.portrait.contrat.follow_up.listes, etat)
        nothing = etat == WITHOUT_RETOUR and self.portrait.nothing_this_year(self.fiche)
        done = self.portrait.realisation(self.fiche)
        style = f"{lit.role}:petit_centre" if done else "dense_total"
        board.row(
            self._name_height(),
            (2, self.fiche.numero, "dense_total:petit_centre"),
            (TITLE_WIDTH, self.fiche.titre, "dense_total"),
            (PORTEURS_WIDTH, self.porteurs, "dense_total"),
            (4, *((None, "dense_total") if nothing else (etat, f"{role}:petit_centre"))),
            (REALISATION_WIDTH, done, style),
        )

    # --- what was counted and paid ---

    def _heights(self) -> list[float]:
        """A row a measure, or two amounts, whichever are more."""
        ranks = [LINE] * max(1, len(self.mesures), len(self.money))
        for rank, (mesure, label) in enumerate(zip(self.mesures, self.labels, strict=True)):
            need = max(_high(label, self.columns.label_width), _high(self._target(mesure), TARGET_WIDTH))
            if mesure.agregation in AS_TEXT:
                need = max(need, _high(_as_text(self._value(mesure)), self.columns.text_width))
            ranks[rank] = max(ranks[rank], need)
        return ranks

    def _draw_facts(self, board: Board) -> None:
        for rank, (points, mesure, label, line) in enumerate(
            zip_longest(self.heights, self.mesures, self.labels, self.money)
        ):
            if mesure is not None:
                self._draw_mesure(board, mesure, label)
            else:
                alone = not rank and self.portrait.has_mesures
                board.place(0, UNITS - MONEY_WIDTH, "aucune mesure au contrat" if alone else None, MUTED)
            _draw_money(board, line, bool(self.money) or rank > 0)
            board.advance(points)

    def _draw_mesure(self, board: Board, mesure: Mesure, label: str) -> None:
        start = self.columns.label_width
        board.place(0, start, label, "dense")
        if mesure.agregation in AS_TEXT:
            board.place(start, self.columns.text_width, _as_text(self._value(mesure)), "dense")
            return
        before = self.portrait.indicateurs.get(mesure.id, {}).get("Valeur n-1")
        shown = [before] * bool(self.columns.before) + [self._value(mesure)]
        for rank, value in enumerate(shown):
            board.place(start, FIGURE_WIDTH, value, value_style(mesure, value, strong=rank == len(shown) - 1))
            start += FIGURE_WIDTH
        board.place(start, TARGET_WIDTH, self._target(mesure), CENTRED)

    def _value(self, mesure: Mesure) -> object:
        value = self.portrait.indicateurs.get(mesure.id, {}).get("Valeur")
        return MASKED if value is None and self.portrait.masked(mesure) else value

    def _target(self, mesure: Mesure) -> str | None:
        """The target with what is reached of it, and the value that the contract started from."""
        target, initial = self.portrait.targets.get(mesure.id), mesure.valeur_initiale
        shown = rate_fr(initial) if mesure.agregation in AS_RATE else number_fr(initial)
        start = None if initial is None else typography(f"départ : {shown}")
        return f"{NBSP}; ".join(filter(None, (target.sentence if target else None, start))) or None


def _high(texte: object, unites: int) -> float:
    return height(texte, unites, minimum=LINE)


def _as_text(valeur: object) -> str | None:
    return None if valeur is None else abridged(str(valeur), MESURE_TEXT_LENGTH)


def _nothing_said(portrait: Portrait, fiche: Fiche) -> str:
    if nothing := portrait.nothing_this_year(fiche):
        return nothing
    received, expected = portrait.received_and_expected(fiche)
    if not received:
        if not fiche.repondants():
            return "Le porteur est à désigner : aucun retour n’est attendu."
        aside = portrait.result.set_aside(fiche.numero)
        return f"Aucun retour reçu{aside}." if expected else "Aucun retour n’est attendu."
    return "Les retours reçus ne disent pas ce qui a été réalisé."


# --- Money ------------------------------------------------------------------------------------------------------------


def _money_lines(portrait: Portrait, fiche: Fiche) -> Iterator[Amount]:
    """What is known of it, one line each; natures of money stay apart."""
    contrat, row = portrait.contrat, portrait.money.get(fiche.numero, {})
    who = payer(contrat)
    for column, label in (
        ("Montant contrat", "Au contrat, en tout"),
        ("Engagé", f"{who}, engagé"),
        ("Versé", f"{who}, versé"),
        ("ARS hors maquette", nature_name(contrat, "hors_maquette")),
        ("Cofinancements", f"{nature_name(contrat, 'cofinancement')}s"),
        ("Valorisation", nature_name(contrat, "valorisation")),
        ("Coût réalisé", "Coût de l’action"),
    ):
        if row.get(column) is not None:
            yield label, row[column]


def _in_two_columns(lines: Sequence[Amount]) -> list[tuple[Amount, ...]]:
    """Rows of one or two amounts, read down the first column, then the second."""
    rows = -(-len(lines) // 2)
    return [tuple(lines[rank::rows]) for rank in range(rows)]


def _draw_money(board: Board, line: tuple[Amount, ...] | None, known: bool) -> None:
    start, half = UNITS - MONEY_WIDTH, MONEY_WIDTH // 2
    if line is None:
        board.place(start, MONEY_WIDTH, None if known else "aucun montant connu", MUTED)
        return
    for rank in range(2):
        label, amount = line[rank] if rank < len(line) else (None, None)
        board.place(start + rank * half, half - AMOUNT_WIDTH, label, "dense")
        board.place(start + (rank + 1) * half - AMOUNT_WIDTH, AMOUNT_WIDTH, amount, AMOUNT)


# --- What porteurs say ------------------------------------------------------------------------------------------------


def _quoted(testimonies: Sequence[Testimony], champ: str, named: bool) -> str:
    """« Structure : texte », one a line; those who wrote the same share it. The text alone where ``named`` is False."""
    who: dict[str, list[str]] = {}
    for t in testimonies:
        if texte := t.texts.get(champ):
            who.setdefault(texte, []).append(t.structure)
    return "\n".join(typography(f"{', '.join(names)} : {texte}" if named else texte) for texte, names in who.items())


def _speaks_alone(portrait: Portrait, fiche: Fiche, told: Sequence[Testimony]) -> bool:
    """Whether the only one who wrote is the only one who was to: the line of the fiche names it already."""
    (porteur, volet), *others = fiche.repondants() or [("", None)]
    return not others and {t.structure for t in told} == {speaker(displayed_name(portrait.contrat, porteur), volet)}


def _said(portrait: Portrait, fiche: Fiche) -> Iterator[tuple[str, str]]:
    """(heading, text): what was done, each question that somebody answered, what to watch and what is decided."""
    told = [t._replace(texts=_with_motif(t.texts)) for t in portrait.testimonies if t.fiche == fiche.numero]
    labels = {c.nom: c.libelle.replace(NEXT_YEAR, portrait.year_label(1)) for _, c in in_synthese(QUOTED)}
    named = not _speaks_alone(portrait, fiche, told)
    yield DONE_HEADING, _quoted(told, DONE, named) or _nothing_said(portrait, fiche)
    for champ in sorted(labels, key=lambda nom: ORDER.index(nom) if nom in ORDER else len(ORDER)):
        if champ != DONE and (texte := _quoted(told, champ, named)):
            yield labels[champ], texte
    if texte := portrait.attention(fiche):
        yield "Points d’attention", texte
    if texte := portrait.result.notes.decisions.get(fiche.numero, ""):
        yield f"Décision {deciding(portrait.contrat).of_the}", texte


def _with_motif(texts: dict[str, str]) -> dict[str, str]:
    """The motif of an action put off or given up opens its « écarts »."""
    motif = texts.get("motif")
    return texts | {GAPS: "\n".join(filter(None, (f"Motif : {motif}", texts.get(GAPS))))} if motif else texts


class _SaidTexts:
    """Texts side by side under their headings, the longest over the widest columns; what is too long for a row goes on
    in the next ones."""

    def __init__(self, said: Sequence[tuple[str, str]]):
        self.widths = _widths(said)
        self.headings = [titre for titre, _ in said]
        parts = (pieces(texte, wide) for (_, texte), wide in zip(said, self.widths, strict=True))
        self.rows = list(zip_longest(*parts))
        titles = zip(self.headings, self.widths, strict=True)
        self.head = max(height(titre, wide, bold=True, minimum=LINE) for titre, wide in titles)

    @property
    def kept(self) -> float:
        return self.head + self._points(self.rows[0])

    def draw(self, board: Board, numero: str) -> None:
        if board.keep_together(self.kept):
            board.row(LINE + 2, (UNITS, f"{numero} (suite)", "dense_total"))
        board.row(self.head, *((wide, titre, "entete") for titre, wide in zip(self.headings, self.widths, strict=True)))
        for row in self.rows:
            points = self._points(row)
            board.keep_together(points)
            board.row(points, *((wide, texte, "dense") for texte, wide in zip(row, self.widths, strict=True)))

    def _points(self, row: Sequence[str | None]) -> float:
        return max(height(texte, wide) for texte, wide in zip(row, self.widths, strict=True))


def _widths(said: Sequence[tuple[str, str]]) -> list[int]:
    """Units of each column: room for its heading, on one line where all can have it; then the texts are made about as
    high as each other: the highest is widened, one unit after the other."""
    widths = [_heading_width(titre) for titre, _ in said]
    if sum(widths) > UNITS:
        widths = [min(LEAST_WIDTH, UNITS // len(said))] * len(said)
    lines = [text_line_count(texte, wide) for (_, texte), wide in zip(said, widths, strict=True)]
    for _ in range(UNITS - sum(widths)):
        rank = lines.index(max(lines))
        widths[rank] += 1
        lines[rank] = text_line_count(said[rank][1], widths[rank])
    return widths


def _heading_width(titre: str) -> int:
    """Units that hold it on one line, within bounds."""
    wide = range(LEAST_WIDTH, MOST_OF_A_HEADING)
    return next((n for n in wide if text_line_count(titre, n, bold=True) == 1), MOST_OF_A_HEADING)
