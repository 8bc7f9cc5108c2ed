"""The timetables of `schedules/` against their published sources."""

import json
from collections import Counter
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.holidays import SchoolCalendar
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.formats.schedule_toml import ScheduleReading, read_schedule

SCHEDULES = Path(__file__).parents[2] / "schedules"
SOURCES = Path(__file__).parent / "data" / "sources"
FOLDERS = sorted(path.name for path in SCHEDULES.iterdir() if path.is_dir())
PUBLISHED_PUBLIC_HOLIDAYS = {
    "2026-01-01 2026-04-06 2026-05-01 2026-05-08 2026-05-14 2026-05-25 2026-07-14",
    "2026-08-15 2026-11-01 2026-11-11 2026-12-25",
    "2027-01-01 2027-03-29 2027-05-01 2027-05-06 2027-05-08 2027-05-17 2027-07-14",
    "2027-08-15 2027-11-01 2027-11-11 2027-12-25",
}
HOLIDAYS = {date.fromisoformat(day) for line in PUBLISHED_PUBLIC_HOLIDAYS for day in line.split()}
WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")


def read_folder(name: str) -> ScheduleReading:
    root = SCHEDULES / name
    return read_schedule(
        {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*.toml")}
    )


def read_source(name: str) -> dict[str, Any]:
    source: dict[str, Any] = json.loads((SOURCES / name).read_text(encoding="utf-8"))
    return source


def passages(name: str, first: date, last: date) -> tuple[PlannedPassage, ...]:
    tree = read_folder(name).tree
    assert tree is not None
    return expand_agenda(tree, first, last, bundled=SchoolCalendar()).passages


def insee_of(name: str) -> dict[str, str | None]:
    tree = read_folder(name).tree
    assert tree is not None
    return {str(place_id): place.insee_code for place_id, place in tree.places.items()}


@pytest.mark.parametrize(
    "folder", sorted(path.name for path in SCHEDULES.iterdir() if path.is_dir())
)
def test_a_shipped_schedule_has_no_fault_in_its_files(folder: str) -> None:
    assert read_folder(folder).problems == ()


def test_the_charente_equals_its_published_grid_over_104_weeks() -> None:
    source = read_source("charente-bus-france-services-emmaus-ruffec.json")
    codes = {stop["id"]: stop["code_insee"] for stop in source["stops"]}
    first, last = date(2026, 1, 5), date(2026, 1, 5) + timedelta(weeks=104, days=-1)
    expected = Counter(
        (day.isoformat(), codes[visit["stop"]], visit["start"], visit["end"])
        for visit in source["visits"]
        for day in days_of(visit["rule"], first, last)
    )
    insee = insee_of("bus-charente")
    found = Counter(
        (
            one.service_date.isoformat(),
            str(insee[one.place_id]),
            f"{one.starts:%H:%M}",
            f"{one.ends:%H:%M}",
        )
        for one in passages("bus-charente", first, last)
    )
    assert found == expected
    assert sum(expected.values()) > 800 - 16


def days_of(rule: dict[str, str], first: date, last: date) -> list[date]:
    """Expand a published rule by walking the days, without the engine."""
    remainder = 1 if rule["parity"] == "impaire" else 0
    window = [first + timedelta(days=n) for n in range((last - first).days + 1)]
    return [
        day
        for day in window
        if WEEKDAYS[day.weekday()] == rule["weekday"]
        and int(day.strftime("%V")) % 2 == remainder
        and day not in HOLIDAYS
    ]


def test_the_charente_keeps_its_gap_at_new_year() -> None:
    around = passages("bus-charente", date(2026, 12, 1), date(2027, 1, 31))

    def days(stop: str) -> list[str]:
        return sorted({one.service_date.isoformat() for one in around if one.stop_id == stop})

    assert days("saint-fraigne") == ["2026-12-14", "2026-12-28", "2027-01-04", "2027-01-18"]
    assert days("verteuil-sur-charente") == ["2026-12-11", "2027-01-15", "2027-01-29"]


def test_the_dracenie_equals_its_218_published_dates() -> None:
    source = read_source("dracenie-mediabus-2026.json")
    expected = Counter(
        (day, visit["stop"], visit["start"], visit["end"])
        for visit in source["visits"]
        for day in visit["rule"]["dates"]
    )
    kept = [
        one
        for one in passages("mediabus-dracenie", date(2026, 1, 1), date(2026, 12, 31))
        if not one.is_cancelled
    ]
    found = Counter(
        (one.service_date.isoformat(), one.stop_id, f"{one.starts:%H:%M}", f"{one.ends:%H:%M}")
        for one in kept
    )
    assert sum(expected.values()) == 218
    assert found == expected


def test_the_dracenie_is_twelve_rules_and_seven_dated_exceptions() -> None:
    tree = read_folder("mediabus-dracenie").tree
    assert tree is not None
    (version,) = tree.tours[next(iter(tree.tours))].versions
    assert sum(len(run.stops) for run in version.runs) == 12
    assert len(tree.overrides) == 7


@pytest.mark.parametrize(
    "folder", sorted(path.name for path in SCHEDULES.iterdir() if path.is_dir())
)
def test_what_is_not_published_is_marked_as_an_assumption(folder: str) -> None:
    for path in (SCHEDULES / folder).rglob("*.toml"):
        text = path.read_text(encoding="utf-8")
        if "trajet" in text or "base" in text or "equipage" in text:
            assert "HYPOTHÈSE" in text, path
