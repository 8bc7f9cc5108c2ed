"""The visits of a stop as lines: the list, and the chosen one below it."""

from datetime import time

from msgspec import Struct

from fsmobile.core.ids import VisitId
from fsmobile.texts.dates import format_minutes, format_time
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Line, Role, cells, line, pad, rule, select, wrap_text


class VisitRow(Struct, frozen=True, kw_only=True):
    """A visit of the stop as the screen shows it."""

    visit_id: VisitId
    starts: time
    what: str
    """Procedures, joined."""
    outcome: str
    minutes: int
    people: int
    is_received: bool
    refusal: str = ""
    is_void: bool = False
    corrections: int = 0
    needs_review: bool = False
    note: str = ""
    details: str = ""
    """Channel, first contact, age, commune: what was said."""
    agent: str = ""


def visit_line(visit: VisitRow, is_here: bool, width: int) -> Line:
    """Draw one visit; `à env.` until a receipt covers it, then `✓`."""
    state, role = _visit_state(visit)
    # One width for every row, or the row of a cancelled visit would be shifted.
    state_width = max(map(cells, ("✓", _("à env."), _("annulée"), _("✗ refusé"))))
    people = _("{n} pers.").format(n=visit.people)
    minutes = format_minutes(visit.minutes)
    has_minutes = width >= 70
    fixed = 4 + 6 + 11 + (9 if has_minutes else 0) + 9 + 2 + state_width
    what_width = max(10, width - fixed)
    sign = "!" if visit.needs_review else "≠" if visit.corrections else " "
    text_role = Role.DIM if visit.is_void else Role.PLAIN
    row = line(
        (" ▶ " if is_here else "   ", Role.KEY),
        (sign, Role.WARN if visit.needs_review else Role.DIM),
        (format_time(visit.starts) + " ", text_role),
        (pad(visit.what, what_width), text_role),
        (" " + pad(visit.outcome, 10), text_role),
        (" " + pad(minutes, 8, right=True) if has_minutes else "", text_role),
        (" " + pad(people, 8, right=True), text_role),
        "  ",
        (pad(state, state_width), role),
    )
    return select(row, width) if is_here else row


def _visit_state(visit: VisitRow) -> tuple[str, Role]:
    if visit.refusal:
        return _("✗ refusé"), Role.BAD
    if visit.is_void:
        return _("annulée"), Role.DIM
    return ("✓", Role.GOOD) if visit.is_received else (_("à env."), Role.DIM)


def detail_lines(visit: VisitRow, width: int, *, is_discreet: bool) -> list[Line]:
    """Draw a chosen visit at the foot of the screen: what was said, then the note."""
    note = visit.note or "—"
    if is_discreet and visit.note:
        note = _("(cachée ; * la montre)")
    title = f"{format_time(visit.starts)} · {visit.what} · {visit.agent}"
    said = " · ".join(filter(None, (_word_of_sign(visit), visit.details)))
    return [
        rule(width, title),
        *(line("   " + text) for text in wrap_text(said, width - 4)),
        line(("   " + _("Note") + "  ", Role.DIM), visit.refusal or note),
    ]


def _word_of_sign(visit: VisitRow) -> str:
    """Say in words the sign that the visit has in the list."""
    if visit.needs_review:
        return "! " + _("à relire")
    return "≠ " + _("corrigée") if visit.corrections else ""
