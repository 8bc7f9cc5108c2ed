"""Another service's calendar (iCalendar, RFC 5545) read as published passages."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from fsmobile.core.plan_finding import Opening
from fsmobile.core.published_dates import PublishedEntry, PublishedReading
from fsmobile.core.spans import DateSpan, TimeSpan
from fsmobile.errors import Problem, Severity
from fsmobile.formats.published_tables import written_on
from fsmobile.formats.published_text import place_parts
from fsmobile.formats.rrule_reading import expand_rrule

_NAME = re.compile(r"[A-Za-z0-9-]+")
_MOMENT = re.compile(r"(\d{4})(\d\d)(\d\d)(?:T(\d\d)(\d\d)(\d\d)(Z?))?")
_DURATION = re.compile(r"P(?:T?(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)")
_ESCAPED = re.compile(r"\\([\\;,nN])")
_CANCELLED = re.compile(r"^\s*(?:annule|annulee|annulé|annulée|cancelled)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Property:
    value: str
    line: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Moment:
    day: date
    clock: time | None


def read_published_calendar(
    file: str, text: str, timezone: str, window: DateSpan
) -> PublishedReading:
    """Read the events of a calendar, in the wall time of a structure; cancelled ones are none."""
    entries: list[PublishedEntry] = []
    problems: list[Problem] = []
    name = ""
    for event, line in _events(text):
        status = event["STATUS"][0].value if event.get("STATUS") else ""
        summary = _plain(event["SUMMARY"][0].value) if event.get("SUMMARY") else ""
        if status.upper() == "CANCELLED" or _CANCELLED.match(summary):
            continue
        try:
            days, opening = _openings(event, ZoneInfo(timezone), window)
        except (ValueError, KeyError):
            days, opening = None, Opening()
        if days is None:
            rule = event.get("RRULE") or event.get("DTSTART")
            params = {"value": rule[0].value if rule else summary}
            problems.append(
                Problem(code="import_rule_unknown", file=file, line=line, params=params)
            )
            continue
        place = _plain(event["LOCATION"][0].value) if event.get("LOCATION") else summary
        point = _point(event)
        entries += (
            PublishedEntry(
                file=file,
                line=line,
                written=written_on(day),
                opening=opening,
                parts=place_parts(place.replace("\n", ", ")),
                latitude=point[0],
                longitude=point[1],
            )
            for day in days
        )
        if not days:
            problems.append(_outside(file, line, summary or place))
    return PublishedReading(entries=tuple(entries), problems=tuple(problems), name=name)


def _events(text: str) -> Iterator[tuple[dict[str, list[_Property]], int]]:
    """Yield the properties of each event, with the line of its beginning."""
    event: dict[str, list[_Property]] | None = None
    depth, begins = 0, 0
    for number, line in _unfolded(text):
        upper = line.upper()
        if upper == "BEGIN:VEVENT":
            event, begins, depth = {}, number, 0
        elif upper == "END:VEVENT" and event is not None:
            yield event, begins
            event = None
        elif event is not None:
            depth += upper.startswith("BEGIN:")
            found = _NAME.match(line)
            if found is not None and depth == 0:
                # A colon inside quotes belongs to a parameter.
                head, colon, value = re.sub(r'"[^"]*"', "", line).partition(":")
                named = event.setdefault(found[0].upper(), [])
                named.append(_Property(value=value if colon else "", line=number))
                zone = re.search(r"TZID=([^;:]+)", head)
                if zone is not None:
                    named[-1] = _Property(value=f"{value}@{zone[1]}", line=number)
            depth -= upper.startswith("END:")


def _unfolded(text: str) -> Iterator[tuple[int, str]]:
    pending: tuple[int, str] | None = None
    for number, line in enumerate(text.splitlines(), start=1):
        if line[:1] in (" ", "\t") and pending is not None:
            pending = (pending[0], pending[1] + line[1:])
            continue
        if pending is not None:
            yield pending
        pending = (number, line.rstrip())
    if pending is not None:
        yield pending


def _openings(
    event: dict[str, list[_Property]], zone: ZoneInfo, window: DateSpan
) -> tuple[list[date] | None, Opening]:
    """Return the days of an event and its hours; None for a rule that is not known.

    Raises:
        ValueError, KeyError: the event has no moment that can be read.
    """
    starts = _moment(event["DTSTART"][0].value, zone)
    opening = Opening()
    if starts.clock is not None:
        ends = _end(event, starts, zone)
        if ends is not None and starts.clock < ends:
            opening = Opening(spans=(TimeSpan(starts=starts.clock, ends=ends),))
    days: list[date] | None = [starts.day]
    if event.get("RRULE"):
        days = expand_rrule(event["RRULE"][0].value, starts.day, window)
    if days is None:
        return None, opening
    added = {one.day for one in _listed(event, "RDATE", zone)}
    left_out = {one.day for one in _listed(event, "EXDATE", zone)}
    return sorted(({*days, *added}) - left_out), opening


def _end(event: dict[str, list[_Property]], starts: _Moment, zone: ZoneInfo) -> time | None:
    if event.get("DTEND"):
        return _moment(event["DTEND"][0].value, zone).clock
    found = _DURATION.fullmatch(event["DURATION"][0].value) if event.get("DURATION") else None
    if found is None or starts.clock is None:
        return None
    length = timedelta(hours=int(found[1] or 0), minutes=int(found[2] or 0))
    return (datetime.combine(starts.day, starts.clock, UTC) + length).time()


def _listed(event: dict[str, list[_Property]], name: str, zone: ZoneInfo) -> Iterator[_Moment]:
    for one in event.get(name, ()):
        value, at, timezone = one.value.partition("@")
        for text in value.split(","):
            yield _moment(f"{text}{at}{timezone}", zone)


def _moment(text: str, zone: ZoneInfo) -> _Moment:
    """Read a date or a moment as wall time in a zone.

    Raises:
        ValueError: it is neither.
    """
    value, _at, named = text.partition("@")
    found = _MOMENT.fullmatch(value.strip())
    if found is None:
        raise ValueError(text)
    day = date(int(found[1]), int(found[2]), int(found[3]))
    if found[4] is None:
        return _Moment(day=day, clock=None)
    clock = time(int(found[4]), int(found[5]))
    told = UTC if found[7] else _zone(named)
    if told is None:
        # No zone, or another name of one (« Romance Standard Time »): the wall time of the place.
        return _Moment(day=day, clock=clock)
    local = datetime.combine(day, clock, told).astimezone(zone)
    return _Moment(day=local.date(), clock=local.time())


def _zone(name: str) -> ZoneInfo | None:
    try:
        return ZoneInfo(name) if name else None
    except (ZoneInfoNotFoundError, ValueError):
        return None


def _point(event: dict[str, list[_Property]]) -> tuple[float | None, float | None]:
    parts = event["GEO"][0].value.split(";") if event.get("GEO") else []
    try:
        latitude, longitude = map(float, parts)
    except ValueError:
        return None, None
    return latitude, longitude


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: "\n" if found[1] in "nN" else found[1], text).strip()


def _outside(file: str, line: int, text: str) -> Problem:
    params = {"value": text[:80]}
    return Problem(
        code="import_line_unused", severity=Severity.WARNING, file=file, line=line, params=params
    )
