"""What a laptop remembers of networks, and where it says that sending will go through."""

from datetime import time

from fsmobile.core.ids import PassageId
from fsmobile.store import exchanges
from fsmobile.store.exchanges import ExchangeTried
from fsmobile.usecases.network_memory import best_hour, find_good_network, note_exchange
from fsmobile.usecases.passages import close_passage, load_day, open_passage
from tests.tui.day_samples import a_day

HOUR_MS = 3_600_000


def _tries(*minutes: int) -> list[ExchangeTried]:
    return [
        ExchangeTried(at=rank, place_id=None, minute=minute, is_good=True, seconds=1.0)
        for rank, minute in enumerate(minutes)
    ]


def _stops(desk) -> list[PassageId]:
    return [line.passage_id for line in load_day(desk, desk.today()).lines]


def test_a_try_is_remembered_where_the_bus_stood() -> None:
    desk = a_day().desk
    clock = desk.replica.clock
    luxe, _mansle = _stops(desk)
    note_exchange(desk, is_good=False, started_at=clock.now_ms())
    open_passage(desk, luxe)
    clock.ms += 1000
    note_exchange(desk, is_good=True, started_at=clock.now_ms() - 2500)
    close_passage(desk, luxe)
    clock.ms += 60_000
    note_exchange(desk, is_good=True, started_at=clock.now_ms())
    clock.ms += HOUR_MS
    note_exchange(desk, is_good=True, started_at=clock.now_ms())
    places = [one.place_id for one in exchanges.list_exchanges(desk.replica)]
    assert places == [None, "luxe", "luxe", None]
    assert exchanges.list_exchanges(desk.replica)[2].seconds == 2.5


def test_the_next_stop_where_it_went_through_before_is_named_with_its_hour() -> None:
    desk = a_day().desk
    _luxe, mansle = _stops(desk)
    assert find_good_network(desk) is None
    open_passage(desk, mansle)
    desk.replica.clock.ms += 6 * HOUR_MS
    note_exchange(desk, is_good=True, started_at=0)
    desk.replica.clock.ms -= 6 * HOUR_MS
    found = find_good_network(desk)
    assert found is not None
    assert (found.place_id, found.at, found.good, found.tries) == ("mansle", time(15), 1, 1)


def test_a_place_where_it_fails_more_often_than_not_is_never_named() -> None:
    desk = a_day().desk
    luxe, _mansle = _stops(desk)
    open_passage(desk, luxe)
    for is_good in (True, False, False):
        desk.replica.clock.ms += 1000
        note_exchange(desk, is_good=is_good, started_at=0)
    assert find_good_network(desk) is None


def test_what_is_older_than_a_year_and_a_season_is_forgotten() -> None:
    desk = a_day().desk
    note_exchange(desk, is_good=True, started_at=0)
    desk.replica.clock.ms += 401 * 24 * HOUR_MS
    note_exchange(desk, is_good=True, started_at=0)
    assert len(exchanges.list_exchanges(desk.replica)) == 1


def test_the_best_hour_is_within_the_opening_and_the_first_of_equals() -> None:
    assert best_hour(_tries(16 * 60 + 5, 15 * 60), time(14), time(16, 30)) == time(15)
    assert best_hour(_tries(10 * 60), time(14), time(16, 30)) == time(14)
    assert best_hour(_tries(14 * 60 + 45), time(14, 40), None) == time(14, 40)
