"""What a coordinator does to the chosen passage: a question or two, then the files are written."""

from collections.abc import Sequence
from datetime import date

from msgspec.structs import replace

from fsmobile.core.ids import AgentId, PlaceId
from fsmobile.core.overrides import OverrideAction, OverrideReason, WholeDay
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reach import Reach
from fsmobile.core.spans import HalfDay, TimeSpan
from fsmobile.texts.dates import format_day_short
from fsmobile.texts.public_notices import (
    added_notice,
    cancelled_day_notice,
    cancelled_notice,
    elsewhere_notice,
    hours_notice,
    kept_notice,
    moved_notice,
)
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Role, line
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.plan_proposals import other_crews, other_hours, read_spans, spans_text
from fsmobile.tui.plan_questions import PlanQuestions
from fsmobile.tui.plan_words import place_name
from fsmobile.tui.stage import Prompt, PromptReading, Question
from fsmobile.usecases.planning_acts import (
    Telling,
    add_passage,
    cancel_day,
    change_passage,
    restore_passage,
    rewrite_notice,
    swap_stops,
    wish,
)
from fsmobile.usecases.planning_calendar import DayLine
from fsmobile.usecases.visits import agent_name


class PlanningActs:
    """The acts; each asks for what it needs, the likeliest answer first."""

    def __init__(self, ask: PlanQuestions) -> None:
        self._ask = ask

    def cancel(self, one: DayLine) -> None:
        """Cancel a passage, its half-day, its day, its rule; or take a cancellation back."""
        passage = one.passage
        if passage.is_cancelled:
            self._restore(one)
            return
        half = passage.period
        whole_half = (
            _("tout le matin de la tournée")
            if half is HalfDay.MORNING
            else _("tout l'après-midi de la tournée")
        )
        choices = {
            Reach.ONCE.value: _("ce passage"),
            half.value: whole_half,
            WholeDay.DAY.value: _("toute la journée de la tournée"),
        }
        if passage.run_id is not None:
            choices |= {
                Reach.ONWARDS.value: _("ce passage et les suivants : l'arrêt disparaît"),
                Reach.ALWAYS.value: _("tous : l'arrêt disparaît de la règle"),
            }

        def go_on(code: str) -> None:
            if code in (Reach.ONWARDS, Reach.ALWAYS):
                wished = wish(passage, OverrideAction.CANCEL, Telling())
                self._ask.write(
                    _("{place} : arrêt retiré").format(place=self._ask.place(passage)),
                    lambda: change_passage(self._ask.sheets, passage, wished, Reach(code)),
                )
            else:
                self._ask.why(lambda reason: self.cancel_once(passage, code, reason))

        self._ask.choose(_("Que faut-il annuler ?"), choices, go_on)

    def cancel_once(
        self, passage: PlannedPassage, code: str, reason: OverrideReason | None
    ) -> None:
        """Cancel a passage, its half-day or its day, for a reason."""
        day = passage.original_date
        if code == Reach.ONCE:
            notice = cancelled_notice(self._ask.place(passage), day, reason)
            wished = wish(passage, OverrideAction.CANCEL, self._ask.telling(reason, notice))
            said = _("{place}, {day} : annulé").format(
                place=self._ask.place(passage), day=format_day_short(day)
            )
            self._ask.write(
                said, lambda: change_passage(self._ask.sheets, passage, wished, Reach.ONCE)
            )
            return
        scope = WholeDay.DAY if code == WholeDay.DAY else HalfDay(code)
        half = None if isinstance(scope, WholeDay) else scope
        tree = self._ask.bench.planning.tree
        version = tree.tours[passage.tour_id].version_on(day)
        name = passage.tour_id if version is None else version.name
        telling = self._ask.telling(reason, cancelled_day_notice(day, half, name, reason))
        said = _("{tour}, {day} : annulé").format(tour=name, day=format_day_short(day))
        self._ask.write(said, lambda: cancel_day(self._ask.sheets, passage, scope, telling))

    def _restore(self, one: DayLine) -> None:
        passage = one.passage
        if one.is_lost:
            self.keep(one)
            return
        said = _("{place} : rétabli").format(place=self._ask.place(passage))
        self._ask.choose(
            _("Ce passage est annulé"),
            {"restore": _("le rétablir comme la règle le dit")},
            lambda _code: self._ask.write(said, lambda: restore_passage(self._ask.sheets, passage)),
        )

    def move(self, one: DayLine) -> None:
        """Move a passage to another day."""
        passage = one.passage

        def to(day: date) -> None:
            place, was = self._ask.place(passage), passage.original_date
            self._ask.amend(
                passage,
                lambda telling: replace(wish(passage, OverrideAction.MOVE, telling), moved_to=day),
                lambda reason: moved_notice(place, was, day, reason),
                _("{place} : déplacé au {day}").format(place=place, day=format_day_short(day)),
                at=day,
                # A rule moves inside its week: a day of another one is an exception.
                is_once=day.isocalendar()[:2] != was.isocalendar()[:2],
            )

        self._ask.which_day(
            _("Déplacer {place} au…").format(place=self._ask.place(passage)), one, to
        )

    def place(self, one: DayLine) -> None:
        """Have the bus stand elsewhere."""
        passage = one.passage
        tree = self._ask.bench.planning.tree
        here = tree.places.get(passage.place_id)
        places = sorted(
            (other for other in tree.places.values() if other.place_id != passage.place_id),
            key=lambda other: (
                here is None or other.place_id != here.fallback_id,
                here is None or other.insee_code != here.insee_code,
                other.name,
            ),
        )
        choices = [Choice(code=x.place_id, label=x.name, detail=x.commune) for x in places]

        def to(choice: Choice) -> None:
            was = place_name(tree, passage.place_id)
            self._ask.amend(
                passage,
                lambda telling: replace(
                    wish(passage, OverrideAction.PLACE, telling), place_id=PlaceId(choice.code)
                ),
                lambda reason: elsewhere_notice(was, choice.label, passage.original_date, reason),
                _("Le bus s'installe à {place}").format(place=choice.label),
            )

        title = _("Où, au lieu de {place} ?").format(place=self._ask.place(passage))
        self._ask.stage.ask(Question(title=title, find=narrowing(choices), then=to))

    def hours(self, one: DayLine) -> None:
        """Give a passage other hours."""
        spans = tuple(x.call.hours for x in one.openings if x.call.hours is not None)
        proposals = dict(other_hours(spans))
        choices = {name: f"{name} : {spans_text(found)}" for name, found in proposals.items()}

        def go_on(code: str) -> None:
            if code in proposals:
                self._set_hours(one, proposals[code])
            else:
                self._type_hours(one, spans)

        self._ask.choose(_("Quelles heures ?"), {**choices, "": _("écrire les heures…")}, go_on)

    def _type_hours(self, one: DayLine, spans: Sequence[TimeSpan]) -> None:
        def read(text: str) -> PromptReading:
            found = read_spans(text)
            if found is None:
                return PromptReading(rows=(line((_("par exemple 9h30-12h, 14h-16h"), Role.DIM)),))
            return PromptReading(rows=(line(spans_text(found)),), is_ready=True)

        self._ask.stage.open_prompt(
            Prompt(
                title=_("Heures d'ouverture"),
                text=spans_text(spans),
                read=read,
                then=lambda text: self._set_hours(one, read_spans(text) or ()),
            )
        )

    def _set_hours(self, one: DayLine, spans: tuple[TimeSpan, ...]) -> None:
        passage = one.passage
        self._ask.amend(
            passage,
            lambda telling: replace(wish(passage, OverrideAction.HOURS, telling), spans=spans),
            lambda reason: hours_notice(
                self._ask.place(passage), passage.original_date, spans, reason
            ),
            _("{place} : {hours}").format(place=self._ask.place(passage), hours=spans_text(spans)),
        )

    def crew(self, one: DayLine) -> None:
        """Put another crew aboard."""
        passage = one.passage
        crews = other_crews(passage.crew, tuple(self._ask.bench.planning.tree.agents))
        if not crews:
            self._ask.stage.say(_("Aucun autre agent dans vehicules.toml"), Role.WARN)
            return
        names = {
            ",".join(x): ", ".join(agent_name(self._ask.bench.planning.desk, agent) for agent in x)
            for x in crews
        }

        def go_on(choice: Choice) -> None:
            aboard = tuple(AgentId(agent) for agent in choice.code.split(","))
            self._ask.amend(
                passage,
                lambda telling: replace(wish(passage, OverrideAction.CREW, telling), crew=aboard),
                lambda _reason: "",
                _("À bord : {crew}").format(crew=choice.label),
            )

        choices = [Choice(code=code, label=name) for code, name in names.items()]
        self._ask.stage.ask(
            Question(title=_("Qui sera à bord ?"), find=narrowing(choices), then=go_on)
        )

    def keep(self, one: DayLine) -> None:
        """Keep a passage on a public holiday."""
        passage = one.passage
        if not one.is_lost:
            self._ask.stage.say(_("Ce passage n'est pas supprimé par un jour férié"), Role.WARN)
            return
        place = self._ask.place(passage)

        def go_on(reach: Reach) -> None:
            telling = self._ask.telling(None, kept_notice(place, passage.original_date))
            wished = wish(passage, OverrideAction.KEEP, telling)
            self._ask.write(
                _("{place} : maintenu").format(place=place),
                lambda: change_passage(self._ask.sheets, passage, wished, reach),
            )

        self._ask.how_far(passage, go_on)

    def add(self, one: DayLine) -> None:
        """Add one more passage of a stop, another day."""
        passage = one.passage
        place = self._ask.place(passage)
        spans = tuple(x.call.hours for x in one.openings if x.call.hours is not None)
        made_up = passage.original_date if passage.is_cancelled else None

        def on(day: date) -> None:
            telling = self._ask.telling(None, added_notice(place, day, spans, made_up))
            said = _("{place} : un passage de plus le {day}").format(
                place=place, day=format_day_short(day)
            )
            self._ask.write(
                said,
                lambda: add_passage(
                    self._ask.sheets, passage.tour_id, passage.stop_id, day, telling, passage
                ),
                at=day,
            )

        self._ask.which_day(_("Un passage de plus à {place} le…").format(place=place), one, on)

    def swap(self, one: DayLine) -> None:
        """Let two stops of one run take each other's hours."""
        others = [
            other
            for other in self._ask.bench.planned_day().lines
            if other.passage.run_id == one.passage.run_id
            and other.passage.run_id is not None
            and other.passage.stop_id != one.passage.stop_id
        ]
        if not others:
            self._ask.stage.say(_("Pas d'autre arrêt dans cette sortie ce jour-là"), Role.WARN)
            return

        def with_stop(other: DayLine) -> None:
            pair = (one.passage, other.passage)
            spans = [tuple(x.call.hours for x in y.openings if x.call.hours) for y in (other, one)]
            tellings = tuple(
                self._ask.telling(
                    None, hours_notice(self._ask.place(x), x.original_date, hours, None)
                )
                for x, hours in zip(pair, spans, strict=True)
            )
            said = _("{place} et {other} : heures échangées").format(
                place=self._ask.place(pair[0]), other=self._ask.place(pair[1])
            )
            self._ask.how_far(
                pair[0],
                lambda reach: self._ask.write(
                    said,
                    lambda: swap_stops(self._ask.sheets, *pair, reach, (tellings[0], tellings[1])),
                ),
            )

        if len(others) == 1:
            with_stop(others[0])
            return
        names: dict[str, str] = {x.passage.stop_id: self._ask.place(x.passage) for x in others}
        found: dict[str, DayLine] = {x.passage.stop_id: x for x in others}
        self._ask.choose(_("Échanger avec…"), names, lambda code: with_stop(found[code]))

    def rewrite(self, one: DayLine) -> None:
        """Read the public notice again, and change it."""
        passage = one.passage
        if not passage.change.override_ids:
            self._ask.stage.say(_("Un avis accompagne une exception : ce passage n'en a pas"))
            return

        def read(text: str) -> PromptReading:
            count = line((_("{n} caractères sur 280").format(n=len(text)), Role.DIM))
            return PromptReading(rows=(count,), is_ready=bool(text.strip()))

        self._ask.stage.open_prompt(
            Prompt(
                title=_("Avis au public"),
                text=passage.notice,
                read=read,
                then=lambda text: self._ask.write(
                    _("Avis écrit"), lambda: rewrite_notice(self._ask.sheets, passage, text)
                ),
            )
        )
