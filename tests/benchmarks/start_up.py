"""What starting costs: the version, and the first screen that can be used."""

import sys
from collections.abc import Callable
from pathlib import Path
from statistics import median
from subprocess import DEVNULL, run
from time import perf_counter

from tests.end_to_end.bus_world import BusWorld
from tests.end_to_end.terminal import Terminal

Pair = tuple[float, float]
"""Seconds: ours, the anchor's."""

EMPTY_APP = """
from textual.app import App
from textual.widgets import Static

class Empty(App):
    def compose(self):
        yield Static("READY")

Empty().run()
"""


def interleaved_medians(
    ours: Callable[[], float], anchor: Callable[[], float], rounds: int
) -> Pair:
    """Measure both in turn, so that other work on the machine weighs on both alike."""
    ours(), anchor()
    pairs = [(ours(), anchor()) for _ in range(rounds)]
    return median(one for one, _ in pairs), median(other for _, other in pairs)


def measure_version(rounds: int = 21) -> Pair:
    """Time whole processes: `fsmobile --version` and `python -c pass`."""
    script = Path(sys.executable).with_name("fsmobile")
    version = [str(script)] if script.exists() else [sys.executable, "-m", "fsmobile"]
    return interleaved_medians(
        lambda: _process_seconds([*version, "--version"]),
        lambda: _process_seconds([sys.executable, "-c", "pass"]),
        rounds,
    )


def measure_first_screen(world: BusWorld, rounds: int = 9) -> Pair:
    """Time from the start of the process to the text that says it can be used."""
    empty = [sys.executable, "-c", EMPTY_APP]
    return interleaved_medians(
        lambda: screen_seconds(world.command("open"), world.environment, "Visites ici"),
        lambda: screen_seconds(empty, world.environment, "READY"),
        rounds,
    )


def _process_seconds(command: list[str]) -> float:
    start = perf_counter()
    run(command, stdout=DEVNULL, check=True)
    return perf_counter() - start


def screen_seconds(command: list[str], environment: dict[str, str], text: str) -> float:
    start = perf_counter()
    with Terminal(command, environment) as terminal:
        terminal.wait_for(text)
        return perf_counter() - start
