"""Ops from elsewhere: a page from the registry, the other laptop, a recovery.

Nearly all are facts that are new here: they are stored, then folded, in bulk.
"""

import json
from collections.abc import Iterable, Sequence

from msgspec import Struct

from fsmobile.protocol.chain import hash_body
from fsmobile.protocol.clock import ZERO
from fsmobile.protocol.messages import ErasedOp, PulledOp
from fsmobile.protocol.ops import Op, read_op
from fsmobile.protocol.orders import ORDERS, POLICY
from fsmobile.protocol.records import SCHEDULE_PUBLISH
from fsmobile.store import erasure, orders
from fsmobile.store.names import is_name
from fsmobile.store.projections import project, project_all, refold
from fsmobile.store.replica import Connection


class _Arrived(Struct, frozen=True, gc=False):
    """A readable op, and what the registry says about it."""

    op: Op
    gsn: int
    """0 when the other laptop of the bus gave it."""
    number: int
    """Its number in the history that this laptop reads; 0 when it is not known."""
    scope: str
    is_withheld: bool = False
    """It holds a name and this store is not encrypted: only its id and hash are kept."""


def store_arrived(
    connection: Connection,
    items: Iterable[tuple[PulledOp, str]],
    *,
    keeps_names: bool,
    are_numbered: bool,
) -> list[Op]:
    """Store ops, each given with its scope; return those that are new and readable.

    Without `keeps_names` (an unencrypted store), only the id and hash of an op that holds a name
    are kept. With `are_numbered`, the numbers belong to the history that this laptop reads, and
    replace any number known from a history that the registry has lost.
    """
    stored: list[Op] = []
    facts: list[_Arrived] = []
    for item, scope in items:
        op = _read(connection, item)
        number = item.gsn if are_numbered else 0
        if op is not None and op.kind not in ORDERS:
            is_withheld = not keeps_names and is_name(op)
            facts.append(_Arrived(op, item.gsn, number, scope, is_withheld))
        elif op is not None or item.erased is not None:
            # An order changes what is kept: the facts before it are stored first.
            stored += _store_facts(connection, facts)
            facts = []
            if op is not None:
                stored += _store_order(connection, _Arrived(op, item.gsn, number, scope))
            elif item.erased is not None:
                _store_erased(connection, number, item.erased, scope)
    return stored + _store_facts(connection, facts)


def _read(connection: Connection, item: PulledOp) -> Op | None:
    """Read an op that has a body; note one that this program cannot take.

    One such op must not hold back the receipt and the rest of the page.
    """
    if item.body is None:
        return None
    try:
        return read_op(item.body)
    except ValueError as error:
        connection.execute(
            "INSERT OR REPLACE INTO unreadable (op_id, why) VALUES (?, ?)",
            (f"gsn {item.gsn}", str(error)[:500]),
        )
        return None


def _store_order(connection: Connection, order: _Arrived) -> list[Op]:
    if not order.gsn:
        return []  # only the registry may give orders
    if order.op.kind == POLICY and not order.number:
        return []  # the numbers it names may belong to a lost history; it is handed out again
    orders.apply_order(connection, order.op, order.gsn)
    return [order.op] if _store_one(connection, order) else []


def _store_facts(connection: Connection, facts: Sequence[_Arrived]) -> list[Op]:
    """Store a run of facts; return those that are new."""
    ids = [one.op.op_id for one in facts]
    erased = erasure.find_erased(connection, {*ids, *(one.op.entity for one in facts)})
    known = _find_known(connection, ids)
    new: list[_Arrived] = []
    again: list[_Arrived] = []
    gone: list[_Arrived] = []
    for one in facts:
        op = one.op
        if op.op_id in erased or op.entity in erased:
            erased.add(op.op_id)
            gone.append(one)
        elif op.op_id in known:
            again.append(one)
        else:
            known.add(op.op_id)
            new.append(one)
    _insert(connection, new)
    project_all(connection, [one.op for one in new if not one.is_withheld])
    for one in gone:
        if one.gsn:
            left = ErasedOp(one.op.op_id, hash_body(one.op.body))
            _store_erased(connection, one.number, left, one.scope)
    return [one.op for one in (*new, *(one for one in again if _store_one(connection, one)))]


def _store_one(connection: Connection, one: _Arrived) -> bool:
    """Store an op unless it is known; tell whether it is new."""
    if _is_known(connection, one):
        return False
    _insert(connection, [one])
    if not one.is_withheld:
        project(connection, one.op, is_new=False)
    return True


def _insert(connection: Connection, new: Sequence[_Arrived]) -> None:
    connection.executemany(
        "INSERT INTO remote (op_id, gsn, kind, entity, scope, hlc, body, hash)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [
            (
                *(op.op_id, one.number, op.kind, op.entity, op.scope, op.hlc),
                *(None if one.is_withheld else op.body, hash_body(op.body)),
            )
            for one in new
            for op in (one.op,)
        ],
    )


def _find_known(connection: Connection, ids: Sequence[str]) -> set[str]:
    """Return which of these ops are here."""
    rows = connection.execute(
        "SELECT op_id FROM op WHERE op_id IN (SELECT value FROM json_each(?1)) UNION ALL"
        " SELECT op_id FROM remote WHERE op_id IN (SELECT value FROM json_each(?1))",
        (json.dumps(ids),),
    )
    return {op_id for (op_id,) in rows}


def _read_own_again(connection: Connection, one: _Arrived) -> None:
    """Restore the body of an own op, once this laptop is back in a bus that it had left."""
    if one.is_withheld:
        return
    own = connection.execute(
        "UPDATE op SET body = ? WHERE op_id = ? AND body IS NULL AND hash = ?",
        (one.op.body, one.op.op_id, hash_body(one.op.body)),
    )
    was_refused = bool(one.number) and _forget_refusal(connection, one.op)
    if own.rowcount or was_refused:
        project(connection, one.op, is_new=False)


def _forget_refusal(connection: Connection, op: Op) -> bool:
    """Forget what was said against an own op that is handed out; tell whether anything was.

    No refused op is handed out: the refusal belongs to a history that the registry has lost, and a
    late copy of the request was judged otherwise since.
    """
    outcome = "WHERE op_id = ? AND code IN ('rejected', 'stale')"
    if op.kind == SCHEDULE_PUBLISH:
        published = f"UPDATE outcome SET code = 'published', detail = '{{}}' {outcome}"
        return connection.execute(published, (op.op_id,)).rowcount > 0
    return connection.execute(f"DELETE FROM outcome {outcome}", (op.op_id,)).rowcount > 0


def _is_known(connection: Connection, one: _Arrived) -> bool:
    """Tell whether an op need not be stored; note its number if the registry gives it one."""
    op, number = one.op, one.number
    if connection.execute("SELECT 1 FROM op WHERE op_id = ?", (op.op_id,)).fetchone():
        _read_own_again(connection, one)
        return True
    row = connection.execute(
        "SELECT hash, entity FROM remote WHERE op_id = ?", (op.op_id,)
    ).fetchone()
    if row is None:
        return False
    body_hash, entity = row
    if one.gsn and body_hash != hash_body(op.body):
        # The other laptop gave different content under this id, or ours was altered: the registry's
        # version is the one that every laptop shows.
        connection.execute("DELETE FROM remote WHERE op_id = ?", (op.op_id,))
        refold(connection, entity)
        return False
    # It came from the other laptop, or from a lost history: the registry holds it, with a number.
    numbered = number and connection.execute(
        "UPDATE remote SET gsn = ?1 WHERE op_id = ?2 AND gsn <> ?1", (number, op.op_id)
    )
    if numbered and numbered.rowcount and op.kind == SCHEDULE_PUBLISH:
        project(connection, op, is_new=False)
    return True


def _store_erased(connection: Connection, number: int, erased: ErasedOp, scope: str) -> None:
    """Keep the id and hash of an erased op; remove its body, if it was here.

    Ops that wait to be sent on the same entity stay: if its time ran out, they are still due; if
    somebody erased it, the order says so.
    """
    erasure.erase_here(connection, [erased.op_id], takes_unsent=False)
    if number:
        # The registry had not handed out this own op; another laptop has brought its id and hash.
        connection.execute(
            "UPDATE outcome SET detail = json_remove(detail, '$.handed_out') WHERE op_id = ?",
            (erased.op_id,),
        )
    connection.execute(
        "INSERT INTO remote (op_id, gsn, kind, entity, scope, hlc, hash)"
        " SELECT ?1, ?2, '', ?1, ?3, ?4, ?5 WHERE NOT EXISTS (SELECT 1 FROM op WHERE op_id = ?1)"
        " ON CONFLICT (op_id) DO UPDATE SET gsn = excluded.gsn WHERE excluded.gsn > 0",
        (erased.op_id, number, scope, ZERO, erased.hash),
    )
