"""Visit (one reception, 1..n people) and its enquiries; the fold of its facts."""

from collections.abc import Iterable, Mapping
from datetime import date, time
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.facts import Fact, sort_facts
from fsmobile.core.follow_ups import REFERENCE_MAX, Referral, ReferralChannel
from fsmobile.core.ids import (
    AgentId,
    OperatorId,
    PassageId,
    ProcedureId,
    TourId,
    VisitId,
    is_plain_act,
)
from fsmobile.errors import InvalidVisit, Problem

PEOPLE_MAX = 99
MINUTES_MAX = 600
ENQUIRIES_MAX = 20
NOTE_MAX = 500


class HelpKind(StrEnum):
    """Kind of help given (arrêté du 16 juin 2025: three levels of intervention)."""

    INFORMATION = "information"
    ASSISTANCE = "assistance"
    REFERRAL = "referral"


class Outcome(StrEnum):
    """How an enquiry ended, as the reception form (fiche d'accompagnement) has it."""

    RESOLVED = "resolved"
    AWAITING_DOCUMENTS = "awaiting_documents"
    TO_FOLLOW_UP = "to_follow_up"
    REFERRED = "referred"
    DROPPED = "dropped"
    NOT_APPLICABLE = "not_applicable"


UNSETTLED = frozenset((Outcome.AWAITING_DOCUMENTS, Outcome.TO_FOLLOW_UP, Outcome.REFERRED))
"""Outcomes after which something is still to come."""
OUTCOME_LETTERS = {
    "r": Outcome.RESOLVED,
    "p": Outcome.AWAITING_DOCUMENTS,
    "s": Outcome.TO_FOLLOW_UP,
    "o": Outcome.REFERRED,
    "a": Outcome.DROPPED,
    "x": Outcome.NOT_APPLICABLE,
}
"""What a person writes for an outcome: on the form's keys and on the sheet of the day."""


class Channel(StrEnum):
    """How the person came (modalité)."""

    WALK_IN = "walk_in"
    APPOINTMENT = "appointment"
    PHONE = "phone"
    VIDEO = "video"


class FirstContact(StrEnum):
    """Whether the person comes for the first time."""

    FIRST = "first"
    AGAIN = "again"
    UNKNOWN = "unknown"


class AgeBand(StrEnum):
    """Age bands of the Coop de la médiation numérique; never a date of birth."""

    UNDER_12 = "0-11"
    FROM_12 = "12-17"
    FROM_18 = "18-24"
    FROM_25 = "25-39"
    FROM_40 = "40-59"
    FROM_60 = "60-69"
    FROM_70 = "70+"
    UNKNOWN = "unknown"


class Mandate(StrEnum):
    """In whose name the agent acted, when they act instead of the person."""

    NONE = "none"
    VERBAL = "verbal"
    WRITTEN = "written"
    AIDANTS_CONNECT = "aidants_connect"


class Whereabouts(StrEnum):
    """Where the work was done: at a passage, on the road, or at the base."""

    PASSAGE = "passage"
    ROAD = "road"
    BASE = "base"


class Obstacle(StrEnum):
    """What stood in the way: a site that is down is not the person's failure."""

    SITE_DOWN = "site_down"
    """The operator's own site does not answer."""
    NO_NETWORK = "no_network"
    """The bus has no network."""
    PERSON = "person"
    """Something that only the person can bring: a paper, a password, a telephone."""


class Enquiry(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One thing a person came for: an operator and a procedure (or a plain act)."""

    procedure: ProcedureId
    """Code of the catalogue: a procedure, or an act that is none (print, scan, directions…)."""
    operator: OperatorId | None = None
    """None only for simple information and acts."""
    help: HelpKind
    outcome: Outcome
    referred_to: str | None = None
    """Operator or body, when the outcome is `referred`."""
    referral_channel: ReferralChannel | None = None
    reference: str = ""
    """The other side's file number; never the person's."""
    obstacle: Obstacle | None = None


class Visit(Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    """One reception. It names nobody."""

    whereabouts: Whereabouts
    passage_id: PassageId | None
    """Set when `whereabouts` is a passage."""
    insee_code: str | None
    """Commune of the stop, as it was on that day."""
    service_date: date
    starts: time
    """Local wall time, to the minute."""
    minutes: int
    people: int = 1
    channel: Channel = Channel.WALK_IN
    first_contact: FirstContact = FirstContact.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    residence: str | None = None
    """INSEE code of the commune of residence; None is « non communiquée »."""
    mandate: Mandate = Mandate.NONE
    note: str = ""
    enquiries: tuple[Enquiry, ...]
    tour_id: TourId | None = None
    """The tour of the day, of work on the road: a passage says its own."""
    is_from_paper: bool = False
    """Kept by hand first, typed in afterwards."""
    origin: str = ""
    """Of a visit that was imported: the line it was read from, which is never taken twice."""


class VisitRecorded(Fact, frozen=True, kw_only=True, gc=False):
    """Fact: a visit took place."""

    visit: Visit


class VisitCorrected(Fact, frozen=True, kw_only=True):
    """Fact: some fields of a visit were put right; before-values show concurrent edits."""

    visit_id: VisitId
    changes: Mapping[str, tuple[object, object]]
    """Field name of `Visit` (or `void`) to (value before, value after)."""


class VisitVoided(Fact, frozen=True, kw_only=True):
    """Fact: a visit was cancelled; a correction of `void` brings it back."""

    visit_id: VisitId
    reason: str


VisitFact = VisitRecorded | VisitCorrected | VisitVoided


class VisitState(Struct, frozen=True, kw_only=True, gc=False):
    """A visit as all its known facts leave it."""

    visit_id: VisitId
    visit: Visit
    agent_id: AgentId
    """Who received the person."""
    is_void: bool = False
    void_reason: str = ""
    corrections: int = 0
    needs_review: bool = False
    """A correction started from a value that was no longer there."""


def fold_visit(facts: Iterable[VisitFact]) -> VisitState | None:
    """Fold the facts of one visit, in (hlc, op_id) order whatever order they came in.

    Returns None while the recording itself has not arrived.
    """
    ordered = sort_facts(facts)
    state: VisitState | None = None
    for fact in ordered:
        if isinstance(fact, VisitRecorded):
            state = VisitState(
                visit_id=VisitId(fact.op_id), visit=fact.visit, agent_id=fact.agent_id
            )
            break
    if state is None:
        return None
    for fact in ordered:
        if isinstance(fact, VisitVoided):
            state = replace(state, is_void=True, void_reason=fact.reason)
        elif isinstance(fact, VisitCorrected):
            state = _correct(state, fact)
    return state


def _correct(state: VisitState, fact: VisitCorrected) -> VisitState:
    values: dict[str, object] = {}
    needs_review = state.needs_review
    is_void, void_reason = state.is_void, state.void_reason
    for name, (before, after) in fact.changes.items():
        if name == "void":
            needs_review |= before is not is_void
            is_void, void_reason = after is True, "" if after is not True else void_reason
        else:
            needs_review |= getattr(state.visit, name) != before
            values[name] = after
    return replace(
        state,
        visit=replace(state.visit, **values),
        is_void=is_void,
        void_reason=void_reason,
        corrections=state.corrections + 1,
        needs_review=needs_review,
    )


def referral_of(enquiry: Enquiry) -> Referral | None:
    """Return to whom an enquiry sent the person on, to be followed to its end."""
    if enquiry.referred_to is None:
        return None
    return Referral(
        to=enquiry.referred_to,
        channel=enquiry.referral_channel or ReferralChannel.DIRECT_LINE,
        reference=enquiry.reference,
    )


def check_visit(visit: Visit) -> Visit:
    """Return the visit if it may be recorded.

    Raises:
        InvalidVisit: with every fault found, each naming its field.
    """
    problems: list[Problem] = []

    def refuse(code: str, field: str, **params: str | int) -> None:
        problems.append(Problem(code=code, field=field, params=params))

    if not visit.enquiries:
        refuse("visit_without_enquiry", "enquiries")
    if len(visit.enquiries) > ENQUIRIES_MAX:
        refuse("too_many_enquiries", "enquiries", maximum=ENQUIRIES_MAX)
    if not 1 <= visit.people <= PEOPLE_MAX:
        refuse("people_out_of_range", "people", value=visit.people, maximum=PEOPLE_MAX)
    if not 1 <= visit.minutes <= MINUTES_MAX:
        refuse("duration_out_of_range", "minutes", value=visit.minutes, maximum=MINUTES_MAX)
    if len(visit.note) > NOTE_MAX:
        refuse("note_too_long", "note", length=len(visit.note), maximum=NOTE_MAX)
    if (visit.passage_id is None) is (visit.whereabouts is Whereabouts.PASSAGE):
        refuse("visit_without_place", "passage_id")
    for enquiry in visit.enquiries:
        if len(enquiry.reference) > REFERENCE_MAX:
            length = len(enquiry.reference)
            refuse("follow_up_text_too_long", "reference", length=length, maximum=REFERENCE_MAX)
        if enquiry.outcome is Outcome.REFERRED and not enquiry.referred_to:
            refuse("referral_without_target", "referred_to", procedure=enquiry.procedure)
        needs_operator = not is_plain_act(enquiry.procedure)
        if enquiry.operator is None and needs_operator and enquiry.help is not HelpKind.INFORMATION:
            refuse("operator_missing", "operator", procedure=enquiry.procedure)
    if problems:
        raise InvalidVisit("invalid_visit", problems)
    return visit
