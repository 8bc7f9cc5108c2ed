"""The check of the morning and that of the evening: looked at again at each frame."""

from collections.abc import Callable, Sequence

from fsmobile.core.passages import PassageStatus
from fsmobile.errors import Severity
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.sync.estimate import estimate_sync
from fsmobile.texts.findings import describe_finding
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.day_context import DayContext
from fsmobile.tui.lines import Line
from fsmobile.tui.stage import Stage
from fsmobile.tui.views.check import CheckRow, CheckView, StopRow, check_lines
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.views.tour import PassageRow, passage_state
from fsmobile.usecases.day_checks import DayCheck, check_day_end, check_departure
from fsmobile.usecases.doctor import Finding

Ask = Callable[[Stage], tuple[str, DayCheck]]


class CheckPage:
    """One question about the day, answered in one word."""

    where = Where.CHECK

    def __init__(self, stage: Stage, context: DayContext, ask: Ask) -> None:
        self._stage = stage
        self._context = context
        self._ask = ask

    def press(self, key: str) -> bool:
        """Send, or go back to the tour."""
        found = find_command(Where.CHECK, key)
        if found is None or found.where is not Where.CHECK:
            return False
        if found.id == "check.sync":
            self._stage.sync_now()
        else:
            self._stage.close_page()
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the answer of this moment."""
        question, check = self._ask(self._stage)
        self._context.sheet = check.sheet
        rows = sorted(map(_row, check.findings), key=lambda row: not row.is_against)
        view = CheckView(
            day=check.sheet.day,
            question=question,
            answer=_("oui") if check.is_yes else _("non"),
            is_yes=check.is_yes,
            stops=tuple(map(_stop, self._context.passage_rows())),
            rows=tuple(rows),
        )
        return check_lines(view, width, height)

    def hints(self) -> Sequence[Hint]:
        """Say how to send and how to go back."""
        return (
            Hint(command_id="check.sync"),
            Hint(command_id="check.close"),
            Hint(command_id="app.help"),
        )


def ask_departure(stage: Stage) -> tuple[str, DayCheck]:
    """May we leave?"""
    check = check_departure(stage.desk)
    estimate = estimate_sync(stage.desk.replica, load_wire_dictionary())
    params = {"ops": estimate.ops, "requests": estimate.requests, "bytes": estimate.bytes}
    size = Finding(code="next_sync", params=params)
    findings = (*check.findings, size) if estimate.ops else check.findings
    return _("Peut-on partir ?"), DayCheck(findings=findings, sheet=check.sheet)


def ask_day_end(stage: Stage) -> tuple[str, DayCheck]:
    """May I close the laptop?"""
    return _("Puis-je fermer le portable ?"), check_day_end(stage.desk)


def _row(finding: Finding) -> CheckRow:
    return CheckRow(
        text=describe_finding(finding.code, finding.params),
        is_against=finding.severity in (Severity.WARNING, Severity.ERROR),
    )


def _stop(passage: PassageRow) -> StopRow:
    said, _role = passage_state(passage)
    is_done = passage.is_over or passage.status is PassageStatus.CANCELLED
    return StopRow(hours=passage.hours, place=passage.place, said=said.strip(), is_done=is_done)
