"""Follow-up: what was promised to someone, tied to a place; its named part apart, and expiring.

The name, the telephone and the consent are a fact of their own, so that they can be erased
while the rest, which names nobody, stays (RGPD, art. 5-1 e).
"""

from collections.abc import Iterable
from datetime import date, timedelta
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.facts import Fact, FactUndone, standing_facts
from fsmobile.core.ids import AgentId, FollowUpId, OperatorId, PlaceId, ProcedureId, VisitId
from fsmobile.errors import InvalidInput, Problem

TASK_MAX = 200
NAME_MAX = 80
CONTACT_MAX = 80
REFERENCE_MAX = 40
KEPT_DAYS_MAX = 366
"""A named part lives at most a year (the Coop's rule), and is asked for again after that."""
REMINDER_DAYS = (3, 15)
"""Working days without news after which a referral is late, then forgotten (Administration+)."""


class ReferralChannel(StrEnum):
    """By what way a person was sent on."""

    DIRECT_LINE = "direct_line"
    ADMINISTRATION_PLUS = "administration_plus"
    MAIL = "mail"
    COUNTER = "counter"
    VIDEO = "video"


class Usefulness(StrEnum):
    """The person's answer: was it useful (Administration+'s three words)."""

    YES = "yes"
    UNKNOWN = "unknown"
    NO = "no"


class Referral(Struct, frozen=True, kw_only=True):
    """To whom a person was sent on."""

    to: str
    """Operator or body."""
    channel: ReferralChannel
    reference: str = ""
    """The other side's file number; never the person's."""


class FollowUp(Struct, frozen=True, kw_only=True):
    """What was promised. It names nobody."""

    opened_on: date
    task: str
    """What to do, in a few words."""
    procedure: ProcedureId | None = None
    operator: OperatorId | None = None
    place_id: PlaceId | None = None
    """Where the person comes to the bus; the follow-up can be taken up anywhere."""
    due: date | None = None
    """None: at the next passage at the place."""
    visit_id: VisitId | None = None
    """The visit in which it was promised."""
    referral: Referral | None = None


class NamedPart(Struct, frozen=True, kw_only=True):
    """Who it is about, with their consent, until a date."""

    name: str
    contact: str = ""
    """Telephone or e-mail."""
    consented_on: date
    consent_text: str
    """Code of the text that was read to the person."""
    erase_on: date


class FollowUpOpened(Fact, frozen=True, kw_only=True):
    """Fact: something was promised."""

    follow_up: FollowUp


class FollowUpNamed(Fact, frozen=True, kw_only=True):
    """Fact: the person agreed that their name be kept."""

    named: NamedPart


class FollowUpStepped(Fact, frozen=True, kw_only=True):
    """Fact: something was done or learnt, or the date moved."""

    on: date
    text: str = ""
    due: date | None = None
    """A new date for the task; None leaves it."""
    task: str = ""
    """What is to be done now; empty leaves it."""


class FollowUpClosed(Fact, frozen=True, kw_only=True):
    """Fact: it is done, or given up."""

    on: date
    is_done: bool
    usefulness: Usefulness = Usefulness.UNKNOWN


class FollowUpFactUndone(FactUndone, frozen=True, kw_only=True):
    """Fact: an earlier fact of the follow-up is withdrawn."""


FollowUpFact = (
    FollowUpOpened | FollowUpNamed | FollowUpStepped | FollowUpClosed | FollowUpFactUndone
)


class Step(Struct, frozen=True, kw_only=True):
    """One line of the history of a follow-up."""

    on: date
    agent_id: AgentId
    text: str


class FollowUpState(Struct, frozen=True, kw_only=True):
    """A follow-up as all its known facts leave it."""

    follow_up_id: FollowUpId
    follow_up: FollowUp
    agent_id: AgentId
    """Who promised."""
    touched_on: date
    """Day of the last fact: from when the silence is counted."""
    named: NamedPart | None = None
    steps: tuple[Step, ...] = ()
    is_open: bool = True
    is_done: bool = False
    usefulness: Usefulness = Usefulness.UNKNOWN


def fold_follow_up(facts: Iterable[FollowUpFact]) -> FollowUpState | None:
    """Fold the facts of one follow-up, in (hlc, op_id) order whatever order they came in.

    Returns None while the opening has not arrived, or once it was withdrawn.
    """
    valid = standing_facts(facts)
    opened = next((fact for fact in valid if isinstance(fact, FollowUpOpened)), None)
    if opened is None:
        return None
    state = FollowUpState(
        follow_up_id=FollowUpId(opened.op_id),
        follow_up=opened.follow_up,
        agent_id=opened.agent_id,
        touched_on=opened.follow_up.opened_on,
    )
    for fact in valid:
        match fact:
            case FollowUpNamed():
                state = replace(state, named=fact.named)
            case FollowUpStepped():
                state = _step(state, fact)
            case FollowUpClosed():
                state = replace(
                    state,
                    is_open=False,
                    is_done=fact.is_done,
                    usefulness=fact.usefulness,
                    touched_on=max(state.touched_on, fact.on),
                )
            case _:
                pass
    return state


def _step(state: FollowUpState, fact: FollowUpStepped) -> FollowUpState:
    follow_up = state.follow_up
    if fact.due is not None:
        follow_up = replace(follow_up, due=fact.due)
    if fact.task:
        follow_up = replace(follow_up, task=fact.task)
    steps = state.steps
    if fact.text:
        steps = (*steps, Step(on=fact.on, agent_id=fact.agent_id, text=fact.text))
    return replace(
        state,
        follow_up=follow_up,
        steps=steps,
        # A step after the end takes the matter up again.
        is_open=True,
        is_done=False,
        touched_on=max(state.touched_on, fact.on),
    )


def count_reminders(state: FollowUpState, silent_days: int) -> int:
    """Return how often a referral ought to have been chased, after so many silent working days."""
    if not state.is_open or state.follow_up.referral is None:
        return 0
    return sum(silent_days >= days for days in REMINDER_DAYS)


def check_follow_up(follow_up: FollowUp) -> FollowUp:
    """Return the follow-up if it may be recorded.

    Raises:
        InvalidInput: with every fault found.
    """
    problems: list[Problem] = []
    if not follow_up.task.strip():
        problems.append(Problem(code="follow_up_without_task", field="task"))
    problems += _too_long("task", follow_up.task, TASK_MAX)
    if follow_up.due is None and follow_up.place_id is None:
        problems.append(Problem(code="follow_up_without_end", field="due"))
    if follow_up.referral is not None:
        problems += _too_long("reference", follow_up.referral.reference, REFERENCE_MAX)
    if problems:
        raise InvalidInput("invalid_follow_up", problems)
    return follow_up


def check_named_part(named: NamedPart, today: date) -> NamedPart:
    """Return the named part if it may be kept.

    Raises:
        InvalidInput: no name, no date of erasure, or one that is too far.
    """
    problems: list[Problem] = []
    if not named.name.strip():
        problems.append(Problem(code="named_part_without_name", field="name"))
    problems += _too_long("name", named.name, NAME_MAX)
    problems += _too_long("contact", named.contact, CONTACT_MAX)
    latest = today + timedelta(days=KEPT_DAYS_MAX)
    if not today < named.erase_on <= latest:
        params = {"value": named.erase_on.isoformat(), "maximum": latest.isoformat()}
        problems.append(Problem(code="erase_on_out_of_range", field="erase_on", params=params))
    if problems:
        raise InvalidInput("invalid_follow_up", problems)
    return named


def _too_long(field: str, text: str, maximum: int) -> list[Problem]:
    if len(text) <= maximum:
        return []
    params = {"length": len(text), "maximum": maximum}
    return [Problem(code="follow_up_text_too_long", field=field, params=params)]
