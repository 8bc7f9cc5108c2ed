"""Writes docs/schema.sql, the tables of a laptop's store: `python -m tools.store_schema`."""

import sys
from pathlib import Path

from fsmobile.store.database import open_database

SCHEMA_PAGE = Path(__file__).parents[1] / "docs" / "schema.sql"
_HEAD = (
    "-- Les tables du poste, telles que les migrations les font (fsmobile/store/migrations.py).\n"
)


def schema_text() -> str:
    """Return the schema that the migrations make, statement by statement."""
    connection = open_database(":memory:")
    try:
        rows = connection.execute(
            "SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL AND name NOT LIKE '%sqlite_%'"
            " ORDER BY tbl_name, type DESC, name"
        ).fetchall()
    finally:
        connection.close()
    return _HEAD + "".join(f"\n{_dedented(sql)};\n" for (sql,) in rows)


def _dedented(sql: str) -> str:
    lines = sql.strip().splitlines()
    return "\n".join(
        line.strip() if number == 0 or line.strip().startswith(")") else f"  {line.strip()}"
        for number, line in enumerate(lines)
    )


def main() -> int:
    """Write the page."""
    SCHEMA_PAGE.write_text(schema_text(), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
