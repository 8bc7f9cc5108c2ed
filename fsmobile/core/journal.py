"""The journal of a laptop: what was done with its data, apart from the day's work."""

from enum import StrEnum

from msgspec import Struct

from fsmobile.core.facts import Fact


class JournalAct(StrEnum):
    """What was done."""

    EXPORTED = "exported"
    """Data left this laptop as a file."""
    ANSWERED = "answered"
    """A person was told what is held on them."""
    NAMES_ERASED = "names_erased"
    """Expired names were erased."""
    UNLOCK_REFUSED = "unlock_refused"
    """Wrong passphrases, before the right one."""
    KEYS_CHANGED = "keys_changed"
    """Who can open this laptop."""
    HANDED_IN = "handed_in"
    """The file of another laptop was given to the registry."""


class JournalNote(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One line. No content of a visit, and nobody's name but an agent's."""

    act: str
    """A `JournalAct`, or one of a newer program."""
    detail: str = ""
    count: int = 0
    """Lines, names, tries: what the act counts."""


class JournalNoted(Fact, frozen=True, kw_only=True):
    """Fact: something was done with the data of a laptop."""

    note: JournalNote
