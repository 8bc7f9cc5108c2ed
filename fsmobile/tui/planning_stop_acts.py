"""One more stop in a run: a known place or a commune of the gazetteer, then its hours."""

from collections.abc import Sequence

from fsmobile.core.ids import PlaceId
from fsmobile.core.places import Place
from fsmobile.core.reach import Reach
from fsmobile.errors import FsmobileError
from fsmobile.texts.dates import format_day_short
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Role, line
from fsmobile.tui.picker import Choice
from fsmobile.tui.plan_proposals import read_spans, spans_text
from fsmobile.tui.plan_questions import PlanQuestions
from fsmobile.tui.stage import Prompt, PromptReading, Question
from fsmobile.usecases.planning_calendar import DayLine
from fsmobile.usecases.planning_places import add_stop, find_communes, find_places, place_in

USUAL_SPOT = "place de la mairie"
"""Written in the files, French whatever the screens speak."""


class PlanningStopActs:
    """Adds a stop to the run of the chosen passage."""

    def __init__(self, ask: PlanQuestions) -> None:
        self._ask = ask

    def add(self, one: DayLine) -> None:
        """Ask where, then when, then from when on."""
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
                self._ask_hours(one, tree.places[PlaceId(code)])
            else:
                self._name_place(one, code, choice.label.partition(" :")[0])

        title = _("Un arrêt de plus : quel lieu, quelle commune ?")
        self._ask.stage.ask(Question(title=title, find=find, then=go_on))

    def _name_place(self, one: DayLine, insee_code: str, commune: str) -> None:
        def read(text: str) -> PromptReading:
            told = line((_("{n} caractères sur 60").format(n=len(text)), Role.DIM))
            return PromptReading(rows=(told,), is_ready=0 < len(text.strip()) <= 60)

        def then(text: str) -> None:
            try:
                place = place_in(self._ask.bench.planning.tree, insee_code, text)
            except FsmobileError as error:
                self._ask.stage.refuse(error)
                return
            self._ask_hours(one, place)

        self._ask.stage.open_prompt(
            Prompt(
                title=_("Nom du lieu, pour le public"),
                text=f"{commune} — {USUAL_SPOT}",
                keeps_text=True,
                read=read,
                then=then,
            )
        )

    def _ask_hours(self, one: DayLine, place: Place) -> None:
        def read(text: str) -> PromptReading:
            found = read_spans(text)
            if found is None:
                return PromptReading(rows=(line((_("par exemple 9h30-12h, 14h-16h"), Role.DIM)),))
            return PromptReading(rows=(line(spans_text(found)),), is_ready=True)

        self._ask.stage.open_prompt(
            Prompt(
                title=_("Heures d'ouverture à {place}").format(place=place.name),
                read=read,
                then=lambda text: self._ask_when(one, place, text),
            )
        )

    def _ask_when(self, one: DayLine, place: Place, text: str) -> None:
        spans = read_spans(text) or ()
        said = _("{place} : un arrêt de plus").format(place=place.name)
        day = format_day_short(one.passage.original_date)
        self._ask.choose(
            _("Pour quand ?"),
            {
                Reach.ONWARDS.value: _("à partir du {day} : une nouvelle version").format(day=day),
                Reach.ALWAYS.value: _("la règle elle-même, passé compris"),
            },
            lambda code: self._ask.write(
                said,
                lambda: add_stop(self._ask.sheets, one.passage, place, spans, Reach(code)),
            ),
        )
