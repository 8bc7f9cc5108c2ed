"""The screen Planning: a coordinator's month, the acts on a passage, the checks beside."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from msgspec.structs import replace

from fsmobile.core.ids import VehicleId
from fsmobile.errors import ChangedMeanwhile, FsmobileError, NotAllowed
from fsmobile.formats.typed_dates import read_french_date
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import COMMANDS, Where, find_command
from fsmobile.tui.lines import Line, Role
from fsmobile.tui.picker import Choice
from fsmobile.tui.plan_incidents import PlanIncidents
from fsmobile.tui.plan_notices import PlanNotices, matching
from fsmobile.tui.plan_questions import PlanQuestions, read_day
from fsmobile.tui.plan_words import (
    day_cell,
    describe_notice,
    describe_passage,
    describe_passages,
    describe_rule,
)
from fsmobile.tui.planning_absences import PlanningAbsences
from fsmobile.tui.planning_acts import PlanningActs
from fsmobile.tui.planning_day_acts import PlanningDayActs
from fsmobile.tui.planning_field_acts import PlanningFieldActs
from fsmobile.tui.planning_stop_acts import PlanningStopActs
from fsmobile.tui.planning_studies import PlanningStudies
from fsmobile.tui.planning_trials import PlanningTrials
from fsmobile.tui.planning_vehicle_acts import PlanningVehicleActs
from fsmobile.tui.stage import Page, Prompt, Question, Stage
from fsmobile.tui.views.frame import Hint, show_key
from fsmobile.tui.views.planning import PlanningView, planning_lines, weeks_around
from fsmobile.usecases.planning import (
    Edit,
    Planning,
    look_again,
    look_at_published,
    redo_edit,
    undo_edit,
)
from fsmobile.usecases.planning_calendar import (
    DayLine,
    PlannedDay,
    list_next_passages,
    load_days,
)

NEXT_SHOWN = 12
_STEPS = {"left": -1, "right": 1, "up": -7, "down": 7}


class PlanningPage:
    """The plan being edited."""

    where = Where.PLANNING

    def __init__(
        self,
        stage: Stage,
        planning: Planning,
        open_review: Callable[[], None],
        open_communes: Callable[[], None],
        put_above: Callable[[Page], None],
    ) -> None:
        self._stage = stage
        self.planning = planning
        self._review = open_review
        self._open_communes = open_communes
        self._ask = PlanQuestions(stage, self)
        self._acts = PlanningActs(self._ask)
        self._incidents = PlanIncidents(self._ask, self._acts)
        self._day_acts = PlanningDayActs(self._ask)
        self._vehicle_acts = PlanningVehicleActs(self._ask)
        self._stop_acts = PlanningStopActs(self._ask)
        self._field_acts = PlanningFieldActs(self._ask)
        self._studies = PlanningStudies(self._ask, put_above)
        self._absences = PlanningAbsences(self._ask)
        self._trials = PlanningTrials(self._ask, put_above, self._edit)
        self._put_above = put_above
        self._vehicle: VehicleId | None = None
        self._days: dict[date, PlannedDay] = {}
        self._window: tuple[date, date] | None = None
        """The days that are loaded; None when the files have changed since."""
        self._notices = PlanNotices()
        today = stage.desk.today()
        self._view = PlanningView(today=today, day=today)
        self.show(today)

    @property
    def line(self) -> DayLine | None:
        """The chosen stop of the chosen day."""
        lines = self.planned_day().lines
        return lines[self._view.cursor] if self._view.cursor < len(lines) else None

    def planned_day(self) -> PlannedDay:
        """Return the chosen day with its passages."""
        return self._days.get(self._view.day, PlannedDay(day=self._view.day))

    def show(self, day: date | None = None) -> None:
        """Draw the files as they are now, at a day; the checks begin again."""
        self._notices.begin(self.planning)
        chosen = self.line
        self._window = None
        self._go_to(day or self._view.day)
        if chosen is not None:
            self._go_to_stop(chosen)

    def _edit(self, planning: Planning) -> None:
        """Edit other files from now on: a trial's, or the plan's again."""
        look_again(planning)
        self.planning, trial = planning, self._trials.trial_of(planning)
        self._view = replace(self._view, trial="" if trial is None else trial.name)
        self.show()

    def settle(self) -> bool:
        """Run one rule of the checks, between two keys; tell whether more are to come."""
        is_over = not self._notices.is_checking
        more = self._notices.step()
        if not more and not is_over:
            self._fill(self._view)
        return more

    def enter(self) -> None:
        """Come back to the planning: what was published meanwhile is what it is compared with."""
        look_at_published(self.planning)
        if not self.tick():
            self._fill(self._view)

    def tick(self) -> bool:
        """Read what somebody else wrote in the folder."""
        try:
            changed = look_again(self.planning)
        except FsmobileError as error:
            self._stage.refuse(error)
            return True
        if changed:
            self.show()
            told = ", ".join(changed[:3]) + (" …" if len(changed) > 3 else "")
            self._stage.say(_("Modifié à la main, relu : {files}").format(files=told), Role.PLAIN)
        return bool(changed)

    def press(self, key: str) -> bool:
        """Take a key of the planning."""
        found = find_command(Where.PLANNING, key)
        if found is None or found.id == "planning.leave":
            return False
        if found.id == "app.undo":
            self._undo(undo_edit, _("Défait : {what} · r refaire"))
            return True
        if found.where is not Where.PLANNING:
            return False
        try:
            self._run(found.id, key)
        except FsmobileError as error:
            self._stage.refuse(error)
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the screen."""
        return planning_lines(
            replace(self._view, is_checking=self._notices.is_checking), width, height
        )

    def hints(self) -> Sequence[Hint]:
        """Say what is done most."""
        ids = ("cancel", "move", "hours", "place", "rule", "menu")
        return (
            *(Hint(command_id=f"planning.{one}") for one in ids),
            Hint(command_id="app.help"),
        )

    def _run(self, id: str, key: str) -> None:
        match id:
            case "planning.day":
                self._go_to(self._view.day + timedelta(days=_STEPS[key]))
            case "planning.month":
                self._turn_month(1 if key == "pagedown" else -1)
            case "planning.passage":
                self._next_passage(-1 if key in ("k", "shift+tab") else 1)
            case "planning.today":
                self._go_to(self._stage.desk.today())
            case "planning.goto":
                self._type_day()
            case "planning.week":
                self._view = replace(self._view, is_week=not self._view.is_week)
            case "planning.filter":
                self._filter()
            case "planning.redo":
                self._undo(redo_edit, _("Refait : {what} · u défaire"))
            case "planning.close":
                self._day_acts.close(self._view.day)
            case "planning.run":
                self._stop_acts.add_run(self._view.day)
            case "planning.publish":
                self._open_review()
            case "planning.communes":
                self._open_communes()
            case "planning.notices":
                self._incidents.list_all(self._notices, self._go_to)
            case "planning.coverage":
                self._studies.show_coverage(self._view.day)
            case "planning.drives":
                self._studies.show_drives(self._view.day)
            case "planning.trials":
                self._trials.choose()
            case "planning.absences":
                self._absences.choose(self._view.day)
            case "planning.menu":
                self._open_menu()
            case _:
                self._act(id)

    def _act(self, id: str) -> None:
        """Do what a key says to the chosen passage."""
        one = self.line
        if one is None:
            if id == "planning.add":
                self._day_acts.add_here(self._view.day)
                return
            if id == "planning.vehicle":
                self._vehicle_acts.add()
                return
            self._stage.say(_("Aucun passage ce jour : ←→↑↓, ou n pour en ajouter un"), Role.WARN)
            return
        if one.is_lost and id not in _OF_A_LOST_PASSAGE:
            self._stage.say(_("Un jour férié supprime ce passage : f d'abord, puis le reste"))
            return
        acts: dict[str, Callable[[DayLine], None]] = {
            "planning.cancel": self._acts.cancel,
            "planning.move": self._acts.move,
            "planning.place": self._acts.place,
            "planning.hours": self._acts.hours,
            "planning.crew": self._acts.crew,
            "planning.vehicle": self._vehicle_acts.lend,
            "planning.add": self._acts.add,
            "planning.keep": self._acts.keep,
            "planning.swap": self._acts.swap,
            "planning.rule": self._day_acts.rule,
            "planning.repair": self._day_acts.repair,
            "planning.notice": self._acts.rewrite,
            "planning.stop": self._stop_acts.add,
            "planning.fields": self._field_acts.fill,
        }
        acts[id](one)

    def _open_menu(self) -> None:
        """List every act, with its key."""
        acts = [
            Choice(code=one.id, label=_(one.help), detail=show_key(one))
            for one in COMMANDS
            if one.where is Where.PLANNING and one.id not in _NO_ACTS
        ]
        by_id = {one.id: one for one in COMMANDS}

        def go_on(choice: Choice) -> None:
            self._stage.press(by_id[choice.code].keys[0])

        self._stage.ask(
            Question(title=_("Que faire ?"), find=lambda query: matching(acts, query), then=go_on)
        )

    def _undo(self, step: Callable[[Planning], Edit | None], said: str) -> None:
        try:
            edit = step(self.planning)
        except ChangedMeanwhile as error:
            look_again(self.planning)
            self.show()
            self._stage.refuse(error)
            return
        if edit is None:
            self._stage.say(_("Rien de plus depuis la dernière publication"), Role.PLAIN)
            return
        self.show()
        self._stage.say(said.format(what=edit.label))

    def _go_to(self, day: date) -> None:
        """Choose a day, and load the month around it."""
        first, last = weeks_around(day)
        if (first, last) != self._window:
            self._window = (first, last)
            self._days = load_days(self.planning.tree, first, last, self._vehicle)
        cursor = self._view.cursor if day == self._view.day else 0
        cursor = min(cursor, max(0, len(self._days[day].lines) - 1))
        self._fill(replace(self._view, day=day, cursor=cursor))

    def _go_to_stop(self, chosen: DayLine) -> None:
        """Follow a stop to the day it was moved to or added on."""
        stop = (chosen.passage.tour_id, chosen.passage.stop_id)
        for cursor, one in enumerate(self.planned_day().lines):
            if (one.passage.tour_id, one.passage.stop_id) == stop:
                self._fill(replace(self._view, cursor=cursor))

    def _turn_month(self, step: int) -> None:
        day = self._view.day
        month = day.month - 1 + step
        first = date(day.year + month // 12, month % 12 + 1, 1)
        last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
        self._go_to(first.replace(day=min(day.day, last.day)))

    def _next_passage(self, step: int) -> None:
        """Choose the next stop of the day, or of the next day that has one."""
        cursor = self._view.cursor + step
        if 0 <= cursor < len(self.planned_day().lines):
            self._fill(replace(self._view, cursor=cursor))
            return
        day = self._view.day
        for _number in range(31):
            day += timedelta(days=step)
            if day not in self._days:
                self._go_to(day)
            if self._days[day].lines:
                break
        self._go_to(day)
        if step < 0:
            self._fill(replace(self._view, cursor=max(0, len(self.planned_day().lines) - 1)))

    def _filter(self) -> None:
        """Show one vehicle after the other, then all."""
        vehicles = [None, *sorted(self.planning.tree.vehicles)]
        here = vehicles.index(self._vehicle) if self._vehicle in vehicles else 0
        self._vehicle = vehicles[(here + 1) % len(vehicles)]
        self._view = replace(self._view, vehicle=self._vehicle or "")
        self._window = None
        self._go_to(self._view.day)

    def _type_day(self) -> None:
        here = self._view.day
        self._stage.open_prompt(
            Prompt(
                title=_("Aller au…"),
                read=lambda text: read_day(text, here),
                then=lambda text: self._go_to(read_french_date(text, here) or here),
            )
        )

    def _fill(self, view: PlanningView) -> None:
        """Put into words what is chosen."""
        tree, planning = self.planning.tree, self.planning
        faulty = self._notices.faulty_days()
        cells = {
            day: day_cell(tree, planned, has_fault=day.isoformat() in faulty)
            for day, planned in self._days.items()
        }
        self._view = replace(
            view,
            cells=cells,
            unpublished=len(planning.unpublished),
            can_undo=len(planning.done),
            can_redo=len(planning.undone),
        )
        one = self.line
        day = self.planned_day()
        self._view = replace(
            self._view,
            day_note=_("vacances scolaires") if day.is_school_holiday else "",
            passage="" if one is None else describe_passage(self._stage.desk, tree, one.passage),
            rule="" if one is None else describe_rule(tree, one.passage),
            next_dates=""
            if one is None
            else describe_passages(list_next_passages(tree, one.passage, NEXT_SHOWN)),
            notice="" if one is None else describe_notice(one),
            notices=(
                *self._incidents.rows(self._view.day),
                *self._notices.rows(self._view.day, None if one is None else one.passage),
            ),
        )

    def _open_review(self) -> None:
        """Show what would be published; a trial never is."""
        if self._view.trial:
            raise NotAllowed("trial_never_published")
        if not self.planning.unpublished:
            self._stage.say(_("Rien à publier : c'est le planning en vigueur"), Role.PLAIN)
            return
        self._review()


_NO_ACTS = frozenset(
    (
        *("planning.day", "planning.month", "planning.passage", "planning.menu"),
        *("planning.leave", "planning.today", "planning.goto", "planning.week"),
    )
)
"""Keys that move about: no act of the menu."""


_OF_A_LOST_PASSAGE = frozenset(
    f"planning.{act}"
    for act in ("cancel", "keep", "move", "add", "rule", "repair", "stop", "fields")
)
"""What can be done to a passage that a public holiday takes away."""
