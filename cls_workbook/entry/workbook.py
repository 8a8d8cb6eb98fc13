"""The year's entry workbook: Accueil, Sommaire, one sheet per fiche, hidden lists and identification.

``plan`` draws everything once; ``Plan`` then serves the writer (``classeur``), the dictionary
(``emplacements``) and the reader (``feuilles``), so that what is asked is what is read.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from cls_workbook.contract import fields, rappels
from cls_workbook.contract.model import Contrat, Fiche
from cls_workbook.contract.reprises import SEPARATEUR_D_EMPREINTES, empreinte
from cls_workbook.entry import fiche as fiche_sheet
from cls_workbook.entry import front, listes
from cls_workbook.entry.form import Contexte
from cls_workbook.entry.layout import CLE, FEUILLE_IDENTITE, MEMOIRE, VERSION_MODELE, Emplacement, Page, PlanFeuille
from cls_workbook.francais import plier
from cls_workbook.xlsx.sheets import Classeur, Feuille

FEUILLE_ACCUEIL, FEUILLE_SOMMAIRE = "Accueil", "Sommaire"


@dataclass(frozen=True)
class Repondant:
    """A structure that is expected to answer. ``fiches``: (fiche number, volet name or "")."""

    id: str
    nom: str
    fiches: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Plan:
    """The whole workbook as planned. ``modele``: version of the template and fingerprint of its questions."""

    contrat: Contrat
    annee: int
    repondant: Repondant | None
    feuilles: tuple[PlanFeuille, ...]
    classeur: Classeur
    modele: str
    identifiant: str

    def emplacements(self) -> Iterator[Emplacement]:
        """Every input, sheet by sheet, in the order of the rows."""
        for feuille in self.feuilles:
            for rangee in feuille.rangees.values():
                yield from rangee.emplacements


@dataclass(frozen=True)
class Campagne:
    """What the coordinator adds to the contract for one year; everything may be unknown.

    ``membres``: group id → names; ``programme``: fiche → euros; ``precedent``: measure → last year's
    consolidated value, ``propres``: structure (id, or folded name) → measure → what it said itself; ``reprises``: respondent
    id → key of an input → last year's answer; ``limite``: date by which returns are expected (printed text).
    """

    membres: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    programme: Mapping[str, Decimal] = field(default_factory=dict)
    precedent: Mapping[str, object] = field(default_factory=dict)
    reprises: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    propres: Mapping[str, Mapping[str, object]] = field(default_factory=dict)
    limite: str = ""
    contact: str = ""


def nom_de_feuille(fiche: Fiche) -> str:
    return f"FA {fiche.numero}"


def nom_de_fichier(identifiant: str) -> str:
    """A structure's id as part of a file name: ASCII letters, digits and hyphens."""
    return "-".join(re.findall(r"[a-z0-9]+", plier(identifiant))) or "structure"


def repondants(contrat: Contrat, membres: Mapping[str, tuple[str, ...]] | None = None) -> list[Repondant]:
    """Who is expected to answer, in the contract's order; a group stands as its named members, or not at all.

    ``membres``: group id → names; (group id, fiche) → those of one fiche, looked up first.
    """
    membres, attendus = membres or {}, {}
    for fiche in contrat.fiches:
        for structure, volet in fiche.repondants():
            groupe = contrat.par_structure[structure].groupe
            nommes = membres.get((structure, fiche.numero), membres.get(structure, ()))
            for nom in nommes if groupe else (contrat.par_structure[structure].nom,):
                identifiant = contrat.identifier(nom) or nom
                attendus.setdefault(identifiant, []).append((fiche.numero, volet or ""))
    return [
        Repondant(i, contrat.par_structure[i].nom if i in contrat.par_structure else i, tuple(dict.fromkeys(fiches)))
        for i, fiches in attendus.items()
    ]


class _Commun:
    """What the workbooks of a campaign have in common: the lists, and the fiches drawn so far, by what they say."""

    def __init__(self, contrat: Contrat, campagne: Campagne):
        self.choix = _listes(contrat, campagne)
        self.adresses = listes.adresses(self.choix)
        self.listes = listes.feuille(self.choix)
        self.fiches: dict[tuple, Page] = {}


def plans(contrat: Contrat, annee: int, repondants: Sequence[Repondant | None], campagne: Campagne | None = None) -> list[Plan]:
    """The workbook of each, to be written rather than filled in: a fiche that asks the same of several is drawn once."""
    campagne = campagne or Campagne()
    commun = _Commun(contrat.en(annee), campagne)
    return [_plan(contrat.en(annee), annee, repondant, campagne, commun) for repondant in repondants]


def plan(contrat: Contrat, annee: int, repondant: Repondant | None = None, campagne: Campagne | None = None) -> Plan:
    """The workbook of ``annee``: every active fiche, or those of one ``repondant``, its identity filled in."""
    return plans(contrat, annee, [repondant], campagne)[0]


def _plan(contrat: Contrat, annee: int, repondant: Repondant | None, campagne: Campagne, commun: _Commun) -> Plan:
    siennes = {numero for numero, _ in repondant.fiches} if repondant else None
    fiches = [f for f in contrat.fiches if siennes is None or f.numero in siennes]
    choix, adresses = commun.choix, commun.adresses
    reprises = campagne.reprises.get(repondant.id, {}) if repondant else {}
    accueil, cellule_structure = front.accueil(_page(FEUILLE_ACCUEIL, "", adresses, choix, annee, reprises), contrat, annee, repondant, campagne)
    pages = [_fiche(contrat, f, annee, repondant, campagne, adresses, choix, cellule_structure, commun.fiches) for f in fiches]
    sommaire = front.sommaire(_page(FEUILLE_SOMMAIRE, "", adresses, choix, annee), contrat, annee, [(f, p) for f, p in zip(fiches, pages, strict=True)])
    questions = [p.plan for p in (accueil, *pages)]
    modele = version((e for p in questions for r in p.rangees.values() for e in r.emplacements), annee)
    identifiant = _empreinte((contrat.id, str(annee), repondant.id if repondant else "", modele))
    reprises_faites = SEPARATEUR_D_EMPREINTES.join(empreinte(cle, v) for p in (accueil, *pages) for cle, v in p.repris.items())
    imprimes = rappels.ecrire({cle: v for p in (accueil, *pages) for cle, v in p.rappels.items()})
    identite = front.identite(_page(FEUILLE_IDENTITE, "", adresses, choix, annee), contrat, annee, repondant, modele, identifiant, fiches, reprises_faites, imprimes)
    feuilles = [accueil.feuille, sommaire.feuille, *(p.feuille for p in pages), commun.listes, identite.feuille]
    for feuille in feuilles:
        feuille.impression.pied_gauche = f"{contrat.nom_court} · {contrat.nom_annee(annee)}"
    titre = f"{contrat.titre} — suivi {contrat.nom_annee(annee)}" + (f" — {repondant.nom}" if repondant else "")
    return Plan(
        contrat, annee, repondant, (*questions, identite.plan),
        Classeur(feuilles, titre, contrat.titre, feuille_active=FEUILLE_ACCUEIL), modele, identifiant,
    )  # fmt: skip


def version(places: Iterable[Emplacement], annee: int) -> str:
    """The version of a template: its drawing, and a fingerprint of the questions that it asks, as it prints them but for the year."""
    questions = "\n".join([f"{p.cle}|{p.libelle}|{p.type}|{p.unite}" for p in places])
    return f"{VERSION_MODELE}.{_empreinte([questions.replace(str(annee), '')])}"


def _page(nom: str, fiche: str, adresses: dict[str, str], listes: dict[str, tuple[str, ...]], annee: int, reprises: Mapping[str, object] | None = None) -> Page:
    feuille = Feuille(nom, protegee=True, inserer_lignes=bool(fiche), colonnes_masquees=(CLE, MEMOIRE))
    page = Page(PlanFeuille(feuille, fiche), adresses, listes, annee)
    page.reprises = reprises or {}
    return page


def _fiche(contrat, fiche: Fiche, annee, repondant, campagne: Campagne, adresses, listes, cellule_structure, dessinees: dict[tuple, Page]) -> Page:
    volets = [v for n, v in repondant.fiches if n == fiche.numero and v] if repondant else []
    contexte = Contexte(
        contrat, annee, repondant.nom if repondant else None, volets[0] if len(volets) == 1 else None,
        _precedent(campagne, repondant), dict(campagne.programme), cellule_structure, FEUILLE_SOMMAIRE, fiche.volets,
    )  # fmt: skip
    reprises = campagne.reprises.get(repondant.id, {}) if repondant else {}
    cle = _ce_que_dit(fiche, contexte, reprises)
    if cle in dessinees:
        return fiche_sheet.pour(dessinees[cle], contexte.structure)
    # each fiche has its own list of volets, under the same name as seen from its page
    propres = {"volets": f"volets {fiche.numero}"} if fiche.volets else {}
    page = _page(nom_de_feuille(fiche), fiche.numero, adresses | {k: adresses[v] for k, v in propres.items()}, listes | {k: listes[v] for k, v in propres.items()}, annee, reprises)
    rangs = {a.numero: i for i, a in enumerate(contrat.axes)}
    page.feuille.couleur_onglet = f"axe{rangs.get(fiche.axe, 0) % 8 + 1}"
    fiche_sheet.dessiner(page, fiche, contexte)
    dessinees[cle] = page
    return page


def _ce_que_dit(fiche: Fiche, contexte: Contexte, reprises: Mapping[str, object]) -> tuple:
    """What the sheet of a fiche says that is not the same for all structures of a campaign, their names apart."""
    passees = tuple(contexte.precedent.get(m.id) for i in fiche.indicateurs for m in i.mesures)
    siennes = tuple((cle, valeur) for cle, valeur in reprises.items() if cle.startswith(f"{fiche.numero}/"))
    return fiche.numero, contexte.volet, passees, siennes


def _precedent(campagne: Campagne, repondant: Repondant | None) -> dict[str, object]:
    """Last year's values: those of the structure in its own workbook, the consolidated ones in the general one."""
    if repondant is None:
        return dict(campagne.precedent)
    return dict(campagne.propres.get(repondant.id) or campagne.propres.get(plier(repondant.id)) or {})


# --- lists ----------------------------------------------------------------------------------------------------------


def _listes(contrat: Contrat, campagne: Campagne) -> dict[str, tuple[str, ...]]:
    listes = {nom: choix for nom, choix in fields.listes(contrat).items() if choix}
    nommes = tuple(n for noms in campagne.membres.values() for n in noms if n not in listes.get("structures", ()))
    listes["structures"] = listes.get("structures", ()) + tuple(dict.fromkeys(nommes))
    # the same in every workbook of the year, so that their sheets can be shared
    return listes | {f"volets {f.numero}": tuple(v.nom for v in f.volets) for f in contrat.fiches if f.volets}


def _empreinte(morceaux) -> str:
    return hashlib.sha256("\n".join(morceaux).encode()).hexdigest()[:12]
