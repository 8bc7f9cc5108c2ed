"""The way out when there is no network: a sealed file to the registry, an answer back.

Every file starts at the last receipt, so it depends on no other. It may come late, twice, out of
order or after the network: the chain decides.
"""

from dataclasses import dataclass

import msgspec
from msgspec.structs import replace

from fsmobile.errors import BadSignature, InvalidInput, NotAllowed
from fsmobile.protocol import messages
from fsmobile.protocol.bundle import Bundle, read_bundle, write_bundle
from fsmobile.protocol.compression import LAPTOP_LEVEL, Codec
from fsmobile.protocol.envelope import seal, unseal
from fsmobile.protocol.messages import (
    WHY_STICK,
    Fork,
    Gap,
    Revoked,
    SyncAnswer,
    SyncReply,
    UnknownDevice,
    Want,
)
from fsmobile.protocol.records import VISIT_RECORD
from fsmobile.protocol.signatures import SigningKey, verify
from fsmobile.store import cursors, identity, ops, pages, queries, sticks
from fsmobile.store.cursors import Reading
from fsmobile.store.identity import Enrolment
from fsmobile.store.ops import Writer
from fsmobile.store.replica import Replica
from fsmobile.store.sticks import StickEntry
from fsmobile.sync.engine import CHUNK_BYTES_MAX, CHUNK_OPS
from fsmobile.sync.progress import SyncReport
from fsmobile.sync.registry_keys import follow_registry
from fsmobile.sync.requests import make_request

PULL_BYTES = 64 * 1024 * 1024
PULL_OPS = 100_000
UP, DOWN = "up", "down"


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """A file for the stick, and its line in the ledger."""

    data: bytes
    entry: StickEntry


def export_stick(replica: Replica, key: SigningKey, dictionary: bytes) -> Exported:
    """Write what has no receipt, and ask for what is new, into one sealed file.

    Raises:
        NotAllowed: the laptop is not enrolled.
    """
    enrolment = _enrolment(replica)
    reading = cursors.load_reading(replica)
    envelopes: list[bytes] = []
    count = 0
    for writer in ops.list_writers(replica):
        for request in requests_of(replica, enrolment, writer, reading, asks_for_news=True):
            count += len(request.writer.ops)
            envelopes.append(seal(messages.encode(request), key.sign))
    file_id = replica.chance.token(16)
    data = write_bundle(
        envelopes=envelopes,
        kind=UP,
        key=key,
        reader=enrolment.registry_box_key,
        file_id=file_id,
        ephemeral_secret=replica.chance.token(32),
        now=replica.clock.now_ms(),
        codec=Codec(LAPTOP_LEVEL, dictionary),
    )
    waiting = queries.list_waiting(replica)
    entry = StickEntry(
        file_id=file_id,
        made_at=replica.clock.now_ms(),
        ops=count,
        visits=sum(line.kind == VISIT_RECORD for line in waiting),
        size=len(data),
        reading=reading,
        first_at=min((line.recorded_at for line in waiting), default=None),
        last_at=max((line.recorded_at for line in waiting), default=None),
    )
    sticks.add_stick(replica, entry)
    return Exported(data=data, entry=entry)


def import_answer(replica: Replica, key: SigningKey, data: bytes, dictionary: bytes) -> SyncReport:
    """Read the registry's answer from the stick; doing it twice changes nothing more.

    Raises:
        InvalidInput: not an answer for this laptop, cut short, altered, or of a former key.
        BadSignature: not written by this laptop's registry.
        NotAllowed: the registry refuses this laptop.
    """
    enrolment = _enrolment(replica)
    try:
        bundle = read_bundle(data, key.box, Codec(LAPTOP_LEVEL, dictionary))
    except ValueError as error:
        raise InvalidInput("stick_unreadable", detail=str(error)) from error
    if bundle.header.kind != DOWN:
        raise InvalidInput("stick_wrong_way")
    if follow_registry(replica, bundle.header.succession):
        enrolment = _enrolment(replica)
    if bundle.header.sender in enrolment.former_keys:
        raise InvalidInput("stick_of_former_key")
    if bundle.header.sender != enrolment.registry_key:
        raise BadSignature("answer_not_signed")
    before = queries.load_sync_state(replica)
    report = SyncReport(to_send=before.waiting, to_send_visits=before.waiting_visits)
    asked = _asked(replica, bundle)
    for envelope in bundle.envelopes:
        take_answer(replica, enrolment, envelope, asked, report)
    if bundle.header.answers is not None:
        sticks.note_answer(replica, bundle.header.answers)
    report.waiting = queries.load_sync_state(replica).waiting
    return report


def requests_of(
    replica: Replica,
    enrolment: Enrolment,
    writer: Writer,
    reading: Reading,
    *,
    asks_for_news: bool,
) -> list[messages.SyncRequest]:
    """Cut a writer's unproven ops into requests; the current writer's last may ask for news.

    They show all points of the reading, because a file carried by hand cannot be asked for more.
    """
    found: list[messages.SyncRequest] = []
    here = writer
    while True:
        chunk = ops.read_chunk(replica, here, ops_max=CHUNK_OPS, bytes_max=CHUNK_BYTES_MAX)
        is_last = chunk.last_seq >= writer.last_seq
        asks = asks_for_news and is_last and writer.is_current
        if not chunk.items and not asks:
            return found
        found.append(
            make_request(
                replica,
                enrolment,
                here,
                chunk,
                counter=identity.next_counter(replica),
                want=Want(bytes=PULL_BYTES, ops=PULL_OPS) if asks else Want(bytes=0, ops=0),
                reading=reading,
                why=WHY_STICK,
            )
        )
        if is_last:
            return found
        here = replace(here, acked_seq=chunk.last_seq)


def _asked(replica: Replica, bundle: Bundle) -> Reading | None:
    """Return the reading from which the file asked; None if this laptop does not know the file."""
    if bundle.header.answers is None:
        return None
    entry = sticks.find_stick(replica, bundle.header.answers)
    return None if entry is None else entry.reading


def _answer(envelope: bytes, enrolment: Enrolment) -> SyncAnswer:
    try:
        payload, signature = unseal(envelope)
        if not verify(enrolment.registry_key, payload, signature):
            raise BadSignature("answer_not_signed")
        return messages.decode_answered(payload).answer
    except (ValueError, msgspec.DecodeError) as error:
        raise InvalidInput("stick_unreadable", detail=str(error)) from error


def take_answer(
    replica: Replica,
    enrolment: Enrolment,
    envelope: bytes,
    asked: Reading | None,
    report: SyncReport,
) -> None:
    """Apply one sealed answer that was carried by hand, however late.

    Raises:
        InvalidInput: it cannot be read, or asks for what only a network can do.
        BadSignature: not this laptop's registry's.
        NotAllowed: the registry refuses this laptop.
    """
    match _answer(envelope, enrolment):
        case SyncReply() as reply:
            _take_reply(replica, enrolment, reply, asked, report)
        case Gap(writer=writer, acked=acked):
            report.healed.append("gap")
            ops.set_acked(replica, writer, acked)
        case Fork(writer=writer, common=common):
            current = ops.list_writers(replica)[-1]
            # An old stick may report a fork that has been healed since.
            if current.writer == writer:
                report.healed.append("fork")
                ops.open_writer(replica, writer, common, "fork")
        case UnknownDevice():
            raise NotAllowed("device_unknown")
        case Revoked():
            raise NotAllowed("device_revoked")
        case other:
            raise InvalidInput("stick_refused", detail=type(other).__name__)


def _take_reply(
    replica: Replica,
    enrolment: Enrolment,
    reply: SyncReply,
    asked: Reading | None,
    report: SyncReport,
) -> None:
    receipt = reply.receipt
    if not verify(enrolment.registry_key, receipt.message(), receipt.signature):
        raise BadSignature("receipt_not_signed")
    # A receipt for a chain that this laptop no longer has proves nothing here.
    if ops.chain_at(replica, receipt.writer, receipt.seq) != receipt.chain:
        reply = msgspec.structs.replace(reply, outcomes=[])
        asked = None
    report.add(pages.apply_late_reply(replica, reply, asked))


def _enrolment(replica: Replica) -> Enrolment:
    enrolment = identity.load_enrolment(replica)
    if enrolment is None:
        raise NotAllowed("not_enrolled")
    return enrolment
