"""A chain over the registry's own numbers, which names the history that a laptop read."""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BATCH = 5_000
FIRST = bytes(16)


def upgrade() -> None:
    """Give each op the value of `protocol.history` as it was when this was written."""
    op.add_column("op", sa.Column("history", sa.LargeBinary(), nullable=True))
    _fill(op.get_bind())
    with op.batch_alter_table("op") as table:
        table.alter_column("history", existing_type=sa.LargeBinary(), nullable=False)


def _fill(connection: sa.Connection) -> None:
    found = sa.text(
        "SELECT gsn, op_id, hash, scope, is_forwarded FROM op"
        " WHERE gsn > :last ORDER BY gsn LIMIT :batch"
    )
    change = sa.text("UPDATE op SET history = :history WHERE gsn = :gsn")
    last, history = 0, FIRST
    while rows := connection.execute(found, {"last": last, "batch": BATCH}).all():
        changes = []
        for gsn, op_id, body_hash, scope, is_forwarded in rows:
            read_in = scope.encode() if is_forwarded else b""
            content = history + gsn.to_bytes(8, "big") + op_id.encode() + body_hash + read_in
            last, history = gsn, sha256(content).digest()[:16]
            changes.append({"gsn": gsn, "history": history})
        connection.execute(change, changes)
