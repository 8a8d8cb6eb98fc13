"""The consolidations of a contract read again, figure by figure, beside those of ``independent_figures``.

Knows nothing of the package.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import openpyxl

from tests.support import independent_figures as again
from tests.support import independent_money, independent_typing
from tests.support.figure_by_figure import Comparison
from tests.support.independent_money import FicheMoney
from tests.support.independent_typing import Definition, Figure, Typed, total
from tests.support.sheet_rows import Row, printed_rows, table

MONEY_OF_FICHE = {
    "Engagé": "engage",
    "Versé": "verse",
    "Coût réalisé": "cost",
    "Taux constaté": "rate",
    "Reste à engager": "to_engage",
    "Reste à verser": "to_pay",
    "ARS hors maquette": "outside",
    "Cofinancements": "cofunding",
    "Valorisation": "valued",
}
AMOUNTS = {"Prévu": "prevu", "Engagé": "engage", "Versé": "verse"}
SCHEDULED = "à programmer"
TRENDS = ("L’année", "D’une année à l’autre")
LIGHT = re.compile(r"\d+(\.\d+)? · [^·]+")
DEDUCED = "masqué (il donnerait un petit effectif par différence)"
COST = "Coût réalisé, tous financeurs"  # a column of Évolution


class Written(NamedTuple):
    """What the tool wrote of a year; ``region``: of all the years, with the last one."""

    consolidation: Path
    copy: Path | None = None
    region: Path | None = None


def compare(definition: Definition, years: Mapping[int, tuple[list[Typed], Written]]) -> Comparison:
    """Every year (→ its returns, what was written of it), each with those before it."""
    comparison = Comparison()
    returns: dict[int, list[Typed]] = {}
    figures: dict[str, dict[int, Figure]] = {mesure: {} for mesure in again.measures(definition)}
    money: dict[str, dict[int, FicheMoney]] = {fiche["numero"]: {} for fiche in definition["fiches"]}
    for annee, (typed, written) in sorted(years.items()):
        returns[annee] = typed
        for id_, (fiche, mesure) in again.measures(definition).items():
            figures[id_][annee] = again.figure(definition, fiche, mesure, typed)
        for fiche in definition["fiches"]:
            money[fiche["numero"]][annee] = independent_money.fiche_money(definition, fiche, list(returns.values()))
        year = _YearComparison(definition, annee, returns, figures, money, written.consolidation, comparison)
        year.all()
        if written.copy:
            year.agency_copy(written.copy)
        if written.region:
            year.region(written.region)
    return comparison


class _YearComparison:
    def __init__(
        self,
        definition: Definition,
        annee: int,
        returns: dict[int, list[Typed]],
        figures: dict[str, dict[int, Figure]],
        money: dict[str, dict[int, FicheMoney]],
        path: Path,
        comparison: Comparison,
    ) -> None:
        self.definition, self.annee, self.figures, self.money = definition, annee, figures, money
        self.workbook, self.comparison = openpyxl.load_workbook(path, read_only=True), comparison
        self.returns, self.years = dict(returns), list(returns)
        self.lines = {a: independent_money.lines(definition, typed) for a, typed in returns.items()}
        self.natures = {n["niveau"]: n["libelle"] for n in definition["natures"]}
        self.amounts = {f["numero"]: f.get("financement", {}).get("montant") for f in definition["fiches"]}

    def all(self) -> None:
        self.kept()
        self.history()
        self.indicators()
        self.money_of_fiches("Financement par fiche", table(self.workbook["Financement par fiche"]))
        self.money_of_funders("Financement par financeur", table(self.workbook["Financement par financeur"]))
        self.evolution()
        self.synthese()

    def said(self, what: str) -> str:
        return f"{self.annee} {what}"

    # --- tables ---

    def kept(self) -> None:
        """Every value typed and not refused stands where it was typed, in one of the two tables."""
        rows = [row for name in ("Mesures", "Réponses") for row in table(self.workbook[name]) if row["Fichier"]]
        kept = {(r["Fichier"], r["Feuille"], r["Cellule"]): r["Valeur"] for r in rows}
        self.comparison.of(self.said("valeurs en double"), len(rows), len(kept))
        for typed in self.returns[self.annee]:
            for place, valeur in typed.places.items():
                where = (f"{typed.structure}.xlsx", *place)
                self.comparison.of(self.said(f"valeur lue {where}"), valeur, kept.get(where))

    def history(self) -> None:
        """All the years, in the last one's memory."""
        rows = table(self.workbook["Historique"])
        measures = {(r["Année"], r["Mesure"]): r for r in rows if r["Objet"] == "Mesure"}
        amounts = {(r["Année"], r["Objet"], r["Fiche"]): r["Valeur"] for r in rows if r["Objet"] in MONEY_OF_FICHE}
        for annee in self.years:
            for id_, by_year in self.figures.items():
                figure = by_year[annee] if by_year[annee].valeur is not None else Figure()
                expected = {
                    "Valeur": figure.valeur,
                    "Numérateur": figure.numerateur,
                    "Dénominateur": figure.denominateur,
                }
                self.comparison.of_row(self.said(f"Historique {annee} {id_}"), expected, measures.get((annee, id_)))
            for numero, money in self.money.items():
                for objet in ("Engagé", "Versé", "Coût réalisé"):
                    amount = getattr(money[annee], MONEY_OF_FICHE[objet])
                    where = annee, objet, numero
                    self.comparison.of(self.said(f"Historique {where}"), amount, amounts.get(where))

    def indicators(self) -> None:
        rows = {r["Mesure"]: r for r in table(self.workbook["Indicateurs"]) if r["Mesure"]}
        answered_together = again.answered_together(self.definition)
        for id_, (_, mesure) in again.measures(self.definition).items():
            where = self.said(f"Indicateurs {id_} ({mesure['agregation']})")
            figure, before = self.figures[id_][self.annee], self.figures[id_].get(self.annee - 1, Figure())
            expected = {
                "Valeur": figure.valeur,
                "Numérateur": figure.numerateur,
                "Dénominateur": figure.denominateur,
                "Valeur n-1": before.valeur,
                "Retours reçus": min(figure.counted, 1) if id_ in answered_together else figure.counted,
                "Valeur initiale": mesure.get("valeur_initiale"),
                "Cible": again.target(self.definition, mesure, self.figures[id_]).wanted,
            }
            self.comparison.of_row(where, expected, rows.pop(id_, None))
        self.comparison.of(self.said("Indicateurs"), 0, len(rows))

    def money_of_fiches(self, where: str, table_: Iterable[Row]) -> None:
        rows = {r["Fiche"]: r for r in table_ if r["Fiche"] != SCHEDULED}
        for numero, by_year in self.money.items():
            expected = {column: getattr(by_year[self.annee], name) for column, name in MONEY_OF_FICHE.items()}
            expected |= {"Montant contrat": self.amounts[numero], "Programmé": None}
            self.comparison.of_row(self.said(f"{where} {numero}"), expected, rows.pop(numero, None))
        self.comparison.of(self.said(where), 0, len(rows))

    def money_of_funders(self, where: str, table_: Iterable[Row]) -> None:
        rows = {(r["Financeur"], r["Nature"]): r for r in table_}
        rows.pop((None, None), None) if not self.lines[self.annee] else None
        groups: dict[tuple[Any, Any], list[independent_typing.Line]] = {}
        for line in self.lines[self.annee]:
            groups.setdefault((line.financeur, self.natures.get(line.niveau or "")), []).append(line)
        for cle, lines in groups.items():
            expected = {column: total(getattr(li, name) for li in lines) for column, name in AMOUNTS.items()}
            self.comparison.of_row(self.said(f"{where} {cle}"), expected, rows.pop(cle, None))
        self.comparison.of(self.said(where), 0, len(rows))

    # --- the years together ---

    def evolution(self) -> None:
        titles = ("Année", "Fiche", "Financeur et nature", "N°", "Fiche et mesure")
        rows = printed_rows(self.workbook["Évolution"], titles)
        self._whole_contract({str(r["Année"]): r for r in rows if {"Année", COST} <= r.keys()})
        self._fiches_by_year({str(r["Fiche"]).split(" · ")[0]: r for r in rows if "Engagé en tout" in r})
        self._funders_by_year({r["Financeur et nature"]: r for r in rows if "Financeur et nature" in r})
        self.left_by_funder("Évolution", ({"Fiche": r["N°"]} | r for r in rows if "N°" in r), settled=False)
        self._measures_by_year([r for r in rows if "Ce qu’est le cumul" in r])

    def _whole_contract(self, rows: dict[str, Row]) -> None:
        columns = {"Engagé sur la maquette": "engage", "Versé sur la maquette": "verse"}
        columns |= {COST: "cost"}
        sums = {
            a: {column: total(getattr(m[a], name) for m in self.money.values()) for column, name in columns.items()}
            for a in self.years
        }
        for a in self.years:
            self.comparison.of_row(self.said(f"Évolution {a}"), sums[a], rows.get(str(a)))
        together = {column: total(sums[a][column] for a in self.years) for column in columns}
        self.comparison.of_row(self.said("Évolution Cumul"), together, rows.get("Cumul"))

    def _fiches_by_year(self, rows: dict[str, Row]) -> None:
        for numero, by_year in self.money.items():
            now = by_year[self.annee]
            expected = {str(a): by_year[a].engage for a in self.years} | {
                "Contrat": self.amounts[numero],
                "Engagé en tout": total(by_year[a].engage for a in self.years),
                "Reste à engager": now.to_engage,
                "Reste à verser": now.to_pay,
            }
            self.comparison.of_row(self.said(f"Évolution, fiche {numero}"), expected, rows.get(numero))

    def _funders_by_year(self, rows: dict[str, Row]) -> None:
        engaged: dict[str, dict[str, list[Any]]] = {}
        for a, lines in self.lines.items():
            for li in lines:
                label = " — ".join(filter(None, (li.financeur, self.natures.get(li.niveau or ""))))
                if li.engage is not None:
                    engaged.setdefault(label, {}).setdefault(str(a), []).append(li.engage)
        for label, by_year in engaged.items():
            expected = {str(a): total(by_year.get(str(a), ())) for a in self.years}
            expected["Cumul"] = total(expected.values())
            self.comparison.of_row(self.said(f"Évolution, {label}"), expected, rows.pop(label, None))
        self.comparison.of(self.said(f"Évolution, financeurs {[*rows]}"), 0, len(rows))

    def left_by_funder(self, where: str, table_: Iterable[Row], settled: bool = True) -> None:
        """``settled``: are the lines of which nothing is left shown too?"""
        rows = {(r["Fiche"], r["Financeur"], r["Nature"]): r for r in table_}
        groups: dict[tuple[Any, ...], list[independent_typing.Line]] = {}
        for li in (li for lines in self.lines.values() for li in lines):
            if li.niveau != "valorisation" and (li.engage is not None or li.verse is not None):
                groups.setdefault((li.fiche, li.financeur, self.natures.get(li.niveau or "")), []).append(li)
        for cle, lines in groups.items():
            engaged, paid = total(li.engage for li in lines), total(li.verse for li in lines)
            left = engaged - paid if engaged is not None and paid is not None else None
            if left == 0 and not settled:
                continue
            expected = {"Engagé depuis le début": engaged, "Versé depuis le début": paid, "Reste à verser": left}
            self.comparison.of_row(self.said(f"{where}, reste à verser {cle}"), expected, rows.pop(cle, None))
        self.comparison.of(self.said(f"{where}, reste à verser {[*rows]}"), 0, len(rows))

    def _measures_by_year(self, rows: list[Row]) -> None:
        by_measure, same_label = again.measures(self.definition), dict[str, list[Row]]()
        in_table = [i for i in self.figures if by_measure[i][1]["agregation"] != "TEXTE"]  # those are told below
        known = [i for i in in_table if any(self.figures[i][a].valeur is not None for a in self.years)]
        for row in rows:
            same_label.setdefault(row["Fiche et mesure"], []).append(row)
        self.comparison.of(self.said("Évolution, mesures"), len(known), len(rows))
        # Of two measures with one label, the row of the one that was known first comes first.
        for id_ in sorted(known, key=lambda i: next(a for a in self.years if self.figures[i][a].valeur is not None)):
            fiche, mesure = by_measure[id_]
            row = (same_label.get(f"{fiche} · {mesure['libelle']}") or [{}]).pop(0)
            by_year = {a: self.figures[id_][a] for a in self.years}
            expected = {str(a): figure.valeur for a, figure in by_year.items()}
            expected["Cumul"] = again.over_the_years(mesure["agregation"], by_year)
            self.comparison.of_row(self.said(f"Évolution, {id_} ({mesure['agregation']})"), expected, row)

    # --- the Synthèse ---

    def synthese(self) -> None:
        """Its totals of money, and the rates that it shows."""
        rows = printed_rows(self.workbook["Synthèse"], ("N°", "Nature"))
        self._first_page()
        self._subtotals({r["Nature"]: r for r in rows if "N°" not in r})
        rates = {r["N°"]: r for r in rows if "Taux constaté" in r}
        engage, spent = f"Attribué {self.annee}", f"Coût {self.annee}"
        for numero, by_year in self.money.items():
            now = by_year[self.annee]
            expected = {"Taux constaté": now.rate, engage: now.attributed, spent: now.rate_cost}
            self.comparison.of_row(self.said(f"Synthèse, taux {numero}"), expected, rates.get(numero))
        whole = [r for r in rows if "Reste à engager" in r and str(r["N°"]).startswith("Total")]
        now = [m[self.annee] for m in self.money.values()]
        expected = self.left_in_all() | {
            f"Engagé {self.annee}": total(m.engage for m in now),
            f"Versé {self.annee}": total(m.verse for m in now),
        }
        self.comparison.of_row(self.said("Synthèse, total"), expected, whole[0] if whole else None)

    def left_in_all(self) -> Row:
        """Of the maquette, what the fiches that have an amount did not engage (all, where none has one); of all fiches,
        what is not yet paid."""
        funded = [m for numero, m in self.money.items() if self.amounts[numero] is not None]
        already = total(m[a].engage for m in funded or self.money.values() for a in self.years)
        maquette = independent_money.whole_maquette(self.definition)
        return {
            "Reste à engager": None if already is None else maquette - already,
            "Reste à verser": total(m[self.annee].to_pay for m in self.money.values()),
        }

    # --- what leaves ---

    def agency_copy(self, path: Path) -> None:
        workbook = openpyxl.load_workbook(path, read_only=True)
        self.measures_that_leave({r["Mesure"]: r for r in table(workbook["Données mesures"]) if r["Mesure"]})
        self.money_of_fiches("copie, fiche", table(workbook["Données financement"]))
        self.money_of_funders("copie, financeur", table(workbook["Données financeurs"]))
        self.left_by_funder("copie", table(workbook["Données restes à verser"]))

    def measures_that_leave(self, rows: dict[str, Row]) -> None:
        """Small counts do not; a count that would give one away need not, where its reserve says so and its fiche has
        one."""
        of_fiche: dict[str, list[bool]] = {}
        masked = {id_: self._masked_years(id_) for id_ in self.figures}
        for id_, (fiche, _) in again.measures(self.definition).items():
            of_fiche.setdefault(fiche, []).append(self.annee in masked[id_])
        for id_, (fiche, mesure) in again.measures(self.definition).items():
            if mesure["agregation"] in ("UNION", "TEXTE"):
                continue
            row, figure = rows.pop(id_, {}), self.figures[id_][self.annee]
            gives_away = DEDUCED in str(row.get("Réserve")) and any(of_fiche[fiche])
            leaves = not gives_away and self.annee not in masked[id_]
            self.comparison.masked += not leaves and figure.valeur is not None
            target = again.target(
                self.definition, mesure, self.figures[id_], masked[id_] | ({self.annee} if gives_away else set())
            )
            expected = {
                "Valeur": figure.valeur if leaves else None,
                "Numérateur": figure.numerateur if leaves else None,
                "Dénominateur": figure.denominateur if leaves else None,
                "Cible": target.wanted,
                "Part atteinte": target.part,
                "Cible atteinte": target.met,
            }
            self.comparison.of_row(self.said(f"copie, {id_} ({mesure['agregation']})"), expected, row)
        self.comparison.of(self.said(f"copie, mesures {[*rows]}"), 0, len(rows))

    def _masked_years(self, id_: str) -> set[int]:
        mesure = again.measures(self.definition)[id_][1]
        return {a for a in self.years if again.is_masked(self.definition, mesure, self.figures[id_][a])}

    def region(self, path: Path) -> None:
        workbook = openpyxl.load_workbook(path, read_only=True)
        named = ("Financeurs", "Restes à verser", "Contrats")
        of_year = {n: [r for r in table(workbook[n]) if r["Année"] == self.annee] for n in named}
        self.money_of_funders("région, financeur", of_year["Financeurs"])
        self.left_by_funder("région", of_year["Restes à verser"])
        (contrat,) = of_year["Contrats"]
        columns = {"Engagé": "engage", "Versé": "verse", "Coût réalisé": "cost"}
        now = [m[self.annee] for m in self.money.values()]
        expected = {column: total(getattr(m, name) for m in now) for column, name in columns.items()}
        self.comparison.of_row(self.said("région"), expected, contrat)
        (maquette,) = table(workbook["Maquettes"])
        everything = [m[a] for m in self.money.values() for a in self.years]
        cumulated = {"Maquette": independent_money.whole_maquette(self.definition)}
        cumulated |= {"Engagé cumulé": total(m.engage for m in everything)}
        cumulated["Versé cumulé"] = total(m.verse for m in everything)
        self.comparison.of_row(self.said("région, maquette"), self.left_in_all() | cumulated, maquette)

    def _first_page(self) -> None:
        """The rows of its trends, under the year; then the word of each light, but those of actions that stopped."""
        rows = list(self.workbook["Synthèse"].iter_rows(values_only=True, max_row=60))
        head = next((row for row in rows if row[1] in TRENDS), ())
        shown = {row[1]: row[head.index(str(self.annee))] for row in rows if row[1]} if head else {}
        now = [m[self.annee] for m in self.money.values()]
        expected = {
            "Engagé sur la maquette": total(m.engage for m in now),
            "Versé sur la maquette": total(m.verse for m in now),
            "Coût des actions, tous financeurs": total(m.cost for m in now),
        }
        self.comparison.of_row(self.said("Synthèse, première page"), expected, shown)
        lights = dict(cell.split(" · ", 1) for row in rows for cell in row if LIGHT.fullmatch(str(cell)))
        for numero, word in lights.items():
            if word in ("Totale", "Partielle", "Nulle", independent_typing.NOTHING):
                done = again.completion(self.returns[self.annee], numero)
                self.comparison.of(self.said(f"Synthèse, feu de {numero}"), done, word)

    def _subtotals(self, rows: dict[str, Row]) -> None:
        now = {numero: m[self.annee] for numero, m in self.money.items()}
        post = [n for n in now if independent_money.has_post(self.definition, n)]
        expected = {
            "Maquette": total(m.engage for m in now.values()),
            "Poste de coordination (hors maquette)": total(now[n].outside for n in post),
            self.natures["hors_maquette"]: total(now[n].outside for n in now if n not in post),
            self.natures["cofinancement"]: total(m.cofunding for m in now.values()),
            "Valorisation (sans versement)": total(m.valued for m in now.values()),
        }
        for nature, valeur in expected.items():
            if valeur is not None:
                engaged = rows.get(nature, {}).get(f"Engagé {self.annee}")
                self.comparison.of(self.said(f"Synthèse, {nature}"), valeur, engaged)
