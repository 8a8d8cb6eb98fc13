"""The rules of aid applied to a campaign: how each was met, what limited or refused it, in French sentences. Pure.

The arithmetic is in ``contract.aides``; here are the figures that it rests on, taken from what the returns say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from cls_workbook.contract.aides import TYPES_D_AIDE, Aide, Situation, calculer
from cls_workbook.contract.model import Contrat, Regle
from cls_workbook.contract.petits_effectifs import petit
from cls_workbook.contract.regles import part_de_poste
from cls_workbook.francais import NBSP, montant_fr
from cls_workbook.reading.cahier import Cahier
from cls_workbook.reading.vues import somme
from cls_workbook.summaries.funding import COFINANCEMENT, HORS_MAQUETTE, MAQUETTE

EN_ARGENT = (MAQUETTE, HORS_MAQUETTE, COFINANCEMENT)
AidesPassees = Mapping[str, Mapping[int, Decimal]]


def situations(
    contrat: Contrat, annee: int, lignes: list[dict], valeurs: Cahier, couts: Mapping[str, Decimal], passees: AidesPassees | None = None
) -> list[tuple[Regle, Situation, Aide]]:
    """Each rule of aid, in the contract's order, with what it was applied to and what it gives.

    ``lignes``: ``lignes_de_financement`` of the year; ``couts``: fiche → EUR; ``passees``: rule id → year → EUR engaged.
    An aid that nobody typed counts, for the rules after it, as what its own rule allows: together they stay under the cost.
    """
    trouvees: list[tuple[Regle, Situation, Aide]] = []
    droits: dict[str, Decimal] = {}  # funder → what a rule allows it, where it engaged nothing
    for regle in (r for r in contrat.regles if r.type in TYPES_D_AIDE):
        siennes = [li for li in lignes if regle.fiche in (None, li["fiche"]) and li["niveau"] in EN_ARGENT]
        du_financeur = [li for li in siennes if regle.financeur in (None, li["financeur_id"])]
        autres = [li for li in siennes if li not in du_financeur]
        promis = sum((m for f, m in droits.items() if f != regle.financeur), Decimal(0)) if regle.fiche is not None else Decimal(0)
        depenses = valeurs.lignes(lambda c, r=regle: c.bloc == "depenses" and r.fiche in (None, c.fiche), "valeur", champs=("etp",))
        situation = Situation(
            annee,
            depense=somme(m for f, m in couts.items() if regle.fiche in (None, f)),
            etp=somme(valeur for (valeur,) in depenses),
            engage=somme(li["engage"] for li in siennes), demande=somme(li["engage"] for li in du_financeur),
            autres=(somme(li["engage"] for li in autres) or Decimal(0)) + promis,
            personnes=compte(contrat, valeurs, regle.mesure_participants), sessions=compte(contrat, valeurs, regle.mesure_sessions),
            anterieures=(passees or {}).get(regle.id, {}),
        )  # fmt: skip
        aide = calculer(regle, situation)
        if situation.demande is None and aide.montant is not None and regle.financeur:
            droits[regle.financeur] = aide.montant
        trouvees.append((regle, situation, aide))
    return trouvees


def explications_des_aides(contrat: Contrat, situations_: Iterable[tuple[Regle, Situation, Aide]]) -> list[str]:
    """One sentence for each rule that has something to say. The share of a post has its own sentence elsewhere: here only
    what limits it beyond its rate and its yearly cap. Amounts that a small count was multiplied into are not said."""
    phrases, fiches, situations_ = [], {}, list(situations_)
    discretes = {r.fiche for r, s, _ in situations_ if r.base == "personne" and de_peu_de_gens(contrat, r.mesure_participants, s.personnes)}
    for regle, situation, aide in situations_:
        lieu = f"Fiche {regle.fiche}" if regle.fiche else regle.libelle
        if discretes & {regle.fiche, None}:  # the rules of a fiche reckon with each other's amounts
            phrases.append(f"{lieu}{NBSP}: {_discrete(situation, aide)}.")
            continue
        phrase = _du_poste(regle, situation, aide) if regle.type == "poste" else _phrase(situation, aide)
        if phrase:
            nomme = f" ({regle.libelle})" if regle.fiche and regle.type != "poste" and regle.modele else ""
            phrases.append(f"{lieu}{NBSP}: {phrase}{nomme}.")
        if regle.fiche:
            fiches.setdefault(regle.fiche, situation)
    for numero, s in fiches.items():
        if s.engage is not None and s.depense is not None and s.engage > s.depense:
            phrases.append(f"Fiche {numero}{NBSP}: {montant_fr(s.engage)} engagés pour un coût de {montant_fr(s.depense)}, soit {montant_fr(s.engage - s.depense)} de trop.")
    return phrases


def _phrase(situation: Situation, aide: Aide) -> str:
    demande, motifs = situation.demande, f"{NBSP}; ".join(aide.motifs)
    if demande is None:
        return f"aide possible de {montant_fr(aide.montant)} ({motifs})" if aide.montant is not None and not aide.refusee else ""
    if aide.refusee:
        return f"aide de {montant_fr(demande)} refusée ({motifs})"
    if aide.montant is None:
        return f"aide de {montant_fr(demande)}, non vérifiable ({motifs})"
    if aide.montant < demande:
        return f"aide de {montant_fr(demande)} ramenée à {montant_fr(aide.montant)} ({motifs})"
    return f"aide de {montant_fr(demande)}, dans les limites de la règle" + (f" ({montant_fr(aide.montant)} au plus)" if aide.montant > demande else "")


def _discrete(situation: Situation, aide: Aide) -> str:
    """Whether the aid holds, without what it was worked out from."""
    if situation.demande is None or aide.montant is None:
        return "aide calculée sur un effectif masqué"
    limite = "au-dessus de ce que permet la règle" if aide.refusee or aide.montant < situation.demande else "dans les limites de la règle"
    return f"aide de {montant_fr(situation.demande)}, {limite} (effectif masqué)"


def _du_poste(regle: Regle, situation: Situation, aide: Aide) -> str:
    if situation.depense is None or aide.montant is None or aide.refusee:
        return ""
    sans_les_autres = part_de_poste(regle, situation.depense, situation.etp)
    return f"aide ramenée de {montant_fr(sans_les_autres)} à {montant_fr(aide.montant)} ({aide.motifs[-1]})" if aide.montant < sans_les_autres else ""


def de_peu_de_gens(contrat: Contrat, mesure: str | None, nombre: object) -> bool:
    """Is it a small count of a measure whose small counts are masked? What a rule makes of it would tell it."""
    return mesure is not None and contrat.par_mesure[mesure][2].petits_effectifs and petit(nombre, contrat.seuil_petits_effectifs)


def compte(contrat: Contrat, valeurs: Cahier, mesure: str | None) -> int | Decimal | None:
    """The sum that the returns give for a measure: its figures, or the total of its breakdown."""
    if mesure is None:
        return None
    champ = "effectif" if contrat.par_mesure[mesure][2].type == "ventilation" else "valeur"
    return somme(valeur for (valeur,) in valeurs.lignes(lambda c: c.mesure == mesure, "valeur", champs=(champ,)))
