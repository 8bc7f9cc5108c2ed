"""What the store knows of its second copy: where it is, what it holds, how old it is."""

import msgspec

from fsmobile.store.erasure import forget_copy
from fsmobile.store.identity import SECOND_COPY, get_meta, set_meta
from fsmobile.store.ops import list_writers
from fsmobile.store.replica import Replica


class SecondCopy(msgspec.Struct, frozen=True, kw_only=True):
    """A sealed file that holds all that had no receipt when it was written."""

    made_at: int
    """Milliseconds since 1970, by this laptop's clock."""
    file: str
    file_id: str
    """Of its header, in hex: another one there is of another life of this laptop."""
    ops: int
    last_seqs: dict[str, int]
    """Writer (hex) to the last op that the file holds of it; what follows is in no copy."""


def load_copy(replica: Replica) -> SecondCopy | None:
    """Return the last copy that was written; None when there is none to speak of."""
    kept = get_meta(replica.connection, SECOND_COPY)
    return None if kept is None else msgspec.json.decode(str(kept), type=SecondCopy)


def save_copy(replica: Replica, copy: SecondCopy | None) -> None:
    """Note that a copy was written, or that none is needed."""
    with replica.write() as connection:
        kept = None if copy is None else msgspec.json.encode(copy).decode()
        set_meta(connection, SECOND_COPY, kept)
        forget_copy(connection)


def count_uncopied(replica: Replica) -> int:
    """Return how many ops have no receipt and are in no copy."""
    copy = load_copy(replica)
    held = {} if copy is None else copy.last_seqs
    return sum(
        max(0, one.last_seq - max(one.acked_seq, held.get(one.writer.hex(), 0)))
        for one in list_writers(replica)
    )
