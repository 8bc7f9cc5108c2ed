"""What the public reads of a passage: its hours, what changes, when the bus usually comes."""

import re
from collections.abc import Iterable
from datetime import date

from fsmobile.core.overrides import OverrideAction, OverrideReason
from fsmobile.core.places import Place
from fsmobile.core.planned_passages import Call, PlannedPassage, PlannedStatus
from fsmobile.core.publications import usual_place
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import HalfDay
from fsmobile.core.tours import Access, Run, Stop
from fsmobile.texts.dates import NO_BREAK, format_clock, format_day_without_year
from fsmobile.texts.public_notices import (
    added_notice,
    cancelled_notice,
    elsewhere_notice,
    hours_notice,
    kept_notice,
    moved_notice,
)
from fsmobile.texts.recurrence_words import describe_narrowing, describe_recurrence
from fsmobile.texts.translation import _, mark

FRENCH_PHONE = re.compile(r"\+33[0-9]{9}")
_ACCESS = {
    Access.APPOINTMENT: mark("sur rendez-vous"),
    Access.ON_REQUEST: mark("à la demande"),
    Access.PRIVATE: mark("non ouvert au public"),
}


def format_opening(call: Call) -> str:
    """Return `de 9 h 30 à 12 h`, or `le matin` when only a half-day is announced."""
    if call.hours is None:
        return _("le matin") if call.period is HalfDay.MORNING else _("l'après-midi")
    starts, ends = format_clock(call.hours.starts), format_clock(call.hours.ends)
    return _("de {starts} à {ends}").format(starts=starts, ends=ends)


def format_phone(phone: str) -> str:
    """Return `05 00 00 00 00` for `+33500000000`; another number as it is written."""
    if not FRENCH_PHONE.fullmatch(phone):
        return phone
    digits = f"0{phone[3:]}"
    return NO_BREAK.join(digits[start : start + 2] for start in range(0, len(digits), 2))


def explain_access(call: Call) -> str:
    """Return for whom a stop is, and whether it is sure, or nothing."""
    told = [_(_ACCESS[call.access])] if call.access in _ACCESS else []
    if call.is_tentative:
        told.append(_("sous réserve"))
    return ", ".join(told)


def explain_change(tree: ScheduleTree, passage: PlannedPassage) -> str:
    """Say what differs from the timetable: the coordinator's own notice, or one ready-written."""
    if passage.notice:
        return passage.notice
    known = set(OverrideReason)
    reason = OverrideReason(passage.reason) if passage.reason in known else None
    usual = usual_place(tree, passage) or tree.places.get(passage.place_id)
    place = passage.place_id if usual is None else usual.name
    day = passage.original_date
    spans = () if passage.call.hours is None else (passage.call.hours,)
    match passage.status:
        case PlannedStatus.CANCELLED:
            return cancelled_notice(place, day, reason)
        case PlannedStatus.MOVED:
            return moved_notice(place, day, passage.service_date, reason)
        case PlannedStatus.ADDED:
            return added_notice(place, day, spans, None)
    here = tree.places.get(passage.place_id)
    if OverrideAction.PLACE in passage.changes and here is not None:
        return elsewhere_notice(place, here.name, day, reason)
    if OverrideAction.HOURS in passage.changes and spans:
        return hours_notice(place, day, spans, reason)
    return kept_notice(place, day) if OverrideAction.KEEP in passage.changes else ""


def explain_usual_days(tree: ScheduleTree, places: Iterable[Place], day: date) -> list[str]:
    """Say when the bus usually comes to places, a sentence for each rule in force or to come."""
    wanted = {place.place_id for place in places}
    told: dict[str, None] = {}
    for tour in tree.tours.values():
        version = tour.version_on(day)
        coming = [one for one in tour.versions if one.valid_from > day]
        for one in (*((version,) if version else ()), *coming):
            for run in one.runs:
                for stop in run.stops:
                    if stop.place_id in wanted:
                        sentence = _usual(run, stop)
                        if one.valid_from > day:
                            sentence = _("À partir du {day} : {rule}").format(
                                day=format_day_without_year(one.valid_from), rule=sentence
                            )
                        told.setdefault(sentence[:1].upper() + sentence[1:])
    return list(told)


def _usual(run: Run, stop: Stop) -> str:
    days = describe_recurrence(run.recurrence)
    if stop.narrowing is not None:
        days = f"{days} ({describe_narrowing(stop.narrowing)})"
    if stop.half_day is not None:
        hours = _("le matin") if stop.half_day is HalfDay.MORNING else _("l'après-midi")
    else:
        hours = _(" et ").join(
            _("de {starts} à {ends}").format(
                starts=format_clock(span.starts), ends=format_clock(span.ends)
            )
            for span in stop.spans
        )
    return f"{days}, {hours}"
