"""Reports of the laptop: any period beside the one before, and what each figure is made of."""

from collections.abc import Mapping
from datetime import date, timedelta

from msgspec import Struct

from fsmobile.core.ids import PassageId, parse_passage_id
from fsmobile.core.passage_reports import (
    PassageFigures,
    PassageOfReport,
    count_passages,
    weekly_minutes,
)
from fsmobile.core.passages import Passage
from fsmobile.core.periods import Period, period_before
from fsmobile.core.planned_passages import PlannedPassage
from fsmobile.core.reports import (
    ENQUIRY_DIMENSIONS,
    Count,
    Dimension,
    Figures,
    first_contacts,
    group_enquiries,
    quantile_minutes,
    sites_down,
    uncovered_needs,
)
from fsmobile.core.spans import minutes_of
from fsmobile.store import promises, queries
from fsmobile.store.figures import load_figures
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.passages import plan
from fsmobile.usecases.report_names import name_code

MOVES_DAYS = 62
"""How far from its original day a passage is looked for."""
IN_ORDER = frozenset((Dimension.HOUR, Dimension.DAY, Dimension.MINUTES, Dimension.AGE))
"""Dimensions whose lines have an order of their own."""


class Report(Struct, frozen=True, kw_only=True):
    """The figures of a period, as this laptop knows them."""

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


def make_report(desk: Desk, period: Period) -> Report:
    """Count a period."""
    figures = load_figures(desk.replica, period.first, period.last, desk.today())
    passages = _passages(desk, period, figures)
    last = min(period.last, desk.today())
    return Report(
        period=period,
        visits=figures,
        passages=count_passages(passages, desk.today()),
        transport_needs=promises.count_transport_needs(desk.replica, period.first, period.last),
        elapsed_days=max(0, (last - period.first).days + 1),
    )


def report_before(desk: Desk, report: Report) -> Report | None:
    """Count the period that a report is compared with."""
    before = period_before(report.period)
    return None if before is None else make_report(desk, before)


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


def break_down(
    desk: Desk, report: Report, dimension: Dimension, before: Report | None = None
) -> list[ReportRow]:
    """Return a report by one dimension: the greatest first, or in the order of its lines.

    By agent, a person sees their own figures and nobody else's.
    """
    counts = _counts(desk, report.visits, dimension)
    past = None if before is None else _counts(desk, before.visits, dimension)
    lifts = report.transport_needs if dimension is Dimension.STOP else {}
    rows = [
        ReportRow(
            code=code,
            name=name_code(desk, dimension, code),
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


def _passages(desk: Desk, period: Period, figures: Figures) -> list[PassageOfReport]:
    """Return the passages whose final day is in the period, planned or only told."""
    planned = _planned(desk, period)
    facts = queries.load_passages_between(
        desk.replica, _shifted(period.first, -MOVES_DAYS), _shifted(period.last, MOVES_DAYS)
    )
    visits = figures.of(Dimension.PASSAGE)
    told = {PassageId(one) for one in visits if one}
    rows = []
    for passage_id in {*planned, *facts, *told}:
        openings = planned.get(passage_id, [])
        day = openings[0].service_date if openings else parse_passage_id(passage_id).service_date
        if period.first <= day <= period.last:
            rows.append(
                PassageOfReport(
                    passage_id=passage_id,
                    service_date=day,
                    is_planned=bool(openings),
                    is_called_off=bool(openings) and all(one.is_cancelled for one in openings),
                    planned_minutes=_minutes(openings),
                    passage=facts.get(passage_id) or Passage(passage_id=passage_id),
                    visits=visits.get(passage_id, Count()).visits,
                )
            )
    return rows


def _planned(desk: Desk, period: Period) -> dict[PassageId, list[PlannedPassage]]:
    first, last = _shifted(period.first, -MOVES_DAYS), _shifted(period.last, MOVES_DAYS)
    planned: dict[PassageId, list[PlannedPassage]] = {}
    for one in plan(desk, first, last).passages:
        if one.unit in (None, desk.unit_id):
            planned.setdefault(one.passage_id, []).append(one)
    return planned


def _minutes(openings: list[PlannedPassage]) -> int | None:
    spans = [
        minutes_of(one.ends) - minutes_of(one.starts)
        for one in openings
        if one.starts is not None and one.ends is not None and not one.is_cancelled
    ]
    return sum(spans) if spans else None


def _shifted(day: date, days: int) -> date:
    """Return a day some days away, or the end of the calendar."""
    try:
        return day + timedelta(days=days)
    except OverflowError:
        return date.min if days < 0 else date.max
