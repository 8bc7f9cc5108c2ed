"""Ops on communes: whom to reach, who told them what; facts of core to JSON data, and back.

There is a single kind, so that a laptop that does not know it yet holds all facts of a commune back
together, untouched.
"""

from collections.abc import Callable
from datetime import date
from typing import TypedDict

import msgspec
from msgspec import Struct

from fsmobile.core.commune_notices import (
    CommuneContact,
    CommuneContactSet,
    CommuneFact,
    CommuneFactUndone,
    CommuneTold,
    NoticeChannel,
    NoticeStep,
)
from fsmobile.core.ids import AgentId, OpId
from fsmobile.protocol.ops import Op

COMMUNE_NOTICE = "commune.notice"
_ENTITY = "commune/"


class NoticeData(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Data of `commune.notice`: a contact, a step, or the op that is withdrawn."""

    contact: CommuneContact | None = None
    step: NoticeStep | None = None
    publication: str = ""
    on: date | None = None
    channel: NoticeChannel | None = None
    remark: str = ""
    undo: str | None = None


encode_notice: Callable[[NoticeData], bytes] = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder(NoticeData).decode


def commune_entity(agency: str, code: str) -> str:
    """Return the entity of a commune; without a code, the prefix that all of them share."""
    return f"{_ENTITY}{agency}/{code}"


def _read_notice(op: Op, data: bytes) -> CommuneFact:
    d = _decode(data)
    if not op.entity.startswith(_ENTITY):
        raise ValueError("commune.notice of something else")
    if d.undo is not None:
        return CommuneFactUndone(**_signed(op), undone=OpId(d.undo))
    if d.contact is not None:
        return CommuneContactSet(**_signed(op), contact=d.contact)
    if d.step is None or d.on is None or d.channel is None or not d.publication:
        raise ValueError("commune.notice: a field is missing")
    return CommuneTold(
        **_signed(op),
        step=d.step,
        publication=OpId(d.publication),
        on=d.on,
        channel=d.channel,
        remark=d.remark,
    )


class _Signed(TypedDict):
    op_id: OpId
    hlc: str
    agent_id: AgentId


def _signed(op: Op) -> _Signed:
    return _Signed(op_id=OpId(op.op_id), hlc=op.hlc, agent_id=AgentId(op.agent_id))


NOTICE_READERS: dict[str, Callable[[Op, bytes], CommuneFact]] = {COMMUNE_NOTICE: _read_notice}
"""How the kind is read; it is of schema 1."""
