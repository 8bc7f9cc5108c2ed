"""A laptop signs with a new key: one command, cut off anywhere, and not one act lost or doubled."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from fsmobile.store.device_keys import is_sealed, load_key
from tests.end_to_end.bus_world import BusWorld
from tests.end_to_end.test_stolen_laptop import PASSPHRASE, an_encrypted_laptop, secret

DIES = """
import os, signal, sys
from fsmobile.__main__ import main
from fsmobile.cli import key_renewal
from fsmobile.sync.http_registry import HttpRegistry
where, sys.argv = sys.argv[1], ["fsmobile", *sys.argv[2:]]
def dying(act, calls, before):
    def wrapped(*arguments):
        calls.append(act)
        if before and len(calls) == before:
            os.kill(os.getpid(), signal.SIGKILL)
        done = act(*arguments)
        if not before:
            os.kill(os.getpid(), signal.SIGKILL)
        return done
    return wrapped
match where:
    case "before it is noted":
        key_renewal.note_handover = dying(key_renewal.note_handover, [], 1)
    case "before the key takes its place":
        key_renewal.save_key = dying(key_renewal.save_key, [], 1)
    case "before the registry is told":
        key_renewal.sync_once = dying(key_renewal.sync_once, [], 2)
    case "as the registry answers":
        told = key_renewal.sync_once
        def sync_once(settings):
            if sync_once.calls:
                HttpRegistry.sync = dying(HttpRegistry.sync, [], 0)
            sync_once.calls += 1
            return told(settings)
        sync_once.calls = 0
        key_renewal.sync_once = sync_once
main()
"""
STEPS = (
    "before it is noted",
    "before the key takes its place",
    "before the registry is told",
    "as the registry answers",
)


def key_of(home: Path) -> bytes:
    return load_key(home / "device.key").public


def renewals(world: BusWorld) -> int:
    return [event["kind"] for event in world.events()].count("laptop_key_renewed")


@pytest.mark.parametrize("step", STEPS)
def test_a_renewal_that_is_killed_is_finished_by_the_next_sync_or_never_was(
    world: BusWorld, step: str
) -> None:
    world.start_registry()
    world.record(count=2)
    first = key_of(world.home)
    killed = subprocess.run(
        [sys.executable, "-c", DIES, step, "--home", str(world.home), "sync", "--renew-key"],
        env=world.environment | {"PYTHONPATH": os.getcwd()},
        capture_output=True,
        check=False,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    is_in_place = step in STEPS[2:]
    assert (key_of(world.home) != first) == is_in_place
    world.record()
    report = world.sync()
    assert (report["received"], report["healed"]) == (1, [])
    assert renewals(world) == int(is_in_place)
    # Once more, to the end: whatever was left behind is no obstacle.
    renewed = world.run("sync", "--renew-key", "--format", "json")
    assert renewed.code == 0, renewed.said
    assert renewals(world) == 1 + int(is_in_place)
    world.record()
    assert world.sync()["received"] == 1
    assert world.held()["visit.record"] == 4
    exported = world.exported()
    assert len(exported) == len({op["op_id"] for op in exported})
    assert [visit["received"] for visit in world.visits()] == [True] * 4
    checked = world.run("journal", "verify", "--format", "json").json
    assert (checked["faults"], checked["unproven"]) == ([], 0)
    assert world.run_registry("verify").code == 0
    assert world.run_registry("quarantine", "list", "--format", "json").json == []


def test_without_the_registry_nothing_changes_and_the_sentence_says_what_to_do(
    world: BusWorld,
) -> None:
    world.record()
    first = key_of(world.home)
    refused = world.run("sync", "--renew-key")
    assert refused.code == 7
    assert "Une clé neuve se donne avec le registre" in refused.said
    assert "rien n'a changé" in refused.said
    assert key_of(world.home) == first
    world.start_registry()
    assert world.sync()["received"] == 1


def test_a_copy_with_the_old_key_speaks_no_more_and_its_work_waits_for_a_person(
    world: BusWorld,
) -> None:
    world.start_registry()
    world.record()
    world.sync()
    stolen = world.folder / "vole"
    shutil.copytree(world.home, stolen)
    assert "clé neuve" in world.run("sync", "--renew-key").out
    world.record(home=stolen)
    refused = world.run("sync", home=stolen)
    assert refused.code != 0
    assert "retiré du registre" in refused.said
    assert world.held()["visit.record"] == 1
    (kept,) = world.run_registry("quarantine", "list", "--format", "json").json
    assert kept["waiting"] == 1
    world.record()
    assert world.sync()["received"] == 1
    assert "nouvelle clé de signature de ce poste" in world.run("journal", "show").out
    assert world.run_registry("journal", "verify").code == 0
    assert world.held()["visit.record"] == 2


def test_a_backup_of_the_registry_from_before_does_not_bring_the_old_key_back(
    world: BusWorld,
) -> None:
    backup = world.folder / "avant.db"
    world.start_registry()
    world.record()
    world.sync()
    stolen = world.folder / "vole"
    shutil.copytree(world.home, stolen)
    assert world.run_registry("backup", str(backup)).code == 0
    assert world.run("sync", "--renew-key").code == 0
    world.record()
    world.stop_registry()
    assert world.run_registry("restore", str(backup)).code == 0
    world.start_registry()
    assert "retiré du registre" in world.run("sync", home=stolen).said
    assert world.sync()["waiting"] == 0
    # Put back by hand, the registry knows of no renewal: the laptop shows how it came to its key.
    world.stop_registry()
    for leftover in (world.folder / "registre").glob("registry.db*"):
        leftover.unlink()
    shutil.copy(backup, world.folder / "registre" / "registry.db")
    world.start_registry()
    world.record()
    assert world.sync()["waiting"] == 0
    assert "retiré du registre" in world.run("sync", home=stolen).said
    assert world.held()["visit.record"] == 3


def test_the_new_key_is_sealed_like_the_old_one(world: BusWorld) -> None:
    home = an_encrypted_laptop(world)
    world.start_registry()
    before = (home / "device.key").read_bytes()
    mine = secret(world, PASSPHRASE, "encore")
    renewed = world.run("sync", "--renew-key", home=home, FSMOBILE_PASSPHRASE_FILE=mine)
    assert renewed.code == 0, renewed.said
    assert is_sealed(home / "device.key")
    assert (home / "device.key").read_bytes() != before
    world.sync(home)
