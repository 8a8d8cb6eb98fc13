"""Vérification: simple counts over the other sheets, as formulas, each with the value that it shows when the file leaves."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from cls_workbook.authoring.feuilles import MARQUE
from cls_workbook.authoring.grille import FORMULAIRE_COLONNE, FORMULAIRE_LIGNE, PREMIERE_LIGNE, REPERE, Grille, Plan
from cls_workbook.authoring.guide import VERIFICATION
from cls_workbook.authoring.rubriques import Case
from cls_workbook.authoring.tout import RENVOIS
from cls_workbook.entry.layout import hauteur
from cls_workbook.francais import typographie
from cls_workbook.xlsx.sheets import Feuille, Formule, Lien, MiseEnForme, Plage, adresse, reference

B, C, D, E, F, G = range(2, 8)
BON, A_VOIR = "rien à signaler", "à voir"


class Compte(NamedTuple):
    """One line: a count as a formula, its value now, whether zero is what one wants, and what to do otherwise."""

    libelle: str
    formule: str
    valeur: object
    zero: bool = False
    style: str = "calcul:entier"
    remede: str = ""


def verification(plan: Plan) -> Feuille:
    page = Feuille(VERIFICATION, protegee=True, colonnes_masquees=(1,), figee=(2, 0), couleur_onglet="accent")
    page.largeurs |= {1: 4, B: 56, C: 18, D: 18, E: 18, F: 18, G: 46}
    page.ecrire(1, 1, f"{MARQUE}verification", "cle")
    page.ecrire(1, B, VERIFICATION, "titre")
    page.ecrire(2, B, "Un coup d’œil avant d’importer. L’import vérifie tout cela, et bien plus : il donne chaque cellule à corriger.", "aide_ligne")
    page.hauteurs |= {1: 32, 2: 20, 3: 8}
    ligne = _bande(page, 4, "Le contrat en quelques nombres")
    for compte in _comptes(plan):
        ligne = _compte(page, ligne, compte)
    ligne = _bande(page, ligne + 1, "Feuille par feuille")
    for colonne, titre in enumerate(("Feuille", "Lignes remplies", "Cases à compléter", "Noms inconnus", "Doublons", "Où en est la feuille ?"), B):
        page.ecrire(ligne, colonne, typographie(titre), "entete")
    page.hauteurs[ligne] = 33
    debut = ligne + 1
    for ligne, grille in enumerate((g for g in plan.values() if not g.rubrique.formulaire and g.rubrique.nom != "listes"), debut):
        _feuille(page, ligne, grille, plan)
    fin = ligne
    for plage in (Plage(5, D, fin, D), Plage(debut, G, fin, G)):
        coin = adresse(plage.ligne, plage.colonne)
        page.mises_en_forme += [MiseEnForme(plage, f'{coin}="{BON}"', "bon"), MiseEnForme(plage, f'{coin}="{A_VOIR}"', "a_remplir")]
    page.impression.pied_gauche = "Description du contrat · vérification"
    return page


def _bande(page: Feuille, ligne: int, titre: str) -> int:
    for colonne in range(B, G + 1):
        page.ecrire(ligne, colonne, titre if colonne == B else None, "bloc")
    page.hauteurs[ligne] = 24
    return ligne + 1


def _compte(page: Feuille, ligne: int, compte: Compte) -> int:
    page.ecrire(ligne, B, typographie(compte.libelle), "libelle")
    page.ecrire(ligne, C, Formule(compte.formule, compte.valeur), compte.style)
    if compte.zero:
        ici = adresse(ligne, C)
        page.ecrire(ligne, D, Formule(f'IF(N({ici})=0,"{BON}","{A_VOIR}")', BON if compte.valeur in (0, "") else A_VOIR), "calcul:centre")
        page.ecrire(ligne, E, typographie(compte.remede), "aide_ligne:retrait")
    page.hauteurs[ligne] = hauteur(compte.libelle, page.largeurs[B], 18)
    return ligne + 1


# --- The contract in a few numbers ----------------------------------------------------------------------------------


def _comptes(plan: Plan) -> list[Compte]:
    """Counts over the fiches, then the money against what the contract announces."""
    fiches, indicateurs = plan["fiches"], plan["indicateurs"]
    numero, porteur, axe = "fiches.numero", "fiches.porteurs.1", "axes.numero"
    numeros, sans_porteur = fiches.zone(numero), len(_valeurs(fiches, numero)) - len(_valeurs(fiches, porteur))
    return [
        Compte("Fiches décrites", f"COUNTA({numeros})", len(_valeurs(fiches, numero))),
        Compte("Indicateurs décrits", f"COUNTA({indicateurs.zone('indicateurs.libelle')})", len(_valeurs(indicateurs, "indicateurs.libelle"))),
        Compte("Chiffres à saisir chaque année", f'SUMPRODUCT(--({indicateurs.zone(REPERE)}<>""))', len(_valeurs(indicateurs, "mesures.id"))),
        Compte("Fiches sans porteur", f'SUMPRODUCT(({numeros}<>"")*({fiches.zone(porteur)}=""))', sans_porteur, True, remede="Nommez au moins une structure par fiche."),
        _absents("Fiches sans indicateur", (fiches, numero), (indicateurs, "indicateurs.fiche"), "Possible : la fiche suivra l’avancement et l’argent."),
        _absents("Axes sans fiche", (plan["axes"], axe), (fiches, "fiches.axe"), "Possible : l’axe restera vide."),
        *_argent(plan),
    ]  # fmt: skip


def _absents(libelle: str, gauche: tuple[Grille, str], droite: tuple[Grille, str], remede: str) -> Compte:
    """How many of a column another one never names."""
    (g, cle), (d, autre) = gauche, droite
    nommes = set(_valeurs(d, autre))
    formule = f'SUMPRODUCT(({g.zone(cle)}<>"")*ISNA(MATCH({g.zone(cle)},{d.zone(autre)},0)))'
    return Compte(libelle, formule, sum(1 for v in _valeurs(g, cle) if v not in nommes), True, remede=remede)


def _argent(plan: Plan) -> list[Compte]:
    montants = plan["financement"]
    annonces = montants.zone("financement.montant")
    connus = [v for v in (ligne.get("financement.montant") for ligne in montants.lignes) if isinstance(v, Decimal)]
    somme, nombre = sum(connus, Decimal(0)), len(_valeurs(plan["fiches"], "fiches.numero"))
    maquette = next((v for ligne in plan["contrat"].lignes if isinstance(v := ligne.get("contrat.maquette"), Decimal)), None)
    case = _reponse(plan["contrat"], "maquette")
    return [
        Compte("Fiches sans montant", f"MAX(0,COUNTA({plan['fiches'].zone('fiches.numero')})-COUNT({annonces}))", max(0, nombre - len(connus)), True,
               remede="Possible : dites-en l’état sur la feuille Montants."),
        Compte("Somme des montants des fiches", f"SUM({annonces})", somme, style="calcul:montant"),
        Compte("Maquette annoncée sur la feuille Contrat", f'IF({case}="","",{case})', "" if maquette is None else maquette, style="calcul:montant"),
        Compte("Écart entre les deux", f'IF({case}="","",ROUND({case}-SUM({annonces}),2))', "" if maquette is None else maquette - somme, True,
               "calcul:montant", "Les deux doivent être égaux ; sinon laissez la maquette vide."),
    ]  # fmt: skip


def _reponse(grille: Grille, champ: str) -> str:
    """The cell of the form where a question is answered."""
    bandes, vue = 0, ""
    for rang, case in enumerate(grille.rubrique.cases):
        bandes += case.colonne.bande != vue
        vue = case.colonne.bande
        if case.colonne.champ == champ:
            ligne = FORMULAIRE_LIGNE + rang + bandes
            return reference(grille.rubrique.feuille, Plage(ligne, FORMULAIRE_COLONNE, ligne, FORMULAIRE_COLONNE))
    raise KeyError(champ)


def _valeurs(grille: Grille, cle: str) -> list[object]:
    return [ligne[cle] for ligne in grille.lignes if ligne.get(cle) is not None]


# --- Sheet by sheet -------------------------------------------------------------------------------------------------


def _feuille(page: Feuille, ligne: int, grille: Grille, plan: Plan) -> None:
    """Rows, blank cells that are needed, names that are nowhere, values given twice; what that comes to."""
    rubrique = grille.rubrique
    demandees = [c for c in rubrique.cases if rubrique.obligatoire(c.colonne) and c.rang <= 1 and c.cle != "indicateurs.libelle"]
    reperes = demandees or [rubrique.cases[0]]  # what tells that a row is begun
    zones = [grille.zone(c.cle) for c in reperes]
    entamee = "(" + "+".join(f'({z}<>"")' for z in zones) + ")>0"
    remplies = [x for x in grille.lignes if any(x.get(c.cle) is not None for c in reperes)]
    page.ecrire(ligne, B, Lien(f"internal:'{rubrique.feuille}'!A1", rubrique.feuille, f"Ouvrir la feuille {rubrique.feuille}"), "lien")
    vides = "+".join(f'SUMPRODUCT(({entamee})*({grille.zone(c.cle)}=""))' for c in demandees) or "0"
    inconnus, doublons = _inconnus(grille, plan), _doublons(grille)
    colonnes: list[tuple[int, str, int]] = [
        (C, f"SUMPRODUCT(--({entamee}))", len(remplies)),
        (D, vides, sum(1 for x in remplies for c in demandees if x.get(c.cle) is None)),
        (E, *inconnus),
        (F, *doublons),
    ]
    for colonne, formule, valeur in colonnes:
        page.ecrire(ligne, colonne, Formule(formule, valeur), "calcul:entier")
    total = f"SUM({adresse(ligne, D)}:{adresse(ligne, F)})"
    etat = "" if not remplies else A_VOIR if any(v for _, _, v in colonnes[1:]) else BON
    page.ecrire(ligne, G, Formule(f'IF({total}>0,"{A_VOIR}",IF({adresse(ligne, C)}=0,"","{BON}"))', etat), "calcul:centre")
    page.hauteurs[ligne] = 18


def _inconnus(grille: Grille, plan: Plan) -> tuple[str, int]:
    """References that the sheet they point to does not hold."""
    rubrique, formules, valeur = grille.rubrique, [], 0
    for case in rubrique.cases:
        if case.colonne.renvoi and case.seule and (case.colonne.cases or not rubrique.nature(case.colonne)[1]):
            zone, source = grille.zone(case.cle), plan.source(case.colonne.renvoi)
            formules.append(f'SUMPRODUCT(({zone}<>"")*ISNA(MATCH({zone},{source},0)))')
            connus = _source(plan, case)
            valeur += sum(1 for v in _valeurs(grille, case.cle) if v not in connus)
    return "+".join(formules) or "0", valeur


def _source(plan: Plan, case: Case) -> set[object]:
    nom, champ = RENVOIS[case.colonne.renvoi or ""]
    return set(_valeurs(plan[nom], "mesures.id" if champ == "repere" else plan[nom].rubrique.case(champ).cle))


def _doublons(grille: Grille) -> tuple[str, int]:
    """Values that a column holds a second time."""
    formules, valeur = [], 0
    for case in grille.rubrique.cases:
        if case.colonne.unique:
            zone, valeurs = grille.zone(case.cle), _valeurs(grille, case.cle)
            formules.append(f'SUMPRODUCT(({zone}<>"")*(MATCH({zone}&"",{zone}&"",0)<>ROW({zone})-{PREMIERE_LIGNE - 1}))')
            valeur += len(valeurs) - len(set(valeurs))
    return "+".join(formules) or "0", valeur
