"""A contract definition (TOML) → ``Contrat``: every fault of writing is told with its place."""

from __future__ import annotations

from dataclasses import replace
from difflib import get_close_matches
from pathlib import Path

from cls_workbook import resources
from cls_workbook.definition.noyau_reader import noyaux_of
from cls_workbook.definition.rule_templates import complete
from cls_workbook.definition.toml_objects import build_object, tables_of, text_of
from cls_workbook.domain.contrat_years import unreadable
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from cls_workbook.french import how_many


def shipped() -> dict[str, Path]:
    """Identifier → file of each definition that ships, in alphabetical order."""
    return {p.stem: p for p in sorted((resources.folder("templates") / "contrats").glob("*.toml"))}


def load(reference: str | Path) -> Contrat:
    """The contract of a shipped identifier or of a file. Refusal with one line per fault if it cannot be read."""
    path = shipped().get(str(reference), Path(reference))
    known = ", ".join(shipped())
    near = "" if path.suffix else next(iter(get_close_matches(str(reference).casefold(), shipped(), 1, 0.4)), "")
    where = "est un dossier" if path.is_dir() else "est introuvable"
    unknown = f"Le contrat « {reference} » {where} : ce n’est ni un contrat livré ({known}), ni un fichier lisible."
    texte = text_of(path, unknown + (f" Vouliez-vous dire « {near} » ?" if near else ""))
    return parse(texte, str(path))


def load_sound(reference: str | Path) -> Contrat:
    """The same, where every name leads somewhere and the contract's id can name files. Refusal with one line for each
    that does not; tests hold what ships.

    Other faults are for ``contrat verifier``: a year can be made with them.
    """
    contrat = load(reference)
    if str(reference) in shipped():
        return contrat
    from cls_workbook.domain.verification.whole_contract import verifier  # who takes a shipped one need not wait

    if faults := [str(found) for found in verifier(contrat) if found.blocks]:
        raise Refusal(f"La définition {reference} comporte {how_many(len(faults), 'faute')}.", faults)
    return contrat


def parse(texte: str, origin: str) -> Contrat:
    """A definition's text → Contrat. ``origin`` names the file in messages, and the folder of the noyau that it takes
    in."""
    header, raw = tables_of(texte, origin, "contrat")
    faults: list[str] = []
    complete(raw, faults)
    contrat: Contrat | None = build_object(Contrat, {**header, **raw}, "contrat", faults)
    if contrat is not None and not faults:
        # a revision that cannot be applied is a fault of writing: no year could be shown
        faults += [f"contrat.revisions[{rank}].{e.champ} : {e}" for rank, e in unreadable(contrat)]
        noyaux = noyaux_of(contrat, Path(origin).parent, faults)
        contrat = replace(contrat, regional=replace(contrat.regional, noyaux=noyaux))
    if contrat is None or faults:
        raise Refusal(f"La définition {origin} comporte {how_many(len(faults), 'faute')}.", faults)
    return contrat
