"""What arrives in the folder of returns besides one good return: the same one twice, two versions of it,
one of another year, of another contract, of another version of the template. Each with what must come of every value of
every file, in the consolidation itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from cls_workbook import forms
from cls_workbook.anomalies import Anomalie
from cls_workbook.definition import toml_reader
from cls_workbook.definition.known_contrats import KnownContrats
from cls_workbook.forms import examples
from cls_workbook.pipeline import way_back
from cls_workbook.pipeline.settling import ReplacementRequest
from cls_workbook.reading import return_files
from cls_workbook.reading.return_reader import ReturnReader
from cls_workbook.reports.consolidation.consolidated_result import Result
from tests.support.gestures import Due
from tests.support.light_workbooks import lighten
from tests.support.small_workbook import DEFINITION, YEAR, trial
from tests.support.verdict import LOST, READ, REPORTED, WRONG, Verdict, are_equal

DAY = datetime.date(2026, 4, 1)
# What a partner could have answered: nothing that a rule of the contract would say anything of.
PLAUSIBLE: Mapping[str, object] = {
    "accueil/reponse/contact_fonction": "Chargée de mission",
    "accueil/reponse/date_reponse": datetime.date(2026, 3, 2),
    "1.1/avancement/etat": "En cours",
    "1.1/avancement/realisation": "Partielle",
    "1.1/avancement/date_debut": datetime.date(2025, 1, 6),
    "1.1/avancement/motif": "Un trimestre de retard",
    "1.1/mesures/1.1-I01/valeur": 40,
    "1.1/mesures/1.1-I01/statut": "réel",
    "1.1/mesures/1.1-I02a/valeur": 12.5,
    "1.1/mesures/1.1-I02a/commentaire": "Deux lieux",
    "1.1/taux/1.1-I03a/numerateur": 9,
    "1.1/taux/1.1-I03a/denominateur": 36,
    "1.1/satisfaction/1.1-I04/repondants": 20,
    "1.1/satisfaction/1.1-I04/satisfaits": 15,
    "1.1/durees/1.1-I05/moyenne": 4.5,
    "1.1/durees/1.1-I05/effectif": 30,
    "1.1/textes/1.1-I07/texte": "Bonne tenue d’ensemble",
    "1.1/partenaires/01/nom": "Le Relais",
    "1.1/partenaires/01/type": "Association",
    "1.1/financement/01/financeur": "ARS",
    "1.1/financement/01/nature": "Maquette ARS",
    "1.1/financement/01/engage": 6000.5,
    "1.1/financement/01/reference": "CONV-2025-7",
    "1.1/financement/01/date": datetime.date(2025, 5, 12),
    "1.1/financement/02/financeur": "Ville de Rivemont",
    "1.1/financement/02/nature": "Cofinancement",
    "1.1/financement/02/engage": 6000.5,
    "1.1/financement/02/reference": "DEL-2025-3",
    "1.1/financement/02/date": datetime.date(2025, 4, 3),
    "1.1/depenses/total": 12001,
    "1.1/qualitatif/realisations": "Quarante personnes rencontrées",
    "2.1/avancement/etat": "En cours",
    "2.1/mesures/2.1-I01/valeur": 120,
    "2.1/qualitatif/freins": "La météo",
}
VERSION_2 = PLAUSIBLE | {
    "1.1/mesures/1.1-I01/valeur": 44,
    "1.1/financement/01/engage": 6500.25,
    "1.1/depenses/total": 12500.75,
    "2.1/qualitatif/freins": "La météo, puis la grève",
}


@dataclass(frozen=True, eq=False)
class ExportSource:
    """A workbook that left, and what it was filled in with.

    ``change``: text of the contract's definition → what it was then.
    """

    saisies: Mapping[str, object] = field(default_factory=lambda: PLAUSIBLE)
    annee: int = YEAR
    change: tuple[tuple[str, str], ...] = ()

    @cached_property
    def plan(self) -> forms.WorkbookPlan:
        definition = DEFINITION
        for now, before in self.change:
            assert now in definition
            definition = definition.replace(now, before)
        contrat = toml_reader.parse(definition, "essai")
        respondent = next(r for r in forms.repondants(contrat) if r.id == "mutuelle")
        return forms.plan(contrat, self.annee, respondent)

    @cached_property
    def dues(self) -> dict[tuple[str, str], Due]:
        """(sheet, cell) → what stands there."""
        places = {p.cle: p for p in self.plan.input_places()}
        return {(places[c].sheet, places[c].cell): Due(c, v, v) for c, v in self.saisies.items()}

    @cached_property
    def content(self) -> bytes:
        examples.fill_cell(self.plan, self.saisies)
        return lighten(self.plan.workbook)


FIRST, SECOND = ExportSource(), ExportSource(VERSION_2)
LAST_YEAR = ExportSource(annee=YEAR - 1)
OF_ANOTHER_CONTRAT = ExportSource(change=(('id = "essai"', 'id = "voisin"'),))
HOURS = (
    '    { id = "1.1-I02a", libelle = "Heures de permanence", type = "decimal", agregation = "FLUX", '
    'unite = "heure" },\n'
)
POSTERS = '    { id = "1.1-I99", libelle = "Affiches posées", type = "entier", agregation = "FLUX" },\n'
OF_ANOTHER_VERSION = ExportSource(PLAUSIBLE | {"1.1/mesures/1.1-I99/valeur": 12}, change=((HOURS, HOURS + POSTERS),))


@dataclass(frozen=True)
class CampagneEdit:
    """``received``: name of a file → what it was made from; the same source gives the same bytes.

    ``to_replace``: as ``pipeline.way_back.consolider`` takes it.

    ``codes``: of all the anomalies that tell of what came; ``reported``: how many values they point at, all those of a
    file that is set aside.
    """

    nom: str
    received: Mapping[str, ExportSource]
    codes: frozenset[str]
    reported: int
    to_replace: tuple[ReplacementRequest, ...] = ()
    slow: bool = False


def _edit(
    nom: str,
    received: Mapping[str, ExportSource],
    *codes: str,
    reported: int,
    to_replace: tuple[ReplacementRequest, ...] = (),
) -> CampagneEdit:
    return CampagneEdit(nom, received, frozenset(codes), reported, to_replace)


PER_FILE = len(PLAUSIBLE)
PER_FICHES = PER_FILE - 2  # what Accueil says of who answers is no answer for a fiche
CAMPAGNE_EDITS = (
    _edit("le même retour deux fois, sous deux noms", {"a": FIRST, "b": FIRST}, "DOUBLON_DE_RETOUR", reported=PER_FILE),
    _edit(
        "une copie de conflit d’OneDrive", {"a": FIRST, "a-PC-DE-MARIE": FIRST}, "DOUBLON_DE_RETOUR", reported=PER_FILE
    ),
    _edit(
        "deux versions d’un retour, sans dire laquelle vaut",
        {"a": FIRST, "a v2": SECOND},
        "DOUBLON_DE_RETOUR",
        reported=2 * PER_FICHES,
    ),
    _edit(
        "deux versions d’un retour, la seconde remplace la première",
        {"a": FIRST, "a v2": SECOND},
        "RETOUR_REMPLACE",
        reported=PER_FILE,
        to_replace=(ReplacementRequest("a v2", "a"),),
    ),
    _edit(
        "un retour de l’an dernier parmi ceux de l’année",
        {"a": FIRST, "ancien": LAST_YEAR},
        "HORS_CAMPAGNE",
        reported=PER_FILE,
    ),
    _edit(
        "un retour d’un autre contrat parmi les autres",
        {"a": FIRST, "voisin": OF_ANOTHER_CONTRAT},
        "FICHIER_ILLISIBLE",
        reported=PER_FILE,
    ),
    _edit(
        "un retour sur une autre version du modèle",
        {"a": OF_ANOTHER_VERSION},
        "HORS_CAMPAGNE",
        "SAISIE_HORS_CADRE",
        reported=1,
    ),
)
NOT_APPLICABLE = (
    "RETOUR_MANQUANT",
    "GROUPE_NON_NOMME",
    "VALEUR_NON_RENSEIGNEE",
)  # of what did not come: nothing is said of what did


def _already_read(result: Result) -> dict[tuple[str, str, str], object]:
    """(file, sheet, cell) → value, of all that the tables of the consolidation hold."""
    all_found: dict[tuple[str, str, str], object] = {}
    for table in (result.tables.mesures.frame(), result.tables.reponses.frame()):
        for r in table.to_dict("records"):
            all_found[r["Fichier"], r["Feuille"], r["Cellule"]] = r["Valeur"]
    for r in result.tables.financements.frame().to_dict("records"):
        rank = r["Cellule"].partition(":")[0].lstrip("C")
        for column, titre in zip(
            "CDEFGHI", ("Financeur", "Nature", "Prévu", "Engagé", "Versé", "Référence", "Date"), strict=True
        ):
            if r[titre] is not None and pd.notna(r[titre]):
                all_found[r["Fichier"], r["Feuille"], f"{column}{rank}"] = r[titre]
    return all_found


def judge(edit: CampagneEdit, files: Mapping[str, Path]) -> tuple[Verdict, frozenset[str]]:
    """What became of every value of every file (``files``: name → file), and the codes of what was said of them."""
    contrat, names = trial(), {nom: path.name for nom, path in files.items()}
    retours = return_files.read({path.name: path for path in files.values()}, ReturnReader(KnownContrats(contrat)))
    requests = [ReplacementRequest(names[d.nouveau], names[d.ancien]) for d in edit.to_replace]
    result = way_back.consolider(retours, contrat, YEAR, day=DAY, to_replace=requests)
    verdict, items_read = Verdict(), _already_read(result)
    for nom, source in edit.received.items():
        its_own = [a for a in result.anomalies if a.file == names[nom]]
        for (sheet, cell), due in source.dues.items():
            _count(
                verdict,
                f"{names[nom]} {sheet}!{cell}",
                due,
                items_read.get((names[nom], sheet, cell)),
                [a for a in its_own if _concerns(a, sheet, cell)],
            )
    return verdict, frozenset(a.code for a in result.anomalies if a.code not in NOT_APPLICABLE)


def _concerns(anomalie: Anomalie, sheet: str, cell: str) -> bool:
    """Does it point at this cell, at its sheet as a whole, or at the file?"""
    return anomalie.refuses_file or (anomalie.sheet == sheet and (anomalie.refuses_sheet or cell in anomalie.cells))


def _count(verdict: Verdict, where: str, due: Due, item_read: object, anomalies: list[Anomalie]) -> None:
    if item_read is not None and are_equal(item_read, due.meaning):
        verdict.count_up(READ, where, due.raw)
        if anomalies:
            verdict.false_alarms.append(where)
    else:
        verdict.count_up(
            REPORTED if anomalies else LOST if item_read is None else WRONG,
            where,
            f"{due.cle} = {due.raw!r} lu {item_read}",
        )
