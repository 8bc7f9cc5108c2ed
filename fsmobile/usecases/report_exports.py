"""Reports that leave the laptop: with what is counted, small counts masked, each one logged."""

from collections.abc import Sequence

from fsmobile.core.reports import (
    ENQUIRY_DIMENSIONS,
    MASK_BELOW,
    MASKED,
    PERSONAL_DIMENSIONS,
    Count,
    Dimension,
    mask_small,
)
from fsmobile.formats.csv_tables import Cell, write_csv
from fsmobile.store import exports
from fsmobile.store.exports import Export
from fsmobile.texts.definitions import (
    DIMENSIONS,
    define_figure,
    dimension_name,
    figure_name,
    general_definitions,
)
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.reports import Report, ReportRow, break_down, figures_of

EXPORTED = tuple(
    one for one in Dimension if one not in (Dimension.AGENT, Dimension.PASSAGE, Dimension.MINUTES)
)
"""What a whole report is broken down by: an agent's own figures stay on the laptop."""


def masked_rows(dimension: Dimension, rows: Sequence[ReportRow]) -> list[ReportRow]:
    """Return the lines of a break-down as they may leave the laptop."""
    if dimension not in PERSONAL_DIMENSIONS:
        return list(rows)
    counts = mask_small({row.code: row.count for row in rows})
    before = mask_small({row.code: row.before for row in rows if row.before is not None})
    return [
        ReportRow(code=row.code, name=row.name, count=counts[row.code], before=before.get(row.code))
        for row in rows
    ]


def export_csv(
    desk: Desk, report: Report, before: Report | None, dimensions: Sequence[Dimension] = EXPORTED
) -> str:
    """Return a report as CSV, its definitions at its head, and log it.

    Raises:
        StoreFull, StoreBusy: it could not be logged, and nothing is given.
    """
    rows = [*_head(desk, report), *_figures(report, before)]
    for dimension in dimensions:
        rows += _lines(desk, report, before, dimension)
    log_report(desk, report, "csv", len(rows))
    return write_csv(rows)


def log_report(desk: Desk, report: Report, form: str, rows: int) -> None:
    """Write down that a report left the laptop."""
    span = f"{report.period.first.isoformat()}..{report.period.last.isoformat()}"
    exports.log_export(desk.replica, desk.agent_id, f"report {form} {span}", rows)


def list_exports(desk: Desk) -> list[Export]:
    """Return what was exported from this laptop, the oldest first."""
    return exports.list_exports(desk.replica)


def show_count(value: int) -> Cell:
    """Return a count as it is written: masked, it is `< 5`."""
    return f"< {MASK_BELOW}" if value == MASKED else value


def _head(desk: Desk, report: Report) -> list[list[Cell]]:
    return [
        [_("Bilan du bus"), desk.unit_id],
        [_("du"), report.period.first.isoformat()],
        [_("au"), report.period.last.isoformat()],
        [_("chiffres de ce poste, le"), desk.now().isoformat(" ", "minutes")[:16]],
        *_notes(),
        [],
    ]


def _notes() -> list[list[Cell]]:
    return [[_("à savoir"), text] for text in general_definitions()]


def _figures(report: Report, before: Report | None) -> list[list[Cell]]:
    now, past = figures_of(report), {} if before is None else figures_of(before)
    head: list[Cell] = [_("chiffre"), _("valeur"), _("période d'avant"), _("ce qui est compté")]
    return [
        head,
        *(
            [figure_name(code), value, past.get(code), define_figure(code)]
            for code, value in now.items()
        ),
    ]


def _lines(
    desk: Desk, report: Report, before: Report | None, dimension: Dimension
) -> list[list[Cell]]:
    rows = masked_rows(dimension, break_down(desk, report, dimension, before))
    is_asked = dimension in ENQUIRY_DIMENSIONS
    names = [figure_name("enquiries")]
    if not is_asked:
        names = [figure_name("visits"), figure_name("people"), *names]
    earlier = [_("{figure} avant").format(figure=name) for name in names]
    return [
        [],
        [_("par {dimension}").format(dimension=dimension_name(dimension)),
         _(DIMENSIONS[dimension][1])],
        [_("code"), dimension_name(dimension), *names, *(earlier if before else [])],
        *(
            [row.code, row.name, *_cells(row.count, is_asked=is_asked),
             *_cells(row.before, is_asked=is_asked)]
            for row in rows
        ),
    ]  # fmt: skip


def _cells(count: Count | None, *, is_asked: bool) -> list[Cell]:
    if count is None:
        return []
    values = [count.enquiries] if is_asked else [count.visits, count.people, count.enquiries]
    return [show_count(value) for value in values]
