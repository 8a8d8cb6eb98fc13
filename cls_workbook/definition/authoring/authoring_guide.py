"""Mode d’emploi, and the help of every column: what a coordinator reads before and while filling in."""

from __future__ import annotations

from cls_workbook.definition.asked.all_sections import SECTIONS
from cls_workbook.definition.asked.sections import Section
from cls_workbook.definition.authoring.section_sheets import INSTRUCTIONS_SHEET, MARK, help_of
from cls_workbook.forms.layout import height
from cls_workbook.french import typography
from cls_workbook.workbook.description import CellRange, Link, Sheet

HELP_SHEET, VERIFICATION = "Aide", "Vérification"
B, C, D, E = range(2, 6)
STEP_HEIGHT = 18.5  # all the steps on one printed page

INTRODUCTION = (
    "Ce classeur décrit votre contrat : ce qu’il prévoit, qui répond, ce qui se compte. Il se remplit une fois ; "
    "l’outil en tire chaque année les classeurs des partenaires.",
    "Comptez un après-midi pour vingt fiches. Enregistrez quand vous voulez et reprenez plus tard. Seules les colonnes "
    "marquées d’une étoile (*) sont nécessaires.",
    "Quand c’est prêt :   cls-workbook contrat importer CLASSEUR.xlsx --sortie contrat.toml   Chaque point à corriger "
    "est donné avec sa feuille, sa cellule et son remède.",
)
# What to do in which order: (sheets, what to write there).
STEPS: tuple[tuple[tuple[str, ...], str], ...] = (
    (("contrat",), "Le titre, le territoire, les années. Le reste peut attendre."),
    (("axes",), "Un axe par ligne, avec son numéro et son titre."),
    (
        ("structures",),
        (
            "Chaque organisme qui portera une fiche, puis la coordination et l’ARS. "
            "Revenez sur Contrat pour les y choisir."
        ),
    ),
    (("fiches",), "Une fiche par ligne : son numéro, son titre, son axe et ses porteurs, choisis dans les listes."),
    (("indicateurs",), "Pour chaque fiche, ce qui se compte : une ligne par chiffre à saisir."),
    (
        ("financeurs", "natures", "financement"),
        "Qui finance, et le montant annoncé pour chaque fiche. Vide n’est pas zéro.",
    ),
    (("communes", "qpv", "signataires", "instances"), "Le territoire, les signataires et les réunions prévues."),
    (
        ("themes", "priorites"),
        "De quoi traite chaque fiche, et quelles priorités régionales elle sert : la région pourra comparer.",
    ),
    (
        ("volets", "complements", "regles", "enveloppes"),
        "Seulement si le contrat en a : fiches en plusieurs volets, règles de financement, enveloppes annuelles.",
    ),
    (
        ("a_programmer", "a_confirmer", "listes"),
        "Les actions sans fiche, ce que le contrat laisse incertain, les choix proposés aux partenaires.",
    ),
    (
        ("decisions", "revisions"),
        "Plus tard, quand le contrat change : la décision, puis ce qu’elle change et à partir de quelle année.",
    ),
)
LEGEND = (
    ("legende_saisie:texte", "L’essentiel", "Fond jaune, contour plein."),
    ("legende_saisie_optionnelle:texte", "Facultatif", "Fond clair, contour pointillé : si vous avez l’information."),
    ("etat_mauvais", "Rouge", "Un nom qui n’est pas sur sa feuille, ou un numéro donné deux fois."),
    ("etat_attention", "Orange", "La ligne est commencée : cette case manque."),
    ("calcul:texte", "Calculé", "Italique sur fond vert d’eau : se remplit seul, ou vient avec l’outil."),
    ("etat_neutre", "Gris", "Sans objet pour la sorte de règle choisie."),
)
TIPS = (
    "Les noms se choisissent dans des listes : écrivez d’abord la structure sur sa feuille, elle apparaît aussitôt "
    "dans les listes des autres.",
    "Plusieurs éléments dans une case : séparez-les par un point-virgule ( ; ). Un élément qui en contient un s’écrit "
    "entre guillemets droits.",
    "Numéros (1.2, 1.10, 3 bis) : les colonnes sont au format Texte. Si vous collez depuis un autre classeur, "
    "choisissez « valeurs » ou « texte seul ».",
    "Les repères et identifiants se font tout seuls : laissez-les vides. Une fois le contrat en service, ne les "
    "changez plus.",
    "Vous pouvez insérer, supprimer, trier des lignes, déplacer des colonnes, et ajouter les vôtres : l’import "
    "retrouve chaque colonne par son titre.",
    "N’écrivez aucun nom de personne : des organismes et des fonctions seulement.",
)
WORKED_EXAMPLE: tuple[tuple[str, str], ...] = (
    ("axes", "1 · Accès aux soins"),
    ("structures", "CCAS du Val-Fleuri · public"),
    ("fiches", "1.2 · Aller vers les habitants éloignés du soin · axe 1 · Porteur 1 : CCAS du Val-Fleuri"),
    (
        "indicateurs",
        "1.2 · Nombre et type de personnes rencontrées · Personnes rencontrées · nombre entier · personnes "
        "(participations) · personne · type de public",
    ),
    (
        "indicateurs",
        "1.2 · (libellé laissé vide : c’est le même indicateur) · Permanences tenues · nombre entier · s’additionne · "
        "permanence",
    ),
    ("financement", "1.2 · 45 000,00 € · chiffré"),
)


def instructions_sheet() -> Sheet:
    """The first sheet: what to do in which order, an example, colours, advice."""
    page = Sheet(INSTRUCTIONS_SHEET, protected=True, hidden_columns=(1,), frozen_at=(1, 0), tab_color="accent")
    page.widths |= {1: 4, B: 6, C: 30, D: 96, E: 30}
    page.write(1, 1, f"{MARK}version", "cle")
    for column in range(B, E + 1):
        page.write(1, column, "Décrire son contrat" if column == B else None, "couverture")
    page.merges.append(CellRange(1, B, 1, E))
    page.heights[1] = 42
    line = 2
    for texte in INTRODUCTION:
        line = _sentence(page, line, texte)
    line = _band(page, line + 1, "Que remplir, et dans quel ordre ?")
    for rank, (names, texte) in enumerate(STEPS, 1):
        line = _step(page, line, rank, [_section(n) for n in names], texte)
    line = _last_step(page, line, len(STEPS) + 1)
    page.print_setup.page_breaks.append(line)
    line = _band(page, line + 1, "Un exemple : une fiche de bout en bout")
    for nom, texte in WORKED_EXAMPLE:
        line = _pair(page, line, _section(nom).sheet, texte, "libelle_fort")
    line = _band(page, line + 1, "Ce que disent les couleurs")
    for style, word, meaning in LEGEND:
        line = _pair(page, line, word, meaning, style)
    line = _band(page, line + 1, "Bon à savoir")
    for tip in TIPS:
        page.write(line, B, "•", "puce")
        line = _sentence(page, line, tip, C)
    page.print_setup.left_footer = "Description du contrat · mode d’emploi"
    return page


def _section(nom: str) -> Section:
    return next(r for r in SECTIONS if r.nom == nom)


def _band(page: Sheet, line: int, titre: str) -> int:
    page.heights[line - 1] = 9
    for column in range(B, E + 1):
        page.write(line, column, typography(titre) if column == B else None, "bloc")
    page.heights[line] = 24
    return line + 1


def _sentence(page: Sheet, line: int, texte: str, start: int = B) -> int:
    texte = typography(texte)
    page.write(line, start, texte, "libelle")
    for column in range(start + 1, E + 1):
        page.write(line, column, None, "libelle")
    page.merges.append(CellRange(line, start, line, E))
    page.heights[line] = height(texte, sum(page.widths[c] for c in range(start, E + 1)), 21)
    return line + 1


def _step(page: Sheet, line: int, rank: int, sections: list[Section], texte: str) -> int:
    """One row a sheet, each with its link; the sentence beside the first."""
    for i, section in enumerate(sections):
        page.write(line, B, str(rank) if i == 0 else None, "etape")
        page.write(
            line,
            C,
            Link(f"internal:'{section.sheet}'!A1", section.sheet, f"Ouvrir la feuille {section.sheet}"),
            "lien_fort",
        )
        page.write(line, D, section.aide if len(sections) > 1 else typography(texte), "libelle")
        page.write(line, E, _need(section), "aide:retrait")
        page.heights[line] = height(section.aide if len(sections) > 1 else texte, page.widths[D], STEP_HEIGHT)
        line += 1
    return line


def _need(section: Section) -> str:
    if section.nom in ("contrat", "axes", "structures", "fiches"):
        return "nécessaire"
    if section.nom in ("indicateurs", "financeurs", "natures", "financement"):
        return "attendu, peut venir après"
    return "si le contrat en a"


def _last_step(page: Sheet, line: int, rank: int) -> int:
    page.write(line, B, str(rank), "etape")
    page.write(
        line, C, Link(f"internal:'{VERIFICATION}'!A1", VERIFICATION, f"Ouvrir la feuille {VERIFICATION}"), "lien_fort"
    )
    page.write(
        line,
        D,
        typography("Regardez le compte : ce qui manque, ce qui ne correspond pas. Puis enregistrez et importez."),
        "libelle",
    )
    page.write(line, E, Link(f"internal:'{HELP_SHEET}'!A1", "Aide de chaque colonne", "Ouvrir la feuille Aide"), "lien")
    page.heights[line] = STEP_HEIGHT
    return line + 1


def _pair(page: Sheet, line: int, left: str, right: str, style: str) -> int:
    page.write(line, B, None, "libelle")
    page.write(line, C, typography(left), style)
    texte = typography(right)
    page.write(line, D, texte, "libelle")
    page.write(line, E, None, "libelle")
    page.merges.append(CellRange(line, D, line, E))
    page.heights[line] = height(texte, page.widths[D] + page.widths[E], 21)
    return line + 1


def aide() -> Sheet:
    """Every column of every sheet: what it is for, whether it is needed, an example."""
    page = Sheet(HELP_SHEET, protected=True, hidden_columns=(1,), frozen_at=(3, 0), tab_color="accent_clair")
    page.widths |= {1: 4, B: 18, C: 34, D: 14, E: 92}
    page.write(1, 1, f"{MARK}aide", "cle")
    page.write(1, B, "Aide de chaque colonne", "titre")
    page.heights |= {1: 32, 2: 6, 3: 24}
    for rank, titre in enumerate(("Feuille", "Colonne", "Nécessaire ?", "Ce qu’on y écrit"), B):
        page.write(3, rank, typography(titre), "entete")
    line = 4
    for section in SECTIONS:
        for rank, column in enumerate(section.columns):
            texte = help_of(column).replace("\n", " ")
            page.write(line, B, section.sheet, "libelle_fort" if rank == 0 else "libelle")
            page.write(line, C, column.titre, "libelle_fort" if section.obligatoire(column) else "libelle")
            page.write(line, D, "nécessaire" if section.obligatoire(column) else "", "libelle")
            page.write(line, E, texte, "libelle")
            page.heights[line] = max(
                height(texte, page.widths[E], 19), height(column.titre, page.widths[C], 19, bold=True)
            )
            line += 1
    page.print_setup.repeated_rows = (3, 3)
    page.print_setup.left_footer = "Description du contrat · aide"
    return page
