"""What a crew proposes in the bus is decided by the coordinator in the planning."""

from pathlib import Path

from fsmobile.core.ids import AgentId, PassageId
from fsmobile.core.logbook import EntryKind, IncidentCause, LogEntry
from fsmobile.core.overrides import OverrideReason
from fsmobile.usecases.logbook import list_closed, list_proposals, write_entry
from tests.tui.day_samples import press, shown
from tests.tui.planning_samples import a_planning_shell, page_of, settle


def _proposed(tmp_path: Path):
    shell = a_planning_shell(tmp_path / "creuse")
    page = page_of(shell)
    desk = shell.desk
    passage = page.planned_day().lines[0].passage
    desk.agent_id = AgentId("agent-b")
    entry = LogEntry(
        kind=EntryKind.INCIDENT,
        cause=IncidentCause.BREAKDOWN,
        text="freins",
        cancels=PassageId(passage.passage_id),
    )
    write_entry(desk, entry)
    desk.agent_id = AgentId("agent-a")
    page.show()
    settle(shell)
    return shell, page, passage


def test_a_proposal_stands_above_the_checks_and_is_taken_into_the_plan(tmp_path: Path) -> None:
    shell, page, passage = _proposed(tmp_path)
    assert "Paul T. propose d'annuler" in shown(shell, 120, 40)
    press(shell, "s 1")
    assert "annuler ce passage" in shown(shell)
    press(shell, "1")
    planned = [one.passage for one in page.planned_day().lines]
    cancelled = next(one for one in planned if one.passage_id == passage.passage_id)
    assert cancelled.is_cancelled
    assert cancelled.reason == OverrideReason.BREAKDOWN
    assert list_proposals(shell.desk) == []
    (closed,) = list_closed(shell.desk)
    assert closed.state.ending == "retenu : annulé au planning"
    settle(shell)
    assert "propose d'annuler" not in shown(shell, 120, 40)


def test_a_proposal_of_an_agent_without_a_name_here_shows_no_identifier(tmp_path: Path) -> None:
    shell, page, _passage = _proposed(tmp_path)
    shell.desk.names = {}
    page.show()
    text = shown(shell, 120, 40)
    assert "Proposé : annuler La Souterraine" in text
    assert "agent-b propose" not in text


def test_a_proposal_that_is_refused_leaves_the_plan_as_it_was(tmp_path: Path) -> None:
    shell, page, _passage = _proposed(tmp_path)
    before = page.planning.files
    press(shell, "s 1 2")
    assert page.planning.files == before
    assert list_proposals(shell.desk) == []
    assert "pas retenu" in shown(shell)


def test_looking_first_settles_nothing(tmp_path: Path) -> None:
    shell, page, passage = _proposed(tmp_path)
    press(shell, "pagedown s 1 3")
    assert len(list_proposals(shell.desk)) == 1
    assert page.planned_day().day == passage.service_date
