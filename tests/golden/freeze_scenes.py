"""The scenes: every command that writes something, on the three shipped contracts and on a trial one.

Only the command line is driven; what partners and the coordinator type is typed with openpyxl.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from tests.golden.freeze_play import Scene, as_ods, edit, slug, type_pilotage
from tests.golden.freeze_returns import ALTERATIONS, CONTRADICTIONS, Answers, Entry, type_answers

DIJON, SOLIDARITES, BESANCON = "dijon-2024-2028", "dijon-solidarites-2024-2027", "besancon-2016-2018"
SHIPPED = (BESANCON, DIJON, SOLIDARITES)
TRIAL = Path(__file__).with_name("freeze_trial.toml")
DAY = date(2026, 2, 15)
COMMANDS = (
    "",
    "contrat",
    "contrat lister",
    "contrat verifier",
    "contrat modele",
    "contrat importer",
    "generer",
    "pilotage",
    "coordonner",
    "dictionnaire",
    "consolider",
    "relances",
    "synthese",
    "exporter",
    "region",
    "controler",
    "comparer",
    "anomalies",
    "verifier-installation",
    "demo",
    "complement",
    "complement installer",
)
Inputs = dict[str, dict[str, object]]


# --- Steps that several scenes share -----------------------------------------------------------------------------


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


# --- Words, definitions ------------------------------------------------------------------------------------------


def words(scene: Scene) -> None:
    """Help, catalogue, add-in, and what is refused."""
    for command in COMMANDS:
        scene.run(f"aide/{command or 'tout'}".replace(" ", "-"), *command.split(), "--help")
    scene.run("version", "--version")
    scene.run("anomalies", "anomalies")
    scene.run("complement-installer", "complement", "installer", "--sortie", "complement")
    scene.run("verifier-installation", "verifier-installation")
    scene.path("rien.txt").write_text("rien", encoding="utf-8")
    for label, arguments in REFUSED.items():
        scene.run(f"refus/{label}", *arguments)


REFUSED: dict[str, tuple[str, ...]] = {
    "rien": (),
    "commande-inconnue": ("exporterr",),
    "sans-contrat": ("generer", "--annee", "2025"),
    "annee-en-lettres": ("generer", "--contrat", "x", "--annee", "deux"),
    "valeur-absente": ("generer", "--contrat"),
    "option-inconnue": ("anomalies", "--tout"),
    "complement-ici": ("complement", "installer"),
    "date": ("consolider", "r", *campaign(DIJON, 2025), "--sortie", "c.xlsx", "--date", "hier"),
    "contrat-inconnu": ("generer", *campaign("inconnu", 2025)),
    "annee-hors-contrat": ("generer", *campaign(DIJON, 2031)),
    "retours-absents": ("consolider", "absent", *campaign(DIJON, 2025), "--sortie", "c.xlsx"),
    "retour-absent": ("controler", "absent.xlsx"),
    "retour-texte": ("controler", "rien.txt"),
    "consolidation-absente": ("synthese", "absent.xlsx", "--sortie", "s.xlsx"),
    "consolidation-fausse": ("synthese", "rien.txt", "--sortie", "s.xlsx"),
    "structure-inconnue": ("dictionnaire", *campaign(DIJON, 2025), "--structure", "nulle-part"),
    "precedent-absent": ("generer", *campaign(DIJON, 2025), "--precedent", "absent.xlsx"),
    "precedent-faux": ("generer", *campaign(DIJON, 2025), "--precedent", "rien.txt"),
    "pilotage-absent": ("generer", *campaign(DIJON, 2025), "--pilotage", "absent.xlsx"),
    "pilotage-faux": ("dictionnaire", *campaign(DIJON, 2025), "--pilotage", "rien.txt"),
    "modele-absent": ("contrat", "importer", "absent.xlsx", "--sortie", "c.toml"),
    "modele-faux": ("contrat", "importer", "rien.txt", "--sortie", "c.toml"),
    "coordination-sans-macro": ("coordonner", *campaign(DIJON, 2025), "--sortie", "k.xlsx"),
    "export-de-rien": ("exporter", "absent.xlsx", "--format", "csv", "--sortie", "d"),
    "scdl-sans-financeur": ("exporter", "absent.xlsx", "--format", "scdl", "--sortie", "d"),
    "region-sans-synthese": ("region", "rien.txt", "--sortie", "r.xlsx"),
    "region-absente": ("region", "absent", "--sortie", "r.xlsx"),
    "comparer-absents": ("comparer", "a.xlsx", "b.xlsx"),
    "relances-absentes": ("relances", "absent", *campaign(DIJON, 2025), "--sortie", "d"),
    "dask-sans-adresse": ("controler", "rien.txt", "--moteur", "dask"),
    "demo-ailleurs": ("demo", "--sortie", "."),
    "sortie-sans-dossier": ("pilotage", *campaign(DIJON, 2025), "--sortie", "rien.txt/p.xlsx"),
}

FAULTS = {
    "porteur": ('porteurs = ["association", "ville"]', 'porteurs = ["associatoin", "ville"]'),
    "identifiant": ('id = "1.1-I02"', 'id = "1.1-I01"'),
    "cle-inconnue": ("deliberation = ", "deliberatoin = "),
    "type": ('type = "plafond"', 'type = "plafnod"'),
    "nombre": ("taux = 0.25", 'taux = "un quart"'),
    "insee": ('code_insee = "21231"', 'code_insee = "99001"'),
    "decision": (
        'champ = "montant"\nvaleur = "21 000,50"\ndecision = "avenant-1"',
        'champ = "montant"\nvaleur = "beaucoup"',
    ),
    "mesure": ('mesure_sessions = "1.3-I01"', 'mesure_sessions = "9.9-I01"'),
    "annees": ("annees = [2024, 2025, 2026]", "annees = []"),
    "toml": ("[contrat]", "[contrat"),
}


def definitions(scene: Scene) -> None:
    """What ``contrat`` does, and the workbooks of the contract that has no fiche yet."""
    scene.run("lister", "contrat", "lister")
    scene.run("modele-vide", "contrat", "modele", "--sortie", "modele-vide.xlsx")
    scene.run("importer-vide", "contrat", "importer", "modele-vide.xlsx", "--sortie", "vide.toml")
    shutil.copy(TRIAL, scene.path("essai.toml"))
    for contract in (*SHIPPED, "essai.toml"):
        name = contract.removesuffix(".toml")
        scene.run(f"verifier-{name}", "contrat", "verifier", contract)
        scene.run(f"modele-{name}", "contrat", "modele", "--contrat", contract, "--sortie", f"modele-{name}.xlsx")
        scene.run(f"importer-{name}", "contrat", "importer", f"modele-{name}.xlsx", "--sortie", f"importe-{name}.toml")
        scene.path(f"ods/{name}.ods").write_bytes(as_ods(scene.folder / f"modele-{name}.xlsx"))
        scene.run(
            f"importer-ods-{name}", "contrat", "importer", f"ods/{name}.ods", "--sortie", f"importe-ods-{name}.toml"
        )
        scene.run(f"verifier-importe-{name}", "contrat", "verifier", f"importe-{name}.toml")
        edit(scene.folder / f"modele-{name}.xlsx", scene.path(f"fautifs/{name}.xlsx"), _scratch)
        scene.run(
            f"importer-fautif-{name}", "contrat", "importer", f"fautifs/{name}.xlsx", "--sortie", f"fautif-{name}.toml"
        )
    text = TRIAL.read_text(encoding="utf-8")
    for label, (before, after) in FAULTS.items():
        if before not in text:
            raise ValueError(f"essai.toml: {before!r} is not there")
        scene.path(f"faute-{label}.toml").write_text(text.replace(before, after, 1), encoding="utf-8")
        scene.run(f"verifier-faute-{label}", "contrat", "verifier", f"faute-{label}.toml")
    scene.run("generer-faute", "generer", *campaign("faute-porteur.toml", 2025), "--sortie", "fautif")
    besancon(scene)


def _scratch(book) -> None:
    """One filled cell in seventeen of the tables says something else."""
    cells = [
        c
        for sheet in book
        if sheet.sheet_state == "visible"
        for row in sheet.iter_rows(7)
        for c in row
        if c.column > 1 and c.value is not None
    ]
    for rank, cell in enumerate(cells[::17]):
        cell.value = ("???", None, -7, "ars ; personne", "31/02/2025")[rank % 5]


def besancon(scene: Scene) -> None:
    for year in (2016, 2018):
        scene.run(
            f"besancon-generer-{year}",
            "generer",
            *campaign(BESANCON, year),
            "--par-structure",
            "--sortie",
            f"besancon-{year}",
        )
    dictionaries(scene, BESANCON, 2016, "ars")
    scene.run("besancon-pilotage", "pilotage", *campaign(BESANCON, 2016), "--sortie", "besancon-pilotage.xlsx")
    scene.run("besancon-coordonner", "coordonner", *campaign(BESANCON, 2016), "--sortie", "besancon.xlsm")
    of = (*campaign(BESANCON, 2016), *dated(2016))
    scene.run("besancon-consolider", "consolider", "besancon-2016", *of, "--sortie", "besancon-consolidation.xlsx")
    scene.run("besancon-synthese", "synthese", "besancon-consolidation.xlsx", "--sortie", "besancon-synthese.xlsx")
    scene.run("besancon-relances", "relances", "besancon-2016", *of, "--sortie", "besancon-relances")


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
