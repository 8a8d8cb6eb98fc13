"""« Consolider »: the returns of the folder → the sheets of the open workbook. Reads all, computes, writes all."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from cls_workbook import conductor
from cls_workbook.excel import rendu
from cls_workbook.excel.compte_rendu import a_l_abri, executer, sans_clignoter
from cls_workbook.excel.notes import Orpheline, ecrit
from cls_workbook.excel.situation import Campagne, Ouvert, campagne
from cls_workbook.francais import date_fr
from cls_workbook.results import consolidated
from cls_workbook.results.resultat import Resultat
from cls_workbook.xlsx.sheets import Classeur

if TYPE_CHECKING:
    import xlwings

# The tables that the tool writes: what they hold was typed by partners, and is never read as a coordinator's input.
TABLES = frozenset((*consolidated.FEUILLES, "Relances"))
NOTES = "Notes conservées"
_ENTETES_DES_NOTES = ("Feuille", "Ligne", "Colonne", "Note", "Conservée le")


def consolider(book: xlwings.Book, jour: date | None = None) -> Resultat | None:
    """Consolidates the folder that Accueil names into the workbook; says in French, there and in an alert, what came of it.

    The same on desktop Excel, on xlwings' remote engine and on a test double. A second call replaces what the first wrote;
    what the coordinator typed stays. ``jour``: date of the consolidation (default: today). None, and no sheet but the
    message has changed, if it was refused.
    """
    return executer(book, "Consolider", lambda ouvert: _consolider(ouvert, jour or date.today()))


def controler(book: xlwings.Book, jour: date | None = None) -> Resultat | None:
    """The same reading and the same checks; only the sheet Anomalies is written."""
    return executer(book, "Contrôler", lambda ouvert: _controler(ouvert, jour or date.today()))


def lire_les_retours(ouvert: Ouvert, c: Campagne, jour: date, vide_permis: bool = False) -> Resultat:
    """What the conductor makes of the folder. One process: Python started by Excel is not to start others."""
    return conductor.consolider_dossier(
        [c.dossier], c.contrat, c.annee, jour=jour, precedent=c.precedent, pilotage=c.pilotage, depuis=ouvert.chemin, processus=1, vide_permis=vide_permis,
    )  # fmt: skip


def _consolider(ouvert: Ouvert, jour: date) -> tuple[str, Resultat]:
    resultat = lire_les_retours(ouvert, campagne(ouvert, TABLES), jour)
    conservees = ecrire(ouvert, _classeur(ouvert, resultat), jour)
    ouvert.ecrire("derniere", datetime(jour.year, jour.month, jour.day))
    ouvert.ecrire("bilan", resultat.bilan())
    return f"consolidation du {date_fr(jour)}. {resultat.bilan()}{conservees}", resultat


def _classeur(ouvert: Ouvert, resultat: Resultat) -> Classeur:
    """The consolidation; and, emptied, the table of replacements that an earlier click wrote and that has no row now."""
    classeur = consolidated.classeur(resultat)
    reste = any("Remplacements" in c.tables for c in ouvert.contenus.values())
    if reste and not len(resultat.remplacements):
        classeur.feuilles.append(consolidated.feuille_de(consolidated.table_des_remplacements(resultat), classeur.titre))
    return classeur


def _controler(ouvert: Ouvert, jour: date) -> tuple[str, Resultat]:
    resultat = lire_les_retours(ouvert, campagne(ouvert, TABLES), jour)
    pied = f"{resultat.contrat.nom_court} · contrôle {resultat.annee} du {date_fr(jour)}"
    feuille = consolidated.feuille_de(consolidated.table_des_anomalies(resultat), pied)
    conservees = ecrire(ouvert, Classeur([feuille], pied), jour)
    suite = "Seule la feuille « Anomalies » a changé : consolidez pour mettre à jour les totaux."
    return f"contrôle du {date_fr(jour)}. {resultat.bilan()} {suite}{conservees}", resultat


def ecrire(ouvert: Ouvert, classeur: Classeur, jour: date) -> str:
    """Writes the sheets into the workbook; what there is to say of it, "" if nothing."""
    prevus = rendu.preparer(ouvert.contenus, classeur)
    with a_l_abri(ouvert.book), sans_clignoter(ouvert.book):
        ecrit_ = rendu.ecrire(ouvert.book, prevus)
        if ecrit_.perdues:
            _conserver(ouvert, ecrit_.perdues, jour)
    phrases = []
    if nombre := len(ecrit_.perdues):
        s = "s" * (nombre > 1)
        phrases.append(f" {nombre} note{s} dont la ligne a disparu : voir la feuille « {NOTES} ».")
    if ecrit_.sans_graphique:
        phrases.append(" Les graphiques n’ont pas pu être redessinés par cette version d’Excel ; ceux de la commande « consolider » sont à jour.")
    return "".join(phrases)


def _conserver(ouvert: Ouvert, perdues: Sequence[tuple[str, Orpheline]], jour: date) -> None:
    """Appends the notes whose row is gone to a sheet that only grows."""
    contenu = ouvert.contenus.get(NOTES)
    if contenu is None:
        page = ouvert.book.sheets.add(NOTES, after=ouvert.book.sheets[len(ouvert.book.sheets) - 1])
        lignes: list[list[object]] = [list(_ENTETES_DES_NOTES)]
    else:
        page, lignes = contenu.feuille, []
    premiere = len(contenu.lignes) + 1 if contenu else 1
    lignes += [[nom, o.ligne, o.colonne, o.note, date_fr(jour)] for nom, o in perdues]
    zone = page.range((premiere, 1), (premiere + len(lignes) - 1, len(_ENTETES_DES_NOTES)))
    zone.number_format = "@"
    zone.value = [[ecrit(v) for v in ligne] for ligne in lignes]
