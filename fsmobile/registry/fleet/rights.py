"""Who may do what on the fleet pages: one table, which every page consults.

Importing sticks, restoring, and managing accounts and codes are done on the registry's own machine
only: no page does them, for anybody.
"""

from collections.abc import Mapping
from enum import StrEnum


class AccountRole(StrEnum):
    """What an account is for."""

    ADMINISTRATOR = "administrator"
    """Runs the registry: every structure, every laptop, the journal."""
    COORDINATOR = "coordinator"
    """One structure, and each of its laptops."""
    PROTECTION_OFFICER = "protection_officer"
    """Has people's data erased, and sees who has confirmed it; of one structure, or of all."""
    READER = "reader"
    """The counts of one structure, or of all; no laptop by itself."""
    TOWN_HALL = "town_hall"
    """The coming passages in one commune, to book there; nothing of the fleet."""


class Right(StrEnum):
    """One thing that an account may do, in its own structure if it has one."""

    SEE_FLEET = "see_fleet"
    SEE_LAPTOPS = "see_laptops"
    SEE_EVENTS = "see_events"
    """Of the whole registry."""
    SEE_ERASURES = "see_erasures"
    REVOKE = "revoke"
    MOVE = "move"
    """Give a laptop another bus or another role."""
    ERASE = "erase"
    BOOK = "book"
    """In the name of a commune."""


RIGHTS: Mapping[AccountRole, frozenset[Right]] = {
    AccountRole.ADMINISTRATOR: frozenset(
        {
            Right.SEE_FLEET,
            Right.SEE_LAPTOPS,
            Right.SEE_EVENTS,
            Right.SEE_ERASURES,
            Right.REVOKE,
            Right.MOVE,
        }
    ),
    AccountRole.COORDINATOR: frozenset({Right.SEE_FLEET, Right.SEE_LAPTOPS, Right.REVOKE}),
    # Whoever orders an erasure must not be able to hide that it was never done.
    AccountRole.PROTECTION_OFFICER: frozenset({Right.SEE_FLEET, Right.SEE_ERASURES, Right.ERASE}),
    AccountRole.READER: frozenset({Right.SEE_FLEET}),
    AccountRole.TOWN_HALL: frozenset({Right.BOOK}),
}
