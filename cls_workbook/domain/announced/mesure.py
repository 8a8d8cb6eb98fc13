"""What is counted: a value to type, how it is typed in, and how its answers are brought together."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from cls_workbook.domain.lifetime import Period

# How a measure is typed in, and how its answers are brought together.
MESURE_TYPES = (
    "entier",
    "decimal",
    "taux",
    "satisfaction",
    "moyenne",
    "jalon",
    "date",
    "liste",
    "ventilation",
    "texte",
)
AGGREGATIONS = (
    "FLUX",
    "PERSONNES",
    "STOCK",
    "ENTITES",
    "RATIO",
    "MOYENNE",
    "SATISFACTION",
    "JALON",
    "UNION",
    "TEXTE",
    "CUMUL",
    "CONTEXTE",
    "PREMIERE_DATE",
    "DERNIERE_DATE",
    "DATES",
)
OF_DATES = ("PREMIERE_DATE", "DERNIERE_DATE", "DATES")
# What the tool can work out of itself → how the measures that it is beside are brought together.
_RATE_CALCULS = ("fiches_realisees", "fiches_realisees_coordination", "participation", "structures_repondantes")
CALCULS: dict[str, tuple[str, ...]] = dict.fromkeys(_RATE_CALCULS, ("RATIO",)) | {
    "bilan_valide": ("JALON",),
    "reunions_tenues": ("FLUX",),
    "communes_touchees": ("ENTITES", "STOCK"),
    "partenaires_cites": ("ENTITES", "STOCK"),
}


@dataclass(frozen=True, slots=True)
class Mesure(Period):
    """One value to type for an indicator."""

    id: str
    libelle: str
    type: str
    agregation: str
    unite: str | None = None
    ventilation: str | None = None  # what the breakdown is by; None: no breakdown asked
    modalites: tuple[str, ...] = ()  # fixed rows of the breakdown (empty: the partner names them); steps of a jalon
    par_lieu: str | None = None  # the kind of place that has a row each in the breakdown (commune, QPV, village…)
    reponses_multiples: bool = False  # the breakdown may exceed the count
    valeur_initiale: Decimal | None = None
    maximum: Decimal | None = None
    stock: bool = False  # entities: the state at the end of the year, not the year's new ones
    communes: bool = False  # the entities are communes of the territory
    petits_effectifs: bool = False  # small counts are masked in what leaves
    denominateur: Decimal | None = None  # fixed denominator of a rate
    numerateur_decimal: bool = False
    definition: str | None = None  # what numerator and denominator are
    poids: str | None = None  # what an average is weighted by
    qpv: bool | None = None  # asks « dont QPV »; None: persons only
    cle: bool = False  # shown on the line of its fiche in the Synthèse
    calcul: str | None = None  # which of ``CALCULS`` is set beside what is declared
    theme: str | None = None  # id of a theme: same theme and same unit may be set side by side between contracts
    noyau: str | None = None  # id of the measure of the regional noyau that it answers
    note: str | None = None

    @property
    def asks_qpv(self) -> bool:
        return self.agregation == "PERSONNES" and self.type == "entier" if self.qpv is None else self.qpv

    @property
    def asks_double_compte(self) -> bool:
        return self.agregation == "PERSONNES" and self.type == "entier"

    @property
    def nominative(self) -> bool:
        """Entities and stocks are counted by name when several structures answer."""
        return self.agregation in ("ENTITES", "STOCK") and self.type == "entier"
