"""The engine: push a chunk, apply the answer, repeat until neither side has anything left.

It knows the store and a `RegistryApi`, but no socket, clock or screen, so that the simulator runs
these very lines.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec
from msgspec.structs import replace

from fsmobile.errors import (
    BadSignature,
    NotAllowed,
    ProtocolMismatch,
    RegistryUnreachable,
    RepeatedFork,
)
from fsmobile.protocol import messages
from fsmobile.protocol.envelope import seal, unseal
from fsmobile.protocol.messages import (
    Busy,
    ChunkTooLarge,
    Fork,
    Gap,
    LostHistory,
    Malformed,
    Receipt,
    Replay,
    Revoked,
    StaleCursor,
    SyncAnswer,
    SyncReply,
    SyncRequest,
    UnknownDevice,
    UnknownDictionary,
    UpgradeNeeded,
    Verified,
    Verify,
    Want,
)
from fsmobile.protocol.orders import SCOPE_DROP
from fsmobile.protocol.records import SCHEDULE_PUBLISH
from fsmobile.protocol.registry_api import RegistryApi
from fsmobile.protocol.signatures import SigningKey, verify
from fsmobile.protocol.snapshots import SnapshotOffer
from fsmobile.store import cursors, erasure, identity, ops, orders, pages, queries
from fsmobile.store.cursors import Reading
from fsmobile.store.identity import Enrolment
from fsmobile.store.ops import Chunk, Writer
from fsmobile.store.replica import Replica
from fsmobile.sync.progress import OnProgress, Progress, SyncReport
from fsmobile.sync.requests import make_request
from fsmobile.sync.snapshots import SnapshotLoader

CHUNK_OPS = 1000
CHUNK_BYTES_FIRST = 128 * 1024
"""Bytes of bodies, before compression (about a tenth of that on the wire)."""
CHUNK_BYTES_MAX = 1024 * 1024
PULL_BYTES = 1024 * 1024
PULL_OPS = 2500
HEALINGS_MAX = 8
"""Healings allowed in one sync, besides those of the writers; with more, a person must look."""


class SyncEngine:
    """One sync of one laptop."""

    def __init__(
        self,
        replica: Replica,
        registry: RegistryApi,
        key: SigningKey,
        *,
        on_progress: OnProgress | None = None,
        why: str = "manual",
        chunk_ops: int = CHUNK_OPS,
        pull_ops: int = PULL_OPS,
        snapshots: SnapshotLoader | None = None,
    ) -> None:
        """Prepare a sync; smaller limits spread it over more requests.

        Raises:
            NotAllowed: the laptop is not enrolled.
        """
        enrolment = identity.load_enrolment(replica)
        if enrolment is None:
            raise NotAllowed("not_enrolled")
        self._replica = replica
        self._registry = registry
        self._key = key
        self._enrolment: Enrolment = enrolment
        self._on_progress = on_progress
        self._why = why
        self._chunk_ops = chunk_ops
        self._pull_ops = pull_ops
        self._snapshots = snapshots
        self._chunk_bytes = CHUNK_BYTES_FIRST
        # A restored registry answers `gap` once for each writer, and again for each that it goes
        # on from: that is no reason to stop.
        self._healings_max = HEALINGS_MAX + len(ops.list_writers(replica)) ** 2
        self._must_pull = True
        """A sync is over only when the registry has said that it has nothing more."""
        self._shows_all_points = False
        """Set when the registry has lost the newest point of the history that was read."""
        self.report = SyncReport()

    def run(self) -> SyncReport:
        """Exchange until both sides have everything; return the report.

        What was received before an error stays received: each chunk is durable by itself.

        Raises:
            RegistryUnreachable: no network, a captive portal, a dead or busy registry.
            NotAllowed: the registry refuses this laptop.
            OutOfStep: a bad signature, a protocol too old, one key on two machines.
        """
        erasure.scrub(self._replica)
        state = queries.load_sync_state(self._replica)
        self.report.to_send = state.waiting
        self.report.to_send_visits = state.waiting_visits
        try:
            while (writer := self._next_writer()) is not None:
                self._exchange(writer)
        finally:
            self.report.waiting = queries.load_sync_state(self._replica).waiting
        return self.report

    def _next_writer(self) -> Writer | None:
        """Return the writer whose ops to send next: each with unproven ops, then one to pull with.

        A parent comes before its children, whatever the clock said when they were opened: the
        registry asks first for what it lacks of the parent.
        """
        writers = ops.list_writers(self._replica)
        unproven = {
            one.writer: one for one in writers if one.must_verify or one.acked_seq < one.last_seq
        }
        for writer in unproven.values():
            if writer.parent is None or writer.parent.writer not in unproven:
                return writer
        if self._must_pull:
            return writers[-1]
        return None

    def compare(self, days: Callable[[], Verify]) -> Verified:
        """Exchange until both sides have everything, and compare days in the last request.

        `days` is called at the last moment, so that it tells what is held then.

        Raises:
            RegistryUnreachable, NotAllowed, OutOfStep: as `run`.
        """
        while True:
            if (writer := self._next_writer()) is not None:
                self._exchange(writer)
                continue
            verified = self._exchange(ops.list_writers(self._replica)[-1], days())
            if verified is not None:
                return verified

    def _exchange(self, writer: Writer, days: Verify | None = None) -> Verified | None:
        """Send the next chunk; return the result of comparing, if the answer has one."""
        chunk = ops.read_chunk(
            self._replica, writer, ops_max=self._chunk_ops, bytes_max=self._chunk_bytes
        )
        counter = identity.next_counter(self._replica)
        reading = self._reading()
        request = replace(
            self._request(writer, chunk, reading, counter),
            verify=days,
            takes_snapshots=self._snapshots is not None and _lacks_a_history(reading),
        )
        answer = self._ask(request, counter)
        if not isinstance(answer, SyncReply):
            self._put_right(answer, chunk, writer)
            return None
        self._apply(answer, chunk, writer, reading, request.done)
        if days is not None and answer.verified is None:
            raise ProtocolMismatch("registry_cannot_compare")
        return answer.verified

    def _put_right(self, answer: SyncAnswer, chunk: Chunk, writer: Writer) -> None:
        """Act on an answer that is not a reply, so that the next request gets one."""
        match answer:
            case Gap(writer=named, acked=acked):
                self._heal("gap")
                # The registry may lack ops of this writer's parent.
                ops.set_acked(self._replica, named, acked)
            case Fork(writer=named, common=common):
                self._heal("fork")
                self._part(writer, named, common)
            case Replay(counter=last):
                self._heal("replay")
                identity.next_counter(self._replica, at_least=last)
                if writer.is_current:
                    ops.open_writer(self._replica, writer.writer, writer.acked_seq, "replay")
            case LostHistory():
                self._heal("lost_history")
                self._shows_all_points = True
            case ChunkTooLarge():
                self._shrink(chunk)
            case Busy(after=after):
                raise RegistryUnreachable("registry_busy", after=after)
            case UnknownDevice():
                raise NotAllowed("device_unknown")
            case Revoked(may_deliver=may_deliver):
                if may_deliver:
                    self._hand_in()
                raise NotAllowed("device_revoked")
            case UpgradeNeeded(minimum_app=minimum):
                raise ProtocolMismatch("program_too_old", minimum=minimum)
            case StaleCursor(snapshots=offers) if offers and self._snapshots is not None:
                self._heal("stale_cursor")
                self._load(offers)
            case SyncReply() | StaleCursor() | UnknownDictionary():
                raise ProtocolMismatch("unexpected_answer", detail=type(answer).__name__)
            case Malformed(reason=reason):
                raise ProtocolMismatch("request_malformed", detail=reason)

    def _hand_in(self) -> None:
        """Hand in the unsent ops for a person to look at; none of them counts as received."""
        for writer in ops.list_writers(self._replica):
            reached = writer.acked_seq
            while reached < writer.last_seq:
                rest = replace(writer, acked_seq=reached)
                chunk = ops.read_chunk(
                    self._replica, rest, ops_max=self._chunk_ops, bytes_max=self._chunk_bytes
                )
                counter = identity.next_counter(self._replica)
                request = self._request(rest, chunk, self._reading(), counter)
                answer = self._ask(request, counter)
                if not (isinstance(answer, Revoked) and answer.kept > reached):
                    return
                reached = answer.kept

    def _part(self, writer: Writer, named: bytes, common: int) -> None:
        """Leave a writer of which the registry holds another history."""
        if named != writer.writer:
            raise RegistryUnreachable("answer_to_another_request")
        has_receipts = writer.acked_seq == writer.last_seq
        if not writer.is_current and has_receipts and common >= writer.last_seq:
            # It was left earlier, and the registry holds all that stayed with it.
            ops.set_verified(self._replica, writer.writer)
        else:
            ops.open_writer(self._replica, writer.writer, common, "fork")

    def _reading(self) -> Reading:
        """Return how far this laptop has read, with the points that prove it."""
        reading = cursors.load_reading(self._replica)
        return reading if self._shows_all_points else replace(reading, points=reading.points[:1])

    def _request(self, writer: Writer, chunk: Chunk, reading: Reading, counter: int) -> SyncRequest:
        return make_request(
            self._replica,
            self._enrolment,
            writer,
            chunk,
            counter=counter,
            want=Want(bytes=PULL_BYTES, ops=self._pull_ops),
            why=self._why,
            reading=reading,
        )

    def _ask(self, request: SyncRequest, counter: int) -> SyncAnswer:
        """Send a request; return the answer once its signature and its counter are checked."""
        self.report.requests += 1
        envelope = seal(messages.encode(request), self._key.sign)
        try:
            payload, signature = unseal(self._registry.sync(envelope))
            if not verify(self._enrolment.registry_key, payload, signature):
                raise BadSignature("answer_not_signed")
            answered = messages.decode_answered(payload)
        except (ValueError, msgspec.DecodeError) as error:
            raise RegistryUnreachable("not_the_registry") from error
        if answered.counter not in (counter, 0):
            raise RegistryUnreachable("answer_to_another_request")
        if answered.counter == 0 and isinstance(answered.answer, SyncReply):
            raise RegistryUnreachable("answer_to_another_request")
        return answered.answer

    def _apply(
        self,
        reply: SyncReply,
        chunk: Chunk,
        writer: Writer,
        asked: Reading,
        done: Mapping[str, int],
    ) -> None:
        if not self._is_ours(reply.receipt, chunk, writer):
            # The registry holds ops of this writer that are not ours: a clone spoke first. The
            # page leaves this writer's ops out, so nothing of it may count as read.
            self._heal("fork")
            ops.open_writer(self._replica, writer.writer, writer.acked_seq, "fork")
            return
        applied = pages.apply_reply(self._replica, reply, asked)
        self._shows_all_points = False
        self.report.add(applied)
        self.report.next_after, self.report.next_spread = reply.next.after, reply.next.spread
        if SCHEDULE_PUBLISH in applied.pulled_kinds or applied.published:
            self.report.schedule_revision = pages.schedule_revision(
                self._replica, self._enrolment.agency_id
            )
        # The registry must hear at once which of its orders are done, not at the next sync.
        self._must_pull = reply.pull.more or orders.load_done(self._replica) != done
        if SCOPE_DROP in applied.pulled_kinds:
            self._notice_move()
        self._load(reply.snapshots)
        self._chunk_bytes = min(self._chunk_bytes * 2, CHUNK_BYTES_MAX)
        self._tell()

    def _is_ours(self, receipt: Receipt, chunk: Chunk, writer: Writer) -> bool:
        """Tell whether a receipt covers our chain, and not that of a clone of this laptop.

        Raises:
            BadSignature: it is not the registry's, or proves nothing about this writer.
            ProtocolMismatch: it acknowledges nothing of what was sent.
        """
        if not verify(self._enrolment.registry_key, receipt.message(), receipt.signature):
            raise BadSignature("receipt_not_signed")
        # The same chain value is the proof that all up to there was received.
        is_own = ops.chain_at(self._replica, writer.writer, receipt.seq) == receipt.chain
        if receipt.writer == writer.writer and receipt.seq > chunk.last_seq and not is_own:
            return False
        if receipt.writer != writer.writer or not is_own:
            raise BadSignature("receipt_of_another_chain")
        if chunk.items and receipt.seq <= writer.acked_seq:
            raise ProtocolMismatch("unexpected_answer", detail="receipt without progress")
        return True

    def _notice_move(self) -> None:
        """Continue under the assignment that the registry has given this laptop."""
        enrolment = identity.load_enrolment(self._replica)
        assert enrolment is not None
        before = self._enrolment
        if (enrolment.unit_id, enrolment.role) != (before.unit_id, before.role):
            self.report.moved_to = enrolment.unit_id
        self._enrolment = enrolment

    def _load(self, offers: Sequence[SnapshotOffer]) -> None:
        """Load histories as files; once one cannot be loaded, the rest is pulled."""
        for offer in offers:
            if self._snapshots is None:
                return
            if self._snapshots.load(offer, self._tell_loading):
                self.report.loaded += offer.ops
            else:
                self._snapshots = None

    def _tell_loading(self, what: str, done: int, total: int) -> None:
        self._tell((what, done, total))

    def _heal(self, what: str) -> None:
        self.report.healed.append(what)
        if len(self.report.healed) > self._healings_max:
            raise RepeatedFork("repeated_fork")

    def _shrink(self, chunk: Chunk) -> None:
        if len(chunk.items) <= 1:
            raise ProtocolMismatch("op_too_large")
        self._chunk_bytes = max(1, min(self._chunk_bytes, chunk.size) // 2)

    def _tell(self, loading: tuple[str, int, int] | None = None) -> None:
        if self._on_progress is not None:
            report = self.report
            self._on_progress(
                Progress(
                    received=report.received,
                    to_send=report.to_send,
                    pulled=report.pulled,
                    loading=loading,
                )
            )


def _lacks_a_history(reading: Reading) -> bool:
    """Tell whether nothing of some scope was read: its whole history may come as one file."""
    return not reading.cursors or 0 in reading.cursors.values()
