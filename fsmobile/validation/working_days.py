"""WorkingDay: what one agent works on one day, over all vehicles."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from fsmobile.core.ids import AgentId
from fsmobile.validation.journeys import Journey

LUNCH_MINUTES = 45
"""A pause as long as this one is not work; a shorter one is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkingDay:
    """The journeys of an agent on a day; what is not published is taken for no work."""

    agent_id: AgentId
    day: date
    journeys: tuple[Journey, ...]
    starts: int
    """Minute of the day."""
    ends: int
    pauses: tuple[tuple[int, int], ...]
    """Between driving and receptions, and between journeys, in order."""
    is_possible: bool
    """Whether stops and journeys follow one another; two at once are told by other rules."""

    @property
    def pattern(self) -> object:
        """Return what two days of the same timetable share, the agent and the date apart."""
        return tuple(journey.pattern for journey in self.journeys)

    @property
    def span_minutes(self) -> int:
        """Return the time from the first departure to the last return."""
        return self.ends - self.starts

    @property
    def work_minutes(self) -> int:
        """Return the time worked, lunch apart."""
        lengths = (ends - starts for starts, ends in self.pauses)
        return self.span_minutes - sum(length for length in lengths if length >= LUNCH_MINUTES)

    def longest_stretch_minutes(self, break_minutes: int) -> int:
        """Return the longest work without a break of at least so many minutes."""
        longest, since = 0, self.starts
        for starts, ends in self.pauses:
            if ends - starts >= break_minutes:
                longest, since = max(longest, starts - since), ends
        return max(longest, self.ends - since)


def working_days(journeys: Iterable[Journey]) -> Iterator[WorkingDay]:
    """Yield the working days of every agent, by agent, then by day."""
    groups: defaultdict[tuple[AgentId, date], list[Journey]] = defaultdict(list)
    for journey in journeys:
        if journey.starts is not None:
            for agent_id in dict.fromkeys(journey.crew):
                groups[agent_id, journey.day].append(journey)
    measured: dict[object, _Measure] = {}
    for (agent_id, _), group in sorted(groups.items(), key=lambda pair: pair[0]):
        for journey in group:
            if journey.pattern not in measured:
                measured[journey.pattern] = _measure(journey)
        yield _put_together(agent_id, group, [measured[journey.pattern] for journey in group])


def make_working_day(agent_id: AgentId, journey: Journey) -> WorkingDay:
    """Return the day of an agent who works one journey, which has hours."""
    return _put_together(agent_id, [journey], [_measure(journey)])


_Measure = tuple[tuple[int, int], tuple[tuple[int, int], ...], bool]
"""The span of a journey, its pauses, whether it can be: the same for all days of a pattern."""


def _measure(journey: Journey) -> _Measure:
    is_possible = all(leg.gap >= 0 for leg in journey.legs())
    return work_span(journey), tuple(journey.pauses()), is_possible


def _put_together(
    agent_id: AgentId, journeys: list[Journey], measures: list[_Measure]
) -> WorkingDay:
    spans = sorted(span for span, _, _ in measures)
    pairs = list(pairwise(spans))
    between = [(before[1], after[0]) for before, after in pairs if before[1] < after[0]]
    inside = [pause for _, pauses, _ in measures for pause in pauses]
    return WorkingDay(
        agent_id=agent_id,
        day=journeys[0].day,
        journeys=tuple(journeys),
        starts=spans[0][0],
        ends=max(ends for _, ends in spans),
        pauses=tuple(sorted(between + inside)),
        is_possible=all(possible for _, _, possible in measures)
        and all(before[1] <= after[0] for before, after in pairs),
    )


def work_span(journey: Journey) -> tuple[int, int]:
    """Return the first and last minute of the day that a journey is known to take."""
    starts, ends = journey.starts or 0, journey.ends or 0
    opening = journey.timed[0] if journey.timed else None
    if journey.leaves is not None or opening is None or not journey.follows[0]:
        return starts, ends
    first, minute, _ = opening
    if first is journey.passages[0] and first.call.drive_minutes is not None:
        starts = minute - first.call.setup_minutes - first.call.drive_minutes
    return starts, ends
