"""The `opening_hours` string of a stop, read back by a library that is not ours."""

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest

from fsmobile.core.ids import StopId, TourId
from fsmobile.core.schedules import ScheduleTree
from fsmobile.formats.opening_hours import OSM_VALUE_LENGTH_MAX, OpeningHoursWriter
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.reference.holidays import load_school_calendar
from tests.formats.opening_hours_reader import (
    WINDOW_DAYS,
    planned_openings,
    reread,
)

ROOT = Path(__file__).parents[2]
TREES = {
    "bus-charente": ROOT / "schedules" / "bus-charente",
    "mediabus-dracenie": ROOT / "schedules" / "mediabus-dracenie",
    "exemple-creuse": ROOT / "tests" / "validation" / "exemple-creuse",
}
FIRST_DAYS = (date(2026, 1, 1), date(2026, 5, 4), date(2026, 11, 22), date(2027, 1, 4))
STOPS = {"bus-charente": 12, "mediabus-dracenie": 7, "exemple-creuse": 11}
MONDAY = date(2026, 11, 23)


def read(path: Path) -> ScheduleTree:
    files = {one.relative_to(path).as_posix(): one.read_bytes() for one in path.rglob("*.toml")}
    tree = read_schedule(files).tree
    assert tree is not None
    return tree


def stops_of(tree: ScheduleTree) -> Iterator[tuple[TourId, StopId]]:
    for tour in tree.tours.values():
        for stop_id in sorted(tour.stop_ids()):
            yield tour.tour_id, stop_id


def write(tree: ScheduleTree, stop: str, first: date = MONDAY) -> str:
    (tour_id,) = tree.tours
    last = first + timedelta(days=WINDOW_DAYS - 1)
    calendar = load_school_calendar()
    return OpeningHoursWriter(tree, first, last, bundled=calendar).write(tour_id, StopId(stop))


@pytest.mark.parametrize("first", FIRST_DAYS, ids=str)
@pytest.mark.parametrize("name", TREES)
def test_every_stop_read_back_has_exactly_the_openings_of_the_agenda(
    name: str, first: date
) -> None:
    tree, calendar = read(TREES[name]), load_school_calendar()
    stops = list(stops_of(tree))
    assert len(stops) == STOPS[name]
    for tour_id, stop_id in stops:
        text = write(tree, stop_id, first)
        assert len(text) <= OSM_VALUE_LENGTH_MAX
        expected = planned_openings(tree, tour_id, stop_id, first, calendar)
        assert reread(text, first) == expected, f"{stop_id}: {text}"


def test_the_strings_say_the_timetable_as_a_person_would() -> None:
    charente, creuse = read(TREES["bus-charente"]), read(TREES["exemple-creuse"])
    assert write(charente, "tusson") == "week 1-53/2 Tu 09:00-12:30,13:30-15:30; PH off"
    assert write(creuse, "grand-bourg") == "Mo[1,3] 13:30-16:15; PH off"
    assert write(creuse, "gouzon") == (
        "2026 Nov 27,2026 Dec 11,2027 Jan 15,2027 Feb 12 09:30-12:00"
    )
    assert write(creuse, "jarnages") == (
        "We 09:30-12:00; PH off; "
        "2026 Dec 23-30,2027 Feb 17-24,2027 Apr 14-21,2027 Jul 7-2027 Aug 25 off"
    )
    assert write(creuse, "dun") == (
        "2026 Sep 1-2027 Jan 3 week 2-52/2 Tu 09:30-12:00; "
        "2027 Jan 4-2027 Dec 31 week 1-53/2 Tu 09:30-12:00; PH off; "
        "2026 Nov 24,2026 Dec 22 off; 2026 Nov 27 14:00-16:30; 2026 Dec 23 09:30-12:00"
    )


def test_a_season_is_said_as_it_is_written() -> None:
    text = write(read(TREES["exemple-creuse"]), "celle-dunoise")
    assert "Jun 15-Sep 15 Fr 09:30-12:00" in text


def test_the_same_string_holds_from_one_day_to_the_next() -> None:
    tree = read(TREES["exemple-creuse"])
    for stop in ("dun", "celle-dunoise", "souterraine"):
        assert write(tree, stop) == write(tree, stop, MONDAY + timedelta(days=1))
