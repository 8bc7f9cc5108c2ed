"""Laptops of one unit never share a name; those that did are told apart by a number."""

from itertools import count

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Number the names of the past as enrolment does: who came first keeps the plain name."""
    _number_names(op.get_bind())
    op.create_index("device_name", "device", ["unit", "name"], unique=True)


def _number_names(connection: sa.Connection) -> None:
    rows = connection.execute(
        sa.text("SELECT device_id, unit, name FROM device ORDER BY enrolled_at, device_id")
    ).all()
    # Every name in use is kept out of the numbering, also those that stay with somebody.
    taken = {(unit, name) for _device_id, unit, name in rows}
    seen: set[tuple[str, str]] = set()
    for device_id, unit, name in rows:
        if (unit, name) not in seen:
            seen.add((unit, name))
            continue
        free = next(one for number in count(2) if (unit, one := f"{name}-{number}") not in taken)
        taken.add((unit, free))
        seen.add((unit, free))
        connection.execute(
            sa.text("UPDATE device SET name = :name WHERE device_id = :device_id"),
            {"name": free, "device_id": device_id},
        )
