"""The posts of coordination: what each cost, what the contract's rule allows, what was engaged and paid. In euros."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd

from cls_workbook.domain.model import Fiche
from cls_workbook.domain.rules import Rule
from cls_workbook.domain.subsidies import payable_for_post
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.summaries.balances.line_meaning import post_rules
from cls_workbook.summaries.declared_posts import DeclaredPost, declared
from cls_workbook.summaries.value_tables import as_frame
from cls_workbook.tables.table_frames import frame_records, known


def fiches_with_post(portrait: Portrait) -> list[Fiche]:
    return [f for f in portrait.contrat.actions if post_rules(portrait.contrat, f.numero)]


def posts(portrait: Portrait) -> list[dict[str, object]]:
    """One row per fiche and rule; a figure that is not known is None."""
    return [_post(portrait, f, r) for f in fiches_with_post(portrait) for r in post_rules(portrait.contrat, f.numero)]


def _post(portrait: Portrait, fiche: Fiche, rule: Rule) -> dict[str, object]:
    money = portrait.money.get(fiche.numero, {})
    tables = portrait.result.tables
    reponses, lines = as_frame(tables.reponses), as_frame(tables.financements)
    post = _declared(reponses[(reponses["Fiche"] == fiche.numero) & (reponses["Bloc"] == "poste")])
    possible = None if post.expenditure is None else payable_for_post(rule, post.expenditure, post.etp)
    financeur = next((f.nom for f in portrait.contrat.money.financeurs if f.id == rule.financeur), None)
    of_financeur = (lines["Fiche"] == fiche.numero) & (lines["Financeur"] == financeur)
    engaged, verse_sum = money.get("ARS hors maquette"), total_of(map(known, lines.loc[of_financeur, "Versé"]))
    return {
        "Fiche": fiche.numero,
        "Règle": rule.libelle,
        "Financeur": financeur,
        "Taux": rule.taux,
        "Plafond annuel": rule.caps.plafond_annuel,
        "ETP minimum": rule.post.etp_min,
        "ETP": post.etp,
        "Mois": post.months,
        "ETPT": post.etpt,
        "Dépense éligible": post.expenditure,
        "Dépense réalisée": money.get("Coût réalisé"),
        "Aide possible": possible,
        "Aide engagée": engaged,
        "Aide versée": verse_sum,
        "Aide / dépense": engaged / post.expenditure if post.expenditure and engaged is not None else None,
    }


def _declared(answers: pd.DataFrame) -> DeclaredPost:
    """The post that these answers make, return after return."""
    retours: dict[object, dict[str, Decimal]] = {}
    for r in frame_records(answers):
        if (valeur := known(r["Valeur"])) is not None:
            retours.setdefault(r["Fichier"], {})[r["Champ"]] = Decimal(str(valeur))
    return declared((r.get("depense_eligible"), r.get("quotite"), r.get("mois")) for r in retours.values())
