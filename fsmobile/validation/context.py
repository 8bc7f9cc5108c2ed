"""What the rules are told from outside: the day, the communes, the départements."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Protocol

from fsmobile.core.holidays import SchoolCalendar, Territory
from fsmobile.core.ids import AgentId, StopId, TourId
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import DateSpan


class CommuneFacts(Protocol):
    """What a rule asks of a commune of the official list."""

    @property
    def insee_code(self) -> str:
        """Code of the commune."""

    @property
    def name(self) -> str:
        """Official name."""

    @property
    def latitude(self) -> float | None:
        """Of the town hall, WGS 84."""

    @property
    def longitude(self) -> float | None:
        """Of the town hall, WGS 84."""


class DepartmentFacts(Protocol):
    """What a rule asks of a département."""

    @property
    def school_zone(self) -> str | None:
        """`A`, `B`, `C`, or None where the dates are local decisions."""

    @property
    def time_zone(self) -> str:
        """IANA name."""

    @property
    def territory(self) -> Territory | None:
        """Whose public holidays it keeps."""


class OpeningHours(Protocol):
    """The strings that a schedule's stops are exported with, over some time."""

    def write(self, tour_id: TourId, stop_id: StopId) -> str:
        """Write the openings of a stop, without the exceptions that do not fit."""


Ring = Sequence[tuple[float, float]]
"""A closed line of longitudes and latitudes."""


def _nothing_known(_code: str) -> None:
    return None


def _none_known(_code: str) -> tuple[()]:
    return ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ValidationContext:
    """The facts that a schedule does not hold; what is not given is not checked."""

    today: date
    find_commune: Callable[[str], CommuneFacts | None] | None = None
    """By INSEE code; without it no commune is checked."""
    find_successor: Callable[[str], CommuneFacts | None] = _nothing_known
    """The commune of today that absorbed the one of this INSEE code."""
    communes_of_postcode: Callable[[str], Sequence[CommuneFacts]] = _none_known
    departments: Mapping[str, DepartmentFacts] = field(default_factory=dict)
    """By code; empty: nothing is checked against a département."""
    outline_of: Callable[[str], Sequence[Ring]] = _none_known
    """The borders of a département by its code; nothing when they are not known."""
    opening_hours: Callable[[ScheduleTree, date, date], OpeningHours] | None = None
    """Of a schedule, from one day to another; without it no exported string is measured."""
    absences: Mapping[AgentId, Sequence[DateSpan]] = field(default_factory=dict)
    """Days on which agents are away; a laptop that is no coordinator's knows of none."""
    school_calendar: SchoolCalendar = field(default_factory=SchoolCalendar)
    """The school holidays that the program ships."""
