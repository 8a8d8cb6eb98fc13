"""The money of a fiche: funding lines, expenditure, and what the contract's rules make of them."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from cls_workbook.contract import fields
from cls_workbook.contract.fields import Champ
from cls_workbook.contract.model import Fiche
from cls_workbook.contract.mots import PARTAGE, payeur
from cls_workbook.entry.form import (
    LARGEURS,
    B,
    C,
    Contexte,
    D,
    E,
    F,
    G,
    H,
    K,
    Zone,
    bande_de,
    calcule,
    citer,
    formulaire,
    largeur,
    lignes_a_remplir,
)  # fmt: skip
from cls_workbook.entry.layout import Page, hauteur
from cls_workbook.entry.regles import Montants, dessiner
from cls_workbook.francais import montant_fr, typographie
from cls_workbook.xlsx.sheets import adresse

SANS_NATURE = "Une ligne n’a pas de nature\u00a0: elle n’entre dans aucun de ces totaux."


def rappel_financier(fiche: Fiche, annee: str, programme: Decimal | None, payeur: str) -> str:
    """What the contract prints about the money of a fiche, in one line."""
    argent = fiche.financement
    etats = {"non_determine": "non déterminé", "a_definir": "à définir", "regle": "selon une règle", "vide": "non renseigné", "absente": "non renseigné"}
    montant = montant_fr(argent.montant) if argent.montant is not None else argent.montant_imprime or etats.get(argent.montant_etat, "non renseigné")
    morceaux = [f"Montant{f' {payeur}' if payeur != PARTAGE else ''} au contrat : {montant}" + (f" sur {argent.duree_ans} ans" if argent.duree_ans else "")]
    if argent.taux_imprime:
        morceaux.append(f"taux imprimé : {argent.taux_imprime}")
    if argent.cofinancements_imprimes:
        morceaux.append(f"cofinancements imprimés : {argent.cofinancements_imprimes}")
    if programme is not None:
        morceaux.append(f"programmé en {annee} : {montant_fr(programme)}")
    return typographie(" · ".join(morceaux))


def financement(page: Page, fiche: Fiche, contexte: Contexte) -> Zone:
    """Funding lines and their totals by nature. Returns where the lines stand."""
    bloc, prefixe = fields.FINANCEMENT, f"{fiche.numero}/financement"
    bande_de(page, bloc)
    rappel = page.rangee(f"{prefixe}/rappel", "repere", "Montant au contrat")
    texte = rappel_financier(fiche, contexte.cette_annee, contexte.programme.get(fiche.numero), payeur(contexte.contrat))
    page.fusion(B, K, texte, "repere:texte")
    rappel.rappel = B
    if fiche.numero in contexte.programme:
        page.rappels[rappel.cle] = texte
    page.suivante(hauteur(texte, largeur(B, K), taille=9))
    colonnes = {c.nom: colonne for c, colonne in zip(bloc.champs, (B, C, D, E, F, G, H), strict=True)}
    zone = lignes_a_remplir(page, bloc, prefixe, colonnes, contexte.cette_annee)
    _totaux_par_nature(page, prefixe, contexte, zone)
    return zone


def _totaux_par_nature(page: Page, prefixe: str, contexte: Contexte, zone: Zone) -> None:
    for rang, nature in enumerate(contexte.contrat.natures):
        rangee = page.rangee(f"{prefixe}/total.{rang}", "repere")
        style = "total" if rang == 0 else "total_suite"
        page.texte(B, "Total par nature" if rang == 0 else None, style)
        page.repere(rangee, C, nature.libelle, style)
        for colonne in (D, E, F):
            somme = f"SUMIF({zone.colonne(C)},{adresse(page.ligne, C, True)},{zone.colonne(colonne)})"
            page.calcul(rangee, colonne, f'IF(COUNTIF({zone.colonne(C)},{adresse(page.ligne, C, True)})=0,"",{somme})', "", f"{style}:montant")
        if rang == 0:
            remplies = "+".join(f'({zone.colonne(c)}<>"")' for c in (B, D, E, F))
            formule = f'IF(SUMPRODUCT(({zone.colonne(C)}="")*(({remplies})>0))=0,"",{citer(SANS_NATURE)})'
            page.calcul(rangee, G, formule, "", "aide_ligne:retrait")
        page.suivante(17)


def depenses(page: Page, fiche: Fiche, contexte: Contexte, financement: Zone, mesures: dict[str, int]) -> None:
    """Expenditure, what it adds up to, and what the rules of the contract make of it."""
    lignes = formulaire(page, fields.DEPENSES, contexte)
    total, etp = adresse(lignes["total"], C), adresse(lignes["etp"], C)
    _detail(page, f"{adresse(lignes['personnel'], C)}:{adresse(lignes['autres'], C)}", total)
    agence = "l’ARS" if payeur(contexte.contrat) == "ARS" else payeur(contexte.contrat)
    for nature in contexte.contrat.natures:
        if nature.niveau == "maquette" and fiche.financement.montant is not None:
            natures, mot = financement.colonne(C), citer(nature.libelle)
            verse = f"SUMIF({natures},{mot},{financement.colonne(F)})"
            etiquette = typographie(f"Part versée par {agence} ({nature.libelle})")
            calcule(page, f"taux.{nature.id}", etiquette, f'IF(OR(N({total})=0,COUNTIF({natures},{mot})=0),"",{verse}/{total})', "taux")
            page.suivante(hauteur(etiquette, LARGEURS[B]))
    if fiche.complements:
        _complements(page, fiche, contexte)
    montants = Montants(contexte.contrat, financement, total, etp, mesures)
    for regle in contexte.contrat.regles_de(fiche.numero):
        dessiner(page, fiche, regle, montants)


def _detail(page: Page, postes: str, total: str) -> None:
    """The sum of the detail and, beside it, whether it makes the total."""
    rangee = calcule(page, "somme", "Somme des postes", f'IF(COUNT({postes})=0,"",SUM({postes}))', "montant")
    ecart = f"ROUND(SUM({postes})-{total},2)"
    # FIXED rather than TEXT: its decimals do not depend on the language of the spreadsheet
    phrase = f'IF({ecart}=0,"Le détail fait bien le total.","Le détail ne fait pas le total\u00a0: écart de "&FIXED({ecart},2)&"\u00a0€.")'
    page.calcul(rangee, D, f'IF(OR(COUNT({postes})=0,{total}=""),"",{phrase})', "", "aide_ligne:retrait")
    page.suivante(17)


def _complements(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    champs = tuple(
        Champ(
            c.id, c.libelle, c.type, c.aide or "Cette donnée sert à appliquer la règle de financement.", unite=c.unite,
            minimum=Decimal(0) if c.type != "texte" else None, maximum=fields.BORNES.get(c.type), longueur=fields.LONGUEUR_COURTE if c.type == "texte" else None,
        )
        for c in fiche.complements
    )  # fmt: skip
    formulaire(page, dataclasses.replace(fields.COMPLEMENTS, champs=champs), contexte)
