"""Compressed bodies: bounded, and nothing but BadCompression for what is not ours."""

from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.protocol.compression import PLAIN_MAX, BadCompression, Codec
from fsmobile.reference.wire_dictionary import load_wire_dictionary

PLAIN, SHARED = Codec(3), Codec(9, load_wire_dictionary())


@given(st.binary(max_size=2000))
def test_what_is_compressed_comes_back(body: bytes) -> None:
    for codec in (PLAIN, SHARED):
        assert codec.decompress(codec.compress(body)) == body


@given(st.binary(max_size=200))
def test_random_bytes_are_told_apart(body: bytes) -> None:
    for codec in (PLAIN, SHARED):
        try:
            codec.decompress(body)
        except BadCompression:
            continue


def test_a_bomb_is_refused_unread() -> None:
    bomb = zstandard.compress(bytes(PLAIN_MAX + 1), 19)
    assert len(bomb) < 4000
    with pytest.raises(BadCompression, match="content size"):
        PLAIN.decompress(bomb)


def test_a_bomb_that_hides_its_size_is_refused_unread() -> None:
    silent = zstandard.ZstdCompressor(level=19, write_content_size=False)
    with pytest.raises(BadCompression):
        PLAIN.decompress(silent.compress(bytes(PLAIN_MAX * 4)))


def test_a_bomb_that_lies_about_its_size_is_refused() -> None:
    true = bytearray(zstandard.compress(bytes(300_000), 19))
    assert zstandard.frame_content_size(bytes(true)) == 300_000
    true[5:9] = (100).to_bytes(4, "little")  # the field of the size, after magic and descriptor
    with pytest.raises(BadCompression):
        PLAIN.decompress(bytes(true))


@pytest.mark.parametrize("end", [0, 1, 4, 10, -1])
def test_a_truncated_body_is_refused(end: int) -> None:
    packed = PLAIN.compress(bytes(range(256)) * 9)
    with pytest.raises(BadCompression):
        PLAIN.decompress(packed[:end])


def test_another_dictionary_never_gives_the_message_back() -> None:
    body = b'{"k":"visit.record","s":1,"sc":"unit:bus-charente/bus-1"}' * 3
    other = Codec(9, bytes(reversed(load_wire_dictionary())))
    with suppress(BadCompression):
        assert other.decompress(SHARED.compress(body)) != body
