"""Certificate: the registry's signed word that a key is a laptop of a unit.

Two laptops in one bus, or a stick, can so be trusted without the registry at hand.
"""

import msgspec

from fsmobile.protocol.signatures import device_id_of, verify


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

    @property
    def device_id(self) -> bytes:
        """Return the id of the laptop."""
        return device_id_of(self.public_key)

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

    def is_signed_by(self, registry_key: bytes) -> bool:
        """Tell whether that registry made it."""
        return verify(registry_key, self.message(), self.signature)


encode_certificate = msgspec.msgpack.Encoder().encode
decode_certificate = msgspec.msgpack.Decoder(Certificate).decode
