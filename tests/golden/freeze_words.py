"""Scenes without a campaign: help, catalogue, refusals; the definitions, described, imported, verified."""

from __future__ import annotations

import shutil

from tests.golden.freeze_play import Scene, as_ods, edit
from tests.golden.freeze_steps import BESANCON, DIJON, SHIPPED, TRIAL, campaign, dated, dictionaries

COMMANDS = (
    "",
    "contrat",
    "contrat lister",
    "contrat verifier",
    "contrat modele",
    "contrat importer",
    "noyau",
    "noyau modele",
    "noyau importer",
    "noyau verifier",
    "generer",
    "pilotage",
    "coordonner",
    "dictionnaire",
    "consolider",
    "relances",
    "synthese",
    "bilan",
    "presentation",
    "compte-rendu",
    "exporter",
    "region",
    "controler",
    "comparer",
    "anomalies",
    "verifier-installation",
    "demo",
    "page",
    "complement",
    "complement installer",
)


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
