"""The device's key: made once, for its owner's eyes, whole or not there."""

import sys
from pathlib import Path

import pytest
from worlds import SeededChance

from fsmobile.errors import NotFound
from fsmobile.store.device_keys import load_key, make_key


def test_a_key_is_made_once_and_read_back(tmp_path: Path) -> None:
    path = tmp_path / "device.key"
    made = make_key(path, SeededChance(1))
    assert make_key(path, SeededChance(2)).seed == made.seed == load_key(path).seed
    assert [one.name for one in tmp_path.iterdir()] == ["device.key"]


@pytest.mark.skipif(sys.platform == "win32", reason="Windows knows no such modes")
def test_only_its_owner_reads_a_key_even_after_a_crash_left_half_of_one(tmp_path: Path) -> None:
    half = tmp_path / ".device.key.partial"
    half.write_text("00")
    half.chmod(0o644)
    make_key(tmp_path / "device.key", SeededChance(1))
    assert (tmp_path / "device.key").stat().st_mode & 0o777 == 0o600
    assert not half.exists()


@pytest.mark.parametrize("content", [b"", b"00", b"no hexadecimal", b"\xff" * 64])
def test_a_file_that_holds_no_key_is_said_to_hold_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "device.key"
    path.write_bytes(content)
    with pytest.raises(NotFound):
        load_key(path)
