"""The drafts and the list of who is late, written to a folder. What an earlier run wrote there is replaced."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path

from cls_workbook import entry
from cls_workbook import pilotage as coordination
from cls_workbook.entry.edition import editer
from cls_workbook.francais import date_fr, typographie
from cls_workbook.relances import messages
from cls_workbook.relances.retards import ReponseAttendue, Retard, retards
from cls_workbook.results import consolidated
from cls_workbook.results.resultat import Resultat
from cls_workbook.xlsx import writer
from cls_workbook.xlsx.sheets import Classeur, Feuille

FEUILLE = TABLE = "Relances"
COLONNES = (
    "Structure", "Fiches manquantes", "À renvoyer", "En plusieurs versions", "Reçues", "Attendu le", "Jours de retard",
    "Statut du retour", "Dernière relance", "Brouillon",
)  # fmt: skip
_STYLES = {"Attendu le": "cellule:date", "Dernière relance": "cellule:date", "Jours de retard": "cellule:entier"}
_A_NOMMER = "membres à nommer (pilotage, feuille Groupes)"
_DIT_RECU = "{} selon le pilotage, mais son fichier n’est pas dans le dossier"


@dataclass(frozen=True)
class Relances:
    """What was made of a campaign. ``fichiers``: the list, then a draft for each structure to be reminded."""

    retards: tuple[Retard, ...]
    fichiers: tuple[Path, ...]
    feuille: Feuille

    def bilan(self) -> str:
        """One French sentence."""
        a_relancer = sum(r.a_relancer for r in self.retards)
        if not self.retards:
            return "toutes les réponses attendues sont là, personne n’est à relancer."
        phrases = [f"{a_relancer} brouillon{'s' * (a_relancer > 1)} de message, un par structure à relancer ; rien n’est envoyé."]
        if groupes := sum(r.groupe for r in self.retards):
            phrases.append(f"{groupes} groupe{'s' * (groupes > 1)} sans membre nommé : personne à qui écrire.")
        if dits := sum(r.dit_recu for r in self.retards if not r.groupe):
            phrases.append(f"{dits} retour{'s' * (dits > 1)} dit{'s' * (dits > 1)} reçu{'s' * (dits > 1)} par le pilotage, sans fichier dans le dossier.")
        return typographie(" ".join(phrases))


def preparer(
    resultat: Resultat, pilotage: coordination.Pilotage, dossier: str | Path, jour: date, precedent: str | Path | None = None
) -> Relances:
    """Writes ``relances-<année>.xlsx`` and the drafts in ``dossier``. ``precedent``: last year's consolidation, shown in the workbooks."""
    dossier, trouves = Path(dossier), retards(resultat, pilotage, jour)
    contenus = _brouillons(resultat, pilotage, [r for r in trouves if r.a_relancer], precedent)
    noms = {r.repondant.id: nom for r, nom, _ in contenus}
    feuille = _feuille(resultat, trouves, noms)
    liste = dossier / f"relances-{resultat.annee}.xlsx"
    writer.write(Classeur([feuille], f"Relances {resultat.annee} — {resultat.contrat.titre}"), liste)
    _retirer_les_anciens(dossier, {nom for _, nom, _ in contenus})
    for _, nom, contenu in contenus:
        writer.enregistrer(contenu, dossier / nom)
    return Relances(tuple(trouves), (liste, *(dossier / nom for _, nom, _ in contenus)), feuille)


def _brouillons(resultat: Resultat, pilotage: coordination.Pilotage, a_relancer: Sequence[Retard], precedent: str | Path | None) -> list[tuple[Retard, str, bytes]]:
    contrat, annee = resultat.contrat, resultat.annee
    campagne = coordination.campagne(pilotage)
    if precedent:
        from cls_workbook.results.precedent import pour_les_classeurs

        campagne = replace(campagne, **pour_les_classeurs(precedent, contrat, annee))
    # The workbook of a reminder asks for what is still wanted, and for nothing that was answered.
    partiels = [replace(r.repondant, fiches=r.a_remplir) for r in a_relancer if r.a_remplir]
    classeurs = {p.id: classeur for p, classeur in zip(partiels, editer(contrat, annee, partiels, campagne), strict=True)} if partiels else {}
    return [
        (r, f"relance-{entry.nom_de_fichier(r.repondant.id)}.eml", messages.brouillon(contrat, annee, r, pilotage.contact, classeurs.get(r.repondant.id)))
        for r in a_relancer
    ]  # fmt: skip


def _feuille(resultat: Resultat, trouves: Sequence[Retard], noms: dict[str, str]) -> Feuille:
    lignes = [
        dict(zip(COLONNES, (
            r.repondant.nom, _fiches(r.manquantes), _fiches(r.rejetees), _fiches(r.en_double), _fiches(r.recues), r.limite, r.jours,
            _A_NOMMER if r.groupe else _DIT_RECU.format(r.statut) if r.dit_recu else r.statut or None, r.relancee_le, noms.get(r.repondant.id),
        ), strict=True))
        for r in trouves
    ]  # fmt: skip
    table = consolidated.Table(FEUILLE, TABLE, lignes, COLONNES, ("Structure",), _STYLES, 1, "accent")
    return consolidated.feuille_de(table, f"{resultat.contrat.nom_court} · relances {resultat.annee} au {date_fr(resultat.jour)}")


def _fiches(reponses: Sequence[ReponseAttendue]) -> str | None:
    return ", ".join(f"{fiche} ({volet})" if volet else fiche for fiche, volet in reponses) or None


def _retirer_les_anciens(dossier: Path, gardes: set[str]) -> None:
    """Removes the drafts of an earlier run to structures that have answered since. A file that is not ours stays."""
    for fichier in sorted(dossier.glob("relance-*.eml")):
        with suppress(OSError):
            notre = f"{messages.MARQUE}: relance".encode() in fichier.read_bytes()[:2000]
            if notre and fichier.name not in gardes:
                fichier.unlink()
