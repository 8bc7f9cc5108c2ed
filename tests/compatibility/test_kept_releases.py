"""Stores and exchanges of every release so far: this program opens, shows and applies them."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest
from worlds import PASSAGE, FakeClock, SeededChance

from fsmobile.core.catalogue import Catalogue
from fsmobile.core.passages import PassageReason, PassageStatus
from fsmobile.protocol import messages
from fsmobile.protocol.certificates import device_id_of
from fsmobile.protocol.chain import hash_body, next_chain
from fsmobile.protocol.envelope import PROTOCOL, unseal
from fsmobile.protocol.messages import SyncReply
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.records import Held, read_record
from fsmobile.protocol.signatures import verify
from fsmobile.store import database, drafts, pages, queries
from fsmobile.store.cursors import load_reading
from fsmobile.store.projections import rebuild
from fsmobile.store.replica import Replica, open_store
from fsmobile.usecases.desk import open_desk

KEPT = Path(__file__).parent / "kept"
RELEASES = sorted(path.name for path in KEPT.iterdir())


@pytest.fixture(params=RELEASES)
def release(request: pytest.FixtureRequest) -> Path:
    return KEPT / str(request.param)


@pytest.fixture
def replica(release: Path, tmp_path: Path) -> Replica:
    shutil.copy(release / "store.db", tmp_path / "store.db")
    return open_store(tmp_path / "store.db", FakeClock(), SeededChance())


def _facts(release: Path) -> dict[str, str]:
    facts: dict[str, str] = json.loads((release / "facts.json").read_text(encoding="utf-8"))
    return facts


def _check_what_it_shows(replica: Replica) -> None:
    rows = {row.state.visit.minutes: row.state for row in queries.list_visits(replica)}
    assert sorted(rows) == [3, 7, 20]
    assert (rows[20].visit.people, rows[20].corrections, rows[20].needs_review) == (2, 1, False)
    assert (rows[3].is_void, rows[3].void_reason) == (True, "doublon")
    assert rows[7].visit.note == "imprimer « réversion »"
    passage = queries.load_passage(replica, PASSAGE)
    assert (passage.status, passage.reason) == (PassageStatus.CUT_SHORT, PassageReason.WEATHER)
    assert passage.tally.met == 4


def test_a_kept_store_opens_and_shows_what_was_recorded(replica: Replica) -> None:
    _check_what_it_shows(replica)
    assert [one.state for one in drafts.list_drafts(replica)] == ['{"note":"reprendre"}']
    assert queries.load_sync_state(replica).waiting_visits == 2
    assert open_desk(replica, Catalogue(), {}).unit_id == "bus-charente/bus-1"


def test_a_kept_store_is_copied_before_it_is_changed_and_the_bytes_are_counted(
    release: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "store.db"
    shutil.copy(release / "store.db", store)
    monkeypatch.setattr(database, "_COPIED_PAGES", 2)
    told: list[tuple[int, int]] = []
    for _opening in range(2):
        with open_store(
            store, FakeClock(), SeededChance(), None, lambda done, total: told.append((done, total))
        ).connection:
            size = (release / "store.db").stat().st_size
            assert told[-1] == (size, size)
            assert len(told) == len(set(told)) == -(-size // (2 * 4096))
    assert database.backup_of(store).stat().st_size == size


def test_its_facts_alone_give_the_same_again(replica: Replica) -> None:
    assert rebuild(replica) > 0
    _check_what_it_shows(replica)


def test_a_kept_request_is_understood_to_the_last_op(release: Path) -> None:
    payload, signature = unseal((release / "request.bin").read_bytes())
    laptop_key = bytes.fromhex(_facts(release)["laptop_key"])
    assert verify(laptop_key, payload, signature)
    request = messages.decode_request(payload)
    assert request.protocol <= PROTOCOL
    assert request.device_id == device_id_of(laptop_key)
    chain = request.writer.previous
    for seq, body in enumerate(request.writer.ops, start=request.writer.first_seq):
        assert isinstance(body, bytes)
        op = read_op(body)
        assert not isinstance(read_record(op), Held)
        chain = next_chain(chain, seq, op.op_id, hash_body(body))
    assert chain == request.writer.head
    assert len(request.writer.ops) == 7


def test_a_kept_reply_is_applied_to_the_kept_store(release: Path, replica: Replica) -> None:
    payload, signature = unseal((release / "reply.bin").read_bytes())
    registry_key = bytes.fromhex(_facts(release)["registry_key"])
    assert verify(registry_key, payload, signature)
    reply = messages.decode_answered(payload).answer
    assert isinstance(reply, SyncReply)
    assert verify(registry_key, reply.receipt.message(), reply.receipt.signature)
    applied = pages.apply_reply(replica, reply, load_reading(replica))
    assert applied.received_kinds.count("visit.record") == 2
    assert queries.load_sync_state(replica).waiting == 0
    assert pages.apply_reply(replica, reply, load_reading(replica)).received_kinds == []
    _check_what_it_shows(replica)


def test_a_kept_store_has_no_unfinished_log_beside_it(release: Path) -> None:
    assert {path.name for path in release.iterdir()} == {
        "store.db",
        "request.bin",
        "reply.bin",
        "facts.json",
    }
    connection = sqlite3.connect(f"{(release / 'store.db').as_uri()}?immutable=1", uri=True)
    assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    connection.close()
