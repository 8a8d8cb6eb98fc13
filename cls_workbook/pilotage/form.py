"""The pieces that the coordinator's sheets are made of: what they draw from, titles, bands, tables with rows to add.

Keyed rows, validations and styles are those of the entry workbook. A table runs from a row keyed ``…/#`` (headers)
to a row keyed ``…/fin``: rows inserted in between belong to it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from cls_workbook.contract.fields import Bloc
from cls_workbook.contract.model import Contrat
from cls_workbook.entry.layout import Page, PlanFeuille, Rangee, hauteur
from cls_workbook.francais import typographie
from cls_workbook.pilotage import fields as pf
from cls_workbook.xlsx.sheets import Feuille, adresse

if TYPE_CHECKING:
    from cls_workbook.pilotage import Pilotage

B, C, D, E, F, G, H, NOTE = range(2, 10)  # the last column of the widest sheet holds remarks


class Compte(NamedTuple):
    """What Accueil says of a sheet: what it is for, and how many of ``quoi`` were typed in it."""

    role: str
    quoi: str
    formule: str
    valeur: int


@dataclass(frozen=True)
class Trace:
    """What every sheet is drawn from. ``choix`` and ``adresses``: list name → its choices, its range."""

    contrat: Contrat
    annee: int
    pilotage: Pilotage
    choix: Mapping[str, tuple[str, ...]]
    adresses: Mapping[str, str]

    def page(self, nom: str, largeurs: Sequence[float], inserer: bool = True) -> Page:
        """A blank sheet; ``largeurs`` from column B on."""
        feuille = Feuille(nom, protegee=True, inserer_lignes=inserer, colonnes_masquees=(1,), couleur_onglet="accent")
        feuille.largeurs.update({1: 4} | dict(enumerate(largeurs, B)))
        feuille.impression.pied_gauche = f"{self.contrat.nom_court} · pilotage {self.contrat.nom_annee(self.annee)}"
        return Page(PlanFeuille(feuille, ""), dict(self.adresses), dict(self.choix), self.annee)

    def bloc(self, bloc: Bloc, groupe: str = "") -> Bloc:
        return pf.du(bloc, self.contrat, self.annee, self.choix, groupe)


def titre(page: Page, titre: str, aide: str) -> None:
    """Title and what the sheet is for: they stay in view and head each printed page."""
    page.texte(B, titre, "titre")
    page.suivante(34)
    page.texte(B, typographie(aide), "aide_ligne")
    page.suivante(20)
    page.feuille.figee = (2, 0)
    page.feuille.impression.lignes_repetees = (1, 2)


def nouvelle_page(page: Page) -> None:
    """What follows prints on a page of its own."""
    page.feuille.impression.sauts.append(page.ligne - 1)


def bande(page: Page, titre: str, fin: int, aide: str = "") -> None:
    page.suivante(9)
    page.texte(B, typographie(titre), "bloc")
    page.fond(range(C, fin + 1), "bloc")
    page.suivante(24)
    if aide:
        page.texte(B, typographie(aide), "aide_ligne")
        page.suivante(19)


def entetes(page: Page, prefixe: str, titres: Mapping[int, str], saisies: Sequence[int]) -> None:
    page.rangee(f"{prefixe}/#", "entete")
    for colonne in range(min(titres), max(titres) + 1):
        page.texte(colonne, titres.get(colonne), "entete_saisie" if colonne in saisies else "entete")
    page.suivante(33)


def saisir(page: Page, rangee: Rangee, bloc: Bloc, nom: str, colonne: int, valeur: object) -> None:
    champ = bloc.champ(nom)
    page.saisie(rangee, champ, colonne, etiquette=champ.libelle, bloc=bloc.nom, valeur=valeur or None if isinstance(valeur, str) else valeur, optionnelle=not champ.obligatoire)


class Zone(NamedTuple):
    """A table once drawn: its row of headers and its last, closing row; ranges over both take in inserted rows."""

    entete: int
    fin: int

    def colonne(self, colonne: int) -> str:
        return f"{adresse(self.entete, colonne, True)}:{adresse(self.fin, colonne, True)}"


def tableau(
    page: Page,
    bloc: Bloc,
    prefixe: str,
    colonnes: Mapping[str, int],
    valeurs: Sequence[Mapping[str, object]],
    *,
    calculees: Mapping[int, tuple[str, Callable[[Page, Rangee, int, Mapping], None]]] | None = None,
    haut: float | None = 24,
) -> Zone:
    """A table to which rows may be added. ``haut`` None: blank rows are left to grow with the text typed in them."""
    calculees = calculees or {}
    titres = {colonne: bloc.champ(nom).libelle for nom, colonne in colonnes.items()} | {c: titre for c, (titre, _) in calculees.items()}
    entete = page.ligne
    entetes(page, prefixe, titres, tuple(colonnes.values()))
    for rang in range(1, max(bloc.lignes, len(valeurs) + 3) + 1):
        rangee = page.rangee(f"{prefixe}/{rang:02d}")
        ligne = valeurs[rang - 1] if rang <= len(valeurs) else {}
        for nom, colonne in colonnes.items():
            saisir(page, rangee, bloc, nom, colonne, ligne.get(nom))
        for colonne, (_, calculer) in calculees.items():
            calculer(page, rangee, colonne, ligne)
        page.suivante(haut or _hauteur_de(page, colonnes, ligne))
    page.rangee(f"{prefixe}/fin", "fin")
    page.suivante(6)
    return Zone(entete, page.ligne - 1)


def _hauteur_de(page: Page, colonnes: Mapping[str, int], ligne: Mapping[str, object]) -> float | None:
    """What shows the texts of a row that is filled in already; None for a blank row."""
    textes = {colonne: v for nom, colonne in colonnes.items() if isinstance(v := ligne.get(nom), str)}
    return max((hauteur(texte, page.feuille.largeurs[colonne], 24) for colonne, texte in textes.items()), default=None)
