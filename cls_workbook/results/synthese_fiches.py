"""The fiches in the Synthèse: one line each with its key measures, how these moved, what the porteurs say."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from itertools import zip_longest

from cls_workbook.contract.model import Fiche, Mesure
from cls_workbook.contract.mots import payeur
from cls_workbook.francais import plier
from cls_workbook.results.synthese_parts import UNITES, Case, Colonne, Planche, abrege, hauteur, morceaux
from cls_workbook.results.synthese_portrait import EN_TAUX, EN_TEXTE, Portrait, apparence, par_axe
from cls_workbook.summaries.activity import A_PROGRAMMER
from cls_workbook.summaries.masking import MASQUE
from cls_workbook.xlsx.sheets import Serie

TEXTE_D_UNE_MESURE = 260  # characters on the line of a fiche; the rest is in Indicateurs
COMPARAISONS_MAX = 22  # rows that stay together on a page
GRAPHIQUES_MAX, GRAPHIQUES_PAR_RANG, POINTS_DU_GRAPHIQUE = 6, 3, 165


def colonnes_des_fiches(portrait: Portrait) -> tuple[Colonne, ...]:
    annee, qui = portrait.an(), payeur(portrait.contrat)
    return (
        Colonne("N°", 1), Colonne("Fiche", 5), Colonne("Porteurs", 4), Colonne("État", 2), Colonne(f"Réalisation {annee}", 2),
        Colonne("Mesures clés", 5), Colonne("Valeur initiale", 2), Colonne(portrait.an(-1), 2), Colonne(annee, 2),
        Colonne(f"{qui} engagé", 2), Colonne(f"{qui} versé", 2), Colonne("Points d’attention", 4), Colonne("Décision", 3),
    )  # fmt: skip


def fiches(planche: Planche, portrait: Portrait) -> None:
    """One line per fiche, active or to programme, under the band of its axe, which repeats the headers."""
    planche.bande(f"Les fiches en {portrait.an()}", suite=130)
    groupes = par_axe(portrait.contrat)
    if not any(fiches_ or titres for _, _, fiches_, titres in groupes):
        planche.phrases(["Ce contrat ne décrit aucune fiche : il n’y a rien à suivre action par action."], "dense_doux")
        return
    colonnes = colonnes_des_fiches(portrait)
    for rang, titre, siennes, a_programmer in groupes:
        lignes = [_Ligne(portrait, fiche) for fiche in siennes]
        _tete_d_axe(planche, rang, titre, colonnes, lignes[0].points if lignes else 24)
        for ligne in lignes:
            if planche.garder_ensemble(ligne.points):
                _tete_d_axe(planche, rang, f"{titre} (suite)", colonnes, 0)
            ligne.dessiner(planche, colonnes)
        for action in a_programmer:
            if planche.garder_ensemble(22):
                _tete_d_axe(planche, rang, f"{titre} (suite)", colonnes, 0)
            _a_programmer(planche, portrait, action, colonnes)
    planche.phrases([_legende(portrait)], "dense_doux")


def _legende(portrait: Portrait) -> str:
    premiere = portrait.annee <= min(portrait.contrat.annees)
    suite = "" if portrait.avec_precedent or premiere else f" La consolidation de {portrait.an(-1)} n’a pas été fournie : sa colonne est vide."
    return (
        "Un numéro entre crochets renvoie aux réserves, en fin de document. Une case vide veut dire « non connu », jamais zéro. "
        f"{payeur(portrait.contrat)} engagé et versé : crédits de la maquette en {portrait.an()}.{suite}"
    )


def _tete_d_axe(planche: Planche, rang: int, titre: str, colonnes: Sequence[Colonne], suite: float) -> None:
    role = f"axe{(rang - 1) % 8 + 1}" if rang else "bloc"
    planche.garder_ensemble(34 + suite)
    large = sum(c.unites for c in colonnes[:3])
    points = max(32.0, hauteur(titre, large, gras=True) + 8)
    planche.place(0, large, titre, role)
    debut = large
    for colonne in colonnes[3:]:
        planche.place(debut, colonne.unites, colonne.titre, f"{role}:petit_centre")
        debut += colonne.unites
    planche.avance(points)


def _a_programmer(planche: Planche, portrait: Portrait, titre: str, colonnes: Sequence[Colonne]) -> None:
    role, _ = apparence(portrait.contrat.listes, A_PROGRAMMER)
    # Title over « Fiche » and « Porteurs »; nothing is asked of an action that has no fiche yet.
    planche.place(0, 1, "—", "dense:petit_centre")
    planche.place(1, 9, titre, "dense")
    planche.place(10, 2, A_PROGRAMMER, f"{role}:petit_centre")
    planche.place(12, UNITES - 12, None, "dense")
    planche.avance(max(26.0, hauteur(titre, 9)))


class _Ligne:
    """A fiche and its key measures: one row a measure, the rest merged over them."""

    def __init__(self, portrait: Portrait, fiche: Fiche):
        self.portrait, self.fiche = portrait, fiche
        self.mesures = portrait.mesures_cles(fiche)
        self.libelles = [portrait.libelle(fiche, m) for m in self.mesures] or [None]
        self.porteurs, self.attention = portrait.porteurs(fiche), portrait.attention(fiche)
        self.decision = portrait.resultat.decisions.get(fiche.numero, "")
        self.hauteurs = self._hauteurs()

    @property
    def points(self) -> float:
        return sum(self.hauteurs)

    def _hauteurs(self) -> list[float]:
        """Every row high enough for its measure, all together high enough for the texts beside them."""
        rangs = [max(22.0, hauteur(texte, 5)) for texte in self.libelles]
        for rang, mesure in enumerate(self.mesures):
            if mesure.agregation in EN_TEXTE:
                rangs[rang] = max(rangs[rang], hauteur(_texte(self._valeurs(mesure)[-1]), 6))
        besoin = max(
            hauteur(self.fiche.titre, 5, gras=True), hauteur(self.porteurs, 4), hauteur(self.attention, 4), hauteur(self.decision, 3), 34,
        )  # fmt: skip
        manque = max(0.0, besoin - sum(rangs)) / len(rangs)
        return [r + manque for r in rangs]

    def _valeurs(self, mesure: Mesure) -> tuple[object, object, object]:
        ligne = self.portrait.indicateurs.get(mesure.id, {})
        return mesure.valeur_initiale, ligne.get("Valeur n-1"), ligne.get("Valeur")

    def dessiner(self, planche: Planche, colonnes: Sequence[Colonne]) -> None:
        for rang, points in enumerate(self.hauteurs):
            if rang == 0:
                self._fixe(planche, len(self.hauteurs))
            if rang < len(self.mesures):
                self._mesure(planche, self.mesures[rang], self.libelles[rang])
            else:
                planche.place(14, 5, "aucune mesure au contrat", "dense_doux")
                planche.place(19, 6, None, "dense")
            planche.avance(points)

    def _fixe(self, planche: Planche, n: int) -> None:
        """What holds for the whole fiche, over its ``n`` rows."""
        fiche, argent = self.fiche, self.portrait.argent.get(self.fiche.numero, {})
        etat = self.portrait.etat(fiche)
        role, _ = apparence(self.portrait.contrat.listes, etat)
        for debut, unites, valeur, style in (
            (0, 1, fiche.numero, "dense_fort:petit_centre"),
            (1, 5, fiche.titre, "dense_fort"),
            (6, 4, self.porteurs, "dense"),
            (10, 2, etat, f"{role}:petit_centre"),
            (12, 2, self.portrait.realisation(fiche), "dense:petit_centre"),
            (25, 2, argent.get("Engagé"), "dense:montant_rond_cale"),
            (27, 2, argent.get("Versé"), "dense:montant_rond_cale"),
            (29, 4, self.attention or None, "dense"),
            (33, 3, self.decision or None, "dense"),
        ):
            planche.place(debut, unites, valeur, style, n)

    def _mesure(self, planche: Planche, mesure: Mesure, libelle: str) -> None:
        planche.place(14, 5, libelle, "dense")
        initiale, avant, valeur = self._valeurs(mesure)
        if mesure.agregation in EN_TEXTE:
            planche.place(19, 6, _texte(valeur), "dense")
            return
        if valeur is None and self.portrait.masquee(mesure):
            valeur = MASQUE
        for rang, contenu in enumerate((initiale, avant, valeur)):
            planche.place(19 + 2 * rang, 2, contenu, style_de_valeur(mesure, contenu, fort=rang == 2))


def _texte(valeur: object) -> str | None:
    return None if valeur is None else abrege(str(valeur), TEXTE_D_UNE_MESURE)


def style_de_valeur(mesure: Mesure, valeur: object, fort: bool = False) -> str:
    """The style of a figure of this measure in a table of the Synthèse."""
    role = "dense_fort" if fort else "dense"
    if not est_un_nombre(valeur):
        return f"{role}:petit_centre"
    if mesure.agregation in EN_TAUX:
        return f"{role}:taux_cale"
    return f"{role}:entier_cale" if valeur == int(valeur) and mesure.agregation != "MOYENNE" else f"{role}:decimal_cale"


def est_un_nombre(valeur: object) -> bool:
    return isinstance(valeur, (int, float, Decimal)) and not isinstance(valeur, bool)


# --- Key measures against what they were ------------------------------------------------------------------------------


def evolution(planche: Planche, portrait: Portrait) -> None:
    """The measures that have both an initial value and a value: a table, then a chart for each unit."""
    planche.bande("Les mesures face à leur valeur initiale", suite=120)
    groupes, ecartees = _comparables(portrait)
    if not groupes:
        planche.phrases(["Aucune mesure n’a à la fois une valeur initiale au contrat et une valeur cette année."], "dense_doux")
        return
    avant = portrait.avec_precedent
    periodes = ["Valeur initiale", *[portrait.an(-1)] * avant, portrait.an()]
    colonnes = [Colonne("Fiche et mesure", UNITES - 6 - 4 * len(periodes)), Colonne("Unité", 6), *(Colonne(p, 4, "dense:entier_cale") for p in periodes)]
    lignes = []
    for unite, membres in groupes:
        for fiche, mesure in membres:
            ligne = portrait.indicateurs[mesure.id]
            valeurs = [mesure.valeur_initiale, *[ligne["Valeur n-1"]] * avant, ligne["Valeur"]]
            cases = [Case(v, style_de_valeur(mesure, v, fort=v is valeurs[-1])) for v in valeurs]
            lignes.append([f"{fiche.numero} · {mesure.libelle}", unite or None, *cases])
    premiere, _ = planche.tableau(colonnes, lignes, couper=False)
    if ecartees:
        planche.phrases([f"{ecartees} autres mesures ont une valeur initiale : elles sont dans la consolidation."], "dense_doux")
    planche.vide()
    _petits_graphiques(planche, groupes, periodes, premiere, colonnes)


def _comparables(portrait: Portrait) -> tuple[list[tuple[str, list[tuple[Fiche, Mesure]]]], int]:
    """((unit, measures), how many are left out). The units with most measures come first: different units share no axis."""
    candidates = [
        (fiche, mesure) for fiche in portrait.contrat.fiches for mesure in fiche.mesures
        if mesure.valeur_initiale is not None and est_un_nombre(portrait.indicateurs.get(mesure.id, {}).get("Valeur"))
    ]  # fmt: skip
    gardees = candidates
    if len(candidates) > COMPARAISONS_MAX:
        gardees = sorted(candidates, key=lambda c: not c[1].cle)[:COMPARAISONS_MAX]
    groupes: dict[str, list[tuple[Fiche, Mesure]]] = {}
    for fiche, mesure in gardees:
        groupes.setdefault("%" if mesure.agregation in EN_TAUX else mesure.unite or "", []).append((fiche, mesure))
    return sorted(groupes.items(), key=lambda g: -len(g[1])), len(candidates) - len(gardees)


def _petits_graphiques(planche: Planche, groupes: list, periodes: Sequence[str], premiere: int, colonnes: Sequence[Colonne]) -> None:
    """Columns side by side for each unit, three charts a row; the rows of a unit follow each other in the table."""
    places = []
    for unite, membres in groupes:
        places.append((unite, membres, (premiere, premiere + len(membres) - 1)))
        premiere += len(membres)
    retenus = places[:GRAPHIQUES_MAX]
    depuis = colonnes[0].unites + colonnes[1].unites
    couleurs = ("gris_moyen", "axe4", "accent") if len(periodes) == 3 else ("gris_moyen", "accent")
    for debut in range(0, len(retenus), GRAPHIQUES_PAR_RANG):
        planche.garder_ensemble(POINTS_DU_GRAPHIQUE + 4)
        planche.vide(4)  # a chart at the very top of a page shows its edge at the foot of the one before
        for rang, (unite, membres, lignes) in enumerate(retenus[debut : debut + GRAPHIQUES_PAR_RANG]):
            titre = f"{membres[0][0].numero} · {membres[0][1].libelle}" if len(membres) == 1 else f"Unité : {unite or 'nombre'}"
            series = [
                Serie(periode, planche.plage(lignes, 0), planche.plage(lignes, depuis + 4 * i), couleur)
                for i, (periode, couleur) in enumerate(zip(periodes, couleurs, strict=True))
            ]
            noms = ", ".join(m.libelle for _, m in membres)
            planche.graphique(
                rang * 12, 12, POINTS_DU_GRAPHIQUE, "colonnes", abrege(titre, 52), series,
                f"Colonnes : {noms}, de la valeur initiale à {periodes[-1]}. Les chiffres sont dans le tableau au-dessus.",
                format_valeurs="taux" if unite == "%" else "entier",
            )  # fmt: skip
        planche.avance(POINTS_DU_GRAPHIQUE)


# --- What the porteurs say --------------------------------------------------------------------------------------------

_TEXTES = (("ecarts", 9), ("freins", 9), ("perspectives", 9))


def paroles(planche: Planche, portrait: Portrait) -> None:
    """Gaps, obstacles, what comes next and whether the contract must change, side by side with the name of who says so."""
    planche.bande(f"Difficultés, perspectives {portrait.an(1)} et avenants", suite=80)
    lignes = [ligne for t in portrait.temoignages for ligne in _lignes_de_texte(t)]
    if not lignes:
        planche.phrases(["Aucun retour ne dit de difficulté, de perspective ni de demande d’avenant."], "dense_doux")
        return
    colonnes = (
        Colonne("Fiche", 2, "dense_fort:petit_centre"), Colonne("Structure", 4, "dense_fort"), Colonne("Écarts avec ce qui était prévu", 9),
        Colonne("Freins", 9), Colonne(f"Perspectives {portrait.an(1)}", 9), Colonne("Avenant", 3, "dense:petit_centre"),
    )  # fmt: skip
    planche.tableau(colonnes, lignes)


def _lignes_de_texte(temoignage) -> list[list[object]]:
    """One row, or several where a text is too long for one; none if the structure wrote nothing of this."""
    textes = dict(temoignage.textes)
    if motif := textes.get("motif"):
        textes["ecarts"] = f"Motif : {motif}" + (f"\n{textes['ecarts']}" if textes.get("ecarts") else "")
    if not any(textes.get(champ) for champ, _ in _TEXTES) and plier(textes.get("avenant", "")) != "oui":
        return []
    parts = [morceaux(textes.get(champ, ""), unites) for champ, unites in _TEXTES]
    rangees = []
    for rang, suite in enumerate(zip_longest(*parts, fillvalue="")):
        avenant = "demandé" if plier(textes.get("avenant", "")) == "oui" and rang == 0 else None
        rangees.append([temoignage.fiche, temoignage.structure, *(t or None for t in suite), avenant])
    return rangees
