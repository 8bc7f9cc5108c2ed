"""`python -m tests.benchmarks sync`: the bench of the exchange, beside the floors of this machine.

Prints a table in Markdown, for `docs/operations.md`. `--small` is a rehearsal in a minute.
"""

import argparse
import os
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from random import Random
from statistics import fmean, median

from fsmobile.reference.catalogue import load_catalogue
from tests.benchmarks import floors
from tests.benchmarks.bad_link import SlowLink
from tests.benchmarks.bulk import Bulk, Cost, cost_of, measure_bulk
from tests.benchmarks.days_of_work import WorkClock, record_all, visits_of
from tests.benchmarks.herd import make_buses, measure_herd
from tests.benchmarks.history import counted_statements, measure_history
from tests.benchmarks.proxy import Proxy
from tests.benchmarks.registries import DATABASES, Registry, connect, enrol_laptop, serving

ROUND_TRIP, UP, DOWN = 0.3, 256_000.0, 512_000.0
ROUNDS = 50
COMMITS = 3
"""Of an exchange, one after another: the counter and the answer on the laptop, the registry's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sizes:
    """How much is measured."""

    bulk: int
    rounds: int
    held: int
    laptops: int
    at_once: int
    history: int


FULL = Sizes(bulk=10_000, rounds=5, held=100_000, laptops=5_000, at_once=128, history=1_000_000)
SMALL = Sizes(bulk=2_000, rounds=2, held=5_000, laptops=300, at_once=64, history=20_000)
Row = tuple[str, str, str, str, str]
"""What, ours, the floor, the ratio, the target."""


def main(words: Sequence[str]) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks sync", description=__doc__)
    parser.add_argument("--small", action="store_true")
    parser.add_argument("--database", choices=DATABASES, action="append")
    asked = parser.parse_args(words)
    sizes = SMALL if asked.small else FULL
    buses = make_buses(sizes.laptops, 40)
    load = os.getloadavg()[0]
    sys.stdout.write(f"{os.cpu_count()} cœurs, charge {load:.1f} au départ\n\n")
    for kind in asked.database or DATABASES:
        _print_head(kind)
        with serving(kind) as registry:
            herd = measure_herd(registry, buses, sizes.at_once)
        each = f"{herd.wall / len(buses) * 1000:.1f} ms par envoi"
        _print(
            (f"{len(buses)} portables × 40 visites, {sizes.at_once} à la fois",
             f"{herd.wall:.1f} s", "", each, "≤ 30 s"),
            ("… p50 et p99 d'une requête admise",
             f"{herd.p50:.2f} et {herd.p99:.2f} s", "", "", "p99 ≤ 2 s"),
            ("… renvoyés à plus tard ; dernier reçu",
             f"{herd.sent_away} ; {herd.longest:.0f} s", "", "", "≤ 180 s"),
            ("… processeur : registre, client",
             f"{herd.registry_cpu:.1f} et {herd.client_cpu:.1f} s", "", "", ""),
        )  # fmt: skip
        with serving(kind) as registry:
            for row in _exchange_rows(registry, sizes):
                _print(row)
        for one in measure_history(kind, (1_000, sizes.history)):
            work = "instructions SQLite" if kind == "sqlite" else "lignes lues"
            _print(
                (f"rien de neuf, {one.history} actes tenus",
                 f"{one.requests} requête, {one.statements} ordres SQL, {one.work} {work}",
                 "", f"{one.milliseconds:.1f} ms", "le même à toute taille")
            )  # fmt: skip
    return 0


def _exchange_rows(registry: Registry, sizes: Sizes) -> Iterator[Row]:
    visits = visits_of(load_catalogue(), WorkClock(), sizes.bulk, Random(3))
    bulk = measure_bulk(registry, visits, sizes.rounds)
    yield from _bulk_rows(bulk)
    with tempfile.TemporaryDirectory() as folder:
        yield from _small_rows(registry, Path(folder), sizes)


def _bulk_rows(bulk: Bulk) -> Iterator[Row]:
    post = median(bulk.post_floor)
    for name, costs, floors_of, alone, target in (
        ("pousser", bulk.pushes, bulk.database_floor, "écriture seule", "≤ 0,45 s"),
        ("tirer", bulk.pulls, bulk.rows_floor, "les mêmes lignes écrites", "≤ 0,20 s"),
    ):
        wall, floor = median(cost.wall for cost in costs), median(floors_of)
        yield (
            f"{name} {bulk.visits} visites (meilleur {min(cost.wall for cost in costs):.2f} s)",
            f"{wall:.2f} s",
            f"{floor:.3f} s ({alone}) ; {post:.3f} s (POST seul)",
            f"× {wall / floor:.1f} ; × {wall / post:.0f}",
            target,
        )
        yield (
            f"… processeur : portable, registre ; {costs[0].requests} requêtes",
            f"{_cpu(costs, 'laptop_cpu')} et {_cpu(costs, 'registry_cpu')} s", "", "", "",
        )  # fmt: skip
    yield (
        "octets montants par visite, en gros",
        f"{bulk.pushes[0].sent / bulk.visits:.0f}", "", "", "≤ 90",
    )  # fmt: skip


def _cpu(costs: Sequence[Cost], name: str) -> str:
    return f"{median(getattr(cost, name) for cost in costs):.2f}"


def _mean_ms(costs: Sequence[Cost], name: str) -> str:
    """Return a mean: the system counts processor time by hundredths of a second."""
    return f"{fmean(getattr(cost, name) for cost in costs) * 1000:.1f}"


def _small_rows(registry: Registry, folder: Path, sizes: Sizes) -> Iterator[Row]:
    catalogue, clock = load_catalogue(), WorkClock()
    laptop = enrol_laptop(registry, folder, "structure-2/bus-1", "long", clock)
    record_all(laptop, visits_of(catalogue, clock, sizes.held, Random(4)))
    with connect(registry.address) as link:
        laptop.sync(link)
        for new, target in ((0, "1 requête, ≤ 700 o, ≤ 5 ms"), (30, "1 requête, ≤ 4 Ko, ≤ 15 ms")):
            costs, commits = [], []
            for _ in range(ROUNDS):
                record_all(laptop, visits_of(catalogue, clock, new, Random(5)))
                costs.append(cost_of(registry, laptop, link, lambda done: done.waiting == 0))
                commits.append(floors.commit_in_turn(folder, COMMITS))
            record_all(laptop, visits_of(catalogue, clock, new, Random(6)))
            with counted_statements(registry.engine) as statements:
                laptop.sync(registry.service)
            what = f"{new or 'rien de'} neuf{'s' if new else ''} sur {sizes.held}"
            yield _small_row(what, costs, commits, len(statements), target)
            yield (
                f"… processeur : portable, registre, {ROUNDS} échanges",
                f"{_mean_ms(costs, 'laptop_cpu')} et {_mean_ms(costs, 'registry_cpu')} ms",
                "", "", "",
            )  # fmt: skip
    yield from _link_rows(registry, folder)


def _small_row(
    what: str, costs: Sequence[Cost], commits: Sequence[float], statements: int, target: str
) -> Row:
    walls, floor = [cost.wall for cost in costs], median(commits)
    return (
        what,
        f"{costs[-1].requests} requête, {costs[-1].sent} + {costs[-1].received} o, "
        f"{median(walls) * 1000:.1f} ms (meilleur {min(walls) * 1000:.1f} ms), "
        f"{statements} ordres SQL",
        f"{floor * 1000:.1f} ms ({COMMITS} validations durables)",
        f"× {median(walls) / floor:.1f}",
        target,
    )


def _link_rows(registry: Registry, folder: Path) -> Iterator[Row]:
    """Yield a day of 40 visits over a bad link, beside a POST of the same bytes over it."""
    catalogue, clock = load_catalogue(), WorkClock()
    laptop = enrol_laptop(registry, folder, "structure-3/bus-1", "far", clock)
    for name, visits in (("40 visites", 40), ("rien de neuf", 0)):
        record_all(laptop, visits_of(catalogue, clock, visits, Random(7)))
        with _slow(registry.port) as link, connect(link.url) as connection:
            cost = cost_of(registry, laptop, connection, lambda done: done.waiting == 0)
            size = link.sent + link.received
        with floors.sink() as port, _slow(port) as link:
            floor = floors.post_once(link.url, bytes(cost.sent))
        yield (
            f"{name}, 300 ms, 256/512 kbit/s",
            f"{cost.wall:.2f} s, {cost.requests} requête, {size} o sur le fil",
            f"{floor:.2f} s (POST des mêmes octets)",
            f"× {cost.wall / floor:.2f}",
            "≤ 0,85 s" if visits else "",
        )


def _slow(port: int) -> Proxy:
    return SlowLink(target=port, round_trip=ROUND_TRIP, up=UP, down=DOWN)


def _print_head(kind: str) -> None:
    sys.stdout.write(f"\n**{kind}**\n\n| mesure | trouvé | plancher | rapport | cible |\n")
    sys.stdout.write("|---|---|---|---|---|\n")


def _print(*rows: Row) -> None:
    for row in rows:
        sys.stdout.write("| " + " | ".join(row) + " |\n")
    sys.stdout.flush()
