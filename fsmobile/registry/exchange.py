"""One request inside a transaction: compare, accept, hand out. Nothing is signed here."""

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from fsmobile.core.ids import make_uuid7
from fsmobile.core.ports import Chance
from fsmobile.protocol.chain import first_chain
from fsmobile.protocol.comparison import (
    BadHead,
    Comparison,
    Continues,
    Forked,
    Missing,
    compare,
)
from fsmobile.protocol.messages import (
    WHY_STICK,
    Busy,
    ChunkTooLarge,
    Fork,
    Gap,
    HistoryPoint,
    LostHistory,
    Malformed,
    OutcomeOf,
    Parent,
    Receipt,
    Replay,
    Revoked,
    SyncAnswer,
    SyncReply,
    SyncRequest,
    Verified,
    WriterBlock,
)
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.orders import CONFIRMED, SCOPE_DROP
from fsmobile.protocol.scopes import device_scope
from fsmobile.protocol.signatures import is_signed_by
from fsmobile.protocol.snapshots import SnapshotOffer
from fsmobile.registry.day_comparison import UNPROVEN, take_back
from fsmobile.registry.event_rows import QUARANTINE_MAX
from fsmobile.registry.forbidden_acts import note_forbidden_ops
from fsmobile.registry.intake import (
    SET_ASIDE,
    SPOILT,
    SentOp,
    read_block,
    take_in,
    writable_scopes,
)
from fsmobile.registry.lost_histories import (
    PROOFS_WAIT_SECONDS,
    cut_history,
    has_proven_too_much,
    is_explained,
)
from fsmobile.registry.publications import Judgement, TreeCheck
from fsmobile.registry.pulls import read_pull, reading_of_epoch, shared_point
from fsmobile.registry.records import Declaration, DeviceRow, Event, EventKind, Position, WriterRow
from fsmobile.registry.storage import Transaction

CHUNK_OPS_MAX = 2500
CLOCK_AHEAD_MAX = 2**53
"""In milliseconds: 285,000 years, beyond which a laptop's clock is not reported exactly."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A request whose signature is valid, and what is needed to answer it."""

    transaction: Transaction
    device: DeviceRow
    request: SyncRequest
    now: int
    chance: Chance
    own_keys: Sequence[bytes]
    """The keys with which this registry signed what laptops show."""
    check_tree: TreeCheck
    offers: Sequence[SnapshotOffer] = ()
    """Snapshots that the laptop will load instead of pulling."""

    def answer(self) -> SyncAnswer:
        """Return the registry's answer; its receipt is not signed yet."""
        request, device = self.request, self.device
        if len(request.writer.ops) > CHUNK_OPS_MAX:
            return ChunkTooLarge(maximum=CHUNK_OPS_MAX)
        if device.revoked_at is not None:
            return self._quarantine()
        if request.counter <= device.counter and not self._is_by_stick:
            return Replay(counter=device.counter)
        points = request.points
        shared = shared_point(self.transaction, points) if points else None
        self.transaction.touch_device(
            device.device_id,
            max(request.counter, device.counter),
            request.app,
            self.now,
            confirmed=self._confirmed(shared),
            declared=self._declared(),
        )
        if not points or shared != points[0].gsn:
            lost = [one for one in points if one.gsn > (shared or 0)]
            if not self._notice_lost_history(lost):
                return Busy(after=PROOFS_WAIT_SECONDS)
        if points and shared is None:
            return LostHistory()
        reached = self._push(request.writer, shared)
        if not isinstance(reached, WriterRow):
            return reached
        verified = self._take_back()
        return replace(self._reply(reached, shared), verified=verified)

    @property
    def _is_by_stick(self) -> bool:
        return self.request.why == WHY_STICK

    def _declared(self) -> Declaration | None:
        """Return what the laptop declares about itself; a stick tells of an earlier day."""
        if self._is_by_stick:
            return None
        ahead = max(-CLOCK_AHEAD_MAX, min(self.request.now - self.now, CLOCK_AHEAD_MAX))
        block = self.request.writer
        return Declaration(block.writer, block.last_seq, ahead)

    def _confirmed(self, shared: int | None) -> dict[str, int]:
        """Return up to where the laptop has carried out its orders, as it says itself.

        The latest statement counts, not the best: a laptop restored from a copy has the bodies
        again. Only a stick older than the last exchange is ignored.
        """
        if self.request.counter <= self.device.counter:
            return self.device.confirmed
        return {kind: self._done(kind, shared) for kind in CONFIRMED}

    def _done(self, kind: str, shared: int | None) -> int:
        """Return up to where orders of a kind are done on the disk that wrote this request."""
        done = self.request.done.get(kind, 0)
        if done <= 0:
            return 0
        if not self.request.points:
            position = self.transaction.position()
            shared = reading_of_epoch(self.transaction, self.request.epoch, position)
        return min(done, shared or 0)

    # Taking in

    def _push(self, block: WriterBlock, shared: int | None) -> WriterRow | SyncAnswer:
        """Accept the block and return up to where its writer is held, or return a refusal."""
        try:
            sent = read_block(block.first_seq, block.previous, block.ops)
        except (ValueError, OverflowError) as error:
            return Malformed(reason=str(error)[:200])
        start = first_chain(self.device.device_id, block.writer)
        known = self.transaction.find_writer(block.writer)
        writer = known or WriterRow(block.writer, self.device.device_id, 0)
        if writer.device_id != self.device.device_id:
            return Malformed(reason="writer of another device")
        self._notice_rollback(block, writer)
        if known is None and block.parent is not None:
            lacking = self._lacking_of_parent(block.parent)
            if lacking is not None:
                return lacking
        match self._compare(block, writer, start, sent):
            case BadHead():
                return Malformed(reason="head")
            case Missing(acked=acked):
                epoch = self.transaction.current_epoch()
                return Gap(writer=block.writer, acked=acked, epoch=epoch)
            case Forked(common=common):
                if self._is_by_stick:
                    # Carried by hand: the laptop itself may have none of it any more. Taken
                    # in one day, it must reach that laptop too, so it is not its writer's.
                    self._set_aside(UNPROVEN, sent)
                epoch = self.transaction.current_epoch()
                return Fork(writer=block.writer, common=common, epoch=epoch)
            case Continues(known=skipped):
                if known is None:
                    self._open_writer(writer, block.parent)
                return self._take_in(writer, start, sent[skipped:], shared)

    def _compare(
        self, block: WriterBlock, writer: WriterRow, start: bytes, sent: Sequence[SentOp]
    ) -> Comparison:
        """Compare the block with what is held of its writer.

        A stick may be older than what the network has brought since: that the laptop had less when
        it wrote the stick does not mean that it was restored.
        """

        def chain_at(seq: int) -> bytes:
            if seq == 0:
                return start
            if seq == writer.acked_seq and writer.head is not None:
                return writer.head
            return self.transaction.chain_after(block.writer, seq) or b""

        acked = writer.acked_seq
        return compare(
            acked=acked,
            chain_at=chain_at,
            first_seq=block.first_seq,
            previous=block.previous,
            chains=[one.link.chain for one in sent],
            head=block.head,
            last_seq=max(block.last_seq, acked) if self._is_by_stick else block.last_seq,
        )

    def _take_in(
        self, writer: WriterRow, start: bytes, sent: list[SentOp], shared: int | None
    ) -> WriterRow:
        author = self._author(sent, shared)
        take_in(
            self.transaction,
            author,
            writer.writer,
            sent,
            now=self.now,
            check_tree=self.check_tree,
        )
        note_forbidden_ops(self.transaction, self.chance, self.now, author, sent)
        acked, head = writer.acked_seq, writer.head or start
        if spoilt := sum(bool(one.spoilt) for one in sent):
            self._note(EventKind.SPOILT, f"{spoilt}")
        if sent:
            acked, head = sent[-1].link.seq, sent[-1].link.chain
        return WriterRow(writer.writer, writer.device_id, acked, head)

    def _author(self, sent: list[SentOp], shared: int | None) -> DeviceRow:
        """Return the laptop, with the scopes that it has left and still writes to."""
        writable = writable_scopes(self.device)
        if all(one.op is not None and one.op.scope in writable for one in sent):
            return self.device
        former = self.transaction.find_former_scopes(
            self.device.device_id, self._done(SCOPE_DROP, shared)
        )
        return dataclasses.replace(self.device, former_scopes=former) if former else self.device

    def _open_writer(self, writer: WriterRow, parent: Parent | None) -> None:
        if parent is None:
            self.transaction.add_writer(writer, None, self.now)
            return
        newest = self.transaction.newest_writer_of(self.device.device_id)
        # Two writers continue the same one: two machines, or one copy restored twice.
        is_cloned = newest not in (None, parent.writer)
        self.transaction.add_writer(writer, (parent.writer, parent.seq), self.now)
        self._note(EventKind.LAPTOP_CLONED if is_cloned else EventKind.LAPTOP_RESTORED)

    def _lacking_of_parent(self, parent: Parent) -> Gap | None:
        """Ask for acknowledged ops of a new writer's parent that a restored registry has lost.

        The new writer alone would fit, and nobody would notice.
        """
        row = self.transaction.find_writer(parent.writer)
        held = 0 if row is None else row.acked_seq
        if held >= parent.seq or (row is not None and row.device_id != self.device.device_id):
            return None
        return Gap(writer=parent.writer, acked=held, epoch=self.transaction.current_epoch())

    def _notice_rollback(self, block: WriterBlock, writer: WriterRow) -> None:
        """A receipt of ours, newer than what we hold: this registry was restored."""
        receipt = block.receipt
        if (
            receipt is not None
            and receipt.writer == block.writer
            and receipt.seq > writer.acked_seq
            and receipt.epoch == self.transaction.current_epoch()
            and is_signed_by(self.own_keys, receipt.message(), receipt.signature)
        ):
            # What was held of this writer was in the backup, so its last gsn belongs to both
            # histories; what came after may not, even below the gsn of today.
            cut = self.transaction.last_gsn_of(block.writer)
            epoch = self.chance.token(16)
            self.transaction.open_epoch(epoch, cut, self.now, "rollback proven by a receipt")
            self._note(EventKind.REGISTRY_ROLLED_BACK, f"{receipt.seq - writer.acked_seq}")

    def _notice_lost_history(self, lost: list[HistoryPoint]) -> bool:
        """Cut the history if this registry was restored, unannounced; False: proven too often."""
        if is_explained(self.transaction, self.request, lost):
            return True
        if has_proven_too_much(self.transaction, self.device.device_id, self.now):
            return False
        cut_history(self.transaction, self.request, self.chance.token(16), self.now)
        self._note(EventKind.REGISTRY_ROLLED_BACK, "read")
        return True

    def _take_back(self) -> Verified | None:
        """Take back ops that the registry lost and the laptop still holds."""
        verify = self.request.verify
        if verify is None or not verify.ops:
            return None
        taken, aside = take_back(self.transaction, self.device, verify, self.now)
        if taken:
            self._note(EventKind.PUT_BACK, f"{taken}")
        if aside:
            self._note(EventKind.UNPROVEN, f"{aside}")
        return Verified(taken=taken, aside=aside)

    # Handing out

    def _reply(self, writer: WriterRow, shared: int | None) -> SyncReply:
        position, points = self.transaction.position(), self.request.points
        upto = shared
        if upto is None:
            upto = reading_of_epoch(self.transaction, self.request.epoch, position)
        whole = [offer.scope for offer in self.offers]
        pull = read_pull(self.transaction, self.device, self.request, position, upto, whole)
        own = device_scope(self.device.device_id)
        is_told = any(pull.scopes[op.scope] == own for op in pull.ops)
        return SyncReply(
            epoch=position.epoch,
            now=self.now,
            receipt=_receipt(writer, position, self.now),
            history=position.history,
            shared=shared if points and shared != points[0].gsn else None,
            outcomes=self._outcomes(writer),
            pull=pull,
            # A history is offered once the laptop has read everything about where it works.
            snapshots=[] if is_told else list(self.offers),
        )

    def _outcomes(self, writer: WriterRow) -> list[OutcomeOf]:
        """Return the outcomes of all ops that the receipt covers beyond the laptop's last one.

        That may be more than was just sent: a stick or another laptop may have brought the rest.
        """
        first = self.request.writer.first_seq
        if first > writer.acked_seq:
            return []
        found = self.transaction.outcomes_between(writer.writer, first, writer.acked_seq)
        return [
            OutcomeOf(seq=seq, code=code, detail=detail)
            for seq, (code, detail) in (
                (seq, found[seq] or self._aside(writer.writer, seq)) for seq in sorted(found)
            )
        ]

    def _aside(self, writer: bytes, seq: int) -> Judgement:
        """Tell why an op was set aside."""
        body = self.transaction.find_rejected_body(writer, seq)
        try:
            read_op(body)
        except ValueError:
            return SPOILT
        return SET_ASIDE

    # What an administrator must hear of

    def _quarantine(self) -> SyncAnswer:
        """Quarantine what a revoked laptop still had to hand in, for a person to look at."""
        block = self.request.writer
        try:
            sent = read_block(block.first_seq, block.previous, block.ops)
        except (ValueError, OverflowError) as error:
            return Malformed(reason=str(error)[:200])
        if not self._set_aside(block.writer, sent):
            return Revoked()
        return Revoked(may_deliver=True, kept=block.first_seq + len(sent) - 1)

    def _set_aside(self, writer: bytes, sent: list[SentOp]) -> bool:
        """Quarantine ops that are not held, for a person to decide; False if there is no room."""
        device_id = self.device.device_id
        if self.transaction.count_quarantined(device_id) + len(sent) > QUARANTINE_MAX:
            return False
        ids = [one.link.op_id for one in sent]
        entities = {one.op.entity for one in sent if one.op is not None}
        erased = self.transaction.find_erased({*ids, *entities})
        held = self.transaction.find_hashes(ids)
        bodies = [
            (one.link, one.op.body)
            for one in sent
            if one.op is not None
            and one.link.op_id not in held
            and not {one.link.op_id, one.op.entity} & erased
        ]
        added = self.transaction.add_quarantined(device_id, writer, bodies, self.now)
        if added:
            self._note(EventKind.QUARANTINED, f"{added}")
        return True

    def _note(self, kind: EventKind, detail: str = "") -> None:
        event_id = make_uuid7(self.now, self.chance.token(10))
        event = Event(self.now, kind, self.device.device_id, detail)
        self.transaction.add_event(event_id, event)


def _receipt(writer: WriterRow, position: Position, now: int) -> Receipt:
    assert writer.head is not None
    return Receipt(
        epoch=position.epoch,
        writer=writer.writer,
        seq=writer.acked_seq,
        chain=writer.head,
        gsn=position.gsn,
        now=now,
    )
