"""What the rules of the contract give, computed on the sheet of a fiche while one types; and each rule in words.

A courtesy: Python computes every figure again, with what a sheet does not know (earlier years).
"""

from __future__ import annotations

from dataclasses import dataclass

from cls_workbook.contract.aides import TYPES_D_AIDE, plafonds
from cls_workbook.contract.model import Contrat, Fiche, Regle
from cls_workbook.entry.form import LARGEURS, B, C, D, E, F, K, Zone, calcule, citer, largeur
from cls_workbook.entry.layout import Page, hauteur
from cls_workbook.francais import typographie
from cls_workbook.xlsx.sheets import adresse


@dataclass(frozen=True, slots=True)
class Montants:
    """Where the figures are that rules work on: the funding lines, the cost, the ETP, the row of each measure."""

    contrat: Contrat
    financement: Zone
    total: str
    etp: str
    mesures: dict[str, int]

    def engage(self, financeur: str | None) -> str:
        """What the funder engaged."""
        nom = next((f.nom for f in self.contrat.financeurs if f.id == financeur), "")
        return f"SUMIF({self.financement.colonne(B)},{citer(nom)},{self.financement.colonne(E)})"

    def engage_en_argent(self) -> str:
        """What all engaged, but what is only valued."""
        valorisees = [n.libelle for n in self.contrat.natures if n.niveau == "valorisation"]
        moins = "".join(f"-SUMIF({self.financement.colonne(C)},{citer(n)},{self.financement.colonne(E)})" for n in valorisees)
        return f"(SUM({self.financement.colonne(E)}){moins})"


def dessiner(page: Page, fiche: Fiche, regle: Regle, montants: Montants) -> None:
    """One line: what the rule gives, if a sheet can compute it, and the rule in words; then what its funder expects."""
    texte = typographie(f"Règle : {regle.libelle}")
    if regle.type == "poste":
        _ligne(page, regle, _nom(montants.contrat, fiche, regle, "Aide calculée selon la règle"), _part_de_poste(regle, montants), texte)
    elif regle.type in TYPES_D_AIDE and (formule := _aide(regle, montants)):
        _ligne(page, regle, _nom(montants.contrat, fiche, regle, "Aide possible selon la règle"), formule, texte)
    elif regle.type == "cout_unitaire" and regle.mesure_participants in montants.mesures:
        _ligne(page, regle, "Coût attendu selon la règle", _cout_attendu(page, fiche, regle, montants), texte)
    else:
        page.texte(B, texte, "aide_ligne:retrait")
        page.suivante(17)
    for condition in regle.conditions:
        texte = typographie(f"Condition : {condition}.")
        page.fusion(D, K, texte, "aide_ligne:retrait")
        page.suivante(hauteur(texte, largeur(D, K), taille=9))


def _ligne(page: Page, regle: Regle, etiquette: str, formule: str, texte: str) -> None:
    calcule(page, f"regle.{regle.id}", etiquette, formule, "montant")
    page.texte(D, texte, "aide_ligne:retrait")
    page.suivante(hauteur(etiquette, LARGEURS[B]))


def _nom(contrat: Contrat, fiche: Fiche, regle: Regle, etiquette: str) -> str:
    """Two aids on a fiche: each says whose it is."""
    financeur = next((f.nom for f in contrat.financeurs if f.id == regle.financeur), None)
    plusieurs = sum(r.type in TYPES_D_AIDE for r in contrat.regles_de(fiche.numero)) > 1
    return f"{etiquette} ({financeur})" if plusieurs and financeur else etiquette


def _part_de_poste(regle: Regle, montants: Montants) -> str:
    total, etp = montants.total, montants.etp
    base = f"{total}*{regle.taux}*MIN(1,{regle.etp_assiette_max or 1}/{etp})"
    aide = f"MIN({base},{regle.plafond_annuel})" if regle.plafond_annuel else base
    return f'IF(OR({total}="",N({etp})=0),"",IF({etp}<{regle.etp_min or 0},0,ROUND({aide},2)))'


def _aide(regle: Regle, montants: Montants) -> str:
    """A cap, or a rate or an amount on a base; never more than what the others leave of the cost. "" if not computable."""
    engage, inconnue = montants.engage(regle.financeur), ""
    if regle.type == "plafond":
        droit, inconnue = engage, f"{engage}=0"
    elif regle.base in ("personne", "session"):
        mesure = regle.mesure_participants if regle.base == "personne" else regle.mesure_sessions
        if mesure not in montants.mesures:
            return ""
        cellule = adresse(montants.mesures[mesure], F)
        droit, inconnue = f"{cellule}*{regle.cout_unitaire}", f'{cellule}=""'
    elif regle.base == "engage":
        droit, inconnue = f"{montants.engage_en_argent()}*{regle.taux}", f"COUNT({montants.financement.colonne(E)})=0"
    else:
        droit, inconnue = f"{montants.total}*{regle.taux}", f'{montants.total}=""'
    annuel, _ = plafonds(regle)
    bornes = [droit] + [str(annuel)] * (annuel is not None)
    reste = f"MAX(0,{montants.total}-({montants.engage_en_argent()}-{engage}))"
    plafonnee = f"MIN({','.join(bornes)},IF({montants.total}=\"\",{droit},{reste}))"
    sous_le_minimum = f"AND({montants.etp}<>\"\",N({montants.etp})<{regle.etp_min})" if regle.etp_min is not None else ""
    aide = f"IF({sous_le_minimum},0,ROUND({plafonnee},2))" if sous_le_minimum else f"ROUND({plafonnee},2)"
    return f'IF({inconnue},"",{aide})'


def _cout_attendu(page: Page, fiche: Fiche, regle: Regle, montants: Montants) -> str:
    personnes = adresse(montants.mesures[regle.mesure_participants], F)
    formateurs = ""
    if regle.complement_formateurs and regle.cout_formateur:
        ligne = page.plan.rangees[f"{fiche.numero}/complements/{regle.complement_formateurs}"].numero
        formateurs = f"+N({adresse(ligne, C)})*{regle.cout_formateur}"
    return f'IF({personnes}="","",{personnes}*{regle.cout_unitaire}{formateurs})'
