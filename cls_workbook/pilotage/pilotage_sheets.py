"""The coordinator's workbook as it is drawn: Accueil, Groupes, Programmation, Gouvernance, Décisions, Suivi.

Each sheet function gives its page, and what Accueil says of it. All figures shown by a formula are computed here
too, so that the workbook reads well without being recalculated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat, Fiche, Structure
from cls_workbook.domain.wording import fiches_named
from cls_workbook.forms import choice_lists
from cls_workbook.forms.layout import RowQuestion, height
from cls_workbook.forms.pagination import paginate
from cls_workbook.forms.year_workbook import Respondent, repondants
from cls_workbook.french import typography
from cls_workbook.pilotage import governance_sheet, programme_sheet
from cls_workbook.pilotage import pilotage_questions as pf
from cls_workbook.pilotage.coordinator_inputs import Pilotage, Relance
from cls_workbook.pilotage.pilotage_pieces import B, C, Canvas, CoordinatorPage, D, E, F, G, H, SheetTally
from cls_workbook.workbook.description import CellRange, ConditionalFormat, Formula, Link, Workbook, address, reference

HOME, GROUPS, DECISIONS, FOLLOW_UP = "Accueil", "Groupes", "Décisions", "Suivi"

INTRODUCTION = (
    "Ce classeur est celui de la coordination : il réunit ce que le contrat ne dit pas et que les partenaires ne "
    "peuvent pas dire à sa place.",
    "Tout y est facultatif. Ce qui reste vide est tenu pour inconnu, jamais pour nul : les bilans le disent.",
    "Il se remplit au fil de l’année et se garde d’une fois sur l’autre : il sert à fabriquer les classeurs des "
    "partenaires, puis à consolider leurs retours.",
    "Besoin de plus de lignes dans un tableau ? Clic droit sur une de ses lignes, puis Insérer.",
)
LEGEND = (
    ("legende_saisie:texte", "À saisir", "Fond jaune, contour plein : nécessaire dès que la ligne est commencée."),
    (
        "legende_saisie_optionnelle:texte",
        "Facultatif",
        "Fond clair, contour pointillé : seulement si vous avez l’information.",
    ),
    ("repere:texte", "Rappel", "Fond gris : ce que dit le contrat. Non modifiable."),
    ("calcul:texte", "Calculé", "Italique sur fond vert d’eau : se calcule seul pendant que vous saisissez."),
    ("interdit", "", "Hachures : rien à saisir ici."),
)


def workbook(contrat: Contrat, annee: int, pilotage: Pilotage) -> Workbook:
    """The whole workbook, with what ``pilotage`` already says."""
    canvas = canvas_of(contrat, annee, pilotage)
    drawings = draw(canvas)
    pages = [_accueil(canvas, [(p.sheet.nom, tally) for p, tally in drawings]), *(p for p, _ in drawings)]
    worksheets = [*(p.sheet for p in pages), choice_lists.sheet(canvas.choix)]
    return Workbook(
        worksheets, f"{contrat.titre} — pilotage {contrat.follow_up.year_name(annee)}", contrat.titre, active_sheet=HOME
    )


def canvas_of(contrat: Contrat, annee: int, pilotage: Pilotage) -> Canvas:
    """What the sheets are drawn from: the contract as of that year."""
    contrat = in_year(contrat, annee)
    choix = pf.listes(contrat)
    return Canvas(contrat, annee, pilotage, choix, choice_lists.addresses(choix))


def draw(canvas: Canvas) -> list[tuple[CoordinatorPage, SheetTally]]:
    """The sheets in which the coordinator types, and what Accueil says of each."""
    drawings: list[tuple[CoordinatorPage, SheetTally]] = [_groups(canvas)] if pf.groups(canvas.contrat) else []
    drawings += [programme_sheet.draw(canvas)] if canvas.contrat.actions else []
    return [*drawings, governance_sheet.draw(canvas), _decisions(canvas), _follow_up(canvas)]


# --- Accueil --------------------------------------------------------------------------------------------------------


def _accueil(canvas: Canvas, counts: list[tuple[str, SheetTally]]) -> CoordinatorPage:
    contrat, annee = canvas.contrat, canvas.annee
    page = canvas.page(HOME, (36, 56, 58, 26), insertable=False)
    page.next_row(8)
    page.texte(B, f"Pilotage de l’année {contrat.follow_up.year_name(annee)}", "titre")
    page.next_row(34)
    page.texte(B, contrat.titre, "sous_titre")
    page.next_row(22)
    page.band("À quoi sert ce classeur ?", E)
    for sentence in INTRODUCTION:
        page.merge(B, E, typography(sentence), "libelle")
        page.next_row(height(sentence, 175))
    page.band(canvas.bloc(pf.CAMPAGNE).titre, E)
    campagne(page, canvas)
    page.band("Les feuilles, et ce qui y est déjà saisi", E)
    sheets_and_counts(page, counts)
    colors(page)
    page.sheet.selection = (1, B)
    return page


def colors(page: CoordinatorPage) -> None:
    """What the colours of inputs mean."""
    page.band("Ce que veulent dire les couleurs", E)
    for style, word, meaning in LEGEND:
        page.texte(B, word or None, style)
        page.texte(C, typography(meaning), "libelle")
        page.fill(range(D, F), "libelle")
        page.next_row(height(meaning, 58))


def campagne(page: CoordinatorPage, canvas: Canvas) -> None:
    """Which campaign this is, and what is asked of it."""
    bloc, p = canvas.bloc(pf.CAMPAGNE), canvas.pilotage
    facts = (("contrat", "Contrat", canvas.contrat.id), ("annee", "Année suivie", canvas.annee))
    for cle, label, valeur in facts:
        row = page.row(f"pilotage/identification/{cle}", "repere", label)
        page.texte(B, label, "libelle")
        page.anchor(row, C, valeur, "repere:texte")
        page.fill(range(D, F), "aide:retrait")
        page.next_row(22)
    etat = next(libelle for libelle in pf.states(canvas.contrat) if pf.STATES[libelle] == p.etat)
    values = {"etat": etat, "date_validation": p.date_validation, "limite": p.limite, "contact": p.contact or None}
    for champ in bloc.input_fields:
        row = page.row(f"pilotage/campagne/{champ.nom}", "saisie", champ.libelle)
        page.texte(B, champ.libelle, "libelle")
        page.typed(row, C, RowQuestion(champ, bloc.nom, champ.libelle, anchor_cell="gauche"), valeur=values[champ.nom])
        page.merge(D, E, champ.aide, "aide:retrait")
        page.next_row(36 if champ.type == "texte" else 24)


def sheets_and_counts(page: CoordinatorPage, counts: list[tuple[str, SheetTally]]) -> None:
    """A link to each sheet, what it is for, how much was typed in it."""
    for nom, tally in counts:
        page.texte(B, Link(f"internal:'{nom}'!B1", nom, f"Ouvrir la feuille {nom}"), "lien")
        page.merge(C, D, typography(tally.role), "libelle")
        page.texte(E, Formula(f'"{tally.what} : "&{tally.formula}', f"{tally.what} : {tally.valeur}"), "calcul:texte")
        page.next_row(24)


# --- Groupes --------------------------------------------------------------------------------------------------------


def _groups(canvas: Canvas) -> tuple[CoordinatorPage, SheetTally]:
    page = canvas.page(GROUPS, (62, 74))
    page.title(
        "Qui répond au nom des groupes ?",
        "Un groupe n’est pas une structure. Tant que ses membres ne sont pas nommés, le nombre de retours attendus "
        "reste inconnu.",
    )
    pieces: list[str] = []
    starts: list[int] = []
    headers: list[int] = []
    total = 0
    for groupe in pf.groups(canvas.contrat):
        starts.append(page.line)
        bloc, fiches = canvas.bloc(pf.MEMBERS, groupe.id), pf.fiches_of_group(canvas.contrat, groupe)
        page.band(f"{groupe.nom} : {fiches_named([f.numero for f in fiches])}", C)
        values = _members(canvas, groupe, fiches)
        # Room for all the candidates and a few more.
        place = max(bloc.lines - 3, len(canvas.contrat.candidats(groupe)))
        blanks: list[dict[str, object]] = [{}] * (place - len(values))
        columns = {"structure": B, "fiche": C}
        zone = page.table(bloc, f"pilotage/membres/{groupe.id}", columns, [*values, *blanks])
        pieces.append(f"COUNTA({reference(GROUPS, CellRange(zone.header, B, zone.end, B))})-1")
        headers.append(zone.header)
        total += len(values)
    paginate(page.sheet, [1, *starts[1:]], page.line - 1, headers)
    role = "Les structures qui répondent au nom de chaque groupe."
    return page, SheetTally(role, "Lignes saisies", f"({'+'.join(pieces)})", total)


def _members(canvas: Canvas, groupe: Structure, fiches: Sequence[Fiche]) -> list[dict[str, object]]:
    """One row a member, or one a fiche for a member of some fiches only."""
    membres = canvas.pilotage.membres
    lines: list[dict[str, object]] = []
    for nom in membres.get(groupe.id, ()):
        its_own = [f for f in fiches if nom in membres.get((groupe.id, f.numero), membres.get(groupe.id, ()))]
        if len(its_own) < len(fiches):
            lines += [{"structure": nom, "fiche": pf.shown_fiche(f)} for f in its_own]
        else:
            lines.append({"structure": nom})
    return lines


# --- Décisions ------------------------------------------------------------------------------------------------------


def _decisions(canvas: Canvas) -> tuple[CoordinatorPage, SheetTally]:
    p, contrat = canvas.pilotage, canvas.contrat
    page = canvas.page(DECISIONS, (36, 16, 13, 34, 30, 30, 19))
    bloc = canvas.bloc(pf.COPIL_DECISIONS)
    page.title(f"{bloc.titre} · {canvas.contrat.follow_up.year_name(canvas.annee)}", bloc.aide)
    columns = {"fiche": B, "decision": C, "date": D, "precision": E, "avis": F, "perspectives": G, "instance": H}
    values = [{n: getattr(d, n) for n in columns} for d in p.decisions]
    for line in values:
        line["fiche"] = pf.shown_fiche(contrat.par_fiche[line["fiche"]]) if line["fiche"] else None
    zone = page.table(bloc, "pilotage/decisions", columns, values, top=None)
    page.sheet.frozen_at = (zone.header, 0)
    page.sheet.print_setup.repeated_rows = (1, zone.header)
    formula = f"(COUNTA({reference(DECISIONS, CellRange(zone.header, C, zone.end, C))})-1)"
    role = "Ce qui a été décidé, l’avis du porteur, les perspectives."
    return page, SheetTally(role, "Décisions", formula, len(p.decisions))


# --- Suivi ----------------------------------------------------------------------------------------------------------

FOLLOW_UP_BESIDE_A_CONSOLIDATION = (32, 28, 28, 14, 14, 32, 30)
_FOLLOW_UP_COLUMNS = {"courriel": C, "note": D, "statut": E, "date": F}  # the tables below have two or three wide ones


def _follow_up(canvas: Canvas) -> tuple[CoordinatorPage, SheetTally]:
    """One row per structure whose return is expected; then rows for those that the contract does not name."""
    relances = canvas.pilotage.relances
    page = canvas.page(
        FOLLOW_UP, FOLLOW_UP_BESIDE_A_CONSOLIDATION if canvas.consolidated_in else (38, 32, 38, 16, 15, 38)
    )
    page.title(
        f"Suivi des retours {canvas.contrat.follow_up.year_name(canvas.annee)}",
        "Où en est le classeur de chaque structure ? Cette feuille reste chez la coordination.",
    )
    expected_returns = repondants(canvas.contrat, canvas.pilotage.membres)
    first_relances = {r.structure: r for r in reversed(relances)}
    on_rows = [first_relances[r.id] for r in expected_returns if r.id in first_relances]
    header = _expected_follow_up(page, canvas, expected_returns, first_relances)
    _others_follow_up(page, canvas, [r for r in relances if r not in on_rows])
    _replacements(page, canvas)
    _set_aside(page, canvas)
    _colour_statuts(page, header)
    received = sum(1 for r in relances if r.statut in ("reçu", "validé"))
    zone = reference(FOLLOW_UP, CellRange(header, E, page.line, E))
    formula = f'(COUNTIF({zone},"reçu")+COUNTIF({zone},"validé"))'
    role = "Qui a répondu, qui a été relancé, ce qui est à corriger."
    return page, SheetTally(role, "Reçus ou validés", formula, received)


def _expected_follow_up(
    page: CoordinatorPage, canvas: Canvas, expected_returns: Sequence[Respondent], relances: Mapping[str, Relance]
) -> int:
    """A row for each structure whose return is expected. Returns the line of the headers; ``relances``: structure →
    what is known of its return."""
    bloc, prefix = canvas.bloc(pf.FOLLOW_UP), "pilotage/suivi"
    page.band(bloc.titre, H if canvas.consolidated_in else G, bloc.aide)
    header = page.line
    columns, widths = _FOLLOW_UP_COLUMNS, page.sheet.widths
    known = {H: "Selon la dernière consolidation"} if canvas.consolidated_in else {}
    page.headers(
        prefix,
        {B: "Structure", G: "Fiches attendues"} | known | {c: bloc.champ(n).libelle for n, c in columns.items()},
        tuple(columns.values()),
    )
    for expected in expected_returns:
        row = page.row(f"{prefix}/{expected.id}", "saisie", expected.nom)
        fiches = ", ".join(f"{numero} ({volet})" if volet else numero for numero, volet in expected.fiches)
        page.texte(B, expected.nom, "libelle_fort")
        page.anchor(row, G, fiches, "repere:texte")
        if canvas.consolidated_in:
            page.texte(H, _consolidated(canvas.consolidated_in, address(page.line, B)), "calcul:texte")
        relance = relances.get(expected.id)
        for nom, column in columns.items():
            page.enter_value(row, bloc, nom, column, getattr(relance, nom, None))
        longest = {B: expected.nom, G: fiches} | ({H: f"à corriger ; manque : {fiches}"} if known else {})
        page.next_row(max(height(texte, widths[column] - 2, 24) for column, texte in longest.items()))
    page.row(f"{prefix}/fin", "fin")
    page.next_row(6)
    return header


def _consolidated(sheet: str, structure: str) -> Formula:
    """Where a structure stands, and the fiches that it still owes, as the table of that sheet says."""
    state, missing = (
        f"INDEX('{sheet}'!${c}:${c},MATCH({structure},'{sheet}'!$A:$A,0))" for c in "BD"
    )  # « Où en est-on », « Manquantes »
    rest = f'IF({state}="manquant"," : "," ; manque : ")&{missing}'
    return Formula(f'IFERROR({state}&IF({missing}="","",{rest}),"")', "")


def _others_follow_up(page: CoordinatorPage, canvas: Canvas, relances: Sequence[Relance]) -> None:
    bloc, known = canvas.bloc(pf.OTHERS_FOLLOW_UP), canvas.contrat.by_structure
    page.new_page()
    page.band(bloc.titre, G)
    columns = {"structure": B} | _FOLLOW_UP_COLUMNS
    values = [
        {n: getattr(r, n) for n in columns}
        | {"structure": known[r.structure].nom if r.structure in known else r.structure}
        for r in relances
    ]
    page.table(bloc, "pilotage/suivi_autres", columns, values, top=None)


def _replacements(page: CoordinatorPage, canvas: Canvas) -> None:
    bloc = canvas.bloc(pf.REPLACEMENTS)
    page.band(bloc.titre, G, bloc.aide)
    values = [{"ancien": r.ancien, "nouveau": r.nouveau, "note": r.note or None} for r in canvas.pilotage.remplacements]
    page.table(bloc, "pilotage/remplacements", {"ancien": B, "nouveau": C, "note": D}, values, top=None)


def _set_aside(page: CoordinatorPage, canvas: Canvas) -> None:
    bloc = canvas.bloc(pf.SET_ASIDE)
    page.band(bloc.titre, G, bloc.aide)
    values = [{"fichier": e.fichier, "motif": e.motif} for e in canvas.pilotage.ecartes]
    page.table(bloc, "pilotage/ecartes", {"fichier": B, "motif": C}, values, top=None)


def _colour_statuts(page: CoordinatorPage, header: int) -> None:
    """A colour beside each word of the column."""
    cell_range, first = CellRange(header + 1, E, page.line, E), address(header + 1, E)
    for word, style in (("reçu", "rempli"), ("validé", "bon"), ("relancé", "attention"), ("à corriger", "erreur")):
        page.sheet.conditional_formats.append(ConditionalFormat(cell_range, f'{first}="{word}"', style))
