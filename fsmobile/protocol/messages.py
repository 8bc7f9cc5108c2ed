"""Requests, replies and receipts of the one-request protocol (docs/protocol.md).

Field names on the wire are short, because most requests are small; they are final.
"""

from typing import Any

import msgspec

from fsmobile.protocol.certificates import Certificate
from fsmobile.protocol.digests import DAY, Claim, Difference, Listing, Span
from fsmobile.protocol.handovers import Handover
from fsmobile.protocol.snapshots import SnapshotOffer


class Receipt(msgspec.Struct, kw_only=True):
    """The registry's signed word that it holds a writer's ops up to `seq`."""

    epoch: bytes = msgspec.field(name="e")
    writer: bytes = msgspec.field(name="w")
    seq: int = msgspec.field(name="s")
    chain: bytes = msgspec.field(name="c")
    gsn: int = msgspec.field(name="g")
    now: int = msgspec.field(name="t")
    signature: bytes = msgspec.field(name="sig", default=b"")

    def message(self) -> bytes:
        """Return the bytes that the registry signs."""
        return msgspec.msgpack.encode(
            ["receipt", self.epoch, self.writer, self.seq, self.chain, self.gsn, self.now]
        )


class ErasedOp(msgspec.Struct, array_like=True, gc=False):
    """What is left of an op whose body was erased or spoilt, so that the chain can be checked."""

    op_id: str
    hash: bytes
    spoilt: bytes = b""
    """The damaged bytes that the laptop's disk holds in its place, if any."""


class Parent(msgspec.Struct, array_like=True):
    """The writer that a new writer continues, and the sequence up to which they agree."""

    writer: bytes
    seq: int


class WriterBlock(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A contiguous run of ops of one writer, with the chain around it."""

    writer: bytes = msgspec.field(name="id")
    first_seq: int = msgspec.field(name="s")
    """Sequence of the first op sent (or of the next one, when none is sent)."""
    previous: bytes = msgspec.field(name="prev")
    """Chain value before the first op."""
    head: bytes
    """Chain value after the last op."""
    last_seq: int = msgspec.field(name="l")
    """Last sequence that the laptop itself has, sent or not. If the registry holds more, the laptop
    was restored from an old copy."""
    ops: list[bytes | ErasedOp] = msgspec.field(default_factory=list)
    parent: Parent | None = None
    receipt: Receipt | None = msgspec.field(name="rcpt", default=None)
    """The last receipt held for this writer."""


WHY_STICK = "stick"
"""Carried by hand: it may normally come late, twice or out of order; the chain alone decides."""


class Want(msgspec.Struct, array_like=True):
    """How much this link can take; zero ops means that nothing is asked for."""

    bytes: int
    ops: int


class HistoryPoint(msgspec.Struct, array_like=True, frozen=True):
    """A number of the registry's, and the value that identifies all ops up to it."""

    gsn: int
    history: bytes
    """See `protocol.history`."""


class Verify(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a laptop holds for some days, to be compared with what the registry holds.

    It counts the ops that its cursors have passed, and its own ops that have a receipt.
    """

    scopes: list[str]
    spans: list[Span] = msgspec.field(default_factory=list)
    """What the claims are about: for a period in them without a claim, it holds nothing."""
    level: int = DAY
    """Which periods the claims are about: years, months or days."""
    claims: list[Claim] = msgspec.field(default_factory=list)
    listings: list[Listing] = msgspec.field(default_factory=list)
    """All that it holds for some days."""
    ops: list["PulledOp"] = msgspec.field(default_factory=list)
    """Ops that the registry said it lacks; their scope is an index in `scopes`."""


class Verified(msgspec.Struct, kw_only=True, omit_defaults=True):
    """The result of comparing."""

    differs: list[Difference] = msgspec.field(default_factory=list)
    """Periods for which the registry holds something else."""
    ops: list["PulledOp"] = msgspec.field(default_factory=list)
    """Ops of the listed days that the laptop lacks; their scope is an index in `Verify.scopes`."""
    lacking: list[Listing] = msgspec.field(default_factory=list)
    """Items of the listed days that the registry lacks."""
    more: bool = False
    """Not all that the laptop lacks fits: list the days again."""
    taken: int = 0
    """How many ops the registry took back."""
    aside: int = 0
    """How many ops no chain proves: quarantined for a person to look at."""


CERTIFICATES_MAX = 8


class SyncRequest(msgspec.Struct, kw_only=True, omit_defaults=True):
    """What a laptop sends: ops, cursors, and a counter against replays."""

    protocol: int = msgspec.field(name="p")
    app: str
    device_id: bytes = msgspec.field(name="dev")
    counter: int = msgspec.field(name="n")
    """Strictly rising per device."""
    epoch: bytes | None = None
    now: int = msgspec.field(name="t")
    writer: WriterBlock = msgspec.field(name="w")
    cursors: dict[str, int] = msgspec.field(name="cur", default_factory=dict)
    points: list[HistoryPoint] = msgspec.field(name="hist", default_factory=list)
    """The history that the cursors were read in: its newest point, or all, newest first, down
    to 0. None from a program that knows nothing of them."""
    want: Want
    done: dict[str, int] = msgspec.field(default_factory=dict)
    why: str = "manual"
    verify: Verify | None = None
    takes_snapshots: bool = msgspec.field(name="snap", default=False)
    """It has nothing of some scope, and prefers to load that history as one file."""
    certificates: list[Certificate] = msgspec.field(name="cert", default_factory=list)
    """Where the registry sent it, in its own words, with all points: one that was put back from
    a backup may have forgotten. At most `CERTIFICATES_MAX`, the newest first."""
    handovers: tuple[Handover, ...] = msgspec.field(name="keys", default=())
    """From the key that the registry knows to the one that signs this, until it has said so."""


class OutcomeOf(msgspec.Struct, array_like=True):
    """What became of one op on the registry."""

    seq: int
    code: str
    """`merged`, `held`, `published`, `stale`, `rejected`, `erased`."""
    detail: dict[str, Any] = {}
    """Of an erased op that no laptop is handed: `NOT_HANDED_OUT`."""


NOT_HANDED_OUT = {"handed_out": False}


class PulledOp(msgspec.Struct, array_like=True, gc=False):
    """An op handed to a laptop; `body` is None if it was erased."""

    gsn: int
    scope: int
    """Index in `Pull.scopes`."""
    body: bytes | None
    erased: ErasedOp | None = None


class Pull(msgspec.Struct, kw_only=True, omit_defaults=True):
    """A page of what is new for this laptop, and the cursors after it."""

    scopes: list[str]
    ops: list[PulledOp] = msgspec.field(default_factory=list)
    cursors: dict[str, int] = msgspec.field(name="cur")
    more: bool = False


class Next(msgspec.Struct, array_like=True):
    """Back-pressure on success: wait `after` seconds, send chunks of `chunk` bytes."""

    after: int = 0
    spread: int = 0
    chunk: int = 65536


class SyncReply(msgspec.Struct, tag="ok", kw_only=True, omit_defaults=True):
    """The registry accepted the request; the receipt says up to where."""

    epoch: bytes
    now: int = msgspec.field(name="t")
    receipt: Receipt = msgspec.field(name="ack")
    history: bytes = msgspec.field(name="hist", default=b"")
    """History value at the receipt's gsn; the page's cursors belong to this history."""
    shared: int | None = None
    """The newest of the points shown that lies in this history, if that is not the first."""
    outcomes: list[OutcomeOf] = msgspec.field(name="out", default_factory=list)
    pull: Pull
    next: Next = msgspec.field(default_factory=Next)
    verified: Verified | None = None
    snapshots: list[SnapshotOffer] = msgspec.field(name="snap", default_factory=list)
    """To be loaded instead of pulling these scopes from the start; the page holds none of them."""
    certificate: Certificate | None = msgspec.field(name="cert", default=None)
    """Who the laptop is under the key that it handed over to."""


class Gap(msgspec.Struct, tag="gap", kw_only=True):
    """The registry holds less than the laptop believes: send again from `acked + 1`."""

    writer: bytes
    acked: int
    epoch: bytes


class Fork(msgspec.Struct, tag="fork", kw_only=True):
    """There are two histories of this writer: open a new writer and move what follows `common`."""

    writer: bytes
    common: int
    epoch: bytes


class Replay(msgspec.Struct, tag="replay", kw_only=True):
    """The counter was used before: skip past it, and treat this laptop as restored."""

    counter: int


class LostHistory(msgspec.Struct, tag="lost_history", kw_only=True):
    """None of the points shown lies in this history: show them all, down to 0."""


class StaleCursor(msgspec.Struct, tag="stale_cursor", kw_only=True):
    """The history before a cursor is gone: load a snapshot, and keep the laptop's own log."""

    scopes: list[str]
    snapshots: list[SnapshotOffer] = msgspec.field(name="snap", default_factory=list)


class ChunkTooLarge(msgspec.Struct, tag="too_large", kw_only=True):
    """Send smaller chunks."""

    maximum: int


class UpgradeNeeded(msgspec.Struct, tag="upgrade", kw_only=True):
    """This program is too old to pull; it may always push facts."""

    minimum_app: str


class UnknownDevice(msgspec.Struct, tag="unknown_device", kw_only=True):
    """The registry does not know this laptop."""


class Revoked(msgspec.Struct, tag="revoked", kw_only=True):
    """This laptop may no longer speak for its unit."""

    may_deliver: bool = False
    """What was sent is quarantined for a person to look at; the rest may be sent too."""
    kept: int = 0
    """Last quarantined sequence of the writer that was sent."""


class Malformed(msgspec.Struct, tag="malformed", kw_only=True):
    """The request is malformed: it is recorded and shown, and must not be retried in a loop."""

    reason: str


class Busy(msgspec.Struct, tag="busy", kw_only=True):
    """Come back after the given number of seconds."""

    after: int


class UnknownDictionary(msgspec.Struct, tag="unknown_dictionary", kw_only=True):
    """Send the same request without that compression dictionary."""


SyncAnswer = (
    SyncReply
    | Gap
    | Fork
    | Replay
    | LostHistory
    | StaleCursor
    | ChunkTooLarge
    | UpgradeNeeded
    | UnknownDevice
    | Revoked
    | Malformed
    | Busy
    | UnknownDictionary
)


class Answered(msgspec.Struct, kw_only=True):
    """An answer tied to its request, so that an old one cannot be replayed."""

    counter: int = msgspec.field(name="n")
    answer: SyncAnswer = msgspec.field(name="a")


class EnrolRequest(msgspec.Struct, kw_only=True):
    """A new laptop shows its keys, and proves that it holds the code without sending it."""

    protocol: int = msgspec.field(name="p")
    app: str
    code_id: bytes
    public_key: bytes
    """Ed25519, signs."""
    box_key: bytes
    """X25519, opens what is sealed to this laptop."""
    name: str
    """What people call this laptop."""
    proof: bytes
    """See `protocol.enrolment`."""


class Enrolled(msgspec.Struct, tag="enrolled", kw_only=True):
    """The laptop is enrolled; `proof` shows that the registry knows the code."""

    device_id: bytes
    agency: str
    unit: str
    role: str
    registry_key: bytes
    """Ed25519, pinned by the laptop."""
    registry_box_key: bytes
    """X25519, to which sticks are sealed."""
    certificate: Certificate
    epoch: bytes
    now: int = msgspec.field(name="t")
    proof: bytes
    succession: tuple[Handover, ...] = msgspec.field(name="keys", default=())
    """The handovers of the registry's keys: other laptops may show what an older one signed."""


class CodeUnknown(msgspec.Struct, tag="code_unknown", kw_only=True):
    """No such code."""


class CodeUsed(msgspec.Struct, tag="code_used", kw_only=True):
    """The code was used before."""


class CodeExpired(msgspec.Struct, tag="code_expired", kw_only=True):
    """The code is too old."""


EnrolAnswer = Enrolled | CodeUnknown | CodeUsed | CodeExpired | Malformed | Busy

encode = msgspec.msgpack.Encoder().encode
decode_request = msgspec.msgpack.Decoder(SyncRequest).decode
decode_answered = msgspec.msgpack.Decoder(Answered).decode
decode_enrol_request = msgspec.msgpack.Decoder(EnrolRequest).decode
decode_enrol_answer = msgspec.msgpack.Decoder(EnrolAnswer).decode
decode_receipt = msgspec.msgpack.Decoder(Receipt).decode
