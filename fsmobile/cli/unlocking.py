"""Passphrases of the command line: asked at the terminal or read from a file, never an argument.

What was unlocked stays unlocked until the program ends, for the threads that open the store too.
"""

import os
import time
from collections.abc import Callable
from getpass import getpass
from importlib import import_module
from pathlib import Path

from fsmobile.cli.questions import ask_new_secret, has_terminal
from fsmobile.cli.system import SystemChance, SystemClock
from fsmobile.config import Settings
from fsmobile.errors import InvalidInput
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.store.key_header import KeyHeader, SlotKind, StoreFiles, make_header
from fsmobile.texts.translation import _

SECRET_FILE = "FSMOBILE_PASSPHRASE_FILE"
NEW_SECRET_FILE = "FSMOBILE_NEW_PASSPHRASE_FILE"

_data_keys: dict[Path, bytes] = {}
"""By key header."""


def is_unlocked(settings: Settings) -> bool:
    """Tell whether this program can open the store without asking."""
    return settings.header_path in _data_keys or bool(os.environ.get(SECRET_FILE))


def data_key(settings: Settings) -> bytes | None:
    """Return the key of this laptop's store, asked for once; None where the store is plain.

    Raises:
        InvalidInput: nobody to ask, and no file that says the passphrase.
        NotAllowed: a wrong passphrase.
        TryLater: too soon after wrong ones.
    """
    header = make_header(settings.header_path, settings.store_path)
    if not header.is_encrypted:
        return None
    if settings.header_path not in _data_keys:
        unlock(settings, header, read_secret(_("Phrase de passe : ")))
    return _data_keys[settings.header_path]


def unlock(
    settings: Settings, header: KeyHeader, secret: str, kind: SlotKind = SlotKind.PASSPHRASE
) -> str:
    """Open the store's key; return whose secret it was.

    Raises:
        NotAllowed: a wrong one.
        TryLater: too soon after wrong ones.
    """
    # Deferred: a plain store loads neither Argon2 nor a cipher.
    from fsmobile.store import key_slots
    from fsmobile.store.encryption import renew_slot, settle
    from fsmobile.store.unlock_tries import PAUSE_S, begin_try, forget_tries

    # Twelve words are guessed by nobody; whoever forgot a passphrase must not wait for them.
    if kind is SlotKind.PASSPHRASE and not begin_try(settings.tries_path, SystemClock().now_ms()):
        time.sleep(PAUSE_S)
    unlocked = key_slots.unlock(header, secret, kind)
    forget_tries(settings.tries_path, was_counted=kind is SlotKind.PASSPHRASE)
    if settings.header_path not in _data_keys:
        settle(store_files(settings), unlocked.data_key, SystemChance())
    if header.first_slots:
        renew_slot(store_files(settings), unlocked, secret, kind, SystemChance())
    _data_keys[settings.header_path] = unlocked.data_key
    return unlocked.name


def prepare() -> None:
    """Load what opens an encrypted store and what needs no key, while a passphrase is typed."""
    for name in ("encryption", "key_slots", "unlock_tries"):
        import_module(f"fsmobile.store.{name}")
    load_catalogue()


def store_files(settings: Settings) -> StoreFiles:
    """Say where this laptop keeps what is encrypted, and how."""
    return StoreFiles(
        store=settings.store_path,
        device_key=settings.key_path,
        header=settings.header_path,
    )


def remember(settings: Settings, key: bytes | None) -> None:
    """Keep the key of a store that has just been encrypted, or forget that of one made plain."""
    if key is None:
        _data_keys.pop(settings.header_path, None)
    else:
        _data_keys[settings.header_path] = key


def read_secret(prompt: str) -> str:
    """Return a passphrase that is there already.

    Raises:
        InvalidInput: nobody to ask, and no file that says it.
    """
    return _from_file(SECRET_FILE) or _ask(prompt)


def read_new_secret(prompt: str, check: Callable[[str], None], *, is_first: bool = False) -> str:
    """Return a passphrase that is being chosen, typed twice; `check` refuses what is none.

    Raises:
        InvalidInput: nobody to ask, and no file that says it; or refused, out of a file.
    """
    given = _from_file(NEW_SECRET_FILE) or (_from_file(SECRET_FILE) if is_first else "")
    if given:
        check(given)
        return given
    _require_terminal()
    return ask_new_secret(prompt, check)


def _ask(prompt: str) -> str:
    _require_terminal()
    return getpass(prompt)


def _require_terminal() -> None:
    if not has_terminal():
        raise InvalidInput("passphrase_needed", variable=SECRET_FILE)


def _from_file(variable: str) -> str:
    """Read the first line of the file, or of the open descriptor, that a variable names."""
    name = os.environ.get(variable)
    if not name:
        return ""
    try:
        with open(int(name) if name.isdecimal() else name, encoding="utf-8") as file:
            return file.readline().rstrip("\r\n")
    except (OSError, UnicodeDecodeError) as error:
        raise InvalidInput("passphrase_file_unreadable", path=name) from error
