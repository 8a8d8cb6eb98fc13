"""Every fault of a contract's definition, each with its place: what the loader alone cannot see.

The loader (``contract``) refuses a definition that cannot be read; here it can be read, and is judged as a whole.
A contract without fiche, amount or indicator is a valid one: what it lacks is said, not refused.
"""

from __future__ import annotations

import dataclasses
import re
import unicodedata
from collections.abc import Iterator

from cls_workbook.contract import themes
from cls_workbook.contract.faute import A_CONFIRMER, FAUTE, Faute, doublons, faute, note, numero_insee, parmi, places, reference, repetitions, trop_long
from cls_workbook.contract.model import NIVEAUX, Contrat, Structure
from cls_workbook.contract.verification_fiches import fiches, financements, indicateurs, mesures, noms_de_feuille, regles
from cls_workbook.contract.verification_vie import decisions, devenir, exercice, periodes, revisions
from cls_workbook.francais import montant_fr, plier

__all__ = ["A_CONFIRMER", "FAUTE", "Faute", "verifier"]

TEXTE_MAX = 32_767  # what an Excel cell holds
ROLES = ("copilote", "signataire")
STATUTS_JURIDIQUES = ("public", "privé")
GRAVITES_DE_CONSTAT = ("à confirmer", "information")
CODE_INSEE = r"(0[1-9]|[1-8][0-9]|9[0-578]|2[AB])[0-9]{3}"  # departments 01 to 95, 2A, 2B, overseas 97 and 98
PREMIERE_ANNEE, DERNIERE_ANNEE = 1990, 2100


def verifier(contrat: Contrat) -> list[Faute]:
    """All faults and points to settle, in the order of the definition. No fault: it can be generated from."""
    regles_de_definition = (
        entete, annees, exercice, textes, decisions, periodes, revisions, axes, structures, groupes, signataires, communes,
        quartiers, instances, natures, financeurs, listes, noms_de_feuille, fiches, financements, indicateurs, mesures,
        a_programmer, devenir, regles, enveloppes, themes.verifier,
    )  # fmt: skip
    trouvees = [f for regle in regles_de_definition for f in regle(contrat)]
    return [*trouvees, *_par_annee(contrat, trouvees), *constats(contrat)]


def _par_annee(contrat: Contrat, trouvees: list[Faute]) -> Iterator[Faute]:
    """What only holds of a year: totals and gaps; and the faults that a change brings, each with its years."""
    vues = {annee: contrat.en(annee) for annee in contrat.toutes_les_annees}
    if all(vue is contrat for vue in vues.values()):
        yield from (f for regle in (annonce, maquette, manques) for f in regle(contrat))
        return
    deja = {(_sans_rang(f.lieu), f.message) for f in trouvees}
    par_faute: dict[tuple[str, str], tuple[Faute, list[int]]] = {}
    for annee, vue in vues.items():
        for f in (f for regle in (entete, groupes, fiches, regles, annonce, maquette, manques) for f in regle(vue)):
            cle = _sans_rang(f.lieu), f.message
            if cle not in deja:
                par_faute.setdefault(cle, (f, []))[1].append(annee)
    for f, quand in par_faute.values():
        yield dataclasses.replace(f, lieu=f.lieu + ("" if len(quand) == len(vues) else f" (en {', '.join(map(str, quand))})"))


def _sans_rang(lieu: str) -> str:
    """A place without ranks: what left the contract moved those that stay."""
    return re.sub(r"\[\d+\]", "", lieu)


# --- The contract ---------------------------------------------------------------------------------------------------


def entete(contrat: Contrat) -> Iterator[Faute]:
    """Identifier, title, coordination and agency."""
    yield from _identifiant("contrat.id", contrat.id)
    for champ in ("titre", "nom_court", "territoire"):
        yield from trop_long(f"contrat.{champ}", getattr(contrat, champ))
    for champ in ("coordination", "agence"):
        yield from reference(f"contrat.{champ}", getattr(contrat, champ), contrat.par_structure, "la structure")
    for champ in ("part", "unites", "euros", "points"):
        if (seuil := getattr(contrat.evolution, champ)) <= 0:
            yield faute(f"contrat.evolution.{champ}", f"un seuil est positif, trouvé « {seuil} ».")
    if contrat.seuil_petits_effectifs < 0:
        yield faute("contrat.seuil_petits_effectifs", f"un seuil est positif ou nul, trouvé « {contrat.seuil_petits_effectifs} ».")


def annonce(contrat: Contrat) -> Iterator[Faute]:
    """No more actions than the contract announces."""
    decrites = len(contrat.fiches) + len(contrat.a_programmer)
    if contrat.actions_annoncees is not None and contrat.actions_annoncees < decrites:
        yield note("contrat.actions_annoncees", f"{contrat.actions_annoncees} actions annoncées, mais {decrites} sont décrites.")


def annees(contrat: Contrat) -> Iterator[Faute]:
    """Years in order, each once."""
    if not contrat.annees:
        yield faute("contrat.annees", "le contrat ne couvre aucune année.", "Donnez-les, par exemple [2024, 2025].")
    for rang, annee in enumerate(contrat.annees, 1):
        if not PREMIERE_ANNEE <= annee <= DERNIERE_ANNEE:
            yield faute(f"contrat.annees[{rang}]", f"« {annee} » n’est pas une année plausible.")
        if rang > 1 and annee <= contrat.annees[rang - 2]:
            yield faute(f"contrat.annees[{rang}]", f"{annee} ne suit pas {contrat.annees[rang - 2]}.", "Rangez les années dans l’ordre, chacune une fois.")


def maquette(contrat: Contrat) -> Iterator[Faute]:
    """The announced total against the sum of the fiches."""
    montants = [f.financement.montant for f in contrat.fiches if f.financement.montant is not None]
    total = contrat.maquette
    if total is not None and total < 0:
        yield faute("contrat.maquette", f"un montant est positif ou nul, trouvé « {total} ».")
    elif total is not None and not montants:
        yield note("contrat.maquette", f"la maquette est de {montant_fr(total)}, mais aucune fiche n’a de montant.")
    elif total is not None and total != sum(montants):
        yield faute("contrat.maquette", f"la maquette est de {montant_fr(total)}, la somme des fiches de {montant_fr(sum(montants))}.",
                    "Corrigez la maquette ou le montant d’une fiche.")
    elif total is None and montants:
        yield note("contrat.maquette", f"les fiches totalisent {montant_fr(sum(montants))}, mais la maquette n’est pas donnée.")


def manques(contrat: Contrat) -> Iterator[Faute]:
    """What a contract may lack, and what will then be empty."""
    if not contrat.structures:
        yield note("contrat.structures", "aucune structure : personne n’est attendu.")
    if not contrat.fiches:
        annonce = f", alors que {contrat.actions_annoncees} actions sont annoncées" if contrat.actions_annoncees else ""
        yield note("contrat.fiches", f"aucune fiche{annonce} : le classeur n’aura pas de feuille à remplir.")
        return
    sans_montant = [f.numero for f in contrat.fiches if f.financement.montant is None]
    sans_indicateur = [f.numero for f in contrat.fiches if not f.indicateurs]
    if sans_montant:
        yield note("contrat.fiches", f"montant non chiffré : {', '.join(sans_montant)}.")
    if sans_indicateur:
        yield note("contrat.fiches", f"aucun indicateur : {', '.join(sans_indicateur)}.")
    sans_liste = " : les lignes de financement n’auront pas de liste."
    if not contrat.financeurs:
        yield note("contrat.financeurs", "aucun financeur" + sans_liste)
    if not contrat.natures:
        yield note("contrat.natures", "aucune nature de financement" + sans_liste)


def constats(contrat: Contrat) -> Iterator[Faute]:
    """The inconsistencies of the printed contract, passed on as they are."""
    tous = places("contrat.a_confirmer", contrat.a_confirmer)
    yield from doublons(tous, "code")
    for lieu, constat in tous:
        yield from parmi(f"{lieu}.gravite", constat.gravite, GRAVITES_DE_CONSTAT)
        yield note(lieu, f"{constat.objet} : {constat.constat}")


# --- Who answers, where ---------------------------------------------------------------------------------------------


def axes(contrat: Contrat) -> Iterator[Faute]:
    """Each axe has its own number."""
    tous = places("contrat.axes", contrat.axes)
    yield from doublons(tous, "numero", str.casefold)
    for lieu, axe in tous:
        yield from trop_long(f"{lieu}.titre", axe.titre)


def structures(contrat: Contrat) -> Iterator[Faute]:
    """Identifiers serve in file names; no name or alias may stand for two structures."""
    toutes = places("contrat.structures", contrat.structures)
    yield from doublons(toutes, "id", str.casefold)
    yield from doublons(toutes, "siret")
    pris: dict[str, Structure] = {}
    for lieu, structure in toutes:
        yield from _identifiant(f"{lieu}.id", structure.id)
        yield from trop_long(f"{lieu}.nom", structure.nom)
        yield from numero_insee(f"{lieu}.siret", structure.siret, 14, "SIRET")
        yield from parmi(f"{lieu}.statut_juridique", structure.statut_juridique, STATUTS_JURIDIQUES)
        for nom in dict.fromkeys((structure.nom, structure.nom_complet or structure.nom, *structure.alias)):
            autre = pris.setdefault(plier(nom), structure)
            if autre is not structure:
                yield faute(lieu, f"le nom « {nom} » désigne déjà la structure « {autre.id} ».", "Un retour ne saurait plus à qui il est.")


def groupes(contrat: Contrat) -> Iterator[Faute]:
    """A group must be replaceable by someone; only a group has candidates."""
    for lieu, structure in places("contrat.structures", contrat.structures):
        if structure.groupe and not contrat.candidats(structure):
            yield faute(f"{lieu}.candidats", f"le groupe « {structure.nom} » n’a aucun candidat.", "Nommez ceux qui peuvent le remplacer.")
        if not structure.groupe and (structure.candidats or structure.candidats_communes):
            yield faute(f"{lieu}.candidats", "des candidats sont donnés, mais la structure n’est pas un groupe.", "Ajoutez groupe = true.")
        yield from repetitions(f"{lieu}.candidats", structure.candidats)
    for champ in ("coordination", "agence"):
        structure = contrat.par_structure.get(getattr(contrat, champ) or "")
        if structure is not None and structure.groupe:
            yield faute(f"contrat.{champ}", f"« {structure.id} » est un groupe.", "Nommez une seule structure.")


def signataires(contrat: Contrat) -> Iterator[Faute]:
    """Known roles, known structures."""
    tous = places("contrat.signataires", contrat.signataires)
    yield from doublons(tous, "nom", plier)
    for lieu, signataire in tous:
        yield from parmi(f"{lieu}.role", signataire.role, ROLES)
        yield from reference(f"{lieu}.structure", signataire.structure, contrat.par_structure, "la structure")


def communes(contrat: Contrat) -> Iterator[Faute]:
    """INSEE codes are text of five characters: 01004, 2A004, 97105."""
    toutes = places("contrat.communes", contrat.communes)
    yield from doublons(toutes, "code_insee")
    yield from doublons(toutes, "nom", plier)
    yield from doublons(toutes, "siren")
    for lieu, commune in toutes:
        if not re.fullmatch(CODE_INSEE, commune.code_insee):
            yield faute(f"{lieu}.code_insee", f"« {commune.code_insee} » n’est pas un code INSEE de commune.",
                        "Il compte cinq caractères, zéro initial compris (01004, 2A004, 97105).")
        yield from numero_insee(f"{lieu}.siren", commune.siren, 9, "SIREN")


def quartiers(contrat: Contrat) -> Iterator[Faute]:
    """Each QPV is in a commune of the contract."""
    tous = places("contrat.qpv", contrat.qpv)
    yield from doublons(tous, "nom", plier)
    for lieu, quartier in tous:
        yield from reference(f"{lieu}.commune", quartier.commune, [c.nom for c in contrat.communes], "la commune")


def instances(contrat: Contrat) -> Iterator[Faute]:
    toutes = places("contrat.instances", contrat.instances)
    yield from doublons(toutes, "nom", plier)
    for lieu, instance in toutes:
        if instance.minimum_par_an < 0:
            yield faute(f"{lieu}.minimum_par_an", f"un nombre de réunions est positif ou nul, trouvé « {instance.minimum_par_an} ».")


# --- Money and lists ------------------------------------------------------------------------------------------------


def natures(contrat: Contrat) -> Iterator[Faute]:
    toutes = places("contrat.natures", contrat.natures)
    yield from doublons(toutes, "id")
    yield from doublons(toutes, "libelle", plier)
    for lieu, nature in toutes:
        yield from parmi(f"{lieu}.niveau", nature.niveau, NIVEAUX)
        yield from trop_long(f"{lieu}.libelle", nature.libelle)


def financeurs(contrat: Contrat) -> Iterator[Faute]:
    tous = places("contrat.financeurs", contrat.financeurs)
    yield from doublons(tous, "id")
    yield from doublons(tous, "nom", plier)
    for lieu, financeur in tous:
        yield from reference(f"{lieu}.structure", financeur.structure, contrat.par_structure, "la structure")
        yield from trop_long(f"{lieu}.nom", financeur.nom)


def listes(contrat: Contrat) -> Iterator[Faute]:
    """Each drop-down list offers something, each choice once."""
    for champ in dataclasses.fields(contrat.listes):
        choix, lieu = getattr(contrat.listes, champ.name), f"contrat.listes.{champ.name}"
        if not choix:
            yield faute(lieu, "la liste est vide : rien ne pourrait être choisi.", "Donnez ses choix, ou retirez-la pour garder ceux de l’outil.")
        yield from repetitions(lieu, choix)
        for rang, texte in enumerate(choix, 1):
            yield from trop_long(f"{lieu}[{rang}]", texte)


def a_programmer(contrat: Contrat) -> Iterator[Faute]:
    toutes = places("contrat.a_programmer", contrat.a_programmer)
    yield from doublons(toutes, "titre", plier)
    for lieu, action in toutes:
        yield from reference(f"{lieu}.axe", action.axe, [a.numero for a in contrat.axes], "l’axe")
        yield from trop_long(f"{lieu}.titre", action.titre)


def enveloppes(contrat: Contrat) -> Iterator[Faute]:
    """Money of the whole contract: a year of the contract, a known funder, once each at any time."""
    toutes = places("contrat.enveloppes", contrat.enveloppes)
    for rang, (lieu, enveloppe) in enumerate(toutes):
        yield from reference(f"{lieu}.financeur", enveloppe.financeur, [f.id for f in contrat.financeurs], "le financeur")
        if enveloppe.annee is not None and enveloppe.annee not in contrat.toutes_les_annees:
            yield faute(f"{lieu}.annee", f"{enveloppe.annee} n’est pas une année du contrat.")
        if enveloppe.montant < 0:
            yield faute(f"{lieu}.montant", f"un montant est positif ou nul, trouvé « {enveloppe.montant} ».")
        for premier, autre in toutes[:rang]:
            memes = (autre.annee, autre.financeur) == (enveloppe.annee, enveloppe.financeur)
            if memes and any(autre.vaut(a) and enveloppe.vaut(a) for a in contrat.toutes_les_annees):
                yield faute(lieu, f"même année et même financeur que {premier}.", "Gardez une seule enveloppe.")


# --- Texts ----------------------------------------------------------------------------------------------------------


def textes(contrat: Contrat) -> Iterator[Faute]:
    """No text of the definition, wherever it is, may be one that a sheet cannot hold or that a search would miss."""
    yield from _textes("contrat", contrat)


def _textes(lieu: str, objet: object) -> Iterator[Faute]:
    if isinstance(objet, str):
        yield from _texte(lieu, objet)
    elif isinstance(objet, tuple):
        for place, element in places(lieu, objet):
            yield from _textes(place, element)
    elif dataclasses.is_dataclass(objet):
        for champ in dataclasses.fields(objet):
            yield from _textes(f"{lieu}.{champ.name}", getattr(objet, champ.name))


def _texte(lieu: str, texte: str) -> Iterator[Faute]:
    if not texte.strip():
        yield faute(lieu, "le texte est vide.", "Écrivez-le, ou retirez le champ.")
        return
    if texte != texte.strip():
        yield faute(lieu, f"« {texte} » commence ou finit par une espace.", "Retirez-la.")
    interdits = {c for c in texte if c != "\n" and (unicodedata.category(c) in ("Cc", "Cs") or c in "\ufffe\uffff")}
    for caractere in sorted(interdits):
        yield faute(lieu, f"le texte contient le caractère de contrôle U+{ord(caractere):04X}, qu’Excel refuse.", "Retirez-le.")
    if len(texte) > TEXTE_MAX:
        yield faute(lieu, f"le texte compte {len(texte)} caractères, pour {TEXTE_MAX} dans une cellule.", "Raccourcissez-le.")


def _identifiant(lieu: str, identifiant: str) -> Iterator[Faute]:
    """Identifiers are parts of file names, on every system."""
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", identifiant):
        yield faute(lieu, f"« {identifiant} » ne peut pas servir dans un nom de fichier.", "Écrivez-le en minuscules sans accent, chiffres et tirets.")
