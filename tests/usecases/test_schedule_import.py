"""Another service's dates become the fewest rules and exceptions that give them all back."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, time, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fsmobile.core.overrides import OverrideAction
from fsmobile.core.plan_finding import find_plan
from fsmobile.core.recurrence import DayTable
from fsmobile.core.spans import DateSpan, TimeSpan
from fsmobile.errors import InvalidInput, Severity
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.usecases.schedule_import import open_target, propose_import, write_import
from tests.usecases.imported import (
    A_YEAR,
    TODAY,
    Row,
    as_calendar,
    as_csv,
    as_pasted,
    codes,
    propose,
    read,
    target_in,
)

DRACENIE = Path(__file__).parents[1] / "formats/data/sources/dracenie-mediabus-2026.json"


Writer = Callable[[Sequence[Row]], str]


def dracenie_rows() -> list[Row]:
    source = json.loads(DRACENIE.read_text(encoding="utf-8"))
    stops = {one["id"]: one for one in source["stops"]}
    return [
        (date.fromisoformat(day), visit["start"], visit["end"],
         stops[visit["stop"]]["commune"], stops[visit["stop"]]["lieu"])
        for visit in source["visits"]
        for day in visit["rule"]["dates"]
    ]  # fmt: skip


@pytest.mark.parametrize("write", [as_pasted, as_csv, as_calendar])
def test_the_218_dates_of_the_dracenie_are_twelve_rules_and_six_exceptions(
    write: Writer, tmp_path: Path
) -> None:
    rows = dracenie_rows()
    assert len(rows) == 218
    proposal = propose(write(rows), tmp_path / "new")
    assert (proposal.published, proposal.reproduced) == (218, 218)
    assert (proposal.plan.rules, proposal.plan.lists) == (12, 0)
    assert Counter(one.action for one in proposal.plan.overrides) == {
        OverrideAction.CANCEL: 4,
        OverrideAction.MOVE: 2,
    }
    assert len(proposal.places) == 7
    assert not [one for one in proposal.checks if one.severity is Severity.ERROR]
    # The published name is no commune's: the files say so, and give it no code.
    assert set(codes(proposal)) == {"import_commune_unknown"}
    assert proposal.problems[0].params["nearest"] == "Saint-Antonin-du-Var"


def test_the_file_of_dates_itself_is_read(tmp_path: Path) -> None:
    proposal = propose(DRACENIE.read_text(encoding="utf-8"), tmp_path / "new", name="d.json")
    assert proposal.reproduced == 218
    assert (proposal.plan.rules, len(proposal.plan.overrides)) == (12, 6)


def test_what_is_approved_is_written_once_and_read_back(tmp_path: Path) -> None:
    folder = tmp_path / "mediabus"
    target = target_in(folder)
    proposal = propose_import(read(as_csv(dracenie_rows())), target, TODAY)
    assert not folder.exists(), "a proposal writes nothing"
    assert write_import(proposal, target) == len(proposal.texts)
    again = open_target(folder, tour_id="tour", name=None, department=None)
    assert again.tree is not None
    assert set(again.tree.tours) == {"tour"}
    with pytest.raises(InvalidInput) as refused:
        propose_import(read(as_csv(dracenie_rows())), again, TODAY)
    assert refused.value.code == "version_exists"


def test_a_second_tour_joins_a_schedule_and_finds_its_places_again(tmp_path: Path) -> None:
    folder = tmp_path / "bus"
    target = target_in(folder)
    write_import(propose_import(read("3/2/2026 10h-12h Place, Ampus"), target, TODAY), target)
    before = (folder / "lieux.toml").read_text(encoding="utf-8")
    other = open_target(folder, tour_id="autre", name=None, department=None)
    text = "4/3/2026 10h-12h Place, Ampus\n5/3/2026 10h-12h École, Ampus"
    proposal = propose_import(read(text), other, TODAY)
    assert [one.name for one in proposal.new_places] == ["Ampus — École"]
    write_import(proposal, other)
    assert (folder / "lieux.toml").read_text(encoding="utf-8").startswith(before)


def test_a_weekday_and_a_date_that_disagree_are_told_and_not_guessed(tmp_path: Path) -> None:
    text = "mercredi 24 novembre 2022, 10h-12h, Place, Ampus\nmardi 3 mars 2026, 10h-12h, Ampus"
    proposal = propose(text, tmp_path / "new")
    (told,) = [one for one in proposal.problems if one.code == "import_weekday_mismatch"]
    assert (told.severity, told.line) == (Severity.ERROR, 1)
    assert told.params["day"] == "2022-11-24"
    assert [one.days for one in proposal.plan.runs] == [(date(2026, 3, 3),)]


def test_a_year_is_the_only_one_in_which_every_weekday_is_right(tmp_path: Path) -> None:
    text = "mardi 3 mars, 10h-12h, Place de la Mairie, Flayosc\njeudi 5 mars, 9h-12h, Ampus"
    proposal = propose(text, tmp_path / "new")
    assert [one.days for one in proposal.plan.runs] == [(date(2026, 3, 5),), (date(2026, 3, 3),)]
    names = sorted(place.name for place in proposal.places.values())
    assert names == ["Ampus", "Flayosc — Place de la Mairie"]
    assert {place.insee_code for place in proposal.places.values()} == {"83003", "83058"}


def test_a_year_that_nothing_tells_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(InvalidInput) as refused:
        propose("3 mars, 10h-12h, Ampus", tmp_path / "new")
    assert [one.code for one in refused.value.problems] == ["import_year_missing"]
    # One weekday is mistyped: no single year is right for both.
    doubtful = "mardi 3 mars, 10h-12h, Ampus\nlundi 5 mars, 10h-12h, Ampus"
    with pytest.raises(InvalidInput) as refused:
        propose(doubtful, tmp_path / "new")
    assert {one.code for one in refused.value.problems} == {"import_year_missing"}
    proposal = propose(doubtful, tmp_path / "new", window=A_YEAR)
    assert codes(proposal) == ["import_weekday_mismatch"]


def test_lines_without_hours_or_place_are_told(tmp_path: Path) -> None:
    text = "3/3/2026, Ampus\n4/3/2026 10h-12h\n5/3/2026, 10h-12h, Ampus"
    proposal = propose(text, tmp_path / "new")
    assert codes(proposal) == ["import_without_place", "import_without_hours"]
    hours = TimeSpan(starts=time(9), ends=time(12))
    proposal = propose(text, tmp_path / "new", hours=hours)
    assert codes(proposal) == ["import_without_place"]
    assert proposal.published == 2


def test_two_villages_of_one_day_share_a_run_and_a_cancelled_day_is_said_once(
    tmp_path: Path,
) -> None:
    tuesdays = [date(2026, 1, 6) + timedelta(weeks=week) for week in range(20)]
    served = [day for day in tuesdays if day != date(2026, 3, 17)]
    text = "\n".join(
        f"{day:%d/%m/%Y} 9h-12h Ampus\n{day:%d/%m/%Y} 14h-16h Flayosc" for day in served
    )
    proposal = propose(text, tmp_path / "new")
    (run,) = proposal.plan.runs
    assert len(run.stops) == 2
    (cancelled,) = proposal.plan.overrides
    assert (cancelled.action, cancelled.place) == (OverrideAction.CANCEL, None)
    assert "surcharges/2026/2026-03-17-tour-journee.toml" in proposal.texts
    assert proposal.is_whole


def test_weeks_without_any_passage_are_one_closure(tmp_path: Path) -> None:
    first = date(2026, 1, 5)
    days = [first + timedelta(days=rank) for rank in range(300)]
    off = {day for day in days if date(2026, 2, 16) <= day <= date(2026, 2, 27)}
    served = [day for day in days if day.weekday() in (1, 3) and day not in off]
    rows = [(day, "09:00", "12:00", "Ampus", "Mairie") for day in served if day.weekday() == 1]
    rows += [(day, "09:00", "12:00", "Flayosc", "Place") for day in served if day.weekday() == 3]
    target = target_in(tmp_path / "bus")
    proposal = propose_import(read(as_csv(rows)), target, TODAY)
    assert proposal.plan.closures == (DateSpan(first=date(2026, 2, 17), last=date(2026, 2, 26)),)
    assert "calendriers/fermetures.toml" in proposal.texts
    assert proposal.is_whole
    # Other tours would be closed too: there, each day is an exception.
    write_import(proposal, target)
    other = open_target(tmp_path / "bus", tour_id="autre", name=None, department=None)
    proposal = propose_import(read(as_csv(rows)), other, TODAY)
    assert proposal.plan.closures == ()


def test_other_hours_of_a_day_are_one_exception(tmp_path: Path) -> None:
    days = [date(2026, 1, 6) + timedelta(weeks=week) for week in range(12)]
    rows = [f"{day:%d/%m/%Y} {'14h-17h' if rank == 5 else '9h-12h'} Ampus"
            for rank, day in enumerate(days)]  # fmt: skip
    proposal = propose("\n".join(rows), tmp_path / "new")
    assert [one.action for one in proposal.plan.overrides] == [OverrideAction.HOURS]
    assert proposal.is_whole


SPANS = ["09:00 12:00", "14:00 16:30", "10:00 11:30"]
PLACES = [("Ampus", "Mairie"), ("Flayosc", "Place"), ("Flayosc", "École"), ("Bargème", "Parking")]


@st.composite
def timetables(draw: st.DrawFn) -> list[Row]:
    """Some places on their rhythm, with days left out, added and put off at random."""
    rows: set[Row] = set()
    for commune, spot in draw(st.lists(st.sampled_from(PLACES), min_size=1, unique=True)):
        for _ in range(draw(st.integers(1, 2))):
            first = date(2026, 1, 5) + timedelta(days=draw(st.integers(0, 20)))
            step = draw(st.sampled_from([7, 14, 21, 28, 1, 11]))
            count = draw(st.integers(1, 26))
            days = {first + timedelta(days=step * rank) for rank in range(count)}
            days ^= {first + timedelta(days=shift) for shift in draw(
                st.sets(st.integers(0, 200), max_size=3))}  # fmt: skip
            starts, ends = draw(st.sampled_from(SPANS)).split()
            rows |= {(day, starts, ends, commune, spot) for day in days}
    return sorted(rows)


@settings(max_examples=50, deadline=None)
@given(rows=timetables().filter(bool), write=st.sampled_from([as_pasted, as_csv, as_calendar]))
def test_whatever_is_published_is_reproduced_exactly(
    rows: list[Row], write: Writer, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.getbasetemp() / "never-written"
    proposal = propose(write(rows), folder)
    assert proposal.published == len(set(rows))
    assert proposal.is_whole
    reading = read_schedule(proposal.texts)
    assert not [one for one in reading.problems if one.severity is Severity.ERROR]
    plan = proposal.plan
    assert plan.rules + plan.lists + len(plan.overrides) <= len(rows)


def test_an_empty_plan_is_found_in_nothing() -> None:
    plan = find_plan([], DayTable(A_YEAR.first, A_YEAR.last))
    assert (plan.runs, plan.overrides, plan.closures) == ((), (), ())
