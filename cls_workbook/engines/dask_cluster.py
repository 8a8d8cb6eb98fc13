"""The engine of an existing Dask cluster. Its queue, its placing and its restarts are Dask's: nothing of them is done
again here.

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
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from cls_workbook.engines import TIME_LIMIT
from cls_workbook.engines.engine_protocol import Cause, Results, Work
from cls_workbook.engines.scheduling import in_order
from cls_workbook.engines.several_processes import unpack
from cls_workbook.engines.time_limit import TimeLimitPassed, run_or_give_up
from cls_workbook.errors import Refusal
from cls_workbook.version import PACKAGE

if TYPE_CHECKING:
    from distributed import Client
    from distributed.cfexecutor import ClientExecutor

E = TypeVar("E")
R = TypeVar("R")
CONNECTION_TIME = 15.0  # seconds to find the cluster, and one machine in it
LEAVING_TIME = 5.0  # seconds to leave it
TIME_WITHOUT_MACHINE = (
    60.0  # seconds without any machine left, before giving up: Dask starts again those that it watches
)
BATCHES_AHEAD = 2  # batches under way for each place
INSTALL_ADVICE = (
    "Installez sur ces machines l’outil et les versions d’ici (python -m pip install "
    "'cls-workbook[dask]'), puis relancez-les."
)
_NO_ANSWER = {
    TimeLimitPassed: "ce qui se trouve à cette adresse n’est pas une grappe Dask",
    OSError: "personne n’est à cette adresse",
    ValueError: "ce n’est pas une adresse de cette forme : tcp://serveur:8786",
}
_EXACTLY_MATCHED = ("dask", "distributed")  # they speak to each other: to the last figure
CLOSELY_MATCHED = ("python", "numpy", "pandas")  # figures that tell what is computed, and how it travels: the first two
_PER_MACHINE = Lock()  # a worker with several threads reads one batch at a time: reading is made for one


@dataclass
class DaskEngine:
    """The workers of the cluster whose scheduler is at ``address``. Refusal, in French, when there is none or it does
    not fit."""

    address: str
    time_limit: float = TIME_LIMIT
    connection_time: float = CONNECTION_TIME
    time_without_machine: float = TIME_WITHOUT_MACHINE
    remote: bool = field(default=True, init=False)

    @property
    def places(self) -> int:
        threads: dict[str, int] = self._client.nthreads()
        return max(1, sum(threads.values()))

    def apply(self, work: Work[E, R], batches: Iterable[Sequence[E]]) -> Results[E, R]:
        """See ``Engine``."""
        client = self._client
        executor = client.get_executor(pure=False)
        try:
            yield from in_order(DaskCluster(self, client, executor, work, self.places), batches)
        finally:
            del self._client
            with suppress(Exception):  # a cluster that is gone cannot be told
                executor.shutdown(wait=False)
            _leave(client)

    @cached_property
    def _client(self) -> Client:
        try:
            # In a thread: what answers at an address, if it is not a scheduler, may keep us waiting for ever.
            return run_or_give_up(
                lambda sole: _connect(sole[0], self.connection_time), (self.address,), 3 * self.connection_time
            )
        except ImportError as absent:
            raise Refusal("Dask n’est pas installé ici : python -m pip install 'cls-workbook[dask]'.") from absent
        except Refusal:
            raise
        except Exception as failure:  # whatever an address, a network or a stranger that answers may cause
            reasons = (reason for kind, reason in _NO_ANSWER.items() if isinstance(failure, kind))
            raise Refusal(
                f"La grappe Dask « {self.address} » ne répond pas : {next(reasons, type(failure).__name__)}.",
                (
                    "Vérifiez l’adresse de son ordonnanceur (par exemple tcp://serveur:8786), "
                    "ou lisez sur cet ordinateur, sans --moteur dask.",
                ),
            ) from failure


def _connect(address: str, time_limit: float) -> Client:
    """A client of the cluster, once it is known to fit."""
    from distributed import Client
    from distributed.comm.addressing import resolve_address

    for verbose_logger in (
        "distributed.client",
        "tornado.application",
    ):  # what they would say in English, a Refusal says
        logging.getLogger(verbose_logger).setLevel(logging.CRITICAL)
    resolve_address(address)  # a client that stumbles on the address itself ends badly
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of versions: they are compared below, in French
        client = Client(address, timeout=time_limit, set_as_default=False)
    try:
        _verify(client, address, time_limit)
    except BaseException:
        _leave(client)
        raise
    return client


def _leave(client: Client) -> None:
    with suppress(Exception):
        client.close(timeout=LEAVING_TIME)


def _verify(client: Client, address: str, time_limit: float) -> None:
    """Refusal unless there are workers, and all have what is needed here, as it is here."""
    try:
        client.wait_for_workers(1, timeout=time_limit)
    except TimeoutError as nobody:
        raise Refusal(
            f"La grappe Dask « {address} » n’a aucune machine au travail : "
            f"démarrez-en (dask worker {address}), puis recommencez."
        ) from nobody
    versions: Any = client.get_versions()  # a promise of them for an asynchronous client only
    here = versions["client"]["packages"]
    faults = [f"ordonnanceur : {fault}" for fault in ecarts(here, versions["scheduler"]["packages"], ("python",))]
    for machine, its_own in versions["workers"].items():
        faults += [f"{machine} : {fault}" for fault in ecarts(here, its_own["packages"], CLOSELY_MATCHED)]
    for machine, package in client.run(resolve_name, "cls_workbook.version:PACKAGE", on_error="return").items():
        if package != PACKAGE:
            faults.append(
                f"{machine} : cls-workbook {package if isinstance(package, str) else 'absent'} ; ici, {PACKAGE}"
            )
    if faults:
        raise Refusal(
            "La grappe Dask n’est pas installée comme cet ordinateur : ses résultats pourraient différer.",
            (*faults, INSTALL_ADVICE),
        )


def ecarts(here: dict[str, str], there: dict[str, str], close_matches: Sequence[str]) -> Iterator[str]:
    for nom in (*_EXACTLY_MATCHED, *close_matches):
        our_version, their_version = (
            ".".join(str(v.get(nom)).split(".")[: 2 if nom in close_matches else None]) for v in (here, there)
        )
        if our_version != their_version:
            yield f"{nom} {their_version if there.get(nom) else 'absent'} ; ici, {our_version}"


class DaskCluster(Generic[E, R]):
    """The cluster as ``in_order`` sees it. Dask itself does again, on another worker, what a worker that died was
    doing."""

    def __init__(self, settings: DaskEngine, client: Client, executor: ClientExecutor, work: Work[E, R], places: int):
        from distributed import KilledWorker

        self.window = BATCHES_AHEAD * places
        self._settings, self._client, self._executor, self._killed = settings, client, executor, KilledWorker
        self._work = pickle.dumps(work, pickle.HIGHEST_PROTOCOL)
        self._last_seen = time.monotonic()

    def submit(self, elements: Sequence[E]) -> Future[R]:
        time_limit = self._settings.time_limit
        try:
            # Pickling reads the files: that may hang as well as reading them there.
            package = run_or_give_up(partial(_pack, work=self._work, time_limit=time_limit), elements, time_limit)
        except TimeLimitPassed as past_bounds:
            lost: Future[R] = Future()
            lost.set_exception(past_bounds)
            return lost
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", message="Sending large graph")
            future: Future[R] = self._executor.submit(pickle.loads, package)
            return future

    def cause(self, error: BaseException | None) -> Cause | None:
        if isinstance(error, ModuleNotFoundError):
            raise Refusal(
                f"Une machine de la grappe Dask n’a pas ce qu’il faut pour lire ({error}).", (INSTALL_ADVICE,)
            ) from error
        if isinstance(error, CancelledError):
            raise self._gone() from error
        causes = {self._killed: Cause.STOPPED, TimeLimitPassed: Cause.TIME_LIMIT, MemoryError: Cause.MEMORY}
        return next((cause for variety, cause in causes.items() if isinstance(error, variety)), None)

    def watch(self) -> None:
        """Refusal if the cluster is gone, or has had no machine for a while."""
        now = time.monotonic()
        try:
            machines = self._client.nthreads()
        except Exception as failure:
            raise self._gone() from failure
        if machines:
            self._last_seen = now
        elif now - self._last_seen > self._settings.time_without_machine:
            raise Refusal(
                f"La grappe Dask « {self._settings.address} » n’a plus aucune machine au travail : "
                "redémarrez-en, puis recommencez. Rien n’a été écrit."
            )

    def _gone(self) -> Refusal:
        return Refusal(
            f"La grappe Dask « {self._settings.address} » a cessé de répondre : recommencez, "
            "ou lisez sur cet ordinateur, sans --moteur dask. Rien n’a été écrit."
        )


class _Task:
    """Unpickled, it is not an object: it is done. A machine need only know how to unpickle, which all of them do, so
    that the scheduler, where nothing of ours is installed, has nothing to understand."""

    def __init__(self, version: str, work: bytes, elements: bytes, time_limit: float):
        self._arguments = (version, work, elements, time_limit)

    def __reduce__(self) -> tuple[Callable[..., Any], tuple[Any, ...]]:
        return do_work, self._arguments


def _pack(elements: Sequence[E], work: bytes, time_limit: float) -> bytes:
    return pickle.dumps(
        _Task(PACKAGE, work, pickle.dumps(list(elements), pickle.HIGHEST_PROTOCOL), time_limit), pickle.HIGHEST_PROTOCOL
    )


def do_work(version: str, work: bytes, elements: bytes, time_limit: float) -> Any:
    """In a worker of the cluster: one batch.

    Refusal if the worker, which may have joined since, has another version.
    """
    if version != PACKAGE:
        raise Refusal(
            f"Une machine de la grappe Dask a cls-workbook {PACKAGE} ; il y faut {version}.", (INSTALL_ADVICE,)
        )
    with _PER_MACHINE:
        return run_or_give_up(unpack(work), pickle.loads(elements), time_limit)
