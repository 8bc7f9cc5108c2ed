"""One cancelled passage, from the coordinator's keys to the last person told: real processes."""

from pathlib import Path
from typing import Any

import pytest

from tests.end_to_end.bus_world import BusWorld

TOUR, STOP, COMMUNE = "charente", "luxe", "16196"
NAMES = '[noms]\nnadia = "Nadia B."\npaul = "Paul M."\n'


class Office:
    """Two coordinators, each with a laptop; the first has the planning in a folder."""

    def __init__(self, world: BusWorld) -> None:
        self.world = world
        self.nadia, self.paul = world.folder / "nadia", world.folder / "paul"
        self.folder = world.folder / "planning"

    def run(self, home: Path, *words: str) -> str:
        done = self.world.run(*words, home=home)
        assert done.code == 0, done.said
        return done.out

    def communes(self, home: Path) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = self.world.run(
            "notice", "list", "--format", "json", home=home
        ).json["communes"]
        return told


@pytest.fixture
def office(world: BusWorld) -> Office:
    """Revision 1 is on both laptops of the coordination, and out in the first one's folder."""
    world.start_registry()
    office = Office(world)
    for home in (office.nadia, office.paul):
        home.mkdir()
        (home / "config.toml").write_text(NAMES, encoding="utf-8")
        world.enrol(home, role="coordinator", name=home.name)
        world.sync(home)
    office.run(office.nadia, "schedule", "checkout", str(office.folder))
    return office


def to_tell(world: BusWorld) -> list[dict[str, Any]]:
    """Return the people of the bus who have to be told something."""
    listed: list[dict[str, Any]] = world.run(
        "appointment", "list", "--to-tell", "--format", "json"
    ).json
    return listed


def test_a_cancelled_passage_is_followed_to_the_last_person_told(
    world: BusWorld, office: Office
) -> None:
    nadia, paul = office.nadia, office.paul
    # In the bus, somebody is given an hour at the next passage of Luxé but one.
    world.sync()
    slots = world.run("agenda", "--from", "2026-11-27", "--format", "json").json
    day = next(x["date"] for x in slots if x["stop"] == STOP)
    booked = world.run(
        "appointment", "book", STOP, "--date", day, "--at", "14:00", "--format", "json"
    ).json
    assert to_tell(world) == []
    world.sync()
    # The coordinator cancels that passage, publishes, and sends.
    office.run(nadia, "schedule", "change", str(office.folder), "annule", day, TOUR, STOP,
               "--why", "panne")  # fmt: skip
    said = office.run(nadia, "schedule", "publish", str(office.folder), "--why", "panne")
    assert "1 commune à prévenir" in said
    # One commune is to be told, and no other; the letter is ready.
    (luxe,) = office.communes(nadia)
    assert (luxe["commune"], luxe["progress"]) == ("Luxé", "to_tell")
    assert luxe["after"] == luxe["before"] - 1
    assert "annulé (panne du véhicule)" in luxe["changes"][0]
    office.run(nadia, "notice", "contact", "Luxé", "--email", "mairie@luxe.example")
    letter = world.folder / "luxe.eml"
    office.run(nadia, "notice", "letter", "Luxé", "--as", "eml", "--to", str(letter))
    assert b"To: mairie@luxe.example" in letter.read_bytes()
    office.run(nadia, "notice", "told", "Luxé", "--by", "email")
    world.sync(nadia)
    # The other coordinator sees who told it, and notes the answer of the town hall.
    world.sync(paul)
    (luxe,) = office.communes(paul)
    assert (luxe["progress"], luxe["received"]) == ("told", True)
    assert luxe["email"] == "mairie@luxe.example"
    office.run(paul, "notice", "acknowledged", "Luxé", "--by", "phone")
    world.sync(paul)
    world.sync(nadia)
    assert [one["progress"] for one in office.communes(nadia)] == ["acknowledged"]
    # In the bus, the person comes first among the follow-ups, with the next real dates.
    world.sync()
    agenda = world.run("agenda", "--from", day, "--to", day, "--format", "json").json
    assert {x["status"] for x in agenda if x["stop"] == STOP} == {"annule"}
    (person,) = to_tell(world)
    assert person["appointment"] == booked["appointment"]
    assert person["changes"] == ["off"]
    assert person["next"]
    assert day not in person["next"]
    with world.open_screens() as terminal:
        terminal.wait_for("Tournée")
        terminal.send("2")
        terminal.wait_for("passage annulé : prévenir")
    # The person is given another real passage: nobody is left to tell, here nor at the office.
    world.run("appointment", "move", booked["appointment"], STOP,
              "--date", person["next"][0], "--at", "14:00")  # fmt: skip
    assert to_tell(world) == []
    world.sync()
    world.sync(nadia)
    listed = world.run("appointment", "list", "--to-tell", "--format", "json", home=nadia).json
    assert listed == []
    # No name, no address of a person went into a public file.
    written = "".join(path.read_text(encoding="utf-8") for path in office.folder.rglob("*.toml"))
    assert "mairie@" not in written
    assert booked["appointment"] not in written
