"""The workbook that is exported: which of ours it is, its tables, what it says of itself."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from cls_workbook.errors import Refus
from cls_workbook.results import consolidated, descriptions, donnees_decrites, relecture
from cls_workbook.results.colonnes import TableDecrite
from cls_workbook.results.donnees_lues import tables_de_donnees, verifier_le_format
from cls_workbook.results.relecture import Feuilles, TableLue

# What stays with the coordination: how to reach who answered.
_CONTACTS = frozenset(("contact_fonction", "contact_courriel"))


@dataclass(frozen=True)
class Source:
    """``genre``: consolidation or synthèse. ``jour``: when it was made; ``etat``: « provisoire » or « validé »."""

    chemin: Path
    empreinte: str
    genre: str
    contrat: str
    titre: str
    annee: int
    jour: date
    etat: str
    tables: dict[TableDecrite, TableLue]


def lire(chemin: str | Path) -> Source:
    """A consolidation workbook or an agency's copy, as we wrote it or as a spreadsheet saved it. Refus if it is neither,
    or of another version."""
    chemin = Path(chemin)
    feuilles = relecture.ouvrir(chemin)
    if relecture.a_la_table(feuilles, donnees_decrites.CONTRAT):
        return _synthese(chemin, feuilles)
    if relecture.a_la_table(feuilles, descriptions.REPERES):
        return _consolidation(chemin, feuilles)
    raise Refus(f"« {chemin} » n’est ni une consolidation, ni une synthèse de cette version. Indiquez un classeur produit par « consolider » ou « synthese ».")


def empreinte(chemin: Path) -> str:
    return hashlib.sha256(chemin.read_bytes()).hexdigest()


def _consolidation(chemin: Path, feuilles: Feuilles) -> Source:
    reperes = relecture.table(chemin, feuilles, descriptions.REPERES)
    identite = {str(r["Champ"]): r["Valeur"] for r in reperes.lignes if r["Rubrique"] == consolidated.IDENTIFICATION}
    verifier_le_format(chemin, identite.get("format"), consolidated.FORMAT_DE_CONSOLIDATION)
    annee, jour = identite.get("année"), identite.get("date")
    if not isinstance(annee, int) or not isinstance(jour, date) or not identite.get("contrat"):
        raise Refus(f"« {chemin} », feuille « {reperes.feuille} » : le contrat, l’année ou la date manquent. Refaites la consolidation.")
    presentes = [t for t in descriptions.TABLES if not t.optionnelle or relecture.a_la_table(feuilles, t)]
    tables = {t: _sans_contact(t, relecture.table(chemin, feuilles, t)) for t in presentes}
    etat = donnees_decrites.VALIDE if identite.get("validé le") else donnees_decrites.PROVISOIRE
    return Source(chemin, empreinte(chemin), "consolidation", str(identite["contrat"]), str(identite.get("titre") or ""), annee, jour, etat, tables)


def _synthese(chemin: Path, feuilles: Feuilles) -> Source:
    tables = tables_de_donnees(chemin, feuilles)
    (contrat,) = tables[donnees_decrites.CONTRAT].lignes
    return Source(
        chemin, empreinte(chemin), "synthèse", contrat["Contrat"], contrat["Titre"], contrat["Année"], contrat["Consolidé le"], contrat["État"], tables,
    )  # fmt: skip


def _sans_contact(table: TableDecrite, lue: TableLue) -> TableLue:
    if table is not descriptions.REPONSES:
        return lue
    return lue.choisir(rang for rang, r in enumerate(lue.lignes) if r["Champ"] not in _CONTACTS)
