"""The way to the planning: for coordinators only, its page opened at the first look and kept."""

from collections.abc import Callable
from pathlib import Path
from typing import Protocol

from fsmobile.errors import FsmobileError, NotAllowed
from fsmobile.tui.stage import Page, Stage
from fsmobile.usecases.desk import is_coordinator


class _Planning(Page, Protocol):
    """The page, without its module."""

    def enter(self) -> None:
        """Come back to the planning."""
        ...

    def settle(self) -> bool:
        """Run one rule of the checks; tell whether more are to come."""
        ...

    def tick(self) -> bool:
        """Read what somebody else wrote; tell whether it changes the screen."""
        ...


class PlanningDoor:
    """Opens the working folder when the planning is asked for, never before."""

    def __init__(self, stage: Stage, path: Path | None, put_above: Callable[[Page], None]) -> None:
        self._stage = stage
        self._path = path
        self._put_above = put_above
        self._page: _Planning | None = None

    @property
    def is_offered(self) -> bool:
        """Tell whether this person has a planning to edit."""
        return self._path is not None and is_coordinator(self._stage.desk)

    def open(self) -> Page | None:
        """Return the page, or None once it was said why there is none."""
        try:
            if self._path is None or not self.is_offered:
                raise NotAllowed("coordinator_only")
            self._page = self._page or self._make(self._path)
            self._page.enter()
        except FsmobileError as error:
            self._stage.refuse(error)
            return None
        return self._page

    def _make(self, path: Path) -> _Planning:
        # Deferred: the checks and the editor are paid for by whoever edits.
        from fsmobile.tui.screens.communes import CommunesPage
        from fsmobile.tui.screens.planning import PlanningPage
        from fsmobile.tui.screens.review import ReviewPage
        from fsmobile.usecases.planning import open_planning

        stage, planning = self._stage, open_planning(self._stage.desk, path)

        def review() -> None:
            self._put_above(ReviewPage(stage, planning, stage.close_page, published))

        def published() -> None:
            stage.close_page()
            page.show()

        def communes() -> None:
            self._put_above(CommunesPage(stage, stage.close_page))

        page = PlanningPage(stage, planning, review, communes, self._put_above)
        return page

    def settle(self, home: Page) -> bool:
        """Go on with the checks while the planning shows; tell whether more are to come."""
        page = self._page
        return page is not None and page is home and page.settle()

    def tick(self, home: Page) -> bool:
        """Read what somebody else wrote while the planning shows."""
        page = self._page
        return page is not None and page is home and page.tick()
