"""RegistryService: enrols laptops, takes in what they recorded, hands out what is new.

Invariants (docs/sync-model.md): a receipt is signed only after what it covers is
committed; an op has one row, one outcome, whatever the path and the repetition.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from fsmobile.core.ports import Chance, Clock
from fsmobile.protocol import enrolment as codes
from fsmobile.protocol import messages
from fsmobile.protocol.certificates import Certificate
from fsmobile.protocol.chain import first_chain
from fsmobile.protocol.comparison import BadHead, Continues, Forked, Missing, compare
from fsmobile.protocol.envelope import PROTOCOL, seal, unseal
from fsmobile.protocol.messages import (
    WHY_STICK,
    Answered,
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    EnrolAnswer,
    Enrolled,
    EnrolRequest,
    ErasedOp,
    Fork,
    Gap,
    Malformed,
    OutcomeOf,
    Parent,
    Pull,
    PulledOp,
    Receipt,
    Replay,
    Revoked,
    SyncAnswer,
    SyncReply,
    SyncRequest,
    UnknownDevice,
    UpgradeNeeded,
    WriterBlock,
)
from fsmobile.protocol.scopes import (
    REFERENCE_SCOPE,
    Role,
    agency_scope,
    device_scope,
    unit_scope,
)
from fsmobile.protocol.signatures import SigningKey, device_id_of, verify
from fsmobile.registry.intake import SET_ASIDE, SentOp, read_block, take_in
from fsmobile.registry.publications import TreeCheck
from fsmobile.registry.records import DeviceRow, StoredOp, WriterRow
from fsmobile.registry.request_faults import fault_of_enrolment, fault_of_sync
from fsmobile.registry.storage import Storage, Transaction

PAGE_OPS_MAX = 2500
STICK_OPS_MAX = 100_000
"""A stick takes all that is new at once: it cannot ask for the next page."""
CHUNK_OPS_MAX = 2500
MINIMUM_APP = "0.1"


@dataclass(frozen=True, kw_only=True)
class RegistryService:
    """The registry, without HTTP: the simulator and the handlers call the same object."""

    storage: Storage
    clock: Clock
    chance: Chance
    key: SigningKey
    check_tree: TreeCheck
    """Finds the problems of a schedule tree about to be published."""

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Make a laptop known, once for each code."""
        fault = fault_of_enrolment(request)
        if fault is not None:
            return Malformed(reason=fault)
        now = self.clock.now_ms()
        return self.storage.run(lambda transaction: self._enrol(transaction, request, now))

    def _enrol(self, transaction: Transaction, request: EnrolRequest, now: int) -> EnrolAnswer:
        code = transaction.find_code(request.code_id)
        if code is None:
            return CodeUnknown()
        device_id = device_id_of(request.public_key)
        known = transaction.find_device(device_id)
        # The same laptop with the same code again: our first answer was lost on the way.
        is_again = known is not None and known.unit == code.unit
        if code.used_at is not None and not is_again:
            return CodeUsed()
        if code.expires_at <= now:
            return CodeExpired()
        expected = codes.laptop_proof(code.key, request.public_key, request.box_key, request.name)
        sizes = (len(request.public_key), len(request.box_key))
        if not codes.same_proof(expected, request.proof) or sizes != (32, 32):
            return CodeUnknown()
        if known is not None and known.revoked_at is not None:
            return Malformed(reason="key revoked")
        transaction.use_code(request.code_id, now)
        device = DeviceRow(
            device_id,
            request.public_key,
            request.name,
            code.agency,
            code.unit,
            code.role,
            box_key=request.box_key,
        )
        if known is None:
            transaction.add_device(device, request.app, now)
        else:
            transaction.assign_device(device)
        epoch = transaction.current_epoch()
        return Enrolled(
            device_id=device_id,
            agency=device.agency,
            unit=device.unit,
            role=device.role,
            registry_key=self.key.public,
            registry_box_key=self.key.box.public,
            certificate=self.certify(device, now),
            epoch=epoch,
            now=now,
            proof=codes.registry_proof(
                code.key, device_id, self.key.public, self.key.box.public, device.unit
            ),
        )

    def certify(self, device: DeviceRow, now: int) -> Certificate:
        """Sign who a laptop is."""
        certificate = Certificate(
            public_key=device.public_key,
            box_key=device.box_key,
            name=device.name,
            agency=device.agency,
            unit=device.unit,
            role=device.role,
            issued_at=now,
        )
        return msgspec.structs.replace(certificate, signature=self.key.sign(certificate.message()))

    def sync(self, envelope: bytes) -> bytes:
        """Answer one sealed request; every answer is signed and tied to its request."""
        counter, answer = self.answer(envelope)
        payload = messages.encode(Answered(counter=counter, answer=answer))
        return seal(payload, self.key.sign)

    def answer(self, envelope: bytes) -> tuple[int, SyncAnswer]:
        """Return the counter of a request and what the registry says to it."""
        try:
            payload, signature = unseal(envelope)
            request = messages.decode_request(payload)
        except (ValueError, msgspec.DecodeError, RecursionError) as error:
            return 0, Malformed(reason=str(error)[:200])
        if request.protocol != PROTOCOL:
            return request.counter, UpgradeNeeded(minimum_app=MINIMUM_APP)
        fault = fault_of_sync(request)
        if fault is not None:
            return 0, Malformed(reason=fault)
        answer = self.storage.run(
            lambda transaction: self._exchange(transaction, request, payload, signature)
        )
        # Only now is the transaction durable: nothing is signed for what might be lost.
        if isinstance(answer, SyncReply):
            signed = replace_signature(answer.receipt, self.key)
            answer = msgspec.structs.replace(answer, receipt=signed)
        return request.counter, answer

    def _exchange(
        self, transaction: Transaction, request: SyncRequest, payload: bytes, signature: bytes
    ) -> SyncAnswer:
        device = transaction.find_device(request.device_id)
        if device is None:
            return UnknownDevice()
        if not verify(device.public_key, payload, signature):
            return Malformed(reason="signature")
        if device.revoked_at is not None:
            return Revoked()
        by_stick = request.why == WHY_STICK
        if request.counter <= device.counter and not by_stick:
            return Replay(counter=device.counter)
        now = self.clock.now_ms()
        counter = max(request.counter, device.counter)
        transaction.touch_device(device.device_id, counter, request.app, now)
        refusal = self._push(transaction, device, request.writer, now, is_late=by_stick)
        if refusal is not None:
            return refusal
        return self._reply(transaction, device, request, now)

    def _push(
        self,
        transaction: Transaction,
        device: DeviceRow,
        block: WriterBlock,
        now: int,
        *,
        is_late: bool,
    ) -> SyncAnswer | None:
        """Take the block in, or say what stands against it.

        What came by stick may be older than what the network brought since: that the laptop
        had less when it wrote the stick does not make it a restored one.
        """
        if len(block.ops) > CHUNK_OPS_MAX:
            return messages.ChunkTooLarge(maximum=CHUNK_OPS_MAX)
        try:
            sent = read_block(block.first_seq, block.previous, block.ops)
        except (ValueError, OverflowError) as error:
            return Malformed(reason=str(error)[:200])
        known = transaction.find_writer(block.writer)
        writer = known or WriterRow(block.writer, device.device_id, 0)
        if writer.device_id != device.device_id or len(block.writer) != 16:
            return Malformed(reason="writer of another device")
        self._notice_rollback(transaction, block, writer, now)
        if known is None and block.parent is not None:
            lacking = _lacking_of_parent(transaction, device, block.parent)
            if lacking is not None:
                return lacking
        start = first_chain(device.device_id, block.writer)
        match compare(
            acked=writer.acked_seq,
            chain_at=lambda seq: (
                start if seq == 0 else transaction.chain_after(block.writer, seq) or b""
            ),
            first_seq=block.first_seq,
            previous=block.previous,
            chains=[one.link.chain for one in sent],
            head=block.head,
            last_seq=max(block.last_seq, writer.acked_seq) if is_late else block.last_seq,
        ):
            case BadHead():
                return Malformed(reason="head")
            case Missing(acked=acked):
                return Gap(writer=block.writer, acked=acked, epoch=transaction.current_epoch())
            case Forked(common=common):
                return Fork(writer=block.writer, common=common, epoch=transaction.current_epoch())
            case Continues(known=skipped):
                if known is None:
                    parent = (
                        None
                        if block.parent is None
                        else (
                            block.parent.writer,
                            block.parent.seq,
                        )
                    )
                    transaction.add_writer(writer, parent, now)
                self._take_in(transaction, device, block.writer, sent[skipped:], now)
        return None

    def _take_in(
        self,
        transaction: Transaction,
        device: DeviceRow,
        writer: bytes,
        sent: Sequence[SentOp],
        now: int,
    ) -> None:
        take_in(transaction, device, writer, sent, now=now, check_tree=self.check_tree)

    def _notice_rollback(
        self, transaction: Transaction, block: WriterBlock, writer: WriterRow, now: int
    ) -> None:
        """A receipt of ours, newer than what we hold: this registry was restored."""
        receipt = block.receipt
        if (
            receipt is not None
            and receipt.writer == block.writer
            and receipt.seq > writer.acked_seq
            and receipt.epoch == transaction.current_epoch()
            and verify(self.key.public, receipt.message(), receipt.signature)
        ):
            # What was held of this writer was in the backup, so its last gsn belongs to both
            # histories; what came after may not, even below the gsn of today.
            cut = transaction.last_gsn_of(block.writer)
            epoch = self.chance.token(16)
            transaction.open_epoch(epoch, cut, now, "rollback proven by a receipt")

    def _reply(
        self, transaction: Transaction, device: DeviceRow, request: SyncRequest, now: int
    ) -> SyncReply:
        block = request.writer
        writer = transaction.find_writer(block.writer)
        acked = 0 if writer is None else writer.acked_seq
        head = transaction.chain_after(block.writer, acked) if acked else None
        epoch = transaction.current_epoch()
        receipt = Receipt(
            epoch=epoch,
            writer=block.writer,
            seq=acked,
            chain=head or first_chain(device.device_id, block.writer),
            gsn=transaction.last_gsn(),
            now=now,
        )
        return SyncReply(
            epoch=epoch,
            now=now,
            receipt=receipt,
            outcomes=self._outcomes(transaction, block),
            pull=self._pull(transaction, device, request, epoch),
        )

    def _outcomes(self, transaction: Transaction, block: WriterBlock) -> list[OutcomeOf]:
        if not block.ops:
            return []
        last = block.first_seq + len(block.ops) - 1
        found = transaction.outcomes_between(block.writer, block.first_seq, last)
        return [
            OutcomeOf(seq=seq, code=code, detail=detail)
            for seq, (code, detail) in ((seq, found[seq] or SET_ASIDE) for seq in sorted(found))
        ]

    def _pull(
        self, transaction: Transaction, device: DeviceRow, request: SyncRequest, epoch: bytes
    ) -> Pull:
        scopes = self._scopes(transaction, device)
        limit = None
        if request.epoch != epoch:
            limit = 0 if request.epoch is None else transaction.cut_after(request.epoch)
        high = transaction.last_gsn()
        asked = {scope: request.cursors.get(scope, 0) for scope in scopes}
        cursors = {scope: _bounded(cursor, limit, high) for scope, cursor in asked.items()}
        if request.want.ops <= 0:
            return Pull(scopes=scopes, cursors=asked, more=True)
        page_max = STICK_OPS_MAX if request.why == WHY_STICK else PAGE_OPS_MAX
        ops_max = min(request.want.ops, page_max)
        rows = transaction.read_page(cursors, not_by=request.writer.writer, ops_max=ops_max + 1)
        page = _fitting(rows[:ops_max], request.want.bytes)
        more = len(page) < len(rows)
        reached = page[-1].gsn if more else high
        return Pull(
            scopes=scopes,
            ops=[
                PulledOp(
                    gsn=row.gsn,
                    scope=scopes.index(row.scope),
                    body=row.body,
                    erased=ErasedOp(op_id=row.op_id, hash=row.hash) if row.body is None else None,
                )
                for row in page
            ],
            # Past one's own ops too, or every later sync would scan them again (I8, I15).
            cursors={scope: max(gsn, reached) for scope, gsn in cursors.items()},
            more=more,
        )

    def _scopes(self, transaction: Transaction, device: DeviceRow) -> list[str]:
        units = [device.unit]
        if device.role == Role.COORDINATOR:
            units = transaction.list_units(device.agency)
        return [
            agency_scope(device.agency),
            device_scope(device.device_id),
            REFERENCE_SCOPE,
            *[unit_scope(unit) for unit in units],
        ]


def replace_signature(receipt: Receipt, key: SigningKey) -> Receipt:
    """Sign a receipt."""
    return msgspec.structs.replace(receipt, signature=key.sign(receipt.message()))


def _lacking_of_parent(transaction: Transaction, device: DeviceRow, parent: Parent) -> Gap | None:
    """Ask for what a new writer's parent had a receipt for, and a restored registry lost.

    The new writer by itself would fit, and nobody would notice.
    """
    row = transaction.find_writer(parent.writer)
    held = 0 if row is None else row.acked_seq
    if held >= parent.seq or (row is not None and row.device_id != device.device_id):
        return None
    return Gap(writer=parent.writer, acked=held, epoch=transaction.current_epoch())


def _bounded(cursor: int, limit: int | None, high: int) -> int:
    if not 0 <= cursor <= high:
        # Of a history that this registry has lost: nothing tells how much of it still holds.
        return 0
    return cursor if limit is None else min(cursor, limit)


def _fitting(rows: Sequence[StoredOp], bytes_max: int) -> list[StoredOp]:
    """Keep as many ops as fit, at least one."""
    kept: list[StoredOp] = []
    size = 0
    for row in rows:
        size += len(row.body or b"") + 16
        if kept and size > bytes_max:
            break
        kept.append(row)
    return kept
