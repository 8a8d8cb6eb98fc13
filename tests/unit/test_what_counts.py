"""Which returns count, what is set aside, and where every typed value ends up."""

import datetime
from decimal import Decimal

import pytest

from cls_workbook.anomalies import A_CONFIRMER, BLOCKING, Anomalie
from cls_workbook.definition.toml_reader import load
from cls_workbook.domain.model import Fiche, Structure, Volet
from cls_workbook.domain.placed.place_model import Commune
from cls_workbook.errors import Refusal
from cls_workbook.summaries.expected import a_preciser, expected_returns
from cls_workbook.summaries.value_tables import answers_table, extent, financements_table, mesures_table
from cls_workbook.summaries.what_counts import retain, statuts
from cls_workbook.tables.consolidation_tables import ANSWERS, FINANCEMENTS, MESURES, RETOURS
from tests.support.written_frames import contrat, mesure, retours, typed, values

COMMUNES = Structure("communes", "Communes", groupe=True, candidats_communes=True)


def contrat_with_group():
    return contrat(
        fiche=Fiche("1.1", "Action", "1", porteurs=("a", "communes")),
        communes=(Commune("01001", "Aval"), Commune("01002", "Bief")),
        structures=(Structure("a", "Alpha", alias=("ALPHA 21",)), COMMUNES),
    )


def contrat_with_volets():
    volets = (Volet("x", "Expérimentation", ("a",)), Volet("e", "Extension"))
    return contrat(fiche=Fiche("1.1", "Action", "1", volets=volets))


def statuts_of(trial, received, anomalies=(), membres=None):
    return statuts(trial, expected_returns(trial, 2025, membres), received, anomalies)


# --- expected returns ---


def test_each_porteur_of_a_fiche_owes_a_return():
    planned = expected_returns(contrat(), 2025)
    assert planned.to_dict("records") == [
        {"fiche": "1.1", "structure": s, "volet": "", "groupe": False} for s in ("a", "b", "c")
    ]


def test_a_group_without_members_is_one_line_of_unknown_size():
    planned = expected_returns(contrat_with_group(), 2025)
    assert planned[["structure", "groupe"]].values.tolist() == [["a", False], ["communes", True]]
    assert any("« Communes »".replace(" ", "\u00a0") in note for note in a_preciser(contrat_with_group()))


def test_the_named_members_replace_the_group_and_nobody_is_expected_twice():
    planned = expected_returns(contrat_with_group(), 2025, {"communes": ["Commune de Aval", "alpha 21"]})
    # « alpha 21 » is another name of Alpha, which is a porteur already
    assert planned[["structure", "groupe"]].values.tolist() == [["a", False], ["Commune de Aval", False]]
    assert a_preciser(contrat_with_group(), {"communes": ["Commune de Aval"]}) == []


def test_a_member_named_for_one_fiche_is_expected_on_that_fiche_only():
    two = contrat(
        fiches=tuple(Fiche(n, "Action", "1", porteurs=("communes",)) for n in ("1.1", "1.2")), structures=(COMMUNES,)
    )
    planned = expected_returns(two, 2025, {"communes": ("Commune de Aval",), ("communes", "1.2"): ("Commune de Bief",)})
    assert planned[["fiche", "structure"]].values.tolist() == [["1.1", "Commune de Aval"], ["1.2", "Commune de Bief"]]


def test_a_volet_without_porteur_owes_nothing_but_is_to_be_settled():
    assert expected_returns(contrat_with_volets(), 2025)[["structure", "volet"]].values.tolist() == [
        ["a", "Expérimentation"]
    ]
    assert a_preciser(contrat_with_volets()) == [
        "Fiche 1.1, volet « Extension » : porteur à désigner.".replace("« ", "«\u00a0")
        .replace(" »", "\u00a0»")
        .replace(" :", "\u00a0:")
    ]


def test_a_year_outside_the_contract_is_refused():
    with pytest.raises(Refusal, match="2031"):
        expected_returns(contrat(), 2031)


def test_the_shipped_contract_expects_a_return_per_porteur_and_volet():
    planned = expected_returns(load("dijon-2024-2028"), 2025)
    par_fiche = planned.groupby("fiche", sort=False)["structure"].apply(list).to_dict()
    assert len(par_fiche["1.1"]) == 5  # ARS, two CPTS, CPAM, Dijon métropole
    emas = planned[planned["fiche"] == "2.3"]
    assert emas["volet"].value_counts().to_dict() == {"EMAS": 2, "Étude de l’extension": 2}
    assert planned.loc[planned["groupe"], "structure"].unique().tolist() == ["operateurs", "communes"]


# --- statuts ---


def test_what_came_and_what_did_not_are_listed_together():
    table = statuts_of(contrat(), retours(("b.xlsx", "b", "1.1", ""), ("a.xlsx", "a", "1.1", "")))
    assert tuple(table.columns) == RETOURS.titles
    assert table[["Structure", "Statut", "Fichier"]].values.tolist() == [
        ["Alpha", "reçu", "a.xlsx"],
        ["Bêta", "reçu", "b.xlsx"],
        ["Gamma", "manquant", None],
    ]
    assert table.iloc[0][["Empreinte SHA-256", "Champs renseignés", "Champs attendus"]].tolist() == [
        "empreinte de a.xlsx",
        7,
        9,
    ]
    assert table.iloc[2][["Champs renseignés", "Bloquants", "À confirmer"]].tolist() == [None, None, None]


@pytest.mark.parametrize(
    "volet, etats",
    [
        ("Un", [("Deux + Trois", "manquant"), ("Un", "reçu")]),
        ("Trois", [("Un + Deux", "manquant"), ("Trois", "reçu")]),
        ("Un + Deux + Trois", [("Un + Deux + Trois", "reçu")]),
    ],
)
def test_a_structure_owes_an_answer_for_each_of_its_volets_on_one_sheet_or_several(volet, etats):
    three = contrat(
        fiche=Fiche("1.1", "Action", "1", volets=tuple(Volet(n[0], n, ("a",)) for n in ("Un", "Deux", "Trois")))
    )
    table = statuts_of(three, retours(("a.xlsx", "a", "1.1", volet)))
    assert list(zip(table["Volet"], table["Statut"], strict=True)) == etats


def test_a_return_that_nobody_expected_is_listed_too():
    table = statuts_of(contrat(porteurs=("a",)), retours(("x.xlsx", "Association du Lavoir", "1.1", "")))
    assert table[["Structure", "Statut"]].values.tolist() == [["Alpha", "manquant"], ["Association du Lavoir", "reçu"]]


def test_two_answers_of_one_structure_are_both_doubles():
    two = retours(("a1.xlsx", "a", "1.1", ""), ("a2.xlsx", "a", "1.1", ""))
    blocked = [
        Anomalie(BLOCKING, "DOUBLON_DE_RETOUR", f, fiche="1.1", refuses_sheet=True) for f in ("a1.xlsx", "a2.xlsx")
    ]
    for anomalies in ([], blocked):
        table = statuts_of(contrat(porteurs=("a",)), two, anomalies)
        assert table["Statut"].tolist() == ["doublon", "doublon"]


def test_an_exact_copy_is_set_aside_and_the_first_counts():
    file_copy = Anomalie(A_CONFIRMER, "DOUBLON_DE_RETOUR", "a2.xlsx", refuses_file=True)
    table = statuts_of(
        contrat(porteurs=("a",)), retours(("a1.xlsx", "a", "1.1", ""), ("a2.xlsx", "a", "1.1", "")), [file_copy]
    )
    assert table[["Fichier", "Statut"]].values.tolist() == [["a1.xlsx", "reçu"], ["a2.xlsx", "doublon"]]


def test_a_rejected_answer_makes_no_double_of_the_good_one():
    rejection = Anomalie(BLOCKING, "HORS_CAMPAGNE", "vieux.xlsx", refuses_file=True)
    table = statuts_of(
        contrat(porteurs=("a",)), retours(("a.xlsx", "a", "1.1", ""), ("vieux.xlsx", "a", "1.1", "")), [rejection]
    )
    assert table[["Fichier", "Statut", "Bloquants"]].values.tolist() == [
        ["a.xlsx", "reçu", 0],
        ["vieux.xlsx", "rejeté", 1],
    ]


def test_a_file_of_which_nothing_could_be_read_keeps_its_line():
    rejection = Anomalie(BLOCKING, "FICHIER_ILLISIBLE", "casse.xlsx", refuses_file=True)
    table = statuts_of(contrat(porteurs=("a",)), retours(), [rejection])
    assert table[["Fiche", "Statut", "Fichier"]].values.tolist() == [
        ["1.1", "manquant", None],
        [None, "rejeté", "casse.xlsx"],
    ]


def test_anomalies_are_counted_on_their_fiche_and_those_of_the_file_on_each():
    received = retours(("a.xlsx", "a", "1.1", ""))
    anomalies = [
        Anomalie(BLOCKING, "MONTANT_ILLISIBLE", "a.xlsx", "FA 1.1", ("D4",), "1.1"),
        Anomalie(A_CONFIRMER, "SIRET_INVALIDE", "a.xlsx", "Accueil", ("C5",)),
        Anomalie(BLOCKING, "MONTANT_ILLISIBLE", "a.xlsx", "FA 9.9", ("D4",), "9.9"),
        Anomalie(BLOCKING, "MONTANT_ILLISIBLE", "b.xlsx", "FA 1.1", ("D4",), "1.1"),
    ]
    table = statuts_of(contrat(porteurs=("a",)), received, anomalies)
    assert table[["Bloquants", "À confirmer"]].values.tolist() == [[1, 1]]


def test_a_group_is_missing_until_one_of_its_candidates_answers():
    assert statuts_of(contrat_with_group(), retours())["Structure"].tolist() == ["Alpha", "Communes"]
    table = statuts_of(contrat_with_group(), retours(("v.xlsx", "Commune de Bief", "1.1", "")))
    assert table[["Structure", "Statut"]].values.tolist() == [["Alpha", "manquant"], ["Commune de Bief", "reçu"]]


def test_a_blank_volet_is_understood_when_the_structure_has_only_one():
    table = statuts_of(contrat_with_volets(), retours(("a.xlsx", "a", "1.1", "")))
    assert table["Statut"].tolist() == ["reçu"]


def test_fiches_come_in_the_order_of_the_contract():
    order = contrat(fiches=(Fiche("10.1", "Dix", "1", porteurs=("a",)), Fiche("2.1", "Deux", "1", porteurs=("a",))))
    assert statuts_of(order, retours(("a.xlsx", "a", "2.1", "")))["Fiche"].tolist() == ["10.1", "2.1"]


# --- what is kept ---


def some_of_each():
    """Two returns with a bit of everything."""
    return values(
        typed("a", "", {"reponse/structure": "Alpha"}),
        typed(
            "a",
            "1.1",
            {
                "mesures/M/valeur": 12,
                "mesures/M/commentaire": "en hausse",
                "ventilations/M/01/modalite": "Ateliers",
                "ventilations/M/01/effectif": 12,
                "financement/01/financeur": "ARS",
                "financement/01/engage": Decimal("1200.50"),
                "financement/01/date": datetime.date(2025, 3, 4),
                "financement/03/verse": Decimal("10.00"),
                "territoire/01001/commune": "x",
                "depenses/total": Decimal("2000.00"),
                "avancement/etat": "En cours",
            },
        ),
        typed("b", "1.1", {"mesures/M/valeur": 5, "mesures/M/statut": "estimé"}),
    )


def test_a_blocking_anomaly_refuses_its_cells_and_only_them():
    v = some_of_each()
    # D1 of FA 1.1 in a.xlsx is M's valeur; the same address in b.xlsx and on Accueil stays
    kept_ones = retain(v, [Anomalie(BLOCKING, "ENTIER_ATTENDU", "a.xlsx", "FA 1.1", ("D1",), "1.1")])
    lost = {tuple(x) for x in v[["fichier", "feuille", "cellule"]].values} - {
        tuple(x) for x in kept_ones[["fichier", "feuille", "cellule"]].values
    }
    assert lost == {("a.xlsx", "FA 1.1", "D1")}


def test_what_is_to_be_confirmed_refuses_nothing():
    assert len(
        retain(some_of_each(), [Anomalie(A_CONFIRMER, "EVOLUTION_FORTE", "a.xlsx", "FA 1.1", ("D1",), "1.1")])
    ) == len(some_of_each())


def test_a_refused_fiche_takes_its_values_and_leaves_the_rest_of_the_file():
    kept_ones = retain(
        some_of_each(), [Anomalie(BLOCKING, "DOUBLON_DE_RETOUR", "a.xlsx", fiche="1.1", refuses_sheet=True)]
    )
    assert kept_ones[["fichier", "fiche"]].drop_duplicates().values.tolist() == [["a.xlsx", ""], ["b.xlsx", "1.1"]]


def test_a_refused_file_takes_everything_even_when_it_is_only_to_be_confirmed():
    for gravite in (BLOCKING, A_CONFIRMER):
        kept_ones = retain(some_of_each(), [Anomalie(gravite, "X", "a.xlsx", refuses_file=True)])
        assert kept_ones["fichier"].unique().tolist() == ["b.xlsx"]


def test_nothing_typed_leaves_empty_tables_with_their_headers():
    nothing, trial = retain(values(), []), contrat(mesure("FLUX"))
    assert tuple(mesures_table(trial, nothing).frame().columns) == MESURES.titles
    assert tuple(financements_table(trial, nothing).frame().columns) == FINANCEMENTS.titles
    assert tuple(answers_table(trial, nothing).frame().columns) == ANSWERS.titles


# --- the three tables ---


def test_every_retained_value_is_in_exactly_one_table():
    trial, v = contrat(mesure("FLUX")), some_of_each()
    mesures, financements, reponses = (f(trial, v).frame() for f in (mesures_table, financements_table, answers_table))
    as_dicts = (
        financements[["Financeur", "Nature", "Prévu", "Engagé", "Versé", "Référence", "Date"]].notna().to_numpy().sum()
    )
    assert len(mesures) + len(reponses) + as_dicts == len(v) == 14  # 1 on Accueil, 11 of Alpha, 2 of Bêta
    places = [tuple(p) for t in (mesures, reponses) for p in t[["Fichier", "Feuille", "Cellule"]].values]
    assert len(set(places)) == len(places)


def test_a_row_of_mesures_says_what_was_typed_and_where():
    table = mesures_table(contrat(mesure("FLUX")), some_of_each()).frame()
    assert table.iloc[0].to_dict() == {
        "Année": 2025,
        "Fiche": "1.1",
        "Indicateur": "1.1-I01",
        "Mesure": "M",
        "Champ": "valeur",
        "Structure": "Alpha",
        "Volet": None,
        "Modalité": None,
        "Valeur": 12,
        "Statut": "réel",
        "Fichier": "a.xlsx",
        "Feuille": "FA 1.1",
        "Cellule": "D1",
    }
    assert table.loc[table["Champ"] == "effectif", ["Modalité", "Valeur"]].values.tolist() == [["Ateliers", 12]]
    assert table.loc[table["Structure"] == "Bêta", "Statut"].tolist() == ["estimé", "estimé"]


def test_a_comment_alone_has_no_statut():
    table = mesures_table(
        contrat(mesure("FLUX")), values(typed("a", "1.1", {"mesures/M/commentaire": "rien cette année"}))
    ).frame()
    assert table["Statut"].tolist() == [None]


def test_a_funding_line_is_one_row_and_its_range_is_what_was_typed():
    table = financements_table(contrat(mesure("FLUX")), some_of_each()).frame()
    # line 01 stands on row 45: financeur in C, engagé in F, date in I; line 03 on row 47, versé in G alone
    assert table[["Financeur", "Engagé", "Versé", "Date", "Cellule"]].values.tolist() == [
        ["ARS", Decimal("1200.50"), None, datetime.date(2025, 3, 4), "C45:I45"],
        [None, None, Decimal("10.00"), None, "G47"],
    ]


def test_the_other_answers_keep_their_block_and_line():
    table = answers_table(contrat(mesure("FLUX")), some_of_each()).frame()
    assert table[["Fiche", "Structure", "Bloc", "Champ", "Ligne", "Valeur"]].values.tolist() == [
        [None, "Alpha", "reponse", "structure", None, "Alpha"],
        ["1.1", "Alpha", "territoire", "commune", "01001", "x"],
        ["1.1", "Alpha", "depenses", "total", None, Decimal("2000.00")],
        ["1.1", "Alpha", "avancement", "etat", None, "En cours"],
    ]


def test_a_range_reads_columns_beyond_z_in_the_order_of_the_sheet():
    assert extent(["AA45", "C45", "Z45"]) == "C45:AA45"
    assert extent(["D10", "D9"]) == "D9:D10"
