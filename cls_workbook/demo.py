"""A whole year in one command: workbooks out, example returns in, consolidation, the ARS's copy; each file explained.

The scenario is data (``templates/demo.toml``): who is late, who types what, who sends two versions.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path
from typing import Any

from cls_workbook import forms, garbage, resources
from cls_workbook.domain.model import Contrat
from cls_workbook.engines.engine_protocol import Engine
from cls_workbook.errors import Refusal
from cls_workbook.fast_paths import offprint
from cls_workbook.forms import examples
from cls_workbook.french import how_many
from cls_workbook.pipeline import way_out
from cls_workbook.workbook import writer
from cls_workbook.workbook.saving import save

WORKBOOKS, RETOURS = "1-classeurs-envoyes", "2-retours-recus"


def play(folder: str | Path, engine: Engine | None = None) -> None:
    """Plays the scenario into ``folder`` and prints what each file is. Refusal if the folder holds something else.
    ``engine``: who reads the returns, as a consolidation takes it."""
    folder = Path(folder)
    scenario = tomllib.loads((resources.folder("templates") / "demo.toml").read_text(encoding="utf-8"))
    _prepare(folder)
    contrat = way_out.load_contrat(scenario["contrat"], scenario["annee"])
    annee, explanations = (
        scenario["annee"],
        [f"Une année du contrat « {contrat.titre} », jouée avec des réponses imaginaires.", ""],
    )
    pilotage = folder / f"pilotage-{annee}.xlsx"
    _write_pilotage(contrat, scenario, pilotage)
    explanations.append(
        f"{pilotage.name} : les saisies de la coordination (membres des groupes, programmation, réunions)."
    )
    sent = list(
        way_out.generer(scenario["contrat"], annee, folder / WORKBOOKS, by_structure=True, pilotage=str(pilotage))
    )
    explanations.append(
        f"{WORKBOOKS}/ : le classeur de l’année, et un classeur pour chacune des {len(sent) - 1} structures."
    )
    explanations += [f"  {RETOURS}/{line}" for line in _receive(contrat, scenario, pilotage, folder / RETOURS)]
    explanations += _consolidate(scenario, pilotage, folder, engine)
    texte = "\n".join(explanations) + "\n"
    save(texte.encode("utf-8-sig"), folder / "LISEZ-MOI.txt")
    print(texte)
    print(f"Tout est dans {folder}. Commencez par ouvrir la consolidation, feuille « Synthèse ».")


def _prepare(folder: Path) -> None:
    """An empty folder, or the one of an earlier demo, which is made anew."""
    if folder.exists() and any(folder.iterdir()) and not (folder / "LISEZ-MOI.txt").exists():
        raise Refusal(f"Le dossier « {folder} » contient déjà autre chose : indiquez-en un autre avec --sortie.")
    for nom in (WORKBOOKS, RETOURS):
        shutil.rmtree(folder / nom, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)


def _write_pilotage(contrat: Contrat, scenario: dict[str, Any], path: Path) -> None:
    from cls_workbook import pilotage

    saisies = pilotage.Pilotage(
        membres={groupe: tuple(names) for groupe, names in scenario["membres"].items()},
        programme={(p["fiche"], ""): Decimal(p["montant"]) for p in scenario["programmes"]},
        reunions=tuple(
            pilotage.Meeting(r["instance"], r["date"], r["convies"], r["presents"]) for r in scenario["reunions"]
        ),
    )
    writer.write(pilotage.workbook(contrat, scenario["annee"], saisies), path)


# --- the returns ----------------------------------------------------------------------------------------------------


def _receive(contrat: Contrat, scenario: dict[str, Any], pilotage: Path, folder: Path) -> Iterable[str]:
    """Writes the returns as the structures would send them; yields a line on each."""
    from cls_workbook import pilotage as coordination

    annee = scenario["annee"]
    campagne = coordination.campagne(coordination.read(pilotage, contrat, annee))
    ready_made = {e["structure"]: e["fichier"] for e in scenario["exemples"]}
    saisies = _by_structure(scenario["saisies"])
    versions = _by_structure(scenario["deux_versions"])
    for respondent in forms.repondants(contrat, campagne.membres):
        nom = f"{forms.file_name(contrat.id)}-{annee}-{forms.file_name(respondent.id)}"
        if respondent.id in scenario["en_retard"]:
            yield f"(rien) : {respondent.nom} n’a pas encore répondu."
        elif respondent.id in scenario["reponse_commune"]:
            yield f"(rien) : {respondent.nom} répond avec une autre structure, qui a rendu le retour commun."
        elif respondent.id in ready_made:
            cible = folder / f"{nom}{Path(ready_made[respondent.id]).suffix}"
            save((resources.folder("templates") / "exemples" / ready_made[respondent.id]).read_bytes(), cible)
            yield f"{cible.name} : rempli et enregistré avec LibreOffice."
        else:
            own = saisies.get(respondent.id, {})
            _fill_in(contrat, annee, respondent, campagne, own, folder / f"{nom}.xlsx")
            yield f"{nom}.xlsx : " + (
                f"{how_many(len(own), 'saisie')} à la façon du partenaire." if own else "complet."
            )
            if respondent.id in versions:
                _fill_in(contrat, annee, respondent, campagne, versions[respondent.id], folder / f"{nom} (2).xlsx")
                yield f"{nom} (2).xlsx : une seconde version, différente : aucune des deux n’est retenue en silence."


def _by_structure(saisies: list[dict[str, Any]]) -> dict[str, dict[str, object]]:
    reponses: dict[str, dict[str, object]] = {}
    for s in saisies:
        reponses.setdefault(s["structure"], {})[s["cle"]] = s["texte"] if "texte" in s else s["nombre"]
    return reponses


@garbage.suspended()
def _fill_in(
    contrat: Contrat,
    annee: int,
    respondent: forms.Respondent,
    campagne: forms.WorkbookContext,
    own: dict[str, object],
    path: Path,
) -> None:
    plan = forms.plan(contrat, annee, respondent, campagne)
    reponses = examples.make_answers(plan, seed=respondent.id) | own
    if unknown := own.keys() - {p.cle for p in plan.input_places()}:
        raise Refusal(f"Le scénario de démonstration nomme des cases inconnues : {', '.join(sorted(unknown))}.")
    examples.fill_cell(plan, reponses)
    save(next(iter(offprint.produce([plan.workbook]))), path)


# --- what is made of them -------------------------------------------------------------------------------------------


def _consolidate(scenario: dict[str, Any], pilotage: Path, folder: Path, engine: Engine | None) -> list[str]:
    from cls_workbook.pipeline import way_back
    from cls_workbook.reports.agency import ars_copy

    annee = scenario["annee"]
    consolidation, synthese = folder / f"consolidation-{annee}.xlsx", folder / f"synthese-ars-{annee}.xlsx"
    result = way_back.consolidate_files(
        [str(folder / RETOURS)],
        scenario["contrat"],
        annee,
        consolidation,
        day=scenario["date"],
        pilotage=str(pilotage),
        engine=engine,
    )
    ars_copy.file_copy(consolidation, synthese)
    normalized = len(result.tables.normalisations)
    return [
        f"{consolidation.name} : {result.bilan()}",
        (
            "  Feuille « Anomalies » : chaque constat avec son fichier, sa feuille et sa cellule. "
            f"Feuille « Normalisations » : {how_many(normalized, 'saisie comprise')} autrement."
        ),
        f"{synthese.name} : la copie pour l’ARS, valeurs seules, prête à imprimer.",
    ]
