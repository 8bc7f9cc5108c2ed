"""A day kept by hand, typed in afterwards: one short line for each visit, with its own date."""

import re
from datetime import date, time

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.ids import PassageId, ProcedureId
from fsmobile.core.visits import (
    OUTCOME_LETTERS,
    AgeBand,
    Enquiry,
    FirstContact,
    Outcome,
    Visit,
    Whereabouts,
)
from fsmobile.errors import InvalidInput
from fsmobile.usecases.desk import Desk

AGES = tuple(AgeBand)
CONTACTS = {"f": FirstContact.FIRST, "d": FirstContact.AGAIN}
REFERRED_UNSAID = "autre"
"""To whom a person was sent, when the sheet does not say."""
_HOUR = re.compile(r"(\d{1,2})[:h](\d{2})|(\d{1,2})(\d{2})")
_ASKED = re.compile(r"(\d{1,3}) *([rpsoax])")
_AGE = re.compile(r"a([1-7])")


class PaperSetting(Struct, frozen=True, kw_only=True):
    """Where and when the visits of a sheet took place."""

    day: date
    passage_id: PassageId
    insee_code: str | None


def read_paper_line(desk: Desk, setting: PaperSetting, text: str) -> Visit:
    """Read a line of the sheet: `9h35 17r 23p 2 20`: hour, what was asked, people, minutes.

    Each thing asked is the number of its procedure and the letter of its outcome. After
    them come, if they were written down, the people, the minutes, `f` for a first visit or
    `d` for one who came before, and `a1` to `a7` for the age.

    Raises:
        InvalidInput: what cannot be read, in the person's own words.
    """
    if setting.day > desk.today():
        raise InvalidInput("paper_day_in_the_future", value=setting.day.isoformat())
    words = text.lower().strip()
    hour = _HOUR.match(words)
    if hour is None:
        raise InvalidInput("paper_line_without_hour", value=text[:40])
    starts = _time_of(hour, text)
    rest = words[hour.end() :].strip()
    enquiries: list[Enquiry] = []
    usual = 0
    while asked := _ASKED.match(rest):
        enquiry, minutes = _enquiry(desk, int(asked[1]), asked[2])
        enquiries.append(enquiry)
        usual += minutes
        rest = rest[asked.end() :].strip(" ,+")
    if not enquiries:
        raise InvalidInput("paper_line_without_procedure", value=text[:40])
    visit = Visit(
        whereabouts=Whereabouts.PASSAGE,
        passage_id=setting.passage_id,
        insee_code=setting.insee_code,
        service_date=setting.day,
        starts=starts,
        minutes=usual,
        enquiries=tuple(enquiries),
        is_from_paper=True,
    )
    return _with_extras(visit, rest.split())


def _time_of(hour: re.Match[str], text: str) -> time:
    try:
        return time(int(hour[1] or hour[3]), int(hour[2] or hour[4]))
    except ValueError as error:
        raise InvalidInput("paper_line_without_hour", value=text[:40]) from error


def _enquiry(desk: Desk, number: int, letter: str) -> tuple[Enquiry, int]:
    procedures = desk.catalogue.procedures.values()
    known = next((one for one in procedures if one.number == number), None)
    if known is None:
        raise InvalidInput("paper_number_unknown", value=number)
    outcome = OUTCOME_LETTERS[letter]
    sent_on = outcome is Outcome.REFERRED
    enquiry = Enquiry(
        procedure=ProcedureId(known.procedure_id),
        operator=known.operator,
        help=known.help,
        outcome=outcome,
        referred_to=(known.operator or REFERRED_UNSAID) if sent_on else None,
    )
    return enquiry, known.minutes


def _with_extras(visit: Visit, words: list[str]) -> Visit:
    """Add what follows the enquiries: the first number is people, the second minutes."""
    values: dict[str, object] = {}
    for word in words:
        age = _AGE.fullmatch(word)
        if word.isdecimal() and "people" not in values:
            values["people"] = int(word)
        elif word.isdecimal() and "minutes" not in values:
            values["minutes"] = int(word)
        elif word in CONTACTS:
            values["first_contact"] = CONTACTS[word]
        elif age is not None:
            values["age_band"] = AGES[int(age[1]) - 1]
        else:
            raise InvalidInput("paper_word_unknown", value=word[:20])
    return replace(visit, **values)
