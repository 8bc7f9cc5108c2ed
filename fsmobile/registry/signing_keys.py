"""The registry's signing keys: the one it signs with, those before it, and how one is renewed."""

from dataclasses import dataclass

import msgspec

from fsmobile.core.ids import make_uuid7
from fsmobile.core.ports import Chance, Clock
from fsmobile.protocol.handovers import Handover, decode_succession, encode_succession
from fsmobile.protocol.key_succession import hand_over
from fsmobile.protocol.signatures import SEED_SIZE, SigningKey
from fsmobile.registry.records import Event, EventKind
from fsmobile.registry.storage import Storage, Transaction

KEY = "signing_key"
_SETTINGS = (KEY, "former_keys", "key_succession")


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyPast:
    """The keys before the one that signs, and how each handed over."""

    keys: tuple[SigningKey, ...] = ()
    """The newest first: what was sealed to them must still be opened."""
    succession: tuple[Handover, ...] = ()
    """The oldest first."""


NO_PAST = KeyPast()


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRing:
    """All signing keys that a registry has had."""

    current: SigningKey
    past: KeyPast

    @property
    def all(self) -> tuple[SigningKey, ...]:
        """All of them, the newest first."""
        return (self.current, *self.past.keys)

    @property
    def public(self) -> tuple[bytes, ...]:
        """The keys under which the registry's word is good."""
        return tuple(one.public for one in self.all)

    def opening(self, box: bytes) -> SigningKey:
        """Return the key that opens what is sealed to a box; the current one if none does."""
        return next((one for one in self.past.keys if one.box.public == box), self.current)


def load_keys(transaction: Transaction) -> KeyRing | None:
    """Return the keys of a registry; None where there is none."""
    seed, former, succession = map(transaction.get_setting, _SETTINGS)
    if seed is None:
        return None
    return KeyRing(
        current=SigningKey(seed=seed),
        past=KeyPast(
            keys=tuple(SigningKey(seed=one) for one in _read_seeds(former)),
            succession=() if succession is None else decode_succession(succession),
        ),
    )


def save_keys(transaction: Transaction, keys: KeyRing) -> None:
    """Keep the keys of a registry, in the place of those that there were."""
    seeds = msgspec.msgpack.encode([one.seed for one in keys.past.keys])
    values = (keys.current.seed, seeds, encode_succession(keys.past.succession))
    for setting, value in zip(_SETTINGS, values, strict=True):
        transaction.set_setting(setting, value)


def renew_key(storage: Storage, clock: Clock, chance: Chance) -> Handover:
    """Sign with a new key from the next start on; the old one says so, and is kept."""
    now = clock.now_ms()
    with storage.transaction() as transaction:
        keys = load_keys(transaction)
        assert keys is not None
        new = SigningKey(seed=chance.token(SEED_SIZE))
        done = hand_over(keys.current, new, now)
        past = KeyPast(keys=keys.all, succession=(*keys.past.succession, done))
        save_keys(transaction, KeyRing(current=new, past=past))
        event = Event(now, EventKind.KEY_RENEWED, None, done.label)
        transaction.add_event(make_uuid7(now, chance.token(10)), event)
    return done


def _read_seeds(setting: bytes | None) -> list[bytes]:
    return [] if setting is None else msgspec.msgpack.decode(setting, type=list[bytes])
