"""The annual report, in the four points that a contract asks of it: the year, the indicators, what comes next, what is
to be decided; then how far its figures hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal

from cls_workbook.documents import sources
from cls_workbook.documents.bilan_fiches import fiches
from cls_workbook.documents.document_parts import (
    COVER_LINE,
    COVER_TITLE,
    LEAD,
    Bars,
    Bullets,
    Contents,
    Heading,
    Part,
    Sentence,
    grid,
)
from cls_workbook.documents.told_figures import of_last_year, of_the_year, told
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.placed.place_kinds import groups, place_kinds
from cls_workbook.domain.wording import of_payer, payer
from cls_workbook.french import NBSP, amount_fr, date_fr, how_many, number_fr, rate_fr, typography
from cls_workbook.reports.synthese.dashboard import dashboard_figures as figures
from cls_workbook.reports.synthese.dashboard.expected_decisions import decisions
from cls_workbook.reports.synthese.dashboard.leading_sentences import sentences
from cls_workbook.reports.synthese.synthese_money import DECLARATIONS
from cls_workbook.reports.synthese.synthese_portrait import Portrait, appearance, by_axe
from cls_workbook.reports.synthese.synthese_reserves import reserve_sections
from cls_workbook.summaries.progress import TO_BE_SCHEDULED, WITHOUT_RETOUR
from cls_workbook.tables.table_frames import frame_records

ESSENTIALS = 10  # lines of the summary
SCALES: dict[str, Callable[[Decimal | int | None], str]] = {"montant_rond": amount_fr, "entier": number_fr}


def titre(portrait: Portrait) -> str:
    return f"Bilan annuel {portrait.year_label()}"


def bilan(portrait: Portrait) -> list[Part]:
    """The whole report, in its order. Small counts masked, texts without personal data, as in the Synthèse."""
    asked = decisions(portrait)
    written: list[Part] = [*_cover(portrait), *_essentials(portrait, asked)]
    written.append(Heading(f"Le bilan de l’année {portrait.year_label()}", new_page=True))
    written += [*_in_figures(portrait), *fiches(portrait), *_money(portrait), *_governance(portrait)]
    written += [*_places(portrait), *_indicators(portrait), *_perspectives(portrait), *_decisions(portrait, asked)]
    return [*written, *_reserves(portrait), *_method(portrait)]


# --- Cover, contents, summary -----------------------------------------------------------------------------------------


def _cover(portrait: Portrait) -> Iterator[Part]:
    contrat, result = portrait.contrat, portrait.result
    yield Sentence(titre(portrait), COVER_TITLE)
    lines = (contrat.titre, contrat.type, contrat.territoire, result.etat)
    for line in dict.fromkeys(filter(None, lines)):
        yield Sentence(line, COVER_LINE)
    yield Sentence(f"D’après la consolidation du {date_fr(result.day)}", COVER_LINE)
    if contrat.signataires:
        yield Sentence(typography(f"Signataires : {', '.join(s.nom for s in contrat.signataires)}."))
    yield Heading("Sommaire", new_page=True)
    yield Contents()


def _essentials(portrait: Portrait, asked: list[str]) -> Iterator[Part]:
    """Ten lines at most: the three sentences, then the figures that they rest on."""
    yield Heading("L’essentiel", new_page=True)
    leading = sentences(portrait, asked)
    for sentence in leading:
        yield Sentence(sentence, LEAD)
    yield Bullets(tuple(_facts(portrait))[: ESSENTIALS - len(leading)])


def _facts(portrait: Portrait) -> Iterator[str]:
    received, expected = portrait.result.received_and_expected()
    aside = portrait.result.set_aside()
    yield f"{how_many(received, 'retour')} reçu{'s' * (received > 1)} sur {how_many(expected, 'attendu')}{aside}."
    people = figures.people(portrait)
    if people.total is not None:
        yield f"{number_fr(people.total)} personnes touchées, comptées sur {how_many(people.fiches, 'fiche')}."
    yield from (f"{p.in_words}." for p in figures.places(portrait) if p.in_words)
    maquette = figures.maquette(portrait)
    if maquette.engaged is not None:
        share = f", soit {rate_fr(maquette.engaged / maquette.total, 1)} de la maquette" if maquette.total else ""
        paid = f" ; {amount_fr(maquette.paid)} versés" if maquette.paid is not None else ""
        yield typography(f"{amount_fr(maquette.engaged)} engagés depuis le début{share}{paid}.")
    followed = [t for t in portrait.targets.values() if t.met is not None]
    if followed:
        met = sum(bool(t.met) for t in followed)
        among = f"{len(followed)} suivie{'s' * (len(followed) > 1)}"
        yield f"{how_many(met, 'cible')} atteinte{'s' * (met > 1)} sur {among}."


# --- The year in figures ----------------------------------------------------------------------------------------------


def _in_figures(portrait: Portrait) -> Iterator[Part]:
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
    listes = portrait.contrat.listes
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


def _money(portrait: Portrait) -> Iterator[Part]:
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


def _governance(portrait: Portrait) -> Iterator[Part]:
    yield Heading("La gouvernance", 2)
    lines = frame_records(portrait.result.summaries.gouvernance)
    if not lines:
        yield Sentence("Le contrat ne décrit aucune instance.")
        return
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
    yield grid(f"Les instances en {portrait.year_label()}", (*columns, *more), rows, sources.GOVERNANCE, range(1, 6))


def _places(portrait: Portrait) -> Iterator[Part]:
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


def _indicators(portrait: Portrait) -> Iterator[Part]:
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


# --- What comes next, what is asked -----------------------------------------------------------------------------------


def _perspectives(portrait: Portrait) -> Iterator[Part]:
    following = portrait.year_label(1)
    yield Heading(f"Les perspectives {following}", new_page=True)
    rows = [
        (t.fiche, t.structure, t.texts["perspectives"]) for t in portrait.testimonies if t.texts.get("perspectives")
    ]
    if rows:
        columns = (("Fiche", 2), ("Structure", 5), (f"Perspectives {following}", 12))
        yield grid(f"Ce que les porteurs prévoient en {following}", columns, rows, sources.ANSWERS)
    else:
        yield Sentence("Aucun retour ne dit de perspective.")
    yield from _to_programme(portrait.contrat)


def _to_programme(contrat: Contrat) -> Iterator[Part]:
    if contrat.a_programmer:
        yield Heading("Les actions encore à programmer", 2)
        yield Bullets(tuple(a.titre for a in contrat.a_programmer))


def _decisions(portrait: Portrait, asked: list[str]) -> Iterator[Part]:
    yield Heading("Les avenants et les décisions demandées")
    if asked:
        yield Bullets(tuple(asked))
    else:
        yield Sentence("Aucune décision n’est demandée.")
    taken = {numero: texte for numero, texte in portrait.result.notes.decisions.items() if texte}
    if taken:
        yield Heading("Décisions et avis déjà notés", 2)
        rows = [(numero or "ensemble", texte) for numero, texte in taken.items()]
        yield grid("Décisions et avis du comité de pilotage", (("Fiche", 2), ("Décision", 14)), rows, sources.ANCHORS)


# --- How far it holds -------------------------------------------------------------------------------------------------


def _reserves(portrait: Portrait) -> Iterator[Part]:
    yield Heading("Les réserves sur les chiffres", new_page=True)
    sections = [(titre_, texts) for titre_, texts in reserve_sections(portrait) if texts]
    if not sections:
        yield Sentence("Aucune réserve.")
    for titre_, texts in sections:
        yield Heading(titre_, 2)
        yield Bullets(tuple(texte.removeprefix("• ") for texte in texts))


def _method(portrait: Portrait) -> Iterator[Part]:
    contrat, result = portrait.contrat, portrait.result
    yield Heading("La méthode")
    yield Sentence(
        typography(
            f"Chaque structure qui porte une fiche remplit un classeur. Les réponses sont contrôlées, réunies puis "
            f"additionnées selon la règle de chaque mesure. Ce document a été écrit d’après la consolidation du "
            f"{date_fr(result.day)} ; la source de chaque tableau est dite sous lui."
        )
    )
    threshold = contrat.seuil_petits_effectifs
    yield Sentence(
        typography(
            f"Une case vide veut dire « non connu », jamais zéro. Les effectifs de 1 à {threshold} sont masqués, avec "
            f"ceux dont on pourrait les déduire. Ce qui désigne une personne est retiré des textes ; un nom seul ne "
            f"peut pas être reconnu : relisez-les. « {payer(contrat)} engagé » et « versé » sont des crédits de la "
            f"maquette."
        )
    )
