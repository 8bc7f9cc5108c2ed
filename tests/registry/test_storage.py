"""The contract of the registry's database, on SQLite and on a real PostgreSQL."""

from pathlib import Path

import pytest
from registry.storage_contract import StorageContract
from sqlalchemy import Engine, inspect
from worlds import FakeClock, SeededChance

from fsmobile.errors import OutOfStep, StoreTooNew
from fsmobile.registry import database, schema
from fsmobile.registry.administration import make_registry
from fsmobile.registry.storage import Storage
from fsmobile.texts.sentences import explain_error


class TestSqlite(StorageContract):
    @pytest.fixture
    def storage(self, sqlite_engine: Engine) -> Storage:
        return Storage(sqlite_engine)


class TestPostgresql(StorageContract):
    @pytest.fixture
    def storage(self, postgresql_engine: Engine) -> Storage:
        return Storage(postgresql_engine)


def test_the_migrations_give_the_tables_that_the_program_uses(engine: Engine) -> None:
    found = inspect(engine)
    for table in schema.metadata.sorted_tables:
        columns = {column["name"]: column for column in found.get_columns(table.name)}
        assert list(columns) == [column.name for column in table.columns], table.name
        nullable = {name: column["nullable"] for name, column in columns.items()}
        assert nullable == {column.name: column.nullable for column in table.columns}, table.name
        key = found.get_pk_constraint(table.name)["constrained_columns"]
        assert key == [column.name for column in table.primary_key], table.name
        indexes = {one["name"] for one in found.get_indexes(table.name)}
        assert {str(index.name) for index in table.indexes} <= indexes, table.name


def test_no_number_is_given_by_the_database(engine: Engine) -> None:
    """No SERIAL: the tables can be sharded, and gsn has no gap."""
    defaults = {
        (table, column["name"])
        for table in inspect(engine).get_table_names()
        for column in inspect(engine).get_columns(table)
        if column["default"] is not None or column.get("identity")
    }
    assert defaults == set()


def test_migrating_twice_changes_nothing(engine: Engine) -> None:
    database.migrate(engine)
    assert make_registry(engine, FakeClock(), SeededChance(9)) is False


def test_a_database_of_a_newer_program_is_refused(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNew):
        database.migrate(engine)


def test_a_database_of_a_newer_program_is_refused_in_words(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StoreTooNew):
        database.check_schema(engine)


def test_a_database_of_an_older_program_is_refused_and_the_remedy_named(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
    with pytest.raises(OutOfStep) as refused:
        database.check_schema(engine)
    assert refused.value.code == "registry_too_old"
    assert "fsmobile registry migrate" in str(explain_error(refused.value))
    # It can be backed up, which is what comes before migrating.
    database.check_schema(engine, may_be_older=True)


def test_an_acknowledged_op_is_synced_to_the_disk(tmp_path: Path) -> None:
    engine = database.open_engine(database.sqlite_url(tmp_path))
    with engine.connect() as connection:
        assert connection.exec_driver_sql("PRAGMA synchronous").scalar_one() == 2
        assert connection.exec_driver_sql("PRAGMA journal_mode").scalar_one() == "wal"
    engine.dispose()
