"""Two coordinators without a network on one tour: real processes, real folders, one registry."""

from pathlib import Path

import pytest
from warm_processes import Ended

from tests.end_to_end.bus_world import BusWorld

TOUR = "tournees/charente/2026-01-05.toml"
NAMES = '[noms]\nnadia = "Nadia B."\npaul = "Paul M."\n'
TUSSON = '["09:00-12:30", "13:30-15:30"]\ntrajet = 30\n'
VALENCE = '"09:30-12:30"\ntrajet = 35\n'
VALENCE_KEY = "sorties.jeudi-impaire.arrets.valence.ouvert"
RUN = """
[sorties.{name}]
dates  = [2026-12-19]
depart = "08:00"
retour = "13:30"

[sorties.{name}.arrets.{name}]
lieu   = "{name}"
ouvert = "09:30-12:00"
trajet = 60
"""


class Desk:
    """One coordinator: a laptop and the folder taken out on it."""

    def __init__(self, world: BusWorld, name: str) -> None:
        self.world = world
        self.home = world.folder / name
        self.folder = world.folder / f"planning-{name}"
        self.tour = self.folder / TOUR

    def run(self, *words: str) -> Ended:
        return self.world.run("schedule", *words, home=self.home)

    def sync(self) -> Ended:
        return self.world.run("sync", home=self.home)

    def publish(self, why: str = "") -> Ended:
        return self.run("publish", str(self.folder), "--why", why)

    def edit(self, before: str, after: str) -> None:
        text = self.tour.read_text(encoding="utf-8")
        assert text.count(before) >= 1
        self.tour.write_text(text.replace(before, after, 1), encoding="utf-8", newline="")

    def files(self) -> dict[str, bytes]:
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in self.folder.rglob("*")
            if path.is_file()
        }


@pytest.fixture
def desks(world: BusWorld) -> tuple[Desk, Desk]:
    """Both have revision 1 in a folder; the registry is stopped."""
    world.start_registry()
    nadia, paul = Desk(world, "nadia"), Desk(world, "paul")
    for one in (nadia, paul):
        one.home.mkdir()
        (one.home / "config.toml").write_text(NAMES, encoding="utf-8")
        world.enrol(one.home, role="coordinator", name=one.home.name)
        assert one.sync().code == 0
        taken = one.run("checkout", str(one.folder))
        assert taken.code == 0, taken.said
    world.stop_registry()
    return nadia, paul


def test_two_edits_made_offline_are_merged_and_both_see_one_tree(
    world: BusWorld, desks: tuple[Desk, Desk]
) -> None:
    nadia, paul = desks
    nadia.edit(TUSSON, TUSSON.replace("15:30", "15:15"))
    paul.edit(VALENCE, VALENCE.replace("12:30", "12:15"))
    assert nadia.publish("Tusson ferme plus tôt").code == 7
    assert paul.publish("Valence aussi").code == 7
    world.start_registry()
    assert nadia.sync().code == 0
    assert paul.sync().code == 0
    merged = paul.publish("Valence aussi")
    assert merged.code == 0, merged.said
    assert "révision 3" in merged.out
    pulled = nadia.run("pull", str(nadia.folder))
    assert pulled.code == 0, pulled.said
    assert nadia.files() == paul.files()
    log = nadia.run("log", "--format", "json").json
    assert [(one["revision"], one["why"]) for one in log] == [
        (3, "Valence aussi"),
        (2, "Tusson ferme plus tôt"),
        (1, ""),
    ]
    diff = nadia.run("diff", "1", str(nadia.folder)).out
    changed = [
        line
        for line in diff.splitlines()
        if line[:1] in ("+", "-") and line[:3] not in ("+++", "---")
    ]
    assert len(changed) == 4
    assert world.run("sync").code == 0
    agenda = world.run("agenda", "--from", "2026-12-03", "--to", "2026-12-03")
    assert "09:30-12:15" in agenda.out
    seen = world.run("schedule", "show", "3", TOUR).out
    assert seen.rstrip("\n") == nadia.tour.read_text(encoding="utf-8").rstrip("\n")


def test_one_field_changed_by_both_is_settled_and_published_in_one_command(
    world: BusWorld, desks: tuple[Desk, Desk]
) -> None:
    nadia, paul = desks
    nadia.edit(VALENCE, VALENCE.replace("12:30", "12:15"))
    paul.edit(VALENCE, VALENCE.replace("12:30", "12:00"))
    world.start_registry()
    assert nadia.publish("école").code == 0
    before = paul.files()
    refused = paul.publish("cantine")
    assert refused.code == 6, refused.said
    for told in (
        VALENCE_KEY,
        "Nadia B.",
        '"09:30-12:15"',
        '"09:30-12:00"',
        '"09:30-12:30"',
        "« école »",
    ):
        assert told in refused.said
    assert paul.files() == before
    waiting = paul.run("conflicts", "--format", "json")
    assert waiting.code == 6
    (conflict,) = waiting.json["conflicts"]
    assert (conflict["mine"], conflict["theirs"]) == ('"09:30-12:00"', '"09:30-12:15"')
    settled = paul.run("settle", TOUR, VALENCE_KEY, "--mine")
    assert settled.code == 0, settled.said
    published = paul.publish("cantine")
    assert published.code == 0, published.said
    assert paul.run("conflicts").code == 0
    nadia.sync()
    newest = nadia.run("log", TOUR, "--format", "json").json[0]
    (resolution,) = newest["resolved"]
    assert resolution["kept"] == "mine"
    assert resolution["theirs_by"] == "nadia"
    assert resolution["theirs"] == '"09:30-12:15"'
    assert "gardé" in nadia.run("log").out
    assert world.run("sync").code == 0
    agenda = world.run("agenda", "--from", "2026-12-03", "--to", "2026-12-03")
    assert "09:30-12:00" in agenda.out


def test_a_merge_that_puts_one_bus_in_two_villages_is_not_published(
    world: BusWorld, desks: tuple[Desk, Desk]
) -> None:
    nadia, paul = desks
    for desk, village in ((nadia, "tusson"), (paul, "valence")):
        text = desk.tour.read_text(encoding="utf-8")
        desk.tour.write_text(text + RUN.format(name=village), encoding="utf-8", newline="")
    world.start_registry()
    assert nadia.publish().code == 0
    refused = paul.publish()
    assert refused.code == 6, refused.said
    assert "vehicle_overlap" in refused.said
    assert world.run_registry("status", "--format", "json").json["revisions"] == {"bus-charente": 2}
    paul.edit("dates  = [2026-12-19]", "dates  = [2027-01-16]")
    assert paul.publish().code == 0
    text = paul.tour.read_text(encoding="utf-8")
    assert "[sorties.tusson]" in text
    assert "[sorties.valence]" in text


def test_going_back_is_a_new_revision_and_the_history_keeps_what_was_between(
    world: BusWorld, desks: tuple[Desk, Desk]
) -> None:
    nadia, _paul = desks
    first = nadia.files()
    nadia.edit(VALENCE, VALENCE.replace("12:30", "12:15"))
    world.start_registry()
    assert nadia.publish("école").code == 0
    reverted = nadia.run("revert", "1")
    assert reverted.code == 0, reverted.said
    pulled = nadia.run("pull", str(nadia.folder))
    assert pulled.code == 0, pulled.said
    assert nadia.files() == first
    assert [one["revision"] for one in nadia.run("log", "--format", "json").json] == [3, 2, 1]
    assert nadia.run("diff", "1", "3").out.strip() == "Aucune différence."
    assert nadia.run("revert", "9").code == 4


def test_a_folder_that_is_not_there_and_a_conflict_that_is_none_are_said(
    world: BusWorld, desks: tuple[Desk, Desk]
) -> None:
    nadia, _paul = desks
    absent = nadia.run("pull", str(Path(nadia.folder) / "absent"))
    assert absent.code == 3
    assert nadia.run("settle", TOUR, VALENCE_KEY, "--mine").code == 4
