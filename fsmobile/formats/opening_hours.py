"""The hours of one stop as one `opening_hours` string of OpenStreetMap.

What OSM can say of the timetable is said as a rule (weeks, nth weekdays, seasons, `PH off`); the
rest is compared with the agenda, day by day, and said as dates or weeks. So the string gives the
openings of the agenda over the window, whatever the rules; outside of it nothing is promised.

Not said: where the bus stands when an override sends it elsewhere, and the hours of an opening
announced as « le matin » only, which are `unknown` hours of a half-day with a comment.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date

from msgspec.structs import replace

from fsmobile.core.agenda import day_table, expand_agenda
from fsmobile.core.holidays import SchoolCalendar, Territory, public_holidays_between
from fsmobile.core.ids import StopId, TourId
from fsmobile.core.planned_passages import Call
from fsmobile.core.schedules import ScheduleTree
from fsmobile.formats.opening_hours_rules import Hours, StatedRule, format_hours, stated_rules
from fsmobile.formats.opening_hours_selectors import cover_days, select_days

OSM_VALUE_LENGTH_MAX = 255
"""Characters that OpenStreetMap keeps of a value."""
ALWAYS_CLOSED = "off"

Openings = Mapping[date, Hours]
CallsByStop = Mapping[tuple[TourId, StopId], Mapping[date, list[Call]]]


class OpeningHoursWriter:
    """Writes the strings of the stops of one schedule, its agenda computed once."""

    def __init__(
        self,
        tree: ScheduleTree,
        first: date,
        last: date,
        *,
        bundled: SchoolCalendar,
        length_max: int = OSM_VALUE_LENGTH_MAX,
    ) -> None:
        """Expand a schedule from one day to another, with its exceptions and without."""
        self._tree = tree
        self._length_max = length_max
        self._table = day_table(tree, first, last, bundled)
        self._holidays = _holidays_of_osm(tree, first, last)
        self._actual = _calls_by_stop(tree, (first, last), bundled)
        undisturbed = replace(tree, overrides=(), closures=(), vehicles={})
        off_the_road = any(vehicle.unavailable for vehicle in tree.vehicles.values())
        self._planned = (
            _calls_by_stop(undisturbed, (first, last), bundled)
            if tree.overrides or tree.closures or off_the_road
            else self._actual
        )
        self._hours: dict[tuple[int, ...], Hours] = {}

    def write(self, tour_id: TourId, stop_id: StopId) -> str:
        """Write the openings of a stop.

        When the string would be too long, the last exceptions (overrides, closures, vehicle off
        the road) are left out, as many as needed. The rules alone may still be too long.

        Raises:
            KeyError: the schedule has no such tour.
        """
        tour = self._tree.tours[tour_id]
        rules = stated_rules(self._tree.agency.agency_id, tour, stop_id, self._table)
        actual = self._openings_of(self._actual.get((tour_id, stop_id), {}))
        planned = self._openings_of(self._planned.get((tour_id, stop_id), {}))
        days = planned.keys() | actual.keys()
        exceptions = sorted(day for day in days if planned.get(day) != actual.get(day))

        def write(count: int) -> str:
            told = {**planned, **{day: actual.get(day, ()) for day in exceptions[:count]}}
            return self._write_fitting({day: hours for day, hours in told.items() if hours}, rules)

        text = write(len(exceptions))
        if len(text) <= self._length_max:
            return text
        counts = range(len(exceptions))
        fitting = bisect_right(counts, self._length_max, key=lambda count: len(write(count)))
        return write(max(fitting - 1, 0))

    def _openings_of(self, calls: Mapping[date, list[Call]]) -> Openings:
        """Write the hours of each day; days that share their calls share them too."""
        openings: dict[date, Hours] = {}
        for day, own in calls.items():
            key = tuple(map(id, own))
            if key not in self._hours:
                self._hours[key] = format_hours(own)
            openings[day] = self._hours[key]
        return openings

    def _write_fitting(self, openings: Openings, rules: Sequence[StatedRule]) -> str:
        """Write openings so that they are read easily, or else in as few characters as can be."""
        text = _write(openings, rules, self._holidays)
        if len(text) <= self._length_max:
            return text
        text = _write(openings, rules, self._holidays, shortest=True)
        for rule in rules:
            fewer = [one for one in rules if one is not rule]
            shorter = _write(openings, fewer, self._holidays, shortest=True)
            if len(shorter) < len(text):
                text, rules = shorter, fewer
        return text


def _calls_by_stop(
    tree: ScheduleTree, window: tuple[date, date], bundled: SchoolCalendar
) -> CallsByStop:
    """Return what the agenda opens, by stop and by day."""
    calls: defaultdict[tuple[TourId, StopId], defaultdict[date, list[Call]]] = defaultdict(
        lambda: defaultdict(list)
    )
    for passage in expand_agenda(tree, *window, bundled=bundled).passages:
        if not passage.is_cancelled:
            call = passage.call
            calls[call.tour_id, call.stop_id][passage.service_date].append(call)
    return calls


def _holidays_of_osm(tree: ScheduleTree, first: date, last: date) -> frozenset[date]:
    """Return the days that `PH` means to every library; none where territories differ."""
    territory = tree.agency.territory
    if territory is not Territory.METROPOLE:
        return frozenset()
    return frozenset(public_holidays_between(first, last, territory))


def _write(
    openings: Openings,
    rules: Sequence[StatedRule],
    holidays: frozenset[date],
    *,
    shortest: bool = False,
) -> str:
    """Write the rules, then what they get wrong: days off first, then other hours.

    Of two parts of a string that hold one day, the last is right.
    """
    parts: list[str] = []
    said: dict[date, Hours] = {}
    for rule in rules:
        parts.append(_format_part(rule.selector, rule.hours))
        said.update(dict.fromkeys(rule.days, rule.hours))
    if holidays and any(rule.skips_holidays for rule in rules):
        parts.append("PH off")
        said = {day: hours for day, hours in said.items() if day not in holidays}
    closed = sorted(day for day in said if day not in openings)
    if closed:
        parts += _format_closed(closed, openings, shortest=shortest)
    others: defaultdict[Hours, list[date]] = defaultdict(list)
    for day in sorted(openings):
        if said.get(day) != openings[day]:
            others[openings[day]].append(day)
    for hours, days in others.items():
        selectors = select_days(days, sum(map(len, hours)))
        parts += [_format_part(selector, hours) for selector in selectors]
    return "; ".join(parts) or ALWAYS_CLOSED


def _format_closed(days: Sequence[date], openings: Openings, *, shortest: bool) -> list[str]:
    """Write days off with all that is closed between them, or each if that is shorter."""
    covering = [f"{cover_days(days, openings.keys())} {ALWAYS_CLOSED}"]
    each = [f"{one} {ALWAYS_CLOSED}" for one in select_days(days, len(ALWAYS_CLOSED))]
    return each if shortest and len("; ".join(each)) < len(covering[0]) else covering


def _format_part(selector: str, hours: Hours) -> str:
    return ", ".join(f"{selector} {one}" for one in hours)
