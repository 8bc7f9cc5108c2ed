"""A page stored at once leaves what its ops leave that are stored one by one, in any order."""

import json
from random import Random

import pytest
from msgspec.structs import replace
from worlds import UNIT, FakeClock, Laptop, SeededChance, a_laptop, a_registry, a_visit

from fsmobile.protocol.chain import hash_body
from fsmobile.protocol.messages import ErasedOp, PulledOp
from fsmobile.protocol.ops import read_op
from fsmobile.protocol.scopes import unit_scope
from fsmobile.store.arrivals import store_arrived
from fsmobile.store.replica import Replica, open_store
from fsmobile.usecases import visits

TABLES = ("remote", "erased", "visit", "enquiry", "figure_day", "unreadable")


@pytest.fixture(scope="module")
def page() -> list[PulledOp]:
    """Visits, some corrected, voided, erased; twice the same op, one that is none."""
    laptop = a_laptop(a_registry(), clock=FakeClock())
    ids = [visits.record_visit(laptop.desk, a_visit(minutes=5 * n)) for n in range(1, 13)]
    for visit_id in ids[::3]:
        visits.correct_visit(laptop.desk, visit_id, {"minutes": 45})
    visits.void_visit(laptop.desk, ids[3], "double")
    visits.correct_visit(laptop.desk, ids[4], {"minutes": 50})
    items = [PulledOp(gsn, 0, body) for gsn, body in enumerate(bodies_of(laptop), start=1)]
    erased = ErasedOp(ids[4], hash_body(items[4].body or b""))
    return [*items, PulledOp(90, 0, None, erased), items[5], PulledOp(91, 0, b"{}")]


def bodies_of(laptop: Laptop) -> list[bytes]:
    rows = laptop.replica.connection.execute("SELECT body FROM op ORDER BY seq").fetchall()
    return [body for (body,) in rows]


def stored(pages: list[list[PulledOp]]) -> tuple[Replica, int]:
    """Store pages in an empty store; return it, and how many ops were new."""
    replica, new = open_store(":memory:", FakeClock(), SeededChance()), 0
    for items in pages:
        with replica.write() as connection:
            given = [(item, unit_scope(UNIT)) for item in items]
            found = store_arrived(connection, given, keeps_names=True, are_numbered=True)
            new += len(found)
    return replica, new


def contents(replica: Replica) -> str:
    """Return all that the tables hold, and what the index finds."""
    connection = replica.connection
    rows = {
        table: sorted(map(repr, connection.execute(f"SELECT * FROM {table}"))) for table in TABLES
    }
    found = connection.execute(
        "SELECT rowid, kind, entity FROM search WHERE search MATCH 'cnav OR \"l=16196\"'"
    )
    return json.dumps([rows, sorted(map(repr, found))], indent=1)


def test_a_page_stored_at_once_is_its_ops_stored_one_by_one(page: list[PulledOp]) -> None:
    at_once, new = stored([page])
    one_by_one, as_new = stored([[item] for item in page])
    assert contents(at_once) == contents(one_by_one)
    assert new == as_new == len(page) - 3
    assert at_once.connection.execute("SELECT count(*) FROM visit").fetchone() == (11,)


def test_a_page_leaves_the_same_in_whatever_order_it_comes(page: list[PulledOp]) -> None:
    whole, _ = stored([page])
    kept = [item for item in page if not is_about(item, page[4])]
    expected = contents(stored([kept])[0])
    for seed in range(20):
        shuffled = kept[:]
        Random(seed).shuffle(shuffled)
        cut = seed % len(shuffled)
        assert contents(stored([shuffled[:cut], shuffled[cut:]])[0]) == expected
    assert contents(whole) != expected


def is_about(item: PulledOp, visit: PulledOp) -> bool:
    """Tell whether an op is that visit, or on it; what is erased first leaves no body at all."""
    visit_id = read_op(visit.body or b"").op_id
    if item.erased is not None:
        return item.erased.op_id == visit_id
    return item.body is not None and visit_id.encode() in item.body


def test_nothing_is_new_the_second_time(page: list[PulledOp]) -> None:
    kept = [item for item in page if not is_about(item, page[4])]
    replica, _ = stored([kept])
    before = contents(replica)
    with replica.write() as connection:
        given = [(item, unit_scope(UNIT)) for item in kept]
        again = store_arrived(connection, given, keeps_names=True, are_numbered=True)
    assert (again, contents(replica)) == ([], before)


def test_a_number_is_that_of_the_history_that_is_read_on(page: list[PulledOp]) -> None:
    """Out of a history that is lost, or by hand, it says nothing; handed out here, it counts."""
    item = next(item for item in page if item.body is not None)
    replica = open_store(":memory:", FakeClock(), SeededChance())
    seen = []
    for gsn, are_numbered in ((7, False), (5, True), (9, False), (3, True)):
        with replica.write() as connection:
            given = [(replace(item, gsn=gsn), unit_scope(UNIT))]
            store_arrived(connection, given, keeps_names=True, are_numbered=are_numbered)
            seen += connection.execute("SELECT gsn FROM remote").fetchone()
    assert seen == [0, 5, 5, 3]


def test_an_own_op_that_is_handed_out_was_not_refused() -> None:
    laptop = a_laptop(a_registry(), clock=FakeClock())
    visit_id = visits.record_visit(laptop.desk, a_visit())
    (body,) = bodies_of(laptop)

    def refusals_after_a_page(*, are_numbered: bool) -> int:
        with laptop.replica.write() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO outcome (op_id, code, detail) VALUES (?, 'rejected', '{}')",
                (visit_id,),
            )
            given = [(PulledOp(7, 0, body), unit_scope(UNIT))]
            store_arrived(connection, given, keeps_names=True, are_numbered=are_numbered)
            (count,) = connection.execute("SELECT count(*) FROM outcome").fetchone()
        return int(count)

    assert refusals_after_a_page(are_numbered=False) == 1
    assert refusals_after_a_page(are_numbered=True) == 0
