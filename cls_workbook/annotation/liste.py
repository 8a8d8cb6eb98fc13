"""The sheets added to an annotated copy: the list of anomalies, and a hidden register of the colours that were there.

Their rows bear keys that begin with ``annotations/``: reading leaves them alone when the copy comes back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT, GRAVITES, INFORMATION, Anomalie
from cls_workbook.entry.layout import MARQUE, hauteur
from cls_workbook.francais import typographie
from cls_workbook.xlsx.sheets import Feuille, Impression, Lien, Plage, reference

NOM, REGISTRE = "Anomalies", "_annotations"
PREFIXE = f"{MARQUE}annotations/"
TITRES = ("N°", "Gravité", "Feuille", "Cellule", "Question", "Trouvé", "Attendu", "À faire")
LARGEURS = (4.0, 5.0, 12.0, 16.0, 11.0, 34.0, 38.0, 32.0, 46.0)
STYLES = {BLOQUANT: "gravite_bloquant", A_CONFIRMER: "gravite_a_confirmer", INFORMATION: "gravite_information"}
COULEURS = {BLOQUANT: "annote_bloquant", A_CONFIRMER: "annote_a_confirmer", INFORMATION: "annote_information"}
SENS = {
    BLOQUANT: "À corriger : tant que ce n’est pas fait, cette valeur n’entre dans aucun total.",
    A_CONFIRMER: "Corrigez ; ou, si c’est juste, laissez et dites-le à la coordination.",
    INFORMATION: "Bon à savoir : rien à faire.",
}
CITEES, TEXTE_MAX = 6, 1500
B, FIN = 2, 9

# (sheet, cell) of an anomaly → where it is in the copy, or None
Ou = Callable[[str, str], tuple[str, str] | None]


def feuille(fichier: str, anomalies: Sequence[Anomalie], ou: Ou, remarques: Iterable[str], nom: str = NOM) -> Feuille:
    """The first sheet of the copy: what to do, then one row an anomaly, each with a link to its first cell."""
    page = Feuille(nom, largeurs=dict(enumerate(LARGEURS, 1)), colonnes_masquees=(1,), couleur_onglet="rouge" if any(a.gravite != INFORMATION for a in anomalies) else "vert")
    ligne = _entete(page, fichier, anomalies, remarques)
    page.figee = (ligne, 0)
    for colonne, titre in enumerate(TITRES, B):
        page.ecrire(ligne, colonne, titre, "entete")
    page.hauteurs[ligne] = 22
    page.impression = Impression(lignes_repetees=(ligne, ligne), pied_gauche=f"Anomalies · {fichier}")
    for rang, anomalie in enumerate(anomalies, 1):
        _ligne(page, ligne + rang, rang, anomalie, ou)
    for numero in range(1, ligne + len(anomalies) + 1):
        page.ecrire(numero, 1, f"{PREFIXE}{numero}", "cle")
    page.cellules.sort(key=lambda c: c[:2])
    return page


def _entete(page: Feuille, fichier: str, anomalies: Sequence[Anomalie], remarques: Iterable[str]) -> int:
    """Title, advice, what the colours mean; returns the row of the headers."""
    comptes = {g: sum(a.gravite == g for a in anomalies) for g in GRAVITES}
    bilan = " · ".join(f"{n} {g}{'s' if n > 1 and g != A_CONFIRMER else ''}" for g, n in comptes.items() if n) or "rien à corriger"
    a_revoir = comptes[BLOQUANT] + comptes[A_CONFIRMER]
    page.ecrire(1, B, "Anomalies à corriger" if a_revoir else "Rien à corriger" if anomalies else "Aucune anomalie", "titre")
    page.hauteurs[1] = 34
    page.ecrire(2, B, typographie(f"{fichier} : {bilan}"), "sous_titre")
    page.hauteurs[2] = 22
    conseils = [
        "Un clic dans la colonne « Cellule » mène à la case : elle est colorée, et son commentaire dit quoi faire.",
        "Corrigez sur place, enregistrez, puis renvoyez ce fichier tel quel : couleurs, commentaires et cette feuille n’y gênent rien.",
    ] if anomalies else ["Ce fichier peut être gardé tel quel."]  # fmt: skip
    ligne = 3
    for conseil in (*conseils, *remarques):
        page.ecrire(ligne, B, typographie(conseil), "page")
        page.hauteurs[ligne] = 18
        ligne += 1
    for gravite in (g for g in GRAVITES if comptes[g]):
        page.fusions.append(Plage(ligne, B, ligne, B + 1))
        page.ecrire(ligne, B, gravite, COULEURS[gravite])
        page.ecrire(ligne, B + 1, None, COULEURS[gravite])
        page.ecrire(ligne, B + 2, typographie(SENS[gravite]), "aide_ligne:retrait")
        page.hauteurs[ligne] = 18
        ligne += 1
    page.hauteurs[ligne] = 8
    return ligne + 1


def _ligne(page: Feuille, ligne: int, rang: int, anomalie: Anomalie, ou: Ou) -> None:
    textes = [_abrege(t) for t in (anomalie.champ, anomalie.trouve, anomalie.attendu, anomalie.a_faire)]
    contenu = (rang, anomalie.gravite, anomalie.feuille or "tout le fichier", cellules(anomalie, ou), *textes)
    styles = ("cellule:centre", STYLES[anomalie.gravite], "libelle", "lien", *["libelle"] * 4)
    for colonne, (valeur, style) in enumerate(zip(contenu, styles, strict=True), B):
        page.ecrire(ligne, colonne, valeur or None, style if isinstance(valeur, Lien) or style != "lien" else "libelle")
    mesurees = zip((anomalie.feuille, *textes), (LARGEURS[3], *LARGEURS[5:]), strict=True)
    page.hauteurs[ligne] = max(20.0, *(hauteur(t, w) for t, w in mesurees))


def cellules(anomalie: Anomalie, ou: Ou) -> str | Lien:
    """The addresses, as a link to the first one that the copy has."""
    citees = ", ".join(anomalie.cellules[:CITEES])
    reste = len(anomalie.cellules) - CITEES
    texte = citees + (f" et {reste} autre{'s' * (reste > 1)}" if reste > 0 else "")
    lieu = next((lieu for c in anomalie.cellules if (lieu := ou(anomalie.feuille, c))), None)
    if lieu is None:
        return texte
    return Lien(f"internal:{reference(lieu[0], Plage(1, 1, 1, 1)).rpartition('!')[0]}!{lieu[1]}", texte, "Aller à la cellule")


def commentaire(anomalies: Sequence[Anomalie]) -> str:
    """What the comment of a cell says of the anomalies found there."""
    morceaux = []
    for a in anomalies:
        lignes = [a.gravite.upper() + (f" — {a.champ}" if a.champ else "")]
        lignes += [f"{mot} : {_abrege(texte, 300)}" for mot, texte in (("Trouvé", a.trouve), ("Attendu", a.attendu), ("À faire", a.a_faire)) if texte]
        morceaux.append(typographie("\n".join(lignes)))
    return "\n\n".join(morceaux)


def _abrege(texte: str, longueur: int = TEXTE_MAX) -> str:
    return texte if len(texte) <= longueur else texte[: longueur - 1] + "…"


def registre(fonds: Iterable[tuple[str, str, str, str]]) -> Feuille:
    """(sheet, cell, key of the row, background that was there): what it takes to give the colours back."""
    page = Feuille(REGISTRE, etat="tres_masquee")
    for ligne, (nom, cellule, cle, fond) in enumerate(fonds, 1):
        for colonne, texte in enumerate((f"{PREFIXE}fond", nom, cellule, cle, fond), 1):
            page.ecrire(ligne, colonne, texte or None, "cle")
    if not page.cellules:
        page.ecrire(1, 1, f"{PREFIXE}fond", "cle")
    return page
