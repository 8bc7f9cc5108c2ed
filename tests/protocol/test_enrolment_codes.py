"""Enrolment codes: read as people type them, and no slip is taken for another code."""

import random
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.errors import InvalidInput
from fsmobile.protocol.enrolment import code_id, code_key, format_code, parse_code
from fsmobile.reference.enrolment_words import words

WORDS = words()
CODES = st.binary(min_size=16, max_size=16)


@given(CODES)
def test_a_code_is_read_as_it_was_written(code: bytes) -> None:
    text = format_code(code, WORDS)
    assert len(text.split()) == 12
    assert parse_code(text, WORDS) == code
    assert parse_code(text.upper().replace(" ", " - "), WORDS) == code
    assert parse_code(" ".join(word[:4] for word in text.split()), WORDS) == code
    assert parse_code(text.replace("e", "é").replace("c", "ç"), WORDS) == code


@given(CODES, st.integers(0, 11), st.integers(1, 2047))
def test_one_wrong_word_is_never_the_same_code(code: bytes, place: int, shift: int) -> None:
    typed = format_code(code, WORDS).split()
    typed[place] = WORDS[(WORDS.index(typed[place]) + shift) % 2048]
    with suppress(InvalidInput):
        assert parse_code(" ".join(typed), WORDS) != code


def test_fifteen_wrong_words_of_sixteen_are_caught_without_the_registry() -> None:
    chance = random.Random(4)
    caught = 0
    for _ in range(2000):
        typed = format_code(chance.randbytes(16), WORDS).split()
        place = chance.randrange(12)
        typed[place] = chance.choice([word for word in WORDS if word != typed[place]])
        try:
            parse_code(" ".join(typed), WORDS)
        except InvalidInput:
            caught += 1
    assert caught > 2000 * 0.91


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "enrolment_code_length"),
        ("agen " * 11, "enrolment_code_length"),
        ("agen " * 13, "enrolment_code_length"),
        ("agen " * 11 + "zzzz", "enrolment_word_unknown"),
        ("agen " * 11 + "abbaretzz", "enrolment_word_unknown"),
    ],
)
def test_what_is_no_code_is_told_why(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        parse_code(text, WORDS)
    assert caught.value.code == code


def test_nothing_of_a_code_is_shown_by_its_name_or_its_key() -> None:
    code = bytes(range(16))
    assert len({code, code_id(code), code_key(code)[:16]}) == 3
