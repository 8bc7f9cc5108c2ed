"""Reach of a change: this passage, this one and the following ones, or all."""

from enum import StrEnum


class Reach(StrEnum):
    """How far a change of one passage goes."""

    ONCE = "cette-fois"
    """A dated exception; the rule stays."""
    ONWARDS = "a-partir"
    """A new version of the tour, from the day of the passage."""
    ALWAYS = "toutes"
    """The rule itself, in its version: past passages would have been so too."""
