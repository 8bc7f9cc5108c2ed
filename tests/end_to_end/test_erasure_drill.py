"""The drill: a person asks to be forgotten, three laptops, one of them off."""

import sqlite3
from pathlib import Path

from fsmobile.protocol.bundle import read_bundle
from fsmobile.protocol.compression import LAPTOP_LEVEL, Codec
from fsmobile.protocol.signatures import SigningKey
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from tests.end_to_end.bus_world import VISIT, BusWorld

MARK = "chez-mme-durand"


def holding(*folders: Path) -> list[str]:
    """Return the files that hold the word, whatever they are."""
    return [
        path.name
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and MARK.encode() in path.read_bytes()
    ]


def opened(world: BusWorld, copy: Path) -> bytes:
    """Return what the registry would read in a sealed file."""
    with sqlite3.connect(world.folder / "registre" / "registry.db") as connection:
        (seed,) = connection.execute(
            "SELECT value FROM setting WHERE key = 'signing_key'"
        ).fetchone()
    codec = Codec(LAPTOP_LEVEL, load_wire_dictionary())
    return b"".join(read_bundle(copy.read_bytes(), SigningKey(seed=seed).box, codec).envelopes)


def unconfirmed(world: BusWorld) -> set[str]:
    listed = world.run_registry("erasures", "--format", "json").json
    return {one["name"] for one in listed["unconfirmed"]}


def synced(world: BusWorld, *homes: Path) -> None:
    for home in homes:
        done = world.run("sync", home=home)
        assert done.code == 0, done.said


def test_who_was_on_confirms_and_holds_no_byte_and_who_was_off_is_named(world: BusWorld) -> None:
    bus, second, third = world.home, world.folder / "second", world.folder / "troisieme"
    copies = world.folder / "copies"
    copies.mkdir()
    text = (bus / "config.toml").read_text(encoding="utf-8")
    (bus / "config.toml").write_text(f'copie = "{copies}"\n{text}', encoding="utf-8")
    world.start_registry()
    for home in (second, third):
        world.enrol(home, name=home.name)
    synced(world, world.folder / "coordination")
    assert world.run(*VISIT, "--note", MARK).code == 0
    synced(world, bus, second, third)

    # A second one reached the registry by a stick: it has no receipt here, and is in the copy.
    assert world.run(*VISIT, "--note", f"{MARK} encore").code == 0
    stick = world.folder / "cle"
    stick.mkdir()
    assert world.run("bundle", "export", str(stick)).code == 0
    (carried,) = stick.glob("*.fsbundle")
    assert world.run_registry("import", str(carried)).code == 0
    assert world.run("bundle", "copy").code == 0
    (copy,) = copies.iterdir()
    assert MARK.encode() in opened(world, copy)
    kept = world.folder / "rendu.csv"
    assert world.run("export", "--complete", "--output", str(kept)).code == 0
    for home in (bus, second, third):
        assert holding(home), home.name

    targets = [one["id"] for one in world.visits() if MARK in (one.get("note") or "")]
    assert len(targets) == 2
    erased = world.run_registry("erase", *targets, "--ground", "demande du 3 mars")
    assert erased.code == 0, erased.said
    assert unconfirmed(world) == {"portable du bus", "second", "troisieme", "coordination"}

    # The stick of the copy is out: the laptop has no byte left, and does not say it is done.
    away = copies.rename(world.folder / "tiroir")
    synced(world, bus, second, world.folder / "coordination")
    assert holding(bus, second, world.folder / "registre") == []
    assert MARK.encode() in opened(world, away / copy.name)
    assert unconfirmed(world) == {"portable du bus", "troisieme"}

    # It is in again: what it held goes first, then the word is given, in one sync.
    away.rename(copies)
    assert world.run(*VISIT, "--note", "rien").code == 0
    synced(world, bus)
    assert [path for path in copies.iterdir() if MARK.encode() in opened(world, path)] == []
    assert unconfirmed(world) == {"troisieme"}
    assert holding(third), "it was off: it holds what it held"

    # What a person took away is beyond the program: the journal names it, to be looked for.
    shown = world.run("journal", "show", "--format", "json").json
    exports = [one["detail"] for one in shown if one["act"] == "exported"]
    assert [one.split()[-1] for one in exports] == ["complet"]

    synced(world, third)
    assert unconfirmed(world) == set()
    assert set(holding(world.folder)) == {"rendu.csv"}
