"""The Synthèse: the portrait of a year, as the ARS reads it. One printed sheet, native charts, nothing hidden.

What it shows is already fit to leave: small counts are masked, no file is named, and what designates a person is taken
out of every text. The copy sent to the ARS is this same sheet.
"""

from __future__ import annotations

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT
from cls_workbook.contract.mots import PARTAGE, payeur
from cls_workbook.donnees_personnelles import sans_donnees_personnelles
from cls_workbook.francais import NBSP, date_fr
from cls_workbook.reading.vues import somme
from cls_workbook.results.resultat import Resultat, enregistrements
from cls_workbook.results.synthese_argent import argent
from cls_workbook.results.synthese_fiches import evolution, fiches, paroles
from cls_workbook.results.synthese_parts import PREMIERE, UNITES, Carte, Case, Colonne, Planche
from cls_workbook.results.synthese_portrait import Portrait, apparence, par_axe
from cls_workbook.summaries.activity import A_PROGRAMMER, SANS_RETOUR, taux_de_realisation
from cls_workbook.summaries.agregation import ESTIME
from cls_workbook.summaries.consolidation import DOUBLON, MANQUANT, REJETE
from cls_workbook.summaries.masking import MASQUE
from cls_workbook.xlsx.sheets import Cellule, Feuille, Impression, Plage, Serie

NOM = "Synthèse"
LOGOS_PAR_RANG = 7


def feuille(resultat: Resultat) -> Feuille:
    """The sheet, drawn. Masked and without personal data, whoever reads it."""
    portrait, planche = Portrait(resultat), Planche(NOM)
    resultat = portrait.resultat
    _bandeau(planche, resultat)
    _titre(planche, resultat)
    _chiffres(planche, portrait)
    _avancement(planche, portrait)
    planche.page_suivante()
    fiches(planche, portrait)
    evolution(planche, portrait)
    argent(planche, portrait)
    _gouvernance(planche, portrait)
    _territoire(planche, portrait)
    paroles(planche, portrait)
    _reserves(planche, portrait)
    page = planche.feuille
    page.cellules = [_anonyme(c) for c in page.cellules]  # once more, for what the contract itself says
    page.couleur_onglet, page.figee, page.selection = "accent", (1, 0), (1, PREMIERE)
    page.impression = Impression(
        lignes_repetees=(1, 1), zone=Plage(1, PREMIERE, planche.ligne - 1, PREMIERE + UNITES - 1),
        pied_gauche=f"{resultat.contrat.nom_court} · synthèse {resultat.nom_annee} · {resultat.etat}", sauts=page.impression.sauts,
    )  # fmt: skip
    return page


def _anonyme(cellule: Cellule) -> Cellule:
    return cellule._replace(valeur=sans_donnees_personnelles(cellule.valeur)) if isinstance(cellule.valeur, str) else cellule


# --- Heading ----------------------------------------------------------------------------------------------------------


def _bandeau(planche: Planche, resultat: Resultat) -> None:
    """The row repeated at the top of each printed page."""
    recus, attendus = resultat.recus_et_attendus()
    planche.place(0, 16, f"{resultat.contrat.nom_court} · synthèse {resultat.nom_annee}", "courant")
    droite = f"{resultat.etat} · consolidation du {date_fr(resultat.jour)} · {recus} retours reçus sur {attendus}"
    planche.place(16, 20, droite, "courant:droite")
    planche.avance(20)


def _titre(planche: Planche, resultat: Resultat) -> None:
    contrat = resultat.contrat
    planche.vide(6)
    planche.place(0, 29, contrat.titre, "titre")
    planche.place(29, 7, resultat.etat, "etat_bon:centre" if resultat.valide_le else "etat_attention:centre")
    planche.avance(34)
    planche.place(0, UNITES, f"Synthèse annuelle {resultat.nom_annee} · {contrat.type} · {contrat.territoire} · consolidation du {date_fr(resultat.jour)}", "sous_titre")
    planche.avance(22)
    _logos(planche, [s.nom for s in contrat.signataires])


def _logos(planche: Planche, noms: list[str]) -> None:
    """A frame for each signatory's logo, in as few even rows as possible."""
    if not noms:
        return
    rangs = -(-len(noms) // LOGOS_PAR_RANG)
    par_rang = -(-len(noms) // rangs)
    bornes = [round(rang * UNITES / par_rang) for rang in range(par_rang + 1)]
    planche.vide(4)
    for debut in range(0, len(noms), par_rang):
        for rang, nom in enumerate(noms[debut : debut + par_rang]):
            planche.place(bornes[rang], bornes[rang + 1] - bornes[rang], nom, "cadre_logo")
        planche.avance(52)
    planche.place(0, UNITES, "Emplacements des logos des signataires.", "aide_ligne")
    planche.avance(15)


# --- Key figures ------------------------------------------------------------------------------------------------------


def _chiffres(planche: Planche, portrait: Portrait) -> None:
    planche.bande(f"L’année {portrait.an()} en chiffres", suite=170)
    planche.vide(6)
    planche.cartes(_cartes_d_activite(portrait))
    planche.vide(6)
    planche.cartes(_cartes_d_argent(portrait))


def _cartes_d_activite(portrait: Portrait) -> list[Carte]:
    resultat, contrat = portrait.resultat, portrait.contrat
    recus, attendus = resultat.recus_et_attendus()
    repondues = sum(portrait.etat(f) != SANS_RETOUR for f in contrat.fiches)
    taux = taux_de_realisation(contrat, resultat.avancement)
    bloquants, confirmer = resultat.alertes(BLOQUANT), resultat.alertes(A_CONFIRMER)
    touchees = resultat.territoire["type"].value_counts() if len(resultat.territoire) else {}
    communes, quartiers = (int(touchees.get(t, 0)) for t in ("commune", "qpv"))
    inconnus = f", {len(resultat.a_preciser)} point{'s' * (len(resultat.a_preciser) > 1)} à préciser" if resultat.a_preciser else ""
    annoncees = f", {len(contrat.a_programmer)} à programmer" if contrat.a_programmer else ""
    return [
        Carte("Retours reçus", recus, "cle_entier", f"sur {attendus} attendus{inconnus}"),
        Carte("Fiches renseignées", repondues, "cle_entier", f"sur {len(contrat.fiches)} actives{annoncees}"),
        Carte("Taux de réalisation strict", taux.strict, "cle_taux", f"{taux.totales} réalisée{'s' * (taux.totales > 1)} en totalité sur {taux.programmees} programmées"),
        Carte("Taux de réalisation large", taux.large, "cle_taux", f"{taux.totales + taux.partielles} en totalité ou en partie sur {taux.programmees} programmées"),
        Carte("Alertes bloquantes", bloquants, "cle_entier", f"valeurs hors des totaux{NBSP}; {confirmer} autre{'s' * (confirmer > 1)} à confirmer", alerte=bool(bloquants)),
        Carte("Communes touchées", communes if len(resultat.territoire) else None, "cle_entier", _note_du_territoire(portrait, quartiers)),
    ]


def _note_du_territoire(portrait: Portrait, quartiers: int) -> str:
    connues = len(portrait.contrat.communes)
    qpv = len(portrait.contrat.qpv_en(portrait.annee))
    morceaux = [f"sur {connues}"] if connues else []
    return f"{NBSP}; ".join([*morceaux, f"{quartiers} QPV sur {qpv}"] if qpv else morceaux) or "territoire non renseigné"


def _cartes_d_argent(portrait: Portrait) -> list[Carte]:
    """The levels of the maquette side by side: none is added to another."""
    total = next(iter(enregistrements(portrait.resultat.totaux)), {})
    argent_ = portrait.argent.values()
    dotees = [a for a in argent_ if a["Montant contrat"] is not None]
    sans_montant = not dotees  # the contract gives its money as a whole: every fiche may draw on it
    dotees = dotees or list(argent_)
    couts, restes = [a["Coût réalisé"] for a in argent_], [a["Reste à engager"] for a in dotees]

    def sur(colonne: str) -> str:
        connus = sum(a[colonne] is not None for a in dotees)
        dites = "" if sans_montant else f" dotée{'s' * (connus > 1)}"
        return f"connu pour {connus} fiche{'s' * (connus > 1)}{dites} sur {len(dotees)}"

    annee, qui = portrait.an(), payeur(portrait.contrat)
    connus = sum(c is not None for c in couts)
    return [
        Carte(f"{qui} : prévu{'' if qui == PARTAGE else ' au contrat'}", total.get("Contrat"), "cle_montant", f"maquette, toute la durée{NBSP}; " + ("aucun montant par fiche" if sans_montant else f"{len(dotees)} fiches dotées")),
        Carte(f"{qui} : programmé {annee}", total.get("Programmé"), "cle_montant", sur("Programmé")),
        Carte(f"{qui} : engagé {annee}", total.get("Engagé"), "cle_montant", sur("Engagé")),
        Carte(f"{qui} : versé {annee}", total.get("Versé"), "cle_montant", sur("Versé")),
        Carte("Reste à engager", somme(restes), "cle_montant", sur("Reste à engager")),
        Carte(f"Coût réalisé {annee}", somme(couts), "cle_montant", f"tous financeurs{NBSP}; connu pour {connus} fiche{'s' * (connus > 1)} sur {len(couts)}"),
    ]


# --- Progress by axe --------------------------------------------------------------------------------------------------


def _avancement(planche: Planche, portrait: Portrait) -> None:
    """How many fiches of each axe are in each état: a table, and beside it the chart that reads it."""
    groupes = par_axe(portrait.contrat)
    points = max(205.0, 60.0 + 28 * len(groupes))
    planche.bande("L’avancement par axe", suite=points)
    if groupes and not any(fiches_ or titres for _, _, fiches_, titres in groupes):
        planche.phrases([f"{_sans_fiche(portrait)} Axes : {' ; '.join(titre for _, titre, _, _ in groupes)}."], "dense_doux")
        return
    if not groupes:
        planche.phrases(["Ce contrat ne décrit ni axe ni fiche."], "dense_doux")
        return
    listes = portrait.contrat.listes
    comptes = [[*(portrait.etat(f) for f in fiches_), *[A_PROGRAMMER] * len(titres)] for _, _, fiches_, titres in groupes]
    etats = [e for e in (*listes.etats, SANS_RETOUR, A_PROGRAMMER) if any(e in c for c in comptes)]
    colonnes = [Colonne("Axe", 8, "dense_fort"), *(Colonne(e[0].upper() + e[1:], 2, "dense:entier_tiret") for e in etats)]
    planche.vide(4)
    haut, large = planche.ligne, sum(c.unites for c in colonnes)
    lignes = planche.tableau(colonnes, [[titre, *(c.count(e) for e in etats)] for (_, titre, _, _), c in zip(groupes, comptes, strict=True)], couper=False)
    fin, planche.ligne = planche.ligne, haut
    series = [
        Serie(colonne.titre, planche.plage(lignes, 0), planche.plage(lignes, 8 + 2 * rang), apparence(listes, etat)[1])
        for rang, (colonne, etat) in enumerate(zip(colonnes[1:], etats, strict=True))
    ]
    phrase = " ; ".join(f"{sum(c.count(e) for c in comptes)} {e.lower()}" for e in etats)
    planche.graphique(
        large + 1, UNITES - large - 1, points, "barres", "Fiches par état", series, f"Barres empilées : nombre de fiches de chaque axe selon leur état. {phrase}.",
        empile=True, format_valeurs="entier_sans_zero",
    )  # fmt: skip
    planche.ligne = fin
    planche.completer(haut, points)


def _sans_fiche(portrait: Portrait) -> str:
    annoncees = portrait.contrat.actions_annoncees
    return "Ce contrat ne décrit encore aucune fiche." + (f" Il annonce {annoncees} actions." if annoncees else "")


# --- Governance and territory -----------------------------------------------------------------------------------------


def _gouvernance(planche: Planche, portrait: Portrait) -> None:
    planche.bande("Gouvernance et mobilisation", suite=70)
    instances = enregistrements(portrait.resultat.gouvernance)
    if not instances:
        planche.phrases(["Ce contrat ne décrit aucune instance."], "dense_doux")
    else:
        colonnes = (
            Colonne("Instance", 8, "dense_fort"), Colonne("Minimum par an", 3, "dense:entier_cale"), Colonne(f"Réunions tenues {portrait.an()}", 3, "dense:entier_cale"),
            Colonne("Minimum respecté", 4), Colonne("Structures conviées", 3, "dense:entier_cale"), Colonne("Structures présentes", 3, "dense:entier_cale"),
            Colonne("Taux de participation", 3, "dense:taux_cale"), Colonne("Réserve", 9, "dense_doux"),
        )  # fmt: skip
        planche.tableau(colonnes, [_instance(i) for i in instances])
    if generale := portrait.resultat.decisions.get(""):
        planche.sous_titre("Décisions et avis sur l’ensemble du contrat")
        planche.phrases([generale])


def _instance(i: dict) -> list[object]:
    tenues, minimum = i["Réunions tenues"], i["Minimum par an"]
    if tenues is None:
        respect = Case("non renseigné", "etat_absent:petit_centre")
    else:
        respect = Case("oui", "etat_bon:petit_centre") if tenues >= (minimum or 0) else Case("non", "etat_mauvais:petit_centre")
    return [i["Instance"], minimum, tenues, respect, i["Conviés"], i["Présents"], i["Taux de participation"], i["Réserve"]]


def _territoire(planche: Planche, portrait: Portrait) -> None:
    """Communes and QPV in three columns of names, each with the fiches that reached it."""
    contrat = portrait.contrat
    touches = {(r["type"], r["nom"]): r for r in enregistrements(portrait.resultat.territoire)}
    connus = [("commune", c.nom) for c in contrat.communes], [("qpv", q.nom) for q in contrat.qpv_en(portrait.annee)]
    autres = [cle for cle in touches if cle not in connus[0] and cle not in connus[1]]
    if not touches:
        planche.bande("Communes et quartiers prioritaires touchés", suite=30)
        planche.phrases(["Aucun retour ne dit quelles communes ni quels quartiers ont été touchés."], "dense_doux")
        return
    planche.bande("Communes et quartiers prioritaires touchés", suite=60 + 9 * len(contrat.communes))
    for titre, cles in (("Communes", connus[0]), ("Quartiers prioritaires (QPV)", connus[1]), ("Hors du territoire du contrat", autres)):
        if cles:
            atteints = sum(c in touches for c in cles)
            planche.sous_titre(f"{titre} : {atteints} sur {len(cles)}" if cles is not autres else titre)
            _trois_colonnes(planche, [(nom, touches.get((type_, nom))) for type_, nom in cles])


def _trois_colonnes(planche: Planche, lieux: list[tuple[str, dict | None]]) -> None:
    colonnes = (Colonne("Nom", 5, "dense_fort"), Colonne("Fiches", 2, "dense:entier_cale"), Colonne("Lesquelles", 5)) * 3
    par_colonne = -(-len(lieux) // 3)
    lignes = []
    for rang in range(par_colonne):
        ligne: list[object] = []
        for colonne in range(3):
            place = colonne * par_colonne + rang
            nom, touche = lieux[place] if place < len(lieux) else (None, None)
            if nom is None:
                ligne += [None, None, None]
            elif touche is None:
                ligne += [Case(nom, "dense_doux"), None, Case("non cité", "dense_doux")]
            else:
                ligne += [nom, touche["fiches"], touche["numeros"]]
        lignes.append(ligne)
    planche.tableau(colonnes, lignes)


# --- Reserves ---------------------------------------------------------------------------------------------------------


def _reserves(planche: Planche, portrait: Portrait) -> None:
    """What the figures above do not say: what is missing, refused, estimated, masked or left open."""
    planche.bande("Réserves", suite=50)
    notes = [f"[{numero}] {texte}" for texte, numero in portrait.notes.items()]
    rubriques = (
        ("Retours manquants ou écartés", _retours_absents(portrait)),
        ("Notes appelées entre crochets", notes),
        ("Sur l’ensemble des mesures", _sur_l_ensemble(portrait)),
        ("Points du contrat à préciser", [f"• {t}" for t in portrait.resultat.a_preciser]),
        ("Autres réserves", [f"• {t}" for t in portrait.resultat.reserves]),
    )  # fmt: skip
    if not any(textes for _, textes in rubriques):
        planche.phrases(["Aucune réserve."], "dense_doux")
    for titre, textes in rubriques:
        if textes:
            planche.sous_titre(titre, suite=22)
            if textes is notes:
                planche.phrases_en_deux_colonnes(notes)
            else:
                planche.phrases(textes)


def _retours_absents(portrait: Portrait) -> list[str]:
    """One sentence per fiche: who has not answered, whose answer was set aside. No file is named."""
    retours = enregistrements(portrait.resultat.retours)
    phrases = []
    for statut, mot in ((MANQUANT, "attendu{s} et non reçu{s}"), (REJETE, "reçu{s} et rejeté{s}"), (DOUBLON, "reçu{s} en double et écarté{s}")):
        siens: dict[str, list[str]] = {}
        for r in retours:
            if r["Statut"] == statut:
                nom = (r["Structure"] or "structure inconnue") + (f" ({r['Volet']})" if r["Volet"] else "")
                siens.setdefault(r["Fiche"] or "fiche inconnue", []).append(nom)
        if siens:
            total = sum(map(len, siens.values()))
            detail = f"{NBSP}; ".join(f"{fiche}{NBSP}: {', '.join(dict.fromkeys(noms))}" for fiche, noms in siens.items())
            phrases.append(f"• {total} {mot.format(s='s' * (total > 1))} — {detail}.")
    return phrases


def _sur_l_ensemble(portrait: Portrait) -> list[str]:
    lignes = list(portrait.indicateurs.values())
    reserves = [str(li["Réserve"] or "") for li in lignes]
    seuil = portrait.contrat.seuil_petits_effectifs
    comptes = (
        (sum(li["Valeur"] is None for li in lignes), "sans valeur publiée"),
        (sum(str(li["Couverture"] or "").startswith("partiel") for li in lignes), "sur une partie seulement des retours attendus"),
        (sum(ESTIME in r for r in reserves), "avec une part d’estimation"),
        (sum("non dédoublonné" in r for r in reserves), "sans dédoublonnage : un intervalle est donné au lieu d’un nombre"),
        (sum(MASQUE in r for r in reserves), f"sous le secret des petits effectifs : de 1 à {seuil}, rien ne sort"),
    )  # fmt: skip
    phrases = [f"• {n} mesure{'s' * (n > 1)} sur {len(lignes)} {mot}." for n, mot in comptes if n]
    if bloquants := portrait.resultat.alertes(BLOQUANT):
        phrases.append(f"• {bloquants} anomalie{'s' * (bloquants > 1)} bloquante{'s' * (bloquants > 1)}{NBSP}: les valeurs concernées ne sont dans aucun chiffre.")
    return phrases

