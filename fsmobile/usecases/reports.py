"""Reports of the laptop: any period beside the one before, and what each figure is made of."""

from collections import Counter
from collections.abc import Mapping
from datetime import date, time
from functools import partial

from msgspec import Struct

from fsmobile.core.ids import parse_passage_id
from fsmobile.core.passage_reports import (
    PassageOfReport,
    count_passages,
    days_around,
    gather_passages,
    part_of,
)
from fsmobile.core.period_reports import Report, ReportRow, make_rows
from fsmobile.core.periods import Period, period_before
from fsmobile.core.reports import (
    Count,
    Dimension,
    Figures,
    group_enquiries,
    stop_key,
)
from fsmobile.store import promises, queries
from fsmobile.store.figures import load_figures
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.passages import plan
from fsmobile.usecases.report_names import name_code


def make_report(desk: Desk, period: Period) -> Report:
    """Count a period."""
    figures = load_figures(desk.replica, period.first, period.last)
    passages = list_passages(desk, period, figures)
    last = min(period.last, desk.today())
    return Report(
        period=period,
        visits=figures,
        passages=count_passages(passages, desk.today()),
        transport_needs=Counter(
            stop_key(one.passage_id)
            for one in promises.list_transport_needs(desk.replica, period.first, period.last)
        ),
        elapsed_days=max(0, (last - period.first).days + 1),
    )


def report_before(desk: Desk, report: Report) -> Report | None:
    """Count the period that a report is compared with."""
    before = period_before(report.period)
    return None if before is None else make_report(desk, before)


def break_down(
    desk: Desk, report: Report, dimension: Dimension, before: Report | None = None
) -> list[ReportRow]:
    """Return a report by one dimension: the greatest first, or in the order of its lines.

    By agent, a person sees their own figures and nobody else's.
    """
    counts = _counts(desk, report.visits, dimension)
    past = None if before is None else _counts(desk, before.visits, dimension)
    lifts = report.transport_needs if dimension is Dimension.STOP else {}
    return make_rows(dimension, counts, past, lifts, partial(name_code, desk, dimension))


def _counts(desk: Desk, figures: Figures, dimension: Dimension) -> Mapping[str, Count]:
    if dimension is Dimension.THEME:
        themes: dict[str, str] = {
            one.procedure_id: "" if one.theme is None else one.theme.value
            for one in desk.catalogue.procedures.values()
        }
        return group_enquiries(figures.of(Dimension.PROCEDURE), themes)
    counts = figures.of(dimension)
    if dimension is Dimension.AGENT:
        return {code: one for code, one in counts.items() if code == desk.agent_id}
    return counts


def list_passages(desk: Desk, period: Period, figures: Figures) -> list[PassageOfReport]:
    """Return the passages whose final day is in the period, planned or only told."""
    first, last = days_around(period)
    facts = queries.load_passages_between(desk.replica, first, last)
    openings = [one for one in plan(desk, first, last).passages if one.unit in (None, desk.unit_id)]
    return gather_passages(period, openings, facts, figures.of(Dimension.PASSAGE))


class FigureLine(Struct, frozen=True, kw_only=True):
    """One of the things that a figure counts."""

    day: date
    stop: str
    """Its key (`reports.stop_key`)."""
    passage: PassageOfReport | None = None
    appointment: time | None = None
    """Of somebody who cannot come alone; the other lines are passages."""
    amount: int = 1
    """What it adds to the figure."""


def list_behind(desk: Desk, report: Report, code: str) -> list[FigureLine]:
    """Return what a figure about passages counts, by day; its amounts add up to the figure."""
    period = report.period
    if code == "transport_needs":
        needs = promises.list_transport_needs(desk.replica, period.first, period.last)
        return [
            FigureLine(
                day=parse_passage_id(one.passage_id).service_date,
                stop=stop_key(one.passage_id),
                appointment=one.starts,
            )
            for one in needs
        ]
    counted = "open_minutes" if code == "weekly_minutes" else code
    rows = [
        FigureLine(
            day=row.service_date,
            stop=stop_key(row.passage_id),
            passage=row,
            amount=part_of(row, counted, desk.today()),
        )
        for row in sorted(list_passages(desk, period, report.visits), key=_in_order)
    ]
    return [row for row in rows if row.amount]


def _in_order(row: PassageOfReport) -> tuple[date, time, str]:
    planned = None if row.hours is None else row.hours.starts
    return row.service_date, planned or row.passage.opened_at or time.min, row.passage_id
