"""About twelve slides for the COPIL: one idea each, the figures that it rests on, and notes that say where they come
from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TypeVar

from cls_workbook.documents import sources
from cls_workbook.documents.bilan_tables import SCALES, states_chart
from cls_workbook.documents.document_parts import LEAD, Bars, Bullets, Part, Sentence, Slide, grid
from cls_workbook.documents.told_figures import of_last_year, of_the_year
from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.domain.wording import of_payer
from cls_workbook.french import amount_fr, date_fr, how_many, listing, typography
from cls_workbook.reading.storing.wide_views import total_of
from cls_workbook.reports.synthese.dashboard import dashboard_figures as figures
from cls_workbook.reports.synthese.dashboard.expected_decisions import decisions
from cls_workbook.reports.synthese.dashboard.fiche_lights import light
from cls_workbook.reports.synthese.dashboard.leading_sentences import sentences
from cls_workbook.reports.synthese.synthese_portrait import Portrait, Testimony, by_axe
from cls_workbook.reports.synthese.synthese_values import is_number
from cls_workbook.tables.table_frames import frame_records

Shown = TypeVar("Shown")
FICHES_PER_SLIDE, LINES_PER_SLIDE = 8, 6
DIFFICULTIES, ACHIEVEMENTS = 3, 5
_SHORT, _TITLE = 150, 80  # characters of a quotation, of a title beside others


def presentation(portrait: Portrait) -> list[Slide]:
    """The slides, in their order; one that would have nothing to say is left out."""
    asked = decisions(portrait)
    written = [_where_we_are(portrait, asked), *_lights(portrait), *_states(portrait), *_achieved(portrait)]
    written += [*_targets(portrait), *_change(portrait), *_difficulties(portrait), *_money(portrait)]
    return [*written, *_places(portrait), *_perspectives(portrait), *_decisions(asked), _holds(portrait)]


def under_the_title(portrait: Portrait) -> list[str]:
    """The lines of the first slide."""
    contrat, result = portrait.contrat, portrait.result
    said = (f"Comité de pilotage · année {portrait.year_label()}", contrat.titre, contrat.territoire, result.etat)
    return [shortened(line) for line in dict.fromkeys(filter(None, said))]


def shortened(texte: str, limite: int = _SHORT) -> str:
    """The text on one line, cut between two words where it is too long for a slide."""
    flat = " ".join(texte.split())
    return flat if len(flat) <= limite else flat[: limite - 1].rsplit(" ", 1)[0].rstrip(" ,;:") + "…"


def _from(*names: str) -> tuple[str, ...]:
    return (f"Source des chiffres\u00a0: {' ; '.join(dict.fromkeys(names))}.",)


# --- Where we are -----------------------------------------------------------------------------------------------------


def _where_we_are(portrait: Portrait, asked: list[str]) -> Slide:
    leading = tuple(Sentence(texte, LEAD) for texte in sentences(portrait, asked))
    notes = _from(sources.PROGRESS, sources.INDICATORS, sources.MONEY)
    return Slide(f"Où en est-on en {portrait.year_label()}\u00a0?", leading, notes)


def _lights(portrait: Portrait) -> Iterator[Slide]:
    """Each fiche and what became of its programme, in a word."""
    lit = [(f, light(portrait, f)) for group in by_axe(portrait.contrat) for f in group.fiches]
    columns = (("N°", 1), ("Fiche", 9), (f"Programme {portrait.year_label()}", 3))
    titre = f"Le programme {portrait.year_label()}, fiche par fiche"
    for shown, part in _pages(titre, lit, FICHES_PER_SLIDE):
        rows = [(fiche.numero, shortened(fiche.titre, _TITLE), its.word) for fiche, its in part]
        table = grid(shown, columns, rows, sources.PROGRESS, roles=[its.role for _, its in part])
        yield Slide(shown, (table,), _from(sources.PROGRESS))


def _pages(titre: str, rows: Sequence[Shown], size: int) -> Iterator[tuple[str, Sequence[Shown]]]:
    """(title, rows) of as many slides as the rows need, as full as each other."""
    if not rows:
        return
    count = -(-len(rows) // size)
    even = -(-len(rows) // count)
    for rank in range(count):
        yield (titre if count == 1 else f"{titre} ({rank + 1}/{count})"), rows[rank * even : (rank + 1) * even]


def _states(portrait: Portrait) -> Iterator[Slide]:
    chart = states_chart(portrait)
    if chart is not None:
        yield Slide("L’avancement de chaque axe", (chart,), (chart.alt, *_from(chart.source)))


# --- What was achieved ------------------------------------------------------------------------------------------------


def _achieved(portrait: Portrait) -> Iterator[Slide]:
    """The key measures that have a figure, those of persons first, one a fiche."""
    chosen: list[tuple[Fiche, Mesure]] = []
    for fiche in portrait.contrat.actions:
        known = [m for m in portrait.key_mesures(fiche) if is_number(_value(portrait, m))]
        if known:
            chosen.append((fiche, max(known, key=lambda m: m.agregation == figures.PEOPLE)))
    if not chosen:
        return
    with_people = sorted(chosen, key=lambda c: _weight(portrait, c[1]), reverse=True)[:ACHIEVEMENTS]
    before = any(of_last_year(portrait, m) for _, m in with_people)
    years = (*[portrait.year_label(-1)] * before, portrait.year_label())
    columns = (("Fiche et mesure", 9), *((annee, 3) for annee in years))
    rows = [
        (
            shortened(f"{mesure.libelle} — {fiche.titre}", 90),
            *[of_last_year(portrait, mesure)] * before,
            of_the_year(portrait, mesure),
        )
        for fiche, mesure in with_people
    ]
    titre = "Ce qui a été réalisé"
    yield Slide(
        titre, (grid(titre, columns, rows, sources.INDICATORS, range(1, 1 + len(years))),), _from(sources.INDICATORS)
    )


def _value(portrait: Portrait, mesure: Mesure) -> object:
    return portrait.indicateurs.get(mesure.id, {}).get("Valeur")


def _weight(portrait: Portrait, mesure: Mesure) -> tuple[bool, Decimal]:
    """Persons before the rest, then the largest: what a room understands at once."""
    return mesure.agregation == figures.PEOPLE, Decimal(str(_value(portrait, mesure) or 0))


def _targets(portrait: Portrait) -> Iterator[Slide]:
    rows = [
        (
            shortened(f"{portrait.contrat.by_mesure[t.mesure.id][0].numero} · {t.mesure.libelle}", 80),
            shortened(t.target, 60),
            t.state,
        )
        for t in portrait.targets.values()
    ]
    columns = (("Fiche et mesure", 7), ("Cible", 4), ("Où l’on en est", 4))
    for shown, part in _pages("Les cibles du contrat", rows, LINES_PER_SLIDE):
        yield Slide(shown, (grid(shown, columns, part, sources.INDICATORS),), _from(sources.INDICATORS))


def _change(portrait: Portrait) -> Iterator[Slide]:
    rows = [
        (t.libelle, SCALES[t.format](t.before), SCALES[t.format](t.now), t.change or t.basis)
        for t in figures.trends(portrait)
        if t.before is not None
    ]
    if rows:
        titre = f"Ce qui change depuis {portrait.year_label(-1)}"
        columns = (("", 7), (portrait.year_label(-1), 3), (portrait.year_label(), 3), ("Évolution", 4))
        yield Slide(titre, (grid(titre, columns, rows, sources.SUMMARIES, (1, 2)),), _from(sources.SUMMARIES))


def _difficulties(portrait: Portrait) -> Iterator[Slide]:
    """Three, of as many fiches: why an action stopped, then what hinders, then gaps."""
    found: dict[str, str] = {}
    for champ in ("motif", "freins", "ecarts"):
        for t in portrait.testimonies:
            if t.texts.get(champ) and t.fiche not in found:
                found[t.fiche] = _quotation(t, champ)
    if found:
        notes = ("Les textes entiers sont dans le bilan et dans la synthèse.", *_from(sources.ANSWERS))
        shown = tuple(found.values())[:DIFFICULTIES]
        yield Slide("Trois difficultés" if len(shown) == DIFFICULTIES else "Difficultés", (Bullets(shown),), notes)


def _quotation(testimony: Testimony, champ: str) -> str:
    return typography(f"Fiche {testimony.fiche}, {testimony.structure} : {shortened(testimony.texts[champ])}")


# --- Money ------------------------------------------------------------------------------------------------------------


def _money(portrait: Portrait) -> Iterator[Slide]:
    maquette = figures.maquette(portrait)
    groups = _by_axe(portrait)
    if not groups:
        return
    parts: list[Part] = [Sentence(_maquette(maquette), LEAD)]
    series = tuple(
        (column, tuple(_plain(sums[rank]) for _, sums in groups), color)
        for rank, (column, color) in enumerate((("Contrat", "gris"), ("Engagé", "accent"), ("Versé", "axe3")))
    )
    names = tuple(nom for nom, _ in groups)
    said = " ; ".join(f"{nom} : {amount_fr(e)} engagés, {amount_fr(v)} versés" for nom, (_, e, v) in groups)
    alt = typography(f"Barres : montant du contrat, engagé et versé de {portrait.year_label()}, par axe. {said}.")
    caption = f"La maquette {of_payer(portrait.contrat)} par axe"
    parts.append(Bars(caption, names, series, alt, sources.MONEY, number_format='#,##0\\ "€"'))
    yield Slide(f"L’argent en {portrait.year_label()}", tuple(parts), (alt, *_from(sources.MONEY)))


def _maquette(maquette: figures.Maquette) -> str:
    if maquette.engaged is None:
        return "Aucun engagement n’est connu sur la maquette."
    share = f", {part}" if (part := maquette.share_engaged(0, " de la maquette")) else ""
    paid = f", {figures.spent(maquette.paid, 'versé')}" if maquette.paid is not None else ""
    return typography(f"Depuis le début : {figures.spent(maquette.engaged, 'engagé')}{share}{paid}.")


_Sums = tuple[Decimal | None, Decimal | None, Decimal | None]


def _by_axe(portrait: Portrait) -> list[tuple[str, _Sums]]:
    """(« Axe 1 », amounts of the contract, engaged, paid) of the axes of which any is known."""
    found = []
    for group in by_axe(portrait.contrat):
        sums = tuple(
            total_of(portrait.money.get(f.numero, {}).get(column) for f in group.fiches)
            for column in ("Montant contrat", "Engagé", "Versé")
        )
        if any(s is not None for s in sums):
            found.append((group.titre.split(" — ")[0], sums))
    return found


def _plain(montant: Decimal | None) -> float | None:
    return None if montant is None else float(montant)


# --- Places, what comes next, what is asked ---------------------------------------------------------------------------


def _places(portrait: Portrait) -> Iterator[Slide]:
    touched = {(r["type"], r["nom"]): r["fiches"] for r in frame_records(portrait.result.summaries.territoire)}
    places = [p for p in figures.places(portrait) if p.in_words]
    if not places:
        return
    lines = [f"{p.in_words}." for p in places]
    widest = max(places, key=lambda p: p.of).kind  # of two that have as many, the first
    type_, its_own = widest.type, widest.places
    absent = [p.nom for p in its_own if (type_, p.nom) not in touched]
    most = sorted(((n, nom) for (kind, nom), n in touched.items() if kind == type_), reverse=True)[:LINES_PER_SLIDE]
    if most:
        lines.append(f"Le plus de fiches\u00a0: {', '.join(f'{nom} ({n})' for n, nom in most)}.")
    if absent:
        lines.append(f"Aucune fiche ne cite\u00a0: {listing(absent, 12)}.")
    yield Slide("Les territoires", (Bullets(tuple(map(typography, lines))),), _from(sources.TERRITORY))


def _perspectives(portrait: Portrait) -> Iterator[Slide]:
    told = [_quotation(t, "perspectives") for t in portrait.testimonies if t.texts.get("perspectives")]
    if n := len(portrait.contrat.announced.a_programmer):
        told.insert(0, f"{how_many(n, 'action')} encore à programmer.")
    if told:
        titre = f"Ce qui vient en {portrait.year_label(1)}"
        notes = ("Toutes les perspectives sont dans le bilan.", *_from(sources.ANSWERS))
        yield Slide(titre, (Bullets(tuple(told[:LINES_PER_SLIDE])),), notes)


def _decisions(asked: list[str]) -> Iterator[Slide]:
    titre, shown = "Les décisions à prendre", asked[: 2 * LINES_PER_SLIDE]
    left = len(asked) - len(shown)
    for nom, part in _pages(titre, shown, LINES_PER_SLIDE):
        notes = (*[f"{left} autres sont dans le bilan."] * bool(left), *_from(sources.PROGRESS, sources.MONEY))
        yield Slide(nom, (Bullets(tuple(shortened(texte) for texte in part)),), notes)


def _holds(portrait: Portrait) -> Slide:
    """How far the figures hold."""
    result = portrait.result
    received, expected = result.received_and_expected()
    of_them = f"{how_many(expected, 'attendu')}{result.set_aside()}"
    lines = [f"{how_many(received, 'retour')} reçu{'s' * (received > 1)} sur {of_them}."]
    lines += [f"{text[0].upper()}{text[1:]}." for text in figures.lacking(portrait, 6)]
    lines.append(f"Les effectifs de 1 à {portrait.contrat.follow_up.seuil_petits_effectifs} sont masqués.")
    lines.append("Une personne venue à deux actions est comptée deux fois.")
    lines.append(f"Consolidation du {date_fr(result.day)}, {result.etat[0].lower()}{result.etat[1:]}.")
    return Slide("Ce que ces chiffres ne disent pas", (Bullets(tuple(map(typography, lines))),), _from(sources.RETOURS))
