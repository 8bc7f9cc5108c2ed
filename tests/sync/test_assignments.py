"""A laptop given to another bus: what is unsent arrives, what is not its own any more goes."""

import pytest
from msgspec.structs import replace
from worlds import UNIT, Laptop, a_laptop, a_registry, a_visit

from fsmobile.errors import InvalidInput, RegistryUnreachable
from fsmobile.protocol.orders import SCOPE_DROP
from fsmobile.protocol.records import encode_visit
from fsmobile.protocol.scopes import unit_scope
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.registry.administration import revoke
from fsmobile.registry.assignments import assign
from fsmobile.registry.confirmations import list_unconfirmed
from fsmobile.registry.erasure import erase
from fsmobile.registry.service import RegistryService
from fsmobile.registry.sticks import import_stick
from fsmobile.registry.verification import verify_registry
from fsmobile.simulation.ports import DAY_MS
from fsmobile.store import ops, orders, queries
from fsmobile.store.projections import rebuild
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.stick import export_stick, import_answer
from fsmobile.usecases import visits
from fsmobile.usecases.desk import open_desk

OTHER_UNIT = "bus-charente/bus-2"
ELSEWHERE = "bus-creuse/bus-1"
NOTE = "clé chez Mme Durand"


@pytest.fixture
def registry() -> RegistryService:
    return a_registry()


def sit_down_again(laptop: Laptop) -> None:
    """Start the program again, as its report asks for."""
    agent = laptop.desk.agent_id
    laptop.desk = open_desk(laptop.replica, laptop.desk.catalogue, {})
    laptop.desk.agent_id = agent


def record(laptop: Laptop, note: str = NOTE) -> str:
    return visits.record_visit(laptop.desk, a_visit(note=note))


def shown(laptop: Laptop) -> set[str]:
    return {row.state.visit_id for row in queries.list_visits(laptop.replica)}


def bytes_of(laptop: Laptop) -> bytes:
    return laptop.replica.connection.serialize()


def outcomes(registry: RegistryService, *op_ids: str) -> dict[str, str]:
    with registry.storage.reading() as transaction:
        return transaction.codes_of(op_ids)


def waiting(registry: RegistryService) -> list[str]:
    return [one.device.name for one in list_unconfirmed(registry.storage)]


@pytest.mark.parametrize("unit", [OTHER_UNIT, ELSEWHERE])
def test_unsent_work_arrives_in_the_old_bus_and_new_work_in_the_new_one(registry, unit):
    mine, friend = a_laptop(registry, name="a"), a_laptop(registry, seed=3, name="b")
    theirs = record(friend)
    friend.sync()
    mine.sync()
    unsent = record(mine, "à finir")
    done = assign(registry, "a", unit=unit)
    assert unit_scope(UNIT) in done.dropped
    report = mine.sync()
    assert (report.moved_to, report.is_complete, report.refused) == (unit, True, [])
    sit_down_again(mine)
    assert mine.desk.unit_id == unit
    assert shown(mine) == set()
    assert theirs.encode() not in bytes_of(mine)
    later = record(mine, "ailleurs")
    assert mine.sync().refused == []
    assert shown(mine) == {later}
    friend.sync()
    assert shown(friend) == {theirs, unsent}
    colleague = a_laptop(registry, seed=4, name="c", unit=unit)
    colleague.sync()
    assert shown(colleague) == {later}
    assert outcomes(registry, unsent, later) == {}
    assert verify_registry(registry.storage).faults == []


def test_a_rebuild_shows_nothing_of_the_bus_that_was_left(registry):
    mine = a_laptop(registry)
    record(mine)
    mine.sync()
    assign(registry, "portable", unit=OTHER_UNIT)
    mine.sync()
    rebuild(mine.replica)
    assert shown(mine) == set()


def test_what_a_program_not_started_again_records_waits_hidden_as_after_a_rebuild(registry):
    mine = a_laptop(registry)
    mine.sync()
    assign(registry, "portable", unit=OTHER_UNIT)
    before = mine.desk
    mine.sync()
    mine.desk = before
    late = record(mine)
    assert shown(mine) == set()
    assert queries.load_sync_state(mine.replica).waiting == 1
    assert mine.sync().refused == []
    assert outcomes(registry, late) == {}


def test_the_registry_waits_for_the_word_and_then_closes_the_old_bus(registry):
    mine = a_laptop(registry)
    mine.sync()
    assign(registry, "portable", unit=OTHER_UNIT)
    assert waiting(registry) == ["portable"]
    before = mine.desk
    mine.sync()
    assert waiting(registry) == []
    mine.desk = before  # a program that was not started again
    late = record(mine)
    assert SCOPE_DROP not in orders.load_done(mine.replica)
    assert mine.sync().refused == []
    assert outcomes(registry, late) == {}
    assert SCOPE_DROP in orders.load_done(mine.replica)
    mine.sync()
    assert waiting(registry) == []


def test_a_laptop_may_not_write_where_it_never_worked(registry):
    mine = a_laptop(registry)
    assign(registry, "portable", unit=OTHER_UNIT)
    mine.sync()
    fact = mine.desk.fact("visit.record", b"{}")
    stranger = ops.append(mine.replica, replace(fact, scope=unit_scope(ELSEWHERE)))
    mine.sync()
    assert outcomes(registry, stranger.op_id) == {stranger.op_id: "rejected"}


def test_the_old_bus_is_closed_once_the_laptop_says_that_all_is_sent(registry):
    mine = a_laptop(registry)
    assign(registry, "portable", unit=OTHER_UNIT)
    mine.sync()
    late = ops.append(mine.replica, mine.desk.fact("visit.record", encode_visit(a_visit())))

    class Liar(SyncEngine):
        """Says that nothing is left of the old bus, and sends some."""

        def _ask(self, request, counter):
            return super()._ask(replace(request, done={**request.done, SCOPE_DROP: 99}), counter)

    Liar(mine.replica, registry, mine.key).run()
    assert outcomes(registry, late.op_id) == {late.op_id: "rejected"}


def test_own_acts_go_a_week_after_their_receipt_and_never_before_it(registry):
    mine = a_laptop(registry)
    visit = record(mine)
    assign(registry, "portable", unit=OTHER_UNIT)
    mine.sync()
    assert NOTE.encode() in bytes_of(mine)
    registry.clock.ms += 8 * DAY_MS
    mine.sync()
    assert NOTE.encode() not in bytes_of(mine)
    friend = a_laptop(registry, seed=3, name="b")
    friend.sync()
    assert shown(friend) == {visit}


def test_a_laptop_that_comes_back_has_everything_again(registry):
    mine, friend = a_laptop(registry, name="a"), a_laptop(registry, seed=3, name="b")
    known = {record(friend), record(mine)}
    friend.sync()
    mine.sync()
    friend.sync()
    assign(registry, "a", unit=OTHER_UNIT)
    mine.sync()
    known.add(record(friend))
    friend.sync()
    assign(registry, "a", unit=UNIT)
    assert mine.sync().moved_to == UNIT
    mine.sync()
    assert shown(mine) == known


def test_a_laptop_that_comes_back_after_a_week_has_its_own_acts_again(registry):
    mine = a_laptop(registry, name="a")
    visit = record(mine)
    mine.sync()
    assign(registry, "a", unit=OTHER_UNIT)
    mine.sync()
    registry.clock.ms += 8 * DAY_MS
    mine.sync()
    assert NOTE.encode() not in bytes_of(mine)
    assign(registry, "a", unit=UNIT)
    for _ in range(2):
        mine.sync()
        sit_down_again(mine)
    assert shown(mine) == {visit}
    rebuild(mine.replica)
    assert shown(mine) == {visit}
    assert mine.sync().pulled == 0


def away_for_a_week(registry: RegistryService, mine: Laptop) -> None:
    mine.sync()
    assign(registry, "a", unit=OTHER_UNIT)
    mine.sync()
    registry.clock.ms += 8 * DAY_MS


def test_what_a_laptop_sends_as_it_hears_that_it_comes_back_stays_on_it(registry):
    mine = a_laptop(registry, name="a")
    away_for_a_week(registry, mine)
    visit = record(mine)
    assign(registry, "a", unit=UNIT)
    mine.sync()
    mine.sync()
    assert shown(mine) == {visit}


class OneAnswer:
    """A link that breaks after one answer."""

    def __init__(self, registry: RegistryService) -> None:
        self.registry, self.answered = registry, 0

    def sync(self, envelope: bytes) -> bytes:
        self.answered += 1
        if self.answered > 1:
            raise RegistryUnreachable("registry_too_slow")
        return self.registry.sync(envelope)


def test_a_late_answer_of_the_other_bus_takes_nothing_that_was_sent_after_it(registry):
    mine = a_laptop(registry, name="a")
    away_for_a_week(registry, mine)
    stick = export_stick(mine.replica, mine.key, load_wire_dictionary()).data
    late = import_stick(registry, stick, load_wire_dictionary()).answer
    visit = record(mine)
    assign(registry, "a", unit=UNIT)
    with pytest.raises(RegistryUnreachable):
        SyncEngine(mine.replica, OneAnswer(registry), mine.key, pull_ops=1).run()
    import_answer(mine.replica, mine.key, late, load_wire_dictionary())
    mine.sync()
    mine.sync()
    assert shown(mine) == {visit}


def test_a_laptop_moved_there_and_back_before_it_speaks_misses_nothing(registry):
    mine, friend = a_laptop(registry, name="a"), a_laptop(registry, seed=3, name="b")
    known = {record(friend), record(mine)}
    friend.sync()
    mine.sync()
    assign(registry, "a", unit=OTHER_UNIT)
    assign(registry, "a", unit=UNIT)
    mine.sync()
    assert shown(mine) == known


def test_an_erasure_that_was_not_heard_in_the_old_bus_is_heard_in_the_new_one(registry):
    mine = a_laptop(registry)
    visit = record(mine)
    mine.sync()
    erase(registry, [visit], "demande de la personne")
    assign(registry, "portable", unit=OTHER_UNIT)
    mine.sync()
    assert NOTE.encode() not in bytes_of(mine)


def test_an_answer_from_before_the_order_brings_nothing_back(registry):
    mine, friend = a_laptop(registry, name="a"), a_laptop(registry, seed=3, name="b")
    theirs = record(friend)
    friend.sync()
    held: list[bytes] = []

    class Slow:
        """The first answer is overtaken by a whole sync of another program."""

        def sync(self, envelope: bytes) -> bytes:
            answer = registry.sync(envelope)
            if not held:
                held.append(answer)
                assign(registry, "a", unit=OTHER_UNIT)
                mine.sync()
            return answer

    SyncEngine(mine.replica, Slow(), mine.key).run()
    assert theirs.encode() not in bytes_of(mine)
    assert shown(mine) == set()


def test_a_stick_of_before_is_taken_in_after_the_move(registry):
    mine, friend = a_laptop(registry, name="a"), a_laptop(registry, seed=3, name="b")
    mine.sync()
    visit = record(mine)
    stick = export_stick(mine.replica, mine.key, load_wire_dictionary()).data
    assign(registry, "a", unit=OTHER_UNIT)
    import_stick(registry, stick, load_wire_dictionary())
    friend.sync()
    assert shown(friend) == {visit}


def test_a_coordinator_still_reads_a_bus_that_its_only_laptop_has_left(registry):
    desk = a_laptop(registry, name="bureau", unit=OTHER_UNIT, role="coordinator")
    mine = a_laptop(registry, seed=3, name="a")
    visit = record(mine)
    assign(registry, "a", unit=OTHER_UNIT)
    mine.sync()
    desk.sync()
    assert shown(desk) == {visit}


def test_what_a_coordinator_has_not_sent_when_it_moves_is_taken_in(registry):
    """It reads its old bus on: nothing is dropped, and yet it may not write there for ever."""
    desk = a_laptop(registry, name="bureau", role="coordinator")
    desk.sync()
    acts = [record(desk) for _ in range(4)]
    assign(registry, "bureau", unit=OTHER_UNIT)
    with pytest.raises(RegistryUnreachable):
        SyncEngine(desk.replica, Short(registry, 3), desk.key, chunk_ops=1).run()
    assert desk.sync().refused == []
    assert outcomes(registry, *acts) == {}
    assert shown(desk) == set(acts)


class Short:
    """A link that is cut after so many requests."""

    def __init__(self, registry, requests):
        self.registry, self.left = registry, requests

    def sync(self, envelope):
        if not self.left:
            raise RegistryUnreachable("registry_unreachable")
        self.left -= 1
        return self.registry.sync(envelope)


def test_a_coordinator_made_an_agent_sees_its_own_bus_only(registry):
    desk = a_laptop(registry, name="bureau", unit=OTHER_UNIT, role="coordinator")
    mine = a_laptop(registry, seed=3, name="a")
    visit = record(mine)
    mine.sync()
    desk.sync()
    assert shown(desk) == {visit}
    assign(registry, "bureau", role="agent")
    desk.sync()
    assert shown(desk) == set()
    sit_down_again(desk)
    assert desk.desk.enrolment.role == "agent"


def test_what_cannot_be_assigned_is_refused_and_nothing_changes(registry):
    a_laptop(registry)
    for code, words in (
        ("unit_malformed", {"unit": "bus"}),
        ("role_unknown", {"role": "chef"}),
        ("assignment_unchanged", {"unit": UNIT}),
    ):
        with pytest.raises(InvalidInput, match=code):
            assign(registry, "portable", **words)
    revoke(registry, "portable")
    with pytest.raises(InvalidInput, match="assignment_of_a_revoked_laptop"):
        assign(registry, "portable", unit=OTHER_UNIT)
