"""Where a laptop stands: moved by the reply to what it asked, along one history."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from worlds import FakeClock, SeededChance

from fsmobile.protocol.history import FIRST_HISTORY
from fsmobile.protocol.messages import HistoryPoint, Pull, Receipt, SyncReply
from fsmobile.store.cursors import Reading, leads_on, load_reading, move_on
from fsmobile.store.replica import Replica, open_store


@pytest.fixture
def replica() -> Replica:
    return open_store(":memory:", FakeClock(), SeededChance())


def a_reply(gsn: int, *, history: bytes | None = None, shared: int | None = None) -> SyncReply:
    receipt = Receipt(epoch=b"e", writer=b"w", seq=0, chain=b"c", gsn=gsn, now=0)
    return SyncReply(
        epoch=b"e",
        now=0,
        receipt=receipt,
        history=b"h%d" % gsn if history is None else history,
        shared=shared,
        pull=Pull(scopes=["ref"], cursors={"ref": gsn}),
    )


def move(replica: Replica, reply: SyncReply, asked: Reading | None = None) -> Reading:
    with replica.write() as connection:
        if leads_on(connection, reply, asked or load_reading(replica)):
            move_on(connection, reply)
    return load_reading(replica)


def test_a_first_reply_leaves_its_point_and_the_one_that_all_histories_share(
    replica: Replica,
) -> None:
    assert load_reading(replica) == Reading(cursors={})
    assert move(replica, a_reply(5)) == Reading(
        cursors={"ref": 5}, points=(HistoryPoint(5, b"h5"), HistoryPoint(0, FIRST_HISTORY))
    )


def test_a_reply_to_what_was_asked_elsewhere_moves_nothing(replica: Replica) -> None:
    elsewhere = load_reading(replica)
    here = move(replica, a_reply(5))
    assert move(replica, a_reply(9), elsewhere) == here
    other_history = Reading(cursors={"ref": 5}, points=(HistoryPoint(5, b"other"),))
    assert move(replica, a_reply(9), other_history) == here
    assert move(replica, a_reply(9), here).cursors == {"ref": 9}


def test_points_after_the_shared_one_are_forgotten(replica: Replica) -> None:
    for gsn in (5, 7, 8):
        move(replica, a_reply(gsn))
    points = move(replica, a_reply(6, shared=5)).points
    assert [(point.gsn, point.history) for point in points] == [
        (6, b"h6"),
        (5, b"h5"),
        (0, FIRST_HISTORY),
    ]


def test_a_registry_without_histories_takes_the_points_away(replica: Replica) -> None:
    move(replica, a_reply(5))
    assert move(replica, a_reply(9, history=b"")) == Reading(cursors={"ref": 9})


def test_a_scope_that_is_no_longer_handed_out_is_forgotten(replica: Replica) -> None:
    """It would count in another history if it were handed out again."""
    with replica.write() as connection:
        connection.execute("INSERT INTO cursor VALUES ('unit:a/b', 3)")
    assert move(replica, a_reply(5)).cursors == {"ref": 5}


@given(steps=st.lists(st.integers(1, 5_000), min_size=1, max_size=200), data=st.data())
def test_few_points_are_kept_and_one_is_never_far_before_a_loss(
    steps: list[int], data: st.DataObject
) -> None:
    replica = open_store(":memory:", FakeClock(), SeededChance())
    reached = [0]
    for step in steps:
        reached.append(reached[-1] + step)
        move(replica, a_reply(reached[-1]))
    kept = [point.gsn for point in load_reading(replica).points]
    assert len(kept) <= reached[-1].bit_length() + 2
    lost_after = data.draw(st.integers(0, reached[-1]))
    best = max(gsn for gsn in reached if gsn <= lost_after)
    found = max(gsn for gsn in kept if gsn <= lost_after)
    # What is read again is at most so many times what would be if each point were kept.
    assert reached[-1] - found <= 8 * (reached[-1] - best)
    replica.close()
