"""The rules of a contract applied to a campaign: what they grant, limit or refuse, in figures and in French sentences.

Pure. The share of a post itself is in ``domain.subsidies``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import partial
from typing import Any

import pandas as pd

from cls_workbook.domain.announced.bodies import deciding
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.rules import Rule
from cls_workbook.domain.small_counts import is_identifying_rate
from cls_workbook.domain.subsidies import has_overall_money, parity_gap, payable_for_post, rounded
from cls_workbook.domain.wording import is_agency, nature_name
from cls_workbook.french import NBSP, amount_fr, listing, number_fr, quoted_list, rate_fr
from cls_workbook.reading.storing.value_store import Chapter, ValueStore
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.summaries.balances.line_meaning import (
    COFINANCEMENT,
    MAQUETTE,
    OUTSIDE_MAQUETTE,
    VALORISATION,
    post_rules,
)
from cls_workbook.summaries.balances.observed_rates import ObservedRate, observed_rates
from cls_workbook.summaries.declared_posts import DeclaredPost, declared_post
from cls_workbook.summaries.funding import actual_costs, financement_lines, maquette_programme, of_the_year
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
OBSERVED = "taux constaté de"  # begins what is said of a rate beyond its cost
AMOUNT_LEVELS = {"prevu": "prévu", "engage": "engagé", "verse": "versé"}
Number = int | Decimal


# --- Arithmetic of the rules ----------------------------------------------------------------------------------------


def post_explanation(rule: Rule, post: DeclaredPost) -> str:
    """One French sentence: what the rule lets the funder pay for the year, and what limits it."""
    etp, expenditure = post.etp, post.expenditure
    if rule.post.refuse(etp):
        return f"{number_fr(etp)} ETP{NBSP}: poste non éligible, le minimum est de {number_fr(rule.post.etp_min)} ETP."
    if expenditure is None:
        return "dépense éligible du poste non renseignée, l’aide possible n’est pas calculée."
    aide, assiette, steps = payable_for_post(rule, expenditure, etp), expenditure, []
    if etp is None:
        steps.append("quotité non renseignée, la dépense entière est retenue")
    elif rule.post.etp_assiette_max is not None and etp > rule.post.etp_assiette_max:
        assiette = expenditure * rule.post.etp_assiette_max / etp
        most = number_fr(rule.post.etp_assiette_max)
        steps.append(f"assiette ramenée de {number_fr(etp)} à {most} ETP, soit {amount_fr(assiette)}")
    taux = Decimal(1) if rule.taux is None else rule.taux
    steps.append(f"{rate_fr(taux)} de {amount_fr(assiette)}")
    if rule.caps.plafond_annuel is not None and taux * assiette > rule.caps.plafond_annuel:
        part = (aide / expenditure).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
        steps.append(f"plafond annuel atteint, l’aide couvre {rate_fr(part)} de la dépense")
    detail = f"{NBSP}; ".join(steps)
    return f"pour une dépense éligible de {amount_fr(expenditure)}, aide possible de {amount_fr(aide)} ({detail})."


def expected_cost(rule: Rule, participants: Number, formateurs: Number = 0) -> Decimal:
    """EUR: unit cost × participants + cost of a trainer × trainers. What the unit cost includes is not added again."""
    terms = (rule.sessions.cout_unitaire, participants), (rule.sessions.cout_formateur, formateurs)
    return rounded(sum(((price or 0) * Decimal(how_many) for price, how_many in terms), Decimal(0)))


def session_bounds(rule: Rule) -> tuple[Decimal | None, Decimal | None]:
    """EUR: what a session costs with the least and with the most participants; None where the rule sets no bound."""
    least, most = rule.sessions.participants_min, rule.sessions.participants_max
    return None if least is None else expected_cost(rule, least), None if most is None else expected_cost(rule, most)


def occupation(rule: Rule, occupied: Number | None) -> Decimal | None:
    """Share of the capacity that is in use: mean of places in use / capacity. Never the number of persons followed."""
    if occupied is None or not rule.capacity.capacite:
        return None
    return Decimal(occupied) / rule.capacity.capacite


def parity(contrat: Contrat, rule: Rule, values: pd.DataFrame | ValueStore, niveau: str = "engage") -> pd.DataFrame:
    """fiche, montants (funder id → EUR or None), ecart (EUR), respectee: one row per fiche with money, then « total ».

    ``niveau``: prevu, engage or verse. Third parties and valorisation are outside the test. Where a funder gave no
    figure, ecart and respectee are None: a blank is not a zero.
    """
    money = (li for li in financement_lines(contrat, values) if li["niveau"] != VALORISATION)
    lines = [li for li in money if li["financeur_id"] in rule.financeurs and rule.fiche in (None, li["fiche"])]
    groups = [(f.numero, [li for li in lines if li["fiche"] == f.numero]) for f in contrat.actions]
    groups = [(numero, theirs) for numero, theirs in groups if any(li[niveau] is not None for li in theirs)]
    if groups:
        groups.append((TOTAL, lines))
    rows = [_parity(rule, nom, theirs, niveau) for nom, theirs in groups]
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
    before: Iterable[Mapping[str, Any]] | None = None,
) -> list[str]:
    """French sentences, in the contract's order: where a rule applies, limits or refuses, and what no subtotal holds.

    Same arguments as ``funding.par_fiche``; ``previous_subsidies``: rule id → year → EUR that earlier years engaged
    under it; ``before``: the rows of the history (None: nobody looked for them).
    """
    values = of_the_year(values, annee)
    lines = financement_lines(contrat, values)
    costs = actual_costs(values)
    rates = observed_rates(contrat, values)
    sentences = [*_unknown_years(contrat, annee, previous_cumulated is not None, before)]
    for fiche in contrat.actions:
        its_own = [li for li in lines if li["fiche"] == fiche.numero]
        on_maquette = maquette_programme(contrat, fiche.numero, programme or {})
        earlier = (previous_cumulated or {}).get(fiche.numero)
        statements = [
            *_without_nature(its_own),
            *_reclassified(contrat, its_own),
            *_valued_and_paid(its_own),
            *_against_contrat(contrat, annee, fiche, its_own, on_maquette, earlier),
            *_beyond_cost(rates.get(fiche.numero)),
            *_post(contrat, fiche, values, costs.get(fiche.numero), programme or {}),
            *_sessions(contrat, fiche, values),
            *_capacity(contrat, fiche, values),
        ]
        sentences += [f"Fiche {fiche.numero}{NBSP}: {sentence}" for sentence in statements]
    sentences += _envelopes(contrat, annee, lines)
    sentences += subsidy_explanations(contrat, situations(contrat, annee, lines, values, costs, previous_subsidies))
    parities = (rule for rule in contrat.regles if rule.type == "parite")
    return [*sentences, *(sentence for rule in parities for sentence in _parities(contrat, rule, values))]


def _without_nature(lines: list[Row]) -> Iterable[str]:
    if silent := [li for li in lines if li["niveau"] is None and li["chiffrees"]]:
        nombre = sum(li["chiffrees"] for li in silent)
        sums = {word: total_of(li[n] for li in silent) for n, word in AMOUNT_LEVELS.items()}
        said = ", ".join(f"{word} {amount_fr(m)}" for word, m in sums.items() if m is not None)
        yield f"{nombre} ligne{'s' * (nombre > 1)} de financement sans nature ({said}), hors de tous les sous-totaux."


def _unknown_years(
    contrat: Contrat, annee: int, engagements_known: bool, before: Iterable[Mapping[str, Any]] | None
) -> Iterable[str]:
    """What is left rests on the years that are known."""
    if annee <= min(contrat.annees):
        return
    if not engagements_known:
        yield (
            f"Les engagements des années antérieures ne sont pas connus{NBSP}: le reste à engager ne tient compte que "
            f"de {annee}."
        )
    if before is None:
        return
    known = {r["Année"] for r in before}
    absent = [contrat.follow_up.year_name(a) for a in range(min(contrat.annees), annee) if a not in known]
    if absent:
        yield (
            f"Aucune consolidation n’est connue pour {listing(absent)}{NBSP}: le reste à verser ne tient pas compte de "
            f"ce qui y fut engagé et versé."
        )


def _reclassified(contrat: Contrat, lines: list[Row]) -> Iterable[str]:
    of_post = [li for li in lines if li["reclassee"] and li["niveau"] == OUTSIDE_MAQUETTE]
    if reclassified := sum(li["lignes"] for li in of_post):
        s = "s" * (reclassified > 1)
        yield (
            f"{reclassified} ligne{s} saisie{s} en maquette, comptée{s} hors maquette{NBSP}: l’aide au poste vient "
            f"en plus du montant du contrat."
        )
    for li in lines:
        # another's money typed as the agency's, or the agency's as another's
        if li["niveau"] == COFINANCEMENT and (li["reclassee"] or is_agency(contrat, li["financeur"])):
            engage = f", {amount_fr(li['engage'])} engagés" if li["engage"] is not None else ""
            yield (
                f"« {li['financeur']} » saisi avec la nature « {li['nature']} »{engage}{NBSP}: compté en "
                f"« {nature_name(contrat, COFINANCEMENT)} », à confirmer."
            )


def _valued_and_paid(lines: list[Row]) -> Iterable[str]:
    if montant := total_of(li["verse_valorise"] for li in lines):
        yield f"{amount_fr(montant)} saisis comme versés d’une valorisation{NBSP}: dans aucune somme versée."


def _beyond_cost(rate: ObservedRate | None) -> Iterable[str]:
    if rate is not None and rate.taux is not None and rate.taux > 1:
        on = f"{rate.known} retour{'s' * (rate.known > 1)} sur {rate.returns}"
        yield (
            f"{OBSERVED} {rate_fr(rate.taux, 1)}, au-delà de 100 %{NBSP}: {amount_fr(rate.attributed)} attribués "
            f"pour un coût de {amount_fr(rate.cost)} ({on}), à vérifier."
        )


def _against_contrat(
    contrat: Contrat, annee: int, fiche: Fiche, lines: list[Row], programmes: Decimal | None, earlier: Decimal | None
) -> Iterable[str]:
    """``programmes``: EUR programmed for the year on the maquette; ``earlier``: engaged on it before."""
    prevu, engage = fiche.financement.montant, total_of(li["engage"] for li in lines if li["niveau"] == MAQUETTE)
    already = total_of((engage, earlier))
    if prevu is None:
        if already and not has_overall_money(contrat):
            yield f"{amount_fr(already)} engagés sur la maquette, sans montant chiffré au contrat."
        return
    if already is not None and already > prevu:
        by_avenant = "montants" in contrat.changes.avenant_requis
        to_do = "avenant à prévoir" if by_avenant else f"à décider par {deciding(contrat).the}"
        yield (
            f"{amount_fr(already)} engagés depuis le début du contrat pour {amount_fr(prevu)} prévus, soit "
            f"{amount_fr(already - prevu)} de trop ({to_do})."
        )
    if programmes is not None and programmes > prevu:
        yield f"{amount_fr(programmes)} programmés pour {annee}, plus que les {amount_fr(prevu)} du contrat."
    duree, first = fiche.financement.duree_ans, min(contrat.annees)
    if duree and annee >= first + duree and (engage or programmes):
        years = f"{duree} an{'s' * (duree > 1)} à compter de {first}"
        yield f"montant prévu sur {years}, rien n’est attendu de la maquette en {annee}."


def _post(
    contrat: Contrat,
    fiche: Fiche,
    values: ValueStore,
    expenditure: Decimal | None,
    programme: Mapping[tuple[str, str], Decimal],
) -> Iterable[str]:
    post = declared_post(values, fiche.numero)
    for rule in _rules_of(contrat, fiche, "poste"):
        if (expenditure, post) != (None, DeclaredPost()):
            yield post_explanation(rule, post)
        if duration := post.duration():
            yield (
                f"{duration}{NBSP}: le plafond et le minimum sont pris entiers, faute de précision au contrat "
                f"(à confirmer)."
            )
        planned = total_of(m for (numero, _), m in programme.items() if numero == fiche.numero)
        if planned is not None and rule in post_rules(contrat, fiche.numero):
            yield f"{amount_fr(planned)} programmés hors maquette."


def _sessions(contrat: Contrat, fiche: Fiche, values: ValueStore) -> Iterable[str]:
    for rule in _rules_of(contrat, fiche, "cout_unitaire"):
        terms, counted = rule.sessions, (rule.sessions.mesure_participants, rule.sessions.mesure_sessions)
        participants, sessions = (tally(contrat, values, m) for m in counted)
        if participants is None or terms.cout_unitaire is None:
            continue
        if any(is_of_few_people(contrat, m, n) for m, n in zip(counted, (participants, sessions), strict=True)):
            yield "coût attendu non détaillé (effectif masqué)."
            continue
        trainers = total_of(_typed_complements(values, fiche, terms.complement_formateurs)) or 0
        computation = f"{number_fr(participants)} personnes à {amount_fr(terms.cout_unitaire)}"
        if trainers and terms.cout_formateur is not None:
            who = f"formateur{'s' * (trainers > 1)}"
            computation += f" et {number_fr(trainers)} {who} à {amount_fr(terms.cout_formateur)}"
        sentence = f"coût attendu {amount_fr(expected_cost(rule, participants, trainers))} ({computation})"
        lowest, highest = session_bounds(rule)
        most = terms.participants_max
        if sessions and highest is not None and most is not None:
            held = f"{number_fr(sessions)} session{'s' * (sessions > 1)}"
            sentence += f"{NBSP}; {held}, de {amount_fr(lowest or Decimal(0))} à {amount_fr(highest)} chacune"
            if participants > sessions * most:
                sentence += f", pour {number_fr(sessions * most)} personnes au plus"
        yield sentence + "."


def _capacity(contrat: Contrat, fiche: Fiche, values: ValueStore) -> Iterable[str]:
    for rule in _rules_of(contrat, fiche, "capacite"):
        mesure, capacity = rule.capacity.mesure or "", rule.capacity.capacite
        saisies = values.lines(partial(_is_of_mesure, mesure), "ligne", "valeur", input_fields=("numerateur",))
        occupied = total_of(valeur for line, valeur in saisies if not line)
        if (part := occupation(rule, occupied)) is None:
            continue
        is_sensitive = contrat.by_mesure[mesure][2].petits_effectifs
        if is_sensitive and is_identifying_rate(occupied, capacity, contrat.follow_up.seuil_petits_effectifs):
            yield "occupation non détaillée (effectif masqué)."
            continue
        excess = f"{NBSP}: au-dessus de la capacité, à vérifier" if part > 1 else ""
        on = f"{number_fr(occupied)} sur une capacité de {number_fr(capacity)}{excess}"
        yield f"occupation de {rate_fr(part, 1)}, {on}."


def _envelopes(contrat: Contrat, annee: int, lines: list[Row]) -> list[str]:
    """Each envelope of the year against what was engaged on the maquette: by all, or by the funder that it is of."""
    names, sentences = {f.id: f.nom for f in contrat.money.financeurs}, []
    for e in contrat.money.enveloppes:
        if e.annee != annee:
            continue
        theirs = (li for li in lines if li["niveau"] == MAQUETTE and e.financeur in (None, li["financeur_id"]))
        engage = total_of(li["engage"] for li in theirs)
        of_whom = f", part {names.get(e.financeur, e.financeur)}" if e.financeur else ""
        following = "aucun engagement connu"
        if engage is not None:
            remaining = e.montant - engage
            rest = f"reste {amount_fr(remaining)}" if remaining >= 0 else f"dépassée de {amount_fr(-remaining)}"
            following = f"{amount_fr(engage)} engagés, {rest}"
        nom = f"Enveloppe {contrat.follow_up.year_name(annee)}{of_whom}"
        sentences.append(f"{nom}{NBSP}: {amount_fr(e.montant)} ({e.etat}), {following}.")
    return sentences


def _parities(contrat: Contrat, rule: Rule, values: ValueStore) -> list[str]:
    names = {f.id: f.nom for f in contrat.money.financeurs}
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


def _rules_of(contrat: Contrat, fiche: Fiche, type_: str) -> list[Rule]:
    return [r for r in contrat.regles if r.type == type_ and r.fiche == fiche.numero]


def _typed_complements(values: ValueStore, fiche: Fiche, champ: str | None) -> list[Any]:
    if not champ:
        return []
    typed = values.lines(lambda c: c.fiche == fiche.numero and c.bloc == "complements", "valeur", input_fields=(champ,))
    return [valeur for (valeur,) in typed]
