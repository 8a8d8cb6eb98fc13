"""The compte rendu financier, one sheet a workbook: what the structure shares out, then a block a subsidised fiche.

What the fiche asks already (expenditure, lines of money) is taken up by formula; the rest is typed. A courtesy, as all
formulas are: ``domain.accounts`` works it out again. No range of a column is looked through by a cell that it holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from cls_workbook.domain.accounts.account_plan import (
    ACCOUNTS,
    CHARGES,
    GIFTS,
    GRANTS,
    INDIRECT,
    INDIRECT_ACCOUNTS,
    PLANNED,
    PRODUITS,
    REALISED,
    USES,
    VALUED,
    Account,
    told_by_fiche,
)
from cls_workbook.domain.asked.compte_rendu_questions import COMPTE_RENDU, COST, HOURS, REPARTITION, WAGES
from cls_workbook.domain.asked.left_out import left_out
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.forms.columns import END, STATE, WIDTHS, C, D, E, F, G, L
from cls_workbook.forms.form_pieces import (
    CLOSING_ROW_HEIGHT,
    LONG_TEXT_HEIGHT,
    ROW_HEIGHT,
    FormRows,
    band,
    form_row,
    headers,
    quote,
    quotient,
)
from cls_workbook.forms.layout import FormPage, InputPlace, RowQuestion, height
from cls_workbook.forms.pagination import paginate
from cls_workbook.forms.row_states import put_state
from cls_workbook.forms.table_names import name_tables
from cls_workbook.french import typography
from cls_workbook.workbook.description import CellRange, Link, address, reference

COMPTE_RENDU_SHEET, GROUP = "Compte rendu", COMPTE_RENDU.nom
KEY_LABEL = "Part de cette fiche dans la clé"
_BACK = Link("internal:'Sommaire'!A1", "← Revenir au sommaire", "Voir toutes les fiches")
_HELP = (
    "Ce que vos fiches disent déjà est repris : ne remplissez que les cases jaunes. Réalisation : charges et produits "
    "doivent être égaux, et les emplois (86) égaux aux contributions (87)."
)
_COLUMNS = {PLANNED: D, REALISED: E}
_WIDTHS = WIDTHS | {C: 62, L: 5.5}  # most accounts on one line
_WHOLE_WIDTH = sum(w for column, w in _WIDTHS.items() if STATE <= column <= END)
# What an account is made of, where the fiche tells it.
_TAKEN_UP = {
    "achats": "Repris de la fiche : achats et services, moins 61 et 62.",
    "personnel": "Repris de la fiche : personnel.",
    "autres": "Repris de la fiche : autres dépenses, moins 63, 66 à 69 et les charges indirectes.",
    "ressources_propres": "Repris de la fiche : ressources propres, moins 70, 73 et 76 à 79.",
    GRANTS: "Repris de la fiche : ses lignes de financement, hors valorisation.",
    VALUED: "Repris de la fiche : ses lignes de valorisation.",
} | dict.fromkeys(INDIRECT_ACCOUNTS, "Sa part des charges indirectes de la structure.")


def draw(page: FormPage, contrat: Contrat, fiches: Sequence[tuple[Fiche, FormPage]]) -> None:
    """``fiches``: those of which it is asked, each with its own sheet."""
    page.sheet.widths.update(_WIDTHS)
    page.sheet.tab_color = "accent"
    titre = page.row(f"{GROUP}/identite/titre", "repere")
    page.anchor(titre, STATE, f"Compte rendu financier {contrat.follow_up.year_name(page.annee)}", "titre")
    page.next_row(34)
    page.merge(STATE, END, typography(_HELP), "aide:texte")
    page.next_row(height(_HELP, _WHOLE_WIDTH, 20))
    page.texte(STATE, _BACK, "lien")
    page.next_row(20)
    shared = _shared_charges(page)
    for fiche, sheet in fiches:
        _Block(page, contrat, fiche, sheet, shared).draw()
    page.fiche = ""
    page.colour_states(STATE)
    page.sheet.frozen_at = (1, C)
    page.sheet.selection = (shared["indirectes_fixes"].row, D)
    page.sheet.print_setup.repeated_rows = (1, 1)
    name_tables(page)
    paginate(page.sheet, page.groups, page.line - 1, page.titled)


def _shared_charges(page: FormPage) -> dict[str, InputPlace]:
    """What the structure shares out between its fiches, and how."""
    band(page, typography(f"{REPARTITION.titre} (facultatif)"), REPARTITION.aide, "bloc_optionnel")
    page.titled[page.line] = REPARTITION.titre, END
    cle, places = f"{GROUP}/{REPARTITION.nom}", {}
    for champ in REPARTITION.input_fields:
        row = form_row(page, REPARTITION, champ, f"{cle}/{champ.nom}", champ.libelle, cle=cle)
        if champ.type != "texte":
            page.texte(E, champ.aide, "aide_ligne:retrait")
        places[champ.nom] = row.input_places[0]
        put_state(page, row)
        page.next_row(ROW_HEIGHT)
    return places


def _cell(place: InputPlace) -> str:
    return address(place.row, place.column, True)


@dataclass(frozen=True)
class _Block:
    """The compte rendu of one fiche. ``shared``: the questions of what is shared out, by champ."""

    page: FormPage
    contrat: Contrat
    fiche: Fiche
    sheet: FormPage
    shared: dict[str, InputPlace]

    def draw(self) -> None:
        page, numero = self.page, self.fiche.numero
        page.fiche = numero
        self._title(f"Fiche {numero} · {self.fiche.titre}")
        key_line = self._key()
        charges = self._table("charges", "charges", (CHARGES, INDIRECT), key_line)
        self._table("produits", "produits", (PRODUITS,), key_line, charges)
        uses = self._table("emplois", "emplois des contributions en nature (86)", (USES,), key_line)
        self._table("contributions", "contributions volontaires en nature (87)", (GIFTS,), key_line, uses)
        page.titled[page.line] = f"Fiche {numero} explication", END
        self._question("explication")
        page.next_row(LONG_TEXT_HEIGHT)

    def _title(self, texte: str) -> None:
        """The fiche, over the whole width: a title may be long."""
        page = self.page
        page.groups.append(page.line)
        page.next_row(6)
        page.merge(STATE, END, texte, "bloc:texte")
        page.next_row(height(texte, _WHOLE_WIDTH, 20, size=12, bold=True))

    # --- what is shared out ---

    def _question(self, nom: str) -> InputPlace:
        champ, numero = COMPTE_RENDU.champ(nom), self.fiche.numero
        key = f"{GROUP}/{numero}/precisions/{nom}"
        row = form_row(self.page, COMPTE_RENDU, champ, key, champ.libelle, cle=f"{numero}/{GROUP}")
        if champ.type != "texte":
            self.page.texte(E, champ.aide, "aide_ligne:retrait")
        put_state(self.page, row)
        return row.input_places[0]

    def _key(self) -> int:
        """The hours, and what the key is for this fiche; returns the row of the latter."""
        self.page.titled[self.page.line] = f"Fiche {self.fiche.numero} clé de répartition", END
        hours = self._question("heures")
        self.page.next_row(ROW_HEIGHT)
        row = self.page.row(f"{GROUP}/{self.fiche.numero}/precisions/cle", "repere", KEY_LABEL)
        self.page.texte(C, KEY_LABEL, "libelle")
        chosen, line = _cell(self.shared["cle_de_repartition"]), self.page.line
        of_wages = f"N({address(line + 1 + 1 + _rank('64'), E)})"  # below: the headers, then the accounts
        cost = f"N({self._of_fiche('depenses/total')})"
        formula = '""'
        for word, value in ((COST, cost), (HOURS, f"N({_cell(hours)})"), (WAGES, of_wages)):
            formula = f"IF({chosen}={quote(word)},{value},{formula})"
        self.page.computation(row, D, formula, "", "calcul:decimal")
        self.page.next_row(ROW_HEIGHT)
        return line

    def _share(self, account: Account, key_line: int) -> str:
        """Its part of an indirect charge: the running sum with this fiche, less the running sum before it."""
        amount, base = _cell(self.shared[account.numero]), _cell(self.shared["base"])
        whole = f"IF(N({base})>0,{base},SUMIF($C:$C,{quote(KEY_LABEL)},$D:$D))"

        def up_to(line: int) -> str:
            run = f"SUMIF($C$1:$C${line},{quote(KEY_LABEL)},$D$1:$D${line})"
            return f"ROUND({amount}*{run}/{whole},2)"

        nothing = f"OR(N({amount})=0,N({address(key_line, D, True)})=0,{whole}=0)"
        return f'IF({nothing},"",ROUND({up_to(key_line)}-{up_to(key_line - 1)},2))'

    # --- accounts ---

    def _table(
        self, nom: str, titre: str, sections: tuple[str, ...], key_line: int, other: FormRows | None = None
    ) -> FormRows:
        """The accounts of these sections, and their total. ``other``: those of the other side, which it must equal."""
        page, prefix = self.page, f"{GROUP}/{self.fiche.numero}/{nom}"
        titles = (
            {C: f"{titre[0].upper()}{titre[1:]}"}
            | {column: COMPTE_RENDU.champ(n).libelle for n, column in _COLUMNS.items()}
            | {F: "%"}
        )
        start = page.line
        page.groups.append(start)
        headers(page, prefix, titles, set(_COLUMNS.values()), named=f"Fiche {self.fiche.numero} {titre}")
        for account in ACCOUNTS:
            if account.section in sections:
                self._account(prefix, account, titles, key_line, start)
        rows = FormRows(start + 1, page.line - 1)
        self._total(prefix, f"Total des {titre}", rows, other)
        page.next_row(CLOSING_ROW_HEIGHT)
        return rows

    def _account(self, prefix: str, account: Account, titles: dict[int, str], key_line: int, header: int) -> None:
        page, line = self.page, self.page.line
        row = page.row(f"{prefix}/{account.numero}", "saisie", account.titre)
        page.texte(C, account.titre, "libelle")
        faults = []
        for nom, column in _COLUMNS.items():
            if account.source in self._told[nom]:
                cells = [address(line - _rank(account.numero) + _rank(n), column) for n in account.less]
                formula = self._taken_up(account, nom, cells, key_line)
                page.computation(row, column, formula, "", "calcul:montant")
                if cells:
                    faults.append(f"AND(ISNUMBER({address(line, column)}),N({address(line, column)})<0)")
            else:
                cle = f"{self.fiche.numero}/{GROUP}/{account.numero}/{nom}"
                champ, label = COMPTE_RENDU.champ(nom), titles[column]
                page.typed(
                    row, column, RowQuestion(champ, GROUP, label, account.numero, subject=account.titre, cle=cle)
                )
        quotient(page, row, F, E, D)
        if account.source in self._told[REALISED]:
            page.texte(G, typography(_TAKEN_UP[account.source]), "aide_ligne:retrait")
        put_state(page, row, faults=faults)
        page.next_row(height(account.titre, _WIDTHS[C], ROW_HEIGHT))

    def _total(self, prefix: str, label: str, rows: FormRows, other: FormRows | None) -> None:
        page, line = self.page, self.page.line
        row = page.row(f"{prefix}/total", "repere", label)
        page.texte(C, label, "total")
        faults = []
        for column in _COLUMNS.values():
            amounts = f"{address(rows.header, column)}:{address(rows.end, column)}"
            page.computation(row, column, f'IF(COUNT({amounts})=0,"",SUM({amounts}))', "", "total:montant")
            if other:
                mine, theirs = address(line, column), address(other.end + 1, column)
                faults.append(f"AND(ISNUMBER({mine}),ISNUMBER({theirs}),ROUND(N({mine})-N({theirs}),2)<>0)")
        quotient(page, row, F, E, D)
        if other:
            gap = f"ROUND(N({address(other.end + 1, E)})-N({address(line, E)}),2)"
            said = f'"Égal au total au-dessus\u00a0? L’écart est de "&FIXED({gap},2)&"\u00a0€."'
            page.computation(row, G, f'IF({faults[-1]},{said},"")', "", "aide_ligne:retrait")
            put_state(page, row, faults=faults)
        page.next_row(ROW_HEIGHT)

    # --- what the fiche says ---

    @cached_property
    def _told(self) -> dict[str, frozenset[str]]:
        asked = left_out(self.contrat, self.fiche)
        return {nom: told_by_fiche(nom, asked) for nom in _COLUMNS}

    @cached_property
    def _places(self) -> dict[str, InputPlace]:
        return {p.cle: p for row in self.sheet.plan.rows.values() for p in row.input_places}

    def _of_fiche(self, question: str) -> str:
        place = self._places[f"{self.fiche.numero}/{question}"]
        return reference(place.sheet, CellRange(place.row, place.column, place.row, place.column))

    def _taken_up(self, account: Account, column: str, less: list[str], key_line: int) -> str:
        if account.source in (GRANTS, VALUED):
            return self._of_lines("engage" if column == REALISED else "prevu", account.source == VALUED)
        if account.source in INDIRECT_ACCOUNTS:
            return self._share(account, key_line)
        cell = self._of_fiche(f"depenses/{account.source}")
        rest = f"ROUND({cell}-SUM({','.join(less)}),2)" if less else cell
        return f'IF(ISNUMBER({cell}),{rest},"")'

    def _of_lines(self, champ: str, valued: bool) -> str:
        """What the lines of money of the fiche come to: those that are valued only, or the others."""
        rows, prefix = self.sheet.plan.rows, f"{self.fiche.numero}/financement"
        first, last = rows[f"{prefix}/#"].numero, rows[f"{prefix}/fin"].numero
        natures, amounts = (
            reference(self.sheet.sheet.nom, CellRange(first, p.column, last, p.column))
            for p in (self._places[f"{prefix}/01/nature"], self._places[f"{prefix}/01/{champ}"])
        )
        names = [quote(n.libelle) for n in self.contrat.money.natures if n.niveau == "valorisation"]
        of_valued = "+".join(f"SUMIF({natures},{nom},{amounts})" for nom in names) or "0"
        if valued:
            counted = "+".join(f"COUNTIF({natures},{nom})" for nom in names) or "0"
            return f'IF({counted}=0,"",{of_valued})'
        return f'IF(COUNT({amounts})=0,"",ROUND(SUM({amounts})-({of_valued}),2))'


def _rank(numero: str) -> int:
    """Of an account among all, in the order of the sheet."""
    return next(rank for rank, account in enumerate(ACCOUNTS) if account.numero == numero)
