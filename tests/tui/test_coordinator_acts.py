"""Every act of a coordinator in six keys at most, with the diff that the guide shows."""

from pathlib import Path

import pytest

from tests.tui.planning_samples import a_planning_shell, page_of
from tools.acts import ACTS, PAGE, Act, make_page, perform, read_folder

KEYS_MAX = 6


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.name)
def test_an_act_takes_six_keys_at_most_writes_and_is_taken_back_by_one(
    act: Act, tmp_path: Path
) -> None:
    shell = a_planning_shell(tmp_path / "creuse")
    before, after = perform(act, shell)
    assert act.count <= KEYS_MAX
    assert before != after
    assert all(name.endswith(".toml") for name in {*before, *after})
    shell.press("u")
    assert read_folder(page_of(shell).planning.path) == before


def test_the_guide_shows_what_the_program_does() -> None:
    assert PAGE.read_text(encoding="utf-8") == make_page(), "run: python -m tools.acts"
