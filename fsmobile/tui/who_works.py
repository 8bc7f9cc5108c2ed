"""Who works: asked before the first act that carries a name, changed by one key."""

from collections.abc import Callable

from fsmobile.core.ids import AgentId
from fsmobile.errors import FsmobileError
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import SIGNED, find_command
from fsmobile.tui.lines import Role, line
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.stage import Page, Prompt, PromptReading, Question, Stage
from fsmobile.usecases.agents import choose_agent, list_agents, name_agent, next_agent
from fsmobile.usecases.desk import NOBODY
from fsmobile.usecases.visits import agent_name, known_name

WRITE = "write"
"""In the list of agents, the line that is none."""
NAME_MAX = 40


class WhoWorks:
    """The agent in whose name acts are recorded; `flush` writes what the one before counted."""

    def __init__(self, stage: Stage, flush: Callable[[], None]) -> None:
        self._stage = stage
        self._flush = flush
        self._asked: set[AgentId] = set()
        """Whose name was asked for in this run."""

    def is_missing(self, page: Page, key: str) -> bool:
        """Tell whether a key would record something in nobody's name while names are known."""
        found = find_command(page.where, key)
        is_act = found is not None and found.id in SIGNED
        desk = self._stage.desk
        return is_act and desk.agent_id == NOBODY and bool(list_agents(desk))

    def ask(self, key: str) -> None:
        """Ask who works, then go on with the key."""
        choices = self._choices()
        if any(choice.detail for choice in choices):
            choices.append(Choice(code=WRITE, label=_("écrire un nom, gardé sur ce poste")))

        def go_on(choice: Choice) -> None:
            if choice.code == WRITE:
                self._ask_whose_name(lambda: self._stage.press(key))
                return
            self.choose(AgentId(choice.code))
            self._stage.press(key)

        self._stage.ask(Question(title=_("Qui travaille ?"), find=narrowing(choices), then=go_on))

    def _choices(self) -> list[Choice]:
        desk = self._stage.desk
        return [
            Choice(
                code=one,
                label=agent_name(desk, one),
                detail="" if known_name(desk, one) else _("sans nom ici"),
            )
            for one in list_agents(desk)
        ]

    def _ask_whose_name(self, then: Callable[[], None]) -> None:
        choices = [choice for choice in self._choices() if choice.detail]

        def go_on(choice: Choice) -> None:
            self.choose(AgentId(choice.code))
            self._ask_name(then)

        self._stage.ask(Question(title=_("Qui êtes-vous ?"), find=narrowing(choices), then=go_on))

    def _ask_name(self, then: Callable[[], None] = lambda: None) -> None:
        """Ask the name of the agent who works, where this laptop knows none."""
        desk = self._stage.desk

        def take(name: str) -> None:
            try:
                name_agent(desk, desk.agent_id, name)
            except FsmobileError as error:
                self._stage.refuse(error)
                return
            self._say(desk.agent_id)
            then()

        self._stage.open_prompt(
            Prompt(
                title=_("Votre nom, tel que ces écrans le montrent"),
                read=_read_name,
                then=take,
                help=_("par exemple : Nadia B. · il ne quitte pas ce poste"),
            )
        )

    def change(self) -> None:
        """Give the laptop to the next agent; ask once the name of one who has none here."""
        desk = self._stage.desk
        if not list_agents(desk):
            self._stage.say(
                _("Aucun agent n'est connu ici : le planning les donne (6 Synchro le reçoit)"),
                Role.WARN,
            )
            return
        self._flush()
        agent_id = next_agent(desk)
        self._say(agent_id)
        if not known_name(desk, agent_id) and agent_id not in self._asked:
            self._asked.add(agent_id)
            self._ask_name()

    def choose(self, agent_id: AgentId) -> None:
        """Give the laptop to an agent."""
        self._flush()
        choose_agent(self._stage.desk, agent_id)
        self._say(agent_id)

    def _say(self, agent_id: AgentId) -> None:
        name = agent_name(self._stage.desk, agent_id)
        self._stage.say(_("Au travail : {agent}").format(agent=name))


def _read_name(text: str) -> PromptReading:
    name = text.strip()
    if len(name) > NAME_MAX:
        return PromptReading(rows=(line((_("trop long"), Role.WARN)),))
    return PromptReading(is_ready=bool(name))
