"""Faults of a simulated world: which exist in a run, how often, and how they strike."""

import sqlite3
from collections import Counter
from collections.abc import Container, Iterator, Mapping
from contextlib import contextmanager
from random import Random

from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError

from fsmobile.registry.storage import Storage, Transaction
from fsmobile.store import database
from fsmobile.store.replica import Connection, Replica

_LOSES_TOO = ("laptop_restored", "wal_torn", "laptop_reinstalled", "key_revoked")
BEYOND = {
    # What a town hall books has no chain: a registry put back loses it (docs/decisions/0019).
    "registry_restored": (*_LOSES_TOO, "laptop_assigned", "town_hall_books"),
    # Put back by hand, it knows no erasure until its program starts anew.
    "registry_rolled_back": (
        *_LOSES_TOO,
        "erased",
        "file_erased",
        "laptop_assigned",
        "town_hall_books",
    ),
    "peers_met": (
        "laptop_restored",
        "wal_torn",
        "laptop_cloned",
        "laptop_reinstalled",
        "registry_restored",
        "registry_rolled_back",
        "key_revoked",
    ),
}
"""What cannot heal together (docs/sync-model.md, « What does not heal »): two disks that lose
the same op at once, and an op whose own laptop is lost or revoked, and that only another one
still has."""


STRENGTHS = {
    "request_lost": 0.3,
    "reply_lost": 0.4,
    "doubled": 0.4,
    "late_copy": 0.2,
    "altered": 0.1,
    "registry_busy": 0.3,
    "laptop_crash": 0.08,
    "laptop_full": 0.05,
    "registry_crash": 0.15,
    "registry_full": 0.1,
    "laptop_restored": 0.06,
    "wal_torn": 0.05,
    "laptop_cloned": 0.04,
    "laptop_reinstalled": 0.02,
    "registry_restored": 0.05,
    "registry_rolled_back": 0.05,
    "key_revoked": 0.03,
    "laptop_assigned": 0.06,
    "erased": 0.05,
    "clock_wrong": 0.1,
    "clock_drifts": 0.1,
    "days_compared": 0.1,
    "stick": 0.3,
    "stick_spoilt": 0.3,
    "peers_met": 0.2,
    "promised": 0.6,
    "logged": 0.6,
    "office_busy": 0.4,
    "town_hall_books": 0.2,
    "weeks_pass": 0.12,
    "retention": 0.25,
    "file_erased": 0.05,
    "report_read": 0.1,
}
"""The highest chance that a run may draw for each fault."""

WORK = frozenset({"promised", "logged", "office_busy", "town_hall_books", "report_read"})
"""What people do besides visits, and no fault: drawn like one, so that a world without it, or
of a program that knows one more, is as before. Counted among what people do."""

SELDOM = {"peers_met": 0.25, "key_revoked": 0.25}
"""How often these exist in a run; the others in one of two. The first excludes many."""

WIRE_STRENGTHS = {
    "captive_portal": 0.1,
    "proxy_error": 0.1,
    "cut_short": 0.1,
    "byte_changed": 0.1,
}
"""Those of worlds where requests travel over HTTP."""


class Crash(BaseException):
    """A machine lost power here; no `except Exception` may survive it."""


class Faults:
    """Chance of each fault, drawn once for a run, so that runs differ in kind (swarm).

    Each fault has its own source of chance: a world without one of them, or of a program that
    knows one more, meets the others as before.
    """

    def __init__(self, seed: int = 0, chances: Mapping[str, float] | None = None) -> None:
        """Take the chance of each fault that exists."""
        self._seed = seed
        self._streams: dict[str, Random] = {}
        self.chances = dict(chances or {})
        self.healed = False
        """Set for the last phase: nothing strikes any more."""
        self.struck: Counter[str] = Counter()
        """How often each fault struck so far; work is not counted here."""

    @classmethod
    def draw(
        cls, seed: int, strengths: Mapping[str, float], kept: Container[str] | None = None
    ) -> "Faults":
        """Choose which faults exist in this run, and how strong they are."""
        chances = {}
        for name, strength in strengths.items():
            random = Random(f"{seed} draw {name}")
            if random.random() < SELDOM.get(name, 0.5):
                chances[name] = random.uniform(0.1, 1.0) * strength
        for name, others in BEYOND.items():
            for other in others if name in chances else ():
                chances.pop(other, None)
        if kept is not None:
            chances = {name: chance for name, chance in chances.items() if name in kept}
        return cls(seed, chances)

    def random(self, name: str) -> Random:
        """Return a fault's own source of chance."""
        if name not in self._streams:
            self._streams[name] = Random(f"{self._seed} {name}")
        return self._streams[name]

    def strikes(self, name: str) -> bool:
        """Tell whether a fault strikes now."""
        chance = self.chances.get(name)
        if self.healed or chance is None or self.random(name).random() >= chance:
            return False
        if name not in WORK:
            self.struck[name] += 1
        return True

    def __str__(self) -> str:
        """Name the faults that exist in this run, with their chances."""
        return ", ".join(f"{name}={chance:.2f}" for name, chance in self.chances.items()) or "none"


def fragile_replica(faults: Faults) -> type[Replica]:
    """Return the laptop's store of a world, whose machine may die around a commit."""

    @contextmanager
    def write(replica: Replica) -> Iterator[Connection]:
        """Run a block as one durable transaction, or find the disk full, or die."""
        dies, is_full = faults.strikes("laptop_crash"), faults.strikes("laptop_full")
        before = dies and faults.random("laptop_crash").random() < 0.5
        with database.write(replica.connection) as connection:
            yield connection
            if before:
                raise Crash
            if is_full:
                raise _disk_full()
        if dies:
            raise Crash

    return type("FragileReplica", (Replica,), {"write": write})


def _disk_full() -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = sqlite3.SQLITE_FULL
    return error


class FragileStorage(Storage):
    """A registry's database whose machine may die just before or just after a commit."""

    def __init__(self, engine: Engine, faults: Faults) -> None:
        """Open a database whose machine these faults strike."""
        super().__init__(engine)
        self.faults = faults

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Run a block as one durable transaction, or find the disk full, or die."""
        dies, is_full = self.faults.strikes("registry_crash"), self.faults.strikes("registry_full")
        before = dies and self.faults.random("registry_crash").random() < 0.5
        with super().transaction() as transaction:
            yield transaction
            if before:
                raise Crash
            if is_full:
                raise OperationalError("COMMIT", None, _disk_full())
        if dies:
            raise Crash
