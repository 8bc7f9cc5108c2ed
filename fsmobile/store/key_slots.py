"""Slots of the key header: one data key, opened by each agent's passphrase or the recovery words.

Changing a passphrase, adding or removing an agent touches one slot, never the database.
"""

import unicodedata
from hmac import compare_digest

from argon2.low_level import Type, hash_secret_raw
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.ports import Chance
from fsmobile.errors import InvalidInput, NotAllowed, NotFound, OutOfStep, StoreBusy
from fsmobile.protocol.boxes import BoxKey
from fsmobile.store.key_header import Cipher, FirstSlot, KeyHeader, Slot, SlotKind, Wrapping
from fsmobile.store.sealing import derive, seal, unseal

KEY_SIZE = 32
SALT_SIZE = 16
NONCE_SIZE = 12
PASSES, MEMORY_KIB, LANES = 3, 64 * 1024, 4
PASSES_MAX, MEMORY_MAX_KIB, LANES_MAX, SLOTS_MAX = 12, 256 * 1024, 16, 64
"""A header that asks for more was tampered with, to exhaust the machine."""
PASSPHRASE_MIN = 12
_PREVIOUS = b"fsmobile previous data key"


class Unlocked(Struct, frozen=True, kw_only=True):
    """What a secret has opened."""

    data_key: bytes
    name: str
    """The agent whose slot it was."""


def encrypted_header(data_key: bytes, agent: str, passphrase: str, chance: Chance) -> KeyHeader:
    """Return the header of a newly encrypted store, with a first agent."""
    header = KeyHeader(cipher=Cipher.SQLCIPHER)
    return with_agent(header, data_key, agent, passphrase, chance)


def with_agent(
    header: KeyHeader, data_key: bytes, agent: str, passphrase: str, chance: Chance
) -> KeyHeader:
    """Return the header with a passphrase for an agent, which replaces any earlier one.

    Raises:
        InvalidInput: too short.
    """
    check_passphrase(passphrase)
    return _with(header, _make(data_key, SlotKind.PASSPHRASE, agent, passphrase, chance))


def check_passphrase(passphrase: str) -> None:
    """Refuse a passphrase that may not be chosen.

    Raises:
        InvalidInput: too short.
    """
    if len(_plain_words(passphrase)) < PASSPHRASE_MIN:
        raise InvalidInput("passphrase_too_short", least=PASSPHRASE_MIN)


def with_recovery(header: KeyHeader, data_key: bytes, words: str, chance: Chance) -> KeyHeader:
    """Return the header with new recovery words; earlier ones stop working."""
    return _with(header, _make(data_key, SlotKind.RECOVERY, "", words, chance))


def without_agent(header: KeyHeader, agent: str) -> KeyHeader:
    """Return the header without an agent's passphrase.

    Raises:
        NotFound: no such agent.
        NotAllowed: it is the last one; only the recovery words would then open the store.
    """
    agents = list_agents(header)
    if agent not in agents:
        raise NotFound("passphrase", agent)
    if len(agents) == 1:
        raise NotAllowed("last_passphrase", agent=agent)
    return _without(header, SlotKind.PASSPHRASE, agent)


def list_agents(header: KeyHeader) -> list[str]:
    """Return the agents who have a passphrase."""
    return [slot.name for slot in header.all_slots if slot.kind is SlotKind.PASSPHRASE]


def unlock(header: KeyHeader, secret: str, kind: SlotKind = SlotKind.PASSPHRASE) -> Unlocked:
    """Open the slot that a secret opens.

    Raises:
        NotAllowed: it opens none.
        OutOfStep: it opens none, and some slot was not written by this program.
    """
    slots = [slot for slot in header.all_slots if slot.kind is kind]
    sound = [slot for slot in slots[:SLOTS_MAX] if _is_sound(slot)]
    for slot in sound:
        data_key = _open(slot, secret)
        if data_key is not None:
            return Unlocked(data_key=data_key, name=slot.name)
    if len(sound) < len(slots):
        raise OutOfStep("key_header_damaged", path="keys.json")
    raise NotAllowed("wrong_passphrase" if kind is SlotKind.PASSPHRASE else "wrong_recovery_words")


def renewed(
    header: KeyHeader, unlocked: Unlocked, secret: str, kind: SlotKind, chance: Chance
) -> KeyHeader:
    """Return the header with the slot that a secret has just opened in the current shape."""
    if not any((one.kind, one.name) == (kind, unlocked.name) for one in header.first_slots):
        return header
    return _with(header, _make(unlocked.data_key, kind, unlocked.name, secret, chance))


def is_current(header: KeyHeader, data_key: bytes) -> bool:
    """Tell whether a data key is the one that the slots open, as far as they tell."""
    return not header.slots or any(_is_vouched(slot, data_key) for slot in header.slots)


def with_new_key(header: KeyHeader, data_key: bytes, new_key: bytes, chance: Chance) -> KeyHeader:
    """Return the header for a new data key, with the previous one sealed inside it.

    Slots added by somebody who could not open the store are dropped.

    Raises:
        StoreBusy: another program has just replaced the key.
        NotAllowed: a slot still has the first shape; only its own secret could convert it.
    """
    for slot in header.first_slots:
        if slot.kind is SlotKind.PASSPHRASE:
            raise NotAllowed("old_passphrase", agent=slot.name)
        raise NotAllowed("old_recovery_words")
    kept = [slot for slot in header.slots if _is_vouched(slot, data_key)]
    if not kept:
        raise StoreBusy("store_at_work")
    slots = tuple(_filled(slot, new_key, chance) for slot in kept)
    return replace(header, slots=slots, previous=seal(data_key, new_key, _PREVIOUS, chance))


def previous_of(header: KeyHeader, data_key: bytes) -> bytes | None:
    """Return the previous data key while a change of key is unfinished, otherwise None.

    Raises:
        OutOfStep: the header is damaged.
    """
    if not header.previous:
        return None
    try:
        return unseal(header.previous, data_key, _PREVIOUS)
    except ValueError as error:
        raise OutOfStep("key_header_damaged", path="keys.json") from error


def _with(header: KeyHeader, slot: Slot) -> KeyHeader:
    others = _without(header, slot.kind, slot.name)
    return replace(others, slots=(*others.slots, slot))


def _without(header: KeyHeader, kind: SlotKind, name: str) -> KeyHeader:
    return replace(
        header,
        slots=tuple(one for one in header.slots if (one.kind, one.name) != (kind, name)),
        first_slots=tuple(
            one for one in header.first_slots if (one.kind, one.name) != (kind, name)
        ),
    )


def _make(data_key: bytes, kind: SlotKind, name: str, secret: str, chance: Chance) -> Slot:
    private = BoxKey(secret=chance.token(KEY_SIZE))
    slot = Slot(
        kind=kind,
        name=name,
        salt=chance.token(SALT_SIZE),
        passes=PASSES,
        memory_kib=MEMORY_KIB,
        lanes=LANES,
        nonce=chance.token(NONCE_SIZE),
        private=b"",
        public=private.public,
        box=b"",
        voucher=b"",
    )
    wrapped = AESGCM(_derive(slot, secret)).encrypt(slot.nonce, private.secret, _about(slot))
    return _filled(replace(slot, private=wrapped), data_key, chance)


def _filled(slot: Slot, data_key: bytes, chance: Chance) -> Slot:
    """Return the slot with another data key in its box."""
    once = BoxKey(secret=chance.token(KEY_SIZE))
    sealed = once.agree(slot.public, _about(slot)).seal(0, data_key, is_last=True)
    return replace(slot, box=once.public + sealed, voucher=_voucher(slot, data_key))


def _open(slot: Slot | FirstSlot, secret: str) -> bytes | None:
    """Return the data key, or None if the secret is wrong or the slot was altered."""
    try:
        if isinstance(slot, FirstSlot):
            about = _name(slot)
            return AESGCM(_derive(slot, secret)).decrypt(slot.nonce, slot.wrapped, about)
        private = AESGCM(_derive(slot, secret)).decrypt(slot.nonce, slot.private, _about(slot))
        sender, sealed = slot.box[:KEY_SIZE], slot.box[KEY_SIZE:]
        cipher = BoxKey(secret=private).agree(sender, _about(slot))
        return cipher.open(0, sealed, is_last=True)
    except (InvalidTag, ValueError):
        return None


def _is_sound(slot: Wrapping) -> bool:
    """Tell whether this program may have written a slot, before spending time on it."""
    return (
        0 < slot.passes <= PASSES_MAX
        and 0 < slot.lanes <= LANES_MAX
        and 8 * slot.lanes <= slot.memory_kib <= MEMORY_MAX_KIB
        and len(slot.salt) == SALT_SIZE
        and len(slot.nonce) == NONCE_SIZE
    )


def _is_vouched(slot: Slot, data_key: bytes) -> bool:
    return compare_digest(slot.voucher, _voucher(slot, data_key))


def _voucher(slot: Slot, data_key: bytes) -> bytes:
    return derive(data_key, b"voucher" + _about(slot))


def _derive(slot: Wrapping, secret: str) -> bytes:
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
    """Return the associated data that binds a slot to its owner and its keys."""
    return slot.public + _name(slot)


def _name(slot: Wrapping) -> bytes:
    return f"fsmobile slot {slot.kind} {slot.name}".encode()


def _plain_words(secret: str) -> str:
    """Normalise accents: two keyboards type the same é as different characters."""
    return unicodedata.normalize("NFC", secret).strip()
