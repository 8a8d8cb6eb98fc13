"""Évolution: the years of the contract side by side, for each envelope and each measure, with native charts.

Drawn from ``Historique``, this year's rows included. Only what may be added over years is added; a sentence says what each
total is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from cls_workbook.contract.model import Contrat
from cls_workbook.contract.mots import du_payeur
from cls_workbook.francais import NBSP, date_fr
from cls_workbook.reading.vues import somme
from cls_workbook.results.resultat import Resultat, enregistrements
from cls_workbook.results.synthese_parts import PREMIERE, UNITES, Case, Colonne, Planche, abrege
from cls_workbook.summaries.agregation import sur_les_annees
from cls_workbook.summaries.historique import ENGAGE_PAR_FINANCEUR, ENVELOPPE, ETAT, MESURE, SEPARATEUR_DE_NOMS
from cls_workbook.xlsx.sheets import Feuille, Impression, Plage, Serie

NOM = "Évolution"
TEXTE_MAX = 160  # characters of a value in words; the rest is in Historique
GRAPHIQUES_MAX, PAR_RANG, POINTS = 12, 3, 165
ENVELOPPES_MAX = 3  # on a line of the whole contract; beyond, those of all funders together only
PROGRAMME, ENGAGE, VERSE = "Programmé sur la maquette", "Engagé sur la maquette", "Versé sur la maquette"
COULEURS = ("gris_moyen", "axe4", "accent")
_EN_TAUX = ("RATIO", "SATISFACTION")
MONTANT = "dense:montant_cale"
Serie_d_annees = dict[int, dict]


def feuille(resultat: Resultat) -> Feuille:
    """The sheet, drawn."""
    vue, planche = _Vue(resultat), Planche(NOM)
    contrat = resultat.contrat
    planche.place(0, UNITES, f"{contrat.nom_court} · évolution jusqu’en {resultat.nom_annee} · {resultat.etat}", "courant")
    planche.avance(20)
    planche.vide(6)
    planche.place(0, UNITES, f"Évolution {contrat.nom_annee(vue.annees[0])} à {contrat.nom_annee(vue.annees[-1])}", "titre")
    planche.avance(34)
    planche.phrases([vue.avertissement()], "dense_doux")
    _argent(planche, vue)
    _fiches(planche, vue)
    _financeurs(planche, vue)
    _mesures(planche, vue)
    page = planche.feuille
    page.couleur_onglet, page.figee, page.selection = "accent", (1, 0), (1, PREMIERE)
    page.impression = Impression(
        lignes_repetees=(1, 1), zone=Plage(1, PREMIERE, planche.ligne - 1, PREMIERE + UNITES - 1),
        pied_gauche=f"{contrat.nom_court} · évolution · consolidation du {date_fr(resultat.jour)}", sauts=page.impression.sauts,
    )  # fmt: skip
    return page


class _Vue:
    """The history by thing followed: series of rows by year, in the contract's order, what has ended last."""

    def __init__(self, resultat: Resultat):
        self.contrat: Contrat = resultat.contrat
        self.lignes = enregistrements(resultat.historique)
        vues = {r["Année"] for r in self.lignes}
        self.annees = list(range(min({resultat.annee, *self.contrat.annees}), max({resultat.annee, *self.contrat.annees, *vues}) + 1))
        self.annee, self.connues = resultat.annee, vues
        self.rangs = {f.numero: rang for rang, f in enumerate(self.contrat.fiches)}

    def avertissement(self) -> str:
        passees = [a for a in self.annees if a < self.annee]
        absentes = [self.contrat.nom_annee(a) for a in passees if a not in self.connues]
        manque = f" Aucune consolidation n’est connue pour {', '.join(absentes)} : donnez celle de l’an dernier (--precedent)." if absentes else ""
        return f"Une case vide veut dire « non connu », jamais zéro. La dernière colonne dit ce qu’est le cumul, ou pourquoi il n’y en a pas.{manque}"

    def series(self, objet: str, *cle: str) -> dict[tuple, Serie_d_annees]:
        """Key (the columns ``cle``) → year → row."""
        trouvees: dict[tuple, Serie_d_annees] = {}
        for r in self.lignes:
            if r["Objet"] == objet:
                trouvees.setdefault(tuple(r[c] or "" for c in cle), {})[r["Année"]] = r
        rang = cle.index("Fiche") if "Fiche" in cle else None
        return dict(sorted(trouvees.items(), key=lambda e: self.rangs.get(e[0][rang], len(self.rangs)))) if rang is not None else trouvees

    def total(self, objet: str) -> dict[int, Decimal]:
        """Year → sum over the fiches of an amount; a year without any figure is absent."""
        sommes = {a: somme(r["Valeur"] for r in self.lignes if r["Objet"] == objet and r["Année"] == a) for a in self.connues}
        return {a: m for a, m in sommes.items() if m is not None}

    def colonnes(self, libelle: str, unites: int, style: str, reste: Sequence[Colonne]) -> list[Colonne]:
        """A label, one column a year, then ``reste``, over the whole width."""
        pris = unites + sum(c.unites for c in reste)
        large = max(2, (UNITES - pris) // len(self.annees))
        pris += large * len(self.annees)
        return [Colonne(libelle, unites + max(0, UNITES - pris)), *(Colonne(self.contrat.nom_annee(a), large, style) for a in self.annees), *reste]


# --- Money --------------------------------------------------------------------------------------------------------------


def _argent(planche: Planche, vue: _Vue) -> None:
    """The contract as a whole: a row a year, so that a chart can read its columns; then what each total is."""
    planche.bande(f"L’argent {du_payeur(vue.contrat)}, année par année", suite=220)
    series = _ensemble(vue)
    if not series:
        planche.phrases(["Aucun montant n’est connu."], "dense_doux")
        return
    large = (UNITES - 4) // len(series)
    colonnes = [Colonne("Année", UNITES - large * len(series), "dense_fort"), *(Colonne(nom, large, MONTANT) for nom in series)]
    annees = [[vue.contrat.nom_annee(a), *(serie.get(a) for serie, _ in series.values())] for a in vue.annees]
    cumuls = [Case("Cumul", "dense_total"), *(Case(cumul(serie), "dense_total:montant_cale") for serie, cumul in series.values())]
    planche.vide(4)
    premiere, _ = planche.tableau(colonnes, [*annees, cumuls], couper=False)
    planche.phrases(
        ["Cumul : somme des années pour ce qui est engagé, versé ou dépensé et pour les enveloppes annuelles ; dernière valeur pour les montants inscrits ; le programmé ne se cumule pas."],
        "dense_doux",
    )
    niveaux = [n for n in (PROGRAMME, ENGAGE, VERSE) if n in series]
    if niveaux:
        planche.garder_ensemble(POINTS + 8)
        planche.vide(4)
        lignes, rangs = (premiere, premiere + len(annees) - 1), list(series)
        places = {n: colonnes[0].unites + large * rangs.index(n) for n in niveaux}
        barres = [Serie(n.partition(" ")[0], planche.plage(lignes, 0), planche.plage(lignes, places[n]), c) for n, c in zip(niveaux, COULEURS, strict=False)]
        titre = f"La maquette {du_payeur(vue.contrat)} par année"
        planche.graphique(0, UNITES, POINTS, "colonnes", titre, barres, f"Colonnes : {', '.join(niveaux).lower()}, année par année.", format_valeurs="montant_rond")
        planche.avance(POINTS)


def _ensemble(vue: _Vue) -> dict[str, tuple[dict[int, Decimal], Callable[[dict], object]]]:
    """Name of a column → (year → EUR, how the years make one figure)."""

    def ajoutes(serie: dict[int, Decimal]) -> object:
        return somme(serie.values())

    def dernier(serie: dict[int, Decimal]) -> object:
        return serie[max(serie)]

    series = {}
    enveloppes = vue.series(ENVELOPPE, "Libellé", "Financeur")
    for (libelle, financeur), serie in enveloppes.items():
        if not financeur or len(enveloppes) <= ENVELOPPES_MAX:
            nom = f"{libelle} — {financeur}" if financeur else libelle
            series[nom] = ({a: r["Valeur"] for a, r in serie.items()}, ajoutes if libelle == "Enveloppe de l’année" else dernier)
    regles = {"Montants inscrits aux fiches": ("Montant contrat", dernier), PROGRAMME: ("Programmé", lambda _: None), ENGAGE: ("Engagé", ajoutes), VERSE: ("Versé", ajoutes), "Coût réalisé": ("Coût réalisé", ajoutes)}
    for nom, (objet, cumul) in regles.items():
        if totaux := vue.total(objet):
            series[nom] = (totaux, cumul)
    return series


def _fiches(planche: Planche, vue: _Vue) -> None:
    """Fiche by fiche: state, contract's amount, what was engaged each year and in all, what is left."""
    planche.bande("L’argent et l’état de chaque fiche", suite=110)
    etats, montants, engages = vue.series(ETAT, "Fiche"), vue.series("Montant contrat", "Fiche"), vue.series("Engagé", "Fiche")
    numeros = sorted({*etats, *montants, *engages}, key=lambda c: vue.rangs.get(c[0], len(vue.rangs)))
    lignes = []
    for cle in numeros:
        annees = {**etats.get(cle, {}), **montants.get(cle, {})}
        titre = next((r["Libellé"] for a, r in sorted({**annees, **engages.get(cle, {})}.items(), reverse=True) if r["Libellé"]), "")
        finie = "" if cle[0] in vue.rangs else " (retirée)"
        serie = {a: r["Valeur"] for a, r in engages.get(cle, {}).items()}
        prevu = montants[cle][max(montants[cle])]["Valeur"] if cle in montants else None
        cumul = somme(serie.values())
        dernier = etats[cle][max(etats[cle])] if cle in etats else None
        reste = prevu - cumul if prevu is not None and cumul is not None and not finie else None
        etat = f"{dernier['Valeur']} ({vue.contrat.nom_annee(dernier['Année'])})" if dernier else None
        lignes.append([f"{cle[0]} · {titre}{finie}", etat, prevu, *(serie.get(a) for a in vue.annees), cumul, reste])
    if not lignes:
        planche.phrases(["Ce contrat ne décrit encore aucune fiche."], "dense_doux")
        return
    reste = (Colonne("Engagé en tout", 3, "dense_fort:montant_cale"), Colonne("Reste à engager", 3, MONTANT))
    base = vue.colonnes("Fiche", 13, MONTANT, reste)
    colonnes = [base[0]._replace(unites=base[0].unites - 7), Colonne("Dernier état", 4), Colonne("Contrat", 3, MONTANT), *base[1:]]
    planche.tableau(colonnes, lignes)
    planche.phrases(["Engagé sur la maquette, année par année ; le reste est celui du montant en vigueur. Une fiche retirée garde ce qui y fut engagé."], "dense_doux")


def _financeurs(planche: Planche, vue: _Vue) -> None:
    """Who engaged what each year, all fiches together; natures are not added to each other."""
    sommes: dict[tuple[str, str], dict[int, Decimal]] = {}
    for r in vue.lignes:
        if r["Objet"] == ENGAGE_PAR_FINANCEUR:
            par_annee = sommes.setdefault((r["Financeur"] or "non précisé", r["Nature"] or "sans nature"), {})
            par_annee[r["Année"]] = par_annee.get(r["Année"], Decimal(0)) + r["Valeur"]
    if not sommes:
        return
    planche.bande("Ce que chaque financeur a engagé", suite=90)
    lignes = [[f"{f} — {n}", *(serie.get(a) for a in vue.annees), somme(serie.values())] for (f, n), serie in sommes.items()]
    planche.tableau(vue.colonnes("Financeur et nature", 12, MONTANT, (Colonne("Cumul", 4, "dense_fort:montant_cale"),)), lignes)


# --- Measures -----------------------------------------------------------------------------------------------------------


def _mesures(planche: Planche, vue: _Vue) -> None:
    """Every measure that has a value one year at least, then charts of the contract's key measures."""
    series = vue.series(MESURE, "Fiche", "Mesure")
    planche.bande("Chaque mesure, année par année", suite=110)
    if not series:
        planche.phrases(["Aucune mesure n’a encore de valeur."], "dense_doux")
        return
    colonnes = vue.colonnes("Fiche et mesure", 9, "dense:entier_cale", (Colonne("Unité", 3), Colonne("Valeur initiale", 2, "dense:entier_cale"), Colonne("Cumul", 3, "dense:entier_cale"), Colonne("Ce qu’est le cumul", 6)))
    planche.tableau(colonnes, [_ligne(vue, fiche, serie) for (fiche, _), serie in series.items()])
    cles = {m.id for f in vue.contrat.fiches for m in f.mesures if m.cle}
    _petits_graphiques(planche, vue, [(fiche, serie) for (fiche, mesure), serie in series.items() if mesure in cles and len(_chiffres(serie)) > 1])


def _ligne(vue: _Vue, fiche: str, serie: Serie_d_annees) -> list[object]:
    derniere = serie[max(serie)]
    style = _style(derniere["Agrégation"])
    cumul, dit = _cumul(vue, serie)
    return [
        f"{fiche} · {derniere['Libellé']}", *(_case(serie[a]["Valeur"], style) if a in serie else None for a in vue.annees), derniere["Unité"],
        _case(derniere["Valeur initiale"], style), _case(cumul, style, "dense_fort"), dit,
    ]  # fmt: skip


def _chiffres(serie: Serie_d_annees) -> dict[int, object]:
    return {a: r["Valeur"] for a, r in serie.items() if isinstance(r["Valeur"], (int, float, Decimal))}


def _cumul(vue: _Vue, serie: Serie_d_annees) -> tuple[object, str]:
    """What several years make together, by the rule of the measure; its values as that rule wants them."""
    derniere = serie[max(serie)]
    agregation = derniere["Agrégation"]

    def valeur(r: dict) -> object:
        if agregation == "RATIO" and r["Numérateur"] is not None and r["Dénominateur"] is not None:
            return r["Numérateur"], r["Dénominateur"]
        if agregation == "ENTITES" and r["Noms"]:
            return set(str(r["Noms"]).split(SEPARATEUR_DE_NOMS))
        return r["Valeur"]

    suivies = [a for a in vue.annees if min(serie) <= a <= vue.annee]
    initiale = derniere["Valeur initiale"]
    return sur_les_annees(agregation, {a: valeur(serie[a]) if a in serie else None for a in suivies}, None if initiale is None else Decimal(initiale))


def _style(agregation: str) -> str:
    return "taux_cale" if agregation in _EN_TAUX else "decimal_cale" if agregation == "MOYENNE" else "entier_cale"


def _case(valeur: object, style: str, role: str = "dense") -> Case:
    if isinstance(valeur, (int, float, Decimal)):
        return Case(valeur, f"{role}:decimal_cale" if style == "entier_cale" and valeur != int(valeur) else f"{role}:{style}")
    return Case(abrege(str(valeur), TEXTE_MAX) if valeur is not None else None, role)


def _petits_graphiques(planche: Planche, vue: _Vue, mesures: list[tuple[str, Serie_d_annees]]) -> None:
    """Three key measures side by side: a row a year, and the chart that reads it."""
    retenues = mesures[:GRAPHIQUES_MAX]
    if not retenues:
        return
    planche.sous_titre("Les mesures clés en images", suite=POINTS + 70 + 20 * len(vue.annees))
    for debut in range(0, len(retenues), PAR_RANG):
        groupe = retenues[debut : debut + PAR_RANG]
        planche.garder_ensemble(POINTS + 60 + 20 * len(vue.annees))
        planche.vide(4)
        titres = [f"{fiche} · {serie[max(serie)]['Libellé']}" for fiche, serie in groupe]
        styles = [_style(serie[max(serie)]["Agrégation"]) for _, serie in groupe]
        colonnes = [c for titre in titres for c in (Colonne("Année", 3, "dense_fort"), Colonne(abrege(titre, 70), 9, "dense:entier_cale"))]
        lignes = []
        for a in vue.annees:
            lignes.append([c for (_, serie), style in zip(groupe, styles, strict=True) for c in (vue.contrat.nom_annee(a), _case(_chiffres(serie).get(a), style))])
        plage = planche.tableau(colonnes, lignes, couper=False)
        for rang, (titre, style) in enumerate(zip(titres, styles, strict=True)):
            barres = [Serie(titre, planche.plage(plage, 12 * rang), planche.plage(plage, 12 * rang + 3), "accent")]
            planche.graphique(
                rang * 12, 12, POINTS, "colonnes", abrege(titre, 52), barres, f"Colonnes : {titre}, année par année. Les chiffres sont dans le tableau au-dessus.",
                format_valeurs="taux" if style == "taux_cale" else "entier",
            )  # fmt: skip
        planche.avance(POINTS)
    if autres := len(mesures) - len(retenues):
        planche.phrases([f"{autres} autre{'s' * (autres > 1)} mesure{'s' * (autres > 1)} clé{'s' * (autres > 1)}{NBSP}: dans le tableau."], "dense_doux")
