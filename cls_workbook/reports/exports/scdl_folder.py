"""The folder of an SCDL export: ``subventions.csv``, the refused lines with their reasons, and the descriptor of
both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cls_workbook import csv_texts
from cls_workbook.csv_texts import NEUTRALIZATION, neutralized
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.errors import Refusal
from cls_workbook.french import how_many, number_fr, typography
from cls_workbook.reports.agency import ars_copy
from cls_workbook.reports.exports import data_package, scdl
from cls_workbook.reports.exports.export_source import ExportSource, read
from cls_workbook.reports.exports.table_schema import as_text
from cls_workbook.reports.exports.whole_folder import DESCRIPTOR, MARK, whole_folder
from cls_workbook.tables import consolidation_tables
from cls_workbook.tables.described_columns import Row

GRANTS_FILE, REFUSED_FILE = "subventions.csv", "lignes-refusees.csv"
# What is printed of the payments is not what the schema publishes.
_REFUSED_LINE_COLUMNS = tuple(
    t for t in consolidation_tables.FINANCEMENTS.titles if t not in ("Année", "Prévu", "Versé")
)


@dataclass(frozen=True, slots=True)
class ScdlOutcome:
    """What was written, and what was not. ``refused``: one French sentence a line; ``autres``: lines of other
    funders."""

    files: list[Path]
    retained: int
    refused: list[str]
    autres: int

    def bilan(self) -> str:
        """One French sentence."""
        written, refused = how_many(self.retained, "ligne écrite"), how_many(len(self.refused), "refusée")
        return f"{written}, {refused}, {number_fr(self.autres)} d’autres financeurs."


def exporter(
    path: str | Path, folder: str | Path, financeur: str, siret: str | None = None, contrat: str | Path | None = None
) -> ScdlOutcome:
    """Writes the subventions of ``financeur`` (id or name) into ``folder``.

    ``siret``: the funder's, where the definition does not give it; ``contrat``: the definition, where it does not ship.
    Refusal if ``path`` is not a consolidation, or if the funder or its SIRET is not known.
    """
    source, folder = read(path), Path(folder)
    if consolidation_tables.FINANCEMENTS not in source.tables:
        raise Refusal(
            f"« {path} » est une synthèse : elle ne dit ni les conventions ni leurs références. Exportez la "
            f"consolidation."
        )
    definition = in_year(ars_copy.contrat_of(source.path, source.contrat, contrat), source.annee)
    granter = scdl.granter(definition, financeur, siret)
    sorting = scdl.sort_out(source, definition, granter)
    with whole_folder(folder) as provisoire:
        _write(provisoire / GRANTS_FILE, scdl.HEADER, sorting.retained)
        header = (*_REFUSED_LINE_COLUMNS, "Place dans la consolidation", "Raisons")
        refused = [
            [*(_as_csv(line[c]) for c in _REFUSED_LINE_COLUMNS), place, neutralized(" ; ".join(reasons))]
            for line, place, reasons in sorting.refused
        ]
        _write(provisoire / REFUSED_FILE, header, refused)
        data_package.write_descriptor(provisoire, _descriptor(source, granter, header))
    return ScdlOutcome(
        [folder / n for n in (GRANTS_FILE, REFUSED_FILE, DESCRIPTOR)],
        len(sorting.retained),
        [_sentence(*r) for r in sorting.refused],
        sorting.autres,
    )


def _write(file: Path, header: Iterable[str], rows: Iterable[Iterable[str]]) -> None:
    with file.open("w", encoding="utf-8", newline="") as output:
        csv_texts.write(output, header, rows)


def _as_csv(value: object) -> str:
    return neutralized(value) if isinstance(value, str) else as_text(value)


def _sentence(line: Row, place: str, reasons: list[str]) -> str:
    who = " · ".join(str(line[c]) for c in ("Fiche", "Structure", "Nature") if line[c])
    return typography(f"{place} ({who or 'ligne sans fiche'}) : {' ; '.join(reasons)}.")


def _descriptor(source: ExportSource, granter: scdl.Granter, refusals_header: tuple[str, ...]) -> dict[str, object]:
    description = typography(
        f"Les subventions de « {granter.nom} » au titre du contrat « {source.titre} », année {source.annee}, d’après "
        f"la consolidation du {source.day.isoformat()} ({source.etat}) : "
        "seulement les lignes qui ont une convention. Schéma SCDL subventions 2.1.1. Le montant est le montant engagé "
        "de l’année ; la période de versement est l’année de la campagne ; "
        "« échelonné » quand une partie est déjà versée, « autre » sinon, car les retours ne disent pas les "
        "versements. RNA, RAE et dispositif d’aide ne sont pas demandés : ils restent vides. "
    )
    refusal: list[dict[str, object]] = [{"name": titre, "title": titre, "type": "string"} for titre in refusals_header]
    return {
        "profile": "tabular-data-package",
        "name": f"{source.contrat}-{source.annee}-subventions",
        "title": f"Subventions {source.annee} — {source.titre}",
        "description": description + NEUTRALIZATION,
        "version": data_package.VERSION,
        "created": f"{source.day.isoformat()}T00:00:00Z",
        MARK: {"contract": source.contrat, "year": source.annee, "state": source.etat, "kind": "scdl"},
        "sources": [{"title": source.path.name, "hash": f"sha256:{source.digest}"}],
        "resources": [
            _resource_entry("subventions", GRANTS_FILE, [c.descriptor() for c in scdl.FIELDS]),
            _resource_entry("lignes-refusees", REFUSED_FILE, refusal),
        ],
    }


def _resource_entry(nom: str, file: str, input_fields: list[dict[str, object]]) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource",
        "name": nom,
        "path": file,
        "format": "csv",
        "mediatype": "text/csv",
        "encoding": "utf-8",
        "schema": {"fields": input_fields, "missingValues": [""]},
    }
