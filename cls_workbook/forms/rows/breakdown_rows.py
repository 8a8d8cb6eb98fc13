"""What makes a figure up: breakdowns by category, lists, names of what is counted once."""

from __future__ import annotations

from dataclasses import replace

from cls_workbook.domain import entry_questions
from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.domain.placed.by_place import place_list
from cls_workbook.domain.questions import Bloc, Champ
from cls_workbook.domain.targets import target_of
from cls_workbook.forms import form_pieces as pieces
from cls_workbook.forms.columns import WIDTHS, C, D, E, F, G, H, width
from cls_workbook.forms.form_pieces import FormRows, SheetContext
from cls_workbook.forms.layout import FormPage, KeyedRow, RowQuestion, height
from cls_workbook.forms.row_states import more_than, put_state
from cls_workbook.forms.rows.beside_tables import beside, draw_facts, facts_of
from cls_workbook.french import typography
from cls_workbook.workbook.description import CellRange, Link, address, reference

PLACE_LINES = 10  # where the partner chooses the places
_MORE_NAMES = 5  # rows of a list of names, beyond those that it began with if it is to grow
SHARE, ONE_A_ROW = "Part du total", typography("Une ligne par catégorie : le total et les parts se calculent.")
_COLUMN_OF = {"nom": C, "modalite": C, "effectif": D, "numerateur": D, "denominateur": E}


def _ventilation_fields(fiche: Fiche, mesure: Mesure, context: SheetContext) -> tuple[str, ...]:
    """The champs of a measure's breakdown; empty where none is asked."""
    if mesure.type == "liste":
        return ("modalite",)
    if mesure.type == "taux":
        return ("modalite", "numerateur", "denominateur") if mesure.ventilation else ()
    if mesure.nominative:
        # names only serve to count once what two structures both know
        who = [context.contrat.by_structure[p] for p, _ in fiche.repondants()]
        several = len(who) > 1 or any(s.groupe for s in who)
        if mesure.ventilation:
            return ("nom", "modalite")
        return ("nom",) if several else ()
    if mesure.type == "ventilation" or mesure.ventilation:
        return ("modalite", "effectif")
    return ()


def ventilations(page: FormPage, fiche: Fiche, context: SheetContext, mesure_rows: dict[str, int]) -> None:
    """A table for each measure that has a breakdown, a list or names."""
    questions = [(m, input_fields) for m in fiche.mesures if (input_fields := _ventilation_fields(fiche, m, context))]
    if not questions:
        return
    pieces.block_band(page, entry_questions.VENTILATION, context)
    for rank, (mesure, input_fields) in enumerate(questions):
        if rank:
            page.groups.append(page.line)
            page.next_row(6)
        _ventilation(page, mesure, input_fields, context, mesure_rows.get(mesure.id))


def _ventilation(
    page: FormPage, mesure: Mesure, input_fields: tuple[str, ...], context: SheetContext, mesure_row: int | None
) -> None:
    """One table: its rows, its total where it counts, and the figure that it makes in the measure's own row."""
    bloc, prefix = entry_questions.VENTILATION, f"{page.fiche}/ventilations/{mesure.id}"
    places = {champ: _COLUMN_OF[champ] for champ in input_fields}
    if places.keys() >= {"nom", "modalite"}:
        places["modalite"] = D
    titles = {column: bloc.champ(champ).libelle for champ, column in places.items()}
    if "nom" in places and mesure.communes:
        titles[places["nom"]] = "Commune"
    if mesure.ventilation:
        category = mesure.ventilation[0].upper() + mesure.ventilation[1:]
        titles[places.get("modalite", C)] = category if len(category) <= 60 else "Catégorie"
    if "numerateur" in input_fields:
        titles[F] = "Taux calculé"
    if "effectif" in input_fields:
        titles[E] = SHARE
    title, declared = page.line, address(mesure_row, G) if mesure_row and mesure.type == "entier" else ""
    start = beside(max(titles))
    is_counted = "nom" in places and bool(declared)  # its help then gives way to a count, and its title to the figure
    if not is_counted:
        page.texte(start, _help_of(bloc, titles, places), "aide_ligne:retrait")
    _title(page, mesure.libelle, width(C, C if is_counted else start - 1))
    if not mesure.modalites:
        page.plan.extensible.add(prefix)

    def row(rank: int) -> None:
        shared = FormRows(page.line - rank, page.line - rank + lines + 1) if "effectif" in input_fields else None
        _row(page, prefix, mesure, rank, places, titles, shared, context, declared)

    lines = len(mesure.modalites) or (PLACE_LINES if mesure.par_lieu else _names_expected(mesure, context))
    zone = pieces.table_of_rows(page, prefix, titles, set(places.values()), lines, row, mesure.libelle)
    filled = ""
    if "effectif" in input_fields:
        filled = _total(page, prefix, mesure, zone, declared)
    if "nom" in input_fields and declared:
        filled = _different_names(page, prefix, title, zone, declared, start)
    if "numerateur" in input_fields:
        filled = _total_of_rate(page, prefix, mesure, zone)
    draw_facts(page, prefix, zone, start, facts_of(mesure, context, _figure_row(page, mesure), filled))
    if mesure_row and mesure.type in ("liste", "ventilation"):
        _carry_to_mesure(page, mesure, mesure_row, zone, context)


def _title(page: FormPage, titre: str, room: float) -> None:
    """On one line, as far as ``room`` goes; else in its column, on as many as it needs."""
    is_short = height(titre, room, bold=True) == height("", room)
    page.texte(C, titre, "intertitre" if is_short else "intertitre:texte")
    page.next_row(20 if is_short else height(titre, WIDTHS[C], 20, bold=True))


def _help_of(bloc: Bloc, titles: dict[int, str], places: dict[str, int]) -> str | None:
    """What the title of a table says at its right."""
    if "nom" in places:
        return bloc.champ("nom").aide
    return ONE_A_ROW if SHARE in titles.values() else None


def _figure_row(page: FormPage, mesure: Mesure) -> KeyedRow | None:
    """The row that holds the figure of a measure."""
    return next((r for b in ("mesures", "taux") if (r := page.plan.rows.get(f"{page.fiche}/{b}/{mesure.id}"))), None)


def _names_expected(mesure: Mesure, context: SheetContext) -> int:
    """Rows of a table: three; of names that are to grow in number, what the contract began with and five more, up to
    what is to be reached."""
    least, cible = entry_questions.VENTILATION.lines, target_of(context.contrat, mesure.id, context.annee)
    if not (mesure.nominative and cible):
        return least
    return max(least, int(min(cible.valeur, (mesure.valeur_initiale or 0) + _MORE_NAMES)))


def _row(
    page: FormPage,
    prefix: str,
    mesure: Mesure,
    rank: int,
    places: dict[str, int],
    titles: dict[int, str],
    shared: FormRows | None,
    context: SheetContext,
    declared: str,
) -> None:
    """``declared``: the cell of the total, where it is typed."""
    bloc, line = entry_questions.VENTILATION, f"{rank:02d}"
    fixed = mesure.modalites[rank - 1] if mesure.modalites else ""
    row = page.row(f"{prefix}/{line}", "saisie", fixed)
    for nom, column in places.items():
        if fixed and nom == "modalite":
            page.texte(column, fixed, "libelle")
            continue
        asked = RowQuestion(_champ(nom, mesure), bloc.nom, titles[column], line, mesure.id, fixed, mesure.libelle)
        page.typed(row, column, asked)
    if "numerateur" in places:
        pieces.quotient(page, row, F, D, E)
    if shared:
        part, whole = address(page.line, D), f"SUM({shared.column(D)})"
        page.computation(row, E, f'IF(ISNUMBER({part}),IF({whole}=0,"",{part}/{whole}),"")', "", "calcul:taux")
    above = [more_than(address(page.line, D), declared)] if declared and shared and mesure.reponses_multiples else []
    pieces.mesure_state(page, row, context, context.contrat.by_mesure[mesure.id][1], "", *above)
    page.next_row(height(fixed, WIDTHS[C]))


def _champ(nom: str, mesure: Mesure) -> Champ:
    """A question of a breakdown; places are chosen from their list."""
    champ = entry_questions.VENTILATION.champ(nom)
    if nom == "nom" and mesure.communes:
        return replace(champ, type="liste", choix="communes")
    if nom == "modalite" and mesure.par_lieu:
        return replace(champ, type="liste", choix=place_list(mesure))
    return champ


def _total(page: FormPage, prefix: str, mesure: Mesure, zone: FormRows, declared: str) -> str:
    """The total of a breakdown. Its cell, where it is to make the declared value."""
    row = page.row(f"{prefix}/total", "repere")
    page.texte(C, "Total", "total")
    total = _sum(page, row, D, zone)
    adds_up = bool(declared) and not mesure.reponses_multiples
    if adds_up:
        _agreement_with_mesure(page, row, total, declared)
    page.next_row(20)
    return total if adds_up else ""


def _different_names(page: FormPage, prefix: str, title: int, zone: FormRows, declared: str, start: int) -> str:
    """In the title of a list of names, instead of its help: how many it holds, each once, and whether they are more
    than was counted. ``title``: its row. Names that only accents tell apart are two here, one on return. The cell of
    the count."""
    here, page.line = page.line, title
    row, names = page.row(f"{prefix}/noms", "repere"), zone.column(C)
    # the header is a name more; a name that COUNTIF cannot look for (over 255 characters) leaves the count blank
    found = f'SUMPRODUCT(({names}<>"")/COUNTIF({names},{names}&""))'
    page.computation(row, D, f'IF(ISERROR({found}),"",IF({found}<1.5,"",ROUND({found},0)-1))', "", "calcul:entier")
    count = address(title, D)
    than = f'IF({count}={declared},"autant",IF({count}>{declared},"plus","moins"))'
    compared = f'IF(ISNUMBER({declared}),", "&{than}&" que la valeur déclarée ("&{declared}&")","")'
    said = f'{pieces.quote(typography("Noms différents : "))}&{count}&{compared}&"."'
    aide = entry_questions.VENTILATION.champ("nom").aide
    page.computation(row, start, f"IF(ISNUMBER({count}),{said},{pieces.quote(aide)})", aide, "aide_ligne:retrait")
    put_state(page, row, faults=[more_than(count, declared)])
    page.line = here
    return count


def _total_of_rate(page: FormPage, prefix: str, mesure: Mesure, zone: FormRows) -> str:
    """What the categories make of both terms of the rate, and whether that is what its own row says. The rate that they
    make, where it is to be the same."""
    row, rate = page.row(f"{prefix}/total", "repere"), page.plan.rows[f"{page.fiche}/taux/{mesure.id}"]
    page.texte(C, "Total", "total")
    totals = {champ: _sum(page, row, _COLUMN_OF[champ], zone) for champ in ("numerateur", "denominateur")}
    terms = [] if mesure.reponses_multiples else [p for p in rate.input_places if p.champ in totals]
    if differ := [_differ(totals[place.champ], place.cell) for place in terms]:
        said = f'IF(OR({",".join(differ)}),"Différent du taux déclaré.","")'
        page.computation(row, beside(F), said, "", "aide_ligne:retrait")
        put_state(page, row, faults=differ)
    page.next_row(20)
    top, bottom = totals.values()
    return f'IF(OR({top}="",N({bottom})=0),"",{top}/{bottom})' if terms else ""


def _sum(page: FormPage, row: KeyedRow, column: int, zone: FormRows) -> str:
    """The total of a column of the table, while one types. Its cell."""
    counted = zone.column(column)
    page.computation(row, column, f'IF(COUNT({counted})=0,"",SUM({counted}))', "", "total:entier")
    return address(page.line, column)


def _differ(total: str, declared: str) -> str:
    """The condition that both cells hold numbers that are not the same."""
    return f"AND(ISNUMBER({total}),ISNUMBER({declared}),N({total})<>N({declared}))"


def _agreement_with_mesure(page: FormPage, row: KeyedRow, total: str, declared: str) -> None:
    """Says while one types whether the breakdown makes the declared total."""
    formula = (
        f'IF(OR({total}="",{declared}=""),"",IF({total}={declared},"Égal à la valeur déclarée.","Différent de la '
        f'valeur déclarée ("&{declared}&")."))'
    )
    page.computation(row, beside(E), formula, "", "aide_ligne:retrait")
    put_state(page, row, faults=[_differ(total, declared)])


def _carry_to_mesure(page: FormPage, mesure: Mesure, mesure_row: int, zone: FormRows, context: SheetContext) -> None:
    """The figure of a measure that is made of its breakdown: computed, locked, in the measure's own row."""
    row = page.plan.rows[f"{page.fiche}/mesures/{mesure.id}"]
    headcounts = mesure.type == "ventilation"
    cell_range = zone.column(D if headcounts else C)
    # the header of the range is a text: COUNTA sees it, COUNT and SUM do not
    nombre = f"COUNT({cell_range})" if headcounts else f"COUNTA({cell_range})-1"
    here, table = page.line, zone.header
    page.line = mesure_row
    page.computation(row, G, f'IF({nombre}=0,"",{f"SUM({cell_range})" if headcounts else nombre})', "", "calcul:entier")
    indicateur = context.contrat.by_mesure[mesure.id][1]
    pieces.mesure_state(
        page, row, context, indicateur, f"OR({nombre}>0,{pieces.without_value(context, address(mesure_row, H))})"
    )
    tooltip = "Aller au tableau qui fait ce chiffre"
    # absolute: LibreOffice takes « C28 » alone for a column of the other notation
    target = f"internal:{reference(page.sheet.nom, CellRange(table, C, table, C))}"
    page.texte(page.options, Link(target, "→ plus bas", tooltip), "lien_cadre:texte")
    page.line = here
