"""Moving to another bus: what a laptop becomes, and what it may no longer see.

What others wrote is removed at once. What was recorded here is hidden and still sent; its bodies
are removed once they have a receipt, and once no backup older than that receipt is likely to be
restored on the registry.
"""

import msgspec

from fsmobile.protocol.certificates import Certificate, decode_certificate, device_of
from fsmobile.protocol.envelope import unseal
from fsmobile.protocol.messages import CERTIFICATES_MAX, SyncReply, decode_request
from fsmobile.protocol.ops import Op, read_op
from fsmobile.protocol.orders import DropOrder
from fsmobile.protocol.scopes import DEVICE, unit_scope
from fsmobile.store import projections
from fsmobile.store.erasure import must_scrub
from fsmobile.store.identity import get_meta, set_meta
from fsmobile.store.replica import Connection, Replica

CERTIFICATE = "enrol.certificate"
FORMER_CERTIFICATES = "former_certificates"
OWN_KEPT_MS = 7 * 86_400_000
"""How long own ops keep their bodies after the order: a registry restored from a backup of the
previous days asks for them again."""


def move_to(connection: Connection, order: DropOrder, op: Op, gsn: int) -> None:
    """Become a laptop of another bus, and stop seeing what belonged to the old one.

    A stick may bring a newer order first. An older one then no longer changes who this laptop is,
    and a scope that it takes away wrongly is read again (`settle`).
    """
    try:
        certificate = decode_certificate(order.certificate)
    except (ValueError, msgspec.DecodeError):
        return
    if not _is_own(connection, certificate):
        return
    if _is_newest(connection, op):
        former = _load_certificates(connection)[: CERTIFICATES_MAX - 1]
        for key, value in (
            (FORMER_CERTIFICATES, msgspec.msgpack.encode(former)),
            (CERTIFICATE, order.certificate),
            ("enrol.unit", certificate.unit),
            ("enrol.agency", certificate.agency),
            ("enrol.role", certificate.role),
            ("enrol.name", certificate.name),
        ):
            set_meta(connection, key, value)
    for scope in order.scopes:
        connection.execute(
            "INSERT OR REPLACE INTO dropped_scope (scope, gsn, ordered_at) VALUES (?, ?, ?)",
            (scope, gsn, int(op.hlc[:12], 16)),
        )
        connection.execute("DELETE FROM remote WHERE scope = ?", (scope,))
    must_scrub(connection, gsn)
    projections.rebuild_in(connection)


def list_certificates(replica: Replica) -> list[Certificate]:
    """Return the registry's certificates for each bus that this laptop worked in, newest first."""
    return [decode_certificate(one) for one in _load_certificates(replica.connection)]


def _load_certificates(connection: Connection) -> list[bytes]:
    current, former = (get_meta(connection, key) for key in (CERTIFICATE, FORMER_CERTIFICATES))
    assert isinstance(current, bytes)
    if not isinstance(former, bytes):
        return [current]
    return [current, *msgspec.msgpack.decode(former, type=list[bytes])]


def gone_scopes(connection: Connection, reply: SyncReply) -> set[str]:
    """Return the scopes that this laptop has left since an answer was written."""
    rows = connection.execute("SELECT scope FROM dropped_scope WHERE gsn > ?", (reply.receipt.gsn,))
    return {scope for (scope,) in rows}


def settle(connection: Connection, reply: SyncReply, *, is_current: bool = True) -> None:
    """Bring the dropped scopes up to date with what an answer says may be read.

    A scope that is handed out again is read from its start. Three answers decide nothing: one
    without a page, one from another history of the registry, and one with ops for this laptop
    alone, whose assignment may go on in the next page.
    """
    dropped = connection.execute("SELECT scope, gsn, ordered_at FROM dropped_scope").fetchall()
    if not dropped:
        return
    connection.execute("UPDATE cursor SET gsn = 0 WHERE scope IN (SELECT scope FROM dropped_scope)")
    gone = gone_scopes(connection, reply)
    is_known = is_current and bool(reply.pull.scopes) and not _tells_of_laptop(reply)
    readable = set(reply.pull.scopes) - gone if is_known else set()
    back = [scope for scope, *_ in dropped if scope in readable]
    for scope in back:
        connection.execute("DELETE FROM dropped_scope WHERE scope = ?", (scope,))
    if back:
        projections.rebuild_in(connection)
    for scope, gsn, ordered_at in dropped:
        if scope not in back:
            _drop_carried(connection, scope, gsn)
            if is_known and reply.now >= ordered_at + OWN_KEPT_MS:
                _drop_own(connection, scope, gsn, reply.receipt.gsn)


def _tells_of_laptop(reply: SyncReply) -> bool:
    """Tell whether a page holds ops that the registry addresses to this laptop alone."""
    scopes = reply.pull.scopes
    return any(scopes[op.scope].startswith(DEVICE) for op in reply.pull.ops)


def sends_for_others(connection: Connection) -> bool:
    """Tell whether anything recorded in a bus that was left since still waits to be sent.

    Dropped scopes do not tell: an office that changes bus still reads the old one.
    """
    found = connection.execute(
        "SELECT 1 FROM writer w JOIN op o ON o.writer = w.writer AND o.seq > w.acked_seq"
        " WHERE o.scope LIKE ? AND o.scope <> ?",
        (unit_scope("%"), unit_scope(str(get_meta(connection, "enrol.unit")))),
    )
    return found.fetchone() is not None


def _drop_own(connection: Connection, scope: str, gsn: int, upto: int) -> None:
    """Remove the bodies of own ops that the registry had received by the gsn `upto`.

    If this laptop comes back, the registry hands out only what it held before its order.
    """
    gone = connection.execute(
        "UPDATE op SET body = NULL WHERE scope = ? AND body IS NOT NULL"
        " AND seq <= (SELECT acked_seq FROM writer WHERE writer.writer = op.writer)"
        " AND seq <= (SELECT max(seq) FROM receipted r WHERE r.writer = op.writer AND gsn <= ?)",
        (scope, upto),
    )
    if gone.rowcount:
        must_scrub(connection, gsn)


def _drop_carried(connection: Connection, scope: str, gsn: int) -> None:
    """Forget the old bus's requests that were handed over: nobody will fetch their answers."""
    for digest, envelope in connection.execute(
        "SELECT digest, envelope FROM carried WHERE answer IS NOT NULL"
    ).fetchall():
        if scope in _scopes_in(envelope):
            connection.execute("DELETE FROM carried WHERE digest = ?", (digest,))
            must_scrub(connection, gsn)


def _scopes_in(envelope: bytes) -> set[str]:
    request = decode_request(unseal(envelope)[0])
    return {read_op(item).scope for item in request.writer.ops if isinstance(item, bytes)}


def _is_newest(connection: Connection, op: Op) -> bool:
    """Tell whether no later order of this kind is known; the registry's ids follow its clock."""
    found = connection.execute(
        "SELECT 1 FROM applied_order WHERE kind = ? AND op_id > ?", (op.kind, op.op_id)
    )
    return found.fetchone() is None


def _is_own(connection: Connection, certificate: Certificate) -> bool:
    return get_meta(connection, "enrol.device_id") == device_of(certificate)
