"""Last year's consolidation, read back: what was retained, what was consolidated, what was engaged in all."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

from cls_workbook.contract.model import Contrat, Mesure
from cls_workbook.contract.petits_effectifs import petit, taux_identifiant
from cls_workbook.contract.reprises import en_cellule, est_repris
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

    def identite(self, champ: str) -> object:
        """What the workbook says of itself (contrat, année…); None where it does not."""
        return next((_nombre(r.get("Valeur")) for r in self.tables.get("Repères", ()) if (r.get("Rubrique"), r.get("Champ")) == ("Identification", champ)), None)


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


def de_l_an_dernier(chemin: str | Path, contrat: Contrat, annee: int) -> Consolidation:
    """The consolidation of an earlier year of this contract. Refus if it is of another contract, of this year or of a later one."""
    consolidation = lire(chemin)
    de_qui, quand = consolidation.identite("contrat"), consolidation.identite("année")
    if de_qui not in (None, contrat.id):
        raise Refus(f"« {chemin} » est la consolidation du contrat « {de_qui} », non de « {contrat.id} ». Indiquez celle de l’an dernier.")
    if isinstance(quand, int) and quand >= annee:
        raise Refus(f"« {chemin} » est la consolidation de {contrat.nom_annee(quand)} : l’année précédente de {contrat.nom_annee(annee)} est {contrat.nom_annee(annee - 1)}.")
    return consolidation


def _table(lignes: Sequence[Sequence[object]]) -> list[dict[str, object]]:
    entetes = [str(e) for e in lignes[0]]
    rangs = [dict(zip(entetes, (None if c == "" else c for c in ligne), strict=False)) for ligne in lignes[1:]]
    return [r for r in rangs if any(v is not None for v in r.values())]


def valeurs_propres(consolidation: Consolidation, contrat: Contrat, annee: int) -> dict[str, dict[str, object]]:
    """Structure (id, or folded name) → measure → what its own return said: a figure, a rate (a share), a mean or a state. Empty if the
    consolidation is older than the year before ``annee``."""
    if consolidation.identite("année") not in (None, annee - 1):
        return {}
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


def indicateurs(consolidation: Consolidation, contrat: Contrat, annee: int) -> dict[str, object]:
    """Measure id → consolidated value of the year before ``annee``; a measure without value is absent. Empty if the
    consolidation is of an older year: what it says is not last year's."""
    if consolidation.identite("année") not in (None, annee - 1):
        return {}
    valeurs = {str(r["Mesure"]): r.get("Valeur") for r in consolidation.tables["Indicateurs"]}
    return {m: _nombre(v) for m, v in valeurs.items() if v is not None and m in contrat.par_mesure}


def pour_les_classeurs(chemin: str | Path, contrat: Contrat, annee: int) -> dict[str, dict]:
    """What last year's consolidation puts in the workbooks of the year, by field of ``entry.Campagne``. Refus if it is of another."""
    passee = de_l_an_dernier(chemin, contrat, annee)
    return {
        "precedent": montrables(passee, contrat, annee),
        "propres": valeurs_propres(passee, contrat, annee),
        "reprises": reprises(passee, contrat),
    }


def montrables(consolidation: Consolidation, contrat: Contrat, annee: int) -> dict[str, object]:
    """``indicateurs``, without what speaks of few people: the general workbook goes to all the partners."""
    return {m: v for m, v in indicateurs(consolidation, contrat, annee).items() if not _petit_effectif(consolidation, contrat, m, v)}


def _petit_effectif(consolidation: Consolidation, contrat: Contrat, mesure: str, valeur: object) -> bool:
    seuil, voulue = contrat.seuil_petits_effectifs, contrat.par_mesure[mesure][2]
    if not voulue.petits_effectifs:
        return False
    if voulue.agregation not in ("RATIO", "SATISFACTION"):
        return petit(valeur, seuil)
    ligne = next(r for r in consolidation.tables["Indicateurs"] if str(r["Mesure"]) == mesure)
    return taux_identifiant(_nombre(ligne.get("Numérateur")), _nombre(ligne.get("Dénominateur")), seuil)


def historique(consolidation: Consolidation, contrat: Contrat) -> list[dict[str, object]]:
    """The rows of ``summaries.historique`` that this consolidation holds; of its own year only, if it is of before they were kept."""
    lignes = consolidation.tables.get("Historique")
    if lignes is not None:
        return [{c: _nombre(r.get(c)) for c in r} | {"Année": _nombre(r.get("Année"))} for r in lignes]
    import pandas as pd

    from cls_workbook.summaries import historique as memoire
    from cls_workbook.summaries.activity import AVANCEMENT
    from cls_workbook.summaries.consolidation import FINANCEMENTS, MESURES

    annee = consolidation.identite("année")
    if not isinstance(annee, int):
        return []

    def cadre(nom: str, colonnes: tuple[str, ...] = ()) -> pd.DataFrame:
        rangees = consolidation.tables.get(nom, [])
        titres = colonnes or tuple(rangees[0] if rangees else ())
        return pd.DataFrame([[_nombre(r.get(c)) for c in titres] for r in rangees], columns=list(titres), dtype=object)

    contrat = contrat.en(annee)
    par_fiche = cadre("Financement par fiche")
    return memoire.historique(
        contrat, annee, indicateurs=cadre("Indicateurs"), mesures=cadre("Mesures", MESURES), avancement=pd.DataFrame(columns=list(AVANCEMENT)),
        par_fiche=par_fiche[[f in contrat.par_fiche for f in par_fiche["Fiche"]]] if len(par_fiche) else par_fiche,
        financements=cadre("Lignes de financement", FINANCEMENTS),
    ).to_dict("records")  # fmt: skip


def engage_cumule(consolidation: Consolidation) -> dict[str, Decimal]:
    """Fiche → euros engaged on the maquette up to that year: the contract's amount less what was left to engage; where the
    contract gives no amount, the sum of the years that are kept."""
    cumul: dict[str, Decimal] = {}
    for rang in consolidation.tables.get("Historique", ()):
        if rang["Objet"] == "Engagé" and isinstance(rang["Valeur"], (int, float)):
            fiche = str(rang["Fiche"])
            cumul[fiche] = cumul.get(fiche, Decimal(0)) + Decimal(repr(rang["Valeur"])).quantize(CENTIME)
    for rang in consolidation.tables["Financement par fiche"]:
        montant, reste = rang.get("Montant contrat"), rang.get("Reste à engager")
        if isinstance(montant, (int, float)) and isinstance(reste, (int, float)):
            cumul[str(rang["Fiche"])] = (Decimal(repr(montant)) - Decimal(repr(reste))).quantize(CENTIME)
    return cumul


def reprises(consolidation: Consolidation, contrat: Contrat) -> dict[str, dict[str, object]]:
    """Respondent id (or name) → key of an input → what it answered, for what rarely changes (``contract.reprises``)."""
    trouvees: dict[str, dict[str, object]] = {}
    rangs: dict[tuple[str, str], dict[tuple, str]] = {}  # (respondent, table) → its rows, numbered anew

    def noter(structure: object, cle: str, valeur: object) -> None:
        if structure and valeur is not None:
            trouvees.setdefault(_repondant(contrat, structure), {}).setdefault(cle, en_cellule(valeur))

    def ligne(structure: object, table: str, marque: tuple) -> str:
        suite = rangs.setdefault((_repondant(contrat, structure), table), {})
        return suite.setdefault(marque, f"{len(suite) + 1:02d}")

    for r in consolidation.tables.get("Réponses", ()):
        bloc, champ = str(r["Bloc"]), str(r["Champ"])
        if est_repris(bloc, champ) and r["Structure"]:
            prefixe = f"{r['Fiche']}/{bloc}" if r["Fiche"] else f"accueil/{bloc}"
            rang = f"/{ligne(r['Structure'], prefixe, (r['Fichier'], r['Ligne']))}" if r["Ligne"] else ""
            noter(r["Structure"], f"{prefixe}{rang}/{champ}", r["Valeur"])
    for r in consolidation.tables["Mesures"]:
        bloc = next((b for b in ("taux", "satisfaction", "durees") if est_repris(b, str(r["Champ"]))), None)
        if bloc:
            noter(r["Structure"], f"{r['Fiche']}/{bloc}/{r['Mesure']}/{r['Champ']}", r["Valeur"])
    for r in consolidation.tables.get("Lignes de financement", ()):
        if r["Structure"] and (r["Financeur"] or r["Nature"]):
            prefixe = f"{r['Fiche']}/financement"
            rang = ligne(r["Structure"], prefixe, (r["Financeur"], r["Nature"]))  # one line of a kind, however many it had
            noter(r["Structure"], f"{prefixe}/{rang}/financeur", r["Financeur"])
            noter(r["Structure"], f"{prefixe}/{rang}/nature", r["Nature"])
    return trouvees


def _repondant(contrat: Contrat, nom: object) -> str:
    return contrat.identifier(str(nom)) or str(nom)


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
    """What earlier years engaged, by fiche, funder and nature; on the maquette, in one row a fiche under the agency's name."""
    import pandas as pd

    agence = contrat.par_structure.get(contrat.agence or "")
    nature = next((n.libelle for n in contrat.natures if n.niveau == "maquette"), "")
    lignes = [(fiche, agence.nom if agence else "", nature, montant) for fiche, montant in engage_cumule(consolidation).items()]
    for rang in historique(consolidation, contrat):
        if rang["Objet"] == "Engagé par financeur" and rang["Nature"] != nature:
            lignes.append((str(rang["Fiche"]), rang["Financeur"] or "", rang["Nature"] or "", Decimal(rang["Valeur"])))
    return pd.DataFrame(lignes, columns=["fiche", "financeur", "nature", "engage"], dtype=object)


def _nombre(valeur: object) -> object:
    """Whole numbers as int, others as exact Decimal; texts and dates as they are."""
    if isinstance(valeur, float):
        return int(valeur) if valeur.is_integer() else Decimal(repr(valeur))
    return valeur
