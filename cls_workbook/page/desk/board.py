"""What the screen shows of a consolidation: figures already written as they are read, and plain data."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from cls_workbook.anomalies import GRAVITIES, sort_out
from cls_workbook.domain.wording import the_agency
from cls_workbook.french import amount_fr, fold
from cls_workbook.page.desk.asked import Said
from cls_workbook.page.desk.listed import as_data
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.summaries.progress import TO_BE_SCHEDULED
from cls_workbook.tables.consolidation_tables import DUPLICATE, MISSING, RECEIVED, REJECTED, SET_ASIDE
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records

_MOST_SERIOUS = (REJECTED, DUPLICATE, MISSING, RECEIVED, SET_ASIDE)
_MONEY = ("Montant contrat", "Programmé", "Engagé", "Versé")


def board_of(result: Result) -> Said:
    """Counts, who has answered, fiche by fiche; every anomaly."""
    received, expected = result.received_and_expected()
    return {
        "bilan": result.bilan(),
        "agence": the_agency(result.contrat),
        "titre": f"{result.contrat.titre} · {result.year_name}",
        "etat": result.etat,
        "recus": received,
        "attendus": expected,
        "gravites": {gravite: result.alerts(gravite) for gravite in GRAVITIES},
        "financeurs": [{"id": f.id, "nom": f.nom} for f in result.contrat.money.financeurs],
        "comptes_rendus": any(f.compte_rendu for f in result.contrat.fiches),
        "structures": _structures(result),
        "fiches": _fiches(result),
        "anomalies": [as_data(a) for a in sort_out(result.anomalies)],
    }


def _structures(result: Result) -> list[Said]:
    """Each structure, the most serious of what became of its returns, and the fiches that each statut concerns."""
    by_structure: dict[str, list[Row]] = defaultdict(list)
    for row in frame_records(result.tables.retours):
        by_structure[str(row["Structure"] or row["Fichier"] or "")].append(row)
    shown = []
    for nom, rows in by_structure.items():
        statuts = {r["Statut"] for r in rows}
        shown.append(
            {
                "structure": nom,
                "statut": next(s for s in _MOST_SERIOUS if s in statuts),
                "recus": sum(r["Statut"] == RECEIVED for r in rows),
                "attendus": len({(r["Fiche"], r["Volet"]) for r in rows if r["Statut"] != SET_ASIDE}),
                "bloquants": sum(r["Bloquants"] or 0 for r in rows),
                "fichiers": sorted({str(r["Fichier"]) for r in rows if r["Fichier"]}),
            }
        )
    return sorted(shown, key=lambda s: (_MOST_SERIOUS.index(s["statut"]), fold(s["structure"])))


def _fiches(result: Result) -> list[Said]:
    """Each fiche, then each action announced without one: it has a title, and nobody answers for it yet."""
    expected = result.expected_by_fiche()
    announced = iter(result.contrat.announced.a_programmer)
    received: dict[str, int] = defaultdict(int)
    for row in frame_records(result.tables.retours):
        received[row["Fiche"]] += row["Statut"] == RECEIVED
    progress = {str(r["fiche"]): r for r in frame_records(result.summaries.avancement)}
    shown = []
    for row in frame_records(result.tables.par_fiche):
        numero = str(row["Fiche"])
        said = progress.get(numero, {})
        if numero == TO_BE_SCHEDULED:
            said, numero = {"titre": next(announced).titre, "etat": TO_BE_SCHEDULED.capitalize()}, "—"
        shown.append(
            {"fiche": numero, "titre": said.get("titre") or "", "etat": said.get("etat") or ""}
            | {"recus": received[numero], "attendus": expected.get(numero, 0)}
            | {column: _amount(row[column]) for column in _MONEY}
        )
    return shown


def _amount(value: object) -> str:
    return amount_fr(value) if isinstance(value, (int, Decimal)) else amount_fr(None)
