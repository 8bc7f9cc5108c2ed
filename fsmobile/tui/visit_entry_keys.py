"""Keys of the fast entry of a visit, a pure state machine: a key in, a new state out.

No clock, no store, no Textual: the same keys always give the same visit, however fast they come.
"""

from enum import StrEnum
from typing import TypeVar

from msgspec.structs import replace

from fsmobile.core.follow_ups import ReferralChannel
from fsmobile.core.ids import OperatorId, ProcedureId
from fsmobile.core.visits import (
    ENQUIRIES_MAX,
    MINUTES_MAX,
    OUTCOME_LETTERS,
    PEOPLE_MAX,
    AgeBand,
    HelpKind,
    Obstacle,
    Outcome,
    Whereabouts,
)
from fsmobile.tui.keys import digit
from fsmobile.tui.picker import Picked, Picker, press_picker
from fsmobile.tui.visit_entry_state import (
    EnquiryDraft,
    Entry,
    EntryBook,
    Hint,
    Step,
    Wish,
    ask,
    needs_operator,
)

MINUTES_STEP = 5

_Code = TypeVar("_Code", bound=StrEnum)

AGE_KEYS = {
    0: AgeBand.UNKNOWN,
    1: AgeBand.UNDER_12,
    2: AgeBand.FROM_12,
    3: AgeBand.FROM_18,
    4: AgeBand.FROM_25,
    5: AgeBand.FROM_40,
    6: AgeBand.FROM_60,
    7: AgeBand.FROM_70,
}


def press_entry(entry: Entry, key: str, book: EntryBook) -> Entry:
    """Feed one key to the form; a key that means nothing here changes nothing."""
    entry = replace(entry, hint=None, wish=Wish.NOTHING)
    if key in ("escape", "ctrl+n"):
        if key == "escape" and entry.step not in (Step.PROCEDURE, Step.FACTS):
            return _back(entry)
        return replace(entry, wish=Wish.PARK)
    if key == "ctrl+s":
        return _save(entry)
    match entry.step:
        case Step.PROCEDURE:
            return _press_procedure(entry, key, book)
        case Step.OPERATOR:
            return _press_operator(entry, key, book)
        case Step.REFERRAL:
            return _press_referral(entry, key, book)
        case Step.CHANNEL:
            return _press_channel(entry, key, book)
        case Step.RESIDENCE:
            return _press_residence(entry, key, book)
        case Step.AGE:
            return _press_age(entry, key)
        case Step.FACTS:
            return _press_facts(entry, key, book)


def _press_procedure(entry: Entry, key: str, book: EntryBook) -> Entry:
    choices = book.find_procedures(entry.picker.query)
    if key == "enter" and not choices:
        return replace(entry, hint=Hint.NO_MATCH)
    found = press_picker(entry.picker, key, choices)
    if isinstance(found, Picked):
        procedure = book.procedure(ProcedureId(found.choice.code))
        kept = Picker(query=entry.picker.query)
        asked = replace(entry, current=ask(procedure), step=Step.FACTS, picker=kept)
        if needs_operator(asked.current):
            return replace(asked, step=Step.OPERATOR, picker=Picker())
        return asked
    if isinstance(found, Picker):
        return replace(entry, picker=found)
    if key == "backspace" and entry.done:
        return replace(
            entry, current=entry.done[-1], done=entry.done[:-1], step=Step.FACTS, picker=Picker()
        )
    return entry


def _press_operator(entry: Entry, key: str, book: EntryBook) -> Entry:
    found = press_picker(entry.picker, key, book.find_operators(entry.picker.query))
    if isinstance(found, Picked):
        return _asked(entry, operator=OperatorId(found.choice.code))
    if isinstance(found, Picker):
        return replace(entry, picker=found)
    return _back(entry) if key == "backspace" else entry


def _press_referral(entry: Entry, key: str, book: EntryBook) -> Entry:
    found = press_picker(entry.picker, key, book.find_referrals(entry.picker.query))
    if isinstance(found, Picked):
        asked = _asked(entry, outcome=Outcome.REFERRED, referred_to=found.choice.code)
        return replace(asked, step=Step.CHANNEL, picker=Picker(takes_text=False))
    if isinstance(found, Picker):
        return replace(entry, picker=found)
    return _back(entry) if key == "backspace" else entry


def _press_channel(entry: Entry, key: str, book: EntryBook) -> Entry:
    """Take the way a person is sent on; a letter leaves it untold and acts on the facts."""
    if len(key) == 1 and digit(key) is None:
        return _press_facts(_back(entry), key, book)
    found = press_picker(entry.picker, key, book.find_channels(""))
    if isinstance(found, Picked):
        return _asked(entry, channel=ReferralChannel(found.choice.code))
    if isinstance(found, Picker):
        return replace(entry, picker=found)
    return _back(entry) if key == "backspace" else entry


def _press_residence(entry: Entry, key: str, book: EntryBook) -> Entry:
    found = press_picker(entry.picker, key, book.find_communes(entry.picker.query))
    if isinstance(found, Picked):
        return replace(_back(entry), residence=found.choice.code)
    if isinstance(found, Picker):
        return replace(entry, picker=found)
    return replace(_back(entry), residence=None) if key == "backspace" else entry


def _press_age(entry: Entry, key: str) -> Entry:
    number = digit(key)
    if number is not None and number in AGE_KEYS:
        return replace(_back(entry), age_band=AGE_KEYS[number])
    return _back(entry) if key in ("enter", "backspace", "g") else entry


def _press_facts(entry: Entry, key: str, book: EntryBook) -> Entry:
    number = digit(key)
    if number is not None:
        return replace(entry, people=number) if number else entry
    if key in OUTCOME_LETTERS:
        return _choose_outcome(entry, OUTCOME_LETTERS[key])
    match key:
        case "enter":
            return _save(entry)
        case ",":
            return _another(entry)
        case "backspace":
            return replace(entry, current=None, step=Step.PROCEDURE)
        case "f":
            return replace(entry, step=Step.OPERATOR, picker=Picker())
        case "g":
            return replace(entry, step=Step.AGE)
        case "h":
            return _choose_residence(entry, book)
        case "e":
            return replace(entry, wish=Wish.WRITE_NOTE)
        case "d":
            return replace(entry, wish=Wish.MEASURE)
        case "n" if entry.current is not None and entry.current.outcome is Outcome.REFERRED:
            return replace(entry, wish=Wish.WRITE_REFERENCE)
        case _:
            return _change_fact(entry, key)


def _change_fact(entry: Entry, key: str) -> Entry:
    match key:
        case "up":
            return replace(entry, people=min(PEOPLE_MAX, entry.people + 1))
        case "down":
            return replace(entry, people=max(1, entry.people - 1))
        case "right":
            more = entry.shown_minutes // MINUTES_STEP * MINUTES_STEP + MINUTES_STEP
            return replace(entry, minutes=min(MINUTES_MAX, more))
        case "left":
            less = -(-entry.shown_minutes // MINUTES_STEP) * MINUTES_STEP - MINUTES_STEP
            return replace(entry, minutes=max(MINUTES_STEP, less))
        case "t" if entry.current is not None:
            return _asked(entry, help=_next(entry.current.help))
        case "b" if entry.current is not None:
            return replace(entry, current=_with_next_obstacle(entry.current))
        case "m":
            return replace(entry, channel=_next(entry.channel))
        case "c":
            return replace(entry, first_contact=_next(entry.first_contact))
        case "j":
            return replace(entry, mandate=_next(entry.mandate))
        case "l":
            return _change_whereabouts(entry)
        case _:
            return entry


def _next(code: _Code) -> _Code:
    codes = list(type(code))
    return codes[(codes.index(code) + 1) % len(codes)]


def _asked(
    entry: Entry,
    *,
    operator: OperatorId | None = None,
    outcome: Outcome | None = None,
    referred_to: str | None = None,
    channel: ReferralChannel | None = None,
    help: HelpKind | None = None,
) -> Entry:
    """Change the enquiry being typed, then show the facts again."""
    now = entry.current
    if now is None:
        return entry
    changed = replace(
        now,
        operator=operator or now.operator,
        outcome=outcome or now.outcome,
        help=help or now.help,
        referral_channel=channel or now.referral_channel,
    )
    if outcome is not None:
        changed = replace(changed, referred_to=referred_to, referral_channel=None, reference="")
    return replace(_back(entry), current=changed)


def _with_next_obstacle(asked: EnquiryDraft) -> EnquiryDraft:
    """Go round what stood in the way: nothing, the site, the network, the person."""
    ways = (None, *Obstacle)
    return replace(asked, obstacle=ways[(ways.index(asked.obstacle) + 1) % len(ways)])


def _back(entry: Entry) -> Entry:
    step = Step.FACTS if entry.current is not None else Step.PROCEDURE
    return replace(entry, step=step, picker=Picker())


def _choose_outcome(entry: Entry, outcome: Outcome) -> Entry:
    if outcome is Outcome.REFERRED:
        return replace(entry, step=Step.REFERRAL, picker=Picker())
    return _asked(entry, outcome=outcome)


def _choose_residence(entry: Entry, book: EntryBook) -> Entry:
    """Offer the commune of the stop first, then any other."""
    if entry.residence is None and book.stop_commune is not None:
        return replace(entry, residence=book.stop_commune)
    return replace(entry, step=Step.RESIDENCE, picker=Picker())


def _change_whereabouts(entry: Entry) -> Entry:
    following = _next(entry.whereabouts)
    if following is Whereabouts.PASSAGE and entry.passage_id is None:
        following = _next(following)
    return replace(entry, whereabouts=following)


def _another(entry: Entry) -> Entry:
    """Keep this enquiry and ask what else the same person came for."""
    if entry.current is None or entry.current.outcome is None:
        return replace(entry, hint=Hint.CHOOSE_OUTCOME)
    if needs_operator(entry.current):
        return replace(entry, step=Step.OPERATOR, picker=Picker(), hint=Hint.CHOOSE_OPERATOR)
    if len(entry.enquiries) >= ENQUIRIES_MAX:
        return replace(entry, hint=Hint.TOO_MANY)
    return replace(entry, done=entry.enquiries, current=None, step=Step.PROCEDURE, picker=Picker())


def _save(entry: Entry) -> Entry:
    """Wish to save, or go to what is still missing."""
    if not entry.enquiries:
        return replace(entry, hint=Hint.CHOOSE_PROCEDURE)
    now = entry.current
    if now is not None and now.outcome is None:
        return replace(entry, step=Step.FACTS, picker=Picker(), hint=Hint.CHOOSE_OUTCOME)
    if needs_operator(now):
        return replace(entry, step=Step.OPERATOR, picker=Picker(), hint=Hint.CHOOSE_OPERATOR)
    if entry.whereabouts is Whereabouts.PASSAGE and entry.passage_id is None:
        return replace(entry, hint=Hint.NO_PASSAGE)
    return replace(entry, wish=Wish.SAVE)
