"""What a coordinator need not write: identifiers, ranks, the way measures are brought together."""

from __future__ import annotations

import re
from collections.abc import Iterable
from decimal import Decimal

from cls_workbook.definition.authoring.reference_directory import unique
from cls_workbook.definition.importing.typed_rows import TypedRow
from cls_workbook.definition.rule_templates import supplied_fields
from cls_workbook.domain.themes import shipped_themes
from cls_workbook.domain.verification.fiche_faults import ALLOWED_AGGREGATIONS
from cls_workbook.french import fold

IDENTIFIER_MAX = 48
# Sort of measure (and whether it is broken down) → sort of indicator.
INDICATEUR_TYPES = {
    "taux": "taux",
    "satisfaction": "satisfaction",
    "moyenne": "duree",
    "jalon": "jalon",
    "date": "date",
    "liste": "liste_types",
    "texte": "texte",
    "ventilation": "compte_ventile",
}


def identifier(texte: str, separator: str = "-") -> str:
    """« CCAS d’Essai (74) » → « ccas-d-essai-74 »: what may stand in a file name."""
    words = re.findall(r"[a-z0-9]+", fold(texte))
    short = ""
    for word in words:
        if short and len(short) + 1 + len(word) > IDENTIFIER_MAX:
            break
        short = f"{short}{separator}{word}" if short else word
    return short[:IDENTIFIER_MAX]


def deduce(rows: dict[str, list[TypedRow]]) -> None:
    """Fills in what was left blank and may be."""
    for rule in rows["regles"]:
        _fill_from_model(rule)
    _contrat(rows["contrat"])
    _themes(rows["themes"])
    for nom in ("structures", "financeurs"):
        _identify(rows[nom], "nom")
    for nom in ("natures", "regles", "priorites"):
        _identify(rows[nom], "libelle")
    _identify(rows["lieux"], "sorte", "nom")
    _identify_by_fiche(rows["volets"], "nom")
    _identify_by_fiche(rows["complements"], "libelle", "_")
    _assign_numbers(rows["a_confirmer"])
    for row in rows["financement"]:
        if row.empty("montant_etat"):
            row.put("montant_etat", "vide" if row.empty("montant") else "chiffre")
    _mesures(rows["indicateurs"])


def deduce_noyau(rows: dict[str, list[TypedRow]]) -> None:
    """The same in the description of a regional noyau."""
    _identify(rows["noyau"], "titre")
    _themes(rows["themes"])
    _identify(rows["priorites"], "libelle")
    for row in rows["mesures"]:
        allowed = ALLOWED_AGGREGATIONS.get(row.texte("type"), ())
        if row.empty("agregation") and len(allowed) == 1:
            row.put("agregation", allowed[0])


def _fill_from_model(rule: TypedRow) -> None:
    """What a rule that ships says, where the row is blank."""
    for champ, content in supplied_fields(rule.texte("modele") or None).items():
        if rule.empty(champ):
            column, location = rule.table.section.column(champ), rule.location(champ)
            values = content if isinstance(content, list) else [content]
            is_number = column.key.type is Decimal
            rule.items[column.cle] = [(Decimal(str(v)) if is_number else v, location) for v in values]


def _contrat(rows: list[TypedRow]) -> None:
    for contrat in rows:
        annees = contrat.values("annees")
        if contrat.empty("id") and annees and (nom := identifier(contrat.texte("territoire"))):
            bounds = "-".join(dict.fromkeys((str(annees[0]), str(annees[-1]))))
            contrat.put("id", f"{nom}-{bounds}")


def _themes(rows: list[TypedRow]) -> None:
    """A theme that ships is that one, even typed again without its identifier."""
    shipped = {fold(libelle): id_ for id_, libelle in shipped_themes().items()}
    own = []
    for row in rows:
        if row.empty("id") and (id_ := shipped.get(fold(row.texte("libelle")))):
            row.put("id", id_)
        else:
            own.append(row)
    _identify(own, "libelle", already=shipped_themes())


def _identify(rows: list[TypedRow], *champs: str, separator: str = "-", already: Iterable[str] = ()) -> None:
    """An identifier made of these fields, for each row that has none."""
    taken = {r.texte("id") for r in rows} | set(already)
    for row in rows:
        if row.empty("id") and (base := identifier(" ".join(map(row.texte, champs)), separator)):
            row.put("id", unique(base, taken))
            taken.add(row.texte("id"))


def _identify_by_fiche(rows: list[TypedRow], champ: str, separator: str = "-") -> None:
    for fiche in {r.texte("fiche") for r in rows}:
        _identify([r for r in rows if r.texte("fiche") == fiche], champ, separator=separator)


def _assign_numbers(rows: list[TypedRow]) -> None:
    taken, rank = {r.texte("code") for r in rows}, 0
    for row in rows:
        rank += 1
        if row.empty("code"):
            while (code := f"A{rank:02}") in taken:
                rank += 1
            row.put("code", code)
            taken.add(code)


# --- Indicators and measures ----------------------------------------------------------------------------------------


def _mesures(rows: list[TypedRow]) -> None:
    _indicateurs(rows)
    taken = {r.texte("id", "mesures") for r in rows}
    by_indicateur: dict[str, list[TypedRow]] = {}
    for row in rows:
        if holds_mesure(row):
            by_indicateur.setdefault(row.texte("id"), []).append(row)
    for indicateur, its_own in by_indicateur.items():
        for rank, row in enumerate(its_own):
            if row.empty("id", "mesures") and indicateur:
                row.put("id", unique(indicateur + (letters(rank) if len(its_own) > 1 else ""), taken), "mesures")
                taken.add(row.texte("id", "mesures"))
            _complete(row, its_own[0])


def _indicateurs(rows: list[TypedRow]) -> None:
    """Gives each row its indicator: that of the row above where its label is blank; a rank in its fiche where it has no
    id.
    """
    taken = {r.texte("id") for r in rows}
    ranks: dict[str, int] = {}
    precedent: TypedRow | None = None
    for row in rows:
        fiche = row.texte("fiche")
        begins = not row.empty("libelle")
        if begins:
            ranks[fiche] = ranks.get(fiche, 0) + 1
        if row.empty("id") and fiche:
            if begins:
                row.put("id", unique(f"{fiche}-I{ranks[fiche]:02}", taken))
                taken.add(row.texte("id"))
            elif precedent is not None and precedent.texte("fiche") == fiche:
                row.put("id", precedent.texte("id"))
        precedent = row


def holds_mesure(row: TypedRow) -> bool:
    return any(cle.startswith("mesures.") for cle in row.touched)


def _complete(row: TypedRow, first: TypedRow) -> None:
    """The label, the way of bringing together, and the sort of indicator that the measure implies."""
    if row.empty("libelle", "mesures") and first.texte("libelle"):
        row.put("libelle", first.texte("libelle"), "mesures")
    type_ = row.texte("type", "mesures")
    allowed = ALLOWED_AGGREGATIONS.get(type_, ())
    if row.empty("agregation", "mesures") and len(allowed) == 1:
        row.put("agregation", allowed[0], "mesures")
    if row is first and row.empty("type") and type_:
        is_detailed = not (row.empty("ventilation", "mesures") and row.empty("par_lieu", "mesures"))
        detail = "compte_ventile" if is_detailed else "compte"
        row.put("type", INDICATEUR_TYPES.get(type_, detail))


def letters(rank: int) -> str:
    """0 → a, 25 → z, 26 → aa."""
    texte, rank = "", rank + 1
    while rank:
        rank, remaining = divmod(rank - 1, 26)
        texte = chr(97 + remaining) + texte
    return texte
