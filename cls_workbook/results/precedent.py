"""Last year's consolidation, read back: what was retained, what was consolidated, what was engaged in all."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from cls_workbook.contract.model import Contrat, Mesure
from cls_workbook.errors import Refus
from cls_workbook.francais import plier

if TYPE_CHECKING:
    import pandas as pd

    from cls_workbook.checks.dossier import Precedent

CENTIME = Decimal("0.01")


@dataclass(frozen=True)
class Consolidation:
    """The tables of a consolidation workbook, each a list of rows (column header → cell, blank = None)."""

    chemin: Path
    tables: dict[str, list[dict[str, object]]]


def lire(chemin: str | Path) -> Consolidation:
    """Reads the data sheets of a consolidation workbook. Refus if it is not one."""
    from python_calamine import CalamineError, CalamineWorkbook

    chemin = Path(chemin)
    try:
        classeur = CalamineWorkbook.from_path(str(chemin))
        feuilles = {nom: classeur.get_sheet_by_name(nom).to_python(skip_empty_area=False) for nom in classeur.sheet_names}
    except (OSError, CalamineError, zipfile.BadZipFile, ValueError) as erreur:
        raise Refus(f"La consolidation « {chemin} » est introuvable ou illisible. Indiquez un classeur produit par « consolider ».") from erreur
    return des_feuilles(chemin, feuilles)


def des_feuilles(chemin: Path, feuilles: Mapping[str, Sequence[Sequence[object]]]) -> Consolidation:
    """The tables of a consolidation from the rows of its sheets, headers first. Refus if it is not one."""
    tables = {nom: _table(lignes) for nom, lignes in feuilles.items() if lignes}
    if not {"Mesures", "Indicateurs", "Financement par fiche"} <= tables.keys():
        raise Refus(f"« {chemin} » n’est pas une consolidation : les feuilles Mesures, Indicateurs et Financement par fiche n’y sont pas toutes.")
    return Consolidation(chemin, tables)


def _table(lignes: Sequence[Sequence[object]]) -> list[dict[str, object]]:
    entetes = [str(e) for e in lignes[0]]
    rangs = [dict(zip(entetes, (None if c == "" else c for c in ligne), strict=False)) for ligne in lignes[1:]]
    return [r for r in rangs if any(v is not None for v in r.values())]


def valeurs_propres(consolidation: Consolidation, contrat: Contrat) -> dict[str, dict[str, object]]:
    """Structure (id, or folded name) → measure → what its own return said: a figure, a rate (a share), a mean or a state."""
    dites: dict[tuple[str, str], list[tuple[str, object]]] = {}
    for r in consolidation.tables["Mesures"]:
        nom, mesure = str(r.get("Structure") or ""), str(r["Mesure"])
        if mesure in contrat.par_mesure and nom:
            dites.setdefault((contrat.identifier(nom) or plier(nom), mesure), []).append((str(r["Champ"]), _nombre(r.get("Valeur"))))
    propres: dict[str, dict[str, object]] = {}
    for (structure, mesure), champs in dites.items():
        if (valeur := _valeur_propre(contrat.par_mesure[mesure][2], champs)) is not None:
            propres.setdefault(structure, {})[mesure] = valeur
    return propres


def _valeur_propre(mesure: Mesure, champs: list[tuple[str, object]]) -> object:
    """One figure for what one structure said; None where it said none, or several that do not add up (two volets)."""

    def dits(*noms: str) -> list:
        return [v for c, v in champs if c in noms and v is not None]

    if mesure.type == "taux":
        hauts, bas = dits("numerateur"), dits("denominateur") or [mesure.denominateur] * (mesure.denominateur is not None)
        # rows of a breakdown have the same names of champs: the rate of all of them is what their sums make
        return Decimal(sum(hauts)) / Decimal(sum(bas)) if hauts and sum(bas) and (len(hauts) == len(bas) or mesure.denominateur) else None
    valeurs = dits({"ventilation": "effectif", "moyenne": "moyenne", "jalon": "jalon"}.get(mesure.type, "valeur"))
    if len(valeurs) < 2:
        return valeurs[0] if valeurs else None
    return sum(valeurs) if mesure.agregation in ("FLUX", "PERSONNES") or mesure.type == "ventilation" else None


def indicateurs(consolidation: Consolidation, contrat: Contrat) -> dict[str, object]:
    """Measure id → consolidated value; a measure without value is absent."""
    valeurs = {str(r["Mesure"]): r.get("Valeur") for r in consolidation.tables["Indicateurs"]}
    return {m: _nombre(v) for m, v in valeurs.items() if v is not None and m in contrat.par_mesure}


def engage_cumule(consolidation: Consolidation) -> dict[str, Decimal]:
    """Fiche → euros engaged on the maquette up to that year: the contract's amount less what was left to engage."""
    cumul = {}
    for rang in consolidation.tables["Financement par fiche"]:
        montant, reste = rang.get("Montant contrat"), rang.get("Reste à engager")
        if isinstance(montant, (int, float)) and isinstance(reste, (int, float)):
            cumul[str(rang["Fiche"])] = (Decimal(repr(montant)) - Decimal(repr(reste))).quantize(CENTIME)
    return cumul


def pour_controles(consolidation: Consolidation, contrat: Contrat) -> Precedent:
    """Last year as the checks want it (frames)."""
    import pandas as pd

    from cls_workbook.checks.dossier import Precedent

    mesures = pd.DataFrame(
        [
            (
                str(r["Fiche"]), contrat.identifier(str(r["Structure"])) or str(r["Structure"]), r.get("Volet") or "", str(r["Mesure"]),
                str(r["Champ"]), r.get("Modalité") or "", _nombre(r.get("Valeur")),
            )
            for r in consolidation.tables["Mesures"]
        ],
        columns=["fiche", "structure", "volet", "mesure", "champ", "modalite", "valeur"],
        dtype=object,
    )  # fmt: skip
    return Precedent(mesures, _engagements(consolidation, contrat), _lignes(consolidation, contrat))


def _lignes(consolidation: Consolidation, contrat: Contrat) -> pd.DataFrame:
    """The funding lines of last year, as ``Precedent.lignes`` wants them."""
    import pandas as pd

    colonnes = ("Fiche", "Structure", "Financeur", "Nature", "Prévu", "Engagé", "Versé", "Référence")
    lignes = [
        (str(r["Fiche"]), contrat.identifier(str(r["Structure"])) or str(r["Structure"]), *(_montant(r.get(c)) for c in colonnes[2:]))
        for r in consolidation.tables.get("Lignes de financement", ())
    ]
    return pd.DataFrame(lignes, columns=["fiche", "structure", "financeur", "nature", "prevu", "engage", "verse", "reference"], dtype=object)


def _montant(valeur: object) -> object:
    """A sheet keeps an amount as a binary number: to the cent again."""
    return Decimal(repr(valeur)).quantize(CENTIME) if isinstance(valeur, (int, float)) else valeur


def _engagements(consolidation: Consolidation, contrat: Contrat) -> pd.DataFrame:
    """One row per fiche: what earlier years engaged on the maquette, under the agency's name."""
    import pandas as pd

    agence = contrat.par_structure.get(contrat.agence or "")
    nature = next((n.libelle for n in contrat.natures if n.niveau == "maquette"), "")
    lignes = [(fiche, agence.nom if agence else "", nature, montant) for fiche, montant in engage_cumule(consolidation).items()]
    return pd.DataFrame(lignes, columns=["fiche", "financeur", "nature", "engage"], dtype=object)


def _nombre(valeur: object) -> object:
    """Whole numbers as int, others as exact Decimal; texts and dates as they are."""
    if isinstance(valeur, float):
        return int(valeur) if valeur.is_integer() else Decimal(repr(valeur))
    return valeur
