"""What makes a figure up: breakdowns by category, lists, names of what is counted once."""

from __future__ import annotations

from cls_workbook import fields
from cls_workbook.contract import Fiche, Mesure
from cls_workbook.fiche_form import B, C, D, E, F, K, Contexte, bande, entetes, sans_valeur
from cls_workbook.layout import Page, Rangee, hauteur
from cls_workbook.sheets import adresse


def _a_detailler(fiche: Fiche, mesure: Mesure, contexte: Contexte) -> tuple[str, ...]:
    """The champs of a measure's breakdown; empty where none is asked."""
    if mesure.type == "liste":
        return ("modalite",)
    if mesure.type == "taux":
        return ("modalite", "numerateur", "denominateur") if mesure.ventilation else ()
    if mesure.nominative:
        # names only serve to count once what two structures both know
        plusieurs = len(fiche.repondants()) > 1 or any(contexte.contrat.par_structure[p].groupe for p, _ in fiche.repondants())
        if not (plusieurs or mesure.ventilation):
            return ()
        return ("nom", "modalite") if mesure.ventilation else ("nom",)
    if mesure.type == "ventilation" or mesure.ventilation:
        return ("modalite", "effectif")
    return ()


_OU = {"nom": B, "modalite": B, "effectif": C, "numerateur": C, "denominateur": D}


def ventilations(page: Page, fiche: Fiche, contexte: Contexte, lignes_des_mesures: dict[str, int]) -> None:
    bloc = fields.VENTILATION
    questions = [(m, _a_detailler(fiche, m, contexte)) for m in fiche.mesures]
    if not any(champs for _, champs in questions):
        return
    bande(page, bloc.titre, bloc.aide)
    for mesure, champs in questions:
        if champs:
            _ventilation(page, fiche, mesure, champs, contexte, lignes_des_mesures.get(mesure.id))


def _ventilation(page: Page, fiche: Fiche, mesure: Mesure, champs: tuple[str, ...], contexte: Contexte, ligne_mesure: int | None) -> None:
    """One table: its rows, its total where it counts, and the figure that it makes in the measure's own row."""
    bloc, prefixe = fields.VENTILATION, f"{fiche.numero}/ventilations/{mesure.id}"
    places = {champ: _OU[champ] for champ in champs} | ({"modalite": C} if "nom" in champs and "modalite" in champs else {})
    titres = {colonne: bloc.champ(champ).libelle for champ, colonne in places.items()}
    if mesure.ventilation:
        categorie = mesure.ventilation[0].upper() + mesure.ventilation[1:]
        titres[places.get("modalite", B)] = categorie if len(categorie) <= 60 else "Catégorie"
    if "numerateur" in champs:
        titres[E] = "Taux calculé"
    page.texte(B, mesure.libelle, "libelle_fort")
    page.suivante(hauteur(mesure.libelle, 42, 22))
    fin = max(titres)
    entetes(page, prefixe, titres, set(places.values()), fin)
    if not mesure.modalites:
        page.plan.extensibles.add(prefixe)
    debut = page.ligne
    for rang in range(1, (len(mesure.modalites) or bloc.lignes) + 1):
        _ligne_de_ventilation(page, prefixe, mesure, rang, places, titres)
    fin_rangee = page.rangee(f"{prefixe}/fin", "fin")
    derniere = page.ligne - 1
    if "effectif" in champs:
        zone = f"{adresse(debut, C)}:{adresse(derniere, C)}"
        page.texte(B, "Total", "total")
        page.calcul(fin_rangee, C, f'IF(COUNT({zone})=0,"",SUM({zone}))', "", "total:entier")
        _accord_avec_la_mesure(page, fin_rangee, mesure, ligne_mesure)
    page.suivante(20 if "effectif" in champs else 6)
    if ligne_mesure and mesure.type in ("liste", "ventilation"):
        _reporter(page, mesure, ligne_mesure, debut, derniere, contexte)
    page.suivante(6)


def _ligne_de_ventilation(page: Page, prefixe: str, mesure: Mesure, rang: int, places: dict[str, int], titres: dict[int, str]) -> None:
    bloc, ligne = fields.VENTILATION, f"{rang:02d}"
    fixe = mesure.modalites[rang - 1] if mesure.modalites else ""
    rangee = page.rangee(f"{prefixe}/{ligne}", "saisie", fixe)
    for champ, colonne in places.items():
        if fixe and champ == "modalite":
            page.texte(colonne, fixe, "libelle")
            continue
        liste = "communes" if champ == "nom" and mesure.communes else None
        page.saisie(rangee, bloc.champ(champ), colonne, etiquette=titres[colonne], bloc=bloc.nom, mesure=mesure.id, ligne=ligne, sujet=mesure.libelle, optionnelle=True, modalite=fixe, **({"type": "liste", "liste": liste} if liste else {}))
    if "numerateur" in places:
        haut, bas = adresse(page.ligne, C), adresse(page.ligne, D)
        page.calcul(rangee, E, f'IF(OR({haut}="",N({bas})=0),"",{haut}/{bas})', "", "calcul:taux")
    page.suivante(hauteur(fixe, 42))


def _accord_avec_la_mesure(page: Page, rangee: Rangee, mesure: Mesure, ligne_mesure: int | None) -> None:
    """Says while one types whether the breakdown makes the declared total."""
    if mesure.type != "entier" or not ligne_mesure or mesure.reponses_multiples:
        return
    total, declare = adresse(page.ligne, C), adresse(ligne_mesure, F)
    formule = f'IF(OR({total}="",{declare}=""),"",IF({total}={declare},"Égal à la valeur déclarée.","Différent de la valeur déclarée ("&{declare}&")."))'
    page.calcul(rangee, D, formule, "", "aide_ligne")


def _reporter(page: Page, mesure: Mesure, ligne_mesure: int, debut: int, derniere: int, contexte: Contexte) -> None:
    """The figure of a measure that is made of its breakdown: computed, locked, in the measure's own row."""
    rangee = page.plan.rangees[f"{page.fiche}/mesures/{mesure.id}"]
    effectifs = mesure.type == "ventilation"
    plage = f"{adresse(debut, C if effectifs else B)}:{adresse(derniere, C if effectifs else B)}"
    compte = "COUNT" if effectifs else "COUNTA"
    ici = page.ligne
    page.ligne = ligne_mesure
    page.calcul(rangee, F, f'IF({compte}({plage})=0,"",{"SUM" if effectifs else "COUNTA"}({plage}))', "", "calcul:entier")
    page.a_remplir(rangee, K, f'OR({compte}({plage})>0,{sans_valeur(contexte, ligne_mesure)})')
    page.ligne = ici
