"""Writing the registry's own ops, handed out like all others: orders and bookings."""

from dataclasses import dataclass

from fsmobile.core.ids import AgentId, make_uuid7
from fsmobile.core.ports import Chance, Clock
from fsmobile.protocol.chain import hash_body
from fsmobile.protocol.clock import ZERO, tick
from fsmobile.protocol.ops import SALT_SIZE, Op, make_op
from fsmobile.registry.erasure_rows import OWN_WRITER
from fsmobile.registry.records import NewRow
from fsmobile.registry.storage import Transaction

OWN_AGENT = AgentId("registre")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderBook:
    """Writes the registry's ops, inside one transaction."""

    transaction: Transaction
    clock: Clock
    chance: Chance

    def write(
        self,
        kind: str,
        scope: str,
        data: bytes,
        *,
        agent_id: AgentId = OWN_AGENT,
        entity: str | None = None,
        after: str = ZERO,
        at: int | None = None,
    ) -> Op:
        """Write an op to a scope, in a person's name or the registry's own.

        `after` is the hybrid clock of what the op is about, so that it orders after it even if that
        clock is ahead. `at` is the instant of its id, for orders of which the newer must win.
        """
        now = self.clock.now_ms() if at is None else at
        op = make_op(
            kind=kind,
            schema=1,
            op_id=make_uuid7(now, self.chance.token(10)),
            scope=scope,
            hlc=tick(after, now),
            agent_id=agent_id,
            salt=self.chance.token(SALT_SIZE),
            entity=entity,
            data=data,
        )
        row = NewRow(
            op_id=op.op_id,
            writer=OWN_WRITER,
            kind=op.kind,
            scope=op.scope,
            entity=op.entity,
            body=op.body,
            hash=hash_body(op.body),
            is_forwarded=True,
            received_at=now,
        )
        self.transaction.add_ops([row])
        return op
