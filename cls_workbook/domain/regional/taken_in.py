"""A contract as of a year, with what its noyau asks and no fiche of its own answers: nothing is asked twice."""

from __future__ import annotations

from cls_workbook.domain.announced.mesure import Mesure
from cls_workbook.domain.definition_keys import build, changed, keys_of, value_of_key
from cls_workbook.domain.model import Contrat, Fiche, Indicateur
from cls_workbook.domain.regional.noyau_model import Noyau, NoyauMesure

NUMERO, SHEET = "Noyau", "Noyau régional"  # of what stands as a fiche, though it is no action
MENTAL_HEALTH = "Santé mentale"
# Type of a measure → that of the indicator that it is alone in.
_INDICATEURS = {
    "entier": "compte",
    "decimal": "compte",
    "ventilation": "compte_ventile",
    "liste": "liste_types",
    "moyenne": "duree",
}


def noyau_asked(contrat: Contrat, annee: int) -> tuple[NoyauMesure, ...]:
    """All that the noyau of a contract asks of a year, whoever answers it; nothing where it takes none in."""
    noyau = contrat.regional.taken_in
    return noyau.mesures_in(annee) if noyau else ()


def answering(contrat: Contrat) -> dict[str, list[Mesure]]:
    """Measure of the noyau → those of the fiches that say that they answer it, in the order of the contract."""
    found: dict[str, list[Mesure]] = {}
    for mesure in (m for fiche in contrat.fiches for m in fiche.mesures):
        if mesure.noyau:
            found.setdefault(mesure.noyau, []).append(mesure)
    return found


def with_noyau(contrat: Contrat, annee: int) -> Contrat:
    """The contract as of ``annee``, and one more sheet for what its fiches do not answer; as it is where that is
    nothing."""
    answered = answering(contrat)
    left = [m for m in noyau_asked(contrat, annee) if m.id not in answered]
    return changed(contrat, fiches=(*contrat.fiches, _fiche(contrat, left))) if left else contrat


def respondent_of(contrat: Contrat) -> str | None:
    """The structure that answers what no fiche does."""
    return contrat.regional.repondant_noyau or contrat.parties.coordination


def _fiche(contrat: Contrat, asked: list[NoyauMesure]) -> Fiche:
    noyau, who = contrat.regional.taken_in, respondent_of(contrat)
    together = sorted(asked, key=lambda m: m.sante_mentale)  # the part on mental health comes last
    return Fiche(
        NUMERO,
        f"{SHEET} : {noyau.titre}" if noyau else SHEET,
        porteurs=(who,) if who in contrat.by_structure else (),
        non_demandes=("territoire",),
        indicateurs=tuple(_indicateur(m, _own_id(noyau, m)) for m in together),
        regional=True,
    )


def _own_id(noyau: Noyau | None, asked: NoyauMesure) -> str:
    """« N-07 », then « N-07.2 » once the question has changed: what stands under two ids is never compared."""
    alike = [m for m in noyau.mesures if m.id == asked.id] if noyau else [asked]
    rank = alike.index(asked)
    return f"{asked.id}.{rank + 1}" if rank else asked.id


def _indicateur(asked: NoyauMesure, id_: str) -> Indicateur:
    mesure = build(Mesure, {name: value_of_key(asked, name) for name in keys_of(Mesure)})
    mesure = changed(mesure, id=id_, depuis=None, jusque=None, note=asked.aide or asked.note, noyau=asked.id)
    type_ = _INDICATEURS.get(asked.type, asked.type)
    return Indicateur(id_, asked.libelle, type_, (mesure,), MENTAL_HEALTH if asked.sante_mentale else None)
