"""Codes of the dimensions of a report that are closed lists."""

from collections.abc import Mapping
from enum import StrEnum

from fsmobile.core.catalogue import Theme
from fsmobile.core.reports import Dimension
from fsmobile.core.visits import AgeBand, Channel, FirstContact, HelpKind, Obstacle, Outcome

CODES: Mapping[Dimension, type[StrEnum]] = {
    Dimension.HELP: HelpKind,
    Dimension.OUTCOME: Outcome,
    Dimension.OBSTACLE: Obstacle,
    Dimension.AGE: AgeBand,
    Dimension.CONTACT: FirstContact,
    Dimension.CHANNEL: Channel,
    Dimension.THEME: Theme,
}


def find_code(dimension: Dimension, code: str) -> StrEnum | None:
    """Return the member that a code stands for; None for what a newer program wrote."""
    known = CODES.get(dimension)
    found = () if known is None else (one for one in known if one.value == code)
    return next(iter(found), None)
