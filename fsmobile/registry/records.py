"""Rows of the registry as values."""

from dataclasses import dataclass


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


@dataclass(frozen=True, slots=True)
class WriterRow:
    """A writer and up to where it is held."""

    writer: bytes
    device_id: bytes
    acked_seq: int


@dataclass(frozen=True, slots=True)
class NewLink:
    """One more link of a writer's chain."""

    seq: int
    op_id: str
    hash: bytes
    chain: bytes


@dataclass(frozen=True, slots=True)
class NewRow:
    """An op about to be stored."""

    gsn: int
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
class StoredOp:
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
