"""What a person with an appointment has to be told, in words: for the crew's own eyes."""

from collections.abc import Collection, Sequence
from datetime import date

from fsmobile.core.appointments import AppointmentChange
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.texts.dates import format_day_short
from fsmobile.texts.translation import _


def describe_changes(changes: Collection[AppointmentChange], told_day: date, place: str) -> str:
    """Say what the person has to be told; empty when nothing changed."""
    words = {
        AppointmentChange.OFF: _("passage annulé : prévenir"),
        AppointmentChange.DAY: _("déplacé du {day} : prévenir").format(
            day=format_day_short(told_day)
        ),
        AppointmentChange.PLACE: _("à un autre endroit, {place} : prévenir").format(place=place),
        AppointmentChange.HOURS: _("bus fermé à cette heure : prévenir"),
    }
    return ", ".join(words[change] for change in AppointmentChange if change in changes)


def describe_next(passages: Sequence[PlannedPassage]) -> str:
    """Say the next real passages to offer to the person."""
    days = ", ".join(format_day_short(one.service_date) for one in passages)
    return _("prochains passages ici : {days}").format(days=days or _("aucun"))
