"""Passages as lines of a table: written from the plan and the facts, and read back as facts."""

from collections.abc import Iterator
from datetime import date, time

from fsmobile.core.ids import PassageId, parse_passage_id
from fsmobile.core.passage_reports import PassageOfReport
from fsmobile.core.passages import Passage, PassageReason, PassageStatus, Tally
from fsmobile.core.periods import Period
from fsmobile.core.reports import stop_key
from fsmobile.core.visit_lines import PassageColumn
from fsmobile.formats.tables import Row, Table
from fsmobile.protocol import records
from fsmobile.protocol.records import PassageData
from fsmobile.store import ops, queries
from fsmobile.store.ops import NewOp
from fsmobile.texts.dates import format_time
from fsmobile.texts.labels import label
from fsmobile.texts.translation import _
from fsmobile.usecases.desk import Desk
from fsmobile.usecases.report_names import name_stop
from fsmobile.usecases.reports import list_passages, make_report
from fsmobile.usecases.visit_values import LineReader

REQUIRED = (PassageColumn.PASSAGE, PassageColumn.STATUS)


def passage_table(desk: Desk, period: Period) -> Table:
    """Return the passages of a period, planned or only told, in the order of their days."""
    rows = list_passages(desk, period, make_report(desk, period).visits)
    rows.sort(key=lambda one: (one.service_date, one.passage.opened_at or time(), one.passage_id))
    return Table(
        name=_("Passages"),
        header=tuple(PassageColumn),
        rows=tuple(_row(desk, one) for one in rows),
    )


def held_passages(desk: Desk) -> set[str]:
    """Return the passages of which anything is known here."""
    return set(queries.load_passages_between(desk.replica, date.min, date.max))


def read_passages(
    lines: Iterator[LineReader],
) -> Iterator[tuple[list[LineReader], str, Passage | None]]:
    """Give the passages of which something was told, each under its name."""
    seen: set[str] = set()
    for line in lines:
        passage = _read_passage(line)
        if passage.passage_id in seen:
            line.refuse("import_passage_twice", PassageColumn.PASSAGE, passage.passage_id)
        seen.add(passage.passage_id)
        has_hours = passage.opened_at is not None or passage.closed_at is not None
        is_off = passage.status is PassageStatus.CANCELLED
        is_told = has_hours or is_off or passage.tally != Tally()
        yield [line], passage.passage_id, passage if is_told and not line.problems else None


def facts_of(desk: Desk, passage: Passage) -> list[NewOp]:
    """Return the facts that leave a passage as it is told; none where nothing was."""
    told: list[tuple[str, PassageData]] = []
    if passage.opened_at is not None:
        told.append((records.PASSAGE_OPEN, PassageData(at=passage.opened_at)))
    if passage.closed_at is not None:
        is_short = passage.status is PassageStatus.CUT_SHORT
        reason = passage.reason if is_short else None
        told.append((records.PASSAGE_CLOSE, PassageData(at=passage.closed_at, reason=reason)))
    if passage.status is PassageStatus.CANCELLED:
        told.append((records.PASSAGE_CANCEL, PassageData(reason=passage.reason)))
    if passage.tally != Tally():
        counter = ops.list_writers(desk.replica)[-1].writer.hex()
        told.append((records.PASSAGE_TALLY, PassageData(tally=passage.tally, counter=counter)))
    return [
        desk.fact(kind, records.encode_passage(data), entity=passage.passage_id)
        for kind, data in told
    ]


def _read_passage(line: LineReader) -> Passage:
    passage_id = PassageId(line.text(PassageColumn.PASSAGE))
    try:
        parse_passage_id(passage_id)
    except ValueError:
        line.refuse("import_value_unknown", PassageColumn.PASSAGE, passage_id)
    has_reason = line.text(PassageColumn.REASON)
    status = line.code(PassageColumn.STATUS, PassageStatus, PassageStatus.EXPECTED)
    if status in (PassageStatus.CANCELLED, PassageStatus.CUT_SHORT) and not has_reason:
        line.refuse("import_value_unknown", PassageColumn.REASON, "")
    return Passage(
        passage_id=passage_id,
        status=status,
        reason=line.code(PassageColumn.REASON, PassageReason, PassageReason.OTHER)
        if has_reason
        else None,
        opened_at=_hour(line, PassageColumn.OPENED),
        closed_at=_hour(line, PassageColumn.CLOSED),
        tally=Tally(
            met=line.whole(PassageColumn.MET, 0),
            sent_elsewhere=line.whole(PassageColumn.ELSEWHERE, 0),
            turned_away=line.whole(PassageColumn.TURNED_AWAY, 0),
        ),
    )


def _hour(line: LineReader, column: PassageColumn) -> time | None:
    return line.clock(column, time()) if line.text(column) else None


def _row(desk: Desk, one: PassageOfReport) -> Row:
    facts = one.passage
    return (
        *(one.passage_id, one.service_date.isoformat(), name_stop(desk, stop_key(one.passage_id))),
        *(label(facts.status), None if facts.reason is None else label(facts.reason)),
        *(_clock(facts.opened_at), _clock(facts.closed_at), one.planned_minutes, one.visits),
        *(facts.tally.met, facts.tally.sent_elsewhere, facts.tally.turned_away),
    )


def _clock(at: time | None) -> str | None:
    return None if at is None else format_time(at)
