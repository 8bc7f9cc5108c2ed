"""Building a request from the store: the same for the network, a stick, or a peer."""

from fsmobile import __version__
from fsmobile.protocol.envelope import PROTOCOL
from fsmobile.protocol.messages import Receipt, SyncRequest, Want, WriterBlock
from fsmobile.store import assignment, identity, orders
from fsmobile.store.cursors import Reading
from fsmobile.store.identity import Enrolment
from fsmobile.store.ops import Chunk, Writer
from fsmobile.store.replica import Replica


def make_request(
    replica: Replica,
    enrolment: Enrolment,
    writer: Writer,
    chunk: Chunk,
    *,
    reading: Reading,
    counter: int,
    want: Want,
    why: str,
) -> SyncRequest:
    """Return the request that sends a chunk and asks for the ops after a reading."""
    return SyncRequest(
        protocol=PROTOCOL,
        app=__version__,
        device_id=enrolment.device_id,
        counter=counter,
        epoch=identity.load_epoch(replica),
        now=replica.clock.now_ms(),
        writer=WriterBlock(
            writer=writer.writer,
            first_seq=chunk.first_seq,
            previous=chunk.previous,
            head=chunk.head,
            last_seq=writer.last_seq,
            ops=chunk.items,
            # Only while the registry may not know this writer yet.
            parent=writer.parent if writer.acked_seq == 0 else None,
            receipt=_receipt_to_show(writer),
        ),
        cursors=reading.cursors,
        points=list(reading.points),
        handovers=identity.handovers_to_show(replica),
        certificates=assignment.list_certificates(replica) if len(reading.points) > 1 else [],
        want=want,
        done=orders.load_done(replica),
        why=why,
    )


def _receipt_to_show(writer: Writer) -> Receipt | None:
    """Return the receipt that proves that the registry held more than it says now, if any.

    It is read from the store, not kept in memory: the link may drop right after the claim.
    """
    receipt = writer.receipt
    return receipt if receipt is not None and receipt.seq > writer.acked_seq else None
