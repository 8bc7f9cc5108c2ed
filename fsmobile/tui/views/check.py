"""The check of the morning and that of the evening as lines: one word, then what it rests on."""

from datetime import date

from msgspec import Struct

from fsmobile.texts.dates import format_day_without_year
from fsmobile.texts.translation import n_
from fsmobile.tui.lines import Line, Role, line, pad, rule, wrap_text


class CheckRow(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    text: str
    is_against: bool = False


class StopRow(Struct, frozen=True, kw_only=True):
    """One stop of the day."""

    hours: str
    place: str
    said: str
    """What happened there, or what is planned."""
    is_done: bool


class CheckView(Struct, frozen=True, kw_only=True):
    """A question, its answer in one word, and why."""

    day: date
    question: str
    answer: str
    is_yes: bool
    stops: tuple[StopRow, ...]
    rows: tuple[CheckRow, ...]
    """What speaks against comes first."""


def check_lines(view: CheckView, width: int, height: int) -> list[Line]:
    """Draw the whole screen below the tabs."""
    role = Role.GOOD if view.is_yes else Role.WARN
    sign = "✓" if view.is_yes else "✗"
    rows = [
        rule(width, format_day_without_year(view.day)),
        Line(),
        line(("   " + view.question + "  ", Role.HEAD), (f"{sign} {view.answer}", role)),
        Line(),
    ]
    for row in view.rows:
        sign, role = ("!", Role.WARN) if row.is_against else ("✓", Role.GOOD)
        first, *rest = wrap_text(row.text, width - 6)
        rows.append(line((f"   {sign} ", role), first))
        rows += [line("     " + text) for text in rest]
    if view.stops:
        rows += [Line(), rule(width, _title(view))]
        rows += [_stop_line(stop, width) for stop in view.stops]
    return rows[:height]


def _title(view: CheckView) -> str:
    done = sum(stop.is_done for stop in view.stops)
    return n_("{done} arrêt fait sur {n}", "{done} arrêts faits sur {n}", done).format(
        done=done, n=len(view.stops)
    )


def _stop_line(stop: StopRow, width: int) -> Line:
    place_width = max(10, width - 3 - 13 - 32)
    return line(
        "   ",
        (pad(stop.hours, 13), Role.DIM),
        pad(stop.place, place_width),
        (stop.said, Role.PLAIN if stop.is_done else Role.DIM),
    )
