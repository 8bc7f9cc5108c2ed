"""Every export, read back by a library that is not ours, has the passages of the agenda."""

import csv
import io
import json
from collections import Counter
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import jsonschema
import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from opening_hours import OpeningHours

from fsmobile.core.ids import TourId
from fsmobile.core.public_feeds import Selection
from fsmobile.core.publications import Publication
from fsmobile.core.tours import Access
from fsmobile.formats.ics import write_calendar
from fsmobile.formats.mobile_library_schema import COLUMNS
from fsmobile.formats.mobile_library_writing import write_mobile_library_csv
from fsmobile.formats.passages_json import PassagesFile, write_passages_json
from fsmobile.reference.communes import find_postcode
from fsmobile.texts.calendar_words import describe_feed
from fsmobile.usecases.public_exports import export_mediation, export_opening_hours
from tests.formats.opening_hours_reader import planned_openings, reread
from tests.formats.public_exports import (
    HALF_DAYS,
    ROOT,
    TREES,
    Opening,
    a_publication,
    faults_of_table,
    in_order,
    planned,
    read_ics,
    read_mobile_library,
    read_tree,
)
from tests.formats.random_tours import FIRSTS, trees

FIRST_DAYS = (date(2026, 1, 1), date(2026, 11, 22))
OPENINGS = {"bus-charente": (402, 0), "mediabus-dracenie": (218, 5)}
"""Openings of 2026, and those that are cancelled; of the Dracénie, all its published dates."""


@pytest.fixture(scope="module", params=[(n, f) for n in TREES for f in FIRST_DAYS], ids=str)
def publication(request: pytest.FixtureRequest) -> Publication:
    name, first = request.param
    return a_publication(read_tree(TREES[name]), first)


def ics_of(publication: Publication, selection: Selection) -> str:
    return write_calendar(describe_feed(publication, selection))


@pytest.mark.parametrize("name", OPENINGS)
def test_the_year_has_as_many_openings_as_it_should(name: str) -> None:
    publication = a_publication(read_tree(TREES[name]))
    found = len(planned(publication)), len(planned(publication, cancelled=True))
    assert found == OPENINGS[name]


def test_the_calendar_read_by_icalendar_has_every_passage(publication: Publication) -> None:
    opened, cancelled = read_ics(ics_of(publication, Selection()))
    assert opened == planned(publication)
    assert cancelled == planned(publication, cancelled=True)


def test_each_stop_tour_bus_and_commune_has_its_own_passages(publication: Publication) -> None:
    tree, everything = publication.tree, Counter(publication.passages)
    stops = {(one.tour_id, one.stop_id) for one in publication.passages}
    found: list[Opening] = []
    for tour_id, stop_id in sorted(stops):
        opened, _ = read_ics(ics_of(publication, Selection(tour_id=tour_id, stop_id=stop_id)))
        assert {one.stop for one in opened} <= {stop_id}
        found += opened
    assert in_order(found) == planned(publication)
    tours = [publication.select(Selection(tour_id=one)) for one in tree.tours]
    assert Counter(one for own in tours for one in own) == everything
    buses = [publication.select(Selection(vehicle_id=one)) for one in tree.vehicles]
    assert Counter(one for own in buses for one in own) == everything
    communes = {one for code in publication.communes
                for one in publication.select(Selection(insee_code=code))}  # fmt: skip
    assert communes == set(everything)


def test_an_event_keeps_its_name_and_rises_in_sequence(publication: Publication) -> None:
    events = Calendar.from_ical(ics_of(publication, Selection())).walk("VEVENT")
    uids = [str(event["UID"]) for event in events]
    assert len(uids) == len(set(uids))
    ids = {one.passage_id for one in publication.passages}
    assert {uid.partition("@")[0] for uid in uids} >= ids
    assert {event["SEQUENCE"] for event in events} == {publication.state.number}


def test_the_opening_hours_of_each_stop_are_those_of_the_agenda(publication: Publication) -> None:
    rows = list(csv.DictReader(io.StringIO(export_opening_hours(publication))))
    assert rows
    for row in rows:
        OpeningHours(row["opening_hours"])
        expected = planned_openings(
            publication.tree,
            TourId(row["tour"]),
            row["stop"],
            publication.today,
            publication.bundled,
        )
        assert reread(row["opening_hours"], publication.today) == expected


def test_the_rows_of_the_national_cartography_are_valid(publication: Publication) -> None:
    text = export_mediation(publication)
    assert faults_of_table(text, "lieux-mediation-numerique") == []
    rows = list(csv.DictReader(io.StringIO(text)))
    hours = {row["id"]: row["horaires"] for row in rows}
    for row in csv.DictReader(io.StringIO(export_opening_hours(publication))):
        name = f"{publication.tree.agency.agency_id}-{row['tour']}-{row['stop']}"
        assert hours[name] == row["opening_hours"]
        assert find_postcode(row["insee"]) in {one["code_postal"] for one in rows}
    assert {row["itinerance"] for row in rows} == {"Itinérant"}


def test_the_mobile_library_rows_give_the_same_passages(publication: Publication) -> None:
    text = write_mobile_library_csv(publication)
    assert text.splitlines()[0] == ",".join(COLUMNS)
    assert faults_of_table(text, "mobile-library-stops") == []
    assert read_mobile_library(text) == mobile_openings(publication)


def mobile_openings(publication: Publication) -> list[tuple[str, date, time, time]]:
    openings = set()
    for one in publication.passages:
        if not one.is_cancelled:
            hours = (one.starts, one.ends) if one.starts else HALF_DAYS[one.period]
            openings.add((publication.place_of(one).name, one.service_date, *hours))
    return sorted(openings)


def test_the_json_is_what_its_schema_says(publication: Publication) -> None:
    schema = json.loads((ROOT / "docs" / "passages.schema.json").read_text(encoding="utf-8"))
    content = json.loads(write_passages_json(publication))
    jsonschema.Draft202012Validator(schema).validate(content)
    found = [
        Opening(
            one["stop"],
            date.fromisoformat(one["date"]),
            one["starts"] and time.fromisoformat(one["starts"]),
            one["ends"] and time.fromisoformat(one["ends"]),
        )
        for one in content["passages"]
        if one["status"] != "annule"
    ]
    assert in_order(found) == planned(publication)
    firsts: dict[str, str] = {}
    for one in content["passages"]:
        if one["status"] != "annule":
            firsts.setdefault(one["insee"], one["date"])
    assert {one["insee"]: one["date"] for one in content["next"]} == firsts


def test_the_published_schema_of_the_json_is_that_of_the_program() -> None:
    page = json.loads((ROOT / "docs" / "passages.schema.json").read_text(encoding="utf-8"))
    assert page == msgspec.json.schema(PassagesFile) | {"$schema": page["$schema"]}


def test_no_export_names_an_agent() -> None:
    for path in TREES.values():
        publication = a_publication(read_tree(path))
        agents = set(publication.tree.agents)
        assert agents
        for text in (ics_of(publication, Selection()), write_passages_json(publication)):
            assert not any(agent in text for agent in agents)


@settings(max_examples=60, deadline=None)
@given(st.data(), FIRSTS)
def test_exports_of_random_timetables_have_the_passages_of_the_agenda(
    data: st.DataObject, first: date
) -> None:
    publication = a_publication(data.draw(trees(first)), first)
    opened, cancelled = read_ics(ics_of(publication, Selection()))
    assert opened == planned(publication)
    assert cancelled == planned(publication, cancelled=True)
    text = write_mobile_library_csv(publication)
    assert read_mobile_library(text) == mobile_openings(publication)
    if any(not one.is_cancelled for one in publication.passages):
        assert faults_of_table(text, "mobile-library-stops") == []


@pytest.mark.parametrize(
    "zone",
    [
        *("Europe/Paris", "America/Cayenne", "America/Martinique", "America/Guadeloupe"),
        *("Indian/Reunion", "Indian/Mayotte", "America/Miquelon", "Pacific/Noumea"),
    ],
)
def test_the_hours_are_local_in_every_time_zone(zone: str) -> None:
    tree = read_tree(TREES["exemple-creuse"])
    agency = msgspec.structs.replace(tree.agency, timezone=zone)
    publication = a_publication(msgspec.structs.replace(tree, agency=agency), date(2026, 11, 22))
    # icalendar knows these zones of its own; a renamed one is read from the VTIMEZONE alone.
    text = ics_of(publication, Selection()).replace(f"TZID:{zone}", f"TZID:Bus {zone}")
    text = text.replace(f"TZID={zone}", f"TZID=Bus {zone}")
    events = Calendar.from_ical(text).walk("VEVENT")
    assert events
    for event, passage in zip(events, publication.passages, strict=True):
        assert passage.starts is not None
        expected = datetime.combine(passage.service_date, passage.starts, ZoneInfo(zone))
        assert event.decoded("DTSTART").astimezone(ZoneInfo(zone)) == expected
        assert event.decoded("DTSTART").utcoffset() == expected.utcoffset()


def test_a_hostile_name_stays_one_value() -> None:
    tree = read_tree(TREES["exemple-creuse"])
    name = "Bus; \\n, \r\nBEGIN:VALARM\u2028\x07é" * 6
    agency = msgspec.structs.replace(tree.agency, name=name)
    text = ics_of(a_publication(msgspec.structs.replace(tree, agency=agency)), Selection())
    lines = text.split("\r\n")
    assert all(len(line.encode()) <= 75 for line in lines)
    assert "BEGIN:VALARM" not in lines
    shown = name.replace("\r\n", "\n").replace("\x07", "")
    assert Calendar.from_ical(text).walk("VEVENT")[0]["SUMMARY"].endswith(shown)


def test_a_private_stop_is_not_listed_among_public_places() -> None:
    tree = read_tree(TREES["exemple-creuse"])
    (tour,) = tree.tours.values()
    private = [
        msgspec.structs.replace(
            version,
            runs=tuple(
                msgspec.structs.replace(
                    run,
                    stops=tuple(
                        msgspec.structs.replace(stop, access=Access.PRIVATE) for stop in run.stops
                    ),
                )
                for run in version.runs
            ),
        )
        for version in tour.versions
    ]
    changed = msgspec.structs.replace(tour, versions=tuple(private))
    publication = a_publication(msgspec.structs.replace(tree, tours={tour.tour_id: changed}))
    assert len(export_mediation(publication).splitlines()) == 1
    rows = csv.DictReader(io.StringIO(write_mobile_library_csv(publication)))
    assert {row["type"] for row in rows} == {"Private"}
