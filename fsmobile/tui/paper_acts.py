"""A day kept on paper, typed in: which stop of which day, then one line for each visit."""

from collections.abc import Callable
from datetime import timedelta

from fsmobile.core.visits import Visit
from fsmobile.errors import FsmobileError
from fsmobile.texts.dates import format_day_short, format_minutes, format_time
from fsmobile.texts.labels import label
from fsmobile.texts.sentences import explain_error
from fsmobile.texts.translation import _, n_
from fsmobile.tui.day_context import DayContext, split_name
from fsmobile.tui.lines import Line, Role, line
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.stage import Prompt, PromptReading, Question, Stage
from fsmobile.usecases.paper_entry import PaperSetting, read_paper_line
from fsmobile.usecases.passages import load_day
from fsmobile.usecases.visits import record_visit

DAYS_BACK = 14


class PaperActs:
    """Records the sheet of a day line by line; `then` shows the page again."""

    def __init__(self, stage: Stage, context: DayContext, then: Callable[[], None]) -> None:
        self._stage = stage
        self._context = context
        self._then = then
        self._count = 0

    def ask(self) -> None:
        """Ask which passage the sheet is of, today's first, then the days before."""
        settings = self._find_settings()
        if not settings:
            self._stage.say(_("Aucun passage depuis quinze jours"), Role.WARN)
            return
        choices = [
            Choice(code=str(index), label=name) for index, (name, _one) in enumerate(settings)
        ]
        self._count = 0
        self._stage.ask(
            Question(
                title=_("Feuille de quel passage ?"),
                find=narrowing(choices),
                then=lambda choice: self._ask_line(*settings[int(choice.code)]),
            )
        )

    def _find_settings(self) -> list[tuple[str, PaperSetting]]:
        desk = self._stage.desk
        found = []
        for back in range(DAYS_BACK + 1):
            day = desk.today() - timedelta(days=back)
            for one in load_day(desk, day).lines:
                name = f"{format_day_short(day)} · {split_name(one.name)[0]}"
                setting = PaperSetting(
                    day=day, passage_id=one.passage_id, insee_code=one.insee_code
                )
                found.append((name, setting))
        return found

    def _ask_line(self, name: str, setting: PaperSetting) -> None:
        self._stage.open_prompt(
            Prompt(
                title=_("D'après papier · {where}").format(where=name),
                read=lambda text: self._read(setting, text),
                then=lambda text: self._record(name, setting, text),
                help=_("9h35 17r 23p 2 20 : heure, n° et issue, personnes, minutes, f ou d, a1…a7"),
            )
        )

    def _read(self, setting: PaperSetting, text: str) -> PromptReading:
        if not text.strip():
            return PromptReading(rows=(line((self._counted(), Role.DIM)),))
        try:
            visit = read_paper_line(self._stage.desk, setting, text)
        except FsmobileError as error:
            return PromptReading(rows=(line((explain_error(error).what, Role.WARN)),))
        return PromptReading(rows=tuple(self._describe(visit)), is_ready=True)

    def _describe(self, visit: Visit) -> list[Line]:
        people = _("{n} pers.").format(n=visit.people)
        first = f"{format_time(visit.starts)} · {people} · {format_minutes(visit.minutes)}"
        told = [
            f"{self._context.procedure_name(one.procedure)} · {label(one.outcome)}"
            for one in visit.enquiries
        ]
        return [line((first, Role.HEAD)), *(line("  " + text) for text in told)]

    def _record(self, name: str, setting: PaperSetting, text: str) -> None:
        desk = self._stage.desk
        try:
            record_visit(desk, read_paper_line(desk, setting, text))
        except FsmobileError as error:
            self._stage.refuse(error)
            return
        self._count += 1
        self._then()
        self._ask_line(name, setting)
        self._stage.say(self._counted())

    def _counted(self) -> str:
        told = n_(
            "{n} visite saisie d'après cette feuille",
            "{n} visites saisies d'après cette feuille",
            self._count,
        )
        return told.format(n=self._count)
