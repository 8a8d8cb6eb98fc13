"""The coordinator's workbook as it is drawn: Accueil, Groupes, Programmation, Gouvernance, Décisions, Suivi.

Each sheet function gives its page, and what Accueil says of it. All figures shown by a formula are computed here
too, so that the workbook reads well without being recalculated.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from cls_workbook.contract.fields import Bloc
from cls_workbook.contract.model import Contrat, Fiche, Structure
from cls_workbook.entry import listes
from cls_workbook.entry.layout import Page, Rangee, hauteur
from cls_workbook.entry.workbook import Repondant, repondants
from cls_workbook.francais import typographie
from cls_workbook.pilotage import fields as pf
from cls_workbook.pilotage.form import NOTE, B, C, Compte, D, E, F, G, H, Trace, Zone, bande, entetes, nouvelle_page, saisir, tableau, titre
from cls_workbook.xlsx.sheets import Classeur, Formule, Lien, MiseEnForme, Plage, adresse, reference

if TYPE_CHECKING:
    from cls_workbook.pilotage import Pilotage, Relance

ACCUEIL, GROUPES, PROGRAMMATION, GOUVERNANCE, DECISIONS, SUIVI = "Accueil", "Groupes", "Programmation", "Gouvernance", "Décisions", "Suivi"

INTRODUCTION = (
    "Ce classeur est celui de la coordination : il réunit ce que le contrat ne dit pas et que les partenaires ne peuvent pas dire à sa place.",
    "Tout y est facultatif. Ce qui reste vide est tenu pour inconnu, jamais pour nul : les bilans le disent.",
    "Il se remplit au fil de l’année et se garde d’une fois sur l’autre : il sert à fabriquer les classeurs des partenaires, puis à consolider leurs retours.",
    "Besoin de plus de lignes dans un tableau ? Clic droit sur une de ses lignes, puis Insérer.",
)
LEGENDE = (
    ("legende_saisie:texte", "À saisir", "Fond jaune, contour plein : nécessaire dès que la ligne est commencée."),
    ("legende_saisie_optionnelle:texte", "Facultatif", "Fond clair, contour pointillé : seulement si vous avez l’information."),
    ("repere:texte", "Rappel", "Fond gris : ce que dit le contrat. Non modifiable."),
    ("calcul:texte", "Calculé", "Italique sur fond vert d’eau : se calcule seul pendant que vous saisissez."),
    ("interdit", "", "Hachures : rien à saisir ici."),
)


def classeur(contrat: Contrat, annee: int, pilotage: Pilotage) -> Classeur:
    """The whole workbook, with what ``pilotage`` already says."""
    trace = trace_de(contrat, annee, pilotage)
    dessins = dessiner(trace)
    pages = [_accueil(trace, [(p.feuille.nom, compte) for p, compte in dessins]), *(p for p, _ in dessins)]
    feuilles = [*(p.feuille for p in pages), listes.feuille(trace.choix)]
    return Classeur(feuilles, f"{contrat.titre} — pilotage {contrat.nom_annee(annee)}", contrat.titre, feuille_active=ACCUEIL)


def trace_de(contrat: Contrat, annee: int, pilotage: Pilotage) -> Trace:
    """What the sheets are drawn from: the contract as of that year."""
    contrat = contrat.en(annee)
    choix = pf.listes(contrat)
    return Trace(contrat, annee, pilotage, choix, listes.adresses(choix))


def dessiner(trace: Trace) -> list[tuple[Page, Compte]]:
    """The sheets in which the coordinator types, and what Accueil says of each."""
    dessins: list[tuple[Page, Compte]] = [_groupes(trace)] if pf.groupes(trace.contrat) else []
    dessins += [_programmation(trace)] if trace.contrat.fiches else []
    return [*dessins, _gouvernance(trace), _decisions(trace), _suivi(trace)]


# --- Accueil --------------------------------------------------------------------------------------------------------


def _accueil(trace: Trace, comptes: list[tuple[str, Compte]]) -> Page:
    contrat, annee = trace.contrat, trace.annee
    page = trace.page(ACCUEIL, (36, 58, 62, 26), inserer=False)
    page.suivante(8)
    page.texte(B, f"Pilotage de l’année {contrat.nom_annee(annee)}", "titre")
    page.suivante(34)
    page.texte(B, contrat.titre, "sous_titre")
    page.suivante(22)
    bande(page, "À quoi sert ce classeur ?", E)
    for phrase in INTRODUCTION:
        page.fusion(B, E, typographie(phrase), "libelle")
        page.suivante(hauteur(phrase, 175))
    bande(page, trace.bloc(pf.CAMPAGNE).titre, E)
    campagne(page, trace)
    bande(page, "Les feuilles, et ce qui y est déjà saisi", E)
    feuilles_et_comptes(page, comptes)
    couleurs(page)
    page.feuille.selection = (1, B)
    return page


def couleurs(page: Page) -> None:
    """What the colours of inputs mean."""
    bande(page, "Ce que veulent dire les couleurs", E)
    for style, mot, sens in LEGENDE:
        page.texte(B, mot or None, style)
        page.texte(C, typographie(sens), "libelle")
        page.fond(range(D, F), "libelle")
        page.suivante(hauteur(sens, 58))


def campagne(page: Page, trace: Trace) -> None:
    """Which campaign this is, and what is asked of it."""
    bloc, p = trace.bloc(pf.CAMPAGNE), trace.pilotage
    faits = (("contrat", "Contrat", trace.contrat.id), ("annee", "Année suivie", trace.annee))
    for cle, etiquette, valeur in faits:
        rangee = page.rangee(f"pilotage/identification/{cle}", "repere", etiquette)
        page.texte(B, etiquette, "libelle")
        page.repere(rangee, C, valeur, "repere:texte")
        page.fond(range(D, F), "aide:retrait")
        page.suivante(22)
    etat = next(libelle for libelle, etat in pf.ETATS.items() if etat == p.etat)
    valeurs = {"etat": etat, "date_validation": p.date_validation, "limite": p.limite, "contact": p.contact or None}
    for champ in bloc.champs:
        rangee = page.rangee(f"pilotage/campagne/{champ.nom}", "saisie", champ.libelle)
        page.texte(B, champ.libelle, "libelle")
        page.saisie(rangee, champ, C, etiquette=champ.libelle, ancre="gauche", bloc=bloc.nom, valeur=valeurs[champ.nom], optionnelle=champ.nom != "etat")
        page.fusion(D, E, champ.aide, "aide:retrait")
        page.suivante(36 if champ.type == "texte" else 24)


def feuilles_et_comptes(page: Page, comptes: list[tuple[str, Compte]]) -> None:
    """A link to each sheet, what it is for, how much was typed in it."""
    for nom, compte in comptes:
        page.texte(B, Lien(f"internal:'{nom}'!B1", nom, f"Ouvrir la feuille {nom}"), "lien")
        page.fusion(C, D, typographie(compte.role), "libelle")
        page.texte(E, Formule(f'"{compte.quoi} : "&{compte.formule}', f"{compte.quoi} : {compte.valeur}"), "calcul:texte")
        page.suivante(24)


# --- Groupes --------------------------------------------------------------------------------------------------------


def _groupes(trace: Trace) -> tuple[Page, Compte]:
    page = trace.page(GROUPES, (62, 74))
    titre(page, "Qui répond au nom des groupes ?", "Un groupe n’est pas une structure. Tant que ses membres ne sont pas nommés, le nombre de retours attendus reste inconnu.")
    morceaux, total = [], 0
    for groupe in pf.groupes(trace.contrat):
        if morceaux:
            nouvelle_page(page)
        bloc, fiches = trace.bloc(pf.MEMBRES, groupe.id), pf.fiches_du_groupe(trace.contrat, groupe)
        numeros = ", ".join(f.numero for f in fiches)
        bande(page, f"{groupe.nom} : fiche{'s' * (len(fiches) > 1)} {numeros}", C)
        valeurs = _membres(trace, groupe, fiches)
        # Room for all the candidates and a few more.
        place = max(bloc.lignes, len(trace.contrat.candidats(groupe)) + 3)
        valeurs_et_blancs = valeurs if len(valeurs) + 3 >= place else [*valeurs, *({} for _ in range(place - 3 - len(valeurs)))]
        zone = tableau(page, bloc, f"pilotage/membres/{groupe.id}", {"structure": B, "fiche": C}, valeurs_et_blancs)
        morceaux.append(f"COUNTA({reference(GROUPES, Plage(zone.entete, B, zone.fin, B))})-1")
        total += len(valeurs)
    role = "Les structures qui répondent au nom de chaque groupe."
    return page, Compte(role, "Lignes saisies", f"({'+'.join(morceaux)})", total)


def _membres(trace: Trace, groupe: Structure, fiches: Sequence[Fiche]) -> list[dict[str, object]]:
    """One row a member, or one a fiche for a member of some fiches only."""
    membres, lignes = trace.pilotage.membres, []
    for nom in membres.get(groupe.id, ()):
        siennes = [f for f in fiches if nom in membres.get((groupe.id, f.numero), membres.get(groupe.id, ()))]
        partiel = len(siennes) < len(fiches)
        lignes += [{"structure": nom, "fiche": pf.fiche_affichee(f)} for f in siennes] if partiel else [{"structure": nom}]
    return lignes


# --- Programmation --------------------------------------------------------------------------------------------------


def _programmation(trace: Trace) -> tuple[Page, Compte]:
    contrat, p = trace.contrat, trace.pilotage
    page = trace.page(PROGRAMMATION, (9, 62, 26, 18, 21, 21, 21, 34))
    titre(page, f"Programmation {trace.contrat.nom_annee(trace.annee)}", "Ce que le COPIL retient pour l’année. Les montants sont en euros ; un montant vide est inconnu, il n’est pas nul.")
    bloc, prefixe = trace.bloc(pf.PROGRAMMATION), "pilotage/programmation"
    bande(page, bloc.titre, NOTE, bloc.aide)
    nature = next((n.libelle for n in contrat.natures if n.niveau == "maquette"), "")
    titres = {
        B: "Fiche", C: "Titre", D: "Tel qu’imprimé au contrat", E: "Montant au contrat", F: bloc.champ("engage_anterieur").libelle,
        G: bloc.champ("programme").libelle, H: "Reste à programmer", NOTE: "À noter",
    }  # fmt: skip
    entete = page.ligne
    entetes(page, prefixe, titres, (F, G))
    for fiche in contrat.fiches:
        _ligne_de_programmation(page, trace, bloc, fiche)
    _totaux_de_programmation(page, contrat, entete)
    premier_reste = adresse(entete + 1, H)
    page.feuille.mises_en_forme.append(MiseEnForme(Plage(entete + 1, H, page.ligne, H), f"N({premier_reste})<0", "erreur"))
    if nature:
        page.texte(B, typographie(f"« Programmé » : {nature}."), "aide_ligne")
        page.suivante(18)
    autres = trace.bloc(pf.AUTRES)
    nouvelle_page(page)
    bande(page, autres.titre, NOTE, autres.aide)
    noms = {f.id: f.nom for f in contrat.financeurs}
    valeurs = [
        {"fiche": pf.fiche_affichee(contrat.par_fiche[f.fiche]), "financeur": noms.get(f.financeur, f.financeur), "nature": f.nature, "montant": f.montant}
        for f in p.financements
    ]
    tableau(page, autres, "pilotage/autres", {"fiche": C, "financeur": D, "nature": E, "montant": F}, valeurs, haut=33)
    saisis = sum(1 for _, financeur in p.programme if not financeur)
    formule = f"COUNT({reference(PROGRAMMATION, Plage(entete + 1, G, entete + len(contrat.fiches), G))})"
    return page, Compte("Les montants programmés par fiche et par financeur, et ce qui a été engagé avant.", "Fiches programmées", formule, saisis)


def _ligne_de_programmation(page: Page, trace: Trace, bloc: Bloc, fiche: Fiche) -> None:
    p, argent = trace.pilotage, fiche.financement
    rangee = page.rangee(f"pilotage/programmation/{fiche.numero}", "saisie", fiche.numero)
    page.texte(B, fiche.numero, "repere:code")
    page.repere(rangee, C, fiche.titre, "repere:texte")
    page.repere(rangee, D, argent.montant_imprime or "montant non imprimé", "repere:texte")
    page.repere(rangee, E, argent.montant, "repere:montant")
    avant, programme = p.engage_anterieur.get(fiche.numero), p.programme.get((fiche.numero, ""))
    haut = max(hauteur(fiche.titre, 66, 24), hauteur(argent.montant_imprime, 27))
    if pf.de_poste(trace.contrat, fiche):
        for colonne in (F, G, H):
            page.texte(colonne, None, "interdit")
        page.texte(NOTE, "Poste hors maquette : à saisir au tableau suivant.", "aide:retrait")
        page.suivante(haut)
        return
    saisir(page, rangee, bloc, "engage_anterieur", F, avant)
    saisir(page, rangee, bloc, "programme", G, programme)
    contrat_, deja, cette = (adresse(page.ligne, c) for c in (E, F, G))
    reste = None if argent.montant is None or (avant is None and programme is None) else argent.montant - (avant or 0) - (programme or 0)
    page.calcul(rangee, H, f'IF(OR({contrat_}="",COUNT({deja}:{cette})=0),"",{contrat_}-SUM({deja}:{cette}))', "" if reste is None else reste, "calcul:montant")
    mot = "" if reste is None or reste >= 0 else "dépasse le montant du contrat"
    page.calcul(rangee, NOTE, f'IF(N({adresse(page.ligne, H)})<0,"dépasse le montant du contrat","")', mot, "aide:retrait")
    page.suivante(haut)


def _totaux_de_programmation(page: Page, contrat: Contrat, entete: int) -> None:
    """The sums, and what they leave of the maquette that the contract announces."""
    page.rangee("pilotage/programmation/fin", "fin")
    page.fond(range(B, NOTE + 1), "total")
    page.texte(C, "Ensemble des fiches", "total")
    derniere, somme, combien = page.ligne - 1, {}, 0
    for colonne in (E, F, G):
        zone = f"{adresse(entete + 1, colonne)}:{adresse(derniere, colonne)}"
        connus = [c.valeur for c in page.feuille.cellules if c.colonne == colonne and entete < c.ligne <= derniere and isinstance(c.valeur, Decimal)]
        somme[colonne], combien = (sum(connus) if connus else None), len(connus)
        page.texte(colonne, Formule(f'IF(COUNT({zone})=0,"",SUM({zone}))', somme[colonne]), "total:montant")
    # Sums of what is known only: the row says of how many fiches.
    suite = f"sur {len(contrat.fiches)} fiches programmées"
    page.texte(NOTE, Formule(f'COUNT({zone})&" {suite}"', f"{combien} {suite}"), "total")
    page.suivante(24)
    if contrat.maquette is None:
        return
    page.fond(range(B, NOTE + 1), "repere:texte")
    page.texte(C, "Maquette annoncée par le contrat", "repere:texte")
    page.texte(E, contrat.maquette, "repere:montant")
    total, deja, cette, maquette = (adresse(page.ligne - n, c) for n, c in ((1, E), (1, F), (1, G), (0, E)))
    pris = None if somme[F] is None and somme[G] is None else (somme[F] or 0) + (somme[G] or 0)
    reste = None if pris is None else contrat.maquette - pris
    page.texte(H, Formule(f'IF(COUNT({deja}:{cette})=0,"",{maquette}-SUM({deja}:{cette}))', reste), "calcul:montant")
    depasse, differe = "dépasse la maquette", "les fiches ne font pas la maquette"
    mot = depasse if reste is not None and reste < 0 else differe if somme[E] != contrat.maquette else ""
    page.texte(NOTE, Formule(f'IF(N({adresse(page.ligne, H)})<0,"{depasse}",IF(ROUND(N({total})-{maquette},2)<>0,"{differe}",""))', mot), "aide")
    page.suivante(24)


# --- Gouvernance ----------------------------------------------------------------------------------------------------


def _gouvernance(trace: Trace) -> tuple[Page, Compte]:
    p = trace.pilotage
    page = trace.page(GOUVERNANCE, (40, 16, 16, 16, 18, 74))
    titre(page, f"Gouvernance {trace.contrat.nom_annee(trace.annee)}", "Les réunions tenues et la participation, comptée en structures.")
    # The summary stands above the table that it counts: its rows are known once the table is drawn.
    resume = page.ligne
    if trace.contrat.instances:
        page.ligne += len(trace.contrat.instances) + 3
    bloc = trace.bloc(pf.REUNIONS)
    bande(page, bloc.titre, G, bloc.aide)
    colonnes = {"instance": B, "date": C, "convies": D, "presents": E, "observation": G}
    valeurs = [{n: getattr(r, n) for n in colonnes} for r in p.reunions]
    zone = tableau(page, bloc, "pilotage/reunions", colonnes, valeurs, calculees={F: ("Participation", _participation)}, haut=None)
    if trace.contrat.instances:
        page.ligne = resume
        _resume_des_instances(page, trace, zone)
    plage = Plage(zone.entete, B, zone.fin, B)
    return page, Compte("Les réunions de chaque instance, et la participation.", "Réunions", f"(COUNTA({reference(GOUVERNANCE, plage)})-1)", len(p.reunions))


def _participation(page: Page, rangee: Rangee, colonne: int, ligne: Mapping) -> None:
    convies, presents = adresse(page.ligne, D), adresse(page.ligne, E)
    valeur = ligne["presents"] / ligne["convies"] if ligne.get("convies") and ligne.get("presents") is not None else ""
    page.calcul(rangee, colonne, f'IF(OR({presents}="",N({convies})=0),"",{presents}/{convies})', valeur, "calcul:taux")


def _resume_des_instances(page: Page, trace: Trace, zone: Zone) -> None:
    """Meetings held against the least number, and attendance, by instance."""
    bande(page, "Ce que prévoit le contrat, et où nous en sommes", G)
    titres = ("Instance", "Minimum par an", f"Tenues en {trace.contrat.nom_annee(trace.annee)}", "Participation", "Où en sommes-nous ?", "Composition imprimée au contrat")
    for colonne, nom in enumerate(titres, B):
        page.texte(colonne, typographie(nom), "entete")
    page.suivante(33)
    debut = page.ligne
    for instance in trace.contrat.instances:
        tenues = [r for r in trace.pilotage.reunions if r.instance == instance.nom]
        comptees = [r for r in tenues if r.convies is not None and r.presents is not None]
        convies = sum(r.convies for r in comptees)
        nom, minimum, fait = (adresse(page.ligne, c) for c in (B, C, D))
        page.texte(B, instance.nom, "libelle_fort")
        page.texte(C, instance.minimum_par_an, "repere:entier")
        page.texte(D, Formule(f"COUNTIF({zone.colonne(B)},{nom})", len(tenues)), "calcul:entier")
        sommes = [f'SUMIFS({zone.colonne(c)},{zone.colonne(B)},{nom},{zone.colonne(D)},">=0",{zone.colonne(E)},">=0")' for c in (E, D)]
        taux = sum(r.presents for r in comptees) / convies if convies else ""
        page.texte(E, Formule(f'IF({sommes[1]}=0,"",{sommes[0]}/{sommes[1]})', taux), "calcul:taux")
        reste = instance.minimum_par_an - len(tenues)
        page.texte(F, Formule(f'IF({fait}>={minimum},"minimum atteint",({minimum}-{fait})&" à tenir")', f"{reste} à tenir" if reste > 0 else "minimum atteint"), "calcul:centre")
        page.texte(G, instance.composition or None, "repere:texte")
        page.suivante(hauteur(instance.composition, 80, 24))
    plage, fait, minimum = Plage(debut, F, page.ligne - 1, F), adresse(debut, D), f"${adresse(debut, C)}"
    page.feuille.mises_en_forme.append(MiseEnForme(plage, f"${fait}>={minimum}", "bon"))
    page.feuille.mises_en_forme.append(MiseEnForme(plage, f"${fait}<{minimum}", "a_remplir"))


# --- Décisions ------------------------------------------------------------------------------------------------------


def _decisions(trace: Trace) -> tuple[Page, Compte]:
    p, contrat = trace.pilotage, trace.contrat
    page = trace.page(DECISIONS, (54, 18, 14, 46, 38, 38))
    bloc = trace.bloc(pf.DECISIONS_DU_COPIL)
    titre(page, f"Décisions du COPIL · {trace.contrat.nom_annee(trace.annee)}", bloc.aide)
    colonnes = {"fiche": B, "decision": C, "date": D, "precision": E, "avis": F, "perspectives": G}
    valeurs = [{n: getattr(d, n) for n in colonnes} for d in p.decisions]
    for ligne in valeurs:
        ligne["fiche"] = pf.fiche_affichee(contrat.par_fiche[ligne["fiche"]]) if ligne["fiche"] else None
    zone = tableau(page, bloc, "pilotage/decisions", colonnes, valeurs, haut=None)
    page.feuille.figee = (zone.entete, 0)
    page.feuille.impression.lignes_repetees = (1, zone.entete)
    formule = f"(COUNTA({reference(DECISIONS, Plage(zone.entete, C, zone.fin, C))})-1)"
    return page, Compte("Ce que le COPIL a décidé, l’avis du porteur, les perspectives.", "Décisions", formule, len(p.decisions))


# --- Suivi ----------------------------------------------------------------------------------------------------------


def _suivi(trace: Trace) -> tuple[Page, Compte]:
    """One row per structure whose return is expected; then rows for those that the contract does not name."""
    p = trace.pilotage
    page = trace.page(SUIVI, (46, 18, 16, 62, 52))
    bloc, prefixe = trace.bloc(pf.SUIVI), "pilotage/suivi"
    titre(page, f"Suivi des retours {trace.contrat.nom_annee(trace.annee)}", "Où en est le classeur de chaque structure ? Cette feuille reste chez la coordination.")
    attendus = repondants(trace.contrat, p.membres)
    premieres = {r.structure: r for r in reversed(p.relances)}
    bande(page, bloc.titre, F, bloc.aide)
    entete = page.ligne
    colonnes = {"statut": C, "date": D, "note": E}
    entetes(page, prefixe, {B: "Structure", F: "Fiches attendues"} | {c: bloc.champ(n).libelle for n, c in colonnes.items()}, tuple(colonnes.values()))
    for attendu in attendus:
        rangee = page.rangee(f"{prefixe}/{attendu.id}", "saisie", attendu.nom)
        fiches = ", ".join(f"{numero} ({volet})" if volet else numero for numero, volet in attendu.fiches)
        page.texte(B, attendu.nom, "libelle_fort")
        page.repere(rangee, F, fiches, "repere:texte")
        relance = premieres.pop(attendu.id, None)
        for nom, colonne in colonnes.items():
            saisir(page, rangee, bloc, nom, colonne, getattr(relance, nom, None))
        page.suivante(max(hauteur(attendu.nom, 46, 24), hauteur(fiches, 58, 24)))
    page.rangee(f"{prefixe}/fin", "fin")
    page.suivante(6)
    _suivi_des_autres(page, trace, [r for r in p.relances if r not in _gardees(p, attendus)])
    _remplacements(page, trace)
    _statuts_lisibles(page, entete)
    recus = sum(1 for r in p.relances if r.statut in ("reçu", "validé"))
    zone = reference(SUIVI, Plage(entete, C, page.ligne, C))
    formule = f'(COUNTIF({zone},"reçu")+COUNTIF({zone},"validé"))'
    return page, Compte("Qui a répondu, qui a été relancé, ce qui est à corriger.", "Reçus ou validés", formule, recus)


def _gardees(p: Pilotage, attendus: Sequence[Repondant]) -> list[Relance]:
    """The relances that stand on the row of an expected structure: the first of each."""
    ids, gardees = {r.id for r in attendus}, {}
    for relance in p.relances:
        if relance.structure in ids:
            gardees.setdefault(relance.structure, relance)
    return list(gardees.values())


def _suivi_des_autres(page: Page, trace: Trace, relances: Sequence[Relance]) -> None:
    bloc, connues = trace.bloc(pf.SUIVI_AUTRES), trace.contrat.par_structure
    nouvelle_page(page)
    bande(page, bloc.titre, F)
    colonnes = {"structure": B, "statut": C, "date": D, "note": E}
    valeurs = [{n: getattr(r, n) for n in colonnes} | {"structure": connues[r.structure].nom if r.structure in connues else r.structure} for r in relances]
    tableau(page, bloc, "pilotage/suivi_autres", colonnes, valeurs, haut=None)


def _remplacements(page: Page, trace: Trace) -> None:
    bloc = trace.bloc(pf.REMPLACEMENTS)
    bande(page, bloc.titre, F, bloc.aide)
    valeurs = [{"ancien": r.ancien, "nouveau": r.nouveau, "note": r.note or None} for r in trace.pilotage.remplacements]
    tableau(page, bloc, "pilotage/remplacements", {"ancien": B, "nouveau": E, "note": F}, valeurs, haut=None)


def _statuts_lisibles(page: Page, entete: int) -> None:
    """A colour beside each word of the column."""
    plage, premiere = Plage(entete + 1, C, page.ligne, C), adresse(entete + 1, C)
    for mot, style in (("reçu", "rempli"), ("validé", "bon"), ("relancé", "attention"), ("à corriger", "erreur")):
        page.feuille.mises_en_forme.append(MiseEnForme(plage, f'{premiere}="{mot}"', style))
