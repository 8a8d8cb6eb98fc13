"""What was counted: one row a measure, in the block of its kind."""

from __future__ import annotations

from cls_workbook import fields
from cls_workbook.contract import Fiche, Indicateur, Mesure
from cls_workbook.fiche_form import B, C, D, E, F, G, H, I, J, K, Contexte, bande, entete_du, entetes, interdire, sans_valeur
from cls_workbook.fields import Bloc
from cls_workbook.layout import Page, Rangee, hauteur
from cls_workbook.sheets import adresse

COMPTEES = ("entier", "decimal", "liste", "ventilation")  # types that stand in the block « mesures »


def _questions(fiche: Fiche, *types: str) -> list[tuple[Indicateur, Mesure]]:
    return [(i, m) for i in fiche.indicateurs for m in i.mesures if m.type in types]


def _etiquette(indicateur: Indicateur, mesure: Mesure) -> str:
    """What the row is called: the printed indicator, or the measure above it where the indicator has several."""
    return indicateur.libelle if len(indicateur.mesures) == 1 else f"{mesure.libelle}\n({indicateur.libelle})"


def _rangee_de_mesure(page: Page, bloc: Bloc, indicateur: Indicateur, mesure: Mesure):
    etiquette = _etiquette(indicateur, mesure)
    rangee = page.rangee(f"{page.fiche}/{bloc.nom}/{mesure.id}", "saisie", etiquette)
    page.texte(B, etiquette, "libelle")
    page.feuille.hauteurs[page.ligne] = hauteur(etiquette, 42, 24)

    def poser(champ: str, colonne: int, titre: str, **precisions):
        question = bloc.champ(champ)
        page.saisie(rangee, question, colonne, etiquette=titre, bloc=bloc.nom, mesure=mesure.id, sujet=mesure.libelle, optionnelle=not question.obligatoire, **precisions)

    return rangee, poser


def _format_du_nombre(valeur: object) -> str:
    """Whole numbers without a decimal point, others with theirs."""
    return "repere:entier" if valeur is None or valeur == int(valeur) else "repere:decimal"


def _annee_passee(contexte: Contexte) -> str:
    return f"Valeur {contexte.annee - 1}"


def mesures(page: Page, fiche: Fiche, contexte: Contexte) -> dict[str, int]:
    """Every block of indicators that the fiche calls for. Returns measure id → row, for the counted ones."""
    lignes = _comptes(page, fiche, contexte)
    _taux(page, fiche, contexte)
    _satisfaction(page, fiche, contexte)
    _durees(page, fiche, contexte)
    _jalons(page, fiche, contexte)
    _textes(page, fiche, contexte)
    return lignes


def _comptes(page: Page, fiche: Fiche, contexte: Contexte) -> dict[str, int]:
    """Counts, one row a measure. Returns measure id → row."""
    bloc, questions, lignes = fields.MESURES, _questions(fiche, *COMPTEES), {}
    if not questions:
        return lignes
    bande(page, bloc.titre, bloc.aide)
    titres = {B: "Indicateur", C: "Unité", D: "Valeur initiale", E: _annee_passee(contexte), K: "Où en suis-je ?"}
    colonnes = {"valeur": F, "statut": G, "double_compte": H, "dont_qpv": I, "commentaire": J}
    titres |= {colonne: entete_du(bloc.champ(nom), contexte.annee) for nom, colonne in colonnes.items()}
    entetes(page, f"{fiche.numero}/{bloc.nom}", titres, set(colonnes.values()))
    groupe = None
    for indicateur, mesure in questions:
        if indicateur.groupe and indicateur.groupe != groupe:
            page.texte(B, indicateur.groupe, "libelle_fort")
            page.suivante(20)
        groupe = indicateur.groupe
        rangee, poser = _rangee_de_mesure(page, bloc, indicateur, mesure)
        page.repere(rangee, C, mesure.unite, "repere:texte")
        page.repere(rangee, D, mesure.valeur_initiale, _format_du_nombre(mesure.valeur_initiale))
        page.repere(rangee, E, contexte.precedent.get(mesure.id), _format_du_nombre(contexte.precedent.get(mesure.id)))
        if mesure.type in ("entier", "decimal"):
            poser("valeur", F, titres[F], type=mesure.type, unite=mesure.unite, **({"maximum": mesure.maximum} if mesure.maximum else {}))
        # a breakdown or a list has no figure of its own: its total is computed once the rows are drawn below
        poser("statut", G, titres[G])
        for voulu, champ, colonne in ((mesure.demande_double_compte, "double_compte", H), (mesure.demande_qpv, "dont_qpv", I)):
            if voulu:
                poser(champ, colonne, titres[colonne])
            else:
                interdire(page, colonne)
        poser("commentaire", J, titres[J])
        if mesure.type in ("entier", "decimal"):
            page.a_remplir(rangee, K, f'OR({adresse(page.ligne, F)}<>"",{sans_valeur(contexte, page.ligne)})')
        lignes[mesure.id] = page.ligne
        page.suivante()
    return lignes


def _taux(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    bloc, questions = fields.TAUX, _questions(fiche, "taux")
    if not questions:
        return
    bande(page, bloc.titre, bloc.aide)
    titres = {B: "Taux", D: _annee_passee(contexte), H: "Taux calculé", K: "Où en suis-je ?"}
    colonnes = {"definition": C, "numerateur": E, "denominateur": F, "statut": G, "commentaire": J}
    titres |= {colonne: entete_du(bloc.champ(nom), contexte.annee) for nom, colonne in colonnes.items()}
    entetes(page, f"{fiche.numero}/{bloc.nom}", titres, set(colonnes.values()))
    for indicateur, mesure in questions:
        rangee, poser = _rangee_de_mesure(page, bloc, indicateur, mesure)
        poser("definition", C, titres[C])
        page.repere(rangee, D, contexte.precedent.get(mesure.id), "repere:taux")
        poser("numerateur", E, titres[E], type="decimal" if mesure.numerateur_decimal else "entier")
        numerateur, denominateur = adresse(page.ligne, E), adresse(page.ligne, F)
        if mesure.denominateur is None:
            poser("denominateur", F, titres[F])
        else:
            page.repere(rangee, F, mesure.denominateur, "repere:entier")
        poser("statut", G, titres[G])
        page.calcul(rangee, H, f'IF(OR({numerateur}="",N({denominateur})=0),"",{numerateur}/{denominateur})', "", "calcul:taux")
        interdire(page, I)
        poser("commentaire", J, titres[J])
        page.a_remplir(rangee, K, f'OR(AND({numerateur}<>"",{denominateur}<>""),{sans_valeur(contexte, page.ligne)})')
        page.suivante()


def _satisfaction(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    bloc, questions = fields.SATISFACTION, _questions(fiche, "satisfaction")
    if not questions:
        return
    bande(page, bloc.titre, bloc.aide)
    colonnes = {"echelle": C, "questionnaires": D, "repondants": E, "satisfaits": F, "statut": G, "commentaire": J}
    titres = {B: "Satisfaction", H: "Taux de satisfaits", K: "Où en suis-je ?"}
    titres |= {colonne: bloc.champ(nom).libelle for nom, colonne in colonnes.items()}
    entetes(page, f"{fiche.numero}/{bloc.nom}", titres, set(colonnes.values()))
    for indicateur, mesure in questions:
        rangee, poser = _rangee_de_mesure(page, bloc, indicateur, mesure)
        for champ, colonne in colonnes.items():
            poser(champ, colonne, titres[colonne])
        repondants, satisfaits = adresse(page.ligne, E), adresse(page.ligne, F)
        page.calcul(rangee, H, f'IF(OR({satisfaits}="",N({repondants})=0),"",{satisfaits}/{repondants})', "", "calcul:taux")
        interdire(page, I)
        page.a_remplir(rangee, K, f'OR(AND({repondants}<>"",{satisfaits}<>""),{sans_valeur(contexte, page.ligne)})')
        page.suivante()


def _durees(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    bloc, questions = fields.DUREES, _questions(fiche, "moyenne")
    if not questions:
        return
    bande(page, bloc.titre, bloc.aide)
    colonnes = {"unite": C, "effectif": E, "moyenne": F, "statut": G, "commentaire": J}
    titres = {B: "Durée", D: _annee_passee(contexte), K: "Où en suis-je ?"}
    titres |= {colonne: bloc.champ(nom).libelle for nom, colonne in colonnes.items()}
    entetes(page, f"{fiche.numero}/{bloc.nom}", titres, set(colonnes.values()))
    for indicateur, mesure in questions:
        rangee, poser = _rangee_de_mesure(page, bloc, indicateur, mesure)
        for champ, colonne in colonnes.items():
            poser(champ, colonne, titres[colonne])
        page.repere(rangee, D, contexte.precedent.get(mesure.id), "repere:decimal")
        interdire(page, H, I)
        moyenne, effectif = adresse(page.ligne, F), adresse(page.ligne, E)
        page.a_remplir(rangee, K, f'OR(AND({moyenne}<>"",{effectif}<>""),{sans_valeur(contexte, page.ligne)})')
        page.suivante()


def _jalons(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    bloc, questions = fields.JALONS, _questions(fiche, "jalon")
    if not questions:
        return
    bande(page, bloc.titre, bloc.aide)
    colonnes = {"jalon": D, "date": E, "preuve": J}
    titres = {B: "Étape", C: f"État {contexte.annee - 1}", K: "Où en suis-je ?"}
    titres |= {colonne: bloc.champ(nom).libelle for nom, colonne in colonnes.items()}
    entetes(page, f"{fiche.numero}/{bloc.nom}", titres, set(colonnes.values()))
    for indicateur, mesure in questions:
        rangee, poser = _rangee_de_mesure(page, bloc, indicateur, mesure)
        page.repere(rangee, C, contexte.precedent.get(mesure.id), "repere:texte")
        for champ, colonne in colonnes.items():
            poser(champ, colonne, titres[colonne])
        interdire(page, F, G, H, I)
        page.a_remplir(rangee, K, f'{adresse(page.ligne, D)}<>""')
        page.suivante()


def _textes(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    bloc, questions = fields.TEXTES, _questions(fiche, "texte")
    if not questions:
        return
    bande(page, bloc.titre, bloc.aide)
    colonnes = {"statut": G, "texte": J}
    titres = {B: "Question", K: "Où en suis-je ?"} | {c: bloc.champ(n).libelle for n, c in colonnes.items()}
    entetes(page, f"{fiche.numero}/{bloc.nom}", titres, set(colonnes.values()))
    for indicateur, mesure in questions:
        rangee, poser = _rangee_de_mesure(page, bloc, indicateur, mesure)
        for champ, colonne in colonnes.items():
            poser(champ, colonne, titres[colonne])
        interdire(page, C, D, E, F, H, I)
        page.a_remplir(rangee, K, f'OR({adresse(page.ligne, J)}<>"",{sans_valeur(contexte, page.ligne)})')
        page.suivante(80)
