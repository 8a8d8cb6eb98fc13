"""Plausible, coherent answers to a workbook: for the demo, the benchmark and the tests.

``repondre`` invents nothing at random: the same plan and the same ``graine`` give the same answers, and the
answers hold together (breakdowns make their totals, funders make the cost, rules of the contract are met).
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from cls_workbook.contract.model import Fiche, Regle
from cls_workbook.entry.layout import Emplacement
from cls_workbook.entry.workbook import Plan
from cls_workbook.xlsx.sheets import Formule

CATEGORIES = ("Grand public", "Jeunes de 16 à 25 ans", "Professionnels", "Parents", "Bénévoles", "Autres publics")
NOMS = ("Centre social du quartier", "Maison des associations", "Mission locale", "Établissement scolaire", "Centre hospitalier", "Bailleur social")
PHRASES = {
    "realisations": "Les actions prévues ont eu lieu ; les partenaires se sont réunis chaque trimestre.",
    "ecarts": "Une séance a été décalée faute de salle disponible.",
    "freins": "La mobilisation du public reste inégale selon les quartiers.",
    "leviers": "Le relais des communes et des associations a facilité la venue du public.",
    "perspectives": "Poursuivre au même rythme et ouvrir l’action à un nouveau quartier.",
}


def repondre(plan: Plan, graine: str = "exemple") -> dict[str, object]:
    """Key of an input → answer (int, Decimal, date or text), for every fiche of ``plan``; blank inputs are absent."""
    par_fiche: dict[str, list[Emplacement]] = defaultdict(list)
    for place in plan.emplacements():
        par_fiche[place.fiche].append(place)
    reponses = {p.cle: v for p in par_fiche.pop("", []) if (v := _identite(p, plan)) is not None}
    for numero, places in par_fiche.items():
        reponses |= _Fiche(plan, plan.contrat.par_fiche[numero], places, graine).reponses()
    return reponses


def _identite(place: Emplacement, plan: Plan) -> object:
    structure = plan.repondant.nom if plan.repondant else place.choix[0] if place.choix else None
    return {"structure": structure, "contact_fonction": "Chargée de projet", "date_reponse": date(plan.annee + 1, 1, 15)}.get(place.champ)


class _Fiche:
    """The answers of one fiche; figures derive from a fingerprint of the key, so that they never move."""

    def __init__(self, plan: Plan, fiche: Fiche, places: list[Emplacement], graine: str):
        self.plan, self.contrat, self.fiche, self.graine = plan, plan.contrat, fiche, graine
        self.places = {p.cle: p for p in places}
        self.valeurs: dict[str, object] = {}
        self.comptes = self._comptes()

    def reponses(self) -> dict[str, object]:
        for place in self.places.values():
            if place.mesure and not self.fiche.concerne(self.contrat.par_mesure[place.mesure][1], self._volet() or ""):
                continue
            if (valeur := getattr(self, f"_{place.bloc}")(place)) is not None:
                self.valeurs[place.cle] = valeur
        return self.valeurs

    def _tirage(self, cle: str, bas: int, haut: int) -> int:
        """A number from bas to haut, always the same for this key and this ``graine``."""
        empreinte = hashlib.sha256(f"{self.graine}|{cle}".encode()).digest()
        return bas + int.from_bytes(empreinte[:4], "big") % (haut - bas + 1)

    def _comptes(self) -> dict[str, int]:
        """Measure → count, rules first so that linked counts agree."""
        comptes = {}
        for mesure in self.fiche.mesures:
            haut = min(120 if mesure.agregation == "PERSONNES" else 5 if mesure.nominative else 24, int(mesure.maximum or 10**6))
            comptes[mesure.id] = self._tirage(mesure.id, min(11 if mesure.agregation == "PERSONNES" else 2, haut), haut)
        for regle in self.contrat.regles_de(self.fiche.numero):
            if regle.type == "cout_unitaire" and regle.mesure_sessions in comptes:
                comptes[regle.mesure_sessions] = 2
                comptes[regle.mesure_participants] = 2 * ((regle.participants_min or 1) + (regle.participants_max or 1)) // 2
            if regle.type == "capacite" and regle.mesure_file_active in comptes:
                comptes[regle.mesure_file_active] = 3 * int(regle.capacite or 10)
                comptes[regle.mesure_sorties] = comptes[regle.mesure_relais] = int(regle.capacite or 10) // 2
        return comptes

    # --- one method a block ---

    def _reponse(self, place: Emplacement) -> object:
        return self._volet()

    def _volet(self) -> str | None:
        siens = [v for n, v in self.plan.repondant.fiches if n == self.fiche.numero and v] if self.plan.repondant else []
        return siens[0] if siens else next((v.nom for v in self.fiche.volets if v.porteurs), None)

    def _avancement(self, place: Emplacement) -> object:
        annee = self.plan.annee
        etats, realisations = self.contrat.listes.etats, self.contrat.listes.realisations
        return {
            "etat": etats[min(2, len(etats) - 1)],
            "realisation": realisations[self._tirage("realisation", 0, min(1, len(realisations) - 1))],
            "date_debut": date(annee, 2, 1 + self._tirage("debut", 0, 27)) if annee == self.contrat.annees[0] else date(self.contrat.annees[0], 3, 1),
            "date_fin_prevue": date(self.contrat.annees[-1], 12, 31),
        }.get(place.champ)

    def _mesures(self, place: Emplacement) -> object:
        compte = self.comptes[place.mesure]
        estime = self._tirage(place.mesure + "statut", 0, 9) == 0
        return {
            "valeur": compte,
            "statut": self.contrat.listes.statuts[1 if estime else 0],
            "double_compte": self.contrat.listes.double_compte[self._tirage(place.mesure + "double", 0, 1)],
            "dont_qpv": compte // 3,
        }.get(place.champ)

    def _taux(self, place: Emplacement) -> object:
        mesure = self.contrat.par_mesure[place.mesure][2]
        bas = int(mesure.denominateur or self._tirage(place.mesure, 20, 60))
        haut = bas * 3 // 4
        if self._ventilee(place.mesure):
            haut, bas = 30, 40  # two rows of the breakdown: 15 of 20 each
        return {"definition": "Voir le tableau de bord de l’action", "numerateur": haut, "denominateur": bas, "statut": self.contrat.listes.statuts[0]}.get(place.champ)

    def _ventilee(self, mesure: str) -> bool:
        return f"{self.fiche.numero}/ventilations/{mesure}/01/numerateur" in self.places

    def _satisfaction(self, place: Emplacement) -> object:
        remis = self._tirage(place.mesure, 30, 60)
        return {
            "echelle": self.contrat.listes.echelles[0], "questionnaires": remis, "repondants": remis - 8,
            "satisfaits": remis - 12, "statut": self.contrat.listes.statuts[0],
        }.get(place.champ)  # fmt: skip

    def _durees(self, place: Emplacement) -> object:
        unites = self.contrat.listes.unites_duree
        return {"unite": unites[min(2, len(unites) - 1)], "effectif": 18, "moyenne": Decimal("7.5"), "statut": self.contrat.listes.statuts[0]}.get(place.champ)

    def _jalons(self, place: Emplacement) -> object:
        return self.contrat.listes.jalons[1] if place.champ == "jalon" else None

    def _textes(self, place: Emplacement) -> object:
        return {"texte": "Les familles rencontrées décrivent des repas plus réguliers.", "statut": self.contrat.listes.statuts[0]}.get(place.champ)

    def _ventilations(self, place: Emplacement) -> object:
        rang = int(place.ligne) - 1
        mesure = self.contrat.par_mesure[place.mesure][2]
        compte = self.comptes[place.mesure]
        if place.champ == "nom":
            choix = place.choix or NOMS
            return choix[(self._tirage(place.mesure + "nom", 0, 5) + rang) % len(choix)] if compte <= 5 and rang < compte else None
        if mesure.nominative:
            return CATEGORIES[rang] if compte <= 5 and rang < compte else None
        if place.champ == "modalite":
            return CATEGORIES[rang] if rang < 2 else None
        if rang > 1:
            return None
        if place.champ == "effectif":
            return compte // 2 if rang == 0 else compte - compte // 2
        return {"numerateur": 15, "denominateur": 20}[place.champ]

    def _complements(self, place: Emplacement) -> object:
        for regle in self.contrat.regles_de(self.fiche.numero, "cout_unitaire"):
            if place.champ == regle.complement_cout:
                return self.comptes[regle.mesure_participants] * regle.cout_unitaire
            if place.champ in (regle.complement_formateurs, regle.complement_cout_formateurs):
                return 0
        return None

    def _territoire(self, place: Emplacement) -> object:
        return "x" if self._tirage(place.ligne, 0, 3) == 0 or (place.champ == "qpv" and self.fiche.qpv_attendu) else None

    def _partenaires(self, place: Emplacement) -> object:
        rang = int(place.ligne) - 1
        if rang > 1:
            return None
        return NOMS[rang + 1] if place.champ == "nom" else place.choix[rang % len(place.choix)] if place.choix else None

    # --- money ---

    def _cout(self) -> Decimal:
        for regle in self.contrat.regles_de(self.fiche.numero):
            if regle.type == "cout_unitaire" and regle.mesure_participants in self.comptes:
                return Decimal(self.comptes[regle.mesure_participants]) * (regle.cout_unitaire or 0)
            if regle.type == "poste":
                return Decimal(52000)
        montant = self.fiche.financement.montant
        if montant is None:
            return Decimal(1000 * self._tirage("cout", 2, 9))
        part = montant / (self.fiche.financement.duree_ans or len(self.contrat.annees)) / max(1, len(self.fiche.repondants()))
        return _centimes(part / (self.fiche.financement.taux or 1))

    def _lignes_de_financement(self) -> list[dict[str, object]]:
        """The agency's line, then the first co-funder's, which together make the cost."""
        cout, argent = self._cout(), self.fiche.financement
        poste = self.contrat.regles_de(self.fiche.numero, "poste")
        part = _part_de_l_agence(poste[0] if poste else None, argent.taux, cout)
        niveau = "maquette" if argent.montant is not None and not poste else "hors_maquette"
        parts = [(self._financeur(self.contrat.agence), niveau, part), (self._cofinanceur(), "cofinancement", cout - part)]
        reference, jour = f"CONV-{self.plan.annee}-{self.fiche.numero}", date(self.plan.annee, 4, 15)
        return [
            {"financeur": nom, "nature": self._nature(niveau), "prevu": m, "engage": m, "verse": m, "reference": reference, "date": jour}
            for nom, niveau, m in parts if m > 0
        ]  # fmt: skip

    def _financeur(self, structure: str | None) -> str:
        return next((f.nom for f in self.contrat.financeurs if structure in (f.structure, f.id)), "Financeur principal")

    def _cofinanceur(self) -> str:
        noms = {f.id: f.nom for f in self.contrat.financeurs}
        propres = [noms[c] for c in self.fiche.financement.cofinanceurs if c in noms and noms[c] != self._financeur(self.contrat.agence)]
        return (propres or [self._financeur(self.contrat.coordination)])[0]

    def _nature(self, niveau: str) -> str | None:
        libelles = [n.libelle for n in sorted(self.contrat.natures, key=lambda n: n.niveau != niveau)]
        return libelles[0] if libelles else None

    def _financement(self, place: Emplacement) -> object:
        lignes, rang = self._lignes_de_financement(), int(place.ligne) - 1
        return lignes[rang].get(place.champ) if rang < len(lignes) else None

    def _depenses(self, place: Emplacement) -> object:
        cout = self._cout()
        personnel = _centimes(cout * Decimal("0.6"))
        return {
            "personnel": personnel, "achats": cout - personnel, "autres": Decimal(0), "total": cout,
            "etp": Decimal(1) if self.contrat.regles_de(self.fiche.numero, "poste") else Decimal("0.3"),
        }.get(place.champ)  # fmt: skip

    def _qualitatif(self, place: Emplacement) -> object:
        return PHRASES.get(place.champ) or ("non" if place.champ == "avenant" else None)


def _part_de_l_agence(poste: Regle | None, taux: Decimal | None, cout: Decimal) -> Decimal:
    if poste:
        return min(_centimes(cout * (poste.taux or 1)), poste.plafond_annuel or cout)
    return _centimes(cout * (taux if taux is not None else Decimal("0.5")))


def _centimes(montant: Decimal) -> Decimal:
    return montant.quantize(Decimal("0.01"), ROUND_HALF_UP)


def remplir(plan: Plan, reponses: Mapping[str, object]) -> None:
    """Writes the answers into the drawn workbook itself (``plan.classeur``), before it is written to a file.

    Formulas lose the value that they showed when blank: whoever opens the file computes them.
    """
    places = {(p.feuille, p.rangee, p.colonne): p.cle for p in plan.emplacements()}
    for feuille in plan.classeur.feuilles:
        for rang, cellule in enumerate(feuille.cellules):
            cle = places.get((feuille.nom, cellule.ligne, cellule.colonne))
            if cle in reponses:
                feuille.cellules[rang] = cellule._replace(valeur=reponses[cle])
            elif isinstance(cellule.valeur, Formule):
                feuille.cellules[rang] = cellule._replace(valeur=cellule.valeur._replace(valeur=""))


