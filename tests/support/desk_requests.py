"""What the page asks of its desk, on a folder of a small campaign; and what the command line makes of the same."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

from cls_workbook.cli.commands import main
from cls_workbook.page.desk.requests import Desk
from tests.support.annotated_copies import FAULTS
from tests.support.small_workbook import DEFINITION, filled

DAY = "2026-04-01"
CAMPAIGN = {
    "contrat": "essai.toml",
    "annee": 2025,
    "iso_day": DAY,
    "retours": ["retours/ville.xlsx", "retours/mutuelle.xlsx"],
}


def lay_out_campaign() -> None:
    """In the current folder: a definition that does not ship, two returns of which one is faulty."""
    Path("retours").mkdir()
    Path("essai.toml").write_text(DEFINITION, encoding="utf-8")
    filled(Path("retours"), FAULTS, "ville", nom="ville.xlsx")
    filled(Path("retours"), {"1.1/mesures/1.1-I01/valeur": 12}, "mutuelle", nom="mutuelle.xlsx")


def ask(what: str, tell=lambda done, name: None, desk: Desk | None = None, **given) -> dict:
    """``desk``: one that has answered before (default: a new one)."""
    return json.loads((desk or Desk()).answer(json.dumps({"what": what, **given}), tell))


def unzipped(path: str) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def of_folder(folder: str) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in Path(folder).rglob("*") if p.is_file()}


def command(*arguments: str) -> None:
    assert main([*arguments]) in (0, 1)
