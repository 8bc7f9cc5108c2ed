"""The check of the morning and that of the evening as lines: one word, then what it rests on."""

from datetime import date

from msgspec import Struct

from fsmobile.texts.dates import format_day_without_year
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Line, Role, cells, line, pad, rule, wrap_text


class CheckRow(Struct, frozen=True, kw_only=True):
    """One thing that was looked at."""

    text: str
    is_against: bool = False
    is_plain: bool = False
    """Neither for nor against: good to know."""


class StopRow(Struct, frozen=True, kw_only=True):
    """One stop of the day."""

    hours: str
    place: str
    said: str
    """What happened there, or what is planned."""
    is_done: bool
    is_off: bool = False
    """The bus does not come: told, and not done."""


class CheckView(Struct, frozen=True, kw_only=True):
    """A question, its answer in one word, and why."""

    day: date
    question: str
    answer: str
    is_yes: bool
    stops: tuple[StopRow, ...]
    rows: tuple[CheckRow, ...]
    """What speaks against comes first."""
    news: tuple[str, ...] = ()
    """What changed since last time: before everything else."""


def check_lines(view: CheckView, width: int, height: int) -> list[Line]:
    """Draw everything below the tabs, more rows than `height` when there is more to say."""
    role = Role.GOOD if view.is_yes else Role.WARN
    sign = "✓" if view.is_yes else "✗"
    rows = [
        rule(width, format_day_without_year(view.day)),
        *_news_lines(view, width, height),
        Line(),
        line(("   " + view.question + "  ", Role.HEAD), (f"{sign} {view.answer}", role)),
        Line(),
    ]
    for row in view.rows:
        sign, role = ("!", Role.WARN) if row.is_against else ("✓", Role.GOOD)
        if row.is_plain:
            sign, role = "·", Role.DIM
        first, *rest = wrap_text(row.text, width - 6)
        rows.append(line((f"   {sign} ", role), first))
        rows += [line("     " + text) for text in rest]
    if view.stops:
        rows += [Line(), rule(width, _title(view))]
        widest = max(cells(stop.place) for stop in view.stops) + 2
        told = max(cells(stop.said) for stop in view.stops)
        place_width = min(widest, max(10, width - 3 - 13 - told - 1))
        rows += [_stop_line(stop, place_width) for stop in view.stops]
    return rows


def _news_lines(view: CheckView, width: int, height: int) -> list[Line]:
    """Draw what is new, in half of the screen at most; what is left out is counted."""
    if not view.news:
        return []
    told = [wrap_text(text, width - 6) for text in view.news]
    rows: list[Line] = [line(("   " + _("Depuis la dernière fois"), Role.HEAD))]
    room = max(2, height // 2 - 2)
    for rank, (first, *rest) in enumerate(told):
        if len(rows) + 1 + len(rest) > room and rank:
            left = len(told) - rank
            more = n_("et {n} autre", "et {n} autres", left)
            rows.append(line(("     … " + more.format(n=left), Role.DIM)))
            break
        rows.append(line(("   ! ", Role.WARN), first))
        rows += [line("     " + text) for text in rest]
    rows.append(line("   ", ("l", Role.KEY), (" " + _("c'est lu"), Role.DIM)))
    return rows


def _title(view: CheckView) -> str:
    done = sum(stop.is_done for stop in view.stops)
    title = n_("{done} arrêt fait sur {n}", "{done} arrêts faits sur {n}", done).format(
        done=done, n=len(view.stops)
    )
    off = sum(stop.is_off for stop in view.stops)
    if not off:
        return title
    return title + " · " + n_("{n} annulé", "{n} annulés", off).format(n=off)


def _stop_line(stop: StopRow, place_width: int) -> Line:
    return line(
        "   ",
        (pad(stop.hours, 13), Role.DIM),
        pad(stop.place, place_width - 2) + "  ",
        (stop.said, Role.PLAIN if stop.is_done or stop.is_off else Role.DIM),
    )
