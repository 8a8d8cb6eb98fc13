"""Checks 13 and 15 to 18: what is answered for each measure, rates, satisfaction, QPV."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.check_input import CheckInput
from cls_workbook.checks.findings import SEND_BACK, constat
from cls_workbook.checks.progress_checks import ABANDONED, COMPLETED, IN_PROGRESS, NOT_STARTED, POSTPONED, phase
from cls_workbook.checks.row_schemas import RowRule
from cls_workbook.domain.model import Mesure
from cls_workbook.french import fold, number_fr
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, where_above

RESPONDENTS_MIN = 5  # below, a rate of satisfaction says little
NO_VALUE = frozenset(map(fold, ("non disponible", "sans objet")))
# What a measure is not answered without, by type: (block, champs).
ESSENTIAL = {
    "entier": ("mesures", ("valeur",)),
    "decimal": ("mesures", ("valeur",)),
    "ventilation": ("ventilations", ("effectif",)),
    "liste": ("ventilations", ("modalite",)),
    "taux": ("taux", ("numerateur",)),
    "satisfaction": ("satisfaction", ("repondants", "satisfaits")),
    "moyenne": ("durees", ("moyenne", "effectif")),
    "jalon": ("jalons", ("jalon",)),
    "texte": ("textes", ("texte",)),
}


# --- answered or not ------------------------------------------------------------------------------------------------


def value_not_filled_in(given: CheckInput) -> list[Anomalie]:
    """One anomaly a measure that the volet answers; one for the whole fiche where it answers none, or where volets share them."""
    all_found: list[Anomalie] = []
    for r in given.progress_rows:
        fiche = given.contrat.par_fiche.get(r["fiche"])
        if fiche is None:
            continue
        indicateurs = [i for i in fiche.indicateurs if fiche.concerns(i, r["volet"])]
        mesures = [m for i in indicateurs for m in i.mesures]
        is_silent = not any((r["fichier"], r["fiche"], m.id) in given.fills for m in mesures)
        shared = fiche.volets and any(i.volet is None for i in indicateurs)
        # Said better by another rule (active without an indicator), or nothing to say (nothing was done).
        if is_silent and phase(r["etat"]) in (IN_PROGRESS, COMPLETED, NOT_STARTED, POSTPONED, ABANDONED):
            continue
        gaps = [(m, cells) for m in mesures if (cells := _missing(given, r, m)) is not None]
        if gaps and (is_silent or shared):
            gaps = [(None, tuple(c for _, cells in gaps for c in cells))]
        all_found += [_tell_not_filled_in(given, r, m, cells) for m, cells in gaps]
    return all_found


def _missing(given: CheckInput, r: dict, mesure: Mesure) -> tuple[str, ...] | None:
    """The cells of what is missing for a measure; None if it is answered, or if a statut says why not."""
    cle = (r["fichier"], r["fiche"], mesure.id)
    if cle in given.statuts and fold(given.statuts[cle].valeur) in NO_VALUE:
        return None
    bloc, input_fields = ESSENTIAL[mesure.type]
    supplied = {(f.bloc, f.champ) for f in given.fills.get(cle, ())}
    if mesure.nominative and ("ventilations", "nom") in supplied:
        return None  # the names are counted
    if bloc == "ventilations" and given.holds_refused_input(*cle[:2], bloc, mesure.id):
        return None
    line = r | {"mesure": mesure.id, "ligne": "01" if bloc == "ventilations" else ""}
    for absent in ("effectif", "modalite", "nom"):
        line.pop(absent + ADDRESS_SUFFIX, None)
    not_given = [c for c in input_fields if (bloc, c) not in supplied and not given.unreadable(line, bloc, c)]
    return tuple(cell for c in not_given for cell in given.cell(line, bloc, c)) if not_given else None


def _tell_not_filled_in(given: CheckInput, r: dict, mesure: Mesure | None, cells: tuple[str, ...]) -> Anomalie:
    if mesure:
        bloc, input_fields = ESSENTIAL[mesure.type]
        champ, found = given.libelle(bloc, input_fields[0], mesure.id), "vide, sans statut"
    else:
        champ, found = "Indicateurs", f"{len(cells) or 'des'} cellule(s) vide(s), sans statut"
    return constat(
        "VALEUR_NON_RENSEIGNEE",
        r,
        cells,
        champ=champ,
        found=found,
        expected="une valeur (0 si rien n’a eu lieu), ou un statut : non disponible, sans objet",
        remedy="saisissez la valeur ; si vous ne l’avez pas, choisissez un statut.",
    )


def contradictory_statut(given: CheckInput) -> list[Anomalie]:
    all_found = []
    for cle, statut in given.statuts.items():
        fills = given.fills.get(cle)
        if fold(statut.valeur) not in NO_VALUE or not fills:
            continue
        values = ", ".join(
            number_fr(f.valeur) if isinstance(f.valeur, (int, Decimal)) else f"« {f.valeur} »" for f in fills[:3]
        )
        all_found.append(
            constat(
                "STATUT_CONTRADICTOIRE",
                given.progress_of[cle[:2]],
                (*(f.cell for f in fills), statut.cell),
                champ=given.libelle(statut.bloc, "statut", cle[2]),
                found=f"« {statut.valeur} », avec {values}",
                expected="une valeur, ou un statut qui dit qu’il n’y en a pas",
                remedy="retirez la valeur, ou corrigez le statut (réel, estimé).",
            )
        )
    return all_found


# --- one row: QPV ---------------------------------------------------------------------------------------------------


def _qpv_above(view: pd.DataFrame) -> list[bool]:
    return where_above(view["dont_qpv"], view["valeur"])


def _tell_qpv_above(given: CheckInput, r: dict) -> Anomalie:
    return constat(
        "QPV_SUPERIEUR_AU_TOTAL",
        r,
        (r["dont_qpv" + ADDRESS_SUFFIX],),
        champ=given.libelle("mesures", "dont_qpv", r["mesure"]),
        found=f"{number_fr(r['dont_qpv'])}, pour une valeur de {number_fr(r['valeur'])} (cellule {r['valeur' + ADDRESS_SUFFIX]})",
        expected=f"un nombre de 0 à {number_fr(r['valeur'])}",
        remedy=f"corrigez « dont QPV », ou la valeur, {SEND_BACK}",
    )


def _zero_qpv(view: pd.DataFrame) -> list[bool]:
    return [
        q == 0 and v is not None and v > 0 and en_qpv
        for q, v, en_qpv in zip(view["dont_qpv"], view["valeur"], view["en_qpv"], strict=True)
    ]


def _tell_zero_qpv(given: CheckInput, r: dict) -> Anomalie:
    return constat(
        "QPV_NUL",
        r,
        (r["dont_qpv" + ADDRESS_SUFFIX],),
        champ=given.libelle("mesures", "dont_qpv", r["mesure"]),
        found=f"0, pour une valeur de {number_fr(r['valeur'])}",
        expected="des habitants de QPV : l’action s’y déroule",
        remedy="corrigez, videz la cellule si vous ne le savez pas, ou confirmez à la coordination.",
    )


def _above_maximum(view: pd.DataFrame) -> list[bool]:
    return where_above(view["valeur"], view["maximum"])


def _tell_above_maximum(given: CheckInput, r: dict) -> Anomalie:
    return constat(
        "VALEUR_HORS_LIMITES",
        r,
        (r["valeur" + ADDRESS_SUFFIX],),
        champ=given.libelle("mesures", "valeur", r["mesure"]),
        found=number_fr(r["valeur"]),
        expected=f"{number_fr(r['maximum'])} au plus",
        remedy=f"corrigez la valeur, {SEND_BACK}",
    )


# --- one row: rates (of a measure, or of a category of its breakdown) -----------------------------------------------


def _denominators(view: pd.DataFrame) -> list:
    """As typed, or printed and locked where the contract fixes it."""
    if "fixed" not in view:
        return list(view["denominateur"])
    return [f if d is None else d for d, f in zip(view["denominateur"], view["fixed"], strict=True)]


def _is_a_rate(numerateur: object, denominateur: object) -> bool:
    """0,265 or 26,5 where a count is asked: a share, or a figure « out of 100 » that no count makes."""
    if not isinstance(numerateur, Decimal) or numerateur == numerateur.to_integral_value():
        return False
    return 0 < numerateur < 1 and denominateur != 0 or denominateur in (1, 100)


def _typed_rate(view: pd.DataFrame) -> list[bool]:
    return [_is_a_rate(n, d) for n, d in zip(view["numerateur"], _denominators(view), strict=True)]


def _numerator_above(view: pd.DataFrame) -> list[bool]:
    # A capacity may be exceeded (check 22), and 0 has its own rule.
    discarded = view["a_capacite"] if "a_capacite" in view else [False] * len(view)
    denominators = _denominators(view)
    excess = where_above(view["numerateur"], denominators)
    return [
        t and d != 0 and not e and not _is_a_rate(n, d)
        for t, d, e, n in zip(excess, denominators, discarded, view["numerateur"], strict=True)
    ]


def _zero_denominator(view: pd.DataFrame) -> list[bool]:
    return [d is not None and d == 0 for d in view["denominateur"]]


def _denominator_missing(view: pd.DataFrame) -> list[bool]:
    return [n is not None and d is None for n, d in zip(view["numerateur"], _denominators(view), strict=True)]


def _rate_teller(code: str, bloc: str, expected: str, remedy: str, champ: str = "numerateur"):
    """``champ``: the one to look at first. Both cells are refused: which one is wrong is not known."""

    def tell(given: CheckInput, r: dict) -> Anomalie | None:
        if code == "DENOMINATEUR_MANQUANT" and given.unreadable(r, bloc, "denominateur"):
            return None
        singles = ("numerateur",) if code == "TAUX_SAISI" else ("numerateur", "denominateur")
        bottom = r["denominateur"] if r["denominateur"] is not None else r.get("fixed")
        top, bottom = ("vide" if x is None else number_fr(x) for x in (r["numerateur"], bottom))
        return constat(
            code,
            r,
            [c for nom in singles for c in given.cell(r, bloc, nom)],
            champ=given.libelle(bloc, champ, r["mesure"]),
            found=f"numérateur : {top} ; dénominateur : {bottom}",
            expected=expected,
            remedy=f"{remedy}, {SEND_BACK}",
        )

    return tell


def _rate_rules(bloc: str) -> tuple[RowRule, ...]:
    regles = (
        (
            "TAUX_SAISI",
            _typed_rate,
            "le nombre du haut, compté : le taux se calcule seul",
            "saisissez les deux nombres, jamais le taux",
            "numerateur",
        ),
        (
            "NUMERATEUR_SUPERIEUR_AU_DENOMINATEUR",
            _numerator_above,
            "un numérateur au plus égal au dénominateur",
            "corrigez l’un des deux nombres",
            "numerateur",
        ),
        (
            "DENOMINATEUR_NUL",
            _zero_denominator,
            "un dénominateur d’au moins 1",
            "corrigez le dénominateur ; si la question ne se pose pas, videz les deux cellules et choisissez « sans objet »",
            "denominateur",
        ),
        (
            "DENOMINATEUR_MANQUANT",
            _denominator_missing,
            "le nombre du bas (le total)",
            "saisissez le dénominateur",
            "denominateur",
        ),
    )
    return tuple(
        RowRule(code, bloc, fault, _rate_teller(code, bloc, expected, remedy, champ))
        for code, fault, expected, remedy, champ in regles
    )


# --- one row: satisfaction ------------------------------------------------------------------------------------------


def _inconsistent_satisfaction(view: pd.DataFrame) -> list[bool]:
    orders = (("satisfaits", "repondants"), ("repondants", "questionnaires"), ("satisfaits", "questionnaires"))
    return [any(three) for three in zip(*(where_above(view[a], view[b]) for a, b in orders), strict=True)]


def _tell_satisfaction(given: CheckInput, r: dict) -> Anomalie:
    order = [c for c in ("satisfaits", "repondants", "questionnaires") if r[c] is not None]
    pairs = [(a, b) for a, b in pairwise(order) if r[a] > r[b]]
    at_fault = [c for c in order if any(c in pair for pair in pairs)]
    said = " ; ".join(f"{given.libelle('satisfaction', c).lower()} : {number_fr(r[c])}" for c in at_fault)
    return constat(
        "SATISFACTION_INCOHERENTE",
        r,
        [r[c + ADDRESS_SUFFIX] for c in at_fault],
        champ=given.libelle("satisfaction", at_fault[0], r["mesure"]),
        found=said,
        expected="au plus autant de satisfaits que de répondants, et de répondants que de questionnaires remis",
        remedy=f"corrigez ces nombres, {SEND_BACK}",
    )


def _few_respondents(view: pd.DataFrame) -> list[bool]:
    return [n is not None and n < RESPONDENTS_MIN for n in view["repondants"]]


def _tell_few_respondents(given: CheckInput, r: dict) -> Anomalie:
    return constat(
        "REPONDANTS_PEU_NOMBREUX",
        r,
        (r["repondants" + ADDRESS_SUFFIX],),
        champ=given.libelle("satisfaction", "repondants", r["mesure"]),
        found=number_fr(r["repondants"]),
        expected=f"au moins {RESPONDENTS_MIN} répondants pour qu’un taux ait un sens",
        remedy="rien à corriger : le taux sera lu avec prudence.",
    )


ROW_RULES = (
    RowRule("QPV_SUPERIEUR_AU_TOTAL", "mesures", _qpv_above, _tell_qpv_above),
    RowRule("QPV_NUL", "mesures", _zero_qpv, _tell_zero_qpv),
    RowRule("VALEUR_HORS_LIMITES", "mesures", _above_maximum, _tell_above_maximum),
    *_rate_rules("taux"),
    *_rate_rules("ventilations")[1:],  # its numerators are whole numbers: reading refuses a rate there
    RowRule("SATISFACTION_INCOHERENTE", "satisfaction", _inconsistent_satisfaction, _tell_satisfaction),
    RowRule("REPONDANTS_PEU_NOMBREUX", "satisfaction", _few_respondents, _tell_few_respondents),
)
RULES = (value_not_filled_in, contradictory_statut)
