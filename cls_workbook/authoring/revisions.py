"""A revision in the words of the workbook: the title of a column for its field, names for ids in its value.

What could not be read back to the letter stays as the definition has it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from cls_workbook.authoring import choix, liste_ecrite
from cls_workbook.authoring.repertoire import Repertoire
from cls_workbook.authoring.rubriques import Colonne, Rubrique
from cls_workbook.authoring.tout import PAR_NOM
from cls_workbook.contract.model import Contrat
from cls_workbook.contract.revision import champs_revisables
from cls_workbook.contract.vie import OBJETS_DE_REVISION, Revision
from cls_workbook.francais import plier

# Object of a revision → where its columns are: (sheet, part of its row).
_FEUILLES: dict[str, tuple[tuple[str, str], ...]] = {
    "contrat": (("contrat", ""),), "axe": (("axes", ""),), "structure": (("structures", ""),), "signataire": (("signataires", ""),),
    "financeur": (("financeurs", ""),), "fiche": (("fiches", ""), ("financement", "")), "volet": (("volets", ""),),
    "indicateur": (("indicateurs", ""),), "mesure": (("indicateurs", "mesures"),), "regle": (("regles", ""),),
}  # fmt: skip
_CIBLES = {"axe": "axes", "structure": "structures", "financeur": "financeurs", "fiche": "fiches", "mesure": "mesures"}


def colonnes(objet: str) -> Iterator[tuple[Rubrique, Colonne]]:
    """What of an object may be revised, as columns of its sheets."""
    revisables = champs_revisables(objet) if objet in OBJETS_DE_REVISION else {}
    for nom, partie in _FEUILLES.get(objet, ()):
        for colonne in PAR_NOM[nom].colonnes:
            if colonne.partie == partie and colonne.champ in revisables:
                yield PAR_NOM[nom], colonne


def colonne(objet: str, texte: str) -> tuple[Rubrique, Colonne] | None:
    """The column meant by its title, or by the name of its field."""
    cherche = plier(texte)
    toutes = list(colonnes(objet))
    for egal in (lambda c: plier(c.titre) == cherche, lambda c: c.champ == texte):
        trouvees = [(r, c) for r, c in toutes if egal(c)]
        if len(trouvees) == 1:
            return trouvees[0]
    return None


def titres(objet: str) -> tuple[str, ...]:
    return tuple(c.titre for _, c in colonnes(objet))


def cible_ecrite(revision: Revision, repertoire: Repertoire) -> str | None:
    genre = _CIBLES.get(revision.objet)
    return repertoire.afficher(genre, revision.cible) if genre and revision.cible else revision.cible


def cible_lue(objet: str, texte: str, repertoire: Repertoire) -> str:
    genre = _CIBLES.get(objet)
    return (repertoire.resoudre(genre, texte) if genre else None) or texte


def champ_ecrit(revision: Revision) -> str:
    trouvee = next((c for _, c in colonnes(revision.objet) if c.champ == revision.champ), None)
    return trouvee.titre if trouvee is not None and (retour := colonne(revision.objet, trouvee.titre)) and retour[1].champ == revision.champ else revision.champ


def valeur_ecrite(revision: Revision, repertoire: Repertoire, contrat: Contrat) -> str | None:
    """With names for ids, and words for codes, where that leads back to the same text."""
    trouvee = next(((r, c) for r, c in colonnes(revision.objet) if c.champ == revision.champ), None)
    if trouvee is None or revision.valeur is None:
        return revision.valeur
    rubrique, c = trouvee
    fiche = _fiche(revision, contrat)
    ecrite = _convertir(rubrique, c, revision.valeur, lambda item: _nom(c, item, repertoire, fiche))
    return ecrite if valeur_lue(rubrique, c, ecrite, repertoire, fiche) == revision.valeur else revision.valeur


def valeur_lue(rubrique: Rubrique, c: Colonne, texte: str, repertoire: Repertoire, fiche: str) -> str:
    """With ids for names, and codes for words; a text that is ids already stays as it was written."""
    connus = {e.id for e in repertoire.entrees.get(c.renvoi or "", ())} | set(choix.CHOIX.get(c.choix or "", ()))
    items = liste_ecrite.separer(texte)
    if (c.renvoi or c.choix) and all(item in connus for item in items):
        return texte
    return _convertir(rubrique, c, texte, lambda item: _code(c, item, repertoire, fiche))


def _convertir(rubrique: Rubrique, c: Colonne, texte: str, traduire: Callable[[str], str]) -> str:
    if not c.renvoi and not c.choix:
        return texte
    if not rubrique.nature(c)[1]:
        return traduire(texte)
    return " ; ".join(traduire(item) for item in liste_ecrite.separer(texte) or (texte,))


def _nom(c: Colonne, item: str, repertoire: Repertoire, fiche: str) -> str:
    return choix.mots(c.choix, item) if c.choix else repertoire.afficher(c.renvoi or "", item, fiche)


def _code(c: Colonne, item: str, repertoire: Repertoire, fiche: str) -> str:
    lu = choix.code(c.choix, item) if c.choix else repertoire.resoudre(c.renvoi or "", item, fiche)
    return item if lu is None else lu


def _fiche(revision: Revision, contrat: Contrat) -> str:
    """The fiche inside which names of volets are known."""
    if revision.objet == "indicateur":
        return next((f.numero for f in contrat.fiches for i in f.indicateurs if i.id == revision.cible), "")
    return revision.cible or "" if revision.objet == "fiche" else ""
