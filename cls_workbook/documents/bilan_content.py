"""The annual report, in the four points that a contract asks of it: the year, the indicators, what comes next, what is
to be decided; then how far its figures hold.
"""

from __future__ import annotations

from collections.abc import Iterator

from cls_workbook.documents import sources
from cls_workbook.documents.bilan_fiches import fiches
from cls_workbook.documents.bilan_tables import (
    governance_table,
    indicateur_tables,
    money_tables,
    place_tables,
    year_in_figures,
)
from cls_workbook.documents.document_parts import (
    COVER_LINE,
    COVER_TITLE,
    LEAD,
    Bullets,
    Contents,
    Heading,
    Part,
    Sentence,
    grid,
)
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.wording import payer
from cls_workbook.french import date_fr, how_many, typography
from cls_workbook.reports.synthese.dashboard import dashboard_figures as figures
from cls_workbook.reports.synthese.dashboard.expected_decisions import decisions
from cls_workbook.reports.synthese.dashboard.leading_sentences import sentences
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.reports.synthese.synthese_reserves import reserve_sections

ESSENTIALS = 10  # lines of the summary


def titre(portrait: Portrait) -> str:
    return f"Bilan annuel {portrait.year_label()}"


def bilan(portrait: Portrait) -> list[Part]:
    """The whole report, in its order. Small counts masked, texts without personal data, as in the Synthèse."""
    asked = decisions(portrait)
    written: list[Part] = [*_cover(portrait), *_essentials(portrait, asked)]
    written.append(Heading(f"Le bilan de l’année {portrait.year_label()}", new_page=True))
    written += [*year_in_figures(portrait), *fiches(portrait), *money_tables(portrait), *governance_table(portrait)]
    written += [*place_tables(portrait), *indicateur_tables(portrait), *_perspectives(portrait)]
    written += _decisions(portrait, asked)
    return [*written, *_reserves(portrait), *_method(portrait)]


# --- Cover, contents, summary -----------------------------------------------------------------------------------------


def _cover(portrait: Portrait) -> Iterator[Part]:
    contrat, result = portrait.contrat, portrait.result
    yield Sentence(titre(portrait), COVER_TITLE)
    lines = (contrat.titre, contrat.type, contrat.territoire, result.etat)
    for line in dict.fromkeys(filter(None, lines)):
        yield Sentence(line, COVER_LINE)
    yield Sentence(f"D’après la consolidation du {date_fr(result.day)}", COVER_LINE)
    if contrat.parties.signataires:
        yield Sentence(typography(f"Signataires : {', '.join(s.nom for s in contrat.parties.signataires)}."))
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
    yield from (f"{text}." for text in [figures.people(portrait).in_words("sur")] if text)
    yield from (f"{p.in_words}." for p in figures.places(portrait) if p.in_words)
    maquette = figures.maquette(portrait)
    if maquette.engaged is not None:
        share = f", soit {part}" if (part := maquette.share_engaged(1, " de la maquette")) else ""
        paid = f" ; {figures.spent(maquette.paid, 'versé')}" if maquette.paid is not None else ""
        engaged = figures.spent(maquette.engaged, "engagé")
        yield typography(f"{engaged[0].upper()}{engaged[1:]} depuis le début{share}{paid}.")
    followed = [t for t in portrait.targets.values() if t.met is not None]
    if followed:
        met = sum(bool(t.met) for t in followed)
        among = f"{len(followed)} suivie{'s' * (len(followed) > 1)}"
        yield f"{how_many(met, 'cible')} atteinte{'s' * (met > 1)} sur {among}."


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
    if contrat.announced.a_programmer:
        yield Heading("Les actions encore à programmer", 2)
        yield Bullets(tuple(a.titre for a in contrat.announced.a_programmer))


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
    threshold = contrat.follow_up.seuil_petits_effectifs
    yield Sentence(
        typography(
            f"Une case vide veut dire « non connu », jamais zéro. Les effectifs de 1 à {threshold} sont masqués, avec "
            f"ceux dont on pourrait les déduire. Ce qui désigne une personne est retiré des textes ; un nom seul ne "
            f"peut pas être reconnu : relisez-les. « {payer(contrat)} engagé » et « versé » sont des crédits de la "
            f"maquette."
        )
    )
