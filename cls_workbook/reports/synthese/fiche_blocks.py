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
from cls_workbook.reports.synthese.synthese_portrait import AS_TEXT, AxeGroup, Portrait, Testimony, appearance, by_axe
from cls_workbook.reports.synthese.synthese_targets import aims
from cls_workbook.reports.synthese.synthese_values import value_style
from cls_workbook.reports.synthese.text_heights import abridged, height, pieces
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.masking import MASKED

MESURE_TEXT_LENGTH = 260  # characters of a measure in words; the rest is in Indicateurs
DONE_WIDTH, LABEL_WIDTH, FIGURE_WIDTH, TARGET_WIDTH, MONEY_WIDTH = 12, 7, 2, 5, 8
AMOUNT_WIDTH = 3
DONE, GAPS = "realisations", "ecarts"
ORDER = ("leviers", "freins", GAPS, "perspectives")  # what helps, what hinders, what comes next
LINE = 15.0  # points of a measure, or of an amount


def fiches(board: Board, portrait: Portrait) -> None:
    """A block per active fiche under the band of its axe, then the actions to programme in one sentence."""
    board.band(f"Les fiches en {portrait.year_label()}", following=130)
    groups = by_axe(portrait.contrat)
    if not any(g.fiches or g.a_programmer for g in groups):
        return board.note("Ce contrat ne décrit aucune fiche : il n’y a rien à suivre action par action.")
    for group in groups:
        if not (group.fiches or group.a_programmer or group.elsewhere):
            board.sentences([typography(f"{group.titre} : aucune fiche.")])
            continue
        blocks = [_FicheBlock(portrait, fiche) for fiche in group.fiches]
        _axe_band(board, portrait, group.rank, group.titre, blocks[0].kept if blocks else LINE)
        for block in blocks:
            if board.keep_together(block.kept):
                _axe_band(board, portrait, group.rank, f"{group.titre} (suite)", 0)
            block.draw(board)
        board.sentences(_beside_the_fiches(portrait, group))
    board.note(_legend(portrait))


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
    """Of the measures: year before (None where nothing is known of it), year, what it is compared with."""

    before: str | None
    now: str

    @property
    def label_width(self) -> int:
        return LABEL_WIDTH if self.before else LABEL_WIDTH + FIGURE_WIDTH


def _columns(portrait: Portrait) -> _Columns:
    return _Columns(portrait.year_label(-1) if portrait.has_previous else None, portrait.year_label())


def _axe_band(board: Board, portrait: Portrait, rank: int, titre: str, following: float) -> None:
    """The axe over what was done; beside it, the headers of the measures and of the money."""
    role = f"axe{(rank - 1) % 8 + 1}" if rank else "bloc"
    columns = _columns(portrait)
    board.keep_together(24 + following)
    small = f"{role}:petit_centre"
    figures = [(FIGURE_WIDTH, annee, small) for annee in columns if annee]
    board.row(
        max(20.0, height(titre, DONE_WIDTH - 4, bold=True)),
        (DONE_WIDTH, titre, role),
        (columns.label_width, "Mesures clés", small),
        *figures,
        (TARGET_WIDTH, "Cible, départ" if portrait.targets else "Départ", small),
        (MONEY_WIDTH, f"Argent de {columns.now}", small),
    )


class _FicheBlock:
    """A fiche: its name and state; what was done beside measures and money; what its porteurs say; what the contract
    wants."""

    def __init__(self, portrait: Portrait, fiche: Fiche):
        self.portrait, self.fiche, self.columns = portrait, fiche, _columns(portrait)
        self.testimonies = [t for t in portrait.testimonies if t.fiche == fiche.numero]
        shared = portrait.shared_mesures(fiche)
        self.mesures = portrait.key_mesures(fiche) + [m for _, m in shared]
        self.labels = [self._label(m) for m in portrait.key_mesures(fiche)]
        self.labels += [f"{portrait.libelle(own, m)}, comptée à la fiche {own.numero}" for own, m in shared]
        self.money = list(_money_lines(portrait, fiche))
        self.done = pieces(_quoted(self.testimonies, DONE) or _nothing_said(portrait, fiche), DONE_WIDTH)
        self.heights = self._heights()
        self.said = list(_said(portrait, fiche, self.testimonies))
        self.porteurs = portrait.porteurs(fiche)

    @property
    def kept(self) -> float:
        """Points that stay on one page: the name, the first texts and figures."""
        return self._name_height() + sum(self.heights)

    def draw(self, board: Board) -> None:
        self._draw_name(board)
        self._draw_facts(board)
        for texte in self.done[1:]:
            _kept_row(board, (UNITS, texte, "dense"))
        _draw_said(board, self.said)
        if texte := aims(self.fiche):
            board.note(texte)

    # --- its name ---

    def _name_height(self) -> float:
        return max(LINE + 2, height(self.fiche.titre, 18, bold=True), height(self.porteurs, 8))

    def _draw_name(self, board: Board) -> None:
        lit, etat = light(self.portrait, self.fiche), self.portrait.etat(self.fiche)
        role, _ = appearance(self.portrait.contrat.listes, etat)
        done = self.portrait.realisation(self.fiche)
        style = f"{lit.role}:petit_centre" if done else "dense_total"
        board.row(
            self._name_height(),
            (2, self.fiche.numero, "dense_total:petit_centre"),
            (18, self.fiche.titre, "dense_total"),
            (8, self.porteurs, "dense_total"),
            (4, etat, f"{role}:petit_centre"),
            (4, done, style),
        )

    # --- what was done, counted and paid ---

    def _label(self, mesure: Mesure) -> str:
        return self.portrait.libelle(self.fiche, mesure)

    def _heights(self) -> list[float]:
        """A row a measure or an amount, whichever are more; together as high as what was done needs."""
        ranks = [LINE] * max(1, len(self.mesures), len(self.money))
        for rank, (mesure, label) in enumerate(zip(self.mesures, self.labels, strict=True)):
            need = max(_high(label, self.columns.label_width), _high(self._target(mesure), TARGET_WIDTH))
            if mesure.agregation in AS_TEXT:
                need = max(need, height(_as_text(self._value(mesure)), self._text_width))
            ranks[rank] = max(ranks[rank], need)
        lacking = max(0.0, height(self.done[0], DONE_WIDTH) - sum(ranks)) / len(ranks)
        return [r + lacking for r in ranks]

    def _draw_facts(self, board: Board) -> None:
        board.place(0, DONE_WIDTH, self.done[0], "dense", lines=len(self.heights))
        for rank, (points, mesure, label, line) in enumerate(
            zip_longest(self.heights, self.mesures, self.labels, self.money)
        ):
            if mesure is not None:
                self._draw_mesure(board, mesure, label)
            else:
                board.place(DONE_WIDTH, self._measures_width, "aucune mesure au contrat" if not rank else None, MUTED)
            _draw_money(board, line, bool(self.money) or rank > 0)
            board.advance(points)

    @property
    def _text_width(self) -> int:
        return FIGURE_WIDTH * (1 + bool(self.columns.before)) + TARGET_WIDTH

    @property
    def _measures_width(self) -> int:
        return self.columns.label_width + self._text_width

    def _draw_mesure(self, board: Board, mesure: Mesure, label: str) -> None:
        start, wide = DONE_WIDTH, self.columns.label_width
        board.place(start, wide, label, "dense")
        start += wide
        if mesure.agregation in AS_TEXT:
            board.place(start, self._text_width, _as_text(self._value(mesure)), "dense")
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
    received, expected = portrait.received_and_expected(fiche)
    if not received:
        if not fiche.repondants():
            return "Le porteur est à désigner : aucun retour n’est attendu."
        aside = portrait.result.set_aside(fiche.numero)
        return f"Aucun retour reçu{aside}." if expected else "Aucun retour n’est attendu."
    return "Les retours reçus ne disent pas ce qui a été réalisé."


# --- Money ------------------------------------------------------------------------------------------------------------


def _money_lines(portrait: Portrait, fiche: Fiche) -> Iterator[tuple[str, object]]:
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


def _draw_money(board: Board, line: tuple[str, object] | None, known: bool) -> None:
    start = UNITS - MONEY_WIDTH
    if line is None:
        board.place(start, MONEY_WIDTH, None if known else "aucun montant connu", MUTED)
        return
    board.place(start, MONEY_WIDTH - AMOUNT_WIDTH, line[0], "dense")
    board.place(start + MONEY_WIDTH - AMOUNT_WIDTH, AMOUNT_WIDTH, line[1], AMOUNT)


# --- What porteurs say ------------------------------------------------------------------------------------------------


def _quoted(testimonies: Sequence[Testimony], champ: str) -> str:
    """« Structure : texte », one a line; those who wrote the same share it."""
    who: dict[str, list[str]] = {}
    for t in testimonies:
        if texte := t.texts.get(champ):
            who.setdefault(texte, []).append(t.structure)
    return "\n".join(typography(f"{', '.join(names)} : {texte}") for texte, names in who.items())


def _said(portrait: Portrait, fiche: Fiche, testimonies: Sequence[Testimony]) -> Iterator[tuple[str, str]]:
    """(heading, text) of each question that somebody answered, then what to watch and what is decided."""
    told = [t._replace(texts=_with_motif(t.texts)) for t in testimonies]
    labels = {c.nom: c.libelle.replace(NEXT_YEAR, portrait.year_label(1)) for _, c in in_synthese(QUOTED)}
    for champ in sorted(labels, key=lambda nom: ORDER.index(nom) if nom in ORDER else len(ORDER)):
        if champ != DONE and (texte := _quoted(told, champ)):
            yield labels[champ], texte
    if texte := portrait.attention(fiche):
        yield "Points d’attention", texte
    if texte := portrait.result.notes.decisions.get(fiche.numero, ""):
        yield f"Décision {deciding(portrait.contrat).of_the}", texte


def _with_motif(texts: dict[str, str]) -> dict[str, str]:
    """The motif of an action put off or given up opens its « écarts »."""
    motif = texts.get("motif")
    return texts | {GAPS: "\n".join(filter(None, (f"Motif : {motif}", texts.get(GAPS))))} if motif else texts


def _draw_said(board: Board, said: Sequence[tuple[str, str]]) -> None:
    """Side by side, the longest texts over the widest columns; what is too long for a row goes on in the next ones."""
    if not said:
        return
    widths = _widths([len(texte) for _, texte in said])
    parts = [pieces(texte, wide) for (_, texte), wide in zip(said, widths, strict=True)]
    head = max(height(titre, wide, bold=True, minimum=LINE) for (titre, _), wide in zip(said, widths, strict=True))
    first = max(height(part[0], wide) for part, wide in zip(parts, widths, strict=True))
    board.keep_together(head + first)
    board.row(head, *((wide, titre, "entete") for (titre, _), wide in zip(said, widths, strict=True)))
    for row in zip_longest(*parts):
        _kept_row(board, *((wide, texte, "dense") for texte, wide in zip(row, widths, strict=True)))


def _widths(lengths: Sequence[int]) -> list[int]:
    """Units of each column, by the square root of its text: none too narrow, the whole line taken."""
    least = min(5, UNITS // len(lengths))
    weights = [max(1, n) ** 0.5 for n in lengths]
    free = UNITS - least * len(lengths)
    widths = [least + int(free * w / sum(weights)) for w in weights]
    widths[weights.index(max(weights))] += UNITS - sum(widths)
    return widths


def _kept_row(board: Board, *cells: tuple[int, str | None, str]) -> None:
    points = max(height(texte, wide) for wide, texte, _ in cells)
    board.keep_together(points)
    board.row(points, *cells)
