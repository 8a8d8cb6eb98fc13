"""A sheet of an entry workbook as text, one line a cell: what a change of the template looks like in a diff.

    python -m tests.support.dump_fiche

writes ``golden/fiche_2.3.txt`` again, to be reviewed before it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from cls_workbook import forms
from cls_workbook.definition import toml_reader
from cls_workbook.workbook.description import Cell, CellRange, Formula, Link, Sheet, Validation, address, letter

CONTRAT, YEAR, FICHE = "dijon-2024-2028", 2025, "2.3"
GOLDEN = Path(__file__).parents[1] / "golden" / f"fiche_{FICHE}.txt"


def dump() -> str:
    plan = forms.plan(toml_reader.load(CONTRAT), YEAR)
    sheet = next(f for f in plan.workbook.worksheets if f.nom == forms.sheet_name(plan.contrat.par_fiche[FICHE]))
    keys = {(e.row, e.column): e for e in plan.input_places() if e.sheet == sheet.nom}
    parts = (
        ("Feuilles", [f"{f.nom} · {f.etat}{' · protégée' if f.protected else ''}" for f in plan.workbook.worksheets]),
        ("Noms", [f"{nom} = {cell_range.a1()}" for nom, cell_range in sheet.names.items()]),
        (f"Feuille {sheet.nom}", _settings(sheet)),
        ("Cellules", _cells(sheet)),
        ("Fusions", [f.a1() for f in sheet.merges]),
        (
            "Saisies",
            [
                f"{e.cell} · {e.cle} · {e.type}{' · obligatoire' if e.obligatoire else ''}"
                for _, e in sorted(keys.items())
            ],
        ),
        ("Validations", [_validation(v) for v in sheet.validations]),
        ("Mises en forme", [f"{m.cell_range.a1()} · {m.formula} · {m.style}" for m in sheet.conditional_formats]),
    )
    return "\n".join(line for titre, lines in parts for line in (f"# {titre}", *lines, "")) + "\n"


def _settings(sheet: Sheet) -> Iterator[str]:
    print_setup = sheet.print_setup
    yield "largeurs : " + " ".join(f"{letter(c)}={v:g}" for c, v in sorted(sheet.widths.items()))
    yield (
        f"colonnes masquées : {[letter(c) for c in sheet.hidden_columns]} · figée : {sheet.frozen_at} · onglet : "
        f"{sheet.tab_color} · insérer : {sheet.insert_rows}"
    )
    yield (
        f"lignes répétées : {print_setup.repeated_rows} · sauts : {print_setup.page_breaks} · pied : "
        f"{print_setup.left_footer}"
    )


def _cells(sheet: Sheet) -> Iterator[str]:
    """One line a cell; blank cells of one style that stand side by side share theirs."""

    def following(cell: Cell) -> tuple:
        return (cell.line, cell.style, cell.valeur is None) if cell.valeur is None else (cell.line, cell.column)

    for _, groupe in groupby(sorted(sheet.cells, key=lambda c: c[:2]), following):
        cells = list(groupe)
        if len(cells) == 1:
            yield _cell(cells[0], sheet.heights)
        else:
            yield f"{address(*cells[0][:2])}:{address(*cells[-1][:2])} · {cells[0].style} · vides"


def _cell(cell: Cell, heights: dict[int, float]) -> str:
    line, column, valeur, style = cell
    top = f" ({heights[line]:g} pt)" if column == 1 and line in heights else ""
    return f"{address(line, column)} · {style} · {_value(valeur)}{top}"


def _value(valeur: object) -> str:
    match valeur:
        case None:
            return "vide"
        case Formula(texte, result):
            return f"={texte} → {result!r}"
        case Link(cible, texte, tooltip):
            return f"[{texte}]({cible} « {tooltip} »)"
    return str(valeur).replace("\n", " ⏎ ").replace("\u00a0", "⍽")


def _validation(validation: Validation) -> str:
    bounds = (
        f"{validation.minimum} à {validation.maximum}"
        if validation.type != "liste"
        else str(validation.source) + ("" if validation.strict else " (proposée)")
    )
    return (
        f"{_ranges_text(validation.cell_ranges)} · {validation.type} · {bounds}\n    {validation.titre} : "
        f"{validation.prompt}\n    {validation.error_title} : {validation.error}"
    ).replace("\u00a0", "⍽")


def _ranges_text(cell_ranges: list[CellRange]) -> str:
    return " ".join(p.a1() for p in cell_ranges)


def main() -> None:
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(dump(), encoding="utf-8")
    print(GOLDEN)


if __name__ == "__main__":
    main()
