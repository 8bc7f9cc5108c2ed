"""What crews propose to cancel, beside the checks of a plan: taken into the plan, or refused."""

from collections.abc import Callable
from datetime import date, timedelta
from functools import partial

from fsmobile.core.agenda import expand_agenda
from fsmobile.core.ids import parse_passage_id
from fsmobile.core.overrides import OverrideReason
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reach import Reach
from fsmobile.core.schedules import ScheduleTree
from fsmobile.errors import FsmobileError, Severity
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.texts.dates import format_day_short
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _, n_
from fsmobile.tui.lines import Role
from fsmobile.tui.picker import Choice
from fsmobile.tui.plan_notices import PlanNotices, matching
from fsmobile.tui.plan_questions import PlanQuestions
from fsmobile.tui.planning_acts import PlanningActs
from fsmobile.tui.stage import Question
from fsmobile.tui.views.planning import NoticeRow
from fsmobile.usecases.logbook import LogLine, close_entry, list_proposals
from fsmobile.usecases.visits import known_name

AROUND = timedelta(days=62)
"""How far from its date a passage may have been moved."""
_PROPOSAL = "proposal:"
_MEND = "mend"
CANCEL, REFUSE, LOOK = "cancel", "refuse", "look"


class PlanIncidents:
    """Proposals of the crews; the coordinator decides each of them."""

    def __init__(self, ask: PlanQuestions, acts: PlanningActs) -> None:
        self._ask = ask
        self._acts = acts
        self._tree: ScheduleTree | None = None
        self._found: dict[str, PlannedPassage | None] = {}
        """What `_tree` plans of the passages that are proposed: looked for once."""

    def rows(self, day: date) -> tuple[NoticeRow, ...]:
        """Say each proposal, above the checks."""
        return tuple(
            NoticeRow(
                severity=Severity.WARNING,
                text=self._tell(one),
                is_here=self._day(one) == day,
            )
            for one in list_proposals(self._ask.bench.planning.desk)
        )

    def list_all(self, notices: PlanNotices, go_to: Callable[[date], None]) -> None:
        """List proposals and checks; the chosen one shows its day, a proposal asks what to do."""
        proposals = list_proposals(self._ask.bench.planning.desk)
        choices = [
            Choice(code=f"{_PROPOSAL}{rank}", label=f"! {self._tell(one)}")
            for rank, one in enumerate(proposals)
        ]
        fixed = notices.fixes(self._ask.bench.planning)
        if fixed.fixes:
            choices.insert(0, Choice(code=_MEND, label=_mending(len(fixed.fixes))))
        choices += notices.choices()
        if not choices:
            self._ask.stage.say(_("Rien à signaler"), Role.GOOD)
            return

        def go_on(choice: Choice) -> None:
            if choice.code == _MEND:
                self._ask.write(_("fautes réparées"), lambda: {**fixed.texts})
                return
            if choice.code.startswith(_PROPOSAL):
                self._decide(proposals[int(choice.code.removeprefix(_PROPOSAL))], go_to)
                return
            day = notices.day_of(choice)
            if day is not None:
                go_to(day)
            self._ask.stage.say(choice.label, Role.PLAIN)

        find = partial(matching, choices)
        self._ask.stage.ask(Question(title=_("Contrôles"), find=find, then=go_on))

    def _decide(self, proposal: LogLine, go_to: Callable[[date], None]) -> None:
        go_to(self._day(proposal))
        passage = self._find(proposal)
        choices = {REFUSE: _("non : le passage est maintenu"), LOOK: _("voir le jour d'abord")}
        if passage is not None and not passage.is_cancelled:
            choices = {CANCEL: _("annuler ce passage"), **choices}
        else:
            choices[REFUSE] = _("clore : ce passage ne se fait déjà pas")

        def go_on(code: str) -> None:
            if code == CANCEL and passage is not None:
                self._cancel(proposal, passage)
            elif code == REFUSE:
                self._close(proposal, _("pas retenu"))

        self._ask.choose(self._tell(proposal), choices, go_on)

    def _cancel(self, proposal: LogLine, passage: PlannedPassage) -> None:
        """Write the exception; the proposal is settled only once it stands in the files."""
        cause = proposal.state.entry.cause
        code = "" if cause is None else cause.value
        known = {one.value for one in OverrideReason}
        reason = OverrideReason(code) if code in known else OverrideReason.OTHER
        before = len(self._ask.bench.planning.done)
        self._acts.cancel_once(passage, Reach.ONCE, reason)
        if len(self._ask.bench.planning.done) > before:
            self._close(proposal, _("retenu : annulé au planning"))

    def _close(self, proposal: LogLine, ending: str) -> None:
        try:
            close_entry(self._ask.bench.planning.desk, proposal.state.entry_id, ending)
        except FsmobileError as error:
            self._ask.stage.refuse(error)
            return
        self._ask.bench.show()
        self._ask.stage.say(_("Proposition réglée : {how}").format(how=ending))

    def _find(self, proposal: LogLine) -> PlannedPassage | None:
        tree, wanted = self._ask.bench.planning.tree, str(proposal.state.entry.cancels)
        if tree is not self._tree:
            self._tree, self._found = tree, {}
        if wanted not in self._found:
            day = self._original(proposal)
            agenda = expand_agenda(tree, day - AROUND, day + AROUND, bundled=load_school_calendar())
            passages = (one for one in agenda.passages if one.passage_id == wanted)
            self._found[wanted] = next(passages, None)
        return self._found[wanted]

    def _day(self, proposal: LogLine) -> date:
        found = self._find(proposal)
        return self._original(proposal) if found is None else found.service_date

    def _original(self, proposal: LogLine) -> date:
        return parse_passage_id(str(proposal.state.entry.cancels)).service_date

    def _tell(self, proposal: LogLine) -> str:
        entry = proposal.state.entry
        passage = self._find(proposal)
        where = str(parse_passage_id(str(entry.cancels)).stop_id)
        if passage is not None:
            where = self._ask.place(passage)
        cause = "" if entry.cause is None else label(entry.cause)
        why = " · ".join(filter(None, (cause, entry.text)))
        who = known_name(self._ask.bench.planning.desk, proposal.state.agent_id)
        told = (
            _("{who} propose d'annuler {place}, {day} : {why}")
            if who
            else _("Proposé : annuler {place}, {day} : {why}")
        )
        day = format_day_short(self._day(proposal))
        return told.format(who=who, place=where, day=day, why=why)


def _mending(count: int) -> str:
    return n_(
        "✎ réparer {n} faute qui n'a qu'un remède",
        "✎ réparer {n} fautes qui n'ont qu'un remède",
        count,
    ).format(n=count)
