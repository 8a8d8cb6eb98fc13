"""Each question of the entry workbook, described once.

Header, validation, prompt, dictionary entry, reading and message all derive from a ``Champ``.
``layout`` says where a champ stands; nothing here knows rows or columns.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from cls_workbook.contract.model import Contrat, Fiche
from cls_workbook.francais import typographie

LONGUEUR_TEXTE, LONGUEUR_COURTE = 1500, 300
MONTANT_MAX = Decimal("999999999.99")
ENTIER_MAX = 99_999_999
BORNES = {"entier": Decimal(ENTIER_MAX), "decimal": Decimal(ENTIER_MAX), "montant": MONTANT_MAX}

OUI_NON = ("oui", "non")


@dataclass(frozen=True, slots=True)
class Champ:
    """One question.

    ``type``: entier, decimal, montant (euros, cents), date, liste, texte, code, case.
    ``choix`` names a list (see ``listes``); a list that is not ``stricte`` only proposes.
    ``{annee}`` in ``libelle`` is replaced by the year asked about.
    """

    nom: str
    libelle: str
    type: str
    aide: str
    choix: str | None = None
    stricte: bool = True
    unite: str | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    longueur: int | None = None
    obligatoire: bool = False

    def __post_init__(self):
        for texte in ("libelle", "aide"):
            object.__setattr__(self, texte, typographie(getattr(self, texte)))


@dataclass(frozen=True, slots=True)
class Bloc:
    """A group of champs under one title. ``lignes``: rows of room where the partner makes the list."""

    nom: str
    titre: str
    champs: tuple[Champ, ...]
    aide: str = ""
    optionnel: bool = False
    lignes: int = 0
    _par_nom: dict[str, Champ] = field(init=False, repr=False, compare=False)

    def __post_init__(self):
        for texte in ("titre", "aide"):
            object.__setattr__(self, texte, typographie(getattr(self, texte)))
        object.__setattr__(self, "_par_nom", {c.nom: c for c in self.champs})

    def champ(self, nom: str) -> Champ:
        return self._par_nom[nom]


def _texte(nom: str, libelle: str, aide: str, longueur: int = LONGUEUR_COURTE, **plus) -> Champ:
    return Champ(nom, libelle, "texte", aide, longueur=longueur, **plus)


def _liste(nom: str, libelle: str, choix: str, aide: str, **plus) -> Champ:
    return Champ(nom, libelle, "liste", aide, choix=choix, longueur=LONGUEUR_COURTE, **plus)


def _entier(nom: str, libelle: str, aide: str, **plus) -> Champ:
    return Champ(nom, libelle, "entier", aide, minimum=Decimal(0), maximum=Decimal(ENTIER_MAX), **plus)


def _montant(nom: str, libelle: str, aide: str, **plus) -> Champ:
    return Champ(nom, libelle, "montant", aide, unite="€", minimum=Decimal(0), maximum=MONTANT_MAX, **plus)


def _date(nom: str, libelle: str, aide: str, **plus) -> Champ:
    return Champ(nom, libelle, "date", aide, **plus)


STATUT = _liste(
    "statut", "Statut", "statuts",
    "réel : compté. estimé : évalué au mieux. non disponible : existe, mais vous ne l’avez pas. "
    "sans objet : la question ne se pose pas cette année. Sans précision, une valeur est réputée réelle.",
)
COMMENTAIRE = _texte("commentaire", "Commentaire", "Facultatif : ce qu’il faut savoir pour lire ce chiffre. Aucune donnée nominative.")

REPONSE = Bloc("reponse", "Qui répond ?", (
    _liste("structure", "Structure", "structures", "Choisissez votre structure dans la liste. Si elle n’y est pas, saisissez son nom complet.", stricte=False, obligatoire=True),
    Champ("siret", "SIRET", "code", "14 chiffres. Facultatif : il évite toute confusion entre structures.", longueur=20),
    _texte("contact_fonction", "Fonction de la personne qui répond", "Par exemple : chargée de projet. Indiquez une fonction, pas un nom.", 120),
    _texte("contact_courriel", "Courriel", "L’adresse à laquelle vous joindre. Elle reste chez la coordination : elle ne figure pas dans la synthèse.", 120),
    _date("date_reponse", "Date de la réponse", "Au format jj/mm/aaaa."),
))

VOLET = Bloc("reponse", "Volet", (
    _liste("volet", "Volet auquel vous répondez", "volets", "Cette fiche comporte plusieurs volets : choisissez celui dont vous rendez compte.", obligatoire=True),
))

AVANCEMENT = Bloc("avancement", "Avancement", (
    _liste("etat", "État de l’action", "etats", "Où en est l’action sur toute la durée du contrat ? Une action qui continue n’est pas « Réalisée ».", obligatoire=True),
    _liste("realisation", "Réalisation du programme {annee}", "realisations", "Ce qui était prévu pour l’année a-t-il été fait ?", obligatoire=True),
    _date("date_debut", "Date de début", "Au format jj/mm/aaaa."),
    _date("date_fin_prevue", "Date de fin prévue", "Au format jj/mm/aaaa."),
    _date("date_fin_reelle", "Date de fin réelle", "Au format jj/mm/aaaa. Seulement si l’action est terminée."),
    _texte("motif", "Motif du report ou de l’abandon", "À remplir seulement si l’action est reportée ou abandonnée."),
))

MESURES = Bloc("mesures", "Indicateurs : ce qui a été compté", (
    _entier("valeur", "Valeur {annee}", "Un nombre, sans texte. Saisissez 0 si rien n’a eu lieu ; si vous ne savez pas, laissez vide et choisissez un statut.", obligatoire=True),
    STATUT,
    _liste("double_compte", "Sans double compte ?", "double_compte", "Chaque personne n’est-elle comptée qu’une fois dans votre chiffre ?"),
    _entier("dont_qpv", "dont QPV", "Facultatif : parmi elles, combien habitent un quartier prioritaire ?"),
    COMMENTAIRE,
), aide="Une valeur ou un statut par ligne. Les cases grises, avec un tiret, ne vous sont pas demandées.")

TAUX = Bloc("taux", "Taux", (
    _texte("definition", "Ce que vous comptez", "Facultatif : en quelques mots : qui ou quoi est compté en haut et en bas du taux."),
    _entier("numerateur", "Numérateur", "Le nombre du haut. Le taux se calcule seul.", obligatoire=True),
    _entier("denominateur", "Dénominateur", "Le nombre du bas (le total). Le taux se calcule seul.", obligatoire=True),
    STATUT,
    COMMENTAIRE,
), aide="Saisissez les deux nombres, jamais le pourcentage : il se calcule seul.")

SATISFACTION = Bloc("satisfaction", "Satisfaction", (
    _liste("echelle", "Échelle", "echelles", "L’échelle de votre questionnaire."),
    _entier("questionnaires", "Questionnaires remis", "Combien de questionnaires avez-vous remis ?"),
    _entier("repondants", "Répondants", "Combien de personnes ont répondu ?", obligatoire=True),
    _entier("satisfaits", "Satisfaits", "Parmi les répondants, combien sont satisfaits ou très satisfaits ?", obligatoire=True),
    STATUT,
    COMMENTAIRE,
))

DUREES = Bloc("durees", "Durées", (
    _liste("unite", "Unité", "unites_duree", "L’unité dans laquelle la durée est exprimée."),
    _entier("effectif", "Effectif", "Sur combien de situations la moyenne est-elle calculée ?", obligatoire=True),
    Champ("moyenne", "Durée moyenne", "decimal", "La durée moyenne, par exemple 7,5.", minimum=Decimal(0), maximum=Decimal(ENTIER_MAX), obligatoire=True),
    STATUT,
    COMMENTAIRE,
))

JALONS = Bloc("jalons", "Jalons", (
    _liste("jalon", "État", "jalons", "Où en est cette étape ?", obligatoire=True),
    _date("date", "Date d’atteinte", "Au format jj/mm/aaaa, si l’étape est atteinte."),
    _texte("preuve", "Preuve", "Document ou décision qui l’atteste : titre, référence."),
))

TEXTES = Bloc("textes", "Appréciations", (
    STATUT,
    _texte("texte", "Votre appréciation", "Quelques phrases. Aucune donnée nominative.", LONGUEUR_TEXTE, obligatoire=True),
))

AJOUTER = "Besoin de plus de lignes ? Clic droit sur le numéro d’une ligne du tableau, puis Insérer."

VENTILATION = Bloc("ventilations", "Listes et détail par catégorie", (
    _texte("nom", "Nom", "Une ligne par entité : son nom. Il permet de ne pas la compter deux fois entre structures.", 160),
    _texte("modalite", "Catégorie", "Une ligne par catégorie.", 160),
    _entier("effectif", "Effectif", "Combien dans cette catégorie ?"),
    _entier("numerateur", "Numérateur", "Le nombre du haut."),
    _entier("denominateur", "Dénominateur", "Le nombre du bas (le total)."),
), aide=AJOUTER, lignes=5)

COMPLEMENTS = Bloc("complements", "Compléments demandés par le financement", ())

TERRITOIRE = Bloc("territoire", "Territoires touchés", (
    Champ("commune", "Commune", "case", "Mettez un x si l’action a touché cette commune."),
    Champ("qpv", "Quartier prioritaire", "case", "Mettez un x si l’action a touché ce quartier."),
), aide="Un x devant chaque commune et chaque quartier prioritaire touché dans l’année.", optionnel=True)

PARTENAIRES = Bloc("partenaires", "Partenaires mobilisés", (
    _texte("nom", "Partenaire", "Le nom de la structure partenaire (pas d’une personne).", 160),
    _liste("type", "Type", "types_partenaire", "Le type de structure."),
    _liste("participation", "Participation", "participations", "La forme la plus engagée de sa participation."),
), aide=AJOUTER, optionnel=True, lignes=5)

FINANCEMENT = Bloc("financement", "Financements de l’année", (
    _liste("financeur", "Financeur", "financeurs", "Choisissez le financeur, ou saisissez son nom s’il n’est pas dans la liste.", stricte=False),
    _liste("nature", "Nature", "natures", "Maquette : prévue au contrat. Hors maquette : CPOM, fonds dédiés. Valorisation : temps ou moyens mis à disposition, sans versement."),
    _montant("prevu", "Prévu {annee}", "Montant attendu pour l’année, en euros."),
    _montant("engage", "Engagé {annee}", "Montant acquis par une convention ou une décision, en euros."),
    _montant("verse", "Versé {annee}", "Montant reçu dans l’année, en euros."),
    _texte("reference", "Référence", "Numéro de la convention ou de la décision.", 80),
    _date("date", "Date", "Date de la convention ou de la décision, jj/mm/aaaa."),
), aide="Une ligne par financeur et par nature. Des euros, centimes compris si besoin.", optionnel=True, lignes=6)

DEPENSES = Bloc("depenses", "Dépenses réalisées", (
    _montant("personnel", "Personnel", "Salaires et charges de l’action, en euros."),
    _montant("achats", "Achats et services", "Prestations, fournitures, déplacements, en euros."),
    _montant("autres", "Autres dépenses", "Le reste, en euros."),
    _montant("total", "Coût total de l’action", "Le coût de l’action dans l’année, en euros. Saisissez 0 s’il n’y a eu aucune dépense.", obligatoire=True),
    Champ("etp", "Équivalents temps plein (ETP)", "decimal", "Temps de travail consacré à l’action dans l’année, par exemple 0,5.", unite="ETP", minimum=Decimal(0), maximum=Decimal(999)),
), aide="Le coût total suffit ; le détail par poste est facultatif, mais il doit alors faire le total.")

QUALITATIF = Bloc("qualitatif", "Bilan en quelques mots", (
    _texte("realisations", "Ce qui a été réalisé", "L’essentiel en quelques phrases. Aucune donnée nominative.", LONGUEUR_TEXTE, obligatoire=True),
    _texte("ecarts", "Écarts avec ce qui était prévu", "Facultatif.", LONGUEUR_TEXTE),
    _texte("freins", "Freins", "Facultatif.", LONGUEUR_TEXTE),
    _texte("leviers", "Leviers", "Facultatif.", LONGUEUR_TEXTE),
    _texte("perspectives", "Perspectives pour l’année suivante", "Facultatif.", LONGUEUR_TEXTE),
    _liste("avenant", "Un avenant est-il à prévoir ?", "oui_non", "oui si le contrat doit être modifié : nouvel axe, nouveau partenaire, durée."),
), aide="Décrivez l’action, jamais les personnes. Un texte long ? Agrandissez la ligne : tirez son bord inférieur.")

BLOCS = {
    b.nom: b
    for b in (
        REPONSE, AVANCEMENT, MESURES, TAUX, SATISFACTION, DUREES, JALONS, TEXTES, VENTILATION, COMPLEMENTS,
        TERRITOIRE, PARTENAIRES, FINANCEMENT, DEPENSES, QUALITATIF,
    )
}  # fmt: skip


def libelle(bloc: str, champ: str, annee: str | None = None) -> str:
    """The printed label of a champ, as messages name it; the champ's own name if it is a complement."""
    if bloc == "reponse" and champ == "volet":
        return VOLET.champs[0].libelle
    trouve = next((c for c in BLOCS[bloc].champs if c.nom == champ), None) if bloc in BLOCS else None
    return trouve.libelle.replace(" {annee}", f" {annee}" if annee else "") if trouve else champ


def noms_des_structures(contrat: Contrat) -> tuple[str, ...]:
    """Every name that may be chosen as the answering structure: structures, then members of groups."""
    noms = [s.nom for s in contrat.structures if not s.groupe]
    for groupe in contrat.structures:
        if groupe.groupe:
            noms += [n for n in contrat.candidats(groupe) if n not in noms and contrat.identifier(n) is None]
    return tuple(noms)


def listes(contrat: Contrat, fiche: Fiche | None = None) -> dict[str, tuple[str, ...]]:
    """List name → choices, for a contract (and a fiche, which alone knows its volets)."""
    echelles = contrat.listes
    return {
        "structures": noms_des_structures(contrat),
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
        "oui_non": OUI_NON,
        "volets": tuple(v.nom for v in fiche.volets) if fiche else (),
    }
