"""Questions that the screens and commands ask the store; nothing here writes."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from typing import Any

from msgspec import Struct

from fsmobile.core.follow_ups import FollowUpState
from fsmobile.core.ids import AgentId, PassageId, ProcedureId, VisitId
from fsmobile.core.passages import Passage
from fsmobile.core.reports import stop_key
from fsmobile.core.visits import VisitState
from fsmobile.errors import NotFound
from fsmobile.protocol.messages import Receipt, decode_receipt
from fsmobile.protocol.ops import Op, read_op
from fsmobile.protocol.promise_records import FOLLOW_UP_NAME
from fsmobile.protocol.records import Record, read_record
from fsmobile.store.identity import get_meta
from fsmobile.store.projected_rows import (
    decode_follow_up_state,
    decode_passage,
    decode_visit_state,
)
from fsmobile.store.replica import Replica

RECENT = 3000
"""Enquiries that make « the most frequent »: about two years of one stop, four weeks of a bus."""


class VisitRow(Struct, frozen=True, kw_only=True):
    """A visit as a list shows it."""

    state: VisitState
    is_received: bool
    """The registry holds every fact of the visit known here: by a receipt, or it sent it."""
    refusal: str | None = None
    """Code of the registry's refusal, if it refused one of its facts."""


class HistoryLine(Struct, frozen=True, kw_only=True):
    """One fact of a visit or a passage, for « historique »."""

    op_id: str
    kind: str
    agent_id: AgentId
    recorded_at: int
    """Milliseconds since 1970, by the recorder's clock."""
    record: Record | None
    is_received: bool


class Waiting(Struct, frozen=True, kw_only=True):
    """An own op without a receipt."""

    op_id: str
    kind: str
    entity: str
    recorded_at: int


class SyncState(Struct, frozen=True, kw_only=True):
    """What waits and what is held, as far as receipts prove it."""

    waiting: int
    """Own ops without a receipt."""
    waiting_visits: int
    oldest_at: int | None
    """When the oldest waiting op was recorded, ms."""
    refused: int
    """Own ops that the registry refused, not yet seen by a person."""
    last_receipt: Receipt | None
    synced_at: int | None
    """End of the last exchange that went through, by this laptop's clock."""
    clock_offset_ms: int | None
    """Registry's clock less this one's, at that exchange."""


# Never the other way round, which would read a whole history to find that nothing waits.
_UNSENT = (
    "SELECT o.op_id, o.kind, o.entity, o.recorded_at FROM writer w"
    " CROSS JOIN op o WHERE o.writer = w.writer AND o.seq > w.acked_seq"
)


def list_visits(
    replica: Replica, *, day: date | None = None, passage_id: PassageId | None = None
) -> list[VisitRow]:
    """Return the visits of a day, of a passage, or all; the latest first, void ones included."""
    conditions, values = ["1"], list[str]()
    if day is not None:
        conditions.append("service_date = ?")
        values.append(day.isoformat())
    if passage_id is not None:
        conditions.append("passage_id = ?")
        values.append(passage_id)
    rows = replica.connection.execute(
        f"SELECT visit_id, state FROM visit WHERE {' AND '.join(conditions)}"
        " ORDER BY service_date DESC, starts DESC, visit_id DESC",
        values,
    ).fetchall()
    unproven = list_unproven(replica)
    refusals = _refusals(replica)
    return [
        VisitRow(
            state=decode_visit_state(state),
            is_received=visit_id not in unproven,
            refusal=refusals.get(visit_id),
        )
        for visit_id, state in rows
    ]


def list_visits_between(replica: Replica, first: date, last: date) -> Iterator[VisitState]:
    """Give the visits of some days, both included, the oldest first; void ones included."""
    rows = replica.connection.execute(
        "SELECT state FROM visit WHERE service_date BETWEEN ? AND ?"
        " ORDER BY service_date, starts, visit_id",
        (first.isoformat(), last.isoformat()),
    )
    return (decode_visit_state(state) for (state,) in rows)


def count_visits_by_hour(
    replica: Replica, first: date, last: date
) -> list[tuple[PassageId, int, int]]:
    """Return how many visits of some days began in each hour, passage by passage."""
    rows = replica.connection.execute(
        "SELECT passage_id, CAST(substr(starts, 1, 2) AS INTEGER) AS hour, count(*) FROM visit"
        " WHERE service_date BETWEEN ? AND ? AND NOT is_void AND passage_id IS NOT NULL"
        " GROUP BY passage_id, hour ORDER BY passage_id, hour",
        (first.isoformat(), last.isoformat()),
    )
    return [(PassageId(passage_id), hour, visits) for passage_id, hour, visits in rows]


def load_visit(replica: Replica, visit_id: VisitId) -> VisitState:
    """Return one visit.

    Raises:
        NotFound: no such visit here.
    """
    row = replica.connection.execute(
        "SELECT state FROM visit WHERE visit_id = ?", (visit_id,)
    ).fetchone()
    if row is None:
        raise NotFound("visit", visit_id)
    return decode_visit_state(row[0])


def load_visits(replica: Replica, visit_ids: Sequence[str]) -> dict[str, VisitState]:
    """Return visits by their ids; what is not here is left out."""
    rows = replica.connection.execute(
        "SELECT visit_id, state FROM visit WHERE visit_id IN (SELECT value FROM json_each(?))",
        (json.dumps(visit_ids),),
    )
    return {visit_id: decode_visit_state(state) for visit_id, state in rows}


def load_follow_ups(replica: Replica, follow_up_ids: Sequence[str]) -> dict[str, FollowUpState]:
    """Return follow-ups by their ids; what is not here is left out."""
    rows = replica.connection.execute(
        "SELECT follow_up_id, state FROM follow_up"
        " WHERE follow_up_id IN (SELECT value FROM json_each(?))",
        (json.dumps(follow_up_ids),),
    )
    return {follow_up_id: decode_follow_up_state(state) for follow_up_id, state in rows}


def load_named_follow_ups(replica: Replica) -> list[FollowUpState]:
    """Return the follow-ups whose person is named here."""
    entities = [
        entity
        for table in ("op", "remote")
        for (entity,) in replica.connection.execute(
            f"SELECT entity FROM {table} INDEXED BY {table}_named"
            f" WHERE kind = '{FOLLOW_UP_NAME}' AND body IS NOT NULL"
        )
    ]
    known = load_follow_ups(replica, entities).values()
    return [state for state in known if state.named is not None]


def count_visits(replica: Replica) -> int:
    """Return how many visits are recorded here, cancelled ones included."""
    (count,) = replica.connection.execute("SELECT count(*) FROM visit").fetchone()
    return int(count)


def load_passages(replica: Replica, day: date) -> dict[PassageId, Passage]:
    """Return what happened at the passages of a day (by their original date)."""
    return load_passages_between(replica, day, day)


def load_passages_between(replica: Replica, first: date, last: date) -> dict[PassageId, Passage]:
    """Return what happened at the passages of some days (by their original date)."""
    return {
        PassageId(passage_id): decode_passage(state)
        for passage_id, state in replica.connection.execute(
            "SELECT passage_id, state FROM passage WHERE service_date BETWEEN ? AND ?",
            (first.isoformat(), last.isoformat()),
        )
    }


def last_recorded_at(replica: Replica) -> int | None:
    """Return when this laptop last recorded something, by its clock of then."""
    row = replica.connection.execute(
        "SELECT o.recorded_at FROM op o JOIN writer w ON w.writer = o.writer"
        " WHERE w.is_current = 1 ORDER BY o.seq DESC LIMIT 1"
    ).fetchone()
    return None if row is None else int(row[0])


def last_passage_day(replica: Replica, before: date) -> date | None:
    """Return the last day before another of whose passages something is told."""
    (day,) = replica.connection.execute(
        "SELECT max(service_date) FROM passage WHERE service_date < ?", (before.isoformat(),)
    ).fetchone()
    return None if day is None else date.fromisoformat(day)


_ONE_PASSAGE_PER_STOP = """
WITH RECURSIVE served (passage_id) AS (
  SELECT min(passage_id) FROM visit
  UNION ALL
  SELECT (
    SELECT min(visit.passage_id) FROM visit
    WHERE visit.passage_id > rtrim(served.passage_id, replace(served.passage_id, '/', '')) || '~'
  )
  FROM served WHERE passage_id IS NOT NULL
)
SELECT passage_id FROM served WHERE passage_id IS NOT NULL
"""
"""From each stop to the next one by the index: never through the visits."""


def list_served_stops(replica: Replica) -> set[str]:
    """Return the stops (`reports.stop_key`) where visits were recorded, retired ones too."""
    rows = replica.connection.execute(_ONE_PASSAGE_PER_STOP)
    return {stop_key(PassageId(passage_id)) for (passage_id,) in rows}


def load_passage(replica: Replica, passage_id: PassageId) -> Passage:
    """Return what happened at one passage; nothing yet is a passage that is expected."""
    row = replica.connection.execute(
        "SELECT state FROM passage WHERE passage_id = ?", (passage_id,)
    ).fetchone()
    return Passage(passage_id=passage_id) if row is None else decode_passage(row[0])


def load_history(replica: Replica, entity: str) -> list[HistoryLine]:
    """Return every fact of a visit or passage, the oldest first."""
    rows = replica.connection.execute(
        "SELECT o.op_id, o.kind, o.hlc, o.body, o.seq <= w.acked_seq FROM op o"
        " JOIN writer w ON w.writer = o.writer"
        " WHERE o.op_id = ?1 OR (o.entity = ?1 AND o.entity <> o.op_id)"
        " UNION ALL SELECT op_id, kind, hlc, body, gsn > 0 FROM remote"
        " WHERE op_id = ?1 OR (entity = ?1 AND entity <> op_id)"
        " ORDER BY 3, 1",
        (entity,),
    ).fetchall()
    lines = []
    for op_id, kind, hlc, body, received in rows:
        op = None if body is None else read_op(body)
        lines.append(
            HistoryLine(
                op_id=op_id,
                kind=kind,
                agent_id=AgentId("" if op is None else op.agent_id),
                recorded_at=int(hlc[:12], 16),
                record=None if op is None else _readable(op),
                is_received=bool(received),
            )
        )
    return lines


def count_procedures(
    replica: Replica, passage_id: PassageId | None
) -> tuple[dict[ProcedureId, int], dict[ProcedureId, int]]:
    """Return how often each procedure came lately, (at this stop, everywhere)."""
    here: dict[ProcedureId, int] = {}
    everywhere: dict[ProcedureId, int] = {}
    stop = stop_key(passage_id)
    for procedure, at_stop, total in replica.connection.execute(
        "SELECT procedure, sum(stop = ?), count(*) FROM"
        " (SELECT procedure, stop FROM enquiry ORDER BY visit_id DESC LIMIT ?)"
        " GROUP BY procedure",
        (stop, RECENT),
    ):
        everywhere[ProcedureId(procedure)] = total
        if at_stop:
            here[ProcedureId(procedure)] = at_stop
    return here, everywhere


def count_season(
    replica: Replica, passage_id: PassageId | None, spans: Iterable[tuple[date, date]]
) -> tuple[Counter[ProcedureId], Counter[ProcedureId]]:
    """Return how often each procedure came in some spans of days, (at this stop, everywhere)."""
    here, everywhere = Counter[ProcedureId](), Counter[ProcedureId]()
    stop = stop_key(passage_id)
    for first, last in spans:
        for procedure, at_stop, total in replica.connection.execute(
            "SELECT enquiry.procedure, sum(enquiry.stop = ?), count(*)"
            " FROM visit INDEXED BY visit_day CROSS JOIN enquiry USING (visit_id)"
            " WHERE visit.service_date BETWEEN ? AND ? GROUP BY enquiry.procedure",
            (stop, first.isoformat(), last.isoformat()),
        ):
            everywhere[procedure] += total
            here[procedure] += at_stop
    return here, everywhere


def list_waiting(replica: Replica) -> list[Waiting]:
    """Return own ops without a receipt, the oldest first."""
    return [
        Waiting(op_id=op_id, kind=kind, entity=entity, recorded_at=recorded_at)
        for op_id, kind, entity, recorded_at in replica.connection.execute(
            f"{_UNSENT} ORDER BY o.recorded_at, o.seq"
        )
    ]


def list_unproven(replica: Replica) -> set[str]:
    """Return the entities with a fact that the registry is not known to hold.

    An own fact without a receipt, or one that the other laptop of the bus gave: until the
    registry sends it too, it may be on these two laptops only.
    """
    given = replica.connection.execute("SELECT entity FROM remote WHERE gsn = 0")
    return {line.entity for line in list_waiting(replica)} | {entity for (entity,) in given}


def load_sync_state(replica: Replica) -> SyncState:
    """Return what waits and what is held."""
    connection = replica.connection
    waiting, visits, oldest = connection.execute(
        f"SELECT count(*), coalesce(sum(kind = 'visit.record'), 0), min(recorded_at)"
        f" FROM ({_UNSENT})"
    ).fetchone()
    (refused,) = connection.execute(
        "SELECT count(*) FROM outcome WHERE code IN ('rejected', 'stale') AND seen = 0"
    ).fetchone()
    receipt = connection.execute(
        "SELECT receipt FROM writer WHERE is_current = 1 AND receipt IS NOT NULL"
    ).fetchone()
    return SyncState(
        waiting=waiting,
        waiting_visits=visits,
        oldest_at=oldest,
        refused=refused,
        last_receipt=None if receipt is None else decode_receipt(receipt[0]),
        synced_at=_integer(get_meta(connection, "synced_at")),
        clock_offset_ms=_integer(get_meta(connection, "clock_offset_ms")),
    )


def list_refusals(replica: Replica) -> list[tuple[str, str, str, dict[str, Any]]]:
    """Return (op_id, kind, code, detail) of own ops that the registry refused."""
    return [
        (op_id, kind, code, json.loads(detail))
        for op_id, kind, code, detail in replica.connection.execute(
            "SELECT o.op_id, o.kind, r.code, r.detail FROM outcome r CROSS JOIN op o USING (op_id)"
            " WHERE r.code IN ('rejected', 'stale') ORDER BY o.recorded_at"
        )
    ]


def count_restarts(replica: Replica, since_ms: int) -> int:
    """Return how often the registry made this laptop begin a new log, since an instant."""
    query = "SELECT count(*) FROM writer WHERE why IN ('fork', 'replay') AND opened_at >= ?"
    (count,) = replica.connection.execute(query, (since_ms,)).fetchone()
    return int(count)


def _readable(op: Op) -> Record | None:
    try:
        return read_record(op)
    except ValueError:
        return None


def _refusals(replica: Replica) -> dict[str, str]:
    return dict(
        replica.connection.execute(
            "SELECT o.entity, r.code FROM outcome r JOIN op o USING (op_id)"
            " WHERE r.code = 'rejected'"
        ).fetchall()
    )


def _integer(value: object) -> int | None:
    return value if isinstance(value, int) else None
