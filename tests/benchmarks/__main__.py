"""`python -m tests.benchmarks [NAME…]`: each budget, measured now against its anchor.

`python -m tests.benchmarks sync` measures the exchange instead, against floors; `… day` the
screens with ten years of visits in the store; `… memory` search and reports with a million.
"""

import sys
import tempfile
import tomllib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.holidays import SchoolCalendar

sys.path.append(str(Path(__file__).parents[1]))  # as pytest has it

from tests.benchmarks import day, memory, sync_table
from tests.benchmarks import test_agenda_speed as agenda
from tests.benchmarks.recording import measure_recorded_visit
from tests.benchmarks.start_up import (
    interleaved_medians,
    measure_first_screen,
    measure_version,
)
from tests.benchmarks.sync_cost import measure_sync, record_a_day
from tests.end_to_end.bus_world import BusWorld, make_world, publish_charente

BUDGETS = tomllib.loads(Path(__file__).with_name("budgets.toml").read_text(encoding="utf-8"))
Measure = tuple[float, float, str]
"""Ours, the anchor's (0: counted, not compared), the unit."""
DAY_VISITS = 20
"""Already on the laptop when its first screen is timed."""


def main(wanted: Sequence[str]) -> int:
    """Measure and print; 1 when a budget is missed."""
    missed = 0
    for name, (ours, anchor, unit) in _measures(wanted):
        budget = BUDGETS[name]
        limit = budget.get("ratio") or budget["count"]
        found = ours / anchor if anchor else ours
        missed += found > limit
        sizes = f"{ours:8.2f} {anchor:8.2f} {unit}" if anchor else f"{ours:8.0f} {unit}"
        mark = "ok" if found <= limit else "TROP"
        sys.stdout.write(f"{budget['what']:76} {sizes:21} {found:8.2f} / {limit:<5g} {mark}\n")
        sys.stdout.flush()
    return 1 if missed else 0


def _measures(wanted: Sequence[str]) -> Iterator[tuple[str, Measure]]:
    """Yield what was measured of the wanted budgets (all when none is named), one by one."""
    names = list(wanted or BUDGETS)
    if "version" in names:
        yield "version", _milliseconds(measure_version())
    if "agenda" in names:
        yield "agenda", _milliseconds(_measure_agenda())
    with _published_world() as world:
        record_a_day(world.home / "fsmobile.db", visits=DAY_VISITS)
        if "first_screen" in names:
            yield "first_screen", _milliseconds(measure_first_screen(world))
        if "recorded_visit" in names:
            yield "recorded_visit", _milliseconds(measure_recorded_visit(world.folder))
        if "sync_bytes" in names:
            cost = measure_sync(world)
            yield "sync_requests", (cost.requests, 0, "")
            yield "sync_bytes", (cost.total, 0, f"({cost.sent} + {cost.received})")


def _measure_agenda() -> tuple[float, float]:
    tree, nobody = agenda.a_tree(), SchoolCalendar()
    first, last = date(2026, 1, 1), date(2030, 12, 31)
    return interleaved_medians(
        lambda: agenda.median_seconds(lambda: expand_agenda(tree, first, last, bundled=nobody)),
        lambda: agenda.median_seconds(lambda: [list(rule) for rule in agenda.dateutil_rules()]),
        rounds=3,
    )


def _milliseconds(pair: tuple[float, float]) -> Measure:
    return pair[0] * 1000, pair[1] * 1000, "ms"


@contextmanager
def _published_world() -> Iterator[BusWorld]:
    with tempfile.TemporaryDirectory(prefix="fsmobile-bench-") as folder:
        world = make_world(Path(folder))
        try:
            publish_charente(world)
            yield world
        finally:
            world.close()


if __name__ == "__main__":
    if sys.argv[1:2] == ["sync"]:
        sys.exit(sync_table.main(sys.argv[2:]))
    if sys.argv[1:2] == ["day"]:
        sys.exit(day.main(sys.argv[2:]))
    if sys.argv[1:2] == ["memory"]:
        sys.exit(memory.main(sys.argv[2:]))
    sys.exit(main(sys.argv[1:]))
