"""What is asked about the fiches: who carries them, what they count, what they cost, and the rules of money."""

from __future__ import annotations

from cls_workbook.authoring.description_contrat import periode
from cls_workbook.authoring.rubriques import ESSENTIEL, IDENTIFIANTS, PRECISIONS, Colonne, Rubrique
from cls_workbook.contract import model

C = Colonne
TERMES, MESURE, TYPES = "Tel qu’imprimé", "Ce qu’il faut saisir", "Selon la sorte de saisie"


def _fiche(**plus) -> Colonne:
    return C("fiche", "Fiche", "Le numéro de la fiche, parmi ceux de la feuille Fiches.", "1.2", 11, ESSENTIEL, renvoi="fiches", repere=True, **plus)


FICHES = Rubrique("fiches", "Fiches", model.Fiche, "Une ligne par fiche action. Les montants, les volets et les indicateurs ont leur propre feuille.", (
    C("numero", "Numéro", "Le numéro imprimé, unique : 1.2, 3 bis, A.4… La colonne est au format Texte : gardez-le.", "1.2", 11, ESSENTIEL, unique=True, repere=True),
    C("titre", "Titre", "Le titre imprimé sur la fiche.", "Aller vers les habitants éloignés du soin", 48, ESSENTIEL),
    C("axe", "Axe", "Le numéro de l’axe, parmi ceux de la feuille Axes.", "1", 9, ESSENTIEL, renvoi="axes", repere=True),
    C("porteurs", "Porteur", "Une structure qui rend compte de la fiche, parmi celles de la feuille Structures. Au-delà de quatre, la dernière colonne.", "CCAS du Val-Fleuri", 24, ESSENTIEL, renvoi="structures", cases=4),
    C("themes", "Thème", "Ce dont traite la fiche, parmi la feuille Thèmes. Au-delà de deux, la dernière colonne.", "Accès aux droits et médiation en santé", 28, renvoi="themes", cases=2),
    C("priorites", "Priorité", "Une priorité du projet régional de santé qu’elle sert, parmi la feuille Priorités. Au-delà de deux, la dernière colonne.", "Favoriser la santé mentale", 44, renvoi="priorites", cases=2),
    C("qpv_attendu", "En QPV ?", "oui si l’action se déroule dans les quartiers prioritaires.", "oui", 10),
    C("sous_titre", "Sous-titre", "S’il y en a un.", "Volet adultes", 26),
    C("public", "Public", "À qui s’adresse l’action.", "Habitants des quartiers prioritaires", 32),
    C("territoire", "Territoire", "Où elle se déroule.", "Tout le territoire", 24),
    C("partenaires", "Partenaires", "Les partenaires cités par la fiche.", "CPTS, CPAM, centres sociaux", 48),
    C("calendrier", "Calendrier", "Tel qu’imprimé.", "2025-2029", 34),
    C("frequence", "Fréquence du suivi", "Tel qu’imprimé.", "annuelle", 28),
    C("source", "Source des données", "Qui détient les chiffres.", "Porteur de l’action", 28),
    C("responsable", "Responsable du suivi", "Une fonction, jamais un nom.", "coordination du CLS", 22),
    C("valeur_initiale", "Valeur initiale imprimée", "Celle de la fiche entière ; chaque mesure a la sienne sur la feuille Indicateurs.", "0", 18, TERMES),
    C("porteurs_imprimes", "Porteurs, tels qu’imprimés", "À la lettre, si la fiche les écrit autrement.", "CCAS en lien avec la CPTS", 34, TERMES),
    C("titre_recapitulatif", "Titre au récapitulatif", "Si le tableau récapitulatif du contrat en donne un autre.", "Aller vers", 34, TERMES),
    C("porteurs_recapitulatif", "Porteurs au récapitulatif", "Si le tableau récapitulatif en donne d’autres.", "CCAS", 34, TERMES),
    *periode(),
), figees=2)  # fmt: skip

VOLETS = Rubrique("volets", "Volets", model.Volet, "Seulement pour une fiche dont des parties ont chacune leurs porteurs.", (
    _fiche(),
    C("nom", "Volet", "Le nom du volet.", "Expérimentation", 44, ESSENTIEL),
    C("porteurs", "Porteur", "Ceux du volet, parmi les porteurs de la fiche.", "CCAS du Val-Fleuri", 24, ESSENTIEL, renvoi="structures", cases=3),
    *periode(),
    C("id", "Repère", "Unique dans la fiche. À ne plus changer ensuite.", "experimentation", 22, IDENTIFIANTS, repere=True, deduit="le nom."),
), parent="volets", lignes=20, figees=2)  # fmt: skip

MONTANTS = Rubrique("financement", "Montants", model.FinancementFiche, "L’argent de chaque fiche, tel que le contrat l’annonce. Une ligne par fiche ; vide n’est pas zéro.", (
    _fiche(unique=True),
    C("montant", "Montant", "En euros, pour toute la durée. Vide : non chiffré.", "45000", 18, ESSENTIEL, format="montant"),
    C("montant_etat", "État du montant", "Ce que dit le contrat.", "chiffré", 22, ESSENTIEL, choix="etats_du_montant", deduit="« chiffré » s’il y a un montant, « imprimé sans valeur » sinon."),
    C("taux", "Taux", "Le taux d’intervention annoncé, en pour cent.", "26,5 %", 12, format="taux"),
    C("taux_pur", "Taux à comparer ?", "oui si un taux constaté peut se comparer à ce taux.", "oui", 12),
    C("duree_ans", "Durée (années)", "Nombre d’années que couvre le montant.", "3", 11),
    C("montant_base", "Base", "Ce que couvre le montant.", "3 ans", 24),
    C("cofinanceurs", "Cofinanceur", "Parmi la feuille Financeurs.", "CPAM", 22, renvoi="financeurs", cases=3),
    C("mention", "Mention", "Ce qui accompagne le montant au contrat.", "sous réserve des crédits", 48),
    C("montant_imprime", "Montant, tel qu’imprimé", "À la lettre.", "45 000 € (sur 3 ans)", 30, TERMES),
    C("taux_imprime", "Taux, tel qu’imprimé", "À la lettre.", "26,5 %", 40, TERMES),
    C("cofinancements_imprimes", "Cofinancements, tels qu’imprimés", "À la lettre.", "CPAM (à confirmer)", 40, TERMES),
), parent="financement")  # fmt: skip

INDICATEURS = Rubrique("indicateurs", "Indicateurs", model.Indicateur, (
    "Une ligne par chiffre à saisir. Un indicateur qui en demande plusieurs prend plusieurs lignes : son libellé n’est écrit que sur la première."
), (
    _fiche(),
    C("libelle", "Indicateur, tel qu’imprimé", "Le libellé du contrat. Laissez vide sur les lignes suivantes du même indicateur.", "Nombre et type de personnes rencontrées", 48, ESSENTIEL),
    C("libelle", "Ce qu’il faut saisir", "Le libellé de la case à remplir.", "Personnes rencontrées", 36, MESURE, partie="mesures", deduit="le libellé de l’indicateur."),
    C("type", "Sorte de saisie", "Nombre, taux, satisfaction, étape…", "nombre entier", 22, MESURE, choix="types_de_mesure", partie="mesures"),
    C("agregation", "Comment rassembler", "Ce que devient la valeur quand plusieurs structures répondent.", "personnes (participations)", 28, MESURE, choix="agregations", partie="mesures", deduit="la seule façon possible, s’il n’y en a qu’une pour cette sorte de saisie."),
    C("unite", "Unité", "Au singulier.", "personne", 16, MESURE, partie="mesures"),
    C("ventilation", "Détail par", "Vide : aucun détail demandé.", "type de public", 22, MESURE, partie="mesures"),
    C("modalites", "Catégories du détail", "Séparées par « ; ». Vide : le partenaire les nomme.", "jeunes ; adultes ; aînés", 34, MESURE, partie="mesures"),
    C("valeur_initiale", "Valeur initiale", "Celle du début du contrat.", "0", 12, MESURE, partie="mesures"),
    C("cle", "À la une ?", "oui pour montrer cette valeur sur la ligne de sa fiche dans la synthèse (trois par fiche au plus).", "oui", 10, MESURE, partie="mesures"),
    C("petits_effectifs", "À masquer ?", "oui pour masquer les petits effectifs dans ce qui sort.", "oui", 11, TYPES, partie="mesures"),
    C("qpv", "Dont QPV ?", "oui ou non pour demander ou non « dont QPV ». Vide : pour les personnes seulement.", "non", 11, TYPES, partie="mesures"),
    C("maximum", "Maximum", "La plus grande valeur possible.", "40", 12, TYPES, partie="mesures"),
    C("reponses_multiples", "Réponses multiples ?", "oui si le détail peut dépasser le total.", "oui", 12, TYPES, partie="mesures"),
    C("denominateur", "Dénominateur fixe", "Pour un taux dont le bas est connu d’avance.", "40", 13, TYPES, partie="mesures"),
    C("numerateur_decimal", "Numérateur à virgule ?", "oui si le haut du taux peut être à virgule.", "oui", 13, TYPES, partie="mesures"),
    C("definition", "Définition", "Ce que sont le haut et le bas du taux.", "places occupées / places ouvertes", 32, TYPES, partie="mesures"),
    C("poids", "Moyenne pondérée par", "Pour une durée ou une moyenne.", "situations", 18, TYPES, partie="mesures"),
    C("stock", "Au 31 décembre ?", "oui pour compter ce qui existe à la fin de l’année plutôt que les nouveautés.", "oui", 12, TYPES, partie="mesures"),
    C("communes", "Des communes ?", "oui si l’on compte des communes du territoire.", "oui", 12, TYPES, partie="mesures"),
    C("theme", "Thème", "Ce qu’elle mesure, parmi la feuille Thèmes : même thème et même unité se comparent d’un contrat à l’autre.", "Nutrition : actions menées", 28, TYPES, renvoi="themes", partie="mesures"),
    C("note", "Note sur la saisie", "Ce qu’il faut savoir pour remplir.", "Compter chaque personne une fois", 32, TYPES, partie="mesures"),
    C("groupe", "Groupe d’indicateurs", "Le titre sous lequel le contrat le range.", "Suivi de l’activité", 24),
    C("volet", "Volet", "Si un seul volet de la fiche y répond : son nom.", "Expérimentation", 22, renvoi="volets"),
    C("note", "Note sur l’indicateur", "Remarque de lecture.", "Libellé ambigu", 30),
    C("type", "Sorte d’indicateur", "Comme le contrat le présente.", "un nombre et son détail", 22, choix="types_d_indicateur", deduit="ce qu’il faut saisir."),
    *periode(), *periode("mesures"),
    C("id", "Repère de l’indicateur", "Unique. À ne plus changer ensuite.", "1.2-I03", 14, IDENTIFIANTS, repere=True, deduit="la fiche et le rang."),
    C("id", "Repère de la mesure", "Unique. À ne plus changer ensuite.", "1.2-I03a", 14, IDENTIFIANTS, repere=True, partie="mesures", deduit="l’indicateur et le rang."),
), parent="indicateurs", sous_classe=model.Mesure, lignes=120, figees=2)  # fmt: skip

COMPLEMENTS = Rubrique("complements", "Compléments", model.Complement, "Les questions que le financement demande et qu’aucun indicateur ne pose.", (
    _fiche(),
    C("libelle", "Question", "Le libellé de la case à remplir.", "Coût des séances de l’année", 54, ESSENTIEL),
    C("type", "Sorte de saisie", "Nombre, montant ou texte.", "montant en euros", 20, ESSENTIEL, choix="types_de_complement"),
    C("unite", "Unité", "Au singulier.", "séance", 16),
    C("aide", "Aide", "Ce qu’il faut savoir pour répondre.", "Toutes charges comprises", 44),
    C("id", "Repère", "Unique dans la fiche. À ne plus changer ensuite.", "cout_des_seances", 24, IDENTIFIANTS, repere=True, deduit="la question."),
), parent="complements", lignes=20, figees=2)  # fmt: skip

A_PROGRAMMER = Rubrique("a_programmer", "À programmer", model.ActionAProgrammer, "Les actions annoncées qui n’ont pas encore de fiche.", (
    C("axe", "Axe", "Le numéro de l’axe.", "2", 9, ESSENTIEL, renvoi="axes", repere=True),
    C("titre", "Titre", "Le titre annoncé.", "Créer un lieu de répit pour les aidants", 80, ESSENTIEL),
    C("devient", "Devenue la fiche", "Le numéro de la fiche qui la remplace, une fois écrite.", "2.4", 14, renvoi="fiches", repere=True),
    *periode(),
), lignes=20)  # fmt: skip

NATURES = Rubrique("natures", "Natures", model.Nature, "Les natures de financement proposées aux partenaires.", (
    C("libelle", "Libellé", "Court : il tient dans une case étroite.", "Maquette ARS", 30, ESSENTIEL, unique=True),
    C("niveau", "Total dont elle fait partie", "Ces quatre totaux ne s’additionnent jamais.", "maquette du contrat", 26, ESSENTIEL, choix="niveaux"),
    C("aide", "Ce qui en relève", "Pour aider à choisir.", "crédits inscrits au montant de la fiche", 60),
    C("id", "Identifiant", "Unique. À ne plus changer ensuite.", "maquette", 20, IDENTIFIANTS, repere=True, deduit="le libellé."),
), lignes=10)  # fmt: skip

FINANCEURS = Rubrique("financeurs", "Financeurs", model.Financeur, "Tous ceux que citent les fiches.", (
    C("nom", "Nom", "Le nom proposé aux partenaires.", "CPAM", 40, ESSENTIEL, unique=True),
    C("structure", "Structure", "La structure correspondante, si elle répond aussi.", "CPAM", 30, renvoi="structures"),
    C("prive", "Privé ?", "oui pour une personne morale de droit privé.", "oui", 11),
    *periode(),
    C("id", "Identifiant", "Unique. À ne plus changer ensuite.", "cpam", 24, IDENTIFIANTS, repere=True, deduit="le nom."),
), lignes=30)  # fmt: skip

POSTE, COUT, CAPACITE, PLAFOND = "Poste et plafonds", "Coût par personne ou par séance", "Capacité", "Poste et plafonds"
REGLES = Rubrique("regles", "Règles", model.Regle, (
    "Les règles de financement, une par ligne. Ce qui est grisé ne sert pas à la sorte de règle choisie."
), (
    C("libelle", "Règle, en une phrase", "Telle qu’elle sera rappelée dans les classeurs.", "Moitié du poste, 30 000 € par an au plus", 48, ESSENTIEL, deduit="la règle livrée, si vous en choisissez une."),
    C("type", "Sorte de règle", "Ce que la règle calcule.", "part d’un poste", 28, ESSENTIEL, choix="types_de_regle", deduit="la règle livrée, si vous en choisissez une."),
    C("fiche", "Fiche", "Vide : la règle vaut pour tout le contrat.", "5.1", 10, ESSENTIEL, renvoi="fiches", repere=True),
    C("financeur", "Financeur", "Qui verse l’aide.", "ARS", 22, ESSENTIEL, renvoi="financeurs"),
    C("financeurs", "Financeur à parité", "Ceux qui se partagent également chaque fiche.", "État", 20, ESSENTIEL, renvoi="financeurs", cases=2, pour=("parite",)),
    C("modele", "Règle livrée", "Si l’outil livre déjà cette règle : choisissez-la, puis la fiche et le financeur ; ce qui reste vide en vient.", "", 26, ESSENTIEL, choix="modeles_de_regle"),
    C("taux", "Taux", "La part de la dépense, en pour cent.", "50 %", 11, POSTE, format="taux"),
    C("plafond_annuel", "Plafond par an", "En euros.", "30000", 16, POSTE, format="montant"),
    C("plafond_total", "Plafond en tout", "En euros, sur la durée de l’aide.", "90000", 16, POSTE, format="montant"),
    C("duree_ans", "Durée (années)", "Nombre d’années de l’aide.", "3", 11, POSTE),
    C("etp_min", "ETP minimum", "Au-dessous, aucune aide.", "0,5", 11, POSTE, pour=("poste",)),
    C("etp_assiette_max", "ETP pris en compte, au plus", "Au-delà, la dépense est ramenée à ce temps.", "1", 13, POSTE, pour=("poste",)),
    C("base", "Le taux s’applique à", "Pour une aide : ce qui est multiplié par le taux ou par le coût unitaire.", "la dépense", 20, POSTE, choix="bases_d_aide", pour=("aide",)),
    C("quote_part", "Part du contrat", "Si le poste est partagé avec un autre territoire : la part de celui-ci, en pour cent.", "50 %", 12, POSTE, format="taux"),
    C("plafond_par", "Les plafonds valent par", "Bénéficiaire (vide), ou poste s’il est partagé.", "bénéficiaire", 16, POSTE, choix="plafonds_par"),
    C("assiette", "Dépense prise en compte", "En mots.", "salaire chargé et frais de mission", 34, POSTE),
    C("hors_maquette", "Hors maquette ?", "oui si cet argent n’est pas dans la maquette.", "oui", 12, POSTE),
    C("cout_unitaire", "Coût unitaire", "En euros, par personne ou par séance.", "250", 14, COUT, format="montant", pour=("cout_unitaire", "aide")),
    C("participants_min", "Participants, au moins", "Par séance.", "8", 13, COUT, pour=("cout_unitaire",)),
    C("participants_max", "Participants, au plus", "Par séance.", "16", 13, COUT, pour=("cout_unitaire",)),
    C("mesure_participants", "Mesure des participants", "Son repère (feuille Indicateurs).", "2.2-I04", 16, COUT, renvoi="mesures", repere=True, pour=("cout_unitaire", "aide")),
    C("mesure_sessions", "Mesure des séances", "Son repère (feuille Indicateurs).", "2.2-I03", 16, COUT, renvoi="mesures", repere=True, pour=("cout_unitaire", "aide")),
    C("complement_cout", "Question : coût", "La question (feuille Compléments) qui donne le coût des séances.", "Coût des séances", 26, COUT, renvoi="complements", pour=("cout_unitaire",)),
    C("complement_formateurs", "Question : intervenants", "La question qui donne leur nombre.", "Nombre de formateurs", 26, COUT, renvoi="complements", pour=("cout_unitaire",)),
    C("complement_cout_formateurs", "Question : coût des intervenants", "La question qui donne leur coût.", "Coût des formateurs", 26, COUT, renvoi="complements", pour=("cout_unitaire",)),
    C("cout_formateur", "Coût d’un intervenant", "En euros.", "1500", 14, COUT, format="montant", pour=("cout_unitaire",)),
    C("capacite", "Capacité", "Nombre de places ou de mesures.", "40", 12, CAPACITE, pour=("capacite",)),
    C("mesure", "Mesure du taux", "Son repère (feuille Indicateurs).", "2.3-I03c", 16, CAPACITE, renvoi="mesures", repere=True, pour=("capacite",)),
    C("mesure_file_active", "Mesure de la file active", "Son repère.", "2.3-I01", 16, CAPACITE, renvoi="mesures", repere=True, pour=("capacite",)),
    C("mesure_sorties", "Mesure des sorties", "Son repère.", "2.3-I04", 16, CAPACITE, renvoi="mesures", repere=True, pour=("capacite",)),
    C("mesure_relais", "Mesure des relais", "Son repère.", "2.3-I06", 16, CAPACITE, renvoi="mesures", repere=True, pour=("capacite",)),
    C("conditions", "Contreparties", "Ce que le financeur attend en retour, séparé par « ; ».", "mention sur les supports", 34),
    C("tolerance", "Tolérance", "L’écart admis. Vide : 0,01.", "0,01", 11, PRECISIONS),
    *periode(),
    C("id", "Identifiant", "Unique. À ne plus changer ensuite.", "poste-coordination", 24, IDENTIFIANTS, repere=True, deduit="la phrase."),
), lignes=15)  # fmt: skip

ENVELOPPES = Rubrique("enveloppes", "Enveloppes", model.Enveloppe, "L’argent de tout le contrat, par année ou en tout, s’il n’est pas réparti par fiche.", (
    C("montant", "Montant", "En euros.", "700000", 18, ESSENTIEL, format="montant"),
    C("annee", "Année", "Vide : pour toute la durée.", "2026", 11, ESSENTIEL, format="annee"),
    C("financeur", "Financeur", "Vide : tous ensemble.", "État", 30, ESSENTIEL, renvoi="financeurs"),
    C("etat", "État", "Vide : voté.", "estimé", 16),
    *periode(),
), lignes=15)  # fmt: skip
