"""What the next sync would send, before it is sent: ops, requests, bytes."""

from dataclasses import dataclass

from msgspec.structs import replace

from fsmobile.protocol.compression import LAPTOP_LEVEL, Codec
from fsmobile.protocol.records import VISIT_RECORD
from fsmobile.store import ops, queries
from fsmobile.store.replica import Replica
from fsmobile.sync.engine import CHUNK_BYTES_FIRST, CHUNK_OPS

REQUEST_BYTES = 1200
"""Measured: headers, signatures, cursors and receipt of one exchange, both ways."""
PER_OP_BYTES = 8
"""What each op adds to the answer and to the framing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a sync would send; counts are exact, bytes to within a tenth."""

    ops: int
    visits: int
    requests: int
    bytes: int


def estimate_sync(replica: Replica, dictionary: bytes) -> Estimate:
    """Compress what waits and measure it; nothing is sent and nothing changes."""
    codec = Codec(LAPTOP_LEVEL, dictionary)
    count, requests, size = 0, 0, 0
    for writer in ops.list_writers(replica):
        acked = writer.acked_seq
        while acked < writer.last_seq:
            chunk = ops.read_chunk(
                replica,
                replace(writer, acked_seq=acked),
                ops_max=CHUNK_OPS,
                bytes_max=CHUNK_BYTES_FIRST,
            )
            if not chunk.items:
                break
            count += len(chunk.items)
            requests += 1
            bodies = b"".join(item for item in chunk.items if isinstance(item, bytes))
            size += len(codec.compress(bodies)) + PER_OP_BYTES * len(chunk.items)
            acked = chunk.last_seq
    visits = sum(line.kind == VISIT_RECORD for line in queries.list_waiting(replica))
    requests = max(1, requests)
    return Estimate(
        ops=count, visits=visits, requests=requests, bytes=size + REQUEST_BYTES * requests
    )
