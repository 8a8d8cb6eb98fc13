"""Which returns count, and what they said: expected against received, refused values set aside, values stacked.

Frames in, frames out. The column names of the tables are those of the consolidation workbook.
"""

from __future__ import annotations

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


class Attendus:
    """The returns expected one by one, by rank: the lines of ``attendus`` but for those of groups, in whose name nobody answers."""

    def __init__(self, contrat: Contrat, prevus: pd.DataFrame):
        self.prevus = prevus
        self.groupes = frozenset(prevus.loc[prevus["groupe"], "fiche"])  # the fiches that have such a line
        noms = prevus[~prevus["groupe"]]
        self.volets: list[str] = noms["volet"].tolist()
        self._identifier = cle_de_structure(contrat)
        self._rangs: dict[str, dict[str, int]] = {}  # fiche → structure → its rank
        self._suivants: dict[int, int] = {}  # rank → that of the same structure on another volet
        for rang, (fiche, structure) in enumerate(zip(noms["fiche"], noms["structure"], strict=True)):
            siennes, cle = self._rangs.setdefault(fiche, {}), self._identifier(structure)
            if siennes.setdefault(cle, rang) != rang:
                self._suivants[self._de_la_structure(fiche, cle)[-1]] = rang

    @classmethod
    def de(cls, contrat: Contrat, prevus: pd.DataFrame | Attendus) -> Attendus:
        """Those of the frame of ``attendus``, or themselves."""
        return prevus if isinstance(prevus, Attendus) else cls(contrat, prevus)

    def _de_la_structure(self, fiche: str, cle: str) -> list[int]:
        rangs = [rang] if (rang := self._rangs.get(fiche, {}).get(cle)) is not None else []
        while rangs and (suivant := self._suivants.get(rangs[-1])) is not None:
            rangs.append(suivant)
        return rangs

    def de_la_fiche(self, fiche: str) -> Iterator[int]:
        """Their ranks."""
        return (rang for cle in self._rangs.get(fiche, {}) for rang in self._de_la_structure(fiche, cle))

    def trouver(self, fiche: str, structure: str, volet: str) -> int | None:
        """The expected return that this one answers for; None: it is not expected.

        A blank volet is understood when the structure is expected on one volet of the fiche only.
        """
        possibles = self._de_la_structure(fiche, self._identifier(structure))
        exact = next((rang for rang in possibles if self.volets[rang] == volet), None)
        return possibles[0] if exact is None and len(possibles) == 1 and not volet else exact


# --- What came back -------------------------------------------------------------------------------------------------


def statuts(contrat: Contrat, prevus: pd.DataFrame | Attendus, retours: pd.DataFrame, anomalies: Iterable[Anomalie]) -> pd.DataFrame:
    """The table ``Retours``: every expected return and every received one, in the contract's order of fiches.

    A group without members is « manquant » until one of its candidates answers; then these answers stand for it.
    A refused file that says of no fiche stays a line of its own, with no fiche.
    """
    anomalies, prevus = list(anomalies), Attendus.de(contrat, prevus)
    rangs = _rangs(prevus, retours)
    recus = _recus(contrat, retours, anomalies, rangs)
    autres = [*_manquants(contrat, prevus, retours, np.bincount(rangs, minlength=len(prevus.volets)) > 0), *_fichiers_muets(retours, anomalies)]

    def colonne(titre: str) -> np.ndarray:
        return np.array([*recus[titre], *(ligne[RETOURS.index(titre)] for _, ligne in autres)], dtype=object)

    dernier = len(prevus.volets)
    places = np.minimum([*rangs, *(dernier if rang is None else rang for rang, _ in autres)], dernier)
    ordre = _ordre(contrat, places, *map(colonne, ("Fiche", "Structure", "Fichier")))
    table = np.empty((len(ordre), len(RETOURS)), dtype=object, order="F")
    for n, titre in enumerate(RETOURS):
        table[:, n] = colonne(titre)[ordre]
    return pd.DataFrame(table, columns=list(RETOURS), dtype=object, copy=False)


def _rangs(prevus: Attendus, retours: pd.DataFrame) -> list[int]:
    """What each return answers for: a rank among those expected; beyond, one for each answer that was not."""
    inattendus: dict[tuple[str, str, str], int] = {}
    rangs = []
    for fiche, structure, volet in colonnes(retours, *ATTENDUS[:3]):
        rang = prevus.trouver(fiche, structure, volet)
        rangs.append(inattendus.setdefault((fiche, plier(structure), volet), len(prevus.volets) + len(inattendus)) if rang is None else rang)
    return rangs


def _ordre(contrat: Contrat, rangs: Sequence[int], fiches: np.ndarray, structures: np.ndarray, fichiers: np.ndarray) -> np.ndarray:
    """The rows by fiche, then by rank of the expected return, then by name."""

    def alphabetique(noms: np.ndarray) -> np.ndarray:
        return np.unique(np.array([nom or "" for nom in noms], dtype=object), return_inverse=True)[1]

    du_contrat = {f.numero: rang for rang, f in enumerate(contrat.fiches)}
    places = [du_contrat.get(fiche, len(du_contrat)) for fiche in fiches]
    return np.lexsort((alphabetique(fichiers), alphabetique(structures), rangs, alphabetique(fiches), places))  # the last is looked at first


class _Retour(NamedTuple):
    """A line of the table ``Retours`` for which no return was kept, in the order of its columns."""

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


def _recus(contrat: Contrat, retours: pd.DataFrame, anomalies: list[Anomalie], rangs: Sequence[int]) -> dict[str, Iterable]:
    """The columns of the returns received, in their order; ``rangs``: what each answers for."""
    exclus, siennes = Exclusions(anomalies), _par_fichier(anomalies)
    motifs = [exclus.retour(*place) for place in colonnes(retours, "fichier", "fiche")]
    libres = np.bincount([rang for rang, refus in zip(rangs, motifs, strict=True) if not refus], minlength=max(rangs, default=0) + 1)
    statuts_ = [
        (DOUBLON if any(map(_signale_un_double, refus)) else REJETE) if refus else DOUBLON if libres[rang] > 1 else RECU
        for rang, refus in zip(rangs, motifs, strict=True)
    ]

    def nombres(gravite: str) -> list[int]:
        return [sum(a.gravite == gravite and a.fiche in ("", fiche) for a in siennes.get(fichier, ())) for fichier, fiche in colonnes(retours, "fichier", "fiche")]

    return {
        "Fiche": retours["fiche"], "Structure": [nom_affiche(contrat, structure) for structure in retours["structure"]],
        "Volet": [volet or None for volet in retours["volet"]], "Statut": statuts_, "Fichier": retours["fichier"], "Empreinte SHA-256": retours["sha256"],
        "Champs renseignés": retours["champs_renseignes"], "Champs attendus": retours["champs_attendus"],
        "Bloquants": nombres(BLOQUANT), "À confirmer": nombres(A_CONFIRMER),
    }  # fmt: skip


def _par_fichier(anomalies: Iterable[Anomalie]) -> dict[str, list[Anomalie]]:
    par_fichier: dict[str, list[Anomalie]] = {}
    for a in anomalies:
        par_fichier.setdefault(a.fichier, []).append(a)
    return par_fichier


def _signale_un_double(anomalie: Anomalie) -> bool:
    return anomalie.code in (CODE_DE_DOUBLON, CODE_DE_REMPLACE)


def _manquants(contrat: Contrat, prevus: Attendus, retours: pd.DataFrame, presents: np.ndarray) -> Iterator[tuple[int | None, _Retour]]:
    for fiche, structure, volet, groupe in colonnes(prevus.prevus, *ATTENDUS):
        rang = prevus.trouver(fiche, structure, volet)
        absent = not _groupe_represente(contrat, fiche, structure, volet, retours) if groupe else rang is None or not presents[rang]
        if absent:
            yield rang, _Retour(fiche, nom_affiche(contrat, structure), volet or None)


def _groupe_represente(contrat: Contrat, fiche: str, groupe: str, volet: str, retours: pd.DataFrame) -> bool:
    """Has a member that the contract proposes for this group answered (whatever its answer is worth)?"""
    noms = {plier(nom) for nom in contrat.candidats(contrat.par_structure[groupe])}
    du_volet = retours.loc[(retours["fiche"] == fiche) & (retours["volet"] == volet), "structure"]
    return any(plier(nom_affiche(contrat, structure)) in noms for structure in du_volet)


def _fichiers_muets(retours: pd.DataFrame, anomalies: list[Anomalie]) -> Iterator[tuple[None, _Retour]]:
    """Refused files of which no fiche could be read: they are named too."""
    connus = set(retours["fichier"])
    for fichier, siennes in _par_fichier(anomalies).items():
        refus = [a for a in siennes if a.refuse_fichier]
        if fichier and fichier not in connus and refus:
            gravites = [a.gravite for a in siennes]
            statut = DOUBLON if any(map(_signale_un_double, refus)) else REJETE
            yield None, _Retour(statut=statut, fichier=fichier, bloquants=gravites.count(BLOQUANT), a_confirmer=gravites.count(A_CONFIRMER))


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

    def retour(self, fichier: str, fiche: str) -> Sequence[Anomalie]:
        """The anomalies that refuse the whole answer of this file on this fiche."""
        if fichier not in self.concernes:
            return ()
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
    """Of the table ``Mesures``, the names that count entities, each once: Mesure, Champ, Valeur."""
    nominatives = {id_ for id_, (_, _, mesure) in contrat.par_mesure.items() if mesure.nominative}
    cites = Cahier.de(valeurs).lignes(lambda c: c.mesure in nominatives, "mesure", "champ", "valeur", champs=("nom",))
    return pd.DataFrame(list(dict.fromkeys(cites)), columns=["Mesure", "Champ", "Valeur"], dtype=object)


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
