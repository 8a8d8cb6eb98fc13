"""Each request of the page, and what comes of it. Nothing raises: a refusal or a fault is a sentence."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path

from cls_workbook.anomalies import Anomalie, sort_out
from cls_workbook.errors import Refusal
from cls_workbook.fault_details import details
from cls_workbook.french import typography
from cls_workbook.page.desk.asked import Asked, Said, archive
from cls_workbook.page.desk.listed import as_data
from cls_workbook.pipeline import single_returns
from cls_workbook.reading.folder_files import is_of_the_system
from cls_workbook.reading.reading_memory import ReadingMemory
from cls_workbook.reading.return_files import retours_in

_OUR_FAULT = (
    "L’outil est en faute, pas vous. Enregistrez le rapport ci-dessous et envoyez-le à qui vous a donné la page."
)
_OUT_OF_MEMORY = "La mémoire du navigateur n’a pas suffi : fermez d’autres onglets, ou donnez moins de fichiers."


class Desk:
    """Who answers, as long as the page is open; what one request teaches serves the next."""

    def __init__(self) -> None:
        self._memory = ReadingMemory()

    def answer(self, request: str, tell: Callable[[int, str], object]) -> str:
        """``request``: JSON (see ``Asked``). JSON again: ``files``, the paths of what was made; ``refusal`` or
        ``fault`` where nothing was; else what was asked for."""
        said: Said = {"files": []}
        try:
            asked = Asked.parse(request, tell, self._memory)
            said |= (_OF_A_PARTNER.get(asked.what) or everything()[asked.what])(asked)
        except Refusal as refusal:
            said |= {"refusal": typography(str(refusal)), "details": [typography(d) for d in refusal.details]}
        except MemoryError:
            self._memory = ReadingMemory()
            said |= {"refusal": _OUT_OF_MEMORY}
        except Exception as fault:
            said |= {"fault": _OUR_FAULT, "report": details(fault, f"page, {request[:500]}")}
        return json.dumps(said, ensure_ascii=False)


def _keep(asked: Asked) -> Said:
    """Which of the names given are of someone's files, as in a folder that a command is given."""
    return {"kept": [path for path in asked.files if not is_of_the_system(path)]}


# --- Je réponds -------------------------------------------------------------------------------------------------------


def _check(asked: Asked) -> Said:
    """Each return: its anomalies, its annotated copy; where it goes if it is none. ``files``: definitions given with
    them."""
    files = retours_in(asked.sources)
    results = []
    annotated = single_returns.annotate(asked.sources, "copies", _own_definition(asked), asked.engine(), asked.memory)
    for nom, (anomalies, lines, campaign) in zip(files, annotated, strict=True):
        made = lines[0] if lines[0].startswith("copies/") else None
        remarks = lines[1:] if made else lines
        said = {"file": nom, "campaign": campaign, "anomalies": _listed(anomalies), "copy": made, "remarks": remarks}
        results.append(said | {"elsewhere": "" if campaign else _place(files[nom])})
    copies = [r["copy"] for r in results if r["copy"]]
    return {"results": results, "files": copies}


def _place(path: Path) -> str:
    """Where a file that is no return goes, if it is known."""
    from cls_workbook.page.desk.file_kinds import PARTNER, elsewhere

    return elsewhere(path, PARTNER)


def _own_definition(asked: Asked) -> str | None:
    if not asked.files:
        return asked.contrat or None
    from cls_workbook.page.desk.file_kinds import DEFINITION, kind_of

    return next((path for path in asked.files if kind_of(path) == DEFINITION), asked.contrat or None)


def _listed(anomalies: list[Anomalie]) -> list[Said]:
    return [as_data(anomalie) for anomalie in sort_out(anomalies)]


# --- Je suis l’ARS ----------------------------------------------------------------------------------------------------


def _region(asked: Asked) -> Said:
    """The region's workbook; where there are any, a page for each meeting and the reminders to coordinations.
    ``files``: definitions of contracts that do not ship, to read their consolidations."""
    from cls_workbook.page.desk.file_kinds import AGENCY, DEFINITION, elsewhere, kind_of
    from cls_workbook.reports.region.agency_copies import files_in
    from cls_workbook.reports.region.region_workbook import gather

    contrats = [path for path in asked.files if kind_of(path) == DEFINITION]
    strays = {nom: elsewhere(path, AGENCY) for nom, path in files_in(asked.sources, Path("region.xlsx")).items()}
    try:
        region = gather(asked.sources, "region.xlsx", contrats, asked.following)
    except Refusal as refusal:
        raise Refusal(str(refusal), [_with_its_place(detail, strays) for detail in refusal.details]) from refusal
    gaps = [
        {"file": g.file, "statut": g.statut, "reason": typography(_with_its_place(g.reason, strays))}
        for g in region.ecarts
    ]
    retained = [{"contrat": c.cle[0], "annee": c.cle[1]} for c in region.copies]
    made = ["region.xlsx"]
    for folder, files in (
        ("entretiens", region.write_meeting_pages("entretiens")),
        ("relances", region.write_reminders("relances")),
    ):
        made += [archive(folder, f"{folder}.zip")] if files else []
    return {"bilan": region.bilan(), "gaps": gaps, "retained": retained, "files": made}


def _with_its_place(reason: str, strays: dict[str, str]) -> str:
    """Why a file is set aside; of one that belongs elsewhere, where."""
    found = next((nom for nom, place in strays.items() if place and reason.startswith(f"« {nom} »")), None)
    return f"« {found} ». {strays[found]}" if found else reason


_OF_A_PARTNER: dict[str, Callable[[Asked], Said]] = {"controler": _check, "garder": _keep}


@cache
def everything() -> dict[str, Callable[[Asked], Said]]:
    """What coordinators and agencies ask. It stands on half of the package: the page brings it in once it is ready,
    while files are being chosen."""
    from cls_workbook.page.desk import campaign_desk, contrat_desk, discovery_desk, file_kinds, report_desk, unpacking

    desks = (file_kinds, unpacking, campaign_desk, report_desk, contrat_desk, discovery_desk)
    return {"region": _region} | {what: answers for desk in desks for what, answers in desk.ANSWERS.items()}
