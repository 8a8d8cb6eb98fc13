"""A filled pilotage workbook → ``Pilotage``. Its faults are gathered and refused together."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal
from os import PathLike

from cls_workbook.domain.announced.bodies import deciding
from cls_workbook.domain.announced.evaluations import MADE, of_year
from cls_workbook.domain.contrat_years import in_year
from cls_workbook.domain.model import Contrat, Members, Structure
from cls_workbook.errors import Refusal
from cls_workbook.french import fold, typography
from cls_workbook.pilotage import pilotage_questions as pf
from cls_workbook.pilotage.coordinator_inputs import (
    CopilDecision,
    Financement,
    FollowedEvaluation,
    Meeting,
    Pilotage,
    Relance,
    Replacement,
    SetAside,
    programme,
)
from cls_workbook.pilotage.pilotage_rows import PilotageReading, PilotageRow, written
from cls_workbook.reading.cells.parse_values import is_blank
from cls_workbook.reading.opening.open_sheets import WorkbookRows


def read(source: str | PathLike[str] | WorkbookRows, contrat: Contrat, annee: int) -> Pilotage:
    """See ``cls_workbook.pilotage.read``."""
    reading = PilotageReading(source, in_year(contrat, annee), annee)
    _check_identity(reading)
    campagne = _campagne(reading)
    maquette, engage = _year_programme(reading)
    autres = _financements(reading, maquette)
    pilotage = replace(
        campagne,
        membres=_members(reading),
        programme=programme(contrat, maquette, autres),
        financements=autres,
        engage_anterieur=engage,
        reunions=_meetings(reading),
        evaluations=_evaluations(reading),
        decisions=_decisions(reading),
        relances=_relances(reading),
        remplacements=_replacements(reading),
        ecartes=_set_aside(reading),
        comptes_rendus=_subsidised(reading),
    )
    if reading.faults:
        nombre = len(reading.faults)
        points = f"{nombre} point{'s' * (nombre > 1)} à corriger"
        reason = f"Le classeur de pilotage « {reading.file} » contient {points} : rien n’a été fait."
        raise Refusal(typography(reason), reading.faults)
    return pilotage


def _check_identity(reading: PilotageReading) -> None:
    """Refusal for a workbook that is no pilotage, or is of another contract or year."""
    contrat, annee = reading.contrat, reading.annee
    declared = []
    for cle in ("contrat", "annee"):
        places = reading.places.get(f"identification/{cle}", [])
        if not places:
            remedy = "fabriquez-en un avec la commande « pilotage »."
            raise Refusal(typography(f"« {reading.nom} » n’est pas un classeur de pilotage : {remedy}"))
        grid, line, column = places[0]
        declared.append([written(v) for v in grid.lines[line][column + 1 :] if not is_blank(v)][-1:])
    if declared != [[contrat.id], [str(annee)]]:
        found = ", ".join((value or ["rien"])[0] for value in declared)
        reason = f"est celui d’une autre campagne ({found}) ; celle-ci est {contrat.id}, {annee}."
        remedy = "Donnez le classeur de la bonne campagne, ou choisissez son contrat et son année."
        raise Refusal(typography(f"Le classeur de pilotage « {reading.file} » {reason} {remedy}"))
    if (printed_year := _printed_year(reading)) not in ("", str(annee)):
        reason = f"dit l’année {annee}, mais ses feuilles sont celles de {printed_year}"
        remedy = f"Remettez {printed_year}, ou fabriquez le classeur de {annee}."
        rule = "le classeur d’une année ne sert pas à une autre."
        raise Refusal(typography(f"« {reading.file} » {reason} : {rule} {remedy}"))


def _printed_year(reading: PilotageReading) -> str:
    """The year that the headers of the programming bear, whatever the identification says now; "" if they bear none."""
    start = pf.YEAR_PROGRAMME.champ("programme").libelle.partition("{")[0]
    for grid, line, _ in reading.places.get("programmation/#", []):
        for valeur in grid.lines[line]:
            if isinstance(valeur, str) and valeur.startswith(start) and valeur[len(start) :].strip().isdigit():
                return valeur[len(start) :].strip()
    return ""


def _campagne(reading: PilotageReading) -> Pilotage:
    """What is asked of the whole campaign."""
    answer, day = reading.form(pf.CAMPAGNE), "date_validation"
    etat = pf.STATES.get(str(answer.values["etat"]), pf.PROVISOIRE)
    if etat == pf.VALIDE and day in answer.cells.keys() - answer.typed_fields:
        expected = f"la date {deciding(reading.contrat).of_the}, puisque le bilan est validé"
        remedy = "saisissez la date, ou remettez l’état à « provisoire »."
        label = pf.worded(pf.CAMPAGNE.champ(day).libelle, reading.contrat, reading.annee)
        reading.fault(answer.sheet, answer.cells[day], None, expected, remedy, label)
    validated_on, limite = answer.day(day), answer.day("limite")
    return Pilotage(etat=etat, date_validation=validated_on, limite=limite, contact=answer.text("contact"))


def _members(reading: PilotageReading) -> Members:
    membres: dict[str | tuple[str, str], tuple[str, ...]] = {}
    for groupe in pf.groups(reading.contrat):
        lines = reading.sheet_table(f"membres/{groupe.id}", pf.MEMBERS, groupe.id)
        named = [li for li in lines if li.text("structure") and _is_structure(reading, li)]
        membres |= _members_of_group(reading.contrat, groupe, named)
    return membres


def _is_structure(reading: PilotageReading, line: PilotageRow) -> bool:
    nom = line.text("structure")
    named = reading.contrat.by_structure.get(reading.contrat.identify(nom) or "")
    if named is not None and named.groupe:
        expected, remedy = "une structure, et non un groupe", "nommez les structures une à une."
        reading.fault(line.sheet, line.cells["structure"], nom, expected, remedy)
        return False
    return True


def _members_of_group(contrat: Contrat, groupe: Structure, lines: Sequence[PilotageRow]) -> Members:
    """The names of a group, each once, however it is written; and who answers for which fiche if some do for a few
    only.
    """
    names: dict[str, str] = {}
    fiches: dict[str, set[str | None]] = {}
    for line in lines:
        nom = line.text("structure")
        cle = contrat.identify(nom) or fold(nom)
        names.setdefault(cle, nom)
        fiches.setdefault(cle, set()).add(line.text("fiche") or None)
    if not names:
        return {}
    membres: dict[str | tuple[str, str], tuple[str, ...]] = {groupe.id: tuple(names.values())}
    numeros = [f.numero for f in pf.fiches_of_group(contrat, groupe)]
    if any(None not in its_own and not its_own.issuperset(numeros) for its_own in fiches.values()):
        for numero in numeros:
            membres[groupe.id, numero] = tuple(nom for cle, nom in names.items() if fiches[cle] & {None, numero})
    return membres


def _year_programme(reading: PilotageReading) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Fiche → EUR programmed on the maquette; fiche → EUR engaged before."""
    programmes: dict[str, Decimal] = {}
    engages: dict[str, Decimal] = {}
    already: set[str] = set()
    if not reading.contrat.actions:
        return programmes, engages
    for line in reading.sheet_table("programmation", pf.YEAR_PROGRAMME):
        fiche = reading.contrat.par_fiche.get(line.cle)
        if not _label_agrees(reading, line, fiche.numero if fiche else "", already) or fiche is None:
            continue
        if pf.has_post(reading.contrat, fiche):
            cell, expected = line.cells[min(line.typed_fields)], "rien : le poste est hors maquette"
            remedy = "déplacez ce montant dans le tableau « Autres financements programmés »."
            reading.fault(line.sheet, cell, "un montant", expected, remedy)
            continue
        for champ, sums in (("programme", programmes), ("engage_anterieur", engages)):
            if (amount := line.amount(champ)) is not None:
                sums[fiche.numero] = amount
    return programmes, engages


def _label_agrees(reading: PilotageReading, line: PilotageRow, printed: str, already: set[str]) -> bool:
    """Does the row bear the label that its hidden key promises, once only? ``printed`` "": a key that the contract does
    not know.

    ``already``: the keys found so far, to which this one is added.
    """
    if printed and fold(printed) in line.texts and line.cle not in already:
        already.add(line.cle)
        return True
    first = next(iter(line.cells.values()))
    expected = f"la ligne d’origine de « {printed} »" if printed else "une des lignes d’origine"
    remedy = "remettez la saisie sur la ligne d’origine, puis recommencez."
    reading.fault(line.sheet, first, "une saisie sur une autre ligne", expected, remedy)
    return False


def _financements(reading: PilotageReading, maquette: Mapping[str, Decimal]) -> tuple[Financement, ...]:
    contrat = reading.contrat
    if not contrat.actions:
        return ()
    ids = {fold(n): f.id for f in contrat.money.financeurs for n in (f.nom, f.id)}
    levels = {fold(n.libelle): n.niveau for n in contrat.money.natures}
    financements = []
    for line in reading.sheet_table("autres", pf.OTHER_FINANCEMENTS):
        fiche, financeur, nature = (line.text(c) for c in ("fiche", "financeur", "nature"))
        montant = line.amount("montant")
        if not fiche or not financeur or montant is None:
            continue  # a fault was noted, or will be for the blank cell
        if levels.get(fold(nature)) == "maquette" and fiche in maquette:
            expected = f"une autre nature : la maquette de la fiche {fiche} est déjà saisie au tableau du haut"
            reading.fault(line.sheet, line.cells["nature"], nature, expected, "videz une des deux saisies.")
            continue
        financements.append(Financement(fiche, ids.get(fold(financeur), financeur), nature, montant))
    return tuple(financements)


def _meetings(reading: PilotageReading) -> tuple[Meeting, ...]:
    reunions = []
    for line in reading.sheet_table("reunions", pf.MEETINGS):
        convies, presents = line.number("convies"), line.number("presents")
        if convies is not None and presents is not None and presents > convies:
            expected = f"{convies} au plus, le nombre de structures conviées"
            reading.fault(line.sheet, line.cells["presents"], presents, expected, "corrigez l’un des deux nombres.")
        instance, day = line.text("instance"), line.day("date")
        if instance and day is not None:
            reunions.append(Meeting(instance, day, convies, presents, line.text("observation")))
    return tuple(reunions)


def _evaluations(reading: PilotageReading) -> tuple[FollowedEvaluation, ...]:
    """Where those of the year are; a workbook made before the contract planned them has none."""
    if "evaluations/#" not in reading.places:
        return ()
    known = {e.sorte: e for e in of_year(reading.contrat.announced.evaluations, reading.annee)}
    followed: list[FollowedEvaluation] = []
    already: set[str] = set()
    for line in reading.sheet_table("evaluations", pf.EVALUATIONS):
        if not _label_agrees(reading, line, known[line.cle].nom if line.cle in known else "", already):
            continue
        etat, day = line.text("etat"), line.day("date")
        if day is not None and etat and etat != MADE:
            expected, remedy = f"« {MADE} », puisqu’une date est donnée", "changez l’état, ou videz la date."
            label = pf.EVALUATIONS.champ("etat").libelle
            reading.fault(line.sheet, line.cells["etat"], etat, expected, remedy, label)
        if etat:
            followed.append(FollowedEvaluation(line.cle, etat, day, line.text("constats")))
    return tuple(followed)


def _decisions(reading: PilotageReading) -> tuple[CopilDecision, ...]:
    decisions = []
    for line in reading.sheet_table("decisions", pf.COPIL_DECISIONS):
        said = ("precision", "avis", "perspectives", pf.DECIDED_BY)
        if decision := line.text("decision"):
            decisions.append(CopilDecision(line.text("fiche"), decision, line.day("date"), *map(line.text, said)))
    return tuple(decisions)


def _relances(reading: PilotageReading) -> tuple[Relance, ...]:
    """The rows of the expected structures, then those that were added."""
    known = reading.contrat.by_structure
    rows: list[tuple[str, PilotageRow]] = []
    already: set[str] = set()
    for line in reading.sheet_table("suivi", pf.FOLLOW_UP):
        printed = known[line.cle].nom if line.cle in known else line.cle
        if _label_agrees(reading, line, printed, already):
            rows.append((line.cle, line))
    for line in reading.sheet_table("suivi_autres", pf.OTHERS_FOLLOW_UP):
        if nom := line.text("structure"):
            rows.append((reading.contrat.identify(nom) or nom, line))
    return tuple(
        Relance(structure, li.text("statut"), li.day("date"), li.text("note"), _addresses(reading, li))
        for structure, li in rows
    )


_ADDRESS = re.compile(r"[\w.+'-]+@[\w-]+(\.[\w-]+)+", re.ASCII)


def _addresses(reading: PilotageReading, line: PilotageRow) -> str:
    """The address of a service, or several after commas; a fault for what a message cannot be sent to."""
    typed = line.text("courriel")
    addresses = [piece.strip() for piece in re.split("[,;]", typed) if piece.strip()]
    if not all(map(_ADDRESS.fullmatch, addresses)):
        expected, label = "une adresse de courriel, sans accent ni espace", pf.FOLLOW_UP.champ("courriel").libelle
        remedy = "corrigez l’adresse (contact@exemple.fr), ou videz la case."
        reading.fault(line.sheet, line.cells["courriel"], typed, expected, remedy, label)
        return ""
    return ", ".join(addresses)


def _replacements(reading: PilotageReading) -> tuple[Replacement, ...]:
    """Which returns take the place of others; a workbook made before this table existed has none."""
    if "remplacements/#" not in reading.places:
        return ()
    lines = reading.sheet_table("remplacements", pf.REPLACEMENTS)
    named = ((line.text("ancien"), line.text("nouveau"), line.text("note")) for line in lines)
    return tuple(Replacement(old, new, note) for old, new, note in named if old and new)


def _set_aside(reading: PilotageReading) -> tuple[SetAside, ...]:
    """Which returns are not to count; a workbook made before this table existed has none."""
    if "ecartes/#" not in reading.places:
        return ()
    lines = reading.sheet_table("ecartes", pf.SET_ASIDE)
    return tuple(SetAside(li.text("fichier"), li.text("motif")) for li in lines if li.text("fichier"))


def _subsidised(reading: PilotageReading) -> tuple[str, ...]:
    """Of which fiches a compte rendu financier is asked; a workbook made before this table existed asks none."""
    if "comptes_rendus/#" not in reading.places:
        return ()
    lines = reading.sheet_table("comptes_rendus", pf.SUBSIDISED)
    return tuple(dict.fromkeys(li.text("fiche") for li in lines if li.text("fiche")))
