"""The sheet of one fiche action, block after block, top to bottom."""

from __future__ import annotations

from cls_workbook import fields
from cls_workbook.contract import Fiche
from cls_workbook.fiche_breakdowns import ventilations
from cls_workbook.fiche_form import B, C, D, F, G, J, K, LARGEURS, Contexte, bande, cases, formulaire, tableau_de_lignes, titre_de
from cls_workbook.fiche_measures import mesures
from cls_workbook.fiche_money import depenses, financement
from cls_workbook.layout import A_REMPLIR, REMPLI, Page, hauteur
from cls_workbook.sheets import Formule, Lien


def dessiner(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    """Draws the whole sheet of ``fiche`` on ``page``."""
    page.feuille.largeurs.update(LARGEURS)
    _entete(page, fiche, contexte)
    _identite(page, fiche, contexte)
    if fiche.volets:
        formulaire(page, fields.VOLET, contexte, valeurs={"volet": contexte.volet})
    formulaire(page, fields.AVANCEMENT, contexte)
    rangs = mesures(page, fiche, contexte)
    ventilations(page, fiche, contexte, rangs)
    _territoire(page, contexte)
    _partenaires(page)
    depenses(page, fiche, contexte, financement(page, fiche, contexte), rangs)
    formulaire(page, fields.QUALITATIF, contexte, haut=62)
    _poser_le_compte(page)
    page.etats_lisibles(K)
    page.feuille.impression.lignes_repetees = (1, 3)
    page.feuille.figee = (3, 2)



def _entete(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    axe = next((a for a in contexte.contrat.axes if a.numero == fiche.axe), None)
    rang = contexte.contrat.axes.index(axe) % 8 + 1 if axe else 1
    titre = page.rangee(f"{fiche.numero}/identite/titre", "repere")
    texte = f"Fiche {fiche.numero} · {fiche.titre}"
    page.fusion(B, K, texte, f"axe{rang}")
    titre.reperes[B] = texte
    page.suivante(hauteur(texte, 130, 34))
    axe_texte = f"Axe {axe.numero} : {axe.titre}" if axe else ""
    page.texte(B, f"{axe_texte} · année {contexte.annee} · {contexte.contrat.nom_court}", "sous_titre")
    page.fond(range(C, J), "sous_titre")
    page.texte(J, Lien(f"internal:'{contexte.feuille_sommaire}'!A1", "← Revenir au sommaire", "Voir toutes les fiches"), "lien")
    page.suivante(20)
    repond = page.rangee(f"{fiche.numero}/identite/structure", "repere")
    nom = f"Structure : {contexte.structure}" if contexte.structure else "Structure : à indiquer sur la feuille Accueil"
    formule = f'IF({contexte.cellule_structure}="","Structure : à indiquer sur la feuille Accueil","Structure : "&{contexte.cellule_structure})'
    page.calcul(repond, B, formule, nom, "libelle_fort")
    repond.calculs.add(J)  # its value is known once the sheet is drawn: see _poser_le_compte
    page.suivante(20)


def _poser_le_compte(page: Page) -> None:
    """« 3 sur 12 renseignés » in the head, counted while one types."""
    fait, reste = f'COUNTIF($K:$K,"{REMPLI}")', f'COUNTIF($K:$K,"{A_REMPLIR}")'
    valeur = f"{sum(page.etats)} sur {len(page.etats)} renseignés"
    page.feuille.ecrire(3, J, Formule(f'{fait}&" sur "&({fait}+{reste})&" renseignés"', valeur), "calcul:centre")


def _identite(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    contrat = contexte.contrat
    porteurs = fiche.porteurs_imprimes or ", ".join(contrat.par_structure[p].nom for p in fiche.porteurs)
    faits = (
        ("Porteurs attendus", porteurs, "Territoire", fiche.territoire),
        ("Public", fiche.public, "Calendrier prévu", fiche.calendrier),
        ("Source des données", fiche.source, "Responsable du suivi", fiche.responsable),
    )
    bande(page, "Ce que dit le contrat", optionnel=True)
    for rang, (nom_gauche, gauche, nom_droite, droite) in enumerate(faits, 1):
        rangee = page.rangee(f"{fiche.numero}/identite/{rang}", "repere")
        for debut, fin, nom, valeur in ((B, F, nom_gauche, gauche), (G, K, nom_droite, droite)):
            page.texte(debut, nom, "libelle")
            valeur = valeur or "non précisé"
            page.fusion(debut + 1, fin, valeur, "repere:texte")
            rangee.reperes[debut + 1] = valeur
        page.suivante(max(hauteur(gauche, 58), hauteur(droite, 68)))


def _territoire(page: Page, contexte: Contexte) -> None:
    bloc, contrat = fields.TERRITOIRE, contexte.contrat
    if not (contrat.communes or contrat.qpv):
        return
    bande(page, titre_de(bloc), bloc.aide, bloc.optionnel)
    noms = {c.code_insee: c.nom for c in contrat.communes}
    cases(page, bloc.champ("commune"), [(c.code_insee, c.nom) for c in contrat.communes])
    if contrat.qpv_en(contexte.annee):
        page.texte(B, "Quartiers prioritaires de la politique de la ville (QPV)", "libelle_fort")
        page.suivante(21)
        cases(page, bloc.champ("qpv"), [(q.nom, f"{q.nom} ({noms.get(q.commune, q.commune)})") for q in contrat.qpv_en(contexte.annee)])


def _partenaires(page: Page) -> None:
    bloc, prefixe = fields.PARTENAIRES, f"{page.fiche}/partenaires"
    bande(page, titre_de(bloc), bloc.aide, bloc.optionnel)
    tableau_de_lignes(page, bloc, prefixe, {"nom": B, "type": C, "participation": D}, {})
    page.rangee(f"{prefixe}/fin", "fin")
    page.texte(B, "Besoin de plus de lignes ? Clic droit sur une ligne du tableau, puis Insérer.", "aide_ligne")
    page.suivante(18)
