"""The laptop's folder: nobody else's, closed to the others, and never at the end of a link."""

import errno
import os
from pathlib import Path

import pytest

from fsmobile.config import Settings, load_settings, make_home
from fsmobile.errors import InvalidSettings, NotAllowed
from fsmobile.texts.sentences import explain_error


def rights(path: Path) -> int:
    return path.stat().st_mode & 0o777


def test_a_new_home_is_its_owner_s_alone(tmp_path: Path) -> None:
    make_home(Settings(home=tmp_path / "a" / "b"))
    assert rights(tmp_path / "a" / "b") == 0o700


@pytest.mark.parametrize("open_to_others", [0o755, 0o777, 0o750, 0o711])
def test_a_home_that_others_can_enter_is_closed(tmp_path: Path, open_to_others: int) -> None:
    home = tmp_path / "poste"
    home.mkdir()
    home.chmod(open_to_others)
    make_home(Settings(home=home))
    assert rights(home) == 0o700


def test_a_link_where_the_home_should_be_is_refused_and_not_followed(tmp_path: Path) -> None:
    target = tmp_path / "à quelqu'un d'autre"
    target.mkdir()
    home = tmp_path / "poste"
    home.symlink_to(target, target_is_directory=True)
    with pytest.raises(NotAllowed) as refusal:
        make_home(Settings(home=home))
    assert refusal.value.code == "home_is_a_link"
    assert list(target.iterdir()) == []


def test_a_link_that_leads_nowhere_is_refused_too(tmp_path: Path) -> None:
    home = tmp_path / "poste"
    home.symlink_to(tmp_path / "pas encore")
    with pytest.raises(NotAllowed):
        make_home(Settings(home=home))
    assert not (tmp_path / "pas encore").exists()


def test_a_home_of_somebody_else_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stranger = tmp_path.stat().st_uid + 1
    monkeypatch.setattr(os, "geteuid", lambda: stranger)
    assert os.geteuid() == stranger
    with pytest.raises(NotAllowed) as refusal:
        make_home(Settings(home=tmp_path))
    assert refusal.value.code == "home_of_another"


def test_a_home_that_takes_nothing_is_refused_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(_path: Path, _mode: int) -> None:
        raise OSError(errno.EROFS, "Read-only file system")

    home = tmp_path / "poste"
    home.mkdir(mode=0o755)
    monkeypatch.setattr(Path, "chmod", refuse)
    with pytest.raises(NotAllowed) as refusal:
        make_home(Settings(home=home))
    assert refusal.value.code == "home_not_writable"
    assert "--home" in explain_error(refusal.value).next


def test_wrong_settings_are_told_with_their_file_their_line_and_the_nearest_word(
    tmp_path: Path,
) -> None:
    (tmp_path / "config.toml").write_text("verouillage = 3\n", encoding="utf-8")
    with pytest.raises(InvalidSettings) as refusal:
        load_settings(tmp_path, {})
    told = str(explain_error(refusal.value))
    assert str(tmp_path / "config.toml") in told
    assert "« verrouillage »" in told
    assert "langue" not in told
    (tmp_path / "config.toml").write_text('synchro = "auto"\nlangue = "fr\n', encoding="utf-8")
    with pytest.raises(InvalidSettings) as unreadable:
        load_settings(tmp_path, {})
    assert "config.toml:2:" in str(explain_error(unreadable.value))


OURS = ("fsmobile.db", "fsmobile.db-wal", "device.key", "keys.json", "unlock.json", "instance")
LOCKS = ("screen.lock", "sync.lock", "keys.lock")


@pytest.mark.parametrize("name", [*OURS, *LOCKS, "fsmobile.log", "historique-0a.part"])
@pytest.mark.parametrize("kind", ["file", "folder", "nothing"])
def test_a_link_in_the_place_of_a_file_is_refused_and_not_followed(
    tmp_path: Path, name: str, kind: str
) -> None:
    target, home = tmp_path / "ailleurs", tmp_path / "poste"
    home.mkdir()
    if kind == "file":
        target.write_text("à quelqu'un d'autre")
    elif kind == "folder":
        target.mkdir()
    (home / name).symlink_to(target)
    with pytest.raises(NotAllowed) as refusal:
        make_home(Settings(home=home))
    assert refusal.value.code == "planted_in_home"
    assert refusal.value.params["path"] == str(home / name)
    assert kind != "file" or target.read_text() == "à quelqu'un d'autre"
    assert kind != "nothing" or not target.exists()


@pytest.mark.parametrize("name", [*OURS[:1], *OURS[2:], *LOCKS, "config.toml"])
def test_a_folder_in_the_place_of_a_file_is_refused(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    with pytest.raises(NotAllowed):
        make_home(Settings(home=tmp_path))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="pipes with a name, not on Windows")
def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "keys.json")
    with pytest.raises(NotAllowed):
        make_home(Settings(home=tmp_path))


def test_a_file_in_the_place_of_the_second_copy_is_refused(tmp_path: Path) -> None:
    (tmp_path / "copie").write_text("")
    with pytest.raises(NotAllowed):
        make_home(Settings(home=tmp_path))


def test_settings_plannings_and_copies_may_be_kept_elsewhere(tmp_path: Path) -> None:
    elsewhere, home = tmp_path / "ailleurs", tmp_path / "poste"
    elsewhere.mkdir()
    home.mkdir()
    (elsewhere / "config.toml").write_text("")
    for name in ("copie", "planning"):
        (home / name).symlink_to(elsewhere, target_is_directory=True)
    (home / "config.toml").symlink_to(elsewhere / "config.toml")
    make_home(Settings(home=home))
    assert rights(home) == 0o700


def test_a_home_made_without_any_umask_is_its_owner_s_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        make_home(Settings(home=tmp_path / "a" / "b"))
        assert rights(tmp_path / "a" / "b") == 0o700
    finally:
        os.umask(before)
