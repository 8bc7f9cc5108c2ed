"""When the next exchange goes by itself, on clocks that obey."""

from datetime import date, timedelta
from statistics import mean

from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.local_time import to_utc
from fsmobile.errors import (
    BadSignature,
    FsmobileError,
    NotAllowed,
    RegistryUnreachable,
    RepeatedFork,
    StoreBusy,
)
from fsmobile.simulation.ports import START_MS, SeededChance, VirtualClock
from fsmobile.sync import pacing
from fsmobile.sync.pacing import MINUTE_MS, SECOND_MS, Pace, Why
from fsmobile.usecases.desk import local_time

DAY = date(2026, 11, 26)
FAR_EVENING = START_MS + 9 * 60 * MINUTE_MS
ERRORS: list[FsmobileError] = [
    RegistryUnreachable("registry_unreachable", detail="x"),
    RegistryUnreachable("registry_busy", after=30),
    RegistryUnreachable("registry_busy", after=10**9),
    StoreBusy("sync_running"),
    NotAllowed("device_revoked"),
    BadSignature("answer_not_signed"),
    RepeatedFork("repeated_fork"),
    FsmobileError("sync_crashed"),
]


def gone_through(now: int, seed: int = 1, **wish: int) -> Pace:
    return pacing.gone_through(now, SeededChance(seed), evening_ms=FAR_EVENING, **wish)


def offline(pace: Pace, now: int, seed: int = 1) -> Pace:
    error = RegistryUnreachable("registry_unreachable")
    return pacing.failed(pace, error, now, SeededChance(seed))


def test_small_exchanges_go_by_themselves_every_quarter_of_an_hour_at_most() -> None:
    for seed in range(200):
        pace = gone_through(START_MS, seed)
        assert 15 * MINUTE_MS <= pace.next_ms - START_MS <= 16 * MINUTE_MS
        assert pace.why is Why.INTERVAL


@given(
    st.lists(st.sampled_from([None, "press", "departure", *ERRORS]), min_size=1, max_size=60),
    st.integers(min_value=0),
)
def test_whatever_happens_there_is_a_next_try_within_an_hour_and_a_bit(
    events: list[FsmobileError | str | None], seed: int
) -> None:
    clock, chance = VirtualClock(), SeededChance(seed)
    pace = pacing.first_pace(clock.now_ms(), chance)
    for event in events:
        if event is None:
            pace = pacing.gone_through(
                clock.ms, chance, evening_ms=FAR_EVENING, after_seconds=10**9, spread_seconds=10**9
            )
        elif event == "press":
            pace = pacing.pressed(pace)
        elif event == "departure":
            pace = pacing.passage_ended(pace, clock.ms, chance)
        else:
            assert isinstance(event, FsmobileError)
            pace = pacing.failed(pace, event, clock.ms, chance)
        wait = pace.next_ms - clock.ms
        assert 0 <= wait <= pacing.LONGEST_MS
        assert not pacing.is_due(pace, pace.next_ms - 1) or wait == 0
        clock.ms = max(clock.ms, pace.next_ms)
        assert pacing.is_due(pace, clock.ms)


def test_the_backoff_doubles_to_a_quarter_of_an_hour_with_full_jitter() -> None:
    waits: list[list[int]] = [[] for _ in range(14)]
    for seed in range(400):
        pace, chance = gone_through(START_MS, seed), SeededChance(seed)
        for row in waits:
            error = RegistryUnreachable("registry_unreachable")
            pace = pacing.failed(pace, error, START_MS, chance)
            row.append(pace.next_ms - START_MS)
    for failure, row in enumerate(waits):
        longest = min(15 * MINUTE_MS, 2 * SECOND_MS * 2**failure)
        assert 0 <= min(row) < longest / 10
        assert longest * 0.9 < max(row) <= longest
        assert 0.4 * longest < mean(row) < 0.6 * longest


def test_what_the_registry_asks_for_is_waited_for_and_up_to_a_fifth_more() -> None:
    busy = RegistryUnreachable("registry_busy", after=100)
    waits = [
        pacing.failed(gone_through(START_MS), busy, START_MS, SeededChance(seed)).next_ms - START_MS
        for seed in range(300)
    ]
    assert min(waits) >= 100 * SECOND_MS
    assert 118 * SECOND_MS < max(waits) <= 120 * SECOND_MS


def test_a_registry_that_asks_for_years_is_asked_again_after_an_hour() -> None:
    busy = RegistryUnreachable("registry_busy", after=10**12)
    pace = pacing.failed(gone_through(START_MS), busy, START_MS, SeededChance(1))
    assert 60 * MINUTE_MS <= pace.next_ms - START_MS <= 72 * MINUTE_MS


def test_a_good_answer_may_ask_for_patience_too() -> None:
    pace = gone_through(START_MS, after_seconds=1800, spread_seconds=60)
    assert pace.why is Why.ASKED
    assert 30 * MINUTE_MS <= pace.next_ms - START_MS <= 31 * MINUTE_MS
    # A passage that is closed meanwhile does not go before it.
    later = pacing.passage_ended(pace, START_MS + MINUTE_MS, SeededChance(2))
    assert later.next_ms >= START_MS + 30 * MINUTE_MS


def test_a_press_begins_the_backoff_again_once() -> None:
    pace = gone_through(START_MS)
    for seed in range(10):
        pace = offline(pace, START_MS, seed)
    pace = pacing.pressed(pace)
    assert pace.failures == 0
    for seed in range(5):
        pace = offline(pace, START_MS, seed)
    assert pacing.pressed(pace).failures == 5
    assert pacing.pressed(gone_through(START_MS)).was_reset


def test_a_closed_passage_goes_within_half_a_minute_unless_the_link_just_failed() -> None:
    pace = pacing.passage_ended(gone_through(START_MS), START_MS, SeededChance(3))
    assert pace.why is Why.PASSAGE
    assert 0 <= pace.next_ms - START_MS <= 30 * SECOND_MS
    failing = offline(gone_through(START_MS), START_MS)
    assert pacing.passage_ended(failing, START_MS, SeededChance(3)) == failing


def test_the_evening_slot_is_between_17_15_and_17_45_and_moves_from_day_to_day() -> None:
    slots = []
    for days in range(200):
        day = DAY + timedelta(days=days)
        slot = pacing.evening_slot(b"\x07" * 16, day, "Europe/Paris")
        assert slot == pacing.evening_slot(b"\x07" * 16, day, "Europe/Paris")
        moment = local_time(slot, "Europe/Paris")
        assert moment.date() == day
        slots.append(moment.hour * 3600 + moment.minute * 60 + moment.second - (17 * 3600 + 900))
    assert 0 <= min(slots) < 120
    assert 1680 < max(slots) < 1800


def test_laptops_spread_over_the_half_hour() -> None:
    minutes = [0] * 30
    opening = to_utc(DAY, pacing.EVENING, "Europe/Paris").timestamp() * 1000
    for number in range(3000):
        slot = pacing.evening_slot(number.to_bytes(16), DAY, "Europe/Paris")
        minutes[int((slot - opening) // MINUTE_MS)] += 1
    assert min(minutes) > 60
    assert max(minutes) < 150


def test_the_evening_slot_comes_before_the_usual_quarter_of_an_hour() -> None:
    evening = START_MS + 7 * MINUTE_MS
    pace = pacing.gone_through(START_MS, SeededChance(1), evening_ms=evening)
    assert (pace.next_ms, pace.why) == (evening, Why.EVENING)
    after = pacing.gone_through(evening, SeededChance(1), evening_ms=evening)
    assert after.why is Why.INTERVAL


def test_a_clock_put_back_makes_nobody_wait() -> None:
    pace = gone_through(START_MS)
    assert not pacing.is_due(pace, START_MS)
    assert pacing.is_due(pace, START_MS - 24 * 3600 * SECOND_MS)


def test_a_whole_day_offline_then_online_ends_with_an_exchange() -> None:
    clock, chance, tries = VirtualClock(), SeededChance(9), 0
    pace = pacing.first_pace(clock.now_ms(), chance)
    back_at = clock.ms + 8 * 3600 * SECOND_MS
    while True:
        clock.ms = pace.next_ms
        tries += 1
        if clock.ms >= back_at:
            break
        pace = offline(pace, clock.ms, tries)
    # No more than a quarter of an hour after the network is back, and not in a storm before.
    assert clock.ms - back_at <= 15 * MINUTE_MS
    assert 32 <= tries < 120
