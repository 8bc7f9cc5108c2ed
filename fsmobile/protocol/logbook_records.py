"""Kinds of ops on the logbook: facts of core to JSON data, and back.

The data of `logbook.write` are the fields of core's `LogEntry` under their own names.
"""

from collections.abc import Callable

import msgspec

from fsmobile.core.ids import AgentId, OpId, parse_passage_id
from fsmobile.core.logbook import (
    LogClosed,
    LogEntry,
    LogFact,
    LogFactUndone,
    LogRead,
    LogWritten,
    check_log_entry,
)
from fsmobile.errors import InvalidInput
from fsmobile.protocol.ops import Op

LOGBOOK_WRITE = "logbook.write"
LOGBOOK_CLOSE = "logbook.close"
LOGBOOK_READ = "logbook.read"
LOGBOOK_UNDO = "logbook.undo"


class LogData(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Data of `logbook.close`, `logbook.read` and `logbook.undo`; each uses what it needs."""

    text: str = ""
    undo: str = ""
    """Op that this one withdraws."""


encode_log: Callable[[LogEntry | LogData], bytes] = msgspec.json.Encoder().encode

_decode_entry = msgspec.json.Decoder(LogEntry).decode
_decode_data = msgspec.json.Decoder(LogData).decode


def _read_writing(op: Op, data: bytes) -> LogFact:
    if op.entity != op.op_id:
        raise ValueError(f"{op.kind} of another entity")
    entry = _decode_entry(data)
    try:
        check_log_entry(entry)
    except InvalidInput as error:
        raise ValueError(f"{op.kind}: {error.code}") from error
    if entry.cancels is not None:
        parse_passage_id(entry.cancels)
    return LogWritten(op_id=OpId(op.op_id), hlc=op.hlc, agent_id=AgentId(op.agent_id), entry=entry)


def _read_closing(op: Op, data: bytes) -> LogFact:
    text = _decode_data(data).text
    return LogClosed(op_id=OpId(op.op_id), hlc=op.hlc, agent_id=AgentId(op.agent_id), text=text)


def _read_reading(op: Op, data: bytes) -> LogFact:
    _decode_data(data)
    return LogRead(op_id=OpId(op.op_id), hlc=op.hlc, agent_id=AgentId(op.agent_id))


def _read_undo(op: Op, data: bytes) -> LogFact:
    undone = OpId(_decode_data(data).undo)
    return LogFactUndone(
        op_id=OpId(op.op_id), hlc=op.hlc, agent_id=AgentId(op.agent_id), undone=undone
    )


LOGBOOK_READERS: dict[str, Callable[[Op, bytes], LogFact]] = {
    LOGBOOK_WRITE: _read_writing,
    LOGBOOK_CLOSE: _read_closing,
    LOGBOOK_READ: _read_reading,
    LOGBOOK_UNDO: _read_undo,
}
"""How each kind is read; all of them are of schema 1."""
