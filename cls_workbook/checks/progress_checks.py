"""Checks 7 to 11 and 41: where an action stands, its dates, its milestones."""

from __future__ import annotations

from functools import cache

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.check_input import MESURE_BLOCKS, CheckInput
from cls_workbook.checks.findings import CONFIRM, SEND_BACK, constat
from cls_workbook.checks.row_schemas import RowRule
from cls_workbook.french import date_fr, fold, number_fr
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, as_dicts, where_below

# The words of the default scale; a contract with another scale is not judged on words that it does not use.
NOT_STARTED, IN_PROGRESS, COMPLETED, POSTPONED, ABANDONED = map(
    fold, ("Non démarrée", "En cours", "Réalisée", "Reportée", "Abandonnée")
)
ACTIVITY = frozenset(("valeur", "effectif", "numerateur", "repondants", "moyenne"))
EXPENDITURES = ("personnel", "achats", "autres", "total")


@cache
def phase(etat: object) -> str:
    return fold(etat) if isinstance(etat, str) else ""


# --- across the rows of a fiche -------------------------------------------------------------------------------------


def etat_not_filled_in(given: CheckInput) -> list[Anomalie]:
    choix = ", ".join(given.contrat.listes.etats)
    return [
        constat(
            "ETAT_NON_RENSEIGNE",
            r,
            given.cell(r, "avancement", "etat"),
            champ=given.libelle("avancement", "etat"),
            found="vide",
            expected=f"un état parmi : {choix}",
            remedy=f"choisissez l’état de l’action dans la liste, {SEND_BACK}",
        )
        for r in given.progress_rows
        if r["etat"] is None and not given.unreadable(r, "avancement", "etat")
    ]


def not_started_with_activity(given: CheckInput) -> list[Anomalie]:
    involved = {(r["fichier"], r["fiche"]): r for r in given.progress_rows if phase(r["etat"]) == NOT_STARTED}
    activities = _positive_indicateurs(given, involved) if involved else {}
    for bloc, input_fields in (("depenses", EXPENDITURES), ("financement", ("verse",))) if involved else ():
        for line in as_dicts(given.view(bloc)):
            here = (line["fichier"], line["fiche"])
            if here in involved:
                positives = [
                    (given.libelle(bloc, c), line[c], line[c + ADDRESS_SUFFIX])
                    for c in input_fields
                    if (line[c] or 0) > 0
                ]
                activities.setdefault(here, []).extend(positives)
    return [
        constat(
            "NON_DEMARREE_AVEC_ACTIVITE",
            r,
            [r["etat" + ADDRESS_SUFFIX], *(cell for _, _, cell in activities[here])],
            champ=given.libelle("avancement", "etat"),
            found=f"« {r['etat']} », avec {_cite(activities[here])}",
            expected="une action non démarrée sans activité ni dépense dans l’année",
            remedy="corrigez l’état de l’action ou les valeurs, ou confirmez à la coordination.",
        )
        for here, r in involved.items()
        if activities.get(here)
    ]


def _positive_indicateurs(given: CheckInput, involved: dict) -> dict[tuple[str, str], list[tuple[str, object, str]]]:
    hits: dict[tuple[str, str], list[tuple[str, object, str]]] = {}
    for (file, fiche, mesure), fills in given.fills.items():
        # A stock may stand at the end of a year in which nothing was done.
        if (file, fiche) not in involved or mesure not in given.contrat.by_mesure or _is_stock(given, mesure):
            continue
        positives = [
            (given.mesure(mesure).libelle, f.valeur, f.cell) for f in fills if f.champ in ACTIVITY and f.valeur > 0
        ]
        hits.setdefault((file, fiche), []).extend(positives)
    return hits


def _is_stock(given: CheckInput, mesure: str) -> bool:
    return given.mesure(mesure).agregation == "STOCK" or given.mesure(mesure).stock


def _cite(positives: list[tuple[str, object, str]]) -> str:
    quoted = [f"{nom} : {number_fr(valeur)}" for nom, valeur, _ in positives[:3]]
    return ", ".join(quoted) + (f" et {len(positives) - 3} autre(s) valeur(s)" if len(positives) > 3 else "")


def active_without_indicateur(given: CheckInput) -> list[Anomalie]:
    filled = {(file, fiche) for file, fiche, _ in given.fills}
    return [
        constat(
            "ACTIVE_SANS_INDICATEUR",
            r,
            given.cell(r, "avancement", "etat"),
            champ=given.libelle("avancement", "etat"),
            found=f"« {r['etat']} », sans aucune valeur d’indicateur",
            expected="au moins un indicateur renseigné quand l’action est en cours ou réalisée",
            remedy="renseignez les indicateurs de la fiche (0 si rien n’a eu lieu), ou confirmez à la coordination.",
        )
        for r in given.progress_rows
        if phase(r["etat"]) in (IN_PROGRESS, COMPLETED)
        and (r["fichier"], r["fiche"]) not in filled
        and _is_asked(given, r)
        and not any(given.holds_refused_input(r["fichier"], r["fiche"], bloc) for bloc in MESURE_BLOCKS)
    ]


def _is_asked(given: CheckInput, r: dict) -> bool:
    """Does the fiche ask anything of who answers for this volet?"""
    fiche = given.contrat.par_fiche.get(r["fiche"])
    return fiche is not None and any(i.mesures and fiche.concerns(i, r["volet"]) for i in fiche.indicateurs)


def date_out_of_period(given: CheckInput) -> list[Anomalie]:
    """The year for what happened in it, the contract for what may span several years."""
    annee, annees, for_this = given.annee, given.contrat.annees or (given.annee,), given.contrat
    contrat = (for_this.start(annees[0]), for_this.end(annees[-1]))
    past_bounds = (contrat[0], for_this.end(annee))
    bounds = {
        ("reponse", "date_reponse"): (for_this.start(annee), for_this.end(annee + 1)),
        ("avancement", "date_debut"): contrat,
        ("avancement", "date_fin_prevue"): contrat,
        ("avancement", "date_fin_reelle"): (for_this.start(annee), for_this.end(annee)),
        ("jalons", "date"): past_bounds,
        ("financement", "date"): past_bounds,
    }
    all_found = []
    for (bloc, champ), (start, end) in bounds.items():
        view = given.view(bloc)
        outside = [d is not None and not start <= d <= end for d in view[champ]]
        all_found += [
            constat(
                "DATE_HORS_PERIODE",
                r,
                (r[champ + ADDRESS_SUFFIX],),
                champ=given.libelle(bloc, champ, r["mesure"]),
                found=date_fr(r[champ]),
                expected=f"une date du {date_fr(start)} au {date_fr(end)}",
                remedy=f"vérifiez la date : {CONFIRM}",
            )
            for r in as_dicts(view, outside)
        ]
    return all_found


def jalon_going_back(given: CheckInput) -> list[Anomalie]:
    if given.precedent is None:
        return []
    rank = {fold(nom): i for i, nom in enumerate(given.contrat.listes.jalons)}
    p = given.precedent.mesures
    before = {(r.fiche, r.structure, r.volet, r.mesure): r.valeur for r in p[p["champ"] == "jalon"].itertuples()}
    all_found = []
    for r in as_dicts(given.view("jalons")):
        ancien = before.get((r["fiche"], r["structure"], r["volet"], r["mesure"]))
        if r["jalon"] is None or ancien is None or rank.get(fold(r["jalon"]), 99) >= rank.get(fold(ancien), 0):
            continue
        all_found.append(
            constat(
                "JALON_EN_RECUL",
                r,
                (r["jalon" + ADDRESS_SUFFIX],),
                champ=given.libelle("jalons", "jalon", r["mesure"]),
                found=f"« {r['jalon']} », après « {ancien} » en {given.contrat.year_name(given.annee - 1)}",
                expected="un jalon au moins aussi avancé que l’année précédente",
                remedy=CONFIRM,
            )
        )
    return all_found


# --- on one row -----------------------------------------------------------------------------------------------------


def _end_before_start(view: pd.DataFrame) -> list[bool]:
    planned_before, actual_before = (
        where_below(view[c], view["date_debut"]) for c in ("date_fin_prevue", "date_fin_reelle")
    )
    return [a or b for a, b in zip(planned_before, actual_before, strict=True)]


def _tell_end_before_start(given: CheckInput, r: dict) -> Anomalie:
    ends = [c for c in ("date_fin_prevue", "date_fin_reelle") if r[c] is not None and r[c] < r["date_debut"]]
    statements = ", ".join(f"{given.libelle('avancement', c).lower()} le {date_fr(r[c])}" for c in ends)
    return constat(
        "FIN_AVANT_DEBUT",
        r,
        [r[c + ADDRESS_SUFFIX] for c in ("date_debut", *ends)],
        champ=given.libelle("avancement", ends[0]),
        found=f"{statements}, pour un début le {date_fr(r['date_debut'])}",
        expected="une fin le jour du début ou après",
        remedy=f"corrigez l’une des dates, {SEND_BACK}",
    )


def _completed_without_end(view: pd.DataFrame) -> list[bool]:
    return [phase(e) == COMPLETED and d is None for e, d in zip(view["etat"], view["date_fin_reelle"], strict=True)]


def _without_reason(view: pd.DataFrame) -> list[bool]:
    return [phase(e) in (POSTPONED, ABANDONED) and m is None for e, m in zip(view["etat"], view["motif"], strict=True)]


def _missing_teller(code: str, bloc: str, champ: str, cause: str, expected: str, remedy: str):
    """For a row in which ``cause`` (a champ) calls for ``champ``, which is blank."""

    def tell(given: CheckInput, r: dict) -> Anomalie | None:
        if given.unreadable(r, bloc, champ):
            return None
        return constat(
            code,
            r,
            (*given.cell(r, bloc, champ), r[cause + ADDRESS_SUFFIX]),
            champ=given.libelle(bloc, champ, r["mesure"]),
            found=f"« {r[cause]} », et rien ici",
            expected=expected,
            remedy=remedy,
        )

    return tell


def _reached_without_date(view: pd.DataFrame) -> list[bool]:
    return [fold(j or "") == fold("Atteint") and d is None for j, d in zip(view["jalon"], view["date"], strict=True)]


ROW_RULES = (
    RowRule("FIN_AVANT_DEBUT", "avancement", _end_before_start, _tell_end_before_start),
    RowRule(
        "REALISEE_SANS_DATE_DE_FIN",
        "avancement",
        _completed_without_end,
        _missing_teller(
            "REALISEE_SANS_DATE_DE_FIN",
            "avancement",
            "date_fin_reelle",
            "etat",
            "la date à laquelle l’action s’est terminée",
            "saisissez la date de fin réelle ; si l’action continue, choisissez « En cours ».",
        ),
    ),
    RowRule(
        "MOTIF_MANQUANT",
        "avancement",
        _without_reason,
        _missing_teller(
            "MOTIF_MANQUANT",
            "avancement",
            "motif",
            "etat",
            "le motif du report ou de l’abandon",
            "dites en une phrase pourquoi l’action est reportée ou abandonnée.",
        ),
    ),
    RowRule(
        "JALON_SANS_DATE",
        "jalons",
        _reached_without_date,
        _missing_teller(
            "JALON_SANS_DATE",
            "jalons",
            "date",
            "jalon",
            "la date à laquelle le jalon a été atteint",
            "saisissez la date ; si le jalon n’est pas encore atteint, corrigez son état.",
        ),
    ),
)
RULES = (etat_not_filled_in, not_started_with_activity, active_without_indicateur, date_out_of_period, jalon_going_back)
