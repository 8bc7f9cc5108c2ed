"""Whether the store still holds what was recorded: hashes, chains, SQLite's own check."""

from msgspec import Struct

from fsmobile.protocol.chain import hash_body, next_chain
from fsmobile.store import ops
from fsmobile.store.replica import Replica


class StoreHealth(Struct, frozen=True, kw_only=True):
    """What a check found."""

    own_ops: int
    remote_ops: int
    faults: tuple[str, ...]
    """Technical words for support; empty when all is well."""

    @property
    def is_sound(self) -> bool:
        """Tell whether nothing is wrong."""
        return not self.faults


def check_store(replica: Replica) -> StoreHealth:
    """Recompute every hash and chain from the bodies, and compare."""
    connection = replica.connection
    faults = [
        f"sqlite: {line}"
        for (line,) in connection.execute("PRAGMA integrity_check")
        if line != "ok"
    ]
    own = 0
    for writer in ops.list_writers(replica):
        chain = ops.chain_start(connection, writer.writer)
        for seq, op_id, body, body_hash, stored in connection.execute(
            "SELECT seq, op_id, body, hash, chain FROM op WHERE writer = ? ORDER BY seq",
            (writer.writer,),
        ):
            own += 1
            chain = next_chain(chain, seq, op_id, body_hash)
            if body is not None and hash_body(body) != body_hash:
                faults.append(f"body {op_id}")
            if chain != stored:
                faults.append(f"chain {writer.writer.hex()}/{seq}")
                break
    remote = 0
    for op_id, body, body_hash in connection.execute("SELECT op_id, body, hash FROM remote"):
        remote += 1
        if body is not None and hash_body(body) != body_hash:
            faults.append(f"body {op_id}")
    return StoreHealth(own_ops=own, remote_ops=remote, faults=tuple(faults))
