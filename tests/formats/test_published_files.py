"""Calendars and tables of other services, and the mobile-library CSV, read as dated entries."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fsmobile.core.spans import DateSpan
from fsmobile.formats.published_ics import read_published_calendar
from fsmobile.formats.published_tables import read_published_csv, read_published_json

WINDOW = DateSpan(first=date(2026, 1, 1), last=date(2026, 12, 31))


def calendar(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"])


def days_of(text: str, timezone: str = "Europe/Paris") -> list[tuple[str, str]]:
    reading = read_published_calendar("c.ics", text, timezone, WINDOW)
    assert reading.problems == ()
    return [
        (one.written.text, ",".join(f"{span.starts:%H:%M}-{span.ends:%H:%M}"
                                    for span in one.opening.spans))
        for one in reading.entries
    ]  # fmt: skip


def test_an_event_in_universal_time_is_read_in_wall_time() -> None:
    summer = calendar("DTSTART:20260602T080000Z", "DTEND:20260602T100000Z", "LOCATION:Ampus")
    assert days_of(summer) == [("2026-06-02", "10:00-12:00")]
    assert days_of(summer, "Indian/Reunion") == [("2026-06-02", "12:00-14:00")]


def test_a_rule_with_dates_left_out_and_added_is_read_as_its_dates() -> None:
    text = calendar(
        "DTSTART;TZID=Europe/Paris:20260303T100000",
        "DURATION:PT2H",
        "RRULE:FREQ=WEEKLY;INTERVAL=2;UNTIL=20260430T220000Z",
        "EXDATE;TZID=Europe/Paris:20260317T100000",
        "RDATE;TZID=Europe/Paris:20260320T100000",
        "SUMMARY:Ampus\\, mairie",
    )
    assert [day for day, _hours in days_of(text)] == [
        "2026-03-03", "2026-03-20", "2026-03-31", "2026-04-14", "2026-04-28",
    ]  # fmt: skip
    assert {hours for _day, hours in days_of(text)} == {"10:00-12:00"}


@pytest.mark.parametrize("line", ["STATUS:CANCELLED", "SUMMARY:ANNULÉ — Ampus"])
def test_a_cancelled_event_is_no_passage(line: str) -> None:
    text = calendar("DTSTART:20260602T080000Z", "DTEND:20260602T100000Z", line)
    assert read_published_calendar("c", text, "Europe/Paris", WINDOW).entries == ()


@pytest.mark.parametrize("start", ["DTSTART:hier", "X-NOTHING:1", "DTSTART:20260230T080000Z"])
def test_an_event_that_cannot_be_read_is_told(start: str) -> None:
    reading = read_published_calendar("c", calendar(start), "Europe/Paris", WINDOW)
    assert [one.code for one in reading.problems] == ["import_rule_unknown"]


def test_columns_are_known_by_their_titles_in_any_order() -> None:
    text = "Lieu,Heure de fin,Jour,Heure début,Date,Code INSEE,Commune\n"
    text += 'Mairie,12:00:00,mardi,10:00:00,"03/03/2026, 17/03/2026",83003,Ampus\n,,,,,,\nx,,,,,,\n'
    reading = read_published_csv("t.csv", text, WINDOW)
    assert reading is not None
    assert [(one.written.day, one.written.weekday) for one in reading.entries] == [
        (3, 1),
        (17, None),
    ]
    assert {(one.commune, one.insee_code, one.parts) for one in reading.entries} == {
        ("Ampus", "83003", ("Mairie",))
    }
    assert [(one.code, one.line) for one in reading.problems] == [("import_line_unused", 4)]


def test_a_table_without_a_column_of_dates_is_no_table() -> None:
    assert read_published_csv("t.csv", "Ampus;10h\nFlayosc;11h\n", WINDOW) is None


def test_a_cell_of_two_bounds_is_no_two_dates() -> None:
    text = "Date;Horaires;Lieu\ndu 3 au 7 mars 2026;9h-12h;Ampus\n10/03/2026;9h-12h;Ampus\n"
    reading = read_published_csv("t.csv", text, WINDOW)
    assert reading is not None
    assert ("import_rule_unknown", 2) in [(one.code, one.line) for one in reading.problems]
    assert [one.written.day for one in reading.entries] == [10]


MOBILE = (
    "organisation,mobile,route,community,stop,address,postcode,geox,geoy,day,type,arrival,"
    "departure,frequency,start,end,exceptions,timetable\n"
    "Somewhere,Van,A,Ampus,Mairie,,,6.38,43.6,{day},{type},10:05,10:20,{rule},2026-01-06,,{off},\n"
)


def test_a_row_whose_day_and_start_disagree_is_told() -> None:
    text = MOBILE.format(day="Wednesday", type="Public", rule="FREQ=WEEKLY", off="")
    reading = read_published_csv("m.csv", text, WINDOW)
    assert reading is not None
    assert [(one.code, one.line) for one in reading.problems] == [("import_weekday_mismatch", 2)]
    assert reading.entries == ()


def test_exceptions_of_a_row_are_left_out_and_a_lunch_is_no_stop() -> None:
    text = MOBILE.format(
        day="Tuesday", type="Public", rule="FREQ=WEEKLY;INTERVAL=4", off='"2026-02-03,2026-03-03"'
    )
    reading = read_published_csv("m.csv", text, WINDOW)
    assert reading is not None
    assert [one.written.text for one in reading.entries][:2] == ["2026-01-06", "2026-03-31"]
    assert {(one.latitude, one.longitude) for one in reading.entries} == {(43.6, 6.38)}
    lunch = read_published_csv(
        "m.csv", MOBILE.format(day="Tuesday", type="Other", rule="FREQ=WEEKLY", off=""), WINDOW
    )
    assert lunch is not None
    assert lunch.entries == ()


def test_our_own_agenda_in_json_is_read() -> None:
    text = (
        '[{"date": "2026-03-03", "starts": "10:00", "ends": "12:00", "place": "x",'
        ' "place_name": "Ampus — mairie", "status": "prevu"},'
        ' {"date": "2026-03-10", "starts": "10:00", "ends": "12:00", "status": "annule"}]'
    )
    reading = read_published_json("a.json", text)
    assert reading is not None
    assert [(one.written.day, one.parts) for one in reading.entries] == [(3, ("Ampus", "mairie"))]
    assert read_published_json("a.json", "{") is None
    assert read_published_json("a.json", '{"a": 1}') is None


@given(
    st.text(max_size=300), st.sampled_from(["BEGIN:VCALENDAR\nBEGIN:VEVENT\n", "date;fin\n", "[{"])
)
def test_nothing_stops_the_reading(text: str, head: str) -> None:
    read_published_calendar("c", head + text + "\nEND:VEVENT", "Europe/Paris", WINDOW)
    read_published_csv("t", head + text, WINDOW)
    read_published_json("j", head + text)
