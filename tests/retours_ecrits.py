"""Frames of typed values, written by hand: a return is a structure, a fiche, and keys as the entry workbook has them."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pandas as pd

from cls_workbook.contract.model import Axe, Contrat, Fiche, Financeur, Indicateur, Mesure, Nature, Structure
from cls_workbook.reading.frames import RETOURS, VALEURS
from cls_workbook.summaries.activity import indicateurs
from cls_workbook.summaries.consolidation import attendus

_BLOCS_DES_MESURES = ("mesures", "taux", "satisfaction", "durees", "jalons", "textes", "ventilations")
_COLONNES_DE_FINANCEMENT = dict(zip(("financeur", "nature", "prevu", "engage", "verse", "reference", "date"), "CDEFGHI", strict=True))


def saisie(structure: str, fiche: str, saisies: dict[str, object], *, volet: str = "", fichier: str = "", annee: int = 2025) -> list[dict]:
    """The values of one return on one fiche. Keys: ``mesures/1.2-I03/valeur``, ``ventilations/1.2-I05/02/effectif``,
    ``financement/01/engage``, ``avancement/etat``… Cells go down column D, a funding line along its row from C."""
    lignes = []
    for rang, (cle, valeur) in enumerate(saisies.items(), 1):
        bloc, *milieu, champ = cle.split("/")
        mesure = milieu.pop(0) if bloc in _BLOCS_DES_MESURES else ""
        ligne = milieu[0] if milieu else ""
        rangee = f"ventilations/{mesure}/{ligne}"
        modalite = saisies.get(f"{rangee}/modalite") or saisies.get(f"{rangee}/nom") or ""
        cellule = f"{_COLONNES_DE_FINANCEMENT[champ]}{44 + int(ligne)}" if bloc == "financement" else f"D{rang}"
        lignes.append({
            "annee": annee, "fichier": fichier or f"{structure}.xlsx", "feuille": f"FA {fiche}" if fiche else "Accueil",
            "cellule": cellule, "fiche": fiche, "structure": structure, "volet": volet, "bloc": bloc, "mesure": mesure,
            "champ": champ, "ligne": ligne, "modalite": modalite, "type": _type(valeur), "valeur": valeur,
        })  # fmt: skip
    return lignes


def _type(valeur: object) -> str:
    types = {int: "entier", Decimal: "decimal", datetime.date: "date"}
    return types.get(type(valeur), "texte")


def valeurs(*retours: list[dict]) -> pd.DataFrame:
    """The frame ``valeurs`` of these returns; no return gives an empty frame."""
    cadre = pd.DataFrame([ligne for retour in retours for ligne in retour], columns=VALEURS)
    return cadre.astype({"valeur": object})


def retours(*lignes: tuple[str, str, str, str]) -> pd.DataFrame:
    """The frame ``retours``; each line is (fichier, structure, fiche, volet)."""
    return pd.DataFrame(
        [(f, f"empreinte de {f}", 2025, "essai", 1, s, v, n, f"FA {n}", 7, 9) for f, s, n, v in lignes], columns=RETOURS,
    )  # fmt: skip


def contrat(*mesures: Mesure, porteurs: tuple[str, ...] = ("a", "b", "c"), **plus) -> Contrat:
    """A contract of one fiche (1.1) with these measures, three structures and the four natures of money."""
    indicateur = Indicateur("1.1-I01", "Indicateur d’essai", "compte", mesures)
    fiche = plus.pop("fiche", None) or Fiche("1.1", "Action d’essai", "1", porteurs=porteurs, indicateurs=(indicateur,))
    communs = {
        "annees": (2024, 2025, 2026), "axes": (Axe("1", "Axe d’essai"),), "agence": "ars",
        "structures": (Structure("a", "Alpha"), Structure("b", "Bêta"), Structure("c", "Gamma"), Structure("ars", "ARS")),
        "natures": (
            Nature("m", "Maquette ARS", "maquette"), Nature("h", "ARS hors maquette", "hors_maquette"),
            Nature("c", "Cofinancement", "cofinancement"), Nature("v", "Valorisation", "valorisation"),
        ),
        "financeurs": (Financeur("ars", "ARS", structure="ars"), Financeur("ville", "Ville de Rivemont")),
    }  # fmt: skip
    return Contrat("essai", "Contrat d’essai", "Essai", territoire="Rivemont", fiches=plus.pop("fiches", (fiche,)), **(communs | plus))


def mesure(agregation: str, type_: str = "entier", **plus) -> Mesure:
    return Mesure("M", "Mesure d’essai", type_, agregation, **plus)


# --- one measure of the trial contract, and what each structure says of it ---


def texte(reserve):
    """A sentence with ordinary spaces, as a test is typed."""
    return None if reserve is None else reserve.replace("\u00a0", " ")


def ligne(essai, *retours, prevus=None, precedent=None):
    """The row of the one measure of a trial contract."""
    table = indicateurs(essai, valeurs(*retours), attendus(essai, 2025, prevus), precedent)
    assert len(table) == 1
    rangee = table.iloc[0].to_dict()
    return rangee | {"Réserve": texte(rangee["Réserve"])}


def dit(structure, valeur=None, **champs):
    """A return that types a figure (and other champs) for the measure."""
    saisies = {f"mesures/M/{c}": v for c, v in ({"valeur": valeur} | champs).items() if v is not None}
    return saisie(structure, "1.1", saisies or {"avancement/etat": "En cours"})


def cite(structure, valeur, *noms):
    """A return that counts entities and names them."""
    return saisie(structure, "1.1", {"mesures/M/valeur": valeur} | {f"ventilations/M/{i:02}/nom": n for i, n in enumerate(noms, 1)})


def bloc(nom, structure, **champs):
    return saisie(structure, "1.1", {f"{nom}/M/{c}": v for c, v in champs.items()})
