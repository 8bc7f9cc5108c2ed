"""Snapshots: the history of a scope in one compressed file, in pieces."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables; snapshots are made when a laptop needs one."""
    op.create_table(
        "snapshot",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("gsn", sa.BigInteger(), nullable=False),
        sa.Column("ops", sa.BigInteger(), nullable=False),
        sa.Column("size", sa.BigInteger(), nullable=False),
        sa.Column("plain", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("made_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("scope"),
    )
    op.create_table(
        "snapshot_piece",
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("gsn", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("piece", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("scope", "gsn", "piece"),
    )
