"""The facts of communes as bytes: read back as they were, anything else refused."""

from datetime import date

import pytest

from fsmobile.core.commune_notices import (
    CommuneContact,
    CommuneContactSet,
    CommuneFactUndone,
    CommuneTold,
    NoticeChannel,
    NoticeStep,
)
from fsmobile.core.ids import AgentId
from fsmobile.protocol.notice_records import (
    COMMUNE_NOTICE,
    NoticeData,
    commune_entity,
    encode_notice,
)
from fsmobile.protocol.ops import Op, make_op, read_op
from fsmobile.protocol.records import Held, read_record

ENTITY = commune_entity("bus-charente", "16196")
PUBLICATION = "01a20ca4-13f4-7108-8f2b-ef1ec79dbbda"
STEP = NoticeData(
    step=NoticeStep.TOLD,
    publication=PUBLICATION,
    on=date(2026, 11, 26),
    channel=NoticeChannel.PHONE,
    remark="vu",
)


def op(data: bytes, entity: str = ENTITY, schema: int = 1) -> Op:
    made = make_op(
        kind=COMMUNE_NOTICE,
        schema=schema,
        op_id="01a20ca4-13f4-7108-8f2b-ef1ec79dbbdb",
        scope="agency:bus-charente",
        hlc="019aa5c9d3b8-0000",
        agent_id=AgentId("nadia"),
        salt=bytes(8),
        entity=entity,
        data=data,
    )
    return read_op(made.body)


def test_each_fact_is_read_back_as_it_was() -> None:
    told = read_record(op(encode_notice(STEP)))
    assert isinstance(told, CommuneTold)
    assert (told.step, told.publication, told.channel) == (
        NoticeStep.TOLD,
        PUBLICATION,
        NoticeChannel.PHONE,
    )
    contact = CommuneContact(email="mairie@luxe.example")
    known = read_record(op(encode_notice(NoticeData(contact=contact))))
    assert isinstance(known, CommuneContactSet)
    assert known.contact == contact
    undone = read_record(op(encode_notice(NoticeData(undo=PUBLICATION))))
    assert isinstance(undone, CommuneFactUndone)
    assert undone.undone == PUBLICATION


@pytest.mark.parametrize(
    "data",
    [b"{}", b'{"step":"told"}', b'{"step":"told","publication":"x","on":"2026-11-26"}', b"[]"],
)
def test_a_step_without_its_fields_is_no_fact(data: bytes) -> None:
    with pytest.raises(ValueError, match=r"commune\.notice"):
        read_record(op(data))


def test_a_fact_about_something_else_than_a_commune_is_refused() -> None:
    with pytest.raises(ValueError, match="something else"):
        read_record(op(encode_notice(STEP), entity=PUBLICATION))


def test_a_later_schema_is_held_untouched() -> None:
    assert read_record(op(b'{"step":"sung"}', schema=2)) == Held(kind=COMMUNE_NOTICE, schema=2)
