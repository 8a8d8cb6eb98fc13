"""Who does the same work on many elements: this process, several, or the machines of an existing Dask cluster.

Generic: an element is anything that can be pickled. Whoever works, the results are the same, in the same order; an
element that kills or hangs its worker costs itself alone.
"""

from __future__ import annotations

# Seconds that one element may take; a large return is read in a tenth of one.
TIME_LIMIT, TIME_LIMIT_MAX = 60.0, 86_400.0
