"""A store put back from a copy goes on under a new writer."""

import shutil

import pytest
from worlds import a_laptop, a_registry, a_visit

from fsmobile.store import ops
from fsmobile.store.instance import check_instance, rotate_instance
from fsmobile.store.replica import open_store
from fsmobile.usecases import visits


@pytest.fixture
def nonce(tmp_path):
    return tmp_path / "instance"


def test_a_first_day_is_no_restore(nonce):
    laptop = a_laptop(a_registry())
    assert check_instance(laptop.replica, nonce) is False
    assert check_instance(laptop.replica, nonce) is False
    assert len(ops.list_writers(laptop.replica)) == 1


def test_a_store_put_back_opens_a_new_writer_before_anything_is_recorded(tmp_path, nonce):
    registry = a_registry()
    laptop = a_laptop(registry, path=tmp_path / "laptop.db")
    check_instance(laptop.replica, nonce)
    visits.record_visit(laptop.desk, a_visit())
    laptop.sync()
    rotate_instance(laptop.replica, nonce)
    before = ops.list_writers(laptop.replica)[-1].writer
    laptop.replica.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    shutil.copy(tmp_path / "laptop.db", tmp_path / "copy.db")
    visits.record_visit(laptop.desk, a_visit())
    laptop.sync()
    rotate_instance(laptop.replica, nonce)
    restored = a_laptop(registry, path=":memory:", seed=9, name="other")
    restored.replica.connection.close()
    replica = open_store(tmp_path / "copy.db", registry.clock, restored.replica.chance)
    assert check_instance(replica, nonce) is True
    writers = ops.list_writers(replica)
    assert [writers[-1].writer == before, len(writers)] == [False, 2]
    assert check_instance(replica, nonce) is False


def test_a_lost_nonce_file_is_taken_for_a_restore(nonce):
    laptop = a_laptop(a_registry())
    check_instance(laptop.replica, nonce)
    nonce.unlink()
    assert check_instance(laptop.replica, nonce) is True
