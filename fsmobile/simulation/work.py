"""Work of people besides visits, as a world draws it: promises, notebooks, offices, reports."""

from collections.abc import Callable, Mapping, Sequence
from random import Random

from fsmobile.protocol.scopes import Role
from fsmobile.simulation import administrators, machines, notebooks, promises
from fsmobile.simulation.derived import check_derived, check_ledgers
from fsmobile.simulation.state import Machine, WorldState

Act = Callable[[WorldState, Machine, Random], None]

BY_CREWS: Mapping[str, Sequence[Act]] = {"promised": promises.ACTS, "logged": notebooks.OF_CREWS}
BY_OFFICES: Mapping[str, Sequence[Act]] = {"office_busy": notebooks.OF_OFFICES}


def go_on(world: WorldState) -> None:
    """Let whatever this step draws be done, each on a laptop where it can be."""
    offices = [one for one in world.machines if one.desk.enrolment.role == Role.COORDINATOR]
    for name, acts in BY_CREWS.items():
        _draw(world, name, acts, world.machines)
    for name, acts in BY_OFFICES.items():
        _draw(world, name, acts, offices)
    if world.faults.strikes("town_hall_books"):
        administrators.book_for_someone(world)
    if world.faults.strikes("report_read"):
        check_ledgers(world)


def _draw(world: WorldState, name: str, acts: Sequence[Act], here: Sequence[Machine]) -> None:
    if not here or not world.faults.strikes(name):
        return
    random = world.faults.random(name)
    machine, act = random.choice(here), random.choice(acts)
    machines.let(world, machine, lambda: act(world, machine, random))
    world.remember(machine)
    check_derived(world, machine)
    world.acts[name] += 1
