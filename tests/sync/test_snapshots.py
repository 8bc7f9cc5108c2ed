"""A new laptop loads a long history as one file: proven, resumed, and never what was erased."""

from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from errno import ENOSPC
from pathlib import Path
from random import randbytes

import msgspec
import pytest
from sqlalchemy import select
from worlds import UNIT, FakeClock, Laptop, a_laptop, a_registry, a_visit

from fsmobile.errors import ProtocolMismatch, RegistryUnreachable
from fsmobile.protocol import messages
from fsmobile.protocol.envelope import seal, unseal
from fsmobile.protocol.messages import Answered, StaleCursor
from fsmobile.protocol.records import SCHEDULE_FILE, ScheduleFilePart, encode_schedule
from fsmobile.protocol.scopes import unit_scope
from fsmobile.protocol.snapshot_files import PIECE
from fsmobile.registry import schema
from fsmobile.registry.administration import revoke
from fsmobile.registry.erasure import erase
from fsmobile.registry.service import RegistryService
from fsmobile.registry.snapshots import admit
from fsmobile.store import cursors, ops, partial_history
from fsmobile.sync.engine import SyncEngine
from fsmobile.sync.progress import Progress, SyncReport
from fsmobile.sync.snapshots import SnapshotLoader
from fsmobile.usecases import visits

SCOPE = unit_scope(UNIT)
KEY = bytes(range(32))


@dataclass
class Link:
    """The way to the registry: cut after so many bytes each time, or altering one of them."""

    registry: RegistryService
    cut_after: int | None = None
    alters: bool = False
    asked: list[int] = field(default_factory=list)

    def read_snapshot(self, scope: str, authorisation: str, start: int) -> Iterator[bytes] | None:
        envelope = b64decode(authorisation.removeprefix("Fsmobile "))
        found = admit(self.registry.storage, envelope, self.registry.clock.now_ms())
        self.asked.append(start)
        return None if isinstance(found, int) else self._pieces(scope, found.gsn, start, found.size)

    def _pieces(self, scope: str, gsn: int, start: int, size: int) -> Iterator[bytes]:
        left = self.cut_after
        while start < size:
            with self.registry.storage.reading() as transaction:
                piece = transaction.read_piece(scope, gsn, start)
            assert piece
            if left is not None:
                piece = piece[:left]
                left -= len(piece)
            if self.alters:
                piece = bytes([piece[0] ^ 1]) + piece[1:]
            if piece:
                yield piece
                start += len(piece)
            if left == 0 and start < size:
                raise RegistryUnreachable("registry_unreachable")


def a_world(count: int = 120, ops_min: int = 50) -> tuple[RegistryService, Laptop, list[str]]:
    """A registry that offers snapshots early, and a laptop that has recorded visits."""
    clock = FakeClock()
    registry = replace(a_registry(clock), snapshot_ops_min=ops_min)
    first = a_laptop(registry, clock=clock, name="un")
    ids = []
    for _ in range(count):
        clock.ms += 60_000
        ids.append(visits.record_visit(first.desk, a_visit()))
    first.sync()
    return registry, first, ids


def load(
    laptop: Laptop, link: Link, folder: Path, told: list[Progress] | None = None
) -> SyncReport:
    """Sync a laptop that can load snapshots."""
    loader = SnapshotLoader(laptop.replica, link, laptop.key, folder)
    told = [] if told is None else told
    engine = SyncEngine(
        laptop.replica, laptop.registry, laptop.key, snapshots=loader, on_progress=told.append
    )
    return engine.run()


def visits_of(laptop: Laptop) -> set[str]:
    return {row[0] for row in laptop.replica.connection.execute("SELECT visit_id FROM visit")}


def test_a_new_laptop_loads_the_history_and_pulls_what_follows(tmp_path: Path) -> None:
    registry, first, ids = a_world()
    second = a_laptop(registry, name="deux", seed=3)
    told: list[Progress] = []
    report = load(second, Link(registry), tmp_path, told)
    assert visits_of(second) == set(ids)
    assert (report.loaded, report.pulled) == (120, 0)
    assert [one.loading for one in told if one.loading][-1] == ("ops", 120, 120)
    assert list(tmp_path.iterdir()) == []
    later = visits.record_visit(first.desk, a_visit())
    first.sync()
    report = load(second, Link(registry), tmp_path)
    assert (report.requests, report.loaded, report.pulled) == (1, 0, 1)
    assert visits_of(second) == {*ids, later}
    assert second.replica.connection.execute("SELECT DISTINCT gsn FROM cursor").fetchall() == [
        (registry.storage.run(lambda one: one.last_gsn()),)
    ]


def test_what_was_recorded_here_before_stays_and_is_sent(tmp_path: Path) -> None:
    registry, _first, ids = a_world()
    second = a_laptop(registry, name="deux", seed=3)
    mine = visits.record_visit(second.desk, a_visit())
    assert load(second, Link(registry), tmp_path).is_complete
    assert visits_of(second) == {*ids, mine}


def test_a_short_history_is_pulled(tmp_path: Path) -> None:
    registry, _first, ids = a_world(count=40)
    second = a_laptop(registry, name="deux", seed=3)
    report = load(second, Link(registry), tmp_path)
    assert (report.loaded, report.pulled) == (0, len(ids))


def test_a_cut_link_goes_on_where_it_stopped(tmp_path: Path) -> None:
    registry, _first, ids = a_world()
    second = a_laptop(registry, name="deux", seed=3)
    link = Link(registry, cut_after=1000)
    load(second, link, tmp_path)
    assert visits_of(second) == set(ids)
    assert link.asked == list(range(0, 1000 * len(link.asked), 1000))
    assert len(link.asked) > 3


def test_what_has_arrived_is_kept_for_the_next_sync(tmp_path: Path) -> None:
    registry, _first, ids = a_world()
    second = a_laptop(registry, name="deux", seed=3)
    link = Link(registry, cut_after=1000)
    load_once = iter([link.cut_after, 0, 0, 0, 0, 0])

    def read(scope: str, authorisation: str, start: int) -> Iterator[bytes] | None:
        link.cut_after = next(load_once)
        return Link.read_snapshot(link, scope, authorisation, start)

    link.read_snapshot = read
    with pytest.raises(RegistryUnreachable):
        load(second, link, tmp_path)
    (kept,) = tmp_path.iterdir()
    assert kept.stat().st_size == 1000
    again = Link(registry)
    load(second, again, tmp_path)
    assert again.asked == [1000]
    assert visits_of(second) == set(ids)


def test_an_altered_file_is_thrown_away_and_the_history_pulled(tmp_path: Path) -> None:
    registry, _first, ids = a_world()
    second = a_laptop(registry, name="deux", seed=3)
    report = load(second, Link(registry, alters=True), tmp_path)
    assert (report.loaded, report.pulled) == (0, len(ids))
    assert list(tmp_path.iterdir()) == []


def test_a_disk_without_room_for_the_file_takes_the_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_full(_file: object, _piece: bytes) -> int:
        raise OSError(ENOSPC, "no room")

    monkeypatch.setattr(partial_history._Writer, "write", is_full)
    registry, _first, ids = a_world()
    second = a_laptop(registry, name="deux", seed=3)
    report = load(second, Link(registry), tmp_path)
    assert (report.loaded, report.pulled) == (0, len(ids))
    assert list(tmp_path.iterdir()) == []


def test_a_link_in_the_place_of_the_file_is_not_followed(tmp_path: Path) -> None:
    registry, _first, ids = a_world()
    second = a_laptop(registry, name="deux", seed=3)
    (offer,) = registry.shelf.offer([SCOPE], registry.clock.now_ms())
    target = tmp_path / "ailleurs"
    target.write_bytes(b"")
    folder = tmp_path / "poste"
    folder.mkdir()
    (folder / f"historique-{offer.sha256[:8].hex()}.part").symlink_to(target)
    assert load(second, Link(registry), folder).loaded == len(ids)
    assert target.read_bytes() == b""


def test_a_history_cut_while_it_loads_shows_nothing_to_who_has_the_disk(tmp_path: Path) -> None:
    registry, _first, ids = a_world()
    second = a_laptop(registry, path=tmp_path / "fsmobile.db", name="deux", seed=3, data_key=KEY)
    (offer,) = registry.shelf.offer([SCOPE], registry.clock.now_ms())
    cut_at = iter([700, 0, 0, 0, 0, 0])
    link = Link(registry)

    def read(scope: str, authorisation: str, start: int) -> Iterator[bytes] | None:
        link.cut_after = next(cut_at)
        return Link.read_snapshot(link, scope, authorisation, start)

    link.read_snapshot = read
    with pytest.raises(RegistryUnreachable):
        load(second, link, tmp_path)
    (part,) = tmp_path.glob("historique-*.part")
    with registry.storage.reading() as transaction:
        sent = transaction.read_piece(SCOPE, offer.gsn, 0)
    assert sent is not None
    kept = part.read_bytes()
    assert len(kept) == 700
    # Not a run of it: what was sent would unpack by itself, up to the cut.
    assert not [at for at in range(0, 700, 4) if sent[at : at + 4] in kept]
    load(second, Link(registry), tmp_path)
    assert visits_of(second) == set(ids)
    assert list(tmp_path.glob("historique-*")) == []


def test_a_snapshot_that_is_gone_is_pulled_instead(tmp_path: Path) -> None:
    registry, _first, ids = a_world()
    second = a_laptop(registry, name="deux", seed=3)
    link = Link(registry)

    def read(scope: str, authorisation: str, start: int) -> Iterator[bytes] | None:
        registry.storage.run(lambda one: one.drop_snapshots())
        return Link.read_snapshot(link, scope, authorisation, start)

    link.read_snapshot = read
    assert load(second, link, tmp_path).pulled == len(ids)


def test_what_was_erased_is_in_no_snapshot_made_after_it(tmp_path: Path) -> None:
    registry, _first, ids = a_world()
    load(a_laptop(registry, name="deux", seed=3), Link(registry), tmp_path)
    erase(registry, [ids[7]], "demande")
    with registry.storage.reading() as transaction:
        assert transaction.find_snapshot(SCOPE) is None
        pieces = transaction.connection.execute(select(schema.snapshot_piece)).all()
        assert pieces == []
    third = a_laptop(registry, name="trois", seed=4)
    load(third, Link(registry), tmp_path)
    assert visits_of(third) == set(ids) - {ids[7]}
    row = third.replica.connection.execute("SELECT body FROM remote WHERE op_id = ?", (ids[7],))
    assert row.fetchone() == (None,)


def test_a_snapshot_serves_until_much_more_has_come(tmp_path: Path) -> None:
    registry, first, _ids = a_world()
    made = set()
    for number in range(5):
        load(a_laptop(registry, name=f"n{number}", seed=9 + number), Link(registry), tmp_path)
        with registry.storage.reading() as transaction:
            found = transaction.find_snapshot(SCOPE)
        assert found is not None
        made.add(found.gsn)
        for _ in range(30):
            visits.record_visit(first.desk, a_visit())
        first.sync()
    assert len(made) == 3


def test_only_a_laptop_of_the_scope_is_admitted(tmp_path: Path) -> None:
    registry, _first, _ids = a_world()
    second = a_laptop(registry, name="deux", seed=3)
    load(second, Link(registry), tmp_path)
    stranger = a_laptop(registry, unit="bus-creuse/bus-1", name="autre", seed=5)
    with registry.storage.reading() as transaction:
        offer = transaction.find_snapshot(SCOPE)
    assert offer is not None

    def asked_by(laptop: Laptop, scope: str = SCOPE) -> object:
        loader = SnapshotLoader(laptop.replica, Link(registry), laptop.key, tmp_path)
        authorisation = loader._authorise(msgspec.structs.replace(offer, scope=scope))
        envelope = b64decode(authorisation.removeprefix("Fsmobile "))
        answers.append(admit(registry.storage, envelope, 0))
        answers.append(admit(registry.storage, envelope, 0))
        payload, signature = unseal(envelope)
        forged = seal(payload, lambda _: signature[:-1] + bytes([signature[-1] ^ 1]))
        return admit(registry.storage, forged, 0)

    answers: list[object] = []
    assert asked_by(second) == 401
    assert answers == [offer, 409]
    answers.clear()
    asked_by(stranger)
    assert answers == [403, 403]
    assert admit(registry.storage, b"", 0) == 400
    revoke(registry, "deux")
    answers.clear()
    asked_by(second)
    assert answers == [403, 403]


def test_a_stale_cursor_loads_a_snapshot_and_keeps_the_own_log(tmp_path: Path) -> None:
    registry, _first, ids = a_world()
    second = a_laptop(registry, name="deux", seed=3)
    load(second, Link(registry), tmp_path)
    mine = visits.record_visit(second.desk, a_visit())
    # A year in a drawer; meanwhile, the registry has let go of what came before the snapshot.
    with second.replica.write() as connection:
        connection.execute("DELETE FROM remote")
        connection.execute("DELETE FROM visit WHERE visit_id <> ?", (mine,))
        connection.execute("UPDATE cursor SET gsn = 1")

    class Compacted:
        """Answers `stale_cursor` to who stands before the snapshot."""

        def sync(self, envelope: bytes) -> bytes:
            request = messages.decode_request(unseal(envelope)[0])
            with registry.storage.reading() as transaction:
                offer = transaction.find_snapshot(SCOPE)
            assert offer is not None
            if request.cursors[SCOPE] >= offer.gsn:
                return registry.sync(envelope)
            stale = StaleCursor(scopes=[SCOPE], snapshots=[offer])
            answered = Answered(counter=request.counter, answer=stale)
            return seal(messages.encode(answered), registry.key.sign)

    second.registry = Compacted()
    report = load(second, Link(registry), tmp_path)
    assert report.healed == ["stale_cursor"]
    assert report.is_complete
    assert visits_of(second) == {*ids, mine}
    with second.replica.write() as connection:
        connection.execute("UPDATE cursor SET gsn = 1")
    with pytest.raises(ProtocolMismatch, match="unexpected_answer"):
        SyncEngine(second.replica, second.registry, second.key).run()


def test_no_cursor_passes_the_history_that_was_shown(tmp_path: Path) -> None:
    registry, _first, _ids = a_world()
    second = a_laptop(registry, name="deux", seed=3)
    second.sync()
    newest = cursors.load_reading(second.replica).points[0].gsn
    cursors.pass_snapshot(second.replica, SCOPE, newest + 50)
    assert cursors.load_reading(second.replica).cursors[SCOPE] == newest


def test_a_long_file_is_kept_in_pieces_and_read_from_any_byte(tmp_path: Path) -> None:
    registry = replace(a_registry(), snapshot_ops_min=0)
    office = a_laptop(registry, role="coordinator")
    for _ in range(20):
        part = ScheduleFilePart(sha256="0" * 64, part=0, parts=1, text=randbytes(20_000).hex())
        data = encode_schedule(part)
        ops.append(office.replica, office.desk.agency_op(SCHEDULE_FILE, data))
    office.sync()
    link = Link(registry, cut_after=PIECE + 17)
    assert load(a_laptop(registry, name="deux", seed=3), link, tmp_path).loaded == 20
    assert link.asked == [0, PIECE + 17]
