"""What the sheets show while one types is what Python makes of the same answers; blank, they show what they were sent with."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal

import openpyxl
import pytest
from classeurs import essai, valeur_valide

from cls_workbook import contract, entry
from cls_workbook.contract.model import Fiche, Mesure
from cls_workbook.entry import examples, offprint
from cls_workbook.entry.layout import A_REMPLIR, REMPLI
from cls_workbook.francais import nombre_fr
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Formule, adresse

ANNEE = 2025
DIJON = contract.load("dijon-2024-2028")
SANS_VALEUR = ("non disponible", "sans objet")


def formules(plan: entry.Plan) -> dict[tuple[str, str], Formule]:
    return {(f.nom, adresse(*c[:2])): c.valeur for f in plan.classeur.feuilles for c in f.cellules if isinstance(c.valeur, Formule)}


def lisible(valeur: object) -> object:
    """Numbers as floats; texts with one kind of space; a blank and an empty text are the same to the eye."""
    if valeur is None or isinstance(valeur, str):
        return " ".join((valeur or "").replace("\u202f", " ").replace("\u00a0", " ").split(" "))
    return float(valeur)


def recalculees(libreoffice, fichier, plan: entry.Plan) -> dict[tuple[str, str], object]:
    """(sheet, cell) → what each formula of the plan shows once LibreOffice has computed everything again."""
    lues = {}
    with libreoffice.open(fichier) as document:
        document.recalc()
        for nom in {feuille for feuille, _ in formules(plan)}:
            cellules = document.values(nom)
            for feuille, cellule in formules(plan):
                if feuille == nom:
                    trouvee = cellules[cellule]
                    assert (trouvee.nature, trouvee.erreur) == ("formule", 0), (nom, cellule, trouvee)
                    lues[nom, cellule] = lisible(trouvee.valeur)
    return lues


def comparer(lues: dict, attendues: dict) -> None:
    assert lues.keys() == attendues.keys()
    fausses = {
        lieu: (lue, attendue)
        for lieu, lue in lues.items()
        if lue != pytest.approx(attendue := lisible(attendues[lieu]), abs=1e-9) and lue != attendue
    }
    assert fausses == {}


# --- The same figures, worked out from the answers and the contract alone ---------------------------------------------


class Attendu:
    """What each formula of a fiche should show. ``reponses``: key → answer."""

    def __init__(self, plan: entry.Plan, fiche: Fiche, reponses: dict[str, object]):
        self.plan, self.contrat, self.fiche, self.reponses = plan, plan.contrat, fiche, reponses
        self.feuille = next(f for f in plan.feuilles if f.fiche == fiche.numero)
        self.valeurs: dict[str, object] = {}  # cell → value

    def __getitem__(self, cle: str) -> object:
        return self.reponses.get(f"{self.fiche.numero}/{cle}")

    def poser(self, cle: str, colonne: str, valeur: object) -> None:
        self.valeurs[f"{colonne}{self.feuille.rangees[f'{self.fiche.numero}/{cle}'].numero}"] = valeur

    def lignes(self, prefixe: str) -> list[str]:
        """The rows of a table: « 01 », « 02 »…"""
        return sorted({c.split("/")[-1] for c in self.feuille.rangees if c.startswith(f"{self.fiche.numero}/{prefixe}/") and c[-2:].isdigit()})

    def calculer(self, structure: object) -> dict[str, object]:
        for indicateur in self.fiche.indicateurs:
            for mesure in indicateur.mesures:
                self.mesure(mesure)
                repondue = self.repondue(mesure)
                voulu = next((v.nom for v in self.fiche.volets if v.id == indicateur.volet), None)
                autre = voulu is not None and self["reponse/volet"] not in (None, voulu)
                self.etat(f"{self.bloc(mesure)}/{mesure.id}", repondue, autre="autre volet" if autre else None)
        self.financement()
        self.depenses()
        for cle in ("avancement/etat", "avancement/realisation", "depenses/total", "qualitatif/realisations"):
            self.etat(cle, self[cle] is not None)
        if self.fiche.volets:
            self.etat("reponse/volet", self["reponse/volet"] is not None)
        if self["avancement/etat"] in ("Reportée", "Abandonnée"):
            self.etat("avancement/motif", self["avancement/motif"] is not None)
        else:
            self.poser("avancement/motif", "K", "")
        self.poser("identite/structure", "B", f"Structure : {structure}" if structure else "Structure : à indiquer sur la feuille Accueil")
        self.poser("identite/structure", "J", "{} sur {} renseignés".format(*self.comptes()))
        return self.valeurs

    def comptes(self) -> tuple[int, int]:
        etats = [v for c, v in self.valeurs.items() if c.startswith("K")]
        return etats.count(REMPLI), etats.count(REMPLI) + etats.count(A_REMPLIR)

    def etat(self, cle: str, rempli: bool, autre: str | None = None) -> None:
        self.poser(cle, "K", autre or (REMPLI if rempli else A_REMPLIR))

    # --- measures ---

    def bloc(self, mesure: Mesure) -> str:
        return {"taux": "taux", "satisfaction": "satisfaction", "moyenne": "durees", "jalon": "jalons", "texte": "textes"}.get(mesure.type, "mesures")

    def repondue(self, mesure: Mesure) -> bool:
        def rempli(champ: str) -> bool:
            return self[f"{self.bloc(mesure)}/{mesure.id}/{champ}"] is not None

        if self[f"{self.bloc(mesure)}/{mesure.id}/statut"] in SANS_VALEUR:
            return True
        match mesure.type:
            case "taux":
                return rempli("numerateur") and (mesure.denominateur is not None or rempli("denominateur"))
            case "satisfaction":
                return rempli("repondants") and rempli("satisfaits")
            case "moyenne":
                return rempli("moyenne") and rempli("effectif")
            case "jalon":
                return rempli("jalon")
            case "texte":
                return rempli("texte")
            case "liste" | "ventilation":
                return self.detail(mesure) != []
        return rempli("valeur")

    def detail(self, mesure: Mesure) -> list[object]:
        """What was typed in the breakdown: the numbers, or the names of a list."""
        champ = "modalite" if mesure.type == "liste" else "effectif"
        prefixe = f"ventilations/{mesure.id}"
        return [v for ligne in self.lignes(prefixe) if (v := self[f"{prefixe}/{ligne}/{champ}"]) is not None]

    def quotient(self, cle: str, colonne: str, haut: object, bas: object) -> None:
        self.poser(cle, colonne, "" if haut is None or not bas else Decimal(str(haut)) / Decimal(str(bas)))

    def mesure(self, mesure: Mesure) -> None:
        cle = f"{self.bloc(mesure)}/{mesure.id}"
        if mesure.type == "taux":
            bas = self[f"{cle}/denominateur"] if mesure.denominateur is None else mesure.denominateur
            self.quotient(cle, "H", self[f"{cle}/numerateur"], bas)
        if mesure.type == "satisfaction":
            self.quotient(cle, "H", self[f"{cle}/satisfaits"], self[f"{cle}/repondants"])
            self.quotient(cle, "I", self[f"{cle}/repondants"], self[f"{cle}/questionnaires"])
        detail, prefixe = self.detail(mesure), f"ventilations/{mesure.id}"
        if mesure.type in ("liste", "ventilation"):
            self.poser(cle, "F", "" if not detail else len(detail) if mesure.type == "liste" else sum(detail))
        for ligne in self.lignes(prefixe):
            if mesure.type == "taux":
                self.quotient(f"{prefixe}/{ligne}", "E", self[f"{prefixe}/{ligne}/numerateur"], self[f"{prefixe}/{ligne}/denominateur"])
        if f"{self.fiche.numero}/{prefixe}/total" in self.feuille.rangees:
            self.poser(f"{prefixe}/total", "C", sum(detail) if detail else "")
            if mesure.type == "entier" and not mesure.reponses_multiples:
                declare = self[f"{cle}/valeur"]
                phrase = "Égal à la valeur déclarée." if detail and sum(detail) == declare else f"Différent de la valeur déclarée ({declare})."
                self.poser(f"{prefixe}/total", "D", phrase if detail and declare is not None else "")

    # --- money ---

    def financement(self) -> None:
        self.lignes_de_financement = [
            {champ: self[f"financement/{ligne}/{champ}"] for champ in ("financeur", "nature", "prevu", "engage", "verse")} for ligne in self.lignes("financement")
        ]
        for rang, nature in enumerate(self.contrat.natures):
            siennes = [x for x in self.lignes_de_financement if x["nature"] == nature.libelle]
            for colonne, champ in (("D", "prevu"), ("E", "engage"), ("F", "verse")):
                self.poser(f"financement/total.{rang}", colonne, sum(euros(x[champ]) for x in siennes) if siennes else "")
        oubliee = any(x["nature"] is None and any(v is not None for v in x.values()) for x in self.lignes_de_financement)
        if self.contrat.natures:
            self.poser("financement/total.0", "G", "Une ligne n’a pas de nature : elle n’entre dans aucun de ces totaux." if oubliee else "")

    def depenses(self) -> None:
        postes = [euros(v) for champ in ("personnel", "achats", "autres") if (v := self[f"depenses/{champ}"]) is not None]
        total = None if self["depenses/total"] is None else euros(self["depenses/total"])
        self.poser("calculs/somme", "C", sum(postes) if postes else "")
        ecart = sum(postes) - (total or 0)
        phrase = "Le détail fait bien le total." if ecart == 0 else f"Le détail ne fait pas le total : écart de {nombre_fr(ecart, 2)} €."
        self.poser("calculs/somme", "D", phrase if postes and total is not None else "")
        for nature in self.contrat.natures:
            if nature.niveau == "maquette" and self.fiche.financement.montant is not None:
                verses = [euros(x["verse"]) for x in self.lignes_de_financement if x["nature"] == nature.libelle]
                self.poser(f"calculs/taux.{nature.id}", "C", sum(verses) / total if total and verses else "")
        for regle in self.contrat.regles_de(self.fiche.numero):
            if regle.type == "poste":
                etp = self["depenses/etp"]
                self.poser(f"calculs/regle.{regle.id}", "C", "" if total is None or not etp else aide_au_poste(regle, total, Decimal(str(etp))))
            if regle.type == "cout_unitaire":
                personnes = self[f"mesures/{regle.mesure_participants}/valeur"]
                formateurs = self[f"complements/{regle.complement_formateurs}"] or 0
                self.poser(f"calculs/regle.{regle.id}", "C", "" if personnes is None else personnes * regle.cout_unitaire + formateurs * regle.cout_formateur)


def euros(valeur: object) -> Decimal:
    return Decimal(str(valeur or 0))


def aide_au_poste(regle: contract.Regle, total: Decimal, etp: Decimal) -> Decimal:
    if etp < regle.etp_min:
        return Decimal(0)
    return round(min(total * regle.taux * min(Decimal(1), regle.etp_assiette_max / etp), regle.plafond_annuel), 2)


def attendues(plan: entry.Plan, reponses: dict[str, object]) -> dict[tuple[str, str], object]:
    """(sheet, cell) → value, for every formula of the workbook."""
    structure = reponses.get("accueil/reponse/structure")
    place = next(e for e in plan.emplacements() if e.cle == "accueil/reponse/structure")
    toutes: dict[tuple[str, str], object] = {("Accueil", f"E{place.rangee}"): REMPLI if structure else A_REMPLIR}
    sommaire = next(f for f in plan.classeur.feuilles if f.nom == "Sommaire")
    rangs = {c.valeur.texte: c.ligne for c in sommaire.cellules if c.colonne == 3 and hasattr(c.valeur, "cible")}
    comptes = []
    for numero, rang in rangs.items():
        fiche = Attendu(plan, plan.contrat.par_fiche[numero], reponses)
        toutes |= {(f"FA {numero}", cellule): valeur for cellule, valeur in fiche.calculer(structure).items()}
        fait, tout = fiche.comptes()
        comptes.append((fait, tout))
        mot = "vide" if not fait else "complète" if fait == tout else "à compléter"
        toutes |= {("Sommaire", f"F{rang}"): fait, ("Sommaire", f"G{rang}"): tout, ("Sommaire", f"H{rang}"): mot}
    total = max(rangs.values()) + 1
    return toutes | {("Sommaire", f"{lettre}{total}"): sum(c[i] for c in comptes) for i, lettre in enumerate("FG")}


# --- Filled in ------------------------------------------------------------------------------------------------------


def au_hasard(plan: entry.Plan, graine: int, part: float) -> dict[str, object]:
    """Valid answers to a part of the questions; small counts, so that some breakdowns make their totals."""
    hasard = random.Random(graine)
    reponses = {e.cle: valeur_valide(e, hasard) for e in plan.emplacements() if hasard.random() < part}
    return {c: hasard.randint(0, 3) if type(v) is int and hasard.random() < 0.8 else v for c, v in reponses.items()}


def verifier(libreoffice, dossier, plan: entry.Plan, reponses: dict[str, object]) -> None:
    examples.remplir(plan, reponses)
    writer.write(plan.classeur, dossier / "rempli.xlsx")
    comparer(recalculees(libreoffice, dossier / "rempli.xlsx", plan), attendues(plan, reponses))


def test_every_formula_agrees_with_python_on_the_example_answers(libreoffice, tmp_path):
    plan = entry.plan(DIJON, ANNEE)
    reponses = examples.repondre(plan)
    verifier(libreoffice, tmp_path, plan, reponses)
    # coherent answers leave nothing to fill in
    assert all(mot != A_REMPLIR for mot in attendues(plan, reponses).values())


@pytest.mark.parametrize(("graine", "part"), [(1, 0.15), (2, 0.5), (3, 0.9)])
@pytest.mark.parametrize("contrat", [DIJON, essai()], ids=["dijon", "essai"])
def test_every_formula_agrees_with_python_on_random_answers(libreoffice, tmp_path, contrat, graine, part):
    plan = entry.plan(contrat, ANNEE)
    verifier(libreoffice, tmp_path, plan, au_hasard(plan, graine, part))


@pytest.fixture(scope="module")
def ouvert(libreoffice, tmp_path_factory):
    """The general workbook of Dijon open in LibreOffice; each test types in a fiche of its own."""
    fichier = tmp_path_factory.mktemp("ouvert") / "dijon.xlsx"
    writer.write(entry.plan(DIJON, ANNEE).classeur, fichier)
    with libreoffice.open(fichier) as document:
        yield document


def cellule(fiche: str, cle: str, colonne: str = "C") -> str:
    feuille = next(f for f in entry.plan(DIJON, ANNEE).feuilles if f.fiche == fiche)
    return f"{colonne}{feuille.rangees[f'{fiche}/{cle}'].numero}"


@pytest.mark.parametrize(
    ("cout", "etp", "aide"),
    # half of the post, 30 000 € at most; half a post at least; of a post and a half, one post is counted
    [("52000", "1", 26000), ("75000", "1", 30000), ("52000", "0,4", 0), ("52000", "0,5", 26000), ("45000", "1,5", 15000), ("52000", "", "")],
)
def test_the_post_of_coordination_is_funded_while_one_types(ouvert, cout, etp, aide):
    ouvert.type("FA 5.1", {cellule("5.1", "depenses/total"): cout, cellule("5.1", "depenses/etp"): etp})
    assert ouvert.values("FA 5.1")[cellule("5.1", "calculs/regle.poste-coordination")].valeur == aide


def test_the_cost_per_person_is_computed_while_one_types(ouvert):
    mesure = DIJON.regles_de("2.2", "cout_unitaire")[0].mesure_participants
    cout = cellule("2.2", "calculs/regle.sessions-pssm")
    assert ouvert.values("FA 2.2")[cout].valeur == ""
    ouvert.type("FA 2.2", {cellule("2.2", f"mesures/{mesure}", "F"): "24"})
    assert ouvert.values("FA 2.2")[cout].valeur == 6000  # 24 × 250 €
    ouvert.type("FA 2.2", {cellule("2.2", "complements/formateurs"): "2"})
    assert ouvert.values("FA 2.2")[cout].valeur == 9000  # and 2 × 1 500 €


@pytest.mark.parametrize(("choisi", "mot"), [("EMAS", A_REMPLIR), ("Étude de l’extension", "autre volet"), ("", A_REMPLIR)])
def test_what_another_volet_answers_is_not_asked(ouvert, choisi, mot):
    ouvert.type("FA 2.3", {cellule("2.3", "reponse/volet"): choisi})
    assert ouvert.values("FA 2.3")[cellule("2.3", "mesures/2.3-I01", "K")].valeur == mot


def test_rows_that_a_partner_inserts_at_either_end_of_a_table_count_in_its_totals(libreoffice, tmp_path):
    plan = entry.plan(essai(), ANNEE)
    writer.write(plan.classeur, tmp_path / "lignes.xlsx")
    feuille = next(f for f in plan.feuilles if f.fiche == "1.1")
    premiere, fin = (feuille.rangees[f"1.1/financement/{r}"].numero for r in ("01", "fin"))
    with libreoffice.open(tmp_path / "lignes.xlsx") as document:
        document.unprotect("FA 1.1")
        document.insert_rows("FA 1.1", fin)
        document.insert_rows("FA 1.1", premiere)
        document.type("FA 1.1", {f"C{premiere}": "Maquette ARS", f"D{premiere}": "100", f"C{fin + 1}": "Maquette ARS", f"D{fin + 1}": "20,50"})
        total = feuille.rangees["1.1/financement/total.0"].numero + 2
        assert document.values("FA 1.1")[f"D{total}"].valeur == 120.5


# --- As sent --------------------------------------------------------------------------------------------------------


def en_cache(fichier, plan: entry.Plan) -> dict[tuple[str, str], object]:
    livre = openpyxl.load_workbook(fichier, data_only=True)
    return {(feuille, cellule): lisible(livre[feuille][cellule].value) for feuille, cellule in formules(plan)}


@pytest.mark.parametrize("structure", [None, "sdat", "ars"])
def test_a_blank_workbook_shows_what_libreoffice_computes(libreoffice, tmp_path, structure):
    repondant = next((r for r in entry.repondants(DIJON) if r.id == structure), None)
    general, plan = entry.plan(DIJON, ANNEE), entry.plan(DIJON, ANNEE, repondant)
    fichier = tmp_path / "vide.xlsx"
    fichier.write_bytes(list(offprint.editer([general.classeur, plan.classeur]))[1])
    assert en_cache(fichier, plan) == recalculees(libreoffice, fichier, plan)
    saisies = {"accueil/reponse/structure": repondant.nom} if repondant else {}
    volets = {f"{n}/reponse/volet": v for n, v in (repondant.fiches if repondant else ()) if v and [f for f, _ in repondant.fiches].count(n) == 1}
    assert en_cache(fichier, plan) == {lieu: lisible(v) for lieu, v in attendues(plan, saisies | volets).items()}


def test_dates_do_not_disturb_the_answers(libreoffice, tmp_path):
    """A date is a number to a spreadsheet: it is shown as one types it, and counted by no total."""
    plan = entry.plan(essai(), ANNEE)
    place = next(e for e in plan.emplacements() if e.cle == "1.1/financement/01/date")
    verifier(libreoffice, tmp_path, plan, {place.cle: datetime.date(2025, 3, 15)})
    with libreoffice.open(tmp_path / "rempli.xlsx") as document:
        assert document.values(place.feuille, affiche=True)[place.cellule].affiche == "15/03/2025"
