"""Ops on the absences of agents: facts of core to JSON data, and back.

They travel in the scope of the coordinators' office, which no bus may read.
"""

from collections.abc import Callable
from datetime import date

import msgspec
from msgspec import Struct

from fsmobile.core.absences import (
    Absence,
    AbsenceFact,
    AbsenceKind,
    AbsenceRecorded,
    AbsenceWithdrawn,
)
from fsmobile.core.ids import AgentId, OpId
from fsmobile.protocol.ops import Op

AGENT_ABSENCE = "agent.absence"


class AbsenceData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Data of `agent.absence`: who is away and when, or that it is withdrawn."""

    who: str = ""
    first: date | None = None
    last: date | None = None
    kind: AbsenceKind = AbsenceKind.OTHER
    withdrawn: bool = False
    """The entity is then the op that is withdrawn."""


encode_absence: Callable[[AbsenceData], bytes] = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(AbsenceData).decode


def _read_absence(op: Op, data: bytes) -> AbsenceFact:
    d = _decode(data)
    op_id, agent_id = OpId(op.op_id), AgentId(op.agent_id)
    if d.withdrawn:
        return AbsenceWithdrawn(
            op_id=op_id, hlc=op.hlc, agent_id=agent_id, withdrawn=OpId(op.entity)
        )
    if not d.who or d.first is None or d.last is None or d.last < d.first:
        raise ValueError("agent.absence: a field is missing, or the days are reversed")
    absence = Absence(who=AgentId(d.who), first=d.first, last=d.last, kind=d.kind)
    return AbsenceRecorded(op_id=op_id, hlc=op.hlc, agent_id=agent_id, absence=absence)


ABSENCE_READERS: dict[str, Callable[[Op, bytes], AbsenceFact]] = {AGENT_ABSENCE: _read_absence}
"""How the kind is read; it is of schema 1."""
