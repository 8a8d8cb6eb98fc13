"""The comptes rendus financiers of the returns that count, an account a row. Values in, rows of a table out."""

from __future__ import annotations

from collections.abc import Iterator

from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.typed_comptes_rendus import DeclaredCompteRendu, comptes_rendus
from cls_workbook.domain.accounts.account_plan import ACCOUNTS, COLUMNS, INDIRECT, PLANNED, REALISED, Account
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX
from cls_workbook.summaries.expected import displayed_name
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.statement_table import SECTIONS, SHARED, STATEMENTS, TAKEN_UP, TYPED


def statement_rows(given: CheckInput) -> list[Row]:
    """The rows of « Comptes rendus »: the accounts of which something is known. Nothing where none is asked."""
    declared = (d for d in comptes_rendus(given) if d.is_said)
    return [row for one in declared for row in _rows(given, one)]


def _rows(given: CheckInput, declared: DeclaredCompteRendu) -> Iterator[Row]:
    retour, amounts = declared.retour, declared.drawn_up.amounts
    whose = given.annee, declared.fiche, displayed_name(given.contrat, retour["structure"]), retour["volet"] or None
    for account in ACCOUNTS:
        planned, realised = (amounts[column][account.numero] for column in (PLANNED, REALISED))
        if planned is None and realised is None:
            continue
        rate = realised / planned if planned and realised is not None else None
        number = account.numero if account.numero.isdigit() else None
        said = (SECTIONS[account.section], number, account.libelle, planned, realised, rate)
        values = (*whose, *said, *_origin(declared, account))
        yield dict(zip(STATEMENTS.titles, values, strict=True))


def _origin(declared: DeclaredCompteRendu, account: Account) -> tuple[str | None, ...]:
    """Where the figures come from: in a word, and the cells that were typed for them."""
    typed = declared.rows.get(account.numero, {})
    cells = [typed[c + ADDRESS_SUFFIX] for c in COLUMNS if typed.get(c) is not None]
    column = REALISED if declared.drawn_up.amounts[REALISED][account.numero] is not None else PLANNED
    word = SHARED if account.section == INDIRECT else TAKEN_UP
    word = TYPED if typed.get(column) is not None else word
    return word, declared.retour["fichier"], typed["feuille"] if cells else None, ", ".join(cells) or None
