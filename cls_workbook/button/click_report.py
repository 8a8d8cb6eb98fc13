"""How a click ends: done or not, it is said in the workbook and in an alert; nothing raises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from cls_workbook.button.click_start import OpenWorkbook, open_up
from cls_workbook.button.excel_patience import ExcelBusy, Patience
from cls_workbook.button.excel_settings import clear_status_bar, repair
from cls_workbook.errors import Refusal
from cls_workbook.fault_details import where_written
from cls_workbook.french import typography
from cls_workbook.office.coordinator import home_rows

if TYPE_CHECKING:
    import xlwings

T = TypeVar("T")


class WritingInterrupted(Exception):
    """Excel stopped answering while the sheets were being written; the file holds what they were (``sheltered``)."""


DETAILS_SHOWN, MESSAGE_MAX = 8, 2_000
BUSY = "Excel est resté occupé : une cellule est en cours de saisie, ou une fenêtre d’Excel est ouverte."
_END_IT = "Validez la cellule (Entrée) ou fermez la fenêtre, puis recommencez."


def run_action(book: xlwings.Book, titre: str, action: Callable[[OpenWorkbook], tuple[str, T]]) -> T | None:
    """Opens, acts, and says what came of it. ``action`` gives its sentence and its result; None if it was refused."""
    opened: OpenWorkbook | None = None
    try:
        repair(book, Patience())
        opened = open_up(book)
        sentence, result = action(opened)
    except Refusal as refusal:
        tell(book, opened, titre, _in_full(refusal), succeeded=False)
        return None
    except ExcelBusy:
        tell(book, opened, titre, f"{BUSY} Rien n’a été écrit. {_END_IT}", succeeded=False)
        return None
    except Exception as error:  # a click must end with words, whatever happened
        details = where_written(error, f"bouton « {titre} »")
        sentence = _interrupted(error) if isinstance(error, WritingInterrupted) else _unexpected(error)
        tell(book, opened, titre, f"{sentence} {details[0].upper()}{details[1:]}.", succeeded=False)
        return None
    tell(book, opened, titre, sentence, succeeded=True)
    return result


def tell(book: xlwings.Book, opened: OpenWorkbook | None, titre: str, sentence: str, *, succeeded: bool) -> None:
    sentence = typography(sentence)
    clear_status_bar(book)
    if opened:
        with suppress(Exception):  # busy still, or protected: the alert says it
            opened.write("message", home_rows.message(sentence, succeeded)[:MESSAGE_MAX])
    book.app.alert(
        sentence[:1].upper() + sentence[1:MESSAGE_MAX],
        title=f"CLS · {titre}",
        buttons="ok",
        mode="info" if succeeded else "critical",
    )


def _in_full(refusal: Refusal) -> str:
    details = [f"• {d}" for d in refusal.details[:DETAILS_SHOWN]]
    if (remaining := len(refusal.details) - len(details)) > 0:
        details.append(f"… et {remaining} autre{'s' * (remaining > 1)}.")
    return "\n".join([str(refusal), *details])


def _unexpected(error: Exception) -> str:
    return (
        f"Une erreur inattendue s’est produite ({type(error).__name__} : {error}). "
        "Fermez puis rouvrez le classeur et recommencez ; "
        "si elle revient, la page locale et la ligne de commande « cls-workbook » font le même travail, "
        "et ce message aidera à la corriger."
    )


def _interrupted(error: Exception) -> str:
    if isinstance(error.__cause__, ExcelBusy):
        return f"{BUSY} Les feuilles sont en partie refaites : {_END_IT[:1].lower()}{_END_IT[1:]}"
    return (
        f"Excel s’est arrêté pendant l’écriture des feuilles ({error}) : elles sont en partie refaites. "
        "Fermez ce classeur sans l’enregistrer et "
        "rouvrez-le : il a été enregistré juste avant, avec toutes vos saisies. Puis recommencez."
    )


@contextmanager
def sheltered(opened: OpenWorkbook) -> Iterator[None]:
    """The workbook is saved before it is written in, so that whatever stops Excel half-way leaves a whole file.

    An engine that cannot save is one that sends its writes all at once, when we are done. Refusal, before anything is
    written, if the workbook cannot be saved; EcritureInterrompue if the writing fails.
    """
    try:
        opened.patience(opened.book.save)
    except ExcelBusy:
        raise
    except NotImplementedError:
        pass  # nothing is written before the end: there is nothing to shelter from
    except Exception as error:  # each engine has its own: read-only, full disk, folder gone
        raise Refusal(
            "Ce classeur ne peut pas être enregistré (ouvert en lecture seule, ou disque plein ?) : "
            "rien n’a été écrit. "
            "Enregistrez-le sous un autre nom, puis recommencez."
        ) from error
    try:
        yield
    except Exception as error:
        raise WritingInterrupted(f"{type(error).__name__} : {error}") from error
