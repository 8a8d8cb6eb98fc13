"""« Synthèse ARS »: the agency's copy, written beside the open workbook from the tables that it shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from cls_workbook.errors import Refus
from cls_workbook.excel.compte_rendu import executer
from cls_workbook.excel.situation import Ouvert, contrat_de
from cls_workbook.francais import typographie
from cls_workbook.results import ars_copy, consolidated, precedent
from cls_workbook.xlsx import writer

if TYPE_CHECKING:
    import xlwings


def ecrire_la_copie(book: xlwings.Book) -> Path | None:
    """The same bytes as ``synthese`` from a consolidation that holds the same tables. None if it was refused."""
    return executer(book, "Synthèse ARS", _ecrire_la_copie)


def _ecrire_la_copie(ouvert: Ouvert) -> tuple[str, Path]:
    if ouvert.chemin is None:
        raise Refus(typographie(
            "La synthèse s’écrit à côté du classeur, qui n’a pas d’emplacement connu sur ce poste (jamais enregistré, ou ouvert depuis OneDrive ou SharePoint). "
            "Enregistrez-le dans un dossier de l’ordinateur, puis recommencez."
        ))  # fmt: skip
    contrat = contrat_de(ouvert)
    resultat = ars_copy.relire(precedent.des_feuilles(ouvert.chemin, _feuilles(ouvert)), contrat)
    if ouvert.dit("annee") != str(resultat.annee):
        raise Refus(typographie(f"Les feuilles de la consolidation sont celles de {resultat.annee}, l’Accueil dit {ouvert.dit('annee')}. Consolidez, puis recommencez."))
    sortie = ouvert.chemin.with_name(f"synthese-ars-{resultat.annee}.xlsx")
    writer.write(ars_copy.classeur(resultat), sortie)
    return f"« {sortie.name} » est à côté de ce classeur : des valeurs seules, sans macro ni donnée personnelle. État : {resultat.etat}. Relisez-la avant de l’envoyer.", sortie


def _feuilles(ouvert: Ouvert) -> dict[str, list[list[object]]]:
    """Sheet of the consolidation → the rows of its table, wherever it stands now. Refus before the first consolidation."""
    noms, feuilles = consolidated.FEUILLES, {}
    for contenu in ouvert.contenus.values():
        for table, (haut, gauche, bas, droite) in contenu.tables.items():
            if table in noms:
                feuilles[noms[table]] = [[contenu.valeur(i, j) for j in range(gauche, droite + 1)] for i in range(haut, bas + 1)]
    reperes = feuilles.get(consolidated.FEUILLE_REPERES, [])
    if not any(v != "" for rangee in reperes[1:] for v in rangee):
        raise Refus(typographie("Ce classeur n’a pas encore été consolidé : cliquez sur « Consolider », puis recommencez."))
    return feuilles
