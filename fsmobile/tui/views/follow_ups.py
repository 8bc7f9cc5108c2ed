"""The screen Suites as lines: who is expected, what is promised, the history of the chosen one."""

from datetime import date, time

from msgspec import Struct

from fsmobile.core.ids import AppointmentId, FollowUpId
from fsmobile.texts.dates import format_day_short, format_time
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Line, Role, cells, line, pad, rule, select

WHEN_WIDTH = 20
"""`jeu. 28 janv. 13:30`, and a blank."""
HIDDEN = "•••"
"""A name while people may look at the screen."""


class PromiseRow(Struct, frozen=True, kw_only=True):
    """One line: an appointment, or a follow-up."""

    id: AppointmentId | FollowUpId
    is_appointment: bool
    due: date | None
    """None when the timetable has no more passage at its place."""
    at: time | None = None
    """Hour of an appointment."""
    who: str = ""
    """The name, when one is kept."""
    contact: str = ""
    kept: str = ""
    """What the person agreed to, and until when."""
    alert: str = ""
    """Said before anything else: to be chased, no way to come, the passage is off."""
    what: str = ""
    """Procedure."""
    place: str = ""
    task: str = ""
    is_here: bool = False
    is_late: bool = False
    is_double: bool = False
    is_received: bool = True
    history: tuple[str, ...] = ()


class FollowUpView(Struct, frozen=True, kw_only=True):
    """Everything the screen Suites shows."""

    today: date
    rows: tuple[PromiseRow, ...] = ()
    cursor: int = 0
    is_discreet: bool = True


def follow_up_lines(view: FollowUpView, width: int, height: int) -> list[Line]:
    """Draw the whole screen below the tabs."""
    late = sum(row.is_late for row in view.rows)
    title = [_("Suites et rendez-vous")]
    title.append(n_("{n} à tenir", "{n} à tenir", len(view.rows)).format(n=len(view.rows)))
    if late:
        title.append(n_("{n} en retard", "{n} en retard", late).format(n=late))
    rows = [rule(width, " · ".join(title))]
    if not view.rows:
        return [*rows, *_nothing()]
    chosen = view.rows[min(view.cursor, len(view.rows) - 1)]
    detail = _detail(chosen, width, is_discreet=view.is_discreet)[: max(3, height // 3)]
    room = max(1, height - 1 - len(detail))
    first = max(0, min(view.cursor - room + 2, len(view.rows) - room))
    for index in range(first, min(len(view.rows), first + room)):
        rows.append(_row_line(view, index, width))
    rows += [Line()] * (height - len(rows) - len(detail))
    return [*rows, *detail]


def promise_line(
    row: PromiseRow,
    today: date,
    width: int,
    *,
    is_discreet: bool,
    place_width: int = 0,
    is_chosen: bool = False,
) -> Line:
    """Draw one promise; on the stop's own screen, its place goes without saying."""
    sign = "!" if row.is_late or row.is_double else " "
    kinds = (_("RDV"), _("suite"))
    kind_width = max(map(cells, kinds)) + 1
    who = HIDDEN if row.who and is_discreet else row.who
    state, role = ("✓", Role.GOOD) if row.is_received else (_("à env."), Role.DIM)
    state_width = cells(_("à env."))
    fixed = 3 + 2 + WHEN_WIDTH + kind_width + place_width + 2 + state_width + 1
    what = " · ".join(filter(None, (who, row.alert, row.task, row.what)))
    return line(
        (" ▶ " if is_chosen else "   ", Role.KEY),
        (sign + " ", Role.WARN),
        (pad(_when(row, today), WHEN_WIDTH), Role.WARN if row.is_late else Role.PLAIN),
        (pad(kinds[0] if row.is_appointment else kinds[1], kind_width), Role.DIM),
        pad(what, max(10, width - fixed)),
        (" " + pad(row.place, place_width - 1) if place_width else "", Role.DIM),
        "  ",
        (pad(state, state_width), role),
    )


def _row_line(view: FollowUpView, index: int, width: int) -> Line:
    is_chosen = index == view.cursor
    row = promise_line(
        view.rows[index],
        view.today,
        width,
        is_discreet=view.is_discreet,
        place_width=1 + min(width // 5, max(cells(row.place) for row in view.rows)),
        is_chosen=is_chosen,
    )
    return select(row, width) if is_chosen else row


def _when(row: PromiseRow, today: date) -> str:
    if row.due is None:
        return _("sans passage")
    day = _("auj.") if row.due == today else format_day_short(row.due)
    return day if row.at is None else f"{day} {format_time(row.at)}"


def _detail(row: PromiseRow, width: int, *, is_discreet: bool) -> list[Line]:
    title = " · ".join(filter(None, (row.what or _("sans démarche"), row.place)))
    rows = [rule(width, title)]
    if row.is_double:
        twice = _("Cette heure a été donnée deux fois : les deux rendez-vous tiennent.")
        rows.append(line(("   " + twice, Role.WARN)))
    if row.task:
        rows.append(line(("   " + _("À faire") + "  ", Role.DIM), row.task))
    if row.who:
        person = HIDDEN + " " + _("(* le montre)")
        if not is_discreet:
            person = " · ".join(filter(None, (row.who, row.contact)))
        rows.append(line(("   " + _("Personne") + "  ", Role.DIM), person))
        rows.append(line(("   " + row.kept, Role.DIM)))
    return [*rows, *(line(("   " + text, Role.DIM)) for text in reversed(row.history))]


def _nothing() -> list[Line]:
    return [
        line("   " + _("Rien n'est promis à personne.")),
        line("   ", ("1", Role.KEY), (" " + _("Tournée : sur une visite,") + " ", Role.DIM),
             ("s", Role.KEY), (" " + _("promet une suite") + ", ", Role.DIM),
             ("v", Role.KEY), (" " + _("donne un rendez-vous"), Role.DIM)),
    ]  # fmt: skip
