"""The registry's engine of worlds by the thousand: statements go straight to SQLite.

SQLAlchemy compiles them, once; running them through it costs three times what SQLite does.
What it has to be asked for (a statement that is built anew each time) still goes through it.
"""

import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any
from weakref import WeakKeyDictionary

from sqlalchemy import Connection, Engine, TypeDecorator, create_engine
from sqlalchemy.pool import StaticPool
from sqlalchemy.sql.elements import ClauseElement

EXPANDED = "(__[POSTCOMPILE_{name}])"
"""How a compiled statement marks a list of values."""


class LeanResult:
    """Rows of one statement, asked as SQLAlchemy's are."""

    __slots__ = ("_rows",)

    def __init__(self, rows: list[Any]) -> None:
        """Take all rows."""
        self._rows = rows

    def __iter__(self) -> Iterator[Any]:
        return iter(self._rows)

    def all(self) -> list[Any]:
        """Return every row."""
        return self._rows

    def first(self) -> Any:
        """Return the first row, or None."""
        return self._rows[0] if self._rows else None

    def one(self) -> Any:
        """Return the one row."""
        (row,) = self._rows
        return row

    def one_or_none(self) -> Any:
        """Return the one row, or None."""
        return self.one() if self._rows else None

    def scalar_one(self) -> Any:
        """Return the first value of the one row."""
        return self.one()[0]

    def scalar_one_or_none(self) -> Any:
        """Return the first value of the one row, or None."""
        return self.one()[0] if self._rows else None

    def scalars(self) -> "LeanResult":
        """Return the first value of each row."""
        return LeanResult([row[0] for row in self._rows])


class LeanConnection:
    """A connection inside a transaction."""

    __slots__ = ("_disk", "_engine", "dialect")

    def __init__(self, engine: "LeanEngine", disk: sqlite3.Connection) -> None:
        """Take a database in which a transaction was begun."""
        self._engine = engine
        self._disk = disk
        self.dialect = engine.dialect

    def execute(self, statement: Any, values: Mapping[str, Any] | None = None) -> Any:
        """Run a statement that was built once; hand any other to SQLAlchemy."""
        self._note()
        if statement not in _SEEN:
            _SEEN[statement] = None
            return self._engine.whole.execute(statement, values)
        prepared = _SEEN[statement]
        if prepared is None:
            prepared = _SEEN[statement] = _prepare(statement)
        return prepared.run(self._disk, values or {})

    def exec_driver_sql(self, statement: str, rows: Sequence[Any] | None = None) -> Any:
        """Run SQL as it is, once for each row."""
        self._note()
        if isinstance(rows, list):
            return self._disk.executemany(statement, rows)
        return self._disk.execute(statement, rows or ())

    def _note(self) -> None:
        """Tell who counts; the text of a statement would cost more than running it."""
        for note in self._engine.dispatch.before_cursor_execute:
            note(self, None, "", None, None, False)


class LeanEngine(Engine):
    """An engine whose transactions are SQLite's own."""

    def __init__(self, disk: sqlite3.Connection) -> None:
        """Take a database that only this engine writes to."""
        known = _known_engine()
        pool = StaticPool(_always(disk), dialect=known.dialect, reset_on_return=None)
        super().__init__(pool, known.dialect, known.url)
        self._disk = disk
        self._whole: Connection | None = None

    @property
    def whole(self) -> Connection:
        """SQLAlchemy's own connection, in whatever transaction the database is."""
        if self._whole is None:
            self._whole = Engine.connect(self)
        return self._whole

    @contextmanager
    def begin(self) -> Iterator[Any]:
        """Run a block as one transaction."""
        self._disk.execute("BEGIN IMMEDIATE")
        try:
            yield LeanConnection(self, self._disk)
            self._disk.execute("COMMIT")
        except BaseException:
            if self._disk.in_transaction:
                self._disk.execute("ROLLBACK")
            raise


class _Prepared:
    """A compiled statement."""

    __slots__ = ("_constants", "_list", "_sql", "_writers")

    def __init__(
        self,
        sql: str,
        constants: dict[str, Any],
        list_name: str | None,
        writers: Mapping[str, Callable[[Any], Any]],
    ) -> None:
        self._sql = sql
        self._constants = constants
        self._list = list_name
        self._writers = writers

    def run(self, disk: sqlite3.Connection, values: Mapping[str, Any]) -> LeanResult:
        sql, given = self._sql, {**self._constants, **values}
        for name, write in self._writers.items():
            given[name] = write(given[name])
        if self._list is not None:
            items = list(given.pop(self._list))
            names = [f"{self._list}_{place}" for place in range(len(items))]
            given.update(zip(names, items, strict=True))
            marks = ", ".join(f":{name}" for name in names) or "NULL"
            sql = sql.replace(EXPANDED.format(name=self._list), f"({marks})")
        return LeanResult(disk.execute(sql, given).fetchall())


_SEEN: WeakKeyDictionary[ClauseElement, _Prepared | None] = WeakKeyDictionary()
"""Statements that were run before; one that is built anew each time is gone by the next."""


def _prepare(statement: Any) -> _Prepared:
    compiled = statement.compile(dialect=_known_engine().dialect)
    lists = [bind.key for bind in compiled.binds.values() if bind.expanding]
    assert len(lists) <= 1, "one list of values for each statement"
    constants = {
        name: bind.value
        for name, bind in compiled.binds.items()
        if not bind.required and bind.value is not None
    }
    writers = {
        name: write
        for name, bind in compiled.binds.items()
        if isinstance(bind.type, TypeDecorator)
        and (write := bind.type.bind_processor(compiled.dialect)) is not None
    }
    return _Prepared(compiled.string, constants, lists[0] if lists else None, writers)


def _always(disk: Any) -> Any:
    return lambda: disk


@cache
def _known_engine() -> Engine:
    """Return an engine for its dialect: one cache of compiled statements for all worlds."""
    engine = create_engine("sqlite://", paramstyle="named")
    engine.connect().close()
    return engine
