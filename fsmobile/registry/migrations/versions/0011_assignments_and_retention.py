"""Where laptops worked before, how long bodies are kept, and what laptops confirm of both."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what a registry must know to move laptops and to keep nothing too long."""
    op.add_column("device", sa.Column("policy_upto", sa.BigInteger(), nullable=True))
    op.add_column("device", sa.Column("dropped_upto", sa.BigInteger(), nullable=True))
    op.create_table(
        "former_scope",
        sa.Column("device_id", sa.LargeBinary(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("gsn", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "scope"),
    )
    op.create_table(
        "retention",
        sa.Column("agency", sa.Text(), nullable=False),
        sa.Column("family", sa.Text(), nullable=False),
        sa.Column("months", sa.Integer(), nullable=False),
        sa.Column("done_before", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "family"),
    )
