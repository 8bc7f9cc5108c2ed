"""iCalendar (RFC 5545): a feed with one event for each opening, never a recurrence rule.

A calendar program that miscounts ISO weeks shows the right days all the same.
"""

from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fsmobile.core.public_feeds import CalendarEvent, CalendarFeed

MEDIA_TYPE = "text/calendar"
PRODUCT = "-//fsmobile//passages//FR"
LINE_OCTETS_MAX = 75
REFRESH = "P1D"
"""How often a calendar program asks again."""


def write_calendar(feed: CalendarFeed) -> str:
    """Write a feed; lines end with CRLF and are folded as the standard asks."""
    years = {one.day.year for one in feed.events}
    lines = [
        "BEGIN:VCALENDAR",
        "VERSION:2.0",
        f"PRODID:{PRODUCT}",
        "CALSCALE:GREGORIAN",
        "METHOD:PUBLISH",
        f"NAME:{_escape(feed.name)}",
        f"X-WR-CALNAME:{_escape(feed.name)}",
        f"X-WR-TIMEZONE:{feed.timezone}",
        f"REFRESH-INTERVAL;VALUE=DURATION:{REFRESH}",
        f"X-PUBLISHED-TTL:{REFRESH}",
        *([f"URL:{feed.page}"] if feed.page else ()),
        *(_timezone(feed.timezone, min(years), max(years)) if years else ()),
    ]
    for event in feed.events:
        lines += _event(event, feed)
    lines.append("END:VCALENDAR")
    return "".join(f"{folded}\r\n" for line in lines for folded in _fold(line))


def _event(event: CalendarEvent, feed: CalendarFeed) -> Iterator[str]:
    yield "BEGIN:VEVENT"
    yield f"UID:{_escape(event.uid)}"
    yield f"DTSTAMP:{_utc(event.state.revised_at)}"
    yield f"LAST-MODIFIED:{_utc(event.state.revised_at)}"
    yield f"SEQUENCE:{event.state.number}"
    yield from _moments(event, feed.timezone)
    yield f"SUMMARY:{_escape(event.summary)}"
    if event.description:
        yield f"DESCRIPTION:{_escape(event.description)}"
    if event.where:
        yield f"LOCATION:{_escape(event.where)}"
    if event.latitude is not None and event.longitude is not None:
        yield f"GEO:{event.latitude:.6f};{event.longitude:.6f}"
    if feed.page:
        yield f"URL:{feed.page}"
    yield f"STATUS:{_status(event, feed)}"
    # Whoever follows a village's bus is not busy while it is there.
    yield "TRANSP:TRANSPARENT"
    yield "END:VEVENT"


def _moments(event: CalendarEvent, timezone: str) -> Iterator[str]:
    if event.starts is None or event.ends is None:
        yield f"DTSTART;VALUE=DATE:{event.day:%Y%m%d}"
        yield f"DTEND;VALUE=DATE:{event.day + timedelta(days=1):%Y%m%d}"
        return
    yield f"DTSTART;TZID={timezone}:{_local(event.day, event.starts)}"
    yield f"DTEND;TZID={timezone}:{_local(event.day, event.ends)}"


def _status(event: CalendarEvent, feed: CalendarFeed) -> str:
    if event.is_cancelled and not feed.keeps_cancelled:
        return "CANCELLED"
    return "TENTATIVE" if event.is_tentative else "CONFIRMED"


def _timezone(name: str, first_year: int, last_year: int) -> Iterator[str]:
    """Describe a time zone over the years of a feed, each change of hour on its own date.

    Rules of change are left out: what a territory decides later is in a later feed.
    """
    yield "BEGIN:VTIMEZONE"
    yield f"TZID:{name}"
    zone = ZoneInfo(name)
    begin = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC)
    before = begin.astimezone(zone)
    yield from _observance(before, before, datetime.combine(date(first_year, 1, 1), time()))
    for change in _changes(zone, begin, end):
        was = (change - timedelta(seconds=1)).astimezone(zone)
        now = change.astimezone(zone)
        # The moment of a change is told on the clock of before it.
        onset = (change + (was.utcoffset() or timedelta())).replace(tzinfo=None)
        yield from _observance(was, now, onset)
    yield "END:VTIMEZONE"


def _changes(zone: ZoneInfo, begin: datetime, end: datetime) -> Iterator[datetime]:
    """Yield each instant, to the minute, at which the offset of a zone changes."""
    low = begin
    while low < end:
        high = low + timedelta(days=1)
        if low.astimezone(zone).utcoffset() != high.astimezone(zone).utcoffset():
            inside, after = low, high
            while after - inside > timedelta(minutes=1):
                middle = inside + timedelta(minutes=(after - inside) // timedelta(minutes=2))
                same = middle.astimezone(zone).utcoffset() == low.astimezone(zone).utcoffset()
                inside, after = (middle, after) if same else (inside, middle)
            yield after
        low = high


def _observance(was: datetime, now: datetime, onset: datetime) -> Iterator[str]:
    kind = "DAYLIGHT" if now.dst() else "STANDARD"
    yield f"BEGIN:{kind}"
    yield f"DTSTART:{_local(onset.date(), onset.time())}"
    yield f"TZOFFSETFROM:{_offset(was)}"
    yield f"TZOFFSETTO:{_offset(now)}"
    yield f"TZNAME:{now.tzname()}"
    yield f"END:{kind}"


def _offset(moment: datetime) -> str:
    minutes = (moment.utcoffset() or timedelta()) // timedelta(minutes=1)
    hours, rest = divmod(abs(minutes), 60)
    return f"{'-' if minutes < 0 else '+'}{hours:02}{rest:02}"


def _local(day: date, hour: time) -> str:
    return f"{day.year:04}{day:%m%d}T{hour:%H%M%S}"


def _utc(instant: datetime) -> str:
    return f"{instant.astimezone(UTC):%Y%m%dT%H%M%SZ}"


def _escape(text: str) -> str:
    """Write a text so that it is one value: no line of a place's name may begin a property."""
    for sign in ("\\", ";", ","):
        text = text.replace(sign, f"\\{sign}")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return "\\n".join("".join(filter(_is_allowed, line)) for line in lines)


def _is_allowed(char: str) -> bool:
    return char >= " " and char != "\N{DELETE}" and not "\x80" <= char <= "\x9f"


def _fold(line: str) -> Iterable[str]:
    """Cut a line at 75 octets, never inside a character."""
    if len(line.encode()) <= LINE_OCTETS_MAX:
        return [line]
    pieces, piece, octets = [], "", 0
    for char in line:
        length = len(char.encode())
        if octets + length > LINE_OCTETS_MAX:
            pieces.append(piece)
            piece, octets = " ", 1
        piece += char
        octets += length
    return [*pieces, piece]
