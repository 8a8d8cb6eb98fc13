"""Every kind of input against every kind of cell: what is plain is read, what is not is asked again at its cell."""

from __future__ import annotations

import datetime
from decimal import Decimal

import pytest

from cls_workbook.reading.cells.parse_values import understand
from cls_workbook.reading.storing import typed_frames
from tests.support.small_workbook import filled, modified, places, read, trial

NB = "\u00a0"
DAY = datetime.date(2025, 3, 15)
INPUTS = {
    "entier": "1.1/mesures/1.1-I02b/valeur",
    "heures": "1.1/mesures/1.1-I02a/valeur",
    "montant": "1.1/depenses/total",
    "date": "1.1/avancement/date_debut",
    "oui ou non": "1.1/qualitatif/avenant",
    "texte": "1.1/qualitatif/realisations",
    "code": "accueil/reponse/siret",
    "case": "1.1/territoire/21001/commune",
}
START, END = (places()[f"1.1/avancement/{c}"].cell for c in ("date_debut", "date_fin_prevue"))
N, M, D, C, V = "NOMBRE_ILLISIBLE", "MONTANT_ILLISIBLE", "DATE_ILLISIBLE", "CHOIX_INCONNU", "CASE_NON_COCHEE"
E, F, H = "ENTIER_ATTENDU", "FORMULE_DANS_UNE_SAISIE", "VALEUR_HORS_LIMITES"
# The cell, its format, then what each of the inputs makes of it, in their order: a value, or the code that refuses it.
TABLE = [
    (12, "General", [12, Decimal(12), Decimal("12.00"), D, C, "12", "12", C]),
    (1, "General", [1, Decimal(1), Decimal("1.00"), D, C, "1", "1", "x"]),
    (0, "General", [0, Decimal(0), Decimal("0.00"), D, C, "0", "0", V]),
    (12.5, "General", [E, Decimal("12.5"), Decimal("12.50"), D, C, "12,5", "12,5", C]),
    (45731, "General", [45731, Decimal(45731), Decimal("45731.00"), DAY, C, "45731", "45731", C]),
    (45731.5, "General", [E, Decimal("45731.5"), Decimal("45731.50"), DAY, C, "45731,5", "45731,5", C]),
    (0.42, "0%", [N, N, M, D, C, f"42{NB}%", f"42{NB}%", C]),
    (DAY, "dd/mm/yyyy", [N, N, M, DAY, C, "15/03/2025", "15/03/2025", C]),
    (
        datetime.datetime(2025, 3, 15, 9, 5),
        "dd/mm/yyyy hh:mm",
        [N, N, M, DAY, C, "15/03/2025 09:05", "15/03/2025 09:05", C],
    ),
    (45730.9999999, "dd/mm/yyyy", [N, N, M, DAY, C, "15/03/2025", "15/03/2025", C]),
    (datetime.time(9, 30), "hh:mm", [N, Decimal("9.5"), M, D, C, "09:30", "09:30", C]),
    (datetime.timedelta(hours=36, minutes=30), "[h]:mm", [N, Decimal("36.5"), M, D, C, "36:30", "36:30", C]),
    (True, "General", [N, N, M, D, "oui", "VRAI", "VRAI", "x"]),
    (False, "General", [N, N, M, D, "non", "FAUX", "FAUX", V]),
    ("12", "@", [12, Decimal(12), Decimal("12.00"), D, C, "12", "12", C]),
    ("12,5", "@", [E, Decimal("12.5"), Decimal("12.50"), D, C, "12,5", "12,5", C]),
    ("1 234,50 €", "@", [N, N, Decimal("1234.50"), D, C, "1 234,50 €", "1 234,50 €", C]),
    ("42 %", "@", [N, N, M, D, C, "42 %", "42 %", C]),
    ("36:30", "@", [N, Decimal("36.5"), M, D, C, "36:30", "36:30", C]),
    ("15/03/2025", "@", [N, N, M, DAY, C, "15/03/2025", "15/03/2025", C]),
    ("2025-03-15T00:00:00.000Z", "@", [N, N, M, DAY, C, "2025-03-15T00:00:00.000Z", "TEXTE_TROP_LONG", C]),
    ("Oui", "@", [N, N, M, D, "oui", "Oui", "Oui", "x"]),
    ("non", "@", [N, N, M, D, "non", "non", "non", V]),
    ("VRAI", "@", [N, N, M, D, "oui", "VRAI", "VRAI", "x"]),
    ("FALSE", "@", [N, N, M, D, "non", "FALSE", "FALSE", V]),
    ("21 210 231 700 014", "@", [H, H, H, D, C, "21 210 231 700 014", "21210231700014", C]),
    ("  ", "@", [None] * 8),
    ("=1+1", "General", [F] * 8),
    ("#N/A", "General", [F] * 8),
]


def outcome_of_all(folder, rank: int) -> list[object]:
    """What each input makes of a cell: its value, or the code of what is said of it."""
    raw, number_format, _ = TABLE[rank]

    def fill(opened_book):
        for cle in INPUTS.values():
            cell = opened_book[places()[cle].sheet][places()[cle].cell]
            cell.value, cell.number_format = raw, number_format

    said = {"accueil/reponse/structure": "Ville de Rivemont", "1.1/qualitatif/ecarts": "rien"}
    result = typed_frames.type_values([read(modified(filled(folder, said), fill))], trial())
    columns = (result.values[c] for c in ("feuille", "cellule", "valeur"))
    values = {(sheet, cell): value for sheet, cell, value in zip(*columns, strict=True)}
    codes = {(a.sheet, cell): a.code for a in result.anomalies for cell in a.cells}
    locations = [(places()[cle].sheet, places()[cle].cell) for cle in INPUTS.values()]
    assert codes.keys() <= set(locations)  # nothing is said of any other cell
    return [codes.get(location, values.get(location)) for location in locations]


@pytest.mark.parametrize("rank", range(len(TABLE)), ids=lambda rank: f"{TABLE[rank][0]!r} {TABLE[rank][1]}")
def test_each_input_reads_what_is_plain_and_asks_again_for_the_rest(tmp_path, rank):
    expected = TABLE[rank][2]
    assert list(zip(INPUTS, outcome_of_all(tmp_path, rank), strict=True)) == list(zip(INPUTS, expected, strict=True))


# --- day and month --------------------------------------------------------------------------------------------------


def dates_typed(folder, *days):
    """{cell: date read}, [(gravity, code, cells)] of a fiche with these dates, in its three date inputs."""
    cles = [f"1.1/avancement/{c}" for c in ("date_debut", "date_fin_prevue", "date_fin_reelle")]
    said = {"accueil/reponse/structure": "Ville de Rivemont"} | dict(zip(cles, days, strict=False))
    result = typed_frames.type_values([read(filled(folder, said))], trial())
    read_back = dict(zip(result.values["cellule"], result.values["valeur"], strict=True))
    found = [(a.gravite, a.code, a.cells) for a in result.anomalies]
    return [read_back.get(places()[c].cell) for c in cles], found


def test_beside_a_date_written_month_first_no_other_text_is_read_day_first(tmp_path):
    read_back, found = dates_typed(tmp_path, "11/28/2025", "01/06/2025", "05/05/2025")
    assert read_back == [None, None, datetime.date(2025, 5, 5)]
    assert found == [("bloquant", "DATE_ILLISIBLE", (START,)), ("bloquant", "DATE_ILLISIBLE", (END,))]


def test_what_the_spreadsheet_made_a_date_of_is_then_to_be_confirmed(tmp_path):
    day, other = datetime.date(2025, 6, 1), datetime.date(2025, 6, 13)
    read_back, found = dates_typed(tmp_path, "11/28/2025", day, other)
    assert read_back == [None, day, other]
    assert found == [("bloquant", "DATE_ILLISIBLE", (START,)), ("à confirmer", "ORDRE_JOUR_MOIS_DOUTEUX", (END,))]


def test_dates_written_day_first_are_asked_nothing(tmp_path):
    read_back, found = dates_typed(tmp_path, "28/11/2025", "01/06/2025", datetime.date(2025, 6, 1))
    assert read_back == [datetime.date(2025, 11, 28), datetime.date(2025, 6, 1), datetime.date(2025, 6, 1)]
    assert found == []


@pytest.mark.parametrize("raw", ["néant", "N/C", "s.o.", "-", "–", "…", "NSP", "aucun", "?"])
def test_what_says_that_there_is_nothing_may_mean_none_or_not_known(raw):
    for type_ in ("montant", "entier", "decimal"):
        assert understand(raw, type_).remedy.startswith(
            "saisissez 0 s’il n’y a rien, videz la case si ce n’est pas connu"
        )
    assert not understand("12 à 15", "montant").remedy.startswith("saisissez 0")


def test_a_month_that_is_not_french_is_no_day_outside_the_calendar():
    assert "calendrier" not in understand("1 February 2025", "date").remedy
    assert "calendrier" in understand("31 février 2025", "date").remedy
