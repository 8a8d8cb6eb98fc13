"""The scenes: every command that writes something, on the three shipped contracts and on a trial one.

Only the command line is driven; what partners and the coordinator type is typed with openpyxl.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import datetime

from tests.golden.freeze_play import Scene, as_ods, edit, type_pilotage
from tests.golden.freeze_returns import ALTERATIONS, CONTRADICTIONS, Answers, type_answers
from tests.golden.freeze_steps import (
    DIJON,
    SOLIDARITES,
    TRIAL,
    Inputs,
    annotated,
    campaign,
    coordination,
    dated,
    dictionaries,
    replacements,
    results,
    subsidies,
    typed_pilotage,
    typed_returns,
    workbooks,
)
from tests.golden.freeze_words import definitions, words

# --- Dijon: two years, one after the other -----------------------------------------------------------------------


DIJON_PILOTAGE: Inputs = {
    "campagne/limite": {"C": datetime(2026, 1, 31)},
    "campagne/contact": {"C": "la coordination, cls@exemple.fr"},
    "membres/operateurs/01": {"B": "Addictions France"},
    "membres/operateurs/02": {
        "B": "Mutualité Française BFC",
        "C": "3.2 · Soutenir le développement des Compétences Psycho-Sociales",
    },
    "membres/communes/01": {"B": "Commune de Chenôve"},
    "membres/communes/02": {"B": "Commune de Quetigny"},
    "programmation/1.2": {"F": 1000, "G": 15000},
    "programmation/2.3": {"G": 34270.5},
    "programmation/3.1": {"G": "6 000 €"},
    "autres/01": {"C": "5.1", "D": "ARS", "E": "ARS hors maquette", "F": 30000},
    "reunions/01": {"B": "Comité technique", "C": datetime(2025, 3, 20), "D": 24, "E": 17},
    "reunions/02": {"B": "Comité de pilotage (COPIL)", "C": "4 décembre 2025", "D": 36, "E": 22, "G": "en mairie"},
    "decisions/01": {
        "B": "1.2",
        "C": "maintien",
        "D": datetime(2025, 12, 4),
        "E": "on continue",
        "F": "avis favorable",
        "G": "un second quartier",
    },
    "suivi/reppop": {"C": "accueil@exemple.fr", "D": "par courriel", "F": datetime(2026, 2, 1)},
}


def dijon(scene: Scene) -> None:
    typed_returns(scene, 2024, workbooks(scene, DIJON, 2024), "retours-2024", late=("sdat",))
    results(scene, DIJON, 2024, "retours-2024")
    last = ("--pilotage", typed_pilotage(scene, DIJON, 2025, DIJON_PILOTAGE), "--precedent", "consolidation-2024.xlsx")
    typed_returns(scene, 2025, workbooks(scene, DIJON, 2025, *last), "retours-2025", late=("reppop", "acodege"))
    results(scene, DIJON, 2025, "retours-2025", last)
    scene.run("generer-2025-precedent", "generer", *campaign(DIJON, 2025), *last[2:], "--sortie", "simple-2025")
    several = ("consolider", "retours-2025", *campaign(DIJON, 2025), *dated(2025), "--processus")
    scene.run("consolider-2025-seule", *several, "2", "--sortie", "consolidation-seule.xlsx")
    scene.run("region", "region", "synthese-2024.xlsx", "synthese-2025.xlsx", "--sortie", "region.xlsx")
    scene.run(
        "region-mixte",
        "region",
        "consolidation-2024.xlsx",
        "synthese-2025.xlsx",
        "pilotage-2025.xlsx",
        "--sortie",
        "region-mixte.xlsx",
    )
    for command, suffix in (("bilan", "docx"), ("presentation", "pptx")):
        scene.run(command, command, "consolidation-2025.xlsx", "--sortie", f"{command}.{suffix}")
    annotated(scene, "2025", sorted((scene.folder / "retours-2025").iterdir()))


def dijon_blank(scene: Scene) -> None:
    """What is made for Dijon before any return, and the coordinator's workbook."""
    for year in (2024, 2028):
        scene.run(f"generer-{year}-simple", "generer", *campaign(DIJON, year), "--sortie", f"simple-{year}")
    dictionaries(scene, DIJON, 2024, "cpam")
    pilotage = typed_pilotage(scene, DIJON, 2025, DIJON_PILOTAGE)
    scene.run(
        "generer-2025-pilotage", "generer", *campaign(DIJON, 2025), "--pilotage", pilotage, "--sortie", "pilote-2025"
    )
    scene.path("personne/lisez-moi.txt").write_text("aucun retour", encoding="utf-8")
    scene.run(
        "relances-toutes",
        "relances",
        "personne",
        *campaign(DIJON, 2025),
        *dated(2025),
        "--pilotage",
        pilotage,
        "--sortie",
        "relances",
    )
    coordination(scene, DIJON, 2025, DIJON_PILOTAGE, ("--pilotage", pilotage))


# --- The trial contract: three years, every rule, every kind of fault --------------------------------------------


TRIAL_FAULTS: Inputs = {
    "autres/02": {"C": "1.6", "D": "Ville", "E": "Cofinancement", "F": "beaucoup"},
    "reunions/01": {"E": 11},
    "campagne/limite": {"C": "hier"},
    "programmation/1.3": {"G": -1},
    "decisions/01": {"C": "peut-être"},
}


def trial_pilotage(year: int) -> Inputs:
    return {
        "campagne/etat": {"C": "validé en COPIL"},
        "campagne/date_validation": {"C": datetime(year + 1, 3, 12)},
        "campagne/limite": {"C": datetime(year + 1, 1, 31)},
        "membres/communes/01": {"B": "Commune de Valcourt"},
        "membres/operateurs/01": {"B": "Alpha"},
        "membres/operateurs/02": {"B": "Bêta"},
        "programmation/1.1": {"G": 3000},
        "programmation/1.3": {"F": 40000, "G": 9000},
        "autres/01": {"C": "1.4", "D": "Agence", "E": "Hors maquette", "F": 4000},
        "reunions/01": {"B": "COPIL", "C": datetime(year, 6, 1), "D": 10, "E": 9},
        "decisions/01": {"B": "1.1", "C": "modification", "D": datetime(year, 6, 1), "E": "un montant"},
    }


def trial(scene: Scene) -> None:
    contract, last = typed_definition(scene), ()
    for year in (2024, 2025, 2026):
        last = ("--pilotage", typed_pilotage(scene, contract, year, trial_pilotage(year)), *last)
        late = ("Bêta",) if year == 2025 else ()
        typed_returns(scene, year, workbooks(scene, contract, year, *last), f"retours-{year}", late)
        results(scene, contract, year, f"retours-{year}", last)
        last = ("--precedent", f"consolidation-{year}.xlsx")
    consolidations = [f"consolidation-{year}.xlsx" for year in (2024, 2025, 2026)]
    scene.run("region", "region", *consolidations, "--contrat", contract, "--sortie", "region.xlsx")
    scene.run("region-sans-definition", "region", *consolidations, "synthese-2024.xlsx", "--sortie", "region-sans.xlsx")
    scdl = (
        "exporter",
        "consolidation-2025.xlsx",
        "--format",
        "scdl",
        "--financeur",
        "departement",
        "--siret",
        "77821304500017",
    )
    scene.run("exporter-scdl", *scdl, "--contrat", contract, "--sortie", "scdl")
    scene.run(
        "exporter-synthese-csv", "exporter", "synthese-2025.xlsx", "--format", "csv", "--sortie", "export-synthese"
    )
    scene.run("synthese-sans-definition", "synthese", "consolidation-2025.xlsx", "--sortie", "synthese-sans.xlsx")
    scene.run(
        "consolider-autre-annee",
        "consolider",
        "retours-2024",
        *campaign(contract, 2025),
        *dated(2025),
        "--sortie",
        "autre-annee.xlsx",
    )


def typed_definition(scene: Scene) -> str:
    shutil.copy(TRIAL, scene.path("essai.toml"))
    return "essai.toml"


def brief(scene: Scene) -> None:
    """A year in seconds, for the tests: two returns of the trial contract, one of them with awkward answers."""
    contract = typed_definition(scene)
    of = campaign(contract, 2025)
    scene.run("generer", "generer", *of, "--par-structure", "--sortie", "classeurs")
    for structure, kind in (("association", Answers.coherent), ("ville", Answers.awkward)):
        entries = json.loads(scene.run(f"dictionnaire-{structure}", "dictionnaire", *of, "--structure", structure))
        path = scene.folder / f"classeurs/essai-2025-{structure}.xlsx"
        values = kind(Answers(entries, 2025, structure))
        edit(path, scene.path(f"retours/{path.name}"), lambda book, e=entries, v=values: type_answers(book, e, v))
    scene.run("consolider", "consolider", "retours", *of, *dated(2025), "--sortie", "consolidation.xlsx")
    scene.run("synthese", "synthese", "consolidation.xlsx", "--contrat", contract, "--sortie", "synthese.xlsx")
    scene.run("annoter", "controler", "retours/essai-2025-ville.xlsx", "--contrat", contract, "--annoter", "annotes")


def trial_returns(scene: Scene) -> None:
    """Returns of one year, corrected, altered, replaced; the coordinator's workbook; a pilotage with faults."""
    contract, inputs = typed_definition(scene), trial_pilotage(2025)
    options = ("--pilotage", typed_pilotage(scene, contract, 2025, inputs))
    made = workbooks(scene, contract, 2025, *options)
    typed_returns(scene, 2025, made, "retours")
    dictionaries(scene, contract, 2025, "L’Asso")
    replacements(scene, made, "retours", contract, 2025, options)
    edit(scene.folder / "pilotage-2025.xlsx", scene.path("fautif.xlsx"), lambda book: type_pilotage(book, TRIAL_FAULTS))
    scene.run(
        "consolider-pilotage-fautif",
        "consolider",
        "retours",
        *campaign(contract, 2025),
        "--pilotage",
        "fautif.xlsx",
        "--sortie",
        "non.xlsx",
    )
    replaced = {"remplacements/01": {"B": made[1][1].name, "E": f"{made[1][1].stem} (corrige).xlsx"}}
    edit(
        scene.folder / "pilotage-2025.xlsx",
        scene.path("remplace-pilotage.xlsx"),
        lambda book: type_pilotage(book, replaced),
    )
    of = ("consolider", "retours", "corrections", *campaign(contract, 2025), *dated(2025))
    scene.run(
        "consolider-remplacer-au-pilotage",
        *of,
        "--pilotage",
        "remplace-pilotage.xlsx",
        "--sortie",
        "remplace-pilote.xlsx",
    )
    coordination(scene, contract, 2025, inputs, options)
    altered(scene, contract)


def contradicted(scene: Scene) -> None:
    """Returns that contradict themselves; the year's own workbook, from nobody, and from one who is not expected."""
    contract = typed_definition(scene)
    made = workbooks(scene, contract, 2025)
    for variant in range(len(CONTRADICTIONS)):
        for structure, path, entries in made[:3]:
            values = Answers(entries, 2025, structure).contradictory(variant)
            typed = scene.path(f"contredits-{variant}/{path.name}")
            edit(path, typed, lambda book, e=entries, v=values: type_answers(book, e, v))
        of = (*campaign(contract, 2025), *dated(2025), "--sortie", f"contredits-{variant}.xlsx")
        scene.run(f"consolider-contredits-{variant}", "consolider", f"contredits-{variant}", *of)
    scene.run("generer-simple", "generer", *campaign(contract, 2025), "--sortie", "simple")
    entries = json.loads(scene.run("dictionnaire-simple", "dictionnaire", *campaign(contract, 2025)))
    values = Answers(entries, 2025, "personne").coherent()
    for name, who in (("personne", {}), ("inattendue", {"accueil/reponse/structure": "Agence"})):
        typed = scene.path(f"simples/{name}.xlsx")
        edit(
            scene.folder / "simple/essai-2025.xlsx", typed, lambda book, w=who: type_answers(book, entries, values | w)
        )
    simples = sorted((scene.folder / "simples").iterdir())
    annotated(scene, "simples", simples, "--contrat", contract)
    of = (*campaign(contract, 2025), *dated(2025), "--sortie", "simples.xlsx")
    scene.run("consolider-simples", "consolider", "simples", *of)


def altered(scene: Scene, contract: str) -> None:
    """Sheets that partners have changed, files that are no returns, OpenDocument; checked, annotated, consolidated."""
    source = next((scene.folder / "retours").glob("*-2025-association*.xlsx"))
    for label, change in ALTERATIONS.items():
        edit(source, scene.path(f"alteres/{label}.xlsx"), change)
    whole = source.read_bytes()
    odd = {
        "tronque.xlsx": whole[: len(whole) // 2],
        "vide.xlsx": b"",
        "notes.xlsx": b"des notes",
        "~$verrou.xlsx": b"x",
        "lisez-moi.pdf": b"%PDF-1.7 rien",
    }
    for name, data in odd.items():
        scene.path(f"alteres/{name}").write_bytes(data)
    for rank, path in enumerate(sorted((scene.folder / "retours").glob("*.xlsx"))[:3]):
        scene.path(f"ods/retour-{rank}.ods").write_bytes(as_ods(path))
    annotated(scene, "alteres", sorted((scene.folder / "alteres").iterdir()), "--contrat", contract)
    annotated(scene, "ods", sorted((scene.folder / "ods").iterdir()), "--contrat", contract)
    annotated(scene, "2025", sorted((scene.folder / "retours").iterdir()), "--contrat", contract)
    scene.run("controler-sans-definition", "controler", f"retours/{source.name}")
    of = (*campaign(contract, 2025), *dated(2025))
    scene.run("consolider-alteres", "consolider", "alteres", "ods", *of, "--sortie", "alteres.xlsx", "--processus", "2")


# --- The demo, and the contract of solidarities ------------------------------------------------------------------


def demo(scene: Scene) -> None:
    scene.run("demo", "demo", "--sortie", "demo")
    received = sorted((scene.folder / "demo/2-retours-recus").iterdir())
    annotated(scene, "demo", received)
    (shipped_ods,) = [p for p in received if p.suffix == ".ods"]
    spoiled = scene.path("ods/mussp.ods")
    spoiled.write_bytes(_spoiled(shipped_ods.read_bytes()))
    annotated(scene, "ods", [spoiled])
    doubles = sorted(p.relative_to(scene.folder).as_posix() for p in received if "cpts-centre-21" in p.name)
    scene.run("comparer-versions", "comparer", *doubles)
    scene.run("exporter-csv", "exporter", "demo/consolidation-2025.xlsx", "--format", "csv", "--sortie", "export")
    subsidies(scene, "demo/consolidation-2025.xlsx")
    solidarites(scene)
    scene.run("region", "region", "demo", "syntheses", "--sortie", "region.xlsx")


def _spoiled(ods: bytes) -> bytes:
    """The return that LibreOffice saved, where some figures have become words."""
    import io
    import re
    import zipfile

    from tests.golden.freeze_play import SAVED_AT

    result = io.BytesIO()
    figure = re.compile(rb'office:value-type="float" office:value="(\d+)"([^>]*)><text:p>[^<]*</text:p>')
    with zipfile.ZipFile(io.BytesIO(ods)) as source, zipfile.ZipFile(result, "w", zipfile.ZIP_STORED) as target:
        for name in source.namelist():
            data = source.read(name)
            if name == "content.xml":
                data = figure.sub(
                    lambda m: b'office:value-type="string"' + m[2] + b"><text:p>env. " + m[1] + b"</text:p>",
                    data,
                    count=40,
                )
                data = data.replace(b'calcext:value-type="float"', b'calcext:value-type="string"', 1)
            target.writestr(zipfile.ZipInfo(name, SAVED_AT), data)
    return result.getvalue()


def solidarites(scene: Scene) -> None:
    for year, last in ((2024, ()), (2025, ("--precedent", "consolidation-2024.xlsx"))):
        made = workbooks(scene, SOLIDARITES, year, *last)
        typed_returns(scene, year, made, f"retours-{year}")
        results(scene, SOLIDARITES, year, f"retours-{year}", last)
        (scene.folder / "syntheses").mkdir(exist_ok=True)
        shutil.copy(scene.folder / f"synthese-{year}.xlsx", scene.path(f"syntheses/{year}.xlsx"))
    scene.run("generer-2024-simple", "generer", *campaign(SOLIDARITES, 2024), "--sortie", "simple-2024")
    dictionaries(scene, SOLIDARITES, 2024, "dijon-metropole")
    scene.run("coordonner", "coordonner", *campaign(SOLIDARITES, 2025), "--sortie", "solidarites.xlsm")
    scene.run("pilotage", "pilotage", *campaign(SOLIDARITES, 2025), "--sortie", "solidarites-pilotage.xlsx")


SCENES: dict[str, Callable[[Scene], None]] = {
    "bref": brief,
    "dijon": dijon,
    "dijon-avant": dijon_blank,
    "essai": trial,
    "essai-retours": trial_returns,
    "essai-contredits": contradicted,
    "demo": demo,
    "definitions": definitions,
    "mots": words,
}
