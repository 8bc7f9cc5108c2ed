"""A visit being typed: the state of the fast entry form; its keys are in visit_entry_keys."""

from collections.abc import Callable, Sequence
from datetime import date, time
from enum import StrEnum

from msgspec import Struct, field
from msgspec.structs import replace

from fsmobile.core.catalogue import Procedure
from fsmobile.core.follow_ups import ReferralChannel
from fsmobile.core.ids import OperatorId, PassageId, ProcedureId, TourId, VisitId, is_plain_act
from fsmobile.core.visits import (
    MINUTES_MAX,
    AgeBand,
    Channel,
    Enquiry,
    FirstContact,
    HelpKind,
    Mandate,
    Obstacle,
    Outcome,
    Visit,
    Whereabouts,
)
from fsmobile.tui.picker import Choice, Picker


class Step(StrEnum):
    """What the form is asking."""

    PROCEDURE = "procedure"
    OPERATOR = "operator"
    FACTS = "facts"
    REFERRAL = "referral"
    CHANNEL = "channel"
    """By what way the person is sent on."""
    AGE = "age"
    RESIDENCE = "residence"


class Wish(StrEnum):
    """What the form asks of the screen after a key."""

    NOTHING = "nothing"
    SAVE = "save"
    PARK = "park"
    WRITE_NOTE = "write_note"
    WRITE_REFERENCE = "write_reference"
    MEASURE = "measure"
    """The duration is what the clock says since the form was opened."""


class Hint(StrEnum):
    """Why a key did nothing; the screen has a sentence for each."""

    CHOOSE_PROCEDURE = "choose_procedure"
    NO_MATCH = "no_match"
    CHOOSE_OUTCOME = "choose_outcome"
    CHOOSE_REFERRAL = "choose_referral"
    CHOOSE_OPERATOR = "choose_operator"
    TOO_MANY = "too_many"
    NO_PASSAGE = "no_passage"


class EntryBook(Struct, frozen=True, kw_only=True):
    """Where the form looks things up; the same for all visits of a stop."""

    find_procedures: Callable[[str], Sequence[Choice]]
    find_operators: Callable[[str], Sequence[Choice]]
    find_referrals: Callable[[str], Sequence[Choice]]
    """Operators, then bodies that are none (town hall, social worker)."""
    find_channels: Callable[[str], Sequence[Choice]]
    find_communes: Callable[[str], Sequence[Choice]]
    procedure: Callable[[ProcedureId], Procedure]
    stop_commune: str | None = None
    """INSEE code of the stop: the first commune of residence that is offered."""


class EnquiryDraft(Struct, frozen=True, kw_only=True):
    """An enquiry being typed; it becomes an `Enquiry` once its outcome is chosen."""

    procedure: ProcedureId
    operator: OperatorId | None
    help: HelpKind
    minutes: int
    """Usual duration of the procedure."""
    outcome: Outcome | None = None
    referred_to: str | None = None
    referral_channel: ReferralChannel | None = None
    reference: str = ""
    obstacle: Obstacle | None = None


class Entry(Struct, frozen=True, kw_only=True):
    """A visit being typed."""

    draft_id: str
    service_date: date
    starts: time
    passage_id: PassageId | None
    insee_code: str | None = None
    """Commune of the stop."""
    tour_id: TourId | None = None
    """The tour of the day: work on the road is told with it."""
    is_from_paper: bool = False
    whereabouts: Whereabouts = Whereabouts.PASSAGE
    step: Step = Step.PROCEDURE
    picker: Picker = field(default_factory=Picker)
    done: tuple[EnquiryDraft, ...] = ()
    """Enquiries finished with `,`; the same person asks for something else."""
    current: EnquiryDraft | None = None
    people: int = 1
    minutes: int | None = None
    """None: the usual duration of what is asked."""
    channel: Channel = Channel.WALK_IN
    first_contact: FirstContact = FirstContact.UNKNOWN
    age_band: AgeBand = AgeBand.UNKNOWN
    residence: str | None = None
    mandate: Mandate = Mandate.NONE
    note: str = ""
    correcting: VisitId | None = None
    """Set when a recorded visit is being put right."""
    hint: Hint | None = None
    wish: Wish = Wish.NOTHING

    @property
    def enquiries(self) -> tuple[EnquiryDraft, ...]:
        """All enquiries, the one being typed last."""
        return self.done if self.current is None else (*self.done, self.current)

    @property
    def usual_minutes(self) -> int:
        """Sum of the usual durations of what is asked, at least 5."""
        return min(MINUTES_MAX, max(5, sum(enquiry.minutes for enquiry in self.enquiries)))

    @property
    def shown_minutes(self) -> int:
        """The duration that will be recorded."""
        return self.usual_minutes if self.minutes is None else self.minutes

    @property
    def is_empty(self) -> bool:
        """Tell whether nothing worth keeping was typed."""
        return not self.enquiries and not self.picker.query and not self.note


def choices_of(entry: Entry, book: EntryBook) -> Sequence[Choice]:
    """Return the lines that the picker of this step offers."""
    match entry.step:
        case Step.PROCEDURE:
            return book.find_procedures(entry.picker.query)
        case Step.OPERATOR:
            return book.find_operators(entry.picker.query)
        case Step.REFERRAL:
            return book.find_referrals(entry.picker.query)
        case Step.CHANNEL:
            return book.find_channels(entry.picker.query)
        case Step.RESIDENCE:
            return book.find_communes(entry.picker.query)
        case _:
            return ()


def ask(procedure: Procedure) -> EnquiryDraft:
    """Start an enquiry with what is usual for its procedure."""
    return EnquiryDraft(
        procedure=procedure.procedure_id,
        operator=procedure.operator,
        help=procedure.help,
        minutes=procedure.minutes,
    )


def repeat(entry: Entry, visit: Visit, book: EntryBook) -> Entry:
    """Fill an empty form with what the last visit asked; never who the person was."""
    asked = tuple(_draft_of(enquiry, book) for enquiry in visit.enquiries)
    return replace(
        entry, done=asked[:-1], current=asked[-1], minutes=visit.minutes, step=Step.FACTS
    )


def reopen(entry: Entry, visit: Visit, visit_id: VisitId, book: EntryBook) -> Entry:
    """Fill the form with a recorded visit, to put it right."""
    return replace(
        repeat(entry, visit, book),
        correcting=visit_id,
        passage_id=visit.passage_id,
        insee_code=visit.insee_code,
        whereabouts=visit.whereabouts,
        service_date=visit.service_date,
        starts=visit.starts,
        people=visit.people,
        channel=visit.channel,
        first_contact=visit.first_contact,
        age_band=visit.age_band,
        residence=visit.residence,
        mandate=visit.mandate,
        note=visit.note,
        tour_id=visit.tour_id,
        is_from_paper=visit.is_from_paper,
    )


def visit_of(entry: Entry) -> Visit:
    """Make the visit that a complete form describes.

    Raises:
        ValueError: an enquiry has no outcome yet; `press_entry` never wishes to save then.
    """
    return Visit(
        whereabouts=entry.whereabouts,
        passage_id=entry.passage_id if entry.whereabouts is Whereabouts.PASSAGE else None,
        insee_code=entry.insee_code if entry.whereabouts is Whereabouts.PASSAGE else None,
        service_date=entry.service_date,
        starts=entry.starts,
        minutes=entry.shown_minutes,
        people=entry.people,
        channel=entry.channel,
        first_contact=entry.first_contact,
        age_band=entry.age_band,
        residence=entry.residence,
        mandate=entry.mandate,
        note=entry.note,
        enquiries=tuple(map(_enquiry_of, entry.enquiries)),
        tour_id=entry.tour_id if entry.whereabouts is Whereabouts.ROAD else None,
        is_from_paper=entry.is_from_paper,
    )


def needs_operator(enquiry: EnquiryDraft | None) -> bool:
    """Only simple information and plain acts may do without an operator."""
    return (
        enquiry is not None
        and enquiry.operator is None
        and enquiry.help is not HelpKind.INFORMATION
        and not is_plain_act(enquiry.procedure)
    )


def _enquiry_of(draft: EnquiryDraft) -> Enquiry:
    if draft.outcome is None:
        raise ValueError(draft.procedure)
    return Enquiry(
        procedure=draft.procedure,
        operator=draft.operator,
        help=draft.help,
        outcome=draft.outcome,
        referred_to=draft.referred_to,
        referral_channel=draft.referral_channel,
        reference=draft.reference,
        obstacle=draft.obstacle,
    )


def _draft_of(enquiry: Enquiry, book: EntryBook) -> EnquiryDraft:
    return EnquiryDraft(
        procedure=enquiry.procedure,
        operator=enquiry.operator,
        help=enquiry.help,
        minutes=book.procedure(enquiry.procedure).minutes,
        outcome=enquiry.outcome,
        referred_to=enquiry.referred_to,
        referral_channel=enquiry.referral_channel,
        reference=enquiry.reference,
        obstacle=enquiry.obstacle,
    )
