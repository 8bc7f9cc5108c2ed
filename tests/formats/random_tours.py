"""Timetables made at random: every kind of rule, exceptions, closures, a bus off the road."""

from datetime import date, time, timedelta

from hypothesis import strategies as st

from fsmobile.core.agencies import Agency, Vehicle
from fsmobile.core.holidays import (
    LocalHoliday,
    Territory,
)
from fsmobile.core.ids import AgencyId, PlaceId, RunId, StopId, TourId, VehicleId
from fsmobile.core.overrides import Override, OverrideAction, WholeDay
from fsmobile.core.recurrence import (
    Cycle,
    CycleCount,
    HolidayRule,
    Recurrence,
    SchoolRule,
    Season,
    WeekParity,
)
from fsmobile.core.schedules import Closure, ScheduleTree
from fsmobile.core.spans import DateSpan, HalfDay, TimeSpan
from fsmobile.core.tours import Access, Run, Stop, Tour, TourVersion
from tests.formats.opening_hours_reader import WINDOW_DAYS

STOP, TOUR, BUS = StopId("dun"), TourId("nord"), VehicleId("bus-1")
FIRSTS = st.dates(date(2024, 1, 1), date(2028, 12, 31))
SPANS = st.lists(
    st.sampled_from(
        [
            TimeSpan(starts=time(9, 30), ends=time(12)),
            TimeSpan(starts=time(9), ends=time(10, 30)),
            TimeSpan(starts=time(12), ends=time(13)),
            TimeSpan(starts=time(13, 30), ends=time(16, 15)),
        ]
    ),
    min_size=1,
    max_size=2,
    unique=True,
)


@st.composite
def hours(draw: st.DrawFn) -> dict[str, object]:
    if draw(st.integers(0, 9)) == 0:
        return {"half_day": draw(st.sampled_from(HalfDay))}
    return {"spans": tuple(sorted(draw(SPANS)))}


@st.composite
def seasons(draw: st.DrawFn) -> tuple[Season, ...]:
    days = st.dates(date(2024, 1, 1), date(2024, 12, 31)).map(lambda day: (day.month, day.day))
    pairs = draw(st.lists(st.tuples(days, days), min_size=1, max_size=2))
    return tuple(Season(first=first, last=last) for first, last in pairs)


@st.composite
def cycles(draw: st.DrawFn) -> Cycle:
    length = draw(st.integers(2, 5))
    return Cycle(
        length=length,
        starts_on=draw(st.dates(date(2023, 1, 1), date(2028, 12, 31))),
        ranks=frozenset(draw(st.sets(st.integers(1, length), min_size=1, max_size=2))),
        count=draw(st.sampled_from(CycleCount)),
    )


def often_empty(values: st.SearchStrategy[object], empty: object) -> st.SearchStrategy[object]:
    return st.one_of(st.just(empty), st.just(empty), values)


@st.composite
def selectors(draw: st.DrawFn, weekdays_min: int) -> dict[str, object]:
    weekdays = st.frozensets(st.integers(0, 6), min_size=weekdays_min, max_size=7)
    ranks = st.frozensets(st.sampled_from([1, 2, 3, 4, 5, -1, -2]), min_size=1, max_size=2)
    weeks = st.frozensets(st.integers(1, 53), min_size=1, max_size=8)
    return {
        "weekdays": draw(weekdays),
        "parity": draw(st.sampled_from(WeekParity)),
        "weeks": draw(often_empty(weeks, frozenset())),
        "ranks": draw(often_empty(ranks, frozenset())),
        "cycle": draw(often_empty(cycles(), None)),
        "seasons": draw(often_empty(seasons(), ())),
    }


@st.composite
def runs(draw: st.DrawFn, first: date) -> Run:
    days = st.integers(-30, WINDOW_DAYS + 30).map(lambda count: first + timedelta(days=count))
    recurrence = Recurrence(
        **draw(selectors(weekdays_min=0)),
        school=draw(st.sampled_from(SchoolRule)),
        holidays=draw(st.sampled_from(HolidayRule)),
        dates=tuple(draw(often_empty(st.lists(days, min_size=1, max_size=6), ()))),
    )
    narrowing = draw(often_empty(selectors(weekdays_min=0), None))
    stop = Stop(
        stop_id=STOP,
        place_id=PlaceId("dun-mairie"),
        is_tentative=draw(st.sampled_from([False, False, True])),
        access=draw(st.sampled_from([Access.FREE, *Access])),
        narrowing=Recurrence(**narrowing) if narrowing else None,
        **draw(hours()),
    )
    other = Stop(
        stop_id=StopId("bonnat"),
        place_id=PlaceId("bonnat"),
        spans=(TimeSpan(starts=time(17), ends=time(18)),),
    )
    run_id = RunId(f"sortie-{draw(st.integers(0, 9_999))}")
    return Run(run_id=run_id, recurrence=recurrence, vehicle_id=BUS, stops=(stop, other))


@st.composite
def tours(draw: st.DrawFn, first: date) -> Tour:
    starts = draw(
        st.lists(st.integers(-400, WINDOW_DAYS - 20), min_size=1, max_size=3, unique=True)
    )
    versions = []
    for start in sorted(starts):
        valid_from = first + timedelta(days=start)
        lasts = draw(st.sampled_from([None, None, 40, 500]))
        versions.append(
            TourVersion(
                tour_id=TOUR,
                name="Nord",
                valid_from=valid_from,
                valid_until=None if lasts is None else valid_from + timedelta(days=lasts),
                runs=tuple(draw(st.lists(runs(first), min_size=1, max_size=3))),
            )
        )
    return Tour(tour_id=TOUR, versions=tuple(versions))


@st.composite
def overrides(draw: st.DrawFn, first: date) -> Override:
    days = st.integers(-20, WINDOW_DAYS + 20).map(lambda count: first + timedelta(days=count))
    action = draw(st.sampled_from(OverrideAction))
    gives_hours = action is OverrideAction.HOURS or draw(st.booleans())
    wide = [STOP, StopId("bonnat"), WholeDay.DAY, HalfDay.MORNING]
    return Override(
        override_id=f"exception-{draw(st.integers(0, 99_999))}",
        original_date=draw(days),
        tour_id=TOUR,
        scope=STOP if action is OverrideAction.ADD else draw(st.sampled_from(wide)),
        action=action,
        moved_to=draw(days) if action is OverrideAction.MOVE else None,
        **(draw(hours()) if gives_hours else {}),
    )


@st.composite
def trees(draw: st.DrawFn, first: date) -> ScheduleTree:
    local = st.sampled_from([LocalHoliday(month=9, day=21), LocalHoliday(easter_offset=-2)])
    days = st.integers(0, WINDOW_DAYS).map(lambda count: first + timedelta(days=count))
    off = DateSpan(first=draw(days), last=first + timedelta(days=draw(st.integers(0, 300))))
    closure = Closure(closure_id="conges", days=DateSpan(first=off.last, last=draw(days)))
    vehicle = Vehicle(vehicle_id=BUS, name="Minibus", unavailable=(off,))
    return ScheduleTree(
        agency=Agency(
            agency_id=AgencyId("exemple"),
            name="Exemple",
            territory=draw(st.sampled_from([Territory.METROPOLE, *Territory])),
            school_zone=draw(st.sampled_from(["A", "B", "C", None])),
            local_holidays=tuple(draw(st.lists(local, max_size=1))),
        ),
        vehicles=draw(st.sampled_from([{}, {BUS: vehicle}])),
        tours={TOUR: draw(tours(first))},
        overrides=tuple(draw(st.lists(overrides(first), max_size=6))),
        closures=draw(st.sampled_from([(), (closure,)])),
    )
