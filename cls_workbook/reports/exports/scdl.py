"""The funding lines as the SCDL « subventions » 2.1.1 wants them: one row a beneficiary, only what a convention
attests.

Source: schema.data.gouv.fr, scdl/subventions 2.1.1. The duty to publish lies with the body that grants: its lines
only, on its request. What the workbook does not ask (RNA, RAE, dispositif) stays empty; a line that lacks what the
schema requires is refused with its reasons, never completed by a guess.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from cls_workbook.csv_texts import formula_start, neutralized
from cls_workbook.domain.model import Contrat, Structure
from cls_workbook.domain.verification.fault import insee_number
from cls_workbook.domain.wording import id_of_financeur
from cls_workbook.errors import Refusal
from cls_workbook.french import fold, quoted_list, typography
from cls_workbook.reports.exports.export_source import ExportSource
from cls_workbook.reports.exports.table_schema import TYPES, as_text
from cls_workbook.summaries.balances.line_meaning import VALORISATION
from cls_workbook.tables.consolidation_tables import ANSWERS, FINANCEMENTS
from cls_workbook.tables.described_columns import Row

MAX_OBJET_LENGTH = 256
IN_CASH, IN_KIND = "aide en numéraire", "aide en nature"
IN_INSTALLMENTS, OTHER = "échelonné", "autre"


@dataclass(frozen=True, slots=True)
class Granter:
    """The body that grants. ``id``: of the funder in the contract, None if it is not one; ``nom``: as it is
    published."""

    nom: str
    siret: str
    id: str | None
    sought: str
    structure: str | None = None


@dataclass(frozen=True, slots=True)
class Grant:
    """A funding line of the granter: whom it goes to, under which SIRET, and the SIRET that its return gives."""

    contrat: Contrat
    granter: Granter
    line: Row
    structure: Structure | None
    siret: str | None
    typed: str | None

    def level(self) -> str | None:
        """The subtotal of its nature; None if its nature is not the contract's."""
        nature = fold(self.line["Nature"] or "")
        return next((n.niveau for n in self.contrat.money.natures if fold(n.libelle) == nature), None)

    def payment(self) -> str:
        """Part of it is paid, the rest is to come: the only thing that the workbook tells of the payments."""
        return IN_INSTALLMENTS if self.line["Versé"] and self.line["Versé"] < self.line["Engagé"] else OTHER

    def period(self) -> str:
        annee = self.line["Année"]
        return f"{self.contrat.follow_up.start(annee).isoformat()}/{self.contrat.follow_up.end(annee).isoformat()}"

    def purpose(self) -> str:
        fiche = self.contrat.par_fiche.get(self.line["Fiche"])
        texte = f"{self.contrat.nom_court}, fiche {self.line['Fiche']}" + (f" : {fiche.titre}" if fiche else "")
        room = MAX_OBJET_LENGTH - (len(neutralized(texte)) - len(texte))
        if len(texte) < room:
            return texte
        return texte[: room - 3].rsplit(" ", 1)[0].rstrip(" ,;.:") + " …"


@dataclass(frozen=True, slots=True)
class ScdlField:
    """A column of the schema, as its documentation gives it, and ``of``: what it says of a grant.

    A column of the funding lines, whose type it has; or a function of the grant; None where the workbook does not ask
    it.
    """

    nom: str
    titre: str
    of: str | Callable[[Grant], object] | None = None
    obligatoire: bool = False
    constraints: Mapping[str, object] = field(default_factory=dict)
    type: str = "string"

    def descriptor(self) -> dict[str, object]:
        (column,) = FINANCEMENTS.chosen(self.of) if isinstance(self.of, str) else (None,)
        type_ = TYPES[column.type] if column else self.type
        champ: dict[str, object] = {"name": self.nom, "type": type_, "title": typography(self.titre)}
        if type_ == "boolean":
            champ |= {"trueValues": ["oui"], "falseValues": ["non"]}
        constraints = ({"required": True} if self.obligatoire else {}) | dict(self.constraints)
        return champ | ({"constraints": constraints} if constraints else {})

    def texte(self, grant: Grant) -> str:
        valeur = self.of(grant) if callable(self.of) else grant.line[self.of] if self.of else None
        return neutralized(_in_one_line(valeur)) if isinstance(valeur, str) else as_text(valeur)


def _in_one_line(value: object) -> str:
    return " ".join(as_text(value).split())


_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
_SIRET = {"pattern": "^[0-9]{14}$"}
_NATURES = {"enum": [IN_CASH, IN_KIND, f"{IN_CASH};{IN_KIND}", f"{IN_KIND};{IN_CASH}"]}
_PERIOD, _PART = {"pattern": f"^{_DAY}(/{_DAY})?$"}, {"minimum": 0.01, "maximum": 1}
FIELDS = (
    ScdlField("nomAttribuant", "Nom de l’attribuant", lambda g: g.granter.nom, True),
    ScdlField("idAttribuant", "SIRET de l’attribuant", lambda g: g.granter.siret, True, _SIRET),
    ScdlField("dateConvention", "Date de la convention de subvention", "Date", True),
    ScdlField("referenceDecision", "Référence de la décision", "Référence"),
    ScdlField(
        "nomBeneficiaire",
        "Nom du bénéficiaire",
        lambda g: official_name(g.structure) if g.structure else g.line["Structure"],
        True,
    ),
    ScdlField("idBeneficiaire", "SIRET du bénéficiaire", lambda g: g.siret, constraints=_SIRET),
    ScdlField("rnaBeneficiaire", "Numéro RNA du bénéficiaire", constraints={"pattern": "^W[0-9]{9}$"}),
    ScdlField("objet", "Objet de la subvention", Grant.purpose, True, {"maxLength": MAX_OBJET_LENGTH}),
    ScdlField("montant", "Montant total de la subvention, en euros", "Engagé", True),
    ScdlField(
        "nature", "Nature de la subvention", lambda g: IN_KIND if g.level() == VALORISATION else IN_CASH, True, _NATURES
    ),
    ScdlField("conditionsVersement", "Conditions de versement", Grant.payment, True, {"maxLength": 256}),
    ScdlField("datesPeriodeVersement", "Date ou période de versement", Grant.period, True, _PERIOD),
    ScdlField("idRAE", "Numéro au répertoire des aides aux entreprises", constraints={"maxLength": 5}),
    ScdlField(
        "notificationUE", "Aide d’État notifiée à la Commission européenne", lambda _: "non", True, type="boolean"
    ),
    ScdlField(
        "pourcentageSubvention",
        "Part de la subvention attribuée à ce bénéficiaire",
        lambda _: Decimal(1),
        True,
        _PART,
        "number",
    ),
    ScdlField("dispositifAide", "Dispositif d’aide à l’origine de la subvention"),
)
HEADER = tuple(c.nom for c in FIELDS)


@dataclass(frozen=True, slots=True)
class Sorting:
    """``retained``: rows of the table, in the order of ``HEADER``; ``refused``: (line of the workbook, its place,
    reasons); ``autres``: how many lines are other funders'."""

    retained: list[tuple[str, ...]]
    refused: list[tuple[dict[str, object], str, list[str]]]
    autres: int


# --- Who grants -------------------------------------------------------------------------------------------------------


def granter(contrat: Contrat, financeur: str, siret: str | None) -> Granter:
    """The funder that asks, by id or name. Refusal if nobody knows it, or if its SIRET is not known or is wrong."""
    identifier = id_of_financeur(contrat, financeur)
    known = next((f for f in contrat.money.financeurs if f.id == identifier), None)
    structure = contrat.by_structure.get((known.structure if known else contrat.identify(financeur)) or "")
    if known is None and structure is None:
        raise Refusal(
            f"Le contrat ne connaît pas le financeur « {financeur} ». Financeurs : "
            f"{quoted_list((f.nom for f in contrat.money.financeurs), 40)}."
        )
    if known is None and structure is not None:
        known = next((f for f in contrat.money.financeurs if f.structure == structure.id), None)
    siret = siret or (structure.siret if structure else None)
    nom = official_name(structure) if structure else known.nom if known else financeur
    if not siret:
        raise Refusal(
            f"Le SIRET de « {nom} » n’est pas dans la définition du contrat, et le schéma l’exige. Donnez ses 14 "
            f"chiffres (--siret sur la ligne de commande, « Son SIRET » dans la page locale)."
        )
    if fault := siret_fault(siret):
        raise Refusal(f"Le SIRET de « {nom} » ne convient pas : {fault}.")
    return Granter(nom, siret, known.id if known else None, financeur, structure.id if structure else None)


def official_name(structure: Structure) -> str:
    return structure.nom_complet or structure.nom


def siret_fault(siret: str) -> str | None:
    """What is wrong with it, in French, or None."""
    faults = list(insee_number("siret", siret, 14, "SIRET"))
    return faults[0].message.rstrip(".") if faults else None


# --- Which lines ------------------------------------------------------------------------------------------------------


def sort_out(source: ExportSource, contrat: Contrat, granter_: Granter) -> Sorting:
    """Each funding line of the workbook: kept, refused with its reasons, or another funder's."""
    read = source.tables[FINANCEMENTS]
    sirets = _typed_sirets(source)
    retained, refused, autres = [], [], 0
    for rank, line in enumerate(read.lines):
        if not _is_of_financeur(contrat, granter_, line["Financeur"]):
            autres += 1
            continue
        structure = contrat.by_structure.get(contrat.identify(str(line["Structure"] or "")) or "")
        typed = sirets.get(line["Fichier"])
        grant = Grant(contrat, granter_, line, structure, (structure.siret if structure else None) or typed, typed)
        if reasons := [typography(r) for r in _reasons(grant)]:
            refused.append((line, f"feuille « {read.sheet} », ligne {read.places[rank]['Fiche'][0]}", reasons))
        else:
            retained.append(tuple(champ.texte(grant) for champ in FIELDS))
    return Sorting(retained, refused, autres)


def _is_of_financeur(contrat: Contrat, granter_: Granter, typed: object) -> bool:
    if not typed:
        return False
    identifier = id_of_financeur(contrat, typed)
    if identifier is None:
        return fold(str(typed)) in (fold(granter_.sought), fold(granter_.nom)) or (
            granter_.structure is not None and contrat.identify(str(typed)) == granter_.structure
        )
    return identifier == granter_.id


def _typed_sirets(source: ExportSource) -> dict[object, str]:
    """File → the SIRET typed in it."""
    reponses = source.tables[ANSWERS].lines
    return {
        r["Fichier"]: re.sub(r"\s", "", str(r["Valeur"]))
        for r in reponses
        if (r["Bloc"], r["Champ"]) == ("reponse", "siret") and r["Valeur"] is not None
    }


def _reasons(grant: Grant) -> Iterator[str]:
    """Why the line cannot be published; nothing if it can."""
    line, structure = grant.line, grant.structure
    if line["Date"] is None:
        yield "pas de convention : la date de la convention ou de la décision manque"
    if line["Engagé"] is None:
        yield "aucun montant engagé"
    elif line["Engagé"] <= 0:
        yield "le montant engagé est nul"
    if grant.level() is None:
        yield "la nature du financement n’est pas dite"
    if not line["Structure"]:
        yield "le bénéficiaire n’est pas dit"
    elif structure is not None and structure.id == grant.granter.structure:
        yield "le bénéficiaire est l’attribuant lui-même : ce n’est pas une subvention"
    if grant.siret is None:
        yield "le SIRET du bénéficiaire n’est ni au contrat, ni dans son retour"
    elif fault := siret_fault(grant.siret):
        yield f"SIRET du bénéficiaire : {fault}"
    if structure is not None and structure.siret and grant.typed and grant.typed != structure.siret:
        yield f"le SIRET du retour ({grant.typed}) n’est pas celui du contrat ({structure.siret})"
    if sign := formula_start(reference := _in_one_line(line["Référence"])):
        where = "commence par" if reference.startswith(sign) else "contient, après un séparateur,"
        yield f"la référence {where} « {sign} » : un tableur la prendrait pour une formule"
