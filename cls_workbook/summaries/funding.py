"""The money of a campaign, by fiche, by funder and by subtotal. Frames in, frames out; euros, exact to the cent.

Source: domaine, section 4. The levels (programmé, engagé, versé, réalisé) are never added to each other, nor are the
four natures of money (maquette, hors maquette, cofinancement, valorisation): there is no grand total.
What the rules of the contract make of it, in sentences, is in ``funding_rules``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

import pandas as pd

from cls_workbook.contract.model import Contrat, Fiche, Regle
from cls_workbook.contract.regles import arrondi
from cls_workbook.francais import NBSP, montant_fr, plier
from cls_workbook.reading.cahier import Cahier
from cls_workbook.reading.vues import colonnes, large, somme

PAR_FICHE = (
    "Fiche", "Axe", "Montant contrat", "Taux contrat", "Programmé", "Engagé", "Versé", "Coût réalisé", "Taux constaté",
    "Reste à engager", "ARS hors maquette", "Cofinancements", "Valorisation",
)  # fmt: skip
PAR_FINANCEUR = ("Financeur", "Nature", "Prévu", "Engagé", "Versé")
TOTAUX = (
    "Sous-total", "Contrat", "Programmé", "Engagé", "Versé", "Écart engagé - programmé", "Écart engagé - programmé (%)",
    "Écart versé - engagé", "Écart versé - engagé (%)", "Réserve",
)  # fmt: skip
A_PROGRAMMER = "à programmer"
MAQUETTE, HORS_MAQUETTE, COFINANCEMENT, VALORISATION = "maquette", "hors_maquette", "cofinancement", "valorisation"
_POSTES = ("personnel", "achats", "autres")


# --- Funding lines --------------------------------------------------------------------------------------------------


def lignes_de_financement(contrat: Contrat, valeurs: pd.DataFrame | Cahier) -> list[dict]:
    """The funding lines, those of one fiche that name the same funder and nature added up: fiche, financeur, nature (as typed), prevu, engage,
    verse (EUR), ``lignes`` (how many), ``chiffrees`` (how many of them with an amount), ``niveau`` (None: no nature), ``financeur_id`` (None: not
    in the contract) and ``reclassee`` (True: typed as maquette, but the contract puts this aid outside it)."""
    cahier, natures = Cahier.de(valeurs), {plier(n.libelle): n.niveau for n in contrat.natures}

    def calculer() -> list[dict]:
        return [_ligne(contrat, natures, cle, sommes) for cle, sommes in _sommes(cahier).items()]

    return cahier.une_fois("lignes", calculer, contrat)


def _sommes(cahier: Cahier) -> dict[tuple[str, str | None, str | None], tuple]:
    """(fiche, funder, nature) → its sums (prevu, engage, verse, lignes, chiffrees), made batch after batch."""
    sommes: dict[tuple, tuple] = {}
    for partie in cahier.par_tranche(lambda c: c.bloc == "financement"):
        groupes: dict[tuple, list[tuple]] = {}
        for *cle, prevu, engage, verse in colonnes(large(partie, "financement"), "fiche", "financeur", "nature", "prevu", "engage", "verse"):
            chiffree = prevu is not None or engage is not None or verse is not None
            groupes.setdefault(tuple(cle), []).append((prevu, engage, verse, 1, int(chiffree)))
        for cle, lignes in groupes.items():
            sommes[cle] = tuple(map(somme, zip(*lignes, *([sommes[cle]] if cle in sommes else ()), strict=True)))
    return sommes


def _ligne(contrat: Contrat, natures: Mapping[str, str], cle: tuple[str, str | None, str | None], sommes: tuple) -> dict:
    (fiche, typee, nature), (prevu, engage, verse, lignes, chiffrees) = cle, sommes
    niveau, financeur = natures.get(plier(str(nature or ""))), id_de_financeur(contrat, typee)
    reclassee = niveau == MAQUETTE and _hors_maquette(contrat, fiche, financeur, typee)
    return {
        "fiche": fiche, "financeur": typee, "nature": nature, "prevu": prevu, "engage": engage, "verse": verse, "lignes": lignes, "chiffrees": chiffrees,
        "niveau": HORS_MAQUETTE if reclassee else niveau, "financeur_id": financeur, "reclassee": reclassee,
    }  # fmt: skip


def de_l_annee(valeurs: pd.DataFrame | Cahier, annee: int) -> Cahier:
    """Without what was typed for another year; a book is of one campaign."""
    return valeurs if isinstance(valeurs, Cahier) else Cahier.de(valeurs[valeurs["annee"] == annee])


def id_de_financeur(contrat: Contrat, financeur: object) -> str | None:
    """The id of a funder given by id or by name; None if the contract does not know it."""
    plie = plier(str(financeur or ""))
    return next((f.id for f in contrat.financeurs if plie in (plier(f.id), plier(f.nom))), None)


def regles_de_poste(contrat: Contrat, numero: str) -> list[Regle]:
    """The rules by which the aid to the post of this fiche stands outside the maquette."""
    return [r for r in contrat.regles if r.type == "poste" and r.hors_maquette and r.fiche == numero]


def _hors_maquette(contrat: Contrat, numero: str, financeur: str | None, typee: object) -> bool:
    """A line without funder is the aid of the rule's funder; a line of another funder is not."""
    return any(r.financeur in (None, financeur) or not typee for r in regles_de_poste(contrat, numero))


def _centimes(montant: Decimal | None) -> Decimal | None:
    """Rounding comes here only, once everything is added."""
    return None if montant is None else arrondi(Decimal(montant))


# --- By fiche -------------------------------------------------------------------------------------------------------


def par_fiche(
    contrat: Contrat,
    annee: int,
    valeurs: pd.DataFrame | Cahier,
    programme: Mapping[tuple[str, str], Decimal] | None = None,
    cumul_precedent: Mapping[str, Decimal] | None = None,
) -> pd.DataFrame:
    """The table ``Financement_fiches``: one row per fiche, those without amount included, then the actions to programme.

    ``valeurs``: retained values; those of another year than ``annee`` are left out. ``programme``: (fiche, financeur id
    or "") → EUR that the COPIL programmed for the year. ``cumul_precedent``: fiche → EUR of the maquette engaged in
    earlier years. Engagé and Versé are of the maquette only; the last three columns are what was engaged of the rest.
    """
    valeurs = de_l_annee(valeurs, annee)
    lignes = lignes_de_financement(contrat, valeurs)
    couts = couts_realises(valeurs)
    rangees = []
    for fiche in contrat.fiches:
        siennes = [li for li in lignes if li["fiche"] == fiche.numero]
        rangees.append(_fiche(contrat, fiche, siennes, couts.get(fiche.numero), programme or {}, cumul_precedent or {}))
    rangees += [{"Fiche": A_PROGRAMMER, "Axe": action.axe} for action in contrat.a_programmer]
    return _cadre(rangees, PAR_FICHE)


def _fiche(contrat: Contrat, fiche: Fiche, lignes: list[dict], cout: Decimal | None, programme: Mapping, cumul: Mapping) -> dict:
    prevu = fiche.financement.montant
    engage = _somme(lignes, MAQUETTE, "engage")
    deja = somme((engage, cumul.get(fiche.numero)))
    verse_ars = somme(li["verse"] for li in lignes if _paye_par_l_agence(contrat, fiche, li))
    return {
        "Fiche": fiche.numero, "Axe": fiche.axe, "Montant contrat": _centimes(prevu), "Taux contrat": fiche.financement.taux,
        "Programmé": _centimes(programme_maquette(contrat, fiche.numero, programme)), "Engagé": _centimes(engage),
        "Versé": _centimes(_somme(lignes, MAQUETTE, "verse")), "Coût réalisé": _centimes(cout),
        "Taux constaté": Decimal(verse_ars) / cout if cout and verse_ars is not None else None,
        "Reste à engager": _centimes(prevu - deja) if prevu is not None and deja is not None else None,
        "ARS hors maquette": _centimes(_somme(lignes, HORS_MAQUETTE, "engage")),
        "Cofinancements": _centimes(_somme(lignes, COFINANCEMENT, "engage")),
        "Valorisation": _centimes(_somme(lignes, VALORISATION, "engage")),
    }  # fmt: skip


def _somme(lignes: Iterable[Mapping], niveau: str, champ: str) -> Decimal | None:
    return somme(li[champ] for li in lignes if li["niveau"] == niveau)


def _paye_par_l_agence(contrat: Contrat, fiche: Fiche, ligne: Mapping) -> bool:
    """What an observed rate has above the line: the agency's money of the maquette, or its aid to the post."""
    postes = regles_de_poste(contrat, fiche.numero)
    if ligne["niveau"] != (HORS_MAQUETTE if postes else MAQUETTE):
        return False
    agences = {r.financeur for r in postes if r.financeur} or _financeurs_de_l_agence(contrat)
    return not agences or not ligne["financeur"] or ligne["financeur_id"] in agences


def _financeurs_de_l_agence(contrat: Contrat) -> set[str]:
    return {f.id for f in contrat.financeurs if contrat.agence and f.structure == contrat.agence}


def programme_maquette(contrat: Contrat, numero: str, programme: Mapping[tuple[str, str], Decimal]) -> Decimal | None:
    """What the COPIL programmed on the maquette of a fiche; the aid to a post is outside it."""
    if regles_de_poste(contrat, numero):
        return None
    paritaires = {f for r in contrat.regles_de(numero, "parite") for f in r.financeurs}
    compris = _financeurs_de_l_agence(contrat) | paritaires
    return somme(
        montant for (fiche, financeur), montant in programme.items()
        if fiche == numero and (not financeur or not compris or id_de_financeur(contrat, financeur) in compris)
    )  # fmt: skip


def couts_realises(valeurs: pd.DataFrame | Cahier) -> dict[str, Decimal]:
    """Fiche → cost of the year, EUR: the totals of its returns; where a return gives no total, the sum of its posts."""
    cahier = Cahier.de(valeurs)
    return cahier.une_fois("couts", lambda: _couts(cahier))


def _couts(cahier: Cahier) -> dict[str, Decimal]:
    couts: dict[str, Decimal] = {}
    for partie in cahier.par_tranche(lambda c: c.bloc == "depenses"):
        for fiche, total, *postes in colonnes(large(partie, "depenses"), "fiche", "total", *_POSTES):
            depense = total if total is not None else somme(postes)
            if depense is not None:
                couts[fiche] = couts.get(fiche, Decimal(0)) + depense
    return couts


# --- By funder, by subtotal -----------------------------------------------------------------------------------------


def par_financeur(contrat: Contrat, valeurs: pd.DataFrame | Cahier) -> pd.DataFrame:
    """The table ``Financement_financeurs``: one row per funder and nature, in the contract's order; EUR.

    Prévu, Engagé and Versé are each their own sum. A funder or a nature that nobody gave is an empty cell.
    """
    hors = next((n.libelle for n in contrat.natures if n.niveau == HORS_MAQUETTE), None)
    noms = {f.id: f.nom for f in contrat.financeurs}
    natures = {plier(n.libelle): n.libelle for n in contrat.natures}
    groupes: dict[tuple, list[dict]] = {}
    ecrits: dict[str, str] = {}
    for li in lignes_de_financement(contrat, valeurs):
        typee = li["financeur"] and ecrits.setdefault(plier(li["financeur"]), li["financeur"])
        nature = hors if li["reclassee"] else li["nature"] and natures.get(plier(li["nature"]), li["nature"])
        groupes.setdefault((noms.get(li["financeur_id"], typee), nature), []).append(li)
    rang_financeur = {nom: rang for rang, nom in enumerate(noms.values())}
    rang_nature = {nom: rang for rang, nom in enumerate(natures.values())}
    dernier = len(rang_financeur), len(rang_nature)

    def ordre(cle: tuple) -> tuple:
        financeur, nature = cle
        return rang_financeur.get(financeur, dernier[0]), financeur or "", rang_nature.get(nature, dernier[1]), nature or ""

    return _cadre(
        (
            {"Financeur": cle[0], "Nature": cle[1]}
            | {titre: _centimes(somme(li[champ] for li in groupes[cle])) for titre, champ in (("Prévu", "prevu"), ("Engagé", "engage"), ("Versé", "verse"))}
            for cle in sorted(groupes, key=ordre)
        ),
        PAR_FINANCEUR,
    )


def donnes_par_financeur(contrat: Contrat, valeurs: pd.DataFrame | Cahier) -> pd.DataFrame:
    """Of the table ``Financements``, what each fiche had of each funder under each nature: Fiche, Financeur, Nature, Engagé, Versé (EUR)."""
    champs = ("fiche", "financeur", "nature", "engage", "verse")
    return pd.DataFrame([[li[c] for c in champs] for li in lignes_de_financement(contrat, valeurs)], columns=["Fiche", "Financeur", "Nature", "Engagé", "Versé"], dtype=object)


def totaux(contrat: Contrat, financement: pd.DataFrame) -> pd.DataFrame:
    """The subtotals of ``par_fiche``: maquette, poste de coordination, ARS hors maquette, cofinancements, valorisation.

    One row each, never added together. Differences are in EUR and as a share (0.1 for 10 %), over the fiches where
    both amounts are known; Réserve says over how many. Only the maquette has all levels; the others show what was engaged.
    """
    fiches = financement[financement["Fiche"] != A_PROGRAMMER]
    de_poste = fiches["Fiche"].map(lambda numero: bool(regles_de_poste(contrat, numero))).astype(bool)
    lignes = [_maquette(contrat, fiches)]
    if de_poste.any():
        lignes.append({"Sous-total": "Poste de coordination (hors maquette)", "Engagé": somme(fiches.loc[de_poste, "ARS hors maquette"])})
    lignes += [
        {"Sous-total": "ARS hors maquette", "Engagé": somme(fiches.loc[~de_poste, "ARS hors maquette"])},
        {"Sous-total": "Cofinancements", "Engagé": somme(fiches["Cofinancements"])},
        {"Sous-total": "Valorisation (sans versement)", "Engagé": somme(fiches["Valorisation"])},
    ]
    return _cadre(lignes, TOTAUX)


def _maquette(contrat: Contrat, fiches: pd.DataFrame) -> dict:
    prevu = somme(fiches["Montant contrat"])
    reserves = []
    if contrat.maquette is not None and prevu is not None and prevu != contrat.maquette:
        reserves.append(f"le contrat annonce {montant_fr(contrat.maquette)}, les fiches font {montant_fr(prevu)}")
    dotees = fiches[fiches["Montant contrat"].notna()]
    for colonne in ("Programmé", "Engagé", "Versé"):
        connus = int(dotees[colonne].notna().sum())
        if connus < len(dotees):
            reserves.append(f"{colonne.lower()} connu pour {connus} fiche{'s' * (connus > 1)} dotée{'s' * (connus > 1)} sur {len(dotees)}")
    annoncee = contrat.maquette if contrat.maquette is not None else somme(e.montant for e in contrat.enveloppes if e.financeur is None)
    ligne = {"Sous-total": "Maquette", "Contrat": annoncee if prevu is None else prevu}
    ligne |= {colonne: somme(fiches[colonne]) for colonne in ("Programmé", "Engagé", "Versé")}
    for depuis, vers in (("Programmé", "Engagé"), ("Engagé", "Versé")):
        titre = f"Écart {vers.lower()} - {depuis.lower()}"
        ligne[titre], ligne[f"{titre} (%)"], combien = _ecart(fiches, depuis, vers)
        if combien and combien < len(fiches):
            reserves.append(f"écart {vers.lower()} - {depuis.lower()} sur {combien} fiche{'s' * (combien > 1)}")
    return ligne | {"Réserve": f"{NBSP}; ".join(reserves) or None}


def _ecart(fiches: pd.DataFrame, depuis: str, vers: str) -> tuple[Decimal | None, Decimal | None, int]:
    """(difference, share of the first amount, number of fiches): like with like, only where both are known."""
    paires = [(a, b) for a, b in zip(fiches[depuis], fiches[vers], strict=True) if a is not None and b is not None]
    if not paires:
        return None, None, 0
    base = sum(a for a, _ in paires)
    ecart = sum(b for _, b in paires) - base
    return ecart, ecart / base if base else None, len(paires)


def _cadre(lignes: Iterable[Mapping], colonnes: tuple[str, ...]) -> pd.DataFrame:
    """Object columns: a Decimal stays exact, a missing amount None."""
    return pd.DataFrame([[ligne.get(c) for c in colonnes] for ligne in lignes], columns=list(colonnes), dtype=object)
