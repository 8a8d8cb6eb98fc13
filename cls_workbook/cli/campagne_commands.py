"""The commands of a campaign: the year's workbooks out, the returns in."""

from __future__ import annotations

import argparse
import sys

from cls_workbook.cli import command_pieces as pieces
from cls_workbook.cli.command_pieces import CAMPAGNE, DONE, RETOURS, command, option

TYPE_CHECKING = False  # as type checkers know it: importing typing would take half the time of --help
if TYPE_CHECKING:
    from cls_workbook.anomalies import Anomalie


# --- The way out ----------------------------------------------------------------------------------------------------


def _generate(chosen: argparse.Namespace) -> int:
    from cls_workbook.pipeline.way_out import generer

    for file in generer(
        chosen.contrat,
        chosen.annee,
        chosen.sortie,
        by_structure=chosen.par_structure,
        precedent=chosen.precedent,
        pilotage=chosen.pilotage,
    ):
        print(file)
    _tell_gaps(chosen)
    return DONE


def _tell_gaps(chosen: argparse.Namespace) -> None:
    """A contract without fiches is declared, not described: its workbook asks nothing, and one sentence says so."""
    from cls_workbook.pipeline.way_out import load_contrat

    contrat = load_contrat(chosen.contrat, chosen.annee)
    if not contrat.fiches:
        announced = (
            f" ({contrat.announced.actions_annoncees} actions annoncées)" if contrat.announced.actions_annoncees else ""
        )
        print(
            f"Aucune fiche n’est décrite pour {contrat.follow_up.year_name(chosen.annee)}{announced} : le classeur n’a "
            "pas de feuille à remplir. Ajoutez-les à la définition, puis recommencez.",
            file=sys.stderr,
        )


def _pilotage(chosen: argparse.Namespace) -> int:
    from cls_workbook.pilotage import refuse_to_lose, workbook
    from cls_workbook.pipeline.way_out import load_contrat
    from cls_workbook.workbook.writer import write

    contrat = load_contrat(chosen.contrat, chosen.annee)
    refuse_to_lose(chosen.sortie, contrat, chosen.annee)
    write(workbook(contrat, chosen.annee), chosen.sortie)
    print(chosen.sortie)
    return DONE


def _dictionary(chosen: argparse.Namespace) -> int:
    from cls_workbook.forms.dictionary import Listing, dictionnaire, write
    from cls_workbook.pipeline.way_out import load_contrat, plan_of
    from cls_workbook.workbook.saving import require_kind

    if chosen.sortie:
        require_kind(chosen.sortie, f".{chosen.format}")
    if chosen.pour_modele:
        from cls_workbook.office.agency_form.form_names import COLUMNS, WIDTHS, listed

        names = listed(load_contrat(chosen.contrat, chosen.annee))
        write(names, chosen.format, chosen.sortie, Listing("Noms pour un formulaire", COLUMNS, WIDTHS))
        return DONE
    plan, membres = plan_of(chosen.contrat, chosen.annee, chosen.pilotage, chosen.structure)
    write(dictionnaire(plan, membres), chosen.format, chosen.sortie)
    return DONE


# --- The way back ---------------------------------------------------------------------------------------------------


def _consolidate(chosen: argparse.Namespace) -> int:
    from cls_workbook.pipeline.way_back import consolidate_files

    result = consolidate_files(
        chosen.retours,
        chosen.contrat,
        chosen.annee,
        chosen.sortie,
        precedent=chosen.precedent,
        pilotage=chosen.pilotage,
        day=pieces.day_of(chosen),
        engine=pieces.engine_of(chosen),
        to_replace=chosen.remplacer,
    )
    pieces.tell_changes(result.tables.remplacements)
    code = pieces.report(result.anomalies)
    print(result.bilan())
    print(chosen.sortie)
    return code


def _relances(chosen: argparse.Namespace) -> int:
    from cls_workbook.french import typography
    from cls_workbook.pipeline.way_back import write_relances_from_files

    made = write_relances_from_files(
        chosen.retours,
        chosen.contrat,
        chosen.annee,
        chosen.sortie,
        day=pieces.day_of(chosen),
        precedent=chosen.precedent,
        pilotage=chosen.pilotage,
        engine=pieces.engine_of(chosen),
    )
    for file in made.files:
        print(file)
    print(typography(made.bilan()[0].upper() + made.bilan()[1:]))
    return DONE


def _check(chosen: argparse.Namespace) -> int:
    from cls_workbook.french import typography
    from cls_workbook.pipeline import single_returns

    if not chosen.annoter:
        found = single_returns.controler(chosen.retours, chosen.contrat, pieces.engine_of(chosen))
        for nom in single_returns.faultless(chosen.retours, found):
            print(typography(f"{nom} : rien à corriger."))
        return pieces.report(found)
    anomalies: list[Anomalie] = []
    copies: list[str] = []
    for seen in single_returns.annotate(chosen.retours, chosen.annoter, chosen.contrat, pieces.engine_of(chosen)):
        anomalies += seen.anomalies
        copies += seen.lines
    code = pieces.report(anomalies)
    for line in copies:
        print(line)
    return code


def _compare(chosen: argparse.Namespace) -> int:
    from cls_workbook.pipeline.single_returns import comparer

    pieces.tell_changes(comparer(chosen.ancien, chosen.nouveau, chosen.contrat))
    print("Rien n’a été écrit. Pour l’appliquer : consolider … --remplacer ANCIEN=NOUVEAU.")
    return DONE


def _statements(chosen: argparse.Namespace) -> int:
    from cls_workbook.pipeline.statement_files import write_statements

    files, anomalies = write_statements(chosen.retours, chosen.contrat, chosen.annee, chosen.sortie, chosen.pilotage)
    code = pieces.report(anomalies)
    for file in files:
        print(file)
    if not files:
        print("Aucun compte rendu financier à écrire : aucun retour lu ne parle d’argent pour une fiche subventionnée.")
    return code


# --- The commands ---------------------------------------------------------------------------------------------------

GENERER = command(
    "generer",
    "fabrique le classeur de l’année",
    _generate,
    *CAMPAGNE,
    pieces.folder("où ranger les classeurs (par défaut : ici)", default="."),
    option(
        "--par-structure", action="store_true", help="fabrique aussi un classeur par structure, avec ses seules fiches"
    ),
    pieces.precedent(" : ses valeurs figurent à côté des cases"),
    pieces.pilotage(),
)
PILOTAGE = command(
    "pilotage", "fabrique le classeur de la coordination", _pilotage, *CAMPAGNE, pieces.output("P.xlsx", ".xlsx")
)
DICTIONNAIRE = command(
    "dictionnaire",
    "décrit chaque case à remplir",
    _dictionary,
    *CAMPAGNE,
    option("--structure", metavar="STRUCTURE", help="les seules cases d’une structure (identifiant ou nom)"),
    option("--format", choices=("json", "csv", "xlsx"), default="json", help="json, par défaut"),
    pieces.pilotage(),
    option(
        "--pour-modele",
        action="store_true",
        help="liste plutôt les noms qu’un formulaire de l’agence peut porter, avec des exemples (voir « synthese »)",
    ),
    option("--sortie", metavar="FICHIER", help="le fichier à écrire (par défaut : l’écran)"),
)
CONSOLIDER = command(
    "consolider",
    "lit, contrôle et consolide les retours",
    _consolidate,
    RETOURS,
    *CAMPAGNE,
    pieces.output("C.xlsx", ".xlsx"),
    pieces.precedent(),
    pieces.pilotage(),
    pieces.day("la date de la consolidation"),
    pieces.replacing(),
    pieces.reading,
)
RELANCES = command(
    "relances",
    "prépare un brouillon de message par structure qui n’a pas répondu, son classeur joint ; rien n’est envoyé",
    _relances,
    RETOURS,
    *CAMPAGNE,
    pieces.folder("où ranger les brouillons et la liste de ceux qui manquent", required=True),
    pieces.pilotage(" : membres des groupes, date limite, relances déjà faites"),
    pieces.precedent(" : ses valeurs figurent dans les classeurs joints"),
    pieces.day("le jour où l’on compte les retards"),
    pieces.reading,
)
CONTROLER = command(
    "controler",
    "contrôle des retours, un par un",
    _check,
    option("retours", metavar="RETOUR", nargs="+", help="les retours à contrôler"),
    pieces.definition(),
    pieces.folder(
        "écrit dans ce dossier une copie de chaque retour : cases fautives colorées et commentées, liste en première "
        "feuille",
        "--annoter",
    ),
    pieces.reading,
)
COMPARER = command(
    "comparer",
    "dit ce qu’un retour corrigé changerait, sans rien écrire",
    _compare,
    option("ancien", metavar="ANCIEN", help="le retour reçu d’abord"),
    option("nouveau", metavar="NOUVEAU", help="le retour corrigé"),
    pieces.definition(),
)
COMPTE_RENDU = command(
    "compte-rendu",
    "écrit le compte rendu financier de chaque structure et de chaque fiche subventionnée, à imprimer et à signer",
    _statements,
    option(
        "retours",
        nargs="+",
        metavar="RETOUR|DOSSIER|C.xlsx",
        help="les retours reçus, ou la consolidation (par « consolider »)",
    ),
    *CAMPAGNE,
    pieces.pilotage(" : fiches dont un compte rendu est attendu"),
    pieces.folder("où ranger les comptes rendus", required=True),
)
