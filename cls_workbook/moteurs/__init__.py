"""Who does the same work on many elements: this process, several, or the machines of an existing Dask cluster.

Generic: an element is anything that can be pickled. Whoever works, the results are the same, in the same order; an
element that kills or hangs its worker costs itself alone.
"""

from __future__ import annotations

from cls_workbook.errors import Refus

TYPE_CHECKING = False  # as type checkers know it: the command line imports this module, and typing is long to import
if TYPE_CHECKING:
    from cls_workbook.moteurs.promesse import Moteur

LOCAL, DASK = MOTEURS = ("local", "dask")
DELAI, DELAI_MAX = 60.0, 86_400.0  # seconds that one element may take; a large return is read in a tenth of one


def choisir(nom: str = LOCAL, adresse: str | None = None, processus: int | None = None, delai: float = DELAI) -> Moteur:
    """The engine that someone asks for by its name. Refus if the wishes contradict each other, or cannot be."""
    if not 0 < delai <= DELAI_MAX:
        raise Refus("Le temps accordé à un fichier (--delai) se donne en secondes : au moins 1, au plus un jour (86400).")
    if nom == DASK:
        if processus is not None:
            raise Refus("--processus ne vaut que sur cet ordinateur : une grappe Dask a les places de ses machines. Retirez-le.")
        if not adresse:
            raise Refus("--moteur dask demande l’adresse de la grappe : ajoutez par exemple « --adresse tcp://serveur:8786 ».")
        from cls_workbook.moteurs.grappe import Dask

        return Dask(adresse, delai)
    if adresse:
        raise Refus("--adresse est celle d’une grappe Dask : ajoutez « --moteur dask », ou retirez-la.")
    if processus is not None and processus < 1:
        raise Refus("Le nombre de processus (--processus) est au moins 1.")
    from cls_workbook.moteurs.local import Local

    return Local(processus, delai)
