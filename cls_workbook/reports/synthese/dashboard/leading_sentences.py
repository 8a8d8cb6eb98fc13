"""Three sentences written from the figures: how far, what stands out, what is asked of the COPIL."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cls_workbook.domain.announced.bodies import deciding
from cls_workbook.domain.model import Fiche
from cls_workbook.domain.targets import value_in_words
from cls_workbook.french import NBSP, all_of, amount_fr, fold, how_many, number_fr, typography
from cls_workbook.reports.synthese.dashboard import dashboard_figures as figures
from cls_workbook.reports.synthese.dashboard import fiche_lights as lights
from cls_workbook.reports.synthese.synthese_portrait import Portrait

FACTS = 3  # that stand out


def sentences(portrait: Portrait, decisions: list[str]) -> list[str]:
    """The three, in French; ``decisions``: as ``expected_decisions`` has them."""
    return [typography(text) for text in (how_far(portrait), what_stands_out(portrait), asked(portrait, decisions))]


# --- How far ----------------------------------------------------------------------------------------------------------


def how_far(portrait: Portrait) -> str:
    contrat, annee, found = portrait.contrat, portrait.year_label(), lights.by_kind(portrait)
    fiches, silent = len(contrat.actions), found.get(lights.SILENT, [])
    if not fiches:
        announced = contrat.announced.actions_annoncees
        return "Ce contrat ne décrit encore aucune fiche" + (
            f" ; il annonce {how_many(announced, 'action')}." if announced else "."
        )
    if len(silent) == fiches:
        are = f"sont les {fiches} fiches actives" if fiches > 1 else "est la fiche active"
        return f"Aucun retour de {annee} ne dit encore où en {are}."
    if len(found) == 1:
        (kind,) = found
        one, several = _ALL[kind]
        stopped = _stopped(portrait, found.get(lights.STOPPED, []))
        return f"En {annee}, {(several if fiches > 1 else one).format(fiches=fiches, stopped=stopped)}."
    return f"En {annee}, sur {fiches} fiches actives : {', '.join(_counted(portrait, found))}."


# What is said of a fiche alone, and of several that are alike.
_ALL = {
    lights.KEPT: (
        "la fiche active a réalisé son programme en totalité",
        "les {fiches} fiches actives ont toutes réalisé leur programme en totalité",
    ),
    lights.IN_PART: (
        "la fiche active a réalisé son programme en partie",
        "les {fiches} fiches actives ont toutes réalisé leur programme en partie",
    ),
    lights.NOT_KEPT: (
        "la fiche active n’a rien réalisé de son programme",
        "les {fiches} fiches actives n’ont rien réalisé de leur programme",
    ),
    lights.STOPPED: ("l’action de la fiche active est {stopped}", "les {fiches} actions sont toutes {stopped}"),
    lights.NONE_DUE: (
        "rien n’était programmé pour la fiche active",
        "rien n’était programmé pour les {fiches} fiches actives",
    ),
    lights.UNTOLD: (
        "le retour de la fiche active ne dit pas ce qui a été réalisé",
        "les retours des {fiches} fiches actives ne disent pas ce qui a été réalisé",
    ),
}


def _counted(portrait: Portrait, found: dict[str, list[Fiche]]) -> Iterator[str]:
    """« programme réalisé en totalité pour 7, en partie pour 9 », then what is left; each kind that there is."""
    done = [
        f"{words} pour {len(found[kind])}"
        for kind, words in (
            (lights.KEPT, "en totalité"),
            (lights.IN_PART, "en partie"),
            (lights.NOT_KEPT, "pas du tout"),
        )
        if kind in found
    ]
    if done:
        yield "programme réalisé " + ", ".join(done)
    if none_due := found.get(lights.NONE_DUE):
        yield f"rien de programmé pour {len(none_due)}"
    if stopped := found.get(lights.STOPPED):
        yield f"{how_many(len(stopped), 'action')} {_stopped(portrait, stopped)}"
    if untold := found.get(lights.UNTOLD):
        yield f"réalisation non dite pour {len(untold)}"
    if silent := found.get(lights.SILENT):
        yield f"{len(silent)} sans retour ({figures.which(portrait, silent)})"


def _stopped(portrait: Portrait, fiches: list[Fiche]) -> str:
    """« reportée », « reportées ou abandonnées »; « arrêtées » where the contract has words of its own."""
    words = {fold(portrait.etat(f)) for f in fiches}
    known = [word for word in ("reportée", "abandonnée") if fold(word) in words]
    said = known if len(known) == len(words) else ["arrêtée"]
    return " ou ".join(word + "s" * (len(fiches) > 1) for word in said)


# --- What stands out --------------------------------------------------------------------------------------------------


def what_stands_out(portrait: Portrait) -> str:
    facts = list(_facts(portrait))[:FACTS]
    if facts:
        return f"À retenir : {' ; '.join(facts)}."
    received, _ = portrait.result.received_and_expected()
    return "Rien ne ressort des retours reçus." if received else "Rien ne ressort encore : aucun chiffre n’est connu."


def _facts(portrait: Portrait) -> Iterator[str]:
    """The most serious first, then what moved most, then what was reached."""
    yield from _beyond(portrait)
    found = lights.by_kind(portrait)
    if len(found) > 1:  # else the first sentence has said it
        if stopped := found.get(lights.STOPPED):
            actions = "actions" if len(stopped) > 1 else "action"
            yield f"{actions} {_stopped(portrait, stopped)} ({figures.which(portrait, stopped)})"
        if not_kept := found.get(lights.NOT_KEPT):
            yield f"rien n’a été réalisé de ce qui était prévu ({figures.which(portrait, not_kept)})"
    yield from _targets(portrait)
    yield from _change(portrait)
    if (people := figures.people(portrait)).total:
        yield people.in_words("par")
    yield from _places(portrait)
    yield from _money(portrait)


def _beyond(portrait: Portrait) -> Iterator[str]:
    if over := portrait.beyond_maquette(portrait.contrat.actions):
        whose = figures.which(portrait, (f for f in portrait.contrat.actions if f.numero in over))
        yield f"maquette dépassée de {amount_fr(sum(over.values(), Decimal(0)))} ({whose})"


def _targets(portrait: Portrait) -> Iterator[str]:
    followed = [t for t in portrait.targets.values() if t.met is not None and not t.masked]
    if not followed:
        return
    not_met = [t for t in followed if not t.met and not t.is_to_come]
    met = sum(bool(t.met) for t in followed)
    if not_met:
        t = not_met[0]
        numero = portrait.contrat.by_mesure[t.mesure.id][0].numero
        reached = value_in_words(t.valeur or Decimal(0), t.mesure)
        told = f"{t.mesure.libelle} (fiche {numero}), {reached} pour {value_in_words(t.cible.valeur, t.mesure)}"
        yield f"{len(not_met)} cibles manquées, dont {told}" if len(not_met) > 1 else f"cible manquée : {told}"
    if met:
        yield f"{how_many(met, 'cible')} atteinte{'s' * (met > 1)} sur {len(followed)}"


def _change(portrait: Portrait) -> Iterator[str]:
    if (moved := figures.strongest_change(portrait)) is not None:
        fiche, mesure, before, now = moved
        years = portrait.year_label(), portrait.year_label(-1)
        told = f"{value_in_words(now, mesure)} en {years[0]}, {number_fr(before)} en {years[1]}"
        yield f"{mesure.libelle} (fiche {fiche.numero}) : {told}"


def _places(portrait: Portrait) -> Iterator[str]:
    """The kinds of which any was reached."""
    reached = [p for p in figures.places(portrait) if p.number]
    if reached:
        told = all_of([f"{p.kind.word.counted(p.number or 0)} sur {p.of}" for p in reached])
        several = len(reached) > 1 or (reached[0].number or 0) > 1
        yield f"{told} {'ont' if several else 'a'} vu une action"


def _money(portrait: Portrait) -> Iterator[str]:
    maquette = figures.maquette(portrait)
    if maquette.engaged is not None:
        share = maquette.share_engaged(0, " de la maquette")
        yield ", ".join(filter(None, (f"{figures.spent(maquette.engaged, 'engagé')} depuis le début", share)))


# --- What is asked ----------------------------------------------------------------------------------------------------


def asked(portrait: Portrait, decisions: list[str]) -> str:
    validation, body = 0 if portrait.result.validated_on else 1, deciding(portrait.contrat)
    if not decisions:
        return f"Aucune décision n’est attendue {body.of_the} : le bilan est validé."
    if validation and len(decisions) == 1:
        return f"Il est seulement demandé {body.to_the} de valider ce bilan."
    whose, _, text = decisions[0].partition(f"{NBSP}: ")
    word, _, others = whose.partition(" ")
    on = _ON.get(word, "")
    first = f"{on}{others} : {text}" if on else decisions[0][0].lower() + decisions[0][1:]
    if len(decisions) == 1:
        return f"Une décision est attendue {body.of_the}{', ' if on else ' : '}{first}."
    return f"{len(decisions)} décisions sont attendues {body.of_the}, {'la première' if on else 'd’abord'} {first}."


# What a decision on fiches begins with → on what it is asked.
_ON = {"Fiche": "sur la fiche ", "Fiches": "sur les fiches ", "Toutes": "sur toutes "}
