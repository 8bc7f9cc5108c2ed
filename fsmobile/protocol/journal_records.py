"""Ops of the journal: in the log with all others, chained and receipted alike."""

from collections.abc import Callable

import msgspec

from fsmobile.core.ids import AgentId, OpId
from fsmobile.core.journal import JournalNote, JournalNoted
from fsmobile.protocol.ops import Op, check_counts

JOURNAL_NOTE = "journal.note"

encode_note: Callable[[JournalNote], bytes] = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(JournalNote).decode


def _read_note(op: Op, data: bytes) -> JournalNoted:
    if op.entity != op.op_id:
        raise ValueError(f"{op.kind} of another entity")
    note = _decode(data)
    check_counts(note.count)
    return JournalNoted(op_id=OpId(op.op_id), hlc=op.hlc, agent_id=AgentId(op.agent_id), note=note)


JOURNAL_READERS: dict[str, Callable[[Op, bytes], JournalNoted]] = {JOURNAL_NOTE: _read_note}
"""How the kind is read; it is of schema 1."""
