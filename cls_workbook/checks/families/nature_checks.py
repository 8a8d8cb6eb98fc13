"""What a funding line is money of: a payer of the maquette typed as a co-funder, what is valued typed as paid."""

from __future__ import annotations

from cls_workbook.anomalies import A_CONFIRMER, Anomalie
from cls_workbook.checks.check_kinds import CONFIRM, RowCheck
from cls_workbook.checks.families.money_checks import VALORISATION, is_total
from cls_workbook.checks.given.typed_answers import Row
from cls_workbook.domain.wording import agency_name, is_agency
from cls_workbook.french import amount_fr

COFINANCEMENT = "cofinancement"


class AgencyAsCofunder(RowCheck):
    """Only the agency's own name: who pays equal shares may also bring more."""

    code, gravity = "AGENCE_EN_COFINANCEMENT", A_CONFIRMER
    sought = "L’agence qui finance la maquette est saisie comme cofinanceur."
    expected = "un cofinancement d’un autre financeur ; l’argent de l’agence a ses propres natures"
    remedy = f"vérifiez le financeur et la nature : {CONFIRM}"
    blocks = ("financement",)

    def broken(self, r: Row) -> bool:
        return r["niveau"] == COFINANCEMENT and is_agency(self.contrat, r["financeur"])

    def say(self, r: Row) -> Anomalie:
        found = f"« {r['nature']} », avec « {r['financeur']} » ({agency_name(self.contrat)})"
        return self.at(r, found, "nature", "financeur")


class ValuedAndPaid(RowCheck):
    """What is only valued is never paid: the amount is kept with its line, and is in no sum of what was paid."""

    code, gravity = "VALORISATION_VERSEE", A_CONFIRMER
    sought = "Un montant est saisi comme versé sur une ligne de valorisation."
    expected = "aucun versement : une valorisation chiffre du temps ou des moyens mis à disposition"
    remedy = "videz « Versé », ou choisissez la nature de l’argent reçu ; ce montant n’est dans aucune somme."
    blocks = ("financement",)

    def broken(self, r: Row) -> bool:
        return r["niveau"] == VALORISATION and bool(r["verse"]) and not is_total(r["financeur"])

    def say(self, r: Row) -> Anomalie:
        return self.at(r, f"versé : {amount_fr(r['verse'])} ; nature : « {r['nature']} »", "verse", "nature")
