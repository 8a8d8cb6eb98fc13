"""What the commands share: exit codes, how a command is declared, the options that several of them take."""

from __future__ import annotations

import argparse
from functools import partial

from cls_workbook.cli.french_argparse import CommandParser
from cls_workbook.engines import TIME_LIMIT
from cls_workbook.engines.engine_choice import ENGINES, LOCAL, choose

TYPE_CHECKING = False  # as type checkers know it: importing typing would take half the time of --help
if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from cls_workbook.engines.engine_protocol import Engine

    Subcommands = argparse._SubParsersAction[CommandParser]

DONE, BLOCKING = 0, 1


def declare(
    subcommands: Subcommands, name: str, summary: str, run: Callable[[argparse.Namespace], int]
) -> CommandParser:
    """A command that ``run`` answers with its exit code."""
    command = subcommands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
    command.set_defaults(command=run)
    return command


def group(parent: Subcommands | CommandParser, name: str = "", summary: str = "", description: str = "") -> Subcommands:
    """Where commands are declared: under ``parent``, or under its command ``name``, which does nothing by itself."""
    if not isinstance(parent, CommandParser):
        parent = parent.add_parser(name, help=summary, description=description)
    return parent.add_subparsers(title="commandes", metavar="<commande>", required=True, parser_class=CommandParser)


def add_campagne(command: CommandParser) -> None:
    command.add_argument(
        "--contrat",
        metavar="ID|FICHIER",
        required=True,
        help="un contrat livré (voir « contrat lister ») ou une définition .toml",
    )
    command.add_argument("--annee", metavar="AAAA", type=int, required=True)


def add_retours(command: CommandParser) -> None:
    command.add_argument(
        "retours", metavar="RETOUR|DOSSIER", nargs="+", help="des retours, ou le dossier qui les contient"
    )


def add_definition(command: CommandParser, what_for: str = "") -> None:
    """The definition that a file names, for a contract that does not ship."""
    command.add_argument("--contrat", metavar="ID|FICHIER", help=f"{what_for}la définition, si elle n’est pas livrée")


def add_output(command: CommandParser, metavar: str, extension: str, help_text: str | None = None) -> None:
    """``--sortie``, the file to write: refused at once where its name does not end as its kind does."""
    command.add_argument(
        "--sortie", metavar=metavar, required=True, type=partial(_file_name, extension=extension), help=help_text
    )


def _file_name(text: str, extension: str) -> str:
    from cls_workbook.workbook.saving import require_kind

    require_kind(text, extension)
    return text


def folder_name(text: str) -> str:
    """The type of an option that names a folder to write into: the name of a file is refused at once."""
    from cls_workbook.workbook.saving import require_folder

    require_folder(text)
    return text


def add_pilotage(command: CommandParser, more: str = "") -> None:
    command.add_argument("--pilotage", metavar="P.xlsx", help=f"les saisies de la coordination{more}")


def add_precedent(command: CommandParser, more: str = "", metavar: str = "CONSOLIDATION.xlsx") -> None:
    command.add_argument("--precedent", metavar=metavar, help=f"la consolidation de l’an dernier{more}")


def add_date(command: CommandParser, what: str) -> None:
    command.add_argument(
        "--date", metavar="AAAA-MM-JJ", type=_day, default=None, help=f"{what} (par défaut : aujourd’hui)"
    )


def day_of(chosen: argparse.Namespace) -> date:
    """The day that ``--date`` says, or today."""
    from datetime import date

    day: date | None = chosen.date
    return day or date.today()


def _day(text: str) -> date:
    from datetime import date

    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"« {text} » n’est pas une date ; exemple : 2026-02-15") from error


def add_reading(command: CommandParser) -> None:
    """Who reads, with how many processes, and for how long at most."""
    reading = command.add_argument_group("quand les retours sont nombreux")
    reading.add_argument(
        "--processus",
        metavar="N",
        type=int,
        default=None,
        help="nombre de processus de lecture (par défaut : selon les cœurs de cet ordinateur et le nombre de retours)",
    )
    reading.add_argument(
        "--moteur",
        choices=ENGINES,
        default=LOCAL,
        help="qui lit : cet ordinateur (local, par défaut), ou une grappe Dask déjà en place (dask)",
    )
    reading.add_argument("--adresse", metavar="tcp://SERVEUR:8786", help="l’ordonnanceur de la grappe Dask")
    reading.add_argument(
        "--delai",
        metavar="SECONDES",
        type=float,
        default=TIME_LIMIT,
        help=f"au-delà, un fichier est déclaré illisible et les autres sont lus (par défaut : {TIME_LIMIT:.0f})",
    )


def engine_of(chosen: argparse.Namespace) -> Engine:
    return choose(chosen.moteur, chosen.adresse, chosen.processus, chosen.delai)
