"""The check of the morning and that of the evening: looked at again at each frame."""

from collections.abc import Callable, Sequence

from msgspec.structs import replace

from fsmobile.errors import FsmobileError, Severity
from fsmobile.reference.wire_dictionary import load_wire_dictionary
from fsmobile.sync.estimate import estimate_sync
from fsmobile.texts.dates import format_day_short, format_time
from fsmobile.texts.findings import describe_finding
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.day_context import DayContext
from fsmobile.tui.keys import SCROLL_STEPS
from fsmobile.tui.lines import Line, Role
from fsmobile.tui.stage import Stage
from fsmobile.tui.views.check import CheckRow, CheckView, StopRow, check_lines
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.views.tour import PassageRow, passage_state
from fsmobile.usecases.day_checks import DayCheck, check_day_end, check_departure
from fsmobile.usecases.day_news import DayNews, acknowledge, load_day_news
from fsmobile.usecases.doctor import Finding
from fsmobile.usecases.logbook import LogLine
from fsmobile.usecases.passage_times import list_left_open
from fsmobile.usecases.sync_status import has_changed
from fsmobile.usecases.visits import agent_name

Ask = Callable[[Stage, DayNews], tuple[str, DayCheck]]


class CheckPage:
    """One question about the day, answered in one word."""

    where = Where.CHECK

    def __init__(self, stage: Stage, context: DayContext, ask: Ask) -> None:
        self._stage = stage
        self._context = context
        self._ask = ask
        self._news = load_day_news(stage.desk)
        self._version = has_changed(stage.desk, 0)[1]
        self._top = 0
        self._is_longer = False
        """There is more to read than the window shows."""

    def press(self, key: str) -> bool:
        """Send, say to have read, tell a closing, or go back to the tour."""
        found = find_command(Where.CHECK, key)
        if found is None or found.where is not Where.CHECK:
            return False
        match found.id:
            case "check.sync":
                self._stage.sync_now()
            case "check.read":
                self._read()
            case "check.closing":
                self._stage.ask_closing()
            case "check.move":
                self._top = max(0, self._top + SCROLL_STEPS[key])
            case _:
                self._stage.close_page()
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the answer of this moment."""
        self._follow()
        question, check = self._ask(self._stage, self._news)
        self._context.sheet = check.sheet
        rows = sorted(map(_row, check.findings), key=lambda row: not row.is_against)
        view = CheckView(
            day=check.sheet.day,
            question=question,
            answer=_("oui") if check.is_yes else _("non"),
            is_yes=check.is_yes,
            stops=tuple(map(_stop, self._context.passage_rows())),
            rows=tuple(rows),
            news=tuple(self._tell(check.news)),
        )
        title, *drawn = check_lines(view, width, height)
        last = max(0, len(drawn) - height + 1)
        self._is_longer = last > 0
        self._top = min(self._top, last)
        return [title, *drawn[self._top : self._top + height - 1]]

    def hints(self) -> Sequence[Hint]:
        """Say what can be done about the answer, and how to go back."""
        hints = [Hint(command_id="check.sync"), Hint(command_id="check.close")]
        if self._ask is ask_departure and not self._news.is_empty:
            hints.insert(0, Hint(command_id="check.read"))
        if list_left_open(self._stage.desk):
            hints.insert(0, Hint(command_id="check.closing"))
        if self._is_longer:
            hints.append(Hint(command_id="check.move"))
        return [*hints, Hint(command_id="app.help")]

    def _follow(self) -> None:
        """Look for news again once another program, or an exchange, wrote to the store."""
        changed, self._version = has_changed(self._stage.desk, self._version)
        if changed:
            self._news = load_day_news(self._stage.desk)

    def _read(self) -> None:
        if self._news.is_empty:
            self._stage.say(_("Rien de nouveau à lire"), Role.PLAIN)
            return
        try:
            acknowledge(self._stage.desk, self._news)
        except FsmobileError as error:
            self._stage.refuse(error)
        else:
            self._stage.say(_("Lu : la coordination le saura au prochain envoi"))
        self._news = load_day_news(self._stage.desk)

    def _tell(self, news: DayNews) -> list[str]:
        told = [self._message(line) for line in news.messages]
        if news.timetable is not None:
            told += [_("Planning · {change}").format(change=one) for one in news.timetable.changes]
        return told

    def _message(self, line: LogLine) -> str:
        at = f"{format_day_short(line.written_at.date())} {format_time(line.written_at.time())}"
        who = agent_name(self._stage.desk, line.state.agent_id)
        return _("Message de {who}, {at} : {text}").format(
            who=who, at=at, text=line.state.entry.text
        )


def ask_departure(stage: Stage, news: DayNews) -> tuple[str, DayCheck]:
    """May we leave?"""
    check = check_departure(stage.desk, news=news)
    estimate = estimate_sync(stage.desk.replica, load_wire_dictionary())
    params = {"ops": estimate.ops, "requests": estimate.requests, "bytes": estimate.bytes}
    size = Finding(code="next_sync", params=params)
    findings = (*check.findings, size) if estimate.ops else check.findings
    return _("Peut-on partir ?"), replace(check, findings=findings)


def ask_day_end(stage: Stage, _news: DayNews) -> tuple[str, DayCheck]:
    """May I close the laptop?"""
    estimate = estimate_sync(stage.desk.replica, load_wire_dictionary())
    check = check_day_end(stage.desk, next_bytes=estimate.bytes)
    return _("Puis-je fermer le portable ?"), check


def _row(finding: Finding) -> CheckRow:
    return CheckRow(
        text=describe_finding(finding.code, finding.params),
        is_against=finding.severity in (Severity.WARNING, Severity.ERROR),
        is_plain=finding.severity is Severity.INFO,
    )


def _stop(passage: PassageRow) -> StopRow:
    said, _role = passage_state(passage)
    return StopRow(
        hours=passage.hours,
        place=passage.place,
        said=said.strip(),
        is_done=passage.is_over,
        is_off=passage.is_off,
    )
