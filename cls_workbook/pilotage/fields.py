"""Each input of the coordinator's workbook, described once: the sheets and their reading derive from it."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from cls_workbook.contract import fields
from cls_workbook.contract.fields import Bloc, Champ
from cls_workbook.contract.model import Contrat, Fiche, Structure
from cls_workbook.francais import plier, typographie

PROVISOIRE, VALIDE = "provisoire", "validé"
# What the state of the campaign is called in the list → what it is for programs.
ETATS = {"provisoire": PROVISOIRE, "validé en COPIL": VALIDE}
STATUTS_DU_RETOUR = ("attendu", "relancé", "reçu", "à corriger", "validé")
DECISIONS = ("maintien", "modification", "report", "abandon", "nouvelle fiche", "avenant", "autre")
NOM_MAX, PHRASE_MAX = 160, 600


def _champ(nom: str, libelle: str, type_: str, aide: str, **plus) -> Champ:
    return Champ(nom, typographie(libelle), type_, typographie(aide), **plus)


def _bloc(nom: str, titre: str, champs: tuple[Champ, ...], aide: str = "", lignes: int = 0) -> Bloc:
    return Bloc(nom, typographie(titre), champs, typographie(aide), lignes=lignes)


def _montant(nom: str, libelle: str, aide: str, **plus) -> Champ:
    return _champ(nom, libelle, "montant", aide, unite="€", minimum=Decimal(0), maximum=fields.MONTANT_MAX, **plus)


def _effectif(nom: str, libelle: str, aide: str) -> Champ:
    return _champ(nom, libelle, "entier", aide, minimum=Decimal(0), maximum=Decimal(fields.ENTIER_MAX))


def _liste(nom: str, libelle: str, choix: str, aide: str, **plus) -> Champ:
    return _champ(nom, libelle, "liste", aide, choix=choix, longueur=NOM_MAX, **plus)


def _fiche(aide: str, **plus) -> Champ:
    return _liste("fiche", "Fiche", "fiches", aide, **plus)


CAMPAGNE = _bloc("campagne", "La campagne", (
    _liste("etat", "État du bilan", "etats_du_bilan", "« provisoire » jusqu’à la décision du COPIL. Cet état figure en tête de la synthèse."),
    _champ("date_validation", "Date du COPIL qui valide", "date", "Au format jj/mm/aaaa. Seulement si le bilan est validé."),
    _champ("limite", "Retours attendus avant le", "date", "Au format jj/mm/aaaa. La date figure sur la première feuille du classeur des partenaires."),
    _champ("contact", "Contact indiqué aux partenaires", "texte", "Une fonction, un courriel, un téléphone de service, par exemple. Aucun nom de personne.", longueur=fields.LONGUEUR_COURTE),
))  # fmt: skip

MEMBRES = _bloc("membres", "Membres du groupe", (
    _liste("structure", "Structure qui répond", "structures", "Choisissez dans la liste, ou saisissez le nom d’une autre structure.", stricte=False, obligatoire=True),
    _liste("fiche", "Seulement pour la fiche (facultatif)", "fiches", "Laissez vide si la structure répond pour toutes les fiches du groupe. Pour deux fiches sur trois, prenez deux lignes."),
), lignes=8)  # fmt: skip

PROGRAMMATION = _bloc("programmation", "Programmation de l’année, fiche par fiche", (
    _montant("engage_anterieur", "Engagé les années précédentes", "Ce qui a été engagé sur la maquette de cette fiche avant l’année, en euros. Saisissez 0 si rien n’a été engagé."),
    _montant("programme", "Programmé {annee}", "Le montant retenu par le COPIL pour l’année, sur la maquette, en euros."),
), aide="Le contrat ne donne pas de répartition par année : c’est le COPIL qui programme. Laissez vide ce qui n’est pas décidé.")  # fmt: skip

AUTRES = _bloc("autres", "Autres financements programmés", (
    _fiche("La fiche que ce financement soutient.", obligatoire=True),
    _liste("financeur", "Financeur", "financeurs", "Choisissez dans la liste, ou saisissez le nom d’un autre financeur.", stricte=False, obligatoire=True),
    _liste("nature", "Nature", "natures", "Hors maquette : CPOM, fonds dédiés, poste. Valorisation : moyens mis à disposition, sans versement.", obligatoire=True),
    _montant("montant", "Montant {annee}", "Le montant programmé pour l’année, en euros.", obligatoire=True),
), aide="Une ligne par fiche, financeur et nature : tout ce qui n’est pas la maquette saisie ci-dessus.", lignes=12)  # fmt: skip

REUNIONS = _bloc("reunions", "Réunions tenues dans l’année", (
    _liste("instance", "Instance", "instances", "L’instance qui s’est réunie.", obligatoire=True),
    _champ("date", "Date", "date", "Au format jj/mm/aaaa : un jour de l’année suivie.", obligatoire=True),
    _effectif("convies", "Structures conviées", "Combien de structures étaient conviées ? Comptez des structures, pas des personnes."),
    _effectif("presents", "Structures présentes", "Combien de structures étaient présentes ? Comptez des structures, pas des personnes."),
    _champ("observation", "Observation", "texte", "Facultatif : l’ordre du jour, un quorum, un report.", longueur=PHRASE_MAX),
), aide="Une ligne par réunion. Le nombre de réunions et la participation se calculent au-dessus.", lignes=12)  # fmt: skip

DECISIONS_DU_COPIL = _bloc("decisions", "Décisions du COPIL", (
    _fiche("La fiche que la décision concerne. Laissez vide si elle porte sur tout le contrat."),
    _liste("decision", "Décision", "decisions", "Ce que le COPIL a décidé.", obligatoire=True),
    _champ("date", "Date", "date", "Date de la décision, au format jj/mm/aaaa."),
    _champ("precision", "En quelques mots", "texte", "Ce qui est décidé, en une ou deux phrases.", longueur=PHRASE_MAX),
    _champ("avis", "Avis contradictoire", "texte", "Facultatif : l’avis du porteur, s’il diffère de celui du COPIL.", longueur=PHRASE_MAX),
    _champ("perspectives", "Perspectives pour l’année suivante", "texte", "Facultatif : ce qui est prévu ensuite.", longueur=PHRASE_MAX),
), aide="Une ligne par décision. Aucune donnée nominative : ces textes vont dans la synthèse.", lignes=16)  # fmt: skip

_SUIVI = (
    _liste("statut", "Statut du retour", "statuts_du_retour", "attendu, relancé, reçu, à corriger (renvoyé à la structure) ou validé."),
    _champ("date", "Date de relance", "date", "La dernière relance, au format jj/mm/aaaa."),
    _champ("note", "Note", "texte", "Facultatif. Reste chez la coordination. Aucune donnée nominative.", longueur=PHRASE_MAX),
)
SUIVI = _bloc("suivi", "Retours attendus", _SUIVI, aide="Une ligne par structure : où en est son classeur ?")
SUIVI_AUTRES = _bloc("suivi_autres", "Autres structures, dont les membres des groupes", (
    _liste("structure", "Structure", "structures", "Choisissez dans la liste, ou saisissez le nom de la structure.", stricte=False, obligatoire=True),
    *_SUIVI,
), lignes=12)  # fmt: skip

REMPLACEMENTS = _bloc("remplacements", "Retours remplacés par leur correction", (
    _champ("ancien", "Fichier remplacé", "texte", "Le nom du fichier reçu d’abord, tel qu’il figure à la feuille « Retours » de la consolidation.", longueur=fields.LONGUEUR_COURTE, obligatoire=True),
    _champ("nouveau", "Fichier qui le remplace", "texte", "Le nom du fichier corrigé. Les fiches qu’il contient remplacent les mêmes fiches du premier.", longueur=fields.LONGUEUR_COURTE, obligatoire=True),
    _champ("note", "Note", "texte", "Facultatif : pourquoi, à la demande de qui (une fonction, pas un nom).", longueur=PHRASE_MAX),
), aide="Sans cela, deux réponses pour la même fiche, la même structure et le même volet sont toutes deux écartées.", lignes=6)  # fmt: skip


# --- For one contract and one year ----------------------------------------------------------------------------------


def periode(contrat: Contrat, annee: int) -> dict[str, tuple[date, date]]:
    """Block → the first and last day that its dates may be; decisions on a year are often taken the year after."""
    suivie, etendue = (contrat.debut(annee), contrat.fin(annee)), (contrat.debut(annee), contrat.fin(annee + 1))
    return {"campagne": etendue, "reunions": suivie, "decisions": etendue, "suivi": etendue, "suivi_autres": etendue}


def du(bloc: Bloc, contrat: Contrat, annee: int, choix: Mapping[str, tuple[str, ...]], groupe: str = "") -> Bloc:
    """The block as the year has it: its year in the labels, its dates bounded, the lists of ``groupe`` where it has some.

    A list that the contract leaves empty (no funder, no nature, no instance) becomes a free text.
    """
    bornes = periode(contrat, annee).get(bloc.nom)
    champs = []
    for champ in bloc.champs:
        precisions: dict = {"libelle": champ.libelle.replace("{annee}", contrat.nom_annee(annee))}
        if champ.type == "date" and bornes:
            precisions |= {"minimum": bornes[0], "maximum": bornes[1]}
        if champ.choix:
            liste = f"{champ.choix} {groupe}" if f"{champ.choix} {groupe}" in choix else champ.choix
            precisions |= {"choix": liste} if liste in choix else {"choix": None, "type": "texte", "obligatoire": champ.obligatoire and champ.nom != "nature"}
        champs.append(dataclasses.replace(champ, **precisions))
    return dataclasses.replace(bloc, champs=tuple(champs))


def fiche_affichee(fiche: Fiche) -> str:
    """A number alone would be read by a spreadsheet as a number or a date; with its title it stays a text."""
    return f"{fiche.numero} · {fiche.titre}"


def fiches_du_groupe(contrat: Contrat, groupe: Structure) -> tuple[Fiche, ...]:
    """The fiches for which a group is expected to answer."""
    return tuple(f for f in contrat.fiches if any(porteur == groupe.id for porteur, _ in f.repondants()))


def groupes(contrat: Contrat) -> tuple[Structure, ...]:
    """The groups that answer for a fiche at least."""
    return tuple(s for s in contrat.structures if s.groupe and fiches_du_groupe(contrat, s))


def de_poste(contrat: Contrat, fiche: Fiche) -> bool:
    """Does a rule pay this fiche as a post, outside the maquette?"""
    return any(r.hors_maquette and r.fiche == fiche.numero for r in contrat.regles_de(fiche.numero, "poste"))


def listes(contrat: Contrat) -> dict[str, tuple[str, ...]]:
    """List name → choices. Each group has its own lists of candidates and of fiches."""
    communes = fields.listes(contrat)
    noms = communes["structures"]
    choix = {
        "etats_du_bilan": tuple(ETATS),
        "statuts_du_retour": STATUTS_DU_RETOUR,
        "decisions": DECISIONS,
        "structures": noms,
        "fiches": tuple(fiche_affichee(f) for f in contrat.fiches),
        "financeurs": communes["financeurs"],
        "natures": communes["natures"],
        "instances": tuple(i.nom for i in contrat.instances),
    }
    for groupe in groupes(contrat):
        candidats = contrat.candidats(groupe)
        vus = {plier(n) for n in candidats}
        choix[f"structures {groupe.id}"] = candidats + tuple(n for n in noms if plier(n) not in vus)
        choix[f"fiches {groupe.id}"] = tuple(fiche_affichee(f) for f in fiches_du_groupe(contrat, groupe))
    return {nom: valeurs for nom, valeurs in choix.items() if valeurs}
