"""Checks 23 to 25: against last year, and between the structures of a fiche."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks.constats import CONFIRMER, constat
from cls_workbook.checks.dossier import Dossier
from cls_workbook.francais import montant_fr, nombre_fr, plier, taux_fr
from cls_workbook.reading.cahier import Cahier
from cls_workbook.reading.vues import ADRESSE, en_lignes

COMPARABLES_MIN = 3  # fewer equal figures may be chance
PAREILLES_MAX = 10  # like declarations of one event; beyond, one anomaly a pair would hide all the others
CITEES = 3  # of these, how many are named
MONTANTS = ("prevu", "engage", "verse")
NOMBRES = frozenset(("valeur", "numerateur", "denominateur", "questionnaires", "repondants", "satisfaits", "moyenne", "effectif", "dont_qpv"))


def _totaux_d_avant(dossier: Dossier) -> dict[tuple[str, str, str, str], int | Decimal]:
    """(fiche, structure, volet, measure) → last year's figure, typed or total of its breakdown."""
    totaux: dict[tuple[str, str, str, str], int | Decimal] = {}
    for r in dossier.precedent.mesures.itertuples():
        if r.mesure not in dossier.contrat.par_mesure:
            continue
        cle, ventilee = (r.fiche, r.structure, r.volet, r.mesure), dossier.mesure(r.mesure).type == "ventilation"
        if r.champ == "valeur" and not ventilee:
            totaux[cle] = r.valeur
        elif r.champ == "effectif" and ventilee:
            totaux[cle] = totaux.get(cle, 0) + r.valeur
    return totaux


def evolution_forte(dossier: Dossier) -> list[Anomalie]:
    """Of one return's own values: counts, rates, means. A stock that falls is said as such, once."""
    if dossier.precedent is None:
        return []
    return [*_comptes_qui_changent(dossier), *_taux_et_moyennes_qui_changent(dossier)]


def _comptes_qui_changent(dossier: Dossier) -> Iterable[Anomalie]:
    avant, seuils = _totaux_d_avant(dossier), dossier.contrat.evolution
    attendu = f"une évolution de moins de {taux_fr(seuils.part, 0)}, ou de moins de {seuils.unites} unités"
    for par_mesure in dossier.comptes({m for _, _, _, m in avant}).values():
        for id_, compte in par_mesure.items():
            r, mesure = compte.ligne, dossier.mesure(id_)
            ancien = avant.get((r["fiche"], r["structure"], r["volet"], id_))
            if ancien is None:
                continue
            ecart = compte.valeur - ancien
            baisse = (mesure.agregation == "STOCK" or mesure.stock) and ecart < 0
            if baisse or (abs(ecart) >= seuils.unites and abs(ecart) > seuils.part * ancien):
                code, voulu = ("STOCK_EN_BAISSE", "un nombre qui ne baisse pas") if baisse else ("EVOLUTION_FORTE", attendu)
                yield _dire(dossier, code, r, compte.cellules, mesure.libelle, nombre_fr(compte.valeur), nombre_fr(ancien), _proportion(ecart, ancien), voulu)


def _taux_et_moyennes_qui_changent(dossier: Dossier) -> Iterable[Anomalie]:
    """Both terms of a rate are compared at once: what matters is what they make."""
    seuils, avant = dossier.contrat.evolution, _champs_d_avant(dossier)
    for bloc, haut, bas in (("taux", "numerateur", "denominateur"), ("satisfaction", "satisfaits", "repondants")):
        for r in en_lignes(dossier.vue(bloc)):
            cle = (r["fiche"], r["structure"], r["volet"], r["mesure"])
            fixe = dossier.mesure(r["mesure"]).denominateur if bloc == "taux" and r["mesure"] in dossier.contrat.par_mesure else None
            nouveau, ancien = (_quotient(h, fixe if fixe is not None else b) for h, b in ((r[haut], r[bas]), (avant.get((*cle, haut)), avant.get((*cle, bas)))))
            if None not in (nouveau, ancien) and abs(nouveau - ancien) > seuils.points:
                cellules = [r[c + ADRESSE] for c in (haut, bas) if r[c + ADRESSE]]
                attendu = f"une évolution de {nombre_fr(seuils.points * 100)} points au plus"
                yield _dire(dossier, "EVOLUTION_FORTE", r, cellules, dossier.mesure(r["mesure"]).libelle, taux_fr(nouveau, 1), taux_fr(ancien, 1), "", attendu)
    for r in en_lignes(dossier.vue("durees")):
        ancien = avant.get((r["fiche"], r["structure"], r["volet"], r["mesure"], "moyenne"))
        if ancien and r["moyenne"] is not None and abs(r["moyenne"] - ancien) > seuils.part * ancien:
            attendu = f"une évolution de moins de {taux_fr(seuils.part, 0)}"
            ecart = _proportion(r["moyenne"] - ancien, ancien)
            yield _dire(dossier, "EVOLUTION_FORTE", r, [r["moyenne" + ADRESSE]], dossier.mesure(r["mesure"]).libelle, nombre_fr(r["moyenne"]), nombre_fr(ancien), ecart, attendu)


def _champs_d_avant(dossier: Dossier) -> dict[tuple, object]:
    """(fiche, structure, volet, measure, champ) → last year's value, rows of breakdowns apart."""
    p = dossier.precedent.mesures
    return {(r.fiche, r.structure, r.volet, r.mesure, r.champ): r.valeur for r in p.itertuples() if not r.modalite}


def _lignes_d_avant(dossier: Dossier, fiche: str) -> list[dict]:
    lignes = dossier.precedent.lignes
    return [] if lignes is None else en_lignes(lignes, lignes["fiche"] == fiche)


def _quotient(haut: object, bas: object) -> Decimal | None:
    return Decimal(haut) / Decimal(bas) if haut is not None and bas else None


def _proportion(ecart: int | Decimal, ancien: int | Decimal) -> str:
    return f" ({taux_fr(Decimal(ecart) / ancien, 0)})" if ancien else ""


def _dire(dossier: Dossier, code: str, r: dict, cellules: Iterable[str], champ: str, nouveau: str, ancien: str, proportion: str, attendu: str) -> Anomalie:
    return constat(
        code, r, cellules, champ=champ, trouve=f"{nouveau}, après {ancien} en {dossier.annee - 1}{proportion}",
        attendu=attendu, a_faire=f"vérifiez la valeur ; {CONFIRMER}",
    )  # fmt: skip


def identique_a_l_annee_precedente(dossier: Dossier) -> list[Anomalie]:
    if dossier.precedent is None:
        return []
    p, v = dossier.precedent.mesures, dossier.valeurs
    anciens = p[p["champ"].isin(NOMBRES)]
    avant = {(r.fiche, r.structure, r.volet, r.mesure, r.champ, plier(r.modalite or "")): r.valeur for r in anciens.itertuples()}
    groupes: dict[tuple[str, str], list[dict]] = {}
    for r in en_lignes(v, v["champ"].isin(NOMBRES) & v["mesure"].isin(anciens["mesure"].unique())):
        groupes.setdefault((r["fichier"], r["fiche"]), []).append(r)
    trouvees = []
    for lignes in groupes.values():
        anciennes = [avant.get((r["fiche"], r["structure"], r["volet"], r["mesure"], r["champ"], plier(r["modalite"]))) for r in lignes]
        egales = all(a is not None and a == r["valeur"] for a, r in zip(anciennes, lignes, strict=True))
        if egales and len(lignes) >= COMPARABLES_MIN and any(anciennes):
            trouvees.append(
                constat(
                    "IDENTIQUE_A_L_ANNEE_PRECEDENTE", lignes[0], [r["cellule"] for r in lignes], champ="Indicateurs",
                    trouve=f"les {len(lignes)} valeurs de la fiche sont celles de {dossier.contrat.nom_annee(dossier.annee - 1)}",
                    attendu=f"les valeurs de {dossier.contrat.nom_annee(dossier.annee)}",
                    a_faire="vérifiez que le classeur de l’année précédente n’a pas été renvoyé ; corrigez, ou confirmez à la coordination.",
                )
            )  # fmt: skip
    return trouvees


def evolution_forte_des_montants(dossier: Dossier, fiche: str) -> list[Anomalie]:
    """What a structure was granted by one funder, under one nature, over all its returns for the fiche."""
    if dossier.precedent is None:
        return []
    seuils, avant = dossier.contrat.evolution, {}
    for r in _lignes_d_avant(dossier, fiche):
        cle = (r["fiche"], r["structure"], dossier.financeur(r["financeur"]), plier(r["nature"] or ""))
        avant[cle] = (avant.get(cle) or 0) + r["engage"] if r["engage"] is not None else avant.get(cle)
    cette_annee: dict[tuple, list[dict]] = {}
    for r in dossier.financements:
        if r["engage"] is not None:
            cette_annee.setdefault((r["fiche"], r["structure"], r["id"], plier(r["nature"] or "")), []).append(r)
    attendu = f"une évolution de moins de {taux_fr(seuils.part, 0)}, ou de moins de {montant_fr(seuils.euros)}"
    trouvees = []
    for cle, lignes in cette_annee.items():
        ancien, nouveau = avant.get(cle), sum(r["engage"] for r in lignes)
        if ancien is not None and abs(nouveau - ancien) >= seuils.euros and abs(nouveau - ancien) > seuils.part * ancien:
            champ = f"{dossier.nom_du_financeur(cle[2])} — {dossier.libelle('financement', 'engage')}"
            ecart = _proportion(nouveau - ancien, ancien)
            cellules = [r["engage" + ADRESSE] for r in lignes]
            trouvees.append(_dire(dossier, "EVOLUTION_FORTE", lignes[0], cellules, champ, montant_fr(nouveau), montant_fr(ancien), ecart, attendu))
    return trouvees


def financement_recopie(dossier: Dossier, fiche: str) -> list[Anomalie]:
    """Every funding line of a structure on the fiche is last year's, amounts and reference alike."""
    if dossier.precedent is None:
        return []
    avant: dict[tuple[str, str], list[tuple]] = {}
    for r in _lignes_d_avant(dossier, fiche):
        avant.setdefault((r["fiche"], r["structure"]), []).append(_empreinte_de_ligne(dossier, r))
    groupes: dict[tuple[str, str], list[dict]] = {}
    for r in dossier.financements:
        groupes.setdefault((r["fiche"], r["structure"]), []).append(r)
    trouvees = []
    for cle, lignes in groupes.items():
        siennes = [_empreinte_de_ligne(dossier, r) for r in lignes]
        datees = [r for r in lignes if r["reference"] and any(r[c] for c in MONTANTS)]
        if datees and sorted(siennes, key=str) == sorted(avant.get(cle, []), key=str):
            cellules = [r[c + ADRESSE] for r in lignes for c in (*MONTANTS, "reference") if r[c + ADRESSE]]
            trouvees.append(
                constat(
                    "IDENTIQUE_A_L_ANNEE_PRECEDENTE", lignes[0], cellules, champ="Financements",
                    trouve=f"les financements de la fiche sont ceux de {dossier.annee - 1}, références comprises",
                    attendu=f"les financements de {dossier.annee}",
                    a_faire="vérifiez que le tableau de l’année précédente n’a pas été recopié ; corrigez, ou confirmez à la coordination.",
                )
            )  # fmt: skip
    return trouvees


def _empreinte_de_ligne(dossier: Dossier, r: dict) -> tuple:
    montants = tuple(None if r[c] is None else Decimal(r[c]) for c in MONTANTS)
    return (dossier.financeur(r["financeur"]), plier(r["nature"] or ""), *montants, plier(str(r["reference"] or "")))


def evenement_declare_deux_fois(dossier: Dossier) -> list[Anomalie]:
    """Same figure and same comment, or same detail, for one measure, from two structures of a fiche: one anomaly a pair.

    Names are set aside: they are counted once anyway. What many declare alike is said once, at the first of them.
    """
    paires: dict[tuple[str, str, str], list[_Declaration]] = {}
    trouvees = []
    for mesure, cahier in dossier.par_mesure("mesures", "ventilations"):
        if mesure in dossier.contrat.par_mesure and not dossier.mesure(mesure).nominative:
            for commune in _semblables(mesure, cahier):
                if commune.nombre > PAREILLES_MAX:
                    ou = f"{nombre_fr(commune.nombre)} autres retours, dont {', '.join(d.fichier for d in commune.suivantes[:CITEES])}"
                    trouvees.append(_dire_l_evenement(dossier, [commune.premiere], ou))
                    continue
                for d in commune.suivantes:
                    paires.setdefault((d.fiche, commune.premiere.fichier, d.fichier), []).append(d)
    return trouvees + [_dire_l_evenement(dossier, communes, premier) for (_, premier, _), communes in paires.items()]


def _dire_l_evenement(dossier: Dossier, declarations: list[_Declaration], ou: str) -> Anomalie:
    libelles = dict.fromkeys(dossier.mesure(d.mesure).libelle for d in declarations)
    return constat(
        "EVENEMENT_DECLARE_DEUX_FOIS", declarations[0].lieu, [c for d in declarations for c in d.cellules()], champ=next(iter(libelles)),
        trouve=f"même déclaration dans {ou} : {', '.join(libelles)}", attendu="un événement commun, déclaré par une seule structure",
        a_faire="si c’est le même événement, ne le gardez que dans un seul retour ; sinon confirmez à la coordination.",
    )  # fmt: skip


@dataclass(slots=True)
class _Commune:
    """Declarations that have the same signature: the first, those of other structures (no more than are told), and how many these are."""

    premiere: _Declaration
    suivantes: list[_Declaration] = field(default_factory=list)
    nombre: int = 0

    def ajouter(self, autre: _Declaration) -> None:
        if autre.structure != self.premiere.structure:
            self.nombre += 1
            if len(self.suivantes) < PAREILLES_MAX:
                self.suivantes.append(autre)


def _semblables(mesure: str, cahier: Cahier) -> Iterable[_Commune]:
    """Signatures are counted first, so that only the declarations whose signature comes back are kept."""
    fois = Counter(hash(signature) for d in _declarations(mesure, cahier) if (signature := d.signature()))
    communes: dict[str, _Commune] = {}
    if any(n > 1 for n in fois.values()):
        for d in _declarations(mesure, cahier):
            if fois[hash(signature := d.signature())] > 1:
                if signature in communes:
                    communes[signature].ajouter(d)
                else:
                    communes[signature] = _Commune(d)
    return communes.values()


@dataclass(slots=True)
class _Declaration:
    """What a return says of a measure. ``detail``: (category, number, cell)."""

    mesure: str
    fichier: str
    feuille: str
    fiche: str
    structure: str
    valeur: object = None
    cellule: str = ""
    commentaire: str | None = None
    detail: list[tuple[str, object, str]] = field(default_factory=list)

    @property
    def lieu(self) -> dict[str, str]:
        return {"fichier": self.fichier, "feuille": self.feuille, "fiche": self.fiche, "structure": self.structure}

    def signature(self) -> str:
        """What two declarations of one event share; "" where there is too little to tell."""
        if not self.valeur:
            return ""
        if self.commentaire is not None:
            return f"{self.valeur} {plier(self.commentaire)}"
        return f"{self.valeur} {sorted((plier(nom), str(nombre)) for nom, nombre, _ in self.detail)}" if len(self.detail) > 1 else ""

    def cellules(self) -> list[str]:
        return [self.cellule] if self.commentaire is not None else [self.cellule, *(cellule for _, _, cellule in self.detail)]


def _declarations(mesure: str, cahier: Cahier) -> Iterator[_Declaration]:
    """One a return; what a return says stands together."""
    noms = ("fichier", "feuille", "fiche", "structure", "champ", "modalite", "valeur", "cellule")
    dite = None
    for fichier, feuille, fiche, structure, champ, modalite, valeur, cellule in cahier.lignes(lambda _: True, *noms, champs=("valeur", "commentaire", "effectif")):
        if dite is None or dite.fichier != fichier or dite.fiche != fiche:
            if dite is not None:
                yield dite
            dite = _Declaration(mesure, fichier, feuille, fiche, structure)
        if champ == "valeur":
            dite.valeur, dite.cellule = valeur, cellule
        elif champ == "commentaire":
            dite.commentaire = valeur
        elif valeur:
            dite.detail.append((modalite, valeur, cellule))
    if dite is not None:
        yield dite


REGLES = (evolution_forte, identique_a_l_annee_precedente)
REGLES_D_UNE_FICHE = (evolution_forte_des_montants, financement_recopie)
REGLES_ENTRE_RETOURS = (evenement_declare_deux_fois,)
