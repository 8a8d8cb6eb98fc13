"""The pieces that a fiche sheet is made of: bands, table headers, forms, boxes, rows to add, computed lines.

Columns are the same in every block, so that the eye finds values, statuts and comments where they were:
B labels, C unit or nature, D-F figures, G statut, H-I options, J comments, K « rempli » / « à remplir ».
"""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass
from decimal import Decimal

from cls_workbook import fields
from cls_workbook.contract import Contrat
from cls_workbook.fields import Bloc, Champ
from cls_workbook.layout import Page, hauteur
from cls_workbook.sheets import adresse

B, C, D, E, F, G, H, I, J, K = range(2, 12)
NON_DEMANDE = "—"  # also tells, without colour, that a cell asks nothing
LARGEURS = {1: 4, B: 42, C: 18, D: 14, E: 14, F: 14, G: 16, H: 13, I: 13, J: 34, K: 12}


@dataclass(frozen=True, slots=True)
class Contexte:
    """What a sheet says besides the contract: the campaign's year, who answers, last year, this year's programme."""

    contrat: Contrat
    annee: int
    structure: str | None = None  # printed name of the structure, when the workbook is its own
    volet: str | None = None  # the only volet that this structure answers for
    precedent: dict[str, object] = dataclasses.field(default_factory=dict)  # measure id → last year's value
    programme: dict[str, Decimal] = dataclasses.field(default_factory=dict)  # fiche → programmed euros
    cellule_structure: str = ""  # where Accueil says who answers
    feuille_sommaire: str = "Sommaire"


def bande(page: Page, titre: str, aide: str = "", optionnel: bool = False) -> None:
    page.suivante(9)
    style = "bloc_optionnel" if optionnel else "bloc"
    page.texte(B, titre, style)
    page.fond(range(C, K + 1), style)
    page.suivante(23)
    if aide:
        page.texte(B, aide, "aide_ligne")
        page.suivante(18)


def titre_de(bloc: Bloc) -> str:
    """A title, and in words that the block is optional."""
    return f"{bloc.titre} (facultatif)" if bloc.optionnel else bloc.titre


def entetes(page: Page, prefixe: str, titres: dict[int, str], saisies: set[int], fin: int = K) -> None:
    """Header row of a table; its key tells a reader which table begins."""
    page.rangee(f"{prefixe}/#", "entete")
    for colonne in range(B, fin + 1):
        style = "entete_saisie" if colonne in saisies else "entete"
        page.texte(colonne, titres.get(colonne), style)
    page.suivante(33)


def entete_du(champ: Champ, contexte_annee: int) -> str:
    return champ.libelle.replace("{annee}", str(contexte_annee))


def formulaire(page: Page, bloc: Bloc, contexte: Contexte, valeurs: dict | None = None, haut: float = 21) -> dict[str, int]:
    """Label at the left, input at its right, one question a row. Returns champ → row."""
    bande(page, titre_de(bloc), bloc.aide, bloc.optionnel)
    lignes = {}
    for champ in bloc.champs:
        etiquette = entete_du(champ, contexte.annee)
        rangee = page.rangee(f"{page.fiche}/{bloc.nom}/{champ.nom}", "saisie", etiquette)
        rangee.cle = f"{page.fiche}/{bloc.nom}"
        page.texte(B, etiquette, "libelle")
        long = champ.type == "texte"
        valeur = (valeurs or {}).get(champ.nom)
        page.saisie(rangee, champ, C, etiquette=etiquette, ancre="gauche", bloc=bloc.nom, valeur=valeur, jusqu_a=J if long else None, optionnelle=not champ.obligatoire)
        if not long:
            page.texte(D, champ.aide, "aide_ligne")
        place = adresse(page.ligne, C)
        if champ.obligatoire:
            page.a_remplir(rangee, K, f'{place}<>""', rempli=bool(valeur))
        elif champ.nom == "motif":
            etat = adresse(lignes["etat"], C)
            concernes = ",".join(f'{etat}="{e}"' for e in contexte.contrat.listes.etats_a_motif)
            page.a_remplir(rangee, K, f'{place}<>""', si=f"OR({concernes})")
        lignes[champ.nom] = page.ligne
        page.suivante(haut if champ.longueur == fields.LONGUEUR_TEXTE else hauteur(etiquette, 42))
    return lignes


def sans_valeur(contexte: Contexte, ligne: int) -> str:
    """The part of a condition that a statut without value satisfies (non disponible, sans objet)."""
    return ",".join(f'{adresse(ligne, G)}="{s}"' for s in contexte.contrat.listes.statuts[2:])


def interdire(page: Page, *colonnes: int) -> None:
    for colonne in colonnes:
        page.texte(colonne, NON_DEMANDE, "interdit")


def cases(page: Page, champ: Champ, noms: list[tuple[str, str]]) -> None:
    """Boxes to tick, four a row: the name, then the box."""
    paires = ((B, C), (D, E), (F, G), (H, I))
    for rang in range(0, len(noms), len(paires)):
        rangee = page.rangee(f"{page.fiche}/territoire/{champ.nom}.{rang // len(paires) + 1:02d}")
        rangee.cle = f"{page.fiche}/territoire"
        for (ligne, nom), (gauche, droite) in zip(noms[rang : rang + len(paires)], paires, strict=False):
            page.texte(gauche, nom, "libelle")
            place = page.saisie(rangee, champ, droite, etiquette=nom, ancre="gauche", bloc="territoire", ligne=ligne, sujet=champ.libelle, optionnelle=True)
            rangee.emplacements[-1] = place._replace(cle=f"{page.fiche}/territoire/{ligne}/{champ.nom}")
        page.suivante(33)


def tableau_de_lignes(page: Page, bloc: Bloc, prefixe: str, colonnes: dict[str, int], contexte_titres: dict[str, str]) -> tuple[int, int]:
    """A table whose rows the partner makes. Returns its first and last row."""
    titres = {c: contexte_titres.get(n, bloc.champ(n).libelle) for n, c in colonnes.items()}
    entetes(page, prefixe, titres, set(colonnes.values()), max(colonnes.values()))
    page.plan.extensibles.add(prefixe)
    debut = page.ligne
    for rang in range(1, bloc.lignes + 1):
        rangee = page.rangee(f"{prefixe}/{rang:02d}")
        for champ, colonne in colonnes.items():
            page.saisie(rangee, bloc.champ(champ), colonne, etiquette=titres[colonne], bloc=bloc.nom, ligne=f"{rang:02d}", optionnelle=True)
        page.suivante(31 if bloc.nom == "partenaires" else 21)
    return debut, page.ligne - 1


def calcule(page: Page, nom: str, etiquette: str, formule: str, format_: str) -> None:
    rangee = page.rangee(f"{page.fiche}/calculs/{nom}", "repere", etiquette)
    page.texte(B, etiquette, "libelle")
    page.calcul(rangee, C, formule, "", "note" if format_ == "texte" else f"calcul:{format_}")
    page.suivante(hauteur(etiquette, 42))
