"""The rules of a contract applied to a campaign: what they grant, limit or refuse, in figures and in French sentences.

Pure. The share of a post itself is in ``domain.subsidies``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

import pandas as pd

from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.rules import Rule
from cls_workbook.domain.small_counts import is_identifying_rate
from cls_workbook.domain.subsidies import has_overall_money, parity_gap, payable_for_post, rounded
from cls_workbook.french import NBSP, amount_fr, number_fr, quoted_list, rate_fr
from cls_workbook.reading.storing.value_store import Chapter, ValueStore
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.summaries.funding import (
    MAQUETTE,
    VALORISATION,
    actual_costs,
    financement_lines,
    maquette_programme,
    of_the_year,
    post_rules,
)
from cls_workbook.summaries.granted_subsidies import (
    PastSubsidies,
    is_of_few_people,
    situations,
    subsidy_explanations,
    tally,
)
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records

PARITY = ("fiche", "montants", "ecart", "respectee")
TOTAL = "total"
AMOUNT_LEVELS = {"prevu": "prévu", "engage": "engagé", "verse": "versé"}
Number = int | Decimal


# --- Arithmetic of the rules ----------------------------------------------------------------------------------------


def post_explanation(rule: Rule, expenditure: Decimal, etp: Decimal | None) -> str:
    """One French sentence: what the rule lets the funder pay for the year, and what limits it."""
    if etp is not None and (etp <= 0 or (rule.post.etp_min is not None and etp < rule.post.etp_min)):
        return f"{number_fr(etp)} ETP{NBSP}: poste non éligible, le minimum est de {number_fr(rule.post.etp_min)} ETP."
    aide = payable_for_post(rule, expenditure, etp)
    steps = []
    assiette = expenditure
    if etp is None:
        steps.append("ETP non renseigné, la dépense entière est retenue")
    elif rule.post.etp_assiette_max is not None and etp > rule.post.etp_assiette_max:
        assiette = expenditure * rule.post.etp_assiette_max / etp
        steps.append(
            f"assiette ramenée de {number_fr(etp)} à {number_fr(rule.post.etp_assiette_max)} ETP, soit "
            f"{amount_fr(assiette)}"
        )
    taux = Decimal(1) if rule.taux is None else rule.taux
    steps.append(f"{rate_fr(taux)} de {amount_fr(assiette)}")
    if rule.caps.plafond_annuel is not None and taux * assiette > rule.caps.plafond_annuel:
        part = (aide / expenditure).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
        steps.append(f"plafond annuel atteint, l’aide couvre {rate_fr(part)} de la dépense")
    return (
        f"pour une dépense de {amount_fr(expenditure)}, aide possible de {amount_fr(aide)} ({f'{NBSP}; '.join(steps)})."
    )


def expected_cost(rule: Rule, participants: Number, formateurs: Number = 0) -> Decimal:
    """EUR: unit cost × participants + cost of a trainer × trainers. What the unit cost includes is not added again."""
    return rounded(
        (rule.sessions.cout_unitaire or Decimal(0)) * participants
        + (rule.sessions.cout_formateur or Decimal(0)) * formateurs
    )


def session_bounds(rule: Rule) -> tuple[Decimal | None, Decimal | None]:
    """EUR: what a session costs with the least and with the most participants; None where the rule sets no bound."""
    least, most = rule.sessions.participants_min, rule.sessions.participants_max
    return None if least is None else expected_cost(rule, least), None if most is None else expected_cost(rule, most)


def occupation(rule: Rule, occupied: Number | None) -> Decimal | None:
    """Share of the capacity that is in use: mean of places in use / capacity. Never the number of persons followed."""
    if occupied is None or not rule.capacity.capacite:
        return None
    return Decimal(occupied) / rule.capacity.capacite


def capped_subsidy(rule: Rule, requests: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Year → EUR granted: at most ``plafond_annuel`` a year, ``plafond_total`` in all, within ``duree_ans`` years.

    The years run from ``depuis`` or, failing that, from the first year asked for. Nothing is carried over.
    """
    start = rule.depuis if rule.depuis is not None else min((a for a, d in requests.items() if d > 0), default=None)
    granted: dict[int, Decimal] = {}
    remaining = rule.caps.plafond_total
    for annee in sorted(requests):
        outside = (
            start is None or annee < start or (rule.caps.duree_ans is not None and annee >= start + rule.caps.duree_ans)
        )
        bounds = [requests[annee]] + [p for p in (rule.caps.plafond_annuel, remaining) if p is not None]
        granted[annee] = Decimal("0.00") if outside else rounded(max(Decimal(0), min(bounds)))
        remaining = None if remaining is None else remaining - granted[annee]
    return granted


def parity(contrat: Contrat, rule: Rule, values: pd.DataFrame | ValueStore, niveau: str = "engage") -> pd.DataFrame:
    """fiche, montants (funder id → EUR or None), ecart (EUR), respectee: one row per fiche with money, then « total ».

    ``niveau``: prevu, engage or verse. Third parties and valorisation are outside the test. Where a funder gave no
    figure, ecart and respectee are None: a blank is not a zero.
    """
    lines = [
        li
        for li in financement_lines(contrat, values)
        if li["financeur_id"] in rule.financeurs and li["niveau"] != VALORISATION and rule.fiche in (None, li["fiche"])
    ]
    numbers = [
        f.numero for f in contrat.fiches if any(li["fiche"] == f.numero and li[niveau] is not None for li in lines)
    ]
    rows = [_parity(rule, numero, [li for li in lines if li["fiche"] == numero], niveau) for numero in numbers]
    if rows:
        rows.append(_parity(rule, TOTAL, lines, niveau))
    return pd.DataFrame(rows, columns=list(PARITY), dtype=object)


def _parity(rule: Rule, nom: str, lines: list[Row], niveau: str) -> tuple[Any, ...]:
    amounts = {f: total_of(li[niveau] for li in lines if li["financeur_id"] == f) for f in rule.financeurs}
    gap = parity_gap(tuple(amounts.values()))
    return nom, amounts, gap, None if gap is None else gap <= rule.tolerance


# --- Sentences ------------------------------------------------------------------------------------------------------


def explications(
    contrat: Contrat,
    annee: int,
    values: pd.DataFrame | ValueStore,
    programme: Mapping[tuple[str, str], Decimal] | None = None,
    previous_cumulated: Mapping[str, Decimal] | None = None,
    previous_subsidies: PastSubsidies | None = None,
) -> list[str]:
    """French sentences, in the contract's order: where a rule applies, limits or refuses, and what no subtotal holds.

    Same arguments as ``funding.par_fiche``; ``previous_subsidies``: rule id → year → EUR that earlier years engaged
    under it.
    """
    values = of_the_year(values, annee)
    lines = financement_lines(contrat, values)
    costs = actual_costs(values)
    sentences = []
    if previous_cumulated is None and annee > min(contrat.annees):
        sentences.append(
            f"Les engagements des années antérieures ne sont pas connus{NBSP}: le reste à engager ne tient compte que "
            f"de {annee}."
        )
    for fiche in contrat.fiches:
        its_own = [li for li in lines if li["fiche"] == fiche.numero]
        statements = [
            *_without_nature(its_own),
            *_reclassified(its_own),
            *_against_contrat(contrat, annee, fiche, its_own, programme or {}, previous_cumulated or {}),
            *_post(contrat, fiche, values, costs.get(fiche.numero), programme or {}),
            *_sessions(contrat, fiche, values),
            *_capacity(contrat, fiche, values),
        ]
        sentences += [f"Fiche {fiche.numero}{NBSP}: {sentence}" for sentence in statements]
    sentences += _envelopes(contrat, annee, lines)
    sentences += subsidy_explanations(contrat, situations(contrat, annee, lines, values, costs, previous_subsidies))
    for rule in contrat.regles:
        if rule.type == "parite":
            sentences += _parities(contrat, rule, values)
    return sentences


def _without_nature(lines: list[Row]) -> Iterable[str]:
    silent = [li for li in lines if li["niveau"] is None and li["chiffrees"]]
    if silent:
        nombre = sum(li["chiffrees"] for li in silent)
        amounts = [
            f"{word} {amount_fr(m)}"
            for n, word in AMOUNT_LEVELS.items()
            if (m := total_of(li[n] for li in silent)) is not None
        ]
        s = "s" * (nombre > 1)
        yield f"{nombre} ligne{s} de financement sans nature ({', '.join(amounts)}), hors de tous les sous-totaux."


def _reclassified(lines: list[Row]) -> Iterable[str]:
    reclassified = sum(li["lignes"] for li in lines if li["reclassee"])
    if reclassified:
        s = "s" * (reclassified > 1)
        yield (
            f"{reclassified} ligne{s} saisie{s} en maquette, comptée{s} hors maquette{NBSP}: l’aide au poste vient "
            f"en plus du montant du contrat."
        )


def _against_contrat(
    contrat: Contrat,
    annee: int,
    fiche: Fiche,
    lines: list[Row],
    programme: Mapping[tuple[str, str], Decimal],
    running_total: Mapping[str, Decimal],
) -> Iterable[str]:
    prevu, engage = fiche.financement.montant, total_of(li["engage"] for li in lines if li["niveau"] == MAQUETTE)
    programmes = maquette_programme(contrat, fiche.numero, programme)
    already = total_of((engage, running_total.get(fiche.numero)))
    if prevu is None:
        if already and not has_overall_money(contrat):
            yield f"{amount_fr(already)} engagés sur la maquette, sans montant chiffré au contrat."
        return
    if already is not None and already > prevu:
        yield (
            f"{amount_fr(already)} engagés depuis le début du contrat pour {amount_fr(prevu)} prévus, soit "
            f"{amount_fr(already - prevu)} de trop (avenant à prévoir)."
        )
    if programmes is not None and programmes > prevu:
        yield f"{amount_fr(programmes)} programmés pour {annee}, plus que les {amount_fr(prevu)} du contrat."
    duree = fiche.financement.duree_ans
    if duree and annee >= min(contrat.annees) + duree and (engage or programmes):
        yield (
            f"montant prévu sur {duree} an{'s' * (duree > 1)} à compter de {min(contrat.annees)}, rien n’est "
            f"attendu de la maquette en {annee}."
        )


def _post(
    contrat: Contrat,
    fiche: Fiche,
    values: ValueStore,
    expenditure: Decimal | None,
    programme: Mapping[tuple[str, str], Decimal],
) -> Iterable[str]:
    for rule in (r for r in contrat.regles if r.type == "poste" and r.fiche == fiche.numero):
        if expenditure is not None:
            yield post_explanation(rule, expenditure, total_of(_typed_values(values, fiche, "depenses", "etp")))
        planned = total_of(m for (numero, _), m in programme.items() if numero == fiche.numero)
        if planned is not None and rule in post_rules(contrat, fiche.numero):
            yield f"{amount_fr(planned)} programmés hors maquette."


def _sessions(contrat: Contrat, fiche: Fiche, values: ValueStore) -> Iterable[str]:
    for rule in (r for r in contrat.regles if r.type == "cout_unitaire" and r.fiche == fiche.numero):
        participants, sessions = (
            tally(contrat, values, m) for m in (rule.sessions.mesure_participants, rule.sessions.mesure_sessions)
        )
        if participants is None or rule.sessions.cout_unitaire is None:
            continue
        if is_of_few_people(contrat, rule.sessions.mesure_participants, participants) or is_of_few_people(
            contrat, rule.sessions.mesure_sessions, sessions
        ):
            yield "coût attendu non détaillé (effectif masqué)."
            continue
        formateurs = total_of(_typed_values(values, fiche, "complements", rule.sessions.complement_formateurs)) or 0
        computation = f"{number_fr(participants)} personnes à {amount_fr(rule.sessions.cout_unitaire)}"
        if formateurs and rule.sessions.cout_formateur is not None:
            computation += (
                f" et {number_fr(formateurs)} formateur{'s' * (formateurs > 1)} à "
                f"{amount_fr(rule.sessions.cout_formateur)}"
            )
        sentence = f"coût attendu {amount_fr(expected_cost(rule, participants, formateurs))} ({computation})"
        lowest, highest = session_bounds(rule)
        most = rule.sessions.participants_max
        if sessions and highest is not None and most is not None:
            sentence += (
                f"{NBSP}; {number_fr(sessions)} session{'s' * (sessions > 1)}, de "
                f"{amount_fr(lowest or Decimal(0))} à {amount_fr(highest)} chacune"
            )
            if participants > sessions * most:
                sentence += f", pour {number_fr(sessions * most)} personnes au plus"
        yield sentence + "."


def _capacity(contrat: Contrat, fiche: Fiche, values: ValueStore) -> Iterable[str]:
    for rule in (r for r in contrat.regles if r.type == "capacite" and r.fiche == fiche.numero):
        mesure = rule.capacity.mesure or ""
        saisies = values.lines(partial(_is_of_mesure, mesure), "ligne", "valeur", input_fields=("numerateur",))
        occupied = total_of(valeur for line, valeur in saisies if not line)
        part = occupation(rule, occupied)
        if (
            part is not None
            and contrat.by_mesure[mesure][2].petits_effectifs
            and is_identifying_rate(occupied, rule.capacity.capacite, contrat.seuil_petits_effectifs)
        ):
            yield "occupation non détaillée (effectif masqué)."
        elif part is not None:
            excess = f"{NBSP}: au-dessus de la capacité, à vérifier" if part > 1 else ""
            yield (
                f"occupation de {rate_fr(part, 1)}, {number_fr(occupied)} sur une capacité de "
                f"{number_fr(rule.capacity.capacite)}{excess}."
            )


def _envelopes(contrat: Contrat, annee: int, lines: list[Row]) -> list[str]:
    """Each envelope of the year against what was engaged on the maquette: by all, or by the funder that it is of."""
    names, sentences = {f.id: f.nom for f in contrat.financeurs}, []
    for e in contrat.enveloppes:
        if e.annee != annee:
            continue
        engage = total_of(
            li["engage"] for li in lines if li["niveau"] == MAQUETTE and e.financeur in (None, li["financeur_id"])
        )
        nom = f"Enveloppe {contrat.year_name(annee)}" + (
            f", part {names.get(e.financeur, e.financeur)}" if e.financeur else ""
        )
        following = "aucun engagement connu"
        if engage is not None:
            remaining = e.montant - engage
            following = f"{amount_fr(engage)} engagés, " + (
                f"reste {amount_fr(remaining)}" if remaining >= 0 else f"dépassée de {amount_fr(-remaining)}"
            )
        sentences.append(f"{nom}{NBSP}: {amount_fr(e.montant)} ({e.etat}), {following}.")
    return sentences


def _parities(contrat: Contrat, rule: Rule, values: ValueStore) -> list[str]:
    names = {f.id: f.nom for f in contrat.financeurs}
    sentences = []
    for p in frame_records(parity(contrat, rule, values)):
        location = "Total de l’année" if p["fiche"] == TOTAL else f"Fiche {p['fiche']}"
        if p["respectee"] is None:
            not_given = quoted_list(names.get(f, f) for f, m in p["montants"].items() if m is None)
            sentences.append(f"{location}{NBSP}: parité non vérifiable, aucun montant engagé de {not_given}.")
        elif not p["respectee"]:
            detail = ", ".join(f"{names.get(f, f)} {amount_fr(m)}" for f, m in p["montants"].items())
            sentences.append(f"{location}{NBSP}: parité non respectée, écart de {amount_fr(p['ecart'])} ({detail}).")
    return sentences


def _is_of_mesure(mesure: str, chapter: Chapter) -> bool:
    return chapter.mesure == mesure


def _typed_values(values: ValueStore, fiche: Fiche, bloc: str, champ: str | None) -> list[Any]:
    return (
        [
            valeur
            for (valeur,) in values.lines(
                lambda c: c.fiche == fiche.numero and c.bloc == bloc, "valeur", input_fields=(champ,)
            )
        ]
        if champ
        else []
    )
