"""What makes a figure up: breakdowns by category, lists, names of what is counted once."""

from __future__ import annotations

from cls_workbook.contract import fields
from cls_workbook.contract.model import Fiche, Mesure
from cls_workbook.entry.form import LARGEURS, B, C, Contexte, D, E, F, G, Zone, bande_de, etat_de_mesure, sans_valeur, tableau_de_lignes
from cls_workbook.entry.layout import Page, Rangee, hauteur
from cls_workbook.xlsx.sheets import adresse

_OU = {"nom": B, "modalite": B, "effectif": C, "numerateur": C, "denominateur": D}


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


def ventilations(page: Page, fiche: Fiche, contexte: Contexte, lignes_des_mesures: dict[str, int]) -> None:
    """A table for each measure that has a breakdown, a list or names."""
    questions = [(m, champs) for m in fiche.mesures if (champs := _a_detailler(fiche, m, contexte))]
    if not questions:
        return
    bande_de(page, fields.VENTILATION)
    for rang, (mesure, champs) in enumerate(questions):
        if rang:
            page.groupes.append(page.ligne)
            page.suivante(6)
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
    page.texte(B, mesure.libelle, "intertitre")
    page.suivante(20)
    if not mesure.modalites:
        page.plan.extensibles.add(prefixe)
    lignes = len(mesure.modalites) or bloc.lignes
    zone = tableau_de_lignes(page, prefixe, titres, set(places.values()), lignes, lambda rang: _ligne(page, prefixe, mesure, rang, places, titres))
    if "effectif" in champs:
        _total(page, prefixe, mesure, zone, ligne_mesure)
    if ligne_mesure and mesure.type in ("liste", "ventilation"):
        _reporter(page, mesure, ligne_mesure, zone, contexte)


def _ligne(page: Page, prefixe: str, mesure: Mesure, rang: int, places: dict[str, int], titres: dict[int, str]) -> None:
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
    page.suivante(hauteur(fixe, LARGEURS[B]))


def _total(page: Page, prefixe: str, mesure: Mesure, zone: Zone, ligne_mesure: int | None) -> None:
    rangee = page.rangee(f"{prefixe}/total", "repere")
    effectifs = zone.colonne(C)
    page.texte(B, "Total", "total")
    page.calcul(rangee, C, f'IF(COUNT({effectifs})=0,"",SUM({effectifs}))', "", "total:entier")
    _accord_avec_la_mesure(page, rangee, mesure, ligne_mesure)
    page.suivante(20)


def _accord_avec_la_mesure(page: Page, rangee: Rangee, mesure: Mesure, ligne_mesure: int | None) -> None:
    """Says while one types whether the breakdown makes the declared total."""
    if mesure.type != "entier" or not ligne_mesure or mesure.reponses_multiples:
        return
    total, declare = adresse(page.ligne, C), adresse(ligne_mesure, F)
    formule = f'IF(OR({total}="",{declare}=""),"",IF({total}={declare},"Égal à la valeur déclarée.","Différent de la valeur déclarée ("&{declare}&")."))'
    page.calcul(rangee, D, formule, "", "aide_ligne:retrait")


def _reporter(page: Page, mesure: Mesure, ligne_mesure: int, zone: Zone, contexte: Contexte) -> None:
    """The figure of a measure that is made of its breakdown: computed, locked, in the measure's own row."""
    rangee = page.plan.rangees[f"{page.fiche}/mesures/{mesure.id}"]
    effectifs = mesure.type == "ventilation"
    plage = zone.colonne(C if effectifs else B)
    # the header of the range is a text: COUNTA sees it, COUNT and SUM do not
    nombre = f"COUNT({plage})" if effectifs else f"COUNTA({plage})-1"
    ici = page.ligne
    page.ligne = ligne_mesure
    page.calcul(rangee, F, f'IF({nombre}=0,"",{f"SUM({plage})" if effectifs else nombre})', "", "calcul:entier")
    indicateur = contexte.contrat.par_mesure[mesure.id][1]
    etat_de_mesure(page, rangee, contexte, indicateur, f"OR({nombre}>0,{sans_valeur(contexte, adresse(ligne_mesure, G))})")
    page.ligne = ici
