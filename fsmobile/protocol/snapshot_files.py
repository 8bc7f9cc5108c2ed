"""Snapshot files: the history of a scope in one immutable, compressed file.

file = zstd of pages; page = length (4 bytes, big-endian) || msgpack list of ops
"""

from collections.abc import Iterable, Iterator
from typing import IO, Protocol, cast

import msgspec
import zstandard

from fsmobile.protocol.snapshots import SnapshotOffer

LEVEL = 9
WINDOW_LOG = 23
"""8 MiB: a year of visits looks like the year before."""
PLAIN_MAX = 4 * 1024 * 1024 * 1024
PAGE_MAX = 8 * 1024 * 1024
PAGE_OPS = 1_000
PAGE_BYTES = 1024 * 1024
PIECE = 256 * 1024
"""Bytes of the file that a registry keeps together."""
_LENGTH = 4


class SnapshotOp(msgspec.Struct, array_like=True, frozen=True):
    """An op as a snapshot holds it; an erased one has no body."""

    gsn: int
    body: bytes | None
    op_id: str = ""
    hash: bytes = b""


class Readable(Protocol):
    """Where the bytes of a snapshot come from."""

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes, or none at the end."""
        ...


_encode = msgspec.msgpack.Encoder().encode
_decode_page = msgspec.msgpack.Decoder(list[SnapshotOp]).decode


class SnapshotPacker:
    """Packs ops into a snapshot, piece by piece."""

    def __init__(self) -> None:
        """Start an empty file."""
        parameters = zstandard.ZstdCompressionParameters.from_level(LEVEL, window_log=WINDOW_LOG)
        self._compressor = zstandard.ZstdCompressor(compression_params=parameters).compressobj()
        self.ops = 0
        self.plain = 0

    def pack(self, ops: Iterable[SnapshotOp]) -> Iterator[bytes]:
        """Yield the bytes of the whole file."""
        page: list[SnapshotOp] = []
        size = 0
        for op in ops:
            page.append(op)
            size += len(op.body or b"")
            if len(page) == PAGE_OPS or size >= PAGE_BYTES:
                yield self._add(page)
                page, size = [], 0
        if page:
            yield self._add(page)
        yield self._compressor.flush()

    def _add(self, page: list[SnapshotOp]) -> bytes:
        content = _encode(page)
        self.ops += len(page)
        self.plain += _LENGTH + len(content)
        return self._compressor.compress(len(content).to_bytes(_LENGTH, "big") + content)


def read_snapshot(file: Readable, offer: SnapshotOffer) -> Iterator[list[SnapshotOp]]:
    """Yield the pages of a snapshot whose hash was checked; memory is that of one page.

    Raises:
        ValueError: it is no snapshot, or not the one that was offered.
    """
    decompressor = zstandard.ZstdDecompressor(max_window_size=1 << WINDOW_LOG)
    left = min(offer.plain, PLAIN_MAX)
    try:
        # Only `read` is used, but the type stub asks for a whole file.
        with decompressor.stream_reader(cast(IO[bytes], file), closefd=False) as plain:
            while left > 0:
                length = int.from_bytes(_read(plain, _LENGTH), "big")
                left -= _LENGTH + length
                if length > PAGE_MAX or left < 0:
                    raise ValueError("a page that is too long")
                yield _decode_page(_read(plain, length))
            if plain.read(1):
                raise ValueError("more than was offered")
    except (zstandard.ZstdError, msgspec.DecodeError) as error:
        raise ValueError(f"no snapshot: {error}") from error


def _read(plain: zstandard.ZstdDecompressionReader, length: int) -> bytes:
    found = plain.read(length)
    while len(found) < length:
        more = plain.read(length - len(found))
        if not more:
            raise ValueError("cut short")
        found += more
    return found
