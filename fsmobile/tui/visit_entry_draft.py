"""A visit being typed, as the plain data of its draft and back."""

from collections.abc import Mapping
from datetime import date, time
from typing import Any

from fsmobile.core.follow_ups import ReferralChannel
from fsmobile.core.ids import OperatorId, PassageId, ProcedureId, TourId, VisitId
from fsmobile.core.visits import (
    AgeBand,
    Channel,
    FirstContact,
    HelpKind,
    Mandate,
    Obstacle,
    Outcome,
    Whereabouts,
)
from fsmobile.tui.picker import Picker
from fsmobile.tui.visit_entry_state import EnquiryDraft, Entry, Step


def entry_data(entry: Entry) -> dict[str, Any]:
    """Return what a draft keeps, ready for JSON.

    What is typed in a picker is kept only while it holds no digit: a number typed there by
    mistake never reaches the disk. The note is scanned before it enters the form.
    """
    query = entry.picker.query
    return {
        "draft_id": entry.draft_id,
        "service_date": entry.service_date.isoformat(),
        "starts": entry.starts.isoformat("minutes"),
        "passage_id": entry.passage_id,
        "insee_code": entry.insee_code,
        "whereabouts": entry.whereabouts.value,
        "step": entry.step.value,
        "query": "" if any(map(str.isdigit, query)) else query,
        "enquiries": [_enquiry_data(enquiry) for enquiry in entry.enquiries],
        "is_typing": entry.current is not None,
        "people": entry.people,
        "minutes": entry.minutes,
        "channel": entry.channel.value,
        "first_contact": entry.first_contact.value,
        "age_band": entry.age_band.value,
        "residence": entry.residence,
        "mandate": entry.mandate.value,
        "note": entry.note,
        "tour_id": entry.tour_id,
        "is_from_paper": entry.is_from_paper,
        "correcting": entry.correcting,
    }


def read_entry(data: Mapping[str, Any]) -> Entry:
    """Read a draft back into the form.

    Raises:
        ValueError, KeyError, TypeError: the draft was written by another version.
    """
    enquiries = tuple(map(_read_enquiry, data["enquiries"]))
    is_typing = bool(data["is_typing"]) and bool(enquiries)
    passage = data["passage_id"]
    correcting = data["correcting"]
    tour = data.get("tour_id")
    return Entry(
        draft_id=str(data["draft_id"]),
        service_date=date.fromisoformat(data["service_date"]),
        starts=time.fromisoformat(data["starts"]),
        passage_id=None if passage is None else PassageId(passage),
        insee_code=data["insee_code"],
        whereabouts=Whereabouts(data["whereabouts"]),
        step=_step(Step(data["step"]), is_typing),
        picker=Picker(query=str(data["query"])),
        done=enquiries[:-1] if is_typing else enquiries,
        current=enquiries[-1] if is_typing else None,
        people=int(data["people"]),
        minutes=None if data["minutes"] is None else int(data["minutes"]),
        channel=Channel(data["channel"]),
        first_contact=FirstContact(data["first_contact"]),
        age_band=AgeBand(data["age_band"]),
        residence=data["residence"],
        mandate=Mandate(data["mandate"]),
        note=str(data["note"]),
        tour_id=None if tour is None else TourId(tour),
        is_from_paper=bool(data.get("is_from_paper", False)),
        correcting=None if correcting is None else VisitId(correcting),
    )


def _step(step: Step, is_typing: bool) -> Step:
    """Facts can be shown only of an enquiry that has a procedure."""
    if is_typing:
        return step if step is not Step.PROCEDURE else Step.FACTS
    return Step.PROCEDURE


def _enquiry_data(enquiry: EnquiryDraft) -> dict[str, Any]:
    return {
        "procedure": enquiry.procedure,
        "operator": enquiry.operator,
        "help": enquiry.help.value,
        "minutes": enquiry.minutes,
        "outcome": None if enquiry.outcome is None else enquiry.outcome.value,
        "referred_to": enquiry.referred_to,
        "referral_channel": enquiry.referral_channel,
        "reference": enquiry.reference,
        "obstacle": enquiry.obstacle,
    }


def _read_enquiry(data: Mapping[str, Any]) -> EnquiryDraft:
    operator, outcome = data["operator"], data["outcome"]
    channel, obstacle = data.get("referral_channel"), data.get("obstacle")
    return EnquiryDraft(
        procedure=ProcedureId(data["procedure"]),
        operator=None if operator is None else OperatorId(operator),
        help=HelpKind(data["help"]),
        minutes=int(data["minutes"]),
        outcome=None if outcome is None else Outcome(outcome),
        referred_to=data["referred_to"],
        referral_channel=None if channel is None else ReferralChannel(channel),
        reference=str(data.get("reference", "")),
        obstacle=None if obstacle is None else Obstacle(obstacle),
    )
