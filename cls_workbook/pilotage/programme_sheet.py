"""The sheet Programmation: what is programmed for the year, fiche by fiche, and beside the maquette."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.questions import Bloc
from cls_workbook.forms.layout import height
from cls_workbook.forms.pagination import paginate
from cls_workbook.french import listing, typography
from cls_workbook.pilotage import pilotage_questions as pf
from cls_workbook.pilotage.pilotage_pieces import NOTE, B, C, Canvas, CoordinatorPage, D, E, F, G, H, SheetTally
from cls_workbook.workbook.description import CellRange, ConditionalFormat, Formula, address, reference

YEAR_PROGRAMME = "Programmation"


def draw(canvas: Canvas) -> tuple[CoordinatorPage, SheetTally]:
    contrat = canvas.contrat
    page = canvas.page(YEAR_PROGRAMME, (9, 44, 24, 16, 18, 18, 18, 28))
    page.title(
        f"Programmation {canvas.contrat.follow_up.year_name(canvas.annee)}",
        pf.worded("Ce que {le} retient pour l’année.", contrat, canvas.annee)
        + " Les montants sont en euros ; un montant vide est inconnu, il n’est pas nul.",
    )
    header = _programme_table(page, canvas)
    others, starts = page.line, [1]
    headers = [header, _other_financements(page, canvas)]
    starts += [others, page.line]
    headers.append(_subsidised(page, canvas))
    paginate(page.sheet, starts, page.line - 1, headers)
    typed_fields = sum(1 for _, financeur in canvas.pilotage.programme if not financeur)
    formula = f"COUNT({reference(YEAR_PROGRAMME, CellRange(header + 1, G, header + len(contrat.actions), G))})"
    role = "Les montants programmés par fiche et par financeur, et ce qui a été engagé avant."
    return page, SheetTally(role, "Fiches programmées", formula, typed_fields)


def _programme_table(page: CoordinatorPage, canvas: Canvas) -> int:
    """One row a fiche, and their sums. Returns the row of the headers."""
    contrat = canvas.contrat
    bloc, prefix = canvas.bloc(pf.YEAR_PROGRAMME), "pilotage/programmation"
    page.band(bloc.titre, NOTE, bloc.aide)
    nature = next((n.libelle for n in contrat.money.natures if n.niveau == "maquette"), "")
    titles = {
        B: "Fiche",
        C: "Titre",
        D: "Tel qu’inscrit au contrat",
        E: "Montant au contrat",
        F: bloc.champ("engage_anterieur").libelle,
        G: bloc.champ("programme").libelle,
        H: "Reste à programmer",
        NOTE: "À noter",
    }
    header = page.line
    page.headers(prefix, titles, (F, G))
    for fiche in contrat.actions:
        _programme_row(page, canvas, bloc, fiche)
    _programme_totals(page, contrat, header)
    below_zero, zone = f"N({address(header + 1, H)})<0", CellRange(header + 1, H, page.line, H)
    page.sheet.conditional_formats.append(ConditionalFormat(zone, below_zero, "erreur"))
    if nature:
        page.texte(B, typography(f"« Programmé » : {nature}."), "aide_ligne")
        page.next_row(18)
    return header


def _other_financements(page: CoordinatorPage, canvas: Canvas) -> int:
    """The row of its headers."""
    contrat = canvas.contrat
    autres = canvas.bloc(pf.OTHER_FINANCEMENTS)
    page.band(autres.titre, NOTE, autres.aide)
    names = {f.id: f.nom for f in contrat.money.financeurs}
    values = [
        {
            "fiche": pf.shown_fiche(contrat.par_fiche[f.fiche]),
            "financeur": names.get(f.financeur, f.financeur),
            "nature": f.nature,
            "montant": f.montant,
        }
        for f in canvas.pilotage.financements
    ]
    columns = {"fiche": C, "financeur": D, "nature": E, "montant": F}
    return page.table(autres, "pilotage/autres", columns, values, top=33).header


def _subsidised(page: CoordinatorPage, canvas: Canvas) -> int:
    """The fiches of which a compte rendu financier is asked, beside those of the contract; the row of the headers."""
    bloc = canvas.bloc(pf.SUBSIDISED)
    page.band(bloc.titre, NOTE, bloc.aide)
    asked = [f.numero for f in canvas.contrat.fiches if f.compte_rendu]
    if asked:
        page.texte(B, typography(f"Le contrat en demande déjà pour : {listing(asked)}."), "aide_ligne")
        page.next_row(19)
    values = [{"fiche": pf.shown_fiche(canvas.contrat.par_fiche[f])} for f in canvas.pilotage.comptes_rendus]
    return page.table(bloc, "pilotage/comptes_rendus", {"fiche": C}, values, top=33).header


def _programme_row(page: CoordinatorPage, canvas: Canvas, bloc: Bloc, fiche: Fiche) -> None:
    p, money = canvas.pilotage, fiche.financement
    row = page.row(f"pilotage/programmation/{fiche.numero}", "saisie", fiche.numero)
    page.texte(B, fiche.numero, "repere:code")
    page.anchor(row, C, fiche.titre, "repere:texte")
    page.anchor(row, D, money.montant_imprime or "montant non inscrit", "repere:texte")
    page.anchor(row, E, money.montant, "repere:montant")
    before, programme = p.engage_anterieur.get(fiche.numero), p.programme.get((fiche.numero, ""))
    top = max(height(fiche.titre, 66, 24), height(money.montant_imprime, 27))
    if pf.has_post(canvas.contrat, fiche):
        for column in (F, G, H):
            page.texte(column, None, "interdit")
        page.texte(NOTE, "Poste hors maquette : à saisir au tableau suivant.", "aide:retrait")
        page.next_row(top)
        return
    page.enter_value(row, bloc, "engage_anterieur", F, before)
    page.enter_value(row, bloc, "programme", G, programme)
    contrat_, already, this_year = (address(page.line, c) for c in (E, F, G))
    remaining = None
    if money.montant is not None and (before is not None or programme is not None):
        remaining = money.montant - (before or 0) - (programme or 0)
    formula = f'IF(OR({contrat_}="",COUNT({already}:{this_year})=0),"",{contrat_}-SUM({already}:{this_year}))'
    page.computation(row, H, formula, "" if remaining is None else remaining, "calcul:montant")
    exceeding = "dépasse le montant du contrat"
    word, formula = "" if remaining is None or remaining >= 0 else exceeding, f"IF(N({address(page.line, H)})<0,"
    page.computation(row, NOTE, f'{formula}"{exceeding}","")', word, "aide:retrait")
    page.next_row(top)


def _programme_totals(page: CoordinatorPage, contrat: Contrat, header: int) -> None:
    """The sums, and what they leave of the maquette that the contract announces."""
    page.row("pilotage/programmation/fin", "fin")
    page.fill(range(B, NOTE + 1), "total")
    page.texte(C, "Ensemble des fiches", "total")
    last, how_many = page.line - 1, 0
    total_of: dict[int, Decimal | None] = {}
    for column in (E, F, G):
        zone = f"{address(header + 1, column)}:{address(last, column)}"
        above = (c.valeur for c in page.cells if c.column == column and header < c.line <= last)
        known = [valeur for valeur in above if isinstance(valeur, Decimal)]
        total_of[column], how_many = (sum(known, Decimal(0)) if known else None), len(known)
        page.texte(column, Formula(f'IF(COUNT({zone})=0,"",SUM({zone}))', total_of[column]), "total:montant")
    # Sums of what is known only: the row says of how many fiches.
    following = f"sur {len(contrat.actions)} fiches programmées"
    page.texte(NOTE, Formula(f'COUNT({zone})&" {following}"', f"{how_many} {following}"), "total")
    page.next_row(24)
    if contrat.money.maquette is not None:
        _announced_maquette(page, contrat.money.maquette, total_of)


def _announced_maquette(page: CoordinatorPage, announced: Decimal, total_of: Mapping[int, Decimal | None]) -> None:
    """What the contract announces for all its fiches, against the sums of the row above."""
    page.fill(range(B, NOTE + 1), "repere:texte")
    page.texte(C, "Maquette annoncée par le contrat", "repere:texte")
    page.texte(E, announced, "repere:montant")
    total, already, this_year, maquette = (address(page.line - n, c) for n, c in ((1, E), (1, F), (1, G), (0, E)))
    taken = None if total_of[F] is None and total_of[G] is None else (total_of[F] or 0) + (total_of[G] or 0)
    remaining = None if taken is None else announced - taken
    formula = f'IF(COUNT({already}:{this_year})=0,"",{maquette}-SUM({already}:{this_year}))'
    page.texte(H, Formula(formula, remaining), "calcul:montant")
    exceeding, differing = "dépasse la maquette", "les fiches ne font pas la maquette"
    word = exceeding if remaining is not None and remaining < 0 else differing if total_of[E] != announced else ""
    gap = f'IF(ROUND(N({total})-{maquette},2)<>0,"{differing}","")'
    page.texte(NOTE, Formula(f'IF(N({address(page.line, H)})<0,"{exceeding}",{gap})', word), "aide")
    page.next_row(24)
