"""Adding many rows at once, in the fastest way that each database has."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Integer, LargeBinary, Table
from sqlalchemy.exc import DBAPIError

from fsmobile.registry.records import Position

POSTGRESQL_TYPES: dict[type, str] = {BigInteger: "int8", Integer: "int4", LargeBinary: "bytea"}
"""What binary COPY must be told; everything else is text."""


@dataclass(slots=True)
class NewRows:
    """Ops and links of a group of requests, kept until they are written all at once."""

    rows: dict[Table, list[tuple[Any, ...]]] = field(default_factory=dict)
    hashes: dict[str, bytes] = field(default_factory=dict)
    """Hashes of the ops among them, by id."""
    chains: dict[bytes, int] = field(default_factory=dict)
    """Sequence of the first link among them, by writer."""
    told: set[bytes] = field(default_factory=set)
    """Writers of links among them that have an outcome: not all of their ops were merged."""
    sources: set[tuple[str, bytes]] = field(default_factory=set)
    """Scope and writer of the ops among them."""


class Rows:
    """Questions and writes of some tables, inside one transaction.

    A query through `connection` sees every row added so far. Queries that new ops and links cannot
    affect go through `beside`, so that those can wait for the rest of the group.
    """

    __slots__ = ("_judged", "_position", "beside", "new")

    def __init__(self, connection: Connection) -> None:
        """Take a connection with an open transaction."""
        self.beside = connection
        self.new = NewRows()
        self._judged: set[str] = set()
        self._position: Position | None = None

    @property
    def connection(self) -> Connection:
        """The connection, after all waiting rows are written."""
        if self.new.rows:
            self.write_new()
        return self.beside

    def write_new(self) -> None:
        """Write the waiting rows."""
        for table, rows in self.new.rows.items():
            add_rows(self.beside, table, rows)
        self.new = NewRows()


def add_rows(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert whole rows, values in the order of the table's columns.

    The rows are known to be new: their writer looked under the lock of the transaction. One
    that is not new after all breaks the transaction, and nothing is acknowledged.
    """
    if not rows:
        return
    if connection.dialect.name != "postgresql":
        connection.exec_driver_sql(_insert_statement(table), list(rows))
        return
    try:
        _copy(connection.connection.driver_connection, table, rows)
    except connection.dialect.loaded_dbapi.Error as error:
        # As SQLAlchemy wraps what it runs itself, so that callers know one kind of error.
        raise DBAPIError.instance(
            f"COPY {table.name}",
            None,
            error,
            connection.dialect.loaded_dbapi.Error,
            dialect=connection.dialect,
        ) from error


def _copy(driver: Any, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    statement = f"COPY {_columns(table)} FROM STDIN (FORMAT BINARY)"
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        copy.set_types([_postgresql_type(column) for column in table.columns])
        for row in rows:
            copy.write_row(row)


@cache
def _insert_statement(table: Table) -> str:
    marks = ", ".join("?" for _ in table.columns)
    return f"INSERT INTO {_columns(table)} VALUES ({marks})"


@cache
def _columns(table: Table) -> str:
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    return f'"{table.name}" ({names})'


def _postgresql_type(column: Column[Any]) -> str:
    return POSTGRESQL_TYPES.get(type(column.type), "text")
