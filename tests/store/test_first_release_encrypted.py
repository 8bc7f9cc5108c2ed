"""A store of the first release is encrypted, then given another key: the plug pulled at each step.

The real library calls run under strace; then, after each step, the image a kill would have left
(all that was done) and those a power cut could have (what was flushed, or some of the rest) are
opened by this program, which goes on from there.
"""

import hashlib
import os
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest
from power_cut import Disk, trace, write_image
from worlds import FakeClock, SeededChance

from fsmobile.errors import OutOfStep
from fsmobile.store import drafts, encryption, key_slots, queries
from fsmobile.store.device_keys import is_sealed, load_key, make_key
from fsmobile.store.integrity import check_store
from fsmobile.store.key_header import StoreFiles, load_header, make_header, save_header
from fsmobile.store.replica import open_store

KEPT = Path(__file__).parents[1] / "compatibility" / "kept" / "0.1" / "store.db"
CUTS = int(os.environ.get("FSMOBILE_TEST_POWER_CUTS", "60"))
"""Of some hundred different images; a long run: all but a few of them."""
KEY, NEW_KEY = bytes(range(32)), bytes(range(32, 64))
PASSPHRASE = "quatre mots sans lien"
WORDS = ("imprimer « réversion »", "doublon", "reprendre")
"""A note, why a visit was cancelled, a draft: what a reader of the disk would find."""
BEGIN = """
import sys
from pathlib import Path
from fsmobile.simulation.ports import SeededChance
from fsmobile.store import encryption
from fsmobile.store.key_header import StoreFiles, load_header
home = Path(sys.argv[1])
files = StoreFiles(
    store=home / "fsmobile.db", device_key=home / "device.key", header=home / "keys.json"
)
key, new_key = bytes(range(32)), bytes(range(32, 64))
"""
ENCRYPT = f"{BEGIN}encryption.encrypt(files, load_header(Path(sys.argv[2])), key, SeededChance(5))"
REKEY = f"{BEGIN}encryption.rekey(files, key, new_key, SeededChance(6))"


@pytest.fixture(autouse=True)
def quick_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive with little memory: what is tested here is not how slow it is."""
    monkeypatch.setattr(key_slots, "MEMORY_KIB", 64)


def files_of(home: Path) -> StoreFiles:
    return StoreFiles(
        store=home / "fsmobile.db", device_key=home / "device.key", header=home / "keys.json"
    )


def a_first_release(home: Path) -> StoreFiles:
    """The home of a laptop of the first release, as it was left."""
    files = files_of(home)
    shutil.copy(KEPT, files.store)
    make_header(files.header, files.store)
    make_key(files.device_key, SeededChance(8))
    return files


def images_of(disk_home: Path, steps: list, random: Random) -> Iterator[dict[str, bytes]]:
    """Yield what a kill or a power cut could leave after each step, each image once."""
    disk = Disk(str(disk_home))
    for path in disk_home.parent.joinpath("before").iterdir():
        disk.put(path.name, path.read_bytes())
    seen = set()
    for step in (None, *steps):
        if step is not None:
            disk.take(step)
        for look in (disk.most, disk.least, disk.any):
            image = look(random)
            digest = hashlib.sha256(repr(sorted(image.items())).encode()).digest()
            if digest not in seen:
                seen.add(digest)
                yield image


def cuts_of(home: Path, command: list[str]) -> list[dict[str, bytes]]:
    """Run a command, and return what a cut could leave: before the header and after."""
    shutil.copytree(home, home.parent / "before")
    before = (home / "keys.json").read_bytes()
    steps = trace(command, os.environ, home.parent / "trace")
    images = list(images_of(home, steps, Random(6)))
    chosen = [images[0], images[-1]]
    for is_begun in (False, True):
        some = [one for one in images[1:-1] if (one.get("keys.json") != before) == is_begun]
        assert len(some) >= 4
        chosen += Random(7).sample(some, min(len(some), CUTS // 2))
    return chosen


def test_a_store_of_the_first_release_is_encrypted_whole_wherever_it_is_cut(
    tmp_path: Path,
) -> None:
    home = tmp_path / "portable"
    home.mkdir()
    seed = load_key(a_first_release(home).device_key).seed
    header = key_slots.encrypted_header(KEY, "anne", PASSPHRASE, SeededChance(3))
    save_header(tmp_path / "header.json", header)
    command = [sys.executable, "-c", ENCRYPT, str(home), str(tmp_path / "header.json")]
    found = [goes_on(image, tmp_path / "cut", seed) for image in cuts_of(home, command)]
    # Before the header is there nothing has begun; from then on every cut ends encrypted.
    assert set(found) == {None, KEY}
    assert (found[0], found[1]) == (None, KEY)


def test_a_store_that_is_given_another_key_opens_whole_wherever_it_is_cut(tmp_path: Path) -> None:
    home = tmp_path / "portable"
    home.mkdir()
    files = a_first_release(home)
    seed = load_key(files.device_key).seed
    header = key_slots.encrypted_header(KEY, "anne", PASSPHRASE, SeededChance(3))
    encryption.encrypt(files, header, KEY, SeededChance(5))
    found = [
        goes_on(image, tmp_path / "cut", seed)
        for image in cuts_of(home, [sys.executable, "-c", REKEY, str(home)])
    ]
    assert set(found) == {KEY, NEW_KEY}
    assert (found[0], found[1]) == (KEY, NEW_KEY)


def goes_on(image: dict[str, bytes], home: Path, seed: bytes) -> bytes | None:
    """Start as the program does, and find everything; return the key that it has now."""
    write_image(image, home)
    files = files_of(home)
    key = None
    if make_header(files.header, files.store).is_encrypted:
        key = key_slots.unlock(load_header(files.header), PASSPHRASE).data_key
        encryption.settle(files, key, SeededChance(5))
        assert load_header(files.header).previous == b""
    replica = open_store(files.store, FakeClock(), SeededChance(6), key)
    try:
        rows = {row.state.visit.minutes: row.state for row in queries.list_visits(replica)}
        assert sorted(rows) == [3, 7, 20]
        assert (rows[3].void_reason, rows[7].visit.note) == (WORDS[1], WORDS[0])
        assert [one.state for one in drafts.list_drafts(replica)] == ['{"note":"reprendre"}']
        assert check_store(replica).is_sound
        assert load_key(files.device_key, key).seed == seed
        assert is_sealed(files.device_key) == (key is not None)
    finally:
        replica.close()
    if key is not None:
        with pytest.raises(OutOfStep, match="store_cannot_open"):
            open_store(files.store, FakeClock(), SeededChance(6), NEW_KEY if key == KEY else KEY)
        left = b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())
        assert not [word for word in WORDS if word.encode() in left]
        assert seed.hex().encode() not in left
    shutil.rmtree(home)
    return key
