"""A compte rendu financier that does not hold together. Nothing is refused: it is written all the same, and says so."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal

from cls_workbook.anomalies import A_CONFIRMER, Anomalie, Place
from cls_workbook.checks.check_kinds import SEND_BACK, RetourCheck
from cls_workbook.checks.families.money_checks import POSTS, FundersDifferFromCost
from cls_workbook.checks.typed_comptes_rendus import GROUP, DeclaredCompteRendu, comptes_rendus
from cls_workbook.domain.accounts.account_plan import (
    ACCOUNTS,
    BALANCES,
    CHARGES,
    COLUMNS,
    INDIRECT,
    INDIRECT_ACCOUNTS,
    REALISED,
    Account,
)
from cls_workbook.domain.accounts.compte_rendu import Balance, total_of_known
from cls_workbook.domain.asked.compte_rendu_questions import COMPTE_RENDU, REPARTITION
from cls_workbook.french import amount_fr, typography

_LABELS = {column: COMPTE_RENDU.champ(column).libelle for column in COLUMNS}


class _CompteRenduCheck(RetourCheck, abstract=True):
    """Of each compte rendu of each return."""

    def in_retours(self) -> Iterator[Anomalie]:
        return (a for declared in self.known() for a in self.on(declared))

    def known(self) -> Iterator[DeclaredCompteRendu]:
        """Those of which nothing was refused: what is lacking is told already."""
        for declared in comptes_rendus(self.given):
            file, refused = declared.place.file, self.places.any_refused
            blocks = (GROUP, "depenses", "financement")
            if not refused(file, GROUP, REPARTITION.nom) and not any(refused(file, declared.fiche, b) for b in blocks):
                yield declared

    def on(self, declared: DeclaredCompteRendu) -> Iterator[Anomalie]:
        raise NotImplementedError

    def told(self, declared: DeclaredCompteRendu, cells: list[str], found: str, column: str) -> Anomalie:
        return self.anomalie(declared.place, cells, f"compte rendu ({_LABELS[column].lower()})", typography(found))


def _cells(declared: DeclaredCompteRendu, column: str, *sides: Sequence[str]) -> list[str]:
    """Where a side is typed, the first of which something is; if none is, where it may be."""
    for sections in sides:
        numbers = [a.numero for a in ACCOUNTS if a.section in sections]
        if filled := [n for n in numbers if declared.rows.get(n, {}).get(column) is not None]:
            return [declared.cell(n, column) for n in filled]
    asked = (declared.cell(a.numero, column) for a in ACCOUNTS if a.section in sides[0])
    return [next(filter(None, asked))]


class _Unbalanced(_CompteRenduCheck, abstract=True):
    """Two sides that differ; where the one that is short is typed."""

    rank: int

    def on(self, declared: DeclaredCompteRendu) -> Iterator[Anomalie]:
        return (a for a, _ in self.found(declared))

    def found(self, declared: DeclaredCompteRendu) -> Iterator[tuple[Anomalie, str]]:
        """What differs, and in which column."""
        nom, *sides = BALANCES[self.rank]
        for balance in declared.drawn_up.balances():
            if balance.nom == nom and balance.gap:
                short_first = sides[::-1] if balance.gap > 0 else sides
                cells = _cells(declared, balance.column, *short_first)
                yield self.told(declared, cells, self.said(balance), balance.column), balance.column

    def said(self, balance: Balance) -> str:
        left, right = (part.strip() for part in balance.nom.split(" et ", 1))
        amounts = f"{left} : {amount_fr(balance.left)} ; {right} : {amount_fr(balance.right)}"
        return f"{amounts} ; écart : {amount_fr(abs(balance.gap))}"


class ChargesUnlikeProduits(_Unbalanced):
    code, gravity = "COMPTE_RENDU_NON_EQUILIBRE", A_CONFIRMER
    sought = "Les charges d’un compte rendu financier diffèrent de ses produits."
    expected = "un total des charges égal au total des produits"
    remedy = (
        "complétez le côté le plus faible, ou corrigez les dépenses et les financements sur la feuille de la fiche, "
        f"{SEND_BACK}"
    )
    rank = 0

    def in_retours(self) -> Iterator[Anomalie]:
        """What the fiche itself is told, that its funders do not make its cost, is not told twice."""
        already = {(a.file, a.fiche) for a in FundersDifferFromCost(self.given).in_retours()}
        for declared in self.known():
            of_fiche = declared.is_money_of_fiche and (declared.place.file, declared.fiche) in already
            yield from (a for a, column in self.found(declared) if not (of_fiche and column == REALISED))


class UsesUnlikeGifts(_Unbalanced):
    code, gravity = "COMPTE_RENDU_CONTRIBUTIONS_DIFFERENTES", A_CONFIRMER
    sought = "Les emplois (86) d’un compte rendu financier diffèrent de ses contributions volontaires en nature (87)."
    expected = "un total des emplois (86) égal au total des contributions (87)"
    remedy = f"complétez le côté le plus faible ; les valorisations sont reprises de la fiche en 871 ; {SEND_BACK}"
    rank = 1


class DetailBeyondFiche(_CompteRenduCheck):
    code, gravity = "COMPTE_RENDU_DETAIL_SUPERIEUR", A_CONFIRMER
    sought = "Le détail saisi au compte rendu financier dépasse ce que la fiche dit de ce poste."
    expected = "un détail qui tient dans le montant de la fiche, charges indirectes comprises"
    remedy = f"corrigez le détail, ou le montant sur la feuille de la fiche, {SEND_BACK}"

    def on(self, declared: DeclaredCompteRendu) -> Iterator[Anomalie]:
        for column in COLUMNS:
            for account, beyond in declared.drawn_up.beyond_the_fiche(column):
                yield self.told(declared, self._detail(declared, account, column), self._said(account, beyond), column)

    def _detail(self, declared: DeclaredCompteRendu, account: Account, column: str) -> list[str]:
        """Where the detail was typed; where it may be, if it is all shared out."""
        typed = [n for n in account.less if declared.rows.get(n, {}).get(column) is not None]
        return [cell for n in typed or account.less if (cell := declared.cell(n, column))]

    def _said(self, account: Account, beyond: Decimal) -> str:
        parts = [n for n in account.less if n.isdigit()] + ["charges indirectes"] * (account.numero == "65")
        return f"comptes {', '.join(parts)} : {amount_fr(beyond)} de plus que sur la fiche (compte {account.numero})"


class ChargesUnlikeCost(_CompteRenduCheck):
    code, gravity = "COMPTE_RENDU_DIFFERENT_DU_COUT", A_CONFIRMER
    sought = "Les charges réalisées d’un compte rendu financier diffèrent du coût total de la fiche."
    expected = "des charges, directes et indirectes, qui font le coût total de la fiche"
    remedy = (
        "détaillez les dépenses sur la feuille de la fiche (personnel, achats et services, autres dépenses) ou au "
        f"compte rendu, {SEND_BACK}"
    )

    def on(self, declared: DeclaredCompteRendu) -> Iterator[Anomalie]:
        charges, cost = declared.drawn_up.total(REALISED, CHARGES, INDIRECT), declared.depenses["total"]
        posts = total_of_known(declared.depenses[p] for p in POSTS)
        if posts is not None and posts != cost:
            return  # another rule says so
        if None not in (charges, cost) and charges != cost:
            found = f"charges : {amount_fr(charges)} ; coût total de la fiche : {amount_fr(cost)}"
            yield self.told(declared, _cells(declared, REALISED, (CHARGES,)), found, REALISED)


class GapsUnexplained(_CompteRenduCheck):
    code, gravity = "COMPTE_RENDU_ECART_INEXPLIQUE", A_CONFIRMER
    sought = "Ce qui a été réalisé s’écarte beaucoup du budget prévu, et le compte rendu financier ne dit pas pourquoi."
    expected = "une explication des écarts significatifs : le formulaire la demande"
    remedy = f"expliquez l’écart en une phrase sous les tableaux de la fiche, ou corrigez les montants, {SEND_BACK}"

    def on(self, declared: DeclaredCompteRendu) -> Iterator[Anomalie]:
        drawn = declared.drawn_up
        if declared.explanation.strip() or any(balance.gap for balance in drawn.balances()):
            return  # explained; or not right yet, and told so
        if gaps := drawn.gaps(self.contrat.follow_up.ecart_a_expliquer):
            found = " ; ".join(
                f"{gap.nom} : {amount_fr(gap.realised)} pour {amount_fr(gap.planned)} prévus" for gap in gaps
            )
            champ = COMPTE_RENDU.champ("explication")
            cells = [declared.cell_of(champ.nom)]
            yield self.anomalie(declared.place, cells, f"compte rendu ({champ.libelle.lower()})", typography(found))


class ChargesNotShared(RetourCheck):
    """Of what the structure types for all its fiches."""

    code, gravity = "CHARGES_INDIRECTES_NON_REPARTIES", A_CONFIRMER
    sought = "Des charges indirectes sont à répartir, et la clé manque, ne donne rien ou dépasse son total."
    expected = "une clé de répartition, et ce qui la mesure pour chaque fiche"
    remedy = f"choisissez la clé et remplissez ce qu’elle demande (salaires, heures ou coût), {SEND_BACK}"

    def in_retours(self) -> Iterator[Anomalie]:
        by_file: dict[str, list[DeclaredCompteRendu]] = {}
        for declared in comptes_rendus(self.given):
            by_file.setdefault(declared.retour["fichier"], []).append(declared)
        for r in self.answers.rows(REPARTITION.nom):
            amounts = [n for n in INDIRECT_ACCOUNTS if r[n]]
            said = by_file.get(r["fichier"], [])
            if self.places.any_refused(r["fichier"], GROUP, REPARTITION.nom):
                continue  # told already
            if amounts and said and (found := _not_shared(r["cle_de_repartition"], r["base"], said)):
                cells = self.places.of(r["fichier"], f"{GROUP}/{REPARTITION.nom}/cle_de_repartition")
                place = Place(r["fichier"], r["feuille"], "", r["structure"])
                shown = [cells[1]] if cells else []
                yield self.anomalie(place, shown, "charges indirectes", typography(found))


def _not_shared(word: object, base: Decimal | None, said: list[DeclaredCompteRendu]) -> str:
    """Why the charges are not shared out; "" if they are."""
    keys = [one.key for one in said if one.key]
    if not word:
        return "des charges indirectes, sans clé de répartition"
    if not keys:
        return f"clé « {word} » : rien ne la mesure pour aucune fiche"
    if base and sum(keys) > base:
        return f"clé « {word} » : les fiches font plus que le total de la structure"
    return ""
