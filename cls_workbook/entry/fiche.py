"""The sheet of one fiche action, block after block, top to bottom."""

from __future__ import annotations

from copy import copy
from dataclasses import replace

from cls_workbook.contract import fields
from cls_workbook.contract.model import Fiche
from cls_workbook.entry.breakdowns import ventilations
from cls_workbook.entry.form import LARGEURS, B, C, Contexte, D, F, G, I, J, K, bande, bande_de, cases, citer, formulaire, largeur, lignes_a_remplir
from cls_workbook.entry.layout import A_REMPLIR, REMPLI, Page, hauteur
from cls_workbook.entry.measures import mesures
from cls_workbook.entry.money import depenses, financement
from cls_workbook.entry.pagination import paginer
from cls_workbook.francais import typographie
from cls_workbook.xlsx.sheets import Formule, Lien

_INCONNUE = typographie("Structure : à indiquer sur la feuille Accueil")


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
    _partenaires(page, contexte)
    depenses(page, fiche, contexte, financement(page, fiche, contexte), rangs)
    formulaire(page, fields.QUALITATIF, contexte)
    _poser_le_compte(page)
    page.etats_lisibles(K)
    page.reprises_visibles(B, K)
    page.feuille.figee = (3, 2)
    premiere = next(e for r in page.plan.rangees.values() for e in r.emplacements)
    page.feuille.selection = (premiere.rangee, premiere.colonne)
    page.feuille.impression.lignes_repetees = (1, 1)
    paginer(page.feuille, page.groupes, page.ligne - 1)


def pour(page: Page, structure: str | None) -> Page:
    """The same sheet for another structure, of which it says the name alone; everything else is shared."""
    autre, cellules = copy(page), page.feuille.cellules.copy()
    cellule = cellules[page.place_du_nom]
    cellules[page.place_du_nom] = cellule._replace(valeur=cellule.valeur._replace(valeur=_qui(structure)))
    autre.feuille = replace(page.feuille, cellules=cellules)
    autre.plan = replace(page.plan, feuille=autre.feuille)
    return autre


def _qui(structure: str | None) -> str:
    return typographie(f"Structure : {structure}") if structure else _INCONNUE


def _entete(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    """Three rows that stay in view: the fiche, where it belongs, who answers and how far they are."""
    axe = next((a for a in contexte.contrat.axes if a.numero == fiche.axe), None)
    rang = contexte.contrat.axes.index(axe) % 8 + 1 if axe else 1
    titre = page.rangee(f"{fiche.numero}/identite/titre", "repere")
    texte = f"Fiche {fiche.numero} · {fiche.titre}"
    page.fusion(B, K, texte, f"axe{rang}:texte")
    titre.reperes[B] = texte
    page.suivante(hauteur(texte, largeur(B, K), 30, taille=12, gras=True))
    morceaux = [f"Axe {axe.numero} : {axe.titre}"] if axe else []
    page.texte(B, typographie(" · ".join([*morceaux, f"année {contexte.cette_annee}", contexte.contrat.nom_court])), "fiche_info")
    page.fond(range(C, J), "fiche_info")
    page.texte(J, Lien(f"internal:'{contexte.feuille_sommaire}'!A1", "← Revenir au sommaire", "Voir toutes les fiches"), "fiche_info_lien")
    page.texte(K, None, "fiche_info")
    page.suivante(18)
    repond = page.rangee(f"{fiche.numero}/identite/structure", "repere")
    formule = f'IF({contexte.cellule_structure}="",{citer(_INCONNUE)},{citer(typographie("Structure : "))}&{contexte.cellule_structure})'
    page.place_du_nom = len(page.feuille.cellules)
    page.calcul(repond, B, formule, _qui(contexte.structure), "fiche_info_fort")
    page.fond(range(C, J), "fiche_info")
    repond.calculs.add(J)  # its value is known once the sheet is drawn: see _poser_le_compte
    page.texte(K, None, "fiche_info")
    page.suivante(18)


def _poser_le_compte(page: Page) -> None:
    """« 3 sur 12 renseignés » in the head, counted while one types."""
    fait, reste = f'COUNTIF($K:$K,"{REMPLI}")', f'COUNTIF($K:$K,"{A_REMPLIR}")'
    valeur = f"{sum(page.etats)} sur {len(page.etats)} renseignés"
    page.feuille.ecrire(3, J, Formule(f'{fait}&" sur "&({fait}+{reste})&" renseignés"', valeur), "fiche_info_fort")


def _identite(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    contrat = contexte.contrat
    porteurs = fiche.porteurs_imprimes or ", ".join(contrat.par_structure[p].nom for p in fiche.porteurs)
    faits = (
        ("Porteurs attendus", porteurs, "Territoire", fiche.territoire),
        ("Public", fiche.public, "Calendrier prévu", fiche.calendrier),
        ("Source des données", fiche.source, "Responsable du suivi", fiche.responsable),
    )
    bande(page, "Ce que dit le contrat", "Pour rappel\u00a0: rien à remplir ici.", "bloc_rappel")
    for rang, (nom_gauche, gauche, nom_droite, droite) in enumerate(faits, 1):
        rangee = page.rangee(f"{fiche.numero}/identite/{rang}", "repere")
        # the second label takes two columns: « Responsable du suivi » is wider than one
        for debut, valeurs, fin, nom, valeur in ((B, C, F, nom_gauche, gauche), (G, I, K, nom_droite, droite)):
            page.texte(debut, nom, "libelle" if debut == B else "fait")
            page.fond(range(debut + 1, valeurs), "fait")
            valeur = valeur or "non précisé"
            page.fusion(valeurs, fin, valeur, "repere:texte")
            rangee.reperes[valeurs] = valeur
        page.suivante(max(hauteur(gauche, largeur(C, F), taille=9), hauteur(droite, largeur(I, K), taille=9)))


def _territoire(page: Page, contexte: Contexte) -> None:
    bloc, contrat = fields.TERRITOIRE, contexte.contrat
    quartiers = contrat.qpv_en(contexte.annee)
    if not (contrat.communes or quartiers):
        return
    bande_de(page, bloc)
    noms = {c.code_insee: c.nom for c in contrat.communes}
    cases(page, bloc.champ("commune"), [(c.code_insee, c.nom) for c in contrat.communes])
    if quartiers:
        page.groupes.append(page.ligne)
        page.texte(B, "Quartiers prioritaires de la politique de la ville (QPV)", "intertitre")
        page.suivante(20)
        cases(page, bloc.champ("qpv"), [(q.nom, f"{q.nom} ({noms.get(q.commune, q.commune)})") for q in quartiers])


def _partenaires(page: Page, contexte: Contexte) -> None:
    bloc = fields.PARTENAIRES
    bande_de(page, bloc)
    lignes_a_remplir(page, bloc, f"{page.fiche}/partenaires", {"nom": B, "type": C, "participation": D}, contexte.cette_annee, haut=30)
