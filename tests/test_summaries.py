"""What a campaign adds up to: what each figure rests on, breakdowns, progress, governance, territory."""

import datetime
import re
from decimal import Decimal

from retours_ecrits import contrat, dit, ligne, mesure, saisie, texte, valeurs

from cls_workbook.contract.definition import load
from cls_workbook.contract.model import ActionAProgrammer, Axe, Commune, Fiche, Instance, Qpv, Structure
from cls_workbook.pilotage import Reunion
from cls_workbook.summaries.activity import (
    INDICATEURS,
    avancement,
    gouvernance,
    indicateurs,
    par_axe,
    taux_de_realisation,
    territoire,
    ventilations,
)
from cls_workbook.summaries.consolidation import attendus

# --- the row ---


def test_there_is_one_row_per_measure_in_the_order_of_the_contract():
    essai = load("dijon-2024-2028")
    table = indicateurs(essai, valeurs(), attendus(essai, 2025))
    assert tuple(table.columns) == INDICATEURS
    assert len(table) == 95
    assert table["Mesure"].tolist() == list(essai.par_mesure)
    assert table["Valeur"].isna().all()  # nothing came back: no zero anywhere
    assert table.loc[table["Mesure"] == "1.1-I03", "Valeur initiale"].tolist() == [2]


def test_last_year_stands_beside_this_year():
    assert ligne(contrat(mesure("FLUX")), precedent={"M": 7})["Valeur n-1"] == 7
    assert ligne(contrat(mesure("FLUX")), precedent={"autre": 7})["Valeur n-1"] is None


# --- coverage ---


def test_a_total_says_how_many_returns_it_rests_on():
    essai = contrat(mesure("FLUX"))
    for retours, couverture in (
        ([], "aucun retour (0 sur 3)"), ([dit("a", 3), dit("b", 4)], "partiel (2 sur 3)"),
        ([dit("a", 3), dit("b", 4), dit("c", 0)], "complet (3 sur 3)"), ([dit("a")], "aucune valeur (0 sur 3)"),
    ):  # fmt: skip
        rangee = ligne(essai, *retours)
        assert rangee["Couverture"] == couverture
        assert (rangee["Retours reçus"], rangee["Retours attendus"]) == tuple(int(n) for n in re.findall("[0-9]", couverture))


def test_a_blank_is_not_a_zero_and_makes_the_total_partial():
    rangee = ligne(contrat(mesure("FLUX")), dit("a", 3), dit("b", commentaire="pas encore"), dit("c"))
    assert (rangee["Valeur"], rangee["Couverture"]) == (3, "partiel (1 sur 3)")
    assert rangee["Réserve"] == "2 retours sans valeur retenue"


def test_not_available_and_not_applicable_are_told_apart():
    rangee = ligne(contrat(mesure("FLUX")), dit("a", 3), dit("b", statut="non disponible"), dit("c", statut="sans objet"))
    # « sans objet » takes nothing away from the total; « non disponible » does
    assert (rangee["Valeur"], rangee["Couverture"]) == (3, "partiel (2 sur 3)")
    assert rangee["Réserve"] == "1 non disponible ; 1 sans objet"


def test_a_measure_that_applies_to_nobody_is_complete_and_empty():
    rangee = ligne(contrat(mesure("FLUX"), porteurs=("a",)), dit("a", statut="sans objet"))
    assert (rangee["Valeur"], rangee["Couverture"]) == (None, "complet (1 sur 1)")


def test_a_value_with_a_statut_that_denies_it_counts_and_is_flagged():
    rangee = ligne(contrat(mesure("FLUX"), porteurs=("a",)), dit("a", 4, statut="non disponible"))
    assert rangee["Valeur"] == 4
    assert "malgré un statut" in rangee["Réserve"]


def test_a_return_that_nobody_expected_counts_but_is_named():
    rangee = ligne(contrat(mesure("FLUX"), porteurs=("a",)), dit("Association du Lavoir", 5))
    assert (rangee["Valeur"], rangee["Couverture"]) == (5, "partiel (0 sur 1)")
    assert rangee["Réserve"] == "compte 1 retour non attendu (Association du Lavoir)"


def test_with_an_unnamed_group_the_number_expected_is_unknown():
    essai = contrat(mesure("FLUX"), porteurs=("g",), structures=(Structure("g", "Communes", groupe=True),))
    rangee = ligne(essai, dit("Commune de Bief", 5), dit("Commune de Aval", 2))
    assert (rangee["Valeur"], rangee["Retours attendus"], rangee["Couverture"], rangee["Réserve"]) == (7, None, "partiel (2 sur ?)", None)
    nommes = ligne(essai, dit("Commune de Bief", 5), prevus={"g": ["Commune de Bief", "Commune de Aval"]})
    assert nommes["Couverture"] == "partiel (1 sur 2)"


# --- breakdowns ---


def test_entities_of_a_breakdown_are_counted_by_distinct_name():
    essai = contrat(mesure("ENTITES", ventilation="type", modalites=()), porteurs=("a", "b"))
    deux = valeurs(
        saisie("a", "1.1", {"mesures/M/valeur": 2, "ventilations/M/01/nom": "MJC", "ventilations/M/01/modalite": "Association",
                            "ventilations/M/02/nom": "CPAM", "ventilations/M/02/modalite": "Organisme"}),
        saisie("b", "1.1", {"mesures/M/valeur": 2, "ventilations/M/01/nom": "mjc", "ventilations/M/01/modalite": "association", "ventilations/M/02/nom": "Foyer"}),
    )  # fmt: skip
    assert ventilations(essai, deux)[["modalite", "effectif"]].values.tolist() == [["Association", 1], ["Organisme", 1], ["non précisée", 1]]


def test_entities_counted_without_names_by_two_structures_are_not_added_in_a_breakdown_either():
    essai = contrat(mesure("ENTITES", "ventilation", ventilation="type", modalites=("réunion", "convention")), porteurs=("a", "b"))

    def retour(structure, *effectifs):
        lignes = saisie(structure, "1.1", {f"ventilations/M/{i:02}/effectif": n for i, n in enumerate(effectifs, 1)})
        # the categories are printed, so only the number is typed and the row's label comes with it
        return [li | {"modalite": ("réunion", "convention")[int(li["ligne"]) - 1]} for li in lignes]

    assert ventilations(essai, valeurs(retour("a", 5, 3), retour("b", 4)))[["modalite", "effectif"]].values.tolist() == [["réunion", None], ["convention", 3]]


def test_a_breakdown_of_a_rate_keeps_both_terms():
    essai = contrat(mesure("RATIO", "taux", ventilation="instance"), porteurs=("a", "b"))

    def retour(structure, haut, bas):
        return saisie(structure, "1.1", {"ventilations/M/01/modalite": "COPIL", "ventilations/M/01/numerateur": haut, "ventilations/M/01/denominateur": bas})

    assert ventilations(essai, valeurs(retour("a", 20, 36), retour("b", 3, 4)))[["modalite", "numerateur", "denominateur"]].values.tolist() == [["COPIL", 23, 40]]


# --- progress ---


def etape(structure, etat, realisation=None, fiche="1.1"):
    return saisie(structure, fiche, {"avancement/etat": etat} | ({"avancement/realisation": realisation} if realisation else {}))


def suivi(*retours, **plus):
    essai = contrat(**plus)
    return avancement(essai, valeurs(*retours), attendus(essai, 2025)).iloc[0]


def test_a_fiche_is_as_advanced_as_its_least_advanced_porteur():
    fiche = suivi(etape("a", "En cours", "Totale"), etape("b", "En préparation", "Partielle"), porteurs=("a", "b"))
    assert (fiche["etat"], fiche["realisation"]) == ("En préparation", "Partielle")
    assert texte(fiche["detail"]) == "Alpha : En cours, Totale\nBêta : En préparation, Partielle"
    assert fiche["couverture"] == "complet (2 sur 2)"


def test_a_fiche_is_done_only_when_all_say_so():
    assert suivi(etape("a", "Réalisée"), etape("b", "Reportée"))["etat"] == "Reportée"
    assert suivi(etape("a", "Réalisée"), etape("b", "Réalisée"))["etat"] == "Réalisée"
    assert suivi(etape("a", "Réalisée"), etape("b", "Réalisée"))["detail"] is None


def test_a_porteur_with_nothing_to_do_does_not_drag_the_others_down():
    assert suivi(etape("a", "En cours", "Totale"), etape("b", "En cours", "Rien de programmé"))["realisation"] == "Totale"
    assert suivi(etape("a", "En cours", "Rien de programmé"))["realisation"] == "Rien de programmé"
    assert suivi()["realisation"] is None


def cinq_fiches():
    return contrat(
        fiches=tuple(Fiche(f"1.{n}", "Action", "1" if n < 4 else "2", porteurs=("a",) if n < 4 else ("b",)) for n in range(1, 6)),
        axes=(Axe("1", "Un"), Axe("2", "Deux")), a_programmer=(ActionAProgrammer("2", "Plus tard"),),
    )  # fmt: skip


def test_the_share_of_actions_done_leaves_out_what_was_not_programmed_and_says_who_is_silent():
    essai = cinq_fiches()
    retours = [("1.1", "Totale"), ("1.2", "Partielle"), ("1.3", "Nulle"), ("1.4", "Rien de programmé")]
    avance = avancement(essai, valeurs(*(etape("a", "En cours", r, fiche=f) for f, r in retours)), attendus(essai, 2025))
    taux = taux_de_realisation(essai, avance)
    # programmed: 1.1, 1.2, 1.3; strict 1 / 3, broad (1 + 1) / 3; 1.5 did not answer
    assert (taux.totales, taux.partielles, taux.programmees, taux.sans_reponse) == (1, 1, 3, 1)
    assert (taux.strict, taux.large) == (Decimal(1) / 3, Decimal(2) / 3)
    assert taux_de_realisation(essai, avance, porteur="b").strict is None  # 1.4 had nothing programmed, 1.5 is silent


def test_states_are_counted_by_axe_with_the_silent_and_the_ones_to_come():
    essai = cinq_fiches()
    table = par_axe(essai, avancement(essai, valeurs(etape("a", "En cours"), etape("a", "Réalisée", fiche="1.2")), attendus(essai, 2025)))
    assert table[["axe", "etat", "fiches"]].values.tolist() == [
        ["1", "En cours", 1], ["1", "Réalisée", 1], ["1", "sans retour", 1], ["2", "sans retour", 2], ["2", "à programmer", 1],
    ]  # fmt: skip


# --- governance, territory ---


def test_attendance_is_a_sum_over_a_sum_and_a_missing_meeting_is_told():
    essai = contrat(instances=(Instance("Comité technique", 2), Instance("COPIL", 1)))
    jour = datetime.date(2025, 6, 3)
    table = gouvernance(essai, (Reunion("COPIL", jour, 36, 20), Reunion("copil", jour, 30), Reunion("Comité technique", jour, 10, 8)))
    # COPIL: the second meeting has no attendance, so 20 / 36; comité technique 8 / 10, one meeting of the two that are due
    assert table[["Réunions tenues", "Conviés", "Présents", "Taux de participation"]].values.tolist() == [
        [1, 10, 8, Decimal("0.8")], [2, 36, 20, Decimal(20) / 36],
    ]  # fmt: skip
    assert table["Réserve"].tolist() == ["sous le minimum (1 sur 2)", "participation connue pour 1 réunion sur 2"]


def test_without_a_list_of_meetings_nothing_is_known_of_governance():
    table = gouvernance(contrat(instances=(Instance("COPIL", 1),)))
    assert table[["Réunions tenues", "Réserve"]].values.tolist() == [[None, "réunions non renseignées"]]


def test_places_reached_are_united_with_how_many_fiches_reach_them():
    essai = contrat(
        fiches=tuple(Fiche(f"1.{n}", "Action", "1", porteurs=("a", "b")) for n in (1, 2)),
        communes=(Commune("01002", "Bief"), Commune("01001", "Aval")), qpv=(Qpv("Le Lavoir", "Bief"),),
    )  # fmt: skip
    table = territoire(essai, valeurs(
        saisie("a", "1.1", {"territoire/01001/commune": "x", "territoire/01002/commune": "x", "territoire/Le Lavoir/qpv": "x"}),
        saisie("b", "1.1", {"territoire/01002/commune": "x"}),  # the same fiche, through another structure
        saisie("a", "1.2", {"territoire/01002/commune": "x"}),
    ))  # fmt: skip
    assert [[texte(c) if isinstance(c, str) else c for c in r] for r in table.values.tolist()] == [
        ["commune", "01002", "Bief", 2, "1.1 ; 1.2"], ["commune", "01001", "Aval", 1, "1.1"], ["qpv", None, "Le Lavoir", 1, "1.1"],
    ]  # fmt: skip


# --- volets ---


def test_an_indicator_of_one_volet_is_asked_of_the_porteurs_of_that_volet_only():
    dijon = load("dijon-2024-2028")
    suivis = valeurs(
        saisie("sdat", "2.3", {"mesures/2.3-I01/valeur": 40}, volet="EMAS"),
        saisie("acodege", "2.3", {"mesures/2.3-I01/valeur": 50}, volet="EMAS"),
        saisie("ars", "2.3", {"jalons/2.3-I08/jalon": "Engagé"}, volet="Étude de l’extension"),
    )
    table = indicateurs(dijon, suivis, attendus(dijon, 2025)).set_index("Mesure")
    # four porteurs on the fiche, two per volet: the file active rests on the two of EMAS, the milestone on one of two
    assert table.loc[["2.3-I01", "2.3-I08"], "Couverture"].tolist() == ["complet (2 sur 2)", "partiel (1 sur 2)"]
    assert table.loc["2.3-I01", "Valeur"] == 90
