"""One revision of a contract: which field of which object, what its text means, and the contract once it is applied."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation

from cls_workbook.contract import model
from cls_workbook.contract.champs import champs_de
from cls_workbook.contract.model import Contrat
from cls_workbook.contract.vie import Periode, Revision
from cls_workbook.francais import POUR_NOMBRE, plier

# What may be revised: its class, the list of the contract that holds it, and what names it there.
_LISTES = {
    "axe": (model.Axe, "axes", "numero"),
    "structure": (model.Structure, "structures", "id"),
    "signataire": (model.Signataire, "signataires", "nom"),
    "financeur": (model.Financeur, "financeurs", "id"),
    "fiche": (model.Fiche, "fiches", "numero"),
    "regle": (model.Regle, "regles", "id"),
}
_DANS_UNE_FICHE = {"volet": model.Volet, "indicateur": model.Indicateur, "mesure": model.Mesure}
_CLES = {"id", "numero", "decisions", "revisions", "code_insee", *(c.name for c in dataclasses.fields(Periode))}
OUI, NON = ("oui", "vrai", "true", "1"), ("non", "faux", "false", "0")


class RevisionIllisible(ValueError):
    """Says in French, at a champ of the revision (``champ_fautif``), why it cannot be applied."""

    def __init__(self, champ_fautif: str, message: str):
        super().__init__(message)
        self.champ_fautif = champ_fautif


def champs_revisables(objet: str) -> dict[str, tuple[type, bool, bool]]:
    """Field → (its type, is it a list of it?, must it be there?), for what a cell can hold; a fiche's money included."""
    classe = model.Contrat if objet == "contrat" else _LISTES[objet][0] if objet in _LISTES else _DANS_UNE_FICHE[objet]
    champs = dict(champs_de(classe))
    if classe is model.Fiche:
        champs |= champs_de(model.FinancementFiche)
    return {n: c for n, c in champs.items() if n not in _CLES and not dataclasses.is_dataclass(c[0])}


def valeur_de(revision: Revision) -> object:
    """The typed value of a revision. RevisionIllisible if its objet, its champ or its text cannot be understood."""
    if revision.objet not in ("contrat", *_LISTES, *_DANS_UNE_FICHE):
        raise RevisionIllisible("objet", f"« {revision.objet} » ne se révise pas.")
    champs = champs_revisables(revision.objet)
    if revision.champ not in champs or (revision.objet == "signataire" and revision.champ == "nom"):
        raise RevisionIllisible("champ", f"« {revision.champ} » n’est pas un champ qui se révise. Champs possibles : {', '.join(sorted(champs))}.")
    type_, liste, obligatoire = champs[revision.champ]
    texte = (revision.valeur or "").strip()
    if liste:
        return tuple(_typer(type_, morceau.strip()) for morceau in texte.split(";") if morceau.strip())
    if not texte:
        if obligatoire:
            raise RevisionIllisible("valeur", f"« {revision.champ} » ne peut pas être vidé.")
        return _defaut(revision)
    return _typer(type_, texte)


def _typer(type_: type, texte: str) -> object:
    try:
        return _LECTURES[type_](texte)
    except (ValueError, InvalidOperation, KeyError):
        raise RevisionIllisible("valeur", f"{_ATTENDU[type_]} est attendu, trouvé « {texte} ».") from None


def _nombre(texte: str) -> Decimal:
    """« 180 000,50 », « 180000.5 », « 26,5 % »."""
    plat = texte.translate(POUR_NOMBRE).replace(" ", "").removesuffix("€")
    centieme = plat.endswith("%")
    nombre = Decimal(plat.removesuffix("%").replace(",", "."))
    if not nombre.is_finite():
        raise ValueError(texte)
    return nombre / 100 if centieme else nombre


def _jour(texte: str) -> date:
    if francaise := re.fullmatch(r"(\d{1,2})/(\d{1,2})/(\d{4})", texte):
        jour, mois, annee = map(int, francaise.groups())
        return date(annee, mois, jour)
    return date.fromisoformat(texte)


def _oui_non(texte: str) -> bool:
    if plier(texte) not in OUI + NON:
        raise ValueError(texte)
    return plier(texte) in OUI


_LECTURES: dict[type, Callable[[str], object]] = {str: str, int: int, bool: _oui_non, Decimal: _nombre, date: _jour}
_ATTENDU = {str: "un texte", int: "un nombre entier", bool: "oui ou non", Decimal: "un nombre", date: "une date (jj/mm/aaaa)"}


def _defaut(revision: Revision) -> object:
    classes = [model.Contrat] if revision.objet == "contrat" else [_LISTES[revision.objet][0]] if revision.objet in _LISTES else [_DANS_UNE_FICHE[revision.objet]]
    classes += [model.FinancementFiche] * (revision.objet == "fiche")
    return next(c.default for classe in classes for c in dataclasses.fields(classe) if c.name == revision.champ)


# --- The contract, revised ------------------------------------------------------------------------------------------


def appliquer(contrat: Contrat, revision: Revision) -> Contrat:
    """The contract with the revision. RevisionIllisible if it cannot be understood or if nothing bears its ``cible``."""
    valeur = valeur_de(revision)
    if revision.objet == "contrat":
        return dataclasses.replace(contrat, **{revision.champ: valeur})
    trouves: list[object] = []
    if revision.objet in _LISTES:
        _, liste, nom = _LISTES[revision.objet]
        revu = dataclasses.replace(contrat, **{liste: _revoir(getattr(contrat, liste), nom, revision.cible, revision, valeur, trouves)})
    else:
        revu = dataclasses.replace(contrat, fiches=tuple(_dans_la_fiche(f, revision, valeur, trouves) for f in contrat.fiches))
    if not trouves:
        raise RevisionIllisible("cible", f"« {revision.cible or ''} » ne désigne rien de type « {revision.objet} » dans la définition.")
    return revu


def _revoir(objets: tuple, nom: str, cible: str | None, revision: Revision, valeur: object, trouves: list) -> tuple:
    revus = []
    for objet in objets:
        if getattr(objet, nom) == cible:
            trouves.append(objet)
            objet = _changer(objet, revision.champ, valeur)
        revus.append(objet)
    return tuple(revus)


def _changer(objet, champ: str, valeur: object):
    if isinstance(objet, model.Fiche) and champ in champs_de(model.FinancementFiche):
        argent = dataclasses.replace(objet.financement, **{champ: valeur})
        if champ == "montant":  # an amount that is given is no longer « non déterminé », and the reverse
            argent = dataclasses.replace(argent, montant_imprime=None, montant_etat="vide" if valeur is None else "chiffre")
        return dataclasses.replace(objet, financement=argent)
    return dataclasses.replace(objet, **{champ: valeur})


def _dans_la_fiche(fiche: model.Fiche, revision: Revision, valeur: object, trouves: list) -> model.Fiche:
    if revision.objet == "volet":
        numero, _, volet = (revision.cible or "").rpartition("/")
        return dataclasses.replace(fiche, volets=_revoir(fiche.volets, "id", volet, revision, valeur, trouves)) if fiche.numero == numero else fiche
    if revision.objet == "indicateur":
        return dataclasses.replace(fiche, indicateurs=_revoir(fiche.indicateurs, "id", revision.cible, revision, valeur, trouves))
    return dataclasses.replace(
        fiche,
        indicateurs=tuple(dataclasses.replace(i, mesures=_revoir(i.mesures, "id", revision.cible, revision, valeur, trouves)) for i in fiche.indicateurs),
    )
