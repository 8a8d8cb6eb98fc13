"""Checks 1, 3, 4, 5 and 42: which returns came, from whom, for what; meetings held."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache, partial

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.checks.check_input import CheckInput
from cls_workbook.checks.findings import constat
from cls_workbook.french import fold, listing, number_fr, quoted_list
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, as_dicts, columns


def out_of_campagne(given: CheckInput) -> list[Anomalie]:
    """One anomaly a file: nothing in it counts."""
    mismatches_of = cache(partial(_mismatches, given))
    first_ones = ~given.retours["fichier"].duplicated()
    at_fault = [
        first and bool(mismatches_of(*stated))
        for first, stated in zip(first_ones, columns(given.retours, "annee", "contrat", "modele"), strict=True)
    ]
    all_found = []
    for r in as_dicts(given.retours, at_fault):
        ecarts = mismatches_of(r["annee"], r["contrat"], r["modele"])
        whole = {"fichier": r["fichier"], "structure": r["structure"]}
        all_found.append(
            constat(
                "HORS_CAMPAGNE",
                whole,
                (),
                champ=", ".join(nom for nom, _, _ in ecarts),
                found=", ".join(f"{nom} : {found}" for nom, found, _ in ecarts),
                expected=", ".join(f"{nom} : {expected}" for nom, _, expected in ecarts),
                remedy="demandez le classeur de cette campagne à la coordination, et reportez-y vos réponses.",
                gravite=BLOCKING,
                refuses_file=True,
            )
        )
    return all_found


def _mismatches(given: CheckInput, annee: int, contrat: str, modele: object) -> list[tuple[str, object, object]]:
    """(name, found, expected) of what tells a return of another campaign."""
    identities = (
        ("année", annee, given.annee),
        ("contrat", contrat, given.contrat.id),
        ("version du modèle", modele, given.modele),
    )
    return [
        (nom, found, expected)
        for nom, found, expected in identities
        if expected is not None and str(found) != str(expected)
    ]


# --- who answers ----------------------------------------------------------------------------------------------------


def _expected(given: CheckInput) -> Iterable[tuple[str, str, str | None, bool]]:
    """Fiche, structure, volet of each expected return, and whether it is of a group: those of the campaign, else those that the contract alone allows to name."""
    if given.expected_returns is not None:
        return columns(given.expected_returns, "fiche", "structure", "volet", "groupe")
    structures = given.contrat.by_structure
    return (
        (f.numero, s, v, s in structures and structures[s].groupe)
        for f in given.contrat.fiches
        for s, v in f.repondants()
    )


def unexpected_structure(given: CheckInput) -> list[Anomalie]:
    """Also says a wrong or missing volet. A group that nobody named yet lets its candidates in."""
    returned = [(r, (r["fiche"], fold(r["structure"]))) for r in _not_quite_expected(given)]
    if not returned:
        return []
    volets: dict[tuple[str, str], list[str]] = {cle: [] for _, cle in returned}
    groups: dict[str, set[str]] = {}
    for fiche, structure, volet, groupe in _expected(given):
        if (cle := (fiche, fold(structure))) in volets:
            volets[cle].append(volet or "")
        if groupe and structure in given.contrat.by_structure:
            groups.setdefault(fiche, set()).update(
                fold(n) for n in given.contrat.candidats(given.contrat.by_structure[structure])
            )
    reponses = {(r["fichier"], r["fiche"]): r for r in as_dicts(given.view("reponse"))}
    porteurs = cache(partial(_porteurs, given))
    all_found = []
    for r, cle in returned:
        allowed = volets[cle]
        if not allowed and _names(given, r["structure"]).isdisjoint(groups.get(r["fiche"], ())):
            all_found.append(_tell_unexpected(given, r, reponses.get((r["fichier"], "")), porteurs(r["fiche"])))
        elif allowed and (r["volet"] or "") not in allowed and not _is_volet_refused(given, r):
            all_found.append(_tell_volet(given, r, reponses.get((r["fichier"], r["fiche"]), {}), allowed))
    return all_found


def _not_quite_expected(given: CheckInput) -> list[dict]:
    """The answers that are not expected to the letter: only these are compared with all that are."""
    returned = [r for r in given.fiches_returned if r["structure"] and r["fiche"] in given.contrat.par_fiche]
    sought = {(r["fiche"], r["structure"], r["volet"] or "") for r in returned}
    all_found = sought.intersection((fiche, structure, volet or "") for fiche, structure, volet, _ in _expected(given))
    return [r for r in returned if (r["fiche"], r["structure"], r["volet"] or "") not in all_found]


def _porteurs(given: CheckInput, fiche: str) -> list[str]:
    return [_name(given, structure) for numero, structure, *_ in _expected(given) if numero == fiche]


def _names(given: CheckInput, structure: str) -> set[str]:
    known_one = given.contrat.by_structure.get(structure)
    return {fold(structure)} | (
        {fold(n) for n in (known_one.nom, known_one.nom_complet, *known_one.alias) if n} if known_one else set()
    )


def _is_volet_refused(given: CheckInput, r: dict) -> bool:
    return given.unreadable(r, "reponse", "volet")


def _name(given: CheckInput, structure: str) -> str:
    known_one = given.contrat.by_structure.get(structure)
    return known_one.nom if known_one else structure


def _tell_unexpected(given: CheckInput, r: dict, reponse: dict | None, porteurs: list[str]) -> Anomalie:
    place = given.addresses.get(r["fichier"], {}).get("accueil/reponse/structure")
    if reponse and reponse["structure" + ADDRESS_SUFFIX]:
        sheet, cells = reponse["feuille"], (reponse["structure" + ADDRESS_SUFFIX],)
    else:  # the identity was prefilled: failing its cell, the sheet of the fiche
        sheet, cells = (place[0], (place[1],)) if place else (r["feuille"], ())
    return constat(
        "STRUCTURE_INATTENDUE",
        r | {"feuille": sheet},
        cells,
        champ=given.libelle("reponse", "structure"),
        found=f"{_name(given, r['structure'])} répond pour la fiche {r['fiche']}",
        expected=f"un porteur de la fiche : {quoted_list(dict.fromkeys(porteurs))}",
        remedy="vérifiez la structure choisie et la fiche remplie, ou confirmez à la coordination.",
    )


def _tell_volet(given: CheckInput, r: dict, reponse: dict, allowed: list[str]) -> Anomalie:
    cells = given.cell(r | {"volet" + ADDRESS_SUFFIX: reponse.get("volet" + ADDRESS_SUFFIX)}, "reponse", "volet")
    return constat(
        "VOLET_INATTENDU",
        r,
        cells,
        champ=given.libelle("reponse", "volet"),
        found=f"« {r['volet']} »" if r["volet"] else "vide",
        expected=f"pour {_name(given, r['structure'])} : {quoted_list(dict.fromkeys(allowed))}",
        remedy="choisissez le volet dont vous rendez compte, ou confirmez à la coordination.",
    )


# --- twice, or not at all -------------------------------------------------------------------------------------------


def duplicate_retour(given: CheckInput) -> list[Anomalie]:
    """Same content: the first file counts, once. Different contents: neither counts, the coordinator decides."""
    reponses = [
        (fiche, fold(structure), volet or "")
        for fiche, structure, volet in columns(given.retours, "fiche", "structure", "volet")
    ]
    times = Counter(reponses)
    groups: dict[tuple[str, str, str], list[dict]] = {}
    for r in sorted(as_dicts(given.retours, [times[cle] > 1 for cle in reponses]), key=lambda r: r["fichier"]):
        if r["structure"]:
            groups.setdefault((r["fiche"], fold(r["structure"]), r["volet"] or ""), []).append(r)
    copies: dict[str, Anomalie] = {}
    conflicts: list[Anomalie] = []
    for retours in groups.values():
        leading: dict[str, dict] = {}
        for r in retours:
            first_one = leading.setdefault(r["sha256"], r)
            if first_one is not r and r["fichier"] not in copies:
                copies[r["fichier"]] = _tell_copy(r, first_one)
        if len(leading) > 1:
            conflicts += [
                _tell_conflict(r, [x["fichier"] for x in leading.values() if x is not r]) for r in leading.values()
            ]
    return [*copies.values(), *conflicts]


def _tell_copy(r: dict, first_one: dict) -> Anomalie:
    return constat(
        "DOUBLON_DE_RETOUR",
        {"fichier": r["fichier"], "structure": r["structure"]},
        (),
        champ="Retour",
        found=f"le même contenu que {first_one['fichier']}",
        expected="un seul retour",
        remedy=f"rien à corriger : {first_one['fichier']} est retenu, cette copie est laissée de côté.",
        gravite=A_CONFIRMER,
        refuses_file=True,
    )


def _tell_conflict(r: dict, autres: list[str]) -> Anomalie:
    volet = f", volet « {r['volet']} »" if r["volet"] else ""
    return constat(
        "DOUBLON_DE_RETOUR",
        r,
        (),
        champ="Retour",
        found=f"une autre réponse de la même structure pour la fiche {r['fiche']}{volet} : {listing(autres)}",
        expected="une seule réponse par fiche, structure et volet",
        remedy="demandez à la structure lequel est le bon, retirez l’autre, puis recommencez : d’ici là, aucun des deux n’est retenu.",
        gravite=BLOCKING,
        refuses_sheet=True,
    )


def missing_retour(given: CheckInput) -> list[Anomalie]:
    if given.expected_returns is None:
        return []
    received: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for fiche, structure, volet in columns(given.retours, "fiche", "structure", "volet"):
        received[fiche].add((fold(structure), volet or ""))
    is_missing = [
        groupe or (fold(structure), volet or "") not in received[fiche]
        for fiche, structure, volet, groupe in columns(given.expected_returns, "fiche", "structure", "volet", "groupe")
    ]
    all_found = []
    for a in as_dicts(given.expected_returns, is_missing):
        volet = f", volet « {a['volet']} »" if a["volet"] else ""
        line = {"fiche": a["fiche"], "structure": a["structure"]}
        if a["groupe"]:
            all_found.append(
                constat(
                    "GROUPE_NON_NOMME",
                    line,
                    (),
                    champ="Retour",
                    found=f"« {_name(given, a['structure'])} » pour la fiche {a['fiche']}{volet}, sans membres nommés",
                    expected="les structures qui répondent, nommées",
                    remedy="nommez-les dans le classeur de pilotage : sans cela, le nombre de retours attendus est inconnu.",
                )
            )
        else:
            all_found.append(
                constat(
                    "RETOUR_MANQUANT",
                    line,
                    (),
                    champ="Retour",
                    found=f"aucun retour de {_name(given, a['structure'])} pour la fiche {a['fiche']}{volet}",
                    expected="un retour",
                    remedy="relancez la structure.",
                )
            )
    return all_found


def governance_below_minimum(given: CheckInput) -> list[Anomalie]:
    if given.pilotage is None:
        return []
    held = {fold(nom): nombre for nom, nombre in given.pilotage.reunions.items() if nombre is not None}
    return [
        constat(
            "GOUVERNANCE_SOUS_LE_MINIMUM",
            {},
            (),
            champ=instance.nom,
            found=f"{number_fr(held[fold(instance.nom)])} réunion(s) en {given.contrat.year_name(given.annee)}",
            expected=f"{instance.minimum_par_an} par an au moins",
            remedy="complétez les réunions dans le classeur de pilotage, ou signalez l’écart au COPIL.",
        )
        for instance in given.contrat.instances
        if fold(instance.nom) in held and held[fold(instance.nom)] < instance.minimum_par_an
    ]
