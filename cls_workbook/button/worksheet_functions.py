"""Functions for the coordinator's own sheets (``=cls_ecart(B2;C2)``): doors to the pure functions, where the UDF
server runs.

A blank gives a blank, never 0. What cannot be computed is said in French in the cell. A computer without the UDF server
shows #NOM? in the cells that call these, and nothing else changes.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import lru_cache

import xlwings as xw

from cls_workbook.definition.toml_reader import load
from cls_workbook.domain.model import Contrat
from cls_workbook.domain.subsidies import parity_gap, payable_for_post, relative_gap
from cls_workbook.errors import Refusal
from cls_workbook.french import amount_fr, fold, quoted_list, typography

EMPTY = ""  # None would show as 0
# The functions below carry no annotations: xlwings would take them for converters.


def _in_french(function: Callable[..., object]) -> Callable[..., object]:
    """What cannot be computed is the text of the cell."""

    @functools.wraps(function)
    def in_french(*arguments: object) -> object:
        try:
            result = function(*arguments)
        except Refusal as refusal:
            return typography(f"#{refusal}")
        return EMPTY if result is None else float(result) if isinstance(result, Decimal) else result

    return in_french


@xw.func
@xw.arg("depense", doc="Dépense éligible du poste dans l’année, en euros (salaire chargé et frais de missions).")
@xw.arg("etp", doc="Quotité du poste, en ETP, quels que soient les mois. Vide : non connu, toute la dépense compte.")
@xw.arg("fiche", doc='Numéro de la fiche qui porte le poste, en texte : "5.1".')
@xw.arg("contrat", doc="Identifiant du contrat, ou chemin de sa définition.")
@_in_french
def cls_part_de_poste(depense, etp, fiche, contrat):  # type: ignore[no-untyped-def]  # see above
    """Part d’un poste que le contrat finance, en euros : taux, plafond annuel, ETP minimum et maximum de la fiche."""
    expenditure, etp, numero = _number(depense, "la dépense"), _number(etp, "l’ETP"), _text(fiche)
    if expenditure is None or not numero:
        return None
    if expenditure < 0:
        raise Refusal("la dépense est négative")
    regles = _contrat(_text(contrat)).rules_of(numero, "poste")
    if not regles:
        raise Refusal(f"la fiche « {numero} » n’a pas de règle de poste dans ce contrat")
    return payable_for_post(regles[0], expenditure, etp)


@xw.func
@xw.arg(
    "realisations", ndim=2, doc="Plage des réalisations, une par fiche : Totale, Partielle, Nulle, Rien de programmé."
)
@xw.arg("large", doc="VRAI : les réalisations partielles comptent aussi. Vide ou FAUX : les totales seulement.")
@_in_french
def cls_taux_de_realisation(realisations, large=None):  # type: ignore[no-untyped-def]  # see above
    """Taux de réalisation : fiches réalisées / fiches programmées. Une fiche sans réponse ne compte pas."""
    from cls_workbook.domain.questions import ChoiceLists
    from cls_workbook.summaries.progress import count_completions

    words = [_text(v) or None for row in realisations for v in row]
    known = {fold(r) for r in ChoiceLists().realisations}
    if unknown := [m for m in words if m and fold(m) not in known]:
        raise Refusal(
            f"réalisation inconnue : {quoted_list(unknown[:1])} ; au choix : {', '.join(ChoiceLists().realisations)}"
        )
    taux = count_completions(words)
    return taux.wide if large is True else taux.strict


@xw.func
@xw.arg("depuis", doc="Le montant ou le nombre de départ (prévu, programmé, année précédente).")
@xw.arg("vers", doc="Le montant ou le nombre d’arrivée (engagé, versé, année en cours).")
@_in_french
def cls_ecart(depuis, vers):  # type: ignore[no-untyped-def]  # see above
    """Écart : (arrivée - départ) / départ, à montrer au format pourcentage. Vide si l’un des deux n’est pas connu."""
    starting_point, arrival = _number(depuis, "le départ"), _number(vers, "l’arrivée")
    if starting_point is not None and arrival is not None and not starting_point:
        raise Refusal("le départ est nul : un écart en % n’a pas de sens")
    return relative_gap(starting_point, arrival)


@xw.func
@xw.arg("montants", ndim=2, doc="Plage des montants, un par financeur tenu à la parité, en euros.")
@xw.arg("tolerance", doc="Écart admis, en euros. Vide : un centime.")
@_in_french
def cls_parite(montants, tolerance=None):  # type: ignore[no-untyped-def]  # see above
    """« respectée », ou l’écart du plus grand au plus petit montant. Vide tant qu’un financeur n’a rien dit."""
    known = [_number(v, "un montant") for row in montants for v in row]
    if len(known) < 2:
        raise Refusal("la parité compare deux montants au moins")
    gap, admitted = parity_gap(known), _number(tolerance, "la tolérance")
    if gap is None:
        return None
    return (
        "respectée"
        if gap <= (Decimal("0.01") if admitted is None else admitted)
        else typography(f"non respectée : écart de {amount_fr(gap)}")
    )


# --- What a cell gives ---


def _number(valeur: object, what: str) -> Decimal | None:
    """A figure as exact Decimal; None for a blank.

    Refusal for anything else, a text that looks like a figure included.
    """
    if valeur is None or (isinstance(valeur, str) and not valeur.strip()):
        return None
    if isinstance(valeur, (int, float)) and not isinstance(valeur, bool):
        try:
            return Decimal(repr(valeur)) if valeur == valeur else None
        except InvalidOperation:
            pass
    raise Refusal(f"{what} n’est pas un nombre : {quoted_list([str(valeur)])}")


def _text(valeur: object) -> str:
    """A cell as text; a number of fiche that Excel took for a figure (5.1) as it is written."""
    return "" if valeur is None else str(valeur).strip()


@lru_cache(maxsize=8)  # a workbook speaks of one
def _contrat(reference: str) -> Contrat:
    if not reference:
        raise Refusal("le contrat n’est pas dit : donnez son identifiant")
    return load(reference)
