"""One returned sheet → what was typed in its inputs, each found by two anchors that must agree: key and printed text.

Judges no value. What stands in no input and is not ours is told, never dropped.
Rows and columns of the returned sheet count from 0.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from cls_workbook.anomalies import Anomalie
from cls_workbook.contract.reprises import est_memoire
from cls_workbook.entry.layout import Emplacement
from cls_workbook.francais import plier
from cls_workbook.reading import constats_de_lecture as constats
from cls_workbook.reading.classeur import Grille
from cls_workbook.reading.colonnes import Colonnes, Reperee
from cls_workbook.reading.egalite import identique, memes
from cls_workbook.reading.feuille_lue import FeuilleLue, Lue
from cls_workbook.reading.gabarit import Saisie
from cls_workbook.reading.libres import MEMOIRE, Libre, Rappels, admis, imprime
from cls_workbook.reading.reperes import INFORMATIONS, Attendue, Modele
from cls_workbook.reading.restitution import restituer
from cls_workbook.reading.saisie import est_vide
from cls_workbook.reading.verrouille import Verrouille, formules_changees
from cls_workbook.xlsx.sheets import adresse


def lire_feuille(grille: Grille, colonne: int, reperes: list[tuple[int, str]], modele: Modele, fichier: str, groupe: str, meme_version: bool, rappels: Rappels | None) -> FeuilleLue:
    """Reads the sheet of one group (``accueil`` or a fiche), whose keys (row, key) stand in ``colonne``.

    ``meme_version``: the workbook was made from this very contract, so that a missing row was deleted by someone.
    ``rappels``: what it says that the campaign printed in its locked cells (see ``contract.rappels``).
    """
    en_place = modele.gabarits[groupe].saisies(grille, rappels) if meme_version and colonne == 0 else None
    if en_place is not None:
        return feuille_en_place(grille, en_place, modele, fichier, groupe)
    attendues = [modele.rangees[cle] for cle in modele.groupes[groupe]]
    rendus = restituer(grille.lignes, colonne, reperes, attendues, modele.textes[groupe]) if meme_version and len(reperes) < len(attendues) else []
    lecture = _Lecture(grille, colonne, sorted([*reperes, *rendus]), modele, fichier, groupe, meme_version, rappels)
    if rendus:
        lecture.sortie.anomalies.append(constats.reperes_rendus(lecture.lieu, [adresse(i + 1, max(colonne, 0) + 1) for i, _ in rendus], colonne < 0))
    lecture.lire()
    if meme_version or lecture.orphelines:
        lecture.absences()
    if not meme_version:
        lecture.pardonner()
    lecture.sortie.anomalies += lecture.rappels_modifies
    return lecture.sortie


def feuille_en_place(grille: Grille, saisies: list[Saisie], modele: Modele, fichier: str, groupe: str) -> FeuilleLue:
    """A sheet that came back as it was sent: only its formulas may still have been changed."""
    gabarit = modele.gabarits[groupe]
    # Most sheets write theirs as another one did: nothing to look at again.
    if grille.formules_ecrites is not None and grille.formules_ecrites == gabarit.formules_sures:
        return FeuilleLue(grille.nom, groupe, saisies)
    lieu = constats.Lieu(fichier, grille.nom, "" if groupe == "accueil" else groupe)
    anomalies = formules_changees(lieu, grille, gabarit.textes_des_formules, True)
    if not anomalies:
        gabarit.formules_sures = grille.formules_ecrites
    return FeuilleLue(grille.nom, groupe, saisies, anomalies)


class _Lecture:
    def __init__(self, grille: Grille, colonne: int, reperes: list[tuple[int, str]], modele: Modele, fichier: str, groupe: str, meme_version: bool, rappels: Rappels | None):
        self.rappels = rappels
        self.grille, self.lignes, self.modele, self.meme_version = grille, grille.lignes, modele, meme_version
        self.sortie = FeuilleLue(grille.nom, groupe)
        self.lieu = constats.Lieu(fichier, grille.nom, "" if groupe == "accueil" else groupe)
        self.colonne_cles, self.cles = colonne, reperes
        self.siennes = {c for _, c in reperes if c in modele.rangees and c.partition("/")[0] == groupe}
        self.reperees: list[Reperee] = [(i, modele.rangees[c]) for i, c in self.cles if c in self.siennes]
        self.colonnes = Colonnes(self.lignes, self.colonne_cles, self.reperees)
        self.connues: set[tuple[int, int]] = set()  # cells accounted for
        self.ecartees: set[int] = set()  # rows whose key and label do not agree: told as such, and as nothing else
        self.desaccords: dict[str, tuple[list[str], list[str]]] = {}  # prefix → (cells, what was found)
        self.ajouts: dict[tuple[str, str], int] = {}
        self.reformulees: list[tuple[int, str, str]] = []  # rows whose question another version printed otherwise: then, now
        self.sans_intitule: list[tuple[str, object]] = []  # typed in rows whose label went with its column
        self.rappels_modifies: list[Anomalie] = []  # of another version too: the workbook itself says what it printed
        self.imprimes: dict[tuple[int, int], str] = {}  # texts of the campaign that are no longer there
        self.orphelines: list[tuple[str, object]] = []  # typed under a header row that did not come back

    def lire(self) -> None:
        self._inconnues()
        premieres: dict[str, tuple[int, list[Lue]]] = {}
        for i, attendue in self.reperees:
            lues = self._places(i, attendue) if attendue.places else []
            if lues is None:
                continue
            self._faits(i, attendue)
            if not lues:
                continue
            deja = premieres.setdefault(attendue.cle, (i, lues))
            if deja[0] == i:
                self._prendre(lues)
            else:
                self._double(i, attendue, lues, *deja)
        self._lignes_ajoutees()
        self._entetes_perdus()
        self._colonnes_permutees()
        self._sans_entete()
        self.sortie.anomalies += constats.desaccords(self.lieu, self.desaccords)
        if self.sans_intitule:
            self.sortie.anomalies.append(constats.intitules_supprimes(self.lieu, [c for c, _ in self.sans_intitule], [v for _, v in self.sans_intitule]))
        self._verrouille()

    # --- one row ---

    def _en(self, i: int, j: int) -> object:
        ligne = self.lignes[i]
        return ligne[j] if 0 <= j < len(ligne) else ""

    def _places(self, i: int, attendue: Attendue) -> list[Lue] | None:
        """The inputs of a row, with what is in them; None if its printed text does not agree with its key."""
        if attendue.par_entete:
            return self._places_du_tableau(i, attendue)
        lues = []
        for place in attendue.places:
            libelle = self.colonnes.generale(place.colonne - 1)
            if memes(self._en(i, libelle), place.etiquette):
                rang, j = i, self.colonnes.generale(place.colonne)
            elif (ailleurs := self._ailleurs(i, attendue, place)) is not None:
                rang, j = ailleurs
            elif self._reformulee(i, libelle, place.etiquette):
                rang, j = i, self.colonnes.generale(place.colonne)
            else:
                self._desaccord(i, attendue, libelle, place.etiquette, [self.colonnes.generale(place.colonne)])
                continue
            if rang == i and j <= libelle and memes(self._en(i, libelle), place.etiquette):  # its column is gone: it was at the right of its label
                self._desaccord(i, attendue, libelle + 1, f"la case de {place.etiquette}", [])
                continue
            if self._en(rang, j) in attendue.textes.values():  # the input's own column is gone: its neighbour came in its place
                self._desaccord(rang, attendue, j, f"la case de {place.etiquette}", [])
                continue
            lues.append(Lue(place, rang, j, self._en(rang, j)))
        return lues or None

    def _reformulee(self, i: int, j: int, etiquette: str) -> bool:
        """Did another version of the template print this row's label otherwise? A label of this version tells another row."""
        lu = self._en(i, j)
        connu = not isinstance(lu, str) or est_vide(lu) or j == self.colonne_cles or lu in self.modele.textes[self.sortie.groupe]
        if self.meme_version or connu or plier(lu) in self.modele.textes[self.sortie.groupe]:
            return False
        self.connues.add((i, j))
        self.reformulees.append((i, lu, etiquette))
        return True

    def _ailleurs(self, i: int, attendue: Attendue, place: Emplacement) -> tuple[int, int] | None:
        """The cell at the right of the label, elsewhere in its row; a name to tick may be in any row of its list."""
        rangs = [i] if attendue.etiquette else [r for r, c in self.cles if c.startswith(f"{attendue.prefixe}/")]
        trouvees = [(r, k + 1) for r in rangs for k, v in enumerate(self.lignes[r]) if memes(v, place.etiquette)]
        return trouvees[0] if len(trouvees) == 1 else None

    def _places_du_tableau(self, i: int, attendue: Attendue) -> list[Lue] | None:
        ou = self.colonnes.du_tableau(attendue.prefixe)
        tableau = self.colonnes.tableaux.get(attendue.prefixe)
        if tableau is None:
            return None  # said once for the table: see absences()
        if attendue.etiquette:
            j = ou(attendue.colonne_etiquette)
            if j is None or not memes(self._en(i, j), attendue.etiquette):
                ailleurs = [k for k, v in enumerate(self.lignes[i]) if memes(v, attendue.etiquette)]
                if not ailleurs and not (j is not None and self._reformulee(i, j, attendue.etiquette)):
                    entrees = [k for p in attendue.places if (k := ou(p.colonne)) is not None]
                    self._desaccord(i, attendue, self.colonnes.generale(attendue.colonne_etiquette), attendue.etiquette, entrees)
                    return None
        if self.colonnes.exacte:
            decalage, ligne = self.colonne_cles - 1, self.lignes[i]
            return [Lue(p, i, p.colonne + decalage, ligne[p.colonne + decalage]) for p in attendue.places]
        trouvees = ((place, ou(place.colonne)) for place in attendue.places)
        return [Lue(place, i, j, self._en(i, j)) for place, j in trouvees if j is not None]

    def _desaccord(self, i: int, attendue: Attendue, j: int, attendu: str, entrees: Iterable[int]) -> None:
        """Key and label do not agree: what is typed in the row is named, and not taken."""
        sans_intitule = j == self.colonne_cles  # the column of the labels is gone: it is said once
        cellules, trouves = ([], []) if sans_intitule else self.desaccords.setdefault(attendue.prefixe, ([], []))
        # In a sorted table, the values of a longer row may stand where this one has no input.
        typees = [k for k in self._etrangeres(i, attendue) if k != j] if attendue.par_entete else [k for k in entrees if not est_vide(self._en(i, k))]
        self.sans_intitule += [(adresse(i + 1, k + 1), self._en(i, k)) for k in typees] if sans_intitule else []
        cellules += [adresse(i + 1, k + 1) for k in dict.fromkeys([j, *typees])]
        trouves.append(f"« {self._en(i, j)} » au lieu de « {attendu} »" + (f" (saisi : {constats.cites(self._en(i, k) for k in typees)})" if typees else ""))
        self.sortie.refusees += len(typees)
        self.connues.update((i, k) for k in (j, *typees))
        self.ecartees.add(i)

    def _etrangeres(self, i: int, attendue: Attendue) -> list[int]:
        """Columns of a row of a table that hold neither what was printed there, nor a formula."""
        textes, ambigus = self.modele.textes[self.sortie.groupe], self.modele.ambigus[self.sortie.groupe]
        for colonne, fait in attendue.faits.items():
            if identique(self._en(i, j := self.colonnes.generale(colonne)), fait):
                self.connues.add((i, j))
        return [
            k for k, v in enumerate(self.lignes[i])
            if k != self.colonne_cles and not est_vide(v) and (v not in textes or v in ambigus) and (i, k) not in self.connues and (i, k) not in self.grille.speciales
        ]  # fmt: skip

    def _prendre(self, lues: list[Lue], ligne: str | None = None) -> None:
        """Takes the inputs of a row. ``ligne``: its name where the partner added it."""
        for place, i, j, brut in lues:
            self.connues.add((i, j))
            speciale = self.grille.speciales.get((i, j))
            en_place = ligne is None and j + 1 == place.colonne and i + 1 == place.rangee
            if en_place and brut == "" and speciale is None:
                continue
            cellule = adresse(i + 1, j + 1)
            cle = place.cle if ligne is None else f"{place.cle.rsplit('/', 2)[0]}/{ligne}/{place.champ}"
            if not en_place:
                self.sortie.deplacements[cle] = cellule
            if speciale:
                self.sortie.refusees += 1
                self.sortie.anomalies.append(constats.formule(self.lieu, cellule, place.libelle, speciale, brut))
            elif not est_vide(brut):
                self.sortie.saisies.append(Saisie(cle, self.grille.nom, cellule, brut, place.ligne if ligne is None else ligne))

    def _double(self, i: int, attendue: Attendue, lues: list[Lue], autre: int, premieres: list[Lue]) -> None:
        """A second row with the same key: a copied row."""
        typees = [lue for lue in lues if not est_vide(lue.brut)]
        if not typees:
            self._ecarter(lues)
        elif [(x.place.cle, x.brut) for x in typees] == [(x.place.cle, x.brut) for x in premieres if not est_vide(x.brut)]:
            self._ecarter(lues)
            if attendue.prefixe in self.modele.extensibles:
                self.sortie.anomalies.append(constats.ligne_copiee(self.lieu, [adresse(i + 1, x.colonne + 1) for x in typees], autre + 1))
        elif attendue.prefixe in self.modele.extensibles:
            self._prendre(lues, self._nom_d_ajout(attendue.prefixe, attendue.places[0].ligne))
        elif all(est_vide(x.brut) for x in premieres):
            self._prendre(lues)
        else:
            cellules = [adresse(x.ligne + 1, x.colonne + 1) for x in (*premieres, *typees) if not est_vide(x.brut)]
            self._ecarter(lues)
            self.sortie.saisies = [s for s in self.sortie.saisies if s.cellule not in cellules]
            self.sortie.refusees += len(cellules)
            self.sortie.anomalies.append(constats.ligne_en_double(self.lieu, cellules, attendue.etiquette or attendue.places[0].libelle, autre + 1, i + 1))

    def _ecarter(self, lues: list[Lue]) -> None:
        self.connues.update((lue.ligne, lue.colonne) for lue in lues)

    # --- locked cells ---

    def _faits(self, i: int, attendue: Attendue) -> None:
        """Printed texts are accounted for; locked facts must be what they were."""
        ou = self.colonnes.du_tableau(attendue.prefixe) if attendue.par_entete else self.colonnes.generale
        for colonne, libre in attendue.libres.items():
            if (j := ou(colonne)) is not None and j != self.colonne_cles:
                self._libre(i, j, attendue, libre)
        for colonne, fait in attendue.faits.items():
            j = ou(colonne)
            if j is None or j == self.colonne_cles:
                continue
            self.connues.add((i, j))
            lu = self._en(i, j)
            if not self.meme_version and attendue.places and isinstance(fait, str) and not memes(lu, fait):
                self.reformulees.append((i, str(lu), fait))  # a unit, or who is counted
            elif not identique(lu, fait):
                self.sortie.anomalies.append(constats.fait_modifie(self.lieu, adresse(i + 1, j + 1), attendue, lu, fait))

    def _libre(self, i: int, j: int, attendue: Attendue, libre: Libre) -> None:
        """What was printed there must still be; what was typed where nothing was is told with all that stands out of its place."""
        lu, fait = self._en(i, j), imprime(libre, self.rappels)
        if libre.nature == MEMOIRE:
            self.connues.update((i, k) for k, v in enumerate(self.lignes[i]) if est_memoire(v))  # wherever a column took it
        elif admis(lu, libre, self.rappels):
            self.connues.add((i, j))
        elif attendue.cle.startswith(INFORMATIONS):
            self.imprimes[i, j] = str(fait)
        elif fait != "":
            self.connues.add((i, j))
            dites = self.sortie.anomalies if self.rappels is None else self.rappels_modifies
            dites.append(constats.rappel_modifie(self.lieu, adresse(i + 1, j + 1), attendue, libre, lu, fait))

    def _verrouille(self) -> None:
        verrouille = Verrouille(self.lieu, self.grille, self.modele, self.sortie.groupe, self.colonnes, self.colonne_cles, self.reperees, self.connues, self.ecartees, self.imprimes)
        self.sortie.anomalies += [*verrouille.calculs(), *verrouille.hors_cadre()]
        if deplaces := self._imprimes_deplaces():
            self.sortie.saisies = [s for s in self.sortie.saisies if s not in deplaces]
            self.sortie.anomalies += constats.hors_cadre(self.lieu, [(s.cellule, s.brut) for s in deplaces])

    def _imprimes_deplaces(self) -> list[Saisie]:
        """Inputs that hold a text which is no longer where it was printed: cut and pasted there, it answers nothing."""
        groupe = self.sortie.groupe
        imprimes, ambigus = Counter(self.modele.gabarits[groupe].imprimes.values()), self.modele.ambigus[groupe]
        portes = [s for s in self.sortie.saisies if s.brut in imprimes and s.brut not in ambigus]
        presents = Counter(v for ligne in self.lignes for v in ligne) if portes else Counter()
        return [s for s in portes if presents[s.brut] <= imprimes[s.brut]]

    # --- rows that the partner added ---

    def _nom_d_ajout(self, prefixe: str, apres: str) -> str:
        rang = self.ajouts[prefixe, apres] = self.ajouts.get((prefixe, apres), 0) + 1
        return f"{apres}+{rang}"

    def _lignes_ajoutees(self) -> None:
        """Rows without key inside a table that may grow, or just under it."""
        reperes = {i for i, _ in self.cles}
        par_tableau: dict[str, list[Reperee]] = {}
        for i, attendue in self.reperees:
            par_tableau.setdefault(attendue.prefixe, []).append((i, attendue))
        for prefixe, modele in self.modele.extensibles.items():
            tableau = self.colonnes.tableaux.get(prefixe)
            siennes = par_tableau.get(prefixe, [])
            if tableau is None or not siennes:
                continue
            ou = self.colonnes.du_tableau(prefixe)
            places = [(p, j) for p in modele.places if (j := ou(p.colonne)) is not None]
            derniere, precedente = max(i for i, _ in siennes), "00"
            noms = {i: a.places[0].ligne for i, a in siennes if a.places}
            fins = {i for i, a in siennes if a.role == "fin"}  # the thin last row, that the totals include: one may type in it
            for i in range(tableau.entete + 1, derniere + 1):
                precedente = noms.get(i, precedente)
                if i not in reperes or i in fins:
                    self._ajout(i, prefixe, precedente, places, minimum=1 if i < derniere else 2)
            self._sous_le_tableau(derniere + 1, reperes, prefixe, max(noms.values(), default="00"), places)

    def _sous_le_tableau(self, i: int, reperes: set[int], prefixe: str, precedente: str, places: list[tuple[Emplacement, int]]) -> None:
        """What was typed on under the last row: a line if it fills several of the table's columns, not a mere note."""
        while i < len(self.lignes) and i not in reperes and self._ajout(i, prefixe, precedente, places, minimum=2):
            i += 1

    def _ajout(self, i: int, prefixe: str, precedente: str, places: list[tuple[Emplacement, int]], minimum: int) -> bool:
        lues = [Lue(p, i, j, self._en(i, j)) for p, j in places]
        typees = [x for x in lues if not est_vide(x.brut) or (i, x.colonne) in self.grille.speciales]
        connus = self.modele.textes[self.sortie.groupe]
        if len(typees) < minimum or any(x.brut in connus and x.brut not in x.place.choix for x in typees if isinstance(x.brut, str) and x.place.type in ("texte", "liste")):
            return False
        self._prendre(lues, self._nom_d_ajout(prefixe, precedente))
        return True

    # --- what is missing, what is too much ---

    def _inconnues(self) -> None:
        """Rows that another version of the template asked for, or another fiche: told once, with what they hold."""
        trouvees: dict[str, list[tuple[str, object]]] = {}
        for i, cle in self.cles:
            if cle in self.siennes:
                continue
            remplies = [(j, v) for j, v in enumerate(self.lignes[i]) if v != "" and j != self.colonne_cles]
            if cle.startswith(INFORMATIONS):
                # a row that the contract alone does not have: its text is the first
                self.connues.update((i, j) for j, v in remplies[:1] if self.rappels is None or memes(v, str(self.rappels.get(cle, ""))))
                self.imprimes |= {(i, j): str(self.rappels.get(cle, "")) for j, _ in remplies[:1] if self.rappels is not None}
            if cle.startswith(INFORMATIONS) or cle.rpartition("/")[0] in self.modele.cases & {c.rpartition("/")[0] for c in self.siennes}:
                continue
            self.connues.update((i, j) for j, _ in remplies)
            groupe = cle.partition("/")[0]
            textes = self.modele.textes[groupe if groupe in self.modele.textes else self.sortie.groupe]
            # The first cell is the label of the row, but in a table whose rows the partner names; the computed ones are ours.
            nommee = cle.rpartition("/")[2].isdecimal() or (remplies and not isinstance(remplies[0][1], str))
            for j, v in remplies if nommee else remplies[1:]:
                if (i, j) not in self.grille.speciales and not est_vide(v) and v not in textes:
                    trouvees.setdefault(groupe, []).append((adresse(i + 1, j + 1), v))
        for groupe, saisies in trouvees.items():
            autre = "" if groupe == self.sortie.groupe else groupe
            self.sortie.anomalies.append(constats.question_inconnue(self.lieu, [c for c, _ in saisies], [v for _, v in saisies], autre))
            self.sortie.refusees += len(saisies) if autre else 0

    def _entetes_perdus(self) -> None:
        """Columns whose header was changed (what is typed under it is named) or deleted (told once for the sheet)."""
        absentes: dict[str, list[str]] = {}
        for prefixe, tableau in self.colonnes.tableaux.items():
            rangs = [(i, a) for i, a in self.reperees if a.prefixe == prefixe and a.places] if tableau.perdues else []
            for colonne, j in sorted(tableau.perdues.items()):
                demandees = [i for i, a in rangs if any(p.colonne == colonne for p in a.places)]
                titre = self.modele.entetes[prefixe].textes[colonne]
                lu = "" if j is None else self._en(tableau.entete, j)
                typees = [] if j is None else [i for i in demandees if self._est_saisi(i, j)]
                if not demandees:
                    continue
                if j is None or j == self.colonne_cles or not (typees or lu):
                    absentes.setdefault(titre, []).append(adresse(tableau.entete + 1, self.colonne_cles + 2))
                    continue
                self.connues.update((i, j) for i in (*demandees, tableau.entete))
                self.sortie.refusees += len(typees)
                cellules = [adresse(i + 1, j + 1) for i in (tableau.entete, *typees)]
                self.sortie.anomalies.append(constats.entete_change(self.lieu, cellules, titre, lu, [self._en(i, j) for i in typees]))
        if absentes:
            self.sortie.anomalies.append(constats.colonnes_absentes(self.lieu, absentes))

    def _colonnes_permutees(self) -> None:
        """Columns that are no longer in their order: read under their headers. Nobody can tell whether headers alone were moved."""
        for prefixe, tableau in self.colonnes.tableaux.items():
            rangs = [i for i, a in self.reperees if a.prefixe == prefixe and a.places] if (colonnes := tableau.permutees) else []
            cellules = [(tableau.entete, j) for j in colonnes] + [(i, j) for i in rangs for j in colonnes if not est_vide(self._en(i, j))]
            if rangs:
                titres = [self._en(tableau.entete, j) for j in colonnes]
                self.sortie.anomalies.append(constats.colonnes_permutees(self.lieu, [adresse(i + 1, j + 1) for i, j in cellules], titres))

    def _est_saisi(self, i: int, j: int) -> bool:
        """Something that was not printed there, or may have been chosen."""
        lu, groupe = self._en(i, j), self.sortie.groupe
        return not est_vide(lu) and (lu not in self.modele.textes[groupe] or lu in self.modele.ambigus[groupe])

    def absences(self) -> None:
        """Rows and headers that were deleted, told once for the sheet. Blank rows of a table that may grow do not count."""
        vues = {c for _, c in self.cles}
        manquantes = []
        for attendue in (self.modele.rangees[c] for c in self.modele.groupes[self.sortie.groupe]):
            if attendue.cle in vues or attendue.role not in ("saisie", "entete"):
                continue
            if attendue.prefixe in self.modele.extensibles and attendue.places:
                continue
            manquantes.append(attendue)
        if manquantes:
            self.sortie.anomalies.append(constats.lignes_absentes(self.lieu, manquantes, [c for c, _ in self.orphelines], [v for _, v in self.orphelines]))

    def pardonner(self) -> None:
        """Another version printed other facts and other texts: no fault of the partner's. What stands in no input is told at once.

        A value carried over to a question that was printed otherwise is to be confirmed.
        """
        for i, avant, maintenant in self.reformulees:
            if cellules := [s.cellule for s in self.sortie.saisies if int(s.cellule.lstrip("ABCDEFGHIJKLMNOPQRSTUVWXYZ")) == i + 1]:
                self.sortie.anomalies.append(constats.question_reformulee(self.lieu, cellules, avant, maintenant))
        anomalies = [a for a in self.sortie.anomalies if a.code != "PREREMPLI_MODIFIE"]
        seules = [a for a in anomalies if a.code == "SAISIE_HORS_CADRE" and len(a.cellules) == 1]
        if len(seules) > 1:
            anomalies = [a for a in anomalies if a not in seules] + [constats.autres_textes(self.lieu, seules)]
        self.sortie.anomalies = anomalies

    def _sans_entete(self) -> None:
        """What is typed in the rows of tables whose header row is gone: named by ``absences``, not taken."""
        for i, attendue in self.reperees:
            if not attendue.par_entete or attendue.prefixe in self.colonnes.tableaux:
                continue
            typees = self._etrangeres(i, attendue)
            self.connues.update((i, j) for j in typees)
            self.orphelines += [(adresse(i + 1, j + 1), self._en(i, j)) for j in typees]
        self.sortie.refusees += len(self.orphelines)
