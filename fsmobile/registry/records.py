"""Rows of the registry as values."""

from dataclasses import dataclass
from enum import StrEnum

from msgspec import Struct

from fsmobile.protocol.orders import CONFIRMED

KEY_SIZE = 32


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """An enrolled laptop."""

    device_id: bytes
    public_key: bytes
    name: str
    agency: str
    unit: str
    role: str
    revoked_at: int | None = None
    counter: int = 0
    box_key: bytes = b""
    erased_upto: int | None = None
    """Every order to erase up to this gsn is carried out there; None: it never said so."""
    policy_upto: int | None = None
    dropped_upto: int | None = None
    enrolled_at: int = 0
    former: bytes | None = None
    """Public keys that it signed with before, one after the other, the newest first."""
    former_scopes: frozenset[str] = frozenset()
    """Of buses that it has left, and for which it may still have acts to send."""

    @property
    def former_keys(self) -> tuple[bytes, ...]:
        """Public keys that it signed with before."""
        held = self.former or b""
        return tuple(held[start : start + KEY_SIZE] for start in range(0, len(held), KEY_SIZE))

    @property
    def confirmed(self) -> dict[str, int]:
        """Up to where orders are carried out there, by kind."""
        found = (self.erased_upto, self.policy_upto, self.dropped_upto)
        return {kind: upto or 0 for kind, upto in zip(CONFIRMED, found, strict=True)}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a laptop says of itself when it speaks over the network."""

    writer: bytes
    last_seq: int
    """How far its own log goes, sent or not."""
    clock_ahead_ms: int
    """Its clock less the registry's; the way there is counted in."""


@dataclass(frozen=True, slots=True)
class WriterRow:
    """A writer and up to where it is held."""

    writer: bytes
    device_id: bytes
    acked_seq: int
    head: bytes | None = None
    """Chain value after `acked_seq`; None when nothing is held."""


@dataclass(frozen=True, slots=True)
class Position:
    """Where the registry's history stands."""

    epoch: bytes
    gsn: int
    """The greatest given so far; 0 for none."""
    history: bytes
    """Names all ops up to there."""


@dataclass(frozen=True, slots=True)
class HistoryRow:
    """An op as the chain over the registry's numbers sees it."""

    gsn: int
    op_id: str
    hash: bytes
    scope: str
    """In which it is handed out; empty for nowhere."""
    history: bytes


class NewLink(Struct, frozen=True, gc=False):
    """One more link of a writer's chain."""

    seq: int
    op_id: str
    hash: bytes
    chain: bytes


class NewRow(Struct, frozen=True, gc=False):
    """An op about to be stored; it gets its number then."""

    op_id: str
    writer: bytes
    kind: str
    scope: str
    entity: str
    body: bytes | None
    hash: bytes
    is_forwarded: bool
    received_at: int


@dataclass(frozen=True, slots=True)
class Erasure:
    """An op whose body must not be held, by anybody, for ever."""

    op_id: str
    at: int
    ground: str
    scope: str = ""
    """Where laptops are told of it; empty if nobody knows."""


class StoredOp(Struct, frozen=True, gc=False):
    """An op as it is handed to a laptop."""

    gsn: int
    scope: str
    op_id: str
    body: bytes | None
    hash: bytes


@dataclass(frozen=True, slots=True)
class Revision:
    """A published revision of a schedule."""

    revision: int
    op_id: str
    manifest: dict[str, str]


class EventKind(StrEnum):
    """What an administrator must hear of."""

    LAPTOP_RESTORED = "laptop_restored"
    """A laptop was restored from an old copy, and opened a new writer."""
    LAPTOP_CLONED = "laptop_cloned"
    """One key is used on two machines, or one copy was restored twice."""
    LAPTOP_REVOKED = "laptop_revoked"
    QUARANTINED = "quarantined"
    """A revoked laptop handed in unsent work."""
    TAKEN_IN = "taken_in"
    """A person took quarantined work in."""
    TURNED_DOWN = "turned_down"
    """A person decided that quarantined work stays outside."""
    REGISTRY_ROLLED_BACK = "registry_rolled_back"
    """A receipt of ours proves that we once held more."""
    REGISTRY_RESTORED = "registry_restored"
    """`registry restore` put a backup back."""
    SPOILT = "spoilt"
    """A laptop's disk has spoilt acts that it had not sent: what is left is kept aside."""
    PUT_BACK = "put_back"
    """A laptop gave back ops that were acknowledged and then lost here."""
    UNPROVEN = "unproven"
    """A laptop gave back ops that no chain of ours knows: quarantined."""
    ERASED = "erased"
    LAPTOP_ASSIGNED = "laptop_assigned"
    """A laptop was assigned to another bus or role."""
    RETENTION = "retention"
    """Bodies past their age are gone."""
    FORBIDDEN = "forbidden"
    """A laptop or an account tried what its role does not allow; it was refused."""
    RISK_CLOSED = "risk_closed"
    """A person accepts that a revoked laptop will never confirm an erasure."""
    EXPORTED = "exported"
    """Everything that is held was written to a file."""
    REPORT_EXPORTED = "report_exported"
    """A report was given away as data, to an account."""
    RETENTION_DECIDED = "retention_decided"
    """A person decided how long a structure keeps bodies."""
    ACCOUNT_CHANGED = "account_changed"
    """An account was made or removed, or its passphrase or second factor changed."""
    LAPTOP_KEY_RENEWED = "laptop_key_renewed"
    """A laptop signs with a new key, that its old one handed over to."""
    KEY_RENEWED = "key_renewed"
    """The registry signs with a new key from its next start on."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that an administrator must hear of."""

    at: int
    kind: str
    device_id: bytes | None
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalRow:
    """An event as the journal holds it."""

    seq: int | None
    """None: written beside the journal, not by this program."""
    event_id: str
    event: Event
    chain: bytes | None
