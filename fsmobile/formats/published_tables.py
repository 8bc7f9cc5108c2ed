"""Timetables in tables: CSV with columns of any names, the mobile-library CSV, JSON of passages."""

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

from fsmobile.core.folding import fold
from fsmobile.core.plan_finding import Opening
from fsmobile.core.published_dates import PublishedEntry, PublishedReading, WrittenDay
from fsmobile.core.spans import DateSpan, TimeSpan
from fsmobile.errors import Problem, Severity
from fsmobile.formats.french_dates import find_dates, read_clock, read_weekday
from fsmobile.formats.mobile_library_schema import REQUIRED, WEEKDAYS, StopType
from fsmobile.formats.published_text import place_parts
from fsmobile.formats.rrule_reading import expand_rrule
from fsmobile.formats.schedule_values import parse_date

_COLUMNS: Mapping[str, str] = {
    **dict.fromkeys(("date", "dates", "date du passage", "date passage", "service date"), "date"),
    **dict.fromkeys(("jour", "jours", "jour de la semaine", "day", "weekday"), "weekday"),
    **dict.fromkeys(
        ("horaires", "horaire", "heures", "heure", "plage", "ouvert", "hours"), "hours"
    ),
    **dict.fromkeys(
        ("debut", "heure debut", "heure de debut", "ouverture", "arrivee", "start", "starts", "de"),
        "starts",
    ),
    **dict.fromkeys(
        ("fin", "heure fin", "heure de fin", "fermeture", "depart", "end", "ends", "a"), "ends"
    ),
    **dict.fromkeys(("commune", "ville", "village", "communes", "localite"), "commune"),
    **dict.fromkeys(
        ("lieu", "lieux", "place", "place name", "emplacement", "arret", "point d arret", "stop",
         "adresse", "stationnement", "lieu de stationnement"), "place",
    ),
    **dict.fromkeys(("insee", "code insee", "insee code", "code commune"), "insee"),
    **dict.fromkeys(("lat", "latitude"), "latitude"),
    **dict.fromkeys(("lon", "lng", "long", "longitude"), "longitude"),
}  # fmt: skip
_SECONDS = re.compile(r"\b(\d{1,2}:\d\d):\d\d\b")
_TYPES_SERVED = frozenset({StopType.PUBLIC, StopType.DYNAMIC, StopType.PRIVATE})


def read_published_csv(file: str, text: str, window: DateSpan) -> PublishedReading | None:
    """Read a table with a line of titles; None when its titles name no date.

    `window` bounds the rules of a mobile-library CSV that have no end.
    """
    lines = csv.reader(io.StringIO(text, newline=None), delimiter=_delimiter(text))
    try:
        rows = [(lines.line_num, row) for row in lines if any(cell.strip() for cell in row)]
    except csv.Error:
        return None
    if not rows:
        return None
    titles = [cell.strip().casefold() for cell in rows[0][1]]
    if set(titles) >= REQUIRED:
        return _read_mobile_library(file, titles, rows[1:], window)
    columns = [_COLUMNS.get(fold(cell)) for cell in titles]
    if "date" not in columns and "weekday" not in columns:
        return None
    entries: list[PublishedEntry] = []
    problems: list[Problem] = []
    for number, row in rows[1:]:
        cells: dict[str, str] = {}
        for column, cell in zip(columns, row, strict=False):
            if column is not None and cell.strip():
                cells[column] = (
                    f"{cells[column]}, {cell.strip()}" if column in cells else cell.strip()
                )
        own = list(_row_entries(file, number, cells, problems))
        if not own:
            problems.append(_unread(file, number, ", ".join(row)))
        entries += own
    return PublishedReading(entries=tuple(entries), problems=tuple(problems))


def _delimiter(text: str) -> str:
    first = next((line for line in text.splitlines() if line.strip()), "")
    return max(";\t,", key=first.count)


def _row_entries(
    file: str, number: int, cells: Mapping[str, str], problems: list[Problem]
) -> Iterator[PublishedEntry]:
    said = " ".join(filter(None, (cells.get("weekday"), cells.get("date"))))
    found = find_dates(_SECONDS.sub(r"\1", said))
    hours = cells.get("hours") or f"{cells.get('starts', '')}-{cells.get('ends', '')}"
    opening = find_dates(_SECONDS.sub(r"\1", hours))
    problems += (
        Problem(code="import_hours_wrong", file=file, line=number, params={"value": one})
        for one in opening.faults
    )
    if found.is_rule:
        params = {"value": said[:80]}
        problems.append(Problem(code="import_rule_unknown", file=file, line=number, params=params))
        return
    for day in found.days:
        yield PublishedEntry(
            file=file,
            line=number,
            written=day,
            opening=opening.opening if opening.opening != Opening() else found.opening,
            parts=place_parts(cells.get("place", "").replace(":", " ")),
            commune=cells.get("commune", ""),
            insee_code=cells.get("insee"),
            latitude=_degrees(cells.get("latitude")),
            longitude=_degrees(cells.get("longitude")),
        )


def _degrees(text: str | None) -> float | None:
    try:
        return None if text is None else float(text.replace(",", "."))
    except ValueError:
        return None


def _unread(file: str, number: int, text: str) -> Problem:
    return Problem(
        code="import_line_unused",
        severity=Severity.WARNING,
        file=file,
        line=number,
        params={"value": text[:80]},
    )


def _read_mobile_library(
    file: str, titles: Sequence[str], rows: Sequence[tuple[int, list[str]]], window: DateSpan
) -> PublishedReading:
    """Read rows of rules as the dates that they give, exceptions taken out."""
    entries: list[PublishedEntry] = []
    problems: list[Problem] = []
    name = ""
    for number, row in rows:
        cells = {title: cell.strip() for title, cell in zip(titles, row, strict=False)}
        name = name or cells.get("organisation", "")
        if cells.get("type") not in _TYPES_SERVED:
            problems.append(_unread(file, number, ", ".join(filter(None, row))))
            continue
        days, code, value = _mobile_days(cells, window)
        if code is not None:
            params = {"value": value}
            problems.append(Problem(code=code, file=file, line=number, params=params))
        entries += (_mobile_entry(file, number, cells, day) for day in days)
    return PublishedReading(entries=tuple(entries), problems=tuple(problems), name=name)


def _mobile_days(cells: Mapping[str, str], window: DateSpan) -> tuple[list[date], str | None, str]:
    """Return the days of a row, or what is wrong with it."""
    start = parse_date(cells["start"])
    end = parse_date(cells.get("end", "")) or window.last
    left_out = [
        one.strip() for one in re.split(r"[,;]", cells.get("exceptions", "")) if one.strip()
    ]
    exceptions = [parse_date(one) for one in left_out]
    if start is None or None in exceptions:
        wrong = next((one for one in left_out if parse_date(one) is None), cells["start"])
        return [], "import_date_impossible", wrong
    if start.weekday() != _english_weekday(cells["day"]):
        return [], "import_weekday_mismatch", f"{cells['day']} {cells['start']}"
    life = DateSpan(first=max(start, window.first), last=min(end, window.last))
    days = expand_rrule(cells["frequency"], start, life)
    if days is None:
        return [], "import_rule_unknown", cells["frequency"]
    return [day for day in days if day not in exceptions], None, ""


def _english_weekday(text: str) -> int | None:
    return WEEKDAYS.index(text) if text in WEEKDAYS else read_weekday(text)


def _mobile_entry(file: str, number: int, cells: Mapping[str, str], day: date) -> PublishedEntry:
    starts, ends = read_clock(cells["arrival"]), read_clock(cells["departure"])
    is_span = starts is not None and ends is not None and starts < ends
    return PublishedEntry(
        file=file,
        line=number,
        written=written_on(day),
        opening=Opening(
            spans=(TimeSpan(starts=starts, ends=ends),) if is_span and starts and ends else ()
        ),
        parts=(cells["stop"],),
        commune=cells.get("community", ""),
        latitude=_degrees(cells.get("geoy") or None),
        longitude=_degrees(cells.get("geox") or None),
    )


def written_on(day: date) -> WrittenDay:
    """Return a date that a program has written."""
    return WrittenDay(text=day.isoformat(), year=day.year, month=day.month, day=day.day)


def read_published_json(file: str, text: str) -> PublishedReading | None:
    """Read an array of passages as `fsmobile agenda --format json` gives them, or lists of dates.

    Lists of dates are an object with `visits`: `{stop, start, end, rule: {dates: […]}}`, and
    `stops` by id. None when it is neither.
    """
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if isinstance(content, list) and all(isinstance(one, dict) for one in content):
        return _read_rows(file, content, "")
    if isinstance(content, dict) and isinstance(content.get("visits"), list):
        stops = {
            str(one.get("id")): one for one in content.get("stops") or [] if isinstance(one, dict)
        }
        rows = [
            _listed_row(visit, stops.get(str(visit.get("stop")), {}), day)
            for visit in content["visits"]
            if isinstance(visit, dict)
            for day in _listed_days(visit)
        ]
        return _read_rows(file, rows, str(content.get("nom") or ""))
    return None


def _listed_days(visit: Mapping[str, object]) -> list[object]:
    rule = visit.get("rule")
    days = rule.get("dates") if isinstance(rule, Mapping) else None
    return days if isinstance(days, list) else [""]


def _listed_row(
    visit: Mapping[str, object], stop: Mapping[str, object], day: object
) -> dict[str, object]:
    return {
        "date": day,
        "starts": visit.get("start"),
        "ends": visit.get("end"),
        "commune": stop.get("commune") or visit.get("commune"),
        "place_name": stop.get("lieu") or visit.get("lieu"),
        "insee": stop.get("code_insee"),
        "latitude": stop.get("latitude"),
        "longitude": stop.get("longitude"),
    }


def _read_rows(file: str, rows: Sequence[Mapping[str, object]], name: str) -> PublishedReading:
    entries: list[PublishedEntry] = []
    problems: list[Problem] = []
    for number, row in enumerate(rows, start=1):
        if row.get("status") == "annule":
            continue
        cells = {
            column: str(value)
            for title, value in row.items()
            if (column := _COLUMNS.get(fold(str(title)))) is not None
            and title != "place"
            and value not in (None, "")
        }
        own = list(_row_entries(file, number, cells, problems))
        if not own:
            problems.append(_unread(file, number, ", ".join(cells.values())))
        entries += own
    return PublishedReading(entries=tuple(entries), problems=tuple(problems), name=name)
