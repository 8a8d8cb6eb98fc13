"""The way out: a contract's workbooks for one year, written to a folder. Imports neither pandas nor xlwings."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from cls_workbook import entry, ramasse_miettes
from cls_workbook.contract.definition import load
from cls_workbook.contract.model import Contrat
from cls_workbook.entry.edition import editer
from cls_workbook.errors import Refus
from cls_workbook.xlsx import writer


def charger(reference: str, annee: int) -> Contrat:
    """The contract as of that year. Refus if it cannot be read, or if it does not cover the year."""
    contrat = load(reference)
    verifier_annee(contrat, annee)
    return contrat.en(annee)


def verifier_annee(contrat: Contrat, annee: int) -> None:
    """Refus if the contract does not cover the year."""
    if not contrat.couvre(annee):
        couvertes = ", ".join(map(str, contrat.toutes_les_annees))
        raise Refus(f"Le contrat « {contrat.titre} » ne couvre pas l’année {annee}. Années du contrat : {couvertes}.")


def generer(
    reference: str,
    annee: int,
    dossier: str | Path,
    *,
    par_structure: bool = False,
    precedent: str | None = None,
    pilotage: str | None = None,
) -> Iterator[Path]:
    """Writes the year's workbook, then one per structure if asked. Yields each file once it is whole.

    ``precedent``: last year's consolidation; ``pilotage``: the coordinator's inputs. Refus if any cannot be read.
    """
    with ramasse_miettes.suspendu():
        contrat, dossier = charger(reference, annee), Path(dossier)
        campagne = _campagne(contrat, annee, pilotage, precedent)
        repondants = [None, *entry.repondants(contrat, campagne.membres)] if par_structure else [None]
        for nom, contenu in editer(contrat, annee, repondants, campagne):
            writer.enregistrer(contenu, dossier / nom)
            yield dossier / nom


def plan_de(reference: str, annee: int, pilotage: str | None, structure: str | None) -> tuple[entry.Plan, dict[str, tuple[str, ...]]]:
    """The plan of a campaign, or of one structure of it (id or name); and the named members of groups."""
    contrat = charger(reference, annee)
    campagne = _campagne(contrat, annee, pilotage, None)
    repondant = None
    if structure:
        connus = {r.id: r for r in entry.repondants(contrat, campagne.membres)}
        repondant = connus.get(contrat.identifier(structure) or structure)
        if repondant is None:
            raise Refus(f"« {structure} » n’est attendue sur aucune fiche. Structures attendues : {', '.join(connus)}.")
    return entry.plan(contrat, annee, repondant, campagne), dict(campagne.membres)


def _campagne(contrat: Contrat, annee: int, pilotage: str | None, precedent: str | None) -> entry.Campagne:
    from dataclasses import replace

    campagne = entry.Campagne()
    if pilotage:
        from cls_workbook import pilotage as coordination

        campagne = coordination.campagne(coordination.lire(pilotage, contrat, annee))
    if precedent:
        from cls_workbook.results.precedent import pour_les_classeurs

        campagne = replace(campagne, **pour_les_classeurs(precedent, contrat, annee))
    return campagne
