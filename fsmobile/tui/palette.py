"""The command palette: every command, every agent, and what the program around adds."""

from collections.abc import Callable, Sequence

from msgspec import Struct

from fsmobile.core.folding import fold
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import COMMANDS, Where
from fsmobile.tui.picker import Choice
from fsmobile.tui.stage import Stage
from fsmobile.tui.views.frame import show_key
from fsmobile.usecases.agents import list_agents
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.visits import agent_name


class Extra(Struct, frozen=True, kw_only=True):
    """A command that only some runs have: the demo's network, its pulled plug."""

    key: str
    """A function key, `f6` and up, never one of the catalogue."""
    label: str
    """Already in the language of the person."""
    run: Callable[[Stage], None]
    works_blind: bool = False
    """True when it needs no screen: it works in a window too small to draw anything."""


def palette_choices(
    here: Where, extras: Sequence[Extra], desk: Desk
) -> Callable[[str], Sequence[Choice]]:
    """Return the look-up of the palette: commands of this screen first, then the others."""
    places = (here, Where.EVERYWHERE)
    choices = [
        Choice(code=f"command:{found.id}", label=_(found.help), detail=show_key(found))
        for place in places
        for found in COMMANDS
        if found.where is place and found.id != "app.palette"
    ]
    choices += [
        Choice(code=f"extra:{index}", label=extra.label, detail=extra.key.upper())
        for index, extra in enumerate(extras)
    ]
    choices += [
        Choice(code=f"agent:{agent}", label=_("au travail : {name}").format(
            name=agent_name(desk, agent)), detail="")
        for agent in list_agents(desk)
    ]  # fmt: skip

    def find(query: str) -> Sequence[Choice]:
        words = fold(query).split()
        return [
            choice
            for choice in choices
            if all(word in " " + fold(f"{choice.label} {choice.code}") for word in words)
        ]

    return find
