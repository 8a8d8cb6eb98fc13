"""Last year's consolidation, read back: what was retained, what was consolidated, what was engaged in all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from cls_workbook.domain.carried_over import as_cell, is_taken_up
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.domain.wording import financeur_now
from cls_workbook.errors import Refusal
from cls_workbook.french import date_fr, fold
from cls_workbook.reports import table_reading
from cls_workbook.summaries.balances.remainders import ENGAGE, ENGAGED_BEFORE
from cls_workbook.tables import consolidation_tables as described
from cls_workbook.tables.described_columns import DescribedTable, Row

if TYPE_CHECKING:
    import pandas as pd

    from cls_workbook.checks.given.check_input import PreviousYear

CENT = Decimal("0.01")
_REQUIRED = (described.MESURES, described.INDICATEURS, described.FINANCEMENT_FICHES)
_MESURES = ["fiche", "structure", "volet", "mesure", "champ", "modalite", "valeur"]  # of ``PreviousYear``
_LINES = ["fiche", "structure", "financeur", "nature", "prevu", "engage", "verse", "reference"]
_UNREADABLE = (
    "La consolidation « {path} » est introuvable ou illisible. {why}Indiquez un classeur produit par « consolider »."
)


@dataclass(frozen=True)
class PreviousConsolidation:
    """The described tables that a consolidation workbook has, typed; of each, the titles that its sheet lacks."""

    path: Path
    tables: dict[DescribedTable, list[Row]]
    lacking: dict[DescribedTable, list[str]]

    def rows(self, table: DescribedTable) -> list[Row]:
        return self.tables.get(table, [])

    def identity(self, champ: str) -> Any:
        """What the workbook says of itself (contrat, année…); None where it does not."""
        rows = self.rows(described.ANCHORS)
        return next((r["Valeur"] for r in rows if (r["Rubrique"], r["Champ"]) == ("Identification", champ)), None)


def read(path: str | Path) -> PreviousConsolidation:
    """Reads the data sheets of a consolidation workbook. Refusal if it is not one."""
    return from_sheets(Path(path), table_reading.open_up(path, _UNREADABLE))


def from_sheets(path: Path, worksheets: Mapping[str, Sequence[Sequence[object]]]) -> PreviousConsolidation:
    """The tables of a consolidation from the rows of its sheets, headers first. Refusal if it is not one."""
    present = [t for t in described.TABLES if worksheets.get(t.sheet)]
    if not set(_REQUIRED) <= set(present):
        raise Refusal(
            f"« {path} » n’est pas une consolidation : les feuilles Mesures, Indicateurs et Financement par fiche n’y "
            f"sont pas toutes."
        )
    read_again = {t: table_reading.rows_as_they_are(t, worksheets[t.sheet]) for t in present}
    return PreviousConsolidation(
        path, {t: rows for t, (rows, _) in read_again.items()}, {t: lacking for t, (_, lacking) in read_again.items()}
    )


def read_last_year(path: str | Path, contrat: Contrat, annee: int) -> PreviousConsolidation:
    """The consolidation of an earlier year of this contract. Refusal if it is of another contract, of this year or of a
    later one."""
    consolidation = read(path)
    whose, when = consolidation.identity("contrat"), consolidation.identity("année")
    if whose not in (None, contrat.id):
        raise Refusal(
            f"« {path} » est la consolidation du contrat « {whose} », non de « {contrat.id} ». Indiquez celle de l’an "
            f"dernier."
        )
    if isinstance(when, int) and when >= annee:
        raise Refusal(
            f"« {path} » est la consolidation de {contrat.follow_up.year_name(when)} : l’année précédente de "
            f"{contrat.follow_up.year_name(annee)} est {contrat.follow_up.year_name(annee - 1)}."
        )
    return consolidation


def own_values(consolidation: PreviousConsolidation, contrat: Contrat, annee: int) -> dict[str, dict[str, object]]:
    """Structure (id, or folded name) → measure → what its own return said: a figure, a rate (a share), a mean or a
    state. Empty if the consolidation is older than the year before ``annee``."""
    if consolidation.identity("année") not in (None, annee - 1):
        return {}
    otherwise = _counted_otherwise(consolidation, contrat)
    statements: dict[tuple[str, str], list[tuple[str, object]]] = {}
    for r in consolidation.rows(described.MESURES):
        nom, mesure = r["Structure"] or "", str(r["Mesure"])
        if mesure in contrat.by_mesure and mesure not in otherwise and nom:
            who = contrat.identify(nom) or fold(nom)
            statements.setdefault((who, mesure), []).append((str(r["Champ"]), r["Valeur"]))
    own: dict[str, dict[str, object]] = {}
    for (structure, mesure), answers in statements.items():
        if (valeur := _own_value(contrat.by_mesure[mesure][2], answers)) is not None:
            own.setdefault(structure, {})[mesure] = valeur
    return own


def _own_value(mesure: Mesure, answers: list[tuple[str, object]]) -> object:
    """One figure for what one structure said; None where it said none, or several that do not add up (two volets)."""

    def said(nom: str) -> list[Any]:
        return [v for c, v in answers if c == nom and v is not None]

    if mesure.type == "taux":
        # Rows of a breakdown have the same names of champs: the rate of all of them is what their sums make.
        tops, bottoms = said("numerateur"), said("denominateur")
        bottoms = bottoms or [mesure.denominateur] * (mesure.denominateur is not None)
        whole = tops and sum(bottoms) and (len(tops) == len(bottoms) or mesure.denominateur)
        return Decimal(sum(tops)) / Decimal(sum(bottoms)) if whole else None
    values = said(
        {"ventilation": "effectif", "moyenne": "moyenne", "jalon": "jalon", "date": "jour"}.get(mesure.type, "valeur")
    )
    if mesure.type == "date":
        return date_fr(values[0]) if len(values) == 1 and isinstance(values[0], date) else None
    if len(values) < 2:
        return values[0] if values else None
    return sum(values) if mesure.agregation in ("FLUX", "PERSONNES", "CUMUL") or mesure.type == "ventilation" else None


def indicateurs(consolidation: PreviousConsolidation, contrat: Contrat, annee: int) -> dict[str, object]:
    """Measure id → consolidated value of the year before ``annee``; a measure without value, or that was counted
    otherwise, is absent. Empty if the consolidation is of an older year: what it says is not last year's."""
    if consolidation.identity("année") not in (None, annee - 1):
        return {}
    otherwise = _counted_otherwise(consolidation, contrat)
    values = {str(r["Mesure"]): r["Valeur"] for r in consolidation.rows(described.INDICATEURS)}
    return {m: v for m, v in values.items() if v is not None and m in contrat.by_mesure and m not in otherwise}


def _counted_otherwise(consolidation: PreviousConsolidation, contrat: Contrat) -> set[str]:
    """The measures that this consolidation counts in another unit, or by another rule, than ``contrat``."""
    from cls_workbook.summaries.history import counts_alike

    rows = [r for r in consolidation.rows(described.INDICATEURS) if r["Mesure"] in contrat.by_mesure]
    return {r["Mesure"] for r in rows if not counts_alike(r, contrat.by_mesure[r["Mesure"]][2])}


class PastValues(TypedDict):
    """What last year's consolidation puts in the workbooks of the year, by field of ``forms.WorkbookContext``."""

    precedent: dict[str, object]
    own: dict[str, dict[str, object]]
    carried_over: dict[str, dict[str, object]]


def for_workbooks(path: str | Path, contrat: Contrat, annee: int) -> PastValues:
    """Refusal if the consolidation is of another contract, of this year or of a later one."""
    past = read_last_year(path, contrat, annee)
    return PastValues(
        precedent=showable(past, contrat, annee),
        own=own_values(past, contrat, annee),
        carried_over=carried_over(past, contrat),
    )


def showable(consolidation: PreviousConsolidation, contrat: Contrat, annee: int) -> dict[str, object]:
    """``indicateurs``, as the agency's copy of that year shows them: without what speaks of few people or would give it
    away, since the general workbook goes to all the partners."""
    from cls_workbook.summaries.masking import mask_indicateurs
    from cls_workbook.summaries.years.masked_years import masked_years
    from cls_workbook.tables.table_frames import frame_of_rows, frame_records

    known = indicateurs(consolidation, contrat, annee)
    rows = [r for r in consolidation.rows(described.INDICATEURS) if str(r["Mesure"]) in known]
    table = frame_of_rows(described.INDICATEURS, rows)
    past = frame_of_rows(described.HISTORY, history(consolidation, contrat))
    concealed = masked_years(contrat, annee - 1, past).get(annee - 1, ())
    masked = frame_records(mask_indicateurs(contrat, table, concealed=concealed))
    return {r["Mesure"]: r["Valeur"] for r in masked if r["Valeur"] is not None}


def history(consolidation: PreviousConsolidation, contrat: Contrat) -> list[Row]:
    """The rows of ``summaries.history`` that this consolidation holds, funders called as ``contrat`` calls them; of its
    own year only, if it is of before they were kept."""
    rows, annee = consolidation.rows(described.HISTORY), consolidation.identity("année")
    if described.HISTORY not in consolidation.tables and isinstance(annee, int):
        rows = _first_history(consolidation, in_year(contrat, annee), annee)
    now = cache(lambda nom: financeur_now(contrat, nom) or nom)
    return [r | {"Financeur": now(r["Financeur"])} if r["Financeur"] else r for r in rows]


def _first_history(consolidation: PreviousConsolidation, contrat: Contrat, annee: int) -> list[Row]:
    from cls_workbook.summaries import history as memory
    from cls_workbook.tables.summary_tables import PROGRESS
    from cls_workbook.tables.table_frames import frame_of_rows, frame_records, table_frame

    frames = {t: frame_of_rows(t, consolidation.rows(t)) for t in (*_REQUIRED, described.FINANCEMENTS)}
    money = consolidation.rows(described.FINANCEMENT_FICHES)
    rows = memory.history(
        contrat,
        annee,
        indicateurs=frames[described.INDICATEURS],
        mesures=frames[described.MESURES],
        avancement=table_frame(PROGRESS),
        par_fiche=frame_of_rows(described.FINANCEMENT_FICHES, (r for r in money if r["Fiche"] in contrat.par_fiche)),
        financements=frames[described.FINANCEMENTS],
    )
    return frame_records(rows)


def engage_to_date(consolidation: PreviousConsolidation) -> dict[str, Decimal]:
    """Fiche → euros engaged on the maquette up to that year: the contract's amount less what was left to engage; where
    the contract gives no amount, the sum of the years that are kept and of what was said of those before."""
    engaged: dict[str, Decimal] = {}
    for r in consolidation.rows(described.HISTORY):
        if r["Objet"] in (ENGAGE, ENGAGED_BEFORE) and isinstance(r["Valeur"], (int, Decimal)):
            engaged[str(r["Fiche"])] = engaged.get(str(r["Fiche"]), Decimal(0)) + Decimal(r["Valeur"]).quantize(CENT)
    for r in consolidation.rows(described.FINANCEMENT_FICHES):
        montant, remaining = r["Montant contrat"], r["Reste à engager"]
        if isinstance(montant, (int, Decimal)) and isinstance(remaining, (int, Decimal)):
            engaged[str(r["Fiche"])] = (Decimal(montant) - Decimal(remaining)).quantize(CENT)
    return engaged


def carried_over(consolidation: PreviousConsolidation, contrat: Contrat) -> dict[str, dict[str, object]]:
    """Respondent id (or name) → key of an input → what it answered, for what rarely changes
    (``domain.carried_over``)."""
    answers: dict[str, dict[str, object]] = {}
    ranks: dict[tuple[str, str], dict[tuple[Any, ...], str]] = {}  # (respondent, table) → its rows, numbered anew

    def note_down(structure: object, cle: str, valeur: object) -> None:
        if structure and valeur is not None:
            answers.setdefault(_respondent(contrat, structure), {}).setdefault(cle, as_cell(valeur))

    def line(structure: object, table: str, mark: tuple[Any, ...]) -> str:
        following = ranks.setdefault((_respondent(contrat, structure), table), {})
        return following.setdefault(mark, f"{len(following) + 1:02d}")

    for r in consolidation.rows(described.ANSWERS):
        bloc, champ = str(r["Bloc"]), str(r["Champ"])
        if is_taken_up(bloc, champ) and r["Structure"]:
            prefix = f"{r['Fiche']}/{bloc}" if r["Fiche"] else f"accueil/{bloc}"
            rank = f"/{line(r['Structure'], prefix, (r['Fichier'], r['Ligne']))}" if r["Ligne"] else ""
            note_down(r["Structure"], f"{prefix}{rank}/{champ}", r["Valeur"])
    for r in consolidation.rows(described.MESURES):
        asked = next((b for b in ("taux", "satisfaction", "durees") if is_taken_up(b, str(r["Champ"]))), None)
        if asked:
            note_down(r["Structure"], f"{r['Fiche']}/{asked}/{r['Mesure']}/{r['Champ']}", r["Valeur"])
    for r in consolidation.rows(described.FINANCEMENTS):
        financeur = financeur_now(contrat, r["Financeur"]) if r["Financeur"] else None
        if r["Structure"] and (financeur or (r["Nature"] and not r["Financeur"])):  # not who has left
            prefix = f"{r['Fiche']}/financement"
            # One line of a kind, however many it had.
            rank = line(r["Structure"], prefix, (financeur, r["Nature"]))
            note_down(r["Structure"], f"{prefix}/{rank}/financeur", financeur)
            note_down(r["Structure"], f"{prefix}/{rank}/nature", r["Nature"])
    return answers


def _respondent(contrat: Contrat, nom: object) -> str:
    return contrat.identify(str(nom)) or str(nom)


def for_checks(consolidation: PreviousConsolidation, contrat: Contrat) -> PreviousYear:
    """Last year as the checks want it (frames)."""
    import pandas as pd

    from cls_workbook.checks.given.check_input import PreviousYear

    def who(row: Row) -> tuple[str, str]:
        return str(row["Fiche"]), _respondent(contrat, row["Structure"])

    otherwise = _counted_otherwise(consolidation, contrat)
    mesures = [
        (*who(r), r["Volet"] or "", str(r["Mesure"]), str(r["Champ"]), r["Modalité"] or "", r["Valeur"])
        for r in consolidation.rows(described.MESURES)
        if r["Mesure"] not in otherwise
    ]
    titles = ("Financeur", "Nature", "Prévu", "Engagé", "Versé", "Référence")
    lines = [(*who(r), *(r[t] for t in titles)) for r in consolidation.rows(described.FINANCEMENTS)]
    return PreviousYear(
        pd.DataFrame(mesures, columns=_MESURES, dtype=object),
        _past_engage(consolidation, contrat),
        pd.DataFrame(lines, columns=_LINES, dtype=object),
    )


def _past_engage(consolidation: PreviousConsolidation, contrat: Contrat) -> pd.DataFrame:
    """What earlier years engaged, by fiche, funder and nature; on the maquette, in one row a fiche under the agency's
    name."""
    import pandas as pd

    agence = contrat.by_structure.get(contrat.parties.agence or "")
    nature = next((n.libelle for n in contrat.money.natures if n.niveau == "maquette"), "")
    lines: list[tuple[Any, ...]] = [
        (fiche, agence.nom if agence else "", nature, montant)
        for fiche, montant in engage_to_date(consolidation).items()
    ]
    for r in history(consolidation, contrat):
        if r["Objet"] == "Engagé par financeur" and r["Nature"] != nature:
            lines.append((str(r["Fiche"]), r["Financeur"] or "", r["Nature"] or "", Decimal(r["Valeur"])))
    return pd.DataFrame(lines, columns=["fiche", "financeur", "nature", "engage"], dtype=object)
