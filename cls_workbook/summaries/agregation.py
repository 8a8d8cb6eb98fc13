"""How the answers of several structures, or of several years, make one figure. One function per aggregation code.

Source: domaine, section 4. Pure: plain values in, plain values out. A blank is not a zero: an answer without
value adds nothing, and the total says how many answers it rests on.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from cls_workbook.contract.model import Contrat, Mesure
from cls_workbook.francais import NBSP, date_fr, enumere, nombre_fr, plier
from cls_workbook.reading.vues import somme

SEPARATEUR = f"{NBSP}; "
ESTIME, NON_DISPONIBLE, SANS_OBJET = "estimé", "non disponible", "sans objet"
# Of all that a return says of a measure, what the rules below look at.
CHAMPS = (
    "valeur", "statut", "double_compte", "effectif", "nom", "modalite", "numerateur", "denominateur", "definition", "moyenne", "unite", "satisfaits",
    "repondants", "echelle", "jalon", "date", "texte",
)  # fmt: skip
Nombre = int | Decimal


class Detail(NamedTuple):
    """One row of the breakdown of a measure, as a return says it: a third of the memory of a dictionary, for all the rows of a campaign."""

    modalite: str | None = None
    nom: str | None = None
    effectif: Nombre | None = None
    numerateur: Nombre | None = None
    denominateur: Nombre | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Reponse:
    """What one return says of one measure. ``champs``: champ → value; ``lignes``: the rows of its breakdown.

    Two returns that say the same are still two: they compare by identity.
    """

    structure: str
    champs: Mapping[str, object] = field(default_factory=dict)
    lignes: tuple[Detail, ...] = ()

    @property
    def statut(self) -> str:
        return plier(str(self.champs.get("statut") or ""))

    def a_le_statut(self, statut: str) -> bool:
        return self.statut == plier(statut)

    def nombre(self, champ: str) -> Nombre | None:
        return self.champs.get(champ)


@dataclass(frozen=True, slots=True)
class Resultat:
    """``comptees``: the answers that gave what the measure needs. ``valeur`` None: no figure, ``reserves`` say why."""

    valeur: object = None
    comptees: tuple[Reponse, ...] = ()
    reserves: tuple[str, ...] = ()
    numerateur: Nombre | None = None
    denominateur: Nombre | None = None
    unite: str | None = None


def agreger(contrat: Contrat, mesure: Mesure, reponses: Iterable[Reponse]) -> Resultat:
    """One figure for a measure. KeyError for an aggregation code that does not exist."""
    return _REGLES[mesure.agregation](contrat, mesure, tuple(reponses))


def depend_du_detail(mesure: Mesure) -> bool:
    """Does the figure of this measure depend on the rows of its breakdown?"""
    return mesure.type == "ventilation" or mesure.agregation not in ("FLUX", "PERSONNES")


def compte(mesure: Mesure, reponse: Reponse) -> Nombre | None:
    """The figure of one return: typed, or the total of the breakdown where that is what is asked."""
    if mesure.type == "ventilation":
        return somme(ligne.effectif for ligne in reponse.lignes)
    return reponse.nombre("valeur")


# --- Sums -----------------------------------------------------------------------------------------------------------


def _flux(_: Contrat, mesure: Mesure, reponses: tuple[Reponse, ...]) -> Resultat:
    comptees = _chiffrees(mesure, reponses)
    return Resultat(somme(compte(mesure, r) for r in comptees), comptees, _reserves_communes(mesure, comptees))


def _personnes(_: Contrat, mesure: Mesure, reponses: tuple[Reponse, ...]) -> Resultat:
    """A sum of « participations »: it is a number of persons only if every return attests that none is counted twice."""
    comptees = _chiffrees(mesure, reponses)
    non_attestees = [r for r in comptees if plier(str(r.champs.get("double_compte") or "")) != "oui"]
    reserves = []
    if non_attestees and len(comptees) == 1:
        reserves = ["participations (absence de double compte non attestée)"]
    elif non_attestees:
        reserves = [f"participations (absence de double compte non attestée par {len(non_attestees)} retour{'s' * (len(non_attestees) > 1)} sur {len(comptees)})"]
    return Resultat(somme(compte(mesure, r) for r in comptees), comptees, (*reserves, *_reserves_communes(mesure, comptees)))


def _chiffrees(mesure: Mesure, reponses: tuple[Reponse, ...]) -> tuple[Reponse, ...]:
    return tuple(r for r in reponses if compte(mesure, r) is not None)


def _reserves_communes(mesure: Mesure, comptees: tuple[Reponse, ...]) -> tuple[str, ...]:
    reserves = []
    estimees = sum(r.a_le_statut(ESTIME) for r in comptees)
    if estimees:
        reserves.append("estimé" if estimees == len(comptees) else "en partie estimé")
    if mesure.type == "ventilation" and mesure.reponses_multiples and comptees:
        reserves.append("total des catégories (réponses multiples possibles)")
    return tuple(reserves)


# --- Entities and stocks --------------------------------------------------------------------------------------------


def _entites(contrat: Contrat, mesure: Mesure, reponses: tuple[Reponse, ...]) -> Resultat:
    """One return: its figure. Several: the distinct names, if every return names all that it counts."""
    comptees = _chiffrees(mesure, reponses)
    reserves = _reserves_communes(mesure, comptees)
    comptes = [compte(mesure, r) for r in comptees]
    if len(comptees) < 2:
        return Resultat(somme(comptes), comptees, reserves)
    tous, complets = set(), True
    for reponse, combien in zip(comptees, comptes, strict=True):
        noms = {cle_entite(contrat, mesure, n) for n in noms_cites(reponse)}
        complets = complets and len(noms) == combien
        tous |= noms
    if complets:
        distincts, total = len(tous), sum(comptes)
        if distincts < total:
            reserves += (f"noms distincts (total des déclarations{NBSP}: {nombre_fr(total)})",)
        return Resultat(distincts, comptees, reserves)
    bornes = f"non dédoublonné{NBSP}: entre {nombre_fr(max(comptes))} et {nombre_fr(sum(comptes))}"
    return Resultat(None, comptees, (bornes, *reserves))


def noms_cites(reponse: Reponse) -> list[str]:
    return [str(ligne.nom) for ligne in reponse.lignes if ligne.nom]


def cle_entite(contrat: Contrat, mesure: Mesure, nom: str) -> str:
    """Two spellings of one entity give the same key: case, accents, apostrophes, hyphens, spaces; a commune gives its code."""
    cle = _sans_tirets(nom)
    if mesure.communes:
        courte = cle.removeprefix("commune de ").removeprefix("commune d'").removeprefix("ville de ").removeprefix("ville d'")
        for commune in contrat.communes:
            if courte in (_sans_tirets(commune.nom), _sans_tirets(commune.nom_imprime or commune.nom)):
                return commune.code_insee
    return cle


def _sans_tirets(nom: str) -> str:
    return " ".join(plier(nom).replace("-", " ").split())


# --- Rates and averages ---------------------------------------------------------------------------------------------


def _ratio(_: Contrat, mesure: Mesure, reponses: tuple[Reponse, ...]) -> Resultat:
    """Σ numerators / Σ denominators, over the returns that give both. A denominator fixed by the contract counts once."""
    termes = {r: t for r in reponses if (t := _termes(mesure, r)) is not None}
    comptees = tuple(termes)
    if not comptees:
        return Resultat()
    fixe = mesure.denominateur
    haut = sum(n for n, _ in termes.values())
    bas = fixe if fixe is not None else sum(d for _, d in termes.values())
    reserves = list(_reserves_communes(mesure, comptees))
    if fixe is not None and len(comptees) > 1:
        reserves.append(f"dénominateur du contrat ({nombre_fr(fixe)}) compté une fois")
    if any(_sur_le_detail(r) for r in comptees):
        reserves.append("somme des catégories")
    if len(_ecritures(r.champs.get("definition") for r in comptees)) > 1:
        reserves.append("définitions du taux différentes selon les retours")
    if not bas:
        reserves.append("dénominateur nul")
    return Resultat(Decimal(haut) / Decimal(bas) if bas else None, comptees, tuple(reserves), haut, bas)


def _termes(mesure: Mesure, reponse: Reponse) -> tuple[Nombre, Nombre] | None:
    haut = reponse.nombre("numerateur")
    bas = mesure.denominateur if mesure.denominateur is not None else reponse.nombre("denominateur")
    if haut is not None and bas is not None:
        return haut, bas
    if not _sur_le_detail(reponse):
        return None
    paires = [(li.numerateur, li.denominateur) for li in reponse.lignes if complete(li)]
    return (sum(n for n, _ in paires), sum(d for _, d in paires)) if paires else None


def _sur_le_detail(reponse: Reponse) -> bool:
    """Is the rate given by its breakdown only?"""
    seul = reponse.nombre("numerateur") is None and reponse.nombre("denominateur") is None
    return seul and any(complete(ligne) for ligne in reponse.lignes)


def complete(ligne: Detail) -> bool:
    """Does this row give both terms of a rate?"""
    return ligne.numerateur is not None and ligne.denominateur is not None


def _ecritures(textes: Iterable[object]) -> dict[str, str]:
    """Folded text → first way it was written, for the texts that are there."""
    ecrits: dict[str, str] = {}
    for texte in textes:
        if texte:
            ecrits.setdefault(plier(str(texte)), str(texte))
    return ecrits


def _moyenne(_: Contrat, mesure: Mesure, reponses: tuple[Reponse, ...]) -> Resultat:
    """Weighted by the number each average rests on, one unit only. One return alone: its average."""
    donnees = tuple(r for r in reponses if r.nombre("moyenne") is not None)
    if len(donnees) == 1 and donnees[0].nombre("effectif") is None:
        seule = donnees[0]
        reserves = ("effectif non renseigné", *_reserves_communes(mesure, donnees))
        return Resultat(seule.nombre("moyenne"), donnees, reserves, unite=seule.champs.get("unite"))
    comptees = tuple(r for r in donnees if r.nombre("effectif"))
    reserves = list(_reserves_communes(mesure, comptees))
    if ecartees := len(donnees) - len(comptees):
        reserves.append(f"{ecartees} moyenne{'s' * (ecartees > 1)} sans effectif, non comptée{'s' * (ecartees > 1)}")
    if not comptees:
        return Resultat(None, (), tuple(reserves))
    commune, reserve = _echelle_commune(comptees, "unite", "unité")
    reserves += [reserve] * bool(reserve)
    if commune is None:
        return Resultat(None, comptees, tuple(reserves))
    poids = sum(r.nombre("effectif") for r in comptees)
    total = sum(Decimal(r.nombre("moyenne")) * r.nombre("effectif") for r in comptees)
    return Resultat(total / poids, comptees, tuple(reserves), unite=commune or None)


def _satisfaction(_: Contrat, mesure: Mesure, reponses: tuple[Reponse, ...]) -> Resultat:
    """Σ satisfied / Σ respondents, one scale only."""
    comptees = tuple(r for r in reponses if r.nombre("satisfaits") is not None and r.nombre("repondants") is not None)
    if not comptees:
        return Resultat()
    reserves = list(_reserves_communes(mesure, comptees))
    commune, reserve = _echelle_commune(comptees, "echelle", "échelle")
    reserves += [reserve] * bool(reserve)
    if commune is None:
        return Resultat(None, comptees, tuple(reserves))
    haut, bas = (sum(r.nombre(champ) for r in comptees) for champ in ("satisfaits", "repondants"))
    if not bas:
        return Resultat(None, comptees, (*reserves, "aucun répondant"), haut, bas)
    return Resultat(Decimal(haut) / Decimal(bas), comptees, tuple(reserves), haut, bas)


def _echelle_commune(comptees: tuple[Reponse, ...], champ: str, mot: str) -> tuple[str | None, str]:
    """(the scale that all share, "" if none says it, None if they differ; what has to be said about it).

    « Autre » is no scale in common: two structures may each mean their own.
    """
    ecrits = _ecritures(r.champs.get(champ) for r in comptees)
    muettes = sum(not r.champs.get(champ) for r in comptees)
    if not ecrits:
        return "", f"{mot} non précisée"
    if len(ecrits) == 1 and not muettes and (len(comptees) == 1 or "autre" not in ecrits):
        return next(iter(ecrits.values())), ""
    cites = [*ecrits.values(), *["non précisée"] * bool(muettes)]
    if len(cites) == 1:
        return None, f"{mot}s non comparables{NBSP}: {enumere(cites)}"
    return None, f"{mot}s différentes{NBSP}: {enumere(cites)}"


# --- States, lists, texts -------------------------------------------------------------------------------------------


def _jalon(contrat: Contrat, _: Mesure, reponses: tuple[Reponse, ...]) -> Resultat:
    """The least advanced state; its date is the latest given for that state."""
    comptees = tuple(r for r in reponses if r.champs.get("jalon"))
    if not comptees:
        return Resultat()
    etats = {r: str(r.champs["jalon"]) for r in comptees}
    retenu = moins_avance(contrat.listes.jalons, etats.values())
    dates = [r.champs["date"] for r, etat in etats.items() if plier(etat) == plier(retenu) and isinstance(r.champs.get("date"), date)]
    reserves = [f"au {date_fr(max(dates))}"] if dates else []
    if len({plier(e) for e in etats.values()}) > 1:
        reserves.append(f"états différents{NBSP}: " + ", ".join(f"{r.structure} ({etat})" for r, etat in etats.items()))
    return Resultat(retenu, comptees, tuple(reserves))


def moins_avance(echelle: Iterable[str], etats: Iterable[str]) -> str:
    """The state that comes first in ``echelle``; one that is not there counts as the least advanced. ValueError if none."""
    rangs = {plier(e): rang for rang, e in enumerate(echelle)}
    return min(etats, key=lambda e: rangs.get(plier(e), -1))


def _union(_: Contrat, mesure: Mesure, reponses: tuple[Reponse, ...]) -> Resultat:
    comptees = tuple(r for r in reponses if any(ligne.modalite for ligne in r.lignes))
    citees = _ecritures(ligne.modalite for r in comptees for ligne in r.lignes)
    ordre = {plier(m): rang for rang, m in enumerate(mesure.modalites)}
    rangees = sorted(citees, key=lambda cle: ordre.get(cle, len(ordre)))
    valeur = SEPARATEUR.join(citees[cle] for cle in rangees) or None
    return Resultat(valeur, comptees, _reserves_communes(mesure, comptees))


def _texte(_: Contrat, mesure: Mesure, reponses: tuple[Reponse, ...]) -> Resultat:
    comptees = tuple(r for r in reponses if r.champs.get("texte"))
    valeur = "\n".join(f"{r.structure}{NBSP}: {r.champs['texte']}" for r in comptees) or None
    return Resultat(valeur, comptees, _reserves_communes(mesure, comptees))


_REGLES: dict[str, Callable[[Contrat, Mesure, tuple[Reponse, ...]], Resultat]] = {
    "FLUX": _flux, "PERSONNES": _personnes, "STOCK": _entites, "ENTITES": _entites, "RATIO": _ratio,
    "MOYENNE": _moyenne, "SATISFACTION": _satisfaction, "JALON": _jalon, "UNION": _union, "TEXTE": _texte,
}  # fmt: skip


# --- Over the years -------------------------------------------------------------------------------------------------


def sur_les_annees(agregation: str, serie: Mapping[int, object], initiale: Decimal | None = None) -> tuple[object, str]:
    """(one figure for several years or None, a French sentence that says what it is).

    ``serie``: year → value, None where unknown. What a value is depends on the code: a number; for ENTITES the
    names (a collection of str) or, failing that, a count; for RATIO the pair (numerator, denominator); else a text.
    ``initiale``: what a stock was before the contract. KeyError for an aggregation code that does not exist.
    """
    connues = {annee: serie[annee] for annee in sorted(serie) if serie[annee] is not None}
    if agregation not in _REGLES:
        raise KeyError(agregation)
    if not connues:
        return None, "aucune année renseignée"
    etendue = _etendue(serie, connues)
    match agregation:
        case "FLUX":
            return somme(connues.values()), f"somme {etendue}"
        case "STOCK":
            return _dernier_stock(connues, initiale)
        case "JALON":
            derniere = max(connues)
            return connues[derniere], f"dernier état connu ({derniere})"
        case "ENTITES":
            return _entites_distinctes(connues, etendue)
        case "RATIO":
            return _ratio_cumule(connues, etendue)
        case "UNION":
            mots = _ecritures(mot for texte in connues.values() for mot in str(texte).split(SEPARATEUR))
            return SEPARATEUR.join(mots.values()), f"union {etendue}"
        case "TEXTE":
            return "\n".join(f"{annee}{NBSP}: {texte}" for annee, texte in connues.items()), f"textes {etendue}"
        case "PERSONNES":
            return None, f"série{NBSP}: une même personne peut revenir d’une année sur l’autre, les années ne s’additionnent pas"
    return None, f"série{NBSP}: les moyennes et les taux de satisfaction ne se cumulent pas d’une année sur l’autre"


def _etendue(serie: Mapping[int, object], connues: Mapping[int, object]) -> str:
    annees = sorted(serie)
    periode = f"de {annees[0]} à {annees[-1]}" if len(annees) > 1 else f"de {annees[0]}"
    return periode if len(connues) == len(annees) else f"{periode}, partielle ({len(connues)} année{'s' * (len(connues) > 1)} sur {len(annees)})"


def _dernier_stock(connues: Mapping[int, Nombre], initiale: Decimal | None) -> tuple[Nombre, str]:
    derniere = max(connues)
    valeur = connues[derniere]
    if initiale is None:
        return valeur, f"dernière valeur connue ({derniere})"
    ecart = valeur - initiale
    signe = "+" if ecart > 0 else ""
    return valeur, f"dernière valeur connue ({derniere}), écart à la valeur initiale{NBSP}: {signe}{nombre_fr(ecart)}"


def _entites_distinctes(connues: Mapping[int, object], etendue: str) -> tuple[int | None, str]:
    if all(isinstance(v, Collection) and not isinstance(v, str) for v in connues.values()):
        return len({_sans_tirets(str(nom)) for noms in connues.values() for nom in noms}), f"noms distincts {etendue}"
    comptes = [len(set(v)) if isinstance(v, Collection) else v for v in connues.values()]
    if len(comptes) == 1:
        return comptes[0], f"une seule année renseignée ({next(iter(connues))})"
    return None, f"non dédoublonné{NBSP}: entre {nombre_fr(max(comptes))} et {nombre_fr(sum(comptes))}"


def _ratio_cumule(connues: Mapping[int, object], etendue: str) -> tuple[Decimal | None, str]:
    if not all(isinstance(v, tuple) and len(v) == 2 for v in connues.values()):
        return None, f"série{NBSP}: sans numérateurs ni dénominateurs, les taux ne se cumulent pas"
    haut, bas = (sum(v[rang] for v in connues.values()) for rang in (0, 1))
    if not bas:
        return None, "dénominateur nul"
    return Decimal(haut) / Decimal(bas), f"somme des numérateurs sur somme des dénominateurs {etendue}"
