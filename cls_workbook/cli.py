"""The command line: French words around the conductor. Each command imports what it needs, when it runs.

Exit codes: 0 done, nothing blocking; 1 done, but blocking anomalies are listed; 2 not done, and one sentence says why.
"""

from __future__ import annotations

import argparse
import sys

from cls_workbook.analyseur import REFUSE, Analyseur, parler_francais
from cls_workbook.errors import Refus
from cls_workbook.moteurs import DELAI, LOCAL, MOTEURS

FAIT, BLOQUANT = 0, 1
EPILOGUE = "Chaque commande a son aide : cls-workbook <commande> --help"


def main(arguments: list[str]) -> int:
    """Runs one command; returns its exit code. Nothing that a user can type raises."""
    parler_francais()
    for sortie in (sys.stdout, sys.stderr):
        if hasattr(sortie, "reconfigure"):
            sortie.reconfigure(encoding="utf-8", errors="replace")
    choix = _analyseur().parse_args(arguments)
    try:
        return choix.commande(choix)
    except Refus as refus:
        from cls_workbook.francais import typographie

        for ligne in (str(refus), *(f"  {detail}" for detail in refus.details)):
            print(typographie(ligne), file=sys.stderr)
        return REFUSE
    except KeyboardInterrupt:
        print("Interrompu : rien n’a été écrit de plus.", file=sys.stderr)
        return REFUSE


# --- words ----------------------------------------------------------------------------------------------------------


def _analyseur() -> argparse.ArgumentParser:
    analyseur = Analyseur(prog="cls-workbook", description="Le suivi annuel d’un contrat local de santé : un classeur par an, des retours contrôlés, une synthèse pour l’ARS.", epilog=EPILOGUE)
    commandes = analyseur.add_subparsers(title="commandes", metavar="<commande>", required=True, parser_class=Analyseur)
    _commandes_du_contrat(commandes)
    _commandes_de_l_annee(commandes)
    _commandes_du_retour(commandes)
    _commandes_du_poste(commandes)
    return analyseur


def _commande(commandes, nom: str, resume: str, fonction) -> argparse.ArgumentParser:
    commande = commandes.add_parser(nom, help=resume, description=resume[0].upper() + resume[1:] + ".")
    commande.set_defaults(commande=fonction)
    return commande


def _commandes_du_contrat(commandes) -> None:
    contrat = commandes.add_parser("contrat", help="les définitions de contrat", description="Les définitions de contrat : lister celles qui sont livrées, en vérifier une, en décrire une dans Excel.")
    sous = contrat.add_subparsers(title="commandes", metavar="<commande>", required=True, parser_class=Analyseur)
    _commande(sous, "lister", "liste les contrats livrés", _contrat_lister)
    verifier = _commande(sous, "verifier", "vérifie une définition : chaque faute avec sa place", _contrat_verifier)
    verifier.add_argument("fichier", metavar="FICHIER", help="la définition (.toml), ou l’identifiant d’un contrat livré")
    modele = _commande(sous, "modele", "fabrique le classeur dans lequel un contrat se décrit", _contrat_modele)
    modele.add_argument("--sortie", metavar="X.xlsx", required=True)
    modele.add_argument("--contrat", metavar="ID|FICHIER", help="rempli d’après ce contrat (par défaut : vide)")
    importer = _commande(sous, "importer", "lit un classeur de description et en écrit la définition", _contrat_importer)
    importer.add_argument("classeur", metavar="X.xlsx", help="le classeur rempli (.xlsx ou .ods)")
    importer.add_argument("--sortie", metavar="C.toml", required=True)


def _commandes_de_l_annee(commandes) -> None:
    generer = _commande(commandes, "generer", "fabrique le classeur de l’année", _generer)
    _campagne(generer)
    generer.add_argument("--sortie", metavar="DOSSIER", default=".", help="où ranger les classeurs (par défaut : ici)")
    generer.add_argument("--par-structure", action="store_true", help="fabrique aussi un classeur par structure, avec ses seules fiches")
    generer.add_argument("--precedent", metavar="CONSOLIDATION.xlsx", help="la consolidation de l’an dernier : ses valeurs figurent à côté des cases")
    generer.add_argument("--pilotage", metavar="P.xlsx", help="les saisies de la coordination")

    pilotage = _commande(commandes, "pilotage", "fabrique le classeur de la coordination", _pilotage)
    _campagne(pilotage)
    pilotage.add_argument("--sortie", metavar="P.xlsx", required=True)

    coordonner = _commande(commandes, "coordonner", "fabrique le classeur de la coordination, avec le bouton « Consolider » (.xlsm)", _coordonner)
    _campagne(coordonner)
    coordonner.add_argument("--sortie", metavar="K.xlsm", required=True, help="s’il existe déjà, il est refait et ses saisies sont gardées")
    coordonner.add_argument("--pilotage", metavar="P.xlsx", help="un classeur dont les saisies sont reprises")
    coordonner.add_argument("--precedent", metavar="CONSOLIDATION.xlsx", help="la consolidation de l’an dernier")

    dictionnaire = _commande(commandes, "dictionnaire", "décrit chaque case à remplir", _dictionnaire)
    _campagne(dictionnaire)
    dictionnaire.add_argument("--structure", metavar="S", help="les seules cases d’une structure (identifiant ou nom)")
    dictionnaire.add_argument("--format", choices=("json", "csv", "xlsx"), default="json")
    dictionnaire.add_argument("--pilotage", metavar="P.xlsx", help="les saisies de la coordination")
    dictionnaire.add_argument("--sortie", metavar="F", help="le fichier à écrire (par défaut : l’écran)")

    consolider = _commande(commandes, "consolider", "lit, contrôle et consolide les retours", _consolider)
    consolider.add_argument("retours", metavar="RETOUR|DOSSIER", nargs="+", help="des retours, ou le dossier qui les contient")
    _campagne(consolider)
    consolider.add_argument("--sortie", metavar="C.xlsx", required=True)
    consolider.add_argument("--precedent", metavar="P.xlsx", help="la consolidation de l’an dernier")
    consolider.add_argument("--pilotage", metavar="P.xlsx", help="les saisies de la coordination")
    consolider.add_argument("--date", metavar="AAAA-MM-JJ", type=_jour, default=None, help="la date de la consolidation (par défaut : aujourd’hui)")
    consolider.add_argument("--remplacer", metavar="[ANCIEN=]NOUVEAU", action="append", default=[], help="un retour corrigé prend la place d’un autre (voir « comparer ») ; peut être répété")
    _lecteurs(consolider)

    relances = _commande(commandes, "relances", "prépare un brouillon de message par structure qui n’a pas répondu, son classeur joint ; rien n’est envoyé", _relances)
    relances.add_argument("retours", metavar="RETOUR|DOSSIER", nargs="+", help="des retours, ou le dossier qui les contient")
    _campagne(relances)
    relances.add_argument("--sortie", metavar="DOSSIER", required=True, help="où ranger les brouillons et la liste de ceux qui manquent")
    relances.add_argument("--pilotage", metavar="P.xlsx", help="les saisies de la coordination : membres des groupes, date limite, relances déjà faites")
    relances.add_argument("--precedent", metavar="CONSOLIDATION.xlsx", help="la consolidation de l’an dernier : ses valeurs figurent dans les classeurs joints")
    relances.add_argument("--date", metavar="AAAA-MM-JJ", type=_jour, default=None, help="le jour où l’on compte les retards (par défaut : aujourd’hui)")
    _lecteurs(relances)

    synthese = _commande(commandes, "synthese", "écrit la synthèse destinée à l’ARS", _synthese)
    synthese.add_argument("consolidation", metavar="C.xlsx")
    synthese.add_argument("--sortie", metavar="S.xlsx", required=True)
    synthese.add_argument("--contrat", metavar="ID|FICHIER", help="la définition, si elle n’est pas livrée")
    synthese.add_argument("--pdf", action="store_true", help="écrit aussi un PDF (demande LibreOffice)")
    _commandes_qui_sortent(commandes)


def _commandes_qui_sortent(commandes) -> None:
    """What leaves for other tools."""
    exporter = _commande(commandes, "exporter", "exporte les tables d’une consolidation, ou d’une synthèse, pour d’autres outils", _exporter)
    exporter.add_argument("classeur", metavar="C.xlsx", help="une consolidation (ou, sauf pour scdl, une synthèse)")
    exporter.add_argument("--format", choices=("csv", "parquet", "scdl"), required=True, help="csv ou parquet : un « Data Package » ; scdl : le schéma SCDL subventions 2.1.1")
    exporter.add_argument("--sortie", metavar="DOSSIER", required=True, help="le dossier à écrire ; un export antérieur y est remplacé")
    exporter.add_argument("--financeur", metavar="F", help="scdl : le financeur qui demande ses subventions (identifiant ou nom)")
    exporter.add_argument("--siret", metavar="14 CHIFFRES", help="scdl : le SIRET de ce financeur, s’il n’est pas au contrat")
    exporter.add_argument("--contrat", metavar="ID|FICHIER", help="scdl : la définition, si elle n’est pas livrée")
    region = _commande(commandes, "region", "met côte à côte les synthèses de plusieurs contrats et années", _region)
    region.add_argument("syntheses", metavar="SYNTHESE|DOSSIER", nargs="+", help="des synthèses pour l’ARS (ou des consolidations), ou le dossier qui les contient")
    region.add_argument("--sortie", metavar="R.xlsx", required=True)
    region.add_argument("--contrat", metavar="ID|FICHIER", action="append", default=[], help="la définition d’un contrat non livré, pour lire sa consolidation ; autant de fois qu’il faut")


def _commandes_du_retour(commandes) -> None:
    controler = _commande(commandes, "controler", "contrôle des retours, un par un", _controler)
    controler.add_argument("retours", metavar="RETOUR", nargs="+")
    controler.add_argument("--contrat", metavar="ID|FICHIER", help="la définition, si elle n’est pas livrée")
    controler.add_argument("--annoter", metavar="DOSSIER", help="écrit dans ce dossier une copie de chaque retour : cases fautives colorées et commentées, liste en première feuille")
    _lecteurs(controler)
    comparer = _commande(commandes, "comparer", "dit ce qu’un retour corrigé changerait, sans rien écrire", _comparer)
    comparer.add_argument("ancien", metavar="ANCIEN", help="le retour reçu d’abord")
    comparer.add_argument("nouveau", metavar="NOUVEAU", help="le retour corrigé")
    comparer.add_argument("--contrat", metavar="ID|FICHIER", help="la définition, si elle n’est pas livrée")
    _commande(commandes, "anomalies", "liste tout ce qui est contrôlé", _anomalies)
    verifier = _commande(commandes, "verifier-installation", "dit si Python, les versions et les dossiers sont en ordre ; sinon, le remède", _verifier_installation)
    verifier.add_argument("--classeur", metavar="K.xlsm", help="le classeur de la coordination : ses versions et son dossier des retours sont vérifiés aussi")
    demo = _commande(commandes, "demo", "joue une année entière sur un contrat livré et explique chaque fichier", _demo)
    demo.add_argument("--sortie", metavar="DOSSIER", default="demo-cls", help="où ranger les fichiers (par défaut : demo-cls)")


def _commandes_du_poste(commandes) -> None:
    complement = commandes.add_parser("complement", help="le complément d’Excel (onglet CLS)", description="Le complément d’Excel : l’onglet CLS, même là où les macros d’un classeur sont bloquées.")
    sous = complement.add_subparsers(title="commandes", metavar="<commande>", required=True, parser_class=Analyseur)
    installer = _commande(sous, "installer", "place le complément là où Excel le charge (Windows, macOS)", _complement_installer)
    installer.add_argument("--sortie", metavar="DOSSIER", help="l’écrit seulement dans ce dossier")


def _campagne(commande: argparse.ArgumentParser) -> None:
    commande.add_argument("--contrat", metavar="ID|FICHIER", required=True, help="un contrat livré (voir « contrat lister ») ou une définition .toml")
    commande.add_argument("--annee", metavar="AAAA", type=int, required=True)


def _lecteurs(commande: argparse.ArgumentParser) -> None:
    lecture = commande.add_argument_group("quand les retours sont nombreux")
    lecture.add_argument("--processus", metavar="N", type=int, default=None, help="nombre de processus de lecture (par défaut : selon les cœurs de cet ordinateur et le nombre de retours)")
    lecture.add_argument("--moteur", choices=MOTEURS, default=LOCAL, help="qui lit : cet ordinateur (local, par défaut), ou une grappe Dask déjà en place (dask)")
    lecture.add_argument("--adresse", metavar="tcp://SERVEUR:8786", help="l’ordonnanceur de la grappe Dask")
    lecture.add_argument("--delai", metavar="SECONDES", type=float, default=DELAI, help=f"au-delà, un fichier est déclaré illisible et les autres sont lus (par défaut : {DELAI:.0f})")


def _moteur(choix):
    from cls_workbook.moteurs import choisir

    return choisir(choix.moteur, choix.adresse, choix.processus, choix.delai)


def _jour(texte: str):
    from datetime import date

    try:
        return date.fromisoformat(texte)
    except ValueError as erreur:
        raise argparse.ArgumentTypeError(f"« {texte} » n’est pas une date ; exemple : 2026-02-15") from erreur


# --- commands -------------------------------------------------------------------------------------------------------


def _contrat_lister(choix) -> int:
    from cls_workbook.contract.definition import load, shipped

    for identifiant in shipped():
        contrat = load(identifiant)
        print(f"{identifiant}\t{contrat.titre}\t{contrat.annees[0]}-{contrat.annees[-1]}")
    return FAIT


def _contrat_verifier(choix) -> int:
    from cls_workbook.contract.definition import load
    from cls_workbook.contract.verification import verifier

    constats = verifier(load(choix.fichier))
    fautes = [c for c in constats if c.gravite == "faute"]
    for constat in constats:
        print(constat)
    print(f"{len(fautes)} faute(s), {len(constats) - len(fautes)} point(s) à confirmer.")
    return BLOQUANT if fautes else FAIT


def _contrat_modele(choix) -> int:
    from cls_workbook.authoring.classeur import classeur
    from cls_workbook.contract.definition import load
    from cls_workbook.xlsx.writer import write

    write(classeur(load(choix.contrat) if choix.contrat else None), choix.sortie)
    print(choix.sortie)
    return FAIT


def _contrat_importer(choix) -> int:
    from cls_workbook.authoring.importation import importer
    from cls_workbook.xlsx.writer import enregistrer

    lu = importer(choix.classeur)
    enregistrer(lu.texte.encode(), choix.sortie)
    for ligne in (*lu.informations, *lu.a_confirmer):
        print(ligne)
    print(f"{len(lu.contrat.fiches)} fiche(s), {len(lu.contrat.par_mesure)} chiffre(s) à saisir, {len(lu.a_confirmer)} point(s) à confirmer.")
    print(choix.sortie)
    return FAIT


def _generer(choix) -> int:
    from cls_workbook.generation import generer

    for fichier in generer(choix.contrat, choix.annee, choix.sortie, par_structure=choix.par_structure, precedent=choix.precedent, pilotage=choix.pilotage):
        print(fichier)
    _dire_les_manques(choix)
    return FAIT


def _dire_les_manques(choix) -> None:
    """A contract without fiches is declared, not described: its workbook asks nothing, and one sentence says so."""
    from cls_workbook.generation import charger

    contrat = charger(choix.contrat, choix.annee)
    if not contrat.fiches:
        annonce = f" ({contrat.actions_annoncees} actions annoncées)" if contrat.actions_annoncees else ""
        print(f"Aucune fiche n’est décrite pour {contrat.nom_annee(choix.annee)}{annonce} : le classeur n’a pas de feuille à remplir. Ajoutez-les à la définition, puis recommencez.", file=sys.stderr)


def _pilotage(choix) -> int:
    from cls_workbook.generation import charger
    from cls_workbook.pilotage import classeur
    from cls_workbook.xlsx.writer import write

    write(classeur(charger(choix.contrat, choix.annee), choix.annee), choix.sortie)
    print(choix.sortie)
    return FAIT


def _coordonner(choix) -> int:
    from cls_workbook.coordination.fabrication import coordonner
    from cls_workbook.generation import charger

    for fichier in coordonner(charger(choix.contrat, choix.annee), choix.contrat, choix.annee, choix.sortie, pilotage=choix.pilotage, precedent=choix.precedent):
        print(fichier)
    return FAIT


def _complement_installer(choix) -> int:
    from cls_workbook.coordination.complement import installer
    from cls_workbook.francais import typographie

    fichiers, suite = installer(choix.sortie)
    for fichier in fichiers:
        print(fichier)
    for phrase in suite:
        print(typographie(phrase))
    return FAIT


def _dictionnaire(choix) -> int:
    from cls_workbook.entry.dictionary import dictionnaire, ecrire
    from cls_workbook.generation import plan_de

    plan, membres = plan_de(choix.contrat, choix.annee, choix.pilotage, choix.structure)
    ecrire(dictionnaire(plan, membres), choix.format, choix.sortie)
    return FAIT


def _controler(choix) -> int:
    from cls_workbook import conductor

    if not choix.annoter:
        return _rendre_compte(conductor.controler(choix.retours, choix.contrat, _moteur(choix)))
    anomalies, copies = [], []
    for trouvees, lignes in conductor.annoter(choix.retours, choix.annoter, choix.contrat, _moteur(choix)):
        anomalies += trouvees
        copies += lignes
    code = _rendre_compte(anomalies)
    for ligne in copies:
        print(ligne)
    return code


def _consolider(choix) -> int:
    from datetime import date

    from cls_workbook.conductor import consolider_fichiers

    resultat = consolider_fichiers(
        choix.retours, choix.contrat, choix.annee, choix.sortie,
        precedent=choix.precedent, pilotage=choix.pilotage, jour=choix.date or date.today(), moteur=_moteur(choix),
        remplacer=choix.remplacer,
    )  # fmt: skip
    _dire_les_changements(resultat.remplacements)
    code = _rendre_compte(resultat.anomalies)
    print(resultat.bilan())
    print(choix.sortie)
    return code


def _relances(choix) -> int:
    from datetime import date

    from cls_workbook.conductor import relancer_fichiers
    from cls_workbook.francais import typographie

    faites = relancer_fichiers(
        choix.retours, choix.contrat, choix.annee, choix.sortie, jour=choix.date or date.today(), precedent=choix.precedent, pilotage=choix.pilotage, moteur=_moteur(choix)
    )
    for fichier in faites.fichiers:
        print(fichier)
    print(typographie(faites.bilan()[0].upper() + faites.bilan()[1:]))
    return FAIT


def _verifier_installation(choix) -> int:
    from cls_workbook import installation
    from cls_workbook.coordination.fichier import faits_du_classeur

    constats = installation.verifier(installation.constater(**(faits_du_classeur(choix.classeur) if choix.classeur else {})))
    for constat in constats:
        print(constat)
    print(installation.bilan(constats).capitalize())
    return BLOQUANT if any(c.etat == installation.A_CORRIGER for c in constats) else FAIT


def _comparer(choix) -> int:
    from cls_workbook.conductor import comparer

    _dire_les_changements(comparer(choix.ancien, choix.nouveau, choix.contrat))
    print("Rien n’a été écrit. Pour l’appliquer : consolider … --remplacer ANCIEN=NOUVEAU.")
    return FAIT


def _dire_les_changements(table) -> None:
    from cls_workbook.summaries.remplacement import apercu

    for ligne in apercu(table):
        print(ligne)


def _rendre_compte(anomalies: list) -> int:
    """Prints the anomalies, the most serious first; the exit code tells whether one of them blocks."""
    from cls_workbook.anomalies import GRAVITES, trier

    for anomalie in trier(anomalies):
        print(anomalie, end="\n\n")
    comptes = {g: sum(a.gravite == g for a in anomalies) for g in GRAVITES}
    print(" · ".join(f"{nombre} {gravite}" for gravite, nombre in comptes.items()))
    return BLOQUANT if comptes[GRAVITES[0]] else FAIT


def _synthese(choix) -> int:
    from cls_workbook.results.ars_copy import copie

    for fichier in copie(choix.consolidation, choix.sortie, contrat=choix.contrat, pdf=choix.pdf):
        print(fichier)
    return FAIT


def _exporter(choix) -> int:
    if choix.format != "scdl":
        from cls_workbook.exports.paquet import exporter

        for fichier in exporter(choix.classeur, choix.sortie, choix.format):
            print(fichier)
        return FAIT
    from cls_workbook.exports.subventions import exporter as exporter_les_subventions

    if not choix.financeur:
        raise Refus("Le format scdl demande --financeur : chaque financeur ne publie que ses propres subventions.")
    bilan = exporter_les_subventions(choix.classeur, choix.sortie, choix.financeur, choix.siret, choix.contrat)
    for refusee in bilan.refusees:
        print(refusee)
    print(f"{bilan.retenues} ligne(s) écrite(s), {len(bilan.refusees)} refusée(s), {bilan.autres} d’autres financeurs.")
    for fichier in bilan.fichiers:
        print(fichier)
    return FAIT


def _region(choix) -> int:
    from cls_workbook.francais import typographie
    from cls_workbook.region.classeur import rassembler

    region = rassembler(choix.syntheses, choix.sortie, choix.contrat)
    for ecart in region.ecarts:
        print(typographie(f"{ecart.fichier} : {ecart.statut}. {ecart.raison}"))
    print(region.bilan())
    print(choix.sortie)
    return FAIT


def _anomalies(choix) -> int:
    from cls_workbook.checks.catalogue import CATALOGUE

    for controle in CATALOGUE:
        print(f"{controle.code}\t{' ou '.join(controle.gravites)}\t{controle.cherche}")
    return FAIT


def _demo(choix) -> int:
    from cls_workbook.demo import jouer

    jouer(choix.sortie)
    return FAIT
