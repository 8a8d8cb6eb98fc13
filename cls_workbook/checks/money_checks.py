"""Checks 26 to 31, 36 and 39: what was spent, who pays, against what the contract and the COPIL said."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.check_input import CheckInput
from cls_workbook.checks.findings import CONFIRM, SEND_BACK, constat
from cls_workbook.checks.row_schemas import RowRule
from cls_workbook.french import amount_fr, fold, listing, rate_fr
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, ViewRow, total_of, where_above

TOLERANCE = Decimal(1)  # euros, between what the funders paid and the cost
RATE_MARGIN = Decimal("0.01")  # one point
CONVENTION_THRESHOLD = Decimal(23_000)  # annual subsidy of one public funder to a private body
POSTS = ("personnel", "achats", "autres")
AMOUNTS = ("prevu", "engage", "verse")
MAQUETTE, VALORISATION = "maquette", "valorisation"
OUTSIDE_MAQUETTE = ("cpom", "flca", "valorisation", "mise a disposition", "benevolat", "fonds de lutte")


# --- cost -----------------------------------------------------------------------------------------------------------


def _posts_differ(view: pd.DataFrame) -> list[bool]:
    posts = [total_of(three) for three in zip(*(view[p] for p in POSTS), strict=True)]
    return [p is not None and t is not None and p != t for p, t in zip(posts, view["total"], strict=True)]


def _tell_posts(given: CheckInput, r: dict) -> Anomalie | None:
    if given.holds_refused_input(r["fichier"], r["fiche"], "depenses"):
        return None
    return constat(
        "POSTES_DIFFERENTS_DU_TOTAL",
        r,
        [r[c + ADDRESS_SUFFIX] for c in (*POSTS, "total") if r[c] is not None],
        champ=given.libelle("depenses", "total"),
        found=f"{amount_fr(r['total'])} ; somme des postes : {amount_fr(total_of(r[p] for p in POSTS))}",
        expected="un coût total égal à la somme des postes",
        remedy=f"corrigez le total ou les postes, {SEND_BACK}",
    )


def financeurs_differ_from_cost(given: CheckInput) -> list[Anomalie]:
    """Valuation is no cash: it is left out. Too little is not said while an amount paid is still blank."""
    verse_amounts = _verse_by_retour(given)
    all_found = []
    for r in given.depenses.values():
        amount_received, complete = verse_amounts.get((r["fichier"], r["fiche"]), (None, True))
        if (
            r["total"] is None
            or amount_received is None
            or abs(amount_received - r["total"]) <= TOLERANCE
            or (amount_received < r["total"] and not complete)
        ):
            continue
        posts = total_of(r[p] for p in POSTS)
        if posts is not None and posts != r["total"] and abs(amount_received - posts) <= TOLERANCE:
            continue  # the posts make what was paid: the total is wrong, and another rule says so
        all_found.append(
            constat(
                "FINANCEURS_DIFFERENTS_DU_COUT",
                r,
                (r["total" + ADDRESS_SUFFIX],),
                champ=given.libelle("depenses", "total"),
                found=f"{amount_fr(r['total'])} ; versé par les financeurs : {amount_fr(amount_received)}",
                expected="un coût total égal à la somme versée, à 1 € près (la part de la structure est aussi un financement)",
                remedy=f"corrigez le coût total, ou complétez les financements (autofinancement compris), {SEND_BACK}",
            )
        )
    return all_found


def _verse_by_retour(given: CheckInput) -> dict[tuple[str, str], tuple[Decimal | None, bool]]:
    """(fichier, fiche) → (cash paid, are all its amounts known?)."""
    sums: dict[tuple[str, str], tuple[Decimal | None, bool]] = {}
    for line in given.financements:
        if line["niveau"] == VALORISATION:
            continue
        here = (line["fichier"], line["fiche"])
        before, complete = sums.get(here, (None, not given.holds_refused_input(*here, "financement")))
        sums[here] = (total_of((before, line["verse"])), complete and line["verse"] is not None)
    return sums


# --- one funding line -----------------------------------------------------------------------------------------------


def _verse_above(view: pd.DataFrame) -> list[bool]:
    return where_above(view["verse"], view["engage"])


def _tell_verse_above(given: CheckInput, r: dict) -> Anomalie:
    return constat(
        "VERSE_SUPERIEUR_A_L_ENGAGE",
        r,
        (r["verse" + ADDRESS_SUFFIX], r["engage" + ADDRESS_SUFFIX]),
        champ=given.libelle("financement", "verse"),
        found=f"versé : {amount_fr(r['verse'])} ; engagé : {amount_fr(r['engage'])}",
        expected="un montant versé au plus égal au montant engagé",
        remedy=f"vérifiez les deux montants : {CONFIRM}",
    )


def _without_reference(view: pd.DataFrame) -> list[bool]:
    return [
        e is not None and e > 0 and n != VALORISATION and (r is None or d is None)
        for e, n, r, d in zip(view["engage"], view["niveau"], view["reference"], view["date"], strict=True)
    ]


def _tell_without_reference(given: CheckInput, r: dict) -> Anomalie | None:
    not_given = [c for c in ("reference", "date") if r[c] is None and not given.unreadable(r, "financement", c)]
    if not not_given:
        return None
    lacking = " ni ".join({"reference": "référence", "date": "date"}[c] for c in not_given)
    return constat(
        "ENGAGEMENT_SANS_REFERENCE",
        r,
        (*(c for a in not_given for c in given.cell(r, "financement", a)), r["engage" + ADDRESS_SUFFIX]),
        champ=given.libelle("financement", not_given[0]),
        found=f"{amount_fr(r['engage'])} engagés, sans {lacking}",
        expected="la référence et la date de la convention ou de la décision",
        remedy="complétez la ligne, ou confirmez à la coordination qu’aucune convention n’est signée.",
    )


def _incomplete_line(view: pd.DataFrame) -> list[bool]:
    return [
        (f is None or n is None) and any(m is not None for m in amounts)
        for f, n, *amounts in zip(view["financeur"], view["nature"], *(view[m] for m in AMOUNTS), strict=True)
    ]


def _tell_incomplete_line(given: CheckInput, r: dict) -> Anomalie | None:
    not_given = [c for c in ("financeur", "nature") if r[c] is None and not given.unreadable(r, "financement", c)]
    if not not_given:
        return None
    amounts = [m for m in AMOUNTS if r[m] is not None]
    return constat(
        "LIGNE_DE_FINANCEMENT_INCOMPLETE",
        r,
        (*(c for a in not_given for c in given.cell(r, "financement", a)), *(r[m + ADDRESS_SUFFIX] for m in amounts)),
        champ=given.libelle("financement", not_given[0]),
        found=f"{amount_fr(r[amounts[0]])}, sans {' ni '.join(not_given)}",
        expected="un financeur et une nature sur chaque ligne qui porte un montant",
        remedy="complétez la ligne : sans cela, le montant n’entre dans aucun sous-total.",
    )


def doubtful_nature(given: CheckInput) -> list[Anomalie]:
    agence = {f.id for f in given.contrat.financeurs if f.structure and f.structure == given.contrat.agence}
    all_found = []
    for r in given.financements:
        if r["niveau"] != MAQUETTE:
            continue
        with_parity = {
            given.financeur(f) for rule in given.contrat.rules_of(r["fiche"], "parite") for f in rule.financeurs
        }
        other = bool(agence) and r["financeur"] is not None and r["id"] not in agence | with_parity
        reference = fold(r["reference"] or "")
        word = next((m for m in OUTSIDE_MAQUETTE if m in reference), None)
        if not other and word is None:
            continue
        clue = "financeur" if other else "reference"
        all_found.append(
            constat(
                "NATURE_DOUTEUSE",
                r,
                (r["nature" + ADDRESS_SUFFIX], r[clue + ADDRESS_SUFFIX]),
                champ=given.libelle("financement", "nature"),
                found=f"« {r['nature']} », avec « {r[clue]} »",
                expected="à la maquette, les seuls crédits inscrits au contrat ; les CPOM, fonds dédiés, valorisations et cofinancements ont leur nature",
                remedy=f"vérifiez la nature : {CONFIRM}",
            )
        )
    return all_found


# --- against the contract and the COPIL -----------------------------------------------------------------------------


def _finding_on_fiche(
    code: str, given: CheckInput, desired: Callable[[ViewRow], bool], champ: str, **texts: str
) -> Anomalie:
    """About the wanted lines of a fiche, maybe in several returns: placed at the return that weighs most, the others are named."""
    by_file: dict[str, Decimal] = {}
    for x in filter(desired, given.financements_one_by_one()):
        by_file[x["fichier"]] = by_file.get(x["fichier"], Decimal(0)) + x[champ]
    main_file = max(sorted(by_file), key=by_file.__getitem__)
    if autres := sorted(by_file.keys() - {main_file}):
        texts["found"] += f" (avec {listing(autres)})"
    here = [x for x in given.financements_one_by_one() if x["fichier"] == main_file and desired(x)]
    return constat(
        code, here[0], [x[champ + ADDRESS_SUFFIX] for x in here], champ=given.libelle("financement", champ), **texts
    )


def engage_above_programme(given: CheckInput, fiche: str) -> list[Anomalie]:
    if given.pilotage is None:
        return []
    programmes = {
        (given.financeur(f), outside): montant
        for outside, amounts in ((False, given.pilotage.programmes), (True, given.pilotage.hors_maquette))
        for (numero, f), montant in amounts.items()
        if numero == fiche
    }
    engages: dict[tuple[str, bool], Decimal] = {}
    for x in filter(_is_engaged, given.financements_one_by_one() if programmes else ()):
        cle = x["id"], x["niveau"] == "hors_maquette"
        engages[cle] = engages.get(cle, Decimal(0)) + x["engage"]
    all_found = []
    for (financeur, outside), engage in engages.items():
        programme = programmes.get((financeur, outside))
        if programme is None or engage <= programme:
            continue
        all_found.append(
            _finding_on_fiche(
                "ENGAGE_SUPERIEUR_AU_PROGRAMME",
                given,
                lambda x, f=financeur, h=outside: (
                    _is_engaged(x) and x["id"] == f and (x["niveau"] == "hors_maquette") == h
                ),
                "engage",
                found=f"{given.financeur_name(financeur)} : {amount_fr(engage)} engagés",
                expected=f"{amount_fr(programme)} au plus : le montant programmé pour l’année",
                remedy=CONFIRM,
            )
        )
    return all_found


def _is_engaged(x: ViewRow) -> bool:
    return x["engage"] is not None and x["niveau"] != VALORISATION


def cumulated_engage(
    given: CheckInput, fiche: str, levels: tuple[str, ...] = (), financeur: str | None = None
) -> Decimal:
    """What earlier years engaged for a fiche, in euros; 0 where nothing is known of them."""
    if given.precedent is None:
        return Decimal(0)
    f = given.precedent.financements
    retained_ones = [
        r.engage
        for r in f[f["fiche"] == fiche].itertuples()
        if (not levels or given.niveau(r.nature) in levels) and financeur in (None, given.financeur(r.financeur))
    ]
    return total_of(retained_ones) or Decimal(0)


def contrat_exceeded(given: CheckInput, fiche: str) -> list[Anomalie]:
    prevu = given.contrat.par_fiche[fiche].financement.montant if fiche in given.contrat.par_fiche else None
    annee = (
        None
        if prevu is None
        else total_of(x["engage"] for x in given.financements_one_by_one() if x["niveau"] == MAQUETTE)
    )
    if not annee or (before := cumulated_engage(given, fiche, (MAQUETTE,))) + annee <= prevu:
        return []
    detail = f" ({amount_fr(before)} les années précédentes)" if before else ""
    return [
        _finding_on_fiche(
            "CONTRAT_DEPASSE",
            given,
            lambda x: x["niveau"] == MAQUETTE and x["engage"] is not None,
            "engage",
            found=f"{amount_fr(before + annee)} engagés en tout{detail}",
            expected=f"{amount_fr(prevu)} au plus : le montant inscrit au contrat",
            remedy="corrigez le montant, ou prévoyez un avenant avec la coordination.",
        )
    ]


def rate_above_contrat(given: CheckInput, fiche: str) -> list[Anomalie]:
    """Only where the contract prints a pure rate, over the returns whose cost is known and not contradicted."""
    money = given.contrat.par_fiche[fiche].financement if fiche in given.contrat.par_fiche else None
    if money is None or not money.taux_pur or money.taux is None:
        return []
    contradicted = {(a.file, a.fiche) for a in financeurs_differ_from_cost(given)}
    costs = {
        r["fichier"]: r["total"]
        for here, r in given.depenses.items()
        if r["total"] is not None and here not in contradicted
    }

    def counted_one(x: ViewRow) -> bool:
        return x["niveau"] == MAQUETTE and x["verse"] is not None and x["fichier"] in costs

    verse, cost = total_of(x["verse"] for x in given.financements_one_by_one() if counted_one(x)), sum(costs.values())
    if verse is None or cost == 0 or verse <= cost * (money.taux + RATE_MARGIN):
        return []
    return [
        _finding_on_fiche(
            "TAUX_SUPERIEUR_AU_CONTRAT",
            given,
            counted_one,
            "verse",
            found=f"{rate_fr(verse / cost, 1)} : {amount_fr(verse)} sur un coût de {amount_fr(cost)}",
            expected=f"{rate_fr(money.taux, 1)}, à un point près",
            remedy=CONFIRM,
        )
    ]


def amount_without_forecast(given: CheckInput) -> list[Anomalie]:
    """Silent for a contract that prints no amount at all, and for a fiche whose money follows a rule."""
    fiches = given.contrat.par_fiche
    if all(f.financement.montant is None for f in fiches.values()):
        return []
    groups: dict[tuple[str, str], list[dict]] = {}
    for x in given.financements:
        without = (
            x["fiche"] in fiches
            and fiches[x["fiche"]].financement.montant is None
            and fiches[x["fiche"]].financement.montant_etat != "regle"
        )
        if without and x["niveau"] == MAQUETTE and any(x[m] for m in AMOUNTS):
            groups.setdefault((x["fichier"], x["fiche"]), []).append(x)
    return [
        constat(
            "MONTANT_SANS_PREVISION",
            lines[0],
            [x[m + ADDRESS_SUFFIX] for x in lines for m in AMOUNTS if x[m]],
            champ=given.libelle("financement", next(m for m in AMOUNTS if lines[0][m])),
            found=amount_fr(max(x[m] for x in lines for m in AMOUNTS if x[m])),
            expected="aucun montant n’est imprimé au contrat pour cette fiche",
            remedy="rien à corriger si le COPIL a décidé ce montant depuis.",
        )
        for lines in groups.values()
    ]


def subsidy_to_justify(given: CheckInput) -> list[Anomalie]:
    """Per private structure and public funder, over all its fiches."""
    private_structures = {s.id for s in given.contrat.structures if fold(s.statut_juridique or "") == "prive"}
    private_financeurs = {f.id for f in given.contrat.financeurs if f.prive}
    own_structures = {f.id: f.structure for f in given.contrat.financeurs if f.structure}
    groups: dict[tuple[str, str], list[dict]] = {}
    for x in given.financements_of(private_structures):
        public = x["id"] and x["id"] not in private_financeurs and own_structures.get(x["id"]) != x["structure"]
        if public and x["niveau"] != VALORISATION and x["verse"]:
            groups.setdefault((x["structure"], x["id"]), []).append(x)
    all_found = []
    for (_, financeur), lines in groups.items():
        total = total_of(x["verse"] for x in lines)
        if total <= CONVENTION_THRESHOLD:
            continue
        main_line = max(lines, key=lambda x: x["verse"])
        here = [x for x in lines if (x["fichier"], x["feuille"]) == (main_line["fichier"], main_line["feuille"])]
        fiches = ", ".join(dict.fromkeys(x["fiche"] for x in lines))
        all_found.append(
            constat(
                "SUBVENTION_A_JUSTIFIER",
                main_line,
                [x["verse" + ADDRESS_SUFFIX] for x in here],
                champ=given.libelle("financement", "verse"),
                found=f"{given.financeur_name(financeur)} : {amount_fr(total)} versés dans l’année (fiche {fiches})",
                expected=f"au-delà de {amount_fr(CONVENTION_THRESHOLD)}, une convention et un compte rendu financier",
                remedy="tenez la convention à disposition, et remettez le compte rendu financier dans les six mois qui suivent la fin de l’année.",
            )
        )
    return all_found


ROW_RULES = (
    RowRule("POSTES_DIFFERENTS_DU_TOTAL", "depenses", _posts_differ, _tell_posts),
    RowRule("VERSE_SUPERIEUR_A_L_ENGAGE", "financement", _verse_above, _tell_verse_above),
    RowRule("ENGAGEMENT_SANS_REFERENCE", "financement", _without_reference, _tell_without_reference),
    RowRule("LIGNE_DE_FINANCEMENT_INCOMPLETE", "financement", _incomplete_line, _tell_incomplete_line),
)
RULES = (financeurs_differ_from_cost, doubtful_nature, amount_without_forecast)
RULES_OF_ONE_FICHE = (engage_above_programme, contrat_exceeded, rate_above_contrat)
RULES_BETWEEN_RETOURS = (subsidy_to_justify,)
