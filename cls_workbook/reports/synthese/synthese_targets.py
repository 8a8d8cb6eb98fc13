"""What the contract wants, in the Synthèse: the aims of each fiche beside what was done, then its targets."""

from __future__ import annotations

from collections.abc import Sequence

from cls_workbook.domain.model import Fiche
from cls_workbook.domain.targets import value_in_words
from cls_workbook.french import typography
from cls_workbook.reports.synthese.synthese_pieces import (
    CENTRED,
    MUTED,
    RATE,
    STRONG,
    UNITS,
    Board,
    PrintedColumn,
    StyledBox,
    rows_of,
)
from cls_workbook.reports.synthese.synthese_portrait import Portrait
from cls_workbook.reports.synthese.synthese_values import value_style
from cls_workbook.summaries.masking import MASKED
from cls_workbook.summaries.years.followed_targets import FollowedTarget


def aims(fiche: Fiche, whole: bool) -> str:
    """What the contract wants of a fiche, in one text: objectives, expected results, pathway, other plans, priority, or
    the first of these that it says; "" where it says nothing."""
    printed = fiche.printed
    said = (
        ("Objectifs", " ; ".join(printed.objectifs)),
        ("Résultats attendus", " ; ".join(printed.resultats_attendus)),
        ("Lien parcours", printed.lien_parcours),
        ("Autres plans", printed.autres_plans),
        ("Plans liés", " ; ".join(fiche.plans)),
        ("Niveau de priorité", fiche.niveau_priorite),
    )
    known = [f"{nom} : {texte}" for nom, texte in said if texte]
    return typography(" — ".join(known if whole else known[:1]))


def targets(board: Board, portrait: Portrait) -> None:
    """Each target that the year looks at: value, part reached, where one is; no section where there is none."""
    followed = list(portrait.targets.values())
    if not followed:
        return
    columns = _columns(portrait, followed)
    board.band("Les cibles du contrat", following=80)
    board.sheet_table(columns, rows_of(columns, followed))
    board.note(
        "Part atteinte : la valeur rapportée à la cible. Un plafond est à ne pas dépasser : il n’a pas de part. Là où "
        "la valeur est masquée, la part l’est aussi.",
        *[_ADDED] * any(t.cible.cumulee for t in followed),
    )


_ADDED = (
    "Années ajoutées : ce que les années du contrat font ensemble jusqu’ici ; partiel, s’il en manque une. Les "
    "personnes y comptent chaque année où elles reviennent."
)


def _columns(portrait: Portrait, followed: Sequence[FollowedTarget]) -> list[PrintedColumn]:
    """A column that nothing would fill is left out; the first one takes its room."""

    def valeur(target: FollowedTarget) -> object:
        row = portrait.indicateurs.get(target.mesure.id, {})
        hidden = row.get("Valeur") is None and portrait.masked(target.mesure)
        return _figure(target, MASKED if hidden else row.get("Valeur"))

    columns = [
        PrintedColumn("Cible", 7, of=lambda t: t.target),
        *[PrintedColumn("Valeur initiale", 2, CENTRED, lambda t: _figure(t, t.mesure.valeur_initiale))]
        * any(t.mesure.valeur_initiale is not None for t in followed),
        PrintedColumn(portrait.year_label(), 2, CENTRED, valeur),
        *[PrintedColumn("Années ajoutées", 5, of=_added)] * any(t.cible.cumulee for t in followed),
        PrintedColumn("Part atteinte", 2, RATE, lambda t: t.part),
        PrintedColumn("Où l’on en est", 4, of=lambda t: StyledBox(t.state, _pill(t))),
        *[PrintedColumn("Ce que dit le contrat", 10, MUTED, lambda t: t.cible.source)]
        * any(t.cible.source for t in followed),
    ]
    room = UNITS - sum(c.unites for c in columns)
    return [PrintedColumn("Fiche et mesure", room, STRONG, lambda t: _name(portrait, t)), *columns]


def _name(portrait: Portrait, target: FollowedTarget) -> str:
    return f"{portrait.contrat.by_mesure[target.mesure.id][0].numero} · {target.mesure.libelle}"


def _figure(target: FollowedTarget, valeur: object) -> StyledBox:
    return StyledBox(valeur, value_style(target.mesure, valeur))


def _added(target: FollowedTarget) -> str | None:
    """« 70 : somme de 2024 à 2025 »; why they make no figure, where they make none."""
    if not target.cible.cumulee:
        return None
    if target.masked:
        return MASKED
    figure = value_in_words(target.valeur, target.mesure) if target.valeur is not None else ""
    return typography(" : ".join(filter(None, (figure, target.rests_on))))


def _pill(target: FollowedTarget) -> str:
    if target.masked or target.met is None:
        role = "etat_absent"
    elif target.met:
        role = "etat_bon"
    elif target.cible.au_plus:
        role = "etat_mauvais"
    else:
        role = "etat_encours" if target.is_to_come else "etat_attention"
    return f"{role}:petit_centre"
