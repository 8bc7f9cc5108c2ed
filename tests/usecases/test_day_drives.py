"""A day's drives: which leg breaks, by how many minutes, and the order that is shorter."""

from datetime import date
from pathlib import Path

import pytest

from fsmobile.core.driving import DriveSource, TravelTimes
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reach import Reach
from fsmobile.core.spans import TimeSpan
from fsmobile.errors import InvalidInput
from fsmobile.usecases.day_drives import (
    DayDrive,
    Proposal,
    apply_order,
    check_day,
    propose_orders,
)
from fsmobile.usecases.planning import Planning, apply_edit, look_again
from fsmobile.usecases.planning_acts import Telling
from fsmobile.usecases.territory import travel_times
from tests.usecases.planning_samples import FIRST, a_planning, passages

WEDNESDAY = date(2026, 12, 9)
A_DAY = """
[sorties.mercredi]
jours  = "mercredi"
depart = "08:30"
retour = "17:30"

[sorties.mercredi.arrets.souterraine]
lieu   = "souterraine"
ouvert = "09:45-10:45"

[sorties.mercredi.arrets.jarnages]
lieu   = "jarnages"
ouvert = "11:00-12:00"

[sorties.mercredi.arrets.benevent]
lieu   = "benevent"
ouvert = "13:30-15:00"

[sorties.mercredi.arrets.gouzon]
lieu   = "gouzon"
ouvert = "16:00-17:00"
"""


@pytest.fixture
def planning(tmp_path: Path) -> Planning:
    """Open a plan whose Wednesday zigzags between the west and the east of the Creuse."""
    found = a_planning(tmp_path)
    file = tmp_path / FIRST
    text = file.read_text(encoding="utf-8")
    start, end = text.index("[sorties.mercredi]"), text.index("[sorties.jeudi]")
    file.write_text(text[:start] + A_DAY.lstrip() + "\n" + text[end:], encoding="utf-8")
    look_again(found)
    return found


def drive_of(planning: Planning, day: date = WEDNESDAY) -> DayDrive:
    times = travel_times(planning.tree, planning.contents, day)
    (found,) = check_day(planning.tree, times, day)
    return found


def proposals(planning: Planning, day: date = WEDNESDAY) -> list[Proposal]:
    times = travel_times(planning.tree, planning.contents, day)
    return propose_orders(planning.tree, times, drive_of(planning, day))


def test_the_leg_that_breaks_is_told_with_its_minutes(planning: Planning) -> None:
    found = drive_of(planning)
    late = next(leg.late for leg in found.broken if leg.origin == "souterraine")
    assert late is not None
    # 46 km as the crow flies: some 72 minutes and 5 to set up, in a quarter of an hour.
    assert 55 <= late <= 65
    assert found.is_estimate
    sources = [leg.drive and leg.drive.source for leg in found.legs]
    # The west is typed on Thursdays, from the base: that holds on Wednesdays too.
    assert sources[:2] == [DriveSource.TYPED, DriveSource.ESTIMATE]


def test_a_matrix_replaces_the_estimate(planning: Planning, tmp_path: Path) -> None:
    (tmp_path / "trajets.csv").write_text(
        "de,vers,minutes,km\nsouterraine,jarnages,10,9\n", encoding="utf-8"
    )
    look_again(planning)
    assert planning.reading.problems == ()
    leg = drive_of(planning).legs[1]
    assert leg.drive is not None
    assert (leg.drive.minutes, leg.drive.source) == (10, DriveSource.MATRIX)
    assert leg.late == 0
    assert "trajets.csv" not in planning.unpublished


def test_a_better_order_is_proposed_and_one_that_keeps_the_half_days(planning: Planning) -> None:
    freely, by_halves = proposals(planning)
    order = [passage.stop_id for passage, _hours in freely.hours]
    # One side of the département after the other, never across it twice.
    assert {frozenset(order[:2]), frozenset(order[2:])} == {
        frozenset({"souterraine", "benevent"}),
        frozenset({"jarnages", "gouzon"}),
    }
    assert freely.cost < freely.cost_now
    assert by_halves.keeps_half_days
    assert {passage.stop_id for passage, _hours in by_halves.hours[:2]} == {
        "souterraine",
        "jarnages",
    }


def test_an_order_never_puts_a_stop_where_its_place_is_taken(
    planning: Planning, tmp_path: Path
) -> None:
    places = tmp_path / "lieux.toml"
    text = places.read_text(encoding="utf-8")
    block = text.index("[lieux.benevent]")
    end = text.index("\n\n", block)
    places.write_text(
        f'{text[:end]}\nindisponible = ["mercredi 06:00-13:00"]{text[end:]}', encoding="utf-8"
    )
    look_again(planning)
    for one in proposals(planning):
        hours = {str(passage.stop_id): span for passage, span in one.hours}
        assert hours["benevent"].starts.hour >= 13


def test_the_order_is_written_once_as_exceptions_and_read_back(planning: Planning) -> None:
    (chosen, *_) = proposals(planning)
    texts = apply_order(planning.sheets, _times(planning), chosen, Reach.ONCE, _telling)
    apply_edit(planning, "ordre", texts)
    assert planning.reading.problems == ()
    wanted = {passage.stop_id: span for passage, span in chosen.hours}
    found = {one.stop_id: one.call.hours for one in passages(planning.tree, WEDNESDAY)}
    assert found == wanted
    after = drive_of(planning)
    assert sum(leg.late or 0 for leg in after.broken) < 60
    assert all(one.cost_now == pytest.approx(chosen.cost) for one in proposals(planning))


def test_the_order_of_a_rule_forgets_the_drives_that_nobody_knows(planning: Planning) -> None:
    (chosen, *_) = proposals(planning)
    texts = apply_order(planning.sheets, _times(planning), chosen, Reach.ALWAYS, _telling)
    apply_edit(planning, "ordre", texts)
    text = planning.files[FIRST]
    block = text[text.index("[sorties.mercredi]") : text.index("[sorties.jeudi]")]
    # Only what is written on Thursdays is known; no estimate ever becomes a `trajet`.
    assert block.count("trajet") <= 2
    found = {one.stop_id: one.call.hours for one in passages(planning.tree, WEDNESDAY)}
    assert found == {passage.stop_id: span for passage, span in chosen.hours}


def test_stops_that_alternate_are_ordered_on_one_day_only(planning: Planning) -> None:
    thursday = date(2026, 11, 26)
    drive = drive_of(planning, thursday)
    times = _times(planning)
    two = [passage for passage, _opens, _closes in drive.journey.timed]
    hours = [passage.call.hours for passage in two]
    assert all(hours)
    swapped = Proposal(
        keeps_half_days=False,
        hours=tuple(zip(reversed(two), hours, strict=True)),
        cost=(0, 0),
        cost_now=(0, 1),
        is_estimate=False,
    )
    assert apply_order(planning.sheets, times, swapped, Reach.ONCE, _telling)
    with pytest.raises(InvalidInput, match="stops_not_of_one_day"):
        apply_order(planning.sheets, times, swapped, Reach.ALWAYS, _telling)


def _times(planning: Planning) -> TravelTimes:
    return travel_times(planning.tree, planning.contents, WEDNESDAY)


def _telling(passage: PlannedPassage, hours: TimeSpan) -> Telling:
    return Telling(notice=f"{passage.stop_id} {hours.starts:%H:%M}")
