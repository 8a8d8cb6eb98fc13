"""What the commands share: exit codes, how a command is declared, the options that several of them take."""

from __future__ import annotations

import argparse
import os
from functools import partial

from cls_workbook.cli.french_argparse import CommandParser
from cls_workbook.engines import TIME_LIMIT
from cls_workbook.engines.engine_choice import ENGINES, LOCAL, choose
from cls_workbook.errors import Refusal
from cls_workbook.french import how_many

TYPE_CHECKING = False  # as type checkers know it: importing typing would take half the time of --help
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from typing import Any

    import pandas as pd

    from cls_workbook.anomalies import Anomalie
    from cls_workbook.definition.importing.definition_import import ImportResult, NoyauImportResult
    from cls_workbook.domain.verification.fault import DefinitionFault
    from cls_workbook.engines.engine_protocol import Engine

    Subcommands = argparse._SubParsersAction[CommandParser]
    # What adds itself to a command: an option, or several.
    Addition = Callable[[argparse._ActionsContainer], object]

DONE, BLOCKING = 0, 1


def command(
    name: str, summary: str, run: Callable[[argparse.Namespace], int], *options: Addition
) -> Callable[[Subcommands], None]:
    """A command that ``run`` answers with its exit code, once it is added to others."""

    def add(subcommands: Subcommands) -> None:
        parser = subcommands.add_parser(name, help=summary, description=summary[0].upper() + summary[1:] + ".")
        parser.set_defaults(command=run)
        for option_added in options:
            option_added(parser)

    return add


def family(
    name: str, summary: str, description: str, *commands: Callable[[Subcommands], None]
) -> Callable[[Subcommands], None]:
    """A word that does nothing by itself, and the commands under it."""

    def add(subcommands: Subcommands) -> None:
        add_all(subcommands.add_parser(name, help=summary, description=description), commands)

    return add


def add_all(parser: CommandParser, commands: tuple[Callable[[Subcommands], None], ...]) -> None:
    under = parser.add_subparsers(title="commandes", metavar="<commande>", required=True, parser_class=CommandParser)
    for add in commands:
        add(under)


# --- options --------------------------------------------------------------------------------------------------------


def option(*names: str, **settings: Any) -> Addition:
    """As ``argparse`` takes them."""
    return lambda parser: parser.add_argument(*names, **settings)


def output(metavar: str, extension: str, help_text: str = "le fichier à écrire") -> Addition:
    """``--sortie``, the file to write: refused at once where its name does not end as its kind does."""
    kind = partial(_file_name, extension=extension)
    return option("--sortie", metavar=metavar, required=True, type=kind, help=help_text)


def folder(help_text: str, name: str = "--sortie", **settings: Any) -> Addition:
    """A folder to write into: the name of a file is refused at once."""
    return option(name, metavar="DOSSIER", type=_folder_name, help=help_text, **settings)


def refuse_to_replace_what_is_read(chosen: argparse.Namespace) -> None:
    """Refusal if what is to be written would take the place of what is read: a return, last year's file… The
    coordinator's workbook is made again from itself."""
    written = getattr(chosen, "sortie", None)
    if not written or not os.path.isfile(written):
        return
    target = os.path.realpath(written)
    for name, given in vars(chosen).items():
        remade = name == "pilotage" and target.lower().endswith(".xlsm")
        for source in () if name == "sortie" or remade else given if isinstance(given, list) else (given,):
            path = os.path.realpath(source) if isinstance(source, str) else ""
            if path == target or (name == "retours" and target.startswith(os.path.join(path, ""))):
                raise Refusal(f"« {written} » est un fichier à lire, et serait perdu : choisissez un autre nom.")


def _file_name(text: str, extension: str) -> str:
    from cls_workbook.workbook.saving import require_kind

    require_kind(text, extension)
    return text


def _folder_name(text: str) -> str:
    from cls_workbook.workbook.saving import require_folder

    require_folder(text)
    return text


def definition(what_for: str = "") -> Addition:
    """The definition that a file names, for a contract that does not ship."""
    return option("--contrat", metavar="ID|D.toml", help=f"{what_for}la définition, si elle n’est pas livrée")


def pilotage(more: str = "") -> Addition:
    return option("--pilotage", metavar="P.xlsx", help=f"les saisies de la coordination{more}")


def precedent(more: str = "", metavar: str = "C.xlsx") -> Addition:
    return option("--precedent", metavar=metavar, help=f"la consolidation de l’an dernier{more}")


def replacing(what_for: str = "") -> Addition:
    return option(
        "--remplacer",
        metavar="[ANCIEN=]NOUVEAU",
        action="append",
        default=[],
        help=f"{what_for}un retour corrigé prend la place d’un autre (voir « comparer ») ; peut être répété",
    )


def day(what: str) -> Addition:
    return option("--date", metavar="AAAA-MM-JJ", type=_day, default=None, help=f"{what} (par défaut : aujourd’hui)")


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


def reading(parser: argparse._ActionsContainer) -> None:
    """Who reads, with how many processes, and for how long at most."""
    group = parser.add_argument_group("quand les retours sont nombreux")
    group.add_argument(
        "--processus",
        metavar="N",
        type=int,
        default=None,
        help="nombre de processus de lecture (par défaut : selon les cœurs de cet ordinateur et le nombre de retours)",
    )
    group.add_argument(
        "--moteur",
        choices=ENGINES,
        default=LOCAL,
        help="qui lit : cet ordinateur (local, par défaut), ou une grappe Dask déjà en place (dask)",
    )
    group.add_argument("--adresse", metavar="tcp://SERVEUR:8786", help="l’ordonnanceur de la grappe Dask")
    group.add_argument(
        "--delai",
        metavar="SECONDES",
        type=float,
        default=TIME_LIMIT,
        help=f"au-delà, un fichier est déclaré illisible et les autres sont lus (par défaut : {TIME_LIMIT:.0f})",
    )


CONTRAT = option(
    "--contrat",
    metavar="ID|D.toml",
    required=True,
    help="un contrat livré (voir « contrat lister ») ou une définition .toml",
)
CAMPAGNE = (CONTRAT, option("--annee", metavar="AAAA", type=int, required=True, help="l’année de la campagne"))
RETOURS = option("retours", metavar="RETOUR|DOSSIER", nargs="+", help="des retours, ou le dossier qui les contient")


def engine_of(chosen: argparse.Namespace) -> Engine:
    return choose(chosen.moteur, chosen.adresse, chosen.processus, chosen.delai)


# --- what is said ----------------------------------------------------------------------------------------------------


def tell_findings(findings: Sequence[DefinitionFault]) -> int:
    """Prints what is found in a definition, and how many; the exit code."""
    faults = [finding for finding in findings if finding.gravite == "faute"]
    for finding in findings:
        print(finding)
    print(f"{how_many(len(faults), 'faute')}, {how_many(len(findings) - len(faults), 'point')} à confirmer.")
    return BLOCKING if faults else DONE


def keep_imported(imported: ImportResult | NoyauImportResult, counts: str, path: str) -> int:
    """Saves the TOML of what a workbook describes, and prints what was noticed on the way; the exit code."""
    from cls_workbook.workbook.saving import save

    save(imported.texte.encode(), path)
    for line in (*imported.notices, *imported.a_confirmer):
        print(line)
    print(f"{counts}, {how_many(len(imported.a_confirmer), 'point')} à confirmer.")
    print(path)
    return DONE


def tell_changes(table: pd.DataFrame) -> None:
    """Prints what a corrected return changes."""
    from cls_workbook.summaries.replacement import preview

    for line in preview(table):
        print(line)


def report(anomalies: list[Anomalie] | tuple[Anomalie, ...]) -> int:
    """Prints the anomalies, the most serious first; the exit code tells whether one of them blocks."""
    from cls_workbook.anomalies import GRAVITIES, counted, sort_out

    for anomalie in sort_out(list(anomalies)):
        print(anomalie, end="\n\n")
    counts = {g: sum(a.gravite == g for a in anomalies) for g in GRAVITIES}
    if anomalies:
        print(" · ".join(counted(nombre, gravite) for gravite, nombre in counts.items()))
    return BLOCKING if counts[GRAVITIES[0]] else DONE
