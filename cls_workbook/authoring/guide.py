"""Mode d’emploi, and the help of every column: what a coordinator reads before and while filling in."""

from __future__ import annotations

from cls_workbook.authoring.feuilles import MARQUE, MODE_D_EMPLOI, aide_de
from cls_workbook.authoring.rubriques import Rubrique
from cls_workbook.authoring.tout import RUBRIQUES
from cls_workbook.entry.layout import hauteur
from cls_workbook.francais import typographie
from cls_workbook.xlsx.sheets import Feuille, Lien, Plage

AIDE, VERIFICATION = "Aide", "Vérification"
B, C, D, E = range(2, 6)
HAUT_D_UNE_ETAPE = 18.5  # all the steps on one printed page

INTRODUCTION = (
    "Ce classeur décrit votre contrat : ce qu’il prévoit, qui répond, ce qui se compte. Il se remplit une fois ; l’outil en tire chaque année les classeurs des partenaires.",
    "Comptez un après-midi pour vingt fiches. Enregistrez quand vous voulez et reprenez plus tard. Seules les colonnes marquées d’une étoile (*) sont nécessaires.",
    "Quand c’est prêt :   cls-workbook contrat importer CLASSEUR.xlsx --sortie contrat.toml   Chaque point à corriger est donné avec sa feuille, sa cellule et son remède.",
)
# What to do in which order: (sheets, what to write there).
ETAPES: tuple[tuple[tuple[str, ...], str], ...] = (
    (("contrat",), "Le titre, le territoire, les années. Le reste peut attendre."),
    (("axes",), "Un axe par ligne, avec son numéro et son titre."),
    (("structures",), "Chaque organisme qui portera une fiche, puis la coordination et l’ARS. Revenez sur Contrat pour les y choisir."),
    (("fiches",), "Une fiche par ligne : son numéro, son titre, son axe et ses porteurs, choisis dans les listes."),
    (("indicateurs",), "Pour chaque fiche, ce qui se compte : une ligne par chiffre à saisir."),
    (("financeurs", "natures", "financement"), "Qui finance, et le montant annoncé pour chaque fiche. Vide n’est pas zéro."),
    (("communes", "qpv", "signataires", "instances"), "Le territoire, les signataires et les réunions prévues."),
    (("themes", "priorites"), "De quoi traite chaque fiche, et quelles priorités régionales elle sert : la région pourra comparer."),
    (("volets", "complements", "regles", "enveloppes"), "Seulement si le contrat en a : fiches en plusieurs volets, règles de financement, enveloppes annuelles."),
    (("a_programmer", "a_confirmer", "listes"), "Les actions sans fiche, ce que le contrat laisse incertain, les choix proposés aux partenaires."),
    (("decisions", "revisions"), "Plus tard, quand le contrat change : la décision, puis ce qu’elle change et à partir de quelle année."),
)
LEGENDE = (
    ("legende_saisie:texte", "L’essentiel", "Fond jaune, contour plein."),
    ("legende_saisie_optionnelle:texte", "Facultatif", "Fond clair, contour pointillé : si vous avez l’information."),
    ("etat_mauvais", "Rouge", "Un nom qui n’est pas sur sa feuille, ou un numéro donné deux fois."),
    ("etat_attention", "Orange", "La ligne est commencée : cette case manque."),
    ("calcul:texte", "Calculé", "Italique sur fond vert d’eau : se remplit seul, ou vient avec l’outil."),
    ("etat_neutre", "Gris", "Sans objet pour la sorte de règle choisie."),
)
CONSEILS = (
    "Les noms se choisissent dans des listes : écrivez d’abord la structure sur sa feuille, elle apparaît aussitôt dans les listes des autres.",
    "Plusieurs éléments dans une case : séparez-les par un point-virgule ( ; ). Un élément qui en contient un s’écrit entre guillemets droits.",
    "Numéros (1.2, 1.10, 3 bis) : les colonnes sont au format Texte. Si vous collez depuis un autre classeur, choisissez « valeurs » ou « texte seul ».",
    "Les repères et identifiants se font tout seuls : laissez-les vides. Une fois le contrat en service, ne les changez plus.",
    "Vous pouvez insérer, supprimer, trier des lignes, déplacer des colonnes, et ajouter les vôtres : l’import retrouve chaque colonne par son titre.",
    "N’écrivez aucun nom de personne : des organismes et des fonctions seulement.",
)
EXEMPLE: tuple[tuple[str, str], ...] = (
    ("axes", "1 · Accès aux soins"),
    ("structures", "CCAS du Val-Fleuri · public"),
    ("fiches", "1.2 · Aller vers les habitants éloignés du soin · axe 1 · Porteur 1 : CCAS du Val-Fleuri"),
    ("indicateurs", "1.2 · Nombre et type de personnes rencontrées · Personnes rencontrées · nombre entier · personnes (participations) · personne · type de public"),
    ("indicateurs", "1.2 · (libellé laissé vide : c’est le même indicateur) · Permanences tenues · nombre entier · s’additionne · permanence"),
    ("financement", "1.2 · 45 000,00 € · chiffré"),
)


def mode_d_emploi() -> Feuille:
    """The first sheet: what to do in which order, an example, colours, advice."""
    page = Feuille(MODE_D_EMPLOI, protegee=True, colonnes_masquees=(1,), figee=(1, 0), couleur_onglet="accent")
    page.largeurs |= {1: 4, B: 6, C: 30, D: 96, E: 30}
    page.ecrire(1, 1, f"{MARQUE}version", "cle")
    for colonne in range(B, E + 1):
        page.ecrire(1, colonne, "Décrire son contrat" if colonne == B else None, "couverture")
    page.fusions.append(Plage(1, B, 1, E))
    page.hauteurs[1] = 42
    ligne = 2
    for texte in INTRODUCTION:
        ligne = _phrase(page, ligne, texte)
    ligne = _bande(page, ligne + 1, "Que remplir, et dans quel ordre ?")
    for rang, (noms, texte) in enumerate(ETAPES, 1):
        ligne = _etape(page, ligne, rang, [_rubrique(n) for n in noms], texte)
    ligne = _derniere_etape(page, ligne, len(ETAPES) + 1)
    page.impression.sauts.append(ligne)
    ligne = _bande(page, ligne + 1, "Un exemple : une fiche de bout en bout")
    for nom, texte in EXEMPLE:
        ligne = _couple(page, ligne, _rubrique(nom).feuille, texte, "libelle_fort")
    ligne = _bande(page, ligne + 1, "Ce que disent les couleurs")
    for style, mot, sens in LEGENDE:
        ligne = _couple(page, ligne, mot, sens, style)
    ligne = _bande(page, ligne + 1, "Bon à savoir")
    for conseil in CONSEILS:
        page.ecrire(ligne, B, "•", "puce")
        ligne = _phrase(page, ligne, conseil, C)
    page.impression.pied_gauche = "Description du contrat · mode d’emploi"
    return page


def _rubrique(nom: str) -> Rubrique:
    return next(r for r in RUBRIQUES if r.nom == nom)


def _bande(page: Feuille, ligne: int, titre: str) -> int:
    page.hauteurs[ligne - 1] = 9
    for colonne in range(B, E + 1):
        page.ecrire(ligne, colonne, typographie(titre) if colonne == B else None, "bloc")
    page.hauteurs[ligne] = 24
    return ligne + 1


def _phrase(page: Feuille, ligne: int, texte: str, debut: int = B) -> int:
    texte = typographie(texte)
    page.ecrire(ligne, debut, texte, "libelle")
    for colonne in range(debut + 1, E + 1):
        page.ecrire(ligne, colonne, None, "libelle")
    page.fusions.append(Plage(ligne, debut, ligne, E))
    page.hauteurs[ligne] = hauteur(texte, sum(page.largeurs[c] for c in range(debut, E + 1)), 21)
    return ligne + 1


def _etape(page: Feuille, ligne: int, rang: int, rubriques: list[Rubrique], texte: str) -> int:
    """One row a sheet, each with its link; the sentence beside the first."""
    for i, rubrique in enumerate(rubriques):
        page.ecrire(ligne, B, str(rang) if i == 0 else None, "etape")
        page.ecrire(ligne, C, Lien(f"internal:'{rubrique.feuille}'!A1", rubrique.feuille, f"Ouvrir la feuille {rubrique.feuille}"), "lien_fort")
        page.ecrire(ligne, D, rubrique.aide if len(rubriques) > 1 else typographie(texte), "libelle")
        page.ecrire(ligne, E, _besoin(rubrique), "aide:retrait")
        page.hauteurs[ligne] = hauteur(rubrique.aide if len(rubriques) > 1 else texte, page.largeurs[D], HAUT_D_UNE_ETAPE)
        ligne += 1
    return ligne


def _besoin(rubrique: Rubrique) -> str:
    if rubrique.nom in ("contrat", "axes", "structures", "fiches"):
        return "nécessaire"
    if rubrique.nom in ("indicateurs", "financeurs", "natures", "financement"):
        return "attendu, peut venir après"
    return "si le contrat en a"


def _derniere_etape(page: Feuille, ligne: int, rang: int) -> int:
    page.ecrire(ligne, B, str(rang), "etape")
    page.ecrire(ligne, C, Lien(f"internal:'{VERIFICATION}'!A1", VERIFICATION, f"Ouvrir la feuille {VERIFICATION}"), "lien_fort")
    page.ecrire(ligne, D, typographie("Regardez le compte : ce qui manque, ce qui ne correspond pas. Puis enregistrez et importez."), "libelle")
    page.ecrire(ligne, E, Lien(f"internal:'{AIDE}'!A1", "Aide de chaque colonne", "Ouvrir la feuille Aide"), "lien")
    page.hauteurs[ligne] = HAUT_D_UNE_ETAPE
    return ligne + 1


def _couple(page: Feuille, ligne: int, gauche: str, droite: str, style: str) -> int:
    page.ecrire(ligne, B, None, "libelle")
    page.ecrire(ligne, C, typographie(gauche), style)
    texte = typographie(droite)
    page.ecrire(ligne, D, texte, "libelle")
    page.ecrire(ligne, E, None, "libelle")
    page.fusions.append(Plage(ligne, D, ligne, E))
    page.hauteurs[ligne] = hauteur(texte, page.largeurs[D] + page.largeurs[E], 21)
    return ligne + 1


def aide() -> Feuille:
    """Every column of every sheet: what it is for, whether it is needed, an example."""
    page = Feuille(AIDE, protegee=True, colonnes_masquees=(1,), figee=(3, 0), couleur_onglet="accent_clair")
    page.largeurs |= {1: 4, B: 18, C: 34, D: 14, E: 92}
    page.ecrire(1, 1, f"{MARQUE}aide", "cle")
    page.ecrire(1, B, "Aide de chaque colonne", "titre")
    page.hauteurs |= {1: 32, 2: 6, 3: 24}
    for colonne, titre in enumerate(("Feuille", "Colonne", "Nécessaire ?", "Ce qu’on y écrit"), B):
        page.ecrire(3, colonne, typographie(titre), "entete")
    ligne = 4
    for rubrique in RUBRIQUES:
        for rang, colonne in enumerate(rubrique.colonnes):
            texte = aide_de(colonne).replace("\n", " ")
            page.ecrire(ligne, B, rubrique.feuille, "libelle_fort" if rang == 0 else "libelle")
            page.ecrire(ligne, C, colonne.titre, "libelle_fort" if rubrique.obligatoire(colonne) else "libelle")
            page.ecrire(ligne, D, "nécessaire" if rubrique.obligatoire(colonne) else "", "libelle")
            page.ecrire(ligne, E, texte, "libelle")
            page.hauteurs[ligne] = max(hauteur(texte, page.largeurs[E], 19), hauteur(colonne.titre, page.largeurs[C], 19, gras=True))
            ligne += 1
    page.impression.lignes_repetees = (3, 3)
    page.impression.pied_gauche = "Description du contrat · aide"
    return page
