"""In the sheet « Région »: fiches by theme and by priority, measures of same theme and unit side by side."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from decimal import Decimal

from cls_workbook.contract.echelles import Listes
from cls_workbook.region import decrites
from cls_workbook.region.lignes import EN_PART, Ligne
from cls_workbook.results.colonnes import TableDecrite
from cls_workbook.results.donnees_decrites import PRIORITE, THEME
from cls_workbook.results.synthese_parts import UNITES, Case, Colonne, Planche, abrege
from cls_workbook.results.synthese_portrait import apparence
from cls_workbook.summaries.activity import SANS_RETOUR
from cls_workbook.xlsx.sheets import Serie

Tables = Mapping[TableDecrite, list[Ligne]]
ETATS_MAX, ANNEES_MAX, GRAPHIQUES_MAX, CONTRATS_PAR_GRAPHIQUE = 8, 5, 6, 30


def fiches_par_theme(planche: Planche, tables: Tables, annee: int) -> None:
    """Stacked bars by état for the themes; a table for the priorities."""
    for genre, titre, absence in (
        (THEME, f"Les fiches par thème en {annee}", "Aucun contrat ne dit les thèmes de ses fiches."),
        (PRIORITE, f"Les fiches par priorité du projet régional de santé en {annee}", "Aucun contrat ne dit quelles priorités du projet régional de santé servent ses fiches."),
    ):  # fmt: skip
        lignes = [li for li in tables[decrites.THEMES] if li["Année"] == annee and li["Genre"] == genre]
        planche.bande(titre, suite=150)
        if not lignes:
            planche.phrases([absence], "dense_doux")
        else:
            _par_etat(planche, lignes, dessiner=genre == THEME)
            planche.phrases(["Une fiche qui en a plusieurs compte dans chacun. Quelles fiches : feuille Thèmes."], "dense_doux")


def _par_etat(planche: Planche, lignes: Sequence[Ligne], dessiner: bool) -> None:
    comptes: dict[tuple[str, str], Counter] = {}
    for li in lignes:
        cle = str(li["Libellé"]), str(li["Identifiant"])
        comptes.setdefault(cle, Counter())[str(li["État"])] += int(li["Fiches"])
    listes = Listes()
    connus = (*listes.etats, SANS_RETOUR)
    etats = sorted({e for c in comptes.values() for e in c}, key=lambda e: (connus.index(e) if e in connus else len(connus), e))[:ETATS_MAX]
    nom = 14 if len(etats) > 5 else 16
    colonnes = [Colonne("Libellé", nom, "dense_fort"), *(Colonne(e[0].upper() + e[1:], 2, "dense:entier_tiret") for e in etats)]
    colonnes.append(Colonne("Fiches", 2, "dense:entier_cale"))
    rangees = [
        [libelle, *(comptes[libelle, i][e] for e in etats), sum(comptes[libelle, i].values())]
        for libelle, i in sorted(comptes, key=lambda c: (-sum(comptes[c].values()), c))
    ]  # fmt: skip
    rangs = planche.tableau(colonnes, rangees, couper=not dessiner)
    if dessiner:
        points = max(130.0, 64 + 22 * len(rangees))
        planche.garder_ensemble(points + 8)
        planche.vide(6)
        series = [Serie(c.titre, planche.plage(rangs, 0), planche.plage(rangs, nom + 2 * r), apparence(listes, e)[1]) for r, (c, e) in enumerate(zip(colonnes[1:], etats, strict=False))]
        planche.graphique(
            0, UNITES, points, "barres", "Fiches par thème et par état", series, "Barres empilées : nombre de fiches de chaque thème selon leur état. Les chiffres sont dans le tableau au-dessus.",
            empile=True, format_valeurs="entier_sans_zero",
        )  # fmt: skip
        planche.reserver(points + 2)


# --- Measures side by side --------------------------------------------------------------------------------------------


def mesures(planche: Planche, tables: Tables) -> None:
    """A table for each theme and unit: a row a measure of a contract, a column a year; then bars for the last year."""
    groupes: dict[tuple[str, str], list[Ligne]] = {}
    for li in tables[decrites.MESURES]:
        groupes.setdefault((str(li["Libellé du thème"]), str(li["Unité"])), []).append(li)
    planche.bande("Les mesures de même thème et de même unité, côte à côte", suite=120)
    if not groupes:
        planche.phrases(["Aucune mesure n’est déclarée du même thème et de la même unité par deux contrats."], "dense_doux")
        return
    planche.phrases(["Rien n’est additionné d’un contrat à l’autre : les territoires, les publics et les façons de compter diffèrent. La nature (flux, personnes, stock…) est rappelée."], "dense_doux")
    for rang, ((theme, unite), lignes) in enumerate(groupes.items()):
        _groupe(planche, theme, unite, lignes, dessiner=rang < GRAPHIQUES_MAX)


def _groupe(planche: Planche, theme: str, unite: str, lignes: Sequence[Ligne], dessiner: bool) -> None:
    annees = sorted({int(li["Année"]) for li in lignes})[-ANNEES_MAX:]
    valeurs = {(li["Contrat"], li["Mesure"], li["Année"]): li for li in lignes}
    rangees = []
    for contrat, mesure in dict.fromkeys((li["Contrat"], li["Mesure"]) for li in lignes):
        siennes = [valeurs.get((contrat, mesure, a)) for a in annees]
        modele = next(li for li in reversed(siennes) if li)
        rangees.append([
            modele["Territoire"] or contrat, f"{modele['Fiche']} · {modele['Libellé']}", str(modele["Agrégation"]).lower(), *(_case(li) for li in siennes),
        ])  # fmt: skip
    colonnes = [Colonne("Contrat", 9, "dense_fort"), Colonne("Fiche et mesure", UNITES - 13 - 3 * len(annees)), Colonne("Nature", 4), *(Colonne(str(a), 3, "dense:entier_cale") for a in annees)]
    dessinable = dessiner and len(rangees) <= CONTRATS_PAR_GRAPHIQUE
    planche.sous_titre(f"{theme} — unité : {unite}", suite=30 + 19 * len(rangees) if dessinable else 80)
    rangs = planche.tableau(colonnes, rangees, couper=not dessinable)
    if dessinable:
        points = max(110.0, 56 + (22 if len(rangees) <= 16 else 18) * len(rangees))
        planche.garder_ensemble(points + 8)
        planche.vide(4)
        debut = UNITES - 3
        format_ = "taux" if lignes[0]["Agrégation"] in EN_PART else "entier"
        serie = Serie(str(annees[-1]), planche.plage(rangs, 0), planche.plage(rangs, debut), "accent")
        planche.graphique(
            0, UNITES, points, "barres", abrege(f"{theme}, {annees[-1]} ({unite})", 90), [serie], f"Barres : {theme}, une barre par contrat. Les chiffres sont dans le tableau au-dessus.",
            format_valeurs=format_,
        )  # fmt: skip
        planche.reserver(points + 2)


def _case(ligne: Ligne | None) -> object:
    """The value with its format; « masqué » where the synthèse masks it; nothing where it is not known."""
    if ligne is None:
        return None
    valeur = ligne["Valeur"]
    if valeur is None:
        return Case("masqué", "dense_doux:petit_centre") if "masqué" in str(ligne["Réserve"] or "") else None
    if not isinstance(valeur, (int, Decimal)):
        return Case(valeur, "dense:petit_centre")
    if ligne["Agrégation"] in EN_PART:
        return Case(valeur, "dense:taux_cale")
    return Case(valeur, "dense:entier_cale" if valeur == int(valeur) else "dense:decimal_cale")
