"""All that the checks look at: the typed values of the returns, what was expected, last year, the coordinator's inputs."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import numpy as np
import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.contract.fields import libelle
from cls_workbook.contract.model import Contrat, Mesure
from cls_workbook.francais import plier
from cls_workbook.reading.cahier import Cahier
from cls_workbook.reading.vues import ADRESSE, Rangee, Saisies, en_lignes, en_rangees, large, somme

BLOCS_DES_MESURES = ("mesures", "taux", "satisfaction", "durees", "jalons", "textes", "ventilations")
# What answers a measure; the rest (statut, commentaire, échelle, unité…) only qualifies the answer.
CHAMPS_DE_FOND = frozenset((
    "valeur", "dont_qpv", "numerateur", "denominateur", "questionnaires", "repondants", "satisfaits", "moyenne",
    "effectif", "jalon", "texte", "modalite", "nom",
))  # fmt: skip


@dataclass(frozen=True, eq=False)
class Precedent:
    """Last year's consolidation, as far as the checks need it.

    ``mesures``: values retained last year; columns fiche, structure, volet, mesure, champ, modalite, valeur
    (other columns are ignored; structures named as in ``Dossier.retours``).
    ``lignes``: the funding lines of last year; columns fiche, structure, financeur, nature, prevu, engage, verse, reference.
    ``financements``: what earlier years engaged in all; columns fiche, financeur (id or name), nature (label), engage (EUR).
    """

    mesures: pd.DataFrame
    financements: pd.DataFrame
    lignes: pd.DataFrame | None = None


@dataclass(frozen=True, eq=False)
class Pilotage:
    """``programmes``: (fiche, financeur id or name) → EUR programmed for the year; ``hors_maquette``: the same for the
    lines of that level. ``reunions``: instance → meetings held."""

    programmes: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)
    reunions: Mapping[str, int] = field(default_factory=dict)
    hors_maquette: Mapping[tuple[str, str], Decimal] = field(default_factory=dict)


class Fond(NamedTuple):
    """One input of a measure."""

    bloc: str
    champ: str
    valeur: object
    cellule: str


class Compte(NamedTuple):
    """The figure given for a measure: typed, or the total of its breakdown; ``ligne``: a row of the return it comes from."""

    valeur: int | Decimal
    cellules: tuple[str, ...]
    ligne: dict


@dataclass(frozen=True, eq=False)
class Dossier:
    """The returns of a campaign (or a single one), typed.

    ``valeurs``: one row per input understood; columns annee, fichier, feuille, cellule, fiche, structure, volet, bloc,
    mesure, champ, ligne, modalite, type, valeur; for a whole campaign, a book of them, which rules between returns take up by
    parts (``par_fiche``, ``par_mesure``, ``financements_de``). ``retours``: one row per (fichier, fiche) answered; columns fichier,
    sha256, annee, contrat, modele, structure, volet, fiche, feuille. ``attendus``: columns fiche, structure, volet,
    groupe; None where no campaign is known. What is None is not checked against.
    ``anomalies``: what reading and typing already found; what they refused is not said to be missing.
    ``adresses``: file → key of an input → (sheet, cell), blank inputs included, so that a blank can be pointed at.
    ``modele``: version of the template that this campaign sent out.
    """

    contrat: Contrat
    annee: int
    valeurs: pd.DataFrame | Cahier
    retours: pd.DataFrame
    attendus: pd.DataFrame | None = None
    precedent: Precedent | None = None
    pilotage: Pilotage | None = None
    anomalies: tuple[Anomalie, ...] = ()
    adresses: Mapping[str, Mapping[str, tuple[str, str]]] = field(default_factory=dict)
    modele: object = None

    # --- views ---

    @cached_property
    def _saisies(self) -> Saisies:
        return Saisies(self.valeurs)

    @cached_property
    def _vues(self) -> dict[str, pd.DataFrame]:
        return {}

    @cached_property
    def blocs(self) -> frozenset[str]:
        """Those in which something was typed."""
        return frozenset(self._saisies.mots["bloc"][np.unique(self._saisies.codes["bloc"])])

    def vue(self, bloc: str) -> pd.DataFrame:
        """``vues.large`` of a block, computed once."""
        if bloc not in self._vues:
            self._vues[bloc] = self._saisies.large(bloc)
        return self._vues[bloc]

    @cached_property
    def fiches_rendues(self) -> list[dict]:
        """The rows of ``retours``."""
        return en_lignes(self.retours)

    @cached_property
    def avancements(self) -> list[dict]:
        """One row per fiche returned with the champs of ``avancement`` (None where blank), in the order of ``retours``."""
        par_fiche = {(r["fichier"], r["fiche"]): r for r in en_lignes(self.vue("avancement"))}
        champs = [c for c in self.vue("avancement").columns if c not in ("intitule", "annee")]
        blanc = dict.fromkeys(champs) | {"mesure": "", "ligne": ""}
        return [
            par_fiche.get((r["fichier"], r["fiche"]), blanc | {c: r[c] for c in ("fichier", "feuille", "fiche", "structure", "volet")})
            for r in self.fiches_rendues
        ]

    @cached_property
    def avancement_de(self) -> dict[tuple[str, str], dict]:
        """(fichier, fiche) → its row of ``avancements``."""
        return {(r["fichier"], r["fiche"]): r for r in self.avancements}

    @cached_property
    def financements(self) -> list[Rangee]:
        """The funding lines, with ``niveau`` (subtotal of the nature) and ``id`` (of the funder)."""
        return list(self.financements_un_par_un())

    def financements_un_par_un(self) -> Iterator[Rangee]:
        """The same, none kept: for a sum over a whole campaign."""
        return (x for vue in self._vues_de("financement") for x in self._financements(vue))

    def _vues_de(self, bloc: str) -> Iterator[pd.DataFrame]:
        """``vue``, part after part where it is of a whole campaign."""
        if isinstance(self.valeurs, Cahier):
            yield from (large(partie, bloc) for partie in self.valeurs.par_tranche(lambda c: c.bloc == bloc))
        else:
            yield self.vue(bloc)

    def _financements(self, vue: pd.DataFrame) -> list[Rangee]:
        niveaux, ids = ({nom: lire(nom) for nom in vue[c].unique()} for c, lire in (("nature", self.niveau), ("financeur", self.financeur)))
        return en_rangees(vue.assign(niveau=[niveaux[n] for n in vue["nature"]], id=[ids[f] for f in vue["financeur"]]))

    @cached_property
    def depenses(self) -> dict[tuple[str, str], Rangee]:
        """(fichier, fiche) → what was spent."""
        return {(r["fichier"], r["fiche"]): r for vue in self._vues_de("depenses") for r in en_rangees(vue)}

    @cached_property
    def ventilations(self) -> dict[tuple[str, str, str], list[dict]]:
        """(fichier, fiche, mesure) → rows of its breakdown."""
        groupes: dict[tuple[str, str, str], list[dict]] = {}
        for ligne in en_lignes(self.vue("ventilations")):
            groupes.setdefault((ligne["fichier"], ligne["fiche"], ligne["mesure"]), []).append(ligne)
        return groupes

    @cached_property
    def fonds(self) -> dict[tuple[str, str, str], list[Fond]]:
        """(fichier, fiche, mesure) → what answers it."""
        s, groupes = self._saisies, {}
        de_fond = np.isin(s.codes["champ"], [s.numero("champ", champ) for champ in CHAMPS_DE_FOND])
        for bloc in BLOCS_DES_MESURES:
            for cle_, fond in self._fonds(de_fond & (s.codes["bloc"] == s.numero("bloc", bloc))):
                groupes.setdefault(cle_, []).append(fond)
        return groupes

    @cached_property
    def statuts(self) -> dict[tuple[str, str, str], Fond]:
        """(fichier, fiche, mesure) → statut, where one was chosen."""
        return dict(self._fonds(self._saisies.codes["champ"] == self._saisies.numero("champ", "statut")))

    def _fonds(self, masque: np.ndarray) -> Iterable[tuple[tuple[str, str, str], Fond]]:
        """(fichier, fiche, mesure), and what answers it, of these rows."""
        s, rangs = self._saisies, np.flatnonzero(masque)
        cles = zip(*(s.lire(nom, rangs) for nom in ("fichier", "fiche", "mesure")), strict=True)
        return zip(cles, map(Fond, s.lire("bloc", rangs), s.lire("champ", rangs), s.valeurs[rangs], s.lire("cellule", rangs)), strict=True)

    def comptes(self, ids: Collection[str]) -> dict[tuple[str, str], dict[str, Compte]]:
        """(fichier, fiche) → measure → its figure, for the measures asked about that have one."""
        trouves: dict[tuple[str, str], dict[str, Compte]] = {}
        vue = self.vue("mesures")
        for r in en_lignes(vue, vue["mesure"].isin(list(ids))):
            if r["valeur"] is not None:
                trouves.setdefault((r["fichier"], r["fiche"]), {})[r["mesure"]] = Compte(r["valeur"], (r["valeur" + ADRESSE],), r)
        for (fichier, fiche, mesure), rangs in self.ventilations.items():
            if mesure not in ids or self.mesure(mesure).type != "ventilation" or self.entame(fichier, fiche, "ventilations", mesure):
                continue
            remplis = [r for r in rangs if r["effectif"] is not None]
            if remplis:
                compte = Compte(somme(r["effectif"] for r in remplis), tuple(r["effectif" + ADRESSE] for r in remplis), remplis[0])
                trouves.setdefault((fichier, fiche), {})[mesure] = compte
        return trouves

    # --- the contract, seen from a row ---

    def mesure(self, id_: str) -> Mesure:
        return self.contrat.par_mesure[id_][2]

    def libelle(self, bloc: str, champ: str, mesure: str = "", fiche: str = "") -> str:
        """What is printed beside the input: the measure, then the champ."""
        imprime = libelle(bloc, champ, self.contrat.nom_annee(self.annee))
        if bloc == "complements" and fiche in self.contrat.par_fiche:
            imprime = next((c.libelle for c in self.contrat.par_fiche[fiche].complements if c.id == champ), imprime)
        return f"{self.mesure(mesure).libelle} — {imprime}" if mesure in self.contrat.par_mesure else imprime

    @cached_property
    def _financeurs(self) -> dict[str, str]:
        return {plier(n): f.id for f in self.contrat.financeurs for n in (f.nom, f.id)}

    def financeur(self, nom: str | None) -> str:
        """The id of a funder named by its id or name; the folded name if the contract does not know it."""
        return self._financeurs.get(plier(nom or ""), plier(nom or ""))

    def nom_du_financeur(self, id_: str) -> str:
        return next((f.nom for f in self.contrat.financeurs if f.id == id_), id_)

    def niveau(self, nature: str | None) -> str:
        """maquette, hors_maquette, cofinancement or valorisation; "" if the nature is blank or unknown."""
        connue = self.contrat.par_nature.get(nature or "")
        return connue.niveau if connue else ""

    # --- places ---

    def cellule(self, ligne: Mapping, bloc: str, champ: str) -> tuple[str, ...]:
        """Where ``champ`` of a row stands, blank or not; () if unknown."""
        saisie = ligne.get(champ + ADRESSE)
        place = (ligne["feuille"], saisie) if saisie else self.adresses.get(ligne["fichier"], {}).get(cle(ligne, bloc, champ))
        return (place[1],) if place else ()

    @cached_property
    def _illisibles(self) -> frozenset[tuple[str, str]]:
        """(fichier, key) of the inputs in which something was typed that could not be taken."""
        fautives = {(a.fichier, a.feuille, c) for a in self.anomalies for c in a.cellules}
        if not fautives:
            return frozenset()
        return frozenset(
            (fichier, cle_)
            for fichier in {f for f, _, _ in fautives}
            for cle_, (feuille, cellule) in self.adresses.get(fichier, {}).items()
            if (fichier, feuille, cellule) in fautives
        )

    @cached_property
    def _tableaux_entames(self) -> frozenset[tuple[str, str]]:
        return frozenset((fichier, prefixe) for fichier, cle_ in self._illisibles for prefixe in _prefixes(cle_))

    def illisible(self, ligne: Mapping, bloc: str, champ: str) -> bool:
        """Was something typed there that reading already refused? Then it is not missing."""
        return bool(self._illisibles) and (ligne["fichier"], cle(ligne, bloc, champ)) in self._illisibles

    def entame(self, fichier: str, fiche: str, bloc: str, mesure: str = "") -> bool:
        """Does the block (of the measure) hold a refused input? Then its total is not known."""
        return bool(self._tableaux_entames) and (fichier, "/".join(m for m in (fiche, bloc, mesure) if m)) in self._tableaux_entames

    # --- parts ---

    def sans(self, fichiers: Collection[str] = (), fiches: Collection[tuple[str, str]] = ()) -> Dossier:
        """The same without some files, or without some (fichier, fiche)."""
        if not fichiers and not fiches:
            return self
        if isinstance(self.valeurs, Cahier):
            concernes = {*fichiers, *(fichier for fichier, _ in fiches)}
            valeurs = self.valeurs.sans(concernes, lambda fichier, fiche, *_: fichier in fichiers or (fichier, fiche) in fiches)
        else:
            valeurs = self.valeurs[_gardes(self.valeurs, fichiers, fiches)]
        return dataclasses.replace(self, valeurs=valeurs, retours=self.retours[_gardes(self.retours, fichiers, fiches)])

    def seulement(self, fichiers: Collection[str]) -> Dossier:
        """The same with these files only."""
        return dataclasses.replace(self, valeurs=self._cahier.des_fichiers(fichiers), retours=self.retours[self.retours["fichier"].isin(list(fichiers))])

    # --- a campaign, part after part ---

    @cached_property
    def _cahier(self) -> Cahier:
        return Cahier.de(self.valeurs)

    def par_fiche(self, bloc: str) -> Iterator[tuple[str, Dossier]]:
        """Each fiche of which something is said in this block, and what is said of it."""
        for fiche in dict.fromkeys(c.fiche for c in self._cahier.chapitres if c.bloc == bloc):
            siennes = tuple(a for a in self.anomalies if a.fiche in ("", fiche))
            yield fiche, dataclasses.replace(self, valeurs=self._cahier.seulement(lambda c, ici=fiche: c.fiche == ici), anomalies=siennes)

    def par_mesure(self, *blocs: str) -> Iterator[tuple[str, Cahier]]:
        """Each measure of which something is said in these blocks, and what is said of it there."""
        for mesure in dict.fromkeys(c.mesure for c in self._cahier.chapitres if c.bloc in blocs):
            yield mesure, self._cahier.seulement(lambda c, elle=mesure: c.mesure == elle and c.bloc in blocs)

    def financements_de(self, structures: Collection[str]) -> list[Rangee]:
        """The funding lines of these structures, over all fiches."""
        if not structures:
            return []
        siennes = (v[v["structure"].isin(structures)] for v in self._cahier.par_tranche(lambda c: c.bloc == "financement"))
        return [x for v in siennes if len(v) for x in self._financements(large(v, "financement"))]


def cle(ligne: Mapping, bloc: str, champ: str) -> str:
    """``fiche/bloc[/mesure][/ligne]/champ``."""
    fiche = ligne["fiche"] or "accueil"
    return "/".join(m for m in (fiche, bloc, ligne.get("mesure", ""), ligne.get("ligne", ""), champ) if m)


def _prefixes(cle_: str) -> list[str]:
    morceaux = cle_.split("/")
    return ["/".join(morceaux[:n]) for n in range(1, len(morceaux))]


def _gardes(frame: pd.DataFrame, fichiers: Collection[str], fiches: Collection[tuple[str, str]]) -> list[bool]:
    return [f not in fichiers and (f, n) not in fiches for f, n in zip(frame["fichier"], frame["fiche"], strict=True)]
