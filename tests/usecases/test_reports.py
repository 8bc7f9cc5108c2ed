"""Reports against an independent count of the facts, and what may leave the laptop."""

import csv
import io
import json
from collections import Counter
from datetime import UTC, date, datetime, time, timedelta

from hypothesis import Phase, example, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace
from two_years import SCHEDULE
from worlds import Laptop, a_laptop, a_registry, a_visit

from fsmobile.core.appointments import Appointment
from fsmobile.core.ids import AgentId, PassageId, PlaceId, ProcedureId, parse_passage_id
from fsmobile.core.passage_reports import PassageOfReport, count_passages, held_minutes
from fsmobile.core.passages import Passage, PassageReason
from fsmobile.core.period_reports import PASSAGE_FIGURES, SUMS, figures_of
from fsmobile.core.periods import PeriodKind, period_of, read_period
from fsmobile.core.reports import Dimension
from fsmobile.core.spans import TimeSpan
from fsmobile.core.visits import AgeBand, Enquiry, HelpKind, Obstacle, Outcome
from fsmobile.formats.csv_tables import write_csv
from fsmobile.reference.catalogue import load_catalogue
from fsmobile.store.projections import rebuild
from fsmobile.texts.definitions import DIMENSIONS, FIGURES
from fsmobile.usecases.appointments import book_appointment, cancel_appointment
from fsmobile.usecases.exported_files import Form
from fsmobile.usecases.passages import (
    cancel_passage,
    close_passage,
    open_passage,
    plan,
    tally_passage,
)
from fsmobile.usecases.report_exports import export_report, list_exports, report_tables
from fsmobile.usecases.reports import break_down, list_behind, make_report, report_before
from fsmobile.usecases.schedules import load_schedule_folders, require_trees
from fsmobile.usecases.visits import correct_visit, record_visit, unvoid_visit, void_visit

PROCEDURES = ("retraite-dossier", "caf-compte", "acte-non-couverte")
STOPS = ("luxe", "aigre", "mansle")
acts = st.lists(
    st.tuples(
        st.integers(0, 730),  # day
        st.sampled_from(STOPS),
        st.integers(1, 4),  # people
        st.lists(st.sampled_from(PROCEDURES), min_size=1, max_size=3),
        st.sampled_from(["keep", "void", "unvoid", "move", "people"]),
        st.booleans(),  # a report is read in between
    ),
    max_size=25,
)


def an_enquiry(code: str) -> Enquiry:
    return Enquiry(
        procedure=code,
        operator=None,
        help=HelpKind.INFORMATION,
        outcome=Outcome.RESOLVED,
    )


def of_facts(connection, first: str, last: str):
    """Count what the facts say, from their exported bodies alone."""
    rows = connection.execute("SELECT body FROM op ORDER BY hlc")
    bodies = [json.loads(body) for (body,) in rows]
    held: dict[str, dict] = {}
    for body in bodies:
        kind, data = body["k"], body["d"]
        if kind == "visit.record":
            held[body["id"]] = {**data, "void": False}
        elif kind == "visit.void":
            held[body["e"]]["void"] = True
        elif kind == "visit.correct":
            for name, (_before, after) in data["changes"].items():
                held[body["e"]][name] = after
    visits = [
        one for one in held.values() if not one["void"] and first <= one["service_date"] <= last
    ]
    asked = Counter(e["procedure"] for one in visits for e in one["enquiries"])
    stops = Counter(one["passage_id"].split("/")[2] for one in visits)
    people = sum(one.get("people", 1) for one in visits)
    return len(visits), people, sum(asked.values()), dict(asked), dict(stops)


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(acts, st.sampled_from(PeriodKind), st.integers(0, 730))
def test_a_report_equals_a_count_of_the_facts(found, kind: PeriodKind, day: int) -> None:
    laptop = a_laptop(a_registry())
    desk, start = laptop.desk, date(2025, 1, 1)
    period = period_of(kind, start + timedelta(days=day))
    for number, stop, people, procedures, fate, is_read in found:
        at = start + timedelta(days=number)
        visit_id = record_visit(
            desk,
            a_visit(
                service_date=at,
                passage_id=PassageId(f"bus-charente/semaine-paire/{stop}/{at}"),
                people=people,
                enquiries=tuple(map(an_enquiry, procedures)),
            ),
        )
        if is_read:
            make_report(desk, period)
        if fate in ("void", "unvoid"):
            void_visit(desk, visit_id, "essai")
        if fate == "unvoid":
            unvoid_visit(desk, visit_id)
        if fate == "move":
            correct_visit(desk, visit_id, {"service_date": at + timedelta(days=40)})
        if fate == "people":
            correct_visit(desk, visit_id, {"people": people + 1})
    expected = of_facts(
        laptop.replica.connection, period.first.isoformat(), period.last.isoformat()
    )
    for _again in range(2):
        report = make_report(desk, period)
        total = report.visits.total
        asked = break_down(desk, report, Dimension.PROCEDURE)
        stops = break_down(desk, report, Dimension.STOP)
        assert (
            total.visits,
            total.people,
            total.enquiries,
            {row.code: row.count.enquiries for row in asked},
            {row.code.rpartition("/")[2]: row.count.visits for row in stops},
        ) == expected
        rebuild(laptop.replica)


def test_a_period_stands_beside_the_one_before_and_names_its_lines() -> None:
    desk = a_laptop(a_registry()).desk
    record_visit(desk, a_visit(service_date=date(2026, 10, 3)))
    record_visit(desk, a_visit(service_date=date(2026, 11, 3), people=2))
    report = make_report(desk, read_period("2026-11"))
    before = report_before(desk, report)
    assert before is not None
    (row,) = break_down(desk, report, Dimension.STOP, before)
    assert (row.name, row.count.people) == ("luxe", 2)
    assert row.before is not None
    assert row.before.people == 1
    assert figures_of(make_report(desk, read_period("1999")))["visits"] == 0


def test_by_day_there_is_no_line_of_the_period_before() -> None:
    desk = a_laptop(a_registry()).desk
    for day in (date(2026, 10, 3), date(2026, 11, 3)):
        record_visit(desk, a_visit(service_date=day))
    report = make_report(desk, read_period("2026-11"))
    before = report_before(desk, report)
    (row,) = break_down(desk, report, Dimension.DAY, before)
    assert (row.code, row.before) == ("2026-11-03", None)
    by_day = report_tables(desk, report, before, [Dimension.DAY])[1]
    assert [len(row) for row in by_day.rows] == [len(by_day.header)]


def test_the_pause_of_the_timetable_is_no_opening() -> None:
    passage = Passage(
        passage_id=PassageId("bus-charente/charente/luxe/2026-11-26"),
        opened_at=time(9, 30),
        closed_at=time(15, 30),
    )
    at_noon = PassageOfReport(
        passage_id=passage.passage_id,
        service_date=date(2026, 11, 26),
        is_planned=True,
        pauses=(TimeSpan(starts=time(12), ends=time(13, 30)),),
        passage=passage,
    )
    assert held_minutes(at_noon) == 6 * 60 - 90
    left_at_noon = replace(at_noon, passage=replace(passage, closed_at=time(12, 10)))
    assert held_minutes(left_at_noon) == 150
    assert held_minutes(replace(at_noon, passage=replace(passage, closed_at=None))) is None
    assert count_passages([at_noon], date(2026, 12, 1)).open_minutes == 270


def test_an_agent_sees_their_own_figures_only() -> None:
    desk = a_laptop(a_registry()).desk
    record_visit(desk, a_visit())
    desk.agent_id = AgentId("agent-b")
    record_visit(desk, a_visit())
    report = make_report(desk, read_period("2026"))
    assert [row.code for row in break_down(desk, report, Dimension.AGENT)] == ["agent-b"]


def test_hours_tallies_and_stops_where_nobody_came_are_counted() -> None:
    laptop = a_laptop(a_registry())
    today = laptop.desk.today()
    passage = PassageId(f"bus-charente/semaine-paire/luxe/{today}")
    open_passage(laptop.desk, passage)
    tally_passage(laptop.desk, passage, met=3, turned_away=1)
    laptop.replica.clock.ms += 90 * 60_000
    close_passage(laptop.desk, passage)
    figures = figures_of(make_report(laptop.desk, period_of(PeriodKind.DAY, today)))
    assert (figures["done"], figures["without_visit"], figures["open_minutes"]) == (1, 1, 90)
    assert (figures["met"], figures["turned_away"], figures["planned"]) == (3, 1, 0)


NOVEMBER = read_period("2026-11")
HELD = ("open", "close", "short")
lived = st.lists(
    st.tuples(
        st.integers(0, 30),  # a passage of the timetable; beyond the last one: an unplanned one
        st.sampled_from(["nothing", "cancel", *HELD]),
        st.integers(0, 150),  # minutes open
        st.integers(0, 2),  # visits
        st.integers(0, 3),  # turned away
        st.booleans(),  # somebody who cannot come alone
    ),
    max_size=12,
    unique_by=lambda one: one[0],
)


def stand_at(laptop: Laptop, day: date) -> None:
    laptop.replica.clock.ms = int(datetime(*day.timetuple()[:3], 9, tzinfo=UTC).timestamp() * 1000)


def live_a_passage(
    laptop: Laptop, passage_id: PassageId, fate: str, minutes: int, visits: int, away: int
) -> None:
    desk, day = laptop.desk, parse_passage_id(passage_id).service_date
    stand_at(laptop, day)
    if fate == "cancel":
        cancel_passage(desk, passage_id, PassageReason.BREAKDOWN)
    if fate in HELD:
        open_passage(desk, passage_id)
    if away:
        tally_passage(desk, passage_id, turned_away=away)
    for _turn in range(visits):
        record_visit(desk, a_visit(passage_id=passage_id, service_date=day))
    laptop.replica.clock.ms += minutes * 60_000
    if fate in ("close", "short"):
        reason = PassageReason.BREAKDOWN if fate == "short" else None
        close_passage(desk, passage_id, reason=reason)


@settings(max_examples=40, deadline=None, phases=[Phase.explicit, Phase.generate])
@given(lived)
@example([(29, "nothing", 0, 0, 1, False)])  # counted at the door of a stop that nobody planned
def test_the_list_behind_each_figure_of_passages_adds_up_to_what_was_lived(found) -> None:
    laptop = a_laptop(a_registry())
    desk = laptop.desk
    (desk.tree,) = require_trees(load_schedule_folders(SCHEDULE))
    openings = plan(desk, NOVEMBER.first, NOVEMBER.last).passages
    planned = {one.passage_id: one for one in openings if one.unit in (None, desk.unit_id)}
    assert len(planned) < 28
    names = dict(enumerate(sorted(planned)))
    told = {}
    for number, fate, minutes, visits, away, needs in found:
        unplanned = PassageId(f"bus-charente/autre/luxe/2026-11-{1 + number % 28:02}")
        passage_id = names.get(number, unplanned)
        told[passage_id] = (fate, minutes, visits, away)
        live_a_passage(laptop, passage_id, *told[passage_id])
        if needs:
            asked = Appointment(
                passage_id=passage_id, starts=time(10), minutes=30, needs_transport=True
            )
            book_appointment(desk, asked)
    stand_at(laptop, date(2026, 11, 20))
    done = {
        name for name, (fate, _minutes, visits, _away) in told.items() if fate in HELD or visits
    }
    off = {name for name, one in planned.items() if one.is_cancelled}
    off |= {name for name, (fate, *_rest) in told.items() if fate == "cancel"}
    closed = {name for name, (fate, *_rest) in told.items() if fate in ("close", "short")}
    expected = {
        "planned": len(planned),
        "done": len(done),
        "cancelled": len(off - done),
        "cut_short": sum(fate == "short" for fate, *_rest in told.values()),
        "unplanned": len(done - planned.keys()),
        "without_visit": sum(not told[name][2] for name in done),
        "open_minutes": sum(told[name][1] for name in closed),
        "unclosed": len(done - closed),
        "turned_away": sum(one[3] for one in told.values()),
        "transport_needs": sum(one[5] for one in found),
        "untold": sum(name[-10:] < "2026-11-20" for name in planned.keys() - done - off),
    }
    report = make_report(desk, NOVEMBER)
    figures = figures_of(report)
    behind = {code: list_behind(desk, report, code) for code in PASSAGE_FIGURES}
    assert {code: sum(one.amount for one in behind[code]) for code in expected} == expected
    for code, lines in behind.items():
        assert code == "weekly_minutes" or sum(one.amount for one in lines) == figures[code], code
        assert code in SUMS or len(lines) == figures[code], code
        assert [one.day for one in lines] == sorted(one.day for one in lines)


def test_an_export_says_what_it_counts_masks_small_counts_and_is_logged() -> None:
    desk = a_laptop(a_registry()).desk
    for number in range(8):
        age = AgeBand.FROM_70 if number == 0 else AgeBand.FROM_25
        record_visit(desk, a_visit(age_band=age, starts=a_visit().starts.replace(minute=number)))
    report = make_report(desk, read_period("2026-11"))
    written = export_report(desk, report, None, Form.CSV).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(written), delimiter=";"))
    figures = {row[0]: row[1] for row in rows if len(row) == 4}
    assert figures["visites"] == "8"
    ages = {row[0]: row[1] for row in rows if row and row[-1] in ("25-39", "70+")}
    assert ages == {"25 à 39 ans": "< 5", "70 ans et plus": "< 5"}
    assert any("non annulés" in row[-1] for row in rows if row)
    (logged,) = list_exports(desk)
    assert (logged.who, logged.detail) == ("agent-a", "report csv 2026-11-01..2026-11-30")
    assert 24 < logged.count < len(rows)


def test_no_cell_of_a_csv_is_a_formula() -> None:
    written = write_csv([["=1+1", "+33", "-2", "@x", " =a", "a;b", -2, None]])
    (row,) = csv.reader(io.StringIO(written), delimiter=";")
    assert row == ["'=1+1", "'+33", "'-2", "'@x", "' =a", "a;b", "-2", ""]


def test_a_figure_that_is_kept_is_not_shown_of_a_changed_row() -> None:
    laptop = a_laptop(a_registry())
    visit = record_visit(laptop.desk, a_visit(service_date=date(2026, 10, 3)))
    period = read_period("2026-10")
    assert make_report(laptop.desk, period).visits.total.people == 1
    correct_visit(laptop.desk, visit, {"people": 4})
    assert make_report(laptop.desk, period).visits.total.people == 4


def test_each_figure_and_each_dimension_is_defined() -> None:
    laptop = a_laptop(a_registry())
    report = make_report(laptop.desk, read_period("2026"))
    assert set(figures_of(report)) == set(FIGURES)
    assert set(DIMENSIONS) == set(Dimension)


def test_a_site_that_is_down_is_counted_apart_from_what_the_person_lacks() -> None:
    desk = a_laptop(a_registry()).desk
    asked = an_enquiry("caf-compte")
    for obstacle in (None, Obstacle.SITE_DOWN, Obstacle.SITE_DOWN, Obstacle.PERSON):
        record_visit(desk, a_visit(enquiries=(replace(asked, obstacle=obstacle),)))
    report = make_report(desk, period_of(PeriodKind.MONTH, date(2026, 11, 26)))
    assert figures_of(report)["sites_down"] == 2
    rows = {row.name: row.count.enquiries for row in break_down(desk, report, Dimension.OBSTACLE)}
    assert rows == {
        "site de l'opérateur en panne": 2,
        "il manque quelque chose à la personne": 1,
        "rien ne bloquait": 1,
    }


def test_who_needs_a_transport_is_counted_stop_by_stop() -> None:
    desk = a_laptop(a_registry()).desk
    for stop, needs in (("luxe", True), ("luxe", True), ("luxe", False), ("aigre", True)):
        passage = PassageId(f"bus-charente/semaine-paire/{stop}/2026-11-26")
        booked = book_appointment(
            desk,
            Appointment(passage_id=passage, starts=time(10), minutes=30, needs_transport=needs),
        )
    cancel_appointment(desk, booked)
    report = make_report(desk, period_of(PeriodKind.MONTH, date(2026, 11, 26)))
    assert figures_of(report)["transport_needs"] == 2
    (row,) = break_down(desk, report, Dimension.STOP)
    assert (row.code, row.transport_needs) == ("semaine-paire/luxe", 2)


def test_a_renamed_stop_is_one_line_and_a_retired_procedure_keeps_its_name() -> None:
    laptop = a_laptop(a_registry(), catalogue=load_catalogue())
    desk = laptop.desk
    (tree,) = require_trees(load_schedule_folders(SCHEDULE))
    passages = [PassageId(f"bus-charente/charente/luxe/2026-11-{day:02}") for day in (5, 19)]
    names = []
    for passage, name in zip(
        passages, ("Luxé — place de la mairie", "Luxé — la halle"), strict=True
    ):
        luxe = replace(tree.places[PlaceId("luxe")], name=name)
        desk.tree = replace(tree, places={**tree.places, luxe.place_id: luxe})
        record_visit(desk, a_visit(passage_id=passage, service_date=date(2026, 11, 5)))
        report = make_report(desk, read_period("2026-11"))
        names.append(
            [(row.name, row.count.visits) for row in break_down(desk, report, Dimension.STOP)]
        )
    assert names == [[("Luxé — place de la mairie", 1)], [("Luxé — la halle", 2)]]
    code = ProcedureId("retraite-dossier")
    retired = replace(desk.catalogue.procedures[code], valid_until=date(2026, 1, 1))
    desk.catalogue = replace(
        desk.catalogue, procedures={**desk.catalogue.procedures, code: retired}
    )
    report = make_report(desk, read_period("2026-11"))
    (row,) = break_down(desk, report, Dimension.PROCEDURE)
    assert (row.name, row.count.enquiries) == ("Retraite · dossier", 2)
