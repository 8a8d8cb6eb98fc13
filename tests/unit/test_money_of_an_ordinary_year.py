"""Money that breaks no rule, or breaks one, through the whole cycle: typed in a workbook, consolidated, seen in
anomalies, tables and Synthèse. Every figure was worked out by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal as D

import pytest

from cls_workbook.reports.region.region_workbook import gather
from tests.support.lived_campagnes import NBSP, definition, lines, live, short, statements, written
from tests.support.written_result import CONTRAT

DIJON = "dijon-2024-2028"
EQUAL_SHARES = (
    'regles = [{ id = "parite", type = "parite", libelle = "Parts égales", financeurs = ["agence", "ville"] }, '
)


def granted(fiche: str, rank: int, financeur: str, nature: str, **facts: object) -> dict[str, object]:
    prefix = f"{fiche}/financement/{rank:02d}"
    return {f"{prefix}/{c}": v for c, v in ({"financeur": financeur, "nature": nature} | facts).items()}


def found(year, *codes: str) -> list[tuple]:
    """(code, gravité, trouvé) of the anomalies of these codes."""
    return [(a.code, a.gravite, a.found.replace(NBSP, " ")) for a in year.result.anomalies if a.code in codes]


def money(year, fiche: str) -> dict:
    (row,) = lines(year.result.tables.par_fiche, Fiche=fiche)
    return row


# --- cost and resources ---


@pytest.mark.parametrize(
    ("engage", "verse", "own", "gap"),
    [
        (10000, 8000, None, None),  # the balance comes later
        (7000, 7000, 3000, None),
        (7000, 7000, 2000, "10 000 € ; attribué par les financeurs : 7 000 € ; ressources propres : 2 000 € ; "
         "1 000 € sans financement"),
        (12000, 0, None, "10 000 € ; attribué par les financeurs : 12 000 € ; 2 000 € de plus"),
    ],
)  # fmt: skip
def test_a_cost_is_compared_with_what_was_attributed_and_always_counts(tmp_path, engage, verse, own, gap):
    saisies = granted("1.1", 1, "Agence", "Maquette", engage=engage, verse=verse) | {"1.1/depenses/total": 10000}
    if own is not None:
        saisies["1.1/depenses/ressources_propres"] = own
    year = live(tmp_path, definition(tmp_path, CONTRAT), 2025, {"asso": saisies})
    code = "FINANCEURS_DIFFERENTS_DU_COUT"
    assert found(year, code) == ([(code, "à confirmer", gap)] if gap else [])
    assert (money(year, "1.1")["Coût réalisé"], money(year, "1.1")["Engagé"]) == (D(10000), D(engage))
    assert ("Ressources propres (€)" in written(year.synthese)) is (own is not None)


def test_a_total_counts_though_its_posts_contradict_it(tmp_path):
    """1 000 € in all, detailed as 600 and 300; and 500 € of another: 1 500 €, never 1 400 nor 500. The posts leave."""
    posts = {"1.1/depenses/personnel": 600, "1.1/depenses/achats": 300, "1.1/depenses/total": 1000}
    reponses = {"asso": posts | granted("1.1", 1, "Agence", "Maquette", engage=1000)}
    year = live(tmp_path, definition(tmp_path, CONTRAT), 2025, reponses | {"ville": {"1.1/depenses/total": 500}})
    (anomalie,) = (a for a in year.result.anomalies if a.code == "POSTES_DIFFERENTS_DU_TOTAL")
    assert (anomalie.gravite, len(anomalie.cells)) == ("bloquant", 2)
    assert (money(year, "1.1")["Coût réalisé"], money(year, "1.1")["Taux constaté"]) == (D(1500), D(1))
    kept = [(r["Champ"], r["Valeur"]) for r in lines(year.result.tables.reponses.frame(), Bloc="depenses")]
    assert sorted(kept) == [("total", 500), ("total", 1000)]
    assert [r for r in lines(year.result.tables.reconciliation) if r["Écart inexpliqué"]] == []
    gather([year.synthese], tmp_path / "region.xlsx")
    reserve = "iche 1.1, coût total compté, détail par poste écarté, qui contredit ce total (1 retour)."
    places = (year.synthese, "Synthèse"), (year.synthese, "Données réserves"), (tmp_path / "region.xlsx", "Réserves")
    assert [any(reserve in t for t in written(*place)) for place in places] == [True] * 3


# --- what breaks a rule ---


def test_unequal_shares_stay_in_tables_and_totals(tmp_path):
    saisies = granted("1.1", 1, "Agence", "Maquette", engage=1000) | granted("1.1", 2, "Ville", "Maquette", engage=2000)
    reference = definition(tmp_path, CONTRAT.replace("regles = [", EQUAL_SHARES))
    year = live(tmp_path, reference, 2025, {"asso": saisies})
    gap = "Agence : 1 000 € ; Ville : 2 000 €, soit 1 000 € d’écart"
    assert found(year, "PARITE_NON_RESPECTEE") == [("PARITE_NON_RESPECTEE", "à confirmer", gap)]
    assert money(year, "1.1")["Engagé"] == D(3000)
    assert [(r["Financeur"], r["Engagé"]) for r in lines(year.result.tables.par_financeur)] == [
        ("Agence", D(1000)),
        ("Ville", D(2000)),
    ]
    told = "Fiche 1.1 : parité non respectée, écart de 1 000 € (Agence 1 000 €, Ville 2 000 €)."
    assert told in statements(year)
    assert [r.replace(NBSP, " ") for r in year.result.notes.reserves] == [
        f"Financement : fiche 1.1, compté au-delà d’une règle : {gap} "
        "(attendu : le même montant de chacun (Parts égales))."
    ]
    assert any(gap in t for t in written(year.synthese))


def test_a_cent_above_the_cap_of_a_post_stays_and_is_told(tmp_path):
    saisies = granted("5.1", 1, "ARS", "ARS hors maquette", engage=D("30000.01")) | {
        "5.1/depenses/total": 70000,
        "5.1/poste/depense_eligible": 65000,
        "5.1/poste/quotite": 1,
        "5.1/poste/mois": 12,
    }
    year = live(tmp_path, short(tmp_path, DIJON, "5.1"), 2025, {"dijon-metropole": saisies})
    excess = "30 000,01 €, soit 0,01 € de trop"
    assert found(year, "AIDE_SUPERIEURE_AU_PLAFOND") == [("AIDE_SUPERIEURE_AU_PLAFOND", "à confirmer", excess)]
    assert money(year, "5.1")["ARS hors maquette"] == D("30000.01")
    assert (
        "Fiche 5.1 : aide engagée de 30 000,01 €, soit 0,01 € de plus que les 30 000 € que permet la règle ; "
        "le montant déclaré reste compté."
    ) in statements(year)
    (reserve,) = (r for r in written(year.synthese) if r.startswith("Fiche 5.1, compté au-delà"))
    assert excess in reserve


# --- the coordinator's post ---


def post(eligible: object, etp: object, months: object, total: int = 70000) -> dict[str, dict[str, object]]:
    known = {"depense_eligible": eligible, "quotite": etp, "mois": months}
    typed: dict[str, object] = {f"5.1/poste/{c}": v for c, v in known.items() if v is not None}
    return {"dijon-metropole": {"5.1/depenses/total": total} | typed}


def test_the_aid_rests_on_the_eligible_expenditure_not_on_the_cost_of_the_fiche(tmp_path):
    """70 000 € of costs, of which 42 000 € are eligible: half of 42 000 €, and not half of 70 000 €, capped."""
    year = live(tmp_path, short(tmp_path, DIJON, "5.1"), 2025, post(42000, 1, 12))
    told = "Fiche 5.1 : pour une dépense éligible de 42 000 €, aide possible de 21 000 € (50 % de 42 000 €)."
    assert told in statements(year)
    assert "30 000 €" not in " ".join(s for s in statements(year) if s.startswith("Fiche 5.1"))
    assert money(year, "5.1")["Coût réalisé"] == D(70000)


def test_without_the_eligible_expenditure_no_aid_is_worked_out(tmp_path):
    year = live(tmp_path, short(tmp_path, DIJON, "5.1"), 2025, post(None, 1, 12))
    told = "Fiche 5.1 : dépense éligible du poste non renseignée, l’aide possible n’est pas calculée."
    assert told in statements(year)


def test_full_time_from_october_is_one_etp_and_a_quarter_of_an_etpt(tmp_path):
    year = live(tmp_path, short(tmp_path, DIJON, "5.1"), 2025, post(12000, 1, 3))
    assert {
        "Fiche 5.1 : pour une dépense éligible de 12 000 €, aide possible de 6 000 € (50 % de 12 000 €).",
        "Fiche 5.1 : 1 ETP pendant 3 mois, soit 0,25 ETPT : le plafond et le minimum sont pris entiers, "
        "faute de précision au contrat (à confirmer).",
    } <= set(statements(year))
    codes = "ETP_HORS_BORNES", "POSTE_SUR_UNE_PARTIE_DE_L_ANNEE"
    assert found(year, *codes) == [(codes[1], "à confirmer", "1 ETP pendant 3 mois, soit 0,25 ETPT")]


def test_the_floor_looks_at_the_share_of_the_post_and_the_cost_is_its_bound(tmp_path):
    year = live(tmp_path, short(tmp_path, DIJON, "5.1"), 2025, post(71000, D("0.4"), 12))
    assert found(year, "ETP_HORS_BORNES", "DEPENSE_ELIGIBLE_SUPERIEURE_AU_COUT") == [
        ("DEPENSE_ELIGIBLE_SUPERIEURE_AU_COUT", "à confirmer", "71 000 €"),
        ("ETP_HORS_BORNES", "à confirmer", "0,4 ETP"),
    ]
    told = "Fiche 5.1 : 0,4 ETP : poste non éligible, le minimum est de 0,5 ETP."
    assert told in statements(year)


# --- the same money, the same activity, twice ---

CODE, ACTIVITY = "FINANCEMENT_DECLARE_DEUX_FOIS", "ACTIVITE_DECLAREE_DEUX_FOIS"


def conventions(engage: object, reference: str, day: date) -> dict[str, object]:
    return granted("1.1", 1, "Agence", "Maquette", engage=engage, reference=reference, date=day)


def test_a_grant_that_two_structures_declare_is_found_and_the_total_says_so(tmp_path):
    """34 270 € of one convention, in two returns: 68 540 € in the total."""
    same = conventions(34270, "Conv 2025-12", date(2025, 3, 12))
    reponses = {"asso": same, "ville": same | {"1.1/financement/01/reference": "CONV. 2025-12"}}
    year = live(tmp_path, definition(tmp_path, CONTRAT), 2025, reponses)
    (double,) = (a for a in year.result.anomalies if a.code == CODE)
    told = "Agence, 34 270 €, « CONV. 2025-12 », 12/03/2025, déclarés aussi par Association (fiche 1.1)"
    assert double.gravite == "à confirmer" and double.found.replace(NBSP, " ").startswith(f"{told} — fichier ")
    assert money(year, "1.1")["Engagé"] == D(68540)
    assert any(told in t and ".xlsx" not in t for t in written(year.synthese))


@pytest.mark.parametrize(
    ("reference", "day"),
    [("2025/12", date(2025, 3, 12)), ("convention n° 2025-12", date(2025, 3, 12)), ("Conv 2025-12", date(2025, 4, 1))],
)
def test_the_same_grant_may_be_written_or_dated_otherwise(tmp_path, reference, day):
    one, other = conventions(34270, "Conv 2025-12", date(2025, 3, 12)), conventions(34270, reference, day)
    assert len(found(live(tmp_path, definition(tmp_path, CONTRAT), 2025, {"asso": one, "ville": other}), CODE)) == 1


def test_a_grant_on_two_lines_of_a_return_is_told_by_its_cells(tmp_path):
    one = conventions(34270, "Conv 2025-12", date(2025, 3, 12))
    twice = one | {cle.replace("/01/", "/02/"): valeur for cle, valeur in one.items()}
    year = live(tmp_path, definition(tmp_path, CONTRAT), 2025, {"asso": twice})
    (double,) = (a for a in year.result.anomalies if a.code == CODE)
    assert (double.cells[0], "déjà en F35" in double.found) == ("F36", True)
    assert double.expected == "chaque financement sur une ligne"


@pytest.mark.parametrize(
    "other",
    [
        conventions(34271, "Conv 2025-12", date(2025, 3, 12)),
        conventions(34270, "Conv 2025-13", date(2025, 3, 12)),
        granted("1.1", 1, "Ville", "Maquette", engage=34270, reference="Conv 2025-12", date=date(2025, 3, 12)),
        granted("1.1", 1, "Agence", "Cofinancement", engage=34270, reference="Conv 2025-12", date=date(2025, 3, 12)),
    ],
)
def test_what_differs_is_another_grant(tmp_path, other):
    reponses = {"asso": conventions(34270, "Conv 2025-12", date(2025, 3, 12)), "ville": other}
    assert found(live(tmp_path, definition(tmp_path, CONTRAT), 2025, reponses), CODE) == []


def test_an_activity_that_two_structures_declare_is_found_and_the_total_says_so(tmp_path):
    same = {"1.1/mesures/1.1-I01/valeur": 8, "1.1/mesures/1.1-I02/valeur": 120, "1.1/depenses/total": 4000}
    year = live(tmp_path, definition(tmp_path, CONTRAT), 2025, {"asso": same, "ville": same})
    (double,) = found(year, ACTIVITY)
    told = (
        "8 pour « Consultations », 120 pour « Patients », coût de 4 000 €, déclarés aussi par Association (fiche 1.1)"
    )
    assert double[1] == "à confirmer" and double[2].startswith(told)
    (sessions,) = lines(year.result.tables.indicateurs, Mesure="1.1-I01")
    assert (sessions["Valeur"], money(year, "1.1")["Coût réalisé"]) == (16, D(8000))
    assert "une même activité est peut-être comptée deux fois" in sessions["Réserve"]
    reserve = "Fiche 1.1, coût et activité peut-être comptés deux fois, Association (fiche 1.1) les déclare aussi."
    assert any(x.endswith(reserve) for x in written(year.synthese))


@pytest.mark.parametrize("other", [{"1.1/depenses/total": 4001}, {"1.1/mesures/1.1-I02/valeur": 121}])
def test_what_differs_is_another_activity(tmp_path, other):
    same = {"1.1/mesures/1.1-I01/valeur": 8, "1.1/mesures/1.1-I02/valeur": 120, "1.1/depenses/total": 4000}
    year = live(tmp_path, definition(tmp_path, CONTRAT), 2025, {"asso": same, "ville": same | other})
    assert found(year, ACTIVITY) == []


# --- those who answer together ---


def emas(**facts: object) -> dict[str, object]:
    answered = {"2.3/reponse/volet": "EMAS", "2.3/avancement/etat": "En cours", "2.3/mesures/2.3-I01/valeur": 120}
    return answered | {f"2.3/{cle.replace('__', '/')}": valeur for cle, valeur in facts.items()}


def returns_of(year, fiche: str, volet: str) -> list[tuple]:
    return [(r["Structure"], r["Statut"]) for r in lines(year.result.tables.retours, Fiche=fiche, Volet=volet)]


def test_one_of_those_who_answer_together_answers_for_all(tmp_path):
    year = live(tmp_path, short(tmp_path, DIJON, "2.3"), 2025, {"sdat": emas()})
    assert returns_of(year, "2.3", "EMAS") == [("SDAT", "reçu")]
    assert not [a for a in year.result.anomalies if a.code == "RETOUR_MANQUANT" and "EMAS" in a.found]
    (followed,) = lines(year.result.tables.indicateurs, Mesure="2.3-I01")
    assert (followed["Valeur"], followed["Retours reçus"], followed["Retours attendus"]) == (120, 1, 1)
    (progress,) = lines(year.result.summaries.avancement, fiche="2.3")
    assert progress["attendus"] == 3  # the team, and the two of the study


def test_nobody_of_those_who_answer_together_is_one_missing_return(tmp_path):
    year = live(tmp_path, short(tmp_path, DIJON, "2.3", "3.1"), 2025, {"apo": {"3.1/avancement/etat": "En cours"}})
    assert returns_of(year, "2.3", "EMAS") == [("SDAT ou Acodège", "manquant")]
    (missing,) = (a for a in year.result.anomalies if a.code == "RETOUR_MANQUANT" and "EMAS" in a.found)
    assert missing.found.replace(NBSP, " ") == "aucun retour de SDAT ou Acodège pour la fiche 2.3, volet « EMAS »"


def test_two_answers_that_say_the_same_are_counted_once(tmp_path):
    reference, sdat = short(tmp_path, DIJON, "2.3"), {"sdat": emas(depenses__total=9000)}
    twice = live(tmp_path, reference, 2025, sdat | {"acodege": emas(depenses__total=9000)})
    assert returns_of(twice, "2.3", "EMAS") == [("Acodège", "reçu"), ("SDAT", "doublon")]
    alone = live(tmp_path / "alone", reference, 2025, sdat)
    assert twice.result.received_and_expected() == alone.result.received_and_expected()
    (double,) = found(twice, "REPONSE_COMMUNE_EN_DOUBLE", "REPONSE_COMMUNE_DIFFERENTE", ACTIVITY)
    assert double[1] == "à confirmer" and double[2] == (
        "un autre retour, d’Acodège (acodege.xlsx), pour la fiche 2.3, volet « EMAS » : c’est lui qui compte, et de "
        "celui-ci ce qu’il est seul à dire"
    )
    for year in (twice, alone):
        (followed,) = lines(year.result.tables.indicateurs, Mesure="2.3-I01")
        assert (followed["Valeur"], followed["Couverture"]) == (120, "complet (1 sur 1)")
        assert "sans valeur retenue" not in (followed["Réserve"] or "")
        assert money(year, "2.3")["Coût réalisé"] == D(9000)
        assert [r for r in lines(year.result.tables.reconciliation) if r["Écart inexpliqué"]] == []
    (line,) = lines(twice.result.tables.reconciliation, Mesure="2.3-I01")
    assert (line["Somme des retours"], line["Écartées"], line["Total consolidé"]) == (240, 120, 120)
    assert any("chaque chiffre est compté une fois, celui du premier retour" in t for t in written(twice.synthese))
    assert not any("chaque chiffre est compté une fois" in t for t in written(alone.synthese))


def test_two_answers_that_differ_lose_nothing_and_count_no_figure_twice(tmp_path):
    """Acodège is read first: its 130 persons count. SDAT alone tells the 12 outings; costs and the town's two grants
    differ, and each counts; the agency's is one."""
    agency = granted("2.3", 1, "ARS", "Maquette ARS", engage=34270)
    acodege = emas(depenses__total=8000) | agency
    sdat = emas(depenses__total=10000) | agency | {"2.3/mesures/2.3-I04/valeur": 12}
    acodege["2.3/mesures/2.3-I01/valeur"] = 130
    acodege |= granted("2.3", 2, "Ville de Dijon", "Cofinancement", engage=4000)
    sdat |= granted("2.3", 2, "Ville de Dijon", "Cofinancement", engage=5000)
    year = live(tmp_path, short(tmp_path, DIJON, "2.3"), 2025, {"sdat": sdat, "acodege": acodege})
    (rate,) = lines(year.result.summaries.taux, fiche="2.3")
    assert (rate["retours"], rate["sur"]) == (1, 1)  # one team, one answer
    values = {m: lines(year.result.tables.indicateurs, Mesure=m)[0]["Valeur"] for m in ("2.3-I01", "2.3-I04")}
    assert values == {"2.3-I01": 130, "2.3-I04": 12}
    of_fiche = money(year, "2.3")
    assert (of_fiche["Engagé"], of_fiche["Cofinancements"], of_fiche["Coût réalisé"]) == (34270, 9000, 18000)
    whose = "Acodège (acodege.xlsx)"
    assert sorted(f for _, _, f in found(year, "REPONSE_COMMUNE_DIFFERENTE")) == [
        f"10 000 € ; {whose} : 8 000 € ; les deux sont comptés",
        f"120 ; {whose} : 130 ; la réponse d’Acodège est comptée, celle-ci non",
        f"5 000 € ; {whose} : 4 000 € ; les deux sont comptés",
    ]
    assert [r for r in lines(year.result.tables.reconciliation) if r["Écart inexpliqué"]] == []


def test_a_figure_that_is_refused_in_the_first_answer_is_taken_from_the_second(tmp_path):
    """24 communes of a territory that has 23."""
    first, second = ({"2.3/mesures/2.3-C01/valeur": communes} for communes in (24, 7))
    reponses = {"acodege": emas() | first, "sdat": emas() | second}
    year = live(tmp_path, short(tmp_path, DIJON, "2.3"), 2025, reponses)
    refused = [a for a in year.result.anomalies if a.gravite == "bloquant" and a.file == "acodege.xlsx"]
    (followed,) = lines(year.result.tables.indicateurs, Mesure="2.3-C01")
    assert refused and followed["Valeur"] == 7


def test_a_fiche_too_may_be_answered_together_and_a_definition_that_does_not_say_it_is_as_before(tmp_path):
    apart = live(tmp_path / "a", definition(tmp_path, CONTRAT), 2025, {"asso": {"1.1/avancement/etat": "En cours"}})
    assert returns_of(apart, "1.1", None) == [("Association", "reçu"), ("Ville", "manquant")]
    together = CONTRAT.replace('porteurs = ["asso", "ville"]', 'porteurs = ["asso", "ville"]\nreponse_commune = true')
    year = live(
        tmp_path / "b", definition(tmp_path, together, "b.toml"), 2025, {"ville": {"1.1/avancement/etat": "En cours"}}
    )
    assert returns_of(year, "1.1", None) == [("Ville", "reçu")]
