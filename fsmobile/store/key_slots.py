"""Slots of the key header: one data key, opened by each agent's passphrase or the recovery words.

A change of passphrase, an agent more or less: 32 bytes wrapped anew, the database untouched.
"""

import unicodedata

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.ports import Chance
from fsmobile.errors import InvalidInput, NotAllowed, NotFound, OutOfStep
from fsmobile.store.key_header import Cipher, KeyHeader, Slot, SlotKind

KEY_SIZE = 32
SALT_SIZE = 16
NONCE_SIZE = 12
PASSES, MEMORY_KIB, LANES = 3, 64 * 1024, 4
MEMORY_MAX_KIB = 1024 * 1024
"""A header that asks for more was tampered with: it would only exhaust the machine."""
PASSPHRASE_MIN = 12


class Unlocked(Struct, frozen=True, kw_only=True):
    """What a secret opened."""

    data_key: bytes
    name: str
    """The agent whose slot it was."""


def encrypted_header(data_key: bytes, agent: str, passphrase: str, chance: Chance) -> KeyHeader:
    """Return the header of a store that begins to be encrypted, with a first agent."""
    header = KeyHeader(cipher=Cipher.SQLCIPHER)
    return with_agent(header, data_key, agent, passphrase, chance)


def with_agent(
    header: KeyHeader, data_key: bytes, agent: str, passphrase: str, chance: Chance
) -> KeyHeader:
    """Return the header with a passphrase for an agent, in the place of the one there was.

    Raises:
        InvalidInput: too short.
    """
    if len(_plain_words(passphrase)) < PASSPHRASE_MIN:
        raise InvalidInput("passphrase_too_short", least=PASSPHRASE_MIN)
    return _with(header, _wrap(data_key, SlotKind.PASSPHRASE, agent, passphrase, chance))


def with_recovery(header: KeyHeader, data_key: bytes, words: str, chance: Chance) -> KeyHeader:
    """Return the header with new recovery words; the ones before open nothing any more."""
    return _with(header, _wrap(data_key, SlotKind.RECOVERY, "", words, chance))


def without_agent(header: KeyHeader, agent: str) -> KeyHeader:
    """Return the header without an agent's passphrase.

    Raises:
        NotFound: no such agent.
        NotAllowed: the last one, without whom only the recovery words would open the store.
    """
    agents = list_agents(header)
    if agent not in agents:
        raise NotFound("passphrase", agent)
    if len(agents) == 1:
        raise NotAllowed("last_passphrase", agent=agent)
    kept = (one for one in header.slots if (one.kind, one.name) != (SlotKind.PASSPHRASE, agent))
    return replace(header, slots=tuple(kept))


def list_agents(header: KeyHeader) -> list[str]:
    """Return who has a passphrase."""
    return [slot.name for slot in header.slots if slot.kind is SlotKind.PASSPHRASE]


def unlock(header: KeyHeader, secret: str, kind: SlotKind = SlotKind.PASSPHRASE) -> Unlocked:
    """Open the slot that a secret opens.

    Raises:
        NotAllowed: it opens none.
        OutOfStep: the header asks for more than any program of ours wrote.
    """
    for slot in header.slots:
        if slot.kind is kind:
            data_key = _unwrap(slot, secret)
            if data_key is not None:
                return Unlocked(data_key=data_key, name=slot.name)
    raise NotAllowed("wrong_passphrase" if kind is SlotKind.PASSPHRASE else "wrong_recovery_words")


def _with(header: KeyHeader, slot: Slot) -> KeyHeader:
    others = (one for one in header.slots if (one.kind, one.name) != (slot.kind, slot.name))
    return replace(header, slots=(*others, slot))


def _wrap(data_key: bytes, kind: SlotKind, name: str, secret: str, chance: Chance) -> Slot:
    slot = Slot(
        kind=kind,
        name=name,
        salt=chance.token(SALT_SIZE),
        passes=PASSES,
        memory_kib=MEMORY_KIB,
        lanes=LANES,
        nonce=chance.token(NONCE_SIZE),
        wrapped=b"",
    )
    wrapped = AESGCM(_derive(slot, secret)).encrypt(slot.nonce, data_key, _about(slot))
    return replace(slot, wrapped=wrapped)


def _unwrap(slot: Slot, secret: str) -> bytes | None:
    if slot.memory_kib > MEMORY_MAX_KIB or slot.passes > 100 or slot.lanes > 64:
        raise OutOfStep("key_header_damaged", path=slot.name)
    try:
        return AESGCM(_derive(slot, secret)).decrypt(slot.nonce, slot.wrapped, _about(slot))
    except InvalidTag:
        return None


def _derive(slot: Slot, secret: str) -> bytes:
    return hash_secret_raw(
        _plain_words(secret).encode(),
        slot.salt,
        time_cost=slot.passes,
        memory_cost=slot.memory_kib,
        parallelism=slot.lanes,
        hash_len=KEY_SIZE,
        type=Type.ID,
    )


def _about(slot: Slot) -> bytes:
    """Bind a slot to whom it is for: it cannot be given another name."""
    return f"fsmobile slot {slot.kind} {slot.name}".encode()


def _plain_words(secret: str) -> str:
    """Write one accent one way: two keyboards type the same é by different characters."""
    return unicodedata.normalize("NFC", secret).strip()
