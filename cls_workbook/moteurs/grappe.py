"""The engine of an existing Dask cluster. Its queue, its placing and its restarts are Dask's: nothing of them is done again here.

Elements leave as bytes: what they need is in what they pickle to, so that the machines of the cluster need not see the
files of this one. The scheduler needs Dask alone; the workers, the same versions as here.
"""

from __future__ import annotations

import logging
import pickle
import time
import warnings
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property, partial
from pkgutil import resolve_name
from threading import Lock
from typing import TYPE_CHECKING, TypeVar

from cls_workbook.errors import Refus
from cls_workbook.moteurs import DELAI
from cls_workbook.moteurs.delai import DelaiPasse, surveiller
from cls_workbook.moteurs.local import deballer
from cls_workbook.moteurs.ordre import en_ordre
from cls_workbook.moteurs.promesse import Cause, Panne
from cls_workbook.version import PAQUET

if TYPE_CHECKING:
    from distributed import Client

E = TypeVar("E")
R = TypeVar("R")
CONNEXION = 15.0  # seconds to find the cluster, and one machine in it
ADIEU = 5.0  # seconds to leave it
SANS_MACHINE = 60.0  # seconds without any machine left, before giving up: Dask starts again those that it watches
D_AVANCE = 2  # batches under way for each place
INSTALLER = "Installez sur ces machines l’outil et les versions d’ici (python -m pip install 'cls-workbook[dask]'), puis relancez-les."
_MUETTE = {
    DelaiPasse: "ce qui se trouve à cette adresse n’est pas une grappe Dask",
    OSError: "personne n’est à cette adresse",
    ValueError: "ce n’est pas une adresse de cette forme : tcp://serveur:8786",
}
_EXACTES = ("dask", "distributed")  # they speak to each other: to the last figure
PROCHES = ("python", "numpy", "pandas")  # figures that tell what is computed, and how it travels: the first two
_PAR_MACHINE = Lock()  # a worker with several threads reads one batch at a time: reading is made for one


@dataclass
class Dask:
    """The workers of the cluster whose scheduler is at ``adresse``. Refus, in French, when there is none or it does not fit."""

    adresse: str
    delai: float = DELAI
    connexion: float = CONNEXION
    sans_machine: float = SANS_MACHINE
    a_distance: bool = field(default=True, init=False)

    @property
    def places(self) -> int:
        return max(1, sum(self._client.nthreads().values()))

    def appliquer(self, travail: Callable[[Sequence[E]], R], tranches: Iterable[Sequence[E]]) -> Iterator[tuple[Sequence[E], R | Panne[E]]]:
        """See ``Moteur``."""
        client = self._client
        executeur = client.get_executor(pure=False)
        try:
            yield from en_ordre(Grappe(self, client, executeur, travail, self.places), tranches)
        finally:
            del self._client
            with suppress(Exception):  # a cluster that is gone cannot be told
                executeur.shutdown(wait=False)
            _quitter(client)

    @cached_property
    def _client(self) -> Client:
        try:
            # In a thread: what answers at an address, if it is not a scheduler, may keep us waiting for ever.
            return surveiller(lambda seule: _joindre(seule[0], self.connexion), (self.adresse,), 3 * self.connexion)
        except ImportError as absent:
            raise Refus("Dask n’est pas installé ici : python -m pip install 'cls-workbook[dask]'.") from absent
        except Refus:
            raise
        except Exception as panne:  # whatever an address, a network or a stranger that answers may cause
            raise Refus(
                f"La grappe Dask « {self.adresse} » ne répond pas : {next((dit for sorte, dit in _MUETTE.items() if isinstance(panne, sorte)), type(panne).__name__)}.",
                ("Vérifiez l’adresse de son ordonnanceur (par exemple tcp://serveur:8786), ou lisez sur cet ordinateur, sans --moteur dask.",),
            ) from panne


def _joindre(adresse: str, delai: float) -> Client:
    """A client of the cluster, once it is known to fit."""
    from distributed import Client
    from distributed.comm import resolve_address

    for bavard in ("distributed.client", "tornado.application"):  # what they would say in English, a Refus says
        logging.getLogger(bavard).setLevel(logging.CRITICAL)
    resolve_address(adresse)  # a client that stumbles on the address itself ends badly
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions: they are compared below, in French
        client = Client(adresse, timeout=delai, set_as_default=False)
    try:
        _verifier(client, adresse, delai)
    except BaseException:
        _quitter(client)
        raise
    return client


def _quitter(client: Client) -> None:
    with suppress(Exception):
        client.close(timeout=ADIEU)


def _verifier(client: Client, adresse: str, delai: float) -> None:
    """Refus unless there are workers, and all have what is needed here, as it is here."""
    try:
        client.wait_for_workers(1, timeout=delai)
    except TimeoutError as personne:
        raise Refus(f"La grappe Dask « {adresse} » n’a aucune machine au travail : démarrez-en (dask worker {adresse}), puis recommencez.") from personne
    versions = client.get_versions()
    ici = versions["client"]["packages"]
    fautes = [f"ordonnanceur : {faute}" for faute in ecarts(ici, versions["scheduler"]["packages"], ("python",))]
    for machine, siennes in versions["workers"].items():
        fautes += [f"{machine} : {faute}" for faute in ecarts(ici, siennes["packages"], PROCHES)]
    for machine, paquet in client.run(resolve_name, "cls_workbook.version:PAQUET", on_error="return").items():
        if paquet != PAQUET:
            fautes.append(f"{machine} : cls-workbook {paquet if isinstance(paquet, str) else 'absent'} ; ici, {PAQUET}")
    if fautes:
        raise Refus("La grappe Dask n’est pas installée comme cet ordinateur : ses résultats pourraient différer.", (*fautes, INSTALLER))


def ecarts(ici: dict[str, str], la_bas: dict[str, str], proches: Sequence[str]) -> Iterator[str]:
    for nom in (*_EXACTES, *proches):
        mienne, sienne = (".".join(str(v.get(nom)).split(".")[: 2 if nom in proches else None]) for v in (ici, la_bas))
        if mienne != sienne:
            yield f"{nom} {sienne if la_bas.get(nom) else 'absent'} ; ici, {mienne}"


class Grappe:
    """The cluster as ``en_ordre`` sees it. Dask itself does again, on another worker, what a worker that died was doing."""

    def __init__(self, reglages: Dask, client: Client, executeur, travail: Callable, places: int):
        from distributed import KilledWorker

        self.fenetre = D_AVANCE * places
        self._reglages, self._client, self._executeur, self._tue = reglages, client, executeur, KilledWorker
        self._travail = pickle.dumps(travail, pickle.HIGHEST_PROTOCOL)
        self._vue = time.monotonic()

    def soumettre(self, elements: Sequence) -> Future:
        delai = self._reglages.delai
        try:
            # Pickling reads the files: that may hang as well as reading them there.
            paquet = surveiller(partial(_emballer, travail=self._travail, delai=delai), elements, delai)
        except DelaiPasse as passe:
            perdu: Future = Future()
            perdu.set_exception(passe)
            return perdu
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sending large graph")
            return self._executeur.submit(pickle.loads, paquet)

    def cause(self, erreur: BaseException | None) -> Cause | None:
        if isinstance(erreur, ModuleNotFoundError):
            raise Refus(f"Une machine de la grappe Dask n’a pas ce qu’il faut pour lire ({erreur}).", (INSTALLER,)) from erreur
        if isinstance(erreur, CancelledError):
            raise self._partie() from erreur
        causes = {self._tue: Cause.ARRET, DelaiPasse: Cause.DELAI, MemoryError: Cause.MEMOIRE}
        return next((cause for sorte, cause in causes.items() if isinstance(erreur, sorte)), None)

    def veiller(self) -> None:
        """Refus if the cluster is gone, or has had no machine for a while."""
        maintenant = time.monotonic()
        try:
            presentes = self._client.nthreads()
        except Exception as panne:
            raise self._partie() from panne
        if presentes:
            self._vue = maintenant
        elif maintenant - self._vue > self._reglages.sans_machine:
            raise Refus(f"La grappe Dask « {self._reglages.adresse} » n’a plus aucune machine au travail : redémarrez-en, puis recommencez. Rien n’a été écrit.")

    def _partie(self) -> Refus:
        return Refus(f"La grappe Dask « {self._reglages.adresse} » a cessé de répondre : recommencez, ou lisez sur cet ordinateur, sans --moteur dask. Rien n’a été écrit.")


class _Tache:
    """Unpickled, it is not an object: it is done. A machine need only know how to unpickle, which all of them do, so that the
    scheduler, where nothing of ours is installed, has nothing to understand."""

    def __init__(self, *arguments):
        self._arguments = arguments

    def __reduce__(self) -> tuple:
        return travailler, self._arguments


def _emballer(elements: Sequence, travail: bytes, delai: float) -> bytes:
    return pickle.dumps(_Tache(PAQUET, travail, pickle.dumps(list(elements), pickle.HIGHEST_PROTOCOL), delai), pickle.HIGHEST_PROTOCOL)


def travailler(version: str, travail: bytes, elements: bytes, delai: float):
    """In a worker of the cluster: one batch. Refus if the worker has another version: it joined after the others were looked at."""
    if version != PAQUET:
        raise Refus(f"Une machine de la grappe Dask a cls-workbook {PAQUET} ; il y faut {version}.", (INSTALLER,))
    with _PAR_MACHINE:
        return surveiller(deballer(travail), pickle.loads(elements), delai)
