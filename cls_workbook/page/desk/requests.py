"""Each request of the page, and what comes of it. Nothing raises: a refusal or a fault is a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable

from cls_workbook.anomalies import Anomalie, sort_out
from cls_workbook.definition.toml_reader import load, load_sound, shipped
from cls_workbook.domain.contrat_years import all_years
from cls_workbook.errors import Refusal
from cls_workbook.fault_details import details
from cls_workbook.french import typography
from cls_workbook.page.desk import campaign_desk, contrat_desk
from cls_workbook.page.desk.asked import Asked, Said, archive
from cls_workbook.page.desk.board import as_data
from cls_workbook.page.desk.file_kinds import DEFINITION, campaign_of, kind_of
from cls_workbook.pipeline import single_returns
from cls_workbook.reading.return_files import retours_in

_OUR_FAULT = (
    "L’outil est en faute, pas vous. Enregistrez le rapport ci-dessous et envoyez-le à qui vous a donné la page."
)
_TRIED = 3  # returns that are opened to learn of which campaign they are


def answer(request: str, tell: Callable[[int, str], object]) -> str:
    """``request``: JSON (see ``Asked``). JSON again: ``files``, the paths of what was made; ``refusal`` or ``fault``
    where nothing was; else what was asked for."""
    said: Said = {"files": []}
    try:
        asked = Asked.parse(request, tell)
        said |= _ANSWERS[asked.what](asked)
    except Refusal as refusal:
        said |= {"refusal": typography(str(refusal)), "details": [typography(d) for d in refusal.details]}
    except MemoryError:
        said |= {
            "refusal": "La mémoire du navigateur n’a pas suffi : fermez d’autres onglets, ou donnez moins de fichiers."
        }
    except Exception as fault:
        said |= {"fault": _OUR_FAULT, "report": details(fault, f"page, {request[:500]}")}
    return json.dumps(said, ensure_ascii=False)


# --- what is there ----------------------------------------------------------------------------------------------------


def _contrats(_asked: Asked) -> Said:
    """The contracts that ship."""
    known = ((identifier, load(identifier)) for identifier in shipped())
    return {"contrats": [{"id": i, "titre": c.titre, "annees": list(all_years(c))} for i, c in known]}


def _sort(asked: Asked) -> Said:
    """What each dropped file is; and the campaign that the first of them says it is of."""
    kinds = {path: kind_of(path) for path in asked.files}
    own = next((path for path, kind in kinds.items() if kind == DEFINITION), asked.contrat)
    definition = load_sound(own) if own and own not in shipped() else None
    campaigns: dict[str, tuple[str, int]] = {}
    for kind in ("consolidation", "retour"):
        for path in [p for p, k in kinds.items() if k == kind][:_TRIED]:
            if found := campaign_of(path, kind, definition):
                campaigns[path] = found
                if kind == "retour":
                    break
    return {"kinds": kinds, "campaigns": campaigns}


# --- Je réponds -------------------------------------------------------------------------------------------------------


def _check(asked: Asked) -> Said:
    """Each return: its anomalies, its annotated copy. ``files``: definitions given with them."""
    names = list(retours_in(asked.sources))
    results = []
    own = next((path for path in asked.files if kind_of(path) == DEFINITION), asked.contrat or None)
    annotated = single_returns.annotate(asked.sources, "copies", own, asked.engine())
    for nom, (anomalies, lines) in zip(names, annotated, strict=True):
        made = lines[0] if lines[0].startswith("copies/") else None
        results.append(
            {"file": nom, "anomalies": _listed(anomalies), "copy": made, "remarks": lines[1:] if made else lines}
        )
    copies = [r["copy"] for r in results if r["copy"]]
    return {"results": results, "files": copies}


def _listed(anomalies: list[Anomalie]) -> list[Said]:
    return [as_data(anomalie) for anomalie in sort_out(anomalies)]


# --- Je suis l’ARS ----------------------------------------------------------------------------------------------------


def _region(asked: Asked) -> Said:
    """The region's workbook; where there are any, a page for each meeting and the reminders to coordinations."""
    from cls_workbook.reports.region.region_workbook import gather

    contrats = [asked.contrat] if asked.contrat else []
    region = gather(asked.sources, "region.xlsx", contrats, asked.following)
    gaps = [{"file": g.file, "statut": g.statut, "reason": typography(g.reason)} for g in region.ecarts]
    retained = [{"contrat": c.cle[0], "annee": c.cle[1]} for c in region.copies]
    made = ["region.xlsx"]
    for folder, files in (
        ("entretiens", region.write_meeting_pages("entretiens")),
        ("relances", region.write_reminders("relances")),
    ):
        made += [archive(folder, f"{folder}.zip")] if files else []
    return {"bilan": region.bilan(), "gaps": gaps, "retained": retained, "files": made}


_ANSWERS: dict[str, Callable[[Asked], Said]] = {
    "contrats": _contrats,
    "trier": _sort,
    "controler": _check,
    "region": _region,
    **campaign_desk.ANSWERS,
    **contrat_desk.ANSWERS,
}
