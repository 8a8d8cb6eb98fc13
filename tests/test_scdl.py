"""The SCDL « subventions » 2.1.1 export: its header, its rows, and every reason for which a line is left out."""

import csv
from datetime import date
from decimal import Decimal as D

import pytest
from resultat_ecrit import CONTRAT, N, cadre, reponses, resultat

from cls_workbook.cli import main
from cls_workbook.errors import Refus
from cls_workbook.exports import scdl, subventions
from cls_workbook.results import ars_copy, consolidated
from cls_workbook.xlsx import writer

frictionless = pytest.importorskip("frictionless")

# The schema as schema.data.gouv.fr documents it, written again here from its page.
SCHEMA = {
    "missingValues": [""],
    "fields": [
        {"name": "nomAttribuant", "type": "string", "constraints": {"required": True}},
        {"name": "idAttribuant", "type": "string", "constraints": {"required": True, "pattern": r"^\d{14}$"}},
        {"name": "dateConvention", "type": "date", "constraints": {"required": True}},
        {"name": "referenceDecision", "type": "string"},
        {"name": "nomBeneficiaire", "type": "string", "constraints": {"required": True}},
        {"name": "idBeneficiaire", "type": "string", "constraints": {"pattern": r"^\d{14}$"}},
        {"name": "rnaBeneficiaire", "type": "string", "constraints": {"pattern": r"^W\d{9}$"}},
        {"name": "objet", "type": "string", "constraints": {"required": True, "maxLength": 256}},
        {"name": "montant", "type": "number", "constraints": {"required": True}},
        {
            "name": "nature", "type": "string",
            "constraints": {"required": True, "enum": ["aide en numéraire", "aide en nature", "aide en numéraire;aide en nature", "aide en nature;aide en numéraire"]},
        },
        {"name": "conditionsVersement", "type": "string", "constraints": {"required": True, "maxLength": 256}},
        {
            "name": "datesPeriodeVersement", "type": "string",
            "constraints": {"required": True, "pattern": r"^[0-9]{4}\-[0-9]{2}\-[0-9]{2}(\/[0-9]{4}\-[0-9]{2}\-[0-9]{2})?$"},
        },
        {"name": "idRAE", "type": "string", "constraints": {"maxLength": 5}},
        {"name": "notificationUE", "type": "boolean", "trueValues": ["oui"], "falseValues": ["non"], "constraints": {"required": True}},
        {"name": "pourcentageSubvention", "type": "number", "constraints": {"required": True, "minimum": 0.01, "maximum": 1}},
        {"name": "dispositifAide", "type": "string"},
    ],
}  # fmt: skip


def cle_de_luhn(neuf: str, nic: str) -> str:
    """The SIRET of a SIREN and the first digits of an establishment, its key worked out here."""
    debut = neuf + nic
    for chiffre in "0123456789":
        total = sum(sum(divmod(int(c) * (1 + rang % 2), 10)) for rang, c in enumerate(reversed(debut + chiffre)))
        if total % 10 == 0:
            return debut + chiffre
    raise AssertionError


SIRET_AGENCE, SIRET_ASSO, SIRET_VILLE = (cle_de_luhn(neuf, "0001") for neuf in ("123456782", "987654321", "111111111"))
DEFINITION = CONTRAT.replace('{ id = "agence", nom = "Agence" }', f'{{ id = "agence", nom = "Agence", nom_complet = "Agence de santé", siret = "{SIRET_AGENCE}" }}').replace(
    '{ id = "asso", nom = "Association" }', f'{{ id = "asso", nom = "Association", nom_complet = "Association pour l’essai", siret = "{SIRET_ASSO}" }}',
)  # fmt: skip
ICI = ("asso-secret.xlsx", "FA 1.1", "B44:H44")
BONNE = (2025, "1.1", "Association", "Agence", "Maquette", D(4000), D("3000.50"), D("1500.25"), "CONV-1", date(2025, 4, 15), *ICI)
COLONNES = ("annee", "fiche", "structure", "financeur", "nature", "prevu", "engage", "verse", "reference", "date")


def ligne(**changements):
    return (*(changements.get(nom, valeur) for nom, valeur in zip(COLONNES, BONNE, strict=False)), *ICI)


@pytest.fixture
def exporter(tmp_path):
    definition = tmp_path / "essai.toml"

    def _exporter(*lignes, financeur="agence", siret=None, texte=DEFINITION, **reste):
        definition.write_text(texte, encoding="utf-8")
        campagne = resultat(financements=cadre("Lignes de financement", *lignes), **reste)
        writer.write(consolidated.classeur(campagne), tmp_path / "C.xlsx")
        return subventions.exporter(tmp_path / "C.xlsx", tmp_path / "D", financeur, siret, definition)

    return _exporter


def lues(bilan):
    with bilan.fichiers[0].open(encoding="utf-8", newline="") as fichier:
        return list(csv.DictReader(fichier))


def test_the_header_is_the_schemas_in_its_order_and_the_row_says_what_the_convention_says(exporter):
    bilan = exporter(ligne())
    brut = bilan.fichiers[0].read_bytes().decode("utf-8")
    assert brut.splitlines()[0] == ",".join(c["name"] for c in SCHEMA["fields"])
    assert lues(bilan) == [{
        "nomAttribuant": "Agence de santé", "idAttribuant": SIRET_AGENCE, "dateConvention": "2025-04-15", "referenceDecision": "CONV-1",
        "nomBeneficiaire": "Association pour l’essai", "idBeneficiaire": SIRET_ASSO, "rnaBeneficiaire": "", "objet": "Essai, fiche 1.1 : Consulter près de chez soi",
        "montant": "3000.50", "nature": "aide en numéraire", "conditionsVersement": "échelonné", "datesPeriodeVersement": "2025-01-01/2025-12-31",
        "idRAE": "", "notificationUE": "non", "pourcentageSubvention": "1", "dispositifAide": "",
    }]  # fmt: skip


def test_a_table_schema_check_finds_nothing_to_say(exporter):
    bilan = exporter(ligne(), ligne(reference=N, verse=N), ligne(engage=D(1), verse=D(1)))
    assert bilan.retenues == 3
    rapport = frictionless.Resource(path=bilan.fichiers[0].name, basepath=str(bilan.fichiers[0].parent), schema=frictionless.Schema.from_descriptor(SCHEMA)).validate()
    assert rapport.valid, rapport.flatten(["type", "message"])
    paquet = frictionless.validate(str(bilan.fichiers[2]))
    assert paquet.valid, paquet.flatten(["type", "message"])


def test_our_own_description_is_the_documented_schema():
    documente = {c["name"]: (c["type"], "required" in c.get("constraints", {})) for c in SCHEMA["fields"]}
    assert {c.nom: (c.type, c.obligatoire) for c in scdl.CHAMPS} == documente
    assert [c.nom for c in scdl.CHAMPS] == list(documente)


@pytest.mark.parametrize(("changements", "raison"), [
    ({"date": N}, "pas de convention"),
    ({"engage": N}, "aucun montant engagé"),
    ({"engage": D(0)}, "le montant engagé est nul"),
    ({"nature": N}, "la nature du financement n’est pas dite"),
    ({"structure": "Agence"}, "le bénéficiaire est l’attribuant lui-même"),
    ({"structure": "Ville"}, "le SIRET du bénéficiaire n’est ni au contrat, ni dans son retour"),
    ({"reference": "=HYPERLINK(1)"}, "la référence commence par « = »"),
])  # fmt: skip
def test_a_line_is_refused_with_its_reason(exporter, changements, raison):
    bilan = exporter(ligne(), ligne(**changements))
    assert bilan.retenues == 1
    (phrase,) = bilan.refusees
    assert raison in phrase.replace("\u00a0", " ")
    assert "feuille « Lignes de financement », ligne 3" in phrase.replace("\u00a0", " ")
    with bilan.fichiers[1].open(encoding="utf-8", newline="") as fichier:
        (refusee,) = csv.DictReader(fichier)
    assert raison in refusee["Raisons"].replace("\u00a0", " ")
    assert not refusee["Référence"].startswith("=")


def test_all_the_reasons_of_a_line_are_told_at_once(exporter):
    (phrase,) = exporter(ligne(date=N, engage=N, nature=N)).refusees
    assert phrase.count("\u00a0; ") == 2


def test_other_funders_lines_are_counted_not_shown(exporter):
    bilan = exporter(ligne(), ligne(financeur="Ville"), ligne(financeur=N), ligne(financeur="Fonds inconnu"))
    assert (bilan.retenues, bilan.refusees, bilan.autres) == (1, [], 3)


def test_a_funder_is_known_by_its_name_however_it_is_typed(exporter):
    assert exporter(ligne(financeur="AGENCE"), financeur="Agence").retenues == 1


def test_the_siret_of_the_return_serves_where_the_contract_has_none(exporter):
    sans = DEFINITION.replace(f', siret = "{SIRET_ASSO}"', "")
    saisi = (2025, N, "Association", N, "reponse", "siret", N, SIRET_ASSO, "asso-secret.xlsx", "Accueil", "C7")
    assert lues(exporter(ligne(), texte=sans, reponses=reponses(saisi)))[0]["idBeneficiaire"] == SIRET_ASSO
    (phrase,) = exporter(ligne(), reponses=reponses((*saisi[:7], SIRET_VILLE, *saisi[8:]))).refusees
    assert "n’est pas celui du contrat" in phrase


def test_help_in_kind_says_so(exporter):
    valorisation = '{ id = "valo", libelle = "Valorisation", niveau = "valorisation" },\n]\nfinanceurs'
    texte = DEFINITION.replace("]\nfinanceurs", valorisation, 1)
    assert lues(exporter(ligne(nature="Valorisation"), texte=texte))[0]["nature"] == "aide en nature"


def test_a_long_title_is_cut_between_two_words(exporter):
    texte = DEFINITION.replace("Consulter près de chez soi", "Consulter " * 40)
    objet = lues(exporter(ligne(), texte=texte))[0]["objet"]
    assert len(objet) <= 256 and objet.endswith("Consulter …")


def test_the_funders_siret_may_be_given_and_must_be_right(exporter, tmp_path):
    sans = DEFINITION.replace(f', siret = "{SIRET_AGENCE}"', "")
    with pytest.raises(Refus, match="--siret"):
        exporter(ligne(), texte=sans)
    with pytest.raises(Refus, match="clé de contrôle fausse"):
        exporter(ligne(), texte=sans, siret="12345678901234")
    assert not (tmp_path / "D").exists()
    assert exporter(ligne(), texte=sans, siret=SIRET_AGENCE).retenues == 1


def test_an_unknown_funder_is_refused_with_those_that_are_known(exporter):
    with pytest.raises(Refus, match="« Mécène ».*Agence.*Ville"):
        exporter(ligne(), financeur="Mécène")


def test_the_agencys_copy_has_no_convention_to_export(tmp_path):
    writer.write(ars_copy.classeur(resultat()), tmp_path / "S.xlsx")
    with pytest.raises(Refus, match="Exportez la consolidation"):
        subventions.exporter(tmp_path / "S.xlsx", tmp_path / "D", "agence")


def test_the_command_prints_the_refused_lines_and_asks_for_the_funder(exporter, tmp_path, capsys):
    exporter(ligne(), ligne(date=N))
    commande = ["exporter", str(tmp_path / "C.xlsx"), "--format", "scdl", "--sortie", str(tmp_path / "D"), "--contrat", str(tmp_path / "essai.toml")]
    assert main([*commande, "--financeur", "Agence"]) == 0
    sortie = capsys.readouterr().out
    assert "pas de convention" in sortie and "1 ligne(s) écrite(s), 1 refusée(s), 0 d’autres financeurs." in sortie
    assert main(commande) == 2
    assert "--financeur" in capsys.readouterr().err
