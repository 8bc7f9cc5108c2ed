"""Somebody between a laptop and its registry: what they keep, change or send again is no use."""

from collections.abc import Callable

import pytest
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.errors import BadSignature, RegistryUnreachable
from fsmobile.protocol.envelope import seal, unseal
from fsmobile.protocol.messages import Malformed, Replay
from fsmobile.protocol.signatures import SigningKey
from fsmobile.registry.service import RegistryService
from fsmobile.store import queries
from fsmobile.usecases import visits

THIEF = SigningKey(seed=b"\x09" * 32)


class Middleman:
    """Hears every exchange, and may change either side's words."""

    def __init__(
        self,
        registry: RegistryService,
        change: Callable[[bytes], bytes] = bytes,
        change_back: Callable[[bytes], bytes] = bytes,
    ) -> None:
        self.registry, self.change, self.change_back = registry, change, change_back
        self.heard: list[bytes] = []

    def sync(self, envelope: bytes) -> bytes:
        self.heard.append(envelope)
        return self.change_back(self.registry.sync(self.change(envelope)))


def a_laptop_with_a_visit(registry: RegistryService) -> Laptop:
    laptop = a_laptop(registry)
    visits.record_visit(laptop.desk, a_visit())
    return laptop


def held(registry: RegistryService) -> tuple[int, int]:
    with registry.storage.reading() as transaction:
        return transaction.last_gsn(), sum(transaction.count_kinds().values())


def test_a_request_sent_again_by_who_heard_it_changes_nothing_and_tells_nothing() -> None:
    registry = a_registry()
    laptop = a_laptop_with_a_visit(registry)
    ear = Middleman(registry)
    laptop.sync(ear)
    before = held(registry)
    for envelope in ear.heard * 3:
        _counter, answer = registry.answer(envelope)
        assert isinstance(answer, Replay)
    assert held(registry) == before
    visits.record_visit(laptop.desk, a_visit())
    assert laptop.sync().received == 1


@pytest.mark.parametrize("place", [0.3, 0.5, 0.7, 0.98])
def test_a_request_with_one_bit_turned_on_the_way_is_not_taken(place: float) -> None:
    registry = a_registry()
    laptop = a_laptop_with_a_visit(registry)

    def turn(envelope: bytes) -> bytes:
        spoilt = bytearray(envelope)
        spoilt[int(len(spoilt) * place)] ^= 1
        return bytes(spoilt)

    before = held(registry)
    _counter, answer = registry.answer(turn(_request_of(laptop)))
    assert isinstance(answer, Malformed)
    assert held(registry) == before


def test_a_request_sealed_anew_by_another_key_is_not_taken() -> None:
    registry = a_registry()
    laptop = a_laptop_with_a_visit(registry)
    payload, _signature = unseal(_request_of(laptop))
    _counter, answer = registry.answer(seal(payload, THIEF.sign))
    assert answer == Malformed(reason="signature")
    assert held(registry) == (0, 0)


def test_an_answer_that_the_registry_did_not_sign_is_not_believed() -> None:
    registry = a_registry()
    laptop = a_laptop_with_a_visit(registry)

    def seal_anew(answer: bytes) -> bytes:
        return seal(unseal(answer)[0], THIEF.sign)

    with pytest.raises(BadSignature):
        laptop.sync(Middleman(registry, change_back=seal_anew))
    assert queries.load_sync_state(laptop.replica).waiting == 1


def test_an_old_answer_of_the_true_registry_is_not_believed_for_a_new_request() -> None:
    registry = a_registry()
    laptop = a_laptop_with_a_visit(registry)
    kept: list[bytes] = []

    def keep(answer: bytes) -> bytes:
        kept.append(answer)
        return answer

    laptop.sync(Middleman(registry, change_back=keep))
    visits.record_visit(laptop.desk, a_visit())
    with pytest.raises(RegistryUnreachable, match="answer_to_another_request"):
        laptop.sync(Middleman(registry, change_back=lambda _answer: kept[0]))
    assert queries.load_sync_state(laptop.replica).waiting == 1


def _request_of(laptop: Laptop) -> bytes:
    """Return a true request that never arrived."""
    heard: list[bytes] = []

    class Lost(Exception):
        pass

    class Ear:
        def sync(self, envelope: bytes) -> bytes:
            heard.append(envelope)
            raise Lost

    with pytest.raises(Lost):
        laptop.sync(Ear())
    return heard[0]
