"""The consolidation workbook: the Synthèse, then one Excel table a sheet. Frames in, a description of sheets out.

Sheet names, table names and headers are public: a coordinator filters and pivots on them, next year's campaign reads
them. A missing value is an empty cell. What a partner typed is always text, never a formula.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from datetime import date

from cls_workbook.anomalies import Anomalie, sort_out
from cls_workbook.domain.wording import the_agency
from cls_workbook.french import date_fr, how_many
from cls_workbook.reports import table_sheets
from cls_workbook.reports.consolidation import evolution_sheet
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.synthese import synthese_sheet
from cls_workbook.reports.table_sheets import TableSheet, from_frame, from_rows
from cls_workbook.summaries.balances.planned_money import planned_money
from cls_workbook.summaries.expected import displayed_name
from cls_workbook.summaries.regional import noyau_answers
from cls_workbook.tables import consolidation_tables as described
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.noyau_table import NOYAU, NOYAU_DETAIL
from cls_workbook.tables.statement_table import STATEMENTS
from cls_workbook.tables.structure_table import STRUCTURES
from cls_workbook.tables.table_frames import frame_records, known
from cls_workbook.workbook.description import Link, PrintSetup, Sheet, Workbook

READ_ME_SHEET = "Lisez-moi"
CONSOLIDATION_FORMAT = 1


def workbook(result: Result) -> Workbook:
    """The whole workbook of a campaign, Synthèse first; nothing in it is hidden."""
    contrat, annee = result.contrat, result.year_name
    footer = f"{contrat.nom_court} · consolidation {annee} du {date_fr(result.day)} · {result.etat}"
    data = [table_sheets.sheet(table, footer) for table in tables(result)]  # before anything is drawn of them
    worksheets = [synthese_sheet.sheet(result), evolution_sheet.sheet(result), *data]
    worksheets.append(_read_me(result, footer, {f.nom for f in worksheets}))
    return Workbook(
        worksheets, f"Consolidation {annee} — {contrat.titre}", subject=result.etat, active_sheet=synthese_sheet.NAME
    )


def tables(result: Result) -> Iterator[TableSheet]:
    """The data sheets, in the order of their tabs."""
    yield from_frame(STRUCTURES, result.tables.structures)
    yield from_frame(described.RETOURS, result.tables.retours)
    yield anomalies_table(result)
    yield from_frame(described.INDICATEURS, result.tables.indicateurs)
    yield from_frame(described.FINANCEMENT_FICHES, result.tables.par_fiche)
    yield from_frame(described.FINANCEMENT_FINANCEURS, result.tables.par_financeur)
    if planned := planned_money(result.contrat, result.annee, frame_records(result.tables.history)):
        yield from_rows(described.PLANNED_MONEY, planned)
    yield from_frame(described.FINANCEMENTS, result.tables.financements)
    if len(result.tables.comptes_rendus):
        yield from_frame(STATEMENTS, result.tables.comptes_rendus)
    if rows := noyau_rows(result):
        yield from_rows(NOYAU, rows)
    if len(result.tables.noyau_detail):
        yield from_frame(NOYAU_DETAIL, result.tables.noyau_detail)
    yield from_frame(described.MESURES, result.tables.mesures)
    yield from_frame(described.ANSWERS, result.tables.reponses)
    yield from_frame(described.NORMALISATIONS, result.tables.normalisations)
    yield from_frame(described.RECONCILIATION, result.tables.reconciliation)
    if len(result.tables.remplacements):
        yield from_frame(described.REPLACEMENTS, result.tables.remplacements)
    yield from_frame(described.HISTORY, result.tables.history)
    yield from_rows(described.ANCHORS, list(anchors(result)))


def noyau_rows(result: Result) -> list[Row]:
    """What the contract answers to its noyau; nothing where it takes none in."""
    contrat = result.contrat
    if contrat.regional.taken_in is None:
        return []
    lines = {r["Mesure"]: r for r in frame_records(result.tables.indicateurs)}
    statuts = noyau_answers.statuts_said(contrat, result.tables.mesures)
    return noyau_answers.answers(contrat, result.annee, lines, statuts)


def anomalies_table(result: Result) -> TableSheet:
    return from_rows(described.ANOMALIES, _anomalies(result))


# --- Cells ----------------------------------------------------------------------------------------------------------


def _anomalies(result: Result) -> list[Row]:
    lines = []
    for a in sort_out(list(result.anomalies)):
        values = (
            *(a.gravite, a.fiche, displayed_name(result.contrat, a.structure), a.champ, a.found, a.remedy),
            *(*_place(result, a), a.expected, a.file, a.code),
        )
        lines.append({c: v or None for c, v in zip(described.ANOMALIES.titles, values, strict=True)})
    return lines


_ESCAPED = {"%": "%25", "#": "%23", "?": "%3F"}  # what a link gives another meaning, in this order


LINE_OF_CELLS = 18  # characters that the column shows on a line


def _place(result: Result, anomalie: Anomalie) -> tuple[str | Link | None, str | Link]:
    """(sheet, cells), one of them a link to the first cell where it is known where the return lies: the sheet where the
    cells are many, for a link is not cut into lines everywhere."""
    texte = ", ".join(anomalie.cells)
    path = result.paths.get(anomalie.file)
    if not texte or not path or not anomalie.sheet or not path.isprintable():
        return anomalie.sheet, texte
    for mark, escaped in _ESCAPED.items():
        path = path.replace(mark, escaped)
    sheet = anomalie.sheet.replace("'", "''")
    link = Link(f"external:{path}#'{sheet}'!{anomalie.cells[0]}", texte, "Ouvrir le retour à cette cellule")
    if len(texte) > LINE_OF_CELLS:
        return link._replace(texte=anomalie.sheet), texte
    return anomalie.sheet, link


# --- What the other tables do not hold --------------------------------------------------------------------------------

IDENTIFICATION, PROGRESS, GOVERNANCE, DECISION = "Identification", "Avancement", "Gouvernance", "Décision"
RATE, EVALUATION = "Taux constaté", "Évaluation"
RULE, TO_SPECIFY, CAVEAT = "Règle de financement", "À préciser", "Réserve"


def anchors(result: Result) -> Iterator[Row]:
    """What the Synthèse says and no other table holds: with it, the Synthèse can be drawn again from the workbook
    alone."""

    def line(section: str, objet: object, champ: str, valeur: object) -> Row:
        return dict(zip(described.ANCHORS.titles, (section, objet, champ, known(valeur)), strict=True))

    for champ, valeur in identification(result).items():
        yield line(IDENTIFICATION, None, champ, valeur)
    for section, frame, cle in (
        (PROGRESS, result.summaries.avancement, "fiche"),
        (GOVERNANCE, result.summaries.gouvernance, "Instance"),
        (EVALUATION, result.summaries.evaluations, "Évaluation"),
        (RATE, result.summaries.taux, "fiche"),
    ):
        for rank in frame_records(frame):
            yield from (line(section, rank[cle], champ, valeur) for champ, valeur in rank.items() if champ != cle)
    for numero, decision in result.notes.decisions.items():
        yield line(DECISION, numero or None, "texte", decision)
    sentences: Iterable[tuple[str, tuple[str, ...]]] = (
        (RULE, result.notes.explications),
        (TO_SPECIFY, result.notes.a_preciser),
        (CAVEAT, result.notes.reserves),
    )
    for section, texts in sentences:
        yield from (line(section, f"{rank:03}", "texte", texte) for rank, texte in enumerate(texts, 1))


def identification(result: Result) -> dict[str, object]:
    """What tells one consolidation from another; the copy for the ARS reads it back."""
    return {
        "contrat": result.contrat.id,
        "titre": result.contrat.titre,
        "année": result.annee,
        "date": result.day,
        "validé le": result.validated_on,
        "année précédente": "oui" if result.precedent else "non",
        "format": CONSOLIDATION_FORMAT,
    }


_READER = "{agence}"
_EXPLANATIONS = (
    (synthese_sheet.NAME, "Le portrait de l’année : c’est ce que lira {agence}. Elle s’imprime en A4 paysage."),
    (
        evolution_sheet.NAME,
        "Chaque mesure et chaque enveloppe au fil des années du contrat ; n’est additionné que ce qui peut l’être.",
    ),
    *((table.sheet, table.aide) for table in (STRUCTURES, *described.TABLES)),
)
_ADVICE = (
    "Une cellule vide veut dire « non connu », jamais zéro. Une valeur bloquante est dans Anomalies et n’entre dans "
    "aucun total.",
    "Pour {agence} : sa copie, qui se fait de ce fichier-ci, par un bouton du classeur de coordination, dans la page "
    "locale, ou par la commande cls-workbook synthese. N’envoyez pas ce fichier-ci : il contient toutes les réponses.",
    "Pour corriger : faites corriger le retour, puis consolidez à nouveau. Ce qui serait modifié ici serait perdu.",
    "À l’impression de tout le classeur, ce qui se lit sort seul ; d’un tableau de détail (Mesures, Réponses, "
    "Historique…), sélectionnez les lignes voulues, puis imprimez la sélection.",
    "Gardez ce fichier : l’an prochain, il donnera les valeurs de l’année précédente.",
)


def _read_me(result: Result, footer: str, sheet_names: Collection[str]) -> Sheet:
    contrat = result.contrat
    sheet = Sheet(READ_ME_SHEET, tab_color="gris", widths={1: 3, 2: 30, 3: 110})
    received, expected_returns = result.received_and_expected()
    facts = {
        "Contrat": f"{result.contrat.titre} ({result.contrat.id})",
        "Année": result.annee,
        "Consolidé le": result.day,
        "État": result.etat,
        "Retours": f"{how_many(received, 'reçu')} sur {expected_returns}{result.set_aside()}",
        "Année précédente": "connue" if result.precedent else "non fournie",
        "Format du classeur": CONSOLIDATION_FORMAT,
    }
    sheet.write(1, 2, f"Consolidation {result.year_name}", "titre")
    sheet.heights[1] = 34
    line, agence = 2, the_agency(contrat)
    for titre, content in (
        ("Ce classeur", facts.items()),
        ("Ses feuilles", [(nom, e.replace(_READER, agence)) for nom, e in _EXPLANATIONS if nom in sheet_names]),
        ("Bon à savoir", (("", c.replace(_READER, agence)) for c in _ADVICE)),
    ):
        line = _section(sheet, line, titre, content, sheet_names)
    sheet.print_setup = PrintSetup(left_footer=f"{footer} · {READ_ME_SHEET}")
    return sheet


def _section(
    sheet: Sheet, line: int, titre: str, content: Iterable[tuple[str, object]], sheet_names: Collection[str]
) -> int:
    sheet.heights[line] = 10
    sheet.write(line + 1, 2, titre, "bloc")
    sheet.write(line + 1, 3, None, "bloc")
    sheet.heights[line + 1] = 24
    line += 2
    for word, meaning in content:
        sheet.write(
            line,
            2,
            Link(f"internal:'{word}'!A1", word) if word in sheet_names else word or None,
            "lien" if word in sheet_names else "libelle_fort",
        )
        sheet.write(line, 3, meaning, "libelle:date_gauche" if isinstance(meaning, date) else "libelle:texte")
        sheet.heights[line] = 21 if len(str(meaning)) < 115 else 34
        line += 1
    return line
