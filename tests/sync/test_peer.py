"""Two laptops in one bus without a network: everything once, the double opening shown."""

import msgspec
import pytest
from worlds import PASSAGE, Laptop, SeededChance, a_laptop, a_registry, a_visit

from fsmobile.core.catalogue import Catalogue
from fsmobile.errors import BadSignature, InvalidInput, RegistryUnreachable
from fsmobile.protocol.envelope import seal
from fsmobile.protocol.messages import Answered, Busy, Malformed, encode
from fsmobile.protocol.records import VISIT_RECORD
from fsmobile.protocol.scopes import unit_scope
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.registry.administration import load_state, revoke
from fsmobile.registry.assignments import assign
from fsmobile.registry.quarantine import take_quarantine_in
from fsmobile.registry.retention import drop_old, keep_for
from fsmobile.registry.service import RegistryService
from fsmobile.simulation.ports import DAY_MS
from fsmobile.store import carried, identity, ops, queries
from fsmobile.store.ops import NewOp
from fsmobile.store.replica import open_store
from fsmobile.sync.peer import (
    PeerReport,
    check_peer,
    hand_over,
    make_offer,
    own_certificate,
    take_offer,
)
from fsmobile.usecases import passages, visits
from fsmobile.usecases.desk import open_desk

DICTIONARY = load_wire_dictionary()


def give(one: Laptop, other: Laptop) -> PeerReport:
    """One laptop gives the other what it has."""
    reader = check_peer(one.replica, own_certificate(other.replica))
    giver = check_peer(other.replica, own_certificate(one.replica))
    data = make_offer(one.replica, one.key, reader, DICTIONARY)
    return take_offer(other.replica, other.key, giver, data, DICTIONARY)


def meet(one: Laptop, other: Laptop) -> tuple[PeerReport, PeerReport]:
    return give(one, other), give(other, one)


def bring(laptop: Laptop) -> int:
    """Hand what is carried to the registry."""
    enrolment = identity.load_enrolment(laptop.replica)
    assert enrolment is not None
    return hand_over(laptop.replica, laptop.registry, enrolment.registry_key)


@pytest.fixture
def pair():
    registry = a_registry()
    return a_laptop(registry), a_laptop(registry, seed=3, name="b")


def shown(laptop: Laptop) -> int:
    return len(visits.list_visits(laptop.desk))


def test_each_sees_the_other_s_visits_and_carries_them(pair):
    one, other = pair
    for _ in range(3):
        visits.record_visit(one.desk, a_visit())
    visits.record_visit(other.desk, a_visit())
    to_other, to_one = meet(one, other)
    assert (to_other.pulled_visits, to_one.pulled_visits) == (3, 1)
    assert (shown(one), shown(other)) == (4, 4)
    assert meet(one, other)[0].pulled == 0
    other.sync()
    assert bring(other) >= 1
    assert load_state(one.registry).kinds["visit.record"] == 4
    assert meet(one, other)[1].received == 3
    assert queries.load_sync_state(one.replica).waiting == 0
    report = one.sync()
    assert (report.to_send, report.healed) == (0, [])
    assert load_state(one.registry).kinds["visit.record"] == 4
    assert (shown(one), shown(other)) == (4, 4)


def test_what_only_the_other_laptop_gave_has_no_tick_until_the_registry_sends_it_too(pair):
    one, other = pair
    visit_id = visits.record_visit(one.desk, a_visit())
    meet(one, other)
    assert [row.is_received for row in visits.list_visits(other.desk)] == [False]
    assert [line.is_received for line in queries.load_history(other.replica, visit_id)] == [False]
    other.sync()
    assert [row.is_received for row in visits.list_visits(other.desk)] == [False]
    bring(other)
    other.sync()
    assert [row.is_received for row in visits.list_visits(other.desk)] == [True]
    assert [line.is_received for line in queries.load_history(other.replica, visit_id)] == [True]
    assert [row.is_received for row in visits.list_visits(one.desk)] == [False]
    meet(one, other)
    assert [row.is_received for row in visits.list_visits(one.desk)] == [True]


def test_a_passage_opened_by_both_shows_both_openings_to_both(pair):
    one, other = pair
    passages.open_passage(one.desk, PASSAGE)
    passages.open_passage(other.desk, PASSAGE)
    meet(one, other)
    for laptop in pair:
        assert queries.load_passage(laptop.replica, PASSAGE).openings == 2


def test_what_was_carried_and_sent_by_its_own_laptop_too_arrives_once(pair):
    one, other = pair
    visits.record_visit(one.desk, a_visit())
    meet(one, other)
    one.sync()
    other.sync()
    bring(other)
    assert load_state(one.registry).kinds["visit.record"] == 1
    visits.record_visit(one.desk, a_visit())
    meet(one, other)
    bring(other)
    assert load_state(one.registry).kinds["visit.record"] == 2
    assert one.sync().healed == []


def test_a_laptop_of_another_bus_is_refused(pair):
    one, _ = pair
    stranger = a_laptop(one.registry, unit="bus-charente/bus-2", seed=5, name="c")
    with pytest.raises(InvalidInput, match="peer_of_another_unit"):
        check_peer(one.replica, own_certificate(stranger.replica))


def test_a_certificate_that_is_no_text_where_one_should_be_is_refused(pair):
    one, other = pair
    unreadable = own_certificate(other.replica).replace(b"bus-1", b"bus-\xff")
    assert unreadable != own_certificate(other.replica)
    with pytest.raises(InvalidInput, match="peer_unreadable"):
        check_peer(one.replica, unreadable)


def test_a_revoked_laptop_is_refused_once_its_bus_was_told(pair):
    """Its certificate is good for ever; a stolen laptop must not read the others by it."""
    one, other = pair
    meet(one, other)
    revoke(one.registry, "b")
    stolen = own_certificate(other.replica)
    assert check_peer(one.replica, stolen).name == "b"
    one.sync()
    with pytest.raises(InvalidInput, match="peer_revoked"):
        check_peer(one.replica, stolen)
    third = a_laptop(one.registry, seed=9, name="c")
    third.sync()
    with pytest.raises(InvalidInput, match="peer_revoked"):
        check_peer(third.replica, stolen)
    assert check_peer(one.replica, own_certificate(third.replica)).name == "c"


def test_a_laptop_of_another_registry_is_refused(pair):
    one, _ = pair
    stranger = a_laptop(a_registry(seed=8), seed=6, name="c")
    with pytest.raises(BadSignature):
        check_peer(one.replica, own_certificate(stranger.replica))


def test_an_offer_of_somebody_else_under_a_true_certificate_is_refused(pair):
    one, other = pair
    third = a_laptop(one.registry, seed=7, name="c")
    reader = check_peer(third.replica, own_certificate(other.replica))
    data = make_offer(third.replica, third.key, reader, DICTIONARY)
    giver = check_peer(other.replica, own_certificate(one.replica))
    with pytest.raises(InvalidInput):
        take_offer(other.replica, other.key, giver, data, DICTIONARY)


def test_what_is_carried_is_kept_until_the_registry_answers(pair):
    one, other = pair
    visits.record_visit(one.desk, a_visit())
    meet(one, other)
    assert [item.answer for item in carried.list_carried(other.replica)] == [None]
    bring(other)
    assert all(item.answer for item in carried.list_carried(other.replica))
    assert bring(other) == 0


class Overloaded:
    """A registry that sends everybody away, or answers what nobody asked."""

    def __init__(self, registry: RegistryService, answer: Answered) -> None:
        self.registry, self.answer = registry, answer

    def sync(self, _envelope: bytes) -> bytes:
        return seal(encode(self.answer), self.registry.key.sign)


@pytest.mark.parametrize("answer", [Busy(after=5), Malformed(reason="altered on the way")])
def test_what_is_carried_is_kept_until_the_registry_has_looked_at_it(pair, answer):
    """Taken for the answer, « come back later » ended the carrying of work that nobody else had."""
    one, other = pair
    visits.record_visit(one.desk, a_visit())
    give(one, other)
    overloaded = Overloaded(other.registry, Answered(counter=0, answer=answer))
    with pytest.raises(RegistryUnreachable):
        hand_over(other.replica, overloaded, other.registry.key.public)
    assert bring(other) == 1
    with other.registry.storage.transaction() as transaction:
        assert transaction.last_gsn() == 1


def test_what_only_the_other_laptop_still_holds_is_set_aside_for_a_person(pair):
    """Put back from a whole copy, the laptop went on under the same numbers: they are taken."""
    one, other = pair
    copy = open_store(":memory:", one.replica.clock, SeededChance(9))
    one.replica.connection.backup(copy.connection)
    visits.record_visit(one.desk, a_visit(minutes=41))
    give(one, other)
    back = Laptop(open_desk(copy, Catalogue(), {}), one.key, one.registry)
    visits.record_visit(back.desk, a_visit(minutes=7))
    back.sync()
    assert bring(other) == 1
    assert load_state(one.registry).kinds["visit.record"] == 1
    done = take_quarantine_in(one.registry, "portable", by="Claire D.", reason="copie remise")
    assert done.handed_out == 1
    for laptop in (back, other):
        laptop.sync()
        minutes = sorted(row.state.visit.minutes for row in visits.list_visits(laptop.desk))
        assert minutes == [7, 41]
    assert bring(other) == 0


def test_who_works_elsewhere_now_is_refused_with_its_old_certificate(pair):
    one, other = pair
    unit = other.desk.unit_id
    old = own_certificate(other.replica)
    one.registry.clock.ms += 60_000
    assign(one.registry, "b", unit="bus-charente/bus-2")
    one.sync()
    with pytest.raises(InvalidInput, match="peer_revoked"):
        check_peer(one.replica, old)
    one.registry.clock.ms += 60_000
    assign(one.registry, "b", unit=unit)
    for laptop in pair:
        laptop.sync()
    assert check_peer(one.replica, own_certificate(other.replica)).unit == unit
    with pytest.raises(InvalidInput, match="peer_revoked"):
        check_peer(one.replica, old)
    revoke(one.registry, "b")
    one.sync()
    with pytest.raises(InvalidInput, match="peer_revoked"):
        check_peer(one.replica, own_certificate(other.replica))


NOTE = "clé chez Mme Durand"


def years_pass(registry: RegistryService) -> None:
    """Let all that was recorded so far be too old, and be dropped where the registry has it."""
    keep_for(registry, "bus-charente", "visit", 12)
    registry.clock.ms += 500 * DAY_MS
    drop_old(registry)


def holds_note(laptop: Laptop) -> bool:
    return NOTE.encode() in laptop.replica.connection.serialize()


def test_what_the_other_laptop_gave_and_the_registry_refused_goes_at_its_date_too(pair):
    one, other = pair
    data = msgspec.json.encode({"minutes": "many", "note": NOTE})
    agent, bus = one.desk.agent_id, unit_scope(one.desk.unit_id)
    spoilt = NewOp(kind=VISIT_RECORD, schema=1, scope=bus, agent_id=agent, data=data)
    ops.append(one.replica, spoilt)
    meet(one, other)
    bring(other)
    assert one.sync().refused
    assert holds_note(other)
    years_pass(one.registry)
    for laptop in pair:
        laptop.sync()
        assert not holds_note(laptop)
    assert carried.list_carried(other.replica) == []


def test_old_work_of_the_other_laptop_stays_until_it_was_handed_over(pair):
    one, other = pair
    visits.record_visit(one.desk, a_visit(note=NOTE))
    meet(one, other)
    years_pass(one.registry)
    other.sync()
    assert shown(other) == 1
    assert bring(other) == 1
    for laptop in pair:
        laptop.sync()
        assert shown(laptop) == 1
    years_pass(one.registry)
    for laptop in pair:
        laptop.sync()
        assert shown(laptop) == 0
        assert not holds_note(laptop)


def test_old_work_that_was_handed_over_after_the_order_stays(pair):
    one, other = pair
    visits.record_visit(one.desk, a_visit(note=NOTE))
    meet(one, other)
    years_pass(one.registry)
    bring(other)
    other.sync()
    one.sync()
    assert (shown(one), shown(other)) == (1, 1)
