"""The right-hand panel of a wide window: the stop, the chosen visit, the day so far."""

from fsmobile.texts.dates import format_minutes, format_time
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Line, Role, line, rule, wrap_text
from fsmobile.tui.views.tour import TourDay
from fsmobile.tui.views.visits import VisitRow

WIDTHS = ((120, 43), (100, 38))
"""From this width of the window, a panel of that width."""


def panel_width(width: int) -> int:
    """Return how wide the panel is, or 0 where there is no room for one."""
    return next((panel for least, panel in WIDTHS if width >= least), 0)


def panel_lines(day: TourDay, width: int, height: int) -> list[Line]:
    """Draw the current stop, then the chosen visit."""
    rows = _passage_lines(day, width)
    if day.visits:
        rows += _visit_lines(day.visits[min(day.cursor, len(day.visits) - 1)], day, width)
    return rows[:height]


def _passage_lines(day: TourDay, width: int) -> list[Line]:
    if not day.passages:
        return []
    passage = day.passages[day.current]
    rows = [rule(width, _("Ce passage")), line((" " + passage.place, Role.HEAD))]
    rows += _wrapped(passage.spot, width)
    rows.append(line(f" {passage.hours} · {label(passage.status)}"))
    if passage.opened_at is not None:
        closed = "…" if passage.closed_at is None else format_time(passage.closed_at)
        rows.append(line(f" {_('ouvert')} {format_time(passage.opened_at)} – {closed}"))
    if passage.drive_minutes:
        drive = _("route depuis le point d'avant : {minutes}")
        rows += _wrapped(
            drive.format(minutes=format_minutes(passage.drive_minutes)), width, Role.DIM
        )
    rows += _wrapped(passage.reason, width, Role.WARN)
    return rows + _wrapped(passage.note, width, Role.DIM)


def _visit_lines(visit: VisitRow, day: TourDay, width: int) -> list[Line]:
    rows = [rule(width, _("Visite de {at}").format(at=format_time(visit.starts)))]
    rows += _wrapped(visit.what, width, Role.HEAD)
    rows += _wrapped(f"{visit.outcome} · {format_minutes(visit.minutes)}", width)
    rows += _wrapped(visit.details, width)
    rows += _wrapped(visit.agent, width, Role.DIM)
    if visit.note:
        hidden = _("note cachée ; * la montre")
        rows += _wrapped(hidden if day.is_discreet else visit.note, width)
    received = _("✓ reçue par le registre") if visit.is_received else _("à envoyer")
    return [*rows, line((" " + received, Role.GOOD if visit.is_received else Role.DIM))]


def _wrapped(text: str, width: int, role: Role = Role.PLAIN) -> list[Line]:
    """Break a text at spaces; nothing where there is none."""
    return [line((" " + row, role)) for row in wrap_text(text, width - 2)] if text else []
