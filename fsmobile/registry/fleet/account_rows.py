"""Rows of accounts, of their sessions and of failed attempts to sign in."""

from sqlalchemy import delete, insert, or_, select, update

from fsmobile.registry import schema
from fsmobile.registry.fleet.records import Account, Session
from fsmobile.registry.rows import Rows

_a = schema.account.c
_s = schema.account_session.c
_t = schema.sign_in_attempt.c
_ACCOUNT = (
    _a.name,
    _a.role,
    _a.agency,
    _a.passphrase_hash,
    _a.second_factor,
    _a.last_step,
    _a.created_at,
    _a.commune,
)
"""In the order of `Account`."""


class AccountRows(Rows):
    """Accounts of the fleet pages, their sessions and their failed attempts."""

    __slots__ = ()

    def find_account(self, name: str) -> Account | None:
        """Return an account."""
        row = self.connection.execute(select(*_ACCOUNT).where(_a.name == name)).one_or_none()
        return None if row is None else Account(*row)

    def list_accounts(self) -> list[Account]:
        """Return every account, by name."""
        rows = self.connection.execute(select(*_ACCOUNT).order_by(_a.name))
        return [Account(*row) for row in rows]

    def add_account(self, account: Account) -> None:
        """Keep a new account."""
        self.connection.execute(
            insert(schema.account).values(
                name=account.name,
                role=account.role,
                agency=account.agency,
                passphrase_hash=account.passphrase_hash,
                second_factor=account.second_factor,
                last_step=account.last_step,
                created_at=account.created_at,
                commune=account.commune,
            )
        )

    def remove_account(self, name: str) -> None:
        """Remove an account, and all its sessions."""
        self.connection.execute(delete(schema.account).where(_a.name == name))
        self.end_sessions_of(name)

    def set_passphrase(self, name: str, passphrase_hash: str) -> None:
        """Give an account another passphrase."""
        self.connection.execute(
            update(schema.account).where(_a.name == name).values(passphrase_hash=passphrase_hash)
        )

    def set_second_factor(self, name: str, secret: str | None) -> None:
        """Give an account a second factor, or take it away."""
        self.connection.execute(
            update(schema.account).where(_a.name == name).values(second_factor=secret, last_step=0)
        )

    def use_step(self, name: str, step: int) -> bool:
        """Use up the code of a step; return False if it, or a later one, was used before."""
        spent = self.connection.execute(
            update(schema.account)
            .where(_a.name == name, _a.last_step < step)
            .values(last_step=step)
        )
        return spent.rowcount == 1

    def add_session(self, session: Session) -> None:
        """Keep a session that begins."""
        self.connection.execute(
            insert(schema.account_session).values(
                token_hash=session.token_hash,
                account=session.account,
                started_at=session.started_at,
                seen_at=session.seen_at,
            )
        )

    def find_session(self, token_hash: bytes) -> tuple[Session, Account] | None:
        """Return a session and its account as it is now."""
        row = self.connection.execute(
            select(_s.token_hash, _s.account, _s.started_at, _s.seen_at, *_ACCOUNT)
            .join(schema.account, _a.name == _s.account)
            .where(_s.token_hash == token_hash)
        ).one_or_none()
        return None if row is None else (Session(*row[:4]), Account(*row[4:]))

    def touch_session(self, token_hash: bytes, now: int) -> None:
        """Note that a session goes on."""
        self.connection.execute(
            update(schema.account_session).where(_s.token_hash == token_hash).values(seen_at=now)
        )

    def end_session(self, token_hash: bytes) -> None:
        """End one session."""
        self.connection.execute(delete(schema.account_session).where(_s.token_hash == token_hash))

    def end_sessions_of(self, name: str) -> None:
        """End every session of an account."""
        self.connection.execute(delete(schema.account_session).where(_s.account == name))

    def end_all_sessions(self) -> None:
        """End every session of everybody."""
        self.connection.execute(delete(schema.account_session))

    def end_old_sessions(self, *, started_before: int, seen_before: int) -> None:
        """Forget the sessions that have ended by themselves."""
        self.connection.execute(
            delete(schema.account_session).where(
                or_(_s.started_at <= started_before, _s.seen_at <= seen_before)
            )
        )

    def failures_of(self, source: str) -> tuple[int, int]:
        """Return how many failures a source counts, and when the first of them was."""
        row = self.connection.execute(
            select(_t.failures, _t.first_at).where(_t.source == source)
        ).one_or_none()
        return (0, 0) if row is None else (row[0], row[1])

    def count_failure(self, source: str, now: int) -> None:
        """Count one more failure of a source."""
        counted = self.connection.execute(
            update(schema.sign_in_attempt)
            .where(_t.source == source)
            .values(failures=_t.failures + 1)
        )
        if counted.rowcount == 0:
            self.connection.execute(
                insert(schema.sign_in_attempt).values(source=source, failures=1, first_at=now)
            )

    def forgive(self, source: str) -> None:
        """Take back one failure of a source: it was not one after all."""
        self.connection.execute(
            update(schema.sign_in_attempt)
            .where(_t.source == source, _t.failures > 0)
            .values(failures=_t.failures - 1)
        )

    def forget_failures(self, source: str) -> None:
        """Start to count a source from zero again."""
        self.connection.execute(delete(schema.sign_in_attempt).where(_t.source == source))

    def forget_old_failures(self, before: int) -> None:
        """Forget the failures whose time is over."""
        self.connection.execute(delete(schema.sign_in_attempt).where(_t.first_at <= before))
