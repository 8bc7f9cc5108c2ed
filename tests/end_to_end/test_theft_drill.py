"""The theft drill: the laptop is gone, what it had not sent is not, and the thief has nothing."""

import json
import shutil
import time
from pathlib import Path

from fsmobile.cli.exit_codes import exit_code_of
from fsmobile.errors import InvalidInput
from tests.end_to_end.bus_world import BusWorld
from tests.end_to_end.terminal import ENTER
from tests.end_to_end.test_stolen_laptop import an_encrypted_laptop, found_in, secret

MINUTES_MAX = 10


def second_copies(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.fsbundle"))


def test_the_unsent_day_of_a_stolen_laptop_is_on_a_new_one_within_ten_minutes(
    world: BusWorld,
) -> None:
    home = an_encrypted_laptop(world)
    stick = world.folder / "clé"
    stick.mkdir()
    world.environment["FSMOBILE_COPIE"] = str(stick)
    with world.open_screens(home) as screens:
        screens.wait_for("À la porte")
        screens.send("a", "1")
        screens.wait_for("● ici depuis 09:2")
        for _turn in range(3):
            screens.send("n", *"ret", ENTER, "r", ENTER)
        screens.wait_for("Visites ici · 3 ")
        # Nobody asks for it: the screens write it while the crew works.
        limit = time.monotonic() + 40
        while not second_copies(stick) and time.monotonic() < limit:
            time.sleep(0.2)
        screens.kill()
    assert second_copies(stick)
    done = world.run("bundle", "copy", "--format", "json", home=home)
    assert done.json["ops"] >= 4

    # The thief has the disk as it stood, and the stick.
    stolen = world.folder / "volé"
    shutil.copytree(home, stolen)
    shutil.copytree(stick, stolen / "clé")
    shutil.rmtree(home)
    del world.environment["FSMOBILE_PASSPHRASE_FILE"]
    assert found_in(stolen) == set()
    silent = world.run("visit", "list", home=stolen)
    assert silent.code == exit_code_of(InvalidInput("x"))
    begun = time.monotonic()

    world.start_registry()
    world.environment["FSMOBILE_PASSPHRASE_FILE"] = secret(world)
    devices = world.run_registry("devices", "--format", "json").json["devices"]
    lost = max(devices, key=lambda one: one["last_seen_ms"] or 0)["id"]
    assert world.run_registry("revoke", lost).code == 0
    new = world.folder / "de-rechange"
    enrolled = world.run("enrol", world.url, *world.code(), "--agent", "agent-a", home=new)
    assert enrolled.code == 0, enrolled.said
    (copy,) = second_copies(stick)
    handed = world.run("bundle", "hand-in", str(copy), home=new)
    assert handed.code == 0, handed.said
    assert "Mis à part" in handed.out
    taken = world.run_registry(
        "quarantine", "take-in", lost, "--by", "Mme Roy", "--reason", "vol du 24"
    )
    assert taken.code == 0, taken.said
    world.sync(new)
    assert len(world.visits(new)) == 3
    minutes = (time.monotonic() - begun) / 60
    assert minutes < MINUTES_MAX

    # What the thief might hand in with the laptop unlocked by force is noise to the registry too.
    again = world.run("bundle", "hand-in", str(copy), "--format", "json", home=new)
    assert again.json["applied"] == 0
    assert again.json["missing"] == 0


def test_a_laptop_put_back_from_its_image_hands_in_by_itself_what_the_image_lacks(
    world: BusWorld,
) -> None:
    world.record(count=2)
    image = world.folder / "image"
    shutil.copytree(world.home, image)
    world.record(count=3)
    assert world.run("bundle", "copy").code == 0
    kept = world.home / "copie"
    shutil.copytree(kept, world.folder / "copie")
    shutil.rmtree(world.home)
    shutil.copytree(image, world.home)
    shutil.copytree(world.folder / "copie", kept)
    world.record()
    assert world.run("bundle", "copy").code == 0
    world.start_registry()
    world.sync()
    world.sync()
    assert len(world.visits()) == 6
    assert world.held()["visit.record"] == 6
    assert second_copies(kept) == []


def test_a_copy_that_cannot_be_written_is_said_and_stops_nothing(world: BusWorld) -> None:
    world.record()
    absent = str(world.folder / "absente")
    refused = world.run("bundle", "copy", FSMOBILE_COPIE=absent)
    assert refused.code != 0
    assert "Introuvable : dossier" in refused.err
    world.start_registry()
    synced = world.run("sync", "--format", "json", FSMOBILE_COPIE=absent)
    assert json.loads(synced.out)["received"] == 1


def test_any_other_laptop_brings_the_copy_without_a_secret(world: BusWorld) -> None:
    world.record()
    done = world.run("bundle", "copy", "--format", "json")
    data = Path(done.json["file"]).read_bytes()
    (world.folder / "portée.fsbundle").write_bytes(data)
    other = world.folder / "autre"
    world.start_registry()
    world.enrol(other, name="autre")
    handed = world.run("bundle", "hand-in", str(world.folder / "portée.fsbundle"), home=other)
    assert handed.code == 0, handed.said
    assert "1 acte nouveau" in handed.out
    assert len(world.visits(other)) == 1
    cut = world.folder / "coupée.fsbundle"
    cut.write_bytes(data[:-3])
    refused = world.run("bundle", "hand-in", str(cut), home=other)
    assert refused.code == exit_code_of(InvalidInput("x"))
    assert "coupé" in refused.err
