"""A sheet of an entry workbook as text, one line a cell: what a change of the template looks like in a diff.

    python tests/dump_fiche.py

writes ``golden/fiche_2.3.txt`` again, to be reviewed before it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from cls_workbook import contract, entry
from cls_workbook.xlsx.sheets import Cellule, Feuille, Formule, Lien, Plage, Validation, adresse, lettre

CONTRAT, ANNEE, FICHE = "dijon-2024-2028", 2025, "2.3"
GOLDEN = Path(__file__).with_name("golden") / f"fiche_{FICHE}.txt"


def dump() -> str:
    plan = entry.plan(contract.load(CONTRAT), ANNEE)
    feuille = next(f for f in plan.classeur.feuilles if f.nom == entry.nom_de_feuille(plan.contrat.par_fiche[FICHE]))
    cles = {(e.rangee, e.colonne): e for e in plan.emplacements() if e.feuille == feuille.nom}
    parties = (
        ("Feuilles", [f"{f.nom} · {f.etat}{' · protégée' if f.protegee else ''}" for f in plan.classeur.feuilles]),
        ("Noms", [f"{nom} = {cible}" for nom, cible in plan.classeur.noms.items()] or ["aucun"]),
        (f"Feuille {feuille.nom}", _reglages(feuille)),
        ("Cellules", _cellules(feuille)),
        ("Fusions", [f.a1() for f in feuille.fusions]),
        ("Saisies", [f"{e.cellule} · {e.cle} · {e.type}{' · obligatoire' if e.obligatoire else ''}" for _, e in sorted(cles.items())]),
        ("Validations", [_validation(v) for v in feuille.validations]),
        ("Mises en forme", [f"{m.plage.a1()} · {m.formule} · {m.style}" for m in feuille.mises_en_forme]),
    )
    return "\n".join(ligne for titre, lignes in parties for ligne in (f"# {titre}", *lignes, "")) + "\n"


def _reglages(feuille: Feuille) -> Iterator[str]:
    impression = feuille.impression
    yield "largeurs : " + " ".join(f"{lettre(c)}={v:g}" for c, v in sorted(feuille.largeurs.items()))
    yield f"colonnes masquées : {[lettre(c) for c in feuille.colonnes_masquees]} · figée : {feuille.figee} · onglet : {feuille.couleur_onglet} · insérer : {feuille.inserer_lignes}"
    yield f"lignes répétées : {impression.lignes_repetees} · sauts : {impression.sauts} · pied : {impression.pied_gauche}"


def _cellules(feuille: Feuille) -> Iterator[str]:
    """One line a cell; blank cells of one style that stand side by side share theirs."""
    def suite(cellule: Cellule) -> tuple:
        return (cellule.ligne, cellule.style, cellule.valeur is None) if cellule.valeur is None else (cellule.ligne, cellule.colonne)

    for _, groupe in groupby(sorted(feuille.cellules, key=lambda c: c[:2]), suite):
        cellules = list(groupe)
        if len(cellules) == 1:
            yield _cellule(cellules[0], feuille.hauteurs)
        else:
            yield f"{adresse(*cellules[0][:2])}:{adresse(*cellules[-1][:2])} · {cellules[0].style} · vides"


def _cellule(cellule: Cellule, hauteurs: dict[int, float]) -> str:
    ligne, colonne, valeur, style = cellule
    haut = f" ({hauteurs[ligne]:g} pt)" if colonne == 1 and ligne in hauteurs else ""
    return f"{adresse(ligne, colonne)} · {style} · {_valeur(valeur)}{haut}"


def _valeur(valeur: object) -> str:
    match valeur:
        case None:
            return "vide"
        case Formule(texte, resultat):
            return f"={texte} → {resultat!r}"
        case Lien(cible, texte, infobulle):
            return f"[{texte}]({cible} « {infobulle} »)"
    return str(valeur).replace("\n", " ⏎ ").replace("\u00a0", "⍽")


def _validation(validation: Validation) -> str:
    bornes = f"{validation.minimum} à {validation.maximum}" if validation.type != "liste" else str(validation.source) + ("" if validation.stricte else " (proposée)")
    return f"{_plages(validation.plages)} · {validation.type} · {bornes}\n    {validation.titre} : {validation.invite}\n    {validation.titre_erreur} : {validation.erreur}".replace("\u00a0", "⍽")


def _plages(plages: list[Plage]) -> str:
    return " ".join(p.a1() for p in plages)


def main() -> None:
    GOLDEN.parent.mkdir(exist_ok=True)
    GOLDEN.write_text(dump(), encoding="utf-8")
    print(GOLDEN)


if __name__ == "__main__":
    main()
