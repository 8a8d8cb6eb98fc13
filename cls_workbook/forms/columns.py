"""The columns of a fiche sheet, the same in every block, so that the eye finds values and statuts where they were.

B says where one is (« rempli », « à remplir », « à corriger »), beside the question; then C labels, D unit or nature,
E-G figures, H statut, I-J options, K comments. At 100 %, they all stand on a screen of 1366 pixels; on A4, a text of 10
points has 8.
"""

B, C, D, E, F, G, H, I, J, K = range(2, 12)  # noqa: E741
STATE, END = B, K
WIDTHS = {1: 4, B: 11, C: 38, D: 20, E: 13.2, F: 13.2, G: 13.2, H: 14, I: 11.5, J: 9.5, K: 27.5}


def width(start: int, end: int) -> float:
    """Width of the columns from ``start`` to ``end``, in characters."""
    return sum(WIDTHS[c] for c in range(start, end + 1))
