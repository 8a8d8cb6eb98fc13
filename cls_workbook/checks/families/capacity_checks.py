"""Sessions and participants, what they cost, places: the rules of capacity and unit cost that the contract states."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import ClassVar, NamedTuple

from cls_workbook.anomalies import A_CONFIRMER, Anomalie
from cls_workbook.checks.check_kinds import CONFIRM, RetourCheck
from cls_workbook.checks.given.measure_counts import MesureCount, counts, pairs_of_counts
from cls_workbook.checks.given.typed_answers import Here, Row, above, here, place_of
from cls_workbook.domain.rules import Rule, SessionTerms
from cls_workbook.domain.subsidies import scale_cost
from cls_workbook.french import amount_fr, fold, how_many, number_fr
from cls_workbook.reading.storing.wide_views import as_dicts

SESSION, PERSON = "session", "personne"  # units that make two measures of an indicator a pair


# --- sessions and participants --------------------------------------------------------------------------------------


class _OneWithoutTheOther(RetourCheck, abstract=True):
    """Of the sessions and participants of a rule, or of the two counts of one indicator. ``missing``: which is 0."""

    remedy = CONFIRM
    missing: ClassVar[str]

    def in_retours(self) -> Iterator[Anomalie]:
        for *ids, sessions, participants in pairs_of_counts(self.given, dict.fromkeys(self._pairs())):
            zero, other = (sessions, participants) if self.missing == SESSION else (participants, sessions)
            if zero.valeur == 0 and other.valeur != 0:
                found = f"{how_many(sessions.valeur, 'session')}, {how_many(participants.valeur, 'participant')}"
                label = self.words.mesure(ids[self.missing == SESSION]).libelle
                yield self.anomalie(place_of(sessions.row), (*sessions.cells, *participants.cells), label, found)

    def _pairs(self) -> Iterator[tuple[str | None, str | None]]:
        for rule in self.rules("cout_unitaire"):
            yield rule.sessions.mesure_sessions, rule.sessions.mesure_participants
        for indicateur in (i for fiche in self.contrat.fiches for i in fiche.indicateurs):
            by_unit = {u: [m.id for m in indicateur.mesures if fold(m.unite or "") == u] for u in (SESSION, PERSON)}
            if all(len(ids) == 1 for ids in by_unit.values()):
                yield by_unit[SESSION][0], by_unit[PERSON][0]


class ParticipantsWithoutSession(_OneWithoutTheOther):
    code, gravity = "PARTICIPANTS_SANS_SESSION", A_CONFIRMER
    sought = "Des participants sont déclarés, mais aucune session."
    expected = "au moins une session"
    missing = SESSION


class SessionWithoutParticipant(_OneWithoutTheOther):
    code, gravity = "SESSION_SANS_PARTICIPANT", A_CONFIRMER
    sought = "Des sessions sont déclarées, mais aucun participant."
    expected = "au moins un participant"
    missing = PERSON


class _SessionSize(RetourCheck, abstract=True):
    """The mean of the sessions: a return does not say how many came to each."""

    words_of_bound: ClassVar[str]

    def bound(self, sessions: SessionTerms) -> int | None:
        raise NotImplementedError

    def crossed(self, participants: int | Decimal, bound: int | Decimal) -> bool:
        """``bound``: of all the sessions together."""
        raise NotImplementedError

    def in_retours(self) -> Iterator[Anomalie]:
        for rule in self.rules("cout_unitaire"):
            bound, pair = self.bound(rule.sessions), (rule.sessions.mesure_sessions, rule.sessions.mesure_participants)
            for _, id_, sessions, participants in pairs_of_counts(self.given, [pair] if bound is not None else []):
                limit = (bound or 0) * sessions.valeur
                if sessions.valeur > 0 and self.crossed(participants.valeur, limit):
                    cells, label = (*participants.cells, *sessions.cells), self.words.mesure(id_).libelle
                    found = (
                        f"{how_many(participants.valeur, 'participant')} pour {how_many(sessions.valeur, 'session')}"
                    )
                    expected = f"{bound} participants {self.words_of_bound} par session, soit {number_fr(limit)}"
                    yield self.anomalie(place_of(participants.row), cells, label, found, expected)


class CrowdedSessions(_SessionSize):
    code, gravity = "SESSION_TROP_NOMBREUSE", A_CONFIRMER
    sought = "Il y a plus de participants que les sessions ne doivent en accueillir."
    remedy = CONFIRM
    words_of_bound = "au plus"

    def bound(self, sessions: SessionTerms) -> int | None:
        return sessions.participants_max

    def crossed(self, participants: int | Decimal, bound: int | Decimal) -> bool:
        return participants > bound


class SmallSessions(_SessionSize):
    code, gravity = "SESSION_PEU_NOMBREUSE", A_CONFIRMER
    sought = "Les sessions comptent en moyenne moins de participants que le minimum."
    remedy = CONFIRM
    words_of_bound = "au moins"

    def bound(self, sessions: SessionTerms) -> int | None:
        return sessions.participants_min

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

    def in_retours(self) -> Iterator[Anomalie]:
        for rule in self.rules("cout_unitaire"):
            figures = counts(self.given, {rule.sessions.mesure_participants, rule.sessions.mesure_sessions})
            for where, complements in self._complements(rule).items():
                for priced in _priced(rule.sessions, figures.get(where, {}), complements):
                    declared = complements.get(priced.complement or "")
                    if priced.price is None or declared is None:
                        continue
                    cost, quantity = scale_cost(priced.price, priced.quantity), number_fr(priced.quantity)
                    if declared["valeur"] != cost:
                        found = f"{amount_fr(declared['valeur'])} pour {quantity} {priced.what}"
                        times = f"{amount_fr(priced.price)} × {quantity} {priced.what}, tout compris"
                        cells = declared["cellule"], *priced.cells
                        expected = f"{amount_fr(cost)} : {times}"
                        yield self.at(declared, found, declared["champ"], cells=cells, expected=expected)

    def _complements(self, rule: Rule) -> dict[Here, dict[str, Row]]:
        """(fichier, fiche) → complement id → its input."""
        v, groups = self.answers.values, dict[Here, dict[str, Row]]()
        for x in as_dicts(v, (v["bloc"] == "complements") & (v["fiche"] == (rule.fiche or ""))):
            groups.setdefault(here(x), {})[x["champ"]] = x
        return groups


def _priced(sessions: SessionTerms, figures: dict[str, MesureCount], complements: dict[str, Row]) -> Iterator[_Priced]:
    people, held = (figures.get(id_ or "") for id_ in (sessions.mesure_participants, sessions.mesure_sessions))
    most = sessions.participants_max
    crowded = people and held and most is not None and held.valeur > 0 and people.valeur > most * held.valeur
    if people and not crowded:  # crowded: refused already
        price, complement = sessions.cout_unitaire, sessions.complement_cout
        yield _Priced(price, complement, people.valeur, people.cells, "participants")
    if trainers := complements.get(sessions.complement_formateurs or ""):
        price, complement = sessions.cout_formateur, sessions.complement_cout_formateurs
        yield _Priced(price, complement, trainers["valeur"], (trainers["cellule"],), "formateurs")


# --- places ---------------------------------------------------------------------------------------------------------


class OverCapacity(RetourCheck):
    code, gravity = "OCCUPATION_SUPERIEURE_A_LA_CAPACITE", A_CONFIRMER
    sought = "Le taux d’occupation dépasse 100 %."
    remedy = "saisissez le nombre moyen de mesures occupées (et non la file active), ou confirmez à la coordination."

    def in_retours(self) -> Iterator[Anomalie]:
        for capacity in (rule.capacity for rule in self.rules("capacite")):
            for r in (r for r in self.answers.rows("taux") if r["mesure"] == (capacity.mesure or "")):
                most = r["denominateur"] if capacity.capacite is None else capacity.capacite
                if above(r["numerateur"], most):
                    expected = f"{number_fr(most)} au plus : la capacité"
                    yield self.at(r, number_fr(r["numerateur"]), "numerateur", expected=expected)


class _PartAboveWhole(RetourCheck, abstract=True):
    """Where the first measure of a pair, a part of the second, is more than it."""

    remedy = CONFIRM

    def pairs(self) -> Iterable[tuple[str | None, str | None]]:
        raise NotImplementedError

    def in_retours(self) -> Iterator[Anomalie]:
        for part, whole, a, b in pairs_of_counts(self.given, self.pairs()):
            if a.valeur > b.valeur:
                nom, most = self.words.mesure(part).libelle, number_fr(b.valeur)
                found = f"{nom} : {number_fr(a.valeur)} ; {self.words.mesure(whole).libelle} : {most}"
                yield self.anomalie(place_of(a.row), (*a.cells, *b.cells), nom, found, f"{nom} : {most} au plus")


class MoreExitsThanFollowed(_PartAboveWhole):
    code, gravity = "SORTIES_SUPERIEURES_A_LA_FILE_ACTIVE", A_CONFIRMER
    sought = "Il y a plus de sorties que de personnes suivies."

    def pairs(self) -> Iterable[tuple[str | None, str | None]]:
        return [(rule.capacity.mesure_sorties, rule.capacity.mesure_file_active) for rule in self.rules("capacite")]


class MoreHandoversThanExits(_PartAboveWhole):
    code, gravity = "RELAIS_SUPERIEURS_AUX_SORTIES", A_CONFIRMER
    sought = "Il y a plus de relais que de sorties."

    def pairs(self) -> Iterable[tuple[str | None, str | None]]:
        return [(rule.capacity.mesure_relais, rule.capacity.mesure_sorties) for rule in self.rules("capacite")]
