"""ScheduleTree: all that the files of one structure say, as values."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field

from fsmobile.core.agencies import Agency, Agent, Vehicle
from fsmobile.core.holidays import SchoolCalendar
from fsmobile.core.ids import AgentId, PlaceId, TourId, VehicleId
from fsmobile.core.overrides import Override
from fsmobile.core.places import Place
from fsmobile.core.positions import NOWHERE, Position
from fsmobile.core.spans import DateSpan
from fsmobile.core.tours import Tour


class Closure(Struct, frozen=True, kw_only=True):
    """Days on which the whole service is closed."""

    closure_id: str
    days: DateSpan
    reason: str = ""
    """In the file's own word (`conges`), or empty."""
    notice: str = ""
    """Public text."""
    position: Position = NOWHERE


class Acknowledgement(Struct, frozen=True, kw_only=True):
    """A notice of the checks that somebody has read and accepts for a while."""

    code: str
    subject: str
    """Id of what the notice is about."""
    reason: str
    until: date
    position: Position = NOWHERE


class ScheduleTree(Struct, frozen=True, kw_only=True):
    """One structure's schedule; passages are computed from it, never stored in it."""

    agency: Agency
    places: Mapping[PlaceId, Place] = field(default_factory=dict)
    vehicles: Mapping[VehicleId, Vehicle] = field(default_factory=dict)
    agents: Mapping[AgentId, Agent] = field(default_factory=dict)
    tours: Mapping[TourId, Tour] = field(default_factory=dict)
    overrides: tuple[Override, ...] = ()
    """By id."""
    closures: tuple[Closure, ...] = ()
    school_calendar: SchoolCalendar = field(default_factory=SchoolCalendar)
    """The zones of the tree's own `calendriers/vacances.toml`, nothing more."""
    acknowledgements: tuple[Acknowledgement, ...] = ()
