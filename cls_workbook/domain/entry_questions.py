"""Each question of the entry workbook, described once.

Header, validation, prompt, dictionary entry, reading and message all derive from a ``Champ``.
``layout`` says where a champ stands; nothing here knows rows or columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from cls_workbook.domain.model import Contrat, Fiche
from cls_workbook.french import typography

TEXT_LENGTH, SHORT_LENGTH = 1500, 300
AMOUNT_MAX = Decimal("999999999.99")
INTEGER_MAX = 99_999_999
BOUNDS = {"entier": Decimal(INTEGER_MAX), "decimal": Decimal(INTEGER_MAX), "montant": AMOUNT_MAX}

YES_NO = ("oui", "non")

# What the Synthèse makes of an answer: it quotes a text beside who wrote it, adds up a number fiche by fiche, or a section of
# its own takes it up. What has none of these stays in the consolidation.
QUOTED, TOTALLED, TAKEN_UP = "cité", "totalisé", "repris"
NEXT_YEAR = "pour l’année suivante"


@dataclass(frozen=True, slots=True)
class Champ:
    """One question.

    ``type``: entier, decimal, montant (euros, cents), date, liste, texte, code, case.
    ``choix`` names a list (see ``listes``); a list that is not ``strict`` only proposes.
    ``{annee}`` in ``libelle`` is replaced by the year asked about. ``synthese``: what the Synthèse makes of it, "" nothing.
    """

    nom: str
    libelle: str
    type: str
    aide: str
    choix: str | None = None
    strict: bool = True
    unite: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    length: int | None = None
    obligatoire: bool = False
    synthese: str = ""

    def __post_init__(self) -> None:
        for texte in ("libelle", "aide"):
            object.__setattr__(self, texte, typography(getattr(self, texte)))


@dataclass(frozen=True, slots=True)
class Bloc:
    """A group of champs under one title. ``lines``: rows of room where the partner makes the list."""

    nom: str
    titre: str
    input_fields: tuple[Champ, ...]
    aide: str = ""
    is_optional: bool = False
    lines: int = 0
    _by_name: dict[str, Champ] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for texte in ("titre", "aide"):
            object.__setattr__(self, texte, typography(getattr(self, texte)))
        object.__setattr__(self, "_by_name", {c.nom: c for c in self.input_fields})

    def champ(self, nom: str) -> Champ:
        return self._by_name[nom]

    def known(self, nom: str | None) -> Champ | None:
        """The champ of this name, None if it has none."""
        return self._by_name.get(nom or "")


def _text(nom: str, libelle: str, aide: str, length: int = SHORT_LENGTH, **extra: Any) -> Champ:
    return Champ(nom, libelle, "texte", aide, length=length, **extra)


def _list(nom: str, libelle: str, choix: str, aide: str, **extra: Any) -> Champ:
    return Champ(nom, libelle, "liste", aide, choix=choix, length=SHORT_LENGTH, **extra)


def _integer(nom: str, libelle: str, aide: str, **extra: Any) -> Champ:
    return Champ(nom, libelle, "entier", aide, minimum=Decimal(0), maximum=Decimal(INTEGER_MAX), **extra)


def _amount(nom: str, libelle: str, aide: str, **extra: Any) -> Champ:
    return Champ(nom, libelle, "montant", aide, unite="€", minimum=Decimal(0), maximum=AMOUNT_MAX, **extra)


def _date(nom: str, libelle: str, aide: str, **extra: Any) -> Champ:
    return Champ(nom, libelle, "date", aide, **extra)


STATUT = _list(
    "statut",
    "Statut",
    "statuts",
    "réel : compté. estimé : évalué au mieux. non disponible : existe, mais vous ne l’avez pas. "
    "sans objet : la question ne se pose pas cette année. Sans précision, une valeur est réputée réelle.",
)
COMMENT = _text(
    "commentaire", "Commentaire", "Facultatif : ce qu’il faut savoir pour lire ce chiffre. Aucune donnée nominative."
)

ANSWER = Bloc(
    "reponse",
    "Qui répond ?",
    (
        _list(
            "structure",
            "Structure",
            "structures",
            "Choisissez votre structure dans la liste. Si elle n’y est pas, saisissez son nom complet.",
            strict=False,
            obligatoire=True,
        ),
        Champ(
            "siret", "SIRET", "code", "14 chiffres. Facultatif : il évite toute confusion entre structures.", length=20
        ),
        _text(
            "contact_fonction",
            "Fonction de la personne qui répond",
            "Par exemple : chargée de projet. Indiquez une fonction, pas un nom.",
            120,
        ),
        _text(
            "contact_courriel",
            "Courriel",
            "L’adresse à laquelle vous joindre. Elle reste chez la coordination : elle ne figure pas dans la synthèse.",
            120,
        ),
        _date("date_reponse", "Date de la réponse", "Au format jj/mm/aaaa."),
    ),
)

VOLET = Bloc(
    "reponse",
    "Volet",
    (
        _list(
            "volet",
            "Volet auquel vous répondez",
            "volets",
            "Cette fiche comporte plusieurs volets : choisissez celui dont vous rendez compte.",
            obligatoire=True,
        ),
    ),
)

PROGRESS = Bloc(
    "avancement",
    "Avancement",
    (
        _list(
            "etat",
            "État de l’action",
            "etats",
            "Où en est l’action sur toute la durée du contrat ? Une action qui continue n’est pas « Réalisée ».",
            obligatoire=True,
        ),
        _list(
            "realisation",
            "Réalisation du programme {annee}",
            "realisations",
            "Ce qui était prévu pour l’année a-t-il été fait ?",
            obligatoire=True,
        ),
        _date("date_debut", "Date de début", "Au format jj/mm/aaaa."),
        _date("date_fin_prevue", "Date de fin prévue", "Au format jj/mm/aaaa."),
        _date("date_fin_reelle", "Date de fin réelle", "Au format jj/mm/aaaa. Seulement si l’action est terminée."),
        _text(
            "motif",
            "Motif du report ou de l’abandon",
            "À remplir seulement si l’action est reportée ou abandonnée.",
            synthese=TAKEN_UP,
        ),
    ),
)

MESURES = Bloc(
    "mesures",
    "Indicateurs : ce qui a été compté",
    (
        _integer(
            "valeur",
            "Valeur {annee}",
            "Un nombre, sans texte. Saisissez 0 si rien n’a eu lieu ; si vous ne savez pas, laissez vide et choisissez "
            "un statut.",
            obligatoire=True,
        ),
        STATUT,
        _list(
            "double_compte",
            "Sans double compte ?",
            "double_compte",
            "Chaque personne n’est-elle comptée qu’une fois dans votre chiffre ?",
        ),
        _integer("dont_qpv", "dont QPV", "Facultatif : parmi elles, combien habitent un quartier prioritaire ?"),
        COMMENT,
    ),
    aide="Une valeur ou un statut par ligne. Les cases grises, avec un tiret, ne vous sont pas demandées.",
)

RATE = Bloc(
    "taux",
    "Taux",
    (
        _text(
            "definition",
            "Ce que vous comptez",
            "Facultatif : en quelques mots : qui ou quoi est compté en haut et en bas du taux.",
        ),
        _integer("numerateur", "Numérateur", "Le nombre du haut. Le taux se calcule seul.", obligatoire=True),
        _integer(
            "denominateur", "Dénominateur", "Le nombre du bas (le total). Le taux se calcule seul.", obligatoire=True
        ),
        STATUT,
        COMMENT,
    ),
    aide="Saisissez les deux nombres, jamais le pourcentage : il se calcule seul.",
)

SATISFACTION = Bloc(
    "satisfaction",
    "Satisfaction",
    (
        _list("echelle", "Échelle", "echelles", "L’échelle de votre questionnaire."),
        _integer("questionnaires", "Questionnaires remis", "Combien de questionnaires avez-vous remis ?"),
        _integer("repondants", "Répondants", "Combien de personnes ont répondu ?", obligatoire=True),
        _integer(
            "satisfaits",
            "Satisfaits",
            "Parmi les répondants, combien sont satisfaits ou très satisfaits ?",
            obligatoire=True,
        ),
        STATUT,
        COMMENT,
    ),
)

DURATIONS = Bloc(
    "durees",
    "Durées",
    (
        _list("unite", "Unité", "unites_duree", "L’unité dans laquelle la durée est exprimée."),
        _integer("effectif", "Effectif", "Sur combien de situations la moyenne est-elle calculée ?", obligatoire=True),
        Champ(
            "moyenne",
            "Durée moyenne",
            "decimal",
            "La durée moyenne, par exemple 7,5.",
            minimum=Decimal(0),
            maximum=Decimal(INTEGER_MAX),
            obligatoire=True,
        ),
        STATUT,
        COMMENT,
    ),
)

JALONS = Bloc(
    "jalons",
    "Jalons",
    (
        _list("jalon", "État", "jalons", "Où en est cette étape ?", obligatoire=True),
        _date("date", "Date d’atteinte", "Au format jj/mm/aaaa, si l’étape est atteinte."),
        _text("preuve", "Preuve", "Document ou décision qui l’atteste : titre, référence."),
    ),
)

TEXTS = Bloc(
    "textes",
    "Appréciations",
    (
        STATUT,
        _text(
            "texte", "Votre appréciation", "Quelques phrases. Aucune donnée nominative.", TEXT_LENGTH, obligatoire=True
        ),
    ),
)

ADD_ROWS_HELP = "Besoin de plus de lignes ? Clic droit sur le numéro d’une ligne du tableau, puis Insérer."

VENTILATION = Bloc(
    "ventilations",
    "Listes et détail par catégorie",
    (
        _text(
            "nom",
            "Nom",
            "Une ligne par entité : son nom. Il permet de ne pas la compter deux fois entre structures.",
            160,
        ),
        _text("modalite", "Catégorie", "Une ligne par catégorie.", 160),
        _integer("effectif", "Effectif", "Combien dans cette catégorie ?"),
        _integer("numerateur", "Numérateur", "Le nombre du haut."),
        _integer("denominateur", "Dénominateur", "Le nombre du bas (le total)."),
    ),
    aide=ADD_ROWS_HELP,
    lines=5,
)

COMPLEMENTS = Bloc("complements", "Compléments demandés par le financement", ())

TERRITORY = Bloc(
    "territoire",
    "Territoires touchés",
    (
        Champ("commune", "Commune", "case", "Mettez un x si l’action a touché cette commune."),
        Champ("qpv", "Quartier prioritaire", "case", "Mettez un x si l’action a touché ce quartier."),
    ),
    aide="Un x devant chaque commune et chaque quartier prioritaire touché dans l’année.",
    is_optional=True,
)

PARTNERS = Bloc(
    "partenaires",
    "Partenaires mobilisés",
    (
        _text("nom", "Partenaire", "Le nom de la structure partenaire (pas d’une personne).", 160),
        _list("type", "Type", "types_partenaire", "Le type de structure."),
        _list("participation", "Participation", "participations", "La forme la plus engagée de sa participation."),
    ),
    aide=ADD_ROWS_HELP,
    is_optional=True,
    lines=5,
)

FINANCEMENT = Bloc(
    "financement",
    "Financements de l’année",
    (
        _list(
            "financeur",
            "Financeur",
            "financeurs",
            "Choisissez le financeur, ou saisissez son nom s’il n’est pas dans la liste.",
            strict=False,
        ),
        _list(
            "nature",
            "Nature",
            "natures",
            "Maquette : prévue au contrat. Hors maquette : CPOM, fonds dédiés. Valorisation : temps ou moyens mis à "
            "disposition, sans versement.",
        ),
        _amount("prevu", "Prévu {annee}", "Montant attendu pour l’année, en euros."),
        _amount("engage", "Engagé {annee}", "Montant acquis par une convention ou une décision, en euros."),
        _amount("verse", "Versé {annee}", "Montant reçu dans l’année, en euros."),
        _text("reference", "Référence", "Numéro de la convention ou de la décision.", 80),
        _date("date", "Date", "Date de la convention ou de la décision, jj/mm/aaaa."),
    ),
    aide="Une ligne par financeur et par nature. Des euros, centimes compris si besoin.",
    is_optional=True,
    lines=6,
)

EXPENDITURES = Bloc(
    "depenses",
    "Dépenses réalisées",
    (
        _amount("personnel", "Personnel", "Salaires et charges de l’action, en euros."),
        _amount("achats", "Achats et services", "Prestations, fournitures, déplacements, en euros."),
        _amount("autres", "Autres dépenses", "Le reste, en euros."),
        _amount(
            "total",
            "Coût total de l’action",
            "Le coût de l’action dans l’année, en euros. Saisissez 0 s’il n’y a eu aucune dépense.",
            obligatoire=True,
        ),
        Champ(
            "etp",
            "Équivalents temps plein (ETP)",
            "decimal",
            "Temps de travail consacré à l’action dans l’année, par exemple 0,5.",
            unite="ETP",
            minimum=Decimal(0),
            maximum=Decimal(999),
            synthese=TAKEN_UP,
        ),
    ),
    aide="Le coût total suffit ; le détail par poste est facultatif, mais il doit alors faire le total.",
)
# The posts that make the cost, where a return gives no total.
EXPENDITURE_POSTS = tuple(c.nom for c in EXPENDITURES.input_fields if c.type == "montant" and c.nom != "total")

QUALITATIVE = Bloc(
    "qualitatif",
    "Bilan en quelques mots",
    (
        _text(
            "realisations",
            "Ce qui a été réalisé",
            "L’essentiel en quelques phrases. Aucune donnée nominative.",
            TEXT_LENGTH,
            obligatoire=True,
        ),
        _text("ecarts", "Écarts avec ce qui était prévu", "Facultatif.", TEXT_LENGTH, synthese=QUOTED),
        _text("freins", "Freins", "Facultatif.", TEXT_LENGTH, synthese=QUOTED),
        _text("leviers", "Leviers", "Facultatif.", TEXT_LENGTH),
        _text("perspectives", f"Perspectives {NEXT_YEAR}", "Facultatif.", TEXT_LENGTH, synthese=QUOTED),
        _list(
            "avenant",
            "Un avenant est-il à prévoir ?",
            "oui_non",
            "oui si le contrat doit être modifié : nouvel axe, nouveau partenaire, durée.",
            synthese=TAKEN_UP,
        ),
    ),
    aide="Décrivez l’action, jamais les personnes. Un texte long ? Agrandissez la ligne : tirez son bord inférieur.",
)

BLOCKS = {
    b.nom: b
    for b in (
        ANSWER,
        PROGRESS,
        MESURES,
        RATE,
        SATISFACTION,
        DURATIONS,
        JALONS,
        TEXTS,
        VENTILATION,
        COMPLEMENTS,
        TERRITORY,
        PARTNERS,
        FINANCEMENT,
        EXPENDITURES,
        QUALITATIVE,
    )
}


def in_synthese(use: str = "") -> list[tuple[Bloc, Champ]]:
    """The questions that the Synthèse takes up; ``use``: those of this use only."""
    return [(b, c) for b in BLOCKS.values() for c in b.input_fields if c.synthese and use in ("", c.synthese)]


def question(bloc: str | None, champ: str | None) -> Champ | None:
    """The question that a champ of a block is; None for a complement, which the contract asks."""
    if bloc == "reponse" and champ == "volet":
        return VOLET.champ(champ)
    return BLOCKS[bloc].known(champ) if bloc in BLOCKS else None


def libelle(bloc: str, champ: str, annee: str | None = None) -> str:
    """The printed label of a champ, as messages name it; the champ's own name if it is a complement."""
    found = question(bloc, champ)
    return found.libelle.replace(" {annee}", f" {annee}" if annee else "") if found else champ


def structure_names(contrat: Contrat) -> tuple[str, ...]:
    """Every name that may be chosen as the answering structure: structures, then members of groups."""
    names = [s.nom for s in contrat.structures if not s.groupe]
    for groupe in contrat.structures:
        if groupe.groupe:
            names += [n for n in contrat.candidats(groupe) if n not in names and contrat.identify(n) is None]
    return tuple(names)


def listes(contrat: Contrat, fiche: Fiche | None = None) -> dict[str, tuple[str, ...]]:
    """List name → choices, for a contract (and a fiche, which alone knows its volets)."""
    echelles = contrat.listes
    return {
        "structures": structure_names(contrat),
        "etats": echelles.etats,
        "realisations": echelles.realisations,
        "statuts": echelles.statuts,
        "jalons": echelles.jalons,
        "double_compte": echelles.double_compte,
        "types_partenaire": echelles.types_partenaire,
        "participations": echelles.participations,
        "echelles": echelles.echelles,
        "unites_duree": echelles.unites_duree,
        "financeurs": tuple(f.nom for f in contrat.financeurs),
        "natures": tuple(n.libelle for n in contrat.natures),
        "communes": tuple(c.nom for c in contrat.communes),
        "oui_non": YES_NO,
        "volets": tuple(v.nom for v in fiche.volets) if fiche else (),
    }
