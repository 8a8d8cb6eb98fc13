"""A filled pilotage workbook, closed or open → ``Pilotage``. Everything is found by keys and printed headers, never by sheet or address.

What cannot be understood is not guessed: all faults are gathered, each with its sheet and cell, and refused together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from os import PathLike
from pathlib import Path
from typing import NamedTuple

from cls_workbook.contract.fields import Bloc, Champ
from cls_workbook.contract.model import Contrat, Fiche, Structure
from cls_workbook.entry.layout import MARQUE
from cls_workbook.errors import Refus
from cls_workbook.francais import date_fr, plier, typographie
from cls_workbook.pilotage import Decision, Financement, Pilotage, Relance, Remplacement, Reunion, programme
from cls_workbook.pilotage import fields as pf
from cls_workbook.reading.classeur import Classeur, Grille
from cls_workbook.reading.feuilles import Feuilles
from cls_workbook.reading.saisie import Incomprise, comprendre, est_vide
from cls_workbook.xlsx.sheets import adresse

RACINE = "pilotage/"
CITATION_MAX = 80  # characters of what was typed that a message repeats


class Place(NamedTuple):
    """A keyed row: sheet, row and column of the key (from 0)."""

    grille: Grille
    ligne: int
    colonne: int


class Ligne(NamedTuple):
    """A row of a table in which something was typed. ``cle``: the end of its key, "" for an inserted row.

    ``valeurs``: champ → value, None if blank or refused; ``saisis``: the champs in which something was typed;
    ``cellules``: champ → address; ``textes``: every text of the row, folded.
    """

    cle: str
    feuille: str
    valeurs: dict[str, object]
    saisis: frozenset[str]
    cellules: dict[str, str]
    textes: frozenset[str] = frozenset()


class Lecture:
    """The keyed rows of a workbook, and the faults found while reading them. ``nom``: as messages call it; ``fichier``: shorter."""

    def __init__(self, source: str | PathLike | Feuilles, contrat: Contrat, annee: int):
        self.contrat, self.annee = contrat, annee
        self.nom = source.nom if isinstance(source, Feuilles) else str(source)
        self.fichier = Path(self.nom).name
        self.choix = pf.listes(contrat)
        self.fautes: list[str] = []
        self.places: dict[str, list[Place]] = {}
        classeur = source if isinstance(source, Feuilles) else _ouvrir(source)
        for grille in classeur.grilles():
            for i, rangee in enumerate(grille.lignes):
                for j, valeur in enumerate(rangee):
                    if isinstance(valeur, str) and valeur.startswith(MARQUE + RACINE):
                        self.places.setdefault(valeur[len(MARQUE + RACINE) :], []).append(Place(grille, i, j))
                        break

    def faute(self, feuille: str, cellule: str, trouve: object, attendu: str, a_faire: str, champ: str = "") -> None:
        """One line: sheet, cell, found, expected, what to do."""
        lieu = f"feuille « {feuille} », cellule {cellule}" + (f" ({champ})" if champ else "")
        texte = _ecrit(trouve)
        quoi = "rien" if est_vide(trouve) else f"« {texte if len(texte) <= CITATION_MAX else texte[: CITATION_MAX - 1] + '…'} »"
        self.fautes.append(typographie(f"{lieu} : trouvé {quoi} ; attendu : {attendu} ; à faire : {a_faire}"))

    def place(self, cle: str, quoi: str) -> Place | None:
        """Where a key stands; a fault if it is lost, or found twice."""
        places = self.places.get(cle, [])
        if len(places) == 1:
            return places[0]
        if not places:
            self.fautes.append(typographie(f"{quoi} : introuvable ; attendu : la feuille d’origine ; à faire : reprenez le classeur de pilotage d’origine, puis reportez-y vos saisies."))
        else:
            feuilles = ", ".join(f"« {p.grille.nom} »" for p in places)
            self.fautes.append(typographie(f"{quoi} : trouvé {len(places)} fois ({feuilles}) ; attendu : une seule fois ; à faire : supprimez la copie, puis recommencez."))
        return None

    def valeur(self, grille: Grille, ligne: int, colonne: int, champ: Champ) -> object:
        """What was typed, typed; None if blank or refused (then a fault says why)."""
        brut = _cellule(grille, ligne, colonne)
        repere = adresse(ligne + 1, colonne + 1)
        speciale = grille.speciales.get((ligne, colonne))
        if speciale and (speciale.erreur or (speciale.formule is not None and est_vide(brut))):
            self.faute(grille.nom, repere, "une formule en erreur ou jamais calculée", "une valeur", "remplacez la formule par sa valeur, puis recommencez.", champ.libelle)
            return None
        if champ.nom == "fiche":
            return self._fiche(grille, repere, brut, champ)
        stricte = champ.type == "liste" and champ.stricte
        lu = comprendre(
            brut, champ.type if stricte or champ.type != "liste" else "texte", self.choix.get(champ.choix or "", ()) if stricte else (),
            champ.minimum, champ.maximum, champ.longueur, champ.unite,
        )  # fmt: skip
        if isinstance(lu, Incomprise):
            # The sentences of ``saisie`` are for partners, who send their workbook back.
            self.faute(grille.nom, repere, brut, lu.attendu, lu.a_faire.replace("puis renvoyez le classeur", "puis recommencez"), champ.libelle)
            return None
        return None if lu is None else lu.valeur

    def _fiche(self, grille: Grille, repere: str, brut: object, champ: Champ) -> str | None:
        """The number of the fiche meant by « 1.2 · Titre », « 1.2 », « FA 1.2 » or its title."""
        if est_vide(brut):
            return None
        permises = [f for f in self.contrat.fiches if pf.fiche_affichee(f) in self.choix.get(champ.choix or "", ())]
        trouvees = [f for f in permises if plier(_ecrit(brut)) in _noms(f, isinstance(brut, (int, float)))]
        if len(trouvees) == 1:
            return trouvees[0].numero
        self.faute(grille.nom, repere, brut, f"une fiche parmi {', '.join(f.numero for f in permises)}", "choisissez la fiche dans la liste, puis recommencez.", champ.libelle)
        return None

    # --- tables ---

    def tableau(self, prefixe: str, bloc: Bloc) -> list[Ligne]:
        """The rows of a table in which something was typed, inserted rows included."""
        entete = self.place(f"{prefixe}/#", f"tableau « {bloc.titre} »")
        fin = self.place(f"{prefixe}/fin", f"fin du tableau « {bloc.titre} »") if entete else None
        if entete is None or fin is None:
            return []
        colonnes = self._colonnes(entete, bloc)
        if colonnes is None:
            return []
        grille, lignes = entete.grille, []
        for i in range(entete.ligne + 1, fin.ligne if fin.grille is grille else len(grille.lignes)):
            saisis = frozenset(nom for nom, j in colonnes.items() if _touchee(grille, i, j))
            if not saisis:
                continue
            cle = _ecrit(_cellule(grille, i, entete.colonne)).removeprefix(f"{MARQUE}{RACINE}{prefixe}/")
            valeurs = {champ.nom: self.valeur(grille, i, colonnes[champ.nom], champ) for champ in bloc.champs}
            cellules = {nom: adresse(i + 1, j + 1) for nom, j in colonnes.items()}
            lignes.append(Ligne(cle, grille.nom, valeurs, saisis, cellules, frozenset(plier(_ecrit(v)) for v in grille.lignes[i])))
            self._obligatoires(lignes[-1], bloc)
        return lignes

    def _colonnes(self, entete: Place, bloc: Bloc) -> dict[str, int] | None:
        """Champ → column, by the printed headers; None (and a fault) if one is lost or printed twice."""
        imprimes = [plier(str(v)) for v in entete.grille.lignes[entete.ligne]]
        colonnes = {}
        for champ in bloc.champs:
            rangs = [j for j, imprime in enumerate(imprimes) if imprime == plier(champ.libelle)]
            if len(rangs) != 1:
                self.faute(
                    entete.grille.nom, adresse(entete.ligne + 1, entete.colonne + 1), f"{len(rangs)} colonne « {champ.libelle} »",
                    "les en-têtes d’origine", "rétablissez la ligne d’en-têtes, puis recommencez.", bloc.titre,
                )  # fmt: skip
                return None
            colonnes[champ.nom] = rangs[0]
        return colonnes

    def _obligatoires(self, ligne: Ligne, bloc: Bloc) -> None:
        for champ in bloc.champs:
            if champ.obligatoire and champ.nom not in ligne.saisis:
                self.faute(ligne.feuille, ligne.cellules[champ.nom], None, "une saisie, puisque la ligne est commencée", "complétez la ligne, ou videz-la.", champ.libelle)

    def formulaire(self, bloc: Bloc) -> Ligne:
        """The questions whose input stands at the right of their label."""
        valeurs: dict[str, object] = dict.fromkeys(c.nom for c in bloc.champs)
        saisis, cellules, feuille = set(), {}, ""
        for champ in bloc.champs:
            place = self.place(f"{bloc.nom}/{champ.nom}", f"question « {champ.libelle} »")
            colonne = self._a_droite(place, champ.libelle) if place else None
            if place is None or colonne is None:
                continue
            feuille, cellules[champ.nom] = place.grille.nom, adresse(place.ligne + 1, colonne + 1)
            valeurs[champ.nom] = self.valeur(place.grille, place.ligne, colonne, champ)
            if _touchee(place.grille, place.ligne, colonne):
                saisis.add(champ.nom)
        return Ligne("", feuille, valeurs, frozenset(saisis), cellules)

    def _a_droite(self, place: Place, etiquette: str) -> int | None:
        for j, valeur in enumerate(place.grille.lignes[place.ligne]):
            if isinstance(valeur, str) and plier(valeur) == plier(etiquette):
                return j + 1
        self.faute(place.grille.nom, adresse(place.ligne + 1, place.colonne + 2), _cellule(place.grille, place.ligne, place.colonne + 1), f"l’étiquette « {etiquette} »", "rétablissez-la, puis recommencez.")
        return None


# --- Cells ----------------------------------------------------------------------------------------------------------


def _ouvrir(chemin: str | PathLike) -> Classeur:
    try:
        contenu = Path(chemin).read_bytes()
    except OSError as erreur:
        raise Refus(f"Le classeur de pilotage « {chemin} » ne peut pas être lu ({erreur.strerror or erreur}).") from erreur
    try:
        return Classeur(contenu)
    except Refus as refus:
        raise Refus(f"Le classeur de pilotage « {chemin} » ne peut pas être lu. {refus}", refus.details) from refus


def _cellule(grille: Grille, ligne: int, colonne: int) -> object:
    rangee = grille.lignes[ligne] if ligne < len(grille.lignes) else []
    return rangee[colonne] if colonne < len(rangee) else ""


def _touchee(grille: Grille, ligne: int, colonne: int) -> bool:
    """Was anything put there, a formula in error included?"""
    return not est_vide(_cellule(grille, ligne, colonne)) or (ligne, colonne) in grille.speciales


def _ecrit(valeur: object) -> str:
    """A value on one line; a number as a fiche or a year is numbered."""
    if isinstance(valeur, float) and valeur == int(valeur):
        return str(int(valeur))
    return date_fr(valeur) if isinstance(valeur, date) else " ".join(str(valeur).split())


def _noms(fiche: Fiche, nombre: bool) -> set[str]:
    """How a fiche may be written. A spreadsheet keeps « 1.10 » as the number 1.1: then both numbers are meant."""
    numero = plier(fiche.numero)
    if nombre:
        return {numero, numero.rstrip("0").rstrip(".")} if "." in numero else {numero}
    return {numero, f"fa {numero}", f"fiche {numero}", plier(fiche.titre), plier(pf.fiche_affichee(fiche))}


# --- The workbook ---------------------------------------------------------------------------------------------------


def lire(source: str | PathLike | Feuilles, contrat: Contrat, annee: int) -> Pilotage:
    """See ``cls_workbook.pilotage.lire``."""
    lecture = Lecture(source, contrat.en(annee), annee)
    _verifier_identite(lecture)
    campagne = _campagne(lecture)
    maquette, engage = _programmation(lecture)
    autres = _financements(lecture, maquette)
    pilotage = Pilotage(
        membres=_membres(lecture), programme=programme(contrat, maquette, autres), financements=autres, engage_anterieur=engage,
        reunions=_reunions(lecture), decisions=_decisions(lecture), relances=_relances(lecture),
        remplacements=_remplacements(lecture), **campagne,
    )  # fmt: skip
    if lecture.fautes:
        nombre = len(lecture.fautes)
        pluriel = "s" * (nombre > 1)
        raise Refus(typographie(f"Le classeur de pilotage « {lecture.fichier} » contient {nombre} point{pluriel} à corriger : rien n’a été fait."), lecture.fautes)
    return pilotage


def _verifier_identite(lecture: Lecture) -> None:
    """Refus for a workbook that is no pilotage, or is of another contract or year."""
    contrat, annee = lecture.contrat, lecture.annee
    lus = []
    for cle in ("contrat", "annee"):
        places = lecture.places.get(f"identification/{cle}", [])
        if not places:
            raise Refus(typographie(f"« {lecture.nom} » n’est pas un classeur de pilotage : fabriquez-en un avec la commande « pilotage »."))
        grille, ligne, colonne = places[0]
        lus.append([_ecrit(v) for v in grille.lignes[ligne][colonne + 1 :] if not est_vide(v)][-1:])
    if lus != [[contrat.id], [str(annee)]]:
        trouve = ", ".join((lu or ["rien"])[0] for lu in lus)
        raise Refus(typographie(
            f"Le classeur de pilotage « {lecture.fichier} » est celui d’une autre campagne ({trouve}) ; celle-ci est {contrat.id}, {annee}. "
            "Donnez le classeur de la bonne campagne, ou changez --contrat et --annee."
        ))  # fmt: skip
    if (imprimee := _annee_imprimee(lecture)) not in ("", str(annee)):
        raise Refus(typographie(
            f"« {lecture.fichier} » dit l’année {annee}, mais ses feuilles sont celles de {imprimee} : le classeur d’une année ne sert pas à une autre. "
            f"Remettez {imprimee}, ou fabriquez le classeur de {annee}."
        ))  # fmt: skip


def _annee_imprimee(lecture: Lecture) -> str:
    """The year that the headers of the programming bear, whatever the identification says now; "" if they bear none."""
    debut = pf.PROGRAMMATION.champ("programme").libelle.partition("{")[0]
    for grille, ligne, _ in lecture.places.get("programmation/#", []):
        for valeur in grille.lignes[ligne]:
            if isinstance(valeur, str) and valeur.startswith(debut) and valeur[len(debut) :].strip().isdigit():
                return valeur[len(debut) :].strip()
    return ""


def _bloc(lecture: Lecture, bloc: Bloc, groupe: str = "") -> Bloc:
    return pf.du(bloc, lecture.contrat, lecture.annee, lecture.choix, groupe)


def _campagne(lecture: Lecture) -> dict[str, object]:
    bloc = _bloc(lecture, pf.CAMPAGNE)
    lu = lecture.formulaire(bloc)
    etat = pf.ETATS.get(str(lu.valeurs["etat"]), pf.PROVISOIRE)
    if etat == pf.VALIDE and "date_validation" in lu.cellules.keys() - lu.saisis:
        champ = bloc.champ("date_validation")
        lecture.faute(lu.feuille, lu.cellules[champ.nom], None, "la date du COPIL, puisque le bilan est validé", "saisissez la date, ou remettez l’état à « provisoire ».", champ.libelle)
    v = lu.valeurs
    return {"etat": etat, "date_validation": v["date_validation"], "limite": v["limite"], "contact": v["contact"] or ""}


def _membres(lecture: Lecture) -> dict[str | tuple[str, str], tuple[str, ...]]:
    membres: dict[str | tuple[str, str], tuple[str, ...]] = {}
    for groupe in pf.groupes(lecture.contrat):
        lignes = lecture.tableau(f"membres/{groupe.id}", _bloc(lecture, pf.MEMBRES, groupe.id))
        nommees = [li for li in lignes if li.valeurs["structure"] is not None and _est_une_structure(lecture, li)]
        membres |= _membres_du_groupe(lecture.contrat, groupe, nommees)
    return membres


def _est_une_structure(lecture: Lecture, ligne: Ligne) -> bool:
    nom = ligne.valeurs["structure"]
    connue = lecture.contrat.par_structure.get(lecture.contrat.identifier(nom) or "")
    if connue is not None and connue.groupe:
        lecture.faute(ligne.feuille, ligne.cellules["structure"], nom, "une structure, et non un groupe", "nommez les structures une à une.")
        return False
    return True


def _membres_du_groupe(contrat: Contrat, groupe: Structure, lignes: Sequence[Ligne]) -> dict[str | tuple[str, str], tuple[str, ...]]:
    """The names of a group, each once, however it is written; and who answers for which fiche if some do for a few only."""
    noms: dict[str, str] = {}
    fiches: dict[str, set[str | None]] = {}
    for ligne in lignes:
        cle = contrat.identifier(ligne.valeurs["structure"]) or plier(ligne.valeurs["structure"])
        noms.setdefault(cle, ligne.valeurs["structure"])
        fiches.setdefault(cle, set()).add(ligne.valeurs["fiche"])
    if not noms:
        return {}
    membres: dict[str | tuple[str, str], tuple[str, ...]] = {groupe.id: tuple(noms.values())}
    toutes = [f.numero for f in pf.fiches_du_groupe(contrat, groupe)]
    if any(None not in siennes and not siennes.issuperset(toutes) for siennes in fiches.values()):
        for numero in toutes:
            membres[groupe.id, numero] = tuple(nom for cle, nom in noms.items() if fiches[cle] & {None, numero})
    return membres


def _programmation(lecture: Lecture) -> tuple[dict[str, Decimal], dict[str, Decimal]]:
    """Fiche → EUR programmed on the maquette; fiche → EUR engaged before."""
    programmes: dict[str, Decimal] = {}
    engages: dict[str, Decimal] = {}
    deja: set[str] = set()
    if not lecture.contrat.fiches:
        return programmes, engages
    for ligne in lecture.tableau("programmation", _bloc(lecture, pf.PROGRAMMATION)):
        fiche = lecture.contrat.par_fiche.get(ligne.cle)
        if not _accordee(lecture, ligne, fiche.numero if fiche else "", deja):
            continue
        if pf.de_poste(lecture.contrat, fiche):
            lecture.faute(ligne.feuille, ligne.cellules[min(ligne.saisis)], "un montant", "rien : le poste est hors maquette", "déplacez ce montant dans le tableau « Autres financements programmés ».")
            continue
        for champ, sommes in (("programme", programmes), ("engage_anterieur", engages)):
            if ligne.valeurs[champ] is not None:
                sommes[fiche.numero] = ligne.valeurs[champ]
    return programmes, engages


def _accordee(lecture: Lecture, ligne: Ligne, imprime: str, deja: set[str]) -> bool:
    """Does the row bear the label that its hidden key promises, once only? ``imprime`` "": a key that the contract does not know.

    ``deja``: the keys found so far, to which this one is added.
    """
    if imprime and plier(imprime) in ligne.textes and ligne.cle not in deja:
        deja.add(ligne.cle)
        return True
    premiere = next(iter(ligne.cellules.values()))
    attendu = f"la ligne d’origine de « {imprime} »" if imprime else "une des lignes d’origine"
    lecture.faute(ligne.feuille, premiere, "une saisie sur une autre ligne", attendu, "remettez la saisie sur la ligne d’origine, puis recommencez.")
    return False


def _financements(lecture: Lecture, maquette: Mapping[str, Decimal]) -> tuple[Financement, ...]:
    contrat = lecture.contrat
    if not contrat.fiches:
        return ()
    ids = {plier(n): f.id for f in contrat.financeurs for n in (f.nom, f.id)}
    niveaux = {plier(n.libelle): n.niveau for n in contrat.natures}
    trouves = []
    for ligne in lecture.tableau("autres", _bloc(lecture, pf.AUTRES)):
        fiche, financeur, nature, montant = (ligne.valeurs[c] for c in ("fiche", "financeur", "nature", "montant"))
        if None in (fiche, financeur, montant):
            continue  # a fault was noted, or will be for the blank cell
        if niveaux.get(plier(nature or "")) == "maquette" and fiche in maquette:
            lecture.faute(ligne.feuille, ligne.cellules["nature"], nature, f"une autre nature : la maquette de la fiche {fiche} est déjà saisie au tableau du haut", "videz une des deux saisies.")
            continue
        trouves.append(Financement(fiche, ids.get(plier(financeur), financeur), nature or "", montant))
    return tuple(trouves)


def _reunions(lecture: Lecture) -> tuple[Reunion, ...]:
    reunions = []
    for ligne in lecture.tableau("reunions", _bloc(lecture, pf.REUNIONS)):
        v = ligne.valeurs
        if None not in (v["convies"], v["presents"]) and v["presents"] > v["convies"]:
            lecture.faute(ligne.feuille, ligne.cellules["presents"], v["presents"], f"{v['convies']} au plus, le nombre de structures conviées", "corrigez l’un des deux nombres.")
        if v["instance"] is not None and v["date"] is not None:
            reunions.append(Reunion(v["instance"], v["date"], v["convies"], v["presents"], v["observation"] or ""))
    return tuple(reunions)


def _decisions(lecture: Lecture) -> tuple[Decision, ...]:
    return tuple(
        Decision(v["fiche"] or "", v["decision"], v["date"], v["precision"] or "", v["avis"] or "", v["perspectives"] or "")
        for v in (ligne.valeurs for ligne in lecture.tableau("decisions", _bloc(lecture, pf.DECISIONS_DU_COPIL)))
        if v["decision"] is not None
    )


def _relances(lecture: Lecture) -> tuple[Relance, ...]:
    """The rows of the expected structures, then those that were added."""
    connues, relances, deja = lecture.contrat.par_structure, [], set()
    for ligne in lecture.tableau("suivi", _bloc(lecture, pf.SUIVI)):
        imprime = connues[ligne.cle].nom if ligne.cle in connues else ligne.cle
        if _accordee(lecture, ligne, imprime, deja):
            relances.append((ligne.cle, ligne.valeurs))
    for ligne in lecture.tableau("suivi_autres", _bloc(lecture, pf.SUIVI_AUTRES)):
        nom = ligne.valeurs["structure"]
        if nom is not None:
            relances.append((lecture.contrat.identifier(nom) or nom, ligne.valeurs))
    return tuple(Relance(structure, v["statut"] or "", v["date"], v["note"] or "") for structure, v in relances)


def _remplacements(lecture: Lecture) -> tuple[Remplacement, ...]:
    """Which returns take the place of others; a workbook made before this table existed has none."""
    if "remplacements/#" not in lecture.places:
        return ()
    lignes = lecture.tableau("remplacements", _bloc(lecture, pf.REMPLACEMENTS))
    return tuple(Remplacement(v["ancien"], v["nouveau"], v["note"] or "") for v in (ligne.valeurs for ligne in lignes) if v["ancien"] and v["nouveau"])
