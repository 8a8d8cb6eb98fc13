"""The columns of a fiche sheet, the same in every block, so that the eye finds values and statuts where they were.

B says where one is (« rempli », « à remplir », « à corriger »), beside the question; then C labels, D unit or nature,
E-G figures (last year, target, this year), H statut, I-K change and options, L comments. At 100 %, they all stand on a
screen of 1366 pixels, in LibreOffice too, whose characters are a little wider; on A4, a text of 10 points has 8.
"""

B, C, D, E, F, G, H, I, J, K, L = range(2, 13)  # noqa: E741
STATE, END = B, L
WIDTHS = {1: 4, B: 11, C: 37.5, D: 19, E: 13.2, F: 13.2, G: 13.2, H: 14, I: 10.5, J: 10.5, K: 10.5, L: 17}


def width(start: int, end: int) -> float:
    """Width of the columns from ``start`` to ``end``, in characters."""
    return sum(WIDTHS[c] for c in range(start, end + 1))
