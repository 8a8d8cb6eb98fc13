"""The sheets around the fiches: Accueil (who answers, how to), Sommaire (links and progress), identification."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cls_workbook.contract import fields
from cls_workbook.contract.model import Contrat, Fiche
from cls_workbook.entry.layout import A_REMPLIR, REMPLI, SEPARATEUR_DE_FICHES, Page, hauteur
from cls_workbook.francais import typographie
from cls_workbook.xlsx.sheets import Formule, Lien, MiseEnForme, Plage, adresse, reference

if TYPE_CHECKING:
    from cls_workbook.entry.workbook import Campagne, Repondant

B, C, D, E, F, G, H = range(2, 9)
# Accueil: numbers of the steps, labels, inputs, their state; then words and what they mean
LARGEURS_ACCUEIL = {1: 4, B: 5, C: 32, D: 46, E: 12, F: 23, G: 62}
# Sommaire: a strip in the colour of the axe, then a row of facts
LARGEURS_SOMMAIRE = {1: 4, B: 2, C: 9, D: 84, E: 38, F: 12, G: 12, H: 16}

ETAPES = (
    "Dites qui répond, juste au-dessus : c’est demandé une seule fois pour tout le classeur.",
    "Ouvrez le Sommaire, puis une de vos fiches : un clic sur son numéro y mène.",
    "Remplissez les cases jaunes : contour plein, une réponse est attendue ; contour pointillé, c’est facultatif.",
    "Regardez la dernière colonne : elle passe de « à remplir » à « rempli ». Le Sommaire fait le compte.",
    "Enregistrez au format .xlsx ou .ods, sous le nom de votre choix, et renvoyez le fichier à la coordination.",
)
CONSEILS = (
    "Comptez environ dix minutes par fiche. Vous pouvez vous arrêter et reprendre : enregistrez simplement le fichier.",
    "Écrivez les nombres comme d’habitude : 1 234,56. Saisissez 0 quand rien n’a eu lieu ; laissez vide ce que vous ne savez pas, avec le statut « non disponible ».",
    "Une case bleue, en italique, reprend votre réponse de l’an dernier : gardez-la si elle est encore juste, sinon corrigez-la.",
    "Ne nommez jamais une personne. Décrivez des actions, des structures, des nombres.",
    "Une fiche ne vous concerne pas ? Laissez-la vide : elle ne sera pas comptée.",
)
LEGENDE = (
    ("saisie:texte", "À remplir", "Jaune, contour plein : une réponse est attendue."),
    ("saisie_optionnelle:texte", "Facultatif", "Jaune clair, contour pointillé : si vous le savez."),
    ("repere:texte", "Rappel", "Gris : le contrat, ou l’an dernier. Non modifiable."),
    ("calcul:texte", "Calculé", "Italique, vert d’eau : se calcule seul."),
    ("interdit", "—", "Hachures et tiret : la question ne se pose pas."),
)
MOTS = (
    ("réel", "Le chiffre a été compté."),
    ("estimé", "Le chiffre a été évalué au mieux ; il sera signalé comme tel."),
    ("non disponible", "L’information existe, mais vous ne l’avez pas."),
    ("sans objet", "La question ne se pose pas cette année."),
    ("état de l’action", "Où elle en est sur toute la durée du contrat."),
    ("réalisation de l’année", "Si ce qui était prévu pour l’année a été fait."),
    ("prévu, engagé, versé", "Attendu ; acquis par une convention ou une décision ; reçu dans l’année."),
    ("valorisation", "Du temps ou des moyens mis à disposition, sans versement d’argent."),
)
AIDE_SOMMAIRE = "Cliquez sur le numéro d’une fiche pour l’ouvrir. Le compte se met à jour pendant que vous saisissez."
SANS_FICHE = "Aucune fiche n’est encore décrite dans ce contrat : il n’y a rien à remplir pour le moment."
AIDE_A_PROGRAMMER = "Elles n’ont pas encore de fiche : rien n’est à saisir."
VIDE, EN_COURS, COMPLETE = "vide", "à compléter", "complète"


def accueil(page: Page, contrat: Contrat, annee: int, repondant: Repondant | None, campagne: Campagne) -> tuple[Page, str]:
    """Draws Accueil; returns it with the address of the structure's cell, as other sheets cite it."""
    page.feuille.largeurs.update(LARGEURS_ACCUEIL)
    page.feuille.couleur_onglet = "accent"
    _couverture(page, contrat, annee, repondant, campagne)
    _bande(page, B, G, fields.REPONSE.titre)
    page.suivante(22)
    page.feuille.selection = (page.ligne, D)
    cellule = _qui_repond(page, repondant)
    page.suivante(7)
    _bande(page, B, G, "Comment remplir ce classeur ?")
    page.suivante(22)
    for rang, etape in enumerate(ETAPES, 1):
        _phrase(page, str(rang), "etape", etape)
    page.suivante(7)
    _legende_et_mots(page, contrat, campagne)
    page.suivante(7)
    _bande(page, B, G, "Bon à savoir")
    page.suivante(22)
    for conseil in CONSEILS:
        _phrase(page, "•", "puce", conseil)
    page.etats_lisibles(E)
    page.reprises_visibles(B, G)
    page.feuille.figee = (2, 0)
    return page, cellule


def _couverture(page: Page, contrat: Contrat, annee: int, repondant: Repondant | None, campagne: Campagne) -> None:
    titre = page.rangee("accueil/identite/titre", "repere")
    page.fusion(B, G, contrat.titre, "couverture")
    titre.reperes[B] = contrat.titre
    page.suivante(hauteur(contrat.titre, sum(LARGEURS_ACCUEIL[c] for c in range(B, G + 1)), 40, taille=20, gras=True))
    information = page.rangee("accueil/information/annee", "repere")
    morceaux = [f"Suivi de l’année {contrat.nom_annee(annee)}", repondant.nom if repondant else None, f"à renvoyer avant le {campagne.limite}" if campagne.limite else None]
    page.rappel(information, B, " · ".join(m for m in morceaux if m), "fiche_info_fort")
    page.fond(range(C, G), "fiche_info")
    page.texte(G, Lien("internal:'Sommaire'!A1", "Ouvrir le sommaire →", "Voir toutes les fiches"), "fiche_info_lien:droite")
    page.suivante(22)
    page.suivante(7)


def _qui_repond(page: Page, repondant: Repondant | None) -> str:
    cellule = ""
    for champ in fields.REPONSE.champs:
        rangee = page.rangee(f"accueil/reponse/{champ.nom}", "saisie", champ.libelle)
        rangee.cle, rangee.colonne_etiquette = "accueil/reponse", C
        page.texte(B, None, "libelle")
        page.texte(C, champ.libelle, "libelle")
        valeur = repondant.nom if repondant and champ.nom == "structure" else None
        page.saisie(rangee, champ, D, etiquette=champ.libelle, ancre="gauche", bloc="reponse", valeur=valeur, optionnelle=not champ.obligatoire)
        if champ.nom == "structure":
            cellule = reference(page.feuille.nom, Plage(page.ligne, D, page.ligne, D))
            page.a_remplir(rangee, E, f'{adresse(page.ligne, D)}<>""', rempli=bool(valeur))
        page.texte(F, champ.aide, "aide_ligne:retrait")
        page.suivante(21)
    return cellule


def _bande(page: Page, debut: int, fin: int, titre: str) -> None:
    page.texte(debut, typographie(titre), "bloc")
    page.fond(range(debut + 1, fin + 1), "bloc")


def _phrase(page: Page, marque: str, style: str, texte: str) -> None:
    page.texte(B, marque, style)
    page.fusion(C, G, typographie(texte), "libelle")
    page.suivante(hauteur(texte, sum(LARGEURS_ACCUEIL[c] for c in range(C, G + 1)), 20))


def _legende_et_mots(page: Page, contrat: Contrat, campagne: Campagne) -> None:
    """Two columns: at the left the colours, then whom to ask; at the right the words."""
    _bande(page, B, D, "Ce que veulent dire les cases")
    _bande(page, F, G, "Ce que veulent dire les mots")
    page.suivante(22)
    for rang, (mot, sens) in enumerate(MOTS):
        if rang < len(LEGENDE):
            style, nom, explication = LEGENDE[rang]
            page.texte(B, None, "libelle")
            page.texte(C, nom, f"legende_{style}" if style.startswith("saisie") else style)
            page.texte(D, typographie(explication), "libelle")
        elif rang == len(LEGENDE):
            _bande(page, B, D, "Une question ?")
        else:
            _contact(page, contrat, campagne, rang - len(LEGENDE))
        page.texte(F, mot, "libelle_fort")
        page.texte(G, typographie(sens), "libelle")
        page.suivante(20)


def _contact(page: Page, contrat: Contrat, campagne: Campagne, rang: int) -> None:
    coordination = contrat.par_structure.get(contrat.coordination or "")
    qui = campagne.contact or contrat.contact or (f"Coordination du contrat : {coordination.nom}" if coordination else "La coordination du contrat")
    lignes = {"contact": f"{qui}.", "limite": f"Retour attendu avant le {campagne.limite}." if campagne.limite else ""}
    nom = list(lignes)[rang - 1]
    texte = typographie(lignes[nom])
    page.fusion(B, D, texte or None, "libelle")
    if texte:
        information = page.rangee(f"accueil/information/{nom}", "repere")
        information.rappel, page.rappels[information.cle] = B, texte


# --- Sommaire -------------------------------------------------------------------------------------------------------


def sommaire(page: Page, contrat: Contrat, annee: int, fiches: list[tuple[Fiche, Page]]) -> Page:
    """One row a fiche: link, axe, how much is filled in."""
    page.feuille.largeurs.update(LARGEURS_SOMMAIRE)
    page.feuille.couleur_onglet = "accent"
    page.texte(B, f"Sommaire · {contrat.nom_annee(annee)}", "titre")
    page.texte(H, Lien("internal:'Accueil'!A1", "← Accueil", "Revenir à l’accueil"), "fiche_info_lien:droite")
    page.suivante(34)
    page.texte(B, AIDE_SOMMAIRE, "aide_ligne")
    page.suivante(22)
    titres = ("Fiche", "Titre", "Axe", "Renseigné", "Attendu", "Où en suis-je\u00a0?")
    page.texte(B, None, "entete")
    for colonne, titre in enumerate(titres, C):
        page.texte(colonne, titre, "entete")
    page.suivante(24)
    axes = {a.numero: (f"{a.numero}. {a.titre}", i % 8 + 1) for i, a in enumerate(contrat.axes)}
    debut = page.ligne
    for fiche, feuille in fiches:
        _ligne_du_sommaire(page, fiche, feuille, *axes.get(fiche.axe, ("", 1)))
    if fiches:
        _total_du_sommaire(page, debut)
        _etats_du_sommaire(page, debut)
    else:
        _sans_fiche(page, contrat)
    if contrat.a_programmer:
        _a_programmer(page, contrat, axes)
    page.feuille.figee = (3, 0)
    page.feuille.impression.lignes_repetees = (3, 3)
    page.feuille.selection = (debut, C)
    return page


def _sans_fiche(page: Page, contrat: Contrat) -> None:
    """A contract may be declared before its fiches are known: the workbook says so, and what is known."""
    annonce = f" {contrat.actions_annoncees} actions sont annoncées." if contrat.actions_annoncees else ""
    page.suivante(10)
    page.texte(C, typographie(f"{SANS_FICHE}{annonce}"), "aide_ligne")
    page.suivante(20)
    for rang, axe in enumerate(contrat.axes):
        page.texte(B, None, f"axe{rang % 8 + 1}")
        page.texte(C, axe.numero, "cellule:centre")
        page.texte(D, axe.titre, "cellule:texte")
        page.suivante(_haut_du_sommaire(axe.titre, ""))


def _a_programmer(page: Page, contrat: Contrat, axes: dict[str, tuple[str, int]]) -> None:
    page.suivante(10)
    page.texte(B, "Actions à programmer", "intertitre")
    page.texte(E, typographie(AIDE_A_PROGRAMMER), "aide_ligne:retrait")
    page.suivante(20)
    for action in contrat.a_programmer:
        axe, rang = axes.get(action.axe, ("", 1))
        page.texte(B, None, f"axe{rang}")
        page.texte(C, "—", "cellule:centre")
        page.texte(D, action.titre, "cellule:texte")
        page.texte(E, axe, "cellule:texte")
        page.suivante(_haut_du_sommaire(action.titre, axe))


def _haut_du_sommaire(titre: str, axe: str) -> float:
    return max(hauteur(titre, LARGEURS_SOMMAIRE[D], 20), hauteur(axe, LARGEURS_SOMMAIRE[E]))


def _ligne_du_sommaire(page: Page, fiche: Fiche, feuille: Page, axe: str, rang: int) -> None:
    nom = feuille.feuille.nom
    rempli, attendu = sum(feuille.etats), len(feuille.etats)
    etats = "'" + nom.replace("'", "''") + "'!$K:$K"
    page.texte(B, None, f"axe{rang}")
    # the number bears the link: LibreOffice neither wraps a text that is a link, nor leaves it its colour
    page.texte(C, Lien(f"internal:{reference(nom, Plage(1, B, 1, B), absolu=False)}", fiche.numero, f"Ouvrir la fiche {fiche.numero}"), "lien_fort:centre")
    page.texte(D, fiche.titre, "cellule:texte")
    page.texte(E, axe, "cellule:texte")
    page.texte(F, Formule(f'COUNTIF({etats},"{REMPLI}")', rempli), "calcul:entier")
    page.texte(G, Formule(f'COUNTIF({etats},"{REMPLI}")+COUNTIF({etats},"{A_REMPLIR}")', attendu), "calcul:entier")
    fait, tout = adresse(page.ligne, F), adresse(page.ligne, G)
    mot = VIDE if not rempli else COMPLETE if rempli == attendu else EN_COURS
    page.texte(H, Formule(f'IF({fait}=0,"{VIDE}",IF({fait}={tout},"{COMPLETE}","{EN_COURS}"))', mot), "calcul:centre")
    page.suivante(_haut_du_sommaire(fiche.titre, axe))


def _total_du_sommaire(page: Page, debut: int) -> None:
    derniere = page.ligne - 1
    for colonne, texte in ((B, None), (C, None), (D, "Ensemble"), (E, None)):
        page.texte(colonne, texte, "total")
    for colonne in (F, G):
        valeur = sum(c.valeur.valeur for c in page.feuille.cellules if c.colonne == colonne and c.ligne >= debut and isinstance(c.valeur, Formule))
        page.texte(colonne, Formule(f"SUM({adresse(debut, colonne)}:{adresse(derniere, colonne)})", valeur), "total:entier")
    page.texte(H, None, "total")
    page.suivante(22)


def _etats_du_sommaire(page: Page, debut: int) -> None:
    plage = Plage(debut, H, page.ligne - 2, H)
    for mot, style in ((COMPLETE, "rempli"), (EN_COURS, "a_remplir")):
        page.feuille.mises_en_forme.append(MiseEnForme(plage, f'{adresse(debut, H)}="{mot}"', style))


# --- identification -------------------------------------------------------------------------------------------------


def identite(
    page: Page, contrat: Contrat, annee: int, repondant: Repondant | None, modele: str, identifiant: str, fiches: list[Fiche], reprises: str, rappels: tuple[str, ...]
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
        "fiches": SEPARATEUR_DE_FICHES.join(f.numero for f in fiches),
        "reprises": reprises,
    }
    for nom, *valeurs in (*faits.items(), ("rappels", *rappels)):
        page.rangee(f"identification/{nom}", "repere", nom)
        page.texte(B, nom, "libelle")
        for colonne, valeur in enumerate(valeurs, C):
            page.texte(colonne, valeur, "repere:code")
        page.suivante()
    return page
