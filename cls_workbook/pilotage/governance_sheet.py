"""The sheet Gouvernance: meetings held, against the least number and with attendance; the evaluations of the year."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from cls_workbook.domain.announced.evaluations import of_year
from cls_workbook.forms.form_pieces import FormRows
from cls_workbook.forms.layout import KeyedRow, height
from cls_workbook.french import typography
from cls_workbook.pilotage import pilotage_questions as pf
from cls_workbook.pilotage.pilotage_pieces import B, C, Canvas, CoordinatorPage, D, E, F, G, SheetTally
from cls_workbook.workbook.description import CellRange, ConditionalFormat, Formula, address, reference

GOVERNANCE = "Gouvernance"


def draw(canvas: Canvas) -> tuple[CoordinatorPage, SheetTally]:
    p = canvas.pilotage
    page = canvas.page(GOVERNANCE, (40, 16, 16, 16, 18, 72))
    page.title(
        f"Gouvernance {canvas.contrat.follow_up.year_name(canvas.annee)}",
        "Les réunions tenues et la participation, comptée en structures.",
    )
    # The summary stands above the table that it counts: its rows are known once the table is drawn.
    summary = page.line
    if canvas.contrat.announced.instances:
        page.line += len(canvas.contrat.announced.instances) + 3
    bloc = canvas.bloc(pf.MEETINGS)
    page.band(bloc.titre, G, bloc.aide)
    columns = {"instance": B, "date": C, "convies": D, "presents": E, "observation": G}
    values = [{n: getattr(r, n) for n in columns} for r in p.reunions]
    zone = page.table(
        bloc, "pilotage/reunions", columns, values, computed={F: ("Participation", _participation)}, top=None
    )
    if canvas.contrat.announced.instances:
        below = page.line
        page.line = summary
        _summary_of_instances(page, canvas, zone)
        page.line = below
    _evaluations(page, canvas)
    role = "Les réunions de chaque instance, et la participation."
    formula = f"(COUNTA({reference(GOVERNANCE, CellRange(zone.header, B, zone.end, B))})-1)"
    return page, SheetTally(role, "Réunions", formula, len(p.reunions))


def _evaluations(page: CoordinatorPage, canvas: Canvas) -> None:
    """Those that the contract plans this year; nothing in the other years."""
    planned = of_year(canvas.contrat.announced.evaluations, canvas.annee)
    if not planned:
        return
    bloc, prefix = canvas.bloc(pf.EVALUATIONS), "pilotage/evaluations"
    page.band(bloc.titre, G, bloc.aide)
    columns = {"etat": C, "date": D, "constats": G}
    titles = {B: "Évaluation", E: "Ce qu’en dit le contrat"} | {c: bloc.champ(n).libelle for n, c in columns.items()}
    page.headers(prefix, titles, tuple(columns.values()))
    followed = {e.sorte: e for e in canvas.pilotage.evaluations}
    for evaluation in planned:
        row = page.row(f"{prefix}/{evaluation.sorte}", "saisie", evaluation.nom)
        page.texte(B, evaluation.nom, "libelle_fort")
        by = f"faite par : {evaluation.par}" if evaluation.par else None
        said = " ; ".join(filter(None, (by, evaluation.objet)))
        page.merge(E, F, typography(said) or None, "repere:texte")
        for nom, column in columns.items():
            page.enter_value(row, bloc, nom, column, getattr(followed.get(evaluation.sorte), nom, None))
        page.next_row(height(said, 34, 48))
    page.row(f"{prefix}/fin", "fin")
    page.next_row(6)


def _participation(page: CoordinatorPage, row: KeyedRow, column: int, line: Mapping[str, Any]) -> None:
    convies, presents = address(page.line, D), address(page.line, E)
    valeur = line["presents"] / line["convies"] if line.get("convies") and line.get("presents") is not None else ""
    page.computation(
        row, column, f'IF(OR({presents}="",N({convies})=0),"",{presents}/{convies})', valeur, "calcul:taux"
    )


def _summary_of_instances(page: CoordinatorPage, canvas: Canvas, zone: FormRows) -> None:
    """Meetings held against the least number, and attendance, by instance."""
    page.band("Ce que prévoit le contrat, et où nous en sommes", G)
    titles = (
        "Instance",
        "Minimum par an",
        f"Tenues en {canvas.contrat.follow_up.year_name(canvas.annee)}",
        "Participation",
        "Où en sommes-nous ?",
        "Composition inscrite au contrat",
    )
    for column, nom in enumerate(titles, B):
        page.texte(column, typography(nom), "entete:lisible")
    page.next_row(33)
    start = page.line
    for instance in canvas.contrat.announced.instances:
        held = [r for r in canvas.pilotage.reunions if r.instance == instance.nom]
        counted = [r for r in held if r.convies is not None and r.presents is not None]
        convies = sum(r.convies or 0 for r in counted)
        nom, minimum, done = (address(page.line, c) for c in (B, C, D))
        page.texte(B, instance.nom, "libelle_fort")
        page.texte(C, instance.minimum_par_an, "repere:entier")
        page.texte(D, Formula(f"COUNTIF({zone.column(B)},{nom})", len(held)), "calcul:entier")
        sums = [
            f'SUMIFS({zone.column(c)},{zone.column(B)},{nom},{zone.column(D)},">=0",{zone.column(E)},">=0")'
            for c in (E, D)
        ]
        taux = sum(r.presents or 0 for r in counted) / convies if convies else ""
        page.texte(E, Formula(f'IF({sums[1]}=0,"",{sums[0]}/{sums[1]})', taux), "calcul:taux")
        remaining = instance.minimum_par_an - len(held)
        formula = f'IF({done}>={minimum},"minimum atteint",({minimum}-{done})&" à tenir")'
        shown = f"{remaining} à tenir" if remaining > 0 else "minimum atteint"
        page.texte(F, Formula(formula, shown), "calcul:centre")
        page.texte(G, instance.composition or None, "repere:texte")
        page.next_row(height(instance.composition, 80, 24))
    cell_range, done, minimum = CellRange(start, F, page.line - 1, F), address(start, D), f"${address(start, C)}"
    page.sheet.conditional_formats.append(ConditionalFormat(cell_range, f"${done}>={minimum}", "bon"))
    page.sheet.conditional_formats.append(ConditionalFormat(cell_range, f"${done}<{minimum}", "a_remplir"))
