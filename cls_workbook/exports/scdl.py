"""The funding lines as the SCDL « subventions » 2.1.1 wants them: one row a beneficiary, only what a convention attests.

Source: schema.data.gouv.fr, scdl/subventions 2.1.1. The duty to publish lies with the body that grants: its lines
only, on its request. What the workbook does not ask (RNA, RAE, dispositif) stays empty; a line that lacks what the
schema requires is refused with its reasons, never completed by a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal

from cls_workbook.contract.faute import numero_insee
from cls_workbook.contract.model import Contrat, Structure
from cls_workbook.errors import Refus
from cls_workbook.exports.schema import FORMULES, en_texte
from cls_workbook.exports.source import Source
from cls_workbook.francais import enumere, plier, typographie
from cls_workbook.results import descriptions
from cls_workbook.summaries.funding import VALORISATION, id_de_financeur

OBJET_MAX = 256
NUMERAIRE, EN_NATURE = "aide en numéraire", "aide en nature"
ECHELONNE, AUTRE = "échelonné", "autre"


@dataclass(frozen=True, slots=True)
class ChampScdl:
    """A column of the schema, as its documentation gives it."""

    nom: str
    titre: str
    type: str = "string"
    obligatoire: bool = False
    contraintes: tuple[tuple[str, object], ...] = ()

    def descripteur(self) -> dict[str, object]:
        champ: dict[str, object] = {"name": self.nom, "type": self.type, "title": typographie(self.titre)}
        if self.type == "boolean":
            champ |= {"trueValues": ["oui"], "falseValues": ["non"]}
        contraintes = {"required": True} if self.obligatoire else {}
        return champ | ({"constraints": contraintes} if (contraintes := contraintes | dict(self.contraintes)) else {})


_JOUR = "[0-9]{4}-[0-9]{2}-[0-9]{2}"
CHAMPS = (
    ChampScdl("nomAttribuant", "Nom de l’attribuant", obligatoire=True),
    ChampScdl("idAttribuant", "SIRET de l’attribuant", obligatoire=True, contraintes=(("pattern", "^[0-9]{14}$"),)),
    ChampScdl("dateConvention", "Date de la convention de subvention", "date", obligatoire=True),
    ChampScdl("referenceDecision", "Référence de la décision"),
    ChampScdl("nomBeneficiaire", "Nom du bénéficiaire", obligatoire=True),
    ChampScdl("idBeneficiaire", "SIRET du bénéficiaire", contraintes=(("pattern", "^[0-9]{14}$"),)),
    ChampScdl("rnaBeneficiaire", "Numéro RNA du bénéficiaire", contraintes=(("pattern", "^W[0-9]{9}$"),)),
    ChampScdl("objet", "Objet de la subvention", obligatoire=True, contraintes=(("maxLength", OBJET_MAX),)),
    ChampScdl("montant", "Montant total de la subvention, en euros", "number", obligatoire=True),
    ChampScdl("nature", "Nature de la subvention", obligatoire=True, contraintes=(("enum", [NUMERAIRE, EN_NATURE, f"{NUMERAIRE};{EN_NATURE}", f"{EN_NATURE};{NUMERAIRE}"]),)),
    ChampScdl("conditionsVersement", "Conditions de versement", obligatoire=True, contraintes=(("maxLength", 256),)),
    ChampScdl("datesPeriodeVersement", "Date ou période de versement", obligatoire=True, contraintes=(("pattern", f"^{_JOUR}(/{_JOUR})?$"),)),
    ChampScdl("idRAE", "Numéro au répertoire des aides aux entreprises", contraintes=(("maxLength", 5),)),
    ChampScdl("notificationUE", "Aide d’État notifiée à la Commission européenne", "boolean", obligatoire=True),
    ChampScdl("pourcentageSubvention", "Part de la subvention attribuée à ce bénéficiaire", "number", obligatoire=True, contraintes=(("minimum", 0.01), ("maximum", 1))),
    ChampScdl("dispositifAide", "Dispositif d’aide à l’origine de la subvention"),
)  # fmt: skip
ENTETE = tuple(c.nom for c in CHAMPS)


@dataclass(frozen=True, slots=True)
class Attribuant:
    """The body that grants. ``id``: of the funder in the contract, None if it is not one; ``nom``: as it is published."""

    nom: str
    siret: str
    id: str | None
    cherche: str
    structure: str | None = None


@dataclass(frozen=True, slots=True)
class Tri:
    """``retenues``: rows of the table, in the order of ``ENTETE``; ``refusees``: (line of the workbook, its place, reasons);
    ``autres``: how many lines are other funders'."""

    retenues: list[tuple[str, ...]]
    refusees: list[tuple[dict[str, object], str, list[str]]]
    autres: int


# --- Who grants -------------------------------------------------------------------------------------------------------


def attribuant(contrat: Contrat, financeur: str, siret: str | None) -> Attribuant:
    """The funder that asks, by id or name. Refus if nobody knows it, or if its SIRET is not known or is wrong."""
    identifiant = id_de_financeur(contrat, financeur)
    connu = next((f for f in contrat.financeurs if f.id == identifiant), None)
    structure = contrat.par_structure.get((connu.structure if connu else contrat.identifier(financeur)) or "")
    if connu is None and structure is None:
        raise Refus(f"Le contrat ne connaît pas le financeur « {financeur} ». Financeurs : {enumere((f.nom for f in contrat.financeurs), 40)}.")
    if connu is None:
        connu = next((f for f in contrat.financeurs if f.structure == structure.id), None)
    siret = siret or (structure.siret if structure else None)
    nom = nom_officiel(structure) if structure else connu.nom
    if not siret:
        raise Refus(f"Le SIRET de « {nom} » n’est pas dans la définition du contrat : donnez-le par --siret (14 chiffres), le schéma l’exige.")
    if faute := faute_de_siret(siret):
        raise Refus(f"Le SIRET de « {nom} » ne convient pas : {faute}.")
    return Attribuant(nom, siret, connu.id if connu else None, financeur, structure.id if structure else None)


def nom_officiel(structure: Structure) -> str:
    return structure.nom_complet or structure.nom


def faute_de_siret(siret: str) -> str | None:
    """What is wrong with it, in French, or None."""
    fautes = list(numero_insee("siret", siret, 14, "SIRET"))
    return fautes[0].message.rstrip(".") if fautes else None


# --- Which lines ------------------------------------------------------------------------------------------------------


def trier(source: Source, contrat: Contrat, attribuant_: Attribuant) -> Tri:
    """Each funding line of the workbook: kept, refused with its reasons, or another funder's."""
    lue = source.tables[descriptions.FINANCEMENTS]
    sirets = _sirets_saisis(source)
    retenues, refusees, autres = [], [], 0
    for rang, ligne in enumerate(lue.lignes):
        if not _du_financeur(contrat, attribuant_, ligne["Financeur"]):
            autres += 1
            continue
        structure = contrat.par_structure.get(contrat.identifier(str(ligne["Structure"] or "")) or "")
        siret = (structure.siret if structure else None) or sirets.get(ligne["Fichier"])
        raisons = list(_raisons(contrat, attribuant_, ligne, structure, siret, sirets))
        if raisons:
            place = f"feuille « {lue.feuille} », ligne {lue.places[rang]['Fiche'][0]}"
            refusees.append((ligne, place, [typographie(r) for r in raisons]))
        else:
            retenues.append(_rangee(contrat, attribuant_, ligne, structure, siret))
    return Tri(retenues, refusees, autres)


def _du_financeur(contrat: Contrat, attribuant_: Attribuant, typee: object) -> bool:
    if not typee:
        return False
    identifiant = id_de_financeur(contrat, typee)
    if identifiant is None:
        return plier(str(typee)) in (plier(attribuant_.cherche), plier(attribuant_.nom)) or (
            attribuant_.structure is not None and contrat.identifier(str(typee)) == attribuant_.structure
        )
    return identifiant == attribuant_.id


def _sirets_saisis(source: Source) -> dict[object, str]:
    """File → the SIRET typed in it."""
    reponses = source.tables[descriptions.REPONSES].lignes
    return {r["Fichier"]: re.sub(r"\s", "", str(r["Valeur"])) for r in reponses if (r["Bloc"], r["Champ"]) == ("reponse", "siret") and r["Valeur"] is not None}


def _raisons(contrat: Contrat, attribuant_: Attribuant, ligne: dict, structure: Structure | None, siret: str | None, sirets: dict) -> Iterator[str]:
    """Why the line cannot be published; nothing if it can."""
    if ligne["Date"] is None:
        yield "pas de convention : la date de la convention ou de la décision manque"
    if ligne["Engagé"] is None:
        yield "aucun montant engagé"
    elif ligne["Engagé"] <= 0:
        yield "le montant engagé est nul"
    if ligne["Nature"] is None or plier(ligne["Nature"]) not in {plier(n.libelle) for n in contrat.natures}:
        yield "la nature du financement n’est pas dite"
    if not ligne["Structure"]:
        yield "le bénéficiaire n’est pas dit"
    elif structure is not None and structure.id == attribuant_.structure:
        yield "le bénéficiaire est l’attribuant lui-même : ce n’est pas une subvention"
    if siret is None:
        yield "le SIRET du bénéficiaire n’est ni au contrat, ni dans son retour"
    elif faute := faute_de_siret(siret):
        yield f"SIRET du bénéficiaire : {faute}"
    saisi = sirets.get(ligne["Fichier"])
    if structure is not None and structure.siret and saisi and saisi != structure.siret:
        yield f"le SIRET du retour ({saisi}) n’est pas celui du contrat ({structure.siret})"
    if (reference := str(ligne["Référence"] or "").strip()) and reference[0] in FORMULES:
        yield f"la référence commence par « {reference[0]} » : un tableur la prendrait pour une formule"


def _rangee(contrat: Contrat, attribuant_: Attribuant, ligne: dict, structure: Structure | None, siret: str | None) -> tuple[str, ...]:
    engage, verse = ligne["Engagé"], ligne["Versé"]
    niveau = next(n.niveau for n in contrat.natures if plier(n.libelle) == plier(ligne["Nature"]))
    annee = ligne["Année"]
    valeurs: dict[str, object] = {
        "nomAttribuant": attribuant_.nom, "idAttribuant": attribuant_.siret, "dateConvention": ligne["Date"],
        "referenceDecision": str(ligne["Référence"] or "").strip(), "nomBeneficiaire": nom_officiel(structure) if structure else ligne["Structure"],
        "idBeneficiaire": siret, "objet": _objet(contrat, ligne["Fiche"]), "montant": engage, "nature": EN_NATURE if niveau == VALORISATION else NUMERAIRE,
        # Part of it is paid, the rest is to come: the only thing that the workbook tells of the payments.
        "conditionsVersement": ECHELONNE if verse and verse < engage else AUTRE,
        "datesPeriodeVersement": f"{contrat.debut(annee).isoformat()}/{contrat.fin(annee).isoformat()}",
        "notificationUE": "non", "pourcentageSubvention": Decimal(1),
    }  # fmt: skip
    return tuple(" ".join(en_texte(valeurs.get(nom)).split()) for nom in ENTETE)


def _objet(contrat: Contrat, numero: str) -> str:
    fiche = contrat.par_fiche.get(numero)
    texte = f"{contrat.nom_court}, fiche {numero}" + (f" : {fiche.titre}" if fiche else "")
    return texte if len(texte) < OBJET_MAX else texte[: OBJET_MAX - 3].rsplit(" ", 1)[0].rstrip(" ,;.:") + " …"
