"""The history of a timetable: who, when, why, what, over whose edit; and the way back."""

from pathlib import Path

import pytest
from msgspec.structs import replace

from fsmobile.errors import InvalidInput, InvalidSchedule, NotAllowed, NotFound
from fsmobile.store.schedule_trees import find_outcome, load_revisions
from fsmobile.usecases.desk import NOBODY
from fsmobile.usecases.schedule_history import (
    diff_files,
    list_revisions,
    load_last_sides,
    load_revision,
    load_sides,
    revert_schedule,
)
from fsmobile.usecases.schedule_publishing import record_publication
from tests.usecases.coordinators import NORTH, Office, an_office

OVERRIDE = "surcharges/2026/2026-12-03-nord-souterraine.toml"
CANCELLED = 'format = "surcharge/1"\naction = "annule"\nmotif = "panne"\navis = "Pas de passage."\n'


@pytest.fixture
def office(tmp_path: Path) -> Office:
    """Three revisions: the first one, a new exception, then its removal with a change."""
    office = an_office(tmp_path)
    office.clock.ms += 3_600_000
    office.nadia.write(OVERRIDE, CANCELLED)
    office.nadia.publish("panne")
    office.nadia.write(OVERRIDE, None)
    office.nadia.edit('nom      = "Tournée Nord"', 'nom      = "Tournée du Nord"')
    office.nadia.publish("réparé")
    office.paul.laptop.sync()
    return office


def test_the_log_tells_author_time_reason_and_files_the_newest_first(office: Office) -> None:
    desk = office.paul.laptop.desk
    third, second, first = list_revisions(desk)
    assert (third.revision, third.author, third.why) == (3, "agent-nadia", "réparé")
    assert {(one.change, one.path) for one in third.changes} == {
        ("removed", OVERRIDE),
        ("modified", NORTH),
    }
    assert [(one.change, one.path) for one in second.changes] == [("added", OVERRIDE)]
    assert second.at == desk.at(office.clock.ms)
    assert (second.at - first.at).total_seconds() == 3600
    assert {one.change for one in first.changes} == {"added"}


def test_the_log_of_one_file_tells_only_what_touched_it(office: Office) -> None:
    desk = office.paul.laptop.desk
    assert [line.revision for line in list_revisions(desk, OVERRIDE)] == [3, 2]
    assert list_revisions(desk, "absent.toml") == []


def test_a_revision_is_shown_as_it_was(office: Office) -> None:
    line, files = load_revision(office.paul.laptop.desk, 2)
    assert line.why == "panne"
    assert files[OVERRIDE] == CANCELLED
    assert 'nom      = "Tournée Nord"' in files[NORTH]
    with pytest.raises(NotFound):
        load_revision(office.paul.laptop.desk, 4)


def test_a_difference_names_its_files_and_its_lines(office: Office) -> None:
    desk = office.paul.laptop.desk
    last = {one.path: one for one in diff_files(*load_last_sides(desk))}
    assert last[OVERRIDE].change == "removed"
    assert '-nom      = "Tournée Nord"' in last[NORTH].lines
    assert '+nom      = "Tournée du Nord"' in last[NORTH].lines
    (only,) = diff_files(*load_sides(desk, 1, 3))
    assert only.path == NORTH
    assert diff_files(*load_sides(desk, 1, None)) == [only]
    assert diff_files(*load_sides(desk, 1, office.paul.folder)) == []
    assert {one.path for one in diff_files(*load_sides(desk, None, office.paul.folder))} == {NORTH}


def test_going_back_is_a_new_revision_that_every_laptop_receives(office: Office) -> None:
    desk = office.paul.laptop.desk
    publication = revert_schedule(desk, 2, "retour")
    assert publication.changed == 0
    office.paul.laptop.sync()
    outcome = find_outcome(office.paul.laptop.replica, publication.op_id)
    assert outcome == ("published", {"rev": 4})
    office.nadia.laptop.sync()
    assert load_revision(office.nadia.laptop.desk, 4)[1] == load_revision(desk, 2)[1]
    assert [line.revision for line in list_revisions(office.nadia.laptop.desk)] == [4, 3, 2, 1]


def test_going_back_to_where_one_is_changes_nothing(office: Office) -> None:
    with pytest.raises(InvalidInput, match="schedule_unchanged"):
        revert_schedule(office.paul.laptop.desk, 3, "")


def test_going_back_passes_the_checks_of_today(tmp_path: Path) -> None:
    """What was published before a rule existed is not published again."""
    office = an_office(tmp_path, check=lambda _files: ())
    desk = office.nadia.laptop.desk
    good = load_revision(desk, 1)[1]
    broken = good[NORTH].replace('lieu   = "bonnat"', 'lieu   = "nulle-part"')
    for files in (good | {NORTH: broken}, good):
        revisions = load_revisions(desk.replica, desk.agency_id)
        record_publication(desk, files, revisions, "")
        office.nadia.laptop.sync()
    assert [line.revision for line in list_revisions(desk)] == [3, 2, 1]
    with pytest.raises(InvalidSchedule):
        revert_schedule(desk, 2, "")


def test_only_a_coordinator_goes_back(office: Office) -> None:
    desk = office.paul.laptop.desk
    desk.enrolment = replace(desk.enrolment, role="agent")
    with pytest.raises(NotAllowed):
        revert_schedule(desk, 1, "")


def test_a_laptop_on_which_nobody_was_chosen_publishes_under_its_own_name(office: Office) -> None:
    office.nadia.laptop.desk.agent_id = NOBODY
    office.nadia.edit('nom      = "Tournée du Nord"', 'nom      = "Tournée Nord"')
    office.nadia.publish()
    office.paul.laptop.sync()
    assert list_revisions(office.paul.laptop.desk)[0].author == "nadia"
