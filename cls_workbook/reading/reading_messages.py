"""What reading finds and cannot settle, as anomalies: where, what was found, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, INFORMATION, Anomalie, Check, Place
from cls_workbook.engines.engine_protocol import Cause
from cls_workbook.french import date_fr, fold, number_fr, typography
from cls_workbook.reading.parsing.percentages import Percentage
from cls_workbook.reading.reading_checks import (
    ChangedComputation,
    ChangedPrefill,
    EmptyRetour,
    MissingCell,
    MovedRows,
    OutOfCampagne,
    RetouchedText,
    TypedElsewhere,
    TypedFormula,
    TypedRate,
    UnknownFiche,
    UnreadableFile,
)
from cls_workbook.workbook.description import address

if TYPE_CHECKING:
    from cls_workbook.reading.locating.anchors import ExpectedRow
    from cls_workbook.reading.locating.campaign_texts import FreeCell
    from cls_workbook.reading.locating.formula_comparison import ChangedFormula
    from cls_workbook.reading.opening.special_cells import SpecialCell

PER_SHEET_AND_CODE = 20  # beyond, one anomaly names all the other cells
QUOTED_MAX, QUOTED_LENGTH = 6, 80


class ReadingPlace(NamedTuple):
    file: str
    sheet: str = ""
    fiche: str = ""


def as_text(valeur: object) -> str:
    """A raw value as a French sheet shows it, cut if it is long."""
    if isinstance(valeur, bool):
        return "VRAI" if valeur else "FAUX"
    if isinstance(valeur, Percentage):
        return valeur.shown_as()
    if isinstance(valeur, Decimal) or (isinstance(valeur, (int, float)) and abs(valeur) < 1e15):
        return number_fr(valeur if isinstance(valeur, Decimal) else Decimal(f"{valeur:.15g}"))
    if isinstance(valeur, date):
        return date_fr(valeur) + (
            f" {valeur:%H:%M}"
            if isinstance(valeur, datetime) and valeur.time().replace(microsecond=0).isoformat() != "00:00:00"
            else ""
        )
    texte = str(valeur)
    return texte if len(texte) <= QUOTED_LENGTH else texte[: QUOTED_LENGTH - 1] + "…"


def quoted(values: Iterable[object]) -> str:
    """« a », « b » … at most a few of them."""
    all_of_them = [as_text(v) for v in values]
    remaining = len(all_of_them) - QUOTED_MAX
    return ", ".join(f"« {t} »" for t in all_of_them[:QUOTED_MAX]) + (
        f" et {remaining} autre{'s' if remaining > 1 else ''}" if remaining > 0 else ""
    )


def _anomalie(
    gravite: str,
    check: type[Check],
    location: ReadingPlace,
    cells: Iterable[str],
    champ: str,
    found: str,
    expected: str,
    remedy: str,
    **followups: bool,
) -> Anomalie:
    return check.anomalie(
        Place(*location),
        cells,
        champ=champ,
        found=found,
        expected=expected,
        remedy=remedy,
        gravite=gravite,
        **followups,
    )


# --- The whole file -------------------------------------------------------------------------------------------------


FAILURE_TEXTS = {
    Cause.STOPPED: "Ce fichier arrête le programme qui le lit : il a été essayé plusieurs fois.",
    Cause.TIME_LIMIT: "La lecture de ce fichier ne se termine pas dans le temps accordé : il a été essayé plusieurs fois.",
    Cause.MEMORY: "La lecture de ce fichier demande plus de mémoire qu’il n’y en a.",
}


def unreadable(file: str, found: str, remedy: str) -> Anomalie:
    expected = "un classeur de suivi au format .xlsx, .xlsm ou .ods"
    return _anomalie(BLOCKING, UnreadableFile, ReadingPlace(file), (), "", found, expected, remedy, refuses_file=True)


def empty_retour(file: str) -> Anomalie:
    return _anomalie(
        A_CONFIRMER,
        EmptyRetour,
        ReadingPlace(file),
        (),
        "",
        "un classeur de cette campagne, où rien n’est saisi",
        "au moins une fiche remplie",
        "demandez à la structure si elle n’a rien à déclarer, ou si elle a envoyé le mauvais fichier ; ce retour n’est pas compté.",
    )


def other_version(
    location: ReadingPlace, modele: str, carried_over: Mapping[str, int], absent_ones: Sequence[str]
) -> Anomalie:
    """``carried_over``: fiche (or « Accueil ») → number of answers carried over. ``absent_ones``: questions of this version that it lacks."""
    total = sum(carried_over.values())
    detail = ", ".join(f"{f} : {n}" for f, n in carried_over.items() if n)
    found = f"version {modele} : {total} réponse(s) reprise(s)" + (f" ({detail})" if total else "")
    found += (
        f" ; {len(absent_ones)} question(s) de cette année n’y figurent pas, {quoted(absent_ones)}"
        if absent_ones
        else ""
    )
    return _anomalie(
        A_CONFIRMER,
        OutOfCampagne,
        location,
        (),
        "version du modèle",
        found,
        "le modèle de cette campagne",
        "vérifiez ce qui est signalé, et demandez à la structure les réponses qui manquent : les réponses aux questions inchangées ont été reprises.",
    )


def out_of_campagne(file: str, champ: str, found: str, expected: str) -> Anomalie:
    remedy = "renvoyez le classeur de cette campagne ; celui-ci n’est pas pris en compte."
    return _anomalie(BLOCKING, OutOfCampagne, ReadingPlace(file), (), champ, found, expected, remedy, refuses_file=True)


def missing_sheet(location: ReadingPlace, what: str, without_anchors: bool) -> Anomalie:
    found = (
        "la colonne masquée des repères (colonne A) a été supprimée"
        if without_anchors
        else "la feuille a été supprimée"
    )
    return _anomalie(
        BLOCKING,
        MissingCell,
        location,
        (),
        what,
        found,
        "toutes les feuilles du classeur envoyé",
        "reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",
    )


def duplicate_sheet(location: ReadingPlace, other: str, differences: Sequence[str]) -> Anomalie:
    return _anomalie(
        BLOCKING,
        MovedRows,
        location,
        (),
        "feuille copiée",
        f"les feuilles « {other} » et « {location.sheet} » répondent à la même fiche, différemment : "
        + " ; ".join(differences[:QUOTED_MAX]),
        "une seule feuille par fiche",
        "supprimez celle des deux feuilles qui ne compte pas, puis renvoyez le classeur. Aucune des deux n’est prise en compte.",
        refuses_sheet=True,
    )


def unknown_fiche(location: ReadingPlace) -> Anomalie:
    return _anomalie(
        BLOCKING,
        UnknownFiche,
        location,
        (),
        "fiche",
        f"une feuille pour la fiche « {location.fiche} »",
        "une fiche du contrat",
        "reportez les réponses dans le classeur de cette campagne ; cette feuille n’est pas prise en compte.",
        refuses_sheet=True,
    )


def partner_sheet(location: ReadingPlace, cells: int) -> Anomalie:
    return _anomalie(
        INFORMATION,
        TypedElsewhere,
        location,
        (),
        "feuille ajoutée",
        f"une feuille qui ne vient pas du modèle ({cells} cellules remplies)",
        "les feuilles du modèle",
        "rien, si cette feuille est un document de travail : elle n’est pas lue.",
    )


# --- Rows and columns -----------------------------------------------------------------------------------------------


def disagreements(location: ReadingPlace, by_table: dict[str, tuple[list[str], list[str]]]) -> list[Anomalie]:
    return [
        _anomalie(
            BLOCKING,
            MovedRows,
            location,
            cells,
            "intitulé de la ligne",
            " ; ".join(hits[:QUOTED_MAX])
            + (f" ; et {len(hits) - QUOTED_MAX} autre(s) ligne(s)" if len(hits) > QUOTED_MAX else ""),
            "l’intitulé imprimé, dans sa ligne d’origine",
            "remettez les lignes dans leur ordre d’origine, sans modifier les intitulés, puis renvoyez le classeur.",
        )
        for cells, hits in by_table.values()
    ]


def deleted_headings(location: ReadingPlace, cells: list[str], values: Sequence[object]) -> Anomalie:
    return _anomalie(
        BLOCKING,
        MissingCell,
        location,
        cells,
        "colonne des intitulés",
        f"la colonne des intitulés (colonne B) a été supprimée (saisi en regard : {quoted(values)})",
        "toutes les colonnes du modèle",
        "rétablissez la colonne, ou reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",
    )


def duplicate_row(location: ReadingPlace, cells: list[str], label: str, first: int, second: int) -> Anomalie:
    return _anomalie(
        BLOCKING,
        MovedRows,
        location,
        cells,
        label,
        f"la même ligne deux fois (lignes {first} et {second}), remplie différemment",
        "une seule ligne par question",
        "supprimez celle des deux lignes qui ne compte pas, puis renvoyez le classeur.",
    )


def copied_row(location: ReadingPlace, cells: list[str], first: int) -> Anomalie:
    return _anomalie(
        A_CONFIRMER,
        TypedElsewhere,
        location,
        cells,
        "ligne copiée",
        f"une copie exacte de la ligne {first} du tableau",
        "une ligne par élément",
        "supprimez la copie ; ou, si ce sont deux éléments distincts, distinguez-les (référence, nom). Elle n’est comptée qu’une fois.",
    )


def changed_header(
    location: ReadingPlace, cells: list[str], titre: str, value_read: object, typed_values: Sequence[object]
) -> Anomalie:
    typed_in = f" (saisi au-dessous : {quoted(typed_values)})" if typed_values else ""
    found = (
        f"l’en-tête « {as_text(value_read)} » au lieu de « {titre} »"
        if value_read != ""
        else f"un en-tête vide au lieu de « {titre} »"
    )
    return _anomalie(
        BLOCKING,
        MovedRows,
        location,
        cells,
        titre,
        f"{found}{typed_in}",
        f"l’en-tête « {titre} »",
        "rétablissez l’en-tête de la colonne, puis renvoyez le classeur.",
    )


def reworded_question(location: ReadingPlace, cells: list[str], before: str, now: str) -> Anomalie:
    return _anomalie(
        A_CONFIRMER,
        MovedRows,
        location,
        cells,
        now,
        f"« {as_text(before)} », imprimé par une autre version du modèle",
        f"« {as_text(now)} »",
        "vérifiez que la réponse vaut pour la question telle qu’elle est posée aujourd’hui ; elle a été reprise.",
    )


def swapped_columns(location: ReadingPlace, cells: list[str], titles: Sequence[object]) -> Anomalie:
    return _anomalie(
        A_CONFIRMER,
        MovedRows,
        location,
        cells,
        "ordre des colonnes",
        f"les colonnes {quoted(titles)} ne sont plus dans l’ordre du modèle",
        "les colonnes dans leur ordre d’origine",
        "vérifiez que chaque valeur est sous le bon en-tête ; elles sont lues sous l’en-tête qui les surmonte.",
    )


def erased_anchors(location: ReadingPlace, cells: list[str], column_deleted: bool) -> Anomalie:
    return _anomalie(
        A_CONFIRMER,
        ChangedPrefill,
        location,
        () if column_deleted else cells,
        "repères masqués",
        "la colonne masquée des repères (colonne A) a été supprimée"
        if column_deleted
        else f"{len(cells)} repère(s) masqué(s) effacé(s) dans la colonne A",
        "les repères masqués du modèle",
        "rien : les intitulés imprimés, restés en place, ont suffi à lire les réponses.",
    )


def missing_columns(location: ReadingPlace, titles: Mapping[str, Sequence[str]]) -> Anomalie:
    """``titles``: header → a cell of each table that lost it."""
    names = quoted(titles)
    return _anomalie(
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
    location: ReadingPlace, missing: Sequence[ExpectedRow], cells: list[str], values: Sequence[object]
) -> Anomalie:
    names = [
        a.label or (a.places[0].libelle if a.places else f"en-têtes du tableau « {next(iter(a.texts.values()), '')} »")
        for a in missing
    ]
    typed_in = f" (saisi : {quoted(values)})" if values else ""
    return _anomalie(
        BLOCKING,
        MissingCell,
        location,
        cells,
        "lignes supprimées",
        f"{len(missing)} ligne(s) du modèle manquent : {quoted(names)}{typed_in}",
        "toutes les lignes du modèle",
        "reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",
    )


def unknown_question(
    location: ReadingPlace, cells: list[str], values: Sequence[object], other_fiche: str = ""
) -> Anomalie:
    """``other_fiche``: the rows are those of another fiche, pasted here."""
    if other_fiche:
        return _anomalie(
            BLOCKING,
            MovedRows,
            location,
            cells,
            "lignes d’une autre fiche",
            f"{quoted(values)}, sur des lignes de la feuille « {other_fiche} »",
            f"les lignes de la fiche {location.fiche}" if location.fiche else "les lignes de cette feuille",
            "reportez ces réponses sur la feuille de leur fiche, et rétablissez les lignes d’origine ; elles ne sont pas reprises.",
        )
    return _anomalie(
        A_CONFIRMER,
        TypedElsewhere,
        location,
        cells,
        "ligne d’un autre modèle",
        f"{quoted(values)}, sur des lignes qui ne sont pas demandées cette année",
        "les lignes du modèle de cette campagne",
        "vérifiez que ces réponses figurent ailleurs ; elles ne sont pas reprises.",
    )


# --- Single cells ---------------------------------------------------------------------------------------------------


def formula(location: ReadingPlace, cell: str, champ: str, special: SpecialCell, raw: object) -> Anomalie:
    if special.formula is None:
        found = "une erreur (#REF!, #N/A, #DIV/0!…)"
    else:
        texte = special.formula.removeprefix("of:").lstrip("=")
        found = f"la formule « ={as_text(texte)} »" if texte else "une formule"
        found += ", en erreur" if special.error else f", qui affiche « {as_text(raw)} »" if raw != "" else ""
    return _anomalie(
        BLOCKING,
        TypedFormula,
        location,
        (cell,),
        champ,
        found,
        "une valeur saisie, sans formule ni lien",
        "remplacez la formule par sa valeur (Copier, puis Collage spécial, Valeurs), puis renvoyez le classeur.",
    )


def changed_fact(
    location: ReadingPlace, cell: str, expected_row: ExpectedRow, value_read: object, done: object
) -> Anomalie:
    champ = expected_row.label or next(iter(expected_row.texts.values()), "")
    found = f"« {as_text(value_read)} »" if value_read != "" else "une cellule vide"
    return _anomalie(
        BLOCKING,
        ChangedPrefill,
        location,
        (cell,),
        as_text(champ),
        found,
        f"« {as_text(done)} », comme dans le classeur envoyé",
        "rétablissez cette valeur. Si elle est fausse, dites-le à la coordination plutôt que de la corriger.",
    )


def changed_reminder(
    location: ReadingPlace, cell: str, expected_row: ExpectedRow, free: FreeCell, value_read: object, done: object
) -> Anomalie:
    """Something typed over what the campaign printed: last year's figure or state, or the amount of the year."""
    champ = (
        f"{as_text(expected_row.label)}, rappel de l’an dernier"
        if expected_row.places or not free.printed
        else as_text(expected_row.label)
    )
    return _anomalie(
        BLOCKING,
        ChangedPrefill,
        location,
        (cell,),
        champ,
        f"« {as_text(value_read)} »" if value_read != "" else "une cellule vide",
        f"« {as_text(Percentage(round(float(done), 4)) if isinstance(value_read, Percentage) and isinstance(done, (int, float)) else done)} », comme dans le classeur envoyé",
        "rétablissez cette valeur ; si celle que vous y avez mise est une réponse de cette année, reportez-la dans sa case. "
        "Si le rappel est faux, dites-le à la coordination plutôt que de le corriger.",
    )


def overwritten_formula(
    location: ReadingPlace, cell: str, expected_row: ExpectedRow, column: int, value_read: object, computation: str
) -> Anomalie:
    """``computation``: what the formula computed, in words."""
    champ = as_text(expected_row.label or expected_row.cle)
    if expected_row.suivi == column:
        return _anomalie(
            A_CONFIRMER,
            TypedElsewhere,
            location,
            (cell,),
            champ,
            f"« {as_text(value_read)} »",
            "le mot « rempli » ou « à remplir », qui se calcule seul",
            "mettez cette remarque dans la case Commentaire ; elle n’est pas reprise.",
        )
    numerateur = any(p.champ in ("numerateur", "satisfaits") for p in expected_row.places)
    return _anomalie(
        BLOCKING,
        TypedRate if numerateur else ChangedPrefill,
        location,
        (cell,),
        champ,
        f"« {as_text(value_read)} » saisi à la place d’un calcul ({computation})",
        f"une valeur qui se calcule seule : {computation}",
        "effacez cette cellule et saisissez les nombres dont elle se calcule, dans les cases jaunes.",
    )


def lost_formulas(location: ReadingPlace, cells: list[str]) -> Anomalie:
    return _anomalie(
        A_CONFIRMER,
        ChangedPrefill,
        location,
        cells,
        "cellules calculées",
        f"{len(cells)} formules remplacées par leur valeur",
        "les formules du modèle",
        "rien, si la feuille a été collée en valeurs : les calculs sont refaits à la lecture.",
    )


def changed_formulas(location: ReadingPlace, all_found: Sequence[ChangedFormula]) -> Anomalie:
    """Formulas that compute something else than they did, told once for the sheet, before and after."""
    examples = [
        f"{address(c.line + 1, c.column + 1)} : « ={as_text(c.after)} » au lieu de « ={as_text(c.before)} »"
        for c in all_found[:QUOTED_MAX]
    ]
    remaining = len(all_found) - QUOTED_MAX
    return _anomalie(
        A_CONFIRMER,
        ChangedComputation,
        location,
        [address(c.line + 1, c.column + 1) for c in all_found],
        "formules du modèle",
        " ; ".join(examples) + (f" ; et {remaining} autre(s)" if remaining > 0 else ""),
        "les formules du classeur envoyé",
        "rien à ressaisir : les calculs sont refaits à la lecture. Signalez à la coordination une formule qui vous paraît fausse.",
    )


RESEMBLANCE = 0.6  # share of a printed text that must be left for a change to be a mere retouch


def is_retouch(value_read: object, printed: str) -> bool:
    """Was a printed text reworded, rather than covered with something that could be an answer?"""
    return (
        isinstance(value_read, str)
        and bool(printed)
        and SequenceMatcher(None, fold(value_read), fold(printed)).ratio() >= RESEMBLANCE
    )


def retouched_texts(location: ReadingPlace, all_found: Sequence[tuple[str, object, str]]) -> Anomalie:
    """(cell, text now or "", text that was printed there), told once for the sheet."""
    examples = [
        f"{c} : « {as_text(value_read)} » au lieu de « {as_text(before)} »"
        if value_read != ""
        else f"{c} : « {as_text(before)} » effacé"
        for c, value_read, before in all_found[:QUOTED_MAX]
    ]
    remaining = len(all_found) - QUOTED_MAX
    return _anomalie(
        INFORMATION,
        RetouchedText,
        location,
        [c for c, _, _ in all_found],
        "textes du modèle",
        " ; ".join(examples) + (f" ; et {remaining} autre(s)" if remaining > 0 else ""),
        "les textes du classeur envoyé",
        "rien : ces textes ne sont pas des réponses.",
    )


def outside_inputs(location: ReadingPlace, all_found: Iterable[tuple]) -> list[Anomalie]:
    """(cell, value[, text that was printed there])"""
    return [
        _anomalie(
            A_CONFIRMER,
            TypedElsewhere,
            location,
            (cell,),
            "hors des cases de saisie",
            f"« {as_text(valeur)} »" + (f", à la place de « {as_text(printed[0])} »" if any(printed) else ""),
            f"« {as_text(printed[0])} », comme dans le classeur envoyé" if any(printed) else "rien dans cette cellule",
            "si c’est une réponse, reportez-la dans la case prévue ou dans un commentaire ; elle n’est pas reprise.",
        )
        for cell, valeur, *printed in all_found
    ]


def other_texts(anomalies: Sequence[Anomalie]) -> Anomalie:
    """Another version's own printed texts among them cannot be told from what was typed."""
    a = anomalies[0]
    found = f"{len(anomalies)} cellules que ce modèle n’imprime pas : " + ", ".join(
        x.found for x in anomalies[:QUOTED_MAX]
    )
    return replace(a, cells=tuple(dict.fromkeys(c for x in anomalies for c in x.cells)), found=typography(found))


def limit_anomalies(anomalies: Sequence[Anomalie]) -> list[Anomalie]:
    """At most 20 of a kind on a sheet, then one that names all the other cells."""
    kept_ones: list[Anomalie] = []
    followups: dict[tuple[str, str, str], list[Anomalie]] = {}
    counts: dict[tuple[str, str, str], int] = {}
    for a in anomalies:
        cle = a.sheet, a.code, a.gravite
        counts[cle] = counts.get(cle, 0) + 1
        if counts[cle] <= PER_SHEET_AND_CODE or not a.cells or a.refuses_sheet:
            kept_ones.append(a)
        else:
            followups.setdefault(cle, []).append(a)
    for autres in followups.values():
        a = autres[0]
        cells = [c for other in autres for c in other.cells]
        found = (
            f"{len(autres)} autres cellules de cette feuille dans le même cas : "
            + ", ".join(x.found for x in autres[:QUOTED_MAX])
            + "…"
        )
        kept_ones.append(replace(a, cells=tuple(dict.fromkeys(cells)), found=typography(found)))
    return kept_ones
