"""The day's tour as lines: passages, the door, the visits of the stop, what is parked."""

from collections.abc import Iterable, Sequence
from datetime import date, time

from msgspec import Struct

from fsmobile.core.ids import PassageId
from fsmobile.core.passages import PassageStatus, Tally
from fsmobile.texts.dates import (
    format_day_short,
    format_day_without_year,
    format_minutes,
    format_time,
)
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Line, Role, cells, line, pad, rule
from fsmobile.tui.views.follow_ups import PromiseRow, promise_line
from fsmobile.tui.views.visits import VisitRow, detail_lines, visit_line

PASSAGES_SHOWN = 6
HIGH = 30
"""From this height of the body on, all the passages of a long day have room."""
PROMISES_SHOWN = 3
SPOT_WIDTH = 8  # of a spot that is cut, less than this tells nobody anything
NO_TALLY = Tally()
_OVER = (PassageStatus.CLOSED, PassageStatus.CUT_SHORT)


class PassageRow(Struct, frozen=True, kw_only=True):
    """A passage of the day as the screen shows it."""

    passage_id: PassageId
    hours: str
    """`09:30-12:00`, `matin`; several openings of one stop are joined."""
    place: str
    spot: str
    status: PassageStatus = PassageStatus.EXPECTED
    is_planned: bool = True
    opened_at: time | None = None
    closed_at: time | None = None
    arrived_at: time | None = None
    left_at: time | None = None
    minutes_late: int = 0
    delay_reason: str = ""
    reason: str = ""
    """Why it was cancelled, cut short or moved; already in words."""
    is_cancelled_by_schedule: bool = False
    visits: int = 0
    people: int = 0
    enquiries: int = 0
    unsent: int = 0
    """Visits that no receipt covers."""
    tally: Tally = NO_TALLY
    note: str = ""
    """What the timetable tells the public or the crew."""
    drive_minutes: int | None = None
    leave_by: time | None = None
    """For the next passage: when to leave the previous point."""

    @property
    def is_over(self) -> bool:
        """Tell whether the bus has left."""
        return self.status in _OVER

    @property
    def is_off(self) -> bool:
        """Tell whether the bus does not come."""
        return self.is_cancelled_by_schedule or self.status is PassageStatus.CANCELLED


class DraftRow(Struct, frozen=True, kw_only=True):
    """A parked visit."""

    draft_id: str
    starts: time
    what: str
    place: str


class TourDay(Struct, frozen=True, kw_only=True):
    """Everything the screen Tournée shows."""

    day: date
    passages: tuple[PassageRow, ...] = ()
    current: int = 0
    """Which passage visits are recorded at."""
    visits: tuple[VisitRow, ...] = ()
    cursor: int = 0
    pending: Tally = NO_TALLY
    """Counted at the door since the last write."""
    drafts: tuple[DraftRow, ...] = ()
    promises: tuple[PromiseRow, ...] = ()
    """Who is expected at the current stop, and what is promised for it."""
    next_day: date | None = None
    """When nothing is planned today."""
    next_here: str = ""
    """When the bus is at the current stop again, in words: what everybody asks."""
    is_discreet: bool = False
    """Notes are hidden while people may look at the screen."""
    nothing_published: bool = False


def tour_lines(
    day: TourDay, width: int, height: int, *, has_panel: bool = False, has_keys: bool = True
) -> list[Line]:
    """Draw the whole screen below the tabs, exactly `height` rows."""
    shown = PASSAGES_SHOWN if height < HIGH else PASSAGES_SHOWN * 2
    rows = passages_lines(day, width, shown)
    if day.passages:
        rows += door_lines(day, width)
    rows += draft_lines(day, width)
    rows += todo_lines(day, width)
    has_room = height - len(rows) >= 8 and not has_panel
    detail = _detail_lines(day, width) if has_room else []
    rows += visits_lines(day, width, height - len(rows) - len(detail), has_keys=has_keys)
    rows += [Line()] * (height - len(rows) - len(detail))
    return [*rows, *detail][:height]


def _detail_lines(day: TourDay, width: int) -> list[Line]:
    if not day.visits:
        return []
    visit = day.visits[min(day.cursor, len(day.visits) - 1)]
    return detail_lines(visit, width, is_discreet=day.is_discreet)


def passages_lines(day: TourDay, width: int, rows_max: int = PASSAGES_SHOWN) -> list[Line]:
    """Draw the passages of the day, the current one marked."""
    done = sum(passage.status in _OVER for passage in day.passages)
    visits = sum(passage.visits for passage in day.passages)
    title = [
        format_day_without_year(day.day),
        n_("{done} arrêt fait sur {n}", "{done} arrêts faits sur {n}", done).format(
            done=done, n=len(day.passages)
        ),
        n_("{n} visite", "{n} visites", visits).format(n=visits),
    ]
    if not day.passages:
        return [rule(width, title[0]), *_nothing_planned(day)]
    first = max(0, min(day.current - rows_max + 2, len(day.passages) - rows_max))
    shown = range(first, min(len(day.passages), first + rows_max))
    hours = min(24, max(cells(day.passages[index].hours) for index in shown))
    place = min(26, max(cells(day.passages[index].place) for index in shown))
    rows = [
        _passage_line(day.passages[index], index == day.current, width, (hours + 2, place + 1))
        for index in shown
    ]
    return [_titled(" · ".join(title), width, _keys_of_day(day)), *rows]


def _titled(title: str, width: int, keys: Sequence[tuple[str, str]]) -> Line:
    """Draw the title and, while there is room, the keys that no other line of the screen names."""
    hint = line()
    for key, label in keys:
        longer = line(*hint.spans, (f" {key} ", Role.KEY), (f"{label} ", Role.DIM))
        if cells(title) + 5 + cells(longer.text) < width:
            hint = longer
    return line(*rule(width - cells(hint.text), title).spans, *hint.spans)


def _keys_of_day(day: TourDay) -> list[tuple[str, str]]:
    """Return how to ask whether the bus may leave, before it has, and how to reach a stop."""
    has_left = any(one.status is not PassageStatus.EXPECTED for one in day.passages)
    leave = [] if has_left else [("m", _("matin"))]
    return [*leave, ("← →", _("passage"))] if len(day.passages) > 1 else leave


def _nothing_planned(day: TourDay) -> list[Line]:
    if day.nothing_published:
        return [
            line("   " + _("Aucun planning n'est encore arrivé sur ce poste.")),
            line("   ", ("6", Role.KEY), (" " + _("Synchro : le recevoir"), Role.DIM)),
            line(
                "   ", ("n", Role.KEY), (" " + _("une visite, sur la route ou à la base"), Role.DIM)
            ),
        ]
    rows = [line("   " + _("Aucun passage prévu aujourd'hui."))]
    if day.next_day is not None:
        following = _("Prochain passage : {day}").format(day=format_day_short(day.next_day))
        rows.append(line("   " + following))
    rows.append(line("   ", ("l", Role.KEY), (" " + _("noter un arrêt imprévu"), Role.DIM)))
    return rows


def _passage_line(passage: PassageRow, is_here: bool, width: int, columns: tuple[int, int]) -> Line:
    hours_width, place_width = columns
    status, role = passage_state(passage)
    spot_width = max(0, width - 3 - hours_width - place_width - 2 - cells(status) - 1)
    spot = passage.spot if spot_width >= min(SPOT_WIDTH, cells(passage.spot)) else ""
    text_role = Role.DIM if passage.is_off else Role.HEAD if is_here else Role.PLAIN
    return line(
        (" ▶ " if is_here else "   ", Role.KEY),
        (pad(passage.hours, hours_width), text_role),
        (pad(passage.place, place_width), text_role),
        " ",
        (pad(spot, spot_width), Role.DIM),
        " ",
        (status, role),
    )


def passage_state(passage: PassageRow) -> tuple[str, Role]:
    """Say in a few words what happened at a passage, or what is planned."""
    visits = n_("{n} visite", "{n} visites", passage.visits).format(n=passage.visits)
    sent = "✓" if passage.visits and not passage.unsent else " "
    match passage.status:
        case PassageStatus.OPEN:
            at = "" if passage.opened_at is None else format_time(passage.opened_at)
            return "● " + _("ici depuis {at}").format(at=at), Role.GOOD
        case PassageStatus.CLOSED:
            at = "" if passage.closed_at is None else " " + format_time(passage.closed_at)
            return f"{sent} {_('fermé')}{at} · {visits}", Role.PLAIN
        case PassageStatus.CUT_SHORT:
            return f"{sent} {visits} · {_because(_('écourté'), passage.reason)}", Role.WARN
        case PassageStatus.CANCELLED:
            held = f" · {visits}" if passage.visits else ""
            return f"✗ {_because(_('annulé'), passage.reason)}{held}", Role.WARN
        case PassageStatus.EXPECTED:
            if passage.is_cancelled_by_schedule:
                return f"✗ {_because(_('annulé'), passage.reason)}", Role.WARN
            if passage.visits:
                return f"{sent} {visits}", Role.PLAIN
            if passage.drive_minutes:
                drive = f"→ {format_minutes(passage.drive_minutes)}"
                if passage.leave_by is None:
                    return drive, Role.DIM
                leave = _("partir à {at}").format(at=format_time(passage.leave_by))
                return f"{drive}, {leave}", Role.PLAIN
            return _("prévu"), Role.DIM


def door_lines(day: TourDay, width: int) -> list[Line]:
    """Draw the current stop: what was counted at its door."""
    passage = day.passages[day.current]
    counts = passage.tally.plus(day.pending)
    people = n_("{n} personne", "{n} personnes", passage.people).format(n=passage.people)
    enquiries = n_("{n} demande", "{n} demandes", passage.enquiries).format(n=passage.enquiries)
    at_door = line(
        ("   " + _("À la porte") + "  ", Role.DIM),
        ("p", Role.KEY), f" {_('venues')} ", (str(counts.met), Role.HEAD),
        ("  o", Role.KEY), f" {_('orientées')} ", (str(counts.sent_elsewhere), Role.HEAD),
        ("  r", Role.KEY), f" {_('reparties')} ", (str(counts.turned_away), Role.HEAD),
    )  # fmt: skip
    title = f"{passage.place} · {people} · {enquiries}"
    again = f" {_('prochain passage : {day}').format(day=day.next_here)} " if day.next_here else ""
    if cells(title) + cells(again) + 5 >= width:
        again = ""
    above = line(*rule(width - cells(again), title).spans, (again, Role.DIM))
    rows = [above, at_door]
    times = _times(passage)
    if times:
        rows.append(line("   ", (times, Role.WARN if passage.minutes_late else Role.DIM)))
    if passage.note:
        rows.append(line(("   " + passage.note, Role.DIM)))
    return rows


def _times(passage: PassageRow) -> str:
    """Say what really happened beside the plan, once there is more to say than open and closed."""
    if not (passage.arrived_at or passage.left_at or passage.minutes_late):
        return ""
    told = (
        (_("garé {at}"), passage.arrived_at),
        (_("ouvert {at}"), passage.opened_at),
        (_("fermé {at}"), passage.closed_at),
        (_("parti {at}"), passage.left_at),
    )
    parts = [text.format(at=format_time(at)) for text, at in told if at is not None]
    if passage.minutes_late:
        late = _("{late} de retard").format(late=format_minutes(passage.minutes_late))
        ask = "" if passage.delay_reason else f" · y {_('pourquoi')}"
        parts.append(_because(late, passage.delay_reason) + ask)
    return " · ".join(parts)


def _because(what: str, reason: str) -> str:
    return _("{what} : {reason}").format(what=what, reason=reason) if reason else what


def draft_lines(day: TourDay, width: int) -> list[Line]:
    """Draw the parked visits, if any."""
    if not day.drafts:
        return []
    title = n_("{n} visite en attente", "{n} visites en attente", len(day.drafts))
    rows = [rule(width, (title.format(n=len(day.drafts)), Role.WARN))]
    for index, draft in enumerate(day.drafts[:3]):
        key = "b" if index == 0 else " "
        rows.append(
            line(
                ("   " + key + " ", Role.KEY),
                (format_time(draft.starts) + "  ", Role.PLAIN),
                draft.what or _("démarche à choisir"),
                (f"  {draft.place}", Role.DIM),
                press=key.strip(),
            )
        )
    return rows


def todo_lines(day: TourDay, width: int) -> list[Line]:
    """Draw who is expected at the current stop, and what is promised for it."""
    if not day.promises:
        return []
    more = "" if len(day.promises) <= PROMISES_SHOWN else f" · 2 {_('toutes')}"
    rows = [rule(width, f"{_('À faire ici')} · {len(day.promises)}{more}")]
    return rows + [
        promise_line(row, day.day, width, is_discreet=day.is_discreet)
        for row in day.promises[:PROMISES_SHOWN]
    ]


def visits_lines(day: TourDay, width: int, height: int, *, has_keys: bool = True) -> list[Line]:
    """Draw the visits of the current stop, the latest first; `has_keys`: those of the tour work."""
    if height < 2 or not (day.passages or day.visits):
        return []
    counted = sum(not visit.is_void for visit in day.visits)
    title = _("Visites ici") if day.passages else _("Visites hors passage")
    rows = [rule(width, f"{title} · {counted}")]
    if not day.visits:
        if day.passages[day.current].status in _OVER:
            none = _("Aucune visite : c'est noté, zéro compte aussi.")
            return [*rows, line(("   " + none, Role.DIM))]
        return [*rows, _first_keys(day)] if has_keys else rows
    room = height - 1
    first = max(0, min(day.cursor - room + 2, len(day.visits) - room))
    for index in range(first, min(len(day.visits), first + room)):
        rows.append(visit_line(day.visits[index], index == day.cursor, width))
    return rows


def _first_keys(day: TourDay) -> Line:
    """Name the keys to begin with; the bus arrives once."""
    keys = [("n", _("nouvelle visite")), ("i", _("renseignement simple"))]
    if day.passages[day.current].status is not PassageStatus.OPEN:
        keys.append(("a", _("arrivée du bus, puis départ")))
    spans = [((f"   {key}", Role.KEY), (f" {what}", Role.DIM)) for key, what in keys]
    return line(*(span for pair in spans for span in pair))


def sum_tallies(tallies: Iterable[Tally]) -> Tally:
    """Add what was counted at the door."""
    total = NO_TALLY
    for tally in tallies:
        total = total.plus(tally)
    return total
