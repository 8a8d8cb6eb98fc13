"""Plausible, coherent answers to a workbook: for the demo, the benchmark and the tests.

``make_answers`` invents nothing at random: the same plan and the same ``seed`` give the same answers, and the
answers hold together (breakdowns make their totals, funders make the cost, rules of the contract are met).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from cls_workbook.domain.model import Fiche
from cls_workbook.domain.rules import Rule
from cls_workbook.forms.layout import InputPlace, drawn_cells, show_whole
from cls_workbook.forms.year_workbook import WorkbookPlan
from cls_workbook.workbook.description import Formula

CATEGORIES = ("Grand public", "Jeunes de 16 à 25 ans", "Professionnels", "Parents", "Bénévoles", "Autres publics")
NAMES = (
    "Centre social du quartier",
    "Maison des associations",
    "Mission locale",
    "Établissement scolaire",
    "Centre hospitalier",
    "Bailleur social",
)
SENTENCES = {
    "realisations": "Les actions prévues ont eu lieu ; les partenaires se sont réunis chaque trimestre.",
    "ecarts": "Une séance a été décalée faute de salle disponible.",
    "freins": "La mobilisation du public reste inégale selon les quartiers.",
    "leviers": "Le relais des communes et des associations a facilité la venue du public.",
    "perspectives": "Poursuivre au même rythme et ouvrir l’action à un nouveau quartier.",
}


def make_answers(plan: WorkbookPlan, seed: str = "exemple") -> dict[str, object]:
    """Key of an input → answer (int, Decimal, date or text), for every fiche of ``plan``; blank inputs are absent."""
    par_fiche: dict[str, list[InputPlace]] = defaultdict(list)
    for place in plan.input_places():
        par_fiche[place.fiche].append(place)
    reponses = {p.cle: v for p in par_fiche.pop("", []) if (v := _identity(p, plan)) is not None}
    for numero, places in par_fiche.items():
        reponses |= _FicheAnswers(plan, plan.contrat.par_fiche[numero], places, seed).reponses()
    return reponses


def _identity(place: InputPlace, plan: WorkbookPlan) -> object:
    structure = plan.respondent.nom if plan.respondent else place.choix[0] if place.choix else None
    day = date(plan.annee + 1, 1, 15)
    facts = {"structure": structure, "contact_fonction": "Chargée de projet", "date_reponse": day}
    return facts.get(place.champ)


class _FicheAnswers:
    """The answers of one fiche; figures derive from a fingerprint of the key, so that they never move."""

    def __init__(self, plan: WorkbookPlan, fiche: Fiche, places: list[InputPlace], seed: str):
        self.plan, self.contrat, self.fiche, self.seed = plan, plan.contrat, fiche, seed
        self.places = {p.cle: p for p in places}
        self.values: dict[str, object] = {}
        self.counts = self._tallies()

    def reponses(self) -> dict[str, object]:
        for place in self.places.values():
            if place.mesure and not self.fiche.concerns(self.contrat.by_mesure[place.mesure][1], self._volet() or ""):
                continue
            if (valeur := self._answer(place)) is not None:
                self.values[place.cle] = valeur
        return self.values

    def _drawn_number(self, cle: str, bottom: int, top: int) -> int:
        """A number from bas to haut, always the same for this key and this ``seed``."""
        digest = hashlib.sha256(f"{self.seed}|{cle}".encode()).digest()
        return bottom + int.from_bytes(digest[:4], "big") % (top - bottom + 1)

    def _tallies(self) -> dict[str, int]:
        """Measure → count, rules first so that linked counts agree."""
        counts = {}
        for mesure in self.fiche.mesures:
            people = mesure.agregation == "PERSONNES"
            top = min(120 if people else 5 if mesure.nominative else 24, int(mesure.maximum or 10**6))
            counts[mesure.id] = self._drawn_number(mesure.id, min(11 if people else 2, top), top)
            if mesure.stock and mesure.valeur_initiale is not None:  # it grows from there
                start, most = int(mesure.valeur_initiale) + 1, int(mesure.maximum or 10**6)
                counts[mesure.id] = self._drawn_number(mesure.id, min(start, most), min(2 * start, most))
        for rule in self.contrat.rules_of(self.fiche.numero):
            sessions, capacity = rule.sessions, rule.capacity
            if rule.type == "cout_unitaire" and sessions.mesure_sessions in counts:
                participants = 2 * ((sessions.participants_min or 1) + (sessions.participants_max or 1)) // 2
                counts |= {sessions.mesure_sessions: 2, sessions.mesure_participants or "": participants}
            if rule.type == "capacite" and capacity.mesure_file_active in counts:
                places = int(capacity.capacite or 10)
                counts[capacity.mesure_file_active] = 3 * places
                counts |= {m or "": places // 2 for m in (capacity.mesure_sorties, capacity.mesure_relais)}
        return counts

    def _volet(self) -> str | None:
        its_own = self.plan.respondent.fiches if self.plan.respondent else ()
        theirs = [v for n, v in its_own if n == self.fiche.numero and v]
        return theirs[0] if theirs else next((volet for _, volet in self.fiche.repondants()), None)

    def _answer(self, place: InputPlace) -> object:
        """A block with a method of its own is answered by it, the others champ by champ."""
        method = getattr(self, f"_{place.bloc}", None)
        return method(place) if method else self._facts(place).get(place.champ)

    def _facts(self, place: InputPlace) -> Mapping[str, object]:
        """Champ → its answer, in the block of ``place``."""
        listes, mesure = self.contrat.follow_up.listes, place.mesure
        match place.bloc:
            case "reponse":
                return {"volet": self._volet()}
            case "avancement" | "volets":
                return self._progress()
            case "mesures":
                estimated = self._drawn_number(mesure + "statut", 0, 9) == 0
                return {
                    "valeur": self.counts[mesure],
                    "statut": listes.statuts[1 if estimated else 0],
                    "double_compte": listes.double_compte[self._drawn_number(mesure + "double", 0, 1)],
                    "dont_qpv": self.counts[mesure] // 3,
                }
            case "taux":
                top, bottom = self._rate(mesure)
                counts = {"numerateur": top, "denominateur": bottom}
                return counts | {"definition": "Voir le tableau de bord de l’action", "statut": listes.statuts[0]}
            case "satisfaction":
                given_out = self._drawn_number(mesure, 30, 60)
                counts = {"questionnaires": given_out, "repondants": given_out - 8, "satisfaits": given_out - 12}
                return counts | {"echelle": listes.echelles[0], "statut": listes.statuts[0]}
            case "durees":
                unite = listes.unites_duree[min(2, len(listes.unites_duree) - 1)]
                return {"unite": unite, "effectif": 18, "moyenne": Decimal("7.5"), "statut": listes.statuts[0]}
            case "jalons":
                return {"jalon": (self.contrat.by_mesure[mesure][2].modalites or listes.jalons)[1]}
            case "dates":
                return {"jour": date(self.plan.annee, 6, 1), "statut": listes.statuts[0]}
            case "textes":
                texte = "Les familles rencontrées décrivent des repas plus réguliers."
                return {"texte": texte, "statut": listes.statuts[0]}
            case "qualitatif":
                return SENTENCES | {"avenant": "non"}
        raise KeyError(place.bloc)

    def _progress(self) -> Mapping[str, object]:
        etats, realisations = self.contrat.follow_up.listes.etats, self.contrat.follow_up.listes.realisations
        first, last, annee = self.contrat.annees[0], self.contrat.annees[-1], self.plan.annee
        start = date(annee, 2, 1 + self._drawn_number("debut", 0, 27)) if annee == first else date(first, 3, 1)
        return {
            "etat": etats[min(2, len(etats) - 1)],
            "realisation": realisations[self._drawn_number("realisation", 0, min(1, len(realisations) - 1))],
            "date_debut": start,
            "date_fin_prevue": date(last, 12, 31),
        }

    def _rate(self, mesure: str) -> tuple[int, int]:
        if f"{self.fiche.numero}/ventilations/{mesure}/01/numerateur" in self.places:
            return 30, 40  # two rows of the breakdown: 15 of 20 each
        bottom = int(self.contrat.by_mesure[mesure][2].denominateur or self._drawn_number(mesure, 20, 60))
        return bottom * 3 // 4, bottom

    def _ventilations(self, place: InputPlace) -> object:
        rank = int(place.line) - 1
        tally, is_named = self.counts[place.mesure], self.contrat.by_mesure[place.mesure][2].nominative
        if place.champ == "nom" or is_named:
            if tally > 5 or rank >= tally:
                return None
            choix = place.choix or NAMES
            start = self._drawn_number(place.mesure + "nom", 0, 5)
            return choix[(start + rank) % len(choix)] if place.champ == "nom" else CATEGORIES[rank]
        if rank > 1:
            return None
        first = tally // 2
        headcount = first if rank == 0 else tally - first
        facts = {"modalite": CATEGORIES[rank], "effectif": headcount, "numerateur": 15, "denominateur": 20}
        return facts[place.champ]

    def _complements(self, place: InputPlace) -> object:
        for rule in self.contrat.rules_of(self.fiche.numero, "cout_unitaire"):
            if place.champ == rule.sessions.complement_cout:
                return self.counts[rule.sessions.mesure_participants or ""] * (rule.sessions.cout_unitaire or 0)
            if place.champ in (rule.sessions.complement_formateurs, rule.sessions.complement_cout_formateurs):
                return 0
        return None

    def _territoire(self, place: InputPlace) -> object:
        expected = place.champ == "qpv" and self.fiche.qpv_attendu
        return "x" if expected or self._drawn_number(place.line, 0, 3) == 0 else None

    def _partenaires(self, place: InputPlace) -> object:
        rank = int(place.line) - 1
        if rank > 1:
            return None
        if place.champ == "nom":
            return NAMES[rank + 1]
        return place.choix[rank % len(place.choix)] if place.choix else None

    # --- money ---

    def _cost(self) -> Decimal:
        for rule in self.contrat.rules_of(self.fiche.numero):
            if rule.type == "cout_unitaire" and rule.sessions.mesure_participants in self.counts:
                return Decimal(self.counts[rule.sessions.mesure_participants]) * (rule.sessions.cout_unitaire or 0)
            if rule.type == "poste":
                return Decimal(52000)
        montant = self.fiche.financement.montant
        if montant is None:
            return Decimal(1000 * self._drawn_number("cout", 2, 9))
        years = self.fiche.financement.duree_ans or len(self.contrat.annees)
        part = montant / years / max(1, len(self.fiche.repondants()))
        return _to_cents(part / (self.fiche.financement.taux or 1))

    def _financement_lines(self) -> list[dict[str, object]]:
        """The agency's line, then the first co-funder's, which together make the cost."""
        cost, money = self._cost(), self.fiche.financement
        poste = self.contrat.rules_of(self.fiche.numero, "poste")
        part = _agency_share(poste[0] if poste else None, money.taux, cost)
        niveau = "maquette" if money.montant is not None and not poste else "hors_maquette"
        agence = self._financeur(self.contrat.parties.agence)
        parts = [(agence, niveau, part), (self._cofinanceur(agence), "cofinancement", cost - part)]
        whose = f"-{_number_of(self.plan.respondent.id)}" if self.plan.respondent else ""
        reference, day = f"CONV-{self.plan.annee}-{self.fiche.numero}{whose}", date(self.plan.annee, 4, 15)
        return [
            {"financeur": nom, "nature": self._nature(niveau), "reference": reference, "date": day}
            | dict.fromkeys(("prevu", "engage", "verse"), m)
            for nom, niveau, m in parts
            if m > 0
        ]

    def _financeur(self, structure: str | None) -> str:
        return next(
            (f.nom for f in self.contrat.money.financeurs if structure in (f.structure, f.id)), "Financeur principal"
        )

    def _cofinanceur(self, agence: str) -> str:
        names = {f.id: f.nom for f in self.contrat.money.financeurs}
        own = (names[c] for c in self.fiche.financement.cofinanceurs if names.get(c, agence) != agence)
        return next(own, None) or self._financeur(self.contrat.parties.coordination)

    def _nature(self, niveau: str) -> str | None:
        labels = [n.libelle for n in sorted(self.contrat.money.natures, key=lambda n: n.niveau != niveau)]
        return labels[0] if labels else None

    def _financement(self, place: InputPlace) -> object:
        lines, rank = self._financement_lines(), int(place.line) - 1
        return lines[rank].get(place.champ) if rank < len(lines) else None

    def _depenses(self, place: InputPlace) -> object:
        cost = self._cost()
        personnel = _to_cents(cost * Decimal("0.6"))
        etp = Decimal(1) if self._has_post() else Decimal("0.3")
        amounts = {"personnel": personnel, "achats": cost - personnel, "autres": Decimal(0), "total": cost, "etp": etp}
        return amounts.get(place.champ)

    def _compte_rendu(self, place: InputPlace) -> object:
        """What was planned is what was done; what the fiche tells already is not typed."""
        cost = self._cost()
        personnel = _to_cents(cost * Decimal("0.6"))
        amounts = {"60": cost - personnel, "64": personnel, "74": cost}
        return amounts.get(place.line) if place.champ in ("prevision", "realisation") else None

    def _has_post(self) -> bool:
        return bool(self.contrat.rules_of(self.fiche.numero, "poste"))

    def _poste(self, place: InputPlace) -> object:
        return {"depense_eligible": self._cost(), "quotite": Decimal(1), "mois": Decimal(12)}[place.champ]


def _number_of(structure: str) -> int:
    """Four digits: two structures do not sign the same convention."""
    return 1000 + int(hashlib.sha256(structure.encode()).hexdigest(), 16) % 9000


def _agency_share(poste: Rule | None, taux: Decimal | None, cost: Decimal) -> Decimal:
    if poste:
        return min(_to_cents(cost * (poste.taux or 1)), poste.caps.plafond_annuel or cost)
    return _to_cents(cost * (taux if taux is not None else Decimal("0.5")))


def _to_cents(montant: Decimal) -> Decimal:
    return montant.quantize(Decimal("0.01"), ROUND_HALF_UP)


def fill_cell(plan: WorkbookPlan, reponses: Mapping[str, object]) -> None:
    """Writes the answers into the drawn workbook itself (``plan.workbook``), before it is written to a file. Formulas
    lose the value that they showed when blank: whoever opens the file computes them."""
    places = {(p.sheet, p.row, p.column): p for p in plan.input_places()}
    for sheet in plan.workbook.worksheets:
        cells = drawn_cells(sheet)
        for rank, cell in enumerate(cells):
            place = places.get((sheet.nom, cell.line, cell.column))
            if place and place.cle in reponses:
                cells[rank] = cell._replace(valeur=reponses[place.cle])
                show_whole(sheet, place, reponses[place.cle])
            elif isinstance(cell.valeur, Formula):
                cells[rank] = cell._replace(valeur=cell.valeur._replace(valeur=""))
