"""A coordinator's desk for the tests of the planning: the example of the Creuse in a folder."""

from pathlib import Path
from shutil import copytree

from fsmobile.core.ids import AgentId
from fsmobile.tui.screens.planning import PlanningPage
from fsmobile.tui.shell import Shell
from fsmobile.usecases.desk import Desk
from tests.tui.day_samples import Terminal
from tests.usecases.planning_samples import EXAMPLE, a_coordinator_laptop

NAMES = {"agent-a": "Nadia B.", "agent-b": "Paul T.", "agent-c": "Inès K."}
SPARE = """
[vehicules.bus-2]
nom      = "Minibus de secours"
controle = 2026-12-15
"""


def a_coordinator_desk() -> Desk:
    """A desk at the example's structure."""
    desk = a_coordinator_laptop().desk
    desk.names = NAMES
    desk.agent_id = AgentId("agent-a")
    return desk


def a_planning_folder(folder: Path) -> Path:
    """Copy the example, with a spare bus and without the exceptions of the day of the tests."""
    copytree(EXAMPLE, folder)
    vehicles = folder / "vehicules.toml"
    vehicles.write_text(vehicles.read_text(encoding="utf-8") + SPARE, encoding="utf-8")
    return folder


def a_planning_shell(folder: Path) -> Shell:
    """Open the planning, its checks done."""
    path = a_planning_folder(folder)
    shell = Shell(a_coordinator_desk(), Terminal(), planning_path=path)
    shell.press("5")
    settle(shell)
    return shell


def settle(shell: Shell) -> None:
    """Let the checks come to their end."""
    while shell.settle():
        pass


def page_of(shell: Shell) -> PlanningPage:
    """Return the page of the planning."""
    page = shell._home
    assert isinstance(page, PlanningPage)
    return page
