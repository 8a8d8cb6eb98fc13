"""What a definition says of its fiches: who carries them, what they ask, what money they announce, what rules bind them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from cls_workbook.contract.faute import Faute, doublons, faute, note, parmi, places, reference, references, repetitions, trop_long
from cls_workbook.contract.model import (
    AGREGATIONS,
    BASES_D_AIDE,
    ETATS_DU_MONTANT,
    PLAFONDS_PAR,
    TYPES_D_INDICATEUR,
    TYPES_DE_MESURE,
    TYPES_DE_REGLE,
    Contrat,
    Fiche,
    Mesure,
    Regle,
)

PREFIXE_DE_FEUILLE = "FA "
NOM_DE_FEUILLE_MAX = 31
MESURES_CLES_MAX = 3
TYPES_DE_COMPLEMENT = ("entier", "decimal", "montant", "texte")

# Which ways of bringing answers together make sense for which way of typing them.
AGREGATIONS_PERMISES = {
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

# Fields without which a rule says nothing.
CHAMPS_DE_REGLE = {
    "poste": ("fiche", "taux", "plafond_annuel"),
    "cout_unitaire": ("fiche", "cout_unitaire", "mesure_participants", "mesure_sessions"),
    "capacite": ("fiche", "capacite", "mesure"),
    "plafond": ("financeur", "plafond_annuel"),
    "aide": ("financeur", "base"),
    "parite": ("financeurs",),
}
# The type of the measure that each field of a rule must name.
MESURES_DE_REGLE = {
    "mesure_participants": ("entier",),
    "mesure_sessions": ("entier",),
    "mesure": ("taux",),
    "mesure_file_active": ("entier",),
    "mesure_sorties": ("entier",),
    "mesure_relais": ("entier", "ventilation"),
}
COMPLEMENTS_DE_REGLE = ("complement_cout", "complement_formateurs", "complement_cout_formateurs")


# --- A fiche --------------------------------------------------------------------------------------------------------


def noms_de_feuille(contrat: Contrat) -> Iterator[Faute]:
    """Each fiche has a sheet « FA numero »: Excel must take the name, and take it once."""
    fiches = places("contrat.fiches", contrat.fiches)
    yield from doublons(fiches, "numero", str.casefold)
    for lieu, fiche in fiches:
        nom = PREFIXE_DE_FEUILLE + fiche.numero
        if len(nom) > NOM_DE_FEUILLE_MAX:
            yield faute(f"{lieu}.numero", f"la feuille « {nom} » aurait un nom de {len(nom)} caractères, pour {NOM_DE_FEUILLE_MAX} au plus.",
                        "Raccourcissez le numéro.")
        if re.search(r"[:\\/?*\[\]]", fiche.numero) or fiche.numero.endswith("'"):
            yield faute(f"{lieu}.numero", f"Excel refuse le nom de feuille « {nom} ».", "Retirez du numéro : \\ / ? * [ ] et l’apostrophe finale.")


def fiches(contrat: Contrat) -> Iterator[Faute]:
    """Axe, titles, porteurs, volets and complements of each fiche."""
    for lieu, fiche in places("contrat.fiches", contrat.fiches):
        yield from reference(f"{lieu}.axe", fiche.axe, [a.numero for a in contrat.axes], "l’axe")
        for champ in ("titre", "sous_titre", "titre_recapitulatif"):
            yield from trop_long(f"{lieu}.{champ}", getattr(fiche, champ))
        yield from references(f"{lieu}.porteurs", fiche.porteurs, contrat.par_structure, "la structure")
        if not fiche.porteurs and not any(v.porteurs for v in fiche.volets):
            yield faute(f"{lieu}.porteurs", "la fiche n’a pas de porteur : personne ne répondrait.", "Nommez au moins une structure.")
        yield from _volets(lieu, fiche, contrat)
        for place, indicateur in places(f"{lieu}.indicateurs", fiche.indicateurs):
            if indicateur.volet is not None:
                yield from reference(f"{place}.volet", indicateur.volet, [v.id for v in fiche.volets], "le volet")
        complements = places(f"{lieu}.complements", fiche.complements)
        yield from doublons(complements, "id")
        for place, complement in complements:
            yield from _code(f"{place}.id", complement.id)
            yield from parmi(f"{place}.type", complement.type, TYPES_DE_COMPLEMENT)
            yield from trop_long(f"{place}.libelle", complement.libelle)


def _volets(lieu: str, fiche: Fiche, contrat: Contrat) -> Iterator[Faute]:
    volets = places(f"{lieu}.volets", fiche.volets)
    yield from doublons(volets, "id")
    yield from doublons(volets, "nom", str.casefold)
    for place, volet in volets:
        yield from references(f"{place}.porteurs", volet.porteurs, contrat.par_structure, "la structure")
        if not volet.porteurs:
            yield note(f"{place}.porteurs", f"le volet « {volet.nom} » n’a pas de porteur : aucun retour n’en est attendu.")
        for porteur in volet.porteurs:
            if porteur in contrat.par_structure and porteur not in fiche.porteurs:
                yield faute(f"{place}.porteurs", f"« {porteur} » porte le volet sans porter la fiche.", "Ajoutez-le aux porteurs de la fiche.")
    for rang, porteur in enumerate(fiche.porteurs, 1):
        if volets and not any(porteur in v.porteurs for v in fiche.volets):
            yield faute(f"{lieu}.porteurs[{rang}]", f"« {porteur} » ne porte aucun volet : il ne répondrait jamais.", "Rattachez-le à un volet.")


def financements(contrat: Contrat) -> Iterator[Faute]:
    """Amounts and rates announced by each fiche."""
    connus = [f.id for f in contrat.financeurs]
    for lieu, fiche in places("contrat.fiches", contrat.fiches):
        argent, lieu = fiche.financement, f"{lieu}.financement"
        yield from parmi(f"{lieu}.montant_etat", argent.montant_etat, ETATS_DU_MONTANT)
        if argent.montant is not None and argent.montant_etat in ETATS_DU_MONTANT[1:]:
            yield faute(f"{lieu}.montant_etat", f"un montant est donné, mais son état est « {argent.montant_etat} ».",
                        "Écrivez montant_etat = \"chiffre\".")
        if argent.montant is None and argent.montant_etat == "chiffre":
            yield faute(f"{lieu}.montant", "l’état annonce un montant chiffré, qui manque.", "Donnez le montant, ou changez montant_etat.")
        yield from _montant(f"{lieu}.montant", argent.montant)
        yield from _taux(f"{lieu}.taux", argent.taux)
        if argent.taux_pur and argent.taux is None:
            yield faute(f"{lieu}.taux_pur", "taux_pur est vrai, mais aucun taux n’est donné.", "Donnez le taux, ou retirez taux_pur.")
        if argent.duree_ans is not None and argent.duree_ans < 1:
            yield faute(f"{lieu}.duree_ans", f"une durée compte au moins un an, trouvé « {argent.duree_ans} ».")
        yield from references(f"{lieu}.cofinanceurs", argent.cofinanceurs, connus, "le financeur")


def _montant(lieu: str, montant: Decimal | None) -> Iterator[Faute]:
    if montant is None:
        return
    if montant < 0:
        yield faute(lieu, f"un montant est positif ou nul, trouvé « {montant} ».")
    elif montant != round(montant, 2):
        yield faute(lieu, f"« {montant} » compte des fractions de centime.", "Arrondissez-le au centime.")


def _taux(lieu: str, taux: Decimal | None) -> Iterator[Faute]:
    if taux is not None and not 0 <= taux <= 1:
        yield faute(lieu, f"un taux s’écrit entre 0 et 1, trouvé « {taux} ».", "Pour 26,5 %, écrivez 0.265.")


# --- Indicators and measures ----------------------------------------------------------------------------------------


def indicateurs(contrat: Contrat) -> Iterator[Faute]:
    """Every indicator is known once and asks at least one measure."""
    tous = [(lieu, i) for place, f in places("contrat.fiches", contrat.fiches) for lieu, i in places(f"{place}.indicateurs", f.indicateurs)]
    yield from doublons(tous, "id", str.casefold)
    for lieu, indicateur in tous:
        yield from parmi(f"{lieu}.type", indicateur.type, TYPES_D_INDICATEUR)
        yield from trop_long(f"{lieu}.libelle", indicateur.libelle)
        if not indicateur.mesures:
            yield faute(f"{lieu}.mesures", "l’indicateur ne demande aucune mesure : rien ne serait à saisir.", "Ajoutez au moins une mesure.")


def mesures(contrat: Contrat) -> Iterator[Faute]:
    """Every measure: known once, typed and brought together in ways that agree."""
    toutes = [
        (lieu, m)
        for place, f in places("contrat.fiches", contrat.fiches)
        for rang, i in places(f"{place}.indicateurs", f.indicateurs)
        for lieu, m in places(f"{rang}.mesures", i.mesures)
    ]
    yield from doublons(toutes, "id", str.casefold)
    for lieu, mesure in toutes:
        yield from _code(f"{lieu}.id", mesure.id)
        for champ in ("libelle", "unite", "ventilation"):
            yield from trop_long(f"{lieu}.{champ}", getattr(mesure, champ))
        yield from _types(lieu, mesure)
        yield from _ventilation(lieu, mesure)
        yield from _bornes(lieu, mesure, len(contrat.communes))
        yield from _options(lieu, mesure)
    for lieu, fiche in places("contrat.fiches", contrat.fiches):
        cles = [m.id for m in fiche.mesures if m.cle]
        if len(cles) > MESURES_CLES_MAX:
            yield faute(lieu, f"{len(cles)} mesures sont marquées cle, pour {MESURES_CLES_MAX} au plus sur une ligne de synthèse.",
                        f"Gardez-en {MESURES_CLES_MAX} parmi {', '.join(cles)}.")


def _types(lieu: str, mesure: Mesure) -> Iterator[Faute]:
    inconnus = [*parmi(f"{lieu}.type", mesure.type, TYPES_DE_MESURE), *parmi(f"{lieu}.agregation", mesure.agregation, AGREGATIONS)]
    yield from inconnus
    permises = AGREGATIONS_PERMISES.get(mesure.type, ())
    if not inconnus and mesure.agregation not in permises:
        yield faute(f"{lieu}.agregation", f"une mesure de type « {mesure.type} » ne se rassemble pas par « {mesure.agregation} ».",
                    f"Agrégations possibles : {', '.join(permises)}.")


def _ventilation(lieu: str, mesure: Mesure) -> Iterator[Faute]:
    if mesure.type == "ventilation" and mesure.ventilation is None:
        yield faute(f"{lieu}.ventilation", "une mesure de type « ventilation » doit dire selon quoi elle est ventilée.", "Ajoutez le champ ventilation.")
    elif mesure.modalites and mesure.ventilation is None and mesure.type != "liste":
        yield faute(f"{lieu}.modalites", "des modalités sont fixées sans ventilation.", "Ajoutez le champ ventilation, ou retirez les modalités.")
    if mesure.reponses_multiples and mesure.ventilation is None:
        yield faute(f"{lieu}.reponses_multiples", "réponses multiples sans ventilation.", "Ajoutez le champ ventilation, ou retirez reponses_multiples.")
    yield from repetitions(f"{lieu}.modalites", mesure.modalites)
    for rang, modalite in enumerate(mesure.modalites, 1):
        yield from trop_long(f"{lieu}.modalites[{rang}]", modalite)


def _bornes(lieu: str, mesure: Mesure, nb_communes: int) -> Iterator[Faute]:
    for champ in ("valeur_initiale", "maximum"):
        valeur = getattr(mesure, champ)
        if valeur is None:
            continue
        if valeur < 0:
            yield faute(f"{lieu}.{champ}", f"une valeur est positive ou nulle, trouvé « {valeur} ».")
        if mesure.type in ("entier", "ventilation") and valeur != valeur.to_integral_value():
            yield faute(f"{lieu}.{champ}", f"un nombre entier est attendu, trouvé « {valeur} ».")
        if mesure.type in ("jalon", "liste", "texte"):
            yield faute(f"{lieu}.{champ}", f"sans objet pour une mesure de type « {mesure.type} ».", "Retirez le champ.")
    if mesure.maximum is not None and mesure.valeur_initiale is not None and mesure.valeur_initiale > mesure.maximum:
        yield faute(f"{lieu}.valeur_initiale", f"{mesure.valeur_initiale} dépasse le maximum, {mesure.maximum}.")
    if mesure.communes and mesure.maximum is not None and mesure.maximum > nb_communes:
        yield faute(f"{lieu}.maximum", f"le maximum est {mesure.maximum}, mais le contrat nomme {nb_communes} communes.", "Corrigez l’un des deux.")


def _options(lieu: str, mesure: Mesure) -> Iterator[Faute]:
    """Options that only make sense with some types: elsewhere they would be ignored in silence."""
    poses = {
        "denominateur": (mesure.denominateur is not None, mesure.type == "taux", "de type « taux »"),
        "numerateur_decimal": (mesure.numerateur_decimal, mesure.type == "taux", "de type « taux »"),
        "poids": (mesure.poids is not None, mesure.type == "moyenne", "de type « moyenne »"),
        "qpv": (mesure.qpv is True, mesure.type == "entier", "de type « entier »"),
        "stock": (mesure.stock, mesure.agregation == "ENTITES", "d’agrégation « ENTITES »"),
        "communes": (mesure.communes, mesure.nominative, "de type « entier », d’agrégation « ENTITES » ou « STOCK »"),
    }
    for champ, (pose, permis, pour) in poses.items():
        if pose and not permis:
            yield faute(f"{lieu}.{champ}", f"ce champ ne vaut que pour une mesure {pour}.", "Retirez-le, ou changez la mesure.")
    if mesure.denominateur is not None and mesure.denominateur <= 0:
        yield faute(f"{lieu}.denominateur", f"un dénominateur est plus grand que zéro, trouvé « {mesure.denominateur} ».")


def _code(lieu: str, code: str) -> Iterator[Faute]:
    """What is a part of a cell's key (``1.2/mesures/1.2-I03/valeur``)."""
    if not re.fullmatch(r"[\w.-]+", code):
        yield faute(lieu, f"« {code} » contient un caractère qui n’est ni lettre, ni chiffre, ni point, ni tiret.", "Simplifiez cet identifiant.")


# --- Rules ----------------------------------------------------------------------------------------------------------


def regles(contrat: Contrat) -> Iterator[Faute]:
    """Every rule is complete, and names fiches, funders, measures and complements that exist."""
    toutes = places("contrat.regles", contrat.regles)
    yield from doublons(toutes, "id")
    connus = [f.id for f in contrat.financeurs]
    for lieu, regle in toutes:
        yield from parmi(f"{lieu}.type", regle.type, TYPES_DE_REGLE)
        yield from reference(f"{lieu}.fiche", regle.fiche, contrat.par_fiche, "la fiche")
        yield from reference(f"{lieu}.financeur", regle.financeur, connus, "le financeur")
        yield from references(f"{lieu}.financeurs", regle.financeurs, connus, "le financeur")
        for champ in CHAMPS_DE_REGLE.get(regle.type, ()):
            if getattr(regle, champ) in (None, ()):
                yield faute(f"{lieu}.{champ}", f"une règle de type « {regle.type} » a besoin de ce champ.", "Ajoutez-le.")
        yield from _nombres_de_regle(lieu, regle)
        yield from _aide(lieu, regle)
        yield from _mesures_de_regle(lieu, regle, contrat)
        yield from _complements_de_regle(lieu, regle, contrat)


def _nombres_de_regle(lieu: str, regle: Regle) -> Iterator[Faute]:
    yield from _taux(f"{lieu}.taux", regle.taux)
    for champ in ("plafond_annuel", "plafond_total", "cout_unitaire", "cout_formateur"):
        yield from _montant(f"{lieu}.{champ}", getattr(regle, champ))
    if regle.type == "parite" and len(regle.financeurs) == 1:
        yield faute(f"{lieu}.financeurs", "une parité compare au moins deux financeurs.", "Ajoutez l’autre.")
    if regle.capacite is not None and regle.capacite <= 0:
        yield faute(f"{lieu}.capacite", f"une capacité est plus grande que zéro, trouvé « {regle.capacite} ».")
    bas, haut = regle.participants_min, regle.participants_max
    if bas is not None and haut is not None and bas > haut:
        yield faute(f"{lieu}.participants_min", f"le minimum ({bas}) dépasse le maximum ({haut}).", "Échangez-les.")
    if regle.plafond_annuel is not None and regle.plafond_total is not None and regle.duree_ans is not None:
        somme = regle.plafond_annuel * regle.duree_ans
        if regle.plafond_total != somme:
            yield note(f"{lieu}.plafond_total", f"{regle.plafond_total} n’est pas {regle.duree_ans} fois le plafond annuel ({somme}).")


# What the base of an aid needs to be worked out.
CHAMPS_DE_BASE = {"depense": ("taux",), "engage": ("taux",), "personne": ("cout_unitaire", "mesure_participants"), "session": ("cout_unitaire", "mesure_sessions")}


def _aide(lieu: str, regle: Regle) -> Iterator[Faute]:
    yield from parmi(f"{lieu}.base", regle.base, BASES_D_AIDE)
    yield from parmi(f"{lieu}.plafond_par", regle.plafond_par, PLAFONDS_PAR)
    for champ in CHAMPS_DE_BASE.get(regle.base or "", ()) if regle.type == "aide" else ():
        if getattr(regle, champ) is None:
            yield faute(f"{lieu}.{champ}", f"une aide calculée sur « {regle.base} » a besoin de ce champ.", "Ajoutez-le.")
    if regle.quote_part is not None and not 0 < regle.quote_part <= 1:
        yield faute(f"{lieu}.quote_part", f"une part s’écrit entre 0 et 1, trouvé « {regle.quote_part} ».", "Pour la moitié, écrivez 0.5.")
    if regle.quote_part is not None and regle.plafond_par == "beneficiaire":
        yield note(f"{lieu}.quote_part", "poste partagé : le plafond est pris entier pour ce contrat.", "Écrivez plafond_par = \"poste\" s’il se partage aussi.")
    if regle.duree_ans is not None and regle.duree_ans < 1:
        yield faute(f"{lieu}.duree_ans", f"une durée compte au moins un an, trouvé « {regle.duree_ans} ».")


def _mesures_de_regle(lieu: str, regle: Regle, contrat: Contrat) -> Iterator[Faute]:
    for champ, types in MESURES_DE_REGLE.items():
        nom = getattr(regle, champ)
        yield from reference(f"{lieu}.{champ}", nom, contrat.par_mesure, "la mesure")
        if nom not in contrat.par_mesure:
            continue
        fiche, _, mesure = contrat.par_mesure[nom]
        if regle.fiche in contrat.par_fiche and fiche.numero != regle.fiche:
            yield faute(f"{lieu}.{champ}", f"la mesure « {nom} » est de la fiche {fiche.numero}, la règle de la fiche {regle.fiche}.")
        if mesure.type in TYPES_DE_MESURE and mesure.type not in types:
            yield faute(f"{lieu}.{champ}", f"la mesure « {nom} » est de type « {mesure.type} », attendu : {' ou '.join(types)}.")
        if champ == "mesure" and mesure.denominateur is not None and regle.capacite not in (None, mesure.denominateur):
            yield faute(f"{lieu}.capacite", f"{regle.capacite} diffère du dénominateur de « {nom} », {mesure.denominateur}.")


def _complements_de_regle(lieu: str, regle: Regle, contrat: Contrat) -> Iterator[Faute]:
    fiche = contrat.par_fiche.get(regle.fiche) if regle.fiche else None
    for champ in COMPLEMENTS_DE_REGLE:
        yield from reference(f"{lieu}.{champ}", getattr(regle, champ), [c.id for c in fiche.complements] if fiche else [], "le complément")
