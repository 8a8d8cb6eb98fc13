"""What is asked about the contract itself, who is in it, where and to what ends: the sheets from Contrat to Listes."""

from __future__ import annotations

from cls_workbook.definition.asked.sections import ESSENTIAL, IDENTIFIERS, LIFETIME, Section, SectionColumn
from cls_workbook.domain import model
from cls_workbook.domain.lifetime import EvolutionThresholds

C = SectionColumn
EVOLUTION = "D’une année à l’autre"


def period(part: str = "") -> tuple[SectionColumn, ...]:
    """The years in which the row holds, and what decided them."""
    what = " (mesure)" if part else ""
    return (
        C(
            "depuis",
            f"À partir de{what}",
            "Première année où cette ligne vaut. Vide : depuis le début du contrat.",
            "2026",
            11,
            LIFETIME,
            format="annee",
            part=part,
        ),
        C(
            "jusque",
            f"Jusqu’à{what}",
            "Dernière année où cette ligne vaut. Vide : jusqu’à la fin du contrat.",
            "2027",
            11,
            LIFETIME,
            format="annee",
            part=part,
        ),
        C(
            "decision",
            f"Décidé par{what}",
            "La décision (feuille Décisions) qui l’a ajoutée, ou qui l’a arrêtée si elle était là dès la signature.",
            "COPIL-2026",
            18,
            LIFETIME,
            cross_reference="decisions",
            part=part,
        ),
        C(
            "decision_fin",
            f"Arrêté par{what}",
            "La décision qui l’arrête, si une autre l’avait ajoutée.",
            "Avenant-2",
            18,
            LIFETIME,
            cross_reference="decisions",
            part=part,
        ),
    )


CONTRAT = Section(
    "contrat",
    "Contrat",
    model.Contrat,
    "L’identité du contrat : une réponse par ligne.",
    (
        C(
            "titre",
            "Titre du contrat",
            "Le titre complet, tel qu’il figurera en tête des classeurs.",
            "Contrat local de santé du Val-Fleuri 2025-2029",
            band=ESSENTIAL,
        ),
        C("nom_court", "Nom court", "Pour les pieds de page et les listes.", "CLS du Val-Fleuri", band=ESSENTIAL),
        C(
            "territoire",
            "Territoire",
            "Le territoire que couvre le contrat.",
            "Communauté de communes du Val-Fleuri",
            band=ESSENTIAL,
        ),
        C(
            "annees",
            "Années",
            "La première et la dernière, séparées par un tiret ; ou chacune, séparées par « ; ».",
            "2025-2029",
            band=ESSENTIAL,
            anchor=True,
        ),
        C("type", "Sorte de contrat", "Vide : « Contrat local de santé ».", "Contrat local de santé"),
        C(
            "coordination",
            "Structure qui coordonne",
            "Choisissez-la parmi celles de la feuille Structures.",
            "Communauté de communes",
            cross_reference="structures",
        ),
        C(
            "agence",
            "Agence ou service de l’État",
            "L’ARS, ou le service de l’État cosignataire, parmi les structures.",
            "ARS",
            cross_reference="structures",
        ),
        C(
            "contact",
            "Contact de la coordination",
            "Une fonction, un courriel de service. Aucun nom de personne.",
            "Coordination du CLS, sante@val-fleuri.example",
        ),
        C("deliberation", "Délibération", "L’instance et la date.", "Conseil communautaire, 12 décembre 2024"),
        C(
            "maquette",
            "Maquette",
            "Le montant total annoncé par le contrat, en euros : la somme des montants des fiches. Vide : non annoncé.",
            "180000",
            format="montant",
        ),
        C(
            "seuil_petits_effectifs",
            "Seuil des petits effectifs",
            "Un effectif de 1 à ce seuil est masqué dans ce qui sort. Vide : 10.",
            "10",
        ),
        C(
            "actions_annoncees",
            "Nombre d’actions annoncées",
            "Si le contrat en annonce sans les énumérer toutes.",
            "20",
        ),
        C(
            "debut_annee",
            "L’année commence le",
            "Jour et mois. Vide : le 1er janvier. « 01/09 » pour une année qui va de septembre à août.",
            "01/01",
            format="jour_mois",
            anchor=True,
        ),
        C(
            "avenant_requis",
            "Un avenant est exigé pour changer",
            "Ce que le COPIL ne peut pas changer seul, séparé par « ; ». Vide : les axes, les signataires, la durée, "
            "les montants.",
            "les axes ; la durée",
            choix="changements",
        ),
        C(
            "part",
            "Évolution : à partir de quelle part",
            "Une structure dont une valeur varie de plus que cette part d’une année à l’autre reçoit une question. "
            "Vide : 50 %.",
            "50 %",
            band=EVOLUTION,
            format="taux",
            maximum=10,
            part="evolution",
        ),
        C(
            "unites",
            "Évolution : et d’au moins (unités)",
            "Au-dessous de cet écart, un nombre ne fait poser aucune question. Vide : 10.",
            "10",
            band=EVOLUTION,
            part="evolution",
        ),
        C(
            "euros",
            "Évolution : et d’au moins (euros)",
            "Au-dessous de cet écart, un montant ne fait poser aucune question. Vide : 1 000.",
            "1000",
            band=EVOLUTION,
            part="evolution",
        ),
        C(
            "points",
            "Évolution : pour un taux, de plus de",
            "L’écart entre deux taux, en points : 20 % pour vingt points. Vide : 20 %.",
            "20 %",
            band=EVOLUTION,
            format="taux",
            part="evolution",
        ),
        C(
            "id",
            "Identifiant",
            "Sert aux noms de fichiers : minuscules sans accent, chiffres et tirets. À ne plus changer ensuite.",
            "val-fleuri-2025-2029",
            band=IDENTIFIERS,
            anchor=True,
            deduced="le territoire et les années.",
        ),
    ),
    part_class=EvolutionThresholds,
    form=True,
)

AXES = Section(
    "axes",
    "Axes",
    model.Axe,
    "Les axes du contrat, dans l’ordre. Un axe peut n’avoir encore aucune fiche.",
    (
        C("numero", "Numéro", "Le numéro de l’axe, unique.", "1", 11, ESSENTIAL, unique=True, anchor=True),
        C("titre", "Titre", "Le titre imprimé au contrat.", "Accès aux soins", 80, ESSENTIAL),
        *period(),
    ),
    lines=12,
)

STRUCTURES = Section(
    "structures",
    "Structures",
    model.Structure,
    "Qui répond : chaque porteur d’une fiche, et la coordination. Des organismes, jamais des personnes.",
    (
        C(
            "nom",
            "Nom",
            "Le nom que verront les partenaires, court et unique.",
            "CCAS du Val-Fleuri",
            32,
            ESSENTIAL,
            unique=True,
        ),
        C(
            "nom_complet",
            "Nom complet",
            "Le nom officiel, s’il diffère.",
            "Centre communal d’action sociale du Val-Fleuri",
            44,
        ),
        C(
            "alias",
            "Autres noms",
            "Les autres façons de l’écrire, séparées par « ; » : un retour qui les emploie sera reconnu.",
            "CCAS ; C.C.A.S.",
            34,
        ),
        C("statut_juridique", "Statut", "public ou privé, si vous le savez.", "public", 11, choix="statuts_juridiques"),
        C("siret", "SIRET", "14 chiffres.", "26210045600012", 18, anchor=True, format="chiffres"),
        C(
            "groupe",
            "Groupe ?",
            "oui si ce nom en représente plusieurs (« Communes ») : la coordination dira chaque année qui répond.",
            "oui",
            11,
        ),
        C(
            "candidats",
            "Membres possibles du groupe",
            "Les structures qui peuvent répondre au nom du groupe, séparées par « ; ».",
            "Association A ; Association B",
            40,
        ),
        C(
            "candidats_communes",
            "Groupe des communes ?",
            "oui si les communes du contrat peuvent répondre au nom du groupe.",
            "oui",
            13,
        ),
        *period(),
        C(
            "id",
            "Identifiant",
            "Minuscules sans accent, chiffres et tirets. À ne plus changer ensuite.",
            "ccas-val-fleuri",
            24,
            IDENTIFIERS,
            anchor=True,
            deduced="le nom.",
        ),
    ),
)

SIGNATORIES = Section(
    "signataires",
    "Signataires",
    model.Signatory,
    "Les organismes qui signent le contrat. Aucun nom de personne.",
    (
        C("nom", "Nom", "Le nom imprimé au contrat.", "Agence régionale de santé", 60, ESSENTIAL, unique=True),
        C("role", "Rôle", "Vide : signataire.", "copilote", 16, choix="roles"),
        C(
            "structure",
            "Structure",
            "La structure correspondante, si elle répond aussi.",
            "ARS",
            30,
            cross_reference="structures",
        ),
        *period(),
    ),
    lines=30,
)

COMMUNES = Section(
    "communes",
    "Communes",
    model.Commune,
    "Les communes du territoire : les partenaires les cocheront.",
    (
        C(
            "code_insee",
            "Code INSEE",
            "Cinq caractères, zéro initial compris.",
            "01004",
            13,
            ESSENTIAL,
            unique=True,
            anchor=True,
            format="insee",
        ),
        C("nom", "Nom", "Le nom officiel.", "Ambérieu-en-Bugey", 36, ESSENTIAL, unique=True),
        C("nom_imprime", "Nom imprimé", "Si le contrat l’écrit autrement.", "Ambérieu", 36),
        C("siren", "SIREN", "9 chiffres.", "210100046", 14, anchor=True, format="chiffres"),
        *period(),
    ),
)

QPV = Section(
    "qpv",
    "QPV",
    model.Qpv,
    "Les quartiers prioritaires de la politique de la ville.",
    (
        C("nom", "Nom", "Le nom du quartier.", "Les Tilleuls", 36, ESSENTIAL, unique=True),
        C(
            "commune",
            "Commune",
            "La commune, parmi celles de la feuille Communes.",
            "Ambérieu-en-Bugey",
            32,
            ESSENTIAL,
            cross_reference="communes",
        ),
        *period(),
    ),
    lines=20,
)

INSTANCES = Section(
    "instances",
    "Instances",
    model.Instance,
    "Les instances de gouvernance et leurs réunions.",
    (
        C("nom", "Nom", "Le nom de l’instance.", "Comité de pilotage (COPIL)", 36, ESSENTIAL, unique=True),
        C(
            "minimum_par_an",
            "Réunions par an, au moins",
            "Au-dessous de ce nombre, l’année est signalée. Vide : aucun minimum.",
            "1",
            14,
        ),
        C("composition", "Composition", "Qui y siège : des fonctions, des organismes.", "Signataires et communes", 54),
        C("roles", "Rôles", "Ce qu’elle fait, séparé par « ; ».", "valider le bilan ; décider des fiches", 54),
    ),
    lines=10,
)
