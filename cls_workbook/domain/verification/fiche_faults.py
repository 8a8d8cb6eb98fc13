"""What a definition says of its fiches: who carries them, what they ask, what money they announce, what rules bind
them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from cls_workbook.domain.definition_keys import value_of_key
from cls_workbook.domain.model import (
    AGGREGATIONS,
    AMOUNT_STATES,
    INDICATEUR_TYPES,
    MESURE_TYPES,
    Contrat,
    Fiche,
    Mesure,
)
from cls_workbook.domain.verification.fault import (
    DefinitionFault,
    among,
    duplicates,
    euros,
    fault,
    note,
    places,
    rate,
    reference,
    references,
    repetitions,
    too_long,
)

SHEET_PREFIX = "FA "
MAX_SHEET_NAME = 31
KEY_MESURES_MAX = 3
COMPLEMENT_TYPES = ("entier", "decimal", "montant", "texte")

# Which ways of bringing answers together make sense for which way of typing them.
ALLOWED_AGGREGATIONS = {
    "entier": ("FLUX", "PERSONNES", "STOCK", "ENTITES"),
    "decimal": ("FLUX", "STOCK"),
    "ventilation": ("FLUX", "PERSONNES", "STOCK", "ENTITES"),
    "taux": ("RATIO",),
    "satisfaction": ("SATISFACTION",),
    "moyenne": ("MOYENNE",),
    "jalon": ("JALON",),
    "liste": ("UNION",),
    "texte": ("TEXTE",),
}

# --- A fiche --------------------------------------------------------------------------------------------------------


def names_of_sheets(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each fiche has a sheet « FA numero »: Excel must take the name, and take it once."""
    fiches = places("contrat.fiches", contrat.fiches)
    yield from duplicates(fiches, "numero", str.casefold)
    for location, fiche in fiches:
        nom = SHEET_PREFIX + fiche.numero
        if len(nom) > MAX_SHEET_NAME:
            yield fault(
                f"{location}.numero",
                f"la feuille « {nom} » aurait un nom de {len(nom)} caractères, pour {MAX_SHEET_NAME} au plus.",
                "Raccourcissez le numéro.",
            )
        if re.search(r"[:\\/?*\[\]]", fiche.numero) or fiche.numero.endswith("'"):
            yield fault(
                f"{location}.numero",
                f"Excel refuse le nom de feuille « {nom} ».",
                "Retirez du numéro : \\ / ? * [ ] et l’apostrophe finale.",
            )


def fiches(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Axe, titles, porteurs, volets and complements of each fiche."""
    for location, fiche in places("contrat.fiches", contrat.fiches):
        yield from reference(f"{location}.axe", fiche.axe, [a.numero for a in contrat.axes], "l’axe")
        for champ in ("titre", "sous_titre", "titre_recapitulatif"):
            yield from too_long(f"{location}.{champ}", value_of_key(fiche, champ))
        yield from references(f"{location}.porteurs", fiche.porteurs, contrat.by_structure, "la structure")
        if not fiche.porteurs and not any(v.porteurs for v in fiche.volets):
            yield fault(
                f"{location}.porteurs",
                "la fiche n’a pas de porteur : personne ne répondrait.",
                "Nommez au moins une structure.",
            )
        yield from _volets(location, fiche, contrat)
        for place, indicateur in places(f"{location}.indicateurs", fiche.indicateurs):
            if indicateur.volet is not None:
                yield from reference(f"{place}.volet", indicateur.volet, [v.id for v in fiche.volets], "le volet")
        complements = places(f"{location}.complements", fiche.complements)
        yield from duplicates(complements, "id")
        for place, complement in complements:
            yield from _code(f"{place}.id", complement.id)
            yield from among(f"{place}.type", complement.type, COMPLEMENT_TYPES)
            yield from too_long(f"{place}.libelle", complement.libelle)


def _volets(location: str, fiche: Fiche, contrat: Contrat) -> Iterator[DefinitionFault]:
    volets = places(f"{location}.volets", fiche.volets)
    yield from duplicates(volets, "id")
    yield from duplicates(volets, "nom", str.casefold)
    for place, volet in volets:
        yield from references(f"{place}.porteurs", volet.porteurs, contrat.by_structure, "la structure")
        if not volet.porteurs:
            yield note(
                f"{place}.porteurs", f"le volet « {volet.nom} » n’a pas de porteur : aucun retour n’en est attendu."
            )
        for porteur in volet.porteurs:
            if porteur in contrat.by_structure and porteur not in fiche.porteurs:
                yield fault(
                    f"{place}.porteurs",
                    f"« {porteur} » porte le volet sans porter la fiche.",
                    "Ajoutez-le aux porteurs de la fiche.",
                )
    for rank, porteur in enumerate(fiche.porteurs, 1):
        if volets and not any(porteur in v.porteurs for v in fiche.volets):
            yield fault(
                f"{location}.porteurs[{rank}]",
                f"« {porteur} » ne porte aucun volet : il ne répondrait jamais.",
                "Rattachez-le à un volet.",
            )


def financements(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Amounts and rates announced by each fiche."""
    known = [f.id for f in contrat.financeurs]
    for location, fiche in places("contrat.fiches", contrat.fiches):
        money, location = fiche.financement, f"{location}.financement"
        yield from among(f"{location}.montant_etat", money.montant_etat, AMOUNT_STATES)
        if money.montant is not None and money.montant_etat in AMOUNT_STATES[1:]:
            yield fault(
                f"{location}.montant_etat",
                f"un montant est donné, mais son état est « {money.montant_etat} ».",
                'Écrivez montant_etat = "chiffre".',
            )
        if money.montant is None and money.montant_etat == "chiffre":
            yield fault(
                f"{location}.montant",
                "l’état annonce un montant chiffré, qui manque.",
                "Donnez le montant, ou changez montant_etat.",
            )
        yield from euros(f"{location}.montant", money.montant)
        yield from rate(f"{location}.taux", money.taux)
        if money.taux_pur and money.taux is None:
            yield fault(
                f"{location}.taux_pur",
                "taux_pur est vrai, mais aucun taux n’est donné.",
                "Donnez le taux, ou retirez taux_pur.",
            )
        if money.duree_ans is not None and money.duree_ans < 1:
            yield fault(f"{location}.duree_ans", f"une durée compte au moins un an, trouvé « {money.duree_ans} ».")
        yield from references(f"{location}.cofinanceurs", money.cofinanceurs, known, "le financeur")


# --- Indicators and measures ----------------------------------------------------------------------------------------


def indicateurs(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Every indicator is known once and asks at least one measure."""
    located = [
        (location, i)
        for place, f in places("contrat.fiches", contrat.fiches)
        for location, i in places(f"{place}.indicateurs", f.indicateurs)
    ]
    yield from duplicates(located, "id", str.casefold)
    for location, indicateur in located:
        yield from among(f"{location}.type", indicateur.type, INDICATEUR_TYPES)
        yield from too_long(f"{location}.libelle", indicateur.libelle)
        if not indicateur.mesures:
            yield fault(
                f"{location}.mesures",
                "l’indicateur ne demande aucune mesure : rien ne serait à saisir.",
                "Ajoutez au moins une mesure.",
            )


def mesures(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Every measure: known once, typed and brought together in ways that agree."""
    located = [
        (location, m)
        for place, f in places("contrat.fiches", contrat.fiches)
        for rank, i in places(f"{place}.indicateurs", f.indicateurs)
        for location, m in places(f"{rank}.mesures", i.mesures)
    ]
    yield from duplicates(located, "id", str.casefold)
    for location, mesure in located:
        yield from _code(f"{location}.id", mesure.id)
        for champ in ("libelle", "unite", "ventilation"):
            yield from too_long(f"{location}.{champ}", getattr(mesure, champ))
        yield from _types(location, mesure)
        yield from _ventilation(location, mesure)
        yield from _bound_faults(location, mesure, len(contrat.communes))
        yield from _options(location, mesure)
    for location, fiche in places("contrat.fiches", contrat.fiches):
        keys = [m.id for m in fiche.mesures if m.cle]
        if len(keys) > KEY_MESURES_MAX:
            yield fault(
                location,
                f"{len(keys)} mesures sont marquées cle, pour {KEY_MESURES_MAX} au plus sur une ligne de synthèse.",
                f"Gardez-en {KEY_MESURES_MAX} parmi {', '.join(keys)}.",
            )


def _types(location: str, mesure: Mesure) -> Iterator[DefinitionFault]:
    unknown = [
        *among(f"{location}.type", mesure.type, MESURE_TYPES),
        *among(f"{location}.agregation", mesure.agregation, AGGREGATIONS),
    ]
    yield from unknown
    allowed = ALLOWED_AGGREGATIONS.get(mesure.type, ())
    if not unknown and mesure.agregation not in allowed:
        yield fault(
            f"{location}.agregation",
            f"une mesure de type « {mesure.type} » ne se rassemble pas par « {mesure.agregation} ».",
            f"Agrégations possibles : {', '.join(allowed)}.",
        )


def _ventilation(location: str, mesure: Mesure) -> Iterator[DefinitionFault]:
    if mesure.type == "ventilation" and mesure.ventilation is None:
        yield fault(
            f"{location}.ventilation",
            "une mesure de type « ventilation » doit dire selon quoi elle est ventilée.",
            "Ajoutez le champ ventilation.",
        )
    elif mesure.modalites and mesure.ventilation is None and mesure.type != "liste":
        yield fault(
            f"{location}.modalites",
            "des modalités sont fixées sans ventilation.",
            "Ajoutez le champ ventilation, ou retirez les modalités.",
        )
    if mesure.reponses_multiples and mesure.ventilation is None:
        yield fault(
            f"{location}.reponses_multiples",
            "réponses multiples sans ventilation.",
            "Ajoutez le champ ventilation, ou retirez reponses_multiples.",
        )
    yield from repetitions(f"{location}.modalites", mesure.modalites)
    for rank, modalite in enumerate(mesure.modalites, 1):
        yield from too_long(f"{location}.modalites[{rank}]", modalite)


def _bound_faults(location: str, mesure: Mesure, commune_count: int) -> Iterator[DefinitionFault]:
    for champ in ("valeur_initiale", "maximum"):
        valeur = getattr(mesure, champ)
        if valeur is None:
            continue
        if valeur < 0:
            yield fault(f"{location}.{champ}", f"une valeur est positive ou nulle, trouvé « {valeur} ».")
        if mesure.type in ("entier", "ventilation") and valeur != valeur.to_integral_value():
            yield fault(f"{location}.{champ}", f"un nombre entier est attendu, trouvé « {valeur} ».")
        if mesure.type in ("jalon", "liste", "texte"):
            yield fault(
                f"{location}.{champ}", f"sans objet pour une mesure de type « {mesure.type} ».", "Retirez le champ."
            )
    if mesure.maximum is not None and mesure.valeur_initiale is not None and mesure.valeur_initiale > mesure.maximum:
        yield fault(f"{location}.valeur_initiale", f"{mesure.valeur_initiale} dépasse le maximum, {mesure.maximum}.")
    if mesure.communes and mesure.maximum is not None and mesure.maximum > commune_count:
        yield fault(
            f"{location}.maximum",
            f"le maximum est {mesure.maximum}, mais le contrat nomme {commune_count} communes.",
            "Corrigez l’un des deux.",
        )


def _options(location: str, mesure: Mesure) -> Iterator[DefinitionFault]:
    """Options that only make sense with some types: elsewhere they would be ignored in silence."""
    option_states = {
        "denominateur": (mesure.denominateur is not None, mesure.type == "taux", "de type « taux »"),
        "numerateur_decimal": (mesure.numerateur_decimal, mesure.type == "taux", "de type « taux »"),
        "poids": (mesure.poids is not None, mesure.type == "moyenne", "de type « moyenne »"),
        "qpv": (mesure.qpv is True, mesure.type == "entier", "de type « entier »"),
        "stock": (mesure.stock, mesure.agregation == "ENTITES", "d’agrégation « ENTITES »"),
        "communes": (mesure.communes, mesure.nominative, "de type « entier », d’agrégation « ENTITES » ou « STOCK »"),
    }
    for champ, (is_set, allowed, meant_for) in option_states.items():
        if is_set and not allowed:
            yield fault(
                f"{location}.{champ}",
                f"ce champ ne vaut que pour une mesure {meant_for}.",
                "Retirez-le, ou changez la mesure.",
            )
    if mesure.denominateur is not None and mesure.denominateur <= 0:
        yield fault(
            f"{location}.denominateur", f"un dénominateur est plus grand que zéro, trouvé « {mesure.denominateur} »."
        )


def _code(location: str, code: str) -> Iterator[DefinitionFault]:
    """What is a part of a cell's key (``1.2/mesures/1.2-I03/valeur``)."""
    if not re.fullmatch(r"[\w.-]+", code):
        yield fault(
            location,
            f"« {code} » contient un caractère qui n’est ni lettre, ni chiffre, ni point, ni tiret.",
            "Simplifiez cet identifiant.",
        )
