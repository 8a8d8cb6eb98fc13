"""A return that cannot be annotated as it is (an ``.ods``): the year's workbook drawn anew, with what was typed in it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime

from cls_workbook import entry
from cls_workbook.contract.model import Contrat
from cls_workbook.entry import examples
from cls_workbook.entry.layout import Emplacement
from cls_workbook.reading.constats_de_lecture import en_texte
from cls_workbook.reading.reader import Retour
from cls_workbook.reading.reperes import modele_de
from cls_workbook.xlsx import writer


@dataclass(frozen=True)
class Reprise:
    """``places``: key of an input of the return → (sheet, cell) in the new workbook. ``perdues``: sentences on what
    found no place in it."""

    contenu: bytes
    places: Mapping[str, tuple[str, str]]
    feuilles: frozenset[str]
    perdues: tuple[str, ...] = field(default_factory=tuple)


def refaire(retour: Retour, contrat: Contrat) -> Reprise:
    """The workbook of the contract with the answers of the return, whatever the form that it came in."""
    contrat = contrat.en(retour.annee)
    plan = entry.plan(contrat, retour.annee, _repondant(retour, contrat))
    places = {p.cle: p for p in plan.emplacements()}
    ajouts = dict(_rangs_des_ajouts(retour, contrat, places))
    reponses, perdues, ou = {}, [], {}
    for saisie in retour.saisies:
        rangee, _, champ = saisie.cle.rpartition("/")
        cle = f"{ajouts[rangee]}/{champ}" if rangee in ajouts else saisie.cle
        if cle in places:
            reponses[cle] = _a_ecrire(saisie.brut)
            ou[saisie.cle] = (places[cle].feuille, places[cle].cellule)
        else:
            perdues.append(f"Non repris, à reporter : {saisie.feuille}, {saisie.cellule} : « {en_texte(saisie.brut)} ».")
    examples.remplir(plan, reponses)
    ou = {cle: (p.feuille, p.cellule) for cle, p in places.items()} | ou
    return Reprise(writer.to_bytes(plan.classeur), ou, frozenset(f.nom for f in plan.classeur.feuilles), tuple(perdues))


def _repondant(retour: Retour, contrat: Contrat) -> entry.Repondant | None:
    """The structure that the workbook was made for, with its fiches; None for the general workbook."""
    if not retour.structure:
        return None
    connue = contrat.par_structure.get(retour.structure)
    volets = {n: v for r in entry.repondants(contrat) if r.id == retour.structure for n, v in r.fiches}
    fiches = tuple((f, volets.get(f, "")) for f in retour.fiches if f in contrat.par_fiche)
    return entry.Repondant(retour.structure, connue.nom if connue else retour.structure, fiches)


def _rangs_des_ajouts(retour: Retour, contrat: Contrat, places: Mapping[str, Emplacement]) -> Iterator[tuple[str, str]]:
    """Row that the partner added → the blank row of the table that takes it in, as long as there is one."""
    modele = modele_de(contrat, retour.annee)
    prises = {s.cle.rpartition("/")[0] for s in retour.saisies}
    for prefixe in modele.extensibles:
        siennes = sorted({c.rpartition("/")[0] for c in places if c.startswith(f"{prefixe}/")})
        libres = iter([r for r in siennes if r not in prises])
        ajoutees = sorted(r for r in prises if r.startswith(f"{prefixe}/") and r not in siennes)
        yield from zip(ajoutees, libres, strict=False)


def _a_ecrire(brut: object) -> object:
    """A raw value as our writer stores it: a partner's text stays a text."""
    if isinstance(brut, bool | int | str | datetime | date):
        return brut
    if isinstance(brut, float):
        return int(brut) if brut.is_integer() and abs(brut) < 1e15 else brut
    return en_texte(brut)
