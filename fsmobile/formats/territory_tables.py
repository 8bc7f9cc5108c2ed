"""Tables kept beside a schedule: drive times between places, priority districts; CSV in."""

import csv
from collections.abc import Callable, Iterator, Mapping
from math import isfinite
from typing import TypeVar

from fsmobile.core.coverage import Locality
from fsmobile.core.driving import DriveSource, DriveTime, Pair
from fsmobile.core.ids import PlaceId
from fsmobile.errors import InvalidSchedule, Problem
from fsmobile.formats.schedule_toml import DISTRICTS_FILE, MATRIX_FILE

ROWS_MAX = 100_000
MINUTES_MAX = 600
KM_MAX = 1_000
MATRIX_COLUMNS = ("de", "vers", "minutes")
"""`km` may follow."""
DISTRICT_COLUMNS = ("code", "nom", "population", "lat", "lon")
BYTE_ORDER_MARK = "\ufeff"

Value = TypeVar("Value")


def read_drive_matrix(content: bytes | str) -> dict[Pair, DriveTime]:
    """Read `trajets.csv`: `de,vers,minutes[,km]`; one way stands for the other if it is absent.

    Raises:
        InvalidSchedule: with every line that cannot be read.
    """
    found: dict[Pair, DriveTime] = {}
    for origin, target, drive in _read(MATRIX_FILE, content, MATRIX_COLUMNS, _read_drive):
        found[origin, target] = drive
    for (origin, target), drive in list(found.items()):
        found.setdefault((target, origin), drive)
    return found


def read_districts(content: bytes | str) -> tuple[Locality, ...]:
    """Read `quartiers.csv`: `code,nom,population,lat,lon`.

    Raises:
        InvalidSchedule: with every line that cannot be read.
    """
    return tuple(_read(DISTRICTS_FILE, content, DISTRICT_COLUMNS, _read_district))


def _read_drive(row: Mapping[str, str]) -> tuple[PlaceId, PlaceId, DriveTime]:
    origin, target = PlaceId(row["de"]), PlaceId(row["vers"])
    if not origin or not target:
        raise ValueError("a drive from nowhere")
    drive = DriveTime(
        minutes=_number(row, "minutes", 0, MINUTES_MAX),
        source=DriveSource.MATRIX,
        kilometres=_number(row, "km", 0, KM_MAX) if row.get("km") else None,
    )
    return origin, target, drive


def _read_district(row: Mapping[str, str]) -> Locality:
    return Locality(
        code=row["code"],
        name=row["nom"] or row["code"],
        population=int(_number(row, "population", 0, 10_000_000)),
        latitude=_number(row, "lat", -90, 90),
        longitude=_number(row, "lon", -180, 180),
    )


def _number(row: Mapping[str, str], column: str, least: float, most: float) -> float:
    """Read a number, its decimals after a point or a comma.

    Raises:
        ValueError: it is none, or out of range.
    """
    value = float(row[column].replace(",", "."))
    if not isfinite(value) or not least <= value <= most:
        raise ValueError(column)
    return value


def _read(
    name: str,
    content: bytes | str,
    columns: tuple[str, ...],
    read_row: Callable[[Mapping[str, str]], Value],
) -> Iterator[Value]:
    """Yield each row; a spreadsheet's semicolons and byte order mark are taken as they come."""
    text = _as_text(name, content).removeprefix(BYTE_ORDER_MARK)
    head = text.split("\n", 1)[0]
    rows = csv.DictReader(text.splitlines(), delimiter=";" if ";" in head else ",")
    rows.fieldnames = [field.strip().casefold() for field in rows.fieldnames or ()]
    missing = [column for column in columns if column not in rows.fieldnames]
    if missing:
        raise InvalidSchedule("table_unreadable", [_fault(name, 1, ", ".join(missing))])
    faults: list[Problem] = []
    values: list[Value] = []
    for row in rows:
        try:
            values.append(read_row({key: (row[key] or "").strip() for key in rows.fieldnames}))
        except (ValueError, KeyError):
            faults.append(_fault(name, rows.line_num, ", ".join(columns)))
        if len(values) > ROWS_MAX:
            raise InvalidSchedule("table_unreadable", [_fault(name, rows.line_num, str(ROWS_MAX))])
    if faults:
        raise InvalidSchedule("table_unreadable", faults)
    yield from values


def _as_text(name: str, content: bytes | str) -> str:
    try:
        return content if isinstance(content, str) else content.decode("utf-8")
    except UnicodeDecodeError as error:
        line = content[: error.start].count(b"\n") + 1 if isinstance(content, bytes) else 1
        raise InvalidSchedule("table_unreadable", [_fault(name, line, "UTF-8")]) from error


def _fault(name: str, line: int, expected: str) -> Problem:
    return Problem(code="table_row_unreadable", file=name, line=line, params={"expected": expected})
