"""Backup and restoration of PostgreSQL, by its own programs `pg_dump` and `pg_restore`."""

import os
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import Engine, func, inspect, select

from fsmobile.errors import InvalidInput, NotFound
from fsmobile.registry import schema


def back_up_postgresql(engine: Engine, target: Path) -> dict[str, int]:
    """Dump one moment of the database to a file, then read the dump again and count its rows.

    Raises:
        NotFound: `pg_dump` is not on this machine.
        InvalidInput: it failed, or the dump does not hold what the database held.
    """
    draft = target.with_name(target.name + ".en-cours")
    isolated = engine.execution_options(isolation_level="REPEATABLE READ")
    with isolated.connect() as connection, connection.begin():
        snapshot = connection.exec_driver_sql("SELECT pg_export_snapshot()").scalar_one()
        known = set(inspect(connection).get_table_names())
        expected = {
            table.name: int(
                connection.execute(select(func.count()).select_from(table)).scalar_one()
            )
            for table in schema.metadata.sorted_tables
            if table.name in known
        }
        options = [f"--snapshot={snapshot}", "-Fc", "-f", str(draft)]
        _run("pg_dump", [*options, "-d", _address(engine)], engine)
    with draft.open("rb") as file:
        os.fsync(file.fileno())
    found = read_dump(draft).counts
    if {name: found.get(name, 0) for name in expected} != expected:
        raise InvalidInput("registry_backup_differs", path=str(target))
    draft.replace(target)
    return expected


@dataclass(frozen=True, slots=True, kw_only=True)
class Dump:
    """What a dump holds, read from end to end."""

    counts: dict[str, int]
    """Rows of each table."""
    key: bytes | None
    """The signing key: which registry it is of."""


def read_dump(path: Path) -> Dump:
    """Read a whole dump.

    Raises:
        NotFound: `pg_restore` is not on this machine.
        InvalidInput: it is no dump, or it is damaged.
    """
    command = [_program("pg_restore"), "--data-only", "-f", "-", str(path)]
    counts: dict[str, int] = {}
    table, key = "", None
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        assert process.stdout is not None
        for line in process.stdout:
            if table and line == b"\\.\n":
                table = ""
            elif table:
                counts[table] += 1
                if table == "setting" and line.startswith(b"signing_key\t"):
                    key = bytes.fromhex(line.split(b"\t")[1].strip()[3:].decode())
            elif line.startswith(b"COPY public."):
                table = line.split()[1].decode().removeprefix("public.").strip('"')
                counts[table] = 0
    if process.returncode != 0 or "op" not in counts:
        raise InvalidInput("registry_backup_unreadable", path=str(path))
    return Dump(counts=counts, key=key)


def put_back_postgresql(backup: Path, engine: Engine) -> None:
    """Replace the content of a database by that of a dump, as one transaction.

    Raises:
        NotFound: `pg_restore` is not on this machine.
        InvalidInput: it failed; the database is as it was.
    """
    options = ["--clean", "--if-exists", "--no-owner", "--no-privileges", "--single-transaction"]
    engine.dispose()
    _run("pg_restore", [*options, "-d", _address(engine), str(backup)], engine)


def _run(program: str, arguments: Sequence[str], engine: Engine) -> None:
    # The password goes by the environment: everybody on a machine can read a command line.
    password = {"PGPASSWORD": str(engine.url.password)} if engine.url.password else {}
    ended = subprocess.run(
        [_program(program), *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | password,
    )
    if ended.returncode != 0:
        raise InvalidInput("registry_tool_failed", program=program, detail=ended.stderr[-300:])


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise NotFound("postgresql_tool", name)
    return found


def _address(engine: Engine) -> str:
    parts = engine.url.set(drivername="postgresql")._replace(password=None)
    return parts.render_as_string()
