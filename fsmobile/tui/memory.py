"""The way to the search and the reports: their pages are made at the first look, and kept."""

from collections.abc import Callable
from typing import Protocol

from fsmobile.tui.day_context import DayContext
from fsmobile.tui.outside import Outside
from fsmobile.tui.stage import Page, Stage


class _Kept(Page, Protocol):
    """A page that can be read again."""

    def reload(self) -> None:
        """Read again what the page shows."""
        ...


class _Search(_Kept, Protocol):
    """The search, without its module."""

    def show(self, text: str | None, back: Callable[[], None] | None) -> None:
        """Show what a query finds, or what was shown last; `back` is where Escape leads."""
        ...


class Memory:
    """What was recorded, found and counted."""

    def __init__(
        self,
        stage: Stage,
        outside: Outside,
        context: DayContext,
        show: Callable[[Page], None],
        is_discreet: Callable[[], bool],
    ) -> None:
        self._stage = stage
        self._outside = outside
        self._context = context
        self._show = show
        self._is_discreet = is_discreet
        self._search: _Search | None = None
        self._report: _Kept | None = None

    def show_search(self, text: str | None = None, back: Callable[[], None] | None = None) -> None:
        """Show the search, as it was left or with a query."""
        # Deferred, as each screen that is opened later: the first frame does not wait.
        from fsmobile.tui.screens.search import SearchPage

        if self._search is None:
            self._search = SearchPage(self._stage, self._outside, self._context, self._is_discreet)
        else:
            self._search.reload()
        self._search.show(text, back)
        self._show(self._search)

    def show_report(self) -> None:
        """Show the reports, counted now."""
        from fsmobile.tui.screens.report import ReportPage

        if self._report is None:
            self._report = ReportPage(self._stage, self._show_list)
        else:
            self._report.reload()
        self._show(self._report)

    def _show_list(self, query: str) -> None:
        """Show what a figure counts, one key from the figures."""
        self.show_search(query, self.show_report)

    def reload(self, home: Page) -> None:
        """Read again what shows; what does not is read when it is shown."""
        for page in (self._search, self._report):
            if page is not None and page is home:
                page.reload()
