"""Attacks on what opens a store: old, foreign, cut or swollen headers, planted slots and logs."""

import json
import os
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from subprocess import PIPE, Popen

import pytest
from msgspec.structs import replace

from fsmobile.errors import (
    FsmobileError,
    NotAllowed,
    OutOfStep,
    StoreBusy,
    StoreFull,
    TryLater,
)
from fsmobile.simulation.ports import SeededChance
from fsmobile.store import database, encryption, key_slots
from fsmobile.store.key_header import KeyHeader, SlotKind, StoreFiles, load_header, save_header
from fsmobile.store.replica import open_store
from fsmobile.store.unlock_tries import begin_try
from tests.store.test_encryption import (
    KEY,
    MARKER,
    NEW_KEY,
    NOTES,
    PASSPHRASE,
    RECOVERY,
    a_header,
    a_plain_home,
    everything_in,
    notes_of,
    reopen,
)
from tests.worlds import FakeClock

LEFT = "la phrase de qui est parti"


@pytest.fixture(autouse=True, scope="module")
def quick_slots() -> Iterator[None]:
    """Derive with little memory: what is tested here is not how slow it is."""
    before, key_slots.MEMORY_KIB = key_slots.MEMORY_KIB, 64
    yield
    key_slots.MEMORY_KIB = before


@pytest.fixture
def files(tmp_path: Path) -> StoreFiles:
    """An encrypted laptop of two agents."""
    made = a_plain_home(tmp_path)
    header = key_slots.with_agent(a_header(), KEY, "luc", LEFT, SeededChance(9))
    encryption.encrypt(made, header, KEY, SeededChance(5))
    return made


def opens(files: StoreFiles, key: bytes) -> bool:
    try:
        open_store(files.store, FakeClock(), SeededChance(1), key).close()
    except OutOfStep:
        return False
    return True


def test_an_old_header_and_its_passphrase_open_nothing_once_the_key_is_made_anew(
    files: StoreFiles,
) -> None:
    old = files.header.read_bytes()
    left = key_slots.without_agent(load_header(files.header), "luc")
    save_header(files.header, left)
    # The slot is gone, but who has a copy of the header goes on opening the same key.
    files.header.write_bytes(old)
    assert opens(files, key_slots.unlock(load_header(files.header), LEFT).data_key)
    save_header(files.header, left)
    header = encryption.rekey(files, KEY, NEW_KEY, SeededChance(7))
    assert not [path for path in files.store.parent.iterdir() if KEY in path.read_bytes()]
    # Nobody else was there: the others open with what they had, the words at the office too.
    for secret, kind in ((PASSPHRASE, SlotKind.PASSPHRASE), (RECOVERY, SlotKind.RECOVERY)):
        assert key_slots.unlock(header, secret, kind).data_key == NEW_KEY
    with pytest.raises(NotAllowed):
        key_slots.unlock(header, LEFT)
    today = everything_in(files.store.parent)
    assert MARKER.encode() not in today
    files.header.write_bytes(old)
    for secret in (LEFT, PASSPHRASE):
        opened = key_slots.unlock(load_header(files.header), secret).data_key
        assert opened == KEY
        assert not opens(files, opened)
    save_header(files.header, header)
    replica = reopen(files)
    assert notes_of(replica) == NOTES
    replica.close()


def test_the_key_before_opens_no_box_of_those_who_stay(files: StoreFiles) -> None:
    """Who left knows the old key: neither it nor their own private key opens another slot."""
    before = load_header(files.header)
    header = encryption.rekey(files, KEY, NEW_KEY, SeededChance(7))
    for slot, old in zip(header.slots, before.slots, strict=True):
        assert (slot.private, slot.public) == (old.private, old.public)
        assert slot.box != old.box
        swapped = replace(old, box=slot.box)
        mine = replace(header, slots=(replace(swapped, name="luc"),))
        if slot.name != "luc":
            with pytest.raises(NotAllowed):
                key_slots.unlock(mine, LEFT, slot.kind)
    assert not key_slots.is_current(header, KEY)
    assert header.previous == b""


def test_a_slot_that_nobody_inside_put_there_is_given_no_key(files: StoreFiles) -> None:
    planted = key_slots.with_agent(
        KeyHeader(), bytes(32), "voleur", "une phrase à moi", SeededChance(1)
    )
    header = load_header(files.header)
    anne, *others = header.slots
    save_header(
        files.header,
        replace(
            header, slots=(*others, *planted.slots, replace(anne, public=planted.slots[0].public))
        ),
    )
    header = encryption.rekey(files, KEY, NEW_KEY, SeededChance(7))
    assert [slot.name for slot in header.slots] == ["", "luc"]


def test_a_key_that_another_program_made_anew_is_not_put_back(files: StoreFiles) -> None:
    header = encryption.rekey(files, KEY, NEW_KEY, SeededChance(7))
    with pytest.raises(StoreBusy):
        encryption.rekey(files, KEY, bytes(32), SeededChance(8))
    assert load_header(files.header) == header
    assert opens(files, NEW_KEY)


def test_a_disk_without_room_for_a_copy_leaves_all_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_held: object) -> None:
        raise StoreFull("store_full")

    plain = a_plain_home(tmp_path)
    before = plain.header.read_bytes(), plain.device_key.read_bytes()
    monkeypatch.setattr(encryption, "_compare", full)
    with pytest.raises(StoreFull):
        encryption.encrypt(plain, a_header(), KEY, SeededChance(5))
    assert (plain.header.read_bytes(), plain.device_key.read_bytes()) == before
    monkeypatch.undo()
    encryption.encrypt(plain, a_header(), KEY, SeededChance(5))
    before = plain.header.read_bytes(), plain.device_key.read_bytes()
    monkeypatch.setattr(encryption, "_compare", full)
    with pytest.raises(StoreFull):
        encryption.rekey(plain, KEY, NEW_KEY, SeededChance(6))
    assert (plain.header.read_bytes(), plain.device_key.read_bytes()) == before
    assert opens(plain, KEY)
    assert list(tmp_path.glob("*.rewritten*")) == []


def test_a_header_cut_anywhere_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    save_header(path, a_header())
    whole = path.read_bytes()
    for length in range(len(whole) - 1):
        path.write_bytes(whole[:length])
        with pytest.raises(OutOfStep, match="key_header_damaged"):
            load_header(path)


def test_a_header_with_one_bit_turned_opens_the_same_key_or_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "keys.json"
    save_header(path, a_header())
    whole = path.read_bytes()
    opened = 0
    for place in range(len(whole)):
        for bit in (1, 0x80):
            turned = bytearray(whole)
            turned[place] ^= bit
            path.write_bytes(turned)
            with suppress(FsmobileError):
                assert key_slots.unlock(load_header(path), PASSPHRASE).data_key == KEY
                opened += 1
    assert 0 < opened < len(whole)


def test_a_count_of_tries_that_is_noise_makes_the_next_one_wait(tmp_path: Path) -> None:
    path = tmp_path / "unlock.json"
    for noise in (b"", b"\xff\xfe", b'{"count": "\xff"}', b"[]", b'{"count": -'):
        path.write_bytes(noise)
        begin_try(path, 10**12)
        with pytest.raises(TryLater):
            begin_try(path, 10**12)


def test_a_header_of_another_laptop_opens_its_own_key_only(files: StoreFiles) -> None:
    other = bytes(reversed(KEY))
    save_header(files.header, a_header(other))
    assert not opens(files, key_slots.unlock(load_header(files.header), PASSPHRASE).data_key)
    assert opens(files, KEY)


@pytest.mark.parametrize(
    "asked",
    [
        {"memory_kib": 4 * 1024 * 1024},
        {"memory_kib": -1},
        {"memory_kib": 0},
        {"passes": 2**31},
        {"passes": 0},
        {"lanes": 4096},
        {"lanes": 0},
        {"salt": ""},
        {"nonce": "AAAA"},
    ],
    ids=str,
)
def test_a_slot_that_asks_for_the_absurd_costs_nothing_and_hinders_nobody_else(
    files: StoreFiles, asked: dict[str, object], monkeypatch: pytest.MonkeyPatch
) -> None:
    header = json.loads(files.header.read_bytes())
    slots = {slot["name"]: slot for slot in header["slots"]}
    slots["anne"].update(asked)
    files.header.write_text(json.dumps(header))
    derived: list[str] = []
    derive = key_slots._derive
    monkeypatch.setattr(
        key_slots, "_derive", lambda slot, secret: derived.append(slot.name) or derive(slot, secret)
    )
    with pytest.raises(OutOfStep, match="key_header_damaged"):
        key_slots.unlock(load_header(files.header), PASSPHRASE)
    assert key_slots.unlock(load_header(files.header), LEFT).data_key == KEY
    assert "anne" not in derived


def test_ten_thousand_planted_slots_are_not_all_tried(
    files: StoreFiles, monkeypatch: pytest.MonkeyPatch
) -> None:
    header = load_header(files.header)
    tried: list[object] = []
    monkeypatch.setattr(key_slots, "_open", lambda slot, secret: tried.append(slot))
    with pytest.raises(OutOfStep, match="key_header_damaged"):
        key_slots.unlock(replace(header, slots=header.slots * 10_000), PASSPHRASE)
    assert len(tried) == key_slots.SLOTS_MAX
    files.header.write_bytes(b" " * 10_000_000 + files.header.read_bytes())
    with pytest.raises(OutOfStep, match="key_header_damaged"):
        load_header(files.header)


@pytest.mark.parametrize("field", ["name", "private", "public", "box"])
def test_what_is_swapped_between_two_slots_opens_nothing(files: StoreFiles, field: str) -> None:
    header = json.loads(files.header.read_bytes())
    (anne,) = (slot for slot in header["slots"] if slot["name"] == "anne")
    (luc,) = (slot for slot in header["slots"] if slot["name"] == "luc")
    anne[field], luc[field] = luc[field], anne[field]
    files.header.write_text(json.dumps(header))
    for secret in (PASSPHRASE, LEFT):
        with pytest.raises(NotAllowed):
            key_slots.unlock(load_header(files.header), secret)


def test_a_passphrase_s_slot_is_no_slot_of_recovery_words(files: StoreFiles) -> None:
    text = (
        files.header.read_text().replace('"recovery"', '"x"').replace('"passphrase"', '"recovery"')
    )
    files.header.write_text(text.replace('"x"', '"passphrase"'))
    with pytest.raises(NotAllowed):
        key_slots.unlock(load_header(files.header), PASSPHRASE, SlotKind.RECOVERY)


@pytest.mark.parametrize("whose", ["plain", "another key", "noise"])
def test_a_log_put_beside_the_store_is_not_read_into_it(
    files: StoreFiles, tmp_path: Path, whose: str
) -> None:
    replica = reopen(files)
    replica.connection.execute("CREATE TABLE mine AS SELECT 1 AS one")
    replica.close()
    foreign = tmp_path / "ailleurs"
    foreign.mkdir()
    log = files.store.with_name("fsmobile.db-wal")
    if whose == "noise":
        log.write_bytes(os.urandom(100_000))
    else:
        key = NEW_KEY if whose == "another key" else None
        held = database.connect(foreign / "fsmobile.db", key)
        held.execute("PRAGMA journal_mode = WAL")
        held.execute("CREATE TABLE planted AS SELECT 'faux' AS text")
        held.commit()
        shutil.copy(foreign / "fsmobile.db-wal", log)
        held.close()
    try:
        replica = reopen(files)
    except OutOfStep:
        log.unlink()
        replica = reopen(files)
    assert notes_of(replica) == NOTES
    with pytest.raises(Exception, match="no such table"):
        replica.connection.execute("SELECT * FROM planted")
    replica.close()


UNLOCK = """
import sys
from pathlib import Path
from fsmobile.simulation.ports import SeededChance
from fsmobile.store import encryption, key_slots
from fsmobile.store.key_header import StoreFiles, load_header
home = Path(sys.argv[1])
files = StoreFiles(
    store=home / "fsmobile.db", device_key=home / "device.key", header=home / "keys.json"
)
key = key_slots.unlock(load_header(files.header), sys.argv[2]).data_key
print("ready", flush=True)
sys.stdin.readline()
encryption.settle(files, key, SeededChance(5))
"""


@pytest.mark.parametrize("was", ["plain", "under the key before"])
def test_programs_that_unlock_at_once_finish_one_interrupted_change(
    tmp_path: Path, was: str
) -> None:
    plain = a_plain_home(tmp_path)
    if was == "plain":
        save_header(plain.header, a_header())
    else:
        encryption.encrypt(plain, a_header(), KEY, SeededChance(5))
        begun = key_slots.with_new_key(load_header(plain.header), KEY, NEW_KEY, SeededChance(6))
        save_header(plain.header, begun)
    command = [sys.executable, "-c", UNLOCK, str(tmp_path), PASSPHRASE]
    programs = [Popen(command, stdin=PIPE, stdout=PIPE, stderr=PIPE) for _turn in range(4)]
    for program in programs:
        assert program.stdout is not None
        assert program.stdout.readline() == b"ready\n"
    for program in programs:
        assert program.stdin is not None
        program.stdin.write(b"\n")
        program.stdin.flush()
    said = [program.communicate()[1].decode() for program in programs]
    assert [program.returncode for program in programs] == [0] * 4, said
    replica = reopen(plain)
    assert notes_of(replica) == NOTES
    replica.close()
    assert load_header(plain.header).previous == b""
    assert MARKER.encode() not in everything_in(tmp_path)
    with pytest.raises(sqlite3.DatabaseError), sqlite3.connect(plain.store) as held:
        held.execute("SELECT count(*) FROM sqlite_schema")
