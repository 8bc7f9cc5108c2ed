"""The registry's keys: each leads to the next by its own word, and nothing else leads anywhere."""

import pytest
from msgspec.structs import replace

from fsmobile.protocol.handovers import HANDOVERS_MAX, decode_succession, encode_succession
from fsmobile.protocol.key_succession import follow, hand_over, past_of
from fsmobile.protocol.signatures import SigningKey

FIRST, SECOND, THIRD, THIEF = (SigningKey(seed=bytes([n]) * 32) for n in range(4))
CHAIN = (hand_over(FIRST, SECOND, 1), hand_over(SECOND, THIRD, 2))


def test_any_key_of_the_chain_leads_to_the_last_one() -> None:
    for known in (FIRST, SECOND):
        found = follow(known.public, CHAIN)
        assert found is not None
        assert (found.new, found.new_box) == (THIRD.public, THIRD.box.public)
    assert follow(THIRD.public, CHAIN) is None
    assert past_of(THIRD.public, CHAIN) == CHAIN
    assert past_of(SECOND.public, CHAIN) == CHAIN[:1]


def test_a_handover_that_the_old_key_or_the_new_one_has_not_signed_leads_nowhere() -> None:
    true = hand_over(FIRST, SECOND, 1)
    stranger = hand_over(THIEF, SECOND, 1)
    for forged in (
        replace(stranger, old=FIRST.public),
        replace(true, new=THIEF.public),
        replace(true, new_box=THIEF.box.public),
        replace(true, at=2),
        replace(true, by_new=b""),
        replace(true, by_old=b"", by_new=true.by_new),
        replace(true, by_old=true.by_new),
    ):
        assert follow(FIRST.public, [forged]) is None
        assert past_of(forged.new, [forged]) == ()
    assert follow(FIRST.public, [stranger]) is None
    assert follow(FIRST.public, CHAIN[1:]) is None


def test_a_succession_is_read_back_and_never_without_end() -> None:
    assert decode_succession(encode_succession(CHAIN)) == CHAIN
    for bad in (b"", b"\x93abc", encode_succession(CHAIN * HANDOVERS_MAX)):
        with pytest.raises(ValueError, match="succession"):
            decode_succession(bad)
