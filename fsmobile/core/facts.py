"""Facts: what every one of them says, their order, and which of them stand."""

from collections.abc import Iterable
from typing import TypeVar

from msgspec import Struct

from fsmobile.core.ids import AgentId, OpId


class Fact(Struct, frozen=True, kw_only=True):
    """One thing that a person recorded; it is never changed."""

    op_id: OpId
    hlc: str
    """Hybrid logical clock, as text that sorts in its order."""
    agent_id: AgentId
    """Who recorded it."""


class FactUndone(Fact, frozen=True, kw_only=True):
    """Fact: an earlier fact of the same entity is withdrawn."""

    undone: OpId


AnyFact = TypeVar("AnyFact", bound=Fact)


def sort_facts(facts: Iterable[AnyFact]) -> list[AnyFact]:
    """Put facts in the order that every laptop gives them, whatever order they came in."""
    return sorted(facts, key=lambda fact: (fact.hlc, fact.op_id))


def standing_facts(facts: Iterable[AnyFact]) -> list[AnyFact]:
    """Return the facts that nobody withdrew, in order."""
    ordered = sort_facts(facts)
    undone = {fact.undone for fact in ordered if isinstance(fact, FactUndone)}
    return [fact for fact in ordered if fact.op_id not in undone]
