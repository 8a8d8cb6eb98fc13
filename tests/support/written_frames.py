"""Frames of typed values, written by hand: a return is a structure, a fiche,
and keys as the entry workbook has them.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from decimal import Decimal

import pandas as pd

from cls_workbook.domain.announced.contrat_parts import Financeur, Nature
from cls_workbook.domain.definition_keys import build
from cls_workbook.domain.model import Axe, Contrat, Fiche, Indicateur, Mesure, Structure
from cls_workbook.reading.parsing.value_log import VALUES
from cls_workbook.reading.storing.typed_frames import RETOURS
from cls_workbook.summaries.activity import indicateurs
from cls_workbook.summaries.expected import expected_returns

_BLOCKS_OF_MESURES = ("mesures", "taux", "satisfaction", "durees", "jalons", "textes", "ventilations")
_FINANCEMENT_COLUMNS = dict(
    zip(("financeur", "nature", "prevu", "engage", "verse", "reference", "date"), "CDEFGHI", strict=True)
)


def typed(
    structure: str, fiche: str, saisies: dict[str, object], *, volet: str = "", file: str = "", annee: int = 2025
) -> list[dict]:
    """The values of one return on one fiche. Keys: ``mesures/1.2-I03/valeur``, ``ventilations/1.2-I05/02/effectif``,
    ``financement/01/engage``, ``avancement/etat``… Cells go down column D, a funding line along its row from C."""
    lines = []
    for rank, (cle, valeur) in enumerate(saisies.items(), 1):
        bloc, *middle, champ = cle.split("/")
        mesure = middle.pop(0) if bloc in _BLOCKS_OF_MESURES else ""
        line = middle[0] if middle else ""
        row = f"ventilations/{mesure}/{line}"
        modalite = saisies.get(f"{row}/modalite") or saisies.get(f"{row}/nom") or ""
        cell = f"{_FINANCEMENT_COLUMNS[champ]}{44 + int(line)}" if bloc == "financement" else f"D{rank}"
        lines.append(
            {
                "annee": annee,
                "fichier": file or f"{structure}.xlsx",
                "feuille": f"FA {fiche}" if fiche else "Accueil",
                "cellule": cell,
                "fiche": fiche,
                "structure": structure,
                "volet": volet,
                "bloc": bloc,
                "mesure": mesure,
                "champ": champ,
                "ligne": line,
                "modalite": modalite,
                "type": _type(valeur),
                "valeur": valeur,
            }
        )
    return lines


def _type(valeur: object) -> str:
    types = {int: "entier", Decimal: "decimal", datetime.date: "date"}
    return types.get(type(valeur), "texte")


def values(*retours: list[dict]) -> pd.DataFrame:
    """The frame ``values`` of these returns; no return gives an empty frame."""
    frame = pd.DataFrame([line for retour in retours for line in retour], columns=VALUES)
    return frame.astype({"valeur": object})


def retours(*lines: tuple[str, str, str, str]) -> pd.DataFrame:
    """The frame ``retours``; each line is (fichier, structure, fiche, volet)."""
    return pd.DataFrame(
        [(f, f"empreinte de {f}", 2025, "essai", 1, s, v, n, f"FA {n}", 7, 9) for f, s, n, v in lines], columns=RETOURS
    )


def contrat(*mesures: Mesure, porteurs: tuple[str, ...] = ("a", "b", "c"), **extra) -> Contrat:
    """A contract of one fiche (1.1) with these measures, three structures and the four natures of money."""
    indicateur = Indicateur("1.1-I01", "Indicateur d’essai", "compte", mesures)
    fiche = extra.pop("fiche", None) or Fiche(
        "1.1", "Action d’essai", "1", porteurs=porteurs, indicateurs=(indicateur,)
    )
    in_common = {
        "annees": (2024, 2025, 2026),
        "axes": (Axe("1", "Axe d’essai"),),
        "agence": "ars",
        "structures": (
            Structure("a", "Alpha"),
            Structure("b", "Bêta"),
            Structure("c", "Gamma"),
            Structure("ars", "ARS"),
        ),
        "natures": (
            Nature("m", "Maquette ARS", "maquette"),
            Nature("h", "ARS hors maquette", "hors_maquette"),
            Nature("c", "Cofinancement", "cofinancement"),
            Nature("v", "Valorisation", "valorisation"),
        ),
        "financeurs": (Financeur("ars", "ARS", structure="ars"), Financeur("ville", "Ville de Rivemont")),
    }
    named = {"id": "essai", "titre": "Contrat d’essai", "nom_court": "Essai", "territoire": "Rivemont"}
    return build(Contrat, named | {"fiches": (fiche,)} | in_common | extra)


def mesure(agregation: str, type_: str = "entier", **extra) -> Mesure:
    return Mesure("M", "Mesure d’essai", type_, agregation, **extra)


# --- one measure of the trial contract, and what each structure says of it ---


def texte(reserve):
    """A sentence with ordinary spaces, as a test is typed."""
    return None if reserve is None else reserve.replace("\u00a0", " ")


def line(trial, *retours, planned=None, precedent=None):
    """The row of the one measure of a trial contract."""
    table = indicateurs(trial, values(*retours), expected_returns(trial, 2025, planned), precedent)
    assert len(table) == 1
    row = table.iloc[0].to_dict()
    return row | {"Réserve": texte(row["Réserve"])}


def told(structure, valeur=None, **input_fields):
    """A return that types a figure (and other champs) for the measure."""
    saisies = {f"mesures/M/{c}": v for c, v in ({"valeur": valeur} | input_fields).items() if v is not None}
    return typed(structure, "1.1", saisies or {"avancement/etat": "En cours"})


def quoted(structure, valeur, *names):
    """A return that counts entities and names them."""
    return typed(
        structure,
        "1.1",
        {"mesures/M/valeur": valeur} | {f"ventilations/M/{i:02}/nom": n for i, n in enumerate(names, 1)},
    )


def bloc(nom, structure, **input_fields):
    return typed(structure, "1.1", {f"{nom}/M/{c}": v for c, v in input_fields.items()})


def money(structure, fiche, *lines, **depenses):
    """A return's funding lines: (financeur, nature, {prevu, engage, verse}), and its expenditure."""
    saisies: dict = {f"depenses/{poste}": montant for poste, montant in depenses.items()}
    for rank, (financeur, nature, amounts) in enumerate(lines, 1):
        written_ones: Mapping = {"financeur": financeur, "nature": nature} | amounts
        saisies |= {f"financement/{rank:02}/{champ}": v for champ, v in written_ones.items() if v is not None}
    return typed(structure, fiche, saisies)
