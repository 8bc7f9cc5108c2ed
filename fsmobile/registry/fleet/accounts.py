"""Accounts of the fleet pages: made, listed and removed at the registry's own machine."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

import pyotp
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from fsmobile.core.ids import is_slug
from fsmobile.core.ports import Clock
from fsmobile.errors import InvalidInput, NotFound
from fsmobile.registry.fleet.account_rows import AccountRows
from fsmobile.registry.fleet.records import Account
from fsmobile.registry.fleet.rights import AccountRole
from fsmobile.registry.storage import Storage, Transaction

PASSPHRASE_MIN = 12
PASSPHRASE_MAX = 1_000
"""In characters; more would only take longer to hash."""
STEP_SECONDS = 30
ISSUER = "fsmobile"
_INSEE = re.compile(r"(?:\d\d|2[AB])\d{3}")
_NAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,39}")


Note = Callable[[Transaction, str], None]
"""Writes an act in the journal, in its transaction."""


def _unnoted(_transaction: Transaction, _act: str) -> None:
    pass


def add_account(
    storage: Storage,
    clock: Clock,
    *,
    name: str,
    role: str,
    agency: str | None,
    passphrase: str,
    commune: str | None = None,
    note: Note = _unnoted,
) -> None:
    """Create an account; `note` records the act in the journal, in the same transaction.

    Raises:
        InvalidInput: a name, role, structure or passphrase that cannot be, or a taken name.
    """
    _check_account(name, role, agency, commune)
    account = Account(
        name=name,
        role=role,
        agency=agency,
        passphrase_hash=_hash(name, passphrase),
        second_factor=None,
        last_step=0,
        created_at=clock.now_ms(),
        commune=commune,
    )
    with storage.transaction() as transaction:
        rows = AccountRows(transaction.connection)
        if rows.find_account(name) is not None:
            raise InvalidInput("account_exists", value=name)
        rows.add_account(account)
        note(transaction, f"add {name} ({role}{'' if agency is None else f' {agency}'})")


def _check_account(name: str, role: str, agency: str | None, commune: str | None) -> None:
    if _NAME.fullmatch(name) is None:
        raise InvalidInput("account_name_malformed", value=name)
    if role not in set(AccountRole):
        raise InvalidInput("role_unknown", value=role, expected=", ".join(AccountRole))
    if (role == AccountRole.TOWN_HALL) != (commune is not None):
        raise InvalidInput("account_of_a_commune")
    if commune is not None and _INSEE.fullmatch(commune) is None:
        raise InvalidInput("commune_malformed", value=commune)
    if role in (AccountRole.COORDINATOR, AccountRole.TOWN_HALL) and agency is None:
        raise InvalidInput("account_without_agency")
    if role == AccountRole.ADMINISTRATOR and agency is not None:
        raise InvalidInput("administrator_with_agency")
    if agency is not None and not is_slug(agency):
        raise InvalidInput("agency_malformed", value=agency)


def change_passphrase(
    storage: Storage, name: str, passphrase: str, *, note: Note = _unnoted
) -> None:
    """Give an account another passphrase, and end its sessions.

    Raises:
        InvalidInput: a passphrase that is too short or too long.
        NotFound: no such account.
    """
    hashed = _hash(name, passphrase)
    with storage.transaction() as transaction:
        rows = AccountRows(transaction.connection)
        _require(rows, name)
        rows.set_passphrase(name, hashed)
        rows.end_sessions_of(name)
        note(transaction, f"passphrase {name}")
        rows.forget_failures(source_of_account(name))


def list_accounts(storage: Storage) -> list[Account]:
    """Return every account, by name."""
    with storage.reading() as transaction:
        return AccountRows(transaction.connection).list_accounts()


def remove_account(storage: Storage, name: str, *, note: Note = _unnoted) -> None:
    """Remove an account; its sessions end at once.

    Raises:
        NotFound: no such account.
    """
    with storage.transaction() as transaction:
        rows = AccountRows(transaction.connection)
        _require(rows, name)
        rows.remove_account(name)
        note(transaction, f"remove {name}")


def make_second_factor(storage: Storage, name: str) -> tuple[str, str]:
    """Return a new secret and its `otpauth://` address; nothing is stored until a code confirms it.

    Raises:
        NotFound: no such account.
    """
    with storage.reading() as transaction:
        _require(AccountRows(transaction.connection), name)
    secret = pyotp.random_base32()
    return secret, pyotp.TOTP(secret).provisioning_uri(name=name, issuer_name=ISSUER)


def confirm_second_factor(
    storage: Storage, clock: Clock, *, name: str, secret: str, code: str, note: Note = _unnoted
) -> None:
    """Require one-time codes from now on, once a first one has been given.

    Raises:
        InvalidInput: not a code of this secret at this time.
        NotFound: no such account.
    """
    if step_of(secret, code, clock.now_ms()) is None:
        raise InvalidInput("second_factor_refused")
    _set_second_factor(storage, name, secret, note)


def remove_second_factor(storage: Storage, name: str, *, note: Note = _unnoted) -> None:
    """Stop requiring one-time codes: the telephone is lost.

    Raises:
        NotFound: no such account.
    """
    _set_second_factor(storage, name, None, note)


def check_passphrase(name: str, passphrase: str) -> None:
    """Refuse a passphrase that an account may not have.

    Raises:
        InvalidInput: too short, too long, or little more than the name.
    """
    if not PASSPHRASE_MIN <= len(passphrase) <= PASSPHRASE_MAX:
        raise InvalidInput("passphrase_length", minimum=PASSPHRASE_MIN, maximum=PASSPHRASE_MAX)
    if name in passphrase.casefold() and len(passphrase) < len(name) + PASSPHRASE_MIN:
        raise InvalidInput("passphrase_holds_name", value=name)


def is_passphrase(account: Account | None, passphrase: str) -> bool:
    """Tell whether a passphrase is that of an account; equally slow when there is no account."""
    known = _nobodys_hash() if account is None else account.passphrase_hash
    try:
        _hasher().verify(known, passphrase[:PASSPHRASE_MAX])
    except (VerificationError, InvalidHashError):
        return False
    return account is not None


def step_of(secret: str, code: str, now_ms: int) -> int | None:
    """Return the 30-second step of a code, at most one step from now; None if there is none."""
    typed = re.sub(r"\s", "", code)
    now = now_ms // 1000 // STEP_SECONDS
    totp = pyotp.TOTP(secret)
    found = None
    for step in (now - 1, now, now + 1):
        moment = datetime.fromtimestamp(step * STEP_SECONDS, tz=UTC)
        if totp.verify(typed, for_time=moment):
            found = step
    return found


def source_of_account(name: str) -> str:
    """Name the failures of an account, whether there is such an account or not."""
    return f"account:{name[:64]}"


def _set_second_factor(storage: Storage, name: str, secret: str | None, note: Note) -> None:
    with storage.transaction() as transaction:
        rows = AccountRows(transaction.connection)
        _require(rows, name)
        rows.set_second_factor(name, secret)
        rows.end_sessions_of(name)
        note(transaction, f"second-factor {name}{' --remove' if secret is None else ''}")


def _require(rows: AccountRows, name: str) -> Account:
    account = rows.find_account(name)
    if account is None:
        raise NotFound("account", name)
    return account


def _hash(name: str, passphrase: str) -> str:
    check_passphrase(name, passphrase)
    return _hasher().hash(passphrase)


@cache
def _hasher() -> PasswordHasher:
    """Argon2id with the library's own parameters (RFC 9106, low memory: 64 MiB)."""
    return PasswordHasher()


@cache
def _nobodys_hash() -> str:
    return _hasher().hash(pyotp.random_base32())
