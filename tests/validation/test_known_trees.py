"""The trees whose answers are known: the example of the format, the bus of the Charente."""

from datetime import date
from pathlib import Path

import pytest

from fsmobile.errors import Severity
from fsmobile.usecases.schedule_check import check_folders
from fsmobile.usecases.schedules import load_schedule_folders
from tests.validation.schedule_trees import (
    EXAMPLE,
    SECOND,
    TODAY,
    check_files,
    clean_files,
    codes_of,
    edit_files,
    example_files,
)

CHARENTE = Path(__file__).parents[2] / "schedules" / "bus-charente"


def gaps(problems: list) -> dict[str, tuple[int, str, str]]:
    return {
        str(one.params["stop"]): (one.params["value"], one.params["before"], one.params["after"])
        for one in problems
        if one.code == "parity_break_week53"
    }


def test_the_example_has_exactly_its_three_warnings() -> None:
    problems = check_files(example_files())
    assert codes_of(problems, Severity.ERROR, Severity.WARNING) == [
        "parity_break_week53",
        "parity_break_week53",
        "weekly_hours_below_label",
    ]
    # Tuesday was repaired in January; Thursday was forgotten.
    assert gaps(problems) == {
        "benevent": (21, "2026-12-24", "2027-01-14"),
        "fursac": (7, "2026-12-31", "2027-01-07"),
    }


def test_without_the_repair_tuesday_is_reported_too() -> None:
    files = example_files()
    del files[SECOND]
    assert gaps(check_files(files)).keys() == {
        "bonnat",
        "chatelus",
        "dun",
        "celle-dunoise",
        "benevent",
        "fursac",
    }


def test_a_parity_replaced_by_a_cycle_is_no_break() -> None:
    cycle = "cycle  = { longueur = 2, debut = 2026-12-24, rang = %d }\n"
    files = example_files()
    for old, rank in (
        ('semaines = "paires"\nouvert   = "14', 1),
        ('semaines = "impaires"\nouvert   = "14', 2),
    ):
        files = edit_files(files, (SECOND, old, cycle % rank + old.partition("\n")[2]))
    assert gaps(check_files(files)) == {}


@pytest.mark.parametrize("today", [date(2026, 9, 1), TODAY, date(2027, 1, 1)])
def test_the_gaps_are_told_as_long_as_they_are_to_come(today: date) -> None:
    assert "benevent" in gaps(check_files(example_files(), today))


def test_a_gap_that_is_over_is_told_no_longer() -> None:
    assert gaps(check_files(example_files(), date(2027, 1, 15))) == {}


def test_the_new_year_of_the_charente_is_told_as_it_will_be() -> None:
    report = check_folders(load_schedule_folders(CHARENTE), TODAY)
    assert report.count(Severity.ERROR) == 0
    (notice,) = [one for one in report.notices if one.code == "parity_break_week53"]
    waits = {stop: wait for stop, (wait, _, _) in gaps(list(notice.samples)).items()}
    assert {stop for stop, wait in waits.items() if wait == 7} == {
        "saint-fraigne",
        "tusson",
        "nanteuil-en-vallee",
        "valence",
    }
    assert sum(wait == 21 for wait in waits.values()) == 7
    assert gaps(list(notice.samples))["verteuil-sur-charente"] == (35, "2026-12-11", "2027-01-15")
    assert len(waits) == 12


def test_the_hours_of_the_charente_are_measured_over_both_weeks() -> None:
    report = check_folders(load_schedule_folders(CHARENTE), TODAY)
    (notice,) = [one for one in report.notices if one.code == "weekly_hours_below_label"]
    assert notice.severity is Severity.WARNING
    (told,) = notice.samples
    assert (told.params["value"], told.params["worst"], told.params["best"]) == (
        "23 h",
        "20 h 30",
        "25 h 30",
    )
    assert told.params["weeks"] == 2


def test_every_schedule_of_the_project_is_without_error() -> None:
    report = check_folders(load_schedule_folders(CHARENTE.parent), TODAY)
    assert report.count(Severity.ERROR) == 0
    assert "bus-charente" in report.agencies
    files = {str(one.file) for notice in report.notices for one in notice.samples}
    assert all(
        file.split("/")[0] in {path.name for path in CHARENTE.parent.iterdir()} for file in files
    )


def test_a_line_is_the_one_of_the_key_at_fault() -> None:
    (told,) = [
        one
        for one in check_files(example_files())
        if one.params.get("stop") == "benevent" and one.line and one.code == "parity_break_week53"
    ]
    assert told.file is not None
    line = (EXAMPLE / told.file).read_text(encoding="utf-8").splitlines()[(told.line or 0) - 1]
    assert line[(told.column or 0) - 1 :] == '"paires"'


def test_a_fault_that_follows_from_another_is_not_told_again() -> None:
    unread = edit_files(clean_files(), (SECOND, "effet    =", "effet    = ="))
    assert codes_of(check_files(unread), Severity.ERROR) == ["file_unreadable"]
    no_place = edit_files(clean_files(), (SECOND, '"dun-mairie"', '"dun-marie"'))
    assert codes_of(check_files(no_place)) == ["foreign_key_violation"]
    no_day = edit_files(clean_files(), (SECOND, 'jours    = "mardi"', 'jours    = "mardy"'))
    assert codes_of(check_files(no_day), Severity.ERROR) == ["unexpected_value"]
