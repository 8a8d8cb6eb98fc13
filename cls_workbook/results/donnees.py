"""The figures of the Synthèse a second time, as tables that a program can read: the « Données … » sheets of the agency's copy.

Masked as the printed sheet is, for they come from the same ``Portrait``; no file is named, and what designates a person
is taken out of every text. Money in euros; a figure that is not known is an empty cell.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT
from cls_workbook.contract.model import Fiche
from cls_workbook.contract.themes import priorites, themes
from cls_workbook.donnees_personnelles import sans_donnees_personnelles
from cls_workbook.francais import date_fr, plier
from cls_workbook.results import donnees_decrites as decrites
from cls_workbook.results import tableaux
from cls_workbook.results.colonnes import TableDecrite
from cls_workbook.results.donnees_decrites import NON, OUI
from cls_workbook.results.postes import fiches_a_poste, postes
from cls_workbook.results.resultat import Resultat, enregistrements
from cls_workbook.results.synthese_portrait import EN_TAUX, EN_TEXTE, Portrait
from cls_workbook.results.tableaux import Styliste, Table, decrite, mixte, pastille
from cls_workbook.summaries.activity import A_PROGRAMMER
from cls_workbook.xlsx.sheets import Feuille

Lignes = list[dict[str, object]]


def feuilles(resultat: Resultat) -> list[Feuille]:
    """The sheets, visible, one table each, in the order of ``donnees_decrites.TABLES``."""
    pied = f"{resultat.contrat.nom_court} · données {resultat.nom_annee} du {date_fr(resultat.jour)} · {resultat.etat}"
    return [tableaux.feuille(table, pied) for table in tables(resultat)]


def tables(resultat: Resultat) -> Iterator[Table]:
    styles: dict[str, dict[str, str | Styliste]] = {decrites.MESURES.nom: _taux_en_taux(), decrites.RETOURS.nom: {"Statut": pastille}}
    for description, lignes in lignes_par_table(resultat).items():
        yield decrite(description, lignes, styles.get(description.nom), onglet="axe4")


def lignes_par_table(resultat: Resultat) -> dict[TableDecrite, Lignes]:
    """Every table's rows: title → value."""
    portrait = Portrait(resultat)
    lignes = {
        decrites.CONTRAT: [_contrat(portrait)],
        decrites.FICHES: [_fiche(portrait, f) for f in portrait.contrat.fiches] + _a_programmer(portrait),
        decrites.THEMES: list(_themes(portrait)),
        decrites.FINANCEMENT: _financement(portrait),
        decrites.FINANCEURS: _financeurs(portrait),
        decrites.POSTES: postes(portrait),
        decrites.MESURES: list(_mesures(portrait)),
        decrites.RETOURS: enregistrements(portrait.resultat.retours),
        decrites.INSTANCES: enregistrements(portrait.resultat.gouvernance),
    }
    return {table: [{t: _anonyme(ligne.get(t)) for t in table.titres} for ligne in siennes] for table, siennes in lignes.items()}


def _anonyme(valeur: object) -> object:
    return sans_donnees_personnelles(valeur) if isinstance(valeur, str) else valeur


def _contrat(portrait: Portrait) -> dict[str, object]:
    resultat, contrat = portrait.resultat, portrait.contrat
    recus, attendus = resultat.recus_et_attendus()
    total = next(iter(enregistrements(resultat.totaux)), {})
    return {
        "Format": decrites.FORMAT_DES_DONNEES, "Contrat": contrat.id, "Titre": contrat.titre, "Nom court": contrat.nom_court, "Type": contrat.type,
        "Territoire": contrat.territoire, "Année": resultat.annee, "Première année": contrat.toutes_les_annees[0], "Dernière année": contrat.toutes_les_annees[-1],
        "État": decrites.VALIDE if resultat.valide_le else decrites.PROVISOIRE, "Validé le": resultat.valide_le, "Consolidé le": resultat.jour,
        "Retours reçus": recus, "Retours attendus": attendus, "Bloquants": resultat.alertes(BLOQUANT), "À confirmer": resultat.alertes(A_CONFIRMER),
        "Fiches actives": len(contrat.fiches), "Actions à programmer": len(contrat.a_programmer), "Maquette": total.get("Contrat"),
    }  # fmt: skip


def _fiche(portrait: Portrait, fiche: Fiche) -> dict[str, object]:
    alertes, (recus, attendus) = portrait.alertes(fiche), portrait.recus_et_attendus(fiche)
    avenant = any(plier(t.textes.get("avenant", "")) == OUI for t in portrait.temoignages if t.fiche == fiche.numero)
    return {
        "Fiche": fiche.numero, "Titre": fiche.titre, "Axe": fiche.axe, "Titre de l’axe": _axes(portrait).get(fiche.axe), "État": portrait.etat(fiche),
        "Réalisation": portrait.realisation(fiche), "Retours reçus": recus, "Retours attendus": attendus,
        "Bloquants": alertes[BLOQUANT], "À confirmer": alertes[A_CONFIRMER], "Avenant demandé": OUI if avenant else NON,
    }  # fmt: skip


def _a_programmer(portrait: Portrait) -> Lignes:
    axes = _axes(portrait)
    return [{"Titre": a.titre, "Axe": a.axe, "Titre de l’axe": axes.get(a.axe), "État": A_PROGRAMMER} for a in portrait.contrat.a_programmer]


def _axes(portrait: Portrait) -> dict[str, str]:
    return {a.numero: a.titre for a in portrait.contrat.axes}


def _themes(portrait: Portrait) -> Iterator[dict[str, object]]:
    contrat = portrait.contrat
    for fiche in contrat.fiches:
        for genre, identifiants, libelles in ((decrites.THEME, fiche.themes, themes(contrat)), (decrites.PRIORITE, fiche.priorites, priorites(contrat))):
            for identifiant in identifiants:
                yield {"Fiche": fiche.numero, "Genre": genre, "Identifiant": identifiant, "Libellé": libelles.get(identifiant, identifiant)}


def _financement(portrait: Portrait) -> Lignes:
    de_poste = {f.numero for f in fiches_a_poste(portrait)}
    return [ligne | {"Poste": OUI if numero in de_poste else NON} for numero, ligne in portrait.argent.items()]


def _financeurs(portrait: Portrait) -> Lignes:
    niveaux = {plier(n.libelle): n.niveau for n in portrait.contrat.natures}
    return [ligne | {"Niveau": niveaux.get(plier(ligne["Nature"] or ""))} for ligne in enregistrements(portrait.resultat.par_financeur)]


def _mesures(portrait: Portrait) -> Iterator[dict[str, object]]:
    """The measures that have a figure or a state; lists and texts stay in the printed sheet."""
    libelles = themes(portrait.contrat)
    for fiche in portrait.contrat.fiches:
        for mesure in fiche.mesures:
            if mesure.agregation not in EN_TEXTE and mesure.id in portrait.indicateurs:
                ligne = portrait.indicateurs[mesure.id]
                yield ligne | {"Thème": mesure.theme, "Libellé du thème": libelles.get(mesure.theme or "")}


def _taux_en_taux() -> dict[str, str | Styliste]:
    """Rates are shown as rates; the other figures as what they are."""

    def valeur(contenu: object, ligne) -> str:
        chiffre = isinstance(contenu, (int, float, Decimal))
        return "cellule:taux" if chiffre and ligne["Agrégation"] in EN_TAUX else mixte(contenu, ligne)

    return dict.fromkeys(("Valeur initiale", "Valeur n-1", "Valeur"), valeur)
