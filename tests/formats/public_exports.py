"""Exports read back by other hands than ours, as sets of openings to compare with the agenda."""

import csv
import io
import json
from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

from dateutil.rrule import rrulestr
from frictionless import Resource, Schema
from icalendar import Calendar

from fsmobile.core.public_feeds import PublishedState
from fsmobile.core.publications import Publication
from fsmobile.core.schedules import ScheduleTree
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.reference.holidays import load_school_calendar

ROOT = Path(__file__).parents[2]
SCHEMAS = Path(__file__).parent / "data" / "table_schemas"
TREES = {
    "bus-charente": ROOT / "schedules" / "bus-charente",
    "mediabus-dracenie": ROOT / "schedules" / "mediabus-dracenie",
    "exemple-creuse": ROOT / "tests" / "validation" / "exemple-creuse",
    "exemple-23": ROOT / "tests" / "formats" / "data" / "exemple-23",
}
"""Every timetable that the repository holds."""
FIRST = date(2026, 1, 1)
"""The year of 53 weeks and the planning of the Dracénie."""
STATE = PublishedState(number=7, revised_at=datetime(2026, 11, 22, 7, 30, tzinfo=UTC))
HALF_DAYS = {"matin": (time(8), time(12)), "apres-midi": (time(14), time(18))}


class Opening(NamedTuple):
    """What every export must agree on: when a stop is open."""

    stop: str
    day: date
    starts: time | None
    ends: time | None


def read_tree(path: Path) -> ScheduleTree:
    files = {one.relative_to(path).as_posix(): one.read_bytes() for one in path.rglob("*.toml")}
    tree = read_schedule(files).tree
    assert tree is not None
    return tree


def a_publication(tree: ScheduleTree, first: date = FIRST, address: str = "") -> Publication:
    return Publication(
        tree=tree, state=STATE, today=first, bundled=load_school_calendar(), address=address
    )


def in_order(openings: Iterable[Opening]) -> list[Opening]:
    """Sort openings, those of a half-day without hours among them."""
    return sorted(openings, key=repr)


def planned(publication: Publication, *, cancelled: bool = False) -> list[Opening]:
    """Return the openings of the agenda, or those that are cancelled."""
    return in_order(
        Opening(one.stop_id, one.service_date, one.starts, one.ends)
        for one in publication.passages
        if one.is_cancelled is cancelled
    )


def read_ics(text: str) -> tuple[list[Opening], list[Opening]]:
    """Read a calendar with `icalendar`: what is open, and what is cancelled."""
    open_, cancelled = [], []
    for event in Calendar.from_ical(text).walk("VEVENT"):
        stop = str(event["UID"]).split("/")[2]
        starts, ends = event.decoded("DTSTART"), event.decoded("DTEND")
        if isinstance(starts, datetime):
            opening = Opening(stop, starts.date(), starts.time(), ends.time())
        else:
            assert ends - starts == timedelta(days=1)
            opening = Opening(stop, starts, None, None)
        is_cancelled = event["STATUS"] == "CANCELLED"
        assert str(event["SUMMARY"]).startswith("ANNULÉ — ") is is_cancelled
        (cancelled if is_cancelled else open_).append(opening)
    return in_order(open_), in_order(cancelled)


def read_mobile_library(text: str) -> list[tuple[str, date, time, time]]:
    """Expand the rows with dateutil: name of the place, day, hours."""
    openings = []
    for row in csv.DictReader(io.StringIO(text)):
        first, last = date.fromisoformat(row["start"]), date.fromisoformat(row["end"])
        rule = rrulestr(row["frequency"], dtstart=datetime.combine(first, time()))
        off = {date.fromisoformat(day) for day in row["exceptions"].split(",") if day}
        starts, ends = time.fromisoformat(row["arrival"]), time.fromisoformat(row["departure"])
        for moment in rule.between(
            datetime.combine(first, time()), datetime.combine(last, time()), inc=True
        ):
            assert f"{moment:%A}" == row["day"]
            if moment.date() not in off:
                openings.append((row["stop"], moment.date(), starts, ends))
    return sorted(set(openings))


def faults_of_table(text: str, schema: str) -> list[object]:
    """Check a CSV against its published Table Schema with `frictionless`."""
    descriptor = json.loads((SCHEMAS / f"{schema}.json").read_text(encoding="utf-8"))
    resource = Resource(data=text.encode(), format="csv", schema=Schema.from_descriptor(descriptor))
    report = resource.validate()
    faults: list[object] = report.flatten(["rowNumber", "fieldName", "message"])
    return faults
