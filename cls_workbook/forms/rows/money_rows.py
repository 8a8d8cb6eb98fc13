"""The money of a fiche: funding lines, expenditure, and what the contract's rules make of them."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from decimal import Decimal

from cls_workbook.domain import entry_questions
from cls_workbook.domain.announced.contrat_parts import Nature
from cls_workbook.domain.asked import money_questions
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.questions import asked_by_contract
from cls_workbook.domain.wording import SHARED_PAYER, payer, printed_lines
from cls_workbook.forms.columns import END, WIDTHS, C, D, E, F, G, H, I, width
from cls_workbook.forms.form_pieces import FormRows, SheetContext, block_band, computed_row, form, quote, rows_to_fill
from cls_workbook.forms.layout import FormPage, height
from cls_workbook.forms.rows.rule_rows import RuleAmounts, draw
from cls_workbook.french import amount_fr, typography
from cls_workbook.workbook.description import address

_UNLIKE_ITS_POSTS = (
    "AND(COUNT({personnel}:{autres})>0,ISNUMBER({total}),ROUND(SUM({personnel}:{autres})-N({total}),2)<>0)"
)
TOTAL_HEIGHT = 17.0  # points of the total of a nature
NO_NATURE = "Une ligne n’a pas de nature\u00a0: elle n’entre dans aucun de ces totaux."


def money_reminder(fiche: Fiche, annee: str, programme: Decimal | None, payer: str) -> str:
    """What the contract prints about the money of a fiche, in one line."""
    money = fiche.financement
    etats = {"non_determine": "non déterminé", "a_definir": "à définir", "regle": "selon une règle"}
    said = money.montant_imprime or etats.get(money.montant_etat, "non renseigné")
    montant = said if money.montant is None else amount_fr(money.montant)
    whose = f" {payer}" if payer != SHARED_PAYER else ""
    pieces = [f"Montant{whose} au contrat : {montant}" + (f" sur {money.duree_ans} ans" if money.duree_ans else "")]
    if money.taux_imprime:
        pieces.append(f"taux inscrit : {money.taux_imprime}")
    if money.cofinancements_imprimes:
        pieces.append(f"cofinancements inscrits : {money.cofinancements_imprimes}")
    if programme is not None:
        pieces.append(f"programmé en {annee} : {amount_fr(programme)}")
    return typography(" · ".join(pieces))


def money_words(contrat: Contrat, prevu: bool) -> list[str]:
    """What the amounts mean for who declares them (``prevu``: those that are expected too), and what the natures hold
    of which the rows of their totals have no room to say it."""
    amounts = "Prévu : ce que vous attendez. " * prevu + (
        "Engagé : attribué ou notifié pour l’année, même si rien n’est encore arrivé. "
        "Versé : reçu dans l’année, quelle que soit l’année de la décision."
    )
    natures = [f"{n.libelle} : {n.aide}" for n in contrat.money.natures if n.aide and not _beside_total(n)]
    return [typography(t) for t in (amounts, " · ".join(natures)) if t]


def _beside_total(nature: Nature) -> str | None:
    """What a nature holds, where the row of its total has room for it."""
    said = typography(nature.aide or "")
    return said if said and height(said, width(H, END)) == height("", width(H, END)) else None


def _printed(contrat: Contrat, fiche: Fiche) -> list[str]:
    lines = printed_lines(contrat, fiche)
    return [typography(f"Prévu au contrat : {' ; '.join(lines)}.")] if lines else []


def financement(page: FormPage, fiche: Fiche, context: SheetContext) -> FormRows:
    """Funding lines and their totals by nature. Returns where the lines stand."""
    bloc, prefix = money_questions.FINANCEMENT, f"{fiche.numero}/financement"
    block_band(page, bloc, context)
    reminder = page.row(f"{prefix}/rappel", "repere", "Montant au contrat")
    texte = money_reminder(fiche, context.this_year, context.programme.get(fiche.numero), payer(context.contrat))
    page.merge(C, END, texte, "repere:texte")
    reminder.reminder = C
    if fiche.numero in context.programme:
        page.printed_facts[reminder.cle] = texte
    page.next_row(height(texte, width(C, END)))
    is_expected = f"{bloc.nom}/prevu" not in context.left_out
    for texte in [*_printed(context.contrat, fiche), *money_words(context.contrat, is_expected)]:
        page.merge(C, END, texte, "aide:texte")
        page.next_row(height(texte, width(C, END)))
    columns = {c.nom: column for c, column in zip(bloc.input_fields, (C, D, E, F, G, H, I), strict=True)}
    if not is_expected:
        columns["date"] = columns.pop("prevu")  # no column is left blank
    zone = rows_to_fill(page, bloc, prefix, columns, context.this_year)
    amounts = [columns[nom] for nom in ("prevu", "engage", "verse") if nom in columns]
    _totals_by_nature(page, prefix, context, zone, amounts)
    return zone


def _totals_by_nature(
    page: FormPage, prefix: str, context: SheetContext, zone: FormRows, columns: Sequence[int]
) -> None:
    """A total of lines carried over from last year, which have no amount yet, shows 0; without a line it is blank."""
    natures = _taken_up(page, prefix, "nature")
    for rank, nature in enumerate(context.contrat.money.natures):
        row = page.row(f"{prefix}/total.{rank}", "repere")
        style = "total" if rank == 0 else "total_suite"
        page.texte(C, "Total par nature" if rank == 0 else None, style)
        page.anchor(row, D, nature.libelle, style)
        for column in columns:
            of_nature = f"{zone.column(D)},{address(page.line, D, True)}"
            formula = f'IF(COUNTIF({of_nature})=0,"",SUMIF({of_nature},{zone.column(column)}))'
            page.computation(row, column, formula, 0 if nature.libelle in natures.values() else "", f"{style}:montant")
        if rank == 0:
            filled = "+".join(f'({zone.column(c)}<>"")' for c in (C, *columns))
            holds = _beside_total(nature) or ""
            formula = f'IF(SUMPRODUCT(({zone.column(D)}="")*(({filled})>0))=0,{quote(holds)},{quote(NO_NATURE)})'
            without_nature = _taken_up(page, prefix, "financeur").keys() - natures.keys()
            page.computation(row, H, formula, NO_NATURE if without_nature else holds, "aide_ligne:retrait")
        else:
            page.texte(H, _beside_total(nature), "aide_ligne:retrait")
        page.next_row(TOTAL_HEIGHT)


def _taken_up(page: FormPage, prefix: str, champ: str) -> dict[str, object]:
    """Line of the table (« 01 ») → last year's answer, where it was carried over."""
    start, end = f"{prefix}/", f"/{champ}"
    return {
        cle[len(start) : -len(end)]: valeur
        for cle, valeur in page.taken_up.items()
        if cle.startswith(start) and cle.endswith(end)
    }


def depenses(
    page: FormPage, fiche: Fiche, context: SheetContext, financement: FormRows, mesures: dict[str, int]
) -> None:
    """Expenditure, what it adds up to, and what the rules of the contract make of it."""
    # the total stands below its posts: it alone is to be corrected
    bloc = context.asked(money_questions.EXPENDITURES)
    detailed = "personnel" in (c.nom for c in bloc.input_fields)
    bloc = bloc if detailed else dataclasses.replace(bloc, aide="")
    lines = form(page, bloc, context, faults={"total": _UNLIKE_ITS_POSTS} if detailed else None)
    total, etp = address(lines["total"], D), address(lines["etp"], D) if "etp" in lines else '""'
    if detailed:
        _detail(page, f"{address(lines['personnel'], D)}:{address(lines['autres'], D)}", total)
    for nature in context.contrat.money.natures:
        if nature.niveau == "maquette" and fiche.financement.montant is not None:
            of_nature = f"{financement.column(D)},{quote(nature.libelle)}"
            attributed = f"SUMIF({of_nature},{financement.column(F)})"
            label = typography(f"Part attribuée pour l’année ({nature.libelle})")
            formula = f'IF(OR(N({total})=0,COUNTIF({of_nature})=0),"",{attributed}/{total})'
            computed_row(page, f"taux.{nature.id}", label, formula, "taux")
            page.next_row(height(label, WIDTHS[C]))
    eligible = total
    if context.contrat.rules_of(fiche.numero, "poste"):
        post = form(page, money_questions.POST, context)
        eligible, etp = address(post["depense_eligible"], D), address(post["quotite"], D)
    if fiche.complements:
        _complements(page, fiche, context)
    amounts = RuleAmounts(context.contrat, financement, total, eligible, etp, mesures)
    for rule in context.contrat.rules_of(fiche.numero):
        draw(page, fiche, rule, amounts)


def _detail(page: FormPage, posts: str, total: str) -> None:
    """The sum of the detail and, beside it, whether it makes the total."""
    row = computed_row(page, "somme", "Somme des postes", f'IF(COUNT({posts})=0,"",SUM({posts}))', "montant")
    gap = f"ROUND(SUM({posts})-{total},2)"
    # FIXED rather than TEXT: its decimals do not depend on the language of the spreadsheet
    sentence = (
        f'IF({gap}=0,"Le détail fait bien le total.","Le détail ne fait pas le total\u00a0: '
        f'écart de "&FIXED({gap},2)&"\u00a0€.")'
    )
    page.computation(row, E, f'IF(OR(COUNT({posts})=0,{total}=""),"",{sentence})', "", "aide_ligne:retrait")
    page.next_row(17)


def _complements(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    aide = "Cette donnée sert à appliquer la règle de financement."
    input_fields = tuple(asked_by_contract(c.id, c.libelle, c.type, c.aide or aide, c.unite) for c in fiche.complements)
    form(page, dataclasses.replace(entry_questions.COMPLEMENTS, input_fields=input_fields), context)
