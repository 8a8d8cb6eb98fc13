"""Last year's consolidation, read back: what was retained, what was consolidated, what was engaged in all."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypedDict

from cls_workbook.domain.carried_over import as_cell, is_taken_up
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.domain.small_counts import is_identifying_rate, small
from cls_workbook.errors import Refusal
from cls_workbook.french import fold
from cls_workbook.tables import consolidation_tables as described
from cls_workbook.tables.described_columns import DescribedTable, Row

if TYPE_CHECKING:
    import pandas as pd

    from cls_workbook.checks.given.check_input import PreviousYear

CENT = Decimal("0.01")


@dataclass(frozen=True)
class PreviousConsolidation:
    """The tables of a consolidation workbook, each a list of rows (column header → cell, blank = None)."""

    path: Path
    tables: dict[str, list[Row]]

    def identity(self, champ: str) -> Any:
        """What the workbook says of itself (contrat, année…); None where it does not."""
        return next(
            (
                _number(r.get("Valeur"))
                for r in self.tables.get("Repères", ())
                if (r.get("Rubrique"), r.get("Champ")) == ("Identification", champ)
            ),
            None,
        )


def read(path: str | Path) -> PreviousConsolidation:
    """Reads the data sheets of a consolidation workbook. Refusal if it is not one."""
    from python_calamine import CalamineError, CalamineWorkbook

    path = Path(path)
    try:
        workbook = CalamineWorkbook.from_path(str(path))
        worksheets = {
            nom: workbook.get_sheet_by_name(nom).to_python(skip_empty_area=False) for nom in workbook.sheet_names
        }
    except (OSError, CalamineError, zipfile.BadZipFile, ValueError) as error:
        raise Refusal(
            f"La consolidation « {path} » est introuvable ou illisible. Indiquez un classeur produit par « consolider "
            f"»."
        ) from error
    return from_sheets(path, worksheets)


def from_sheets(path: Path, worksheets: Mapping[str, Sequence[Sequence[object]]]) -> PreviousConsolidation:
    """The tables of a consolidation from the rows of its sheets, headers first. Refusal if it is not one."""
    tables = {nom: _table(lines) for nom, lines in worksheets.items() if lines}
    if not {"Mesures", "Indicateurs", "Financement par fiche"} <= tables.keys():
        raise Refusal(
            f"« {path} » n’est pas une consolidation : les feuilles Mesures, Indicateurs et Financement par fiche n’y "
            f"sont pas toutes."
        )
    return PreviousConsolidation(path, tables)


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
            f"« {path} » est la consolidation de {contrat.year_name(when)} : l’année précédente de "
            f"{contrat.year_name(annee)} est {contrat.year_name(annee - 1)}."
        )
    return consolidation


def _table(lines: Sequence[Sequence[object]]) -> list[Row]:
    headers = [str(e) for e in lines[0]]
    ranks = [dict(zip(headers, (None if c == "" else c for c in line), strict=False)) for line in lines[1:]]
    return [r for r in ranks if any(v is not None for v in r.values())]


def own_values(consolidation: PreviousConsolidation, contrat: Contrat, annee: int) -> dict[str, dict[str, object]]:
    """Structure (id, or folded name) → measure → what its own return said: a figure, a rate (a share), a mean or a
    state. Empty if the consolidation is older than the year before ``annee``."""
    if consolidation.identity("année") not in (None, annee - 1):
        return {}
    statements: dict[tuple[str, str], list[tuple[str, object]]] = {}
    for r in consolidation.tables["Mesures"]:
        nom, mesure = str(r.get("Structure") or ""), str(r["Mesure"])
        if mesure in contrat.by_mesure and nom:
            statements.setdefault((contrat.identify(nom) or fold(nom), mesure), []).append(
                (str(r["Champ"]), _number(r.get("Valeur")))
            )
    own: dict[str, dict[str, object]] = {}
    for (structure, mesure), input_fields in statements.items():
        if (valeur := _own_value(contrat.by_mesure[mesure][2], input_fields)) is not None:
            own.setdefault(structure, {})[mesure] = valeur
    return own


def _own_value(mesure: Mesure, input_fields: list[tuple[str, object]]) -> object:
    """One figure for what one structure said; None where it said none, or several that do not add up (two volets)."""

    def said(*names: str) -> list[Any]:
        return [v for c, v in input_fields if c in names and v is not None]

    if mesure.type == "taux":
        tops, bottom = (
            said("numerateur"),
            said("denominateur") or [mesure.denominateur] * (mesure.denominateur is not None),
        )
        # rows of a breakdown have the same names of champs: the rate of all of them is what their sums make
        return (
            Decimal(sum(tops)) / Decimal(sum(bottom))
            if tops and sum(bottom) and (len(tops) == len(bottom) or mesure.denominateur)
            else None
        )
    values = said({"ventilation": "effectif", "moyenne": "moyenne", "jalon": "jalon"}.get(mesure.type, "valeur"))
    if len(values) < 2:
        return values[0] if values else None
    return sum(values) if mesure.agregation in ("FLUX", "PERSONNES") or mesure.type == "ventilation" else None


def indicateurs(consolidation: PreviousConsolidation, contrat: Contrat, annee: int) -> dict[str, object]:
    """Measure id → consolidated value of the year before ``annee``; a measure without value is absent. Empty if the
    consolidation is of an older year: what it says is not last year's."""
    if consolidation.identity("année") not in (None, annee - 1):
        return {}
    values = {str(r["Mesure"]): r.get("Valeur") for r in consolidation.tables["Indicateurs"]}
    return {m: _number(v) for m, v in values.items() if v is not None and m in contrat.by_mesure}


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
    """``indicateurs``, without what speaks of few people: the general workbook goes to all the partners."""
    return {
        m: v
        for m, v in indicateurs(consolidation, contrat, annee).items()
        if not _is_small_count(consolidation, contrat, m, v)
    }


def _is_small_count(consolidation: PreviousConsolidation, contrat: Contrat, mesure: str, valeur: object) -> bool:
    threshold, desired = contrat.seuil_petits_effectifs, contrat.by_mesure[mesure][2]
    if not desired.petits_effectifs:
        return False
    if desired.agregation not in ("RATIO", "SATISFACTION"):
        return small(valeur, threshold)
    line = next(r for r in consolidation.tables["Indicateurs"] if str(r["Mesure"]) == mesure)
    return is_identifying_rate(_number(line.get("Numérateur")), _number(line.get("Dénominateur")), threshold)


def history(consolidation: PreviousConsolidation, contrat: Contrat) -> list[Row]:
    """The rows of ``summaries.history`` that this consolidation holds; of its own year only, if it is of before they
    were kept."""
    lines = consolidation.tables.get("Historique")
    if lines is not None:
        return [{c: _number(r.get(c)) for c in r} | {"Année": _number(r.get("Année"))} for r in lines]

    from cls_workbook.summaries import history as memory
    from cls_workbook.tables.summary_tables import PROGRESS
    from cls_workbook.tables.table_frames import frame_records, table_frame

    annee = consolidation.identity("année")
    if not isinstance(annee, int):
        return []

    def frame(table: DescribedTable) -> pd.DataFrame:
        rows = consolidation.tables.get(table.sheet, [])
        return table_frame(table, ([_number(r.get(c)) for c in table.titles] for r in rows))

    contrat = in_year(contrat, annee)
    par_fiche = frame(described.FINANCEMENT_FICHES)
    rows = memory.history(
        contrat,
        annee,
        indicateurs=frame(described.INDICATEURS),
        mesures=frame(described.MESURES),
        avancement=table_frame(PROGRESS),
        par_fiche=par_fiche[[f in contrat.par_fiche for f in par_fiche["Fiche"]]] if len(par_fiche) else par_fiche,
        financements=frame(described.FINANCEMENTS),
    )
    return frame_records(rows)


def engage_to_date(consolidation: PreviousConsolidation) -> dict[str, Decimal]:
    """Fiche → euros engaged on the maquette up to that year: the contract's amount less what was left to engage; where
    the contract gives no amount, the sum of the years that are kept."""
    running_total: dict[str, Decimal] = {}
    for rank in consolidation.tables.get("Historique", ()):
        if rank["Objet"] == "Engagé" and isinstance(rank["Valeur"], (int, float)):
            fiche = str(rank["Fiche"])
            running_total[fiche] = running_total.get(fiche, Decimal(0)) + Decimal(repr(rank["Valeur"])).quantize(CENT)
    for rank in consolidation.tables["Financement par fiche"]:
        montant, remaining = rank.get("Montant contrat"), rank.get("Reste à engager")
        if isinstance(montant, (int, float)) and isinstance(remaining, (int, float)):
            running_total[str(rank["Fiche"])] = (Decimal(repr(montant)) - Decimal(repr(remaining))).quantize(CENT)
    return running_total


def carried_over(consolidation: PreviousConsolidation, contrat: Contrat) -> dict[str, dict[str, object]]:
    """Respondent id (or name) → key of an input → what it answered, for what rarely changes
    (``domain.carried_over``)."""
    all_found: dict[str, dict[str, object]] = {}
    ranks: dict[tuple[str, str], dict[tuple[Any, ...], str]] = {}  # (respondent, table) → its rows, numbered anew

    def note_down(structure: object, cle: str, valeur: object) -> None:
        if structure and valeur is not None:
            all_found.setdefault(_respondent(contrat, structure), {}).setdefault(cle, as_cell(valeur))

    def line(structure: object, table: str, mark: tuple[Any, ...]) -> str:
        following = ranks.setdefault((_respondent(contrat, structure), table), {})
        return following.setdefault(mark, f"{len(following) + 1:02d}")

    for r in consolidation.tables.get("Réponses", ()):
        bloc, champ = str(r["Bloc"]), str(r["Champ"])
        if is_taken_up(bloc, champ) and r["Structure"]:
            prefix = f"{r['Fiche']}/{bloc}" if r["Fiche"] else f"accueil/{bloc}"
            rank = f"/{line(r['Structure'], prefix, (r['Fichier'], r['Ligne']))}" if r["Ligne"] else ""
            note_down(r["Structure"], f"{prefix}{rank}/{champ}", r["Valeur"])
    for r in consolidation.tables["Mesures"]:
        asked = next((b for b in ("taux", "satisfaction", "durees") if is_taken_up(b, str(r["Champ"]))), None)
        if asked:
            note_down(r["Structure"], f"{r['Fiche']}/{asked}/{r['Mesure']}/{r['Champ']}", r["Valeur"])
    for r in consolidation.tables.get("Lignes de financement", ()):
        if r["Structure"] and (r["Financeur"] or r["Nature"]):
            prefix = f"{r['Fiche']}/financement"
            rank = line(
                r["Structure"], prefix, (r["Financeur"], r["Nature"])
            )  # one line of a kind, however many it had
            note_down(r["Structure"], f"{prefix}/{rank}/financeur", r["Financeur"])
            note_down(r["Structure"], f"{prefix}/{rank}/nature", r["Nature"])
    return all_found


def _respondent(contrat: Contrat, nom: object) -> str:
    return contrat.identify(str(nom)) or str(nom)


def for_checks(consolidation: PreviousConsolidation, contrat: Contrat) -> PreviousYear:
    """Last year as the checks want it (frames)."""
    import pandas as pd

    from cls_workbook.checks.given.check_input import PreviousYear

    mesures = pd.DataFrame(
        [
            (
                str(r["Fiche"]),
                contrat.identify(str(r["Structure"])) or str(r["Structure"]),
                r.get("Volet") or "",
                str(r["Mesure"]),
                str(r["Champ"]),
                r.get("Modalité") or "",
                _number(r.get("Valeur")),
            )
            for r in consolidation.tables["Mesures"]
        ],
        columns=["fiche", "structure", "volet", "mesure", "champ", "modalite", "valeur"],
        dtype=object,
    )
    return PreviousYear(mesures, _past_engage(consolidation, contrat), _rows(consolidation, contrat))


def _rows(consolidation: PreviousConsolidation, contrat: Contrat) -> pd.DataFrame:
    """The funding lines of last year, as ``PreviousYear.lines`` wants them."""
    import pandas as pd

    columns = ("Fiche", "Structure", "Financeur", "Nature", "Prévu", "Engagé", "Versé", "Référence")
    lines = [
        (
            str(r["Fiche"]),
            contrat.identify(str(r["Structure"])) or str(r["Structure"]),
            *(_amount(r.get(c)) for c in columns[2:]),
        )
        for r in consolidation.tables.get("Lignes de financement", ())
    ]
    return pd.DataFrame(
        lines,
        columns=["fiche", "structure", "financeur", "nature", "prevu", "engage", "verse", "reference"],
        dtype=object,
    )


def _amount(valeur: object) -> object:
    """A sheet keeps an amount as a binary number: to the cent again."""
    return Decimal(repr(valeur)).quantize(CENT) if isinstance(valeur, (int, float)) else valeur


def _past_engage(consolidation: PreviousConsolidation, contrat: Contrat) -> pd.DataFrame:
    """What earlier years engaged, by fiche, funder and nature; on the maquette, in one row a fiche under the agency's
    name."""
    import pandas as pd

    agence = contrat.by_structure.get(contrat.agence or "")
    nature = next((n.libelle for n in contrat.natures if n.niveau == "maquette"), "")
    lines: list[tuple[Any, ...]] = [
        (fiche, agence.nom if agence else "", nature, montant)
        for fiche, montant in engage_to_date(consolidation).items()
    ]
    for rank in history(consolidation, contrat):
        if rank["Objet"] == "Engagé par financeur" and rank["Nature"] != nature:
            lines.append((str(rank["Fiche"]), rank["Financeur"] or "", rank["Nature"] or "", Decimal(rank["Valeur"])))
    return pd.DataFrame(lines, columns=["fiche", "financeur", "nature", "engage"], dtype=object)


def _number(valeur: Any) -> Any:
    """Whole numbers as int, others as exact Decimal; texts and dates as they are."""
    if isinstance(valeur, float):
        return int(valeur) if valeur.is_integer() else Decimal(repr(valeur))
    return valeur
