"""The pieces that a fiche sheet is made of: bands, table headers, forms, boxes, rows to add, computed lines.

Columns are the same in every block, so that the eye finds values, statuts and comments where they were:
B labels, C unit or nature, D-F figures, G statut, H-I options, J comments, K « rempli » / « à remplir ».
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from cls_workbook.contract import fields
from cls_workbook.contract.fields import Bloc, Champ
from cls_workbook.contract.model import Contrat, Indicateur, Volet
from cls_workbook.entry.layout import Page, Rangee, hauteur
from cls_workbook.xlsx.sheets import adresse

B, C, D, E, F, G, H, I, J, K = range(2, 12)  # noqa: E741
AUTRE_VOLET = "autre volet"
NON_DEMANDE = "—"  # also tells, without colour, that a cell asks nothing
LARGEURS = {1: 4, B: 40, C: 26, D: 14, E: 14, F: 14, G: 15, H: 12, I: 12, J: 34, K: 11}
HAUT, HAUT_FIN = 17.0, 4.0  # points of a row to fill in; of the row that closes a table
# From C to J, in the size « petit »: 1 500 characters, and 850 of an answer that is optional (its row can be enlarged).
TEXTE_LONG, TEXTE_FACULTATIF = 118.0, 70.0


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
    volets: tuple[Volet, ...] = ()  # of this fiche

    @property
    def cette_annee(self) -> str:
        return self.contrat.nom_annee(self.annee)

    @property
    def an_dernier(self) -> str:
        return self.contrat.nom_annee(self.annee - 1)


@dataclass(frozen=True, slots=True)
class Zone:
    """The rows of a table, from its headers to the row that closes it: formulas over both take in inserted rows."""

    entete: int
    fin: int

    def colonne(self, colonne: int) -> str:
        return f"{adresse(self.entete, colonne, True)}:{adresse(self.fin, colonne, True)}"


def largeur(debut: int, fin: int) -> float:
    """Width of the columns from ``debut`` to ``fin``, in characters."""
    return sum(LARGEURS[c] for c in range(debut, fin + 1))


def bande(page: Page, titre: str, aide: str = "", style: str = "bloc") -> None:
    """The title of a block and, on the same line, what it asks for. Begins a group of rows that print together."""
    page.groupes.append(page.ligne)
    page.suivante(8)
    page.texte(B, titre, style)
    page.texte(C, None, style)
    page.texte(D, aide or None, f"{style}_aide")
    page.fond(range(E, K + 1), style)
    page.suivante(22)


def bande_de(page: Page, bloc: Bloc) -> None:
    bande(page, titre_de(bloc), bloc.aide, "bloc_optionnel" if bloc.optionnel else "bloc")


def titre_de(bloc: Bloc) -> str:
    """A title, and in words that the block is optional."""
    return f"{bloc.titre} (facultatif)" if bloc.optionnel else bloc.titre


def entetes(page: Page, prefixe: str, titres: dict[int, str], saisies: set[int], fin: int = K) -> None:
    """Header row of a table; its key tells a reader which table begins."""
    page.rangee(f"{prefixe}/#", "entete")
    for colonne in range(B, fin + 1):
        style = "entete_saisie" if colonne in saisies else "entete"
        page.texte(colonne, titres.get(colonne), style)
    page.suivante(max(hauteur(t, LARGEURS[c], 21, taille=9, gras=True) for c, t in titres.items()))


def entete_du(champ: Champ, annee: str) -> str:
    """The label, with the name of the year."""
    return champ.libelle.replace("{annee}", annee)


def formulaire(page: Page, bloc: Bloc, contexte: Contexte, valeurs: dict | None = None) -> dict[str, int]:
    """Label at the left, input at its right, one question a row. Returns champ → row."""
    bande_de(page, bloc)
    lignes, annee = {}, contexte.cette_annee
    for champ in bloc.champs:
        etiquette = entete_du(champ, annee)
        rangee = page.rangee(f"{page.fiche}/{bloc.nom}/{champ.nom}", "saisie", etiquette)
        rangee.cle = f"{page.fiche}/{bloc.nom}"
        page.texte(B, etiquette, "libelle")
        valeur = (valeurs or {}).get(champ.nom)
        long = champ.type == "texte"
        page.saisie(rangee, champ, C, etiquette=etiquette, ancre="gauche", bloc=bloc.nom, valeur=valeur, jusqu_a=J if long else None, optionnelle=not champ.obligatoire)
        if not long:
            page.texte(D, champ.aide, "aide_ligne:retrait")
        _etat(page, rangee, champ, contexte, lignes, bool(valeur))
        lignes[champ.nom] = page.ligne
        page.suivante(_haut_de(champ, etiquette))
    return lignes


def _haut_de(champ: Champ, etiquette: str) -> float:
    if champ.longueur == fields.LONGUEUR_TEXTE:
        return TEXTE_LONG if champ.obligatoire else TEXTE_FACULTATIF
    return hauteur(etiquette, LARGEURS[B], 32 if champ.type == "texte" else HAUT)


def _etat(page: Page, rangee: Rangee, champ: Champ, contexte: Contexte, lignes: dict[str, int], rempli: bool) -> None:
    """The state of a question: always for what is asked of all, for a reason only where the état calls for one."""
    place = adresse(page.ligne, C)
    if champ.obligatoire:
        page.a_remplir(rangee, K, f'{place}<>""', rempli=rempli)
    elif champ.nom == "motif" and "etat" in lignes:
        etat = adresse(lignes["etat"], C)
        concernes = ",".join(f"{etat}={citer(e)}" for e in contexte.contrat.listes.etats_a_motif)
        page.a_remplir(rangee, K, f'{place}<>""', si=f"OR({concernes})")


def etat_de_mesure(page: Page, rangee: Rangee, contexte: Contexte, indicateur: Indicateur, condition: str) -> None:
    """The state of a measure's row; in words too when the volet chosen above is not the one that answers it."""
    volet = next((v.nom for v in contexte.volets if v.id == indicateur.volet), None)
    if volet is None:
        page.a_remplir(rangee, K, condition)
        return
    choisi = adresse(page.plan.rangees[f"{page.fiche}/reponse/volet"].numero, C, True)
    autre = f"AND({choisi}<>\"\",{choisi}<>{citer(volet)})"
    page.a_remplir(rangee, K, condition, sauf=(autre, AUTRE_VOLET, contexte.volet not in (None, volet)))


def sans_valeur(contexte: Contexte, cellule: str) -> str:
    """The part of a condition that a statut without value satisfies (non disponible, sans objet)."""
    return ",".join(f"{cellule}={citer(s)}" for s in contexte.contrat.listes.statuts[2:])


def citer(texte: str) -> str:
    """A text as formulas write it."""
    return '"' + texte.replace('"', '""') + '"'


def interdire(page: Page, *colonnes: int) -> None:
    for colonne in colonnes:
        page.texte(colonne, NON_DEMANDE, "interdit")


def cases(page: Page, champ: Champ, noms: list[tuple[str, str]]) -> None:
    """Boxes to tick, five a row: the name, then the box."""
    paires = ((B, C), (D, E), (F, G), (H, I), (J, K))
    for rang in range(0, len(noms), len(paires)):
        rangee = page.rangee(f"{page.fiche}/territoire/{champ.nom}.{rang // len(paires) + 1:02d}")
        rangee.cle = f"{page.fiche}/territoire"
        haut = HAUT
        for (ligne, nom), (gauche, droite) in zip(noms[rang : rang + len(paires)], paires, strict=False):
            page.texte(gauche, nom, "libelle")
            cle = f"{page.fiche}/territoire/{ligne}/{champ.nom}"
            page.saisie(rangee, champ, droite, cle=cle, etiquette=nom, ancre="gauche", bloc="territoire", ligne=ligne, sujet=champ.libelle, optionnelle=True)
            haut = max(haut, hauteur(nom, LARGEURS[gauche]))
        page.suivante(haut)


def tableau_de_lignes(page: Page, prefixe: str, titres: dict[int, str], saisies: set[int], lignes: int, rangee: Callable[[int], None]) -> Zone:
    """A table of which ``rangee(rang)`` draws each row, and the thin row that closes it."""
    debut = page.ligne
    entetes(page, prefixe, titres, saisies, max(titres))
    for rang in range(1, lignes + 1):
        rangee(rang)
    page.rangee(f"{prefixe}/fin", "fin")
    page.suivante(HAUT_FIN)
    return Zone(debut, page.ligne - 1)


def lignes_a_remplir(page: Page, bloc: Bloc, prefixe: str, colonnes: dict[str, int], annee: str, haut: float = HAUT) -> Zone:
    """A table whose rows the partner makes."""
    places = [(bloc.champ(nom), colonne) for nom, colonne in colonnes.items()]
    titres = {colonne: entete_du(champ, annee) for champ, colonne in places}
    page.plan.extensibles.add(prefixe)

    def ligne(rang: int) -> None:
        rangee = page.rangee(f"{prefixe}/{rang:02d}")
        for champ, colonne in places:
            page.saisie(rangee, champ, colonne, etiquette=titres[colonne], bloc=bloc.nom, ligne=f"{rang:02d}", optionnelle=True)
        page.suivante(haut)

    return tableau_de_lignes(page, prefixe, titres, set(colonnes.values()), bloc.lignes, ligne)


def calcule(page: Page, nom: str, etiquette: str, formule: str, format_: str) -> Rangee:
    """A line that computes: its label, then its value."""
    rangee = page.rangee(f"{page.fiche}/calculs/{nom}", "repere", etiquette)
    page.texte(B, etiquette, "libelle")
    page.calcul(rangee, C, formule, "", f"calcul:{format_}")
    return rangee
