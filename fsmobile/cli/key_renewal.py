"""`fsmobile sync --renew-key`: this laptop signs with a new key, and loses nothing by it."""

from fsmobile.cli.signing import device_key
from fsmobile.cli.system import SystemChance
from fsmobile.cli.unlocking import data_key
from fsmobile.cli.wiring import open_laptop, read_enrolment, sync_once
from fsmobile.config import Settings
from fsmobile.errors import ProtocolMismatch, RegistryUnreachable, StoreBusy
from fsmobile.protocol.key_succession import hand_over
from fsmobile.protocol.signatures import SEED_SIZE, SigningKey
from fsmobile.reference.wire_dictionary import DICTIONARY_ID, load_wire_dictionary
from fsmobile.store.device_keys import save_key
from fsmobile.store.locks import try_lock
from fsmobile.store.replica import Replica
from fsmobile.sync.http_registry import HttpRegistry
from fsmobile.sync.own_key import note_handover
from fsmobile.sync.progress import SyncReport


def renew_signing_key(settings: Settings) -> SyncReport:
    """Send what waits under the old key, hand over to a new one, and have the registry know it.

    Cut off anywhere, it leaves a laptop that syncs: under the old key until the new one has
    taken its place on the disk, and then under the new one, with the old one's word for it.

    Raises:
        RegistryUnreachable: nothing was changed, or the next sync will tell the registry.
        ProtocolMismatch: the registry's program knows nothing of this.
        StoreBusy: a sync is running.
    """
    try:
        sync_once(settings)
    except RegistryUnreachable as error:
        raise RegistryUnreachable("renewal_needs_registry") from error
    # No sync may sign with the key that goes.
    lock = try_lock(settings.sync_lock_path)
    if lock is None:
        raise StoreBusy("sync_running")
    try:
        replica = open_laptop(settings)
        try:
            _check_registry(replica)
            _take_new_key(settings, replica)
        finally:
            replica.close()
    finally:
        lock.release()
    try:
        return sync_once(settings)
    except RegistryUnreachable as error:
        raise RegistryUnreachable("renewal_not_told") from error


def _take_new_key(settings: Settings, replica: Replica) -> None:
    chance, old = SystemChance(), device_key(settings)
    new = SigningKey(seed=chance.token(SEED_SIZE))
    note_handover(replica, hand_over(old, new, replica.clock.now_ms()))
    save_key(settings.key_path, new, chance, data_key(settings))


def _check_registry(replica: Replica) -> None:
    """Ask for what only a registry that knows handovers has.

    Raises:
        ProtocolMismatch: it does not.
    """
    url = read_enrolment(replica).registry_url
    with HttpRegistry(url, load_wire_dictionary(), DICTIONARY_ID) as registry:
        try:
            registry.read_succession()
        except RegistryUnreachable as error:
            if error.code != "not_the_registry":
                raise RegistryUnreachable("renewal_needs_registry") from error
            raise ProtocolMismatch("registry_cannot_renew") from error
