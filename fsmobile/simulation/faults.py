"""Faults of a simulated world: which exist in a run, how often, and how they strike."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, fields
from random import Random

from sqlalchemy import Engine

from fsmobile.registry.storage import Storage, Transaction
from fsmobile.store import database
from fsmobile.store.replica import Connection, Replica

BEYOND = {
    "registry_restored": ("laptop_restored",),
    "registry_rolled_back": ("laptop_restored",),
}
"""What cannot heal together (docs/sync-model.md, « What does not heal »): two disks that lose
the same op at once."""


STRENGTHS = {
    "request_lost": 0.3,
    "reply_lost": 0.4,
    "doubled": 0.4,
    "late_copy": 0.2,
    "altered": 0.1,
    "laptop_crash": 0.08,
    "registry_crash": 0.15,
    "laptop_restored": 0.06,
    "laptop_cloned": 0.04,
    "registry_restored": 0.05,
    "registry_rolled_back": 0.05,
    "clock_wrong": 0.1,
}
"""The highest chance that a run may draw for each fault."""


class Crash(BaseException):
    """A machine lost power here; no `except Exception` may survive it."""


@dataclass
class Faults:
    """Chance of each fault, drawn once for a run, so that runs differ in kind (swarm)."""

    request_lost: float = 0.0
    reply_lost: float = 0.0
    doubled: float = 0.0
    """The request arrives twice; the laptop sees the first answer or the second."""
    late_copy: float = 0.0
    """An old request arrives again, steps later."""
    altered: float = 0.0
    """A byte of the request or of the answer is flipped."""
    laptop_crash: float = 0.0
    registry_crash: float = 0.0
    laptop_restored: float = 0.0
    laptop_cloned: float = 0.0
    registry_restored: float = 0.0
    """Put back from a backup, and said so: a new epoch, as `registry restore` will do."""
    registry_rolled_back: float = 0.0
    """Put back in silence: only the receipts of laptops can prove it."""
    clock_wrong: float = 0.0
    healed: bool = field(default=False, init=False)
    """Set for the last phase: nothing strikes any more."""
    struck: Counter[str] = field(default_factory=Counter, init=False)
    """How often each fault struck so far."""

    @classmethod
    def draw(cls, random: Random) -> "Faults":
        """Choose which faults exist in this run, and how strong they are."""
        chosen = {
            name: random.uniform(0.1, 1.0) * strength
            for name, strength in STRENGTHS.items()
            if random.random() < 0.5
        }
        for name in chosen.keys() & BEYOND.keys():
            for other in BEYOND[name]:
                chosen.pop(other, None)
        return cls(**chosen)

    def strikes(self, name: str, random: Random) -> bool:
        """Tell whether a fault strikes now; draws the same number whether it exists or not."""
        drawn = random.random()
        hit = not self.healed and drawn < getattr(self, name)
        self.struck[name] += hit
        return hit

    def __str__(self) -> str:
        """Name the faults that exist in this run, with their chances."""
        present = [
            f"{one.name}={getattr(self, one.name):.2f}"
            for one in fields(self)
            if one.name in STRENGTHS and getattr(self, one.name)
        ]
        return ", ".join(present) or "none"


def fragile_replica(faults: Faults, random: Random) -> type[Replica]:
    """Return the laptop's store of a world, whose machine may die around a commit."""

    @contextmanager
    def write(replica: Replica) -> Iterator[Connection]:
        """Run a block as one durable transaction, or die."""
        dies = faults.strikes("laptop_crash", random)
        before = random.random() < 0.5
        with database.write(replica.connection) as connection:
            yield connection
            if dies and before:
                raise Crash
        if dies:
            raise Crash

    return type("FragileReplica", (Replica,), {"write": write})


class FragileStorage(Storage):
    """A registry's database whose machine may die just before or just after a commit."""

    def __init__(self, engine: Engine, faults: Faults, random: Random) -> None:
        """Open a database whose machine these faults strike."""
        super().__init__(engine)
        self.faults = faults
        self.random = random

    @contextmanager
    def transaction(self) -> Iterator[Transaction]:
        """Run a block as one durable transaction, or die."""
        dies = self.faults.strikes("registry_crash", self.random)
        before = self.random.random() < 0.5
        with super().transaction() as transaction:
            yield transaction
            if dies and before:
                raise Crash
        if dies:
            raise Crash
