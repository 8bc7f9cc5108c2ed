"""Rule finding: the fewest rules and exceptions that give a set of days.

Days are bits of a whole number, so that thousands of rules are tried in a few milliseconds. A
rule and an exception cost the same; what a rule says besides its days of the week costs little,
unless it is a list in disguise (many ranks, many weeks of a cycle) or a season.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from itertools import combinations

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.recurrence import (
    WEEKS_OF,
    Cycle,
    CycleCount,
    DayTable,
    HolidayRule,
    Recurrence,
    SchoolRule,
    WeekParity,
    expand_recurrence,
)
from fsmobile.core.season_finding import SeasonRange, best_seasons

RULE_COST = EXCEPTION_COST = 100
SEASON_COST = 90
"""Less than an exception, so that dates that begin late or end early get a season."""
GAP_MIN = 3
"""Fewer days left out in the middle are exceptions rather than a gap between two seasons."""
LIST_COST = 30
"""For each rank beyond the second, and each week of a cycle beyond the first."""
SUPPORT_MIN = 3
"""Fewer days than this are a list of dates, whatever rule they may look like."""
SEASON_SUPPORT_MIN = 5
"""Fewer days are no evidence of a season, which fits around any few dates."""
FULL_CYCLE_WEEKS = 6
"""Cycles of so many weeks are tried with every set of their weeks, longer ones with one."""
CYCLE_WEEKS = 13
COUNTED_CYCLE_WEEKS = 4
_COSTS = {"parity": 3, "ranks": 4, "cycle": 6, "counted": 8, "school": 3, "holidays": 2}


class FoundRule(Struct, frozen=True, kw_only=True):
    """One rule, with all the days that it gives in the window."""

    rule: Recurrence
    days: tuple[date, ...]
    season: SeasonRange | None = None
    """Where else its season may begin and end and give the same days."""


class Finding(Struct, frozen=True, kw_only=True):
    """What a set of days is made of."""

    rules: tuple[FoundRule, ...]
    missing: tuple[date, ...]
    """Given by a rule, and not among the days."""
    extra: tuple[date, ...]
    """Among the days, and given by no rule."""

    @property
    def cost(self) -> int:
        """Return what rules and exceptions cost together."""
        exceptions = len(self.missing) + len(self.extra)
        return sum(rule_cost(one.rule) for one in self.rules) + EXCEPTION_COST * exceptions


class _Part(Struct, frozen=True, kw_only=True):
    """Some selectors of a rule, and the days of the window that pass them."""

    rule: Recurrence
    cost: int
    mask: int


class _Candidate(Struct, frozen=True, kw_only=True):
    gain: int
    """The exceptions that it saves, less its own cost."""
    part: _Part
    weekdays: frozenset[int]
    mask: int
    season: SeasonRange | None = None


def rule_cost(rule: Recurrence) -> int:
    """Return what a rule costs, in hundredths of an exception."""
    cost = RULE_COST + (_COSTS["parity"] if rule.parity is not WeekParity.EVERY else 0)
    if rule.ranks:
        cost += _COSTS["ranks"] + LIST_COST * max(0, len(rule.ranks) - 2)
    if rule.cycle is not None:
        is_counted = rule.cycle.count is not CycleCount.CALENDAR
        cost += _COSTS["counted" if is_counted else "cycle"]
        cost += LIST_COST * (len(rule.cycle.ranks) - 1)
    cost += SEASON_COST * len(rule.seasons)
    cost += _COSTS["school"] if rule.school is not SchoolRule.IGNORE else 0
    return cost + (_COSTS["holidays"] if rule.holidays is HolidayRule.SERVE else 0)


class RuleFinder:
    """Every rule that is tried, laid out once for a window and its calendars."""

    def __init__(self, table: DayTable, *, parity: bool = True) -> None:
        """Lay out the rules over a window, those of even and odd weeks if they are wanted.

        Those that speak of school holidays are tried only if the window's are all known.
        """
        self._table = table
        self._parities = tuple(WEEKS_OF) if parity else (WeekParity.EVERY,)
        self._bits = {day: 1 << rank for rank, day in enumerate(table.days)}
        self._weekdays = [
            sum(1 << index for index in table.indices_of([weekday])) for weekday in range(7)
        ]
        self._parts = self._lay_out()

    def find(self, days: Iterable[date], taken: Iterable[date] = ()) -> Finding:
        """Find what a set of days is made of; no rule gives a day that is taken."""
        wanted = self._mask(days)
        forbidden = self._mask(taken)
        chosen: list[_Candidate] = []
        while (best := self._best(wanted, chosen, forbidden)) is not None:
            chosen.append(best)
        for rank in range(len(chosen) if len(chosen) > 1 else 0):
            # What was best alone may not be so beside those that came after it.
            others = [*chosen[:rank], *chosen[rank + 1 :]]
            again = self._best(wanted, others, forbidden)
            if again is not None and again.gain > self._gain_beside(chosen[rank], wanted, others):
                chosen[rank] = again
        return self._finding(chosen, wanted)

    def _finding(self, chosen: Sequence[_Candidate], wanted: int) -> Finding:
        rules = [self._found(one, wanted) for one in chosen]
        given = self._mask(day for one in rules for day in one.days)
        return Finding(
            rules=tuple(rules),
            missing=self._days(given & ~wanted),
            extra=self._days(wanted & ~given),
        )

    def _mask(self, days: Iterable[date]) -> int:
        mask = 0
        for day in days:
            mask |= self._bits.get(day, 0)
        return mask

    def _days(self, mask: int) -> tuple[date, ...]:
        return tuple(self._table.days[rank] for rank in _ranks_of(mask))

    def _best(self, wanted: int, chosen: Sequence[_Candidate], forbidden: int) -> _Candidate | None:
        """Return the rule that spares most beside those chosen, or None when none spares any."""
        given = 0
        for one in chosen:
            given |= one.mask
        open_days, forbidden = wanted & ~given, forbidden | given
        best: _Candidate | None = None
        if open_days.bit_count() < SUPPORT_MIN:
            return None
        for part in self._parts:
            floor = 0 if best is None else best.gain
            for found in self._fits(part, open_days, forbidden, floor):
                if best is None or found.gain > best.gain:
                    best = found
        return best

    def _fits(self, part: _Part, wanted: int, forbidden: int, floor: int) -> Iterator[_Candidate]:
        """Yield the rules of a part that spare more than a floor, alone or within a season."""
        useful: list[int] = []
        for weekday, mask in enumerate(self._weekdays):
            days = part.mask & mask
            covered = (days & wanted).bit_count()
            if covered:
                found = self._fit(part, (weekday,), wanted, forbidden, floor)
                if found is not None:
                    yield found
                    floor = found.gain
                if 2 * covered > days.bit_count() or (found is not None and found.season):
                    useful.append(weekday)
        if len(useful) > 1:
            found = self._fit(part, tuple(useful), wanted, forbidden, floor)
            if found is not None:
                yield found

    def _fit(
        self, part: _Part, weekdays: tuple[int, ...], wanted: int, forbidden: int, floor: int
    ) -> _Candidate | None:
        days = part.mask & sum(self._weekdays[one] for one in weekdays)
        covered = (days & wanted).bit_count()
        if covered < SUPPORT_MIN or covered * EXCEPTION_COST - part.cost <= floor:
            return None
        gain = (2 * covered - days.bit_count()) * EXCEPTION_COST - part.cost
        best = None
        if gain > floor and not days & forbidden:
            best = _Candidate(gain=gain, part=part, weekdays=frozenset(weekdays), mask=days)
            floor = gain
        if covered * EXCEPTION_COST - part.cost - SEASON_COST <= floor:
            return best
        for kept, season in self._in_seasons(days, wanted, forbidden):
            covered = (kept & wanted).bit_count()
            gain = (2 * covered - kept.bit_count()) * EXCEPTION_COST - part.cost - SEASON_COST
            if covered >= SEASON_SUPPORT_MIN and gain > floor:
                return _Candidate(
                    gain=gain, part=part, weekdays=frozenset(weekdays), mask=kept, season=season
                )
        return best

    def _in_seasons(
        self, days: int, wanted: int, forbidden: int
    ) -> Iterator[tuple[int, SeasonRange]]:
        """Yield the days of the seasons that spare most exceptions, the better first."""
        ranks = _ranks_of(days)
        dates = [self._table.days[rank] for rank in ranks]
        worst = -len(self._table.days)
        weights = [
            worst if forbidden >> rank & 1 else (1 if wanted >> rank & 1 else -1) for rank in ranks
        ]
        for season in best_seasons(dates, weights):
            within = season.tightest
            kept = sum(1 << rank for rank, day in zip(ranks, dates, strict=True) if day in within)
            if not kept & forbidden and not 0 < _gap(days, kept) < GAP_MIN:
                yield kept, season

    def _gain_beside(self, one: _Candidate, wanted: int, others: Sequence[_Candidate]) -> int:
        given = 0
        for other in others:
            given |= other.mask
        covered = (one.mask & wanted & ~given).bit_count()
        season = SEASON_COST if one.season else 0
        return (2 * covered - one.mask.bit_count()) * EXCEPTION_COST - one.part.cost - season

    def _found(self, one: _Candidate, wanted: int) -> FoundRule:
        """Write a candidate as a rule; a cycle begins on the first day that it gives rightly."""
        rule = replace(one.part.rule, weekdays=one.weekdays)
        if one.season is not None:
            rule = replace(rule, seasons=(one.season.tightest,))
        first = next(iter(self._days(one.mask & wanted)))
        if rule.cycle is not None:
            rule = replace(rule, cycle=_begun_on(rule.cycle, first))
        days = tuple(expand_recurrence(rule, self._table))
        return FoundRule(rule=rule, days=days, season=one.season)

    def _lay_out(self) -> list[_Part]:
        """List the rules without days of the week, the plainest first, none said twice."""
        parts: dict[int, _Part] = {}
        everyday = range(7)
        for rule in self._plain_rules():
            for school in self._school_rules(rule):
                for holidays in (HolidayRule.SKIP, HolidayRule.SERVE):
                    whole = replace(
                        rule, weekdays=frozenset(everyday), school=school, holidays=holidays
                    )
                    part = _Part(
                        rule=whole,
                        cost=rule_cost(whole),
                        mask=self._mask(expand_recurrence(whole, self._table)),
                    )
                    known = parts.get(part.mask)
                    if part.mask and (known is None or part.cost < known.cost):
                        parts[part.mask] = part
        return sorted(parts.values(), key=lambda part: part.cost)

    def _plain_rules(self) -> Iterator[Recurrence]:
        yield from (Recurrence(parity=parity) for parity in self._parities)
        yield from (Recurrence(ranks=frozenset(ranks)) for ranks in _rank_sets())
        monday = date.fromordinal(self._table.first.toordinal() - self._table.first.weekday())
        for length, ranks in _cycle_sets():
            yield Recurrence(cycle=Cycle(length=length, starts_on=monday, ranks=ranks))
        if self._knows_school:
            for parity in self._parities:
                for length in range(2, COUNTED_CYCLE_WEEKS + 1):
                    for rank in range(1, length + 1):
                        cycle = Cycle(
                            length=length,
                            starts_on=monday,
                            ranks=frozenset({rank}),
                            count=CycleCount.OUTSIDE_SCHOOL_HOLIDAYS,
                        )
                        yield Recurrence(parity=parity, cycle=cycle)

    def _school_rules(self, rule: Recurrence) -> tuple[SchoolRule, ...]:
        is_counted = rule.cycle is not None and rule.cycle.count is not CycleCount.CALENDAR
        if not self._knows_school or is_counted:
            return (SchoolRule.IGNORE,)
        return (SchoolRule.IGNORE, SchoolRule.OUTSIDE, SchoolRule.DURING)

    @property
    def _knows_school(self) -> bool:
        zone, table = self._table.school_zone, self._table
        return zone is not None and zone.knows(table.first) and zone.knows(table.last)


def _rank_sets() -> Iterator[tuple[int, ...]]:
    """Yield the ranks in the month that are tried: 1 to 5, the last, some with the last."""
    for count in range(1, 5):
        yield from combinations(range(1, 6), count)
    yield (-1,)
    yield (-2,)
    for count in range(1, 4):
        yield from ((*ranks, -1) for ranks in combinations(range(1, 4), count))


def _cycle_sets() -> Iterator[tuple[int, frozenset[int]]]:
    for length in range(2, CYCLE_WEEKS + 1):
        most = length - 1 if length <= FULL_CYCLE_WEEKS else 1
        for count in range(1, most + 1):
            for ranks in combinations(range(1, length + 1), count):
                yield length, frozenset(ranks)


def _begun_on(cycle: Cycle, first: date) -> Cycle:
    """Return the same cycle counted from the week of its first day."""
    if cycle.count is not CycleCount.CALENDAR:
        # One week of it is served, and that of its first day is.
        return replace(cycle, starts_on=first, ranks=frozenset({1}))
    weeks = (first.toordinal() - first.weekday() - cycle.starts_on.toordinal()) // 7
    ranks = frozenset((rank - 1 - weeks) % cycle.length + 1 for rank in cycle.ranks)
    return replace(cycle, starts_on=first, ranks=ranks)


def _gap(days: int, kept: int) -> int:
    """Count the days left out between the first and the last that are kept."""
    between = (1 << kept.bit_length()) - (kept & -kept)
    return (days & ~kept & between).bit_count()


def _ranks_of(mask: int) -> list[int]:
    ranks: list[int] = []
    while mask:
        lowest = mask & -mask
        ranks.append(lowest.bit_length() - 1)
        mask ^= lowest
    return ranks
