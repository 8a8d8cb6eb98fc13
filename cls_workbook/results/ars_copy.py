"""The copy for the ARS: the Synthèse, drawn again from the tables of a consolidation workbook, and its figures as tables.

Nothing of the other sheets goes with it: no formula, no link, no hidden sheet, no name of a return, no personal data.
The « Données … » sheets say the figures of the Synthèse again, for the programs of a region (``region``).
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pandas as pd

from cls_workbook import contract
from cls_workbook.anomalies import Anomalie
from cls_workbook.contract.model import Contrat
from cls_workbook.errors import Refus
from cls_workbook.francais import NBSP
from cls_workbook.results import consolidated, donnees, precedent, synthese
from cls_workbook.results.pdf import en_pdf, exiger_libreoffice
from cls_workbook.results.resultat import NORMALISATIONS, Resultat
from cls_workbook.summaries import activity, funding
from cls_workbook.summaries.consolidation import FINANCEMENTS, MESURES, REPONSES, RETOURS
from cls_workbook.summaries.historique import HISTORIQUE
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Classeur

_TABLES = {
    "Retours": RETOURS, "Mesures": MESURES, "Réponses": REPONSES, "Indicateurs": activity.INDICATEURS,
    "Lignes de financement": FINANCEMENTS, "Financement par fiche": funding.PAR_FICHE, "Financement par financeur": funding.PAR_FINANCEUR,
    "Anomalies": consolidated.ANOMALIES, consolidated.FEUILLE_REPERES: consolidated.REPERES,
}  # fmt: skip
_TEXTES = frozenset(("Fiche", "Axe", "Structure", "Volet", "Mesure", "Indicateur", "Objet", "Financeur", "Nature", "Référence"))
_ORIGINE = date(1899, 12, 30)


def copie(consolidation: str | Path, sortie: str | Path, contrat: str | Path | None = None, pdf: bool = False) -> list[Path]:
    """Writes the workbook for the ARS at ``sortie``, and a PDF beside it if asked; the files made.

    ``contrat``: the definition, where it does not ship. Refus if ``consolidation`` is not a consolidation workbook,
    if its contract cannot be found, or if the PDF cannot be made; then nothing is written.
    """
    consolidation, sortie = Path(consolidation), Path(sortie)
    if sortie.resolve() == consolidation.resolve():
        raise Refus(f"La synthèse remplacerait la consolidation «{NBSP}{sortie}{NBSP}»{NBSP}: choisissez un autre nom de fichier.")
    if pdf:
        exiger_libreoffice()
    resultat = relire(consolidation, contrat)
    contenu = writer.to_bytes(classeur(resultat))
    fichiers = [sortie]
    impression = en_pdf(writer.to_bytes(a_imprimer(resultat))) if pdf else None
    writer.enregistrer(contenu, sortie)
    if impression is not None:
        fichiers.append(sortie.with_suffix(".pdf"))
        writer.enregistrer(impression, fichiers[-1])
    return fichiers


def classeur(resultat: Resultat) -> Classeur:
    """The Synthèse, then its data; values only."""
    imprimable = a_imprimer(resultat)
    imprimable.feuilles += donnees.feuilles(resultat)
    return imprimable


def a_imprimer(resultat: Resultat) -> Classeur:
    """The Synthèse alone, as the PDF has it."""
    return Classeur([synthese.feuille(resultat)], f"Synthèse {resultat.nom_annee} — {resultat.contrat.titre}", sujet=resultat.etat, feuille_active=synthese.NOM)


# --- Reading back -----------------------------------------------------------------------------------------------------


def relire(consolidation: str | Path | precedent.Consolidation, reference: str | Path | Contrat | None = None) -> Resultat:
    """The Resultat that a consolidation workbook was made from, as far as the Synthèse needs it. Refus if it is not one.

    ``consolidation``: its file, or its tables where they were read elsewhere.
    """
    lue = consolidation if isinstance(consolidation, precedent.Consolidation) else precedent.lire(consolidation)
    cadres = {nom: _cadre(lue, nom, colonnes) for nom, colonnes in _TABLES.items()}
    reperes = _reperes(cadres[consolidated.FEUILLE_REPERES])
    identite = reperes.get(consolidated.IDENTIFICATION, {}).get("", {})
    contrat = contrat_de(lue.chemin, str(identite.get("contrat") or ""), reference)
    annee, jour = identite.get("année"), _jour(identite.get("date"))
    if not isinstance(annee, int) or jour is None:
        raise Refus(f"La feuille {consolidated.FEUILLE_REPERES} de «{NBSP}{lue.chemin}{NBSP}» ne dit plus l’année ou la date. Refaites la consolidation.")
    contrat = contrat.en(annee)
    _verifier(lue.chemin, contrat, cadres["Indicateurs"])
    return Resultat(
        contrat, annee, jour, retours=cadres["Retours"], normalisations=pd.DataFrame(columns=list(NORMALISATIONS), dtype=object),
        mesures=cadres["Mesures"], reponses=cadres["Réponses"], indicateurs=cadres["Indicateurs"], financements=cadres["Lignes de financement"],
        par_fiche=cadres["Financement par fiche"], par_financeur=cadres["Financement par financeur"],
        avancement=_depuis(reperes.get(consolidated.AVANCEMENT, {}), "fiche", activity.AVANCEMENT),
        gouvernance=_depuis(reperes.get(consolidated.GOUVERNANCE, {}), "Instance", activity.GOUVERNANCE),
        territoire=_territoire(contrat, cadres["Réponses"]), totaux=funding.totaux(contrat, cadres["Financement par fiche"]),
        anomalies=_anomalies(cadres["Anomalies"]), explications=_phrases(reperes, consolidated.REGLE),
        a_preciser=_phrases(reperes, consolidated.A_PRECISER), reserves=_phrases(reperes, consolidated.RESERVE),
        decisions={numero: str(d["texte"]) for numero, d in reperes.get(consolidated.DECISION, {}).items() if d.get("texte")},
        historique=_historique(lue), valide_le=_jour(identite.get("validé le")), precedent=identite.get("année précédente") == "oui",
    )  # fmt: skip


def _cadre(lue: precedent.Consolidation, nom: str, colonnes: tuple[str, ...]) -> pd.DataFrame:
    """A table of the workbook as a frame: whole numbers as int, others as exact Decimal, blanks as None."""
    lignes = lue.tables.get(nom)
    if lignes is None:
        raise Refus(f"«{NBSP}{lue.chemin}{NBSP}» n’est pas une consolidation entière{NBSP}: la feuille «{NBSP}{nom}{NBSP}» manque. Refaites la consolidation.")
    if lignes and (absentes := [c for c in colonnes if c not in lignes[0]]):
        raise Refus(f"«{NBSP}{lue.chemin}{NBSP}», feuille «{NBSP}{nom}{NBSP}»{NBSP}: colonne {', '.join(absentes)} introuvable. Refaites la consolidation.")
    return pd.DataFrame([[_valeur(c, ligne.get(c)) for c in colonnes] for ligne in lignes], columns=list(colonnes), dtype=object)


def _historique(lue: precedent.Consolidation) -> pd.DataFrame:
    """The years that the workbook remembers: from them is known which of last year's rates speak of few people."""
    lignes = lue.tables.get("Historique", [])
    return pd.DataFrame([[_valeur(c, ligne.get(c)) for c in HISTORIQUE] for ligne in lignes], columns=list(HISTORIQUE), dtype=object)


def _valeur(colonne: str, valeur: object) -> object:
    if colonne in _TEXTES:
        return None if valeur is None else str(valeur)
    if isinstance(valeur, float):
        return int(valeur) if valeur.is_integer() else Decimal(repr(valeur))
    return valeur.date() if isinstance(valeur, datetime) else valeur


def contrat_de(chemin: Path, identifiant: str, reference: str | Path | Contrat | None) -> Contrat:
    """The contract that a consolidation says it is of; ``reference``: its definition, where it does not ship. Refus if it is another."""
    if not identifiant:
        raise Refus(f"«{NBSP}{chemin}{NBSP}» ne dit pas de quel contrat il est. Refaites la consolidation.")
    if reference is None and identifiant not in contract.shipped():
        raise Refus(f"Le contrat «{NBSP}{identifiant}{NBSP}» n’est pas livré avec l’outil{NBSP}: indiquez sa définition par --contrat.")
    contrat = reference if isinstance(reference, Contrat) else contract.load(reference if reference is not None else identifiant)
    if contrat.id != identifiant:
        raise Refus(f"La consolidation est celle du contrat «{NBSP}{identifiant}{NBSP}», la définition celle de «{NBSP}{contrat.id}{NBSP}».")
    return contrat


def _verifier(chemin: Path, contrat: Contrat, indicateurs: pd.DataFrame) -> None:
    inconnues = [m for m in indicateurs["Mesure"] if m not in contrat.par_mesure]
    if inconnues:
        raise Refus(
            f"«{NBSP}{chemin}{NBSP}» a des mesures que le contrat ne connaît plus ({', '.join(map(str, inconnues[:3]))}). Refaites la consolidation."
        )


def _reperes(cadre: pd.DataFrame) -> dict[str, dict[str, dict[str, object]]]:
    """Rubrique → objet ("" if none) → champ → value, in the order of the sheet."""
    lus: dict[str, dict[str, dict[str, object]]] = {}
    for rubrique, objet, champ, valeur in cadre.itertuples(index=False):
        lus.setdefault(str(rubrique), {}).setdefault(objet or "", {})[str(champ)] = valeur
    return lus


def _depuis(objets: dict[str, dict[str, object]], cle: str, colonnes: tuple[str, ...]) -> pd.DataFrame:
    lignes = [[objet if c == cle else champs.get(c) for c in colonnes] for objet, champs in objets.items()]
    return pd.DataFrame(lignes, columns=list(colonnes), dtype=object)


def _phrases(reperes: dict, rubrique: str) -> tuple[str, ...]:
    return tuple(str(champs["texte"]) for champs in reperes.get(rubrique, {}).values() if champs.get("texte"))


def _territoire(contrat: Contrat, reponses: pd.DataFrame) -> pd.DataFrame:
    noms = {"Bloc": "bloc", "Champ": "champ", "Ligne": "ligne", "Fiche": "fiche"}
    return activity.territoire(contrat, reponses.rename(columns=noms))


def _anomalies(cadre: pd.DataFrame) -> tuple[Anomalie, ...]:
    """Enough of each to count it."""
    return tuple(Anomalie(str(r["Gravité"]), str(r["Code"]), "", fiche=r["Fiche"] or "") for r in cadre.to_dict("records"))


def _jour(valeur: object) -> date | None:
    if isinstance(valeur, (int, Decimal)):
        return _ORIGINE + timedelta(days=int(valeur))  # the cell lost its date format
    return valeur if isinstance(valeur, date) else None
