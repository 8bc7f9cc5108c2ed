"""Where an erasure is told, up to where each laptop carried them out, and risks accepted."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add what a registry must know to say that an erasure is complete."""
    op.add_column("device", sa.Column("erased_upto", sa.BigInteger(), nullable=True))
    op.add_column("erased", sa.Column("scope", sa.Text(), nullable=True))
    op.execute(
        "UPDATE erased SET scope = coalesce"
        "((SELECT op.scope FROM op WHERE op.op_id = erased.op_id), '')"
    )
    with op.batch_alter_table("erased") as table:
        table.alter_column("scope", existing_type=sa.Text(), nullable=False)
    op.create_table(
        "closed_risk",
        sa.Column("device_id", sa.LargeBinary(), nullable=False),
        sa.Column("closed_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("device_id"),
    )
