"""The review before publishing: what changes for whom, the verdict of the checks, then one key."""

from collections.abc import Callable, Sequence

from fsmobile.core.documents import Value
from fsmobile.core.schedules import ScheduleTree
from fsmobile.errors import FsmobileError, InvalidSchedule, Problem, Severity
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.formats.toml_editing import format_toml_value
from fsmobile.reference.holidays import load_school_calendar
from fsmobile.texts.problems import explain_problem
from fsmobile.texts.translation import _, n_
from fsmobile.tui.bindings import Where, find_command
from fsmobile.tui.lines import Line, Role, line, pad, rule, wrap_text
from fsmobile.tui.plan_changes import compare_plans
from fsmobile.tui.stage import Prompt, PromptReading, Stage
from fsmobile.tui.views.frame import Hint
from fsmobile.usecases.conflicts import ConflictView, PendingMerge, settle_side
from fsmobile.usecases.planning import Planning, end_edits
from fsmobile.usecases.schedule_publishing import publish_schedule

COMMUNE_WIDTH = 20


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
        order = list(Severity)
        self._problems: Sequence[Problem] = sorted(
            planning.check(), key=lambda one: order.index(one.severity)
        )
        old = read_schedule(dict(planning.published)).tree if planning.published else None
        self._changes = compare_plans(old, self._tree, stage.desk.today(), load_school_calendar())

    @property
    def _tree(self) -> ScheduleTree:
        return self._planning.tree

    @property
    def _errors(self) -> int:
        return sum(one.severity is Severity.ERROR for one in self._problems)

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
                self._ask_why()
            case "review.mine" | "review.theirs":
                self._settle(is_mine=found.id == "review.mine")
        return True

    def lines(self, width: int, height: int) -> list[Line]:
        """Draw the review."""
        rows = self._conflict_rows(width) or [
            *self._change_rows(width),
            *self._file_rows(width),
            *self._check_rows(width),
        ]
        first = min(self._scroll, max(0, len(rows) - height + 1))
        self._scroll = first
        return [rule(width, _("Relire avant de publier")), *rows[first : first + height - 1]]

    def hints(self) -> Sequence[Hint]:
        """Say how to publish and how to go back."""
        if self._conflicts:
            return (
                Hint(command_id="review.mine"),
                Hint(command_id="review.theirs"),
                Hint(command_id="review.close"),
            )
        return (
            *([Hint(command_id="review.publish")] if not self._errors else []),
            Hint(command_id="review.move"),
            Hint(command_id="review.close"),
        )

    def _change_rows(self, width: int) -> list[Line]:
        title = _("Ce qui change dans les six mois")
        rows = [line((" " + title, Role.TITLE))]
        if not self._changes:
            told = _("aucun passage ne change dans les six mois")
            return [*rows, line(("   " + told, Role.DIM))]
        for one in self._changes:
            delta = one.after - one.before
            count = n_("{n} passage", "{n} passages", one.after).format(n=one.after)
            role = Role.WARN if delta < 0 else Role.GOOD if delta > 0 else Role.PLAIN
            counted = f"{count} ({delta:+d})" if delta else count
            rows.append(
                line(
                    "   ", (pad(one.commune, COMMUNE_WIDTH), Role.HEAD), (pad(counted, 18), role),
                    one.sentences[0] if one.sentences else "",
                )
            )  # fmt: skip
            rows += [line(" " * (COMMUNE_WIDTH + 21) + text) for text in one.sentences[1:]]
        return rows

    def _file_rows(self, width: int) -> list[Line]:
        files = self._planning.unpublished
        count = n_("{n} fichier", "{n} fichiers", len(files)).format(n=len(files))
        rows = [line((" " + count, Role.TITLE))]
        here, there = self._planning.files, self._planning.published
        for name in files[:12]:
            state = _("nouveau") if name not in there else _("retiré") if name not in here else ""
            rows.append(line("   " + name, (f"  {state}" if state else "", Role.DIM)))
        return [*rows, *([line("   …")] if len(files) > 12 else [])]

    def _check_rows(self, width: int) -> list[Line]:
        if not self._errors:
            warnings = sum(one.severity is Severity.WARNING for one in self._problems)
            told = n_("{n} avertissement", "{n} avertissements", warnings).format(n=warnings)
            verdict = _("Contrôles : aucune erreur, {warnings}").format(warnings=told)
            rows = [line((" " + verdict, Role.GOOD))]
        else:
            told = n_("{n} erreur", "{n} erreurs", self._errors).format(n=self._errors)
            refused = _("Contrôles : {errors}, la publication est refusée").format(errors=told)
            rows = [line((" " + refused, Role.WARN))]
        for problem in self._problems:
            if problem.severity is not Severity.INFO:
                sign = "✗" if problem.severity is Severity.ERROR else "!"
                first, *more = wrap_text(explain_problem(problem), width - 6)
                rows.append(line((f"   {sign} ", Role.WARN), first))
                rows += [line("     " + part) for part in more]
        return rows

    def _ask_why(self) -> None:
        if self._errors:
            self._stage.say(_("Corrigez d'abord ce qui est marqué ✗"), Role.WARN)
            return

        def read(text: str) -> PromptReading:
            hint = _("gardé dans l'historique ; peut rester vide")
            return PromptReading(rows=(line((hint, Role.DIM)),), is_ready=True)

        self._stage.open_prompt(
            Prompt(title=_("Publier, pourquoi ?"), read=read, then=self._publish)
        )

    def _publish(self, why: str) -> None:
        try:
            published = publish_schedule(self._stage.desk, self._planning.path, why)
        except InvalidSchedule as error:
            self._problems = error.problems or self._problems
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
        said = _("Révision {n} prête : elle part à la prochaine synchronisation (6, s)")
        self._stage.say(said.format(n=published.revision))

    def _show_conflicts(self, pending: PendingMerge) -> None:
        self._conflicts = pending.open
        if self._conflicts:
            self._stage.say(
                _("Quelqu'un a publié entre-temps : choisissez, puis publiez de nouveau"), Role.WARN
            )
        else:
            self._problems = pending.refusals or self._problems
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

    def _conflict_rows(self, width: int) -> list[Line]:
        """Show the conflict to be settled, with both sides."""
        rows: list[Line] = []
        for number, view in enumerate(self._conflicts):
            one = view.conflict
            role = Role.HEAD if not number else Role.DIM
            rows.append(line((f" {one.file} {one.key}".rstrip(), role)))
            for name, value in (
                (_("avant"), one.base),
                (_("ici"), one.mine),
                (_("publié"), one.theirs),
            ):
                shown = _("rien") if value is None else _one_line(value)
                rows.append(line(("   " + pad(name, 10), Role.DIM), (shown, role)))
        return rows


def _one_line(value: Value) -> str:
    """Write a value of a conflict on its row."""
    return format_toml_value(value).splitlines()[0]
