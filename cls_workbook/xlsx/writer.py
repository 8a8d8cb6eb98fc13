"""``Classeur`` → .xlsx, .xlsm or .xlam, through XlsxWriter, which only this module, ``page`` and ``contenus`` know.

Same description, same bytes: no clock, no random identifier. Text is always written as text, whatever
it looks like. What Excel would refuse or cut raises ValueError before anything is written.
"""

from __future__ import annotations

import os
import secrets
import warnings
from contextlib import suppress
from datetime import date, datetime
from decimal import Decimal
from functools import partial
from io import BytesIO
from pathlib import Path

import xlsxwriter
from xlsxwriter.exceptions import XlsxWriterException

from cls_workbook.errors import Refus
from cls_workbook.xlsx import archive, charts, look, macros
from cls_workbook.xlsx.contenus import Contenus, Textes
from cls_workbook.xlsx.limits import ENTIER_EXACT, controler
from cls_workbook.xlsx.page import SANS_RANGEES, Page, Styles
from cls_workbook.xlsx.sheets import Classeur, Feuille, Graphique, Impression, Plage, Rangees, Tableau, Validation, reference

_OPTIONS = {"strings_to_formulas": False, "strings_to_urls": False, "in_memory": True}
# Written in every file instead of the clock.
_CREATION = datetime(2024, 1, 1)
_A4 = 9
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
            longues = _Rendu(tampon, classeur).fermer()
        except (UserWarning, XlsxWriterException) as faute:
            raise ValueError(f"classeur « {classeur.titre} » : {faute}") from faute
    contenu = archive.completer(tampon.getvalue(), SANS_RANGEES, longues) if longues else tampon.getvalue()
    return macros.empaqueter(contenu, classeur.macros) if classeur.macros else contenu


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


def _montrees(classeur: Classeur) -> dict[str, set[tuple[int, int]]]:
    """Sheet → (row, column) of the cells that charts show."""
    montrees: dict[str, set[tuple[int, int]]] = {}
    for serie in (s for f in classeur.feuilles for g in f.graphiques for s in g.series):
        for nom, (ligne, colonne, ligne_fin, colonne_fin) in (serie.categories, serie.valeurs):
            montrees.setdefault(nom, set()).update((i, j) for i in range(ligne, ligne_fin + 1) for j in range(colonne, colonne_fin + 1))
    return montrees


class _Rendu:
    """One workbook being written."""

    def __init__(self, tampon: BytesIO, classeur: Classeur):
        nom_police, _ = look.police()
        # Column widths are counted in digits of the default font: 11 points, whatever the charte's sizes.
        defaut = {"font_name": nom_police, "font_size": 11}
        self.livre = xlsxwriter.Workbook(tampon, _OPTIONS | {"default_format_properties": defaut})
        self.formats = _Formats(self.livre, look.style)
        self.conditionnels = _Formats(self.livre, look.dxf)
        self.styles = Styles(self.formats)
        self.contenus = Contenus(Textes(self.livre.str_table))
        self.validations: dict = {}
        self.montrees = _montrees(classeur)
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

    def fermer(self) -> dict[str, archive.Reserve]:
        """Write the workbook. Returns the parts whose rows were left out, with these rows."""
        self.livre.close()
        pages = self.livre.worksheets()
        longues = {f"xl/worksheets/sheet{rang}.xml": page.reserve for rang, page in enumerate(pages, 1) if page.reserve.longue}
        # The library's workbook and sheets refer to each other: parted, they are forgotten without Python's collector.
        self.livre.worksheets_objs.clear()
        self.livre.sheetnames.clear()
        self.contenus.clear()
        return longues

    def _feuille(self, feuille: Feuille) -> None:
        page = self.livre.add_worksheet(feuille.nom, Page)
        page.preparer(self.formats, self.styles, self.contenus, self.validations)
        _presenter(page, feuille)
        _imprimer(page, feuille.impression)
        # Tables first: the cells then take the place of the headers that these wrote.
        for tableau in feuille.tableaux:
            _tableau(page, tableau)
        self._cellules(page, feuille)
        for validation in feuille.validations:
            _valider(page, validation)
        for regle in feuille.mises_en_forme:
            ligne, colonne, ligne_fin, colonne_fin = regle.plage
            options = {"type": "formula", "criteria": f"={regle.formule}", "format": self.conditionnels[regle.style]}
            page.conditional_format(ligne - 1, colonne - 1, ligne_fin - 1, colonne_fin - 1, options)
        for graphique in feuille.graphiques:
            self._graphique(page, graphique)

    def _cellules(self, page: Page, feuille: Feuille) -> None:
        montrees = self.montrees.get(feuille.nom, ())
        if isinstance(feuille.cellules, Rangees) and not feuille.fusions and not montrees:
            page.derouler(feuille.cellules)
            return
        page.poser(feuille.cellules)
        for plage in feuille.fusions:
            page.fusionner(plage)
        page.rendre(montrees)

    def _graphique(self, page, graphique: Graphique) -> None:
        nature, sous_type = charts.nature(graphique)
        dessin = self.livre.add_chart({"type": nature} | ({"subtype": sous_type} if sous_type else {}))
        for serie in charts.series(graphique):
            dessin.add_series(serie)
        for reglage, options in charts.reglages(graphique).items():
            getattr(dessin, reglage)(options)
        place = {"object_position": 2, "description": graphique.texte_alternatif}
        page.insert_chart(graphique.ligne - 1, graphique.colonne - 1, dessin, place)


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


def _valider(page: Page, validation: Validation) -> None:
    """One validation over all its ranges."""
    v = validation
    bornes = (v.minimum, v.maximum, type(v.minimum), type(v.maximum))
    cle = (v.type, *bornes, v.source, v.titre, v.invite, v.titre_erreur, v.erreur, v.stricte)
    page.valider(cle, partial(_options_de, validation), " ".join([plage.a1() for plage in v.plages]))


def _options_de(validation: Validation) -> dict:
    """All but where it stands, in XlsxWriter's words."""
    options = _attendu(validation) | {
        "input_title": validation.titre or None,
        "input_message": validation.invite or None,
        "show_input": bool(validation.titre or validation.invite),
        "error_title": validation.titre_erreur or None,
        "error_message": validation.erreur or None,
    }
    if not validation.stricte:
        options |= {"error_type": "warning"} if validation.erreur else {"show_error": False}
    return options


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
