"""What a definition says of its fiches: who carries them, what they ask, what money they announce."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from decimal import Decimal

from cls_workbook.domain import model
from cls_workbook.domain.announced.mesure import OF_DATES
from cls_workbook.domain.announced.money_lines import LINE_STATES, PrintedLine
from cls_workbook.domain.announced.volets import Volet
from cls_workbook.domain.asked.left_out import QUESTIONS
from cls_workbook.domain.contrat_years import all_years
from cls_workbook.domain.model import Contrat, Fiche, Indicateur, Mesure
from cls_workbook.domain.placed.place_kinds import of_word, place_kinds
from cls_workbook.domain.verification.fault import SIGN, DefinitionFault, FieldPlace, as_share, duplicates, places
from cls_workbook.domain.wording import maquette_payers
from cls_workbook.french import amount_fr, number_fr, quoted_list, typography

SHEET_PREFIX = "FA "
MAX_SHEET_NAME = 31
KEY_MESURES_MAX = 3
COMPLEMENT_TYPES = ("entier", "decimal", "montant", "texte")

# Which ways of bringing answers together make sense for which way of typing them.
ALLOWED_AGGREGATIONS = {
    "entier": ("FLUX", "PERSONNES", "STOCK", "ENTITES", "CUMUL", "CONTEXTE"),
    "decimal": ("FLUX", "STOCK", "CUMUL", "CONTEXTE"),
    "ventilation": ("FLUX", "PERSONNES", "STOCK", "ENTITES"),
    "taux": ("RATIO",),
    "satisfaction": ("SATISFACTION",),
    "moyenne": ("MOYENNE",),
    "jalon": ("JALON",),
    "date": OF_DATES,
    "liste": ("UNION",),
    "texte": ("TEXTE",),
}

# --- A fiche --------------------------------------------------------------------------------------------------------


def names_of_sheets(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Each fiche has a sheet « FA numero »: Excel must take the name, and take it once."""
    located = places("contrat.fiches", contrat.fiches)
    yield from duplicates(located, "numero", str.casefold)
    for here, fiche in located:
        nom = SHEET_PREFIX + fiche.numero
        if len(nom) > MAX_SHEET_NAME:
            message = f"la feuille « {nom} » aurait un nom de {len(nom)} caractères, pour {MAX_SHEET_NAME} au plus."
            yield here.fault("numero", message, "Raccourcissez le numéro.")
        if re.search(r"[:\\/?*\[\]]", fiche.numero) or fiche.numero.endswith("'"):
            remedy = "Retirez du numéro : \\ / ? * [ ] et l’apostrophe finale."
            yield here.fault("numero", f"Excel refuse le nom de feuille « {nom} ».", remedy)


def fiches(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Axe, titles, porteurs, volets and complements of each fiche."""
    for here, fiche in places("contrat.fiches", contrat.fiches):
        yield from here.reference("axe", contrat.by_axe, "l’axe")
        yield from here.references("autres_axes", contrat.by_axe, "l’axe")
        if fiche.axe is not None and fiche.axe in fiche.autres_axes:
            yield here.fault("autres_axes", f"« {fiche.axe} » est déjà l’axe de la fiche.", "Retirez-le.")
        yield from here.too_long("titre", "sous_titre", "titre_recapitulatif", "plans", "niveau_priorite")
        yield from here.repetitions("plans")
        for champ in ("non_demandes", "demandes"):
            yield from here.among(champ, QUESTIONS)
        yield from here.references("porteurs", contrat.by_structure, "la structure")
        if not fiche.porteurs and not any(v.porteurs for v in fiche.volets):
            message = "le porteur est à désigner : d’ici là, aucun retour n’est attendu et personne n’est relancé."
            yield here.note("porteurs", message, "Nommez-le dès qu’il est connu ; l’année peut commencer sans lui.")
        yield from _volets(here, fiche, contrat)
        if fiche.reponse_commune and not fiche.volets:
            yield from _alone(here, fiche.porteurs, contrat)
        for place, _ in places(f"{here}.indicateurs", fiche.indicateurs):
            yield from place.reference("volet", [v.id for v in fiche.volets], "le volet")
        complements = places(f"{here}.complements", fiche.complements)
        yield from duplicates(complements, "id")
        for place, complement in complements:
            yield from _code(place, complement.id)
            yield from place.among("type", COMPLEMENT_TYPES)
            yield from place.too_long("libelle")


def _alone(here: FieldPlace, porteurs: Sequence[str], contrat: Contrat) -> Iterator[DefinitionFault]:
    """Who is said to answer with others, and has none."""
    if len(porteurs) < 2 and not any(contrat.by_structure[p].groupe for p in porteurs if p in contrat.by_structure):
        message = "une réponse commune réunit au moins deux porteurs."
        yield here.note("reponse_commune", message, "Nommez-les, ou retirez « reponse_commune ».")


def _volets(here: FieldPlace, fiche: Fiche, contrat: Contrat) -> Iterator[DefinitionFault]:
    volets = places(f"{here}.volets", fiche.volets)
    yield from duplicates(volets, "id")
    yield from duplicates(volets, "nom", str.casefold)
    for place, volet in volets:
        yield from place.references("porteurs", contrat.by_structure, "la structure")
        if volet.reponse_commune:
            yield from _alone(place, volet.porteurs, contrat)
        if not volet.porteurs:
            message = f"le porteur du volet « {volet.nom} » est à désigner : aucun retour n’en est attendu."
            yield place.note("porteurs", message)
    if not _of_unknown(fiche, contrat):
        yield from _bearing_a_volet_alone(volets, fiche, contrat)


def _of_unknown(fiche: Fiche, contrat: Contrat) -> bool:
    """Is one of its porteurs nobody that the contract knows? That is told, and who is missing may be who was meant."""
    return any(porteur not in contrat.by_structure for porteur in fiche.porteurs)


def _bearing_a_volet_alone(
    volets: Sequence[tuple[FieldPlace, Volet]], fiche: Fiche, contrat: Contrat
) -> Iterator[DefinitionFault]:
    """Who bears volets without bearing the fiche, once each, at the first of them."""
    alone: dict[str, list[tuple[FieldPlace, Volet]]] = {}
    for located in volets:
        for porteur in located[1].porteurs:
            if porteur in contrat.by_structure and porteur not in fiche.porteurs:
                alone.setdefault(porteur, []).append(located)
    for porteur, its_own in alone.items():
        what = "le volet" if len(its_own) == 1 else f"{len(its_own)} volets"
        message = f"« {contrat.by_structure[porteur].nom} » porte {what} sans porter la fiche {fiche.numero}."
        yield its_own[0][0].fault("porteurs", message, "Ajoutez-le aux porteurs de la fiche.")


def financements(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Amounts and rates announced by each fiche."""
    known = [f.id for f in contrat.money.financeurs]
    for place, fiche in places("contrat.fiches", contrat.fiches):
        money = fiche.financement
        here = FieldPlace(f"{place}.financement", money)
        yield from here.among("montant_etat", model.AMOUNT_STATES)
        if money.montant is not None and money.montant_etat in model.AMOUNT_STATES[1:]:
            message = f"un montant est donné, mais son état est « {money.montant_etat} »."
            yield here.fault("montant_etat", message, 'Écrivez montant_etat = "chiffre".')
        if money.montant is None and money.montant_etat == "chiffre":
            remedy = "Donnez le montant, ou changez montant_etat."
            yield here.fault("montant", "l’état annonce un montant chiffré, qui manque.", remedy)
        yield from here.euros("montant")
        yield from here.rate("taux")
        if money.taux_pur and money.taux is None:
            remedy = "Donnez le taux, ou retirez taux_pur."
            yield here.fault("taux_pur", "taux_pur est vrai, mais aucun taux n’est donné.", remedy)
        yield from here.duration("duree_ans")
        yield from here.references("cofinanceurs", known, "le financeur")
        for line_place, line in places(f"{place}.lignes", fiche.lignes):
            yield from _printed_line(line_place, line, contrat)
        yield from _lines_of_the_maquette(here, fiche, contrat)


def _printed_line(here: FieldPlace, line: PrintedLine, contrat: Contrat) -> Iterator[DefinitionFault]:
    """What the contract prints of one funder."""
    yield from here.reference("financeur", [f.id for f in contrat.money.financeurs], "le financeur")
    yield from here.reference("nature", [n.id for n in contrat.money.natures], "la nature")
    yield from here.among("etat", LINE_STATES)
    yield from here.euros("montant")
    yield from here.year_among("annee", all_years(contrat))
    if line.montant is None and line.etat in ("chiffre", "enveloppe"):
        remedy = "Donnez-le, ou choisissez un autre état (à définir, à moyens constants…)."
        yield here.fault("montant", "le montant manque.", remedy)


def _lines_of_the_maquette(here: FieldPlace, fiche: Fiche, contrat: Contrat) -> Iterator[DefinitionFault]:
    """The amount of a fiche and the lines that print its maquette are one money: they agree."""
    of_maquette = {n.id for n in contrat.money.natures if n.niveau == "maquette"}
    payers = maquette_payers(contrat, fiche.numero)
    known = [
        line.montant
        for line in fiche.lignes
        if line.is_granted and line.montant and line.nature in of_maquette and (not payers or line.financeur in payers)
    ]
    montant = fiche.financement.montant
    if montant is not None and known and sum(known) != montant:
        made = amount_fr(sum(known, Decimal(0)))
        message = f"le montant est de {amount_fr(montant)}, ses lignes de la maquette font {made}."
        yield here.note("montant", message, "Vérifiez-les dans le contrat : c’est le même argent.")


# --- Indicators and measures ----------------------------------------------------------------------------------------


def _indicateurs_of(contrat: Contrat) -> list[tuple[FieldPlace, Indicateur]]:
    fiches = places("contrat.fiches", contrat.fiches)
    return [located for here, fiche in fiches for located in places(f"{here}.indicateurs", fiche.indicateurs)]


def indicateurs(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Every indicator is known once and asks at least one measure."""
    located = _indicateurs_of(contrat)
    yield from duplicates(located, "id", str.casefold)
    for here, indicateur in located:
        yield from _shared(here, indicateur, contrat)
        yield from here.among("type", model.INDICATEUR_TYPES)
        yield from here.too_long("libelle")
        if not indicateur.mesures:
            message = "l’indicateur ne demande aucune mesure : rien ne serait à saisir."
            yield here.fault("mesures", message, "Ajoutez au moins une mesure.")


def _shared(here: FieldPlace, indicateur: Indicateur, contrat: Contrat) -> Iterator[DefinitionFault]:
    """An indicator of several fiches: of fiches that exist, and other than its own; who bears only one of the others is
    not asked it."""
    yield from here.references("autres_fiches", contrat.par_fiche, "la fiche")
    its_own = next(f for f in contrat.fiches if any(i is indicateur for i in f.indicateurs))
    if its_own.numero in indicateur.autres_fiches:
        yield here.fault("autres_fiches", f"« {its_own.numero} » est déjà sa fiche.", "Retirez-la.")
    asked = {structure for structure, _ in its_own.repondants()}
    others = [contrat.par_fiche[n] for n in indicateur.autres_fiches if n in contrat.par_fiche]
    silent = dict.fromkeys(s for f in others for s, _ in f.repondants() if s not in asked)
    if any(_of_unknown(f, contrat) for f in (its_own, *others)):
        return
    if silent and contrat.view is None:
        silent = dict.fromkeys(contrat.by_structure[s].nom for s in silent)
        message = f"il se remplit sur la fiche {its_own.numero} seule : {quoted_list(silent)} n’y répond pas."
        yield here.note("autres_fiches", message, "Ajoutez ce porteur à la fiche, ou donnez-lui son indicateur.")


def mesures(contrat: Contrat) -> Iterator[DefinitionFault]:
    """Every measure: known once, typed and brought together in ways that agree."""
    located = [m for here, i in _indicateurs_of(contrat) for m in places(f"{here}.mesures", i.mesures)]
    yield from duplicates(located, "id", str.casefold)
    for here, mesure in located:
        yield from mesure_faults(here, mesure, len(contrat.places.communes))
        if mesure.qpv and not contrat.places.qpv:
            message = "« dont QPV » ne sera pas demandé : le contrat ne nomme aucun QPV."
            yield here.note("qpv", message, "Nommez-les, ou retirez « qpv ».")
        yield from _by_place(here, mesure, contrat)
    for here, fiche in places("contrat.fiches", contrat.fiches):
        keys = [m.id for m in fiche.mesures if m.cle]
        if len(keys) > KEY_MESURES_MAX:
            marked = f"{len(keys)} mesures sont marquées cle"
            message = f"{marked}, pour {KEY_MESURES_MAX} au plus sur une ligne de synthèse."
            yield here.fault("", message, f"Gardez-en {KEY_MESURES_MAX} parmi {', '.join(keys)}.")


def _by_place(here: FieldPlace, mesure: Mesure, contrat: Contrat) -> Iterator[DefinitionFault]:
    """A measure asked place by place: of a kind of place that the contract names."""
    if mesure.par_lieu is None:
        return
    kinds = place_kinds(contrat)
    if of_word(kinds, mesure.par_lieu) is None:
        known = quoted_list(k.word.short or k.word.one for k in kinds) if kinds else "aucune"
        message = f"le contrat ne nomme aucun lieu de la sorte « {mesure.par_lieu} »."
        yield here.fault("par_lieu", message, f"Sortes de lieux du contrat : {known}.")
    if mesure.modalites and contrat.view is None:
        yield here.fault("modalites", "les catégories sont les lieux du contrat.", "Retirez-les, ou « par_lieu ».")


def mesure_faults(here: FieldPlace, mesure: Mesure, commune_count: int) -> Iterator[DefinitionFault]:
    """What is wrong in a measure looked at alone, of a contract or of a regional noyau."""
    yield from _code(here, mesure.id)
    yield from here.too_long("libelle", "unite", "ventilation")
    yield from _types(here, mesure)
    yield from _ventilation(here, mesure)
    yield from _bounds(here, mesure, commune_count)
    yield from _options(here, mesure)
    yield from _calcul(here, mesure)


def _types(here: FieldPlace, mesure: Mesure) -> Iterator[DefinitionFault]:
    allowed = ALLOWED_AGGREGATIONS.get(mesure.type, ())
    no_way = here.among("agregation", model.AGGREGATIONS)
    fitting_ones = f"Choisissez : {quoted_list(allowed)}."
    unknown = [
        *here.among("type", model.MESURE_TYPES),
        *(replace(f, remedy=typography(fitting_ones)) if allowed else f for f in no_way),
    ]
    yield from unknown
    if not unknown and mesure.agregation not in allowed:
        message = f"une mesure de type « {mesure.type} » ne se rassemble pas par « {mesure.agregation} »."
        yield here.fault("agregation", message, fitting_ones)


def _ventilation(here: FieldPlace, mesure: Mesure) -> Iterator[DefinitionFault]:
    if mesure.type == "ventilation" and mesure.ventilation is None and mesure.par_lieu is None:
        message = "une mesure de type « ventilation » doit dire selon quoi elle est ventilée."
        yield here.fault("ventilation", message, "Ajoutez le champ ventilation.")
    elif mesure.modalites and mesure.ventilation is mesure.par_lieu is None and mesure.type not in ("liste", "jalon"):
        remedy = "Ajoutez le champ ventilation, ou retirez les modalités."
        yield here.fault("modalites", "des modalités sont fixées sans ventilation.", remedy)
    if mesure.reponses_multiples and mesure.ventilation is None:
        remedy = "Ajoutez le champ ventilation, ou retirez reponses_multiples."
        yield here.fault("reponses_multiples", "réponses multiples sans ventilation.", remedy)
    yield from here.repetitions("modalites")
    yield from here.too_long("modalites")


def _bounds(here: FieldPlace, mesure: Mesure, commune_count: int) -> Iterator[DefinitionFault]:
    initial, maximum = mesure.valeur_initiale, mesure.maximum
    for champ, valeur in (("valeur_initiale", initial), ("maximum", maximum)):
        if valeur is None:
            continue
        if valeur < 0:
            yield here.fault(champ, f"une valeur est positive ou nulle, trouvé « {number_fr(valeur)} ».", SIGN)
        if mesure.type in ("entier", "ventilation") and valeur != valeur.to_integral_value():
            remedy = "Arrondissez-le, ou choisissez le type « decimal »."
            yield here.fault(champ, f"un nombre entier est attendu, trouvé « {number_fr(valeur)} ».", remedy)
        if mesure.type in ("jalon", "date", "liste", "texte"):
            yield here.fault(champ, f"sans objet pour une mesure de type « {mesure.type} ».", "Retirez le champ.")
    if mesure.type in ("taux", "satisfaction") and initial is not None and initial > max(1, maximum or 1):
        remedy = as_share(initial)
        yield here.fault("valeur_initiale", f"un taux s’écrit en part de 1, trouvé « {number_fr(initial)} ».", remedy)
    elif maximum is not None and initial is not None and initial > maximum:
        remedy = "Corrigez l’un des deux."
        yield here.fault("valeur_initiale", f"{number_fr(initial)} dépasse le maximum, {number_fr(maximum)}.", remedy)
    if mesure.communes and maximum is not None and maximum > commune_count:
        message = f"le maximum est {number_fr(maximum)}, mais le contrat nomme {commune_count} communes."
        yield here.fault("maximum", message, "Corrigez l’un des deux.")


def _calcul(here: FieldPlace, mesure: Mesure) -> Iterator[DefinitionFault]:
    if mesure.calcul is None:
        return
    unknown = [*here.among("calcul", tuple(model.CALCULS))]
    yield from unknown
    if not unknown and mesure.agregation not in model.CALCULS[mesure.calcul]:
        kinds = " ou ".join(f"« {code} »" for code in model.CALCULS[mesure.calcul])
        message = f"ce calcul ne vaut que pour une mesure d’agrégation {kinds}."
        yield here.fault("calcul", message, "Retirez-le, ou changez l’agrégation.")


def _options(here: FieldPlace, mesure: Mesure) -> Iterator[DefinitionFault]:
    """Options that only make sense with some types: elsewhere they would be ignored in silence."""
    option_states = {
        "denominateur": (mesure.denominateur is not None, mesure.type == "taux", "de type « taux »"),
        "numerateur_decimal": (mesure.numerateur_decimal, mesure.type == "taux", "de type « taux »"),
        "poids": (mesure.poids is not None, mesure.type == "moyenne", "de type « moyenne »"),
        "qpv": (mesure.qpv is True, mesure.type == "entier", "de type « entier »"),
        "par_lieu": (
            mesure.par_lieu is not None,
            mesure.type in ("entier", "ventilation", "taux") and not mesure.nominative,
            "de type « entier » (hors liste de noms), « ventilation » ou « taux »",
        ),
        "stock": (mesure.stock, mesure.agregation == "ENTITES", "d’agrégation « ENTITES »"),
        "communes": (mesure.communes, mesure.nominative, "de type « entier », d’agrégation « ENTITES » ou « STOCK »"),
    }
    for champ, (is_set, allowed, meant_for) in option_states.items():
        if is_set and not allowed:
            message = f"ce champ ne vaut que pour une mesure {meant_for}."
            yield here.fault(champ, message, "Retirez-le, ou changez la mesure.")
    if mesure.denominateur is not None and mesure.denominateur <= 0:
        message = f"un dénominateur est plus grand que zéro, trouvé « {number_fr(mesure.denominateur)} »."
        yield here.fault("denominateur", message)


def _code(here: FieldPlace, code: str) -> Iterator[DefinitionFault]:
    """What is a part of a cell's key (``1.2/mesures/1.2-I03/valeur``)."""
    if not re.fullmatch(r"[\w.-]+", code):
        message = f"« {code} » contient un caractère qui n’est ni lettre, ni chiffre, ni point, ni tiret."
        yield here.fault("id", message, "Simplifiez cet identifiant.")


OF_FICHES = (names_of_sheets, fiches, financements, indicateurs, mesures)
