"""The registry signs with a new key: by one command, and nobody believes another for that."""

import shutil
from pathlib import Path

import pytest

from tests.end_to_end.bus_world import BusWorld
from tests.end_to_end.test_two_laptops_one_bus import meet

REFUSED = 8


@pytest.fixture
def off(world: BusWorld) -> Path:
    """A second laptop of the bus, in step, which nobody switches on while the key changes."""
    home = world.folder / "eteint"
    world.start_registry()
    world.enrol(home, name="éteint")
    for one in (home, world.home):
        world.record(home=one)
        world.sync(one)
        world.record(home=one)
    return home


def renew(world: BusWorld) -> str:
    """Renew the key while the registry serves, and start it again; return what was said."""
    renewed = world.run_registry("renew-key")
    assert renewed.code == 0, renewed.said
    world.stop_registry()
    world.start_registry()
    return renewed.out


def check_journal(world: BusWorld, home: Path, file: Path | None = None) -> list[str]:
    words = ("journal", "verify", *(() if file is None else (str(file),)), "--format", "json")
    checked = world.run(*words, home=home).json
    assert checked["proven"] > 0
    faults: list[str] = checked["faults"]
    return faults


def test_a_laptop_that_was_off_follows_from_key_to_key_and_old_receipts_stay_good(
    world: BusWorld, off: Path
) -> None:
    assert "Relancez le registre" in renew(world)
    # Signed while the old one was still served, or by the new one: each act once.
    assert world.sync()["received"] == 1
    renew(world)
    world.record()
    assert world.sync()["received"] == 1
    report = world.sync(off)
    assert (report["received"], report["healed"], report["waiting"]) == (1, [], 0)
    world.sync()
    assert world.held()["visit.record"] == 5
    for home in (world.home, off):
        assert [visit["received"] for visit in world.visits(home)] == [True] * 5
        assert check_journal(world, home) == []
        told = world.run("journal", "show", home=home).out
        assert told.count("nouvelle clé de signature du registre") == 2
    assert [event["kind"] for event in world.events()].count("key_renewed") == 2
    assert world.run_registry("verify").code == 0
    assert world.run_registry("journal", "verify").code == 0


def test_a_registry_that_no_known_key_leads_to_is_refused_and_nothing_goes_to_it(
    world: BusWorld, off: Path
) -> None:
    world.stop_registry()
    shutil.move(world.folder / "registre", world.folder / "vrai")
    assert world.run_registry("init").code == 0
    for _again in range(2):
        world.start_registry()
        refused = world.run("sync", home=off)
        assert refused.code == REFUSED
        assert "n'est pas signée par votre registre" in refused.said
        world.stop_registry()
        # Renewing its own key makes it no other's successor.
        assert world.run_registry("renew-key").code == 0
    shutil.rmtree(world.folder / "registre")
    shutil.move(world.folder / "vrai", world.folder / "registre")
    world.start_registry()
    assert world.sync(off)["received"] == 1


def test_who_has_followed_believes_the_old_key_no_more_and_a_backup_of_before_learns_the_new_one(
    world: BusWorld, off: Path
) -> None:
    backup = world.folder / "avant.db"
    assert world.run_registry("backup", str(backup)).code == 0
    renew(world)
    world.sync()
    world.stop_registry()
    shutil.copytree(world.folder / "registre", world.folder / "neuf")
    # Its old file put back by hand, as a thief of a backup would serve it.
    for leftover in (world.folder / "registre").glob("registry.db*"):
        leftover.unlink()
    shutil.copy(backup, world.folder / "registre" / "registry.db")
    world.start_registry()
    refused = world.run("sync")
    assert refused.code == REFUSED
    assert "n'est pas signée par votre registre" in refused.said
    world.stop_registry()
    shutil.rmtree(world.folder / "registre")
    shutil.move(world.folder / "neuf", world.folder / "registre")
    restored = world.run_registry("restore", str(backup))
    assert restored.code == 0, restored.said
    world.start_registry()
    for home in (world.home, off, world.home):
        assert world.sync(home)["waiting"] == 0
    assert world.held()["visit.record"] == 4


def test_sticks_meetings_and_journals_cross_a_change_of_the_key(world: BusWorld, off: Path) -> None:
    stick = world.folder / "cle"
    stick.mkdir()
    exported = world.run("bundle", "export", str(stick), "--format", "json", home=off).json
    renew(world)
    # Sealed to the old key, answered under the new one, which the answer leads to.
    at_base = world.run_registry("import", exported["file"])
    assert at_base.code == 0, at_base.said
    world.stop_registry()
    answer = Path(exported["file"]).with_suffix(".fsack")
    read = world.run("bundle", "import", str(answer), home=off)
    assert read.code == 0, read.said
    assert all(visit["received"] for visit in world.visits(off))
    # The first laptop hears of the new key from the other one, on the road.
    meet(world, (world.home, off))
    told = world.run("journal", "show").out
    assert "nouvelle clé de signature du registre" in told
    written = world.folder / "journal.json"
    assert world.run("journal", "export", "--output", str(written), home=off).code == 0
    assert check_journal(world, world.home, written) == []
    world.start_registry()
    assert world.sync()["waiting"] == 0
    # Enrolled since: it knows the key that the others' certificates are signed by.
    late = world.folder / "nouveau"
    world.enrol(late, name="nouveau")
    world.sync(late)
    world.stop_registry()
    meet(world, (off, late))
    assert world.held()["visit.record"] == 4
