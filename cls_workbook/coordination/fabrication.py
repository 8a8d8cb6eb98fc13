"""Making the coordinator's workbook, or making it again: what was typed in it is kept, the macros become today's."""

from __future__ import annotations

from pathlib import Path

from cls_workbook import pilotage as coordination
from cls_workbook.contract.model import Contrat
from cls_workbook.coordination import accueil, classeur, page, poste
from cls_workbook.errors import Refus
from cls_workbook.francais import enumere, typographie
from cls_workbook.pilotage import Pilotage
from cls_workbook.reading import archive
from cls_workbook.xlsx import writer

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
    for _, lignes in archive.Classeur(fichier.read_bytes()).grilles():
        if trouvees := accueil.valeurs(lignes):
            return trouvees
    return {}


def _refuser_de_perdre(cible: Path, contrat: Contrat, annee: int) -> None:
    """Refus if the workbook that stands there has sheets of the coordinator's own: they could not be kept."""
    try:
        noms = [nom for nom, _ in archive.Classeur(cible.read_bytes()).grilles()]
    except OSError as erreur:
        raise Refus(f"« {cible} » existe déjà et ne peut pas être lu ({erreur.strerror or erreur}).") from erreur
    connues = {f.nom for f in classeur.decrire(contrat, annee, Pilotage(), page.Depart(""), poste.Poste())}
    if autres := [nom for nom in noms if nom not in connues]:
        feuilles = "la feuille" if len(autres) == 1 else "les feuilles"
        raise Refus(typographie(
            f"« {cible} » existe déjà et contient {feuilles} {enumere(autres)}, qui seraient perdues : rien n’a été fait. "
            f"Choisissez un autre nom, avec --pilotage « {cible} » pour reprendre ses saisies, puis copiez-y vos feuilles."
        ))  # fmt: skip
