"""`fsmobile store encrypt|decrypt|rekey|passphrase|…`: who can open this laptop's data."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from getpass import getpass
from pathlib import Path

from msgspec.structs import replace

from fsmobile.cli.output import say
from fsmobile.cli.questions import ask_words, has_terminal
from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.cli.unlocking import (
    data_key,
    read_new_secret,
    read_secret,
    remember,
    store_files,
    unlock,
)
from fsmobile.config import Settings
from fsmobile.core.journal import JournalAct
from fsmobile.errors import InvalidInput, NotAllowed, StoreBusy, StoreFull
from fsmobile.protocol.enrolment import CODE_SIZE, WORDS, format_code, parse_code
from fsmobile.reference.enrolment_words import words
from fsmobile.store import encryption, journal, key_slots, names
from fsmobile.store.erasure import withhold_names
from fsmobile.store.identity import load_agent, load_enrolment
from fsmobile.store.key_header import KeyHeader, SlotKind, load_header, make_header, save_header
from fsmobile.store.locks import try_lock
from fsmobile.store.replica import Replica, open_store
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import NOBODY


def encrypt_store(settings: Settings, agent: str) -> None:
    """Encrypt this laptop's data, with the passphrase of a first agent and recovery words.

    Raises:
        NotAllowed: they are encrypted already.
        InvalidInput: no passphrase, or one too short.
        StoreBusy: the screens, a sync or a command are at work.
    """
    if make_header(settings.header_path, settings.store_path).is_encrypted:
        raise NotAllowed("store_encrypted_already")
    chance = SystemChance()
    key = chance.token(key_slots.KEY_SIZE)
    passphrase = read_new_secret(
        _passphrase_prompt(agent), key_slots.check_passphrase, is_first=True
    )
    header = key_slots.encrypted_header(key, agent, passphrase, chance)
    header, recovery = _new_recovery(header, key)
    with _alone(settings):
        # Before the store is encrypted: whatever happens next, somebody has read them.
        _show_recovery(recovery)
        awaited = _await_names(settings)
        encryption.encrypt(store_files(settings), header, key, chance)
        remember(settings, key)
        _note_change(settings, "encrypt")
    say(_("Les données de ce poste sont chiffrées."))
    if awaited:
        say(
            _("La prochaine synchronisation rendra {n} noms que ce poste ne gardait pas.").format(
                n=awaited
            )
        )


def decrypt_store(settings: Settings, *, is_sure: bool) -> None:
    """Make this laptop's data plain again.

    Raises:
        InvalidInput: it was not said that it is meant.
        NotAllowed: they are plain already, the passphrase is wrong, or names were given here.
        StoreBusy: the screens, a sync or a command are at work.
    """
    _encrypted_header(settings)
    if not is_sure:
        raise InvalidInput("decrypt_not_meant")
    key = _key(settings)
    with _alone(settings):
        _give_names_up(settings)
        encryption.decrypt(store_files(settings), key, SystemChance())
        remember(settings, None)
        _note_change(settings, "decrypt")
    say(_("Les données de ce poste ne sont plus chiffrées : qui a ce disque peut tout lire."))


def rekey_store(settings: Settings) -> None:
    """Make the data key anew: an older copy of the header opens today's store no more.

    Raises:
        NotAllowed: the store is plain, the passphrase is wrong, or an old slot is left.
        StoreBusy: the screens, a sync or a command are at work.
        StoreFull: no room for a second copy; nothing was changed.
    """
    before = _encrypted_header(settings)
    key = _key(settings)
    with _alone(settings):
        new_key = SystemChance().token(key_slots.KEY_SIZE)
        header = encryption.rekey(store_files(settings), key, new_key, SystemChance())
        remember(settings, new_key)
        _note_change(settings, "rekey")
    say(_("La clé des données est refaite : un ancien keys.json n'ouvre plus la base."))
    say(_("S'ouvre avec : {whose}").format(whose=", ".join(_whose(header))))
    unknown = [one for one in _whose(before) if one not in _whose(header)]
    if unknown:
        say(
            _("Ne l'ouvre plus, mis là par personne qui le pouvait : {whose}").format(
                whose=", ".join(unknown)
            )
        )


def change_passphrase(settings: Settings) -> None:
    """Change the passphrase of who knows it; the database is not rewritten."""
    header = _encrypted_header(settings)
    agent = unlock(settings, header, read_secret(_("Phrase de passe actuelle : ")))
    _set_passphrase(settings, agent)
    _propose_rekey(settings)


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
    """Take an agent's passphrase away, then make the key anew: who left may have copies."""
    header = _encrypted_header(settings)
    key_slots.without_agent(header, agent)
    unlock(settings, header, read_secret(_("Votre phrase de passe : ")))
    with _changing(settings) as header:
        save_header(settings.header_path, key_slots.without_agent(header, agent))
    _note_change(settings, f"agent-remove {agent}")
    say(_("La phrase de passe de {agent} n'ouvre plus ce poste.").format(agent=agent))
    try:
        rekey_store(settings)
    except NotAllowed as error:
        say(str(explain_error(error)))
        _say_what_old_copies_open()
    except (StoreBusy, StoreFull) as error:
        say(explain_error(error).what)
        _say_what_old_copies_open()


def recover(settings: Settings, agent: str) -> None:
    """Open with the recovery words, give an agent a new passphrase, print new words.

    Raises:
        NotAllowed: not the words of this laptop.
        InvalidInput: not twelve words of the list.
    """
    header = _encrypted_header(settings)
    given = format_code(_read_recovery(), words())
    unlock(settings, header, given, SlotKind.RECOVERY)
    _set_passphrase(settings, agent)
    with _changing(settings) as header:
        header, recovery = _new_recovery(header, _key(settings))
        save_header(settings.header_path, header)
    _note_change(settings, "recover")
    _show_recovery(recovery)
    _propose_rekey(settings)


def _read_recovery() -> bytes:
    prompt = _("Les {n} mots de secours : ").format(n=WORDS)
    given = read_secret(prompt)
    return (
        ask_words(getpass, prompt, words(), given) if has_terminal() else parse_code(given, words())
    )


def _set_passphrase(settings: Settings, agent: str) -> None:
    chosen = read_new_secret(_passphrase_prompt(agent), key_slots.check_passphrase)
    with _changing(settings) as header:
        header = key_slots.with_agent(header, _key(settings), agent, chosen, SystemChance())
        save_header(settings.header_path, header)
    _note_change(settings, f"passphrase {agent}")
    say(_("La nouvelle phrase de passe de {agent} ouvre ce poste.").format(agent=agent))


def _propose_rekey(settings: Settings) -> None:
    """Ask whether the key is made anew too; without anybody to ask, say what that would change."""
    question = _("Refaire la clé, pour que l'ancienne n'ouvre plus rien ? [O/n] ")
    if has_terminal() and not input(question).strip().lower().startswith("n"):
        rekey_store(settings)
    else:
        _say_what_old_copies_open()


def _say_what_old_copies_open() -> None:
    say(
        _(
            "Qui a une ancienne copie de keys.json et ce qui l'ouvrait peut encore ouvrir la base"
            " d'aujourd'hui. Pour l'exclure, écrans fermés : fsmobile store rekey"
        )
    )


def _note_change(settings: Settings, what: str) -> None:
    """Write into the journal who can open this laptop; before its enrolment there is none."""
    with _opened(settings) as replica:
        if replica is not None and load_enrolment(replica) is not None:
            agent_id = load_agent(replica) or NOBODY
            journal.note(replica, agent_id, JournalAct.KEYS_CHANGED, what)


def _await_names(settings: Settings) -> int:
    """Ask again for the names that this store did not keep while it was plain; count them."""
    with _opened(settings) as replica:
        return 0 if replica is None else names.await_withheld(replica)


def _give_names_up(settings: Settings) -> None:
    """Take away the names that others gave before anything is plain.

    Raises:
        NotAllowed: names were given here, that other laptops may not have.
    """
    with _opened(settings) as replica:
        if replica is None:
            return
        own = names.list_own_names(replica)
        if own:
            raise NotAllowed("own_names_kept", n=len(own), day=own[-1].erase_on.isoformat())
        withhold_names(replace(replica, is_encrypted=False))


@contextmanager
def _opened(settings: Settings) -> Iterator[Replica | None]:
    """Open the store if there is one."""
    if not settings.store_path.exists():
        yield None
        return
    replica = open_store(settings.store_path, SystemClock(), SystemChance(), data_key(settings))
    try:
        yield replica
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


def _whose(header: KeyHeader) -> list[str]:
    """Return who opens the store, for a person to read."""
    return [
        _("mots de secours") if slot.kind is SlotKind.RECOVERY else slot.name
        for slot in header.slots
    ]


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
def _changing(settings: Settings) -> Iterator[KeyHeader]:
    """Hold the header, as it is now, while it is changed.

    Raises:
        StoreBusy: another program changes it, or has made the key anew.
    """
    with _locked(store_files(settings).lock):
        header = load_header(settings.header_path)
        if not key_slots.is_current(header, _key(settings)):
            raise StoreBusy("store_at_work")
        yield header


def _alone(settings: Settings) -> AbstractContextManager[None]:
    """Keep the screens, a sync and a change of keys out while the store is rewritten.

    Raises:
        StoreBusy: one of them is at work.
    """
    keys = store_files(settings).lock
    return _locked(keys, settings.screen_lock_path, settings.sync_lock_path)


@contextmanager
def _locked(*paths: Path) -> Iterator[None]:
    locks = [try_lock(path) for path in paths]
    try:
        if None in locks:
            raise StoreBusy("store_at_work")
        yield
    finally:
        for lock in locks:
            if lock is not None:
                lock.release()
