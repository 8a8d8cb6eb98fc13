"""Making the coordinator's workbook, or making it again: what was typed in it is kept, the macros become today's."""

from __future__ import annotations

from pathlib import Path

from cls_workbook import pilotage as coordination
from cls_workbook.contract.model import Contrat
from cls_workbook.coordination import accueil, classeur, page, poste
from cls_workbook.errors import Refus
from cls_workbook.francais import enumere, typographie
from cls_workbook.pilotage import Pilotage
from cls_workbook.reading.classeur import Classeur, Grille
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Feuille

EXTENSION = ".xlsm"


def coordonner(
    contrat: Contrat, reference: str, annee: int, sortie: str | Path, *, pilotage: str | None = None, precedent: str | None = None, sur: poste.Poste | None = None
) -> list[Path]:
    """Writes the workbook at ``sortie``, and the folder of returns beside it. Returns both.

    ``reference``: what loads the contract. ``pilotage``: a file whose inputs are taken over; without it, those of
    ``sortie`` if it exists. ``sur``: the computer whose Python the macros call; None: this one. Refus rather than lose
    anything that was typed.
    """
    cible = Path(sortie)
    if cible.suffix.lower() != EXTENSION:
        raise Refus(f"« {sortie} » : le classeur de la coordination contient des macros, son nom finit par {EXTENSION}.")
    if precedent and not Path(precedent).is_file():
        raise Refus(f"« {precedent} » est introuvable : indiquez le fichier de la consolidation de l’an dernier.")
    existe = cible.exists()
    if existe:
        _refuser_de_perdre(cible, contrat, annee)
    source = pilotage or (str(cible) if existe else None)
    saisies = coordination.lire(source, contrat, annee) if source else Pilotage()
    depart = _depart(cible, reference, source, precedent)
    description = classeur.classeur(contrat, annee, saisies, depart, sur if sur is not None else poste.ce_poste())
    writer.write(description, cible)
    dossier = cible.parent / depart.dossier
    dossier.mkdir(parents=True, exist_ok=True)
    return [cible, dossier]


def _depart(cible: Path, reference: str, source: str | None, precedent: str | None) -> page.Depart:
    """What Accueil says: as it was, if the workbook is made again."""
    lues = _cases(Path(source)) if source else {}
    dossier = str(lues.get("dossier") or accueil.DOSSIER_PAR_DEFAUT)
    ancien = _vu_de(cible, precedent) if precedent else str(lues.get("precedent") or "")
    definition = _vu_de(cible, reference) if Path(reference).is_file() else reference
    return page.Depart(definition, dossier, ancien, classeur.VERSIONS)


def _vu_de(cible: Path, fichier: str) -> str:
    """The path as the workbook says it: from its own folder if the file lies there, else whole."""
    entier, dossier = Path(fichier).resolve(), cible.resolve().parent
    return entier.relative_to(dossier).as_posix() if entier.is_relative_to(dossier) else str(entier)


def _cases(fichier: Path) -> dict[str, object]:
    for grille in Classeur(fichier.read_bytes()).grilles():
        if trouvees := accueil.valeurs(grille.lignes):
            return trouvees
    return {}


def _refuser_de_perdre(cible: Path, contrat: Contrat, annee: int) -> None:
    """Refus if the workbook that stands there holds more than inputs: sheets of the coordinator's own, notes beside the tables."""
    try:
        presentes = {grille.nom: grille for grille in Classeur(cible.read_bytes()).grilles()}
    except OSError as erreur:
        raise Refus(f"« {cible} » existe déjà et ne peut pas être lu ({erreur.strerror or erreur}).") from erreur
    vierges = {f.nom: f for f in classeur.decrire(contrat, annee, Pilotage(), page.Depart(""), poste.Poste())}
    if gardees := [nom for nom, grille in presentes.items() if nom not in vierges or _remplie(vierges[nom], grille)]:
        feuilles = "la feuille" if len(gardees) == 1 else "les feuilles"
        raise Refus(typographie(
            f"« {cible} » existe déjà, et ce que contient {feuilles} {enumere(gardees)} serait perdu : rien n’a été fait. "
            f"Choisissez un autre nom, avec --pilotage « {cible} » pour reprendre ses saisies ; puis consolidez, et copiez-y vos propres feuilles et notes."
        ))  # fmt: skip


def _remplie(vierge: Feuille, grille: Grille) -> bool:
    """Does a sheet that holds a table hold more than its headers?"""
    if not vierge.tableaux:
        return False
    entetes = vierge.tableaux[0].plage.colonne_fin
    return any(v != "" for rang, rangee in enumerate(grille.lignes) for v in (rangee if rang else rangee[entetes:]))
