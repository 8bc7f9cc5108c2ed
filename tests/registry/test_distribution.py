"""The statements for a distributed PostgreSQL: what of them can be checked without one."""

import re
from importlib.resources import files

from sqlalchemy import Engine, inspect

from fsmobile.registry import schema

SQL = (files("fsmobile.registry") / "migrations" / "distribution.sql").read_text(encoding="utf-8")
SPREAD = dict(re.findall(r"create_distributed_table\('(\w+)', '(\w+)'", SQL))
COPIED = set(re.findall(r"create_reference_table\('(\w+)'\)", SQL))
LOCAL = {"event", "account", "account_session", "sign_in_attempt"}


def test_every_table_is_spread_copied_or_left_where_it_is() -> None:
    assert SPREAD.keys() | COPIED | LOCAL == {
        table.name for table in schema.metadata.tables.values()
    }
    assert not SPREAD.keys() & COPIED


def test_every_key_of_a_spread_table_names_what_spreads_it(postgresql_engine: Engine) -> None:
    """Without this Citus refuses to spread the table."""
    with postgresql_engine.connect() as connection:
        for statement in re.findall(r"^ALTER TABLE .*;$", SQL, re.MULTILINE):
            connection.exec_driver_sql(statement)
        found = inspect(connection)
        for table, column in SPREAD.items():
            keys = [found.get_pk_constraint(table)["constrained_columns"]]
            keys += [one["column_names"] for one in found.get_unique_constraints(table)]
            keys += [one["column_names"] for one in found.get_indexes(table) if one["unique"]]
            assert all(column in key for key in keys), (table, keys)
        connection.rollback()


def test_they_say_that_nobody_has_run_them() -> None:
    assert "NOT TESTED" in SQL
