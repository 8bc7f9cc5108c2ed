"""Report: the figures of a period, the same on the laptop and on the registry."""

from collections.abc import Callable, Mapping, Sequence

from msgspec import Struct

from fsmobile.core.passage_reports import PassageFigures, weekly_minutes
from fsmobile.core.periods import Period
from fsmobile.core.personal_data import PERSONAL_DIMENSIONS
from fsmobile.core.reports import (
    ENQUIRY_DIMENSIONS,
    Count,
    Dimension,
    Figures,
    first_contacts,
    mask_small,
    quantile_minutes,
    sites_down,
    uncovered_needs,
)

IN_ORDER = frozenset((Dimension.HOUR, Dimension.DAY, Dimension.MINUTES, Dimension.AGE))
"""Dimensions whose lines have an order of their own."""
DATED = frozenset((Dimension.DAY, Dimension.PASSAGE))
"""Dimensions whose lines are of one period only: none stands beside one of the period before."""

PASSAGE_FIGURES = (
    *("planned", "done", "cut_short", "cancelled", "unplanned", "untold", "without_visit"),
    *("planned_minutes", "open_minutes", "weekly_minutes", "unclosed"),
    *("met", "sent_elsewhere", "turned_away", "transport_needs"),
)
"""Figures that count passages or appointments; the others count visits."""
SUMS = frozenset(
    ("planned_minutes", "open_minutes", "weekly_minutes", "met", "sent_elsewhere", "turned_away")
)
"""Figures to which one passage may add more than one."""


class Report(Struct, frozen=True, kw_only=True):
    """The figures of a period, as far as its facts are known."""

    period: Period
    visits: Figures
    passages: PassageFigures
    transport_needs: Mapping[str, int]
    """By stop: appointments of people who cannot come to the bus alone."""
    elapsed_days: int
    """Days of the period that are over, today included."""


class ReportRow(Struct, frozen=True, kw_only=True):
    """One line of a break-down."""

    code: str
    name: str
    count: Count
    before: Count | None = None
    """The same in the period before, when it is known."""
    transport_needs: int = 0
    """Of a stop: appointments of people who cannot come to the bus alone."""


def make_rows(
    dimension: Dimension,
    counts: Mapping[str, Count],
    past: Mapping[str, Count] | None,
    lifts: Mapping[str, int],
    name_of: Callable[[str], str],
) -> list[ReportRow]:
    """Return counts as lines: the greatest first, or in the order of their own."""
    if dimension in DATED:
        past = None
    rows = [
        ReportRow(
            code=code,
            name=name_of(code),
            count=counts.get(code, Count()),
            before=None if past is None else past.get(code, Count()),
            transport_needs=lifts.get(code, 0),
        )
        for code in {*counts, *(past or {}), *lifts}
    ]
    if dimension in IN_ORDER:
        return sorted(rows, key=lambda row: row.code)
    is_asked = dimension in ENQUIRY_DIMENSIONS
    return sorted(
        rows,
        key=lambda row: (
            -(row.count.enquiries if is_asked else row.count.visits),
            row.name,
            row.code,
        ),
    )


def figures_of(report: Report) -> dict[str, int]:
    """Return every single figure of a report, by its code of `texts.definitions`."""
    visits, passages = report.visits, report.passages
    return {
        "visits": visits.total.visits,
        "people": visits.total.people,
        "enquiries": visits.total.enquiries,
        "minutes": visits.minutes,
        "minutes_median": quantile_minutes(visits, 0.5) or 0,
        "minutes_p90": quantile_minutes(visits, 0.9) or 0,
        "first_contacts": first_contacts(visits).visits,
        "uncovered": uncovered_needs(visits),
        "sites_down": sites_down(visits),
        "planned": passages.planned,
        "done": passages.done,
        "cut_short": passages.cut_short,
        "cancelled": passages.cancelled,
        "unplanned": passages.unplanned,
        "untold": passages.untold,
        "without_visit": passages.without_visit,
        "planned_minutes": passages.planned_minutes,
        "open_minutes": passages.open_minutes,
        "weekly_minutes": round(weekly_minutes(passages, report.elapsed_days)),
        "unclosed": passages.unclosed,
        "met": passages.tally.met,
        "sent_elsewhere": passages.tally.sent_elsewhere,
        "turned_away": passages.tally.turned_away,
        "transport_needs": sum(report.transport_needs.values()),
    }


def masked_rows(dimension: Dimension, rows: Sequence[ReportRow]) -> list[ReportRow]:
    """Return the lines of a break-down as they may be given away."""
    if dimension not in PERSONAL_DIMENSIONS:
        return list(rows)
    counts = mask_small({row.code: row.count for row in rows})
    before = mask_small({row.code: row.before for row in rows if row.before is not None})
    return [
        ReportRow(code=row.code, name=row.name, count=counts[row.code], before=before.get(row.code))
        for row in rows
    ]
