"""What partners do to the rows, the columns and the cells of a sheet, each with what must come of it.

Everything typed that still stands in the file is read, but ``signalees`` values, at which anomalies of these ``codes``
point. A number may depend on the program that saved the file: see ``Modification``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from gestes import Page, Zone

CLE, LIBELLE, FIN = 1, 2, 11  # columns of a fiche: hidden keys, labels, the last one shown
VALEUR, STATUT, MEMOIRE = 6, 7, 12


@dataclass(frozen=True)
class Modification:
    """``codes``: of all the anomalies that the reading of the sheet gives. ``signalees``: how many typed values they point at."""

    nom: str
    faire: Callable[[Page], None]
    codes: frozenset[str] = frozenset()
    signalees: int = 0


MODIFICATIONS: list[Modification] = []


def modification(nom: str, *codes: str, signalees: int = 0):
    def inscrire(faire: Callable[[Page], None]) -> Callable[[Page], None]:
        MODIFICATIONS.append(Modification(nom, faire, frozenset(codes), signalees))
        return faire

    return inscrire


def _ligne_entiere(rang: int, depuis: int = CLE) -> Zone:
    return Zone(rang, depuis, rang, FIN)


@modification("rien : le classeur est ouvert et enregistré")
def rien(page: Page) -> None:
    pass


# --- rows -----------------------------------------------------------------------------------------------------------


@modification("insérer des lignes en tête, au milieu et dans un tableau")
def inserer_des_lignes(page: Page) -> None:
    for rang in (page.ligne("qualitatif/ecarts"), page.ligne("financement/03/engage"), page.ligne("mesures/§-I02a/valeur"), 2, 1):
        page.inserer_lignes(rang, 2)


@modification("insérer une ligne dans un tableau qui peut grandir, et la remplir")
def ajouter_une_ligne(page: Page) -> None:
    rang = page.ligne("financement/02/engage") + 1
    page.inserer_lignes(rang)
    page.ajouter(rang, "financement", financeur="ARS", nature="Cofinancement", engage=4321.5)


@modification("insérer une ligne dans un tableau fixe, et la remplir", "SAISIE_HORS_CADRE", signalees=1)
def ajouter_une_ligne_fixe(page: Page) -> None:
    rang, colonne = page.place("ventilations/§-I02c/02/effectif")
    page.inserer_lignes(rang)
    page.ecrire(rang, colonne, 77777)


@modification("continuer un tableau sous sa dernière ligne")
def sous_le_tableau(page: Page) -> None:
    page.ajouter(page.rangees("partenaires")[-1] + 1, "partenaires", nom="Le Relais", type="Association")


@modification("écrire une remarque sous un tableau et au bas de la feuille", "SAISIE_HORS_CADRE", signalees=2)
def remarques(page: Page) -> None:
    page.ecrire(page.rangees("partenaires")[-1] + 1, 2, "Merci de nous rappeler")
    page.ecrire(page.ligne("qualitatif/avenant") + 3, 4, "vu avec le directeur")


@modification("supprimer des lignes vides d’un tableau qui peut grandir")
def supprimer_des_lignes_vides(page: Page) -> None:
    rangs = page.rangees("financement")[-2:]
    page.garder_blanches(rangs)
    page.supprimer_lignes(rangs[0], 2)


@modification("supprimer une ligne de mesure et une ligne de formulaire remplies", "CELLULE_INTROUVABLE")
def supprimer_des_lignes(page: Page) -> None:
    for rang in (page.ligne("depenses/achats"), page.ligne("mesures/§-I02a/valeur")):
        page.supprimer_lignes(rang)


@modification("supprimer une ligne remplie d’un tableau qui peut grandir")
def supprimer_une_ligne_remplie(page: Page) -> None:
    page.supprimer_lignes(page.ligne("financement/03/engage"))


@modification("supprimer la ligne d’en-tête d’un tableau", "CELLULE_INTROUVABLE", signalees=15)
def supprimer_l_entete(page: Page) -> None:
    page.supprimer_lignes(page.ligne("mesures/§-I01/valeur") - 1)


@modification("supprimer tout un tableau", "CELLULE_INTROUVABLE")
def supprimer_un_tableau(page: Page) -> None:
    rangs = page.rangees("partenaires")
    page.supprimer_lignes(rangs[0] - 1, len(rangs) + 2)


@modification("couper une ligne de mesure entière et la coller au bas de la feuille")
def deplacer_une_ligne(page: Page) -> None:
    page.deplacer(_ligne_entiere(page.ligne("mesures/§-I02a/valeur")), (page.ligne("qualitatif/avenant") + 2, CLE))


@modification("couper une ligne de mesure sans son repère masqué, et la coller ailleurs", "ANCRES_EN_DESACCORD", "SAISIE_HORS_CADRE", signalees=3)
def deplacer_sans_repere(page: Page) -> None:
    page.deplacer(_ligne_entiere(page.ligne("mesures/§-I02a/valeur"), LIBELLE), (page.ligne("qualitatif/avenant") + 2, LIBELLE))


@modification("échanger deux lignes de mesure entières")
def echanger_des_lignes(page: Page) -> None:
    page.trier(Zone(page.ligne("mesures/§-I01/valeur"), CLE, page.ligne("mesures/§-I02a/valeur"), FIN), VALEUR, decroissant=True)


@modification("déplacer un formulaire entier plus bas")
def deplacer_un_formulaire(page: Page) -> None:
    haut, bas = page.ligne("depenses/personnel"), page.ligne("depenses/etp")
    page.deplacer(Zone(haut, CLE, bas, FIN), (page.ligne("qualitatif/avenant") + 3, CLE))


@modification("trier un tableau qui peut grandir, avec la colonne des repères")
def trier_avec_reperes(page: Page) -> None:
    rangs = page.rangees("financement")
    page.trier(Zone(rangs[0], CLE, rangs[-1], 8), 5, decroissant=True)


@modification("trier un tableau qui peut grandir, sans la colonne des repères")
def trier_sans_reperes(page: Page) -> None:
    rangs = page.rangees("financement")
    page.trier(Zone(rangs[0], LIBELLE, rangs[-1], 8), 5, decroissant=True)


@modification("trier des mesures avec la colonne des repères")
def trier_des_mesures(page: Page) -> None:
    page.trier(Zone(page.ligne("mesures/§-I01/valeur"), CLE, page.ligne("mesures/§-I02b/valeur"), FIN), VALEUR, decroissant=True)


@modification("trier des mesures sans la colonne des repères", "ANCRES_EN_DESACCORD", signalees=11)
def trier_des_mesures_sans_reperes(page: Page) -> None:
    page.trier(Zone(page.ligne("mesures/§-I01/valeur"), LIBELLE, page.ligne("mesures/§-I02b/valeur"), FIN), VALEUR, decroissant=True)


@modification("trier un tableau fixe, intitulés compris, sans la colonne des repères", "ANCRES_EN_DESACCORD", signalees=2)
def trier_un_tableau_fixe(page: Page) -> None:
    rangs = page.rangees("ventilations/§-I02c")
    page.trier(Zone(rangs[0], LIBELLE, rangs[-1], 3), 3, decroissant=True)


@modification("copier une ligne de financement et modifier la copie")
def copier_une_ligne(page: Page) -> None:
    rangs = page.rangees("financement")
    page.garder_blanches(rangs[-1:])
    page.copier(_ligne_entiere(rangs[0]), (rangs[-1], CLE), cles=True)
    page.ecrire(rangs[-1], 5, 31313.25, cle=f"{page.fiche}/financement/06/engage")


@modification("copier une ligne de mesure telle quelle, plus bas")
def copier_une_mesure(page: Page) -> None:
    page.copier(_ligne_entiere(page.ligne("mesures/§-I01/valeur")), (page.ligne("qualitatif/avenant") + 2, CLE), cles=True)


@modification("copier une ligne de mesure par-dessus une autre", "CELLULE_INTROUVABLE")
def ecraser_une_mesure(page: Page) -> None:
    page.copier(_ligne_entiere(page.ligne("mesures/§-I01/valeur")), (page.ligne("mesures/§-I02b/valeur"), CLE), cles=True)


@modification("étirer une valeur vers le bas, calculs compris", "PREREMPLI_MODIFIE", signalees=2)
def etirer(page: Page) -> None:
    rang = page.ligne("mesures/§-I01/valeur")
    for i in range(1, 5):
        page.copier(Zone(rang, VALEUR, rang, VALEUR), (rang + i, VALEUR), cles=False)


@modification("masquer des lignes")
def masquer_des_lignes(page: Page) -> None:
    page.masquer_lignes(page.ligne("mesures/§-I01/valeur"), 3)
    page.masquer_lignes(page.ligne("financement/02/engage"))


@modification("filtrer un tableau")
def filtrer(page: Page) -> None:
    rangs = page.rangees("financement")
    page.filtrer(Zone(rangs[0] - 1, LIBELLE, rangs[-1], 8), masquees=(rangs[1], rangs[3]))


# --- columns --------------------------------------------------------------------------------------------------------


@modification("insérer une colonne avant la première")
def inserer_avant_les_reperes(page: Page) -> None:
    page.inserer_colonnes(1)


@modification("insérer une colonne avant les intitulés")
def inserer_avant_les_intitules(page: Page) -> None:
    page.inserer_colonnes(2)


@modification("insérer des colonnes au milieu et à la fin")
def inserer_des_colonnes(page: Page) -> None:
    page.inserer_colonnes(11)
    page.inserer_colonnes(6, 2)
    page.inserer_colonnes(3)


@modification("insérer une colonne et y prendre des notes", "SAISIE_HORS_CADRE", signalees=1)
def colonne_de_notes(page: Page) -> None:
    page.inserer_colonnes(7)
    page.ecrire(page.ligne("mesures/§-I01/valeur"), 7, "à revoir")


@modification("supprimer la colonne masquée des repères", "PREREMPLI_MODIFIE")
def supprimer_les_reperes(page: Page) -> None:
    page.supprimer_colonnes(1)


@modification("supprimer la colonne des intitulés", "CELLULE_INTROUVABLE", signalees=63)
def supprimer_les_intitules(page: Page) -> None:
    page.supprimer_colonnes(2)


@modification("supprimer une colonne de valeurs", "ANCRES_EN_DESACCORD", "CELLULE_INTROUVABLE", signalees=1)
def supprimer_une_colonne(page: Page) -> None:
    page.supprimer_colonnes(VALEUR)


@modification("supprimer la colonne « rempli / à remplir »")
def supprimer_le_suivi(page: Page) -> None:
    page.supprimer_colonnes(FIN)


@modification("échanger deux colonnes d’un tableau, en-têtes compris", "ANCRES_EN_DESACCORD")
def echanger_des_colonnes(page: Page) -> None:
    rangs = page.rangees("financement")
    tampon = (rangs[0] - 1, 15)
    page.deplacer(Zone(rangs[0] - 1, 5, rangs[-1], 5), tampon)
    page.deplacer(Zone(rangs[0] - 1, 6, rangs[-1], 6), (rangs[0] - 1, 5))
    page.deplacer(Zone(rangs[0] - 1, 15, rangs[-1], 15), (rangs[0] - 1, 6))


@modification("déplacer une colonne hors de son tableau, en-tête compris")
def deplacer_une_colonne(page: Page) -> None:
    rangs = page.rangees("mesures")
    page.deplacer(Zone(rangs[0] - 1, 10, rangs[-1], 10), (rangs[0] - 1, 13))


@modification("échanger le texte de deux en-têtes, sans leurs valeurs", "ANCRES_EN_DESACCORD", signalees=12)
def echanger_des_entetes(page: Page) -> None:
    rang = page.rangees("financement")[0] - 1
    page.deplacer(Zone(rang, 5, rang, 5), (rang, 15))
    page.deplacer(Zone(rang, 6, rang, 6), (rang, 5))
    page.deplacer(Zone(rang, 15, rang, 15), (rang, 6))


@modification("masquer des colonnes, montrer celle des repères")
def masquer_des_colonnes(page: Page) -> None:
    page.masquer_colonnes(VALEUR, 2)
    page.montrer_colonnes(CLE)


@modification("insérer une colonne juste avant la colonne masquée de ce qui est repris de l’an dernier")
def inserer_avant_la_memoire(page: Page) -> None:
    page.inserer_colonnes(MEMOIRE)


@modification("supprimer la colonne masquée de ce qui est repris de l’an dernier")
def supprimer_la_memoire(page: Page) -> None:
    page.supprimer_colonnes(MEMOIRE)


# --- locked cells, headers, formulas, keys --------------------------------------------------------------------------


@modification("coller par-dessus un intitulé de ligne", "ANCRES_EN_DESACCORD", signalees=6)
def coller_sur_un_intitule(page: Page) -> None:
    page.ecrire(page.ligne("mesures/§-I01/valeur"), LIBELLE, "Bénéficiaires")


@modification("coller par-dessus un intitulé de formulaire", "ANCRES_EN_DESACCORD", signalees=2)
def coller_sur_un_formulaire(page: Page) -> None:
    page.ecrire(page.ligne("depenses/personnel"), LIBELLE, "Salaires")


@modification("récrire un intitulé avec une autre casse, d’autres espaces, sans accents")
def recopier_un_intitule(page: Page) -> None:
    page.ecrire(page.ligne("mesures/§-I01/valeur"), LIBELLE, "PERSONNES  rencontrees ")
    page.dues.pop((page.ligne("mesures/§-I01/valeur"), LIBELLE))


@modification("coller par-dessus une valeur préremplie et un titre verrouillés", "PREREMPLI_MODIFIE", signalees=2)
def coller_sur_le_verrouille(page: Page) -> None:
    page.ecrire(page.ligne("mesures/§-I01/valeur"), 4, 99)
    page.ecrire(1, LIBELLE, "Notre belle action")


@modification("taper par-dessus les valeurs de l’an dernier : nombre, taux, durée, état, montant de l’année", "PREREMPLI_MODIFIE", signalees=5)
def coller_sur_l_an_dernier(page: Page) -> None:
    for cle, colonne, valeur in (("mesures/§-I01", 5, 45), ("taux/§-I03a", 4, 0.5), ("durees/§-I05", 4, 4), ("jalons/§-I06", 3, "Atteinte")):
        page.ecrire(min(page.rangees(cle)), colonne, valeur)
    page.ecrire(page.ligne("financement/01/engage") - 2, LIBELLE, 15_000)


@modification("effacer les valeurs de l’an dernier", "PREREMPLI_MODIFIE")
def effacer_l_an_dernier(page: Page) -> None:
    for rang in (page.ligne("mesures/§-I01/valeur"), page.ligne("mesures/§-I02a/valeur")):
        page.ecrire(rang, 5, None)


@modification("taper un nombre là où l’an dernier n’avait rien", "SAISIE_HORS_CADRE", signalees=1)
def taper_dans_un_rappel_vide(page: Page) -> None:
    page.ecrire(page.ligne("mesures/§-I02c/statut"), 5, 45)


@modification("coller par-dessus un en-tête", "ANCRES_EN_DESACCORD", signalees=4)
def coller_sur_un_entete(page: Page) -> None:
    page.ecrire(page.ligne("mesures/§-I01/valeur") - 1, VALEUR, "Total 2019")


@modification("coller toute une ligne par-dessus les en-têtes d’un tableau", "ANCRES_EN_DESACCORD", signalees=18)
def coller_sur_les_entetes(page: Page) -> None:
    for colonne, texte in enumerate(("Qui", "Quoi", "Combien"), 2):
        page.ecrire(page.rangees("partenaires")[0] - 1, colonne, texte)


@modification("vider un en-tête", "ANCRES_EN_DESACCORD", signalees=6)
def vider_un_entete(page: Page) -> None:
    page.ecrire(page.rangees("financement")[0] - 1, 5, None)


@modification("déplacer un en-tête sans ses valeurs", "SAISIE_HORS_CADRE", signalees=5)
def deplacer_un_entete(page: Page) -> None:
    rang = page.rangees("partenaires")[0] - 1
    page.deplacer(Zone(rang, 3, rang, 3), (rang, 14))


@modification("coller par-dessus des formules : total, taux, suivi", "PREREMPLI_MODIFIE", "SAISIE_HORS_CADRE", "TAUX_SAISI", signalees=3)
def coller_sur_des_formules(page: Page) -> None:
    page.ecrire(page.ligne("taux/§-I03a/numerateur"), 8, 0.265)
    page.ecrire(page.rangees("ventilations/§-I02c")[-1] + 2, 3, 123456)
    page.ecrire(page.ligne("mesures/§-I01/valeur"), FIN, "OK")


@modification("effacer le repère masqué d’une ligne", "PREREMPLI_MODIFIE")
def effacer_un_repere(page: Page) -> None:
    page.ecrire(page.ligne("mesures/§-I02a/valeur"), CLE, None)


@modification("écrire par-dessus le repère masqué d’une ligne", "PREREMPLI_MODIFIE", "SAISIE_HORS_CADRE", signalees=1)
def ecraser_un_repere(page: Page) -> None:
    page.ecrire(page.ligne("mesures/§-I02a/valeur"), CLE, "x")


@modification("étirer un repère masqué sur les lignes suivantes", "ANCRES_EN_DESACCORD", "CELLULE_INTROUVABLE", signalees=6)
def etirer_un_repere(page: Page) -> None:
    rang = page.ligne("mesures/§-I01/valeur")
    for i in (1, 2):
        page.copier(Zone(rang, CLE, rang, CLE), (rang + i, CLE), cles=False)


@modification("effacer toute la colonne des repères", "PREREMPLI_MODIFIE")
def effacer_les_reperes(page: Page) -> None:
    for rang in range(1, page.ligne("qualitatif/avenant") + 1):
        page.ecrire(rang, CLE, None)


# --- merges, looks, things added ------------------------------------------------------------------------------------


@modification("fusionner des cases de saisie")
def fusionner(page: Page) -> None:
    rang = page.ligne("mesures/§-I01/valeur")
    page.fusionner(Zone(rang, VALEUR, rang, STATUT))
    rangs = page.rangees("financement")
    page.fusionner(Zone(rangs[0], 7, rangs[1], 7))


@modification("défusionner les cases de texte")
def defusionner(page: Page) -> None:
    for cle in ("qualitatif/realisations", "qualitatif/ecarts"):
        rang, colonne = page.place(cle)
        page.defusionner(Zone(rang, colonne, rang, 10))


@modification("ajouter des notes, des couleurs, des formats")
def decorer(page: Page) -> None:
    page.noter(*page.place("mesures/§-I01/valeur"), "à vérifier avec la comptable")
    page.colorer(Zone(1, 1, 60, 12))
    page.formater(Zone(page.ligne("depenses/personnel"), 3, page.ligne("depenses/total"), 3), "0.0")


@modification("mettre une case de nombre au format date", "NOMBRE_ILLISIBLE", signalees=1)
def format_date(page: Page) -> None:
    rang = page.ligne("mesures/§-I01/valeur")
    page.formater(Zone(rang, VALEUR, rang, VALEUR), "dd/mm/yyyy")


@modification("mettre les cases de date au format nombre")
def format_nombre(page: Page) -> None:
    rang = page.ligne("avancement/date_debut")
    page.formater(Zone(rang, 3, rang + 1, 3), "0")


@modification("mettre des milliers de lignes vides en forme")
def lignes_vides(page: Page) -> None:
    page.colorer(Zone(140, 1, 3000, 8))


@modification("un caractère égaré loin sous la feuille", "SAISIE_HORS_CADRE", signalees=1)
def caractere_egare(page: Page) -> None:
    page.ecrire(3000, 8, "z")


@modification("noter des calculs à côté de la feuille", "SAISIE_HORS_CADRE", signalees=2)
def calculs_a_cote(page: Page) -> None:
    page.ecrire(page.ligne("mesures/§-I01/valeur"), 13, "dont 3 refus")
    page.ecrire(page.ligne("financement/01/engage"), 12, 1500)
