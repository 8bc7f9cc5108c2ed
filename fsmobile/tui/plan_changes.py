"""What an unpublished plan changes for whom, in sentences, against the published one."""

from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.ids import PassageId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.schedules import ScheduleTree
from fsmobile.texts.dates import format_day_short, format_span
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _, n_
from fsmobile.tui.plan_words import commune_name, place_name

MONTHS_AHEAD_DAYS = 183
SENTENCES_EACH = 3
"""Changes of one village told one by one; more are counted."""

_Seen = Mapping[tuple[PassageId, int], PlannedPassage]


class VillageChange(Struct, frozen=True, kw_only=True):
    """What changes for one village in the half-year to come."""

    commune: str
    before: int
    """Passages that were to be held."""
    after: int
    sentences: tuple[str, ...]


def compare_plans(
    old: ScheduleTree | None, new: ScheduleTree, today: date, bundled: object
) -> list[VillageChange]:
    """Say what changes for each village, those that lose passages first."""
    last = today + timedelta(days=MONTHS_AHEAD_DAYS)
    before = {} if old is None else _seen(old, today, last, bundled)
    after = _seen(new, today, last, bundled)
    told: dict[str, list[tuple[date, str]]] = {}
    for key in before.keys() | after.keys():
        was, now = before.get(key), after.get(key)
        sentence = _sentence(old, was, new, now)
        if sentence:
            one, tree = (now, new) if now is not None else (was, old)
            if one is not None and tree is not None:
                commune = commune_name(tree, one.place_id)
                told.setdefault(commune, []).append((one.original_date, sentence))
    counts_before, counts_after = _counts(old, before), _counts(new, after)
    changes = [
        VillageChange(
            commune=commune,
            before=counts_before.get(commune, 0),
            after=counts_after.get(commune, 0),
            sentences=_shortened([text for _day, text in sorted(lines)]),
        )
        for commune, lines in told.items()
    ]
    return sorted(changes, key=lambda one: (one.after - one.before, one.commune))


def _seen(tree: ScheduleTree, first: date, last: date, bundled: object) -> _Seen:
    passages = expand_agenda(tree, first, last, bundled=bundled).passages  # type: ignore[arg-type]
    return {(one.passage_id, one.span): one for one in passages}


def _counts(tree: ScheduleTree | None, seen: _Seen) -> dict[str, int]:
    counts: dict[str, int] = {}
    for (_id, span), one in seen.items():
        if tree is not None and not one.is_cancelled and not span:
            commune = commune_name(tree, one.place_id)
            counts[commune] = counts.get(commune, 0) + 1
    return counts


def _sentence(
    old: ScheduleTree | None,
    was: PlannedPassage | None,
    new: ScheduleTree,
    now: PlannedPassage | None,
) -> str:
    """Say what becomes of one passage; nothing when nothing does."""
    if now is None:
        if was is None or was.is_cancelled:
            return ""
        return _("{day} : supprimé").format(day=format_day_short(was.service_date))
    day = format_day_short(now.service_date)
    if was is None:
        return "" if now.is_cancelled else f"{day} : {_('ajouté')}, {_hours(now)}"
    if now.is_cancelled != was.is_cancelled:
        return f"{day} : {_('annulé') if now.is_cancelled else _('rétabli')}"
    if now.is_cancelled:
        return ""
    parts = []
    if now.service_date != was.service_date:
        before = format_day_short(was.service_date)
        parts.append(_("déplacé, au lieu du {day}").format(day=before))
    if now.place_id != was.place_id:
        parts.append(_("à {place}").format(place=place_name(new, now.place_id)))
    if now.call.hours != was.call.hours or now.period != was.period:
        parts.append(_hours(now))
    if now.vehicle_id != was.vehicle_id:
        vehicle = new.vehicles.get(now.vehicle_id) if now.vehicle_id else None
        parts.append(_("avec {bus}").format(bus="—" if vehicle is None else vehicle.name))
    if now.crew != was.crew:
        parts.append(_("autre équipage"))
    return f"{day} : {', '.join(parts)}" if parts else ""


def _hours(one: PlannedPassage) -> str:
    if one.starts is None or one.ends is None:
        return label(one.period)
    return format_span(one.starts, one.ends)


def _shortened(sentences: list[str]) -> tuple[str, ...]:
    shown = sentences[:SENTENCES_EACH]
    left = len(sentences) - len(shown)
    if left:
        shown.append(n_("et {n} autre", "et {n} autres", left).format(n=left))
    return tuple(shown)
