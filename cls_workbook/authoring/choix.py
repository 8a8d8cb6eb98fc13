"""The closed lists of a definition, as a coordinator reads them: each code of the model and its words."""

from __future__ import annotations

from collections.abc import Mapping

from cls_workbook.contract import model, verification, verification_fiches, vie
from cls_workbook.contract.modeles_de_regle import modeles
from cls_workbook.francais import plier

OUI, NON = "oui", "non"

_MOTS: dict[str, dict[str, str]] = {
    "types_de_mesure": {
        "entier": "nombre entier", "decimal": "nombre à virgule", "taux": "taux (numérateur et dénominateur)",
        "satisfaction": "satisfaction", "moyenne": "durée ou moyenne", "jalon": "étape (jalon)", "liste": "liste de noms",
        "ventilation": "nombres par catégorie", "texte": "texte",
    },
    "agregations": {
        "FLUX": "s’additionne (actions, séances…)", "PERSONNES": "personnes (participations)",
        "STOCK": "état au 31 décembre, par nom", "ENTITES": "structures ou lieux, chacun compté une fois",
        "RATIO": "taux recalculé sur les totaux", "MOYENNE": "moyenne pondérée", "SATISFACTION": "satisfaction recalculée",
        "JALON": "étape la moins avancée", "UNION": "réunion des noms", "TEXTE": "textes mis bout à bout",
    },
    "types_d_indicateur": {
        "compte": "un nombre", "compte_ventile": "un nombre et son détail", "liste_types": "une liste", "satisfaction": "satisfaction",
        "taux": "taux", "jalon": "étape (jalon)", "duree": "durée", "texte": "appréciation",
    },
    "etats_du_montant": {
        "chiffre": "chiffré", "non_determine": "non déterminé", "a_definir": "à définir plus tard", "regle": "fixé par une règle",
        "vide": "imprimé sans valeur", "absente": "ligne non imprimée",
    },
    "niveaux": {
        "maquette": "maquette du contrat", "hors_maquette": "hors maquette", "cofinancement": "cofinancement",
        "valorisation": "valorisation (sans versement)",
    },
    "types_de_regle": {
        "poste": "part d’un poste", "cout_unitaire": "coût par personne ou par séance", "capacite": "capacité",
        "plafond": "plafond seul", "aide": "aide selon un taux ou un coût", "parite": "parité entre financeurs",
    },
    "bases_d_aide": {"depense": "la dépense", "engage": "l’argent engagé", "personne": "chaque personne", "session": "chaque séance"},
    "plafonds_par": {"beneficiaire": "bénéficiaire", "poste": "poste"},
    "objets_de_revision": {
        "contrat": "le contrat", "axe": "un axe", "structure": "une structure", "signataire": "un signataire", "financeur": "un financeur",
        "fiche": "une fiche", "volet": "un volet", "indicateur": "un indicateur", "mesure": "une mesure", "regle": "une règle",
    },
    "changements": {"axes": "les axes", "signataires": "les signataires", "duree": "la durée", "montants": "les montants"},
    "roles": {}, "statuts_juridiques": {}, "gravites": {}, "types_de_complement": {
        "entier": "nombre entier", "decimal": "nombre à virgule", "montant": "montant en euros", "texte": "texte",
    },
    "instances": {}, "modeles_de_regle": {},
}  # fmt: skip
_CODES: dict[str, tuple[str, ...]] = {
    "types_de_mesure": model.TYPES_DE_MESURE, "agregations": model.AGREGATIONS, "types_d_indicateur": model.TYPES_D_INDICATEUR,
    "etats_du_montant": model.ETATS_DU_MONTANT, "niveaux": model.NIVEAUX, "types_de_regle": model.TYPES_DE_REGLE,
    "roles": verification.ROLES, "statuts_juridiques": verification.STATUTS_JURIDIQUES, "gravites": verification.GRAVITES_DE_CONSTAT,
    "types_de_complement": verification_fiches.TYPES_DE_COMPLEMENT, "objets_de_revision": vie.OBJETS_DE_REVISION,
    "bases_d_aide": model.BASES_D_AIDE, "plafonds_par": model.PLAFONDS_PAR, "changements": vie.CHANGEMENTS_A_AVENANT, "instances": vie.INSTANCES_DE_DECISION, "modeles_de_regle": tuple(modeles()),
}  # fmt: skip
# Code → words, for each closed list, in the order of the model; a code without words of its own is shown as it is.
CHOIX: Mapping[str, Mapping[str, str]] = {liste: {code: _MOTS[liste].get(code, code) for code in codes} for liste, codes in _CODES.items()} | {
    "oui_non": {OUI: OUI, NON: NON}
}


def mots(liste: str, code: str) -> str:
    """How a code reads; a code that the list does not know stays as it is."""
    return CHOIX[liste].get(code, code)


def code(liste: str, texte: str) -> str | None:
    """The code meant by words or by the code itself, case and accents apart; None if the list has nothing like it."""
    cherche = plier(texte)
    return next((c for c, libelle in CHOIX[liste].items() if cherche in (plier(libelle), plier(c))), None)
