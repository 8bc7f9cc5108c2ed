"""Label sheet: what the label asks for, and what the data of a laptop prove of it."""

from collections.abc import Callable, Mapping
from enum import StrEnum

from msgspec import Struct

from fsmobile.core.ids import OperatorId

AGENTS_MIN = 2
HOURS_MIN = 24.0
DAYS_MIN = 5
FOUNDING_OPERATORS = frozenset(
    OperatorId(code)
    for code in (
        *("caf", "cnam", "cnav", "msa", "france-travail", "la-poste", "dgfip"),
        *("ministere-interieur", "ministere-justice"),
    )
)
"""The nine partners of 2020, which every house answers for."""
SAME_COUNTER: Mapping[OperatorId, OperatorId] = {
    OperatorId("france-titres"): OperatorId("ministere-interieur")
}
"""An agency of one of the nine, under its own name in the catalogue."""


class Criterion(StrEnum):
    """One thing that the label asks for, in the order of the sheet."""

    AGENTS = "agents"
    HOURS = "hours"
    DAYS = "days"
    TRAINING = "training"
    PRIVACY = "privacy"
    VIDEO = "video"
    OPERATORS = "operators"
    CONTACTS = "contacts"
    """A named correspondent at each operator."""
    ACCESS = "access"
    TIMETABLE = "timetable"
    ACTIVITY = "activity"
    SATISFACTION = "satisfaction"


class Standing(StrEnum):
    """What the data say of a criterion."""

    MET = "met"
    GAP = "gap"
    NOT_HELD = "not_held"
    """The laptop holds nothing that proves it, nor the opposite: a person must look."""


class LabelFacts(Struct, frozen=True, kw_only=True):
    """What a laptop knows that an auditor asks for."""

    agents_min: int = AGENTS_MIN
    hours_min: float = HOURS_MIN
    days_min: int = DAYS_MIN
    planned: int = 0
    """Passages of the year to come."""
    planned_short: int = 0
    """Those with fewer agents than asked for."""
    crew_untold: int = 0
    """Those of whose crew nothing is published."""
    week_minutes: tuple[int, ...] = ()
    """Open hours of each week of the plan."""
    week_days: tuple[int, ...] = ()
    """Open days of each week of the plan."""
    done_week_minutes: int = 0
    """Mean week of the period, as told on board."""
    done_passages: int = 0
    untold_passages: int = 0
    visits: int = 0
    video_visits: int = 0
    referrals: int = 0
    agents: int = 0
    agents_trained: int = 0
    """Those whose training is written down and still good."""
    agents_lapsed: int = 0
    is_encrypted: bool = False
    operators: frozenset[OperatorId] = frozenset()
    """Of the nine, those for which somebody came."""
    places: int = 0
    """Where the bus stops in the year to come."""
    places_accessible: int = 0
    places_inaccessible: int = 0
    revision: int = 0
    """Of the published timetable; 0 without one."""

    @property
    def operators_missing(self) -> frozenset[OperatorId]:
        """Return the partners for which nobody came."""
        return FOUNDING_OPERATORS - self.operators

    @property
    def mean_week_minutes(self) -> int:
        """Return the open minutes of a mean week of the plan."""
        return round(sum(self.week_minutes) / len(self.week_minutes)) if self.week_minutes else 0

    @property
    def weeks_short(self) -> int:
        """Return how many weeks of the plan have fewer hours than asked for."""
        return sum(minutes < self.hours_min * 60 for minutes in self.week_minutes)

    @property
    def weeks_with_few_days(self) -> int:
        """Return how many weeks of the plan have fewer days than asked for."""
        return sum(days < self.days_min for days in self.week_days)


def partner_of(operator: OperatorId) -> OperatorId:
    """Return the partner that an operator belongs to; itself when it is none of the nine's."""
    return SAME_COUNTER.get(operator, operator)


def assess(facts: LabelFacts) -> dict[Criterion, Standing]:
    """Tell criterion by criterion how a bus stands."""
    return {criterion: _RULES[criterion](facts) for criterion in Criterion}


def _told(is_known: bool, is_met: bool) -> Standing:
    if not is_known:
        return Standing.NOT_HELD
    return Standing.MET if is_met else Standing.GAP


def _agents(facts: LabelFacts) -> Standing:
    if facts.planned_short > facts.crew_untold:
        return Standing.GAP
    return _told(facts.planned > 0 and not facts.crew_untold, True)


def _hours(facts: LabelFacts) -> Standing:
    minimum = facts.hours_min * 60
    is_met = sum(facts.week_minutes) >= minimum * len(facts.week_minutes)
    if facts.done_passages:
        is_met = is_met and facts.done_week_minutes >= minimum
    return _told(bool(facts.week_minutes), is_met)


def _training(facts: LabelFacts) -> Standing:
    if facts.agents_lapsed:
        return Standing.GAP
    return _told(0 < facts.agents == facts.agents_trained, True)


def _access(facts: LabelFacts) -> Standing:
    if facts.places_inaccessible:
        return Standing.GAP
    return _told(0 < facts.places == facts.places_accessible, True)


def _activity(facts: LabelFacts) -> Standing:
    return _told(facts.done_passages > 0, facts.visits > 0 and not facts.untold_passages)


_RULES: Mapping[Criterion, Callable[[LabelFacts], Standing]] = {
    Criterion.AGENTS: _agents,
    Criterion.HOURS: _hours,
    Criterion.DAYS: lambda facts: _told(bool(facts.week_days), not facts.weeks_with_few_days),
    Criterion.TRAINING: _training,
    # The store's own seal is half of it: nobody but a visitor sees whether one can be overheard.
    Criterion.PRIVACY: lambda facts: _told(not facts.is_encrypted, False),
    Criterion.VIDEO: lambda facts: _told(facts.video_visits > 0, True),
    Criterion.OPERATORS: lambda facts: _told(facts.visits > 0, not facts.operators_missing),
    Criterion.CONTACTS: lambda _facts: Standing.NOT_HELD,
    Criterion.ACCESS: _access,
    Criterion.TIMETABLE: lambda facts: _told(True, facts.revision > 0),
    Criterion.ACTIVITY: _activity,
    Criterion.SATISFACTION: lambda _facts: Standing.NOT_HELD,
}
