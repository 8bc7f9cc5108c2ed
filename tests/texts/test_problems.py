"""Faults in words: days and things as people say them, what a file holds as it is written."""

from fsmobile.errors import Problem
from fsmobile.texts.problems import explain_problem


def test_days_and_things_are_said_as_people_say_them() -> None:
    params = {"date": "2026-12-10", "vehicle": "bus-1", "stop": "dun", "other": "gouzon, dun"}
    told = Problem(code="vehicle_overlap", params=params)
    names = {"dun": "Dun — place de la mairie", "bus-1": "Minibus 1"}
    assert explain_problem(told, names) == (
        "Le jeudi 10 décembre 2026, « Minibus 1 » est attendu à « Dun — place de la mairie » et à"
        " « gouzon, Dun — place de la mairie » en même temps."
    )


def test_what_is_written_in_a_file_is_quoted_as_it_is() -> None:
    told = Problem(code="filename_mismatch", params={"value": "2026-09-01"})
    assert "« 2026-09-01 »" in explain_problem(told, {"2026-09-01": "jamais"})
    off = Problem(
        code="date_not_on_declared_weekday", params={"value": "2026-11-26", "weekday": "jeudi"}
    )
    assert explain_problem(off) == "Le 26 novembre 2026 est un jeudi, jour non déclaré."


def test_a_day_that_cannot_be_is_quoted() -> None:
    told = Problem(code="date_in_the_past", params={"value": "2026-02-30"})
    assert "2026-02-30" in explain_problem(told)


def test_a_sentence_that_ends_with_an_abbreviation_has_one_full_stop() -> None:
    dates = {"stop": "Dun", "dates": "2027-05-06, 2026-11-11"}
    told = explain_problem(Problem(code="pass_lost_to_holiday", params=dates))
    assert told.endswith("mer. 11 nov.")
