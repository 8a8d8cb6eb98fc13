"""Names and texts that would be HTML, lead elsewhere, read backwards or push a page off its screen; their files."""

from __future__ import annotations

import json
from pathlib import Path

from tests.support.small_contrat import retour
from tests.support.written_result import CONTRAT

HTML = "<img src=x onerror=alert(1)>"
TEXT = f"{HTML}&amp;\"'\u202etxt.exe\u202c {'W' * 120}"
FILES = (f'">{HTML}\u202egnp.xlsx', "deux\nlignes.xlsx", "x" * 250 + ".xlsx", "..\\..\\fuite.xlsx")
_NAMED = ("Contrat d’essai 2024-2026", "Association", "Consulter près de chez soi", "Soigner", "Consultations")


def definition(folder: Path) -> Path:
    """A contract whose title, structure, fiche, axe and measure are such texts."""
    text = CONTRAT
    for rank, named in enumerate(_NAMED):
        text = text.replace(json.dumps(named, ensure_ascii=False), json.dumps(f"{rank} {TEXT}", ensure_ascii=False))
    assert text.count("onerror") >= len(_NAMED)
    (folder / "essai.toml").write_text(text, encoding="utf-8")
    return folder / "essai.toml"


def files(folder: Path, reference: Path) -> list[Path]:
    """Returns under such names, of which two hold such a text where a number is asked for."""
    wrong = {"1.1/mesures/1.1-I01/valeur": TEXT}
    made = [retour(folder, reference, "asso", wrong, nom=FILES[0]), retour(folder, reference, "ville", nom=FILES[1])]
    made += [retour(folder, reference, "ville", nom=FILES[2]), retour(folder, reference, "asso", wrong, nom=FILES[3])]
    return [folder / name for name in made]
