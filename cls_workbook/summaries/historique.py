"""What each year of a contract came to, one row per thing and year: the memory that goes from a consolidation to the next.

Frames in, a frame out. A row is a measure, the state of a fiche, an amount of a fiche, what a funder engaged on it, or an
envelope of the whole contract, for one year. Years are never added here: see ``agregation.sur_les_annees``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import pandas as pd

from cls_workbook.contract.model import Contrat
from cls_workbook.reading.vues import somme
from cls_workbook.summaries.agregation import cle_entite
from cls_workbook.summaries.funding import A_PROGRAMMER

HISTORIQUE = (
    "Année", "Objet", "Fiche", "Axe", "Mesure", "Libellé", "Unité", "Agrégation", "Valeur initiale", "Financeur", "Nature",
    "Valeur", "Numérateur", "Dénominateur", "Noms", "Réserve",
)  # fmt: skip
MESURE, ETAT, ENVELOPPE, ENGAGE_PAR_FINANCEUR, VERSE_PAR_FINANCEUR = "Mesure", "État", "Enveloppe", "Engagé par financeur", "Versé par financeur"
MONTANTS = ("Montant contrat", "Programmé", "Engagé", "Versé", "Coût réalisé")  # of a fiche, as ``Financement par fiche`` names them
SEPARATEUR_DE_NOMS = " | "


def historique(
    contrat: Contrat,
    annee: int,
    *,
    indicateurs: pd.DataFrame,
    mesures: pd.DataFrame,
    avancement: pd.DataFrame,
    par_fiche: pd.DataFrame,
    financements: pd.DataFrame,
    avant: Iterable[Mapping[str, object]] = (),
) -> pd.DataFrame:
    """Rows of earlier years (``avant``, columns as here), then those of ``annee``, from the tables of its consolidation.

    Of ``mesures``, only the names count; of ``financements``, what each funder gave: its lines may be added up.
    """
    de_l_annee = [
        *_mesures(contrat, annee, indicateurs, mesures), *_etats(contrat, annee, avancement), *_montants(contrat, annee, par_fiche),
        *_par_financeur(contrat, annee, financements), *_enveloppes(contrat, annee),
    ]  # fmt: skip
    gardees = [r for r in avant if isinstance(r.get("Année"), int) and r["Année"] < annee]
    return pd.DataFrame([[r.get(c) for c in HISTORIQUE] for r in (*gardees, *de_l_annee)], columns=list(HISTORIQUE), dtype=object)


def _connu(valeur: object) -> object:
    return None if valeur is None or valeur != valeur else valeur


def _mesures(contrat: Contrat, annee: int, indicateurs: pd.DataFrame, mesures: pd.DataFrame) -> Iterable[dict]:
    nommees: dict[str, dict[str, str]] = {}
    for mesure, nom in mesures.loc[mesures["Champ"] == "nom", ["Mesure", "Valeur"]].itertuples(index=False):
        nommees.setdefault(mesure, {}).setdefault(cle_entite(contrat, contrat.par_mesure[mesure][2], str(nom)), str(nom))
    for r in indicateurs.to_dict("records"):
        valeur, noms = _connu(r["Valeur"]), nommees.get(r["Mesure"], {})
        if valeur is None:
            continue
        # names count over the years only where they are all there
        complets = r["Agrégation"] == "ENTITES" and len(noms) == valeur
        yield {
            "Année": annee, "Objet": MESURE, **{c: _connu(r[c]) for c in ("Fiche", "Axe", "Mesure", "Libellé", "Unité", "Agrégation", "Valeur initiale")},
            "Valeur": valeur, "Numérateur": _connu(r["Numérateur"]), "Dénominateur": _connu(r["Dénominateur"]),
            "Noms": SEPARATEUR_DE_NOMS.join(noms.values()) if complets else None, "Réserve": _connu(r["Réserve"]),
        }  # fmt: skip


def _etats(contrat: Contrat, annee: int, avancement: pd.DataFrame) -> Iterable[dict]:
    for r in avancement.to_dict("records"):
        if (etat := _connu(r["etat"])) is not None:
            yield {"Année": annee, "Objet": ETAT, "Fiche": r["fiche"], "Axe": r["axe"], "Libellé": r["titre"], "Valeur": etat}


def _montants(contrat: Contrat, annee: int, par_fiche: pd.DataFrame) -> Iterable[dict]:
    for r in par_fiche.to_dict("records"):
        if r["Fiche"] == A_PROGRAMMER:
            continue
        titre = contrat.par_fiche[r["Fiche"]].titre
        for objet in MONTANTS:
            if (montant := _connu(r[objet])) is not None:
                yield {"Année": annee, "Objet": objet, "Fiche": r["Fiche"], "Axe": r["Axe"], "Libellé": titre, "Unité": "€", "Valeur": montant}


def _par_financeur(contrat: Contrat, annee: int, financements: pd.DataFrame) -> Iterable[dict]:
    """One row per fiche, funder and nature for what was engaged, one for what was paid."""
    sommes: dict[tuple, list[Mapping]] = {}
    for r in financements.to_dict("records"):
        sommes.setdefault((r["Fiche"], _connu(r["Financeur"]), _connu(r["Nature"])), []).append(r)
    for (fiche, financeur, nature), lignes in sommes.items():
        for objet, colonne in ((ENGAGE_PAR_FINANCEUR, "Engagé"), (VERSE_PAR_FINANCEUR, "Versé")):
            montant = somme(_connu(li[colonne]) for li in lignes)
            if montant is not None:
                axe = contrat.par_fiche[fiche].axe if fiche in contrat.par_fiche else None
                yield {"Année": annee, "Objet": objet, "Fiche": fiche, "Axe": axe, "Financeur": financeur, "Nature": nature, "Unité": "€", "Valeur": montant}


def _enveloppes(contrat: Contrat, annee: int) -> Iterable[dict]:
    noms = {f.id: f.nom for f in contrat.financeurs}
    for e in contrat.enveloppes:
        if e.annee in (None, annee):
            libelle = "Enveloppe de l’année" if e.annee else "Enveloppe du contrat"
            yield {"Année": annee, "Objet": ENVELOPPE, "Libellé": libelle, "Financeur": noms.get(e.financeur or ""), "Unité": "€", "Valeur": e.montant, "Réserve": e.etat}


# --- Read again ---------------------------------------------------------------------------------------------------------


def termes(historique: pd.DataFrame, annee: int) -> dict[str, tuple[object, object]]:
    """Measure → numerator and denominator of that year, None where not known."""
    siennes = [r for r in historique.to_dict("records") if r["Objet"] == MESURE and r["Année"] == annee]
    return {r["Mesure"]: (_connu(r["Numérateur"]), _connu(r["Dénominateur"])) for r in siennes}


def aides_passees(contrat: Contrat, avant: Iterable[Mapping[str, object]]) -> dict[str, dict[int, Decimal]]:
    """Rule id → year → EUR that the rule's funder engaged on what the rule covers, in money."""
    valorisees = {n.libelle for n in contrat.natures if n.niveau == "valorisation"}
    noms = {f.id: f.nom for f in contrat.financeurs}
    passees: dict[str, dict[int, Decimal]] = {}
    lignes = [r for r in avant if r["Objet"] == ENGAGE_PAR_FINANCEUR and r["Nature"] not in valorisees and isinstance(r["Valeur"], (int, Decimal))]
    for regle in contrat.regles:
        for r in lignes:
            if regle.financeur and r["Financeur"] == noms.get(regle.financeur) and regle.fiche in (None, r["Fiche"]):
                par_annee = passees.setdefault(regle.id, {})
                par_annee[r["Année"]] = par_annee.get(r["Année"], Decimal(0)) + r["Valeur"]
    return passees
