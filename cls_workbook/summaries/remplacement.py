"""A corrected return takes the place of an earlier one, because the coordinator said so: what is set aside, what changes.

The unit is a fiche, for a structure and a volet. What the earlier return says of other fiches still counts.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path, PurePath

import pandas as pd

from cls_workbook.anomalies import INFORMATION, Anomalie
from cls_workbook.contract.model import Contrat
from cls_workbook.errors import Refus
from cls_workbook.francais import NBSP, date_fr, liste, nombre_fr, plier, typographie
from cls_workbook.reading.cahier import Cahier
from cls_workbook.reading.reperes import ACCUEIL, modele_de
from cls_workbook.reading.vues import colonnes
from cls_workbook.summaries.consolidation import CODE_DE_REMPLACE, nom_affiche

CREEE, MODIFIEE, SUPPRIMEE, INCHANGEE = "créée", "modifiée", "supprimée", "inchangée"
CHANGEMENTS = (CREEE, MODIFIEE, SUPPRIMEE, INCHANGEE)
REMPLACEMENTS = (
    "Changement", "Fiche", "Structure", "Volet", "Champ", "Valeur avant", "Valeur après", "Retour remplacé", "Feuille remplacée",
    "Cellule remplacée", "Retour retenu", "Feuille", "Cellule", "Empreinte du remplacé", "Empreinte du retenu",
)  # fmt: skip
_CLE = ("fiche", "bloc", "mesure", "ligne", "champ")


@dataclass(frozen=True, slots=True)
class Demande:
    """« ``nouveau`` replaces ``ancien`` »; ``ancien`` "": whatever other return answers the same. Names as shown.

    ``souple``: asked for good (in the pilotage workbook); a return that is no longer there is nothing to replace.
    """

    nouveau: str
    ancien: str = ""
    souple: bool = False


@dataclass(frozen=True)
class Remplacements:
    """What was set aside: (file, fiche) → the file that replaces it; files of which nothing is left; and what changes."""

    fiches: Mapping[tuple[str, str], str]
    fichiers: frozenset[str]
    table: pd.DataFrame
    anomalies: tuple[Anomalie, ...] = ()


def aucun() -> Remplacements:
    return Remplacements({}, frozenset(), pd.DataFrame([], columns=list(REMPLACEMENTS), dtype=object))


# --- what was asked -------------------------------------------------------------------------------------------------


def demandes(textes: Iterable[str], fichiers: Mapping[str, Path]) -> list[Demande]:
    """``NOUVEAU`` or ``ANCIEN=NOUVEAU`` as typed → the returns meant. Refus if one is not among ``fichiers``."""
    lues = []
    for texte in textes:
        entier = trouver(texte, fichiers)
        if entier:
            lues.append(Demande(entier))
            continue
        coupes = [(texte[:i], texte[i + 1 :]) for i, c in enumerate(texte) if c == "="]
        paires = [(a, n) for ancien, nouveau in coupes if (a := trouver(ancien, fichiers)) and (n := trouver(nouveau, fichiers))]
        if not paires:
            raise Refus(
                f"« {texte} » ne désigne aucun des retours à lire. Indiquez un fichier (le nouveau), ou ANCIEN=NOUVEAU.",
                [f"Retours : {liste(list(fichiers))}"],
            )
        lues.append(Demande(paires[0][1], paires[0][0]))
    return lues


def trouver(texte: str, fichiers: Mapping[str, Path]) -> str:
    """The return meant by its name, its path, or its last name; "" if none. Refus if several are."""
    texte = texte.strip()
    if texte in fichiers:
        return texte
    exacts = [n for n, p in fichiers.items() if p.resolve() == Path(texte).resolve()] if texte else []
    noms = exacts or [n for n in fichiers if PurePath(n).name.casefold() == texte.casefold()]
    if len(noms) > 1:
        raise Refus(f"« {texte} » désigne plusieurs retours ({', '.join(noms)}) : donnez le nom avec son dossier.")
    return noms[0] if noms else ""


# --- what it comes to -----------------------------------------------------------------------------------------------


def appliquer(lot, contrat: Contrat, voulues: Sequence[Demande]) -> Remplacements:
    """What the requests set aside among the returns of ``lot`` (``frames.Lot``). Refus for a request without object."""
    if not voulues:
        return aucun()
    reponses = list(colonnes(lot.retours, "fichier", "fiche", "structure", "volet", "sha256"))
    connus = {r[0] for r in reponses}
    remplacees: dict[tuple[str, str], str] = {}
    for demande in voulues:
        trouvees = _remplacees_par(demande, reponses, connus)
        for place in trouvees:
            if remplacees.get(place, demande.nouveau) != demande.nouveau:
                raise Refus(f"« {place[0]} » serait remplacé deux fois pour la fiche {place[1]} : par « {remplacees[place]} » et par « {demande.nouveau} ».")
            remplacees[place] = demande.nouveau
    _sans_cercle(remplacees)
    entiers = frozenset(f for f in {f for f, _ in remplacees} if all((f, r[1]) in remplacees for r in reponses if r[0] == f))
    # Who answered, on the first sheet, goes with a return of which nothing is left.
    accueils = {(f, ACCUEIL): next(n for (g, _), n in remplacees.items() if g == f) for f in sorted(entiers)}
    table = _table(lot, contrat, {**accueils, **remplacees}, reponses)
    return Remplacements(remplacees, entiers, table, tuple(_anomalies(remplacees, entiers, table, reponses)))


def _remplacees_par(demande: Demande, reponses: Sequence[tuple], connus: set[str]) -> list[tuple[str, str]]:
    """(file, fiche) that the new return takes the place of."""
    siennes = [r for r in reponses if r[0] == demande.nouveau]
    if demande.nouveau not in connus:
        if demande.souple and demande.ancien not in connus:
            return []
        raise Refus(f"« {demande.nouveau} » ne peut rien remplacer : il ne se lit pas, n’est pas de cette campagne ou ne répond pour aucune fiche.")
    if demande.ancien:
        fiches = {r[1] for r in siennes}
        trouvees = [(f, n) for f, n, *_ in reponses if f == demande.ancien and n in fiches]
    else:
        cles = {(n, plier(s), v) for _, n, s, v, _ in siennes}
        trouvees = [(f, n) for f, n, s, v, _ in reponses if f != demande.nouveau and (n, plier(s), v) in cles]
    if not trouvees and not demande.souple:
        quoi = f"« {demande.ancien} »" if demande.ancien else "aucun autre retour"
        raise Refus(f"« {demande.nouveau} » ne remplace rien : {quoi} ne répond pour {'aucune des mêmes fiches' if demande.ancien else 'la même fiche, la même structure et le même volet'}.")
    return trouvees


def _sans_cercle(remplacees: Mapping[tuple[str, str], str]) -> None:
    for depart in remplacees:
        vus, ici = set(), depart
        while ici in remplacees:
            if ici in vus:
                raise Refus(f"« {depart[0]} » et « {remplacees[depart]} » se remplaceraient l’un l’autre pour la fiche {depart[1]} : dites lequel est le bon.")
            vus.add(ici)
            ici = (remplacees[ici], ici[1])


def _anomalies(remplacees: Mapping, entiers: frozenset[str], table: pd.DataFrame, reponses: Sequence[tuple]) -> Iterator[Anomalie]:
    """One a file when all of it is replaced, else one a fiche."""
    structures = {(f, n): s for f, n, s, *_ in reponses}
    for fichier in dict.fromkeys(f for f, _ in remplacees):
        fiches = [n for f, n in remplacees if f == fichier]
        for groupe in [fiches] if fichier in entiers else [[n] for n in fiches]:
            nouveaux = ", ".join(dict.fromkeys(remplacees[fichier, n] for n in groupe))
            siennes = table[(table["Retour remplacé"] == fichier) & table["Fiche"].isin([*groupe, None] if fichier in entiers else groupe)]
            yield Anomalie(
                INFORMATION, CODE_DE_REMPLACE, fichier, fiche="" if fichier in entiers else groupe[0], structure=structures[fichier, groupe[0]], champ="Retour",
                trouve=typographie(f"remplacé par {nouveaux} : {compte(siennes)}"), attendu="une seule réponse par fiche, structure et volet",
                a_faire=typographie("rien : la coordination l’a demandé ; le détail est à la feuille « Remplacements »."),
                refuse_fichier=fichier in entiers, refuse_feuille=fichier not in entiers,
            )  # fmt: skip


# --- what changes ---------------------------------------------------------------------------------------------------


def _table(lot, contrat: Contrat, remplacees: Mapping[tuple[str, str], str], reponses: Sequence[tuple]) -> pd.DataFrame:
    concernes = {f for f, _ in remplacees} | set(remplacees.values())
    dites = {f: _dites(lot, contrat, f) for f in concernes}
    empreintes, modele = {r[0]: r[4] for r in reponses}, modele_de(contrat, int(lot.retours["annee"].iloc[0]))
    places = {(f, n): (s, v) for f, n, s, v, _ in reponses}
    lignes = []
    for (ancien, fiche), nouveau in remplacees.items():
        avant, apres = ({c: v for c, v in dites[f].items() if c.partition("/")[0] == fiche} for f in (ancien, nouveau))
        structure, volet = places[nouveau, fiche] if fiche != ACCUEIL else (next(s for f, _, s, *_ in reponses if f == nouveau), "")
        for cle in dict.fromkeys((*avant, *apres)):
            a, b = avant.get(cle), apres.get(cle)
            place = modele.place(cle)
            lignes.append((
                _changement(a, b), None if fiche == ACCUEIL else fiche, nom_affiche(contrat, structure), volet or None, place.libelle if place else cle,
                a and a[0], b and b[0], ancien, a and a[1], a and a[2], nouveau, b and b[1], b and b[2], empreintes[ancien], empreintes[nouveau],
            ))  # fmt: skip
    lignes.sort(key=lambda li: (li[7], li[10], CHANGEMENTS.index(li[0])))
    return pd.DataFrame(lignes, columns=list(REMPLACEMENTS), dtype=object)


def _changement(avant: tuple | None, apres: tuple | None) -> str:
    if avant is None or apres is None:
        return CREEE if avant is None else SUPPRIMEE
    return INCHANGEE if avant[0] == apres[0] else MODIFIEE


def _dites(lot, contrat: Contrat, fichier: str) -> dict[str, tuple[object, str, str]]:
    """Key of an input → (value, sheet, cell), for all that was typed; what was refused as it was found."""
    v = Cahier.de(lot.valeurs).des_fichiers([fichier])
    dites = {}
    for fiche, bloc, mesure, ligne, champ, valeur, feuille, cellule in colonnes(v, *_CLE, "valeur", "feuille", "cellule"):
        dites["/".join(m for m in (fiche or "accueil", bloc, mesure, ligne, champ) if m)] = (valeur, feuille, cellule)
    cles = {lieu: cle for cle, lieu in lot.adresses(contrat)[fichier].items()}
    for a in lot.anomalies:
        for cellule in a.cellules if a.fichier == fichier else ():
            if (cle := cles.get((a.feuille, cellule))) and cle not in dites and a.trouve:
                dites[cle] = (f"{a.trouve} (refusé)", a.feuille, cellule)
    return dites


def compte(table: pd.DataFrame) -> str:
    """« 1 valeur créée, 2 modifiées, 0 supprimée, 30 inchangées »."""
    nombres = Counter(table["Changement"])
    mots = [f"{nombres[c]} {c}{'s' * (nombres[c] > 1)}" for c in CHANGEMENTS]
    return f"valeurs : {', '.join(mots)}"


def apercu(table: pd.DataFrame) -> Iterator[str]:
    """Lines for the command: each replacement, its count, and each value that changes with its cells."""
    for (ancien, nouveau), siennes in table.groupby(["Retour remplacé", "Retour retenu"], sort=False):
        fiches = list(dict.fromkeys(f for f in siennes["Fiche"] if f))
        yield typographie(f"{nouveau} remplace {ancien} (fiche{'s' * (len(fiches) > 1)} {', '.join(fiches)}) : {compte(siennes)}.")
        for r in siennes[siennes["Changement"] != INCHANGEE].to_dict("records"):
            ou = f"{r['Feuille'] or r['Feuille remplacée']}!{r['Cellule'] or r['Cellule remplacée']}"
            yield typographie(f"  {r['Changement']} : {ou} ({r['Champ']}) : {_dite(r['Valeur avant'])} → {_dite(r['Valeur après'])}")


def _dite(valeur: object) -> str:
    if valeur is None:
        return "rien"
    if isinstance(valeur, date):
        return date_fr(valeur)
    texte = valeur if isinstance(valeur, str) else nombre_fr(valeur)
    texte = texte if len(texte) <= 80 else texte[:79] + "…"
    return texte if texte.startswith("«") else f"«{NBSP}{texte}{NBSP}»"
