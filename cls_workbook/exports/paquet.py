"""A Data Package (Frictionless, version 1): one file a table, and the descriptor that says what each column is.

Same workbook, same bytes: no clock, no random identifier. The folder appears whole or not at all.
"""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path

from cls_workbook.errors import Refus
from cls_workbook.exports import schema
from cls_workbook.exports.dossier import DESCRIPTEUR, MARQUE, dossier_entier
from cls_workbook.exports.source import Source, lire
from cls_workbook.francais import date_fr, typographie
from cls_workbook.results.colonnes import TableDecrite
from cls_workbook.results.relecture import TableLue

VERSION = "1"
CSV, PARQUET = "csv", "parquet"
_FIN_DE_LIGNE = "\r\n"
_DIALECTE = {"delimiter": ",", "lineTerminator": _FIN_DE_LIGNE, "quoteChar": '"', "doubleQuote": True, "header": True}
_MEDIAS = {CSV: "text/csv", PARQUET: "application/vnd.apache.parquet"}
_REGLES = (
    "Une case vide veut dire « non connu », jamais zéro. Montants en euros, au centime, avec le point décimal ; taux en part (0.1 pour 10 %) ; dates en AAAA-MM-JJ ; textes en UTF-8.",
    "Une valeur refusée au contrôle (anomalie bloquante) n’est dans aucune table de valeurs ni aucun total.",
)
_PORTEES = {
    "consolidation": "Ces tables contiennent les réponses entières, petits effectifs compris : elles restent chez la coordination. Les coordonnées de qui a répondu n’y sont pas. "
    "Pour diffuser, exportez plutôt la synthèse.",
    "synthèse": "Ces tables sont celles de la synthèse transmise à l’ARS : petits effectifs masqués, aucune donnée personnelle.",
}  # fmt: skip


def exporter(chemin: str | Path, dossier: str | Path, format_: str) -> list[Path]:
    """Writes the tables of a workbook and their descriptor into ``dossier``; the files made. ``format_``: csv or parquet.

    Refus if the workbook is not one of ours, if the folder holds something else, or if the library for Parquet is missing.
    """
    if format_ == PARQUET:
        _exiger_pyarrow()
    source, dossier = lire(chemin), Path(dossier)
    with dossier_entier(dossier) as provisoire:
        ressources = []
        for table, lue in source.tables.items():
            nom = f"{table.fichier}.{format_}"
            (_en_csv if format_ == CSV else _en_parquet)(table, lue, provisoire / nom)
            ressources.append(_ressource(table, source, provisoire / nom, format_))
        ecrire_descripteur(provisoire, descripteur(source, ressources, format_))
    return [dossier / r["path"] for r in ressources] + [dossier / DESCRIPTEUR]


def ecrire_descripteur(dossier: Path, contenu: dict[str, object]) -> None:
    (dossier / DESCRIPTEUR).write_text(json.dumps(contenu, ensure_ascii=False, indent=2) + "\n", encoding="utf-8", newline="\n")


def descripteur(source: Source, ressources: list[dict], format_: str) -> dict[str, object]:
    """The content of ``datapackage.json``."""
    phrases = [
        f"Les tables de la {source.genre} {source.annee} du contrat « {source.titre} », faite le {date_fr(source.jour)} ({source.etat}).",
        *_REGLES, _PORTEES[source.genre], *[schema.NEUTRALISATION] * (format_ == CSV),
    ]  # fmt: skip
    return {
        "profile": "tabular-data-package" if format_ == CSV else "data-package",
        "name": f"{source.contrat}-{source.annee}-{'consolidation' if source.genre == 'consolidation' else 'synthese'}",
        "title": f"{source.titre} — {source.annee}",
        "description": typographie(" ".join(phrases)),
        "version": VERSION,
        "created": f"{source.jour.isoformat()}T00:00:00Z",
        MARQUE: {"contract": source.contrat, "year": source.annee, "state": source.etat, "kind": source.genre},
        "sources": [{"title": source.chemin.name, "hash": f"sha256:{source.empreinte}"}],
        "resources": ressources,
    }


def _ressource(table: TableDecrite, source: Source, fichier: Path, format_: str) -> dict[str, object]:
    contenu = fichier.read_bytes()
    ressource: dict[str, object] = {
        "profile": "tabular-data-resource" if format_ == CSV else "data-resource", "name": table.fichier, "path": fichier.name, "title": table.feuille,
        "description": table.aide, "format": format_, "mediatype": _MEDIAS[format_], "hash": f"sha256:{hashlib.sha256(contenu).hexdigest()}",
        "sources": [{"title": f"{source.chemin.name}, feuille « {source.tables[table].feuille} »"}],
    }  # fmt: skip
    if format_ == CSV:
        ressource |= {"bytes": len(contenu), "encoding": "utf-8", "dialect": _DIALECTE}
    return ressource | {"schema": schema.schema(table, {t.nom: t for t in source.tables})}


# --- Files ------------------------------------------------------------------------------------------------------------


def _en_csv(table: TableDecrite, lue: TableLue, fichier: Path) -> None:
    champs = schema.champs(table)
    with fichier.open("w", encoding="utf-8", newline="") as sortie:
        ecrivain = csv.writer(sortie, lineterminator=_FIN_DE_LIGNE)
        ecrivain.writerow(c.nom for c in champs)
        ecrivain.writerows(schema.rangee(champs, ligne) for ligne in lue.lignes)


def _exiger_pyarrow() -> None:
    try:
        import pyarrow.parquet  # noqa: F401
    except ImportError as erreur:
        raise Refus("Le format Parquet demande la bibliothèque pyarrow : installez-la par « pip install cls-workbook[parquet] », ou choisissez --format csv.") from erreur


def _en_parquet(table: TableDecrite, lue: TableLue, fichier: Path) -> None:
    """Money as exact decimals, dates as dates; what is missing is null. Title, unit and sentence go with each column."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    types = {
        "entier": pa.int64(), "annee": pa.int32(), "nombre": pa.float64(), "taux": pa.float64(), "montant": pa.decimal128(18, 2), "date": pa.date32(),
    }  # fmt: skip
    colonnes, champs = [], []
    for champ in schema.champs(table):
        type_ = types.get(champ.type, pa.string())
        valeurs = [champ.valeur(ligne[champ.colonne.titre]) for ligne in lue.lignes]
        if type_ == pa.float64():
            valeurs = [None if v is None else float(v) for v in valeurs]
        notes = {"title": champ.colonne.titre, "description": champ.aide} | ({"unit": champ.colonne.unite} if champ.colonne.unite else {})
        champs.append(pa.field(champ.nom, type_, metadata=notes))
        colonnes.append(pa.array(valeurs, type=type_))
    pq.write_table(pa.Table.from_arrays(colonnes, schema=pa.schema(champs)), fichier, compression="zstd")
