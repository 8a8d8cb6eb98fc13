"""For every value, either it is read exactly, or an anomaly points at its cell: under edits composed at random."""

from __future__ import annotations

import io
from dataclasses import replace
from functools import cache

import openpyxl
from gestes import PARTOUT, Page, Zone
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from joueurs import ParOpenpyxl
from matrice import petit_terrain, rempli, saisies
from modifications import FIN
from modifications_de_classeur import FICHE, TOUTES, LivreParOpenpyxl
from verdict import juger

DERNIERE = 128
RANGS, COLONNES = st.integers(1, DERNIERE), st.integers(1, FIN)


@cache
def base(prerempli: bool) -> bytes:
    """A filled workbook without its formats, which openpyxl opens ten times as fast."""
    terrain = petit_terrain(prerempli=prerempli)
    livre = openpyxl.load_workbook(io.BytesIO(rempli(terrain, saisies(terrain))))
    joueur = LivreParOpenpyxl(livre, lambda: livre)
    joueur.nouveau_classeur(TOUTES, valeurs_seules=False)
    tampon = io.BytesIO()
    joueur.livre.save(tampon)
    return tampon.getvalue()


def _sans_question(page: Page, zone: Zone) -> None:
    """Values that leave their rows answer whatever is asked where they arrive."""
    page.dues = {p: replace(d, cle=PARTOUT) if zone.contient(p) else d for p, d in page.dues.items()}


def inserer_lignes(page: Page, rang: int, colonne: int, nombre: int) -> None:
    page.inserer_lignes(rang, nombre)


def supprimer_lignes(page: Page, rang: int, colonne: int, nombre: int) -> None:
    page.supprimer_lignes(rang, nombre)


def inserer_colonnes(page: Page, rang: int, colonne: int, nombre: int) -> None:
    page.inserer_colonnes(colonne, nombre)


def supprimer_une_colonne(page: Page, rang: int, colonne: int, nombre: int) -> None:
    page.supprimer_colonnes(colonne)


def ecrire(page: Page, rang: int, colonne: int, nombre: int) -> None:
    page.ecrire(rang, colonne, 700_000 + rang, cle=PARTOUT)


def ecrire_un_texte(page: Page, rang: int, colonne: int, nombre: int) -> None:
    page.ecrire(rang, colonne, f"remarque {rang}", cle=PARTOUT)


def effacer(page: Page, rang: int, colonne: int, nombre: int) -> None:
    for i in range(rang, rang + nombre):
        page.ecrire(i, colonne, None)


def deplacer_des_lignes(page: Page, rang: int, colonne: int, nombre: int) -> None:
    page.deplacer(Zone(rang, 1, rang + nombre - 1, 2 * FIN), (DERNIERE + 40 + colonne * 5, 1))


def deplacer_des_cases(page: Page, rang: int, colonne: int, nombre: int) -> None:
    zone = Zone(rang, max(colonne, 2), rang + nombre - 1, FIN)
    _sans_question(page, zone)
    page.deplacer(zone, (rang + 3, max(colonne, 2)))


def copier_une_ligne(page: Page, rang: int, colonne: int, nombre: int) -> None:
    page.copier(Zone(rang, 1, rang, 2 * FIN), (rang + 2 * nombre, 1), cles=True)


def echanger_des_lignes(page: Page, rang: int, colonne: int, nombre: int) -> None:
    page.deplacer(Zone(rang, 1, rang, 2 * FIN), (DERNIERE + 200, 1))
    page.deplacer(Zone(rang + nombre, 1, rang + nombre, 2 * FIN), (rang, 1))
    page.deplacer(Zone(DERNIERE + 200, 1, DERNIERE + 200, 2 * FIN), (rang + nombre, 1))


GESTES = (
    inserer_lignes, supprimer_lignes, inserer_colonnes, supprimer_une_colonne, ecrire, ecrire_un_texte, effacer,
    deplacer_des_lignes, deplacer_des_cases, copier_une_ligne, echanger_des_lignes,
)  # fmt: skip


# Each of these once lost a value, or read it as another.
@example(False, [(inserer_lignes, 76, 1, 1), (supprimer_une_colonne, 1, 1, 1)])
@example(True, [(supprimer_une_colonne, 38, 6, 1), (supprimer_une_colonne, 35, 5, 3)])
@example(False, [(supprimer_une_colonne, 5, 1, 2), (inserer_lignes, 87, 1, 2)])
@example(True, [(ecrire, 99, 3, 1)])
@example(True, [(supprimer_une_colonne, 60, 1, 2), (copier_une_ligne, 47, 5, 2)])
@example(True, [(deplacer_des_cases, 47, 1, 2)])
@given(prerempli=st.booleans(), suite=st.lists(st.tuples(st.sampled_from(GESTES), RANGS, COLONNES, st.integers(1, 3)), min_size=1, max_size=5))
@settings(max_examples=25, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_is_done_to_a_sheet_each_value_is_read_exactly_or_pointed_at(tmp_path, prerempli, suite):
    terrain = petit_terrain(prerempli=prerempli)
    page = Page(FICHE, terrain.places, saisies(terrain))
    for geste, rang, colonne, nombre in suite:
        geste(page, rang, colonne, nombre)
    livre = openpyxl.load_workbook(io.BytesIO(base(prerempli)))
    ParOpenpyxl(livre[FICHE]).jouer(page.gestes)
    livre.save(tmp_path / "retour.xlsx")
    assert juger(terrain, page, terrain.lire(tmp_path / "retour.xlsx")).fautes() == []
