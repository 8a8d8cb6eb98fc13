"""What was counted: one row a measure, in the block of its kind."""

from __future__ import annotations

from collections.abc import Callable

from cls_workbook.contract import fields
from cls_workbook.contract.fields import Bloc
from cls_workbook.contract.model import Fiche, Indicateur, Mesure
from cls_workbook.entry.form import (
    HAUT,
    LARGEURS,
    TEXTE_LONG,
    B,
    C,
    Contexte,
    D,
    E,
    F,
    G,
    H,
    I,
    J,
    K,
    bande_de,
    entete_du,
    entetes,
    etat_de_mesure,
    interdire,
    sans_valeur,
)  # fmt: skip
from cls_workbook.entry.layout import Page, Rangee, hauteur
from cls_workbook.xlsx.sheets import adresse

COMPTEES = ("entier", "decimal", "liste", "ventilation")  # types that stand in the block « mesures »
OU_EN_SUIS_JE = "Où en suis-je\u00a0?"
Poser = Callable[..., None]


def mesures(page: Page, fiche: Fiche, contexte: Contexte) -> dict[str, int]:
    """Every block of indicators that the fiche calls for. Returns measure id → row, for the counted ones."""
    lignes = _comptes(page, fiche, contexte)
    _taux(page, fiche, contexte)
    _satisfaction(page, fiche, contexte)
    _durees(page, fiche, contexte)
    _jalons(page, fiche, contexte)
    _textes(page, fiche, contexte)
    return lignes


# --- what every block does ------------------------------------------------------------------------------------------


def _questions(fiche: Fiche, *types: str) -> list[tuple[Indicateur, Mesure]]:
    return [(i, m) for i in fiche.indicateurs for m in i.mesures if m.type in types]


def _etiquette(indicateur: Indicateur, mesure: Mesure) -> str:
    """What the row is called: the printed indicator, or the measure above it where the indicator has several."""
    return indicateur.libelle if len(indicateur.mesures) == 1 else f"{mesure.libelle}\n({indicateur.libelle})"


def _table(page: Page, bloc: Bloc, contexte: Contexte, titres: dict[int, str], colonnes: dict[str, int]) -> dict[int, str]:
    """Band and headers of a block. Returns column → printed header."""
    bande_de(page, bloc)
    titres = titres | {colonne: entete_du(bloc.champ(nom), contexte.cette_annee) for nom, colonne in colonnes.items()} | {K: OU_EN_SUIS_JE}
    entetes(page, f"{page.fiche}/{bloc.nom}", titres, set(colonnes.values()))
    return titres


def _rangee_de_mesure(page: Page, bloc: Bloc, indicateur: Indicateur, mesure: Mesure, titres: dict[int, str]) -> tuple[Rangee, Poser]:
    """Starts the row of a measure. ``poser(champ, column)`` then places each of its inputs."""
    etiquette = _etiquette(indicateur, mesure)
    rangee = page.rangee(f"{page.fiche}/{bloc.nom}/{mesure.id}", "saisie", etiquette)
    page.texte(B, etiquette, "libelle")
    unite = hauteur(mesure.unite, LARGEURS[C], taille=9) if bloc is fields.MESURES else HAUT
    page.feuille.hauteurs[page.ligne] = max(hauteur(etiquette, LARGEURS[B]), unite)

    def poser(champ: str, colonne: int, **precisions) -> None:
        question = bloc.champ(champ)
        page.saisie(rangee, question, colonne, etiquette=titres[colonne], bloc=bloc.nom, mesure=mesure.id, sujet=mesure.libelle, optionnelle=not question.obligatoire, **precisions)

    return rangee, poser


def _vides(page: Page, *colonnes: int) -> None:
    """Columns that the block does not use."""
    for colonne in colonnes:
        page.texte(colonne, None, "cellule")


def _format_du_nombre(valeur: object) -> str:
    """Whole numbers without a decimal point, others with theirs."""
    return "repere:entier" if valeur is None or valeur == int(valeur) else "repere:decimal"


def _annee_passee(contexte: Contexte) -> str:
    return f"Valeur {contexte.an_dernier}"


def _repondu(page: Page, rangee: Rangee, contexte: Contexte, indicateur: Indicateur, *colonnes: int) -> None:
    """The state of a row: every one of these cells is filled, or a statut says why not."""
    remplies = ",".join(f'{adresse(page.ligne, c)}<>""' for c in colonnes)
    toutes = f"AND({remplies})" if len(colonnes) > 1 else remplies
    etat_de_mesure(page, rangee, contexte, indicateur, f"OR({toutes},{sans_valeur(contexte, adresse(page.ligne, G))})")


def _quotient(page: Page, rangee: Rangee, colonne: int, haut: int, bas: int) -> None:
    """A rate, computed while one types; blank as long as it means nothing."""
    numerateur, denominateur = adresse(page.ligne, haut), adresse(page.ligne, bas)
    page.calcul(rangee, colonne, f'IF(OR({numerateur}="",N({denominateur})=0),"",{numerateur}/{denominateur})', "", "calcul:taux")


# --- one block a kind of measure ------------------------------------------------------------------------------------


def _comptes(page: Page, fiche: Fiche, contexte: Contexte) -> dict[str, int]:
    """Counts, one row a measure. Returns measure id → row."""
    bloc, questions, lignes = fields.MESURES, _questions(fiche, *COMPTEES), {}
    if not questions:
        return lignes
    colonnes = {"valeur": F, "statut": G, "double_compte": H, "dont_qpv": I, "commentaire": J}
    titres = _table(page, bloc, contexte, {B: "Indicateur", C: "Unité", D: "Valeur initiale", E: _annee_passee(contexte)}, colonnes)
    groupe = None
    for indicateur, mesure in questions:
        if indicateur.groupe != groupe:
            # what follows a group without being of it is told apart too
            page.texte(B, indicateur.groupe or "Autres indicateurs", "intertitre")
            page.fond(range(C, K + 1), "intertitre")
            page.suivante(20)
        groupe = indicateur.groupe
        _compte(page, bloc, indicateur, mesure, contexte, titres)
        lignes[mesure.id] = page.ligne
        page.suivante()
    return lignes


def _compte(page: Page, bloc: Bloc, indicateur: Indicateur, mesure: Mesure, contexte: Contexte, titres: dict[int, str]) -> None:
    rangee, poser = _rangee_de_mesure(page, bloc, indicateur, mesure, titres)
    passee = contexte.precedent.get(mesure.id)
    page.repere(rangee, C, mesure.unite, "repere:texte")
    page.repere(rangee, D, mesure.valeur_initiale, _format_du_nombre(mesure.valeur_initiale))
    # by the type, not the value: the sheets of all structures then differ in values only, and are drawn once
    page.rappel(rangee, E, passee, "repere:decimal" if mesure.type == "decimal" else "repere:entier")
    # a breakdown or a list has no figure of its own: its total is computed once the rows are drawn below
    saisie = mesure.type in ("entier", "decimal")
    if saisie:
        poser("valeur", F, type=mesure.type, unite=mesure.unite, **({"maximum": mesure.maximum} if mesure.maximum else {}))
    poser("statut", G)
    for voulu, champ, colonne in ((mesure.demande_double_compte, "double_compte", H), (mesure.demande_qpv, "dont_qpv", I)):
        if voulu:
            poser(champ, colonne)
        else:
            interdire(page, colonne)
    poser("commentaire", J)
    if saisie:
        _repondu(page, rangee, contexte, indicateur, F)


def _taux(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    bloc, questions = fields.TAUX, _questions(fiche, "taux")
    if not questions:
        return
    colonnes = {"definition": C, "numerateur": E, "denominateur": F, "statut": G, "commentaire": J}
    titres = _table(page, bloc, contexte, {B: "Taux", D: _annee_passee(contexte), H: "Taux calculé"}, colonnes)
    for indicateur, mesure in questions:
        rangee, poser = _rangee_de_mesure(page, bloc, indicateur, mesure, titres)
        poser("definition", C)
        page.rappel(rangee, D, contexte.precedent.get(mesure.id), "repere:taux")
        poser("numerateur", E, type="decimal" if mesure.numerateur_decimal else "entier")
        if mesure.denominateur is None:
            poser("denominateur", F)
        else:
            page.repere(rangee, F, mesure.denominateur, "repere:entier")
        poser("statut", G)
        _quotient(page, rangee, H, E, F)
        _vides(page, I)
        poser("commentaire", J)
        _repondu(page, rangee, contexte, indicateur, E, F)
        page.suivante(max(page.feuille.hauteurs[page.ligne], 32))


def _satisfaction(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    bloc, questions = fields.SATISFACTION, _questions(fiche, "satisfaction")
    if not questions:
        return
    colonnes = {"echelle": C, "questionnaires": D, "repondants": E, "satisfaits": F, "statut": G, "commentaire": J}
    titres = _table(page, bloc, contexte, {B: "Satisfaction", H: "Part de satisfaits", I: "Taux de réponse"}, colonnes)
    for indicateur, mesure in questions:
        rangee, poser = _rangee_de_mesure(page, bloc, indicateur, mesure, titres)
        for champ, colonne in colonnes.items():
            poser(champ, colonne)
        _quotient(page, rangee, H, F, E)
        _quotient(page, rangee, I, E, D)
        _repondu(page, rangee, contexte, indicateur, E, F)
        page.suivante()


def _durees(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    bloc, questions = fields.DUREES, _questions(fiche, "moyenne")
    if not questions:
        return
    colonnes = {"unite": C, "effectif": E, "moyenne": F, "statut": G, "commentaire": J}
    titres = _table(page, bloc, contexte, {B: "Durée", D: _annee_passee(contexte)}, colonnes)
    for indicateur, mesure in questions:
        rangee, poser = _rangee_de_mesure(page, bloc, indicateur, mesure, titres)
        for champ, colonne in colonnes.items():
            poser(champ, colonne)
        page.rappel(rangee, D, contexte.precedent.get(mesure.id), "repere:decimal")
        _vides(page, H, I)
        _repondu(page, rangee, contexte, indicateur, E, F)
        page.suivante()


def _jalons(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    bloc, questions = fields.JALONS, _questions(fiche, "jalon")
    if not questions:
        return
    colonnes = {"jalon": D, "date": E, "preuve": J}
    titres = _table(page, bloc, contexte, {B: "Étape", C: f"État {contexte.an_dernier}"}, colonnes)
    for indicateur, mesure in questions:
        rangee, poser = _rangee_de_mesure(page, bloc, indicateur, mesure, titres)
        page.rappel(rangee, C, contexte.precedent.get(mesure.id), "repere:texte")
        for champ, colonne in colonnes.items():
            poser(champ, colonne)
        _vides(page, F, G, H, I)
        etat_de_mesure(page, rangee, contexte, indicateur, f'{adresse(page.ligne, D)}<>""')
        page.suivante()


def _textes(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    """Answers in words have the width of a form; their statut stands under them."""
    bloc, questions = fields.TEXTES, _questions(fiche, "texte")
    if not questions:
        return
    bande_de(page, bloc)
    for indicateur, mesure in questions:
        etiquette, cle = _etiquette(indicateur, mesure), f"{page.fiche}/{bloc.nom}/{mesure.id}"
        for champ, titre, sujet in (("texte", etiquette, ""), ("statut", bloc.champ("statut").libelle, mesure.libelle)):
            question = bloc.champ(champ)
            rangee = page.rangee(cle if champ == "texte" else f"{cle}.{champ}", "saisie", titre)
            rangee.cle = cle
            page.texte(B, titre, "libelle")
            long = champ == "texte"
            page.saisie(rangee, question, C, etiquette=titre, ancre="gauche", bloc=bloc.nom, mesure=mesure.id, sujet=sujet, jusqu_a=J if long else None, optionnelle=not long)
            if long:
                etat_de_mesure(page, rangee, contexte, indicateur, f'OR({adresse(page.ligne, C)}<>"",{sans_valeur(contexte, adresse(page.ligne + 1, C))})')
            else:
                page.texte(D, "Facultatif\u00a0: seulement si vous ne pouvez pas répondre.", "aide_ligne:retrait")
            page.suivante(max(TEXTE_LONG, hauteur(titre, LARGEURS[B])) if long else HAUT)
