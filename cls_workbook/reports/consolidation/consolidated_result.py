"""What a consolidation comes to: everything that the consolidation workbook and the Synthèse say."""

from __future__ import annotations

import copy
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date

import pandas as pd

from cls_workbook.anomalies import BLOCKING, GRAVITIES, Anomalie
from cls_workbook.domain.model import Contrat
from cls_workbook.french import NBSP, date_fr
from cls_workbook.summaries.what_counts import ValueTable
from cls_workbook.tables.consolidation_tables import HISTORY, RECEIVED, RECONCILIATION, REPLACEMENTS
from cls_workbook.tables.table_frames import table_frame


class MadeOnDemand:
    """A field of ``Resultat`` given as a frame, or as what makes it: then it is made whenever it is asked for, and not kept."""

    def __set_name__(self, _: type, nom: str) -> None:
        self._name = "_" + nom

    def __get__(self, result: Result | None, _: type | None = None) -> pd.DataFrame:
        if result is None:
            raise AttributeError(self._name)  # a field without default
        datum = result.__dict__[self._name]
        return datum.frame() if isinstance(datum, ValueTable) else datum

    def __set__(self, result: Result, datum: pd.DataFrame | ValueTable) -> None:
        result.__dict__[self._name] = datum


@dataclass(frozen=True, eq=False)
class Result:
    """One campaign, consolidated on ``day``. Missing values are None in every frame; money is in euros.

    Of ``mesures``, ``reponses`` and ``financements`` a row is kept for every value: they are made when they are asked for (``MadeOnDemand``).
    ``retours``, ``normalisations``, ``mesures``, ``reponses``, ``indicateurs``, ``financements``, ``par_fiche`` and
    ``par_financeur`` have the columns of the tables of the workbook (``consolidation``, ``summaries``, ``funding``).
    ``avancement``, ``gouvernance``, ``territoire`` (``summaries``) and ``totaux`` (``funding``) only feed the Synthèse.
    ``explications``: what the funding rules make of the figures; ``a_preciser``: what the contract leaves open, sentences.
    ``reserves``: further sentences on how far the figures hold. ``decisions``: fiche number ("" for the whole contract)
    → what the COPIL decided or is asked. ``validated_on``: date of the COPIL that validated it, None while provisional.
    ``reconciliation``: sums of returns against totals (``summaries.reconciliation``).
    ``remplacements``: what changed when a corrected return took the place of another (``summaries.replacement``).
    ``history``: what each year came to, this one included (``summaries.history``).
    ``precedent``: was last year's consolidation at hand? ``paths``: file name → path from the workbook, for links.
    """

    contrat: Contrat
    annee: int
    day: date
    retours: pd.DataFrame
    normalisations: pd.DataFrame
    mesures: MadeOnDemand = MadeOnDemand()
    reponses: MadeOnDemand = MadeOnDemand()
    indicateurs: pd.DataFrame
    financements: MadeOnDemand = MadeOnDemand()
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
    validated_on: date | None = None
    precedent: bool = False
    history: pd.DataFrame = field(default_factory=lambda: table_frame(HISTORY))
    paths: Mapping[str, str] = field(default_factory=dict)
    reconciliation: pd.DataFrame = field(default_factory=lambda: table_frame(RECONCILIATION))
    remplacements: pd.DataFrame = field(default_factory=lambda: table_frame(REPLACEMENTS))

    def table(self, nom: str) -> pd.DataFrame | ValueTable:
        """``mesures``, ``reponses`` or ``financements`` as it was given: not the frame, where something makes it."""
        return self.__dict__["_" + nom]

    def with_changes(self, **changes: object) -> Result:
        """The same but for these fields; as ``dataclasses.replace``, without making the frames that wait."""
        other = copy.copy(self)
        for nom, valeur in changes.items():
            object.__setattr__(other, nom, valeur)
        return other

    @property
    def year_name(self) -> str:
        return self.contrat.year_name(self.annee)

    @property
    def etat(self) -> str:
        """« Provisoire », or « Validé en COPIL le 12/03/2026 »."""
        return f"Validé en COPIL le {date_fr(self.validated_on)}" if self.validated_on else "Provisoire"

    def alerts(self, gravite: str) -> int:
        return sum(a.gravite == gravite for a in self.anomalies)

    def received_and_expected(self) -> tuple[int, int]:
        """(answers that came in and count, answers expected or come in): one per fiche, structure and volet.

        A duplicate or a refused return is expected still.
        """
        return int((self.retours["Statut"] == RECEIVED).sum()), sum(self.expected_by_fiche().values())

    def expected_by_fiche(self) -> Counter[str]:
        """Fiche → how many structures and volets were expected, or answered."""
        reponses = self.retours.loc[self.retours["Fiche"].notna(), ["Fiche", "Structure", "Volet"]]
        return Counter(reponses.drop_duplicates()["Fiche"])

    def bilan(self) -> str:
        """One French sentence for the command line."""
        received, expected_returns = self.received_and_expected()
        alerts = ", ".join(f"{self.alerts(g)} {g}" for g in GRAVITIES)
        following = f"{NBSP}; des valeurs bloquantes sont hors des totaux" if self.alerts(BLOCKING) else ""
        s = "s" * (received > 1)
        return f"{received} retour{s} reçu{s} sur {expected_returns}{NBSP}; anomalies{NBSP}: {alerts}{following}."
