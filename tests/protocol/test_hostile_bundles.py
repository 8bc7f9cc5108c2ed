"""Sticks written by somebody hostile: whatever they hold, reading them gives one kind of error."""

import contextlib
from typing import Any

import msgspec
import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.protocol.boxes import BoxKey
from fsmobile.protocol.bundle import MAGIC, read_bundle, write_bundle
from fsmobile.protocol.compression import PLAIN_MAX, Codec
from fsmobile.protocol.signatures import SigningKey

CODEC = Codec(3)
WRITER = SigningKey(seed=b"w" * 32)
READER = SigningKey(seed=b"r" * 32).box
HEADER = {
    "id": b"i" * 16, "k": "up", "from": WRITER.public, "to": READER.public,
    "x": BoxKey(secret=b"e" * 32).public, "t": 1, "n": 1, "re": None,
}  # fmt: skip
VALUES = st.one_of(
    st.none(), st.integers(-(2**63), 2**64 - 1), st.floats(), st.text(max_size=40),
    st.binary(max_size=40), st.just(bytes(32)), st.lists(st.integers(0, 9), max_size=3),
)  # fmt: skip


def signed(header: Any, frames: bytes = b"") -> bytes:
    """Write a file whose signature is good, whatever stands in it."""
    packed = header if isinstance(header, bytes) else msgspec.msgpack.encode(header)
    body = MAGIC + len(packed).to_bytes(4, "big") + packed + frames
    return body + WRITER.sign(body)


@given(spoilt=st.dictionaries(st.sampled_from(sorted(HEADER)), VALUES), frames=st.binary())
def test_a_header_of_any_values_is_refused_in_one_way(
    spoilt: dict[str, Any], frames: bytes
) -> None:
    with contextlib.suppress(ValueError):
        read_bundle(signed({**HEADER, **spoilt}, frames), READER, CODEC)


@given(data=st.one_of(st.binary(), st.binary().map(signed), st.binary().map(MAGIC.__add__)))
def test_any_bytes_are_refused_in_one_way(data: bytes) -> None:
    with pytest.raises(ValueError, match=r".+"):
        read_bundle(data, READER, CODEC)


@given(at=st.integers(0, 10_000), value=st.integers(1, 255))
def test_a_byte_that_changed_is_seen(at: int, value: int) -> None:
    whole = bytearray(a_file([b"one", b"two"]))
    whole[at % len(whole)] ^= value
    with pytest.raises(ValueError, match=r".+"):
        read_bundle(bytes(whole), READER, CODEC)


def test_a_bomb_inside_a_sealed_frame_is_refused_unread() -> None:
    class Bomb(Codec):
        def compress(self, plain: bytes) -> bytes:
            return zstandard.compress(bytes(PLAIN_MAX + 1), 19)

    with pytest.raises(ValueError, match="content size"):
        read_bundle(a_file([b""], Bomb(3)), READER, CODEC)


def a_file(envelopes: list[bytes], codec: Codec = CODEC) -> bytes:
    return write_bundle(
        envelopes=envelopes,
        kind="up",
        key=WRITER,
        reader=READER.public,
        file_id=b"i" * 16,
        ephemeral_secret=b"e" * 32,
        now=1,
        codec=codec,
    )
