"""Which returns came, from whom, for what; those that are replaced; totals that do not add up; meetings held."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from typing import Any

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, INFORMATION, Anomalie, Check, Place
from cls_workbook.checks.check_kinds import CONFIRM, CampagneCheck, InputCheck, RetourCheck, RowCheck
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.given.typed_answers import Row, above, here, place_of
from cls_workbook.domain.verification.fault import insee_number
from cls_workbook.french import all_of, fold, how_many, listing, of, quoted_list
from cls_workbook.reading.storing.value_store import ValueStore
from cls_workbook.reading.storing.wide_views import ADDRESS_SUFFIX, as_dicts, columns

ONE_ANSWER = "une seule réponse par fiche, structure et volet"


# --- who answers ----------------------------------------------------------------------------------------------------


class ExpectedCheck(InputCheck, abstract=True):
    def expected_returns(self) -> Iterable[tuple[Any, ...]]:
        """Fiche, structure, volet of each expected return, and whether it is of a group: those of the campaign,
        else those that the contract alone allows to name.
        """
        if self.given.expected_returns is not None:
            return columns(self.given.expected_returns, "fiche", "structure", "volet", "groupe")
        structures = self.contrat.by_structure
        return (
            (f.numero, s, v, s in structures and structures[s].groupe)
            for f in self.contrat.fiches
            for s, v in f.repondants()
        )

    def of_campagne(self) -> Iterable[tuple[Any, ...]]:
        """Those of the campaign: of a return on its own, none."""
        return self.expected_returns() if self.given.expected_returns is not None else ()

    def not_quite_expected(self) -> list[tuple[Row, list[str]]]:
        """The answers that are not expected to the letter, with the volets that are expected of their structure for the
        fiche.
        """
        returned = [r for r in self.answers.fiches_returned if r["structure"] and r["fiche"] in self.contrat.par_fiche]
        sought = {(r["fiche"], r["structure"], r["volet"] or "") for r in returned}
        expected = ((fiche, structure, volet or "") for fiche, structure, volet, _ in self.expected_returns())
        known = sought.intersection(expected)
        others = [r for r in returned if (r["fiche"], r["structure"], r["volet"] or "") not in known]
        volets: dict[tuple[str, str], list[str]] = {(r["fiche"], fold(r["structure"])): [] for r in others}
        for fiche, structure, volet, _ in self.expected_returns() if others else ():
            if (key := (fiche, fold(structure))) in volets:
                volets[key].append(volet or "")
        return [(r, volets[r["fiche"], fold(r["structure"])]) for r in others]


class UnexpectedStructure(ExpectedCheck, RetourCheck):
    """A group that nobody named yet lets its candidates in. Who answers is chosen once: one anomaly a choice."""

    code, gravity = "STRUCTURE_INATTENDUE", A_CONFIRMER
    sought = "La structure qui répond n’est pas un porteur attendu de la fiche."
    remedy = "vérifiez la structure choisie et la fiche remplie, ou confirmez à la coordination."

    def in_retours(self) -> Iterator[Anomalie]:
        others = [r for r, volets in self.not_quite_expected() if not volets]
        if not others:
            return
        candidates, reponses = self._candidates_of_groups(), {here(r): r for r in self.answers.rows("reponse")}
        porteurs = cache(self._porteurs)
        chosen: dict[tuple[Place, tuple[str, ...]], list[str]] = {}
        for r in others:
            if self._names(r["structure"]).isdisjoint(candidates.get(r["fiche"], ())):
                place, cells = self._where_named(r, reponses.get((r["fichier"], "")))
                chosen.setdefault((place._replace(fiche=""), cells), []).append(r["fiche"])
        for (place, cells), fiches in chosen.items():
            found = f"{self.words.structure_name(place.structure)} répond pour "
            if len(fiches) > 1:
                found, sought = f"{found}les fiches {all_of(fiches)}", "un porteur de chacune de ces fiches"
            else:
                found, named = f"{found}la fiche {fiches[0]}", porteurs(fiches[0])
                sought = f"un porteur de la fiche : {named}" if named else "personne : le porteur est à désigner"
                place = place._replace(fiche=fiches[0])
            yield self.anomalie(place, cells, self.words.libelle("reponse", "structure"), found, sought)

    def _candidates_of_groups(self) -> dict[str, set[str]]:
        """Fiche → who may answer for the groups that are expected there."""
        structures, candidates = self.contrat.by_structure, dict[str, set[str]]()
        for fiche, structure, _, groupe in self.expected_returns():
            if groupe and structure in structures:
                names = self.contrat.candidats(structures[structure])
                candidates.setdefault(fiche, set()).update(fold(n) for n in names)
        return candidates

    def _porteurs(self, fiche: str) -> str:
        names = (self.words.structure_name(s) for numero, s, *_ in self.expected_returns() if numero == fiche)
        return quoted_list(dict.fromkeys(names))

    def _names(self, structure: str) -> set[str]:
        known = self.contrat.by_structure.get(structure)
        others = (known.nom, known.nom_complet, *known.alias) if known else ()
        return {fold(structure), *(fold(n) for n in others if n)}

    def _where_named(self, r: Row, reponse: Row | None) -> tuple[Place, tuple[str, ...]]:
        """Where the return says who answers; its identity may have been prefilled: failing its cell,
        the sheet of the fiche.
        """
        place = place_of(r)
        if reponse and (cell := reponse["structure" + ADDRESS_SUFFIX]):
            return place._replace(sheet=reponse["feuille"]), (cell,)
        if printed := self.places.of(r["fichier"], "accueil/reponse/structure"):
            return place._replace(sheet=printed[0]), (printed[1],)
        return place, ()


class UnexpectedVolet(ExpectedCheck, RetourCheck):
    code, gravity = "VOLET_INATTENDU", A_CONFIRMER
    sought = "Le volet n’est pas indiqué, ou n’est pas celui de la structure qui répond."
    remedy = "choisissez le volet dont vous rendez compte, ou confirmez à la coordination."

    def in_retours(self) -> Iterator[Anomalie]:
        others = [(r, volets) for r, volets in self.not_quite_expected() if volets and (r["volet"] or "") not in volets]
        reponses = {here(r): r for r in self.answers.rows("reponse")} if others else {}
        for r, volets in others:
            if not self.places.refused(r, "reponse", "volet"):
                typed = reponses.get(here(r), {}).get("volet" + ADDRESS_SUFFIX)
                cells = self.places.cell({**r, "volet" + ADDRESS_SUFFIX: typed}, "reponse", "volet")
                label, found = self.words.libelle("reponse", "volet"), f"« {r['volet']} »" if r["volet"] else "vide"
                whose, names = self.words.structure_name(r["structure"]), quoted_list(dict.fromkeys(volets))
                yield self.anomalie(place_of(r), cells, label, found, f"pour {whose} : {names}")


class InvalidSiret(RowCheck):
    code, gravity = "SIRET_INVALIDE", A_CONFIRMER
    sought = "Le SIRET n’a pas 14 chiffres, ou sa clé de contrôle est fausse."
    after = "VALEUR_HORS_LIMITES"
    expected = "un SIRET de 14 chiffres, dont la clé est juste"
    remedy = f"vérifiez chaque chiffre : {CONFIRM}"
    blocks = ("reponse",)

    def broken(self, r: Row) -> bool:
        return any(insee_number("siret", r["siret"], 14, "SIRET"))

    def say(self, r: Row) -> Anomalie:
        return self.at(r, f"« {r['siret']} »", "siret")


# --- twice, or not at all -------------------------------------------------------------------------------------------


class DuplicateRetour(InputCheck):
    """Same answers, maybe saved again: the first file counts, once. Others: neither counts, the coordinator decides.

    Looked at first, for what is set aside is looked at by no rule between returns.
    """

    code, gravity = "DOUBLON_DE_RETOUR", (BLOCKING, A_CONFIRMER)
    sought = "Deux classeurs répondent pour la même fiche, la même structure et le même volet."

    def second_answers(self) -> list[Anomalie]:
        copies: dict[str, Anomalie] = {}
        conflicts: list[Anomalie] = []
        groups = list(_same_answers(self.given.retours))
        said = self._said({r["fichier"] for retours in groups for r in retours})
        for retours in groups:
            leading: dict[object, Row] = {}  # the first of each content
            for r in retours:
                first = leading.setdefault(said[r["fichier"]], r)
                if first is not r and r["fichier"] not in copies:
                    copies[r["fichier"]] = self._copy(r, first["fichier"])
            if len(leading) > 1:
                files = [r["fichier"] for r in leading.values()]
                conflicts += [self._conflict(r, [f for f in files if f != r["fichier"]]) for r in leading.values()]
        return [*copies.values(), *conflicts]

    def _said(self, files: set[str]) -> dict[str, object]:
        """File → all that it answers, and what of it is refused, wherever it stands."""
        said: dict[str, list[tuple[str, ...]]] = {file: [] for file in files}
        names = "fichier", "fiche", "bloc", "mesure", "champ", "ligne", "modalite", "valeur"
        for file, *what in columns(ValueStore.of(self.given.values).of_files(files), *names) if files else ():
            said[file].append(tuple(map(str, what)))
        for a in self.given.anomalies:
            if a.gravite == BLOCKING and a.file in said:
                said[a.file].append((a.code, a.fiche, a.champ, a.found))
        return {file: tuple(sorted(what)) for file, what in said.items()}

    def _copy(self, r: Row, first: str) -> Anomalie:
        place, found = Place(r["fichier"], structure=r["structure"]), f"les mêmes réponses que {first}"
        remedy = f"rien à corriger : {first} est retenu, cette copie est laissée de côté."
        return self.anomalie(place, (), "Retour", found, "un seul retour", remedy, A_CONFIRMER, refuses_file=True)

    def _conflict(self, r: Row, others: Sequence[str]) -> Anomalie:
        found = f"une autre réponse de la même structure pour la fiche {r['fiche']}{of_volet(r['volet'])} : "
        remedy = (
            "demandez à la structure lequel est le bon, retirez l’autre, puis recommencez : d’ici là, "
            "aucun des deux n’est retenu."
        )
        found, place = found + listing(others), place_of(r)
        return self.anomalie(place, (), "Retour", found, ONE_ANSWER, remedy, BLOCKING, refuses_sheet=True)


def _same_answers(retours: pd.DataFrame) -> Iterable[list[Row]]:
    """Answers of one structure for one fiche and volet, where there are several, by name of file."""
    keys = [(f, fold(s), v or "") for f, s, v in columns(retours, "fiche", "structure", "volet")]
    times = Counter(keys)
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for r in sorted(as_dicts(retours, [times[key] > 1 for key in keys]), key=lambda r: str(r["fichier"])):
        if r["structure"]:
            groups.setdefault((r["fiche"], fold(r["structure"]), r["volet"] or ""), []).append(r)
    return groups.values()


def of_volet(volet: str | None) -> str:
    return f", volet « {volet} »" if volet else ""


class ReplacedRetour(Check):
    """Told by ``summaries.replacement``."""

    code, gravity = "RETOUR_REMPLACE", INFORMATION
    sought = "Un retour est remplacé par sa correction, à la demande de la coordination."
    expected = ONE_ANSWER
    remedy = "rien : la coordination l’a demandé ; le détail est à la feuille « Remplacements »."


class SetAsideRetour(Check):
    """Told by ``set_aside``."""

    code, gravity = "RETOUR_ECARTE", (INFORMATION, A_CONFIRMER)
    sought = "La coordination écarte un retour, avec une raison ; ou le nom qu’elle donne n’est celui d’aucun retour."
    expected = "un retour qui compte, ou une raison de l’écarter"
    remedy = (
        "rien : la coordination l’a demandé. Pour le reprendre, videz la ligne de la feuille « Suivi » du pilotage."
    )


def set_aside(reasons: Mapping[str, str], unknown: Iterable[str], retours: pd.DataFrame) -> Iterator[Anomalie]:
    """One for each return that the coordinator sets aside (file → why), and for each name that no return bears."""
    structures = dict(columns(retours, "fichier", "structure"))
    for file, why in reasons.items():
        place, found = Place(file, structure=structures.get(file, "")), f"écarté par la coordination : {why}"
        yield SetAsideRetour.anomalie(place, (), "Retour", found, gravite=INFORMATION, refuses_file=True)
    for name in unknown:
        found, expected = f"« {name} » est à écarter, mais aucun retour ne porte ce nom", "le nom d’un fichier reçu"
        remedy = "vérifiez le nom à la feuille « Suivi » du pilotage : rien n’a été écarté."
        yield SetAsideRetour.anomalie(Place(name), (), "Retour", found, expected, remedy, A_CONFIRMER)


class MissingRetour(ExpectedCheck, CampagneCheck):
    code, gravity = "RETOUR_MANQUANT", A_CONFIRMER
    sought = "Un retour attendu n’est pas arrivé."
    expected = "un retour"
    remedy = "relancez la structure."

    @cached_property
    def _received(self) -> set[tuple[str, str, str]]:
        return {(f, fold(s), v or "") for f, s, v in columns(self.given.retours, "fiche", "structure", "volet")}

    @cached_property
    def _together(self) -> dict[tuple[str, str], list[str]]:
        return answering_together(self.given, self.expected_returns())

    def in_campagne(self) -> Iterator[Anomalie]:
        """One a structure, with all its fiches; of those who answer together, said once."""
        missing: dict[tuple[str, str], list[tuple[str, str]]] = {}
        for fiche, structure, volet, groupe in self.of_campagne():
            those = self._together.get((fiche, volet or ""), [structure])
            came = any((fiche, fold(s), volet or "") in self._received for s in those)
            if not groupe and structure == those[0] and not came:
                names = " ou ".join(self.words.structure_name(s) for s in those)
                missing.setdefault((structure, names), []).append((fiche, volet or ""))
        for (structure, names), answers in missing.items():
            fiche, volet = answers[0] if len(answers) == 1 else ("", "")
            numbers = [f"{f} (volet « {v} »)" if v else f for f, v in answers]
            of_what = f"la fiche {fiche}{of_volet(volet)}" if fiche else f"les fiches {', '.join(numbers)}"
            place, found = Place(fiche=fiche, structure=structure), f"aucun retour {of(names)} pour {of_what}"
            yield self.anomalie(place, (), "Retour", found)


def answering_together(given: CheckInput, expected: Iterable[tuple[Any, ...]]) -> dict[tuple[str, str], list[str]]:
    """(fiche, volet) → the structures of which one answers for all."""
    together: dict[tuple[str, str], list[str]] = {}
    for fiche, structure, volet, groupe in expected:
        known = given.contrat.par_fiche.get(fiche)
        if known is not None and not groupe and known.answers_together(volet or ""):
            together.setdefault((fiche, volet or ""), []).append(structure)
    return together


class UnexplainedGap(Check):
    """Told by ``summaries.reconciliation``: an error of the program, never of a return."""

    code, gravity = "ECART_INEXPLIQUE", BLOCKING
    sought = "Un total consolidé diffère de la somme des retours sans que rien ne l’explique."
    expected = "un écart nul"
    remedy = "ne diffusez pas ce chiffre, et signalez-le à la personne qui a installé l’outil."


class UnnamedGroup(ExpectedCheck, CampagneCheck):
    code, gravity = "GROUPE_NON_NOMME", A_CONFIRMER
    sought = "Un groupe de structures n’est pas remplacé par ses membres : le nombre de retours attendus est inconnu."
    expected = "les structures qui répondent, nommées"
    remedy = "nommez-les dans le classeur de pilotage : sans cela, le nombre de retours attendus est inconnu."

    def in_campagne(self) -> Iterator[Anomalie]:
        for fiche, structure, volet, groupe in self.of_campagne():
            if groupe:
                nom = self.words.structure_name(structure)
                found = f"« {nom} » pour la fiche {fiche}{of_volet(volet)}, sans membres nommés"
                yield self.anomalie(Place(fiche=fiche, structure=structure), (), "Retour", found)


class GovernanceBelowMinimum(CampagneCheck):
    code, gravity = "GOUVERNANCE_SOUS_LE_MINIMUM", A_CONFIRMER
    sought = "Une instance s’est réunie moins souvent que le contrat ne le prévoit."
    remedy = "complétez les réunions dans le classeur de pilotage, ou signalez l’écart à qui pilote le contrat."

    def in_campagne(self) -> Iterator[Anomalie]:
        reunions = self.given.pilotage.reunions if self.given.pilotage else {}
        held = {fold(nom): nombre for nom, nombre in reunions.items()}
        for instance in self.contrat.announced.instances:
            nombre, minimum = held.get(fold(instance.nom)), instance.minimum_par_an
            if above(minimum, nombre):
                found = f"{how_many(nombre or 0, 'réunion')} en {self.words.year(self.annee)}"
                yield self.anomalie(Place(), (), instance.nom, found, f"{minimum} par an au moins")
