"""Leave and training: between coordinators only, counted by the rules of crews, in no file."""

from datetime import date
from pathlib import Path

import pytest

from fsmobile.core.absences import Absence, AbsenceKind
from fsmobile.core.ids import AgentId
from fsmobile.errors import InvalidInput, NotAllowed, NotFound
from fsmobile.registry.assignments import assign
from fsmobile.texts.problems import explain_problem
from fsmobile.usecases.absences import (
    absences_of,
    list_absences,
    record_absence,
    withdraw_absence,
)
from fsmobile.usecases.planning import Planning
from tests.usecases.planning_samples import UNIT, a_planning, folder_bytes
from tests.worlds import FakeClock, Laptop, a_laptop, a_registry

NADIA, PAUL, INES = AgentId("agent-a"), AgentId("agent-b"), AgentId("agent-c")


def leave(who: AgentId, first: date, last: date | None = None) -> Absence:
    return Absence(who=who, first=first, last=last or first, kind=AbsenceKind.LEAVE)


@pytest.fixture
def office() -> tuple[Laptop, Laptop, Laptop]:
    """Two coordinators and a bus of one structure."""
    registry = a_registry(FakeClock())
    return (
        a_laptop(registry, unit=UNIT, role="coordinator"),
        a_laptop(registry, unit=UNIT, role="coordinator", name="paul", seed=3),
        a_laptop(registry, unit=UNIT, name="bus", seed=4),
    )


def test_an_absence_reaches_the_other_coordinator_and_no_bus(
    office: tuple[Laptop, Laptop, Laptop], tmp_path: Path
) -> None:
    here, there, bus = office
    tree = a_planning(tmp_path, here).tree
    noted = record_absence(here.desk, leave(NADIA, date(2026, 12, 21), date(2026, 12, 24)), tree)
    assert not noted.is_received
    for laptop in (here, there, bus):
        laptop.sync()
    (found,) = list_absences(there.desk)
    assert found.absence == noted.absence
    assert list_absences(here.desk)[0].is_received
    bodies = bus.replica.connection.execute(
        "SELECT count(*) FROM remote WHERE scope LIKE 'office:%'"
    )
    assert bodies.fetchone() == (0,)
    assert absences_of(bus.desk) == {}
    with pytest.raises(NotAllowed, match="coordinator_only"):
        list_absences(bus.desk)
    withdraw_absence(there.desk, found.absence_id[:13])
    there.sync()
    here.sync()
    assert list_absences(here.desk) == []


def test_the_registry_takes_an_absence_in_the_office_only(
    office: tuple[Laptop, Laptop, Laptop], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    here, there, _bus = office
    tree = a_planning(tmp_path, here).tree
    with monkeypatch.context() as patched:
        # A laptop gone wrong says it where every bus reads.
        patched.setattr("fsmobile.usecases.absences.office_scope", lambda a: f"agency:{a}")
        record_absence(here.desk, leave(NADIA, date(2026, 12, 21)), tree)
    here.sync()
    there.sync()
    refused = here.replica.connection.execute("SELECT code FROM outcome").fetchall()
    assert ("rejected",) in refused
    assert there.replica.connection.execute("SELECT count(*) FROM remote").fetchone() == (0,)


def test_a_coordinator_made_an_agent_sees_no_absence_any_more(
    office: tuple[Laptop, Laptop, Laptop], tmp_path: Path
) -> None:
    here, there, _bus = office
    tree = a_planning(tmp_path, here).tree
    record_absence(here.desk, leave(NADIA, date(2026, 12, 21)), tree)
    for laptop in (here, there):
        laptop.sync()
    assert len(list_absences(there.desk)) == 1
    assign(there.registry, "paul", role="agent")
    there.sync()
    held = there.replica.connection.execute(
        "SELECT count(*) FROM remote WHERE scope LIKE 'office:%' AND body IS NOT NULL"
    )
    assert held.fetchone() == (0,)


def test_what_cannot_be_is_refused(tmp_path: Path) -> None:
    planning = a_planning(tmp_path)
    for absence in (
        leave(AgentId("inconnu"), date(2026, 12, 21)),
        leave(NADIA, date(2026, 12, 24), date(2026, 12, 21)),
        leave(NADIA, date(2026, 1, 1), date(2027, 6, 1)),
    ):
        with pytest.raises(InvalidInput, match="absence_malformed"):
            record_absence(planning.desk, absence, planning.tree)
    with pytest.raises(NotFound):
        withdraw_absence(planning.desk, "0000")
    with pytest.raises(InvalidInput, match="no_timetable_yet"):
        record_absence(planning.desk, leave(NADIA, date(2026, 12, 21)))


def told(planning: Planning, code: str) -> list[str]:
    return [explain_problem(one) for one in planning.check() if one.code == code]


def test_the_rules_of_crews_count_with_who_is_away(tmp_path: Path) -> None:
    planning = a_planning(tmp_path)
    assert told(planning, "crew_below_label") == []
    before = folder_bytes(tmp_path)
    line = record_absence(planning.desk, leave(NADIA, date(2026, 12, 2)), planning.tree)
    (found,) = told(planning, "crew_below_label")
    assert "Agents à bord : 1" in found
    assert "formation le mercredi 2 décembre 2026 : agent-a." in found.replace("\u00a0", " ")
    assert told(planning, "no_driver") == []
    record_absence(planning.desk, leave(PAUL, date(2026, 12, 2)), planning.tree)
    assert len(told(planning, "no_driver")) == 1
    assert [one for step in planning.check_in_steps() for one in step] == list(planning.check())
    withdraw_absence(planning.desk, line.absence_id)
    assert told(planning, "no_driver") == []
    assert folder_bytes(tmp_path) == before


def test_a_day_without_a_passage_asks_for_nobody(tmp_path: Path) -> None:
    planning = a_planning(tmp_path)
    sunday = date(2026, 12, 6)
    record_absence(planning.desk, leave(NADIA, sunday), planning.tree)
    # Paul alone can drive with Inès, who is not in this crew: her leave changes nothing.
    record_absence(planning.desk, leave(INES, date(2026, 12, 2)), planning.tree)
    assert told(planning, "crew_below_label") == []
