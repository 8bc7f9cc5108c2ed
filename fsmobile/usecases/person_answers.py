"""« What do you hold on me »: everything that is held of one follow-up, for the person it names."""

from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import asdict

from fsmobile.core.follow_ups import FollowUpNamed
from fsmobile.core.ids import FollowUpId
from fsmobile.core.journal import JournalAct
from fsmobile.core.personal_data import TABLE
from fsmobile.store import journal, promises, queries
from fsmobile.texts.consents import consent_text
from fsmobile.texts.personal_data_words import say_erased, say_term, say_why
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.silence import refuse_locked_names

_NEVER_SHOWN = ("op_id", "hlc", "agent_id")


def answer_person(desk: Desk, follow_up_id: FollowUpId) -> str:
    """Return what is held of a follow-up as one text, and log that it was given.

    Each fact as it was recorded, those that were replaced or withdrawn too: they are held.

    Raises:
        NotAllowed: this laptop has been silent for too long.
        NotFound: there is no such follow-up.
        StoreFull, StoreBusy: it could not be logged, and nothing is given.
    """
    refuse_locked_names(desk)
    lines = list(_answer(desk, follow_up_id))
    journal.note(desk.replica, desk.agent_id, JournalAct.ANSWERED, follow_up_id, len(lines))
    return "\n".join(lines) + "\n"


def _answer(desk: Desk, follow_up_id: FollowUpId) -> Iterator[str]:
    state = promises.load_follow_up(desk.replica, follow_up_id)
    yield _("Ce qui est gardé de la suite {ref}").format(ref=follow_up_id)
    yield _("Établi le {day}, sur le poste {unit}.").format(day=desk.today(), unit=desk.unit_id)
    yield ""
    yield from _facts(desk, follow_up_id)
    if state.follow_up.visit_id is not None:
        yield from _facts(desk, state.follow_up.visit_id)
    for booked, _is_received in promises.list_appointments(desk.replica):
        if booked.appointment.follow_up_id == follow_up_id:
            yield from _facts(desk, booked.appointment_id)
    yield _("Pourquoi, combien de temps, où cela s'efface :")
    for one in TABLE:
        if one.record in ("NamedPart", "FollowUp", "Appointment", "Visit"):
            fields = ", ".join(one.fields)
            rules = " ; ".join((say_why(one), say_term(one), say_erased(one)))
            yield f"  {one.record} ({fields}) : {rules}"


def _facts(desk: Desk, entity: str) -> Iterator[str]:
    for line in queries.load_history(desk.replica, entity):
        yield f"{desk.at(line.recorded_at):%Y-%m-%d %H:%M}  {line.kind}  {line.agent_id}"
        if line.record is None:
            yield "  " + _("contenu effacé, ou que ce programme ne sait pas lire")
        else:
            yield from _values(line.record)
        if isinstance(line.record, FollowUpNamed):
            said = consent_text(line.record.named.consent_text)
            yield "  " + _("accord lu à la personne : {text}").format(text=said)
        yield ""


def _values(record: Struct) -> Iterator[str]:
    for name, value in asdict(record).items():
        if isinstance(value, Struct):
            yield from _values(value)
        elif isinstance(value, tuple) and value and isinstance(value[0], Struct):
            for one in value:
                yield from _values(one)
        elif name not in _NEVER_SHOWN and value not in (None, "", ()):
            yield f"  {name} : {value}"
