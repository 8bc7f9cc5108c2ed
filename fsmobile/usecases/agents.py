"""Who is working: chosen at start, changed by one key, shown always; their names stay here."""

from fsmobile.config import with_name
from fsmobile.core.ids import AgentId
from fsmobile.errors import NotAllowed
from fsmobile.store import identity
from fsmobile.store.files import write_durably
from fsmobile.usecases.desk import NOBODY, Desk

SETTINGS = "config.toml"


def list_agents(desk: Desk) -> list[AgentId]:
    """Return the agents of the timetable, or those with a name here, and who opens this laptop."""
    known: list[str] = [] if desk.tree is None else sorted(desk.tree.agents)
    others = (one for one in desk.openers if one != NOBODY)
    return [AgentId(agent) for agent in dict.fromkeys([*(known or sorted(desk.names)), *others])]


def expect_opener(desk: Desk) -> None:
    """Take the only person who opens this laptop for who works, until somebody says who does."""
    if desk.agent_id == NOBODY and len(desk.openers) == 1:
        desk.agent_id = desk.openers[0]


def choose_agent(desk: Desk, agent_id: AgentId) -> None:
    """Say who is working; what is recorded from now on carries that id."""
    identity.save_agent(desk.replica, agent_id)
    desk.agent_id = agent_id


def next_agent(desk: Desk) -> AgentId:
    """Pass the keyboard to the next agent of the list."""
    agents = list_agents(desk)
    if agents:
        here = agents.index(desk.agent_id) if desk.agent_id in agents else -1
        choose_agent(desk, agents[(here + 1) % len(agents)])
    return desk.agent_id


def name_agent(desk: Desk, agent_id: AgentId, name: str) -> None:
    """Write the name that the screens of this laptop show; it never leaves its settings.

    Raises:
        NotAllowed: the settings do not let a name be added.
        StoreFull: the disk does not take it.
    """
    path = desk.replica.folder() / SETTINGS
    text = path.read_text(encoding="utf-8") if path.exists() else ""
    longer = with_name(text, agent_id, name)
    if longer is None:
        raise NotAllowed("name_not_written", path=str(path), agent=agent_id)
    write_durably(path, longer.encode(), mode=0o600)
    desk.names = {**desk.names, agent_id: name}
