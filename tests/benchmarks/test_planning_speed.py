"""A key in the planning of sixty stops is drawn in time; the checks never hold one back long."""

import time
from pathlib import Path
from statistics import median

from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.tui.shell import Shell
from tests.benchmarks.test_schedule_check_speed import sixty_stops
from tests.tui.day_samples import Terminal
from tests.tui.planning_samples import a_coordinator_desk, page_of, settle

KEY_MS_MAX = 50
"""Of processor time, from the key to the redrawn month; the machine may be busy."""

EDIT_READINGS_MAX = 6
"""An edit reads again one file of the tree, lays out the month and draws it: 1.5 readings."""


def sixty_stops_shell(folder: Path) -> Shell:
    """Open the planning of sixty stops, its checks done."""
    for name, text in sixty_stops().items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    shell = Shell(a_coordinator_desk(), Terminal(), planning_path=folder)
    shell.press("5")
    settle(shell)
    return shell


def timed(shell: Shell, key: str) -> float:
    """Press a key and draw; return the milliseconds of processor time."""
    begun = time.process_time()
    shell.press(key)
    shell.body(120, 38)
    shell.hints()
    return (time.process_time() - begun) * 1000


def test_a_key_is_drawn_within_fifty_milliseconds_at_the_median(tmp_path: Path) -> None:
    shell = sixty_stops_shell(tmp_path / "soixante")
    keys = ["right", "right", "down", "up", "left", "tab", "tab", "shift+tab", "pagedown", "pageup"]
    moves = [timed(shell, key) for key in keys * 3]
    acts = []
    for _ in range(5):
        timed(shell, "x")
        timed(shell, "1")
        acts.append(timed(shell, "1"))
        acts.append(timed(shell, "u"))
    assert median(moves) <= KEY_MS_MAX
    assert median(acts) <= KEY_MS_MAX


def test_between_two_keys_the_checks_take_a_rule_at_a_time(tmp_path: Path) -> None:
    shell = sixty_stops_shell(tmp_path / "soixante")
    page = page_of(shell)
    page.show()
    steps = []
    more = True
    while more:
        begun = time.process_time()
        more = shell.settle()
        steps.append((time.process_time() - begun) * 1000)
    whole = page.planning.check()
    assert tuple(problem for step in page.planning.check_in_steps() for problem in step) == whole
    # One lays the passages out for all the others, and the machine may be busy.
    assert sorted(steps)[-4] <= KEY_MS_MAX


def test_an_edit_is_redrawn_in_a_few_times_what_reading_the_files_takes(tmp_path: Path) -> None:
    files = sixty_stops()
    begun = time.process_time()
    for _ in range(5):
        read_schedule(files)
    reading = (time.process_time() - begun) * 1000 / 5
    shell = sixty_stops_shell(tmp_path / "soixante")
    timed(shell, "x")
    timed(shell, "1")
    acts = [timed(shell, "1")]
    for _ in range(6):
        acts.append(timed(shell, "u"))
        acts.append(timed(shell, "r"))
    assert median(acts) <= EDIT_READINGS_MAX * reading
