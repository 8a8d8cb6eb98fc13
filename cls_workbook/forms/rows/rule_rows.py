"""What the rules of the contract give, computed on the sheet of a fiche while one types; and each rule in words.

A courtesy: Python computes every figure again, with what a sheet does not know (earlier years).
"""

from __future__ import annotations

from dataclasses import dataclass

from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.rules import SUBSIDY_TYPES, Rule
from cls_workbook.forms.columns import END, WIDTHS, C, D, E, F, G, width
from cls_workbook.forms.form_pieces import FormRows, computed_row, quote
from cls_workbook.forms.layout import FormPage, height
from cls_workbook.french import typography
from cls_workbook.workbook.description import address


@dataclass(frozen=True, slots=True)
class RuleAmounts:
    """Where the figures are that rules work on: the funding lines, the cost, the eligible expenditure and the ETP of a
    post, the row of each measure."""

    contrat: Contrat
    financement: FormRows
    total: str
    eligible: str
    etp: str
    mesures: dict[str, int]

    def engage(self, financeur: str | None) -> str:
        """What the funder engaged."""
        nom = next((f.nom for f in self.contrat.money.financeurs if f.id == financeur), "")
        return f"SUMIF({self.financement.column(C)},{quote(nom)},{self.financement.column(F)})"

    def engage_in_money(self) -> str:
        """What all engaged, but what is only valued."""
        natures, engage = self.financement.column(D), self.financement.column(F)
        valued = [n.libelle for n in self.contrat.money.natures if n.niveau == "valorisation"]
        return f"(SUM({engage}){''.join(f'-SUMIF({natures},{quote(n)},{engage})' for n in valued)})"


def draw(page: FormPage, fiche: Fiche, rule: Rule, amounts: RuleAmounts) -> None:
    """One line: what the rule gives, if a sheet can compute it, and the rule in words; then what its funder expects."""
    texte = typography(f"Règle : {rule.libelle}")
    if rule.type == "poste":
        label = _name(amounts.contrat, fiche, rule, "Aide calculée selon la règle")
        _row(page, rule, label, _payable_for_post(rule, amounts), texte)
    elif rule.type in SUBSIDY_TYPES and (formula := _help(rule, amounts)):
        _row(page, rule, _name(amounts.contrat, fiche, rule, "Aide possible selon la règle"), formula, texte)
    elif rule.type == "cout_unitaire" and rule.sessions.mesure_participants in amounts.mesures:
        _row(page, rule, "Coût attendu selon la règle", _expected_cost(page, fiche, rule, amounts), texte)
    else:
        page.merge(C, END, texte, "aide:retrait")
        page.next_row(height(texte, width(C, END)))
    for condition in rule.conditions:
        texte = typography(f"Condition : {condition}.")
        page.merge(E, END, texte, "aide:retrait")
        page.next_row(height(texte, width(E, END)))


def _row(page: FormPage, rule: Rule, label: str, formula: str, texte: str) -> None:
    computed_row(page, f"regle.{rule.id}", label, formula, "montant")
    page.merge(E, END, texte, "aide:retrait")
    page.next_row(max(height(label, WIDTHS[C]), height(texte, width(E, END))))


def _name(contrat: Contrat, fiche: Fiche, rule: Rule, label: str) -> str:
    """Two aids on a fiche: each says whose it is."""
    financeur = next((f.nom for f in contrat.money.financeurs if f.id == rule.financeur), None)
    several = sum(r.type in SUBSIDY_TYPES for r in contrat.rules_of(fiche.numero)) > 1
    return f"{label} ({financeur})" if several and financeur else label


def _payable_for_post(rule: Rule, amounts: RuleAmounts) -> str:
    eligible, etp = amounts.eligible, amounts.etp
    base = f"{eligible}*{rule.taux}*MIN(1,{rule.post.etp_assiette_max or 1}/{etp})"
    aide = f"MIN({base},{rule.caps.plafond_annuel})" if rule.caps.plafond_annuel else base
    return f'IF(OR({eligible}="",N({etp})=0),"",IF({etp}<{rule.post.etp_min or 0},0,ROUND({aide},2)))'


def _help(rule: Rule, amounts: RuleAmounts) -> str:
    """A cap, a rate or an amount on a base; never more than the others leave of the cost. "" if not computable."""
    engage, unknown = amounts.engage(rule.financeur), ""
    if rule.type == "plafond":
        entitlement, unknown = engage, f"{engage}=0"
    elif rule.base in ("personne", "session"):
        mesure = rule.sessions.mesure_participants if rule.base == "personne" else rule.sessions.mesure_sessions
        if mesure not in amounts.mesures:
            return ""
        cell = address(amounts.mesures[mesure], G)
        entitlement, unknown = f"{cell}*{rule.sessions.cout_unitaire}", f'{cell}=""'
    elif rule.base == "engage":
        entitlement, unknown = f"{amounts.engage_in_money()}*{rule.taux}", f"COUNT({amounts.financement.column(F)})=0"
    else:
        entitlement, unknown = f"{amounts.total}*{rule.taux}", f'{amounts.total}=""'
    yearly = rule.yearly_cap()
    bounds = [entitlement] + [str(yearly)] * (yearly is not None)
    remaining = f"MAX(0,{amounts.total}-({amounts.engage_in_money()}-{engage}))"
    capped = f'MIN({",".join(bounds)},IF({amounts.total}="",{entitlement},{remaining}))'
    aide = f"ROUND({capped},2)"
    if rule.post.etp_min is not None:
        aide = f'IF(AND({amounts.etp}<>"",N({amounts.etp})<{rule.post.etp_min}),0,{aide})'
    return f'IF({unknown},"",{aide})'


def _expected_cost(page: FormPage, fiche: Fiche, rule: Rule, amounts: RuleAmounts) -> str:
    people = address(amounts.mesures[rule.sessions.mesure_participants or ""], G)
    formateurs = ""
    if rule.sessions.complement_formateurs and rule.sessions.cout_formateur:
        line = page.plan.rows[f"{fiche.numero}/complements/{rule.sessions.complement_formateurs}"].numero
        formateurs = f"+N({address(line, D)})*{rule.sessions.cout_formateur}"
    return f'IF({people}="","",{people}*{rule.sessions.cout_unitaire}{formateurs})'
