"""Leave and training of agents in the editor: listed, noted, withdrawn; coordinators only."""

from collections.abc import Callable
from datetime import date
from functools import partial

from fsmobile.core.absences import Absence, AbsenceKind
from fsmobile.core.ids import AgentId
from fsmobile.errors import FsmobileError
from fsmobile.texts.dates import format_day_short
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.plan_questions import PlanQuestions
from fsmobile.tui.planning_day_acts import read_days, show_days
from fsmobile.tui.stage import Prompt, Question
from fsmobile.usecases.absences import (
    AbsenceLine,
    list_absences,
    record_absence,
    withdraw_absence,
)
from fsmobile.usecases.visits import agent_name


class PlanningAbsences:
    """The absences that the checks of crews count with."""

    def __init__(self, ask: PlanQuestions) -> None:
        self._ask = ask

    def choose(self, day: date) -> None:
        """List the absences to come, each agent of the plan for one more."""
        desk, tree = self._ask.bench.planning.desk, self._ask.bench.planning.tree
        known = [
            Choice(code=f"known:{one.absence_id}", label=self._describe(one))
            for one in list_absences(desk, desk.today())
        ]
        agents = [
            Choice(
                code=f"agent:{agent}",
                label=_("{agent} : une absence…").format(agent=agent_name(desk, agent)),
            )
            for agent in tree.agents
        ]

        def go_on(choice: Choice) -> None:
            kind, _colon, code = choice.code.partition(":")
            if kind == "agent":
                self._ask_days(AgentId(code), day)
            else:
                self._offer_to_withdraw(code, choice.label)

        title = _("Absences : connues de la coordination seule, jamais publiées")
        self._ask.stage.ask(Question(title=title, find=narrowing([*agents, *known]), then=go_on))

    def _ask_days(self, who: AgentId, day: date) -> None:
        def then(text: str) -> None:
            days = read_days(text, day)
            if days is None:
                return
            kinds = {kind.value: label(kind) for kind in AbsenceKind}
            self._ask.choose(
                _("Congé ou formation ?"),
                kinds,
                lambda code: self._record(
                    Absence(who=who, first=days.first, last=days.last, kind=AbsenceKind(code))
                ),
            )

        self._ask.stage.open_prompt(
            Prompt(
                title=_("Absent du… au…"),
                text=f"du {day.day}/{day.month} au ",
                keeps_text=True,
                read=lambda typed: show_days(typed, day),
                then=then,
            )
        )

    def _record(self, absence: Absence) -> None:
        planning = self._ask.bench.planning
        self._try(
            _("Absence notée : elle part aux autres postes de coordination"),
            partial(record_absence, planning.desk, absence, planning.tree),
        )

    def _offer_to_withdraw(self, absence_id: str, told: str) -> None:
        desk = self._ask.bench.planning.desk
        self._ask.choose(
            told,
            {"withdraw": _("la retirer")},
            lambda _code: self._try(
                _("Absence retirée"), partial(withdraw_absence, desk, absence_id)
            ),
        )

    def _try(self, said: str, act: Callable[[], AbsenceLine]) -> None:
        """Do an act, check the crews again and say it; or say why it is refused."""
        try:
            act()
        except FsmobileError as error:
            self._ask.stage.refuse(error)
            return
        self._ask.bench.show()
        self._ask.stage.say(said)

    def _describe(self, line: AbsenceLine) -> str:
        one = line.absence
        desk = self._ask.bench.planning.desk
        days = f"{format_day_short(one.first)} – {format_day_short(one.last)}"
        told = [agent_name(desk, one.who), days, label(one.kind)]
        return " · ".join([*told, *([] if line.is_received else [_("à envoyer")])])
