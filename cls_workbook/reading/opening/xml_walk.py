"""The XML of a part, element by element, under a budget: what a file may hold is counted before it is made.

Whatever XML allows is understood (prefixes, encodings, comments, CDATA, references); a DOCTYPE is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from xml.parsers import expat

from cls_workbook.errors import Refusal
from cls_workbook.reading.opening.zip_parts import DOCTYPE_FOUND, SAVE_AGAIN
from cls_workbook.workbook.description import address

TAG_MAX = 4_000_000  # bytes of one tag, which the parser holds whole
DEPTH_MAX = 200
FORMULAS_MAX, SHEETS_MAX = 200_000, 2_000  # of one file
TEXT_MAX = 100_000  # characters of one text; Excel stops at 32 767
IGNORED = "ignored"
_LIGHTEN = "Supprimez les lignes, les feuilles et les textes inutiles, enregistrez, puis renvoyez le classeur."

Attributes = dict[str, str]
State = str


class Budget:
    """How much may still be read of one file. ``tags`` of XML (of what is read the plain way), ``characters`` of texts;
    ``written``: cells that hold something; ``cells``: of the rectangles from A1 to the last one; ``sheet``: of one
    rectangle.

    A filled workbook has some 100 000 tags, and 20 000 cells in rectangles of 50 000.
    """

    def __init__(
        self,
        tags: int = 1_200_000,
        characters: int = 30_000_000,
        written: int = 200_000,
        cells: int = 2_000_000,
        sheet: int = 1_000_000,
    ):
        self._tags, self._characters, self._written, self._cells, self._sheet = tags, characters, written, cells, sheet
        self._formulas, self._sheets = FORMULAS_MAX, SHEETS_MAX

    def take_tags(self, number: int) -> None:
        self._tags -= number
        if self._tags < 0:
            raise _too_many()

    def take_characters(self, number: int) -> None:
        """Of one text."""
        self._characters -= number
        if self._characters < 0 or number > TEXT_MAX:
            raise Refusal("Le fichier contient des textes anormalement longs.", (_LIGHTEN,))

    def take_written(self, number: int) -> None:
        """Cells that hold something."""
        self._written -= number
        if self._written < 0:
            raise _too_many()

    def take_formula(self) -> None:
        """Or an error: what is told of a cell beside its value."""
        self._formulas -= 1
        if self._formulas < 0:
            raise _too_many()

    def take_sheet(self) -> None:
        self._sheets -= 1
        if self._sheets < 0:
            raise _too_many()

    def take_cells(self, number: int) -> None:
        """Places in a row, blank or not."""
        self._cells -= number
        if self._cells < 0:
            raise _too_many()

    def take_rectangle(self, nom: str, height: int, width: int) -> None:
        """The rows of a sheet, from A1 to its last value: a single one at the far end makes billions of cells."""
        if height * width > self._sheet:
            raise Refusal(
                f"La feuille « {nom} » contient une saisie très loin de son contenu, jusqu’à la cellule "
                f"{address(height, width)}.",
                ("Supprimez cette saisie (Ctrl+Fin y mène), enregistrez, puis renvoyez le classeur.",),
            )
        self.take_cells(height * width)


def own_tables() -> Budget:
    """For what this program wrote itself: the tables of a whole campaign."""
    return Budget(tags=3_000_000, characters=60_000_000, written=3_000_000, cells=5_000_000, sheet=5_000_000)


def _too_many() -> Refusal:
    return Refusal("Le fichier contient un nombre anormal de cellules ou de textes.", (_LIGHTEN,))


def damaged(what: str) -> Refusal:
    """« Le fichier est abîmé : … »"""
    return Refusal(f"Le fichier est abîmé : {what}.", (SAVE_AGAIN,))


class XmlWalk:
    """Walks a part from state to state. A subclass says where each element leads, and what to do there.

    ``tree``: state → name of an element (« namespace}name ») → state inside of it; ``entering``, ``leaving``: what is
    done then. The walk begins in the state "". ``text``: the one that is being gathered, None between texts.
    """

    tree: Mapping[State, Mapping[str, State]]

    def __init__(self, budget: Budget):
        self.budget, self.state, self.text = budget, "", None
        self._stack: list[State] = []
        self.entering: dict[State, Callable[[Attributes], None]] = {}
        self.leaving: dict[State, Callable[[], None]] = {}

    state: State
    text: str | None

    def other(self, nom: str) -> State:
        """The state inside of an element that ``tree`` does not know here."""
        return IGNORED

    def walk(self, pieces: Iterable[bytes]) -> None:
        """``pieces``: the part, as it is inflated. Refusal if it is not XML, or if it holds too much."""
        parser = expat.ParserCreate(namespace_separator="}")
        parser.buffer_text = True
        parser.StartElementHandler, parser.EndElementHandler = self._start, self._end
        parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = self._characters, _refuse_doctype
        given = 0
        try:
            for piece in pieces:
                self.budget.take_tags(piece.count(b"<"))
                parser.Parse(piece, False)
                given += len(piece)
                if given - max(0, parser.CurrentByteIndex) > TAG_MAX:
                    self.budget.take_characters(TAG_MAX)
            parser.Parse(b"", True)
        except (expat.ExpatError, ValueError, LookupError) as fault:
            raise damaged("une de ses parties n’est pas du XML lisible") from fault

    def _start(self, nom: str, attributes: Attributes) -> None:
        self._stack.append(self.state)
        state = self.tree[self.state].get(nom)
        if state is None:
            state = self.other(nom)
        if len(self._stack) > DEPTH_MAX:
            raise damaged("une de ses parties est emboîtée sans fin")
        self.state = state
        if (action := self.entering.get(state)) is not None:
            action(attributes)

    def _end(self, nom: str) -> None:
        state, self.state = self.state, self._stack.pop()
        if (action := self.leaving.get(state)) is not None:
            action()

    def _characters(self, piece: str) -> None:
        if self.text is not None:
            self.text += piece
            if len(self.text) > TEXT_MAX:
                self.budget.take_characters(len(self.text))

    def gather(self, attributes: Attributes) -> None:
        """The text that begins here is wanted."""
        self.text = ""

    def gathered(self) -> str:
        """The text that ends here."""
        text, self.text = self.text or "", None
        self.budget.take_characters(len(text))
        return text


def _refuse_doctype(*_: object) -> None:
    raise Refusal(*DOCTYPE_FOUND)
