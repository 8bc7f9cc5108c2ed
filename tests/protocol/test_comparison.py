"""The chain comparison: every answer, and the law that ties it to the two histories."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.protocol.comparison import (
    BadHead,
    Comparison,
    Continues,
    Forked,
    Missing,
    compare,
)

START = b"start"


def _chain(ops: str) -> list[bytes]:
    """Chain values 0..n of a history written as letters."""
    return [START, *(f"{ops[: end + 1]}".encode() for end in range(len(ops)))]


def _compare(held: str, mine: str, first_seq: int, last: int | None = None) -> Comparison:
    held_chain, my_chain = _chain(held), _chain(mine)
    end = len(mine) if last is None else last
    sent = my_chain[first_seq : end + 1]
    previous = my_chain[first_seq - 1]
    return compare(
        acked=len(held),
        chain_at=lambda seq: held_chain[seq],
        first_seq=first_seq,
        previous=previous,
        chains=sent,
        head=sent[-1] if sent else previous,
        last_seq=len(mine),
    )


@pytest.mark.parametrize(
    ("held", "mine", "first_seq", "answer"),
    [
        ("", "", 1, Continues(known=0)),
        ("", "abc", 1, Continues(known=0)),
        ("ab", "abcd", 3, Continues(known=0)),
        ("abcd", "abcd", 5, Continues(known=0)),
        ("abcd", "abcd", 3, Continues(known=2)),
        ("abc", "abcd", 2, Continues(known=2)),
        ("ab", "abcde", 4, Missing(acked=2)),
        ("", "abc", 2, Missing(acked=0)),
        ("abx", "abcd", 3, Forked(common=2)),
        ("xyz", "abcd", 3, Forked(common=0)),
        ("abcd", "abce", 5, Forked(common=0)),
        ("abcd", "ab", 3, Forked(common=2)),
        ("abcd", "ab", 1, Forked(common=2)),
        ("abcd", "", 1, Forked(common=0)),
    ],
)
def test_each_pair_of_histories_has_its_answer(
    held: str, mine: str, first_seq: int, answer: Comparison
) -> None:
    assert _compare(held, mine, first_seq) == answer


@pytest.mark.parametrize(
    ("first_seq", "chains", "head"),
    [
        (0, [b"a"], b"a"),
        (-3, [], START),
        (1, [b"a"], b"b"),
        (1, [], b"b"),
    ],
)
def test_a_block_that_does_not_add_up_is_told(
    first_seq: int, chains: list[bytes], head: bytes
) -> None:
    answer = compare(
        acked=0,
        chain_at=lambda seq: START,
        first_seq=first_seq,
        previous=START,
        chains=chains,
        head=head,
        last_seq=1,
    )
    assert answer == BadHead()


@given(st.text("ab", max_size=6), st.text("ab", max_size=6), st.data())
def test_the_answer_follows_from_the_two_histories(
    held: str, mine: str, data: st.DataObject
) -> None:
    first_seq = data.draw(st.integers(1, len(mine) + 1))
    last = data.draw(st.integers(first_seq - 1, len(mine)))
    common = 0
    while common < min(len(held), len(mine)) and held[common] == mine[common]:
        common += 1
    match _compare(held, mine, first_seq, last):
        case Continues(known=known):
            assert known == max(0, min(len(held), last) - first_seq + 1)
            assert min(len(held), max(last, first_seq - 1)) <= common
            assert len(held) <= len(mine)
        case Missing(acked=acked):
            assert acked == len(held) < first_seq - 1
        case Forked(common=shared):
            assert shared <= common
            assert common < max(len(held), 1)
        case BadHead():
            raise AssertionError("the block was made from a true history")
