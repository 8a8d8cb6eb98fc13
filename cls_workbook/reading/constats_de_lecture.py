"""What reading finds and cannot settle, as anomalies: where, what was found, what was expected, what to do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, NamedTuple

from cls_workbook.anomalies import A_CONFIRMER, BLOQUANT, INFORMATION, Anomalie
from cls_workbook.francais import date_fr, nombre_fr, plier, typographie
from cls_workbook.moteurs.promesse import Cause
from cls_workbook.reading.pourcentages import Pourcentage
from cls_workbook.xlsx.sheets import adresse

if TYPE_CHECKING:
    from cls_workbook.reading.calculs import Changee
    from cls_workbook.reading.formules import Speciale
    from cls_workbook.reading.libres import Libre
    from cls_workbook.reading.reperes import Attendue

PAR_FEUILLE_ET_CODE = 20  # beyond, one anomaly names all the other cells
CITES, LONGUEUR_CITEE = 6, 80


class Lieu(NamedTuple):
    fichier: str
    feuille: str = ""
    fiche: str = ""


def en_texte(valeur: object) -> str:
    """A raw value as a French sheet shows it, cut if it is long."""
    if isinstance(valeur, bool):
        return "VRAI" if valeur else "FAUX"
    if isinstance(valeur, Pourcentage):
        return valeur.montre()
    if isinstance(valeur, Decimal) or (isinstance(valeur, (int, float)) and abs(valeur) < 1e15):
        return nombre_fr(valeur if isinstance(valeur, Decimal) else Decimal(f"{valeur:.15g}"))
    if isinstance(valeur, date):
        return date_fr(valeur) + (f" {valeur:%H:%M}" if isinstance(valeur, datetime) and valeur.time().replace(microsecond=0).isoformat() != "00:00:00" else "")
    texte = str(valeur)
    return texte if len(texte) <= LONGUEUR_CITEE else texte[: LONGUEUR_CITEE - 1] + "…"


def cites(valeurs: Iterable[object]) -> str:
    """« a », « b » … at most a few of them."""
    tous = [en_texte(v) for v in valeurs]
    reste = len(tous) - CITES
    return ", ".join(f"« {t} »" for t in tous[:CITES]) + (f" et {reste} autre{'s' if reste > 1 else ''}" if reste > 0 else "")


def _anomalie(gravite: str, code: str, lieu: Lieu, cellules: Iterable[str], champ: str, trouve: str, attendu: str, a_faire: str, **suites: bool) -> Anomalie:
    return Anomalie(
        gravite, code, lieu.fichier, lieu.feuille, tuple(dict.fromkeys(cellules)), lieu.fiche, "", champ,
        typographie(trouve), typographie(attendu), typographie(a_faire), **suites,
    )  # fmt: skip


# --- The whole file -------------------------------------------------------------------------------------------------


PANNES = {
    Cause.ARRET: "Ce fichier arrête le programme qui le lit : il a été essayé plusieurs fois.",
    Cause.DELAI: "La lecture de ce fichier ne se termine pas dans le temps accordé : il a été essayé plusieurs fois.",
    Cause.MEMOIRE: "La lecture de ce fichier demande plus de mémoire qu’il n’y en a.",
}


def illisible(fichier: str, trouve: str, a_faire: str) -> Anomalie:
    attendu = "un classeur de suivi au format .xlsx, .xlsm ou .ods"
    return _anomalie(BLOQUANT, "FICHIER_ILLISIBLE", Lieu(fichier), (), "", trouve, attendu, a_faire, refuse_fichier=True)


def retour_vide(fichier: str) -> Anomalie:
    return _anomalie(
        A_CONFIRMER, "RETOUR_VIDE", Lieu(fichier), (), "", "un classeur de cette campagne, où rien n’est saisi", "au moins une fiche remplie",
        "demandez à la structure si elle n’a rien à déclarer, ou si elle a envoyé le mauvais fichier ; ce retour n’est pas compté.",
    )  # fmt: skip


def autre_version(lieu: Lieu, modele: str, reprises: Mapping[str, int], absentes: Sequence[str]) -> Anomalie:
    """``reprises``: fiche (or « Accueil ») → number of answers carried over. ``absentes``: questions of this version that it lacks."""
    total = sum(reprises.values())
    detail = ", ".join(f"{f} : {n}" for f, n in reprises.items() if n)
    trouve = f"version {modele} : {total} réponse(s) reprise(s)" + (f" ({detail})" if total else "")
    trouve += f" ; {len(absentes)} question(s) de cette année n’y figurent pas, {cites(absentes)}" if absentes else ""
    return _anomalie(
        A_CONFIRMER, "HORS_CAMPAGNE", lieu, (), "version du modèle", trouve, "le modèle de cette campagne",
        "vérifiez ce qui est signalé, et demandez à la structure les réponses qui manquent : les réponses aux questions inchangées ont été reprises.",
    )  # fmt: skip


def hors_campagne(fichier: str, champ: str, trouve: str, attendu: str) -> Anomalie:
    a_faire = "renvoyez le classeur de cette campagne ; celui-ci n’est pas pris en compte."
    return _anomalie(BLOQUANT, "HORS_CAMPAGNE", Lieu(fichier), (), champ, trouve, attendu, a_faire, refuse_fichier=True)


def feuille_absente(lieu: Lieu, quoi: str, sans_reperes: bool) -> Anomalie:
    trouve = "la colonne masquée des repères (colonne A) a été supprimée" if sans_reperes else "la feuille a été supprimée"
    return _anomalie(
        BLOQUANT, "CELLULE_INTROUVABLE", lieu, (), quoi, trouve, "toutes les feuilles du classeur envoyé",
        "reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",
    )  # fmt: skip


def feuille_en_double(lieu: Lieu, autre: str, differences: Sequence[str]) -> Anomalie:
    return _anomalie(
        BLOQUANT, "ANCRES_EN_DESACCORD", lieu, (), "feuille copiée",
        f"les feuilles « {autre} » et « {lieu.feuille} » répondent à la même fiche, différemment : " + " ; ".join(differences[:CITES]),
        "une seule feuille par fiche", "supprimez celle des deux feuilles qui ne compte pas, puis renvoyez le classeur. Aucune des deux n’est prise en compte.",
        refuse_feuille=True,
    )  # fmt: skip


def fiche_inconnue(lieu: Lieu) -> Anomalie:
    return _anomalie(
        BLOQUANT, "FICHE_INCONNUE", lieu, (), "fiche", f"une feuille pour la fiche « {lieu.fiche} »", "une fiche du contrat",
        "reportez les réponses dans le classeur de cette campagne ; cette feuille n’est pas prise en compte.", refuse_feuille=True,
    )  # fmt: skip


def feuille_du_partenaire(lieu: Lieu, cellules: int) -> Anomalie:
    return _anomalie(
        INFORMATION, "SAISIE_HORS_CADRE", lieu, (), "feuille ajoutée", f"une feuille qui ne vient pas du modèle ({cellules} cellules remplies)",
        "les feuilles du modèle", "rien, si cette feuille est un document de travail : elle n’est pas lue.",
    )  # fmt: skip


# --- Rows and columns -----------------------------------------------------------------------------------------------


def desaccords(lieu: Lieu, par_tableau: dict[str, tuple[list[str], list[str]]]) -> list[Anomalie]:
    return [
        _anomalie(
            BLOQUANT, "ANCRES_EN_DESACCORD", lieu, cellules, "intitulé de la ligne",
            " ; ".join(trouves[:CITES]) + (f" ; et {len(trouves) - CITES} autre(s) ligne(s)" if len(trouves) > CITES else ""),
            "l’intitulé imprimé, dans sa ligne d’origine",
            "remettez les lignes dans leur ordre d’origine, sans modifier les intitulés, puis renvoyez le classeur.",
        )
        for cellules, trouves in par_tableau.values()
    ]  # fmt: skip


def intitules_supprimes(lieu: Lieu, cellules: list[str], valeurs: Sequence[object]) -> Anomalie:
    return _anomalie(
        BLOQUANT, "CELLULE_INTROUVABLE", lieu, cellules, "colonne des intitulés", f"la colonne des intitulés (colonne B) a été supprimée (saisi en regard : {cites(valeurs)})",
        "toutes les colonnes du modèle", "rétablissez la colonne, ou reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",
    )  # fmt: skip


def ligne_en_double(lieu: Lieu, cellules: list[str], etiquette: str, premiere: int, seconde: int) -> Anomalie:
    return _anomalie(
        BLOQUANT, "ANCRES_EN_DESACCORD", lieu, cellules, etiquette, f"la même ligne deux fois (lignes {premiere} et {seconde}), remplie différemment",
        "une seule ligne par question", "supprimez celle des deux lignes qui ne compte pas, puis renvoyez le classeur.",
    )  # fmt: skip


def ligne_copiee(lieu: Lieu, cellules: list[str], premiere: int) -> Anomalie:
    return _anomalie(
        A_CONFIRMER, "SAISIE_HORS_CADRE", lieu, cellules, "ligne copiée", f"une copie exacte de la ligne {premiere} du tableau",
        "une ligne par élément", "supprimez la copie ; ou, si ce sont deux éléments distincts, distinguez-les (référence, nom). Elle n’est comptée qu’une fois.",
    )  # fmt: skip


def entete_change(lieu: Lieu, cellules: list[str], titre: str, lu: object, typees: Sequence[object]) -> Anomalie:
    saisi = f" (saisi au-dessous : {cites(typees)})" if typees else ""
    trouve = f"l’en-tête « {en_texte(lu)} » au lieu de « {titre} »" if lu != "" else f"un en-tête vide au lieu de « {titre} »"
    return _anomalie(
        BLOQUANT, "ANCRES_EN_DESACCORD", lieu, cellules, titre, f"{trouve}{saisi}",
        f"l’en-tête « {titre} »", "rétablissez l’en-tête de la colonne, puis renvoyez le classeur.",
    )  # fmt: skip


def question_reformulee(lieu: Lieu, cellules: list[str], avant: str, maintenant: str) -> Anomalie:
    return _anomalie(
        A_CONFIRMER, "ANCRES_EN_DESACCORD", lieu, cellules, maintenant, f"« {en_texte(avant)} », imprimé par une autre version du modèle",
        f"« {en_texte(maintenant)} »", "vérifiez que la réponse vaut pour la question telle qu’elle est posée aujourd’hui ; elle a été reprise.",
    )  # fmt: skip


def colonnes_permutees(lieu: Lieu, cellules: list[str], titres: Sequence[object]) -> Anomalie:
    return _anomalie(
        A_CONFIRMER, "ANCRES_EN_DESACCORD", lieu, cellules, "ordre des colonnes", f"les colonnes {cites(titres)} ne sont plus dans l’ordre du modèle",
        "les colonnes dans leur ordre d’origine", "vérifiez que chaque valeur est sous le bon en-tête ; elles sont lues sous l’en-tête qui les surmonte.",
    )  # fmt: skip


def reperes_rendus(lieu: Lieu, cellules: list[str], colonne_supprimee: bool) -> Anomalie:
    return _anomalie(
        A_CONFIRMER, "PREREMPLI_MODIFIE", lieu, () if colonne_supprimee else cellules, "repères masqués",
        "la colonne masquée des repères (colonne A) a été supprimée" if colonne_supprimee else f"{len(cellules)} repère(s) masqué(s) effacé(s) dans la colonne A",
        "les repères masqués du modèle", "rien : les intitulés imprimés, restés en place, ont suffi à lire les réponses.",
    )  # fmt: skip


def colonnes_absentes(lieu: Lieu, titres: Mapping[str, Sequence[str]]) -> Anomalie:
    """``titres``: header → a cell of each table that lost it."""
    noms = cites(titres)
    return _anomalie(
        BLOQUANT, "CELLULE_INTROUVABLE", lieu, [c for cellules in titres.values() for c in cellules], next(iter(titres)),
        f"la colonne {noms} ne figure plus" if len(titres) == 1 else f"les colonnes {noms} ne figurent plus", "toutes les colonnes du modèle",
        "reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",
    )  # fmt: skip


def lignes_absentes(lieu: Lieu, manquantes: Sequence[Attendue], cellules: list[str], valeurs: Sequence[object]) -> Anomalie:
    noms = [a.etiquette or (a.places[0].libelle if a.places else f"en-têtes du tableau « {next(iter(a.textes.values()), '')} »") for a in manquantes]
    saisi = f" (saisi : {cites(valeurs)})" if valeurs else ""
    return _anomalie(
        BLOQUANT, "CELLULE_INTROUVABLE", lieu, cellules, "lignes supprimées", f"{len(manquantes)} ligne(s) du modèle manquent : {cites(noms)}{saisi}",
        "toutes les lignes du modèle", "reportez les réponses dans un exemplaire neuf du classeur, puis renvoyez-le.",
    )  # fmt: skip


def question_inconnue(lieu: Lieu, cellules: list[str], valeurs: Sequence[object], autre_fiche: str = "") -> Anomalie:
    """``autre_fiche``: the rows are those of another fiche, pasted here."""
    if autre_fiche:
        return _anomalie(
            BLOQUANT, "ANCRES_EN_DESACCORD", lieu, cellules, "lignes d’une autre fiche", f"{cites(valeurs)}, sur des lignes de la feuille « {autre_fiche} »",
            f"les lignes de la fiche {lieu.fiche}" if lieu.fiche else "les lignes de cette feuille",
            "reportez ces réponses sur la feuille de leur fiche, et rétablissez les lignes d’origine ; elles ne sont pas reprises.",
        )  # fmt: skip
    return _anomalie(
        A_CONFIRMER, "SAISIE_HORS_CADRE", lieu, cellules, "ligne d’un autre modèle", f"{cites(valeurs)}, sur des lignes qui ne sont pas demandées cette année",
        "les lignes du modèle de cette campagne", "vérifiez que ces réponses figurent ailleurs ; elles ne sont pas reprises.",
    )  # fmt: skip


# --- Single cells ---------------------------------------------------------------------------------------------------


def formule(lieu: Lieu, cellule: str, champ: str, speciale: Speciale, brut: object) -> Anomalie:
    if speciale.formule is None:
        trouve = "une erreur (#REF!, #N/A, #DIV/0!…)"
    else:
        texte = speciale.formule.removeprefix("of:").lstrip("=")
        trouve = f"la formule « ={en_texte(texte)} »" if texte else "une formule"
        trouve += ", en erreur" if speciale.erreur else f", qui affiche « {en_texte(brut)} »" if brut != "" else ""
    return _anomalie(
        BLOQUANT, "FORMULE_DANS_UNE_SAISIE", lieu, (cellule,), champ, trouve, "une valeur saisie, sans formule ni lien",
        "remplacez la formule par sa valeur (Copier, puis Collage spécial, Valeurs), puis renvoyez le classeur.",
    )  # fmt: skip


def fait_modifie(lieu: Lieu, cellule: str, attendue: Attendue, lu: object, fait: object) -> Anomalie:
    champ = attendue.etiquette or next(iter(attendue.textes.values()), "")
    trouve = f"« {en_texte(lu)} »" if lu != "" else "une cellule vide"
    return _anomalie(
        BLOQUANT, "PREREMPLI_MODIFIE", lieu, (cellule,), en_texte(champ), trouve, f"« {en_texte(fait)} », comme dans le classeur envoyé",
        "rétablissez cette valeur. Si elle est fausse, dites-le à la coordination plutôt que de la corriger.",
    )  # fmt: skip


def rappel_modifie(lieu: Lieu, cellule: str, attendue: Attendue, libre: Libre, lu: object, fait: object) -> Anomalie:
    """Something typed over what the campaign printed: last year's figure or state, or the amount of the year."""
    champ = f"{en_texte(attendue.etiquette)}, rappel de l’an dernier" if attendue.places or not libre.imprime else en_texte(attendue.etiquette)
    return _anomalie(
        BLOQUANT, "PREREMPLI_MODIFIE", lieu, (cellule,), champ, f"« {en_texte(lu)} »" if lu != "" else "une cellule vide",
        f"« {en_texte(Pourcentage(round(float(fait), 4)) if isinstance(lu, Pourcentage) and isinstance(fait, (int, float)) else fait)} », comme dans le classeur envoyé",
        "rétablissez cette valeur ; si celle que vous y avez mise est une réponse de cette année, reportez-la dans sa case. "
        "Si le rappel est faux, dites-le à la coordination plutôt que de le corriger.",
    )  # fmt: skip


def calcul_ecrase(lieu: Lieu, cellule: str, attendue: Attendue, colonne: int, lu: object, calcul: str) -> Anomalie:
    """``calcul``: what the formula computed, in words."""
    champ = en_texte(attendue.etiquette or attendue.cle)
    if attendue.suivi == colonne:
        return _anomalie(
            A_CONFIRMER, "SAISIE_HORS_CADRE", lieu, (cellule,), champ, f"« {en_texte(lu)} »", "le mot « rempli » ou « à remplir », qui se calcule seul",
            "mettez cette remarque dans la case Commentaire ; elle n’est pas reprise.",
        )  # fmt: skip
    numerateur = any(p.champ in ("numerateur", "satisfaits") for p in attendue.places)
    return _anomalie(
        BLOQUANT, "TAUX_SAISI" if numerateur else "PREREMPLI_MODIFIE", lieu, (cellule,), champ, f"« {en_texte(lu)} » saisi à la place d’un calcul ({calcul})",
        f"une valeur qui se calcule seule : {calcul}", "effacez cette cellule et saisissez les nombres dont elle se calcule, dans les cases jaunes.",
    )  # fmt: skip


def sans_formules(lieu: Lieu, cellules: list[str]) -> Anomalie:
    return _anomalie(
        A_CONFIRMER, "PREREMPLI_MODIFIE", lieu, cellules, "cellules calculées", f"{len(cellules)} formules remplacées par leur valeur",
        "les formules du modèle", "rien, si la feuille a été collée en valeurs : les calculs sont refaits à la lecture.",
    )  # fmt: skip


def formules_changees(lieu: Lieu, trouvees: Sequence[Changee]) -> Anomalie:
    """Formulas that compute something else than they did, told once for the sheet, before and after."""
    exemples = [f"{adresse(c.ligne + 1, c.colonne + 1)} : « ={en_texte(c.apres)} » au lieu de « ={en_texte(c.avant)} »" for c in trouvees[:CITES]]
    reste = len(trouvees) - CITES
    return _anomalie(
        A_CONFIRMER, "FORMULE_MODIFIEE", lieu, [adresse(c.ligne + 1, c.colonne + 1) for c in trouvees], "formules du modèle",
        " ; ".join(exemples) + (f" ; et {reste} autre(s)" if reste > 0 else ""), "les formules du classeur envoyé",
        "rien à ressaisir : les calculs sont refaits à la lecture. Signalez à la coordination une formule qui vous paraît fausse.",
    )  # fmt: skip


RESSEMBLANCE = 0.6  # share of a printed text that must be left for a change to be a mere retouch


def est_une_retouche(lu: object, imprime: str) -> bool:
    """Was a printed text reworded, rather than covered with something that could be an answer?"""
    return isinstance(lu, str) and bool(imprime) and SequenceMatcher(None, plier(lu), plier(imprime)).ratio() >= RESSEMBLANCE


def textes_retouches(lieu: Lieu, trouvees: Sequence[tuple[str, object, str]]) -> Anomalie:
    """(cell, text now or "", text that was printed there), told once for the sheet."""
    exemples = [f"{c} : « {en_texte(lu)} » au lieu de « {en_texte(avant)} »" if lu != "" else f"{c} : « {en_texte(avant)} » effacé" for c, lu, avant in trouvees[:CITES]]
    reste = len(trouvees) - CITES
    return _anomalie(
        INFORMATION, "TEXTE_IMPRIME_MODIFIE", lieu, [c for c, _, _ in trouvees], "textes du modèle",
        " ; ".join(exemples) + (f" ; et {reste} autre(s)" if reste > 0 else ""), "les textes du classeur envoyé",
        "rien : ces textes ne sont pas des réponses.",
    )  # fmt: skip


def hors_cadre(lieu: Lieu, trouvees: Iterable[tuple]) -> list[Anomalie]:
    """(cell, value[, text that was printed there])"""
    return [
        _anomalie(
            A_CONFIRMER, "SAISIE_HORS_CADRE", lieu, (cellule,), "hors des cases de saisie",
            f"« {en_texte(valeur)} »" + (f", à la place de « {en_texte(imprime[0])} »" if any(imprime) else ""),
            f"« {en_texte(imprime[0])} », comme dans le classeur envoyé" if any(imprime) else "rien dans cette cellule",
            "si c’est une réponse, reportez-la dans la case prévue ou dans un commentaire ; elle n’est pas reprise.",
        )
        for cellule, valeur, *imprime in trouvees
    ]  # fmt: skip


def autres_textes(lieu: Lieu, anomalies: Sequence[Anomalie]) -> Anomalie:
    """Another version's own printed texts among them cannot be told from what was typed."""
    a = anomalies[0]
    trouve = f"{len(anomalies)} cellules que ce modèle n’imprime pas : " + ", ".join(x.trouve for x in anomalies[:CITES])
    return _anomalie(a.gravite, a.code, lieu, [c for x in anomalies for c in x.cellules], a.champ, trouve, a.attendu, a.a_faire)


def borner(anomalies: Sequence[Anomalie]) -> list[Anomalie]:
    """At most 20 of a kind on a sheet, then one that names all the other cells."""
    gardees: list[Anomalie] = []
    suites: dict[tuple[str, str, str], list[Anomalie]] = {}
    comptes: dict[tuple[str, str, str], int] = {}
    for a in anomalies:
        cle = a.feuille, a.code, a.gravite
        comptes[cle] = comptes.get(cle, 0) + 1
        if comptes[cle] <= PAR_FEUILLE_ET_CODE or not a.cellules or a.refuse_feuille:
            gardees.append(a)
        else:
            suites.setdefault(cle, []).append(a)
    for autres in suites.values():
        a = autres[0]
        cellules = [c for autre in autres for c in autre.cellules]
        trouve = f"{len(autres)} autres cellules de cette feuille dans le même cas : " + ", ".join(x.trouve for x in autres[:CITES]) + "…"
        gardees.append(_anomalie(a.gravite, a.code, Lieu(a.fichier, a.feuille, a.fiche), cellules, a.champ, trouve, a.attendu, a.a_faire))
    return gardees
