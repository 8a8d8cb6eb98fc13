"""Who does the same work on many elements: this process, several, or the machines of an existing Dask cluster.

Generic: an element is anything that can be pickled. Whoever works, the results are the same, in the same order; an
element that kills or hangs its worker costs itself alone.
"""

from __future__ import annotations

from cls_workbook.errors import Refusal

TYPE_CHECKING = False  # as type checkers know it: the command line imports this module, and typing is long to import
if TYPE_CHECKING:
    from cls_workbook.engines.engine_protocol import Engine

LOCAL, DASK = ENGINES = ("local", "dask")
TIME_LIMIT, TIME_LIMIT_MAX = (
    60.0,
    86_400.0,
)  # seconds that one element may take; a large return is read in a tenth of one


def choose(
    nom: str = LOCAL, address: str | None = None, processes: int | None = None, time_limit: float = TIME_LIMIT
) -> Engine:
    """The engine that someone asks for by its name. Refus if the wishes contradict each other, or cannot be."""
    if not 0 < time_limit <= TIME_LIMIT_MAX:
        raise Refusal(
            "Le temps accordé à un fichier (--delai) se donne en secondes : au moins 1, au plus un jour (86400)."
        )
    if nom == DASK:
        if processes is not None:
            raise Refusal(
                "--processus ne vaut que sur cet ordinateur : une grappe Dask a les places de ses machines. Retirez-le."
            )
        if not address:
            raise Refusal(
                "--moteur dask demande l’adresse de la grappe : ajoutez par exemple « --adresse tcp://serveur:8786 »."
            )
        from cls_workbook.engines.dask_cluster import DaskEngine

        return DaskEngine(address, time_limit)
    if address:
        raise Refusal("--adresse est celle d’une grappe Dask : ajoutez « --moteur dask », ou retirez-la.")
    if processes is not None and processes < 1:
        raise Refusal("Le nombre de processus (--processus) est au moins 1.")
    from cls_workbook.engines.local_engines import LocalEngine

    return LocalEngine(processes, time_limit)
