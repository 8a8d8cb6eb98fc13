"""The accounts of a compte rendu financier, as the public form numbers and words them (cerfa 15059*02, arrêté du 11
octobre 2006), and which of them a fiche tells already.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import NamedTuple

from cls_workbook.french import typography

CHARGES, INDIRECT, PRODUITS, USES, GIFTS = "charges", "indirectes", "produits", "emplois", "contributions"
PLANNED, REALISED = "prevision", "realisation"
COLUMNS = (PLANNED, REALISED)
# What the lines of money of a fiche come to: in money, and in what is only valued.
GRANTS, VALUED = "subventions", "valorisations"


class Account(NamedTuple):
    """``source``: what of the fiche tells its amount, "" where it is typed; ``less``: the accounts that are part of it
    and have a line of their own."""

    numero: str
    libelle: str
    section: str
    source: str = ""
    less: tuple[str, ...] = ()

    @property
    def titre(self) -> str:
        return typography(f"{self.numero} · {self.libelle}" if self.numero.isdigit() else self.libelle)


# Each is told by its share of what the structure types under the same name (``REPARTITION``).
INDIRECT_ACCOUNTS = ("indirectes_fixes", "indirectes_financieres", "indirectes_autres")
_OF_OTHER_EXPENDITURE = ("63", "66", "67", "68", "69", *INDIRECT_ACCOUNTS)
_OF_OWN_RESOURCES = ("70", "73", "76", "77", "78", "79")

ACCOUNTS = (
    Account("60", "Achats (prestations, matières, fournitures)", CHARGES, "achats", ("61", "62")),
    Account("61", "Services extérieurs (locations, entretien, assurance, documentation)", CHARGES),
    Account("62", "Autres services extérieurs (honoraires, publicité, déplacements)", CHARGES),
    Account("63", "Impôts et taxes", CHARGES),
    Account("64", "Charges de personnel", CHARGES, "personnel"),
    Account("65", "Autres charges de gestion courante", CHARGES, "autres", _OF_OTHER_EXPENDITURE),
    Account("66", "Charges financières", CHARGES),
    Account("67", "Charges exceptionnelles", CHARGES),
    Account("68", "Dotations aux amortissements, provisions et engagements", CHARGES),
    Account("69", "Impôt sur les bénéfices, participation des salariés", CHARGES),
    Account("indirectes_fixes", "Charges indirectes : charges fixes de fonctionnement", INDIRECT, "indirectes_fixes"),
    Account("indirectes_financieres", "Charges indirectes : frais financiers", INDIRECT, "indirectes_financieres"),
    Account("indirectes_autres", "Charges indirectes : autres", INDIRECT, "indirectes_autres"),
    Account("70", "Vente de produits finis, de marchandises, prestations de services", PRODUITS),
    Account("73", "Dotations et produits de tarification", PRODUITS),
    Account("74", "Subventions d’exploitation", PRODUITS, GRANTS),
    Account(
        "75",
        "Autres produits de gestion courante (cotisations, dons, mécénat)",
        PRODUITS,
        "ressources_propres",
        _OF_OWN_RESOURCES,
    ),
    Account("76", "Produits financiers", PRODUITS),
    Account("77", "Produits exceptionnels", PRODUITS),
    Account("78", "Reprises et reports de ressources non utilisées", PRODUITS),
    Account("79", "Transfert de charges", PRODUITS),
    Account("860", "Secours en nature", USES),
    Account("861", "Mise à disposition gratuite de biens et services", USES),
    Account("862", "Prestations", USES),
    Account("864", "Personnel bénévole", USES),
    Account("870", "Bénévolat", GIFTS),
    Account("871", "Prestations en nature (valorisations de la fiche)", GIFTS, VALUED),
    Account("875", "Dons en nature", GIFTS),
)
BY_NUMBER = {a.numero: a for a in ACCOUNTS}

# What must come to the same: (its name, the sections of each side).
BALANCES = (
    ("charges et produits", (CHARGES, INDIRECT), (PRODUITS,)),
    ("emplois (86) et contributions volontaires (87)", (USES,), (GIFTS,)),
)

# What a gap is looked for in: each side, its sections, and its posts with their accounts.
GAPS = (
    (
        "total des charges",
        (CHARGES, INDIRECT),
        (
            ("achats et services (60 à 62)", ("60", "61", "62")),
            ("personnel (64)", ("64",)),
            ("autres charges, indirectes comprises", ("65", *_OF_OTHER_EXPENDITURE)),
        ),
    ),
    (
        "total des produits",
        (PRODUITS,),
        (("subventions (74)", ("74",)), ("autres produits", ("75", *_OF_OWN_RESOURCES))),
    ),
)


def told_by_fiche(column: str, left_out: Collection[str]) -> frozenset[str]:
    """The sources that a fiche tells for this column. ``left_out``: what it does not ask (see
    ``asked.left_out``)."""
    if column == PLANNED:
        return frozenset(() if "financement/prevu" in left_out else (GRANTS, VALUED))
    posts = () if "depenses/personnel" in left_out else ("personnel", "achats", "autres")
    return frozenset((*posts, "ressources_propres", GRANTS, VALUED, *INDIRECT_ACCOUNTS))
