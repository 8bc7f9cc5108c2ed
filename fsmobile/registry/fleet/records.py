"""Accounts and sessions of the fleet pages, as values."""

from dataclasses import dataclass

from fsmobile.registry.fleet.rights import RIGHTS, AccountRole, Right


@dataclass(frozen=True, slots=True)
class Account:
    """Someone who may read the fleet pages, or act there."""

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

    def may(self, right: Right) -> bool:
        """Tell whether the account has a right, somewhere."""
        return right in RIGHTS[AccountRole(self.role)]

    def may_in(self, right: Right, agency: str) -> bool:
        """Tell whether the account has a right in a structure."""
        return self.may(right) and self.agency in (None, agency)

    @property
    def may_see_laptops(self) -> bool:
        """Tell whether the account may look at one laptop by itself."""
        return self.may(Right.SEE_LAPTOPS)

    @property
    def may_see_events(self) -> bool:
        """Tell whether the account may read what happened to the registry."""
        return self.may(Right.SEE_EVENTS)

    @property
    def may_see_erasures(self) -> bool:
        """Tell whether the account may read who has confirmed what was to be erased."""
        return self.may(Right.SEE_ERASURES)

    @property
    def is_town_hall(self) -> bool:
        """Tell whether the account books for a commune, and sees nothing else."""
        return self.role == AccountRole.TOWN_HALL


@dataclass(frozen=True, slots=True)
class Session:
    """A person who signed in, until they leave, rest too long or stay too long."""

    token_hash: bytes
    account: str
    started_at: int
    seen_at: int
