"""What is recorded, field by field: why, how long, who sees it, whether it tells of a person.

The page on privacy is made from this table; exports leave out the columns, and mask the
break-downs, that it says tell of a person; a field that is not in it fails a test.
"""

from enum import StrEnum

from msgspec import Struct

from fsmobile.core.reports import Dimension
from fsmobile.core.visit_lines import Column


class Why(StrEnum):
    """Purpose of a field."""

    COUNT = "count"
    """The figures that the label and the funders ask for."""
    PLACE = "place"
    """When and where the bus was used: the timetable is made from it."""
    HELP = "help"
    """To go on with what was begun for a person."""
    REACH = "reach"
    """To reach the person, because they agreed to it."""
    PROOF = "proof"
    """To prove what was done with data, and with whose consent."""
    WORK = "work"
    """For the crews to work together."""


class Term(StrEnum):
    """How long a field is kept."""

    STRUCTURE = "structure"
    """As many months as the structure decides for its family (`registry retention`)."""
    CHOSEN_DAY = "chosen_day"
    """Until the day that the person chose, at most a year; each laptop erases it by itself."""
    ON_DEMAND = "on_demand"
    """Until somebody asks for it to be erased (`registry erase`)."""
    ALWAYS = "always"
    """As long as the log: it names nobody but agents."""


class Seen(StrEnum):
    """Who reads a field."""

    BUS = "bus"
    """The laptops of the bus and the coordinators."""
    OFFICE = "office"
    """The coordinators."""
    AGENCY = "agency"
    """All laptops of the structure."""


class DataField(Struct, frozen=True, kw_only=True):
    """Fields of one record that have the same rules."""

    record: str
    """The struct of core or protocol that holds them."""
    fields: tuple[str, ...]
    why: Why
    term: Term = Term.STRUCTURE
    family: str = ""
    """First part of the kinds that hold it; it is by family that a term is decided."""
    seen: Seen = Seen.BUS
    tells_of_person: bool = False
    """In a small village it may say who it was."""
    is_free_text: bool = False
    """Refused with a forbidden number in it; a telephone or an e-mail is warned of."""
    columns: tuple[Column, ...] = ()
    """Of exported lines: left out unless they are asked for."""
    dimensions: tuple[Dimension, ...] = ()
    """Of reports: small counts are masked when they leave the laptop."""


_VISIT = ("service_date", "starts", "passage_id", "tour_id", "insee_code", "whereabouts")
_ASKED = ("procedure", "operator", "help", "outcome", "referred_to", "referral_channel", "obstacle")

TABLE = (
    DataField(record="Visit", fields=_VISIT, why=Why.PLACE, family="visit"),
    DataField(
        record="Visit",
        fields=("minutes", "people", "channel", "is_from_paper", "origin"),
        why=Why.COUNT,
        family="visit",
    ),
    DataField(
        record="Visit",
        fields=("first_contact", "age_band", "residence", "mandate"),
        why=Why.COUNT,
        family="visit",
        tells_of_person=True,
        columns=(Column.FIRST_CONTACT, Column.AGE, Column.RESIDENCE, Column.MANDATE),
        dimensions=(Dimension.AGE, Dimension.RESIDENCE, Dimension.CONTACT),
    ),
    DataField(
        record="Visit",
        fields=("note",),
        why=Why.HELP,
        family="visit",
        tells_of_person=True,
        is_free_text=True,
        columns=(Column.NOTE,),
    ),
    DataField(record="Visit", fields=("enquiries",), why=Why.COUNT, family="visit"),
    DataField(record="Enquiry", fields=_ASKED, why=Why.COUNT, family="visit"),
    DataField(
        record="Enquiry",
        fields=("reference",),
        why=Why.HELP,
        family="visit",
        tells_of_person=True,
        is_free_text=True,
        columns=(Column.REFERENCE,),
    ),
    DataField(record="PassageData", fields=("at", "undo"), why=Why.PLACE, family="passage"),
    DataField(record="PassageData", fields=("reason", "counter"), why=Why.COUNT, family="passage"),
    DataField(record="PassageData", fields=("tally",), why=Why.COUNT, family="passage"),
    DataField(
        record="PassageData", fields=("text",), why=Why.WORK, family="passage", is_free_text=True
    ),
    DataField(
        record="Appointment",
        fields=("passage_id", "starts", "minutes", "procedure", "follow_up_id", "day", "place_id"),
        why=Why.HELP,
        family="appointment",
    ),
    DataField(
        record="Appointment",
        fields=("needs_transport",),
        why=Why.HELP,
        family="appointment",
        tells_of_person=True,
    ),
    DataField(
        record="Appointment",
        fields=("note",),
        why=Why.HELP,
        family="appointment",
        tells_of_person=True,
        is_free_text=True,
    ),
    DataField(
        record="FollowUp",
        fields=(
            *("opened_on", "procedure", "operator", "place_id", "due"),
            *("visit_id", "referral"),
        ),
        why=Why.HELP,
        family="followup",
    ),
    DataField(
        record="FollowUp",
        fields=("task",),
        why=Why.HELP,
        family="followup",
        tells_of_person=True,
        is_free_text=True,
    ),
    DataField(record="Referral", fields=("to", "channel"), why=Why.COUNT, family="followup"),
    DataField(
        record="Referral",
        fields=("reference",),
        why=Why.HELP,
        family="followup",
        tells_of_person=True,
        is_free_text=True,
    ),
    DataField(
        record="NamedPart",
        fields=("name", "contact"),
        why=Why.REACH,
        term=Term.CHOSEN_DAY,
        family="followup",
        tells_of_person=True,
    ),
    DataField(
        record="NamedPart",
        fields=("consented_on", "consent_text", "erase_on"),
        why=Why.PROOF,
        term=Term.CHOSEN_DAY,
        family="followup",
    ),
    DataField(
        record="LogEntry",
        fields=("kind", "place_id", "cause", "cancels", "unit"),
        why=Why.WORK,
        family="logbook",
    ),
    DataField(
        record="LogEntry", fields=("text",), why=Why.WORK, family="logbook", is_free_text=True
    ),
    DataField(
        record="Absence",
        fields=("who", "first", "last", "kind"),
        why=Why.WORK,
        term=Term.ON_DEMAND,
        family="agent",
        seen=Seen.OFFICE,
        tells_of_person=True,
    ),
    DataField(
        record="CommuneContact",
        fields=("email", "phone"),
        why=Why.WORK,
        term=Term.ON_DEMAND,
        family="commune",
        seen=Seen.AGENCY,
    ),
    DataField(
        record="JournalNote",
        fields=("act", "detail", "count"),
        why=Why.PROOF,
        term=Term.ALWAYS,
        family="journal",
    ),
)
FAMILIES = tuple(sorted({one.family for one in TABLE if one.term is Term.STRUCTURE}))
"""First parts of the kinds for which a structure decides how long they are kept."""
PERSONAL_COLUMNS = frozenset(column for one in TABLE for column in one.columns)
"""In a village of a hundred people they tell who it was: left out unless they are asked for."""
PERSONAL_DIMENSIONS = frozenset(dimension for one in TABLE for dimension in one.dimensions)
"""Broken down by what tells of a person: small counts are masked outside the laptop."""
