"""Is this store the one that was here last time, or a restored copy?

A nonce lives in the store and in a small file beside the key, and changes at each sync.
When the two differ, the store was restored or copied: a new writer is opened before
anything is recorded, so that no sequence is ever used twice.
"""

from pathlib import Path

from fsmobile.store import ops
from fsmobile.store.files import write_durably
from fsmobile.store.identity import get_meta, set_meta
from fsmobile.store.replica import Replica

NONCE_SIZE = 16


def check_instance(replica: Replica, path: Path) -> bool:
    """Open a new writer if this store was put back; return whether it was.

    Call it while holding the sync lock, so that nobody else changes the nonce.
    """
    stored = get_meta(replica.connection, "instance_nonce")
    beside = _read(path)
    writers = ops.list_writers(replica)
    if not writers or (isinstance(stored, bytes) and stored == beside):
        return False
    was_put_back = stored is not None or beside is not None
    if was_put_back:
        current = writers[-1]
        ops.open_writer(replica, current.writer, current.acked_seq, "restored")
    rotate_instance(replica, path)
    return was_put_back


def rotate_instance(replica: Replica, path: Path) -> None:
    """Change the nonce, in the store first: a crash between the two then errs on the safe side.

    A needless new writer costs nothing; a sequence number used twice would.
    """
    nonce = replica.chance.token(NONCE_SIZE)
    with replica.write() as connection:
        set_meta(connection, "instance_nonce", nonce)
    write_durably(path, nonce.hex().encode("ascii"))


def _read(path: Path) -> bytes | None:
    try:
        return bytes.fromhex(path.read_text(encoding="ascii"))
    except (OSError, ValueError):
        return None
