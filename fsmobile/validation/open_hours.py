"""Open hours: the minutes of each week in which somebody receives the public."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date

from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.spans import minutes_of


def count_open_minutes(
    passages: Iterable[PlannedPassage], mondays: Iterable[date]
) -> Mapping[date, int]:
    """Count the minutes open to the public in each of these weeks.

    Two vehicles open at the same time count once; nothing is told when some hours are not known.
    """
    weeks = dict.fromkeys(mondays, 0)
    spans: defaultdict[date, list[tuple[int, int]]] = defaultdict(list)
    for one in passages:
        hours = one.call.hours
        if hours is None:
            return {}
        spans[one.service_date].append((minutes_of(hours.starts), minutes_of(hours.ends)))
    for day, day_spans in spans.items():
        monday = date.fromordinal(max(1, day.toordinal() - day.weekday()))
        if monday in weeks:
            weeks[monday] += _union_minutes(day_spans)
    return weeks


def _union_minutes(spans: list[tuple[int, int]]) -> int:
    total, until = 0, 0
    for starts, ends in sorted(spans):
        total += max(0, ends - max(starts, until))
        until = max(until, ends)
    return total
