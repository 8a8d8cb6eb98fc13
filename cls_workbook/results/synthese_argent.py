"""The money in the Synthèse: maquette, post of coordination, then what is outside; never one total for all of it."""

from __future__ import annotations

from decimal import Decimal

from cls_workbook.contract.model import Fiche
from cls_workbook.contract.mots import du_payeur, payeur
from cls_workbook.contract.regles import ecart_relatif
from cls_workbook.francais import NBSP, montant_fr
from cls_workbook.reading.vues import somme
from cls_workbook.results.postes import fiches_a_poste, postes
from cls_workbook.results.resultat import enregistrements
from cls_workbook.results.synthese_parts import UNITES, Case, Colonne, Planche, abrege
from cls_workbook.results.synthese_portrait import Portrait
from cls_workbook.summaries.funding import regles_de_poste
from cls_workbook.xlsx.sheets import Serie

FINANCEURS_MAX, FINANCEURS_LISTES, POINTS_DES_GRAPHIQUES = 8, 20, 180
MONTANT, TOTAL = "dense:montant_cale", "dense_total:montant_cale"
# What is printed where the contract gives no amount: the states stay distinct.
ETATS_DU_MONTANT = {
    "non_determine": "non déterminé", "a_definir": "à définir", "regle": "selon une règle", "vide": "laissé vide", "absente": "non imprimé",
}  # fmt: skip
NATURES = ("ARS hors maquette", "Cofinancements", "Valorisation")


def argent(planche: Planche, portrait: Portrait) -> None:
    """Four kinds of money, one after the other, then what each funder brought."""
    if not portrait.contrat.fiches and not len(portrait.resultat.financements):
        planche.bande("Financement")
        planche.phrases(["Ce contrat ne décrit aucun financement, et aucun retour n’en donne."], "dense_doux")
        return
    _maquette(planche, portrait)
    _postes(planche, portrait)
    _hors_maquette(planche, portrait)
    _sous_totaux(planche, portrait)


# --- The maquette -----------------------------------------------------------------------------------------------------


def _maquette(planche: Planche, portrait: Portrait) -> None:
    annee = portrait.an()
    planche.bande(f"Financement : la maquette {du_payeur(portrait.contrat)}", suite=150)
    colonnes = (
        Colonne("N°", 1, "dense_fort:petit_centre"), Colonne("Fiche", 6), Colonne("Contrat (toute la durée)", 3, MONTANT),
        Colonne(f"Programmé {annee}", 3, MONTANT), Colonne(f"Engagé {annee}", 3, MONTANT), Colonne(f"Versé {annee}", 3, MONTANT),
        Colonne("Écart engagé − programmé", 3, "dense:montant_signe_cale"), Colonne("en %", 2, "dense:taux_signe_cale"),
        Colonne("Écart versé − engagé", 3, "dense:montant_signe_cale"), Colonne("en %", 2, "dense:taux_signe_cale"),
        Colonne("Reste à engager", 3, MONTANT), Colonne("Taux prévu", 2, "dense:taux_cale"), Colonne("Taux constaté", 2, "dense:taux_cale"),
    )  # fmt: skip
    lignes = [_ligne_de_maquette(portrait, fiche) for fiche in portrait.contrat.fiches if not regles_de_poste(portrait.contrat, fiche.numero)]
    planche.tableau(colonnes, [*lignes, _total_de_maquette(portrait)])
    notes = [str(r["Réserve"]) for r in enregistrements(portrait.resultat.totaux)[:1] if r.get("Réserve")]
    postes = fiches_a_poste(portrait)
    if postes:
        notes.append(f"Le poste de coordination (fiche {', '.join(f.numero for f in postes)}) est en plus de la maquette : voir plus bas.")
    notes.append(f"Taux constaté : {payeur(portrait.contrat)} versé / coût réalisé. Il ne se compare qu’à un taux d’intervention imprimé au contrat.")
    planche.phrases([n[0].upper() + n[1:] for n in notes], "dense_doux")
    propres = tuple(f"Fiche {f.numero}{NBSP}:" for f in postes)
    autres = [e for e in portrait.resultat.explications if not propres or not e.startswith(propres)]
    if autres:
        planche.sous_titre("Ce que disent les règles de financement")
        planche.phrases([f"• {e}" for e in autres])


def _ligne_de_maquette(portrait: Portrait, fiche: Fiche) -> list[object]:
    a = portrait.argent.get(fiche.numero, {})
    montant: object = a.get("Montant contrat")
    if montant is None:
        montant = Case(ETATS_DU_MONTANT.get(fiche.financement.montant_etat), "dense_doux:droite")
    taux = fiche.financement.taux if fiche.financement.taux_pur else None
    return [
        fiche.numero, fiche.titre, montant, a.get("Programmé"), a.get("Engagé"), a.get("Versé"), *_ecart(a.get("Programmé"), a.get("Engagé")),
        *_ecart(a.get("Engagé"), a.get("Versé")), a.get("Reste à engager"), taux, a.get("Taux constaté"),
    ]  # fmt: skip


def _ecart(depuis: Decimal | None, vers: Decimal | None) -> tuple[Decimal | None, Decimal | None]:
    """(difference in euros, share of the first amount); None where one of the two is not known."""
    if depuis is None or vers is None:
        return None, None
    return vers - depuis, ecart_relatif(depuis, vers)


def _total_de_maquette(portrait: Portrait) -> list[Case]:
    t = next(iter(enregistrements(portrait.resultat.totaux)), {})
    restes = somme(a["Reste à engager"] for a in portrait.argent.values())
    return [
        Case(None, "dense_total"), Case("Total de la maquette", "dense_total"),
        *(Case(t.get(c), TOTAL) for c in ("Contrat", "Programmé", "Engagé", "Versé")),
        Case(t.get("Écart engagé - programmé"), "dense_total:montant_signe_cale"), Case(t.get("Écart engagé - programmé (%)"), "dense_total:taux_signe_cale"),
        Case(t.get("Écart versé - engagé"), "dense_total:montant_signe_cale"), Case(t.get("Écart versé - engagé (%)"), "dense_total:taux_signe_cale"),
        Case(restes, TOTAL), Case(None, "dense_total"), Case(None, "dense_total"),
    ]  # fmt: skip


# --- The post of coordination -----------------------------------------------------------------------------------------


def _postes(planche: Planche, portrait: Portrait) -> None:
    """What each post cost, what the rule allows, what was engaged and paid, and the rule in a sentence."""
    fiches = fiches_a_poste(portrait)
    if not fiches:
        return
    planche.bande("Financement : le poste de coordination, en plus de la maquette", suite=110)
    colonnes = (
        Colonne("N°", 1, "dense_fort:petit_centre"), Colonne("Règle du contrat", 14), Colonne("Dépense réalisée", 4, MONTANT),
        Colonne("ETP", 2, "dense:decimal_cale"), Colonne("Aide possible", 4, MONTANT), Colonne("Aide engagée", 4, MONTANT), Colonne("Aide versée", 4, MONTANT),
        Colonne("Aide / dépense", 3, "dense:taux_cale"),
    )  # fmt: skip
    champs = ("Fiche", "Règle", "Dépense réalisée", "ETP", "Aide possible", "Aide engagée", "Aide versée", "Aide / dépense")
    planche.tableau(colonnes, [[poste[c] for c in champs] for poste in postes(portrait)])
    debuts = tuple(f"Fiche {f.numero}{NBSP}:" for f in fiches)
    planche.phrases([f"• {e}" for e in portrait.resultat.explications if e.startswith(debuts)])


# --- Outside the maquette ---------------------------------------------------------------------------------------------


def _hors_maquette(planche: Planche, portrait: Portrait) -> None:
    """By fiche, three columns that are never added to each other."""
    planche.bande("Financement : hors maquette, cofinancements, valorisation", suite=110)
    de_poste = {f.numero for f in fiches_a_poste(portrait)}
    lignes, totaux = [], dict.fromkeys(NATURES)
    for fiche in portrait.contrat.fiches:
        a = dict(portrait.argent.get(fiche.numero, {}))
        if fiche.numero in de_poste:
            a["ARS hors maquette"] = None  # said just above
        if any(a.get(c) is not None for c in ("Coût réalisé", *NATURES)):
            lignes.append([fiche.numero, fiche.titre, a.get("Coût réalisé"), *(a.get(c) for c in NATURES)])
            totaux = {c: somme((totaux[c], a.get(c))) for c in NATURES}
    if not lignes:
        planche.phrases(["Aucun retour ne donne de coût réalisé, de crédit hors maquette, de cofinancement ni de valorisation."], "dense_doux")
        return
    colonnes = (
        Colonne("N°", 1, "dense_fort:petit_centre"), Colonne("Fiche", 15), Colonne("Coût réalisé", 5, MONTANT),
        Colonne("ARS hors maquette (CPOM, fonds) : engagé", 5, MONTANT), Colonne("Cofinancements : engagé", 5, MONTANT),
        Colonne("Valorisation, sans versement", 5, MONTANT),
    )  # fmt: skip
    total = [Case(None, "dense_total"), Case("Sous-totaux, à ne pas additionner", "dense_total"), Case(None, TOTAL), *(Case(totaux[c], TOTAL) for c in NATURES)]
    planche.tableau(colonnes, [*lignes, total])
    planche.phrases(["Le coût réalisé réunit tous les financeurs de la fiche. Les natures d’argent ne s’additionnent pas entre elles."], "dense_doux")


# --- Charts -----------------------------------------------------------------------------------------------------------


def _sous_totaux(planche: Planche, portrait: Portrait) -> None:
    """What was engaged by nature and by funder: two tables, each beside the chart that reads it."""
    natures = [[r["Sous-total"], r["Engagé"]] for r in enregistrements(portrait.resultat.totaux) if r["Engagé"] is not None]
    planche.bande(f"Qui finance quoi en {portrait.an()}", suite=POINTS_DES_GRAPHIQUES)
    if not natures:
        planche.phrases([f"Aucun montant engagé en {portrait.an()} n’est connu."], "dense_doux")
        return
    colonnes = (Colonne("Nature", 10, "dense_fort"), Colonne(f"Engagé {portrait.an()}", 4, MONTANT))
    alternatif = "Barres : montant engagé pour chaque nature. " + " ; ".join(f"{nom} {montant_fr(m)}" for nom, m in natures) + "."
    _table_et_barres(planche, colonnes, natures, len(natures), "Engagé par nature (à ne pas additionner)", alternatif)
    lignes = enregistrements(portrait.resultat.par_financeur)
    engages = sorted((r for r in lignes if r["Engagé"] is not None), key=lambda r: -r["Engagé"])
    if not engages:
        return
    planche.vide()
    rangees = [[" — ".join(t for t in (r["Financeur"], r["Nature"]) if t) or "non précisé", r["Engagé"], r["Versé"]] for r in engages]
    colonnes = (
        Colonne("Financeur et nature", 10, "dense_fort"), Colonne(f"Engagé {portrait.an()}", 4, MONTANT), Colonne(f"Versé {portrait.an()}", 4, MONTANT),
    )  # fmt: skip
    montres = min(len(rangees), FINANCEURS_MAX)
    titre = "Engagé et versé par financeur" + (f" ({montres} premiers)" if len(rangees) > montres else "")
    alternatif = "Barres : engagé et versé par financeur et nature. " + " ; ".join(f"{n} {montant_fr(m)} engagés" for n, m, _ in rangees[:3]) + "."
    _table_et_barres(planche, colonnes, rangees[:FINANCEURS_LISTES], montres, titre, alternatif)
    if autres := len(lignes) - min(len(rangees), FINANCEURS_LISTES):
        planche.phrases([f"{autres} ligne{'s' * (autres > 1)} de plus, plus petite{'s' * (autres > 1)} ou sans montant engagé, dans la consolidation."], "dense_doux")


def _table_et_barres(planche: Planche, colonnes: tuple[Colonne, ...], rangees: list[list], montres: int, titre: str, alternatif: str) -> None:
    """A table, and beside it bars for its first ``montres`` rows."""
    points = max(120.0, 46 + montres * (26 if len(colonnes) < 3 else 34))
    planche.garder_ensemble(max(points, 30 + 20 * len(rangees)) + 4)
    planche.vide(4)
    haut, large = planche.ligne, sum(c.unites for c in colonnes)
    premiere, _ = planche.tableau(colonnes, rangees, couper=False)
    fin, planche.ligne = planche.ligne, haut
    lignes = (premiere, premiere + montres - 1)
    debuts = [sum(c.unites for c in colonnes[:rang]) for rang in range(len(colonnes))]
    couleurs = ("accent", "axe2")
    series = [
        Serie(colonne.titre, planche.plage(lignes, 0), planche.plage(lignes, debut), couleur)
        for colonne, debut, couleur in zip(colonnes[1:], debuts[1:], couleurs, strict=False)
    ]
    planche.graphique(large + 1, UNITES - large - 1, points, "barres", titre, series, abrege(alternatif, 400), format_valeurs="montant_rond")
    planche.ligne = fin
    planche.completer(haut, points)
