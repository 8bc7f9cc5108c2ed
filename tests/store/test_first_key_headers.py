"""A laptop encrypted while slots had their first shape opens, and is brought to today's.

The sample was made by `fsmobile store encrypt` and `agent-add` of that program (commit bb35158),
from the kept store of the first release.
"""

import json
import os
import shutil
import sys
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from fsmobile.cli import store_keys, unlocking
from fsmobile.config import Settings
from fsmobile.errors import NotAllowed
from fsmobile.simulation.ports import SeededChance
from fsmobile.store import encryption, key_slots, queries
from fsmobile.store.device_keys import load_key
from fsmobile.store.key_header import KeyHeader, SlotKind, load_header, save_header
from fsmobile.store.locks import try_lock
from fsmobile.store.replica import open_store
from tests.power_cut import trace, write_image
from tests.store.test_first_release_encrypted import files_of, images_of
from tests.worlds import FakeClock

SAMPLE = Path(__file__).parents[1] / "compatibility" / "encrypted"
ANNE, LUC = "quatre mots sans lien", "la phrase de luc ici"
RECOVERY = (
    "labatut urrugne malakoff eslettes cuvry quiberon jarny serignan caylus kerbach rives arzens"
)
SECRETS = [
    ("anne", ANNE, SlotKind.PASSPHRASE),
    ("luc", LUC, SlotKind.PASSPHRASE),
    ("", RECOVERY, SlotKind.RECOVERY),
]
NEW_KEY = bytes(range(32))
UNLOCK = """
import sys
from pathlib import Path
from fsmobile.cli.unlocking import unlock
from fsmobile.config import Settings
from fsmobile.store.key_header import load_header
settings = Settings(home=Path(sys.argv[1]))
unlock(settings, load_header(settings.header_path), sys.argv[2])
"""


@pytest.fixture(autouse=True)
def quick_slots(monkeypatch: pytest.MonkeyPatch) -> None:
    """Derive new slots with little memory; the sample's ask for what they ask for."""
    monkeypatch.setattr(key_slots, "MEMORY_KIB", 64)


@pytest.fixture
def settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """The laptop's home as that program left it."""
    monkeypatch.setattr(unlocking, "_data_keys", {})
    home = tmp_path / "portable"
    shutil.copytree(SAMPLE, home)
    return Settings(home=home)


def header_of(settings: Settings) -> KeyHeader:
    return load_header(settings.header_path)


def unlock(settings: Settings, secret: str, kind: SlotKind = SlotKind.PASSPHRASE) -> bytes:
    unlocking.unlock(settings, header_of(settings), secret, kind)
    return unlocking._data_keys[settings.header_path]


TOLD: list[tuple[int, int]] = []


def tell(done: int, total: int) -> None:
    TOLD.append((done, total))


def shows_all(home: Path, key: bytes) -> bool:
    files = files_of(home)
    replica = open_store(
        files.store,
        FakeClock(),
        SeededChance(6),
        key,
        lambda done, total: TOLD.append((done, total)),
    )
    try:
        minutes = sorted(row.state.visit.minutes for row in queries.list_visits(replica))
    finally:
        replica.close()
    return minutes == [3, 7, 20] and load_key(files.device_key, key) is not None


def old_names(header: KeyHeader) -> set[str]:
    return {slot.name for slot in header.first_slots}


@pytest.mark.parametrize(("name", "secret", "kind"), SECRETS, ids=["anne", "luc", "words"])
def test_each_secret_opens_the_store_and_renews_its_own_slot_only(
    settings: Settings, name: str, secret: str, kind: SlotKind
) -> None:
    assert shows_all(settings.home, unlock(settings, secret, kind))
    header = header_of(settings)
    assert json.loads(settings.header_path.read_bytes())["version"] == header.version == 2
    assert [(slot.kind, slot.name) for slot in header.slots] == [(kind, name)]
    assert old_names(header) == {"anne", "luc", ""} - {name}
    keys = {key_slots.unlock(header, each, of).data_key for _name, each, of in SECRETS}
    assert len(keys) == 1


def test_an_encrypted_store_is_migrated_with_its_bytes_counted(settings: Settings) -> None:
    TOLD.clear()
    assert shows_all(settings.home, unlock(settings, ANNE))
    size = (SAMPLE / "fsmobile.db").stat().st_size
    assert TOLD[-1] == (size, size)


def test_once_all_have_opened_nothing_of_the_first_shape_is_left(settings: Settings) -> None:
    for _name, secret, kind in SECRETS:
        unlock(settings, secret, kind)
    assert header_of(settings).first_slots == ()
    assert b"wrapped" not in settings.header_path.read_bytes()
    (key,) = {
        key_slots.unlock(header_of(settings), secret, of).data_key for _, secret, of in SECRETS
    }
    encryption.rekey(files_of(settings.home), key, NEW_KEY, SeededChance(7))
    assert shows_all(settings.home, NEW_KEY)


def test_a_wrong_passphrase_is_refused_and_changes_nothing(settings: Settings) -> None:
    before = settings.header_path.read_bytes()
    for secret, kind in (("une autre phrase", SlotKind.PASSPHRASE), (ANNE, SlotKind.RECOVERY)):
        with pytest.raises(NotAllowed):
            unlock(settings, secret, kind)
    assert settings.header_path.read_bytes() == before


def test_slots_of_today_s_shape_under_version_1_open_too(settings: Settings) -> None:
    key = unlock(settings, ANNE)
    header = json.loads(settings.header_path.read_bytes())
    first = header.pop("first_slots")
    settings.header_path.write_text(
        json.dumps(header | {"version": 1, "slots": header["slots"] + first})
    )
    for _name, secret, kind in SECRETS:
        assert key_slots.unlock(header_of(settings), secret, kind).data_key == key


def test_the_key_is_not_made_anew_while_somebody_s_slot_could_not_follow(
    settings: Settings,
) -> None:
    key = unlock(settings, ANNE)
    before = settings.header_path.read_bytes()
    for refusal, (_name, secret, kind) in zip(
        ("old_recovery_words", "old_passphrase"), reversed(SECRETS[1:]), strict=True
    ):
        with pytest.raises(NotAllowed, match=refusal):
            encryption.rekey(files_of(settings.home), key, NEW_KEY, SeededChance(7))
        assert settings.header_path.read_bytes() == before
        unlock(settings, secret, kind)
        before = settings.header_path.read_bytes()
    encryption.rekey(files_of(settings.home), key, NEW_KEY, SeededChance(7))


def test_an_agent_is_removed_and_it_is_said_who_has_to_open_first(
    settings: Settings, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(store_keys, "read_secret", lambda _prompt: ANNE)
    store_keys.remove_agent(settings, "luc")
    said = capsys.readouterr().out
    assert "La phrase de passe de luc n'ouvre plus ce poste." in said
    assert "fsmobile store recover" in said
    header = header_of(settings)
    assert [slot.name for slot in header.all_slots] == ["anne", ""]
    for _name, secret, kind in (SECRETS[0], SECRETS[2]):
        assert shows_all(settings.home, key_slots.unlock(header, secret, kind).data_key)
    with pytest.raises(NotAllowed):
        key_slots.unlock(header, LUC)


def test_the_last_agent_stays_though_the_slot_has_the_first_shape(settings: Settings) -> None:
    alone = key_slots.without_agent(header_of(settings), "luc")
    with pytest.raises(NotAllowed, match="last_passphrase"):
        key_slots.without_agent(alone, "anne")


def test_a_slot_that_does_not_open_this_store_is_not_renewed(settings: Settings) -> None:
    planted = key_slots.encrypted_header(NEW_KEY, "voleur", LUC, SeededChance(1))
    first = header_of(settings).first_slots
    odd = replace(header_of(settings), first_slots=(replace(first[0], name="voleur"), *first))
    save_header(settings.header_path, odd)
    opened = key_slots.unlock(planted, LUC)
    encryption.renew_slot(
        files_of(settings.home), opened, LUC, SlotKind.PASSPHRASE, SeededChance(2)
    )
    assert header_of(settings) == odd


def test_a_slot_is_renewed_another_time_while_a_command_changes_the_header(
    settings: Settings,
) -> None:
    lock = try_lock(unlocking.store_files(settings).lock)
    assert lock is not None
    before = header_of(settings)
    assert shows_all(settings.home, unlock(settings, ANNE))
    assert header_of(settings) == before
    lock.release()
    unlock(settings, ANNE)
    assert old_names(header_of(settings)) == {"luc", ""}


def test_a_power_cut_while_a_slot_is_renewed_locks_nobody_out(
    settings: Settings, tmp_path: Path
) -> None:
    shutil.copytree(settings.home, tmp_path / "before")
    command = [sys.executable, "-c", UNLOCK, str(settings.home), ANNE]
    steps = trace(command, os.environ, tmp_path / "trace")
    images = {image["keys.json"]: image for image in images_of(settings.home, steps, Random(6))}
    found = set()
    for image in images.values():
        home = tmp_path / "cut"
        write_image(image, home)
        header = load_header(home / "keys.json")
        found.add(len(header.slots))
        for _name, secret, kind in SECRETS:
            assert shows_all(home, key_slots.unlock(header, secret, kind).data_key)
        shutil.rmtree(home)
    assert found == {0, 1}
