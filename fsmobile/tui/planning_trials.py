"""Trials in the editor: make one, edit it, compare it, keep it, hand it over, delete it."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from fsmobile.errors import FsmobileError
from fsmobile.texts.dates import format_date
from fsmobile.texts.translation import _
from fsmobile.texts.trial_words import figure_rows, summarise, village_rows
from fsmobile.tui.lines import Role, line
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.plan_questions import PlanQuestions
from fsmobile.tui.stage import Page, Prompt, PromptReading, Question
from fsmobile.tui.study_page import StudyPage
from fsmobile.tui.views.trial import TrialView, trial_lines
from fsmobile.usecases.planning import Planning
from fsmobile.usecases.planning_places import free_slug
from fsmobile.usecases.trials import (
    Trial,
    compare_trial,
    delete_trial,
    hand_over_trial,
    keep_trial,
    list_trials,
    load_trial,
    new_trial,
    open_trial,
    receive_trial,
)


class PlanningTrials:
    """The trials of a working folder; the one being edited takes the place of the plan."""

    def __init__(
        self,
        ask: PlanQuestions,
        put_above: Callable[[Page], None],
        show: Callable[[Planning], None],
    ) -> None:
        self._ask = ask
        self._put_above = put_above
        self._show = show
        self._plan = ask.bench.planning
        """The working folder, whatever is being edited."""

    def trial_of(self, planning: Planning) -> Trial | None:
        """Return the trial that is edited; None when it is the plan."""
        return None if planning is self._plan else load_trial(planning.path)

    def choose(self) -> None:
        """List the trials, and what makes a new one."""
        here = self.trial_of(self._ask.bench.planning)
        mine = [] if here is None else _own_choices(here.name)
        trials = list_trials(self._plan.path)
        choices = [
            *mine,
            *(
                Choice(code=f"trial:{one.name}", label=one.name, detail=_detail(one))
                for one in trials
            ),
            Choice(code="new", label=_("un essai nouveau, du planning tel qu'il est…")),
            Choice(code="receive", label=_("prendre l'essai qu'un collègue a confié…")),
        ]

        def go_on(choice: Choice) -> None:
            kind, _colon, name = choice.code.partition(":")
            match kind:
                case "compare":
                    self._try(partial(self._compare, name))
                case "keep":
                    self._try(partial(self._keep, name))
                case "trial":
                    self._choose_act(name)
                case "new":
                    self._ask_name(self._make)
                case "receive":
                    self._ask_file(_("Fichier reçu"), "", self._receive)
                case _:
                    self._show(self._plan)
                    self._ask.stage.say(_("Retour au planning"))

        self._ask.stage.ask(Question(title=_("Essais"), find=narrowing(choices), then=go_on))

    def _choose_act(self, name: str) -> None:
        acts: dict[str, tuple[str, Callable[[], None]]] = {
            "compare": (_("le comparer au planning publié"), partial(self._compare, name)),
            "open": (_("le modifier"), partial(self._open, name)),
            "keep": (_("le garder : le reprendre dans le planning"), partial(self._keep, name)),
            "hand": (_("le confier : un fichier pour un collègue"), partial(self._hand, name)),
            "delete": (_("le supprimer"), partial(self._delete, name)),
        }
        choices = {code: words for code, (words, _act) in acts.items()}
        self._ask.choose(
            _("Essai « {name} »").format(name=name), choices, lambda code: self._try(acts[code][1])
        )

    def _try(self, act: Callable[[], None]) -> None:
        """Do an act, or say why it is refused."""
        try:
            act()
        except FsmobileError as error:
            self._ask.stage.refuse(error)

    def _make(self, text: str) -> None:
        taken = {one.name for one in list_trials(self._plan.path)}
        name = free_slug(text, taken)
        new_trial(self._plan, name, text.strip() if text.strip() != name else "")
        self._open(name)

    def _open(self, name: str) -> None:
        self._show(open_trial(self._plan, name))
        told = _("Essai « {name} » : rien de ce qui suit ne touche le planning")
        self._ask.stage.say(told.format(name=name))

    def _compare(self, name: str) -> None:
        found = compare_trial(self._plan, name)
        view = TrialView(
            name=name,
            against=_("publié") if found.is_published else _("dossier"),
            rows=tuple(figure_rows(found.published, found.tried, self._plan.desk.names)),
            summary=summarise(found.published, found.tried, found.villages),
            villages=tuple(village_rows(found.tree, one) for one in found.villages),
        )
        page = StudyPage(
            lambda width, _height: trial_lines(view, width), self._ask.stage.close_page
        )
        self._put_above(page)

    def _keep(self, name: str) -> None:
        keep_trial(self._plan, name)
        self._show(self._plan)
        self._ask.stage.say(_("Essai repris dans le planning, non publié · u défaire"))

    def _hand(self, name: str) -> None:
        where = self._plan.path.resolve().parent / f"essai-{name}.json"

        def write(text: str) -> None:
            file = Path(text).expanduser()
            file.write_bytes(hand_over_trial(self._plan, name))
            self._ask.stage.say(_("Écrit : {file}").format(file=file))

        self._ask_file(_("Fichier à confier"), str(where), write)

    def _receive(self, text: str) -> None:
        trial = receive_trial(self._plan, Path(text).expanduser().read_bytes())
        self._open(trial.name)

    def _delete(self, name: str) -> None:
        here = self.trial_of(self._ask.bench.planning)
        if here is not None and here.name == name:
            self._show(self._plan)
        delete_trial(self._plan.path, name)
        self._ask.stage.say(_("Essai supprimé : {name}").format(name=name))

    def _ask_name(self, then: Callable[[str], None]) -> None:
        taken = {one.name for one in list_trials(self._plan.path)}

        def read(text: str) -> PromptReading:
            name = free_slug(text, taken) if text.strip() else ""
            return PromptReading(rows=(line((name, Role.DIM)),), is_ready=bool(name))

        self._ask.stage.open_prompt(
            Prompt(
                title=_("Que veut-on essayer ?"),
                help=_("par exemple : sans le mercredi"),
                read=read,
                then=lambda text: self._try(partial(then, text)),
            )
        )

    def _ask_file(self, title: str, text: str, then: Callable[[str], None]) -> None:
        def read(typed: str) -> PromptReading:
            return PromptReading(rows=(line((typed, Role.DIM)),), is_ready=bool(typed.strip()))

        def go_on(typed: str) -> None:
            try:
                then(typed)
            except FsmobileError as error:
                self._ask.stage.refuse(error)
            except OSError as error:
                self._ask.stage.say(f"{typed} : {error.strerror}", Role.WARN)

        self._ask.stage.open_prompt(
            Prompt(title=title, text=text, keeps_text=True, read=read, then=go_on)
        )


def _own_choices(name: str) -> list[Choice]:
    """Return what is done most with the trial that is edited, as the foot of the screen says."""
    return [
        Choice(code=f"compare:{name}", label=_("comparer cet essai au planning publié")),
        Choice(code=f"keep:{name}", label=_("garder cet essai : le reprendre dans le planning")),
        Choice(code="", label=_("revenir au planning")),
    ]


def _detail(one: Trial) -> str:
    told = [format_date(one.head.made_on), one.head.note]
    return " · ".join(part for part in told if part)
