"""A region's workbook: the sheet « Région », then one table a sheet. Files in, one workbook out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from cls_workbook.errors import Refus
from cls_workbook.francais import combien
from cls_workbook.region import copies, decrites, portrait
from cls_workbook.region.copies import Copie, Ecart
from cls_workbook.region.lignes import EN_PART, lignes
from cls_workbook.results import tableaux
from cls_workbook.results.donnees_decrites import PROVISOIRE, VALIDE
from cls_workbook.results.tableaux import Styliste, decrite, mixte
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Classeur

_ONGLETS = {decrites.CONTRATS: "accent", decrites.FICHIERS: "gris_moyen", decrites.RETARDS: "rouge"}
_PASTILLES = {
    VALIDE: "etat_bon", PROVISOIRE: "etat_attention", copies.RETENU: "etat_bon", copies.DOUBLON: "etat_attention", copies.IDENTIQUE: "etat_neutre",
    copies.AUTRE_VERSION: "etat_attention", copies.INCOMPLET: "etat_mauvais", copies.ILLISIBLE: "etat_mauvais", copies.ETRANGER: "etat_neutre",
    decrites.SYNTHESE_ABSENTE: "etat_mauvais", decrites.RETOUR_MANQUANT: "etat_attention", decrites.RETOUR_REJETE: "etat_attention", decrites.RETOUR_EN_DOUBLE: "etat_attention",
}  # fmt: skip


@dataclass(frozen=True)
class Region:
    """What was read: one copy a contract and year, and what was set aside."""

    copies: list[Copie]
    ecarts: list[Ecart]

    def bilan(self) -> str:
        """One French sentence for the command line."""
        contrats = len({c.cle[0] for c in self.copies})
        mots = ", ".join(f"{n} {statut}" for statut, n in sorted(Counter(e.statut for e in self.ecarts).items()))
        return f"{len(self.copies)} synthèse(s) de {contrats} contrat(s) retenue(s), {len(self.ecarts)} fichier(s) écarté(s)" + (f" ({mots})." if mots else ".")


def rassembler(sources: Sequence[str | Path], sortie: str | Path, contrats: Sequence[str | Path] = ()) -> Region:
    """Reads copies and consolidations, and writes the region's workbook at ``sortie``.

    ``contrats``: definitions, for the consolidations of contracts that do not ship. A file that cannot be read costs
    itself and is listed. Refus if none can be retained: then nothing is written.
    """
    fichiers = copies.fichiers_dans(sources, Path(sortie))
    retenues, ecarts = copies.choisir(copies.lire(fichiers, copies.definitions(contrats)))
    if not retenues:
        raise Refus("Aucune synthèse n’a pu être retenue : rien n’a été écrit.", [e.raison for e in ecarts])
    writer.write(classeur(retenues, ecarts), sortie)
    return Region(retenues, ecarts)


def classeur(retenues: Sequence[Copie], ecarts: Sequence[Ecart]) -> Classeur:
    """The workbook described; nothing in it is hidden."""
    tables = lignes(retenues, ecarts)
    pied = f"Région · {combien(len({c.cle[0] for c in retenues}), 'contrat')}"
    feuilles = [portrait.feuille(tables)]
    for table, siennes in tables.items():
        styles: dict[str, str | Styliste] = {c.titre: _pastille for c in table.colonnes if c.titre in ("État", "Statut", "Quoi") and table is not decrites.THEMES and table is not decrites.FICHES}
        if table is decrites.MESURES:
            styles |= dict.fromkeys(("Valeur initiale", "Valeur"), _valeur)
        feuilles.append(tableaux.feuille(decrite(table, siennes, styles, onglet=_ONGLETS.get(table, "axe2")), pied))
    return Classeur(feuilles, "Région", sujet=pied, feuille_active=portrait.NOM)


def _pastille(valeur: object, _) -> str:
    return _PASTILLES.get(str(valeur), "cellule:centre")


def _valeur(contenu: object, ligne) -> str:
    part = isinstance(contenu, (int, Decimal)) and ligne["Agrégation"] in EN_PART
    return "cellule:taux" if part else mixte(contenu, ligne)
