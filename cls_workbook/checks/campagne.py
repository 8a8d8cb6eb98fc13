"""Checks 1, 3, 4, 5 and 42: which returns came, from whom, for what; meetings held."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from functools import cache, partial

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT, Anomalie
from cls_workbook.checks.constats import constat
from cls_workbook.checks.dossier import Dossier
from cls_workbook.francais import enumere, liste, nombre_fr, plier
from cls_workbook.reading.vues import ADRESSE, colonnes, en_lignes


def hors_campagne(dossier: Dossier) -> list[Anomalie]:
    """One anomaly a file: nothing in it counts."""
    ecarts_de = cache(partial(_ecarts, dossier))
    premieres = ~dossier.retours["fichier"].duplicated()
    fautives = [premiere and bool(ecarts_de(*dite)) for premiere, dite in zip(premieres, colonnes(dossier.retours, "annee", "contrat", "modele"), strict=True)]
    trouvees = []
    for r in en_lignes(dossier.retours, fautives):
        ecarts = ecarts_de(r["annee"], r["contrat"], r["modele"])
        entier = {"fichier": r["fichier"], "structure": r["structure"]}
        trouvees.append(
            constat(
                "HORS_CAMPAGNE", entier, (), champ=", ".join(nom for nom, _, _ in ecarts),
                trouve=", ".join(f"{nom} : {trouve}" for nom, trouve, _ in ecarts),
                attendu=", ".join(f"{nom} : {attendu}" for nom, _, attendu in ecarts),
                a_faire="demandez le classeur de cette campagne à la coordination, et reportez-y vos réponses.",
                gravite=BLOQUANT, refuse_fichier=True,
            )
        )  # fmt: skip
    return trouvees


def _ecarts(dossier: Dossier, annee: int, contrat: str, modele: object) -> list[tuple[str, object, object]]:
    """(name, found, expected) of what tells a return of another campaign."""
    identites = (("année", annee, dossier.annee), ("contrat", contrat, dossier.contrat.id), ("version du modèle", modele, dossier.modele))
    return [(nom, trouve, attendu) for nom, trouve, attendu in identites if attendu is not None and str(trouve) != str(attendu)]


# --- who answers ----------------------------------------------------------------------------------------------------


def _attendus(dossier: Dossier) -> Iterable[tuple[str, str, str | None, bool]]:
    """Fiche, structure, volet of each expected return, and whether it is of a group: those of the campaign, else those that the contract alone allows to name."""
    if dossier.attendus is not None:
        return colonnes(dossier.attendus, "fiche", "structure", "volet", "groupe")
    structures = dossier.contrat.par_structure
    return ((f.numero, s, v, s in structures and structures[s].groupe) for f in dossier.contrat.fiches for s, v in f.repondants())


def structure_inattendue(dossier: Dossier) -> list[Anomalie]:
    """Also says a wrong or missing volet. A group that nobody named yet lets its candidates in."""
    rendues = [(r, (r["fiche"], plier(r["structure"]))) for r in _pas_tout_a_fait_attendues(dossier)]
    if not rendues:
        return []
    volets: dict[tuple[str, str], list[str]] = {cle: [] for _, cle in rendues}
    groupes: dict[str, set[str]] = {}
    for fiche, structure, volet, groupe in _attendus(dossier):
        if (cle := (fiche, plier(structure))) in volets:
            volets[cle].append(volet or "")
        if groupe and structure in dossier.contrat.par_structure:
            groupes.setdefault(fiche, set()).update(plier(n) for n in dossier.contrat.candidats(dossier.contrat.par_structure[structure]))
    reponses = {(r["fichier"], r["fiche"]): r for r in en_lignes(dossier.vue("reponse"))}
    porteurs = cache(partial(_porteurs, dossier))
    trouvees = []
    for r, cle in rendues:
        permis = volets[cle]
        if not permis and _noms(dossier, r["structure"]).isdisjoint(groupes.get(r["fiche"], ())):
            trouvees.append(_dire_inattendue(dossier, r, reponses.get((r["fichier"], "")), porteurs(r["fiche"])))
        elif permis and (r["volet"] or "") not in permis and not _volet_refuse(dossier, r):
            trouvees.append(_dire_volet(dossier, r, reponses.get((r["fichier"], r["fiche"]), {}), permis))
    return trouvees


def _pas_tout_a_fait_attendues(dossier: Dossier) -> list[dict]:
    """The answers that are not expected to the letter: only these are compared with all that are."""
    rendues = [r for r in dossier.fiches_rendues if r["structure"] and r["fiche"] in dossier.contrat.par_fiche]
    cherchees = {(r["fiche"], r["structure"], r["volet"] or "") for r in rendues}
    trouvees = cherchees.intersection((fiche, structure, volet or "") for fiche, structure, volet, _ in _attendus(dossier))
    return [r for r in rendues if (r["fiche"], r["structure"], r["volet"] or "") not in trouvees]


def _porteurs(dossier: Dossier, fiche: str) -> list[str]:
    return [_nom(dossier, structure) for numero, structure, *_ in _attendus(dossier) if numero == fiche]


def _noms(dossier: Dossier, structure: str) -> set[str]:
    connue = dossier.contrat.par_structure.get(structure)
    return {plier(structure)} | ({plier(n) for n in (connue.nom, connue.nom_complet, *connue.alias) if n} if connue else set())


def _volet_refuse(dossier: Dossier, r: dict) -> bool:
    return dossier.illisible(r, "reponse", "volet")


def _nom(dossier: Dossier, structure: str) -> str:
    connue = dossier.contrat.par_structure.get(structure)
    return connue.nom if connue else structure


def _dire_inattendue(dossier: Dossier, r: dict, reponse: dict | None, porteurs: list[str]) -> Anomalie:
    place = dossier.adresses.get(r["fichier"], {}).get("accueil/reponse/structure")
    if reponse and reponse["structure" + ADRESSE]:
        feuille, cellules = reponse["feuille"], (reponse["structure" + ADRESSE],)
    else:  # the identity was prefilled: failing its cell, the sheet of the fiche
        feuille, cellules = (place[0], (place[1],)) if place else (r["feuille"], ())
    return constat(
        "STRUCTURE_INATTENDUE", r | {"feuille": feuille}, cellules,
        champ=dossier.libelle("reponse", "structure"),
        trouve=f"{_nom(dossier, r['structure'])} répond pour la fiche {r['fiche']}",
        attendu=f"un porteur de la fiche : {enumere(dict.fromkeys(porteurs))}",
        a_faire="vérifiez la structure choisie et la fiche remplie, ou confirmez à la coordination.",
    )  # fmt: skip


def _dire_volet(dossier: Dossier, r: dict, reponse: dict, permis: list[str]) -> Anomalie:
    cellules = dossier.cellule(r | {"volet" + ADRESSE: reponse.get("volet" + ADRESSE)}, "reponse", "volet")
    return constat(
        "VOLET_INATTENDU", r, cellules, champ=dossier.libelle("reponse", "volet"),
        trouve=f"« {r['volet']} »" if r["volet"] else "vide",
        attendu=f"pour {_nom(dossier, r['structure'])} : {enumere(dict.fromkeys(permis))}",
        a_faire="choisissez le volet dont vous rendez compte, ou confirmez à la coordination.",
    )  # fmt: skip


# --- twice, or not at all -------------------------------------------------------------------------------------------


def doublon_de_retour(dossier: Dossier) -> list[Anomalie]:
    """Same content: the first file counts, once. Different contents: neither counts, the coordinator decides."""
    reponses = [(fiche, plier(structure), volet or "") for fiche, structure, volet in colonnes(dossier.retours, "fiche", "structure", "volet")]
    fois = Counter(reponses)
    groupes: dict[tuple[str, str, str], list[dict]] = {}
    for r in sorted(en_lignes(dossier.retours, [fois[cle] > 1 for cle in reponses]), key=lambda r: r["fichier"]):
        if r["structure"]:
            groupes.setdefault((r["fiche"], plier(r["structure"]), r["volet"] or ""), []).append(r)
    copies: dict[str, Anomalie] = {}
    conflits: list[Anomalie] = []
    for retours in groupes.values():
        premiers: dict[str, dict] = {}
        for r in retours:
            premier = premiers.setdefault(r["sha256"], r)
            if premier is not r and r["fichier"] not in copies:
                copies[r["fichier"]] = _dire_copie(r, premier)
        if len(premiers) > 1:
            conflits += [_dire_conflit(r, [x["fichier"] for x in premiers.values() if x is not r]) for r in premiers.values()]
    return [*copies.values(), *conflits]


def _dire_copie(r: dict, premier: dict) -> Anomalie:
    return constat(
        "DOUBLON_DE_RETOUR", {"fichier": r["fichier"], "structure": r["structure"]}, (), champ="Retour",
        trouve=f"le même contenu que {premier['fichier']}", attendu="un seul retour",
        a_faire=f"rien à corriger : {premier['fichier']} est retenu, cette copie est laissée de côté.",
        gravite=A_CONFIRMER, refuse_fichier=True,
    )  # fmt: skip


def _dire_conflit(r: dict, autres: list[str]) -> Anomalie:
    volet = f", volet « {r['volet']} »" if r["volet"] else ""
    return constat(
        "DOUBLON_DE_RETOUR", r, (), champ="Retour",
        trouve=f"une autre réponse de la même structure pour la fiche {r['fiche']}{volet} : {liste(autres)}",
        attendu="une seule réponse par fiche, structure et volet",
        a_faire="demandez à la structure lequel est le bon, retirez l’autre, puis recommencez : d’ici là, aucun des deux n’est retenu.",
        gravite=BLOQUANT, refuse_feuille=True,
    )  # fmt: skip


def retour_manquant(dossier: Dossier) -> list[Anomalie]:
    if dossier.attendus is None:
        return []
    recus: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for fiche, structure, volet in colonnes(dossier.retours, "fiche", "structure", "volet"):
        recus[fiche].add((plier(structure), volet or ""))
    manquent = [groupe or (plier(structure), volet or "") not in recus[fiche] for fiche, structure, volet, groupe in colonnes(dossier.attendus, "fiche", "structure", "volet", "groupe")]
    trouvees = []
    for a in en_lignes(dossier.attendus, manquent):
        volet = f", volet « {a['volet']} »" if a["volet"] else ""
        ligne = {"fiche": a["fiche"], "structure": a["structure"]}
        if a["groupe"]:
            trouvees.append(
                constat(
                    "GROUPE_NON_NOMME", ligne, (), champ="Retour",
                    trouve=f"« {_nom(dossier, a['structure'])} » pour la fiche {a['fiche']}{volet}, sans membres nommés",
                    attendu="les structures qui répondent, nommées",
                    a_faire="nommez-les dans le classeur de pilotage : sans cela, le nombre de retours attendus est inconnu.",
                )
            )  # fmt: skip
        else:
            trouvees.append(
                constat(
                    "RETOUR_MANQUANT", ligne, (), champ="Retour",
                    trouve=f"aucun retour de {_nom(dossier, a['structure'])} pour la fiche {a['fiche']}{volet}",
                    attendu="un retour", a_faire="relancez la structure.",
                )
            )  # fmt: skip
    return trouvees


def gouvernance_sous_le_minimum(dossier: Dossier) -> list[Anomalie]:
    if dossier.pilotage is None:
        return []
    tenues = {plier(nom): nombre for nom, nombre in dossier.pilotage.reunions.items() if nombre is not None}
    return [
        constat(
            "GOUVERNANCE_SOUS_LE_MINIMUM", {}, (), champ=instance.nom,
            trouve=f"{nombre_fr(tenues[plier(instance.nom)])} réunion(s) en {dossier.contrat.nom_annee(dossier.annee)}",
            attendu=f"{instance.minimum_par_an} par an au moins",
            a_faire="complétez les réunions dans le classeur de pilotage, ou signalez l’écart au COPIL.",
        )
        for instance in dossier.contrat.instances
        if plier(instance.nom) in tenues and tenues[plier(instance.nom)] < instance.minimum_par_an
    ]  # fmt: skip
