"""What a reader takes the figures of activity for, from the workbooks sent back to the region: by hand, in the tables,
the Synthèse, the agency's copy and the region alike.
"""

from __future__ import annotations

from typing import NamedTuple

import openpyxl
import pytest

from cls_workbook.reports.region import region_workbook
from tests.support.lived_campagnes import LivedYear, definition, lines, live, written
from tests.support.written_result import CONTRAT

FICHES = """
[[themes]]
id = "accueil"
libelle = "Accueil"
[[fiches]]
numero = "1.1"
titre = "Accueillir"
axe = "1"
themes = ["accueil"]
porteurs = ["asso", "ville"]
financement = { montant_etat = "non_determine" }
[[fiches.indicateurs]]
id = "1.1-I"
libelle = "Accueil"
type = "compte"
mesures = [
    { id = "1.1-I01", libelle = "Personnes", type = "entier", agregation = "PERSONNES", unite = "personne", \
theme = "accueil", cle = true },
    { id = "1.1-I02", libelle = "Entretiens", type = "entier", agregation = "FLUX", unite = "entretien", \
ventilation = "type", theme = "accueil", cle = true },
    { id = "1.1-I03", libelle = "Partenaires", type = "entier", agregation = "ENTITES", unite = "partenaire", \
theme = "accueil" },
    { id = "1.1-I04", libelle = "Suivis", type = "entier", agregation = "PERSONNES", unite = "suivi", \
theme = "accueil", petits_effectifs = true, cle = true },
]
[[fiches]]
numero = "1.2"
titre = "Former et étudier"
axe = "1"
porteurs = ["asso", "ville"]
volets = [
    { id = "cours", nom = "Cours", porteurs = ["asso"] }, { id = "etude", nom = "Étude", porteurs = ["ville"] },
]
financement = { montant_etat = "non_determine" }
[[fiches.indicateurs]]
id = "1.2-I"
libelle = "Avis"
type = "texte"
mesures = [{ id = "1.2-I01", libelle = "Avis", type = "texte", agregation = "TEXTE" }]
[[fiches]]
numero = "2.1"
titre = "Animer"
axe = "2"
porteurs = ["ville"]
financement = { montant_etat = "non_determine" }
[[fiches.indicateurs]]
id = "2.1-I"
libelle = "Réalisation"
type = "taux"
mesures = [
    { id = "2.1-I01", libelle = "Actions réalisées", type = "taux", agregation = "RATIO", theme = "accueil", \
calcul = "fiches_realisees", cle = true },
]
"""
ADDED_UP = "participations additionnées sur 2 retours, et non personnes différentes"
SET_ASIDE = "détail écarté, qui contredit la valeur (1 retour)"
COMPUTED = "calcul de l’outil : 1 sur 3, soit 33,3 % (fiches réalisées en totalité sur fiches programmées)"


class Cycle(NamedTuple):
    years: dict[int, LivedYear]
    region: object
    compared: LivedYear  # of another contract


def stated(realisation, *fiches):
    return {f"{f}/avancement/{c}": v for f in fiches for c, v in (("etat", "En cours"), ("realisation", realisation))}


def counts(**figures):
    return {f"1.1/mesures/1.1-{id_}/valeur": n for id_, n in figures.items()}


def named(*names):
    return {f"1.1/ventilations/1.1-I03/{n:02d}/nom": nom for n, nom in enumerate(names, 1)}


@pytest.fixture(scope="module")
def cycle(tmp_path_factory):
    folder = tmp_path_factory.mktemp("activite")
    head = CONTRAT[: CONTRAT.index("[[fiches]]")]
    text = head[: head.index("regles = [")] + head[head.index("[contrat]") :] + FICHES
    reference = definition(folder, text)
    attested = {"1.1/mesures/1.1-I01/double_compte": "oui"}
    broken_down = {
        "1.1/ventilations/1.1-I02/01/modalite": "Premier",
        "1.1/ventilations/1.1-I02/01/effectif": 20,
        "1.1/ventilations/1.1-I02/02/modalite": "Suivi",
        "1.1/ventilations/1.1-I02/02/effectif": 15,
    }
    years: dict[int, LivedYear] = {}
    # 2024: three partners, named; four persons followed: masked
    asso = stated("Totale", "1.1", "1.2") | counts(I03=3, I04=4) | named("MJC", "Foyer", "CPAM")
    years[2024] = live(folder, reference, 2024, {"asso": asso})
    # 2025: 100 and 100 persons, both « oui »; 30 interviews detailed as 20 and 15, and 12; no partner at all
    asso = stated("Totale", "1.1", "1.2") | counts(I01=100, I02=30, I03=0) | attested | broken_down
    ville = stated("Nulle", "1.1", "1.2") | stated("Totale", "2.1") | counts(I01=100, I02=12, I03=0) | attested
    ville |= {"2.1/taux/2.1-I01/numerateur": 3, "2.1/taux/2.1-I01/denominateur": 3}
    years[2025] = live(folder, reference, 2025, {"asso": asso, "ville": ville}, precedent=years[2024].consolidation)
    # the region compares what several contracts count: another one, where the two answer together, and differ
    other = text.replace('id = "essai"', 'id = "autre"').replace(
        'titre = "Accueillir"', 'titre = "Accueillir"\nreponse_commune = true'
    )
    other = definition(folder, other, "autre.toml")
    its_own = {
        "asso": counts(I01=7, I02=8, I03=9, I04=30),
        "ville": {k: v for k, v in ville.items() if k[:3] == "2.1"} | counts(I02=9, I03=9),
    }
    compared = live(folder / "autre", other, 2025, its_own)
    region = folder / "region.xlsx"
    region_workbook.gather([year.synthese for year in (*years.values(), compared)], region)
    return Cycle(years, region, compared)


def table(path, sheet):
    head, *rows = openpyxl.load_workbook(path)[sheet].iter_rows(values_only=True)
    return [dict(zip(head, (plain(v) for v in row), strict=True)) for row in rows]


def plain(valeur):
    return valeur.replace("\u00a0", " ") if isinstance(valeur, str) else valeur


def seen(cycle, mesure, annee=2025):
    """(Valeur, Réserve) of a measure in the tables of the consolidation, the agency's copy and the region: the same."""
    return in_three_places(cycle, cycle.years[annee], mesure, "essai", annee)


def in_three_places(cycle, year, mesure, contrat, annee=2025):
    places = [
        table(year.consolidation, "Indicateurs"),
        table(year.synthese, "Données mesures"),
        [r for r in table(cycle.region, "Mesures comparées") if (r["Contrat"], r["Année"]) == (contrat, annee)],
    ]
    found = [(r["Valeur"], r["Réserve"]) for rows in places for r in rows if r["Mesure"] == mesure]
    assert len(found) == 3
    return found


def notes(cycle, annee=2025):
    return "\n".join(written(cycle.years[annee].synthese, "Synthèse"))


def test_persons_added_over_two_returns_are_participations_everywhere(cycle):
    assert seen(cycle, "1.1-I01") == [(200, ADDED_UP)] * 3
    assert ADDED_UP in notes(cycle)


def test_the_total_of_a_breakdown_that_contradicts_it_counts_and_the_breakdown_is_told(cycle):
    assert seen(cycle, "1.1-I02") == [(42, SET_ASIDE)] * 3  # 30 + 12
    assert SET_ASIDE in notes(cycle)
    result = cycle.years[2025].result
    (anomalie,) = [a for a in result.anomalies if a.code == "VENTILATION_DIFFERENTE_DU_TOTAL"]
    assert (anomalie.gravite, anomalie.file, len(anomalie.cells)) == ("bloquant", "asso.xlsx", 2)
    kept = lines(result.tables.mesures.frame(), Mesure="1.1-I02")
    assert [r["Valeur"] for r in kept if r["Champ"] == "effectif"] == []
    assert sorted(r["Valeur"] for r in kept if r["Champ"] == "valeur") == [12, 30]
    assert [r for r in lines(result.tables.reconciliation) if r["Écart inexpliqué"]] == []


def test_a_fiche_is_done_in_part_where_its_porteurs_differ_and_each_volet_on_its_own(cycle):
    by_volet = "Cours : Totale ; Étude : Nulle"
    for path, sheet in ((cycle.years[2025].synthese, "Données fiches"), (cycle.region, "Fiches")):
        its_own = [
            r for r in table(path, sheet) if (r.get("Contrat", "essai"), r.get("Année", 2025)) == ("essai", 2025)
        ]
        rows = {r["Fiche"]: r["Réalisation"] for r in its_own if r["Fiche"]}
        assert rows == {"1.1": "Partielle", "1.2": by_volet, "2.1": "Totale"}
    assert by_volet.replace(" ; ", "\n") in written(cycle.years[2025].synthese, "Synthèse")
    (before,) = (r for r in table(cycle.years[2024].synthese, "Données fiches") if r["Fiche"] == "1.2")
    assert before["Réalisation"] == "Cours : Totale ; Étude : sans retour"


def test_masked_is_said_of_the_year_that_is_known_only(cycle):
    kept, sent, region = seen(cycle, "1.1-I04", 2024)
    assert (kept[0], sent[0], region[0]) == (4, None, None)
    assert all("masqué (effectif de 1 à 10)" in said for _, said in (sent, region))
    assert "masqué" in written(cycle.years[2024].synthese, "Synthèse")
    kept, sent, region = seen(cycle, "1.1-I04", 2025)
    assert [kept[0], sent[0], region[0]] == [None, None, None]  # nobody counted them in 2025
    assert sent[1] == region[1] == "2 retours sans valeur retenue ; valeur n-1 masquée (effectif de 1 à 10)"
    assert "masqué" not in written(cycle.years[2025].synthese, "Synthèse")


def test_a_year_without_any_entity_leaves_the_count_of_the_years(cycle):
    assert [valeur for valeur, _ in seen(cycle, "1.1-I03")] == [0, 0, 0]
    rows = [
        [plain(v) for v in rank if v is not None]
        for rank in openpyxl.load_workbook(cycle.years[2025].consolidation)["Évolution"].iter_rows(values_only=True)
    ]
    (row,) = [r for r in rows if r[:1] == ["1.1 · Partenaires"]]
    assert row == ["1.1 · Partenaires", 3, 0, "partenaire", 3, "noms distincts de 2024 à 2025"]


def test_what_the_tool_computes_stands_beside_what_is_declared(cycle):
    # of three fiches, 1.1 and 1.2 are done in part: 1 of 3, where the porteur declares 3 of 3
    assert seen(cycle, "2.1-I01") == [(1, COMPUTED)] * 3
    assert COMPUTED in notes(cycle)
    (anomalie,) = [a for a in cycle.years[2025].result.anomalies if a.code == "VALEUR_DIFFERENTE_DU_CALCUL"]
    assert (anomalie.gravite, anomalie.file, anomalie.sheet) == ("à confirmer", "ville.xlsx", "FA 2.1")
    assert plain(anomalie.found) == f"3 sur 3 ; {COMPUTED}"
    (retour,) = lines(cycle.years[2025].result.tables.retours, Fiche="2.1")
    assert retour["À confirmer"] >= 1


def test_two_common_answers_that_differ_are_told_beside_the_measure(cycle):
    """8 interviews in one return, 9 in the other; both of them count the same nine partners."""
    differ = "deux structures qui répondent ensemble diffèrent : la réponse du premier retour compte"
    assert in_three_places(cycle, cycle.compared, "1.1-I02", "autre") == [(8, differ)] * 3
    assert in_three_places(cycle, cycle.compared, "1.1-I03", "autre") == [(9, None)] * 3
    assert any(differ in t for t in written(cycle.compared.synthese))
