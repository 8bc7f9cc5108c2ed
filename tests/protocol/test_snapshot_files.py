"""Snapshot files: what goes in comes out; a damaged or lying one takes no memory."""

from io import BytesIO

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from fsmobile.protocol.snapshot_files import (
    PAGE_MAX,
    WINDOW_LOG,
    SnapshotOp,
    SnapshotPacker,
    read_snapshot,
)
from fsmobile.protocol.snapshots import SnapshotOffer

ops = st.one_of(
    st.builds(SnapshotOp, st.integers(1, 2**63 - 1), st.binary(min_size=1, max_size=300)),
    st.builds(SnapshotOp, st.integers(1, 2**63 - 1), st.none(), st.text(max_size=36), st.binary()),
)


def pack(content: list[SnapshotOp]) -> tuple[bytes, SnapshotOffer]:
    packer = SnapshotPacker()
    data = b"".join(packer.pack(content))
    offer = SnapshotOffer(
        scope="ref", gsn=1, ops=packer.ops, size=len(data), plain=packer.plain, sha256=b""
    )
    return data, offer


def lying(plain: bytes) -> tuple[BytesIO, SnapshotOffer]:
    data = zstandard.compress(plain)
    return BytesIO(data), SnapshotOffer(
        scope="ref", gsn=1, ops=1, size=len(data), plain=len(plain), sha256=b""
    )


@given(st.lists(ops, max_size=50), st.integers(1, 60))
def test_what_is_packed_is_read_again(content: list[SnapshotOp], times: int) -> None:
    content = content * times
    data, offer = pack(content)
    assert offer.ops == len(content)
    assert [op for page in read_snapshot(BytesIO(data), offer) for op in page] == content


@given(st.lists(ops, min_size=1, max_size=20), st.data())
def test_a_file_cut_or_altered_never_gives_more_than_was_offered(
    content: list[SnapshotOp], data: st.DataObject
) -> None:
    whole, offer = pack(content)
    place = data.draw(st.integers(0, len(whole) - 1))
    for damaged in (whole[:place], whole[:place] + bytes([whole[place] ^ 4]) + whole[place + 1 :]):
        try:
            found = [op for page in read_snapshot(BytesIO(damaged), offer) for op in page]
        except ValueError:
            continue
        assert len(found) <= offer.plain


def test_a_bomb_is_refused_at_its_first_page() -> None:
    data, offer = lying((64 * 1024 * 1024).to_bytes(4, "big") + bytes(64 * 1024 * 1024))
    with pytest.raises(ValueError, match="too long"):
        list(read_snapshot(data, offer))


def test_more_than_was_offered_is_refused() -> None:
    content = [SnapshotOp(number, b"x" * 50) for number in range(1, 5)]
    data, offer = pack(content)
    with pytest.raises(ValueError, match="too long"):
        list(read_snapshot(BytesIO(data), replace(offer, plain=offer.plain - 1)))
    twice, _ = lying(b"\x00\x00\x00\x01\x90" * 2)
    with pytest.raises(ValueError, match="more than was offered"):
        list(read_snapshot(twice, replace(offer, plain=5)))


def test_a_window_larger_than_ours_is_refused() -> None:
    parameters = zstandard.ZstdCompressionParameters.from_level(9, window_log=WINDOW_LOG + 3)
    plain = PAGE_MAX.to_bytes(4, "big") + bytes(PAGE_MAX * 10)
    compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
    data = compressor.compress(plain) + compressor.flush()
    _, offer = lying(plain)
    with pytest.raises(ValueError, match="no snapshot"):
        list(read_snapshot(BytesIO(data), offer))
