"""Sessions and participants, what they cost, places: the rules of capacity and unit cost that the contract states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import ClassVar, NamedTuple

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie, Check
from cls_workbook.checks.check_kinds import CONFIRM, SEND_BACK, RetourCheck
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.measure_counts import MesureCount, counts, pairs_of_counts
from cls_workbook.checks.given.typed_answers import Here, Row, here, place_of, typed_cells
from cls_workbook.domain.rules import Rule
from cls_workbook.domain.subsidies import scale_cost
from cls_workbook.french import amount_fr, fold, number_fr
from cls_workbook.reading.storing.wide_views import as_dicts

SESSION, PERSON = "session", "personne"  # units that make two measures of an indicator a pair


def rules(given: CheckInput, *types: str) -> list[Rule]:
    """The rules of the contract of these types, type after type."""
    return [r for type_ in types for r in given.contrat.regles if r.type == type_]


# --- sessions and participants --------------------------------------------------------------------------------------


def _sessions_and_participants(given: CheckInput) -> Iterator[tuple[str, str, MesureCount, MesureCount]]:
    """As ``pairs_of_counts``, for the sessions and participants of a rule, or the two counts of one indicator."""
    pairs = [(r.sessions.mesure_sessions, r.sessions.mesure_participants) for r in rules(given, "cout_unitaire")]
    for indicateur in (i for fiche in given.contrat.fiches for i in fiche.indicateurs):
        by_unit = {u: [m.id for m in indicateur.mesures if fold(m.unite or "") == u] for u in (SESSION, PERSON)}
        if all(len(ids) == 1 for ids in by_unit.values()):
            pairs.append((by_unit[SESSION][0], by_unit[PERSON][0]))
    return pairs_of_counts(given, dict.fromkeys(pairs))


def _one_without_the_other(
    check: Check, given: CheckInput, id_: str, sessions: MesureCount, participants: MesureCount
) -> Anomalie:
    return check.anomalie(
        place_of(sessions.row),
        (*sessions.cells, *participants.cells),
        champ=given.words.mesure(id_).libelle,
        found=f"{number_fr(sessions.valeur)} session(s), {number_fr(participants.valeur)} participant(s)",
    )


class ParticipantsWithoutSession(RetourCheck):
    code, gravity = "PARTICIPANTS_SANS_SESSION", A_CONFIRMER
    sought = "Des participants sont déclarés, mais aucune session."
    expected = "au moins une session"
    remedy = CONFIRM

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for _, id_, sessions, participants in _sessions_and_participants(given):
            if sessions.valeur == 0 and participants.valeur != 0:
                yield _one_without_the_other(self, given, id_, sessions, participants)


class SessionWithoutParticipant(RetourCheck):
    code, gravity = "SESSION_SANS_PARTICIPANT", A_CONFIRMER
    sought = "Des sessions sont déclarées, mais aucun participant."
    expected = "au moins un participant"
    remedy = CONFIRM

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for id_, _, sessions, participants in _sessions_and_participants(given):
            if participants.valeur == 0 and sessions.valeur != 0:
                yield _one_without_the_other(self, given, id_, sessions, participants)


class _SessionSize(RetourCheck, abstract=True):
    """The mean of the sessions: a return does not say how many came to each."""

    words: ClassVar[str]

    def bound(self, rule: Rule) -> int | None:
        raise NotImplementedError

    def crossed(self, participants: int | Decimal, bound: int | Decimal) -> bool:
        """``bound``: of all the sessions together."""
        raise NotImplementedError

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for rule in rules(given, "cout_unitaire"):
            bound = self.bound(rule)
            pair = (rule.sessions.mesure_sessions, rule.sessions.mesure_participants)
            for _, id_, sessions, participants in pairs_of_counts(given, [pair] if bound is not None else []):
                limit = (bound or 0) * sessions.valeur
                if sessions.valeur > 0 and self.crossed(participants.valeur, limit):
                    nombre = number_fr(participants.valeur)
                    yield self.anomalie(
                        place_of(participants.row),
                        (*participants.cells, *sessions.cells),
                        champ=given.words.mesure(id_).libelle,
                        found=f"{nombre} participants pour {number_fr(sessions.valeur)} session(s)",
                        expected=f"{bound} participants {self.words} par session, soit {number_fr(limit)}",
                    )


class CrowdedSessions(_SessionSize):
    code, gravity = "SESSION_TROP_NOMBREUSE", BLOCKING
    sought = "Il y a plus de participants que les sessions ne peuvent en accueillir."
    remedy = f"corrigez l’un des deux nombres, {SEND_BACK}"
    words = "au plus"

    def bound(self, rule: Rule) -> int | None:
        return rule.sessions.participants_max

    def crossed(self, participants: int | Decimal, bound: int | Decimal) -> bool:
        return participants > bound


class SmallSessions(_SessionSize):
    code, gravity = "SESSION_PEU_NOMBREUSE", A_CONFIRMER
    sought = "Les sessions comptent en moyenne moins de participants que le minimum."
    remedy = CONFIRM
    words = "au moins"

    def bound(self, rule: Rule) -> int | None:
        return rule.sessions.participants_min

    def crossed(self, participants: int | Decimal, bound: int | Decimal) -> bool:
        return 0 < participants < bound


# --- unit costs -----------------------------------------------------------------------------------------------------


class _Priced(NamedTuple):
    """What a unit cost multiplies; ``complement``: the id of the cost declared for it."""

    price: Decimal | None
    complement: str | None
    quantity: int | Decimal
    cells: Sequence[str]
    what: str


class CostDiffersFromScale(RetourCheck):
    """Cost of the sessions against cost × participants; cost of the trainers against cost × trainers."""

    code, gravity = "COUT_DIFFERENT_DU_BAREME", A_CONFIRMER
    sought = "Le coût déclaré n’est pas le coût unitaire multiplié par le nombre de participants (ou de formateurs)."
    remedy = CONFIRM

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        for rule in rules(given, "cout_unitaire"):
            figures = counts(
                given, {m for m in (rule.sessions.mesure_participants, rule.sessions.mesure_sessions) if m}
            )
            for where, complements in _complements(given, rule).items():
                for priced in _priced(rule, figures.get(where, {}), complements):
                    declared = complements.get(priced.complement or "")
                    if priced.price is None or declared is None:
                        continue
                    cost = scale_cost(priced.price, priced.quantity)
                    if declared["valeur"] != cost:
                        yield self._differs(given, declared, priced, cost)

    def _differs(self, given: CheckInput, declared: Row, priced: _Priced, cost: Decimal) -> Anomalie:
        quantity = f"{number_fr(priced.quantity)} {priced.what}"
        return self.anomalie(
            place_of(declared),
            (declared["cellule"], *priced.cells),
            champ=given.words.libelle("complements", declared["champ"], fiche=declared["fiche"]),
            found=f"{amount_fr(declared['valeur'])} pour {quantity}",
            expected=f"{amount_fr(cost)} : {amount_fr(priced.price)} × {quantity}, tout compris",
        )


def _priced(rule: Rule, figures: dict[str, MesureCount], complements: dict[str, Row]) -> Iterator[_Priced]:
    participants, sessions = (
        figures.get(rule.sessions.mesure_participants or ""),
        figures.get(rule.sessions.mesure_sessions or ""),
    )
    crowded = (
        participants is not None
        and sessions is not None
        and rule.sessions.participants_max is not None
        and sessions.valeur > 0
        and participants.valeur > rule.sessions.participants_max * sessions.valeur
    )
    if participants and not crowded:  # crowded: refused already
        yield _Priced(
            rule.sessions.cout_unitaire,
            rule.sessions.complement_cout,
            participants.valeur,
            participants.cells,
            "participants",
        )
    if formateurs := complements.get(rule.sessions.complement_formateurs or ""):
        yield _Priced(
            rule.sessions.cout_formateur,
            rule.sessions.complement_cout_formateurs,
            formateurs["valeur"],
            (formateurs["cellule"],),
            "formateurs",
        )


def _complements(given: CheckInput, rule: Rule) -> dict[Here, dict[str, Row]]:
    """(fichier, fiche) → complement id → its input."""
    v = given.answers.values
    groups: dict[Here, dict[str, Row]] = {}
    for x in as_dicts(v, (v["bloc"] == "complements") & (v["fiche"] == (rule.fiche or ""))):
        groups.setdefault(here(x), {})[x["champ"]] = x
    return groups


# --- places ---------------------------------------------------------------------------------------------------------


class OverCapacity(RetourCheck):
    code, gravity = "OCCUPATION_SUPERIEURE_A_LA_CAPACITE", A_CONFIRMER
    sought = "Le taux d’occupation dépasse 100 %."
    remedy = "saisissez le nombre moyen de mesures occupées (et non la file active), ou confirmez à la coordination."

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        view = given.answers.view("taux")
        for rule in rules(given, "capacite"):
            for r in as_dicts(view, view["mesure"] == (rule.capacity.mesure or "")):
                capacite = rule.capacity.capacite if rule.capacity.capacite is not None else r["denominateur"]
                if None not in (r["numerateur"], capacite) and r["numerateur"] > capacite:
                    yield self.anomalie(
                        place_of(r),
                        typed_cells(r, "numerateur"),
                        champ=given.words.libelle("taux", "numerateur", r["mesure"]),
                        found=number_fr(r["numerateur"]),
                        expected=f"{number_fr(capacite)} au plus : la capacité",
                    )


def _more_than(check: Check, given: CheckInput, pairs: Iterable[tuple[str | None, str | None]]) -> Iterator[Anomalie]:
    """Where the first measure of a pair, a part of the second, is more than it."""
    for part, whole, a, b in pairs_of_counts(given, pairs):
        if a.valeur > b.valeur:
            nom, whole_name = given.words.mesure(part).libelle, given.words.mesure(whole).libelle
            yield check.anomalie(
                place_of(a.row),
                (*a.cells, *b.cells),
                champ=nom,
                found=f"{nom} : {number_fr(a.valeur)} ; {whole_name} : {number_fr(b.valeur)}",
                expected=f"{nom} : {number_fr(b.valeur)} au plus",
            )


class MoreExitsThanFollowed(RetourCheck):
    code, gravity = "SORTIES_SUPERIEURES_A_LA_FILE_ACTIVE", A_CONFIRMER
    sought = "Il y a plus de sorties que de personnes suivies."
    remedy = CONFIRM

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        pairs = [(rule.capacity.mesure_sorties, rule.capacity.mesure_file_active) for rule in rules(given, "capacite")]
        return _more_than(self, given, pairs)


class MoreHandoversThanExits(RetourCheck):
    code, gravity = "RELAIS_SUPERIEURS_AUX_SORTIES", A_CONFIRMER
    sought = "Il y a plus de relais que de sorties."
    remedy = CONFIRM

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        pairs = [(rule.capacity.mesure_relais, rule.capacity.mesure_sorties) for rule in rules(given, "capacite")]
        return _more_than(self, given, pairs)
