"""The laptop's folder: nobody else's, closed to the others, and never at the end of a link."""

import os
from pathlib import Path

import pytest

from fsmobile.config import Settings, make_home
from fsmobile.errors import NotAllowed


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
