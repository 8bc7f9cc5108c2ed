"""The shell of the screens: keys to the page that shows, one message line, one frame.

It knows no widget: the app hands it keys in the order they were typed and draws what it says.
"""

from collections.abc import Callable, Sequence
from pathlib import Path

from fsmobile.core.ids import AgentId, PlaceId, VisitId
from fsmobile.errors import FsmobileError, StoreFull
from fsmobile.sync.progress import BY_HAND, Progress, SyncReport
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.translation import LANGUAGES, _, current_language, set_language
from fsmobile.tui.background_sync import BackgroundSync
from fsmobile.tui.bindings import QUITTING, Where, command, find_command
from fsmobile.tui.clock_watch import ClockWatch
from fsmobile.tui.entry_layout import draw_page
from fsmobile.tui.keys import is_text
from fsmobile.tui.lines import Line, Role, line, wrap_line
from fsmobile.tui.memory import Memory
from fsmobile.tui.note_taking import NoteTaking, find_refusal
from fsmobile.tui.outside import Outside
from fsmobile.tui.palette import Extra, palette_choices
from fsmobile.tui.picker import Choice
from fsmobile.tui.planning_door import PlanningDoor
from fsmobile.tui.screens.chooser import ChooserPage
from fsmobile.tui.screens.entry import EntryPage
from fsmobile.tui.screens.follow_ups import FollowUpPage
from fsmobile.tui.screens.prompt import PromptPage
from fsmobile.tui.screens.sync import SyncPage
from fsmobile.tui.screens.tour import TourPage
from fsmobile.tui.stage import EntrySetting, Page, Prompt, Question
from fsmobile.tui.undone import undone_sentence
from fsmobile.tui.views.frame import (
    LOWEST,
    NARROWEST,
    Frame,
    Hint,
    header_line,
    tab_line,
    too_small_line,
)
from fsmobile.tui.visit_entry_state import Entry
from fsmobile.tui.who_works import WhoWorks
from fsmobile.usecases.desk import NOBODY, Desk
from fsmobile.usecases.undo import undo_last
from fsmobile.usecases.visits import agent_name

MESSAGE_ROWS = 4
"""What the longest refusal takes in the narrowest window; the page keeps the others."""


class Shell:
    """Everything the screens do, without a terminal."""

    def __init__(
        self,
        desk: Desk,
        outside: Outside,
        extras: Sequence[Extra] = (),
        notice: str = "",
        *,
        syncs_by_itself: bool = False,
        planning_path: Path | None = None,
    ) -> None:
        self.desk = desk
        self.message: Line = Line()
        self.is_too_small = False
        """The window shows nothing but its size: no key may act there but those that quit."""
        self._outside = outside
        self.extras = tuple(extras)
        self.background = BackgroundSync(desk, is_on=syncs_by_itself)
        self._minute = desk.now()
        self._above: list[Page] = []
        self.note = NoteTaking(self, outside.open_note)
        self.alarm = ""
        """The one blocking alarm, until a record goes through."""
        self.tour = TourPage(self)
        self.sync = SyncPage(self, self.tour.context.name_entity)
        self.promises = FollowUpPage(self, self.tour.context, lambda: self.tour.is_discreet)
        self._who = WhoWorks(self, self.tour.flush)
        self._home: Page = self.tour
        self._memory = Memory(
            self, outside, self.tour.context, self._show, lambda: self.tour.is_discreet
        )
        self._door = PlanningDoor(self, planning_path, lambda page: self._above.append(page))
        self._clock = ClockWatch(self)
        self.tour.start()
        self._clock.look()
        if notice and not self.message.text:
            self.say(notice, Role.PLAIN)

    @property
    def page(self) -> Page:
        """The page that has the keyboard."""
        return self._above[-1] if self._above else self._home

    @property
    def screen_id(self) -> str:
        """Which tab is shown."""
        return self._home.where.value

    @property
    def screens(self) -> tuple[str, ...]:
        """The tabs of this person: a planning is a coordinator's."""
        planning = ("planning",) if self._door.is_offered else ()
        return ("tour", "follow_ups", "search", *planning, "sync", "report")

    def press(self, key: str) -> None:
        """Take one key, whatever shows; unknown keys do nothing."""
        page, said, acts = self.page, self.message, self._count_acts()
        self._press(page, key)
        # What the message offers to undo must be the last act, or nothing.
        if self.message is said and (self.page is not page or self._count_acts() != acts):
            self.message = Line()

    def _count_acts(self) -> tuple[int, int]:
        return len(self.desk.undo_steps), self.tour.counted

    def _press(self, page: Page, key: str) -> None:
        extra = next((extra for extra in self.extras if extra.key == key), None)
        if key in command("app.lock").keys:
            self.run_command("app.lock")
        elif self.is_too_small:
            self._press_blind(page, key, extra)
        elif extra is not None:
            extra.run(self)
        elif self._who.is_missing(page, key):
            self._who.ask(key)
        elif not page.press(key):
            found = find_command(page.where, key)
            if found is not None:
                self.run_command(found.id)

    def _press_blind(self, page: Page, key: str, extra: Extra | None) -> None:
        """Take a key while nothing shows what it would do."""
        found = find_command(page.where, key)
        if extra is not None and extra.works_blind:
            extra.run(self)
        elif found is not None and found.id in QUITTING:
            self.run_command(found.id)

    def run_command(self, id: str) -> None:
        """Do what a command of the catalogue says, from a key or from the palette."""
        match id:
            case "screen.tour" | "search.leave" | "report.leave":
                self._show(self.tour)
            case "screen.search":
                self._memory.show_search()
            case "screen.report":
                self._memory.show_report()
            case "screen.follow_ups":
                self._show(self.promises)
            case "screen.sync":
                self._show(self.sync)
            case "screen.planning":
                planning = self._door.open()
                if planning is not None:
                    self._show(planning)
            case "app.undo":
                self._undo()
            case "app.palette":
                self._open_palette()
            case "app.help":
                # Deferred, as each screen that is opened later: the first frame does not wait.
                from fsmobile.tui.screens.help import HelpPage

                self._above.append(HelpPage(self.page.where, self.close_page, self.extras))
            case "day.departure" | "day.end":
                from fsmobile.tui.screens.check import CheckPage, ask_day_end, ask_departure

                self.tour.flush()
                asked = ask_departure if id == "day.departure" else ask_day_end
                self._above.append(CheckPage(self, self.tour.context, asked))
            case "app.discreet":
                self.tour.toggle_discreet()
            case "app.language":
                self._change_language()
            case "app.agent":
                self._who.change()
            case "app.refresh":
                self.refresh()
            case "app.lock":
                self.tour.flush()
                if not self._outside.lock():
                    self.say(_("Données non chiffrées, rien à verrouiller : voir 6"), Role.WARN)
            case _ if id in QUITTING:
                self.tour.flush()
                self._outside.leave()
            case _:
                self._run_here(id)

    def body(self, width: int, height: int) -> list[Line]:
        """Draw the header, the tabs and the page."""
        # Above an open note the message line takes a row more.
        self.is_too_small = width < NARROWEST or height + 2 + self.note.is_open < LOWEST
        if self.is_too_small:
            return [too_small_line(width)]
        self.sync.count()
        agent_id = self.desk.agent_id
        frame = Frame(
            unit_name=self.tour.context.unit_name,
            agent_name="" if agent_id == NOBODY else agent_name(self.desk, agent_id),
            now=self.desk.now(),
            network=self.sync.network,
            alarm=self.alarm,
            notice=self._clock.notice or (_("démo") if self.extras else ""),
        )
        rows = [header_line(frame, width), tab_line(self.screen_id, self.screens, width)]
        *above, _last = self._message_rows(width)
        room = height - len(rows) - len(above)
        drawn = draw_page(self.page, self.tour, width, room)
        return [*rows, *drawn, *[Line()] * (room - len(drawn)), *above]

    def hints(self) -> Sequence[Hint]:
        """Say which keys the bar shows."""
        if self.is_too_small:
            return (Hint(command_id="app.quit", label=_("Quitter")),)
        if self.note.is_open:
            return self.note.hints()
        return self.page.hints()

    def say(self, text: str, role: Role = Role.GOOD) -> None:
        """Write the message line; a green one follows a write that went through."""
        if role is Role.GOOD:
            self.alarm = ""
        self.message = line((" " + text, role))

    def message_line(self, width: int) -> Line:
        """Return the last row of the message; the body shows the others above it, where it can."""
        return Line() if self.is_too_small else self._message_rows(width)[-1]

    def _message_rows(self, width: int) -> list[Line]:
        return wrap_line(self.message, width)[:MESSAGE_ROWS]

    def refuse(self, error: FsmobileError) -> None:
        """Say what an error means and what to do next."""
        sentence = explain_error(error)
        self.say(" ".join((sentence.what, *sentence.details[:1], sentence.next)), Role.WARN)
        if isinstance(error, StoreFull):
            self.alarm = _("ENREGISTREMENT IMPOSSIBLE")

    def ask(self, question: Question) -> None:
        """Show a list; the answer comes through `question.then`."""
        self._above.append(ChooserPage(question, self.page, self.close_page))

    def open_entry(self, entry: Entry, setting: EntrySetting) -> None:
        """Open the form of a visit above the tour."""
        self._home = self.tour
        self._above = [EntryPage(self, entry, setting)]

    def open_visit(self, visit_id: VisitId) -> None:
        """Open a recorded visit above the tour."""
        from fsmobile.tui.screens.visit import VisitPage

        tour = self.tour
        page = VisitPage(self, tour.context, visit_id, tour.reload, lambda: tour.is_discreet)
        self._above.append(page)

    def open_logbook(self, place_id: PlaceId | None) -> None:
        """Show the sheet of a stop and the logbook above the page."""
        from fsmobile.tui.screens.logbook import LogbookPage

        self._above.append(LogbookPage(self, place_id))

    def ask_closing(self) -> None:
        """Ask when a passage that was left open closed."""
        self.tour.ask_closing()

    def open_prompt(self, prompt: Prompt) -> None:
        """Show a line to be typed above the page."""
        self._above.append(PromptPage(prompt, self.page, self.close_page))

    def close_page(self) -> None:
        """Take the page above away."""
        if self._above:
            self._above.pop()

    def write_note(
        self, text: str, then: Callable[[str], str], *, is_of_person: bool = False
    ) -> None:
        """Open the text field."""
        self.note.open(text, then, is_of_person=is_of_person)

    def end_note(self, text: str | None) -> bool:
        """Take the text of the field, or nothing; False when it is refused."""
        return self.note.end(text)

    def scan(self, text: str) -> str:
        """Return why a free text may not be kept, or nothing."""
        return find_refusal(text)

    def start_sync(self, why: str) -> None:
        """Send and receive in the background."""
        if why == BY_HAND:
            self.tour.flush()
        self._outside.start_sync(why)

    def sync_now(self) -> None:
        """Do what the key of the screen Synchro does, from another screen."""
        self.sync.press(command("sync.run").keys[0])

    def tell_progress(self, progress: Progress) -> None:
        """Show how far the sync is."""
        self.sync.tell(progress)

    def end_sync(self, outcome: SyncReport | FsmobileError) -> None:
        """Show what the sync did; rows of the tour stay where they are until asked."""
        self.sync.end(outcome)
        if isinstance(outcome, SyncReport) and outcome.schedule_revision is not None:
            from fsmobile.usecases.timetable_news import receive_timetable

            self.sync.tell_news(receive_timetable(self.desk))
        self.tour.note_receipts()

    def refresh(self) -> None:
        """Show what was received or written beside."""
        self.refresh_pages()
        self.say(_("À jour à l'écran"), Role.PLAIN)

    def refresh_pages(self) -> None:
        """Read again whatever the screens show."""
        for page in (self.tour, self.promises, self.sync):
            page.reload()
        self._memory.reload(self._home)

    def tick(self) -> bool:
        """Look at the clock and at what other programs wrote; tell whether to draw again."""
        minute = self.desk.now().replace(second=0, microsecond=0)
        is_new, self._minute = minute != self._minute, minute
        if is_new:
            self._clock.look()
        # The screen Synchro counts the seconds to the next try.
        return any(
            (
                self.sync.tick(),
                self.tour.tick(),
                is_new,
                self.page is self.sync,
                self._door.tick(self._home),
            )
        )

    def paste(self, text: str) -> None:
        """Type a pasted text into the line or the list that shows; its letters are no commands."""
        for character in " ".join(text.split()):
            if self.page.where in (Where.PROMPT, Where.PICK, Where.SEARCH) and is_text(character):
                self.press(character)

    def settle(self) -> bool:
        """Go on with what a screen works out between two keys; tell whether more is to come."""
        return self._door.settle(self._home)

    def _show(self, page: Page) -> None:
        self._home = page
        self._above.clear()
        if page is self.sync:
            self.sync.reload()
        elif page is self.promises:
            self.promises.reload()
        else:
            self.tour.note_receipts()

    def _undo(self) -> None:
        if self.tour.undo_pending():
            return
        try:
            undone = undo_last(self.desk)
        except FsmobileError as error:
            self.refuse(error)
            return
        if undone is None:
            self.say(_("Rien à annuler depuis l'ouverture"), Role.PLAIN)
            return
        self.refresh_pages()
        self.say(undone_sentence(undone, self.tour.context))

    def _open_palette(self) -> None:
        choices = palette_choices(self._home.where, self.extras, self.desk)

        def run(choice: Choice) -> None:
            kind, _colon, rest = choice.code.partition(":")
            if kind == "agent":
                self._who.choose(AgentId(rest))
            elif kind == "extra":
                self.extras[int(rest)].run(self)
            else:
                self.run_command(rest)

        self.ask(Question(title=_("Commande"), find=choices, then=run))

    def _run_here(self, id: str) -> None:
        """Run a command of the screen that shows, through its key."""
        self._press(self.page, command(id).keys[0])

    def _change_language(self) -> None:
        languages = list(LANGUAGES)
        here = current_language()
        at = languages.index(here) if here in languages else 0
        set_language(languages[(at + 1) % len(languages)])
        self.tour.reload()
        self.say(_("Langue : français"), Role.PLAIN)
