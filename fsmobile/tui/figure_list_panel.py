"""What one figure of Bilans counts: its passages or appointments, each a key from its visits."""

from datetime import date

from fsmobile.core.period_reports import Report, figures_of
from fsmobile.texts.dates import format_day_short
from fsmobile.texts.definitions import figure_name
from fsmobile.tui.day_context import split_name
from fsmobile.tui.lines import Line
from fsmobile.tui.views.figure_list import FigureListView, FigureRow, figure_list_lines
from fsmobile.tui.views.report import period_name
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.report_names import name_stop
from fsmobile.usecases.reports import FigureLine, list_behind


class FigureListPanel:
    """A list above the figures; made when it is asked for."""

    def __init__(self, desk: Desk, report: Report, code: str) -> None:
        self._desk = desk
        self._report = report
        self._code = code
        self._lines = list_behind(desk, report, code)
        self._rows = [_row(desk, one) for one in self._lines]
        self._cursor = 0

    def move(self, step: int) -> None:
        """Choose another line."""
        self._cursor = max(0, min(self._cursor + step, len(self._rows) - 1))

    def again(self, report: Report) -> "FigureListPanel":
        """Return the list of the same figure, counted again."""
        panel = FigureListPanel(self._desk, report, self._code)
        panel.move(self._cursor)
        return panel

    def chosen(self) -> tuple[str, date] | None:
        """Return the stop and the day of the chosen line."""
        if not self._lines:
            return None
        one = self._lines[self._cursor]
        return one.stop, one.day

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the list."""
        view = FigureListView(
            code=self._code,
            name=figure_name(self._code).replace(" (minutes)", ""),
            period=period_name(self._report.period),
            value=figures_of(self._report)[self._code],
            rows=self._rows,
            cursor=self._cursor,
        )
        return figure_list_lines(view, width, height)


def _row(desk: Desk, one: FigureLine) -> FigureRow:
    row, place = one.passage, name_stop(desk, one.stop)
    return FigureRow(
        day=format_day_short(one.day),
        place=place,
        commune=split_name(place)[0],
        planned=None if row is None else row.hours,
        appointment=one.appointment,
        passage=None if row is None else row.passage,
        is_called_off=row is not None and row.is_called_off,
        visits=0 if row is None else row.visits,
        amount=one.amount,
    )
