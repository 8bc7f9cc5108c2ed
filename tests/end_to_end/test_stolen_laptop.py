"""A stolen laptop: after a day's work, locked or killed, its disk holds nothing of a visit."""

import re
from pathlib import Path

from fsmobile.cli.exit_codes import exit_code_of
from fsmobile.errors import InvalidInput, NotAllowed
from tests.end_to_end.bus_world import BusWorld
from tests.end_to_end.terminal import ENTER

PASSPHRASE = "quatre mots sans lien"
NOTE = "ZXMARQUEXZ"
MARKERS = (NOTE, "retraite-dossier", "16106", "charente/charme")
"""A note, a procedure, a commune of residence, a passage: what the visits of the day say."""
VISIT = (
    *("visit", "add", "--road", "--procedure", "retraite-dossier", "--note", NOTE),
    *("--residence", "16106"),
)


def found_in(home: Path) -> set[tuple[str, str]]:
    """Return which markers are in which files, whatever these are."""
    return {
        (path.name, marker)
        for path in home.rglob("*")
        if path.is_file()
        for marker in MARKERS
        if marker.encode() in path.read_bytes()
    }


def secret(world: BusWorld, words: str = PASSPHRASE, name: str = "phrase") -> str:
    path = world.folder / name
    path.write_text(f"{words}\n", encoding="utf-8")
    return str(path)


def an_encrypted_laptop(world: BusWorld) -> Path:
    """Enrol a new laptop as the guide says; give it the timetable."""
    home = world.folder / "neuf"
    world.environment["FSMOBILE_PASSPHRASE_FILE"] = secret(world)
    world.start_registry()
    enrolled = world.run("enrol", world.url, *world.code(), "--agent", "agent-a", home=home)
    assert enrolled.code == 0, enrolled.said
    assert "Mots de secours" in enrolled.out
    assert world.run("sync", home=home).code == 0
    world.stop_registry()
    return home


def test_after_a_day_on_the_screens_a_locked_or_killed_laptop_shows_nothing(
    world: BusWorld,
) -> None:
    home = an_encrypted_laptop(world)
    assert world.run(*VISIT, home=home).code == 0
    del world.environment["FSMOBILE_PASSPHRASE_FILE"]
    with world.open_screens(home) as screens:
        screens.wait_for("Poste verrouillé")
        screens.send(*PASSPHRASE, ENTER)
        assert "Agent A" in screens.wait_for("À la porte").splitlines()[0]
        # A visit at the stop of the day with a note, another one left as a draft.
        screens.send("a")
        screens.wait_for("● ici depuis 09:2")
        screens.send("n", *"ret", ENTER, "e")
        screens.wait_for("Garder la note")
        screens.send(*NOTE, ENTER)
        screens.wait_for(re.compile(r"Personnes +1"))
        screens.send("r", ENTER)
        screens.wait_for("Visites ici · 1 ")
        screens.send("n", *"ret", ENTER)
        screens.wait_for(re.compile(r"Personnes +1"))
        assert found_in(home) == set()
        screens.send("\x0c")
        screens.wait_for("Poste verrouillé")
        assert found_in(home) == set()
        screens.kill()
    assert found_in(home) == set()
    visits = world.run(
        "visit", "list", "--format", "json", home=home, FSMOBILE_PASSPHRASE_FILE=secret(world)
    )
    assert [visit["note"] for visit in visits.json] == [NOTE, NOTE]


def test_whatever_the_commands_write_into_the_home_is_encrypted_or_said_not_to_be(
    world: BusWorld,
) -> None:
    home = an_encrypted_laptop(world)
    day = ("--from", "2026-11-01", "--to", "2026-12-31")
    for words in (
        VISIT,
        ("followup", "open", f"rappeler {NOTE}", "--due", "2026-12-01"),
        ("logbook", "write", "--place", "charme", NOTE),
        ("bundle", "copy"),
        ("bundle", "export", str(home)),
        ("search", NOTE),
        ("report",),
    ):
        done = world.run(*words, home=home)
        assert done.code == 0, done.said
    world.start_registry()
    world.sync(home)
    world.stop_registry()
    assert world.run("bundle", "copy", home=home).code == 0
    assert found_in(home) == set()
    for words in (
        ("export", *day, "--output", str(home / "lignes.csv")),
        ("report", *day, "--format", "html", "--output", str(home / "bilan.html")),
        ("journal", "export", "--output", str(home / "journal.txt")),
        ("print", "day", "--date", "2026-11-24"),
        ("print", "next"),
    ):
        before = {path for path in home.iterdir() if path.suffix in (".csv", ".html", ".txt")}
        done = world.run(*words, home=home)
        assert done.code == 0, done.said
        (made,) = {
            path for path in home.iterdir() if path.suffix in (".csv", ".html", ".txt")
        } - before
        assert f"{made}. Ce fichier n'est pas chiffré." in done.err
        if words[0] == "export":
            assert (made.name, "retraite-dossier") in found_in(home)
        made.unlink()
    assert found_in(home) == set()


def test_a_plain_laptop_becomes_encrypted_without_loss_and_plain_again_if_that_is_meant(
    world: BusWorld,
) -> None:
    assert world.run(*VISIT).code == 0
    at_the_stop = world.run("visit", "add", "--passage", "charme", *VISIT[3:])
    assert at_the_stop.code == 0, at_the_stop.said
    before = world.visits()
    # Each of them would be found if it could be read: that none is says something.
    assert {marker for _file, marker in found_in(world.home)} == set(MARKERS)
    world.environment["FSMOBILE_PASSPHRASE_FILE"] = secret(world)
    encrypted = world.run("store", "encrypt", "--agent", "agent-a")
    assert encrypted.code == 0, encrypted.said
    assert found_in(world.home) == set()
    assert world.visits() == before
    world.start_registry()
    # The visits, and the line of the journal that says that the laptop is encrypted now.
    assert world.sync()["received"] == 3

    refused = world.run("store", "decrypt")
    assert refused.code == exit_code_of(InvalidInput("x"))
    assert "lisibles" in refused.err
    assert world.run("store", "decrypt", "--yes").code == 0
    del world.environment["FSMOBILE_PASSPHRASE_FILE"]
    assert [visit["id"] for visit in world.visits()] == [visit["id"] for visit in before]
    assert world.sync()["received"] == 1


def test_without_the_passphrase_no_command_says_anything_and_the_words_of_rescue_open(
    world: BusWorld,
) -> None:
    home = an_encrypted_laptop(world)
    assert world.run(*VISIT, home=home).code == 0
    printed = world.run("store", "check", home=home).out
    assert "chiffré" in printed
    del world.environment["FSMOBILE_PASSPHRASE_FILE"]
    silent = world.run("visit", "list", home=home)
    assert silent.code == exit_code_of(InvalidInput("x"))
    assert "FSMOBILE_PASSPHRASE_FILE" in silent.err

    world.environment["FSMOBILE_PASSPHRASE_FILE"] = secret(world, "une autre phrase", "fausse")
    for _turn in range(3):
        wrong = world.run("visit", "list", home=home)
        assert wrong.code == exit_code_of(NotAllowed("x"))
        assert "n'ouvre pas" in wrong.err
    assert "à attendre" in world.run("visit", "list", home=home).err

    # At the office, whatever was tried: the words of another laptop do not open this one.
    other = world.folder / "autre"
    made = world.run("store", "encrypt", home=other)
    stranger = " ".join(line for line in made.out.splitlines() if line.startswith("    "))
    world.environment["FSMOBILE_PASSPHRASE_FILE"] = secret(world, stranger, "mots")
    world.environment["FSMOBILE_NEW_PASSPHRASE_FILE"] = secret(world, "la phrase nouvelle", "neuve")
    assert world.run("store", "recover", home=home).code == exit_code_of(NotAllowed("x"))
    opened = world.run("store", "recover", "--agent", "agent-b", home=other)
    assert opened.code == 0, opened.said
    assert opened.out.count("    ") >= 3
    assert world.run("store", "recover", home=other).code == exit_code_of(NotAllowed("x"))
    world.environment["FSMOBILE_PASSPHRASE_FILE"] = secret(world, "la phrase nouvelle", "neuve")
    assert world.run("store", "check", home=other).code == 0


def test_an_enrolment_without_terminal_nor_passphrase_is_refused_before_anything_is_sent(
    world: BusWorld,
) -> None:
    home = world.folder / "neuf"
    world.start_registry()
    code = world.code()
    refused = world.run("enrol", world.url, *code, home=home)
    assert refused.code == exit_code_of(InvalidInput("x"))
    assert "--plain" in refused.err
    plain = world.run("enrol", world.url, *code, "--plain", home=home)
    assert plain.code == 0
    assert "ne seront pas chiffrées" in plain.out
