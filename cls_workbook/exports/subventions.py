"""The folder of an SCDL export: ``subventions.csv``, the refused lines with their reasons, and the descriptor of both."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from cls_workbook.errors import Refus
from cls_workbook.exports import paquet, scdl
from cls_workbook.exports.dossier import DESCRIPTEUR, MARQUE, dossier_entier
from cls_workbook.exports.schema import NEUTRALISATION, en_texte, neutralise
from cls_workbook.exports.source import Source, lire
from cls_workbook.francais import typographie
from cls_workbook.results import ars_copy, descriptions

SUBVENTIONS, REFUSEES = "subventions.csv", "lignes-refusees.csv"
_COLONNES_REFUSEES = ("Fiche", "Structure", "Financeur", "Nature", "Engagé", "Référence", "Date", "Fichier", "Feuille", "Cellule")


@dataclass(frozen=True, slots=True)
class Bilan:
    """What was written, and what was not. ``refusees``: one French sentence a line; ``autres``: lines of other funders."""

    fichiers: list[Path]
    retenues: int
    refusees: list[str]
    autres: int


def exporter(chemin: str | Path, dossier: str | Path, financeur: str, siret: str | None = None, contrat: str | Path | None = None) -> Bilan:
    """Writes the subventions of ``financeur`` (id or name) into ``dossier``.

    ``siret``: the funder's, where the definition does not give it; ``contrat``: the definition, where it does not ship.
    Refus if ``chemin`` is not a consolidation, or if the funder or its SIRET is not known.
    """
    source, dossier = lire(chemin), Path(dossier)
    if descriptions.FINANCEMENTS not in source.tables:
        raise Refus(f"« {chemin} » est une synthèse : elle ne dit ni les conventions ni leurs références. Exportez la consolidation.")
    definition = ars_copy.contrat_de(source.chemin, source.contrat, contrat).en(source.annee)
    attribuant = scdl.attribuant(definition, financeur, siret)
    tri = scdl.trier(source, definition, attribuant)
    with dossier_entier(dossier) as provisoire:
        _ecrire(provisoire / SUBVENTIONS, scdl.ENTETE, tri.retenues)
        entete = (*_COLONNES_REFUSEES, "Place dans la consolidation", "Raisons")
        refusees = [[*(neutralise(en_texte(ligne[c])) for c in _COLONNES_REFUSEES), place, " ; ".join(raisons)] for ligne, place, raisons in tri.refusees]
        _ecrire(provisoire / REFUSEES, entete, refusees)
        paquet.ecrire_descripteur(provisoire, _descripteur(source, attribuant, entete))
    return Bilan([dossier / n for n in (SUBVENTIONS, REFUSEES, DESCRIPTEUR)], len(tri.retenues), [_phrase(*r) for r in tri.refusees], tri.autres)


def _ecrire(fichier: Path, entete: Iterable[str], rangees: Iterable[Iterable[str]]) -> None:
    with fichier.open("w", encoding="utf-8", newline="") as sortie:
        ecrivain = csv.writer(sortie, lineterminator="\r\n")
        ecrivain.writerow(entete)
        ecrivain.writerows(rangees)


def _phrase(ligne: dict, place: str, raisons: list[str]) -> str:
    qui = " · ".join(str(ligne[c]) for c in ("Fiche", "Structure", "Nature") if ligne[c])
    return typographie(f"{place} ({qui or 'ligne sans fiche'}) : {' ; '.join(raisons)}.")


def _descripteur(source: Source, attribuant: scdl.Attribuant, entete_des_refus: tuple[str, ...]) -> dict[str, object]:
    description = typographie(
        f"Les subventions de « {attribuant.nom} » au titre du contrat « {source.titre} », année {source.annee}, d’après la consolidation du {source.jour.isoformat()} ({source.etat}) : "
        "seulement les lignes qui ont une convention. Schéma SCDL subventions 2.1.1. Le montant est le montant engagé de l’année ; la période de versement est l’année de la campagne ; "
        "« échelonné » quand une partie est déjà versée, « autre » sinon, car les retours ne disent pas les versements. RNA, RAE et dispositif d’aide ne sont pas demandés : ils restent vides. "
    )  # fmt: skip
    refus = [{"name": titre, "title": titre, "type": "string"} for titre in entete_des_refus]
    return {
        "profile": "tabular-data-package", "name": f"{source.contrat}-{source.annee}-subventions", "title": f"Subventions {source.annee} — {source.titre}",
        "description": description + NEUTRALISATION.replace("Un texte", "Dans les lignes refusées, un texte", 1), "version": paquet.VERSION,
        "created": f"{source.jour.isoformat()}T00:00:00Z", MARQUE: {"contract": source.contrat, "year": source.annee, "state": source.etat, "kind": "scdl"},
        "sources": [{"title": source.chemin.name, "hash": f"sha256:{source.empreinte}"}],
        "resources": [
            _ressource("subventions", SUBVENTIONS, [c.descripteur() for c in scdl.CHAMPS]), _ressource("lignes-refusees", REFUSEES, refus),
        ],
    }  # fmt: skip


def _ressource(nom: str, fichier: str, champs: list[dict]) -> dict[str, object]:
    return {
        "profile": "tabular-data-resource", "name": nom, "path": fichier, "format": "csv", "mediatype": "text/csv", "encoding": "utf-8",
        "schema": {"fields": champs, "missingValues": [""]},
    }  # fmt: skip
