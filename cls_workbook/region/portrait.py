"""The sheet « Région »: what an agency reads first. One printed sheet, native charts; its figures are those of the tables.

Sums are of money against each contract's maquette, or counts of returns and fiches; measures are set side by side, never added.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from cls_workbook.francais import NBSP, combien
from cls_workbook.reading.vues import somme
from cls_workbook.region import decrites
from cls_workbook.region.lignes import Ligne
from cls_workbook.region.portrait_fiches import fiches_par_theme, mesures
from cls_workbook.results.colonnes import TableDecrite
from cls_workbook.results.donnees_decrites import VALIDE
from cls_workbook.results.synthese_parts import PREMIERE, UNITES, Carte, Case, Colonne, Planche
from cls_workbook.xlsx.sheets import Feuille, Impression, Plage, Serie

NOM = "Région"
Tables = Mapping[TableDecrite, list[Ligne]]
MONTANT, TOTAL, ROND = "dense:montant_cale", "dense_total:montant_cale", "dense:montant_rond_cale"
BARRES_MAX, POINTS_PAR_BARRE, FINANCEURS_MAX, ECARTES_MAX = 24, 20, 20, 60


def feuille(tables: Tables) -> Feuille:
    """The sheet, drawn from the tables; the year shown in detail is the last one."""
    annee = max((int(c["Année"]) for c in tables[decrites.CONTRATS]), default=0)
    planche = Planche(NOM)
    _bandeau(planche, tables, annee)
    _titre(planche, tables, annee)
    _contrats(planche, tables, annee)
    _maquettes(planche, tables)
    _argent(planche, tables)
    _financeurs(planche, tables, annee)
    _postes(planche, tables, annee)
    fiches_par_theme(planche, tables, annee)
    mesures(planche, tables)
    _retards(planche, tables, annee)
    _ecartes(planche, tables)
    _provenance(planche)
    page = planche.feuille
    page.couleur_onglet, page.figee, page.selection = "accent", (1, 0), (1, PREMIERE)
    page.impression = Impression(
        lignes_repetees=(1, 1), zone=Plage(1, PREMIERE, planche.ligne - 1, PREMIERE + UNITES - 1), pied_gauche=f"Région · {_resume(tables)}", sauts=page.impression.sauts,
    )  # fmt: skip
    return page


def _resume(tables: Tables) -> str:
    contrats, annees = _contrats_et_annees(tables)
    return f"{combien(len(contrats), 'contrat')}, {_periode(annees)}"


def _contrats_et_annees(tables: Tables) -> tuple[list[object], list[int]]:
    lignes = tables[decrites.CONTRATS]
    return list(dict.fromkeys(li["Contrat"] for li in lignes)), sorted({int(li["Année"]) for li in lignes})


def _periode(annees: Sequence[int]) -> str:
    return "aucune année" if not annees else str(annees[0]) if len(annees) == 1 else f"{annees[0]}-{annees[-1]}"


# --- Heading ----------------------------------------------------------------------------------------------------------


def _bandeau(planche: Planche, tables: Tables, annee: int) -> None:
    planche.place(0, 18, "Contrats locaux de santé de la région", "courant")
    planche.place(18, 18, f"{_resume(tables)} · détail de {annee}" if annee else "aucune synthèse retenue", "courant:droite")
    planche.avance(20)


def _titre(planche: Planche, tables: Tables, annee: int) -> None:
    contrats, annees = _contrats_et_annees(tables)
    planche.vide(6)
    planche.place(0, UNITES, "Les contrats de la région, côte à côte", "titre")
    planche.avance(34)
    planche.place(0, UNITES, f"{_resume(tables)} · chaque chiffre mène au contrat, au fichier et à la cellule, dans les feuilles qui suivent", "sous_titre")
    planche.avance(22)
    planche.vide(6)
    lignes, retards, fichiers = tables[decrites.CONTRATS], tables[decrites.RETARDS], tables[decrites.FICHIERS]
    valides = sum(li["État"] == VALIDE for li in lignes)
    recus, attendus = (somme(li[t] for li in lignes) for t in ("Retours reçus", "Retours attendus"))
    absentes = sum(r["Quoi"] == decrites.SYNTHESE_ABSENTE for r in retards)
    ecartes = sum(f["Statut"] != decrites.RETENU for f in fichiers)
    planche.cartes([
        Carte("Contrats", len(contrats), "cle_entier", f"années{NBSP}: {_periode(annees)}"),
        Carte("Synthèses retenues", len(lignes), "cle_entier", f"dont {valides} validée{'s' * (valides > 1)}, {len(lignes) - valides} provisoire{'s' * (len(lignes) - valides > 1)}"),
        Carte("Synthèses absentes", absentes, "cle_entier", f"sur {len(lignes) + absentes} attendues", alerte=bool(absentes)),
        Carte("Fichiers écartés", ecartes, "cle_entier", "nommés en fin de document", alerte=bool(ecartes)),
        Carte("Retours reçus", recus, "cle_entier", f"sur {attendus} attendus, toutes années"),
        Carte("Alertes bloquantes", somme(li["Bloquants"] for li in lignes), "cle_entier", "ces valeurs ne sont dans aucun chiffre"),
    ])  # fmt: skip
    planche.vide(6)
    maquettes = tables[decrites.MAQUETTES]
    prevu, engage, verse = (somme(m[t] for m in maquettes) for t in ("Maquette", "Engagé cumulé", "Versé cumulé"))
    dotes, incomplets = sum(m["Maquette"] is not None for m in maquettes), sum(bool(m["Années absentes"]) for m in maquettes)
    suivis = sum(li["Année"] == annee for li in lignes)
    planche.cartes([
        Carte("Maquettes : prévu", prevu, "cle_montant", f"toute la durée, {combien(dotes, 'contrat')} à maquette chiffrée"),
        Carte("Engagé depuis le début", engage, "cle_montant", f"années connues{NBSP}; {combien(incomplets, 'contrat')} à cumul incomplet"),
        Carte("Versé depuis le début", verse, "cle_montant", "années connues"),
        Carte(f"Engagé {annee}", somme(li["Engagé"] for li in lignes if li["Année"] == annee), "cle_montant", "maquettes de l’ARS"),
        Carte(f"Coût réalisé {annee}", somme(li["Coût réalisé"] for li in lignes if li["Année"] == annee), "cle_montant", "tous financeurs"),
        Carte(f"Fiches actives {annee}", somme(li["Fiches actives"] for li in lignes if li["Année"] == annee), "cle_entier", combien(suivis, "contrat")),
    ])  # fmt: skip


# --- Contracts --------------------------------------------------------------------------------------------------------


def _contrats(planche: Planche, tables: Tables, annee: int) -> None:
    """One line a contract for the last year, then how many returns came."""
    lignes = [li for li in tables[decrites.CONTRATS] if li["Année"] == annee]
    planche.bande(f"Les contrats en {annee}" if lignes else "Les contrats", suite=80)
    if not lignes:
        planche.phrases(["Aucune synthèse n’a pu être retenue."], "dense_doux")
        return
    colonnes = (
        Colonne("Contrat", 8, "dense_fort"), Colonne("État", 3), Colonne("Retours reçus", 2, "dense:entier_cale"), Colonne("attendus", 2, "dense:entier_cale"),
        Colonne("Taux", 2, "dense:taux_cale"), Colonne("Bloquants", 2, "dense:entier_cale"), Colonne("À confirmer", 2, "dense:entier_cale"), Colonne("Fiches", 2, "dense:entier_cale"),
        Colonne("Maquette", 3, ROND), Colonne(f"Programmé {annee}", 3, ROND), Colonne(f"Engagé {annee}", 3, ROND), Colonne(f"Versé {annee}", 4, ROND),
    )  # fmt: skip
    rangees = [[
        li["Territoire"] or li["Contrat"], Case(li["État"], "etat_bon:petit_centre" if li["État"] == VALIDE else "etat_attention:petit_centre"),
        *(li[t] for t in ("Retours reçus", "Retours attendus", "Taux de retour", "Bloquants", "À confirmer", "Fiches actives", "Maquette", "Programmé", "Engagé", "Versé")),
    ] for li in lignes]  # fmt: skip
    planche.tableau(colonnes, rangees)
    _barres_par_contrat(planche, f"Taux de retour {annee}, par contrat", lignes, (("Taux de retour", "Retours reçus / attendus", "accent"),), "taux")


def _barres_par_contrat(planche: Planche, titre: str, lignes: Sequence[Ligne], series: Sequence[tuple[str, str, str]], format_: str) -> None:
    """Small tables of at most ``BARRES_MAX`` contracts, each beside the bars that read it."""
    connues = [li for li in lignes if any(li[t] is not None for t, _, _ in series)]
    for debut in range(0, len(connues), BARRES_MAX):
        part = connues[debut : debut + BARRES_MAX]
        points = max(110.0, 56 + len(part) * (POINTS_PAR_BARRE + 8 * (len(series) - 1)))
        planche.garder_ensemble(points + 20)
        planche.vide(6)
        haut = planche.ligne
        colonnes = [Colonne("Contrat", 8, "dense_fort"), *(Colonne(nom, 4, f"dense:{format_}_cale") for _, nom, _ in series)]
        rangs = planche.tableau(colonnes, [[li["Territoire"] or li["Contrat"], *(li[t] for t, _, _ in series)] for li in part], couper=False)
        fin, planche.ligne = planche.ligne, haut
        large = sum(c.unites for c in colonnes)
        suite = f" ({debut + 1} à {debut + len(part)} sur {len(connues)})" if len(connues) > BARRES_MAX else ""
        dessinees = [Serie(nom, planche.plage(rangs, 0), planche.plage(rangs, 8 + 4 * i), couleur) for i, (_, nom, couleur) in enumerate(series)]
        planche.graphique(large + 1, UNITES - large - 1, points, "barres", titre + suite, dessinees, f"Barres : {titre.lower()}. Les chiffres sont dans le tableau à gauche.", format_valeurs=format_)
        planche.ligne = fin
        planche.completer(haut, points + 10)  # rows lose a fraction of a pixel each


# --- Money ------------------------------------------------------------------------------------------------------------


def _maquettes(planche: Planche, tables: Tables) -> None:
    lignes = tables[decrites.MAQUETTES]
    planche.bande("Chaque contrat face à sa maquette, depuis le début", suite=90)
    if not lignes:
        planche.phrases(["Aucun contrat."], "dense_doux")
        return
    colonnes = (
        Colonne("Contrat", 9, "dense_fort"), Colonne("Durée", 3), Colonne("Maquette", 4, MONTANT), Colonne("Engagé cumulé", 4, MONTANT), Colonne("Versé cumulé", 4, MONTANT),
        Colonne("Part engagée", 2, "dense:taux_cale"), Colonne("Reste à engager", 4, MONTANT), Colonne("Années absentes du cumul", 6, "dense_doux"),
    )  # fmt: skip
    rangees = [[
        m["Territoire"] or m["Titre"], f"{m['Première année']}-{m['Dernière année']}",
        *(m[t] for t in ("Maquette", "Engagé cumulé", "Versé cumulé", "Part engagée", "Reste à engager", "Années absentes")),
    ] for m in lignes]  # fmt: skip
    sommes = [somme(m[t] for m in lignes) for t in ("Maquette", "Engagé cumulé", "Versé cumulé")]
    total = [Case("Ensemble", "dense_total"), Case(None, "dense_total"), *(Case(s, TOTAL) for s in sommes), *(Case(None, "dense_total") for _ in range(3))]
    planche.tableau(colonnes, [*rangees, total])
    planche.phrases(["Un cumul ne réunit que les années dont l’engagement est connu ; sans toutes les années, le reste à engager n’est pas calculé."], "dense_doux")
    _barres_par_contrat(planche, "Maquette et engagé depuis le début", lignes, (("Maquette", "Maquette", "gris_moyen"), ("Engagé cumulé", "Engagé cumulé", "accent")), "montant_rond")


def _argent(planche: Planche, tables: Tables) -> None:
    """By nature and year: what was engaged; no total over natures."""
    lignes, annees = tables[decrites.FINANCEMENT], _contrats_et_annees(tables)[1]
    planche.bande("L’argent engagé par nature et par année, tous contrats", suite=190)
    if not lignes:
        planche.phrases(["Aucun montant n’est connu."], "dense_doux")
        return
    montrees = annees[-5:]
    colonnes = [Colonne("Nature", UNITES - 5 * len(montrees), "dense_fort"), *(Colonne(str(a), 5, MONTANT) for a in montrees)]
    rangees = [
        [nature, *(somme(li["Engagé"] for li in lignes if li["Nature"] == nature and li["Année"] == a) for a in montrees)] for nature in decrites.NATURES
    ]  # fmt: skip
    rangs = planche.tableau(colonnes, rangees, couper=False)
    planche.phrases([f"Les natures ne s’additionnent pas entre elles. Nombre de contrats{NBSP}: " + ", ".join(
        f"{a}{NBSP}: {sum(li['Année'] == a for li in tables[decrites.CONTRATS])}" for a in montrees
    ) + "."], "dense_doux")  # fmt: skip
    planche.vide(6)
    couleurs = ("gris_moyen", "axe4", "axe2", "axe3", "accent")[-len(montrees) :]
    debut = colonnes[0].unites
    series = [Serie(str(a), planche.plage(rangs, 0), planche.plage(rangs, debut + 5 * i), c) for i, (a, c) in enumerate(zip(montrees, couleurs, strict=True))]
    planche.garder_ensemble(200)
    planche.graphique(
        0, UNITES, 195, "colonnes", "Engagé par nature et par année", series, "Colonnes : montant engagé par nature, une couleur par année. Les chiffres sont dans le tableau au-dessus.",
        format_valeurs="montant_rond", etiquettes=False,
    )  # fmt: skip
    planche.avance(198)


def _financeurs(planche: Planche, tables: Tables, annee: int) -> None:
    """Funders of the last year, by name and level; a name is one name, whatever its case and accents."""
    groupes: dict[tuple[str, str], list[Ligne]] = {}
    for li in tables[decrites.FINANCEURS]:
        if li["Année"] == annee:
            groupes.setdefault((str(li["Financeur"] or "non précisé"), str(li["Nature"] or "non précisée")), []).append(li)
    rangees = [[f, n, len({li["Contrat"] for li in siennes}), *(somme(li[t] for li in siennes) for t in ("Prévu", "Engagé", "Versé"))] for (f, n), siennes in groupes.items()]
    rangees.sort(key=lambda r: (-(r[4] or 0), r[0], r[1]))
    planche.bande(f"Les financeurs en {annee}", suite=80)
    if not rangees:
        planche.phrases(["Aucune ligne de financeur n’est connue."], "dense_doux")
        return
    colonnes = (
        Colonne("Financeur", 10, "dense_fort"), Colonne("Nature", 9), Colonne("Contrats", 2, "dense:entier_cale"), Colonne("Prévu", 5, MONTANT), Colonne("Engagé", 5, MONTANT),
        Colonne("Versé", 5, MONTANT),
    )  # fmt: skip
    planche.tableau(colonnes, rangees[:FINANCEURS_MAX])
    autres = len(rangees) - FINANCEURS_MAX
    suite = f" {autres} ligne{'s' * (autres > 1)} de plus, plus petite{'s' * (autres > 1)}, dans la feuille Financeurs." if autres > 0 else ""
    planche.phrases([f"Un financeur est réuni d’un contrat à l’autre quand son nom est écrit de la même façon.{suite}"], "dense_doux")


def _postes(planche: Planche, tables: Tables, annee: int) -> None:
    lignes = [li for li in tables[decrites.POSTES] if li["Année"] == annee]
    planche.bande(f"Les postes de coordination en {annee}", suite=80)
    if not lignes:
        planche.phrases(["Aucun contrat ne décrit de poste de coordination."], "dense_doux")
        return
    colonnes = (
        Colonne("Contrat", 6, "dense_fort"), Colonne("Règle", 8), Colonne("ETP", 2, "dense:decimal_cale"), Colonne("Dépense", 3, ROND), Colonne("Aide possible", 3, ROND),
        Colonne("Aide engagée", 3, ROND), Colonne("Aide versée", 3, ROND), Colonne("À regarder", 8),
    )  # fmt: skip
    champs = ("Règle", "ETP", "Dépense réalisée", "Aide possible", "Aide engagée", "Aide versée")
    planche.tableau(colonnes, [[li["Territoire"] or li["Contrat"], *(li[t] for t in champs), Case(li["À regarder"], "dense_fort") if li["À regarder"] else None] for li in lignes])


# --- What did not come ------------------------------------------------------------------------------------------------


def _retards(planche: Planche, tables: Tables, annee: int) -> None:
    """The synthèses that are missing, by name; the returns that the last year lacks, by contract."""
    planche.bande("Qui est en retard", suite=60)
    lignes = tables[decrites.RETARDS]
    if not lignes:
        planche.phrases(["Personne : toutes les synthèses et tous les retours attendus sont là."], "dense_doux")
        return
    absentes = [li for li in lignes if li["Quoi"] == decrites.SYNTHESE_ABSENTE]
    if absentes:
        planche.sous_titre(f"Synthèses absentes : {len(absentes)}")
        colonnes = (Colonne("Contrat", 12, "dense_fort"), Colonne("Année", 3, "dense:petit_centre"), Colonne("Ce qu’on en sait", 21))
        planche.tableau(colonnes, [[li["Territoire"] or li["Contrat"], li["Année"], li["Précision"]] for li in absentes])
    groupes: dict[object, list[Ligne]] = {}
    for li in lignes:
        if li["Quoi"] != decrites.SYNTHESE_ABSENTE and li["Année"] == annee:
            groupes.setdefault(li["Territoire"] or li["Contrat"], []).append(li)
    if groupes:
        planche.sous_titre(f"Retours qui manquent aux synthèses de {annee}")
        colonnes = (Colonne("Contrat", 8, "dense_fort"), Colonne("Retours", 2, "dense:entier_cale"), Colonne("Structures et fiches", 26))
        planche.tableau(colonnes, [[contrat, len(siennes), _structures(siennes)] for contrat, siennes in groupes.items()])
    autres = len(lignes) - len(absentes) - sum(map(len, groupes.values()))
    if autres:
        planche.phrases([f"{autres} retour{'s' * (autres > 1)} des années précédentes manque{'nt' * (autres > 1)} aussi{NBSP}: feuille Retards."], "dense_doux")


def _structures(lignes: Sequence[Ligne]) -> str:
    par_structure: dict[str, list[str]] = {}
    for li in lignes:
        mot = "" if li["Quoi"] == decrites.RETOUR_MANQUANT else f" [{li['Quoi']}]"
        par_structure.setdefault(f"{li['Structure'] or 'structure inconnue'}{mot}", []).append(str(li["Fiche"] or "?"))
    return f"{NBSP}; ".join(f"{nom}{NBSP}: {', '.join(dict.fromkeys(fiches))}" for nom, fiches in par_structure.items())


def _ecartes(planche: Planche, tables: Tables) -> None:
    ecartes = [f for f in tables[decrites.FICHIERS] if f["Statut"] != decrites.RETENU]
    planche.bande("Les fichiers écartés", suite=60)
    if not ecartes:
        planche.phrases(["Aucun : tous les fichiers lus sont retenus."], "dense_doux")
        return
    colonnes = (Colonne("Fichier", 10, "dense_fort"), Colonne("Pourquoi", 4, "dense:petit_centre"), Colonne("Détail", 22))
    planche.tableau(colonnes, [[f["Fichier"], Case(f["Statut"], "etat_attention:petit_centre"), f["Raison"]] for f in ecartes[:ECARTES_MAX]])
    if len(ecartes) > ECARTES_MAX:
        planche.phrases([f"{len(ecartes) - ECARTES_MAX} de plus dans la feuille Fichiers."], "dense_doux")


def _provenance(planche: Planche) -> None:
    planche.bande("D’où viennent les chiffres", suite=60)
    planche.phrases([
        "• Chaque feuille qui suit est un tableau filtrable : chaque ligne dit son contrat, son fichier, sa feuille et sa cellule. Les sommes de cette page sont celles de leurs colonnes.",
        "• Les petits effectifs sont masqués comme dans les synthèses ; une case vide veut dire « non connu », jamais zéro.",
        "• D’un contrat à l’autre, seules les mesures de même thème et de même unité sont mises côte à côte ; rien n’en est additionné.",
    ], "dense")  # fmt: skip
