"""The clock, as far as it can be known wrong: said once, and beside the date for as long."""

from datetime import datetime

from fsmobile.texts.dates import format_date
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Role
from fsmobile.tui.stage import Stage
from fsmobile.usecases.clock_doubt import find_clock_doubt


class ClockWatch:
    """Acts are kept whatever the clock says, under the date that it gives."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._surely_past: datetime | None = None

    @property
    def notice(self) -> str:
        """Return what stands beside the date."""
        return "" if self._surely_past is None else _("horloge ?")

    def look(self) -> None:
        """Compare the clock with what is surely past."""
        was, self._surely_past = self._surely_past, find_clock_doubt(self._stage.desk)
        if self._surely_past is not None and was is None:
            said = _("L'horloge dit le {now} : c'est passé. Remettez-la à l'heure")
            now = format_date(self._stage.desk.today())
            self._stage.say(said.format(now=now), Role.WARN)
