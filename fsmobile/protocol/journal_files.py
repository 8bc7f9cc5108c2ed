"""A laptop's journal as a file: the chain of all its ops, and the bodies of the journal's own."""

import msgspec
from msgspec import Struct

from fsmobile.protocol.handovers import Handover

VERSION = 1


class JournalLink(Struct, frozen=True, array_like=True):
    """One op: its part of the chain, and its body if it belongs to the journal."""

    op_id: str
    hash: bytes
    body: bytes | None = None


class JournalWriter(Struct, frozen=True, kw_only=True):
    """One life of the laptop's log."""

    writer: bytes
    why: str
    """Why it was opened: `enrolment`, or what was healed (`fork`, `replay`…)."""
    parent: bytes | None
    parent_seq: int
    receipt: bytes | None
    """Encoded `messages.Receipt`, the last of this writer."""
    links: tuple[JournalLink, ...]


class JournalFile(Struct, frozen=True, kw_only=True):
    """All writers of a laptop."""

    version: int = VERSION
    certificate: bytes
    made_at: int
    writers: tuple[JournalWriter, ...]
    succession: tuple[Handover, ...] = ()
    """The handovers of the registry's keys, up to the one that signed the receipts."""


encode_journal = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(JournalFile).decode


def decode_journal(data: bytes) -> JournalFile:
    """Read a journal.

    Raises:
        ValueError: none, or one of a newer program.
    """
    try:
        journal = _decode(data)
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"no journal: {error}") from error
    if journal.version > VERSION:
        raise ValueError(f"journal of version {journal.version}")
    return journal
