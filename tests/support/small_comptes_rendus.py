"""A return of two subsidised fiches that share indirect charges: every figure below was worked out on paper.

Wages of 30 000 € and 10 000 €: the first fiche has three quarters of what is shared, the second a quarter.
"""

from __future__ import annotations

from decimal import Decimal as D

from cls_workbook.definition import toml_reader
from cls_workbook.domain.model import Contrat
from tests.support.written_result import CONTRAT

SUBSIDISED = CONTRAT.replace(
    'axe = "1"\nporteurs = ["asso"', 'axe = "1"\ncompte_rendu = true\nporteurs = ["asso"'
).replace(
    'niveau = "cofinancement" },',
    'niveau = "cofinancement" },\n    { id = "valo", libelle = "Valorisation", niveau = "valorisation" },',
)


def contrat(folder, definition: str = SUBSIDISED) -> Contrat:
    path = folder / "subventions.toml"
    path.write_text(definition, encoding="utf-8")
    return toml_reader.load(path)


def _lines(fiche: str, *lines: tuple) -> dict[str, object]:
    """The lines of money of a fiche, and no other."""
    fields = ("financeur", "nature", "prevu", "engage", "verse", "reference", "date")
    rows = [dict(zip(fields, line, strict=False)) for line in (*lines, *[()] * (3 - len(lines)))]
    return {f"{fiche}/financement/{n:02d}/{c}": row.get(c) for n, row in enumerate(rows, 1) for c in fields}


def _amounts(fiche: str, column: str, **amounts: object) -> dict[str, object]:
    return {f"{fiche}/compte_rendu/{n.removeprefix('c')}/{column}": valeur for n, valeur in amounts.items()}


# --- fiche 1.1: 44 000 € of charges, of which 4 575 € shared out; 40 000 € of subsidies and 4 000 € of its own ------
BALANCED = (
    {f"1.1/depenses/{n}": D(v) for n, v in {"personnel": 30000, "achats": 8000, "autres": 6000, "total": 44000}.items()}
    | {"1.1/depenses/ressources_propres": D(4000)}
    | _lines(
        "1.1",
        ("Agence", "Maquette", D(24000), D(25000)),
        ("Ville", "Cofinancement", D(15000), D(15000)),
        ("Ville", "Valorisation", D(1200), D(1200)),
    )
    | _amounts("1.1", "realisation", c61=D(1500), c62=D(500), c63=D(300), c70=D(1000))
    | _amounts("1.1", "realisation", c861=D(1200), c864=D(800), c870=D(800))
    # planned: 29 000 + 6 500 + 4 000 = 39 500 of charges; 39 000 of subsidies + 500
    | _amounts("1.1", "prevision", c60=D(6500), c64=D(29000), c65=D(4000), c74=None, c75=D(500))
    | _amounts("1.1", "prevision", c861=D(1200))
    | {"1.1/compte_rendu/explication": "Une séance de plus que prévu."}
)
# --- fiche 1.2: 14 000 € of charges, of which 1 525 € shared out; 14 000 € of the agency ------------------------------
SECOND = (
    {f"1.2/depenses/{n}": D(v) for n, v in {"personnel": 10000, "achats": 2000, "autres": 2000, "total": 14000}.items()}
    | _lines("1.2", ("Agence", "Maquette", D(14000), D(14000)))
    | _amounts("1.2", "prevision", c60=D(2000), c64=D(10000), c65=D(2000))
)
SHARED = {
    "compte_rendu/repartition/indirectes_fixes": D(6000),
    "compte_rendu/repartition/indirectes_financieres": D(100),
    "compte_rendu/repartition/cle_de_repartition": "part des salaires",
    "compte_rendu/repartition/regle": "Au prorata des salaires de l’année.",
}
ANSWERS = BALANCED | SECOND | SHARED
