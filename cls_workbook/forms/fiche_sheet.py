"""The sheet of one fiche action, block after block, top to bottom."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

from cls_workbook.domain import entry_questions
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.wording import TRANSVERSAL, axe_name, axe_rank, lineage
from cls_workbook.forms.breakdown_rows import ventilations
from cls_workbook.forms.columns import WIDTHS, B, C, D, F, G, I, J, K, width
from cls_workbook.forms.form_pieces import (
    ROW_HEIGHT,
    SheetContext,
    band,
    block_band,
    boxes,
    form,
    quote,
    rows_to_fill,
    volets_table,
)
from cls_workbook.forms.layout import FILLED, TO_FILL, FormPage, height
from cls_workbook.forms.measure_rows import mesures
from cls_workbook.forms.money_rows import depenses, financement
from cls_workbook.forms.pagination import paginate
from cls_workbook.french import typography
from cls_workbook.workbook.description import Formula, Link

_UNKNOWN_STRUCTURE = typography("Structure : à indiquer sur la feuille Accueil")


def draw(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    """Draws the whole sheet of ``fiche`` on ``page``."""
    page.sheet.widths.update(WIDTHS)
    _header(page, fiche, context)
    _identity(page, fiche, context)
    if fiche.volets:
        form(page, entry_questions.VOLET, context, values={"volet": context.volet})
    form(page, entry_questions.PROGRESS, context)
    if fiche.shares_sheets:
        volets_table(page, entry_questions.VOLETS_PROGRESS, fiche, context)
    ranks = mesures(page, fiche, context)
    ventilations(page, fiche, context, ranks)
    _territoire(page, context)
    _partenaires(page, context)
    depenses(page, fiche, context, financement(page, fiche, context), ranks)
    form(page, entry_questions.QUALITATIVE, context)
    _place_count(page)
    page.colour_states(K)
    page.show_taken_up(B, K)
    page.sheet.frozen_at = (3, 2)
    first = next(e for r in page.plan.rows.values() for e in r.input_places)
    page.sheet.selection = (first.row, first.column)
    page.sheet.print_setup.repeated_rows = (1, 1)
    paginate(page.sheet, page.groups, page.line - 1)


def meant_for(page: FormPage, structure: str | None) -> FormPage:
    """The same sheet for another structure, of which it says the name alone; everything else is shared."""
    other, cells = copy(page), page.cells.copy()
    cell = cells[page.name_rank]
    assert isinstance(cell.valeur, Formula)  # it cites the cell of Accueil where the name is chosen
    cells[page.name_rank] = cell._replace(valeur=cell.valeur._replace(valeur=_who(structure)))
    other.sheet, other.cells = replace(page.sheet, cells=cells), cells
    other.plan = replace(page.plan, sheet=other.sheet)
    return other


def _who(structure: str | None) -> str:
    return typography(f"Structure : {structure}") if structure else _UNKNOWN_STRUCTURE


def _header(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    """Three rows that stay in view: the fiche, where it belongs, who answers and how far they are."""
    path = lineage(context.contrat, fiche.axe)
    rank = axe_rank(context.contrat, fiche.axe) % 8 + 1
    titre = page.row(f"{fiche.numero}/identite/titre", "repere")
    texte = f"Fiche {fiche.numero} · {fiche.titre}"
    page.merge(B, K, texte, f"axe{rank}:texte")
    titre.anchors[B] = texte
    page.next_row(height(texte, width(B, K), 30, size=12, bold=True))
    pieces = [" › ".join(f"{axe_name(a)} : {a.titre}" for a in path)] if path else []
    pieces += [TRANSVERSAL] if fiche.axe is None else []
    others = [axe_name(context.contrat.by_axe[n]) for n in fiche.autres_axes]
    pieces += [f"aussi {', '.join(others)}"] if others else []
    pieces += [f"année {context.this_year}", context.contrat.nom_court]
    page.texte(B, typography(" · ".join(pieces)), "fiche_info")
    page.fill(range(C, J), "fiche_info")
    page.texte(J, Link("internal:'Sommaire'!A1", "← Revenir au sommaire", "Voir toutes les fiches"), "fiche_info_lien")
    page.texte(K, None, "fiche_info")
    page.next_row(18)
    answering_row = page.row(f"{fiche.numero}/identite/structure", "repere")
    cell, named = context.structure_cell, quote(typography("Structure : "))
    formula = f'IF({cell}="",{quote(_UNKNOWN_STRUCTURE)},{named}&{cell})'
    page.name_rank = len(page.cells)
    page.computation(answering_row, B, formula, _who(context.structure), "fiche_info_fort")
    page.fill(range(C, J), "fiche_info")
    answering_row.calculations.add(J)  # its value is known once the sheet is drawn: see _poser_le_compte
    page.texte(K, None, "fiche_info")
    page.next_row(18)


def _place_count(page: FormPage) -> None:
    """« 3 sur 12 renseignés » in the head, counted while one types."""
    done, remaining = f'COUNTIF($K:$K,"{FILLED}")', f'COUNTIF($K:$K,"{TO_FILL}")'
    valeur = f"{sum(page.etats)} sur {len(page.etats)} renseignés"
    page.sheet.write(3, J, Formula(f'{done}&" sur "&({done}+{remaining})&" renseignés"', valeur), "fiche_info_fort")


def _identity(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    contrat = context.contrat
    porteurs = fiche.printed.porteurs_imprimes or ", ".join(contrat.by_structure[p].nom for p in fiche.porteurs)
    for who in _answering_together(contrat, fiche):
        porteurs += typography(f" ; {who} répondent ensemble : un seul retour.")
    printed = fiche.printed
    facts = [
        ("Porteurs attendus", porteurs, "Territoire", printed.territoire),
        ("Public", printed.public, "Calendrier prévu", printed.calendrier),
        ("Source des données", printed.source, "Responsable du suivi", printed.responsable),
    ]
    if printed.lien_parcours or printed.autres_plans:
        facts.append(("Lien parcours", printed.lien_parcours, "Autres plans", printed.autres_plans))
    band(page, "Ce que dit le contrat", "Pour rappel\u00a0: rien à remplir ici.", "bloc_rappel")
    _aims(page, fiche)
    for rank, (left_name, left, right_name, right) in enumerate(facts, 1):
        row = page.row(f"{fiche.numero}/identite/{rank}", "repere")
        # the second label takes two columns: « Responsable du suivi » is wider than one
        for start, values, end, nom, valeur in ((B, C, F, left_name, left), (G, I, K, right_name, right)):
            page.texte(start, nom, "libelle" if start == B else "fait")
            page.fill(range(start + 1, values), "fait")
            valeur = valeur or "non précisé"
            page.merge(values, end, valeur, "repere:texte")
            row.anchors[values] = valeur
        page.next_row(max(height(left, width(C, F), size=9), height(right, width(I, K), size=9)))


def _answering_together(contrat: Contrat, fiche: Fiche) -> list[str]:
    """Those of whom one answers for all, volet after volet."""
    groups = [v.porteurs for v in fiche.volets if fiche.answers_together(v.nom)]
    groups += [fiche.porteurs] * (fiche.reponse_commune and not fiche.volets)
    return [" et ".join(contrat.by_structure[p].nom for p in porteurs) for porteurs in groups]


def _aims(page: FormPage, fiche: Fiche) -> None:
    """What the contract wants of the fiche, before who and where."""
    for nom, titre, wanted in (
        ("objectifs", "Objectifs", fiche.printed.objectifs),
        ("resultats", "Résultats attendus", fiche.printed.resultats_attendus),
    ):
        if not wanted:
            continue
        texte = typography(" ; ".join(wanted) + ".")
        row = page.row(f"{fiche.numero}/identite/{nom}", "repere")
        page.texte(B, titre, "libelle")
        page.merge(C, K, texte, "repere:texte")
        row.anchors[C] = texte
        page.next_row(max(ROW_HEIGHT, height(texte, width(C, K), size=9)))


def _territoire(page: FormPage, context: SheetContext) -> None:
    bloc, contrat = entry_questions.TERRITORY, context.contrat
    neighbourhoods = contrat.qpv_in(context.annee)
    if not (contrat.communes or neighbourhoods):
        return
    block_band(page, bloc)
    names = {c.code_insee: c.nom for c in contrat.communes}
    boxes(page, bloc.champ("commune"), [(c.code_insee, c.nom) for c in contrat.communes])
    if neighbourhoods:
        page.groups.append(page.line)
        page.texte(B, "Quartiers prioritaires de la politique de la ville (QPV)", "intertitre")
        page.next_row(20)
        named = [(q.nom, f"{q.nom} ({names.get(q.commune, q.commune)})") for q in neighbourhoods]
        boxes(page, bloc.champ("qpv"), named)


def _partenaires(page: FormPage, context: SheetContext) -> None:
    bloc = entry_questions.PARTNERS
    block_band(page, bloc)
    columns = {"nom": B, "type": C, "participation": D}
    rows_to_fill(page, bloc, f"{page.fiche}/partenaires", columns, context.this_year, top=30)
