"""What partners do to the rows and the columns of a sheet, each with what must come of it.

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


def bottom(page: Page) -> int:
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
    page.write(bottom(page) + 3, 4, "vu avec le directeur")


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
    page.move(_whole_row(page.line("mesures/§-I02a/valeur")), (bottom(page) + 2, KEY_COLUMN))


@edit(
    "couper une ligne de mesure sans son repère masqué, et la coller ailleurs",
    "ANCRES_EN_DESACCORD",
    "SAISIE_HORS_CADRE",
    reported=3,
)
def move_without_anchor(page: Page) -> None:
    page.move(_whole_row(page.line("mesures/§-I02a/valeur"), LABEL_COLUMN), (bottom(page) + 2, LABEL_COLUMN))


@edit("échanger deux lignes de mesure entières")
def swap_rows(page: Page) -> None:
    page.sort_out(
        Zone(page.line("mesures/§-I01/valeur"), KEY_COLUMN, page.line("mesures/§-I02a/valeur"), LAST_COLUMN),
        VALUE_COLUMN,
        descending=True,
    )


@edit("déplacer un formulaire entier plus bas")
def move_a_form(page: Page) -> None:
    top, end = page.line("depenses/personnel"), page.line("depenses/etp")
    page.move(Zone(top, KEY_COLUMN, end, LAST_COLUMN), (bottom(page) + 3, KEY_COLUMN))


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
    page.make_copy(_whole_row(page.line("mesures/§-I01/valeur")), (bottom(page) + 2, KEY_COLUMN), keys=True)


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
