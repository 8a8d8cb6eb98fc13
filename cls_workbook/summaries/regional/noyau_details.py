"""The breakdowns of what a contract answers to its noyau: as they are, and as they may leave. Pure.

What leaves is looked at with all that leaves beside it: the counts of the fiches that answer, and the totals.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence

import pandas as pd

from cls_workbook.domain.model import Contrat
from cls_workbook.domain.regional.noyau_model import NoyauMesure
from cls_workbook.domain.regional.taken_in import answering, noyau_asked
from cls_workbook.domain.small_counts import is_identifying_rate
from cls_workbook.french import fold
from cls_workbook.reading.storing.wide_views import quotient, total_of
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.deducible_counts import LeavingCount, lines_to_mask
from cls_workbook.summaries.masking import ADDITIVES, MASKED, count_of, counted_unit, is_masked, leaving
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records

COUNTED_TWICE = "non dédoublonné"
_FIGURES = ("Valeur", "Numérateur", "Dénominateur")


def details(contrat: Contrat, annee: int, ventilations: pd.DataFrame) -> list[Row]:
    """The rows of the table ``Noyau par catégorie``: of several fiches that answer one question, added. A detail that
    the question does not ask is the fiche's own, and none of the region's.

    ``ventilations``: the frame of ``activity.ventilations``.
    """
    noyau = contrat.regional.taken_in
    version = noyau.version_of(annee) if noyau else None
    if noyau is None or version is None:
        return []
    by, said = answering(contrat), _by_mesure(ventilations)
    who = {"Noyau": noyau.id, "Version": version.numero}
    return [
        who | _question(asked) | line
        for asked in noyau_asked(contrat, annee)
        if asked.ventilation
        for line in _categories(asked, [line for m in by.get(asked.id, ()) for line in said.get(m.id, ())])
    ]


def _by_mesure(ventilations: pd.DataFrame) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for line in frame_records(ventilations):
        found.setdefault(line["mesure"], []).append(line)
    return found


def _question(asked: NoyauMesure) -> Row:
    return {"Mesure": asked.id, "Libellé": asked.libelle, "Unité": asked.unite, "Agrégation": asked.agregation}


def _categories(asked: NoyauMesure, lines: Iterable[Row]) -> Iterator[Row]:
    groups: dict[str, list[Row]] = {}
    for line in lines:
        groups.setdefault(fold(line["modalite"]), []).append(line)
    for alike in groups.values():
        top, bottom, count = (
            total_of(li[champ] for li in alike) for champ in ("numerateur", "denominateur", "effectif")
        )
        if asked.agregation in AS_RATE:
            count = quotient(top, bottom)
        unsure = count is None and asked.agregation in ("ENTITES", "STOCK")
        yield {
            "Catégorie": alike[0]["modalite"],
            "Valeur": count,
            "Numérateur": top,
            "Dénominateur": bottom,
            "Réserve": COUNTED_TWICE if unsure else None,
        }


# --- What leaves ----------------------------------------------------------------------------------------------------


def leaving_details(
    contrat: Contrat, lines: Sequence[Row], answers: Iterable[Row], known: Mapping[str, Row], shown: Mapping[str, Row]
) -> list[Row]:
    """The same rows without the small counts, nor those that would give them, or another, away.

    ``answers``: what leaves of the noyau; ``known`` and ``shown``: measure → its row of ``Indicateurs``, as it is and
    as it leaves. A question whose answer is masked, whose detail cannot leave beside the figures that are printed, or
    of which no category would be left, has no row, as if none had been given: to say why would say too much.
    """
    gone: set[Hashable] = {li["Mesure"] for li in answers if is_masked(li["Réserve"])}
    concealed: set[Hashable] = set()
    for lines_of_unit in _of_one_unit(contrat, lines):
        concealed |= _concealed(contrat, lines_of_unit, known, shown)
    gone |= concealed & {li["Mesure"] for li in lines}
    gone |= {li["Mesure"] for li in lines if _is_sensitive(contrat, li) and _is_rate_of_few(li, contrat)}
    gone |= {li["Mesure"] for li in lines} - {li["Mesure"] for li in lines if _key(li) not in concealed}
    kept = [li for li in lines if li["Mesure"] not in gone]
    return [_masked(contrat, li) if _key(li) in concealed else li for li in kept]


def _key(line: Row) -> tuple[str, str]:
    return str(line["Mesure"]), str(line["Catégorie"])


def _is_sensitive(contrat: Contrat, line: Row) -> bool:
    return any(m.petits_effectifs for m in answering(contrat).get(str(line["Mesure"]), ()))


def _is_rate_of_few(line: Row, contrat: Contrat) -> bool:
    return line["Agrégation"] in AS_RATE and is_identifying_rate(
        line["Numérateur"], line["Dénominateur"], contrat.follow_up.seuil_petits_effectifs
    )


def _of_one_unit(contrat: Contrat, lines: Iterable[Row]) -> Iterable[list[Row]]:
    groups: dict[str, list[Row]] = {}
    for line in lines:
        if line["Agrégation"] in ADDITIVES and count_of(line["Valeur"]) is not None:
            groups.setdefault(counted_unit(line["Unité"]), []).append(line)
    return groups.values()


def _concealed(
    contrat: Contrat, lines: Sequence[Row], known: Mapping[str, Row], shown: Mapping[str, Row]
) -> set[Hashable]:
    """Of the details of one unit: the categories that go; all the questions where a printed figure would have to."""
    by, counts = answering(contrat), dict[Hashable, LeavingCount]()
    unit, printed = counted_unit(lines[0]["Unité"]), set[Hashable]()
    for question in dict.fromkeys(str(li["Mesure"]) for li in lines):
        counts |= _beside(contrat, {contrat.by_mesure[m.id][0].numero for m in by[question]}, unit, known)
        total = total_of(count_of(known[m.id]["Valeur"]) for m in by[question] if m.id in known)
        if len(by[question]) > 1 and total is not None:
            counts[question] = LeavingCount(total, False, question, question)
            printed.add(question)
    printed |= {m for m in counts if m in shown and not is_masked(shown[str(m)]["Réserve"])}
    for line in lines:
        count = count_of(line["Valeur"])
        if count is not None:
            counts[_key(line)] = LeavingCount(count, _is_sensitive(contrat, line), _key(line), line["Mesure"])
    masked = lines_to_mask(counts, contrat.follow_up.seuil_petits_effectifs)
    return {li["Mesure"] for li in lines} if masked & printed else masked


def _beside(contrat: Contrat, fiches: set[str], unit: str, known: Mapping[str, Row]) -> dict[Hashable, LeavingCount]:
    """The counts of that unit that these fiches print."""
    found: dict[Hashable, LeavingCount] = {}
    for id_, (fiche, _, mesure) in contrat.by_mesure.items():
        count = count_of(known[id_]["Valeur"]) if id_ in known and mesure.agregation in ADDITIVES else None
        if fiche.numero in fiches and count is not None and counted_unit(known[id_]["Unité"]) == unit:
            found[id_] = leaving(contrat, id_, count)
    return found


def _masked(contrat: Contrat, line: Row) -> Row:
    """Which of the masked categories is the small one is not said."""
    why = f"{MASKED} (effectif de 1 à {contrat.follow_up.seuil_petits_effectifs}, ou qui en donnerait un)"
    return line | dict.fromkeys(_FIGURES) | {"Réserve": why}
