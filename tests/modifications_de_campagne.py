"""What arrives in the folder of returns besides one good return: the same one twice, two versions of it, one of another year, of another
contract, of another version of the template. Each with what must come of every value of every file, in the consolidation itself.
"""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd
from classeurs import ANNEE, DEFINITION, essai
from classeurs_legers import alleger
from gestes import Due
from verdict import FAUSSE, LUE, PERDUE, SIGNALEE, Verdict, egales

from cls_workbook import conductor, contract, entry
from cls_workbook.anomalies import Anomalie
from cls_workbook.entry import examples
from cls_workbook.results.resultat import Resultat
from cls_workbook.summaries.remplacement import Demande

JOUR = datetime.date(2026, 4, 1)
# What a partner could have answered: nothing that a rule of the contract would say anything of.
PLAUSIBLES: Mapping[str, object] = {
    "accueil/reponse/contact_fonction": "Chargée de mission", "accueil/reponse/date_reponse": datetime.date(2026, 3, 2),
    "1.1/avancement/etat": "En cours", "1.1/avancement/realisation": "Partielle", "1.1/avancement/date_debut": datetime.date(2025, 1, 6),
    "1.1/avancement/motif": "Un trimestre de retard", "1.1/mesures/1.1-I01/valeur": 40, "1.1/mesures/1.1-I01/statut": "réel",
    "1.1/mesures/1.1-I02a/valeur": 12.5, "1.1/mesures/1.1-I02a/commentaire": "Deux lieux", "1.1/taux/1.1-I03a/numerateur": 9,
    "1.1/taux/1.1-I03a/denominateur": 36, "1.1/satisfaction/1.1-I04/repondants": 20, "1.1/satisfaction/1.1-I04/satisfaits": 15,
    "1.1/durees/1.1-I05/moyenne": 4.5, "1.1/durees/1.1-I05/effectif": 30, "1.1/textes/1.1-I07/texte": "Bonne tenue d’ensemble",
    "1.1/partenaires/01/nom": "Le Relais", "1.1/partenaires/01/type": "Association", "1.1/financement/01/financeur": "ARS",
    "1.1/financement/01/nature": "Maquette ARS", "1.1/financement/01/engage": 6000.5,
    "1.1/financement/01/reference": "CONV-2025-7", "1.1/financement/01/date": datetime.date(2025, 5, 12), "1.1/depenses/total": 12001,
    "1.1/qualitatif/realisations": "Quarante personnes rencontrées",
    "2.1/avancement/etat": "En cours", "2.1/mesures/2.1-I01/valeur": 120, "2.1/qualitatif/freins": "La météo",
}  # fmt: skip
VERSION_2 = PLAUSIBLES | {"1.1/mesures/1.1-I01/valeur": 44, "1.1/financement/01/engage": 6500.25, "2.1/qualitatif/freins": "La météo, puis la grève"}


@dataclass(frozen=True, eq=False)
class Source:
    """A workbook that left, and what it was filled in with. ``change``: text of the contract's definition → what it was then."""

    saisies: Mapping[str, object] = field(default_factory=lambda: PLAUSIBLES)
    annee: int = ANNEE
    change: tuple[tuple[str, str], ...] = ()

    @cached_property
    def plan(self) -> entry.Plan:
        definition = DEFINITION
        for maintenant, avant in self.change:
            assert maintenant in definition
            definition = definition.replace(maintenant, avant)
        contrat = contract.parse(definition, "essai")
        repondant = next(r for r in entry.repondants(contrat) if r.id == "mutuelle")
        return entry.plan(contrat, self.annee, repondant)

    @cached_property
    def dues(self) -> dict[tuple[str, str], Due]:
        """(sheet, cell) → what stands there."""
        places = {p.cle: p for p in self.plan.emplacements()}
        return {(places[c].feuille, places[c].cellule): Due(c, v, v) for c, v in self.saisies.items()}

    @cached_property
    def contenu(self) -> bytes:
        examples.remplir(self.plan, self.saisies)
        return alleger(self.plan.classeur)


PREMIER, SECOND = Source(), Source(VERSION_2)
AN_DERNIER = Source(annee=ANNEE - 1)
D_UN_AUTRE_CONTRAT = Source(change=(('id = "essai"', 'id = "voisin"'),))
HEURES = '    { id = "1.1-I02a", libelle = "Heures de permanence", type = "decimal", agregation = "FLUX", unite = "heure" },\n'
AFFICHES = '    { id = "1.1-I99", libelle = "Affiches posées", type = "entier", agregation = "FLUX" },\n'
D_UNE_AUTRE_VERSION = Source(PLAUSIBLES | {"1.1/mesures/1.1-I99/valeur": 12}, change=((HEURES, HEURES + AFFICHES),))


@dataclass(frozen=True)
class ModificationDeCampagne:
    """``recus``: name of a file → what it was made from; the same source gives the same bytes. ``remplacer``: as ``conductor.consolider`` takes it.

    ``codes``: of all the anomalies that tell of what came; ``signalees``: how many values they point at, all those of a file that is set aside.
    """

    nom: str
    recus: Mapping[str, Source]
    codes: frozenset[str]
    signalees: int
    remplacer: tuple[Demande, ...] = ()
    lente: bool = False


def _modification(nom: str, recus: Mapping[str, Source], *codes: str, signalees: int, remplacer: tuple[Demande, ...] = ()) -> ModificationDeCampagne:
    return ModificationDeCampagne(nom, recus, frozenset(codes), signalees, remplacer)


DU_FICHIER = len(PLAUSIBLES)
DES_FICHES = DU_FICHIER - 2  # what Accueil says of who answers is no answer for a fiche
DE_CAMPAGNE = (
    _modification("le même retour deux fois, sous deux noms", {"a": PREMIER, "b": PREMIER}, "DOUBLON_DE_RETOUR", signalees=DU_FICHIER),
    _modification("une copie de conflit d’OneDrive", {"a": PREMIER, "a-PC-DE-MARIE": PREMIER}, "DOUBLON_DE_RETOUR", signalees=DU_FICHIER),
    _modification("deux versions d’un retour, sans dire laquelle vaut", {"a": PREMIER, "a v2": SECOND}, "DOUBLON_DE_RETOUR", signalees=2 * DES_FICHES),
    _modification(
        "deux versions d’un retour, la seconde remplace la première", {"a": PREMIER, "a v2": SECOND}, "RETOUR_REMPLACE",
        signalees=DU_FICHIER, remplacer=(Demande("a v2", "a"),),
    ),
    _modification("un retour de l’an dernier parmi ceux de l’année", {"a": PREMIER, "ancien": AN_DERNIER}, "HORS_CAMPAGNE", signalees=DU_FICHIER),
    _modification("un retour d’un autre contrat parmi les autres", {"a": PREMIER, "voisin": D_UN_AUTRE_CONTRAT}, "FICHIER_ILLISIBLE", signalees=DU_FICHIER),
    _modification("un retour sur une autre version du modèle", {"a": D_UNE_AUTRE_VERSION}, "HORS_CAMPAGNE", "SAISIE_HORS_CADRE", signalees=1),
)  # fmt: skip
SANS_OBJET = ("RETOUR_MANQUANT", "GROUPE_NON_NOMME", "VALEUR_NON_RENSEIGNEE")  # of what did not come: nothing is said of what did


def _lues(resultat: Resultat) -> dict[tuple[str, str, str], object]:
    """(file, sheet, cell) → value, of all that the tables of the consolidation hold."""
    trouvees: dict[tuple[str, str, str], object] = {}
    for table in (resultat.mesures, resultat.reponses):
        for r in table.to_dict("records"):
            trouvees[r["Fichier"], r["Feuille"], r["Cellule"]] = r["Valeur"]
    for r in resultat.financements.to_dict("records"):
        rang = r["Cellule"].partition(":")[0].lstrip("ABCDEFGH")
        for colonne, titre in zip("BCDEFGH", ("Financeur", "Nature", "Prévu", "Engagé", "Versé", "Référence", "Date"), strict=True):
            if r[titre] is not None and pd.notna(r[titre]):
                trouvees[r["Fichier"], r["Feuille"], f"{colonne}{rang}"] = r[titre]
    return trouvees


def juger(modification: ModificationDeCampagne, fichiers: Mapping[str, Path]) -> tuple[Verdict, frozenset[str]]:
    """What became of every value of every file (``fichiers``: name → file), and the codes of what was said of them."""
    contrat, noms = essai(), {nom: chemin.name for nom, chemin in fichiers.items()}
    retours = conductor.lire({chemin.name: chemin for chemin in fichiers.values()}, conductor.Contrats(contrat), 1)
    demandes = [Demande(noms[d.nouveau], noms[d.ancien]) for d in modification.remplacer]
    resultat = conductor.consolider(retours, contrat, ANNEE, jour=JOUR, remplacer=demandes)
    verdict, lues = Verdict(), _lues(resultat)
    for nom, source in modification.recus.items():
        siennes = [a for a in resultat.anomalies if a.fichier == noms[nom]]
        for (feuille, cellule), due in source.dues.items():
            _compter(verdict, f"{noms[nom]} {feuille}!{cellule}", due, lues.get((noms[nom], feuille, cellule)), [a for a in siennes if _concerne(a, feuille, cellule)])
    return verdict, frozenset(a.code for a in resultat.anomalies if a.code not in SANS_OBJET)


def _concerne(anomalie: Anomalie, feuille: str, cellule: str) -> bool:
    """Does it point at this cell, at its sheet as a whole, or at the file?"""
    return anomalie.refuse_fichier or (anomalie.feuille == feuille and (anomalie.refuse_feuille or cellule in anomalie.cellules))


def _compter(verdict: Verdict, ou: str, due: Due, lue: object, anomalies: list[Anomalie]) -> None:
    if lue is not None and egales(lue, due.sens):
        verdict.compter(LUE, ou, due.brut)
        if anomalies:
            verdict.fausses_alertes.append(ou)
    else:
        verdict.compter(SIGNALEE if anomalies else PERDUE if lue is None else FAUSSE, ou, f"{due.cle} = {due.brut!r} lu {lue}")
