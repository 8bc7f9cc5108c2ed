"""The review before publishing: what changes for whom, the verdict of the checks, then one key."""

from collections.abc import Callable, Mapping, Sequence

from msgspec.structs import replace

from fsmobile.errors import FsmobileError, InvalidSchedule, Problem, Severity
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.lines import Line, Role, line, rule
from fsmobile.tui.stage import Prompt, PromptReading, Stage
from fsmobile.tui.views.frame import Hint
from fsmobile.tui.views.review import ReviewView, conflict_lines, review_lines
from fsmobile.usecases.conflicts import ConflictView, PendingMerge, settle_side
from fsmobile.usecases.plan_review import review_plan
from fsmobile.usecases.planning import Planning, end_edits
from fsmobile.usecases.schedule_publishing import publish_schedule


class ReviewPage:
    """What is to be published."""

    where = Where.REVIEW

    def __init__(
        self, stage: Stage, planning: Planning, close: Callable[[], None], done: Callable[[], None]
    ) -> None:
        self._stage = stage
        self._planning = planning
        self._close = close
        self._done = done
        self._scroll = 0
        self._conflicts: tuple[ConflictView, ...] = ()
        here, there = planning.files, planning.published
        self._view = ReviewView(
            today=stage.desk.today(),
            tree=planning.tree,
            review=review_plan(stage.desk, there, here),
            files=[(name, _state(name, here, there)) for name in planning.unpublished],
            problems=_by_gravity(planning.check()),
        )

    def press(self, key: str) -> bool:
        """Take a key of the review."""
        found = find_command(Where.REVIEW, key)
        if found is None or found.where is not Where.REVIEW:
            return False
        match found.id:
            case "review.close":
                self._close()
            case "review.move":
                step = {"up": -1, "k": -1, "down": 1, "j": 1}.get(key, 10)
                self._scroll = max(0, self._scroll + (-10 if key == "pageup" else step))
            case "review.publish":
                self._publish("")
            case "review.why":
                self._ask_why()
            case "review.mine" | "review.theirs":
                self._settle(is_mine=found.id == "review.mine")
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the review."""
        rows = conflict_lines(self._conflicts) or review_lines(self._view, width)
        first = min(self._scroll, max(0, len(rows) - height + 1))
        self._scroll = first
        return [rule(width, _("Relire avant de publier")), *rows[first : first + height - 1]]

    def hints(self) -> Sequence[Hint]:
        """Say how to publish and how to go back."""
        if self._conflicts:
            return [Hint(command_id=f"review.{one}") for one in ("mine", "theirs", "close")]
        acts = () if self._view.errors else ("publish", "why")
        return [Hint(command_id=f"review.{one}") for one in (*acts, "move", "close")]

    def _ask_why(self) -> None:
        def read(text: str) -> PromptReading:
            hint = _("gardé dans l'historique ; peut rester vide")
            return PromptReading(rows=(line((hint, Role.DIM)),), is_ready=True)

        self._stage.open_prompt(
            Prompt(title=_("Publier, pourquoi ?"), read=read, then=self._publish)
        )

    def _publish(self, why: str) -> None:
        if self._view.errors:
            self._stage.say(_("Corrigez d'abord ce qui est marqué ✗"), Role.WARN)
            return
        try:
            published = publish_schedule(self._stage.desk, self._planning.path, why)
        except InvalidSchedule as error:
            self._show_problems(error.problems)
            self._stage.refuse(error)
            return
        except FsmobileError as error:
            self._stage.refuse(error)
            return
        if isinstance(published, PendingMerge):
            self._show_conflicts(published)
            return
        end_edits(self._planning)
        self._done()
        said = _("Révision {n} prête : 6 puis s l'envoie · F4 les communes à prévenir")
        self._stage.say(said.format(n=published.revision))

    def _show_conflicts(self, pending: PendingMerge) -> None:
        self._conflicts = pending.open
        if self._conflicts:
            self._stage.say(
                _("Quelqu'un a publié entre-temps : choisissez, puis publiez de nouveau"), Role.WARN
            )
        else:
            self._show_problems(pending.refusals)
            self._stage.say(_("Réuni avec le planning publié, l'ensemble a des fautes"), Role.WARN)

    def _settle(self, *, is_mine: bool) -> None:
        if not self._conflicts:
            return
        one = self._conflicts[0]
        try:
            self._show_conflicts(settle_side(self._stage.desk, one, is_mine=is_mine))
        except FsmobileError as error:
            self._stage.refuse(error)
            return
        if not self._conflicts:
            self._stage.say(_("Tout est réglé : ⏎ publie"), Role.GOOD)

    def _show_problems(self, problems: Sequence[Problem]) -> None:
        if problems:
            self._view = replace(self._view, problems=_by_gravity(problems))


def _state(name: str, here: Mapping[str, str], there: Mapping[str, str]) -> str:
    """Say whether a file is new or gone."""
    return _("nouveau") if name not in there else _("retiré") if name not in here else ""


def _by_gravity(problems: Sequence[Problem]) -> list[Problem]:
    order = list(Severity)
    return sorted(problems, key=lambda one: order.index(one.severity))
