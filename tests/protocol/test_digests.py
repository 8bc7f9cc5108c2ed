"""Digests by day: they add up, and nothing but the set of ops counts."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.ids import make_uuid7
from fsmobile.protocol.digests import (
    DAY,
    FIRST_DAY,
    LAST_DAY,
    LEVELS,
    MONTH,
    SHORT_SIZE,
    YEAR,
    Digest,
    day_of,
    differences,
    ids_between,
    span_of,
    split_items,
    summarise,
)

ops = st.tuples(
    st.builds(make_uuid7, st.integers(0, (1 << 48) - 1), st.binary(min_size=10, max_size=10)),
    st.binary(min_size=32, max_size=32),
)
sets_of_ops = st.lists(ops, unique_by=lambda op: op[0])
days = st.dates(date(1970, 1, 1), date(9999, 12, 31))


@given(sets_of_ops, st.data())
def test_the_digest_of_a_set_is_the_sum_of_its_parts(held: list, data: st.DataObject) -> None:
    cut = data.draw(st.integers(0, len(held)))
    for level in LEVELS:
        one, other = summarise(held[:cut], level), summarise(held[cut:], level)
        added = {
            period: one.get(period, Digest()) + other.get(period, Digest())
            for period in {*one, *other}
        }
        assert added == summarise(held, level)


@given(sets_of_ops, st.randoms())
def test_neither_order_nor_repetition_counts(held: list, random) -> None:
    shuffled = [*held, *held[: len(held) // 2]]
    random.shuffle(shuffled)
    assert summarise(shuffled, DAY) == summarise(held, DAY)


@given(sets_of_ops)
def test_a_month_is_the_sum_of_its_days_and_a_year_of_its_months(held: list) -> None:
    for fine, coarse in ((DAY, MONTH), (MONTH, YEAR)):
        added: dict[str, Digest] = {}
        for period, digest in summarise(held, fine).items():
            added[period[:coarse]] = added.get(period[:coarse], Digest()) + digest
        assert added == summarise(held, coarse)


@given(sets_of_ops.filter(bool), st.data())
def test_any_op_that_is_missing_or_altered_is_told_by_its_day(
    held: list, data: st.DataObject
) -> None:
    place = data.draw(st.integers(0, len(held) - 1))
    op_id, body_hash = held[place]
    altered = bytes([body_hash[0] ^ 1]) + body_hash[1:]
    for damaged in (
        held[:place] + held[place + 1 :],
        [*held[:place], (op_id, altered), *held[place + 1 :]],
    ):
        claims = {
            period: (digest.count, digest.short())
            for period, digest in summarise(damaged, DAY).items()
        }
        assert list(differences(claims, summarise(held, DAY))) == [day_of(op_id)]


@given(ops, days, days)
def test_ids_between_two_days_are_those_of_these_days(
    op: tuple[str, bytes], one: date, other: date
) -> None:
    first, last = sorted((one.isoformat(), other.isoformat()))
    low, high = ids_between(first, last)
    assert (low <= op[0] <= high) == (first <= day_of(op[0]) <= last)


@given(days)
def test_a_day_is_inside_its_month_and_its_year(day: date) -> None:
    text = day.isoformat()
    assert span_of(text) == (text, text)
    for level in (MONTH, YEAR):
        first, last = span_of(text[:level])
        assert first <= text <= last
        assert first[:level] == last[:level] == text[:level]
        assert first.endswith("-01")
    if text != LAST_DAY:
        following = (day + timedelta(days=1)).isoformat()
        assert (span_of(text[:MONTH])[1] == text) == (following[:MONTH] != text[:MONTH])


def test_a_day_is_that_of_the_id_in_utc() -> None:
    evening = int(datetime(2026, 11, 24, 23, 59, 59, tzinfo=UTC).timestamp() * 1000)
    assert day_of(make_uuid7(evening, bytes(10))) == "2026-11-24"
    assert day_of(make_uuid7(evening + 1000, bytes(10))) == "2026-11-25"
    assert day_of(make_uuid7(0, bytes(10))) == FIRST_DAY
    assert day_of("ffffffff-ffff-4fff-bfff-ffffffffffff") == LAST_DAY


@pytest.mark.parametrize("period", ["", "202", "2026-13", "2026-02-30", "2026-1-1", "hier"])
def test_what_is_no_period_is_refused(period: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|range|must be"):
        span_of(period)


def test_what_is_left_over_of_a_listing_is_no_item() -> None:
    assert split_items(b"abcdefghABCDEFGH123") == [b"abcdefgh", b"ABCDEFGH"]
    assert len(Digest(1, (1 << 256) - 1).short()) == SHORT_SIZE
