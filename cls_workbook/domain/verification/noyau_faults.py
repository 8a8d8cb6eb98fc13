"""Every fault of a regional noyau, and of the way in which a contract takes one in."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches

from cls_workbook.domain.contrat_years import all_years
from cls_workbook.domain.model import Contrat, Mesure
from cls_workbook.domain.regional.noyau_model import Noyau, NoyauMesure
from cls_workbook.domain.regional.taken_in import NUMERO, answering, noyau_asked, respondent_of
from cls_workbook.domain.themes import shipped_themes
from cls_workbook.domain.verification.fault import (
    DefinitionFault,
    FieldPlace,
    duplicates,
    identifier_faults,
    note,
    places,
)
from cls_workbook.domain.verification.fiche_faults import mesure_faults
from cls_workbook.french import fold, listing, quoted_list

# Several fiches may answer one measure where their answers can be brought together again.
_ADDED = ("FLUX", "PERSONNES", "CUMUL", "STOCK", "RATIO", "SATISFACTION")
_WITH_UNIT = ("entier", "decimal", "moyenne", "ventilation")
_NOT_FOR_ALL = ("cle", "calcul", "valeur_initiale", "noyau", "decision", "decision_fin")


# --- The noyau itself -----------------------------------------------------------------------------------------------


def verify_noyau(noyau: Noyau) -> list[DefinitionFault]:
    """All its faults, in the order of the definition."""
    return [found for rule in (_header, _versions, _words, _mesures, _links) for found in rule(noyau)]


def _header(noyau: Noyau) -> Iterator[DefinitionFault]:
    here = FieldPlace("noyau", noyau)
    yield from identifier_faults(here)
    yield from here.too_long("titre")
    if not noyau.versions:
        yield here.fault("versions", "aucune version : le noyau ne vaut pour aucune année.", "Donnez-en une.")
    if not noyau.mesures:
        yield here.fault("mesures", "aucune mesure : rien ne serait demandé.", "Donnez-en au moins une.")
    if noyau.exemple:
        remedy = "Pour publier le vôtre : retirez cette mention et donnez-lui un autre identifiant."
        yield note("noyau.exemple", "c’est un exemple : aucune agence ne l’a publié.", remedy)


def _versions(noyau: Noyau) -> Iterator[DefinitionFault]:
    located = places("noyau.versions", noyau.versions)
    yield from duplicates(located, "numero")
    taken: dict[int, str] = {}
    for here, version in located:
        if not version.annees:
            yield here.fault("annees", "la version ne vaut pour aucune année.", "Donnez-les, par exemple [2026, 2027].")
        for annee in version.annees:
            if annee in taken:
                message = f"{annee} est déjà une année de la version « {taken[annee]} »."
                yield here.fault("annees", message, "Une année n’a qu’une version : retirez-la de l’une des deux.")
            taken.setdefault(annee, version.numero)
    annees = noyau.annees
    if absent := [a for a in range(annees[0], annees[-1]) if a not in annees] if annees else []:
        message = f"aucune version ne vaut pour {listing([str(a) for a in absent])} : rien n’y serait demandé."
        yield note("noyau.versions", message, "Ajoutez l’année à une version si c’est un oubli.")


def _words(noyau: Noyau) -> Iterator[DefinitionFault]:
    for name, words in (("themes", noyau.themes), ("priorites", noyau.priorites)):
        located = places(f"noyau.{name}", words)
        yield from duplicates(located, "id")
        for here, _ in located:
            yield from here.too_long("libelle")


def _mesures(noyau: Noyau) -> Iterator[DefinitionFault]:
    located = places("noyau.mesures", noyau.mesures)
    for rank, (here, mesure) in enumerate(located):
        yield from mesure_faults(here, mesure, 0)
        yield from here.reference("theme", [*shipped_themes(), *(t.id for t in noyau.themes)], "le thème")
        yield from here.reference("priorite", [p.id for p in noyau.priorites], "la priorité")
        yield from _only_of_a_contract(here, mesure)
        yield from _one_question(here, mesure)
        yield from _years(noyau, here, mesure)
        for first, other in located[:rank]:
            both = [a for a in noyau.annees if mesure.holds_in(a) and other.holds_in(a)]
            if fold(other.id) == fold(mesure.id) and both:
                message = f"« {mesure.id} » est déjà pris par {first} en {both[0]}."
                remedy = (
                    "Donnez à l’une un autre repère ; si c’est une question qui change, donnez à l’ancienne sa "
                    "dernière année, à la nouvelle sa première."
                )
                yield here.fault("id", message, remedy)


def _one_question(here: FieldPlace, mesure: NoyauMesure) -> Iterator[DefinitionFault]:
    """What contracts would each decide for themselves, so that their answers could not be added."""
    if mesure.type in _WITH_UNIT and not mesure.unite:
        message = "l’unité manque : rien ne dirait que les contrats comptent la même chose."
        yield here.fault("unite", message, "Donnez-la, au singulier (personne, action, ETP…).")
    if mesure.ventilation and len(mesure.modalites) < 2:
        message = f"le détail par « {mesure.ventilation} » n’a pas ses catégories : chaque contrat aurait les siennes."
        yield here.fault("modalites", message, "Donnez-en au moins deux, ou retirez le détail.")
    if mesure.type == "taux" and not (mesure.definition or mesure.denominateur):
        message = "rien ne dit ce que sont le haut et le bas du taux : chaque contrat aurait les siens."
        yield here.note("definition", message, "Par exemple : places occupées / places ouvertes.")


def _years(noyau: Noyau, here: FieldPlace, mesure: NoyauMesure) -> Iterator[DefinitionFault]:
    """It holds in whole versions: a version is one list of questions. Nothing while a version has no year, or one of
    another, which is told of the version."""
    of_versions = [v.annees for v in noyau.versions]
    if not of_versions or not all(of_versions) or sum(map(len, of_versions)) > len(noyau.annees):
        return
    if not any(mesure.holds_in(a) for a in noyau.annees):
        known = f"{noyau.annees[0]}-{noyau.annees[-1]}"
        yield here.fault("depuis", f"elle ne vaut dans aucune année des versions ({known}).", "Corrigez ses années.")
        return
    for version in noyau.versions:
        asked = [a for a in version.annees if mesure.holds_in(a)]
        if asked and len(asked) < len(version.annees):
            champ = "depuis" if min(version.annees) not in asked else "jusque"
            years = listing([str(a) for a in asked])
            message = f"elle ne vaut qu’en {years}, une partie des années de la version « {version.numero} »."
            yield here.fault(
                champ, message, "Ouvrez une autre version pour ces années, ou posez-la durant toute celle-ci."
            )


def _only_of_a_contract(here: FieldPlace, mesure: NoyauMesure) -> Iterator[DefinitionFault]:
    """What one contract alone can say of a measure."""
    for champ in _NOT_FOR_ALL:
        if getattr(mesure, champ) not in (None, False):
            yield here.fault(
                champ, "un noyau vaut pour tous les contrats : ce champ n’est que d’un seul.", "Retirez-le."
            )
    if mesure.communes:
        yield here.fault("communes", "un noyau ne connaît pas les communes d’un contrat.", "Retirez ce champ.")


def _links(noyau: Noyau) -> Iterator[DefinitionFault]:
    known = [*shipped_themes(), *(t.id for t in noyau.themes)]
    seen: dict[tuple[str, str, str], FieldPlace] = {}
    for here, link in places("noyau.correspondances", noyau.correspondances):
        yield from here.reference("theme", known, "le thème")
        yield from here.too_long("vocabulaire", "libelle")
        first = seen.setdefault((link.theme, fold(link.vocabulaire), fold(link.libelle)), here)
        if first is not here:
            yield here.fault("", f"la même correspondance que {first}.", "Gardez-en une.")
        yield from _vocabulary(here, link.vocabulaire, [other.vocabulaire for other in noyau.correspondances])


def _vocabulary(here: FieldPlace, nom: str, all_names: list[str]) -> Iterator[DefinitionFault]:
    """One written once, and nearly as another: the region would show two."""
    if all_names.count(nom) > 1:
        return
    others = sorted({other for other in all_names if other != nom})
    if close := get_close_matches(nom, others, n=1, cutoff=0.85):
        message = f"« {nom} » n’est nommé qu’une fois, et ressemble à « {close[0]} »."
        yield here.note("vocabulaire", message, "Écrivez-les de la même façon si c’est le même vocabulaire.")


# --- A contract that takes one in -----------------------------------------------------------------------------------


def taking_in(contrat: Contrat) -> Iterator[DefinitionFault]:
    """What holds whatever the year: who answers, years that no version covers, names that clash."""
    here = FieldPlace("contrat", contrat)
    yield from here.reference("repondant_noyau", contrat.by_structure, "la structure")
    named = contrat.regional.noyau or any(
        r.champ == "noyau" and r.objet == "contrat" for r in contrat.changes.revisions
    )
    if not named:
        for place, mesure in _declared(contrat):
            message = f"elle dit répondre à « {mesure.noyau} », mais le contrat ne prend aucun noyau."
            yield place.fault("noyau", message, "Nommez le noyau dans l’en-tête du contrat, ou retirez ce champ.")
        return
    who = contrat.by_structure.get(respondent_of(contrat) or "")
    if who is None and contrat.regional.repondant_noyau is None:
        message = "personne ne répondrait à ce que les fiches ne demandent pas."
        yield here.fault("noyau", message, "Donnez la structure qui coordonne (coordination), ou repondant_noyau.")
    if who is not None and who.groupe:
        remedy = "Nommez une seule structure dans repondant_noyau."
        yield here.fault("noyau", f"« {who.nom} » est un groupe : personne ne répondrait en son nom.", remedy)
    if any(f.numero.casefold() == NUMERO.casefold() and not f.regional for f in contrat.fiches):
        yield here.fault("noyau", f"une fiche s’appelle déjà « {NUMERO} ».", "Donnez-lui un autre numéro.")
    if contrat.regional.taken_in:
        without = [a for a in all_years(contrat) if contrat.regional.taken_in.version_of(a) is None]
        if without:
            yield here.note(
                "noyau", f"aucune version du noyau pour {', '.join(map(str, without))} : rien n’y est demandé."
            )
        yield from _unknown(contrat)


def _declared(contrat: Contrat) -> Iterator[tuple[FieldPlace, Mesure]]:
    for fiche_place, fiche in places("contrat.fiches", contrat.fiches):
        for place, indicateur in places(f"{fiche_place}.indicateurs", fiche.indicateurs):
            for here, mesure in places(f"{place}.mesures", indicateur.mesures):
                if mesure.noyau and not fiche.regional:
                    yield here, mesure


def _unknown(contrat: Contrat) -> Iterator[DefinitionFault]:
    noyau = contrat.regional.taken_in
    known = [m.id for m in noyau.mesures] if noyau else []
    for here, _ in _declared(contrat):
        yield from here.reference("noyau", known, "la mesure du noyau")
    for here, mesure in _declared_all(contrat):
        if mesure.noyau is None and mesure.id in known:
            message = f"« {mesure.id} » est l’identifiant d’une mesure du noyau."
            yield here.fault("id", message, "Donnez-en un autre, ou dites qu’elle y répond (noyau).")


def _declared_all(contrat: Contrat) -> Iterator[tuple[FieldPlace, Mesure]]:
    for fiche_place, fiche in places("contrat.fiches", (f for f in contrat.fiches if not f.regional)):
        for place, indicateur in places(f"{fiche_place}.indicateurs", fiche.indicateurs):
            yield from places(f"{place}.mesures", indicateur.mesures)


def answers(contrat: Contrat) -> Iterator[DefinitionFault]:
    """In one year: what a fiche answers is the same question, in the same unit, brought together in the same way."""
    if contrat.view is None:
        return
    asked = {m.id: m for m in noyau_asked(contrat, contrat.view.annee)}
    several = answering(contrat)
    for here, mesure in _declared(contrat):
        question = asked.get(mesure.noyau or "")
        if question is None:
            continue
        yield from _same_question(here, mesure, question)
        theirs = several[question.id]
        if theirs[0] is not mesure and question.agregation not in _ADDED:
            message = f"« {theirs[0].id} » répond déjà à « {question.id} », et les deux ne s’additionnent pas."
            yield here.fault("noyau", message, "Gardez une seule des deux.")


def _same_question(here: FieldPlace, mesure: Mesure, question: NoyauMesure) -> Iterator[DefinitionFault]:
    alike = {
        "type": (mesure.type, question.type),
        "agregation": (mesure.agregation, question.agregation),
        "unite": (fold(mesure.unite or ""), fold(question.unite or "")),
        "denominateur": (mesure.denominateur, question.denominateur),
        "stock": (mesure.stock, question.stock),
    }
    for champ, (own, wanted) in alike.items():
        if own != wanted:
            said = getattr(question, champ)
            message = f"« {question.id} » du noyau est en « {said} », elle en « {getattr(mesure, champ)} »."
            yield here.fault(champ, message, "Accordez-la au noyau, ou retirez « noyau » : il la demandera à part.")
    if question.ventilation and fold(mesure.ventilation or "") != fold(question.ventilation):
        message = f"« {question.id} » du noyau demande un détail par « {question.ventilation} »."
        yield here.fault("ventilation", message, "Demandez le même détail, ou retirez « noyau ».")
    elif question.modalites and tuple(map(fold, mesure.modalites)) != tuple(map(fold, question.modalites)):
        message = f"« {question.id} » du noyau a d’autres catégories : {quoted_list(question.modalites)}."
        yield here.fault("modalites", message, "Reprenez les mêmes, dans le même ordre, ou retirez « noyau ».")
    if question.petits_effectifs and not mesure.petits_effectifs:
        message = f"« {question.id} » du noyau masque les petits effectifs."
        yield here.fault("petits_effectifs", message, "Écrivez petits_effectifs = true.")
