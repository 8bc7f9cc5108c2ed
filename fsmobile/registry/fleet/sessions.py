"""Signing in to the fleet pages, staying signed in, and leaving.

Attempts are counted before the passphrase is checked, so that parallel attempts are as limited as
sequential ones. The cookie holds a random token, signed; the registry keeps its hash. A browser
where somebody has signed in keeps a mark for that account. Its failures are counted separately, so
that attempts from elsewhere, even all day long, lock nobody out at their own desk.
"""

from dataclasses import dataclass
from functools import cached_property
from hashlib import sha256

from itsdangerous import BadSignature, Signer

from fsmobile.core.ports import Chance, Clock
from fsmobile.registry.fleet.account_rows import AccountRows
from fsmobile.registry.fleet.accounts import is_passphrase, source_of_account, step_of
from fsmobile.registry.fleet.records import Account, Session
from fsmobile.registry.pace import house_of
from fsmobile.registry.storage import Storage, Transaction

MINUTE_MS = 60_000
IDLE_MS = 30 * MINUTE_MS
STAY_MS = 12 * 60 * MINUTE_MS
TOUCH_MS = MINUTE_MS
"""Precision of the last access: a page read twice in a minute writes nothing."""
WINDOW_MS = 15 * MINUTE_MS
FAILURES_OF_ACCOUNT_MAX = 5
FAILURES_OF_ADDRESS_MAX = 20
"""An office shares one address."""
_SECRET = "fleet_secret"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """The person has signed in; `token` is what their browser shows from now on."""

    token: str
    mark: str
    """What it keeps for the next time."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The name, passphrase or code is wrong; which of them is not said."""


@dataclass(frozen=True, slots=True)
class TryAfter:
    """Too many failures: nothing is checked before this time."""

    at_ms: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """The contents of the sign-in form, and where it was sent from."""

    name: str
    passphrase: str
    code: str
    address: str
    mark: str = ""
    """The mark that the browser keeps since somebody signed in there."""


@dataclass(frozen=True, kw_only=True)
class Sessions:
    """Who reads the fleet pages now."""

    storage: Storage
    clock: Clock
    chance: Chance

    def make_token(self) -> str:
        """Make the value of a cookie."""
        return self._signer("cookie").sign(self.chance.token(24).hex()).decode()

    def form_token(self, token: str) -> str:
        """Return what a form of the pages must send back with the cookie."""
        return self._signer("form").get_signature(token).decode()

    def is_form_token(self, token: str, sent: str) -> bool:
        """Tell whether a form came from our own page, shown to this browser."""
        return self._signer("form").verify_signature(token.encode(), sent.encode())

    def is_ours(self, token: str) -> bool:
        """Tell whether a cookie was made here."""
        try:
            self._signer("cookie").unsign(token.encode())
        except BadSignature:
            return False
        return True

    def sign_in(self, credentials: Credentials) -> SignedIn | Refused | TryAfter:
        """Sign a person in, or refuse."""
        now = self.clock.now_ms()
        sources = (self._source_of(credentials), source_of_address(credentials.address))
        admitted = self.storage.run(lambda transaction: _admit(transaction, sources, now))
        if isinstance(admitted, TryAfter):
            return admitted
        account = self._find_account(credentials.name)
        if not is_passphrase(account, credentials.passphrase) or account is None:
            return Refused()
        step = None
        if account.second_factor is not None:
            step = step_of(account.second_factor, credentials.code, now)
            if step is None:
                return Refused()
        token = self.make_token()
        session = Session(_hash(token), account.name, now, now)

        def begin(transaction: Transaction) -> bool:
            rows = AccountRows(transaction.connection)
            if step is not None and not rows.use_step(account.name, step):
                return False
            rows.end_old_sessions(started_before=now - STAY_MS, seen_before=now - IDLE_MS)
            rows.forget_failures(sources[0])
            rows.forgive(sources[1])
            rows.add_session(session)
            return True

        if not self.storage.run(begin):
            return Refused()
        mark = self._signer(f"mark {account.name}").sign(self.chance.token(16).hex()).decode()
        return SignedIn(token, mark)

    def find_account(self, token: str) -> Account | None:
        """Return the account of a cookie, if its session is still valid."""
        if not self.is_ours(token):
            return None
        now = self.clock.now_ms()
        with self.storage.reading() as transaction:
            found = AccountRows(transaction.connection).find_session(_hash(token))
        if found is None:
            return None
        session, account = found
        if now - session.seen_at >= IDLE_MS or now - session.started_at >= STAY_MS:
            return None
        if now - session.seen_at >= TOUCH_MS:
            self.storage.run(
                lambda transaction: AccountRows(transaction.connection).touch_session(
                    session.token_hash, now
                )
            )
        return account

    def sign_out(self, token: str) -> None:
        """End a session; copies of its cookie stop working."""
        self.storage.run(
            lambda transaction: AccountRows(transaction.connection).end_session(_hash(token))
        )

    def _source_of(self, credentials: Credentials) -> str:
        """Name the failures of a person's own browser, or of an account everywhere else."""
        try:
            mark = self._signer(f"mark {credentials.name}").unsign(credentials.mark.encode())
        except BadSignature:
            return source_of_account(credentials.name)
        return f"browser:{mark.decode()}"

    def _find_account(self, name: str) -> Account | None:
        with self.storage.reading() as transaction:
            return AccountRows(transaction.connection).find_account(name)

    def _signer(self, purpose: str) -> Signer:
        return Signer(self._secret, salt=f"fsmobile.fleet.{purpose}", digest_method=sha256)

    @cached_property
    def _secret(self) -> bytes:
        def find_or_make(transaction: Transaction) -> bytes:
            known = transaction.get_setting(_SECRET)
            if known is None:
                known = self.chance.token(32)
                transaction.set_setting(_SECRET, known)
            return bytes(known)

        return self.storage.run(find_or_make)


def source_of_address(address: str) -> str:
    """Name the failures of an address."""
    return f"address:{house_of(address)}"


def _admit(transaction: Transaction, sources: tuple[str, str], now: int) -> TryAfter | None:
    """Count an attempt as a failure until it succeeds, or say when to come back."""
    rows = AccountRows(transaction.connection)
    rows.forget_old_failures(now - WINDOW_MS)
    limits = (FAILURES_OF_ACCOUNT_MAX, FAILURES_OF_ADDRESS_MAX)
    waits = [
        first_at + WINDOW_MS
        for source, limit in zip(sources, limits, strict=True)
        for failures, first_at in [rows.failures_of(source)]
        if failures >= limit
    ]
    if waits:
        return TryAfter(max(waits))
    for source in sources:
        rows.count_failure(source, now)
    return None


def _hash(token: str) -> bytes:
    return sha256(token.encode()).digest()
