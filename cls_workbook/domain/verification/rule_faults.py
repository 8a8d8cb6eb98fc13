"""What a definition says of its funding rules: each complete, about things that exist."""

from __future__ import annotations

from collections.abc import Iterator

from cls_workbook.domain.definition_keys import value_of_key
from cls_workbook.domain.model import MESURE_TYPES, Contrat
from cls_workbook.domain.rules import CAP_SCOPES, RULE_TYPES, SUBSIDY_BASES, Rule
from cls_workbook.domain.verification.fault import DefinitionFault, FieldPlace, as_share, duplicates, places
from cls_workbook.french import number_fr

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


# What the base of an aid needs to be worked out.
BASE_FIELDS = {
    "depense": ("taux",),
    "engage": ("taux",),
    "personne": ("cout_unitaire", "mesure_participants"),
    "session": ("cout_unitaire", "mesure_sessions"),
}


def regles(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Every rule is complete, and names fiches, funders, measures and complements that exist."""
    located = places("contrat.regles", contrat.regles)
    yield from duplicates(located, "id")
    known = [f.id for f in contrat.money.financeurs]
    for here, rule in located:
        yield from here.among("type", RULE_TYPES)
        yield from here.reference("fiche", contrat.par_fiche, "la fiche")
        yield from here.reference("financeur", known, "le financeur")
        yield from here.references("financeurs", known, "le financeur")
        for champ in RULE_FIELDS.get(rule.type, ()):
            if value_of_key(rule, champ) in (None, ()):
                yield here.fault(champ, f"une règle de type « {rule.type} » a besoin de ce champ.", "Ajoutez-le.")
        yield from _numbers(here, rule)
        yield from _subsidy(here, rule)
        yield from _mesures(here, rule, contrat)
        fiche = contrat.par_fiche.get(rule.fiche or "")
        for champ in RULE_COMPLEMENTS:
            yield from here.reference(champ, [c.id for c in fiche.complements] if fiche else [], "le complément")


def _numbers(here: FieldPlace, rule: Rule) -> Iterator[DefinitionFault]:
    yield from here.rate("taux")
    for champ in ("plafond_annuel", "plafond_total", "cout_unitaire", "cout_formateur"):
        yield from here.euros(champ)
    if rule.type == "parite" and len(rule.financeurs) == 1:
        yield here.fault("financeurs", "une parité compare au moins deux financeurs.", "Ajoutez l’autre.")
    capacite = rule.capacity.capacite
    if capacite is not None and capacite <= 0:
        yield here.fault("capacite", f"une capacité est plus grande que zéro, trouvé « {number_fr(capacite)} ».")
    bottom, top = rule.sessions.participants_min, rule.sessions.participants_max
    if bottom is not None and top is not None and bottom > top:
        yield here.fault("participants_min", f"le minimum ({bottom}) dépasse le maximum ({top}).", "Échangez-les.")
    yearly, total, annees = rule.caps.plafond_annuel, rule.caps.plafond_total, rule.caps.duree_ans
    if yearly is not None and total is not None and annees is not None and total != yearly * annees:
        yield here.note(
            "plafond_total",
            f"{number_fr(total)} n’est pas {annees} fois le plafond annuel ({number_fr(yearly * annees)}).",
        )


def _subsidy(here: FieldPlace, rule: Rule) -> Iterator[DefinitionFault]:
    yield from here.among("base", SUBSIDY_BASES)
    yield from here.among("plafond_par", CAP_SCOPES)
    for champ in BASE_FIELDS.get(rule.base or "", ()) if rule.type == "aide" else ():
        if value_of_key(rule, champ) is None:
            yield here.fault(champ, f"une aide calculée sur « {rule.base} » a besoin de ce champ.", "Ajoutez-le.")
    part = rule.sharing.quote_part
    if part is not None and not 0 < part <= 1:
        message = f"une part s’écrit entre 0 et 1, trouvé « {number_fr(part)} »."
        yield here.fault("quote_part", message, as_share(part))
    if part is not None and rule.sharing.plafond_par == "beneficiaire":
        remedy = 'Écrivez plafond_par = "poste" s’il se partage aussi.'
        yield here.note("quote_part", "poste partagé : le plafond est pris entier pour ce contrat.", remedy)
    yield from here.duration("duree_ans")


def _mesures(here: FieldPlace, rule: Rule, contrat: Contrat) -> Iterator[DefinitionFault]:
    for champ, types in RULE_MESURES.items():
        yield from here.reference(champ, contrat.by_mesure, "la mesure")
        nom = value_of_key(rule, champ)
        if nom not in contrat.by_mesure:
            continue
        fiche, _, mesure = contrat.by_mesure[nom]
        if rule.fiche in contrat.par_fiche and fiche.numero != rule.fiche:
            message = f"la mesure « {nom} » est de la fiche {fiche.numero}, la règle de la fiche {rule.fiche}."
            yield here.fault(champ, message, f"Choisissez une mesure de la fiche {rule.fiche}.")
        if mesure.type in MESURE_TYPES and mesure.type not in types:
            message = f"la mesure « {nom} » est de type « {mesure.type} », attendu : {' ou '.join(types)}."
            yield here.fault(champ, message, "Choisissez-en une autre, ou changez son type.")
        capacite, bottom = rule.capacity.capacite, mesure.denominateur
        if champ == "mesure" and bottom is not None and capacite not in (None, bottom):
            message = f"{number_fr(capacite)} diffère du dénominateur de « {nom} », {number_fr(bottom)}."
            yield here.fault("capacite", message, "Donnez le même nombre aux deux.")
