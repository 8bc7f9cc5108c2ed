"""The door lets in what can be answered soon, whatever the machine's pace."""

from fsmobile.registry.admission import ALWAYS_ROOM, RETRY_SECONDS, WAIT_MAX_SECONDS, Door


def settled(rate: float, room: int = 256) -> Door:
    """A door that has seen so many answers a second for a while."""
    door = Door(room)
    for _ in range(200):
        door.leave(door.enter(), 1 / rate)
    return door


def fill(door: Door) -> int:
    while door.has_room():
        door.enter()
    return door.inside


def test_a_quick_registry_takes_as_many_as_it_was_told() -> None:
    assert fill(settled(rate=1000)) == 256


def test_a_slower_one_takes_what_it_answers_soon() -> None:
    assert fill(settled(rate=100)) == 100 * WAIT_MAX_SECONDS


def test_a_stuck_one_still_takes_a_commit_s_worth() -> None:
    assert fill(settled(rate=0.1)) == ALWAYS_ROOM


def test_who_is_sent_away_comes_back_when_those_inside_are_done_and_not_all_at_once() -> None:
    door = settled(rate=10)
    fill(door)
    waits = {door.come_back_after(bytes([byte])) for byte in range(256)}
    assert min(waits) == 7  # 64 inside, 10 a second
    assert max(waits) - min(waits) == 29


def test_before_the_first_answer_nothing_is_known_of_the_pace() -> None:
    assert fill(Door(3)) == 3
    assert Door(3).come_back_after(b"\0") == RETRY_SECONDS
