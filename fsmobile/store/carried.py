"""What this laptop carries for the other one: its sealed requests, and their answers."""

from hashlib import sha256

from msgspec import Struct

from fsmobile.store import erasure
from fsmobile.store.replica import Replica


class Carried(Struct, frozen=True, kw_only=True):
    """A request signed by another laptop, on its way to the registry and back."""

    digest: bytes
    device_id: bytes
    """Whose it is."""
    envelope: bytes
    answer: bytes | None
    """The registry's sealed answer, to hand back."""


def keep_request(replica: Replica, device_id: bytes, envelope: bytes) -> bool:
    """Keep a request to carry; return False when it is carried already, or must not be.

    A request is not carried when it holds something erased here, of which the other laptop may not
    know yet, or a name that an unencrypted store may not keep. The other laptop sends those itself.
    """
    if not replica.is_encrypted and erasure.holds_name(envelope):
        return False
    digest = sha256(envelope).digest()
    with replica.write() as connection:
        if erasure.holds_erased(connection, envelope):
            return False
        added = connection.execute(
            "INSERT OR IGNORE INTO carried (digest, device_id, taken_at, envelope)"
            " VALUES (?, ?, ?, ?)",
            (digest, device_id, replica.clock.now_ms(), envelope),
        )
    return added.rowcount == 1


def list_carried(replica: Replica) -> list[Carried]:
    """Return what is carried, in the order in which it was taken."""
    return [
        Carried(digest=digest, device_id=device_id, envelope=envelope, answer=answer)
        for digest, device_id, envelope, answer in replica.connection.execute(
            "SELECT digest, device_id, envelope, answer FROM carried ORDER BY taken_at, digest"
        )
    ]


def keep_answer(replica: Replica, digest: bytes, answer: bytes) -> None:
    """Keep the registry's answer to a carried request."""
    with replica.write() as connection:
        connection.execute("UPDATE carried SET answer = ? WHERE digest = ?", (answer, digest))


def forget(replica: Replica, digest: bytes) -> None:
    """Stop carrying a request whose answer was handed back."""
    with replica.write() as connection:
        connection.execute("DELETE FROM carried WHERE digest = ?", (digest,))
