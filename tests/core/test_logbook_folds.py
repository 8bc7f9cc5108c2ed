"""The logbook: the same in any order; settled once; what may not be written."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.ids import AgentId, OpId, PassageId, PlaceId
from fsmobile.core.logbook import (
    EntryKind,
    IncidentCause,
    LogClosed,
    LogEntry,
    LogFact,
    LogFactUndone,
    LogWritten,
    check_log_entry,
    fold_log_entry,
)
from fsmobile.errors import InvalidInput
from fsmobile.protocol.clock import format_hlc

NOTE = LogEntry(kind=EntryKind.NOTE, text="clé chez la voisine", place_id=PlaceId("luxe"))
PASSAGE = PassageId("bus-charente/semaine-paire/luxe/2026-11-26")


def _signed(rank: int, ms: int, agent: str = "a") -> dict[str, object]:
    return {"op_id": OpId(f"o{rank}"), "hlc": format_hlc(ms, 0), "agent_id": AgentId(agent)}


FACTS: list[LogFact] = [
    LogWritten(**_signed(0, 10), entry=NOTE),
    LogClosed(**_signed(1, 20, "b"), text="rendue"),
    LogClosed(**_signed(2, 30, "c"), text="déjà"),
    LogFactUndone(**_signed(3, 40), undone=OpId("o1")),
]


@given(st.permutations(FACTS), st.integers(0, 3))
def test_an_entry_folds_the_same_in_any_order_and_when_facts_come_twice(
    facts: list[LogFact], again: int
) -> None:
    state = fold_log_entry([*facts, facts[again]])
    assert state == fold_log_entry(FACTS)
    assert state is not None
    assert (state.is_open, state.closed_by, state.ending) == (False, "c", "déjà")


def test_the_first_to_settle_an_entry_did() -> None:
    state = fold_log_entry(FACTS[:3])
    assert state is not None
    assert (state.closed_by, state.closed_at) == ("b", 20)


def test_an_entry_that_was_withdrawn_is_gone() -> None:
    undone = LogFactUndone(**_signed(4, 50), undone=OpId("o0"))
    assert fold_log_entry([*FACTS, undone]) is None
    assert fold_log_entry(FACTS[1:]) is None


@pytest.mark.parametrize(
    ("entry", "code"),
    [
        (LogEntry(kind=EntryKind.NOTE, text="  "), "log_entry_empty"),
        (LogEntry(kind=EntryKind.NOTE, text="x" * 501), "note_too_long"),
        (LogEntry(kind=EntryKind.INCIDENT), "log_entry_mismatched"),
        (LogEntry(kind=EntryKind.NOTE, text="x", cause=IncidentCause.ROAD), "log_entry_mismatched"),
        (LogEntry(kind=EntryKind.NOTE, text="x", cancels=PASSAGE), "log_entry_mismatched"),
        (LogEntry(kind=EntryKind.SOCKET, text="rouge"), "log_entry_without_place"),
    ],
)
def test_an_entry_that_cannot_be_is_refused(entry: LogEntry, code: str) -> None:
    with pytest.raises(InvalidInput) as refused:
        check_log_entry(entry)
    assert refused.value.code == code
