"""A campaign as it is lived: the year's workbook of each structure, filled by key, sent back, consolidated, summed up."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

import openpyxl

from cls_workbook import conductor, contract, entry, generation
from cls_workbook.entry import examples, offprint
from cls_workbook.results import ars_copy
from cls_workbook.results.resultat import Resultat, enregistrements
from cls_workbook.xlsx import writer

NBSP = "\u00a0"
MODELES = contract.shipped()


class Annee(NamedTuple):
    resultat: Resultat
    consolidation: Path
    synthese: Path


def definition(dossier: Path, texte: str, nom: str = "contrat.toml") -> str:
    """The path of a definition written there."""
    (dossier / nom).write_text(texte, encoding="utf-8")
    return str(dossier / nom)


def livre(identifiant: str) -> str:
    """The text of a definition that ships."""
    return MODELES[identifiant].read_text(encoding="utf-8")


def vivre(
    dossier: Path, reference: str, annee: int, reponses: Mapping[str, Mapping[str, object]], precedent: Path | None = None, pilotage: str | None = None
) -> Annee:
    """One year: structure id → key → what is typed. Unknown keys are an error of the test."""
    du = dossier / str(annee)
    (du / "retours").mkdir(parents=True)
    contrat = generation.charger(reference, annee)
    campagne = generation._campagne(contrat, annee, pilotage, str(precedent) if precedent else None)
    repondants = {r.id: r for r in entry.repondants(contrat, campagne.membres)}
    for structure, saisies in reponses.items():
        plan = entry.plan(contrat, annee, repondants[structure], campagne)
        assert saisies.keys() <= {p.cle for p in plan.emplacements()}, saisies.keys() - {p.cle for p in plan.emplacements()}
        prefixe = {"accueil/reponse/structure": repondants[structure].nom}
        examples.remplir(plan, prefixe | dict(saisies))
        writer.enregistrer(next(iter(offprint.editer([plan.classeur]))), du / "retours" / f"{entry.nom_de_fichier(structure)}.xlsx")
    if not reponses:  # nobody has anything to answer: the blank workbook comes back
        writer.write(entry.plan(contrat, annee).classeur, du / "retours" / "vierge.xlsx")
    consolidation, synthese = du / f"consolidation-{annee}.xlsx", du / f"synthese-{annee}.xlsx"
    resultat = conductor.consolider_fichiers(
        [du / "retours"], reference, annee, consolidation, jour=date(annee + 1, 3, 1), precedent=str(precedent) if precedent else None, pilotage=pilotage, processus=1
    )  # fmt: skip
    ars_copy.copie(consolidation, synthese, contrat=reference)
    return Annee(resultat, consolidation, synthese)


def lignes(frame, **cles: object) -> list[dict]:
    """The rows of a frame that have these values."""
    return [r for r in enregistrements(frame) if all(r[c] == v for c, v in cles.items())]


def par_annee(annee: Annee, **cles: object) -> dict[int, object]:
    """Year → value, in the history that a consolidation keeps."""
    return {r["Année"]: r["Valeur"] for r in lignes(annee.resultat.historique, **cles)}


def dites(annee: Annee) -> list[str]:
    return [e.replace(NBSP, " ") for e in annee.resultat.explications]


def ecrit(chemin: Path, feuille: str | None = None) -> set[str]:
    """Every text of a sheet (the only one if not named), plain spaces."""
    classeur = openpyxl.load_workbook(chemin, read_only=False)
    page = classeur[feuille] if feuille else classeur.active
    return {str(c.value).replace(NBSP, " ") for rang in page.iter_rows() for c in rang if c.value is not None}
