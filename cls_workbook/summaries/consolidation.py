"""Which returns count, and what they said: expected against received, refused values set aside, values stacked.

Frames in, frames out. The column names of the tables are those of the consolidation workbook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache, lru_cache

import numpy as np
import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT, Anomalie
from cls_workbook.contract.model import Contrat, Fiche
from cls_workbook.errors import Refus
from cls_workbook.francais import NBSP, plier
from cls_workbook.reading.vues import ADRESSE, colonnes, en_lignes, large, rangees

# Group id → the structures that the coordinator named for it; (group id, fiche) → those of one fiche, looked up first.
Membres = Mapping[str | tuple[str, str], Sequence[str]]

ATTENDUS = ("fiche", "structure", "volet", "groupe")
RETOURS = (
    "Fiche", "Structure", "Volet", "Statut", "Fichier", "Empreinte SHA-256", "Champs renseignés", "Champs attendus",
    "Bloquants", "À confirmer",
)  # fmt: skip
MESURES = (
    "Année", "Fiche", "Indicateur", "Mesure", "Champ", "Structure", "Volet", "Modalité", "Valeur", "Statut",
    "Fichier", "Feuille", "Cellule",
)  # fmt: skip
REPONSES = ("Année", "Fiche", "Structure", "Volet", "Bloc", "Champ", "Ligne", "Valeur", "Fichier", "Feuille", "Cellule")
FINANCEMENTS = (
    "Année", "Fiche", "Structure", "Financeur", "Nature", "Prévu", "Engagé", "Versé", "Référence", "Date",
    "Fichier", "Feuille", "Cellule",
)  # fmt: skip

RECU, MANQUANT, DOUBLON, REJETE = "reçu", "manquant", "doublon", "rejeté"
REEL = "réel"
CODE_DE_DOUBLON = "DOUBLON_DE_RETOUR"  # the check that sets a second answer aside
CODE_DE_REMPLACE = "RETOUR_REMPLACE"  # the coordinator set it aside for its correction
_CHAMPS_DE_FINANCEMENT = ("financeur", "nature", "prevu", "engage", "verse", "reference", "date")

# The champs of a measure that carry a figure or an answer; the others only qualify it.
CHAMPS_DE_VALEUR = frozenset((
    "valeur", "dont_qpv", "numerateur", "denominateur", "questionnaires", "repondants", "satisfaits", "moyenne",
    "effectif", "jalon", "texte", "nom", "modalite",
))  # fmt: skip

Cle = tuple[str, str, str]  # fiche, structure (see ``cle_de_structure``), volet


# --- Structures -----------------------------------------------------------------------------------------------------


def nom_affiche(contrat: Contrat, structure: str) -> str:
    """The printed name of a structure id; a name that is not an id, as it was typed."""
    connue = contrat.par_structure.get(structure)
    return connue.nom if connue else structure


def cle_de_structure(contrat: Contrat) -> Callable[[str], str]:
    """A function: a structure however it is written (id, name, full name, alias) → its id; else its folded name."""
    return lambda structure: contrat.identifier(structure) or plier(structure)


# --- What is expected -----------------------------------------------------------------------------------------------


def attendus(contrat: Contrat, annee: int, membres: Membres | None = None) -> pd.DataFrame:
    """One row per expected return: fiche, structure (id or name), volet ("" if none), groupe (bool).

    A group for which ``membres`` names nobody stays one line with groupe=True: how many returns it stands for is unknown.
    Refus if the contract does not cover ``annee``.
    """
    if not contrat.couvre(annee):
        raise Refus(f"L’année {annee} n’est pas une année du contrat «{NBSP}{contrat.titre}{NBSP}».")
    identifier = cle_de_structure(contrat)
    lignes, vues = [], set()
    for fiche in contrat.fiches:
        for porteur, volet in fiche.repondants():
            for structure, groupe in _designes(contrat, fiche.numero, porteur, membres or {}):
                cle = (fiche.numero, identifier(structure), volet or "")
                if cle not in vues:
                    vues.add(cle)
                    lignes.append((fiche.numero, structure, volet or "", groupe))
    return pd.DataFrame(lignes, columns=ATTENDUS, dtype=object).astype({"groupe": bool})


def _designes(contrat: Contrat, fiche: str, porteur: str, membres: Membres) -> list[tuple[str, bool]]:
    connue = contrat.par_structure.get(porteur)
    if connue is None or not connue.groupe:
        return [(porteur, False)]
    nommes = [nom for nom in membres.get((porteur, fiche), membres.get(porteur, ())) if nom.strip()]
    if not nommes:
        return [(porteur, True)]
    identifier = cle_de_structure(contrat)
    return [(cle if (cle := identifier(nom)) in contrat.par_structure else nom.strip(), False) for nom in nommes]


def a_preciser(contrat: Contrat, membres: Membres | None = None) -> list[str]:
    """French sentences: the volets without porteur and the groups without members, by fiche."""
    notes = []
    for fiche in contrat.fiches:
        notes += [f"Fiche {fiche.numero}, volet «{NBSP}{v.nom}{NBSP}»{NBSP}: porteur à préciser." for v in fiche.volets if not v.porteurs]
        if not fiche.volets and not fiche.porteurs:
            notes.append(f"Fiche {fiche.numero}{NBSP}: porteur à préciser.")
        for groupe in _groupes_sans_membres(contrat, fiche, membres or {}):
            notes.append(
                f"Fiche {fiche.numero}{NBSP}: les structures du groupe «{NBSP}{groupe}{NBSP}» ne sont pas nommées, "
                "le nombre de retours attendus est inconnu."
            )
    return notes


def _groupes_sans_membres(contrat: Contrat, fiche: Fiche, membres: Membres) -> list[str]:
    porteurs = dict.fromkeys(p for p, _ in fiche.repondants())
    return [nom_affiche(contrat, p) for p in porteurs if any(groupe for _, groupe in _designes(contrat, fiche.numero, p, membres))]


def appariement(contrat: Contrat, prevus: pd.DataFrame) -> Callable[[str, str, str], Cle | None]:
    """A function (fiche, structure, volet) → the key of the expected return it answers for; None: not expected.

    A blank volet is understood when the structure is expected on one volet of the fiche only.
    """
    cles, identifier = cles_attendues(contrat, prevus), cle_de_structure(contrat)

    @cache
    def trouver(fiche: str, structure: str, volet: str) -> Cle | None:
        cle = (fiche, identifier(structure), volet)
        if cle in cles or volet:
            return cle if cle in cles else None
        possibles = [c for c in cles if c[:2] == cle[:2]]
        return possibles[0] if len(possibles) == 1 else None

    return trouver


def cles_attendues(contrat: Contrat, prevus: pd.DataFrame) -> dict[Cle, int]:
    """Key → its rank, without the lines of groups: nobody answers in the name of a group."""
    noms, identifier = prevus[~prevus["groupe"]], cle_de_structure(contrat)
    triplets = zip(noms["fiche"], noms["structure"], noms["volet"], strict=True)
    return {(f, identifier(s), v): rang for rang, (f, s, v) in enumerate(triplets)}


# --- What came back -------------------------------------------------------------------------------------------------


def statuts(contrat: Contrat, prevus: pd.DataFrame, retours: pd.DataFrame, anomalies: Iterable[Anomalie]) -> pd.DataFrame:
    """The table ``Retours``: every expected return and every received one, in the contract's order of fiches.

    A group without members is « manquant » until one of its candidates answers; then these answers stand for it.
    A refused file that says of no fiche stays a line of its own, with no fiche.
    """
    anomalies = list(anomalies)
    trouver = appariement(contrat, prevus)
    recus = _recus(retours, anomalies, trouver)
    lignes = [ligne | {"Structure": nom_affiche(contrat, ligne["Structure"])} for ligne in recus]
    presents = {ligne["cle"] for ligne in recus}
    for prevu in prevus.itertuples(index=False):
        cle = trouver(prevu.fiche, prevu.structure, prevu.volet)
        absent = not _groupe_represente(contrat, prevu, recus) if prevu.groupe else cle not in presents
        if absent:
            nom = nom_affiche(contrat, prevu.structure)
            lignes.append(dict.fromkeys(RETOURS) | {"Fiche": prevu.fiche, "Structure": nom, "Volet": prevu.volet, "Statut": MANQUANT, "cle": cle})
    lignes += _fichiers_muets(retours, anomalies)
    ordre = {f.numero: rang for rang, f in enumerate(contrat.fiches)}
    rangs = cles_attendues(contrat, prevus)
    dernier = len(rangs)
    lignes.sort(key=lambda li: (ordre.get(li["Fiche"], len(ordre)), li["Fiche"] or "", rangs.get(li["cle"], dernier), li["Structure"] or "", li["Fichier"] or ""))
    return _table(({**ligne, "Volet": ligne["Volet"] or None} for ligne in lignes), RETOURS)


def _recus(retours: pd.DataFrame, anomalies: list[Anomalie], trouver) -> list[dict]:
    exclus = Exclusions(anomalies)
    cles = [trouver(r.fiche, r.structure, r.volet) or (r.fiche, plier(r.structure), r.volet) for r in retours.itertuples(index=False)]
    libres = Counter(cle for cle, r in zip(cles, retours.itertuples(index=False), strict=True) if not exclus.retour(r.fichier, r.fiche))
    par_fichier: dict[str, list[Anomalie]] = {}
    for a in anomalies:
        par_fichier.setdefault(a.fichier, []).append(a)
    lignes = []
    for cle, r in zip(cles, retours.itertuples(index=False), strict=True):
        motifs = exclus.retour(r.fichier, r.fiche)
        double = any(_signale_un_double(a) for a in motifs) if motifs else libres[cle] > 1
        siennes = [a for a in par_fichier.get(r.fichier, ()) if a.fiche in ("", r.fiche)]
        lignes.append({
            "Fiche": r.fiche, "Structure": r.structure, "Volet": r.volet,
            "Statut": DOUBLON if double else REJETE if motifs else RECU,
            "Fichier": r.fichier, "Empreinte SHA-256": r.sha256,
            "Champs renseignés": r.champs_renseignes, "Champs attendus": r.champs_attendus,
            "Bloquants": sum(a.gravite == BLOQUANT for a in siennes),
            "À confirmer": sum(a.gravite == A_CONFIRMER for a in siennes), "cle": cle,
        })  # fmt: skip
    return lignes


def _signale_un_double(anomalie: Anomalie) -> bool:
    return anomalie.code in (CODE_DE_DOUBLON, CODE_DE_REMPLACE)


def _groupe_represente(contrat: Contrat, prevu, recus: list[dict]) -> bool:
    """Has a member that the contract proposes for this group answered (whatever its answer is worth)?"""
    noms = {plier(nom) for nom in contrat.candidats(contrat.par_structure[prevu.structure])}
    du_volet = (r for r in recus if r["Fiche"] == prevu.fiche and r["Volet"] == prevu.volet)
    return any(plier(nom_affiche(contrat, r["Structure"])) in noms for r in du_volet)


def _fichiers_muets(retours: pd.DataFrame, anomalies: list[Anomalie]) -> list[dict]:
    """Refused files of which no fiche could be read: they are named too."""
    connus = set(retours["fichier"])
    muets = dict.fromkeys(a.fichier for a in anomalies if a.refuse_fichier and a.fichier and a.fichier not in connus)
    lignes = []
    for fichier in muets:
        siennes = [a for a in anomalies if a.fichier == fichier]
        double = any(a.refuse_fichier and _signale_un_double(a) for a in siennes)
        compte = {g: sum(a.gravite == g for a in siennes) for g in (BLOQUANT, A_CONFIRMER)}
        lignes.append(dict.fromkeys(RETOURS) | {
            "Statut": DOUBLON if double else REJETE, "Fichier": fichier, "Bloquants": compte[BLOQUANT],
            "À confirmer": compte[A_CONFIRMER], "cle": None,
        })  # fmt: skip
    return lignes


# --- What is kept ---------------------------------------------------------------------------------------------------


class Exclusions:
    """What the anomalies refuse: whole files, whole fiches of a file, single cells."""

    def __init__(self, anomalies: Iterable[Anomalie]):
        self.fichiers: dict[str, list[Anomalie]] = {}
        self.fiches: dict[tuple[str, str], list[Anomalie]] = {}
        self.cellules: set[tuple[str, str, str]] = set()
        for a in anomalies:
            if a.refuse_fichier:
                self.fichiers.setdefault(a.fichier, []).append(a)
            elif a.refuse_feuille:
                self.fiches.setdefault((a.fichier, a.fiche), []).append(a)
            elif a.gravite == BLOQUANT:
                self.cellules.update((a.fichier, a.feuille, cellule) for cellule in a.cellules)
        self.concernes = {*self.fichiers, *(f for f, _ in self.fiches), *(f for f, _, _ in self.cellules)}

    def retour(self, fichier: str, fiche: str) -> list[Anomalie]:
        """The anomalies that refuse the whole answer of this file on this fiche."""
        return self.fichiers.get(fichier, []) + self.fiches.get((fichier, fiche), [])

    def valeur(self, fichier: str, fiche: str, feuille: str, cellule: str) -> bool:
        return bool(self.retour(fichier, fiche)) or (fichier, feuille, cellule) in self.cellules


def retenir(valeurs: pd.DataFrame, anomalies: Iterable[Anomalie]) -> pd.DataFrame:
    """The values left once what the anomalies refuse is set aside: cells, whole fiches, whole files."""
    exclus = Exclusions(anomalies)
    en_cause = np.flatnonzero(valeurs["fichier"].isin(exclus.concernes))
    places = colonnes(valeurs.iloc[en_cause], "fichier", "fiche", "feuille", "cellule")
    garde = np.ones(len(valeurs), dtype=bool)
    garde[en_cause] = [not exclus.valeur(*place) for place in places]
    return valeurs if garde.all() else valeurs[garde].reset_index(drop=True)


# --- The three tables of values -------------------------------------------------------------------------------------


def mesures_table(contrat: Contrat, valeurs: pd.DataFrame) -> pd.DataFrame:
    """The table ``Mesures``: one row per value typed for a measure (its figure, its statut, its comment…).

    Statut is what the return typed for that measure; « réel » where a figure came without statut.
    """
    siennes = valeurs[valeurs["mesure"] != ""]
    propres = {
        "Indicateur": _traduits(siennes["mesure"], lambda mesure: contrat.par_mesure[mesure][1].id), "Mesure": siennes["mesure"],
        "Champ": siennes["champ"], "Modalité": _traduits(siennes["modalite"]), "Valeur": siennes["valeur"], "Statut": _statuts_des_mesures(siennes),
    }  # fmt: skip
    return _colonnes_en_table(_origine(contrat, siennes) | propres, MESURES)


def _statuts_des_mesures(valeurs: pd.DataFrame) -> np.ndarray:
    """Of each value: the statut that its return gives to its measure."""
    numeros = rangees(valeurs, ("fichier", "feuille", "mesure"))
    dits = np.full(len(valeurs), None, dtype=object)  # by number of (return, measure)
    dits[numeros[valeurs["champ"].isin(CHAMPS_DE_VALEUR).to_numpy()]] = REEL
    typees = np.flatnonzero(valeurs["champ"] == "statut")
    dits[numeros[typees]] = valeurs["valeur"].to_numpy()[typees]
    return dits[numeros]


def financements_table(contrat: Contrat, valeurs: pd.DataFrame) -> pd.DataFrame:
    """The table ``Financements``: one row per funding line; amounts in euros. Cellule is the range that was typed."""
    vue = large(valeurs, "financement")
    lignes = []
    for v in en_lignes(vue):
        cellules = [v[champ + ADRESSE] for champ in _CHAMPS_DE_FINANCEMENT if v[champ + ADRESSE] is not None]
        colonnes = dict(zip(FINANCEMENTS[3:10], (v[champ] for champ in _CHAMPS_DE_FINANCEMENT), strict=True))
        lignes.append({
            "Année": v["annee"], "Fiche": v["fiche"], "Structure": nom_affiche(contrat, v["structure"]), **colonnes,
            "Fichier": v["fichier"], "Feuille": v["feuille"], "Cellule": etendue(cellules),
        })  # fmt: skip
    return _table(lignes, FINANCEMENTS)


def reponses_table(contrat: Contrat, valeurs: pd.DataFrame) -> pd.DataFrame:
    """The table ``Reponses``: every value that is neither of a measure nor of a funding line."""
    autres = valeurs[(valeurs["mesure"] == "") & (valeurs["bloc"] != "financement")]
    propres = {"Bloc": autres["bloc"], "Champ": autres["champ"], "Ligne": _traduits(autres["ligne"]), "Valeur": autres["valeur"]}
    return _colonnes_en_table(_origine(contrat, autres) | propres, REPONSES)


def _origine(contrat: Contrat, valeurs: pd.DataFrame) -> dict[str, Iterable]:
    """The columns that tell where each value comes from."""
    return {
        "Année": valeurs["annee"], "Fiche": _traduits(valeurs["fiche"]),
        "Structure": _traduits(valeurs["structure"], lambda structure: nom_affiche(contrat, structure)), "Volet": _traduits(valeurs["volet"]),
        "Fichier": valeurs["fichier"], "Feuille": valeurs["feuille"], "Cellule": valeurs["cellule"],
    }  # fmt: skip


def _traduits(mots: pd.Series, traduire: Callable[[str], str] = str) -> np.ndarray | pd.Categorical:
    """A column with each of its words translated, once; none for an empty one."""
    rangs, connus = pd.factorize(mots)
    traduits = [traduire(mot) or None for mot in connus] or [None]
    if not isinstance(mots.dtype, pd.CategoricalDtype):
        return np.array(traduits, dtype=object)[rangs]
    differents = pd.Index(list(dict.fromkeys(mot for mot in traduits if mot)), dtype=object)
    return pd.Categorical.from_codes(differents.get_indexer(traduits)[rangs], differents)


def etendue(cellules: Sequence[str]) -> str:
    """The smallest range that holds these cells: ``C45:I45``; ``C45`` for one cell."""
    places = [_lettres_et_rang(cellule) for cellule in cellules]
    colonnes = sorted({c for c, _ in places}, key=lambda c: (len(c), c))
    rangees = sorted(rang for _, rang in places)
    debut, fin = f"{colonnes[0]}{rangees[0]}", f"{colonnes[-1]}{rangees[-1]}"
    return debut if debut == fin else f"{debut}:{fin}"


@lru_cache(maxsize=5_000)
def _lettres_et_rang(cellule: str) -> tuple[str, int]:
    lettres = cellule.rstrip("0123456789")
    return lettres, int(cellule[len(lettres) :])


def _colonnes_en_table(par_titre: Mapping[str, Iterable], titres: Sequence[str]) -> pd.DataFrame:
    """An int stays an int and a missing value stays None (what pandas calls missing, in a column of categories)."""
    return pd.DataFrame({titre: _colonne(par_titre[titre]) for titre in titres})


def _colonne(contenu: pd.Series | np.ndarray | pd.Categorical) -> pd.Series:
    """As objects, but for the words of many returns, each of which is kept once."""
    return pd.Series(contenu).reset_index(drop=True) if isinstance(contenu.dtype, pd.CategoricalDtype) else pd.Series(np.asarray(contenu, dtype=object), dtype=object)


def _table(lignes: Iterable[Mapping], colonnes: Sequence[str]) -> pd.DataFrame:
    """Object columns only: an int stays an int and a missing value stays None."""
    return pd.DataFrame([[ligne.get(c) for c in colonnes] for ligne in lignes], columns=list(colonnes), dtype=object)
