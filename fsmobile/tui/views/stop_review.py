"""The stop review as lines: the stops from the least visited, what the chosen one changes."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct

from fsmobile.core.stop_review import Verdict
from fsmobile.texts.dates import format_date, format_number
from fsmobile.texts.stop_review_words import format_rate, verdict_name
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Line, Role, beside, cut, line, pad, rule, select, wrap_text

_SIGNS: Mapping[Verdict, str] = {
    Verdict.ABOVE: " ",
    Verdict.SEASONAL: "~",
    Verdict.BELOW: "▼",
    Verdict.UNTOLD: "?",
}

BESIDE_FROM = 100
"""Cells from which the list and the chosen stop stand side by side."""
LIST_MIN = 5


class StopLine(Struct, frozen=True, kw_only=True):
    """One stop of the list."""

    name: str
    verdict: Verdict
    visits: int
    rate: float | None


class StopReviewView(Struct, frozen=True, kw_only=True):
    """What the screen shows."""

    first: date
    last: date
    threshold: float
    stops: tuple[StopLine, ...]
    cursor: int
    sentences: tuple[str, ...]
    """Of the chosen stop."""


def stop_review_lines(view: StopReviewView, width: int, height: int) -> list[Line]:
    """Draw the screen."""
    title = _("Revue des arrêts · {first} – {last} · repère {rate} visites/h").format(
        first=format_date(view.first),
        last=format_date(view.last),
        rate=format_rate(view.threshold),
    )
    room = height - 2
    body = _stacked(view, width, room) if width < BESIDE_FROM else _beside(view, width, room)
    body = body[:room] + [Line()] * (room - len(body))
    foot = _("▼ sous le repère · ~ selon la saison · ? trop peu de passages")
    return [rule(width, title), *body, line((" " + foot, Role.DIM))]


def _stacked(view: StopReviewView, width: int, room: int) -> list[Line]:
    """Put what the chosen stop changes below the list: all of it fits a low window."""
    details = [rule(width, _chosen(view)), *_details(view, width - 2)]
    rows = max(LIST_MIN, room - len(details))
    return [*_list(view, width, rows), *details]


def _beside(view: StopReviewView, width: int, room: int) -> list[Line]:
    left = (width - 1) // 2
    right = width - left - 3
    details = [line((" " + cut(_chosen(view), right - 1), Role.HEAD)), *_details(view, right)]
    return beside(_list(view, left, room), details, width, left)


def _chosen(view: StopReviewView) -> str:
    if not view.stops:
        return ""
    stop = view.stops[view.cursor]
    return f"{stop.name} · {verdict_name(stop.verdict)}"


def _list(view: StopReviewView, width: int, room: int) -> list[Line]:
    head = f"   {pad(_('arrêt'), width - 22)} {pad(_('visites'), 8, right=True)}"
    rows = [line(head + pad(_("/heure"), 8, right=True))]
    start = max(0, view.cursor - (room - 2))
    for number, one in list(enumerate(view.stops))[start : start + room - 1]:
        text = line(
            f" {_SIGNS[one.verdict]} {pad(one.name, width - 22)}"
            f" {pad(format_number(one.visits), 8, right=True)}"
            f"{pad(format_rate(one.rate), 8, right=True)}"
        )
        rows.append(select(text, width) if number == view.cursor else text)
    return rows


def _details(view: StopReviewView, width: int) -> list[Line]:
    if not view.stops:
        return [line(" " + _("Aucun arrêt à passer en revue."))]
    return [
        line(" " + text) for sentence in view.sentences for text in wrap_text(sentence, width - 1)
    ]
