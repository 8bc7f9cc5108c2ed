"""Next year made from this one: what is carried, what is left behind, what is to be decided."""

from datetime import date
from pathlib import Path

import pytest

from fsmobile.errors import InvalidInput, Severity
from fsmobile.formats.schedule_toml import read_schedule
from fsmobile.texts.next_year_words import DECISION_CODES, describe_decision
from fsmobile.usecases.next_year import NextYear, make_next_year, propose_effect
from fsmobile.usecases.planning import Planning, apply_edit, undo_edit
from fsmobile.usecases.planning_versions import Sheets
from fsmobile.usecases.schedule_check import check_files
from fsmobile.usecases.schedules import load_schedule_folders
from tests.usecases.planning_samples import SECOND, a_planning, folder_bytes, passages

SCHEDULES = Path(__file__).parents[2] / "schedules"
EFFECT = date(2028, 1, 3)
CLOSURES = """format = "fermetures/1"

[fermetures.noel]
du = 2027-12-24
au = 2027-12-31
motif = "conges"
"""


@pytest.fixture
def planning(tmp_path: Path) -> Planning:
    return a_planning(tmp_path)


def sample(name: str) -> Sheets:
    (folder,) = load_schedule_folders(SCHEDULES / name)
    assert folder.reading.tree is not None
    files = {path: text.decode() for path, text in folder.files.items()}
    return Sheets(files=files, tree=folder.reading.tree)


def codes(made: NextYear) -> set[str]:
    return {one.code for one in made.decisions}


@pytest.mark.parametrize(
    ("newest", "today", "effect"),
    [
        ("bus-charente", date(2026, 11, 22), date(2027, 1, 4)),
        ("bus-charente", date(2027, 1, 4), date(2028, 1, 3)),
        ("mediabus-dracenie", date(2026, 11, 22), date(2027, 1, 6)),
    ],
)
def test_the_year_begins_a_year_after_the_newest_version(
    newest: str, today: date, effect: date
) -> None:
    assert propose_effect(sample(newest).tree, today) == effect


def test_a_new_version_says_the_same_and_the_old_one_is_not_touched(planning: Planning) -> None:
    made = make_next_year(planning.sheets, EFFECT)
    assert set(made.texts) == {"calendriers/vacances.toml", "tournees/nord/2028-01-03.toml"}
    before = folder_bytes(planning.path)
    apply_edit(planning, "année", made.texts)
    assert planning.reading.problems == ()
    old, new = planning.files[SECOND], planning.files["tournees/nord/2028-01-03.toml"]
    gone = set(old.splitlines()) - set(new.splitlines())
    assert {line.split()[0] for line in gone} == {"#", "effet", "remplace", "motif", "dates"}
    # The same Tuesday of the same kind of week, a year on.
    assert [one.stop_id for one in passages(planning.tree, date(2028, 1, 4))] == [
        one.stop_id for one in passages(planning.tree, date(2027, 1, 5))
    ]
    undo_edit(planning)
    assert folder_bytes(planning.path) == before


def test_exceptions_of_the_old_year_stay_with_it(planning: Planning) -> None:
    made = make_next_year(planning.sheets, EFFECT)
    assert not [path for path in made.texts if path.startswith("surcharges/")]
    (left,) = [one for one in made.decisions if one.code == "exceptions_left"]
    assert left.params == {"n": 4}


def test_listed_dates_move_by_52_weeks_and_holidays_fall_out(planning: Planning) -> None:
    text = planning.files[SECOND].replace(
        "dates  = [2027-01-15, 2027-02-12]", "dates  = [2027-01-15, 2027-05-10]"
    )
    apply_edit(planning, "dates", {SECOND: text})
    made = make_next_year(planning.sheets, EFFECT)
    assert "dates  = [2028-01-14]" in str(made.texts["tournees/nord/2028-01-03.toml"])
    (lost,) = [one for one in made.decisions if one.code == "date_on_holiday"]
    assert lost.params["date"] == "2028-05-08"
    assert "8 mai 2028" in describe_decision(lost.code, lost.params)


def test_school_holidays_are_completed_and_their_horizon_is_told(planning: Planning) -> None:
    made = make_next_year(planning.sheets, EFFECT)
    apply_edit(planning, "année", made.texts)
    zone = planning.tree.school_calendar.zones["A"]
    names = [one.name for one in zone.periods]
    # The autumn in between too: a calendar with a hole would say that schools are open.
    assert {"2027-toussaint", "2027-noel", "2028-hiver", "2028-printemps", "2028-ete"} <= set(names)
    assert len(names) == len(set(names))
    assert zone.horizon == date(2028, 8, 31)
    assert {"school_calendar_extended", "school_calendar_short"} <= codes(made)


def test_closures_are_carried_and_to_be_confirmed(planning: Planning) -> None:
    apply_edit(planning, "fermeture", {"calendriers/fermetures.toml": CLOSURES})
    made = make_next_year(planning.sheets, EFFECT)
    assert "closure_moved" in codes(made)
    apply_edit(planning, "année", made.texts)
    closure = planning.tree.closures[-1]
    assert (closure.days.first, closure.days.last) == (date(2028, 12, 22), date(2028, 12, 29))
    assert closure.reason == "conges"
    assert "22 décembre" in closure.notice
    assert planning.reading.problems == ()


def test_the_end_of_a_tour_and_its_parities_are_to_be_decided() -> None:
    made = make_next_year(sample("mediabus-dracenie"), date(2027, 1, 6))
    assert {"end_moved", "parity_break", "exceptions_left"} <= codes(made)
    assert "fin" in str(made.texts["tournees/mediabus/2027-01-06.toml"])
    charente = make_next_year(sample("bus-charente"), date(2027, 1, 4))
    assert {"parity_break", "tour_unchanged"} <= codes(charente)


def test_a_tour_that_is_over_is_not_carried_on(planning: Planning) -> None:
    text = planning.files[SECOND].replace(
        "effet    = 2027-01-04", "effet = 2027-01-04\nfin = 2027-06-30"
    )
    apply_edit(planning, "fin", {SECOND: text})
    with pytest.raises(InvalidInput, match="next_year_nothing"):
        make_next_year(planning.sheets, EFFECT)
    # A summer apart is no end.
    made = make_next_year(planning.sheets, date(2027, 8, 30))
    assert "end_moved" in codes(made)
    with pytest.raises(InvalidInput, match="next_year_exists"):
        make_next_year(planning.sheets, date(2027, 1, 4))


@pytest.mark.parametrize("name", ["bus-charente", "mediabus-dracenie"])
def test_a_real_plan_carried_over_has_no_error(name: str) -> None:
    sheets = sample(name)
    effect = propose_effect(sheets.tree, date(2026, 11, 22))
    made = make_next_year(sheets, effect)
    files = {path: text for path, text in {**sheets.files, **made.texts}.items() if text}
    assert read_schedule(files).problems == ()
    found = [one for one in check_files(files, effect) if one.severity is Severity.ERROR]
    assert found == []


def test_every_decision_has_its_sentence(planning: Planning) -> None:
    for made in (
        make_next_year(planning.sheets, EFFECT),
        make_next_year(sample("bus-charente"), date(2027, 1, 4)),
        make_next_year(sample("mediabus-dracenie"), date(2027, 1, 6)),
    ):
        for one in made.decisions:
            assert one.code in DECISION_CODES
            assert "…" not in describe_decision(one.code, one.params)
