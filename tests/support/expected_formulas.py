"""What the formulas of the sheets must show, worked out from the answers and the contract alone."""

from __future__ import annotations

from decimal import Decimal

from cls_workbook import forms
from cls_workbook.domain.entry_questions import BLOCKS, VENTILATION
from cls_workbook.domain.model import Fiche, Mesure
from cls_workbook.domain.rules import Rule
from cls_workbook.domain.targets import target_of
from cls_workbook.forms.fiche_sheet import ESSENTIALS_HELP
from cls_workbook.forms.layout import FILLED, TO_CORRECT, TO_FILL, abridge
from cls_workbook.french import number_fr

NO_VALUE = ("non disponible", "sans objet")
NAMES_HELP = VENTILATION.champ("nom").aide
COUNTED = ("entier", "decimal", "liste", "ventilation")
AMOUNTS = ("prevu", "engage", "verse")


class Expectation:
    """What each formula of a fiche should show. ``reponses``: key → answer."""

    def __init__(self, plan: forms.WorkbookPlan, fiche: Fiche, reponses: dict[str, object]):
        self.plan, self.contrat, self.fiche, self.reponses = plan, plan.contrat, fiche, reponses
        self.sheet = next(f for f in plan.worksheets if f.fiche == fiche.numero)
        self.values: dict[str, object] = {}  # cell → value
        self.words: dict[str, str] = {}  # row → its state, faults apart

    def __getitem__(self, cle: str) -> object:
        return self.reponses.get(f"{self.fiche.numero}/{cle}")

    def put(self, cle: str, column: str, valeur: object) -> None:
        if row := self.sheet.rows.get(f"{self.fiche.numero}/{cle}"):
            self.values[f"{column}{row.numero}"] = valeur

    def lines(self, prefix: str) -> list[str]:
        """The rows of a table: « 01 », « 02 »…"""
        return sorted(
            {
                c.split("/")[-1]
                for c in self.sheet.rows
                if c.startswith(f"{self.fiche.numero}/{prefix}/") and c[-2:].isdigit()
            }
        )

    def compute(self, structure: object) -> dict[str, object]:
        for indicateur in self.fiche.indicateurs:
            for mesure in indicateur.mesures:
                self.mesure(mesure)
                is_answered = self.is_answered(mesure)
                wanted = next((v.nom for v in self.fiche.volets if v.id == indicateur.volet), None)
                other = wanted is not None and self["reponse/volet"] not in (None, wanted)
                self.etat(f"{self.bloc(mesure)}/{mesure.id}", is_answered, other="autre volet" if other else None)
                prefix = f"ventilations/{mesure.id}"
                self.words |= {f"{prefix}/{n}": "autre volet" if other else "" for n in self.lines(prefix)}
        for volet in self.fiche.volets if self.fiche.shares_sheets else ():
            said = [self[f"volets/{volet.id}/{champ}"] for champ in ("etat", "realisation")]
            is_asked = self["reponse/volet"] in (None, *self.fiche.names_over(volet.id))
            self.etat(f"volets/{volet.id}", None not in said, other=None if is_asked else "autre volet")
        self.financement()
        self.depenses()
        if self["avancement/rien"] is not None:
            self.etat("avancement/rien", self["avancement/rien_motif"] is not None)
        poste = ("depense_eligible", "quotite", "mois") if self.contrat.rules_of(self.fiche.numero, "poste") else ()
        asked = ("avancement/etat", "avancement/realisation", "depenses/total", "qualitatif/realisations")
        for cle in (*asked, *(f"poste/{champ}" for champ in poste)):
            self.etat(cle, self[cle] is not None)
        if self.fiche.volets:
            self.etat("reponse/volet", self["reponse/volet"] is not None)
        if self["avancement/etat"] in ("Reportée", "Abandonnée"):
            self.etat("avancement/motif", self["avancement/motif"] is not None)
        self.states()
        self.helps()
        who = f"Structure : {structure}" if structure else "Structure : à indiquer à l’Accueil"
        self.put("identite/structure", "F", who)
        self.put("identite/structure", "I", "{} sur {} renseignés".format(*self.counts()))
        return self.values

    def counts(self) -> tuple[int, int]:
        etats = [v for c, v in self.values.items() if c.startswith("B")]
        return etats.count(FILLED), sum(etats.count(word) for word in (FILLED, TO_FILL, TO_CORRECT))

    def etat(self, cle: str, filled: bool, other: str | None = None) -> None:
        self.words[cle] = other or (FILLED if filled else TO_FILL)

    def states(self) -> None:
        """The word of each row that says one: of a fiche that has nothing to declare, why alone is still asked."""
        for key, row in self.sheet.rows.items():
            cle = key.removeprefix(f"{self.fiche.numero}/")
            if 2 not in row.calculations:
                continue
            word = self.words.get(cle, "")
            if word != "autre volet" and self.is_wrong(cle):
                word = TO_CORRECT
            if self["avancement/rien"] is not None and cle not in ("avancement/rien", "reponse/volet"):
                word = ""
            self.put(cle, "B", word)

    def is_wrong(self, cle: str) -> bool:
        """A part above its whole, a detail that does not make its total, an end before the start."""
        part = lambda champ: self[f"{cle}/{champ}"]  # noqa: E731
        bottom = part("denominateur")
        if (known := self.contrat.by_mesure.get(cle.split("/")[-1])) and known[2].denominateur is not None:
            bottom = known[2].denominateur
        pairs = [(part("numerateur"), bottom), (part("satisfaits"), part("repondants"))]
        pairs += [(part("repondants"), part("questionnaires")), (part("dont_qpv"), part("valeur"))]
        pairs += [(part("verse"), part("engage"))]
        if cle == "avancement/rien":
            return self[cle] is not None and (self["avancement/etat"], self["avancement/realisation"]) != (None, None)
        if cle in ("avancement/date_fin_prevue", "avancement/date_fin_reelle"):
            pairs.append((self["avancement/date_debut"], self[cle]))
        if any(small is not None and great is not None and small > great for small, great in pairs):
            return True
        if cle == "depenses/total":
            posts = [v for c in ("personnel", "achats", "autres") if (v := self[f"depenses/{c}"]) is not None]
            return bool(posts) and self[cle] is not None and sum(map(euros, posts)) != euros(self[cle])
        if cle.startswith("ventilations/") and not cle.endswith(("/total", "/noms")):
            mesure, own = self.contrat.by_mesure[cle.split("/")[1]][2], self[f"{cle}/effectif"]
            declared = self[f"mesures/{mesure.id}/valeur"]
            return mesure.reponses_multiples and None not in (own, declared) and own > declared
        if cle.startswith("ventilations/"):
            mesure = self.contrat.by_mesure[cle.split("/")[1]][2]
            if mesure.type == "taux":
                return self.differs(mesure)
            declared, detail = self[f"mesures/{mesure.id}/valeur"], self.detail(mesure)
            if mesure.nominative:
                return declared is not None and len(self.names(mesure)) > declared
            compared = mesure.type == "entier" and not mesure.reponses_multiples
            return compared and bool(detail) and declared is not None and sum(detail) != declared
        return False

    def terms(self, mesure: Mesure, champ: str) -> list[int]:
        """What the categories of a rate say of one of its terms."""
        prefix = f"ventilations/{mesure.id}"
        return [v for line in self.lines(prefix) if (v := self[f"{prefix}/{line}/{champ}"]) is not None]

    def differs(self, mesure: Mesure) -> bool:
        """Do the categories of a rate make something else than its row says?"""
        declared = {c: self[f"taux/{mesure.id}/{c}"] for c in ("numerateur", "denominateur")}
        made = {c: self.terms(mesure, c) for c in declared}
        compared = [c for c in declared if declared[c] is not None and made[c]]
        return not mesure.reponses_multiples and any(sum(made[c]) != declared[c] for c in compared)

    def helps(self) -> None:
        """The help of a band, or what it says of the first answer that prints cut."""
        sheet = self.sheet.sheet
        bands = sorted(
            c.line for c in sheet.cells if c.column == 2 and c.style in ("bloc", "bloc_optionnel", "bloc_rappel")
        )
        for cell in (
            c for c in sheet.cells if c.column == 5 and c.style.endswith("_aide") and hasattr(c.valeur, "valeur")
        ):
            said: str | None = None
            end = next((b for b in bands if b > cell.line), 10_000)
            places = [p for r in self.sheet.rows.values() for p in r.input_places if p.length == 1500]
            for place in reversed([p for p in places if cell.line < p.row < end]):
                if said is None:
                    said = BLOCKS[place.bloc].aide if place.champ != "realisations" else ESSENTIALS_HELP
                texte = str(self.reponses.get(place.cle) or "")
                fits = int(sheet.heights.get(place.row, 15) / 13) * 130
                if len(texte) + 130 * texte.count("\n") > fits:
                    label = self.contrat.by_mesure[place.mesure][2].libelle if place.mesure else place.label
                    start = f"« {abridge(label, 40)} » : {len(texte)} caractères"
                    said = f"{start} ; au-delà de {fits}, agrandissez la ligne pour l’imprimer."
            self.values[f"E{cell.line}"] = said

    def asks(self, champ: str) -> bool:
        return f"{self.fiche.numero}/financement/01/{champ}" in {p.cle for p in self.plan.input_places()}

    # --- measures ---

    def bloc(self, mesure: Mesure) -> str:
        return {
            "taux": "taux",
            "satisfaction": "satisfaction",
            "moyenne": "durees",
            "jalon": "jalons",
            "texte": "textes",
        }.get(mesure.type, "mesures")

    def is_answered(self, mesure: Mesure) -> bool:
        def filled(champ: str) -> bool:
            return self[f"{self.bloc(mesure)}/{mesure.id}/{champ}"] is not None

        if self[f"{self.bloc(mesure)}/{mesure.id}/statut"] in NO_VALUE:
            return True
        match mesure.type:
            case "taux":
                return filled("numerateur") and (mesure.denominateur is not None or filled("denominateur"))
            case "satisfaction":
                return filled("repondants") and filled("satisfaits")
            case "moyenne":
                return filled("moyenne") and filled("effectif")
            case "jalon":
                return filled("jalon")
            case "texte":
                return filled("texte")
            case "liste" | "ventilation":
                return self.detail(mesure) != []
        return filled("valeur")

    def detail(self, mesure: Mesure) -> list[object]:
        """What was typed in the breakdown: the numbers, or the names of a list."""
        champ = "modalite" if mesure.type == "liste" else "effectif"
        prefix = f"ventilations/{mesure.id}"
        return [v for line in self.lines(prefix) if (v := self[f"{prefix}/{line}/{champ}"]) is not None]

    def names(self, mesure: Mesure) -> set[str]:
        """The different names of a list, whatever their capitals."""
        prefix = f"ventilations/{mesure.id}"
        return {str(n).casefold() for line in self.lines(prefix) if (n := self[f"{prefix}/{line}/nom"])}

    def is_asked(self, question: str) -> bool:
        places = (place.cle for row in self.sheet.rows.values() for place in row.input_places)
        return f"{self.fiche.numero}/{question}" in places

    def quotient(self, cle: str, column: str, top: object, bottom: object) -> None:
        self.put(cle, column, "" if top is None or not bottom else Decimal(str(top)) / Decimal(str(bottom)))

    def mesure(self, mesure: Mesure) -> None:
        cle = f"{self.bloc(mesure)}/{mesure.id}"
        if mesure.type == "taux":
            bottom = self[f"{cle}/denominateur"] if mesure.denominateur is None else mesure.denominateur
            self.quotient(cle, "G", self[f"{cle}/numerateur"], bottom)
        rate, change = ("I", "K") if self.is_asked(f"{cle}/echelle") else ("G", "J")  # of those who are satisfied
        if mesure.type == "satisfaction":
            self.quotient(cle, rate, self[f"{cle}/satisfaits"], self[f"{cle}/repondants"])
        if mesure.type not in ("jalon", "texte"):  # nothing is known of last year
            counted = [m for m in self.fiche.mesures if m.type in COUNTED]
            known = any(
                m.valeur_initiale is not None or target_of(self.contrat, m.id, self.plan.annee) for m in counted
            )
            beside = "I" if known or mesure.type not in COUNTED else "F"
            rates = [m for m in self.fiche.mesures if m.type == "taux"]
            if mesure.type == "taux":
                beside = "K" if any(target_of(self.contrat, m.id, self.plan.annee) for m in rates) else "J"
            self.put(cle, change if mesure.type == "satisfaction" else beside, "")
        detail, prefix = self.detail(mesure), f"ventilations/{mesure.id}"
        if mesure.type in ("liste", "ventilation"):
            self.put(cle, "G", "" if not detail else len(detail) if mesure.type == "liste" else sum(detail))
        for line in self.lines(prefix):
            if mesure.type == "taux":
                self.quotient(
                    f"{prefix}/{line}", "F", self[f"{prefix}/{line}/numerateur"], self[f"{prefix}/{line}/denominateur"]
                )
            elif mesure.type != "liste" and not mesure.nominative:
                own = self[f"{prefix}/{line}/effectif"]
                self.put(f"{prefix}/{line}", "E", own / sum(detail) if own is not None and sum(detail) else "")
        if f"{self.fiche.numero}/{prefix}/total" in self.sheet.rows and mesure.type == "taux":
            for column, champ in (("D", "numerateur"), ("E", "denominateur")):
                self.put(f"{prefix}/total", column, sum(self.terms(mesure, champ)) if self.terms(mesure, champ) else "")
            if not mesure.reponses_multiples:
                self.put(f"{prefix}/total", "H", "Différent du taux déclaré." if self.differs(mesure) else "")
        elif f"{self.fiche.numero}/{prefix}/noms" in self.sheet.rows:
            names, declared = self.names(mesure), self[f"{cle}/valeur"]
            self.put(f"{prefix}/noms", "D", len(names) or "")
            told = f"Noms différents : {len(names)}"
            if declared is not None:
                word = "autant" if len(names) == declared else "plus" if len(names) > declared else "moins"
                told += f", {word} que la valeur déclarée ({declared})"
            self.put(f"{prefix}/noms", "F" if mesure.ventilation else "E", f"{told}." if names else NAMES_HELP)
        elif f"{self.fiche.numero}/{prefix}/total" in self.sheet.rows:
            self.put(f"{prefix}/total", "D", sum(detail) if detail else "")
            if mesure.type == "entier" and not mesure.reponses_multiples:
                declared = self[f"{cle}/valeur"]
                sentence = (
                    "Égal à la valeur déclarée."
                    if detail and sum(detail) == declared
                    else f"Différent de la valeur déclarée ({declared})."
                )
                self.put(f"{prefix}/total", "G", sentence if detail and declared is not None else "")
        if mesure.type in (*COUNTED, "taux"):
            self.beside(mesure, detail)

    def beside(self, mesure: Mesure, detail: list[object]) -> None:
        """What stands at the right of a table, one row each: the figure that it makes up, what is left of it, its
        target (a text), last year's value and the change (of which nothing is known), where one started from."""
        prefix, declared = f"ventilations/{mesure.id}", self.values.get(self.cell_of(mesure), "")
        if mesure.type in ("entier", "decimal"):
            declared = self[f"mesures/{mesure.id}/valeur"]
            declared = "" if declared is None else declared
        facts: list[object] = [declared]
        if mesure.type == "taux" and not mesure.reponses_multiples:
            top, bottom = (self.terms(mesure, champ) for champ in ("numerateur", "denominateur"))
            facts.append(Decimal(sum(top)) / sum(bottom) if top and sum(bottom) else "")
        elif mesure.type == "entier" and not (mesure.reponses_multiples and not mesure.nominative):
            filled = len(self.names(mesure)) if mesure.nominative else sum(detail)
            told = bool(self.names(mesure)) if mesure.nominative else bool(detail)
            facts.append(declared - filled if told and declared != "" else "")
        has_target = target_of(self.contrat, mesure.id, self.plan.annee) is not None
        facts += [None] * has_target + [""] * (1 if mesure.type == "taux" else 2)
        for line, fact in zip(self.lines(prefix), facts, strict=False):
            if fact is not None:
                self.put(f"{prefix}/{line}", "L", fact)

    def cell_of(self, mesure: Mesure) -> str:
        row = self.sheet.rows.get(f"{self.fiche.numero}/{self.bloc(mesure)}/{mesure.id}")
        return f"G{row.numero}" if row else ""

    # --- money ---

    def financement(self) -> None:
        self.financement_lines = [
            {
                champ: self[f"financement/{line}/{champ}"]
                for champ in ("financeur", "nature", "prevu", "engage", "verse")
            }
            for line in self.lines("financement")
        ]
        for rank, nature in enumerate(self.contrat.money.natures):
            its_own = [x for x in self.financement_lines if x["nature"] == nature.libelle]
            amounts = [(column, champ) for column, champ in zip("EFG", AMOUNTS, strict=True) if self.asks(champ)]
            for column, champ in amounts:
                self.put(f"financement/total.{rank}", column, sum(euros(x[champ]) for x in its_own) if its_own else "")
        forgotten = any(x["nature"] is None and any(v is not None for v in x.values()) for x in self.financement_lines)
        if self.contrat.money.natures:
            self.put(
                "financement/total.0",
                "H",
                "Une ligne n’a pas de nature : elle n’entre dans aucun de ces totaux."
                if forgotten
                else self.beside_total(self.contrat.money.natures[0].aide or ""),
            )

    @staticmethod
    def beside_total(aide: str) -> str:
        """What a nature holds, where it has room beside its total: 62.5 characters of 11 points, in 10 points."""
        return aide if len(aide) <= 70 else ""

    def depenses(self) -> None:
        posts = [
            euros(v) for champ in ("personnel", "achats", "autres") if (v := self[f"depenses/{champ}"]) is not None
        ]
        total = None if self["depenses/total"] is None else euros(self["depenses/total"])
        self.put("calculs/somme", "D", sum(posts) if posts else "")
        gap = sum(posts) - (total or 0)
        sentence = (
            "Le détail fait bien le total."
            if gap == 0
            else f"Le détail ne fait pas le total : écart de {number_fr(gap, 2)} €."
        )
        self.put("calculs/somme", "E", sentence if posts and total is not None else "")
        for nature in self.contrat.money.natures:
            if nature.niveau == "maquette" and self.fiche.financement.montant is not None:
                attributed = [euros(x["engage"]) for x in self.financement_lines if x["nature"] == nature.libelle]
                self.put(f"calculs/taux.{nature.id}", "D", sum(attributed) / total if total and attributed else "")
        for rule in self.contrat.rules_of(self.fiche.numero):
            if rule.type == "poste":
                eligible, etp = self["poste/depense_eligible"], self["poste/quotite"]
                self.put(
                    f"calculs/regle.{rule.id}",
                    "D",
                    "" if eligible is None or not etp else subsidy_to_post(rule, euros(eligible), Decimal(str(etp))),
                )
            if rule.type == "cout_unitaire":
                people = self[f"mesures/{rule.sessions.mesure_participants}/valeur"]
                formateurs = self[f"complements/{rule.sessions.complement_formateurs}"] or 0
                self.put(
                    f"calculs/regle.{rule.id}",
                    "D",
                    ""
                    if people is None
                    else people * rule.sessions.cout_unitaire + formateurs * rule.sessions.cout_formateur,
                )


def euros(valeur: object) -> Decimal:
    return Decimal(str(valeur or 0))


def subsidy_to_post(rule: Rule, total: Decimal, etp: Decimal) -> Decimal:
    if etp < rule.post.etp_min:
        return Decimal(0)
    return round(
        min(total * rule.taux * min(Decimal(1), rule.post.etp_assiette_max / etp), rule.caps.plafond_annuel), 2
    )


def all_expected(plan: forms.WorkbookPlan, reponses: dict[str, object]) -> dict[tuple[str, str], object]:
    """(sheet, cell) → value, for every formula of the workbook."""
    structure = reponses.get("accueil/reponse/structure")
    place = next(e for e in plan.input_places() if e.cle == "accueil/reponse/structure")
    everything: dict[tuple[str, str], object] = {("Accueil", f"E{place.row}"): FILLED if structure else TO_FILL}
    contents_page = next(f for f in plan.workbook.worksheets if f.nom == "Sommaire")
    links = [c for c in contents_page.cells if c.column == 3 and hasattr(c.valeur, "cible")]
    ranks = {c.valeur.texte: c.line for c in links if c.valeur.texte in plan.contrat.par_fiche}
    counts = []
    for numero, rank in ranks.items():
        fiche = Expectation(plan, plan.contrat.par_fiche[numero], reponses)
        everything |= {(f"FA {numero}", cell): valeur for cell, valeur in fiche.compute(structure).items()}
        done, whole = fiche.counts()
        counts.append((done, whole))
        wrong = list(fiche.values.values()).count(TO_CORRECT)
        counts[-1] = done, whole, wrong
        word = "à corriger" if wrong else "vide" if not done else "complète" if done == whole else "à compléter"
        everything |= {("Sommaire", f"{c}{rank}"): v for c, v in zip("FGHI", (done, whole, wrong, word), strict=True)}
    total = max(c.line for c in contents_page.cells if c.valeur == "Ensemble")
    return everything | {("Sommaire", f"{letter}{total}"): sum(c[i] for c in counts) for i, letter in enumerate("FGH")}
