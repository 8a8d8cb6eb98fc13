"""A filled workbook → the definition that it describes, or every fault with its sheet, its cell and its remedy."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from cls_workbook.authoring.assemblage import Assemblage
from cls_workbook.authoring.constat import FAUTE, Constat
from cls_workbook.authoring.places import Places
from cls_workbook.authoring.tables import ouvrir
from cls_workbook.contract.definition import parse
from cls_workbook.contract.ecriture import ecrire
from cls_workbook.contract.faute import faute
from cls_workbook.contract.model import Contrat
from cls_workbook.contract.periodes import illisibles
from cls_workbook.contract.verification import verifier
from cls_workbook.errors import Refus
from cls_workbook.francais import typographie


class Importation(NamedTuple):
    """``texte``: the definition; ``a_confirmer``: what is not wrong, but should be settled; ``informations``: what was not read."""

    contrat: Contrat
    texte: str
    a_confirmer: tuple[str, ...] = ()
    informations: tuple[str, ...] = ()


def importer(chemin: str | PathLike) -> Importation:
    """Refus, with one detail per fault, if anything must be mended: nothing is then to be written."""
    classeur = ouvrir(chemin)
    assemblage = Assemblage(classeur)
    fautes = list(assemblage.fautes)
    verifiees = _verifier(assemblage, fautes)
    fautes += [c for c in verifiees if c.gravite == FAUTE]
    if fautes:
        # the same cell may be told twice in the same words, for two items that it holds
        lignes = list(dict.fromkeys(str(f) for f in sorted(fautes, key=lambda f: f.lieu)))
        pluriel = "s" * (len(lignes) > 1)
        message = f"Le classeur « {Path(chemin).name} » contient {len(lignes)} point{pluriel} à corriger : rien n’a été écrit."
        raise Refus(typographie(message), [*lignes, *classeur.informations])
    texte = ecrire(assemblage.contrat)
    notes = sorted((c for c in verifiees if c.gravite != FAUTE), key=lambda c: c.lieu)
    return Importation(parse(texte, str(chemin)), texte, tuple(dict.fromkeys(map(str, notes))), tuple(classeur.informations))


def _verifier(assemblage: Assemblage, deja: list[Constat]) -> list[Constat]:
    """What the verification of definitions adds: nothing at a cell that is already at fault, nor sums that such a cell enters."""
    contrat, lieux = assemblage.contrat, Places(assemblage)
    revisions = dict(illisibles(contrat))
    constats = [lieux.constat(faute(f"contrat.revisions[{rang}].{e.champ_fautif}", str(e))) for rang, e in revisions.items()]
    if revisions:
        contrat = replace(contrat, revisions=tuple(r for rang, r in enumerate(contrat.revisions, 1) if rang not in revisions))
    constats += [lieux.constat(f) for f in verifier(contrat) if not (deja and f.lieu.startswith("contrat.maquette"))]
    fautives = {(f.lieu.feuille, f.lieu.cellule) for f in deja} | assemblage.tues
    return [c for c in constats if (c.lieu.feuille, c.lieu.cellule) not in fautives]
