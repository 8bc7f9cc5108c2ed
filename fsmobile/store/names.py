"""Names of people: those held here and until when; unencrypted stores keep none they receive."""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date

from msgspec import Struct

from fsmobile.core.follow_ups import FollowUpFactUndone, FollowUpNamed
from fsmobile.protocol.ops import Op, read_op
from fsmobile.protocol.promise_records import FOLLOW_UP_NAME, FOLLOW_UP_UNDO
from fsmobile.protocol.records import read_record
from fsmobile.store.replica import Replica


class HeldName(Struct, frozen=True, kw_only=True):
    """A fact that holds a name, even if it was replaced or withdrawn."""

    op_id: str
    erase_on: date
    """`date.min` for a withdrawn fact, which has no reason to stay."""


def is_name(op: Op) -> bool:
    """Tell whether an op holds the name of a person, readable or not."""
    return op.kind == FOLLOW_UP_NAME


def list_held_names(replica: Replica) -> list[HeldName]:
    """Return every fact that still holds a name, own or received, the earliest to expire first."""
    found = list(_read_held(replica))
    found.sort(key=lambda one: (one.erase_on, one.op_id))
    return found


def list_own_names(replica: Replica) -> list[HeldName]:
    """Return this laptop's own facts that hold a name, the latest to expire last."""
    own = {op_id for (op_id,) in replica.connection.execute(f"SELECT op_id {_named('op')}")}
    return [one for one in list_held_names(replica) if one.op_id in own]


def await_withheld(replica: Replica) -> int:
    """Have the next sync ask for the names that the store did not keep; return how many.

    Called when the store is about to be encrypted. Erased names do not come back.
    """
    withheld = (
        f"FROM remote WHERE kind = '{FOLLOW_UP_NAME}' AND body IS NULL"
        " AND op_id NOT IN (SELECT op_id FROM erased)"
        " AND entity NOT IN (SELECT op_id FROM erased)"
    )
    with replica.write() as connection:
        connection.execute(
            "UPDATE cursor SET gsn = min(gsn, first - 1) FROM"
            f" (SELECT scope AS named, min(gsn) AS first {withheld} AND gsn > 0 GROUP BY scope)"
            " WHERE scope = named"
        )
        return connection.execute(f"DELETE {withheld}").rowcount


def _named(table: str) -> str:
    return (
        f"FROM {table} INDEXED BY {table}_named"
        f" WHERE kind = '{FOLLOW_UP_NAME}' AND body IS NOT NULL"
    )


def _read_held(replica: Replica) -> Iterator[HeldName]:
    for table in ("op", "remote"):
        for (body,) in replica.connection.execute(f"SELECT body {_named(table)}"):
            op = read_op(body)
            with suppress(ValueError):
                record = read_record(op)
                if isinstance(record, FollowUpNamed):
                    is_withdrawn = op.op_id in _withdrawn(replica, op.entity)
                    erase_on = date.min if is_withdrawn else record.named.erase_on
                    yield HeldName(op_id=op.op_id, erase_on=erase_on)


def _withdrawn(replica: Replica, entity: str) -> set[str]:
    """Return the withdrawn facts of a follow-up."""
    found: set[str] = set()
    for table in ("op", "remote"):
        for (body,) in replica.connection.execute(
            f"SELECT body FROM {table} WHERE entity = ? AND entity <> op_id"
            f" AND kind = '{FOLLOW_UP_UNDO}' AND body IS NOT NULL",
            (entity,),
        ):
            with suppress(ValueError):
                record = read_record(read_op(body))
                if isinstance(record, FollowUpFactUndone):
                    found.add(record.undone)
    return found
