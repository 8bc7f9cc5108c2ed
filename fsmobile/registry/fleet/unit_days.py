"""What each unit of a structure does today, counted: passages, visits, people; no content."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta

from fsmobile.core.ids import PassageId
from fsmobile.core.local_time import local_day, to_utc
from fsmobile.core.passages import PassageFact, PassageStatus, fold_passage
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.visits import VisitFact, VisitRecorded, fold_visit
from fsmobile.protocol import records
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.scopes import unit_scope
from fsmobile.registry.fleet.fleet_rows import FactRow, FleetRows
from fsmobile.registry.timetables import Timetable

DAY_MS = 86_400_000
PASSAGE_DAYS = 31
"""How many days ahead a bus may have cancelled a passage."""
_PASSAGES = (records.PASSAGE_OPEN, records.PASSAGE_CLOSE, records.PASSAGE_CANCEL)
_VISITS = (records.VISIT_RECORD, records.VISIT_CORRECT, records.VISIT_VOID)
_OVER = (PassageStatus.CLOSED, PassageStatus.CUT_SHORT)


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitDay:
    """The day of one unit, as far as the registry knows."""

    unit: str | None
    """None: passages whose vehicle nobody has said."""
    planned: int = 0
    """By the timetable, those that it cancels too."""
    unplanned: int = 0
    """Opened without being in the timetable."""
    opened: int = 0
    """Open now."""
    closed: int = 0
    """Over, cut short or not."""
    cancelled: int = 0
    """By the timetable or by the bus."""
    visits: int = 0
    """Of today, not counting cancelled ones."""
    people: int = 0
    received: int = 0
    """Visits that came in today, whatever their day."""


def load_unit_days(
    rows: FleetRows, timetable: Timetable, units: Iterable[str], now_ms: int
) -> tuple[date, list[UnitDay]]:
    """Return today in a structure, and what each of its units does."""
    now = datetime.fromtimestamp(now_ms / 1000, tz=UTC)
    day = local_day(now, timetable.timezone)
    plan = timetable.plan(day)
    planned = _by_passage(plan)
    known = sorted({*units, *(str(one.unit) for one in plan if one.unit is not None)})
    days: dict[str | None, UnitDay] = {unit: UnitDay(unit=unit) for unit in known}
    midnight = to_utc(day, time(0), timetable.timezone)
    for unit, counted in _count_passages(rows, known, planned, day, midnight):
        days[unit] = _add(days.get(unit, UnitDay(unit=unit)), counted)
    for unit, counted in _count_visits(rows, known, day, midnight):
        days[unit] = _add(days[unit], counted)
    return day, sorted(days.values(), key=lambda one: (one.unit is None, one.unit or ""))


def _by_passage(plan: Iterable[PlannedPassage]) -> dict[PassageId, list[PlannedPassage]]:
    found: dict[PassageId, list[PlannedPassage]] = defaultdict(list)
    for one in plan:
        found[one.passage_id].append(one)
    return found


def _count_passages(
    rows: FleetRows,
    units: list[str],
    planned: Mapping[PassageId, list[PlannedPassage]],
    day: date,
    midnight: datetime,
) -> Iterator[tuple[str | None, UnitDay]]:
    facts: dict[str, list[PassageFact]] = defaultdict(list)
    unit_of: dict[str, str] = {}
    by_scope = {unit_scope(unit): unit for unit in units}
    since = _ms(midnight - timedelta(days=PASSAGE_DAYS))
    found = rows.read_passage_facts(
        units, _PASSAGES, day=day, planned=planned, from_gsn=rows.first_gsn_since(since)
    )
    for row in found:
        fact = _read(row)
        if isinstance(fact, PassageFact):
            facts[row.entity].append(fact)
            unit_of.setdefault(row.entity, by_scope[row.scope])
    for passage_id in sorted({*planned, *facts}):
        openings = planned.get(PassageId(passage_id), [])
        status = fold_passage(PassageId(passage_id), facts.get(passage_id, ())).status
        if not openings and status is PassageStatus.EXPECTED:
            continue
        said = openings[0].unit if openings else None
        unit = unit_of.get(passage_id) or (None if said is None else str(said))
        off = bool(openings) and all(one.is_cancelled for one in openings)
        is_off = status is PassageStatus.CANCELLED or (off and status is PassageStatus.EXPECTED)
        yield (
            unit,
            UnitDay(
                unit=unit,
                planned=int(bool(openings)),
                unplanned=int(not openings),
                opened=int(status is PassageStatus.OPEN),
                closed=int(status in _OVER),
                cancelled=int(is_off),
            ),
        )


def _count_visits(
    rows: FleetRows, units: list[str], day: date, midnight: datetime
) -> Iterator[tuple[str, UnitDay]]:
    facts: dict[str, list[VisitFact]] = defaultdict(list)
    unit_of: dict[str, str] = {}
    arrived: dict[str, int] = {}
    by_scope = {unit_scope(unit): unit for unit in units}
    # A laptop's clock may be a day ahead: its visits of today came in yesterday.
    since = rows.first_gsn_since(_ms(midnight) - DAY_MS)
    for row in rows.read_facts(units, _VISITS, from_gsn=since):
        fact = _read(row)
        if not isinstance(fact, VisitFact):
            continue
        facts[row.entity].append(fact)
        if isinstance(fact, VisitRecorded):
            unit_of[row.entity] = by_scope[row.scope]
            arrived[row.entity] = row.received_at
    for visit_id, unit in unit_of.items():
        state = fold_visit(facts[visit_id])
        if state is None or state.is_void:
            continue
        is_of_today = state.visit.service_date == day
        yield (
            unit,
            UnitDay(
                unit=unit,
                visits=int(is_of_today),
                people=state.visit.people if is_of_today else 0,
                received=int(arrived[visit_id] >= _ms(midnight)),
            ),
        )


def _read(row: FactRow) -> records.Record | None:
    try:
        return records.read_record(read_op(row.body))
    except ValueError:
        # Judged when it came in; a rule that changed since then must not stop the page.
        return None


def _add(one: UnitDay, other: UnitDay) -> UnitDay:
    return replace(
        one,
        planned=one.planned + other.planned,
        unplanned=one.unplanned + other.unplanned,
        opened=one.opened + other.opened,
        closed=one.closed + other.closed,
        cancelled=one.cancelled + other.cancelled,
        visits=one.visits + other.visits,
        people=one.people + other.people,
        received=one.received + other.received,
    )


def _ms(instant: datetime) -> int:
    return int(instant.timestamp() * 1000)
