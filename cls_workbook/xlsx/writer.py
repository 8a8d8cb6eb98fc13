"""``Classeur`` → .xlsx, .xlsm or .xlam, through XlsxWriter: the only module that knows this library.

Same description, same bytes: no clock, no random identifier. Text is always written as text, whatever
it looks like. What Excel would refuse or cut raises ValueError before anything is written.
"""

from __future__ import annotations

import os
import re
import secrets
import warnings
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from io import BytesIO
from numbers import Integral, Real
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from cls_workbook.errors import Refus
from cls_workbook.xlsx import charts, look, macros
from cls_workbook.xlsx.limits import ENTIER_EXACT, controler, sans_interdit, unites
from cls_workbook.xlsx.sheets import (
    TEXTE_MAX,
    Classeur,
    Feuille,
    Formule,
    Graphique,
    Impression,
    Lien,
    Plage,
    Tableau,
    Validation,
    adresse,
    reference,
)

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
# Written in every file instead of the clock.
_CREATION = datetime(2024, 1, 1)
_A4 = 9
_LIENS_MAX = 65_000  # Excel refuses a sheet with more than 65 530
# Characters that XML forbids, carriage returns, and a text that XlsxWriter would take for rich-text XML.
_ANORMAL = re.compile("[\x00-\x08\x0b-\x1f\ud800-\udfff\ufffe\uffff]|^<r>.*</r>$", re.DOTALL)
_CRITERES = {"entier": "integer", "decimal": "decimal", "montant": "decimal", "date": "date", "texte": "length"}


def write(classeur: Classeur, path: str | os.PathLike) -> None:
    """Write the workbook at ``path``, whole or not at all; missing folders are made.

    Refus if the file or folder cannot be written; ValueError if Excel could not hold the description.
    """
    enregistrer(to_bytes(classeur), path)


def to_bytes(classeur: Classeur) -> bytes:
    """The workbook as the bytes of a file: .xlsx; with macros .xlsm, or .xlam. ValueError if Excel could not hold the description."""
    controler(classeur)
    tampon = BytesIO()
    # XlsxWriter reports most mistakes as a warning and skips the element: here a mistake stops.
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        try:
            _Rendu(tampon, classeur).fermer()
        except (UserWarning, XlsxWriterException) as faute:
            raise ValueError(f"classeur « {classeur.titre} » : {faute}") from faute
    return macros.empaqueter(tampon.getvalue(), classeur.macros) if classeur.macros else tampon.getvalue()


def enregistrer(contenu: bytes, path: str | os.PathLike) -> None:
    """Put ``contenu`` at ``path`` in one move, so that no half-written file is ever seen. Refus if impossible."""
    cible = Path(path)
    # A short name: the target's may already be as long as the file system allows.
    provisoire = cible.parent / f".{secrets.token_hex(6)}.partiel"
    try:
        if cible.is_dir():
            raise Refus(f"« {cible} » est un dossier : indiquez un nom de fichier.")
        cible.parent.mkdir(parents=True, exist_ok=True)
        try:
            provisoire.write_bytes(contenu)
            os.replace(provisoire, cible)
        except BaseException:
            with suppress(OSError):
                provisoire.unlink()
            raise
    except PermissionError as faute:
        raise Refus(
            f"« {cible} » ne peut pas être écrit : il est peut-être ouvert dans Excel, ou le dossier est protégé. "
            "Fermez le fichier ou choisissez un autre emplacement, puis recommencez."
        ) from faute
    except OSError as faute:
        raise Refus(f"« {cible} » ne peut pas être écrit ({faute.strerror or faute}).") from faute


class _Formats(dict):
    """Style name → XlsxWriter format, made once per workbook."""

    def __init__(self, livre: xlsxwriter.Workbook, proprietes):
        super().__init__()
        self._livre, self._proprietes = livre, proprietes

    def __missing__(self, nom: str):
        self[nom] = self._livre.add_format(self._proprietes(nom))
        return self[nom]


class _Textes(dict):
    """Text → what is safe to store, worked out once for each distinct text."""

    def __missing__(self, texte: str) -> str:
        sur = texte_sur(texte) if _ANORMAL.search(texte) else texte
        if len(texte) > TEXTE_MAX // 2 and unites(texte) > TEXTE_MAX:
            raise ValueError(f"texte de {unites(texte)} caractères : Excel en accepte {TEXTE_MAX} par cellule")
        self[texte] = sur
        return sur


def texte_sur(texte: str) -> str:
    """The text with line ends as Excel has them, and every character that XML forbids shown as ``\\ufffd``."""
    texte = sans_interdit(texte)
    if texte.startswith("<r>") and texte.endswith("</r>"):
        # XlsxWriter copies such a text into the file unescaped: give it the escaped text as one rich run.
        contenu = texte.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        return f'<r><t xml:space="preserve">{contenu}</t></r>'
    return texte


class _Rendu:
    """One workbook being written."""

    def __init__(self, tampon: BytesIO, classeur: Classeur):
        nom_police, _ = look.police()
        # Column widths are counted in digits of the default font: 11 points, whatever the charte's sizes.
        defaut = {"font_name": nom_police, "font_size": 11}
        self.livre = xlsxwriter.Workbook(tampon, _OPTIONS | {"default_format_properties": defaut})
        self.formats = _Formats(self.livre, look.style)
        self.conditionnels = _Formats(self.livre, look.dxf)
        self.textes = _Textes()
        self.livre.set_properties({"title": classeur.titre, "subject": classeur.sujet, "created": _CREATION})
        self.livre.set_calc_mode("auto")
        self.livre.set_tab_ratio(80)
        for feuille in classeur.feuilles:
            self._feuille(feuille)
        if classeur.macros:
            macros.attacher(self.livre, classeur)
        for nom, (feuille, plage) in classeur.noms.items():
            self.livre.define_name(nom, f"={reference(feuille, plage)}")
        active = classeur.feuille_active or next(f.nom for f in classeur.feuilles if f.etat == "visible")
        self.livre.get_worksheet_by_name(active).activate()

    def fermer(self) -> None:
        self.livre.close()
        # The library's workbook and sheets refer to each other: parted, they are forgotten without Python's collector.
        self.livre.worksheets_objs.clear()
        self.livre.sheetnames.clear()

    def _feuille(self, feuille: Feuille) -> None:
        page = self.livre.add_worksheet(feuille.nom)
        # XlsxWriter looks for some fifty functions newer than Excel 2016 in every formula; ours use none (the lint holds it).
        page._prepare_formula = _sans_egal
        _presenter(page, feuille)
        _imprimer(page, feuille.impression)
        # Tables and merges first: the cells then take the place of what these wrote.
        for tableau in feuille.tableaux:
            _tableau(page, tableau)
        self._fusions(page, feuille)
        self._cellules(page, feuille)
        for validation in feuille.validations:
            _valider(page, validation)
        for regle in feuille.mises_en_forme:
            ligne, colonne, ligne_fin, colonne_fin = regle.plage
            options = {"type": "formula", "criteria": f"={regle.formule}", "format": self.conditionnels[regle.style]}
            page.conditional_format(ligne - 1, colonne - 1, ligne_fin - 1, colonne_fin - 1, options)
        for graphique in feuille.graphiques:
            self._graphique(page, graphique)

    def _cellules(self, page, feuille: Feuille) -> None:
        """The inner loop of the whole program: one look-up of the type, one of the style."""
        ecrivains, formats = _Ecrivains(page, self.textes), self.formats
        for ligne, colonne, valeur, style in feuille.cellules:
            try:
                fautif = ecrivains[type(valeur)](ligne - 1, colonne - 1, valeur, formats[style])
            except ValueError as faute:
                raise ValueError(f"feuille « {feuille.nom} », {adresse(ligne, colonne)} : {faute}") from faute
            if fautif:
                raise ValueError(f"feuille « {feuille.nom} » : la cellule ({ligne}, {colonne}) n'existe pas dans Excel")
        ecrivains.clear()  # it holds methods of its own: see ``fermer``

    def _fusions(self, page, feuille: Feuille) -> None:
        """Record the merges; the cells that they cover and that say nothing take the style of the first one, for its borders."""
        if not feuille.fusions:
            return
        styles = {cellule[:2]: cellule[3] for cellule in feuille.cellules}
        for plage in feuille.fusions:
            ligne, colonne, ligne_fin, colonne_fin = plage
            # merge_range() would write the cells as well: only the range is wanted here.
            page.merge.append([ligne - 1, colonne - 1, ligne_fin - 1, colonne_fin - 1])
            if (style := styles.get((ligne, colonne))) is None:
                continue
            for i in range(ligne, ligne_fin + 1):
                for j in range(colonne, colonne_fin + 1):
                    if (i, j) not in styles:
                        page.write_blank(i - 1, j - 1, None, self.formats[style])

    def _graphique(self, page, graphique: Graphique) -> None:
        nature, sous_type = charts.nature(graphique)
        dessin = self.livre.add_chart({"type": nature} | ({"subtype": sous_type} if sous_type else {}))
        for serie in charts.series(graphique):
            dessin.add_series(serie)
        for reglage, options in charts.reglages(graphique).items():
            getattr(dessin, reglage)(options)
        place = {"object_position": 2, "description": graphique.texte_alternatif}
        page.insert_chart(graphique.ligne - 1, graphique.colonne - 1, dessin, place)


class _Ecrivains(dict):
    """Type of a value → the function that writes it at (row, column), counted from 0, with a format.

    Each returns 0, or XlsxWriter's error code.
    """

    def __init__(self, page, textes: _Textes):
        super().__init__()
        self._page, self._textes, self._liens = page, textes, 0
        self.update(
            {
                type(None): page.write_blank,
                str: self._texte,
                int: self._entier,
                float: self._reel,
                Decimal: self._reel,
                bool: page.write_boolean,
                date: page.write_datetime,
                datetime: page.write_datetime,
                Formule: self._formule,
                Lien: self._lien,
            }
        )

    def __missing__(self, classe: type):
        """Subclasses and other libraries' numbers."""
        parents = [(datetime, self[datetime]), (str, self._texte), (Integral, self._entier), (Real, self._reel)]
        for parent, ecrivain in parents:
            if issubclass(classe, parent):
                self[classe] = ecrivain
                return ecrivain
        raise ValueError(f"une cellule ne peut pas contenir un objet {classe.__name__}")

    def _texte(self, ligne, colonne, valeur, format_):
        if not valeur:  # an empty text would make the cell count as filled
            return self._page.write_blank(ligne, colonne, None, format_)
        return self._page.write_string(ligne, colonne, self._textes[valeur], format_)

    def _entier(self, ligne, colonne, valeur, format_):
        if -ENTIER_EXACT < valeur < ENTIER_EXACT:
            return self._page.write_number(ligne, colonne, int(valeur), format_)
        return self._page.write_string(ligne, colonne, str(valeur), format_)

    def _reel(self, ligne, colonne, valeur, format_):
        nombre = float(valeur)
        if nombre != nombre:  # NaN is how frames say missing
            return self._page.write_blank(ligne, colonne, None, format_)
        if nombre in (float("inf"), float("-inf")):
            raise ValueError("une cellule ne peut pas contenir un nombre infini")
        return self._page.write_number(ligne, colonne, nombre, format_)

    def _formule(self, ligne, colonne, formule, format_):
        texte, valeur = formule
        if not valeur and (valeur is None or isinstance(valeur, str)):
            valeur = ""
        elif isinstance(valeur, str):
            valeur = sans_interdit(valeur)
        elif isinstance(valeur, date):
            valeur = _numero_de_serie(valeur)
        elif isinstance(valeur, Decimal):
            valeur = float(valeur)
        return self._page.write_formula(ligne, colonne, f"={texte}", format_, valeur)

    def _lien(self, ligne, colonne, lien, format_):
        cible, texte, infobulle = lien
        self._liens += 1
        if self._liens > _LIENS_MAX:
            return self._texte(ligne, colonne, texte, format_)
        return self._page.write_url(ligne, colonne, cible, format_, self._textes[texte], infobulle or None)


def _sans_egal(formule: str, _nouvelles_fonctions: bool = False) -> str:
    """The formula as it is stored: without its first ``=``."""
    return formule.removeprefix("=")


def _numero_de_serie(jour: date) -> float:
    """A date (and time) as Excel counts it: days since 30/12/1899."""
    moment = jour if isinstance(jour, datetime) else datetime(jour.year, jour.month, jour.day)
    return (moment - datetime(1899, 12, 30)).total_seconds() / 86_400


def _presenter(page, feuille: Feuille) -> None:
    """Widths, heights, panes, tab, protection."""
    page.hide_gridlines(2)
    page.set_zoom(feuille.zoom)
    for colonne in sorted(feuille.largeurs.keys() | set(feuille.colonnes_masquees)):
        masquee = {"hidden": True} if colonne in feuille.colonnes_masquees else {}
        page.set_column(colonne - 1, colonne - 1, feuille.largeurs.get(colonne), None, masquee)
    for ligne, hauteur in feuille.hauteurs.items():
        page.set_row(ligne - 1, hauteur)
    if feuille.figee:
        page.freeze_panes(*feuille.figee)
    if feuille.selection:
        ligne, colonne = (i - 1 for i in feuille.selection)
        page.set_selection(ligne, colonne, ligne, colonne)
    if feuille.couleur_onglet:
        page.set_tab_color(look.couleur(feuille.couleur_onglet))
    if feuille.etat == "masquee":
        page.hide()
    elif feuille.etat == "tres_masquee":
        page.very_hidden()
    if feuille.protegee:
        # No password: it guards against slips, and a partner may lift it.
        permis = ("select_locked_cells", "select_unlocked_cells", "format_columns", "format_rows", "autofilter")
        page.protect("", dict.fromkeys(permis, True) | {"insert_rows": feuille.inserer_lignes})


def _imprimer(page, impression: Impression) -> None:
    """A4, as many pages down as it takes."""
    page.set_paper(_A4)
    if impression.paysage:
        page.set_landscape()
    else:
        page.set_portrait()
    page.fit_to_pages(impression.largeur, 0)
    page.center_horizontally()
    page.set_margins(left=0.45, right=0.45, top=0.5, bottom=0.65)
    page.set_footer(look.pied_de_page(impression.pied_gauche), {"margin": 0.3})
    if impression.lignes_repetees:
        page.repeat_rows(*(ligne - 1 for ligne in impression.lignes_repetees))
    if impression.colonnes_repetees:
        page.repeat_columns(*(colonne - 1 for colonne in impression.colonnes_repetees))
    if impression.zone:
        page.print_area(*(i - 1 for i in impression.zone))
    if impression.sauts:
        page.set_h_pagebreaks(impression.sauts)


def _tableau(page, tableau: Tableau) -> None:
    """An Excel table without a style of its own: its cells keep the charte's. Without data, it has one blank row."""
    ligne, colonne, ligne_fin, colonne_fin = tableau.plage
    plage = Plage(ligne, colonne, max(ligne_fin, ligne + 1), colonne_fin)
    options = {"name": tableau.nom, "style": None, "columns": [{"header": nom} for nom in tableau.colonnes]}
    # add_table() keeps a record of each cell of its range: it is shown two rows, then told the real range.
    page.add_table(ligne - 1, colonne - 1, ligne, colonne_fin - 1, options)
    page.tables[-1] |= dict.fromkeys(("range", "a_range", "autofilter"), plage.a1())


def _valider(page, validation: Validation) -> None:
    """One validation over all its ranges."""
    options = _attendu(validation) | {
        "input_title": validation.titre or None,
        "input_message": validation.invite or None,
        "show_input": bool(validation.titre or validation.invite),
        "error_title": validation.titre_erreur or None,
        "error_message": validation.erreur or None,
        "multi_range": " ".join(plage.a1() for plage in validation.plages),
    }
    if not validation.stricte:
        options |= {"error_type": "warning"} if validation.erreur else {"show_error": False}
    ligne, colonne, ligne_fin, colonne_fin = validation.plages[0]
    page.data_validation(ligne - 1, colonne - 1, ligne_fin - 1, colonne_fin - 1, options)


def _attendu(validation: Validation) -> dict:
    """What the validation accepts, in XlsxWriter's words."""
    if validation.type == "libre":
        return {"validate": "any", "show_error": False}
    if validation.type == "liste":
        source = validation.source
        return {"validate": "list", "source": source if isinstance(source, str) else list(source)}
    minimum, maximum = _borne(validation.minimum), _borne(validation.maximum)
    attendu = {"validate": _CRITERES[validation.type]}
    if minimum is not None and maximum is not None:
        return attendu | {"criteria": "between", "minimum": minimum, "maximum": maximum}
    if maximum is not None:
        return attendu | {"criteria": "<=", "value": maximum}
    if minimum is None:
        # No bound given: any number, any date, any text that a cell can hold.
        minimum = {"date": date(1900, 1, 1), "texte": 0}.get(validation.type, -ENTIER_EXACT)
    return attendu | {"criteria": ">=", "value": minimum}


def _borne(valeur: object):
    """A bound: number, date, or formula (``=B2``) as it is."""
    if isinstance(valeur, Decimal):
        return int(valeur) if valeur == valeur.to_integral_value() else float(valeur)
    return valeur
