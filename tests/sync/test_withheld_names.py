"""A plain laptop keeps no name that others write, whichever way it comes, and loses nothing."""

from base64 import b64decode
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path

import pytest
from msgspec import structs
from sqlalchemy import delete
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.core.follow_ups import FollowUp, NamedPart
from fsmobile.core.ids import FollowUpId
from fsmobile.protocol.promise_records import FOLLOW_UP_NAME
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.registry import schema
from fsmobile.registry.erasure import erase
from fsmobile.registry.service import RegistryService
from fsmobile.registry.snapshots import admit
from fsmobile.registry.sticks import import_stick
from fsmobile.store import carried, names
from fsmobile.store.integrity import check_store
from fsmobile.store.projections import rebuild
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.peer import check_peer, make_offer, own_certificate, take_offer
from fsmobile.sync.progress import Verification
from fsmobile.sync.snapshots import SnapshotLoader
from fsmobile.sync.stick import export_stick, import_answer
from fsmobile.sync.verification import verify_days
from fsmobile.usecases import visits
from fsmobile.usecases.follow_ups import load_follow_up, open_follow_up
from fsmobile.usecases.names import erase_expired_names

NAME = "Mme Roselyne Marque"
DATA_KEY = bytes(range(32))


@dataclass
class Link:
    """The way by which histories are loaded."""

    registry: RegistryService

    def read_snapshot(self, scope: str, authorisation: str, start: int) -> Iterator[bytes] | None:
        envelope = b64decode(authorisation.removeprefix("Fsmobile "))
        found = admit(self.registry.storage, envelope, self.registry.clock.now_ms())
        assert not isinstance(found, int)
        return self._pieces(scope, found.gsn, start, found.size)

    def _pieces(self, scope: str, gsn: int, start: int, size: int) -> Iterator[bytes]:
        while start < size:
            with self.registry.storage.reading() as transaction:
                piece = transaction.read_piece(scope, gsn, start)
            assert piece
            start += len(piece)
            yield piece


class Crew:
    """An encrypted laptop, and a plain one in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.registry = a_registry()
        self.sealed = a_laptop(self.registry, data_key=DATA_KEY)
        self.plain = a_laptop(self.registry, path=folder / "fsmobile.db", seed=9, name="b")

    def promise(self) -> FollowUpId:
        desk = self.sealed.desk
        return open_follow_up(
            desk,
            FollowUp(opened_on=desk.today(), task="rappeler", due=desk.today()),
            NamedPart(
                name=NAME,
                consented_on=desk.today(),
                consent_text="suite-1",
                erase_on=desk.today() + timedelta(days=90),
            ),
        )

    def meet(self) -> None:
        """The encrypted laptop gives the plain one what it has, without a network."""
        giver, taker = self.sealed, self.plain
        reader = check_peer(giver.replica, own_certificate(taker.replica))
        data = make_offer(giver.replica, giver.key, reader, load_wire_dictionary())
        known = check_peer(taker.replica, own_certificate(giver.replica))
        take_offer(taker.replica, taker.key, known, data, load_wire_dictionary())

    def files_with_the_name(self) -> list[str]:
        return [path.name for path in self.folder.iterdir() if NAME.encode() in path.read_bytes()]

    def verify(self, laptop: Laptop) -> Verification:
        """Compare a laptop with the registry, once it has synced."""
        laptop.sync()
        found = Verification(is_whole=True)
        verify_days(laptop.replica, SyncEngine(laptop.replica, self.registry, laptop.key), found)
        return found


@pytest.fixture
def crew(tmp_path: Path) -> Crew:
    return Crew(tmp_path)


def by_network(crew: Crew) -> None:
    crew.sealed.sync()
    crew.plain.sync()


def by_peer(crew: Crew) -> None:
    crew.meet()


def by_peer_then_network(crew: Crew) -> None:
    crew.meet()
    by_network(crew)


def by_stick(crew: Crew) -> None:
    crew.sealed.sync()
    laptop, dictionary = crew.plain, load_wire_dictionary()
    stick = export_stick(laptop.replica, laptop.key, dictionary).data
    answer = import_stick(crew.registry, stick, dictionary).answer
    import_answer(laptop.replica, laptop.key, answer, dictionary)


@pytest.mark.parametrize("way", [by_network, by_peer, by_peer_then_network, by_stick])
def test_no_byte_of_a_name_reaches_a_plain_store(crew: Crew, way: Callable[[Crew], None]) -> None:
    follow_up_id = crew.promise()
    way(crew)
    held = crew.plain.replica.connection.execute(
        "SELECT body, length(hash) FROM remote WHERE kind = ?", (FOLLOW_UP_NAME,)
    ).fetchall()
    assert held == [(None, 32)]
    assert crew.files_with_the_name() == []
    rebuild(crew.plain.replica)
    state = load_follow_up(crew.plain.desk, follow_up_id)
    assert (state.follow_up.task, state.named) == ("rappeler", None)
    assert crew.files_with_the_name() == []
    assert check_store(crew.plain.replica).is_sound


def test_a_plain_laptop_relays_no_name_and_its_author_sends_it(crew: Crew) -> None:
    crew.promise()
    crew.meet()
    assert carried.list_carried(crew.plain.replica) == []
    by_network(crew)
    assert crew.verify(crew.plain).is_same


def test_the_registry_and_a_plain_laptop_hold_the_same(crew: Crew) -> None:
    crew.promise()
    by_network(crew)
    found = crew.verify(crew.plain)
    assert found.is_same
    assert found.ops


def test_a_name_that_the_registry_lost_is_given_back_by_who_holds_it(crew: Crew) -> None:
    follow_up_id = crew.promise()
    by_network(crew)
    with crew.registry.storage.transaction() as transaction:
        transaction.connection.execute(delete(schema.op).where(schema.op.c.kind == FOLLOW_UP_NAME))
    assert crew.verify(crew.plain).given == 0
    assert crew.verify(crew.sealed).given == 1
    named = load_follow_up(crew.sealed.desk, follow_up_id).named
    assert named is not None
    assert named.name == NAME


def test_what_was_kept_before_goes_at_the_next_opening(crew: Crew) -> None:
    follow_up_id = crew.promise()
    laptop = crew.plain
    kept = structs.replace(laptop.replica, is_encrypted=True)
    SyncEngine(crew.sealed.replica, crew.registry, crew.sealed.key).run()
    SyncEngine(kept, crew.registry, laptop.key).run()
    assert crew.files_with_the_name()
    erase_expired_names(laptop.desk)
    assert crew.files_with_the_name() == []
    assert load_follow_up(laptop.desk, follow_up_id).named is None
    assert crew.verify(laptop).is_same


def test_no_byte_of_a_name_comes_with_a_history_loaded_as_a_file(crew: Crew) -> None:
    follow_up_id = crew.promise()
    for _ in range(120):
        visits.record_visit(crew.sealed.desk, a_visit())
    crew.sealed.sync()
    offering = replace(crew.registry, snapshot_ops_min=50)
    laptop = crew.plain
    loader = SnapshotLoader(laptop.replica, Link(offering), laptop.key, crew.folder)
    report = SyncEngine(laptop.replica, offering, laptop.key, snapshots=loader).run()
    assert report.loaded > 120
    assert crew.files_with_the_name() == []
    assert load_follow_up(laptop.desk, follow_up_id).named is None
    assert crew.verify(laptop).is_same


def test_a_laptop_that_is_encrypted_later_is_given_the_names_at_its_next_sync(crew: Crew) -> None:
    follow_up_id, gone = crew.promise(), crew.promise()
    by_network(crew)
    crew.plain.sync()
    erase(crew.registry, [gone], "demande")
    crew.plain.sync()
    assert names.await_withheld(crew.plain.replica) == 1
    crew.plain.desk.replica = structs.replace(crew.plain.replica, is_encrypted=True)
    assert crew.plain.sync().is_complete
    named = load_follow_up(crew.plain.desk, follow_up_id).named
    assert named is not None
    assert named.name == NAME
    assert [one.erase_on for one in names.list_held_names(crew.plain.replica)] == [named.erase_on]
    assert names.list_own_names(crew.plain.replica) == []
    assert len(names.list_own_names(crew.sealed.replica)) == 2
    assert crew.verify(crew.plain).is_same
    assert names.await_withheld(crew.plain.replica) == 0
