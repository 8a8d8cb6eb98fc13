"""Who may import whom: the table of the README, held against the code's own imports."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

PAQUET = Path(__file__).parent.parent / "cls_workbook"
README = PAQUET.parent / "README.md"
SURVEILLES = {"pandas", "pandera", "numpy", "openpyxl", "xlsxwriter", "python_calamine", "xlwings", "tqdm", "lxml", "pyarrow", "dask", "distributed", "zlib_ng"}
PORTES = {"__init__", "__main__", "cli", "excel", "demo", "conductor", "generation"}


def maison(fichier: Path) -> str:
    """The room of a file: its sub-package, or the module itself at the top."""
    morceaux = fichier.relative_to(PAQUET).parts
    return morceaux[0] if len(morceaux) > 1 else fichier.stem


def importes(fichier: Path) -> set[str]:
    """Rooms and watched libraries that a file imports, wherever it does so; imports for type checkers apart."""
    arbre = ast.parse(fichier.read_text(encoding="utf-8"))
    pour_les_types = {n for si in ast.walk(arbre) if isinstance(si, ast.If) and "TYPE_CHECKING" in ast.dump(si.test) for n in ast.walk(si)}
    modules: set[str] = set()
    for noeud in ast.walk(arbre):
        if noeud in pour_les_types:
            continue
        if isinstance(noeud, ast.ImportFrom) and noeud.module:
            modules |= {f"cls_workbook.{a.name}" for a in noeud.names} if noeud.module == "cls_workbook" else {noeud.module}
        elif isinstance(noeud, ast.Import):
            modules |= {a.name for a in noeud.names}
    pieces = {m.split(".")[1] for m in modules if m.startswith("cls_workbook.")} - {maison(fichier)}
    return pieces | ({m.partition(".")[0] for m in modules} & SURVEILLES)


def table() -> dict[str, set[str]]:
    """Room → what the README lets it import."""
    lignes = re.findall(r"^\| `(\w+)` \|[^|]*\| ([^|]*) \|$", README.read_text(encoding="utf-8"), re.MULTILINE)
    return {piece: set(re.findall(r"`(\w+)`", permis)) for piece, permis in lignes}


@cache
def pieces() -> dict[str, set[str]]:
    trouvees: dict[str, set[str]] = {}
    for fichier in PAQUET.rglob("*.py"):
        trouvees.setdefault(maison(fichier), set()).update(importes(fichier))
    return trouvees


@pytest.mark.parametrize("piece", sorted(p for p in pieces() if p not in ("__init__", "__main__")))
def test_a_room_imports_only_what_the_readme_says(piece):
    assert pieces()[piece] == table()[piece]


def test_nothing_below_the_doors_imports_them():
    for piece, vues in pieces().items():
        if piece not in PORTES:
            assert not vues & PORTES, piece


def test_only_one_room_writes_workbooks_and_only_reading_opens_them():
    par_bibliotheque = {b: {p for p, vues in pieces().items() if b in vues} for b in SURVEILLES}
    assert par_bibliotheque["xlsxwriter"] == {"xlsx"}
    assert par_bibliotheque["python_calamine"] <= {"reading", "results"}
    assert par_bibliotheque["pandera"] == {"checks"}
    assert par_bibliotheque["lxml"] == {"annotation"}
    assert par_bibliotheque["pyarrow"] == {"exports"}
    assert par_bibliotheque["distributed"] == {"moteurs"}
    assert par_bibliotheque["dask"] == set()
    assert par_bibliotheque["xlwings"] == {"excel"}
    assert par_bibliotheque["openpyxl"] == set()


def test_the_code_names_no_contract():
    """Nothing is special about a contract: names of places stand in definitions only."""
    for fichier in PAQUET.rglob("*.py"):
        assert not re.search(r"dijon|besan[cç]on|mayenne|bourgogne|franche", fichier.read_text(encoding="utf-8"), re.IGNORECASE), fichier


@pytest.mark.parametrize("fichier", sorted(PAQUET.rglob("*.py")), ids=lambda f: f.relative_to(PAQUET).as_posix())
def test_a_file_and_its_functions_stay_readable(fichier):
    texte = fichier.read_text(encoding="utf-8")
    assert texte.count("\n") <= 450
    for noeud in ast.walk(ast.parse(texte)):
        if isinstance(noeud, ast.FunctionDef):
            assert noeud.end_lineno - noeud.lineno < 60, f"{noeud.name} est trop longue"
