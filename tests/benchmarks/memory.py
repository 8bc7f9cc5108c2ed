"""Search and reports with 1,000,000 visits: queries, key to screen, memory, a month, a year.

python -m tests.benchmarks memory [--visits 1000000] [--folder DIR]

The stores are built once, in a folder that stays; the index is merged as after a pull.
"""

import argparse
import random
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter, thread_time

from fsmobile.core.folding import fold
from fsmobile.core.periods import Period, read_period, span_of
from fsmobile.core.reports import Dimension
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.simulation.ports import SeededChance
from fsmobile.store import search
from fsmobile.store.replica import open_store
from fsmobile.usecases.desk import Desk, open_desk
from fsmobile.usecases.reports import break_down, make_report, report_before
from fsmobile.usecases.search import Finder, read_query
from fsmobile.usecases.timetable import load_timetable
from tests.benchmarks.day import ANCHOR, MEMORY_MIB, STOPS, fill, resident_mib
from tests.end_to_end.bus_world import MORNING, BusWorld, make_world, publish_charente
from tests.end_to_end.terminal import Terminal
from tests.worlds import FakeClock

QUERIES = 120
"""Typed letter by letter: some thousands of searches."""
SCREEN_QUERIES = 8
ROWS = 20
"""Read for the first window."""
QUERY_MS, KEY_MS, MONTH_S, YEAR_S = 20.0, 60.0, 0.5, 3.0
MONTH_VISITS = 90_000
CLEAR = "\x15"


@dataclass(frozen=True, slots=True, kw_only=True)
class Searched:
    """What each letter of the queries cost."""

    wall_ms: list[float]
    cpu_ms: list[float]


def main(words: list[str]) -> int:
    """Measure and print; 1 when a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=1_000_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()))
    asked = parser.parse_args(words)
    with kept_world(asked.folder, MONTH_VISITS) as world, _desk(world) as desk:
        month = _seconds(lambda: _report(desk, read_period("2026-10")))
    with kept_world(asked.folder, asked.visits) as world:
        with _desk(world) as desk:
            searched = measure_queries(desk, QUERIES)
            year = _seconds(lambda: _report(desk, read_period("2025")))
            everything = span_of(date(2016, 11, 20), date(2026, 12, 31))
            whole = _seconds(lambda: make_report(desk, everything))
        keys, anchor, memory = measure_keys(world)
    p50, p99 = _cuts(searched.wall_ms)
    lines = (
        ("requête, p99 (ms)", p99, QUERY_MS),
        ("touche → écran, médiane (ms)", median(keys) * 1000, KEY_MS),
        ("mémoire, MiB", memory, MEMORY_MIB),
        (f"un mois de {MONTH_VISITS} visites, et celui d'avant (s)", month, MONTH_S),
        (f"un an de {asked.visits} visites, et celui d'avant (s)", year, YEAR_S),
        (f"{asked.visits} visites en une période de dix ans (s)", whole, YEAR_S),
    )
    cpu = _cuts(searched.cpu_ms)
    told = [
        f"{len(searched.wall_ms)} requêtes : p50 {p50:.2f}, p99 {p99:.2f} ms"
        f" ; processeur p50 {cpu[0]:.2f}, p99 {cpu[1]:.2f} ms",
        f"application vide : médiane {median(anchor) * 1000:.1f} ms ; {len(keys)} touches",
    ]
    for name, found, limit in lines:
        mark = "ok" if found <= limit else "TROP"
        told.append(f"{name:64} {found:8.2f} / {limit:<5g} {mark}")
    sys.stdout.write("\n".join(told) + "\n")
    return int(any(found > limit for _name, found, limit in lines))


def measure_queries(desk: Desk, count: int) -> Searched:
    """Type queries letter by letter; each letter searches and reads the first window."""
    finder, dice = Finder(desk), random.Random(7)
    wall, cpu = [], []
    for _ in range(count):
        text = make_query(dice)
        for end in range(1, len(text) + 1):
            begun, worked = perf_counter(), thread_time()
            page = finder.find(read_query(text[:end]))
            finder.load(page.found[:ROWS])
            wall.append((perf_counter() - begun) * 1000)
            cpu.append((thread_time() - worked) * 1000)
    return Searched(wall_ms=wall, cpu_ms=cpu)


def make_query(dice: random.Random) -> str:
    """Return what somebody might type: one to three words and filters, in any order."""
    catalogue = load_catalogue()
    procedure = dice.choice(list(catalogue.procedures.values()))
    said = dice.choice(fold(procedure.label).split())
    stop = dice.choice(STOPS)
    parts = [
        said,
        stop.rpartition("-")[2],
        f"dossier {dice.randrange(10_000)}",
        f"lieu:{stop}",
        f"démarche:{said}",
        f"issue:{dice.choice(('résolu', 'suivre'))}",
        f"depuis:{dice.randrange(2017, 2027)}",
        "nadia",
        "zzz",
    ]
    return " ".join(dice.sample(parts, dice.randint(1, 3)))


def measure_keys(world: BusWorld) -> tuple[list[float], list[float], float]:
    """Return seconds from a key to the last byte drawn: ours, an empty app's; our memory."""
    dice, ours = random.Random(8), list[float]()
    with world.open_screens() as screens:
        screens.wait_for("Visites ici")
        screens.send("4")
        screens.wait_for("▸")
        screens.wait_until_quiet()
        for _ in range(SCREEN_QUERIES):
            ours += [screens.seconds_to_draw(key) for key in fold(make_query(dice))]
            screens.send(CLEAR)
            screens.wait_until_quiet()
        screens.send("\x1b")
        screens.wait_for("Visites ici")
        screens.send("7")
        screens.wait_for("Visites")
        screens.wait_until_quiet()
        memory = resident_mib(screens)
    with Terminal([sys.executable, "-c", ANCHOR], world.environment) as empty:
        empty.wait_for("READY")
        empty.wait_until_quiet()
        anchor = [empty.seconds_to_draw("x") for _ in range(len(ours))]
    return ours, anchor, memory


def _report(desk: Desk, period: Period) -> None:
    report = make_report(desk, period)
    before = report_before(desk, report)
    break_down(desk, report, Dimension.OPERATOR, before)


def _seconds(act: Callable[[], object]) -> float:
    begun = perf_counter()
    act()
    return perf_counter() - begun


def _cuts(values: list[float]) -> tuple[float, float]:
    cuts = quantiles(values, n=100)
    return cuts[49], cuts[98]


@contextmanager
def _desk(world: BusWorld) -> Iterator[Desk]:
    clock = FakeClock()
    clock.ms = int(MORNING.timestamp() * 1000)
    replica = open_store(world.home / "fsmobile.db", clock, SeededChance(3))
    desk = open_desk(replica, load_catalogue(), {"agent-a": "Nadia B."})
    load_timetable(desk)
    yield desk
    replica.close()


@contextmanager
def kept_world(parent: Path, visits: int) -> Iterator[BusWorld]:
    """Build a laptop with so many visits, or take the one that was built before."""
    folder = parent / f"fsmobile-memory-{visits}"
    is_built = folder / "built"
    world = make_world(folder)
    try:
        if not is_built.exists():
            publish_charente(world)
            fill(world.home / "fsmobile.db", visits)
            replica = open_store(world.home / "fsmobile.db", FakeClock(), SeededChance(4))
            search.tidy(replica)
            replica.close()
            is_built.touch()
        yield world
    finally:
        world.close()
