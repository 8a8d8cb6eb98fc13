"""Answers that are none: a total typed as one more line, a measure of a volet that is not the structure's."""

from __future__ import annotations

from collections.abc import Iterator

from cls_workbook.anomalies import BLOCKING, Anomalie
from cls_workbook.checks.check_kinds import RetourCheck, RowCheck
from cls_workbook.checks.families.money_checks import is_total
from cls_workbook.checks.given.typed_answers import Row, place_of
from cls_workbook.french import fold

TABLES = {  # block → what names a line, then what it holds
    "financement": (("financeur",), ("nature", "prevu", "engage", "verse", "reference", "date")),
    "ventilations": (("nom", "modalite"), ("effectif", "numerateur", "denominateur")),
}


class TotalTypedAsALine(RowCheck):
    """The category or the funder that the contract names is none, whatever it is called."""

    code, gravity = "TOTAL_SAISI_EN_LIGNE", BLOCKING
    sought = "Une ligne d’un tableau est un total des autres (« Total », « Sous-total ») : elle compterait deux fois."
    expected = "une ligne par financeur ou par catégorie : les totaux se calculent seuls"
    remedy = "effacez cette ligne, puis renvoyez le classeur ; elle n’entre dans aucun total."
    blocks = tuple(TABLES)

    def broken(self, r: Row) -> bool:
        names, _ = TABLES[r["bloc"]]
        if not any(is_total(r[champ]) for champ in names):
            return False
        known = {fold(f.nom) for f in self.contrat.money.financeurs} if r["bloc"] == "financement" else set()
        if r["mesure"] in self.contrat.by_mesure:
            known |= {fold(modalite) for modalite in self.words.mesure(r["mesure"]).modalites}
        return not any(r[champ] is not None and fold(r[champ]) in known for champ in names)

    def say(self, r: Row) -> Anomalie:
        names, others = TABLES[r["bloc"]]
        named = sorted((champ for champ in names if r[champ] is not None), key=lambda c: not is_total(r[c]))
        return self.at(r, f"« {r[named[0]]} »", *named, *(c for c in others if r[c] is not None))


class AnotherVolet(RetourCheck):
    """Refused: the porteurs of that volet say it too, and it would count twice."""

    code, gravity = "VALEUR_D_UN_AUTRE_VOLET", BLOCKING
    sought = "Une valeur est saisie pour un indicateur d’un autre volet que celui dont la structure rend compte."

    def in_retours(self) -> Iterator[Anomalie]:
        for (file, numero, mesure), fills in self.answers.fills.items():
            fiche, r = self.contrat.par_fiche.get(numero), self.answers.progress_of.get((file, numero))
            if fiche is None or r is None or mesure not in self.contrat.by_mesure:
                continue
            indicateur = self.contrat.by_mesure[mesure][1]
            if fiche.concerns(indicateur, r["volet"] or ""):
                continue
            volet = next(v for v in fiche.volets if v.id == indicateur.volet)
            theirs = [
                nom for who, nom in fiche.repondants() if who == r["structure"] and nom in fiche.names_over(volet.id)
            ]
            choose = f"choisissez le volet « {theirs[0]} »" if theirs else "effacez-la"
            yield self.anomalie(
                place_of(r),
                [f.cell for f in fills],
                self.words.libelle(fills[0].bloc, fills[0].champ, mesure, numero),
                f"une valeur du volet « {volet.nom} », dans un retour du volet « {r['volet']} »",
                f"les seules valeurs du volet « {r['volet']} »",
                f"{choose}, puis renvoyez le classeur : elle n’est pas comptée.",
            )
