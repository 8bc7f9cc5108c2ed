"""Each act on a passage: what it writes, and the agenda that is read back."""

import difflib
from collections.abc import Mapping
from datetime import date, time
from pathlib import Path

import pytest
from msgspec.structs import replace

from fsmobile.core.ids import PlaceId, VehicleId
from fsmobile.core.overrides import OverrideAction, OverrideReason, WholeDay
from fsmobile.core.planned_passages import PlannedStatus
from fsmobile.core.reach import Reach
from fsmobile.core.recurrence import Recurrence, WeekParity
from fsmobile.core.spans import DateSpan, HalfDay, TimeSpan
from fsmobile.errors import InvalidInput, Severity
from fsmobile.texts.public_notices import cancelled_notice
from fsmobile.usecases.planning import Planning, apply_edit, look_again
from fsmobile.usecases.planning_acts import (
    Telling,
    add_passage,
    cancel_day,
    change_days,
    change_passage,
    close_service,
    lend_vehicle,
    restore_passage,
    rewrite_notice,
    spare_faults,
    swap_stops,
    wish,
)
from tests.usecases.planning_samples import FIRST, SECOND, a_planning, passage, passages

PLACES_TOLD = Telling(reason=OverrideReason.WORKS, published_on=date(2026, 11, 22))
NINE = TimeSpan(starts=time(9), ends=time(11, 30))


@pytest.fixture
def planning(tmp_path: Path) -> Planning:
    return a_planning(tmp_path / "creuse")


def difference(planning: Planning, texts: Mapping[str, str | None]) -> list[str]:
    """Return the changed lines of an edit, each file after its name."""
    lines: list[str] = []
    for path, text in sorted(texts.items()):
        before, after = planning.files.get(path, ""), text or ""
        found = difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=0)
        kept = [x for x in found if x[:1] in "+-" and x[:3] not in ("+++", "---")]
        lines += [path, *kept]
    return lines


def do(planning: Planning, texts: Mapping[str, str | None]) -> None:
    """Write an edit; whatever it does to roads and hours, no exception hangs in the air."""
    apply_edit(planning, "essai", texts)
    errors = {one.code for one in planning.check() if one.severity is Severity.ERROR}
    assert not {code for code in errors if code.startswith(("overlay", "foreign", "file", "wrong"))}
    assert "recurrence_never_fires" not in errors


def test_a_passage_cancelled_once_is_one_small_file(planning: Planning) -> None:
    dun = passage(planning, "2026-12-08", "dun")
    notice = cancelled_notice("Dun-le-Palestel", dun.original_date, OverrideReason.BREAKDOWN)
    telling = Telling(
        reason=OverrideReason.BREAKDOWN, notice=notice, published_on=date(2026, 11, 22)
    )
    texts = change_passage(
        planning.sheets, dun, wish(dun, OverrideAction.CANCEL, telling), Reach.ONCE
    )
    assert texts == {
        "surcharges/2026/2026-12-08-nord-dun.toml": (
            'format = "surcharge/1"\n'
            'action = "annule"\n'
            'motif  = "panne"\n'
            'avis   = "Le bus est en panne : pas de passage à Dun-le-Palestel le mardi 8 '
            'décembre."\n'
            "publie = 2026-11-22\n"
        )
    }
    do(planning, texts)
    assert passage(planning, "2026-12-08", "dun").status is PlannedStatus.CANCELLED


def test_hours_said_after_a_place_go_into_the_same_file(planning: Planning) -> None:
    celle = passage(planning, "2026-12-08", "celle-dunoise")
    wished = replace(wish(celle, OverrideAction.HOURS, Telling()), spans=(NINE,))
    texts = change_passage(planning.sheets, celle, wished, Reach.ONCE)
    assert difference(planning, texts) == [
        "surcharges/2026/2026-12-08-nord-celle-dunoise.toml",
        '+ouvert = "09:00-11:30"',
    ]
    do(planning, texts)
    after = passage(planning, "2026-12-08", "celle-dunoise")
    assert (after.call.hours, after.place_id) == (NINE, "celle-salle")


def test_a_passage_moves_to_another_date_place_and_hours(planning: Planning) -> None:
    dun = passage(planning, "2026-12-08", "dun")
    wished = replace(
        wish(dun, OverrideAction.MOVE, PLACES_TOLD),
        moved_to=date(2026, 12, 9),
        place_id=PlaceId("dun-salle"),
        spans=(TimeSpan(starts=time(14), ends=time(16)),),
    )
    do(planning, change_passage(planning.sheets, dun, wished, Reach.ONCE))
    moved = passage(planning, "2026-12-09", "dun")
    assert moved.status is PlannedStatus.MOVED
    assert (moved.place_id, moved.starts, moved.original_date) == (
        "dun-salle",
        time(14),
        date(2026, 12, 8),
    )


def test_a_passage_moved_back_to_its_day_is_an_ordinary_one(planning: Planning) -> None:
    dun = passage(planning, "2026-12-08", "dun")
    for day in (date(2026, 12, 9), date(2026, 12, 8)):
        wished = replace(wish(dun, OverrideAction.MOVE, PLACES_TOLD), moved_to=day)
        texts = change_passage(planning.sheets, dun, wished, Reach.ONCE)
        do(planning, texts)
    assert texts == {"surcharges/2026/2026-12-08-nord-dun.toml": None}
    assert passage(planning, "2026-12-08", "dun").status is PlannedStatus.PLANNED


def test_other_hours_for_all_are_one_line_in_each_version_that_said_the_same(
    planning: Planning,
) -> None:
    dun = passage(planning, "2026-12-08", "dun")
    wished = replace(wish(dun, OverrideAction.HOURS, Telling()), spans=(NINE,))
    texts = change_passage(planning.sheets, dun, wished, Reach.ALWAYS)
    assert difference(planning, texts) == [
        FIRST,
        '-ouvert = "09:30-12:00"',
        '+ouvert = "09:00-11:30"',
        SECOND,
        '-ouvert = "09:30-12:00"',
        '+ouvert = "09:00-11:30"',
    ]
    do(planning, texts)
    assert passage(planning, "2027-01-05", "dun").call.hours == NINE


def test_from_this_one_on_is_a_new_version_and_the_past_stays(planning: Planning) -> None:
    dun = passage(planning, "2026-12-08", "dun")
    before = passages(planning.tree, date(2026, 9, 1), date(2026, 12, 7))
    wished = replace(wish(dun, OverrideAction.PLACE, Telling()), place_id=PlaceId("dun-salle"))
    texts = change_passage(planning.sheets, dun, wished, Reach.ONWARDS)
    new = "tournees/nord/2026-12-08.toml"
    assert set(texts) == {new, SECOND}
    assert difference(planning, {SECOND: texts[SECOND]})[1:] == [
        '-lieu   = "dun-mairie"',
        '+lieu   = "dun-salle"',
    ]
    text = texts[new]
    assert text is not None
    found = difflib.unified_diff(
        planning.files[FIRST].splitlines(), text.splitlines(), lineterm="", n=0
    )
    assert [x for x in found if x[:1] in "+-" and x[:3] not in ("+++", "---")] == [
        "-# Tournée Nord — horaires valables à partir du 1er septembre 2026",
        "+# Tournée Nord — horaires valables à partir du 8 décembre 2026",
        "-effet    = 2026-09-01                     # inclus ; la version suivante prend le relais",
        "+effet    = 2026-12-08                     # inclus ; la version suivante prend le relais",
        "+remplace = 2026-09-01",
        '-lieu   = "dun-mairie"',
        '+lieu   = "dun-salle"',
        # The summer run has no day in a version that ends in January.
        "-[sorties.vendredi-ete]",
        '-jours  = "vendredi"',
        '-saison = "06-15..09-15"',
        '-depart = "08:45"',
        '-retour = "12:40"',
        "-",
        "-[sorties.vendredi-ete.arrets.celle-dunoise]",
        '-lieu   = "celle-dunoise"',
        '-ouvert = "09:30-12:00"',
        "-trajet = 30",
        "-",
        "-dates  = [2026-11-27, 2026-12-11]",
        "+dates  = [2026-12-11]",
    ]
    do(planning, texts)
    assert passages(planning.tree, date(2026, 9, 1), date(2026, 12, 7)) == before
    assert passage(planning, "2026-12-08", "dun").place_id == "dun-salle"
    assert passage(planning, "2027-01-05", "dun").place_id == "dun-salle"


def test_a_stop_left_out_from_a_day_on_takes_its_later_exceptions_with_it(
    planning: Planning,
) -> None:
    dun = passage(planning, "2026-12-08", "celle-dunoise")
    wished = wish(dun, OverrideAction.CANCEL, Telling())
    texts = change_passage(planning.sheets, dun, wished, Reach.ONWARDS)
    assert texts["surcharges/2026/2026-12-08-nord-celle-dunoise.toml"] is None
    do(planning, texts)
    later = passages(planning.tree, date(2026, 12, 8), date(2027, 5, 31))
    assert not any(one.stop_id == "celle-dunoise" for one in later)


def test_a_run_moves_to_another_weekday_for_good(planning: Planning) -> None:
    jarnages = passage(planning, "2026-12-09", "jarnages")
    wished = replace(wish(jarnages, OverrideAction.MOVE, Telling()), moved_to=date(2026, 12, 11))
    do(planning, change_passage(planning.sheets, jarnages, wished, Reach.ONWARDS))
    days = [
        one.service_date
        for one in passages(planning.tree, date(2026, 12, 1), date(2026, 12, 20))
        if one.stop_id == "jarnages"
    ]
    assert days == [date(2026, 12, 2), date(2026, 12, 11), date(2026, 12, 18)]


def test_a_move_out_of_its_week_is_no_rule(planning: Planning) -> None:
    jarnages = passage(planning, "2026-12-09", "jarnages")
    wished = replace(wish(jarnages, OverrideAction.MOVE, Telling()), moved_to=date(2026, 12, 18))
    with pytest.raises(InvalidInput, match="move_is_once"):
        change_passage(planning.sheets, jarnages, wished, Reach.ALWAYS)


def test_another_crew_for_all_is_one_key_of_the_run(planning: Planning) -> None:
    jarnages = passage(planning, "2026-12-09", "jarnages")
    wished = replace(
        wish(jarnages, OverrideAction.CREW, Telling()),
        crew=("agent-a", "agent-c"),
    )
    texts = change_passage(planning.sheets, jarnages, wished, Reach.ALWAYS)
    line = '+equipage = ["agent-a", "agent-c"]'
    assert difference(planning, texts) == [FIRST, line, SECOND, line]
    do(planning, texts)
    assert passage(planning, "2027-01-06", "jarnages").crew == ("agent-a", "agent-c")


def test_a_day_cancelled_takes_back_what_was_said_of_its_stops(planning: Planning) -> None:
    celle = passage(planning, "2026-12-08", "celle-dunoise")
    texts = cancel_day(planning.sheets, celle, WholeDay.DAY, PLACES_TOLD)
    assert texts["surcharges/2026/2026-12-08-nord-celle-dunoise.toml"] is None
    do(planning, texts)
    day = passages(planning.tree, date(2026, 12, 8))
    assert [one.status for one in day] == [PlannedStatus.CANCELLED] * 2


def test_a_half_day_cancelled_leaves_the_other_half(planning: Planning) -> None:
    dun = passage(planning, "2026-12-08", "dun")
    do(planning, cancel_day(planning.sheets, dun, HalfDay.MORNING, PLACES_TOLD))
    day = passages(planning.tree, date(2026, 12, 8))
    assert [one.status for one in day] == [PlannedStatus.CANCELLED, PlannedStatus.PLANNED]


def test_a_cancelled_passage_is_restored_by_taking_its_exception_back(planning: Planning) -> None:
    dun = passage(planning, "2026-11-24", "dun")
    texts = restore_passage(planning.sheets, dun)
    assert texts == {"surcharges/2026/2026-11-24-nord-dun.toml": None}
    with pytest.raises(InvalidInput, match="nothing_to_restore"):
        restore_passage(planning.sheets, passage(planning, "2026-12-08", "dun"))


def test_an_added_passage_makes_up_for_the_cancelled_one(planning: Planning) -> None:
    dun = passage(planning, "2026-11-24", "dun")
    texts = add_passage(
        planning.sheets, dun.tour_id, dun.stop_id, date(2026, 12, 4), Telling(), dun
    )
    assert texts == {
        "surcharges/2026/2026-12-04-nord-dun.toml": (
            'format   = "surcharge/1"\naction   = "ajoute"\nremplace = "2026-11-24-nord-dun"\n'
        )
    }
    do(planning, texts)
    added = passage(planning, "2026-12-04", "dun")
    assert (added.status, added.starts) == (PlannedStatus.ADDED, time(9, 30))


def test_an_added_passage_that_moves_is_added_elsewhere(planning: Planning) -> None:
    added = passage(planning, "2026-11-27", "dun")
    wished = replace(wish(added, OverrideAction.MOVE, Telling()), moved_to=date(2026, 12, 4))
    texts = change_passage(planning.sheets, added, wished, Reach.ONCE)
    assert texts["surcharges/2026/2026-11-27-nord-dun.toml"] is None
    do(planning, texts)
    assert passage(planning, "2026-12-04", "dun").place_id == "dun-salle"


def test_an_added_passage_that_is_cancelled_was_never_there(planning: Planning) -> None:
    added = passage(planning, "2026-11-27", "dun")
    wished = wish(added, OverrideAction.CANCEL, PLACES_TOLD)
    texts = change_passage(planning.sheets, added, wished, Reach.ONCE)
    assert texts == {"surcharges/2026/2026-11-27-nord-dun.toml": None}


def test_a_stop_is_not_added_on_a_day_it_passes(planning: Planning) -> None:
    dun = passage(planning, "2026-11-24", "dun")
    with pytest.raises(InvalidInput, match="stop_passes_already"):
        add_passage(planning.sheets, dun.tour_id, dun.stop_id, date(2026, 12, 8), Telling())


def test_two_stops_take_each_others_hours(planning: Planning) -> None:
    dun = passage(planning, "2026-12-08", "dun")
    celle = passage(planning, "2026-12-08", "celle-dunoise")
    once = swap_stops(planning.sheets, dun, celle, Reach.ONCE, (Telling(), Telling()))
    assert len(once) == 2
    always = swap_stops(planning.sheets, dun, celle, Reach.ALWAYS, (Telling(), Telling()))
    assert len(difference(planning, {FIRST: always[FIRST]})) == 5
    apply_edit(planning, "essai", once)
    assert passage(planning, "2026-12-08", "dun").starts == time(13, 30)
    assert passage(planning, "2026-12-08", "celle-dunoise").starts == time(9, 30)


def test_a_spare_bus_for_a_week_is_one_exception_a_day(planning: Planning) -> None:
    days = [date(2026, 12, 7), date(2026, 12, 8), date(2026, 12, 23)]
    dun = passage(planning, "2026-12-08", "dun")
    texts = lend_vehicle(planning.sheets, dun, VehicleId("bus-2"), days, PLACES_TOLD)
    assert list(texts) == [
        "surcharges/2026/2026-12-07-nord-journee.toml",
        "surcharges/2026/2026-12-08-nord-journee.toml",
        "surcharges/2026/2026-12-22-nord-journee.toml",
    ]
    assert difference(planning, {p: t for p, t in texts.items() if "12-22" in p})[1:] == [
        '-motif  = "fetes"',
        '+vehicule = "bus-2"',
        '+motif  = "travaux"',
        "-publie = 2026-12-01",
        "+publie = 2026-11-22",
    ]
    apply_edit(planning, "essai", texts)
    assert passage(planning, "2026-12-23", "dun").vehicle_id == "bus-2"
    assert passage(planning, "2026-12-08", "dun").vehicle_id == "bus-2"


def test_what_a_spare_bus_lacks_is_said(planning: Planning) -> None:
    path = planning.path / "vehicules.toml"
    spare = '[vehicules.bus-2]\ncontrole = 2026-12-01\nindisponible = ["2026-12-10..2026-12-11"]\n'
    path.write_text(path.read_text() + "\n" + spare)
    look_again(planning)
    bus = VehicleId("bus-2")
    assert spare_faults(planning.tree, bus, [date(2026, 11, 25)]) == ["no_base"]
    days = [date(2026, 12, 8), date(2026, 12, 10)]
    assert spare_faults(planning.tree, bus, days) == ["off_the_road", "inspection_due", "no_base"]
    assert "busy" in spare_faults(planning.tree, VehicleId("bus-1"), days)


def test_the_notice_of_an_exception_is_one_line(planning: Planning) -> None:
    dun = passage(planning, "2026-11-24", "dun")
    texts = rewrite_notice(planning.sheets, dun, "Reporté au vendredi 27, salle polyvalente.")
    assert [line[:6] for line in difference(planning, texts)[1:]] == ["-avis ", "+avis "]
    with pytest.raises(InvalidInput, match="nothing_to_restore"):
        rewrite_notice(planning.sheets, passage(planning, "2026-12-10", "souterraine"), "x")


def test_the_service_closes_for_a_range(planning: Planning) -> None:
    days = DateSpan(first=date(2026, 12, 28), last=date(2026, 12, 31))
    texts = close_service(planning.sheets, days, "conges", "Le bus ne circule pas.")
    assert texts == {
        "calendriers/fermetures.toml": (
            'format = "fermetures/1"\n\n'
            "[fermetures.du-2026-12-28]\n"
            "du    = 2026-12-28\n"
            "au    = 2026-12-31\n"
            'motif = "conges"\n'
            'avis  = "Le bus ne circule pas."\n'
        )
    }
    do(planning, texts)
    closed = passages(planning.tree, days.first, days.last)
    assert {one.status for one in closed} == {PlannedStatus.CANCELLED}


def test_a_rule_is_rewritten_with_its_own_lines_only(planning: Planning) -> None:
    dun = passage(planning, "2026-12-08", "dun")
    rule = Recurrence(weekdays=frozenset({3}), parity=WeekParity.ODD)
    texts = change_days(planning.sheets, dun, rule, Reach.ALWAYS)
    beside = f"{' ' * 23}# semaines ISO, comme sur le calendrier des Postes"
    assert difference(planning, {FIRST: texts[FIRST]})[1:] == [
        '-jours    = "mardi"',
        f'-semaines = "paires"{beside}',
        '+jours    = "jeudi"',
        f'+semaines = "impaires"{beside}',
    ]
    with pytest.raises(InvalidInput, match="rule_is_not_once"):
        change_days(planning.sheets, dun, rule, Reach.ONCE)


def test_a_passage_on_a_holiday_is_kept_for_once_and_for_all(planning: Planning) -> None:
    friday = date(2026, 12, 25)
    model = passage(planning, "2026-12-11", "gouzon")
    assert passages(planning.tree, friday) == []
    thursday = passage(planning, "2026-12-10", "souterraine")
    keep = wish(thursday, OverrideAction.KEEP, Telling())
    texts = change_passage(planning.sheets, thursday, keep, Reach.ALWAYS)
    assert difference(planning, texts)[1] == '+feries = "avec"'
    assert model.run_id == "gouzon"
