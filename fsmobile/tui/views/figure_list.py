"""What one figure counts, as lines: day, stop, hours planned and held, visits, what it adds."""

from collections.abc import Sequence
from datetime import time

from msgspec import Struct

from fsmobile.core.passages import Passage, PassageStatus
from fsmobile.core.period_reports import SUMS
from fsmobile.core.spans import TimeSpan
from fsmobile.texts.dates import format_minutes, format_number, format_span, format_time
from fsmobile.texts.labels import label_short
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Line, Role, cells, line, pad, rule, select

_DAY, _HOURS, _VISITS, _AMOUNT = 14, 13, 8, 9
"""Cells of the columns beside the stop."""


class FigureRow(Struct, frozen=True, kw_only=True):
    """One passage or one appointment."""

    day: str
    place: str
    commune: str
    """Its name without the spot: for all rows, where one has no room for the whole."""
    planned: TimeSpan | None
    appointment: time | None
    passage: Passage | None
    is_called_off: bool
    visits: int
    amount: int


class FigureListView(Struct, frozen=True, kw_only=True):
    """What the screen shows."""

    code: str
    name: str
    period: str
    value: int
    rows: Sequence[FigureRow]
    cursor: int


def figure_list_lines(view: FigureListView, width: int, height: int) -> list[Line]:
    """Draw the screen."""
    is_sum = view.code in SUMS
    write = format_minutes if "minutes" in view.code else format_number
    title = f"{view.name} · {view.period} · {write(view.value)}"
    place = width - 3 - _DAY - 2 * _HOURS - _VISITS - (_AMOUNT if is_sum else 0)
    titles = (_("jour"), _("arrêt"), _("prévu"), _("tenu"), _("visites"), _("compté"))
    is_tight = any(cells(one.place) >= place for one in view.rows)
    room = height - 3
    start = max(0, view.cursor - (room - 1))
    rows = [line((_cells(titles, place, is_sum=is_sum), Role.DIM))]
    for number, one in list(enumerate(view.rows))[start : start + room]:
        told = (one.day, one.commune if is_tight else one.place, *_told(one), write(one.amount))
        text = line(_cells(told, place, is_sum=is_sum))
        rows.append(select(text, width) if number == view.cursor else text)
    if not view.rows:
        rows.append(line("  " + _("Rien à compter sur cette période.")))
    rows += [Line()] * (room + 1 - len(rows))
    count = len(view.rows)
    foot = n_("{n} ligne", "{n} lignes", count).format(n=format_number(count))
    return [rule(width, title), *rows, line((" " + foot, Role.DIM))]


def _cells(texts: Sequence[str], place: int, *, is_sum: bool) -> str:
    day, where, planned, held, visits, amount = texts
    row = "  " + pad(day, _DAY) + pad(where, place - 1) + " " + pad(planned, _HOURS)
    row += pad(held, _HOURS) + pad(visits, _VISITS, right=True)
    return row + pad(amount, _AMOUNT, right=True) if is_sum else row


def _told(one: FigureRow) -> tuple[str, str, str]:
    if one.appointment is not None:
        return format_time(one.appointment), _("rendez-vous"), ""
    planned = "" if one.planned is None else format_span(one.planned.starts, one.planned.ends)
    is_silent = not one.visits and (one.passage is None or one.passage.opened_at is None)
    return planned, _held(one), "" if is_silent else format_number(one.visits)


def _held(one: FigureRow) -> str:
    """Tell the hours of a door, or why it has none."""
    facts = one.passage
    if facts is not None and facts.opened_at is not None:
        if facts.closed_at is None:
            return format_time(facts.opened_at) + "-?"
        return format_span(facts.opened_at, facts.closed_at)
    is_off = one.is_called_off or (facts is not None and facts.status is PassageStatus.CANCELLED)
    return label_short(PassageStatus.CANCELLED) if is_off and not one.visits else ""
