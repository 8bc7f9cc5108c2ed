"""The coverage of a département costs about what reading the files of its schedule does."""

import random
import time
from collections.abc import Callable
from functools import partial

from fsmobile.core.coverage import ServedPlace, measure_coverage
from fsmobile.core.ids import PlaceId
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.usecases.coverage import WEEKS, load_localities
from tests.benchmarks.test_schedule_check_speed import sixty_stops

READINGS_MAX = 1.3
"""Ten milliseconds where reading sixty stops takes 7.7."""
DEPARTMENTS = ("15", "59", "62")
"""Sparse with places near one another, dense, and the one with the most communes."""


def _best_of(times: int, act: Callable[[], object]) -> float:
    durations = []
    for _ in range(times):
        begun = time.perf_counter()
        act()
        durations.append(time.perf_counter() - begun)
    return min(durations)


def test_coverage_of_a_departement_costs_about_what_reading_sixty_stops_does() -> None:
    files = sixty_stops()
    chance = random.Random(4)
    for code in DEPARTMENTS:
        localities = load_localities(code)
        places = [
            ServedPlace(
                place_id=PlaceId(locality.code),
                latitude=locality.latitude,
                longitude=locality.longitude,
                weeks=chance.getrandbits(WEEKS),
                open_minutes=600,
            )
            for locality in chance.sample(localities, 60)
        ]
        read_seconds = _best_of(9, partial(read_schedule, files))
        seconds = _best_of(9, partial(measure_coverage, localities, places, WEEKS))
        assert measure_coverage(localities, places, WEEKS).inhabitants > 100_000
        assert seconds <= READINGS_MAX * read_seconds, code
