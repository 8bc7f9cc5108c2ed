"""A schedule tree of 1,500 files, published and pulled between real processes."""

from pathlib import Path
from shutil import copytree

from tests.end_to_end.bus_world import BusWorld

SAMPLE = Path(__file__).parents[1] / "validation" / "exemple-creuse"
UNIT = "fsi-exemple-23/bus-1"
FILES = 1_500
CANCELLED = 'format = "surcharge/1"\naction = "annule"\nmotif = "panne"\navis = "Pas de passage."\n'


def read_tree(folder: Path) -> dict[str, str]:
    """Return path → text of a folder."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes().decode()
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".")
    }


def write_large_tree(world: BusWorld, folder: Path) -> None:
    """Write the example of the Creuse, and cancel its passages for years."""
    copytree(SAMPLE, folder)
    agenda = world.run(
        *("agenda", "--schedules", str(SAMPLE), "--from", "2027-01-04", "--to", "2034-12-31"),
        *("--format", "json"),
    )
    for passage in agenda.json[:FILES]:
        day = passage["original_date"]
        path = folder / "surcharges" / day[:4] / f"{day}-{passage['tour']}-{passage['stop']}.toml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(CANCELLED, encoding="utf-8")


def test_a_tree_of_1500_files_is_published_and_pulled(world: BusWorld) -> None:
    tree = world.folder / "planning"
    write_large_tree(world, tree)
    published = read_tree(tree)
    assert len(published) >= FILES
    world.start_registry()
    first, second = world.folder / "premier", world.folder / "deuxieme"
    for home in (first, second):
        world.enrol(home, role="coordinator", name=home.name, unit=UNIT)
    told = world.run("schedule", "publish", str(tree), home=first)
    assert told.code == 0, told.said
    copy = world.folder / "copie"
    assert world.run("sync", home=second).code == 0
    assert world.run("schedule", "checkout", str(copy), home=second).code == 0
    assert read_tree(copy) == published
    # One file changes: the manifest travels again, the other files do not.
    changed = sorted(name for name in published if name.startswith("surcharges/2027"))[0]
    (copy / changed).write_text(CANCELLED.replace("panne", "meteo"), encoding="utf-8")
    told = world.run("schedule", "publish", str(copy), home=second)
    assert told.code == 0, told.said
    pulled = world.run("schedule", "pull", str(tree), home=first)
    assert pulled.code == 0, pulled.said
    assert read_tree(tree) == read_tree(copy)
    assert world.run_registry("verify").code == 0
