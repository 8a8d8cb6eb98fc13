"""A definition without a fault, and the faults put in it: one text for another, where it is told, in what words."""

from __future__ import annotations

GOOD = """
[contrat]
id = "essai-2024"
titre = "Contrat d’essai"
nom_court = "Essai"
annees = [2024, 2025]
territoire = "Le pays"
coordination = "mairie"
maquette = 1000

[[axes]]
numero = "1"
titre = "Santé"
[[axes]]
numero = "2"
titre = "Milieux"
[[structures]]
id = "mairie"
nom = "Mairie"
siret = "21210231300013"
statut_juridique = "public"
[[structures]]
id = "asso"
nom = "Association"
alias = ["L’Asso"]
[[structures]]
id = "operateurs"
nom = "Opérateurs"
groupe = true
candidats = ["Un", "Deux"]
[[signataires]]
nom = "La mairie"
role = "copilote"
structure = "mairie"
[[communes]]
code_insee = "2A004"
nom = "Ajaccio"
siren = "212000046"
[[communes]]
code_insee = "21231"
nom = "Dijon"
[[qpv]]
nom = "Le Mail"
commune = "Dijon"
[[instances]]
nom = "Comité"
minimum_par_an = 2
[[natures]]
id = "maquette"
libelle = "Maquette"
niveau = "maquette"
[[financeurs]]
id = "etat"
nom = "État"
structure = "mairie"

[[financeurs]]
id = "region"
nom = "Région"

[listes]
jalons = ["Engagé", "Atteint"]
[[fiches]]
numero = "1.1"
titre = "Former"
axe = "1"
porteurs = ["mairie", "asso"]
volets = [{ id = "a", nom = "Volet A", porteurs = ["mairie"] }, { id = "b", nom = "Volet B", porteurs = ["asso"] }]
complements = [{ id = "cout", libelle = "Coût", type = "montant" }]

[fiches.financement]
montant = 1000
montant_etat = "chiffre"
taux = 0.265
taux_pur = true
duree_ans = 2
cofinanceurs = ["region"]
[[fiches.indicateurs]]
id = "1.1-I01"
libelle = "Nombre de sessions"
type = "compte_ventile"

[[fiches.indicateurs.mesures]]
id = "1.1-I01a"
libelle = "Sessions"
type = "entier"
agregation = "FLUX"
ventilation = "type de session"
modalites = ["Longue", "Courte"]

[[fiches.indicateurs.mesures]]
id = "1.1-I01b"
libelle = "Personnes"
type = "entier"
agregation = "PERSONNES"
valeur_initiale = 3
maximum = 90

[[fiches]]
numero = "2.1"
titre = "Accueillir"
axe = "2"
porteurs = ["asso"]

[fiches.financement]

[[fiches.indicateurs]]
id = "2.1-I01"
libelle = "Taux d’occupation"
type = "taux"
mesures = [{ id = "2.1-I01", libelle = "Occupation", type = "taux", agregation = "RATIO", denominateur = 40 }]

[[fiches.indicateurs]]
id = "2.1-I02"
libelle = "Communes engagées"
type = "compte"
mesures = [{ id = "2.1-I02", libelle = "Communes", type = "entier", agregation = "ENTITES", communes = true, \
stock = true }]

[[a_programmer]]
axe = "1"
titre = "Plus tard"

[[regles]]
id = "sessions"
type = "cout_unitaire"
libelle = "250 € par personne"
fiche = "1.1"
financeur = "etat"
cout_unitaire = 250
participants_min = 8
participants_max = 16
mesure_participants = "1.1-I01b"
mesure_sessions = "1.1-I01a"
complement_cout = "cout"
[[regles]]
id = "accueil"
type = "capacite"
libelle = "40 places"
fiche = "2.1"
capacite = 40
mesure = "2.1-I01"
[[regles]]
id = "parite"
type = "parite"
libelle = "Parts égales"
financeurs = ["etat", "region"]
[[enveloppes]]
annee = 2024
montant = 500
[[enveloppes]]
annee = 2025
montant = 500
[[cibles]]
mesure = "1.1-I01b"
valeur = 80
[[cibles]]
mesure = "1.1-I01a"
valeur = 12
chaque_annee = true
[[a_confirmer]]
code = "A01"
objet = "Fiche 1.1"
gravite = "information"
constat = "Titre abrégé"
"""

F1, F2 = "contrat.fiches[1] (1.1)", "contrat.fiches[2] (2.1)"
MA = f"{F1}.indicateurs[1] (1.1-I01).mesures[1] (1.1-I01a)"
MB = f"{F1}.indicateurs[1] (1.1-I01).mesures[2] (1.1-I01b)"
OCC = f"{F2}.indicateurs[1] (2.1-I01).mesures[1] (2.1-I01)"
COM = f"{F2}.indicateurs[2] (2.1-I02).mesures[1] (2.1-I02)"
PRICE, SEATS = "contrat.regles[1] (sessions)", "contrat.regles[2] (accueil)"

HEADER = [
    ('id = "essai-2024"', 'id = "Essai 2024"', "contrat.id", "nom de fichier"),
    ("annees = [2024, 2025]", "annees = [2025, 2024]", "contrat.annees[2]", "2024 ne suit pas 2025"),
    ("annees = [2024, 2025]", "annees = [24, 2024, 2025]", "contrat.annees[1]", "pas une année plausible"),
    (
        'coordination = "mairie"',
        'coordination = "mairy"',
        "contrat.coordination",
        "la structure « mairy » n’existe pas",
    ),
    ('coordination = "mairie"', 'coordination = "operateurs"', "contrat.coordination", "est un groupe"),
    (
        "maquette = 1000",
        "maquette = 1001",
        "contrat.maquette",
        "la maquette est de 1 001 €, la somme des fiches de 1 000 €",
    ),
    ("maquette = 1000", "maquette = -5", "contrat.maquette", "positif ou nul"),
    (
        "maquette = 1000",
        "maquette = 1000\nseuil_petits_effectifs = -1",
        "contrat.seuil_petits_effectifs",
        "positif ou nul",
    ),
]
ACTORS = [
    (
        'titre = "Milieux"',
        'titre = "Milieux"\n[[axes]]\nnumero = "1"\ntitre = "Un"',
        "contrat.axes[3] (1).numero",
        "déjà pris par contrat.axes[1] (1)",
    ),
    (
        "[[signataires]]",
        '[[structures]]\nid = "mairie"\nnom = "Ville"\n[[signataires]]',
        "contrat.structures[4] (mairie).id",
        "déjà pris par contrat.structures[1] (mairie)",
    ),
    ('id = "operateurs"', 'id = "Opérateurs"', "contrat.structures[3] (Opérateurs).id", "nom de fichier"),
    ("L’Asso", "MAIRIE", "contrat.structures[2] (asso)", "désigne déjà la structure « mairie »"),
    ("21210231300013", "2121023130001", "contrat.structures[1] (mairie).siret", "14 chiffres"),
    ("21210231300013", "21210231300014", "contrat.structures[1] (mairie).siret", "clé de contrôle fausse"),
    ('"public"', '"publique"', "contrat.structures[1] (mairie).statut_juridique", "« publique »"),
    ('candidats = ["Un", "Deux"]', "", "contrat.structures[3] (operateurs).candidats", "n’a aucun candidat"),
    ("groupe = true", "groupe = false", "contrat.structures[3] (operateurs).candidats", "n’est pas un groupe"),
    ('["Un", "Deux"]', '["Un", "UN"]', "contrat.structures[3] (operateurs).candidats[2]", "deux fois"),
    ('role = "copilote"', 'role = "pilote"', "contrat.signataires[1] (La mairie).role", "« pilote »"),
    (
        'role = "copilote"\nstructure = "mairie"',
        'structure = "maire"',
        "contrat.signataires[1] (La mairie).structure",
        "Vouliez-vous dire « mairie »",
    ),
    ('"2A004"', '"2004"', "contrat.communes[1] (Ajaccio).code_insee", "code INSEE"),
    ('"2A004"', '"96004"', "contrat.communes[1] (Ajaccio).code_insee", "code INSEE"),
    ('"2A004"', '"21231"', "contrat.communes[2] (Dijon).code_insee", "déjà pris par contrat.communes[1] (Ajaccio)"),
    ('siren = "212000046"', 'siren = "212000047"', "contrat.communes[1] (Ajaccio).siren", "clé de contrôle fausse"),
    ('commune = "Dijon"', 'commune = "Dijno"', "contrat.qpv[1] (Le Mail).commune", "Vouliez-vous dire « Dijon »"),
    ("minimum_par_an = 2", "minimum_par_an = -2", "contrat.instances[1] (Comité).minimum_par_an", "positif ou nul"),
]
LISTS = [
    ('niveau = "maquette"', 'niveau = "maquete"', "contrat.natures[1] (maquette).niveau", "« maquete »"),
    (
        "[listes]",
        '[[financeurs]]\nid = "etat"\nnom = "Trois"\n[listes]',
        "contrat.financeurs[3] (etat).id",
        "déjà pris par contrat.financeurs[1] (etat)",
    ),
    (
        'nom = "Région"',
        'nom = "Etat"',
        "contrat.financeurs[2] (region).nom",
        "déjà pris par contrat.financeurs[1] (etat)",
    ),
    (
        'structure = "mairie"\n\n[[financeurs]]',
        'structure = "x"\n\n[[financeurs]]',
        "contrat.financeurs[1] (etat).structure",
        "« x »",
    ),
    ('["Engagé", "Atteint"]', "[]", "contrat.listes.jalons", "la liste est vide"),
    ('["Engagé", "Atteint"]', '["Engagé", "engage"]', "contrat.listes.jalons[2]", "deux fois"),
    (
        'axe = "1"\ntitre = "Plus tard"',
        'axe = "9"\ntitre = "Plus tard"',
        "contrat.a_programmer[1].axe",
        "l’axe « 9 » n’existe pas",
    ),
    ("annee = 2025", "annee = 2026", "contrat.enveloppes[2].annee", "2026 n’est pas une année du contrat"),
    ("annee = 2025", "annee = 2024", "contrat.enveloppes[2]", "même financeur que contrat.enveloppes[1]"),
    ("annee = 2024\nmontant = 500", "annee = 2024\nmontant = -1", "contrat.enveloppes[1].montant", "positif ou nul"),
    ("valeur = 80", "valeur = -1", "contrat.cibles[1].valeur", "positive ou nulle"),
    ("valeur = 80", "valeur = 80\nannee = 2031", "contrat.cibles[1].annee", "2031 n’est pas une année du contrat"),
    ("valeur = 80", "valeur = 80\nannee = 2025\nchaque_annee = true", "contrat.cibles[1]", "n’a pas d’année"),
    ("chaque_annee = true", "chaque_annee = true\ncumulee = true", "contrat.cibles[2]", "vaut chaque année, ou pour"),
    (
        'mesure = "1.1-I01b"\nvaleur = 80',
        'mesure = "2.1-I01"\nvaleur = 80',
        "contrat.cibles[1].valeur",
        "un taux s’écrit en part de 1, trouvé « 80 »",
    ),
    *(
        (
            'mesure = "1.1-I01b"\nvaleur = 80',
            f'mesure = "{mesure}"\nvaleur = 1\ncumulee = true',
            "contrat.cibles[1].cumulee",
            f"les années de « {mesure} » ne s’additionnent pas",
        )
        for mesure in ("2.1-I01", "2.1-I02")
    ),
    ("valeur = 80", "valeur = 91", "contrat.cibles[1].valeur", "91 dépasse le maximum de la mesure, 90"),
    (
        'mesure = "1.1-I01a"\nvaleur = 12\nchaque_annee = true',
        'mesure = "1.1-I01b"\nvaleur = 12',
        "contrat.cibles[2]",
        "même mesure et même année que contrat.cibles[1]",
    ),
    ('mesure = "1.1-I01b"\nvaleur', 'mesure = "1.1-I09"\nvaleur', "contrat.cibles[1].mesure", "la mesure « 1.1-I09 »"),
    ('gravite = "information"', 'gravite = "grave"', "contrat.a_confirmer[1] (A01).gravite", "« grave »"),
]
FICHES = [
    ('axe = "2"', 'axe = "3"', f"{F2}.axe", "l’axe « 3 » n’existe pas"),
    ('porteurs = ["asso"]\n\n', 'porteurs = ["assoc"]\n\n', f"{F2}.porteurs[1]", "Vouliez-vous dire « asso »"),
    ('porteurs = ["asso"]\n\n', 'porteurs = ["asso", "asso"]\n\n', f"{F2}.porteurs[2]", "deux fois"),
    (
        'porteurs = ["asso"]\n\n',
        'porteurs = ["asso"]\nplans = ["PTSM", "ptsm"]\n\n',
        f"{F2}.plans[2]",
        "« ptsm » est donné deux fois",
    ),
    ('nom = "Volet B"', 'nom = "volet a"', f"{F1}.volets[2] (b).nom", "déjà pris"),
    ('porteurs = ["mairie", "asso"]', 'porteurs = ["mairie"]', f"{F1}.volets[2] (b).porteurs", "sans porter la fiche"),
    ('type = "montant"', 'type = "euros"', f"{F1}.complements[1] (cout).type", "« euros »"),
    ('titre = "Former"', f'titre = "{"x" * 256}"', f"{F1}.titre", "256 caractères"),
    ('montant_etat = "chiffre"', 'montant_etat = "chiffré"', f"{F1}.financement.montant_etat", "« chiffré »"),
    ('montant_etat = "chiffre"', 'montant_etat = "vide"', f"{F1}.financement.montant_etat", "son état est « vide »"),
    (
        "[fiches.financement]\n\n",
        '[fiches.financement]\nmontant_etat = "chiffre"\n\n',
        f"{F2}.financement.montant",
        "qui manque",
    ),
    (
        "[fiches.financement]\n\n",
        '[fiches.financement]\nmontant_etat = "nul"\n\n',
        f"{F2}.financement.montant_etat",
        "« nul »",
    ),
    ("taux = 0.265", "taux = 26.5", f"{F1}.financement.taux", "entre 0 et 1, trouvé « 26,5 »"),
    ("taux = 0.265", "", f"{F1}.financement.taux_pur", "aucun taux"),
    ("duree_ans = 2", "duree_ans = 0", f"{F1}.financement.duree_ans", "au moins un an"),
    (
        'cofinanceurs = ["region"]',
        'cofinanceurs = ["regio"]',
        f"{F1}.financement.cofinanceurs[1]",
        "Vouliez-vous dire « region »",
    ),
]
MESURES = [
    (
        'id = "2.1-I02"\nlibelle',
        'id = "2.1-i01"\nlibelle',
        f"{F2}.indicateurs[2] (2.1-i01).id",
        f"déjà pris par {F2}.indicateurs[1] (2.1-I01)",
    ),
    ('type = "compte_ventile"', 'type = "comptage"', f"{F1}.indicateurs[1] (1.1-I01).type", "« comptage »"),
    (
        '{ id = "2.1-I02"',
        '{ id = "1.1-i01A"',
        f"{F2}.indicateurs[2] (2.1-I02).mesures[1] (1.1-i01A).id",
        f"déjà pris par {MA}",
    ),
    (
        '{ id = "2.1-I02"',
        '{ id = "2.1/I02"',
        f"{F2}.indicateurs[2] (2.1-I02).mesures[1] (2.1/I02).id",
        "ni lettre, ni chiffre",
    ),
    ('type = "entier"\nagregation = "FLUX"', 'type = "nombre"\nagregation = "FLUX"', f"{MA}.type", "« nombre »"),
    ('agregation = "FLUX"', 'agregation = "SOMME"', f"{MA}.agregation", "« SOMME »"),
    ('agregation = "FLUX"', 'agregation = "RATIO"', f"{MA}.agregation", "ne se rassemble pas par « RATIO »"),
    ('ventilation = "type de session"\n', "", f"{MA}.modalites", "sans ventilation"),
    ('["Longue", "Courte"]', '["Longue", "LONGUE"]', f"{MA}.modalites[2]", "deux fois"),
    ("maximum = 90", "reponses_multiples = true", f"{MB}.reponses_multiples", "sans ventilation"),
    ("valeur_initiale = 3", "valeur_initiale = 3.5", f"{MB}.valeur_initiale", "nombre entier"),
    ("valeur_initiale = 3", "valeur_initiale = -3", f"{MB}.valeur_initiale", "positive ou nulle"),
    ("valeur_initiale = 3", "valeur_initiale = 91", f"{MB}.valeur_initiale", "dépasse le maximum, 90"),
    ("maximum = 90", "denominateur = 4", f"{MB}.denominateur", "de type « taux »"),
    ("maximum = 90", "numerateur_decimal = true", f"{MB}.numerateur_decimal", "de type « taux »"),
    ("maximum = 90", 'poids = "séances"', f"{MB}.poids", "de type « moyenne »"),
    ("maximum = 90", 'calcul = "taux"', f"{MB}.calcul", "« taux »"),
    ("maximum = 90", 'calcul = "participation"', f"{MB}.calcul", "d’agrégation « RATIO »"),
    ("maximum = 90", "communes = true", f"{MB}.communes", "« ENTITES »"),
    ("maximum = 90", "stock = true", f"{MB}.stock", "« ENTITES »"),
    ("denominateur = 40", "qpv = true", f"{OCC}.qpv", "de type « entier »"),
    ("stock = true", "maximum = 3", f"{COM}.maximum", "le contrat nomme 2 communes"),
    ('ventilation = "type de session"', f'ventilation = "{"x" * 300}"', f"{MA}.ventilation", "300 caractères"),
]
RULES = [
    ('id = "parite"', 'id = "accueil"', "contrat.regles[3] (accueil).id", "déjà pris par contrat.regles[2] (accueil)"),
    ('type = "parite"', 'type = "parité"', "contrat.regles[3] (parite).type", "« parité »"),
    ('financeurs = ["etat", "region"]', "", "contrat.regles[3] (parite).financeurs", "a besoin de ce champ"),
    (
        'financeurs = ["etat", "region"]',
        'financeurs = ["etat"]',
        "contrat.regles[3] (parite).financeurs",
        "au moins deux",
    ),
    (
        'financeurs = ["etat", "region"]',
        'financeurs = ["etat", "ville"]',
        "contrat.regles[3] (parite).financeurs[2]",
        "le financeur « ville »",
    ),
    ('financeur = "etat"', 'financeur = "ars"', f"{PRICE}.financeur", "le financeur « ars »"),
    ('fiche = "2.1"\n', 'fiche = "2.10"\n', f"{SEATS}.fiche", "la fiche « 2.10 » n’existe pas"),
    ('mesure = "2.1-I01"', 'mesure = "2.1-I09"', f"{SEATS}.mesure", "la mesure « 2.1-I09 » n’existe pas"),
    ('mesure = "2.1-I01"', 'mesure = "2.1-I02"', f"{SEATS}.mesure", "de type « entier », attendu : taux"),
    (
        'mesure_sessions = "1.1-I01a"',
        'mesure_sessions = "2.1-I02"',
        f"{PRICE}.mesure_sessions",
        "est de la fiche 2.1, la règle de la fiche 1.1",
    ),
    ("capacite = 40", "capacite = 41", f"{SEATS}.capacite", "diffère du dénominateur"),
    ("participants_min = 8", "participants_min = 17", f"{PRICE}.participants_min", "dépasse le maximum (16)"),
    ("cout_unitaire = 250", "cout_unitaire = 250.001", f"{PRICE}.cout_unitaire", "fractions de centime"),
    ("cout_unitaire = 250", "cout_unitaire = 250\ntaux = 50", f"{PRICE}.taux", "entre 0 et 1"),
    ('complement_cout = "cout"', 'complement_cout = "prix"', f"{PRICE}.complement_cout", "le complément « prix »"),
]
TEXTS = [
    ('titre = "Former"', r'titre = "For\u0001mer"', f"{F1}.titre", "U+0001"),
    ('titre = "Former"', r'titre = "For\tmer"', f"{F1}.titre", "U+0009"),
    ('titre = "Former"', 'titre = "Former "', f"{F1}.titre", "par une espace"),
    ('titre = "Former"', 'titre = ""', f"{F1}.titre", "le texte est vide"),
    ('"Longue"', '" "', f"{MA}.modalites[1]", "le texte est vide"),
    (
        'constat = "Titre abrégé"',
        f'constat = "{"x" * 32_768}"',
        "contrat.a_confirmer[1] (A01).constat",
        "32768 caractères",
    ),
]
CASES = [c for family in (HEADER, ACTORS, LISTS, FICHES, MESURES, RULES, TEXTS) for c in family]
