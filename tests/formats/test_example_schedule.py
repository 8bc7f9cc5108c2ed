"""A whole fictional schedule: two versions, four overlays, nine months of passages."""

import re
from collections import Counter
from datetime import date
from pathlib import Path

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.errors import Severity
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.reference.holidays import load_school_calendar
from tests.formats.schedule_files import schedule_files

EXAMPLE = Path(__file__).parent / "data" / "exemple-23"


def passages() -> tuple[PlannedPassage, ...]:
    reading = read_schedule(
        {
            path.relative_to(EXAMPLE).as_posix(): path.read_bytes()
            for path in EXAMPLE.rglob("*.toml")
        }
    )
    errors = [one.code for one in reading.problems if one.severity is not Severity.INFO]
    assert errors == []
    assert reading.tree is not None
    first, last = date(2026, 11, 23), date(2027, 8, 31)
    return expand_agenda(reading.tree, first, last, bundled=load_school_calendar()).passages


def test_the_example_has_its_236_passages() -> None:
    assert Counter(str(one.status) for one in passages()) == {
        "prevu": 232,
        "annule": 1,
        "ajoute": 1,
        "deplace": 2,
    }


def test_the_new_version_keeps_fourteen_days_over_week_53() -> None:
    dates = {
        stop: [one.service_date.isoformat() for one in passages() if one.stop_id == stop]
        for stop in ("dun", "bonnat")
    }
    assert dates["dun"][:5] == [
        "2026-11-24",
        "2026-11-27",
        "2026-12-08",
        "2026-12-23",
        "2027-01-05",
    ]
    assert dates["bonnat"][2:5] == ["2026-12-29", "2027-01-12", "2027-01-26"]


def test_the_overlay_shown_by_the_page_of_the_format_can_be_copied() -> None:
    page = (Path(__file__).parents[2] / "schedules/README.md").read_text(encoding="utf-8")
    shown = re.search(r"`(surcharges/[^<`]+\.toml)`[^`]*```toml\n(.*?)```", page, re.DOTALL)
    assert shown is not None
    files = schedule_files({shown[1]: shown[2]})
    reading = read_schedule(files)
    errors = [one.code for one in reading.problems if one.severity is not Severity.INFO]
    assert errors == []
    assert reading.tree is not None
    (override,) = reading.tree.overrides
    assert override.notice.startswith("Place de la mairie")
