"""Copies → the rows of a region's tables. Pure. Money in euros; what is not known stays None through every sum.

Nothing is added across labels that merely look alike: contracts are told by their id, natures by their level, measures by
the theme and the unit that their contracts declare.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal

from cls_workbook.francais import NBSP, montant_fr, nombre_fr, plier, typographie
from cls_workbook.reading.vues import somme
from cls_workbook.region import decrites
from cls_workbook.region.copies import RETENU, Copie, Ecart
from cls_workbook.region.decrites import COFINANCEMENTS, HORS_MAQUETTE, MAQUETTE, POSTE, VALORISATION
from cls_workbook.results import donnees_decrites as donnees
from cls_workbook.results.colonnes import TableDecrite
from cls_workbook.summaries.consolidation import DOUBLON, MANQUANT, REJETE

Ligne = dict[str, object]
SEPARATEUR = f"{NBSP}; "
EN_PART = ("RATIO", "SATISFACTION")
UNITE_D_UNE_PART = "taux"


def lignes(copies: Sequence[Copie], ecarts: Sequence[Ecart]) -> dict[TableDecrite, list[Ligne]]:
    """Every table's rows, in the order of ``decrites.TABLES``: title → value. ``copies``: one a contract and year, in order."""
    financement = list(_financement(copies))
    tables = {
        decrites.CONTRATS: [_contrat(c) for c in copies],
        decrites.MAQUETTES: list(_maquettes(copies, financement)),
        decrites.FINANCEMENT: financement,
        decrites.FINANCEMENT_FICHES: list(_empiler(copies, donnees.FINANCEMENT, [c.titre for c in donnees.FINANCEMENT.colonnes[2:-1]])),
        decrites.FINANCEURS: list(_empiler(copies, donnees.FINANCEURS, ["Prévu", "Engagé", "Versé"])),
        decrites.POSTES: [ligne | {"À regarder": _a_regarder(ligne)} for ligne in _empiler(copies, donnees.POSTES, ["ETP", "Aide versée"])],
        decrites.THEMES: list(_par_theme(copies)),
        decrites.FICHES: list(_fiches(copies)),
        decrites.MESURES: list(_mesures(copies)),
        decrites.RETARDS: list(_retards(copies, ecarts)),
        decrites.FICHIERS: sorted([*map(_retenu, copies), *map(_ecarte, ecarts)], key=lambda ligne: str(ligne["Fichier"])),
    }
    return {table: [{t: ligne.get(t) for t in table.titres} for ligne in siennes] for table, siennes in tables.items()}


def _qui(copie: Copie) -> Ligne:
    return {"Contrat": copie.contrat["Contrat"], "Titre": copie.contrat["Titre"], "Territoire": copie.contrat["Territoire"], "Année": copie.contrat["Année"]}


def _empiler(copies: Iterable[Copie], table: TableDecrite, titres: Sequence[str]) -> Iterator[Ligne]:
    """The rows of a table of every copy, each with its place (of ``titres``)."""
    for copie in copies:
        for rang, ligne in enumerate(copie.lignes[table]):
            yield _qui(copie) | ligne | copie.ou(table, rang, titres)


# --- Contracts and money ----------------------------------------------------------------------------------------------


def _contrat(copie: Copie) -> Ligne:
    argent = copie.lignes[donnees.FINANCEMENT]
    recus, attendus = copie.contrat["Retours reçus"], copie.contrat["Retours attendus"]
    sommes = {t: somme(ligne[t] for ligne in argent) for t in ("Programmé", "Engagé", "Versé", "Coût réalisé")}
    part = None if recus is None or not attendus else Decimal(recus) / Decimal(attendus)
    return copie.contrat | sommes | {"Taux de retour": part} | copie.ou(donnees.CONTRAT, 0, ["Retours reçus", "À confirmer"])


# Nature → (the column of the contract, programmé, engagé, versé), and for which fiches (those of a post, the others, all).
_COLONNES: dict[str, tuple[str | None, str | None, str, str | None, str | None]] = {
    MAQUETTE: ("Montant contrat", "Programmé", "Engagé", "Versé", None),
    POSTE: (None, None, "ARS hors maquette", None, donnees.OUI),
    HORS_MAQUETTE: (None, None, "ARS hors maquette", None, donnees.NON),
    COFINANCEMENTS: (None, None, "Cofinancements", None, None),
    VALORISATION: (None, None, "Valorisation", None, None),
}


def _financement(copies: Iterable[Copie]) -> Iterator[Ligne]:
    """One row a contract, year and nature that has money, or a maquette."""
    for copie in copies:
        argent = copie.lignes[donnees.FINANCEMENT]
        for nature, (prevu, programme, engage, verse, poste) in _COLONNES.items():
            siennes = [(r, ligne) for r, ligne in enumerate(argent) if poste in (None, ligne["Poste"])]
            connues = [r for r, ligne in siennes if ligne[engage] is not None]
            ligne = {
                "Nature": nature, "Prévu au contrat": copie.contrat["Maquette"] if prevu else None,
                "Programmé": somme(li[programme] for _, li in siennes) if programme else None, "Engagé": somme(argent[r][engage] for r in connues),
                "Versé": somme(li[verse] for _, li in siennes) if verse else None, "Fiches": len(connues),
            }  # fmt: skip
            if any(ligne[t] is not None for t in ("Prévu au contrat", "Programmé", "Engagé", "Versé")):
                yield _qui(copie) | ligne | _plage(copie, [r for r, _ in siennes], [t for t in (prevu, programme, engage, verse) if t])


def _plage(copie: Copie, rangs: Sequence[int], titres: Sequence[str]) -> Ligne:
    """The block that these columns of these rows make."""
    if not rangs:
        return copie.ou(donnees.CONTRAT, 0, ["Maquette"])
    premiere, derniere = (copie.ou(donnees.FINANCEMENT, r, titres) for r in (rangs[0], rangs[-1]))
    haut, bas = str(premiere["Cellule"]).partition(":")[0], str(derniere["Cellule"]).rpartition(":")[2]
    return premiere | {"Cellule": haut if haut == bas else f"{haut}:{bas}"}


def _maquettes(copies: Sequence[Copie], financement: Sequence[Ligne]) -> Iterator[Ligne]:
    """Each contract against its maquette, as its last year says it."""
    for contrat in dict.fromkeys(c.contrat["Contrat"] for c in copies):
        siennes = [c for c in copies if c.contrat["Contrat"] == contrat]
        derniere = siennes[-1]
        argent = [li for li in financement if li["Contrat"] == contrat and li["Nature"] == MAQUETTE]
        connues = [int(li["Année"]) for li in argent if li["Engagé"] is not None]
        absentes = [a for a in range(int(derniere.contrat["Première année"]), int(derniere.contrat["Année"]) + 1) if a not in connues]
        engage, verse, maquette = somme(li["Engagé"] for li in argent), somme(li["Versé"] for li in argent), derniere.contrat["Maquette"]
        entier = maquette is not None and engage is not None and not absentes
        yield derniere.contrat | {
            "Engagé cumulé": engage, "Versé cumulé": verse, "Reste à engager": maquette - engage if entier else None,
            "Part engagée": engage / maquette if maquette and engage is not None else None,
            "Années additionnées": ", ".join(map(str, connues)) or None, "Années absentes": ", ".join(map(str, absentes)) or None,
        } | derniere.ou(donnees.CONTRAT, 0, ["Maquette"])  # fmt: skip


def _a_regarder(ligne: Ligne) -> str | None:
    """What of a post does not agree with its rule, in a few words."""
    mots = []
    etp, minimum = ligne["ETP"], ligne["ETP minimum"]
    if etp is None:
        mots.append("ETP non connu")
    elif minimum is not None and etp < minimum:
        mots.append(f"{nombre_fr(etp)} ETP, sous le minimum de {nombre_fr(minimum)}")
    if ligne["Dépense réalisée"] is None:
        mots.append("dépense non connue")
    for quoi in ("Aide engagée", "Aide versée"):
        if ligne[quoi] is not None and ligne["Aide possible"] is not None and ligne[quoi] > ligne["Aide possible"]:
            mots.append(f"{quoi.lower()} de {montant_fr(ligne[quoi] - ligne['Aide possible'])} au-dessus de ce que la règle permet")
    return SEPARATEUR.join(mots) or None


# --- Fiches, themes ---------------------------------------------------------------------------------------------------


def _themes_de(copie: Copie, numero: object, genre: str) -> list[Ligne]:
    return [t for t in copie.lignes[donnees.THEMES] if t["Fiche"] == numero and t["Genre"] == genre]


def _fiches(copies: Iterable[Copie]) -> Iterator[Ligne]:
    for ligne, copie in ((li, c) for c in copies for li in _empiler([c], donnees.FICHES, ["Fiche", "État"])):
        axe = " — ".join(str(ligne[t]) for t in ("Axe", "Titre de l’axe") if ligne[t])
        libelles = {g: SEPARATEUR.join(str(t["Libellé"]) for t in _themes_de(copie, ligne["Fiche"], g)) or None for g in (donnees.THEME, donnees.PRIORITE)}
        yield ligne | {"Axe": axe or None, "Thèmes": libelles[donnees.THEME], "Priorités": libelles[donnees.PRIORITE]}


def _par_theme(copies: Iterable[Copie]) -> Iterator[Ligne]:
    """How many fiches of each theme or priority are in each état; the same id and the same label only."""
    groupes: dict[tuple, list[tuple[str, str]]] = {}
    for copie in copies:
        etats = {li["Fiche"]: li["État"] for li in copie.lignes[donnees.FICHES]}
        for theme in copie.lignes[donnees.THEMES]:
            cle = (copie.contrat["Année"], theme["Genre"], theme["Identifiant"], theme["Libellé"], etats.get(theme["Fiche"]) or "")
            groupes.setdefault(cle, []).append((str(copie.contrat["Contrat"]), str(theme["Fiche"])))
    for (annee, genre, identifiant, libelle, etat), fiches in sorted(groupes.items(), key=lambda g: (-g[0][0], g[0][1] == donnees.PRIORITE, *g[0][2:])):
        contrats = dict.fromkeys(c for c, _ in fiches)
        yield {
            "Année": annee, "Genre": genre, "Identifiant": identifiant, "Libellé": libelle, "État": etat, "Fiches": len(fiches), "Contrats": len(contrats),
            "Lesquelles": SEPARATEUR.join(f"{c} {', '.join(f for d, f in fiches if d == c)}" for c in contrats),
        }  # fmt: skip


# --- Measures ---------------------------------------------------------------------------------------------------------


def unite_de(mesure: Ligne) -> str | None:
    """The unit that a measure may be compared in; a rate is a share whatever it is a rate of."""
    return UNITE_D_UNE_PART if mesure["Agrégation"] in EN_PART else mesure["Unité"]


def _mesures(copies: Iterable[Copie]) -> Iterator[Ligne]:
    """The measures that two contracts at least declare of the same theme (id and label) and of the same unit."""
    groupes: dict[tuple, list[Ligne]] = {}
    for ligne in _empiler(copies, donnees.MESURES, ["Valeur"]):
        unite = unite_de(ligne)
        if ligne["Thème"] and unite:
            cle = (str(ligne["Libellé du thème"]), str(ligne["Thème"]), plier(str(unite)), ligne["Agrégation"] in EN_PART)
            groupes.setdefault(cle, []).append(ligne | {"Unité": unite})
    for cle in sorted(groupes):
        if len({ligne["Contrat"] for ligne in groupes[cle]}) > 1:
            yield from sorted(groupes[cle], key=lambda li: (li["Contrat"], li["Mesure"], li["Année"]))


# --- What did not come ------------------------------------------------------------------------------------------------

_QUOI = {MANQUANT: decrites.RETOUR_MANQUANT, REJETE: decrites.RETOUR_REJETE, DOUBLON: decrites.RETOUR_EN_DOUBLE}


def _retards(copies: Sequence[Copie], ecarts: Sequence[Ecart]) -> Iterator[Ligne]:
    """The years of a contract that have no synthèse, up to the last one of the region; then the returns that are missing."""
    yield from _syntheses_absentes(copies, ecarts)
    for ligne in _empiler(copies, donnees.RETOURS, ["Statut"]):
        if ligne["Statut"] in _QUOI:
            yield ligne | {"Quoi": _QUOI[ligne["Statut"]]}


def _syntheses_absentes(copies: Sequence[Copie], ecarts: Sequence[Ecart]) -> Iterator[Ligne]:
    jusque = max((int(c.contrat["Année"]) for c in copies), default=0)
    derniers = {c.contrat["Contrat"]: c.contrat for c in copies}
    attendues = {(i, a) for i, c in derniers.items() for a in range(int(c["Première année"]), min(int(c["Dernière année"]), jusque) + 1)}
    attendues |= {(e.contrat, e.annee) for e in ecarts if e.contrat and e.annee}
    for contrat, annee in sorted(attendues - {c.cle for c in copies}):
        recus = [f"« {e.fichier} » est écarté ({e.statut})" for e in ecarts if (e.contrat, e.annee) == (contrat, annee)]
        yield {
            "Contrat": contrat, "Territoire": derniers.get(contrat, {}).get("Territoire"), "Année": annee, "Quoi": decrites.SYNTHESE_ABSENTE,
            "Précision": typographie(SEPARATEUR.join(recus)) or "aucun fichier reçu",
        }  # fmt: skip


def _retenu(copie: Copie) -> Ligne:
    return copie.contrat | {"Fichier": copie.fichier, "Statut": RETENU, "Genre": copie.genre, "Empreinte SHA-256": copie.empreinte}


def _ecarte(ecart: Ecart) -> Ligne:
    return {
        "Fichier": ecart.fichier, "Statut": ecart.statut, "Raison": ecart.raison, "Contrat": ecart.contrat, "Année": ecart.annee, "Empreinte SHA-256": ecart.empreinte,
    }  # fmt: skip
