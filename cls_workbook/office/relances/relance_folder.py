"""The drafts and the list of who is late, written to a folder. What an earlier run wrote there is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cls_workbook import forms
from cls_workbook import pilotage as coordination
from cls_workbook.forms.editions import produce
from cls_workbook.french import date_fr, typography
from cls_workbook.office.relances import relance_message
from cls_workbook.office.relances.late_returns import ExpectedAnswer, Overdue, delays
from cls_workbook.reports import table_sheets
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.tables.described_columns import STRUCTURE, DescribedTable, TableColumn, texte
from cls_workbook.workbook import writer
from cls_workbook.workbook.description import Sheet, Workbook
from cls_workbook.workbook.saving import save

RELANCES = DescribedTable(
    "Relances",
    "Relances",
    "Qui n’a pas répondu, depuis quand, et le brouillon qui lui est destiné.",
    (
        texte("Structure", STRUCTURE.aide, obligatoire=True),
        texte("Fiches manquantes", "Les fiches attendues et non reçues."),
        texte("À renvoyer", "Les fiches dont le retour est refusé, ou écarté par la coordination."),
        texte("En plusieurs versions", "Les fiches dont plusieurs retours sont venus."),
        texte("Reçues", "Les fiches dont le retour compte."),
        TableColumn("Attendu le", "date", "La date à laquelle le retour était attendu."),
        TableColumn("Jours de retard", "entier", "Combien de jours après cette date."),
        texte("Statut du retour", "Ce que le pilotage en dit."),
        TableColumn("Dernière relance", "date", "Quand la structure a été relancée."),
        texte("Courriel", "L’adresse du service, si le pilotage la donne : le brouillon la porte."),
        texte("Brouillon", "Le fichier du message."),
    ),
    note_key=("Structure",),
    tab="accent",
)
_TO_NAME = "membres à nommer (pilotage, feuille Groupes)"
_SAID_RECEIVED_TEXT = "{} selon le pilotage, mais son fichier n’est pas dans le dossier"


@dataclass(frozen=True)
class Relances:
    """What was made of a campaign. ``files``: the list, then a draft for each structure to be reminded."""

    delays: tuple[Overdue, ...]
    files: tuple[Path, ...]
    sheet: Sheet

    def bilan(self) -> str:
        """One French sentence."""
        to_remind = sum(r.to_remind for r in self.delays)
        if not self.delays:
            return "toutes les réponses attendues sont là, personne n’est à relancer."
        s = "s" * (to_remind > 1)
        sentences = [f"{to_remind} brouillon{s} de message, un par structure à relancer ; rien n’est envoyé."]
        if groups := sum(r.groupe for r in self.delays):
            sentences.append(f"{groups} groupe{'s' * (groups > 1)} sans membre nommé : personne à qui écrire.")
        if said := sum(r.said_received for r in self.delays if not r.groupe):
            s = "s" * (said > 1)
            sentences.append(f"{said} retour{s} dit{s} reçu{s} par le pilotage, sans fichier dans le dossier.")
        return typography(" ".join(sentences))


def prepare(
    result: Result, pilotage: coordination.Pilotage, folder: str | Path, day: date, precedent: str | Path | None = None
) -> Relances:
    """Writes ``relances-<année>.xlsx`` and the drafts in ``folder``. ``precedent``: last year's consolidation, shown in
    the workbooks."""
    folder, hits = Path(folder), delays(result, pilotage, day)
    contents = _drafts(result, pilotage, [r for r in hits if r.to_remind], precedent)
    names = {r.respondent.id: nom for r, nom, _ in contents}
    sheet = _sheet(result, hits, names)
    listing = folder / f"relances-{result.annee}.xlsx"
    writer.write(Workbook([sheet], f"Relances {result.annee} — {result.contrat.titre}"), listing)
    _remove_old_drafts(folder, {nom for _, nom, _ in contents})
    for _, nom, content in contents:
        save(content, folder / nom)
    return Relances(tuple(hits), (listing, *(folder / nom for _, nom, _ in contents)), sheet)


def _drafts(
    result: Result, pilotage: coordination.Pilotage, to_remind: Sequence[Overdue], precedent: str | Path | None
) -> list[tuple[Overdue, str, bytes]]:
    contrat, annee = result.contrat, result.annee
    campagne = coordination.campagne(pilotage)
    if precedent:
        from cls_workbook.reports.consolidation.previous_year import for_workbooks

        campagne = replace(campagne, **for_workbooks(precedent, contrat, annee))
    # The workbook of a reminder asks for what is still wanted, and for nothing that was answered.
    asked = [replace(r.respondent, fiches=r.a_remplir) for r in to_remind if r.a_remplir]
    made = produce(contrat, annee, asked, campagne) if asked else ()
    workbooks = {respondent.id: workbook for respondent, workbook in zip(asked, made, strict=True)}
    drafts, names = [], forms.file_names(r.respondent.id for r in to_remind)
    for r in to_remind:
        message = relance_message.draft(contrat, annee, r, pilotage.contact, workbooks.get(r.respondent.id))
        drafts.append((r, f"relance-{names[r.respondent.id]}.eml", message))
    return drafts


def _sheet(result: Result, hits: Sequence[Overdue], names: dict[str, str]) -> Sheet:
    lines = [dict(zip(RELANCES.titles, _row(r, names.get(r.respondent.id)), strict=True)) for r in hits]
    footer = f"{result.contrat.nom_court} · relances {result.annee} au {date_fr(result.day)}"
    return table_sheets.sheet(table_sheets.from_rows(RELANCES, lines), footer)


def _row(r: Overdue, draft: str | None) -> tuple[object, ...]:
    statut = _SAID_RECEIVED_TEXT.format(r.statut) if r.said_received else r.statut or None
    fiches = map(_fiches, (r.missing, (*r.rejected, *r.set_aside), r.duplicated, r.received))
    reminder = _TO_NAME if r.groupe else statut, r.reminded_on, r.courriel or None
    return (r.respondent.nom, *fiches, r.limite, r.days, *reminder, draft)


def _fiches(reponses: Sequence[ExpectedAnswer]) -> str | None:
    return ", ".join(f"{fiche} ({volet})" if volet else fiche for fiche, volet in reponses) or None


def _remove_old_drafts(folder: Path, kept: set[str]) -> None:
    """Removes the drafts of an earlier run to structures that have answered since. A file that is not ours stays."""
    for file in sorted(folder.glob("relance-*.eml")):
        with suppress(OSError):
            ours = f"{relance_message.MARK}: relance".encode() in file.read_bytes()[:2000]
            if ours and file.name not in kept:
                file.unlink()
