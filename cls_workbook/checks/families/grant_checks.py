"""What a grant calls for: a convention and an account of it, a decision of the COPIL. Nothing is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cls_workbook.anomalies import INFORMATION, Anomalie
from cls_workbook.checks.check_kinds import BetweenRetours, RetourCheck
from cls_workbook.checks.families.money_checks import AMOUNTS, MAQUETTE, is_cash
from cls_workbook.checks.given.typed_answers import Row, by_retour, typed_cells
from cls_workbook.domain.wording import fiches_named
from cls_workbook.french import amount_fr, fold
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, total_of

CONVENTION_THRESHOLD = Decimal(23_000)  # annual subsidy of one public funder to a private body


class GrantToJustify(BetweenRetours):
    """Per private structure and public funder, over all its fiches."""

    code, gravity = "SUBVENTION_A_JUSTIFIER", INFORMATION
    sought = (
        "Une structure de droit privé reçoit d’un même financeur public plus de 23 000 € dans l’année : convention et "
        "compte rendu financier."
    )
    expected = f"au-delà de {amount_fr(CONVENTION_THRESHOLD)}, une convention et un compte rendu financier"
    remedy = (
        "tenez la convention à disposition, et remettez le compte rendu financier dans les six mois qui suivent la fin "
        "de l’année."
    )

    def between(self) -> Iterator[Anomalie]:
        for financeur, lines in self._public_grants():
            total = total_of(x["verse"] for x in lines)
            if total <= CONVENTION_THRESHOLD:
                continue
            main = max(lines, key=lambda x: x["verse"])
            beside = [x for x in lines if (x["fichier"], x["feuille"]) == (main["fichier"], main["feuille"])]
            fiches, nom = list(dict.fromkeys(x["fiche"] for x in lines)), self.words.financeur_name(financeur)
            found = f"{nom} : {amount_fr(total)} versés dans l’année ({fiches_named(fiches)})"
            yield self.at(main, found, "verse", cells=[c for x in beside for c in typed_cells(x, "verse")])

    def _public_grants(self) -> Iterator[tuple[str, list[Row]]]:
        """The funder, and the lines paid by it to one private structure; its own money is no grant."""
        structures = {s.id for s in self.contrat.structures if fold(s.statut_juridique or "") == "prive"}
        private_funders = {f.id for f in self.contrat.money.financeurs if f.prive}
        own_funders = {(f.id, f.structure) for f in self.contrat.money.financeurs if f.structure}
        groups: dict[tuple[str, str], list[Row]] = {}
        for x in self.answers.each("financement") if structures else ():
            public = x["id"] and x["id"] not in private_funders and (x["id"], x["structure"]) not in own_funders
            if public and x["structure"] in structures and is_cash(x) and x["verse"]:
                groups.setdefault((x["structure"], x["id"]), []).append(x)
        return ((financeur, lines) for (_, financeur), lines in groups.items())


class AmountWithoutForecast(RetourCheck):
    """Silent for a contract that prints no amount at all, and for a fiche whose money follows a rule."""

    code, gravity = "MONTANT_SANS_PREVISION", INFORMATION
    sought = "Un montant de la maquette est saisi pour une fiche dont aucun montant n’est inscrit au contrat."
    expected = "aucun montant n’est inscrit au contrat pour cette fiche"
    remedy = "rien à corriger si ce montant a été décidé depuis."

    def in_retours(self) -> Iterator[Anomalie]:
        money = {numero: f.financement for numero, f in self.contrat.par_fiche.items()}
        if all(m.montant is None for m in money.values()):
            return
        unforeseen = {n for n, m in money.items() if m.montant is None and m.montant_etat != "regle"}
        its_own = (x for x in self.answers.rows("financement") if x["fiche"] in unforeseen and x["niveau"] == MAQUETTE)
        for lines in by_retour(x for x in its_own if any(x[m] for m in AMOUNTS)).values():
            amounts = [(x[m], m, x[m + ADDRESS_SUFFIX]) for x in lines for m in AMOUNTS if x[m]]
            most = amount_fr(max(montant for montant, *_ in amounts))
            yield self.at(lines[0], most, amounts[0][1], cells=[cell for *_, cell in amounts])
