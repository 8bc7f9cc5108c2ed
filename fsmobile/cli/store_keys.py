"""`fsmobile store encrypt|decrypt|passphrase|agent-…|recover`: who can open this laptop's data."""

from collections.abc import Iterator
from contextlib import contextmanager

from fsmobile.cli.output import say
from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.cli.unlocking import (
    data_key,
    read_new_secret,
    read_secret,
    remember,
    store_files,
    unlock,
)
from fsmobile.config import Settings, make_home
from fsmobile.core.journal import JournalAct
from fsmobile.errors import InvalidInput, NotAllowed, StoreBusy
from fsmobile.protocol.enrolment import CODE_SIZE, WORDS, format_code, parse_code
from fsmobile.reference.enrolment_words import words
from fsmobile.store import encryption, journal, key_slots
from fsmobile.store.identity import load_agent, load_enrolment
from fsmobile.store.key_header import KeyHeader, SlotKind, load_header, make_header, save_header
from fsmobile.store.locks import try_lock
from fsmobile.store.replica import open_store
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import NOBODY


def encrypt_store(settings: Settings, agent: str) -> None:
    """Encrypt this laptop's data, with the passphrase of a first agent and recovery words.

    Raises:
        NotAllowed: they are encrypted already.
        InvalidInput: no passphrase, or one too short.
        StoreBusy: the screens, a sync or a command are at work.
    """
    make_home(settings)
    if make_header(settings.header_path, settings.store_path).is_encrypted:
        raise NotAllowed("store_encrypted_already")
    chance = SystemChance()
    key = chance.token(key_slots.KEY_SIZE)
    passphrase = read_new_secret(_passphrase_prompt(agent), is_first=True)
    header = key_slots.encrypted_header(key, agent, passphrase, chance)
    header, recovery = _new_recovery(header, key)
    with _alone(settings):
        # Before the store is encrypted: whatever happens next, somebody has read them.
        _show_recovery(recovery)
        encryption.encrypt(store_files(settings), header, key, chance)
        remember(settings, key)
        _note_change(settings, "encrypt")
    say(_("Les données de ce poste sont chiffrées."))


def decrypt_store(settings: Settings, *, is_sure: bool) -> None:
    """Make this laptop's data plain again.

    Raises:
        InvalidInput: it was not said that it is meant.
        NotAllowed: they are plain already, or the passphrase is wrong.
        StoreBusy: the screens, a sync or a command are at work.
    """
    _encrypted_header(settings)
    if not is_sure:
        raise InvalidInput("decrypt_not_meant")
    key = _key(settings)
    with _alone(settings):
        encryption.decrypt(store_files(settings), key, SystemChance())
        remember(settings, None)
        _note_change(settings, "decrypt")
    say(_("Les données de ce poste ne sont plus chiffrées : qui a ce disque peut tout lire."))


def change_passphrase(settings: Settings) -> None:
    """Change the passphrase of who knows it; the database is not rewritten."""
    header = _encrypted_header(settings)
    agent = unlock(settings, header, read_secret(_("Phrase de passe actuelle : ")))
    _set_passphrase(settings, agent)


def add_agent(settings: Settings, agent: str) -> None:
    """Give an agent a passphrase of their own.

    Raises:
        NotAllowed: the agent has one already.
    """
    header = _encrypted_header(settings)
    if agent in key_slots.list_agents(header):
        raise NotAllowed("passphrase_exists", agent=agent)
    unlock(settings, header, read_secret(_("Votre phrase de passe : ")))
    _set_passphrase(settings, agent)


def remove_agent(settings: Settings, agent: str) -> None:
    """Take an agent's passphrase away."""
    header = _encrypted_header(settings)
    left = key_slots.without_agent(header, agent)
    unlock(settings, header, read_secret(_("Votre phrase de passe : ")))
    save_header(settings.header_path, left)
    _note_change(settings, f"agent-remove {agent}")
    say(_("La phrase de passe de {agent} n'ouvre plus ce poste.").format(agent=agent))


def recover(settings: Settings, agent: str) -> None:
    """Open with the recovery words, give an agent a new passphrase, print new words.

    Raises:
        NotAllowed: not the words of this laptop.
        InvalidInput: not twelve words of the list.
    """
    header = _encrypted_header(settings)
    typed = read_secret(_("Les {n} mots de secours : ").format(n=WORDS))
    given = format_code(parse_code(typed, words()), words())
    unlock(settings, header, given, SlotKind.RECOVERY)
    _set_passphrase(settings, agent)
    header, recovery = _new_recovery(load_header(settings.header_path), _key(settings))
    save_header(settings.header_path, header)
    _note_change(settings, "recover")
    _show_recovery(recovery)


def _set_passphrase(settings: Settings, agent: str) -> None:
    chosen = read_new_secret(_passphrase_prompt(agent))
    header = load_header(settings.header_path)
    header = key_slots.with_agent(header, _key(settings), agent, chosen, SystemChance())
    save_header(settings.header_path, header)
    _note_change(settings, f"passphrase {agent}")
    say(_("La nouvelle phrase de passe de {agent} ouvre ce poste.").format(agent=agent))


def _note_change(settings: Settings, what: str) -> None:
    """Write into the journal who can open this laptop; before its enrolment there is none."""
    if not settings.store_path.exists():
        return
    replica = open_store(settings.store_path, SystemClock(), SystemChance(), data_key(settings))
    try:
        if load_enrolment(replica) is not None:
            agent_id = load_agent(replica) or NOBODY
            journal.note(replica, agent_id, JournalAct.KEYS_CHANGED, what)
    finally:
        replica.close()


def _key(settings: Settings) -> bytes:
    key = data_key(settings)
    assert key is not None
    return key


def _encrypted_header(settings: Settings) -> KeyHeader:
    header = load_header(settings.header_path)
    if not header.is_encrypted:
        raise NotAllowed("store_plain_already")
    return header


def _new_recovery(header: KeyHeader, key: bytes) -> tuple[KeyHeader, str]:
    recovery = format_code(SystemChance().token(CODE_SIZE), words())
    return key_slots.with_recovery(header, key, recovery, SystemChance()), recovery


def _show_recovery(recovery: str) -> None:
    each = recovery.split()
    say(_("Mots de secours, à recopier et à garder à la base, jamais avec le portable :"))
    for start in range(0, len(each), 4):
        say("    " + "  ".join(each[start : start + 4]))
    say(_("Ils ne seront plus montrés. Sans eux ni phrase de passe, rien ne se relit."))


def _passphrase_prompt(agent: str) -> str:
    return _("Phrase de passe de {agent} ({least} caractères au moins) : ").format(
        agent=agent, least=key_slots.PASSPHRASE_MIN
    )


@contextmanager
def _alone(settings: Settings) -> Iterator[None]:
    """Keep the screens and a sync out while the store is rewritten.

    Raises:
        StoreBusy: one of them is at work.
    """
    paths = (settings.screen_lock_path, settings.sync_lock_path)
    locks = [try_lock(path) for path in paths]
    try:
        if None in locks:
            raise StoreBusy("store_at_work")
        yield
    finally:
        for lock in locks:
            if lock is not None:
                lock.release()
