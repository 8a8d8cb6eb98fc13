"""Which returns came, from whom, for what; those that are replaced; totals that do not add up; meetings held."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, partial
from typing import Any

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, INFORMATION, Anomalie, Check, Place
from cls_workbook.checks.check_kinds import CONFIRM, CampagneCheck, RetourCheck, RowCheck
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Row, here, place_of, typed_cells
from cls_workbook.domain.verification.fault import insee_number
from cls_workbook.french import fold, listing, number_fr, quoted_list
from cls_workbook.reading.reading_checks import OutOfCampagne
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, as_dicts, columns


class AnotherCampagne(OutOfCampagne):
    """Looked at first: nothing in such a file counts."""

    remedy = "demandez le classeur de cette campagne à la coordination, et reportez-y vos réponses."

    def strangers(self, given: CheckInput) -> list[Anomalie]:
        """One anomaly a file."""
        mismatches_of = cache(partial(_mismatches, given))
        first = ~given.retours["fichier"].duplicated()
        at_fault = [
            is_first and bool(mismatches_of(*said))
            for is_first, said in zip(first, columns(given.retours, "annee", "contrat", "modele"), strict=True)
        ]
        anomalies = []
        for r in as_dicts(given.retours, at_fault):
            gaps = mismatches_of(r["annee"], r["contrat"], r["modele"])
            anomalies.append(
                self.anomalie(
                    Place(r["fichier"], structure=r["structure"]),
                    (),
                    champ=", ".join(nom for nom, _, _ in gaps),
                    found=", ".join(f"{nom} : {found}" for nom, found, _ in gaps),
                    expected=", ".join(f"{nom} : {expected}" for nom, _, expected in gaps),
                    gravite=BLOCKING,
                    refuses_file=True,
                )
            )
        return anomalies


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


def _expected(given: CheckInput) -> Iterable[tuple[Any, ...]]:
    """Fiche, structure, volet of each expected return, and whether it is of a group: those of the campaign,
    else those that the contract alone allows to name.
    """
    if given.expected_returns is not None:
        return columns(given.expected_returns, "fiche", "structure", "volet", "groupe")
    structures = given.contrat.by_structure
    return (
        (f.numero, s, v, s in structures and structures[s].groupe)
        for f in given.contrat.fiches
        for s, v in f.repondants()
    )


def _not_quite_expected(given: CheckInput) -> list[tuple[Row, list[str]]]:
    """The answers that are not expected to the letter, with the volets that are expected of their structure for the
    fiche.
    """
    returned = [r for r in given.answers.fiches_returned if r["structure"] and r["fiche"] in given.contrat.par_fiche]
    sought = {(r["fiche"], r["structure"], r["volet"] or "") for r in returned}
    known = sought.intersection((fiche, structure, volet or "") for fiche, structure, volet, _ in _expected(given))
    others = [r for r in returned if (r["fiche"], r["structure"], r["volet"] or "") not in known]
    volets: dict[tuple[str, str], list[str]] = {(r["fiche"], fold(r["structure"])): [] for r in others}
    for fiche, structure, volet, _ in _expected(given) if others else ():
        if (key := (fiche, fold(structure))) in volets:
            volets[key].append(volet or "")
    return [(r, volets[r["fiche"], fold(r["structure"])]) for r in others]


class UnexpectedStructure(RetourCheck):
    """A group that nobody named yet lets its candidates in."""

    code, gravity = "STRUCTURE_INATTENDUE", A_CONFIRMER
    sought = "La structure qui répond n’est pas un porteur attendu de la fiche."
    remedy = "vérifiez la structure choisie et la fiche remplie, ou confirmez à la coordination."

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        others = [r for r, volets in _not_quite_expected(given) if not volets]
        if not others:
            return
        candidates = _candidates_of_groups(given)
        reponses = {here(r): r for r in as_dicts(given.answers.view("reponse"))}
        porteurs = cache(partial(_porteurs, given))
        for r in others:
            if _names(given, r["structure"]).isdisjoint(candidates.get(r["fiche"], ())):
                place, cells = _where_named(given, r, reponses.get((r["fichier"], "")))
                yield self.anomalie(
                    place,
                    cells,
                    champ=given.words.libelle("reponse", "structure"),
                    found=f"{given.words.structure_name(r['structure'])} répond pour la fiche {r['fiche']}",
                    expected=f"un porteur de la fiche : {quoted_list(dict.fromkeys(porteurs(r['fiche'])))}",
                )


def _candidates_of_groups(given: CheckInput) -> dict[str, set[str]]:
    """Fiche → who may answer for the groups that are expected there."""
    structures, candidates = given.contrat.by_structure, dict[str, set[str]]()
    for fiche, structure, _, groupe in _expected(given):
        if groupe and structure in structures:
            candidates.setdefault(fiche, set()).update(fold(n) for n in given.contrat.candidats(structures[structure]))
    return candidates


def _porteurs(given: CheckInput, fiche: str) -> list[str]:
    return [given.words.structure_name(structure) for numero, structure, *_ in _expected(given) if numero == fiche]


def _names(given: CheckInput, structure: str) -> set[str]:
    known = given.contrat.by_structure.get(structure)
    others = (known.nom, known.nom_complet, *known.alias) if known else ()
    return {fold(structure), *(fold(n) for n in others if n)}


def _where_named(given: CheckInput, r: Row, reponse: Row | None) -> tuple[Place, tuple[str, ...]]:
    """Where the return says who answers; its identity may have been prefilled: failing its cell,
    the sheet of the fiche.
    """
    place = place_of(r)
    if reponse and (cell := reponse["structure" + ADDRESS_SUFFIX]):
        return place._replace(sheet=reponse["feuille"]), (cell,)
    if printed := given.places.of(r["fichier"], "accueil/reponse/structure"):
        return place._replace(sheet=printed[0]), (printed[1],)
    return place, ()


class UnexpectedVolet(RetourCheck):
    code, gravity = "VOLET_INATTENDU", A_CONFIRMER
    sought = "Le volet n’est pas indiqué, ou n’est pas celui de la structure qui répond."
    remedy = "choisissez le volet dont vous rendez compte, ou confirmez à la coordination."

    def in_retours(self, given: CheckInput) -> Iterator[Anomalie]:
        others = [
            (r, volets) for r, volets in _not_quite_expected(given) if volets and (r["volet"] or "") not in volets
        ]
        reponses = {here(r): r for r in as_dicts(given.answers.view("reponse"))} if others else {}
        for r, volets in others:
            if given.places.refused(r, "reponse", "volet"):
                continue
            typed = reponses.get(here(r), {}).get("volet" + ADDRESS_SUFFIX)
            yield self.anomalie(
                place_of(r),
                given.places.cell({**r, "volet" + ADDRESS_SUFFIX: typed}, "reponse", "volet"),
                champ=given.words.libelle("reponse", "volet"),
                found=f"« {r['volet']} »" if r["volet"] else "vide",
                expected=f"pour {given.words.structure_name(r['structure'])} : {quoted_list(dict.fromkeys(volets))}",
            )


class InvalidSiret(RowCheck):
    code, gravity = "SIRET_INVALIDE", A_CONFIRMER
    sought = "Le SIRET n’a pas 14 chiffres, ou sa clé de contrôle est fausse."
    after = "VALEUR_HORS_LIMITES"
    expected = "un SIRET de 14 chiffres, dont la clé est juste"
    remedy = f"vérifiez chaque chiffre : {CONFIRM}"
    blocks = ("reponse",)

    def broken(self, rows: pd.DataFrame) -> Sequence[bool]:
        return [any(insee_number("siret", siret, 14, "SIRET")) for siret in rows["siret"]]

    def say(self, given: CheckInput, r: Row) -> Anomalie:
        return self.at(given, r, "siret", typed_cells(r, "siret"), f"« {r['siret']} »")


# --- twice, or not at all -------------------------------------------------------------------------------------------


class DuplicateRetour(Check):
    """Same content: the first file counts, once. Different contents: neither counts, the coordinator decides."""

    code, gravity = "DOUBLON_DE_RETOUR", (BLOCKING, A_CONFIRMER)
    sought = "Deux classeurs répondent pour la même fiche, la même structure et le même volet."

    def second_answers(self, given: CheckInput) -> list[Anomalie]:
        copies: dict[str, Anomalie] = {}
        conflicts: list[Anomalie] = []
        for retours in _same_answers(given.retours):
            leading: dict[str, Row] = {}  # the first of each content
            for r in retours:
                first = leading.setdefault(r["sha256"], r)
                if first is not r and r["fichier"] not in copies:
                    copies[r["fichier"]] = self._copy(r, first["fichier"])
            if len(leading) > 1:
                files = [r["fichier"] for r in leading.values()]
                conflicts += [self._conflict(r, [f for f in files if f != r["fichier"]]) for r in leading.values()]
        return [*copies.values(), *conflicts]

    def _copy(self, r: Row, first: str) -> Anomalie:
        return self.anomalie(
            Place(r["fichier"], structure=r["structure"]),
            (),
            champ="Retour",
            found=f"le même contenu que {first}",
            expected="un seul retour",
            remedy=f"rien à corriger : {first} est retenu, cette copie est laissée de côté.",
            gravite=A_CONFIRMER,
            refuses_file=True,
        )

    def _conflict(self, r: Row, others: Sequence[str]) -> Anomalie:
        return self.anomalie(
            place_of(r),
            (),
            champ="Retour",
            found=f"une autre réponse de la même structure pour la fiche {r['fiche']}{_volet(r)} : {listing(others)}",
            expected="une seule réponse par fiche, structure et volet",
            remedy="demandez à la structure lequel est le bon, retirez l’autre, puis recommencez : d’ici là, "
            "aucun des deux n’est retenu.",
            gravite=BLOCKING,
            refuses_sheet=True,
        )


def _same_answers(retours: pd.DataFrame) -> Iterable[list[Row]]:
    """Answers of one structure for one fiche and volet, where there are several, by name of file."""
    keys = [(f, fold(s), v or "") for f, s, v in columns(retours, "fiche", "structure", "volet")]
    times = Counter(keys)
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for r in sorted(as_dicts(retours, [times[key] > 1 for key in keys]), key=lambda r: str(r["fichier"])):
        if r["structure"]:
            groups.setdefault((r["fiche"], fold(r["structure"]), r["volet"] or ""), []).append(r)
    return groups.values()


def _volet(r: Row) -> str:
    return f", volet « {r['volet']} »" if r["volet"] else ""


class ReplacedRetour(Check):
    """Told by ``summaries.replacement``."""

    code, gravity = "RETOUR_REMPLACE", INFORMATION
    sought = "Un retour est remplacé par sa correction, à la demande de la coordination."
    expected = "une seule réponse par fiche, structure et volet"
    remedy = "rien : la coordination l’a demandé ; le détail est à la feuille « Remplacements »."


class MissingRetour(CampagneCheck):
    code, gravity = "RETOUR_MANQUANT", A_CONFIRMER
    sought = "Un retour attendu n’est pas arrivé."
    expected = "un retour"
    remedy = "relancez la structure."

    def in_campagne(self, given: CheckInput) -> Iterator[Anomalie]:
        if given.expected_returns is None:
            return
        received: dict[str, set[tuple[str, str]]] = defaultdict(set)
        for fiche, structure, volet in columns(given.retours, "fiche", "structure", "volet"):
            received[fiche].add((fold(structure), volet or ""))
        is_missing = [
            not groupe and (fold(structure), volet or "") not in received[fiche]
            for fiche, structure, volet, groupe in _expected(given)
        ]
        for a in as_dicts(given.expected_returns, is_missing):
            nom = given.words.structure_name(a["structure"])
            yield self.anomalie(
                Place(fiche=a["fiche"], structure=a["structure"]),
                (),
                champ="Retour",
                found=f"aucun retour de {nom} pour la fiche {a['fiche']}{_volet(a)}",
            )


class UnexplainedGap(Check):
    """Told by ``summaries.reconciliation``: an error of the program, never of a return."""

    code, gravity = "ECART_INEXPLIQUE", BLOCKING
    sought = "Un total consolidé diffère de la somme des retours sans que rien ne l’explique."
    expected = "un écart nul"
    remedy = "ne diffusez pas ce chiffre, et signalez-le à la personne qui a installé l’outil."


class UnnamedGroup(CampagneCheck):
    code, gravity = "GROUPE_NON_NOMME", A_CONFIRMER
    sought = "Un groupe de structures n’est pas remplacé par ses membres : le nombre de retours attendus est inconnu."
    expected = "les structures qui répondent, nommées"
    remedy = "nommez-les dans le classeur de pilotage : sans cela, le nombre de retours attendus est inconnu."

    def in_campagne(self, given: CheckInput) -> Iterator[Anomalie]:
        if given.expected_returns is None:
            return
        for a in as_dicts(given.expected_returns, [bool(groupe) for *_, groupe in _expected(given)]):
            nom = given.words.structure_name(a["structure"])
            yield self.anomalie(
                Place(fiche=a["fiche"], structure=a["structure"]),
                (),
                champ="Retour",
                found=f"« {nom} » pour la fiche {a['fiche']}{_volet(a)}, sans membres nommés",
            )


class GovernanceBelowMinimum(CampagneCheck):
    code, gravity = "GOUVERNANCE_SOUS_LE_MINIMUM", A_CONFIRMER
    sought = "Une instance s’est réunie moins souvent que le contrat ne le prévoit."
    remedy = "complétez les réunions dans le classeur de pilotage, ou signalez l’écart au COPIL."

    def in_campagne(self, given: CheckInput) -> Iterator[Anomalie]:
        reunions = given.pilotage.reunions if given.pilotage else {}
        held = {fold(nom): nombre for nom, nombre in reunions.items() if nombre is not None}
        for instance in given.contrat.instances:
            nombre = held.get(fold(instance.nom))
            if nombre is not None and nombre < instance.minimum_par_an:
                yield self.anomalie(
                    Place(),
                    (),
                    champ=instance.nom,
                    found=f"{number_fr(nombre)} réunion(s) en {given.words.year(given.annee)}",
                    expected=f"{instance.minimum_par_an} par an au moins",
                )
