"""What was done to tell a commune, in a sentence: what, when, by whom, by which channel."""

from fsmobile.core.commune_notices import CommuneTold
from fsmobile.texts.dates import format_day_short
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _


def describe_step(step: CommuneTold, name: str) -> str:
    """Tell a step; an empty name: who did it is not known here."""
    told = (
        _("{what} le {day} par {agent}, {channel}") if name else _("{what} le {day}, {channel}")
    ).format(
        what=label(step.step),
        day=format_day_short(step.on),
        agent=name,
        channel=label(step.channel),
    )
    return f"{told} : {step.remark}" if step.remark else told
