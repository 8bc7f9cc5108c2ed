"""The label sheet: criterion by criterion, against what the data say."""

from datetime import date

import pytest
from msgspec.structs import replace
from two_years import live_two_years
from worlds import FakeClock, Laptop, a_registry

from fsmobile.core.ids import OperatorId
from fsmobile.core.label_sheet import (
    FOUNDING_OPERATORS,
    Criterion,
    LabelFacts,
    Standing,
    assess,
    partner_of,
)
from fsmobile.core.periods import read_period
from fsmobile.usecases.exported_files import Form
from fsmobile.usecases.label_sheet import (
    export_label_sheet,
    label_tables,
    make_label_sheet,
)
from fsmobile.usecases.report_exports import list_exports
from fsmobile.usecases.reports import make_report

ALL_MET = LabelFacts(
    planned=10,
    week_minutes=(1440, 1500),
    week_days=(5, 5),
    done_week_minutes=1440,
    done_passages=10,
    visits=9,
    video_visits=1,
    agents=2,
    agents_trained=2,
    is_encrypted=True,
    operators=FOUNDING_OPERATORS,
    places=3,
    places_accessible=3,
    revision=1,
)
BY_HAND = {Criterion.PRIVACY, Criterion.CONTACTS, Criterion.SATISFACTION}


def test_what_no_data_can_prove_is_never_told_as_met() -> None:
    standings = assess(ALL_MET)
    assert {one for one, found in standings.items() if found is Standing.NOT_HELD} == BY_HAND
    assert Standing.GAP not in standings.values()


@pytest.mark.parametrize(
    ("criterion", "changes", "standing"),
    [
        (Criterion.AGENTS, {"planned_short": 1}, Standing.GAP),
        (Criterion.AGENTS, {"planned_short": 2, "crew_untold": 2}, Standing.NOT_HELD),
        (Criterion.HOURS, {"week_minutes": (1439, 1440)}, Standing.GAP),
        (Criterion.HOURS, {"done_week_minutes": 1200}, Standing.GAP),
        (Criterion.HOURS, {"week_minutes": ()}, Standing.NOT_HELD),
        (Criterion.DAYS, {"week_days": (5, 4)}, Standing.GAP),
        (Criterion.TRAINING, {"agents_trained": 1}, Standing.NOT_HELD),
        (Criterion.TRAINING, {"agents_trained": 1, "agents_lapsed": 1}, Standing.GAP),
        (Criterion.PRIVACY, {"is_encrypted": False}, Standing.GAP),
        (Criterion.VIDEO, {"video_visits": 0}, Standing.NOT_HELD),
        (Criterion.OPERATORS, {"operators": frozenset()}, Standing.GAP),
        (Criterion.ACCESS, {"places_accessible": 2}, Standing.NOT_HELD),
        (Criterion.ACCESS, {"places_inaccessible": 1}, Standing.GAP),
        (Criterion.TIMETABLE, {"revision": 0}, Standing.GAP),
        (Criterion.ACTIVITY, {"untold_passages": 1}, Standing.GAP),
        (Criterion.ACTIVITY, {"done_passages": 0}, Standing.NOT_HELD),
    ],
)
def test_a_criterion_follows_its_evidence(criterion, changes, standing) -> None:
    assert assess(replace(ALL_MET, **changes))[criterion] is standing


def test_an_agency_under_its_own_name_is_its_ministry_s() -> None:
    assert partner_of(OperatorId("france-titres")) in FOUNDING_OPERATORS
    assert partner_of(OperatorId("urssaf")) not in FOUNDING_OPERATORS


@pytest.fixture(scope="module")
def bus() -> Laptop:
    clock = FakeClock()
    return live_two_years(a_registry(clock), clock, days=364)


def test_the_sheet_of_the_charente_says_what_the_timetable_says(bus: Laptop) -> None:
    sheet = make_label_sheet(bus.desk, read_period("2026"))
    facts, report = sheet.facts, make_report(bus.desk, sheet.period)
    # 25 h 30 and 20 h 30 in turns, and holidays take some.
    assert sheet.standings[Criterion.HOURS] is Standing.GAP
    assert 20.5 * 60 < facts.mean_week_minutes < 23 * 60
    assert set(facts.week_minutes) <= set(range(25 * 60 + 31))
    assert max(facts.week_minutes) == 25 * 60 + 30
    assert facts.visits == report.visits.total.visits
    assert facts.done_passages == report.passages.done
    assert (facts.agents, facts.agents_trained, facts.places) == (2, 0, 12)


def test_a_training_written_in_the_settings_is_evidence(bus: Laptop) -> None:
    bus.desk.trainings = {"agent-a": date(2030, 1, 1), "agent-b": date(2030, 1, 1)}
    sheet = make_label_sheet(bus.desk, read_period("2026"))
    assert sheet.standings[Criterion.TRAINING] is Standing.MET
    bus.desk.trainings = {"agent-a": date(2030, 1, 1), "agent-b": date(2020, 1, 1)}
    sheet = make_label_sheet(bus.desk, read_period("2026"))
    assert sheet.standings[Criterion.TRAINING] is Standing.GAP


def test_the_plan_has_a_step_for_all_that_is_not_met(bus: Laptop) -> None:
    sheet = make_label_sheet(bus.desk, read_period("2026"))
    criteria, steps = label_tables(bus.desk, sheet)
    assert len(criteria.rows) == len(Criterion)
    open_ones = [one for one in sheet.standings.values() if one is not Standing.MET]
    assert len(steps.rows) == len(open_ones) + 4
    assert [row[0] for row in steps.rows] == list(range(1, len(steps.rows) + 1))
    page = export_label_sheet(bus.desk, sheet, Form.HTML).decode()
    assert "Du constat au label" in page
    assert [one.detail for one in list_exports(bus.desk)] == ["label html 2026-01-01..2026-12-31"]
