"""Three sentences written from the figures: how far, what stands out, what is asked of the COPIL."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cls_workbook.domain.announced.bodies import deciding
from cls_workbook.domain.model import Fiche
from cls_workbook.domain.targets import value_in_words
from cls_workbook.french import amount_fr, how_many, number_fr, typography
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
        announced = contrat.actions_annoncees
        return "Ce contrat ne décrit encore aucune fiche" + (
            f" ; il annonce {announced} actions." if announced else "."
        )
    if len(silent) == fiches:
        return f"Aucun retour de {annee} ne dit encore où en {_active(fiches)}."
    if len(found) == 1 and lights.KEPT in found and fiches > 1:
        return f"En {annee}, les {fiches} fiches actives ont toutes réalisé leur programme en totalité."
    return f"En {annee}, sur {how_many(fiches, 'fiche')} active{'s' * (fiches > 1)} : {', '.join(_counted(found))}."


def _active(fiches: int) -> str:
    return f"sont les {fiches} fiches actives" if fiches > 1 else "est la fiche active"


def _counted(found: dict[str, list[Fiche]]) -> Iterator[str]:
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
        yield f"{how_many(len(stopped), 'action')} reportée{_s(stopped)} ou abandonnée{_s(stopped)}"
    if untold := found.get(lights.UNTOLD):
        yield f"réalisation non dite pour {len(untold)}"
    if silent := found.get(lights.SILENT):
        yield f"{len(silent)} sans retour ({lights.numbered(silent)})"


def _s(fiches: list[Fiche]) -> str:
    return "s" * (len(fiches) > 1)


# --- What stands out --------------------------------------------------------------------------------------------------


def what_stands_out(portrait: Portrait) -> str:
    facts = list(_facts(portrait))[:FACTS]
    if not facts:
        return "Rien ne ressort encore : aucun chiffre n’est connu."
    return f"À retenir : {' ; '.join(facts)}."


def _facts(portrait: Portrait) -> Iterator[str]:
    """The most serious first, then what moved most, then what was reached."""
    yield from _beyond(portrait)
    found = lights.by_kind(portrait)
    if stopped := found.get(lights.STOPPED):
        s = _s(stopped)
        yield f"action{s} reportée{s} ou abandonnée{s} ({lights.numbered(stopped)})"
    if not_kept := found.get(lights.NOT_KEPT):
        yield f"rien n’a été réalisé de ce qui était prévu ({lights.numbered(not_kept)})"
    yield from _targets(portrait)
    yield from _change(portrait)
    people = figures.people(portrait)
    if people.total:
        yield f"{number_fr(people.total)} personnes touchées, comptées par {how_many(people.fiches, 'fiche')}"
    yield from _places(portrait)
    yield from _money(portrait)


def _beyond(portrait: Portrait) -> Iterator[str]:
    over = [
        (f, -Decimal(left))
        for f in portrait.contrat.actions
        for left in [portrait.money.get(f.numero, {}).get("Reste à engager")]
        if left is not None and left < 0
    ]
    if over:
        total = sum((amount for _, amount in over), Decimal(0))
        yield f"maquette dépassée de {amount_fr(total)} ({lights.numbered(f for f, _ in over)})"


def _targets(portrait: Portrait) -> Iterator[str]:
    followed = [t for t in portrait.targets.values() if t.met is not None and not t.masked]
    if not followed:
        return
    not_met = [t for t in followed if not t.met and not t.is_to_come]
    met = sum(bool(t.met) for t in followed)
    if not_met:
        t = not_met[0]
        numero = portrait.contrat.by_mesure[t.mesure.id][0].numero
        more = f", et {len(not_met) - 1} de plus" if len(not_met) > 1 else ""
        yield (
            f"cible manquée{more} : {t.mesure.libelle} (fiche {numero}), "
            f"{value_in_words(t.valeur or Decimal(0), t.mesure)} pour {value_in_words(t.cible.valeur, t.mesure)}"
        )
    if met:
        yield f"{how_many(met, 'cible')} atteinte{'s' * (met > 1)} sur {len(followed)}"


def _change(portrait: Portrait) -> Iterator[str]:
    if (moved := figures.strongest_change(portrait)) is not None:
        fiche, mesure, before, now = moved
        years = portrait.year_label(), portrait.year_label(-1)
        told = f"{value_in_words(now, mesure)} en {years[0]}, {number_fr(before)} en {years[1]}"
        yield f"{mesure.libelle} (fiche {fiche.numero}) : {told}"


def _places(portrait: Portrait) -> Iterator[str]:
    told = [f"{p.kind.word.counted(p.number)} sur {p.of}" for p in figures.places(portrait) if p.number is not None]
    if told:
        listed = " et ".join(filter(None, (", ".join(told[:-1]), told[-1])))
        yield f"{listed} ont vu une action"


def _money(portrait: Portrait) -> Iterator[str]:
    maquette = figures.maquette(portrait)
    if maquette.engaged is not None:
        share = maquette.share_engaged(0, " de la maquette")
        yield ", ".join(filter(None, (f"{amount_fr(maquette.engaged)} engagés depuis le début", share)))


# --- What is asked ----------------------------------------------------------------------------------------------------


def asked(portrait: Portrait, decisions: list[str]) -> str:
    validation, body = 0 if portrait.result.validated_on else 1, deciding(portrait.contrat)
    if not decisions:
        return f"Aucune décision n’est attendue {body.of_the} : le bilan est validé."
    if validation and len(decisions) == 1:
        return f"Il est seulement demandé {body.to_the} de valider ce bilan."
    first = decisions[0][0].lower() + decisions[0][1:]
    if len(decisions) == 1:
        return f"Une décision est attendue {body.of_the} : {first}."
    return f"{len(decisions)} décisions sont attendues {body.of_the}, d’abord : {first}."
