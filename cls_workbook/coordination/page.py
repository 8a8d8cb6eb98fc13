"""The Accueil of the coordinator's workbook, drawn: the buttons, where the campaign stands, what it is, its sheets.

The sheet is not protected: Excel would refuse what Python writes in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from cls_workbook.coordination import accueil
from cls_workbook.entry.layout import CLE, MARQUE, Page, hauteur
from cls_workbook.francais import typographie
from cls_workbook.pilotage import fields as pf
from cls_workbook.pilotage.form import B, C, Compte, D, E, Trace, bande
from cls_workbook.pilotage.sheets import campagne, couleurs, feuilles_et_comptes
from cls_workbook.xlsx.sheets import Bouton, Feuille, Lien, MiseEnForme, Plage, Validation, adresse

LARGEURS = (36, 58, 62, 26)
_LARGEUR_BOUTON, _HAUTEUR_BOUTON, _LIGNE_BOUTON = 248, 32, 28.5  # pixels, pixels, points: the row holds its button


class Action(NamedTuple):
    """A button: its words, the macro that it calls, what it does."""

    nom: str
    macro: str
    sens: str


ACTIONS = (
    Action("Consolider", "Consolider", "Lit tous les retours du dossier, les contrôle, et remplit les feuilles de ce classeur. À refaire à chaque nouveau retour : rien n’est doublé."),
    Action("Contrôler", "Controler", "Lit les retours et remplit la seule feuille Anomalies : ce qui est à corriger, et où."),
    Action("Synthèse ARS", "SyntheseArs", "Écrit à côté de ce classeur la copie destinée à l’ARS : des valeurs seules, sans macro et sans donnée personnelle."),
    Action("Relances", "Relances", "Prépare un brouillon de message par structure qui n’a pas répondu, son classeur joint. Rien n’est envoyé."),
    Action("Vérifier l’installation", "VerifierInstallation", "Dit si Python, les versions, le dossier des retours et les macros sont en ordre ; sinon, le remède."),
)
SANS_MACRO = (
    "Les boutons ne répondent pas ? Excel bloque peut-être les macros : fermez le classeur ; dans l’Explorateur, clic droit sur le fichier, Propriétés, « Débloquer » ; rouvrez-le, "
    "puis « Activer le contenu ». Sans macro, la commande « cls-workbook consolider » fait le même travail."
)
PREMIER_MESSAGE = "Déposez les classeurs reçus dans le dossier des retours, sans les renommer ni les corriger, puis cliquez sur « Consolider »."
_FEUILLES = {
    "Synthèse": "Le portrait de l’année : ce que lira l’ARS.",
    "Évolution": "Chaque mesure et chaque enveloppe au fil des années ; n’est additionné que ce qui peut l’être.",
    "Retours": "Qui a répondu, pour quelles fiches, avec quel fichier.",
    "Anomalies": "Ce qui est refusé, à confirmer ou signalé ; un lien mène à la cellule du retour.",
    "Indicateurs": "Une ligne par mesure du contrat, avec le nombre de retours sur lequel elle repose.",
    "Financement par fiche": "L’argent de chaque fiche, en euros.",
    "Financement par financeur": "L’argent de chaque financeur, par nature.",
}


class Depart(NamedTuple):
    """What Accueil holds when it leaves. ``contrat``: what loads the definition; paths as they are to be shown."""

    contrat: str
    dossier: str = accueil.DOSSIER_PAR_DEFAUT
    precedent: str = ""
    versions: accueil.Versions = accueil.Versions()


def dessiner(trace: Trace, comptes: Sequence[tuple[str, Compte]], resultats: Sequence[str], depart: Depart) -> Feuille:
    """The sheet. ``comptes``: the sheets in which the coordinator types; ``resultats``: names of those that Python fills."""
    page = trace.page(accueil.NOM, LARGEURS, inserer=False)
    page.feuille.protegee = False
    annee = trace.contrat.nom_annee(trace.annee)
    page.feuille.impression.pied_gauche = f"{trace.contrat.nom_court} · coordination {annee}"
    page.suivante(8)
    page.texte(B, f"Coordination de l’année {annee}", "titre")
    page.suivante(34)
    page.texte(B, trace.contrat.titre, "sous_titre")
    page.suivante(22)
    _boutons(page)
    _situation(page)
    bande(page, trace.bloc(pf.CAMPAGNE).titre, E)
    _reglage(page, "dossier", depart.dossier, "Le dossier où vous déposez les classeurs reçus. Sans chemin complet : à côté de ce classeur.")
    _reglage(page, "precedent", depart.precedent or None, "Facultatif : le fichier de la consolidation de l’an dernier, pour montrer l’évolution.", "saisie_optionnelle:code")
    campagne(page, trace)
    _reglage(page, "contrat", depart.contrat, "Ne change que si la définition (.toml) a été déplacée : un contrat livré avec l’outil, ou un chemin.", "saisie_optionnelle:code")
    page.feuille.impression.sauts.append(page.ligne - 1)
    bande(page, "Les feuilles à remplir, et ce qui y est déjà saisi", E)
    feuilles_et_comptes(page, list(comptes))
    bande(page, "Les feuilles que remplit « Consolider »", E)
    _feuilles_calculees(page, resultats)
    couleurs(page)
    page.suivante(9)
    _case(page, "version", depart.versions.ecrire(), "repere:texte")
    page.suivante(20)
    page.feuille.selection = (2, B)
    return page.feuille


def _boutons(page: Page) -> None:
    """One button a row, and beside it what it does."""
    bande(page, "Que voulez-vous faire ?", E)
    for action in ACTIONS:
        page.texte(B, action.nom, "libelle_fort")  # under the button, which does not print
        page.fusion(C, E, typographie(action.sens), "libelle")
        page.feuille.boutons.append(Bouton(page.ligne, B, action.nom, action.macro, _LARGEUR_BOUTON, _HAUTEUR_BOUTON, typographie(f"{action.nom} : {action.sens}")))
        page.suivante(_LIGNE_BOUTON)
    page.fusion(B, E, typographie(SANS_MACRO), "aide")
    page.suivante(hauteur(SANS_MACRO, sum(LARGEURS), taille=9))


def _situation(page: Page) -> None:
    """What the last click left: date, figures, message."""
    bande(page, "Où en est la campagne", E)
    _case(page, "derniere", accueil.JAMAIS, "libelle:date_gauche")
    page.suivante(22)
    _case(page, "bilan", None, "libelle:texte")
    page.suivante(30)
    _case(page, "message", typographie(PREMIER_MESSAGE), "libelle:texte")
    plage, premiere = Plage(page.ligne, C, page.ligne, E), adresse(page.ligne, C, True)
    for debut, style in ((accueil.NON_FAIT, "erreur"), (accueil.FAIT, "bon")):
        page.feuille.mises_en_forme.append(MiseEnForme(plage, f'LEFT({premiere},{len(debut)})="{debut}"', style))
    page.suivante(46)


def _reglage(page: Page, nom: str, valeur: str | None, aide: str, style: str = "saisie:code") -> None:
    """A cell that tells Python where something is: a path, from the workbook's folder or whole."""
    _rangee(page, nom)
    page.texte(C, valeur, style)
    page.feuille.validations.append(Validation([Plage(page.ligne, C, page.ligne, C)], "libre", titre=accueil.CASES[nom].libelle, invite=typographie(aide)))
    page.fusion(D, E, typographie(aide), "aide:retrait")
    page.suivante(24)


def _feuilles_calculees(page: Page, noms: Sequence[str]) -> None:
    for nom in noms:
        if nom in _FEUILLES:
            page.texte(B, Lien(f"internal:'{nom}'!A1", nom, f"Ouvrir la feuille {nom}"), "lien")
            page.fusion(C, E, typographie(_FEUILLES[nom]), "libelle")
            page.suivante(21)


def _case(page: Page, nom: str, valeur: object, style: str) -> None:
    """A cell that Python writes, as wide as the sheet."""
    _rangee(page, nom)
    page.fusion(C, E, valeur, style)


def _rangee(page: Page, nom: str) -> None:
    case = accueil.CASES[nom]
    page.texte(CLE, MARQUE + case.cle, "cle")
    page.texte(B, typographie(case.libelle), "libelle")
