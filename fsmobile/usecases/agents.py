"""Who is working: chosen at start, changed by one key, shown always."""

from fsmobile.core.ids import AgentId
from fsmobile.store import identity
from fsmobile.usecases.desk import Desk


def list_agents(desk: Desk) -> list[AgentId]:
    """Return the agents of the timetable, or those with a name on this laptop."""
    known: list[str] = [] if desk.tree is None else sorted(desk.tree.agents)
    return [AgentId(agent) for agent in known or sorted(desk.names)]


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
