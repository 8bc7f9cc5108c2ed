"""What becomes of each op at the registry: taken, held, refused, set aside; none delays another."""

import json
from collections.abc import Sequence
from hashlib import sha256

import pytest
from worlds import UNIT, Laptop, a_laptop, a_registry, a_visit

from fsmobile.core.ids import AgentId
from fsmobile.errors import Problem, Severity
from fsmobile.protocol import records
from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.envelope import PROTOCOL, seal
from fsmobile.protocol.messages import SyncReply, SyncRequest, Want, WriterBlock, encode
from fsmobile.protocol.records import ScheduleFilePart, SchedulePublication
from fsmobile.registry.service import RegistryService
from fsmobile.store import identity, ops, projections, queries, schedule_trees
from fsmobile.store.ops import NewOp
from fsmobile.usecases import visits

SCOPE = f"unit:{UNIT}"


def _append(machine: Laptop, kind: str, data: bytes, scope: str = SCOPE, schema: int = 1) -> str:
    new = NewOp(kind=kind, schema=schema, scope=scope, agent_id=AgentId("a"), data=data)
    return ops.append(machine.replica, new).op_id


def _refusals(machine: Laptop) -> dict[str, str]:
    return {
        op_id: detail.get("code", code)
        for op_id, _, code, detail in queries.list_refusals(machine.replica)
    }


def test_each_op_gets_its_judgement_and_none_delays_another() -> None:
    registry = a_registry()
    mine, other = a_laptop(registry, seed=2), a_laptop(registry, seed=3)
    visit = records.encode_visit(a_visit())
    expected = {
        _append(mine, records.VISIT_RECORD, visit, scope="unit:elsewhere/bus-2"): "forbidden",
        _append(mine, records.VISIT_RECORD, visit, scope="agency:bus-charente"): "forbidden",
        _append(mine, records.VISIT_RECORD, b'{"minutes":"many"}'): "malformed",
        _append(mine, records.PASSAGE_OPEN, b'{"at":"14:00Z"}'): "malformed",
        _append(mine, records.SCHEDULE_PUBLISH, b'{"agency":"a","base":0,"manifest":{}}'): (
            "forbidden"
        ),
    }
    held = _append(mine, "meteo.observe", b'{"sky":"grey"}')
    good = visits.record_visit(mine.desk, a_visit())
    report = mine.sync()
    assert report.is_complete
    assert report.received == 7
    assert sorted(op_id for op_id, _ in report.refused) == sorted(expected)
    assert _refusals(mine) == expected
    assert other.sync().pulled == 2
    assert {row.state.visit_id for row in queries.list_visits(other.replica)} == {good}
    assert (
        other.replica.connection.execute("SELECT body FROM remote WHERE op_id = ?", (held,))
        .fetchone()[0]
        .endswith(b'"d":{"sky":"grey"}}')
    )


def test_outcomes_are_told_again_when_the_reply_was_lost() -> None:
    registry = a_registry()
    mine = a_laptop(registry)
    bad = _append(mine, records.VISIT_RECORD, b"{}")
    envelope = _request(mine, registry)
    first = registry.answer(envelope)[1]
    assert isinstance(first, SyncReply)
    report = mine.sync()
    assert [code for _, code in report.refused] == ["rejected"]
    assert list(_refusals(mine)) == [bad]


def _request(
    machine: Laptop,
    registry: RegistryService,
    bodies: Sequence[bytes] | None = None,
    writer: bytes | None = None,
) -> bytes:
    """Seal a request as the engine would, with these ops or all that waits."""
    own = ops.list_writers(machine.replica)[-1]
    device_id = machine.desk.enrolment.device_id
    name = writer or own.writer
    previous = chain = first_chain(device_id, name)
    if bodies is None:
        bodies = ops.read_chunk(machine.replica, own, ops_max=99, bytes_max=10**6).items
    for seq, body in enumerate(bodies, start=1):
        chain = next_chain(chain, seq, json.loads(body)["id"], hash_body(body))
    request = SyncRequest(
        protocol=PROTOCOL,
        app="0.1",
        device_id=device_id,
        counter=identity.next_counter(machine.replica),
        now=0,
        writer=WriterBlock(
            writer=name,
            first_seq=1,
            previous=previous,
            head=chain,
            last_seq=len(bodies),
            ops=list(bodies),
        ),
        want=Want(10**6, 1000),
    )
    return seal(encode(request), machine.key.sign)


def test_the_same_id_with_other_content_is_set_aside_and_harms_nobody() -> None:
    registry = a_registry()
    mine, other = a_laptop(registry, seed=2), a_laptop(registry, seed=3)
    visit_id = visits.record_visit(mine.desk, a_visit(minutes=10))
    (body,) = ops.read_chunk(
        mine.replica, ops.list_writers(mine.replica)[0], ops_max=9, bytes_max=9999
    ).items
    forged = body.replace(b'"minutes":10', b'"minutes":99')
    assert mine.sync().is_complete
    _, answer = registry.answer(_request(other, registry, [forged], writer=b"f" * 16))
    assert isinstance(answer, SyncReply)
    assert [(one.seq, one.code, one.detail) for one in answer.outcomes] == [
        (1, "rejected", {"code": "same_id_other_content"})
    ]
    with registry.storage.transaction() as transaction:
        assert transaction.find_hashes([visit_id]) == {visit_id: hash_body(body)}
    # Its author asks again, as after a lost reply, and is told what was true: merged.
    ops.open_writer(mine.replica, ops.list_writers(mine.replica)[0].writer, 0, "fork")
    assert mine.sync().refused == []


def _tree(machine: Laptop, base: int, files: dict[str, str], missing: str = "") -> None:
    desk = machine.desk
    manifest = {path: sha256(text.encode()).hexdigest() for path, text in files.items()}
    for path, text in files.items():
        if path != missing:
            part = ScheduleFilePart(sha256=manifest[path], part=0, parts=1, text=text)
            data = records.encode_schedule(part)
            ops.append(machine.replica, desk.agency_op(records.SCHEDULE_FILE, data))
    whole = SchedulePublication(agency=desk.agency_id, base=base, manifest=manifest)
    data = records.encode_schedule(whole)
    ops.append(machine.replica, desk.agency_op(records.SCHEDULE_PUBLISH, data))


def test_a_publication_is_taken_whole_on_top_of_the_current_one_only() -> None:
    registry = a_registry()
    one = a_laptop(registry, role="coordinator", seed=2)
    two = a_laptop(registry, role="coordinator", seed=3)
    bus = a_laptop(registry, seed=4)
    _tree(one, 0, {"structure.toml": "a", "lieux.toml": "b"})
    assert one.sync().published
    _tree(two, 0, {"structure.toml": "c"})
    stale = two.sync()
    assert [code for _, code in stale.refused] == ["stale"]
    assert stale.schedule_revision == 1
    report = bus.sync()
    assert report.schedule_revision == 1
    assert schedule_trees.load_tree(bus.replica, "bus-charente") == {
        "structure.toml": "a",
        "lieux.toml": "b",
    }
    _tree(two, 1, {"structure.toml": "d", "lieux.toml": "b"}, missing="structure.toml")
    two.sync()
    assert "schedule_file_missing" in _refusals(two).values()
    assert bus.sync().schedule_revision is None


def _publish_apart(machine: Laptop, manifest_text: str, *, is_sent: bool = True) -> list[str]:
    """Publish a tree whose manifest stands in a file of its own; return the refusals."""
    desk = machine.desk
    digest = sha256(manifest_text.encode()).hexdigest()
    part = ScheduleFilePart(sha256=digest, part=0, parts=1, text=manifest_text)
    whole = SchedulePublication(agency=desk.agency_id, base=0, manifest={}, manifest_file=digest)
    if is_sent:
        data = records.encode_schedule(part)
        ops.append(machine.replica, desk.agency_op(records.SCHEDULE_FILE, data))
    data = records.encode_schedule(whole)
    ops.append(machine.replica, desk.agency_op(records.SCHEDULE_PUBLISH, data, schema=2))
    machine.sync()
    return list(_refusals(machine).values())


def test_a_manifest_of_its_own_is_read_as_one_inside_a_publication() -> None:
    registry = a_registry()
    one = a_laptop(registry, role="coordinator", seed=2)
    bus = a_laptop(registry, seed=3)
    text = "[structure]"
    digest = sha256(text.encode()).hexdigest()
    part = ScheduleFilePart(sha256=digest, part=0, parts=1, text=text)
    data = records.encode_schedule(part)
    ops.append(one.replica, one.desk.agency_op(records.SCHEDULE_FILE, data))
    assert _publish_apart(one, records.encode_manifest({"structure.toml": digest})) == []
    bus.sync()
    assert schedule_trees.load_tree(bus.replica, "bus-charente") == {"structure.toml": text}
    # Made again from the ops, in whatever order they are read.
    projections.rebuild(bus.replica)
    assert schedule_trees.load_tree(bus.replica, "bus-charente") == {"structure.toml": text}


@pytest.mark.parametrize(
    ("manifest", "is_sent", "code"),
    [
        ("{}", False, "schedule_file_missing"),
        ('{"structure.toml":"0"}', True, "schedule_file_missing"),
        ("[]", True, "malformed"),
        ("[" * 30_000, True, "malformed"),
        ('{"../evasion":"0"}', True, "malformed"),
    ],
)
def test_a_manifest_that_is_none_refuses_the_publication(
    manifest: str, is_sent: bool, code: str
) -> None:
    one = a_laptop(a_registry(), role="coordinator", seed=2)
    assert _publish_apart(one, manifest, is_sent=is_sent) == [code]


def test_a_tree_with_errors_is_refused_with_all_of_them() -> None:
    faults = [
        Problem(code="school_calendar_horizon", file="a.toml", line=3),
        Problem(code="unknown_place", severity=Severity.WARNING),
    ]
    plain = a_registry()
    registry = RegistryService(
        storage=plain.storage,
        clock=plain.clock,
        chance=plain.chance,
        key=plain.key,
        check_tree=lambda files: faults,
    )
    one = a_laptop(registry, role="coordinator")
    _tree(one, 0, {"structure.toml": "a"})
    one.sync()
    ((_, _, code, detail),) = queries.list_refusals(one.replica)
    assert (code, detail["code"]) == ("rejected", "schedule_with_errors")
    assert [notice["code"] for notice in detail["notices"]] == ["school_calendar_horizon"]


def test_a_fault_of_our_own_rules_refuses_the_publication_and_nothing_else() -> None:
    def crash(files: object) -> Sequence[Problem]:
        raise RuntimeError("a rule with a fault")

    plain = a_registry()
    registry = RegistryService(
        storage=plain.storage,
        clock=plain.clock,
        chance=plain.chance,
        key=plain.key,
        check_tree=crash,
    )
    one = a_laptop(registry, role="coordinator")
    _tree(one, 0, {"structure.toml": "a"})
    visits.record_visit(one.desk, a_visit())
    report = one.sync()
    assert (report.is_complete, report.received_visits) == (True, 1)
    assert list(_refusals(one).values()) == ["schedule_check_failed"]


def test_a_path_that_leaves_the_tree_is_never_published() -> None:
    registry = a_registry()
    one = a_laptop(registry, role="coordinator")
    _tree(one, 0, {"../../.bashrc": "x"})
    one.sync()
    assert "malformed" in _refusals(one).values()


@pytest.mark.parametrize("role", ["agent", "coordinator"])
def test_only_one_s_own_unit_and_structure_are_handed_out(role: str) -> None:
    registry = a_registry()
    mine = a_laptop(registry, role=role, seed=2)
    sister = a_laptop(registry, unit="bus-charente/bus-2", seed=3)
    stranger = a_laptop(registry, unit="mediabus/bus-9", seed=4)
    for machine in (sister, stranger):
        visits.record_visit(machine.desk, a_visit())
        assert machine.sync().is_complete
    assert mine.sync().pulled_visits == (1 if role == "coordinator" else 0)


def test_a_visit_of_another_bus_is_changed_by_nobody_who_cannot_see_it() -> None:
    """Who guesses or was told an id must not change the figures that an office reads."""
    registry = a_registry()
    mine = a_laptop(registry, seed=2)
    other = a_laptop(registry, seed=3, unit="bus-charente/bus-2", name="b")
    desk = a_laptop(registry, seed=4, role="coordinator", name="bureau")
    visit_id = visits.record_visit(mine.desk, a_visit())
    mine.sync()
    change = other.desk.fact("visit.correct", b'{"changes":{"minutes":[15,99]}}', entity=visit_id)
    void = other.desk.fact("visit.void", b'{"reason":"doublon"}', entity=visit_id)
    forged = [ops.append(other.replica, one).op_id for one in (change, void)]
    assert [op_id for op_id, _ in other.sync().refused] == forged
    desk.sync()
    visits.correct_visit(desk.desk, visit_id, {"minutes": 20})
    assert desk.sync().refused == []
    (state,) = [row.state for row in visits.list_visits(desk.desk)]
    assert (state.visit.minutes, state.is_void) == (20, False)
    stranger = a_laptop(
        registry, seed=5, unit="bus-creuse/bus-1", role="coordinator", name="voisin"
    )
    far = stranger.desk.fact("visit.correct", b'{"changes":{"minutes":[15,98]}}', entity=visit_id)
    ops.append(stranger.replica, far)
    assert [code for _, code in stranger.sync().refused] == ["rejected"]
