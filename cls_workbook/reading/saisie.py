"""What a person typed in one cell → a typed value, or a French sentence that says what is expected.

Pure: knows neither files nor frames. Never guesses: what may be read in two ways is ``Incomprise``.
Raw values are what a reader of spreadsheets gives: float, int, str, bool, date, datetime, time, timedelta.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections.abc import Callable, Iterable
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Any, NamedTuple

from cls_workbook.francais import CENTIME, NBSP, POUR_NOMBRE, date_fr, enumere, montant_fr, nombre_fr, plier, sans_controle, sans_invisibles, taux_fr
from cls_workbook.reading.pourcentages import Pourcentage

PLAFOND = Decimal(10) ** 12  # nothing in a contract comes near; beyond, doubles no longer hold cents
CODE_MAX = 10**15  # beyond, Excel has already lost digits


class Comprise(NamedTuple):
    """``valeur``: int, Decimal, date or str. ``regle``: "" when the value was taken as typed."""

    valeur: Any
    regle: str = ""


class Incomprise(NamedTuple):
    """``valeur`` is kept only where it may still be used once confirmed (a text that is too long)."""

    code: str
    attendu: str
    a_faire: str
    valeur: Any = None


class Attente(NamedTuple):
    """What one input accepts."""

    type: str
    choix: tuple[str, ...] = ()
    minimum: Any = None
    maximum: Any = None
    longueur: int | None = None
    unite: str | None = None


def comprendre(
    brut: object,
    type_: str,
    choix: Iterable[str] = (),
    minimum: Any = None,
    maximum: Any = None,
    longueur: int | None = None,
    unite: str | None = None,
) -> Comprise | Incomprise | None:
    """The value meant by ``brut``; None for a blank cell. Never raises on what was typed.

    ``type_``: entier (int), decimal (Decimal), montant (Decimal, exact cents), taux (Decimal, 0.125 for 12,5 %),
    date, liste and texte and code (str), case ("x"). A ``liste`` without choices is read as a text.
    ``unite``: a unit that may follow the number (« 30 personnes »). KeyError for an unknown type.
    """
    lecteur, choix = _LECTEURS[type_], tuple(choix)
    if (evidente := _evidente(brut, type_, choix, minimum, maximum, longueur)) is not None:
        return evidente
    if est_vide(brut):
        return None
    return lecteur(brut, Attente(type_, choix, minimum, maximum, longueur, unite))


def _evidente(brut: object, type_: str, choix: tuple[str, ...], minimum: Any, maximum: Any, longueur: int | None) -> Comprise | None:
    """What nearly all cells hold and needs no reading: a whole number, a choice of the list, a plain text. None otherwise."""
    if type(brut) is float and type_ in _EXACTS and -CODE_MAX < brut < CODE_MAX and brut == (entier := int(brut)):
        dedans = (minimum is None or entier >= minimum) and (maximum is None or entier <= maximum) and abs(entier) < PLAFOND
        return Comprise(_EXACTS[type_](entier)) if dedans else None
    if type(brut) is str and type_ in ("liste", "texte") and brut.isprintable() and (texte := brut.strip()):
        connu = texte in choix if type_ == "liste" else longueur is None or len(texte) <= longueur
        return Comprise(texte) if connu else None
    return None


_EXACTS: dict[str, Callable[[int], int | Decimal]] = {
    "entier": int, "decimal": Decimal, "montant": lambda entier: Decimal(entier).quantize(CENTIME),
}  # fmt: skip


def est_vide(brut: object) -> bool:
    """Blank: nothing, or only spaces and characters that nobody sees."""
    if not isinstance(brut, str):
        return brut is None
    if brut.isprintable():  # nearly always; the characters that nobody sees are not printable
        return not brut.strip()
    return not sans_invisibles(sans_controle(brut)).strip()


# --- Numbers --------------------------------------------------------------------------------------------------------

_TETE_DE_NOMBRE = re.compile(r"[+-]?[0-9][0-9 '.,]*(?<![ '.,])|[(][0-9 '.,]+[)]")
_SIMPLE = re.compile(r"([0-9]+)(?:([.,])([0-9]+))?")
_GROUPES = re.compile(r"([1-9][0-9]{0,2}([ '.,])[0-9]{3}(?:\2[0-9]{3})*)(?:([.,])([0-9]+))?")
_EUROS = ("€", "eur", "euro", "euros")
_NOMS = {
    "entier": ("NOMBRE_ILLISIBLE", "un nombre entier", "le nombre", "12"),
    "decimal": ("NOMBRE_ILLISIBLE", "un nombre", "le nombre", "12,5"),
    "montant": ("MONTANT_ILLISIBLE", "un montant en euros", "le montant", "12000"),
    "taux": ("NOMBRE_ILLISIBLE", "un taux", "le taux", f"12,5{NBSP}%"),
}
_SUITE = "puis renvoyez le classeur."


class _Doute(NamedTuple):
    """Why a number cannot be read, as the beginning of « À faire » ("" for the ordinary sentence)."""

    raison: str = ""


class _Lu(NamedTuple):
    nombre: Decimal
    regle: str = ""


def _nombre(brut: object, attente: Attente) -> Comprise | Incomprise:
    if isinstance(brut, str):
        lu = _nombre_ecrit(brut, attente)
    elif isinstance(brut, Pourcentage) and attente.type != "taux":
        lu = _Doute(f"la cellule contient un pourcentage{NBSP}: mettez-la au format nombre, ")
    elif isinstance(brut, (int, float)) and not isinstance(brut, bool):
        lu = _nombre_natif(brut)
    elif isinstance(brut, (date, time, timedelta)):
        lu = _Doute(f"la cellule contient une date ou une heure{NBSP}: mettez-la au format nombre, ")
    else:
        lu = _Doute()
    return _refus_nombre(attente, lu.raison) if isinstance(lu, _Doute) else _selon_le_type(lu, attente)


def _nombre_natif(brut: int | float) -> _Lu | _Doute:
    if isinstance(brut, float) and not math.isfinite(brut):
        return _Doute()
    # 15 digits are what a sheet shows and keeps: 0.1 + 0.2 was meant, and shown, as 0,3.
    return _Lu(Decimal(brut) if isinstance(brut, int) else Decimal(f"{brut:.15g}"))


def _nombre_ecrit(brut: str, attente: Attente) -> _Lu | _Doute:
    """A number typed as text. What was set aside is told in the rule."""
    if len(brut) > 60 or "\u202e" in brut:  # written from right to left, it shows other digits
        return _Doute()
    # An outer newline or control character is nothing; an inner one separates two things.
    texte = sans_invisibles(brut.strip()).translate(POUR_NOMBRE).strip()
    retire: list[str] = []
    if texte.startswith("'"):
        texte, retire = texte[1:].lstrip(" "), ["apostrophe"]
    texte, symbole = _sans_unite(re.sub(" +", " ", texte), attente)
    negatif = texte.startswith(("-", "("))
    entre_parentheses = texte.startswith("(") and texte.endswith(")")
    corps = texte[1:-1].strip(" ") if entre_parentheses else texte[1:] if texte.startswith(("+", "-")) else texte
    if entre_parentheses and not symbole:
        corps, symbole = _sans_unite(corps, attente)
    lu = _chiffres(corps, milliers_possibles=attente.type in ("entier", "montant"))
    if isinstance(lu, _Doute):
        return lu
    if attente.type == "taux" and symbole != "%" and lu.nombre:
        return _Doute(f"précisez le symbole{NBSP}%{NBSP}: ")
    nombre = -lu.nombre if negatif else lu.nombre
    if symbole == "%" and attente.type == "taux":
        return _Lu(nombre / 100, "pourcentage écrit en texte")
    retire += ["espaces"] * (" " in corps) + ["apostrophes"] * ("'" in corps) + [symbole] * bool(symbole)
    morceaux = [_retires(retire), lu.regle, "parenthèses lues comme un signe moins" if entre_parentheses else ""]
    return _Lu(nombre, ", ".join(m for m in morceaux if m) or "nombre écrit en texte")


def _retires(noms: list[str]) -> str:
    if not noms:
        return ""
    if len(noms) > 1:
        return f"{', '.join(noms[:-1])} et {noms[-1]} retirés"
    feminin = noms[0] in ("unité", "apostrophe", "apostrophes")
    return f"{noms[0]} retiré{'e' * feminin}{'s' * (noms[0] in ('espaces', 'apostrophes'))}"


def _sans_unite(texte: str, attente: Attente) -> tuple[str, str]:
    """The text without the unit expected here, and what to call it ("" when there is none)."""
    euros = attente.type == "montant" or plier(attente.unite or "") in _EUROS
    if euros and texte.startswith("€"):
        return texte[1:].strip(" "), "symbole €"
    tete = _TETE_DE_NOMBRE.match(texte)
    suite = plier(texte[tete.end() :]) if tete else ""
    if not suite:
        return texte, ""
    if euros and suite in _EUROS:
        return texte[: tete.end()], "symbole €"
    if attente.type == "taux" and suite == "%":
        return texte[: tete.end()], "%"
    if attente.unite and _singulier(suite) == _singulier(attente.unite):
        return texte[: tete.end()], "unité"
    return texte, ""


def _singulier(unite: str) -> str:
    return " ".join(mot.removesuffix("s") for mot in plier(unite).split())


def _chiffres(corps: str, milliers_possibles: bool) -> _Lu | _Doute:
    """Digits with their separators. ``milliers_possibles``: « 1,234 » may be an English 1234 where no decimal is due."""
    if simple := _SIMPLE.fullmatch(corps):
        entiere, virgule, decimales = simple.group(1), simple.group(2), simple.group(3) or ""
        if len(entiere) > 2 and entiere.startswith("0"):
            return _Doute(f"un nombre ne commence pas par 0{NBSP}: ")  # rather a code or a telephone number
        groupe = len(decimales) == 3 and len(entiere) <= 3 and not entiere.startswith("0")
        if groupe and (virgule == "." or milliers_possibles):
            separateur = "le point" if virgule == "." else "la virgule"
            return _Doute(f"{separateur} peut séparer des milliers ou des décimales{NBSP}: ")
        regle = {",": "virgule décimale", ".": "point décimal"}.get(virgule or "", "")
        return _Lu(Decimal(f"{entiere}.{decimales}" if decimales else entiere), regle)
    groupes = _GROUPES.fullmatch(corps)
    if not groupes:
        return _Doute()
    entiere, separateur, virgule, decimales = groupes.groups()
    if virgule == separateur:
        return _Doute()
    if virgule == "." and separateur in " '" and len(decimales) == 3:
        return _Doute(f"le point peut séparer des milliers ou des décimales{NBSP}: ")
    milliers = {".": "points de milliers retirés", ",": "virgules de milliers retirées"}.get(separateur, "")
    decimal = {",": "virgule décimale", ".": "point décimal"}.get(virgule or "", "")
    nombre = Decimal(re.sub("[^0-9]", "", entiere) + (f".{decimales}" if virgule else ""))
    return _Lu(nombre, ", ".join(m for m in (milliers, decimal) if m))


def _selon_le_type(lu: _Lu, attente: Attente) -> Comprise | Incomprise:
    nombre, regle = lu
    if abs(nombre) >= PLAFOND:
        return Incomprise("VALEUR_HORS_LIMITES", attendu_pour(attente), f"vérifiez l’ordre de grandeur, {_SUITE}")
    if attente.type == "entier":
        exact = _au_bruit_pres(nombre, Decimal(1))
        if exact is None:
            return Incomprise("ENTIER_ATTENDU", attendu_pour(attente), f"saisissez un nombre sans décimale, {_SUITE}")
        return _dans_les_bornes(int(exact), regle, attente)
    if attente.type == "montant":
        exact = _au_bruit_pres(nombre, CENTIME)
        if exact is None:
            a_faire = f"saisissez le montant avec deux décimales au plus, par exemple 12,50, {_SUITE}"
            return Incomprise("MONTANT_ILLISIBLE", attendu_pour(attente), a_faire)
        return _dans_les_bornes(exact, regle, attente)
    return _dans_les_bornes(nombre + 0, regle, attente)


def _au_bruit_pres(nombre: Decimal, pas: Decimal) -> Decimal | None:
    """The multiple of ``pas`` that ``nombre`` is, but for the noise of binary arithmetic; None if it is none."""
    exact = nombre.quantize(pas, rounding=ROUND_HALF_UP) + 0  # + 0: no « -0 »
    # Relative noise, but never a sum that a person could have meant.
    bruit = min(Decimal("1e-9") * max(Decimal(1), abs(nombre)), Decimal("1e-6"))
    return exact if abs(nombre - exact) <= bruit else None


def _dans_les_bornes(valeur: Any, regle: str, attente: Attente) -> Comprise | Incomprise:
    sous = attente.minimum is not None and valeur < attente.minimum
    if not sous and (attente.maximum is None or valeur <= attente.maximum):
        return Comprise(valeur, regle)
    negative = sous and not isinstance(valeur, date) and valeur < 0 <= attente.minimum
    code = "VALEUR_NEGATIVE" if negative else "VALEUR_HORS_LIMITES"
    quoi = "la date" if attente.type == "date" else "la valeur"
    return Incomprise(code, attendu_pour(attente), f"corrigez {quoi}, {_SUITE}")


def _refus_nombre(attente: Attente, raison: str) -> Incomprise:
    code, _, le_nombre, exemple = _NOMS[attente.type]
    a_faire = f"{raison}saisissez {le_nombre} en chiffres, par exemple {exemple}, {_SUITE}"
    return Incomprise(code, attendu_pour(attente), a_faire)


def attendu_pour(attente: Attente) -> str:
    """« un montant en euros, positif ou nul »: what the input accepts, as the message and the prompt say it."""
    if attente.type == "date":
        nom = f"une date (jour, mois, année), par exemple 15/03/{_annee_exemple(attente)}"
        ecrire: Callable[[Any], str] = date_fr
    else:
        nom = _NOMS[attente.type][1]
        ecrire = {"montant": montant_fr, "taux": taux_fr}.get(attente.type, nombre_fr)
    bas, haut = attente.minimum, attente.maximum
    if bas is None and haut is None:
        return nom
    if bas is not None and haut is not None:
        return f"{nom}, entre {'le ' * (attente.type == 'date')}{ecrire(bas)} et {'le ' * (attente.type == 'date')}{ecrire(haut)}"
    if attente.type == "date":
        return f"{nom}, à partir du {ecrire(bas)}" if haut is None else f"{nom}, au plus tard le {ecrire(haut)}"
    if haut is None:
        return f"{nom}, positif ou nul" if bas == 0 else f"{nom}, au moins {ecrire(bas)}"
    return f"{nom}, au plus {ecrire(haut)}"


def _annee_exemple(attente: Attente) -> int:
    borne = attente.minimum or attente.maximum
    return borne.year if isinstance(borne, date) else 2025


# --- Dates ----------------------------------------------------------------------------------------------------------

_MOIS = {
    nom: numero
    for numero, noms in enumerate(
        ("janvier janv jan", "fevrier fevr fev", "mars", "avril avr", "mai", "juin", "juillet juil", "aout",
         "septembre sept sep", "octobre oct", "novembre nov", "decembre dec"), start=1
    )
    for nom in noms.split()
}  # fmt: skip
_JOURS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_JMA = re.compile(r"([0-9]{1,2}) ?([/.\- ]) ?([0-9]{1,2}) ?\2 ?([0-9]{4}|[0-9]{2})")
_AMJ = re.compile(r"([0-9]{4})([/.\-])([0-9]{1,2})\2([0-9]{1,2})(?:[ t]00:00(?::00)?)?")
_EN_LETTRES = re.compile(rf"(?:le )?(?:({'|'.join(_JOURS)}),? )?([0-9]{{1,2}})(?:er)? ([a-z]+)[.]? ([0-9]{{4}})")
_SANS_JOUR = re.compile(r"[0-9]{1,2} ?[/.\- ] ?[0-9]{4}|[0-9]{4} ?[/.\-] ?[0-9]{1,2}|[a-z]+[.]? [0-9]{4}")
_SERIE = (36526, 73050)  # 01/01/2000 to 31/12/2099
_ORIGINE = date(1899, 12, 30)
_ANNEES = (1950, 2099)  # a year typed alone in a date cell becomes a day of 1905: 2025 shows 17/07/1905


def _date(brut: object, attente: Attente) -> Comprise | Incomprise:
    if isinstance(brut, datetime):
        jour, regle = brut.date(), "heure retirée" if brut.time() != time() else ""
    elif isinstance(brut, date):
        jour, regle = brut, ""
    elif isinstance(brut, str):
        return _date_ecrite(brut, attente)
    elif isinstance(brut, (int, float)) and not isinstance(brut, bool) and _est_une_serie(brut):
        jour, regle = _ORIGINE + timedelta(days=int(brut)), "numéro de série de date"
    else:
        return _refus_date(attente)
    return _date_plausible(jour, regle, attente)


def _est_une_serie(brut: int | float) -> bool:
    return _SERIE[0] <= brut <= _SERIE[1] and brut == int(brut)


def _date_ecrite(brut: str, attente: Attente) -> Comprise | Incomprise:
    # Folding also removes the accents of « février » and a final full stop, but would make a 2 of « ² ».
    lisible = len(brut) <= 60 and not any(unicodedata.category(c) == "No" for c in brut)
    texte = plier(brut.translate(POUR_NOMBRE)) if lisible else ""
    nom_du_jour, regle = None, "date écrite en texte"
    if trouve := _JMA.fullmatch(texte):
        jour, mois, annee = int(trouve.group(1)), int(trouve.group(3)), int(trouve.group(4))
        if annee < 100 and len(trouve.group(4)) == 2:
            annee, regle = annee + 2000, "date écrite en texte, année à deux chiffres lue 20.."
    elif trouve := _AMJ.fullmatch(texte):
        annee, mois, jour = int(trouve.group(1)), int(trouve.group(3)), int(trouve.group(4))
    elif trouve := _EN_LETTRES.fullmatch(texte):
        nom_du_jour, jour, annee = trouve.group(1), int(trouve.group(2)), int(trouve.group(4))
        mois = _MOIS.get(trouve.group(3), 0)
    else:
        return _refus_date(attente, f"il manque le jour{NBSP}: " if _SANS_JOUR.fullmatch(texte) else "")
    try:
        lue = date(annee, mois, jour)
    except ValueError:
        return _refus_date(attente, f"ce jour n’existe pas dans le calendrier{NBSP}: ")
    if nom_du_jour and _JOURS[lue.weekday()] != nom_du_jour:
        return _refus_date(attente, f"le {date_fr(lue)} est un {_JOURS[lue.weekday()]}{NBSP}: ")
    return _date_plausible(lue, regle, attente)


def _date_plausible(jour: date, regle: str, attente: Attente) -> Comprise | Incomprise:
    if not _ANNEES[0] <= jour.year <= _ANNEES[1]:
        a_faire = f"vérifiez l’année, et saisissez le jour, le mois et l’année (une année seule devient un jour de 1905), {_SUITE}"
        return Incomprise("VALEUR_HORS_LIMITES", attendu_pour(attente), a_faire)
    return _dans_les_bornes(jour, regle, attente)


def _refus_date(attente: Attente, raison: str = "") -> Incomprise:
    a_faire = f"{raison}saisissez la date sous la forme jj/mm/aaaa, {_SUITE}"
    return Incomprise("DATE_ILLISIBLE", attendu_pour(attente), a_faire)


# --- Choices, texts, codes, ticks -----------------------------------------------------------------------------------


def _texte_de(brut: object) -> tuple[str, str]:
    """(text as a French sheet shows it, rule). Outer spaces go without a word."""
    if isinstance(brut, str):
        net = sans_controle(brut)
        return net.strip(), "" if net == brut else "caractères de contrôle retirés"
    if isinstance(brut, bool):
        return ("VRAI" if brut else "FAUX"), "valeur logique lue comme un texte"
    if isinstance(brut, (int, float)):
        lu = _nombre_natif(brut)
        ecrit = brut.montre() if isinstance(brut, Pourcentage) else str(brut) if isinstance(lu, _Doute) else nombre_fr(lu.nombre).replace(NBSP, "")
        return ecrit, "nombre lu comme un texte"
    if isinstance(brut, datetime) and brut.time() != time():
        return f"{date_fr(brut)} {brut:%H:%M}", "date lue comme un texte"
    if isinstance(brut, date):
        return date_fr(brut), "date lue comme un texte"
    if isinstance(brut, time):
        return f"{brut:%H:%M}", "heure lue comme un texte"
    return str(brut), "durée lue comme un texte"


def _texte(brut: object, attente: Attente) -> Comprise | Incomprise:
    texte, regle = _texte_de(brut)
    if attente.longueur is not None and len(texte) > attente.longueur:
        longueur = nombre_fr(attente.longueur)
        a_faire = f"raccourcissez le texte ({nombre_fr(len(texte))} caractères), ou confirmez-le tel quel."
        return Incomprise("TEXTE_TROP_LONG", f"un texte de {longueur} caractères au plus", a_faire, texte)
    return Comprise(texte, regle)


def _liste(brut: object, attente: Attente) -> Comprise | Incomprise:
    if not attente.choix:
        return _texte(brut, attente)
    texte, regle = _texte_de(brut)
    if texte in attente.choix:
        return Comprise(texte, regle)
    # A choice « 0,5 » may have been printed « 0.5 »: a number is compared in both spellings.
    formes = {plier(texte)} | ({plier(texte.replace(",", "."))} if isinstance(brut, (int, float)) else set())
    proches = [choix for choix in dict.fromkeys(attente.choix) if plier(choix) in formes]
    if len(proches) == 1:
        return Comprise(proches[0], "choix reconnu malgré la casse, les accents ou la ponctuation")
    a_faire = f"choisissez une valeur dans la liste de la cellule, {_SUITE}"
    return Incomprise("CHOIX_INCONNU", f"un choix parmi {enumere(attente.choix)}", a_faire)


def _code(brut: object, attente: Attente) -> Comprise | Incomprise:
    """A code is digits and letters that nobody adds up: SIRET, INSEE, reference."""
    if isinstance(brut, (int, float)) and not isinstance(brut, bool):
        if not abs(brut) < CODE_MAX:  # also false for nan
            a_faire = f"mettez la cellule au format texte, saisissez à nouveau le code, {_SUITE}"
            return Incomprise("NOMBRE_ILLISIBLE", "un code saisi comme un texte", a_faire)
        return Comprise(_texte_de(brut)[0], "nombre lu comme un code")
    if isinstance(brut, str):
        chiffres = "".join(sans_invisibles(brut).translate(POUR_NOMBRE).split())
        if chiffres.isascii() and chiffres.isdigit() and chiffres != brut.strip():
            return Comprise(chiffres, "espaces retirés")
    return _texte(brut, attente)


_COCHES = frozenset(("x", "oui", "✓", "✔", "☑", "☒", "1", "vrai"))


def _case(brut: object, attente: Attente) -> Comprise | Incomprise:
    texte = _texte_de(brut)[0]
    if texte == "x":
        return Comprise("x")
    if plier(texte) in _COCHES:
        return Comprise("x", "case cochée autrement que par x")
    a_faire = f"saisissez x, ou videz la cellule si la réponse est non, {_SUITE}"
    return Incomprise("CHOIX_INCONNU", f"«{NBSP}x{NBSP}», ou rien", a_faire)


_LECTEURS: dict[str, Callable[[object, Attente], Comprise | Incomprise]] = {
    "entier": _nombre, "decimal": _nombre, "montant": _nombre, "taux": _nombre,
    "date": _date, "liste": _liste, "texte": _texte, "code": _code, "case": _case,
}  # fmt: skip
