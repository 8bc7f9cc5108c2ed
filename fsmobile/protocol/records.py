"""Kinds of ops and their data: facts of core to JSON, and back.

The data of `visit.record` are the fields of `core.visits.Visit` under their own names: renaming a
field there would change the wire format, and fail the compatibility tests. A kind or a schema that
this program does not know is `Held`: stored, shown as needing an update, never damaged.
"""

import re
from collections.abc import Callable, Mapping
from datetime import time
from typing import Any, get_type_hints

import msgspec
from msgspec import Struct

from fsmobile.core.absences import AbsenceFact
from fsmobile.core.appointments import AppointmentFact
from fsmobile.core.commune_notices import CommuneFact
from fsmobile.core.follow_ups import FollowUpFact
from fsmobile.core.ids import AgentId, OpId, VisitId, parse_passage_id
from fsmobile.core.journal import JournalNoted
from fsmobile.core.logbook import LogFact
from fsmobile.core.passages import (
    PassageArrived,
    PassageCancelled,
    PassageClosed,
    PassageDelayed,
    PassageFact,
    PassageFactUndone,
    PassageLeft,
    PassageNoted,
    PassageOpened,
    PassageReason,
    PassageTallied,
    Tally,
)
from fsmobile.core.visits import Visit, VisitCorrected, VisitFact, VisitRecorded, VisitVoided
from fsmobile.protocol.absence_records import ABSENCE_READERS
from fsmobile.protocol.journal_records import JOURNAL_READERS
from fsmobile.protocol.logbook_records import LOGBOOK_READERS
from fsmobile.protocol.notice_records import NOTICE_READERS
from fsmobile.protocol.ops import Op, check_counts
from fsmobile.protocol.promise_records import PROMISE_READERS

VISIT_RECORD = "visit.record"
VISIT_CORRECT = "visit.correct"
VISIT_VOID = "visit.void"
PASSAGE_OPEN = "passage.open"
PASSAGE_CLOSE = "passage.close"
PASSAGE_CANCEL = "passage.cancel"
PASSAGE_NOTE = "passage.note"
PASSAGE_TALLY = "passage.tally"
PASSAGE_ARRIVE = "passage.arrive"
PASSAGE_LEAVE = "passage.leave"
PASSAGE_DELAY = "passage.delay"
SCHEDULE_FILE = "schedule.file"
SCHEDULE_PUBLISH = "schedule.publish"

SCHEMAS = {
    VISIT_RECORD: 1,
    VISIT_CORRECT: 1,
    VISIT_VOID: 1,
    PASSAGE_OPEN: 1,
    PASSAGE_CLOSE: 1,
    PASSAGE_CANCEL: 1,
    PASSAGE_NOTE: 1,
    PASSAGE_TALLY: 1,
    PASSAGE_ARRIVE: 1,
    PASSAGE_LEAVE: 1,
    PASSAGE_DELAY: 1,
    SCHEDULE_FILE: 1,
    SCHEDULE_PUBLISH: 2,
    **dict.fromkeys((*PROMISE_READERS, *LOGBOOK_READERS, *NOTICE_READERS, *ABSENCE_READERS), 1),
    **dict.fromkeys(JOURNAL_READERS, 1),
}
"""Greatest schema of each kind that this program reads."""


class CorrectData(msgspec.Struct, kw_only=True):
    """Data of `visit.correct`: field to [before, after]."""

    changes: dict[str, tuple[Any, Any]]


class VoidData(msgspec.Struct, kw_only=True):
    """Data of `visit.void`."""

    reason: str


class PassageData(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Data of `passage.*`; each kind uses some of the fields."""

    at: time | None = None
    reason: PassageReason | None = None
    text: str | None = None
    tally: Tally | None = None
    counter: str | None = None
    undo: str | None = None
    """Op that this one withdraws."""


class ScheduleFilePart(Struct, frozen=True, kw_only=True):
    """Data of `schedule.file`: a part of one file of a schedule tree, found by its hash."""

    sha256: str
    """Of the whole file, hexadecimal."""
    part: int
    parts: int
    text: str


class ScheduleResolution(Struct, frozen=True, kw_only=True):
    """A conflict that the publisher settled: whose value was kept, and over whose edit."""

    file: str
    key: str
    """Dotted, inside the file; empty for the whole file."""
    kept: str
    """`mine`, `theirs`, or `value` for a third one."""
    mine: str | None
    """As written in TOML, shortened; None if absent."""
    theirs: str | None
    value: str | None = None
    """The value that was kept when it is neither of the two."""
    revision: int
    """Theirs."""
    author: str
    """Who published theirs: an agent, or the name of a laptop on which no agent was chosen."""


class SchedulePublication(Struct, frozen=True, kw_only=True):
    """Data of `schedule.publish`: a whole new revision of an agency's tree."""

    agency: str
    base: int
    """Revision it is built on; the new one is `base + 1`. 0 before the first."""
    manifest: dict[str, str]
    """Path to SHA-256 of every file of the tree; empty when it stands in a file of its own."""
    manifest_file: str | msgspec.UnsetType = msgspec.UNSET
    """SHA-256 of that file, which travels in parts as the others do; from schema 2 on."""
    why: str = ""
    laptop: str = ""
    """Name of the laptop it comes from."""
    resolved: tuple[ScheduleResolution, ...] = ()
    """Conflicts settled before it could be published."""


class Held(Struct, frozen=True, kw_only=True):
    """An op that this program cannot read yet."""

    kind: str
    schema: int


SHA256 = re.compile(r"[0-9a-f]{64}")
TREE_PATH = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
"""A path of a schedule tree: plain names, none hidden, no `..`."""

Record = (
    VisitFact
    | PassageFact
    | AppointmentFact
    | FollowUpFact
    | LogFact
    | CommuneFact
    | AbsenceFact
    | JournalNoted
    | ScheduleFilePart
    | SchedulePublication
    | Held
)

_encode = msgspec.json.Encoder().encode
_decode_visit = msgspec.json.Decoder(Visit).decode
_decode_passage = msgspec.json.Decoder(PassageData).decode
_visit_types = get_type_hints(Visit) | {"void": bool}


def encode_visit(visit: Visit) -> bytes:
    """Write the data of `visit.record`."""
    return _encode(visit)


def encode_correction(changes: dict[str, tuple[object, object]]) -> bytes:
    """Write the data of `visit.correct`."""
    return _encode(CorrectData(changes=changes))


def encode_void(reason: str) -> bytes:
    """Write the data of `visit.void`."""
    return _encode(VoidData(reason=reason))


def encode_passage(data: PassageData) -> bytes:
    """Write the data of a `passage.*` op."""
    return _encode(data)


def encode_schedule(data: ScheduleFilePart | SchedulePublication) -> bytes:
    """Write the data of a `schedule.*` op."""
    return _encode(data)


def encode_manifest(manifest: Mapping[str, str]) -> str:
    """Write the manifest of a tree that is too large to stand in its publication."""
    return _encode(dict(sorted(manifest.items()))).decode()


def read_manifest(text: str) -> dict[str, str]:
    """Read the manifest of a tree from a file of its own.

    Raises:
        ValueError: it is no manifest, or has a path that leaves the tree.
    """
    try:
        manifest = msgspec.json.decode(text, type=dict[str, str])
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(f"no manifest: {error}") from error
    _check_paths(manifest)
    return manifest


def read_record(op: Op) -> Record:
    """Read what an op says.

    Raises:
        ValueError: the kind and schema are known, but the data do not have their shape.
    """
    known = SCHEMAS.get(op.kind)
    if known is None or op.schema > known:
        return Held(kind=op.kind, schema=op.schema)
    try:
        return _READERS[op.kind](op, op.data)
    except (msgspec.DecodeError, RecursionError, KeyError, TypeError) as error:
        raise ValueError(f"{op.kind}: {error}") from error


def _read_visit(op: Op, data: bytes) -> VisitRecorded:
    if op.entity != op.op_id:
        raise ValueError("visit.record of another entity")
    visit = _decode_visit(data)
    _check_visit_values({"passage_id": visit.passage_id, "starts": visit.starts})
    check_counts(visit.people, visit.minutes)
    return VisitRecorded(
        op_id=OpId(op.op_id), hlc=op.hlc, agent_id=AgentId(op.agent_id), visit=visit
    )


def _read_correction(op: Op, data: bytes) -> VisitCorrected | Held:
    raw = msgspec.json.decode(data, type=CorrectData).changes
    if not raw.keys() <= _visit_types.keys():
        return Held(kind=op.kind, schema=op.schema)
    changes = {
        name: (
            msgspec.convert(before, _visit_types[name]),
            msgspec.convert(after, _visit_types[name]),
        )
        for name, (before, after) in raw.items()
    }
    _check_visit_values({name: after for name, (_, after) in changes.items()})
    check_counts(*(after for _, after in changes.values() if isinstance(after, int)))
    return VisitCorrected(
        op_id=OpId(op.op_id),
        hlc=op.hlc,
        agent_id=AgentId(op.agent_id),
        visit_id=VisitId(op.entity),
        changes=changes,
    )


def _check_visit_values(values: Mapping[str, object]) -> None:
    """Refuse values that have the right type and would still break folding."""
    passage_id, starts = values.get("passage_id"), values.get("starts")
    if isinstance(passage_id, str):
        parse_passage_id(passage_id)
    if isinstance(starts, time):
        _check_wall_time(starts)


def _check_wall_time(hour: time) -> None:
    # « 14:05Z » cannot be compared with « 14:05 »: a single such op would stop every laptop.
    if hour.tzinfo is not None:
        raise ValueError("a wall time with an offset")


def _read_void(op: Op, data: bytes) -> VisitVoided:
    return VisitVoided(
        op_id=OpId(op.op_id),
        hlc=op.hlc,
        agent_id=AgentId(op.agent_id),
        visit_id=VisitId(op.entity),
        reason=msgspec.json.decode(data, type=VoidData).reason,
    )


def _read_passage(op: Op, data: bytes) -> PassageFact:
    parse_passage_id(op.entity)
    d = _decode_passage(data)
    if d.at is not None:
        _check_wall_time(d.at)
    op_id, agent_id = OpId(op.op_id), AgentId(op.agent_id)
    if d.undo is not None:
        return PassageFactUndone(op_id=op_id, hlc=op.hlc, agent_id=agent_id, undone=OpId(d.undo))
    if op.kind == PASSAGE_OPEN and d.at is not None:
        return PassageOpened(op_id=op_id, hlc=op.hlc, agent_id=agent_id, at=d.at)
    if op.kind == PASSAGE_CLOSE and d.at is not None:
        return PassageClosed(op_id=op_id, hlc=op.hlc, agent_id=agent_id, at=d.at, reason=d.reason)
    if op.kind == PASSAGE_CANCEL and d.reason is not None:
        return PassageCancelled(op_id=op_id, hlc=op.hlc, agent_id=agent_id, reason=d.reason)
    if op.kind == PASSAGE_NOTE and d.text is not None:
        return PassageNoted(op_id=op_id, hlc=op.hlc, agent_id=agent_id, text=d.text)
    if op.kind == PASSAGE_TALLY and d.tally is not None and d.counter is not None:
        check_counts(d.tally.met, d.tally.sent_elsewhere, d.tally.turned_away)
        return PassageTallied(
            op_id=op_id, hlc=op.hlc, agent_id=agent_id, counter=d.counter, tally=d.tally
        )
    if op.kind == PASSAGE_ARRIVE and d.at is not None:
        return PassageArrived(op_id=op_id, hlc=op.hlc, agent_id=agent_id, at=d.at)
    if op.kind == PASSAGE_LEAVE and d.at is not None:
        return PassageLeft(op_id=op_id, hlc=op.hlc, agent_id=agent_id, at=d.at)
    if op.kind == PASSAGE_DELAY and d.reason is not None:
        return PassageDelayed(op_id=op_id, hlc=op.hlc, agent_id=agent_id, reason=d.reason)
    raise ValueError(f"{op.kind}: a field is missing")


def _read_schedule_file(op: Op, data: bytes) -> ScheduleFilePart:
    part = msgspec.json.decode(data, type=ScheduleFilePart)
    if not 0 <= part.part < part.parts <= 10_000:
        raise ValueError("schedule.file: part out of range")
    if SHA256.fullmatch(part.sha256) is None or "\0" in part.text:
        raise ValueError("schedule.file: no hash, or no text")
    return part


def _read_publication(op: Op, data: bytes) -> SchedulePublication:
    publication = msgspec.json.decode(data, type=SchedulePublication)
    _check_paths(publication.manifest)
    apart = publication.manifest_file
    if isinstance(apart, str) and (publication.manifest or SHA256.fullmatch(apart) is None):
        raise ValueError("schedule.publish: two manifests, or no hash")
    if not 0 <= publication.base < 2**53:
        raise ValueError("schedule.publish: base out of range")
    return publication


def _check_paths(manifest: Mapping[str, str]) -> None:
    if not all(map(_is_tree_path, manifest)):
        raise ValueError("schedule.publish: a path that leaves the tree")


def _is_tree_path(path: str) -> bool:
    """Tell whether a path stays inside the tree on every operating system."""
    return TREE_PATH.fullmatch(path) is not None and len(path) <= 200


_READERS: dict[str, Callable[[Op, bytes], Record]] = {
    VISIT_RECORD: _read_visit,
    VISIT_CORRECT: _read_correction,
    VISIT_VOID: _read_void,
    PASSAGE_OPEN: _read_passage,
    PASSAGE_CLOSE: _read_passage,
    PASSAGE_CANCEL: _read_passage,
    PASSAGE_NOTE: _read_passage,
    PASSAGE_TALLY: _read_passage,
    PASSAGE_ARRIVE: _read_passage,
    PASSAGE_LEAVE: _read_passage,
    PASSAGE_DELAY: _read_passage,
    SCHEDULE_FILE: _read_schedule_file,
    SCHEDULE_PUBLISH: _read_publication,
    **PROMISE_READERS,
    **LOGBOOK_READERS,
    **NOTICE_READERS,
    **ABSENCE_READERS,
    **JOURNAL_READERS,
}
