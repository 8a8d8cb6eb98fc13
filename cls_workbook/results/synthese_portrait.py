"""What the Synthèse has to say, fiche by fiche, before any drawing: figures found, words chosen, reserves numbered."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

import pandas as pd

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT
from cls_workbook.contract.model import Contrat, Fiche, Listes, Mesure
from cls_workbook.contract.mots import payeur
from cls_workbook.donnees_personnelles import sans_donnees_personnelles
from cls_workbook.francais import NBSP, montant_fr, plier, taux_fr
from cls_workbook.results.resultat import Resultat, enregistrements
from cls_workbook.summaries import historique
from cls_workbook.summaries.activity import A_PROGRAMMER, SANS_RETOUR
from cls_workbook.summaries.consolidation import DOUBLON, MANQUANT, RECU, REJETE, nom_affiche
from cls_workbook.summaries.masking import MASQUE, masquer_indicateurs

# What the Synthèse quotes of the table Reponses.
BLOCS_CITES, CHAMPS_CITES = ("avancement", "depenses", "qualitatif"), ("motif", "etp", "ecarts", "freins", "perspectives", "avenant")
MESURES_PAR_FICHE, ATTENTIONS_PAR_FICHE = 3, 3
EN_TAUX, EN_TEXTE = ("RATIO", "SATISFACTION"), ("UNION", "TEXTE")
POINT_DE_TAUX = Decimal("0.01")

# État → (role of its pill, colour of its bar). The words of the scales are choices that a contract may replace.
_ETATS = {
    "realisee": ("etat_bon", "axe3"),
    "en cours": ("etat_encours", "accent"),
    "en preparation": ("etat_preparation", "axe4"),
    "non demarree": ("etat_neutre", "gris_moyen"),
    "reportee": ("etat_attention", "axe2"),
    "abandonnee": ("etat_mauvais", "rouge"),
    plier(SANS_RETOUR): ("etat_absent", "gris"),
    plier(A_PROGRAMMER): ("etat_neutre", "gris_clair"),
}


def apparence(listes: Listes, etat: str) -> tuple[str, str]:
    """Role and colour of an état; for a scale of the contract's own, by its place in the scale."""
    if plier(etat) in _ETATS:
        return _ETATS[plier(etat)]
    if etat in listes.etats_a_motif:
        return _ETATS["reportee"]
    suite = [e for e in listes.etats if e not in listes.etats_a_motif]
    if etat in suite[:1]:
        return _ETATS["non demarree"]
    return _ETATS["realisee" if etat == suite[-1] else "en cours"] if etat in suite else _ETATS["en cours"]


class Temoignage(NamedTuple):
    """What one structure wrote of one fiche. ``textes``: champ of the block « qualitatif » → text."""

    fiche: str
    structure: str
    textes: dict[str, str]


def sans_personne(resultat: Resultat) -> Resultat:
    """The same campaign without personal data in what the Synthèse quotes. Before any drawing: a text that is cut
    into rows, or shortened, could hide half a telephone number from the patterns."""
    reponses = resultat.reponses
    citees = reponses[reponses["Champ"].isin(CHAMPS_CITES) & reponses["Bloc"].isin(BLOCS_CITES)]
    propres = {"reponses": _sans_personne(citees, ("Structure", "Valeur")), "retours": _sans_personne(resultat.retours, ("Structure",))}
    for nom in ("indicateurs", "avancement", "gouvernance", "par_financeur", "territoire"):
        cadre = getattr(resultat, nom)
        propres[nom] = _sans_personne(cadre, tuple(cadre.columns))
    phrases = {nom: tuple(map(sans_donnees_personnelles, getattr(resultat, nom))) for nom in ("explications", "a_preciser", "reserves")}
    decisions = {numero: sans_donnees_personnelles(texte) for numero, texte in resultat.decisions.items()}
    return resultat.avec(**propres, **phrases, decisions=decisions)


def _sans_personne(cadre: pd.DataFrame, colonnes: tuple[str, ...]) -> pd.DataFrame:
    textes = {c: [sans_donnees_personnelles(v) if isinstance(v, str) else v for v in cadre[c]] for c in colonnes}
    return cadre.assign(**{c: pd.Series(v, index=cadre.index, dtype=object) for c, v in textes.items()})


class Portrait:
    """The figures of a campaign as the Synthèse shows them: small counts masked, texts without personal data,
    reserves numbered as they are met."""

    def __init__(self, resultat: Resultat):
        resultat = sans_personne(resultat)
        self.resultat, self.contrat, self.annee = resultat, resultat.contrat, resultat.annee
        masques = masquer_indicateurs(resultat.contrat, resultat.indicateurs, historique.termes(resultat.historique, resultat.annee - 1))
        self.indicateurs = {r["Mesure"]: r for r in enregistrements(masques)}
        self.suivi = {r["fiche"]: r for r in enregistrements(resultat.avancement)}
        self.argent = {r["Fiche"]: r for r in enregistrements(resultat.par_fiche) if r["Fiche"] != A_PROGRAMMER}
        self.notes: dict[str, int] = {}
        self.avec_precedent = resultat.precedent or any(r["Valeur n-1"] is not None for r in self.indicateurs.values())

    def an(self, ecart: int = 0) -> str:
        """The name of the campaign's year, or of one ``ecart`` years away."""
        return self.contrat.nom_annee(self.annee + ecart)

    # --- fiches ---

    def etat(self, fiche: Fiche) -> str:
        return self.suivi.get(fiche.numero, {}).get("etat") or SANS_RETOUR

    def realisation(self, fiche: Fiche) -> str | None:
        return self.suivi.get(fiche.numero, {}).get("realisation")

    def porteurs(self, fiche: Fiche) -> str:
        if fiche.volets:
            noms = (
                f"{v.nom}{NBSP}: {', '.join(nom_affiche(self.contrat, p) for p in v.porteurs) or 'à préciser'}" for v in fiche.volets
            )  # fmt: skip
            return "\n".join(noms)
        return ", ".join(nom_affiche(self.contrat, p) for p in fiche.porteurs) or "à préciser"

    @cached_property
    def _statuts(self) -> dict[str, Counter]:
        return _compter(self.resultat.retours["Fiche"], self.resultat.retours["Statut"])

    @cached_property
    def _attendus(self) -> Counter:
        return self.resultat.attendus_par_fiche()

    @cached_property
    def _alertes(self) -> dict[str, Counter]:
        return _compter([a.fiche for a in self.resultat.anomalies], [a.gravite for a in self.resultat.anomalies])

    def alertes(self, fiche: Fiche) -> Counter:
        """Gravité → how many anomalies the fiche has."""
        return self._alertes[fiche.numero]

    def recus_et_attendus(self, fiche: Fiche) -> tuple[int, int]:
        """Answers that count, answers expected or come in."""
        return self._statuts[fiche.numero][RECU], self._attendus[fiche.numero]

    def attention(self, fiche: Fiche) -> str:
        """What a reader should know first, the most serious first; at most three points."""
        points = [*self._sur_les_retours(fiche), *self._sur_l_etat(fiche), *self._sur_l_argent(fiche)]
        confirmer = self._alertes[fiche.numero][A_CONFIRMER]
        if confirmer:
            points.append(f"{confirmer} point{'s' * (confirmer > 1)} à confirmer")
        autres = len(points) - ATTENTIONS_PAR_FICHE
        if autres > 0:
            points = [*points[:ATTENTIONS_PAR_FICHE], f"{autres} autre{'s' * (autres > 1)} point{'s' * (autres > 1)}"]
        return "\n".join(f"• {p}" for p in points)

    def _sur_les_retours(self, fiche: Fiche):
        statuts = self._statuts[fiche.numero]
        total = self._attendus[fiche.numero]
        if statuts[MANQUANT]:
            seul = statuts[MANQUANT] == total
            yield "Aucun retour" if seul else f"{statuts[MANQUANT]} retour{'s' * (statuts[MANQUANT] > 1)} manquant{'s' * (statuts[MANQUANT] > 1)} sur {total}"
        for statut in (REJETE, DOUBLON):
            if n := statuts[statut]:
                yield f"{n} retour{'s' * (n > 1)} {statut if statut == REJETE else 'en double'}{'s' * (n > 1 and statut == REJETE)}"
        if n := self._alertes[fiche.numero][BLOQUANT]:
            yield f"{n} anomalie{'s' * (n > 1)} bloquante{'s' * (n > 1)}"

    def _sur_l_etat(self, fiche: Fiche):
        suivi = self.suivi.get(fiche.numero, {})
        if suivi.get("detail"):
            yield f"Porteurs en désaccord {self.renvoi(fiche.numero, 'avancement', suivi['detail'].replace(chr(10), f'{NBSP}; '))}"
        if self.etat(fiche) in self.contrat.listes.etats_a_motif:
            yield f"Action {self.etat(fiche).lower()}"
        if any(plier(t.textes.get("avenant", "")) == "oui" for t in self.temoignages if t.fiche == fiche.numero):
            yield "Avenant demandé"

    def _sur_l_argent(self, fiche: Fiche):
        argent = self.argent.get(fiche.numero, {})
        reste = argent.get("Reste à engager")
        if reste is not None and reste < 0:
            yield f"Maquette dépassée de {montant_fr(-Decimal(reste))}"
        prevu, constate = fiche.financement.taux, argent.get("Taux constaté")
        if fiche.financement.taux_pur and None not in (prevu, constate) and constate > prevu + POINT_DE_TAUX:
            yield f"Taux {payeur(self.contrat)} {taux_fr(constate, 1)} pour {taux_fr(prevu, 1)} au contrat"

    # --- measures ---

    def mesures_cles(self, fiche: Fiche) -> list[Mesure]:
        """One to three measures: those that the contract marks, else its first figures, else its first ones."""
        marquees = [m for m in fiche.mesures if m.cle]
        chiffrees = [m for m in fiche.mesures if m.agregation not in EN_TEXTE]
        return (marquees or chiffrees or list(fiche.mesures))[:MESURES_PAR_FICHE]

    def libelle(self, fiche: Fiche, mesure: Mesure) -> str:
        """Label, unit, and the number of its reserve."""
        ligne = self.indicateurs.get(mesure.id, {})
        unite = ligne.get("Unité") or mesure.unite
        texte = mesure.libelle + (f" ({unite})" if unite and mesure.agregation not in EN_TAUX else "")
        return f"{texte} {renvoi}" if (renvoi := self.renvoi(fiche.numero, mesure.libelle, self.reserve(mesure))) else texte

    def reserve(self, mesure: Mesure) -> str:
        """How far the figure holds: its coverage if it is partial, then its reserves; "" if nothing is to be said."""
        ligne = self.indicateurs.get(mesure.id, {})
        couverture = ligne.get("Couverture") or ""
        if couverture.startswith("complet") or not ligne.get("Retours reçus"):
            couverture = ""  # a missing return is said once, on the line of its fiche
        return f"{NBSP}; ".join(t for t in (couverture, ligne.get("Réserve")) if t)

    def masquee(self, mesure: Mesure) -> bool:
        return MASQUE in str(self.indicateurs.get(mesure.id, {}).get("Réserve") or "")

    def renvoi(self, fiche: str, sujet: str, texte: str) -> str:
        """« [3] »: the number under which the reserve is printed at the end; "" without reserve."""
        if not texte:
            return ""
        return f"[{self.notes.setdefault(f'Fiche {fiche}, {sujet}{NBSP}: {texte}.', len(self.notes) + 1)}]"

    # --- texts ---

    @cached_property
    def temoignages(self) -> list[Temoignage]:
        """In the contract's order; the motif of an action put off or given up opens its « écarts »."""
        dits: dict[tuple, dict[str, str]] = {}
        for r in enregistrements(self.resultat.reponses):
            if r["Valeur"] is not None and (r["Bloc"] == "qualitatif" or (r["Bloc"], r["Champ"]) == ("avancement", "motif")):
                qui = f"{r['Structure'] or ''}" + (f" ({r['Volet']})" if r["Volet"] else "")
                dits.setdefault((r["Fiche"], r["Fichier"], qui), {})[r["Champ"]] = str(r["Valeur"])
        ordre = {f.numero: rang for rang, f in enumerate(self.contrat.fiches)}
        return [
            Temoignage(fiche, qui, textes)
            for (fiche, _, qui), textes in sorted(dits.items(), key=lambda d: ordre.get(d[0][0], len(ordre)))
        ]  # fmt: skip


def _compter(fiches, mots) -> dict[str, Counter]:
    comptes: dict[str, Counter] = defaultdict(Counter)
    for fiche, mot in zip(fiches, mots, strict=True):
        comptes[fiche or ""][mot] += 1
    return comptes


def par_axe(contrat: Contrat) -> list[tuple[int, str, list[Fiche], list[str]]]:
    """(rank from 1, title, fiches, titles to programme) of each axe; what belongs to no axe comes last, under rank 0."""
    connus = {a.numero for a in contrat.axes}
    groupes = [
        (rang, f"Axe {a.numero} — {a.titre}", [f for f in contrat.fiches if f.axe == a.numero], [p.titre for p in contrat.a_programmer if p.axe == a.numero])
        for rang, a in enumerate(contrat.axes, 1)
    ]
    hors = [f for f in contrat.fiches if f.axe not in connus]
    libres = [p.titre for p in contrat.a_programmer if p.axe not in connus]
    return groupes + ([(0, "Hors axe", hors, libres)] if hors or libres else [])
