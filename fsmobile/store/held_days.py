"""What is held for each day: to compare with the registry, and to restore what it lost.

Counted are the ops that both sides should have: pulled ones, and own ones with a receipt, except
those that the registry refused and therefore hands to nobody.
"""

from collections.abc import Iterator, Sequence
from datetime import date

from fsmobile.protocol.digests import ids_between
from fsmobile.protocol.messages import ErasedOp, PulledOp
from fsmobile.protocol.promise_records import FOLLOW_UP_NAME
from fsmobile.store.replica import Replica

_HELD = """
    SELECT op_id, hash FROM remote
    WHERE scope = ?1 AND op_id BETWEEN ?2 AND ?3 AND gsn > 0
    UNION ALL
    SELECT o.op_id, o.hash FROM op o JOIN writer w ON w.writer = o.writer
    WHERE o.scope = ?1 AND o.op_id BETWEEN ?2 AND ?3 AND o.seq <= w.acked_seq
    AND NOT EXISTS
      (SELECT 1 FROM outcome r WHERE r.op_id = o.op_id
       AND (r.code IN ('rejected', 'stale') OR json_extract(r.detail, '$.handed_out') = 0))
"""
_GIVEN_BACK = f"""
    SELECT body, hash FROM op WHERE op_id = ?1
    UNION ALL
    SELECT body, hash FROM remote WHERE op_id = ?1
      AND (body IS NOT NULL OR kind <> '{FOLLOW_UP_NAME}'
           OR EXISTS (SELECT 1 FROM erased e WHERE e.op_id IN (remote.op_id, remote.entity)))
"""


def read_held(replica: Replica, scope: str, first: str, last: str) -> Iterator[tuple[str, bytes]]:
    """Yield (op id, hash) of the ops held in a scope for some days."""
    low, high = ids_between(first, last)
    yield from replica.connection.execute(_HELD, (scope, low, high))


def read_given_back(replica: Replica, op_ids: Sequence[str], scope: int) -> list[PulledOp]:
    """Return ops as they are given back to the registry; `scope` is an index in the request.

    A name that an unencrypted store did not keep is left out: it was not erased, and whoever holds
    it gives it back.
    """
    found = []
    for op_id in op_ids:
        row = replica.connection.execute(_GIVEN_BACK, (op_id,)).fetchone()
        if row is not None:
            body, body_hash = row
            erased = ErasedOp(op_id, body_hash) if body is None else None
            found.append(PulledOp(gsn=0, scope=scope, body=body, erased=erased))
    return found


def doubt_places(replica: Replica, lacking: Sequence[str]) -> None:
    """Stop counting ops that the registry has lost and of which this laptop has no body.

    If the registry finds proof of one, or its author still has it, it is handed out again under a
    new number.
    """
    with replica.write() as connection:
        connection.executemany(
            "UPDATE remote SET gsn = 0 WHERE op_id = ? AND body IS NULL",
            [(op_id,) for op_id in lacking],
        )


def count_received_visits(replica: Replica, service_date: date) -> tuple[int, int]:
    """Return (with a receipt, in all) of the visits recorded here for a service date."""
    received, total = replica.connection.execute(
        "SELECT coalesce(sum(o.seq <= w.acked_seq), 0), count(*) FROM visit v"
        " JOIN op o ON o.op_id = v.visit_id JOIN writer w ON w.writer = o.writer"
        " WHERE v.service_date = ?",
        (service_date.isoformat(),),
    ).fetchone()
    return int(received), int(total)
