"""The definition of a regional noyau (TOML) → ``Noyau``, read with the care and the messages of a contract's."""

from __future__ import annotations

from pathlib import Path

from cls_workbook import resources
from cls_workbook.definition.toml_objects import build_object, tables_of, text_of
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.regional.noyau_model import Noyau
from cls_workbook.errors import Refusal
from cls_workbook.french import how_many


def shipped_noyaux() -> dict[str, Path]:
    """Identifier → file of each noyau that ships, in alphabetical order."""
    return {p.stem: p for p in sorted((resources.folder("templates") / "noyaux").glob("*.toml"))}


def load_noyau(reference: str | Path, folder: Path | None = None) -> Noyau:
    """The noyau of a shipped identifier, or of a file (``folder``: that a relative path starts from). Refusal with one
    line per fault if it cannot be read."""
    path = shipped_noyaux().get(str(reference), (folder or Path()) / reference)
    known = ", ".join(shipped_noyaux())
    unknown = f"Le noyau « {reference} » est introuvable : ce n’est ni un noyau livré ({known}), ni un fichier lisible."
    if folder is not None:  # a contract names it
        unknown += " Donnez son fichier avec la définition du contrat : dans le même dossier, ou déposé avec elle."
    return parse_noyau(text_of(path, unknown), str(path))


def parse_noyau(texte: str, origin: str) -> Noyau:
    """A definition's text → Noyau. ``origin`` names the file in messages."""
    header, raw = tables_of(texte, origin, "noyau")
    faults: list[str] = []
    noyau: Noyau | None = build_object(Noyau, {**header, **raw}, "noyau", faults)
    if noyau is None or faults:
        raise Refusal(f"La définition {origin} comporte {how_many(len(faults), 'faute')}.", faults)
    return noyau


def noyaux_of(contrat: Contrat, folder: Path, faults: list[str]) -> tuple[tuple[str, Noyau], ...]:
    """Reference → noyau, for each that a contract names, at first or by a revision; one that cannot be read is a fault
    at its place."""
    named = {"contrat.noyau": contrat.regional.noyau}
    for rank, revision in enumerate(contrat.changes.revisions, 1):
        if (revision.objet, revision.champ) == ("contrat", "noyau"):
            named[f"contrat.revisions[{rank}].valeur"] = revision.valeur
    found: dict[str, Noyau] = {}
    for place, reference in named.items():
        if reference and reference not in found:
            try:
                found[reference] = load_noyau(reference, folder)
            except Refusal as refusal:
                faults.append(f"{place} : {' '.join((str(refusal), *refusal.details))}")
    return tuple(found.items())
