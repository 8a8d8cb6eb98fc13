"""What partners do to the rows, the columns and the cells of a sheet, each with what must come of it.

Everything typed that still stands in the file is read, but ``reported`` values, at which anomalies of these ``codes``
point. A number may depend on the program that saved the file: see ``Edit``.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from tests.support.gestures import Page, Zone

# columns of a fiche: hidden keys, states, labels, values, their statut, the last one shown, what was taken up
KEY_COLUMN, STATE_COLUMN, LABEL_COLUMN, VALUE_COLUMN, STATUT, LAST_COLUMN, MEMORY = 1, 2, 3, 7, 8, 12, 13


@dataclass(frozen=True)
class Edit:
    """``codes``: of all the anomalies that the reading of the sheet gives.

    ``reported``: how many typed values they point at.
    """

    nom: str
    perform: Callable[[Page], None]
    codes: frozenset[str] = frozenset()
    reported: int = 0


EDITS: list[Edit] = []


def edit(nom: str, *codes: str, reported: int = 0):
    def register(perform: Callable[[Page], None]) -> Callable[[Page], None]:
        EDITS.append(Edit(nom, perform, frozenset(codes), reported))
        return perform

    return register


def _bottom(page: Page) -> int:
    """The last row of the sheet: the reminder of what the contract says, below the last question."""
    return page.line("avancement/motif") + 5


def _whole_row(rank: int, depuis: int = KEY_COLUMN) -> Zone:
    return Zone(rank, depuis, rank, LAST_COLUMN)


@edit("rien : le classeur est ouvert et enregistré")
def nothing(page: Page) -> None:
    pass


# --- rows -----------------------------------------------------------------------------------------------------------


@edit("insérer des lignes en tête, au milieu et dans un tableau")
def insert_some_rows(page: Page) -> None:
    for rank in (
        page.line("qualitatif/ecarts"),
        page.line("financement/03/engage"),
        page.line("mesures/§-I02a/valeur"),
        2,
        1,
    ):
        page.insert_rows(rank, 2)


@edit("insérer une ligne dans un tableau qui peut grandir, et la remplir")
def add_a_line(page: Page) -> None:
    rank = page.line("financement/02/engage") + 1
    page.insert_rows(rank)
    page.add(rank, "financement", financeur="ARS", nature="Cofinancement", engage=4321.5)


@edit("insérer une ligne dans un tableau fixe, et la remplir", "SAISIE_HORS_CADRE", reported=1)
def add_a_line_to_fixed_table(page: Page) -> None:
    rank, column = page.place("ventilations/§-I02c/02/effectif")
    page.insert_rows(rank)
    page.write(rank, column, 77777)


@edit("continuer un tableau sous sa dernière ligne")
def below_the_table(page: Page) -> None:
    page.add(page.rows("partenaires")[-1] + 1, "partenaires", nom="Le Relais", type="Association")


@edit("écrire une remarque sous un tableau et au bas de la feuille", "SAISIE_HORS_CADRE", reported=2)
def remarks(page: Page) -> None:
    page.write(page.rows("partenaires")[-1] + 1, 2, "Merci de nous rappeler")
    page.write(_bottom(page) + 3, 4, "vu avec le directeur")


@edit("supprimer des lignes vides d’un tableau qui peut grandir")
def delete_empty_rows(page: Page) -> None:
    ranks = page.rows("financement")[-2:]
    page.keep_blank(ranks)
    page.delete_rows(ranks[0], 2)


@edit("supprimer une ligne de mesure et une ligne de formulaire remplies", "CELLULE_INTROUVABLE")
def delete_some_rows(page: Page) -> None:
    for rank in (page.line("depenses/achats"), page.line("mesures/§-I02a/valeur")):
        page.delete_rows(rank)


@edit("supprimer une ligne remplie d’un tableau qui peut grandir")
def delete_a_filled_line(page: Page) -> None:
    page.delete_rows(page.line("financement/03/engage"))


@edit("supprimer la ligne d’en-tête d’un tableau", "CELLULE_INTROUVABLE", reported=15)
def delete_the_header(page: Page) -> None:
    page.delete_rows(page.line("mesures/§-I01/valeur") - 1)


@edit("supprimer tout un tableau", "CELLULE_INTROUVABLE")
def delete_a_table(page: Page) -> None:
    ranks = page.rows("partenaires")
    page.delete_rows(ranks[0] - 1, len(ranks) + 2)


@edit("couper une ligne de mesure entière et la coller au bas de la feuille")
def move_a_row(page: Page) -> None:
    page.move(_whole_row(page.line("mesures/§-I02a/valeur")), (_bottom(page) + 2, KEY_COLUMN))


@edit(
    "couper une ligne de mesure sans son repère masqué, et la coller ailleurs",
    "ANCRES_EN_DESACCORD",
    "SAISIE_HORS_CADRE",
    reported=3,
)
def move_without_anchor(page: Page) -> None:
    page.move(_whole_row(page.line("mesures/§-I02a/valeur"), LABEL_COLUMN), (_bottom(page) + 2, LABEL_COLUMN))


@edit("échanger deux lignes de mesure entières")
def swap_rows(page: Page) -> None:
    page.sort_out(
        Zone(page.line("mesures/§-I01/valeur"), KEY_COLUMN, page.line("mesures/§-I02a/valeur"), LAST_COLUMN),
        VALUE_COLUMN,
        descending=True,
    )


@edit("déplacer un formulaire entier plus bas")
def move_a_form(page: Page) -> None:
    top, bottom = page.line("depenses/personnel"), page.line("depenses/etp")
    page.move(Zone(top, KEY_COLUMN, bottom, LAST_COLUMN), (_bottom(page) + 3, KEY_COLUMN))


@edit("trier un tableau qui peut grandir, avec la colonne des repères")
def sort_with_anchors(page: Page) -> None:
    ranks = page.rows("financement")
    page.sort_out(Zone(ranks[0], KEY_COLUMN, ranks[-1], 8), 5, descending=True)


@edit("trier un tableau qui peut grandir, sans la colonne des repères")
def sort_without_anchors(page: Page) -> None:
    ranks = page.rows("financement")
    page.sort_out(Zone(ranks[0], LABEL_COLUMN, ranks[-1], 9), 6, descending=True)


@edit("trier des mesures avec la colonne des repères")
def sort_mesures(page: Page) -> None:
    page.sort_out(
        Zone(page.line("mesures/§-I01/valeur"), KEY_COLUMN, page.line("mesures/§-I02b/valeur"), LAST_COLUMN),
        VALUE_COLUMN,
        descending=True,
    )


@edit("trier des mesures sans la colonne des repères", "ANCRES_EN_DESACCORD", "SAISIE_HORS_CADRE", reported=8)
def sort_mesures_without_anchors(page: Page) -> None:
    page.sort_out(
        Zone(page.line("mesures/§-I01/valeur"), LABEL_COLUMN, page.line("mesures/§-I02b/valeur"), LAST_COLUMN),
        VALUE_COLUMN,
        descending=True,
    )


@edit("trier un tableau fixe, intitulés compris, sans la colonne des repères", "ANCRES_EN_DESACCORD", reported=2)
def sort_a_fixed_table(page: Page) -> None:
    ranks = page.rows("ventilations/§-I02c")
    page.sort_out(Zone(ranks[0], LABEL_COLUMN, ranks[-1], 4), 4, descending=True)


@edit("copier une ligne de financement et modifier la copie")
def copy_a_line(page: Page) -> None:
    ranks = page.rows("financement")
    page.keep_blank(ranks[-1:])
    page.make_copy(_whole_row(ranks[0]), (ranks[-1], KEY_COLUMN), keys=True)
    page.write(ranks[-1], 6, 31313.25, cle=f"{page.fiche}/financement/03/engage")


@edit("copier une ligne de mesure telle quelle, plus bas")
def copy_a_mesure(page: Page) -> None:
    page.make_copy(_whole_row(page.line("mesures/§-I01/valeur")), (_bottom(page) + 2, KEY_COLUMN), keys=True)


@edit("copier une ligne de mesure par-dessus une autre", "CELLULE_INTROUVABLE")
def overwrite_a_mesure(page: Page) -> None:
    page.make_copy(
        _whole_row(page.line("mesures/§-I01/valeur")), (page.line("mesures/§-I02b/valeur"), KEY_COLUMN), keys=True
    )


@edit("étirer une valeur vers le bas, titre et calculs compris", "PREREMPLI_MODIFIE", "SAISIE_HORS_CADRE", reported=3)
def stretch(page: Page) -> None:
    rank = page.line("mesures/§-I01/valeur")
    for i in range(1, 6):
        page.make_copy(Zone(rank, VALUE_COLUMN, rank, VALUE_COLUMN), (rank + i, VALUE_COLUMN), keys=False)


@edit("masquer des lignes")
def hide_some_rows(page: Page) -> None:
    page.hide_rows(page.line("mesures/§-I01/valeur"), 3)
    page.hide_rows(page.line("financement/02/engage"))


@edit("filtrer un tableau")
def filter_rows(page: Page) -> None:
    ranks = page.rows("financement")
    page.filter_rows(Zone(ranks[0] - 1, LABEL_COLUMN, ranks[-1], 9), masked=(ranks[1], ranks[2]))


# --- columns --------------------------------------------------------------------------------------------------------


@edit("insérer une colonne avant la première")
def insert_before_anchors(page: Page) -> None:
    page.insert_columns(1)


@edit("insérer une colonne avant les intitulés")
def insert_before_headings(page: Page) -> None:
    page.insert_columns(LABEL_COLUMN)


@edit("insérer des colonnes au milieu et à la fin")
def insert_some_columns(page: Page) -> None:
    page.insert_columns(11)
    page.insert_columns(6, 2)
    page.insert_columns(3)


@edit("insérer une colonne et y prendre des notes", "SAISIE_HORS_CADRE", reported=1)
def notes_column(page: Page) -> None:
    page.insert_columns(STATUT)
    page.write(page.line("mesures/§-I01/valeur"), STATUT, "à revoir")


@edit("supprimer la colonne masquée des repères", "PREREMPLI_MODIFIE")
def delete_the_anchors(page: Page) -> None:
    page.delete_columns(1)


@edit("supprimer la colonne des intitulés", "CELLULE_INTROUVABLE", reported=86)
def delete_the_headings(page: Page) -> None:
    page.delete_columns(LABEL_COLUMN)


@edit("supprimer une colonne de valeurs", "CELLULE_INTROUVABLE")
def delete_a_column(page: Page) -> None:
    page.delete_columns(VALUE_COLUMN)


@edit("supprimer la colonne « rempli / à remplir »")
def delete_the_tracking(page: Page) -> None:
    page.delete_columns(STATE_COLUMN)


@edit("échanger deux colonnes d’un tableau, en-têtes compris", "ANCRES_EN_DESACCORD")
def swap_columns(page: Page) -> None:
    ranks = page.rows("financement")
    buffer = (ranks[0] - 1, 15)
    page.move(Zone(ranks[0] - 1, 6, ranks[-1], 6), buffer)
    page.move(Zone(ranks[0] - 1, 7, ranks[-1], 7), (ranks[0] - 1, 6))
    page.move(Zone(ranks[0] - 1, 15, ranks[-1], 15), (ranks[0] - 1, 7))


@edit("déplacer une colonne hors de son tableau, en-tête compris")
def move_a_column(page: Page) -> None:
    ranks = page.rows("mesures")
    page.move(Zone(ranks[0] - 1, 12, ranks[-1], 12), (ranks[0] - 1, 14))


@edit("échanger le texte de deux en-têtes, sans leurs valeurs", "ANCRES_EN_DESACCORD", reported=6)
def swap_headers(page: Page) -> None:
    rank = page.rows("financement")[0] - 1
    page.move(Zone(rank, 6, rank, 6), (rank, 15))
    page.move(Zone(rank, 7, rank, 7), (rank, 6))
    page.move(Zone(rank, 15, rank, 15), (rank, 7))


@edit("masquer des colonnes, montrer celle des repères")
def hide_some_columns(page: Page) -> None:
    page.hide_columns(VALUE_COLUMN, 2)
    page.show_columns(KEY_COLUMN)


@edit("insérer une colonne juste avant la colonne masquée de ce qui est repris de l’an dernier")
def insert_before_memory(page: Page) -> None:
    page.insert_columns(MEMORY)


@edit("supprimer la colonne masquée de ce qui est repris de l’an dernier")
def delete_the_memory(page: Page) -> None:
    page.delete_columns(MEMORY)


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
    for rank in range(1, _bottom(page) + 1):
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
