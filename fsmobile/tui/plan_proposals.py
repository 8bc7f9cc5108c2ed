"""Likely answers, proposed before anybody types: hours near the usual ones, other crews."""

from collections.abc import Iterator, Sequence
from datetime import time

from fsmobile.core.ids import AgentId
from fsmobile.core.spans import TimeSpan, minutes_of
from fsmobile.formats.schedule_values import parse_time_span, suggest_time_span
from fsmobile.texts.dates import format_span
from fsmobile.texts.translation import _

HALF_HOUR = 30
CREW_MAX = 3


def read_spans(text: str) -> tuple[TimeSpan, ...] | None:
    """Read `9h30-12h, 14h-16h` as spans in order that do not overlap, or return None."""
    spans: list[TimeSpan] = []
    for part in text.replace(";", ",").split(","):
        found = parse_time_span(suggest_time_span(part) or part.strip())
        if found is None or (spans and found.starts < spans[-1].ends):
            return None
        spans.append(found)
    return tuple(spans)


def spans_text(spans: Sequence[TimeSpan]) -> str:
    return ", ".join(format_span(one.starts, one.ends) for one in spans)


def other_hours(spans: Sequence[TimeSpan]) -> Iterator[tuple[str, tuple[TimeSpan, ...]]]:
    """Propose hours near the usual ones: later, earlier, shorter."""
    proposals = (
        (_("une demi-heure plus tard"), HALF_HOUR, HALF_HOUR),
        (_("une heure plus tard"), 2 * HALF_HOUR, 2 * HALF_HOUR),
        (_("une demi-heure plus tôt"), -HALF_HOUR, -HALF_HOUR),
        (_("une heure plus tôt"), -2 * HALF_HOUR, -2 * HALF_HOUR),
        (_("ouvrir une demi-heure plus tard"), HALF_HOUR, 0),
        (_("fermer une demi-heure plus tôt"), 0, -HALF_HOUR),
        (_("fermer une heure plus tôt"), 0, -2 * HALF_HOUR),
        (_("fermer une demi-heure plus tard"), 0, HALF_HOUR),
    )
    for name, opening, closing in proposals if spans else ():
        is_shift = opening == closing
        found = [
            (
                minutes_of(one.starts) + (opening if is_shift or not rank else 0),
                minutes_of(one.ends) + (closing if is_shift or rank == len(spans) - 1 else 0),
            )
            for rank, one in enumerate(spans)
        ]
        if all(0 <= starts < ends < 24 * 60 for starts, ends in found):
            yield name, tuple(TimeSpan(starts=_time(a), ends=_time(b)) for a, b in found)


def _time(minutes: int) -> time:
    return time(minutes // 60, minutes % 60)


def other_crews(
    aboard: tuple[AgentId, ...], agents: Sequence[AgentId]
) -> list[tuple[AgentId, ...]]:
    """Propose crews near the usual one: one replaced by another, one more, one fewer."""
    others = [agent for agent in agents if agent not in aboard]
    crews = [
        tuple(other if agent == member else agent for agent in aboard)
        for member in reversed(aboard)
        for other in others
    ]
    if len(aboard) < CREW_MAX:
        crews += [(*aboard, other) for other in others]
    if len(aboard) > 1:
        crews += [tuple(x for x in aboard if x != member) for member in reversed(aboard)]
    return list(dict.fromkeys(crews))
