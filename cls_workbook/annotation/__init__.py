"""The annotated copy of a return: what is wrong, where it is wrong, to be corrected and sent back as it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import NamedTuple

from cls_workbook.anomalies import Anomalie, trier
from cls_workbook.contract.model import Contrat
from cls_workbook.francais import typographie
from cls_workbook.reading.reader import Retour

SUFFIXE = "-annote"
ODS = "Votre retour est un .ods : cette copie est un .xlsx, refait sur le modèle de l’année avec vos réponses. Corrigez celui-ci ; vos feuilles et notes ajoutées n’y sont pas."
REFAIT = "Votre fichier ne pouvait pas être annoté tel quel : cette copie est refaite sur le modèle de l’année avec vos réponses."


class Annotee(NamedTuple):
    """``extension``: .xlsx or .xlsm. ``refaite``: why the copy is not the very file that came ("" if it is)."""

    contenu: bytes
    extension: str
    refaite: str


def annoter(retour: Retour, contrat: Contrat, anomalies: Sequence[Anomalie], adresses: Mapping[str, tuple[str, str]]) -> Annotee:
    """The annotated copy of a return that could be read. ``adresses``: key of an input → (sheet, cell) in the return.

    Refus if the file cannot be opened any more.
    """
    from cls_workbook.annotation.copie import Copie
    from cls_workbook.annotation.paquet import Inhabituel

    contenu, fichier = Path(retour.chemin).read_bytes(), PurePosixPath(retour.fichier).name
    anomalies = trier(list(anomalies))
    en_ods = b"opendocument" in contenu[:200]
    if not en_ods:
        try:
            copie = Copie(contenu)
            return Annotee(copie.annoter(fichier, anomalies), ".xlsm" if copie.macros else ".xlsx", "")
        except Inhabituel:
            pass  # written by a program of its own kind: the answers are carried over instead
    pourquoi = typographie(ODS if en_ods else REFAIT)
    return Annotee(_refaite(retour, contrat, fichier, anomalies, adresses, pourquoi), ".xlsx", pourquoi)


def _refaite(retour: Retour, contrat: Contrat, fichier: str, anomalies: Sequence[Anomalie], adresses: Mapping[str, tuple[str, str]], pourquoi: str) -> bytes:
    from cls_workbook.annotation.copie import Copie
    from cls_workbook.annotation.reprise import refaire

    reprise = refaire(retour, contrat)
    cles = {lieu: cle for cle, lieu in adresses.items()}
    deplacees = {cle.partition("/")[0] for cle in retour.deplacements}
    en_place = {nom for groupe, nom in retour.feuilles.items() if groupe not in deplacees} & reprise.feuilles

    def ou(feuille: str, cellule: str) -> tuple[str, str] | None:
        if (cle := cles.get((feuille, cellule))) in reprise.places:
            return reprise.places[cle]
        return (feuille, cellule) if feuille in en_place else None  # a label, a computed cell

    return Copie(reprise.contenu).annoter(fichier, anomalies, ou, (pourquoi, *reprise.perdues))


def nom_de_la_copie(retour: Retour, extension: str) -> PurePosixPath:
    """Where the copy goes in the folder of copies: as the return, marked as a copy."""
    origine = PurePosixPath(retour.fichier)
    if origine.is_absolute() or ".." in origine.parts or Path(retour.fichier).is_absolute():
        origine = PurePosixPath(Path(retour.fichier).name)
    base = origine.stem if origine.stem.endswith(SUFFIXE) else f"{origine.stem}{SUFFIXE}"
    return origine.with_name(base + extension)
