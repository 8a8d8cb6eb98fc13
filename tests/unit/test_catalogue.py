"""The catalogue against the rules, the rules together, and their speed."""

import dataclasses
import re
from collections import Counter
from pathlib import Path

import pytest

from cls_workbook.anomalies import BLOCKING, GRAVITIES, Anomalie, Place
from cls_workbook.checks import FAMILIES, check_retour, controler
from cls_workbook.checks.catalogue import catalogue
from cls_workbook.checks.check_kinds import RetourCheck
from cls_workbook.checks.families.indicateur_checks import ZeroQpv
from cls_workbook.definition import toml_reader
from tests.support.frames_from_text import folder, precedent, trial_contrat

FAULTLESS = """
[a.xlsx] association
accueil/reponse/structure association
1.1/avancement/etat En cours
1.1/avancement/realisation Partielle
1.1/avancement/date_debut 15/01/2024
1.1/mesures/1.1-I01/valeur 12
1.1/mesures/1.1-I02/valeur 140
1.1/mesures/1.1-I02/dont_qpv 60
1.1/mesures/1.1-I03/valeur 32
1.1/ventilations/1.1-I03/01/modalite Accueil
1.1/ventilations/1.1-I03/01/effectif 20
1.1/ventilations/1.1-I03/02/modalite Orientation
1.1/ventilations/1.1-I03/02/effectif 12
1.1/mesures/1.1-I04/valeur 1
1.1/ventilations/1.1-I04/01/nom Le Relais
1.1/mesures/1.1-I05/valeur 2
1.1/mesures/1.1-I06/statut sans objet
1.1/mesures/1.1-I07/valeur 10
1.1/financement/01/financeur Agence
1.1/financement/01/nature Maquette
1.1/financement/01/engage 2500
1.1/financement/01/verse 2500
1.1/financement/01/reference Conv-7
1.1/financement/01/date 03/02/2025
1.1/financement/02/financeur Ville
1.1/financement/02/nature Cofinancement
1.1/financement/02/engage 7500
1.1/financement/02/verse 7500
1.1/financement/02/reference Délib-3
1.1/financement/02/date 04/02/2025
1.1/depenses/personnel 8000
1.1/depenses/achats 2000
1.1/depenses/total 10000
1.1/qualitatif/realisations Douze ateliers dans deux quartiers.
"""


TESTS = Path(__file__).parents[1]
PACKAGE = TESTS.parent / "cls_workbook"


@pytest.mark.parametrize("check", catalogue(), ids=lambda c: c.code)
def test_a_code_reads_well_and_says_in_one_sentence_what_it_looks_for(check):
    assert re.fullmatch(r"[A-Z0-9]+(_[A-Z0-9]+)+", check.code)
    assert check.gravities() and set(check.gravities()) <= set(GRAVITIES)
    assert check.sought[0].isupper() and check.sought.endswith(".") and "'" not in check.sought


def test_each_code_is_expected_by_a_test():
    tests = "".join(p.read_text(encoding="utf-8") for p in TESTS.rglob("test_*.py") if p.name != Path(__file__).name)
    assert [c.code for c in catalogue() if f'"{c.code}"' not in tests] == []


def test_each_code_is_written_once_in_the_package_where_its_rule_is_defined():
    sources = "".join(p.read_text(encoding="utf-8") for p in PACKAGE.rglob("*.py"))
    written = Counter(re.findall(r"""(?<!after = )["']([A-Z0-9_]+)["']""", sources))
    assert [c.code for c in catalogue() if written[c.code] != 1] == []


def test_only_a_rule_makes_an_anomaly():
    """But for what reads again those that a consolidation lists."""
    makers = {
        p.name for p in PACKAGE.rglob("*.py") if re.search(r"(?<!class )\bAnomalie\(", p.read_text(encoding="utf-8"))
    }
    assert makers == {"anomalies.py", "ars_copy.py", "values_read_back.py"}


def test_a_code_is_that_of_one_rule():
    with pytest.raises(TypeError, match="QPV_NUL is the code of two checks"):

        class AnotherZeroQpv(RetourCheck):
            code, gravity, sought = "QPV_NUL", BLOCKING, "La même chose."


@pytest.mark.parametrize("lacking", ["code", "gravity", "sought"])
def test_a_rule_that_lacks_what_the_catalogue_prints_is_refused_when_it_is_defined(lacking):
    said = {"code": "UN_ESSAI", "gravity": BLOCKING, "sought": "Un essai."}
    with pytest.raises(TypeError, match=lacking):
        type("OneMore", (RetourCheck,), {**said, lacking: ""})


def test_every_module_of_rules_is_in_a_family():
    modules = {p.stem for p in (PACKAGE / "checks").rglob("*_checks.py")}
    assert {family.__name__.rpartition(".")[2] for family in FAMILIES} == modules


def test_a_careful_return_has_no_finding():
    assert (
        controler(folder(FAULTLESS, expected_returns=[("1.1", "association", "", False)], precedent=precedent("")))
        == []
    )


def test_what_reading_already_found_is_not_repeated():
    already = Anomalie(BLOCKING, "VALEUR_NEGATIVE", "a.xlsx", "FA 1.1", ("depenses/etp",))
    retour = folder(FAULTLESS + "1.1/depenses/etp -1")
    assert [a.code for a in controler(retour)] == ["VALEUR_NEGATIVE"]
    assert controler(dataclasses.replace(retour, anomalies=(already,))) == []


def test_anomalies_come_most_serious_first():
    faults = (
        "1.1/avancement/date_fin_prevue 01/01/2030\n 1.1/qualitatif/freins Voir Mme Durand\n 1.1/depenses/autres 1\n"
    )
    gravities = [a.gravite for a in controler(folder(FAULTLESS + faults))]
    assert gravities == sorted(gravities, key=GRAVITIES.index) and len(set(gravities)) == 2


def test_every_message_names_the_field_and_says_what_was_found_expected_and_to_do():
    faults = "1.1/mesures/1.1-I02/dont_qpv 141\n 1.1/depenses/autres 1\n 1.1/avancement/motif Voir M. Durand"
    for a in controler(folder(FAULTLESS.replace("1.1/mesures/1.1-I02/dont_qpv 60\n", "") + faults)):
        assert a.champ and a.found and a.expected and a.remedy.endswith(".")
        assert "'" not in a.found + a.expected + a.remedy


def test_the_sentence_of_an_anomaly():
    (anomalie,) = check_retour(folder(FAULTLESS.replace("depenses/total 10000", "depenses/total 10001")))
    assert str(anomalie).replace("\u00a0", " ") == (
        "a.xlsx · feuille « FA 1.1 » · cellules depenses/personnel, depenses/achats "
        "(Coût total de l’action)"
        " — bloquant POSTES_DIFFERENTS_DU_TOTAL\n"
        "  Trouvé  : 10 001 € (cellule depenses/total) ; somme des postes : 10 000 €\n"
        "  Attendu : un coût total égal à la somme des postes\n"
        "  À faire : corrigez le total ou les postes, puis renvoyez le classeur."
    )


def test_a_gravity_that_the_rule_does_not_announce_is_a_bug():
    with pytest.raises(ValueError, match="QPV_NUL"):
        ZeroQpv.anomalie(Place(), (), champ="", found="", gravite=BLOCKING)


@pytest.mark.parametrize(
    "texte",
    [
        "",
        "[a.xlsx] association\n 1.1",
        "[a.xlsx] association\n 9.9/avancement/etat En cours",
        "[a.xlsx] association\n accueil/reponse/siret 123",
    ],
)
def test_little_or_nothing_to_look_at_raises_nothing(texte):
    controler(folder(texte))
    check_retour(folder(texte))


def test_a_contract_without_fiches_amounts_or_rules_is_checked_like_another():
    empty = toml_reader.parse(
        '[contrat]\nid = "v"\ntitre = "V"\nnom_court = "V"\nannees = [2025]\nterritoire = "V"', "vide"
    )
    assert controler(folder("", empty)) == []


def test_a_thousand_returns_are_checked_like_one():
    contrat = trial_contrat()
    lines = FAULTLESS.strip().splitlines()[1:]
    texte = "".join(f"[r{n}.xlsx] association{n} sha256={n}\n" + "\n".join(lines) + "\n" for n in range(1000))
    many = folder(texte, contrat)
    anomalies = controler(many)
    assert len(many.values) == 33_000
    assert {a.code for a in anomalies} == {
        "STRUCTURE_INATTENDUE",
        "CONTRAT_DEPASSE",
        "ACTIVITE_DECLAREE_DEUX_FOIS",
        "FINANCEMENT_DECLARE_DEUX_FOIS",
    }
