"""The screen Recherche: results while typing, the newest first; only the rows seen are read."""

import time
from collections.abc import Callable, Sequence

from fsmobile.core.reports import stop_key
from fsmobile.texts.dates import format_numeric_day
from fsmobile.texts.labels import label_short
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import Where
from fsmobile.tui.day_context import DayContext, split_name
from fsmobile.tui.keys import is_text
from fsmobile.tui.lines import Line
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.search_filters import list_filters
from fsmobile.tui.stage import Question, Stage
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.views.search import SearchRow, SearchView, rows_shown, search_lines
from fsmobile.usecases.report_names import name_stop
from fsmobile.usecases.search import NOTHING, Finder, SearchHit, count_recorded, read_query
from fsmobile.usecases.visits import agent_name

QUERY_MAX = 120


class SearchPage:
    """One line typed, and what it finds."""

    where = Where.SEARCH

    def __init__(self, stage: Stage, context: DayContext, is_discreet: Callable[[], bool]) -> None:
        self._stage = stage
        self._is_discreet = is_discreet
        self._context = context
        self._finder = Finder(stage.desk)
        self._text = ""
        self._read: dict[int, SearchRow] = {}
        """Rows that were shown, by their rank."""
        self._top, self._cursor, self._height = 0, 0, 1
        self.reload()

    def reload(self) -> None:
        """Search again: something was recorded, or the names have changed."""
        self._finder = Finder(self._stage.desk)
        self._recorded = count_recorded(self._stage.desk)
        self._read.clear()
        self._search()

    def show(self, text: str) -> None:
        """Show what a query finds."""
        self._write(text)

    def press(self, key: str) -> bool:
        """Take a key: every character is for the query."""
        steps = {"up": -1, "down": 1, "pageup": -self._height, "pagedown": self._height}
        if key in steps:
            self._move(self._cursor + steps[key])
        elif key in ("home", "end"):
            self._move(0 if key == "home" else len(self._found) - 1)
        elif key == "backspace":
            self._write(self._text[:-1])
        elif key == "ctrl+u":
            self._write("")
        elif key == "enter":
            self._open()
        elif key == "f4":
            self._pick()
        elif key == "f6":
            self._stay_here()
        elif is_text(key):
            self._write((self._text + key)[:QUERY_MAX])
        else:
            return False
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the screen; rows that were never seen are read now."""
        self._height = rows_shown(width, height)
        self._top = max(min(self._top, self._cursor), self._cursor - self._height + 1)
        seen = self._found[self._top : self._top + self._height]
        unread = [one for one in seen if one.rank not in self._read]
        for hit in self._finder.load(unread):
            self._read[hit.rank] = self._row(hit)
        view = SearchView(
            text=self._text,
            unknown=self._query.unknown,
            rows=tuple(self._read[one.rank] for one in seen),
            first=self._top,
            cursor=self._cursor - self._top,
            found=len(self._found),
            has_more=self._has_more,
            milliseconds=self._milliseconds,
            recorded=self._recorded,
            is_discreet=self._is_discreet(),
        )
        return search_lines(view, width, height)

    def hints(self) -> Sequence[Hint]:
        """Say how to go on."""
        return (
            Hint(command_id="search.open"),
            Hint(command_id="search.move"),
            Hint(command_id="search.filter"),
            Hint(command_id="search.stop"),
            Hint(command_id="search.clear"),
            Hint(command_id="search.leave"),
            Hint(command_id="app.help"),
        )

    def _write(self, text: str) -> None:
        self._text = text
        self._search()

    def _search(self) -> None:
        begun = time.perf_counter()
        self._query = read_query(self._text)
        page = self._finder.find(self._query)
        self._found, self._has_more, self._below = list(page.found), page.has_more, page.below
        self._milliseconds = round((time.perf_counter() - begun) * 1000)
        self._top = self._cursor = 0

    def _move(self, to: int) -> None:
        if to >= len(self._found) - 1 and self._has_more:
            page = self._finder.find(self._query, below=self._below)
            self._found += page.found
            self._has_more, self._below = page.has_more, page.below
        self._cursor = max(0, min(to, len(self._found) - 1))

    def _open(self) -> None:
        if not self._found:
            return
        row = self._read.get(self._found[self._cursor].rank)
        if row is not None and row.visit_id is not None:
            self._stage.open_visit(row.visit_id)

    def _pick(self) -> None:
        """Add a filter from the list of them all to what is typed."""

        def add(choice: Choice) -> None:
            self._write(f"{self._text.rstrip()} {choice.code} ".lstrip())

        choices = narrowing(list_filters(self._stage.desk))
        self._stage.ask(Question(title=_("Filtre"), find=choices, then=add))

    def _stay_here(self) -> None:
        """Show the history of the place of the chosen line, and of nothing else."""
        row = self._read.get(self._found[self._cursor].rank) if self._found else None
        if row is not None and row.stop:
            self._write(f"lieu:{row.stop} ")

    def _row(self, hit: SearchHit) -> SearchRow:
        desk = self._stage.desk
        if hit.follow_up is not None:
            follow_up = hit.follow_up.follow_up
            place = "" if follow_up.place_id is None else name_stop(desk, f"@{follow_up.place_id}")
            return SearchRow(
                visit_id=follow_up.visit_id,
                day=format_numeric_day(follow_up.opened_on),
                stop="" if follow_up.place_id is None else f"@{follow_up.place_id}",
                place=split_name(place)[0],
                what=follow_up.task,
                outcome=_("suite"),
                agent=agent_name(desk, hit.follow_up.agent_id),
                notes=tuple(step.text for step in hit.follow_up.steps),
            )
        if hit.visit is None:
            return SearchRow()
        state, visit = hit.visit, hit.visit.visit
        outcomes = dict.fromkeys(label_short(one.outcome) for one in visit.enquiries)
        row = self._context.visit_row(state, is_received=False, refusal=None)
        return SearchRow(
            visit_id=state.visit_id,
            day=format_numeric_day(visit.service_date),
            stop=stop_key(visit.passage_id) or NOTHING,
            place=split_name(name_stop(desk, stop_key(visit.passage_id)))[0],
            what=row.what,
            outcome=_("annulée") if state.is_void else ", ".join(outcomes),
            agent=row.agent,
            minutes=visit.minutes,
            people=visit.people,
            starts=visit.starts,
            details=row.details,
            notes=(visit.note,) if visit.note else (),
        )
