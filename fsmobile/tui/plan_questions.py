"""The questions that the acts on a plan share: how far, why, which day; then the files."""

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from typing import Protocol

from fsmobile.core.overrides import Override, OverrideReason
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reach import Reach
from fsmobile.errors import FsmobileError
from fsmobile.formats.typed_dates import read_french_date
from fsmobile.texts.dates import format_day, format_day_short
from fsmobile.texts.labels import label
from fsmobile.texts.planning_words import holiday_name, reach_name
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Role, line
from fsmobile.tui.picker import Choice
from fsmobile.tui.plan_words import commune_name
from fsmobile.tui.stage import Prompt, PromptReading, Question, Stage
from fsmobile.usecases.planning import Planning, apply_edit
from fsmobile.usecases.planning_acts import (
    Telling,
    change_passage,
)
from fsmobile.usecases.planning_calendar import DayLine, PlannedDay, load_days
from fsmobile.usecases.planning_versions import (
    Sheets,
    Texts,
)

PROPOSED_DAYS = 8
"""Days proposed for a move or one more passage; another one is typed."""
SEARCHED_DAYS = 10
SATURDAY, SUNDAY = 5, 6


class Bench(Protocol):
    """The page, as the acts see it."""

    planning: Planning

    def planned_day(self) -> PlannedDay:
        """Return the chosen day with its passages."""
        ...

    def show(self, day: date | None = None) -> None:
        """Draw what changed, at a day."""
        ...


class PlanQuestions:
    """Asks, then writes an edit and says so."""

    def __init__(self, stage: Stage, bench: Bench) -> None:
        self.stage = stage
        self.bench = bench

    @property
    def sheets(self) -> Sheets:
        """Return the files as they are now."""
        return self.bench.planning.sheets

    def choose(
        self, title: str, choices: Mapping[str, str], then: Callable[[str], None], text: str = ""
    ) -> None:
        """Ask for one line of a short list, by its digit; a text may stand above it."""
        lines = [Choice(code=code, label=name) for code, name in choices.items()]
        self.stage.ask(
            Question(
                title=title,
                find=lambda _query: lines,
                then=lambda choice: then(choice.code),
                takes_text=False,
                text=text,
            )
        )

    def why(self, then: Callable[[OverrideReason | None], None]) -> None:
        """Ask for the reason that the public reads."""
        reasons = {one.value: label(one) for one in OverrideReason}
        self.choose(
            _("Pourquoi ?"),
            {**reasons, "": _("sans motif")},
            lambda code: then(OverrideReason(code) if code else None),
        )

    def how_far(self, passage: PlannedPassage, then: Callable[[Reach], None]) -> None:
        """Ask whether a change is for once, from now on, or for all; an added passage is once."""
        if passage.run_id is None:
            then(Reach.ONCE)
            return
        day = format_day_short(passage.original_date)
        details = {
            Reach.ONCE: _("une exception"),
            Reach.ONWARDS: _("une nouvelle version au {day}").format(day=day),
            Reach.ALWAYS: _("la règle, passé compris"),
        }
        names = {one.value: f"{reach_name(one)} · {details[one]}" for one in Reach}
        self.choose(_("Pour quand ?"), names, lambda code: then(Reach(code)))

    def from_when(self, day: date, then: Callable[[Reach], None]) -> None:
        """Ask from when on a rule holds; a rule is never for once."""
        new = _("à partir du {day} : une nouvelle version").format(day=format_day_short(day))
        self.choose(
            _("Pour quand ?"),
            {Reach.ONWARDS.value: new, Reach.ALWAYS.value: _("la règle elle-même, passé compris")},
            lambda code: then(Reach(code)),
        )

    def amend(
        self,
        passage: PlannedPassage,
        make: Callable[[Telling], Override],
        announce: Callable[[OverrideReason | None], str],
        said: str,
        at: date | None = None,
        *,
        is_once: bool = False,
    ) -> None:
        """Ask how far unless it can only be once, and why if it is; then change the passage."""

        def once(reason: OverrideReason | None) -> None:
            wished = make(self.telling(reason, announce(reason)))
            self.write(
                said, lambda: change_passage(self.sheets, passage, wished, Reach.ONCE), at=at
            )

        def go_on(reach: Reach) -> None:
            if reach is Reach.ONCE:
                self.why(once)
                return
            wished = make(Telling())
            self.write(said, lambda: change_passage(self.sheets, passage, wished, reach), at=at)

        if is_once:
            go_on(Reach.ONCE)
        else:
            self.how_far(passage, go_on)

    def which_day(self, title: str, one: DayLine, then: Callable[[date], None]) -> None:
        """Ask for a day near a passage; any other is typed."""
        here = one.passage.service_date
        first = here - timedelta(days=SEARCHED_DAYS)
        last = here + timedelta(days=SEARCHED_DAYS)
        days = load_days(self.bench.planning.tree, first, last)
        taken = {
            day
            for day, planned in days.items()
            if any(x.passage.passage_id == one.passage.passage_id for x in planned.lines)
            or any(_is_same_stop(x.passage, one.passage) for x in planned.lines)
        }
        # Nothing is moved into the past, unless the past itself is put right.
        earliest = min(self.bench.planning.desk.today(), here)
        near = sorted(
            (
                day
                for day, planned in days.items()
                if day >= earliest
                and day.weekday() < SUNDAY
                and day not in taken
                and not planned.holiday
            ),
            key=lambda day: (
                _is_bus_taken(days[day], one),
                day.weekday() >= SATURDAY,
                abs((day - here).days),
                day < here,
            ),
        )[:PROPOSED_DAYS]
        choices = {day.isoformat(): self._describe_day(days[day], one) for day in near}

        def go_on(code: str) -> None:
            if code:
                then(date.fromisoformat(code))
            else:
                self._type_day(title, here, then)

        self.choose(title, {**choices, "": _("un autre jour…")}, go_on)

    def write(self, said: str, make: Callable[[], Texts], at: date | None = None) -> None:
        """Write an edit, show it, say it; or say why it is refused."""
        try:
            apply_edit(self.bench.planning, said, make())
        except FsmobileError as error:
            self.bench.show()
            self.stage.refuse(error)
            return
        self.bench.show(at)
        self.stage.say(f"{said} · o {_('avis')} · u {_('défaire')}")

    def telling(self, reason: OverrideReason | None, notice: str) -> Telling:
        """Return what is told of an exception made today."""
        today = self.bench.planning.desk.today()
        return Telling(reason=reason, notice=notice, published_on=today)

    def place(self, passage: PlannedPassage) -> str:
        """Return the commune of a passage."""
        return commune_name(self.bench.planning.tree, passage.place_id)

    def _describe_day(self, day: PlannedDay, one: DayLine) -> str:
        told = [format_day(day.day)]
        if day.holiday:
            told.append(_("férié : {name}").format(name=holiday_name(day.holiday)))
        count = len([x for x in day.lines if not x.passage.is_cancelled])
        if _is_bus_taken(day, one):
            told.append(_("le bus est pris à ces heures"))
        elif count:
            passages = n_("{n} passage déjà", "{n} passages déjà", count)
            told.append(passages.format(n=count))
        return " · ".join(told)

    def _type_day(self, title: str, near: date, then: Callable[[date], None]) -> None:
        self.stage.open_prompt(
            Prompt(
                title=title,
                read=lambda text: read_day(text, near),
                then=lambda text: _take_day(text, near, then),
            )
        )


def _is_bus_taken(day: PlannedDay, one: DayLine) -> bool:
    """Tell whether the bus of a passage is elsewhere at the same hours on a day."""
    hours = [opening.call.hours for opening in one.openings]
    return any(
        other.call.hours is not None and mine is not None and mine.overlaps(other.call.hours)
        for x in day.lines
        for other in x.openings
        if other.vehicle_id == one.passage.vehicle_id and not other.is_cancelled
        for mine in hours
    )


def _is_same_stop(one: PlannedPassage, other: PlannedPassage) -> bool:
    return (one.tour_id, one.stop_id) == (other.tour_id, other.stop_id)


def read_day(text: str, near: date) -> PromptReading:
    """Show what a typed date is; without a year, the nearest one."""
    day = read_french_date(text, near)
    if day is None:
        return PromptReading(rows=(line((_("par exemple 8/12, ou 8/12/2027"), Role.DIM)),))
    return PromptReading(rows=(line(format_day(day)),), is_ready=True)


def _take_day(text: str, near: date, then: Callable[[date], None]) -> None:
    day = read_french_date(text, near)
    if day is not None:
        then(day)
