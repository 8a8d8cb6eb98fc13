"""One file of every kind that the commands write, for contracts that ship: what other engines are given to judge.

``make(folder, contracts)`` gives them by label: « dijon-2024-2028 · consolidation ». Each is made by its command, as a
user would.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable
from pathlib import Path

from cls_workbook import forms
from cls_workbook.cli.commands import main
from cls_workbook.definition import toml_reader
from cls_workbook.forms import examples
from cls_workbook.workbook import writer

FAULTY = "environ une douzaine"  # typed where a number is asked: the return has an annotated copy
RETURNED = "copie annotée"  # the values of its formulas are those that the partner's program computed


def is_workbook(file: Path) -> bool:
    return file.suffix.startswith(".xl")


def make(folder: Path, contracts: Iterable[str]) -> dict[str, Path]:
    """Label → file."""
    files: dict[str, Path] = {}
    for contract in contracts:
        files |= {f"{contract} · {kind}": file for kind, file in _of_contract(folder / contract, contract).items()}
    files["description vide"] = _made(folder / "modele.xlsx", "contrat", "modele")
    files["région"] = _made(folder / "region.xlsx", "region", *(f for k, f in files.items() if "synthèse" in k))
    _run("complement", "installer", "--sortie", folder / "complement")
    files["complément"] = next((folder / "complement").glob("*.xlam"))
    return files


def _of_contract(folder: Path, contract: str) -> dict[str, Path]:
    """The year's workbooks, a return and what comes of it, the coordinator's files, next year's workbooks."""
    described = toml_reader.load(contract)
    year, following = described.annees[:2]
    of = ("--contrat", contract, "--annee", year)
    respondents = forms.repondants(described)
    first = respondents[0].id if respondents else ""
    files = _workbooks(folder / "classeurs", contract, year, first)
    retour = _filled(folder / "retour.xlsx", described, year, respondents[0]) if respondents else files["classeur"]
    consolidation = _made(folder / "consolidation.xlsx", "consolider", retour, *of)
    after = _workbooks(folder / "suivants", contract, following, first, "--precedent", consolidation)
    files |= {f"{kind} avec précédent": file for kind, file in after.items()}
    if respondents:
        _run("controler", retour, "--annoter", folder / "annotes")
        files["copie annotée"] = next((folder / "annotes").glob("*.xlsx"))
    return files | {
        "consolidation": consolidation,
        "synthèse": _made(folder / "synthese.xlsx", "synthese", consolidation),
        "bilan": _made(folder / "bilan.docx", "bilan", consolidation),
        "présentation": _made(folder / "presentation.pptx", "presentation", consolidation),
        "pilotage": _made(folder / "pilotage.xlsx", "pilotage", *of),
        "coordination": _made(folder / "coordination.xlsm", "coordonner", *of),
        "description": _made(folder / "modele.xlsx", "contrat", "modele", "--contrat", contract),
        "dictionnaire": _made(folder / "dictionnaire.xlsx", "dictionnaire", *of, "--format", "xlsx"),
    }


def _workbooks(folder: Path, contract: str, year: int, structure: str, *options: object) -> dict[str, Path]:
    """The general workbook, and that of a structure where one is given."""
    _run("generer", "--contrat", contract, "--annee", year, "--par-structure", "--sortie", folder, *options)
    files = {"classeur": folder / f"{contract}-{year}.xlsx"}
    if structure:
        files["classeur de structure"] = folder / f"{contract}-{year}-{forms.file_name(structure)}.xlsx"
    return files


def _filled(path: Path, described, year: int, respondent) -> Path:
    """A return: every question answered, one of them in a way that no reading understands."""
    plan = forms.plan(described, year, respondent)
    answers = examples.make_answers(plan) | {"accueil/reponse/structure": respondent.nom}
    wrong = next(p.cle for p in plan.input_places() if p.type in ("entier", "montant") and p.cle in answers)
    examples.fill_cell(plan, answers | {wrong: FAULTY})
    writer.write(plan.workbook, path)
    return path


def _made(path: Path, *command: object) -> Path:
    _run(*command, "--sortie", path)
    assert path.exists(), path
    return path


def _run(*command: object) -> None:
    """A command that does what it is asked, with or without anomalies."""
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        code = main([str(word) for word in command])
    assert code in (0, 1), f"{command}\n{said.getvalue()}"
