"""Ledgers: the facts of one unit, folded once and kept until they change."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from threading import Lock

from sqlalchemy import func, select

from fsmobile.core.appointments import AppointmentFact, fold_appointment
from fsmobile.core.ids import PassageId, parse_passage_id
from fsmobile.core.passages import PassageFact
from fsmobile.core.reports import Figures, count_visits, stop_key
from fsmobile.core.visits import VisitFact, VisitState, fold_visit
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.records import Held, read_record
from fsmobile.protocol.scopes import unit_scope
from fsmobile.registry import schema
from fsmobile.registry.rows import Rows

KEPT_MAX = 64
"""Units whose ledger stays in memory; two years of one are a few megabytes."""
_o = schema.op.c


@dataclass(frozen=True, slots=True, kw_only=True)
class Ledger:
    """The facts of one unit, ready to be added up over any period."""

    state: tuple[int, int]
    """The unit's last op and its number of bodies: one of them changes when the facts do."""
    days: Mapping[date, Figures]
    passages: Mapping[PassageId, tuple[PassageFact, ...]]
    lifts: tuple[tuple[date, str], ...]
    """Day and stop of each appointment of a person who cannot come alone."""


@dataclass(slots=True)
class Ledgers:
    """The ledgers that were asked for lately."""

    _kept: dict[str, Ledger] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def load(self, rows: Rows, unit: str) -> Ledger:
        """Return the ledger of a unit, up to date with the database."""
        state = _read_state(rows, unit)
        known = self._kept.get(unit)
        if known is not None and known.state == state:
            return known
        made = _make(rows, unit, state)
        with self._lock:
            self._kept.pop(unit, None)
            while len(self._kept) >= KEPT_MAX:
                self._kept.pop(next(iter(self._kept)))
            self._kept[unit] = made
        return made


def _read_state(rows: Rows, unit: str) -> tuple[int, int]:
    # A body that is erased leaves its row: the count of those that are held tells.
    query = select(func.max(_o.gsn), func.count(_o.body)).where(_o.scope == unit_scope(unit))
    last, bodies = rows.connection.execute(query).one()
    return int(last or 0), int(bodies)


def _make(rows: Rows, unit: str, state: tuple[int, int]) -> Ledger:
    visits: defaultdict[str, list[VisitFact]] = defaultdict(list)
    appointments: defaultdict[str, list[AppointmentFact]] = defaultdict(list)
    passages: defaultdict[PassageId, list[PassageFact]] = defaultdict(list)
    for entity, record in _read_records(rows, unit):
        if isinstance(record, VisitFact):
            visits[entity].append(record)
        elif isinstance(record, PassageFact):
            passages[PassageId(entity)].append(record)
        elif isinstance(record, AppointmentFact):
            appointments[entity].append(record)
    days: defaultdict[date, list[VisitState]] = defaultdict(list)
    for facts in visits.values():
        visit = fold_visit(facts)
        if visit is not None:
            days[visit.visit.service_date].append(visit)
    return Ledger(
        state=state,
        days={day: count_visits(found) for day, found in days.items()},
        passages={passage_id: tuple(facts) for passage_id, facts in passages.items()},
        lifts=tuple(_lifts(appointments.values())),
    )


def _read_records(rows: Rows, unit: str) -> Iterable[tuple[str, object]]:
    query = select(_o.entity, _o.body).where(
        _o.scope == unit_scope(unit), _o.is_forwarded == 1, _o.body.is_not(None)
    )
    for entity, body in rows.connection.execute(query.execution_options(yield_per=1000)):
        try:
            record = read_record(read_op(bytes(body)))
        except ValueError:
            # Judged when it came in; a rule that changed since then must not stop a report.
            continue
        if not isinstance(record, Held):
            yield entity, record


def _lifts(appointments: Iterable[list[AppointmentFact]]) -> Iterable[tuple[date, str]]:
    for facts in appointments:
        state = fold_appointment(facts)
        if state is not None and state.is_on and state.appointment.needs_transport:
            passage_id = state.appointment.passage_id
            yield parse_passage_id(passage_id).service_date, stop_key(passage_id)
