"""People of follow-ups, found by their names: read at each look, for no index ever holds one."""

from collections.abc import Sequence
from datetime import date, time

from msgspec import Struct

from fsmobile.core.folding import fold
from fsmobile.store import queries
from fsmobile.store.search import Found, rank_of
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.silence import are_names_locked


class NamedLine(Struct, frozen=True, kw_only=True):
    """The line of a follow-up whose person is named here."""

    found: Found
    day: date
    """When it was opened."""
    name: str
    """Folded, each word after a space."""

    def has(self, word: str) -> bool:
        """Tell whether a word of the name begins so."""
        return f" {word}" in self.name


def list_named(desk: Desk) -> Sequence[NamedLine]:
    """Return the follow-ups of people who may be found by name; none while names are locked."""
    if not desk.keeps_names or are_names_locked(desk):
        return ()
    lines = []
    for state in queries.load_named_follow_ups(desk.replica):
        entity, day = state.follow_up_id, state.follow_up.opened_on
        name = "" if state.named is None else f" {fold(state.named.name)}"
        found = Found(rank=rank_of(day, time(), entity), kind="follow_up", entity=entity)
        lines.append(NamedLine(found=found, day=day, name=name))
    return lines
