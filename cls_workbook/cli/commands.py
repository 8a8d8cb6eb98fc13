"""The command line: French words around the conductor. Each command imports what it needs, when it runs.

Exit codes: 0 done, nothing blocking; 1 done, but blocking anomalies are listed; 2 not done, and one sentence says why.
"""

from __future__ import annotations

import argparse
import sys

from cls_workbook.cli.french_argparse import REFUSED, CommandParser, speak_french
from cls_workbook.engines import ENGINES, LOCAL, TIME_LIMIT
from cls_workbook.errors import Refusal

DONE, BLOCKING = 0, 1
EPILOGUE = "Chaque commande a son aide : cls-workbook <commande> --help"


def main(arguments: list[str]) -> int:
    """Runs one command; returns its exit code. Nothing that a user can type raises."""
    speak_french()
    for output in (sys.stdout, sys.stderr):
        if hasattr(output, "reconfigure"):
            output.reconfigure(encoding="utf-8", errors="replace")
    choix = _parser().parse_args(arguments)
    try:
        return choix.command(choix)
    except Refusal as refusal:
        from cls_workbook.french import typography

        for line in (str(refusal), *(f"  {detail}" for detail in refusal.details)):
            print(typography(line), file=sys.stderr)
        return REFUSED
    except KeyboardInterrupt:
        print("Interrompu : rien n’a été écrit de plus.", file=sys.stderr)
        return REFUSED


# --- words ----------------------------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = CommandParser(
        prog="cls-workbook",
        description="Le suivi annuel d’un contrat local de santé : un classeur par an, des retours contrôlés, une synthèse pour l’ARS.",
        epilog=EPILOGUE,
    )
    subcommands = parser.add_subparsers(
        title="commandes", metavar="<commande>", required=True, parser_class=CommandParser
    )
    _contrat_commands(subcommands)
    _year_commands(subcommands)
    _retour_commands(subcommands)
    _workstation_commands(subcommands)
    return parser


def _command(subcommands, nom: str, summary: str, function) -> argparse.ArgumentParser:
    command = subcommands.add_parser(nom, help=summary, description=summary[0].upper() + summary[1:] + ".")
    command.set_defaults(command=function)
    return command


def _contrat_commands(subcommands) -> None:
    contrat = subcommands.add_parser(
        "contrat",
        help="les définitions de contrat",
        description="Les définitions de contrat : lister celles qui sont livrées, en vérifier une, en décrire une dans Excel.",
    )
    under = contrat.add_subparsers(title="commandes", metavar="<commande>", required=True, parser_class=CommandParser)
    _command(under, "lister", "liste les contrats livrés", _list_contrats)
    verifier = _command(under, "verifier", "vérifie une définition : chaque faute avec sa place", _verify_contrat)
    verifier.add_argument(
        "fichier", metavar="FICHIER", help="la définition (.toml), ou l’identifiant d’un contrat livré"
    )
    modele = _command(under, "modele", "fabrique le classeur dans lequel un contrat se décrit", _contrat_template)
    modele.add_argument("--sortie", metavar="X.xlsx", required=True)
    modele.add_argument("--contrat", metavar="ID|FICHIER", help="rempli d’après ce contrat (par défaut : vide)")
    importer = _command(under, "importer", "lit un classeur de description et en écrit la définition", _import_contrat)
    importer.add_argument("classeur", metavar="X.xlsx", help="le classeur rempli (.xlsx ou .ods)")
    importer.add_argument("--sortie", metavar="C.toml", required=True)


def _year_commands(subcommands) -> None:
    generer = _command(subcommands, "generer", "fabrique le classeur de l’année", _generate)
    _campagne(generer)
    generer.add_argument("--sortie", metavar="DOSSIER", default=".", help="où ranger les classeurs (par défaut : ici)")
    generer.add_argument(
        "--par-structure", action="store_true", help="fabrique aussi un classeur par structure, avec ses seules fiches"
    )
    generer.add_argument(
        "--precedent",
        metavar="CONSOLIDATION.xlsx",
        help="la consolidation de l’an dernier : ses valeurs figurent à côté des cases",
    )
    generer.add_argument("--pilotage", metavar="P.xlsx", help="les saisies de la coordination")

    pilotage = _command(subcommands, "pilotage", "fabrique le classeur de la coordination", _pilotage)
    _campagne(pilotage)
    pilotage.add_argument("--sortie", metavar="P.xlsx", required=True)

    coordonner = _command(
        subcommands,
        "coordonner",
        "fabrique le classeur de la coordination, avec le bouton « Consolider » (.xlsm)",
        _coordinate,
    )
    _campagne(coordonner)
    coordonner.add_argument(
        "--sortie", metavar="K.xlsm", required=True, help="s’il existe déjà, il est refait et ses saisies sont gardées"
    )
    coordonner.add_argument("--pilotage", metavar="P.xlsx", help="un classeur dont les saisies sont reprises")
    coordonner.add_argument("--precedent", metavar="CONSOLIDATION.xlsx", help="la consolidation de l’an dernier")

    dictionnaire = _command(subcommands, "dictionnaire", "décrit chaque case à remplir", _dictionary)
    _campagne(dictionnaire)
    dictionnaire.add_argument("--structure", metavar="S", help="les seules cases d’une structure (identifiant ou nom)")
    dictionnaire.add_argument("--format", choices=("json", "csv", "xlsx"), default="json")
    dictionnaire.add_argument("--pilotage", metavar="P.xlsx", help="les saisies de la coordination")
    dictionnaire.add_argument("--sortie", metavar="F", help="le fichier à écrire (par défaut : l’écran)")

    consolider = _command(subcommands, "consolider", "lit, contrôle et consolide les retours", _consolidate)
    consolider.add_argument(
        "retours", metavar="RETOUR|DOSSIER", nargs="+", help="des retours, ou le dossier qui les contient"
    )
    _campagne(consolider)
    consolider.add_argument("--sortie", metavar="C.xlsx", required=True)
    consolider.add_argument("--precedent", metavar="P.xlsx", help="la consolidation de l’an dernier")
    consolider.add_argument("--pilotage", metavar="P.xlsx", help="les saisies de la coordination")
    consolider.add_argument(
        "--date",
        metavar="AAAA-MM-JJ",
        type=_day,
        default=None,
        help="la date de la consolidation (par défaut : aujourd’hui)",
    )
    consolider.add_argument(
        "--remplacer",
        metavar="[ANCIEN=]NOUVEAU",
        action="append",
        default=[],
        help="un retour corrigé prend la place d’un autre (voir « comparer ») ; peut être répété",
    )
    _reading_options(consolider)

    relances = _command(
        subcommands,
        "relances",
        "prépare un brouillon de message par structure qui n’a pas répondu, son classeur joint ; rien n’est envoyé",
        _relances,
    )
    relances.add_argument(
        "retours", metavar="RETOUR|DOSSIER", nargs="+", help="des retours, ou le dossier qui les contient"
    )
    _campagne(relances)
    relances.add_argument(
        "--sortie", metavar="DOSSIER", required=True, help="où ranger les brouillons et la liste de ceux qui manquent"
    )
    relances.add_argument(
        "--pilotage",
        metavar="P.xlsx",
        help="les saisies de la coordination : membres des groupes, date limite, relances déjà faites",
    )
    relances.add_argument(
        "--precedent",
        metavar="CONSOLIDATION.xlsx",
        help="la consolidation de l’an dernier : ses valeurs figurent dans les classeurs joints",
    )
    relances.add_argument(
        "--date",
        metavar="AAAA-MM-JJ",
        type=_day,
        default=None,
        help="le jour où l’on compte les retards (par défaut : aujourd’hui)",
    )
    _reading_options(relances)

    synthese = _command(subcommands, "synthese", "écrit la synthèse destinée à l’ARS", _synthese)
    synthese.add_argument("consolidation", metavar="C.xlsx")
    synthese.add_argument("--sortie", metavar="S.xlsx", required=True)
    synthese.add_argument("--contrat", metavar="ID|FICHIER", help="la définition, si elle n’est pas livrée")
    synthese.add_argument("--pdf", action="store_true", help="écrit aussi un PDF (demande LibreOffice)")
    _outgoing_commands(subcommands)


def _outgoing_commands(subcommands) -> None:
    """What leaves for other tools."""
    exporter = _command(
        subcommands,
        "exporter",
        "exporte les tables d’une consolidation, ou d’une synthèse, pour d’autres outils",
        _export,
    )
    exporter.add_argument("classeur", metavar="C.xlsx", help="une consolidation (ou, sauf pour scdl, une synthèse)")
    exporter.add_argument(
        "--format",
        choices=("csv", "parquet", "scdl"),
        required=True,
        help="csv ou parquet : un « Data Package » ; scdl : le schéma SCDL subventions 2.1.1",
    )
    exporter.add_argument(
        "--sortie", metavar="DOSSIER", required=True, help="le dossier à écrire ; un export antérieur y est remplacé"
    )
    exporter.add_argument(
        "--financeur", metavar="F", help="scdl : le financeur qui demande ses subventions (identifiant ou nom)"
    )
    exporter.add_argument(
        "--siret", metavar="14 CHIFFRES", help="scdl : le SIRET de ce financeur, s’il n’est pas au contrat"
    )
    exporter.add_argument("--contrat", metavar="ID|FICHIER", help="scdl : la définition, si elle n’est pas livrée")
    region = _command(subcommands, "region", "met côte à côte les synthèses de plusieurs contrats et années", _region)
    region.add_argument(
        "syntheses",
        metavar="SYNTHESE|DOSSIER",
        nargs="+",
        help="des synthèses pour l’ARS (ou des consolidations), ou le dossier qui les contient",
    )
    region.add_argument("--sortie", metavar="R.xlsx", required=True)
    region.add_argument(
        "--contrat",
        metavar="ID|FICHIER",
        action="append",
        default=[],
        help="la définition d’un contrat non livré, pour lire sa consolidation ; autant de fois qu’il faut",
    )


def _retour_commands(subcommands) -> None:
    controler = _command(subcommands, "controler", "contrôle des retours, un par un", _check)
    controler.add_argument("retours", metavar="RETOUR", nargs="+")
    controler.add_argument("--contrat", metavar="ID|FICHIER", help="la définition, si elle n’est pas livrée")
    controler.add_argument(
        "--annoter",
        metavar="DOSSIER",
        help="écrit dans ce dossier une copie de chaque retour : cases fautives colorées et commentées, liste en première feuille",
    )
    _reading_options(controler)
    comparer = _command(subcommands, "comparer", "dit ce qu’un retour corrigé changerait, sans rien écrire", _compare)
    comparer.add_argument("ancien", metavar="ANCIEN", help="le retour reçu d’abord")
    comparer.add_argument("nouveau", metavar="NOUVEAU", help="le retour corrigé")
    comparer.add_argument("--contrat", metavar="ID|FICHIER", help="la définition, si elle n’est pas livrée")
    _command(subcommands, "anomalies", "liste tout ce qui est contrôlé", _anomalies)
    verifier = _command(
        subcommands,
        "verifier-installation",
        "dit si Python, les versions et les dossiers sont en ordre ; sinon, le remède",
        _verify_installation,
    )
    verifier.add_argument(
        "--classeur",
        metavar="K.xlsm",
        help="le classeur de la coordination : ses versions et son dossier des retours sont vérifiés aussi",
    )
    demo = _command(
        subcommands, "demo", "joue une année entière sur un contrat livré et explique chaque fichier", _demo
    )
    demo.add_argument(
        "--sortie", metavar="DOSSIER", default="demo-cls", help="où ranger les fichiers (par défaut : demo-cls)"
    )


def _workstation_commands(subcommands) -> None:
    complement = subcommands.add_parser(
        "complement",
        help="le complément d’Excel (onglet CLS)",
        description="Le complément d’Excel : l’onglet CLS, même là où les macros d’un classeur sont bloquées.",
    )
    under = complement.add_subparsers(
        title="commandes", metavar="<commande>", required=True, parser_class=CommandParser
    )
    installer = _command(
        under, "installer", "place le complément là où Excel le charge (Windows, macOS)", _install_addin
    )
    installer.add_argument("--sortie", metavar="DOSSIER", help="l’écrit seulement dans ce dossier")


def _campagne(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--contrat",
        metavar="ID|FICHIER",
        required=True,
        help="un contrat livré (voir « contrat lister ») ou une définition .toml",
    )
    command.add_argument("--annee", metavar="AAAA", type=int, required=True)


def _reading_options(command: argparse.ArgumentParser) -> None:
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


def _engine(choix):
    from cls_workbook.engines import choose

    return choose(choix.moteur, choix.adresse, choix.processus, choix.delai)


def _day(texte: str):
    from datetime import date

    try:
        return date.fromisoformat(texte)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"« {texte} » n’est pas une date ; exemple : 2026-02-15") from error


# --- commands -------------------------------------------------------------------------------------------------------


def _list_contrats(choix) -> int:
    from cls_workbook.definition.toml_reader import load, shipped

    for identifier in shipped():
        contrat = load(identifier)
        print(f"{identifier}\t{contrat.titre}\t{contrat.annees[0]}-{contrat.annees[-1]}")
    return DONE


def _verify_contrat(choix) -> int:
    from cls_workbook.definition.toml_reader import load
    from cls_workbook.domain.verification.whole_contract import verifier

    findings = verifier(load(choix.fichier))
    faults = [c for c in findings if c.gravite == "faute"]
    for constat in findings:
        print(constat)
    print(f"{len(faults)} faute(s), {len(findings) - len(faults)} point(s) à confirmer.")
    return BLOCKING if faults else DONE


def _contrat_template(choix) -> int:
    from cls_workbook.definition.authoring.authoring_workbook import workbook
    from cls_workbook.definition.toml_reader import load
    from cls_workbook.workbook.writer import write

    write(workbook(load(choix.contrat) if choix.contrat else None), choix.sortie)
    print(choix.sortie)
    return DONE


def _import_contrat(choix) -> int:
    from cls_workbook.definition.importing.definition_import import importer
    from cls_workbook.workbook.writer import save

    value_read = importer(choix.classeur)
    save(value_read.texte.encode(), choix.sortie)
    for line in (*value_read.notices, *value_read.a_confirmer):
        print(line)
    print(
        f"{len(value_read.contrat.fiches)} fiche(s), {len(value_read.contrat.by_mesure)} chiffre(s) à saisir, {len(value_read.a_confirmer)} point(s) à confirmer."
    )
    print(choix.sortie)
    return DONE


def _generate(choix) -> int:
    from cls_workbook.pipeline.way_out import generer

    for file in generer(
        choix.contrat,
        choix.annee,
        choix.sortie,
        by_structure=choix.par_structure,
        precedent=choix.precedent,
        pilotage=choix.pilotage,
    ):
        print(file)
    _tell_gaps(choix)
    return DONE


def _tell_gaps(choix) -> None:
    """A contract without fiches is declared, not described: its workbook asks nothing, and one sentence says so."""
    from cls_workbook.pipeline.way_out import load_contrat

    contrat = load_contrat(choix.contrat, choix.annee)
    if not contrat.fiches:
        announcement = f" ({contrat.actions_annoncees} actions annoncées)" if contrat.actions_annoncees else ""
        print(
            f"Aucune fiche n’est décrite pour {contrat.year_name(choix.annee)}{announcement} : le classeur n’a pas de feuille à remplir. Ajoutez-les à la définition, puis recommencez.",
            file=sys.stderr,
        )


def _pilotage(choix) -> int:
    from cls_workbook.pilotage import workbook
    from cls_workbook.pipeline.way_out import load_contrat
    from cls_workbook.workbook.writer import write

    write(workbook(load_contrat(choix.contrat, choix.annee), choix.annee), choix.sortie)
    print(choix.sortie)
    return DONE


def _coordinate(choix) -> int:
    from cls_workbook.office.coordinator.making import coordonner
    from cls_workbook.pipeline.way_out import load_contrat

    for file in coordonner(
        load_contrat(choix.contrat, choix.annee),
        choix.contrat,
        choix.annee,
        choix.sortie,
        pilotage=choix.pilotage,
        precedent=choix.precedent,
    ):
        print(file)
    return DONE


def _install_addin(choix) -> int:
    from cls_workbook.french import typography
    from cls_workbook.office.coordinator.addin import installer

    files, following = installer(choix.sortie)
    for file in files:
        print(file)
    for sentence in following:
        print(typography(sentence))
    return DONE


def _dictionary(choix) -> int:
    from cls_workbook.forms.dictionary import dictionnaire, write
    from cls_workbook.pipeline.way_out import plan_of

    plan, membres = plan_of(choix.contrat, choix.annee, choix.pilotage, choix.structure)
    write(dictionnaire(plan, membres), choix.format, choix.sortie)
    return DONE


def _check(choix) -> int:
    from cls_workbook.pipeline import way_back

    if not choix.annoter:
        return _report(way_back.controler(choix.retours, choix.contrat, _engine(choix)))
    anomalies, copies = [], []
    for all_found, lines in way_back.annotate(choix.retours, choix.annoter, choix.contrat, _engine(choix)):
        anomalies += all_found
        copies += lines
    code = _report(anomalies)
    for line in copies:
        print(line)
    return code


def _consolidate(choix) -> int:
    from datetime import date

    from cls_workbook.pipeline.way_back import consolidate_files

    result = consolidate_files(
        choix.retours,
        choix.contrat,
        choix.annee,
        choix.sortie,
        precedent=choix.precedent,
        pilotage=choix.pilotage,
        day=choix.date or date.today(),
        engine=_engine(choix),
        to_replace=choix.remplacer,
    )
    _tell_changes(result.remplacements)
    code = _report(result.anomalies)
    print(result.bilan())
    print(choix.sortie)
    return code


def _relances(choix) -> int:
    from datetime import date

    from cls_workbook.french import typography
    from cls_workbook.pipeline.way_back import write_relances_from_files

    made = write_relances_from_files(
        choix.retours,
        choix.contrat,
        choix.annee,
        choix.sortie,
        day=choix.date or date.today(),
        precedent=choix.precedent,
        pilotage=choix.pilotage,
        engine=_engine(choix),
    )
    for file in made.files:
        print(file)
    print(typography(made.bilan()[0].upper() + made.bilan()[1:]))
    return DONE


def _verify_installation(choix) -> int:
    from cls_workbook.office import installation
    from cls_workbook.office.coordinator.closed_workbook import facts_of_workbook

    findings = installation.verifier(
        installation.gather_facts(**(facts_of_workbook(choix.classeur) if choix.classeur else {}))
    )
    for constat in findings:
        print(constat)
    print(installation.bilan(findings).capitalize())
    return BLOCKING if any(c.etat == installation.TO_CORRECT for c in findings) else DONE


def _compare(choix) -> int:
    from cls_workbook.pipeline.way_back import comparer

    _tell_changes(comparer(choix.ancien, choix.nouveau, choix.contrat))
    print("Rien n’a été écrit. Pour l’appliquer : consolider … --remplacer ANCIEN=NOUVEAU.")
    return DONE


def _tell_changes(table) -> None:
    from cls_workbook.summaries.replacement import preview

    for line in preview(table):
        print(line)


def _report(anomalies: list) -> int:
    """Prints the anomalies, the most serious first; the exit code tells whether one of them blocks."""
    from cls_workbook.anomalies import GRAVITIES, sort_out

    for anomalie in sort_out(anomalies):
        print(anomalie, end="\n\n")
    counts = {g: sum(a.gravite == g for a in anomalies) for g in GRAVITIES}
    print(" · ".join(f"{nombre} {gravite}" for gravite, nombre in counts.items()))
    return BLOCKING if counts[GRAVITIES[0]] else DONE


def _synthese(choix) -> int:
    from cls_workbook.reports.agency.ars_copy import file_copy

    for file in file_copy(choix.consolidation, choix.sortie, contrat=choix.contrat, pdf=choix.pdf):
        print(file)
    return DONE


def _export(choix) -> int:
    if choix.format != "scdl":
        from cls_workbook.reports.exports.data_package import exporter

        for file in exporter(choix.classeur, choix.sortie, choix.format):
            print(file)
        return DONE
    from cls_workbook.reports.exports.scdl_folder import exporter as exporter_les_subventions

    if not choix.financeur:
        raise Refusal("Le format scdl demande --financeur : chaque financeur ne publie que ses propres subventions.")
    bilan = exporter_les_subventions(choix.classeur, choix.sortie, choix.financeur, choix.siret, choix.contrat)
    for refused in bilan.refused_ones:
        print(refused)
    print(
        f"{bilan.retained} ligne(s) écrite(s), {len(bilan.refused_ones)} refusée(s), {bilan.autres} d’autres financeurs."
    )
    for file in bilan.files:
        print(file)
    return DONE


def _region(choix) -> int:
    from cls_workbook.french import typography
    from cls_workbook.reports.region.region_workbook import gather

    region = gather(choix.syntheses, choix.sortie, choix.contrat)
    for gap in region.ecarts:
        print(typography(f"{gap.file} : {gap.statut}. {gap.reason}"))
    print(region.bilan())
    print(choix.sortie)
    return DONE


def _anomalies(choix) -> int:
    from cls_workbook.checks.catalogue import CATALOGUE

    for check in CATALOGUE:
        print(f"{check.code}\t{' ou '.join(check.gravities)}\t{check.sought}")
    return DONE


def _demo(choix) -> int:
    from cls_workbook.demo import play

    play(choix.sortie)
    return DONE
