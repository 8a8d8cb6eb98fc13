"""A partner's whole return, filled in through LibreOffice from its first sheet, by what the sheets show alone: nothing
that is asked is out of reach, nothing right is said to be wrong, and every figure arrives as it was typed."""

from __future__ import annotations

import datetime
import re
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from cls_workbook import forms
from cls_workbook.cli.commands import main
from cls_workbook.definition import load
from cls_workbook.forms.layout import FILLED
from tests.support import other_definitions
from tests.support.partner_at_keyboard import Partner, meant

DIJON = ("dijon-2024-2028", 2026, "dijon-metropole")
LETTERED = (other_definitions.AUBERVILLIERS, 2020, "ville")
NOT_IN_TABLES = {"SIRET", "Structure", "Courriel", "Fonction de la personne qui…"}


def told(path: Path) -> dict[tuple[str, str], set[object]]:
    """(sheet, cell or row of funding) → what the tables of a consolidation say of it."""
    found: dict[tuple[str, str], set[object]] = {}
    workbook = openpyxl.load_workbook(path, read_only=True)
    for nom in ("Mesures", "Réponses", "Lignes de financement"):
        header, *rows = ([c.value for c in row] for row in workbook[nom].iter_rows())
        start = next(n for n, r in enumerate([header, *rows]) if "Cellule" in r)
        header, rows = [header, *rows][start], [header, *rows][start + 1 :]
        for row in (dict(zip(header, r, strict=True)) for r in rows if any(r)):
            values = [row["Valeur"]] if "Valeur" in row else list(row.values())
            cell = str(row["Cellule"]).partition(":")[0]
            key = cell if "Valeur" in row else re.sub(r"\D", "", cell)
            found.setdefault((row["Feuille"], key), set()).update(map(comparable, values))
    return found


def comparable(value: object) -> object:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return meant(value) if isinstance(value, str) and re.fullmatch(r"\d\d/\d\d/\d{4}", value) else value
    return Decimal(str(value)).quantize(Decimal("0.0001"))


@pytest.mark.exhaustive
@pytest.mark.parametrize("scene", [LETTERED, DIJON], ids=["lettered", "dijon"])
def test_a_whole_return_is_filled_in_from_its_first_sheet_and_read_as_typed(libreoffice, tmp_path, scene, capsys):
    definition, annee, structure = scene
    main(["generer", "--contrat", definition, "--annee", str(annee), "--sortie", str(tmp_path), "--par-structure"])
    sent = next(tmp_path.glob(f"*-{annee}-{structure}.xlsx"))
    with libreoffice.open(sent) as document:
        partner = Partner(document)
        partner.fill_all()
        document.recalc()
        asked = {s for s in partner.opened if s.startswith("FA ")}
        states = {sheet: set(partner.states(sheet).values()) for sheet in asked}
        summary = [
            c.valeur for a, c in document.values("Sommaire").items() if a.startswith("I") and a not in ("I1", "I3")
        ]
        returned = [document.save(tmp_path / f"rendu.{extension}") for extension in ("xlsx", "ods")]
    assert states == dict.fromkeys(asked, {FILLED})
    assert set(summary) == {"complète"}
    assert out_of_reach(definition, annee, structure, partner) == set()
    with libreoffice.open(returned[0]) as document:
        assert {sheet: document.judged_invalid(sheet) for sheet in partner.opened} == dict.fromkeys(partner.opened, [])
    for path in returned:
        capsys.readouterr()
        code = main(["controler", str(path), "--contrat", definition])
        blocking = [line for line in capsys.readouterr().out.split("\n\n") if "— bloquant" in line]
        assert (code, blocking) == (0, [])
        output = path.with_suffix(".consolidation.xlsx")
        main(["consolider", str(path), "--contrat", definition, "--annee", str(annee), "--sortie", str(output)])
        assert lost(partner, told(output)) == {}


def out_of_reach(definition: str, annee: int, structure: str, partner: Partner) -> set[tuple[str, str]]:
    """The inputs that the plan asks for and that neither a link nor Tab led to."""
    contrat = load(definition)
    who = next(r for r in forms.repondants(contrat) if r.id == structure)
    planned = {(p.sheet, p.cell) for p in forms.plan(contrat, annee, who).input_places()}
    return planned - {(sheet, cell) for sheet, cells in partner.stops.items() for cell in cells}


def lost(partner: Partner, tables: dict[tuple[str, str], set[object]]) -> dict[tuple[str, str], str]:
    """What was typed and is not said of its cell (of its row, for the money)."""
    missing = {}
    for (sheet, cell), texte in partner.typed.items():
        said = tables.get((sheet, cell), set()) | tables.get((sheet, re.sub(r"\D", "", cell)), set())
        wanted = comparable(float(meant(texte))) if isinstance(meant(texte), Decimal) else meant(texte)
        if wanted not in said and partner.asked[sheet, cell].title not in NOT_IN_TABLES:
            missing[sheet, cell] = texte
    return missing
