"""Typed rows → the contract that they describe; every name resolved, every object traced to its row."""

from __future__ import annotations

from typing import Any

from cls_workbook.definition.asked.all_sections import REFERENCES, SECTION_BY_NAME, SECTIONS
from cls_workbook.definition.asked.sections import SectionColumn
from cls_workbook.definition.authoring import written_revisions
from cls_workbook.definition.authoring.reference_directory import DirectoryEntry, ReferenceDirectory, entry, of_communes
from cls_workbook.definition.importing.authored_tables import DescriptionWorkbook
from cls_workbook.definition.importing.authored_values import Doubtful
from cls_workbook.definition.importing.deductions import deduce, holds_mesure
from cls_workbook.definition.importing.import_finding import found
from cls_workbook.definition.importing.row_assembly import RowAssembly, own_themes, placeholders
from cls_workbook.definition.importing.typed_rows import Item, TypedRow
from cls_workbook.domain.definition_keys import build
from cls_workbook.domain.lifetime import EvolutionThresholds
from cls_workbook.domain.model import Contrat, Fiche, FicheFinancement, Indicateur
from cls_workbook.domain.placed.place_model import Commune
from cls_workbook.domain.questions import ChoiceLists
from cls_workbook.domain.themes import shipped_themes
from cls_workbook.domain.verification.fault import RankedPlace


class Assembly(RowAssembly):
    """A contract (``contrat``) of its rows."""

    def __init__(self, workbook: DescriptionWorkbook):
        super().__init__(workbook)
        self._attach_to_fiches()
        deduce(self.rows)
        self.directory = _directory(self.rows)
        self.contrat = self.described_object = self._contrat()

    def _attach_to_fiches(self) -> None:
        """The number of the fiche that rows belong to, however it was written: everything else hangs on it."""
        self.directory = _directory({nom: self.rows[nom] if nom == "fiches" else [] for nom in self.rows})
        for row in (row for section in SECTIONS if section.parent for row in self.rows[section.nom]):
            for raw in row.values("fiche")[:1]:
                if isinstance(raw, Doubtful):
                    numero = self._by_number("fiches", raw)
                else:
                    numero = self.directory.resolve("fiches", str(raw))
                if numero is not None:
                    row.put("fiche", numero)

    # --- objects ---

    def _contrat(self) -> Contrat:
        plain_sections = [r for r in SECTIONS if not (r.form or r.parent or r.nom in ("listes", "fiches"))]
        its_own = self.rows | {"themes": own_themes(self.rows["themes"])}
        parts: dict[str, Any] = {r.nom: self._objects(its_own[r.nom], (r.nom,)) for r in plain_sections}
        parts["fiches"] = tuple(self._fiches())
        parts["listes"] = self._lists()
        head = self.rows["contrat"]
        own = self._field_values(head[0], "") if head else placeholders(SECTION_BY_NAME["contrat"], "")
        parts["evolution"] = build(EvolutionThresholds, self._field_values(head[0], "evolution") if head else {})
        return build(Contrat, own | parts)

    def _lists(self) -> ChoiceLists:
        columns = SECTION_BY_NAME["listes"].columns
        choices = {c.champ: tuple(t for row in self.rows["listes"] for t in row.texts(c.champ)) for c in columns}
        return ChoiceLists(**{champ: of_list for champ, of_list in choices.items() if of_list})

    def _fiches(self) -> list[Fiche]:
        """Each fiche with what other sheets say of it."""
        content = {
            nom: self._by_fiche(nom) for nom in ("volets", "financement", "lignes", "indicateurs", "complements")
        }
        fiches = []
        for rank, row in enumerate(self.rows["fiches"], 1):
            numero, here = row.texte("numero"), ("fiches", rank)
            own_rows = {nom: by_numero.pop(numero, []) for nom, by_numero in content.items()}
            money = [self._object(r, (*here, "financement")) for r in own_rows["financement"]]
            for double in own_rows["financement"][1:]:
                first = own_rows["financement"][0].numero + 1
                message = f"la fiche {numero} a déjà une ligne, ligne {first}."
                self._add_fault(double.here, message, "gardez-en une seule.")
            fiche = self._object(
                row,
                here,
                volets=self._objects(own_rows["volets"], (*here, "volets")),
                lignes=self._objects(own_rows["lignes"], (*here, "lignes")),
                complements=self._objects(own_rows["complements"], (*here, "complements")),
                indicateurs=tuple(self._indicateurs(own_rows["indicateurs"], (*here, "indicateurs"))),
                financement=money[0] if money else FicheFinancement(),
            )
            fiches.append(fiche)
        for numero, orphans in (item for by_numero in content.values() for item in by_numero.items()):
            for rank, row in enumerate(orphans):
                self._tell_orphan(row, numero, rank > 0, any(r.empty("libelle") for r in orphans[rank + 1 :][:1]))
        return fiches

    def _by_fiche(self, nom: str) -> dict[str, list[TypedRow]]:
        """Number of a fiche → the rows that belong to it."""
        column = SECTION_BY_NAME[nom].columns[0]
        by_numero: dict[str, list[TypedRow]] = {}
        for row in self.rows[nom]:
            item = next(iter(row.items.get(column.cle, ())), None)
            numero = "" if item is None else self._resolve(column, item, "")
            by_numero.setdefault(numero, []).append(row)
        return by_numero

    def _tell_orphan(self, row: TypedRow, numero: str, has_one_before: bool, goes_on: bool) -> None:
        """A row of no fiche: told once, then read for the faults that its other cells may have. A row without a label
        is of the indicator of the one before (which then ``goes_on``), if there is one."""
        if not numero and row.empty("fiche"):
            self._add_fault(row.location("fiche"), "la fiche manque.", "choisissez son numéro dans la liste.")
        follows = has_one_before and row.table.section.nom == "indicateurs" and row.empty("libelle")
        for part in sorted({c.part for c in row.table.section.columns}):
            if not follows if not part else holds_mesure(row) or not (follows or goes_on):
                self._field_values(row, part)

    def _indicateurs(self, rows: list[TypedRow], place: RankedPlace) -> list[Indicateur]:
        """Rows of the same indicator, wherever they stand, make one."""
        by_id: dict[str, list[TypedRow]] = {}
        told = -1  # the last row without a label: those that follow it lack the same one
        for row in rows:
            if row.texte("id"):
                by_id.setdefault(row.texte("id"), []).append(row)
                continue
            first, told = row.numero != told + 1, row.numero
            if not first:
                row.put("id", "?", "mesures")  # which follows from the label that is told to lack
                self._field_values(row, "mesures")
                continue
            remedy = "écrivez-le, ou placez la ligne sous celles de son indicateur."
            self._add_fault(row.location("libelle"), "le libellé de l’indicateur manque.", remedy)
            self._field_values(row, "mesures")
        return [self._indicateur(its_own, (*place, rank)) for rank, its_own in enumerate(by_id.values(), 1)]

    def _indicateur(self, rows: list[TypedRow], place: RankedPlace) -> Indicateur:
        start = next((r for r in rows if not r.empty("libelle")), rows[0])
        for other in rows:
            if other is not start:
                self._compare(start, other)
        mesures = self._objects(filter(holds_mesure, rows), (*place, "mesures"), "mesures")
        indicateur: Indicateur = self._object(start, place, mesures=mesures)
        return indicateur

    def _compare(self, start: TypedRow, other: TypedRow) -> None:
        """The further rows of an indicator say nothing else of it than the first."""
        for champ in (c.champ for c in other.table.section.own_columns() if c.champ != "id"):
            if not other.empty(champ) and other.values(champ) != start.values(champ):
                message = "cette case diffère de la première ligne du même indicateur."
                begins = f"l’indicateur « {start.texte('id')} » commence à la ligne {start.numero + 1}."
                self._add_fault(other.location(champ), message, f"effacez cette case : {begins}")

    def _value(self, row: TypedRow, column: SectionColumn, item: Item, fiche: str) -> object:
        if column.cle in ("revisions.cible", "revisions.champ", "revisions.valeur"):
            return self._revision(row, column, item)
        return super()._value(row, column, item, fiche)

    def _revision(self, row: TypedRow, column: SectionColumn, item: Item) -> str:
        objet, texte = row.texte("objet"), str(item[0])
        if column.champ == "cible":
            return written_revisions.read_target(objet, texte, self.directory)
        if column.champ == "champ":
            match = written_revisions.column(objet, texte)
            if match is None and objet:
                titles = ", ".join(c.titre for c in written_revisions.columns(objet))
                message = f"trouvé {found(texte)}, qui n’est pas une colonne qui se révise."
                self._add_fault(item[1], message, f"colonnes possibles : {titles}.")
            return match.champ if match else texte
        match = written_revisions.column(objet, row.texte("champ"))
        return written_revisions.read_value(match, texte, self.directory, self._revised_fiche(row)) if match else texte

    def _revised_fiche(self, row: TypedRow) -> str:
        cible = row.texte("cible")
        return next((r.texte("fiche") for r in self.rows["indicateurs"] if r.texte("id") == cible), cible)


def _directory(rows: dict[str, list[TypedRow]]) -> ReferenceDirectory:
    """What the sheets themselves let one name."""
    entries: dict[str, list[DirectoryEntry]] = {}
    for kind in (kind for kind in REFERENCES if kind not in ("mesures", "communes")):
        # names of volets and complements are known inside their fiche alone
        entries[kind] = [
            e
            for row in rows[kind]
            for e in entry(kind, row.texts, row.texte("fiche") if row.table.section.parent else "")
        ]
    entries["communes"] = of_communes(
        Commune(row.texte("code_insee"), row.texte("nom"), row.texte("nom_imprime") or None)
        for row in rows["communes"]
        if not row.empty("nom")
    )
    shipped = [DirectoryEntry(id_, (libelle,)) for id_, libelle in shipped_themes().items()]
    entries["themes"] = shipped + entries["themes"]
    entries["mesures"] = [DirectoryEntry(m, (m,)) for row in rows["indicateurs"] for m in row.texts("id", "mesures")]
    return ReferenceDirectory(entries)
