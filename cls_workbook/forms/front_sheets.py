"""The sheets around the fiches: Accueil (who answers, how to), Sommaire (links and progress), identification."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from cls_workbook.domain import entry_questions
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.wording import TRANSVERSAL, axe_rank
from cls_workbook.forms.form_pieces import WHERE_AM_I
from cls_workbook.forms.layout import FILLED, TO_CORRECT, TO_FILL, FormPage, RowQuestion, height
from cls_workbook.forms.row_states import put_state, states_column
from cls_workbook.forms.table_names import name_range
from cls_workbook.french import NBSP, typography
from cls_workbook.workbook.description import CellRange, ConditionalFormat, Formula, Link, address, reference

if TYPE_CHECKING:
    from cls_workbook.forms.year_workbook import Respondent, WorkbookContext

B, C, D, E, F, G, H, I = range(2, 10)  # noqa: E741
# Accueil: numbers of the steps, labels, inputs, their state; then words and what they mean
ACCUEIL_WIDTHS = {1: 4, B: 5, C: 31, D: 41, E: 10.5, F: 22, G: 61}
# Sommaire: a strip in the colour of the axe, then a row of facts
CONTENTS_WIDTHS = {1: 4, B: 2, C: 9, D: 74, E: 38, F: 11, G: 10, H: 11, I: 16}

STEPS = (
    "Dites qui répond, juste au-dessus : c’est demandé une seule fois pour tout le classeur.",
    "Ouvrez le Sommaire, puis une de vos fiches : un clic sur son numéro y mène.",
    "Remplissez les cases jaunes : contour plein, une réponse est attendue ; contour pointillé, c’est facultatif.",
    "Regardez à gauche de chaque question : « à remplir », « rempli », « à corriger ». Le Sommaire fait le compte.",
    "Enregistrez au format .xlsx ou .ods, sous le nom de votre choix, et renvoyez le fichier à la coordination.",
)
TIPS = (
    "Comptez environ dix minutes par fiche. Vous pouvez vous arrêter et reprendre : enregistrez simplement le fichier.",
    "Les territoires touchés se cochent une fois pour toutes vos fiches, sur la feuille Territoires.",
    "Écrivez les nombres comme d’habitude : 1 234,56. Saisissez 0 quand rien n’a eu lieu ; laissez vide ce que vous ne "
    "savez pas, avec le statut « non disponible ».",
    "Une case bleue, en italique, reprend votre réponse de l’an dernier : gardez-la si elle est encore juste, sinon "
    "corrigez-la.",
    "Ne nommez jamais une personne. Décrivez des actions, des structures, des nombres.",
    "Une fiche ne vous concerne pas ? Laissez-la vide. Elle vous concerne, mais vous n’avez rien à en dire ? "
    "Choisissez « rien à déclarer » ou « sans objet cette année », et dites pourquoi : c’est tout.",
)
LEGEND = (
    ("saisie:texte", "À remplir", "Jaune, contour plein : une réponse est attendue."),
    ("saisie_optionnelle:texte", "Facultatif", "Jaune clair, contour pointillé : si vous le savez."),
    ("repere:texte", "Rappel", "Gris : le contrat, ou l’an dernier. Non modifiable."),
    ("calcul:texte", "Calculé", "Italique, vert d’eau : se calcule seul."),
    ("interdit", "—", "Hachures et tiret : la question ne se pose pas."),
)
WORDS = (
    ("réel", "Le chiffre a été compté."),
    ("estimé", "Le chiffre a été évalué au mieux ; il sera signalé comme tel."),
    ("non disponible", "L’information existe, mais vous ne l’avez pas."),
    ("sans objet", "La question ne se pose pas cette année."),
    ("état de l’action", "Où elle en est sur toute la durée du contrat."),
    ("réalisation de l’année", "Si ce qui était prévu pour l’année a été fait."),
    ("prévu, engagé, versé", "Attendu ; acquis par une convention ou une décision ; reçu dans l’année."),
    ("valorisation", "Du temps ou des moyens mis à disposition, sans versement d’argent."),
)
CONTENTS_HELP = "Cliquez sur le numéro d’une fiche pour l’ouvrir. Le compte se met à jour pendant que vous saisissez."
NO_FICHE = "Aucune fiche n’est encore décrite dans ce contrat : il n’y a rien à remplir pour le moment."
TO_PROGRAMME_HELP = "Elles n’ont pas encore de fiche : rien n’est à saisir."
EMPTY, IN_PROGRESS, COMPLETE = "vide", "à compléter", "complète"


def accueil(page: FormPage, contrat: Contrat, respondent: Respondent | None, campagne: WorkbookContext) -> str:
    """Draws Accueil; returns the address of the structure's cell, as other sheets cite it."""
    page.sheet.widths.update(ACCUEIL_WIDTHS)
    page.sheet.tab_color = "accent"
    _cover(page, contrat, respondent, campagne)
    _band(page, B, G, entry_questions.ANSWER.titre)
    page.next_row(22)
    page.sheet.selection = (page.line, D)
    first = page.line
    cell = _who_answers(page, respondent)
    name_range(page, entry_questions.ANSWER.titre, CellRange(first, B, page.line - 1, G))
    page.next_row(7)
    _band(page, B, G, "Comment remplir ce classeur ?")
    page.next_row(22)
    for rank, step in enumerate(STEPS, 1):
        _sentence(page, str(rank), "etape", step)
    page.next_row(7)
    _legend_and_words(page, contrat, campagne)
    page.next_row(7)
    _band(page, B, G, "Bon à savoir")
    page.next_row(22)
    for tip in TIPS:
        _sentence(page, "•", "puce", tip)
    page.colour_states(E)
    page.show_taken_up(B, G)
    page.sheet.frozen_at = (2, 0)
    return cell


def _cover(page: FormPage, contrat: Contrat, respondent: Respondent | None, campagne: WorkbookContext) -> None:
    titre = page.row("accueil/identite/titre", "repere")
    page.merge(B, G, contrat.titre, "couverture")
    titre.anchors[B] = contrat.titre
    page.next_row(height(contrat.titre, sum(ACCUEIL_WIDTHS[c] for c in range(B, G + 1)), 40, size=20, bold=True))
    information = page.row("accueil/information/annee", "repere")
    pieces = [
        f"Suivi de l’année {contrat.follow_up.year_name(page.annee)}",
        respondent.nom if respondent else None,
        f"à renvoyer avant le {campagne.limite}" if campagne.limite else None,
    ]
    page.reminder(information, B, " · ".join(m for m in pieces if m), "fiche_info_fort")
    page.fill(range(C, G), "fiche_info")
    link = Link("internal:'Sommaire'!A1", "Ouvrir le sommaire →", "Voir toutes les fiches")
    page.texte(G, link, "fiche_info_lien:droite")
    page.next_row(22)
    page.next_row(7)


def _who_answers(page: FormPage, respondent: Respondent | None) -> str:
    cell = ""
    for champ in entry_questions.ANSWER.input_fields:
        row = page.row(f"accueil/reponse/{champ.nom}", "saisie", champ.libelle)
        row.cle, row.label_column = "accueil/reponse", C
        page.texte(B, None, "libelle")
        page.texte(C, champ.libelle, "libelle")
        valeur = respondent.nom if respondent and champ.nom == "structure" else None
        page.typed(row, D, RowQuestion(champ, "reponse", champ.libelle, anchor_cell="gauche"), valeur=valeur)
        if champ.nom == "structure":
            cell = reference(page.sheet.nom, CellRange(page.line, D, page.line, D))
            put_state(page, row, f'{address(page.line, D)}<>""', filled=bool(valeur), column=E)
        page.texte(F, champ.aide, "aide_ligne:retrait")
        page.next_row(21)
    return cell


def _band(page: FormPage, start: int, end: int, titre: str) -> None:
    page.texte(start, typography(titre), "bloc")
    page.fill(range(start + 1, end + 1), "bloc")


def _sentence(page: FormPage, mark: str, style: str, texte: str) -> None:
    page.texte(B, mark, style)
    page.merge(C, G, typography(texte), "libelle")
    page.next_row(height(texte, sum(ACCUEIL_WIDTHS[c] for c in range(C, G + 1)), 20))


def _legend_and_words(page: FormPage, contrat: Contrat, campagne: WorkbookContext) -> None:
    """Two columns: at the left the colours, then whom to ask; at the right the words."""
    _band(page, B, D, "Ce que veulent dire les cases")
    _band(page, F, G, "Ce que veulent dire les mots")
    page.next_row(22)
    for rank, (word, meaning) in enumerate(WORDS):
        if rank < len(LEGEND):
            style, nom, explanation = LEGEND[rank]
            page.texte(B, None, "libelle")
            page.texte(C, nom, f"legende_{style}" if style.startswith("saisie") else style)
            page.texte(D, typography(explanation), "libelle")
        elif rank == len(LEGEND):
            _band(page, B, D, "Une question ?")
        else:
            _contact(page, contrat, campagne, rank - len(LEGEND))
        page.texte(F, word, "libelle_fort")
        page.texte(G, typography(meaning), "libelle")
        page.next_row(20)


def _contact(page: FormPage, contrat: Contrat, campagne: WorkbookContext, rank: int) -> None:
    coordination = contrat.by_structure.get(contrat.parties.coordination or "")
    named = f"Coordination du contrat : {coordination.nom}" if coordination else "La coordination du contrat"
    who = campagne.contact or contrat.parties.contact or named
    lines = {"contact": f"{who}.", "limite": f"Retour attendu avant le {campagne.limite}." if campagne.limite else ""}
    nom = list(lines)[rank - 1]
    texte = typography(lines[nom])
    page.merge(B, D, texte or None, "libelle")
    if texte:
        information = page.row(f"accueil/information/{nom}", "repere")
        information.reminder, page.printed_facts[information.cle] = B, texte


# --- Sommaire -------------------------------------------------------------------------------------------------------


# Sheets that are about several fiches: what the Sommaire says of them, and of their link.
_COMMON_SHEETS = {
    "Territoires": ("Territoires touchés, pour toutes vos fiches", "Cocher communes et quartiers"),
    "Compte rendu": ("Compte rendu financier des fiches subventionnées", "Remplir le compte rendu financier"),
}


def contents(
    page: FormPage, contrat: Contrat, fiches: list[tuple[Fiche, FormPage]], common: Sequence[str] = ()
) -> None:
    """The Sommaire. One row a fiche: link, axe, how much is filled in. ``common``: the sheets that are about
    several."""
    page.sheet.widths.update(CONTENTS_WIDTHS)
    page.sheet.tab_color = "accent"
    page.texte(B, f"Sommaire · {contrat.follow_up.year_name(page.annee)}", "titre")
    page.texte(I, Link("internal:'Accueil'!A1", "← Accueil", "Revenir à l’accueil"), "fiche_info_lien:droite")
    page.next_row(34)
    page.texte(B, CONTENTS_HELP if fiches else _no_fiche(contrat), "aide_ligne")
    page.next_row(22)
    titles = ("Fiche", "Titre", "Axe", "Renseigné", "Attendu", "À corriger", WHERE_AM_I) if fiches else ("Axe", "Titre")
    page.texte(B, None, "entete:lisible")
    for column, titre in enumerate(titles, C):
        page.texte(column, titre, "entete:lisible")
    page.next_row(24)
    axes: dict[str | None, tuple[str, int]] = {
        n: (f"{a.numero_imprime or n}. {a.titre}", axe_rank(contrat, n) % 8 + 1) for n, a in contrat.by_axe.items()
    } | {None: (TRANSVERSAL, 1)}
    start = page.line
    for fiche, sheet in fiches:
        _contents_row(page, fiche, sheet, *(("", 1) if fiche.regional else axes.get(fiche.axe, ("", 1))))
    if fiches:
        etats = [etat for _, sheet in fiches for etat in sheet.etats]
        _contents_total(page, start, (sum(etats), len(etats)))
        name_range(page, "Fiches", CellRange(start - 1, B, page.line - 1, I))
        _colour_contents_states(page, start)
        for nom in common:
            titre, tooltip = _COMMON_SHEETS[nom]
            page.next_row(6)
            page.texte(C, Link(f"internal:'{nom}'!A1", f"{titre}{NBSP}→", tooltip), "lien_fort")
            page.next_row(20)
    else:
        _axes_alone(page, contrat)
    if contrat.announced.a_programmer:
        _to_be_scheduled(page, contrat, axes)
    page.sheet.frozen_at = (3, 0)
    page.sheet.print_setup.repeated_rows = (3, 3)
    page.sheet.selection = (start, C)


def _no_fiche(contrat: Contrat) -> str:
    """A contract may be declared before its fiches are known: the workbook says so, and what is known."""
    announced = contrat.announced.actions_annoncees
    return typography(NO_FICHE + (f" {announced} actions sont annoncées." if announced else ""))


def _axes_alone(page: FormPage, contrat: Contrat) -> None:
    for axe in contrat.axes:
        page.texte(B, None, f"axe{axe_rank(contrat, axe.numero) % 8 + 1}")
        page.texte(C, axe.numero_imprime or axe.numero, "cellule:centre")
        page.texte(D, axe.titre, "cellule:texte")
        page.next_row(_contents_row_height(axe.titre, ""))


def _to_be_scheduled(page: FormPage, contrat: Contrat, axes: dict[str | None, tuple[str, int]]) -> None:
    page.next_row(10)
    page.texte(B, "Actions à programmer", "intertitre")
    page.texte(E, typography(TO_PROGRAMME_HELP), "aide_ligne:retrait")
    page.next_row(20)
    for action in contrat.announced.a_programmer:
        axe, rank = axes.get(action.axe, ("", 1))
        page.texte(B, None, f"axe{rank}")
        page.texte(C, "—", "cellule:centre")
        page.texte(D, action.titre, "cellule:texte")
        page.texte(E, axe, "cellule:texte")
        page.next_row(_contents_row_height(action.titre, axe))


def _contents_row_height(titre: str, axe: str) -> float:
    return max(height(titre, CONTENTS_WIDTHS[D], 20), height(axe, CONTENTS_WIDTHS[E]))


def _contents_row(page: FormPage, fiche: Fiche, sheet: FormPage, axe: str, rank: int) -> None:
    nom = sheet.sheet.nom
    filled, expected = sum(sheet.etats), len(sheet.etats)
    counted = {word: f'COUNTIF({states_column(nom)},"{word}")' for word in (FILLED, TO_FILL, TO_CORRECT)}
    page.texte(B, None, f"axe{rank}")
    # the number bears the link: LibreOffice neither wraps a text that is a link, nor leaves it its colour
    target = f"internal:{reference(nom, CellRange(1, B, 1, B), absolute=False)}"
    page.texte(C, Link(target, fiche.numero, f"Ouvrir la fiche {fiche.numero}"), "lien_fort:centre")
    page.texte(D, fiche.titre, "cellule:texte")
    page.texte(E, axe, "cellule:texte")
    page.texte(F, Formula(counted[FILLED], filled), "calcul:entier")
    page.texte(G, Formula("+".join(counted.values()), expected), "calcul:entier")
    page.texte(H, Formula(counted[TO_CORRECT], 0), "calcul:entier_sans_zero")
    done, whole, wrong = (address(page.line, column) for column in (F, G, H))
    word = EMPTY if not filled else COMPLETE if filled == expected else IN_PROGRESS
    formula = f'IF({wrong}>0,"{TO_CORRECT}",IF({done}=0,"{EMPTY}",IF({done}={whole},"{COMPLETE}","{IN_PROGRESS}")))'
    page.texte(I, Formula(formula, word), "calcul:centre")
    page.next_row(_contents_row_height(fiche.titre, axe))


def _contents_total(page: FormPage, start: int, totals: tuple[int, int]) -> None:
    last = page.line - 1
    for column, texte in ((B, None), (C, None), (D, "Ensemble"), (E, None)):
        page.texte(column, texte, "total")
    for column, valeur, style in ((F, totals[0], "entier"), (G, totals[1], "entier"), (H, 0, "entier_sans_zero")):
        page.texte(column, Formula(f"SUM({address(start, column)}:{address(last, column)})", valeur), f"total:{style}")
    page.texte(I, None, "total")
    page.next_row(22)


def _colour_contents_states(page: FormPage, start: int) -> None:
    cell_range = CellRange(start, I, page.line - 2, I)
    for word, style in ((COMPLETE, "rempli"), (IN_PROGRESS, "a_remplir"), (TO_CORRECT, "erreur")):
        page.sheet.conditional_formats.append(ConditionalFormat(cell_range, f'{address(start, I)}="{word}"', style))


# --- identification -------------------------------------------------------------------------------------------------


def identity(page: FormPage, facts: Mapping[str, object], printed_facts: tuple[str, ...]) -> None:
    """The very hidden sheet by which a return says what it is."""
    page.sheet.etat = "tres_masquee"
    page.sheet.hidden_columns = ()
    page.sheet.widths.update({1: 30, B: 30, C: 44})
    for nom, values in (*((n, (v,)) for n, v in facts.items()), ("rappels", printed_facts)):
        page.row(f"identification/{nom}", "repere", nom)
        page.texte(B, nom, "libelle")
        for column, valeur in enumerate(values, C):
            page.texte(column, valeur, "repere:code")
        page.next_row()
