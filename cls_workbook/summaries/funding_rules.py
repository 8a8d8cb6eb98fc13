"""The rules of a contract applied to a campaign: what they grant, limit or refuse, in figures and in French sentences.

Source: domaine, section 4. Pure. The share of a post itself is in ``regles``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal

import pandas as pd

from cls_workbook.contract.model import Contrat, Fiche, Regle
from cls_workbook.contract.petits_effectifs import taux_identifiant
from cls_workbook.contract.regles import argent_d_ensemble, arrondi, ecart_de_parite, part_de_poste
from cls_workbook.francais import NBSP, enumere, montant_fr, nombre_fr, taux_fr
from cls_workbook.reading.cahier import Cahier
from cls_workbook.reading.vues import somme
from cls_workbook.summaries.aides import AidesPassees, compte, de_peu_de_gens, explications_des_aides, situations
from cls_workbook.summaries.funding import MAQUETTE, VALORISATION, couts_realises, de_l_annee, lignes_de_financement, programme_maquette, regles_de_poste

PARITE = ("fiche", "montants", "ecart", "respectee")
TOTAL = "total"
NIVEAUX_DE_MONTANT = {"prevu": "prévu", "engage": "engagé", "verse": "versé"}
Nombre = int | Decimal


# --- Arithmetic of the rules ----------------------------------------------------------------------------------------


def explication_de_poste(regle: Regle, depense: Decimal, etp: Decimal | None) -> str:
    """One French sentence: what the rule lets the funder pay for the year, and what limits it."""
    if etp is not None and (etp <= 0 or (regle.etp_min is not None and etp < regle.etp_min)):
        return f"{nombre_fr(etp)} ETP{NBSP}: poste non éligible, le minimum est de {nombre_fr(regle.etp_min)} ETP."
    aide = part_de_poste(regle, depense, etp)
    etapes = []
    assiette = depense
    if etp is None:
        etapes.append("ETP non renseigné, la dépense entière est retenue")
    elif regle.etp_assiette_max is not None and etp > regle.etp_assiette_max:
        assiette = depense * regle.etp_assiette_max / etp
        etapes.append(f"assiette ramenée de {nombre_fr(etp)} à {nombre_fr(regle.etp_assiette_max)} ETP, soit {montant_fr(assiette)}")
    taux = Decimal(1) if regle.taux is None else regle.taux
    etapes.append(f"{taux_fr(taux)} de {montant_fr(assiette)}")
    if regle.plafond_annuel is not None and taux * assiette > regle.plafond_annuel:
        part = (aide / depense).quantize(Decimal("0.001"), rounding=ROUND_HALF_UP)
        etapes.append(f"plafond annuel atteint, l’aide couvre {taux_fr(part)} de la dépense")
    return f"pour une dépense de {montant_fr(depense)}, aide possible de {montant_fr(aide)} ({f'{NBSP}; '.join(etapes)})."


def cout_attendu(regle: Regle, participants: int, formateurs: int = 0) -> Decimal:
    """EUR: unit cost × participants + cost of a trainer × trainers. What the unit cost includes is not added again."""
    return arrondi((regle.cout_unitaire or Decimal(0)) * participants + (regle.cout_formateur or Decimal(0)) * formateurs)


def bornes_de_session(regle: Regle) -> tuple[Decimal | None, Decimal | None]:
    """EUR: what a session costs with the least and with the most participants; None where the rule sets no bound."""
    return tuple(None if n is None else cout_attendu(regle, n) for n in (regle.participants_min, regle.participants_max))


def occupation(regle: Regle, occupees: Nombre | None) -> Decimal | None:
    """Share of the capacity that is in use: mean of places in use / capacity. Never the number of persons followed."""
    if occupees is None or not regle.capacite:
        return None
    return Decimal(occupees) / regle.capacite


def aide_plafonnee(regle: Regle, demandes: Mapping[int, Decimal]) -> dict[int, Decimal]:
    """Year → EUR granted: at most ``plafond_annuel`` a year, ``plafond_total`` in all, within ``duree_ans`` years.

    The years run from ``depuis`` or, failing that, from the first year asked for. Nothing is carried over.
    """
    debut = regle.depuis if regle.depuis is not None else min((a for a, d in demandes.items() if d > 0), default=None)
    accordees: dict[int, Decimal] = {}
    reste = regle.plafond_total
    for annee in sorted(demandes):
        dehors = debut is None or annee < debut or (regle.duree_ans is not None and annee >= debut + regle.duree_ans)
        bornes = [demandes[annee]] + [p for p in (regle.plafond_annuel, reste) if p is not None]
        accordees[annee] = Decimal("0.00") if dehors else arrondi(max(Decimal(0), min(bornes)))
        reste = None if reste is None else reste - accordees[annee]
    return accordees


def parite(contrat: Contrat, regle: Regle, valeurs: pd.DataFrame | Cahier, niveau: str = "engage") -> pd.DataFrame:
    """fiche, montants (funder id → EUR or None), ecart (EUR), respectee: one row per fiche with money, then « total ».

    ``niveau``: prevu, engage or verse. Third parties and valorisation are outside the test. Where a funder gave no
    figure, ecart and respectee are None: a blank is not a zero.
    """
    lignes = [
        li for li in lignes_de_financement(contrat, valeurs)
        if li["financeur_id"] in regle.financeurs and li["niveau"] != VALORISATION and regle.fiche in (None, li["fiche"])
    ]  # fmt: skip
    numeros = [f.numero for f in contrat.fiches if any(li["fiche"] == f.numero and li[niveau] is not None for li in lignes)]
    rangees = [_parite(regle, numero, [li for li in lignes if li["fiche"] == numero], niveau) for numero in numeros]
    if rangees:
        rangees.append(_parite(regle, TOTAL, lignes, niveau))
    return pd.DataFrame(rangees, columns=list(PARITE), dtype=object)


def _parite(regle: Regle, nom: str, lignes: list[dict], niveau: str) -> tuple:
    montants = {f: somme(li[niveau] for li in lignes if li["financeur_id"] == f) for f in regle.financeurs}
    ecart = ecart_de_parite(tuple(montants.values()))
    return nom, montants, ecart, None if ecart is None else ecart <= regle.tolerance


# --- Sentences ------------------------------------------------------------------------------------------------------


def explications(
    contrat: Contrat,
    annee: int,
    valeurs: pd.DataFrame | Cahier,
    programme: Mapping[tuple[str, str], Decimal] | None = None,
    cumul_precedent: Mapping[str, Decimal] | None = None,
    aides_precedentes: AidesPassees | None = None,
) -> list[str]:
    """French sentences, in the contract's order: where a rule applies, limits or refuses, and what no subtotal holds.

    Same arguments as ``funding.par_fiche``; ``aides_precedentes``: rule id → year → EUR that earlier years engaged under it.
    """
    valeurs = de_l_annee(valeurs, annee)
    lignes = lignes_de_financement(contrat, valeurs)
    couts = couts_realises(valeurs)
    phrases = []
    if cumul_precedent is None and annee > min(contrat.annees):
        phrases.append(f"Les engagements des années antérieures ne sont pas connus{NBSP}: le reste à engager ne tient compte que de {annee}.")
    for fiche in contrat.fiches:
        siennes = [li for li in lignes if li["fiche"] == fiche.numero]
        dites = [
            *_sans_nature(siennes), *_reclassees(siennes), *_contre_le_contrat(contrat, annee, fiche, siennes, programme or {}, cumul_precedent or {}),
            *_poste(contrat, fiche, valeurs, couts.get(fiche.numero), programme or {}), *_sessions(contrat, fiche, valeurs), *_capacite(contrat, fiche, valeurs),
        ]  # fmt: skip
        phrases += [f"Fiche {fiche.numero}{NBSP}: {phrase}" for phrase in dites]
    phrases += _enveloppes(contrat, annee, lignes)
    phrases += explications_des_aides(contrat, situations(contrat, annee, lignes, valeurs, couts, aides_precedentes))
    for regle in contrat.regles:
        if regle.type == "parite":
            phrases += _parites(contrat, regle, valeurs)
    return phrases


def _sans_nature(lignes: list[dict]) -> Iterable[str]:
    muettes = [li for li in lignes if li["niveau"] is None and li["chiffrees"]]
    if muettes:
        nombre = sum(li["chiffrees"] for li in muettes)
        montants = [f"{mot} {montant_fr(m)}" for n, mot in NIVEAUX_DE_MONTANT.items() if (m := somme(li[n] for li in muettes)) is not None]
        s = "s" * (nombre > 1)
        yield f"{nombre} ligne{s} de financement sans nature ({', '.join(montants)}), hors de tous les sous-totaux."


def _reclassees(lignes: list[dict]) -> Iterable[str]:
    reclassees = sum(li["lignes"] for li in lignes if li["reclassee"])
    if reclassees:
        s = "s" * (reclassees > 1)
        yield f"{reclassees} ligne{s} saisie{s} en maquette, comptée{s} hors maquette{NBSP}: l’aide au poste vient en plus du montant du contrat."


def _contre_le_contrat(contrat: Contrat, annee: int, fiche: Fiche, lignes: list[dict], programme: Mapping, cumul: Mapping) -> Iterable[str]:
    prevu, engage = fiche.financement.montant, somme(li["engage"] for li in lignes if li["niveau"] == MAQUETTE)
    programmes = programme_maquette(contrat, fiche.numero, programme)
    deja = somme((engage, cumul.get(fiche.numero)))
    if prevu is None:
        if deja and not argent_d_ensemble(contrat):
            yield f"{montant_fr(deja)} engagés sur la maquette, sans montant chiffré au contrat."
        return
    if deja is not None and deja > prevu:
        yield f"{montant_fr(deja)} engagés depuis le début du contrat pour {montant_fr(prevu)} prévus, soit {montant_fr(deja - prevu)} de trop (avenant à prévoir)."
    if programmes is not None and programmes > prevu:
        yield f"{montant_fr(programmes)} programmés pour {annee}, plus que les {montant_fr(prevu)} du contrat."
    duree = fiche.financement.duree_ans
    if duree and annee >= min(contrat.annees) + duree and (engage or programmes):
        yield f"montant prévu sur {duree} an{'s' * (duree > 1)} à compter de {min(contrat.annees)}, rien n’est attendu de la maquette en {annee}."


def _poste(contrat: Contrat, fiche: Fiche, valeurs: Cahier, depense: Decimal | None, programme: Mapping) -> Iterable[str]:
    for regle in (r for r in contrat.regles if r.type == "poste" and r.fiche == fiche.numero):
        if depense is not None:
            yield explication_de_poste(regle, depense, somme(_saisies(valeurs, fiche, "depenses", "etp")))
        prevus = somme(m for (numero, _), m in programme.items() if numero == fiche.numero)
        if prevus is not None and regle in regles_de_poste(contrat, fiche.numero):
            yield f"{montant_fr(prevus)} programmés hors maquette."


def _sessions(contrat: Contrat, fiche: Fiche, valeurs: Cahier) -> Iterable[str]:
    for regle in (r for r in contrat.regles if r.type == "cout_unitaire" and r.fiche == fiche.numero):
        participants, sessions = (compte(contrat, valeurs, m) for m in (regle.mesure_participants, regle.mesure_sessions))
        if participants is None or regle.cout_unitaire is None:
            continue
        if de_peu_de_gens(contrat, regle.mesure_participants, participants) or de_peu_de_gens(contrat, regle.mesure_sessions, sessions):
            yield "coût attendu non détaillé (effectif masqué)."
            continue
        formateurs = somme(_saisies(valeurs, fiche, "complements", regle.complement_formateurs)) or 0
        calcul = f"{nombre_fr(participants)} personnes à {montant_fr(regle.cout_unitaire)}"
        if formateurs and regle.cout_formateur is not None:
            calcul += f" et {nombre_fr(formateurs)} formateur{'s' * (formateurs > 1)} à {montant_fr(regle.cout_formateur)}"
        phrase = f"coût attendu {montant_fr(cout_attendu(regle, participants, formateurs))} ({calcul})"
        mini, maxi = bornes_de_session(regle)
        if sessions and maxi is not None:
            phrase += f"{NBSP}; {nombre_fr(sessions)} session{'s' * (sessions > 1)}, de {montant_fr(mini or Decimal(0))} à {montant_fr(maxi)} chacune"
            if participants > sessions * regle.participants_max:
                phrase += f", pour {nombre_fr(sessions * regle.participants_max)} personnes au plus"
        yield phrase + "."


def _capacite(contrat: Contrat, fiche: Fiche, valeurs: Cahier) -> Iterable[str]:
    for regle in (r for r in contrat.regles if r.type == "capacite" and r.fiche == fiche.numero):
        saisies = valeurs.lignes(lambda c, r=regle: c.mesure == r.mesure, "ligne", "valeur", champs=("numerateur",))
        occupees = somme(valeur for ligne, valeur in saisies if not ligne)
        part = occupation(regle, occupees)
        if part is not None and contrat.par_mesure[regle.mesure][2].petits_effectifs and taux_identifiant(occupees, regle.capacite, contrat.seuil_petits_effectifs):
            yield "occupation non détaillée (effectif masqué)."
        elif part is not None:
            trop = f"{NBSP}: au-dessus de la capacité, à vérifier" if part > 1 else ""
            yield f"occupation de {taux_fr(part, 1)}, {nombre_fr(occupees)} sur une capacité de {nombre_fr(regle.capacite)}{trop}."


def _enveloppes(contrat: Contrat, annee: int, lignes: list[dict]) -> list[str]:
    """Each envelope of the year against what was engaged on the maquette: by all, or by the funder that it is of."""
    noms, phrases = {f.id: f.nom for f in contrat.financeurs}, []
    for e in contrat.enveloppes:
        if e.annee != annee:
            continue
        engage = somme(li["engage"] for li in lignes if li["niveau"] == MAQUETTE and e.financeur in (None, li["financeur_id"]))
        nom = f"Enveloppe {contrat.nom_annee(annee)}" + (f", part {noms.get(e.financeur, e.financeur)}" if e.financeur else "")
        suite = "aucun engagement connu"
        if engage is not None:
            reste = e.montant - engage
            suite = f"{montant_fr(engage)} engagés, " + (f"reste {montant_fr(reste)}" if reste >= 0 else f"dépassée de {montant_fr(-reste)}")
        phrases.append(f"{nom}{NBSP}: {montant_fr(e.montant)} ({e.etat}), {suite}.")
    return phrases


def _parites(contrat: Contrat, regle: Regle, valeurs: Cahier) -> list[str]:
    noms = {f.id: f.nom for f in contrat.financeurs}
    phrases = []
    for p in parite(contrat, regle, valeurs).itertuples(index=False):
        lieu = "Total de l’année" if p.fiche == TOTAL else f"Fiche {p.fiche}"
        if p.respectee is None:
            absents = enumere(noms.get(f, f) for f, m in p.montants.items() if m is None)
            phrases.append(f"{lieu}{NBSP}: parité non vérifiable, aucun montant engagé de {absents}.")
        elif not p.respectee:
            detail = ", ".join(f"{noms.get(f, f)} {montant_fr(m)}" for f, m in p.montants.items())
            phrases.append(f"{lieu}{NBSP}: parité non respectée, écart de {montant_fr(p.ecart)} ({detail}).")
    return phrases


def _saisies(valeurs: Cahier, fiche: Fiche, bloc: str, champ: str | None) -> list:
    return [valeur for (valeur,) in valeurs.lignes(lambda c: c.fiche == fiche.numero and c.bloc == bloc, "valeur", champs=(champ,))] if champ else []
