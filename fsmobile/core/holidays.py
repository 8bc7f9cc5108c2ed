"""Public holidays by territory, school holidays by zone, Easter."""

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct, field

from fsmobile.core.positions import NOWHERE, Position


class Territory(StrEnum):
    """Where one set of public holidays holds; French codes, as in the files."""

    METROPOLE = "metropole"
    ALSACE_MOSELLE = "alsace-moselle"
    GUADELOUPE = "guadeloupe"
    GUYANE = "guyane"
    MARTINIQUE = "martinique"
    LA_REUNION = "la-reunion"
    MAYOTTE = "mayotte"
    SAINT_PIERRE_ET_MIQUELON = "saint-pierre-et-miquelon"
    SAINT_MARTIN = "saint-martin"
    SAINT_BARTHELEMY = "saint-barthelemy"


FIXED_HOLIDAYS = {
    (1, 1): "jour-de-l-an",
    (5, 1): "fete-du-travail",
    (5, 8): "victoire-1945",
    (7, 14): "fete-nationale",
    (8, 15): "assomption",
    (11, 1): "toussaint",
    (11, 11): "armistice-1918",
    (12, 25): "noel",
}
"""Month and day of the holidays that all territories share (code du travail, L3133-1)."""

EASTER_HOLIDAYS = {1: "lundi-de-paques", 39: "ascension", 50: "lundi-de-pentecote"}
"""Days after Easter Sunday of the moving holidays that all territories share."""

ABOLITION_DAYS = {
    Territory.MAYOTTE: (4, 27),
    Territory.MARTINIQUE: (5, 22),
    Territory.GUADELOUPE: (5, 27),
    Territory.SAINT_MARTIN: (5, 28),
    Territory.GUYANE: (6, 10),
    Territory.SAINT_BARTHELEMY: (10, 9),
    Territory.LA_REUNION: (12, 20),
}
"""Month and day on which each territory keeps the abolition of slavery."""


class LocalHoliday(Struct, frozen=True, kw_only=True):
    """A customary day off: a day of the year, or a distance from Easter Sunday."""

    month: int | None = None
    day: int | None = None
    easter_offset: int | None = None


def easter(year: int) -> date:
    """Return Easter Sunday of the Gregorian calendar (Meeus' algorithm)."""
    golden = year % 19
    century, in_century = divmod(year, 100)
    leap_centuries, century_rest = divmod(century, 4)
    correction = (century - (century + 8) // 25 + 1) // 3
    epact = (19 * golden + century - leap_centuries - correction + 15) % 30
    leap_years, year_rest = divmod(in_century, 4)
    weekday = (32 + 2 * century_rest + 2 * leap_years - epact - year_rest) % 7
    shift = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * shift + 114, 31)
    return date(year, month, day + 1)


def public_holidays(
    year: int, territory: Territory, local: Iterable[LocalHoliday] = ()
) -> dict[date, str]:
    """Name each public holiday of a year in a territory, with its customary days."""
    sunday = easter(year)
    days = {date(year, month, day): name for (month, day), name in FIXED_HOLIDAYS.items()}
    for offset, name in EASTER_HOLIDAYS.items():
        # The Ascension of 2008 fell on 1 May: the fixed name stays.
        days.setdefault(sunday + timedelta(days=offset), name)
    if territory is Territory.ALSACE_MOSELLE:
        days.setdefault(sunday - timedelta(days=2), "vendredi-saint")
        days.setdefault(date(year, 12, 26), "saint-etienne")
    if territory in ABOLITION_DAYS:
        days.setdefault(date(year, *ABOLITION_DAYS[territory]), "abolition-de-l-esclavage")
    for holiday in local:
        for day in _local_days(holiday, year, sunday):
            days.setdefault(day, "ferie-local")
    return days


def _local_days(holiday: LocalHoliday, year: int, sunday: date) -> Iterator[date]:
    if holiday.easter_offset is not None:
        yield sunday + timedelta(days=holiday.easter_offset)
        return
    month, day = holiday.month, holiday.day
    # 29 February is kept in leap years only.
    if month is not None and day is not None and day <= monthrange(year, month)[1]:
        yield date(year, month, day)


def public_holidays_between(
    first: date, last: date, territory: Territory, local: Iterable[LocalHoliday] = ()
) -> dict[date, str]:
    """Name each public holiday from one day to another, both included."""
    local = tuple(local)
    days: dict[date, str] = {}
    # A customary day may lie more than a year's end away from its Easter.
    for year in range(max(first.year - 1, 1583), min(last.year + 1, 9998) + 1):
        for day, name in public_holidays(year, territory, local).items():
            if first <= day <= last:
                days.setdefault(day, name)
    return days


class SchoolPeriod(Struct, frozen=True, kw_only=True):
    """One stretch of school holidays."""

    first: date
    """First day without class."""
    last: date
    """Eve of the return."""
    name: str = ""
    position: Position = NOWHERE

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


class SchoolZone(Struct, frozen=True, kw_only=True):
    """The school holidays of one zone, and the days for which they are known."""

    zone: str
    """`A`, `B`, `C`, or the name of an overseas territory."""
    periods: tuple[SchoolPeriod, ...]
    horizon: date
    """Last day for which the calendar is known; beyond it nothing can be said."""
    known_from: date | None = None
    """First day for which the calendar is known; None when the source does not say."""

    def __contains__(self, day: date) -> bool:
        return any(day in period for period in self.periods)

    def knows(self, day: date) -> bool:
        """Tell whether the calendar covers this day."""
        return day <= self.horizon and (self.known_from is None or self.known_from <= day)


class SchoolCalendar(Struct, frozen=True, kw_only=True):
    """School holidays of several zones: the bundled ones, or those of a schedule's own file."""

    zones: Mapping[str, SchoolZone] = field(default_factory=dict)

    def zone(self, code: str | None) -> SchoolZone | None:
        """Return the holidays of a zone, or None when nobody has them."""
        return None if code is None else self.zones.get(code)

    def replaced_by(self, own: "SchoolCalendar") -> "SchoolCalendar":
        """Let the zones of a schedule's own file take the place of the bundled ones."""
        return SchoolCalendar(zones={**self.zones, **own.zones})
