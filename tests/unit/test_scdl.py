"""The SCDL « subventions » 2.1.1 export: its header, its rows, and every reason for which a line is left out."""

import csv
from datetime import date
from decimal import Decimal as D

import pytest

from cls_workbook.cli.commands import main
from cls_workbook.errors import Refusal
from cls_workbook.reports.agency import ars_copy
from cls_workbook.reports.consolidation import consolidation_workbook
from cls_workbook.reports.exports import scdl, scdl_folder
from cls_workbook.workbook import writer
from tests.support.result_headers import N, frame
from tests.support.written_result import CONTRAT, reponses, result

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
            "name": "nature",
            "type": "string",
            "constraints": {
                "required": True,
                "enum": [
                    "aide en numéraire",
                    "aide en nature",
                    "aide en numéraire;aide en nature",
                    "aide en nature;aide en numéraire",
                ],
            },
        },
        {"name": "conditionsVersement", "type": "string", "constraints": {"required": True, "maxLength": 256}},
        {
            "name": "datesPeriodeVersement",
            "type": "string",
            "constraints": {
                "required": True,
                "pattern": r"^[0-9]{4}\-[0-9]{2}\-[0-9]{2}(\/[0-9]{4}\-[0-9]{2}\-[0-9]{2})?$",
            },
        },
        {"name": "idRAE", "type": "string", "constraints": {"maxLength": 5}},
        {
            "name": "notificationUE",
            "type": "boolean",
            "trueValues": ["oui"],
            "falseValues": ["non"],
            "constraints": {"required": True},
        },
        {
            "name": "pourcentageSubvention",
            "type": "number",
            "constraints": {"required": True, "minimum": 0.01, "maximum": 1},
        },
        {"name": "dispositifAide", "type": "string"},
    ],
}


def has_luhn_key(new: str, nic: str) -> str:
    """The SIRET of a SIREN and the first digits of an establishment, its key worked out here."""
    start = new + nic
    for digit in "0123456789":
        total = sum(sum(divmod(int(c) * (1 + rank % 2), 10)) for rank, c in enumerate(reversed(start + digit)))
        if total % 10 == 0:
            return start + digit
    raise AssertionError


SIRET_AGENCE, SIRET_ASSO, SIRET_VILLE = (has_luhn_key(new, "0001") for new in ("123456782", "987654321", "111111111"))
DEFINITION = CONTRAT.replace(
    '{ id = "agence", nom = "Agence" }',
    f'{{ id = "agence", nom = "Agence", nom_complet = "Agence de santé", siret = "{SIRET_AGENCE}" }}',
).replace(
    '{ id = "asso", nom = "Association" }',
    f'{{ id = "asso", nom = "Association", nom_complet = "Association pour l’essai", siret = "{SIRET_ASSO}" }}',
)
HERE = ("asso-secret.xlsx", "FA 1.1", "B44:H44")
GOOD_ROW = (
    2025,
    "1.1",
    "Association",
    "Agence",
    "Maquette",
    D(4000),
    D("3000.50"),
    D("1500.25"),
    "CONV-1",
    date(2025, 4, 15),
    *HERE,
)
COLUMNS = ("annee", "fiche", "structure", "financeur", "nature", "prevu", "engage", "verse", "reference", "date")


def line(**changes):
    return (*(changes.get(nom, valeur) for nom, valeur in zip(COLUMNS, GOOD_ROW, strict=False)), *HERE)


@pytest.fixture
def exporter(tmp_path):
    definition = tmp_path / "essai.toml"

    def _export(*lines, financeur="agence", siret=None, texte=DEFINITION, **remaining):
        definition.write_text(texte, encoding="utf-8")
        campagne = result(financements=frame("Lignes de financement", *lines), **remaining)
        writer.write(consolidation_workbook.workbook(campagne), tmp_path / "C.xlsx")
        return scdl_folder.exporter(tmp_path / "C.xlsx", tmp_path / "D", financeur, siret, definition)

    return _export


def items_read(bilan):
    with bilan.files[0].open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_the_header_is_the_schemas_in_its_order_and_the_row_says_what_the_convention_says(exporter):
    bilan = exporter(line())
    raw = bilan.files[0].read_bytes().decode("utf-8")
    assert raw.splitlines()[0] == ",".join(c["name"] for c in SCHEMA["fields"])
    assert items_read(bilan) == [
        {
            "nomAttribuant": "Agence de santé",
            "idAttribuant": SIRET_AGENCE,
            "dateConvention": "2025-04-15",
            "referenceDecision": "CONV-1",
            "nomBeneficiaire": "Association pour l’essai",
            "idBeneficiaire": SIRET_ASSO,
            "rnaBeneficiaire": "",
            "objet": "Essai, fiche 1.1 : Consulter près de chez soi",
            "montant": "3000.50",
            "nature": "aide en numéraire",
            "conditionsVersement": "échelonné",
            "datesPeriodeVersement": "2025-01-01/2025-12-31",
            "idRAE": "",
            "notificationUE": "non",
            "pourcentageSubvention": "1",
            "dispositifAide": "",
        }
    ]


def test_a_table_schema_check_finds_nothing_to_say(exporter):
    bilan = exporter(line(), line(reference=N, verse=N), line(engage=D(1), verse=D(1)))
    assert bilan.retained == 3
    report = frictionless.Resource(
        path=bilan.files[0].name,
        basepath=str(bilan.files[0].parent),
        schema=frictionless.Schema.from_descriptor(SCHEMA),
    ).validate()
    assert report.valid, report.flatten(["type", "message"])
    package = frictionless.validate(str(bilan.files[2]))
    assert package.valid, package.flatten(["type", "message"])


def test_our_own_description_is_the_documented_schema():
    documented = {c["name"]: (c["type"], "required" in c.get("constraints", {})) for c in SCHEMA["fields"]}
    own = {
        c["name"]: (c["type"], "required" in c.get("constraints", {}))
        for c in map(scdl.ScdlField.descriptor, scdl.FIELDS)
    }
    assert own == documented
    assert [c.nom for c in scdl.FIELDS] == list(documented)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"date": N}, "pas de convention"),
        ({"engage": N}, "aucun montant engagé"),
        ({"engage": D(0)}, "le montant engagé est nul"),
        ({"nature": N}, "la nature du financement n’est pas dite"),
        ({"structure": "Agence"}, "le bénéficiaire est l’attribuant lui-même"),
        ({"structure": "Ville"}, "le SIRET du bénéficiaire n’est ni au contrat, ni dans son retour"),
        ({"reference": "=HYPERLINK(1)"}, "la référence commence par « = »"),
    ],
)
def test_a_line_is_refused_with_its_reason(exporter, changes, reason):
    bilan = exporter(line(), line(**changes))
    assert bilan.retained == 1
    (sentence,) = bilan.refused
    assert reason in sentence.replace("\u00a0", " ")
    assert "feuille « Lignes de financement », ligne 3" in sentence.replace("\u00a0", " ")
    with bilan.files[1].open(encoding="utf-8", newline="") as file:
        (refused,) = csv.DictReader(file)
    assert reason in refused["Raisons"].replace("\u00a0", " ")
    assert not refused["Référence"].startswith("=")


def test_all_the_reasons_of_a_line_are_told_at_once(exporter):
    (sentence,) = exporter(line(date=N, engage=N, nature=N)).refused
    assert sentence.count("\u00a0; ") == 2


def test_other_funders_lines_are_counted_not_shown(exporter):
    bilan = exporter(line(), line(financeur="Ville"), line(financeur=N), line(financeur="Fonds inconnu"))
    assert (bilan.retained, bilan.refused, bilan.autres) == (1, [], 3)


def test_a_funder_is_known_by_its_name_however_it_is_typed(exporter):
    assert exporter(line(financeur="AGENCE"), financeur="Agence").retained == 1


def test_the_siret_of_the_return_serves_where_the_contract_has_none(exporter):
    without = DEFINITION.replace(f', siret = "{SIRET_ASSO}"', "")
    typed_in = (2025, N, "Association", N, "reponse", "siret", N, SIRET_ASSO, "asso-secret.xlsx", "Accueil", "C7")
    assert items_read(exporter(line(), texte=without, reponses=reponses(typed_in)))[0]["idBeneficiaire"] == SIRET_ASSO
    (sentence,) = exporter(line(), reponses=reponses((*typed_in[:7], SIRET_VILLE, *typed_in[8:]))).refused
    assert "n’est pas celui du contrat" in sentence


def test_help_in_kind_says_so(exporter):
    valorisation = '{ id = "valo", libelle = "Valorisation", niveau = "valorisation" },\n]\nfinanceurs'
    texte = DEFINITION.replace("]\nfinanceurs", valorisation, 1)
    assert items_read(exporter(line(nature="Valorisation"), texte=texte))[0]["nature"] == "aide en nature"


def test_a_long_title_is_cut_between_two_words(exporter):
    texte = DEFINITION.replace("Consulter près de chez soi", "Consulter " * 40)
    objet = items_read(exporter(line(), texte=texte))[0]["objet"]
    assert len(objet) <= 256 and objet.endswith("Consulter …")


def test_the_funders_siret_may_be_given_and_must_be_right(exporter, tmp_path):
    without = DEFINITION.replace(f', siret = "{SIRET_AGENCE}"', "")
    with pytest.raises(Refusal, match="--siret"):
        exporter(line(), texte=without)
    with pytest.raises(Refusal, match="clé de contrôle fausse"):
        exporter(line(), texte=without, siret="12345678901234")
    assert not (tmp_path / "D").exists()
    assert exporter(line(), texte=without, siret=SIRET_AGENCE).retained == 1


def test_an_unknown_funder_is_refused_with_those_that_are_known(exporter):
    with pytest.raises(Refusal, match="« Mécène ».*Agence.*Ville"):
        exporter(line(), financeur="Mécène")


def test_the_agencys_copy_has_no_convention_to_export(tmp_path):
    writer.write(ars_copy.workbook(result()), tmp_path / "S.xlsx")
    with pytest.raises(Refusal, match="Exportez la consolidation"):
        scdl_folder.exporter(tmp_path / "S.xlsx", tmp_path / "D", "agence")


def test_the_command_prints_the_refused_lines_and_asks_for_the_funder(exporter, tmp_path, capsys):
    exporter(line(), line(date=N))
    command = [
        "exporter",
        str(tmp_path / "C.xlsx"),
        "--format",
        "scdl",
        "--sortie",
        str(tmp_path / "D"),
        "--contrat",
        str(tmp_path / "essai.toml"),
    ]
    assert main([*command, "--financeur", "Agence"]) == 0
    output = capsys.readouterr().out
    assert "pas de convention" in output and "1 ligne écrite, 1 refusée, 0 d’autres financeurs." in output
    assert main(command) == 2
    assert "--financeur" in capsys.readouterr().err
