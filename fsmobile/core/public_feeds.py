"""What a public feed is: whose passages it holds, and the events of a calendar."""

from datetime import date, datetime, time

from msgspec import Struct

from fsmobile.core.ids import StopId, TourId, VehicleId


class Selection(Struct, frozen=True, kw_only=True):
    """Whose passages: a stop's, a tour's, a bus's or a commune's; what is None is not asked."""

    tour_id: TourId | None = None
    stop_id: StopId | None = None
    vehicle_id: VehicleId | None = None
    insee_code: str | None = None


class PublishedState(Struct, frozen=True, kw_only=True):
    """Which state of a timetable is told; a later one has a greater number."""

    number: int
    revised_at: datetime
    """Instant of its publication, in UTC."""


class CalendarEvent(Struct, frozen=True, kw_only=True):
    """One opening of a stop, in words."""

    uid: str
    state: PublishedState
    """Of the timetable that plans it."""
    day: date
    starts: time | None = None
    """Local; None when only a half-day is announced."""
    ends: time | None = None
    summary: str
    description: str = ""
    where: str = ""
    latitude: float | None = None
    longitude: float | None = None
    is_cancelled: bool = False
    is_tentative: bool = False


class CalendarFeed(Struct, frozen=True, kw_only=True):
    """A calendar to be subscribed to."""

    name: str
    timezone: str
    events: tuple[CalendarEvent, ...]
    page: str = ""
    """Address of the page that tells the same, or empty."""
    keeps_cancelled: bool = False
    """What is cancelled is told by its title alone, for programs that remove cancelled events."""


class NoticeRow(Struct, frozen=True, kw_only=True):
    """One opening on a notice, in words."""

    day: str
    hours: str
    place: str = ""
    """Where it is not the first place of the notice."""
    remark: str = ""
    """`ANNULÉ`, or nothing."""


class NoticePart(Struct, frozen=True, kw_only=True):
    """A heading and the sentences under it."""

    title: str
    texts: tuple[str, ...]


class Notice(Struct, frozen=True, kw_only=True):
    """What the board of a village says, in words, in its order."""

    title: str
    agency: str
    places: tuple[str, ...]
    changes: NoticePart | None
    """What differs from the timetable, first."""
    usual: NoticePart | None
    passages: str
    """Heading of the table."""
    heads: tuple[str, str]
    rows: tuple[NoticeRow, ...]
    nothing: str
    """Said instead of an empty table."""
    phone: str
    code: str
    """What the code to be photographed is."""
    foot: tuple[str, ...]
