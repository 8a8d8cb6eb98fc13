"""The contract, and the year's workbooks."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from cls_workbook.definition.toml_reader import load
from cls_workbook.domain.contrat_years import all_years
from cls_workbook.domain.verification.fault import DefinitionFault
from cls_workbook.errors import Refusal
from cls_workbook.page.desk.asked import Asked, Said, archive


def _import(asked: Asked) -> Said:
    """A dropped definition, or the workbook that describes a contract: its definition as a file, and what it says."""
    from cls_workbook.definition.importing.definition_import import importer
    from cls_workbook.domain.verification.whole_contract import verifier
    from cls_workbook.workbook.saving import save

    (source,) = asked.files
    if source.endswith(".toml"):
        contrat, made = load(source), source
        notices = _sound(verifier(contrat), f"La définition « {source} » comporte des fautes.")
    else:
        imported = importer(source)
        contrat, notices = imported.contrat, [*imported.notices, *map(str, imported.a_confirmer)]
        made = f"{contrat.id}.toml"
        save(imported.texte.encode(), made)
    described = {"id": contrat.id, "titre": contrat.titre, "annees": list(all_years(contrat))}
    return {"contrat": described, "notices": notices, "files": [made]}


def _import_noyau(asked: Asked) -> Said:
    """A dropped noyau, or the workbook that describes one: its definition as a file, and what it says."""
    from cls_workbook.definition.importing.definition_import import importer_noyau
    from cls_workbook.definition.noyau_reader import load_noyau
    from cls_workbook.domain.verification.noyau_faults import verify_noyau
    from cls_workbook.workbook.saving import save

    (source,) = asked.files
    if source.endswith(".toml"):
        noyau, made = load_noyau(source), source
        notices = _sound(verify_noyau(noyau), f"Le noyau « {source} » comporte des fautes.")
    else:
        imported = importer_noyau(source)
        noyau, notices = imported.noyau, [*imported.notices, *map(str, imported.a_confirmer)]
        made = f"{noyau.id}.toml"
        save(imported.texte.encode(), made)
    return {"titre": noyau.titre, "notices": notices, "files": [made]}


def _sound(findings: Sequence[DefinitionFault], refusal: str) -> list[str]:
    """What was found, as sentences. Refusal with all of them where one is such that no year can be made."""
    said = [str(found) for found in findings]
    if any(found.blocks for found in findings):
        raise Refusal(refusal, said)
    return said


def _describe_noyau(asked: Asked) -> Said:
    """The workbook in which a noyau is described, filled from one if one is chosen."""
    from cls_workbook.definition.authoring.authoring_workbook import noyau_workbook
    from cls_workbook.definition.noyau_reader import load_noyau
    from cls_workbook.workbook.writer import write

    path = "description-du-noyau.xlsx"
    write(noyau_workbook(load_noyau(asked.noyau) if asked.noyau else None), path)
    return {"files": [path]}


def _generate(asked: Asked) -> Said:
    """The year's workbook, and one for each structure, in one archive."""
    from cls_workbook.pipeline.way_out import generer

    made = [
        path.name
        for path in generer(
            asked.contrat,
            asked.annee,
            "classeurs",
            by_structure=True,
            precedent=asked.precedent,
            pilotage=asked.pilotage,
        )
    ]
    return {"made": made, "files": [archive("classeurs", f"classeurs-{asked.annee}.zip")]}


def _pilotage(asked: Asked) -> Said:
    from cls_workbook.pilotage import workbook
    from cls_workbook.pipeline.way_out import load_contrat
    from cls_workbook.workbook.writer import write

    path = f"pilotage-{asked.annee}.xlsx"
    write(workbook(load_contrat(asked.contrat, asked.annee), asked.annee), path)
    return {"files": [path]}


def _coordinate(asked: Asked) -> Said:
    """The coordinator's workbook with its button; from an earlier one, its inputs are taken over."""
    from cls_workbook.office.coordinator.making import coordonner
    from cls_workbook.pipeline.way_out import load_contrat

    path = f"coordination-{asked.annee}.xlsm"
    contrat = load_contrat(asked.contrat, asked.annee)
    coordonner(contrat, asked.contrat, asked.annee, path, pilotage=asked.pilotage, precedent=asked.precedent)
    return {"files": [path]}


def _describe(asked: Asked) -> Said:
    """The workbook in which a contract is described, filled from one if one is chosen."""
    from cls_workbook.definition.authoring.authoring_workbook import workbook
    from cls_workbook.workbook.writer import write

    path = "description-du-contrat.xlsx"
    write(workbook(load(asked.contrat) if asked.contrat else None), path)
    return {"files": [path]}


def _dictionary(asked: Asked) -> Said:
    from cls_workbook.forms.dictionary import dictionnaire, write
    from cls_workbook.pipeline.way_out import plan_of

    kind = asked.format or "xlsx"
    path = f"dictionnaire-{asked.annee}.{kind}"
    plan, membres = plan_of(asked.contrat, asked.annee, asked.pilotage, asked.structure or None)
    write(dictionnaire(plan, membres), kind, path)
    return {"files": [path]}


def _form_names(asked: Asked) -> Said:
    """The names that an agency's form may bear."""
    from cls_workbook.forms.dictionary import Listing, write
    from cls_workbook.office.agency_form.form_names import COLUMNS, WIDTHS, listed
    from cls_workbook.pipeline.way_out import load_contrat

    kind = asked.format or "xlsx"
    path = f"noms-formulaire-{asked.annee}.{kind}"
    names = listed(load_contrat(asked.contrat, asked.annee))
    write(names, kind, path, Listing("Noms pour un formulaire", COLUMNS, WIDTHS))
    return {"files": [path]}


ANSWERS: dict[str, Callable[[Asked], Said]] = {
    "importer": _import,
    "importer-noyau": _import_noyau,
    "modele-noyau": _describe_noyau,
    "generer": _generate,
    "pilotage": _pilotage,
    "coordonner": _coordinate,
    "modele": _describe,
    "dictionnaire": _dictionary,
    "noms-formulaire": _form_names,
}
