"""What is recorded is whole and stays: crashes, full disks, two writers, kill -9."""

import os
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
from worlds import FakeClock, SeededChance, a_laptop, a_registry, a_visit

from fsmobile.core.ids import AgentId
from fsmobile.errors import NotAllowed, OutOfStep, StoreBusy, StoreFull, StoreTooNew
from fsmobile.protocol.chain import first_chain, next_chain
from fsmobile.store import database, drafts, ops, queries
from fsmobile.store.key_header import is_plain
from fsmobile.store.locks import try_lock
from fsmobile.store.migrations import MIGRATIONS
from fsmobile.store.ops import NewOp
from fsmobile.store.replica import open_store
from fsmobile.usecases import visits
from fsmobile.usecases.desk import Desk
from tools.store_schema import SCHEMA_PAGE, schema_text


def _files(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def _image(connection: sqlite3.Connection) -> list[str]:
    return list(connection.iterdump())


def _record_until_full(desk: Desk) -> int:
    for recorded in range(3000):
        try:
            visits.record_visit(desk, a_visit(note="x" * 400))
        except StoreFull:
            return recorded
    raise AssertionError("the disk never filled")


def test_a_crash_at_any_statement_leaves_nothing_half_written(tmp_path: Path) -> None:
    machine = a_laptop(a_registry(), path=tmp_path / "store.db")
    connection = machine.replica.connection
    draft = drafts.new_draft_id(machine.replica)
    drafts.save_draft(machine.replica, draft, "{}")
    before = _image(connection)
    strikes = 0
    while True:
        left = strikes

        def authorize(action: int, *_: object) -> int:
            nonlocal left
            if action in (sqlite3.SQLITE_INSERT, sqlite3.SQLITE_UPDATE, sqlite3.SQLITE_DELETE):
                left -= 1
                return sqlite3.SQLITE_DENY if left < 0 else sqlite3.SQLITE_OK
            return sqlite3.SQLITE_OK

        connection.set_authorizer(authorize)
        try:
            visits.record_visit(machine.desk, a_visit(), draft_id=draft)
        except sqlite3.DatabaseError:
            connection.set_authorizer(None)
            assert not connection.in_transaction
            assert _image(connection) == before
            strikes += 1
            continue
        break
    connection.set_authorizer(None)
    assert strikes >= 3, "the op, its projections and its draft are separate statements"
    assert len(queries.list_visits(machine.replica)) == 1
    assert drafts.list_drafts(machine.replica) == []


def test_a_store_of_a_newer_program_is_refused_and_not_touched(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    open_store(path, FakeClock(), SeededChance()).close()
    connection = sqlite3.connect(path)
    connection.execute(
        "INSERT INTO _sqlite_migrations (migration_set, name, applied_at)"
        " VALUES ('fsmobile', 'holograms', '2031-01-01')"
    )
    connection.commit()
    connection.close()
    before = _files(tmp_path)
    with pytest.raises(StoreTooNew) as caught:
        open_store(path, FakeClock(), SeededChance())
    assert caught.value.params["migration"] == "holograms"
    assert _files(tmp_path) == before


@pytest.mark.parametrize("content", [b"not a database at all, but long enough" * 40, b"\0" * 4096])
def test_a_file_that_is_no_store_is_refused_and_not_touched(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "store.db"
    path.write_bytes(content)
    with pytest.raises(OutOfStep, match="store_cannot_open"):
        open_store(path, FakeClock(), SeededChance())
    assert path.read_bytes() == content


def test_a_power_cut_while_the_store_is_made_leaves_one_that_can_be_made(tmp_path: Path) -> None:
    made, left = tmp_path / "made.db", tmp_path / "store.db"
    connection = sqlite3.connect(made, isolation_level=None)
    # So small a cache lets pages reach the file before the end of the transaction.
    connection.execute("PRAGMA cache_size = 1")
    connection.execute("BEGIN")
    connection.execute("CREATE TABLE half (x)")
    connection.executemany("INSERT INTO half VALUES (?)", [("x" * 1000,)] * 100)
    left.with_name("store.db-journal").write_bytes((tmp_path / "made.db-journal").read_bytes())
    left.write_bytes(bytes(4096) + made.read_bytes()[4096:])
    connection.close()
    assert left.stat().st_size > 4096
    assert is_plain(left)
    machine = a_laptop(a_registry(), path=left)
    visits.record_visit(machine.desk, a_visit())
    assert machine.replica.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    machine.replica.close()


def test_every_migration_runs_in_its_order() -> None:
    db = database.open_database(":memory:")
    applied = db.execute(
        "SELECT name FROM _sqlite_migrations WHERE migration_set = 'fsmobile' ORDER BY id"
    ).fetchall()
    assert [name for (name,) in applied] == [*MIGRATIONS]


def test_the_page_of_the_schema_is_what_the_migrations_make() -> None:
    assert SCHEMA_PAGE.read_text(encoding="utf-8") == schema_text()


def test_a_full_disk_refuses_the_visit_and_keeps_the_draft(tmp_path: Path) -> None:
    machine = a_laptop(a_registry(), path=tmp_path / "store.db")
    draft = drafts.new_draft_id(machine.replica)
    drafts.save_draft(machine.replica, draft, '{"note":"imprimer"}')
    connection = machine.replica.connection
    (pages,) = connection.execute("PRAGMA page_count").fetchone()
    connection.execute(f"PRAGMA max_page_count = {pages}")
    recorded = _record_until_full(machine.desk)
    with pytest.raises(StoreFull):
        visits.record_visit(machine.desk, a_visit(note="y" * 400), draft_id=draft)
    assert [one.draft_id for one in drafts.list_drafts(machine.replica)] == [draft]
    assert len(queries.list_visits(machine.replica)) == recorded
    connection.execute("PRAGMA max_page_count = 100000")
    visits.record_visit(machine.desk, a_visit(), draft_id=draft)
    assert drafts.list_drafts(machine.replica) == []


@pytest.mark.skipif(
    sys.platform != "linux" or os.getuid() != 0, reason="mounting a small disk takes Linux and root"
)
def test_a_really_full_disk_is_told_as_such(tmp_path: Path) -> None:
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=768k", "tmpfs", str(disk)], check=False
    )
    if mounted.returncode:
        pytest.skip("this machine does not let us mount a disk")
    try:
        machine = a_laptop(a_registry(), path=disk / "store.db")
        kept = _record_until_full(machine.desk)
        assert len(queries.list_visits(machine.replica)) == kept
        machine.replica.close()
        again = open_store(disk / "store.db", FakeClock(), SeededChance())
        assert len(queries.list_visits(again)) == kept > 0
        assert again.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        again.close()
    finally:
        subprocess.run(["umount", str(disk)], check=True)


WRITER = """
import sys
from datetime import date, time
from pathlib import Path
from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.core.catalogue import Catalogue
from fsmobile.core.visits import Enquiry, HelpKind, Outcome, Visit, Whereabouts
from fsmobile.store.replica import open_store
from fsmobile.usecases.desk import open_desk
from fsmobile.usecases.visits import record_visit
path, count = Path(sys.argv[1]), int(sys.argv[2])
desk = open_desk(open_store(path, SystemClock(), SystemChance()), Catalogue(), {})
printed = Enquiry(procedure="acte-impression", help=HelpKind.INFORMATION, outcome=Outcome.RESOLVED)
visit = Visit(
    whereabouts=Whereabouts.BASE, passage_id=None, insee_code=None, minutes=5,
    service_date=date(2026, 11, 26), starts=time(14, 5), enquiries=(printed,),
)
for _ in range(count):
    sys.stdout.write(record_visit(desk, visit) + "\\n")
    sys.stdout.flush()
"""


def _write_in_a_process(path: Path, count: int) -> "subprocess.Popen[str]":
    arguments = [sys.executable, "-c", WRITER, str(path), str(count)]
    return subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)


def _check_chain(path: Path) -> list[str]:
    replica = open_store(path, FakeClock(), SeededChance())
    connection = replica.connection
    (device_id,) = connection.execute(
        "SELECT value FROM meta WHERE key = 'enrol.device_id'"
    ).fetchone()
    (writer,) = connection.execute("SELECT writer FROM writer").fetchone()
    chain = first_chain(device_id, writer)
    rows = connection.execute("SELECT seq, op_id, hash, chain FROM op ORDER BY seq").fetchall()
    for position, (seq, op_id, body_hash, stored) in enumerate(rows, start=1):
        assert seq == position
        chain = next_chain(chain, seq, op_id, body_hash)
        assert chain == stored
    shown = {row.state.visit_id for row in queries.list_visits(replica)}
    assert shown == {op_id for _, op_id, _, _ in rows}
    replica.close()
    return [op_id for _, op_id, _, _ in rows]


def test_two_programs_that_write_at_once_make_one_chain(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    a_laptop(a_registry(), path=path).replica.close()
    writers = [_write_in_a_process(path, 40) for _ in range(2)]
    told = [writer.communicate(timeout=60)[0].split() for writer in writers]
    assert [writer.returncode for writer in writers] == [0, 0]
    assert sorted(_check_chain(path)) == sorted([*told[0], *told[1]])
    assert len(told[0]) == len(told[1]) == 40


def test_what_was_confirmed_survives_kill_9(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    a_laptop(a_registry(), path=path).replica.close()
    confirmed: list[str] = []
    for cycle in range(20):
        writer = _write_in_a_process(path, 10_000)
        assert writer.stdout is not None
        for _ in range(1 + cycle % 7):
            confirmed.append(writer.stdout.readline().strip())
        writer.send_signal(signal.SIGKILL)
        # What was confirmed before the signal arrived may still lie in the pipe.
        confirmed += [line for line in writer.stdout.read().split() if len(line) == 36]
        writer.stdout.close()
        writer.wait(timeout=30)
    assert set(confirmed) <= set(_check_chain(path))
    assert len(confirmed) >= 20


def test_a_held_store_is_told_as_busy(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "store.db"
    monkeypatch.setattr(database, "BUSY_MS", 50)
    machine = a_laptop(a_registry(), path=path)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    begun = time.monotonic()
    with pytest.raises(StoreBusy):
        visits.record_visit(machine.desk, a_visit())
    assert time.monotonic() - begun < 5
    other.execute("ROLLBACK")
    other.close()
    visits.record_visit(machine.desk, a_visit())


def test_a_lock_is_for_one_and_ends_with_its_holder(tmp_path: Path) -> None:
    path = tmp_path / "screen.lock"
    held = try_lock(path)
    assert held is not None
    assert try_lock(path) is None
    held.release()
    again = try_lock(path)
    assert again is not None
    again.release()
    with pytest.raises(StoreFull):
        try_lock(tmp_path / "absent" / "screen.lock")
    path.write_bytes(b"no lock of ours\n" * 10)
    with pytest.raises(OutOfStep, match="store_cannot_open"):
        try_lock(path)


def test_nothing_is_recorded_before_the_laptop_is_enrolled() -> None:
    replica = open_store(":memory:", FakeClock(), SeededChance())
    new = NewOp(kind="x.y", schema=1, scope="unit:a/b", agent_id=AgentId("a"), data=b"{}")
    with pytest.raises(NotAllowed, match="not_enrolled"):
        ops.append(replica, new)
    assert replica.connection.execute("SELECT count(*) FROM op").fetchone() == (0,)


def test_the_clock_of_corrections_goes_on_under_a_new_writer() -> None:
    clock = FakeClock()
    machine = a_laptop(a_registry(clock), clock=clock)
    visit_id = visits.record_visit(machine.desk, a_visit(minutes=10))
    visits.correct_visit(machine.desk, visit_id, {"minutes": 20})
    assert machine.sync().is_complete
    (writer,) = ops.list_writers(machine.replica)
    clock.ms = 0
    ops.open_writer(machine.replica, writer.writer, writer.acked_seq, "replay")
    assert visits.correct_visit(machine.desk, visit_id, {"minutes": 30}).visit.minutes == 30
