"""Who works: asked before the first act that carries a name, changed by one key."""

from collections.abc import Callable

from fsmobile.core.ids import AgentId
from fsmobile.texts.translation import _
from fsmobile.tui.bindings import SIGNED, find_command
from fsmobile.tui.lines import Role
from fsmobile.tui.picker import Choice, narrowing
from fsmobile.tui.stage import Page, Question, Stage
from fsmobile.usecases.agents import choose_agent, list_agents, next_agent
from fsmobile.usecases.desk import NOBODY
from fsmobile.usecases.visits import agent_name


class WhoWorks:
    """The agent in whose name acts are recorded; `flush` writes what the one before counted."""

    def __init__(self, stage: Stage, flush: Callable[[], None]) -> None:
        self._stage = stage
        self._flush = flush

    def is_missing(self, page: Page, key: str) -> bool:
        """Tell whether a key would record something in nobody's name while names are known."""
        found = find_command(page.where, key)
        is_act = found is not None and found.id in SIGNED
        desk = self._stage.desk
        return is_act and desk.agent_id == NOBODY and bool(list_agents(desk))

    def ask(self, key: str) -> None:
        """Ask who works, then go on with the key."""
        desk = self._stage.desk
        choices = [Choice(code=one, label=agent_name(desk, one)) for one in list_agents(desk)]

        def go_on(choice: Choice) -> None:
            self.choose(AgentId(choice.code))
            self._stage.press(key)

        self._stage.ask(Question(title=_("Qui travaille ?"), find=narrowing(choices), then=go_on))

    def change(self) -> None:
        """Give the laptop to the next agent."""
        desk = self._stage.desk
        if not list_agents(desk):
            self._stage.say(_("Aucun agent n'est encore connu sur ce poste"), Role.WARN)
            return
        self._flush()
        self._say(next_agent(desk))

    def choose(self, agent_id: AgentId) -> None:
        """Give the laptop to an agent."""
        self._flush()
        choose_agent(self._stage.desk, agent_id)
        self._say(agent_id)

    def _say(self, agent_id: AgentId) -> None:
        name = agent_name(self._stage.desk, agent_id)
        self._stage.say(_("Au travail : {agent}").format(agent=name))
