"""RRULEs of other people's files, against python-dateutil; what is not known is refused."""

from datetime import date, datetime

import pytest
from dateutil.rrule import rrulestr
from hypothesis import given, settings
from hypothesis import strategies as st

from fsmobile.core.spans import DateSpan
from fsmobile.formats.rrule_reading import expand_rrule

WINDOW = DateSpan(first=date(2026, 1, 1), last=date(2028, 6, 1))
RULES = (
    "FREQ=WEEKLY", "FREQ=WEEKLY;INTERVAL=4", "FREQ=WEEKLY;BYDAY=MO,TH;INTERVAL=2",
    "FREQ=WEEKLY;COUNT=7", "FREQ=WEEKLY;UNTIL=20261231", "FREQ=WEEKLY;INTERVAL=2;WKST=MO",
    "FREQ=MONTHLY", "FREQ=MONTHLY;BYDAY=1TU,3TU", "FREQ=MONTHLY;BYDAY=-1FR",
    "FREQ=MONTHLY;BYDAY=TU;BYSETPOS=2", "FREQ=MONTHLY;BYDAY=MO,TU;BYSETPOS=-1",
    "FREQ=MONTHLY;BYMONTHDAY=-1", "FREQ=MONTHLY;INTERVAL=2;BYDAY=2WE",
    "FREQ=YEARLY", "FREQ=YEARLY;BYMONTH=3;BYMONTHDAY=5", "FREQ=YEARLY;BYWEEKNO=2,15,28,41;BYDAY=TU",
    "FREQ=DAILY;INTERVAL=14", "FREQ=DAILY;BYDAY=MO,TU,WE,TH,FR",
)  # fmt: skip


@settings(max_examples=200, deadline=None)
@given(st.sampled_from(RULES), st.dates(date(2026, 1, 1), date(2027, 6, 1)))
def test_a_rule_gives_the_days_that_dateutil_gives(rule: str, start: date) -> None:
    if start.day > 28 and ("YEARLY" in rule or rule == "FREQ=MONTHLY"):
        return
    oracle = rrulestr(rule, dtstart=datetime(start.year, start.month, start.day))  # noqa: DTZ001
    first, last = datetime(2026, 1, 1), datetime(2028, 6, 1)  # noqa: DTZ001
    assert expand_rrule(rule, start, WINDOW) == [
        one.date() for one in oracle.between(first, last, inc=True)
    ]


@pytest.mark.parametrize(
    "rule",
    [
        "", "FREQ=HOURLY", "FREQ=WEEKLY;BYHOUR=10", "FREQ=WEEKLY;INTERVAL=0",
        "FREQ=WEEKLY;BYDAY=XX",
        "FREQ=WEEKLY;INTERVAL=deux", "FREQ=YEARLY;BYDAY=20MO", "FREQ=WEEKLY;BYDAY=1MO",
        "FREQ=WEEKLY;UNTIL=demain", "BYDAY=MO", "FREQ=WEEKLY;INTERVAL=2;WKST=SU",
    ],
)  # fmt: skip
def test_a_rule_that_is_not_known_is_refused_whole(rule: str) -> None:
    assert expand_rrule(rule, date(2026, 1, 6), WINDOW) is None
