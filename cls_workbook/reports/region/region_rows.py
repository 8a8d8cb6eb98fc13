"""Copies → the rows of a region's tables. Pure. Money in euros; what is not known stays None through every sum.

Nothing is added across labels that merely look alike: contracts are told by their id, natures by their level, measures
by the theme and the unit that their contracts declare.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

from cls_workbook.french import NBSP, amount_fr, fold, number_fr, typography
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.agency import agency_tables as data
from cls_workbook.reports.region import region_tables
from cls_workbook.reports.region.agency_copies import RETAINED, ContratCopy, SetAsideFile
from cls_workbook.reports.region.region_places import reached_places
from cls_workbook.reports.region.region_tables import COFINANCEMENTS, MAQUETTE, OUTSIDE_MAQUETTE, POST, VALORISATION
from cls_workbook.reports.region.regional_details import detail_lines
from cls_workbook.reports.region.regional_sums import noyau_lines
from cls_workbook.summaries.aggregation import AS_RATE
from cls_workbook.summaries.funding import of_the_post
from cls_workbook.tables.consolidation_tables import DUPLICATE, MISSING, REJECTED, SET_ASIDE
from cls_workbook.tables.described_columns import DescribedTable, Row

SEPARATOR = f"{NBSP}; "
SHARE_UNIT = "taux"
BEFORE = "années d’avant le suivi, non additionnées"


def lines(copies: Sequence[ContratCopy], ecarts: Sequence[SetAsideFile]) -> dict[DescribedTable, list[Row]]:
    """Every table's rows, in the order of ``described.TABLES``: title → value. ``copies``: one a contract and year, in
    order."""
    financement = list(_financement(copies))
    tables = {
        region_tables.CONTRATS: [_contrat(c) for c in copies],
        region_tables.MAQUETTES: list(_maquettes(copies, financement)),
        region_tables.FINANCEMENT: financement,
        region_tables.FINANCEMENT_FICHES: list(
            _stack(copies, data.FINANCEMENT, [c.titre for c in data.FINANCEMENT.columns[2:-2]])
        ),
        region_tables.FINANCEURS: list(_stack(copies, data.FINANCEURS, ["Prévu", "Engagé", "Versé"])),
        region_tables.PLANNED_MONEY: list(_stack(copies, data.PLANNED_MONEY, ["Montant", "État"])),
        region_tables.LEFT_TO_PAY: list(_stack(copies, data.LEFT_TO_PAY, ["Reste à verser"])),
        region_tables.RESERVES: list(_stack(copies, data.RESERVES, ["Réserve"])),
        region_tables.POSTS: [
            line | {"À regarder": _to_look_at(line)} for line in _stack(copies, data.POSTS, ["ETP", "Aide versée"])
        ],
        region_tables.THEMES: list(_by_theme(copies)),
        region_tables.FICHES: list(_fiches(copies)),
        region_tables.PLACES: reached_places(copies),
        region_tables.BODIES: list(_stack(copies, data.INSTANCES, ["Réunions tenues", "Taux de participation"])),
        region_tables.EVALUATIONS: list(_stack(copies, data.PLANNED_EVALUATIONS, ["État", "Rendue le"])),
        region_tables.MESURES: list(_mesures(copies)),
        region_tables.UNCOMPARED: list(_uncompared(copies)),
        region_tables.OVERDUE: list(_overdue(copies, ecarts)),
        region_tables.FILES: sorted(
            [*map(_retained_row, copies), *map(_set_aside_row, ecarts)], key=lambda line: str(line["Fichier"])
        ),
    }
    tables |= noyau_lines(copies) | detail_lines(copies)
    return {table: [{t: line.get(t) for t in table.titles} for line in its_own] for table, its_own in tables.items()}


def _who(file_copy: ContratCopy) -> Row:
    return {
        "Contrat": file_copy.contrat["Contrat"],
        "Titre": file_copy.contrat["Titre"],
        "Nom court": file_copy.contrat["Nom court"],
        "Territoire": file_copy.contrat["Territoire"],
        "Année": file_copy.contrat["Année"],
    }


def _stack(copies: Iterable[ContratCopy], table: DescribedTable, titles: Sequence[str]) -> Iterator[Row]:
    """The rows of a table of every copy, each with its place (of ``titles``)."""
    for file_copy in copies:
        for rank, line in enumerate(file_copy.lines[table]):
            yield _who(file_copy) | line | file_copy.where(table, rank, titles)


# --- Contracts and money ----------------------------------------------------------------------------------------------


def _contrat(file_copy: ContratCopy) -> Row:
    money = file_copy.lines[data.FINANCEMENT]
    received, expected_returns = file_copy.contrat["Retours reçus"], file_copy.contrat["Retours attendus"]
    sums = {t: total_of(line[t] for line in money) for t in ("Programmé", "Engagé", "Versé", "Coût réalisé")}
    part = None if received is None or not expected_returns else Decimal(received) / Decimal(expected_returns)
    return (
        file_copy.contrat
        | sums
        | {"Taux de retour": part}
        | _targets(file_copy)
        | file_copy.where(data.CONTRAT, 0, ["Retours reçus", "À confirmer"])
    )


def _targets(file_copy: ContratCopy) -> Row:
    """How many targets are reached, followed, not known; nothing where the contract has none."""
    met = Counter(line["Cible atteinte"] for line in file_copy.lines[data.MESURES] if line["Cible"] is not None)
    titles = {data.YES: "Cibles atteintes", data.NO: "Cibles suivies", None: "Cibles non connues"}
    return {titre: met[word] for word, titre in titles.items()} if met else {}


# Nature → (the column of the contract, programmé, engagé, versé), and for which fiches (those of a post, the others,
# all).
_COLUMNS: dict[str, tuple[str | None, str | None, str, str | None, str | None]] = {
    MAQUETTE: ("Montant contrat", "Programmé", "Engagé", "Versé", None),
    POST: (None, None, "ARS hors maquette", None, data.YES),
    OUTSIDE_MAQUETTE: (None, None, "ARS hors maquette", None, data.NO),
    COFINANCEMENTS: (None, None, "Cofinancements", None, None),
    VALORISATION: (None, None, "Valorisation", None, None),
}


def _financement(copies: Iterable[ContratCopy]) -> Iterator[Row]:
    """One row a contract, year and nature that has money, or a maquette."""
    for file_copy in copies:
        money = file_copy.lines[data.FINANCEMENT]
        for nature, (prevu, programme, engage, verse, poste) in _COLUMNS.items():
            its_own = [(r, line) for r, line in enumerate(money) if poste in (None, line["Poste"])]
            known = [r for r, line in its_own if line[engage] is not None]
            line = {
                "Nature": nature,
                "Prévu au contrat": file_copy.contrat["Maquette"] if prevu else None,
                "Programmé": total_of(li[programme] for _, li in its_own) if programme else None,
                "Engagé": total_of(money[r][engage] for r in known),
                "Versé": total_of(li[verse] for _, li in its_own) if verse else None,
                "Fiches": len(known),
                "Réserve": _of_the_post(money, engage) if poste is None else None,
            }
            if any(line[t] is not None for t in ("Prévu au contrat", "Programmé", "Engagé", "Versé")):
                yield (
                    _who(file_copy)
                    | line
                    | _cell_range(
                        file_copy, [r for r, _ in its_own], [t for t in (prevu, programme, engage, verse) if t]
                    )
                )


def _of_the_post(money: Sequence[Row], column: str) -> str | None:
    return of_the_post(total_of(line[column] for line in money if line["Poste"] == data.YES)) or None


def _cell_range(file_copy: ContratCopy, ranks: Sequence[int], titles: Sequence[str]) -> Row:
    """The block that these columns of these rows make."""
    if not ranks:
        return file_copy.where(data.CONTRAT, 0, ["Maquette"])
    first, last = (file_copy.where(data.FINANCEMENT, r, titles) for r in (ranks[0], ranks[-1]))
    top, bottom = str(first["Cellule"]).partition(":")[0], str(last["Cellule"]).rpartition(":")[2]
    return first | {"Cellule": top if top == bottom else f"{top}:{bottom}"}


def _maquettes(copies: Sequence[ContratCopy], financement: Sequence[Row]) -> Iterator[Row]:
    """Each contract against its maquette, as its last year says it."""
    for contrat in dict.fromkeys(c.contrat["Contrat"] for c in copies):
        its_own = [c for c in copies if c.contrat["Contrat"] == contrat]
        last = its_own[-1]
        money = [li for li in financement if li["Contrat"] == contrat and li["Nature"] == MAQUETTE]
        known = [int(li["Année"]) for li in money if li["Engagé"] is not None]
        absent = [a for a in range(_followed_since(last.contrat), int(last.contrat["Année"]) + 1) if a not in known]
        before = [
            a for a in range(int(last.contrat["Première année"]), _followed_since(last.contrat)) if a not in known
        ]
        reserves = [last.contrat["Réserve"], f"{BEFORE}{NBSP}: {', '.join(map(str, before))}" if before else None]
        engage, verse, maquette = (
            total_of(li["Engagé"] for li in money),
            total_of(li["Versé"] for li in money),
            last.contrat["Maquette"],
        )
        remaining = last.contrat["Reste à engager"]
        yield (
            last.contrat
            | {
                "Engagé cumulé": engage,
                "Versé cumulé": verse,
                "Part engagée": (maquette - remaining) / maquette if maquette and remaining is not None else None,
                "Années additionnées": ", ".join(map(str, known)) or None,
                "Années absentes": ", ".join(map(str, absent)) or None,
                "Réserve": SEPARATOR.join(filter(None, reserves)) or None,
            }
            | last.where(data.CONTRAT, 0, ["Maquette"])
        )


def _to_look_at(line: Row) -> str | None:
    """What of a post does not agree with its rule, in a few words."""
    words = []
    etp, minimum = line["ETP"], line["ETP minimum"]
    if etp is None:
        words.append("ETP non connu")
    elif minimum is not None and etp < minimum:
        words.append(f"{number_fr(etp)} ETP, sous le minimum de {number_fr(minimum)}")
    if line["Dépense éligible"] is None:
        words.append("dépense éligible non connue")
    for what in ("Aide engagée", "Aide versée"):
        if line[what] is not None and line["Aide possible"] is not None and line[what] > line["Aide possible"]:
            words.append(
                f"{what.lower()} de {amount_fr(line[what] - line['Aide possible'])} au-dessus de ce que la règle permet"
            )
    return SEPARATOR.join(words) or None


# --- Fiches, themes ---------------------------------------------------------------------------------------------------


def _themes_of(file_copy: ContratCopy, numero: object, kind: str) -> list[Row]:
    return [t for t in file_copy.lines[data.THEMES] if t["Fiche"] == numero and t["Genre"] == kind]


def _fiches(copies: Iterable[ContratCopy]) -> Iterator[Row]:
    for line, file_copy in ((li, c) for c in copies for li in _stack([c], data.FICHES, ["Fiche", "État"])):
        axe = " — ".join(str(line[t]) for t in ("Axe", "Titre de l’axe") if line[t])
        labels = {
            g: SEPARATOR.join(str(t["Libellé"]) for t in _themes_of(file_copy, line["Fiche"], g)) or None
            for g in (data.THEME, data.PRIORITY, data.PLAN)
        }
        by_kind = {"Thèmes": labels[data.THEME], "Priorités": labels[data.PRIORITY], "Plans liés": labels[data.PLAN]}
        yield line | {"Axe": axe or None} | by_kind


def _by_theme(copies: Iterable[ContratCopy]) -> Iterator[Row]:
    """How many fiches of each theme, priority or plan are in each état; the same id and the same label only, but for a
    plan, which two contracts may write otherwise."""
    groups: dict[tuple[Any, ...], list[tuple[str, str]]] = {}
    plans: dict[str, str] = {}
    for file_copy in copies:
        etats = {li["Fiche"]: li.get("État commun") or li["État"] for li in file_copy.lines[data.FICHES]}
        for theme in file_copy.lines[data.THEMES]:
            libelle = theme["Libellé"]
            if theme["Genre"] == data.PLAN:
                libelle = plans.setdefault(theme["Identifiant"], libelle)
            cle = (
                file_copy.contrat["Année"],
                theme["Genre"],
                theme["Identifiant"],
                libelle,
                etats.get(theme["Fiche"]) or "",
            )
            groups.setdefault(cle, []).append((str(file_copy.contrat["Contrat"]), str(theme["Fiche"])))
    kinds = (data.THEME, data.PRIORITY, data.PLAN)
    for (annee, kind, identifier, libelle, etat), fiches in sorted(
        groups.items(), key=lambda g: (-g[0][0], kinds.index(g[0][1]), *g[0][2:])
    ):
        contrats = dict.fromkeys(c for c, _ in fiches)
        yield {
            "Année": annee,
            "Genre": kind,
            "Identifiant": identifier,
            "Libellé": libelle,
            "État": etat,
            "Fiches": len(fiches),
            "Contrats": len(contrats),
            "Lesquelles": SEPARATOR.join(f"{c} {', '.join(f for d, f in fiches if d == c)}" for c in contrats),
        }


# --- Measures ---------------------------------------------------------------------------------------------------------


def unit_of(mesure: Row) -> str | None:
    """The unit that a measure may be compared in; a rate is a share whatever it is a rate of."""
    return SHARE_UNIT if mesure["Agrégation"] in AS_RATE else mesure["Unité"]


def _mesures(copies: Iterable[ContratCopy]) -> Iterator[Row]:
    """The measures that two contracts at least declare of the same theme (id and label) and of the same unit."""
    groups: dict[tuple[Any, ...], list[Row]] = {}
    for line in _stack(copies, data.MESURES, ["Valeur"]):
        unite = unit_of(line)
        if line["Thème"] and unite:
            cle = (str(line["Libellé du thème"]), str(line["Thème"]), fold(str(unite)), line["Agrégation"] in AS_RATE)
            groups.setdefault(cle, []).append(line | {"Unité": unite})
    for cle in sorted(groups):
        if len({line["Contrat"] for line in groups[cle]}) > 1:
            yield from sorted(groups[cle], key=lambda li: (li["Contrat"], li["Mesure"], li["Année"]))


def _uncompared(copies: Iterable[ContratCopy]) -> Iterator[Row]:
    """The measures of a theme that several contracts follow, where no other contract has their unit; of each contract,
    its last year."""
    by_theme: dict[tuple[str, str], dict[tuple[str, str], Row]] = {}
    for line in _stack(copies, data.MESURES, ["Valeur"]):
        if line["Thème"]:
            cle = str(line["Libellé du thème"]), str(line["Thème"])
            by_theme.setdefault(cle, {})[str(line["Contrat"]), str(line["Mesure"])] = line | {"Unité": unit_of(line)}
    for cle in sorted(by_theme):
        its_own = by_theme[cle].values()
        contrats: dict[str, set[str]] = {}
        for line in its_own:
            contrats.setdefault(fold(str(line["Unité"] or "")), set()).add(str(line["Contrat"]))
        if len(set().union(*contrats.values())) > 1:
            alone = [li for li in its_own if not li["Unité"] or len(contrats[fold(str(li["Unité"]))]) == 1]
            yield from sorted(alone, key=lambda li: (str(li["Contrat"]), str(li["Mesure"])))


# --- What did not come ------------------------------------------------------------------------------------------------

_KIND_OF_STATUT = {
    MISSING: region_tables.RETOUR_MANQUANT,
    REJECTED: region_tables.REJECTED_RETOUR,
    DUPLICATE: region_tables.DUPLICATE_RETOUR,
}


def _overdue(copies: Sequence[ContratCopy], ecarts: Sequence[SetAsideFile]) -> Iterator[Row]:
    """The years of a contract that have no synthèse, up to the last one of the region; then the returns that are
    missing, of which the coordinator may have set one aside."""
    yield from _missing_syntheses(copies, ecarts)
    retours = list(_stack(copies, data.RETOURS, ["Statut"]))
    aside = {_answered(line) for line in retours if line["Statut"] == SET_ASIDE}
    for line in retours:
        if line["Statut"] in _KIND_OF_STATUT:
            told = "reçu, et écarté par la coordination" if _answered(line) in aside else None
            yield line | {"Quoi": _KIND_OF_STATUT[line["Statut"]], "Précision": told}


def _answered(line: Row) -> tuple[object, ...]:
    """What a return answers for."""
    return tuple(line[titre] for titre in ("Contrat", "Année", "Fiche", "Structure", "Volet"))


def _missing_syntheses(copies: Sequence[ContratCopy], ecarts: Sequence[SetAsideFile]) -> Iterator[Row]:
    jusque = max((int(c.contrat["Année"]) for c in copies), default=0)
    latest_by_contrat = {c.contrat["Contrat"]: c.contrat for c in copies}
    all_expected = {
        (i, a)
        for i, c in latest_by_contrat.items()
        for a in range(_followed_since(c), min(int(c["Dernière année"]), jusque) + 1)
    }
    all_expected |= {(e.contrat, e.annee) for e in ecarts if e.contrat and e.annee}
    for contrat, annee in sorted(all_expected - {c.cle for c in copies}):
        received = [f"« {e.file} » est écarté ({e.statut})" for e in ecarts if (e.contrat, e.annee) == (contrat, annee)]
        yield {
            "Contrat": contrat,
            **{t: latest_by_contrat.get(contrat, {}).get(t) for t in ("Nom court", "Territoire")},
            "Année": annee,
            "Quoi": region_tables.MISSING_SYNTHESE,
            "Précision": typography(SEPARATOR.join(received)) or "aucun fichier reçu",
        }


def _followed_since(contrat: Row) -> int:
    """The first year of which a synthèse may be missing: that in which the contract took the tool."""
    return max(int(contrat["Première année"]), int(contrat.get("Suivi depuis") or 0))


def _retained_row(file_copy: ContratCopy) -> Row:
    return file_copy.contrat | {
        "Fichier": file_copy.file,
        "Statut": RETAINED,
        "Genre": file_copy.kind,
        "Empreinte SHA-256": file_copy.digest,
    }


def _set_aside_row(gap: SetAsideFile) -> Row:
    return {
        "Fichier": gap.file,
        "Statut": gap.statut,
        "Raison": gap.reason,
        "Contrat": gap.contrat,
        "Année": gap.annee,
        "Empreinte SHA-256": gap.digest,
    }
