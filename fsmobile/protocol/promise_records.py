"""Kinds of ops on appointments and follow-ups: facts of core to JSON data, and back.

The data of `appointment.book`, `followup.open` and `followup.name` are the fields of core's
`Appointment`, `FollowUp` and `NamedPart` under their own names.
"""

from collections.abc import Callable
from datetime import date, time
from typing import TypedDict

import msgspec

from fsmobile.core.appointments import (
    Appointment,
    AppointmentAttended,
    AppointmentBooked,
    AppointmentCancelled,
    AppointmentFact,
    AppointmentFactUndone,
    AppointmentMoved,
    AppointmentTold,
    Presence,
)
from fsmobile.core.follow_ups import (
    FollowUp,
    FollowUpClosed,
    FollowUpFact,
    FollowUpFactUndone,
    FollowUpNamed,
    FollowUpOpened,
    FollowUpStepped,
    NamedPart,
    Usefulness,
)
from fsmobile.core.ids import AgentId, OpId, PassageId, PlaceId, parse_passage_id
from fsmobile.protocol.ops import Op, check_counts

APPOINTMENT_BOOK = "appointment.book"
APPOINTMENT_MOVE = "appointment.move"
APPOINTMENT_TELL = "appointment.tell"
APPOINTMENT_CANCEL = "appointment.cancel"
APPOINTMENT_PRESENCE = "appointment.presence"
APPOINTMENT_UNDO = "appointment.undo"
FOLLOW_UP_OPEN = "followup.open"
FOLLOW_UP_NAME = "followup.name"
"""The only kind that holds a name: it stands alone, so that it can be erased alone."""
FOLLOW_UP_STEP = "followup.step"
FOLLOW_UP_CLOSE = "followup.close"
FOLLOW_UP_UNDO = "followup.undo"


class MoveData(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Data of `appointment.move`."""

    passage_id: PassageId
    starts: time
    day: date | None = None
    place_id: PlaceId | None = None


class TellData(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Data of `appointment.tell`: where and when the person now expects the bus."""

    day: date
    place_id: PlaceId | None = None


class PresenceData(msgspec.Struct, kw_only=True):
    """Data of `appointment.presence`, and of `appointment.cancel`: by whom."""

    presence: Presence


class StepData(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Data of `followup.step`."""

    on: date
    text: str = ""
    due: date | None = None
    task: str = ""


class CloseData(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Data of `followup.close`."""

    on: date
    is_done: bool
    usefulness: Usefulness = Usefulness.UNKNOWN


class UndoData(msgspec.Struct, kw_only=True):
    """Data of `appointment.undo` and `followup.undo`: the op that is withdrawn."""

    undo: str


PromiseData = (
    Appointment
    | MoveData
    | TellData
    | PresenceData
    | FollowUp
    | NamedPart
    | StepData
    | CloseData
    | UndoData
)

encode_promise: Callable[[PromiseData], bytes] = msgspec.json.Encoder().encode

_book = msgspec.json.Decoder(Appointment).decode
_move = msgspec.json.Decoder(MoveData).decode
_tell = msgspec.json.Decoder(TellData).decode
_presence = msgspec.json.Decoder(PresenceData).decode
_open = msgspec.json.Decoder(FollowUp).decode
_name = msgspec.json.Decoder(NamedPart).decode
_step = msgspec.json.Decoder(StepData).decode
_close = msgspec.json.Decoder(CloseData).decode
_undo = msgspec.json.Decoder(UndoData).decode


def _read_booking(op: Op, data: bytes) -> AppointmentFact:
    _refuse_foreign_entity(op)
    appointment = _book(data)
    _check_slot(appointment.passage_id, appointment.starts)
    check_counts(appointment.minutes)
    return AppointmentBooked(**_signed(op), appointment=appointment)


def _read_move(op: Op, data: bytes) -> AppointmentFact:
    moved = _move(data)
    _check_slot(moved.passage_id, moved.starts)
    return AppointmentMoved(
        **_signed(op),
        passage_id=moved.passage_id,
        starts=moved.starts,
        day=moved.day,
        place_id=moved.place_id,
    )


def _read_telling(op: Op, data: bytes) -> AppointmentFact:
    told = _tell(data)
    return AppointmentTold(**_signed(op), day=told.day, place_id=told.place_id)


def _read_cancellation(op: Op, data: bytes) -> AppointmentFact:
    return AppointmentCancelled(**_signed(op), by=_presence(data).presence)


def _read_presence(op: Op, data: bytes) -> AppointmentFact:
    return AppointmentAttended(**_signed(op), presence=_presence(data).presence)


def _read_appointment_undo(op: Op, data: bytes) -> AppointmentFact:
    return AppointmentFactUndone(**_signed(op), undone=OpId(_undo(data).undo))


def _read_opening(op: Op, data: bytes) -> FollowUpFact:
    _refuse_foreign_entity(op)
    return FollowUpOpened(**_signed(op), follow_up=_open(data))


def _read_name(op: Op, data: bytes) -> FollowUpFact:
    return FollowUpNamed(**_signed(op), named=_name(data))


def _read_step(op: Op, data: bytes) -> FollowUpFact:
    step = _step(data)
    return FollowUpStepped(**_signed(op), on=step.on, text=step.text, due=step.due, task=step.task)


def _read_end(op: Op, data: bytes) -> FollowUpFact:
    end = _close(data)
    return FollowUpClosed(**_signed(op), on=end.on, is_done=end.is_done, usefulness=end.usefulness)


def _read_follow_up_undo(op: Op, data: bytes) -> FollowUpFact:
    return FollowUpFactUndone(**_signed(op), undone=OpId(_undo(data).undo))


class _Signed(TypedDict):
    op_id: OpId
    hlc: str
    agent_id: AgentId


def _signed(op: Op) -> _Signed:
    """Return the fields that every fact has."""
    return _Signed(op_id=OpId(op.op_id), hlc=op.hlc, agent_id=AgentId(op.agent_id))


def _refuse_foreign_entity(op: Op) -> None:
    if op.entity != op.op_id:
        raise ValueError(f"{op.kind} of another entity")


def _check_slot(passage_id: PassageId, starts: time) -> None:
    parse_passage_id(passage_id)
    if starts.tzinfo is not None:
        raise ValueError("a wall time with an offset")


PROMISE_READERS: dict[str, Callable[[Op, bytes], AppointmentFact | FollowUpFact]] = {
    APPOINTMENT_BOOK: _read_booking,
    APPOINTMENT_MOVE: _read_move,
    APPOINTMENT_TELL: _read_telling,
    APPOINTMENT_CANCEL: _read_cancellation,
    APPOINTMENT_PRESENCE: _read_presence,
    APPOINTMENT_UNDO: _read_appointment_undo,
    FOLLOW_UP_OPEN: _read_opening,
    FOLLOW_UP_NAME: _read_name,
    FOLLOW_UP_STEP: _read_step,
    FOLLOW_UP_CLOSE: _read_end,
    FOLLOW_UP_UNDO: _read_follow_up_undo,
}
"""How each kind is read; all of them are of schema 1."""
