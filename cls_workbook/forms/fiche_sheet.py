"""The sheet of one fiche action, block after block, top to bottom."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

from cls_workbook.domain import entry_questions
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.questions import Bloc
from cls_workbook.domain.wording import TRANSVERSAL, axe_name, axe_rank, lineage
from cls_workbook.forms.columns import END, STATE, WIDTHS, C, D, E, F, G, H, I, J, K, L, width
from cls_workbook.forms.form_pieces import (
    OTHER_VOLET,
    ROW_HEIGHT,
    SheetContext,
    band,
    block_band,
    form,
    form_row,
    questions,
    quote,
    rows_to_fill,
    tell_long_answers,
    volets_table,
)
from cls_workbook.forms.layout import FILLED, TO_CORRECT, TO_FILL, FormPage, RowQuestion, height
from cls_workbook.forms.pagination import paginate
from cls_workbook.forms.row_states import more_than, put_state, states_column
from cls_workbook.forms.rows.beside_tables import draw_helps
from cls_workbook.forms.rows.breakdown_rows import ventilations
from cls_workbook.forms.rows.measure_rows import mesures
from cls_workbook.forms.rows.money_rows import depenses, financement
from cls_workbook.forms.table_names import name_tables
from cls_workbook.french import typography
from cls_workbook.workbook.description import CellRange, ConditionalFormat, Formula, Link, address, letter

ESSENTIALS_HELP = typography("Contour plein : une réponse est attendue. Rien à dire de cette fiche ? Une case suffit.")
REGIONAL_HELP = typography(
    "Les mêmes pour tous les contrats de la région. Ce qu’une fiche demande déjà n’y est pas redemandé."
)
_DATES = ("date_debut", "date_fin_prevue", "date_fin_reelle")
_LATER = ("ecarts", "freins", "leviers", "perspectives", "avenant")  # of what is told in words
_WHERE_LENGTH = 92  # characters that stand between the edge of the sheet and the name of the structure
CITED_PARTNERS = "Partenaires cités"
_UNKNOWN_STRUCTURE = typography("Structure : à indiquer à l’Accueil")


def draw(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    """Draws the whole sheet of ``fiche`` on ``page``: what the contract wants and what is expected, on the first
    screen; then what is optional; then what the contract says, as a reminder."""
    page.sheet.widths.update(WIDTHS)
    _header(page, fiche, context)
    if fiche.regional:
        band(page, f"Les questions communes de {context.this_year}", REGIONAL_HELP)
        ventilations(page, fiche, context, mesures(page, fiche, context))
    else:
        _action(page, fiche, context)
    _place_count(page)
    page.colour_states(STATE)
    page.show_taken_up(C, END)
    _grey_other_volets(page)
    page.sheet.frozen_at = (page.plan.rows[f"{page.fiche}/identite/structure"].numero, C)
    first = next(e for r in page.plan.rows.values() for e in r.input_places)
    page.sheet.selection = (first.row, first.column)
    page.sheet.print_setup.repeated_rows = (1, 1)
    name_tables(page)
    paginate(page.sheet, page.groups, page.line - 1, page.titled)


def _action(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    """All that is asked of an action of the contract."""
    _aims(page, fiche)
    etat = _essentials(page, fiche, context)
    if fiche.shares_sheets:
        _volets(page, fiche, context)
    ranks = mesures(page, fiche, context)
    ventilations(page, fiche, context, ranks)
    if entry_questions.PARTNERS.nom not in context.left_out:
        _partenaires(page, fiche, context)
    depenses(page, fiche, context, financement(page, fiche, context), ranks)
    form(page, context.asked(_part(entry_questions.QUALITATIVE, *_LATER)), context)
    _calendar(page, context, etat)
    _identity(page, fiche, context)


def _volets(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    """Where each volet is, for who answers several."""
    bloc = entry_questions.VOLETS_PROGRESS
    draw_helps(page, bloc, f"{page.fiche}/{bloc.nom}", volets_table(page, bloc, fiche, context), (C, D, E))


def _part(bloc: Bloc, *names: str) -> Bloc:
    """The questions of these names alone."""
    return replace(bloc, input_fields=tuple(bloc.champ(nom) for nom in names))


def _essentials(page: FormPage, fiche: Fiche, context: SheetContext) -> str:
    """What is expected of every fiche, but its figures. Returns the cell of the état."""
    said = band(page, f"L’essentiel de {context.this_year}", ESSENTIALS_HELP, cle=f"{page.fiche}/essentiel/aide")
    page.titled[page.line] = "Essentiel", END
    if fiche.volets:
        questions(page, entry_questions.VOLET, context, values={"volet": context.volet})
    _nothing(page)
    lines = questions(page, _part(entry_questions.PROGRESS, "etat", "realisation"), context)
    told = _part(entry_questions.QUALITATIVE, "realisations")
    tell_long_answers(page, said, {told.input_fields[0].libelle: questions(page, told, context)["realisations"]})
    return address(lines["etat"], D, True)


def _nothing(page: FormPage) -> None:
    """« Rien cette année »: one gesture, and why; nothing else is then expected of the fiche."""
    bloc = entry_questions.PROGRESS
    choice, reason = bloc.champ("rien"), bloc.champ("rien_motif")
    row = form_row(page, bloc, choice, f"{page.fiche}/{bloc.nom}/rien", choice.libelle, cle=f"{page.fiche}/{bloc.nom}")
    page.texte(E, reason.libelle, "libelle")
    page.typed(row, F, RowQuestion(reason, bloc.nom, reason.libelle, anchor_cell="gauche"), up_to=END)
    declared, why = address(page.line, D), address(page.line, F)
    # the état and the réalisation stand just below: to answer both ways is to be corrected
    answered = f'{address(page.line + 1, D)}&{address(page.line + 2, D)}<>""'
    faults = [f'AND({declared}<>"",{answered})']
    put_state(page, row, f'{why}<>""', when=f'{declared}<>""', always=True, faults=faults)
    page.nothing = address(page.line, D, True)
    page.next_row(ROW_HEIGHT)


def _calendar(page: FormPage, context: SheetContext, etat: str) -> None:
    bloc = context.asked(_part(entry_questions.PROGRESS, *_DATES, "motif"))
    bloc = replace(bloc, titre="Calendrier", is_optional=True)
    concerned = ",".join(f"{etat}={quote(e)}" for e in context.contrat.follow_up.listes.stopped)
    dated = "date_debut" in (c.nom for c in bloc.input_fields)
    faults = {nom: more_than("{date_debut}", f"{{{nom}}}") for nom in _DATES[1:] if dated}
    form(page, bloc, context, faults=faults, when={"motif": f"OR({concerned})"} if concerned else None)


def _grey_other_volets(page: FormPage) -> None:
    """The rows that another volet answers are told by their colour too."""
    formula = f'${letter(STATE)}1="{OTHER_VOLET}"'
    cell_range = CellRange(1, STATE, page.line, END)
    page.sheet.conditional_formats.append(ConditionalFormat(cell_range, formula, "hors_sujet"))


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
    """The fiche; where it belongs, who answers and how far they are: what stays in view."""
    path = lineage(context.contrat, fiche.axe)
    rank = axe_rank(context.contrat, fiche.axe) % 8 + 1
    titre = page.row(f"{fiche.numero}/identite/titre", "repere")
    texte = typography(fiche.titre) if fiche.regional else f"Fiche {fiche.numero} · {fiche.titre}"
    page.merge(STATE, END, texte, f"axe{rank}:texte")
    titre.anchors[STATE] = texte
    page.next_row(height(texte, width(STATE, END), 26, size=12, bold=True))
    where = _where(fiche, context, " › ".join(f"{axe_name(a)} : {a.titre}" for a in path))
    if len(where) > _WHERE_LENGTH:
        page.texte(STATE, where, "fiche_info")
        page.fill(range(C, END + 1), "fiche_info")
        page.next_row(18)
        where = ""
    answering_row = page.row(f"{fiche.numero}/identite/structure", "repere")
    page.texte(STATE, where or None, "fiche_info")
    page.fill(range(C, F), "fiche_info")
    cell, named = context.structure_cell, quote(typography("Structure : "))
    formula = f'IF({cell}="",{quote(_UNKNOWN_STRUCTURE)},{named}&{cell})'
    page.name_rank = len(page.cells)
    page.computation(answering_row, F, formula, _who(context.structure), "fiche_info_fort")
    page.fill(range(G, I), "fiche_info")
    answering_row.calculations.add(I)  # its value is known once the sheet is drawn: see _place_count
    page.texte(J, None, "fiche_info")
    page.texte(K, Link("internal:'Sommaire'!A1", "← Revenir au sommaire", "Voir toutes les fiches"), "fiche_info_lien")
    page.texte(L, None, "fiche_info")
    page.next_row(18)


def _where(fiche: Fiche, context: SheetContext, path: str) -> str:
    """Where the fiche belongs, the year, the contract."""
    pieces = [path] if path else []
    pieces += [TRANSVERSAL] if fiche.axe is None and not fiche.regional else []
    others = [axe_name(context.contrat.by_axe[n]) for n in fiche.autres_axes]
    pieces += [f"aussi {', '.join(others)}"] if others else []
    return typography(" · ".join([*pieces, context.this_year, context.contrat.nom_court]))


def _place_count(page: FormPage) -> None:
    """« 3 sur 12 renseignés » in the head, counted while one types."""
    column = states_column()
    done, remaining, wrong = (f'COUNTIF({column},"{word}")' for word in (FILLED, TO_FILL, TO_CORRECT))
    valeur = f"{sum(page.etats)} sur {len(page.etats)} renseignés"
    formula = f'{done}&" sur "&({done}+{remaining}+{wrong})&" renseignés"'
    line = page.plan.rows[f"{page.fiche}/identite/structure"].numero
    page.sheet.write(line, I, Formula(formula, valeur), "fiche_info_fort")


def _identity(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    contrat = context.contrat
    porteurs = fiche.printed.porteurs_imprimes or ", ".join(contrat.by_structure[p].nom for p in fiche.porteurs)
    porteurs = porteurs or "à désigner"
    for who in _answering_together(contrat, fiche):
        porteurs += typography(f" ; {who} répondent ensemble : un seul retour.")
    printed = fiche.printed
    facts = [
        ("Porteurs attendus", porteurs, "Territoire", printed.territoire),
        ("Public", printed.public, "Calendrier", printed.calendrier),
        ("Source des données", printed.source, "Suivi par", printed.responsable),
    ]
    if printed.lien_parcours or printed.autres_plans:
        facts.append(("Lien parcours", printed.lien_parcours, "Autres plans", printed.autres_plans))
    if fiche.plans or fiche.niveau_priorite:
        facts.append(("Plans liés", ", ".join(fiche.plans), "Niveau de priorité", fiche.niveau_priorite))
    titre = "Ce que dit le contrat"
    band(page, titre, "Pour rappel\u00a0: rien à remplir ici.", "bloc_rappel")
    page.titled[page.line] = titre, END
    for rank, (left_name, left, right_name, right) in enumerate(facts, 1):
        if rank > 1 and not (left or right):
            continue  # what the contract does not say takes no line
        row = page.row(f"{fiche.numero}/identite/{rank}", "repere")
        for start, values, end, nom, valeur in ((C, D, G, left_name, left), (H, I, END, right_name, right)):
            page.texte(start, nom, "libelle")
            valeur = valeur or "non précisé"
            page.merge(values, end, valeur, "repere:texte")
            row.anchors[values] = valeur
        page.next_row(max(height(left, width(D, G)), height(right, width(I, END)), height(right_name, WIDTHS[H])))
    if printed.partenaires and entry_questions.PARTNERS.nom in context.left_out:
        _reminder(page, "partenaires", CITED_PARTNERS, printed.partenaires)
    if followed_by := [i.nom for i in contrat.announced.instances if fiche.numero in i.fiches]:
        _reminder(page, "instances", "Suivie par", ", ".join(followed_by))


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
        if wanted:
            _reminder(page, nom, titre, " ; ".join(wanted) + ".")


def _reminder(page: FormPage, nom: str, titre: str, texte: str) -> None:
    """What the contract says, over the whole width."""
    texte = typography(texte)
    row = page.row(f"{page.fiche}/identite/{nom}", "repere")
    page.texte(C, titre, "libelle")
    page.merge(D, END, texte, "repere:texte")
    row.anchors[D] = texte
    page.next_row(max(ROW_HEIGHT, height(texte, width(D, END))))


def _partenaires(page: FormPage, fiche: Fiche, context: SheetContext) -> None:
    """Those that the contract cites, then those that took part."""
    bloc = entry_questions.PARTNERS
    block_band(page, bloc, context)
    if fiche.printed.partenaires:
        _reminder(page, "partenaires", CITED_PARTNERS, fiche.printed.partenaires)
    columns = {"nom": C, "type": D, "participation": E}
    zone = rows_to_fill(page, bloc, f"{page.fiche}/partenaires", columns, context.this_year)
    draw_helps(page, bloc, f"{page.fiche}/partenaires", zone, columns.values())
