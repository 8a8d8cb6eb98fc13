"""The year's entry workbook: Accueil, Sommaire, one sheet per fiche, hidden lists and identification.

``plan`` draws everything once; ``Plan`` then serves the writer (``workbook``), the dictionary
(``input_places``) and the reader (``worksheets``), so that what is asked is what is read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import count

from cls_workbook.domain import locked_facts
from cls_workbook.domain.accounts.also_asked import also_asked
from cls_workbook.domain.asked.left_out import left_out
from cls_workbook.domain.carried_over import FINGERPRINT_SEPARATOR, digest
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat, Fiche, Members
from cls_workbook.domain.placed import by_place
from cls_workbook.domain.regional.taken_in import SHEET
from cls_workbook.domain.wording import axe_rank
from cls_workbook.forms import choice_lists, compte_rendu_sheet, fiche_sheet, front_sheets, territory_sheet
from cls_workbook.forms.choice_lists import steps_list
from cls_workbook.forms.form_pieces import SheetContext
from cls_workbook.forms.layout import (
    FICHE_SEPARATOR,
    IDENTITY_SHEET,
    KEY_COLUMN,
    MEMORY,
    TEMPLATE_VERSION,
    FormPage,
    InputPlace,
    SheetPlan,
)
from cls_workbook.french import fold
from cls_workbook.workbook.description import Sheet, Workbook

ACCUEIL_SHEET, CONTENTS_SHEET = "Accueil", "Sommaire"
_NAME_LENGTH = 80  # of an id in a file name; systems stop at 255 for the whole


@dataclass(frozen=True)
class Respondent:
    """A structure that is expected to answer. ``fiches``: (fiche number, volet name or "")."""

    id: str
    nom: str
    fiches: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class WorkbookPlan:
    """The whole workbook as planned. ``modele``: version of the template and fingerprint of its questions."""

    contrat: Contrat
    annee: int
    respondent: Respondent | None
    worksheets: tuple[SheetPlan, ...]
    workbook: Workbook
    modele: str
    identifier: str

    def input_places(self) -> Iterator[InputPlace]:
        """Every input, sheet by sheet, in the order of the rows."""
        for sheet in self.worksheets:
            for row in sheet.rows.values():
                yield from row.input_places


@dataclass(frozen=True)
class WorkbookContext:
    """What the coordinator adds to the contract for one year; everything may be unknown.

    ``membres``: group id → names; ``programme``: fiche → euros; ``precedent``: measure → last year's
    consolidated value, ``own``: structure (id, or folded name) → measure → what it said itself; ``carried_over``:
    respondent id → key of an input → last year's answer; ``limite``: date by which returns are expected (printed text);
    ``comptes_rendus``: fiches of which one is asked, beside those of the contract.
    """

    membres: Members = field(default_factory=dict)
    programme: Mapping[str, Decimal] = field(default_factory=dict)
    precedent: Mapping[str, object] = field(default_factory=dict)
    carried_over: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    own: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    limite: str = ""
    contact: str = ""
    comptes_rendus: tuple[str, ...] = ()


def sheet_name(fiche: Fiche) -> str:
    return SHEET if fiche.regional else f"FA {fiche.numero}"


def file_name(identifier: str) -> str:
    """An id as part of a file name: ASCII letters, digits and hyphens, so that it leads to no other folder."""
    return "-".join(re.findall(r"[a-z0-9]+", fold(identifier)))[:_NAME_LENGTH].strip("-") or "structure"


def file_names(identifiers: Iterable[str]) -> dict[str, str]:
    """Id → part of a file name, another for each: « École A » and « École-A » do not take each other's place."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for identifier in identifiers:
        base = file_name(identifier)
        names[identifier] = next(n for r in count(1) if (n := f"{base}-{r}" if r > 1 else base) not in taken)
        taken.add(names[identifier])
    return names


def repondants(contrat: Contrat, membres: Members | None = None) -> list[Respondent]:
    """Who is expected to answer, in the contract's order; a group stands as its named members, or not at all.
    ``membres``: group id → names; (group id, fiche) → those of one fiche, looked up first."""
    membres = membres or {}
    expected_returns: dict[str, list[tuple[str, str]]] = {}
    for fiche in contrat.fiches:
        for structure, volet in fiche.repondants():
            groupe = contrat.by_structure[structure].groupe
            named = membres.get((structure, fiche.numero), membres.get(structure, ()))
            for nom in named if groupe else (contrat.by_structure[structure].nom,):
                identifier = contrat.identify(nom) or nom
                expected_returns.setdefault(identifier, []).append((fiche.numero, volet or ""))
    return [
        Respondent(i, contrat.by_structure[i].nom if i in contrat.by_structure else i, tuple(dict.fromkeys(fiches)))
        for i, fiches in expected_returns.items()
    ]


def plans(
    contrat: Contrat, annee: int, repondants: Sequence[Respondent | None], campagne: WorkbookContext | None = None
) -> list[WorkbookPlan]:
    """The workbook of each, to be written, not filled in: a fiche that asks the same of several is drawn once."""
    campagne = campagne or WorkbookContext()
    drawing = _YearDrawing(also_asked(in_year(contrat, annee), campagne.comptes_rendus), annee, campagne)
    return [drawing.plan(respondent) for respondent in repondants]


def plan(
    contrat: Contrat, annee: int, respondent: Respondent | None = None, campagne: WorkbookContext | None = None
) -> WorkbookPlan:
    """The workbook of ``annee``: every active fiche, or those of one ``respondent``, its identity filled in."""
    return plans(contrat, annee, [respondent], campagne)[0]


class _YearDrawing:
    """What the workbooks of a campaign have in common: the lists, and the fiches drawn so far, by what they say."""

    def __init__(self, contrat: Contrat, annee: int, campagne: WorkbookContext):
        self.contrat, self.annee, self.campagne = contrat, annee, campagne
        self.choix = _lists(contrat, annee, campagne)
        self.addresses = choice_lists.addresses(self.choix)
        self.listes = choice_lists.sheet(self.choix)
        self.fiches: dict[tuple[object, ...], FormPage] = {}

    def plan(self, respondent: Respondent | None) -> WorkbookPlan:
        contrat, annee, who = self.contrat, self.annee, respondent.id if respondent else ""
        its_own = {numero for numero, _ in respondent.fiches} if respondent else None
        fiches = [f for f in contrat.fiches if its_own is None or f.numero in its_own]
        carried_over = self.campagne.carried_over.get(respondent.id, {}) if respondent else {}
        accueil = self._page(ACCUEIL_SHEET, carried_over=carried_over)
        structure_cell = front_sheets.accueil(accueil, contrat, respondent, self.campagne)
        pages = [self._fiche(f, respondent, structure_cell, carried_over) for f in fiches]
        contents_page = self._page(CONTENTS_SHEET)
        territory = self._territory(fiches)
        comptes_rendus = self._comptes_rendus(fiches, pages)
        common = [p.sheet.nom for p in (*territory, *comptes_rendus)]
        front_sheets.contents(contents_page, contrat, list(zip(fiches, pages, strict=True)), common)
        drawn = (accueil, *pages, *territory, *comptes_rendus)
        modele = version((e for p in drawn for r in p.plan.rows.values() for e in r.input_places), annee)
        identifier = _fingerprint((contrat.id, str(annee), who, modele))
        identity = self._page(IDENTITY_SHEET)
        facts = {
            "contrat": contrat.id,
            "annee": annee,
            "modele": modele,
            "structure": who,
            "identifiant": identifier,
            "fiches": FICHE_SEPARATOR.join(f.numero for f in fiches),
            "reprises": FINGERPRINT_SEPARATOR.join(digest(cle, v) for p in drawn for cle, v in p.taken_up.items()),
        }
        printed = locked_facts.write({cle: v for p in drawn for cle, v in p.printed_facts.items()})
        front_sheets.identity(identity, facts, printed)
        fronts, asked = [accueil.sheet, contents_page.sheet], [p.sheet for p in drawn[1:]]
        worksheets = [*fronts, *asked, self.listes, identity.sheet]
        for sheet in worksheets:
            sheet.print_setup.left_footer = f"{contrat.nom_court} · {contrat.follow_up.year_name(annee)}"
        titre = f"{contrat.titre} — suivi {contrat.follow_up.year_name(annee)}" + (
            f" — {respondent.nom}" if respondent else ""
        )
        workbook = Workbook(worksheets, titre, contrat.titre, active_sheet=ACCUEIL_SHEET)
        plans = (*(p.plan for p in drawn), identity.plan)
        return WorkbookPlan(contrat, annee, respondent, plans, workbook, modele, identifier)

    def _page(self, nom: str, fiche: Fiche | None = None, carried_over: Mapping[str, object] | None = None) -> FormPage:
        # each fiche has its own list of volets, under the same name as seen from its page
        own = {"volets": f"volets {fiche.numero}"} if fiche and fiche.volets else {}
        addresses = self.addresses | {k: self.addresses[v] for k, v in own.items()}
        choix = self.choix | {k: self.choix[v] for k, v in own.items()}
        sheet = Sheet(nom, protected=True, insert_rows=fiche is not None, hidden_columns=(KEY_COLUMN, MEMORY))
        page = FormPage(SheetPlan(sheet, fiche.numero if fiche else ""), addresses, choix, self.annee)
        page.carried_over = carried_over or {}
        return page

    def _territory(self, fiches: Sequence[Fiche]) -> list[FormPage]:
        """The sheet of the territories, if there is something to tick."""
        bloc = territory_sheet.GROUP
        asked = [(f, sheet_name(f)) for f in fiches if bloc not in left_out(self.contrat, f)]
        if not (asked and territory_sheet.boxes(self.contrat, self.annee)):
            return []
        page = self._page(territory_sheet.TERRITORY_SHEET)
        territory_sheet.draw(page, self.contrat, asked)
        return [page]

    def _comptes_rendus(self, fiches: Sequence[Fiche], pages: Sequence[FormPage]) -> list[FormPage]:
        """The sheet of the comptes rendus financiers, if a fiche calls for one."""
        asked = [(f, page) for f, page in zip(fiches, pages, strict=True) if f.compte_rendu]
        if not asked:
            return []
        page = self._page(compte_rendu_sheet.COMPTE_RENDU_SHEET)
        compte_rendu_sheet.draw(page, self.contrat, asked)
        return [page]

    def _fiche(
        self, fiche: Fiche, respondent: Respondent | None, structure_cell: str, carried_over: Mapping[str, object]
    ) -> FormPage:
        volets = [v for n, v in respondent.fiches if n == fiche.numero and v] if respondent else []
        context = SheetContext(
            self.contrat,
            self.annee,
            respondent.nom if respondent else None,
            volets[0] if len(volets) == 1 else None,
            _previous(self.campagne, respondent),
            dict(self.campagne.programme),
            structure_cell,
            left_out(self.contrat, fiche),
        )
        cle = _what_it_says(fiche, context, carried_over)
        if cle in self.fiches:
            return fiche_sheet.meant_for(self.fiches[cle], context.structure)
        page = self.fiches[cle] = self._page(sheet_name(fiche), fiche, carried_over)
        page.sheet.tab_color = f"axe{axe_rank(self.contrat, fiche.axe) % 8 + 1}"
        fiche_sheet.draw(page, fiche, context)
        return page


def version(places: Iterable[InputPlace], annee: int) -> str:
    """Of a template: that of its drawing, and a fingerprint of its questions, as it prints them but for the year."""
    questions = "\n".join([f"{p.cle}|{p.libelle}|{p.type}|{p.unite}" for p in places])
    return f"{TEMPLATE_VERSION}.{_fingerprint([questions.replace(str(annee), '')])}"


def _what_it_says(fiche: Fiche, context: SheetContext, carried_over: Mapping[str, object]) -> tuple[object, ...]:
    """What the sheet of a fiche says that is not the same for all structures of a campaign, their names apart."""
    past = tuple(context.precedent.get(m.id) for i in fiche.indicateurs for m in i.mesures)
    its_own = tuple((cle, valeur) for cle, valeur in carried_over.items() if cle.startswith(f"{fiche.numero}/"))
    return fiche.numero, context.volet, past, its_own


def _previous(campagne: WorkbookContext, respondent: Respondent | None) -> dict[str, object]:
    """Last year's values: those of the structure in its own workbook, the consolidated ones in the general one."""
    if respondent is None:
        return dict(campagne.precedent)
    return dict(campagne.own.get(respondent.id) or campagne.own.get(fold(respondent.id)) or {})


# --- lists ----------------------------------------------------------------------------------------------------------


def _lists(contrat: Contrat, annee: int, campagne: WorkbookContext) -> dict[str, tuple[str, ...]]:
    listes = {nom: choix for nom, choix in choice_lists.listes(contrat).items() if choix}
    named = tuple(n for names in campagne.membres.values() for n in names if n not in listes.get("structures", ()))
    listes["structures"] = listes.get("structures", ()) + tuple(dict.fromkeys(named))
    # the same in every workbook of the year, so that their sheets can be shared
    steps = {steps_list(m): m.modalites for f in contrat.fiches for m in f.mesures if m.type == "jalon" and m.modalites}
    return (
        listes
        | steps
        | by_place.choices(contrat, annee)
        | {f"volets {f.numero}": f.volet_names for f in contrat.fiches if f.volets}
    )


def _fingerprint(pieces: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(pieces).encode()).hexdigest()[:12]
