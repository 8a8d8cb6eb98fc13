"""Answers to the dictionary of a workbook: the same key and the same seed give the same answer.

``coherent``: what a careful partner types. ``awkward``: what a hurried one does, in turn, by type of input.
``ALTERATIONS``: what is done to the sheets themselves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from itertools import cycle

import openpyxl

Entry = dict[str, object]

AWKWARD: dict[str, tuple[object, ...]] = {
    "entier": (
        "une centaine",
        "12 000",
        "12,5",
        -3,
        12.5,
        "n.d.",
        0.265,
        "=1+1",
        "environ 30",
        "1 234,00",
        "0",
        "26,5 %",
        99999,
        True,
    ),
    "decimal": ("0,5", "1/2", "1.250,5", -1, "huit", "3 jours"),
    "montant": (
        "env. 12 000",
        "12 000 €",
        "15 000,00 €",
        "12.000,50",
        -5,
        "10 k€",
        "#REF!",
        0,
        "12 000 à 15 000",
        "1500.25",
        1e9,
    ),
    "date": (
        "1er mars 2024",
        "31/02/2025",
        "03/2025",
        "2025-03-15",
        "15.03.25",
        45000,
        datetime(1999, 1, 1),
        "mardi",
        "12 mars",
    ),
    "liste": ("autre chose", "OUI", " en cours ", "Réalisee", 3, "cofinancement", "Mairie"),
    "texte": (
        "Contacter Mme Exemple au 06 00 00 00 00.",
        "x" * 400,
        "nom.prenom@exemple.fr",
        '=HYPERLINK("http://x")',
        "0123",
        "  ",
        12,
        "-",
    ),
    "case": ("oui", "X ", "non", 1, "√"),
    "code": ("123 456", "7782 1304 5000 17", 77821304500017),
}
# What contradicts itself or a rule of the trial contract.
CONTRADICTIONS: tuple[dict[str, object], ...] = (
    {
        "avancement/etat": "Non démarrée",
        "taux/numerateur": 50,
        "jalons/jalon": "Atteint",
        "jalons/date": None,
        "satisfaction/questionnaires": 4,
        "satisfaction/repondants": 3,
        "satisfaction/satisfaits": 2,
        "financement/engage": 90000,
        "depenses/etp": 2,
        "reponse/siret": "12345678901234",
        "1.3-I01/valeur": 0,
    },
    {
        "avancement/etat": None,
        "taux/denominateur": 0,
        "ventilations/effectif": 999,
        "1.3-I02/valeur": 0,
        "1.1-I06/nom": "Atlantide",
        "mesures/dont_qpv": 9999,
    },
    {
        "avancement/etat": "En cours",
        "mesures/valeur": None,
        "taux/numerateur": None,
        "taux/denominateur": None,
        "satisfaction/repondants": None,
        "financement/engage": 90000,
        "financement/verse": 95000,
        "jalons/jalon": None,
        "textes/texte": None,
    },
)
PHRASE = "Les actions prévues ont eu lieu ; « l’essentiel » reste à faire & à dire."


def draw(seed: str, key: str, low: int, high: int) -> int:
    """A number from low to high."""
    return low + int.from_bytes(hashlib.sha256(f"{seed}|{key}".encode()).digest()[:4], "big") % (high - low + 1)


class Answers:
    """What one structure types into the inputs that ``entries`` describe."""

    def __init__(self, entries: list[Entry], year: int, seed: str):
        self.entries, self.year, self.seed = entries, year, seed
        self.keys = {str(e["cle"]) for e in entries}

    def coherent(self) -> dict[str, object]:
        found = {str(e["cle"]): self._answer(e) for e in self.entries}
        return {key: value for key, value in found.items() if value is not None}

    def awkward(self, every: int = 9) -> dict[str, object]:
        """Coherent, but for one input in ``every``, where each awkward value of its type comes in turn."""
        answers, turns = self.coherent(), {kind: cycle(values) for kind, values in AWKWARD.items()}
        for entry in self.entries:
            key, kind = str(entry["cle"]), str(entry["type"])
            if entry["champ"] not in ("structure", "volet") and kind in turns and draw(self.seed, key, 1, every) == 1:
                answers[key] = next(turns[kind])
        return answers

    def contradictory(self, variant: int) -> dict[str, object]:
        """Coherent, but for what ``CONTRADICTIONS[variant]`` says of a field, or of a measure's field; None empties."""
        answers, says = self.coherent(), CONTRADICTIONS[variant]
        for entry in self.entries:
            of_measure, of_field = f"{entry['mesure']}/{entry['champ']}", f"{entry['bloc']}/{entry['champ']}"
            if of_measure in says or of_field in says:
                answers[str(entry["cle"])] = says.get(of_measure, says.get(of_field))
        first_line = {
            e["cle"]: self._choice(e, variant) for e in self.entries if str(e["cle"]).endswith("/01/financeur")
        }
        return {key: value for key, value in (answers | first_line).items() if value is not None}

    # --- one answer ---

    def _answer(self, entry: Entry) -> object:
        by_block = getattr(self, f"_{entry['bloc']}", None)
        if by_block:
            return by_block(entry, str(entry["champ"]))
        return self._by_type(entry)

    def _draw(self, key: object, low: int, high: int) -> int:
        return draw(self.seed, str(key), low, max(low, high))

    def _choice(self, entry: Entry, rank: int | None = None) -> object:
        choices = list(entry["choix"] or ())  # type: ignore[call-overload]
        return choices[(self._draw(entry["cle"], 0, 99) if rank is None else rank) % len(choices)] if choices else None

    def _by_type(self, entry: Entry) -> object:
        kind, number = entry["type"], self._draw(entry["cle"], 1, 30)
        return {
            "liste": self._choice(entry),
            "entier": number,
            "decimal": number + 0.5,
            "montant": number * 100,
            "texte": PHRASE,
            "date": date(self.year, 5, number),
            "case": "x" if number < 8 else None,
        }.get(str(kind))

    def _row(self, entry: Entry) -> int:
        """The rank of a line of a table, from 1."""
        return int(str(entry["cle"]).split("/")[-2])

    def _count(self, measure: object) -> int:
        """The value of a measure, small where each unit is to be named."""
        named = any(
            f"/ventilations/{measure}/01/nom" in key or f"/ventilations/{measure}/01/modalite" in key
            for key in self.keys
        )
        return self._draw(measure, 2, 5 if named else 40)

    def _reponse(self, entry: Entry, field: str) -> object:
        fixed = {
            "contact_fonction": "Chargée de projet",
            "contact_courriel": "accueil@exemple.fr",
            "siret": "77821304500017",
            "date_reponse": date(self.year + 1, 1, 15),
        }
        return fixed.get(field) or (self._choice(entry, 0) if field == "volet" else None)

    def _avancement(self, entry: Entry, field: str) -> object:
        rank = self._draw(f"{entry['fiche']}etat", 0, 7)
        return {
            "etat": self._choice(entry, min(2 + rank // 3, 5)),
            "realisation": self._choice(entry, rank // 2),
            "motif": PHRASE if rank == 7 else None,
            "date_debut": date(2024, 3, 1),
            "date_fin_prevue": date(2026, 6, 30),
            "date_fin_reelle": date(self.year, 11, 30) if rank in (4, 5) else None,
        }.get(field)

    def _mesures(self, entry: Entry, field: str) -> object:
        value = self._count(entry["mesure"])
        if field == "valeur":
            return value
        if field == "commentaire":
            return PHRASE if value % 5 == 0 else None
        return value // 3 if field == "dont_qpv" else self._choice(entry, 1 if value % 7 == 0 else 0)

    def _ventilations(self, entry: Entry, field: str) -> object:
        row, count = self._row(entry), self._count(entry["mesure"])
        if field in ("nom", "modalite"):
            return (
                self._choice(entry, row) or f"Lieu ou public n° {row}"
                if row <= (count if field == "nom" else 2)
                else None
            )
        if row > 2:
            return None
        return {"effectif": count // 2 if row == 1 else count - count // 2, "numerateur": 15, "denominateur": 20}.get(
            field
        )

    def _taux(self, entry: Entry, field: str) -> object:
        fixed = {"definition": "Voir le tableau de bord", "numerateur": 30, "denominateur": 40, "commentaire": None}
        return fixed[field] if field in fixed else self._choice(entry, 0)

    def _satisfaction(self, entry: Entry, field: str) -> object:
        sent = self._draw(entry["mesure"], 12, 60)
        fixed = {"questionnaires": sent, "repondants": sent - 8, "satisfaits": sent - 10, "commentaire": None}
        return fixed[field] if field in fixed else self._choice(entry, 0)

    def _financement(self, entry: Entry, field: str) -> object:
        row = self._row(entry)
        if row > 2:
            return None
        amount = self._amount(entry["fiche"], row)
        return {
            "financeur": self._choice(entry, row - 1),
            "nature": self._choice(entry, 2 * (row - 1)),
            "prevu": amount + 100,
            "engage": amount,
            "verse": amount,
            "reference": f"CONV-{self.year}-{row}",
            "date": date(self.year, 4, 15),
        }.get(field)

    def _amount(self, fiche: object, row: int) -> float:
        return 1000 * self._draw(f"{fiche}argent{row}", 1, 9) + (0.5 if row == 2 else 0)

    def _depenses(self, entry: Entry, field: str) -> object:
        total = self._amount(entry["fiche"], 1) + self._amount(entry["fiche"], 2)
        return {"personnel": 700, "achats": total - 700, "autres": 0, "total": total, "etp": 0.5}.get(field)

    def _partenaires(self, entry: Entry, field: str) -> object:
        row = self._row(entry)
        return None if row > 2 else f"Partenaire n° {row}" if field == "nom" else self._choice(entry, row)

    def _qualitatif(self, entry: Entry, field: str) -> object:
        return self._choice(entry) if field == "avenant" else PHRASE


def type_answers(book: openpyxl.Workbook, entries: list[Entry], answers: dict[str, object]) -> None:
    for entry in entries:
        value = answers.get(str(entry["cle"]))
        if value is not None:
            cell = book[str(entry["feuille"])][str(entry["cellule"])]
            cell.value = value
            if isinstance(value, str) and value.startswith("=HYPER"):
                cell.data_type = "s"


# --- What is done to the sheets ---------------------------------------------------------------------------------------


def _fiche(book: openpyxl.Workbook) -> openpyxl.worksheet.worksheet.Worksheet:
    return next(sheet for sheet in book if sheet.title.startswith("FA "))


def _printed(book: openpyxl.Workbook) -> None:
    for cell in [
        c
        for row in _fiche(book).iter_rows(5, 30)
        for c in row
        if isinstance(c.value, str) and c.data_type == "s" and c.column > 1
    ][::7]:
        cell.value = f"{cell.value} (retouché)"


def _formulas(book: openpyxl.Workbook) -> None:
    formulas = [c for row in _fiche(book).iter_rows() for c in row if c.data_type == "f"]
    for rank, cell in enumerate(formulas[:6]):
        cell.value = (12, "=1+1", "vu", None, "=SUM(A1:A3)", 0.5)[rank]


def _as_values(book: openpyxl.Workbook) -> None:
    for cell in [c for row in _fiche(book).iter_rows() for c in row if c.data_type == "f"]:
        cell.value = None


def _outside(book: openpyxl.Workbook) -> None:
    sheet = _fiche(book)
    sheet["K12"], sheet["M40"], sheet[f"D{sheet.max_row + 3}"] = "à voir ensemble", 42, "une ligne de plus"


def _no_key(book: openpyxl.Workbook) -> None:
    for row in range(10, 20):
        _fiche(book).cell(row, 1).value = None


def _twin_key(book: openpyxl.Workbook) -> None:
    sheet = _fiche(book)
    sheet["A15"] = sheet["A14"].value


def _columns(book: openpyxl.Workbook) -> None:
    sheet = _fiche(book)
    for row in range(1, sheet.max_row + 1):
        for left, right in [(sheet.cell(row, 4), sheet.cell(row, 5))]:
            if "MergedCell" not in (type(left).__name__, type(right).__name__):
                left.value, right.value = right.value, left.value


ALTERATIONS: dict[str, Callable[[openpyxl.Workbook], object]] = {
    "imprime": _printed,
    "formules": _formulas,
    "valeurs": _as_values,
    "hors-cadre": _outside,
    "sans-reperes": _no_key,
    "repere-double": _twin_key,
    "colonnes": _columns,
    "ligne-supprimee": lambda book: _fiche(book).delete_rows(14),
    "lignes-supprimees": lambda book: _fiche(book).delete_rows(20, 12),
    "ligne-inseree": lambda book: _fiche(book).insert_rows(14, 2),
    "colonne-inseree": lambda book: _fiche(book).insert_cols(3),
    "feuille-supprimee": lambda book: book.remove(_fiche(book)),
    "feuille-ajoutee": lambda book: book.create_sheet("Mes notes").append(["à garder", 12]),
    "feuille-copiee": lambda book: book.copy_worksheet(_fiche(book)),
    "feuille-renommee": lambda book: setattr(_fiche(book), "title", "Ma fiche"),
    "feuille-masquee": lambda book: setattr(_fiche(book), "sheet_state", "hidden"),
    "accueil-supprime": lambda book: book.remove(book["Accueil"]),
}
