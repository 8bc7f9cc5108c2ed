"""`structure.toml`, `lieux.toml` and `vehicules.toml`: who, where, with what."""

from zoneinfo import ZoneInfo

from fsmobile.core.agencies import Agency, Agent, LabelThresholds, Vehicle, WorkLimits
from fsmobile.core.holidays import Territory
from fsmobile.core.ids import AgencyId, AgentId, PlaceId, VehicleId
from fsmobile.core.places import Place, PlaceKind
from fsmobile.formats.schedule_values import (
    parse_date_span,
    parse_duration,
    parse_local_holiday,
    parse_weekly_span,
)
from fsmobile.formats.toml_files import TomlFile
from fsmobile.formats.toml_tables import NAME_CHARACTERS_MAX, Report, TableReader, show

AN_HOUR_SPAN = "jeudi 06:00-14:00"
A_DATE_SPAN = "2026-11-02..2026-11-06"
RELIEF_MIN, RELIEF_MAX = 1.0, 4.0
OVERSEAS_DEPARTMENTS = ("97", "98")


def check_format(table: TableReader, kind: str) -> bool:
    """Check `format = "<kind>/1"`; tell whether the file is one this program can read."""
    value = table.take("format")
    expected = f"{kind}/1"
    if value == expected:
        return True
    at_key = None if value is None else "format"
    table.problem("unknown_format_version", at_key, value=show(value or ""), expected=expected)
    return False


def read_agency(file: TomlFile, report: Report) -> Agency | None:
    """Read `structure.toml`."""
    table = TableReader(file, (), file.data, report)
    check_format(table, "structure")
    agency_id = table.slug("id", required=True)
    name = table.text("nom", required=True)
    department = table.text("departement")
    territory = _read_territory(table, department)
    timezone = _read_timezone(table, department)
    local = table.parsed_list("feries_locaux", parse_local_holiday, '"05-22", "paques-2"')
    agency = Agency(
        agency_id=AgencyId(agency_id or "structure"),
        name=name or "",
        siret=table.text("siret"),
        department=department,
        timezone=timezone,
        school_zone=table.text("zone_scolaire"),
        territory=territory,
        local_holidays=tuple(local or ()),
        relief=_read_relief(table),
        phone=table.text("telephone"),
        label=_read_label(table.table("label")),
        limits=_read_limits(table.table("limites")),
        position=table.position,
    )
    table.finish()
    return agency if agency_id is not None else None


def _read_territory(table: TableReader, department: str | None) -> Territory:
    """Read `feries`; overseas it must be said, elsewhere the default is mainland France."""
    is_overseas = (department or "").startswith(OVERSEAS_DEPARTMENTS)
    value = table.text("feries", required=is_overseas)
    if value is None:
        return Territory.METROPOLE
    known = [str(territory) for territory in Territory]
    plain = value.replace("é", "e")
    if plain not in known:
        table.unexpected("feries", value, known)
        return Territory.METROPOLE
    return Territory(plain)


def _read_timezone(table: TableReader, department: str | None) -> str:
    """Read `fuseau`; overseas it must be said, elsewhere the default is Paris."""
    is_overseas = (department or "").startswith(OVERSEAS_DEPARTMENTS)
    name = table.text("fuseau", required=is_overseas)
    if name is None:
        return "Europe/Paris"
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        table.problem("unexpected_value", "fuseau", value=name, expected="Europe/Paris")
        return "Europe/Paris"
    return name


def _read_relief(table: TableReader) -> float:
    """Read `relief`; nobody drives faster than in the plain, nor four times slower."""
    value = table.number("relief")
    if value is not None and not RELIEF_MIN <= value <= RELIEF_MAX:
        expected = f"{RELIEF_MIN:g}..{RELIEF_MAX:g}"
        table.problem("unexpected_value", "relief", value=show(value), expected=expected)
        return 1.0
    return 1.0 if value is None else value


def _read_label(table: TableReader | None) -> LabelThresholds:
    if table is None:
        return LabelThresholds()
    label = LabelThresholds(
        hours_per_week_min=table.number("heures_semaine_min"),
        days_per_week_min=table.whole("jours_semaine_min", 0, 7),
        agents_min=table.whole("agents_min", 0, 20),
        position=table.position,
    )
    table.finish()
    return label


def _read_limits(table: TableReader | None) -> WorkLimits:
    usual = WorkLimits()
    if table is None:
        return usual
    limits = WorkLimits(
        work_per_day_max_minutes=_read_minutes(
            table, "travail_jour_max", usual.work_per_day_max_minutes
        ),
        span_per_day_max_minutes=_read_minutes(
            table, "amplitude_jour_max", usual.span_per_day_max_minutes
        ),
        break_min_minutes=_read_minutes(table, "pause_min", usual.break_min_minutes),
        work_per_week_max_minutes=_read_minutes(
            table, "travail_semaine_max", usual.work_per_week_max_minutes
        ),
        rest_per_day_min_minutes=_read_minutes(
            table, "repos_jour_min", usual.rest_per_day_min_minutes
        ),
        position=table.position,
    )
    table.finish()
    return limits


def _read_minutes(table: TableReader, key: str, usual: int) -> int:
    value = table.parsed(key, parse_duration, "10:00")
    return usual if value is None else value


def read_places(file: TomlFile, report: Report) -> dict[PlaceId, Place]:
    """Read `lieux.toml`; a place with faults is kept with what could be read of it."""
    table = TableReader(file, (), file.data, report)
    check_format(table, "lieux")
    places = {
        PlaceId(place_id): _read_place(PlaceId(place_id), inner)
        for place_id, inner in table.tables("lieux").items()
    }
    table.finish()
    return places


def _read_place(place_id: PlaceId, table: TableReader) -> Place:
    unavailable = table.parsed_list("indisponible", parse_weekly_span, f'"{AN_HOUR_SPAN}"')
    fallback = table.slug("repli")
    place = Place(
        place_id=place_id,
        name=table.text("nom", required=True, characters_max=NAME_CHARACTERS_MAX) or place_id,
        commune=table.text("commune") or "",
        insee_code=table.text("insee"),
        spot=table.text("emplacement") or "",
        address=table.text("adresse") or "",
        latitude=table.number("lat"),
        longitude=table.number("lon"),
        kind=table.choice("type", PlaceKind) or PlaceKind.STOP,
        is_accessible=table.flag("pmr"),
        has_socket=table.flag("courant"),
        network=_read_text_or_flag(table, "reseau"),
        unavailable=tuple(unavailable or ()),
        fallback_id=PlaceId(fallback) if fallback else None,
        permit_until=table.day("autorisation_fin"),
        osm_node=_read_node(table),
        position=table.position,
    )
    table.finish()
    return place


def _read_text_or_flag(table: TableReader, key: str) -> str | None:
    value = table.take(key)
    if isinstance(value, bool):
        return "oui" if value else "non"
    return table.text(key)


def _read_node(table: TableReader) -> str | None:
    value = table.take("osm")
    if isinstance(value, int) and not isinstance(value, bool):
        return show(value)
    return table.text("osm")


def read_vehicles(
    file: TomlFile, report: Report
) -> tuple[dict[VehicleId, Vehicle], dict[AgentId, Agent]]:
    """Read `vehicules.toml`: the vehicles, and the agents by identifier."""
    table = TableReader(file, (), file.data, report)
    check_format(table, "vehicules")
    vehicles = {
        VehicleId(vehicle_id): _read_vehicle(VehicleId(vehicle_id), inner)
        for vehicle_id, inner in table.tables("vehicules").items()
    }
    agents = {
        AgentId(agent_id): _read_agent(AgentId(agent_id), inner)
        for agent_id, inner in table.tables("agents").items()
    }
    table.finish()
    return vehicles, agents


def _read_vehicle(vehicle_id: VehicleId, table: TableReader) -> Vehicle:
    base = table.slug("base")
    unavailable = table.parsed_list("indisponible", parse_date_span, f'"{A_DATE_SPAN}"')
    vehicle = Vehicle(
        vehicle_id=vehicle_id,
        name=table.text("nom", characters_max=NAME_CHARACTERS_MAX) or vehicle_id,
        kind=table.text("type"),
        base_id=PlaceId(base) if base else None,
        inspection_on=table.day("controle"),
        unavailable=tuple(unavailable or ()),
        position=table.position,
    )
    table.finish()
    return vehicle


def _read_agent(agent_id: AgentId, table: TableReader) -> Agent:
    agent = Agent(
        agent_id=agent_id,
        can_drive=table.flag("permis") or False,
        is_referent=table.flag("referent") or False,
        position=table.position,
    )
    table.finish()
    return agent
