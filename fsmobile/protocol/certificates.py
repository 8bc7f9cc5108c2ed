"""Certificate: the registry's signed word that a key is a laptop of a unit.

Two laptops in one bus, or a stick, can so be trusted without the registry at hand. Signing
and verifying are in `signatures`: the screens know certificates, and load no cryptography.
"""

from hashlib import sha256

import msgspec


class Certificate(msgspec.Struct, kw_only=True, omit_defaults=True):
    """Who a laptop is; made at its enrolment."""

    public_key: bytes = msgspec.field(name="k")
    """Ed25519, signs."""
    box_key: bytes = msgspec.field(name="x")
    """X25519, opens boxes."""
    name: str = msgspec.field(name="n")
    agency: str = msgspec.field(name="a")
    unit: str = msgspec.field(name="u")
    role: str = msgspec.field(name="r")
    issued_at: int = msgspec.field(name="t")
    device_id: bytes = msgspec.field(name="d", default=b"")
    """Only of a laptop that has renewed its key: of the others it is that of the key."""
    signature: bytes = msgspec.field(name="sig", default=b"")

    def message(self) -> bytes:
        """Return the bytes that the registry signs."""
        return msgspec.msgpack.encode(
            [
                "certificate",
                self.public_key,
                self.box_key,
                self.name,
                self.agency,
                self.unit,
                self.role,
                self.issued_at,
                *([self.device_id] if self.device_id else []),
            ]
        )


def device_id_of(public: bytes) -> bytes:
    """Return the id of a device by its first key: 16 bytes of SHA-256(public key)."""
    return sha256(public).digest()[:16]


def device_of(certificate: Certificate) -> bytes:
    """Return the id of the device that a certificate is of."""
    return certificate.device_id or device_id_of(certificate.public_key)


encode_certificate = msgspec.msgpack.Encoder().encode
decode_certificate = msgspec.msgpack.Decoder(Certificate).decode
