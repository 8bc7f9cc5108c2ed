"""Certificate: the registry's signed word that a key is a laptop of a unit.

Two laptops in one bus, or a stick, can so be trusted without the registry at hand. Signing
and verifying are in `signatures`: the screens know certificates, and load no cryptography.
"""

import msgspec


class Certificate(msgspec.Struct, kw_only=True):
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
            ]
        )


encode_certificate = msgspec.msgpack.Encoder().encode
decode_certificate = msgspec.msgpack.Decoder(Certificate).decode
