"""A row per fiche and year, for the catalogues of actions that agencies keep: what it wants, for whom, who carries it,
where it stands, what it cost.

Masked and without persons, as the agency's copy is: the row of the year comes from the same ``Portrait``; those of
earlier years from the history, with what the contract said of the fiche then.
"""

from __future__ import annotations

from collections.abc import Iterable

from cls_workbook.domain.contrat_years import in_year, whole
from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.domain.themes import priorites, themes
from cls_workbook.domain.wording import TRANSVERSAL, lineage
from cls_workbook.reports.consolidation.consolidated_result import Result
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.summaries.aggregation import SEPARATOR
from cls_workbook.summaries.expected import displayed_name
from cls_workbook.summaries.history import AMOUNTS, ETAT
from cls_workbook.tables.consolidation_tables import FINANCEMENT_FICHES
from cls_workbook.tables.described_columns import AXE, FICHE, YEAR, DescribedTable, Row, obligatoire, texte
from cls_workbook.tables.table_frames import frame_records

ACTIONS = DescribedTable(
    "Actions",
    "Actions",
    "Une ligne par fiche et par année : l’année de la consolidation, et celles dont elle se souvient.",
    (
        texte("Contrat", "L’identifiant du contrat.", obligatoire=True),
        texte("Territoire du contrat", "Le territoire couvert."),
        YEAR,
        obligatoire(FICHE),
        texte("Titre", "Le titre de la fiche cette année-là."),
        AXE,
        texte("Titre de l’axe", "Le titre de l’axe."),
        texte("Thèmes", "Les thèmes de la fiche."),
        texte("Priorités", "Les priorités du projet régional de santé qu’elle sert."),
        texte("Plans liés", "Les autres plans et contrats auxquels elle participe."),
        texte("Niveau de priorité", "Celui que le contrat lui donne, avec ses mots."),
        texte("Objectifs", "Ce que la fiche veut."),
        texte("Public", "Pour qui."),
        texte("Porteurs", "Les structures qui la portent ; jamais des personnes. Vide : à désigner."),
        texte("Partenaires", "Les partenaires que la fiche cite."),
        texte("Lieux touchés", "D’après les retours ; connus pour l’année de la consolidation."),
        texte("État", "L’état d’avancement, sur toute la vie de la fiche."),
        texte("Réalisation", "La réalisation du programme de l’année ; connue pour l’année de la consolidation."),
        *FINANCEMENT_FICHES.chosen(*AMOUNTS),
    ),
    cle=("Année", "Fiche"),
)


def actions(result: Result) -> list[Row]:
    """The rows: title → value; of each fiche of the year, then of the others, the latest year first."""
    portrait = Portrait(result)
    contrat = portrait.contrat
    rows = [_this_year(portrait, fiche) for fiche in contrat.actions] + list(_earlier(portrait))
    order = {fiche.numero: rank for rank, fiche in enumerate(contrat.actions)}
    rows.sort(key=lambda r: (order.get(r["Fiche"], len(order)), -r["Année"]))
    return [dict.fromkeys(ACTIONS.titles) | row for row in rows]


def _this_year(portrait: Portrait, fiche: Fiche) -> Row:
    money = portrait.money.get(fiche.numero, {})
    touched = [r["nom"] for r in frame_records(portrait.result.summaries.territoire) if _is_in(fiche, r["numeros"])]
    return _described(portrait.contrat, portrait.annee, fiche) | {
        "Lieux touchés": _listed(touched),
        "État": portrait.etat(fiche),
        "Réalisation": (portrait.realisation(fiche) or "").replace("\n", SEPARATOR) or None,
        **{objet: money.get(objet) for objet in AMOUNTS},
    }


def _earlier(portrait: Portrait) -> Iterable[Row]:
    known: dict[tuple[int, str], Row] = {}
    for r in portrait.history:
        if r["Année"] < portrait.annee and r["Fiche"] and r["Objet"] in (ETAT, *AMOUNTS):
            known.setdefault((r["Année"], r["Fiche"]), {})[r["Objet"]] = r["Valeur"]
    definition = whole(portrait.contrat)
    for (annee, numero), values in known.items():
        contrat = in_year(definition, annee)
        fiche = contrat.par_fiche.get(numero)
        said = _described(contrat, annee, fiche) if fiche else {"Contrat": contrat.id, "Année": annee, "Fiche": numero}
        yield said | values


def _described(contrat: Contrat, annee: int, fiche: Fiche) -> Row:
    """What the contract says of it."""
    axe = fiche.axe if fiche.axe in contrat.by_axe else None
    porteurs = dict.fromkeys(porteur for porteur, _ in fiche.repondants())
    return {
        "Contrat": contrat.id,
        "Territoire du contrat": contrat.territoire,
        "Année": annee,
        "Fiche": fiche.numero,
        "Titre": fiche.titre,
        "Axe": fiche.axe,
        "Titre de l’axe": " › ".join(a.titre for a in lineage(contrat, axe)) if axe else TRANSVERSAL,
        "Thèmes": _listed(themes(contrat).get(t, t) for t in fiche.themes),
        "Priorités": _listed(priorites(contrat).get(p, p) for p in fiche.priorites),
        "Plans liés": _listed(fiche.plans),
        "Niveau de priorité": fiche.niveau_priorite,
        "Objectifs": _listed(fiche.printed.objectifs),
        "Public": fiche.printed.public,
        "Porteurs": _listed(displayed_name(contrat, porteur) for porteur in porteurs),
        "Partenaires": fiche.printed.partenaires,
    }


def _is_in(fiche: Fiche, numeros: str | None) -> bool:
    return fiche.numero in (numeros or "").split(SEPARATOR)


def _listed(words: Iterable[str]) -> str | None:
    return SEPARATOR.join(words) or None
