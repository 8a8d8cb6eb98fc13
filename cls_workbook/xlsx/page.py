"""A sheet of XlsxWriter whose rows and cells are written here, several times as fast and byte for byte the same.

XlsxWriter does all the rest (comments apart, which need its rows). Its own way of writing cells, one call, one record and
one look at every attribute each, would take two thirds of the time of a workbook. A row is made once, in one piece; what is
long is kept compressed. A validation that comes back, on other cells or other sheets, is checked and written by XlsxWriter once.

Relied upon beyond its documented calls, and held by ``tests/test_page.py`` (the version is bounded in ``pyproject.toml``):

- ``_write_sheet_data()`` writes the element ``sheetData`` to ``fh``, and reads nothing that another part needs;
- ``_write_data_validations()`` writes to ``fh`` the element ``dataValidations``, of those which ``validations`` lists, one by
  one with ``_write_data_validation()``; where they stand is in ``sqref`` and nowhere else;
- ``_prepare_formula()`` takes the first ``=`` off the formulas of validations and conditional formats;
- ``_get_range_data()`` gives the values that a chart keeps;
- ``table`` (row → column → cell) holds what XlsxWriter's own calls wrote, which ``_write_cell()`` turns into XML;
- ``row_info`` (row → height in pixels, hidden), ``default_row_height``, ``hyperlinks`` (row → column), ``merge`` (a list);
- ``_check_dimensions()`` extends what the sheet occupies, ``dim_rowmin`` is None while that is nothing;
- ``utility._datetime_to_excel_datetime()``, in ``contenus``, numbers a date;
- ``str_table``: ``_get_shared_string_index()`` counts a text and gives its rank, ``count`` is how many cells hold one;
- ``_get_xf_index()`` of a format numbers it the first time that it is used: hence rows in order, sheet after sheet.
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from io import StringIO
from itertools import chain, groupby

from xlsxwriter.worksheet import Worksheet

from cls_workbook.xlsx.archive import Reserve
from cls_workbook.xlsx.contenus import SANS_VALEUR, TEXTE, VIDE, Contenus, montre, texte_de_rang, texte_permis
from cls_workbook.xlsx.limits import lien_permis
from cls_workbook.xlsx.sheets import Cellule, Lien, Plage, Rangees, adresse, lettre

LIENS_MAX = 65_000  # Excel refuses a sheet with more than 65 530
# Where the rows of a large sheet are left out, to be put back in the archive: XlsxWriter writes an empty element otherwise.
SANS_RANGEES = b"<sheetData></sheetData>"
_ICI = "ICI"  # where a validation stands, until it is known
_EN_BLOC = 16  # rows whose cells' first and last columns are told together

# Number of a row, XML of its cells, first and last columns: ("", 0, 0) for a row without any.
_Rang = tuple[int, str, int, int]


class Styles(dict):
    """Style name → attribute of a cell. ``formats``: style name → XlsxWriter's format."""

    def __init__(self, formats: Mapping):
        super().__init__({None: ""})
        self._formats = formats

    def __missing__(self, nom: str) -> str:
        attribut = self[nom] = f' s="{self._formats[nom]._get_xf_index()}"'
        return attribut


class Page(Worksheet):
    """Cells are given by ``poser`` or ``derouler``, after XlsxWriter's own calls; ``rendre`` then makes the rows."""

    def preparer(self, formats: Mapping, styles: Styles, contenus: Contenus, validations: dict[Hashable, list[str]]) -> None:
        """What the sheets of a workbook share: formats, their attributes, the XML of values, that of validations."""
        self._formats, self._styles, self._contenus, self._modeles = formats, styles, contenus, validations
        self._rangees: dict[int, dict[int, tuple[str, str, object]]] = {}  # row → column → style, end of the XML, value
        self._montrees: dict[tuple[int, int], object] = {}
        self._validees: list[str] = []
        self._liens = 0
        self.reserve = Reserve()

    def valider(self, cle: Hashable, options: Callable[[], dict], lieux: str) -> None:
        """A validation of ``lieux`` (``A1:B2 D4``). ``cle`` tells it from the others of the workbook; ``options``, for XlsxWriter, are asked for once."""
        if cle not in self._modeles:
            self._modeles[cle] = self._modele(options() | {"multi_range": _ICI})
        if modele := self._modeles[cle]:
            self._validees.append(lieux.join(modele))

    def _modele(self, options: dict) -> list[str]:
        """What stands before and after the place of a validation; nothing for one that says nothing."""
        if self.data_validation(0, 0, 0, 0, options):
            return []
        self.fh = StringIO()
        self._write_data_validation(self.validations.pop())
        # Quotes are escaped in an attribute: this one is found once.
        avant, apres = self.fh.getvalue().split(f' sqref="{_ICI}"')
        return [f'{avant} sqref="', f'"{apres}']

    def poser(self, cellules: Iterable[Cellule]) -> None:
        """Cells in any order; of two at one place, the later one stays. ValueError, naming the place, if a cell cannot hold a value.

        The inner loop of every workbook: one look-up of the type, or of the text.
        """
        contenus, textes, rangees = self._contenus, self._contenus.textes, self._rangees
        ici, rangee, ecrits = None, {}, 0
        try:
            for ligne, colonne, valeur, style in cellules:
                if ligne != ici:
                    ici, rangee = ligne, rangees.setdefault(ligne, {})
                classe = type(valeur)
                if valeur is None:
                    fin = VIDE
                elif classe is str:
                    fin = textes[valeur]
                    ecrits += valeur != ""
                elif classe is Lien:
                    fin = self._lien(ligne, colonne, valeur, style)
                else:
                    fin = contenus[classe](valeur)
                rangee[colonne] = style, fin, valeur
        except ValueError as faute:
            raise ValueError(f"feuille « {self.name} », {adresse(ligne, colonne)} : {faute}") from faute
        self.str_table.count += ecrits

    def fusionner(self, plage: Plage) -> None:
        """Record a merge; the cells that it covers and that are not given take the style of the first one, for its borders."""
        ligne, colonne, ligne_fin, colonne_fin = plage
        # merge_range() would write the cells as well: only the range is wanted here.
        self.merge.append([ligne - 1, colonne - 1, ligne_fin - 1, colonne_fin - 1])
        if premiere := self._rangees.get(ligne, {}).get(colonne):
            couverte = premiere[0], VIDE, None
            for i in range(ligne, ligne_fin + 1):
                rangee = self._rangees.setdefault(i, {})
                for j in range(colonne, colonne_fin + 1):
                    rangee.setdefault(j, couverte)

    def derouler(self, rangees: Rangees) -> None:
        """Whole rows, each made and forgotten: the sheet holds no other cell. Takes the place of ``poser`` and ``rendre``."""
        fin = rangees.nombre
        self._etendre(1, 1, fin, rangees.largeur)
        autres = sorted(ligne + 1 for ligne in self.row_info if ligne >= fin)
        self._deposer(chain(self._rangs(rangees), ((ligne, "", 0, 0) for ligne in autres)))

    def rendre(self, montrees: Iterable[tuple[int, int]] = ()) -> None:
        """Make the rows of all the cells given, which are then forgotten, but for the (row, column) that charts show."""
        rangees = self._rangees
        self._reprendre()
        if rangees:
            colonnes = [c for rangee in rangees.values() for c in (min(rangee), max(rangee))]
            self._etendre(min(rangees), min(colonnes), max(rangees), max(colonnes))
        self._deposer(map(self._rang, sorted(rangees.keys() | {ligne + 1 for ligne in self.row_info})))
        self._montrees = {(i, j): montre(rangees[i][j][2]) for i, j in montrees if j in rangees.get(i, ())}
        self._rangees = {}

    # --- Cells ---------------------------------------------------------------------------------------------------------

    def _lien(self, ligne: int, colonne: int, lien: Lien, style: str) -> str:
        cible, texte, infobulle = lien
        lien_permis(cible)
        self._liens += 1
        if self._liens > LIENS_MAX:
            self.str_table.count += texte != ""
            return self._contenus.textes[texte]
        if self.write_url(ligne - 1, colonne - 1, cible, self._formats[style], texte_permis(texte), infobulle or None):
            raise ValueError("la cellule n'existe pas dans Excel")
        return texte_de_rang(self.table[ligne - 1][colonne - 1].string)

    def _reprendre(self) -> None:
        """What XlsxWriter's own calls wrote: a link is told when its text is no more; the header of a table stands where no cell was given."""
        for i, liens in self.hyperlinks.items():
            for j in liens:
                style, fin, _ = self._rangees[i + 1][j + 1]
                if not fin.startswith(TEXTE):
                    self.write_blank(i, j, None, self._formats[style])
        for i, cellules in self.table.items():
            rangee = self._rangees.setdefault(i + 1, {})
            for j, cellule in cellules.items():
                if j + 1 not in rangee:
                    rangee[j + 1] = None, self._par_xlsxwriter(i, j, cellule), ""

    def _par_xlsxwriter(self, i: int, j: int, cellule: tuple) -> str:
        """All that follows the address in the XML of a cell of its own."""
        self.fh = StringIO()
        self._write_cell(i, j, cellule)
        return self.fh.getvalue().removeprefix(f'<c r="{adresse(i + 1, j + 1)}"')

    def _rang(self, ligne: int) -> _Rang:
        if not (rangee := self._rangees.get(ligne)):
            return ligne, "", 0, 0
        styles, suite = self._styles, f'{ligne}"'
        cellules = sorted(rangee.items())
        return ligne, "".join([f'<c r="{lettre(j)}{suite}{styles[style]}{fin}' for j, (style, fin, _) in cellules]), cellules[0][0], cellules[-1][0]

    def _rangs(self, rangees: Rangees) -> Iterator[_Rang]:
        """The inner loop of a large table."""
        contenus, textes, styles, largeur = self._contenus, self._contenus.textes, self._styles, rangees.largeur
        debuts, ecrits = [f'<c r="{lettre(j)}' for j in range(1, largeur + 1)], 0
        for ligne, (valeurs, noms) in enumerate(rangees.rangees(), 1):
            cellules, suite = [], f'{ligne}"'
            try:
                for debut, valeur, style in zip(debuts, valeurs, noms, strict=True):
                    classe = type(valeur)
                    if valeur is None:
                        fin = VIDE
                    elif classe is str:
                        fin = textes[valeur]
                        ecrits += valeur != ""
                    elif classe is Lien:
                        fin = self._lien(ligne, len(cellules) + 1, valeur, style)
                    else:
                        fin = contenus[classe](valeur)
                    cellules.append(f"{debut}{suite}{styles[style]}{fin}")
            except ValueError as faute:
                raise ValueError(f"feuille « {self.name} », {adresse(ligne, len(cellules) + 1)} : {faute}") from faute
            yield ligne, "".join(cellules), 1, largeur
        self.str_table.count += ecrits

    # --- Rows ----------------------------------------------------------------------------------------------------------

    def _etendre(self, ligne: int, colonne: int, ligne_fin: int, colonne_fin: int) -> None:
        """Tell XlsxWriter what the cells occupy. ValueError if it is more than a sheet."""
        if self._check_dimensions(ligne - 1, colonne - 1) or self._check_dimensions(ligne_fin - 1, colonne_fin - 1):
            fautive = (ligne, colonne) if min(ligne, colonne) < 1 else (ligne_fin, colonne_fin)
            raise ValueError(f"feuille « {self.name} » : la cellule {fautive} n'existe pas dans Excel")

    def _deposer(self, rangs: Iterable[_Rang]) -> None:
        """The rows, in order; those without a cell have a height."""
        hauteurs = {ligne + 1: self._hauteur(info) for ligne, info in self.row_info.items()}
        for _, bloc in groupby(rangs, key=lambda rang: (rang[0] - 1) // _EN_BLOC):
            bloc = list(bloc)
            pleins = [rang for rang in bloc if rang[1]]
            etendue = f' spans="{min(r[2] for r in pleins)}:{max(r[3] for r in pleins)}"' if pleins else ""
            for ligne, cellules, _, _ in bloc:
                debut = f'<row r="{ligne}"{etendue}{hauteurs.get(ligne, "")}'
                self.reserve.ajouter(f"{debut}>{cellules}</row>" if cellules else f"{debut}/>")

    def _hauteur(self, info) -> str:
        """Attributes of a row whose height was set."""
        haut, masquee = info.height != self.default_row_height, ' hidden="1"' if info.hidden else ""
        return f' ht="{info.height * 0.75:.16g}"{masquee} customHeight="1"' if haut else masquee

    # --- What XlsxWriter asks of a sheet -------------------------------------------------------------------------------

    def _prepare_formula(self, formule: str, _nouvelles_fonctions: bool = False) -> str:
        # XlsxWriter looks for some fifty functions newer than Excel 2016 in every formula; ours use none (the lint holds it).
        return formule.removeprefix("=")

    def _write_sheet_data(self) -> None:
        if self.dim_rowmin is None:
            self.fh.write("<sheetData/>")
        else:
            # The rows of a large sheet are put into the archive afterwards (``completer``), a piece at a time.
            self.fh.write("<sheetData>" + ("" if self.reserve.longue else self.reserve.texte()) + "</sheetData>")

    def _write_data_validations(self) -> None:
        if nombre := len(self.validations) + len(self._validees):
            self.fh.write(f'<dataValidations count="{nombre}">')
            for validation in self.validations:
                self._write_data_validation(validation)
            self.fh.write("".join(self._validees) + "</dataValidations>")

    def _get_range_data(self, ligne: int, colonne: int, ligne_fin: int, colonne_fin: int) -> list:
        places = [(i + 1, j + 1) for i in range(ligne, ligne_fin + 1) for j in range(colonne, colonne_fin + 1)]
        return [self._montrees.get(place) for place in places if self._montrees.get(place, "") is not SANS_VALEUR]
