"""The key header: a file that says, from the first day, how the store is encrypted.

It holds no secret: the data key is in it only wrapped, once for each slot.
"""

from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct

from fsmobile.errors import OutOfStep, StoreTooNew
from fsmobile.store.files import write_durably

VERSION = 2
SIZE_MAX = 256 * 1024


class Cipher(StrEnum):
    """How the store is encrypted."""

    NONE = "none"
    SQLCIPHER = "sqlcipher-4"


class SlotKind(StrEnum):
    """Whose secret opens a slot."""

    PASSPHRASE = "passphrase"
    """An agent's."""
    RECOVERY = "recovery"
    """The words printed once, kept at the office."""


class Wrapping(Struct, frozen=True, kw_only=True):
    """Whose secret it is, and how a key is derived from it (Argon2id) to wrap what it opens."""

    kind: SlotKind
    name: str
    """The agent; empty for the recovery words."""
    salt: bytes
    passes: int
    memory_kib: int
    lanes: int
    nonce: bytes


class Slot(Wrapping, frozen=True, kw_only=True):
    """A pair of keys: the secret opens the private one, that opens the box with the data key.

    Whoever has the store open can put another data key into every box without any secret.
    """

    private: bytes
    """Wrapped (AES-256-GCM)."""
    public: bytes
    """X25519."""
    box: bytes
    """The data key, sealed to `public`: the sender's public key, then the sealed bytes."""
    voucher: bytes
    """Made with the data key: who put this slot here had the store open."""


class FirstSlot(Wrapping, frozen=True, kw_only=True):
    """The shape that slots had first: the data key itself, wrapped (AES-256-GCM).

    Only its own secret can give it today's shape: until that is typed it stays as it is.
    """

    wrapped: bytes


class KeyHeader(Struct, frozen=True, kw_only=True):
    """What is needed, with a secret, to open the store."""

    version: int = VERSION
    cipher: Cipher = Cipher.NONE
    slots: tuple[Slot, ...] = ()
    first_slots: tuple[FirstSlot, ...] = ()
    previous: bytes = b""
    """While the data key is made anew: the one before, sealed by it (`encryption.rekey`)."""

    @property
    def all_slots(self) -> tuple[Slot | FirstSlot, ...]:
        """Return the slots of either shape."""
        return (*self.slots, *self.first_slots)

    @property
    def is_encrypted(self) -> bool:
        """Tell whether a key is needed."""
        return self.cipher is not Cipher.NONE


class StoreFiles(Struct, frozen=True, kw_only=True):
    """Where a laptop keeps what is encrypted, and how."""

    store: Path
    device_key: Path
    header: Path

    @property
    def lock(self) -> Path:
        """Held while the header changes, or what it opens."""
        return self.header.with_name("keys.lock")


def load_header(path: Path) -> KeyHeader:
    """Return the key header; before the first day, that of a plain store.

    Raises:
        StoreTooNew: a newer program wrote it.
        OutOfStep: the file is damaged.
    """
    if not path.exists():
        return KeyHeader()
    with path.open("rb") as file:
        data = file.read(SIZE_MAX)
    try:
        version = msgspec.json.decode(data, type=dict[str, object]).get("version")
        if isinstance(version, int) and version > VERSION:
            raise StoreTooNew("store_too_new", path=str(path), migration=f"keys {version}")
        return _read_version_1(data) if version == 1 else msgspec.json.decode(data, type=KeyHeader)
    except (ValueError, msgspec.MsgspecError) as error:
        raise OutOfStep("key_header_damaged", path=str(path)) from error


def save_header(path: Path, header: KeyHeader) -> None:
    """Write the key header: whole or not at all, and on the medium."""
    write_durably(path, msgspec.json.format(msgspec.json.encode(header)) + b"\n", mode=0o600)


def _read_version_1(data: bytes) -> KeyHeader:
    """Sort its slots: it says version 1 whether they have the first shape or today's."""
    held = msgspec.json.decode(data)
    slots = held.pop("slots", ())
    first = [slot for slot in slots if "wrapped" in slot]
    others = [slot for slot in slots if "wrapped" not in slot]
    sorted_out = held | {"version": VERSION, "slots": others, "first_slots": first}
    return msgspec.convert(sorted_out, KeyHeader)


def make_header(path: Path, store: Path) -> KeyHeader:
    """Return the key header; on the first day, write that the store is plain.

    Raises:
        OutOfStep: the header of an encrypted store is lost: no secret can open it any more.
    """
    header = load_header(path)
    if not header.is_encrypted and store.exists() and not is_plain(store):
        raise OutOfStep("key_header_lost", path=str(path))
    if not path.exists():
        save_header(path, header)
    return header


def is_plain(path: Path) -> bool:
    """Tell whether a file is SQLite's without a cipher.

    An empty one is not encrypted either, nor one whose making a power cut interrupted.
    """
    with path.open("rb") as file:
        return file.read(16) in (b"", bytes(16), b"SQLite format 3\0")
