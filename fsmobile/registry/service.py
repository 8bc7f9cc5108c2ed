"""RegistryService: enrols laptops, accepts what they recorded, hands out what is new.

Invariants (docs/sync-model.md): a receipt is signed only after what it covers is
committed; an op has one row, one outcome, whatever the path and the repetition.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from fsmobile.core.ports import Chance, Clock
from fsmobile.protocol import enrolment as codes
from fsmobile.protocol import messages
from fsmobile.protocol.certificates import device_id_of
from fsmobile.protocol.envelope import PROTOCOL, seal, unseal
from fsmobile.protocol.messages import (
    Answered,
    Busy,
    CodeExpired,
    CodeUnknown,
    CodeUsed,
    EnrolAnswer,
    Enrolled,
    EnrolRequest,
    Malformed,
    Receipt,
    SyncAnswer,
    SyncReply,
    SyncRequest,
    UnknownDevice,
    UpgradeNeeded,
)
from fsmobile.protocol.scopes import device_scope
from fsmobile.protocol.signatures import SigningKey, verify
from fsmobile.protocol.snapshots import SnapshotOffer
from fsmobile.registry.day_comparison import compare_days
from fsmobile.registry.exchange import Exchange
from fsmobile.registry.laptop_keys import recognise
from fsmobile.registry.moves import believe, certify, free_name, note_move
from fsmobile.registry.orders import OrderBook
from fsmobile.registry.publications import TreeCheck
from fsmobile.registry.pulls import readable_scopes
from fsmobile.registry.records import DeviceRow
from fsmobile.registry.request_faults import fault_of_enrolment, fault_of_sync
from fsmobile.registry.signing_keys import NO_PAST, KeyPast, KeyRing
from fsmobile.registry.snapshots import OPS_MIN, SnapshotShelf
from fsmobile.registry.storage import Storage, Transaction

MINIMUM_APP = "0.1"
BY_CODE = "code"
"""In the journal: how a known laptop came to work elsewhere."""


@dataclass(frozen=True, kw_only=True)
class RegistryService:
    """The registry without HTTP: the simulator and the handlers call the same object."""

    storage: Storage
    clock: Clock
    chance: Chance
    key: SigningKey
    check_tree: TreeCheck
    """Finds the problems of a schedule tree about to be published."""
    snapshot_ops_min: int = OPS_MIN
    """A scope with more ops than this is offered to new laptops as a snapshot."""
    past: KeyPast = NO_PAST
    """Of the key that signs."""

    @property
    def keys(self) -> KeyRing:
        """All keys that this registry has signed with."""
        return KeyRing(current=self.key, past=self.past)

    @cached_property
    def shelf(self) -> SnapshotShelf:
        """The snapshots for new laptops."""
        return SnapshotShelf(self.storage, self.snapshot_ops_min)

    def enrol(self, request: EnrolRequest) -> EnrolAnswer:
        """Enrol a laptop; each code serves once."""
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
        refusal = _refusal_of(request, code, known, now)
        if refusal is not None:
            return refusal
        transaction.use_code(request.code_id, now)
        device = DeviceRow(
            device_id,
            request.public_key,
            free_name(request.name, transaction.list_names(code.unit, besides=device_id)),
            code.agency,
            code.unit,
            code.role,
            box_key=request.box_key,
        )
        if known is None:
            transaction.add_device(device, request.app, now)
        else:
            transaction.assign_device(device)
            if (known.unit, known.role) != (device.unit, device.role):
                note_move(self._book(transaction), known, device, now=now, by=BY_CODE)
        return Enrolled(
            device_id=device_id,
            agency=device.agency,
            unit=device.unit,
            role=device.role,
            registry_key=self.key.public,
            registry_box_key=self.key.box.public,
            certificate=certify(self.key, device, now),
            epoch=transaction.current_epoch(),
            now=now,
            proof=codes.registry_proof(
                code.key, device_id, self.key.public, self.key.box.public, device.unit
            ),
            succession=self.past.succession,
        )

    def _book(self, transaction: Transaction) -> OrderBook:
        return OrderBook(transaction=transaction, clock=self.clock, chance=self.chance)

    def sync(self, envelope: bytes) -> bytes:
        """Answer one sealed request; every answer is signed and tied to its request."""
        counter, answer = self.answer(envelope)
        payload = messages.encode(Answered(counter=counter, answer=answer))
        return seal(payload, self.key.sign)

    def answer(
        self, envelope: bytes, wait_of: Callable[[bytes], int] = lambda _device_id: 0
    ) -> tuple[int, SyncAnswer]:
        """Return the counter of a request, and the registry's answer to it.

        `wait_of` tells in how many seconds a laptop may ask, before anything is done for it.
        """
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
        if wait := wait_of(request.device_id):
            return request.counter, Busy(after=wait)
        offers = self._offers(request, payload, signature) if request.takes_snapshots else []
        answer = self.storage.run(
            lambda transaction: self._exchange(transaction, request, payload, signature, offers)
        )
        # Only now is the transaction durable: nothing may be signed for that could still be lost.
        if isinstance(answer, SyncReply):
            signed = replace_signature(answer.receipt, self.key)
            answer = msgspec.structs.replace(answer, receipt=signed)
            if request.verify is not None:
                answer = self._verify(request, answer)
        return request.counter, answer

    def _verify(self, request: SyncRequest, reply: SyncReply) -> SyncReply:
        """Compare days while others may write: it can take a while, and changes nothing."""
        with self.storage.reading() as transaction:
            device = transaction.find_device(request.device_id)
            if device is None:
                return reply
            found = compare_days(transaction, device, request)
        if reply.verified is not None:
            found.taken, found.aside = reply.verified.taken, reply.verified.aside
        return msgspec.structs.replace(reply, verified=found)

    def _offers(
        self, request: SyncRequest, payload: bytes, signature: bytes
    ) -> list[SnapshotOffer]:
        """Prepare a snapshot for each scope of which a laptop has nothing.

        Its own scope is left out: what is addressed to it comes in pages, before all else.
        """
        with self.storage.reading() as transaction:
            device = transaction.find_device(request.device_id)
            if device is None or not verify(device.public_key, payload, signature):
                return []
            scopes = readable_scopes(transaction, device)
        own = device_scope(request.device_id)
        empty = [scope for scope in scopes if scope != own and not request.cursors.get(scope)]
        return self.shelf.offer(empty, self.clock.now_ms())

    def _exchange(
        self,
        transaction: Transaction,
        request: SyncRequest,
        payload: bytes,
        signature: bytes,
        offers: Sequence[SnapshotOffer],
    ) -> SyncAnswer:
        device = transaction.find_device(request.device_id)
        if device is None:
            return UnknownDevice()
        device = recognise(self._book(transaction), device, request, payload, signature)
        if device is None:
            return Malformed(reason="signature")
        if request.certificates:
            device = believe(self._book(transaction), self.keys, device, request.certificates)
        now = self.clock.now_ms()
        answer = Exchange(
            transaction=transaction,
            device=device,
            request=request,
            now=now,
            chance=self.chance,
            own_keys=self.keys.public,
            check_tree=self.check_tree,
            offers=offers,
        ).answer()
        if request.handovers and isinstance(answer, SyncReply):
            answer.certificate = certify(self.key, device, now)
        return answer


def replace_signature(receipt: Receipt, key: SigningKey) -> Receipt:
    """Sign a receipt."""
    return msgspec.structs.replace(receipt, signature=key.sign(receipt.message()))


def _refusal_of(
    request: EnrolRequest, code: Any, known: DeviceRow | None, now: int
) -> EnrolAnswer | None:
    """Return why this code cannot enrol this laptop, or None."""
    # The same laptop with the same code again: our first answer was lost on the way.
    # In the role that it has: a code that served another must not raise it.
    is_again = known is not None and (known.unit, known.role) == (code.unit, code.role)
    if code.used_at is not None and not is_again:
        return CodeUsed()
    if code.expires_at <= now:
        return CodeExpired()
    expected = codes.laptop_proof(code.key, request.public_key, request.box_key, request.name)
    sizes = (len(request.public_key), len(request.box_key))
    if not codes.same_proof(expected, request.proof) or sizes != (32, 32):
        return CodeUnknown()
    if known is not None and (known.revoked_at, known.public_key) != (None, request.public_key):
        return Malformed(reason="key revoked")
    return None
