"""What is said now of a passage, on top of what was said before."""

from datetime import date, time

import pytest
from msgspec.structs import replace

from fsmobile.core.ids import AgentId, PlaceId, StopId, TourId, VehicleId
from fsmobile.core.override_merging import merge_override
from fsmobile.core.overrides import Override, OverrideAction, OverrideReason
from fsmobile.core.spans import HalfDay, TimeSpan

DAY = date(2026, 12, 8)
HOURS = (TimeSpan(starts=time(9), ends=time(11)),)


def says(action: OverrideAction, **words: object) -> Override:
    return Override(
        override_id="2026-12-08-nord-dun",
        original_date=DAY,
        tour_id=TourId("nord"),
        scope=StopId("dun"),
        action=action,
        **words,
    )


CANCEL = says(OverrideAction.CANCEL, notice="Annulé.", reason=OverrideReason.STRIKE)
KEEP = says(OverrideAction.KEEP)
ADD = says(OverrideAction.ADD, place_id=PlaceId("salle"), spans=HOURS)
MOVE = says(OverrideAction.MOVE, moved_to=date(2026, 12, 9))
BACK = says(OverrideAction.MOVE, moved_to=DAY)
PLACE = says(OverrideAction.PLACE, place_id=PlaceId("salle"), notice="À la salle.")
HOUR = says(OverrideAction.HOURS, spans=HOURS)
CREW = says(OverrideAction.CREW, crew=(AgentId("agent-c"),))
BUS = says(OverrideAction.VEHICLE, vehicle_id=VehicleId("bus-2"))


@pytest.mark.parametrize("wish", [CANCEL, KEEP, ADD, MOVE, PLACE, HOUR, CREW, BUS])
def test_what_is_said_first_stands_as_it_is(wish: Override) -> None:
    assert merge_override(None, wish) == wish
    assert merge_override(CANCEL, wish) == wish


@pytest.mark.parametrize("before", [KEEP, MOVE, PLACE, HOUR, CREW, BUS])
def test_a_cancelled_passage_keeps_nothing_of_what_was_said(before: Override) -> None:
    assert merge_override(before, CANCEL) == CANCEL
    assert merge_override(before, KEEP) == KEEP


def test_an_added_passage_is_taken_back_and_never_cancelled() -> None:
    assert merge_override(ADD, CANCEL) is None
    assert merge_override(ADD, KEEP) == ADD


def test_hours_after_a_place_say_both() -> None:
    assert merge_override(PLACE, HOUR) == replace(PLACE, spans=HOURS)
    half = says(OverrideAction.HOURS, half_day=HalfDay.MORNING)
    assert merge_override(HOUR, half) == half
    assert merge_override(half, HOUR) == replace(half, spans=HOURS, half_day=None)


def test_a_move_takes_what_was_said_along() -> None:
    moved = merge_override(PLACE, MOVE)
    assert moved is not None
    assert (moved.action, moved.place_id, moved.moved_to) == (
        OverrideAction.MOVE,
        "salle",
        date(2026, 12, 9),
    )
    assert moved.notice == "À la salle."


@pytest.mark.parametrize("before", [PLACE, HOUR, CREW, BUS])
def test_a_move_back_leaves_what_else_was_said(before: Override) -> None:
    moved = merge_override(before, MOVE)
    assert moved is not None
    back = merge_override(moved, BACK)
    assert back is not None
    assert (back.action, back.moved_to) == (before.action, None)


def test_a_move_back_of_nothing_else_leaves_nothing() -> None:
    assert merge_override(MOVE, BACK) is None
    assert merge_override(None, BACK) is None


def test_drives_vehicles_and_replacements_are_kept_unless_said_again() -> None:
    full = replace(PLACE, drive_minutes=20, replaces="x", published_on=DAY)
    merged = merge_override(full, BUS)
    assert merged == replace(full, vehicle_id=VehicleId("bus-2"))
    again = merge_override(full, replace(BUS, drive_minutes=0))
    assert again is not None
    assert again.drive_minutes == 0
