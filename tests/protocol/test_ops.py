"""Ops: bytes kept verbatim, and whatever is no op refused in one way."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import SeededChance, a_visit

from fsmobile.core.ids import make_uuid7
from fsmobile.protocol import records
from fsmobile.protocol.journal_records import JOURNAL_NOTE
from fsmobile.protocol.ops import BODY_MAX, DEPTH_MAX, Op, check_op_id, make_op, read_op
from fsmobile.protocol.promise_records import APPOINTMENT_BOOK
from fsmobile.protocol.records import Held, read_record

CHANCE = SeededChance(5)
HLC = "0192e4f1a2b3-0004"
PASSAGE = "bus-charente/semaine-paire/luxe/2026-11-26"


def _op(kind: str = "visit.record", data: bytes = b"{}", entity: str | None = None) -> Op:
    return make_op(
        kind=kind,
        schema=1,
        op_id=make_uuid7(1_795_680_000_000, CHANCE.token(10)),
        scope="unit:bus-charente/bus-1",
        hlc=HLC,
        agent_id="agent-a",
        salt=CHANCE.token(8),
        entity=entity,
        data=data,
    )


def _body(**changes: object) -> bytes:
    header = json.loads(_op().body) | changes
    return json.dumps({key: value for key, value in header.items() if value is not None}).encode()


def test_an_op_is_read_as_it_was_made() -> None:
    made = _op(records.VISIT_RECORD, records.encode_visit(a_visit(note="é « … » \u202e")))
    assert read_op(made.body) == made
    record = read_record(made)
    assert isinstance(record, records.VisitRecorded)
    assert record.visit == a_visit(note="é « … » \u202e")


def test_fields_of_a_newer_program_stay_in_the_bytes() -> None:
    body = _body(x={"mood": ["good"]}, d={**json.loads(records.encode_visit(a_visit())), "y": 1})
    op = read_op(body)
    assert op.body == body
    assert isinstance(read_record(op), records.VisitRecorded)
    assert json.loads(op.data)["y"] == 1


@pytest.mark.parametrize(
    ("kind", "schema"), [("meteo.observe", 1), (records.VISIT_RECORD, 2), ("erase", 1)]
)
def test_a_kind_or_schema_of_later_is_held(kind: str, schema: int) -> None:
    assert read_record(read_op(_body(k=kind, s=schema))) == Held(kind=kind, schema=schema)


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"\xff\xfe",
        b'{"k":"\xff"}',
        b'{"k":"\\ud800"}',
        b"{" * 100_000,
        _body(id="not-a-uuid"),
        _body(id=_op().op_id.upper()),
        _body(id="{" + _op().op_id + "}"),
        _body(hlc="yesterday"),
        _body(hlc=HLC.upper()),
        _body(k="two words"),
        _body(k=""),
        _body(sc="unit:a\u0000b"),
        _body(a="a" * 201),
        _body(s="1"),
        _body(s=-1),
        _body(s=2**70),
        _body(d=None),
        _body(d="x" * BODY_MAX),
        _body(d=0).replace(b'"d": 0', b'"d": ' + b"[" * 20_000 + b"]" * 20_000),
        _body(d=0).replace(b'"d": 0', b'"d": NaN'),
        _body(d=0).replace(b'"d": 0', b'"d": ' + b'{"a":' * 70 + b"1" + b"}" * 70),
    ],
)
def test_what_is_no_op_is_refused_in_one_way(body: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - the class is the contract; codes are the caller's
        read_op(body)


def test_depth_is_counted_outside_texts() -> None:
    brackets = "[" * (DEPTH_MAX * 3) + '\\"'
    assert read_op(_body(d={"note": brackets})).kind == "visit.record"


@given(st.binary(max_size=300))
def test_random_bytes_raise_nothing_else(body: bytes) -> None:
    try:
        read_op(body)
    except ValueError:
        return
    raise AssertionError("random bytes that are an op")


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists))
def test_random_data_of_a_known_kind_raises_nothing_else(data: object) -> None:
    for kind in records.SCHEMAS:
        op = read_op(_body(k=kind, d={"v": data}, e=PASSAGE if "passage" in kind else None))
        try:
            read_record(op)
        except ValueError:
            continue


VISIT = json.loads(records.encode_visit(a_visit()))
APPOINTMENT = {"passage_id": PASSAGE, "starts": "10:00:00", "minutes": 30}


@pytest.mark.parametrize(
    ("kind", "entity", "data"),
    [
        # Each would have stopped whoever folds it: a laptop, then every laptop of the unit.
        (records.PASSAGE_OPEN, PASSAGE, {"at": "14:05:00Z"}),
        (records.PASSAGE_CLOSE, PASSAGE, {"at": "14:05:00+02:00"}),
        (records.VISIT_RECORD, None, {**VISIT, "starts": "14:05:00Z"}),
        (records.VISIT_RECORD, _op().op_id, VISIT),
        (records.VISIT_RECORD, None, {**VISIT, "passage_id": "nowhere"}),
        (records.VISIT_CORRECT, _op().op_id, {"changes": {"starts": ["14:05:00", "14:05:00Z"]}}),
        (records.VISIT_CORRECT, _op().op_id, {"changes": {"passage_id": [None, "a/b"]}}),
        (records.VISIT_CORRECT, _op().op_id, {"changes": {"minutes": [1, "many"]}}),
        (records.VISIT_CORRECT, _op().op_id, {"changes": {"people": [1, 10**400]}}),
        (records.VISIT_RECORD, None, {**VISIT, "minutes": 10**400}),
        (records.VISIT_RECORD, None, {**VISIT, "people": -1}),
        (records.PASSAGE_TALLY, PASSAGE, {"counter": "c", "tally": {"met": 2**31}}),
        (JOURNAL_NOTE, None, {"act": "exported", "detail": "", "count": 10**400}),
        (APPOINTMENT_BOOK, None, {**APPOINTMENT, "minutes": 10**400}),
        (records.PASSAGE_OPEN, None, {"at": "14:05:00"}),
        (records.PASSAGE_OPEN, PASSAGE, {}),
        (records.PASSAGE_CANCEL, PASSAGE, {"reason": "ennui"}),
        (records.PASSAGE_TALLY, PASSAGE, {"tally": {"met": 1}}),
        (records.SCHEDULE_FILE, None, {"sha256": "0" * 64, "part": 1, "parts": 1, "text": ""}),
        (records.SCHEDULE_FILE, None, {"sha256": "../x", "part": 0, "parts": 1, "text": ""}),
        (records.SCHEDULE_FILE, None, {"sha256": "0" * 64, "part": 0, "parts": 1, "text": "\0"}),
        *(
            (records.SCHEDULE_PUBLISH, None, {"agency": "a", "base": 0, "manifest": {path: "0"}})
            for path in ("../x", "/etc/x", "a/../b", "C:\\x", "a\\b", ".hidden", "", "a//b", "a/")
        ),
        (records.SCHEDULE_PUBLISH, None, {"agency": "a", "base": -1, "manifest": {}}),
    ],
)
def test_poison_is_refused_where_it_is_read(kind: str, entity: str | None, data: object) -> None:
    op = read_op(_body(k=kind, e=entity, d=data))
    with pytest.raises(ValueError):  # noqa: PT011 - the class is the contract
        read_record(op)


def test_a_correction_of_a_field_of_later_is_held() -> None:
    op = read_op(_body(k=records.VISIT_CORRECT, e=_op().op_id, d={"changes": {"mood": [1, 2]}}))
    assert read_record(op) == Held(kind=records.VISIT_CORRECT, schema=1)


def test_an_op_too_large_is_refused_when_it_is_made() -> None:
    with pytest.raises(ValueError, match="bytes"):
        _op(data=json.dumps("x" * BODY_MAX).encode())


def test_an_id_has_one_form() -> None:
    op_id = _op().op_id
    assert check_op_id(op_id) == op_id
    with pytest.raises(ValueError, match="canonical"):
        check_op_id(op_id.replace("-", ""))
