"""The key header: a file that says, from the first start on, how the store is encrypted.

It holds no secret: the data key is in it only in wrapped form, once for each slot.
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
    """Whose secret opens something, and how it becomes the wrapping key (Argon2id)."""

    kind: SlotKind
    name: str
    """The agent; empty for the recovery words."""
    salt: bytes
    passes: int
    memory_kib: int
    lanes: int
    nonce: bytes


class Slot(Wrapping, frozen=True, kw_only=True):
    """A key pair: the secret opens the private key, which opens the box with the data key.

    Whoever has opened the store can so replace the data key in every box without the secrets.
    """

    private: bytes
    """Wrapped (AES-256-GCM)."""
    public: bytes
    """X25519."""
    box: bytes
    """The data key sealed to `public`: the sender's public key, then the ciphertext."""
    voucher: bytes
    """Computed with the data key: proves that whoever added this slot had opened the store."""


class FirstSlot(Wrapping, frozen=True, kw_only=True):
    """The first shape of slots: the data key itself, wrapped (AES-256-GCM).

    Only its own secret can convert it to the current shape: it stays until that is typed.
    """

    wrapped: bytes


class KeyHeader(Struct, frozen=True, kw_only=True):
    """What is needed, with a secret, to open the store."""

    version: int = VERSION
    cipher: Cipher = Cipher.NONE
    slots: tuple[Slot, ...] = ()
    first_slots: tuple[FirstSlot, ...] = ()
    previous: bytes = b""
    """While the data key is being replaced: the previous one, sealed with it
    (`encryption.rekey`)."""

    @property
    def all_slots(self) -> tuple[Slot | FirstSlot, ...]:
        """Return the slots of both shapes."""
        return (*self.slots, *self.first_slots)

    @property
    def is_encrypted(self) -> bool:
        """Tell whether a key is needed."""
        return self.cipher is not Cipher.NONE


class StoreFiles(Struct, frozen=True, kw_only=True):
    """The files of an encrypted store."""

    store: Path
    device_key: Path
    header: Path

    @property
    def lock(self) -> Path:
        """Return the lock file held while the header, or what it opens, is changed."""
        return self.header.with_name("keys.lock")


def load_header(path: Path) -> KeyHeader:
    """Return the key header; that of an unencrypted store if there is none.

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
    """Write the key header, durably and atomically."""
    write_durably(path, msgspec.json.format(msgspec.json.encode(header)) + b"\n", mode=0o600)


def _read_version_1(data: bytes) -> KeyHeader:
    """Sort its slots by shape: version 1 was written with both."""
    held = msgspec.json.decode(data)
    slots = held.pop("slots", ())
    first = [slot for slot in slots if "wrapped" in slot]
    others = [slot for slot in slots if "wrapped" not in slot]
    sorted_out = held | {"version": VERSION, "slots": others, "first_slots": first}
    return msgspec.convert(sorted_out, KeyHeader)


def make_header(path: Path, store: Path) -> KeyHeader:
    """Return the key header; on the first start, write one for an unencrypted store.

    Raises:
        OutOfStep: an encrypted store has lost its header: no secret can open it.
    """
    header = load_header(path)
    if not header.is_encrypted and store.exists() and not is_plain(store):
        raise OutOfStep("key_header_lost", path=str(path))
    if not path.exists():
        save_header(path, header)
    return header


def is_plain(path: Path) -> bool:
    """Tell whether a file is an unencrypted SQLite database.

    So is an empty one, and one whose creation was cut short by a power failure.
    """
    with path.open("rb") as file:
        return file.read(16) in (b"", bytes(16), b"SQLite format 3\0")
