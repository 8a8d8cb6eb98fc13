"""The dictionary of a campaign: every input cell of its workbook, as a table for other programs and for people."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from os import PathLike

from cls_workbook.contract.model import Contrat, Fiche
from cls_workbook.entry.layout import Emplacement
from cls_workbook.entry.workbook import Plan
from cls_workbook.errors import Refus
from cls_workbook.xlsx.sheets import Classeur, Feuille, Impression, Plage, Tableau

COLONNES = (
    "cle", "fiche", "bloc", "mesure", "champ", "libelle", "type", "unite", "choix", "min", "max", "obligatoire",
    "feuille", "cellule", "structures",
)  # fmt: skip
LARGEURS = (40, 8, 15, 12, 18, 70, 11, 20, 44, 8, 16, 12, 13, 10, 44)
COCHE = ["x"]  # what ticks a box
FORMATS = ("json", "csv", "xlsx")
SEPARATEUR = " | "  # between choices, and between structures, where a cell holds several
_FORMULES = ("=", "+", "-", "@", "\t", "\r")  # how a text begins that a spreadsheet would compute

Membres = Mapping[str | tuple[str, str], Sequence[str]]


def dictionnaire(plan: Plan, membres: Membres | None = None) -> list[dict[str, object]]:
    """One dict per input cell, in the order of the workbook, with the names of ``COLONNES``.

    ``fiche`` and ``mesure`` are "" where there is none, ``unite``, ``min`` and ``max`` None. ``max`` of a texte or a
    code is its greatest length. ``structures``: ids of those that may answer; a group stands as its named ``membres``
    (group id → names; (group id, fiche) → those of one fiche), else as its own id.
    """
    contrat = plan.contrat
    par_fiche = {f.numero: _structures(contrat, f, membres or {}) for f in contrat.fiches}
    if plan.repondant:
        par_fiche = dict.fromkeys(par_fiche, [plan.repondant.id])
    toutes = list(dict.fromkeys(s for structures in par_fiche.values() for s in structures))
    return [_entree(place, par_fiche.get(place.fiche, toutes)) for place in plan.emplacements()]


def _structures(contrat: Contrat, fiche: Fiche, membres: Membres) -> list[str]:
    """Ids of those that may answer for a fiche, each once; a named member without id stands as its name."""
    ids: list[str] = []
    for porteur, _ in fiche.repondants():
        connue = contrat.par_structure.get(porteur)
        nommes = membres.get((porteur, fiche.numero), membres.get(porteur, ())) if connue and connue.groupe else ()
        ids += [contrat.identifier(nom) or nom for nom in nommes] or [porteur]
    return list(dict.fromkeys(ids))


def _entree(place: Emplacement, structures: list[str]) -> dict[str, object]:
    valeurs = (
        place.cle, place.fiche, place.bloc, place.mesure, place.champ, " ".join(place.libelle.split()), place.type, place.unite,
        list(place.choix) or COCHE * (place.type == "case"), _nombre(place.minimum), _nombre(place.longueur if place.type in ("texte", "code") else place.maximum),
        place.obligatoire, place.feuille, place.cellule, list(structures),
    )  # fmt: skip
    return dict(zip(COLONNES, valeurs, strict=True))


def _nombre(valeur: Decimal | int | None) -> int | float | None:
    if isinstance(valeur, Decimal):
        return int(valeur) if valeur == valeur.to_integral_value() else float(valeur)
    return valeur


# --- Files ----------------------------------------------------------------------------------------------------------


def ecrire(lignes: Iterable[Mapping[str, object]], format: str, sortie: str | PathLike | None = None) -> None:
    """Write a dictionary to the file ``sortie``, or to the standard output.

    json: a list of objects, UTF-8. csv: for a French Excel, hence UTF-8 with a byte order mark, semicolons and decimal
    commas. xlsx: one Excel table. Refus for an unknown format, an xlsx without file, or a file that cannot be written.
    """
    if format not in FORMATS:
        raise Refus(f"Le format « {format} » est inconnu. Formats possibles : {', '.join(FORMATS)}.")
    if format == "xlsx" and sortie is None:
        raise Refus("Un classeur ne s’affiche pas à l’écran : indiquez le fichier à écrire avec --sortie.")
    contenu = _contenu(list(lignes), format)
    if sortie is None:
        _afficher(contenu)
        return
    # XlsxWriter is not needed to print a text.
    from cls_workbook.xlsx.writer import enregistrer

    enregistrer(contenu, sortie)


def _afficher(contenu: bytes) -> None:
    """The bytes as they are: a console's own encoding may lack our letters. A stream of texts takes a text."""
    flux = getattr(sys.stdout, "buffer", None)
    if flux is None:
        sys.stdout.write(contenu.decode())
        return
    sys.stdout.flush()
    flux.write(contenu)
    flux.flush()


def _contenu(lignes: list[Mapping[str, object]], format: str) -> bytes:
    if format == "json":
        return (json.dumps(lignes, ensure_ascii=False, indent=1) + "\n").encode()
    if format == "csv":
        return _csv(lignes).encode("utf-8-sig")
    from cls_workbook.xlsx.writer import to_bytes

    return to_bytes(_classeur(lignes))


def _csv(lignes: Iterable[Mapping[str, object]]) -> str:
    texte = io.StringIO()
    redacteur = csv.writer(texte, delimiter=";", lineterminator="\r\n")
    redacteur.writerow(COLONNES)
    for ligne in lignes:
        redacteur.writerow([_cellule_de_csv(ligne[nom]) for nom in COLONNES])
    return texte.getvalue()


def _cellule_de_csv(valeur: object) -> str:
    if isinstance(valeur, float):
        return str(valeur).replace(".", ",")
    texte = _affichee(valeur)
    if isinstance(texte, str) and texte.startswith(_FORMULES):
        return f"'{texte}"
    return "" if texte is None else str(texte)


def _affichee(valeur: object) -> object:
    """A value as one cell shows it."""
    if isinstance(valeur, bool):
        return "oui" if valeur else "non"
    return SEPARATEUR.join(map(str, valeur)) if isinstance(valeur, list) else valeur


def _classeur(lignes: Sequence[Mapping[str, object]]) -> Classeur:
    """One sheet, one table; texts are written as texts, so nothing in it can be computed."""
    feuille = Feuille("Dictionnaire", largeurs=dict(enumerate(LARGEURS, 1)), figee=(1, 1), selection=(2, 1))
    for colonne, nom in enumerate(COLONNES, 1):
        feuille.ecrire(1, colonne, nom, "entete")
    feuille.hauteurs[1] = 24
    for numero, ligne in enumerate(lignes, 2):
        style = "cellule" if numero % 2 == 0 else "cellule_alt"
        for colonne, nom in enumerate(COLONNES, 1):
            valeur = _affichee(ligne[nom])
            feuille.ecrire(numero, colonne, valeur, f"{style}:droite" if isinstance(valeur, (int, float)) else style)
    feuille.tableaux.append(Tableau("Dictionnaire", Plage(1, 1, len(lignes) + 1, len(COLONNES)), COLONNES))
    feuille.impression = Impression(lignes_repetees=(1, 1), zone=feuille.tableaux[0].plage, pied_gauche="Dictionnaire des saisies")
    return Classeur([feuille], "Dictionnaire des saisies")
