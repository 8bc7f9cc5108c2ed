"""Offers of snapshots, and requests for them (docs/protocol.md, « Snapshots »).

The answer that offers a snapshot is signed, and holds its SHA-256: however the file travels, its
content is verified before a byte of it is decompressed.
"""

import msgspec

SNAPSHOT_TYPE = "application/vnd.fsmobile.snapshot.v1"
AUTHORISATION = "Fsmobile"
"""Scheme of the header that holds the sealed request, in base64."""


class SnapshotOffer(msgspec.Struct, kw_only=True, frozen=True):
    """A snapshot that the registry has ready."""

    scope: str
    gsn: int
    """The file holds all that is handed out in the scope up to this number."""
    ops: int
    size: int
    """Bytes of the file."""
    plain: int
    """Bytes once decompressed; not one more is taken."""
    sha256: bytes
    """Of the file."""


class SnapshotRequest(msgspec.Struct, kw_only=True):
    """Who asks for which snapshot; signed by the laptop, as its other requests are."""

    protocol: int = msgspec.field(name="p")
    app: str
    device_id: bytes = msgspec.field(name="dev")
    counter: int = msgspec.field(name="n")
    scope: str
    gsn: int


encode_request = msgspec.msgpack.Encoder().encode
decode_request = msgspec.msgpack.Decoder(SnapshotRequest).decode
