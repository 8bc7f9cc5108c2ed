"""Hostile contents in each field of each kind: judged one by one, and nobody is held up."""

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
from sqlalchemy import Engine, func, select
from worlds import (
    PASSAGE,
    UNIT,
    FakeClock,
    Laptop,
    SeededChance,
    a_laptop,
    a_registry,
    a_visit,
    no_problems,
)

from fsmobile.core.ids import AgentId, VisitId
from fsmobile.core.periods import read_period
from fsmobile.protocol.promise_records import PROMISE_READERS
from fsmobile.protocol.records import SCHEMAS, Held, encode_visit, read_record
from fsmobile.protocol.scopes import office_scope
from fsmobile.registry import schema
from fsmobile.registry.administration import open_registry
from fsmobile.registry.holdings import export_ops
from fsmobile.registry.verification import verify_registry
from fsmobile.store import ops, queries
from fsmobile.store.integrity import check_store
from fsmobile.store.ops import NewOp
from fsmobile.usecases import appointments, follow_ups, passages, visits
from fsmobile.usecases.absences import absences_of
from fsmobile.usecases.exported_files import Form
from fsmobile.usecases.report_exports import export_report
from fsmobile.usecases.reports import make_report
from fsmobile.usecases.visit_exports import export_visits

UNIT_SCOPE, AGENCY_SCOPE = f"unit:{UNIT}", "agency:bus-charente"
DAY, HASH = "2026-11-26", "ab" * 32
HOSTILE = (
    b"null", b"true", b"-1", b"0.5", b"1e400", b"9" * 400, b"[]", b"{}", b'""', b'"\\u0000"',
    b'"a\\u0000b"', b'"\\u202e[/]\\u001b[2J"', b'"../../etc"', b'"2026-02-30"', b'"24:00"',
    b'"14:05Z"', b'"' + b"x" * 60_000 + b'"', b"[" * 40 + b"]" * 40,
    b'"\xff\xfe"', b'"\xed\xa0\x80"', b"2147483648", b'"0001-01-01"', b'"9999-12-31"',
    b'"23:59:59.999999"',
)  # fmt: skip
"""As they stand in the JSON of an op: it can be taken apart, and is wrong almost everywhere."""
UNREADABLE = (
    b"NaN", b"-Infinity", b'"\\ud800"', b"[[1,2",
    b"[" * 10_000 + b"]" * 10_000, b'{"a":' * 10_000,
)  # fmt: skip
"""No JSON, no text, or too deep: what a disk may make of an op; what is left of it is kept."""
MARK = "\N{SNOWMAN}"

SOUND: dict[str, Any] = {
    "visit.record": json.loads(encode_visit(a_visit())),
    "visit.correct": {"changes": {"minutes": [15, 20], "note": ["", "clé"]}},
    "visit.void": {"reason": "erreur"},
    "passage.open": {"at": "09:30:00"},
    "passage.close": {"at": "12:00:00", "reason": "panne"},
    "passage.cancel": {"reason": "panne"},
    "passage.note": {"text": "parking pris"},
    "passage.tally": {"counter": "c1", "tally": {"met": 3, "sent_elsewhere": 1, "turned_away": 0}},
    "schedule.file": {"sha256": HASH, "part": 0, "parts": 1, "text": "x = 1"},
    "schedule.publish": {
        "agency": "bus-charente", "base": 0, "manifest": {"lieux.toml": HASH}, "why": "",
        "laptop": "portable", "resolved": [
            {"file": "a", "key": "b", "kept": "mine", "mine": "1", "theirs": "2", "value": None,
             "revision": 1, "author": "nadia"},
        ],
    },
    "appointment.book": {
        "passage_id": PASSAGE, "starts": "10:00:00", "minutes": 30, "procedure": "retraite-dossier",
        "note": "avec sa fille", "needs_transport": True,
    },
    "appointment.move": {"passage_id": PASSAGE, "starts": "11:00:00"},
    "appointment.tell": {"day": DAY, "place_id": "luxe"},
    "appointment.cancel": {"presence": "excused"},
    "appointment.presence": {"presence": "seen"},
    "appointment.undo": {"undo": "01a20ca4-13f4-7108-8f2b-ef1ec79dbbda"},
    "followup.open": {
        "opened_on": DAY, "task": "rappeler", "due": DAY,
        "referral": {"to": "cnav", "channel": "mail", "reference": "42"},
    },
    "followup.name": {
        "name": "Jean", "contact": "05", "consented_on": DAY, "consent_text": "c1",
        "erase_on": DAY,
    },
    "followup.step": {"on": DAY, "text": "appelé", "due": DAY, "task": "rappeler"},
    "followup.close": {"on": DAY, "is_done": True, "usefulness": "yes"},
    "followup.undo": {"undo": "01a20ca4-13f4-7108-8f2b-ef1ec79dbbda"},
    "commune.notice": {
        "step": "told", "publication": "01a20ca4-13f4-7108-8f2b-ef1ec79dbbda", "on": DAY,
        "channel": "email", "remark": "vu",
    },
    "passage.arrive": {"at": "09:10:00"},
    "passage.leave": {"at": "12:20:00"},
    "passage.delay": {"reason": "meteo"},
    "logbook.write": {"kind": "incident", "text": "arbre", "place_id": "luxe", "cause": "route"},
    "logbook.close": {"text": "fait"},
    "logbook.read": {},
    "logbook.undo": {"undo": "01a20ca4-13f4-7108-8f2b-ef1ec79dbbda"},
    "journal.note": {"act": "exported", "detail": "report csv", "count": 3},
    "agent.absence": {"who": "agent-a", "first": DAY, "last": DAY, "kind": "conge"},
}  # fmt: skip
NEW_ENTITY = (
    *("visit.record", "appointment.book", "followup.open", "schedule.file", "agent.absence"),
    *("logbook.write", "journal.note"),
)


def spoilt(data: Any) -> Iterator[bytes]:
    """Yield the data with each of its values, then all of them, replaced by each hostile one."""
    for place in places_in(data):
        text = json.dumps(with_mark(data, place), ensure_ascii=False)
        whole = text.encode().replace(f'"{MARK}"'.encode(), MARK.encode())
        for hostile in HOSTILE:
            yield whole.replace(MARK.encode(), hostile)


def places_in(data: Any, place: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    yield place
    if isinstance(data, dict | list):
        for key, value in data.items() if isinstance(data, dict) else enumerate(data):
            yield from places_in(value, (*place, key))


def with_mark(data: Any, place: tuple[str | int, ...]) -> Any:
    """Return the data with a mark in one place; keys are spoilt with their values."""
    if not place:
        return MARK
    first, *rest = place
    if isinstance(data, list):
        return [with_mark(v, tuple(rest)) if n == first else v for n, v in enumerate(data)]
    return {k: with_mark(v, tuple(rest)) if k == first else v for k, v in data.items()}


def entity_of(kind: str, made: Mapping[str, str]) -> str | None:
    """Return what an op is about: something new, or what its laptop made before."""
    if kind in NEW_ENTITY:
        return None
    if kind == "commune.notice":
        return "commune/bus-charente/16300"
    return PASSAGE if kind.startswith("passage.") else made[kind.partition(".")[0]]


def scope_of(kind: str) -> str:
    if kind == "agent.absence":
        return office_scope("bus-charente")
    return AGENCY_SCOPE if kind.startswith(("schedule.", "commune.")) else UNIT_SCOPE


def an_op(kind: str, data: Any, entity: str | None = None) -> NewOp:
    return NewOp(
        kind=kind,
        schema=SCHEMAS[kind],
        scope=scope_of(kind),
        agent_id=AgentId("agent-a"),
        data=data if isinstance(data, bytes) else json.dumps(data).encode(),
        entity=entity,
    )


def make_entities(laptop: Laptop) -> dict[str, str]:
    """Let a laptop make one of each noun: a visit, an appointment…"""
    return {
        kind.partition(".")[0]: ops.append(laptop.replica, an_op(kind, SOUND[kind])).op_id
        for kind in NEW_ENTITY
    }


def record_hostile(laptop: Laptop, monkeypatch: pytest.MonkeyPatch) -> int:
    """Let a laptop with a fault of its own record every hostile op; return how many."""
    made = make_entities(laptop)
    news = [
        an_op(kind, data, entity_of(kind, made))
        for kind, sound in SOUND.items()
        for data in spoilt(sound)
    ]
    with monkeypatch.context() as patch:
        # What a sound program would refuse at once, this one writes.
        patch.setattr(ops, "project", lambda *_arguments, **_options: None)
        ops.append_all(laptop.replica, news)
    return len(made) + len(news)


def test_every_kind_is_tried_and_sound_before_it_is_spoilt() -> None:
    assert set(SOUND) == set(SCHEMAS)
    assert set(PROMISE_READERS) < set(SOUND)
    laptop = a_laptop(a_registry())
    made = make_entities(laptop)
    for kind, data in SOUND.items():
        record = read_record(ops.append(laptop.replica, an_op(kind, data, entity_of(kind, made))))
        assert not isinstance(record, Held)


@pytest.mark.parametrize("data", UNREADABLE, ids=range(len(UNREADABLE)))
def test_an_unreadable_op_is_kept_as_spoilt_and_delays_nobody(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch, data: bytes
) -> None:
    registry = open_registry(sqlite_engine, FakeClock(), SeededChance(5), no_problems)
    faulty, sound = a_laptop(registry, seed=2), a_laptop(registry, seed=3, name="sain")
    new = NewOp(
        kind="visit.record", schema=1, scope=UNIT_SCOPE, agent_id=AgentId("agent-a"), data=data
    )
    with monkeypatch.context() as patch:
        patch.setattr(ops, "project", lambda *_arguments, **_options: None)
        ops.append(faulty.replica, new)
    visits.record_visit(faulty.desk, a_visit())
    report = faulty.sync()
    assert [code for _op_id, code in report.refused] == ["rejected"]
    assert report.waiting == 0
    visits.record_visit(sound.desk, a_visit())
    assert sound.sync().is_complete
    assert len(visits.list_visits(sound.desk)) == 2
    assert verify_registry(registry.storage).faults == []


def test_hostile_ops_are_judged_one_by_one_and_delay_nobody(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = FakeClock()
    registry = open_registry(engine, clock, SeededChance(5), no_problems)
    faulty = a_laptop(registry, role="coordinator", name="fautif", seed=2)
    sound = [
        a_laptop(registry, role=role, name=role, seed=seed)
        for seed, role in enumerate(("agent", "coordinator"), start=3)
    ]
    count = record_hostile(faulty, monkeypatch)
    last = visits.record_visit(faulty.desk, a_visit())
    report = faulty.sync()
    assert report.is_complete
    assert report.received == count + 1
    with registry.storage.reading() as transaction:
        held = select(func.count()).select_from(schema.op)
        assert transaction.connection.execute(held).scalar_one() == count + 1
    refusals = queries.list_refusals(faulty.replica)
    assert count / 2 < len(refusals) < count
    assert all(detail for _, _, _, detail in refusals)

    for laptop in (*sound, faulty):
        visits.record_visit(laptop.desk, a_visit())
    for laptop in (*sound, faulty, *sound):
        assert laptop.sync().is_complete
    for laptop in (*sound, faulty):
        look_at_everything(laptop, last)
    assert verify_registry(registry.storage).faults == []
    assert sum(1 for line in export_ops(registry.storage) if json.loads(line)) == count + 4


def look_at_everything(laptop: Laptop, last: str) -> None:
    """Ask a laptop all that its screens ask."""
    absences_of(laptop.desk)
    shown = {row.state.visit_id for row in visits.list_visits(laptop.desk)}
    assert last in shown
    assert check_store(laptop.replica).faults == ()
    for visit_id in shown:
        queries.load_history(laptop.replica, VisitId(visit_id))
    passages.load_day(laptop.desk, a_visit().service_date)
    queries.load_history(laptop.replica, PASSAGE)
    appointments.list_appointments(laptop.desk)
    follow_ups.list_open(laptop.desk)
    year = read_period("2026")
    for form in Form:
        export_report(laptop.desk, make_report(laptop.desk, year), None, form)
        export_visits(laptop.desk, year, form)
