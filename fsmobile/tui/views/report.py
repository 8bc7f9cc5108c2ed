"""The screen Bilans as lines: bars of the visits, the figures, one break-down."""

from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta

from msgspec import Struct

from fsmobile.core.period_reports import ReportRow
from fsmobile.core.periods import Period, PeriodKind
from fsmobile.texts.dates import (
    format_date,
    format_day,
    format_minutes,
    format_month,
    format_number,
    format_percent,
    format_time,
)
from fsmobile.texts.definitions import define_figure, figure_name
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Line, Role, beside, cells, fit, line, pad, rule, select

_EIGHTHS = " ▏▎▍▌▋▊▉"
FIGURES = (
    *("people", "enquiries", "first_contacts", "uncovered", "done", "planned", "cancelled"),
    *("weekly_minutes", "without_visit", "turned_away", "untold", "minutes_median"),
    *("minutes_p90", "open_minutes", "cut_short", "transport_needs", "planned_minutes"),
    *("unplanned", "unclosed", "met", "sent_elsewhere", "sites_down", "minutes"),
)
"""The most asked for first: a low window shows those that fit, the others are scrolled to."""
FIGURE_ROWS = 16
"""Kept for them where the bars could take more."""
_COLUMNS_FROM = 46
"""Cells of the left half from which figures and their changes stand in columns."""
TREND_ROWS = 7
"""In a low window; the bars of a whole year need twelve."""


class ReportView(Struct, frozen=True, kw_only=True):
    """What the screen shows."""

    period: Period
    figures: Mapping[str, int]
    before: Mapping[str, int]
    per_day: Mapping[str, int]
    """Visits of each day that has some, by ISO date."""
    dimension: str
    counts_enquiries: bool
    rows: tuple[ReportRow, ...]
    cursor: int | None
    """None: a figure is chosen, not a line."""
    figure: int | None
    """Which of `FIGURES` is chosen."""
    now: datetime


def report_lines(view: ReportView, width: int, height: int) -> list[Line]:
    """Draw the screen."""
    visits = view.figures["visits"]
    title = " · ".join(
        (
            period_name(view.period),
            n_("{n} visite", "{n} visites", int(visits)).format(n=format_number(visits)),
            _("avant : {n}").format(n=format_number(view.before.get("visits", 0))),
        )
    )
    left = (width - 1) * 9 // 20
    room = height - 2
    trend = _trend(view, left - 2, max(TREND_ROWS, room - FIGURE_ROWS - 2))
    first = [line("  " + _("Visites")), *trend, Line()]
    first += _figures(view, left, room - len(first))
    second = _rows(view, width - left - 1, room)
    body = beside(first, second, width, left)[:room]
    body += [Line()] * (room - len(body))
    foot = _("chiffres de ce portable, {at}").format(at=format_time(view.now.time()))
    if view.figure is not None:
        foot = define_figure(FIGURES[view.figure])
    return [rule(width, title), *body, fit(line((" " + foot, Role.DIM)), width)]


def period_name(period: Period) -> str:
    """Name a period."""
    match period.kind:
        case PeriodKind.DAY:
            return format_day(period.first)
        case PeriodKind.WEEK:
            week = period.first.isocalendar().week
            return _("semaine {n}, du {day}").format(n=week, day=format_date(period.first))
        case PeriodKind.MONTH:
            return format_month(period.first)
        case PeriodKind.YEAR:
            return str(period.first.year)
        case _:
            return f"{format_date(period.first)} – {format_date(period.last)}"


def bar(share: float, width: int) -> str:
    """Draw a share of a width, to an eighth of a cell."""
    eighths = round(max(0.0, min(1.0, share)) * width * 8)
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _trend(view: ReportView, width: int, rows: int) -> list[Line]:
    """Draw the visits per day of a week, per week of a month, per month of a year."""
    sums = _binned(view, _bin)
    if view.period.kind is PeriodKind.YEAR and len(sums) > rows:
        sums = _binned(view, _quarter)
    most = max(sums.values(), default=0)
    size = max(cells(name) for name in sums)
    room = max(4, width - size - 10)
    told = list(sums)
    return [
        line(
            f"   {pad(name, size)}  ",
            (bar(sums[name] / most if most else 0, room), Role.ACCENT),
            f" {format_number(sums[name])}",
        )
        for name in told[-rows:]
    ]


def _binned(view: ReportView, bin_of: Callable[[PeriodKind, date], str]) -> dict[str, int]:
    sums: dict[str, int] = {}
    for ordinal in range(view.period.days):
        day = view.period.first + timedelta(days=ordinal)
        name = bin_of(view.period.kind, day)
        sums[name] = sums.get(name, 0) + view.per_day.get(day.isoformat(), 0)
    return sums


def _quarter(_kind: PeriodKind, day: date) -> str:
    number = (day.month + 2) // 3
    return _("1er trim.") if number == 1 else _("{n}e trim.").format(n=number)


def _bin(kind: PeriodKind, day: date) -> str:
    if kind is PeriodKind.YEAR:
        return format_month(day).partition(" ")[0]
    if kind is PeriodKind.MONTH:
        return f"s{day.isocalendar().week:02}"
    return f"{day.day:02}/{day.month:02}"


def _figures(view: ReportView, width: int, room: int) -> list[Line]:
    """Write the figures that fit, the chosen one among them."""
    start = max(0, (view.figure or 0) - (room - 1))
    rows = []
    for number, code in list(enumerate(FIGURES))[start : start + room]:
        text = _figure(view, code, width - 2)
        rows.append(select(text, width) if number == view.figure else text)
    return rows


def _figure(view: ReportView, code: str, width: int) -> Line:
    value, past = view.figures[code], view.before.get(code)
    write = format_minutes if "minutes" in code else format_number
    shown = write(value)
    change = "" if past is None else "=" if past == value else _signed(value - past, write)
    name = figure_name(code).replace(" (minutes)", "")
    tail = f" {pad(shown, 10, right=True)} {pad(change, 9, right=True)}"
    if width < _COLUMNS_FROM:  # the name needs the room
        name = name.partition(" (")[0]
        tail = f"  {shown}" + (f" ({change})" if change not in ("", "=") else "")
        if cells(name + tail) > width - 2 and past is not None:
            tail = f" {shown}" + ("" if value == past else " ↑" if value > past else " ↓")
    room = max(8, width - 2 - cells(tail))
    if cells(name) > room:
        name = name.partition(" (")[0]
    return line("  " + pad(name, room), tail)


def _signed(value: int, write: Callable[[int], str] = format_number) -> str:
    """Write a difference: `+12`, `-1 401`, `+20 min`."""
    return ("+" if value > 0 else "-") + write(abs(value))


def _rows(view: ReportView, width: int, room: int) -> list[Line]:
    what = figure_name("enquiries") if view.counts_enquiries else figure_name("visits")
    title = _("par {dimension} ({what})").format(dimension=view.dimension, what=what)
    total = view.figures["enquiries" if view.counts_enquiries else "visits"]
    start = max(0, (view.cursor or 0) - (room - 2))
    rows = [rule(width, title)]
    for number, row in list(enumerate(view.rows))[start : start + room - 1]:
        value = row.count.enquiries if view.counts_enquiries else row.count.visits
        past = None
        if row.before is not None:
            past = row.before.enquiries if view.counts_enquiries else row.before.visits
        share = format_percent(value / total) if total else ""
        change = "" if past is None else "=" if past == value else _signed(value - past)
        tail = (pad(format_number(value), 7, right=True), pad(share, 6, right=True),
                pad(change, 7, right=True))  # fmt: skip
        lifts = row.transport_needs
        needs = n_("{n} transport", "{n} transports", lifts).format(n=lifts) if lifts else ""
        room_left = max(4, width - 24 - (cells(needs) + 1 if needs else 0))
        name = f"{pad(row.name, room_left)}{' ' if needs else ''}{needs}"
        text = line(" " + name + " ".join(tail))
        rows.append(select(text, width) if number == view.cursor else text)
    if not view.rows:
        rows.append(line("  " + _("Rien à compter sur cette période.")))
    return rows
