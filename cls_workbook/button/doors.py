"""The seven doors of the ribbon and of the button: each takes the open workbook and does one thing.

The macros call them by name (``import cls_workbook.button.doors as b; b.consolider()``). Without ``book``, the workbook
is the one whose macro was called. None of them raises for what a user can do wrong: the cell « message » of Accueil and
an alert say it in French.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from cls_workbook.button.mac_permission import told_by_macos

if TYPE_CHECKING:
    import xlwings


def consolider(book: xlwings.Book | None = None) -> None:
    """Reads the returns of the folder named on Accueil and writes the consolidation's sheets into the workbook."""
    from cls_workbook.button import click_consolider

    with told_by_macos():
        click_consolider.consolider(book or _caller())


def controler(book: xlwings.Book | None = None) -> None:
    """Checks the returns of the folder and writes the sheet Anomalies only."""
    from cls_workbook.button import click_consolider

    with told_by_macos():
        click_consolider.controler(book or _caller())


def synthese_ars(book: xlwings.Book | None = None) -> None:
    """Writes the agency's copy beside the workbook, from what the last consolidation wrote."""
    from cls_workbook.button import click_synthese

    with told_by_macos():
        click_synthese.write_copy(book or _caller())


def bilan(book: xlwings.Book | None = None) -> None:
    """Writes the annual report beside the workbook, from what the last consolidation wrote."""
    from cls_workbook.button import click_synthese

    with told_by_macos():
        click_synthese.write_report(book or _caller())


def presentation(book: xlwings.Book | None = None) -> None:
    """Writes the COPIL's slides beside the workbook, from what the last consolidation wrote."""
    from cls_workbook.button import click_synthese

    with told_by_macos():
        click_synthese.write_slides(book or _caller())


def relances(book: xlwings.Book | None = None) -> None:
    """Writes a draft message per structure that has not answered, its workbook attached. Nothing is sent."""
    from cls_workbook.button import click_relances as depuis_excel

    with told_by_macos():
        depuis_excel.write_relances(book or _caller())


def verifier(book: xlwings.Book | None = None) -> None:
    """Says whether Python, versions, folder and macros are as they should be; each failure names its remedy."""
    from cls_workbook.button import click_installation

    with told_by_macos():
        click_installation.verifier(book or _caller())


def _caller() -> xlwings.Book:
    import xlwings

    return xlwings.Book.caller()
