"""Who works before anybody has said so."""

import pytest

from fsmobile.core.ids import AgentId
from fsmobile.store.identity import load_agent
from fsmobile.usecases.agents import choose_agent, expect_opener, list_agents
from fsmobile.usecases.desk import NOBODY, Desk
from tests.tui.day_samples import a_day

NADIA, PAUL = AgentId("nadia"), AgentId("paul")


def a_desk(*openers: AgentId) -> Desk:
    desk = a_day().desk
    desk.agent_id, desk.openers = NOBODY, openers
    return desk


def test_the_only_person_who_opens_a_laptop_works_until_somebody_says_who_does() -> None:
    desk = a_desk(NADIA)
    before = load_agent(desk.replica)
    expect_opener(desk)
    assert desk.agent_id == NADIA
    assert load_agent(desk.replica) == before
    choose_agent(desk, PAUL)
    expect_opener(desk)
    assert desk.agent_id == PAUL


@pytest.mark.parametrize("openers", [(), (NADIA, PAUL), (NADIA, NOBODY), (NOBODY,)])
def test_nobody_is_taken_for_who_works_where_several_or_unnamed_people_open_the_laptop(
    openers: tuple[AgentId, ...],
) -> None:
    desk = a_desk(*openers)
    expect_opener(desk)
    assert desk.agent_id == NOBODY


def test_who_opens_a_laptop_can_be_chosen_whatever_the_timetable_says() -> None:
    desk = a_desk(NADIA, NOBODY, AgentId("agent-a"))
    assert list_agents(desk) == ["agent-a", "agent-b", "nadia"]
    desk.tree, desk.names = None, {}
    assert list_agents(desk) == ["nadia", "agent-a"]
