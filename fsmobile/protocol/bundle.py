"""The stick's file: signed envelopes, sealed to one reader, signed as a whole.

    line      FSMOBILE-BUNDLE-1
    header    msgpack, preceded by its length (4 bytes)
    frames    each preceded by its length (4 bytes): zstd of an envelope, sealed
    signature 64 bytes, by the sender, over all that comes before

The key is agreed between a key made for this file and the reader's; frames are numbered
and the last one marked, so a file cut short or put in another order does not open.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec

from fsmobile.protocol.boxes import BoxKey, FrameCipher
from fsmobile.protocol.compression import PLAIN_MAX, BadCompression, Codec
from fsmobile.protocol.handovers import Handover
from fsmobile.protocol.signatures import SigningKey, verify

MAGIC = b"FSMOBILE-BUNDLE-1\n"
SIGNATURE_SIZE = 64
FRAMES_MAX = 100_000


class BundleHeader(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Who a file is from and for: all that can be read without the reader's key."""

    file_id: bytes = msgspec.field(name="id")
    kind: str = msgspec.field(name="k")
    """`up`: a laptop to the registry; `down`: the registry's answer."""
    sender: bytes = msgspec.field(name="from")
    """Ed25519 public key."""
    reader: bytes = msgspec.field(name="to")
    """X25519 public key."""
    ephemeral: bytes = msgspec.field(name="x")
    """X25519 public key made for this file."""
    made_at: int = msgspec.field(name="t")
    frames: int = msgspec.field(name="n")
    answers: bytes | None = msgspec.field(name="re", default=None)
    """`file_id` that a `down` file answers."""
    succession: tuple[Handover, ...] = msgspec.field(name="keys", default=())
    """The handovers of the registry's keys, for a reader that knows an older one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """A stick's file, opened."""

    header: BundleHeader
    envelopes: tuple[bytes, ...]


_decode_header = msgspec.msgpack.Decoder(BundleHeader).decode


def write_bundle(
    *,
    envelopes: Sequence[bytes],
    kind: str,
    key: SigningKey,
    reader: bytes,
    file_id: bytes,
    ephemeral_secret: bytes,
    now: int,
    codec: Codec,
    answers: bytes | None = None,
    succession: tuple[Handover, ...] = (),
) -> bytes:
    """Return the bytes of a file; `file_id` (16 bytes), `ephemeral_secret` (32) must be random."""
    ephemeral = BoxKey(secret=ephemeral_secret)
    header = BundleHeader(
        file_id=file_id,
        kind=kind,
        sender=key.public,
        reader=reader,
        ephemeral=ephemeral.public,
        made_at=now,
        frames=len(envelopes),
        answers=answers,
        succession=succession,
    )
    packed = msgspec.msgpack.encode(header)
    cipher = ephemeral.agree(reader, packed)
    written = bytearray(MAGIC + _sized(packed))
    for number, envelope in enumerate(envelopes):
        is_last = number == len(envelopes) - 1
        written += _sized(cipher.seal(number, codec.compress(envelope), is_last=is_last))
    return bytes(written) + key.sign(bytes(written))


def read_header(data: bytes) -> BundleHeader:
    """Return who a file is from and for, once its signature is checked.

    Raises:
        ValueError: not such a file, cut short, or altered.
    """
    return _read_header(data)[0]


def read_bundle(data: bytes, key: BoxKey, codec: Codec) -> Bundle:
    """Open a file.

    Raises:
        ValueError: not such a file, cut short, altered, or sealed to somebody else.
    """
    header, packed, frames = _read_header(data)
    if header.reader != key.public:
        raise ValueError("sealed to somebody else")
    cipher = key.agree(header.ephemeral, packed)
    return Bundle(header=header, envelopes=_open_frames(frames, header.frames, cipher, codec))


def _open_frames(frames: bytes, count: int, cipher: FrameCipher, codec: Codec) -> tuple[bytes, ...]:
    envelopes: list[bytes] = []
    total = 0
    for number in range(count):
        sealed, frames = _take(frames)
        packed = cipher.open(number, sealed, is_last=number == count - 1)
        try:
            envelopes.append(codec.decompress(packed))
        except BadCompression as error:
            raise ValueError(str(error)) from error
        total += len(envelopes[-1])
        if total > 16 * PLAIN_MAX:
            raise ValueError("too much in one file")
    if frames:
        raise ValueError("bytes after the last frame")
    return tuple(envelopes)


def _read_header(data: bytes) -> tuple[BundleHeader, bytes, bytes]:
    if not data.startswith(MAGIC) or len(data) < len(MAGIC) + 4 + SIGNATURE_SIZE:
        raise ValueError("not a bundle")
    signed, signature = data[:-SIGNATURE_SIZE], data[-SIGNATURE_SIZE:]
    packed, frames = _take(signed[len(MAGIC) :])
    try:
        header = _decode_header(packed)
    except msgspec.DecodeError as error:
        raise ValueError("not a bundle") from error
    if not verify(header.sender, signed, signature):
        raise ValueError("cut short or altered")
    if not 0 <= header.frames <= FRAMES_MAX:
        raise ValueError("too many frames")
    return header, packed, frames


def _sized(data: bytes) -> bytes:
    return len(data).to_bytes(4, "big") + data


def _take(data: bytes) -> tuple[bytes, bytes]:
    """Split off a piece that is preceded by its length; return it and the rest."""
    size = int.from_bytes(data[:4], "big")
    if len(data) < 4 + size:
        raise ValueError("cut short")
    return data[4 : 4 + size], data[4 + size :]
