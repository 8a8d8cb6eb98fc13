"""What partners do to cells: locked ones, headers, formulas, keys, merges, looks. Added to ``EDITS``."""

from __future__ import annotations

from tests.support.gestures import Page, Zone
from tests.support.sheet_edits import (
    KEY_COLUMN,
    LABEL_COLUMN,
    LAST_COLUMN,
    STATE_COLUMN,
    STATUT,
    VALUE_COLUMN,
    bottom,
    edit,
)

# --- locked cells, headers, formulas, keys --------------------------------------------------------------------------


@edit("coller par-dessus un intitulé de ligne", "ANCRES_EN_DESACCORD", reported=6)
def paste_over_a_heading(page: Page) -> None:
    page.write(page.line("mesures/§-I01/valeur"), LABEL_COLUMN, "Bénéficiaires")


@edit("coller par-dessus un intitulé de formulaire", "ANCRES_EN_DESACCORD", reported=2)
def paste_over_a_form(page: Page) -> None:
    page.write(page.line("depenses/personnel"), LABEL_COLUMN, "Salaires")


@edit("récrire un intitulé avec une autre casse, d’autres espaces, sans accents")
def rewrite_a_heading(page: Page) -> None:
    page.write(page.line("mesures/§-I01/valeur"), LABEL_COLUMN, "PERSONNES  rencontrees ")
    page.dues.pop((page.line("mesures/§-I01/valeur"), LABEL_COLUMN))


@edit("coller par-dessus une valeur préremplie et un titre verrouillés", "PREREMPLI_MODIFIE", reported=2)
def paste_over_locked(page: Page) -> None:
    page.write(page.line("mesures/§-I01/valeur"), 4, 99)
    page.write(1, STATE_COLUMN, "Notre belle action")


@edit(
    "taper par-dessus les valeurs de l’an dernier : nombre, taux, durée, état, montant de l’année",
    "PREREMPLI_MODIFIE",
    reported=5,
)
def paste_over_last_year(page: Page) -> None:
    for cle, column, valeur in (
        ("mesures/§-I01", 6, 45),
        ("taux/§-I03a", 9, 0.5),
        ("durees/§-I05", 7, 4),
        ("jalons/§-I06", 4, "Atteinte"),
    ):
        page.write(min(page.rows(cle)), column, valeur)
    # above the headers, the words on amounts; above them, the amount of the contract
    page.write(page.line("financement/01/engage") - 3, LABEL_COLUMN, 15_000)


@edit("effacer les valeurs de l’an dernier", "PREREMPLI_MODIFIE")
def erase_last_year(page: Page) -> None:
    for rank in (page.line("mesures/§-I01/valeur"), page.line("mesures/§-I02a/valeur")):
        page.write(rank, 5, None)


@edit("taper un nombre là où l’an dernier n’avait rien", "SAISIE_HORS_CADRE", reported=1)
def type_in_an_empty_reminder(page: Page) -> None:
    page.write(page.line("mesures/§-I02c/statut"), 5, 45)


@edit("coller par-dessus un en-tête", "ANCRES_EN_DESACCORD", reported=4)
def paste_over_a_header(page: Page) -> None:
    page.write(page.line("mesures/§-I01/valeur") - 1, VALUE_COLUMN, "Total 2019")


@edit("coller toute une ligne par-dessus les en-têtes d’un tableau", "ANCRES_EN_DESACCORD", reported=12)
def paste_over_the_headers(page: Page) -> None:
    for column, texte in enumerate(("Qui", "Quoi", "Combien"), LABEL_COLUMN):
        page.write(page.rows("partenaires")[0] - 1, column, texte)


@edit("vider un en-tête", "ANCRES_EN_DESACCORD", reported=3)
def empty_a_header(page: Page) -> None:
    page.write(page.rows("financement")[0] - 1, 5, None)


@edit("déplacer un en-tête sans ses valeurs", "SAISIE_HORS_CADRE", reported=3)
def move_a_header(page: Page) -> None:
    rank = page.rows("partenaires")[0] - 1
    page.move(Zone(rank, 3, rank, 3), (rank, 14))


@edit(
    "coller par-dessus des formules : total, taux, suivi",
    "PREREMPLI_MODIFIE",
    "SAISIE_HORS_CADRE",
    "TAUX_SAISI",
    reported=3,
)
def paste_over_formulas(page: Page) -> None:
    page.write(page.line("taux/§-I03a/numerateur"), 7, 0.265)
    page.write(page.rows("ventilations/§-I02c")[-1] + 2, 4, 123456)
    page.write(page.line("mesures/§-I01/valeur"), STATE_COLUMN, "OK")


@edit("effacer le repère masqué d’une ligne", "PREREMPLI_MODIFIE")
def erase_an_anchor(page: Page) -> None:
    page.write(page.line("mesures/§-I02a/valeur"), KEY_COLUMN, None)


@edit("écrire par-dessus le repère masqué d’une ligne", "PREREMPLI_MODIFIE", "SAISIE_HORS_CADRE", reported=1)
def overwrite_an_anchor(page: Page) -> None:
    page.write(page.line("mesures/§-I02a/valeur"), KEY_COLUMN, "x")


@edit("étirer un repère masqué sur les lignes suivantes", "ANCRES_EN_DESACCORD", "CELLULE_INTROUVABLE", reported=3)
def stretch_an_anchor(page: Page) -> None:
    rank = page.line("mesures/§-I01/valeur")
    for i in (1, 2):
        page.make_copy(Zone(rank, KEY_COLUMN, rank, KEY_COLUMN), (rank + i, KEY_COLUMN), keys=False)


@edit("effacer toute la colonne des repères", "PREREMPLI_MODIFIE")
def erase_the_anchors(page: Page) -> None:
    for rank in range(1, bottom(page) + 1):
        page.write(rank, KEY_COLUMN, None)


# --- merges, looks, things added ------------------------------------------------------------------------------------


@edit("fusionner des cases de saisie")
def merge_cells(page: Page) -> None:
    rank = page.line("mesures/§-I01/valeur")
    page.merge_cells(Zone(rank, VALUE_COLUMN, rank, STATUT))
    ranks = page.rows("financement")
    page.merge_cells(Zone(ranks[0], 7, ranks[1], 7))


@edit("défusionner les cases de texte")
def undo_merge(page: Page) -> None:
    for cle in ("qualitatif/realisations", "qualitatif/ecarts"):
        rank, column = page.place(cle)
        page.undo_merge(Zone(rank, column, rank, LAST_COLUMN))


@edit("ajouter des notes, des couleurs, des formats", "NOTE_A_LIRE")
def decorate(page: Page) -> None:
    page.note_down(*page.place("mesures/§-I01/valeur"), "à vérifier avec la comptable")
    page.colour_zone(Zone(1, 1, 60, 12))
    page.format_cells(Zone(page.line("depenses/personnel"), 3, page.line("depenses/total"), 3), "0.0")


@edit("mettre une case de nombre au format date", "NOMBRE_ILLISIBLE", reported=1)
def format_as_date(page: Page) -> None:
    rank = page.line("mesures/§-I01/valeur")
    page.format_cells(Zone(rank, VALUE_COLUMN, rank, VALUE_COLUMN), "dd/mm/yyyy")


@edit("mettre les cases de date au format nombre")
def format_as_number(page: Page) -> None:
    rank = page.line("avancement/date_debut")
    page.format_cells(Zone(rank, 3, rank + 1, 3), "0")


@edit("mettre des milliers de lignes vides en forme")
def empty_rows(page: Page) -> None:
    page.colour_zone(Zone(140, 1, 3000, 8))


@edit("un caractère égaré loin sous la feuille", "SAISIE_HORS_CADRE", reported=1)
def stray_character(page: Page) -> None:
    page.write(3000, 8, "z")


@edit("noter des calculs à côté de la feuille", "SAISIE_HORS_CADRE", reported=2)
def sums_beside(page: Page) -> None:
    page.write(page.line("mesures/§-I01/valeur"), 14, "dont 3 refus")
    page.write(page.line("financement/01/engage"), 14, 1500)
