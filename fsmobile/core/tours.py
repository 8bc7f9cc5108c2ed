"""Tour, its dated versions, their runs (sorties) and stops."""

from datetime import date, time, timedelta
from enum import StrEnum

from msgspec import Struct

from fsmobile.core.ids import AgentId, PlaceId, RunId, StopId, TourId, VehicleId
from fsmobile.core.positions import NOWHERE, Position
from fsmobile.core.recurrence import Recurrence
from fsmobile.core.spans import HalfDay, TimeSpan

DEFAULT_SETUP_MINUTES = 5


class Access(StrEnum):
    """Who may come to a stop; French codes, as in the files."""

    FREE = "libre"
    APPOINTMENT = "rdv"
    ON_REQUEST = "demande"
    PRIVATE = "prive"


class Stop(Struct, frozen=True, kw_only=True):
    """A stop inside a run, with an id stable inside the tour."""

    stop_id: StopId
    place_id: PlaceId
    spans: tuple[TimeSpan, ...] = ()
    """When it is open to the public, in order; empty when only a half-day is announced."""
    half_day: HalfDay | None = None
    """Announced only as « le matin » or « l'après-midi »."""
    drive_minutes: int | None = None
    """From the previous point; None when nobody has said."""
    setup_minutes: int = DEFAULT_SETUP_MINUTES
    access: Access = Access.FREE
    is_tentative: bool = False
    note: str = ""
    narrowing: Recurrence | None = None
    """The stop's own selectors: they narrow the run's, never widen them."""
    position: Position = NOWHERE


class Run(Struct, frozen=True, kw_only=True):
    """One vehicle-day pattern, with its stops in the order of the file."""

    run_id: RunId
    recurrence: Recurrence
    vehicle_id: VehicleId | None = None
    """The run's own, or the version's; None under a partner or when unknown."""
    crew: tuple[AgentId, ...] = ()
    """The run's own, or the version's."""
    base_id: PlaceId | None = None
    """The run's own, the version's, or the vehicle's."""
    leaves: time | None = None
    returns: time | None = None
    stops: tuple[Stop, ...] = ()
    position: Position = NOWHERE


class Partner(Struct, frozen=True, kw_only=True):
    """Another organisation whose vehicle and calendar carry our agent."""

    name: str
    position: Position = NOWHERE


class TourVersion(Struct, frozen=True, kw_only=True):
    """A complete timetable of a tour from one day on."""

    tour_id: TourId
    name: str
    valid_from: date
    valid_until: date | None = None
    replaces: date | None = None
    """`valid_from` of the version this one takes the place of."""
    reason: str = ""
    """Shown to citizens."""
    vehicle_id: VehicleId | None = None
    crew: tuple[AgentId, ...] = ()
    base_id: PlaceId | None = None
    partner: Partner | None = None
    runs: tuple[Run, ...] = ()
    position: Position = NOWHERE


class Tour(Struct, frozen=True, kw_only=True):
    """A tour: a stable id and its versions by effect date."""

    tour_id: TourId
    versions: tuple[TourVersion, ...]
    """By `valid_from`, at least one."""

    def version_on(self, day: date) -> TourVersion | None:
        """Return the version in force: the latest to have begun, unless it has ended.

        When the latest has ended nothing is in force: an older one never comes back.
        """
        begun = [version for version in self.versions if version.valid_from <= day]
        if not begun:
            return None
        latest = begun[-1]
        ended = latest.valid_until is not None and latest.valid_until < day
        return None if ended else latest

    def last_day_of(self, version: TourVersion) -> date:
        """Return the last day on which a version is in force, or the end of the calendar."""
        last = version.valid_until or date.max
        later = [one.valid_from for one in self.versions if one.valid_from > version.valid_from]
        return min(last, min(later) - timedelta(days=1)) if later else last

    def stop_ids(self) -> frozenset[StopId]:
        """Return the ids of every stop of every version."""
        runs = (run for version in self.versions for run in version.runs)
        return frozenset(stop.stop_id for run in runs for stop in run.stops)
