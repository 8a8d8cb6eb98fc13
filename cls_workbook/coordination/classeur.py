"""The coordinator's workbook described: Accueil, what they type, what Python fills, the settings; and its macros."""

from __future__ import annotations

import re
import unicodedata

from cls_workbook import resources, version
from cls_workbook.contract.model import Contrat
from cls_workbook.coordination import accueil, page, poste
from cls_workbook.entry import listes
from cls_workbook.entry.layout import Page
from cls_workbook.francais import typographie
from cls_workbook.pilotage import Pilotage, sheets
from cls_workbook.pilotage.form import Compte, Trace, titre
from cls_workbook.results import vierge
from cls_workbook.xlsx.sheets import Classeur, Feuille, Macros

PROJET, RUBAN = "vbaProject.bin", "ruban.xml"
VERSIONS = accueil.Versions(version.PAQUET, version.MACROS, version.XLWINGS)
_SANS_OBJET = {
    sheets.GROUPES: "Ce contrat ne cite aucun groupe de structures : rien n’est à saisir ici.",
    sheets.PROGRAMMATION: "Ce contrat n’a pas encore de fiche : rien n’est à programmer ici.",
}


def classeur(contrat: Contrat, annee: int, pilotage: Pilotage, depart: page.Depart, sur: poste.Poste) -> Classeur:
    """The workbook, macros included. The sheets are the same whatever the contract: the VBA project has a module for each."""
    feuilles = decrire(contrat, annee, pilotage, depart, sur)
    macros = Macros((resources.folder("templates") / PROJET).read_bytes(), ruban())
    return Classeur(feuilles, f"{contrat.titre} — coordination {contrat.nom_annee(annee)}", contrat.titre, feuille_active=accueil.NOM, macros=macros)


def decrire(contrat: Contrat, annee: int, pilotage: Pilotage, depart: page.Depart, sur: poste.Poste) -> list[Feuille]:
    """Its sheets, each with the name of its module."""
    trace = sheets.trace_de(contrat, annee, pilotage)
    contrat = trace.contrat
    dessins = {p.feuille.nom: (p, compte) for p, compte in sheets.dessiner(trace)}
    saisies = {nom: dessins[nom][0] if nom in dessins else _sans_objet(trace, nom, phrase) for nom, phrase in _SANS_OBJET.items()}
    saisies |= {nom: p for nom, (p, _) in dessins.items()}
    comptes: list[tuple[str, Compte]] = [(nom, compte) for nom, (_, compte) in dessins.items()]
    resultats = vierge.feuilles(contrat, annee)
    premiere = page.dessiner(trace, comptes, [f.nom for f in resultats], depart)
    feuilles = [premiere, *(p.feuille for p in saisies.values()), *resultats, listes.feuille(trace.choix), poste.feuille(sur)]
    for feuille in feuilles:
        feuille.nom_de_code = nom_de_code(feuille.nom)
    return feuilles


def _sans_objet(trace: Trace, nom: str, phrase: str) -> Page:
    feuille = trace.page(nom, (62, 74))
    titre(feuille, nom, typographie(phrase))
    return feuille


def nom_de_code(nom: str) -> str:
    """Name of the VBA module of a sheet: « Financement par fiche » → ``FeuilleFinancementParFiche``."""
    ascii_ = unicodedata.normalize("NFKD", nom).encode("ascii", "ignore").decode()
    return "Feuille" + "".join(mot[:1].upper() + mot[1:] for mot in re.split(r"[^A-Za-z0-9]+", ascii_))


def ruban() -> bytes:
    return (resources.folder("macros") / RUBAN).read_bytes()
