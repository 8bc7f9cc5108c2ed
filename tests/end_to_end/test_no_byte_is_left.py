"""An erasure from one end to the other, in real processes: nothing left in any file."""

from pathlib import Path

from tests.end_to_end.bus_world import VISIT, BusWorld

MARK = "chez-mme-durand"


def files_with_the_mark(*folders: Path) -> list[str]:
    """Return the files that hold the word, whatever they are."""
    return [
        str(path)
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and MARK.encode() in path.read_bytes()
    ]


def synced(world: BusWorld, home: Path) -> None:
    done = world.run("sync", home=home)
    assert done.code == 0, done.said


def unconfirmed(world: BusWorld) -> list[str]:
    listed = world.run_registry("erasures", "--format", "json").json
    return [one["name"] for one in listed["unconfirmed"]]


def test_a_word_erased_at_the_registry_is_in_no_file_of_anybody(world: BusWorld) -> None:
    second, registry = world.folder / "second", world.folder / "registre"
    world.start_registry()
    world.enrol(second, name="second")
    for word in (MARK, "rien", f"{MARK} encore"):
        added = world.run(*VISIT, "--note", word)
        assert added.code == 0, added.said
    for home in (world.home, second):
        synced(world, home)
    assert files_with_the_mark(world.home)
    assert files_with_the_mark(second)
    targets = [one["id"] for one in world.visits() if MARK in (one.get("note") or "")]
    assert len(targets) == 2

    erased = world.run_registry("erase", *targets, "--ground", "demande du 3 mars")
    assert erased.code == 0, erased.said
    assert files_with_the_mark(registry) == []
    assert {"second", "portable du bus"} <= set(unconfirmed(world))
    for home in (world.home, second):
        synced(world, home)
        assert files_with_the_mark(home) == []
        assert len(world.visits(home)) == 1
    assert not {"second", "portable du bus"} & set(unconfirmed(world))
    synced(world, world.folder / "coordination")
    assert unconfirmed(world) == []
    assert world.run_registry("verify").code == 0

    # What is written from now on, on a stick or as a backup, is clean too.
    stick = world.folder / "cle"
    stick.mkdir()
    assert world.run("bundle", "export", "--empty", str(stick)).code == 0
    assert world.run_registry("backup", str(stick / "registre.db")).code == 0
    world.stop_registry()
    assert files_with_the_mark(world.folder) == []
