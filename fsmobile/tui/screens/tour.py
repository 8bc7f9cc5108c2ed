"""The screen Tournée: the day's passages, the door, the visits of the stop."""

from collections.abc import Sequence

from msgspec.structs import replace

from fsmobile.core.ids import PassageId, PlaceId, ProcedureId, VisitId
from fsmobile.core.passages import PassageStatus
from fsmobile.core.visits import Channel, Outcome, Whereabouts
from fsmobile.errors import FsmobileError
from fsmobile.texts.translation import _, n_
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.day_context import DayContext
from fsmobile.tui.door_count import TALLIES, DoorCount
from fsmobile.tui.draft_shelf import DraftShelf
from fsmobile.tui.incident_acts import IncidentActs
from fsmobile.tui.lines import Line, Role, beside
from fsmobile.tui.paper_acts import PaperActs
from fsmobile.tui.passage_acts import PassageActs
from fsmobile.tui.print_acts import PrintActs
from fsmobile.tui.promise_acts import PromiseActs, Subject, subjects_of
from fsmobile.tui.promise_rows import promise_rows
from fsmobile.tui.stage import EntrySetting, Stage
from fsmobile.tui.views.follow_ups import PromiseRow
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.views.panel import panel_lines, panel_width
from fsmobile.tui.views.tour import TourDay, passages_lines, tour_lines, visits_lines
from fsmobile.tui.visit_entry_state import Entry, EntryBook, Step, ask, repeat
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.drafts import new_draft_id
from fsmobile.usecases.passage_times import list_left_open
from fsmobile.usecases.passages import load_day, next_day
from fsmobile.usecases.sync_status import has_changed
from fsmobile.usecases.visits import load_visit, same_again

SIMPLE_INFORMATION = ProcedureId("acte-renseignement")
NOT_COVERED = ProcedureId("acte-non-couverte")

PAGE_ROWS = 8

PAUSE_TICKS = 2
"""Seconds without a key after which what was counted at the door is written."""


class TourPage:
    """The day in the bus."""

    where = Where.TOUR

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self.context = DayContext(stage.desk)
        self._acts = PassageActs(stage, self._show_passage)
        self._promises = PromiseActs(stage, self.reload)
        self._incidents = IncidentActs(stage, self.reload)
        self._paper = PaperActs(stage, self.context, self.reload)
        self._shelf = DraftShelf(stage, self.context, self._open_entry)
        self._day = TourDay(day=stage.desk.today(), is_discreet=True)
        self._door = DoorCount(stage)
        self._ticks = 0
        self._version = 0

    @property
    def _desk(self) -> Desk:
        return self._stage.desk

    @property
    def passage_id(self) -> PassageId | None:
        """The passage at which visits are recorded, or None off the timetable."""
        if not self._day.passages:
            return None
        return self._day.passages[self._day.current].passage_id

    def start(self) -> None:
        """Load the day, choose the passage that is open or next, offer what a crash left."""
        self._version = has_changed(self._desk, 0)[1]
        self.show_now()
        self._shelf.resume_after_crash()

    def show_now(self) -> None:
        """Load the day at the passage that is open, or else at the next one."""
        self.reload()
        sheet = self.context.sheet
        here = sheet.open_line or sheet.next_line
        if here is not None:
            self._go_to(sheet.lines.index(here))

    def reload(self) -> None:
        """Read the day again; the cursor stays on its visit and its passage."""
        here = self.passage_id
        chosen = self._chosen_visit()
        today = self._desk.today()
        self.context.sheet = load_day(self._desk, today)
        passages = self.context.passage_rows()
        ids = [passage.passage_id for passage in passages]
        self._day = replace(
            self._day,
            day=today,
            passages=passages,
            current=ids.index(here) if here in ids else 0,
            drafts=self._shelf.rows(),
            next_day=None if passages else next_day(self._desk, today),
            nothing_published=self._desk.tree is None,
        )
        self._load_visits()
        self._put_cursor_on(chosen)

    def press(self, key: str) -> bool:
        """Take a key of the tour."""
        found = find_command(Where.TOUR, key)
        if found is None or found.where is not Where.TOUR:
            return False
        self._ticks = 0
        if found.id in ("app.leave", "day.departure", "day.end"):
            return False
        if found.id in TALLIES:
            self._door.count(found.id, self.passage_id)
            return True
        self.flush()
        try:
            self._run(found.id, key)
        except FsmobileError as error:
            self._stage.refuse(error)
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the tour, with a panel beside it where there is room."""
        right = panel_width(width)
        if not right or not (self._day.passages or self._day.visits):
            return tour_lines(self._shown(), width, height)
        left = width - right - 1
        panel = panel_lines(self._shown(), right, height)
        return beside(self.body_lines(left, height), panel, width, left)

    def body_lines(self, width: int, height: int, *, has_keys: bool = True) -> list[Line]:
        """Draw the tour alone, for the left of a wide screen."""
        return tour_lines(self._shown(), width, height, has_panel=True, has_keys=has_keys)

    def title_lines(self, width: int) -> list[Line]:
        """Draw the title of the day alone, above a form."""
        return passages_lines(self._day, width)[:1]

    def recent_lines(self, width: int, height: int) -> list[Line]:
        """Draw the last visits alone, below a form."""
        return visits_lines(self._day, width, height, has_keys=False)

    def hints(self) -> Sequence[Hint]:
        """Say which keys are useful now."""
        is_open = self._status() is PassageStatus.OPEN
        day_is_over = bool(self._day.passages) and all(
            row.is_over or row.is_off for row in self._day.passages
        )
        first = "day.end" if day_is_over else "visit.simple"
        hints = [Hint(command_id="visit.new"), Hint(command_id=first)]
        if self._day.visits:
            hints.append(Hint(command_id="visit.again"))
        if self._day.passages:
            is_over = self._day.passages[self._day.current].is_over
            again = _("Rouvrir") if is_over else ""
            hints.append(Hint(command_id="passage.door", is_other=is_open, label=again))
            if not is_over:
                hints.append(Hint(command_id="passage.stop", is_other=is_open))
        else:
            hints.append(Hint(command_id="passage.unplanned"))
        if self._day.visits:
            hints.append(Hint(command_id="visit.open"))
        hints += [Hint(command_id="app.undo"), Hint(command_id="app.help")]
        return hints

    @property
    def is_discreet(self) -> bool:
        """Tell whether notes are hidden from people who look on."""
        return self._day.is_discreet

    def toggle_discreet(self) -> None:
        """Show or hide the notes."""
        self._day = replace(self._day, is_discreet=not self._day.is_discreet)

    def tick(self) -> bool:
        """Follow the clock, write what was counted, notice others; tell what must be drawn."""
        before = (self._day, self._stage.message)
        self._ticks += 1
        is_new_day = self._desk.today() != self._day.day
        if self._ticks >= PAUSE_TICKS or is_new_day:
            self.flush()
        if is_new_day:
            self._turn_day()
        changed, self._version = has_changed(self._desk, self._version)
        if changed:
            self.note_receipts()
        return changed or before != (self._day, self._stage.message)

    def ask_closing(self) -> None:
        """Ask when a passage that was left open closed."""
        self._acts.times.ask_forgotten()

    def _turn_day(self) -> None:
        """Show the new day; what the last one left open is asked for, never closed by midnight."""
        self.show_now()
        left = list_left_open(self._desk)
        if left:
            said = _("{place} est resté ouvert : m, puis a, pour dire quand il a fermé")
            self._stage.say(said.format(place=left[0].name), Role.WARN)

    def note_receipts(self) -> None:
        """Show new receipts in place; rows that came from elsewhere wait to be asked for."""
        if not self._day.passages:
            self.show_now()
            return
        known = {visit.visit_id for visit in self._day.visits}
        fresh = self.context.visit_rows(self.passage_id)
        news = sum(visit.visit_id not in known for visit in fresh)
        by_id = {visit.visit_id: visit for visit in fresh}
        kept = tuple(by_id.get(visit.visit_id, visit) for visit in self._day.visits)
        self.context.sheet = load_day(self._desk, self._day.day)
        passages = self.context.passage_rows()
        is_same = [row.passage_id for row in passages] == [
            row.passage_id for row in self._day.passages
        ]
        if is_same:
            self._day = replace(
                self._day, visits=kept, passages=passages, promises=self._promises_here()
            )
        if news or not is_same:
            text = n_("{n} nouveauté · F5 afficher", "{n} nouveautés · F5 afficher", max(1, news))
            self._stage.say(text.format(n=max(1, news)), Role.PLAIN)

    def undo_pending(self) -> bool:
        """Take back the last key pressed at the door, if it is not written yet."""
        return self._door.undo()

    @property
    def counted(self) -> int:
        """Count the people at the door who are not written yet."""
        return self._door.waiting

    def flush(self) -> None:
        """Write what was counted at the door since the last pause."""
        if self._door.write(self.passage_id):
            self.reload()

    def _shown(self) -> TourDay:
        return replace(self._day, pending=self._door.pending)

    def _status(self) -> PassageStatus | None:
        return self._day.passages[self._day.current].status if self._day.passages else None

    def _run(self, id: str, key: str) -> None:
        here = self._day.passages[self._day.current] if self._day.passages else None
        match id:
            case "visit.new":
                self._open_entry(self._new_entry())
            case "visit.again":
                self._repeat()
            case "visit.simple":
                self._start_with(SIMPLE_INFORMATION, Outcome.RESOLVED)
            case "visit.uncovered":
                self._start_with(NOT_COVERED, Outcome.NOT_APPLICABLE)
                self._stage.say(_("⏎ enregistre ; e écrit ce qui était demandé"), Role.DIM)
            case "visit.paper":
                self._paper.ask()
            case "paper.print":
                PrintActs(self._stage, self._place_id()).ask()
            case "visit.phone":
                self._open_entry(
                    replace(
                        self._new_entry(),
                        whereabouts=Whereabouts.ROAD,
                        passage_id=None,
                        insee_code=None,
                        channel=Channel.PHONE,
                    )
                )
            case "visit.open" if self._day.visits:
                self._stage.open_visit(self._day.visits[self._day.cursor].visit_id)
            case "drafts.resume":
                self._shelf.choose()
            case "passage.door":
                if here is None:
                    self._acts.ask_place()
                else:
                    self._acts.use_door(here)
            case "passage.stop" if here is not None:
                self._acts.ask_reason(here)
            case "passage.unplanned":
                self._acts.ask_place()
            case "passage.brake" if here is not None:
                self._acts.times.use_brake(here)
            case "passage.delay" if here is not None:
                self._acts.times.ask_delay(here)
            case "logbook.show":
                self._stage.open_logbook(self._place_id())
            case "logbook.incident":
                self._incidents.ask(self._place_id())
            case "passage.move":
                self._go_to(self._day.current + (1 if key == "right" else -1))
            case "promise.task":
                self._promises.ask_about(self._subjects(), self._promises.ask_task)
            case "promise.hour":
                self._promises.ask_about(self._subjects(), self._promises.ask_appointment)
            case "visit.move":
                self._move(key)

    def _move(self, key: str) -> None:
        last = max(0, len(self._day.visits) - 1)
        steps = {"up": -1, "k": -1, "down": 1, "j": 1, "home": -last, "end": last}
        steps |= {"pageup": -PAGE_ROWS, "pagedown": PAGE_ROWS}
        cursor = min(last, max(0, self._day.cursor + steps.get(key.lower(), 0)))
        self._day = replace(self._day, cursor=cursor)

    def _go_to(self, index: int) -> None:
        if 0 <= index < len(self._day.passages):
            self._day = replace(self._day, current=index, cursor=0)
            self._load_visits()

    def _show_passage(self, passage_id: PassageId | None) -> None:
        """Show the day again after an act, at a passage that the act has made."""
        self.reload()
        ids = [row.passage_id for row in self._day.passages]
        if passage_id in ids:
            self._go_to(ids.index(passage_id))

    def _load_visits(self) -> None:
        visits = self.context.visit_rows(self.passage_id)
        cursor = min(self._day.cursor, max(0, len(visits) - 1))
        self._day = replace(
            self._day,
            visits=visits,
            cursor=cursor,
            promises=self._promises_here(),
            next_here=self.context.next_passage(self.passage_id),
        )

    def _promises_here(self) -> tuple[PromiseRow, ...]:
        here = self.context.find_line(self.passage_id)
        if here is None:
            return ()
        return tuple(row for row in promise_rows(self.context, here.place_id) if row.is_here)

    def _subjects(self) -> list[Subject]:
        """Return what a promise made now may be about: each enquiry of the chosen visit."""
        place_id = self._place_id()
        visit_id = self._chosen_visit()
        if visit_id is None:
            return [Subject(place_id=place_id)]
        return subjects_of(load_visit(self._desk, visit_id).visit, visit_id, place_id)

    def _place_id(self) -> PlaceId | None:
        found = self.context.find_line(self.passage_id)
        return None if found is None else found.place_id

    def _chosen_visit(self) -> VisitId | None:
        return self._day.visits[self._day.cursor].visit_id if self._day.visits else None

    def _put_cursor_on(self, visit_id: VisitId | None) -> None:
        ids = [visit.visit_id for visit in self._day.visits]
        if visit_id is not None and visit_id in ids:
            self._day = replace(self._day, cursor=ids.index(visit_id))

    def _new_entry(self) -> Entry:
        now = self._desk.now()
        found = self.context.find_line(self.passage_id)
        return Entry(
            draft_id=new_draft_id(self._desk),
            service_date=now.date(),
            starts=now.time().replace(second=0, microsecond=0, tzinfo=None),
            passage_id=self.passage_id,
            insee_code=None if found is None else found.insee_code,
            whereabouts=Whereabouts.ROAD if found is None else Whereabouts.PASSAGE,
            tour_id=self.context.tour_id,
        )

    def _book(self, entry: Entry) -> EntryBook:
        return self.context.book_at(entry.passage_id, entry.insee_code)

    def _open_entry(self, entry: Entry) -> None:
        setting = EntrySetting(
            book=self._book(entry),
            names=self.context.names_at(entry.passage_id),
            is_done=self._show_latest,
        )
        self._stage.open_entry(entry, setting)

    def _show_latest(self) -> None:
        """Come back to the list with the visit just recorded on top."""
        self._day = replace(self._day, cursor=0)
        self.reload()
        self._day = replace(self._day, cursor=0)

    def _repeat(self) -> None:
        last = same_again(self._desk, self.passage_id, self._desk.now())
        if last is None:
            self._stage.say(_("Aucune visite ici aujourd'hui à refaire"), Role.WARN)
            return
        entry = self._new_entry()
        self._open_entry(repeat(entry, last, self._book(entry)))

    def _start_with(self, procedure: ProcedureId, outcome: Outcome | None) -> None:
        asked = replace(ask(self._desk.catalogue.procedures[procedure]), outcome=outcome)
        self._open_entry(replace(self._new_entry(), current=asked, step=Step.FACTS))
