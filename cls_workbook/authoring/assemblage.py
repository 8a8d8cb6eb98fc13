"""Typed rows → the contract that they describe; every name resolved, every object traced to its row."""

from __future__ import annotations

import re
from dataclasses import MISSING, fields
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.authoring import revisions
from cls_workbook.authoring.constat import Constat, Lieu, trouve
from cls_workbook.authoring.deductions import deduire, porte_une_mesure
from cls_workbook.authoring.rangees import Item, Rangee, typer
from cls_workbook.authoring.repertoire import Entree, Repertoire, noms_d_axe, noms_de_fiche
from cls_workbook.authoring.rubriques import Colonne, Rubrique
from cls_workbook.authoring.tables import Classeur
from cls_workbook.authoring.tout import PAR_NOM, QUOI, RENVOIS, RUBRIQUES
from cls_workbook.authoring.valeurs import Douteux
from cls_workbook.contract.model import Contrat, Fiche, Listes
from cls_workbook.contract.themes import themes_livres
from cls_workbook.contract.vie import SeuilsEvolution
from cls_workbook.francais import plier

_BOUCHE_TROU = {str: "", int: 0, Decimal: Decimal(0), bool: False, date: None}


class Origine(NamedTuple):
    """The row of an object, and which part of the row is its own."""

    rangee: Rangee
    partie: str = ""


class Assemblage:
    """``contrat``: what could be understood; ``fautes``: the workbook's, and those found on the way. ``origines``: id() of each
    object → where it comes from; ``tues``: (sheet, cell) of what needs no word, another cell being at fault."""

    def __init__(self, classeur: Classeur):
        self.rangees, self.tables = typer(classeur), classeur.tables
        self.fautes: list[Constat] = classeur.fautes
        self.origines: dict[int, Origine] = {}
        self.tues: set[tuple[str, str]] = set()
        self._crees: list[object] = []  # kept alive: id() is theirs alone as long as they are
        self._rattacher()
        deduire(self.rangees)
        self.repertoire = _repertoire(self.rangees)
        self.contrat = self._contrat()

    def _rattacher(self) -> None:
        """The number of the fiche that rows belong to, however it was written: everything else hangs on it."""
        self.repertoire = _repertoire({nom: self.rangees[nom] if nom == "fiches" else [] for nom in self.rangees})
        for nom in (r.nom for r in RUBRIQUES if r.parent):
            for rangee in self.rangees[nom]:
                for brut, _ in rangee.items.get(rangee.cle("fiche"), ())[:1]:
                    lu = self._douteux("fiches", brut) if isinstance(brut, Douteux) else self.repertoire.resoudre("fiches", str(brut))
                    if lu is not None:
                        rangee.poser("fiche", lu)

    # --- objects ---

    def _contrat(self) -> Contrat:
        simples = [r for r in RUBRIQUES if not (r.formulaire or r.parent or r.nom in ("listes", "fiches"))]
        siennes = self.rangees | {"themes": _hors_livres(self.rangees["themes"])}
        listes = {r.nom: tuple(self._objet(x) for x in siennes[r.nom]) for r in simples}
        fiches = tuple(self._fiches())
        tete = self.rangees["contrat"]
        champs = self._champs(tete[0], "") if tete else _necessaires(PAR_NOM["contrat"], "")
        evolution = SeuilsEvolution(**self._champs(tete[0], "evolution") if tete else {})
        return Contrat(**(champs | listes | {"fiches": fiches, "listes": self._listes(), "evolution": evolution}))

    def _listes(self) -> Listes:
        colonnes: dict[str, list[str]] = {}
        for rangee in self.rangees["listes"]:
            for colonne in rangee.table.rubrique.colonnes:
                colonnes.setdefault(colonne.champ, []).extend(str(v) for v, _ in rangee.items.get(rangee.cle(colonne.champ), ()))
        return Listes(**{champ: tuple(choix) for champ, choix in colonnes.items() if choix})

    def _objet(self, rangee: Rangee, partie: str = "", **plus):
        objet = rangee.table.rubrique.classe_de(rangee.table.rubrique.case("id", partie).colonne) if partie else rangee.table.rubrique.classe
        cree = objet(**(self._champs(rangee, partie) | plus))
        self._crees.append(cree)
        self.origines[id(cree)] = Origine(rangee, partie)
        return cree

    def _fiches(self) -> list[Fiche]:
        """Each fiche with what other sheets say of it."""
        contenu = {nom: self._par_fiche(nom) for nom in ("volets", "financement", "indicateurs", "complements")}
        fiches = []
        for rangee in self.rangees["fiches"]:
            numero = rangee.texte("numero")
            miens = {nom: par_fiche.pop(numero, []) for nom, par_fiche in contenu.items()}
            argent = [self._objet(r) for r in miens["financement"]]
            for double in miens["financement"][1:]:
                self._faute(double.ici, f"la fiche {numero} a déjà une ligne, ligne {miens['financement'][0].numero + 1}.", "gardez-en une seule.")
            fiches.append(self._objet(
                rangee, volets=tuple(self._objet(r) for r in miens["volets"]), complements=tuple(self._objet(r) for r in miens["complements"]),
                indicateurs=tuple(self._indicateurs(miens["indicateurs"])), **({"financement": argent[0]} if argent else {}),
            ))  # fmt: skip
        for reste in contenu.values():
            for numero, orphelines in reste.items():
                for rangee in orphelines:
                    self._orpheline(rangee, numero)
        return fiches

    def _par_fiche(self, nom: str) -> dict[str, list[Rangee]]:
        """Number of a fiche → the rows that belong to it."""
        colonne = PAR_NOM[nom].colonnes[0]
        par_fiche: dict[str, list[Rangee]] = {}
        for rangee in self.rangees[nom]:
            lu = next(iter(rangee.items.get(rangee.cle("fiche"), ())), None)
            numero = "" if lu is None else self._resoudre(colonne, lu, "") or ""
            par_fiche.setdefault(numero, []).append(rangee)
        return par_fiche

    def _orpheline(self, rangee: Rangee, numero: str) -> None:
        """A row of no fiche: told once, then read for the faults that its other cells may have."""
        if not numero and rangee.vide("fiche"):
            self._faute(rangee.lieu("fiche"), "la fiche manque.", "choisissez son numéro dans la liste.")
        suite = rangee.table.rubrique.nom == "indicateurs" and rangee.vide("libelle")
        for partie in sorted({c.partie for c in rangee.table.rubrique.colonnes}):
            if porte_une_mesure(rangee) if partie else not suite:
                self._champs(rangee, partie)

    def _indicateurs(self, rangees: list[Rangee]) -> list:
        """Rows of the same indicator, wherever they stand, make one."""
        par_id: dict[str, list[Rangee]] = {}
        for rangee in rangees:
            if not rangee.texte("id"):
                self._faute(rangee.lieu("libelle"), "le libellé de l’indicateur manque.", "écrivez-le, ou placez la ligne sous celles de son indicateur.")
                self._champs(rangee, "mesures")
                continue
            par_id.setdefault(rangee.texte("id"), []).append(rangee)
        return [self._indicateur(siennes) for siennes in par_id.values()]

    def _indicateur(self, rangees: list[Rangee]):
        debut = next((r for r in rangees if not r.vide("libelle")), rangees[0])
        for autre in rangees:
            if autre is not debut:
                self._suite(debut, autre)
        mesures = tuple(self._objet(r, "mesures") for r in rangees if porte_une_mesure(r))
        return self._objet(debut, mesures=mesures)

    def _suite(self, debut: Rangee, autre: Rangee) -> None:
        """The further rows of an indicator say nothing else of it than the first."""
        for colonne in autre.table.rubrique.colonnes:
            if colonne.partie or colonne.champ in ("fiche", "id") or autre.vide(colonne.champ):
                continue
            if autre.valeur(colonne.champ) != debut.valeur(colonne.champ):
                remede = f"effacez cette case : l’indicateur « {debut.texte('id')} » commence à la ligne {debut.numero + 1}."
                self._faute(autre.lieu(colonne.champ), "cette case diffère de la première ligne du même indicateur.", remede)

    # --- fields ---

    def _champs(self, rangee: Rangee, partie: str) -> dict[str, object]:
        """Field → value, for what was written; placeholders for what is missing, once it has been told."""
        rubrique = rangee.table.rubrique
        fiche = rangee.texte("numero") if rubrique.nom == "fiches" else self._fiche_de(rangee)
        champs: dict[str, object] = {}
        miennes = [c for c in rubrique.colonnes if c.partie == partie and not rubrique.est_parent(c)]
        for colonne in sorted(miennes, key=lambda c: bool(c.deduit)):  # what is deduced from another cell lacks only if that one is there
            items = rangee.items.get(rangee.cle(colonne.champ, partie), [])
            if items:
                lus = [self._valeur(rangee, colonne, item, fiche) for item in items]
                champs[colonne.champ] = tuple(lus) if rubrique.nature(colonne)[1] else lus[0]
            elif rubrique.nature(colonne)[1] and not rangee.vide(colonne.champ, partie):
                champs[colonne.champ] = ()
            elif rubrique.nature(colonne)[2]:
                self._manque(rangee, colonne)
        return _necessaires(rubrique, partie) | {c: v for c, v in champs.items() if v is not None}

    def _fiche_de(self, rangee: Rangee) -> str:
        """The fiche inside which names of volets and complements are known."""
        return rangee.texte("fiche") if any(c.champ == "fiche" for c in rangee.table.rubrique.colonnes) else ""

    def _manque(self, rangee: Rangee, colonne: Colonne) -> None:
        if not rangee.vide(colonne.champ, colonne.partie):
            return  # something was written there: its own fault says what
        lieu = rangee.lieu(colonne.champ, colonne.partie)
        if colonne.deduit and (rangee.table.rubrique.formulaire or any(f.lieu.ordre[:2] == lieu.ordre[:2] for f in self.fautes)):
            self.tues.add((lieu.feuille, lieu.cellule))  # it will follow from what is already told of the row
        elif rangee.table.rubrique.formulaire:
            self._faute(lieu, "cette réponse manque.", colonne.aide)
        elif colonne.deduit:
            self._faute(lieu, f"cette case est vide, et l’outil ne peut pas la déduire ici ({colonne.deduit.rstrip('.')}).", "remplissez-la.")
        else:
            self._faute(lieu, "cette case est vide, alors que la ligne est commencée.", "complétez-la, ou videz la ligne.")

    def _valeur(self, rangee: Rangee, colonne: Colonne, item: Item, fiche: str) -> object:
        if rangee.table.rubrique.nom == "revisions" and colonne.champ in ("cible", "champ", "valeur"):
            return self._revision(rangee, colonne, item)
        if not colonne.renvoi:
            return item[0]
        return self._resoudre(colonne, item, fiche)

    def _resoudre(self, colonne: Colonne, item: Item, fiche: str) -> str | None:
        """The id of what a cell names; a fault, and the text as it is, if nothing bears this name."""
        brut, lieu = item
        genre = colonne.renvoi or ""
        if isinstance(brut, Douteux):
            lu = self._douteux(genre, brut)
            if lu is None:
                self._faute(lieu, *brut.erreur)
            return lu or str(brut.brut)
        texte = str(brut)
        trouvee = self.repertoire.resoudre(genre, texte, fiche)
        if trouvee is None and not self._deguise(genre, texte):
            proche = self.repertoire.proche(genre, texte, fiche)
            feuille = PAR_NOM[RENVOIS[genre][0]].feuille
            conseil = f"vouliez-vous dire « {proche} » ? Sinon, ajoutez-le à la feuille « {feuille} »." if proche else f"ajoutez-le à la feuille « {feuille} », ou corrigez."
            self._faute(lieu, f"trouvé {trouve(texte)}, qui ne désigne pas {QUOI[genre]}.", conseil)
        return texte if trouvee is None else trouvee

    def _deguise(self, genre: str, texte: str) -> bool:
        """May the text name a row whose own number was spoilt? Then that row alone is at fault."""
        nom, champ = RENVOIS[genre]
        return any(_meme_numero(texte, d.brut) for r in self.rangees[nom] if (d := r.douteux.get(f"{nom}.{champ}")))

    def _douteux(self, genre: str, brut: Douteux) -> str | None:
        """The only entry whose number is that number; None if there is none, or « 2.1 » and « 2.10 » both."""
        if isinstance(brut.brut, date):
            return None
        trouvees = [e.id for e in self.repertoire.entrees.get(genre, ()) if _egal(e.id, brut.brut)]
        return trouvees[0] if len(trouvees) == 1 else None

    def _revision(self, rangee: Rangee, colonne: Colonne, item: Item) -> str:
        objet, texte = rangee.texte("objet"), str(item[0])
        if colonne.champ == "cible":
            return revisions.cible_lue(objet, texte, self.repertoire)
        if colonne.champ == "champ":
            trouvee = revisions.colonne(objet, texte)
            if trouvee is None and objet:
                self._faute(item[1], f"trouvé {trouve(texte)}, qui n’est pas une colonne qui se révise.", f"colonnes possibles : {', '.join(revisions.titres(objet))}.")
            return trouvee[1].champ if trouvee else texte
        trouvee = revisions.colonne(objet, rangee.texte("champ"))
        return revisions.valeur_lue(*trouvee, texte, self.repertoire, self._fiche_revisee(rangee)) if trouvee else texte

    def _fiche_revisee(self, rangee: Rangee) -> str:
        cible = rangee.texte("cible")
        return next((r.texte("fiche") for r in self.rangees["indicateurs"] if r.texte("id") == cible), cible)

    def _faute(self, lieu: Lieu, message: str, remede: str) -> None:
        self.fautes.append(Constat(lieu, message, remede))


def _meme_numero(texte: str, brut: float | date) -> bool:
    """« 1.2 » and the first of February; « 1.10 » and 1.1."""
    if isinstance(brut, date):
        return [int(n) for n in re.findall(r"\d+", texte)[:2]] == [brut.day, brut.month]
    return _egal(texte, brut)


def _egal(numero: str, nombre: float) -> bool:
    try:
        return Decimal(numero.replace(",", ".")) == Decimal(f"{nombre:.15g}")
    except ArithmeticError:
        return False


def _hors_livres(themes: list[Rangee]) -> list[Rangee]:
    """The rows of the contract's own themes. One that ships is not its own, unless it is there twice with its identifier."""
    vus, propres = set(), []
    for rangee in themes:
        id_ = rangee.texte("id")
        livre = plier(themes_livres().get(id_, "")) == plier(rangee.texte("libelle"))
        if not livre or (id_ in vus and not rangee.vide("id")):
            propres.append(rangee)
        vus.add(id_)
    return propres


def _necessaires(rubrique: Rubrique, partie: str) -> dict[str, object]:
    """Placeholders for the fields that the model needs."""
    colonnes = [c for c in rubrique.colonnes if c.partie == partie and not rubrique.est_parent(c)]
    natures = {c.champ: rubrique.nature(c) for c in colonnes}
    classe = rubrique.classe_de(colonnes[0])
    requis = [c.name for c in fields(classe) if c.default is MISSING and c.default_factory is MISSING]
    return {champ: () if natures[champ][1] else _BOUCHE_TROU[natures[champ][0]] for champ in requis}


def _repertoire(rangees: dict[str, list[Rangee]]) -> Repertoire:
    """What the sheets themselves let one name."""

    def textes(rangee: Rangee, *champs: str) -> tuple[str, ...]:
        items = (v for champ in champs for v, _ in rangee.items.get(rangee.cle(champ), ()))
        return tuple(str(v) for v in items)

    def entrees(nom: str, champ: str, *noms: str) -> list[Entree]:
        return [Entree(r.texte(champ), textes(r, *noms) or (r.texte(champ),)) for r in rangees[nom] if r.texte(champ)]

    def de_fiche(nom: str, champ: str) -> list[Entree]:
        return [Entree(r.texte("id"), textes(r, champ) or (r.texte("id"),), r.texte("fiche")) for r in rangees[nom] if r.texte("id")]

    return Repertoire({
        "axes": [Entree(r.texte("numero"), noms_d_axe(r.texte("numero"), r.texte("titre"))) for r in rangees["axes"] if r.texte("numero")],
        "fiches": [Entree(r.texte("numero"), noms_de_fiche(r.texte("numero"), r.texte("titre"))) for r in rangees["fiches"] if r.texte("numero")],
        "structures": entrees("structures", "id", "nom", "nom_complet", "alias"),
        "communes": entrees("communes", "nom", "nom", "nom_imprime"),
        "financeurs": entrees("financeurs", "id", "nom"),
        "decisions": entrees("decisions", "id", "id"),
        "themes": [Entree(id_, (libelle,)) for id_, libelle in themes_livres().items()] + entrees("themes", "id", "libelle"),
        "priorites": entrees("priorites", "id", "libelle"),
        "volets": de_fiche("volets", "nom"),
        "complements": de_fiche("complements", "libelle"),
        "mesures": [Entree(m, (m,)) for r in rangees["indicateurs"] if (m := r.texte("id", "mesures"))],
    })  # fmt: skip
