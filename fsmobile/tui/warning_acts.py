"""People booked at a passage that changed: told, given another one, or called off."""

from collections.abc import Callable, Sequence
from datetime import time

from fsmobile.core.appointments import AppointmentChange
from fsmobile.core.ids import AppointmentId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.errors import FsmobileError
from fsmobile.texts.dates import format_day, format_day_short, format_span, format_time
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Role
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.stage import Question, Stage
from fsmobile.usecases.appointments import (
    ExpectedAppointment,
    cancel_appointment,
    free_slots,
    list_expected,
    move_appointment,
    tell_appointment,
)

TOLD, CALLED_OFF = "told", "off"


class WarningActs:
    """Notes that a person was told; `then` shows the page again."""

    def __init__(self, stage: Stage, then: Callable[[], None]) -> None:
        self._stage = stage
        self._then = then

    def ask(self, appointment_id: AppointmentId) -> None:
        """Ask what the person was told: the new day, another passage, or that it is off."""
        found = [
            one
            for one in list_expected(self._stage.desk)
            if one.line.state.appointment_id == appointment_id
        ]
        if not found or not found[0].changes:
            self._stage.say(_("Rien n'a changé pour ce rendez-vous"), Role.PLAIN)
            return
        (one,) = found
        choices = []
        if not one.is_passage_off and AppointmentChange.HOURS not in one.changes:
            told = _("prévenue : {day}, {at}").format(
                day=format_day(one.day), at=format_time(one.line.state.appointment.starts)
            )
            choices.append(Choice(code=TOLD, label=told))
        choices += [
            Choice(
                code=str(rank),
                label=_("prévenue, et reportée au {day}").format(day=format_day(x.service_date)),
                detail=_hours(x),
            )
            for rank, x in enumerate(one.next_passages)
        ]
        choices.append(Choice(code=CALLED_OFF, label=_("prévenue, et rendez-vous annulé")))
        self._ask(_("La personne est-elle prévenue ?"), choices, lambda x: self._act(one, x.code))

    def _act(self, one: ExpectedAppointment, code: str) -> None:
        desk, appointment_id = self._stage.desk, one.line.state.appointment_id
        if code == TOLD:
            self._do(lambda: tell_appointment(desk, appointment_id), _("Personne prévenue"))
        elif code == CALLED_OFF:
            self._do(
                lambda: cancel_appointment(desk, appointment_id, by_the_service=True),
                _("Personne prévenue, rendez-vous annulé"),
            )
        else:
            self._ask_slot(appointment_id, one.next_passages[int(code)])

    def _ask_slot(self, appointment_id: AppointmentId, passage: PlannedPassage) -> None:
        slots = free_slots(self._stage.desk, passage)
        if not slots:
            self._stage.say(_("Aucune heure libre à ce passage"), Role.WARN)
            return
        choices = [Choice(code=at.isoformat("minutes"), label=format_time(at)) for at in slots]
        day = format_day_short(passage.service_date)

        def move(choice: Choice) -> None:
            at = time.fromisoformat(choice.code)
            said = _("Rendez-vous reporté au {day} à {at}").format(day=day, at=choice.label)
            self._do(
                lambda: move_appointment(self._stage.desk, appointment_id, passage.passage_id, at),
                said,
            )

        self._ask(_("À quelle heure, {day} ?").format(day=day), choices, move)

    def _ask(self, title: str, choices: Sequence[Choice], then: Callable[[Choice], None]) -> None:
        self._stage.ask(Question(title=title, find=narrowing(choices), then=then, takes_text=False))

    def _do(self, act: Callable[[], object], said: str) -> None:
        try:
            act()
        except FsmobileError as error:
            self._stage.refuse(error)
            return
        self._then()
        self._stage.say(f"{said} · u {_('annuler')}")


def _hours(one: PlannedPassage) -> str:
    return "" if one.starts is None or one.ends is None else format_span(one.starts, one.ends)
