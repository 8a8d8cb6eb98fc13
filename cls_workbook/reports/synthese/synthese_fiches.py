"""The fiches in the Synthèse: one line each with its key measures, how these moved, what the porteurs say."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest
from typing import Any

from cls_workbook.domain.entry_questions import NEXT_YEAR, QUOTED, in_synthese
from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.domain.questions import Champ
from cls_workbook.domain.wording import payer
from cls_workbook.french import fold
from cls_workbook.reports.synthese.synthese_pieces import (
    UNITS,
    Board,
    PrintedColumn,
    StyledBox,
    abridged,
    height,
    pieces,
)
from cls_workbook.reports.synthese.synthese_portrait import AS_TEXT, Portrait, Testimony, appearance, by_axe
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.masking import MASKED
from cls_workbook.summaries.progress import TO_BE_SCHEDULED
from cls_workbook.workbook.description import ChartSeries

MESURE_TEXT_LENGTH = 260  # characters on the line of a fiche; the rest is in Indicateurs
MAX_COMPARISONS = 22  # rows that stay together on a page
MAX_CHARTS, CHARTS_PER_ROW, CHART_HEIGHT = 6, 3, 165


def fiche_columns(portrait: Portrait) -> tuple[PrintedColumn, ...]:
    annee, who = portrait.year_label(), payer(portrait.contrat)
    return (
        PrintedColumn("N°", 1),
        PrintedColumn("Fiche", 5),
        PrintedColumn("Porteurs", 4),
        PrintedColumn("État", 2),
        PrintedColumn(f"Réalisation {annee}", 2),
        PrintedColumn("Mesures clés", 5),
        PrintedColumn("Valeur initiale", 2),
        PrintedColumn(portrait.year_label(-1), 2),
        PrintedColumn(annee, 2),
        PrintedColumn(f"{who} engagé", 2),
        PrintedColumn(f"{who} versé", 2),
        PrintedColumn("Points d’attention", 4),
        PrintedColumn("Décision", 3),
    )


def fiches(board: Board, portrait: Portrait) -> None:
    """One line per fiche, active or to programme, under the band of its axe, which repeats the headers."""
    board.band(f"Les fiches en {portrait.year_label()}", following=130)
    groups = by_axe(portrait.contrat)
    if not any(fiches_ or titles for _, _, fiches_, titles in groups):
        board.sentences(["Ce contrat ne décrit aucune fiche : il n’y a rien à suivre action par action."], "dense_doux")
        return
    columns = fiche_columns(portrait)
    for rank, titre, its_own, a_programmer in groups:
        lines = [_FicheRows(portrait, fiche) for fiche in its_own]
        _axe_header(board, rank, titre, columns, lines[0].points if lines else 24)
        for line in lines:
            if board.keep_together(line.points):
                _axe_header(board, rank, f"{titre} (suite)", columns, 0)
            line.draw(board, columns)
        for action in a_programmer:
            if board.keep_together(22):
                _axe_header(board, rank, f"{titre} (suite)", columns, 0)
            _to_be_scheduled(board, portrait, action, columns)
    board.sentences([_legend(portrait)], "dense_doux")


def _legend(portrait: Portrait) -> str:
    first = portrait.annee <= min(portrait.contrat.annees)
    following = (
        ""
        if portrait.has_previous or first
        else f" La consolidation de {portrait.year_label(-1)} n’a pas été fournie : sa colonne est vide."
    )
    return (
        "Un numéro entre crochets renvoie aux réserves, en fin de document. Une case vide veut dire « non connu », "
        "jamais zéro. "
        f"{payer(portrait.contrat)} engagé et versé : crédits de la maquette en {portrait.year_label()}.{following}"
    )


def _axe_header(board: Board, rank: int, titre: str, columns: Sequence[PrintedColumn], following: float) -> None:
    role = f"axe{(rank - 1) % 8 + 1}" if rank else "bloc"
    board.keep_together(34 + following)
    wide = sum(c.unites for c in columns[:3])
    points = max(32.0, height(titre, wide, bold=True) + 8)
    board.place(0, wide, titre, role)
    start = wide
    for column in columns[3:]:
        board.place(start, column.unites, column.titre, f"{role}:petit_centre")
        start += column.unites
    board.advance(points)


def _to_be_scheduled(board: Board, portrait: Portrait, titre: str, columns: Sequence[PrintedColumn]) -> None:
    role, _ = appearance(portrait.contrat.listes, TO_BE_SCHEDULED)
    # Title over « Fiche » and « Porteurs »; nothing is asked of an action that has no fiche yet.
    board.place(0, 1, "—", "dense:petit_centre")
    board.place(1, 9, titre, "dense")
    board.place(10, 2, TO_BE_SCHEDULED, f"{role}:petit_centre")
    board.place(12, UNITS - 12, None, "dense")
    board.advance(max(26.0, height(titre, 9)))


class _FicheRows:
    """A fiche and its key measures: one row a measure, the rest merged over them."""

    def __init__(self, portrait: Portrait, fiche: Fiche):
        self.portrait, self.fiche = portrait, fiche
        self.mesures = portrait.key_mesures(fiche)
        self.labels = [portrait.libelle(fiche, m) for m in self.mesures] or [""]
        self.porteurs, self.attention = portrait.porteurs(fiche), portrait.attention(fiche)
        self.decision = portrait.result.notes.decisions.get(fiche.numero, "")
        self.heights = self._heights()

    @property
    def points(self) -> float:
        return sum(self.heights)

    def _heights(self) -> list[float]:
        """Every row high enough for its measure, all together high enough for the texts beside them."""
        ranks = [max(22.0, height(texte, 5)) for texte in self.labels]
        for rank, mesure in enumerate(self.mesures):
            if mesure.agregation in AS_TEXT:
                ranks[rank] = max(ranks[rank], height(_text(self._values(mesure)[-1]), 6))
        need = max(
            height(self.fiche.titre, 5, bold=True),
            height(self.porteurs, 4),
            height(self.attention, 4),
            height(self.decision, 3),
            34,
        )
        lacking = max(0.0, need - sum(ranks)) / len(ranks)
        return [r + lacking for r in ranks]

    def _values(self, mesure: Mesure) -> tuple[object, object, object]:
        line = self.portrait.indicateurs.get(mesure.id, {})
        return mesure.valeur_initiale, line.get("Valeur n-1"), line.get("Valeur")

    def draw(self, board: Board, columns: Sequence[PrintedColumn]) -> None:
        for rank, points in enumerate(self.heights):
            if rank == 0:
                self._draw_fiche_cells(board, len(self.heights))
            if rank < len(self.mesures):
                self._draw_mesure(board, self.mesures[rank], self.labels[rank])
            else:
                board.place(14, 5, "aucune mesure au contrat", "dense_doux")
                board.place(19, 6, None, "dense")
            board.advance(points)

    def _draw_fiche_cells(self, board: Board, n: int) -> None:
        """What holds for the whole fiche, over its ``n`` rows."""
        fiche, money = self.fiche, self.portrait.money.get(self.fiche.numero, {})
        etat = self.portrait.etat(fiche)
        role, _ = appearance(self.portrait.contrat.listes, etat)
        for start, unites, valeur, style in (
            (0, 1, fiche.numero, "dense_fort:petit_centre"),
            (1, 5, fiche.titre, "dense_fort"),
            (6, 4, self.porteurs, "dense"),
            (10, 2, etat, f"{role}:petit_centre"),
            (12, 2, self.portrait.realisation(fiche), "dense:petit_centre"),
            (25, 2, money.get("Engagé"), "dense:montant_rond_cale"),
            (27, 2, money.get("Versé"), "dense:montant_rond_cale"),
            (29, 4, self.attention or None, "dense"),
            (33, 3, self.decision or None, "dense"),
        ):
            board.place(start, unites, valeur, style, n)

    def _draw_mesure(self, board: Board, mesure: Mesure, libelle: str) -> None:
        board.place(14, 5, libelle, "dense")
        initial, before, valeur = self._values(mesure)
        if mesure.agregation in AS_TEXT:
            board.place(19, 6, _text(valeur), "dense")
            return
        if valeur is None and self.portrait.masked(mesure):
            valeur = MASKED
        for rank, content in enumerate((initial, before, valeur)):
            board.place(19 + 2 * rank, 2, content, value_style(mesure, content, strong=rank == 2))


def _text(valeur: object) -> str | None:
    return None if valeur is None else abridged(str(valeur), MESURE_TEXT_LENGTH)


def value_style(mesure: Mesure, valeur: Any, strong: bool = False) -> str:
    """The style of a figure of this measure in a table of the Synthèse."""
    role = "dense_fort" if strong else "dense"
    if not is_number(valeur):
        return f"{role}:petit_centre"
    if mesure.agregation in AS_RATE:
        return f"{role}:taux_cale"
    return f"{role}:entier_cale" if valeur == int(valeur) and mesure.agregation != "MOYENNE" else f"{role}:decimal_cale"


def is_number(valeur: object) -> bool:
    return isinstance(valeur, (int, float, Decimal)) and not isinstance(valeur, bool)


# --- Key measures against what they were ------------------------------------------------------------------------------


def evolution(board: Board, portrait: Portrait) -> None:
    """The measures that have both an initial value and a value: a table, then a chart for each unit."""
    board.band("Les mesures face à leur valeur initiale", following=120)
    groups, set_aside = _comparables(portrait)
    if not groups:
        board.sentences(
            ["Aucune mesure n’a à la fois une valeur initiale au contrat et une valeur cette année."], "dense_doux"
        )
        return
    before = portrait.has_previous
    periods = ["Valeur initiale", *[portrait.year_label(-1)] * before, portrait.year_label()]
    columns = [
        PrintedColumn("Fiche et mesure", UNITS - 6 - 4 * len(periods)),
        PrintedColumn("Unité", 6),
        *(PrintedColumn(p, 4, "dense:entier_cale") for p in periods),
    ]
    lines = []
    for unite, membres in groups:
        for fiche, mesure in membres:
            line = portrait.indicateurs[mesure.id]
            values = [mesure.valeur_initiale, *[line["Valeur n-1"]] * before, line["Valeur"]]
            boxes = [StyledBox(v, value_style(mesure, v, strong=v is values[-1])) for v in values]
            lines.append([f"{fiche.numero} · {mesure.libelle}", unite or None, *boxes])
    first, _ = board.sheet_table(columns, lines, may_split=False)
    if set_aside:
        board.sentences(
            [f"{set_aside} autres mesures ont une valeur initiale : elles sont dans la consolidation."], "dense_doux"
        )
    board.empty()
    _small_charts(board, groups, periods, first, columns)


def _comparables(portrait: Portrait) -> tuple[list[tuple[str, list[tuple[Fiche, Mesure]]]], int]:
    """((unit, measures), how many are left out). The units with most measures come first: different units share no
    axis."""
    candidates = [
        (fiche, mesure)
        for fiche in portrait.contrat.fiches
        for mesure in fiche.mesures
        if mesure.valeur_initiale is not None and is_number(portrait.indicateurs.get(mesure.id, {}).get("Valeur"))
    ]
    kept_ones = candidates
    if len(candidates) > MAX_COMPARISONS:
        kept_ones = sorted(candidates, key=lambda c: not c[1].cle)[:MAX_COMPARISONS]
    groups: dict[str, list[tuple[Fiche, Mesure]]] = {}
    for fiche, mesure in kept_ones:
        groups.setdefault("%" if mesure.agregation in AS_RATE else mesure.unite or "", []).append((fiche, mesure))
    return sorted(groups.items(), key=lambda g: -len(g[1])), len(candidates) - len(kept_ones)


def _small_charts(
    board: Board,
    groups: list[tuple[str, list[tuple[Fiche, Mesure]]]],
    periods: Sequence[str],
    first: int,
    columns: Sequence[PrintedColumn],
) -> None:
    """Columns side by side for each unit, three charts a row; the rows of a unit follow each other in the table."""
    places = []
    for unite, membres in groups:
        places.append((unite, membres, (first, first + len(membres) - 1)))
        first += len(membres)
    retained_ones = places[:MAX_CHARTS]
    depuis = columns[0].unites + columns[1].unites
    colors = ("gris_moyen", "axe4", "accent") if len(periods) == 3 else ("gris_moyen", "accent")
    for start in range(0, len(retained_ones), CHARTS_PER_ROW):
        board.keep_together(CHART_HEIGHT + 4)
        board.empty(4)  # a chart at the very top of a page shows its edge at the foot of the one before
        for rank, (unite, membres, lines) in enumerate(retained_ones[start : start + CHARTS_PER_ROW]):
            titre = (
                f"{membres[0][0].numero} · {membres[0][1].libelle}"
                if len(membres) == 1
                else f"Unité : {unite or 'nombre'}"
            )
            series = [
                ChartSeries(period, board.cell_range(lines, 0), board.cell_range(lines, depuis + 4 * i), color)
                for i, (period, color) in enumerate(zip(periods, colors, strict=True))
            ]
            names = ", ".join(m.libelle for _, m in membres)
            board.chart(
                rank * 12,
                12,
                CHART_HEIGHT,
                "colonnes",
                abridged(titre, 52),
                series,
                f"Colonnes : {names}, de la valeur initiale à {periods[-1]}. Les chiffres sont dans le tableau "
                f"au-dessus.",
                value_format="taux" if unite == "%" else "entier",
            )
        board.advance(CHART_HEIGHT)


# --- What the porteurs say --------------------------------------------------------------------------------------------

_TEXTS_WIDTH = 27  # of the sheet's units, for all that is quoted


def statements(board: Board, portrait: Portrait) -> None:
    """Gaps, obstacles, what comes next and whether the contract must change, side by side with the name of who says
    so."""
    board.band(f"Difficultés, perspectives {portrait.year_label(1)} et avenants", following=80)
    lines = [line for t in portrait.testimonies for line in _text_rows(t)]
    if not lines:
        board.sentences(["Aucun retour ne dit de difficulté, de perspective ni de demande d’avenant."], "dense_doux")
        return
    columns = (
        PrintedColumn("Fiche", 2, "dense_fort:petit_centre"),
        PrintedColumn("Structure", 4, "dense_fort"),
        *(
            PrintedColumn(champ.libelle.replace(NEXT_YEAR, portrait.year_label(1)), unites)
            for champ, unites in _quoted()
        ),
        PrintedColumn("Avenant", 3, "dense:petit_centre"),
    )
    board.sheet_table(columns, lines)


def _quoted() -> list[tuple[Champ, int]]:
    """The questions whose texts are quoted, and how wide each is."""
    asked = [champ for _, champ in in_synthese(QUOTED)]
    wide, left = divmod(_TEXTS_WIDTH, len(asked))
    return [(champ, wide + (rank < left)) for rank, champ in enumerate(asked)]


def _text_rows(testimony: Testimony) -> list[list[object]]:
    """One row, or several where a text is too long for one; none if the structure wrote nothing of this."""
    texts = dict(testimony.texts)
    if motif := texts.get("motif"):
        texts["ecarts"] = f"Motif : {motif}" + (f"\n{texts['ecarts']}" if texts.get("ecarts") else "")
    if not any(texts.get(champ.nom) for champ, _ in _quoted()) and fold(texts.get("avenant", "")) != "oui":
        return []
    parts = [pieces(texts.get(champ.nom, ""), unites) for champ, unites in _quoted()]
    rows: list[list[object]] = []
    for rank, following in enumerate(zip_longest(*parts, fillvalue="")):
        avenant = "demandé" if fold(texts.get("avenant", "")) == "oui" and rank == 0 else None
        rows.append([testimony.fiche, testimony.structure, *(t or None for t in following), avenant])
    return rows
