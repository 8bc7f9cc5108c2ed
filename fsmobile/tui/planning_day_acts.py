"""What a coordinator does to a day, a week, a rule: closure, days of a run, parity."""

from datetime import date, timedelta

from msgspec.structs import replace

from fsmobile.core.ids import StopId, TourId
from fsmobile.core.recurrence import Recurrence, WeekParity
from fsmobile.core.spans import DateSpan
from fsmobile.core.tours import Run
from fsmobile.formats.recurrence_reading import read_recurrence
from fsmobile.formats.typed_dates import read_french_date
from fsmobile.texts.dates import format_day, format_day_short
from fsmobile.texts.planning_words import CLOSURE_REASONS, closure_reason
from fsmobile.texts.public_notices import added_notice, closed_notice
from fsmobile.texts.recurrence_words import describe_recurrence
from fsmobile.texts.translation import _, n_, speaking
from fsmobile.tui.lines import Role, line
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.plan_questions import PlanQuestions
from fsmobile.tui.plan_rules import describe_parity, read_rule
from fsmobile.tui.plan_words import place_name
from fsmobile.tui.stage import Prompt, PromptReading, Question
from fsmobile.usecases.planning_acts import add_passage, change_days, close_service
from fsmobile.usecases.planning_calendar import DayLine
from fsmobile.usecases.planning_rules import ask_parity, swap_parities

_DAY, _WEEK = "jour", "semaine"


def _own_parity(run: Run, stop_id: StopId) -> Recurrence | None:
    """Return the rule of a stop that has even or odd weeks of its own inside its run."""
    for stop in run.stops:
        own = stop.narrowing
        if stop.stop_id == stop_id and own is not None and own.parity is not WeekParity.EVERY:
            return replace(run.recurrence, parity=own.parity)
    return None


class PlanningDayActs:
    """Acts that are about more than one passage."""

    def __init__(self, ask: PlanQuestions) -> None:
        self._ask = ask

    def close(self, day: date) -> None:
        """Close the whole service for a day, a week, or a range."""
        monday = day - timedelta(days=day.weekday())
        week = DateSpan(first=monday, last=monday + timedelta(days=6))
        spans = {_DAY: DateSpan(first=day, last=day), _WEEK: week}
        choices = {
            _DAY: format_day(day),
            _WEEK: _("la semaine du {day}").format(day=format_day_short(monday)),
            "": _("d'une date à une autre…"),
        }

        def go_on(code: str) -> None:
            if code:
                self._close_why(spans[code])
                return
            text = f"du {day.day}/{day.month} au "
            self._ask.stage.open_prompt(
                Prompt(
                    title=_("Fermer le service"),
                    text=text,
                    keeps_text=True,
                    read=lambda typed: show_days(typed, day),
                    then=lambda typed: self._close_why(read_days(typed, day) or spans[_DAY]),
                )
            )

        self._ask.choose(_("Fermer tout le service"), choices, go_on)

    def _close_why(self, days: DateSpan) -> None:
        notice = closed_notice(days.first, days.last)
        said = _("Service fermé du {first} au {last}").format(
            first=format_day_short(days.first), last=format_day_short(days.last)
        )
        self._ask.choose(
            _("Pourquoi ?"),
            {code: closure_reason(code) for code in CLOSURE_REASONS},
            lambda code: self._ask.write(
                said, lambda: close_service(self._ask.sheets, days, code, notice)
            ),
        )

    def add_here(self, day: date) -> None:
        """Add a passage of any stop on a day."""
        tree = self._ask.bench.planning.tree
        choices = [
            Choice(
                code=f"{tour.tour_id}/{stop.stop_id}",
                label=place_name(tree, stop.place_id),
                detail=version.name,
            )
            for tour in tree.tours.values()
            for version in tour.versions[-1:]
            for run in version.runs
            for stop in run.stops
        ]
        found = {x.code: x for x in choices}

        def go_on(choice: Choice) -> None:
            tour, _slash, stop = choice.code.partition("/")
            telling = self._ask.telling(None, added_notice(choice.label, day, (), None))
            said = _("{place} : un passage de plus le {day}").format(
                place=choice.label, day=format_day_short(day)
            )
            self._ask.write(
                said,
                lambda: add_passage(self._ask.sheets, TourId(tour), StopId(stop), day, telling),
            )

        title = _("Un passage de plus le {day}").format(day=format_day_short(day))
        self._ask.stage.ask(Question(title=title, find=narrowing(list(found.values())), then=go_on))

    def rule(self, one: DayLine) -> None:
        """Type the rule of days of a run, its next dates shown at each key."""
        run = self._run(one)
        if run is None:
            self._ask.stage.say(_("Ce passage vient d'une exception, pas d'une règle"), Role.WARN)
            return
        day = one.passage.original_date
        with speaking("fr"):
            text = describe_recurrence(run.recurrence)
        self._ask.stage.open_prompt(
            Prompt(
                title=_("Règle de la sortie, en français"),
                text=text,
                keeps_text=True,
                help=_("mardi paires · 1er 3e lundi · un jeudi sur deux · du 15/6 au 15/9"),
                read=lambda typed: read_rule(self._ask.bench.planning.tree, typed, day),
                then=lambda typed: self._rule_for(one, read_recurrence(typed, day).rule),
            )
        )

    def _rule_for(self, one: DayLine, rule: Recurrence) -> None:
        said = _("Règle : {words}").format(words=describe_recurrence(rule))
        self._ask.from_when(
            one.passage.original_date,
            lambda reach: self._ask.write(
                said, lambda: change_days(self._ask.sheets, one.passage, rule, reach)
            ),
        )

    def repair(self, one: DayLine) -> None:
        """Offer what mends a rule of even or odd weeks at the next week 53."""
        day = one.passage.original_date
        run = self._run(one)
        own = None if run is None else _own_parity(run, one.passage.stop_id)
        rule = None if run is None else own or run.recurrence
        choice = None if rule is None else ask_parity(self._ask.bench.planning.tree, rule, day)
        if choice is None:
            self._ask.stage.say(
                _("Rien à corriger ici : cette règle ne dit ni paires ni impaires"), Role.PLAIN
            )
            return
        monday = format_day_short(choice.new_year)
        tour_id, cycle_rule = one.passage.tour_id, choice.cycle_rule

        def go_on(code: str) -> None:
            if code == "swap":
                said = _("Semaines paires et impaires échangées au {day}").format(day=monday)
                self._ask.write(
                    said, lambda: swap_parities(self._ask.sheets, tour_id, choice.new_year)
                )
            else:
                self._rule_for(one, cycle_rule)

        swap = _("échanger paires et impaires le {day}, toute la tournée").format(day=monday)
        choices = {"swap": swap}
        if own is None:
            choices["cycle"] = _("une semaine sur deux, sans parité, cette sortie")
        title = _("Semaine 53 : {year}").format(year=choice.new_year.year - 1)
        self._ask.choose(title, choices, go_on, text=describe_parity(choice))

    def _run(self, one: DayLine) -> Run | None:
        passage = one.passage
        version = self._ask.bench.planning.tree.tours[passage.tour_id].version_on(
            passage.original_date
        )
        runs = () if version is None else version.runs
        return next((run for run in runs if run.run_id == passage.run_id), None)


def read_days(text: str, near: date) -> DateSpan | None:
    """Read `du 24/12 au 3/1`, `du 24/12 au 3`, or one date; without a year, the nearest one."""
    first_text, _au, last_text = text.casefold().removeprefix("du ").partition(" au ")
    first = read_french_date(first_text, near)
    last = first
    if first is not None and last_text.strip():
        last = _next_numbered(last_text.strip(), first) or read_french_date(last_text, first)
    if first is None or last is None or last < first:
        return None
    return DateSpan(first=first, last=last)


def _next_numbered(text: str, first: date) -> date | None:
    """Read a number alone as the next such day of a month: `au 3`."""
    days = (first + timedelta(days=number) for number in range(62))
    return next((day for day in days if text == str(day.day)), None)


def show_days(text: str, near: date) -> PromptReading:
    """Show what a typed stretch of days is."""
    days = read_days(text, near)
    if days is None:
        return PromptReading(rows=(line((_("par exemple du 24/12 au 3/1"), Role.DIM)),))
    count = (days.last - days.first).days + 1
    told = n_("{first} : {n} jour", "du {first} au {last} : {n} jours", count)
    words = told.format(first=format_day(days.first), last=format_day(days.last), n=count)
    return PromptReading(rows=(line(words),), is_ready=True)
