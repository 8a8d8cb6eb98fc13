"""What a consolidation comes to: everything that the consolidation workbook and the Synthèse say."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from cls_workbook.anomalies import BLOQUANT, GRAVITES, Anomalie
from cls_workbook.contract.model import Contrat
from cls_workbook.francais import NBSP, date_fr
from cls_workbook.summaries.consolidation import RECU, TableDeValeurs
from cls_workbook.summaries.historique import HISTORIQUE
from cls_workbook.summaries.rapprochement import RAPPROCHEMENT
from cls_workbook.summaries.remplacement import REMPLACEMENTS

NORMALISATIONS = ("Fichier", "Feuille", "Cellule", "Champ", "Saisi", "Retenu", "Règle")


class Faite:
    """A field of ``Resultat`` given as a frame, or as what makes it: then it is made whenever it is asked for, and not kept."""

    def __set_name__(self, _: type, nom: str) -> None:
        self._nom = "_" + nom

    def __get__(self, resultat: Resultat | None, _: type | None = None) -> pd.DataFrame:
        if resultat is None:
            raise AttributeError(self._nom)  # a field without default
        donnee = resultat.__dict__[self._nom]
        return donnee.cadre() if isinstance(donnee, TableDeValeurs) else donnee

    def __set__(self, resultat: Resultat, donnee: pd.DataFrame | TableDeValeurs) -> None:
        resultat.__dict__[self._nom] = donnee


@dataclass(frozen=True, eq=False)
class Resultat:
    """One campaign, consolidated on ``jour``. Missing values are None in every frame; money is in euros.

    Of ``mesures``, ``reponses`` and ``financements`` a row is kept for every value: they are made when they are asked for (``Faite``).
    ``retours``, ``normalisations``, ``mesures``, ``reponses``, ``indicateurs``, ``financements``, ``par_fiche`` and
    ``par_financeur`` have the columns of the tables of the workbook (``consolidation``, ``summaries``, ``funding``).
    ``avancement``, ``gouvernance``, ``territoire`` (``summaries``) and ``totaux`` (``funding``) only feed the Synthèse.
    ``explications``: what the funding rules make of the figures; ``a_preciser``: what the contract leaves open, sentences.
    ``reserves``: further sentences on how far the figures hold. ``decisions``: fiche number ("" for the whole contract)
    → what the COPIL decided or is asked. ``valide_le``: date of the COPIL that validated it, None while provisional.
    ``rapprochement``: sums of returns against totals (``summaries.rapprochement``).
    ``remplacements``: what changed when a corrected return took the place of another (``summaries.remplacement``).
    ``historique``: what each year came to, this one included (``summaries.historique``).
    ``precedent``: was last year's consolidation at hand? ``chemins``: file name → path from the workbook, for links.
    """

    contrat: Contrat
    annee: int
    jour: date
    retours: pd.DataFrame
    normalisations: pd.DataFrame
    mesures: Faite = Faite()
    reponses: Faite = Faite()
    indicateurs: pd.DataFrame
    financements: Faite = Faite()
    par_fiche: pd.DataFrame
    par_financeur: pd.DataFrame
    avancement: pd.DataFrame
    gouvernance: pd.DataFrame
    territoire: pd.DataFrame
    totaux: pd.DataFrame
    anomalies: tuple[Anomalie, ...] = ()
    explications: tuple[str, ...] = ()
    a_preciser: tuple[str, ...] = ()
    reserves: tuple[str, ...] = ()
    decisions: Mapping[str, str] = field(default_factory=dict)
    valide_le: date | None = None
    precedent: bool = False
    historique: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(HISTORIQUE), dtype=object))
    chemins: Mapping[str, str] = field(default_factory=dict)
    rapprochement: pd.DataFrame = field(default_factory=lambda: vide(RAPPROCHEMENT))
    remplacements: pd.DataFrame = field(default_factory=lambda: vide(REMPLACEMENTS))

    def table(self, nom: str) -> pd.DataFrame | TableDeValeurs:
        """``mesures``, ``reponses`` or ``financements`` as it was given: not the frame, where something makes it."""
        return self.__dict__["_" + nom]

    def avec(self, **changes: object) -> Resultat:
        """The same but for these fields; as ``dataclasses.replace``, without making the frames that wait."""
        autre = copy.copy(self)
        for nom, valeur in changes.items():
            object.__setattr__(autre, nom, valeur)
        return autre

    @property
    def nom_annee(self) -> str:
        return self.contrat.nom_annee(self.annee)

    @property
    def etat(self) -> str:
        """« Provisoire », or « Validé en COPIL le 12/03/2026 »."""
        return f"Validé en COPIL le {date_fr(self.valide_le)}" if self.valide_le else "Provisoire"

    def alertes(self, gravite: str) -> int:
        return sum(a.gravite == gravite for a in self.anomalies)

    def recus_et_attendus(self) -> tuple[int, int]:
        """(answers that came in and count, answers expected or come in): one per fiche, structure and volet.

        A duplicate or a refused return is expected still.
        """
        return int((self.retours["Statut"] == RECU).sum()), sum(self.attendus_par_fiche().values())

    def attendus_par_fiche(self) -> Counter[str]:
        """Fiche → how many structures and volets were expected, or answered."""
        reponses = self.retours.loc[self.retours["Fiche"].notna(), ["Fiche", "Structure", "Volet"]]
        return Counter(reponses.drop_duplicates()["Fiche"])

    def bilan(self) -> str:
        """One French sentence for the command line."""
        recus, attendus = self.recus_et_attendus()
        alertes = ", ".join(f"{self.alertes(g)} {g}" for g in GRAVITES)
        suite = f"{NBSP}; des valeurs bloquantes sont hors des totaux" if self.alertes(BLOQUANT) else ""
        s = "s" * (recus > 1)
        return f"{recus} retour{s} reçu{s} sur {attendus}{NBSP}; anomalies{NBSP}: {alertes}{suite}."


def vide(colonnes: tuple[str, ...]) -> pd.DataFrame:
    """A frame without rows, as the tables want it."""
    return pd.DataFrame([], columns=list(colonnes), dtype=object)


def connu(valeur: object) -> object:
    """None for what pandas calls missing (NaN, NA, NaT); the value itself otherwise."""
    return None if valeur is None or valeur is pd.NA or valeur is pd.NaT or valeur != valeur else valeur


def enregistrements(frame: pd.DataFrame) -> list[dict]:
    """The rows as dictionaries, missing values as None."""
    titres = tuple(frame.columns)
    # Column by column: a good deal faster than row by row.
    contenus = [[connu(v) for v in frame[c].tolist()] for c in titres]
    return [dict(zip(titres, valeurs, strict=True)) for valeurs in zip(*contenus, strict=True)]
