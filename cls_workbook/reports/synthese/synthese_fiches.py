"""The fiches in the Synthèse: one line each with its key measures, how these moved, what the porteurs say."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest

from cls_workbook.domain.entry_questions import NEXT_YEAR, QUOTED, in_synthese
from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.domain.questions import Champ
from cls_workbook.domain.wording import TRANSVERSAL, axe_name, payer
from cls_workbook.french import fold
from cls_workbook.reports.synthese.synthese_pieces import (
    CENTRED,
    MUTED,
    STRONG,
    STRONG_CENTRED,
    UNITS,
    WHOLE,
    Board,
    PrintedColumn,
    PrintedTable,
    StyledBox,
)
from cls_workbook.reports.synthese.synthese_portrait import AS_TEXT, Portrait, Testimony, appearance, by_axe
from cls_workbook.reports.synthese.synthese_targets import AIMS_START, AimsRows
from cls_workbook.reports.synthese.synthese_values import is_number, value_style
from cls_workbook.reports.synthese.text_heights import abridged, height, pieces
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.masking import MASKED
from cls_workbook.summaries.progress import TO_BE_SCHEDULED

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
    if not any(g.fiches or g.a_programmer for g in groups):
        return board.note("Ce contrat ne décrit aucune fiche : il n’y a rien à suivre action par action.")
    columns = fiche_columns(portrait)
    for group in groups:
        lines: list[_FicheRows | _ToBeScheduled | _SeenElsewhere] = [_FicheRows(portrait, f) for f in group.fiches]
        _axe_header(board, group.rank, group.titre, columns, lines[0].kept if lines else 24)
        lines += [_ToBeScheduled(portrait, action) for action in group.a_programmer]
        for line in [*lines, *(_SeenElsewhere(portrait, f) for f in group.elsewhere)]:
            if board.keep_together(line.kept):
                _axe_header(board, group.rank, f"{group.titre} (suite)", columns, 0)
            line.draw(board)
    board.note(_legend(portrait))


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
    board.row(points, (wide, titre, role), *((c.unites, c.titre, f"{role}:petit_centre") for c in columns[3:]))


class _ToBeScheduled:
    """An action without a fiche yet: its title over « Fiche » and « Porteurs »; nothing is asked of it."""

    kept = 22.0

    def __init__(self, portrait: Portrait, titre: str):
        self.titre, self.role = titre, appearance(portrait.contrat.listes, TO_BE_SCHEDULED)[0]

    def draw(self, board: Board) -> None:
        state = (2, TO_BE_SCHEDULED, f"{self.role}:petit_centre")
        cells = ((1, "—", CENTRED), (9, self.titre, "dense"), state, (UNITS - 12, None, "dense"))
        board.row(max(26.0, height(self.titre, 9)), *cells)


class _SeenElsewhere:
    """A fiche of another axe that serves this one too: named here, shown and counted there."""

    kept = 22.0

    def __init__(self, portrait: Portrait, fiche: Fiche):
        axe = portrait.contrat.by_axe.get(fiche.axe or "")
        where = axe_name(axe) if axe else TRANSVERSAL
        self.numero, self.texte = fiche.numero, f"{fiche.titre} (voir {where})"

    def draw(self, board: Board) -> None:
        cells = ((1, self.numero, CENTRED), (9, self.texte, "dense"), (UNITS - 10, None, "dense"))
        board.row(max(26.0, height(self.texte, 9)), *cells)


class _FicheRows:
    """A fiche and its key measures: one row a measure, the rest merged over them; below, what the contract wants."""

    def __init__(self, portrait: Portrait, fiche: Fiche):
        self.portrait, self.fiche = portrait, fiche
        self.mesures = portrait.key_mesures(fiche)
        self.labels = [self._label(m) for m in self.mesures] or [""]
        self.aims = AimsRows(fiche)
        self.porteurs, self.attention = portrait.porteurs(fiche), portrait.attention(fiche)
        self.realisation = portrait.realisation(fiche)
        self.decision = portrait.result.notes.decisions.get(fiche.numero, "")
        self.heights = self._heights()

    @property
    def kept(self) -> float:
        """Points that stay on one page."""
        return sum(self.heights) + sum(self.aims.heights)

    def _label(self, mesure: Mesure) -> str:
        """What the measure is, and its target with what is reached of it."""
        target = self.portrait.targets.get(mesure.id)
        texte = self.portrait.libelle(self.fiche, mesure)
        return f"{texte}\n{target.sentence}" if target else texte

    def _heights(self) -> list[float]:
        """Every row high enough for its measure, all together high enough for the texts beside them."""
        ranks = [max(22.0, height(texte, 5)) for texte in self.labels]
        for rank, mesure in enumerate(self.mesures):
            if mesure.agregation in AS_TEXT:
                ranks[rank] = max(ranks[rank], height(_text(self._values(mesure)[-1]), 6))
        beside = ((self.realisation or "", 2), (self.attention, 4), (self.decision, 3))
        texts = max(34, *(height(*texte) for texte in beside))
        titles = max(height(self.fiche.titre, 5, bold=True), height(self.porteurs, 4))  # beside the aims too
        need = max(texts, titles - sum(self.aims.heights))
        lacking = max(0.0, need - sum(ranks)) / len(ranks)
        return [r + lacking for r in ranks]

    def _values(self, mesure: Mesure) -> tuple[object, object, object]:
        line = self.portrait.indicateurs.get(mesure.id, {})
        return mesure.valeur_initiale, line.get("Valeur n-1"), line.get("Valeur")

    def draw(self, board: Board) -> None:
        self._draw_fiche_cells(board, len(self.heights))
        for rank, points in enumerate(self.heights):
            if rank < len(self.mesures):
                self._draw_mesure(board, self.mesures[rank], self.labels[rank])
            else:
                board.place(14, 5, "aucune mesure au contrat", MUTED)
                board.place(19, 6, None, "dense")
            board.advance(points)
        self.aims.draw(board)

    def _draw_fiche_cells(self, board: Board, n: int) -> None:
        """What holds for the whole fiche, over its ``n`` rows; its name and porteurs, over those of its aims too."""
        fiche, money = self.fiche, self.portrait.money.get(self.fiche.numero, {})
        etat = self.portrait.etat(fiche)
        role, _ = appearance(self.portrait.contrat.listes, etat)
        with_aims = n + len(self.aims.rows)
        for start, unites, valeur, style in (
            (0, 1, fiche.numero, STRONG_CENTRED),
            (1, 5, fiche.titre, STRONG),
            (6, 4, self.porteurs, "dense"),
            (10, 2, etat, f"{role}:petit_centre"),
            (12, 2, self.realisation, CENTRED),
            (25, 2, money.get("Engagé"), "dense:montant_rond_cale"),
            (27, 2, money.get("Versé"), "dense:montant_rond_cale"),
            (29, 4, self.attention or None, "dense"),
            (33, 3, self.decision or None, "dense"),
        ):
            board.place(start, unites, valeur, style, with_aims if start < AIMS_START else n)

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


# --- Key measures against what they were ------------------------------------------------------------------------------


def evolution(board: Board, portrait: Portrait) -> None:
    """The measures that have both an initial value and a value: a table, then a chart for each unit."""
    groups, set_aside = _comparables(portrait)
    board.band("Les mesures face à leur valeur initiale", following=60 + 20 * sum(len(m) for _, m in groups))
    if not groups:
        return board.note("Aucune mesure n’a à la fois une valeur initiale au contrat et une valeur cette année.")
    before = portrait.has_previous
    periods = ["Valeur initiale", *[portrait.year_label(-1)] * before, portrait.year_label()]
    columns = [
        PrintedColumn("Fiche et mesure", UNITS - 6 - 4 * len(periods)),
        PrintedColumn("Unité", 6),
        *(PrintedColumn(p, 4, WHOLE) for p in periods),
    ]
    lines = []
    for unite, membres in groups:
        for fiche, mesure in membres:
            line = portrait.indicateurs[mesure.id]
            values = [mesure.valeur_initiale, *[line["Valeur n-1"]] * before, line["Valeur"]]
            boxes = [StyledBox(v, value_style(mesure, v, strong=v is values[-1])) for v in values]
            lines.append([f"{fiche.numero} · {mesure.libelle}", unite or None, *boxes])
    drawn = board.sheet_table(columns, lines, may_split=False)
    if set_aside:
        board.note(f"{set_aside} autres mesures ont une valeur initiale : elles sont dans la consolidation.")
    board.empty()
    _small_charts(board, groups, drawn)


def _comparables(portrait: Portrait) -> tuple[list[tuple[str, list[tuple[Fiche, Mesure]]]], int]:
    """((unit, measures), how many are left out). The units with most measures come first: different units share no
    axis."""
    candidates = [
        (fiche, mesure)
        for fiche in portrait.contrat.fiches
        for mesure in fiche.mesures
        if mesure.valeur_initiale is not None and is_number(portrait.indicateurs.get(mesure.id, {}).get("Valeur"))
    ]
    kept = candidates
    if len(candidates) > MAX_COMPARISONS:
        kept = sorted(candidates, key=lambda c: not c[1].cle)[:MAX_COMPARISONS]
    groups: dict[str, list[tuple[Fiche, Mesure]]] = {}
    for fiche, mesure in kept:
        groups.setdefault("%" if mesure.agregation in AS_RATE else mesure.unite or "", []).append((fiche, mesure))
    return sorted(groups.items(), key=lambda g: -len(g[1])), len(candidates) - len(kept)


def _small_charts(board: Board, groups: Sequence[tuple[str, list[tuple[Fiche, Mesure]]]], drawn: PrintedTable) -> None:
    """Columns side by side for each unit, three charts a row; the rows of a unit follow each other in the table."""
    last = drawn.columns[-1].titre
    colors = ("gris_moyen", "axe4", "accent") if len(drawn.columns) == 5 else ("gris_moyen", "accent")
    above = 0
    for rank, (unite, membres) in enumerate(groups[:MAX_CHARTS]):
        if rank % CHARTS_PER_ROW == 0:
            board.keep_together(CHART_HEIGHT + 4)
            board.empty(4)  # a chart at the very top of a page shows its edge at the foot of the one before
        fiche, mesure = membres[0]
        titre = f"{fiche.numero} · {mesure.libelle}" if len(membres) == 1 else f"Unité : {unite or 'nombre'}"
        names = ", ".join(m.libelle for _, m in membres)
        said = f"Colonnes : {names}, de la valeur initiale à {last}. Les chiffres sont dans le tableau au-dessus."
        bars, format_ = drawn.part(above, len(membres)).bars(colors, first=2), "taux" if unite == "%" else "entier"
        start = rank % CHARTS_PER_ROW * 12
        board.chart(start, 12, CHART_HEIGHT, "colonnes", abridged(titre, 52), bars, said, format_)
        above += len(membres)
        if rank % CHARTS_PER_ROW == CHARTS_PER_ROW - 1 or rank == min(len(groups), MAX_CHARTS) - 1:
            board.advance(CHART_HEIGHT)


# --- What the porteurs say --------------------------------------------------------------------------------------------

_TEXTS_WIDTH = 27  # of the sheet's units, for all that is quoted


def statements(board: Board, portrait: Portrait) -> None:
    """Gaps, obstacles, what comes next and whether the contract must change, side by side with the name of who says
    so."""
    lines = [line for t in portrait.testimonies for line in _text_rows(t)]
    following = portrait.year_label(1)
    columns = (
        PrintedColumn("Fiche", 2, STRONG_CENTRED),
        PrintedColumn("Structure", 4, STRONG),
        *(PrintedColumn(champ.libelle.replace(NEXT_YEAR, following), unites) for champ, unites in _quoted()),
        PrintedColumn("Avenant", 3, CENTRED),
    )
    absent = "Aucun retour ne dit de difficulté, de perspective ni de demande d’avenant."
    board.section(f"Difficultés, perspectives {following} et avenants", columns, lines, absent=absent, following=80)


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
