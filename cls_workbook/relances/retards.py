"""Who has not answered, for which fiches, since when. Pure: what the consolidation says against what is expected."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from cls_workbook import entry
from cls_workbook.contract.model import Contrat
from cls_workbook.pilotage import Pilotage, Relance
from cls_workbook.results.resultat import Resultat
from cls_workbook.summaries.consolidation import DOUBLON, RECU, REJETE, Attendus, attendus, cle_de_structure, nom_affiche

ReponseAttendue = tuple[str, str]  # fiche, volet ("" if none)
DITS_RECUS = ("reçu", "validé")  # what the coordinator may say of a return


@dataclass(frozen=True)
class Retard:
    """One structure, or one group whose members nobody named (``groupe``).

    ``manquantes``: nothing came; ``rejetees`` and ``en_double``: something came that could not be kept; ``recues``: thanks.
    ``statut`` and ``relancee_le``: what the pilotage says of its return. ``limite``: the day by which it was expected.
    ``jours``: how late it is on the day asked about, None without limit or before it.
    """

    repondant: entry.Repondant
    manquantes: tuple[ReponseAttendue, ...] = ()
    rejetees: tuple[ReponseAttendue, ...] = ()
    en_double: tuple[ReponseAttendue, ...] = ()
    recues: tuple[ReponseAttendue, ...] = ()
    statut: str = ""
    relancee_le: date | None = None
    limite: date | None = None
    jours: int | None = None
    groupe: bool = False

    @property
    def dit_recu(self) -> bool:
        """Does the coordinator hold this return, though its file is not in the folder?"""
        return self.statut in DITS_RECUS and not (self.rejetees or self.en_double)

    @property
    def a_relancer(self) -> bool:
        return not self.groupe and not self.dit_recu

    @property
    def a_remplir(self) -> tuple[ReponseAttendue, ...]:
        """The answers for which a blank workbook is wanted, in the order of the contract."""
        return tuple(f for f in self.repondant.fiches if f in {*self.manquantes, *self.rejetees})


def retards(resultat: Resultat, pilotage: Pilotage, jour: date) -> list[Retard]:
    """Those whose answer is missing or could not be kept, in the contract's order; then the groups without members."""
    contrat, cle = resultat.contrat, cle_de_structure(resultat.contrat)
    prevus = Attendus(contrat, attendus(contrat, resultat.annee, pilotage.membres))
    etats = _etats(resultat, prevus)
    suivis: Mapping[str, Relance] = {cle(r.structure): r for r in reversed(pilotage.relances)}
    trouves = []
    for repondant in entry.repondants(contrat, pilotage.membres):
        par_etat: dict[str, list[ReponseAttendue]] = defaultdict(list)
        for fiche, volet in repondant.fiches:
            par_etat[_un_etat(etats[prevus.trouver(fiche, repondant.id, volet)])].append((fiche, volet))
        if set(par_etat) == {RECU}:
            continue
        suivi = suivis.get(cle(repondant.id), Relance(repondant.id))
        trouves.append(Retard(
            repondant, *(tuple(par_etat[e]) for e in ("", REJETE, DOUBLON, RECU)), suivi.statut, suivi.date, pilotage.limite, _jours(pilotage.limite, jour),
        ))  # fmt: skip
    return trouves + _groupes(contrat, resultat, pilotage, jour)


def _etats(resultat: Resultat, prevus: Attendus) -> dict[int | None, set[str]]:
    """Expected answer → the states of what came for it."""
    etats: dict[int | None, set[str]] = defaultdict(set)
    for r in resultat.retours.to_dict("records"):
        if r["Statut"] in (RECU, REJETE, DOUBLON) and r["Fiche"] and r["Structure"] and (rang := prevus.trouver(r["Fiche"], r["Structure"], r["Volet"] or "")) is not None:
            etats[rang].add(r["Statut"])
    return etats


def _un_etat(etats: set[str]) -> str:
    """reçu before doublon before rejeté; "" if nothing came."""
    return next((e for e in (RECU, DOUBLON, REJETE) if e in etats), "")


def _groupes(contrat: Contrat, resultat: Resultat, pilotage: Pilotage, jour: date) -> list[Retard]:
    """Groups of which nobody was named: nobody can be reminded, and the coordinator must know it."""
    prevus = attendus(contrat, resultat.annee, pilotage.membres)
    restes: dict[str, list[ReponseAttendue]] = defaultdict(list)
    manquants = {(r["Fiche"], r["Structure"]) for r in resultat.retours.to_dict("records") if r["Statut"] not in (RECU, REJETE, DOUBLON)}
    for p in prevus[prevus["groupe"]].itertuples(index=False):
        if (p.fiche, nom_affiche(contrat, p.structure)) in manquants:
            restes[p.structure].append((p.fiche, p.volet))
    return [
        Retard(entry.Repondant(g, nom_affiche(contrat, g), tuple(f)), tuple(f), limite=pilotage.limite, jours=_jours(pilotage.limite, jour), groupe=True)
        for g, f in restes.items()
    ]


def _jours(limite: date | None, jour: date) -> int | None:
    return (jour - limite).days if limite and jour > limite else None
