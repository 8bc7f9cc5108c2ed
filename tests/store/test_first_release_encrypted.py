"""A plain store of the first release becomes encrypted: the plug pulled at every step of it.

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

from fsmobile.store import drafts, encryption, key_slots, queries
from fsmobile.store.device_keys import is_sealed, load_key, make_key
from fsmobile.store.integrity import check_store
from fsmobile.store.key_header import StoreFiles, make_header, save_header
from fsmobile.store.replica import open_store

KEPT = Path(__file__).parents[1] / "compatibility" / "kept" / "0.1" / "store.db"
CUTS = int(os.environ.get("FSMOBILE_TEST_POWER_CUTS", "60"))
"""Of some hundred different images; a long run: all but a few of them."""
KEY = bytes(range(32))
PASSPHRASE = "quatre mots sans lien"
WORDS = ("imprimer « réversion »", "doublon", "reprendre")
"""A note, why a visit was cancelled, a draft: what a reader of the disk would find."""
ENCRYPT = """
import sys
from pathlib import Path
from fsmobile.simulation.ports import SeededChance
from fsmobile.store import encryption
from fsmobile.store.key_header import StoreFiles, load_header
home = Path(sys.argv[1])
files = StoreFiles(
    store=home / "fsmobile.db", device_key=home / "device.key", header=home / "keys.json"
)
header = load_header(Path(sys.argv[2]))
encryption.encrypt(files, header, bytes(range(32)), SeededChance(5))
"""


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


def images_of(disk_home: Path, steps: list, random: Random) -> Iterator[dict[str, bytes]]:  # type: ignore[type-arg]
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


def test_a_store_of_the_first_release_is_encrypted_whole_wherever_it_is_cut(
    tmp_path: Path,
) -> None:
    home = tmp_path / "portable"
    home.mkdir()
    seed = load_key(a_first_release(home).device_key).seed
    shutil.copytree(home, tmp_path / "before")
    header = key_slots.encrypted_header(KEY, "anne", PASSPHRASE, SeededChance(3))
    save_header(tmp_path / "header.json", header)
    command = [sys.executable, "-c", ENCRYPT, str(home), str(tmp_path / "header.json")]
    steps = trace(command, os.environ, tmp_path / "trace")
    ways = {"plain": 0, "encrypted": 0}
    images = list(images_of(home, steps, Random(6)))
    assert len(images) > CUTS
    between = Random(7).sample(images[1:-1], CUTS - 2)
    for number, image in enumerate([images[0], *between, images[-1]]):
        cut = tmp_path / f"image-{number}"
        write_image(image, cut)
        is_encrypted = goes_on(cut, seed)
        ways["encrypted" if is_encrypted else "plain"] += 1
        shutil.rmtree(cut)
    # Before the header is there nothing has begun; from then on every cut ends encrypted.
    assert ways["plain"] >= 1
    assert ways["encrypted"] >= CUTS // 2


def goes_on(home: Path, seed: bytes) -> bool:
    """Start as the program does, and find everything; tell whether it is encrypted now."""
    files = files_of(home)
    key = None
    if make_header(files.header, files.store).is_encrypted:
        key = KEY
        encryption.settle(files, key, SeededChance(5))
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
        left = b"".join(path.read_bytes() for path in home.iterdir() if path.is_file())
        assert not [word for word in WORDS if word.encode() in left]
        assert seed.hex().encode() not in left
    return key is not None
