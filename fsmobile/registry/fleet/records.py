"""Accounts and sessions of the fleet pages, as values."""

from dataclasses import dataclass
from enum import StrEnum


class AccountRole(StrEnum):
    """What an account may read."""

    ADMINISTRATOR = "administrator"
    """Every structure, every laptop, the events of the registry."""
    COORDINATOR = "coordinator"
    """One structure, and each of its laptops."""
    READER = "reader"
    """The counts of one structure, or of all; no laptop by itself."""
    TOWN_HALL = "town_hall"
    """The coming passages in one commune, to book there; nothing of the fleet."""


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who may read the fleet pages."""

    name: str
    role: str
    agency: str | None
    """None: every structure."""
    passphrase_hash: str
    second_factor: str | None
    """Secret of the one-time codes, base 32."""
    last_step: int
    """Greatest 30-second step whose code was used."""
    created_at: int
    commune: str | None = None
    """INSEE code, of a town hall's account."""

    def may_see(self, agency: str) -> bool:
        """Tell whether the account may read of a structure."""
        return not self.is_town_hall and self.agency in (None, agency)

    @property
    def is_town_hall(self) -> bool:
        """Tell whether the account books for a commune, and sees nothing else."""
        return self.role == AccountRole.TOWN_HALL

    @property
    def may_see_laptops(self) -> bool:
        """Tell whether the account may look at one laptop by itself."""
        return self.role in (AccountRole.ADMINISTRATOR, AccountRole.COORDINATOR)

    @property
    def is_administrator(self) -> bool:
        """Tell whether the account answers for the registry itself."""
        return self.role == AccountRole.ADMINISTRATOR


@dataclass(frozen=True, slots=True)
class Session:
    """A person who signed in, until they leave, rest too long or stay too long."""

    token_hash: bytes
    account: str
    started_at: int
    seen_at: int
