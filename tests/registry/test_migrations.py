"""Databases of older releases brought up to date, with what they hold."""

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from postgresql_server import PostgresqlServer
from sqlalchemy import Engine, inspect, text
from sqlalchemy.exc import IntegrityError

from fsmobile.core.ids import make_uuid7
from fsmobile.protocol.history import FIRST_HISTORY, next_history
from fsmobile.registry import database, schema
from fsmobile.registry.storage import Storage

OPS = 12_345
"""More than two batches of the migration, and not a round number."""


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    if request.param == "sqlite":
        url = database.sqlite_url(tmp_path)
    else:
        server: PostgresqlServer = request.getfixturevalue("postgresql")
        url = server.url(server.create())
    engine = database.open_engine(url)
    yield engine
    engine.dispose()


def migrate_to(engine: Engine, revision: str) -> None:
    config = Config()
    config.set_main_option("script_location", str(files("fsmobile.registry") / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)


def test_a_registry_without_histories_is_given_them(empty_engine: Engine) -> None:
    migrate_to(empty_engine, "0003")
    rows = [
        {
            "gsn": gsn,
            "op_id": make_uuid7(gsn, gsn.to_bytes(10, "big")),
            "hash": gsn.to_bytes(32, "big"),
            "scope": f"unit:agence/bus-{gsn % 3}",
            "is_forwarded": int(gsn % 10 != 0),
            "body": None if gsn % 7 == 0 else b"{}",
        }
        for gsn in range(1, OPS + 1)
    ]
    insert = (
        "INSERT INTO op (gsn, op_id, writer, kind, scope, entity, body, hash, is_forwarded,"
        " received_at) VALUES (:gsn, :op_id, :hash, 'k', :scope, 'e', :body, :hash,"
        " :is_forwarded, 0)"
    )
    with empty_engine.begin() as connection:
        connection.execute(text(insert), rows)
    database.migrate(empty_engine)
    history = FIRST_HISTORY
    expected = {0: history}
    for row in rows:
        read_in = str(row["scope"]) if row["is_forwarded"] else ""
        history = next_history(history, row["gsn"], row["op_id"], row["hash"], read_in)
        expected[row["gsn"]] = history
    with Storage(empty_engine).reading() as transaction:
        for last in (1, 5_000, 5_001, OPS):
            assert transaction.histories_at([last])[last] == expected[last]
        columns = {one["name"]: one for one in inspect(empty_engine).get_columns("op")}
        assert columns["history"]["nullable"] is False
        unique = inspect(empty_engine).get_unique_constraints("op")
        assert [one["column_names"] for one in unique] == [["op_id"]]
        indexes = {one["name"] for one in inspect(empty_engine).get_indexes("op")}
        assert {str(index.name) for index in schema.op.indexes} <= indexes


def test_laptops_of_the_past_that_shared_a_name_are_numbered(empty_engine: Engine) -> None:
    migrate_to(empty_engine, "0005")
    insert = text(
        "INSERT INTO device (device_id, public_key, box_key, name, agency, unit, role,"
        " enrolled_at, counter, app) VALUES"
        " (:id, :id, :id, :name, 'a', :unit, 'agent', :at, 0, '0.1')"
    )
    past = [
        (5, "portable", "a/bus-1", 1),
        (4, "portable", "a/bus-1", 2),
        (3, "portable", "a/bus-1", 2),
        (2, "portable-2", "a/bus-1", 9),
        (1, "portable", "a/bus-2", 5),
    ]
    with empty_engine.begin() as connection:
        for number, name, unit, at in past:
            connection.execute(
                insert, {"id": bytes([number]), "name": name, "unit": unit, "at": at}
            )
    database.migrate(empty_engine)
    with Storage(empty_engine).transaction() as transaction:
        rows = transaction.connection.execute(text("SELECT device_id, name FROM device"))
        names = {bytes(device_id)[0]: name for device_id, name in rows}
        # The first to come keeps the name; of two at one instant, the smaller id comes first.
        assert names == {
            5: "portable",
            3: "portable-3",
            4: "portable-4",
            2: "portable-2",
            1: "portable",
        }
    again = {"id": b"9", "name": "portable", "unit": "a/bus-1", "at": 9}
    with pytest.raises(IntegrityError), empty_engine.begin() as connection:
        connection.execute(insert, again)
