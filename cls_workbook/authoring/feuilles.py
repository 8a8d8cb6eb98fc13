"""The sheets to fill in, drawn from their columns: headers, help, validations, hints, room for more rows."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from cls_workbook.authoring import choix
from cls_workbook.authoring.grille import (
    BANDES,
    BASE,
    CLES,
    ENTETES,
    EXEMPLES,
    FORMULAIRE_COLONNE,
    FORMULAIRE_LIGNE,
    PREMIERE_COLONNE,
    PREMIERE_LIGNE,
    REPERE,
    Grille,
    Plan,
)
from cls_workbook.authoring.lignes import Ligne, Valeur
from cls_workbook.authoring.rubriques import ESSENTIEL, Case, Colonne, Rubrique
from cls_workbook.authoring.tout import RENVOIS
from cls_workbook.contract.themes import themes_livres
from cls_workbook.contract.verification_fiches import AGREGATIONS_PERMISES
from cls_workbook.entry.layout import abreger, hauteur
from cls_workbook.francais import NBSP, nombre_fr, typographie
from cls_workbook.xlsx.limits import unites
from cls_workbook.xlsx.sheets import INVITE_MAX, TITRE_MAX, Feuille, Formule, MiseEnForme, Plage, Tableau, Validation, adresse, lettre

MARQUE = "§modele/"  # first characters of the keys of this workbook
MODE_D_EMPLOI, CHOIX = "Mode d’emploi", "Choix"
OBLIGATOIRE = f"{NBSP}*"
LARGEUR_DE_PAGE = 150  # characters that read well across one printed page
HAUTEUR_VIDE = 21.0
ANNEES = (1990, 2100)
TITRES_DES_REPERES = {REPERE: "Repère retenu", BASE: "Base du repère"}


def titre_de(rubrique: Rubrique, case: Case) -> str:
    """The header of a column: what must be filled in bears a star."""
    return case.titre + (OBLIGATOIRE if rubrique.obligatoire(case.colonne) and case.rang <= 1 and not case.cle.endswith(".suite") else "")


def aide_de(colonne: Colonne) -> str:
    """What the cell is for, what is understood when it is blank, and an example."""
    morceaux = [colonne.aide, f"Vide : {colonne.deduit}" if colonne.deduit else "", f"Exemple : {colonne.exemple}" if colonne.exemple else ""]
    return typographie("\n".join(m for m in morceaux if m))


def feuille(grille: Grille, plan: Plan) -> Feuille:
    """The sheet of a rubrique, with what it holds already."""
    return _formulaire(grille, plan) if grille.rubrique.formulaire else _Table(grille, plan).dessiner()


def choix_caches() -> Feuille:
    """The hidden sheet of closed lists, one a column."""
    page = Feuille(CHOIX, etat="masquee", protegee=True)
    for colonne, (liste, codes) in enumerate(choix.CHOIX.items(), 1):
        page.largeurs[colonne] = 30
        for ligne, texte in enumerate((liste, *codes.values()), 1):
            page.ecrire(ligne, colonne, texte, "entete" if ligne == 1 else "cellule")
    page.cellules.sort(key=lambda c: (c.ligne, c.colonne))
    return page


def _liste_fermee(liste: str) -> str:
    colonne = lettre(list(choix.CHOIX).index(liste) + 1)
    return f"={CHOIX}!${colonne}$2:${colonne}${len(choix.CHOIX[liste]) + 1}"


# --- Cells ----------------------------------------------------------------------------------------------------------


def format_de(rubrique: Rubrique, colonne: Colonne) -> str:
    """How the cells of a field are formatted: text unless the model says a number or a date."""
    type_, liste, _ = rubrique.nature(colonne)
    if liste or type_ in (str, bool):
        return "libre"
    return colonne.format or {int: "entier", Decimal: "nombre", date: "date"}[type_]


def style_de(rubrique: Rubrique, case: Case) -> str:
    demande = rubrique.obligatoire(case.colonne) and case.rang <= 1
    return ("saisie:" if demande or case.colonne.bande == ESSENTIEL else "saisie_optionnelle:") + format_de(rubrique, case.colonne)


def validation(rubrique: Rubrique, case: Case, plage: Plage, plan: Plan) -> Validation:
    """What the cells of a column accept; its prompt is the help of the column."""
    colonne = case.colonne
    type_, liste, _ = rubrique.nature(colonne)
    regle = Validation(
        [plage], "libre", titre=abreger(case.titre, TITRE_MAX), invite=_invite(colonne), titre_erreur="Saisie à vérifier",
        stricte=not colonne.renvoi,
    )  # fmt: skip
    if colonne.renvoi and (case.seule and (colonne.cases or not liste)):
        regle.type, regle.source = "liste", plan.liste(colonne.renvoi)
        feuille = plan[RENVOIS[colonne.renvoi][0]].rubrique.feuille
        regle.erreur = typographie(f"Ce nom n’est pas sur la feuille « {feuille} » : ajoutez-l’y, ou choisissez dans la liste. Gardez-vous quand même cette saisie ?")
    elif (colonne.choix or type_ is bool) and not liste:
        regle.type, regle.source = "liste", _liste_fermee(colonne.choix or "oui_non")
        regle.erreur = "Choisissez une réponse de la liste."
    elif not liste and type_ in _BORNES:
        regle.type, regle.minimum, regle.maximum, regle.erreur = _BORNES[type_]
        if colonne.format == "annee":
            (regle.minimum, regle.maximum), regle.erreur = ANNEES, "Une année en quatre chiffres, par exemple 2026."
        if colonne.format == "taux":
            regle.maximum, regle.erreur = colonne.maximum, typographie(f"Un pourcentage entre 0 et {nombre_fr(Decimal(100 * colonne.maximum))} %, par exemple {colonne.exemple}.")
    return regle


_BORNES = {
    int: ("entier", 0, 99_999_999, "Un nombre entier, sans texte."),
    Decimal: ("decimal", 0, 999_999_999, "Un nombre, sans texte. Exemple : 1234,56."),
    date: ("date", date(1990, 1, 1), date(2100, 12, 31), "Une date au format jj/mm/aaaa."),
}  # fmt: skip


def _invite(colonne: Colonne) -> str:
    entiere = aide_de(colonne)
    return entiere if unites(entiere) <= INVITE_MAX else abreger(typographie(colonne.aide), INVITE_MAX)


# --- A sheet of rows ------------------------------------------------------------------------------------------------


class _Table:
    def __init__(self, grille: Grille, plan: Plan):
        self.grille, self.plan, self.rubrique = grille, plan, grille.rubrique
        self.page = Feuille(self.rubrique.feuille, colonnes_masquees=(1,), figee=(ENTETES, self.rubrique.figees + 1), couleur_onglet=_onglet(self.rubrique))
        self.page.largeurs[1] = 4

    def dessiner(self) -> Feuille:
        self._haut()
        for case in self.rubrique.cases:
            self._colonne(case)
        if self.rubrique.nom == "indicateurs":
            self._reperes()
        self._rangees()
        self._reperes_visuels()
        g, page = self.grille, self.page
        plage = Plage(ENTETES, PREMIERE_COLONNE, g.derniere, g.fin)
        titres = {c.colonne: c.valeur for c in page.cellules if c.ligne == ENTETES and c.colonne >= PREMIERE_COLONNE}
        page.tableaux.append(Tableau(f"T_{self.rubrique.nom}", plage, tuple(str(titres[c]) for c in range(PREMIERE_COLONNE, g.fin + 1))))
        page.cellules.sort(key=lambda c: (c.ligne, c.colonne))
        page.selection = (PREMIERE_LIGNE, PREMIERE_COLONNE)
        self._impression()
        return page

    def _haut(self) -> None:
        page, rubrique = self.page, self.rubrique
        page.ecrire(1, PREMIERE_COLONNE, rubrique.feuille, "titre")
        page.ecrire(2, PREMIERE_COLONNE, rubrique.aide, "aide_ligne")
        page.ecrire(ENTETES, 1, f"{MARQUE}{rubrique.nom}", "cle")
        page.hauteurs |= {1: 32, 2: 20, CLES: 0, BANDES: 20, ENTETES: 34}
        bande = ""
        for case in rubrique.cases:
            colonne = self.grille.colonnes[case.cle]
            texte = case.colonne.bande if case.colonne.bande != bande else None
            bande = case.colonne.bande
            page.ecrire(BANDES, colonne, texte, "bloc" if bande == ESSENTIEL else "bloc_optionnel")

    def _colonne(self, case: Case) -> None:
        """The key, the example and the header of a column; its cells, and what they accept."""
        page, rubrique, numero = self.page, self.rubrique, self.grille.colonnes[case.cle]
        exemple = case.colonne.exemple if case.rang <= 1 and (case.rang or case.seule) else ""
        page.largeurs[numero] = case.colonne.largeur
        page.ecrire(CLES, numero, f"{MARQUE}{case.cle}", "cle")
        page.ecrire(EXEMPLES, numero, f"ex.{NBSP}: {exemple}" if exemple else None, "aide:retrait")
        page.ecrire(ENTETES, numero, titre_de(rubrique, case), "entete_saisie" if rubrique.obligatoire(case.colonne) and case.rang <= 1 else "entete")
        haut = hauteur(f"ex. : {exemple}", case.colonne.largeur, 20, taille=9)
        page.hauteurs[EXEMPLES] = min(max(page.hauteurs.get(EXEMPLES, 20), haut), 64)
        style, fournies = style_de(rubrique, case), len(themes_livres()) if rubrique.nom == "themes" else 0
        for rang in range(self.grille.derniere - PREMIERE_LIGNE + 1):
            ligne = self.grille.lignes[rang] if rang < len(self.grille.lignes) else {}
            page.ecrire(PREMIERE_LIGNE + rang, numero, ligne.get(case.cle), style if rang >= fournies else "calcul:libre")
        # The header bears the same prompt: help is read before anything is typed.
        regle = validation(rubrique, case, self.grille.plage(case.cle), self.plan)
        page.validations.append(regle)
        page.validations.append(Validation([Plage(ENTETES, numero, ENTETES, numero)], "libre", titre=regle.titre, invite=regle.invite))

    def _reperes(self) -> None:
        """The ids that an import gives to indicators and measures, as a drop-down of the rules may cite them."""
        g, page = self.grille, self.page
        for cle in (REPERE, BASE):
            numero = g.colonnes[cle]
            page.largeurs[numero] = 14
            page.ecrire(BANDES, numero, None, "bloc_optionnel")
            page.ecrire(EXEMPLES, numero, "calculé" if cle == REPERE else None, "aide:retrait")
            page.ecrire(ENTETES, numero, TITRES_DES_REPERES[cle], "entete")
        page.colonnes_masquees = (1, g.colonnes[BASE])
        indicateur = ""
        for rang in range(g.derniere - PREMIERE_LIGNE + 1):
            ligne = g.lignes[rang] if rang < len(g.lignes) else {}
            indicateur = str(ligne.get("indicateurs.id") or "")
            page.ecrire(PREMIERE_LIGNE + rang, g.colonnes[BASE], Formule(self._base(PREMIERE_LIGNE + rang), indicateur), "calcul:texte")
            page.ecrire(PREMIERE_LIGNE + rang, g.colonnes[REPERE], Formule(self._repere(PREMIERE_LIGNE + rang), str(ligne.get("mesures.id") or "")), "calcul:texte")

    def _base(self, ligne: int) -> str:
        fiche, libelle, id_ = (lettre(self.grille.colonnes[c]) for c in ("indicateurs.fiche", "indicateurs.libelle", "indicateurs.id"))
        base, debut = lettre(self.grille.colonnes[BASE]), PREMIERE_LIGNE
        avant = f"{base}{ligne - 1}" if ligne > debut else '""'
        rang = f"SUMPRODUCT(({fiche}${debut}:{fiche}{ligne}={fiche}{ligne})*({libelle}${debut}:{libelle}{ligne}<>\"\"))"
        return f'IF({fiche}{ligne}="","",IF({id_}{ligne}<>"",{id_}{ligne},IF({libelle}{ligne}="",{avant},{fiche}{ligne}&"-I"&TEXT({rang},"00"))))'

    def _repere(self, ligne: int) -> str:
        libelle, type_, id_ = (lettre(self.grille.colonnes[c]) for c in ("mesures.libelle", "mesures.type", "mesures.id"))
        base, debut, fin = lettre(self.grille.colonnes[BASE]), PREMIERE_LIGNE, self.grille.derniere
        toutes = f"SUMPRODUCT(--({base}${debut}:{base}${fin}={base}{ligne}))"
        jusqu_ici = f"SUMPRODUCT(--({base}${debut}:{base}{ligne}={base}{ligne}))"
        lettree = f"IF({toutes}>1,{base}{ligne}&CHAR(96+{jusqu_ici}),{base}{ligne})"
        return f'IF({id_}{ligne}<>"",{id_}{ligne},IF(OR({base}{ligne}="",{type_}{ligne}&{libelle}{ligne}=""),"",{lettree}))'

    def _rangees(self) -> None:
        """Rows that are filled in are as high as their texts; blank ones grow with what is typed."""
        for rang, ligne in enumerate(self.grille.lignes):
            self.page.hauteurs[PREMIERE_LIGNE + rang] = self._haut_de(ligne)

    def _haut_de(self, ligne: Ligne) -> float:
        largeurs = {c.cle: c.colonne.largeur for c in self.rubrique.cases}
        return max((hauteur(v, largeurs[cle] - 1, HAUTEUR_VIDE) for cle, v in ligne.items() if isinstance(v, str)), default=HAUTEUR_VIDE)

    # --- hints ---

    def _reperes_visuels(self) -> None:
        """Colours that say what an import would refuse: unknown names, duplicates, what is missing from a row."""
        for case in self.rubrique.cases:
            ici, zone = self.grille.ici(case.cle), self.grille.zone(case.cle)
            if case.colonne.renvoi and case.seule and (case.colonne.cases or not self.rubrique.nature(case.colonne)[1]):
                self._hint(case, f'AND({ici}<>"",SUMPRODUCT(--({self.plan.source(case.colonne.renvoi)}={ici}))=0)', "erreur")
            liste = case.colonne.choix or ("oui_non" if self.rubrique.nature(case.colonne)[0] is bool else "")
            if liste and not self.rubrique.nature(case.colonne)[1]:
                self._hint(case, f'AND({ici}<>"",ISNA(MATCH({ici},{_liste_fermee(liste)[1:]},0)))', "erreur")
            if case.cle == "mesures.agregation":
                sorte = self.grille.ici("mesures.type")
                ouvertes = "".join(f',{sorte}="{choix.mots("types_de_mesure", t)}"' for t, permises in AGREGATIONS_PERMISES.items() if len(permises) > 1)
                self._hint(case, f'AND({ici}="",OR(FALSE{ouvertes}))', "attention")
            if case.colonne.unique:
                self._hint(case, f'AND({ici}<>"",SUMPRODUCT(--({zone}={ici}))>1)', "erreur")
            if self.rubrique.nom == "regles" and case.colonne.pour:
                sorte = self.grille.ici("regles.type")
                autres = "".join(f',{sorte}<>"{choix.mots("types_de_regle", t)}"' for t in case.colonne.pour)
                self._hint(case, f'AND({sorte}<>""{autres})', "hors_sujet")
            if self.rubrique.obligatoire(case.colonne) and case.rang <= 1 and case.cle != "indicateurs.libelle":
                debut, fin = (f"${adresse(PREMIERE_LIGNE, c)}" for c in (PREMIERE_COLONNE, PREMIERE_COLONNE + len(self.rubrique.cases) - 1))
                self._hint(case, f'AND({ici}="",COUNTA({debut}:{fin})>0)', "attention")

    def _hint(self, case: Case, formule: str, style: str) -> None:
        self.page.mises_en_forme.append(MiseEnForme(self.grille.plage(case.cle), formule, style))

    def _impression(self) -> None:
        g, impression = self.grille, self.page.impression
        largeur = sum(large for c, large in self.page.largeurs.items() if c not in self.page.colonnes_masquees)
        impression.largeur = max(1, round(largeur / LARGEUR_DE_PAGE))
        if impression.largeur > 1:
            impression.colonnes_repetees = (PREMIERE_COLONNE, PREMIERE_COLONNE + self.rubrique.figees - 1)
        impression.lignes_repetees = (BANDES, ENTETES)
        # On several pages side by side, the title would be cut at the edge of the columns that are repeated.
        impression.zone = Plage(1 if impression.largeur == 1 else BANDES, PREMIERE_COLONNE, g.derniere, g.fin)
        impression.pied_gauche = f"Description du contrat · {self.rubrique.feuille}"


def _onglet(rubrique: Rubrique) -> str:
    """Blue-green for what every contract needs; paler for what some have."""
    return "accent" if rubrique.nom in ("contrat", "axes", "structures", "fiches", "indicateurs", "financement") else "accent_clair"


# --- The form -------------------------------------------------------------------------------------------------------


def _formulaire(grille: Grille, plan: Plan) -> Feuille:
    """Contrat: one question a row, its answer beside it."""
    rubrique = grille.rubrique
    page = Feuille(rubrique.feuille, colonnes_masquees=(1,), figee=(2, 0), couleur_onglet=_onglet(rubrique))
    page.largeurs |= {1: 4, 2: 36, FORMULAIRE_COLONNE: 60, 4: 84}
    page.ecrire(1, 2, rubrique.feuille, "titre")
    page.ecrire(2, 2, rubrique.aide, "aide_ligne")
    page.hauteurs |= {1: 32, 2: 20, 3: 6}
    valeurs = grille.lignes[0] if grille.lignes else {}
    ligne, bande = FORMULAIRE_LIGNE, ""
    for case in rubrique.cases:
        if case.colonne.bande != bande:
            bande = case.colonne.bande
            for colonne in range(2, 5):
                page.ecrire(ligne, colonne, bande if colonne == 2 else None, "bloc" if bande == ESSENTIEL else "bloc_optionnel")
            page.hauteurs[ligne] = 22
            ligne += 1
        _question(page, rubrique, case, valeurs.get(case.cle), ligne, plan)
        ligne += 1
    page.selection = (FORMULAIRE_LIGNE + 1, FORMULAIRE_COLONNE)
    page.impression.pied_gauche = f"Description du contrat · {rubrique.feuille}"
    page.impression.zone = Plage(1, 2, ligne - 1, 4)
    return page


def _question(page: Feuille, rubrique: Rubrique, case: Case, valeur: Valeur, ligne: int, plan: Plan) -> None:
    page.ecrire(ligne, 1, f"{MARQUE}{case.cle}", "cle")
    page.ecrire(ligne, 2, titre_de(rubrique, case), "libelle_fort" if rubrique.obligatoire(case.colonne) else "libelle")
    style = style_de(rubrique, case)
    page.ecrire(ligne, FORMULAIRE_COLONNE, valeur, style)
    aide = aide_de(case.colonne).replace("\n", " ")
    page.ecrire(ligne, 4, aide, "aide:retrait")
    page.hauteurs[ligne] = max(hauteur(aide, 84, 22, taille=9), hauteur(valeur, 60) if isinstance(valeur, str) else 22)
    page.validations.append(validation(rubrique, case, Plage(ligne, FORMULAIRE_COLONNE, ligne, FORMULAIRE_COLONNE), plan))
