"""Figures of a report: what is counted, defined once; visits, people, enquiries never mixed."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import StrEnum

from msgspec import Struct, field

from fsmobile.core.ids import PassageId, ProcedureId, parse_passage_id
from fsmobile.core.visits import Enquiry, FirstContact, Obstacle, VisitState

UNCOVERED = ProcedureId("acte-non-couverte")
"""The code of a need that no operator of the bus covers."""
MASK_BELOW = 5
"""Smaller counts of personal dimensions are masked."""
MASKED = -1
"""Stands for a count that is masked."""


class Dimension(StrEnum):
    """What figures are broken down by; French codes, as the commands take them."""

    STOP = "arret"
    COMMUNE = "commune"
    OPERATOR = "operateur"
    THEME = "theme"
    PROCEDURE = "demarche"
    HELP = "aide"
    OUTCOME = "issue"
    OBSTACLE = "blocage"
    AGE = "age"
    RESIDENCE = "residence"
    CONTACT = "contact"
    CHANNEL = "modalite"
    HOUR = "heure"
    MINUTES = "duree"
    AGENT = "agent"
    DAY = "jour"
    PASSAGE = "passage"


ENQUIRY_DIMENSIONS = frozenset(
    (
        *(Dimension.OPERATOR, Dimension.THEME, Dimension.PROCEDURE, Dimension.HELP),
        *(Dimension.OUTCOME, Dimension.OBSTACLE),
    )
)
"""Broken down by what was asked: they count enquiries, for one visit may ask several things."""


class Count(Struct, frozen=True, array_like=True):
    """The three figures, side by side."""

    visits: int = 0
    """Receptions that were not cancelled; a couple is one."""
    people: int = 0
    """People in these receptions."""
    enquiries: int = 0
    """Things these receptions were about."""

    def plus(self, other: "Count") -> "Count":
        """Add two counts."""
        return Count(
            self.visits + other.visits,
            self.people + other.people,
            self.enquiries + other.enquiries,
        )


class Figures(Struct, frozen=True, kw_only=True):
    """What the visits of some days add up to."""

    total: Count = Count()
    minutes: int = 0
    """Sum of the durations of the visits."""
    by: Mapping[Dimension, Mapping[str, Count]] = field(default_factory=dict)
    """Per dimension and code; what has no code (no operator, not told) is under the empty one."""

    def of(self, dimension: Dimension) -> Mapping[str, Count]:
        """Return the counts of one dimension."""
        return self.by.get(dimension, {})


def stop_key(passage_id: PassageId | None) -> str:
    """Return what two passages at one stop have in common; empty away from any stop."""
    if passage_id is None:
        return ""
    name = parse_passage_id(passage_id)
    return f"@{name.place_id}" if name.place_id else f"{name.tour_id}/{name.stop_id}"


_OF_VISIT: Mapping[Dimension, Callable[[VisitState], str]] = {
    Dimension.STOP: lambda state: stop_key(state.visit.passage_id),
    Dimension.COMMUNE: lambda state: state.visit.insee_code or "",
    Dimension.AGE: lambda state: state.visit.age_band.value,
    Dimension.RESIDENCE: lambda state: state.visit.residence or "",
    Dimension.CONTACT: lambda state: state.visit.first_contact.value,
    Dimension.CHANNEL: lambda state: state.visit.channel.value,
    Dimension.HOUR: lambda state: f"{state.visit.starts.hour:02}",
    Dimension.MINUTES: lambda state: f"{state.visit.minutes:03}",
    Dimension.AGENT: lambda state: state.agent_id,
    Dimension.DAY: lambda state: state.visit.service_date.isoformat(),
    Dimension.PASSAGE: lambda state: state.visit.passage_id or "",
}
_OF_ENQUIRY: Mapping[Dimension, Callable[[Enquiry], str]] = {
    Dimension.OPERATOR: lambda enquiry: enquiry.operator or "",
    Dimension.PROCEDURE: lambda enquiry: enquiry.procedure,
    Dimension.HELP: lambda enquiry: enquiry.help.value,
    Dimension.OUTCOME: lambda enquiry: enquiry.outcome.value,
    Dimension.OBSTACLE: lambda enquiry: enquiry.obstacle or "",
}


def codes_of(state: VisitState, dimension: Dimension) -> tuple[str, ...]:
    """Return under which codes of a dimension a visit is counted; a cancelled one is nowhere."""
    if state.is_void:
        return ()
    if dimension in _OF_VISIT:
        return (_OF_VISIT[dimension](state),)
    return tuple(map(_OF_ENQUIRY[dimension], state.visit.enquiries))


def count_visits(states: Iterable[VisitState]) -> Figures:
    """Count visits; cancelled ones are nothing."""
    shown = [state for state in states if not state.is_void]
    asked = [enquiry for state in shown for enquiry in state.visit.enquiries]
    by = {dimension: _count_by(code_of, shown) for dimension, code_of in _OF_VISIT.items()}
    for dimension, asked_code in _OF_ENQUIRY.items():
        times = Counter(map(asked_code, asked))
        by[dimension] = {code: Count(0, 0, count) for code, count in times.items()}
    return Figures(
        total=Count(len(shown), sum(state.visit.people for state in shown), len(asked)),
        minutes=sum(state.visit.minutes for state in shown),
        by={dimension: by[dimension] for dimension in Dimension if by.get(dimension)},
    )


def _count_by(
    code_of: Callable[[VisitState], str], states: Sequence[VisitState]
) -> dict[str, Count]:
    sums: dict[str, list[int]] = {}
    for state in states:
        found = sums.setdefault(code_of(state), [0, 0, 0])
        found[0] += 1
        found[1] += state.visit.people
        found[2] += len(state.visit.enquiries)
    return {code: Count(*found) for code, found in sums.items()}


def add_figures(parts: Iterable[Figures]) -> Figures:
    """Add figures of different days."""
    total, minutes = Count(), 0
    by: dict[Dimension, dict[str, Count]] = {}
    for part in parts:
        total, minutes = total.plus(part.total), minutes + part.minutes
        for dimension, codes in part.by.items():
            sums = by.setdefault(dimension, {})
            for code, count in codes.items():
                known = sums.get(code)
                sums[code] = count if known is None else known.plus(count)
    return Figures(total=total, minutes=minutes, by=by)


def group_enquiries(counts: Mapping[str, Count], group_of: Mapping[str, str]) -> dict[str, Count]:
    """Add the counts of codes that belong together; what belongs nowhere is under ``."""
    groups: dict[str, Count] = {}
    for code, count in counts.items():
        group = group_of.get(code, "")
        groups[group] = groups.get(group, Count()).plus(count)
    return groups


def quantile_minutes(figures: Figures, share: float) -> int | None:
    """Return the duration that so large a share of the visits do not exceed; None without any."""
    counts = sorted((int(code), one.visits) for code, one in figures.of(Dimension.MINUTES).items())
    wanted = share * figures.total.visits
    reached = 0
    for minutes, visits in counts:
        reached += visits
        if reached >= wanted:
            return minutes
    return None


def first_contacts(figures: Figures) -> Count:
    """Return the visits of people who came for the first time, as far as they were asked."""
    return figures.of(Dimension.CONTACT).get(FirstContact.FIRST, Count())


def uncovered_needs(figures: Figures) -> int:
    """Return how many enquiries no operator of the bus covers."""
    return figures.of(Dimension.PROCEDURE).get(UNCOVERED, Count()).enquiries


def sites_down(figures: Figures) -> int:
    """Return how many enquiries an operator's own site stood in the way of."""
    return figures.of(Dimension.OBSTACLE).get(Obstacle.SITE_DOWN, Count()).enquiries


def mask_small(counts: Mapping[str, Count], below: int = MASK_BELOW) -> dict[str, Count]:
    """Mask counts below a threshold; never a single line.

    A single masked line could be computed from the total, so the next smallest is masked too.
    """
    small = {code for code, count in counts.items() if 0 < _size(count) < below}
    if len(small) == 1 and len(counts) > 1:
        others = (code for code in sorted(counts) if code not in small)
        small.add(min(others, key=lambda code: _size(counts[code])))
    hidden = Count(MASKED, MASKED, MASKED)
    return {code: hidden if code in small else count for code, count in counts.items()}


def _size(count: Count) -> int:
    return count.visits or count.enquiries
