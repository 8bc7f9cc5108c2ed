"""Encrypting a store: nothing lost, nothing left in clear, whatever step the power is cut at."""

import errno
import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from subprocess import PIPE, Popen

import pytest

from fsmobile.core.catalogue import Catalogue
from fsmobile.core.ids import AgentId
from fsmobile.errors import (
    InvalidInput,
    NotAllowed,
    NotFound,
    OutOfStep,
    StoreBusy,
    StoreFull,
    TryLater,
)
from fsmobile.simulation.ports import SeededChance
from fsmobile.store import database, encryption, key_slots, unlock_tries
from fsmobile.store.device_keys import is_sealed, load_key, make_key
from fsmobile.store.integrity import check_store
from fsmobile.store.key_header import (
    KeyHeader,
    SlotKind,
    StoreFiles,
    load_header,
    make_header,
    save_header,
)
from fsmobile.store.migrations import MIGRATIONS
from fsmobile.store.replica import Replica, open_store
from fsmobile.store.unlock_tries import begin_try, count_refused, forget_tries
from fsmobile.usecases.desk import open_desk
from fsmobile.usecases.visits import list_visits, record_visit
from tests.worlds import FakeClock, a_laptop, a_registry, a_visit

KEY, NEW_KEY = bytes(range(32)), bytes(range(32, 64))
MARKER = "ZXMARKERXZ"
PASSPHRASE = "quatre mots sans lien"
RECOVERY = "foix ruitz jumieges"


class PowerCut(BaseException):
    """The machine is off: nothing of the program runs any more."""


@pytest.fixture(autouse=True, scope="module")
def quick_slots() -> Iterator[None]:
    """Derive with little memory: what is tested here is not how slow it is."""
    before, key_slots.MEMORY_KIB = key_slots.MEMORY_KIB, 64
    yield
    key_slots.MEMORY_KIB = before


def a_header(key: bytes = KEY) -> KeyHeader:
    header = key_slots.encrypted_header(key, "anne", PASSPHRASE, SeededChance(3))
    return key_slots.with_recovery(header, key, RECOVERY, SeededChance(4))


def a_plain_home(folder: Path) -> StoreFiles:
    """A day's work in a plain store: visits, a device key, the copy before a migration."""
    files = StoreFiles(
        store=folder / "fsmobile.db", device_key=folder / "device.key", header=folder / "keys.json"
    )
    laptop = a_laptop(a_registry(), path=files.store)
    for number in range(20):
        record_visit(laptop.desk, a_visit(note=f"{MARKER} {number}"))
    make_header(files.header, files.store)
    make_key(files.device_key, SeededChance(8))
    with sqlite3.connect(database.backup_of(files.store)) as copy:
        copy.execute("CREATE TABLE note AS SELECT ? AS text", (MARKER,))
    copy.close()
    laptop.replica.close()
    return files


def reopen(files: StoreFiles) -> Replica:
    """Start as the program does: by what the header says, going on with what was cut."""
    key = None
    if make_header(files.header, files.store).is_encrypted:
        key = key_slots.unlock(load_header(files.header), PASSPHRASE).data_key
        encryption.settle(files, key, SeededChance(5))
    return open_store(files.store, FakeClock(), SeededChance(6), key)


def notes_of(replica: Replica) -> set[str]:
    desk = open_desk(replica, Catalogue(), {})
    desk.agent_id = AgentId("agent-a")
    return {row.state.visit.note for row in list_visits(desk)}


def everything_in(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file())


NOTES = {f"{MARKER} {number}" for number in range(20)}


def test_an_encrypted_store_holds_what_the_plain_one_held_and_shows_none_of_it(
    tmp_path: Path,
) -> None:
    files = a_plain_home(tmp_path)
    seed = load_key(files.device_key).seed
    assert MARKER.encode() in everything_in(tmp_path)
    encryption.encrypt(files, a_header(), KEY, SeededChance(5))
    replica = reopen(files)
    assert notes_of(replica) == NOTES
    assert check_store(replica).is_sound
    assert replica.is_encrypted
    left = everything_in(tmp_path)
    assert MARKER.encode() not in left
    assert seed.hex().encode() not in left
    assert seed not in left
    assert KEY not in left
    assert load_key(files.device_key, KEY).seed == seed
    replica.close()


def test_a_store_that_is_decrypted_again_is_the_plain_one_it_was(tmp_path: Path) -> None:
    files = a_plain_home(tmp_path)
    seed = load_key(files.device_key).seed
    encryption.encrypt(files, a_header(), KEY, SeededChance(5))
    encryption.decrypt(files, KEY, SeededChance(5))
    assert not load_header(files.header).is_encrypted
    replica = reopen(files)
    assert notes_of(replica) == NOTES
    assert load_key(files.device_key).seed == seed
    replica.close()


@contextmanager
def cut_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], int]]:
    """Cut the power before the nth thing that is done to the disk; tell how many there were."""
    done = 0

    def counted(act: Callable[..., object]) -> Callable[..., object]:
        def do(*args: object, **kwargs: object) -> object:
            nonlocal done
            if done == step:
                raise PowerCut
            done += 1
            return act(*args, **kwargs)

        return do

    with monkeypatch.context() as patch:
        for name in ("replace", "fsync", "write", "open"):
            patch.setattr(os, name, counted(getattr(os, name)))
        patch.setattr(Path, "unlink", counted(Path.unlink))
        patch.setattr(encryption, "_compare", counted(encryption._compare))
        yield lambda: done


@pytest.mark.parametrize("way", ["encrypt", "rekey", "decrypt"])
def test_a_power_cut_at_any_step_leaves_a_store_that_opens_whole(
    way: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    step, is_over = 0, False
    while not is_over:
        home = tmp_path / str(step)
        home.mkdir()
        files = a_plain_home(home)
        seed = load_key(files.device_key).seed
        if way != "encrypt":
            encryption.encrypt(files, a_header(), KEY, SeededChance(5))
        with cut_at(step, monkeypatch):
            try:
                if way == "encrypt":
                    encryption.encrypt(files, a_header(), KEY, SeededChance(5))
                elif way == "rekey":
                    encryption.rekey(files, KEY, NEW_KEY, SeededChance(5))
                else:
                    encryption.decrypt(files, KEY, SeededChance(5))
                is_over = True
            except PowerCut:
                pass
        replica = reopen(files)
        key = None
        if replica.is_encrypted:
            key = key_slots.unlock(load_header(files.header), PASSPHRASE).data_key
        assert notes_of(replica) == NOTES, step
        assert check_store(replica).is_sound, step
        assert load_key(files.device_key, key).seed == seed, step
        replica.close()
        if replica.is_encrypted:
            assert is_sealed(files.device_key), step
            assert MARKER.encode() not in everything_in(home), step
        else:
            assert way != "rekey"
        step += 1
    assert step > 10


HOLDER = """
import sqlite3, sys
held = sqlite3.connect(sys.argv[1], isolation_level=None)
held.execute("BEGIN IMMEDIATE")
print("held", flush=True)
sys.stdin.read()
held.execute("UPDATE visit SET service_date = service_date")
held.execute("COMMIT")
"""


def test_a_store_that_is_open_elsewhere_is_not_encrypted_under_its_feet(tmp_path: Path) -> None:
    files = a_plain_home(tmp_path)
    # Another program: two SQLite libraries in one process do not see each other's locks.
    command = [sys.executable, "-c", HOLDER, str(files.store)]
    with Popen(command, stdin=PIPE, stdout=PIPE) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == b"held\n"
        with pytest.raises(StoreBusy):
            encryption.encrypt(files, a_header(), KEY, SeededChance(5))
        holder.communicate()
    assert holder.returncode == 0
    replica = reopen(files)
    assert notes_of(replica) == NOTES
    replica.close()


def test_who_waited_for_the_old_file_cannot_write_a_visit_into_nowhere(tmp_path: Path) -> None:
    files = a_plain_home(tmp_path)
    late = os.open(files.store, os.O_RDWR)
    encryption.encrypt(files, a_header(), KEY, SeededChance(5))
    assert set(os.read(late, 1_000_000)) == {0}
    os.close(late)


def test_the_copy_before_a_migration_is_encrypted_too(tmp_path: Path) -> None:
    path = tmp_path / "fsmobile.db"
    open_store(path, FakeClock(), SeededChance(1), KEY).close()
    connection = database.connect(path, KEY)
    connection.execute("CREATE TABLE left_over AS SELECT ? AS text", (MARKER,))
    connection.execute("DELETE FROM _sqlite_migrations WHERE name = ?", ([*MIGRATIONS][-1],))
    connection.commit()
    connection.close()
    # The last migration fails, as it was applied before: the copy was made first.
    with pytest.raises(Exception, match=r"already exists|duplicate"):
        open_store(path, FakeClock(), SeededChance(1), KEY)
    copy = database.backup_of(path)
    assert MARKER.encode() not in copy.read_bytes()
    with database.connect(copy, KEY) as kept:
        assert kept.execute("SELECT text FROM left_over").fetchone() == (MARKER,)
    kept.close()


def test_another_key_and_no_key_open_nothing(tmp_path: Path) -> None:
    path = tmp_path / "fsmobile.db"
    open_store(path, FakeClock(), SeededChance(1), KEY).close()
    before = path.read_bytes()
    for key in (bytes(32), None):
        with pytest.raises(OutOfStep, match="store_cannot_open"):
            open_store(path, FakeClock(), SeededChance(1), key)
    assert path.read_bytes() == before


def test_a_lost_header_is_said_and_no_plain_one_is_written_in_its_place(tmp_path: Path) -> None:
    path = tmp_path / "fsmobile.db"
    open_store(path, FakeClock(), SeededChance(1), KEY).close()
    with pytest.raises(OutOfStep, match="key_header_lost"):
        make_header(tmp_path / "keys.json", path)
    assert not (tmp_path / "keys.json").exists()


def test_each_agent_and_the_recovery_words_open_the_same_key() -> None:
    header = key_slots.with_agent(a_header(), KEY, "luc", "une tout autre phrase", SeededChance(9))
    assert key_slots.unlock(header, PASSPHRASE).name == "anne"
    assert key_slots.unlock(header, "une tout autre phrase").name == "luc"
    assert key_slots.unlock(header, RECOVERY, SlotKind.RECOVERY).data_key == KEY
    for secret in ("autre chose", "", RECOVERY):
        with pytest.raises(NotAllowed, match="wrong_passphrase"):
            key_slots.unlock(header, secret)
    assert KEY not in repr(header).encode()


def test_an_accent_opens_whatever_keyboard_typed_it() -> None:
    header = key_slots.encrypted_header(KEY, "anne", "un été à l'île", SeededChance(3))
    assert key_slots.unlock(header, "un e\u0301te\u0301 a\u0300 l'i\u0302le").data_key == KEY


def test_a_changed_passphrase_replaces_the_one_before_and_the_store_is_not_rewritten(
    tmp_path: Path,
) -> None:
    files = a_plain_home(tmp_path)
    encryption.encrypt(files, a_header(), KEY, SeededChance(5))
    before = files.store.read_bytes()
    changed = key_slots.with_agent(
        load_header(files.header), KEY, "anne", "la phrase suivante", SeededChance(9)
    )
    save_header(files.header, changed)
    assert files.store.read_bytes() == before
    with pytest.raises(NotAllowed):
        key_slots.unlock(load_header(files.header), PASSPHRASE)
    assert key_slots.unlock(load_header(files.header), "la phrase suivante").data_key == KEY


def test_an_agent_who_left_opens_nothing_and_the_last_one_stays() -> None:
    header = key_slots.with_agent(a_header(), KEY, "luc", "une tout autre phrase", SeededChance(9))
    left = key_slots.without_agent(header, "anne")
    with pytest.raises(NotAllowed, match="wrong_passphrase"):
        key_slots.unlock(left, PASSPHRASE)
    with pytest.raises(NotAllowed, match="last_passphrase"):
        key_slots.without_agent(left, "luc")
    with pytest.raises(NotFound):
        key_slots.without_agent(left, "anne")


def test_a_short_passphrase_is_refused() -> None:
    with pytest.raises(InvalidInput, match="passphrase_too_short"):
        key_slots.encrypted_header(KEY, "anne", "x" * 11 + " ", SeededChance(3))


def test_wrong_tries_wait_longer_and_longer_over_restarts_and_a_clock_set_back(
    tmp_path: Path,
) -> None:
    path, now = tmp_path / "unlock.json", 1_000_000_000
    for _free in range(3):
        begin_try(path, now)
    waits = []
    for _turn in range(12):
        with pytest.raises(TryLater) as refused:
            begin_try(path, now)
        waits.append(int(refused.value.params["seconds"]))
        now += waits[-1] * 1000
        begin_try(path, now)
    assert waits[:4] == [2, 4, 8, 16]
    assert waits == sorted(waits)
    assert waits[-1] == 300
    with pytest.raises(TryLater) as refused:
        begin_try(path, now - 10**9)
    assert refused.value.params["seconds"] == 300
    forget_tries(path)
    begin_try(path, now)


def test_a_disk_without_room_for_the_count_lets_try_after_a_pause(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, now = tmp_path / "unlock.json", 1_000_000_000
    assert begin_try(path, now)

    def full(*_: object, **__: object) -> None:
        raise StoreFull("medium_full") from OSError(errno.ENOSPC, "no space")

    monkeypatch.setattr(unlock_tries, "write_durably", full)
    for _free in range(2):
        assert not begin_try(path, now)
    # What was known goes on counting: this program makes the next ones wait all the same.
    with pytest.raises(TryLater):
        begin_try(path, now)
    monkeypatch.undo()
    forget_tries(path)
    assert count_refused(path) == 2
    assert begin_try(path, now)


def test_a_count_that_a_working_disk_does_not_take_stops_the_try(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refused(*_: object, **__: object) -> None:
        raise StoreFull("medium_full") from OSError(errno.EACCES, "not yours")

    monkeypatch.setattr(unlock_tries, "write_durably", refused)
    with pytest.raises(StoreFull):
        begin_try(tmp_path / "unlock.json", 1_000_000_000)
