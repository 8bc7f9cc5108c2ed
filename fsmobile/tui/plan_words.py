"""Passages of a plan in words: rows of a day, the sentences of what was done to them."""

from collections.abc import Sequence
from datetime import date

from fsmobile.core.ids import PlaceId
from fsmobile.core.overrides import OverrideReason
from fsmobile.core.planned_passages import PlannedPassage, PlannedStatus
from fsmobile.core.schedules import ScheduleTree
from fsmobile.texts.dates import NO_BREAK, format_day_short, format_span
from fsmobile.texts.drive_words import describe_order
from fsmobile.texts.labels import label, label_short
from fsmobile.texts.planning_words import closure_reason, holiday_name
from fsmobile.texts.recurrence_words import describe_narrowing, describe_recurrence
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Role
from fsmobile.tui.views.month import DayCell, PassageRow
from fsmobile.usecases.day_drives import Proposal
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.planning_calendar import DayLine, PlannedDay
from fsmobile.usecases.visits import agent_name

_SIGNS = {PlannedStatus.CANCELLED: "✗", PlannedStatus.MOVED: "→", PlannedStatus.ADDED: "+"}


def place_name(tree: ScheduleTree, place_id: PlaceId) -> str:
    """Return what the public reads of a place."""
    place = tree.places.get(place_id)
    return place_id if place is None else place.name


def commune_name(tree: ScheduleTree, place_id: PlaceId) -> str:
    """Return the commune of a place, or its name when no commune is said."""
    place = tree.places.get(place_id)
    return place_id if place is None else place.commune or place.name


def day_cell(tree: ScheduleTree, day: PlannedDay, *, has_fault: bool) -> DayCell:
    """Show a day: its passages, and the one sign that the month has room for."""
    several = len({one.passage.vehicle_id for one in day.lines}) > 1
    rows = tuple(_passage_row(tree, one, several=several) for one in day.lines)
    signs = {row.sign for row in rows}
    sign, role = " ", Role.DIM
    if rows:
        sign, role = "·", Role.HEAD
    if signs - {" "}:
        sign, role = "≠", Role.ACCENT
    if day.holiday:
        sign, role = "✗", Role.WARN
    if has_fault:
        sign, role = "!", Role.WARN
    return DayCell(
        sign=sign, role=role, rows=rows, holiday=holiday_name(day.holiday) if day.holiday else ""
    )


def _passage_row(tree: ScheduleTree, one: DayLine, *, several: bool) -> PassageRow:
    passage = one.passage
    sign, role, told = _difference(one)
    vehicle = passage.vehicle_id or ""
    return PassageRow(
        sign=sign,
        role=role,
        told=told,
        hours=hours_of(one),
        starts=hours_of(one)[:5] if passage.starts is not None else label_short(passage.period),
        place=place_name(tree, passage.place_id),
        commune=commune_name(tree, passage.place_id),
        vehicle=vehicle if several else "",
    )


def hours_of(one: DayLine) -> str:
    """Return the hours of a stop, from its first opening to its last: `09:30-15:30`."""
    first, last = one.openings[0], one.openings[-1]
    if first.starts is None or last.ends is None:
        return label(first.period)
    return format_span(first.starts, last.ends)


def _difference(one: DayLine) -> tuple[str, Role, str]:
    """Tell what differs from the rule: a sign, a role, a few words."""
    passage = one.passage
    if one.is_lost:
        return "✗", Role.DIM, _("férié")
    match passage.status:
        case PlannedStatus.CANCELLED:
            return "✗", Role.WARN, _reason(passage.reason)
        case PlannedStatus.MOVED:
            was = format_day_short(passage.original_date)
            return "→", Role.ACCENT, _("du {day}").format(day=was)
        case PlannedStatus.ADDED:
            return "+", Role.ACCENT, _("ajouté")
    changes = ", ".join(label_short(change) for change in passage.changes)
    return ("≠", Role.ACCENT, changes) if changes else (" ", Role.PLAIN, "")


def _reason(code: str) -> str:
    known = {one.value: one for one in OverrideReason}
    return label_short(known[code]) if code in known else closure_reason(code)


def describe_passage(desk: Desk, tree: ScheduleTree, passage: PlannedPassage) -> str:
    """Say the tour, the bus and the crew of a passage, and where it stands."""
    tour = tree.tours[passage.tour_id]
    version = tour.version_on(passage.original_date) or tour.versions[-1]
    vehicle = tree.vehicles.get(passage.vehicle_id) if passage.vehicle_id else None
    parts = [place_name(tree, passage.place_id), version.name]
    parts.append(_("sans bus") if vehicle is None else vehicle.name)
    crew = [agent_name(desk, agent) for agent in passage.crew]
    parts.append(", ".join(crew) if crew else _("sans équipage"))
    return " · ".join(parts)


def describe_rule(tree: ScheduleTree, passage: PlannedPassage) -> str:
    """Say the rule that gives a passage, with its stop's own selectors and its time in force."""
    tour = tree.tours[passage.tour_id]
    version = tour.version_on(passage.original_date)
    for run in version.runs if version is not None else ():
        for stop in run.stops:
            if version is None or (run.run_id, stop.stop_id) != (passage.run_id, passage.stop_id):
                continue
            last = tour.last_day_of(version)
            until = None if last == date.max else last
            told = describe_recurrence(run.recurrence, version.valid_from, until)
            if stop.narrowing is None:
                return told
            own = _("cet arrêt : {words}").format(words=describe_narrowing(stop.narrowing))
            return _("{rule} ; {stop}").format(rule=told, stop=own)
    return _("aucune : passage ajouté")


def describe_notice(one: DayLine) -> str:
    """Return what the public reads of a passage, or how a holiday's is kept."""
    if one.is_lost:
        return _("un jour férié le supprime · f le maintient")
    return one.passage.notice


def describe_dates(days: Sequence[date]) -> str:
    """Say dates one after the other, none cut at the end of a row: `mar. 8 déc. · …`."""
    return " · ".join(format_day_short(day).replace(" ", NO_BREAK) for day in days)


def describe_passages(passages: Sequence[PlannedPassage]) -> str:
    """Say passages month by month, with what exceptions made of them: `mar. 8, → mer. 23 déc.`.

    A weekday is said when it is not that of the passage before.
    """
    months: dict[str, list[str]] = {}
    said = ""
    for one in passages:
        weekday, number, month = format_day_short(one.service_date).split(" ")
        told = (_SIGNS.get(one.status, ""), "" if weekday == said else weekday, number)
        said = weekday
        # Twelve passages may come twice in a month of the same name, a year apart.
        days = months.setdefault(f"{month} {one.service_date.year}", [])
        days.append(NO_BREAK.join(filter(None, told)))
    rows = (
        f",{NO_BREAK}".join(days) + NO_BREAK + key.split(" ")[0] for key, days in months.items()
    )
    return " · ".join(rows)


def describe_proposal(tree: ScheduleTree, one: Proposal) -> str:
    """Say an order of stops with their hours, and what it saves."""
    stops = [(commune_name(tree, passage.place_id), hours) for passage, hours in one.hours]
    return describe_order(
        stops, one.cost_now, one.cost, about=one.is_estimate, keeps=one.keeps_half_days
    )
