"""Returns as read, without a file: keys and values of the small contract, as the reader would give them."""

from __future__ import annotations

from pathlib import Path

from classeurs import ANNEE, essai, plan

from cls_workbook.reading.reader import Retour, Saisie
from cls_workbook.results.precedent import Consolidation


def retour(fichier: str, structure: str, saisies: dict[str, object], annee: int = ANNEE) -> Retour:
    p = plan(structure)
    places = {e.cle: e for e in p.emplacements()}
    lues = tuple(Saisie(c, places[c].feuille, places[c].cellule, v, places[c].ligne) for c, v in saisies.items())
    feuilles = {"accueil": "Accueil"} | {f.numero: f"FA {f.numero}" for f in essai().fiches}
    return Retour(fichier, fichier, f"empreinte {fichier}", "essai", annee, p.modele, structure, tuple(f.numero for f in essai().fiches), lues, feuilles=feuilles)


def relue(resultat) -> Consolidation:
    """A consolidation as next year's campaign finds it in the workbook: numbers are binary, blanks are None."""

    def table(frame) -> list[dict]:
        lignes = frame.astype(object).to_dict("records")
        return [{c: float(v) if hasattr(v, "quantize") else None if v != v else v for c, v in r.items()} for r in lignes]  # a blank is not a number

    noms = {"Mesures": resultat.mesures, "Indicateurs": resultat.indicateurs, "Financement par fiche": resultat.par_fiche, "Lignes de financement": resultat.financements}
    return Consolidation(Path("consolidation.xlsx"), {nom: table(frame) for nom, frame in noms.items()})
