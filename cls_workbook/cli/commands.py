"""The command line: the commands, in the order of the help, and what comes of them. Each imports what it needs, then.

Exit codes: 0 done, nothing blocking; 1 done, but blocking anomalies are listed; 2 not done, and one sentence says why;
3 a fault of ours, and one sentence says where its details are.
"""

from __future__ import annotations

import os
import sys

from cls_workbook.cli import (
    campagne_commands,
    contrat_commands,
    coordination_commands,
    discovery_commands,
    noyau_commands,
    page_commands,
    report_commands,
)
from cls_workbook.cli.command_pieces import add_all, refuse_to_replace_what_is_read
from cls_workbook.cli.french_argparse import REFUSED, CommandParser, speak_french
from cls_workbook.errors import Refusal

OUR_FAULT = 3
COMMANDS = (
    contrat_commands.CONTRAT,
    noyau_commands.NOYAU,
    campagne_commands.GENERER,
    campagne_commands.PILOTAGE,
    coordination_commands.COORDONNER,
    campagne_commands.DICTIONNAIRE,
    campagne_commands.CONSOLIDER,
    campagne_commands.RELANCES,
    campagne_commands.COMPTE_RENDU,
    report_commands.SYNTHESE,
    report_commands.BILAN,
    report_commands.PRESENTATION,
    report_commands.EXPORTER,
    report_commands.REGION,
    campagne_commands.CONTROLER,
    campagne_commands.COMPARER,
    discovery_commands.ANOMALIES,
    coordination_commands.VERIFIER_INSTALLATION,
    discovery_commands.DEMO,
    page_commands.PAGE,
    coordination_commands.COMPLEMENT,
)
# What the letters of the help stand for.
KINDS_OF_FILES = (
    ("D.toml", "une définition de contrat"),
    ("N.toml", "un noyau régional"),
    ("X.xlsx", "le classeur où se décrit un contrat, ou un noyau"),
    ("P.xlsx", "les saisies de la coordination"),
    ("K.xlsm", "son classeur avec le bouton, accepté partout où P l’est"),
    ("C.xlsx", "une consolidation"),
    ("S.xlsx", "une synthèse pour l’ARS"),
    ("F.xlsx", "un formulaire de l’agence"),
    ("B.docx", "le bilan annuel"),
    ("V.pptx", "les diapositives du comité de pilotage"),
    ("M.docx, M.pptx", "un modèle à vous, dont l’apparence est gardée"),
    ("R.xlsx", "le classeur d’une région"),
    ("L.html", "la page locale"),
    ("RETOUR", "le classeur qu’une structure a rempli (.xlsx, .xlsm ou .ods)"),
)


def main(arguments: list[str]) -> int:
    """Runs one command; returns its exit code. Nothing raises, but argparse's own way out (SystemExit)."""
    speak_french()
    for output in (sys.stdout, sys.stderr):
        if hasattr(output, "reconfigure"):
            output.reconfigure(encoding="utf-8", errors="replace")
    try:
        chosen = _parser().parse_args(arguments)
        refuse_to_replace_what_is_read(chosen)
        code: int = chosen.command(chosen)
        sys.stdout.flush()
        return code
    except Refusal as refusal:
        _say(str(refusal), *(f"  {detail}" for detail in refusal.details))
        return REFUSED
    except KeyboardInterrupt:
        print("Interrompu : rien n’a été écrit de plus.", file=sys.stderr)
        return REFUSED
    except BrokenPipeError:  # whoever read the output has had enough: nothing more is written there, even at the end
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return REFUSED
    except Exception as fault:  # whatever it is, a command ends with a sentence and no traceback
        from cls_workbook.fault_details import where_written

        details = where_written(fault, "cls-workbook " + " ".join(arguments))
        _say(f"L’outil est en faute, pas vous : aucun fichier n’a été écrit à moitié, et {details}.")
        return OUR_FAULT


def _say(*lines: str) -> None:
    from cls_workbook.french import typography

    for line in lines:
        print(typography(line), file=sys.stderr)


def _parser() -> CommandParser:
    parser = CommandParser(
        prog="cls-workbook",
        description="Le suivi annuel d’un contrat local de santé : un classeur par an, des retours contrôlés, "
        "une synthèse pour l’ARS.",
        epilog="\n".join(
            ("Chaque commande a son aide : cls-workbook <commande> --help. Chaque sorte de fichier y a sa lettre :",)
            + tuple(f"{letter} : {kind}" for letter, kind in KINDS_OF_FILES)
        ),
    )
    add_all(parser, COMMANDS)
    return parser
