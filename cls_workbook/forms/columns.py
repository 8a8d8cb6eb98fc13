"""The columns of a fiche sheet, the same in every block, so that the eye finds values and statuts where they were.

B labels, C unit or nature, D-F figures, G statut, H-I options, J comments, K « rempli » / « à remplir ».
"""

B, C, D, E, F, G, H, I, J, K = range(2, 12)  # noqa: E741
WIDTHS = {1: 4, B: 40, C: 26, D: 14, E: 14, F: 14, G: 15, H: 12, I: 12, J: 34, K: 11}


def width(start: int, end: int) -> float:
    """Width of the columns from ``start`` to ``end``, in characters."""
    return sum(WIDTHS[c] for c in range(start, end + 1))
