"""PlanFigures: the figures of a plan over some weeks, to be compared with another plan's."""

from collections.abc import Mapping
from datetime import date

from msgspec import Struct, field

from fsmobile.core.coverage import Coverage
from fsmobile.core.ids import AgentId
from fsmobile.core.spans import DateSpan


class PlanFigures(Struct, frozen=True, kw_only=True):
    """The figures of a plan; only those of the same weeks can be compared."""

    first: date
    weeks: int
    passages: int
    """Held, cancelled ones apart."""
    passages_by_village: Mapping[str, int]
    """By INSEE code, or by place where the files say none."""
    open_minutes: int
    driving_minutes: float
    kilometres: float
    unknown_drives: int
    """Drives of unknown length, which count for nothing."""
    coverage: Coverage
    crew_minutes: Mapping[AgentId, int] = field(default_factory=dict)
    """Worked, by agent; a crew that is not published works no hour here."""

    @property
    def days(self) -> DateSpan:
        """Return the days that were looked at."""
        last = date.fromordinal(self.first.toordinal() + 7 * self.weeks - 1)
        return DateSpan(first=self.first, last=last)
