"""A revision in the words of the workbook: the title of a column for its field, names for ids in its value.

What could not be read back to the letter stays as the definition has it.
"""

from __future__ import annotations

from collections.abc import Callable

from cls_workbook.definition.asked.all_sections import SECTION_BY_NAME
from cls_workbook.definition.asked.sections import SectionColumn
from cls_workbook.definition.authoring import coded_choices, written_list
from cls_workbook.definition.authoring.reference_directory import ReferenceDirectory
from cls_workbook.domain.lifetime import Revision
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.revision import revisable_keys
from cls_workbook.french import fold

# Object of a revision → the sheet of its columns (a measure shares the row of its indicator).
_SHEETS = {
    "contrat": "contrat",
    "axe": "axes",
    "structure": "structures",
    "signataire": "signataires",
    "financeur": "financeurs",
    "fiche": "fiches",
    "volet": "volets",
    "indicateur": "indicateurs",
    "mesure": "indicateurs",
    "regle": "regles",
}
_TARGETS = {"axe": "axes", "structure": "structures", "financeur": "financeurs", "fiche": "fiches", "mesure": "mesures"}


def columns(objet: str) -> list[SectionColumn]:
    """What of an object may be revised, as columns of its sheets; a fiche's money is on a sheet of its own."""
    if objet not in _SHEETS:
        return []
    own = SECTION_BY_NAME[_SHEETS[objet]].own_columns("mesures" if objet == "mesure" else "")
    money = SECTION_BY_NAME["financement"].own_columns() if objet == "fiche" else []
    revisable = revisable_keys(objet)
    return [c for c in own + money if c.champ in revisable]


def column(objet: str, texte: str) -> SectionColumn | None:
    """The column meant by its title, or by the name of its field."""
    sought = fold(texte)
    candidates = columns(objet)
    for matching in ([c for c in candidates if fold(c.titre) == sought], [c for c in candidates if c.champ == texte]):
        if len(matching) == 1:
            return matching[0]
    return None


def read_target(objet: str, texte: str, directory: ReferenceDirectory) -> str:
    """The number or id of what a revision changes; a text that names nothing stays as it was written."""
    kind = _TARGETS.get(objet)
    return (directory.resolve(kind, texte) if kind else None) or texte


def written(revision: Revision, directory: ReferenceDirectory, contrat: Contrat) -> dict[str, str | None]:
    """Its ``cible``, ``champ`` and ``valeur`` as their cells show them."""
    kind, cible = _TARGETS.get(revision.objet), revision.cible
    match = next((c for c in columns(revision.objet) if c.champ == revision.champ), None)
    by_title = match and column(revision.objet, match.titre)
    return {
        "cible": directory.name_to_show(kind, cible) if kind and cible else cible,
        "champ": match.titre if match and by_title and by_title.champ == revision.champ else revision.champ,
        "valeur": _written_value(revision, match, directory, contrat),
    }


def _written_value(
    revision: Revision, c: SectionColumn | None, directory: ReferenceDirectory, contrat: Contrat
) -> str | None:
    """With names for ids, and words for codes, where that leads back to the same text."""
    if c is None or revision.valeur is None:
        return revision.valeur
    fiche = _fiche(revision, contrat)
    as_written = _convert(c, revision.valeur, lambda item: _name(c, item, directory, fiche))
    return as_written if read_value(c, as_written, directory, fiche) == revision.valeur else revision.valeur


def read_value(c: SectionColumn, texte: str, directory: ReferenceDirectory, fiche: str) -> str:
    """With ids for names, and codes for words; a text that is ids already stays as it was written."""
    known = {e.id for e in directory.entries.get(c.cross_reference or "", ())}
    known |= set(coded_choices.CHOICES.get(c.choix or "", ()))
    if all(item in known for item in written_list.split(texte)):
        return texte
    return _convert(c, texte, lambda item: _code(c, item, directory, fiche))


def _convert(c: SectionColumn, texte: str, translate: Callable[[str], str]) -> str:
    if not c.cross_reference and not c.choix:
        return texte
    if not c.key.is_list:
        return translate(texte)
    return " ; ".join(translate(item) for item in written_list.split(texte) or (texte,))


def _name(c: SectionColumn, item: str, directory: ReferenceDirectory, fiche: str) -> str:
    if c.choix:
        return coded_choices.words(c.choix, item)
    return directory.name_to_show(c.cross_reference or "", item, fiche)


def _code(c: SectionColumn, item: str, directory: ReferenceDirectory, fiche: str) -> str:
    value = coded_choices.code(c.choix, item) if c.choix else directory.resolve(c.cross_reference or "", item, fiche)
    return item if value is None else value


def _fiche(revision: Revision, contrat: Contrat) -> str:
    """The fiche inside which names of volets are known."""
    if revision.objet == "indicateur":
        return next((f.numero for f in contrat.fiches for i in f.indicateurs if i.id == revision.cible), "")
    return revision.cible or "" if revision.objet == "fiche" else ""
