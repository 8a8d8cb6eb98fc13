"""A whole year in one command: workbooks out, example returns in, consolidation, the ARS's copy; each file explained.

The scenario is data (``templates/demo.toml``): who is late, who types what, who sends two versions.
"""

from __future__ import annotations

import shutil
import tomllib
from collections.abc import Iterable
from decimal import Decimal
from pathlib import Path

from cls_workbook import entry, generation, ramasse_miettes, resources
from cls_workbook.contract.model import Contrat
from cls_workbook.entry import examples, offprint
from cls_workbook.errors import Refus
from cls_workbook.xlsx import writer

CLASSEURS, RETOURS = "1-classeurs-envoyes", "2-retours-recus"


def jouer(dossier: str | Path) -> None:
    """Plays the scenario into ``dossier`` and prints what each file is. Refus if the folder holds something else."""
    dossier = Path(dossier)
    scenario = tomllib.loads((resources.folder("templates") / "demo.toml").read_text(encoding="utf-8"))
    _preparer(dossier)
    contrat = generation.charger(scenario["contrat"], scenario["annee"])
    annee, explications = scenario["annee"], [f"Une année du contrat « {contrat.titre} », jouée avec des réponses imaginaires.", ""]
    pilotage = dossier / f"pilotage-{annee}.xlsx"
    _ecrire_le_pilotage(contrat, scenario, pilotage)
    explications.append(f"{pilotage.name} : les saisies de la coordination (membres des groupes, programmation, réunions).")
    envoyes = list(generation.generer(scenario["contrat"], annee, dossier / CLASSEURS, par_structure=True, pilotage=str(pilotage)))
    explications.append(f"{CLASSEURS}/ : le classeur de l’année, et un classeur pour chacune des {len(envoyes) - 1} structures.")
    explications += [f"  {RETOURS}/{ligne}" for ligne in _recevoir(contrat, scenario, pilotage, dossier / RETOURS)]
    explications += _consolider(scenario, pilotage, dossier)
    texte = "\n".join(explications) + "\n"
    writer.enregistrer(texte.encode("utf-8-sig"), dossier / "LISEZ-MOI.txt")
    print(texte)
    print(f"Tout est dans {dossier}. Commencez par ouvrir la consolidation, feuille « Synthèse ».")


def _preparer(dossier: Path) -> None:
    """An empty folder, or the one of an earlier demo, which is made anew."""
    if dossier.exists() and any(dossier.iterdir()) and not (dossier / "LISEZ-MOI.txt").exists():
        raise Refus(f"Le dossier « {dossier} » contient déjà autre chose : indiquez-en un autre avec --sortie.")
    for nom in (CLASSEURS, RETOURS):
        shutil.rmtree(dossier / nom, ignore_errors=True)
    dossier.mkdir(parents=True, exist_ok=True)


def _ecrire_le_pilotage(contrat: Contrat, scenario: dict, chemin: Path) -> None:
    from cls_workbook import pilotage

    saisies = pilotage.Pilotage(
        membres={groupe: tuple(noms) for groupe, noms in scenario["membres"].items()},
        programme={(p["fiche"], ""): Decimal(p["montant"]) for p in scenario["programmes"]},
        reunions=tuple(pilotage.Reunion(r["instance"], r["date"], r["convies"], r["presents"]) for r in scenario["reunions"]),
    )
    writer.write(pilotage.classeur(contrat, scenario["annee"], saisies), chemin)


# --- the returns ----------------------------------------------------------------------------------------------------


def _recevoir(contrat: Contrat, scenario: dict, pilotage: Path, dossier: Path) -> Iterable[str]:
    """Writes the returns as the structures would send them; yields a line on each."""
    from cls_workbook import pilotage as coordination

    annee = scenario["annee"]
    campagne = coordination.campagne(coordination.lire(pilotage, contrat, annee))
    prets = {e["structure"]: e["fichier"] for e in scenario["exemples"]}
    saisies = _par_structure(scenario["saisies"])
    versions = _par_structure(scenario["deux_versions"])
    for repondant in entry.repondants(contrat, campagne.membres):
        nom = f"{contrat.id}-{annee}-{entry.nom_de_fichier(repondant.id)}"
        if repondant.id in scenario["en_retard"]:
            yield f"(rien) : {repondant.nom} n’a pas encore répondu."
        elif repondant.id in prets:
            cible = dossier / f"{nom}{Path(prets[repondant.id]).suffix}"
            writer.enregistrer((resources.folder("templates") / "exemples" / prets[repondant.id]).read_bytes(), cible)
            yield f"{cible.name} : rempli et enregistré avec LibreOffice."
        else:
            propres = saisies.get(repondant.id, {})
            _remplir(contrat, annee, repondant, campagne, propres, dossier / f"{nom}.xlsx")
            yield f"{nom}.xlsx : " + (f"{len(propres)} saisie(s) à la façon du partenaire." if propres else "complet.")
            if repondant.id in versions:
                _remplir(contrat, annee, repondant, campagne, versions[repondant.id], dossier / f"{nom} (2).xlsx")
                yield f"{nom} (2).xlsx : une seconde version, différente : aucune des deux n’est retenue en silence."


def _par_structure(saisies: list[dict]) -> dict[str, dict[str, object]]:
    reponses: dict[str, dict[str, object]] = {}
    for s in saisies:
        reponses.setdefault(s["structure"], {})[s["cle"]] = s["texte"] if "texte" in s else s["nombre"]
    return reponses


@ramasse_miettes.suspendu()
def _remplir(contrat: Contrat, annee: int, repondant: entry.Repondant, campagne: entry.Campagne, propres: dict[str, object], chemin: Path) -> None:
    plan = entry.plan(contrat, annee, repondant, campagne)
    reponses = examples.repondre(plan, graine=repondant.id) | propres
    if inconnues := propres.keys() - {p.cle for p in plan.emplacements()}:
        raise Refus(f"Le scénario de démonstration nomme des cases inconnues : {', '.join(sorted(inconnues))}.")
    examples.remplir(plan, reponses)
    writer.enregistrer(next(iter(offprint.editer([plan.classeur]))), chemin)


# --- what is made of them -------------------------------------------------------------------------------------------


def _consolider(scenario: dict, pilotage: Path, dossier: Path) -> list[str]:
    from cls_workbook import conductor
    from cls_workbook.results import ars_copy

    annee = scenario["annee"]
    consolidation, synthese = dossier / f"consolidation-{annee}.xlsx", dossier / f"synthese-ars-{annee}.xlsx"
    resultat = conductor.consolider_fichiers(
        [dossier / RETOURS], scenario["contrat"], annee, consolidation, jour=scenario["date"], pilotage=str(pilotage)
    )
    ars_copy.copie(consolidation, synthese)
    normalisees = len(resultat.normalisations)
    return [
        f"{consolidation.name} : {resultat.bilan()}",
        f"  Feuille « Anomalies » : chaque constat avec son fichier, sa feuille et sa cellule. Feuille « Normalisations » : {normalisees} saisie(s) comprises autrement.",
        f"{synthese.name} : la copie pour l’ARS, valeurs seules, prête à imprimer.",
    ]
