"""A revision in the words of the workbook: the title of a column for its field, names for ids in its value.

What could not be read back to the letter stays as the definition has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cls_workbook.definition.asked.all_sections import SECTION_BY_NAME
from cls_workbook.definition.asked.sections import Section, SectionColumn
from cls_workbook.definition.authoring import coded_choices, written_list
from cls_workbook.definition.authoring.reference_directory import ReferenceDirectory
from cls_workbook.domain.lifetime import REVISION_OBJECTS, Revision
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.revision import revisable_keys
from cls_workbook.french import fold

# Object of a revision → where its columns are: (sheet, part of its row).
_SHEETS: dict[str, tuple[tuple[str, str], ...]] = {
    "contrat": (("contrat", ""),),
    "axe": (("axes", ""),),
    "structure": (("structures", ""),),
    "signataire": (("signataires", ""),),
    "financeur": (("financeurs", ""),),
    "fiche": (("fiches", ""), ("financement", "")),
    "volet": (("volets", ""),),
    "indicateur": (("indicateurs", ""),),
    "mesure": (("indicateurs", "mesures"),),
    "regle": (("regles", ""),),
}
_TARGETS = {"axe": "axes", "structure": "structures", "financeur": "financeurs", "fiche": "fiches", "mesure": "mesures"}


def columns(objet: str) -> Iterator[tuple[Section, SectionColumn]]:
    """What of an object may be revised, as columns of its sheets."""
    revisable = revisable_keys(objet) if objet in REVISION_OBJECTS else {}
    for nom, part in _SHEETS.get(objet, ()):
        for column in SECTION_BY_NAME[nom].columns:
            if column.part == part and column.champ in revisable:
                yield SECTION_BY_NAME[nom], column


def column(objet: str, texte: str) -> tuple[Section, SectionColumn] | None:
    """The column meant by its title, or by the name of its field."""
    sought = fold(texte)
    candidates = list(columns(objet))
    for matches in (lambda c: fold(c.titre) == sought, lambda c: c.champ == texte):
        all_found = [(r, c) for r, c in candidates if matches(c)]
        if len(all_found) == 1:
            return all_found[0]
    return None


def titles(objet: str) -> tuple[str, ...]:
    return tuple(c.titre for _, c in columns(objet))


def written_target(revision: Revision, directory: ReferenceDirectory) -> str | None:
    kind = _TARGETS.get(revision.objet)
    return directory.name_to_show(kind, revision.cible) if kind and revision.cible else revision.cible


def read_target(objet: str, texte: str, directory: ReferenceDirectory) -> str:
    kind = _TARGETS.get(objet)
    return (directory.resolve(kind, texte) if kind else None) or texte


def written_field(revision: Revision) -> str:
    match = next((c for _, c in columns(revision.objet) if c.champ == revision.champ), None)
    return (
        match.titre
        if match is not None and (retour := column(revision.objet, match.titre)) and retour[1].champ == revision.champ
        else revision.champ
    )


def written_value(revision: Revision, directory: ReferenceDirectory, contrat: Contrat) -> str | None:
    """With names for ids, and words for codes, where that leads back to the same text."""
    match = next(((r, c) for r, c in columns(revision.objet) if c.champ == revision.champ), None)
    if match is None or revision.valeur is None:
        return revision.valeur
    section, c = match
    fiche = _fiche(revision, contrat)
    as_written = _convert(section, c, revision.valeur, lambda item: _name(c, item, directory, fiche))
    return as_written if read_value(section, c, as_written, directory, fiche) == revision.valeur else revision.valeur


def read_value(section: Section, c: SectionColumn, texte: str, directory: ReferenceDirectory, fiche: str) -> str:
    """With ids for names, and codes for words; a text that is ids already stays as it was written."""
    known = {e.id for e in directory.entries.get(c.cross_reference or "", ())} | set(
        coded_choices.CHOICES.get(c.choix or "", ())
    )
    items = written_list.split(texte)
    if (c.cross_reference or c.choix) and all(item in known for item in items):
        return texte
    return _convert(section, c, texte, lambda item: _code(c, item, directory, fiche))


def _convert(section: Section, c: SectionColumn, texte: str, translate: Callable[[str], str]) -> str:
    if not c.cross_reference and not c.choix:
        return texte
    if not section.key(c).is_list:
        return translate(texte)
    return " ; ".join(translate(item) for item in written_list.split(texte) or (texte,))


def _name(c: SectionColumn, item: str, directory: ReferenceDirectory, fiche: str) -> str:
    return (
        coded_choices.words(c.choix, item) if c.choix else directory.name_to_show(c.cross_reference or "", item, fiche)
    )


def _code(c: SectionColumn, item: str, directory: ReferenceDirectory, fiche: str) -> str:
    value = coded_choices.code(c.choix, item) if c.choix else directory.resolve(c.cross_reference or "", item, fiche)
    return item if value is None else value


def _fiche(revision: Revision, contrat: Contrat) -> str:
    """The fiche inside which names of volets are known."""
    if revision.objet == "indicateur":
        return next((f.numero for f in contrat.fiches for i in f.indicateurs if i.id == revision.cible), "")
    return revision.cible or "" if revision.objet == "fiche" else ""
