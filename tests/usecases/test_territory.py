"""Where places are, and the drives that agents recorded, which replace the estimate."""

from datetime import date, time
from pathlib import Path

from fsmobile.core.driving import DriveSource
from fsmobile.core.ids import AgencyId, PlaceId, StopId, TourId, planned_passage_id
from fsmobile.protocol.records import PASSAGE_CLOSE, PASSAGE_OPEN, PassageData, encode_passage
from fsmobile.usecases.planning import Planning, look_again
from fsmobile.usecases.territory import load_recorded_drives, locate_places, travel_times
from tests.usecases.planning_samples import a_planning

TODAY = date(2026, 11, 26)
MONDAYS = (date(2026, 10, 5), date(2026, 10, 19), date(2026, 11, 2), date(2026, 11, 16))
"""First and third ones: Saint-Vaury until noon, Le Grand-Bourg from half past one."""


def record_day(planning: Planning, day: date, left: time, arrived: time) -> None:
    """Record what the crew did on a Monday."""
    for stop, opened, closed in (
        ("saint-vaury", time(9, 15), left),
        ("grand-bourg", arrived, time(16, 15)),
    ):
        entity = planned_passage_id(AgencyId("fsi-exemple-23"), TourId("nord"), StopId(stop), day)
        for kind, at in ((PASSAGE_OPEN, opened), (PASSAGE_CLOSE, closed)):
            planning.desk.record(kind, encode_passage(PassageData(at=at)), entity=entity)


def test_three_recorded_trips_replace_the_estimate_and_a_meal_does_not(tmp_path: Path) -> None:
    planning = a_planning(tmp_path)
    for path in (tmp_path / "tournees" / "nord").glob("*.toml"):
        text = path.read_text(encoding="utf-8")
        # Nobody has typed this drive.
        path.write_text(
            text.replace('ouvert = "13:30-16:15"\ntrajet = 20', 'ouvert = "13:30-16:15"')
        )
    planning = a_planning_again(planning)
    pair = (PlaceId("saint-vaury"), PlaceId("grand-bourg"))
    for day in MONDAYS[:2]:
        record_day(planning, day, time(12, 0), time(12, 22))
    record_day(planning, MONDAYS[2], time(12, 0), time(13, 30))
    found = travel_times(planning.tree, planning.contents, TODAY, planning.desk).drive(*pair)
    assert found is not None
    assert found.source is DriveSource.ESTIMATE
    record_day(planning, MONDAYS[3], time(12, 0), time(12, 22))
    drives = load_recorded_drives(planning.desk, planning.tree, TODAY)
    assert [one.minutes for one in drives] == [22, 22, 90, 22]
    found = travel_times(planning.tree, planning.contents, TODAY, planning.desk).drive(*pair)
    assert found is not None
    assert (found.source, found.minutes) == (DriveSource.OBSERVED, 22)
    # Without the laptop's own facts, nothing is observed.
    alone = travel_times(planning.tree, planning.contents, TODAY).drive(*pair)
    assert alone is not None
    assert alone.is_estimate


def a_planning_again(planning: Planning) -> Planning:
    look_again(planning)
    return planning


def test_a_place_without_coordinates_is_found_by_its_commune(tmp_path: Path) -> None:
    planning = a_planning(tmp_path)
    places = tmp_path / "lieux.toml"
    text = places.read_text(encoding="utf-8")
    start = text.index("[lieux.gouzon]")
    places.write_text(text[:start] + text[start:].replace("lat     = 46.1920\n", ""), "utf-8")
    tree = a_planning_again(planning).tree
    assert tree.places[PlaceId("gouzon")].latitude is None
    found = locate_places(tree, TODAY)
    latitude, longitude = found[PlaceId("gouzon")]
    assert (round(latitude, 1), round(longitude, 1)) == (46.2, 2.2)
