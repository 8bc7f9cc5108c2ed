"""Erasing ops: the bodies go, ids, hashes and chains stay, and every laptop is told."""

import json
from collections.abc import Sequence

from sqlalchemy import select

from fsmobile.core.ids import AgentId, make_uuid7
from fsmobile.errors import NotFound
from fsmobile.protocol.chain import hash_body
from fsmobile.protocol.clock import tick
from fsmobile.protocol.ops import SALT_SIZE, make_op
from fsmobile.registry import schema
from fsmobile.registry.administration import note_event
from fsmobile.registry.records import EventKind, NewRow
from fsmobile.registry.service import RegistryService
from fsmobile.registry.storage import Transaction

ERASE = "erase"
OWN_WRITER = bytes(16)
"""Writer of what the registry itself says; no laptop can have it."""
OWN_AGENT = AgentId("registre")


def erase(service: RegistryService, op_ids: Sequence[str], ground: str) -> list[str]:
    """Erase ops here and order their erasure everywhere; return those that were held.

    Raises:
        NotFound: none of them is held.
    """
    now = service.clock.now_ms()
    with service.storage.transaction() as transaction:
        scopes = _scopes_of(transaction, op_ids)
        if not scopes:
            raise NotFound("op", ", ".join(op_ids))
        held = transaction.erase_bodies(op_ids, now, ground)
        for scope, targets in scopes.items():
            _order(service, transaction, scope, targets, ground)
        note_event(service, transaction, EventKind.ERASED, detail=str(len(held)))
    service.storage.scrub()
    return held


def _scopes_of(transaction: Transaction, op_ids: Sequence[str]) -> dict[str, list[str]]:
    o = schema.op.c
    rows = transaction.connection.execute(
        select(o.scope, o.op_id).where(o.op_id.in_(op_ids)).order_by(o.gsn)
    )
    scopes: dict[str, list[str]] = {}
    for scope, op_id in rows:
        scopes.setdefault(scope, []).append(op_id)
    return scopes


def _order(
    service: RegistryService,
    transaction: Transaction,
    scope: str,
    targets: list[str],
    ground: str,
) -> None:
    """Write the op that tells the laptops of a scope."""
    now = service.clock.now_ms()
    op = make_op(
        kind=ERASE,
        schema=1,
        op_id=make_uuid7(now, service.chance.token(10)),
        scope=scope,
        hlc=tick("000000000000-0000", now),
        agent_id=OWN_AGENT,
        salt=service.chance.token(SALT_SIZE),
        entity=None,
        data=json.dumps({"targets": targets, "ground": ground}).encode(),
    )
    transaction.add_ops(
        [
            NewRow(
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
        ]
    )
