"""What a newly received timetable changes in the weeks to come, and what nobody has read yet."""

from datetime import date, timedelta

from msgspec import Struct

from fsmobile.core.agenda import Agenda, expand_agenda
from fsmobile.core.ids import PassageId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedules import ScheduleTree
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.store import logbook, queries, schedule_trees
from fsmobile.store.schedule_trees import Revision
from fsmobile.texts.dates import format_day_short, format_span
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.passages import plan
from fsmobile.usecases.schedule_names import place_name
from fsmobile.usecases.timetable import load_revisions, load_timetable

WEEKS_AHEAD = 8
"""How far changes are told; farther ones are in the agenda."""

_Key = tuple[PassageId, int]
_Seen = dict[_Key, PlannedPassage]


class TimetableNews(Struct, frozen=True, kw_only=True):
    """What a timetable changes since the one that this crew knew."""

    publication: str
    """Id of the op by which it was published: what a person says to have read."""
    changes: tuple[str, ...]


def load_unread_timetable(desk: Desk) -> TimetableNews | None:
    """Return what changed since the timetable that the person who works has read.

    Who has read none yet is told what changed since this bus was last out; None when that is
    nothing.
    """
    revisions = load_revisions(desk)
    known = _known_revision(desk, revisions)
    if known is None or known.op_id == revisions[0].op_id or desk.tree is None:
        return None
    files = schedule_trees.load_revision_files(desk.replica, known)
    tree = None if files is None else read_schedule(files).tree
    if tree is None:
        return None
    before, after = _weeks_ahead(desk, tree), _weeks_ahead(desk, desk.tree)
    changes = describe_changes(desk, before, after)
    if not changes:
        return None
    return TimetableNews(publication=revisions[0].op_id, changes=tuple(changes))


def _known_revision(desk: Desk, revisions: list[Revision]) -> Revision | None:
    readings = logbook.list_readings(desk.replica, [one.op_id for one in revisions])
    mine = {
        one.entity for one in readings if (one.agent_id, one.unit) == (desk.agent_id, desk.unit_id)
    }
    read = next((one for one in revisions if one.op_id in mine), None)
    last_out = queries.last_passage_day(desk.replica, desk.today())
    if read is not None or last_out is None:
        return read
    return next((one for one in revisions if desk.at(one.published_at).date() <= last_out), None)


def _weeks_ahead(desk: Desk, tree: ScheduleTree) -> _Seen:
    first = desk.today()
    last = first + timedelta(weeks=WEEKS_AHEAD)
    return _seen(desk, expand_agenda(tree, first, last, bundled=load_school_calendar()))


def receive_timetable(desk: Desk) -> list[str]:
    """Give the desk its newest timetable and tell what it changes for this bus."""
    first = desk.today()
    last = first + timedelta(weeks=WEEKS_AHEAD)
    before = _seen(desk, plan(desk, first, last))
    had_none = desk.tree is None
    load_timetable(desk)
    after = _seen(desk, plan(desk, first, last))
    if had_none:
        days = len({one.service_date for one in after.values()})
        return [_("Planning reçu : {n} jours de tournée en deux mois").format(n=days)]
    return describe_changes(desk, before, after) or [_("Rien ne change d'ici deux mois")]


def _seen(desk: Desk, agenda: Agenda) -> _Seen:
    return {
        (one.passage_id, one.span): one
        for one in agenda.passages
        if one.unit in (None, desk.unit_id)
    }


def describe_changes(desk: Desk, before: _Seen, after: _Seen) -> list[str]:
    """List passages that appear, go, move or change hours or place, by date."""
    told: list[tuple[date, str]] = []
    for key in before.keys() | after.keys():
        old, new = before.get(key), after.get(key)
        if new is None:
            if old is not None:
                told.append(
                    (old.service_date, _("{what} : supprimé").format(what=_name(desk, old)))
                )
        elif old is None:
            text = _("{what} : ajouté, {hours}").format(what=_name(desk, new), hours=_hours(new))
            told.append((new.service_date, text))
        elif _facts(old) != _facts(new):
            told.append((old.service_date, _change(desk, old, new)))
    return [text for _day, text in sorted(told)]


def _facts(one: PlannedPassage) -> tuple[object, ...]:
    return (one.service_date, one.call.hours, one.place_id, one.is_cancelled)


def _change(desk: Desk, old: PlannedPassage, new: PlannedPassage) -> str:
    what = _name(desk, old)
    if new.is_cancelled and not old.is_cancelled:
        return _("{what} : annulé").format(what=what)
    if old.is_cancelled and not new.is_cancelled:
        return _("{what} : rétabli, {hours}").format(what=what, hours=_hours(new))
    if old.service_date != new.service_date:
        day = format_day_short(new.service_date)
        return _("{what} : déplacé au {day}").format(what=what, day=day)
    if old.place_id != new.place_id:
        return _("{what} : à {place}").format(what=what, place=place_name(desk, new.place_id))
    return _("{what} : {hours}").format(what=what, hours=_hours(new))


def _name(desk: Desk, one: PlannedPassage) -> str:
    return f"{format_day_short(one.service_date)} {place_name(desk, one.place_id)}"


def _hours(one: PlannedPassage) -> str:
    if one.starts is None or one.ends is None:
        return one.period.value
    return format_span(one.starts, one.ends)
