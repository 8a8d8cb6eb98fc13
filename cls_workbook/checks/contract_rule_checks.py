"""Checks 20 to 22 and 32 to 34: the funding and capacity rules that the contract states (``Rule``)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.check_input import CheckInput, MesureCount
from cls_workbook.checks.findings import CONFIRM, SEND_BACK, constat
from cls_workbook.checks.money_checks import VALORISATION, cumulated_engage
from cls_workbook.checks.subsidy_checks import computed_subsidy, subsidies_above_cost
from cls_workbook.domain.rules import Rule
from cls_workbook.domain.subsidies import are_subsidy_years_over, payable_for_post, scale_cost
from cls_workbook.french import amount_fr, fold, number_fr
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, as_dicts, total_of

SESSION, PERSON = "session", "personne"  # units that make two measures of an indicator a pair
SUBSIDY_AMOUNTS = ("engage", "verse")


def _rules(given: CheckInput, type_: str) -> list[Rule]:
    return [r for r in given.contrat.regles if r.type == type_]


# --- sessions and participants --------------------------------------------------------------------------------------


def _pairs(given: CheckInput) -> list[tuple[str, str]]:
    """(sessions, participants): of a rule, or the two counts of one indicator."""
    pairs = [
        (r.sessions.mesure_sessions, r.sessions.mesure_participants)
        for r in _rules(given, "cout_unitaire")
        if r.sessions.mesure_sessions and r.sessions.mesure_participants
    ]
    for fiche in given.contrat.fiches:
        for indicateur in fiche.indicateurs:
            by_unit = {u: [m.id for m in indicateur.mesures if fold(m.unite or "") == u] for u in (SESSION, PERSON)}
            if all(len(ids) == 1 for ids in by_unit.values()):
                pairs.append((by_unit[SESSION][0], by_unit[PERSON][0]))
    return list(dict.fromkeys(pairs))


def _figure_pairs(
    given: CheckInput, pairs: list[tuple[str, str]]
) -> Iterator[tuple[str, str, MesureCount, MesureCount]]:
    """(first id, second id, first figure, second figure), wherever a return gives both."""
    counts = given.counts({id_ for pair in pairs for id_ in pair if id_})
    for by_mesure in counts.values():
        for one, two in pairs:
            if one in by_mesure and two in by_mesure:
                yield one, two, by_mesure[one], by_mesure[two]


def sessions_and_participants(given: CheckInput) -> list[Anomalie]:
    all_found = []
    for id_sessions, id_participants, sessions, participants in _figure_pairs(given, _pairs(given)):
        if (sessions.valeur == 0) == (participants.valeur == 0):
            continue
        code, id_, other = (
            ("PARTICIPANTS_SANS_SESSION", id_participants, "au moins une session")
            if sessions.valeur == 0
            else ("SESSION_SANS_PARTICIPANT", id_sessions, "au moins un participant")
        )
        all_found.append(
            constat(
                code,
                sessions.line,
                (*sessions.cells, *participants.cells),
                champ=given.mesure(id_).libelle,
                found=f"{number_fr(sessions.valeur)} session(s), {number_fr(participants.valeur)} participant(s)",
                expected=other,
                remedy=CONFIRM,
            )
        )
    return all_found


def session_headcount(given: CheckInput) -> list[Anomalie]:
    """The mean of the sessions: a return does not say how many came to each."""
    all_found = []
    for rule in _rules(given, "cout_unitaire"):
        for _, id_, sessions, participants in _figure_pairs(
            given, [(rule.sessions.mesure_sessions, rule.sessions.mesure_participants)]
        ):
            excess = _too_many(rule, sessions, participants)
            too_few = (
                rule.sessions.participants_min
                and 0 < participants.valeur < rule.sessions.participants_min * sessions.valeur
            )
            if sessions.valeur == 0 or not (excess or too_few):
                continue
            bound = rule.sessions.participants_max if excess else rule.sessions.participants_min
            all_found.append(
                constat(
                    "SESSION_TROP_NOMBREUSE" if excess else "SESSION_PEU_NOMBREUSE",
                    participants.line,
                    (*participants.cells, *sessions.cells),
                    champ=given.mesure(id_).libelle,
                    found=f"{number_fr(participants.valeur)} participants pour {number_fr(sessions.valeur)} session(s)",
                    expected=f"{bound} participants {'au plus' if excess else 'au moins'} par session, soit {number_fr(bound * sessions.valeur)}",
                    remedy=f"corrigez l’un des deux nombres, {SEND_BACK}" if excess else CONFIRM,
                )
            )
    return all_found


def _too_many(rule: Rule, sessions: MesureCount, participants: MesureCount) -> bool:
    return (
        rule.sessions.participants_max is not None
        and sessions.valeur > 0
        and participants.valeur > rule.sessions.participants_max * sessions.valeur
    )


def cost_differs_from_scale(given: CheckInput) -> list[Anomalie]:
    """Cost of the sessions against cost × participants; cost of the trainers against cost × trainers."""
    all_found = []
    for rule in _rules(given, "cout_unitaire"):
        counts = given.counts({m for m in (rule.sessions.mesure_participants, rule.sessions.mesure_sessions) if m})
        for here, complements in _complements(given, rule).items():
            by_mesure = counts.get(here, {})
            participants, sessions = (
                by_mesure.get(rule.sessions.mesure_participants),
                by_mesure.get(rule.sessions.mesure_sessions),
            )
            if participants and sessions and _too_many(rule, sessions, participants):
                participants = None  # refused already
            formateurs = complements.get(rule.sessions.complement_formateurs)
            examined = (
                (
                    rule.sessions.cout_unitaire,
                    rule.sessions.complement_cout,
                    participants and participants.valeur,
                    participants and participants.cells,
                    "participants",
                ),
                (
                    rule.sessions.cout_formateur,
                    rule.sessions.complement_cout_formateurs,
                    formateurs and formateurs["valeur"],
                    formateurs and (formateurs["cellule"],),
                    "formateurs",
                ),
            )
            for price, champ, quantity, cells, what in examined:
                declared = complements.get(champ)
                if (
                    price is None
                    or declared is None
                    or quantity is None
                    or declared["valeur"] == scale_cost(price, quantity)
                ):
                    continue
                all_found.append(
                    constat(
                        "COUT_DIFFERENT_DU_BAREME",
                        declared,
                        (declared["cellule"], *cells),
                        champ=given.libelle("complements", champ, fiche=declared["fiche"]),
                        found=f"{amount_fr(declared['valeur'])} pour {number_fr(quantity)} {what}",
                        expected=f"{amount_fr(scale_cost(price, quantity))} : {amount_fr(price)} × {number_fr(quantity)} {what}, tout compris",
                        remedy=CONFIRM,
                    )
                )
    return all_found


def _complements(given: CheckInput, rule: Rule) -> dict[tuple[str, str], dict[str, dict]]:
    """(fichier, fiche) → complement id → its input."""
    v = given.values
    groups: dict[tuple[str, str], dict[str, dict]] = {}
    for x in as_dicts(v, (v["bloc"] == "complements") & (v["fiche"] == (rule.fiche or ""))):
        groups.setdefault((x["fichier"], x["fiche"]), {})[x["champ"]] = x
    return groups


# --- capacity -------------------------------------------------------------------------------------------------------


def capacite(given: CheckInput) -> list[Anomalie]:
    all_found = []
    for rule in _rules(given, "capacite"):
        view = given.view("taux")
        for r in as_dicts(view, view["mesure"] == (rule.capacity.mesure or "")):
            place = rule.capacity.capacite if rule.capacity.capacite is not None else r["denominateur"]
            if r["numerateur"] is not None and place is not None and r["numerateur"] > place:
                all_found.append(
                    constat(
                        "OCCUPATION_SUPERIEURE_A_LA_CAPACITE",
                        r,
                        (r["numerateur" + ADDRESS_SUFFIX],),
                        champ=given.libelle("taux", "numerateur", r["mesure"]),
                        found=number_fr(r["numerateur"]),
                        expected=f"{number_fr(place)} au plus : la capacité",
                        remedy="saisissez le nombre moyen de mesures occupées (et non la file active), ou confirmez à la coordination.",
                    )
                )
        all_found += _more_than(
            given,
            "SORTIES_SUPERIEURES_A_LA_FILE_ACTIVE",
            rule.capacity.mesure_sorties,
            rule.capacity.mesure_file_active,
        )
        all_found += _more_than(
            given, "RELAIS_SUPERIEURS_AUX_SORTIES", rule.capacity.mesure_relais, rule.capacity.mesure_sorties
        )
    return all_found


def _more_than(given: CheckInput, code: str, part: str | None, whole: str | None) -> list[Anomalie]:
    if not part or not whole:
        return []
    nom, whole_name = given.mesure(part).libelle, given.mesure(whole).libelle
    return [
        constat(
            code,
            a.line,
            (*a.cells, *b.cells),
            champ=nom,
            found=f"{nom} : {number_fr(a.valeur)} ; {whole_name} : {number_fr(b.valeur)}",
            expected=f"{nom} : {number_fr(b.valeur)} au plus",
            remedy=CONFIRM,
        )
        for _, _, a, b in _figure_pairs(given, [(part, whole)])
        if a.valeur > b.valeur
    ]


# --- aid to a post --------------------------------------------------------------------------------------------------


def subsidy_to_post(given: CheckInput) -> list[Anomalie]:
    all_found = []
    for rule in _rules(given, "poste"):
        for r in given.depenses.values():
            if r["etp"] is not None and rule.fiche in (None, r["fiche"]):
                all_found += _etp_out_of_bounds(given, rule, r)
        for here, lines in _subsidies_by_retour(given, rule).items():
            all_found += _subsidy_too_high(given, rule, lines, given.depenses.get(here))
    return all_found


def _subsidies_by_retour(given: CheckInput, rule: Rule) -> dict[tuple[str, str], list[dict]]:
    """(fichier, fiche) → the cash lines of the funder that the rule is about."""
    groups: dict[tuple[str, str], list[dict]] = {}
    for x in given.financements:
        if (
            rule.fiche in (None, x["fiche"])
            and x["id"] == given.financeur(rule.financeur)
            and x["niveau"] != VALORISATION
        ):
            groups.setdefault((x["fichier"], x["fiche"]), []).append(x)
    return groups


def _etp_out_of_bounds(given: CheckInput, rule: Rule, r: dict) -> list[Anomalie]:
    bottom, top = rule.post.etp_min, rule.post.etp_assiette_max
    if (bottom is None or r["etp"] >= bottom) and (top is None or r["etp"] <= top):
        return []
    expected = (
        f"de {number_fr(bottom or Decimal(0))} à {number_fr(top)} ETP"
        if top is not None
        else f"{number_fr(bottom)} ETP au moins"
    )
    return [
        constat(
            "ETP_HORS_BORNES",
            r,
            (r["etp" + ADDRESS_SUFFIX],),
            champ=given.libelle("depenses", "etp"),
            found=f"{number_fr(r['etp'])} ETP",
            expected=expected,
            remedy=f"{CONFIRM[:-1]} (au-delà du maximum, la dépense est ramenée à {number_fr(top)} ETP ; sous le minimum, le poste n’est pas aidé).",
        )
    ]


def _subsidy_too_high(given: CheckInput, rule: Rule, lines: list[dict], expenditure: dict | None) -> list[Anomalie]:
    """Over the cap, or over the share of the expense: the more certain of the two, once."""
    sums = {champ: total_of(x[champ] for x in lines) for champ in SUBSIDY_AMOUNTS}
    limite, code = rule.caps.plafond_annuel, "AIDE_SUPERIEURE_AU_PLAFOND"
    if limite is None or not any(s is not None and s > limite for s in sums.values()):
        eligible = (
            expenditure is not None
            and expenditure["total"] is not None
            and not _below_minimum(rule, expenditure["etp"])
        )
        limite = payable_for_post(rule, expenditure["total"], expenditure["etp"]) if eligible else None
        code = "AIDE_SUPERIEURE_A_LA_PART"
    excess = [c for c in SUBSIDY_AMOUNTS if limite is not None and sums[c] is not None and sums[c] > limite]
    if not excess:
        return []
    what = (
        "le plafond annuel" if code == "AIDE_SUPERIEURE_AU_PLAFOND" else "la part de la dépense que le contrat permet"
    )
    return [
        constat(
            code,
            lines[0],
            [x[c + ADDRESS_SUFFIX] for c in excess for x in lines if x[c] is not None],
            champ=given.libelle("financement", excess[0]),
            found=amount_fr(sums[excess[0]]),
            expected=f"{amount_fr(limite)} au plus : {what} ({rule.libelle})",
            remedy=f"corrigez le montant de l’aide, {SEND_BACK}",
        )
    ]


def _below_minimum(rule: Rule, etp: Decimal | None) -> bool:
    return etp is not None and rule.post.etp_min is not None and etp < rule.post.etp_min


# --- equal shares ---------------------------------------------------------------------------------------------------


def parity(given: CheckInput, fiche: str) -> list[Anomalie]:
    """All returns together; other funders are outside the test."""
    all_found = []
    for rule in (r for r in _rules(given, "parite") if r.fiche in (None, fiche)):
        expected_returns = [given.financeur(f) for f in rule.financeurs]
        its_own = [x for x in given.financements if x["id"] in expected_returns and x["niveau"] != VALORISATION]
        ecarts: dict[str, dict[str, Decimal]] = {}
        for champ in SUBSIDY_AMOUNTS:
            parts = {f: total_of(x[champ] for x in its_own if x["id"] == f) for f in expected_returns}
            all_known = [p for p in parts.values() if p is not None]
            if all_known and (len(all_known) < len(parts) or max(all_known) - min(all_known) > rule.tolerance):
                ecarts[champ] = parts
        all_found += _tell_parity(given, rule, its_own, ecarts)
    return all_found


def _tell_parity(
    given: CheckInput, rule: Rule, lines: list[dict], ecarts: dict[str, dict[str, Decimal | None]]
) -> list[Anomalie]:
    """One anomaly a return that carries one of the amounts."""
    broken = {c: p for c, p in ecarts.items() if None not in p.values()}
    code, retained_ones = ("PARITE_NON_RESPECTEE", broken) if broken else ("PARITE_INVERIFIABLE", ecarts)
    if not retained_ones:
        return []
    champ, parts = next(iter(retained_ones.items()))
    said = " ; ".join(f"{given.financeur_name(f)} : {'vide' if p is None else amount_fr(p)}" for f, p in parts.items())
    all_found = []
    for file in dict.fromkeys(x["fichier"] for x in lines):
        here = [x for x in lines if x["fichier"] == file]
        cells = [x[c + ADDRESS_SUFFIX] for c in retained_ones for x in here if x[c] is not None]
        if cells:
            all_found.append(
                constat(
                    code,
                    here[0],
                    cells,
                    champ=given.libelle("financement", champ),
                    found=said,
                    expected=f"le même montant de chacun ({rule.libelle})",
                    remedy=f"corrigez les montants, {SEND_BACK}" if broken else CONFIRM,
                )
            )
    return all_found


# --- capped aid -----------------------------------------------------------------------------------------------------


def cap(given: CheckInput) -> list[Anomalie]:
    """Over the years of aid, over the year's cap, over the total: the first that holds."""
    all_found = []
    for rule in (*_rules(given, "plafond"), *_rules(given, "aide")):
        for lines in _subsidies_by_retour(given, rule).values():
            sums = {c: s for c in SUBSIDY_AMOUNTS if (s := total_of(x[c] for x in lines)) is not None and s > 0}
            examined = _cap_crossed(given, rule, lines[0]["fiche"], sums)
            if examined is None:
                continue
            code, input_fields, expected = examined
            all_found.append(
                constat(
                    code,
                    lines[0],
                    [x[c + ADDRESS_SUFFIX] for c in input_fields for x in lines if x[c]],
                    champ=given.libelle("financement", input_fields[0]),
                    found=amount_fr(sums[input_fields[0]]),
                    expected=f"{expected} ({rule.libelle})",
                    remedy=f"corrigez le montant de l’aide, {SEND_BACK}",
                )
            )
    return all_found


def _cap_crossed(
    given: CheckInput, rule: Rule, fiche: str, sums: dict[str, Decimal]
) -> tuple[str, list[str], str] | None:
    if sums and are_subsidy_years_over(rule, given.annee):
        last = rule.depuis + rule.caps.duree_ans - 1
        return "DUREE_D_AIDE_DEPASSEE", list(sums), f"aucune aide après {last} ({rule.caps.duree_ans} années)"
    yearly, total = rule.yearly_cap(), rule.total_cap()
    excess = [c for c, s in sums.items() if yearly is not None and s > yearly]
    if excess:
        return "PLAFOND_ANNUEL_DEPASSE", excess, f"{amount_fr(yearly)} au plus dans l’année"
    if total is None or "engage" not in sums:
        return None
    before = cumulated_engage(given, fiche, financeur=given.financeur(rule.financeur))
    if before + sums["engage"] <= total:
        return None
    remaining = max(Decimal(0), total - before)
    return (
        "PLAFOND_TOTAL_DEPASSE",
        ["engage"],
        f"{amount_fr(remaining)} au plus : {amount_fr(before)} sont déjà engagés sur {amount_fr(total)}",
    )


RULES = (
    sessions_and_participants,
    session_headcount,
    cost_differs_from_scale,
    capacite,
    subsidy_to_post,
    computed_subsidy,
    cap,
)
RULES_OF_ONE_FICHE = (parity, subsidies_above_cost)
