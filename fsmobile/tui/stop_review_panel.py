"""The stop review under Bilans: one line a stop, the chosen one told beside."""

from fsmobile.tui.lines import Line
from fsmobile.tui.views.stop_review import StopLine, StopReviewView, stop_review_lines
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.stop_review import review_period, review_stops
from fsmobile.usecases.stop_review_exports import describe_stop


class StopReviewPanel:
    """The review of the last two years; made when it is asked for."""

    def __init__(self, desk: Desk) -> None:
        self._review = review_stops(desk, review_period(desk.today()))
        self._cursor = 0

    def move(self, step: int) -> None:
        """Choose another stop."""
        self._cursor = max(0, min(self._cursor + step, len(self._review.stops) - 1))

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the review."""
        stops = self._review.stops
        chosen = stops[self._cursor : self._cursor + 1]
        view = StopReviewView(
            first=self._review.period.first,
            last=self._review.period.last,
            threshold=self._review.threshold,
            stops=tuple(
                StopLine(
                    name=one.name,
                    verdict=one.verdict,
                    visits=one.total.visits,
                    rate=one.total.per_hour,
                )
                for one in stops
            ),
            cursor=self._cursor,
            sentences=tuple(text for one in chosen for text in describe_stop(self._review, one)),
        )
        return stop_review_lines(view, width, height)
