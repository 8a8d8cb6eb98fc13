"""Which engine does the work, by its name."""

from __future__ import annotations

from cls_workbook.engines import TIME_LIMIT, TIME_LIMIT_MAX
from cls_workbook.errors import Refusal

TYPE_CHECKING = False  # as type checkers know it: the command line imports this module, and typing is long to import
if TYPE_CHECKING:
    from cls_workbook.engines.engine_protocol import Engine

LOCAL, DASK = ENGINES = ("local", "dask")


def choose(
    name: str = LOCAL, address: str | None = None, processes: int | None = None, time_limit: float = TIME_LIMIT
) -> Engine:
    """The engine that someone asks for by its name. Refusal if the wishes contradict each other, or cannot be."""
    if not 0 < time_limit <= TIME_LIMIT_MAX:
        raise Refusal(
            "Le temps accordé à un fichier (--delai) se donne en secondes : au moins 1, au plus un jour (86400)."
        )
    if name == DASK:
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
