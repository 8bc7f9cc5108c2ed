"""The agenda of 60 stops over 5 years against python-dateutil on the same rules."""

from collections.abc import Callable
from datetime import date, datetime, time
from time import thread_time

from dateutil import rrule

from fsmobile.core.agencies import Agency
from fsmobile.core.agenda import expand_agenda
from fsmobile.core.holidays import SchoolCalendar
from fsmobile.core.ids import AgencyId, PlaceId, RunId, StopId, TourId
from fsmobile.core.recurrence import HolidayRule, Recurrence, Season, WeekParity
from fsmobile.core.schedules import ScheduleTree
from fsmobile.core.spans import TimeSpan
from fsmobile.core.tours import Run, Stop, Tour, TourVersion

FIRST, LAST = date(2026, 1, 1), date(2030, 12, 31)
START, END = datetime.combine(FIRST, time()), datetime.combine(LAST, time())
DAYS = (rrule.MO, rrule.TU, rrule.WE, rrule.TH, rrule.FR)
SUMMER = Season(first=(7, 1), last=(8, 31))
ROUNDS = 15
RATIO_MAX = 0.3


def our_rules() -> list[Recurrence]:
    """20 parity, 15 weekly, 15 first-and-third, 5 monthly, 5 summer rules."""

    def rule(number: int, **keys: object) -> Recurrence:
        every: dict[str, object] = {"weekdays": frozenset({number % 5}), **keys}
        return Recurrence(holidays=HolidayRule.SERVE, **every)

    parities = (WeekParity.ODD, WeekParity.EVEN)
    return [
        *(rule(number, parity=parities[number % 2]) for number in range(20)),
        *(rule(number) for number in range(15)),
        *(rule(number, ranks=frozenset({1, 3})) for number in range(15)),
        *(rule(number, ranks=frozenset({1})) for number in range(5)),
        *(rule(number, seasons=(SUMMER,)) for number in range(5)),
    ]


def our_passages(tree: ScheduleTree) -> list[tuple[date, str]]:
    agenda = expand_agenda(tree, FIRST, LAST, bundled=SchoolCalendar())
    return [(one.service_date, one.stop_id) for one in agenda.passages]


def a_tree() -> ScheduleTree:
    runs = []
    for number, recurrence in enumerate(our_rules()):
        hours = TimeSpan(starts=time(8 + number % 8), ends=time(9 + number % 8))
        stop = Stop(stop_id=StopId(f"s{number}"), place_id=PlaceId("place"), spans=(hours,))
        runs.append(Run(run_id=RunId(f"r{number}"), recurrence=recurrence, stops=(stop,)))
    version = TourVersion(tour_id=TourId("t"), name="T", valid_from=FIRST, runs=tuple(runs))
    tour = Tour(tour_id=version.tour_id, versions=(version,))
    agency = Agency(agency_id=AgencyId("essai"), name="Essai")
    return ScheduleTree(agency=agency, tours={tour.tour_id: tour})


def dateutil_rules() -> list[rrule.rrule]:
    def rule(frequency: int, **keys: object) -> rrule.rrule:
        return rrule.rrule(frequency, dtstart=START, until=END, **keys)

    odd, even = list(range(1, 54, 2)), list(range(2, 54, 2))
    return [
        *(
            rule(rrule.YEARLY, byweekno=even if n % 2 else odd, byweekday=DAYS[n % 5])
            for n in range(20)
        ),
        *(rule(rrule.WEEKLY, byweekday=DAYS[n % 5]) for n in range(15)),
        *(rule(rrule.MONTHLY, byweekday=[DAYS[n % 5](1), DAYS[n % 5](3)]) for n in range(15)),
        *(rule(rrule.MONTHLY, byweekday=DAYS[n % 5](1)) for n in range(5)),
        *(rule(rrule.YEARLY, bymonth=[7, 8], byweekday=DAYS[n % 5]) for n in range(5)),
    ]


def median_seconds(act: Callable[[], object]) -> float:
    """Processor time, not the clock's: other work on the machine must not decide."""
    seconds = []
    for _ in range(ROUNDS):
        start = thread_time()
        act()
        seconds.append(thread_time() - start)
    return sorted(seconds)[ROUNDS // 2]


def test_the_agenda_costs_at_most_three_tenths_of_dateutil() -> None:
    tree = a_tree()
    ours = median_seconds(lambda: expand_agenda(tree, FIRST, LAST, bundled=SchoolCalendar()))
    theirs = median_seconds(lambda: [list(rule) for rule in dateutil_rules()])
    assert ours <= RATIO_MAX * theirs, f"{ours / theirs:.2f}"


def test_the_agenda_and_dateutil_give_the_same_passages() -> None:
    expected = {
        (moment.date(), f"s{number}")
        for number, rule in enumerate(dateutil_rules())
        for moment in rule
    }
    assert set(our_passages(a_tree())) == expected
    assert len(expected) == 8842
