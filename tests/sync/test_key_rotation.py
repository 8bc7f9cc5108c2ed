"""A laptop is given a new key, and one is revoked: nothing is lost, nobody else notices."""

import pytest
from msgspec.structs import replace
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.errors import InvalidInput, NotAllowed, ProtocolMismatch, RegistryUnreachable
from fsmobile.protocol import key_succession
from fsmobile.protocol.certificates import decode_certificate, device_id_of, device_of
from fsmobile.protocol.handovers import HANDOVERS_MAX
from fsmobile.protocol.journal_checks import JournalCheck, verify_journal
from fsmobile.protocol.key_succession import hand_over
from fsmobile.protocol.signatures import SEED_SIZE, SigningKey, verify
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.registry.administration import revoke
from fsmobile.registry.assignments import assign
from fsmobile.registry.quarantine import list_quarantine
from fsmobile.registry.records import EventKind
from fsmobile.registry.service import RegistryService
from fsmobile.registry.sticks import import_stick
from fsmobile.store.identity import (
    handovers_to_show,
    list_handovers,
    load_enrolment,
    save_handovers,
)
from fsmobile.store.journal import read_journal
from fsmobile.sync import peer
from fsmobile.sync.own_key import note_handover, showing_handovers
from fsmobile.sync.stick import export_stick, import_answer
from fsmobile.usecases import visits

DICTIONARY = load_wire_dictionary()


class Deaf:
    """A registry whose answers are lost on the way."""

    def __init__(self, registry: RegistryService) -> None:
        self._registry = registry

    def sync(self, envelope: bytes) -> bytes:
        self._registry.sync(envelope)
        raise RegistryUnreachable("registry_too_slow")


def ids_of(laptop) -> set[str]:
    return {str(row.state.visit_id) for row in visits.list_visits(laptop.desk)}


def test_a_new_key_for_the_same_bus_holds_all_that_the_old_one_sent() -> None:
    registry = a_registry()
    old = a_laptop(registry, name="poste", seed=2)
    recorded = {str(visits.record_visit(old.desk, a_visit())) for _turn in range(5)}
    old.sync()
    new = a_laptop(registry, name="poste", seed=3)
    late = str(visits.record_visit(old.desk, a_visit()))
    old.sync()
    revoke(registry, device_id_of(old.key.public).hex())
    new.sync()
    assert ids_of(new) == recorded | {late}
    with pytest.raises(NotAllowed):
        old.sync()
    visits.record_visit(new.desk, a_visit())
    assert new.sync().received == 1


def test_revoking_one_laptop_of_a_bus_leaves_the_other_as_it_was() -> None:
    registry = a_registry()
    stolen, other = a_laptop(registry, name="un", seed=2), a_laptop(registry, name="deux", seed=3)
    visits.record_visit(stolen.desk, a_visit())
    visits.record_visit(other.desk, a_visit())
    revoke(registry, "un")
    assert other.sync().received == 1
    with pytest.raises(NotAllowed):
        stolen.sync()
    # What the stolen one still had is rescued, apart, and reaches nobody by itself.
    (kept,) = list_quarantine(registry)
    assert kept.waiting == 1
    assert len(ids_of(other)) == 1
    visits.record_visit(other.desk, a_visit())
    assert other.sync().received == 1


def renew(laptop: Laptop, seed: int) -> SigningKey:
    """Give a laptop another key, as `sync --renew-key` does; return the one that it had."""
    old, new = laptop.key, SigningKey(seed=bytes([seed]) * SEED_SIZE)
    note_handover(laptop.replica, hand_over(old, new, laptop.replica.clock.now_ms()))
    laptop.key = new
    return old


def held_visits(registry: RegistryService) -> int:
    with registry.storage.reading() as transaction:
        return transaction.count_kinds().get("visit.record", 0)


def journal_of(laptop: Laptop) -> JournalCheck:
    enrolment = load_enrolment(laptop.replica)
    assert enrolment is not None
    return verify_journal(
        read_journal(laptop.replica, enrolment.certificate), enrolment.registry_key
    )


def test_a_laptop_goes_on_under_a_new_key_as_the_laptop_that_it_was() -> None:
    registry = a_registry()
    laptop = a_laptop(registry)
    before = load_enrolment(laptop.replica)
    for seed in (91, 92):
        visits.record_visit(laptop.desk, a_visit())
        laptop.sync()
        visits.record_visit(laptop.desk, a_visit())
        renew(laptop, seed)
        report = laptop.sync()
        assert (report.received, report.healed) == (1, [])
    after = load_enrolment(laptop.replica)
    assert before is not None
    assert after is not None
    assert after.device_id == before.device_id
    certificate = decode_certificate(after.certificate)
    assert (certificate.public_key, device_of(certificate)) == (laptop.key.public, after.device_id)
    assert handovers_to_show(laptop.replica) == ()
    assert held_visits(registry) == 4
    assert journal_of(laptop).faults == []
    with registry.storage.reading() as transaction:
        kinds = [event.kind for event in transaction.list_events(20)]
    assert kinds.count(EventKind.LAPTOP_KEY_RENEWED) == 2


def test_what_the_old_key_still_signs_is_kept_apart_and_reads_nothing() -> None:
    registry = a_registry()
    laptop = a_laptop(registry)
    visits.record_visit(laptop.desk, a_visit())
    laptop.sync()
    old = renew(laptop, 91)
    laptop.sync()
    new, laptop.key = laptop.key, old
    visits.record_visit(laptop.desk, a_visit())
    with pytest.raises(NotAllowed, match="device_revoked"):
        laptop.sync()
    (kept,) = list_quarantine(registry)
    assert (kept.waiting, held_visits(registry)) == (1, 1)
    # The laptop itself still has it, and sends it, once.
    laptop.key = new
    assert laptop.sync().received == 1
    assert held_visits(registry) == 2


def test_an_answer_that_is_lost_leaves_the_new_key_good() -> None:
    registry = a_registry()
    laptop = a_laptop(registry)
    visits.record_visit(laptop.desk, a_visit())
    renew(laptop, 91)
    with pytest.raises(RegistryUnreachable):
        laptop.sync(Deaf(registry))
    visits.record_visit(laptop.desk, a_visit())
    assert laptop.sync().received == 2
    assert (held_visits(registry), handovers_to_show(laptop.replica)) == (2, ())


def test_a_handover_whose_key_never_took_its_place_is_no_obstacle() -> None:
    registry = a_registry()
    laptop = a_laptop(registry)
    laptop.key = renew(laptop, 90)
    visits.record_visit(laptop.desk, a_visit())
    assert laptop.sync().received == 1
    renew(laptop, 91)
    assert laptop.sync().is_complete
    assert handovers_to_show(laptop.replica) == ()
    assert len(list_handovers(laptop.replica)) == 1


def test_nobody_hands_a_laptop_over_to_a_key_of_theirs() -> None:
    registry = a_registry()
    laptop, thief = a_laptop(registry), SigningKey(seed=b"t" * SEED_SIZE)
    own = laptop.key
    forged = hand_over(thief, thief, 1)
    for handover in (
        forged,
        replace(forged, old=own.public),
        replace(hand_over(own, SigningKey(seed=b"o" * SEED_SIZE), 1), new=thief.public),
    ):
        save_handovers(laptop.replica, [handover])
        laptop.key = thief
        with pytest.raises(ProtocolMismatch, match="request_malformed"):
            laptop.sync()
    save_handovers(laptop.replica, [replace(hand_over(own, thief, 1), new_box=b"short")])
    with pytest.raises(ProtocolMismatch, match="request_malformed"):
        laptop.sync()
    laptop.key = own
    save_handovers(laptop.replica, [])
    assert laptop.sync().is_complete


def test_what_a_stranger_shows_is_verified_once_and_to_an_end(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    registry = a_registry()
    laptop, thief = a_laptop(registry), SigningKey(seed=b"t" * SEED_SIZE)
    forged = replace(hand_over(thief, thief, 1), old=laptop.key.public)
    verified = 0

    def count(key: bytes, message: bytes, signature: bytes) -> bool:
        nonlocal verified
        verified += 1
        return verify(key, message, signature)

    save_handovers(laptop.replica, [forged] * HANDOVERS_MAX)
    laptop.key = thief
    monkeypatch.setattr(key_succession, "verify", count)
    with pytest.raises(ProtocolMismatch, match="request_malformed"):
        laptop.sync()
    assert 0 < verified <= 2 * HANDOVERS_MAX


def test_a_registry_that_forgot_the_new_key_is_told_again_and_only_by_its_laptop() -> None:
    registry = a_registry()
    laptop = a_laptop(registry)
    laptop.sync()
    with registry.storage.reading() as transaction:
        (before, _seen), *_ = transaction.list_devices()
    for seed in (91, 92):
        renew(laptop, seed)
        laptop.sync()
    with registry.storage.transaction() as transaction:
        transaction.renew_device_key(before)
    visits.record_visit(laptop.desk, a_visit())
    report = showing_handovers(laptop.replica, laptop.sync)
    assert (report.received, held_visits(registry)) == (1, 1)


def test_the_certificate_of_the_old_key_is_refused_at_a_meeting_and_that_of_the_new_one_taken() -> (
    None
):
    registry = a_registry()
    laptop, other = a_laptop(registry, name="un"), a_laptop(registry, name="deux", seed=3)
    stolen = peer.own_certificate(laptop.replica)
    registry.clock.let_pass(60_000)
    renew(laptop, 91)
    laptop.sync()
    other.sync()
    with pytest.raises(InvalidInput, match="peer_revoked"):
        peer.check_peer(other.replica, stolen)
    visits.record_visit(laptop.desk, a_visit())
    met = peer.check_peer(other.replica, peer.own_certificate(laptop.replica))
    theirs = peer.check_peer(laptop.replica, peer.own_certificate(other.replica))
    offer = peer.make_offer(laptop.replica, laptop.key, theirs, DICTIONARY)
    assert peer.take_offer(other.replica, other.key, met, offer, DICTIONARY).pulled == 1
    # Carried under the new key, and sent by its author too: once.
    assert peer.hand_over(other.replica, registry, registry.key.public) == 1
    laptop.sync()
    assert held_visits(registry) == 1


def test_a_laptop_that_renewed_its_key_is_moved_and_brings_its_stick_as_before() -> None:
    registry = a_registry()
    laptop = a_laptop(registry)
    renew(laptop, 91)
    visits.record_visit(laptop.desk, a_visit())
    # By stick: the request itself hands over, and the answer is sealed to the new key.
    stick = export_stick(laptop.replica, laptop.key, DICTIONARY)
    imported = import_stick(registry, stick.data, DICTIONARY)
    report = import_answer(laptop.replica, laptop.key, imported.answer, DICTIONARY)
    assert (report.received, handovers_to_show(laptop.replica)) == (1, ())
    assign(registry, "portable", unit="bus-charente/bus-2")
    assert laptop.sync().moved_to == "bus-charente/bus-2"
