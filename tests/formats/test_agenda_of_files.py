"""What a coordinator writes, and the agenda that comes of it: versions, closures, overlays."""

from datetime import date

import pytest

from fsmobile.core.agenda import Agenda, expand_agenda
from fsmobile.core.holidays import SchoolCalendar, SchoolPeriod, SchoolZone
from fsmobile.core.ids import TourId, UnitId
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.errors import Severity
from fsmobile.formats.schedule_toml import read_schedule
from tests.formats.schedule_files import TOUR, VEHICLES, override_file, schedule_files

BUNDLED = SchoolCalendar(
    zones={
        zone: SchoolZone(
            zone=zone,
            periods=(SchoolPeriod(first=date(2026, 10, 18), last=date(2026, 11, 1)),),
            horizon=date(2028, 8, 31),
        )
        for zone in "AB"
    }
)
TUESDAY = "2026-11-24"
ALL_TUESDAY = [
    "2026-11-24 dun 09:30-12:00 prevu",
    "2026-11-24 dun 13:30-16:00 prevu",
    "2026-11-24 bonnat 16:30-18:00 prevu",
]


def an_agenda(first: str, last: str, *changes: dict[str, str]) -> Agenda:
    reading = read_schedule(schedule_files(*changes))
    errors = [one for one in reading.problems if one.severity is Severity.ERROR]
    assert errors == []
    assert reading.tree is not None
    return expand_agenda(
        reading.tree, date.fromisoformat(first), date.fromisoformat(last), bundled=BUNDLED
    )


def lines(first: str, last: str, *changes: dict[str, str]) -> list[str]:
    return [line(one) for one in an_agenda(first, last, *changes).passages]


def line(one: PlannedPassage) -> str:
    hours = one.period if one.starts is None else f"{one.starts:%H:%M}-{one.ends:%H:%M}"
    parts = [one.service_date.isoformat(), one.stop_id, hours, one.status]
    if one.original_date != one.service_date:
        parts.append(f"de {one.original_date}")
    return " ".join(parts)


def overlay(name: str, body: str) -> dict[str, str]:
    return override_file(name, body)


def test_two_spans_are_one_passage_with_two_openings() -> None:
    first, second, other = an_agenda(TUESDAY, TUESDAY).passages
    assert (first.span, second.span, other.span) == (0, 1, 0)
    assert first.passage_id == second.passage_id == "essai/nord/dun/2026-11-24"
    assert first.unit == "essai/bus-1"
    assert first.crew == ("agent-a", "agent-b")
    assert (first.tour_id, first.run_id, first.place_id) == ("nord", "mardi", "dun-mairie")


def test_a_half_day_without_hours_has_a_period() -> None:
    (one,) = an_agenda("2026-11-27", "2026-11-27").passages
    assert (one.starts, one.ends, one.period) == (None, None, "matin")


def test_a_day_of_the_agenda_is_asked_for_by_unit() -> None:
    agenda = an_agenda("2026-11-01", "2026-11-30")
    assert [line(one) for one in agenda.on(date(2026, 11, 24))] == ALL_TUESDAY
    assert agenda.on(date(2026, 11, 24), UnitId("essai/bus-2")) == ()
    assert agenda.on(date(2026, 11, 25)) == ()


def test_a_cancelled_passage_stays_in_the_agenda_with_its_reason() -> None:
    agenda = an_agenda(
        TUESDAY, TUESDAY, overlay("2026-11-24-nord-dun", 'action = "annule"\nmotif = "panne"')
    )
    assert [line(one) for one in agenda.passages] == [
        "2026-11-24 dun 09:30-12:00 annule",
        "2026-11-24 dun 13:30-16:00 annule",
        "2026-11-24 bonnat 16:30-18:00 prevu",
    ]
    assert agenda.passages[0].reason == "panne"


@pytest.mark.parametrize(
    ("scope", "cancelled"),
    [("matin", [0]), ("apres-midi", [1, 2]), ("journee", [0, 1, 2]), ("bonnat", [2])],
)
def test_an_overlay_reaches_what_its_name_says(scope: str, cancelled: list[int]) -> None:
    found = an_agenda(TUESDAY, TUESDAY, overlay(f"{TUESDAY}-nord-{scope}", 'action = "annule"'))
    assert [n for n, one in enumerate(found.passages) if one.is_cancelled] == cancelled


def test_a_moved_passage_is_one_object_at_its_new_date() -> None:
    moved = overlay(f"{TUESDAY}-nord-journee", 'action = "deplace"\nvers = 2026-11-25')
    assert lines("2026-11-23", "2026-11-26", moved) == [
        "2026-11-25 dun 09:30-12:00 deplace de 2026-11-24",
        "2026-11-25 dun 13:30-16:00 deplace de 2026-11-24",
        "2026-11-25 bonnat 16:30-18:00 deplace de 2026-11-24",
    ]


def test_the_window_filters_the_final_date_in_and_out() -> None:
    moved = overlay(f"{TUESDAY}-nord-bonnat", 'action = "deplace"\nvers = 2027-02-06')
    assert lines(TUESDAY, TUESDAY, moved) == ALL_TUESDAY[:2]
    assert lines("2027-02-06", "2027-02-06", moved) == [
        "2027-02-06 bonnat 16:30-18:00 deplace de 2026-11-24"
    ]


def test_a_moved_passage_keeps_its_name() -> None:
    moved = overlay(f"{TUESDAY}-nord-bonnat", 'action = "deplace"\nvers = 2026-11-25')
    (one,) = an_agenda("2026-11-25", "2026-11-25", moved).passages
    assert one.passage_id == "essai/nord/bonnat/2026-11-24"


def test_a_move_may_carry_a_place_and_hours() -> None:
    body = 'action = "deplace"\nvers = 2026-11-25\nlieu = "dun-salle"\nouvert = "10:00-11:00"'
    (one,) = an_agenda("2026-11-25", "2026-11-25", overlay(f"{TUESDAY}-nord-dun", body)).passages
    assert line(one) == "2026-11-25 dun 10:00-11:00 deplace de 2026-11-24"
    assert one.place_id == "dun-salle"
    assert one.changes == ("lieu", "horaire")


def test_other_hours_take_the_place_of_all_the_openings() -> None:
    one_span = overlay(f"{TUESDAY}-nord-dun", 'action = "horaire"\nouvert = "10:00-11:00"')
    assert lines(TUESDAY, TUESDAY, one_span)[0] == "2026-11-24 dun 10:00-11:00 prevu"
    assert len(lines(TUESDAY, TUESDAY, one_span)) == 2
    body = 'action = "horaire"\nouvert = ["14:00-15:00", "16:00-17:00"]'
    agenda = an_agenda(TUESDAY, TUESDAY, overlay(f"{TUESDAY}-nord-bonnat", body))
    found = [one for one in agenda.passages if one.stop_id == "bonnat"]
    assert [(line(one), one.span, one.changes) for one in found] == [
        ("2026-11-24 bonnat 14:00-15:00 prevu", 0, ("horaire",)),
        ("2026-11-24 bonnat 16:00-17:00 prevu", 1, ("horaire",)),
    ]


def test_other_hours_of_a_half_day_leave_the_other_half() -> None:
    later = overlay(f"{TUESDAY}-nord-matin", 'action = "horaire"\nouvert = "10:30-12:00"')
    assert lines(TUESDAY, TUESDAY, later) == [
        "2026-11-24 dun 10:30-12:00 prevu",
        *ALL_TUESDAY[1:],
    ]


@pytest.mark.parametrize(
    ("body", "field", "value"),
    [
        ('action = "lieu"\nlieu = "dun-salle"', "place_id", "dun-salle"),
        ('action = "equipage"\nequipage = ["agent-c"]', "crew", ("agent-c",)),
        ('action = "vehicule"\nvehicule = "bus-2"', "vehicle_id", "bus-2"),
    ],
)
def test_a_change_of_place_crew_or_vehicle_is_planned_with_changes(
    body: str, field: str, value: object
) -> None:
    agenda = an_agenda(TUESDAY, TUESDAY, overlay(f"{TUESDAY}-nord-bonnat", body))
    (one,) = (one for one in agenda.passages if one.stop_id == "bonnat")
    assert getattr(one, field) == value
    assert (one.status, one.changes) == ("prevu", (body.split('"')[1],))


def test_an_added_passage_comes_at_the_place_and_hours_given() -> None:
    body = 'action = "ajoute"\nlieu = "dun-salle"\nouvert = "14:00-16:30"\nmotif = "autre"'
    (one,) = an_agenda("2026-11-25", "2026-11-25", overlay("2026-11-25-nord-dun", body)).passages
    assert line(one) == "2026-11-25 dun 14:00-16:30 ajoute"
    assert (one.place_id, one.unit, one.run_id) == ("dun-salle", "essai/bus-1", None)
    assert one.original_date == one.service_date


def test_an_added_passage_has_the_usual_place_and_hours_by_default() -> None:
    added = overlay("2026-11-25-nord-dun", 'action = "ajoute"')
    assert lines("2026-11-25", "2026-11-25", added) == [
        "2026-11-25 dun 09:30-12:00 ajoute",
        "2026-11-25 dun 13:30-16:00 ajoute",
    ]


def test_a_passage_may_be_added_where_no_tour_goes() -> None:
    body = 'action = "ajoute"\nlieu = "dun-salle"\nouvert = "14:00-16:30"'
    (one,) = an_agenda("2026-11-25", "2026-11-25", overlay("2026-11-25-nord-foire", body)).passages
    assert line(one) == "2026-11-25 foire 14:00-16:30 ajoute"
    assert one.unit == "essai/bus-1"


def test_a_public_holiday_takes_the_passage_away_without_a_trace() -> None:
    assert lines("2026-12-25", "2026-12-25") == []


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ('action = "maintient"', ["2026-12-25 bonnat matin prevu"]),
        ('action = "annule"\nmotif = "ferie"', ["2026-12-25 bonnat matin annule"]),
        ('action = "lieu"\nlieu = "dun-salle"', []),
    ],
)
def test_an_overlay_may_speak_of_the_passage_of_a_public_holiday(
    body: str, expected: list[str]
) -> None:
    change = overlay("2026-12-25-nord-bonnat", body)
    assert lines("2026-12-25", "2026-12-25", change) == expected


def test_a_public_holiday_is_replaced_on_another_date() -> None:
    moved = overlay("2026-12-25-nord-bonnat", 'action = "deplace"\nvers = 2026-12-23')
    assert lines("2026-12-20", "2026-12-27", moved) == [
        "2026-12-22 dun 09:30-12:00 prevu",
        "2026-12-22 dun 13:30-16:00 prevu",
        "2026-12-22 bonnat 16:30-18:00 prevu",
        "2026-12-23 bonnat matin deplace de 2026-12-25",
    ]


def test_a_passage_kept_on_a_holiday_says_so() -> None:
    kept = overlay("2026-12-25-nord-journee", 'action = "maintient"')
    (one,) = an_agenda("2026-12-25", "2026-12-25", kept).passages
    assert (one.changes, one.reason) == (("maintient",), "")


CLOSURE = {
    "calendriers/fermetures.toml": (
        'format = "fermetures/1"\n[fermetures.noel]\ndu = 2026-11-23\nau = 2026-11-25\n'
        'motif = "conges"\navis = "Fermé."\n'
    )
}


def test_a_closure_cancels_with_its_reason_and_notice() -> None:
    agenda = an_agenda("2026-11-23", "2026-11-27", CLOSURE)
    assert [one.status for one in agenda.passages] == ["annule", "annule", "annule", "prevu"]
    assert (agenda.passages[0].reason, agenda.passages[0].notice) == ("conges", "Fermé.")


def test_a_closure_does_not_show_what_a_holiday_had_taken_away() -> None:
    closed = CLOSURE["calendriers/fermetures.toml"].replace("2026-11-25", "2026-12-31")
    agenda = an_agenda("2026-12-24", "2026-12-26", {"calendriers/fermetures.toml": closed})
    assert agenda.passages == ()


def test_overlays_come_after_closures() -> None:
    kept = overlay(f"{TUESDAY}-nord-bonnat", 'action = "maintient"')
    assert [one.status for one in an_agenda(TUESDAY, TUESDAY, CLOSURE, kept).passages] == [
        "annule",
        "annule",
        "prevu",
    ]


OFF_THE_ROAD = {
    "vehicules.toml": VEHICLES.replace(
        'nom = "Bus 1"', 'nom = "Bus 1"\nindisponible = ["2026-11-23..2026-11-24"]'
    )
}


def test_a_vehicle_off_the_road_cancels_its_runs() -> None:
    agenda = an_agenda("2026-11-24", "2026-12-01", OFF_THE_ROAD)
    assert [one.status for one in agenda.on(date(2026, 11, 24))] == ["annule"] * 3
    assert {one.reason for one in agenda.on(date(2026, 11, 24))} == {"vehicule"}
    assert {one.status for one in agenda.on(date(2026, 12, 1))} == {"prevu"}


def test_a_spare_vehicle_brings_the_passage_back() -> None:
    spare = overlay(f"{TUESDAY}-nord-journee", 'action = "vehicule"\nvehicule = "bus-2"')
    agenda = an_agenda(TUESDAY, TUESDAY, OFF_THE_ROAD, spare)
    assert {(one.status, one.reason, one.unit) for one in agenda.passages} == {
        ("prevu", "", "essai/bus-2")
    }


def test_the_overlay_of_a_stop_comes_after_that_of_the_day() -> None:
    day = overlay(f"{TUESDAY}-nord-journee", 'action = "deplace"\nvers = 2026-11-25')
    stop = overlay(f"{TUESDAY}-nord-bonnat", 'action = "annule"\nmotif = "fetes"')
    assert lines("2026-11-23", "2026-11-26", day, stop) == [
        "2026-11-25 dun 09:30-12:00 deplace de 2026-11-24",
        "2026-11-25 dun 13:30-16:00 deplace de 2026-11-24",
        "2026-11-25 bonnat 16:30-18:00 annule de 2026-11-24",
    ]


def test_the_latest_version_to_have_begun_is_the_only_one_in_force() -> None:
    later = TOUR.replace("2026-09-01", "2026-12-01").replace('"mardi"', '"jeudi"', 1)
    change = {"tournees/nord/2026-12-01.toml": later}
    found = lines("2026-11-24", "2026-12-03", change)
    assert [one.split()[0] for one in found] == [
        *["2026-11-24"] * 3,
        "2026-11-27",
        *["2026-12-03"] * 3,
    ]


def test_no_older_version_comes_back_when_the_latest_has_ended() -> None:
    later = TOUR.replace("effet    = 2026-09-01", "effet    = 2026-12-01\nfin = 2026-12-02")
    change = {"tournees/nord/2026-12-01.toml": later}
    found = lines("2026-11-27", "2027-03-31", change)
    assert {one.split()[0] for one in found} == {"2026-11-27", "2026-12-01"}


def test_the_version_in_force_is_that_of_the_original_date() -> None:
    later = TOUR.replace("2026-09-01", "2026-12-01").replace("16:30-18:00", "17:00-18:00")
    moved = overlay(f"{TUESDAY}-nord-bonnat", 'action = "deplace"\nvers = 2026-12-02')
    change = {"tournees/nord/2026-12-01.toml": later}
    assert lines("2026-12-02", "2026-12-02", change, moved) == [
        "2026-12-02 bonnat 16:30-18:00 deplace de 2026-11-24"
    ]


def test_only_the_tours_asked_for_are_expanded() -> None:
    tree = read_schedule(schedule_files()).tree
    assert tree is not None
    first, last = date(2026, 11, 1), date(2026, 11, 30)
    none = expand_agenda(tree, first, last, bundled=BUNDLED, tour_ids={TourId("sud")})
    assert none.passages == ()
    some = expand_agenda(tree, first, last, bundled=BUNDLED, tour_ids={TourId("nord")})
    assert len(some.passages) == 16


def test_school_holidays_of_the_tree_replace_the_bundled_zone() -> None:
    tour = {
        "tournees/nord/2026-09-01.toml": TOUR.replace(
            'jours = "vendredi"', 'jours = "vendredi"\nvacances = "sans"'
        )
    }
    own = {
        "calendriers/vacances.toml": (
            'format = "vacances/1"\nhorizon = 2027-08-31\n'
            "[A.essai]\ndu = 2026-11-06\nau = 2026-11-08\n"
        )
    }
    fridays = [one for one in lines("2026-10-16", "2026-11-13", tour) if "bonnat matin" in one]
    assert [one.split()[0] for one in fridays] == ["2026-10-16", "2026-11-06", "2026-11-13"]
    found = [one for one in lines("2026-10-16", "2026-11-13", tour, own) if "matin" in one]
    assert [one.split()[0] for one in found] == [
        "2026-10-16",
        "2026-10-23",
        "2026-10-30",
        "2026-11-13",
    ]


def test_two_villages_alternate_in_one_slot() -> None:
    tour = TOUR + (
        '\n[sorties.vendredi.arrets.dun]\nlieu = "dun-mairie"\nsemaines = "paires"\n'
        'ouvert = "14:00-16:00"\n'
    )
    found = lines("2026-11-20", "2026-11-27", {"tournees/nord/2026-09-01.toml": tour})
    assert [one for one in found if "14:00" in one] == ["2026-11-27 dun 14:00-16:00 prevu"]


def test_passages_of_one_day_come_by_hour_even_when_moved() -> None:
    early = overlay("2026-11-27-nord-bonnat", 'action = "deplace"\nvers = 2026-11-24')
    assert lines(TUESDAY, TUESDAY, early) == [
        "2026-11-24 bonnat matin deplace de 2026-11-27",
        *ALL_TUESDAY,
    ]
