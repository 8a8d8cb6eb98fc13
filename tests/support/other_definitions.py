"""Five contracts of other shapes than those that ship, small but whole: where their definitions are, their parts."""

from __future__ import annotations

from pathlib import Path

from cls_workbook.definition import toml_reader
from cls_workbook.domain.model import Contrat

FOLDER = Path(__file__).with_name("definitions")
AUBERVILLIERS = str(FOLDER / "aubervilliers-2018-2022.toml")
BANDRELE = str(FOLDER / "bandrele-2022-2025.toml")
BARONNIES = str(FOLDER / "baronnies-2025-2030.toml")
CHAROLAIS = str(FOLDER / "charolais-brionnais-2025-2027.toml")
PTSM = str(FOLDER / "ptsm-deux-sevres-2021-2026.toml")
ALL = sorted(str(path) for path in FOLDER.glob("*.toml"))


def text(path: str) -> str:
    return Path(path).read_text(encoding="utf-8")


def parsed(path: str, *replacements: tuple[str, str]) -> Contrat:
    """The definition, each text replaced by another; a text that is not there is an error of the test."""
    texte = text(path)
    for ancien, nouveau in replacements:
        assert ancien in texte, ancien
        texte = texte.replace(ancien, nouveau)
    return toml_reader.parse(texte, "essai")


def plain(texte: object) -> str:
    """With ordinary spaces."""
    return str(texte).replace("\u00a0", " ")
