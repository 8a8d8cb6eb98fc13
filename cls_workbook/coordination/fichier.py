"""What « Vérifier l’installation » looks at in a coordinator's workbook that is closed: its versions, its folder of returns."""

from __future__ import annotations

import os
from pathlib import Path

from cls_workbook.coordination import accueil
from cls_workbook.errors import Refus
from cls_workbook.francais import typographie
from cls_workbook.reading.classeur import Classeur


def faits_du_classeur(fichier: str | Path) -> dict[str, object]:
    """``classeur`` (versions), ``chemin``, and ``dossier`` or ``defaut`` (why it cannot be used). Refus if it is no such workbook."""
    fichier = Path(fichier)
    try:
        contenu = fichier.read_bytes()
    except OSError as erreur:
        raise Refus(typographie(f"« {fichier} » ne peut pas être lu ({erreur.strerror or erreur}).")) from erreur
    try:
        classeur = Classeur(contenu)
    except Refus as refus:  # its remedy is for partners, who send their workbook back
        raise Refus(typographie(f"« {fichier} » ne peut pas être lu. {refus}")) from refus
    for grille in classeur.grilles():
        if dites := accueil.valeurs(grille.lignes):
            faits = {"classeur": accueil.lire_versions(dites.get("version")), "chemin": str(fichier.resolve())}
            return faits | _dossier(fichier.resolve().parent / str(dites.get("dossier") or accueil.DOSSIER_PAR_DEFAUT))
    raise Refus(typographie(f"« {fichier} » n’est pas un classeur de la coordination : sa feuille « Accueil » est introuvable."))


def _dossier(dossier: Path) -> dict[str, object]:
    try:
        os.listdir(dossier)
    except OSError as erreur:
        return {"defaut": f"« {dossier} » ne peut pas être lu ({erreur.strerror or erreur}) ; créez-le, ou indiquez le bon dossier sur l’Accueil"}
    return {"dossier": dossier}
