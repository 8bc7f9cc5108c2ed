"""Overrides (surcharges): dated exceptions to a tour, never edits of a version."""

from datetime import date
from enum import StrEnum

from msgspec import Struct

from fsmobile.core.ids import AgentId, PlaceId, StopId, TourId, VehicleId
from fsmobile.core.positions import NOWHERE, Position
from fsmobile.core.spans import HalfDay, TimeSpan


class OverrideAction(StrEnum):
    """What an override does; French codes, as in the files."""

    CANCEL = "annule"
    MOVE = "deplace"
    PLACE = "lieu"
    HOURS = "horaire"
    ADD = "ajoute"
    KEEP = "maintient"
    CREW = "equipage"
    VEHICLE = "vehicule"


class OverrideReason(StrEnum):
    """Why; never an illness: these files are public."""

    BREAKDOWN = "panne"
    WEATHER = "meteo"
    STRIKE = "greve"
    ABSENCE = "absence"
    WORKS = "travaux"
    FESTIVITIES = "fetes"
    PUBLIC_HOLIDAY = "ferie"
    OTHER = "autre"


class WholeDay(StrEnum):
    """The word that names all the stops of a tour on a day."""

    DAY = "journee"


OverrideScope = StopId | HalfDay | WholeDay
"""What an override is about: one stop, a half-day, or the whole day of a tour."""


class Override(Struct, frozen=True, kw_only=True):
    """One dated exception; its file's name is its id."""

    override_id: str
    """`<date>-<tournee>-<arret|matin|apres-midi|journee>`."""
    original_date: date
    """The date the timetable gives; kept when the passage moves."""
    tour_id: TourId
    scope: OverrideScope
    action: OverrideAction
    moved_to: date | None = None
    place_id: PlaceId | None = None
    spans: tuple[TimeSpan, ...] = ()
    half_day: HalfDay | None = None
    """Hours announced only as a half-day."""
    drive_minutes: int | None = None
    crew: tuple[AgentId, ...] | None = None
    vehicle_id: VehicleId | None = None
    reason: OverrideReason | None = None
    notice: str = ""
    """Public text."""
    published_on: date | None = None
    replaces: str | None = None
    """Id of the override whose passage this one makes up for."""
    position: Position = NOWHERE
