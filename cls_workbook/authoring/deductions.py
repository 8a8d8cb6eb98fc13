"""What a coordinator need not write: identifiers, ranks, the way measures are brought together."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from itertools import groupby

from cls_workbook.authoring.rangees import Rangee
from cls_workbook.authoring.repertoire import unique
from cls_workbook.contract.modeles_de_regle import fournis
from cls_workbook.contract.themes import themes_livres
from cls_workbook.contract.verification_fiches import AGREGATIONS_PERMISES
from cls_workbook.francais import plier

IDENTIFIANT_MAX = 48
# Sort of measure (and whether it is broken down) → sort of indicator.
TYPES_D_INDICATEUR = {
    "taux": "taux", "satisfaction": "satisfaction", "moyenne": "duree", "jalon": "jalon", "liste": "liste_types", "texte": "texte", "ventilation": "compte_ventile",
}  # fmt: skip


def identifiant(texte: str, separateur: str = "-") -> str:
    """« CCAS d’Essai (74) » → « ccas-d-essai-74 »: what may stand in a file name."""
    mots = re.findall(r"[a-z0-9]+", plier(texte))
    court = ""
    for mot in mots:
        if court and len(court) + 1 + len(mot) > IDENTIFIANT_MAX:
            break
        court = f"{court}{separateur}{mot}" if court else mot
    return court[:IDENTIFIANT_MAX]


def deduire(rangees: dict[str, list[Rangee]]) -> None:
    """Fills in what was left blank and may be."""
    for regle in rangees["regles"]:
        _du_modele(regle)
    _contrat(rangees["contrat"])
    _themes(rangees["themes"])
    for nom, source in (("structures", "nom"), ("financeurs", "nom"), ("natures", "libelle"), ("regles", "libelle"), ("priorites", "libelle")):
        _identifier(rangees[nom], lambda r, s=source: identifiant(r.texte(s)))
    _par_fiche(rangees["volets"], lambda r: identifiant(r.texte("nom")))
    _par_fiche(rangees["complements"], lambda r: identifiant(r.texte("libelle"), "_"))
    _numeroter(rangees["a_confirmer"])
    for rangee in rangees["financement"]:
        if rangee.vide("montant_etat"):
            rangee.poser("montant_etat", "vide" if rangee.vide("montant") else "chiffre")
    _mesures(rangees["indicateurs"])


def _du_modele(regle: Rangee) -> None:
    """What a rule that ships says, where the row is blank."""
    rubrique = regle.table.rubrique
    for champ, contenu in fournis(regle.texte("modele") or None).items():
        if regle.vide(champ):
            type_, liste, _ = rubrique.nature(rubrique.colonne(champ))
            lus = [Decimal(str(v)) if type_ is Decimal else v for v in (contenu if liste else (contenu,))]  # type: ignore[union-attr]
            lieu = regle.lieu(champ)
            regle.items[regle.cle(champ)] = [(v, lieu) for v in lus]


def _contrat(rangees: list[Rangee]) -> None:
    for contrat in rangees:
        annees = [v for v, _ in contrat.items.get("contrat.annees", ())]
        if contrat.vide("id") and annees and (nom := identifiant(contrat.texte("territoire"))):
            bornes = "-".join(dict.fromkeys((str(annees[0]), str(annees[-1]))))
            contrat.poser("id", f"{nom}-{bornes}")


def _themes(rangees: list[Rangee]) -> None:
    """A theme that ships is that one, even typed again without its identifier."""
    livres = {plier(libelle): id_ for id_, libelle in themes_livres().items()}
    propres = []
    for rangee in rangees:
        if rangee.vide("id") and (id_ := livres.get(plier(rangee.texte("libelle")))):
            rangee.poser("id", id_)
        else:
            propres.append(rangee)
    _identifier(propres, lambda r: identifiant(r.texte("libelle")), themes_livres())


def _identifier(rangees: list[Rangee], propose: Callable[[Rangee], str], deja: Iterable[str] = ()) -> None:
    pris = {r.texte("id") for r in rangees} | set(deja)
    for rangee in rangees:
        if rangee.vide("id") and (base := propose(rangee)):
            rangee.poser("id", unique(base, pris))
            pris.add(rangee.texte("id"))


def _par_fiche(rangees: list[Rangee], propose: Callable[[Rangee], str]) -> None:
    for _, siennes in groupby(sorted(rangees, key=lambda r: r.texte("fiche")), key=lambda r: r.texte("fiche")):
        _identifier(list(siennes), propose)


def _numeroter(rangees: list[Rangee]) -> None:
    pris, rang = {r.texte("code") for r in rangees}, 0
    for rangee in rangees:
        rang += 1
        if rangee.vide("code"):
            while (code := f"A{rang:02}") in pris:
                rang += 1
            rangee.poser("code", code)
            pris.add(code)


# --- Indicators and measures ----------------------------------------------------------------------------------------


def _mesures(rangees: list[Rangee]) -> None:
    _indicateurs(rangees)
    pris = {r.texte("id", "mesures") for r in rangees}
    par_indicateur: dict[str, list[Rangee]] = {}
    for rangee in rangees:
        if porte_une_mesure(rangee):
            par_indicateur.setdefault(rangee.texte("id"), []).append(rangee)
    for indicateur, siennes in par_indicateur.items():
        for rang, rangee in enumerate(siennes):
            if rangee.vide("id", "mesures") and indicateur:
                rangee.poser("id", unique(indicateur + (lettres(rang) if len(siennes) > 1 else ""), pris), "mesures")
                pris.add(rangee.texte("id", "mesures"))
            _completer(rangee, siennes[0])


def _indicateurs(rangees: list[Rangee]) -> None:
    """Gives each row its indicator: that of the row above where its label is blank; a rank in its fiche where it has no id."""
    pris = {r.texte("id") for r in rangees}
    rangs: dict[str, int] = {}
    precedent: Rangee | None = None
    for rangee in rangees:
        fiche = rangee.texte("fiche")
        commence = not rangee.vide("libelle")
        if commence:
            rangs[fiche] = rangs.get(fiche, 0) + 1
        if rangee.vide("id") and fiche:
            if commence:
                rangee.poser("id", unique(f"{fiche}-I{rangs[fiche]:02}", pris))
                pris.add(rangee.texte("id"))
            elif precedent is not None and precedent.texte("fiche") == fiche:
                rangee.poser("id", precedent.texte("id"))
        precedent = rangee


def porte_une_mesure(rangee: Rangee) -> bool:
    return any(cle.startswith("mesures.") for cle in rangee.touches)


def _completer(rangee: Rangee, premiere: Rangee) -> None:
    """The label, the way of bringing together, and the sort of indicator that the measure implies."""
    if rangee.vide("libelle", "mesures") and premiere.texte("libelle"):
        rangee.poser("libelle", premiere.texte("libelle"), "mesures")
    type_ = rangee.texte("type", "mesures")
    permises = AGREGATIONS_PERMISES.get(type_, ())
    if rangee.vide("agregation", "mesures") and len(permises) == 1:
        rangee.poser("agregation", permises[0], "mesures")
    if rangee is premiere and rangee.vide("type") and type_:
        detail = "compte" if rangee.vide("ventilation", "mesures") else "compte_ventile"
        rangee.poser("type", TYPES_D_INDICATEUR.get(type_, detail))


def lettres(rang: int) -> str:
    """0 → a, 25 → z, 26 → aa."""
    texte, rang = "", rang + 1
    while rang:
        rang, reste = divmod(rang - 1, 26)
        texte = chr(97 + reste) + texte
    return texte
