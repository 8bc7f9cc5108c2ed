"""The screen Bilans: a period beside the one before, by one dimension, its list one key away."""

from collections.abc import Callable, Sequence
from datetime import date

from fsmobile.core.period_reports import figures_of
from fsmobile.core.periods import PeriodKind, period_after, period_before, period_of
from fsmobile.core.reports import ENQUIRY_DIMENSIONS, UNCOVERED, Dimension
from fsmobile.core.visits import FirstContact, Obstacle
from fsmobile.texts.definitions import dimension_name
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.figure_list_panel import FigureListPanel
from fsmobile.tui.lines import Line
from fsmobile.tui.stage import Stage
from fsmobile.tui.stop_review_panel import StopReviewPanel
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.views.report import FIGURES, ReportView, report_lines
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
VISITS_OF = {
    "first_contacts": f"contact:{FirstContact.FIRST}",
    "uncovered": f"démarche:{UNCOVERED}",
    "sites_down": f"blocage:{Obstacle.SITE_DOWN}",
    **dict.fromkeys(("people", "enquiries", "minutes", "minutes_median", "minutes_p90"), ""),
}
"""The filter that lists the visits of a figure; the other figures are of passages."""


class ReportPage:
    """The figures of one period."""

    where = Where.REPORT

    def __init__(self, stage: Stage, search: Callable[[str], None]) -> None:
        self._stage = stage
        self._search = search
        self._kind = 2
        self._dimension = 0
        self._cursor = 0
        self._figure: int | None = None
        self._above: StopReviewPanel | FigureListPanel | None = None
        self._period = period_of(KINDS[self._kind], stage.desk.today())
        self.reload()

    def reload(self) -> None:
        """Count again."""
        desk = self._stage.desk
        above = self._above
        self._report = make_report(desk, self._period)
        self._before = report_before(desk, self._report)
        self._break_down()
        self._above = above.again(self._report) if isinstance(above, FigureListPanel) else None

    def press(self, key: str) -> bool:
        """Take a key of this screen."""
        found = find_command(Where.REPORT, key)
        if found is None or found.where is not Where.REPORT:
            return False
        if self._above is not None:
            return self._press_above(found.id, key)
        match found.id:
            case "report.leave":
                return False
            case "report.review":
                if self._stage.desk.tree is not None:
                    self._above = StopReviewPanel(self._stage.desk)
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
                self._cursor, self._figure = 0, None
                self._break_down()
            case "report.figures":
                self._figure = 0 if self._figure is None else None
            case "report.move":
                self._move(_step(key))
            case _:
                self._open_list()
        return True

    def _press_above(self, command_id: str, key: str) -> bool:
        """Take a key for what lies above the figures: a list, or the review of the stops."""
        above = self._above
        if command_id == "report.move" and above is not None:
            above.move(_step(key))
        elif command_id == "report.leave" or (
            command_id == "report.review" and isinstance(above, StopReviewPanel)
        ):
            self._above = None
        elif command_id == "report.open" and isinstance(above, FigureListPanel):
            chosen = above.chosen()
            if chosen is not None:
                stop, day = chosen
                self._list_visits(f"lieu:{stop or NOTHING}", day, day)
        return True

    def _move(self, step: int) -> None:
        if self._figure is None:
            self._cursor = max(0, min(self._cursor + step, len(self._rows) - 1))
        else:
            self._figure = max(0, min(self._figure + step, len(FIGURES) - 1))

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the screen."""
        if self._above is not None:
            return self._above.lines(width, height)
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
            cursor=self._cursor if self._figure is None else None,
            figure=self._figure,
            now=self._stage.desk.now(),
        )
        return report_lines(view, width, height)

    def hints(self) -> Sequence[Hint]:
        """Say how to change what is shown."""
        if isinstance(self._above, StopReviewPanel):
            return (Hint(command_id="report.review"), Hint(command_id="app.help"))
        if self._above is not None:
            back = Hint(command_id="report.leave", label=_("Chiffres"))
            return (Hint(command_id="report.open"), back, Hint(command_id="app.help"))
        return (
            Hint(command_id="report.kind"),
            Hint(command_id="report.shift"),
            Hint(command_id="report.by"),
            Hint(command_id="report.figures"),
            Hint(command_id="report.open"),
            *([] if self._stage.desk.tree is None else [Hint(command_id="report.review")]),
            Hint(command_id="app.help"),
        )

    def _break_down(self) -> None:
        dimension = SHOWN[self._dimension]
        self._rows = break_down(self._stage.desk, self._report, dimension, self._before)
        self._cursor = max(0, min(self._cursor, len(self._rows) - 1))

    def _open_list(self) -> None:
        """Show what the chosen line or the chosen figure counts."""
        first, last = self._period.first, self._period.last
        if self._figure is None:
            if self._rows:
                name, code = FILTER_OF[SHOWN[self._dimension]], self._rows[self._cursor].code
                self._list_visits(f"{name}:{code or NOTHING}", first, last)
            return
        figure = FIGURES[self._figure]
        if figure in VISITS_OF:
            self._list_visits(VISITS_OF[figure], first, last)
        else:
            self._above = FigureListPanel(self._stage.desk, self._report, figure)

    def _list_visits(self, what: str, first: date, last: date) -> None:
        self._search(f"{what} depuis:{first} jusque:{last} sauf:{_('annulée')}".lstrip())


def _step(key: str) -> int:
    return 1 if key in ("down", "j") else -1
