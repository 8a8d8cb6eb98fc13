"""The closed lists of a definition, as a coordinator reads them: each code of the model and its words."""

from __future__ import annotations

from collections.abc import Mapping

from cls_workbook.definition.rule_templates import models
from cls_workbook.domain import lifetime, model, rules
from cls_workbook.domain.verification import fiche_faults, list_faults, whole_contract
from cls_workbook.french import fold

YES, NO = "oui", "non"

_WORDS: dict[str, dict[str, str]] = {
    "types_de_mesure": {
        "entier": "nombre entier",
        "decimal": "nombre à virgule",
        "taux": "taux (numérateur et dénominateur)",
        "satisfaction": "satisfaction",
        "moyenne": "durée ou moyenne",
        "jalon": "étape (jalon)",
        "liste": "liste de noms",
        "ventilation": "nombres par catégorie",
        "texte": "texte",
    },
    "agregations": {
        "FLUX": "s’additionne (actions, séances…)",
        "PERSONNES": "personnes (participations)",
        "STOCK": "état au 31 décembre, par nom",
        "ENTITES": "structures ou lieux, chacun compté une fois",
        "RATIO": "taux recalculé sur les totaux",
        "MOYENNE": "moyenne pondérée",
        "SATISFACTION": "satisfaction recalculée",
        "JALON": "étape la moins avancée",
        "UNION": "réunion des noms",
        "TEXTE": "textes mis bout à bout",
    },
    "types_d_indicateur": {
        "compte": "un nombre",
        "compte_ventile": "un nombre et son détail",
        "liste_types": "une liste",
        "satisfaction": "satisfaction",
        "taux": "taux",
        "jalon": "étape (jalon)",
        "duree": "durée",
        "texte": "appréciation",
    },
    "etats_du_montant": {
        "chiffre": "chiffré",
        "non_determine": "non déterminé",
        "a_definir": "à définir plus tard",
        "regle": "fixé par une règle",
        "vide": "imprimé sans valeur",
        "absente": "ligne non imprimée",
    },
    "niveaux": {
        "maquette": "maquette du contrat",
        "hors_maquette": "hors maquette",
        "cofinancement": "cofinancement",
        "valorisation": "valorisation (sans versement)",
    },
    "types_de_regle": {
        "poste": "part d’un poste",
        "cout_unitaire": "coût par personne ou par séance",
        "capacite": "capacité",
        "plafond": "plafond seul",
        "aide": "aide selon un taux ou un coût",
        "parite": "parité entre financeurs",
    },
    "bases_d_aide": {
        "depense": "la dépense",
        "engage": "l’argent engagé",
        "personne": "chaque personne",
        "session": "chaque séance",
    },
    "plafonds_par": {"beneficiaire": "bénéficiaire", "poste": "poste"},
    "objets_de_revision": {
        "contrat": "le contrat",
        "axe": "un axe",
        "structure": "une structure",
        "signataire": "un signataire",
        "financeur": "un financeur",
        "fiche": "une fiche",
        "volet": "un volet",
        "indicateur": "un indicateur",
        "mesure": "une mesure",
        "regle": "une règle",
    },
    "changements": {
        "axes": "les axes",
        "signataires": "les signataires",
        "duree": "la durée",
        "montants": "les montants",
    },
    "roles": {},
    "statuts_juridiques": {},
    "gravites": {},
    "types_de_complement": {
        "entier": "nombre entier",
        "decimal": "nombre à virgule",
        "montant": "montant en euros",
        "texte": "texte",
    },
    "instances": {},
    "modeles_de_regle": {},
}
_CODES: dict[str, tuple[str, ...]] = {
    "types_de_mesure": model.MESURE_TYPES,
    "agregations": model.AGGREGATIONS,
    "types_d_indicateur": model.INDICATEUR_TYPES,
    "etats_du_montant": model.AMOUNT_STATES,
    "niveaux": model.LEVELS,
    "types_de_regle": rules.RULE_TYPES,
    "roles": list_faults.ROLES,
    "statuts_juridiques": list_faults.LEGAL_STATUTS,
    "gravites": whole_contract.FINDING_GRAVITIES,
    "types_de_complement": fiche_faults.COMPLEMENT_TYPES,
    "objets_de_revision": lifetime.REVISION_OBJECTS,
    "bases_d_aide": rules.SUBSIDY_BASES,
    "plafonds_par": rules.CAP_SCOPES,
    "changements": lifetime.CHANGES_NEEDING_AVENANT,
    "instances": lifetime.DECISION_INSTANCES,
    "modeles_de_regle": tuple(models()),
}
# Code → words, for each closed list, in the order of the model; a code without words of its own is shown as it is.
CHOICES: Mapping[str, Mapping[str, str]] = {
    listing: {code: _WORDS[listing].get(code, code) for code in codes} for listing, codes in _CODES.items()
} | {"oui_non": {YES: YES, NO: NO}}


def words(listing: str, code: str) -> str:
    """How a code reads; a code that the list does not know stays as it is."""
    return CHOICES[listing].get(code, code)


def code(listing: str, texte: str) -> str | None:
    """The code meant by words or by the code itself, case and accents apart; None if the list has nothing like it."""
    sought = fold(texte)
    return next((c for c, libelle in CHOICES[listing].items() if sought in (fold(libelle), fold(c))), None)
