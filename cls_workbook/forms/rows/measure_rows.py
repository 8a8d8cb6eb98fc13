"""What was counted: one row a measure, in the block of its kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from cls_workbook.domain import entry_questions
from cls_workbook.domain.announced.shared_indicators import shown_on
from cls_workbook.domain.model import Fiche, Indicateur, Mesure
from cls_workbook.domain.questions import Bloc, Champ
from cls_workbook.domain.targets import target_in_brief, target_in_words, target_of, value_in_words
from cls_workbook.domain.wording import rate_words
from cls_workbook.forms import form_pieces as pieces
from cls_workbook.forms.choice_lists import steps_list
from cls_workbook.forms.columns import END, WIDTHS, C, D, E, F, G, H, I, J, L, width
from cls_workbook.forms.form_pieces import SheetContext, mesure_state, without_value
from cls_workbook.forms.layout import FormPage, KeyedRow, RowQuestion, abridge, height
from cls_workbook.forms.row_states import more_than, put_state
from cls_workbook.forms.rows.reference_columns import (
    CHANGE,
    COUNTED_TYPES,
    DECIMAL,
    KINDS,
    LAST,
    START,
    TARGET,
    WHOLE,
    WITH_TARGET,
    MesureKind,
    any_target,
    change,
    number_format,
    starts_alone,
    target,
    unit,
)
from cls_workbook.french import typography
from cls_workbook.workbook.description import address

NO_ANSWER = "Facultatif\u00a0: seulement si vous ne pouvez pas répondre."
PlaceInput = Callable[[Champ, int], None]


def mesures(page: FormPage, fiche: Fiche, context: SheetContext) -> dict[str, int]:
    """Every block of indicators that the fiche calls for. Returns measure id → row, for the counted ones."""
    lines = _tallies(page, fiche, context)
    for kind in KINDS:
        left_out, shorter = kind.shorter or ("", kind)
        asked = shorter if f"{kind.bloc.nom}/{left_out}" in context.left_out else kind
        _block(page, asked, _questions(fiche, kind.type), context)
    _textes(page, fiche, context)
    _asked_elsewhere(page, fiche, context)
    return lines


def _asked_elsewhere(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    """Indicators that this fiche follows and that are asked on another one."""
    shared = list(shown_on(context.contrat, fiche.numero))
    if not shared:
        return
    page.groups.append(page.line)
    page.next_row(6)
    for own, indicateur in shared:
        said = typography(
            f"« {indicateur.libelle} » se remplit une fois, sur la fiche {own.numero} : rien à saisir ici."
        )
        page.merge(C, END, said, "aide:texte")
        page.next_row(height(said, width(C, END), 20))


def _questions(fiche: Fiche, *types: str) -> list[tuple[Indicateur, Mesure]]:
    return [(i, m) for i in fiche.indicateurs for m in i.mesures if m.type in types]


def _row_label(indicateur: Indicateur, mesure: Mesure, context: SheetContext) -> str:
    """What the row is called: the indicator, in the words of the contract, or the measure where the indicator has
    several (it is then said above them); then what a rate is of and what is to be reached, where the contract says
    so."""
    parts = [indicateur.libelle if len(indicateur.mesures) == 1 else mesure.libelle]
    if words := rate_words(mesure):
        parts.append(words)
    if mesure.valeur_initiale is not None and mesure.type not in COUNTED_TYPES:  # which say it with their unit
        parts.append(typography(f"Au départ : {value_in_words(mesure.valeur_initiale, mesure)}"))
    if mesure.noyau and mesure.note and context.contrat.by_mesure[mesure.id][0].regional:
        parts.append(typography(mesure.note))  # its question stands nowhere else: what to know is said beside it
    cible = target_of(context.contrat, mesure.id, context.annee)
    if cible and mesure.type not in WITH_TARGET:
        parts.append(target_in_words(cible, mesure, context.contrat))
    return "\n".join(parts)


def _sentence(page: FormPage, indicateur: Indicateur, before: Indicateur | None) -> None:
    """The words of an indicator that asks several measures, once, above those of this block."""
    if len(indicateur.mesures) == 1 or indicateur is before:
        return
    is_short = height(indicateur.libelle, width(C, END)) == height("", width(C, END))
    page.texte(C, indicateur.libelle, "fait" if is_short else "libelle")
    page.next_row(pieces.ROW_HEIGHT if is_short else height(indicateur.libelle, WIDTHS[C]))


def _asked_columns(bloc: Bloc, columns: Mapping[str, int], context: SheetContext) -> dict[str, int]:
    """Those of the questions that the fiche asks; the options stand side by side, after the statut."""
    asked = {c.nom for c in context.asked(bloc).input_fields}
    kept = {nom: column for nom, column in columns.items() if nom in asked}
    if "dont_qpv" in kept and "double_compte" not in kept:
        kept["dont_qpv"] = columns["double_compte"]
    return kept


def _start_table(
    page: FormPage, bloc: Bloc, context: SheetContext, titles: Mapping[int, str], columns: Mapping[str, int]
) -> dict[int, str]:
    """Band and headers of a block. Returns column → printed header; ``titles`` say ``{this}`` and ``{last}`` year."""
    page.groups.append(page.line)
    page.next_row(6)
    years = {"this": context.this_year, "last": context.last_year}
    printed = {column: titre.format(**years) for column, titre in titles.items()}
    printed |= {column: pieces.header_of(bloc.champ(nom), context.this_year) for nom, column in columns.items()}
    pieces.headers(page, f"{page.fiche}/{bloc.nom}", printed, set(columns.values()), bloc.titre)
    return printed


def _start_row(
    page: FormPage, bloc: Bloc, indicateur: Indicateur, mesure: Mesure, context: SheetContext, titles: Mapping[int, str]
) -> tuple[KeyedRow, PlaceInput]:
    """Starts the row of a measure. ``put(champ, column)`` then places each of its inputs."""
    label = _row_label(indicateur, mesure, context)
    row = page.row(f"{page.fiche}/{bloc.nom}/{mesure.id}", "saisie", label)
    page.texte(C, label, "libelle")
    tallest = [height(label, WIDTHS[C]), pieces.ROW_HEIGHT]
    if bloc is entry_questions.MESURES:
        tallest.append(height(unit(mesure, titles), WIDTHS[D]))
    if TARGET in titles.values() and (cible := target_of(context.contrat, mesure.id, context.annee)):
        tallest.append(height(target_in_brief(cible, mesure, context.contrat), WIDTHS[I]))
    page.sheet.heights[page.line] = max(tallest)

    def put(champ: Champ, column: int) -> None:
        asked = RowQuestion(champ, bloc.nom, titles[column], mesure=mesure.id, subject=mesure.libelle)
        page.typed(row, column, asked)

    return row, put


def _figure(champ: Champ, mesure: Mesure) -> Champ:
    """The question of a measure's figure, with its type, its unit and its bound."""
    unite, maximum = mesure.unite or champ.unite, mesure.maximum or champ.maximum
    return replace(champ, type=mesure.type, unite=unite, maximum=maximum)


def _as_asked(champ: Champ, mesure: Mesure) -> Champ:
    """Steps that the contract names are chosen from its own list; a numerator may be a decimal number."""
    if champ.nom == "jalon" and mesure.modalites:
        return replace(champ, choix=steps_list(mesure))
    if champ.nom == "numerateur" and mesure.numerateur_decimal:
        return replace(champ, type="decimal")
    return champ


def _answered_state(
    page: FormPage,
    row: KeyedRow,
    context: SheetContext,
    indicateur: Indicateur,
    *columns: int,
    statut: int | None = H,
    faults: Sequence[str] = (),
) -> None:
    """The state of a row: every one of these cells is filled, or a statut, in its column, says why not."""
    filled = ",".join(f'{address(page.line, c)}<>""' for c in columns)
    filled = f"AND({filled})" if len(columns) > 1 else filled
    if statut:
        filled = f"OR({filled},{without_value(context, address(page.line, statut))})"
    mesure_state(page, row, context, indicateur, filled, *faults)


# --- counts ---------------------------------------------------------------------------------------------------------


def _tallies(page: FormPage, fiche: Fiche, context: SheetContext) -> dict[str, int]:
    """Counts, one row a measure. Returns measure id → row."""
    bloc, questions = entry_questions.MESURES, _questions(fiche, *COUNTED_TYPES)
    lines: dict[str, int] = {}
    if not questions:
        return lines
    starts, aimed_at = starts_alone(questions, context), any_target(questions, context)
    # without a start nor a target, the change stands beside last year's value, and the options one column before
    page.options = J if starts or aimed_at else I
    columns = {"valeur": G, "statut": H, "double_compte": page.options, "dont_qpv": page.options + 1, "commentaire": L}
    columns = _asked_columns(bloc, columns, context)
    fixed = {D: "Unité", E: START if starts else LAST, F: LAST if starts else TARGET if aimed_at else CHANGE}
    fixed |= {I: CHANGE} if page.options == J else {}
    titles = _start_table(page, bloc, context, fixed, columns)
    groupe, before = None, None
    for indicateur, mesure in questions:
        if indicateur.groupe != groupe:
            # what follows a group without being of it is told apart too
            page.texte(C, indicateur.groupe or "Autres indicateurs", "intertitre")
            page.fill(range(D, END + 1), "intertitre")
            page.next_row(20)
        groupe = indicateur.groupe
        _sentence(page, indicateur, before)
        before = indicateur
        _tally(page, indicateur, mesure, context, titles, columns)
        lines[mesure.id] = page.line
        page.next_row()
    return lines


def _tally(
    page: FormPage,
    indicateur: Indicateur,
    mesure: Mesure,
    context: SheetContext,
    titles: Mapping[int, str],
    columns: Mapping[str, int],
) -> None:
    bloc = entry_questions.MESURES
    row, put = _start_row(page, bloc, indicateur, mesure, context, titles)
    page.anchor(row, D, unit(mesure, titles), "repere:texte")
    last = F if titles[E] == START else E
    if last == F:
        page.anchor(row, E, mesure.valeur_initiale, number_format(mesure.valeur_initiale))
    elif titles[F] == TARGET:
        target(page, mesure, context, F)
    # by the type, not the value: the sheets of all structures then differ in values only, and are drawn once
    is_decimal = mesure.type == "decimal"
    past = "repere:decimal" if is_decimal else "repere:entier"
    page.reminder(row, last, context.precedent.get(mesure.id), past)
    change(page, row, F if titles[F] == CHANGE else I, G, last, DECIMAL if is_decimal else WHOLE)
    # a breakdown or a list has no figure of its own: its total is computed once the rows are drawn below
    typed = mesure.type in ("entier", "decimal")
    if typed:
        put(_figure(bloc.champ("valeur"), mesure), G)
    put(bloc.champ("statut"), H)
    for champ, asks in (("double_compte", mesure.asks_double_compte), ("dont_qpv", mesure.asks_qpv)):
        if asks and champ in columns:
            put(bloc.champ(champ), columns[champ])
        elif champ in columns and (typed or columns[champ] != page.options):  # there stands the link to its table
            page.texte(columns[champ], pieces.NOT_ASKED, "interdit")
    if "commentaire" in columns:
        put(bloc.champ("commentaire"), columns["commentaire"])
    if typed:
        _answered_state(page, row, context, indicateur, G)


# --- what is not a count --------------------------------------------------------------------------------------------


def _block(page: FormPage, kind: MesureKind, questions: list[tuple[Indicateur, Mesure]], context: SheetContext) -> None:
    if not questions:
        return
    columns = _asked_columns(kind.bloc, kind.columns, context)
    fixed, aimed_at = dict(kind.titles), bool(kind.target) and any_target(questions, context)
    if aimed_at:
        fixed[kind.target] = TARGET
    if kind.change:
        beside = kind.change[0] if aimed_at else min(kind.change[0], kind.target or kind.change[0])
        fixed[beside] = CHANGE
    titles = _start_table(page, kind.bloc, context, fixed, columns)
    blanks = set(range(D, max(titles) + 1)) - {*columns.values(), *fixed}
    before = None
    for indicateur, mesure in questions:
        _sentence(page, indicateur, before)
        before = indicateur
        row, put = _start_row(page, kind.bloc, indicateur, mesure, context, titles)
        faults = []
        if kind.past:
            page.reminder(row, kind.past[0], context.precedent.get(mesure.id), kind.past[1])
        for champ, column in columns.items():
            if champ == "denominateur" and mesure.denominateur is not None:
                page.anchor(row, column, mesure.denominateur, "repere:entier")
                faults = [more_than(address(page.line, kind.columns["numerateur"]), address(page.line, column))]
            else:
                put(_as_asked(kind.bloc.champ(champ), mesure), column)
        for column, (top, bottom) in kind.rates.items():
            pieces.quotient(page, row, column, top, bottom)
        if aimed_at:
            target(page, mesure, context, kind.target)
        if kind.change and kind.past:
            _, now, style = kind.change
            change(page, row, beside, now, kind.past[0], style)
        for column in sorted(blanks):
            page.texte(column, None, "cellule")
        if kind.hint:
            page.texte(max(titles) + 1, kind.hint, "aide_ligne:retrait")
        statut = kind.columns.get("statut")
        _answered_state(page, row, context, indicateur, *kind.answered, statut=statut, faults=faults)
        page.next_row(max(page.sheet.heights[page.line], kind.top))


def _textes(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    """Answers in words have the width of a form; their statut stands under them."""
    bloc, questions = entry_questions.TEXTS, _questions(fiche, "texte")
    if not questions:
        return
    said, lines = pieces.block_band(page, bloc, context), dict[str, int]()
    page.titled[page.line] = bloc.titre, END
    statut = bloc.champ("statut")
    for indicateur, mesure in questions:
        label, cle = _row_label(indicateur, mesure, context), f"{page.fiche}/{bloc.nom}/{mesure.id}"
        row = pieces.form_row(page, bloc, bloc.champ("texte"), cle, label, cle=cle, mesure=mesure.id)
        lines[abridge(mesure.libelle, 40)] = page.line
        no_value = without_value(context, address(page.line + 1, D))
        mesure_state(page, row, context, indicateur, f'OR({address(page.line, D)}<>"",{no_value})')
        page.next_row(max(pieces.LONG_TEXT_HEIGHT, height(label, WIDTHS[C])))
        facts = {"mesure": mesure.id, "subject": mesure.libelle}
        put_state(page, pieces.form_row(page, bloc, statut, f"{cle}.statut", statut.libelle, cle=cle, **facts))
        page.texte(E, NO_ANSWER, "aide_ligne:retrait")
        page.next_row(pieces.ROW_HEIGHT)
    pieces.tell_long_answers(page, said, lines)
