"""A corrected return takes the place of an earlier one, because the coordinator said so: what is set aside, what
changes.

The unit is a fiche, for a structure and a volet. What the earlier return says of other fiches still counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any

import pandas as pd

from cls_workbook.anomalies import Anomalie, Place
from cls_workbook.checks.families.campaign_checks import ReplacedRetour
from cls_workbook.domain.model import Contrat
from cls_workbook.errors import Refusal
from cls_workbook.french import NBSP, date_fr, fold, listing, number_fr, typography
from cls_workbook.reading.locating.anchors import HOME, workbook_model
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import columns
from cls_workbook.summaries.what_counts import displayed_name
from cls_workbook.tables.consolidation_tables import CHANGES, CREATED, DELETED, MODIFIED, REPLACEMENTS, UNCHANGED
from cls_workbook.tables.table_frames import table_frame

if TYPE_CHECKING:
    from cls_workbook.reading.storing.typed_frames import TypedRetours

_KEY_COLUMNS = ("fiche", "bloc", "mesure", "ligne", "champ")


@dataclass(frozen=True, slots=True)
class ReplacementRequest:
    """« ``nouveau`` replaces ``ancien`` »; ``ancien`` "": whatever other return answers the same. Names as shown.

    ``lenient``: asked for good (in the pilotage workbook); a return that is no longer there is nothing to replace.
    """

    nouveau: str
    ancien: str = ""
    lenient: bool = False


@dataclass(frozen=True)
class Replacements:
    """What was set aside: (file, fiche) → the file that replaces it; files of which nothing is left; and what
    changes."""

    fiches: Mapping[tuple[str, str], str]
    files: frozenset[str]
    table: pd.DataFrame
    anomalies: tuple[Anomalie, ...] = ()


def no_replacements() -> Replacements:
    return Replacements({}, frozenset(), table_frame(REPLACEMENTS))


# --- what was asked -------------------------------------------------------------------------------------------------


def requests(texts: Iterable[str], files: Mapping[str, Path]) -> list[ReplacementRequest]:
    """``NOUVEAU`` or ``ANCIEN=NOUVEAU`` as typed → the returns meant. Refus if one is not among ``files``."""
    items_read = []
    for texte in texts:
        whole = find(texte, files)
        if whole:
            items_read.append(ReplacementRequest(whole))
            continue
        splits = [(texte[:i], texte[i + 1 :]) for i, c in enumerate(texte) if c == "="]
        pairs = [(a, n) for ancien, nouveau in splits if (a := find(ancien, files)) and (n := find(nouveau, files))]
        if not pairs:
            raise Refusal(
                f"« {texte} » ne désigne aucun des retours à lire. Indiquez un fichier (le nouveau), ou "
                f"ANCIEN=NOUVEAU.",
                [f"Retours : {listing(list(files))}"],
            )
        items_read.append(ReplacementRequest(pairs[0][1], pairs[0][0]))
    return items_read


def find(texte: str, files: Mapping[str, Path]) -> str:
    """The return meant by its name, its path, or its last name; "" if none. Refus if several are."""
    texte = texte.strip()
    if texte in files:
        return texte
    exact_matches = [n for n, p in files.items() if p.resolve() == Path(texte).resolve()] if texte else []
    names = exact_matches or [n for n in files if PurePath(n).name.casefold() == texte.casefold()]
    if len(names) > 1:
        raise Refusal(f"« {texte} » désigne plusieurs retours ({', '.join(names)}) : donnez le nom avec son dossier.")
    return names[0] if names else ""


# --- what it comes to -----------------------------------------------------------------------------------------------


def apply(typed_returns: TypedRetours, contrat: Contrat, requested: Sequence[ReplacementRequest]) -> Replacements:
    """What the requests set aside among the returns of ``typed_returns`` (``frames.TypedRetours``). Refus for a request
    without object."""
    if not requested:
        return no_replacements()
    reponses = list(columns(typed_returns.retours, "fichier", "fiche", "structure", "volet", "sha256"))
    known = {r[0] for r in reponses}
    replaced: dict[tuple[str, str], str] = {}
    for asked in requested:
        all_found = _replaced_by(asked, reponses, known)
        for place in all_found:
            if replaced.get(place, asked.nouveau) != asked.nouveau:
                raise Refusal(
                    f"« {place[0]} » serait remplacé deux fois pour la fiche {place[1]} : par « {replaced[place]} » "
                    f"et par « {asked.nouveau} »."
                )
            replaced[place] = asked.nouveau
    _check_no_circle(replaced)
    whole_files = frozenset(
        f for f in {f for f, _ in replaced} if all((f, r[1]) in replaced for r in reponses if r[0] == f)
    )
    # Who answered, on the first sheet, goes with a return of which nothing is left.
    accueil_replacements = {(f, HOME): next(n for (g, _), n in replaced.items() if g == f) for f in sorted(whole_files)}
    table = _table(typed_returns, contrat, {**accueil_replacements, **replaced}, reponses)
    return Replacements(replaced, whole_files, table, tuple(_anomalies(replaced, whole_files, table, reponses)))


def _replaced_by(
    asked: ReplacementRequest, reponses: Sequence[tuple[Any, ...]], known: set[str]
) -> list[tuple[str, str]]:
    """(file, fiche) that the new return takes the place of."""
    its_own = [r for r in reponses if r[0] == asked.nouveau]
    if asked.nouveau not in known:
        if asked.lenient and asked.ancien not in known:
            return []
        raise Refusal(
            f"« {asked.nouveau} » ne peut rien remplacer : il ne se lit pas, n’est pas de cette campagne ou ne répond "
            f"pour aucune fiche."
        )
    if asked.ancien:
        fiches = {r[1] for r in its_own}
        all_found = [(f, n) for f, n, *_ in reponses if f == asked.ancien and n in fiches]
    else:
        keys = {(n, fold(s), v) for _, n, s, v, _ in its_own}
        all_found = [(f, n) for f, n, s, v, _ in reponses if f != asked.nouveau and (n, fold(s), v) in keys]
    if not all_found and not asked.lenient:
        what = f"« {asked.ancien} »" if asked.ancien else "aucun autre retour"
        raise Refusal(
            f"« {asked.nouveau} » ne remplace rien : {what} ne répond pour "
            f"{'aucune des mêmes fiches' if asked.ancien else 'la même fiche, la même structure et le même volet'}."
        )
    return all_found


def _check_no_circle(replaced: Mapping[tuple[str, str], str]) -> None:
    for starting_point in replaced:
        seen, here = set(), starting_point
        while here in replaced:
            if here in seen:
                raise Refusal(
                    f"« {starting_point[0]} » et « {replaced[starting_point]} » se remplaceraient l’un l’autre pour "
                    f"la fiche {starting_point[1]} : dites lequel est le bon."
                )
            seen.add(here)
            here = (replaced[here], here[1])


def _anomalies(
    replaced: Mapping[tuple[str, str], str],
    whole_files: frozenset[str],
    table: pd.DataFrame,
    reponses: Sequence[tuple[Any, ...]],
) -> Iterator[Anomalie]:
    """One a file when all of it is replaced, else one a fiche."""
    structures = {(f, n): s for f, n, s, *_ in reponses}
    for file in dict.fromkeys(f for f, _ in replaced):
        fiches = [n for f, n in replaced if f == file]
        for groupe in [fiches] if file in whole_files else [[n] for n in fiches]:
            new_names = ", ".join(dict.fromkeys(replaced[file, n] for n in groupe))
            its_own = table[
                (table["Retour remplacé"] == file)
                & table["Fiche"].isin([*groupe, None] if file in whole_files else groupe)
            ]
            yield ReplacedRetour.anomalie(
                Place(file, fiche="" if file in whole_files else groupe[0], structure=structures[file, groupe[0]]),
                (),
                champ="Retour",
                found=f"remplacé par {new_names} : {tally(its_own)}",
                refuses_file=file in whole_files,
                refuses_sheet=file not in whole_files,
            )


# --- what changes ---------------------------------------------------------------------------------------------------


def _table(
    typed_returns: TypedRetours,
    contrat: Contrat,
    replaced: Mapping[tuple[str, str], str],
    reponses: Sequence[tuple[Any, ...]],
) -> pd.DataFrame:
    concerned = {f for f, _ in replaced} | set(replaced.values())
    statements = {f: _values_said(typed_returns, contrat, f) for f in concerned}
    fingerprints, modele = (
        {r[0]: r[4] for r in reponses},
        workbook_model(contrat, int(typed_returns.retours["annee"].iloc[0])),
    )
    places = {(f, n): (s, v) for f, n, s, v, _ in reponses}
    lines = []
    for (ancien, fiche), nouveau in replaced.items():
        before, after = (
            {c: v for c, v in statements[f].items() if c.partition("/")[0] == fiche} for f in (ancien, nouveau)
        )
        structure, volet = (
            places[nouveau, fiche] if fiche != HOME else (next(s for f, _, s, *_ in reponses if f == nouveau), "")
        )
        for cle in dict.fromkeys((*before, *after)):
            a, b = before.get(cle), after.get(cle)
            place = modele.place(cle)
            lines.append(
                (
                    _change(a, b),
                    None if fiche == HOME else fiche,
                    displayed_name(contrat, structure),
                    volet or None,
                    place.libelle if place else cle,
                    a and a[0],
                    b and b[0],
                    ancien,
                    a and a[1],
                    a and a[2],
                    nouveau,
                    b and b[1],
                    b and b[2],
                    fingerprints[ancien],
                    fingerprints[nouveau],
                )
            )
    lines.sort(key=lambda li: (li[7], li[10], CHANGES.index(li[0])))
    return table_frame(REPLACEMENTS, lines)


def _change(before: tuple[Any, ...] | None, after: tuple[Any, ...] | None) -> str:
    if before is None or after is None:
        return CREATED if before is None else DELETED
    return UNCHANGED if before[0] == after[0] else MODIFIED


def _values_said(typed_returns: TypedRetours, contrat: Contrat, file: str) -> dict[str, tuple[object, str, str]]:
    """Key of an input → (value, sheet, cell), for all that was typed; what was refused as it was found."""
    v = ValueStore.of(typed_returns.values).of_files([file])
    statements = {}
    for fiche, bloc, mesure, line, champ, valeur, sheet, cell in columns(
        v, *_KEY_COLUMNS, "valeur", "feuille", "cellule"
    ):
        statements["/".join(m for m in (fiche or "accueil", bloc, mesure, line, champ) if m)] = (valeur, sheet, cell)
    keys = {location: cle for cle, location in typed_returns.addresses(contrat)[file].items()}
    for a in typed_returns.anomalies:
        for cell in a.cells if a.file == file else ():
            if (cle := keys.get((a.sheet, cell))) and cle not in statements and a.found:
                statements[cle] = (f"{a.found} (refusé)", a.sheet, cell)
    return statements


def tally(table: pd.DataFrame) -> str:
    """« 1 valeur créée, 2 modifiées, 0 supprimée, 30 inchangées »."""
    numbers = Counter(table["Changement"])
    words = [f"{numbers[c]} {c}{'s' * (numbers[c] > 1)}" for c in CHANGES]
    return f"valeurs : {', '.join(words)}"


def preview(table: pd.DataFrame) -> Iterator[str]:
    """Lines for the command: each replacement, its count, and each value that changes with its cells."""
    for (ancien, nouveau), its_own in table.groupby(["Retour remplacé", "Retour retenu"], sort=False):
        fiches = list(dict.fromkeys(f for f in its_own["Fiche"] if f))
        yield typography(
            f"{nouveau} remplace {ancien} (fiche{'s' * (len(fiches) > 1)} {', '.join(fiches)}) : {tally(its_own)}."
        )
        for r in its_own[its_own["Changement"] != UNCHANGED].to_dict("records"):
            where = f"{r['Feuille'] or r['Feuille remplacée']}!{r['Cellule'] or r['Cellule remplacée']}"
            yield typography(
                f"  {r['Changement']} : {where} ({r['Champ']}) : {_worded(r['Valeur avant'])} → "
                f"{_worded(r['Valeur après'])}"
            )


def _worded(valeur: Any) -> str:
    if valeur is None:
        return "rien"
    if isinstance(valeur, date):
        return date_fr(valeur)
    texte = valeur if isinstance(valeur, str) else number_fr(valeur)
    texte = texte if len(texte) <= 80 else texte[:79] + "…"
    return texte if texte.startswith("«") else f"«{NBSP}{texte}{NBSP}»"
