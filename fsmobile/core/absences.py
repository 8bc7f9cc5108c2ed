"""Absences of agents: leave and training, known to coordinators only, never in public files."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum

from msgspec import Struct

from fsmobile.core.facts import Fact
from fsmobile.core.ids import AgentId, OpId
from fsmobile.core.spans import DateSpan
from fsmobile.errors import InvalidInput

ABSENCE_DAYS_MAX = 366


class AbsenceKind(StrEnum):
    """Why an agent is away; French codes. An illness is only ever `autre`."""

    LEAVE = "conge"
    TRAINING = "formation"
    OTHER = "autre"


class Absence(Struct, frozen=True, kw_only=True):
    """Whole days on which an agent is not there."""

    who: AgentId
    first: date
    last: date
    """Included."""
    kind: AbsenceKind = AbsenceKind.OTHER


class AbsenceRecorded(Fact, frozen=True, kw_only=True):
    """Fact: an agent will be away."""

    absence: Absence


class AbsenceWithdrawn(Fact, frozen=True, kw_only=True):
    """Fact: an absence does not take place, or was a mistake."""

    withdrawn: OpId


AbsenceFact = AbsenceRecorded | AbsenceWithdrawn


def fold_absences(facts: Iterable[AbsenceFact]) -> tuple[AbsenceRecorded, ...]:
    """Return the absences that stand, by first day, whatever order their facts came in."""
    facts = tuple(facts)
    withdrawn = {fact.withdrawn for fact in facts if isinstance(fact, AbsenceWithdrawn)}
    standing = {
        fact.op_id: fact
        for fact in facts
        if isinstance(fact, AbsenceRecorded) and fact.op_id not in withdrawn
    }
    return tuple(sorted(standing.values(), key=lambda one: (one.absence.first, one.op_id)))


def days_away(absences: Iterable[AbsenceRecorded]) -> Mapping[AgentId, tuple[DateSpan, ...]]:
    """Return the days on which each agent is away."""
    days: defaultdict[AgentId, list[DateSpan]] = defaultdict(list)
    for one in absences:
        absence = one.absence
        days[absence.who].append(DateSpan(first=absence.first, last=absence.last))
    return {who: tuple(spans) for who, spans in days.items()}


def check_absence(absence: Absence, known: Iterable[AgentId]) -> None:
    """Refuse an impossible absence.

    Raises:
        InvalidInput: an unknown agent, or days that are reversed or too many.
    """
    length = (absence.last - absence.first).days
    if absence.who not in set(known) or not 0 <= length < ABSENCE_DAYS_MAX:
        raise InvalidInput("absence_malformed", value=absence.who)
