"""Who leaves with copies: one command makes the data key anew, and nobody else has to be there."""

import os
import sys
from pathlib import Path
from subprocess import PIPE, run

from fsmobile.cli.exit_codes import exit_code_of
from fsmobile.errors import NotAllowed, OutOfStep, StoreBusy
from tests.end_to_end.bus_world import BusWorld
from tests.end_to_end.terminal import ENTER, Terminal
from tests.end_to_end.test_stolen_laptop import (
    NOTE,
    PASSPHRASE,
    VISIT,
    an_encrypted_laptop,
    found_in,
    secret,
)

LEFT = "la phrase de qui est parti"
OTHER = "une troisième phrase encore"
NAME_SOMEBODY = """
import sys
from datetime import timedelta
from pathlib import Path
from fsmobile.cli.unlocking import data_key
from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.config import load_settings
from fsmobile.core.catalogue import Catalogue
from fsmobile.core.follow_ups import FollowUp, NamedPart
from fsmobile.core.ids import AgentId
from fsmobile.store.replica import open_store
from fsmobile.usecases.desk import open_desk
from fsmobile.usecases.follow_ups import open_follow_up
settings = load_settings(Path(sys.argv[1]), {})
replica = open_store(settings.store_path, SystemClock(), SystemChance(), data_key(settings))
desk = open_desk(replica, Catalogue(), {})
desk.agent_id = AgentId("agent-a")
named = NamedPart(
    name="Mme Roselyne Marque", consented_on=desk.today(), consent_text="suite-1",
    erase_on=desk.today() + timedelta(days=90),
)
open_follow_up(desk, FollowUp(opened_on=desk.today(), task="rappeler", due=desk.today()), named)
replica.close()
"""


def test_who_left_opens_nothing_of_today_and_who_stays_notices_nothing(world: BusWorld) -> None:
    home = an_encrypted_laptop(world)
    assert world.run(*VISIT, home=home).code == 0
    for name, words in (("luc", LEFT), ("zoé", OTHER)):
        added = world.run(
            *("store", "agent-add", name),
            home=home,
            FSMOBILE_NEW_PASSPHRASE_FILE=secret(world, words, name),
        )
        assert added.code == 0, added.said
    old = (home / "keys.json").read_bytes()

    removed = world.run("store", "agent-remove", "luc", home=home)
    assert removed.code == 0, removed.said
    assert "La clé des données est refaite" in removed.out
    assert "S'ouvre avec : agent-a, mots de secours, zoé" in removed.out
    new = (home / "keys.json").read_bytes()
    assert found_in(home) == set()

    # Their old header, their old passphrase, today's file: refused by the command line.
    (home / "keys.json").write_bytes(old)
    mine = secret(world, LEFT, "luc")
    refused = world.run("visit", "list", home=home, FSMOBILE_PASSPHRASE_FILE=mine)
    assert refused.code == exit_code_of(OutOfStep("x"))
    assert NOTE not in refused.said
    (home / "keys.json").write_bytes(new)
    gone = world.run("visit", "list", home=home, FSMOBILE_PASSPHRASE_FILE=mine)
    assert gone.code == exit_code_of(NotAllowed("x"))

    theirs = secret(world, OTHER, "zoé")
    listed = world.run(
        "visit", "list", "--format", "json", home=home, FSMOBILE_PASSPHRASE_FILE=theirs
    )
    assert [visit["note"] for visit in listed.json] == [NOTE]
    world.start_registry()
    assert world.sync(home)["received"] >= 1


def test_a_changed_passphrase_says_what_the_old_one_still_opens_until_the_key_is_made_anew(
    world: BusWorld,
) -> None:
    home = an_encrypted_laptop(world)
    assert world.run(*VISIT, home=home).code == 0
    old = (home / "keys.json").read_bytes()
    database = (home / "fsmobile.db").read_bytes()
    changed = world.run(
        *("store", "passphrase"),
        home=home,
        FSMOBILE_NEW_PASSPHRASE_FILE=secret(world, OTHER, "neuve"),
    )
    assert changed.code == 0, changed.said
    assert "fsmobile store rekey" in changed.out
    # Without rewriting the database: one line of the journal was added.
    assert len((home / "fsmobile.db").read_bytes()) == len(database)
    assert (home / "fsmobile.db").read_bytes()[:16] == database[:16]
    mine = secret(world, OTHER, "neuve")
    first = world.environment.pop("FSMOBILE_PASSPHRASE_FILE")
    with world.open_screens(home) as screens:
        screens.wait_for("Poste verrouillé")
        busy = world.run("store", "rekey", home=home, FSMOBILE_PASSPHRASE_FILE=mine)
        assert busy.code == exit_code_of(StoreBusy("x"))
        screens.send("\x11")
    rekeyed = world.run("store", "rekey", home=home, FSMOBILE_PASSPHRASE_FILE=mine)
    assert rekeyed.code == 0, rekeyed.said
    assert (home / "fsmobile.db").read_bytes()[:16] != database[:16]
    (home / "keys.json").write_bytes(old)
    refused = world.run("visit", "list", home=home, FSMOBILE_PASSPHRASE_FILE=first)
    assert refused.code == exit_code_of(OutOfStep("x"))


def test_at_a_terminal_the_key_is_made_anew_unless_that_is_not_wanted(world: BusWorld) -> None:
    home = an_encrypted_laptop(world)
    del world.environment["FSMOBILE_PASSPHRASE_FILE"]
    before = (home / "fsmobile.db").read_bytes()[:16]
    with Terminal(world.command("store", "passphrase", home=home), world.environment) as terminal:
        terminal.wait_for("actuelle")
        terminal.send(*PASSPHRASE, ENTER)
        for wanted in ("au moins", "encore une fois"):
            terminal.wait_for(wanted)
            terminal.send(*OTHER, ENTER)
        terminal.wait_for("[O/n]")
        assert (home / "fsmobile.db").read_bytes()[:16] == before
        terminal.send(ENTER)
        terminal.wait_for("S'ouvre avec : mots de secours, agent-a")
        assert terminal.wait_for_end() == 0
        assert OTHER not in terminal.text
    assert (home / "fsmobile.db").read_bytes()[:16] != before


def test_a_laptop_where_names_were_given_does_not_become_plain(world: BusWorld) -> None:
    home = an_encrypted_laptop(world)
    environment = {**os.environ, **world.environment}
    named = run(
        [sys.executable, "-c", NAME_SOMEBODY, str(home)], env=environment, stderr=PIPE, check=False
    )
    assert named.returncode == 0, named.stderr
    refused = world.run("store", "decrypt", "--yes", home=home)
    assert refused.code == exit_code_of(NotAllowed("x"))
    assert "--plain" in refused.err
    assert not holds(home, b"Roselyne")
    assert world.run("store", "check", home=home).code == 0


def holds(home: Path, words: bytes) -> bool:
    return any(words in path.read_bytes() for path in home.rglob("*") if path.is_file())
