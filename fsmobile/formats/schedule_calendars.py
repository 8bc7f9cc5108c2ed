"""`calendriers/vacances.toml`, `calendriers/fermetures.toml`, `acquittements.toml`."""

from datetime import date

from fsmobile.core.holidays import SchoolCalendar, SchoolPeriod, SchoolZone
from fsmobile.core.schedules import Acknowledgement, Closure
from fsmobile.core.spans import DateSpan
from fsmobile.formats.schedule_structure import check_format
from fsmobile.formats.toml_files import TomlFile
from fsmobile.formats.toml_tables import NOTE_CHARACTERS_MAX, Report, TableReader


def read_school_calendar(file: TomlFile, report: Report) -> SchoolCalendar:
    """Read the school holidays of the zones that the file holds, and their horizon."""
    table = TableReader(file, (), file.data, report)
    check_format(table, "vacances")
    horizon = table.day("horizon", required=True)
    zones: dict[str, SchoolZone] = {}
    found_zones = _zone_tables(table)
    table.finish(also=found_zones)
    for zone, inner in found_zones.items():
        periods = [_read_period(name, one) for name, one in inner.every_table().items()]
        found = tuple(period for period in periods if period is not None)
        if horizon is not None:
            zones[zone] = SchoolZone(zone=zone, periods=found, horizon=horizon)
    return SchoolCalendar(zones=zones)


def _zone_tables(table: TableReader) -> dict[str, TableReader]:
    """Return the table of each zone; `A`, `B` and `C` are no identifiers, and are right."""
    return {
        key: TableReader(table.file, (key,), value, table.report)
        for key, value in table.data.items()
        if isinstance(value, dict)
    }


def _read_period(name: str, table: TableReader) -> SchoolPeriod | None:
    days = _read_days(table)
    table.finish()
    if days is None:
        return None
    return SchoolPeriod(first=days.first, last=days.last, name=name, position=table.position)


def _read_days(table: TableReader) -> DateSpan | None:
    first, last = table.day("du", required=True), table.day("au", required=True)
    if first is None or last is None:
        return None
    if last < first:
        table.problem("unexpected_value", "au", value=str(last), expected=f">= {first}")
        return None
    return DateSpan(first=first, last=last)


def read_closures(file: TomlFile, report: Report) -> tuple[Closure, ...]:
    """Read the dated closures of the whole service."""
    table = TableReader(file, (), file.data, report)
    check_format(table, "fermetures")
    closures = [_read_closure(key, one) for key, one in table.tables("fermetures").items()]
    table.finish()
    return tuple(closure for closure in closures if closure is not None)


def _read_closure(closure_id: str, table: TableReader) -> Closure | None:
    days = _read_days(table)
    reason = table.text("motif")
    notice = table.text("avis", characters_max=NOTE_CHARACTERS_MAX)
    table.finish()
    if days is None:
        return None
    return Closure(
        closure_id=closure_id,
        days=days,
        reason=reason or "",
        notice=notice or "",
        position=table.position,
    )


def read_acknowledgements(file: TomlFile, report: Report) -> tuple[Acknowledgement, ...]:
    """Read the notices that somebody accepts until a date."""
    table = TableReader(file, (), file.data, report)
    check_format(table, "acquittements")
    found = [_read_acknowledgement(one) for one in table.tables("acquittements").values()]
    table.finish()
    return tuple(one for one in found if one is not None)


def _read_acknowledgement(table: TableReader) -> Acknowledgement | None:
    code, subject = table.text("code", required=True), table.text("id", required=True)
    reason = table.text("motif", required=True)
    until: date | None = table.day("jusqu_au", required=True)
    table.finish()
    if code is None or subject is None or reason is None or until is None:
        return None
    return Acknowledgement(
        code=code, subject=subject, reason=reason, until=until, position=table.position
    )
