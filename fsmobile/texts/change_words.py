"""What a plan changes in another, in sentences: for whoever publishes, and for the villages."""

from collections.abc import Callable, Sequence
from datetime import date

from fsmobile.core.overrides import OverrideReason
from fsmobile.core.plan_comparison import Difference, Openings, PassageChange
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedules import ScheduleTree
from fsmobile.texts.dates import (
    NO_BREAK,
    format_clock,
    format_day_short,
    format_day_without_year,
    format_span,
)
from fsmobile.texts.labels import label
from fsmobile.texts.planning_words import closure_reason
from fsmobile.texts.translation import _, n_

DAYS_NAMED = 3
"""Days of one same change that are named; more are counted."""


class ChangeWords:
    """Tells changes in one manner: short for a screen, or as a letter does."""

    def __init__(self, tree: ScheduleTree, *, is_letter: bool = False) -> None:
        self._tree = tree
        self._is_letter = is_letter
        self._day: Callable[[date], str] = (
            format_day_without_year if is_letter else format_day_short
        )

    def tell(self, changes: Sequence[PassageChange]) -> tuple[str, ...]:
        """Tell changes, those that are the same on several days in one sentence."""
        days: dict[str, list[date]] = {}
        for one in changes:
            days.setdefault(self._what(one), []).append(one.day)
        told = _("{days} : {what}")
        return tuple(
            told.format(days=self._days(sorted(on)), what=what) for what, on in days.items()
        )

    def hours(self, openings: Openings) -> str:
        """Return the hours of a passage: `09:30-12:00`, `de 9 h 30 à 12 h`."""
        spans = [self._span(one) for one in openings]
        return (_(" et ") if self._is_letter else ", ").join(spans)

    def place(self, openings: Openings) -> str:
        """Return where the bus stands, in the public's words."""
        place = self._tree.places.get(openings[0].place_id)
        return openings[0].place_id if place is None else place.name

    def _span(self, one: PlannedPassage) -> str:
        if one.starts is None or one.ends is None:
            return label(one.period)
        if not self._is_letter:
            return format_span(one.starts, one.ends)
        starts, ends = format_clock(one.starts), format_clock(one.ends)
        return _("de {starts} à {ends}").format(starts=starts, ends=ends)

    def _days(self, days: Sequence[date]) -> str:
        named = ", ".join(self._day(day).replace(" ", NO_BREAK) for day in days[:DAYS_NAMED])
        left = len(days) - DAYS_NAMED
        if left <= 0:
            return named
        told = n_(
            "{named} et {n} autre, jusqu'au {last}",
            "{named} et {n} autres, jusqu'au {last}",
            left,
        )
        return told.format(named=named, n=left, last=self._day(days[-1]))

    def _what(self, change: PassageChange) -> str:
        """Say what becomes of a passage; its day stands before."""
        found = change.differences
        if Difference.GONE in found:
            return _("plus de passage")
        now = change.after
        if Difference.CANCELLED in found:
            why = _reason(now[0].reason)
            return _("annulé ({why})").format(why=why) if why else _("annulé")
        if Difference.NEW in found:
            return _("un passage en plus, {hours}").format(hours=self.hours(now))
        return ", ".join(self._parts(change))

    def _parts(self, change: PassageChange) -> list[str]:
        was, now, found = change.before, change.after, change.differences
        one, parts = now[0], []
        if Difference.RESTORED in found:
            parts.append(_("rétabli, {hours}").format(hours=self.hours(now)))
        if Difference.DAY in found:
            parts.append(_("déplacé au {day}").format(day=self._day(one.service_date)))
        if Difference.PLACE in found:
            parts.append(_("à un autre endroit, {place}").format(place=self.place(now)))
        if Difference.HOURS in found and Difference.RESTORED not in found:
            told = _("ouvert {hours}, et non plus {before}")
            parts.append(told.format(hours=self.hours(now), before=self.hours(was)))
        if Difference.ACCESS in found:
            sure = _("sous réserve") if one.call.is_tentative else label(one.call.access)
            parts.append(sure)
        if Difference.VEHICLE in found:
            bus = self._tree.vehicles.get(one.vehicle_id) if one.vehicle_id else None
            parts.append(_("avec {bus}").format(bus="—" if bus is None else bus.name))
        if Difference.CREW in found:
            parts.append(_("autre équipage"))
        return parts


def _reason(code: str) -> str:
    reasons: dict[str, OverrideReason] = {one.value: one for one in OverrideReason}
    if code in reasons:
        return label(reasons[code])
    return closure_reason(code) if code else ""
