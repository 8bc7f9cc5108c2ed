"""The eight keys that say on which days: `jours`, `semaines`, `rang`, `cycle`, `saison`…"""

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
