"""Typed frames from a few lines of text, so that a test of a check shows the return that it is about.

    [retour.xlsx] association
    1.1/avancement/etat        En cours
    1.1/mesures/1.1-I01/valeur 12
    1.1/mesures/1.1-I02/valeur ?? NOMBRE_ILLISIBLE

A file and its structure (and ``/ volet``, and ``sha256=…``), then a key and a value a
line; ``??`` and a code: reading refused what was typed there. A key alone: the fiche is returned, nothing more. The
cell of an input is its key without the fiche: ``mesures/1.1-I01/valeur`` in sheet « FA 1.1 ».
"""

from __future__ import annotations

import re
from datetime import datetime
from decimal import Decimal

import pandas as pd

from cls_workbook.anomalies import Anomalie
from cls_workbook.checks import CheckInput, PilotageFacts, PreviousYear, controler, of_each_retour
from cls_workbook.definition import toml_reader
from cls_workbook.domain.entry_questions import BLOCKS
from cls_workbook.domain.model import Contrat
from cls_workbook.reading.parsing.value_log import VALUES
from cls_workbook.reading.storing.typed_frames import INTEGER_COLUMNS, RETOURS
from cls_workbook.reading.storing.value_store import WORDS

A_CONFIRMER, BLOCKING = "à confirmer", "bloquant"
BY_MESURE = ("mesures", "taux", "satisfaction", "durees", "jalons", "textes")

CONTRAT = """
axes = [{ numero = "1", titre = "Agir" }]
communes = [{ code_insee = "21001", nom = "Fleury-les-Eaux" }, { code_insee = "21002", nom = "Valcourt" }]
instances = [{ nom = "Comité technique", minimum_par_an = 2 }, { nom = "COPIL", minimum_par_an = 1 }]
natures = [
    { id = "maquette", libelle = "Maquette", niveau = "maquette" },
    { id = "hors", libelle = "Hors maquette", niveau = "hors_maquette" },
    { id = "cofi", libelle = "Cofinancement", niveau = "cofinancement" },
    { id = "valo", libelle = "Valorisation", niveau = "valorisation" },
]
financeurs = [
    { id = "agence", nom = "Agence", structure = "agence" },
    { id = "ville", nom = "Ville", structure = "ville" },
    { id = "fondation", nom = "Fondation", prive = true },
]
structures = [
    { id = "agence", nom = "Agence", statut_juridique = "public" },
    { id = "ville", nom = "Ville", statut_juridique = "public" },
    { id = "association", nom = "Association", statut_juridique = "privé", alias = ["L’Asso"] },
    { id = "communes", nom = "Communes", groupe = true, candidats_communes = true },
]
regles = [
    { id = "poste", type = "poste", libelle = "50 %, 30 000 € au plus", fiche = "1.4", financeur = "agence", \
taux = 0.5, plafond_annuel = 30000, etp_min = 0.5, etp_assiette_max = 1 },
    { id = "cours", type = "cout_unitaire", libelle = "250 € par personne", fiche = "1.3", cout_unitaire = 250, \
participants_min = 8, participants_max = 16, mesure_participants = "1.3-I02", mesure_sessions = "1.3-I01", \
complement_cout = "cout", complement_formateurs = "formateurs", complement_cout_formateurs = "cout_formateurs", \
cout_formateur = 1500 },
    { id = "places", type = "capacite", libelle = "40 places", fiche = "1.3", capacite = 40, mesure = "1.3-I03", \
mesure_file_active = "1.3-I04", mesure_sorties = "1.3-I05", mesure_relais = "1.3-I06" },
    { id = "cap", type = "plafond", libelle = "10 000 € par an, 3 ans", fiche = "1.5", financeur = "agence", \
plafond_annuel = 10000, plafond_total = 25000, duree_ans = 3, depuis = 2024 },
    { id = "egal", type = "parite", libelle = "à parts égales", fiche = "1.6", financeurs = ["agence", "ville"] },
]

[contrat]
id = "essai"
titre = "Contrat d’essai"
nom_court = "Essai"
annees = [2024, 2025, 2026, 2027]
territoire = "Pays d’essai"
coordination = "ville"
agence = "agence"

[[fiches]]
numero = "1.1"
titre = "Comptes"
axe = "1"
porteurs = ["association", "ville"]
qpv_attendu = true
financement = { montant = 20000, montant_etat = "chiffre", taux = 0.25, taux_pur = true }

[[fiches.indicateurs]]
id = "1.1"
libelle = "Comptes"
type = "compte"
mesures = [
    { id = "1.1-I01", libelle = "Ateliers", type = "entier", agregation = "FLUX", unite = "atelier" },
    { id = "1.1-I02", libelle = "Habitants", type = "entier", agregation = "PERSONNES", unite = "personne" },
    { id = "1.1-I03", libelle = "Entretiens", type = "entier", agregation = "FLUX", ventilation = "type", \
petits_effectifs = true },
    { id = "1.1-I04", libelle = "Partenaires", type = "entier", agregation = "ENTITES", ventilation = "type" },
    { id = "1.1-I05", libelle = "Lieux", type = "entier", agregation = "STOCK" },
    { id = "1.1-I06", libelle = "Communes engagées", type = "entier", agregation = "ENTITES", communes = true },
    { id = "1.1-I07", libelle = "Motifs", type = "entier", agregation = "FLUX", ventilation = "motif", \
reponses_multiples = true },
]

[[fiches]]
numero = "1.2"
titre = "Taux, satisfaction, jalons"
axe = "1"
porteurs = ["association"]
financement = { montant_etat = "non_determine" }

[[fiches.indicateurs]]
id = "1.2"
libelle = "Taux"
type = "taux"
mesures = [
    { id = "1.2-I01", libelle = "Adhésion", type = "taux", agregation = "RATIO", ventilation = "âge" },
    { id = "1.2-I02", libelle = "Adhésion en équivalent", type = "taux", agregation = "RATIO", \
numerateur_decimal = true },
    { id = "1.2-I03", libelle = "Satisfaction", type = "satisfaction", agregation = "SATISFACTION" },
    { id = "1.2-I04", libelle = "Étude lancée", type = "jalon", agregation = "JALON" },
    { id = "1.2-I05", libelle = "Durée", type = "moyenne", agregation = "MOYENNE" },
    { id = "1.2-I06", libelle = "Appréciation", type = "texte", agregation = "TEXTE" },
    { id = "1.2-I07", libelle = "Types", type = "liste", agregation = "UNION" },
]

[[fiches]]
numero = "1.3"
titre = "Cours et places"
axe = "1"
volets = [{ id = "cours", nom = "Cours", porteurs = ["association"] }, { id = "etude", nom = "Étude", \
porteurs = ["ville"] }]
financement = { montant = 40000, montant_etat = "chiffre" }
complements = [
    { id = "cout", libelle = "Coût des sessions", type = "montant" },
    { id = "formateurs", libelle = "Formateurs formés", type = "entier" },
    { id = "cout_formateurs", libelle = "Coût des formateurs", type = "montant" },
]

[[fiches.indicateurs]]
id = "1.3"
libelle = "Cours"
type = "compte"
mesures = [
    { id = "1.3-I01", libelle = "Sessions", type = "entier", agregation = "FLUX", unite = "session" },
    { id = "1.3-I02", libelle = "Participants", type = "entier", agregation = "PERSONNES", unite = "personne" },
]

[[fiches.indicateurs]]
id = "1.3-places"
libelle = "Places"
type = "taux"
mesures = [
    { id = "1.3-I03", libelle = "Occupation", type = "taux", agregation = "RATIO", denominateur = 40, \
numerateur_decimal = true },
    { id = "1.3-I04", libelle = "File active", type = "entier", agregation = "PERSONNES" },
    { id = "1.3-I05", libelle = "Sorties", type = "entier", agregation = "FLUX" },
    { id = "1.3-I06", libelle = "Relais", type = "ventilation", agregation = "FLUX", ventilation = "nature" },
]

[[fiches]]
numero = "1.4"
titre = "Poste"
axe = "1"
porteurs = ["ville"]
financement = { montant_etat = "regle" }

[[fiches]]
numero = "1.5"
titre = "Aide plafonnée"
axe = "1"
porteurs = ["ville"]
financement = { montant_etat = "regle" }

[[fiches]]
numero = "1.6"
titre = "Parité"
axe = "1"
porteurs = ["ville", "communes"]
financement = { montant_etat = "regle" }
"""


def trial_contrat() -> Contrat:
    return toml_reader.parse(CONTRAT, "essai")


def folder(texte: str, contrat: Contrat | None = None, annee: int = 2025, **remaining) -> CheckInput:
    """What the checks look at, of the returns written in ``texte``.

    ``expected_returns``: (fiche, structure, volet, groupe) tuples.
    """
    contrat = contrat or trial_contrat()
    values, retours, anomalies, addresses = _read(texte, contrat, annee)
    if "expected_returns" in remaining:
        remaining["expected_returns"] = pd.DataFrame(
            remaining["expected_returns"], columns=["fiche", "structure", "volet", "groupe"]
        )
    return CheckInput(
        contrat,
        annee,
        pd.DataFrame(values, columns=VALUES).astype(
            {"annee": int, "valeur": object} | dict.fromkeys(WORDS, "category")
        ),
        pd.DataFrame(retours, columns=RETOURS, dtype=object).astype(dict.fromkeys(INTEGER_COLUMNS, int)),
        anomalies=tuple(anomalies),
        addresses=addresses,
        **remaining,
    )


def precedent(texte: str, financements: tuple = (), contrat: Contrat | None = None, annee: int = 2025) -> PreviousYear:
    """Last year, from the returns of ``texte`` and (fiche, financeur, nature, engagé) tuples."""
    engages = pd.DataFrame(financements, columns=["fiche", "financeur", "nature", "engage"])
    return PreviousYear(folder(texte, contrat, annee - 1).values, engages)


def pilotage(programmes: dict | None = None, reunions: dict | None = None) -> PilotageFacts:
    return PilotageFacts(programmes or {}, reunions or {})


def found(given: CheckInput, *codes: str) -> list[tuple]:
    """(code, gravité, cells) of the anomalies of these codes, as ``controler`` gives them.

    Returns are checked in batches: what is said of each may not depend on which others are there.
    """
    files = given.retours["fichier"].unique()
    if len(files) > 1:
        singles = [a for f in files for a in of_each_retour(given.without({(g, "") for g in files if g != f}))]
        assert sorted(map(str, singles)) == sorted(map(str, of_each_retour(given)))
    return [(a.code, a.gravite, a.cells) for a in controler(given) if a.code in codes]


def _read(texte: str, contrat: Contrat, annee: int) -> tuple[list, list, list, dict]:
    values, anomalies, retours, addresses = [], [], {}, {}
    done: dict = {}
    for raw_value in texte.strip().splitlines():
        line = raw_value.strip()
        if not line:
            continue
        if line.startswith("["):
            done = _header(line, contrat, annee)
            continue
        cle, _, typed_in = (m.strip() for m in line.partition(" "))
        fiche = "" if cle.startswith("accueil") else cle.split("/")[0]
        sheet = f"FA {fiche}" if fiche else "Accueil"
        if fiche and (done["fichier"], fiche) not in retours:
            retours[done["fichier"], fiche] = [*done.values(), fiche, sheet, 0, 0]
            addresses.setdefault(
                done["fichier"], {"accueil/reponse/structure": ("Accueil", "reponse/structure")}
            ).update((c, (sheet, c.partition("/")[2])) for c in _keys(contrat, fiche))
        if not typed_in:
            continue
        if typed_in.startswith("??"):
            anomalies.append(
                Anomalie(
                    BLOCKING,
                    typed_in[2:].strip(),
                    done["fichier"],
                    sheet,
                    (cle.partition("/")[2],),
                    fiche,
                    done["structure"],
                )
            )
        else:
            values.append(_value(cle, typed_in, fiche, sheet, done, contrat))
    return _name_lines(values, contrat), list(retours.values()), anomalies, addresses


def _header(line: str, contrat: Contrat, annee: int) -> dict:
    file, following = re.fullmatch(r"\[(.+?)\]\s*(.*)", line).groups()
    facts = dict(re.findall(r"(\w+)=(\S+)", following))
    structure, _, volet = (m.strip() for m in re.sub(r"\w+=\S+", "", following).partition("/"))
    return {
        "fichier": file,
        "sha256": facts.get("sha256", file),
        "annee": annee,
        "contrat": contrat.id,
        "modele": "1",
        "structure": structure,
        "volet": volet,
    }


def _value(cle: str, typed_in: str, fiche: str, sheet: str, done: dict, contrat: Contrat) -> dict:
    _, bloc, *middle, champ = cle.split("/")
    by_mesure = bloc in BY_MESURE or bloc == "ventilations"
    mesure, line = (middle[0] if by_mesure else ""), (middle[-1] if middle[by_mesure:] else "")
    type_ = _type(bloc, mesure, champ, fiche, contrat)
    return dict(
        zip(
            VALUES,
            (
                done["annee"],
                done["fichier"],
                sheet,
                cle.partition("/")[2],
                fiche,
                done["structure"],
                done["volet"],
                bloc,
                mesure,
                champ,
                line,
                "",
                type_,
                _type_value(type_, typed_in),
            ),
            strict=True,
        )
    )


def _type(bloc: str, mesure: str, champ: str, fiche: str, contrat: Contrat) -> str:
    if bloc == "complements":
        return next(c.type for c in contrat.par_fiche[fiche].complements if c.id == champ)
    if champ == "volet":
        return "liste"
    if bloc == "taux" and champ == "numerateur" and contrat.by_mesure[mesure][2].numerateur_decimal:
        return "decimal"
    return BLOCKS[bloc].champ(champ).type


def _type_value(type_: str, typed_in: str) -> object:
    if type_ == "entier":
        return int(typed_in)
    if type_ in ("decimal", "montant"):
        return Decimal(typed_in.replace(",", "."))
    return datetime.strptime(typed_in, "%d/%m/%Y").date() if type_ == "date" else typed_in


def _name_lines(values: list[dict], contrat: Contrat) -> list[dict]:
    names: dict[tuple, str] = {}
    for champ in ("modalite", "nom"):
        names |= {
            (v["fichier"], v["fiche"], v["mesure"], v["ligne"]): v["valeur"]
            for v in values
            if v["bloc"] == "ventilations" and v["champ"] == champ
        }
    for v in values:
        if v["bloc"] == "ventilations":
            fixed = contrat.by_mesure[v["mesure"]][2].modalites
            v["modalite"] = (
                fixed[int(v["ligne"]) - 1]
                if fixed
                else names.get((v["fichier"], v["fiche"], v["mesure"], v["ligne"]), "")
            )
    return values


def _keys(contrat: Contrat, fiche: str) -> list[str]:
    """Every input of a fiche's sheet, typed in or not."""
    lines = [f"{n:02d}" for n in range(1, 7)]
    keys = [f"{fiche}/reponse/volet"]
    keys += [
        f"{fiche}/{bloc}/{c.nom}"
        for bloc in ("avancement", "depenses", "qualitatif")
        for c in BLOCKS[bloc].input_fields
    ]
    keys += [f"{fiche}/financement/{n}/{c.nom}" for n in lines for c in BLOCKS["financement"].input_fields]
    for mesure in contrat.par_fiche[fiche].mesures if fiche in contrat.par_fiche else ():
        keys += [f"{fiche}/{bloc}/{mesure.id}/{c.nom}" for bloc in BY_MESURE for c in BLOCKS[bloc].input_fields]
        keys += [
            f"{fiche}/ventilations/{mesure.id}/{n}/{c.nom}" for n in lines for c in BLOCKS["ventilations"].input_fields
        ]
    return keys


def one_retour(lines: str, fiche: str = "1.1", **remaining):
    """A return of the association for one fiche; keys without the fiche."""
    return folder(
        "[a.xlsx] association\n"
        + fiche
        + "\n"
        + "\n".join(f"{fiche}/{x.strip()}" for x in lines.strip().splitlines() if x.strip()),
        **remaining,
    )


def line(rank: int, financeur: str | None, nature: str | None, **input_fields) -> str:
    supplied = {"financeur": financeur, "nature": nature, **input_fields}
    return "\n".join(f"financement/{rank:02d}/{c} {v}" for c, v in supplied.items() if v is not None) + "\n"
