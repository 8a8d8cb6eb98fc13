"""A return that cannot be annotated as it is (an ``.ods``): the year's workbook drawn anew, with what was typed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from cls_workbook import forms
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat
from cls_workbook.forms import examples
from cls_workbook.forms.layout import InputPlace
from cls_workbook.reading.cells.shown import as_text
from cls_workbook.reading.locating.retour import Retour
from cls_workbook.workbook import writer


@dataclass(frozen=True)
class CarriedOver:
    """``places``: key of an input of the return → (sheet, cell) in the new workbook. ``lost``: what has none, said."""

    content: bytes
    places: Mapping[str, tuple[str, str]]
    worksheets: frozenset[str]
    lost: tuple[str, ...] = ()


def remake(retour: Retour, contrat: Contrat) -> CarriedOver:
    """The workbook of the contract with the answers of the return, whatever the form that it came in."""
    contrat = in_year(contrat, retour.annee)
    plan = forms.plan(contrat, retour.annee, _respondent(retour, contrat))
    places = {p.cle: p for p in plan.input_places()}
    additions = dict(_places_of_added_rows(retour, plan, places))
    reponses, lost, where = {}, [], {}
    for typed in retour.saisies:
        row, _, champ = typed.cle.rpartition("/")
        cle = f"{additions[row]}/{champ}" if row in additions else typed.cle
        if cle in places:
            reponses[cle] = _to_write(typed.raw)
            where[typed.cle] = (places[cle].sheet, places[cle].cell)
        else:
            lost.append(f"Non repris, à reporter : {typed.sheet}, {typed.cell} : « {as_text(typed.raw)} ».")
    examples.fill_cell(plan, reponses)
    where = {cle: (p.sheet, p.cell) for cle, p in places.items()} | where
    worksheets = frozenset(f.nom for f in plan.workbook.worksheets)
    return CarriedOver(writer.to_bytes(plan.workbook), where, worksheets, tuple(lost))


def _respondent(retour: Retour, contrat: Contrat) -> forms.Respondent | None:
    """The structure that the workbook was made for, with its fiches; None for the general workbook."""
    if not retour.structure:
        return None
    known = contrat.by_structure.get(retour.structure)
    volets = {n: v for r in forms.repondants(contrat) if r.id == retour.structure for n, v in r.fiches}
    fiches = tuple((f, volets.get(f, "")) for f in retour.fiches if f in contrat.par_fiche)
    return forms.Respondent(retour.structure, known.nom if known else retour.structure, fiches)


def _places_of_added_rows(
    retour: Retour, plan: forms.WorkbookPlan, places: Mapping[str, InputPlace]
) -> Iterator[tuple[str, str]]:
    """Row that the partner added → the blank row of the table that takes it in, as long as there is one."""
    taken = {s.cle.rpartition("/")[0] for s in retour.saisies}
    for prefix in (prefix for sheet in plan.worksheets for prefix in sheet.extensible):
        its_own = sorted({c.rpartition("/")[0] for c in places if c.startswith(f"{prefix}/")})
        added = sorted(r for r in taken if r.startswith(f"{prefix}/") and r not in its_own)
        yield from zip(added, [r for r in its_own if r not in taken], strict=False)


def _to_write(raw: object) -> object:
    """A raw value as our writer stores it: a partner's text stays a text."""
    if isinstance(raw, bool | int | str | datetime | date):
        return raw
    if isinstance(raw, float):
        return int(raw) if raw.is_integer() and abs(raw) < 1e15 else raw
    return as_text(raw)
