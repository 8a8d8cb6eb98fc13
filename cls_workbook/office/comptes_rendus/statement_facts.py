"""What the printed form of a compte rendu financier says, from a return and the contract."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.compte_rendu_checks import GapsUnexplained
from cls_workbook.checks.given.check_input import CheckInput
from cls_workbook.checks.typed_comptes_rendus import DeclaredCompteRendu
from cls_workbook.domain.accounts.account_plan import INDIRECT, INDIRECT_ACCOUNTS, REALISED
from cls_workbook.domain.accounts.compte_rendu import total_of_known
from cls_workbook.domain.asked.compte_rendu_questions import REPARTITION
from cls_workbook.french import amount_fr, number_fr, typography
from cls_workbook.office.comptes_rendus.qualitative_account import paragraphs
from cls_workbook.office.comptes_rendus.statement_page import Line, Statement
from cls_workbook.personal_data import without_personal_data

_VALUED = "valorisation"


def statement(given: CheckInput, declared: DeclaredCompteRendu, anomalies: Iterable[Anomalie]) -> Statement:
    """``anomalies``: those of this compte rendu."""
    contrat, fiche = given.contrat, given.contrat.par_fiche[declared.fiche]
    structure = contrat.by_structure.get(str(declared.retour["structure"]))
    nom = str(declared.retour["structure"]) if structure is None else structure.nom_complet or structure.nom
    answer: Any = next((r for r in given.answers.rows("reponse") if _is_of(r, declared)), {})
    siret = answer.get("siret") or (structure.siret if structure else None)
    year = contrat.follow_up.year_name(given.annee)
    who = [
        ("Organisme", nom),
        ("SIRET", siret or "à compléter"),
        ("RNA ou récépissé", "à compléter, pour une association"),
        ("Contrat", contrat.titre),
        ("Action subventionnée", f"Fiche {fiche.numero} · {fiche.titre}"),
        ("Exercice", year),
    ]
    return Statement(
        f"Compte rendu financier {year} — {nom} — fiche {fiche.numero}",
        who,
        paragraphs(given, declared),
        declared.drawn_up,
        _grants(declared),
        _annexes(given, declared, anomalies),
        nom,
        f"{contrat.nom_court} · {year} · fiche {fiche.numero}",
    )


def _is_of(r: Any, declared: DeclaredCompteRendu) -> bool:
    return bool(r["fichier"] == declared.retour["fichier"] and not r["fiche"])


def _grants(declared: DeclaredCompteRendu) -> list[Line]:
    """One line a funder, whatever the natures of its money; what is only valued apart."""
    by_funder: dict[str, list[Any]] = {}
    for x in declared.lines:
        if x["niveau"] != _VALUED and (x["prevu"] is not None or x["engage"] is not None):
            by_funder.setdefault(x["financeur"] or "financeur non précisé", []).append(x)
    return [
        Line(f"dont {nom}", total_of_known(x["prevu"] for x in lines), total_of_known(x["engage"] for x in lines))
        for nom, lines in by_funder.items()
    ]


def _annexes(given: CheckInput, declared: DeclaredCompteRendu, anomalies: Iterable[Anomalie]) -> list[tuple[str, str]]:
    observations = [f"À corriger : {a.found}." for a in anomalies if a.code != GapsUnexplained.code]
    said = (
        ("Règle de répartition des charges indirectes", _sharing(given, declared) or "Sans objet."),
        ("Écarts significatifs entre budget prévu et réalisé", _gaps(given, declared)),
        ("Contributions volontaires en nature affectées à l’action", _in_kind(declared) or "Sans objet."),
        ("Observations", "\n".join(observations) or "Néant."),
    )
    return [(titre, typography(texte)) for titre, texte in said]


def _gaps(given: CheckInput, declared: DeclaredCompteRendu) -> str:
    """What the structure says of them, then the largest ones."""
    gaps = declared.drawn_up.gaps(given.contrat.follow_up.ecart_a_expliquer)
    told = [f"{g.nom} : {amount_fr(g.realised)} pour {amount_fr(g.planned)} prévus" for g in gaps]
    explained = without_personal_data(declared.explanation) or ("À compléter." if gaps else "Néant.")
    return "\n".join([explained, *[f"{' ; '.join(told)}."] * bool(told)])


def _sharing(given: CheckInput, declared: DeclaredCompteRendu) -> str:
    common: Any = next((r for r in given.answers.rows(REPARTITION.nom) if _is_of(r, declared)), None)
    amount = common and total_of_known(common[n] for n in INDIRECT_ACCOUNTS)
    if not amount:
        return ""
    pieces = [f"{amount_fr(amount)} à répartir selon : {common['cle_de_repartition'] or 'clé à préciser'}"]
    if declared.key:
        base = f" sur {number_fr(common['base'])}" if common["base"] else ""
        part = amount_fr(declared.drawn_up.total(REALISED, INDIRECT))
        pieces.append(f"part de cette fiche : {part} ({number_fr(declared.key)}{base})")
    rule = without_personal_data(common["regle"] or "")
    return " ; ".join(pieces) + "." + (f"\n{rule}" if rule else "")


def _in_kind(declared: DeclaredCompteRendu) -> str:
    lines = [x for x in declared.lines if x["niveau"] == _VALUED]
    amounts = (x["prevu"] if x["engage"] is None else x["engage"] for x in lines)
    names = (x["financeur"] or "financeur non précisé" for x in lines)
    return " ; ".join(f"{nom} : {amount_fr(amount)}" for nom, amount in zip(names, amounts, strict=True))
