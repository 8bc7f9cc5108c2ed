"""An act that a disk has spoilt: the others pass it, and people are shown what is left."""

import pytest
from msgspec.structs import replace
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.errors import ProtocolMismatch
from fsmobile.protocol.messages import ErasedOp
from fsmobile.protocol.ops import BODY_MAX
from fsmobile.registry import schema
from fsmobile.registry.erasure import erase
from fsmobile.registry.fleet.fleet_rows import FleetRows
from fsmobile.registry.service import RegistryService
from fsmobile.registry.verification import verify_registry
from fsmobile.store import queries
from fsmobile.store.projections import rebuild
from fsmobile.sync.engine import SyncEngine
from fsmobile.usecases import visits


@pytest.fixture
def registry() -> RegistryService:
    return a_registry()


def spoil(laptop: Laptop, op_id: str, body: bytes) -> None:
    laptop.replica.connection.execute("UPDATE op SET body = ? WHERE op_id = ?", (body, op_id))


def three(laptop: Laptop) -> list[str]:
    return [visits.record_visit(laptop.desk, a_visit()) for _ in range(3)]


def refusals(laptop: Laptop) -> dict[str, str]:
    return {
        op_id: detail.get("code", code)
        for op_id, _, code, detail in queries.list_refusals(laptop.replica)
    }


def kept(registry: RegistryService) -> list[bytes]:
    with registry.storage.reading() as transaction:
        rows = transaction.connection.execute(schema.rejected_body.select())
        return [bytes(row.body) for row in rows]


@pytest.mark.parametrize("left", [b"\x00\xff" * 40, b"{}", b'{"k":"visit.rec', b" "])
def test_what_is_left_of_a_spoilt_act_arrives_and_delays_nothing(registry, left):
    mine, other = a_laptop(registry, name="a"), a_laptop(registry, seed=3, name="b")
    first, bad, last = three(mine)
    spoil(mine, bad, left)
    report = mine.sync()
    assert report.is_complete
    assert report.refused == [(bad, "rejected")]
    assert refusals(mine) == {bad: "spoilt"}
    other.sync()
    assert {row.state.visit_id for row in queries.list_visits(other.replica)} == {first, last}
    assert kept(registry) == [left]
    with registry.storage.reading() as transaction:
        (line,) = FleetRows(transaction.connection).list_refused(mine.desk.enrolment.device_id, 9)
        assert [event.kind for event in transaction.list_events(9)] == ["spoilt"]
    assert "spoilt" in line.detail
    assert verify_registry(registry.storage).faults == []
    assert mine.sync().requests == 1


def test_a_flipped_bit_that_still_reads_as_an_act_is_no_act_of_this_chain(registry):
    mine = a_laptop(registry)
    (_, bad, _) = three(mine)
    (body,) = mine.replica.connection.execute(
        "SELECT body FROM op WHERE op_id = ?", (bad,)
    ).fetchone()
    changed = body.replace(b'"minutes":15', b'"minutes":95')
    assert changed != body
    spoil(mine, bad, changed)
    assert mine.sync().is_complete
    assert kept(registry) == [changed]
    with registry.storage.reading() as transaction:
        assert transaction.find_hashes([bad]) == {}


def test_a_rebuild_passes_over_it(registry):
    mine = a_laptop(registry)
    first, bad, last = three(mine)
    spoil(mine, bad, b"\xff")
    rebuild(mine.replica)
    assert {row.state.visit_id for row in queries.list_visits(mine.replica)} == {first, last}


def test_it_can_be_erased_like_any_act(registry):
    mine = a_laptop(registry)
    _, bad, _ = three(mine)
    spoil(mine, bad, b"Mme Durand")
    mine.sync()
    erase(registry, [bad], "demande de la personne")
    assert kept(registry) == [b""]


def test_no_more_than_an_act_may_hold_is_kept(registry):
    mine = a_laptop(registry)
    _, bad, _ = three(mine)

    class Flood(SyncEngine):
        """Sends more than a disk can have spoilt."""

        def _ask(self, request, counter):
            ops = [
                replace(one, spoilt=b"x" * (BODY_MAX + 1)) if isinstance(one, ErasedOp) else one
                for one in request.writer.ops
            ]
            return super()._ask(replace(request, writer=replace(request.writer, ops=ops)), counter)

    spoil(mine, bad, b"\xff")
    with pytest.raises(ProtocolMismatch, match="request_malformed"):
        Flood(mine.replica, registry, mine.key).run()
    assert kept(registry) == []
