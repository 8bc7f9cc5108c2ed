"""Planned against real at a stop: parked and gone, late and why, a closing that was forgotten."""

from collections.abc import Callable
from datetime import time

from fsmobile.core.ids import PassageId
from fsmobile.core.passages import PassageReason, PassageStatus
from fsmobile.errors import FsmobileError
from fsmobile.formats.schedule_values import suggest_time
from fsmobile.texts.dates import format_day_short, format_minutes, format_time
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Role, line
from fsmobile.tui.picker import Choice
from fsmobile.tui.stage import Prompt, PromptReading, Question, Stage
from fsmobile.tui.views.tour import PassageRow
from fsmobile.usecases.passage_times import (
    arrive,
    closing_hours,
    day_of,
    explain_delay,
    leave,
    list_left_open,
)
from fsmobile.usecases.passages import DayLine, close_passage

OTHER, LATER = "other", "later"


class PassageTimes:
    """What the door does not tell: `then` shows the day again."""

    def __init__(self, stage: Stage, then: Callable[[PassageId | None], None]) -> None:
        self._stage = stage
        self._then = then

    def use_brake(self, here: PassageRow) -> None:
        """Park at a stop, or drive away from it."""
        is_arrival = here.status is PassageStatus.EXPECTED and here.arrived_at is None
        if here.status is PassageStatus.OPEN:
            self._stage.say(_("Le passage est ouvert : a le ferme, puis g"), Role.WARN)
            return
        if here.left_at is not None:
            self._stage.say(_("Le bus est déjà reparti d'ici : u annule"), Role.WARN)
            return
        act = arrive if is_arrival else leave
        act(self._stage.desk, here.passage_id)
        said = _("Garé à {place} à {at}") if is_arrival else _("Reparti de {place} à {at}")
        at = format_time(self._stage.desk.minute())
        self._then(None)
        self._stage.say(f"{said.format(place=here.place, at=at)} · u {_('annuler')}")

    def ask_delay(self, here: PassageRow) -> None:
        """Ask why a passage opened late."""
        if not here.minutes_late:
            self._stage.say(_("Pas de retard à expliquer ici"), Role.PLAIN)
            return
        reasons = [Choice(code=reason.value, label=label(reason)) for reason in PassageReason]

        def keep(choice: Choice) -> None:
            reason = PassageReason(choice.code)
            self._do(lambda: explain_delay(self._stage.desk, here.passage_id, reason))
            said = _("Retard de {late} : {reason}").format(
                late=format_minutes(here.minutes_late), reason=label(reason)
            )
            self._stage.say(f"{said} · u {_('annuler')}")

        title = _("{late} de retard : pourquoi ?").format(late=format_minutes(here.minutes_late))
        self._ask(title, reasons, keep)

    def ask_forgotten(self, *, but: PassageId | None = None) -> None:
        """Ask when a passage that was left open closed, the oldest first; nothing is guessed."""
        left = list_left_open(self._stage.desk, but=but)
        if not left:
            return
        forgotten = left[0]
        hours = closing_hours(self._stage.desk, forgotten)
        choices = [
            Choice(
                code=hour.isoformat("minutes"),
                label=format_time(hour),
                detail=self._why(forgotten, hour),
            )
            for hour in hours
        ]
        choices.append(Choice(code=OTHER, label=_("à une autre heure…")))
        choices.append(Choice(code=LATER, label=_("je le dirai plus tard")))

        def go_on(choice: Choice) -> None:
            if choice.code == OTHER:
                self._type_hour(forgotten, but)
            elif choice.code != LATER:
                self._close(forgotten, time.fromisoformat(choice.code), but)

        self._ask(self._title(forgotten), choices, go_on)

    def _title(self, forgotten: DayLine) -> str:
        day = day_of(forgotten)
        when = "" if day == self._stage.desk.today() else f" ({format_day_short(day)})"
        return _("{place}{when} est resté ouvert : fermé à quelle heure ?").format(
            place=forgotten.name, when=when
        )

    def _why(self, forgotten: DayLine, hour: time) -> str:
        if hour == forgotten.ends:
            return _("l'heure prévue")
        is_now = day_of(forgotten) == self._stage.desk.today() and (
            hour == self._stage.desk.minute()
        )
        return _("maintenant") if is_now else _("la dernière visite")

    def _type_hour(self, forgotten: DayLine, but: PassageId | None) -> None:
        def read(text: str) -> PromptReading:
            hour = suggest_time(text)
            if hour is None:
                return PromptReading(rows=(line((_("par exemple 12h15"), Role.DIM)),))
            return PromptReading(rows=(line(format_time(hour)),), is_ready=True)

        def take(text: str) -> None:
            self._close(forgotten, suggest_time(text) or time(), but)

        prompt = Prompt(title=self._title(forgotten), read=read, then=take)
        self._stage.open_prompt(prompt)

    def _close(self, forgotten: DayLine, at: time, but: PassageId | None) -> None:
        passage_id = forgotten.passage_id
        if self._do(lambda: close_passage(self._stage.desk, passage_id, at=at)):
            said = _("{place} : fermé à {at}").format(place=forgotten.name, at=format_time(at))
            self._stage.say(f"{said} · u {_('annuler')}")
            self.ask_forgotten(but=but)

    def _ask(self, title: str, choices: list[Choice], then: Callable[[Choice], None]) -> None:
        self._stage.ask(
            Question(title=title, find=lambda _query: choices, then=then, takes_text=False)
        )

    def _do(self, act: Callable[[], object]) -> bool:
        try:
            act()
        except FsmobileError as error:
            self._stage.refuse(error)
            return False
        self._then(None)
        return True
