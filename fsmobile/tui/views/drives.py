"""The drives of a day as lines: each leg with its time and what is left of it, better orders."""

from datetime import date

from msgspec import Struct

from fsmobile.texts.dates import format_day
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Line, Role, fit, line, pad, rule, wrap_text

REST_WIDTH = 50
"""What stands beside the names: hours, drive, what is left, who says so."""
NAMES_WIDTH_MIN, NAMES_WIDTH_MAX = 14, 50


class LegRow(Struct, frozen=True, kw_only=True):
    """One drive."""

    origin: str
    target: str
    leaves: int
    """Minute of the day."""
    due: int
    drive: str
    source: str
    told: str
    """What is left, or what is missing."""
    is_broken: bool


class RunView(Struct, frozen=True, kw_only=True):
    """The drives of a vehicle in one run."""

    title: str
    legs: tuple[LegRow, ...]


class DrivesView(Struct, frozen=True, kw_only=True):
    """What the page shows."""

    day: date
    runs: tuple[RunView, ...]
    proposals: tuple[str, ...]


def drives_lines(view: DrivesView, width: int) -> list[Line]:
    """Draw the drives of a day, then the proposals by number."""
    rows = [rule(width, _("Trajets · {day}").format(day=format_day(view.day)))]
    for run in view.runs:
        rows.append(line((" " + run.title, Role.HEAD)))
        for leg in run.legs:
            rows.append(_leg_line(leg, width))
        rows.append(Line())
    if not view.proposals:
        rows.append(line((" " + _("Aucun ordre des arrêts ne raccourcit la route."), Role.DIM)))
        return rows
    rows.append(rule(width, _("Ordres plus courts : chaque arrêt prend les heures de sa place")))
    for number, told in enumerate(view.proposals, 1):
        for index, part in enumerate(wrap_text(told, width - 5)):
            rows.append(line((f" {number}  " if not index else "    ", Role.KEY), part))
    return rows


def _leg_line(leg: LegRow, width: int) -> Line:
    sign, role = ("✗", Role.BAD) if leg.is_broken else (" ", Role.PLAIN)
    names = max(NAMES_WIDTH_MIN, min(NAMES_WIDTH_MAX, width - REST_WIDTH))
    row = line(
        (f" {sign} ", role),
        pad(f"{leg.origin} → {leg.target}", names),
        (f" {_clock(leg.leaves)}-{_clock(leg.due)} ", Role.DIM),
        pad(leg.drive, 10),
        (leg.told, Role.WARN if leg.is_broken else Role.PLAIN),
        (f" · {leg.source}", Role.DIM),
    )
    return fit(row, width)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
