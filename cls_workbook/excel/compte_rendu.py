"""How a click ends: done or not, it is said in the workbook and in an alert; nothing raises."""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from cls_workbook.coordination import accueil
from cls_workbook.errors import Refus
from cls_workbook.excel.situation import Ouvert, ouvrir
from cls_workbook.francais import typographie

if TYPE_CHECKING:
    import xlwings

T = TypeVar("T")


class EcritureInterrompue(Exception):
    """Excel stopped answering while the sheets were being written; the file holds what they were (``a_l_abri``)."""


DETAILS_MONTRES, MESSAGE_MAX = 8, 2_000


def executer(book: xlwings.Book, titre: str, action: Callable[[Ouvert], tuple[str, T]]) -> T | None:
    """Opens, acts, and says what came of it. ``action`` gives its sentence and its result; None if it was refused."""
    ouvert: Ouvert | None = None
    try:
        ouvert = ouvrir(book)
        phrase, resultat = action(ouvert)
    except Refus as refus:
        dire(book, ouvert, titre, _en_entier(refus), reussi=False)
        return None
    except Exception as erreur:  # a click must end with words, whatever happened
        traceback.print_exc()
        dire(book, ouvert, titre, _interrompue(erreur) if isinstance(erreur, EcritureInterrompue) else _inattendue(erreur), reussi=False)
        return None
    dire(book, ouvert, titre, phrase, reussi=True)
    return resultat


def dire(book: xlwings.Book, ouvert: Ouvert | None, titre: str, phrase: str, *, reussi: bool) -> None:
    phrase = typographie(phrase)
    if ouvert:
        ouvert.ecrire("message", accueil.message(phrase, reussi)[:MESSAGE_MAX])
    book.app.alert(phrase[:1].upper() + phrase[1:MESSAGE_MAX], title=f"CLS · {titre}", buttons="ok", mode="info" if reussi else "critical")


def _en_entier(refus: Refus) -> str:
    details = [f"• {d}" for d in refus.details[:DETAILS_MONTRES]]
    if (reste := len(refus.details) - len(details)) > 0:
        details.append(f"… et {reste} autre{'s' * (reste > 1)}.")
    return "\n".join([str(refus), *details])


def _inattendue(erreur: Exception) -> str:
    return (
        f"Une erreur inattendue s’est produite ({type(erreur).__name__} : {erreur}). Fermez puis rouvrez le classeur et recommencez ; "
        "si elle revient, la ligne de commande « cls-workbook » fait le même travail, et ce message aidera à la corriger."
    )


def _interrompue(erreur: Exception) -> str:
    return (
        f"Excel s’est arrêté pendant l’écriture des feuilles ({erreur}) : elles sont en partie refaites. Fermez ce classeur sans l’enregistrer et "
        "rouvrez-le : il a été enregistré juste avant, avec toutes vos saisies. Puis recommencez."
    )


@contextmanager
def a_l_abri(book: xlwings.Book) -> Iterator[None]:
    """The workbook is saved before it is written in, so that whatever stops Excel half-way leaves a whole file.

    An engine that cannot save is one that sends its writes all at once, when we are done. Refus, before anything is
    written, if the workbook cannot be saved; EcritureInterrompue if the writing fails.
    """
    try:
        book.save()
    except NotImplementedError:
        pass  # nothing is written before the end: there is nothing to shelter from
    except Exception as erreur:  # each engine has its own: read-only, full disk, folder gone
        raise Refus(
            "Ce classeur ne peut pas être enregistré (ouvert en lecture seule, ou disque plein ?) : rien n’a été écrit. "
            "Enregistrez-le sous un autre nom, puis recommencez."
        ) from erreur
    try:
        yield
    except Exception as erreur:
        raise EcritureInterrompue(f"{type(erreur).__name__} : {erreur}") from erreur


@contextmanager
def sans_clignoter(book: xlwings.Book) -> Iterator[None]:
    """Excel neither draws nor calculates while we write; put back as it was, whatever happens."""
    app, avant = book.app, {}
    for reglage, valeur in (("screen_updating", False), ("calculation", "manual")):
        with suppress(NotImplementedError):  # an engine that writes all at once has nothing to suspend
            avant[reglage] = getattr(app, reglage)
            setattr(app, reglage, valeur)
    try:
        yield
    finally:
        for reglage, valeur in avant.items():
            setattr(app, reglage, valeur)
