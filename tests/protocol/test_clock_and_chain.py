"""The hybrid clock only moves forward; the chain changes when anything in it does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.protocol.chain import first_chain, hash_body, next_chain
from fsmobile.protocol.clock import POISON_MS, ZERO, format_hlc, parse_hlc, receive, tick

MS = st.integers(-(10**15), 1 << 50)
CLOCKS = st.builds(format_hlc, st.integers(0, (1 << 48) - 2), st.integers(0, 0xFFFF))


@given(CLOCKS, MS)
def test_a_tick_is_later_than_the_last_whatever_the_machine_says(last: str, now: int) -> None:
    ticked = tick(last, now)
    assert ticked > last
    assert parse_hlc(ticked)[0] >= min(now, (1 << 48) - 1)


@given(st.lists(MS, max_size=30))
def test_clocks_rise_through_jumps(times: list[int]) -> None:
    last, seen = ZERO, []
    for now in times:
        last = tick(last, now)
        seen.append(last)
    assert seen == sorted(set(seen))


@given(CLOCKS, CLOCKS, st.integers(0, (1 << 48) - 1))
def test_a_clock_received_never_moves_back_and_never_jumps_a_day_ahead(
    last: str, remote: str, now: int
) -> None:
    after = receive(last, remote, now)
    assert after >= last
    assert after in (last, remote)
    if parse_hlc(remote)[0] > now + POISON_MS:
        assert after == last


@given(st.integers(0, (1 << 48) - 1), st.integers(0, 0xFFFF))
def test_a_clock_is_read_as_it_was_written(ms: int, counter: int) -> None:
    assert parse_hlc(format_hlc(ms, counter)) == (ms, counter)


def test_texts_compare_like_clocks() -> None:
    assert format_hlc(255, 0xFFFF) < format_hlc(256, 0)
    assert format_hlc(1, 9) < format_hlc(1, 10)


@pytest.mark.parametrize("text", ["", "0", ZERO.replace("-", ""), ZERO + "0", "0192E4F1A2B3-0004"])
def test_what_is_no_clock_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=text or "^$"):
        parse_hlc(text)


ID, OTHER = "01a216f1-e80b-753b-8902-09fd5263fc13", "01a216f1-e80b-753b-8902-09fd5263fc14"


def test_every_part_of_a_link_changes_the_chain() -> None:
    start = first_chain(b"d" * 16, b"w" * 16)
    whole = next_chain(start, 1, ID, hash_body(b"a"))
    assert (
        len(
            {
                whole,
                start,
                first_chain(b"w" * 16, b"d" * 16),
                next_chain(start, 2, ID, hash_body(b"a")),
                next_chain(start, 1, OTHER, hash_body(b"a")),
                next_chain(start, 1, ID, hash_body(b"b")),
                next_chain(whole, 1, ID, hash_body(b"a")),
            }
        )
        == 7
    )
