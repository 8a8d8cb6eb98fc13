"""The sheets around the fiches: Accueil (who answers, how to), Sommaire (links and progress), identification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cls_workbook import fields
from cls_workbook.contract import Contrat, Fiche
from cls_workbook.layout import A_REMPLIR, REMPLI, Page, hauteur
from cls_workbook.sheets import Formule, Lien, MiseEnForme, Plage, adresse, reference

if TYPE_CHECKING:
    from cls_workbook.entry import Campagne, Repondant

B, C, D, E, F, G = range(2, 8)

ETAPES = (
    "Dites qui répond, juste au-dessous : c’est demandé une seule fois pour tout le classeur.",
    "Ouvrez le Sommaire, puis vos fiches : un clic sur le titre y mène.",
    "Remplissez les cases jaunes. Les cases au contour plein sont attendues, celles au contour pointillé sont facultatives.",
    "Regardez la dernière colonne : elle passe de « à remplir » à « rempli » ; le Sommaire fait le compte.",
    "Enregistrez au format .xlsx ou .ods, sous le nom de votre choix, et renvoyez le fichier à la coordination.",
)
CONSEILS = (
    "Comptez environ dix minutes par fiche. Vous pouvez vous arrêter et reprendre : enregistrez simplement le fichier.",
    "Écrivez les nombres comme d’habitude : 1 234,56. Saisissez 0 quand rien n’a eu lieu, et laissez vide ce que vous ne savez pas, avec le statut « non disponible ».",
    "Ne nommez jamais une personne. Décrivez des actions, des structures, des nombres.",
    "Une fiche ne vous concerne pas ? Laissez-la vide : elle ne sera pas comptée.",
)
LEGENDE = (
    ("saisie:texte", "À remplir", "Fond jaune, contour plein : une réponse est attendue."),
    ("saisie_optionnelle:texte", "Facultatif", "Fond clair, contour pointillé : seulement si vous avez l’information."),
    ("repere:texte", "Rappel", "Fond gris : ce que dit le contrat ou votre réponse de l’an dernier. Non modifiable."),
    ("calcul:texte", "Calculé", "Italique sur fond vert d’eau : se calcule seul pendant que vous saisissez."),
    ("interdit", "—", "Gris avec un tiret : cette question ne se pose pas pour cette ligne."),
)
MOTS = (
    ("réel", "le chiffre a été compté."),
    ("estimé", "le chiffre a été évalué au mieux ; il sera signalé comme tel."),
    ("non disponible", "l’information existe, mais vous ne l’avez pas."),
    ("sans objet", "la question ne se pose pas cette année."),
    ("état de l’action", "où elle en est sur toute la durée du contrat."),
    ("réalisation de l’année", "si ce qui était prévu pour l’année a été fait."),
    ("prévu, engagé, versé", "attendu pour l’année ; acquis par une convention ou une décision ; reçu dans l’année."),
    ("valorisation", "du temps ou des moyens mis à disposition, sans versement d’argent."),
)


def accueil(page: Page, contrat: Contrat, annee: int, repondant: Repondant | None, campagne: Campagne) -> tuple[Page, str]:
    """Draws Accueil; returns it with the address of the structure's cell, as other sheets cite it."""
    page.feuille.largeurs.update({1: 4, B: 36, C: 56, D: 62, E: 14})
    page.suivante(8)
    titre = page.rangee("accueil/identite/titre", "repere")
    page.texte(B, contrat.titre, "titre")
    titre.reperes[B] = contrat.titre
    page.suivante(34)
    page.rangee("accueil/information/annee", "repere")
    page.texte(B, f"Suivi de l’année {annee}" + (f" · {repondant.nom}" if repondant else ""), "sous_titre")
    page.suivante(22)
    _bande(page, fields.REPONSE.titre)
    cellule = _qui_repond(page, repondant)
    _bande(page, "Comment remplir ce classeur ?")
    for rang, etape in enumerate(ETAPES, 1):
        _phrase(page, f"{rang}. {etape}")
    _bande(page, "Bon à savoir")
    for conseil in CONSEILS:
        _phrase(page, conseil)
    _bande(page, "Ce que veulent dire les couleurs")
    for style, mot, sens in LEGENDE:
        page.texte(B, mot, f"legende_{style}" if style.startswith("saisie") else style)
        page.texte(C, sens, "libelle")
        page.texte(D, None, "libelle")
        page.suivante(hauteur(sens, 56))
    _bande(page, "Ce que veulent dire les mots")
    for mot, sens in MOTS:
        page.texte(B, mot, "libelle_fort")
        page.texte(C, sens, "libelle")
        page.texte(D, None, "libelle")
        page.suivante(hauteur(sens, 56))
    _contact(page, contrat, campagne)
    page.etats_lisibles(E)
    page.feuille.selection = (6, C)
    return page, cellule


def _qui_repond(page: Page, repondant: Repondant | None) -> str:
    cellule = ""
    for champ in fields.REPONSE.champs:
        rangee = page.rangee(f"accueil/reponse/{champ.nom}", "saisie", champ.libelle)
        rangee.cle = "accueil/reponse"
        page.texte(B, champ.libelle, "libelle")
        valeur = repondant.nom if repondant and champ.nom == "structure" else None
        page.saisie(rangee, champ, C, etiquette=champ.libelle, ancre="gauche", bloc="reponse", valeur=valeur, optionnelle=not champ.obligatoire)
        page.texte(D, champ.aide, "aide:retrait")
        if champ.nom == "structure":
            cellule = reference(page.feuille.nom, Plage(page.ligne, C, page.ligne, C))
            page.a_remplir(rangee, E, f'{adresse(page.ligne, C)}<>""', rempli=bool(valeur))
        page.suivante(max(24, hauteur(champ.aide, 66)))
    return cellule


def _bande(page: Page, titre: str) -> None:
    page.suivante(9)
    page.texte(B, titre, "bloc")
    page.fond(range(C, F), "bloc")
    page.suivante(24)


def _phrase(page: Page, texte: str) -> None:
    page.fusion(B, D, texte, "libelle")
    page.suivante(hauteur(texte, 150))


def _contact(page: Page, contrat: Contrat, campagne: Campagne) -> None:
    _bande(page, "Une question ?")
    coordination = contrat.par_structure.get(contrat.coordination or "")
    qui = campagne.contact or contrat.contact or (f"Coordination du contrat : {coordination.nom}" if coordination else "La coordination du contrat")
    page.rangee("accueil/information/contact", "repere")
    _phrase(page, qui + ".")
    if campagne.limite:
        page.rangee("accueil/information/limite", "repere")
        _phrase(page, f"Retour attendu avant le {campagne.limite}.")


# --- Sommaire -------------------------------------------------------------------------------------------------------


def sommaire(page: Page, contrat: Contrat, annee: int, fiches: list[tuple[Fiche, Page]]) -> Page:
    """One row a fiche: link, axe, how much is filled in."""
    page.feuille.largeurs.update({1: 4, B: 12, C: 86, D: 40, E: 13, F: 13, G: 16})
    page.texte(B, f"Sommaire · {annee}", "titre")
    page.suivante(34)
    page.texte(B, "Cliquez sur un titre pour ouvrir la fiche. Le compte se met à jour pendant que vous saisissez.", "aide_ligne")
    page.suivante(22)
    titres = ("Fiche", "Titre", "Axe", "Renseigné", "Attendu", "Où en suis-je ?")
    for colonne, titre in enumerate(titres, B):
        page.texte(colonne, titre, "entete")
    page.suivante(28)
    axes = {a.numero: (f"{a.numero}. {a.titre}", i % 8 + 1) for i, a in enumerate(contrat.axes)}
    debut = page.ligne
    for fiche, feuille in fiches:
        _ligne_du_sommaire(page, fiche, feuille, *axes.get(fiche.axe, ("", 1)))
    if fiches:
        _total_du_sommaire(page, debut)
        _etats_du_sommaire(page, debut)
    if contrat.a_programmer:
        page.suivante(12)
        page.texte(B, "Actions à programmer : elles n’ont pas encore de fiche, rien n’est à saisir.", "aide_ligne")
        page.suivante(20)
        for action in contrat.a_programmer:
            page.texte(B, "—", "cellule:centre")
            page.texte(C, action.titre, "cellule:texte")
            page.texte(D, axes.get(action.axe, ("", 1))[0], "cellule:texte")
            page.suivante(hauteur(action.titre, 92, 20))
    page.feuille.figee = (3, 0)
    page.feuille.impression.lignes_repetees = (3, 3)
    return page


def _ligne_du_sommaire(page: Page, fiche: Fiche, feuille: Page, axe: str, rang: int) -> None:
    nom = feuille.feuille.nom
    rempli, attendu = sum(feuille.etats), len(feuille.etats)
    zone = "'" + nom.replace("'", "''") + "'!$K:$K"
    page.texte(B, fiche.numero, f"axe{rang}:centre")
    page.texte(C, Lien(f"internal:'{nom}'!B1", fiche.titre, f"Ouvrir la fiche {fiche.numero}"), "lien:texte")
    page.texte(D, axe, "cellule:texte")
    page.texte(E, Formule(f'COUNTIF({zone},"{REMPLI}")', rempli), "calcul:entier")
    page.texte(F, Formule(f'COUNTIF({zone},"{REMPLI}")+COUNTIF({zone},"{A_REMPLIR}")', attendu), "calcul:entier")
    fait, tout = adresse(page.ligne, E), adresse(page.ligne, F)
    page.texte(G, Formule(f'IF({fait}=0,"vide",IF({fait}={tout},"complète","à compléter"))', "vide" if not rempli else "complète" if rempli == attendu else "à compléter"), "calcul:centre")
    page.suivante(hauteur(fiche.titre, 92, 22))


def _total_du_sommaire(page: Page, debut: int) -> None:
    derniere = page.ligne - 1
    page.texte(B, None, "total")
    page.texte(C, "Ensemble", "total")
    page.texte(D, None, "total")
    for colonne in (E, F):
        valeur = sum(c.valeur.valeur for c in page.feuille.cellules if c.colonne == colonne and c.ligne >= debut and isinstance(c.valeur, Formule))
        page.texte(colonne, Formule(f"SUM({adresse(debut, colonne)}:{adresse(derniere, colonne)})", valeur), "total:entier")
    page.texte(G, None, "total")
    page.suivante(24)


def _etats_du_sommaire(page: Page, debut: int) -> None:
    plage = Plage(debut, G, page.ligne - 2, G)
    for mot, style in (("complète", "rempli"), ("à compléter", "a_remplir")):
        page.feuille.mises_en_forme.append(MiseEnForme(plage, f'{adresse(debut, G)}="{mot}"', style))


# --- identification -------------------------------------------------------------------------------------------------


def identite(
    page: Page, contrat: Contrat, annee: int, repondant: Repondant | None, modele: str, identifiant: str, fiches: list[Fiche]
) -> Page:
    """The very hidden sheet by which a return says what it is."""
    page.feuille.etat = "tres_masquee"
    page.feuille.colonnes_masquees = ()
    page.feuille.largeurs.update({1: 30, B: 30, C: 44})
    faits = {
        "contrat": contrat.id,
        "annee": annee,
        "modele": modele,
        "structure": repondant.id if repondant else "",
        "identifiant": identifiant,
        "fiches": " ".join(f.numero for f in fiches),
    }
    for nom, valeur in faits.items():
        page.rangee(f"identification/{nom}", "repere", nom)
        page.texte(B, nom, "libelle")
        page.texte(C, valeur, "repere:code")
        page.suivante()
    return page
