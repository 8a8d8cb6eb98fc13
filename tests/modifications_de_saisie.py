"""What partners type: every spelling of numbers, dates, choices; formulas, errors, blanks. Added to ``MODIFICATIONS``."""

from __future__ import annotations

import datetime
from decimal import Decimal

from gestes import REFUSE, Page, Zone
from modifications import modification

NB, FINE = "\u00a0", "\u202f"


def _entiers(page: Page, *spellings: tuple[str, object]) -> None:
    """Each text in an integer input of its own."""
    libres = iter([
        "mesures/§-I01/valeur", "mesures/§-I02b/valeur", "mesures/§-I01/dont_qpv", "taux/§-I03a/numerateur", "taux/§-I03a/denominateur",
        "satisfaction/§-I04/questionnaires", "satisfaction/§-I04/repondants", "satisfaction/§-I04/satisfaits", "durees/§-I05/effectif",
        "ventilations/§-I02c/01/effectif", "ventilations/§-I02c/02/effectif", "ventilations/§-I02c/03/effectif",
        *(f"ventilations/§-I03a/0{i}/{c}" for i in range(1, 6) for c in ("numerateur", "denominateur")),
    ])  # fmt: skip
    for texte, sens in spellings:
        page.saisir(next(libres), texte, sens)


def _montants(page: Page, *spellings: tuple[str, object]) -> None:
    libres = iter([*(f"financement/0{i}/{c}" for i in range(1, 7) for c in ("prevu", "engage", "verse")), *(f"depenses/{c}" for c in ("personnel", "achats", "autres", "total"))])
    for texte, sens in spellings:
        page.saisir(next(libres), texte, None if sens is None else sens if sens is REFUSE else Decimal(str(sens)))


def _dates(page: Page, *spellings: tuple[object, object]) -> None:
    libres = iter(["avancement/date_debut", "avancement/date_fin_prevue", "avancement/date_fin_reelle", "jalons/§-I06/date", *(f"financement/0{i}/date" for i in range(1, 7))])
    for brut, sens in spellings:
        page.saisir(next(libres), brut, sens)


# --- numbers as text ------------------------------------------------------------------------------------------------


@modification("nombres en texte, à la française", "NOMBRE_ILLISIBLE", signalees=1)
def nombres_francais(page: Page) -> None:
    _entiers(page, ("1 234", 1234), (f"1{NB}234", 1234), (f"1{FINE}234", 1234), ("1\u2009234", 1234), ("1.234.567", 1234567), ("12 personnes", 12),
             (" 15 ", 15), ("'18", 18), ("+19", 19), ("20,0", 20), ("1'234", 1234), ("１２", 12), (f"{NB}41", 41), ("0", 0), ("00", 0))  # fmt: skip


@modification("nombres en texte, à l’anglaise", "MONTANT_ILLISIBLE", signalees=2)
def nombres_anglais(page: Page) -> None:
    _entiers(page, ("1,234,567", 1234567), ("12.0", 12), ("1,234,567.0", 1234567))
    _montants(page, ("1,234.56", 1234.56), ("$12", REFUSE), ("1,234,567.89", 1234567.89), ("EUR 12", REFUSE), ("12.5", 12.5))


@modification("nombres ambigus ou approximatifs", "ENTIER_ATTENDU", "NOMBRE_ILLISIBLE", "VALEUR_NEGATIVE", signalees=22)
def nombres_douteux(page: Page) -> None:
    _entiers(page, ("1.234", REFUSE), ("1,234", REFUSE), ("env. 30", REFUSE), ("~30", REFUSE), ("30 à 40", REFUSE), ("30-40", REFUSE), ("une dizaine", REFUSE),
             ("12,5", REFUSE), ("-3", REFUSE), ("(3)", REFUSE), ("1 2345", REFUSE), ("12 + 3", REFUSE), ("30 ?", REFUSE), ("n.c.", REFUSE), ("NC", REFUSE),
             ("-", REFUSE), ("x", REFUSE), ("0612345678", REFUSE), ("1e3", REFUSE), ("12\n13", REFUSE), ("douze", REFUSE), ("½", REFUSE))  # fmt: skip


@modification("montants en texte", "MONTANT_ILLISIBLE", signalees=7)
def montants(page: Page) -> None:
    _montants(page, ("12 000 €", 12000), (f"12{NB}000,50{NB}€", 12000.5), (f"12{FINE}000,50 euros", 12000.5), ("1.234,56", 1234.56), ("12 000 EUR", 12000),
              ("12000,5", 12000.5), ("€ 15", 15), ("12 k€", REFUSE), ("12 K€", REFUSE), ("1,2 M€", REFUSE), ("1 234,567", REFUSE), ("1.234", REFUSE),
              ("12 000 TTC", REFUSE), ("env. 12 000", REFUSE), ("12000.50", 12000.5), ("12 000.50", 12000.5), ("12'000.50", 12000.5), ("12.000.000", 12000000))  # fmt: skip


@modification("nombres négatifs, trop grands, pourcentages, nombres avec bruit binaire", "ENTIER_ATTENDU", "MONTANT_ILLISIBLE", "VALEUR_HORS_LIMITES", "VALEUR_NEGATIVE", signalees=5)
def nombres_bruts(page: Page) -> None:
    page.saisir("mesures/§-I01/valeur", -5, REFUSE)
    page.saisir("mesures/§-I02b/valeur", 12.5, REFUSE)
    page.saisir("mesures/§-I01/dont_qpv", 1e15, REFUSE)
    page.saisir("financement/01/prevu", 0.1 + 0.2, Decimal("0.30"))
    page.saisir("financement/01/engage", 1234.5678, REFUSE)
    page.saisir("financement/01/verse", "12 %", REFUSE)
    page.saisir("depenses/etp", "0,5", Decimal("0.5"))
    page.saisir("durees/§-I05/moyenne", "7.25", Decimal("7.25"))
    page.saisir("mesures/§-I02a/valeur", "12,5 heures", Decimal("12.5"))


@modification("pourcentages tapés dans des cases de nombre, que le tableur range en fractions", "MONTANT_ILLISIBLE", "NOMBRE_ILLISIBLE", signalees=4)
def pourcentages(page: Page) -> None:
    for cle, fraction in (("mesures/§-I01/valeur", 1), ("mesures/§-I02a/valeur", 0.42), ("financement/01/engage", 0.5), ("taux/§-I03a/numerateur", 2)):
        page.saisir(cle, fraction, REFUSE)
        rang, colonne = page.place(cle)
        page.formater(Zone(rang, colonne, rang, colonne), "0%")


# --- dates ----------------------------------------------------------------------------------------------------------

QUINZE_MARS = datetime.date(2025, 3, 15)


@modification("dates en texte et en numéro de série")
def dates(page: Page) -> None:
    _dates(page, ("15/03/2025", QUINZE_MARS), ("15-03-2025", QUINZE_MARS), ("15.03.25", QUINZE_MARS), ("2025-03-15", QUINZE_MARS),
           ("15 mars 2025", QUINZE_MARS), ("samedi 15 mars 2025", QUINZE_MARS), ("1er août 2025", datetime.date(2025, 8, 1)), (45731, QUINZE_MARS),
           ("15 MARS 2025", QUINZE_MARS), ("15 03 2025", QUINZE_MARS))  # fmt: skip


@modification("dates impossibles, incomplètes ou à l’américaine", "DATE_ILLISIBLE", "VALEUR_HORS_LIMITES", signalees=10)
def dates_douteuses(page: Page) -> None:
    _dates(page, ("31/02/2025", REFUSE), ("03/2025", REFUSE), ("mars 2025", REFUSE), ("03/15/2025", REFUSE), ("été 2025", REFUSE), ("2025", REFUSE),
           ("15/03/1825", REFUSE), ("lundi 15 mars 2025", REFUSE), ("March 15, 2025", REFUSE), (3, REFUSE))  # fmt: skip


# --- choices, ticks, codes, texts -----------------------------------------------------------------------------------


@modification("choix d’une liste, tapés autrement")
def choix(page: Page) -> None:
    etats = page.places[f"{page.fiche}/avancement/etat"].choix
    decompose = etats[0].replace("é", "e\u0301")
    page.saisir("avancement/etat", f" {decompose.upper()} ", etats[0])
    natures = page.places[f"{page.fiche}/financement/01/nature"].choix
    page.saisir("financement/01/nature", natures[0].lower(), natures[0])
    page.saisir("financement/02/nature", natures[0].replace(" ", NB), natures[0])
    page.saisir("financement/03/nature", natures[1] + ".", natures[1])
    page.saisir("financement/04/nature", "\u200b" + natures[1].upper(), natures[1])
    page.saisir("financement/01/financeur", "ville de rivemont", "Ville de Rivemont")
    page.saisir("partenaires/01/nom", "L'Escale", "L'Escale")


@modification("choix hors de la liste", "CHOIX_INCONNU", signalees=4)
def choix_inconnus(page: Page) -> None:
    page.saisir("avancement/etat", "presque fini", REFUSE)
    page.saisir("mesures/§-I01/statut", "environ", REFUSE)
    page.saisir("financement/01/nature", "Maquette", REFUSE)
    page.saisir("qualitatif/avenant", "peut-être", REFUSE)


@modification("cases cochées autrement que par x", "CHOIX_INCONNU", signalees=1)
def cases(page: Page) -> None:
    for code, brut, sens in (("99001", "X", "x"), ("99002", "oui", "x"), ("99003", "✔", "x"), ("99004", 1, "x"), ("99005", "non", REFUSE)):
        page.saisir(f"territoire/{code}/commune", brut, sens)


@modification("textes : espaces, retours à la ligne, caractères invisibles, texte qui ressemble à une formule")
def textes(page: Page) -> None:
    page.saisir("qualitatif/realisations", "  première ligne\nseconde ", "première ligne\nseconde")
    page.saisir("qualitatif/ecarts", "=1+1", "=1+1")
    page.saisir("qualitatif/freins", "+33 1 02", "+33 1 02")
    page.saisir("qualitatif/leviers", "@SOMME", "@SOMME")
    page.saisir("qualitatif/perspectives", 2026, "2026")


@modification("un texte trop long", "TEXTE_TROP_LONG")
def texte_trop_long(page: Page) -> None:
    page.saisir("qualitatif/realisations", "é" * 5000, "é" * 5000)


@modification("des blancs : espaces, insécables, caractères invisibles")
def blancs(page: Page) -> None:
    for cle, brut in (("mesures/§-I01/valeur", " "), ("mesures/§-I02b/valeur", NB), ("financement/01/engage", "  "), ("qualitatif/freins", "\n")):
        page.saisir(cle, brut)


@modification("valeurs logiques et erreurs écrites en toutes lettres", "DATE_ILLISIBLE", "MONTANT_ILLISIBLE", "NOMBRE_ILLISIBLE", signalees=3)
def logiques(page: Page) -> None:
    page.saisir("mesures/§-I01/valeur", "VRAI", REFUSE)
    page.saisir("financement/01/engage", "#REF!", REFUSE)
    page.saisir("avancement/date_debut", "#N/A", REFUSE)


# --- formulas -------------------------------------------------------------------------------------------------------


@modification("formules dans des cases de saisie", "FORMULE_DANS_UNE_SAISIE", signalees=4)
def formules(page: Page) -> None:
    page.formule("mesures/§-I01/valeur", "=10+2")
    page.formule("financement/01/engage", "=D100*2")
    page.formule("qualitatif/realisations", '="a"&"b"')
    page.formule("avancement/date_debut", "=45731+1")


@modification("formules en erreur", "FORMULE_DANS_UNE_SAISIE", signalees=3)
def formules_en_erreur(page: Page) -> None:
    page.formule("mesures/§-I01/valeur", "=1/0")
    page.formule("financement/01/engage", "=NA()")
    page.formule("depenses/total", "=inconnu+1")


@modification("un lien vers un autre classeur", "FORMULE_DANS_UNE_SAISIE", signalees=1)
def lien_externe(page: Page) -> None:
    page.formule("depenses/total", "='file:///C:/budget.ods'#$Feuille1.B2")


@modification("une formule qui recopie la case voisine", "FORMULE_DANS_UNE_SAISIE", signalees=1)
def formule_de_recopie(page: Page) -> None:
    page.formule("depenses/achats", "=C111")
