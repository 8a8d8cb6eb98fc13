"""The funding lines as the SCDL « subventions » 2.1.1 wants them: one row a beneficiary, only what a convention
attests.

Source: schema.data.gouv.fr, scdl/subventions 2.1.1. The duty to publish lies with the body that grants: its lines
only, on its request. What the workbook does not ask (RNA, RAE, dispositif) stays empty; a line that lacks what the
schema requires is refused with its reasons, never completed by a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from cls_workbook.domain.model import Contrat, Structure
from cls_workbook.domain.verification.fault import insee_number
from cls_workbook.errors import Refusal
from cls_workbook.french import fold, quoted_list, typography
from cls_workbook.reports.exports.export_source import ExportSource
from cls_workbook.reports.exports.table_schema import FORMULA_STARTS, as_text
from cls_workbook.summaries.funding import VALORISATION, id_of_financeur
from cls_workbook.tables import consolidation_tables
from cls_workbook.tables.described_columns import Row

MAX_OBJET_LENGTH = 256
IN_CASH, IN_KIND = "aide en numéraire", "aide en nature"
IN_INSTALLMENTS, OTHER = "échelonné", "autre"


@dataclass(frozen=True, slots=True)
class ScdlField:
    """A column of the schema, as its documentation gives it."""

    nom: str
    titre: str
    type: str = "string"
    obligatoire: bool = False
    constraints: tuple[tuple[str, object], ...] = ()

    def descriptor(self) -> dict[str, object]:
        champ: dict[str, object] = {"name": self.nom, "type": self.type, "title": typography(self.titre)}
        if self.type == "boolean":
            champ |= {"trueValues": ["oui"], "falseValues": ["non"]}
        constraints = ({"required": True} if self.obligatoire else {}) | dict(self.constraints)
        return champ | ({"constraints": constraints} if constraints else {})


_DAY = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
FIELDS = (
    ScdlField("nomAttribuant", "Nom de l’attribuant", obligatoire=True),
    ScdlField("idAttribuant", "SIRET de l’attribuant", obligatoire=True, constraints=(("pattern", "^[0-9]{14}$"),)),
    ScdlField("dateConvention", "Date de la convention de subvention", "date", obligatoire=True),
    ScdlField("referenceDecision", "Référence de la décision"),
    ScdlField("nomBeneficiaire", "Nom du bénéficiaire", obligatoire=True),
    ScdlField("idBeneficiaire", "SIRET du bénéficiaire", constraints=(("pattern", "^[0-9]{14}$"),)),
    ScdlField("rnaBeneficiaire", "Numéro RNA du bénéficiaire", constraints=(("pattern", "^W[0-9]{9}$"),)),
    ScdlField("objet", "Objet de la subvention", obligatoire=True, constraints=(("maxLength", MAX_OBJET_LENGTH),)),
    ScdlField("montant", "Montant total de la subvention, en euros", "number", obligatoire=True),
    ScdlField(
        "nature",
        "Nature de la subvention",
        obligatoire=True,
        constraints=(("enum", [IN_CASH, IN_KIND, f"{IN_CASH};{IN_KIND}", f"{IN_KIND};{IN_CASH}"]),),
    ),
    ScdlField("conditionsVersement", "Conditions de versement", obligatoire=True, constraints=(("maxLength", 256),)),
    ScdlField(
        "datesPeriodeVersement",
        "Date ou période de versement",
        obligatoire=True,
        constraints=(("pattern", f"^{_DAY}(/{_DAY})?$"),),
    ),
    ScdlField("idRAE", "Numéro au répertoire des aides aux entreprises", constraints=(("maxLength", 5),)),
    ScdlField("notificationUE", "Aide d’État notifiée à la Commission européenne", "boolean", obligatoire=True),
    ScdlField(
        "pourcentageSubvention",
        "Part de la subvention attribuée à ce bénéficiaire",
        "number",
        obligatoire=True,
        constraints=(("minimum", 0.01), ("maximum", 1)),
    ),
    ScdlField("dispositifAide", "Dispositif d’aide à l’origine de la subvention"),
)
HEADER = tuple(c.nom for c in FIELDS)


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
class Sorting:
    """``retained``: rows of the table, in the order of ``HEADER``; ``refused_ones``: (line of the workbook, its place,
    reasons); ``autres``: how many lines are other funders'."""

    retained: list[tuple[str, ...]]
    refused_ones: list[tuple[dict[str, object], str, list[str]]]
    autres: int


# --- Who grants -------------------------------------------------------------------------------------------------------


def granter(contrat: Contrat, financeur: str, siret: str | None) -> Granter:
    """The funder that asks, by id or name. Refusal if nobody knows it, or if its SIRET is not known or is wrong."""
    identifier = id_of_financeur(contrat, financeur)
    known = next((f for f in contrat.financeurs if f.id == identifier), None)
    structure = contrat.by_structure.get((known.structure if known else contrat.identify(financeur)) or "")
    if known is None and structure is None:
        raise Refusal(
            f"Le contrat ne connaît pas le financeur « {financeur} ». Financeurs : "
            f"{quoted_list((f.nom for f in contrat.financeurs), 40)}."
        )
    if known is None and structure is not None:
        known = next((f for f in contrat.financeurs if f.structure == structure.id), None)
    siret = siret or (structure.siret if structure else None)
    nom = official_name(structure) if structure else known.nom if known else financeur
    if not siret:
        raise Refusal(
            f"Le SIRET de « {nom} » n’est pas dans la définition du contrat : donnez-le par --siret (14 chiffres), le "
            f"schéma l’exige."
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
    item_read = source.tables[consolidation_tables.FINANCEMENTS]
    sirets = _typed_sirets(source)
    retained, refused_ones, autres = [], [], 0
    for rank, line in enumerate(item_read.lines):
        if not _is_of_financeur(contrat, granter_, line["Financeur"]):
            autres += 1
            continue
        structure = contrat.by_structure.get(contrat.identify(str(line["Structure"] or "")) or "")
        siret = (structure.siret if structure else None) or sirets.get(line["Fichier"])
        reasons = list(_reasons(contrat, granter_, line, structure, siret, sirets))
        if reasons:
            place = f"feuille « {item_read.sheet} », ligne {item_read.places[rank]['Fiche'][0]}"
            refused_ones.append((line, place, [typography(r) for r in reasons]))
        else:
            retained.append(_row(contrat, granter_, line, structure, siret))
    return Sorting(retained, refused_ones, autres)


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
    reponses = source.tables[consolidation_tables.ANSWERS].lines
    return {
        r["Fichier"]: re.sub(r"\s", "", str(r["Valeur"]))
        for r in reponses
        if (r["Bloc"], r["Champ"]) == ("reponse", "siret") and r["Valeur"] is not None
    }


def _reasons(
    contrat: Contrat,
    granter_: Granter,
    line: Row,
    structure: Structure | None,
    siret: str | None,
    sirets: Mapping[object, str],
) -> Iterator[str]:
    """Why the line cannot be published; nothing if it can."""
    if line["Date"] is None:
        yield "pas de convention : la date de la convention ou de la décision manque"
    if line["Engagé"] is None:
        yield "aucun montant engagé"
    elif line["Engagé"] <= 0:
        yield "le montant engagé est nul"
    if line["Nature"] is None or fold(line["Nature"]) not in {fold(n.libelle) for n in contrat.natures}:
        yield "la nature du financement n’est pas dite"
    if not line["Structure"]:
        yield "le bénéficiaire n’est pas dit"
    elif structure is not None and structure.id == granter_.structure:
        yield "le bénéficiaire est l’attribuant lui-même : ce n’est pas une subvention"
    if siret is None:
        yield "le SIRET du bénéficiaire n’est ni au contrat, ni dans son retour"
    elif fault := siret_fault(siret):
        yield f"SIRET du bénéficiaire : {fault}"
    typed_in = sirets.get(line["Fichier"])
    if structure is not None and structure.siret and typed_in and typed_in != structure.siret:
        yield f"le SIRET du retour ({typed_in}) n’est pas celui du contrat ({structure.siret})"
    if (reference := str(line["Référence"] or "").strip()) and reference[0] in FORMULA_STARTS:
        yield f"la référence commence par « {reference[0]} » : un tableur la prendrait pour une formule"


def _row(
    contrat: Contrat, granter_: Granter, line: Row, structure: Structure | None, siret: str | None
) -> tuple[str, ...]:
    engage, verse = line["Engagé"], line["Versé"]
    niveau = next(n.niveau for n in contrat.natures if fold(n.libelle) == fold(line["Nature"]))
    annee = line["Année"]
    values: dict[str, object] = {
        "nomAttribuant": granter_.nom,
        "idAttribuant": granter_.siret,
        "dateConvention": line["Date"],
        "referenceDecision": str(line["Référence"] or "").strip(),
        "nomBeneficiaire": official_name(structure) if structure else line["Structure"],
        "idBeneficiaire": siret,
        "objet": _object(contrat, line["Fiche"]),
        "montant": engage,
        "nature": IN_KIND if niveau == VALORISATION else IN_CASH,
        # Part of it is paid, the rest is to come: the only thing that the workbook tells of the payments.
        "conditionsVersement": IN_INSTALLMENTS if verse and verse < engage else OTHER,
        "datesPeriodeVersement": f"{contrat.start(annee).isoformat()}/{contrat.end(annee).isoformat()}",
        "notificationUE": "non",
        "pourcentageSubvention": Decimal(1),
    }
    return tuple(" ".join(as_text(values.get(nom)).split()) for nom in HEADER)


def _object(contrat: Contrat, numero: str) -> str:
    fiche = contrat.par_fiche.get(numero)
    texte = f"{contrat.nom_court}, fiche {numero}" + (f" : {fiche.titre}" if fiche else "")
    return (
        texte
        if len(texte) < MAX_OBJET_LENGTH
        else texte[: MAX_OBJET_LENGTH - 3].rsplit(" ", 1)[0].rstrip(" ,;.:") + " …"
    )
