"""What a definition says of its funding rules: each complete, about things that exist."""

from __future__ import annotations

from collections.abc import Iterator

from cls_workbook.domain.definition_keys import value_of_key
from cls_workbook.domain.model import MESURE_TYPES, Contrat
from cls_workbook.domain.rules import CAP_SCOPES, RULE_TYPES, SUBSIDY_BASES, Rule
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
)

# Fields without which a rule says nothing.
RULE_FIELDS = {
    "poste": ("fiche", "taux", "plafond_annuel"),
    "cout_unitaire": ("fiche", "cout_unitaire", "mesure_participants", "mesure_sessions"),
    "capacite": ("fiche", "capacite", "mesure"),
    "plafond": ("financeur", "plafond_annuel"),
    "aide": ("financeur", "base"),
    "parite": ("financeurs",),
}
# The type of the measure that each field of a rule must name.
RULE_MESURES = {
    "mesure_participants": ("entier",),
    "mesure_sessions": ("entier",),
    "mesure": ("taux",),
    "mesure_file_active": ("entier",),
    "mesure_sorties": ("entier",),
    "mesure_relais": ("entier", "ventilation"),
}
RULE_COMPLEMENTS = ("complement_cout", "complement_formateurs", "complement_cout_formateurs")


def regles(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Every rule is complete, and names fiches, funders, measures and complements that exist."""
    located = places("contrat.regles", contrat.regles)
    yield from duplicates(located, "id")
    known = [f.id for f in contrat.financeurs]
    for location, rule in located:
        yield from among(f"{location}.type", rule.type, RULE_TYPES)
        yield from reference(f"{location}.fiche", rule.fiche, contrat.par_fiche, "la fiche")
        yield from reference(f"{location}.financeur", rule.financeur, known, "le financeur")
        yield from references(f"{location}.financeurs", rule.financeurs, known, "le financeur")
        for champ in RULE_FIELDS.get(rule.type, ()):
            if value_of_key(rule, champ) in (None, ()):
                yield fault(
                    f"{location}.{champ}", f"une règle de type « {rule.type} » a besoin de ce champ.", "Ajoutez-le."
                )
        yield from _rule_number_faults(location, rule)
        yield from _help(location, rule)
        yield from _rule_mesure_faults(location, rule, contrat)
        yield from _rule_complement_faults(location, rule, contrat)


def _rule_number_faults(location: str, rule: Rule) -> Iterator[DefinitionFault]:
    yield from rate(f"{location}.taux", rule.taux)
    for champ in ("plafond_annuel", "plafond_total", "cout_unitaire", "cout_formateur"):
        yield from euros(f"{location}.{champ}", value_of_key(rule, champ))
    if rule.type == "parite" and len(rule.financeurs) == 1:
        yield fault(f"{location}.financeurs", "une parité compare au moins deux financeurs.", "Ajoutez l’autre.")
    if rule.capacity.capacite is not None and rule.capacity.capacite <= 0:
        yield fault(
            f"{location}.capacite", f"une capacité est plus grande que zéro, trouvé « {rule.capacity.capacite} »."
        )
    bottom, top = rule.sessions.participants_min, rule.sessions.participants_max
    if bottom is not None and top is not None and bottom > top:
        yield fault(
            f"{location}.participants_min", f"le minimum ({bottom}) dépasse le maximum ({top}).", "Échangez-les."
        )
    if rule.caps.plafond_annuel is not None and rule.caps.plafond_total is not None and rule.caps.duree_ans is not None:
        total_of = rule.caps.plafond_annuel * rule.caps.duree_ans
        if rule.caps.plafond_total != total_of:
            yield note(
                f"{location}.plafond_total",
                f"{rule.caps.plafond_total} n’est pas {rule.caps.duree_ans} fois le plafond annuel ({total_of}).",
            )


# What the base of an aid needs to be worked out.
BASE_FIELDS = {
    "depense": ("taux",),
    "engage": ("taux",),
    "personne": ("cout_unitaire", "mesure_participants"),
    "session": ("cout_unitaire", "mesure_sessions"),
}


def _help(location: str, rule: Rule) -> Iterator[DefinitionFault]:
    yield from among(f"{location}.base", rule.base, SUBSIDY_BASES)
    yield from among(f"{location}.plafond_par", rule.sharing.plafond_par, CAP_SCOPES)
    for champ in BASE_FIELDS.get(rule.base or "", ()) if rule.type == "aide" else ():
        if value_of_key(rule, champ) is None:
            yield fault(
                f"{location}.{champ}", f"une aide calculée sur « {rule.base} » a besoin de ce champ.", "Ajoutez-le."
            )
    if rule.sharing.quote_part is not None and not 0 < rule.sharing.quote_part <= 1:
        yield fault(
            f"{location}.quote_part",
            f"une part s’écrit entre 0 et 1, trouvé « {rule.sharing.quote_part} ».",
            "Pour la moitié, écrivez 0.5.",
        )
    if rule.sharing.quote_part is not None and rule.sharing.plafond_par == "beneficiaire":
        yield note(
            f"{location}.quote_part",
            "poste partagé : le plafond est pris entier pour ce contrat.",
            'Écrivez plafond_par = "poste" s’il se partage aussi.',
        )
    if rule.caps.duree_ans is not None and rule.caps.duree_ans < 1:
        yield fault(f"{location}.duree_ans", f"une durée compte au moins un an, trouvé « {rule.caps.duree_ans} ».")


def _rule_mesure_faults(location: str, rule: Rule, contrat: Contrat) -> Iterator[DefinitionFault]:
    for champ, types in RULE_MESURES.items():
        nom = value_of_key(rule, champ)
        yield from reference(f"{location}.{champ}", nom, contrat.by_mesure, "la mesure")
        if nom not in contrat.by_mesure:
            continue
        fiche, _, mesure = contrat.by_mesure[nom]
        if rule.fiche in contrat.par_fiche and fiche.numero != rule.fiche:
            yield fault(
                f"{location}.{champ}",
                f"la mesure « {nom} » est de la fiche {fiche.numero}, la règle de la fiche {rule.fiche}.",
            )
        if mesure.type in MESURE_TYPES and mesure.type not in types:
            yield fault(
                f"{location}.{champ}",
                f"la mesure « {nom} » est de type « {mesure.type} », attendu : {' ou '.join(types)}.",
            )
        if (
            champ == "mesure"
            and mesure.denominateur is not None
            and rule.capacity.capacite not in (None, mesure.denominateur)
        ):
            yield fault(
                f"{location}.capacite",
                f"{rule.capacity.capacite} diffère du dénominateur de « {nom} », {mesure.denominateur}.",
            )


def _rule_complement_faults(location: str, rule: Rule, contrat: Contrat) -> Iterator[DefinitionFault]:
    fiche = contrat.par_fiche.get(rule.fiche) if rule.fiche else None
    for champ in RULE_COMPLEMENTS:
        yield from reference(
            f"{location}.{champ}",
            value_of_key(rule, champ),
            [c.id for c in fiche.complements] if fiche else [],
            "le complément",
        )
