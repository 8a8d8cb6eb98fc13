"""Each axe and each fiche in the report: what was wanted, what was done, the measures, the money, what helps, what
hinders."""

from __future__ import annotations

from collections.abc import Iterator

from cls_workbook.documents import sources
from cls_workbook.documents.document_parts import Bullets, Heading, Part, Sentence, grid
from cls_workbook.documents.told_figures import amount, of_last_year, of_the_year, told
from cls_workbook.domain.model import Fiche
from cls_workbook.french import NBSP, how_many, typography
from cls_workbook.reports.synthese.synthese_portrait import Portrait, Testimony, by_axe
from cls_workbook.summaries.progress import TO_BE_SCHEDULED

# What a porteur wrote → the words before it in the report.
_QUOTED = {
    "motif": "Motif du report ou de l’abandon",
    "ecarts": "Écarts avec ce qui était prévu",
    "freins": "Ce qui a freiné",
    "leviers": "Ce qui a aidé",
}
_MONEY = ("Montant contrat", "Programmé", "Engagé", "Versé", "Coût réalisé", "Reste à engager")


def fiches(portrait: Portrait) -> Iterator[Part]:
    for group in by_axe(portrait.contrat):
        if group.fiches or group.a_programmer or group.elsewhere:
            yield Heading(group.titre, 2)
        for fiche in group.fiches:
            yield from _fiche(portrait, fiche)
        if group.elsewhere:
            also = ", ".join(f"{f.numero} ({f.titre})" for f in group.elsewhere)
            yield Sentence(typography(f"Y contribuent aussi, décrites ailleurs : {also}."))
        if group.a_programmer:
            yield Sentence(typography(f"{TO_BE_SCHEDULED} : {' ; '.join(group.a_programmer)}."))


def _fiche(portrait: Portrait, fiche: Fiche) -> Iterator[Part]:
    yield Heading(f"Fiche {fiche.numero} — {fiche.titre}", 3)
    yield Sentence(_where_it_stands(portrait, fiche))
    yield from _wanted(fiche)
    theirs = [t for t in portrait.testimonies if t.fiche == fiche.numero]
    yield from _done(theirs)
    yield from _measures(portrait, fiche)
    yield from _money(portrait, fiche)
    yield from _quoted(theirs)
    if decision := portrait.result.notes.decisions.get(fiche.numero):
        yield Sentence(typography(f"Décision : {decision}"))


def _where_it_stands(portrait: Portrait, fiche: Fiche) -> str:
    received, expected = portrait.received_and_expected(fiche)
    said = [f"{portrait.etat(fiche)}"]
    if realisation := portrait.realisation(fiche):
        joined = realisation.replace("\n", f"{NBSP}; ")
        said.append(f"réalisation du programme {portrait.year_label()} : {joined.lower()}")
    said.append(f"{how_many(received, 'retour')} sur {expected}{portrait.result.set_aside(fiche.numero)}")
    porteurs = portrait.porteurs(fiche).replace("\n", f"{NBSP}; ")
    return typography(f"{' · '.join(said)}. Porteurs : {porteurs}.")


def _wanted(fiche: Fiche) -> Iterator[Part]:
    for titre, texts in (
        ("Ce qui était voulu", fiche.printed.objectifs),
        ("Résultats attendus", fiche.printed.resultats_attendus),
    ):
        if texts:
            yield Heading(titre, 4)
            yield Bullets(tuple(texts))


def _done(theirs: list[Testimony]) -> Iterator[Part]:
    told_by = [(t.structure, t.texts["realisations"]) for t in theirs if t.texts.get("realisations")]
    if told_by:
        yield Heading("Ce qui a été fait", 4)
        for structure, texte in told_by:
            yield Sentence(typography(f"{structure} : {texte}"))


def _measures(portrait: Portrait, fiche: Fiche) -> Iterator[Part]:
    """Every measure that says something this year, last year or at the start, or that has a target."""
    rows = []
    labels = {m.id: portrait.libelle(fiche, m) for m in fiche.mesures}
    shared = portrait.shared_mesures(fiche)
    labels |= {m.id: f"{portrait.libelle(own, m)}, comptée à la fiche {own.numero}" for own, m in shared}
    for mesure in (*fiche.mesures, *(m for _, m in shared)):
        target = portrait.targets.get(mesure.id)
        cells = (
            told(mesure, mesure.valeur_initiale),
            of_last_year(portrait, mesure),
            of_the_year(portrait, mesure),
            target.sentence if target else "",
        )
        if any(cells):
            rows.append((labels[mesure.id], *cells))
    if rows:
        years = portrait.year_label(-1), portrait.year_label()
        columns = (("Mesure", 7), ("Valeur initiale", 2), (years[0], 3), (years[1], 3), ("Cible", 4))
        yield grid(f"Les mesures de la fiche {fiche.numero}", columns, rows, sources.INDICATORS, (1, 2, 3))


def _money(portrait: Portrait, fiche: Fiche) -> Iterator[Part]:
    known = {column: texte for column in _MONEY if (texte := amount(portrait, fiche, column))}
    if known:
        columns = tuple((column.replace("Montant contrat", "Contrat, toute la durée"), 3) for column in known)
        caption = f"L’argent de la fiche {fiche.numero} en {portrait.year_label()}"
        yield grid(caption, columns, [tuple(known.values())], sources.MONEY, range(len(known)))


def _quoted(theirs: list[Testimony]) -> Iterator[Part]:
    for champ, words in _QUOTED.items():
        told_by = [(t.structure, t.texts[champ]) for t in theirs if t.texts.get(champ)]
        if told_by:
            yield Heading(words, 4)
            for structure, texte in told_by:
                yield Sentence(typography(f"{structure} : {texte}"))
