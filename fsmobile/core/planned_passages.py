"""PlannedPassage: a stop of a tour on a day, as the schedule plans it."""

from collections.abc import Sequence
from datetime import date, time
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.ids import (
    AgencyId,
    AgentId,
    PassageId,
    PlaceId,
    RunId,
    StopId,
    TourId,
    UnitId,
    VehicleId,
    planned_passage_id,
    unit_id,
)
from fsmobile.core.overrides import OverrideAction
from fsmobile.core.spans import HalfDay, TimeSpan
from fsmobile.core.tours import Access, Run, Stop


class PlannedStatus(StrEnum):
    """What the schedule says of a passage; French codes, as printed."""

    PLANNED = "prevu"
    CANCELLED = "annule"
    MOVED = "deplace"
    ADDED = "ajoute"


class Call(Struct, frozen=True, kw_only=True):
    """One opening of a stop, shared by all the days on which nothing changes it."""

    agency_id: AgencyId
    tour_id: TourId
    stop_id: StopId
    place_id: PlaceId
    run_id: RunId | None = None
    """None for an added passage."""
    vehicle_id: VehicleId | None = None
    crew: tuple[AgentId, ...] = ()
    hours: TimeSpan | None = None
    """None when only a half-day is announced."""
    period: HalfDay
    span: int = 0
    """Rank of the opening among those of the stop that day, from 0."""
    drive_minutes: int | None = None
    """From the previous point."""
    setup_minutes: int = 0
    access: Access = Access.FREE
    is_tentative: bool = False
    note: str = ""

    @property
    def order(self) -> tuple[time, HalfDay, TourId, StopId, int]:
        """Return what sorts the calls of one day."""
        if self.hours is not None:
            starts = self.hours.starts
        else:
            starts = time(8) if self.period is HalfDay.MORNING else time(14)
        return (starts, self.period, self.tour_id, self.stop_id, self.span)


class Change(Struct, frozen=True, kw_only=True):
    """What closures and overrides make of a passage."""

    status: PlannedStatus = PlannedStatus.PLANNED
    reason: str = ""
    """Code of the reason when something differs from the timetable, or empty."""
    notice: str = ""
    """Public text."""
    changes: tuple[OverrideAction, ...] = ()
    """What overrides changed, in the order they were applied; a move shows in `status`."""
    override_ids: tuple[str, ...] = ()
    """The overrides that were applied, in order."""


UNCHANGED = Change()


class PlannedPassage(NamedTuple):
    """One opening of a stop on a day; the openings of one stop share their `passage_id`.

    A tuple, not a dataclass: five years of a tour are some nine thousand of them, made in a
    third of the time.
    """

    call: Call
    """Where, when, with what: as planned, overrides applied."""
    service_date: date
    """The day on which the bus comes."""
    original_date: date
    """The day the timetable gives; the identity of the passage hangs on it."""
    change: Change = UNCHANGED
    """What differs from the timetable."""

    @property
    def passage_id(self) -> PassageId:
        """Return the name of the passage; it survives moves and new versions."""
        call = self.call
        return planned_passage_id(call.agency_id, call.tour_id, call.stop_id, self.original_date)

    @property
    def agency_id(self) -> AgencyId:
        """Return the structure."""
        return self.call.agency_id

    @property
    def tour_id(self) -> TourId:
        """Return the tour."""
        return self.call.tour_id

    @property
    def run_id(self) -> RunId | None:
        """Return the run, or None for an added passage."""
        return self.call.run_id

    @property
    def stop_id(self) -> StopId:
        """Return the stop."""
        return self.call.stop_id

    @property
    def place_id(self) -> PlaceId:
        """Return where the bus stands, overrides applied."""
        return self.call.place_id

    @property
    def vehicle_id(self) -> VehicleId | None:
        """Return the vehicle, or None when nobody has said."""
        return self.call.vehicle_id

    @property
    def unit(self) -> UnitId | None:
        """Return `<structure>/<vehicule>`, or None without a vehicle of the structure."""
        vehicle = self.call.vehicle_id
        return None if vehicle is None else unit_id(self.call.agency_id, vehicle)

    @property
    def crew(self) -> tuple[AgentId, ...]:
        """Return who is aboard."""
        return self.call.crew

    @property
    def starts(self) -> time | None:
        """Return the local opening, or None when only a half-day is announced."""
        return None if self.call.hours is None else self.call.hours.starts

    @property
    def ends(self) -> time | None:
        """Return the local closing, or None when only a half-day is announced."""
        return None if self.call.hours is None else self.call.hours.ends

    @property
    def period(self) -> HalfDay:
        """Return the half-day of the opening."""
        return self.call.period

    @property
    def span(self) -> int:
        """Return the rank of the opening, from 0."""
        return self.call.span

    @property
    def access(self) -> Access:
        """Return who may come."""
        return self.call.access

    @property
    def status(self) -> PlannedStatus:
        """Return what the schedule says of the passage."""
        return self.change.status

    @property
    def reason(self) -> str:
        """Return the code of the reason of a change, or an empty text."""
        return self.change.reason

    @property
    def notice(self) -> str:
        """Return the public text of a change, or an empty text."""
        return self.change.notice

    @property
    def changes(self) -> tuple[OverrideAction, ...]:
        """Return what overrides changed."""
        return self.change.changes

    @property
    def is_cancelled(self) -> bool:
        """Tell whether the schedule itself cancels the passage."""
        return self.change.status is PlannedStatus.CANCELLED


def calls_of(agency_id: AgencyId, tour_id: TourId, run: Run, stop: Stop) -> tuple[Call, ...]:
    """Make the openings of a stop as its run plans them."""
    call = Call(
        agency_id=agency_id,
        tour_id=tour_id,
        stop_id=stop.stop_id,
        place_id=stop.place_id,
        run_id=run.run_id,
        vehicle_id=run.vehicle_id,
        crew=run.crew,
        period=stop.half_day or HalfDay.MORNING,
        drive_minutes=stop.drive_minutes,
        setup_minutes=stop.setup_minutes,
        access=stop.access,
        is_tentative=stop.is_tentative,
        note=stop.note,
    )
    return openings_of(call, stop.spans, stop.half_day)


def openings_of(
    call: Call, spans: Sequence[TimeSpan], half_day: HalfDay | None
) -> tuple[Call, ...]:
    """Make one call for each span of hours, or one for a half-day without hours."""
    if half_day is not None:
        return (replace(call, hours=None, period=half_day, span=0),)
    return tuple(
        replace(call, hours=hours, period=hours.half_day, span=rank)
        for rank, hours in enumerate(spans)
    )
