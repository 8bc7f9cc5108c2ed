"""What a newly received timetable changes in the weeks to come, in words."""

from datetime import date, timedelta

from fsmobile.core.agenda import Agenda
from fsmobile.core.ids import PassageId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.texts.dates import format_day_short, format_span
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.passages import plan
from fsmobile.usecases.timetable import load_timetable

WEEKS_AHEAD = 8
"""How far changes are told; farther ones are in the agenda."""

_Key = tuple[PassageId, int]
_Seen = dict[_Key, PlannedPassage]


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
        return _("{what} : à {place}").format(what=what, place=_place(desk, new))
    return _("{what} : {hours}").format(what=what, hours=_hours(new))


def _name(desk: Desk, one: PlannedPassage) -> str:
    return f"{format_day_short(one.service_date)} {_place(desk, one)}"


def _place(desk: Desk, one: PlannedPassage) -> str:
    known = None if desk.tree is None else desk.tree.places.get(one.place_id)
    return one.place_id if known is None else known.name


def _hours(one: PlannedPassage) -> str:
    if one.starts is None or one.ends is None:
        return one.period.value
    return format_span(one.starts, one.ends)
