"""Steps that several scenes share: a year's workbooks, their returns, what is made of them."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path

from tests.golden.freeze_play import Scene, edit, slug, type_pilotage
from tests.golden.freeze_returns import Answers, Entry, type_answers

DIJON, SOLIDARITES, BESANCON = "dijon-2024-2028", "dijon-solidarites-2024-2027", "besancon-2016-2018"
SHIPPED = (BESANCON, DIJON, SOLIDARITES)
TRIAL = Path(__file__).with_name("freeze_trial.toml")
DAY = date(2026, 2, 15)
Inputs = dict[str, dict[str, object]]


def campaign(contract: str, year: int) -> tuple[str, ...]:
    return ("--contrat", contract, "--annee", str(year))


def dated(year: int) -> tuple[str, str]:
    """The day on which a year is consolidated."""
    return ("--date", DAY.replace(year=year + 1).isoformat())


def typed_pilotage(scene: Scene, contract: str, year: int, inputs: Inputs) -> str:
    """The coordinator's workbook, blank (an output) and filled (typed); the name of the second."""
    scene.run(f"pilotage-{year}", "pilotage", *campaign(contract, year), "--sortie", f"pilotage-vierge-{year}.xlsx")
    name = f"pilotage-{year}.xlsx"
    edit(scene.folder / f"pilotage-vierge-{year}.xlsx", scene.path(name), lambda book: type_pilotage(book, inputs))
    return name


def workbooks(scene: Scene, contract: str, year: int, *options: str) -> list[tuple[str, Path, list[Entry]]]:
    """Makes the year's workbooks; for each structure that answers: its id, its workbook, the inputs that it holds."""
    folder = f"classeurs-{year}"
    scene.run(
        f"generer-{year}-par-structure",
        "generer",
        *campaign(contract, year),
        "--par-structure",
        "--sortie",
        folder,
        *options,
    )
    pilotage = options[options.index("--pilotage") :][:2] if "--pilotage" in options else ()
    described = json.loads(scene.run(f"dictionnaire-{year}", "dictionnaire", *campaign(contract, year), *pilotage))
    structures = list(dict.fromkeys(s for entry in described for s in entry["structures"]))
    found = []
    for structure in structures:
        label = f"dictionnaire-{year}-{slug(structure)}"
        entries = json.loads(
            scene.run(label, "dictionnaire", *campaign(contract, year), *pilotage, "--structure", structure) or "[]"
        )
        path = next(iter((scene.folder / folder).glob(f"*-{year}-{slug(structure)}.xlsx")), None)
        if path is not None:
            found.append((structure, path, entries))
    return found


def typed_returns(
    scene: Scene, year: int, made: list[tuple[str, Path, list[Entry]]], folder: str, late: tuple[str, ...] = ()
) -> None:
    """Every structure answers but ``late``; one in three is hurried, one in six types the same every year."""
    for rank, (structure, path, entries) in enumerate(made):
        if structure in late:
            continue
        answers = Answers(entries, year, structure if rank % 6 == 5 else f"{structure} {year}")
        values = answers.awkward() if rank % 3 == 1 else answers.coherent()
        edit(path, scene.path(f"{folder}/{path.name}"), lambda book, e=entries, v=values: type_answers(book, e, v))


def results(scene: Scene, contract: str, year: int, folder: str, options: tuple[str, ...] = ()) -> None:
    """Consolidation, the agency's copy, exports, reminders, of one year."""
    of = (*campaign(contract, year), *options)
    scene.run(f"consolider-{year}", "consolider", folder, *of, *dated(year), "--sortie", f"consolidation-{year}.xlsx")
    scene.run(
        f"synthese-{year}",
        "synthese",
        f"consolidation-{year}.xlsx",
        "--sortie",
        f"synthese-{year}.xlsx",
        *_not_shipped(contract),
    )
    for kind in ("csv", "parquet"):
        scene.run(
            f"exporter-{year}-{kind}",
            "exporter",
            f"consolidation-{year}.xlsx",
            "--format",
            kind,
            "--sortie",
            f"export-{kind}-{year}",
        )
    scene.run(f"relances-{year}", "relances", folder, *of, *dated(year), "--sortie", f"relances-{year}")


def _not_shipped(contract: str) -> tuple[str, ...]:
    return () if contract in SHIPPED else ("--contrat", contract)


def dictionaries(scene: Scene, contract: str, year: int, structure: str) -> None:
    for kind in ("json", "csv", "xlsx"):
        scene.run(
            f"dictionnaire-{year}-en-{kind}",
            "dictionnaire",
            *campaign(contract, year),
            "--format",
            kind,
            "--sortie",
            f"dictionnaire-{year}.{kind}",
        )
    one = ("dictionnaire", *campaign(contract, year), "--structure", structure)
    scene.run(f"dictionnaire-{year}-une-structure-csv", *one, "--format", "csv")
    scene.run(
        f"dictionnaire-{year}-une-structure-xlsx", *one, "--format", "xlsx", "--sortie", f"dictionnaire-{year}-une.xlsx"
    )


def replacements(
    scene: Scene,
    made: list[tuple[str, Path, list[Entry]]],
    folder: str,
    contract: str,
    year: int,
    options: tuple[str, ...],
) -> None:
    """A corrected return: what it changes, and the consolidation where it takes the place of the first."""
    structure, path, entries = made[1]
    corrected = scene.path(f"corrections/{path.stem} (corrige).xlsx")
    values = Answers(entries, year, f"{structure} corrigé").coherent()
    edit(path, corrected, lambda book: type_answers(book, entries, values))
    old, new = f"{folder}/{path.name}", f"corrections/{corrected.name}"
    scene.run("comparer", "comparer", old, new, *_not_shipped(contract))
    scene.run("comparer-a-un-autre", "comparer", old, f"{folder}/{made[0][1].name}", *_not_shipped(contract))
    of = ("consolider", folder, "corrections", *campaign(contract, year), *dated(year), *options)
    scene.run("consolider-en-double", *of, "--sortie", "en-double.xlsx")
    scene.run("consolider-remplacer", *of, "--remplacer", f"{path.name}={corrected.name}", "--sortie", "remplace.xlsx")
    scene.run("consolider-remplacer-seul", *of, "--remplacer", corrected.name, "--sortie", "remplace-seul.xlsx")
    scene.run(
        "consolider-remplacer-absent",
        *of,
        "--remplacer",
        "absent.xlsx=ailleurs.xlsx",
        "--sortie",
        "remplace-absent.xlsx",
    )


def subsidies(scene: Scene, consolidation: str) -> None:
    scdl = ("exporter", consolidation, "--format", "scdl", "--sortie")
    scene.run("exporter-scdl", *scdl, "scdl", "--financeur", "ars", "--siret", "13000643100012")
    scene.run("exporter-scdl-siret-faux", *scdl, "scdl-faux", "--financeur", "ARS", "--siret", "123")
    scene.run("exporter-scdl-siret-bon", *scdl, "scdl-bon", "--financeur", "ARS", "--siret", "77821304500017")
    scene.run("exporter-scdl-financeur-inconnu", *scdl, "scdl-inconnu", "--financeur", "personne")
    scene.run("exporter-scdl-sans-siret", *scdl, "scdl-sans-siret", "--financeur", "dijon-metropole")


def coordination(scene: Scene, contract: str, year: int, inputs: Inputs, last: tuple[str, ...]) -> None:
    """The coordinator's workbook: blank, from a pilotage, over itself, from an older one; and taken as a pilotage."""
    of = ("coordonner", *campaign(contract, year), "--sortie")
    scene.run("coordonner", *of, "k-vierge.xlsm")
    scene.run("coordonner-pilotage", *of, "k-repris.xlsm", *last)
    edit(scene.folder / "k-vierge.xlsm", scene.path("typed/k.xlsm"), lambda book: type_pilotage(book, inputs))
    scene.run("coordonner-ancien", *of, "k-refait.xlsm", "--pilotage", "typed/k.xlsm")
    shutil.copy(scene.folder / "typed/k.xlsm", scene.folder / "k-encore.xlsm")
    scene.run("coordonner-sur-lui-meme", *of, "k-encore.xlsm")
    edit(
        scene.folder / "k-vierge.xlsm",
        scene.path("typed/notes.xlsm"),
        lambda book: book.create_sheet("Mes notes").append(["à garder"]),
    )
    scene.run("coordonner-sans-perdre", *of, "typed/notes.xlsm")
    scene.run(
        "generer-avec-coordination",
        "generer",
        *campaign(contract, year),
        "--pilotage",
        "typed/k.xlsm",
        "--sortie",
        "avec-k",
    )
    scene.run(
        "dictionnaire-avec-coordination",
        "dictionnaire",
        *campaign(contract, year),
        "--pilotage",
        "typed/k.xlsm",
        "--format",
        "csv",
    )
    scene.run("verifier-installation-classeur", "verifier-installation", "--classeur", "k-vierge.xlsm")


def annotated(scene: Scene, label: str, returns: list[Path], *options: str) -> None:
    """Returns checked and annotated, some of them checked only; and some annotated copies checked again."""
    names = [p.relative_to(scene.folder).as_posix() for p in returns]
    scene.run(f"controler-{label}", "controler", *names[:2], *options)
    scene.run(f"annoter-{label}", "controler", *names, "--annoter", f"annotes-{label}", *options)
    copies = sorted(p.relative_to(scene.folder).as_posix() for p in (scene.folder / f"annotes-{label}").glob("*"))
    if copies:
        scene.run(f"controler-annotes-{label}", "controler", *copies[:2], "--processus", "2", *options)
