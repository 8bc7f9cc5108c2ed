"""Agency (structure), its vehicles and agents, the thresholds it answers for."""

from datetime import date

from msgspec import Struct, field

from fsmobile.core.holidays import LocalHoliday, Territory
from fsmobile.core.ids import AgencyId, AgentId, PlaceId, VehicleId
from fsmobile.core.positions import NOWHERE, Position
from fsmobile.core.spans import DateSpan


class LabelThresholds(Struct, frozen=True, kw_only=True):
    """What the label asks for; None is not checked."""

    hours_per_week_min: float | None = None
    days_per_week_min: int | None = None
    agents_min: int | None = None
    position: Position = NOWHERE


class WorkLimits(Struct, frozen=True, kw_only=True):
    """Working time that no schedule may pass (décret 2000-815, article 3, by default)."""

    work_per_day_max_minutes: int = 600
    span_per_day_max_minutes: int = 720
    """From departure to return."""
    break_min_minutes: int = 20
    """After six hours of work."""
    work_per_week_max_minutes: int = 2880
    rest_per_day_min_minutes: int = 660
    """Between two days."""
    position: Position = NOWHERE


class Agency(Struct, frozen=True, kw_only=True):
    """A France services structure on the road: who, where, under which calendar."""

    agency_id: AgencyId
    name: str
    siret: str | None = None
    department: str | None = None
    """Code as text, `2A`."""
    timezone: str = "Europe/Paris"
    """IANA name; every hour of the schedule is local to it."""
    school_zone: str | None = None
    territory: Territory = Territory.METROPOLE
    local_holidays: tuple[LocalHoliday, ...] = ()
    relief: float = 1.0
    """How much longer the roads take than in the plain: 1.15 hilly, 1.3 mountain, 1.7 high."""
    phone: str | None = None
    label: LabelThresholds = field(default_factory=LabelThresholds)
    limits: WorkLimits = field(default_factory=WorkLimits)
    position: Position = NOWHERE


class Vehicle(Struct, frozen=True, kw_only=True):
    """A vehicle; with its crew it is a `Unit`."""

    vehicle_id: VehicleId
    name: str
    kind: str | None = None
    """Free text: one of the 53 itinerant services is a pirogue."""
    base_id: PlaceId | None = None
    inspection_on: date | None = None
    """The technical inspection is due before this day."""
    unavailable: tuple[DateSpan, ...] = ()
    position: Position = NOWHERE

    def is_off_the_road(self, day: date) -> bool:
        """Tell whether the vehicle is declared unavailable on this day."""
        return any(day in span for span in self.unavailable)


class Agent(Struct, frozen=True, kw_only=True):
    """An agent, by identifier only: names stay in the laptop's own file."""

    agent_id: AgentId
    can_drive: bool = False
    is_referent: bool = False
    position: Position = NOWHERE
