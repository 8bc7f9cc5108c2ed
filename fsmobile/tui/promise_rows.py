"""What is promised, as rows: for the screen Suites and for the stop's own screen."""

from collections.abc import Mapping
from datetime import date, time

from fsmobile.core.appointments import reference_of
from fsmobile.core.follow_ups import REMINDER_DAYS, NamedPart, Referral
from fsmobile.core.ids import FollowUpId, PlaceId
from fsmobile.texts.appointment_words import describe_changes, describe_next
from fsmobile.texts.dates import format_date, format_day_short
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.tui.day_context import DayContext, split_name
from fsmobile.tui.views.follow_ups import PromiseRow
from fsmobile.usecases.appointments import ExpectedAppointment, list_expected
from fsmobile.usecases.follow_ups import FollowUpLine, list_open
from fsmobile.usecases.visits import agent_name


def promise_rows(context: DayContext, here: PlaceId | None) -> tuple[PromiseRow, ...]:
    """Return what is promised, at a place first: by day, appointments by hour, then the rest."""
    promised = list_open(context.desk, at=here).lines
    names = {line.state.follow_up_id: _who(line) for line in promised}
    expected = list_expected(context.desk)
    rows = [_appointment_row(context, one, here, names) for one in expected]
    rows += [_follow_up_row(context, line) for line in promised]
    rows.sort(key=lambda row: (not row.is_here, row.due or date.max, row.at or time.max, row.id))
    to_tell = {one.line.state.appointment_id for one in expected if one.changes}
    return tuple(sorted(rows, key=lambda row: row.id not in to_tell))


def _appointment_row(
    context: DayContext,
    one: ExpectedAppointment,
    here: PlaceId | None,
    names: Mapping[FollowUpId, str],
) -> PromiseRow:
    state = one.line.state
    appointment = state.appointment
    place = _place(context, one.place_id)
    changed = describe_changes(one.changes, appointment.told_day, place)
    booked = _("pris par {agent} · référence {reference}").format(
        agent=agent_name(context.desk, state.agent_id),
        reference=reference_of(state.appointment_id),
    )
    lift = _("besoin de transport") if appointment.needs_transport else ""
    return PromiseRow(
        id=state.appointment_id,
        is_appointment=True,
        due=one.day,
        at=appointment.starts,
        who="" if appointment.follow_up_id is None else names.get(appointment.follow_up_id, ""),
        what="" if appointment.procedure is None else context.procedure_name(appointment.procedure),
        place=place,
        alert=", ".join(filter(None, (changed, lift))),
        task=appointment.note,
        is_here=here is not None and one.place_id == here,
        is_late=bool(one.changes) or one.day < context.desk.today(),
        is_double=one.line.is_double,
        is_received=one.line.is_received,
        history=(booked, describe_next(one.next_passages)) if changed else (booked,),
    )


def _follow_up_row(context: DayContext, line: FollowUpLine) -> PromiseRow:
    state = line.state
    follow_up = state.follow_up
    opened = _("{day} : ouverte par {agent}").format(
        day=format_day_short(follow_up.opened_on), agent=agent_name(context.desk, state.agent_id)
    )
    steps = [f"{format_day_short(step.on)} : {step.text}" for step in state.steps]
    if follow_up.referral is not None:
        steps.insert(0, _describe_referral(context, follow_up.referral))
    if line.reminders:
        steps.append(_reminder(line.reminders))
    return PromiseRow(
        id=state.follow_up_id,
        is_appointment=False,
        due=line.due,
        who=_who(line),
        what="" if follow_up.procedure is None else context.procedure_name(follow_up.procedure),
        place=_place(context, follow_up.place_id),
        task=follow_up.task,
        contact="" if state.named is None else state.named.contact,
        kept=_describe_consent(state.named),
        alert=_("relancer") if line.reminders else "",
        is_here=line.is_here,
        is_late=line.is_late or line.reminders > 0,
        is_received=line.is_received,
        history=(opened, *steps),
    )


def _describe_referral(context: DayContext, referral: Referral) -> str:
    told = (context.operator_name(referral.to), label(referral.channel), referral.reference)
    return _("orientée : {where}").format(where=" · ".join(filter(None, told)))


def _reminder(reminders: int) -> str:
    """Say how long nothing was heard, in the working days of Administration+."""
    days = REMINDER_DAYS[reminders - 1]
    return _("{n} jours ouvrés sans nouvelles : relancer, puis e note la réponse").format(n=days)


def _describe_consent(named: NamedPart | None) -> str:
    if named is None:
        return ""
    told = _("accord donné le {consented} ; le nom s'efface le {erased}")
    return told.format(
        consented=format_date(named.consented_on), erased=format_date(named.erase_on)
    )


def _who(line: FollowUpLine) -> str:
    return "" if line.state.named is None else line.state.named.name


def _place(context: DayContext, place_id: PlaceId | None) -> str:
    if place_id is None:
        return ""
    tree = context.desk.tree
    known = None if tree is None else tree.places.get(place_id)
    return place_id if known is None else split_name(known.name)[0]
