"""The key header: a file that says, from the first day, how the store is encrypted.

It holds no secret: the data key is in it only wrapped, once for each slot.
"""

from enum import StrEnum
from pathlib import Path

import msgspec
from msgspec import Struct

from fsmobile.errors import OutOfStep, StoreTooNew
from fsmobile.store.files import write_durably

VERSION = 1


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


class Slot(Struct, frozen=True, kw_only=True):
    """The data key, wrapped by a key that is derived from one secret (Argon2id, AES-256-GCM)."""

    kind: SlotKind
    name: str
    """The agent; empty for the recovery words."""
    salt: bytes
    passes: int
    memory_kib: int
    lanes: int
    nonce: bytes
    wrapped: bytes


class KeyHeader(Struct, frozen=True, kw_only=True):
    """What is needed, with a secret, to open the store."""

    version: int = VERSION
    cipher: Cipher = Cipher.NONE
    slots: tuple[Slot, ...] = ()

    @property
    def is_encrypted(self) -> bool:
        """Tell whether a key is needed."""
        return self.cipher is not Cipher.NONE


class StoreFiles(Struct, frozen=True, kw_only=True):
    """Where a laptop keeps what is encrypted, and how."""

    store: Path
    device_key: Path
    header: Path


def load_header(path: Path) -> KeyHeader:
    """Return the key header; before the first day, that of a plain store.

    Raises:
        StoreTooNew: a newer program wrote it.
        OutOfStep: the file is damaged.
    """
    if not path.exists():
        return KeyHeader()
    data = path.read_bytes()
    try:
        version = msgspec.json.decode(data, type=dict[str, object]).get("version")
        if isinstance(version, int) and version > VERSION:
            raise StoreTooNew("store_too_new", path=str(path), migration=f"keys {version}")
        return msgspec.json.decode(data, type=KeyHeader)
    except msgspec.MsgspecError as error:
        raise OutOfStep("key_header_damaged", path=str(path)) from error


def save_header(path: Path, header: KeyHeader) -> None:
    """Write the key header: whole or not at all, and on the medium."""
    write_durably(path, msgspec.json.format(msgspec.json.encode(header)) + b"\n", mode=0o600)


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
