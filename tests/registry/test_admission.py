"""The door lets in what can be answered soon, whatever the machine's pace."""

from fsmobile.registry.admission import ALWAYS_ROOM, WAIT_MAX_SECONDS, Door


def settled(rate: float, room: int = 256) -> Door:
    """A door that has seen so many answers a second for a while, one after the other."""
    door, now = Door(room), 0.0
    for _ in range(int(60 * max(rate, 1))):
        door.enter(now)
        now += 1 / rate
        door.leave(now)
    return door


def fill(door: Door, now: float = 0) -> int:
    while door.has_room():
        door.enter(now)
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


def test_a_slow_first_answer_sends_nobody_away() -> None:
    door = Door(256)
    for _ in range(128):
        door.enter(0)
    door.leave(0.4)
    assert fill(door, now=0.4) > 200


def test_answers_of_one_commit_count_as_many_as_they_are() -> None:
    door = Door(256)
    for _ in range(128):
        door.enter(0)
    for commit in range(1, 200):
        for _ in range(64):
            door.leave(commit * 0.5)
            door.enter(commit * 0.5)
    assert fill(door, now=100) == 128 * WAIT_MAX_SECONDS


def test_the_hours_without_work_say_nothing_of_the_pace() -> None:
    door = settled(rate=100)
    door.enter(50_000)
    door.leave(50_000.01)
    assert fill(door, now=50_000.01) == 100 * WAIT_MAX_SECONDS
