"""The screen Bilans: a period beside the one before, by one dimension, its list one key away."""

from collections.abc import Callable, Sequence

from fsmobile.core.period_reports import figures_of
from fsmobile.core.periods import PeriodKind, period_after, period_before, period_of
from fsmobile.core.reports import ENQUIRY_DIMENSIONS, Dimension
from fsmobile.texts.definitions import dimension_name
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.lines import Line
from fsmobile.tui.stage import Stage
from fsmobile.tui.stop_review_panel import StopReviewPanel
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.views.report import ReportView, report_lines
from fsmobile.usecases.reports import break_down, make_report, report_before
from fsmobile.usecases.search import NOTHING

KINDS = (PeriodKind.DAY, PeriodKind.WEEK, PeriodKind.MONTH, PeriodKind.YEAR)
SHOWN = (
    *(Dimension.OPERATOR, Dimension.STOP, Dimension.PROCEDURE, Dimension.THEME, Dimension.OUTCOME),
    Dimension.OBSTACLE,
    *(Dimension.HELP, Dimension.COMMUNE, Dimension.RESIDENCE, Dimension.AGE, Dimension.HOUR),
    *(Dimension.CONTACT, Dimension.CHANNEL, Dimension.AGENT),
)
FILTER_OF = {
    Dimension.STOP: "lieu",
    Dimension.COMMUNE: "lieu",
    Dimension.OPERATOR: "opérateur",
    Dimension.PROCEDURE: "démarche",
    Dimension.OUTCOME: "issue",
    Dimension.AGENT: "agent",
    Dimension.THEME: "thème",
    Dimension.HELP: "aide",
    Dimension.OBSTACLE: "blocage",
    Dimension.AGE: "âge",
    Dimension.RESIDENCE: "résidence",
    Dimension.CONTACT: "contact",
    Dimension.CHANNEL: "mode",
    Dimension.HOUR: "heure",
}
"""The filter of the search that lists the visits of a line."""


class ReportPage:
    """The figures of one period."""

    where = Where.REPORT

    def __init__(self, stage: Stage, search: Callable[[str], None]) -> None:
        self._stage = stage
        self._search = search
        self._kind = 2
        self._dimension = 0
        self._cursor = 0
        self._review: StopReviewPanel | None = None
        self._period = period_of(KINDS[self._kind], stage.desk.today())
        self.reload()

    def reload(self) -> None:
        """Count again."""
        desk = self._stage.desk
        self._review = None
        self._report = make_report(desk, self._period)
        self._before = report_before(desk, self._report)
        self._break_down()

    def press(self, key: str) -> bool:
        """Take a key of this screen."""
        found = find_command(Where.REPORT, key)
        if found is None or found.where is not Where.REPORT or found.id == "report.leave":
            return False
        if self._review is not None and found.id != "report.review":
            if found.id == "report.move":
                self._review.move(1 if key in ("down", "j") else -1)
            return True
        match found.id:
            case "report.review":
                self._show_review()
            case "report.kind":
                self._kind = (self._kind + 1) % len(KINDS)
                day = min(self._period.last, max(self._period.first, self._stage.desk.today()))
                self._period = period_of(KINDS[self._kind], day)
                self.reload()
            case "report.shift":
                step = period_before if key == "left" else period_after
                self._period = step(self._period) or self._period
                self.reload()
            case "report.by":
                self._dimension = (self._dimension + 1) % len(SHOWN)
                self._cursor = 0
                self._break_down()
            case "report.move":
                step_by = 1 if key in ("down", "j") else -1
                self._cursor = max(0, min(self._cursor + step_by, len(self._rows) - 1))
            case _:
                self._open_list()
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the screen."""
        if self._review is not None:
            return self._review.lines(width, height)
        dimension = SHOWN[self._dimension]
        days = self._report.visits.of(Dimension.DAY)
        view = ReportView(
            period=self._period,
            figures=figures_of(self._report),
            before={} if self._before is None else figures_of(self._before),
            per_day={code: count.visits for code, count in days.items()},
            dimension=dimension_name(dimension),
            counts_enquiries=dimension in ENQUIRY_DIMENSIONS,
            rows=tuple(self._rows),
            cursor=self._cursor,
            now=self._stage.desk.now(),
        )
        return report_lines(view, width, height)

    def hints(self) -> Sequence[Hint]:
        """Say how to change what is shown."""
        if self._review is not None:
            return (Hint(command_id="report.review"), Hint(command_id="app.help"))
        return (
            Hint(command_id="report.kind"),
            Hint(command_id="report.shift"),
            Hint(command_id="report.by"),
            Hint(command_id="report.open"),
            *([] if self._stage.desk.tree is None else [Hint(command_id="report.review")]),
            Hint(command_id="app.help"),
        )

    def _show_review(self) -> None:
        """Show the stops, or the figures again; without a timetable there is no stop."""
        if self._review is not None or self._stage.desk.tree is None:
            self._review = None
        else:
            self._review = StopReviewPanel(self._stage.desk)

    def _break_down(self) -> None:
        dimension = SHOWN[self._dimension]
        self._rows = break_down(self._stage.desk, self._report, dimension, self._before)
        self._cursor = max(0, min(self._cursor, len(self._rows) - 1))

    def _open_list(self) -> None:
        """Show the visits behind the chosen line."""
        if not self._rows:
            return
        name, code = FILTER_OF[SHOWN[self._dimension]], self._rows[self._cursor].code or NOTHING
        first, last = self._period.first.isoformat(), self._period.last.isoformat()
        self._search(f"{name}:{code} depuis:{first} jusque:{last} sauf:{_('annulée')}")
