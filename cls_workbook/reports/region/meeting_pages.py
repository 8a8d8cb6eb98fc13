"""A page a contract, for the meeting of the agency with its coordinator; and drafts of reminders to the coordinations
that are late. From the tables of the region, so that nothing that a copy masks is there.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from cls_workbook.french import NBSP, fold, typography
from cls_workbook.reports.region import region_tables
from cls_workbook.reports.region.region_money import Tables, name_of
from cls_workbook.reports.region.region_noyau_tables import REGIONAL_ANSWERS, REGIONAL_FILLING, REGIONAL_MESURES
from cls_workbook.reports.synthese.regional.noyau_section import answer_box
from cls_workbook.reports.synthese.synthese_pieces import (
    CENTRED,
    MUTED,
    STRONG,
    UNITS,
    Board,
    Card,
    PrintedColumn,
    rows_of,
)
from cls_workbook.reports.synthese.text_heights import abridged
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.noyau_table import UNANSWERED, UNAVAILABLE, UNCLEAR
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Workbook
from cls_workbook.workbook.saving import save

NAME = "Entretien"
_LEAST_CONTRATS, _LONGEST_TITLE = 3, 70
_QUESTION = "la réponse à la question"
_NO_ANSWER = (
    "Si la donnée n’existe pas, ou si la question ne se pose pas, un statut suffit (non disponible, sans objet)."
)
_PENDING = (UNANSWERED, UNAVAILABLE, UNCLEAR)


def _file_name(contrat: object) -> str:
    return "-".join(re.findall(r"[a-z0-9]+", fold(str(contrat)))) or "contrat"


def _last_of(lines: Sequence[Row]) -> dict[object, Row]:
    """Contract → its row of the last year."""
    return {li["Contrat"]: li for li in sorted(lines, key=lambda li: int(li["Année"]))}


# --- A page a contract ----------------------------------------------------------------------------------------------


def write_meeting_pages(tables: Tables, folder: str | Path) -> list[Path]:
    """« entretien-<contrat>.xlsx » for each contract that takes the noyau in, in its last year; the files made."""
    files = []
    for contrat, filling in _last_of(tables.get(REGIONAL_FILLING, [])).items():
        if filling["Posées"]:
            files.append(Path(folder) / f"entretien-{_file_name(contrat)}.xlsx")
            files[-1].parent.mkdir(parents=True, exist_ok=True)
            writer.write(meeting_page(tables, filling), files[-1])
    return files


def meeting_page(tables: Tables, filling: Row) -> Workbook:
    contrat, annee, nom = filling["Contrat"], int(filling["Année"]), str(name_of(filling))
    board = Board(NAME)
    board.banner(nom, 18, f"entretien avec la coordination · {annee}")
    board.empty(4)
    board.row(30, (UNITS, f"{abridged(nom, _LONGEST_TITLE)} et la région, {annee}", "titre"))
    board.cards(_cards(tables, filling))
    answers = [li for li in tables[REGIONAL_ANSWERS] if li["Contrat"] == contrat]
    former = {_question(li): li for li in answers if li["Année"] == annee - 1}
    region = {_question(li): li for li in tables[REGIONAL_MESURES] if li["Année"] == annee}
    its_own = [li for li in answers if li["Année"] == annee]
    columns = (
        PrintedColumn("Question", 11, STRONG, lambda li: f"{li['Mesure']} · {li['Libellé']}"),
        PrintedColumn("Unité", 3, CENTRED, "Unité"),
        PrintedColumn(str(annee - 1), 3, of=lambda li: _box(former.get(_question(li)))),
        PrintedColumn(str(annee), 3, of=answer_box),
        PrintedColumn("Médiane de la région", 3, of=lambda li: _median(region, li)),
        PrintedColumn("État", 4, CENTRED, "État"),
        PrintedColumn("Réserve", 9, MUTED, "Réserve"),
    )
    said = "La médiane de la région n’est donnée qu’à partir de trois contrats qui répondent."
    board.section("Ses réponses au noyau", columns, rows_of(columns, its_own), said, absent="Aucune.", following=90)
    board.band("À voir ensemble", following=60)
    board.sentences(list(_pending(tables, contrat, annee, its_own)) or ["Rien de particulier."])
    return Workbook([board.finish(f"{nom} · entretien {annee}")], f"Entretien {nom} {annee}", active_sheet=NAME)


def _box(line: Row | None) -> object:
    return answer_box(line) if line else None


def _question(line: Row) -> tuple[object, ...]:
    return line["Noyau"], line["Mesure"], line["Unité"], line["Agrégation"]


def _median(region: dict[tuple[object, ...], Row], line: Row) -> object:
    """Nothing of fewer than three contracts: of two, the middle would give the other one away."""
    there = region.get(_question(line))
    if there is None or there["Contrats comptés"] < _LEAST_CONTRATS:
        return None
    return answer_box({"Valeur": there["Médiane"], "Réserve": None, "Agrégation": there["Agrégation"]})


def _cards(tables: Tables, filling: Row) -> list[Card]:
    money = next((m for m in tables[region_tables.MAQUETTES] if m["Contrat"] == filling["Contrat"]), {})
    answered = f"{filling['Renseignées']} sur {filling['Posées']}, dont {filling['dont estimées']} sur estimation"
    return [
        Card("Questions renseignées", filling["Taux de remplissage"], "cle_taux", answered),
        Card("Maquette", money.get("Maquette"), "cle_montant", "toute la durée"),
        Card("Engagé depuis le début", money.get("Engagé cumulé"), "cle_montant", "années connues"),
        Card("Part engagée", money.get("Part engagée"), "cle_taux", "de la maquette"),
    ]


def _pending(tables: Tables, contrat: object, annee: int, answers: Sequence[Row]) -> Iterator[str]:
    for li in answers:
        if li["État"] in _PENDING:
            yield typography(f"• {li['Mesure']} {li['Libellé']} : {li['État']}.")
    for li in tables[region_tables.OVERDUE]:
        if li["Contrat"] == contrat and int(li["Année"]) <= annee:
            who = ", ".join(str(li[t]) for t in ("Structure", "Fiche", "Volet") if li[t])
            yield typography(f"• {li['Année']}, {li['Quoi']}" + (f" : {who}." if who else "."))


# --- Reminders ------------------------------------------------------------------------------------------------------


def write_reminders(tables: Tables, folder: str | Path) -> list[Path]:
    """« relance-<contrat>.txt », a draft for each coordination whose synthèse is missing, or that left questions of its
    last year without an answer; nothing is sent."""
    files = []
    for contrat, (nom, points) in _late(tables).items():
        files.append(Path(folder) / f"relance-{_file_name(contrat)}.txt")
        files[-1].parent.mkdir(parents=True, exist_ok=True)
        save(_message(nom, points).encode("utf-8"), files[-1])
    return files


def _late(tables: Tables) -> dict[object, tuple[str, list[str]]]:
    late: dict[object, tuple[str, list[str]]] = {}
    for li in tables[region_tables.OVERDUE]:
        if li["Quoi"] == region_tables.MISSING_SYNTHESE:
            said = f"la synthèse de {li['Année']} ({li['Précision']})"
            late.setdefault(li["Contrat"], (str(name_of(li)), []))[1].append(said)
    last = _last_of(tables.get(REGIONAL_FILLING, []))
    for li in tables.get(REGIONAL_ANSWERS, []):
        if li["État"] == UNANSWERED and li["Année"] == last[li["Contrat"]]["Année"]:
            said = f"{_QUESTION} {li['Mesure']} du noyau pour {li['Année']} ({li['Libellé']})"
            late.setdefault(li["Contrat"], (str(name_of(li)), []))[1].append(said)
    return late


def _message(nom: str, points: Sequence[str]) -> str:
    about_questions = any(point.startswith(_QUESTION) for point in points)
    lines = [
        f"Objet : {nom}, ce qui manque à la région",
        "",
        "Bonjour,",
        "",
        f"Pour réunir les contrats de la région, il nous manque, pour « {nom} » :",
        "",
        *(f"  – {point} ;" for point in points[:-1]),
        f"  – {points[-1]}.",
        "",
        *([_NO_ANSWER, ""] if about_questions else []),
        "Merci de votre aide.",
    ]
    return typography("\n".join(lines)).replace(f"{NBSP}\n", "\n") + "\n"
