"""What reading says of the rows and columns of a sheet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie, Place
from cls_workbook.french import how_many
from cls_workbook.reading.cells.shown import QUOTED_MAX, as_text, quoted
from cls_workbook.reading.locating.expected_row import ExpectedRow
from cls_workbook.reading.locating.told import anomalie
from cls_workbook.reading.reading_checks import ChangedPrefill, MissingCell, MovedRows, TypedElsewhere


def disagreements(location: Place, by_table: dict[str, tuple[list[str], list[str]]]) -> list[Anomalie]:
    return [
        anomalie(
            BLOCKING,
            MovedRows,
            location,
            cells,
            "intitulé de la ligne",
            " ; ".join(hits[:QUOTED_MAX])
            + (f" ; et {how_many(len(hits) - QUOTED_MAX, 'autre ligne')}" if len(hits) > QUOTED_MAX else ""),
            "l’intitulé d’origine, dans sa ligne",
            "remettez les lignes dans leur ordre d’origine, sans modifier les intitulés, puis renvoyez le classeur.",
        )
        for cells, hits in by_table.values()
    ]


def deleted_headings(location: Place, cells: list[str], values: Sequence[object]) -> Anomalie:
    return anomalie(
        BLOCKING,
        MissingCell,
        location,
        cells,
        "colonne des intitulés",
        f"la colonne des intitulés (colonne C) a été supprimée (saisi en regard : {quoted(values)})",
        "toutes les colonnes du modèle",
        "rétablissez la colonne, ou reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",
    )


def duplicate_row(location: Place, cells: list[str], label: str, first: int, second: int) -> Anomalie:
    return anomalie(
        BLOCKING,
        MovedRows,
        location,
        cells,
        label,
        f"la même ligne deux fois (lignes {first} et {second}), remplie différemment",
        "une seule ligne par question",
        "supprimez celle des deux lignes qui ne compte pas, puis renvoyez le classeur.",
    )


def copied_row(location: Place, cells: list[str], first: int) -> Anomalie:
    return anomalie(
        A_CONFIRMER,
        TypedElsewhere,
        location,
        cells,
        "ligne copiée",
        f"une copie exacte de la ligne {first} du tableau",
        "une ligne par élément",
        "supprimez la copie ; ou, si ce sont deux éléments distincts, distinguez-les (référence, nom). Elle n’est "
        "comptée qu’une fois.",
    )


def changed_header(
    location: Place, cells: list[str], titre: str, value: object, typed_values: Sequence[object]
) -> Anomalie:
    typed_in = f" (saisi au-dessous : {quoted(typed_values)})" if typed_values else ""
    found = (
        f"l’en-tête « {as_text(value)} » au lieu de « {titre} »"
        if value != ""
        else f"un en-tête vide au lieu de « {titre} »"
    )
    return anomalie(
        BLOCKING,
        MovedRows,
        location,
        cells,
        titre,
        f"{found}{typed_in}",
        f"l’en-tête « {titre} »",
        "rétablissez l’en-tête de la colonne, puis renvoyez le classeur.",
    )


def reworded_question(location: Place, cells: list[str], before: str, now: str) -> Anomalie:
    return anomalie(
        A_CONFIRMER,
        MovedRows,
        location,
        cells,
        now,
        f"« {as_text(before)} », écrit par une autre version du modèle",
        f"« {as_text(now)} »",
        "vérifiez que la réponse vaut pour la question telle qu’elle est posée aujourd’hui ; elle a été reprise.",
    )


def swapped_columns(location: Place, cells: list[str], titles: Sequence[object]) -> Anomalie:
    return anomalie(
        A_CONFIRMER,
        MovedRows,
        location,
        cells,
        "ordre des colonnes",
        f"les colonnes {quoted(titles)} ne sont plus dans l’ordre du modèle",
        "les colonnes dans leur ordre d’origine",
        "vérifiez que chaque valeur est sous le bon en-tête ; elles sont lues sous l’en-tête qui les surmonte.",
    )


def erased_anchors(location: Place, cells: list[str], column_deleted: bool) -> Anomalie:
    return anomalie(
        A_CONFIRMER,
        ChangedPrefill,
        location,
        () if column_deleted else cells,
        "repères masqués",
        "la colonne masquée des repères (colonne A) a été supprimée"
        if column_deleted
        else f"{how_many(len(cells), 'repère masqué effacé')} dans la colonne A",
        "les repères masqués du modèle",
        "rien : les intitulés, restés en place, ont suffi à lire les réponses.",
    )


def missing_columns(location: Place, titles: Mapping[str, Sequence[str]]) -> Anomalie:
    """``titles``: header → a cell of each table that lost it."""
    names = quoted(titles)
    return anomalie(
        BLOCKING,
        MissingCell,
        location,
        [c for cells in titles.values() for c in cells],
        next(iter(titles)),
        f"la colonne {names} ne figure plus" if len(titles) == 1 else f"les colonnes {names} ne figurent plus",
        "toutes les colonnes du modèle",
        "reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",
    )


def missing_rows(
    location: Place, missing: Sequence[ExpectedRow], cells: list[str], values: Sequence[object]
) -> Anomalie:
    names = [
        a.label or (a.places[0].libelle if a.places else f"en-têtes du tableau « {next(iter(a.texts.values()), '')} »")
        for a in missing
    ]
    typed_in = f" (saisi : {quoted(values)})" if values else ""
    verb = "manquent" if len(missing) > 1 else "manque"
    return anomalie(
        BLOCKING,
        MissingCell,
        location,
        cells,
        "lignes supprimées",
        f"{how_many(len(missing), 'ligne')} du modèle {verb} : {quoted(names)}{typed_in}",
        "toutes les lignes du modèle",
        "reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",
    )


def unknown_question(location: Place, cells: list[str], values: Sequence[object], other_fiche: str = "") -> Anomalie:
    """``other_fiche``: the rows are those of another fiche, pasted here."""
    if other_fiche:
        return anomalie(
            BLOCKING,
            MovedRows,
            location,
            cells,
            "lignes d’une autre fiche",
            f"{quoted(values)}, sur des lignes de la feuille « {other_fiche} »",
            f"les lignes de la fiche {location.fiche}" if location.fiche else "les lignes de cette feuille",
            "reportez ces réponses sur la feuille de leur fiche, et rétablissez les lignes d’origine ; elles ne "
            "sont pas reprises.",
        )
    return anomalie(
        A_CONFIRMER,
        TypedElsewhere,
        location,
        cells,
        "ligne d’un autre modèle",
        f"{quoted(values)}, sur des lignes qui ne sont pas demandées cette année",
        "les lignes du modèle de cette campagne",
        "vérifiez que ces réponses figurent ailleurs ; elles ne sont pas reprises.",
    )
