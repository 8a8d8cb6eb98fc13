"""Which returns count, and what they said: expected against received, refused values set aside, values stacked.

Frames in, frames out. The column names of the tables are those of the consolidation workbook.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import NamedTuple, TypeVar

import numpy as np
import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT, Anomalie
from cls_workbook.contract.model import Contrat, Fiche
from cls_workbook.errors import Refus
from cls_workbook.francais import NBSP, plier
from cls_workbook.reading.cahier import Cahier, Chapitre
from cls_workbook.reading.vues import ADRESSE, colonnes, large, rangees

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
    identifier = cle_de_structure(contrat)
    attendues: dict[str, dict[str, tuple[Cle, ...]]] = {}
    for cle in cles_attendues(contrat, prevus):
        siennes = attendues.setdefault(cle[0], {})
        siennes[cle[1]] = (*siennes.get(cle[1], ()), cle)

    def trouver(fiche: str, structure: str, volet: str) -> Cle | None:
        possibles = attendues.get(fiche, {}).get(identifier(structure), ())
        exacte = next((cle for cle in possibles if cle[2] == volet), None)
        return exacte or (possibles[0] if len(possibles) == 1 and not volet else None)

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
    cles = [trouver(f, s, v) or (f, plier(s), v) for f, s, v in colonnes(retours, *ATTENDUS[:3])]
    lignes = [*zip(cles, _recus(contrat, retours, anomalies, cles), strict=True)]
    lignes += _manquants(contrat, prevus, retours, trouver, set(cles))
    lignes += ((None, ligne) for ligne in _fichiers_muets(retours, anomalies))
    ordre = {f.numero: rang for rang, f in enumerate(contrat.fiches)}
    rangs = cles_attendues(contrat, prevus)
    dernier = len(rangs)
    lignes.sort(key=lambda li: (ordre.get(li[1].fiche, len(ordre)), li[1].fiche or "", rangs.get(li[0], dernier), li[1].structure or "", li[1].fichier or ""))
    return pd.DataFrame([ligne for _, ligne in lignes], columns=list(RETOURS), dtype=object)


class _Retour(NamedTuple):
    """A line of the table ``Retours``, in the order of its columns."""

    fiche: str | None = None
    structure: str | None = None
    volet: str | None = None
    statut: str = MANQUANT
    fichier: str | None = None
    empreinte: str | None = None
    renseignes: int | None = None
    attendus: int | None = None
    bloquants: int | None = None
    a_confirmer: int | None = None


def _recus(contrat: Contrat, retours: pd.DataFrame, anomalies: list[Anomalie], cles: Sequence[Cle]) -> Iterator[_Retour]:
    exclus = Exclusions(anomalies)
    places = list(colonnes(retours, "fichier", "fiche"))
    libres = Counter(cle for cle, place in zip(cles, places, strict=True) if not exclus.retour(*place))
    par_fichier: dict[str, list[Anomalie]] = {}
    for a in anomalies:
        par_fichier.setdefault(a.fichier, []).append(a)
    propres = colonnes(retours, "structure", "volet", "sha256", "champs_renseignes", "champs_attendus")
    for cle, (fichier, fiche), (structure, volet, empreinte, renseignes, attendus_) in zip(cles, places, propres, strict=True):
        motifs = exclus.retour(fichier, fiche)
        double = any(_signale_un_double(a) for a in motifs) if motifs else libres[cle] > 1
        siennes = [a.gravite for a in par_fichier.get(fichier, ()) if a.fiche in ("", fiche)]
        yield _Retour(
            fiche, nom_affiche(contrat, structure), volet or None, DOUBLON if double else REJETE if motifs else RECU, fichier, empreinte,
            renseignes, attendus_, siennes.count(BLOQUANT), siennes.count(A_CONFIRMER),
        )  # fmt: skip


def _signale_un_double(anomalie: Anomalie) -> bool:
    return anomalie.code in (CODE_DE_DOUBLON, CODE_DE_REMPLACE)


def _manquants(contrat: Contrat, prevus: pd.DataFrame, retours: pd.DataFrame, trouver: Callable, presents: set[Cle]) -> Iterator[tuple[Cle | None, _Retour]]:
    for fiche, structure, volet, groupe in colonnes(prevus, *ATTENDUS):
        cle = trouver(fiche, structure, volet)
        if not _groupe_represente(contrat, fiche, structure, volet, retours) if groupe else cle not in presents:
            yield cle, _Retour(fiche, nom_affiche(contrat, structure), volet or None)


def _groupe_represente(contrat: Contrat, fiche: str, groupe: str, volet: str, retours: pd.DataFrame) -> bool:
    """Has a member that the contract proposes for this group answered (whatever its answer is worth)?"""
    noms = {plier(nom) for nom in contrat.candidats(contrat.par_structure[groupe])}
    du_volet = retours.loc[(retours["fiche"] == fiche) & (retours["volet"] == volet), "structure"]
    return any(plier(nom_affiche(contrat, structure)) in noms for structure in du_volet)


def _fichiers_muets(retours: pd.DataFrame, anomalies: list[Anomalie]) -> Iterator[_Retour]:
    """Refused files of which no fiche could be read: they are named too."""
    connus = set(retours["fichier"])
    for fichier in dict.fromkeys(a.fichier for a in anomalies if a.refuse_fichier and a.fichier and a.fichier not in connus):
        siennes = [a for a in anomalies if a.fichier == fichier]
        double = any(a.refuse_fichier and _signale_un_double(a) for a in siennes)
        gravites = [a.gravite for a in siennes]
        yield _Retour(
            statut=DOUBLON if double else REJETE, fichier=fichier, bloquants=gravites.count(BLOQUANT), a_confirmer=gravites.count(A_CONFIRMER)
        )  # fmt: skip


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


V = TypeVar("V", pd.DataFrame, Cahier)


def retenir(valeurs: V, anomalies: Iterable[Anomalie]) -> V:
    """The values left once what the anomalies refuse is set aside: cells, whole fiches, whole files."""
    exclus = Exclusions(anomalies)
    gardees = Cahier.de(valeurs).sans(exclus.concernes, exclus.valeur)
    return gardees if isinstance(valeurs, Cahier) else gardees.lire()


# --- The three tables of values -------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class TableDeValeurs:
    """A table of which returns give the rows: made whenever it is asked for, whole (``cadre``) or batch after batch (``parties``)."""

    cahier: Cahier
    titres: tuple[str, ...]
    voulu: Callable[[Chapitre], object]
    faire: Callable[[pd.DataFrame], pd.DataFrame]

    def cadre(self) -> pd.DataFrame:
        return self.faire(self.cahier.lire(self.voulu))

    def parties(self) -> Iterator[pd.DataFrame]:
        return map(self.faire, self.cahier.par_tranche(self.voulu))


def mesures_table(contrat: Contrat, valeurs: pd.DataFrame | Cahier) -> TableDeValeurs:
    """The table ``Mesures``: one row per value typed for a measure (its figure, its statut, its comment…).

    Statut is what the return typed for that measure; « réel » where a figure came without statut.
    """
    return TableDeValeurs(Cahier.de(valeurs), MESURES, lambda c: c.mesure, partial(_mesures, contrat))


def _mesures(contrat: Contrat, siennes: pd.DataFrame) -> pd.DataFrame:
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


def financements_table(contrat: Contrat, valeurs: pd.DataFrame | Cahier) -> TableDeValeurs:
    """The table ``Financements``: one row per funding line; amounts in euros. Cellule is the range that was typed."""
    return TableDeValeurs(Cahier.de(valeurs), FINANCEMENTS, lambda c: c.bloc == "financement", partial(_financements, contrat))


def _financements(contrat: Contrat, siennes: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(list(_lignes_de_financement(contrat, large(siennes, "financement"))), columns=list(FINANCEMENTS), dtype=object)


def _lignes_de_financement(contrat: Contrat, vue: pd.DataFrame) -> Iterator[tuple]:
    origines = colonnes(vue, "annee", "fiche", "structure", "fichier", "feuille")
    contenus, adresses = colonnes(vue, *_CHAMPS_DE_FINANCEMENT), colonnes(vue, *(champ + ADRESSE for champ in _CHAMPS_DE_FINANCEMENT))
    for (annee, fiche, structure, fichier, feuille), contenu, cellules in zip(origines, contenus, adresses, strict=True):
        yield annee, fiche, nom_affiche(contrat, structure), *contenu, fichier, feuille, etendue([c for c in cellules if c is not None])


def noms_cites(contrat: Contrat, valeurs: pd.DataFrame | Cahier) -> pd.DataFrame:
    """Of the table ``Mesures``, the names that count entities: Mesure, Champ, Valeur."""
    nominatives = {id_ for id_, (_, _, mesure) in contrat.par_mesure.items() if mesure.nominative}
    cites = Cahier.de(valeurs).lignes(lambda c: c.mesure in nominatives, "mesure", "champ", "valeur", champs=("nom",))
    return pd.DataFrame(list(cites), columns=["Mesure", "Champ", "Valeur"], dtype=object)


def reponses_table(contrat: Contrat, valeurs: pd.DataFrame | Cahier) -> TableDeValeurs:
    """The table ``Reponses``: every value that is neither of a measure nor of a funding line."""
    return TableDeValeurs(Cahier.de(valeurs), REPONSES, lambda c: not c.mesure and c.bloc != "financement", partial(_reponses, contrat))


def _reponses(contrat: Contrat, autres: pd.DataFrame) -> pd.DataFrame:
    propres = {"Bloc": autres["bloc"], "Champ": autres["champ"], "Ligne": _traduits(autres["ligne"]), "Valeur": autres["valeur"]}
    return _colonnes_en_table(_origine(contrat, autres) | propres, REPONSES)


def _origine(contrat: Contrat, valeurs: pd.DataFrame) -> dict[str, Iterable]:
    """The columns that tell where each value comes from."""
    return {
        "Année": valeurs["annee"], "Fiche": _traduits(valeurs["fiche"]),
        "Structure": _traduits(valeurs["structure"], lambda structure: nom_affiche(contrat, structure)), "Volet": _traduits(valeurs["volet"]),
        "Fichier": valeurs["fichier"], "Feuille": valeurs["feuille"], "Cellule": valeurs["cellule"],
    }  # fmt: skip


def _traduits(mots: pd.Series, traduire: Callable[[str], str] = str) -> np.ndarray:
    """A column with each of its words translated, once; None for an empty one."""
    rangs, connus = pd.factorize(mots)
    return np.array([traduire(mot) or None for mot in connus] or [None], dtype=object)[rangs]


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
    """Object columns only: an int stays an int and a missing value stays None."""
    return pd.DataFrame({titre: np.asarray(par_titre[titre], dtype=object) for titre in titres}, dtype=object)
