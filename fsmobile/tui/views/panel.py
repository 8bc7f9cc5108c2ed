"""The right-hand panel of a wide window: the stop, the chosen visit, the day so far."""

from fsmobile.texts.dates import format_minutes, format_time
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Line, Role, cells, line, rule
from fsmobile.tui.views.tour import TourDay

WIDTHS = ((120, 43), (100, 38))
"""From this width of the window, a panel of that width."""


def panel_width(width: int) -> int:
    """Return how wide the panel is, or 0 where there is no room for one."""
    return next((panel for least, panel in WIDTHS if width >= least), 0)


def panel_lines(day: TourDay, width: int, height: int) -> list[Line]:
    """Draw the current stop, then the chosen visit."""
    if not day.passages:
        return [rule(width, _("Ce passage"))]
    passage = day.passages[day.current]
    rows = [rule(width, _("Ce passage"))]
    rows.append(line((" " + passage.place, Role.HEAD)))
    rows += _wrapped(passage.spot, width)
    rows.append(line(f" {passage.hours} · {label(passage.status)}"))
    if passage.opened_at is not None:
        closed = "…" if passage.closed_at is None else format_time(passage.closed_at)
        rows.append(line(f" {_('ouvert')} {format_time(passage.opened_at)} – {closed}"))
    if passage.drive_minutes:
        drive = _("route depuis le point d'avant : {minutes}")
        rows.append(
            line((" " + drive.format(minutes=format_minutes(passage.drive_minutes)), Role.DIM))
        )
    if passage.reason:
        rows += _wrapped(passage.reason, width, Role.WARN)
    rows += _wrapped(passage.note, width, Role.DIM)
    if day.visits:
        visit = day.visits[min(day.cursor, len(day.visits) - 1)]
        rows.append(rule(width, _("Visite de {at}").format(at=format_time(visit.starts))))
        rows += _wrapped(visit.what, width, Role.HEAD)
        rows += _wrapped(f"{visit.outcome} · {format_minutes(visit.minutes)}", width)
        rows += _wrapped(visit.details, width)
        rows += _wrapped(visit.agent, width, Role.DIM)
        if visit.note:
            hidden = _("note cachée ; * la montre")
            rows += _wrapped(hidden if day.is_discreet else visit.note, width)
        received = _("✓ reçue par le registre") if visit.is_received else _("à envoyer")
        rows.append(line((" " + received, Role.GOOD if visit.is_received else Role.DIM)))
    return rows[:height]


def _wrapped(text: str, width: int, role: Role = Role.PLAIN) -> list[Line]:
    """Break a text at spaces; a word longer than the panel is cut by the drawing."""
    rows: list[Line] = []
    current = ""
    for word in text.split():
        if current and cells(current) + cells(word) + 2 > width:
            rows.append(line((" " + current, role)))
            current = word
        else:
            current = f"{current} {word}".strip()
    return [*rows, line((" " + current, role))] if current else rows
