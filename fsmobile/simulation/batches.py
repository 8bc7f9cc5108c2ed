"""A run as it is ordered: its profile, what is planted, and how many processes share it."""

import logging
from collections.abc import Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import islice
from multiprocessing import get_context

from fsmobile.simulation.campaign import OnWorld, Tally, minimise, run_worlds
from fsmobile.simulation.mistakes import MISTAKES
from fsmobile.simulation.profiles import LITE, Profile, open_profile
from fsmobile.simulation.world import Cut

BATCH = 5
"""Worlds that a process plays before it tells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What a run is made of."""

    profile: str = LITE
    database: str | None = None
    """Address of an empty PostgreSQL database, for the full profile."""
    plant: str | None = None
    cut: Cut | None = None


def run_order(
    order: Order,
    seeds: Iterable[int],
    *,
    jobs: int = 1,
    days: float | None = None,
    on_world: OnWorld | None = None,
) -> Tally:
    """Run worlds in so many processes, until the seeds or the days are over, or one breaks."""
    if jobs > 1:
        return _share(order, iter(seeds), jobs, days, on_world)
    with _ready(order) as profile:
        return run_worlds(seeds, days=days, on_world=on_world, profile=profile, cut=order.cut)


def minimise_order(order: Order, seed: int, violation: str) -> tuple[Cut, str]:
    """Return the smallest world of a seed that still breaks, and what breaks there."""
    with _ready(order) as profile:
        return minimise(seed, violation, profile)


@contextmanager
def _ready(order: Order) -> Iterator[Profile]:
    # The registry and its client log each event; a simulated one has thousands.
    for name in ("fsmobile.registry", "httpx"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with ExitStack() as stack:
        if order.plant is not None:
            stack.enter_context(MISTAKES[order.plant].plant())
        yield stack.enter_context(open_profile(order.profile, order.database))


def _share(
    order: Order, seeds: Iterator[int], jobs: int, days: float | None, on_world: OnWorld | None
) -> Tally:
    total = Tally()
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        running: set[Future[Tally]] = set()
        while True:
            is_over = total.violation is not None or (days is not None and total.days >= days)
            while not is_over and len(running) < jobs and (batch := list(islice(seeds, BATCH))):
                total.first = batch[0] if not total.worlds and not running else total.first
                running.add(pool.submit(_run_batch, order, batch))
            if not running:
                return total
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for one in done:
                total.add(one.result())
            if on_world is not None:
                on_world(total)


def _run_batch(order: Order, seeds: list[int]) -> Tally:
    return run_order(order, seeds)
