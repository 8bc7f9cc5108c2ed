"""No byte of what was erased stays in the files of a store, whatever was written around it."""

import sqlite3
import tempfile
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import UNIT, FakeClock, SeededChance, a_laptop, a_registry, a_visit

from fsmobile.core.catalogue import Catalogue
from fsmobile.core.ids import AgentId, make_uuid7
from fsmobile.protocol.clock import ZERO
from fsmobile.protocol.ops import make_op
from fsmobile.protocol.records import VISIT_RECORD, encode_visit
from fsmobile.protocol.scopes import unit_scope
from fsmobile.registry.erasure import erase
from fsmobile.store import database, drafts, erasure, orders, pages, queries
from fsmobile.store.integrity import check_store
from fsmobile.store.replica import Replica, open_store
from fsmobile.usecases import visits
from fsmobile.usecases.desk import Desk, open_desk

MARK = "chez-mme-durand"
own_visits = st.lists(
    st.tuples(st.booleans(), st.sampled_from([0, 30, 200, 450]), st.integers(0, 3)), max_size=10
)
"""Whether it is to be erased, how long its note is, how often it is corrected."""
pulled_visits = st.lists(
    st.tuples(st.booleans(), st.integers(0, 499), st.integers(0, 2**32)),
    min_size=40,
    max_size=80,
    unique_by=lambda one: one[2],
)
"""Whether it is to be erased, how long its note is, when it was recorded elsewhere."""


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def files_with_the_mark(folder: Path) -> list[str]:
    return [name for name, data in bytes_of(folder).items() if MARK.encode() in data]


def record_all(desk: Desk, written: list[tuple[bool, int, int]]) -> list[str]:
    """Record visits by way of drafts, correct them; return those that are to be erased."""
    targets = []
    for number, (is_target, size, corrections) in enumerate(written):
        word = MARK if is_target else "rien"
        draft = drafts.new_draft_id(desk.replica)
        for end in range(0, size + 1, 150):
            drafts.save_draft(desk.replica, draft, f'"{word} {"abc" * (end // 3)}"')
        note = f"{word} {number} {'é' * (size // 2)}"
        visit_id = visits.record_visit(desk, a_visit(note=note), draft_id=draft)
        for turn in range(corrections):
            visits.correct_visit(desk, visit_id, {"note": f"{word} {turn} {'o' * size}"})
        if is_target:
            targets.append(visit_id)
    return targets


@cache
def enrolled_laptop() -> bytes:
    """Return the file of a laptop that was just enrolled; its making is slow, so once."""
    with tempfile.TemporaryDirectory() as name:
        laptop = a_laptop(a_registry(), path=Path(name) / "fsmobile.db")
        assert database.truncate_log(laptop.replica.connection)
        laptop.replica.close()
        return (Path(name) / "fsmobile.db").read_bytes()


def pull_all(replica: Replica, pulled: list[tuple[bool, int, int]]) -> list[str]:
    """Store visits of other laptops in the order in which they come; return the targets."""
    made = {
        make_uuid7(instant, instant.to_bytes(10, "big")): (is_target, size)
        for is_target, size, instant in pulled
    }
    bodies = [
        make_op(
            kind=VISIT_RECORD,
            schema=1,
            op_id=op_id,
            scope=unit_scope(UNIT),
            hlc=ZERO,
            agent_id=AgentId("agent-b"),
            salt=bytes(8),
            entity=None,
            data=encode_visit(a_visit(note=(MARK if is_target else "rien") + "u" * (size - 20))),
        ).body
        for op_id, (is_target, size) in made.items()
    ]
    assert len(pages.store_from_peer(replica, bodies, unit_scope(UNIT))) == len(bodies)
    return [op_id for op_id, (is_target, _) in made.items() if is_target]


@given(own_visits, pulled_visits)
def test_the_files_of_a_laptop_keep_no_byte(
    written: list[tuple[bool, int, int]], pulled: list[tuple[bool, int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "fsmobile.db").write_bytes(enrolled_laptop())
        replica = open_store(folder / "fsmobile.db", FakeClock(), SeededChance(len(written)))
        replica.connection.execute("PRAGMA synchronous = OFF")
        desk = open_desk(replica, Catalogue(), {})
        desk.agent_id = AgentId("agent-a")
        targets = record_all(desk, written) + pull_all(replica, pulled)
        assert bool(files_with_the_mark(folder)) is bool(targets)
        with replica.write() as connection:
            erasure.erase_here(connection, targets)
        assert erasure.scrub(replica)
        assert files_with_the_mark(folder) == []
        assert check_store(replica).is_sound
        assert len(visits.list_visits(desk)) == len(written) + len(pulled) - len(targets)
        replica.close()


def test_deleting_alone_leaves_bytes_behind(tmp_path: Path) -> None:
    """Why the file is written anew; when SQLite mends this, `scrub` may become cheaper."""
    found = 0
    for seed in range(12):
        path = tmp_path / f"{seed}.db"
        path.write_bytes(enrolled_laptop())
        connection = database.open_database(path)
        connection.execute("PRAGMA synchronous = OFF")
        for number in range(20 + seed):
            body = (MARK if number % 3 else "rien") + "x" * (number * 97 % (400 + 40 * seed))
            connection.execute(
                "INSERT INTO remote VALUES (?, 1, '', '', '', '', ?, x'00')",
                (f"{number * 7919 % 1009:04}", body.encode()),
            )
        connection.execute("UPDATE remote SET body = NULL WHERE instr(body, ?)", (MARK.encode(),))
        assert database.truncate_log(connection)
        connection.close()
        found += MARK.encode() in path.read_bytes()
    assert found


def test_another_program_that_reads_delays_the_word_and_the_next_sync_gives_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(database, "BUSY_MS", 50)
    registry = a_registry()
    laptop = a_laptop(registry, path=tmp_path / "fsmobile.db")
    targets = record_all(laptop.desk, [(True, 200, 1)])
    laptop.sync()
    erase(registry, targets, "demande")
    reader = sqlite3.connect(tmp_path / "fsmobile.db", isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM op").fetchone()
    laptop.sync()
    assert visits.list_visits(laptop.desk) == []
    assert orders.load_done(laptop.replica) == {}
    assert files_with_the_mark(tmp_path)
    reader.execute("ROLLBACK")
    laptop.sync()
    assert files_with_the_mark(tmp_path) == []
    assert orders.load_done(laptop.replica)
    reader.close()


def test_the_copy_made_before_a_migration_goes_in_the_same_act(tmp_path: Path) -> None:
    registry = a_registry()
    laptop = a_laptop(registry, path=tmp_path / "fsmobile.db")
    targets = record_all(laptop.desk, [(True, 200, 0), (False, 30, 0)])
    copy = sqlite3.connect(tmp_path / "fsmobile.before-migration.db")
    laptop.replica.connection.backup(copy)
    copy.close()
    laptop.sync()
    erase(registry, targets, "demande")
    laptop.sync()
    assert files_with_the_mark(tmp_path) == []
    assert queries.load_sync_state(laptop.replica).waiting == 0
