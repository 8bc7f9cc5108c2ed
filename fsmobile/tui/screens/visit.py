"""A recorded visit, opened: what it says, its history, and how to put it right."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

from fsmobile.core.ids import VisitId
from fsmobile.core.visits import VisitCorrected, VisitRecorded, VisitVoided
from fsmobile.errors import FsmobileError
from fsmobile.texts.dates import format_day_short, format_minutes, format_time
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _, mark
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.day_context import DayContext
from fsmobile.tui.lines import Line, Role, cells, line, pad, rule, wrap_text
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.stage import EntrySetting, Question, Stage
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.visit_changes import describe_changes
from fsmobile.tui.visit_entry_state import Entry, reopen
from fsmobile.usecases.drafts import new_draft_id
from fsmobile.usecases.passages import DayLine, load_day
from fsmobile.usecases.visits import (
    agent_name,
    load_visit,
    reassign_visit,
    unvoid_visit,
    visit_history,
    void_visit,
)

VOID_REASONS = (
    ("doublon", mark("saisie deux fois")),
    ("erreur", mark("erreur de saisie")),
    ("essai", mark("essai, exercice")),
    ("demande", mark("demande de la personne")),
    ("autre", mark("autre raison")),
)
"""Codes and their words: a reason is chosen, never typed."""
DAYS_BACK = 14
"""How long ago a visit may have been put down at the wrong stop."""
FACT_WIDTH = 11
"""Width of the names at the left of the facts."""


class VisitPage:
    """One visit, over the tour."""

    where = Where.VISIT

    def __init__(
        self,
        stage: Stage,
        context: DayContext,
        visit_id: VisitId,
        changed: Callable[[], None],
        is_discreet: Callable[[], bool],
    ) -> None:
        self._stage = stage
        self._context = context
        self._visit_id = visit_id
        self._changed = changed
        self._is_discreet = is_discreet
        self._state = load_visit(stage.desk, visit_id)

    def press(self, key: str) -> bool:
        """Take a key."""
        found = find_command(Where.VISIT, key)
        if found is None or found.where is not Where.VISIT:
            return key in ("up", "down", "left", "right")
        try:
            self._run(found.id)
        except FsmobileError as error:
            self._stage.refuse(error)
        return True

    def _run(self, id: str) -> None:
        match id:
            case "visit.close":
                self._stage.close_page()
            case "visit.correct" | "visit.reassign" if self._state.is_void:
                self._stage.say(_("Visite annulée : x la rétablit d'abord"), Role.WARN)
            case "visit.correct":
                self._correct()
            case "visit.void":
                self._void()
            case "visit.reassign":
                self._ask_passage()

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the visit, then every fact known of it."""
        self._state = load_visit(self._stage.desk, self._visit_id)
        visit = self._state.visit
        title = f"{format_day_short(visit.service_date)} {format_time(visit.starts)}"
        rows = [rule(width, f"{_('Visite')} · {title} · {self._place()}")]
        if self._state.is_void:
            reason = _void_reason(self._state.void_reason)
            rows.append(line(("   " + _("Annulée : {reason}").format(reason=reason), Role.WARN)))
        if self._state.needs_review:
            text = _("Deux postes l'ont corrigée en même temps : vérifiez-la")
            rows.append(line(("   ! " + text, Role.WARN)))
        rows += self._enquiry_lines()
        rows += [_pair(name, value) for name, value in self._facts()]
        history = [rule(width, _("Historique")), *self._history_lines(width)]
        # The note is read here and nowhere else: it goes before the end of the history.
        rows += self._note_lines(width, height - len(rows) - min(2, len(history)))
        return [*rows, *history][:height]

    def hints(self) -> Sequence[Hint]:
        """Say what can be done to the visit."""
        self._state = load_visit(self._stage.desk, self._visit_id)
        is_void = self._state.is_void
        hints = [Hint(command_id="visit.void", is_other=is_void)]
        if not is_void:
            hints = [Hint(command_id="visit.correct"), *hints, Hint(command_id="visit.reassign")]
        rest = ("visit.close", "app.undo", "app.help")
        return [*hints, *(Hint(command_id=one) for one in rest)]

    def _place(self) -> str:
        return self._context.place_name(self._state.visit.passage_id)

    def _enquiry_lines(self) -> list[Line]:
        rows = []
        for enquiry in self._state.visit.enquiries:
            operator = "" if enquiry.operator is None else enquiry.operator
            name = self._context.procedure_name(enquiry.procedure)
            rows.append(
                line(
                    ("   " + name, Role.HEAD),
                    f" · {label(enquiry.outcome)} · {label(enquiry.help)}",
                    (f" · {self._context.operator_name(operator)}" if operator else "", Role.DIM),
                )
            )
            if enquiry.referred_to is not None:
                way = enquiry.referral_channel
                to = self._context.operator_name(enquiry.referred_to)
                told = (to, None if way is None else label(way), enquiry.reference)
                rows.append(line("     → " + " · ".join(filter(None, told))))
            if enquiry.obstacle is not None:
                rows.append(line(("     ! " + label(enquiry.obstacle), Role.WARN)))
        return rows

    def _facts(self) -> list[tuple[str, str]]:
        visit = self._state.visit
        unsaid = _("non communiqué")
        residence = visit.residence
        return [
            (_("Durée"), format_minutes(visit.minutes)),
            (_("Personnes"), str(visit.people)),
            (_("Venue"), label(visit.channel)),
            (_("Contact"), label(visit.first_contact)),
            (_("Âge"), label(visit.age_band)),
            (_("Habite"), unsaid if residence is None else self._context.commune_name(residence)),
            (_("Mandat"), label(visit.mandate)),
            (_("Lieu"), label(visit.whereabouts)),
        ]

    def _note_lines(self, width: int, height: int) -> list[Line]:
        note = self._state.visit.note or "—"
        if self._state.visit.note and self._is_discreet():
            note = _("(cachée ; * la montre)")
        texts = wrap_text(note, width - FACT_WIDTH - 4)
        shown = texts[: max(1, height)]
        if len(shown) < len(texts):
            shown[-1] = shown[-1] + " …"
        names = [_("Note"), *[""] * len(shown)]
        return [_pair(name, text) for name, text in zip(names, shown, strict=False)]

    def _history_lines(self, width: int) -> list[Line]:
        rows = []
        desk = self._stage.desk
        for one in visit_history(desk, self._visit_id):
            at = desk.at(one.recorded_at)
            received = ("✓", Role.GOOD) if one.is_received else (_("à env."), Role.DIM)
            who = agent_name(desk, one.agent_id)
            when = f"   {format_day_short(at.date())} {format_time(at.time())}  "
            room = width - cells(when) - 12 - 1 - 2 - cells(received[0]) - 1
            first, *others = wrap_text(self._describe(one.record), room)
            rows.append(line(when, (pad(who, 12), Role.DIM), f" {first}  ", received))
            rows += [line(" " * (cells(when) + 13) + text) for text in others]
        return rows

    def _describe(self, record: object) -> str:
        return describe_fact(record, self._context, is_discreet=self._is_discreet())

    def _correct(self) -> None:
        visit = self._state.visit
        entry = Entry(
            draft_id=new_draft_id(self._stage.desk),
            service_date=visit.service_date,
            starts=visit.starts,
            passage_id=visit.passage_id,
            insee_code=visit.insee_code,
        )
        book = self._context.book_at(visit.passage_id, visit.insee_code)
        names = self._context.names_at(visit.passage_id)
        setting = EntrySetting(book=book, names=names, is_done=self._changed)
        self._stage.open_entry(reopen(entry, visit, self._visit_id, book), setting)

    def _void(self) -> None:
        desk = self._stage.desk
        if self._state.is_void:
            unvoid_visit(desk, self._visit_id)
            self._changed()
            self._stage.say(_("Visite rétablie"))
            return
        reasons = [Choice(code=code, label=_(name)) for code, name in VOID_REASONS]

        def void(choice: Choice) -> None:
            try:
                void_visit(desk, self._visit_id, choice.code)
            except FsmobileError as error:
                self._stage.refuse(error)
                return
            self._changed()
            self._stage.say(_("Visite annulée : {reason}").format(reason=choice.label)
                            + f" · u {_('annuler')}")  # fmt: skip

        title = _("Annuler cette visite, pourquoi ?")
        self._stage.ask(
            Question(title=title, find=lambda _query: reasons, then=void, takes_text=False)
        )

    def _ask_passage(self) -> None:
        found = self._passages_near(self._state.visit.service_date)
        choices = [
            Choice(code=str(at), label=one.name, detail=format_day_short(day))
            for at, (day, one) in enumerate(found)
        ]
        if not choices:
            self._stage.say(_("Aucun autre passage depuis quinze jours"), Role.WARN)
            return

        def move(choice: Choice) -> None:
            day, target = found[int(choice.code)]
            try:
                reassign_visit(
                    self._stage.desk, self._visit_id, target.passage_id, day, target.insee_code
                )
            except FsmobileError as error:
                self._stage.refuse(error)
                return
            self._changed()
            where = choice.label
            if day != self._context.sheet.day:
                where = f"{where}, {choice.detail}"
            self._stage.say(_("Visite donnée à {place}").format(place=where)
                            + f" · u {_('annuler')}")  # fmt: skip

        self._stage.ask(Question(title=_("Transférer à"), find=narrowing(choices), then=move))

    def _passages_near(self, day: date) -> list[tuple[date, DayLine]]:
        """Return the passages that the visit may be of: those of its day, then the nearest."""
        desk, here = self._stage.desk, self._state.visit.passage_id
        days = {day, *(desk.today() - timedelta(days=back) for back in range(DAYS_BACK + 1))}
        return [
            (one, line)
            for one in sorted(days, key=lambda other: (abs(other - day), other))
            for line in load_day(desk, one).lines
            if line.passage_id != here and not line.is_cancelled
        ]


def describe_fact(record: object, context: DayContext, *, is_discreet: bool) -> str:
    """Say what a fact of a visit did."""
    match record:
        case VisitRecorded():
            return _("enregistrée")
        case VisitVoided(reason=reason):
            return _("annulée : {reason}").format(reason=_void_reason(reason))
        case VisitCorrected(changes=changes):
            if "void" in changes:
                return _("rétablie")
            told = describe_changes(changes, context, is_discreet=is_discreet)
            return _("corrigée : {fields}").format(fields=", ".join(told))
        case None:
            return _("effacée")
        case _:
            return _("écrite par une version plus récente")


def _void_reason(code: str) -> str:
    return _(dict(VOID_REASONS).get(code, code))


def _pair(name: str, value: str) -> Line:
    return line(("   " + pad(name, FACT_WIDTH), Role.DIM), value)
