"""`tournees/<tournee>/<effet>.toml`: one version of a tour, its runs and stops."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from fsmobile.core.ids import AgentId, PlaceId, RunId, StopId, TourId, VehicleId
from fsmobile.core.overrides import WholeDay
from fsmobile.core.recurrence import HolidayRule, SchoolRule
from fsmobile.core.spans import HalfDay, TimeSpan
from fsmobile.core.tours import DEFAULT_SETUP_MINUTES, Access, Partner, Run, Stop, TourVersion
from fsmobile.errors import Severity
from fsmobile.formats.schedule_recurrences import read_narrowing, read_run_recurrence
from fsmobile.formats.schedule_structure import check_format
from fsmobile.formats.schedule_values import (
    parse_date,
    parse_time,
    parse_time_span,
    suggest_time_span,
)
from fsmobile.formats.toml_files import TomlFile
from fsmobile.formats.toml_tables import (
    NAME_CHARACTERS_MAX,
    NOTE_CHARACTERS_MAX,
    Report,
    TableReader,
    show,
)

RESERVED_STOP_IDS = frozenset({*map(str, HalfDay), *map(str, WholeDay)})
"""The words that stand for stops in the names of overlay files."""
MINUTES_MAX = 1_440


@dataclass(frozen=True, slots=True, kw_only=True)
class _Defaults:
    """What a version says for all its runs."""

    vehicle_id: VehicleId | None = None
    crew: tuple[AgentId, ...] = ()
    base_id: PlaceId | None = None
    vehicle_bases: Mapping[VehicleId, PlaceId] = field(default_factory=dict)
    holidays: HolidayRule = HolidayRule.SKIP
    school: SchoolRule = SchoolRule.IGNORE


def read_version(
    file: TomlFile, report: Report, vehicle_bases: Mapping[VehicleId, PlaceId]
) -> TourVersion | None:
    """Read one version of a tour; None when its tour or its effect date cannot be known."""
    table = TableReader(file, (), file.data, report)
    check_format(table, "tournee")
    tour_id = _read_tour_id(table)
    valid_from = table.day("effet", required=True)
    stem = file.name.rpartition("/")[2].removesuffix(".toml")
    if valid_from is not None and parse_date(stem) != valid_from:
        table.problem("filename_mismatch", "effet", value=stem, expected=str(valid_from))
    valid_until, replaces = table.day("fin"), table.day("remplace")
    if valid_from is not None and valid_until is not None and valid_until < valid_from:
        expected = f">= {valid_from}"
        table.problem("unexpected_value", "fin", value=str(valid_until), expected=expected)
    name = table.text("nom", required=True, characters_max=NAME_CHARACTERS_MAX)
    reason, partner = table.text("motif"), _read_partner(table.table("partenaire"))
    defaults = _read_defaults(table, vehicle_bases)
    runs = _read_runs(table, defaults)
    table.finish()
    if tour_id is None or valid_from is None:
        return None
    return TourVersion(
        tour_id=tour_id,
        name=name or tour_id,
        valid_from=valid_from,
        valid_until=valid_until,
        replaces=replaces,
        reason=reason or "",
        vehicle_id=defaults.vehicle_id,
        crew=defaults.crew,
        base_id=defaults.base_id,
        partner=partner,
        runs=runs,
        position=table.position,
    )


def _read_tour_id(table: TableReader) -> TourId | None:
    """Read `tournee`, which is the name of the folder."""
    folder = table.file.name.split("/")[-2]
    tour_id = table.slug("tournee", required=True)
    if tour_id is not None and tour_id != folder:
        table.problem("filename_mismatch", "tournee", value=tour_id, expected=folder)
    return None if tour_id is None else TourId(folder)


def _read_partner(table: TableReader | None) -> Partner | None:
    if table is None:
        return None
    name = table.text("nom", required=True)
    table.finish()
    return Partner(name=name or "", position=table.position)


def _read_defaults(table: TableReader, vehicle_bases: Mapping[VehicleId, PlaceId]) -> _Defaults:
    vehicle, base = table.slug("vehicule"), table.slug("base")
    return _Defaults(
        vehicle_id=VehicleId(vehicle) if vehicle else None,
        crew=tuple(AgentId(agent) for agent in table.slugs("equipage") or ()),
        base_id=PlaceId(base) if base else None,
        vehicle_bases=vehicle_bases,
        holidays=table.choice("feries", HolidayRule) or HolidayRule.SKIP,
        school=table.choice("vacances", SchoolRule) or SchoolRule.IGNORE,
    )


def _read_runs(table: TableReader, defaults: _Defaults) -> tuple[Run, ...]:
    if table.take("sorties", required=True) is None:
        return ()
    runs = table.tables("sorties")
    return tuple(_read_run(RunId(run_id), one, defaults) for run_id, one in runs.items())


def _read_run(run_id: RunId, table: TableReader, defaults: _Defaults) -> Run:
    vehicle, base, crew = table.slug("vehicule"), table.slug("base"), table.slugs("equipage")
    vehicle_id = VehicleId(vehicle) if vehicle else defaults.vehicle_id
    base_id = PlaceId(base) if base else defaults.base_id
    if base_id is None and vehicle_id is not None:
        base_id = defaults.vehicle_bases.get(vehicle_id)
    recurrence = read_run_recurrence(table, defaults.holidays, defaults.school)
    leaves = table.parsed("depart", parse_time, "08:30", code="invalid_time_span")
    returns = table.parsed("retour", parse_time, "17:00", code="invalid_time_span")
    table.take("arrets", required=True)
    stops = [_read_stop(StopId(key), one) for key, one in table.tables("arrets").items()]
    table.finish()
    return Run(
        run_id=run_id,
        recurrence=recurrence,
        vehicle_id=vehicle_id,
        crew=defaults.crew if crew is None else tuple(AgentId(agent) for agent in crew),
        base_id=base_id,
        leaves=leaves,
        returns=returns,
        stops=tuple(stop for stop in stops if stop is not None),
        position=table.position,
    )


def _read_stop(stop_id: StopId, table: TableReader) -> Stop | None:
    if stop_id in RESERVED_STOP_IDS:
        table.problem("reserved_identifier", value=stop_id)
    place_id = table.slug("lieu", required=True)
    spans, half_day = read_openings(table, required=True)
    setup = table.whole("installation", 0, MINUTES_MAX)
    stop = Stop(
        stop_id=stop_id,
        place_id=PlaceId(place_id or ""),
        spans=spans,
        half_day=half_day,
        drive_minutes=table.whole("trajet", 0, MINUTES_MAX),
        setup_minutes=DEFAULT_SETUP_MINUTES if setup is None else setup,
        access=table.choice("acces", Access) or Access.FREE,
        is_tentative=table.flag("incertain") or False,
        note=table.text("note", characters_max=NOTE_CHARACTERS_MAX) or "",
        narrowing=read_narrowing(table),
        position=table.position,
    )
    table.finish()
    return stop if place_id is not None else None


def read_openings(
    table: TableReader, *, required: bool = False
) -> tuple[tuple[TimeSpan, ...], HalfDay | None]:
    """Read `ouvert`: one span of hours, a list of them, or only a half-day."""
    raw = table.take("ouvert", required=required)
    if raw is None:
        return (), None
    if isinstance(raw, str) and raw in list(HalfDay):
        table.problem("approximate_time", "ouvert", severity=Severity.INFO, value=raw)
        return (), HalfDay(raw)
    spans: list[TimeSpan] = []
    for rank, item in enumerate(raw if isinstance(raw, list) else [raw]):
        span = _read_span(table, item, rank if isinstance(raw, list) else None)
        if span is not None:
            spans.append(span)
    if raw == []:
        table.problem("invalid_time_span", "ouvert", value="[]", expected="HH:MM-HH:MM")
    return tuple(sorted(spans)), None


def _read_span(table: TableReader, item: object, rank: int | None) -> TimeSpan | None:
    if not isinstance(item, str):
        expected = '"09:30-12:00"'
        table.problem("wrong_type", "ouvert", rank=rank, value=show(item), expected=expected)
        return None
    span = parse_time_span(item)
    if span is None:
        table.problem(
            "invalid_time_span",
            "ouvert",
            rank=rank,
            value=item,
            expected="HH:MM-HH:MM",
            nearest=suggest_time_span(item),
        )
    return span
