"""Checks 20 to 22 and 32 to 34: the funding and capacity rules that the contract states (``Regle``)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.aides import aide_calculee, aides_superieures_au_cout
from cls_workbook.checks.constats import CONFIRMER, RENVOYER, constat
from cls_workbook.checks.dossier import Compte, Dossier
from cls_workbook.checks.financement import VALORISATION, cumul_engage
from cls_workbook.contract.aides import plafonds
from cls_workbook.contract.model import Regle
from cls_workbook.contract.regles import annees_d_aide_ecoulees, cout_au_bareme, part_de_poste
from cls_workbook.francais import montant_fr, nombre_fr, plier
from cls_workbook.reading.vues import ADRESSE, en_lignes, somme

SESSION, PERSONNE = "session", "personne"  # units that make two measures of an indicator a pair
AIDES = ("engage", "verse")


def _regles(dossier: Dossier, type_: str) -> list[Regle]:
    return [r for r in dossier.contrat.regles if r.type == type_]


# --- sessions and participants --------------------------------------------------------------------------------------


def _paires(dossier: Dossier) -> list[tuple[str, str]]:
    """(sessions, participants): of a rule, or the two counts of one indicator."""
    paires = [(r.mesure_sessions, r.mesure_participants) for r in _regles(dossier, "cout_unitaire") if r.mesure_sessions and r.mesure_participants]
    for fiche in dossier.contrat.fiches:
        for indicateur in fiche.indicateurs:
            par_unite = {u: [m.id for m in indicateur.mesures if plier(m.unite or "") == u] for u in (SESSION, PERSONNE)}
            if all(len(ids) == 1 for ids in par_unite.values()):
                paires.append((par_unite[SESSION][0], par_unite[PERSONNE][0]))
    return list(dict.fromkeys(paires))


def _couples(dossier: Dossier, paires: list[tuple[str, str]]) -> Iterator[tuple[str, str, Compte, Compte]]:
    """(first id, second id, first figure, second figure), wherever a return gives both."""
    comptes = dossier.comptes({id_ for paire in paires for id_ in paire if id_})
    for par_mesure in comptes.values():
        for un, deux in paires:
            if un in par_mesure and deux in par_mesure:
                yield un, deux, par_mesure[un], par_mesure[deux]


def sessions_et_participants(dossier: Dossier) -> list[Anomalie]:
    trouvees = []
    for id_sessions, id_participants, sessions, participants in _couples(dossier, _paires(dossier)):
        if (sessions.valeur == 0) == (participants.valeur == 0):
            continue
        code, id_, autre = (
            ("PARTICIPANTS_SANS_SESSION", id_participants, "au moins une session")
            if sessions.valeur == 0
            else ("SESSION_SANS_PARTICIPANT", id_sessions, "au moins un participant")
        )
        trouvees.append(
            constat(
                code, sessions.ligne, (*sessions.cellules, *participants.cellules),
                champ=dossier.mesure(id_).libelle,
                trouve=f"{nombre_fr(sessions.valeur)} session(s), {nombre_fr(participants.valeur)} participant(s)",
                attendu=autre, a_faire=CONFIRMER,
            )
        )  # fmt: skip
    return trouvees


def effectif_des_sessions(dossier: Dossier) -> list[Anomalie]:
    """The mean of the sessions: a return does not say how many came to each."""
    trouvees = []
    for regle in _regles(dossier, "cout_unitaire"):
        for _, id_, sessions, participants in _couples(dossier, [(regle.mesure_sessions, regle.mesure_participants)]):
            trop = _trop_nombreux(regle, sessions, participants)
            peu = regle.participants_min and 0 < participants.valeur < regle.participants_min * sessions.valeur
            if sessions.valeur == 0 or not (trop or peu):
                continue
            borne = regle.participants_max if trop else regle.participants_min
            trouvees.append(
                constat(
                    "SESSION_TROP_NOMBREUSE" if trop else "SESSION_PEU_NOMBREUSE", participants.ligne,
                    (*participants.cellules, *sessions.cellules),
                    champ=dossier.mesure(id_).libelle,
                    trouve=f"{nombre_fr(participants.valeur)} participants pour {nombre_fr(sessions.valeur)} session(s)",
                    attendu=f"{borne} participants {'au plus' if trop else 'au moins'} par session, soit {nombre_fr(borne * sessions.valeur)}",
                    a_faire=f"corrigez l’un des deux nombres, {RENVOYER}" if trop else CONFIRMER,
                )
            )  # fmt: skip
    return trouvees


def _trop_nombreux(regle: Regle, sessions: Compte, participants: Compte) -> bool:
    return regle.participants_max is not None and sessions.valeur > 0 and participants.valeur > regle.participants_max * sessions.valeur


def cout_different_du_bareme(dossier: Dossier) -> list[Anomalie]:
    """Cost of the sessions against cost × participants; cost of the trainers against cost × trainers."""
    trouvees = []
    for regle in _regles(dossier, "cout_unitaire"):
        comptes = dossier.comptes({m for m in (regle.mesure_participants, regle.mesure_sessions) if m})
        for ici, complements in _complements(dossier, regle).items():
            par_mesure = comptes.get(ici, {})
            participants, sessions = par_mesure.get(regle.mesure_participants), par_mesure.get(regle.mesure_sessions)
            if participants and sessions and _trop_nombreux(regle, sessions, participants):
                participants = None  # refused already
            formateurs = complements.get(regle.complement_formateurs)
            cas = (
                (regle.cout_unitaire, regle.complement_cout, participants and participants.valeur, participants and participants.cellules, "participants"),
                (regle.cout_formateur, regle.complement_cout_formateurs, formateurs and formateurs["valeur"], formateurs and (formateurs["cellule"],), "formateurs"),
            )
            for prix, champ, quantite, cellules, quoi in cas:
                declare = complements.get(champ)
                if prix is None or declare is None or quantite is None or declare["valeur"] == cout_au_bareme(prix, quantite):
                    continue
                trouvees.append(
                    constat(
                        "COUT_DIFFERENT_DU_BAREME", declare, (declare["cellule"], *cellules),
                        champ=dossier.libelle("complements", champ, fiche=declare["fiche"]),
                        trouve=f"{montant_fr(declare['valeur'])} pour {nombre_fr(quantite)} {quoi}",
                        attendu=f"{montant_fr(cout_au_bareme(prix, quantite))} : {montant_fr(prix)} × {nombre_fr(quantite)} {quoi}, tout compris",
                        a_faire=CONFIRMER,
                    )
                )  # fmt: skip
    return trouvees


def _complements(dossier: Dossier, regle: Regle) -> dict[tuple[str, str], dict[str, dict]]:
    """(fichier, fiche) → complement id → its input."""
    v = dossier.valeurs
    groupes: dict[tuple[str, str], dict[str, dict]] = {}
    for x in en_lignes(v, (v["bloc"] == "complements") & (v["fiche"] == (regle.fiche or ""))):
        groupes.setdefault((x["fichier"], x["fiche"]), {})[x["champ"]] = x
    return groupes


# --- capacity -------------------------------------------------------------------------------------------------------


def capacite(dossier: Dossier) -> list[Anomalie]:
    trouvees = []
    for regle in _regles(dossier, "capacite"):
        vue = dossier.vue("taux")
        for r in en_lignes(vue, vue["mesure"] == (regle.mesure or "")):
            place = regle.capacite if regle.capacite is not None else r["denominateur"]
            if r["numerateur"] is not None and place is not None and r["numerateur"] > place:
                trouvees.append(
                    constat(
                        "OCCUPATION_SUPERIEURE_A_LA_CAPACITE", r, (r["numerateur" + ADRESSE],),
                        champ=dossier.libelle("taux", "numerateur", r["mesure"]), trouve=nombre_fr(r["numerateur"]),
                        attendu=f"{nombre_fr(place)} au plus : la capacité",
                        a_faire="saisissez le nombre moyen de mesures occupées (et non la file active), ou confirmez à la coordination.",
                    )
                )  # fmt: skip
        trouvees += _plus_que(dossier, "SORTIES_SUPERIEURES_A_LA_FILE_ACTIVE", regle.mesure_sorties, regle.mesure_file_active)
        trouvees += _plus_que(dossier, "RELAIS_SUPERIEURS_AUX_SORTIES", regle.mesure_relais, regle.mesure_sorties)
    return trouvees


def _plus_que(dossier: Dossier, code: str, partie: str | None, tout: str | None) -> list[Anomalie]:
    if not partie or not tout:
        return []
    nom, nom_du_tout = dossier.mesure(partie).libelle, dossier.mesure(tout).libelle
    return [
        constat(
            code, a.ligne, (*a.cellules, *b.cellules), champ=nom,
            trouve=f"{nom} : {nombre_fr(a.valeur)} ; {nom_du_tout} : {nombre_fr(b.valeur)}",
            attendu=f"{nom} : {nombre_fr(b.valeur)} au plus", a_faire=CONFIRMER,
        )
        for _, _, a, b in _couples(dossier, [(partie, tout)])
        if a.valeur > b.valeur
    ]  # fmt: skip


# --- aid to a post --------------------------------------------------------------------------------------------------


def aide_au_poste(dossier: Dossier) -> list[Anomalie]:
    trouvees = []
    for regle in _regles(dossier, "poste"):
        for r in dossier.depenses.values():
            if r["etp"] is not None and regle.fiche in (None, r["fiche"]):
                trouvees += _etp_hors_bornes(dossier, regle, r)
        for ici, lignes in _aides_par_retour(dossier, regle).items():
            trouvees += _aide_trop_forte(dossier, regle, lignes, dossier.depenses.get(ici))
    return trouvees


def _aides_par_retour(dossier: Dossier, regle: Regle) -> dict[tuple[str, str], list[dict]]:
    """(fichier, fiche) → the cash lines of the funder that the rule is about."""
    groupes: dict[tuple[str, str], list[dict]] = {}
    for x in dossier.financements:
        if regle.fiche in (None, x["fiche"]) and x["id"] == dossier.financeur(regle.financeur) and x["niveau"] != VALORISATION:
            groupes.setdefault((x["fichier"], x["fiche"]), []).append(x)
    return groupes


def _etp_hors_bornes(dossier: Dossier, regle: Regle, r: dict) -> list[Anomalie]:
    bas, haut = regle.etp_min, regle.etp_assiette_max
    if (bas is None or r["etp"] >= bas) and (haut is None or r["etp"] <= haut):
        return []
    attendu = f"de {nombre_fr(bas or Decimal(0))} à {nombre_fr(haut)} ETP" if haut is not None else f"{nombre_fr(bas)} ETP au moins"
    return [
        constat(
            "ETP_HORS_BORNES", r, (r["etp" + ADRESSE],), champ=dossier.libelle("depenses", "etp"),
            trouve=f"{nombre_fr(r['etp'])} ETP", attendu=attendu,
            a_faire=f"{CONFIRMER[:-1]} (au-delà du maximum, la dépense est ramenée à {nombre_fr(haut)} ETP ; sous le minimum, le poste n’est pas aidé).",
        )
    ]  # fmt: skip


def _aide_trop_forte(dossier: Dossier, regle: Regle, lignes: list[dict], depense: dict | None) -> list[Anomalie]:
    """Over the cap, or over the share of the expense: the more certain of the two, once."""
    sommes = {champ: somme(x[champ] for x in lignes) for champ in AIDES}
    limite, code = regle.plafond_annuel, "AIDE_SUPERIEURE_AU_PLAFOND"
    if limite is None or not any(s is not None and s > limite for s in sommes.values()):
        eligible = depense is not None and depense["total"] is not None and not _sous_le_minimum(regle, depense["etp"])
        limite = part_de_poste(regle, depense["total"], depense["etp"]) if eligible else None
        code = "AIDE_SUPERIEURE_A_LA_PART"
    trop = [c for c in AIDES if limite is not None and sommes[c] is not None and sommes[c] > limite]
    if not trop:
        return []
    quoi = "le plafond annuel" if code == "AIDE_SUPERIEURE_AU_PLAFOND" else "la part de la dépense que le contrat permet"
    return [
        constat(
            code, lignes[0], [x[c + ADRESSE] for c in trop for x in lignes if x[c] is not None],
            champ=dossier.libelle("financement", trop[0]), trouve=montant_fr(sommes[trop[0]]),
            attendu=f"{montant_fr(limite)} au plus : {quoi} ({regle.libelle})",
            a_faire=f"corrigez le montant de l’aide, {RENVOYER}",
        )
    ]  # fmt: skip


def _sous_le_minimum(regle: Regle, etp: Decimal | None) -> bool:
    return etp is not None and regle.etp_min is not None and etp < regle.etp_min


# --- equal shares ---------------------------------------------------------------------------------------------------


def parite(dossier: Dossier, fiche: str) -> list[Anomalie]:
    """All returns together; other funders are outside the test."""
    trouvees = []
    for regle in (r for r in _regles(dossier, "parite") if r.fiche in (None, fiche)):
        attendus = [dossier.financeur(f) for f in regle.financeurs]
        siennes = [x for x in dossier.financements if x["id"] in attendus and x["niveau"] != VALORISATION]
        ecarts: dict[str, dict[str, Decimal]] = {}
        for champ in AIDES:
            parts = {f: somme(x[champ] for x in siennes if x["id"] == f) for f in attendus}
            connues = [p for p in parts.values() if p is not None]
            if connues and (len(connues) < len(parts) or max(connues) - min(connues) > regle.tolerance):
                ecarts[champ] = parts
        trouvees += _dire_parite(dossier, regle, siennes, ecarts)
    return trouvees


def _dire_parite(dossier: Dossier, regle: Regle, lignes: list[dict], ecarts: dict[str, dict[str, Decimal | None]]) -> list[Anomalie]:
    """One anomaly a return that carries one of the amounts."""
    rompus = {c: p for c, p in ecarts.items() if None not in p.values()}
    code, retenus = ("PARITE_NON_RESPECTEE", rompus) if rompus else ("PARITE_INVERIFIABLE", ecarts)
    if not retenus:
        return []
    champ, parts = next(iter(retenus.items()))
    dits = " ; ".join(f"{dossier.nom_du_financeur(f)} : {'vide' if p is None else montant_fr(p)}" for f, p in parts.items())
    trouvees = []
    for fichier in dict.fromkeys(x["fichier"] for x in lignes):
        ici = [x for x in lignes if x["fichier"] == fichier]
        cellules = [x[c + ADRESSE] for c in retenus for x in ici if x[c] is not None]
        if cellules:
            trouvees.append(
                constat(
                    code, ici[0], cellules, champ=dossier.libelle("financement", champ), trouve=dits,
                    attendu=f"le même montant de chacun ({regle.libelle})",
                    a_faire=f"corrigez les montants, {RENVOYER}" if rompus else CONFIRMER,
                )
            )  # fmt: skip
    return trouvees


# --- capped aid -----------------------------------------------------------------------------------------------------


def plafond(dossier: Dossier) -> list[Anomalie]:
    """Over the years of aid, over the year's cap, over the total: the first that holds."""
    trouvees = []
    for regle in (*_regles(dossier, "plafond"), *_regles(dossier, "aide")):
        for lignes in _aides_par_retour(dossier, regle).values():
            sommes = {c: s for c in AIDES if (s := somme(x[c] for x in lignes)) is not None and s > 0}
            cas = _plafond_franchi(dossier, regle, lignes[0]["fiche"], sommes)
            if cas is None:
                continue
            code, champs, attendu = cas
            trouvees.append(
                constat(
                    code, lignes[0], [x[c + ADRESSE] for c in champs for x in lignes if x[c]],
                    champ=dossier.libelle("financement", champs[0]), trouve=montant_fr(sommes[champs[0]]),
                    attendu=f"{attendu} ({regle.libelle})", a_faire=f"corrigez le montant de l’aide, {RENVOYER}",
                )
            )  # fmt: skip
    return trouvees


def _plafond_franchi(dossier: Dossier, regle: Regle, fiche: str, sommes: dict[str, Decimal]) -> tuple[str, list[str], str] | None:
    if sommes and annees_d_aide_ecoulees(regle, dossier.annee):
        derniere = regle.depuis + regle.duree_ans - 1
        return "DUREE_D_AIDE_DEPASSEE", list(sommes), f"aucune aide après {derniere} ({regle.duree_ans} années)"
    annuel, total = plafonds(regle)
    trop = [c for c, s in sommes.items() if annuel is not None and s > annuel]
    if trop:
        return "PLAFOND_ANNUEL_DEPASSE", trop, f"{montant_fr(annuel)} au plus dans l’année"
    if total is None or "engage" not in sommes:
        return None
    avant = cumul_engage(dossier, fiche, financeur=dossier.financeur(regle.financeur))
    if avant + sommes["engage"] <= total:
        return None
    reste = max(Decimal(0), total - avant)
    return "PLAFOND_TOTAL_DEPASSE", ["engage"], f"{montant_fr(reste)} au plus : {montant_fr(avant)} sont déjà engagés sur {montant_fr(total)}"


REGLES = (sessions_et_participants, effectif_des_sessions, cout_different_du_bareme, capacite, aide_au_poste, aide_calculee, plafond)
REGLES_D_UNE_FICHE = (parite, aides_superieures_au_cout)
