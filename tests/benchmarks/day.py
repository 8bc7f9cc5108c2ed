"""The day's budgets in one run: key to screen, start and memory, with ten years in the store.

python -m tests.benchmarks day [--visits 90000]
"""

import argparse
import os
import random
import re
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from pathlib import Path
from statistics import median, quantiles
from time import monotonic, sleep, time_ns

from fsmobile.core.catalogue import Procedure
from fsmobile.core.ids import (
    AgencyId,
    AgentId,
    PassageId,
    StopId,
    TourId,
    UnitId,
    planned_passage_id,
)
from fsmobile.core.visits import Enquiry, Outcome, Visit, Whereabouts
from fsmobile.protocol import records
from fsmobile.protocol.scopes import unit_scope
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.simulation.ports import SeededChance
from fsmobile.store.ops import NewOp, append_all
from fsmobile.store.replica import open_store
from tests.benchmarks.start_up import Pair, interleaved_medians, screen_seconds
from tests.end_to_end.bus_world import (
    MORNING,
    UNIT,
    BusWorld,
    copy_world,
    make_world,
    publish_charente,
)
from tests.end_to_end.terminal import ENTER, ESCAPE, Terminal
from tests.worlds import FakeClock

BATCH = 1000
SCREEN_CHANGES = 3000
FRAME_MS = 16.0
MEMORY_MIB, GROWTH_MIB = 60.0, 5.0
START_RATIO = 1.3
STOPS = ("la-foret-de-tesse", "charme", "luxe", "verdille", "valence", "tusson")
ANCHOR = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    count = 0
    def compose(self):
        yield Static("READY")
    def on_key(self, event):
        self.count += 1
        self.query_one(Static).update(f"{event.key} {self.count}")

Empty().run()
"""
VISIT = (*"nret", ENTER, "r", ENTER)
TOUR_KEYS = (*VISIT, *"ni", ESCAPE, "d", ENTER, "p", "o", *"216171", *"nca", ENTER, "2", "s", ENTER)
"""What hands press at the counter; Esc is left out of the median, for it waits by itself."""


def main(words: list[str]) -> int:
    """Measure and print; 1 when a budget is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--visits", type=int, default=90_000)
    arguments = parser.parse_args(words)
    with _two_worlds(arguments.visits) as (young, old):
        keys, anchor, worked = measure_keys(old)
        start = measure_start(young, old)
        memory, growth = measure_memory(old)
    lines = (
        ("touche → écran, médiane, au-delà d'une application vide (ms)",
         (median(keys) - median(anchor)) * 1000, FRAME_MS),
        ("démarrage avec dix ans de données, contre sans", start[0] / start[1], START_RATIO),
        ("mémoire, MiB", memory, MEMORY_MIB),
        (f"mémoire de plus après {SCREEN_CHANGES} changements d'écran, MiB", growth, GROWTH_MIB),
    )  # fmt: skip
    told = [f"{arguments.visits} visites"]
    told.append(f"touche : {_spread(keys)} ; application vide : {_spread(anchor)} (ms)")
    told.append(f"calcul par touche : {worked:.1f} ms, ce que pèsent les voisins déduit")
    told.append(f"démarrage : {start[0]:.3f} s avec, {start[1]:.3f} s sans")
    for name, found, limit in lines:
        mark = "ok" if found <= limit else "TROP"
        told.append(f"{name:64} {found:8.2f} / {limit:<5g} {mark}")
    sys.stdout.write("\n".join(told) + "\n")
    return int(any(found > limit for _name, found, limit in lines))


def measure_keys(world: BusWorld, rounds: int = 12) -> tuple[list[float], list[float], float]:
    """Return seconds from a key to the last byte drawn: ours, an empty app's; our CPU's ms."""
    ours: list[float] = []
    with world.open_screens() as screens:
        screens.wait_for("Visites ici")
        screens.send("a")
        screens.wait_until_quiet()
        screens.send("1")
        screens.wait_until_quiet()
        before = _cpu_ms(screens)
        for _ in range(rounds):
            for key in TOUR_KEYS:
                taken = screens.seconds_to_draw(key)
                if key != ESCAPE:
                    ours.append(taken)
        assert "Visites ici" in screens.text, screens.text
        worked = (_cpu_ms(screens) - before) / (rounds * len(TOUR_KEYS))
    with Terminal([sys.executable, "-c", ANCHOR], world.environment) as empty:
        empty.wait_for("READY")
        empty.wait_until_quiet()
        anchor = [empty.seconds_to_draw("x") for _ in range(len(ours))]
    return ours, anchor, worked


def measure_start(young: BusWorld, old: BusWorld, rounds: int = 9) -> Pair:
    """Return seconds to the first screen that can be used: with ten years, with nothing."""
    return interleaved_medians(
        lambda: screen_seconds(old.command("open"), old.environment, "Visites ici"),
        lambda: screen_seconds(young.command("open"), young.environment, "Visites ici"),
        rounds,
    )


def measure_memory(world: BusWorld) -> tuple[float, float]:
    """Return MiB: the most that was held at the end, and what the screen changes added."""
    with world.open_screens() as screens:
        screens.wait_for("Visites ici")
        screens.send(*VISIT)
        # The second copy of that visit loads what signs and seals: part of any working day.
        _wait_for_copy(world, time_ns())
        _change_screens(screens, 100)
        before = resident_mib(screens)
        _change_screens(screens, SCREEN_CHANGES)
        after = resident_mib(screens)
    return after, after - before


def _wait_for_copy(world: BusWorld, since_ns: int, seconds: float = 60.0) -> None:
    deadline = monotonic() + seconds
    folder = world.home / "copie"
    while not any(one.stat().st_mtime_ns > since_ns for one in folder.glob("*")):
        assert monotonic() < deadline, "no second copy was made"
        sleep(0.5)


def _change_screens(screens: Terminal, count: int) -> None:
    tabs = ("2", "6", "1", "7", "1")
    for turn in range(0, count, len(tabs)):
        screens.send(*tabs)
        if turn % 50 == 0:
            screens.wait_until_quiet()
    screens.wait_until_quiet()


def _cpu_ms(screens: Terminal) -> float:
    """Return the milliseconds of processor that a program has used."""
    stat = Path(f"/proc/{screens.process.pid}/stat").read_text(encoding="ascii")
    user, system = stat.rpartition(")")[2].split()[11:13]
    return (int(user) + int(system)) * 1000 / os.sysconf("SC_CLK_TCK")


def resident_mib(screens: Terminal) -> float:
    """Return the memory that a program holds."""
    status = Path(f"/proc/{screens.process.pid}/status").read_text(encoding="ascii")
    found = re.search(r"VmRSS:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


@contextmanager
def _two_worlds(visits: int) -> Iterator[tuple[BusWorld, BusWorld]]:
    with tempfile.TemporaryDirectory(prefix="fsmobile-day-") as folder:
        young = make_world(Path(folder) / "young")
        try:
            publish_charente(young)
            old = copy_world(young, Path(folder) / "old")
            fill(old.home / "fsmobile.db", visits)
            yield young, old
        finally:
            young.close()


def fill(path: Path, visits: int) -> None:
    """Record ten years of visits in a store, each on a day of its own time."""
    clock = FakeClock()
    replica = open_store(path, clock, SeededChance(1))
    dice = random.Random(2026)
    span = timedelta(days=3652)
    procedures = list(load_catalogue().procedures.values())
    weights = [one.weight for one in procedures]
    news: list[NewOp] = []
    for number in range(visits):
        moment = MORNING - span + span * (number / visits)
        clock.ms = int(moment.timestamp() * 1000)
        procedure = dice.choices(procedures, weights)[0]
        visit = _visit(moment, STOPS[number // 30 % len(STOPS)], procedure, dice)
        news.append(_op(visit))
        if len(news) == BATCH:
            append_all(replica, news)
            news.clear()
    if news:
        append_all(replica, news)
    # What is ten years old was received long ago: nothing of it waits.
    replica.connection.execute(
        "UPDATE writer SET acked_seq = (SELECT max(seq) FROM op WHERE op.writer = writer.writer)"
        " WHERE is_current = 1"
    )
    replica.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    replica.close()


def _visit(moment: datetime, stop: str, procedure: Procedure, dice: random.Random) -> Visit:
    day = moment.date()
    return Visit(
        whereabouts=Whereabouts.PASSAGE,
        passage_id=_passage(stop, day),
        insee_code="16196",
        service_date=day,
        starts=time(9 + dice.randrange(7), dice.randrange(60)),
        minutes=procedure.minutes,
        people=1 + dice.randrange(2),
        note=f"dossier {dice.randrange(10_000)}" if dice.random() < 0.3 else "",
        enquiries=(
            Enquiry(
                procedure=procedure.procedure_id,
                operator=procedure.operator,
                help=procedure.help,
                outcome=dice.choice((Outcome.RESOLVED, Outcome.TO_FOLLOW_UP)),
            ),
        ),
    )


def _passage(stop: str, day: date) -> PassageId:
    return planned_passage_id(AgencyId("bus-charente"), TourId("semaine-paire"), StopId(stop), day)


def _op(visit: Visit) -> NewOp:
    return NewOp(
        kind=records.VISIT_RECORD,
        schema=1,
        scope=unit_scope(UnitId(UNIT)),
        agent_id=AgentId("agent-a"),
        data=records.encode_visit(visit),
    )


def _spread(values: list[float]) -> str:
    cuts = quantiles(values, n=20)
    return f"médiane {median(values) * 1000:.1f}, p95 {cuts[-1] * 1000:.1f}"
