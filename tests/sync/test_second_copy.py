"""The second copy: it survives its laptop, an old image of it, and hands in nothing twice."""

from pathlib import Path

import pytest
from registry_door import Door
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.errors import BadSignature, InvalidInput, NotAllowed, NotFound
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.registry.administration import load_state, revoke
from fsmobile.registry.app import make_app
from fsmobile.registry.erasure import erase
from fsmobile.registry.service import RegistryService
from fsmobile.store import identity, ops
from fsmobile.store.second_copy import SecondCopy, count_uncopied, load_copy
from fsmobile.sync.hand_in import hand_in
from fsmobile.sync.second_copy import hand_in_left_copies, keep_copy
from fsmobile.usecases import visits

DICTIONARY = load_wire_dictionary()


class HandInDoor:
    """The registry's HTTP door, for files."""

    def __init__(self, laptop: Laptop) -> None:
        app = make_app(laptop.registry, DICTIONARY, DICTIONARY_ID)
        self.door = Door(app, laptop.registry, laptop)
        self.statuses: list[int] = []

    def hand_in(self, data: bytes, authorisation: str) -> bytes:
        status, body = self.door.post(data, "/v1/bundle", Authorization=authorisation)
        self.statuses.append(status)
        return body


@pytest.fixture
def registry() -> RegistryService:
    return a_registry()


@pytest.fixture
def lost(registry: RegistryService) -> Laptop:
    return a_laptop(registry)


@pytest.fixture
def new(registry: RegistryService) -> Laptop:
    return a_laptop(registry, seed=3, name="neuf")


def copy_of(laptop: Laptop, folder: Path) -> SecondCopy:
    copy = keep_copy(laptop.replica, laptop.key, DICTIONARY, folder)
    assert copy is not None
    return copy


def give(laptop: Laptop, data: bytes, door: HandInDoor | None = None):
    enrolment = identity.load_enrolment(laptop.replica)
    assert enrolment is not None
    return hand_in(door or HandInDoor(laptop), enrolment, laptop.key, data)


def hand_in_left(laptop: Laptop, folder: Path) -> int:
    enrolment = identity.load_enrolment(laptop.replica)
    assert enrolment is not None
    return hand_in_left_copies(laptop.replica, enrolment, HandInDoor(laptop), laptop.key, folder)


def record(laptop: Laptop, count: int = 1) -> list[str]:
    return [visits.record_visit(laptop.desk, a_visit()) for _ in range(count)]


def held(registry: RegistryService) -> int:
    return load_state(registry).kinds.get("visit.record", 0)


def test_what_a_lost_laptop_had_not_sent_comes_back_on_a_new_one(lost, new, registry, tmp_path):
    record(lost, 30)
    copy = copy_of(lost, tmp_path)
    assert (copy.ops, count_uncopied(lost.replica)) == (30, 0)
    data = Path(copy.file).read_bytes()
    assert b"retraite" not in data
    done = give(new, data)
    assert (done.name, done.applied, done.aside, done.missing) == ("portable", 30, 0, 0)
    assert give(new, data).applied == 0
    new.sync()
    assert len(visits.list_visits(new.desk)) == 30 == held(registry)


def test_the_copy_goes_when_everything_has_its_receipt(lost, tmp_path):
    record(lost)
    copy = copy_of(lost, tmp_path)
    record(lost)
    assert count_uncopied(lost.replica) == 1
    copy_of(lost, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == [Path(copy.file).name]
    lost.sync()
    assert keep_copy(lost.replica, lost.key, DICTIONARY, tmp_path) is None
    assert list(tmp_path.iterdir()) == []
    assert load_copy(lost.replica) is None


def test_a_laptop_put_back_from_an_image_finds_its_day_in_the_copy(registry, tmp_path):
    lost = a_laptop(registry, path=tmp_path / "store.db")
    record(lost, 2)
    image = type(lost.replica.connection)(":memory:", isolation_level=None)
    lost.replica.connection.backup(image)
    record(lost, 5)
    folder = tmp_path / "copie"
    folder.mkdir()
    copy_of(lost, folder)
    image.backup(lost.replica.connection)
    (writer,) = ops.list_writers(lost.replica)
    ops.open_writer(lost.replica, writer.writer, writer.last_seq, "restored")
    record(lost)
    copy_of(lost, folder)
    assert len(list(folder.iterdir())) == 2
    assert hand_in_left(lost, folder) == 7
    assert len(list(folder.iterdir())) == 1
    assert lost.sync().is_complete
    assert keep_copy(lost.replica, lost.key, DICTIONARY, folder) is None
    assert list(folder.iterdir()) == []
    lost.sync()
    assert len(visits.list_visits(lost.desk)) == 8 == held(registry)


def test_what_a_stolen_laptop_left_is_kept_apart_and_its_file_may_go(lost, new, registry, tmp_path):
    record(lost, 3)
    copy = copy_of(lost, tmp_path)
    revoke(registry, lost.desk.enrolment.device_id.hex())
    done = give(new, Path(copy.file).read_bytes())
    assert (done.applied, done.aside, done.missing) == (0, 3, 0)
    assert held(registry) == 0


def test_what_was_erased_meanwhile_is_not_missing(lost, new, registry, tmp_path):
    (visit_id,) = record(lost)
    copy = copy_of(lost, tmp_path)
    lost.sync()
    erase(registry, [visit_id], "demande")
    done = give(new, Path(copy.file).read_bytes())
    assert (done.applied, done.missing) == (0, 0)


@pytest.mark.parametrize(
    "spoil", [lambda d: d[:-7], lambda d: d[:200], lambda d: b"", lambda d: d[:60] + b"x" + d[61:]]
)
def test_a_spoilt_file_is_refused_and_nothing_of_it_applied(lost, new, registry, tmp_path, spoil):
    record(lost, 3)
    data = Path(copy_of(lost, tmp_path).file).read_bytes()
    with pytest.raises(InvalidInput) as refused:
        give(new, spoil(data))
    assert refused.value.code == "stick_unreadable"
    assert held(registry) == 0


def test_nobody_hands_in_without_being_a_laptop_of_the_registry(lost, new, registry, tmp_path):
    record(lost)
    data = Path(copy_of(lost, tmp_path).file).read_bytes()
    stranger = a_laptop(a_registry(seed=8), seed=9)
    stranger.registry = registry
    door = HandInDoor(new)
    with pytest.raises((NotAllowed, BadSignature)):
        give(stranger, data, door)
    revoke(registry, new.desk.enrolment.device_id.hex())
    with pytest.raises(NotAllowed):
        give(new, data, door)
    for header in ("", "Fsmobile", "Fsmobile x", "Fsmobile " + "A" * 5000, "Basic eA=="):
        assert door.door.post(data, "/v1/bundle", Authorization=header)[0] == 400
    assert door.statuses == [401, 403]
    assert held(registry) == 0


def test_a_file_of_another_sender_or_a_missing_folder_is_left_alone(lost, new, tmp_path):
    record(lost)
    copy_of(lost, tmp_path)
    assert hand_in_left(new, tmp_path) == 0
    assert len(list(tmp_path.iterdir())) == 1
    assert hand_in_left(new, tmp_path / "absent") == 0
    with pytest.raises(NotFound):
        keep_copy(lost.replica, lost.key, DICTIONARY, tmp_path / "absent")
