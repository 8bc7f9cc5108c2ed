"""The screen Recherche: results while typing, the newest first; only the rows seen are read.

The store is looked into beside the keys; a key that acts on what is found waits for it.
"""

import time
from collections.abc import Callable, Sequence
from functools import partial

from msgspec import Struct
from msgspec.structs import replace

from fsmobile.core.follow_ups import FollowUpState
from fsmobile.core.reports import stop_key
from fsmobile.errors import FsmobileError
from fsmobile.texts.dates import format_numeric_day
from fsmobile.texts.labels import label_short
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import Where
from fsmobile.tui.day_context import DayContext, split_name
from fsmobile.tui.keys import is_text
from fsmobile.tui.lines import Line, Role
from fsmobile.tui.outside import Outside
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.search_filters import list_filters
from fsmobile.tui.stage import Question, Stage
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.views.search import SearchRow, SearchView, rows_shown, search_lines
from fsmobile.usecases import search
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.report_names import name_stop
from fsmobile.usecases.search import NOTHING, Finder, SearchHit, count_recorded, read_query
from fsmobile.usecases.silence import are_names_locked
from fsmobile.usecases.visits import agent_name

QUERY_MAX = 300
ACTING = ("up", "down", "pageup", "pagedown", "home", "end", "enter", "f4", "f6")
"""Keys that mean what is found, or come after what does."""


class Looked(Struct, frozen=True, kw_only=True):
    """What the store answered."""

    page: search.SearchPage
    hits: tuple[SearchHit, ...]
    """What the first lines of the page are about."""
    milliseconds: int


class SearchPage:
    """One line typed, and what it finds."""

    where = Where.SEARCH

    def __init__(
        self,
        stage: Stage,
        outside: Outside,
        context: DayContext,
        is_discreet: Callable[[], bool],
    ) -> None:
        self._stage = stage
        self._outside = outside
        self._is_discreet = is_discreet
        self._context = context
        self._text = ""
        self._page = search.SearchPage(found=(), has_more=False)
        self._milliseconds = 0
        self._sifted = 0
        """Lines that were read in vain for what was typed last."""
        self._is_looking = False
        """A question is not answered yet."""
        self._held: list[str] = []
        """Keys that wait for the answer, in order."""
        self._back: Callable[[], None] | None = None
        self._read: dict[int, SearchRow] = {}
        """Rows that were shown, by their rank."""
        self._top, self._cursor, self._height = 0, 0, 1
        self.reload()

    def reload(self) -> None:
        """Search again: something was recorded, or the names have changed."""
        self._finder = Finder(self._stage.desk)
        self._recorded: int | None = None
        self._read.clear()
        self._search()

    def show(self, text: str | None, back: Callable[[], None] | None) -> None:
        """Show what a query finds, or what was shown last; `back` is where Escape leads."""
        self._back = back
        if text is not None:
            self._write(text)

    def press(self, key: str) -> bool:
        """Take a key: every character is for the query."""
        if key == "escape" and self._back is not None:
            self._back()
            return True
        if self._held or (self._is_looking and key in ACTING):
            self._held.append(key)
            return True
        steps = {"up": -1, "down": 1, "pageup": -self._height, "pagedown": self._height}
        if key in steps:
            self._move(self._cursor + steps[key])
        elif key in ("home", "end"):
            self._move(0 if key == "home" else len(self._page.found) - 1)
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
        elif key == "?" and not self._text.endswith(":"):
            return False  # help; after a colon it asks for what has nothing there
        elif is_text(key):
            self._write((self._text + key)[:QUERY_MAX])
        else:
            return False
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the screen; rows that were never seen are read now."""
        self._height = rows_shown(width, height)
        self._top = max(min(self._top, self._cursor), self._cursor - self._height + 1)
        seen = self._page.found[self._top : self._top + self._height]
        self._keep(self._finder.load([one for one in seen if one.rank not in self._read]))
        view = SearchView(
            text=self._text,
            unknown=self._query.unknown,
            rows=tuple(self._read[one.rank] for one in seen),
            first=self._top,
            cursor=self._cursor - self._top,
            found=len(self._page.found),
            has_more=self._page.has_more,
            is_looking=self._is_looking,
            sifted=self._sifted,
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
            Hint(command_id="search.leave", label="" if self._back is None else _("Bilans")),
            Hint(command_id="app.help"),
        )

    def _write(self, text: str) -> None:
        self._text = text
        self._search()

    def _search(self) -> None:
        self._query = read_query(self._text)
        self._milliseconds = self._sifted = 0
        self._look(self._show_found)

    def _look(self, then: Callable[[Looked], None], below: int | None = None) -> None:
        """Ask for a page; what was asked before and is not answered never will be."""
        query, finder, room = self._query, self._finder, self._height

        def look(desk: Desk) -> Looked:
            begun = time.perf_counter()
            beside = finder.beside(desk)
            page = beside.find(query, below=below, limit=max(search.PAGE, room))
            hits = beside.load(page.found[:room])
            spent = round((time.perf_counter() - begun) * 1000)
            return Looked(page=page, hits=hits, milliseconds=spent)

        self._is_looking = True
        self._outside.look_up(look, partial(self._take, then))

    def _take(self, then: Callable[[Looked], None], looked: Looked | FsmobileError) -> None:
        """Show an answer, then go on with the keys that waited for it."""
        self._is_looking = False
        held, self._held = self._held, []
        if isinstance(looked, FsmobileError):
            self._stage.refuse(looked)
            return
        self._keep(looked.hits)
        if looked.page.has_more and not looked.page.found:
            self._go_on(then, looked)
            # There is nothing yet to act on; what was typed since is of another question.
            held = [key for key in held if key not in ACTING]
        else:
            then(looked)
        for key in held:
            self._stage.press(key)
        # Counted last: a long history is seen before it is counted.
        if self._recorded is None and not self._is_looking:
            self._outside.look_up(count_recorded, self._take_count)

    def _go_on(self, then: Callable[[Looked], None], looked: Looked) -> None:
        """Look further back: of the newest lines none is what is sought."""
        self._sifted += search.SIFT_ROUNDS * search.SIFT_LINES
        self._milliseconds += looked.milliseconds
        if then == self._show_found:
            self._page = looked.page
        self._look(then, looked.page.below)

    def _take_count(self, counted: int | FsmobileError) -> None:
        if isinstance(counted, int):
            self._recorded = counted

    def _show_found(self, looked: Looked) -> None:
        self._page = looked.page
        self._milliseconds += looked.milliseconds
        self._top = self._cursor = 0

    def _show_more(self, looked: Looked) -> None:
        page = looked.page
        self._page = replace(page, found=(*self._page.found, *page.found))

    def _keep(self, hits: Sequence[SearchHit]) -> None:
        for hit in hits:
            self._read[hit.rank] = self._row(hit)

    def _move(self, to: int) -> None:
        last = len(self._page.found) - 1
        if to >= last and self._page.has_more:
            self._look(self._show_more, self._page.below)
        self._cursor = max(0, min(to, len(self._page.found) - 1))

    def _open(self) -> None:
        if not self._page.found:
            return
        row = self._read.get(self._page.found[self._cursor].rank)
        if row is not None and row.visit_id is not None:
            self._stage.open_visit(row.visit_id)
        elif row is not None:
            told = _(
                "Cette suite est sans visite : tant qu'elle est ouverte, elle est dans 2 Suites"
            )
            self._stage.say(told, Role.PLAIN)

    def _pick(self) -> None:
        """Add a filter from the list of them all to what is typed."""

        def add(choice: Choice) -> None:
            self._write(f"{self._text.rstrip()} {choice.code} ".lstrip())

        choices = narrowing(list_filters(self._stage.desk))
        self._stage.ask(Question(title=_("Filtre"), find=choices, then=add))

    def _stay_here(self) -> None:
        """Show the history of the place of the chosen line, and of nothing else."""
        row = self._read.get(self._page.found[self._cursor].rank) if self._page.found else None
        if row is not None and row.stop:
            self._write(f"lieu:{row.stop} ")

    def _row(self, hit: SearchHit) -> SearchRow:
        desk = self._stage.desk
        if hit.follow_up is not None:
            follow_up = hit.follow_up.follow_up
            place = "" if follow_up.place_id is None else name_stop(desk, f"@{follow_up.place_id}")
            return SearchRow(
                visit_id=follow_up.visit_id,
                is_promise=True,
                day=format_numeric_day(follow_up.opened_on),
                stop="" if follow_up.place_id is None else f"@{follow_up.place_id}",
                place=split_name(place)[0],
                what=follow_up.task,
                outcome=_("suite"),
                agent=agent_name(desk, hit.follow_up.agent_id),
                notes=(*_names(desk, hit.follow_up), *(one.text for one in hit.follow_up.steps)),
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


def _names(desk: Desk, state: FollowUpState) -> tuple[str, ...]:
    """Return the name of the person, where it may be read; it is hidden as notes are."""
    return () if state.named is None or are_names_locked(desk) else (state.named.name,)
