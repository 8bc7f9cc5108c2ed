"""A slip with an enrolment code is found by somebody else: what it still opens is nothing."""

import pytest
from worlds import UNIT, FakeClock, SeededChance, a_laptop, a_registry

from fsmobile.errors import InvalidInput
from fsmobile.protocol import enrolment as codes
from fsmobile.protocol.messages import CodeUnknown, CodeUsed, Enrolled, EnrolRequest
from fsmobile.protocol.signatures import SigningKey
from fsmobile.registry.administration import CODE_HOURS, make_code
from fsmobile.registry.service import RegistryService
from fsmobile.store.replica import open_store
from fsmobile.sync.enrolment import enrol


def a_request(key: SigningKey, code: bytes, name: str = "voleur") -> EnrolRequest:
    secret = codes.code_key(code)
    return EnrolRequest(
        protocol=1, app="essai", code_id=codes.code_id(code), public_key=key.public,
        box_key=key.box.public, name=name,
        proof=codes.laptop_proof(secret, key.public, key.box.public, name),
    )  # fmt: skip


def device_roles(registry: RegistryService) -> list[str]:
    with registry.storage.reading() as transaction:
        return sorted(device.role for device, _ in transaction.list_devices())


def test_a_code_that_was_used_enrols_no_other_laptop() -> None:
    registry = a_registry()
    code = make_code(registry, UNIT, "agent")
    first, thief = SigningKey(seed=b"1" * 32), SigningKey(seed=b"2" * 32)
    assert isinstance(registry.enrol(a_request(first, code)), Enrolled)
    assert isinstance(registry.enrol(a_request(thief, code)), CodeUsed)
    assert len(device_roles(registry)) == 1


def test_a_used_code_of_the_coordination_does_not_raise_the_role_of_an_agent_s_laptop() -> None:
    registry = a_registry()
    slip = make_code(registry, UNIT, "coordinator")
    office, agent = SigningKey(seed=b"1" * 32), SigningKey(seed=b"2" * 32)
    assert isinstance(registry.enrol(a_request(office, slip, "bureau")), Enrolled)
    own = make_code(registry, UNIT, "agent")
    assert isinstance(registry.enrol(a_request(agent, own, "poste")), Enrolled)
    assert isinstance(registry.enrol(a_request(agent, slip, "poste")), CodeUsed)
    assert device_roles(registry) == ["agent", "coordinator"]


def test_a_code_found_after_its_time_opens_nothing() -> None:
    clock = FakeClock()
    registry = a_registry(clock)
    code = make_code(registry, UNIT, "agent")
    clock.ms += CODE_HOURS * 3_600_000
    chance = SeededChance(7)
    replica = open_store(":memory:", clock, chance)
    key = SigningKey(seed=chance.token(32))
    with pytest.raises(InvalidInput, match="enrolment_code_expired"):
        enrol(replica, registry, key, url="http://registry", code=code, name="voleur")
    assert device_roles(registry) == []


def test_who_saw_an_enrolment_pass_can_neither_repeat_nor_change_it() -> None:
    registry = a_registry()
    code = make_code(registry, UNIT, "agent")
    seen = a_request(SigningKey(seed=b"1" * 32), code)
    thief = SigningKey(seed=b"2" * 32)
    swapped = EnrolRequest(
        protocol=1, app="essai", code_id=seen.code_id, public_key=thief.public,
        box_key=thief.box.public, name=seen.name, proof=seen.proof,
    )  # fmt: skip
    assert isinstance(registry.enrol(swapped), CodeUnknown)
    assert isinstance(registry.enrol(seen), Enrolled)
    again = registry.enrol(seen)
    # The same laptop again gets the same certificate; nobody else can use it without its key.
    assert isinstance(again, Enrolled)
    assert again.certificate.public_key == seen.public_key
    assert device_roles(registry) == ["agent"]


def test_the_code_itself_is_in_no_row_of_the_registry() -> None:
    registry = a_registry()
    code = make_code(registry, UNIT, "agent")
    a_laptop(registry)
    with registry.storage.reading() as transaction:
        rows = transaction.connection.exec_driver_sql("SELECT * FROM enrol_code").all()
    assert rows
    assert all(code not in bytes(value) for row in rows for value in row if type(value) is bytes)
