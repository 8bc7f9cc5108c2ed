"""`fsmobile report`: the figures of any period, beside those of the one before."""

from argparse import ArgumentParser, Namespace
from typing import Any

from fsmobile.cli.arguments import add_format, iso_date
from fsmobile.cli.files import add_output, give_file
from fsmobile.cli.output import say, say_json, say_table
from fsmobile.cli.wiring import working_desk
from fsmobile.core.period_reports import Report, ReportRow, figures_of, masked_rows
from fsmobile.core.periods import Period, PeriodKind, period_of, read_period, span_of
from fsmobile.core.reports import ENQUIRY_DIMENSIONS, Count, Dimension
from fsmobile.errors import InvalidInput
from fsmobile.texts.dates import format_date, format_number
from fsmobile.texts.definitions import (
    define_figure,
    dimension_name,
    figure_name,
    general_definitions,
)
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.exported_files import Form
from fsmobile.usecases.report_exports import (
    EXPORTED,
    export_report,
    list_exports,
    log_report,
    show_count,
)
from fsmobile.usecases.reports import break_down, make_report, report_before


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the period, the break-down and the form."""
    add_period(parser)
    parser.add_argument(
        "--by",
        action="append",
        type=Dimension,
        choices=[*EXPORTED, Dimension.AGENT],
        help=_("ventile les chiffres ; peut être répété"),
    )
    parser.add_argument("--exports", action="store_true", help=_("dit ce qui a été exporté"))
    add_format(parser, "text", "json", *Form)
    add_output(parser)


def add_period(parser: ArgumentParser) -> None:
    """Let a command say which days it is about."""
    parser.add_argument(
        "--period",
        metavar=_("PÉRIODE"),
        help=_("2026, 2026-11, 2026-W47 ou 2026-11-21 (sinon ce mois)"),
    )
    parser.add_argument("--from", dest="first", type=iso_date, metavar=_("JOUR"))
    parser.add_argument("--to", dest="last", type=iso_date, metavar=_("JOUR"))


def run(arguments: Namespace) -> int:
    """Write one report."""
    with working_desk(arguments) as desk:
        if arguments.exports:
            _say_exports(desk)
            return 0
        report = make_report(desk, chosen_period(arguments, desk))
        before = report_before(desk, report)
        dimensions = arguments.by or []
        match arguments.format:
            case "json":
                _say_json(desk, report, before, dimensions)
            case "text":
                _say_text(desk, report, before, dimensions)
            case form:
                data = export_report(desk, report, before, Form(form), dimensions or EXPORTED)
                give_file(data, arguments.output)
    return 0


def chosen_period(arguments: Namespace, desk: Desk) -> Period:
    """Return the days that a command is about; this month if nothing is said.

    Raises:
        InvalidInput: both a period and days, or no such period.
    """
    first, last = arguments.first, arguments.last
    if arguments.period is not None:
        if first or last:
            raise InvalidInput("period_twice")
        return read_period(arguments.period)
    if first or last:
        return span_of(first or last, last or max(first, desk.today()))
    return period_of(PeriodKind.MONTH, desk.today())


def _say_text(
    desk: Desk, report: Report, before: Report | None, dimensions: list[Dimension]
) -> None:
    period = report.period
    say(f"{format_date(period.first)} – {format_date(period.last)} · {desk.unit_id}")
    past = {} if before is None else figures_of(before)
    say_table(
        ("", _("période"), _("avant")),
        [
            (figure_name(code), format_number(value), _shown(past.get(code)))
            for code, value in figures_of(report).items()
        ],
    )
    for dimension in dimensions:
        say()
        _say_rows(dimension, break_down(desk, report, dimension, before))


def _say_rows(dimension: Dimension, rows: list[ReportRow]) -> None:
    codes = ("enquiries",) if dimension in ENQUIRY_DIMENSIONS else Count.__struct_fields__
    header = (dimension_name(dimension), *map(figure_name, codes), _("avant"))
    say_table(
        header,
        [
            (
                row.name,
                *(format_number(getattr(row.count, code)) for code in codes),
                _shown(None if row.before is None else getattr(row.before, codes[0])),
            )
            for row in rows
        ],
    )


def _say_json(
    desk: Desk, report: Report, before: Report | None, dimensions: list[Dimension]
) -> None:
    found: dict[str, Any] = {}
    count = 0
    for dimension in dimensions:
        rows = masked_rows(dimension, break_down(desk, report, dimension, before))
        found[dimension] = [_described(row, dimension) for row in rows]
        count += len(rows)
    figures = figures_of(report)
    log_report(desk, report, "json", count + len(figures))
    say_json(
        {
            "unit": desk.unit_id,
            "from": report.period.first.isoformat(),
            "to": report.period.last.isoformat(),
            "figures": figures,
            "before": None if before is None else figures_of(before),
            "by": found,
            "definitions": {code: define_figure(code) for code in figures},
            "notes": general_definitions(),
        }
    )


def _described(row: ReportRow, dimension: Dimension) -> dict[str, object]:
    codes = ("enquiries",) if dimension in ENQUIRY_DIMENSIONS else Count.__struct_fields__
    described: dict[str, object] = {"code": row.code, "name": row.name}
    described |= {code: show_count(getattr(row.count, code)) for code in codes}
    if row.transport_needs:
        described["transport_needs"] = row.transport_needs
    if row.before is not None:
        described["before"] = {code: show_count(getattr(row.before, code)) for code in codes}
    return described


def _say_exports(desk: Desk) -> None:
    say_table(
        (_("Quand"), _("Qui"), _("Quoi"), _("Lignes")),
        [
            (f"{desk.at(one.at_ms):%Y-%m-%d %H:%M}", one.who, one.detail, str(one.count))
            for one in list_exports(desk)
        ],
    )


def _shown(value: int | None) -> str:
    return "" if value is None else format_number(value)
