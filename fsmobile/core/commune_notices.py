"""Who told a commune of a publication, how, and whether it answered; folded from facts."""

from collections.abc import Iterable
from datetime import date
from enum import StrEnum

from msgspec import Struct

from fsmobile.core.facts import Fact, FactUndone, standing_facts
from fsmobile.core.ids import OpId
from fsmobile.errors import InvalidInput

CONTACT_MAX = 120


class NoticeStep(StrEnum):
    """How far the telling of a commune has come."""

    TOLD = "told"
    ACKNOWLEDGED = "acknowledged"
    """Somebody at the town hall answered."""


class NoticeChannel(StrEnum):
    """How a commune was told."""

    EMAIL = "email"
    PHONE = "phone"
    LETTER = "letter"
    VISIT = "visit"


class CommuneContact(Struct, frozen=True, kw_only=True):
    """How a town hall is reached: its own address and number, nobody's name."""

    email: str = ""
    phone: str = ""


class CommuneContactSet(Fact, frozen=True, kw_only=True):
    """Fact: how the town hall is reached from now on."""

    contact: CommuneContact


class CommuneTold(Fact, frozen=True, kw_only=True):
    """Fact: a commune was told of everything published up to a revision, or answered."""

    step: NoticeStep
    publication: OpId
    """The op that published the revision: a number may be given again, an op id never."""
    on: date
    channel: NoticeChannel
    remark: str = ""


class CommuneFactUndone(FactUndone, frozen=True, kw_only=True):
    """Fact: an earlier fact of the commune is withdrawn."""


CommuneFact = CommuneContactSet | CommuneTold | CommuneFactUndone


class CommuneState(Struct, frozen=True, kw_only=True):
    """What is known of one commune."""

    code: str
    """That of `plan_comparison.Village`."""
    contact: CommuneContact = CommuneContact()
    steps: tuple[CommuneTold, ...] = ()
    """In the order in which they were taken, whichever coordinator took them."""

    @property
    def last_told(self) -> CommuneTold | None:
        """Return the last time the commune was told of a publication."""
        told = [one for one in self.steps if one.step is NoticeStep.TOLD]
        return told[-1] if told else None

    @property
    def answer(self) -> CommuneTold | None:
        """Return its answer to what it was told last, or None."""
        told = self.last_told
        answers = [
            one
            for one in self.steps
            if one.step is NoticeStep.ACKNOWLEDGED
            and told is not None
            and one.publication == told.publication
        ]
        return answers[-1] if answers else None


def fold_commune(code: str, facts: Iterable[CommuneFact]) -> CommuneState:
    """Fold the facts of one commune, in (hlc, op_id) order whatever order they came in."""
    valid = standing_facts(facts)
    contacts = [fact.contact for fact in valid if isinstance(fact, CommuneContactSet)]
    return CommuneState(
        code=code,
        contact=contacts[-1] if contacts else CommuneContact(),
        steps=tuple(fact for fact in valid if isinstance(fact, CommuneTold)),
    )


def check_contact(contact: CommuneContact) -> CommuneContact:
    """Return a contact if it may be kept.

    Raises:
        InvalidInput: an address without an @, or a text that is too long.
    """
    if contact.email and ("@" not in contact.email or " " in contact.email):
        raise InvalidInput("email_not_valid", value=contact.email)
    longest = max(len(contact.email), len(contact.phone))
    if longest > CONTACT_MAX:
        raise InvalidInput("contact_too_long", length=longest, maximum=CONTACT_MAX)
    return contact
