"""What is promised to someone: a follow-up, an hour at a coming passage; and what came of it."""

from collections.abc import Callable, Sequence
from datetime import date, time, timedelta

from msgspec import Struct

from fsmobile.core.appointments import Appointment, Presence
from fsmobile.core.follow_ups import FollowUp, Referral, Usefulness
from fsmobile.core.ids import AppointmentId, FollowUpId, OperatorId, PlaceId, ProcedureId, VisitId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.visits import UNSETTLED, Visit, referral_of
from fsmobile.errors import FsmobileError
from fsmobile.texts.dates import format_day_short, format_time
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.tui.lines import Role
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.stage import Question, Stage
from fsmobile.usecases.appointments import (
    SLOT_MINUTES,
    book_appointment,
    cancel_appointment,
    coming_passages,
    free_slots,
    note_presence,
)
from fsmobile.usecases.follow_ups import close_follow_up, open_follow_up, take_step

PASSAGES_OFFERED = 9
DAYS_OFFERED = (7, 15, 30)
WRITTEN = "written"
HERE = "here"
_PRESENCES = (
    Presence.SEEN,
    Presence.NOSHOW,
    Presence.EXCUSED,
    Presence.REVOKED,
    Presence.UNKNOWN,
)
"""The likeliest first; the last takes an answer back."""


class Subject(Struct, frozen=True, kw_only=True):
    """What a promise is about: an enquiry of a visit, a follow-up, or nothing yet."""

    place_id: PlaceId | None = None
    procedure: ProcedureId | None = None
    operator: OperatorId | None = None
    visit_id: VisitId | None = None
    follow_up_id: FollowUpId | None = None
    referral: Referral | None = None
    """To whom the person was sent on in that visit: chased until an answer comes."""


def subjects_of(visit: Visit, visit_id: VisitId, place_id: PlaceId | None) -> list[Subject]:
    """Return what a promise may be about: each enquiry that is not settled, else the first."""
    unsettled = [one for one in visit.enquiries if one.outcome in UNSETTLED]
    return [
        Subject(
            place_id=place_id,
            procedure=enquiry.procedure,
            operator=enquiry.operator,
            visit_id=visit_id,
            referral=referral_of(enquiry),
        )
        for enquiry in unsettled or visit.enquiries[:1]
    ]


class PromiseActs:
    """Asks what is missing, records, says so; `then` shows the page again."""

    def __init__(self, stage: Stage, then: Callable[[], None]) -> None:
        self._stage = stage
        self._then = then

    def ask_about(self, subjects: Sequence[Subject], then: Callable[[Subject], None]) -> None:
        """Go on with the only subject there is, or ask which one; at least one is given."""
        if len(subjects) == 1:
            then(subjects[0])
            return
        choices = [
            Choice(code=str(index), label=self._name_subject(one))
            for index, one in enumerate(subjects)
        ]
        self._ask(_("Pour quelle demande ?"), choices, lambda one: then(subjects[int(one.code)]))

    def ask_task(self, subject: Subject) -> None:
        """Ask what is promised, then until when; three keys for the usual ones."""
        tasks = [
            _("apporter les pièces"),
            _("rappeler l'opérateur"),
            _("lire la réponse"),
            _("vérifier le versement"),
        ]
        choices = [Choice(code=task, label=task) for task in tasks]
        choices.append(Choice(code=WRITTEN, label=_("autre chose : l'écrire")))

        def go_on(choice: Choice) -> None:
            if choice.code != WRITTEN:
                self._ask_due(subject, choice.code)
                return
            self._stage.write_note("", lambda text: self._take_task(subject, text))

        self._ask(_("Que faut-il faire ?"), choices, go_on)

    def ask_appointment(self, subject: Subject) -> None:
        """Ask which coming passage, here first, then which hour that is free."""
        coming = coming_passages(self._stage.desk)
        coming.sort(key=lambda one: (one.place_id != subject.place_id, one.service_date))
        if _is_today_then_again(coming, subject.place_id, self._stage.desk.today()):
            # Who is here now is seldom told to come back today.
            coming[:2] = reversed(coming[:2])
        offered = coming[:PASSAGES_OFFERED]
        if not offered:
            self._stage.say(_("Aucun passage à venir dans les trois mois"), Role.WARN)
            return
        choices = [
            Choice(
                code=str(index),
                label=f"{format_day_short(one.service_date)}  {self._place(one.place_id)}",
                detail=_("ici") if one.place_id == subject.place_id else "",
            )
            for index, one in enumerate(offered)
        ]
        self._ask(
            _("Rendez-vous à quel passage ?"),
            choices,
            lambda choice: self._ask_slot(subject, offered[int(choice.code)]),
        )

    def ask_postponement(self, follow_up_id: FollowUpId) -> None:
        """Ask for another date."""

        def postpone(choice: Choice) -> None:
            due = self._stage.desk.today() + timedelta(days=int(choice.code))
            said = _("Reporté au {day}").format(day=format_day_short(due))
            self._do(lambda: take_step(self._stage.desk, follow_up_id, due=due), said)

        self._ask(_("Reporter à quand ?"), self._day_choices(), postpone)

    def write_step(self, follow_up_id: FollowUpId) -> None:
        """Write down what was done or learnt."""

        def keep(text: str) -> str:
            refusal = self._stage.scan(text)
            step = text.strip()
            if refusal or not step:
                return refusal
            # What cannot be kept stays in the field: it is nowhere else.
            return self._do(
                lambda: take_step(self._stage.desk, follow_up_id, step), _("Noté dans la suite")
            )

        self._stage.write_note("", keep)

    def finish(self, follow_up_id: FollowUpId) -> None:
        """Say that it is done, and whether it helped."""
        choices = [
            Choice(code=Usefulness.YES, label=_("fait, et utile")),
            Choice(code=Usefulness.UNKNOWN, label=_("fait, utile ou non : je ne sais pas")),
            Choice(code=Usefulness.NO, label=_("fait, mais inutile")),
            Choice(code=WRITTEN, label=_("abandonné")),
        ]

        def close(choice: Choice) -> None:
            is_done = choice.code != WRITTEN
            usefulness = Usefulness(choice.code) if is_done else Usefulness.UNKNOWN
            self._do(
                lambda: close_follow_up(
                    self._stage.desk, follow_up_id, is_done=is_done, usefulness=usefulness
                ),
                _("Suite close"),
            )

        self._ask(_("Comment cela finit-il ?"), choices, close)

    def ask_presence(self, appointment_id: AppointmentId) -> None:
        """Ask whether the person came."""
        choices = [Choice(code=one, label=label(one)) for one in _PRESENCES]

        def note(choice: Choice) -> None:
            presence = Presence(choice.code)
            said = _("Rendez-vous : {state}").format(state=label(presence))
            self._do(lambda: self._note_presence(appointment_id, presence), said)

        self._ask(_("La personne est-elle venue ?"), choices, note)

    def _note_presence(self, appointment_id: AppointmentId, presence: Presence) -> None:
        desk = self._stage.desk
        if presence in (Presence.EXCUSED, Presence.REVOKED):
            is_service = presence is Presence.REVOKED
            cancel_appointment(desk, appointment_id, by_the_service=is_service)
        else:
            note_presence(desk, appointment_id, presence)

    def _ask_slot(self, subject: Subject, passage: PlannedPassage) -> None:
        slots = free_slots(self._stage.desk, passage)
        if not slots:
            self._stage.say(_("Aucune heure libre à ce passage"), Role.WARN)
            return
        choices = [Choice(code=at.isoformat("minutes"), label=format_time(at)) for at in slots]
        self._ask(
            f"{format_day_short(passage.service_date)} · {self._place(passage.place_id)}",
            choices,
            lambda choice: self._ask_transport(subject, passage, time.fromisoformat(choice.code)),
        )

    def _ask_transport(self, subject: Subject, passage: PlannedPassage, starts: time) -> None:
        """Ask how the person comes: who cannot is counted, stop by stop."""
        choices = [
            Choice(code="", label=_("la personne vient par ses moyens")),
            Choice(code=WRITTEN, label=_("la personne a besoin d'un transport")),
        ]
        self._ask(
            _("Comment vient-elle ?"),
            choices,
            lambda choice: self._book(subject, passage, starts, needs_transport=bool(choice.code)),
        )

    def _book(
        self, subject: Subject, passage: PlannedPassage, starts: time, *, needs_transport: bool
    ) -> None:
        appointment = Appointment(
            passage_id=passage.passage_id,
            starts=starts,
            minutes=SLOT_MINUTES,
            procedure=subject.procedure,
            follow_up_id=subject.follow_up_id,
            needs_transport=needs_transport,
        )
        day, at = format_day_short(passage.service_date), format_time(starts)
        said = _("Rendez-vous le {day} à {at}").format(day=day, at=at)
        self._do(lambda: book_appointment(self._stage.desk, appointment), said)

    def _take_task(self, subject: Subject, text: str) -> str:
        refusal = self._stage.scan(text)
        if not refusal and text.strip():
            self._ask_due(subject, text.strip())
        return refusal

    def _ask_due(self, subject: Subject, task: str) -> None:
        choices = self._day_choices()
        if subject.place_id is not None:
            choices.insert(0, self._next_here(subject.place_id))

        def open_one(choice: Choice) -> None:
            due = None
            if choice.code != HERE:
                due = self._stage.desk.today() + timedelta(days=int(choice.code))
            self._open(subject, task, due)

        self._ask(_("Pour quand ?"), choices, open_one)

    def _open(self, subject: Subject, task: str, due: date | None) -> None:
        desk = self._stage.desk
        follow_up = FollowUp(
            opened_on=desk.today(),
            task=task,
            procedure=subject.procedure,
            operator=subject.operator,
            place_id=subject.place_id,
            due=due,
            visit_id=subject.visit_id,
            referral=subject.referral,
        )
        when = _("au prochain passage ici") if due is None else format_day_short(due)
        said = _("Suite : {task}, {when}").format(task=task, when=when)
        if self._do(lambda: open_follow_up(desk, follow_up), said):
            # Asked again: what was promised may have been written by hand, and is nowhere else.
            self._ask_due(subject, task)

    def _day_choices(self) -> list[Choice]:
        today = self._stage.desk.today()
        return [
            Choice(
                code=str(days),
                label=_("dans {n} jours").format(n=days),
                detail=format_day_short(today + timedelta(days=days)),
            )
            for days in DAYS_OFFERED
        ]

    def _next_here(self, place_id: PlaceId) -> Choice:
        """Offer the next passage at a place, with its day as the timetable has it."""
        desk = self._stage.desk
        days = [one.service_date for one in coming_passages(desk, place_id=place_id)]
        following = next((day for day in days if day > desk.today()), None)
        detail = _("sans passage prévu") if following is None else format_day_short(following)
        return Choice(code=HERE, label=_("au prochain passage ici"), detail=detail)

    def _name_subject(self, subject: Subject) -> str:
        if subject.procedure is None:
            return ""
        known = self._stage.desk.catalogue.procedures.get(subject.procedure)
        return subject.procedure if known is None else known.label

    def _place(self, place_id: PlaceId) -> str:
        tree = self._stage.desk.tree
        known = None if tree is None else tree.places.get(place_id)
        return place_id if known is None else known.name

    def _ask(self, title: str, choices: Sequence[Choice], then: Callable[[Choice], None]) -> None:
        self._stage.ask(Question(title=title, find=narrowing(choices), then=then, takes_text=False))

    def _do(self, act: Callable[[], object], said: str) -> str:
        """Record, then say what was done and how to take it back; or return why it was refused."""
        try:
            act()
        except FsmobileError as error:
            self._stage.refuse(error)
            return self._stage.message.text.strip()
        self._then()
        self._stage.say(f"{said} · u {_('annuler')}")
        return ""


def _is_today_then_again(
    coming: Sequence[PlannedPassage], place_id: PlaceId | None, today: date
) -> bool:
    """Tell whether the bus is here today, and then once more before it is elsewhere in the list."""
    days = [one.service_date for one in coming[:2] if one.place_id == place_id]
    return len(days) > 1 and days[0] == today < days[1]
