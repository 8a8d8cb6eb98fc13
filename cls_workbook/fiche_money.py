"""The money of a fiche: funding lines, expenditure, and what the contract's rules make of them."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

from cls_workbook import fields
from cls_workbook.contract import Fiche, Regle
from cls_workbook.fiche_form import B, C, D, E, F, G, H, K, Contexte, bande, calcule, entete_du, formulaire, tableau_de_lignes, titre_de
from cls_workbook.fields import Champ
from cls_workbook.francais import montant_fr
from cls_workbook.layout import Page, hauteur
from cls_workbook.sheets import adresse


def rappel_financier(fiche: Fiche, annee: int, programme: Decimal | None) -> str:
    """What the contract prints about the money of a fiche, in one line."""
    argent = fiche.financement
    etats = {"non_determine": "non déterminé", "a_definir": "à définir", "regle": "selon une règle", "vide": "non renseigné", "absente": "non renseigné"}
    montant = montant_fr(argent.montant) if argent.montant is not None else argent.montant_imprime or etats.get(argent.montant_etat, "non renseigné")
    morceaux = [f"Montant ARS au contrat : {montant}" + (f" sur {argent.duree_ans} ans" if argent.duree_ans else "")]
    if argent.taux_imprime:
        morceaux.append(f"taux imprimé : {argent.taux_imprime}")
    if argent.cofinancements_imprimes:
        morceaux.append(f"cofinancements imprimés : {argent.cofinancements_imprimes}")
    if programme is not None:
        morceaux.append(f"programmé en {annee} : {montant_fr(programme)}")
    return " · ".join(morceaux)


def financement(page: Page, fiche: Fiche, contexte: Contexte) -> tuple[int, int]:
    bloc, prefixe = fields.FINANCEMENT, f"{fiche.numero}/financement"
    bande(page, titre_de(bloc), bloc.aide, bloc.optionnel)
    rappel = page.rangee(f"{prefixe}/rappel", "repere")
    texte = rappel_financier(fiche, contexte.annee, contexte.programme.get(fiche.numero))
    page.fusion(B, K, texte, "repere:texte")
    rappel.reperes[B] = texte
    page.suivante(hauteur(texte, 165))
    colonnes = {c.nom: colonne for c, colonne in zip(bloc.champs, (B, C, D, E, F, G, H), strict=True)}
    titres = {c.nom: entete_du(c, contexte.annee) for c in bloc.champs}
    debut, derniere = tableau_de_lignes(page, bloc, prefixe, colonnes, titres)
    for rang, nature in enumerate(contexte.contrat.natures):
        rangee = page.rangee(f"{prefixe}/{'fin' if rang == 0 else f'total.{rang}'}", "fin" if rang == 0 else "repere")
        page.texte(B, "Total" if rang == 0 else None, "total")
        page.repere(rangee, C, nature.libelle, "total")
        zone = f"{adresse(debut, C, True)}:{adresse(derniere, C, True)}"
        for colonne in (D, E, F):
            somme = f"SUMIF({zone},{adresse(page.ligne, C)},{adresse(debut, colonne)}:{adresse(derniere, colonne)})"
            page.calcul(rangee, colonne, f'IF(COUNTIF({zone},{adresse(page.ligne, C)})=0,"",{somme})', "", "total:montant")
        page.suivante(21)
    return debut, derniere


def depenses(page: Page, fiche: Fiche, contexte: Contexte, financement: tuple[int, int], mesures: dict[str, int]) -> None:
    lignes = formulaire(page, fields.DEPENSES, contexte)
    premiere, total, etp = adresse(lignes["personnel"], C), adresse(lignes["total"], C), adresse(lignes["etp"], C)
    postes = f"{premiere}:{adresse(lignes['autres'], C)}"
    calcule(page, "somme", "Somme des postes", f'IF(COUNT({postes})=0,"",SUM({postes}))', "montant")
    ecart = f'IF(OR(COUNT({postes})=0,{total}=""),"",IF(ROUND(SUM({postes})-{total},2)=0,"Le détail fait bien le total.","Le détail ne fait pas le total : écart de "&TEXT(SUM({postes})-{total},"0.00")&" €"))'
    calcule(page, "accord", "Accord entre détail et total", ecart, "texte")
    for nature in contexte.contrat.natures:
        if nature.niveau == "maquette" and fiche.financement.montant is not None:
            zone = [f"{adresse(financement[0], c, True)}:{adresse(financement[1], c, True)}" for c in (C, F)]
            verse = f'SUMIF({zone[0]},"{nature.libelle}",{zone[1]})'
            calcule(page, "taux", f"Part versée par l’ARS ({nature.libelle})", f'IF(OR(N({total})=0,COUNTIF({zone[0]},"{nature.libelle}")=0),"",{verse}/{total})', "taux")
    if fiche.complements:
        _complements(page, fiche, contexte)
    for regle in contexte.contrat.regles_de(fiche.numero):
        _regle(page, fiche, regle, total, etp, mesures)


def _complements(page: Page, fiche: Fiche, contexte: Contexte) -> None:
    champs = tuple(
        Champ(c.id, c.libelle, c.type, c.aide or "Cette donnée sert à appliquer la règle de financement.", unite=c.unite, minimum=Decimal(0) if c.type != "texte" else None, longueur=fields.LONGUEUR_COURTE if c.type == "texte" else None)
        for c in fiche.complements
    )
    formulaire(page, dataclasses.replace(fields.COMPLEMENTS, champs=champs), contexte)


def _regle(page: Page, fiche: Fiche, regle: Regle, total: str, etp: str, mesures: dict[str, int]) -> None:
    """What a funding rule gives, computed while one types, and the rule in words."""
    if regle.type == "poste":
        base = f"{total}*{regle.taux}*MIN(1,{regle.etp_assiette_max or 1}/{etp})"
        aide = f"MIN({base},{regle.plafond_annuel})" if regle.plafond_annuel else base
        formule = f'IF(OR({total}="",N({etp})=0),"",IF({etp}<{regle.etp_min or 0},0,ROUND({aide},2)))'
        calcule(page, f"regle.{regle.id}", "Aide calculée selon la règle", formule, "montant")
    elif regle.type == "cout_unitaire" and regle.mesure_participants in mesures:
        personnes = adresse(mesures[regle.mesure_participants], F)
        formateurs = ""
        if regle.complement_formateurs and regle.cout_formateur:
            ligne = page.plan.rangees[f"{fiche.numero}/complements/{regle.complement_formateurs}"].numero
            formateurs = f"+N({adresse(ligne, C)})*{regle.cout_formateur}"
        calcule(page, f"regle.{regle.id}", "Coût attendu selon la règle", f'IF({personnes}="","",{personnes}*{regle.cout_unitaire}{formateurs})', "montant")
    page.texte(B, f"Règle : {regle.libelle}", "aide_ligne")
    page.suivante(18)
