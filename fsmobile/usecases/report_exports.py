"""Reports that leave the laptop: with what is counted, small counts masked, each one logged."""

from collections.abc import Sequence

from fsmobile.core.journal import JournalAct
from fsmobile.core.period_reports import DATED, Report, figures_of, masked_rows
from fsmobile.core.reports import (
    ENQUIRY_DIMENSIONS,
    MASK_BELOW,
    MASKED,
    Count,
    Dimension,
)
from fsmobile.formats.tables import Cell, Row, Table, count_rows
from fsmobile.store import journal
from fsmobile.store.journal import JournalLine
from fsmobile.texts.definitions import (
    DIMENSIONS,
    define_figure,
    dimension_name,
    figure_name,
    general_definitions,
)
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.exported_files import Form, name_moment, name_scope, write_tables
from fsmobile.usecases.reports import break_down

EXPORTED = tuple(
    one for one in Dimension if one not in (Dimension.AGENT, Dimension.PASSAGE, Dimension.MINUTES)
)
"""What a whole report is broken down by: an agent's own figures stay on the laptop."""


def report_tables(
    desk: Desk, report: Report, before: Report | None, dimensions: Sequence[Dimension] = EXPORTED
) -> tuple[Table, ...]:
    """Return a report as tables: its figures with what each counts, then each break-down."""
    return (
        _figures(desk, report, before),
        *(_lines(desk, report, before, dimension) for dimension in dimensions),
    )


def export_report(
    desk: Desk,
    report: Report,
    before: Report | None,
    form: Form,
    dimensions: Sequence[Dimension] = EXPORTED,
) -> bytes:
    """Return a report as the bytes of a file, its definitions at its head, and log it.

    Raises:
        StoreFull, StoreBusy: it could not be logged, and nothing is given.
    """
    tables = report_tables(desk, report, before, dimensions)
    written = write_tables(_("Bilan du bus"), name_scope(desk, report.period), tables, form)
    log_report(desk, report, form, count_rows(tables))
    return written


def log_report(desk: Desk, report: Report, form: str, rows: int) -> None:
    """Write down that a report left the laptop."""
    span = f"{report.period.first.isoformat()}..{report.period.last.isoformat()}"
    what = f"report {form} {span}"
    journal.note(desk.replica, desk.agent_id, JournalAct.EXPORTED, what, rows)


def list_exports(desk: Desk) -> list[JournalLine]:
    """Return what was exported from this laptop, the oldest first."""
    lines = journal.list_lines(desk.replica)
    return [one for one in lines if one.act == JournalAct.EXPORTED]


def show_count(value: int) -> Cell:
    """Return a count as it is written: masked, it is `< 5`."""
    return f"< {MASK_BELOW}" if value == MASKED else value


def _figures(desk: Desk, report: Report, before: Report | None) -> Table:
    now, past = figures_of(report), {} if before is None else figures_of(before)
    return Table(
        name=_("chiffres"),
        lead=(name_moment(desk),),
        notes=tuple(general_definitions()),
        header=(_("chiffre"), _("valeur"), _("période d'avant"), _("ce qui est compté")),
        rows=tuple(
            (figure_name(code), value, past.get(code), define_figure(code))
            for code, value in now.items()
        ),
    )


def _lines(desk: Desk, report: Report, before: Report | None, dimension: Dimension) -> Table:
    rows = masked_rows(dimension, break_down(desk, report, dimension, before))
    is_asked = dimension in ENQUIRY_DIMENSIONS
    names = [figure_name("enquiries")]
    if not is_asked:
        names = [figure_name("visits"), figure_name("people"), *names]
    earlier = [_("{figure} avant").format(figure=name) for name in names]
    if before is None or dimension in DATED:
        earlier = []
    title = _("par {dimension}").format(dimension=dimension_name(dimension))
    return Table(
        name=title,
        lead=((title, _(DIMENSIONS[dimension][1])),),
        header=(dimension_name(dimension), *names, *earlier, _("code")),
        rows=tuple(
            (
                row.name,
                *_cells(row.count, is_asked=is_asked),
                *_cells(row.before, is_asked=is_asked),
                row.code,
            )
            for row in rows
        ),
    )


def _cells(count: Count | None, *, is_asked: bool) -> Row:
    if count is None:
        return ()
    values = [count.enquiries] if is_asked else [count.visits, count.people, count.enquiries]
    return tuple(show_count(value) for value in values)
