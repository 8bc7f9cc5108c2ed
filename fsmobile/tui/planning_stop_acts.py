"""One more stop, run or tour: days, a known place or a commune of the gazetteer, hours."""

from collections.abc import Callable, Sequence
from datetime import date

from fsmobile.core.ids import PlaceId, TourId
from fsmobile.core.places import Place
from fsmobile.core.recurrence import Recurrence
from fsmobile.core.spans import TimeSpan
from fsmobile.errors import FsmobileError
from fsmobile.formats.recurrence_reading import read_recurrence
from fsmobile.texts.dates import format_day
from fsmobile.texts.recurrence_words import describe_recurrence
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Role, line
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.plan_proposals import read_spans, spans_text
from fsmobile.tui.plan_questions import PlanQuestions
from fsmobile.tui.plan_rules import read_rule
from fsmobile.tui.stage import Prompt, PromptReading, Question
from fsmobile.usecases.planning_calendar import DayLine
from fsmobile.usecases.planning_places import add_stop, find_communes, find_places, place_in
from fsmobile.usecases.planning_runs import NewStop, add_run, add_tour

Placed = Callable[[Place, Sequence[TimeSpan]], None]
"""Goes on once a place and its hours are known."""

USUAL_SPOT = "place de la mairie"
"""Written in the files, French whatever the screens speak."""


class PlanningStopActs:
    """Adds to the plan what was not there."""

    def __init__(self, ask: PlanQuestions) -> None:
        self._ask = ask

    def add(self, one: DayLine) -> None:
        """Ask where, then when, then from when on."""
        self._ask_place(lambda place, spans: self._ask_when(one, place, spans))

    def add_run(self, day: date) -> None:
        """Begin a run: of which tour, on which days, where, when."""
        tree = self._ask.bench.planning.tree
        tours = {
            tour.tour_id: tour.versions[-1].name
            for tour in tree.tours.values()
            if tour.version_on(day) is not None
        }
        choices = [Choice(code=code, label=name) for code, name in tours.items()]
        choices.append(Choice(code="", label=_("une tournée nouvelle…")))

        def go_on(choice: Choice) -> None:
            if choice.code:
                self._ask_days(day, lambda rule: self._ask_run(day, TourId(choice.code), rule))
            else:
                self._name_tour(day)

        title = _("Une sortie de plus, dans quelle tournée ?")
        self._ask.stage.ask(Question(title=title, find=narrowing(choices), then=go_on))

    def _name_tour(self, day: date) -> None:
        def read(text: str) -> PromptReading:
            told = _("à partir du {day}").format(day=format_day(day))
            return PromptReading(rows=(line((told, Role.DIM)),), is_ready=bool(text.strip()))

        def then(name: str) -> None:
            said = _("Tournée {name} : première sortie").format(name=name)

            def placed(rule: Recurrence) -> None:
                self._ask_place(
                    lambda place, spans: self._ask.write(
                        said, lambda: add_tour(self._ask.sheets, name, rule, place, spans, day)
                    )
                )

            self._ask_days(day, placed)

        self._ask.stage.open_prompt(Prompt(title=_("Nom de la tournée"), read=read, then=then))

    def _ask_days(self, day: date, then: Callable[[Recurrence], None]) -> None:
        tree = self._ask.bench.planning.tree
        self._ask.stage.open_prompt(
            Prompt(
                title=_("Quels jours ?"),
                help=_("mardi paires · 1er 3e lundi · un jeudi sur deux · du 15/6 au 15/9"),
                read=lambda typed: read_rule(tree, typed, day),
                then=lambda typed: then(read_recurrence(typed, day).rule),
            )
        )

    def _ask_run(self, day: date, tour_id: TourId, rule: Recurrence) -> None:
        said = _("Sortie : {words}").format(words=describe_recurrence(rule))

        def when(place: Place, spans: Sequence[TimeSpan]) -> None:
            first = NewStop(place=place, spans=tuple(spans))
            self._ask.from_when(
                day,
                lambda reach: self._ask.write(
                    said, lambda: add_run(self._ask.sheets, tour_id, rule, first, day, reach)
                ),
            )

        self._ask_place(when)

    def _ask_place(self, then: Placed) -> None:
        """Ask for a place, known or new, and for the hours there."""
        tree = self._ask.bench.planning.tree

        def find(query: str) -> Sequence[Choice]:
            places = [
                Choice(code=f"place:{x.place_id}", label=x.name, detail=x.commune)
                for x in find_places(tree, query)
            ]
            communes = [
                Choice(
                    code=f"commune:{x.insee_code}",
                    label=_("{name} : un lieu nouveau").format(name=x.name),
                    detail=", ".join((x.department, *x.postcodes[:1])),
                )
                for x in find_communes(tree, query)
            ]
            return [*places[:5], *communes]

        def go_on(choice: Choice) -> None:
            kind, _colon, code = choice.code.partition(":")
            if kind == "place":
                self._ask_hours(tree.places[PlaceId(code)], then)
            else:
                self._name_place(then, code, choice.label.partition(" :")[0])

        title = _("Un arrêt de plus : quel lieu, quelle commune ?")
        self._ask.stage.ask(Question(title=title, find=find, then=go_on))

    def _name_place(self, then: Placed, insee_code: str, commune: str) -> None:
        def read(text: str) -> PromptReading:
            told = line((_("{n} caractères sur 60").format(n=len(text)), Role.DIM))
            return PromptReading(rows=(told,), is_ready=0 < len(text.strip()) <= 60)

        def name(text: str) -> None:
            try:
                place = place_in(self._ask.bench.planning.tree, insee_code, text)
            except FsmobileError as error:
                self._ask.stage.refuse(error)
                return
            self._ask_hours(place, then)

        self._ask.stage.open_prompt(
            Prompt(
                title=_("Nom du lieu, pour le public"),
                text=f"{commune} — {USUAL_SPOT}",
                keeps_text=True,
                read=read,
                then=name,
            )
        )

    def _ask_hours(self, place: Place, then: Placed) -> None:
        def read(text: str) -> PromptReading:
            found = read_spans(text)
            if found is None:
                return PromptReading(rows=(line((_("par exemple 9h30-12h, 14h-16h"), Role.DIM)),))
            return PromptReading(rows=(line(spans_text(found)),), is_ready=True)

        self._ask.stage.open_prompt(
            Prompt(
                title=_("Heures d'ouverture à {place}").format(place=place.name),
                read=read,
                then=lambda text: then(place, read_spans(text) or ()),
            )
        )

    def _ask_when(self, one: DayLine, place: Place, spans: Sequence[TimeSpan]) -> None:
        said = _("{place} : un arrêt de plus").format(place=place.name)
        self._ask.from_when(
            one.passage.original_date,
            lambda reach: self._ask.write(
                said, lambda: add_stop(self._ask.sheets, one.passage, place, spans, reach)
            ),
        )
