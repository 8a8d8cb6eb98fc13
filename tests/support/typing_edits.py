"""What partners type: every spelling of numbers, dates, choices; formulas, errors, blanks. Added to ``EDITS``."""

from __future__ import annotations

import datetime
from decimal import Decimal

from tests.support.gestures import REFUSED, Page, Zone
from tests.support.sheet_edits import edit

NB, THIN_SPACE = "\u00a0", "\u202f"


def _whole_numbers(page: Page, *spellings: tuple[str, object]) -> None:
    """Each text in an integer input of its own."""
    free_cells = iter(
        [
            "mesures/§-I01/valeur",
            "mesures/§-I02b/valeur",
            "mesures/§-I01/dont_qpv",
            "taux/§-I03a/numerateur",
            "taux/§-I03a/denominateur",
            "satisfaction/§-I04/questionnaires",
            "satisfaction/§-I04/repondants",
            "satisfaction/§-I04/satisfaits",
            "durees/§-I05/effectif",
            "ventilations/§-I02c/01/effectif",
            "ventilations/§-I02c/02/effectif",
            "ventilations/§-I02c/03/effectif",
            *(f"ventilations/§-I03a/0{i}/{c}" for i in range(1, 4) for c in ("numerateur", "denominateur")),
            *(f"complements/n{i}" for i in range(1, 5)),
        ]
    )
    for texte, meaning in spellings:
        page.enter_value(next(free_cells), texte, meaning)


def _amounts(page: Page, *spellings: tuple[str, object]) -> None:
    free_cells = iter(
        [
            *(f"financement/0{i}/{c}" for i in range(1, 4) for c in ("prevu", "engage", "verse")),
            *(f"depenses/{c}" for c in ("personnel", "achats", "autres", "total")),
            *(f"complements/m{i}" for i in range(1, 10)),
        ]
    )
    for texte, meaning in spellings:
        page.enter_value(
            next(free_cells),
            texte,
            None if meaning is None else meaning if meaning is REFUSED else Decimal(str(meaning)),
        )


def _dates(page: Page, *spellings: tuple[object, object]) -> None:
    free_cells = iter(
        [
            "avancement/date_debut",
            "avancement/date_fin_prevue",
            "avancement/date_fin_reelle",
            "jalons/§-I06/date",
            *(f"financement/0{i}/date" for i in range(1, 4)),
            *(f"jalons/§-I09{i}/date" for i in "abc"),
        ]
    )
    for raw, meaning in spellings:
        page.enter_value(next(free_cells), raw, meaning)


# --- numbers as text ------------------------------------------------------------------------------------------------


@edit("nombres en texte, à la française", "NOMBRE_ILLISIBLE", reported=1)
def french_numbers(page: Page) -> None:
    _whole_numbers(
        page,
        ("1 234", 1234),
        (f"1{NB}234", 1234),
        (f"1{THIN_SPACE}234", 1234),
        ("1\u2009234", 1234),
        ("1.234.567", 1234567),
        ("12 personnes", 12),
        (" 15 ", 15),
        ("'18", 18),
        ("+19", 19),
        ("20,0", 20),
        ("1'234", 1234),
        ("１２", 12),
        (f"{NB}41", 41),
        ("0", 0),
        ("00", 0),
    )


@edit("nombres en texte, à l’anglaise", "MONTANT_ILLISIBLE", reported=2)
def english_numbers(page: Page) -> None:
    _whole_numbers(page, ("1,234,567", 1234567), ("12.0", 12), ("1,234,567.0", 1234567))
    _amounts(
        page, ("1,234.56", 1234.56), ("$12", REFUSED), ("1,234,567.89", 1234567.89), ("EUR 12", REFUSED), ("12.5", 12.5)
    )


@edit("nombres ambigus ou approximatifs", "ENTIER_ATTENDU", "NOMBRE_ILLISIBLE", "VALEUR_NEGATIVE", reported=22)
def doubtful_numbers(page: Page) -> None:
    _whole_numbers(
        page,
        ("1.234", REFUSED),
        ("1,234", REFUSED),
        ("env. 30", REFUSED),
        ("~30", REFUSED),
        ("30 à 40", REFUSED),
        ("30-40", REFUSED),
        ("une dizaine", REFUSED),
        ("12,5", REFUSED),
        ("-3", REFUSED),
        ("(3)", REFUSED),
        ("1 2345", REFUSED),
        ("12 + 3", REFUSED),
        ("30 ?", REFUSED),
        ("n.c.", REFUSED),
        ("NC", REFUSED),
        ("-", REFUSED),
        ("x", REFUSED),
        ("0612345678", REFUSED),
        ("1e3", REFUSED),
        ("12\n13", REFUSED),
        ("douze", REFUSED),
        ("½", REFUSED),
    )


@edit("montants en texte", "MONTANT_ILLISIBLE", reported=7)
def amounts(page: Page) -> None:
    _amounts(
        page,
        ("12 000 €", 12000),
        (f"12{NB}000,50{NB}€", 12000.5),
        (f"12{THIN_SPACE}000,50 euros", 12000.5),
        ("1.234,56", 1234.56),
        ("12 000 EUR", 12000),
        ("12000,5", 12000.5),
        ("€ 15", 15),
        ("12 k€", REFUSED),
        ("12 K€", REFUSED),
        ("1,2 M€", REFUSED),
        ("1 234,567", REFUSED),
        ("1.234", REFUSED),
        ("12 000 TTC", REFUSED),
        ("env. 12 000", REFUSED),
        ("12000.50", 12000.5),
        ("12 000.50", 12000.5),
        ("12'000.50", 12000.5),
        ("12.000.000", 12000000),
    )


@edit(
    "nombres négatifs, trop grands, pourcentages, nombres avec bruit binaire",
    "ENTIER_ATTENDU",
    "MONTANT_ILLISIBLE",
    "VALEUR_HORS_LIMITES",
    "VALEUR_NEGATIVE",
    reported=5,
)
def raw_numbers(page: Page) -> None:
    page.enter_value("mesures/§-I01/valeur", -5, REFUSED)
    page.enter_value("mesures/§-I02b/valeur", 12.5, REFUSED)
    page.enter_value("mesures/§-I01/dont_qpv", 1e15, REFUSED)
    page.enter_value("financement/01/prevu", 0.1 + 0.2, Decimal("0.30"))
    page.enter_value("financement/01/engage", 1234.5678, REFUSED)
    page.enter_value("financement/01/verse", "12 %", REFUSED)
    page.enter_value("depenses/etp", "0,5", Decimal("0.5"))
    page.enter_value("durees/§-I05/moyenne", "7.25", Decimal("7.25"))
    page.enter_value("mesures/§-I02a/valeur", "12,5 heures", Decimal("12.5"))


@edit(
    "pourcentages tapés dans des cases de nombre, que le tableur range en fractions",
    "MONTANT_ILLISIBLE",
    "NOMBRE_ILLISIBLE",
    reported=4,
)
def percentages(page: Page) -> None:
    for cle, fraction in (
        ("mesures/§-I01/valeur", 1),
        ("mesures/§-I02a/valeur", 0.42),
        ("financement/01/engage", 0.5),
        ("taux/§-I03a/numerateur", 2),
    ):
        page.enter_value(cle, fraction, REFUSED)
        rank, column = page.place(cle)
        page.format_cells(Zone(rank, column, rank, column), "0%")


# --- dates ----------------------------------------------------------------------------------------------------------

MARCH_15 = datetime.date(2025, 3, 15)


@edit("dates en texte et en numéro de série")
def dates(page: Page) -> None:
    _dates(
        page,
        ("15/03/2025", MARCH_15),
        ("15-03-2025", MARCH_15),
        ("15.03.25", MARCH_15),
        ("2025-03-15", MARCH_15),
        ("15 mars 2025", MARCH_15),
        ("samedi 15 mars 2025", MARCH_15),
        ("1er août 2025", datetime.date(2025, 8, 1)),
        (45731, MARCH_15),
        ("15 MARS 2025", MARCH_15),
        ("15 03 2025", MARCH_15),
    )


@edit("dates avec une heure, en chiffres seuls, à la façon d’un programme")
def dates_of_programs(page: Page) -> None:
    _dates(
        page,
        ("2025-03-15T00:00:00.000Z", MARCH_15),
        ("2025-03-15 10:30:00", MARCH_15),
        ("15/03/2025 00:00", MARCH_15),
        ("20250315", MARCH_15),
        ("15032025", MARCH_15),
        (45731.5, MARCH_15),
        (45730.9999999, MARCH_15),
        ("15 mars 2025 à 10 h 30", MARCH_15),
    )


@edit("une date écrite mois d’abord, parmi d’autres", "DATE_ILLISIBLE", "ORDRE_JOUR_MOIS_DOUTEUX", reported=9)
def month_first_dates(page: Page) -> None:
    _dates(
        page,
        ("11/28/2025", REFUSED),
        ("01/06/2025", REFUSED),
        ("13/06/2025", datetime.date(2025, 6, 13)),
        *[(datetime.date(2025, 6, 1), REFUSED)] * 7,
    )


@edit("durées et valeurs logiques, là où elles se comprennent", "NOMBRE_ILLISIBLE", reported=1)
def durations_and_logicals(page: Page) -> None:
    page.enter_value("mesures/§-I02a/valeur", "36:30", Decimal("36.5"))
    page.enter_value("mesures/§-I01/valeur", "36:30", REFUSED)
    page.enter_value("qualitatif/freins", "36:30")
    page.enter_value("qualitatif/avenant", "VRAI", "oui")
    rank, column = page.place("qualitatif/leviers")
    page.enter_value("qualitatif/leviers", 36.5 / 24, "36:30")
    page.format_cells(Zone(rank, column, rank, column), "[h]:mm")


@edit("dates impossibles, incomplètes ou à l’américaine", "DATE_ILLISIBLE", "VALEUR_HORS_LIMITES", reported=10)
def doubtful_dates(page: Page) -> None:
    _dates(
        page,
        ("31/02/2025", REFUSED),
        ("03/2025", REFUSED),
        ("mars 2025", REFUSED),
        ("03/15/2025", REFUSED),
        ("été 2025", REFUSED),
        ("2025", REFUSED),
        ("15/03/1825", REFUSED),
        ("lundi 15 mars 2025", REFUSED),
        ("March 15, 2025", REFUSED),
        (3, REFUSED),
    )


# --- choices, ticks, codes, texts -----------------------------------------------------------------------------------


@edit("choix d’une liste, tapés autrement")
def choix(page: Page) -> None:
    etats = page.places[f"{page.fiche}/avancement/etat"].choix
    decomposed = etats[0].replace("é", "e\u0301")
    page.enter_value("avancement/etat", f" {decomposed.upper()} ", etats[0])
    natures = page.places[f"{page.fiche}/financement/01/nature"].choix
    page.enter_value("financement/01/nature", natures[0].lower(), natures[0])
    page.enter_value("financement/02/nature", natures[0].replace(" ", NB), natures[0])
    page.enter_value("financement/03/nature", natures[1] + ".", natures[1])
    page.enter_value("financement/03/nature", "\u200b" + natures[1].upper(), natures[1])
    page.enter_value("financement/01/financeur", "ville de rivemont", "Ville de Rivemont")
    page.enter_value("partenaires/01/nom", "L'Escale", "L'Escale")


@edit("choix hors de la liste", "CHOIX_INCONNU", reported=4)
def unknown_choices(page: Page) -> None:
    page.enter_value("avancement/etat", "presque fini", REFUSED)
    page.enter_value("mesures/§-I01/statut", "environ", REFUSED)
    page.enter_value("financement/01/nature", "Maquette", REFUSED)
    page.enter_value("qualitatif/avenant", "peut-être", REFUSED)


@edit("textes : espaces, retours à la ligne, caractères invisibles, texte qui ressemble à une formule")
def texts(page: Page) -> None:
    page.enter_value("qualitatif/realisations", "  première ligne\nseconde ", "première ligne\nseconde")
    page.enter_value("qualitatif/ecarts", "=1+1", "=1+1")
    page.enter_value("qualitatif/freins", "+33 1 02", "+33 1 02")
    page.enter_value("qualitatif/leviers", "@SOMME", "@SOMME")
    page.enter_value("qualitatif/perspectives", 2026, "2026")


@edit("un texte trop long", "TEXTE_TROP_LONG")
def too_long_text(page: Page) -> None:
    page.enter_value("qualitatif/realisations", "é" * 5000, "é" * 5000)


@edit("des blancs : espaces, insécables, caractères invisibles")
def blanks(page: Page) -> None:
    for cle, raw in (
        ("mesures/§-I01/valeur", " "),
        ("mesures/§-I02b/valeur", NB),
        ("financement/01/engage", "  "),
        ("qualitatif/freins", "\n"),
    ):
        page.enter_value(cle, raw)


@edit(
    "valeurs logiques et erreurs écrites en toutes lettres",
    "DATE_ILLISIBLE",
    "MONTANT_ILLISIBLE",
    "NOMBRE_ILLISIBLE",
    reported=3,
)
def logicals(page: Page) -> None:
    page.enter_value("mesures/§-I01/valeur", "VRAI", REFUSED)
    page.enter_value("financement/01/engage", "#REF!", REFUSED)
    page.enter_value("avancement/date_debut", "#N/A", REFUSED)


# --- formulas -------------------------------------------------------------------------------------------------------


@edit("formules dans des cases de saisie", "FORMULE_DANS_UNE_SAISIE", reported=4)
def formulas(page: Page) -> None:
    page.formula("mesures/§-I01/valeur", "=10+2")
    page.formula("financement/01/engage", "=D100*2")
    page.formula("qualitatif/realisations", '="a"&"b"')
    page.formula("avancement/date_debut", "=45731+1")


@edit("formules en erreur", "FORMULE_DANS_UNE_SAISIE", reported=3)
def formulas_in_error(page: Page) -> None:
    page.formula("mesures/§-I01/valeur", "=1/0")
    page.formula("financement/01/engage", "=NA()")
    page.formula("depenses/total", "=inconnu+1")


@edit("un lien vers un autre classeur", "FORMULE_DANS_UNE_SAISIE", reported=1)
def external_link(page: Page) -> None:
    page.formula("depenses/total", "='file:///C:/budget.ods'#$Feuille1.B2")


@edit("une formule qui recopie la case voisine", "FORMULE_DANS_UNE_SAISIE", reported=1)
def copying_formula(page: Page) -> None:
    page.formula("depenses/achats", "=C111")
