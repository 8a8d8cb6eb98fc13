"""Each question of the entry workbook, described once.

Header, validation, prompt, dictionary entry, reading and message all derive from a ``Champ``.
``layout`` says where a champ stands; nothing here knows rows or columns.
"""

from __future__ import annotations

from cls_workbook.domain.asked.compte_rendu_questions import COMPTE_RENDU, REPARTITION
from cls_workbook.domain.asked.money_questions import EXPENDITURES, FINANCEMENT, POST, TAKEN_UP
from cls_workbook.domain.questions import TEXT_LENGTH, Bloc, Champ, ask, block, choice, day, decimal, integer, text

YES_NO = ("oui", "non")
NOTHING = ("sans objet cette année", "rien à déclarer")  # a fiche that is answered in one gesture

# What the Synthèse makes of an answer: it quotes a text beside who wrote it, adds up a number fiche by fiche, or a
# section of its own takes it up. What has none of these stays in the consolidation.
QUOTED = "cité"
NEXT_YEAR = "pour l’année suivante"


STATUT = choice(
    "statut",
    "Statut",
    "statuts",
    "réel : compté. estimé : évalué au mieux. non disponible : existe, mais vous ne l’avez pas. "
    "sans objet : la question ne se pose pas cette année. Sans précision, une valeur est réputée réelle.",
)
COMMENT = text(
    "commentaire", "Commentaire", "Facultatif : ce qu’il faut savoir pour lire ce chiffre. Aucune donnée nominative."
)

ANSWER = block(
    "reponse",
    "Qui répond ?",
    (
        choice(
            "structure",
            "Structure",
            "structures",
            "Choisissez votre structure dans la liste. Si elle n’y est pas, saisissez son nom complet.",
            strict=False,
            obligatoire=True,
        ),
        ask(
            "siret",
            "SIRET",
            "code",
            "14 chiffres. Facultatif : il évite toute confusion entre structures.",
            length=20,
            carried_over=True,
        ),
        text(
            "contact_fonction",
            "Fonction de la personne qui répond",
            "Par exemple : chargée de projet. Indiquez une fonction, pas un nom.",
            120,
            carried_over=True,
        ),
        text(
            "contact_courriel",
            "Courriel",
            "L’adresse à laquelle vous joindre. Elle reste chez la coordination : elle ne figure pas dans la synthèse.",
            120,
        ),
        day("date_reponse", "Date de la réponse", "Au format jj/mm/aaaa."),
    ),
)

VOLET = block(
    "reponse",
    "Volet",
    (
        choice(
            "volet",
            "Volet auquel vous répondez",
            "volets",
            "Cette fiche comporte plusieurs volets : choisissez celui dont vous rendez compte.",
            obligatoire=True,
        ),
    ),
)

PROGRESS = block(
    "avancement",
    "Avancement",
    (
        choice(
            "etat",
            "État de l’action",
            "etats",
            "Où en est l’action sur toute la durée du contrat ? Une action qui continue n’est pas « Réalisée ».",
            obligatoire=True,
        ),
        choice(
            "realisation",
            "Réalisation du programme {annee}",
            "realisations",
            "Ce qui était prévu pour l’année a-t-il été fait ?",
            obligatoire=True,
        ),
        choice(
            "rien",
            "Rien cette année ?",
            "riens",
            "Seulement si vous n’avez rien à dire de cette fiche : choisissez, dites pourquoi, c’est tout.",
            synthese=TAKEN_UP,
        ),
        text("rien_motif", "Pourquoi ?", "En une phrase : ce qui fait que cette fiche n’appelle pas de réponse."),
        day("date_debut", "Date de début", "Au format jj/mm/aaaa.", carried_over=True),
        day("date_fin_prevue", "Date de fin prévue", "Au format jj/mm/aaaa.", carried_over=True),
        day("date_fin_reelle", "Date de fin réelle", "Au format jj/mm/aaaa. Seulement si l’action est terminée."),
        text(
            "motif",
            "Motif du report ou de l’abandon",
            "À remplir seulement si l’action est reportée ou abandonnée.",
            synthese=TAKEN_UP,
        ),
    ),
)

VOLETS_PROGRESS = block(
    "volets",
    "Avancement de chaque volet",
    (
        choice("etat", "État du volet", "etats", "Où en est ce volet sur toute la durée du contrat ?"),
        choice(
            "realisation", "Réalisation {annee}", "realisations", "Ce qui était prévu pour l’année a-t-il été fait ?"
        ),
    ),
    aide="Une ligne par volet dont vous rendez compte.",
)

MESURES = block(
    "mesures",
    "Ce qui a été compté",
    (
        integer(
            "valeur",
            "Valeur {annee}",
            "Un nombre, sans texte. Saisissez 0 si rien n’a eu lieu ; si vous ne savez pas, laissez vide et choisissez "
            "un statut.",
            obligatoire=True,
        ),
        STATUT,
        choice(
            "double_compte",
            "Sans double compte ?",
            "double_compte",
            "Chaque personne n’est-elle comptée qu’une fois dans votre chiffre ?",
        ),
        integer("dont_qpv", "dont QPV", "Facultatif : parmi elles, combien habitent un quartier prioritaire ?"),
        COMMENT,
    ),
    aide="Une valeur ou un statut par ligne. Les cases grises, avec un tiret, ne vous sont pas demandées.",
)

RATE = block(
    "taux",
    "Taux",
    (
        text(
            "definition",
            "Ce que vous comptez",
            "Facultatif, en quelques mots : qui ou quoi est compté, et sur quel total.",
            carried_over=True,
        ),
        integer(
            "numerateur", "Nombre compté", "Le premier des deux nombres. Le taux se calcule seul.", obligatoire=True
        ),
        integer(
            "denominateur",
            "Sur un total de",
            "Le total dont il est une part. Le taux se calcule seul.",
            obligatoire=True,
        ),
        STATUT,
        COMMENT,
    ),
    aide="Saisissez les deux nombres, jamais le pourcentage : il se calcule seul.",
)

SATISFACTION = block(
    "satisfaction",
    "Satisfaction",
    (
        choice("echelle", "Échelle", "echelles", "L’échelle de votre questionnaire.", carried_over=True),
        integer("questionnaires", "Questionnaires remis", "Combien de questionnaires avez-vous remis ?"),
        integer("repondants", "Répondants", "Combien de personnes ont répondu ?", obligatoire=True),
        integer(
            "satisfaits",
            "Satisfaits",
            "Parmi les répondants, combien sont satisfaits ou très satisfaits ?",
            obligatoire=True,
        ),
        STATUT,
        COMMENT,
    ),
)

DURATIONS = block(
    "durees",
    "Durées",
    (
        choice("unite", "Unité", "unites_duree", "L’unité dans laquelle la durée est exprimée.", carried_over=True),
        integer("effectif", "Effectif", "Sur combien de situations la moyenne est-elle calculée ?", obligatoire=True),
        decimal("moyenne", "Durée moyenne", "La durée moyenne, par exemple 7,5.", obligatoire=True),
        STATUT,
        COMMENT,
    ),
)

JALONS = block(
    "jalons",
    "Jalons",
    (
        choice("jalon", "État", "jalons", "Où en est cette étape ?", obligatoire=True),
        day("date", "Date d’atteinte", "Au format jj/mm/aaaa, si l’étape est atteinte."),
        text("preuve", "Preuve", "Le document ou la décision qui l’atteste : titre, date, référence."),
    ),
)

DATES = block("dates", "Dates", (day("jour", "Date", "Au format jj/mm/aaaa.", obligatoire=True), STATUT, COMMENT))

TEXTS = block(
    "textes",
    "Appréciations",
    (
        STATUT,
        text(
            "texte",
            "Votre appréciation",
            "En quelques phrases : ce qui a changé, à quoi vous le voyez. Aucun nom de personne.",
            TEXT_LENGTH,
            obligatoire=True,
        ),
    ),
)

ADD_ROWS_HELP = "Besoin de plus de lignes ? Clic droit sur le numéro d’une ligne du tableau, puis Insérer."

VENTILATION = block(
    "ventilations",
    "Listes et détail par catégorie",
    (
        text(
            "nom",
            "Nom de la structure",
            "Une ligne par structure ou par lieu, jamais une personne : elle n’est comptée qu’une fois.",
            160,
        ),
        text("modalite", "Catégorie", "Une ligne par catégorie.", 160),
        integer("effectif", "Effectif", "Combien dans cette catégorie ?"),
        integer("numerateur", "Nombre compté", "Le premier des deux nombres."),
        integer("denominateur", "Sur un total de", "Le total dont il est une part."),
    ),
    aide=ADD_ROWS_HELP,
    lines=3,
)

COMPLEMENTS = block("complements", "Compléments demandés par le financement", ())

TERRITORY = block(
    "territoire",
    "Territoires touchés",
    (
        ask("commune", "Commune", "case", "Mettez un x si l’action a touché cette commune."),
        ask("qpv", "Quartier prioritaire", "case", "Mettez un x si l’action a touché ce quartier."),
        ask("lieu", "Lieu", "case", "Mettez un x si l’action a touché ce lieu."),
    ),
    aide="Un x devant chaque lieu touché dans l’année.",
    is_optional=True,
)

PARTNERS = block(
    "partenaires",
    "Partenaires mobilisés",
    (
        text("nom", "Partenaire", "Le nom de la structure partenaire (pas d’une personne).", 160, carried_over=True),
        choice("type", "Type", "types_partenaire", "Le type de structure.", carried_over=True),
        choice(
            "participation",
            "Participation",
            "participations",
            "La forme la plus engagée de sa participation.",
            carried_over=True,
        ),
    ),
    aide=ADD_ROWS_HELP,
    is_optional=True,
    lines=3,
)

QUALITATIVE = block(
    "qualitatif",
    "Bilan en quelques mots",
    (
        text(
            "realisations",
            "Ce qui a été réalisé",
            "Deux ou trois phrases : quoi, pour qui, où, avec qui. Aucun nom de personne.",
            TEXT_LENGTH,
            obligatoire=True,
            synthese=QUOTED,
        ),
        text(
            "ecarts",
            "Écarts avec ce qui était prévu",
            "Facultatif : ce qui n’a pas été fait comme prévu, et pourquoi.",
            TEXT_LENGTH,
            synthese=QUOTED,
        ),
        text(
            "freins",
            "Freins",
            "Facultatif : ce qui a ralenti ou empêché l’action cette année.",
            TEXT_LENGTH,
            synthese=QUOTED,
        ),
        text(
            "leviers",
            "Leviers",
            "Facultatif : ce qui a aidé, et que d’autres pourraient reprendre.",
            TEXT_LENGTH,
            synthese=QUOTED,
        ),
        text(
            "perspectives",
            f"Perspectives {NEXT_YEAR}",
            "Facultatif : ce que vous prévoyez, et ce qu’il vous faudrait.",
            TEXT_LENGTH,
            synthese=QUOTED,
        ),
        choice(
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
        VOLETS_PROGRESS,
        MESURES,
        RATE,
        SATISFACTION,
        DURATIONS,
        JALONS,
        DATES,
        TEXTS,
        VENTILATION,
        COMPLEMENTS,
        TERRITORY,
        PARTNERS,
        FINANCEMENT,
        EXPENDITURES,
        POST,
        QUALITATIVE,
        COMPTE_RENDU,
        REPARTITION,
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
