"""The eight keys that say on which days: `jours`, `semaines`, `rang`, `cycle`, `saison`…"""

from collections.abc import Iterable

from fsmobile.core.documents import Value
from fsmobile.core.recurrence import (
    Cycle,
    CycleCount,
    HolidayRule,
    Recurrence,
    SchoolRule,
    Season,
    WeekParity,
)
from fsmobile.formats.schedule_values import WEEKDAYS, parse_season
from fsmobile.formats.toml_tables import TableReader, show

CYCLE_WEEKS_MAX = 520
RANKS = frozenset({*range(1, 6), *range(-5, 0)})
WEEKS = frozenset(range(1, 54))


def read_run_recurrence(
    table: TableReader, holidays: HolidayRule, school: SchoolRule
) -> Recurrence:
    """Read the rule of a run; `feries` and `vacances` default to those of its version."""
    parity, weeks = _read_weeks(table)
    return Recurrence(
        weekdays=_read_weekdays(table),
        parity=parity,
        weeks=weeks,
        ranks=table.wholes("rang", RANKS, "1..5, -5..-1"),
        cycle=_read_cycle(table),
        seasons=_read_seasons(table),
        school=table.choice("vacances", SchoolRule) or school,
        holidays=table.choice("feries", HolidayRule) or holidays,
        dates=table.days("dates"),
    )


def read_narrowing(table: TableReader) -> Recurrence | None:
    """Read the selectors a stop has of its own, or return None when it has none."""
    parity, weeks = _read_weeks(table)
    narrowing = Recurrence(
        weekdays=_read_weekdays(table),
        parity=parity,
        weeks=weeks,
        ranks=table.wholes("rang", RANKS, "1..5, -5..-1"),
        cycle=_read_cycle(table),
        seasons=_read_seasons(table),
        holidays=HolidayRule.SERVE,
    )
    return None if narrowing == Recurrence(holidays=HolidayRule.SERVE) else narrowing


def _read_weekdays(table: TableReader) -> frozenset[int]:
    raw = table.take("jours")
    kept: set[int] = set()
    for rank, item in enumerate(raw if isinstance(raw, list) else [raw]):
        at = rank if isinstance(raw, list) else None
        if item is None:
            continue
        if not isinstance(item, str):
            table.problem("wrong_type", "jours", rank=at, value=show(item), expected='"mardi"')
        elif item not in WEEKDAYS:
            table.unexpected("jours", item, WEEKDAYS, rank=at)
        else:
            kept.add(WEEKDAYS.index(item))
    return frozenset(kept)


def _read_weeks(table: TableReader) -> tuple[WeekParity, frozenset[int]]:
    raw = table.take("semaines")
    if isinstance(raw, list):
        return WeekParity.EVERY, table.wholes("semaines", WEEKS, "1..53")
    if isinstance(raw, int):
        table.problem("wrong_type", "semaines", value=show(raw), expected=f"[{show(raw)}]")
        return WeekParity.EVERY, frozenset()
    return table.choice("semaines", WeekParity) or WeekParity.EVERY, frozenset()


def _read_cycle(table: TableReader) -> Cycle | None:
    inner = table.table("cycle")
    if inner is None:
        return None
    length = inner.whole("longueur", 1, CYCLE_WEEKS_MAX, required=True)
    starts_on = inner.day("debut", required=True)
    ranks = _read_cycle_ranks(inner, length or CYCLE_WEEKS_MAX)
    count = inner.choice("compte", CycleCount) or CycleCount.CALENDAR
    inner.finish()
    if length is None or starts_on is None:
        return None
    return Cycle(length=length, starts_on=starts_on, ranks=ranks, count=count)


def _read_cycle_ranks(table: TableReader, length: int) -> frozenset[int]:
    raw = table.take("rang")
    if raw is None:
        return frozenset({1})
    if isinstance(raw, list):
        return table.wholes("rang", range(1, length + 1), f"1..{length}")
    rank = table.whole("rang", 1, length)
    return frozenset() if rank is None else frozenset({rank})


def _read_seasons(table: TableReader) -> tuple[Season, ...]:
    return tuple(table.parsed_list("saison", parse_season, '"06-15..09-15"') or ())


def recurrence_keys(
    rule: Recurrence,
    holidays: HolidayRule = HolidayRule.SKIP,
    school: SchoolRule = SchoolRule.IGNORE,
) -> dict[str, Value]:
    """Return the keys that say a rule, those to be taken out as None.

    What the version already says for all its runs is not said again.
    """
    days = [WEEKDAYS[day] for day in sorted(rule.weekdays)]
    weeks: Value = sorted(rule.weeks) or None
    if rule.parity is not WeekParity.EVERY:
        weeks = rule.parity.value
    seasons = [_season_text(one) for one in rule.seasons]
    return {
        "jours": days[0] if len(days) == 1 else days or None,
        "semaines": weeks,
        "rang": _ranks_in_order(rule.ranks) or None,
        "cycle": None if rule.cycle is None else _cycle_table(rule.cycle),
        "saison": seasons[0] if len(seasons) == 1 else seasons or None,
        "vacances": None if rule.school is school else rule.school.value,
        "feries": None if rule.holidays is holidays else rule.holidays.value,
        "dates": list(rule.dates) or None,
    }


def _ranks_in_order(ranks: Iterable[int]) -> list[int]:
    """Sort ranks as they come in a month: the first ones, then those from its end."""
    return sorted(ranks, key=lambda rank: (rank < 0, rank))


def _season_text(season: Season) -> str:
    (month, day), (last_month, last_day) = season.first, season.last
    return f"{month:02d}-{day:02d}..{last_month:02d}-{last_day:02d}"


def _cycle_table(cycle: Cycle) -> dict[str, Value]:
    ranks = sorted(cycle.ranks)
    table: dict[str, Value] = {"longueur": cycle.length, "debut": cycle.starts_on}
    if ranks != [1]:
        table["rang"] = ranks[0] if len(ranks) == 1 else ranks
    if cycle.count is not CycleCount.CALENDAR:
        table["compte"] = cycle.count.value
    return table
