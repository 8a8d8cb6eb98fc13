"""What the annual report shows in tables: the year against the one before, money, governance, places, indicators."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from cls_workbook.documents import sources
from cls_workbook.documents.document_parts import Bars, Heading, Part, Sentence, grid
from cls_workbook.documents.told_figures import of_last_year, of_the_year, told
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.placed.place_kinds import groups, place_kinds
from cls_workbook.domain.wording import of_payer, printed_lines
from cls_workbook.french import NBSP, amount_fr, date_fr, number_fr, rate_fr, typography
from cls_workbook.reports.synthese.dashboard import dashboard_figures as figures
from cls_workbook.reports.synthese.synthese_money import DECLARATIONS
from cls_workbook.reports.synthese.synthese_portrait import Portrait, appearance, by_axe
from cls_workbook.summaries.progress import TO_BE_SCHEDULED, WITHOUT_RETOUR
from cls_workbook.tables.described_columns import Row
from cls_workbook.tables.table_frames import frame_records

SCALES: dict[str, Callable[[Decimal | int | None], str]] = {"montant_rond": amount_fr, "entier": number_fr}


# --- The year in figures ----------------------------------------------------------------------------------------------


def year_in_figures(portrait: Portrait) -> Iterator[Part]:
    annee = portrait.year_label()
    yield Heading("L’année en chiffres", 2)
    rows = [
        (t.libelle, _scaled(t.format, t.before), _scaled(t.format, t.now), t.change or t.basis)
        for t in figures.trends(portrait)
    ]
    if rows:
        columns = (("", 8), (portrait.year_label(-1), 3), (annee, 3), ("Évolution", 4))
        yield grid(f"Ce qui change d’une année à l’autre, {annee}", columns, rows, sources.SUMMARIES, (1, 2))
    chart = states_chart(portrait)
    if chart is not None:
        yield chart


def _scaled(kind: str, valeur: Decimal | int | None) -> str:
    return SCALES[kind](valeur)


def states_chart(portrait: Portrait) -> Bars | None:
    """How many fiches of each axe are in each état; None where there is none."""
    listes = portrait.contrat.follow_up.listes
    counts = {
        g.titre: [*map(portrait.etat, g.fiches), *[TO_BE_SCHEDULED] * len(g.a_programmer)]
        for g in by_axe(portrait.contrat)
        if g.fiches or g.a_programmer
    }
    if not counts:
        return None
    present = [
        e for e in (*listes.etats, WITHOUT_RETOUR, TO_BE_SCHEDULED) if any(e in states for states in counts.values())
    ]
    series = tuple(
        (etat, tuple(float(states.count(etat)) or None for states in counts.values()), appearance(listes, etat)[1])
        for etat in present
    )
    said = " ; ".join(f"{sum(s.count(e) for s in counts.values())} {e.lower()}" for e in present)
    alt = typography(f"Barres empilées : nombre de fiches de chaque axe selon leur état. En tout : {said}.")
    return Bars("Les fiches de chaque axe selon leur état", tuple(counts), series, alt, sources.PROGRESS, True, "0")


# --- Money ------------------------------------------------------------------------------------------------------------


def money_tables(portrait: Portrait) -> Iterator[Part]:
    contrat = portrait.contrat
    yield Heading("Le financement", 2)
    rows = []
    for fiche in contrat.actions:
        money = portrait.money.get(fiche.numero, {})
        cells = [money.get(c) for c in ("Montant contrat", "Engagé", "Versé", "Coût réalisé", "Reste à engager")]
        if any(cell is not None for cell in cells):
            rows.append((fiche.numero, fiche.titre, *map(amount_fr, cells)))
    if not rows:
        yield Sentence("Aucun montant n’est connu pour cette année.")
        yield from _planned(contrat)
        return
    total = next(iter(frame_records(portrait.result.summaries.totaux)), {})
    left = portrait.left_to_engage.montant
    sums = (total.get("Contrat"), total.get("Engagé"), total.get("Versé"))
    rows.append(("", f"Maquette {of_payer(contrat)}", *map(amount_fr, sums), "", amount_fr(left)))
    columns = (("N°", 2), ("Fiche", 7), ("Contrat", 4), ("Engagé", 4), ("Versé", 4))
    more = (("Coût réalisé", 4), ("Reste à engager", 4))
    caption = f"L’argent de chaque fiche en {portrait.year_label()}"
    yield grid(caption, (*columns, *more), rows, sources.MONEY, range(2, 7), total=True)
    notes = [DECLARATIONS, *filter(None, (portrait.left_to_engage.reserve, portrait.left_to_pay.reserve))]
    for note in notes:
        yield Sentence(typography(note[0].upper() + note[1:].rstrip(".") + "."))
    yield from _funders(portrait)
    yield from _planned(contrat)


def _planned(contrat: Contrat) -> Iterator[Part]:
    """What the contract prints of each funder of a fiche for the year."""
    for fiche in contrat.fiches:
        if lines := printed_lines(contrat, fiche):
            yield Sentence(typography(f"Fiche {fiche.numero}, prévu au contrat : {f'{NBSP}; '.join(lines)}."))


def _funders(portrait: Portrait) -> Iterator[Part]:
    lines = frame_records(portrait.result.tables.par_financeur)
    if lines:
        columns = (("Financeur", 6), ("Nature", 6), ("Prévu", 4), ("Engagé", 4), ("Versé", 4))
        rows = [
            (r["Financeur"], r["Nature"], amount_fr(r["Prévu"]), amount_fr(r["Engagé"]), amount_fr(r["Versé"]))
            for r in lines
        ]
        yield grid(
            f"Ce que chaque financeur apporte, {portrait.year_label()}", columns, rows, sources.FUNDERS, (2, 3, 4)
        )


# --- Governance and territory -----------------------------------------------------------------------------------------


def governance_table(portrait: Portrait) -> Iterator[Part]:
    yield Heading("La gouvernance", 2)
    lines = frame_records(portrait.result.summaries.gouvernance)
    if not lines:
        yield Sentence("Le contrat ne décrit aucune instance.")
    else:
        yield _bodies(portrait, lines)
    planned = frame_records(portrait.result.summaries.evaluations)
    if planned:
        columns = (("Évaluation", 5), ("Faite par", 5), ("État", 3), ("Rendue le", 3), ("Ce qu’elle dit", 8))
        rows = [
            (
                e["Évaluation"],
                e["Faite par"],
                e["État"] or "non renseigné",
                date_fr(e["Rendue le"]),
                e["Ce qu’elle dit"],
            )
            for e in planned
        ]
        title = f"Les évaluations prévues en {portrait.year_label()}"
        yield grid(title, columns, [[cell or "" for cell in row] for row in rows], sources.GOVERNANCE)


def _bodies(portrait: Portrait, lines: list[Row]) -> Part:
    columns = (("Instance", 8), ("Minimum par an", 3), ("Réunions tenues", 3), ("Structures conviées", 3))
    more = (("Structures présentes", 3), ("Participation", 3))
    rows = [
        (
            r["Instance"],
            number_fr(r["Minimum par an"]),
            "non renseigné" if r["Réunions tenues"] is None else number_fr(r["Réunions tenues"]),
            number_fr(r["Conviés"]),
            number_fr(r["Présents"]),
            rate_fr(r["Taux de participation"], 1),
        )
        for r in lines
    ]
    return grid(f"Les instances en {portrait.year_label()}", (*columns, *more), rows, sources.GOVERNANCE, range(1, 6))


def place_tables(portrait: Portrait) -> Iterator[Part]:
    touched = {(r["type"], r["nom"]): r for r in frame_records(portrait.result.summaries.territoire)}
    kinds = place_kinds(portrait.contrat, portrait.annee)
    if not kinds:
        return
    yield Heading("Les territoires", 2)
    if not touched:
        yield Sentence("Aucun retour ne dit quels lieux ont été touchés.")
        return
    for kind, group in ((k, g) for k in kinds for g in groups(k, kinds)):
        names = [p.nom for p in group.places]
        reached = [touched[kind.type, nom] for nom in names if (kind.type, nom) in touched]
        rows = [(r["nom"], number_fr(r["fiches"]), r["numeros"]) for r in reached]
        who = f"{kind.word.full_title}, {group.titre}" if group.titre else kind.word.full_title
        caption = f"{who}{NBSP}: {len(reached)} sur {len(names)}"
        if rows:
            yield grid(caption, (("Nom", 5), ("Fiches", 2), ("Lesquelles", 9)), rows, sources.TERRITORY, (1,))
        absent = [nom for nom in names if (kind.type, nom) not in touched]
        if absent:
            where = f" ({group.titre})" if group.titre else ""
            several = "e" * kind.word.feminine + "s"
            yield Sentence(typography(f"Non cité{several}{where} : {', '.join(absent)}."))


# --- The indicators ---------------------------------------------------------------------------------------------------


def indicateur_tables(portrait: Portrait) -> Iterator[Part]:
    yield Heading("L’évaluation par les indicateurs du contrat", new_page=True)
    yield from _targets(portrait)
    rows = [
        (
            f"{fiche.numero} · {portrait.libelle(fiche, mesure)}",
            told(mesure, mesure.valeur_initiale),
            of_last_year(portrait, mesure),
            of_the_year(portrait, mesure),
        )
        for fiche in portrait.contrat.actions
        for mesure in portrait.key_mesures(fiche)
    ]
    if not rows:
        yield Sentence("Le contrat ne décrit aucune mesure.")
        return
    yield Heading("Les mesures clés", 2)
    years = ((portrait.year_label(-1), 3), (portrait.year_label(), 4))
    columns = (("Fiche et mesure", 9), ("Valeur initiale", 3), *years)
    yield grid("Les mesures clés de chaque fiche", columns, rows, sources.INDICATORS, (1, 2, 3))


def _targets(portrait: Portrait) -> Iterator[Part]:
    followed = list(portrait.targets.values())
    if not followed:
        return
    yield Heading("Les cibles", 2)
    columns = (("Fiche et mesure", 8), ("Cible", 5), ("Valeur", 3), ("Part atteinte", 3), ("Où l’on en est", 4))
    rows = [
        (
            f"{portrait.contrat.by_mesure[t.mesure.id][0].numero} · {t.mesure.libelle}",
            t.target,
            "" if t.masked else told(t.mesure, t.valeur),
            rate_fr(t.part, 1),
            t.state,
        )
        for t in followed
    ]
    yield grid("Ce que le contrat veut atteindre", columns, rows, sources.INDICATORS, (2, 3))
