"""The figures of the Synthèse a second time, as tables that a program can read: the « Données … » sheets of the
agency's copy.

Masked as the printed sheet is, for they come from the same ``Portrait``; no file is named, and what designates a person
is taken out of every text. Money in euros; a figure that is not known is an empty cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING
from cls_workbook.domain.announced.linked_plans import counted_as
from cls_workbook.domain.contrat_years import all_years
from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.domain.placed.place_kinds import place_kinds
from cls_workbook.domain.themes import priorites, themes
from cls_workbook.domain.wording import TRANSVERSAL, lineage
from cls_workbook.french import NBSP, fold
from cls_workbook.personal_data import without_personal_data
from cls_workbook.reports import table_sheets
from cls_workbook.reports.agency import agency_tables as described
from cls_workbook.reports.agency.agency_tables import NO, YES
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.synthese.coordination_posts import fiches_with_post, posts
from cls_workbook.reports.synthese.synthese_portrait import AS_TEXT, Portrait
from cls_workbook.summaries.aggregation import SEPARATOR
from cls_workbook.summaries.balances import remainders
from cls_workbook.summaries.balances.planned_money import planned_money
from cls_workbook.summaries.progress import TO_BE_SCHEDULED
from cls_workbook.summaries.what_counts import MONEY
from cls_workbook.tables.described_columns import DescribedTable, Row
from cls_workbook.tables.table_frames import frame_records
from cls_workbook.workbook.description import Sheet

TableRows = list[Row]
_ITS_FICHE = re.compile(r"fiche ([^\s,:]+)", re.IGNORECASE)  # what a sentence on the money of a fiche begins with


def worksheets(portrait: Portrait) -> list[Sheet]:
    """The sheets, visible, one table each, in the order of ``agency_tables.TABLES``, those of the planned money and
    evaluations only where the contract plans some; for programs, so that they do not print with the report."""
    planned = (described.PLANNED_MONEY, described.PLANNED_EVALUATIONS)
    tables = {t: rows for t, rows in _rows_by_table(portrait).items() if rows or t not in planned}
    footer = f"{portrait.contrat.nom_court} · synthèse {portrait.year_label()}"
    return [
        table_sheets.unprinted(table_sheets.sheet(table_sheets.from_rows(*table), footer)) for table in tables.items()
    ]


def rows_by_table(result: Result) -> dict[DescribedTable, TableRows]:
    """Every table's rows: title → value. A contract without a noyau has no table of it."""
    return _rows_by_table(Portrait(result))


def _rows_by_table(portrait: Portrait) -> dict[DescribedTable, TableRows]:
    lines = {
        described.CONTRAT: [_contrat(portrait)],
        described.FICHES: [_fiche(portrait, f) for f in portrait.contrat.actions] + _to_be_scheduled(portrait),
        described.THEMES: list(_themes(portrait)),
        described.FINANCEMENT: _financement(portrait),
        described.FINANCEURS: _financeurs(portrait),
        described.PLANNED_MONEY: planned_money(portrait.contrat, portrait.annee, portrait.history),
        described.LEFT_TO_PAY: remainders.by_financeur(portrait.contrat, portrait.history),
        described.RESERVES: list(_reserves(portrait)),
        described.POSTS: posts(portrait),
        described.MESURES: list(_mesures(portrait)),
        **(_of_the_noyau(portrait) if portrait.noyau else {}),
        described.RETOURS: frame_records(portrait.result.tables.retours),
        described.INSTANCES: list(_instances(portrait)),
        described.PLANNED_EVALUATIONS: frame_records(portrait.result.summaries.evaluations),
        described.PLACES: list(_places(portrait)),
    }
    return {
        table: [{t: _anonymized(line.get(t)) for t in table.titles} for line in its_own]
        for table, its_own in lines.items()
    }


def _anonymized(valeur: object) -> object:
    return without_personal_data(valeur) if isinstance(valeur, str) else valeur


def _contrat(portrait: Portrait) -> Row:
    result, contrat = portrait.result, portrait.contrat
    received, expected_returns = result.received_and_expected()
    total = next(iter(frame_records(result.summaries.totaux)), {})
    return {
        "Format": described.DATA_FORMAT,
        "Contrat": contrat.id,
        "Titre": contrat.titre,
        "Nom court": contrat.nom_court,
        "Type": contrat.type,
        "Territoire": contrat.territoire,
        "Année": result.annee,
        "Première année": all_years(contrat)[0],
        "Dernière année": all_years(contrat)[-1],
        "Suivi depuis": contrat.follow_up.outil_depuis,
        "État": described.VALIDE if result.validated_on else described.PROVISOIRE,
        "Validé le": result.validated_on,
        "Consolidé le": result.day,
        "Retours reçus": received,
        "Retours attendus": expected_returns,
        "Bloquants": result.alerts(BLOCKING),
        "À confirmer": result.alerts(A_CONFIRMER),
        "Fiches actives": len(contrat.actions),
        "Actions à programmer": len(contrat.announced.a_programmer),
        "Maquette": total.get("Contrat"),
        "Reste à engager": portrait.left_to_engage.montant,
        "Reste à verser": portrait.left_to_pay.montant,
        "Réserve": _reserve(portrait),
    }


def _reserve(portrait: Portrait) -> str | None:
    """What the two remainders do not rest on."""
    said = {"à engager": portrait.left_to_engage.reserve, "à verser": portrait.left_to_pay.reserve}
    return f"{NBSP}; ".join(f"reste {what}{NBSP}: {reserve}" for what, reserve in said.items() if reserve) or None


def _reserves(portrait: Portrait) -> Iterator[Row]:
    """What the Synthèse says beside its amounts."""
    notes = portrait.result.notes
    on_money = [reserve.removeprefix(MONEY) for reserve in notes.reserves if reserve.startswith(MONEY)]
    for kind, sentences in ((described.TO_CONFIRM, on_money), (described.OF_RULES, notes.explications)):
        for sentence in sentences:
            fiche = _ITS_FICHE.match(sentence)
            yield {
                "Fiche": fiche[1] if fiche and fiche[1] in portrait.contrat.par_fiche else None,
                "Genre": kind,
                "Réserve": sentence[0].upper() + sentence[1:],
            }


def _fiche(portrait: Portrait, fiche: Fiche) -> Row:
    alerts, (received, expected_returns) = portrait.alerts(fiche), portrait.received_and_expected(fiche)
    avenant = any(fold(t.texts.get("avenant", "")) == YES for t in portrait.testimonies if t.fiche == fiche.numero)
    return {
        "Fiche": fiche.numero,
        "Titre": fiche.titre,
        "Axe": fiche.axe,
        "Titre de l’axe": _axes(portrait).get(fiche.axe) if fiche.axe else TRANSVERSAL,
        "État": portrait.etat(fiche),
        "État commun": portrait.contrat.follow_up.listes.own_word(portrait.etat(fiche)),
        "Réalisation": (portrait.realisation(fiche) or "").replace("\n", SEPARATOR) or None,
        "Retours reçus": received,
        "Retours attendus": expected_returns,
        "Bloquants": alerts[BLOCKING],
        "À confirmer": alerts[A_CONFIRMER],
        "Avenant demandé": YES if avenant else NO,
        "Niveau de priorité": fiche.niveau_priorite,
    }


def _to_be_scheduled(portrait: Portrait) -> TableRows:
    axes = _axes(portrait)
    return [
        {"Titre": a.titre, "Axe": a.axe, "Titre de l’axe": axes.get(a.axe), "État": TO_BE_SCHEDULED}
        for a in portrait.contrat.announced.a_programmer
    ]


def _axes(portrait: Portrait) -> dict[str, str]:
    """Number of each axe → its title, after those of the parts that hold it."""
    contrat = portrait.contrat
    return {n: " › ".join(a.titre for a in lineage(contrat, n)) for n in contrat.by_axe}


def _themes(portrait: Portrait) -> Iterator[Row]:
    """Each theme and priority of a fiche, and each plan that it is linked to, once however often it is named."""
    contrat = portrait.contrat
    for fiche in contrat.actions:
        plans = {plan.id: plan.libelle for plan in map(counted_as, fiche.plans)}
        for kind, identifiers, labels in (
            (described.THEME, fiche.themes, themes(contrat)),
            (described.PRIORITY, fiche.priorites, priorites(contrat)),
            (described.PLAN, tuple(plans), plans),
        ):
            for identifier in identifiers:
                yield {
                    "Fiche": fiche.numero,
                    "Genre": kind,
                    "Identifiant": identifier,
                    "Libellé": labels.get(identifier, identifier),
                }


def _instances(portrait: Portrait) -> Iterator[Row]:
    known = {i.nom: i for i in portrait.contrat.announced.instances}
    for row in frame_records(portrait.result.summaries.gouvernance):
        instance = known.get(row["Instance"])
        follows, decides = (SEPARATOR.join(instance.fiches), instance.decide) if instance else ("", False)
        yield row | {"Fiches suivies": follows or None, "Décide": YES if decides else NO}


def _financement(portrait: Portrait) -> TableRows:
    has_post = {f.numero for f in fiches_with_post(portrait)}
    return [
        line | {"Périmètre du taux": portrait.rate_extent(numero), "Poste": YES if numero in has_post else NO}
        for numero, line in portrait.money.items()
    ]


def _financeurs(portrait: Portrait) -> TableRows:
    levels = {fold(n.libelle): n.niveau for n in portrait.contrat.money.natures}
    return [
        line | {"Niveau": levels.get(fold(line["Nature"] or ""))}
        for line in frame_records(portrait.result.tables.par_financeur)
    ]


def _mesures(portrait: Portrait) -> Iterator[Row]:
    """The measures that have a figure or a state; lists and texts stay in the printed sheet."""
    labels = themes(portrait.contrat)
    for fiche in portrait.contrat.actions:
        for mesure in fiche.mesures:
            if mesure.agregation not in AS_TEXT and mesure.id in portrait.indicateurs:
                theme = {"Thème": mesure.theme, "Libellé du thème": labels.get(mesure.theme or "")}
                yield portrait.indicateurs[mesure.id] | theme | _target(portrait, mesure)


def _places(portrait: Portrait) -> Iterator[Row]:
    """Every place of the contract, whether a fiche reached it or not."""
    reached = {(r["type"], r["nom"]): r["fiches"] for r in frame_records(portrait.result.summaries.territoire)}
    for kind in place_kinds(portrait.contrat, portrait.annee):
        for place in kind.places:
            yield {
                "Sorte": kind.word.one,
                "Code": place.code or None,
                "Nom": place.nom,
                "Commune": place.commune or None,
                "EPCI": place.epci or None,
                "Département": place.departement or None,
                "Fiches": reached.get((kind.type, place.nom), 0) if reached else None,
            }


def _of_the_noyau(portrait: Portrait) -> dict[DescribedTable, TableRows]:
    links = list(_links(portrait))
    return {
        described.NOYAU_ANSWERS: list(map(_noyau_answer, portrait.noyau)),
        **({described.NOYAU_DETAILS: portrait.noyau_details} if portrait.noyau_details else {}),
        **({described.LINKS: links} if links else {}),
    }


def _links(portrait: Portrait) -> Iterator[Row]:
    """What the themes of the noyau are called elsewhere."""
    noyau, labels = portrait.contrat.regional.taken_in, themes(portrait.contrat)
    for link in noyau.correspondances if noyau else ():
        yield {
            "Noyau": noyau.id if noyau else None,
            "Thème": link.theme,
            "Libellé du thème": labels.get(link.theme),
            "Vocabulaire": link.vocabulaire,
            "Code": link.code,
            "Correspondance": link.libelle,
        }


def _noyau_answer(line: Row) -> Row:
    """Lists and texts stay in the printed sheet."""
    return line | {"Valeur": None} if line["Agrégation"] in AS_TEXT else line


def _target(portrait: Portrait, mesure: Mesure) -> Row:
    target = portrait.targets.get(mesure.id)
    if target is None or target.met is None:
        return {}
    return {"Part atteinte": target.part, "Cible atteinte": YES if target.met else NO}
